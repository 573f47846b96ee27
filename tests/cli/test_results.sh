#!/bin/bash
# The results database where other programs and odd names are about, and queries that are large or never end.
. tests/check.sh
root=$PWD
cd "$dir" || exit 1

cat >small.yaml <<'END'
name: small
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_dc, bits: 16}, channels: [1, 2, 4]}
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, multiplier: booth, bits: 16}, channels: [1, 2, 4]}
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}
front: {within: [technology, precision]}
compare: {to: SDM, metrics: [latency_us]}
END
run() { # FILE [OPTION]...
  "$quarry" run --database r.sqlite --db-dir "$root/db" --no-plots -q "$@"
}
sql() { sqlite3 r.sqlite "$@"; }

# ---- names that differ in case alone
sed 's/name: small/name: Small/' small.yaml >capital.yaml
run small.yaml >out 2>said
check 'the views are named' equal "$? $(grep -c '^  views: small_points, small_front$' said)" '0 1'
digits=$(printf Small | sha256sum | cut -c 1-4)
run capital.yaml >out 2>said
check 'the views of another name' equal "$? $(grep -c "^  views: Small_${digits}_points, Small_${digits}_front\$" said)" '0 1'
check 'each has its points' equal \
  "$(sql "SELECT (SELECT group_concat(DISTINCT experiment_id) FROM small_points), (SELECT group_concat(DISTINCT
    experiment_id) FROM Small_${digits}_points), (SELECT count(*) FROM small_points) = count(*) FROM Small_${digits}_points")" \
  '1|2|1'
check 'the rule is said' equal "$("$quarry" describe schema axis --format csv | grep -c 'NAME_HHHH_points')" 1

# ---- rows that another program removes
dump() { sql 'SELECT name, unit, sense FROM metric ORDER BY 1; SELECT * FROM content ORDER BY 1, 2; SELECT * FROM comparison;
  SELECT experiment, position, name FROM experiment_technology JOIN technology t ON t.id = technology ORDER BY 1, 2;
  SELECT * FROM best ORDER BY experiment_id, point, objective, technology, precision; SELECT count(*) FROM point'; }
dump >whole
"$quarry" query --database r.sqlite 'SELECT 1' 2>said >out
check 'nothing is missing, nothing said' equal "$(wc -c <said)" 0
while IFS='|' read -r erase found; do
  sql "$erase"
  "$quarry" query --database r.sqlite 'SELECT * FROM best' 2>said >out
  check "$erase: a query says so" equal "$? $(grep -c "found .*$found" said)" '0 1'
  run small.yaml >out 2>said && run capital.yaml >>out 2>>said
  dump | cmp - whole >cmp
  check "and the next run puts it right" equal "$? $(wc -c <cmp)" '0 0'
done <<'END'
DELETE FROM metric WHERE name = 'area_um2'|metrics of
DELETE FROM content|0 counts of rows of 6
DELETE FROM content WHERE experiment = 2 AND name = 'front'|5 counts of rows of 6
DELETE FROM comparison WHERE position = 1|comparisons of
DELETE FROM comparison|0 comparisons of
DELETE FROM experiment_technology WHERE position = 0|1 technologies of 2
DELETE FROM experiment_technology WHERE experiment = 1|0 technologies of 2
END

# ---- values that are no usual text or number
ask() { "$quarry" query --database r.sqlite "$@"; }
odd="SELECT 9e999 AS a, -9e999 AS b, 'x' || char(0) || 'y' AS c, x'410042' AS d, NULL AS e"
check 'table' equal "$(ask "$odd" | tail -1 | tr -s ' ')" 'inf -inf x\x00y A\x00B -'
check 'CSV' equal "$(ask "$odd" --format csv)" 'a,b,c,d,e
inf,-inf,x\x00y,A\x00B,'
check 'JSON' equal "$(ask "$odd" --format json | perl -MJSON::PP -e 'local $/; $r = decode_json(<STDIN>)->[0];
  print defined $r->{a} || defined $r->{b} ? "number" : "null", " ", $r->{c} eq "x\0y", " ", $r->{d} eq "A\0B"')" 'null 1 1'

# ---- queries that are large, or never end
forever='WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT'
for limit in 0.3 '300 ms'; do
  ask --timeout "$limit" "$forever count(*) FROM n" >out 2>said
  check "a time limit of $limit" equal "$? $(wc -c <out) $(grep -c 'longer than 0.3 s' said)" '3 0 1'
done
ask --timeout '3 V' 'SELECT 1' >out 2>said
check 'a limit that is no time' equal "$? $(grep -c -- '--timeout: expected' said)" '2 1'
ask --timeout 100 'SELECT 1 AS x' >out 2>said
check 'a query that ends in time' equal "$? $(tr -d ' ' <out | paste -sd,)" '0 x,1'
for format in table csv json; do
  timeout --preserve-status -s INT 0.5 "$quarry" query --database r.sqlite --format $format "$forever x FROM n WHERE x % 50000 = 0" \
    >out 2>said
  check "Ctrl-C: $format" equal "$? $(cat said)" '130 error: interrupted'
done
check 'rows are there before the end' test "$(ask --format csv --timeout 1 "$forever x FROM n WHERE x = 7" 2>said | wc -l)" -eq 2
check 'a cut array is not closed' equal "$(grep -c '^]' out)" 0
numbers() { echo "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT $1) SELECT x, x * 0.5 AS y, 'n' || x AS t FROM n"; }
ask --format csv "$(numbers 4321)" >out
check 'CSV: each row once, in order' equal "$(awk -F, 'NR == 1 { next } $1 != NR - 1 || $2 != $1 / 2 || $3 != "n" $1 { bad++ }
  END { print NR, bad + 0 }' out)" '4322 0'
check 'JSON: one array' equal "$(ask --format json "$(numbers 4321)" | perl -MJSON::PP -e 'local $/; $r = decode_json(<STDIN>);
  print scalar @$r, " ", $r->[4320]{t}')" '4321 n4321'
check 'columns are chosen before the first row' equal "$(ask --columns t,x --format csv "$(numbers 3000)" | sed -n '1p;$p' | paste -sd' ')" \
  't,x n3000,3000'
# rows that are printed stay in no memory
for format in csv json; do
  ulimit_kb=$(( $(awk '/VmSize/ { print $2 }' /proc/self/status) + 80000 ))
  check "memory of a large result: $format" equal "$( (ulimit -v $ulimit_kb; ask --format $format "$(numbers 240000)" | wc -l) 2>&1)" \
    "$([ $format = csv ] && echo 240001 || echo 240002)"
done
check 'a reader that leaves' equal "$(ask --format csv "$(numbers 100000)" 2>said | head -2 | tail -1) $(wc -c <said)" '1,0.5,n1 0'
echo "1..$n"
