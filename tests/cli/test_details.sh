#!/bin/bash
# Layers and members of points in the database: of fronts or of all points, sums, sizes said, errors.  TAP.
quarry=$(realpath "${BUILD:-build}/quarry")
db=$(realpath db)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
check() { # check NAME COMMAND...
  n=$((n + 1))
  if "${@:2}"; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}
equal() { [ "$1" = "$2" ] || { printf '# got:  %s\n# want: %s\n' "$1" "$2"; false; }; }
cd "$dir" || exit 1
ask() { sqlite3 "${2:-r.sqlite}" "$1"; }
run() { "$quarry" run -q --db-dir "$db" --database "${2:-r.sqlite}" --no-plots "$1" >out 2>err; }

# An accelerator, systems in sequence and pipelined, one with a memory whose schedule fuses; layers that differ.
cat >e.yaml <<'YAML'
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: [conv, dwconv, pwconv, fc]}
designs:
  - {name: one, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: [8, 16]}
  - name: two
    system: [sequential, pipelined]
    members:
      - {name: dw, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 8}
      - {name: array, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 16}
precision: [8, 4, {default: 8, type fc: 4, label: own}]
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
store: {layers: all, members: all}
YAML
cat >m.yaml <<'YAML'
name: m
technology: fdsoi28
network: mobilenet_v1_1.0_224
designs:
  - name: whole
    memory: {device: lpddr3_1600_8gb_x32, buffer: [32KiB, 64KiB], fusion: free}
    system: sequential
    members:
      - {name: dw, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 32}
      - {name: array, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 64}
precision: 8
clock_mhz: [50, 500]
objectives: {minimize: [area_um2, energy_uj]}
store: {layers: all, members: all}
YAML

# Estimates first: rows of layers and members are those that come.
"$quarry" run --dry-run --db-dir "$db" e.yaml >out 2>err
check 'dry run says how many rows come on top' equal "$? $(grep -c 'rows of layers' err)" '0 1'
said=$(sed -n 's/of it at most \([0-9]*\) rows of layers and \([0-9]*\) of members.*/\1 \2/p' err)
run e.yaml
check 'all points: it runs' equal "$? $(ask "SELECT count(*) FROM point WHERE infeasible IS NOT NULL")" '0 0'
check 'the rows are as many as estimated' equal "$(ask 'SELECT count(*) FROM layer_result') $(ask 'SELECT count(*) FROM member_result')" "$said"
layers=$("$quarry" describe network mobilenet_v1_1.0_224 --db-dir "$db" --format csv | grep -c ',\(conv\|dwconv\|pwconv\|fc\),')
check 'a row a point and layer' equal "$(ask "SELECT min(n), max(n), count(*) FROM (SELECT count(*) n FROM layer_result GROUP BY point)")" \
  "$layers|$layers|$(ask 'SELECT count(*) FROM result')"

# Sums by SQLite, not by the program: the point's own metrics.  WHAT: how far they may be off.
sums() { # sums VIEW METRIC WHERE: the largest relative distance of a point from the sum over its rows
  ask "SELECT coalesce(max(abs(s / nullif(v, 0) - 1)), 'none') < 1e-9 FROM (SELECT sum(l.$2) s, p.$2 v FROM $1 l
    JOIN point p ON p.point_id = l.point_id WHERE p.$2 > 0 AND $3 GROUP BY l.point_id)" "${4:-r.sqlite}"
}
sequential="(p.design = 'one' OR p.parameters LIKE '%sequential%')"
for m in cycles latency_us energy_uj energy_onchip_uj energy_datapath_uj energy_register_uj energy_sram_uj energy_leakage_uj \
  weight_bytes bit_operations noise; do
  check "layers add up: $m" equal "$(sums layer $m "$sequential")" 1
done
for m in energy_datapath_uj energy_sram_uj weight_bytes bit_operations; do
  check "layers of a pipeline add up: $m" equal "$(sums layer $m 1)" 1
done
for m in area_um2 area_sram_um2 leakage_mw energy_uj energy_leakage_uj power_mw gops weight_bytes bit_operations; do
  check "members add up: $m" equal "$(sums member $m 1)" 1
done
check 'members in sequence: so do their cycles' equal "$(sums member cycles "$sequential")" 1
check 'a member has the cycles of its layers' equal "$(ask "SELECT max(abs(m.cycles / s - 1)) < 1e-12, sum(m.layers <> n) FROM member_result m
  JOIN (SELECT point, member, sum(cycles) s, count(*) n FROM layer_result GROUP BY 1, 2) l ON l.point = m.point AND l.member IS m.member")" '1|0'
check 'bits of a map of layers' equal "$(ask "SELECT group_concat(DISTINCT weight_bits || activation_bits) FROM layer WHERE precision = 'own' AND
  design = 'one' AND type = 'fc'")" 44
check 'no memory: nothing of what binds' equal "$(ask 'SELECT count(bound_by), count(traffic_bytes) FROM layer')" '0|0'

# The same rows as `describe design` prints.
for p in 0 3 8 14; do
  "$quarry" describe design e.yaml --db-dir "$db" --point $p --layers --format csv >d.csv 2>/dev/null
  check "point $p: layers as described" equal "$(sqlite3 :memory: -cmd '.import --csv d.csv d' "ATTACH 'r.sqlite' AS r;
    SELECT count(*), sum(d.type <> l.type), sum(d.member <> coalesce(l.member, '')), max(abs(d.energy_uj / l.energy_uj - 1)) < 1e-6,
    sum(d.weight_bits <> l.weight_bits), sum(d.accumulator_bits <> coalesce(l.accumulator_bits, ''))
    FROM d JOIN r.layer_result l ON l.layer = d.layer AND l.point & 0xffffffffff = $p")" "$layers|0|0|1|0|0"
  "$quarry" describe design e.yaml --db-dir "$db" --point $p --members --format csv >d.csv 2>/dev/null
  check "point $p: members as described" equal "$(sqlite3 :memory: -cmd '.import --csv d.csv d' "ATTACH 'r.sqlite' AS r;
    SELECT count(*) - (SELECT count(*) FROM d), max(abs(d.area_um2 / m.area_um2 - 1)) < 1e-6, sum(d.layers <> m.layers)
    FROM d JOIN r.member_result m ON coalesce(m.member, '') = d.member AND m.point & 0xffffffffff = $p")" '0|1|0'
done
"$quarry" describe design e.yaml --db-dir "$db" --point 14 --members --format table >d.txt 2>/dev/null
check 'the table ends with the point' equal "$(tail -1 d.txt | awk '{ print $1 }')" total

# With a memory: rows of the schedule's operations, with what binds and what moves.
run m.yaml m.sqlite
check 'a memory: it runs' equal "$?" 0
for m in cycles latency_us energy_uj energy_dram_uj traffic_bytes; do
  check "a memory: layers add up: $m" equal "$(sums layer $m 1 m.sqlite)" 1
  check "a memory: members add up: $m" equal "$(sums member $m 1 m.sqlite)" 1
done
check 'it binds some and not others' equal "$(ask "SELECT group_concat(DISTINCT bound_by IN ('compute', 'memory')), count(DISTINCT bound_by) FROM layer" m.sqlite)" '1|2'
check 'the memory is a member' equal "$(ask "SELECT group_concat(DISTINCT coalesce(accelerator, '-')) FROM (SELECT accelerator FROM member ORDER BY position)" m.sqlite)" 'depthwise,systolic,-'

# Of fronts: the points of the table front and no others, the same numbers; nothing where nothing is asked for.
sed 's/layers: all, members: all/layers: front, members: front/' e.yaml >f.yaml
"$quarry" run --dry-run --db-dir "$db" f.yaml >out 2>err
check 'dry run: rows for each point of a front' grep -q '^and for each point on a front about [0-9.]* rows of layers' err
run f.yaml f.sqlite
check 'fronts: it runs' equal "$?" 0
for t in layer_result member_result; do
  check "fronts: $t of their points alone" equal "$(ask "SELECT count(*) FROM (SELECT DISTINCT point FROM $t EXCEPT SELECT point FROM front)
    UNION ALL SELECT count(*) FROM (SELECT point FROM front EXCEPT SELECT point FROM $t)" f.sqlite | tr '\n' ' ')" '0 0 '
  check "fronts: $t as of all points" equal "$(sqlite3 f.sqlite "ATTACH 'r.sqlite' AS r; SELECT count(*) FROM (SELECT * FROM main.$t EXCEPT SELECT * FROM r.$t)")" 0
done
before=$(ask "SELECT count(*) FROM layer_result" f.sqlite)
run f.yaml f.sqlite
check 'run again: the same rows' equal "$? $(ask 'SELECT count(*) FROM layer_result' f.sqlite)" "0 $before"
sed '/^store/d' e.yaml >none.yaml
run none.yaml none.sqlite
check 'not asked for: no rows' equal "$? $(ask 'SELECT (SELECT count(*) FROM layer), (SELECT count(*) FROM member)' none.sqlite)" '0 0|0'
sed 's/layers: all, members: all/members: front/' e.yaml >some.yaml
run some.yaml some.sqlite
check 'one of both' equal "$? $(ask 'SELECT count(*) > 0, (SELECT count(*) FROM layer) FROM member' some.sqlite)" '0 1|0'
ask 'PRAGMA foreign_keys = ON; DELETE FROM front; DELETE FROM best_point; DELETE FROM assignment; DELETE FROM result' r.sqlite
check 'results that are deleted take them along' equal "$(ask 'SELECT (SELECT count(*) FROM layer_result), (SELECT count(*) FROM member_result)')" '0|0'

# Killed at any time: a stored batch has all of its layers, fronts all or none; continued, it is as one that was not.
sed 's/^clock_mhz: .*/clock_mhz: {from: 50, to: 200, points: 40}/; s/^name: e/name: k/' e.yaml >all.yaml
sed 's/layers: all, members: all/layers: front, members: front/' all.yaml >front.yaml
for kind in all front; do
  run $kind.yaml whole.$kind
  half=0
  for pause in 0.1 0.2 0.3 0.5 0.8; do
    rm -f k.$kind*
    "$quarry" run -q --db-dir "$db" --database k.$kind --no-plots $kind.yaml >out 2>err &
    sleep $pause
    kill -KILL $! 2>/dev/null
    wait $! 2>/dev/null # until it is gone: as long as it lives the experiment is its own
    [ -e k.$kind ] || continue
    half=$((half + $(ask "SELECT CASE '$kind' WHEN 'all' THEN (SELECT count(*) FROM result WHERE reason IS NULL AND
      id NOT IN (SELECT point FROM layer_result)) + (SELECT count(*) FROM (SELECT count(*) n FROM layer_result GROUP BY point) WHERE n <> $layers)
      ELSE (SELECT count(DISTINCT point) FROM layer_result) <> (SELECT count(DISTINCT point) FROM front) END" k.$kind 2>/dev/null || echo 0)))
    run $kind.yaml k.$kind
    for t in layer_result member_result; do
      half=$((half + $(sqlite3 k.$kind "ATTACH 'whole.$kind' AS w; SELECT (SELECT count(*) FROM (SELECT * FROM main.$t EXCEPT SELECT * FROM w.$t)) +
        (SELECT count(*) FROM (SELECT * FROM w.$t EXCEPT SELECT * FROM main.$t))")))
    done
  done
  check "$kind: killed and continued, as not killed" equal $half 0
done

# Errors.
bad() { # bad NAME VALUE MESSAGE
  sed "s/^store: .*/store: $2/" e.yaml >x.yaml
  run x.yaml x.sqlite
  check "$1" equal "$? $(head -1 err)" "2 x.yaml:15:$3"
  check "$1: nothing is made" test ! -e x.sqlite
}
bad 'not a mapping' 'layers' '8: error: store: expected one of all, columns, front, summary, found "layers"'
bad 'an unknown word' '{layers: fronts}' '17: error: store.layers: expected one of none, front, all, found "fronts"; did you mean "front"?'
bad 'an unknown key' '{layer: all}' '9: error: store: unknown key "layer"; did you mean "layers"?'
cat >x.yaml <<'YAML'
name: x
technology: fdsoi28
designs:
  - {name: A, accelerator: element, pe: {kind: mac, bits: 8}}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2]}
store: {layers: all}
YAML
run x.yaml x.sqlite
check 'elements alone run no layers' equal "$? $(sed 's/, found.*//' err)" '2 x.yaml:8:8: error: store: expected designs that run layers beside it (all are elements alone)'
echo "1..$n"
