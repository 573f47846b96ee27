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
pairs="SELECT p.technology AS technology, p.design AS design, b.latency_us / p.latency_us AS latency,
  b.area_um2 / p.area_um2 AS area FROM point p JOIN point b ON b.design = 'array'
  AND b.technology = p.technology AND b.clock_mhz = p.clock_mhz AND json_extract(b.parameters, '\$.rows') =
  coalesce(json_extract(p.parameters, '\$.rows'), json_extract(p.parameters, '\$.array.rows'))
  WHERE p.design <> 'array'"
# Columns of the second table, behind the empty line.
table=$(sed '1,/^$/d' "$dir/out.csv")
column() { echo "$table" | head -1 | tr ',' '\n' | grep -n "^$1\$" | cut -d: -f1; }
cell() { echo "$table" | grep "^$1,.*,array,$2,$3,axes," | cut -d, -f"$(column "$4")"; }
near() { awk -v a="$1" -v b="$2" 'BEGIN {d = a - b; exit !(a != "" && b != "" && d * d <= 1e-18 * (1 + b * b))}' ||
  { echo "got $1, expected $2"; return 1; }; }
for t in fdsoi28 lp55; do
  for d in narrow both; do
    for m in latency area; do
      name=${m}_us; [ $m = area ] && name=area_um2
      rows=$(sql "SELECT $m FROM ($pairs) WHERE technology = '$t' AND design = '$d' ORDER BY $m")
      check "$t, $d: the largest gain in $m" near "$(cell $t $d $name gain_max)" "$(echo "$rows" | tail -1)"
      check "$t, $d: the least" near "$(cell $t $d $name gain_min)" "$(echo "$rows" | head -1)"
      median=$(echo "$rows" | awk '{v[NR] = $1} END {print sqrt(v[int((NR + 1) / 2)] * v[int(NR / 2) + 1])}' OFMT=%.17g)
      check "$t, $d: the median" near "$(cell $t $d $name gain)" "$median"
      better=$(echo "$rows" | awk '$1 > 1 {n++} END {print 100 * n / NR}' OFMT=%.17g)
      check "$t, $d: how many are better" near "$(cell $t $d $name better_pct)" "$better"
    done
  done
  check "$t: the base is compared with nothing" equal "$(echo "$table" | grep -c "^$t,.*,array,array,")" 0
done
check "rows that the base has not are left out" equal \
  "$(sql "SELECT count(*) FROM ($pairs) WHERE design = 'narrow'")" 16

wrong "no such design" 's/to: array/to: aray/' \
  'w.yaml:32:15: error: compare.to: expected one of array, narrow, both, found "aray"; did you mean "array"?'
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
wrong "no mapping" 's/compare: .*/compare: array/' 'w.yaml:32:10: error: compare: expected a mapping {to, metrics, at}, found "array"'

# Within equal budgets: the least latency of each design within an area, from the stored points.
at() { sed -E "s/metrics: (.*)\}/metrics: \1, at: $1}/; s/name: savings/name: budgets/" "$dir/e.yaml" >"$dir/b.yaml"; }
at '{area_um2: [0.4 mm2, 1000000, 3e6 um2, 50 %], latency_us: 1 s}'
run --format json "$dir/b.yaml" >"$dir/b.json"
check "JSON has both tables" perl -MJSON::PP -e 'local $/; my $d = decode_json(<STDIN>);
  exit !(@{$d->{designs}} == 6 && @{$d->{comparisons}} == 4 * (2 + 5))' <"$dir/b.json"
best() { sql "SELECT min(latency_us) FROM point WHERE experiment = 'budgets' AND technology = '$1' AND design = '$2'
  AND area_um2 <= $3"; }
for t in fdsoi28 lp55; do
  for d in narrow both; do
    for area in 400000 1000000 3000000; do
      base=$(best $t array $area) own=$(best $t $d $area)
      got=$(sql "SELECT gain FROM comparison c JOIN experiment e ON e.id = c.experiment WHERE e.name = 'budgets' AND
        within ->> 'technology' = '$t' AND design = '$d' AND metric = 'latency_us' AND low = $area AND high = $area")
      if [ -n "$base" ] && [ -n "$own" ]; then
        check "$t, $d: within $area" near "$got" "$(awk -v a="$base" -v b="$own" 'BEGIN {printf "%.17g", a / b}')"
      else
        check "$t, $d: none within $area" equal "$got" ""
      fi
    done
  done
done
check "what is not comparable is said" equal "$(sql "SELECT count(*) FROM comparison WHERE gain IS NULL AND note IS NULL")" 0
check "half of the range is its middle by the logarithm" equal "$(sql "SELECT count(*) FROM comparison c JOIN
  comparison r ON r.experiment = c.experiment AND r.within = c.within AND r.design = c.design AND r.metric = c.metric AND
  r.at_equal = 'area_um2' AND r.low < r.high WHERE c.at_equal = 'area_um2' AND c.low = c.high
  AND abs(c.low / sqrt(r.low * r.high) - 1) < 1e-9")" 4
before=$(sql "SELECT group_concat(gain) FROM comparison")
run "$dir/b.yaml" >/dev/null 2>&1
check "read back they are the same" equal "$(sql "SELECT group_concat(gain) FROM comparison")" "$before"
sql "DELETE FROM comparison"
run "$dir/b.yaml" >/dev/null 2>&1
check "what was not stored is made again" equal "$(sql "SELECT count(*) FROM comparison")" 28

bad() { # bad NAME AT MESSAGE
  at "$2"
  got=$(cd "$dir" && "$quarry" run --dry-run --db-dir "$db" b.yaml 2>&1 >/dev/null)
  check "$1" equal "$? $got" "2 $3"
}
bad "no budgets" 12 'b.yaml:32:59: error: compare.at: expected a mapping from a metric to budgets, such as {area_um2: [12000, 1 mm2]}, found "12"'
bad "a share above 1" '{area_um2: 120 %}' 'b.yaml:32:70: error: compare.at.area_um2: expected 0 to 100 % of the range of budgets that the designs have in common, found "120 %"'
bad "two bounds" '{area_um2: 1, latency_us: [1, 2]}' 'b.yaml:32:85: error: compare.at.latency_us: expected one bound (the first metric alone may have several), found a list of 2 values'
bad "neither better nor worse" '{banks_input: 1}' 'b.yaml:32:60: error: compare.at: expected a metric that every design has ("both" has it not), found "banks_input"'
echo "1..$n"
