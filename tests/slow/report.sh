#!/bin/bash
# Reports in headless Chromium: every plot drawn, filters, sorting, hovering and selecting work, nothing on the console,
# no request, names full of markup and script run nothing.  A screenshot goes to $BUILD/report.png.  TAP.
. tests/check.sh
tests/deps.sh chromium chromium-driver sqlite3 perl
sed 's/^uncertainty:.*/uncertainty: {draws: 64, seed: 1}/' experiments/rdm_vs_sdm.yaml >"$dir/small.yaml"
sed 's/^name: .*/name: large/; s/points: 10/points: 80/; s/draws: 64/draws: 16/' "$dir/small.yaml" >"$dir/large.yaml"
sed '/^plots:/q; s/^name: .*/name: kinds/; s/points: 10/points: 3/' "$dir/small.yaml" >"$dir/kinds.yaml"
cat >>"$dir/kinds.yaml" <<'YAML'
  - {kind: pareto, x: area_um2, y: energy_uj, name: all}
  - {kind: pareto, x: area_um2, y: energy_uj, where: {precision: 8}, name: some}
  - {kind: lines, x: clock_mhz, y: energy_uj, name: lines}
  - {kind: heatmap, x: channels, y: precision, colour: energy_uj, name: heat}
  - {kind: bars, x: precision, y: energy_uj, name: bars}
  - {kind: parallel, axes: [technology, precision, channels, area_um2, energy_uj], name: parallel}
YAML
cat >"$dir/autos.yaml" <<'YAML' # what is left to the models, at two supplies
name: autos
technology: fdsoi28
voltage_v: [0.8, 1]
network: mobilenet_v1_1.0_224
designs:
  - {name: array, accelerator: systolic, pe: {kind: mac, bits: 16, input_registers: yes}, rows: [8, 16, 32], columns: [auto, 4]}
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}
YAML
for name in small large kinds autos; do
  "$quarry" run --quiet --no-plots --database "$dir/db" --db-dir db "$dir/$name.yaml" >/dev/null 2>&1
  experiment=$(sed -n 's/^name: //p' "$dir/$name.yaml")
  "$quarry" report "$experiment" --database "$dir/db" --db-dir db --output "$dir/$name.html" 2>/dev/null
  "$quarry" query --database "$dir/db" --format json "SELECT point, technology, precision, design, parameters ->> '\$.channels' AS channels, energy_uj,
    (SELECT v.value ->> '\$.columns' FROM result r JOIN resolved v ON v.id = r.resolved WHERE r.id = point_id) AS chosen,
    parameters ->> '\$.columns' AS columns, voltage_v, point_id IN (SELECT point_id FROM front_point) AS front FROM point
    WHERE experiment = '$experiment' AND infeasible IS NULL ORDER BY point" >"$dir/$name.json"
done
cp "$dir/db" "$dir/hostile" && sqlite3 "$dir/hostile" <tests/report/hostile.sql
"$quarry" report 1 --database "$dir/hostile" --no-validation --output "$dir/hostile.html" 2>/dev/null
chromedriver --port=0 >"$dir/driver" 2>&1 &
driver=$!
trap 'kill $driver 2>/dev/null; wait $driver 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 100); do
  port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$dir/driver")
  [ -n "$port" ] && break
  sleep 0.1
done
perl tests/report/browser.pl "$port" "$dir" "$(realpath "$BUILD")/report.png" | tee "$dir/results"
[ "${PIPESTATUS[0]}" -eq 0 ] && ! grep -q '^not ok' "$dir/results"
