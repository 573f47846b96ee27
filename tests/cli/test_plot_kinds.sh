#!/bin/bash
# Plots of a metric over keys, heat maps, parallel coordinates: what they show is what the database holds.  TAP.
. tests/check.sh
cat >"$dir/k.yaml" <<'EOF'
name: k
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: SDM
    accelerator: depthwise
    pe: {kind: mac, multiplier: [booth, array], bits: 16}
    channels: [16, 4, 8]
  - name: RDM
    accelerator: depthwise
    pe: {kind: mac_st, bits: 16}
    reduction: taps
    channels: [4, 8, 16]
precision: [16, 8]
clock_mhz: [100, 400]
objectives: {minimize: [area_um2, latency_us]}
front: {within: [channels, pe.multiplier, precision]}
uncertainty: {draws: 16, seed: 1}
plots:
  - {kind: lines, x: channels, y: energy_uj, name: best}
  - {kind: lines, x: channels, y: energy_uj, points: median, name: median}
  - {kind: pareto, x: latency_us, y: channels, name: upright}
  - {kind: lines, x: channels, y: energy_uj, over: SDM, group: [design, precision], name: ratio}
  - {kind: bars, x: precision, y: energy_uj, over: SDM, name: bars}
  - {kind: heatmap, x: channels, y: precision, colour: energy_uj, panel: design, name: heat}
  - {kind: heatmap, x: area_um2, y: pe.multiplier, bins: 5, colour: latency_us, over: SDM, where: {design: RDM}, name: binned}
  - {kind: parallel, axes: [pe.multiplier, channels, area_um2, latency_us], name: parallel}
EOF
"$quarry" run --quiet --db-dir db --database "$dir/k.db" --plots "$dir" "$dir/k.yaml" >"$dir/out" 2>"$dir/err"
result $? 'a run with plots of all kinds, and fronts within two parameters'
for name in best median upright ratio bars heat binned parallel; do
  check "$name is drawn" test -s "$dir/$name.svg" -a -s "$dir/$name.png"
done
sql() { sqlite3 -separator ' ' "$dir/k.db" "$1"; }
points="(SELECT d.name AS design, d.parameters ->> '\$.channels' AS channels, d.parameters ->> '\$.pe.multiplier' AS multiplier, r.* FROM
  result r JOIN design d ON d.id = r.design WHERE reason IS NULL)"
block() { sed -n "/^\$$2 << END/,/^END/p" "$dir/$1.gp" | sed '1d;$d' | awk '{ printf "%.6g %.6g\n", $1, $2 }'; }
six() { awk '{ printf "%.6g %.6g\n", $1, $2 }'; }
check 'the best of each number of channels, numbers rising' equal "$(block best series_1_1)" \
  "$(sql "SELECT channels, min(energy_uj) FROM $points WHERE design = 'SDM' GROUP BY 1 ORDER BY channels + 0" | six)"
check 'ticks are the values' grep -q "set xtics ('4' 4, '8' 8, '16' 16)" "$dir/best.gp"
check 'the one in the middle' equal "$(block median series_1_2)" "$(sql "SELECT channels, energy_uj FROM (SELECT *,
  row_number() OVER (PARTITION BY channels ORDER BY energy_uj) AS place, count(*) OVER (PARTITION BY channels) AS n FROM
  $points WHERE design = 'RDM') WHERE place = (n + 1) / 2 ORDER BY channels + 0" | six)"
check 'a key on the y axis' equal "$(block upright series_1_2)" \
  "$(sql "SELECT min(latency_us), channels FROM $points WHERE design = 'RDM' GROUP BY 2 ORDER BY channels + 0" | six)"
check 'the others are dots, or said to be beyond the axes' equal "$(($(block upright cloud_1_1 | wc -l) + $(block upright cloud_1_2 | wc -l) + $(sed -n 's/.*beyond the axes: \([0-9]*\).*/\1/p' "$dir/upright.gp" | head -n 1)))" "$(sql "SELECT count(*) - 6 FROM $points")"
check 'best over best' equal "$(block ratio series_1_4)" "$(sql "SELECT channels, min(energy_uj) FILTER (WHERE design =
  'RDM') / min(energy_uj) FILTER (WHERE design = 'SDM') FROM $points JOIN precision p ON p.id = precision WHERE p.label = '16 bit'
  GROUP BY 1 ORDER BY channels + 0" | six)"
check 'bars of ratios have intervals' equal "$(grep -c ' with vectors heads ' "$dir/bars.gp") $(block bars intervals | wc -l)" '1 4'
check 'cells of a heat map' equal "$(sed -n '/^$cells_2 << END/,/^END/p' "$dir/heat.gp" | sed '1d;$d' | awk '{ printf "%.6g\n", $3 }')" \
  "$(sql "SELECT min(energy_uj) FROM $points JOIN precision p ON p.id = precision WHERE design = 'RDM'
  GROUP BY p.weight_bits, channels + 0 ORDER BY p.weight_bits, channels + 0" | awk '{ printf "%.6g\n", $1 }')"
front=$(sql "WITH p AS $points SELECT count(*) FROM p a WHERE NOT EXISTS (SELECT 1 FROM p b WHERE b.channels = a.channels
  AND b.multiplier = a.multiplier AND b.precision = a.precision AND b.area_um2 <= a.area_um2 AND b.latency_us <= a.latency_us AND (b.area_um2 < a.area_um2 OR b.latency_us < a.latency_us))")
check 'the front in colour' grep -q "Coloured: the $front points on the fronts over the metrics among the axes within channels, PE multiplier, precision;" "$dir/parallel.gp"
check 'few points: the others in grey' grep -q "precision; grey: the other [0-9]*\." "$dir/parallel.gp"

plot() { "$quarry" plot k --database "$dir/k.db" --plots "$dir" "$@" >"$dir/out" 2>"$dir/err"; }
mkdir "$dir/run" && cp "$dir"/*.svg "$dir/run"
plot --db-dir db
check 'stored plots are drawn again' equal "$? $(grep -c 'wrote.*svg' "$dir/err")" '0 8'
check 'those of draws by the same code' cmp "$dir/ratio.svg" "$dir/run/ratio.svg"
plot --kind lines --x channels --y energy_uj --group design --output "$dir/flags" --format png
check 'the same from flags' equal "$(block flags series_1_1)" "$(block best series_1_1)"
plot --kind pareto --x area_um2 --y latency_us --group design --output "$dir/tips" --format svg
tips=$(sed -n '/^$series_1_2 << END/,/^END/s/.*"\(point .*\)"$/\1/p' "$dir/tips.gp" | sort)
check 'tool-tips say what the points of a front are' equal "$tips" "$(sql "SELECT printf('point %d: %s, %s, %.6g MHz, %s, front probability %.3g',
  r.id & 0xffffffffff, d.name, p.label, r.clock_mhz, d.parameters, coalesce(c.probability, 0)) FROM result r JOIN design d ON d.id = r.design
  JOIN precision p ON p.id = r.precision LEFT JOIN front_chance c ON c.point = r.id WHERE r.id & 0xffffffffff IN
  ($(sed 's/point \([0-9]*\):.*/\1/' <<<"$tips" | paste -sd,))" | tr -d '"{}[]' | sort)"
check 'of several' [ "$(wc -l <<<"$tips")" -gt 2 ]
check 'a title of its own' grep -q "^set label 'Energy on chip against channels: k' " "$dir/flags.gp"
"$quarry" plot k --database "$dir/k.db" --plots "$dir/new" --kind lines --x channels --y energy_uj 2>"$dir/err"
check 'the directory is made, as a run does' test -s "$dir/new/k.energy_uj-channels.svg"
"$quarry" plot k --database "$dir/k.db" --plots "$dir/newer" --output mine --title T --kind lines --x channels --y energy_uj \
  2>"$dir/err"
check 'a stem within it' test -s "$dir/newer/mine.svg"
check 'the title asked for' grep -q "^set label 'T' " "$dir/newer/mine.gp"
"$quarry" plot k --database "$dir/k.db" --plots "$dir/none/new" --kind lines --x channels --y energy_uj 2>"$dir/err"
check 'a directory that cannot be made' equal "$? $(grep -c 'cannot make the directory of the plots' "$dir/err")" '2 1'
plot --kind heatmap --x clock_mhz --y area_um2 --colour latency_us --bins 4 --format dumb
result $? 'a heat map for the terminal'
plot --kind parallel --axes channels,clock_mhz,area_um2 --group design,precision --format dumb
result $? 'parallel coordinates for the terminal'
plot --kind parallel --axes clock_mhz,channels,pe.multiplier,energy_uj,area_um2,latency_us,power_mw,cycles --group design --preset paper --format svg \
  --output "$dir/titles"
check 'eight titles on paper lie on no other text, and none is cut' perl tests/plot/svg_texts.pl --paper "$dir/titles.svg"
plot --kind bars --x clock_mhz --y energy_uj --group design,channels,precision --output "$dir/fills" --format svg
check 'bars of 12 groups have 12 fills' equal "$(grep -o 'fs [a-z]* [0-9.]* border.*fc rgb .#[0-9a-f]*' "$dir/fills.gp" | sort -u | wc -l)" 12
plot --kind lines --x chanels --y energy_uj
check 'a parameter that no design has' equal "$? $(cat "$dir/err")" '2 error: --x: expected a metric that `quarry list metrics` shows, technology, network, design, precision, clock_mhz, voltage_v, weight_bits, activation_bits or a parameter of the designs, found "chanels"; did you mean "channels"?'
plot --kind bars --x area_um2 --y channels
check 'bars of a key' equal "$? $(cat "$dir/err")" '2 error: --y: expected a metric, found "channels"'
plot --x area_um2 --y area_um2 --output "$dir/twice"
check 'an axis twice' equal "$? $(cat "$dir/err")" '2 error: --y: expected each axis once, found "area_um2" again'
plot --kind parallel --axes area_um2,channels,area_um2 --output "$dir/twice"
check 'and among upright ones' equal "$? $(cat "$dir/err")" '2 error: --axes: expected each axis once, found "area_um2" again'
plot --x area_um2 --y latency_us --x-range 1,2 --output "$dir/twice"
check 'a range without points says where they are' equal "$? $(sed 's/ [0-9.]* to [0-9.]*, / A to B, /' "$dir/err")" \
  '2 error: x_range: expected a range that holds points, whose Area (µm²) is from A to B, found 1 to 2'
check 'no file of these' equal "$(ls "$dir" | grep -c twice)" 0
ends=$(sql "SELECT min(area_um2), max(area_um2) FROM $points" | awk '{ printf "%.6g to %.6g", $1, $2 }')
check 'those of all points' grep -q "from $ends, found" "$dir/err"
sed '/^plots:/,$d; s/^name: k/name: only/' "$dir/k.yaml" >"$dir/only.yaml"
cat >>"$dir/only.yaml" <<'EOF'
plots:
  - {kind: bars, x: channels, y: energy_uj, over: SDM, where: {design: RDM}, group: design, name: only.bars}
  - {kind: lines, x: channels, y: energy_uj, over: SDM, where: {design: RDM}, group: design, name: only.lines}
  - {kind: lines, x: channels, y: energy_uj, over: SDM, where: {design: RDM}, group: precision, panel: design, name: only.panels}
  - {kind: heatmap, x: channels, y: precision, colour: energy_uj, over: SDM, where: {design: RDM}, panel: design, name: only.heat}
EOF
"$quarry" run --quiet --db-dir db --database "$dir/k.db" --plots "$dir" "$dir/only.yaml" >"$dir/out" 2>"$dir/err"
result $? 'ratios of one design alone'
for name in bars lines panels heat; do
  check "only.$name: the base is not drawn" sh -c "! grep -q \"'SDM'\" '$dir/only.$name.gp'"
  check "only.$name: the other is" grep -q "'RDM'" "$dir/only.$name.gp"
done
cat >"$dir/heat.yaml" <<'EOF'
name: hatches
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [2, 4, 8, 16]}
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}
uncertainty: {draws: 16, seed: 1}
plots:
  - {kind: heatmap, x: channels, y: clock_mhz, colour: energy_uj, over: SDM, where: {design: RDM}, name: hatches}
  - {kind: heatmap, x: area_um2, y: clock_mhz, colour: latency_us, where: {design: SDM, channels: 2, clock_mhz: 100}, name: one}
  - {kind: heatmap, x: channels, y: clock_mhz, colour: sqnr_db, panel: precision, name: few}
EOF
"$quarry" run --quiet --db-dir db --database "$dir/h.db" --plots "$dir" "$dir/heat.yaml" >"$dir/out" 2>"$dir/err"
result $? 'heat maps with cells of no value'
rows() { sed -n "/^\$$2 << END/,/^END/p" "$dir/$1.gp" | sed '1d;$d' | wc -l; }
check 'cells with a ratio, of no point, of none to divide by' equal \
  "$(rows hatches cells_1) $(rows hatches empty_1) $(rows hatches without_1)" '4 2 4'
check 'each with its hatch' equal "$(grep -o '[a-z]*_1 using.*fs pattern [0-9]*' "$dir/hatches.gp" | sed 's/ using.* / /' | tr '\n' ' ')" \
  'empty_1 5 without_1 1 '
caption=$(grep -o "set label '[^']*' at screen [^ ]*, screen [^ ]* left noenhanced font small" "$dir/hatches.gp" | cut -d"'" -f2 | tr '\n' ' ' | sed 's/\xc2\xa0/ /g')
check 'the caption says both, and what is over what' grep -q 'over the lowest of SDM in that cell. Hatched: no feasible point. Crosshatched: no point of SDM to divide by (4)\.' <<<"$caption"
check 'one area is one name' equal "$(grep -c "^set xrange \[0:1\]" "$dir/one.gp") $(grep -o "set xtics norotate ('[^']*' 0.5)" "$dir/one.gp" | wc -l)" '1 1'
check 'few values are listed' equal "$(grep -c 'front fc palette cb' "$dir/few.gp")" "$(sqlite3 "$dir/h.db" 'SELECT count(DISTINCT sqnr_db) FROM result WHERE reason IS NULL')"
"$quarry" front k --database "$dir/k.db" --within channels,pe.multiplier,precision --format csv >"$dir/out" 2>"$dir/err"
check 'a front within two parameters' equal "$(head -n 1 "$dir/out" | grep -c 'pe[._]multiplier')" 1
"$quarry" report k --no-validation --database "$dir/k.db" --db-dir db --output "$dir/k.html" >"$dir/out" 2>"$dir/err"
result $? 'the report of an experiment with such plots'
echo "1..$n"
