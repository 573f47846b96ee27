#!/bin/bash
# Every element at 8 bits through Yosys on Debian's osu018 library: each synthesizes, the model's lean area lies within
# 0.65 to 1.5 of what came out, and that is what came out before (tests/data/verify_osu018.csv), within 2 % with the same
# Yosys.  Fast rows and periods are printed, not judged: ABC's speed-driven areas scatter, and the model knows no
# fan-out of sums.  Ends with code 1 when something is off.  TAP.
. tests/check.sh
library=/usr/share/qflow/tech/osu018/osu018_stdcells.lib
kept=tests/data/verify_osu018.csv
low=0.65 high=1.5
"$quarry" verify pe all --param bits=8 --liberty $library --format csv >"$dir/rows" 2>"$dir/err"
check 'all elements in both flows' equal "$?" 0
sed "s/^/# /" "$dir/rows"
elements=$(sed -n 's/^ELEMENT(.*, *\(.*\))$/\1/p' include/quarry/pe.def)
version=$(yosys -V | cut -d' ' -f1,2)
for element in $elements; do
  row=$(grep "^$element,lean," "$dir/rows")
  old=$(grep "^$element,lean," $kept)
  result "$(awk -F, -v l=$low -v h=$high '{ exit !($4 > 0 && $3 / $4 > l && $3 / $4 < h) }' <<<"$row"; echo $?)" \
    "$element: model's area over that of synthesis within $low to $high"
  if [ -n "$old" ] && grep -q "$version" $kept; then # a new element has no row yet
    result "$(paste -d, <(echo "$row") <(echo "$old") | awk -F, '{ r = $4 / $14; exit !(r > 0.98 && r < 1.02) }'; echo $?)" \
      "$element: synthesized as before"
  fi
done | tee "$dir/results"
n=$((n + $(grep -c '^ok\|^not ok' "$dir/results")))
echo "1..$n"
! grep -q '^not ok' "$dir/results"
