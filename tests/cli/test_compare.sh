#!/bin/bash
# `compare:`: savings against a base design, worked out again from the stored points with SQL.
. tests/check.sh
db=$PWD/db

cat >"$dir/e.yaml" <<'END'
name: savings
technology: [fdsoi28, lp55]
network: mobilenet_v2_1.0_224
layers: {type: [conv, dwconv, fc]}
designs:
  - name: array
    accelerator: systolic
    pe: {kind: mac, bits: 16}
    rows: [8, 16]
    port_bits: [64, 256]
  - name: narrow
    accelerator: systolic
    pe: {kind: mac, bits: [16, 8]}
    rows: [8, 16, 24]
    port_bits: [256, 512]
  - name: both
    system: [sequential, pipelined]
    members:
      - name: dw
        layers: {type: dwconv}
        accelerator: depthwise
        pe: {kind: mac_st, bits: 16}
        channels: [4, 8]
      - name: array
        accelerator: systolic
        pe: {kind: mac, bits: 16}
        rows: [8, 16]
        port_bits: [64, 256]
precision: 8
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}
compare: {to: array, metrics: [latency_us, area_um2]}
END
run() { "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$@"; }
sql() { sqlite3 "$dir/r.sqlite" "$1"; }
wrong() { # wrong NAME SED-SCRIPT MESSAGE
  sed -E "$2" "$dir/e.yaml" >"$dir/w.yaml"
  got=$(cd "$dir" && "$quarry" run --dry-run --db-dir "$db" w.yaml 2>&1 >/dev/null)
  check "$1" equal "$? $got" "2 $3"
}

# The depthwise member has a port too: which one is meant is not clear.
wrong "an axis that a system has twice" '' \
  'w.yaml:32:15: error: compare.to: expected a design all of whose axes the others have ("both" has no `port_bits`), found "array"'
sed -i 's/port_bits: \[64, 256\]/port_bits: 256/; s/port_bits: \[256, 512\]/port_bits: 512/' "$dir/e.yaml"
run --format csv "$dir/e.yaml" >"$dir/out.csv"
check "runs" test -s "$dir/out.csv"
# Partners by hand: the same library, clock and rows; the base design has no other axis.
pairs="SELECT p.technology AS technology, p.design AS design, 100 * (1 - p.latency_us / b.latency_us) AS latency,
  100 * (1 - p.area_um2 / b.area_um2) AS area FROM point p JOIN point b ON b.design = 'array'
  AND b.technology = p.technology AND b.clock_mhz = p.clock_mhz AND json_extract(b.parameters, '\$.rows') =
  coalesce(json_extract(p.parameters, '\$.rows'), json_extract(p.parameters, '\$.\"array.rows\"'))
  WHERE p.design <> 'array'"
column() { head -1 "$dir/out.csv" | tr ',' '\n' | grep -n "^$1\$" | cut -d: -f1; }
cell() { grep "^$1,.*,$2," "$dir/out.csv" | cut -d, -f"$(column "$3")"; }
near() { awk -v a="$1" -v b="$2" 'BEGIN {d = a - b; exit !(a != "" && b != "" && d * d <= 1e-18 * (1 + b * b))}' ||
  { echo "got $1, expected $2"; return 1; }; }
for t in fdsoi28 lp55; do
  for d in narrow both; do
    for m in latency area; do
      name=${m}_us; [ $m = area ] && name=area_um2
      rows=$(sql "SELECT $m FROM ($pairs) WHERE technology = '$t' AND design = '$d' ORDER BY $m")
      check "$t, $d: the most $m saved" near "$(cell $t $d "${name}_saved_most_pct")" "$(echo "$rows" | tail -1)"
      median=$(echo "$rows" | awk '{v[NR] = $1} END {print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}' OFMT=%.17g)
      check "$t, $d: the median" near "$(cell $t $d "${name}_saved_pct")" "$median"
    done
  done
  check "$t: the base has none" equal "$(cell $t array latency_us_saved_pct)" ""
done
check "rows that the base has not are left out" equal \
  "$(sql "SELECT count(*) FROM ($pairs) WHERE design = 'narrow'")" 16

wrong "no such design" 's/to: array/to: aray/' \
  'w.yaml:32:15: error: compare.to: expected the name of one of the designs, found "aray"'
wrong "nothing to compare" 's/, metrics: .*\}/}/' \
  'w.yaml:32:10: error: compare: expected a key `metrics` (what of them is compared), found a mapping of 1 key'
wrong "an empty list" 's/metrics: .*\}/metrics: []}/' \
  'w.yaml:32:31: error: compare.metrics: expected 1 to 8 metrics, found a list of 0 values'
wrong "more is better" 's/metrics: .*\}/metrics: gops}/' \
  'w.yaml:32:31: error: compare.metrics: expected a metric that is better when smaller, found "gops"'
wrong "twice" 's/metrics: .*\}/metrics: [area_um2, area_um2]}/' \
  'w.yaml:32:42: error: compare.metrics[1]: expected each metric once, found "area_um2"'
wrong "a metric of some designs" 's/metrics: .*\}/metrics: energy_per_product_fj}/' \
  'w.yaml:32:31: error: compare.metrics: expected a metric that every design has ("array" has it not), found "energy_per_product_fj"'
wrong "no mapping" 's/compare: .*/compare: array/' 'w.yaml:32:10: error: compare: expected a mapping {to, metrics}, found "array"'
echo "1..$n"
