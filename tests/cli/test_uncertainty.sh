#!/bin/bash
# Draws of the libraries from the command line: stored intervals, robust fronts, sensitivity.
. tests/check.sh

cat >"$dir/e.yaml" <<'END'
name: unsure
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: SDM
    accelerator: depthwise
    pe: {kind: mac, bits: 16}
    channels: [1, 2, 4]
  - name: RDM
    accelerator: depthwise
    pe: {kind: mac_st, bits: 16}
    channels: [1, 2, 4]
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us, energy_uj]}
front: {within: precision}
uncertainty: {draws: 64, seed: 3}
END
ask() {
  "$quarry" query --database "$dir/r.sqlite" --format csv "$1" | tail -n 1
}

"$quarry" run --quiet --no-plots --db-dir db --database "$dir/r.sqlite" "$dir/e.yaml" >"$dir/out" 2>"$dir/err"
check "an experiment with draws runs" test $? -eq 0
check "the seed is stored" test "$(ask 'SELECT seed FROM experiment')" = 3
check "the summary counts robust points" grep -q on_front_robust "$dir/out"
check "every point has intervals" test "$(ask 'SELECT count(*) FROM point WHERE energy_uj_p05 < energy_uj AND energy_uj < energy_uj_p95')" = 24
check "latency has none" test "$(ask "SELECT count(*) FROM pragma_table_info('interval') WHERE name LIKE 'latency%'")" = 0
check "probabilities are shares of 64 draws" test "$(ask 'SELECT count(*) FROM point WHERE front_probability * 64 <> round(front_probability * 64) OR front_probability > 1 OR front_probability < 0')" = 0
check "front points have some" test "$(ask 'SELECT count(*) FROM front_point WHERE front_probability = 0')" = 0
rows=$("$quarry" front --database "$dir/r.sqlite" unsure --robust 0.9 --format csv | tail -n +2 | wc -l)
check "front --robust lists the stored ones" test "$rows" = "$(ask 'SELECT count(*) FROM point WHERE front_probability >= 0.9')"
"$quarry" front --database "$dir/r.sqlite" unsure --robust 0.9 --objectives area_um2 >"$dir/out" 2>"$dir/err"
check "not over other objectives" test $? -eq 2
sed 's/^uncertainty.*/uncertainty: {draws: 64}/; s/unsure/root/; $aseed: 3' "$dir/e.yaml" >"$dir/root.yaml"
"$quarry" run --quiet --no-plots --db-dir db --database "$dir/r.sqlite" "$dir/root.yaml" >"$dir/out" 2>"$dir/err"
check "a seed of the file is the same" test "$(ask "SELECT count(*) FROM point a JOIN point b ON a.experiment = 'unsure' AND b.experiment = 'root' AND a.point = b.point AND a.energy_uj_p05 = b.energy_uj_p05 AND a.area_um2_p95 = b.area_um2_p95")" = 24
sed '/^uncertainty/d; s/unsure/sure/' "$dir/e.yaml" >"$dir/sure.yaml"
"$quarry" run --quiet --no-plots --db-dir db --database "$dir/r.sqlite" "$dir/sure.yaml" >"$dir/out" 2>"$dir/err"
check "without draws: no interval" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'sure' AND (energy_uj_p05 IS NOT NULL OR front_probability IS NOT NULL)")" = 0
"$quarry" front --database "$dir/r.sqlite" sure --robust 0.9 >"$dir/out" 2>"$dir/err"
check "without draws: --robust is refused" test $? -eq 2
check "and says what is missing" grep -q 'uncertainty: {draws: 256}' "$dir/err"

cat >"$dir/element.yaml" <<'END'
name: elements
technology: fdsoi28
designs:
  - name: multiplier
    accelerator: element
    pe: {kind: mac, bits: [8, 10], operands: [uniform, trained]}
precision: 8
clock_mhz: 200
objectives: {minimize: [energy_per_product_fj, area_um2]}
uncertainty: {draws: 64, seed: 3}
END
"$quarry" run --quiet --no-plots --db-dir db --database "$dir/r.sqlite" "$dir/element.yaml" >"$dir/out" 2>"$dir/err"
check "elements with draws run" test $? -eq 0
check "energy per product and power have intervals" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'elements' AND energy_per_product_fj_p05 < energy_per_product_fj AND energy_per_product_fj < energy_per_product_fj_p95 AND power_mw_p05 < power_mw AND power_mw < power_mw_p95")" = 4
check "what an element does not have is NULL" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'elements' AND energy_uj_p05 IS NULL AND area_sram_um2_p95 IS NULL AND edp_uj_us_p05 IS NULL")" = 4
check "one is best in every draw" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'elements' AND front_probability = 1")" = 1
check "and no other in any" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'elements' AND front_probability = 0")" = 3
check "though the intervals of all overlap" test "$(ask "SELECT count(*) FROM point a JOIN point b ON a.experiment = 'elements' AND b.experiment = 'elements' AND a.area_um2_p05 < b.area_um2_p95 AND a.energy_per_product_fj_p05 < b.energy_per_product_fj_p95")" = 16

sed 's/accelerator: depthwise/accelerator: systolic/; s/channels: .*/rows: [4, 8]/; s/unsure/arrays/' "$dir/e.yaml" >"$dir/arrays.yaml"
"$quarry" run --quiet --no-plots --db-dir db --database "$dir/r.sqlite" "$dir/arrays.yaml" >"$dir/out" 2>"$dir/err"
check "systolic arrays with draws run" test $? -eq 0
check "energies, areas and power of every array have intervals" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'arrays' AND energy_uj_p05 < energy_uj AND energy_uj < energy_uj_p95 AND area_um2_p05 < area_um2 AND area_um2 < area_um2_p95 AND power_mw_p05 < power_mw AND power_mw < power_mw_p95 AND energy_sram_uj_p05 < energy_sram_uj_p95")" = 16
check "their energy per product is NULL" test "$(ask "SELECT count(*) FROM point WHERE experiment = 'arrays' AND energy_per_product_fj_p05 IS NULL")" = 16

"$quarry" describe pe mac --db-dir db --sensitivity --samples 256 --tornado "$dir/t" --format csv >"$dir/out" 2>"$dir/err"
check "sensitivity of an element" test $? -eq 0
check "the NAND2 scale moves its energy most" sh -c "sort -t, -k7 -g -r '$dir/out' | head -1 | grep -q ^nand2.energy"
check "a tornado is drawn" test -s "$dir/t.svg"
"$quarry" describe pe mac_st --db-dir db --sensitivity --samples 256 --over mac >"$dir/out" 2>"$dir/err"
check "of a ratio" grep -q 'area_um2 ratio' "$dir/out"
check "in which the scale cancels" sh -c "! grep -q ^nand2.area '$dir/out'"
# A space large enough for the sweep to look for strong points beforehand: no result may depend on how it is cut.
sed -e 's/unsure/wide/; s/channels: .*/channels: {from: 1, to: 60, step: 1}/; s/^clock_mhz.*/clock_mhz: {from: 50, to: 400, points: 90, scale: log}/' -e 's/draws: [0-9]*/draws: 16/' "$dir/e.yaml" >"$dir/wide.yaml"
all() { sqlite3 "$1" 'SELECT * FROM interval; SELECT * FROM front_chance; SELECT * FROM front_point' | sha256sum; }
"$quarry" run --quiet --no-plots --threads 1 --db-dir db --database "$dir/one.sqlite" "$dir/wide.yaml" >"$dir/out" 2>"$dir/err"
check "21600 points with draws" test $? -eq 0
"$quarry" run --quiet --no-plots --threads 3 --db-dir db --database "$dir/three.sqlite" "$dir/wide.yaml" >"$dir/out" 2>"$dir/err"
check "three threads, the same" test "$(all "$dir/one.sqlite")" = "$(all "$dir/three.sqlite")"
timeout -s INT 0.35 "$quarry" run --quiet --no-plots --threads 2 --db-dir db --database "$dir/cut.sqlite" "$dir/wide.yaml" >"$dir/out" 2>"$dir/err"
"$quarry" run --quiet --no-plots --threads 2 --db-dir db --database "$dir/cut.sqlite" "$dir/wide.yaml" >"$dir/out" 2>"$dir/err"
check "interrupted and continued, the same" test "$(all "$dir/one.sqlite")" = "$(all "$dir/cut.sqlite")"
echo "1..$n"
