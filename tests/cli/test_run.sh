#!/bin/bash
# An experiment from file to front, checked with SQL written here: nothing of quarry's own front code is used.  TAP.
. tests/check.sh
sql() { sqlite3 "$dir/r.sqlite" "$1"; }
points=$((2 * 2 * 2 * 5 * 3 * 10)) # libraries, designs, multipliers, sizes, precisions, clocks

check 'run' "$quarry" run --quiet --format csv --database "$dir/r.sqlite" --plots "$dir" experiments/rdm_vs_sdm.yaml
check 'every point is stored' equal "$(sql 'SELECT count(*) FROM result')" "$points"
check 'what is infeasible says why' equal \
  "$(sql 'SELECT count(*) FROM result WHERE (reason IS NULL) = (area_um2 IS NULL)')" 0
check 'no metric is negative' equal \
  "$(sql 'SELECT count(*) FROM result WHERE area_um2 <= 0 OR latency_us <= 0 OR energy_uj <= 0 OR leakage_mw < 0')" 0
check 'parts add up to the area' equal "$(sql 'SELECT count(*) FROM result WHERE abs(area_datapath_um2 +
  area_register_um2 + area_control_um2 + area_sram_um2 - area_um2) > 1e-9 * area_um2')" 0
check 'parts add up to the energy' equal "$(sql 'SELECT count(*) FROM result WHERE abs(energy_datapath_uj +
  energy_register_uj + energy_sram_uj + energy_leakage_uj - energy_uj) > 1e-9 * energy_uj')" 0

# The front by its definition: a point no other of its technology and precision is as good as everywhere, better once.
brute="WITH p AS (SELECT * FROM point WHERE infeasible IS NULL)
  SELECT point FROM p a WHERE NOT EXISTS (SELECT 1 FROM p b WHERE b.technology = a.technology AND
  b.precision_bits = a.precision_bits AND b.area_um2 <= a.area_um2 AND b.latency_us <= a.latency_us AND
  b.energy_uj <= a.energy_uj AND (b.area_um2 < a.area_um2 OR b.latency_us < a.latency_us OR b.energy_uj < a.energy_uj))
  ORDER BY point"
sql "$brute" >"$dir/brute"
sql 'SELECT point FROM front_point ORDER BY point' >"$dir/stored"
"$quarry" front --format csv --database "$dir/r.sqlite" rdm_vs_sdm | tail -n +2 | sed 's/.*,//' | sort -n >"$dir/printed"
check 'the front holds something' test -s "$dir/brute"
check 'the stored front is the front' cmp "$dir/brute" "$dir/stored"
check 'so is the printed one' cmp "$dir/brute" "$dir/printed"

# 3 x 3 kernels, one multiplier: 9, 5 and 3 steps (Urbinati and Casu's sum-together modes on kernel taps).
ratio() {
  sql "SELECT round(min(s.compute_cycles / r.compute_cycles), 6) || ' ' || round(max(s.compute_cycles / r.compute_cycles), 6)
       FROM point s JOIN point r USING (technology, precision_bits, clock_mhz)
       WHERE s.design = 'SDM' AND r.design = 'RDM' AND s.precision_bits = $1 AND
       json_extract(s.parameters, '\$.channels') = json_extract(r.parameters, '\$.channels')"
}
check 'no gain at 16 bits' equal "$(ratio 16)" '1.0 1.0'
check '9/5 at 8 bits' equal "$(ratio 8)" '1.8 1.8'
check '9/3 at 4 bits' equal "$(ratio 4)" '3.0 3.0'

for threads in 1 2 5; do
  "$quarry" run --quiet --no-plots --threads $threads --database "$dir/t$threads.sqlite" experiments/rdm_vs_sdm.yaml >/dev/null 2>&1
  sqlite3 "$dir/t$threads.sqlite" 'SELECT * FROM result ORDER BY id' | sha256sum >"$dir/t$threads"
done
check 'two threads give the same bits as one' cmp "$dir/t1" "$dir/t2"
check 'so do five' cmp "$dir/t1" "$dir/t5"

for plot in latency_us-area_um2 latency_us-energy_uj energy_uj-area_um2; do
  check "$plot as PNG" test "$(head -c 8 "$dir/rdm_vs_sdm.$plot.png" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a
  check "$plot as SVG with tool-tips" grep -q 'channels' "$dir/rdm_vs_sdm.$plot.svg"
  check "$plot script" test -s "$dir/rdm_vs_sdm.$plot.gp"
done
"$quarry" run --database "$dir/r.sqlite" --no-plots experiments/rdm_vs_sdm.yaml >/dev/null 2>"$dir/again"
check 'a second run reads back' grep -q 'read back (computed before)' "$dir/again"
check 'and doubles nothing' equal "$(sql 'SELECT count(*) FROM result')" "$points"
check 'the experiment file is in the database' equal \
  "$(sql 'SELECT sha256 FROM experiment')" "$(sha256sum <experiments/rdm_vs_sdm.yaml | cut -d' ' -f1)"
check 'so are the libraries' equal "$(sql "SELECT sha256 FROM technology WHERE name = 'lp55'")" \
  "$(sha256sum <db/tech/lp55.yaml | cut -d' ' -f1)"
check 'dry run' equal "$("$quarry" run --dry-run --format csv experiments/large_sweep.yaml | tail -1 | cut -d, -f1,2)" \
  'large_sweep,1000000'
check 'a plot of my own in the terminal' "$quarry" plot --database "$dir/r.sqlite" --x area_um2 --y power_mw --format dumb rdm_vs_sdm
check 'stacked bars' "$quarry" plot --database "$dir/r.sqlite" --kind bars --x edp_uj_us --y energy_uj --group technology,design \
  --format png --output "$dir/bars" rdm_vs_sdm
check 'are a picture' test -s "$dir/bars.png"
cp "$dir/r.sqlite" "$dir/holes.sqlite"
sqlite3 "$dir/holes.sqlite" 'DELETE FROM result WHERE id % 7 = 0'
left=$(sqlite3 "$dir/holes.sqlite" 'SELECT count(*) FROM result')
"$quarry" run --database "$dir/holes.sqlite" --no-plots experiments/rdm_vs_sdm.yaml >"$dir/out" 2>"$dir/err"
check 'rows that were deleted are computed again, and said' equal "$? $(grep -c 'what is missing is computed again' "$dir/err") $(sqlite3 "$dir/holes.sqlite" 'SELECT count(*) FROM result')" "0 1 $points"
plot_says() { # plot_says TEXT FLAG...: exit code 2 and TEXT
  local text=$1
  shift
  "$quarry" plot --database "$dir/r.sqlite" --x area_um2 --y power_mw --format dumb "$@" rdm_vs_sdm >"$dir/out" 2>&1
  [ $? -eq 2 ] && grep -qF -- "$text" "$dir/out"
}
for flag in --where== --where==x --panel= --group= --group=design,; do
  check "no key: $flag" plot_says 'or a design parameter, found ""' "$flag"
done
check 'a path that is too long' plot_says '--output: expected a path of at most' --output "$(printf './%.0s' {1..2100})picture"
"$quarry" query --database "$dir/r.sqlite" --format json 'SELECT count(*) AS n, NULL AS x FROM result' >"$dir/rows.json"
check 'JSON is JSON' equal "$(sqlite3 :memory: "SELECT json_extract(readfile('$dir/rows.json'), '\$[0].n')")" "$points"
echo "1..$n"
