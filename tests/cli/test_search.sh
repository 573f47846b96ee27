#!/bin/bash
# `search:`: some points of a space, with the same results as all of them have, stored and continued like any other.
. tests/check.sh
db=$PWD/db

cat >"$dir/all.yaml" <<'END'
name: some
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: SDM
    accelerator: depthwise
    pe: {kind: mac, multiplier: [booth, array], bits: 16}
    channels: [1, 2, 4, 8, 16]
  - name: RDM
    accelerator: depthwise
    pe: {kind: mac_st, multiplier: [booth, array], bits: 16}
    channels: [1, 2, 4, 8, 16]
precision: [16, 8, 4]
clock_mhz: {from: 100, to: 1000, points: 10, scale: log}
objectives: {minimize: [area_um2, latency_us, energy_uj]}
front: {within: [technology, precision]}
uncertainty: {draws: 32, seed: 1}
END
run() { # run NAME [OPTION...]: NAME.yaml into NAME.sqlite
  local name=$1
  shift
  "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/$name.sqlite" "$@" "$dir/$name.yaml" 2>"$dir/said" \
    >"$dir/out"
}
sql() { sqlite3 "$dir/$1.sqlite" "$2"; }
with() { sed "s/^objectives:/search: {$2}\nobjectives:/" "$dir/all.yaml" >"$dir/$1.yaml"; }
# Rows of NAME that differ from those of the same point among all: its numbers, then its intervals.
differ() {
  sqlite3 "$dir/$1.sqlite" "ATTACH '$dir/all.sqlite' AS a; SELECT (SELECT count(*) FROM (SELECT id, technology,
    clock_mhz, precision_bits, area_um2, latency_us, energy_uj, reason IS NULL FROM main.result EXCEPT SELECT id,
    technology, clock_mhz, precision_bits, area_um2, latency_us, energy_uj, reason IS NULL FROM a.result)) + (SELECT
    count(*) FROM
    (SELECT id, energy_uj_p05, energy_uj_p95 FROM main.interval EXCEPT SELECT id, energy_uj_p05, energy_uj_p95 FROM
    a.interval))"
}
# Points on the stored front beside those that no other stored point dominates, worked out by SQL.
fronts="SELECT count(*), (SELECT count(*) FROM point p WHERE p.infeasible IS NULL AND NOT EXISTS (SELECT 1 FROM point q
  WHERE q.technology = p.technology AND q.precision_bits = p.precision_bits AND
  q.area_um2 <= p.area_um2 AND q.latency_us <= p.latency_us AND q.energy_uj <= p.energy_uj AND
  (q.area_um2 < p.area_um2 OR q.latency_us < p.latency_us OR q.energy_uj < p.energy_uj))) FROM front_point"

run all
check "all points" equal "$(sql all 'SELECT count(*) FROM result')" 1200
for method in nsga2 sobol lhs random; do
  with $method "method: $method, points: 300, seed: 3"
  run $method --threads 1
  check "$method: 300 points are stored" equal "300|complete" \
    "$(sql $method 'SELECT count(*), (SELECT status FROM experiment) FROM result')"
  check "$method: each as it is among all" equal "$(differ $method)" 0
  both=$(sql $method "$fronts")
  check "$method: the front is that of the points stored ($both)" test "${both%|*}" -gt 0 -a "${both%|*}" = "${both#*|}"
  check "$method: chances are of points stored" equal \
    "$(sql $method 'SELECT count(*) > 0, count(*) = sum(point IN (SELECT id FROM result)) FROM front_chance')" "1|1"
  check "$method: says so" grep -q "^some: $method chose 300 of 1200 points, seed 3; of the final hyperv" "$dir/said"
  points=$(sql $method 'SELECT group_concat(id) FROM (SELECT id FROM result ORDER BY id)')
  cp "$dir/out" "$dir/first"
  run $method
  check "$method: read back the second time" grep -q "^some: 300 points, .* read back" "$dir/said"
  check "$method: with the same summary" cmp "$dir/first" "$dir/out"
  rm "$dir/$method.sqlite"
  run $method --threads 3
  check "$method: three threads choose the same" equal \
    "$points" "$(sql $method 'SELECT group_concat(id) FROM (SELECT id FROM result ORDER BY id)')"
done
with more "points: 5000"
run more
check "a budget beyond the space: all of it" equal "$(sql more 'SELECT count(*) FROM result')" 1200
with time "seconds: 0.001"
run time
check "a budget of time: some, and complete" equal "1|complete|1" \
  "$(sql time "SELECT count(*) > 0, status, (SELECT count(*) FROM result) = sum(rows) FROM experiment, batch")"
sql time "DELETE FROM front_chance; DELETE FROM front; DELETE FROM result WHERE id & ((1 << 40) - 1) >= 600; DELETE FROM
  batch WHERE (batch + 1) * (SELECT batch_points FROM experiment) > 600; UPDATE experiment SET status = 'interrupted'"
sql time "DELETE FROM result WHERE (id & ((1 << 40) - 1)) / (SELECT batch_points FROM experiment) NOT IN
  (SELECT batch FROM batch);
  DELETE FROM interval WHERE id NOT IN (SELECT id FROM result)"
kept=$(sql time 'SELECT group_concat(id) FROM (SELECT id FROM result ORDER BY id)')
run time
check "continued, it keeps what was stored" equal "$(sql time "SELECT count(*), (SELECT status FROM experiment), (SELECT
  sum(rows) FROM batch) = (SELECT count(*) FROM result), (SELECT count(*) FROM front_chance WHERE point NOT IN
  (SELECT id FROM result)) FROM result WHERE id IN ($kept)")" "$(echo "$kept" | tr ',' '\n' | grep -c .)|complete|1|0"
check "a dry run counts them" equal "$("$quarry" run --dry-run --format csv --db-dir "$db" "$dir/nsga2.yaml" |
  tail -1 | cut -d, -f1,2)" "some,300"

# Several batches of a large space, one of them lost: it is computed again, alike.
sed 's/^objectives:/search: {points: 20000}\nobjectives:/' experiments/large_sweep.yaml >"$dir/large.yaml"
run large
sum="SELECT count(*), total(id), total(energy_uj) FROM result"
whole=$(sql large "$sum")
check "a large space: 20000 points in batches" equal \
  "$(sql large 'SELECT count(*) > 1, sum(rows) FROM batch') $(echo "$whole" | cut -d'|' -f1)" "1|20000 20000"
sql large "DELETE FROM front_chance; DELETE FROM front; DELETE FROM result WHERE (id & ((1 << 40) - 1)) /
  (SELECT batch_points FROM experiment) = 1; DELETE FROM batch WHERE batch = 1;
  UPDATE experiment SET status = 'interrupted'"
lost=$(sql large "$sum")
run large
check "a lost batch is computed again" equal "$(sql large "$sum") $([ "$lost" != "$whole" ] && echo lost)" "$whole lost"
echo "1..$n"
