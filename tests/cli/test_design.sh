#!/bin/bash
# One point of an experiment: its intervals are those that a run stores, its parts add up, its ratio to another; and
# what moves them, as a table and as a picture.
. tests/check.sh

cat >"$dir/e.yaml" <<'END'
name: one
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: S D/M
    accelerator: depthwise
    pe: {kind: mac, bits: 16}
    channels: [1, 2]
  - name: RDM
    accelerator: depthwise
    pe: {kind: mac_st, bits: 16}
    channels: [1, 2]
precision: [16, 8]
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us, energy_uj]}
front: {within: precision}
uncertainty: {draws: 64, seed: 3}
plots:
  - {kind: tornado, metric: energy_uj, design: RDM, over: S D/M, at: {technology: lp55, channels: 2, precision: 8}}
  - {kind: pareto, x: area_um2, y: latency_us}
END
ask() {
  "$quarry" query --database "$dir/r.sqlite" --format csv "$1" | tail -n 1
}
of() { # WHAT: value,p05,p95 out of $dir/out
  awk -F, -v what="$1" '$1 == what { print $2 "," $4 "," $5 }' "$dir/out"
}
design() {
  "$quarry" describe design "$dir/e.yaml" --db-dir db --format csv "$@" >"$dir/out" 2>"$dir/err"
}

"$quarry" run --quiet --db-dir db --database "$dir/r.sqlite" --plots "$dir" "$dir/e.yaml" >"$dir/out" 2>"$dir/err"
check "a run with a tornado plot" test $? -eq 0
stem="$dir/one.tornado-energy_uj-RDM-over-S_D_M"
check "which it draws" test -s "$stem.svg" -a -s "$stem.png" -a -s "$stem.gp"
check "of a constant" grep -q 'glitch\|nand2' "$stem.svg"
check "the database keeps the other plot only" test "$(ask "SELECT json_array_length(definition, '\$.plots') FROM experiment")" = 1
mkdir "$dir/again" "$dir/other" && mv "$dir/e.yaml" "$dir/gone.yaml"
"$quarry" plot --database "$dir/r.sqlite" --db-dir db --plots "$dir/again" one >"$dir/out" 2>"$dir/err"
check "and draws it again" test $? -eq 0
check "and the tornado, which needs the model, from the text in the database" cmp "$stem.svg" "$dir/again/${stem##*/}.svg"
cp -r db/. "$dir/other" && echo '# another' >>"$dir/other/tech/lp55.yaml" && echo '# another' >>"$dir/other/tech/fdsoi28.yaml"
"$quarry" plot --database "$dir/r.sqlite" --db-dir "$dir/other" --plots "$dir/again" one >"$dir/out" 2>"$dir/err"
check "but not with other inputs than the results have" test $? -eq 2 -a -n "$(grep 'as those of the stored results: the technology' "$dir/err")"
mv "$dir/gone.yaml" "$dir/e.yaml"

point=$(ask "SELECT point FROM point WHERE design = 'RDM' AND technology = 'lp55' AND precision_bits = 8 ORDER BY point LIMIT 1")
design --point "$point"
for m in area_um2 energy_uj power_mw tops_per_w leakage_mw area_sram_um2 energy_leakage_uj; do
  stored=$(ask "SELECT $m || ',' || ${m}_p05 || ',' || ${m}_p95 FROM point WHERE point = $point" | tr -d '"')
  check "$m is as the run stored it" test -n "$stored" -a "$(of $m | awk -F, '{ printf "%.11g %.11g %.11g", $1, $2, $3 }')" = \
    "$(echo "$stored" | awk -F, '{ printf "%.11g %.11g %.11g", $1, $2, $3 }')"
done
check "the latency has no interval" test "$(of latency_us | cut -d, -f2-)" = ,
check "areas add up" awk -F, '/^area_.*_um2/ { sum += $6 } END { exit !(sum > 99.9999 && sum < 100.0001) }' "$dir/out"
check "energies add up" awk -F, '/^energy_.*_uj/ { sum += $6 } END { exit !(sum > 99.9999 && sum < 100.0001) }' "$dir/out"
check "with its parameters" grep -q '^pe.kind,mac_st' "$dir/out"
cp "$dir/out" "$dir/number"
design --design RDM --at 'technology: lp55, precision: 8, channels: 1'
check "by its axes it is the same" cmp -s "$dir/out" "$dir/number"
design --point "$point" --over 'S D/M'
other=$(awk -F, '$1 == "over point" { print $2 }' "$dir/out")
check "a ratio is that of the two values" test "$(of 'energy_uj ratio' | awk -F, '{ printf "%.9g", $1 }')" = \
  "$(ask "SELECT a.energy_uj / b.energy_uj FROM point a, point b WHERE a.point = $point AND b.point = $other AND a.experiment = 'one' AND b.experiment = 'one'" | awk '{ printf "%.9g", $1 }')"
check "and better known than either" awk -F, -v own="$(grep '^energy_uj,' "$dir/number")" \
  'BEGIN { split(own, o, ",") } $1 == "energy_uj ratio" { exit !(($5 - $4) / $2 < 0.5 * (o[5] - o[4]) / o[2]) }' "$dir/out"

design --point "$point" --sensitivity --metric energy_uj --samples 128 --tornado "$dir/t"
constants=$("$quarry" describe tech lp55 --db-dir db --format csv | tail -n +2 | grep -c .)
check "indices of a constant each and the SRAM factors" awk -F, -v all="$constants" \
  'NR > 1 { rows++; sram += $1 ~ /^sram\.(read|write|leakage|area)\./ } END { exit !(sram == 12 && rows > 50 && rows <= all + 12) }' "$dir/out"
check "nand2.energy is the first of them" test "$(sed -n 2p "$dir/out" | cut -d, -f1)" = nand2.energy
check "a picture" test -s "$dir/t.png" -a -s "$dir/t.svg"
"$quarry" describe design "$dir/e.yaml" --db-dir db --point "$point" --over "$point" --sensitivity --samples 64 --metric area_um2 >"$dir/out" 2>"$dir/err"
check "nothing moves a design over itself" awk '/^constant/ { seen = 1; next } seen { rows++ } END { exit rows }' "$dir/out"
design --point "$point" --over 'S D/M' --sensitivity --samples 64 --metric energy_uj --tornado "$dir/u"
check "indices of a ratio, and their picture" test $? -eq 0 -a -s "$dir/u.png" -a -s "$dir/u.svg"
check "of the constants and factors of one point" equal "$(tail -n +2 "$dir/out" | wc -l)" \
  "$(design --point "$point" --sensitivity --samples 64 --metric energy_uj; tail -n +2 "$dir/out" | wc -l)"

# Layers: 13 of them, in the order of the network; their columns add up to the point's metrics.
design --point "$point" --layers
check "a row a layer" equal "$(tail -n +2 "$dir/out" | wc -l)" 13
check "all of the kind asked for" equal "$(tail -n +2 "$dir/out" | cut -d, -f2 | sort -u)" dwconv
"$quarry" describe network mobilenet_v1_1.0_224 --db-dir db --format csv | awk -F, '$2 == "dwconv" { print $1 }' >"$dir/names"
tail -n +2 "$dir/out" | cut -d, -f1 | cmp -s - "$dir/names"
check "in the order of the network" test $? -eq 0
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next } { s += $c } END { printf "%.9g", s }' "$dir/out"; }
for m in cycles compute_cycles transfer_cycles latency_us energy_datapath_uj energy_register_uj energy_sram_uj; do
  check "$m of the layers add up" equal "$(column $m)" "$(ask "SELECT $m FROM point WHERE point = $point AND experiment = 'one'" | awk '{ printf "%.9g", $1 }')"
done
check "no areas: they are the design's" equal "$(head -1 "$dir/out" | grep -c 'area_\|leakage_mw')" 0
# 9 products of 8 and 8 bits: 9 x 2^14 < 2^18; 16-bit products and 8 bits in the element (16 + 16 + 8).
check "sums and biases of 19 bits, in accumulators of 40" equal "$(column sum_bits) $(column bias_bits) $(column accumulator_bits)" \
  "$((13 * 19)) $((13 * 19)) $((13 * 40))"
cp "$dir/out" "$dir/csv"
design --point "$point" --layers --format json
check "as JSON the same names" equal "$(sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.layer'), char(10)) FROM json_each(readfile('$dir/out'))")" "$(cat "$dir/names")"
check "and the same cycles" equal "$(sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.cycles'), char(10)) FROM json_each(readfile('$dir/out'))" | awk '{ s += $1 } END { printf "%.9g", s }')" \
  "$(cp "$dir/csv" "$dir/out"; column cycles)"
design --point "$point" --layers --format table
check "as a table, with a head" equal "$(head -1 "$dir/out" | awk '{ print $1, $2 }') $(tail -n +2 "$dir/out" | head -n -1 | awk '{ print $1 }' | cmp - "$dir/names" && echo same)" 'layer type same'
check "and a last row of the point" equal "$(tail -1 "$dir/out" | awk '{ print $1 }')" total
cat >"$dir/narrow.yaml" <<'YAML'
name: narrow
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {name: '[cdp]*1'}
designs:
  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 8, accumulator_bits: 20}, rows: 4}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
YAML
# 27, 9, 32 and 512 products of 16 bits (conv1, dw1, pw1, pw11): 20, 19, 21 and 25.
"$quarry" describe design "$dir/narrow.yaml" --point 0 --layers >"$dir/out" 2>"$dir/err"
check "sums wider than the accumulator are named" equal "$? $(cat "$dir/err")" \
  '0 note: sums of 2 layers may be wider than the accumulator, in bits: pw1 by 1, pw11 by 5'
design --point "$point" --layers --sensitivity
check "not both questions at once" equal "$? $(cat "$dir/err")" \
  '2 error: describe design: expected --layers alone, found it beside --sensitivity'
design --point "$point" --layers --over 'S D/M'
check "nor a ratio of layers" test $? -eq 2

# Parts and events: they add up to the point's metrics; wires and clock tree stand by themselves.
design --point "$point" --parts --format json
total() { sqlite3 :memory: "SELECT sum(json_extract(value, '\$.$1')) FROM json_each(readfile('$dir/out'))"; }
for m in area_um2 leakage_mw; do
  check "$m of the parts adds up" awk -v got="$(total $m)" \
    -v want="$(ask "SELECT $m FROM point WHERE point = $point AND experiment = 'one'")" 'BEGIN { exit !(got / want - 1 < 1e-8 && 1 - got / want < 1e-8) }'
done
check "energy of the events and of leakage adds up" awk -v got="$(total energy_uj)" \
  -v want="$(ask "SELECT energy_uj FROM point WHERE point = $point AND experiment = 'one'")" \
  'BEGIN { exit !(got / want - 1 < 1e-8 && 1 - got / want < 1e-8) }'
check "wires and clock tree are rows" equal "$(grep -c '"operand wire"\|"sum wire"\|"clock tree"' "$dir/out")" 3
design --point "$point" --parts --layers
check "not beside layers" test $? -eq 2
design --point "$point" --members
check "an accelerator alone is its only member" equal "$(tail -n +2 "$dir/out" | cut -d, -f1-3)" ',depthwise,13'
echo "1..$n"
