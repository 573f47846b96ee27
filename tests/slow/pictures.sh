#!/bin/bash
# Every picture of the shipped experiments, on a screen and on paper: no text lies on another one or beyond the page; on
# paper the page is 252 pt wide, no type is below 7 pt, and nothing is cut.  TAP.
. tests/check.sh
{
for file in experiments/*.yaml; do
  name=$(basename "$file" .yaml)
  for preset in screen paper; do
    "$quarry" run "$file" --quiet -d "$dir/r.sqlite" -p "$dir/$preset" --preset $preset --formats svg >/dev/null 2>"$dir/err"
    check "$name runs" test $? -eq 0
  done
  check "$name: texts on a screen" perl tests/plot/svg_texts.pl "$dir"/screen/*.svg
  check "$name: texts on paper" perl tests/plot/svg_texts.pl --paper "$dir"/paper/*.svg
  rm -rf "$dir/screen" "$dir/paper"
done
echo "1..$n"
} | tee "$dir/results"
! grep -q '^not ok' "$dir/results"
