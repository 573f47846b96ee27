#!/bin/bash
# Weights of layers that the noise is measured on: what is wrong with their files is said before anything is stored, at
# the key, with the file and the layer.  TAP.
. tests/check.sh
printf 'layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\nstem,conv,,4,4,1,2,1,1,0\nd1,dwconv,,,,,,1,1,0\n' >"$dir/net.csv"
cat >"$dir/t.yaml" <<EOF
name: t
technology: fdsoi28
network: $dir/net.csv
designs:
  - {name: M, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4, columns: 4, buffers: {input: 16 KiB, weight: 16 KiB, output: 16 KiB}}
precision: [8, 4]
noise: {tensors: $dir/w}
clock_mhz: 100
objectives: {minimize: [energy_uj, noise]}
EOF
mkdir "$dir/w"
printf '1\n2\n' >"$dir/w/stem.csv"
run() { "$quarry" run --quiet --no-plots --db-dir db --database "$dir/db" "$dir/t.yaml" >"$dir/out" 2>"$dir/err"; }
bad() { # bad NAME WHAT: of layer d1
  run
  check "$1" equal "$? $(cat "$dir/err")" "2 $dir/t.yaml:7:18: error: noise.tensors: layer d1 of network net: $2"
  check "$1: nothing is stored" test ! -e "$dir/db"
}
bad 'no file' "expected the weights of layer 'd1' in d1.f32, .bin, .raw, .csv or .txt, found no such file"
mkdir "$dir/w/d1.f32"
bad 'a directory' "$dir/w/d1.f32: expected a file, found a directory"
rmdir "$dir/w/d1.f32"
: >"$dir/w/d1.f32"
bad 'an empty file' "$dir/w/d1.f32: expected at least one number, found none"
printf '\0\0\0\0\0\0\0' >"$dir/w/d1.f32"
bad 'half a number' "$dir/w/d1.f32: expected float32 values of 4 bytes each, found 3 bytes after value 1"
printf '\0\0\0\0\0\0\0\0' >"$dir/w/d1.f32"
bad 'zeros' "$dir/w/d1.f32: layer 'd1': expected weights that are not all 0 and whose squares are no overflow, found zeros"
printf '\0\0\200\77\0\0\300\177' >"$dir/w/d1.f32"
bad 'NaN' "$dir/w/d1.f32: expected finite float32 values, found nan at index 1"
rm "$dir/w/d1.f32"
printf '1\n2\n3\n' >"$dir/w/d1.csv"
bad 'too many' "$dir/w/d1.csv: layer 'd1': expected its 2 weights, found 3 numbers"
printf '1\nx\n' >"$dir/w/d1.csv"
bad 'no number' "$dir/w/d1.csv:2: expected a finite number, found \"x\""
printf '1\n3\n' >"$dir/w/d1.csv"
run
result $? 'weights that are'
# A folder's path is seen from the experiment, even without a slash.
sed -i 's|^noise: .*|noise: {tensors: w}|' "$dir/t.yaml"
run
result $? 'a folder beside the experiment'
echo "1..$n"
