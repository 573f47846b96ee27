#!/bin/bash
# What may be on the axes of plots: the supply voltage as any other key, its values those of the database.  TAP.
. tests/check.sh
cat >"$dir/v.yaml" <<'YAML'
name: v
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
voltage_v: [0.9, 1.0, 1.1]
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
    buffers: {input: [32 KiB, 64 KiB]}
precision: [16, 8]
clock_mhz: [100, 400]
objectives: {minimize: [area_um2, energy_uj]}
front: {within: [voltage_v, network]}
plots:
  - {kind: lines, x: voltage_v, y: energy_uj, name: lines}
  - {kind: pareto, x: area_um2, y: energy_uj, group: voltage_v, where: {voltage_v: 0.9, design: SDM}, name: where}
  - {kind: heatmap, x: voltage_v, y: technology, colour: energy_uj, name: heat}
  - {kind: lines, x: precision, y: energy_uj, group: [design, pe.multiplier],
     where: {technology: lp55@0.9V}, name: legend}
  - {kind: heatmap, x: precision, y: buffers.input, colour: energy_uj, where: {technology: lp55@0.9V}, name: units}
  - {kind: bars, x: precision, y: energy_uj, group: [design, pe.multiplier], where: {technology: lp55@0.9V}, name: bars}
  - {kind: parallel, axes: [technology, voltage_v, area_um2, energy_uj], name: parallel}
YAML
"$quarry" run --quiet --db-dir db --database "$dir/v.db" --plots "$dir" "$dir/v.yaml" >"$dir/out" 2>"$dir/err"
result $? 'a run with the supply on axes, among groups, fronts and what is shown'
sql() { sqlite3 -separator ' ' "$dir/v.db" "$1"; }
six() { awk '{ printf "%.6g %.6g\n", $1, $2 }'; }
block() { sed -n "/^\$$2 << END/,/^END/p" "$dir/$1.gp" | sed '1d;$d' | six; }
points="(SELECT d.name AS design, t.voltage_v AS volts, substr(t.name || '@', 1, instr(t.name || '@', '@') - 1)
  AS library, r.* FROM result r JOIN design d ON d.id = r.design JOIN technology t ON t.id = r.technology
  WHERE reason IS NULL)"
least() { sql "SELECT volts, min(energy_uj) FROM $points WHERE design = '$1' AND library = '$2' GROUP BY 1" | six; }
check 'energy over supply, a panel each library' equal "$(block lines series_1_1)" "$(least SDM fdsoi28)"
check 'of the other design' equal "$(block lines series_1_2)" "$(least RDM fdsoi28)"
check 'of the other library' equal "$(block lines series_2_1)" "$(least SDM lp55)"
check 'its title has a unit' grep -q "set xlabel 'Supply voltage (V)'" "$dir/lines.gp"
shown=$(for series in series_1_1 cloud_1_1 series_2_1 cloud_2_1; do block where $series; done | wc -l)
beyond=$(sed -n 's/.*beyond the axes: \([0-9]*\).*/\1/p' "$dir/where.gp" | head -n 1)
check 'only one supply' equal $((shown + beyond)) \
  "$(sql "SELECT count(*) FROM $points WHERE volts = 0.9 AND design = 'SDM'")"
check 'cells of a heat map' equal \
  "$(sed -n '/^$cells_1 << END/,/^END/p' "$dir/heat.gp" | sed '1d;$d' | awk '{ printf "%.6g\n", $3 }')" \
  "$(sql "SELECT min(energy_uj) FROM $points GROUP BY library, volts" | awk '{ printf "%.6g\n", $1 }')"
"$quarry" front v --database "$dir/v.db" --within voltage_v,network --format csv >"$dir/out" 2>"$dir/err"
check 'a front each supply' equal "$(($(wc -l <"$dir/out") - 1))" "$(sql "WITH p AS $points SELECT
  count(*) FROM p a WHERE NOT EXISTS (SELECT 1 FROM p b WHERE b.volts = a.volts AND b.area_um2 <= a.area_um2
  AND b.energy_uj <= a.energy_uj
  AND (b.area_um2 < a.area_um2 OR b.energy_uj < a.energy_uj))")"
"$quarry" plot v --database "$dir/v.db" --kind lines --x voltage_v --y energy_uj --group design --panel technology \
  --output "$dir/flags" >"$dir/out" 2>"$dir/err"
check 'the same from options' equal "$(block flags series_2_1)" "$(least SDM lp55)"
for technology in lp55 lp55@1.1V; do # a library is asked for with all its supplies where the supply is an axis, else with one
  "$quarry" plot v --database "$dir/v.db" --kind lines --x voltage_v --y energy_uj --group design \
    --where technology=$technology --output "$dir/library" >"$dir/out" 2>"$dir/err"
  least SDM lp55 | { [ $technology = lp55 ] && cat || tail -n 1; } >"$dir/expected"
  check "of $technology alone" equal "$(block library series_1_1)" "$(cat "$dir/expected")"
done
"$quarry" plot v --database "$dir/v.db" --kind lines --x channels --y energy_uj --group design \
  --where technology=lp55,voltage_v=0.9,clock_mhz=100 --output "$dir/numbers" >"$dir/out" 2>"$dir/err"
check 'numbers with or without their units' equal "$(block numbers series_1_1)" "$(sql "SELECT parameters ->> 'channels', min(energy_uj) FROM point WHERE design = 'SDM' AND
  technology = 'lp55@0.9V' AND clock_mhz = 100 AND infeasible IS NULL GROUP BY 1 ORDER BY 1" | six)"
own() { "$quarry" plot v --database "$dir/v.db" --output "$dir/$1" "${@:2}" >"$dir/out" 2>"$dir/err"; }
own alone --kind lines --x voltage_v --y energy_uj --group design
check 'libraries are apart where nobody says so' equal "$(block alone series_1_1) $(block alone series_2_1)" \
  "$(least SDM fdsoi28) $(least SDM lp55)"
own cells --kind heatmap --x channels --y pe.multiplier --colour energy_uj --where clock_mhz='100 MHz'
check 'cells of each library' equal "$(grep -c '^$cells_' "$dir/cells.gp")" "$(sql "SELECT count(*) FROM technology")"
check 'the caption says what else they are the best over' grep -q \
  'each cell the lowest energy on chip, best over design (SDM, RDM) and precision (8, 16.*bit)' "$dir/cells.gp"
own coordinates --kind parallel --axes area_um2,energy_uj --group design
check 'lines name their library' grep -q "title 'SDM, fdsoi28@0.9V'" "$dir/coordinates.gp"
check 'of many points those off the fronts are not drawn, and said' equal \
  "$(grep -c "not drawn: the other" "$dir/coordinates.gp") $(block coordinates lines_0 | wc -l)" '1 0'
own both --kind bars --x precision --y energy_uj --group design --panel network
check 'bars of each library' equal "$(grep -c "title '.*lp55@1V'" "$dir/both.gp")" 2
names() { sed -n "s/.*keyentry with linespoints.* title '\(.*\)'.*/\1/p" "$dir/$1.gp" | paste -sd '|'; }
check 'a legend of series with points alone' equal "$(names legend)" 'SDM, booth|SDM, array|RDM, booth'
check 'precisions as numbers under their title' equal \
  "$(grep -c "set xlabel 'Precision (bit)'\|set xtics ('8' 8, '16' 16)" "$dir/legend.gp")" 2
check 'also of cells and bars' equal "$(cat "$dir/units.gp" "$dir/bars.gp" | grep -c "'8' .*'16' ") $(cat \
  "$dir/units.gp" "$dir/bars.gp" | grep -c "set xlabel 'Precision (bit)'")" '2 2'
# A point is said by its supply as by the name of its library with it.
at() { "$quarry" describe design "$dir/v.yaml" --design RDM --db-dir db --format csv --at "channels: 4, precision: 8, clock_mhz: 100, buffers.input: 32 KiB, $1" 2>&1; }
of=$(at 'technology: lp55@0.9V')
check 'a point by its library and supply' equal "$(grep -c area <<<"$of") $(at 'technology: lp55, voltage_v: 0.9')" "$(grep -c area <<<"$of") $of"
check 'also with the unit, or said twice' equal "$(at 'technology: lp55@0.9V, voltage_v: 900 mV')" "$of"
check 'the library whose own supply has no name' equal "$(at 'technology: fdsoi28, voltage_v: 1')" "$(at 'technology: fdsoi28')"
check 'a supply of several libraries' grep -q 'expected a value of `technology` for the design "RDM"' <<<"$(at 'voltage_v: 0.9')"
check 'a supply that none has' grep -q 'at.voltage_v: expected a supply that one of the libraries has (0.9, 1, 1.1), found "0.95"' <<<"$(at 'voltage_v: 0.95')"
check 'a library and the supply of another' grep -q 'at.voltage_v: expected a supply that lp55@0.9V has' <<<"$(at 'technology: lp55@0.9V, voltage_v: 1')"
check 'no such library' grep -q 'at.technology: expected one of fdsoi28@0.9V, .*, found "lp65"' <<<"$(at 'technology: lp65, voltage_v: 1')"
sed 's/^technology: .*/technology: lp55/; s/^name: v$/name: t/; /^plots:/,$d' "$dir/v.yaml" >"$dir/t.yaml"
cat >>"$dir/t.yaml" <<'YAML'
uncertainty: {draws: 16}
plots:
  - {kind: tornado, metric: energy_uj, design: RDM, at: {channels: 4, precision: 8, clock_mhz: 100, buffers.input: 32 KiB, voltage_v: 1.1}, name: supply}
YAML
"$quarry" run --quiet --db-dir db --database "$dir/t.db" --plots "$dir" "$dir/t.yaml" >"$dir/out" 2>"$dir/err"
check 'a tornado at a supply' equal "$? $(grep -c 'lp55@1.1V' "$dir/supply.svg")" '0 1'
# The estimate has the time that its samples take, many times that of the few points.
seconds() { "$quarry" run --dry-run --db-dir db --format csv "$dir/t.yaml" "$@" | awk -F, 'NR == 2 { print $3 }'; }
check 'the estimate has the tornado' awk -v a="$(seconds)" -v b="$(seconds --no-plots)" 'BEGIN { exit !(a > b) }'
check 'a parameter has words and a unit' grep -q "set ylabel 'Input buffer (B)'" "$dir/units.gp"
# Bits of weights and activations, and what was chosen where a design says auto.
cat >"$dir/w.yaml" <<'YAML'
name: w
technology: fdsoi28
network: mobilenet_v1_1.0_224
designs:
  - {name: array, accelerator: systolic, pe: {kind: mac, bits: 16, input_registers: yes}, rows: [8, 16, 32], columns: [auto, 4]}
precision: [16, 8, w4a8, w4a4]
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
plots:
  - {kind: lines, x: activation_bits, y: energy_uj, where: {weight_bits: 4}, name: four}
  - {kind: lines, x: weight_bits, y: energy_uj, where: {columns: 16, activation_bits: 8 bit}, name: chosen}
YAML
"$quarry" run --quiet --db-dir db --database "$dir/w.db" --plots "$dir" "$dir/w.yaml" >"$dir/out" 2>"$dir/err"
check 'by bits of activations, of weights of 4 bit' equal "$? $(block four series_1_1)" "0 $(sqlite3 -separator ' ' "$dir/w.db" \
  "SELECT activation_bits, min(energy_uj) FROM w_points WHERE weight_bits = 4 GROUP BY 1 ORDER BY 1" | six)"
check 'by bits of weights, of columns that were chosen' equal "$(block chosen series_1_1)" "$(sqlite3 -separator ' ' "$dir/w.db" \
  "SELECT weight_bits, min(energy_uj) FROM w_points WHERE activation_bits = 8 AND columns_chosen = 16 GROUP BY 1 ORDER BY 1" | six)"
"$quarry" plot w --database "$dir/w.db" --kind lines --x weight_bits --y energy_uj --group design \
  --where columns=16,activation_bits=8 --output "$dir/option" >"$dir/out" 2>"$dir/err"
check 'the same from options' equal "$(block option series_1_1)" "$(block chosen series_1_1)"
wrong() { sed "$1" "$dir/w.yaml" >"$dir/wrong.yaml"; "$quarry" run --dry-run --db-dir db -d "$dir/no.db" "$dir/wrong.yaml" 2>&1 >/dev/null; }
check 'a key with a slip' grep -q '^[^ ]*wrong.yaml:10:61: error: plots\[0\].where: unknown key "weihgt_bits"; did you mean "weight_bits"?' \
  <<<"$(wrong 's/{weight_bits: 4}/{weihgt_bits: 4}/')"
check 'bits that no precision has' grep -q 'wrong.yaml:10:74: error: .*expected weight_bits of a precision of this experiment (16, 8, w4a8, 4), found "5"' \
  <<<"$(wrong 's/{weight_bits: 4}/{weight_bits: 5}/')"
check 'no front within bits' grep -q 'front.within.*: expected technology, .* or a parameter of the designs.*, found "weight_bits"' \
  <<<"$(wrong '/^objectives:/afront: {within: weight_bits}')"
check 'a group with a slip' grep -q '(did you mean "columns"?), found "colums"' <<<"$(wrong 's/name: four/group: colums, name: four/')"
check 'columns that are as many as the rows, and none has' grep -q 'where.*: expected a value of columns that a design has, found "7"' \
  <<<"$(wrong 's/columns: 16/columns: 7/')"
check 'and those that are' equal "$(wrong 's/columns: 16/columns: 32/')" "$(wrong '')"
echo "1..$n"
