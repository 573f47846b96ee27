#!/bin/bash
# The look of pictures in experiment files and on the command line.
. tests/check.sh

write() { # write FILE PLOTS_STYLE PLOT_KEYS
  cat >"$1" <<END
name: look
question: "最適 שלום é?"
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4]}
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}
plots_style: {$2}
plots:
  - {kind: pareto, x: area_um2, y: latency_us$3}
END
}
run() { "$quarry" run --quiet --db-dir db -d "$dir/r.sqlite" -p "$dir" "$@" >"$dir/out" 2>"$dir/err"; }
pixels() { od -An -tu1 -j16 -N8 "$1" | awk '{print ($1*256+$2)*65536+$3*256+$4 " x " ($5*256+$6)*65536+$7*256+$8}'; }

write "$dir/e.yaml" 'size: 400px x 300px, formats: [png, txt]' ', title: none, x_range: [1000, auto], x_scale: log, font_size: 9'
run "$dir/e.yaml"
check "a styled experiment runs" test $? -eq 0
check "its PNG has the size asked for" equal "$(pixels "$dir/look.latency_us-area_um2.png")" "400 x 300"
check "its text is a file" grep -q 'Area' "$dir/look.latency_us-area_um2.txt"
check "no format that was not asked for" test ! -e "$dir/look.latency_us-area_um2.svg"
check "the range is that of the axis" grep -q 'set xrange \[1000:' "$dir/look.latency_us-area_um2.gp"
check "no title" sh -c "! grep -q '最適' '$dir/look.latency_us-area_um2.gp'"
run --size 5inx4in --dpi 100 --formats png,pdf --title 'T 最' "$dir/e.yaml"
check "options lie over the file" equal "$(pixels "$dir/look.latency_us-area_um2.png")" "500 x 400"
check "a glyph that no font has is noted" grep -q '^note: .*U+6700' "$dir/err"
check "once for all formats" equal "$(grep -c 'U+6700' "$dir/err")" 1
"$quarry" plot -d "$dir/r.sqlite" -p "$dir" -o "$dir/again" look 2>"$dir/err"
check "quarry plot has the stored look" equal "$(pixels "$dir/again.png")" "400 x 300"
"$quarry" plot -d "$dir/r.sqlite" -p "$dir" -o "$dir/paper" --preset paper look 2>"$dir/err"
check "and options over it" equal "$(pixels "$dir/paper.png") $(head -c 5 "$dir/paper.pdf")" "1050 x 780 %PDF-"
run --preset paper "$dir/e.yaml"
check "the caption that paper has not is said" grep -q '^note: .*caption: look: 12 points' "$dir/err"
"$quarry" plot -d "$dir/r.sqlite" -p "$dir" -o "$dir/eps" --format eps look 2>"$dir/err"
check "EPS" equal "$(head -c 4 "$dir/eps.eps")" "%!PS"

refused() { # refused NAME PLOTS_STYLE PLOT_KEYS POSITION WORDS
  write "$dir/bad.yaml" "$2" "$3"
  rm -f "$dir/x.sqlite"
  "$quarry" run --quiet --db-dir db -d "$dir/x.sqlite" -p "$dir" "$dir/bad.yaml" >"$dir/out" 2>"$dir/err"
  check "$1: exit 2" test $? -eq 2
  check "$1: $4 $5" grep -q "^$dir/bad.yaml:$4: error: .*expected .*$5.*, found " "$dir/err"
  check "$1: nothing written" test ! -e "$dir/x.sqlite"
}
refused "a size without unit" 'size: 3 x 2' '' 11:21 'WIDTH x HEIGHT'
refused "a preset that is none" 'preset: papr' '' 11:23 'screen | paper | slide'
refused "a format twice" '' ', formats: [png, png]' 13:57 'a list of svg'
refused "a range from zero on a logarithmic axis" '' ', x_scale: log, x_range: [0, 10]' 13:71 'above zero'
refused "falling ends" 'y_range: [5, 1]' '' 11:24 'two rising numbers'
refused "a font that would end the text" "font: \"x',1\"" '' 11:21 'a family of fonts'
refused "type larger than its page" 'size: 1in x 1in, font_size: 72' '' 11:43 'at least 16 times as wide'
refused "a page smaller than its type" 'size: 1in x 1in' '' 11:21 'at least 16 times as wide'
refused "more dots than a PNG has" 'size: 60in x 60in, dpi: 1200' '' 11:39 'at most 32767 dots'
refused "more dots by the size alone" 'size: 60in x 60in, preset: paper' '' 11:21 'at most 32767 dots'
write "$dir/bad.yaml" 'sise: 3in x 2in' ''
run "$dir/bad.yaml"
check "an unknown key is answered" grep -q ':11:15: error: .*unknown key "sise"; did you mean "size"' "$dir/err"
"$quarry" plot look -d "$dir/r.sqlite" --x area_um2 --y latency_us -o "$dir/unit.eps" --x-range '0.001 mm2, 1 mm2' 2>"$dir/err"
check "an ending chooses the format, a unit is that of the range" \
  equal "$(ls "$dir"/unit.*) $(grep -c 'set xrange \[1000:1000000\]' "$dir/unit.gp")" "$dir/unit.eps
$dir/unit.gp 1"
for wrong in t.jpg t.tiff -; do
  "$quarry" plot look -d "$dir/r.sqlite" --x area_um2 --y latency_us -o "$wrong" 2>"$dir/err"
  check "-o $wrong" equal "$? $(ls -- "$wrong"* 2>/dev/null) $(grep -c '^error: --output: expected' "$dir/err")" '2  1'
done
"$quarry" plot look -d "$dir/r.sqlite" --x area_um2 --y latency_us -o "$dir/w.svg" --x-range '0,1 ms' 2>"$dir/err"
check "a unit of another dimension" equal "$? $(grep -c 'expected an area' "$dir/err")" '2 1'
refused "a unit of another dimension in a file" '' ', x_range: [0, 1 ms]' 13:57 'rising numbers in µm²'
for wrong in '--size=3' '--font-size=big' '--formats=gif' '--dpi=1' '--x-scale=logg' '--x-range=9,1' '--preset=x' '--legend=left'; do
  run "$wrong" "$dir/e.yaml"
  check "run $wrong: exit 2" test $? -eq 2
  check "run $wrong: says what is expected" grep -q -e "${wrong%%=*}: expected .*, found " "$dir/err"
done
run --size 60inx60in --dpi 1200 --formats svg "$dir/e.yaml"
check "dots do not matter to SVG" test $? -eq 0
"$quarry" plot -d "$dir/r.sqlite" --format gif look 2>"$dir/err"
check "plot --format gif: exit 2" test $? -eq 2
check "the option is in --help" sh -c "'$quarry' run --help | grep -q -- '--font-size POINTS'"
check "and in the manual" sh -c "'$quarry' plot --help=man | grep -q 'preset'"
check "and among the keys" sh -c "'$quarry' list keys --format csv | grep -q '^plots_style,font_size,'"
slope="plot slope mobilenet_v1_1.0_224 --most 65536 --fusion none,free --db-dir db"
"$quarry" $slope --preset paper -o "$dir/slope" 2>"$dir/err"
check "a slope on paper" equal "$(pixels "$dir/slope.png") $(head -c 5 "$dir/slope.pdf")" "1050 x 780 %PDF-"
check "says its caption" grep -q '^note: .*caption: Least over all schedules' "$dir/err"
"$quarry" $slope --size 5inx4in --y-scale linear --x-range 1000,1e5 --title T -o "$dir/slope.svg" 2>"$dir/err"
check "a slope with a look" sh -c "grep -q 'unset logscale y' '$dir/slope.gp' && grep -q 'xrange .1000:100000' '$dir/slope.gp'"
check "has the size asked for" grep -q 'viewBox="0 0 480 384"' "$dir/slope.svg"
"$quarry" $slope --size 1inx1in -o "$dir/no.svg" 2>"$dir/err"
check "a slope smaller than its type: exit 2" test $? -eq 2
check "says so" grep -q -e '--size: expected a picture at least 16 times as wide' "$dir/err"
"$quarry" $slope --preset paper -o "$dir/slope.svg" 2>/dev/null
check "its texts lie apart on paper" perl tests/plot/svg_texts.pl --paper "$dir/slope.svg"
tornado="describe pe mac_st --sensitivity --samples 64 --db-dir db"
"$quarry" $tornado --tornado "$dir/tornado" --preset paper --formats svg,png >/dev/null 2>"$dir/err"
check "a tornado on paper" sh -c "head -c 24 '$dir/tornado.png' | od -An -tx1 -j16 -N4 | grep -q '00 00 04 1a'" # 1050
check "its texts lie apart" perl tests/plot/svg_texts.pl --paper "$dir/tornado.svg"
"$quarry" $tornado --tornado "$dir/no" --font-size 72 >/dev/null 2>"$dir/err"
check "a tornado in type larger than its page: exit 2" test $? -eq 2
"$quarry" describe tech fdsoi28 --preset paper >/dev/null 2>"$dir/err"
check "what draws nothing has no look: exit 2" test $? -eq 2
for name in hawq fpga_elements; do
  "$quarry" run "experiments/$name.yaml" --quiet -d "$dir/p.sqlite" -p "$dir/$name" --preset paper --formats svg >/dev/null 2>&1
  check "$name on paper: texts lie apart, of 7 pt or more" perl tests/plot/svg_texts.pl --paper "$dir/$name"/*.svg
done
printf '%s\n' '<svg viewBox="0 0 336 100">' '<g transform="translate(10,50)" font-size="10" text-anchor="start"><text>abc</text></g>' \
  '<g transform="translate(20,52)" font-size="10" text-anchor="start"><text>def</text></g>' '</svg>' >"$dir/bad.svg"
check "texts on each other are found" sh -c "! perl tests/plot/svg_texts.pl '$dir/bad.svg'"
sed -i 's/(20,52)/(60,52)/' "$dir/bad.svg"
check "texts beside each other are not" perl tests/plot/svg_texts.pl "$dir/bad.svg"
# Pictures and scripts of another are left as they are, before anything is computed.
for other in png gp txt; do
  rm -rf "$dir/others" && mkdir "$dir/others" && echo mine >"$dir/others/look.latency_us-area_um2.$other"
  "$quarry" run --quiet --db-dir db -d "$dir/fresh.sqlite" -p "$dir/others" "$dir/e.yaml" >"$dir/out" 2>"$dir/err"
  check "a $other of another is refused" equal "$? $(cat "$dir"/others/*) $(grep -c \
    "look.latency_us-area_um2.$other: error: expected .*choose another.*, or move it away" "$dir/err")" '2 mine 1'
  check "and nothing is computed" test ! -e "$dir/fresh.sqlite"
  "$quarry" plot -d "$dir/r.sqlite" -p "$dir/others" --db-dir db look 2>"$dir/err"
  check "nor drawn" equal "$? $(cat "$dir"/others/*)" '2 mine'
done
rm -rf "$dir/others"
run -p "$dir/others" "$dir/e.yaml" && run -p "$dir/others" "$dir/e.yaml"
check "its own are drawn again" equal $? 0
# Ranges of the options hold for the plots that have points there; the others are drawn as they are.
write "$dir/two.yaml" 'formats: [svg]' ', name: area}
  - {kind: pareto, x: energy_uj, y: latency_us, name: energy'
sed -i 's/^name: look/name: two/' "$dir/two.yaml"
mkdir "$dir/two"
run -p "$dir/two" --x-range 0.001mm2,1mm2 "$dir/two.yaml"
check "a range that one plot takes" equal "$? $(ls "$dir/two" | paste -sd' ') $(grep -c 'note: energy: drawn without the range of the options: .*expected an energy' "$dir/err")" \
  '0 area.gp area.svg energy.gp energy.svg 1'
check "is that of its axis" grep -q 'set xrange \[1000:' "$dir/two/area.gp"
"$quarry" plot -d "$dir/r.sqlite" -p "$dir/two" two --x-range 1000,1e6 2>"$dir/err"
check "so with stored plots" equal "$? $(grep -c 'note: energy: drawn without the range of the options: x_range: expected a range that holds points' "$dir/err")" '0 1'
run -p "$dir/two" --x-range 1V,2V "$dir/two.yaml"
check "a range that none takes" equal "$? $(grep -c -e '--x-range: expected an area with unit' "$dir/err")" '2 1'
# Panels too flat to read are said, with a size at which they are not.
flat() { "$quarry" plot -d "$dir/r.sqlite" -o "$dir/flat.svg" look --x area_um2 --y latency_us --panel channels --size "$1" 2>"$dir/err"; }
flat '3.5in x 1.6in'
size=$(sed -n 's/.*too flat to read.*: a size of "\(.*\)"$/\1/p' "$dir/err")
check "a page that is too small" test -n "$size"
flat "$size"
check "and one that is not" equal "$? $(grep -c 'too flat' "$dir/err")" '0 0'
echo "1..$n"
