#!/bin/bash
# `quarry validate`: what was reproduced still is; p05, p95 and inside against closed forms; sections; clocks missed in
# draws; exit codes; formats.  TAP.
. tests/check.sh

# A library whose NAND2 area and flip-flop ratio have intervals that are symmetric as logarithms.
mkdir -p "$dir/db/tech"
ln -s "$PWD/db/circuit" "$dir/db/circuit"
sed -e '/^  area: {value: 0.49 um2/s/{.*status/{value: 1 um2, low: 0.8 um2, high: 1.25 um2, status/' \
  -e '/^  dff:/,/area:/s/area: {.*status/area: {value: 6, low: 4.8, high: 7.5, status/' db/tech/fdsoi28.yaml >"$dir/db/tech/fdsoi28.yaml"
entry() { # entry NAME REST: one figure of its own
  printf '  - {name: %s, claim: c, source: s, quantity: area_um2, technology: fdsoi28, %s}\n' "$1" "$2"
}
dff='{component: reg, params: n=1}'
{
  echo 'figures:'
  entry ratio_in 'published: 7.2, tolerance: 0.1, of: {cell: dff}, to: {cell: nand2}'
  entry ratio_out 'published: 7.7, tolerance: 0.5, of: {cell: dff}, to: {cell: nand2}'
  entry low_edge 'published: 4.6, tolerance: 0.5, of: {cell: dff}, to: {cell: nand2}'
  entry product 'published: 4.5, relation: value, of: {cell: dff}'
  entry same 'published: 1, tolerance: 0, of: {pe: mac, bits: 8}, to: {pe: mac, bits: 8}'
  entry difference 'published: 1, tolerance: 0, relation: difference, of: {cell: dff}, to: {cell: nand2}'
  entry foreseen 'relation: value, of: {cell: nand2}'
  entry fitted 'published: 6, calibrated: true, of: {cell: dff}, to: {cell: nand2}'
  echo '  - {name: exact, claim: c, source: s, published: 2, tolerance: 0, relation: value, quantity: compression, of: {format: uniform, bits: 16}}'
} >"$dir/figures.yaml"
"$quarry" validate published --db-dir "$dir/db" "$dir/figures.yaml" --format csv >"$dir/f.csv" 2>"$dir/err"
check 'a file of my own is evaluated' equal "$(cat "$dir/err")" ''
sqlite3 "$dir/f.sqlite" ".import --csv $dir/f.csv f" 2>/dev/null
ask() { sqlite3 "$dir/f.sqlite" "SELECT $1 FROM f WHERE figure = '$2'"; }
close() { [ "$(sqlite3 :memory: "SELECT abs($1 - ($2)) <= $3 * abs($2)")" = 1 ] || { echo "got $1, expected $2"; return 1; }; }

# Sampling error of a 5 % quantile of 256 stratified draws: well below 3 %.
check 'a ratio of two cells has its constant as interval: p05' close "$(ask p05 ratio_in)" 4.8 0.03
check 'and p95: the shared scale cancels' close "$(ask p95 ratio_in)" 7.5 0.03
check 'a product of lognormals: p05 is 6 / 1.25^sqrt(2)' close "$(ask p05 product)" '6 / pow(1.25, sqrt(2))' 0.03
check 'p95 is 6 1.25^sqrt(2)' close "$(ask p95 product)" '6 * pow(1.25, sqrt(2))' 0.03
check 'a subject over itself is known exactly' equal "$(ask "p05 = 1 AND p95 = 1 AND model = 1 AND inside = 'yes'" same)" 1
check 'a figure in the interval is inside' equal "$(ask inside ratio_in) $(ask verdict ratio_in)" 'yes off'
check 'one above is not, though within tolerance' equal "$(ask inside ratio_out) $(ask verdict ratio_out)" 'no reproduced'
check 'nor is one below' equal "$(ask inside low_edge)" no
check 'a difference is taken draw by draw: as narrow as scale times (ratio - 1)' equal \
  "$(ask 'p05 > 3.3 AND p05 < 4 AND p95 > 6 AND p95 < 7.4' difference)" 1
check 'what is exact has no interval' equal "$(ask "p05 || p95 || inside || draws" exact)" 0
check 'a prediction has an interval and is neither inside nor outside' equal \
  "$(ask "p05 > 0.7 AND p95 < 1.3 AND inside = ''" foreseen) $(ask verdict foreseen)" '1 prediction'
check 'a figure that set constants stands in a section of its own' equal "$(ask section fitted) $(ask verdict fitted)" \
  'published figures: used to set constants calibrated'

"$quarry" validate published --db-dir "$dir/db" "$dir/figures.yaml" >"$dir/table"
check 'it is not counted with the others, inside beside the verdict' grep -q \
  '^hardware figures: 3 of 6 within tolerance; 3 of 6 inside p05..p95 of 256 draws$' "$dir/table"
check 'exact figures are counted apart' grep -q '^exact counts and formats: 1 of 1 within tolerance$' "$dir/table"
check 'what is foreseen is not scored' grep -q '^predictions, not scored: 1$' "$dir/table"
check 'a fit validates nothing' grep -q 'they validate nothing' "$dir/table"

"$quarry" validate --format json >"$dir/all.json" 2>"$dir/err"
check 'everything as JSON: no figure that was reproduced is off' equal "$?" 0
"$quarry" validate --format csv >"$dir/all.csv"
sqlite3 "$dir/a.sqlite" ".import --csv $dir/all.csv f" 2>/dev/null
check 'every figure has a source' equal "$(sqlite3 "$dir/a.sqlite" "SELECT count(*) FROM f WHERE source = ''")" 0
check 'verdicts follow from error and tolerance' equal "$(sqlite3 "$dir/a.sqlite" "SELECT count(*) FROM f WHERE
  verdict = 'reproduced' AND abs(error_pct) > tolerance_pct + 1e-9 OR verdict = 'off' AND abs(error_pct) <= tolerance_pct - 1e-9")" 0
check 'AlexNet has the 665,784,864 convolution MACs of the seed paper' equal \
  "$(sqlite3 "$dir/a.sqlite" "SELECT printf('%.0f', model) FROM f WHERE figure = 'alexnet_conv_macs'")" 665784864
json() { sqlite3 :memory: "SELECT count(*) FROM json_each(CAST(readfile('$dir/all.json') AS TEXT), '\$.figures') WHERE $1"; }
csv() { sqlite3 "$dir/a.sqlite" "SELECT count(*) FROM f WHERE $1"; }
check 'JSON parses, with a row for each of CSV' equal "$(json 1)" "$(csv 1)"
check 'null where there is no interval' equal "$(json "json_extract(value, '\$.p05') IS NULL")" "$(csv "p05 = ''")"
check 'formats, networks and cycles are exact, all others have an interval' equal \
  "$(csv "draws = 0 AND p05 != '' OR draws > 0 AND p05 = ''")" 0
check 'inside follows from p05, p95 and the published figure, but for rounding' equal \
  "$(csv "p05 != '' AND published != '' AND inside != CASE WHEN published + 0.0 BETWEEN p05 - 1e-9 * abs(published) AND p95 + 1e-9 * abs(published) THEN 'yes' ELSE 'no' END")" 0
check 'the central value lies in its own interval' equal \
  "$(csv "p05 != '' AND NOT model + 0.0 BETWEEN p05 + 0.0 AND p95 + 0.0")" 0
tally() { # tally CLASS FIELD: of all sections
  sqlite3 :memory: "SELECT sum(json_extract(value, '\$.$2')) FROM json_each(CAST(readfile('$dir/all.json') AS TEXT), '\$.tallies')
    WHERE json_extract(value, '\$.class') = '$1'"
}
for class in exact hardware; do
  check "$class: the counts are those of the rows" equal \
    "$(tally $class scored) $(tally $class reproduced) $(tally $class inside) $(tally $class predictions) $(tally $class calibrated)" \
    "$(csv "class = '$class' AND verdict IN ('reproduced', 'off')") $(csv "class = '$class' AND verdict = 'reproduced'") \
$(csv "class = '$class' AND verdict IN ('reproduced', 'off') AND inside = 'yes'") $(csv "class = '$class' AND verdict = 'prediction'") \
$(csv "class = '$class' AND verdict = 'calibrated'")"
done
check 'only what was fitted is called calibrated' equal \
  "$(csv "(verdict = 'calibrated') != (section LIKE '%used to set constants')")" 0

not_fitted() { # a library that `quarry calibrate` wrote has a covariance
  for library in $(sed -n 's/.*technology: \([a-z0-9_]*\).*/\1/p' db/published/*.yaml | sort -u); do
    ! grep -l '^covariance\|calibrated with' "db/tech/$library.yaml" || return 1
  done
}
check 'no library that published figures are priced with was fitted to such figures' not_fitted

# Each calibration: the targets of its file, with what `quarry calibrate` predicts.
for file in db/published/calibration/*.yaml; do
  name=$(sed -n 's/^name: //p' "$file")
  held=$(grep -c 'held_out: true' "$file") all=$(grep -c '^  - name:' "$file")
  check "$name: all targets that were fitted" equal \
    "$(csv "section = 'calibration $name: used to set constants' AND verdict = 'calibrated'")" $((all - held))
  check "$name: all that were held out" equal \
    "$(csv "section = 'calibration $name: held out' AND verdict IN ('reproduced', 'off')")" "$held"
  "$quarry" calibrate "$file" --format csv >"$dir/c.csv"
  sqlite3 "$dir/a.sqlite" "DROP TABLE IF EXISTS c" ".import --csv $dir/c.csv c" 2>/dev/null
  check "$name: evaluated with the calibrated library" equal "$(sqlite3 "$dir/a.sqlite" "SELECT count(*) FROM f JOIN c
    ON f.figure = c.target AND f.section LIKE 'calibration $name:%' WHERE abs(f.model / c.after - 1) < 1e-9")" "$all"
  "$quarry" validate published "$file" --format csv >"$dir/one.csv"
  check "$name: alone it gives the same" equal "$(sed 1d "$dir/one.csv" | sort)" "$(grep "calibration $name:" "$dir/all.csv" | sort)"
done
# The area of a cell is a product of fitted constants: its interval from the covariance has a closed form, which
# `quarry calibrate` prints.
flop="FROM f JOIN c ON f.figure = c.target WHERE f.figure = 'flip-flop bit'"
"$quarry" calibrate db/published/calibration/fdsoi28_psma.yaml --format csv >"$dir/c.csv"
sqlite3 "$dir/a.sqlite" "DROP TABLE c" ".import --csv $dir/c.csv c" 2>/dev/null
check 'draws of the calibrated library follow its covariance: p05' close \
  "$(sqlite3 "$dir/a.sqlite" "SELECT f.p05 $flop")" "$(sqlite3 "$dir/a.sqlite" "SELECT c.low $flop")" 0.03
check 'p95' close "$(sqlite3 "$dir/a.sqlite" "SELECT f.p95 $flop")" "$(sqlite3 "$dir/a.sqlite" "SELECT c.high $flop")" 0.03

sed 's/published: 7.2/published: 0/' "$dir/figures.yaml" >"$dir/zero.yaml"
"$quarry" validate published --db-dir "$dir/db" "$dir/zero.yaml" >/dev/null 2>"$dir/err"
check 'a published figure of 0 is refused: tolerances are relative' equal "$? $(sed "s#$dir/##" "$dir/err")" \
  '2 zero.yaml:2:95: error: figures[0].published: expected a figure other than 0 (tolerances are relative), found "0"'
sed '/held_out/d; s/area: 2.69 um2/area: 2.69 um/' db/published/calibration/fdsoi28_psma.yaml >"$dir/broken.yaml"
"$quarry" validate published "$dir/broken.yaml" >/dev/null 2>"$dir/err"
check 'a mistake in a calibration has its place' equal "$? $(grep -c 'broken.yaml:[0-9]*:[0-9]*: error: targets\[0\].area' "$dir/err")" '2 1'

# At the shortest period that the central library allows, about every second draw misses the clock.
at_clock() {
  { echo 'figures:'; entry fast "published: 1, relation: value, clock_mhz: $1, of: {pe: mac, multiplier: booth, bits: 16}"; } >"$dir/fast.yaml"
  "$quarry" validate published "$dir/fast.yaml" "${@:2}" 2>&1
}
low=1000 high=20000
while [ $((high - low)) -gt 2 ]; do
  mid=$(((low + high) / 2))
  if at_clock $mid >/dev/null; then low=$mid; else high=$mid; fi
done
missed=$(at_clock $low --format csv | tail -1 | cut -d, -f14)
check 'about half of the draws miss the fastest clock' [ "$missed" -gt 100 -a "$missed" -lt 156 ]
check 'the table says so' eval "at_clock $low | grep -q '^fast: misses its clock in $missed of 256 draws; '"
check 'beyond it the entry is refused with its place' equal "$(at_clock 20000 | sed "s#$dir/##; s/: [^:]*\$//"; )" \
  'fast.yaml:2:133: error: figures[0].of: infeasible at 20000 MHz'
at_clock 20000 >/dev/null
check 'exit code 2' equal "$?" 2
if [ "$missed" -gt 128 ]; then want=''; else want=1; fi
check 'with more than half missed there is no interval' equal "$(at_clock $low --format csv | tail -1 | cut -d, -f5 | sed 's/.\+/1/')" "$want"
echo "1..$n"
