#!/bin/bash
# Coverage as `quarry validate` prints it, on the shared sample of synthesis rows, each library left out of what was
# calibrated.  The promise (README): nine of ten rows and ratios inside p05..p95, give or take.  TAP.
. tests/check.sh
sample=tests/data/synth_sample.csv

"$quarry" validate synthesis $sample --leave-out library --draws 64 --format csv >"$dir/csv"
within() { awk -F, -v q="$1" -v f="$2" -v c="$3" -v low="$4" -v high="$5" '
  $1 == q && $2 == "all" && $3 == "all" && $4 == f { n++; bad += $c < low || $c > high } END { print n + 0, bad + 0 }' "$dir/csv"; }
for flow in lean mid fast; do
  for quantity in area_um2 delay_ns energy_pj; do
    check "$quantity, $flow: rows inside" equal "$(within $quantity $flow 11 0.8 0.995)" "1 0"
    check "$quantity, $flow: ratios inside" equal "$(within $quantity $flow 12 0.75 0.99)" "1 0"
  done
done

# Effort: what a library that is left out is told by its own adders and exclusive ors.
for flow in mid fast; do
  check "area, $flow: mean error of libraries left out" equal "$(awk -F, -v f=$flow '
    $1 == "area_um2" && $2 == "all" && $3 == "all" && $4 == f { print ($6 < 5) }' "$dir/csv")" 1
done

"$quarry" validate synthesis $sample --flow lean --draws 32 --format json >"$dir/json"
check "each group has both" equal "$(grep -c '"quantity": .*"coverage": [0-9.]*, "ratio_coverage"' "$dir/json")" \
  "$(grep -c '"mean_pct"' "$dir/json")"
"$quarry" validate synthesis $sample --flow lean --draws 32 --format json >"$dir/again"
check "the same draws, the same coverage" cmp "$dir/json" "$dir/again"
"$quarry" validate synthesis $sample --flow lean --draws 0 --format json >"$dir/none"
check "without draws there is none" equal "$(grep -c '"coverage": null, "ratio_coverage": null' "$dir/none")" \
  "$(grep -c '"mean_pct"' "$dir/none")"
"$quarry" validate elements tests/data/elements_synthesized.csv --draws 32 --format json >"$dir/elements"
check "elements, too" grep -q '"coverage": 0\.[0-9]*, "ratio_coverage": 0' "$dir/elements"
message=$("$quarry" validate synthesis $sample --draws 3 2>&1)
check "too few draws" equal "$message" "error: draws: expected 16 to 65536, found 3"

# One's own library file is priced for rows of a library that nobody knows.
sed 's/sky130hd/unknown/' $sample | grep -E '^#|^component|unknown' >"$dir/unknown.csv"
sed 's/^name: .*/name: own/' db/tech/sky130hd.yaml >"$dir/own.yaml"
"$quarry" validate synthesis "$dir/unknown.csv" --library "$dir/own.yaml" --draws 16 --format csv >"$dir/own"
check "a library of one's own has coverage" \
  equal "$(awk -F, '$1 == "area_um2" && $2 == "all" && $3 == "all" && $4 == "all" { print ($11 > 0.5) }' "$dir/own")" 1

cp "$sample" "$dir/rows.csv"
"$quarry" validate synthesis "$dir/rows.csv" --leave-out library --structure "$dir/structure.csv" \
  --elements tests/data/elements_synthesized.csv >/dev/null 2>&1
check "the discrepancies are written" equal "$? $(grep -vc '^#' "$dir/structure.csv")" "0 $((1 + 9 * 10))"
mkdir "$dir/db"
cp -r db/tech db/circuit "$dir/db/"
cp "$dir/structure.csv" "$dir/db/"
check "and read" "$quarry" describe tech lp55 --db-dir "$dir/db"
sed -i 's/^area,lean,0,adder,log_sigma,[0-9.e-]*/area,lean,0,adder,log_sigma,wide/' "$dir/db/structure.csv"
message=$("$quarry" describe tech lp55 --db-dir "$dir/db" 2>&1 >/dev/null)
check "a slip has its place" grep -qE 'structure.csv:[0-9]+:[0-9]+: .*value: expected .*found .wide' <<<"$message"
echo "1..$n"
