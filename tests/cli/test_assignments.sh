#!/bin/bash
# Precisions and assignments in the database and in what is printed from it: databases of schema version 3, fronts,
# layers, labels in plots.  TAP.
. tests/check.sh
sql() { sqlite3 "$dir/$1" "$2"; }

# A database that an older quarry wrote (tests/data): read without a change, then brought up by a run into it.
old=$dir/old.sqlite
sqlite3 "$old" <tests/data/store_version3.sql
cp "$old" "$dir/untouched.sqlite"
front() { "$quarry" front --database "$old" --format csv "$@" 2>"$dir/err"; }
columns='technology,network,design,precision,clock_mhz,channels,area_um2*,latency_us,front_probability,point'
expected='technology,network,design,precision,clock_mhz,channels,area_um2,area_um2_p05,area_um2_p95,latency_us,front_probability,point
fdsoi28,mobilenet,SDM,16 bit,100,4,1000,999,1002,1031,0.5,0
fdsoi28,mobilenet,SDM,8 bit,100,4,1070,1069,1072,1001,1,1
lp55,mobilenet,RDM,8 bit,100,8,1000,999,1002,1031,0,10
lp55,mobilenet,RDM,4 bit,100,8,1070,1069,1072,1001,0,11'
layers='point,technology,network,design,precision,clock_mhz,layer,weight_bits,activation_bits,member
1,fdsoi28,mobilenet,SDM,8 bit,100 MHz,all,8,8,'
picture() {
  "$quarry" plot --database "$old" --x area_um2 --y latency_us --group design,precision --where 'precision=8 bit' --format dumb whole
}
cat >"$dir/one.yaml" <<'YAML'
name: one
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
YAML
for when in 'read as it is' 'brought up to date'; do
  check "$when: front" equal "$(front whole --columns "$columns")" "$expected"
  check "$when: one front for each precision" equal \
    "$(front whole --within technology,precision | tail -n +2 | cut -d, -f1,4 | uniq | tr '\n' ' ')" \
    'fdsoi28,4 bit fdsoi28,8 bit fdsoi28,16 bit lp55,4 bit lp55,8 bit lp55,16 bit '
  check "$when: layers of a uniform point" equal "$(front whole --assignments --robust 0.9)" "$layers"
  picture >"$dir/picture" 2>&1
  check "$when: a plot of one precision" equal "$? $(grep -c 'Shown: 8.*bit' "$dir/picture")" '0 1'
  check "$when: its legend names no other" equal "$(grep -oE '[A-H]  (SDM|RDM).*' "$dir/picture" | sed 's/ *$/;/' | tr -d '\n')" \
    'A  SDM;B  RDM;'
  check "$when: best, by bits" equal "$("$quarry" query --database "$old" --format csv "SELECT value FROM best WHERE
    precision_bits = 8 AND objective = 'area_um2' AND experiment = 'whole' ORDER BY technology" | tr '\n' ' ')" 'value 1070 1000 '
  if [ "$when" = 'read as it is' ]; then
    check 'reading changes nothing' cmp "$old" "$dir/untouched.sqlite"
    "$quarry" run --quiet --no-plots --database "$old" "$dir/one.yaml" >/dev/null 2>&1
    result $? 'a run into it'
  fi
done
check 'it has the present version' equal "$(sql old.sqlite 'PRAGMA user_version')" "$(schema_version)"
check 'best, by label' equal "$("$quarry" query --database "$old" --format csv "SELECT value FROM best WHERE
  precision = '8 bit' AND objective = 'area_um2' AND experiment = 'whole' ORDER BY technology" | tr '\n' ' ')" 'value 1070 1000 '

# Layers that differ: a map of its own, and assignments, beside uniform precisions.
cat >"$dir/mixed.yaml" <<'YAML'
name: mixed
question: Which layers need how many bits?
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [2, 4]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [2, 4]}
precision: [16, {weights: 4, activations: 8}, 8, {default: 4, "type dwconv": 8, first: 4, dw1: 16, dw3: 4, label: edge}]
assign: {options: [16, 8, 4, {weights: 4, activations: 8}], minimize: [latency_us, noise], points: 6, label: chosen}
clock_mhz: {from: 100, to: 400, points: 20}
objectives: {minimize: [area_um2, latency_us, noise]}
front: {within: [technology, precision]}
plots:
  - {kind: pareto, x: latency_us, y: noise, group: [design, precision], name: mixed.noise}
  - {kind: lines, x: energy_uj, y: latency_us, group: [design, precision], where: {precision: edge}, name: mixed.edge}
  - {kind: bars, x: latency_us, y: energy_uj, group: [precision], where: {technology: lp55}, name: mixed.bars}
  - {kind: lines, x: energy_uj, y: latency_us, where: {design: RDM, clock_mhz: 100, channels: 4}, name: mixed.one}
  - {kind: layers, metric: latency_us, design: RDM, name: mixed.layers,
     at: {technology: lp55, channels: 4, clock_mhz: 100, precision: edge}}
YAML
db=$dir/mixed.sqlite
run() { "$quarry" run --quiet --database "$@" "$dir/mixed.yaml"; }
ask() { sqlite3 -separator , "$db" "$1"; }
run "$db" --plots "$dir" --threads 1 >"$dir/summary" 2>"$dir/said"
result $? 'a run with layers that differ'
check 'what the noise is, is said' grep -q '^  noise: ' "$dir/said"
check 'the summary has a row a label' equal "$(awk '!NF { exit } $1 == "lp55" && /RDM/ { print $2 }' "$dir/summary" | tr '\n' ' ')" \
  'w4a8 8 16 edge chosen '
check 'every point has a label' equal "$(ask "SELECT precision, count(*) FROM point GROUP BY 1 ORDER BY 2, 1" | tr '\n' ' ')" \
  '16 bit,160 8 bit,160 edge,160 w4a8,160 chosen,960 '
check 'uniform points have widths and no assignment' equal "$(ask "SELECT DISTINCT precision, precision_bits, weight_bits,
  activation_bits FROM point WHERE assignment IS NULL AND infeasible IS NULL ORDER BY 1" | tr '\n' ' ')" \
  '16 bit,16,16,16 8 bit,8,8,8 w4a8,8,4,8 '
check 'the others have layers' equal "$(ask "SELECT sum(n <> 13), count(*) = (SELECT count(*) FROM point WHERE precision IN
  ('edge', 'chosen') AND infeasible IS NULL) FROM (SELECT count(*) AS n FROM layer_precision GROUP BY point_id)")" 0,1
check 'those of the map are as it says' equal "$(ask "SELECT DISTINCT layer, weight_bits, activation_bits FROM layer_precision
  WHERE precision = 'edge' AND (weight_bits <> 8 OR activation_bits <> 8) ORDER BY 1" | tr '\n' ' ')" 'dw1,16,16 dw3,4,4 '
check 'precision_bits is the widest' equal "$(ask "SELECT count(*) FROM (SELECT max(max(l.weight_bits, l.activation_bits)) AS
  widest, p.precision_bits AS bits FROM layer_precision l JOIN point p USING (point_id) GROUP BY point_id) WHERE widest <> bits")" 0
check 'each technology beside the first, layers alike' equal "$(ask "SELECT count(*) FROM compare c JOIN point p ON
  p.point_id = c.point_id WHERE NOT EXISTS (SELECT * FROM point b WHERE b.technology = c.base_technology AND b.design_id =
  p.design_id AND b.clock_mhz = p.clock_mhz AND b.precision = p.precision AND b.area_um2 = c.base_area_um2 AND
  (b.assignment -> '\$.layers') IS (p.assignment -> '\$.layers'))")" 0

# What is printed is what is stored.
"$quarry" front mixed --database "$db" --format csv --within technology,precision >"$dir/front.csv" 2>"$dir/said"
check 'front: labels' equal "$(tail -n +2 "$dir/front.csv" | cut -d, -f4 | sort -u | tr '\n' ' ')" '16 bit 8 bit chosen edge w4a8 '
check 'front: what the noise is' grep -q '^noise: ' "$dir/said"
"$quarry" front mixed --database "$db" --format csv --assignments >"$dir/layers.csv" 2>/dev/null
check 'front --assignments: all layers of its points' equal "$(grep -c ',chosen,' "$dir/layers.csv")" \
  "$(ask "SELECT count(*) FROM layer_precision WHERE precision = 'chosen' AND point_id IN (SELECT point_id FROM front_point)")"
check 'front --assignments: one row of a uniform one' equal "$(grep ',w4a8,' "$dir/layers.csv" | cut -d, -f7-10 | sort -u)" 'all,4,8,'
"$quarry" front mixed --database "$db" --format json --assignments >"$dir/layers.json" 2>/dev/null
check 'front --assignments as JSON: the same' equal \
  "$(sqlite3 :memory: "SELECT count(*), sum(json_extract(value, '\$.weight_bits')) FROM json_each(readfile('$dir/layers.json'))")" \
  "$(awk -F, 'NR > 1 { n++; s += $8 } END { print n "|" s }' "$dir/layers.csv")"
point=$(ask "SELECT point FROM front_point WHERE precision = 'chosen' AND assignment LIKE '%\"4\"%' AND design = 'RDM' LIMIT 1")
check 'an assigned point with layers of 4 bit is on the front' test -n "$point"
"$quarry" describe design "$dir/mixed.yaml" --point "$point" --layers --format csv >"$dir/described"
columns() { # columns FILE NAME...: these columns, without the head
  local file=$1
  shift
  awk -F, -v want="$*" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(want, name, " "); next }
    { for (i = 1; i <= n; i++) printf "%s%s", $at[name[i]], i < n ? "," : "\n" }' "$file"
}
check 'describe --layers has the layers of the database' equal "$(columns "$dir/described" layer weight_bits activation_bits)" \
  "$(ask "SELECT layer, weight_bits, activation_bits FROM layer_precision WHERE point = $point")"
check 'their latencies and noise add up to those of the point' equal "$(columns "$dir/described" latency_us noise |
  awk -F, '{ l += $1; n += $2 } END { printf "%.9g %.9g", l, n }')" \
  "$(ask "SELECT printf('%.9g %.9g', latency_us, noise) FROM point WHERE point = $point")"
check 'describe: the label' equal "$("$quarry" describe design "$dir/mixed.yaml" --point "$point" --format csv |
  awk -F, '$1 == "precision" { print $2 }')" chosen
check 'plots: labels in the legend' equal \
  "$(grep -oE '(SDM|RDM), (w4a8|edge|chosen|8 bit|16 bit)' "$dir/mixed.noise.gp" | sort -u | wc -l)" 10
check 'plots: layers with their precision' grep -q 'dw3, 4 bit' "$dir/mixed.layers.gp"
check 'plots: where' grep -q 'Shown: edge' "$dir/mixed.edge.gp"
check 'plots: where, of a design, a clock and a parameter' grep -q 'Shown: RDM, 100.*MHz, channels 4' "$dir/mixed.one.gp"
check 'plots: the same from the command line' "$quarry" plot mixed --database "$db" --kind lines --x energy_uj --y latency_us \
  --where 'design=RDM,clock_mhz=100 MHz,channels=4' --output "$dir/again"
check 'plots: and the same points' equal "$(grep -c '^[0-9]' "$dir/again.gp")" "$(grep -c '^[0-9]' "$dir/mixed.one.gp")"
check 'plots: bars' grep -q 'chosen' "$dir/mixed.bars.gp"
check 'a plot of the assigned points alone' "$quarry" plot mixed --database "$db" --x latency_us --y noise --format dumb \
  --where 'precision=chosen,technology=lp55'

# Points whose layers differ are found by their axes and built again: of 8 bits, since synthesis takes seconds at 16.
library=/usr/share/qflow/tech/osu018/osu018_stdcells.lib
sed -e 's/^name: mixed/name: small/; s/bits: 16/bits: 8/; s/^clock_mhz.*/clock_mhz: 100/; /^assign:/d; /^plots:/,$d' \
  -e 's/^precision:.*/precision: [8, {default: 4, first: 8, label: edge}]/' "$dir/mixed.yaml" >"$dir/small.yaml"
if command -v yosys >/dev/null && [ -r $library ]; then
  "$quarry" verify design "$dir/small.yaml" --design RDM --flow lean --liberty $library --format csv \
    --at 'technology: lp55, channels: 4, clock_mhz: 100, precision: edge' >"$dir/rows" 2>&1
  check 'verify: the element of a point whose layers differ' equal "$? $(sed -n '2s/,.*//p' "$dir/rows")" '0 mac_st bits=8'
  "$quarry" run --quiet --no-plots --database "$db" "$dir/small.yaml" >/dev/null 2>&1
  "$quarry" verify design "$dir/small.yaml" --front --database "$db" --flow lean --liberty $library --format csv \
    >"$dir/rows" 2>&1
  check 'verify: those of the front' equal "$? $(sed '1d; s/,.*//' "$dir/rows" | sort | tr '\n' ' ')" '0 mac bits=8 mac_st bits=8 '
fi

# The same for any number of threads, after kills, and when asked for again.
rows() {
  sqlite3 "$1" "SELECT * FROM result ORDER BY id; SELECT * FROM assignment ORDER BY point; SELECT * FROM precision;
    SELECT point_id, precision, front_group FROM front_point ORDER BY 1, 3; SELECT * FROM best_point" | sha256sum
}
sed -e 's/points: 20}/points: 220}/; s/^name: mixed/name: many/; /^plots:/,$d' "$dir/mixed.yaml" >"$dir/many.yaml"
many() { # many DATABASE THREADS: in the background, its process in $pid
  "$quarry" run --quiet --no-plots --database "$dir/$1.sqlite" --threads "$2" "$dir/many.yaml" >/dev/null 2>"$dir/said" &
  pid=$!
}
many one 1
wait $pid
result $? 'a run of several batches'
many two 2
wait $pid
whole=$(rows "$dir/one.sqlite")
check 'two threads give the same bits as one' equal "$(rows "$dir/two.sqlite")" "$whole"
stored() { sqlite3 "$dir/killed.sqlite" 'SELECT count(*) FROM batch' 2>/dev/null || echo 0; }
for batches in 0 1 2; do # killed when so many batches are stored
  many killed 2
  while kill -0 $pid 2>/dev/null && [ "$(stored)" -lt $batches ]; do sleep 0.01; done
  kill -KILL $pid 2>/dev/null
  wait $pid 2>/dev/null
done
echo "# $(stored) of 3 batches stored when killed"
check 'killed, it is sound' equal "$(sql killed.sqlite 'PRAGMA integrity_check; PRAGMA foreign_key_check')" ok
many killed 2
wait $pid
check 'a run that was killed and resumed gives the same' equal "$(rows "$dir/killed.sqlite")" "$whole"
many one 1
wait $pid
check 'a second run reads back' grep -q 'read back' "$dir/said"
check 'and changes nothing' equal "$(rows "$dir/one.sqlite")" "$whole"

# Sensitivities are part of what an experiment is.
{ echo layer,option,cost; for l in {1..13}; do for o in 16 8 4 w4a8; do echo "dw$l,$o,$((l * ${#o}))"; done; done; } >"$dir/noise.csv"
sed -e 's/^name: mixed/name: measured/; /^plots:/,$d' "$dir/mixed.yaml" >"$dir/measured.yaml"
echo "noise: {file: $dir/noise.csv, cost: cost}" >>"$dir/measured.yaml"
measure() { "$quarry" run --quiet --no-plots --database "$dir/measured.sqlite" "$dir/measured.yaml" 2>"$dir/said" >/dev/null; }
measure
check 'noise from a file' equal "$? $(grep -c 'noise: .*noise.csv' "$dir/said")" '0 1'
sed 's/^name: measured/name: beside/; s|^noise: .*|noise: {file: noise.csv, cost: cost}|' "$dir/measured.yaml" >"$dir/beside.yaml"
"$quarry" run --dry-run --database "$dir/none.sqlite" "$dir/beside.yaml" 2>"$dir/said" >/dev/null
check 'its path is seen from the experiment' equal "$? $(cat "$dir/said" | grep -c error)" '0 0'
"$quarry" plot measured --database "$dir/measured.sqlite" --x latency_us --y noise --output "$dir/axis" >/dev/null 2>&1
check 'an axis of noise has the name of the file' grep -q "ylabel 'Noise: sensitivities of noise.csv, column cost'" "$dir/axis.gp"
measure
check 'the same file: read back' grep -q 'read back' "$dir/said"
sed -i 's/^dw7,4,.*/dw7,4,99/' "$dir/noise.csv"
measure
check 'another content: computed' equal "$(grep -c 'computed and stored' "$dir/said") $(sql measured.sqlite \
  'SELECT count(*) FROM experiment')" '1 2'
check 'both files are in the database' equal "$(sql measured.sqlite 'SELECT count(DISTINCT sha256), sum(text LIKE
  "%dw7,4,99%") FROM noise_file')" '2|1'

# Three members, any of which may run a layer: fronts that are not exact, and one that is too large, end no run.
cat >"$dir/members.yaml" <<'YAML'
name: members
technology: fdsoi28
network: mobilenet_v2_1.0_224
layers: {type: [conv, dwconv, pwconv, fc]}
designs:
  - name: three
    system: pipelined
    members:
      - {name: dw, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 8}
      - {name: pot, layers: {type: pwconv}, accelerator: systolic, pe: {kind: pot, bits: 8, weight_bits: 4}, rows: 16}
      - {name: arr, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 16}
assign:
  - {options: [16, 8, 4, w4a8], minimize: [latency_us, energy_uj, noise], members: true, points: 4}
  - {label: many, options: [16, 8, 4, w4a8], minimize: [latency_us, energy_uj, noise], members: true, epsilon: 1e-6}
clock_mhz: 200
objectives: {minimize: [latency_us, energy_uj, noise]}
YAML
"$quarry" run --quiet --no-plots --database "$dir/members.sqlite" "$dir/members.yaml" 2>"$dir/said" >/dev/null
check 'a front that is too large ends no run' equal "$? $(sql members.sqlite 'SELECT sum(points) FROM infeasible')" '0 16'
check 'its points say so' equal "$(sql members.sqlite "SELECT count(*) FROM infeasible WHERE reason LIKE
  'the front of assignments is too large (%epsilon: 0 takes%'")" 1
epsilon=$(sql members.sqlite "SELECT printf('%.3g', max(assignment ->> 'epsilon')) FROM assignment")
check 'how far from exact fronts may be' grep -q "^  assignments: epsilon up to $epsilon (assigned)$" "$dir/said"
echo "1..$n"
