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
plot --kind lines --x chanels --y energy_uj
check 'a parameter that no design has' equal "$? $(cat "$dir/err")" '2 error: --x: expected a metric that `quarry list metrics` shows, technology, network, design, precision, clock_mhz, voltage_v or a parameter of the designs, found "chanels"; did you mean "channels"?'
plot --kind bars --x area_um2 --y channels
check 'bars of a key' equal "$? $(cat "$dir/err")" '2 error: --y: expected a metric, found "channels"'
"$quarry" front k --database "$dir/k.db" --within channels,pe.multiplier,precision --format csv >"$dir/out" 2>"$dir/err"
check 'a front within two parameters' equal "$(head -n 1 "$dir/out" | grep -c 'pe[._]multiplier')" 1
"$quarry" report k --database "$dir/k.db" --db-dir db --output "$dir/k.html" >"$dir/out" 2>"$dir/err"
result $? 'the report of an experiment with such plots'
echo "1..$n"
