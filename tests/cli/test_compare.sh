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
cell() { echo "$table" | grep "^$1,.*,array,$2,$3,,axes," | cut -d, -f"$(column "$4")"; }
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
sql "ALTER TABLE comparison DROP COLUMN unlimited_p05"
"$quarry" report --no-validation --database "$dir/r.sqlite" budgets -o "$dir/r.html" 2>/dev/null
check "a database without a column is read" equal "$? $(grep -c '>Gains over array<' "$dir/r.html")" "0 1"
run "$dir/b.yaml" >/dev/null 2>&1
check "and gets it" equal "$(sql "SELECT count(*) FROM comparison WHERE unlimited_p05 IS NULL")" 28

bad() { # bad NAME AT MESSAGE
  at "$2"
  got=$(cd "$dir" && "$quarry" run --dry-run --db-dir "$db" b.yaml 2>&1 >/dev/null)
  check "$1" equal "$? $got" "2 $3"
}
bad "no budgets" 12 'b.yaml:32:59: error: compare.at: expected a mapping from a metric to budgets, such as {area_um2: [12000, 1 mm2]}, found "12"'
bad "a share above 1" '{area_um2: 120 %}' 'b.yaml:32:70: error: compare.at.area_um2: expected 0 to 100 % of the range of budgets that the designs have in common, found "120 %"'
bad "two bounds" '{area_um2: 1, latency_us: [1, 2]}' 'b.yaml:32:85: error: compare.at.latency_us: expected one bound (the first metric alone may have several), found a list of 2 values'
bad "neither better nor worse" '{banks_input: 1}' 'b.yaml:32:60: error: compare.at: expected a metric that every design has ("both" has it not), found "banks_input"'

# All metrics of two designs share one range, from the first budget of both to the last at which a front of either falls,
# and the gain without a limit is that of the best points: from the stored points with SQL.
cat >"$dir/s.yaml" <<'END'
name: shared
technology: fdsoi28
network: mobilenet_v2_1.0_224
designs:
  - {name: base, accelerator: systolic, pe: {kind: mac, multiplier: array, bits: 8}, rows: [8, 12, 16, 24, 32], dataflow: [ws, os]}
  - {name: b2, accelerator: systolic, pe: {kind: mac, multiplier: booth, bits: 8}, rows: [8, 16, 20, 32], dataflow: [ws, os]}
precision: [8]
clock_mhz: {from: 100, to: 400, points: 3, scale: log}
objectives: {minimize: [area_um2, latency_us, energy_uj]}
compare: {to: base, metrics: [latency_us, energy_uj], at: {area_um2: 50 %}}
END
run "$dir/s.yaml" >/dev/null 2>&1
within="FROM comparison WHERE experiment = (SELECT id FROM experiment WHERE name = 'shared') AND at_equal = 'area_um2'"
falls() { # falls METRIC: the largest area at which a front of either design falls
  echo "SELECT max(area_um2) FROM point p WHERE experiment = 'shared' AND infeasible IS NULL AND NOT EXISTS (SELECT 1 FROM
    point q WHERE q.experiment = 'shared' AND q.design = p.design AND q.infeasible IS NULL AND q.area_um2 <= p.area_um2 AND
    q.$1 <= p.$1 AND (q.area_um2 < p.area_um2 OR q.$1 < p.$1))"
}
first=$(sql "SELECT max(a) FROM (SELECT min(area_um2) AS a FROM point WHERE experiment = 'shared' GROUP BY design)")
last=$(sql "SELECT max(($(falls latency_us)), ($(falls energy_uj)))")
check "two ranges, of which one ends first" test "$(sql "$(falls latency_us)")" != "$(sql "$(falls energy_uj)")"
for m in latency_us energy_uj; do
  check "$m: from the first budget of both" near "$(sql "SELECT low $within AND low < high AND metric = '$m'")" "$first"
  check "$m: to the last fall" near "$(sql "SELECT high $within AND low < high AND metric = '$m'")" "$last"
  unlimited=$(sql "SELECT (SELECT min($m) FROM point WHERE experiment = 'shared' AND design = 'base') /
    (SELECT min($m) FROM point WHERE experiment = 'shared' AND design = 'b2')")
  check "$m: without a limit" near "$(sql "SELECT unlimited $within AND low < high AND metric = '$m'")" "$unlimited"
done
check "half of it is one area" equal "$(sql "SELECT count(*), count(DISTINCT low) $within AND low = high")" "2|1"
check "better from a budget only where it is better without a limit" equal \
  "$(sql "SELECT count(*) FROM comparison WHERE better_from IS NOT NULL AND NOT unlimited > 1")" 0
check "where one was not explored is said" equal "$(sql "SELECT count(*) $within AND note LIKE 'b2 has no point above 0.% mm²; its best one counts there'")" 2

# Budgets without `to`: every design over the first, whatever their axes; with `to` and budgets too.
sed 's/to: base, metrics: .*, at/at/; s/name: shared/name: first/; s/50 %/[0.3 mm2, 50 %]/' "$dir/s.yaml" >"$dir/f.yaml"
sed -i '/name: b2/s/, dataflow: .*/, port_bits: [64, 128]}/' "$dir/f.yaml"
run "$dir/f.yaml" >/dev/null 2>"$dir/err"
check "budgets without a base that is named" equal "$? $(sql "SELECT count(*), min(base), max(base) FROM comparison WHERE
  experiment = (SELECT id FROM experiment WHERE name = 'first')")" "0 6|base|base"
least() { echo "(SELECT min($1) FROM point WHERE experiment = 'first' AND design = '$2' AND area_um2 <= 300000)"; }
for m in latency_us energy_uj; do
  check "within 0.3 mm2: $m" near "$(sql "SELECT gain FROM comparison WHERE experiment = (SELECT id FROM experiment WHERE
    name = 'first') AND metric = '$m' AND low = 300000 AND high = 300000")" "$(sql "SELECT $(least $m base) / $(least $m b2)")"
done
sed 's/compare: {at/compare: {to: base, metrics: energy_uj, at/; s/name: first/name: named/
  /name: b2/s/accelerator.*/accelerator: dot, pe: {kind: mitchell, bits: 8}, engines: [8, 16], lanes: 8}/' "$dir/f.yaml" >"$dir/g.yaml"
run "$dir/g.yaml" >/dev/null 2>"$dir/err"
check "axes of the base that another has not, beside budgets" equal "$? $(sql "SELECT count(*), sum(note LIKE 'base has no point with the axes of one of b2') FROM
  comparison WHERE experiment = (SELECT id FROM experiment WHERE name = 'named')")" "0 4|1"
wrong "neither a base nor budgets" 's/compare: .*/compare: {metrics: area_um2}/' 'w.yaml:32:10: error: compare: expected a key `to` (the design that others are compared with) or `at` (budgets), found a mapping of 1 key'

# Two qualities are held at once: pairs of the base's points, by a full scan of the stored points.
cat >"$dir/q.yaml" <<'END'
name: both
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: base, accelerator: systolic, pe: {kind: mac, bits: [8, 12]}, rows: [4, 8], columns: 4}
  - {name: other, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: [4, 8], columns: [4, 6]}
precision: [8, 6, 4]
noise: {weights: {default: 1}}
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us, energy_uj, noise], maximize: [sqnr_db]}
compare: {at: {area_um2: 100 %}}
front: {within: []}
END
run "$dir/q.yaml" >"$dir/out" 2>"$dir/err"
check "two qualities as objectives" equal $? 0
for m in latency_us energy_uj; do
  rows=$(sql "WITH p AS (SELECT design, area_um2 AS a, $m AS m, sqnr_db AS s, noise AS n FROM point WHERE experiment = 'both'),
    level AS (SELECT DISTINCT s, n FROM p WHERE design = 'base' AND NOT EXISTS (SELECT 1 FROM p q WHERE q.design = 'base' AND
      q.a <= p.a AND q.m <= p.m AND q.s >= p.s AND q.n <= p.n AND (q.a < p.a OR q.m < p.m OR q.s > p.s OR q.n < p.n)))
    SELECT (SELECT min(m) FROM p WHERE design = 'base' AND p.s >= l.s AND p.n <= l.n) /
      (SELECT min(m) FROM p WHERE design = 'other' AND p.s >= l.s AND p.n <= l.n) AS gain FROM level l WHERE gain > 0 ORDER BY 1")
  check "both qualities held: $m without a limit" near "$(sql "SELECT unlimited FROM comparison WHERE experiment = (SELECT id FROM
    experiment WHERE name = 'both') AND metric = '$m' AND low < high AND at_equal = 'area_um2, sqnr_db, noise'")" \
    "$(echo "$rows" | awk '{v[NR] = $1} END {print sqrt(v[int((NR + 1) / 2)] * v[int(NR / 2) + 1])}' OFMT=%.17g)"
done

# A bound beside budgets is kept by the points of the rows at these budgets, which say so; the others are what they are
# without it, and a quality that is bounded is held all the same.
bound=$(sql "SELECT printf('%.4g', (min(noise) + max(noise)) / 2) FROM point WHERE experiment = 'both'")
sed "s/^name: .*/name: bounded/; s/at: .*/at: {area_um2: 1000 mm2, noise: $bound}}/" "$dir/q.yaml" >"$dir/n.yaml"
run "$dir/n.yaml" >"$dir/out" 2>"$dir/err"
check "a bound on a quality" equal "$? $(grep -c "of points with noise at most $bound" "$dir/err")" '0 2'
of() { sql "SELECT design, metric, at_equal, low, high, gain, note FROM comparison WHERE experiment = (SELECT id FROM
  experiment WHERE name = '$1') AND $2"; }
check "rows over the range are as without it" equal "$(of bounded 'low < high')" "$(of both 'low < high')"
check "what is held is held in every row" equal "$(of bounded "metric <> 'area_um2' AND at_equal <> 'area_um2, sqnr_db, noise'")" ''
for m in latency_us energy_uj; do
  rows=$(sql "WITH p AS (SELECT design, area_um2 AS a, $m AS m, sqnr_db AS s, noise AS n FROM point WHERE experiment =
    'bounded' AND noise <= $bound),
    level AS (SELECT DISTINCT s, n FROM p WHERE design = 'base' AND NOT EXISTS (SELECT 1 FROM p q WHERE q.design = 'base' AND
      q.a <= p.a AND q.m <= p.m AND q.s >= p.s AND q.n <= p.n AND (q.a < p.a OR q.m < p.m OR q.s > p.s OR q.n < p.n)))
    SELECT (SELECT min(m) FROM p WHERE design = 'base' AND p.s >= l.s AND p.n <= l.n) /
      (SELECT min(m) FROM p WHERE design = 'other' AND p.s >= l.s AND p.n <= l.n) AS gain FROM level l WHERE gain > 0 ORDER BY 1")
  check "bounded: $m at a budget that all keep" near "$(sql "SELECT gain FROM comparison WHERE experiment = (SELECT id FROM
    experiment WHERE name = 'bounded') AND metric = '$m' AND low = high")" \
    "$(echo "$rows" | awk '{v[NR] = $1} END {print sqrt(v[int((NR + 1) / 2)] * v[int(NR / 2) + 1])}' OFMT=%.17g)"
done

# The table for people: budgets of a row that differ read differently, what is known of several groups is said once.
cat >"$dir/t.yaml" <<'END'
name: told
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
designs:
  - {name: base, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [8, 16]}
  - {name: other, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 16]}
  - {name: pot, accelerator: systolic, pe: {kind: pot}, rows: [8, 16]}
precision: [8, 6]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us], maximize: [sqnr_db]}
front: {within: [technology, precision]}
END
run "$dir/t.yaml" >"$dir/out" 2>"$dir/err"
check "notes of several groups, with units" equal "$(grep -c '^  pot, latency_us at equal area_um2, sqnr_db (fdsoi28, 8 bit; lp55, 8 bit): sqnr_db of pot is [0-9.]* dB at most, of base [0-9.]* dB or better$' "$dir/err")" 1
none=$(sql "SELECT count(*) FROM comparison WHERE low IS NULL AND experiment = (SELECT id FROM experiment WHERE name = 'told')")
check "rows without a gain are left out and said" equal "$none $(grep -c "left out (why: below): $none$" "$dir/err") $(awk '/^gains/ { gains = 1 }
  gains && / pot .* latency_us/' "$dir/out" | wc -l)" '4 1 0'
cp "$dir/r.sqlite" "$dir/near.sqlite"
sqlite3 "$dir/near.sqlite" "UPDATE comparison SET low = 10409.1, high = 156315, better_from = 10412.1 WHERE metric = 'latency_us' AND
  design = 'other' AND experiment = (SELECT id FROM experiment WHERE name = 'told')"
"$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/near.sqlite" "$dir/t.yaml" 2>/dev/null >"$dir/out"
check "budgets that differ read differently" equal "$(grep -c ' other .* latency_us .* mm²  *0.010409  *0.1563[12] .* 0.010412$' "$dir/out")" 4
echo "1..$n"
