#!/bin/bash
# `store:` of experiments: what is stored with `front` and `summary` equals what SQL finds in all rows of `all`; any
# number of threads gives the same; what needs points that are not stored is refused.  TAP.
. tests/check.sh
db=$(realpath db)
cd "$dir" || exit 1
ask() { sqlite3 "$1" "$2"; }
run() { "$quarry" run --db-dir "$db" --no-plots -q "${@:3}" --database "$1.sqlite" "$2" >"$1.out" 2>"$1.err"; }

# Constraints, clocks that cannot be met, a maximised objective, a base to compare with, a picture.
cat >plain.yaml <<'YAML'
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, multiplier: [booth, array], bits: 16}, channels: [1, 4, 9, 16],
     multipliers: [1, 3, 9], port_bits: [32, 128]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, multiplier: [booth, array], bits: 16}, channels: [1, 4, 9, 16],
     multipliers: [1, 3, 9], port_bits: [32, 128]}
precision: [16, 8, 4]
clock_mhz: [100, 300, 700, 1500]
objectives: {minimize: [area_um2, latency_us], maximize: [sqnr_db]}
constraints: {area_um2: {max: 200000}}
front: {within: [technology]}
compare: {to: SDM, metrics: [latency_us, energy_uj]}
plots:
  - {kind: pareto, x: area_um2, y: energy_uj, group: [design], where: {precision: 8 bit}}
YAML
{ sed 's/^name: e/name: drawn/' plain.yaml; echo 'uncertainty: {draws: 32}'; } >drawn.yaml
for e in plain drawn; do
  for p in all columns front summary; do
    { if [ $p = summary ]; then sed '/^compare/d; /^plots/,/^  - {kind: pareto/d' $e.yaml; else cat $e.yaml; fi; echo "store: $p"; } >$e.$p.yaml
    for t in 1 2; do check "$e with store: $p on $t threads" run $e.$p.$t $e.$p.yaml -t $t; done
  done
done
check 'some points break the constraint, some clocks are not met' test "$(ask plain.all.1.sqlite \
  'SELECT count(*) >= 2 FROM infeasible')" = 1

# The points that nothing beats, point by point, from all rows; sqnr_db is better when larger.
brute='SELECT p.point FROM v p WHERE NOT EXISTS (SELECT 1 FROM v q WHERE q.technology = p.technology AND q.area_um2 <= p.area_um2
  AND q.latency_us <= p.latency_us AND q.sqnr_db >= p.sqnr_db AND (q.area_um2 < p.area_um2 OR q.latency_us < p.latency_us
  OR q.sqnr_db > p.sqnr_db)) ORDER BY 1'
for e in plain drawn; do
  a=$e.all.1.sqlite f=$e.front.1.sqlite
  ask $a "CREATE TEMP TABLE v AS SELECT * FROM point WHERE infeasible IS NULL; $brute" >want
  ask $f 'SELECT point FROM front_point ORDER BY 1' >got
  check "$e: the front is that of all points, compared with each other" cmp want got
  check "$e: it has points" test -s got
  for what in 'SELECT * FROM best ORDER BY 1, 2, 3, 4, 8' 'SELECT * FROM infeasible ORDER BY 1, 2, 3' \
    'SELECT * FROM front_chance ORDER BY 1' "SELECT within, base, design, metric, at_equal, low, high, gain, gain_min,
    gain_max, better_pct, better_from, note FROM comparison WHERE at_equal <> 'axes' ORDER BY position"; do
    check "$e: $(echo ${what%% ORDER*} | cut -c1-60) is the same" test "$(ask $a "$what")" = "$(ask $f "$what")"
  done
  check "$e: there are gains within budgets" test "$(ask $f "SELECT count(gain) > 0 FROM comparison WHERE at_equal <> 'axes'")" = 1
  check "$e: rows are those of all" test "$(ask $f "ATTACH '$a' AS a; SELECT count(*) > 0 FROM result;
    SELECT count(*) FROM (SELECT * FROM main.${e/plain/e}_points EXCEPT SELECT * FROM a.${e/plain/e}_points)" | tr '\n' ' ')" = '1 0 '
  check "$e: best points of metrics of fronts, and no others" test "$(ask $f "ATTACH '$a' AS a; SELECT group_concat(metric) FROM
    (SELECT DISTINCT metric FROM best_point ORDER BY 1); SELECT count(*) FROM (SELECT metric, value, point & 0xffffffffff FROM
    best_point EXCEPT SELECT metric, value, point & 0xffffffffff FROM a.best_point)" | tr '\n' ' ')" = \
    'area_um2,energy_uj,latency_us,sqnr_db 0 '
  check "$e: intervals are those of all" test "$(ask $f "ATTACH '$a' AS a; SELECT count(*) FROM (SELECT * FROM interval EXCEPT
    SELECT * FROM a.interval)")" = 0
  check "$e: fewer are stored" test "$(ask $f 'SELECT count(*) FROM result')" -lt "$(($(ask $a 'SELECT count(*) FROM result') / 2))"
  check "$e: the summary is the same" cmp <(sed '/^gains/,$d' $e.all.1.out) <(sed '/^gains/,$d' $e.front.1.out)
  for p in all front summary; do
    check "$e, $p: two threads store the same" test "$(ask $e.$p.1.sqlite 'SELECT * FROM result; SELECT * FROM interval; SELECT *
      FROM front_chance; SELECT * FROM tally; SELECT * FROM front')" = "$(ask $e.$p.2.sqlite 'SELECT * FROM result; SELECT *
      FROM interval; SELECT * FROM front_chance; SELECT * FROM tally; SELECT * FROM front')"
  done
  s=$e.summary.1.sqlite
  check "$e: the best points of a summary" test "$(ask $a 'SELECT * FROM best ORDER BY 1, 2, 3, 4, 8')" = \
    "$(ask $s 'SELECT * FROM best ORDER BY 1, 2, 3, 4, 8')"
  check "$e: reasons of a summary" test "$(ask $a 'SELECT * FROM infeasible ORDER BY 1, 2, 3')" = \
    "$(ask $s 'SELECT * FROM infeasible ORDER BY 1, 2, 3')"
  check "$e: ranges of a summary have as many points as all rows" test "$(ask $s "ATTACH '$a' AS a; SELECT count(*) > 50, sum(
    h.points <> (SELECT count(*) FROM a.point p WHERE infeasible IS NULL AND technology = t.name AND CASE h.metric WHEN
    'area_um2' THEN area_um2 WHEN 'latency_us' THEN latency_us WHEN 'energy_uj' THEN energy_uj WHEN 'sqnr_db' THEN sqnr_db END
    BETWEEN h.low AND h.high * (1 - 1e-15))) FROM histogram h JOIN technology t ON t.id = h.technology WHERE h.metric IN
    ('area_um2', 'latency_us', 'energy_uj', 'sqnr_db')")" = '1|0'
  check "$e: and every point is in one" test "$(ask $s "SELECT min(n) || ' ' || max(n) FROM (SELECT sum(points) AS n FROM histogram
    WHERE metric IN ('area_um2', 'latency_us', 'energy_uj') GROUP BY metric)")" = \
    "$(ask $a "SELECT count(*) || ' ' || count(*) FROM point WHERE infeasible IS NULL")"
  check "$e: no state is left" test "$(ask $f 'SELECT count(*) FROM sweep_state')$(ask $s 'SELECT count(*) FROM sweep_state')" = 00
done

# All points as packed columns: every table and view has the rows that it has of rows.
column() { # column NAME DATABASE DATABASE SQL: the same answer from both
  "$quarry" query --format csv --database "$2" "$4" >want 2>err && "$quarry" query --format csv --database "$3" "$4" >got 2>err ||
    { cat err; return 1; }
  [ -s want ] && cmp want got
}
for e in plain drawn; do
  a=$e.all.1.sqlite c=$e.columns.1.sqlite
  for what in 'SELECT * FROM result ORDER BY id' 'SELECT * FROM point ORDER BY point' "SELECT * FROM ${e/plain/e}_points" \
    "SELECT * FROM ${e/plain/e}_front" 'SELECT * FROM front_point ORDER BY 1, point' 'SELECT * FROM best' 'SELECT * FROM compare' \
    'SELECT * FROM infeasible ORDER BY 1, 2, 3' 'SELECT experiment, points, stored, on_front FROM summary' \
    'SELECT count(*), count(reason), min(id), max(id) FROM result' 'SELECT * FROM result WHERE id = (1 << 40) + 77' \
    'SELECT point FROM point WHERE point_id BETWEEN (1 << 40) + 5 AND (1 << 40) + 500 AND area_um2 < 50000' \
    'SELECT count(*), sum(id > (1 << 40) + 7) FROM result WHERE id > (1 << 40) + 5.5 AND id <= (1 << 40) + 9.5' \
    "SELECT count(*) FROM result WHERE id >= '1099511627780' AND id < 'x'" 'SELECT count(*) FROM result WHERE id > -2.5' \
    'SELECT id FROM result WHERE id = (1 << 40) + 3.0 OR id = (1 << 40) + 3.5' 'SELECT count(*) FROM result WHERE id < 1e30' \
    'SELECT count(*) FROM result WHERE id <= (1 << 40) + 3' "SELECT count(*) FROM result WHERE id > 'x' OR id > NULL" \
    'SELECT point FROM point WHERE point_id > (1 << 40) + 700 AND point_id < (1 << 40) + 710 ORDER BY point_id' \
    'SELECT count(*) FROM result WHERE id < 5 OR id > (1 << 40) + 1000000 OR id IS NULL' \
    'SELECT technology, precision, design, count(*), min(energy_uj), max(point) FROM point GROUP BY 1, 2, 3' \
    'SELECT infeasible, count(*), sum(clock_mhz) FROM point GROUP BY infeasible ORDER BY infeasible DESC' \
    'SELECT precision, point FROM point WHERE area_um2 < 60000 ORDER BY precision DESC, design, point LIMIT 300 OFFSET 7' \
    "SELECT experiment, network, count(area_um2) FROM point_all WHERE precision IN ('4 bit', '8 bit') GROUP BY 2, 1" \
    'SELECT technology, count(*) FROM point WHERE point_id BETWEEN (1 << 40) + 5 AND (1 << 40) + 500 GROUP BY 1' \
    'SELECT a.design, count(*) FROM point a JOIN (SELECT design FROM point GROUP BY design) b ON b.design = a.design GROUP BY 1' \
    'SELECT count(*) FROM point WHERE area_um2 = (SELECT min(area_um2) FROM point) OR area_um2 = (SELECT max(area_um2) FROM point)' \
    'SELECT count(*) FROM point WHERE area_um2 >= (SELECT min(area_um2) FROM point WHERE infeasible IS NULL) AND area_um2 <= 1e99' \
    'SELECT count(*) FROM point WHERE area_um2 < (SELECT min(area_um2) FROM point) OR energy_uj > 1e30 OR gops < 0' \
    'SELECT count(area_um2), count(*), count(infeasible) FROM point WHERE area_um2 IS NULL AND infeasible IS NOT NULL' \
    'SELECT count(*) FROM point WHERE area_um2 IS NOT NULL AND area_um2 > -1' \
    "SELECT * FROM comparison" 'SELECT * FROM interval UNION ALL SELECT max(id), NULL, * FROM interval LIMIT 0'; do
    [ "${what#*UNION}" = "$what" ] || what='SELECT count(*) FROM interval'
    check "$e as columns: $(echo $what | cut -c1-70)" column x $a $c "$what"
  done
  check "$e as columns: the summary is the same" cmp $e.all.1.out $e.columns.1.out
  check "$e as columns: few are rows" test "$(ask $c 'SELECT count(*) FROM result')" -lt "$(($(ask $a 'SELECT count(*) FROM result') / 2))"
  check "$e as columns: another program finds the fronts" test "$(ask $a 'SELECT * FROM front_point ORDER BY 1, point' | cut -d'|' -f1-12)" = \
    "$(ask $c 'SELECT * FROM front_point ORDER BY 1, point' | cut -d'|' -f1-12)"
  check "$e as columns: no broken references" test -z "$(ask $c 'PRAGMA foreign_key_check')"
  for q in 'query where' 'query front' 'query best' 'query sensitivity' 'front --objectives area_um2,leakage_mw'; do
    "$quarry" ${q%% *} ${q#* } ${e/plain/e} --database $a >want 2>/dev/null
    check "$e as columns: $q" eval '"$quarry" ${q%% *} ${q#* } ${e/plain/e} --database $c >got 2>/dev/null; cmp want got'
  done
done
sed 's/^name: e/name: f/' plain.columns.yaml >f.yaml
sed 's/^name: e/name: f/' plain.all.yaml >fa.yaml
check 'one of columns' run packed plain.columns.yaml
check 'and another' run packed f.yaml
check 'one of rows' run unpacked plain.all.yaml
check 'and another' run unpacked fa.yaml
for what in 'SELECT design, count(*), min(energy_uj), min(experiment), max(experiment) FROM point GROUP BY design' \
  'SELECT precision, experiment, count(*), max(area_um2) FROM point GROUP BY precision, experiment ORDER BY 1 DESC, 2' \
  "SELECT design, technology, point_id FROM point WHERE experiment = 'f' AND area_um2 < 60000 ORDER BY 1, 2, point_id" \
  'SELECT experiment, design, count(*) FROM point WHERE experiment_id = 2 GROUP BY 1, 2'; do
  check "two of columns: $(echo $what | cut -c1-60)" column x unpacked.sqlite packed.sqlite "$what"
done
check 'columns beside rows in one database' run both plain.columns.yaml
sed 's/^name: drawn/name: rows/' drawn.all.yaml >rows.yaml
check 'rows in the same' run both rows.yaml
check 'and columns again' run both f.yaml
check 'all are counted' column x both.sqlite both.sqlite 'SELECT count(*) FROM result'
n_one=$(ask plain.all.1.sqlite 'SELECT count(*) FROM result')
check 'three times as many' test "$("$quarry" query --format csv --database both.sqlite 'SELECT count(*) FROM result' | tail -1)" = $((3 * n_one))
check 'in order' test "$("$quarry" query --format csv --database both.sqlite 'SELECT count(*) FROM (SELECT id, lag(id) OVER () AS before
  FROM (SELECT id FROM result ORDER BY id)) WHERE id <= before' | tail -1)" = 0
ask both.sqlite "PRAGMA foreign_keys = ON; DELETE FROM experiment WHERE name = 'f'"
check 'one deleted, the others stay' test "$("$quarry" query --format csv --database both.sqlite 'SELECT count(*) FROM result' | tail -1)" = $((2 * n_one))
check 'and nothing of it' test "$(ask both.sqlite 'SELECT count(*) FROM result_chunk WHERE id >> 40 = 3')" = 0
cp plain.columns.1.sqlite torn.sqlite
ask torn.sqlite 'UPDATE result_chunk SET data = substr(data, 1, length(data) - 3) WHERE id & 1 = 0 AND length(data) > 100'
"$quarry" query --database torn.sqlite 'SELECT * FROM point' >out 2>err
check 'a damaged column is said to be' test "$? $(grep -c damaged err)" = '2 1'
ask torn.sqlite 'DELETE FROM result_chunk WHERE id IN (SELECT c.id FROM result_chunk c JOIN chunk_column n ON c.id & 255 =
  n.number AND n.name = '"'design'"' LIMIT 1)'
check 'chunks that are gone are computed again' run torn plain.columns.yaml
check 'which is said' grep -q 'chunks of results' torn.err
check 'and is the same' column x plain.all.1.sqlite torn.sqlite 'SELECT * FROM point ORDER BY point'

# Probabilities by brute force would need the draws; that they are those of `all` is checked above, and that there are some:
check 'there are points with a front probability' test "$(ask drawn.front.1.sqlite 'SELECT count(*) > 0 FROM front_chance')" = 1

# Commands from either database.
same() { # same NAME ARGUMENTS: prints the same from both
  "$quarry" "${@:2}" --database plain.all.1.sqlite >want 2>/dev/null
  "$quarry" "${@:2}" --database plain.front.1.sqlite >got 2>err || { cat err; return 1; }
  cmp want got
}
check 'front' same x front e --format csv
check 'front within coarser groups: all in one' same x front e --within '' --format csv
check 'front, the points picked' same x front e --pick 3
check 'front of the picture' same x front e --objectives area_um2,energy_uj --within design,precision --format csv
check 'query front' same x query front e --format csv
check 'query best' same x query best e --format csv
check 'a report of it' "$quarry" report e --no-validation -o r.html --database plain.front.1.sqlite
check 'the report counts all points' grep -q "<b>$(ask plain.all.1.sqlite 'SELECT count(*) FROM point')</b> points" r.html
no() {
  "$quarry" "${@:2}" >out 2>err
  local code=$?
  grep -q 'store: all' err && equal "$code $(test -s out; echo $?)" '2 1'
}
for c in 'front e --objectives area_um2,leakage_mw' 'front e --within clock_mhz' 'query where e' 'query sensitivity e' \
  'query compare SDM RDM e' 'plot e -x clock_mhz -y energy_uj --kind lines' 'diff e e'; do
  check "refused from fronts: $c" no x $c --database plain.front.1.sqlite
done
for c in 'front e' 'query front e' 'plot e -x area_um2 -y energy_uj'; do
  check "refused from a summary: $c" no x $c --database plain.summary.1.sqlite
done
"$quarry" query --database plain.front.1.sqlite 'SELECT count(*) FROM point' >out 2>err
check 'a SELECT of points says of what they are' equal "$? $(cat err)" '0 note: not all points are stored of "e" (`store: front`)'
"$quarry" query --database plain.front.1.sqlite 'SELECT count(*) FROM front_point' >out 2>err
check 'one of fronts does not' test ! -s err
for q in 'SELECT max(area_um2) FROM e_points' 'WITH a AS (SELECT * FROM result) SELECT count(*) FROM a' 'SELECT * FROM compare'; do
  "$quarry" query --database plain.front.1.sqlite "$q" >out 2>err
  check "of points by whatever way: $q" grep -q 'not all points are stored of "e"' err
done
for q in "SELECT 'point'" 'SELECT max(area_um2) AS point FROM e_front' 'SELECT count(*) FROM front' 'SELECT * FROM best'; do
  "$quarry" query --database plain.front.1.sqlite "$q" >out 2>err
  check "of none, whatever the words: $q" test ! -s err
done
check 'a rerun reads back' run plain.front.1 plain.front.yaml
check 'and says so' grep -q 'read back' plain.front.1.err
ask plain.front.1.sqlite "PRAGMA foreign_keys = ON; DELETE FROM experiment"
check 'nothing of a deleted experiment stays' test "$(ask plain.front.1.sqlite 'SELECT (SELECT count(*) FROM tally) +
  (SELECT count(*) FROM infeasible_count) + (SELECT count(*) FROM kept_front) + (SELECT count(*) FROM reason)')" = 0

# A database of version 6, which knew nothing of policies: read as it is, then brought up to date.
cp plain.all.1.sqlite six.sqlite
ask six.sqlite "DROP TRIGGER experiment_deleted; DROP VIEW infeasible; DROP VIEW infeasible_all; DROP TABLE tally;
  DROP TABLE infeasible_count; DROP TABLE kept_front; DROP TABLE sweep_state; DROP TABLE histogram; DROP TABLE result_chunk; DROP TABLE chunk_column;
  DROP TABLE experiment_table_file; DROP TABLE table_file; ALTER TABLE batch DROP COLUMN sum; ALTER TABLE content DROP COLUMN sum; ALTER TABLE experiment RENAME COLUMN store TO gone;
  PRAGMA user_version = 6"
"$quarry" front e --format csv --database plain.all.1.sqlite >want
"$quarry" front e --format csv --database six.sqlite >got 2>err
check 'a database of version 6 is read' cmp want got
check 'and stays as it is' test "$(ask six.sqlite 'PRAGMA user_version')" = 6
check 'a run brings it up to date' run six plain.all.yaml
check 'the experiment was complete' grep -q 'read back' six.err
check 'its rows are as they were' test "$(ask six.sqlite 'SELECT * FROM result; SELECT * FROM front; SELECT * FROM infeasible')" = \
  "$(ask plain.all.1.sqlite 'SELECT * FROM result; SELECT * FROM front; SELECT * FROM infeasible')"
check 'it stores all points' test "$(ask six.sqlite 'SELECT store FROM experiment; PRAGMA user_version' | tr '\n' ' ')" = "all $(schema_version) "

# Files.
bad() { # bad NAME LINES MESSAGE
  { grep -v '^compare\|^plots\|^  - {kind' plain.yaml; printf '%b\n' "$2"; } >x.yaml
  run x x.yaml
  check "$1" equal "$? $(head -1 x.err)" "2 x.yaml:$3"
  check "$1: nothing is made" test ! -e x.sqlite
}
bad 'an unknown word' 'store: fronts' '15:8: error: store: expected one of all, columns, front, summary, found "fronts"; did you mean "front"?'
bad 'an unknown word in the mapping' 'store: {points: some}' '15:17: error: store.points: expected one of all, columns, front, summary, found "some"'
bad 'a list' 'store: [front]' '15:8: error: store: expected all, columns, front or summary, or a mapping {points, layers, members}, found a list of 1 value'
bad 'a picture of all points' 'store: front\nplots: [{kind: lines, x: clock_mhz, y: energy_uj}]' \
  '16:9: error: plots[0]: expected a plot of kind pareto over two metrics without bands, over, bits and what is auto, tornado or layers beside `store: front` (`store: all` has the points of others), found a mapping of 3 keys'
bad 'a search' 'store: front\nsearch: {method: random, points: 10}' \
  '16:9: error: search: expected no `search` beside `store: front`: what it finds is few points, found a mapping of 2 keys'
bad 'layers of no front' 'store: {points: summary, layers: front}' \
  '15:8: error: store: expected no layers or members beside `points: summary`, which has no fronts, found a mapping of 2 keys'
echo "1..$n"
