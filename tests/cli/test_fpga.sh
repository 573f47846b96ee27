#!/bin/bash
# FPGA devices and mixed rows on the command line: list, describe, quantize.  TAP.
. tests/check.sh
check 'list fpga' equal "$("$quarry" list fpga --format csv | tail -n +2 | wc -l)" "$(ls db/fpga/*.yaml | wc -l)"
check 'describe fpga' grep -q '^dsps,count,2520,2520,2520,read,' <<<"$("$quarry" describe fpga ZU9EG --format csv)"
"$quarry" describe fpga zu8eg 2>"$dir/err"
check 'an unknown device: exit 2' equal $? 2
check '... with the nearest and the list' grep -q 'did you mean "zu3eg"; db/fpga has \|did you mean "zu9eg"; db/fpga has ' "$dir/err"
sed 's/^slice: .*/slice: dsp48/' db/fpga/zu9eg.yaml >"$dir/bad.yaml"
"$quarry" describe pe mac --fpga "$dir/bad.yaml" >"$dir/out" 2>"$dir/err"
check 'a broken device: exit 2' equal $? 2
check '... with its place' grep -q 'bad.yaml:6:8: .*slice: .*"dsp48"' "$dir/err"
check '... and nothing printed' equal "$(wc -c <"$dir/out")" 0
"$quarry" describe pe mac --param bits=8 --fpga xc7z020 --format csv >"$dir/mac.csv"
check 'an element on a device: two toolchains, with and without slices' equal "$(tail -n +2 "$dir/mac.csv" | cut -d, -f2,3 | tr '\n' ' ')" \
  'vivado,no vivado,yes abc9_nowide,no abc9_nowide,yes '
check '... a slice for a product of 8 bits, where they may be used' equal "$(tail -n +2 "$dir/mac.csv" | cut -d, -f9 | tr '\n' ' ')" '0 1 0 1 '
check '... as many as there are slices' grep -q '^mac,vivado,yes,.*,220,dsps,220$' "$dir/mac.csv"
check '... and both kinds in the split of the device' grep -q '^mac,vivado,no,.*,luts,[1-9][0-9]*$' "$dir/mac.csv"
"$quarry" describe pe sp2 --fpga xc7z020 --over mac --param bits=8 --format csv >"$dir/two.csv"
check 'powers of two fill the LUTs beside products in slices' equal \
  "$(awk -F, 'NR > 1 && $16 > 0 {print $1, $2, $3}' "$dir/two.csv" | tr '\n' ';')" \
  'sp2 vivado no;mac vivado yes;sp2 abc9_nowide no;mac abc9_nowide yes;'
"$quarry" describe pe mul --param bits=5,weight_bits=4 --fpga xc7z020 --format csv >"$dir/mul.csv"
check 'four products of 4 x 5 bits share a slice, as FILM-QNN packs them' equal "$(grep -c '^mul,[a-z0-9_]*,packed,4,.*,1,0,' "$dir/mul.csv")" 2
check '... and the best split of the device has all slices so' equal "$(grep -c '^mul,[a-z0-9_]*,packed,4,.*,220,dsps,220$' "$dir/mul.csv")" 2
"$quarry" describe pe mac --fpga xc7z020 --activity 2>"$dir/err"
check 'toggles are of a cell library' equal $? 2
"$quarry" quantize sp2 --bits 4 --mix 0.6 --high 0.05 --layers 18 --format csv >"$dir/mix.csv"
check 'mixed rows: three parts' equal "$(grep -c '^gaussian,.*,\(scheme,sp2,4,0.59\|scheme,sp2,4,0.6\|low,uniform,4,\|high,uniform,8,0.05\)' "$dir/mix.csv")" 3
check '... and plans of layers' equal "$(grep -c '^laplacian,.*,int[re][ra]_layer,' "$dir/mix.csv")" 2
printf '1 -1 0.5 0.25\n3 -2 1 0\n' >"$dir/weights.txt"
check 'given weights' grep -q '^samples,.*,scheme,sp2,4,0.5,' <<<"$("$quarry" quantize sp2 --bits 4 --mix 0.5 --weights "$dir/weights.txt" --rows 2 --format csv)"
"$quarry" quantize sp2 --bits 4 --mix 0.5 --weights "$dir/weights.txt" --rows 3 >"$dir/out" 2>"$dir/err"
check 'rows that are not whole: exit 2' equal $? 2
check '... with the file' grep -q 'weights.txt: error: found 8 weights, expected a multiple of --rows 3' "$dir/err"
"$quarry" quantize sp2 --bits 4 --mix 0.6 --high 0.5 2>"$dir/err"
check 'shares above all rows: exit 2' equal $? 2
echo "1..$n"
