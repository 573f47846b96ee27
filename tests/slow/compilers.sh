#!/bin/bash
# The same bytes from gcc and clang, not optimised and optimised, on one thread and two: points, intervals, fronts and front
# probabilities of three small experiments.  TAP.
BUILD=${BUILD:-build}
command -v clang >/dev/null || { echo '1..0 # SKIP no clang'; exit 0; }
. tests/check.sh
db=$(realpath db)
cat >"$dir/depthwise.yaml" <<'YAML'
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, multiplier: [booth, array], bits: 16}, channels: {from: 1, to: 128, step: 16},
     multipliers: [1, 3, 9]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, multiplier: [booth, array], bits: 16}, channels: {from: 1, to: 128, step: 16},
     multipliers: [1, 3, 9]}
precision: [16, 8, 4]
clock_mhz: {from: 100, to: 1500, points: 6, scale: log}
objectives: {minimize: [area_um2, latency_us], maximize: [sqnr_db]}
compare: {to: SDM, metrics: [latency_us, energy_uj]}
uncertainty: {draws: 64}
YAML
cat >"$dir/systolic.yaml" <<'YAML'
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v2_1.0_224
designs:
  - {name: S, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [8, 16, 32], columns: [8, 16, 32]}
  - {name: L, accelerator: systolic, pe: {kind: seglog, bits: 8}, rows: [8, 16], columns: [8, 16]}
precision: [8, 4]
clock_mhz: {from: 100, to: 1000, points: 8, scale: linear}
objectives: {minimize: [area_um2, latency_us, energy_uj]}
uncertainty: {draws: 64}
YAML
sed -e 's/points: 6,/points: 30,/' "$dir/depthwise.yaml" >"$dir/front.yaml"
echo 'store: front' >>"$dir/front.yaml"
found() { # found PROGRAM EXPERIMENT THREADS: all that it finds, as text
  rm -f "$dir/x.sqlite"
  "$1" run --db-dir "$db" --no-plots --no-cache -q -t "$3" -d "$dir/x.sqlite" "$dir/$2.yaml" 2>&1 | grep -v 'computed and stored'
  "$1" export -d "$dir/x.sqlite" -f csv -o /dev/stdout e
  "$1" front -d "$dir/x.sqlite" --format csv e
  for t in result interval front_chance front best_point comparison tally; do
    echo $t
    sqlite3 "$dir/x.sqlite" "SELECT * FROM $t"
  done
}
programs=()
for cc in gcc clang; do
  for opt in -O0 -O3; do
    at=${KEEP:-$dir}/$cc$opt
    check "$cc $opt: builds without a warning" make -s -j"$(nproc)" CC=$cc B="$at" OPT=$opt all
    programs+=("$at/quarry")
  done
done
for e in depthwise systolic front; do
  found "$quarry" $e 1 >"$dir/want" 2>&1
  check "$e: there is something to compare" test "$(wc -l <"$dir/want")" -gt 500
  for program in "$quarry" "${programs[@]}"; do
    for threads in 1 2; do
      found "$program" $e $threads >"$dir/got" 2>&1
      check "$e: ${program#"$dir/"} on $threads" cmp "$dir/want" "$dir/got"
    done
  done
done
echo "1..$n"
