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
write "$dir/bad.yaml" 'sise: 3in x 2in' ''
run "$dir/bad.yaml"
check "an unknown key is answered" grep -q ':11:15: error: .*unknown key "sise"; did you mean "size"' "$dir/err"
for wrong in '--size=3' '--font-size=big' '--formats=gif' '--dpi=1' '--x-scale=logg' '--x-range=9,1' '--preset=x' '--legend=left'; do
  run "$wrong" "$dir/e.yaml"
  check "run $wrong: exit 2" test $? -eq 2
  check "run $wrong: says what is expected" grep -q -e "${wrong%%=*}: expected .*, found " "$dir/err"
done
"$quarry" plot -d "$dir/r.sqlite" --format gif look 2>"$dir/err"
check "plot --format gif: exit 2" test $? -eq 2
check "the option is in --help" sh -c "'$quarry' run --help | grep -q -- '--font-size POINTS'"
check "and in the manual" sh -c "'$quarry' plot --help=man | grep -q 'preset'"
check "and among the keys" sh -c "'$quarry' list keys --format csv | grep -q '^plots_style,font_size,'"
echo "1..$n"
