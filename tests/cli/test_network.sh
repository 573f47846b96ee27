#!/bin/bash
# A network of one's own through the command line: the documented example, its graph, a run, errors with their place.  TAP.
quarry=$(realpath "$BUILD")/quarry
db=$PWD/db
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
n=0
equal() { # equal NAME GOT EXPECTED
  n=$((n + 1))
  if [ "$2" = "$3" ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    printf '%s\n' "$2" | sed 's/^/# got:      /'
    printf '%s\n' "$3" | sed 's/^/# expected: /'
  fi
}
"$quarry" describe network --format-help >help
equal 'the format is printed' $? 0
sed '1,/^Example:/d' help >own.csv
equal 'its example reads' "$("$quarry" describe network own.csv --format csv | cut -d, -f1-3,7-12)" \
  'layer,type,inputs,out_h,out_w,out_c,kernel,stride,pad
stem,conv,-,32,32,16,3x3,2x1,1
wide,dwconv,stem,32,32,16,5x5,1,2
narrow,pwconv,wide,32,32,16,1x1,1,0
sum,add,narrow+stem,32,32,16,1x1,1,0
both,concat,sum+wide,32,32,32,1x1,1,0
pool,pool,both,1,1,32,32x32,1,0
fc,fc,pool,1,1,10,1x1,1,0'
equal 'a table leaves out what no layer has' "$("$quarry" describe network own.csv | head -1 | grep -c 'dilation\|batch')" 0
cat >dilated.csv <<'CSV'
layer,type,in_h,in_w,in_c,kernel,pad_top,pad_right,dilation_h
a,dwconv,16,16,8,3,2,1,2
CSV
# 16 + 2 - 5 + 1 = 14 rows, 16 + 1 - 3 + 1 = 15 columns.
equal 'pads and dilation are shown' "$("$quarry" describe network dilated.csv | tail -1 | tr -s ' ')" \
  'a dwconv - 16 16 8 14 15 8 3x3 1 2/0/0/1 8 15120 72 2x1 1'
cat >run.yaml <<'YAML'
name: own
technology: fdsoi28
network: dilated.csv
designs:
  - name: one
    accelerator: depthwise
    pe: {kind: mac, multiplier: booth, bits: 16}
    channels: 8
precision: 16
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
YAML
"$quarry" run --quiet --no-plots --db-dir "$db" --database d.sqlite run.yaml >/dev/null 2>err
equal 'it runs' $? 0
equal 'cycles: 14 x 15 outputs of 9 taps' \
  "$("$quarry" query --format csv --database d.sqlite 'SELECT printf('\''%d'\'', compute_cycles) AS c FROM point' | tail -1)" 1890
# A kernel as `describe network` prints it; the table of another program, mended as the message says.
printf 'layer,type,in_h,in_w,in_c,out_c,kernel,stride,dilation,pad\na,conv,49,10,1,64,10x4,2x1,1x2,same\n' >pair.csv
printf 'layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride_h,stride_w,dilation_h,dilation_w,pad\n%s\n' \
  a,conv,49,10,1,64,10,4,2,1,1,2,same >apart.csv
equal 'height by width in one column' "$("$quarry" describe network pair.csv)" "$("$quarry" describe network apart.csv)"
equal 'which is down and which across' "$("$quarry" describe network pair.csv --format csv | tail -1 | cut -d, -f7-11)" \
  '25,10,64,10x4,2x1'
for kernel in 10x 0x4 x4 10x4x2 10x-4 99999999999x4; do
  sed "s/10x4/$kernel/" pair.csv >bad.csv
  "$quarry" describe network bad.csv 2>err
  equal "a kernel of $kernel" "$? $(grep -c "^bad.csv:2:19: error: kernel: expected .*10x4.*found '$kernel'" err)" '2 1'
done
printf 'layer;type;in_h;in_w;in_c;out_c;kernel;pad\r\na;conv;32,0;32;3;16,00;3;1,0\r\n' >bad.csv
"$quarry" describe network bad.csv 2>err
equal 'semicolons and decimal commas' $? 2
eval "$(sed 's/.*decimal commas: //; s/FILE makes.*/bad.csv/' err)" >mended.csv
equal 'are mended as said' "$("$quarry" describe network mended.csv --format csv | tail -1 | cut -d, -f4-10)" \
  '32,32,3,32,32,16,3x3'
sed 's/narrow+stem/narow+stem/' own.csv >bad.csv
"$quarry" describe network bad.csv 2>err
equal 'a wrong name' "$? $(cat err)" \
  "2 bad.csv:5:9: error: inputs: expected a layer of an earlier line, found 'narow'; did you mean 'narrow'?"
printf 'layer,type,kernal\n' >bad.csv
"$quarry" describe network bad.csv 2>err
equal 'a wrong column' "$? $(cat err)" \
  "2 bad.csv:1:12: error: expected a column of a network (quarry describe network --format-help), found 'kernal'; did you mean 'kernel'?"
# Attention of 4 heads, 16 wide, 20 tokens: two products of activations, which have no weights.
cat >attention.csv <<'CSV'
layer,type,inputs,in_h,in_w,in_c,out_c,groups
q,pwconv,-,1,20,64,64,1
k,pwconv,-,1,20,64,64,1
v,pwconv,-,1,20,64,64,1
scores,conv,q@k,1,20,64,80,4
values,conv,scores@v,1,20,80,64,4
CSV
equal 'a second operand that is computed' \
  "$("$quarry" describe network attention.csv --format csv | tail -2 | cut -d, -f1,3,14,15)" \
  'scores,q@k,25600,0
values,scores@v,25600,0'
# Everything once: 3 x (1280 + 1280 activations, 4096 weights of 4 bits), 1280 + 1280 + 1600 and 1600 + 1280 + 1280.
for fusion in none block free; do
  "$quarry" describe schedule attention.csv --fusion $fusion --order raster --buffer '64 KiB' --weight-bits 4 \
    --activation-bits 8 --execute >out 2>err
  equal "a schedule, executed: fusion $fusion" "$? $(grep -c '^executed' out) $(grep -c "$([ $fusion = none ] &&
    echo '22144 bytes with 4-bit' || echo '  [0-9]* bytes with 4-bit')" out)" '0 1 1'
done
equal 'its second operand moves as activations' "$("$quarry" describe schedule attention.csv --fusion none \
  --buffer '64 KiB' --format csv --columns first,input,weights | grep 'scores\|values')" 'scores,2560,0
values,2880,0'
while IFS='|' read -r what from to words; do
  sed "s/$from/$to/" attention.csv >bad.csv
  "$quarry" describe network bad.csv 2>err
  equal "$what" "$? $(grep -c "^bad.csv:[56]:[0-9]*: error: inputs: .*$words" err)" '2 1'
done <<'BAD'
a second operand of another size|q@k,1,20,64,80,4|q@k,1,20,64,40,4|expected 640 values after '@', .* k makes 1280
a second operand in a sum|scores,conv,q@k,1,20,64,80,4|scores,add,q@k,1,20,64,64,1|no '@' in an add
something behind it|q@k|q@k+v|expected nothing after the layer that is the second operand
a name that is not there|q@k|q@kk|found 'kk'
BAD
"$quarry" describe network >/dev/null 2>err
equal 'no name' "$? $(cat err)" '2 quarry describe: expected KIND NAME, found 1 operand (quarry describe --help)'
# A product of two activations beside weights that are wider: it runs at the width of the activations, as four times as
# many products at once; cycles of the network are those of its layers by themselves.
cat >attention.csv <<'CSV'
layer,type,inputs,in_h,in_w,in_c,out_c,kernel
q,conv,-,1,16,32,32,1
k,conv,-,1,16,32,32,1
s,conv,q@k,,,,16,1
CSV
cycles() { # cycles LAYERS PRECISION: of arrays of 4 and 8 rows
  cat >cycles.yaml <<YAML
name: cycles
technology: fdsoi28
network: attention.csv
layers: {name: "$1"}
designs:
  - {name: a, accelerator: systolic, pe: {kind: mac_st, multiplier: booth, bits: 16}, rows: [4, 8]}
precision: $2
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
YAML
  "$quarry" run --quiet --no-plots --db-dir "$db" --database cycles.sqlite cycles.yaml >/dev/null 2>err || cat err
  "$quarry" query --format csv --database cycles.sqlite 'SELECT CAST(cycles AS INTEGER) AS c FROM point ORDER BY area_um2' |
    tail -n +2 | tr -d '\r' | tr '\n' ' '
}
sum() { awk -v a="$1" -v b="$2" 'BEGIN { split(a, x, " "); split(b, y, " "); print x[1] + y[1], x[2] + y[2], "" }'; }
equal 'two activations of 4 bits beside weights of 16' "$(cycles '*' w16a4)" "$(sum "$(cycles '[qk]' w16a4)" "$(cycles s 4)")"
equal 'and of 16 beside weights of 4' "$(cycles '*' w4a16)" "$(cycles '*' 16)"
equal 'which is not what weights take' "$([ "$(cycles s w16a4)" != "$(cycles s 16)" ]; echo $?)" 0
# Widths that the network states, and the same as a map.
awk 'NR == 1 {print $0 ",weight_bits,activation_bits"} /^q/ {print $0 ",4,8"} /^k/ {print $0 ",8,8"} /^s/ {print $0 ",16,8"}' \
  attention.csv >widths.csv
equal 'describe shows widths' "$("$quarry" describe network widths.csv --format csv | tr -d '\r' | cut -d, -f1,18,19)" \
  'layer,weight_bits,activation_bits
q,4,8
k,8,8
s,16,8'
metrics() { # metrics PRECISION
  sed "s/attention/widths/; s/^precision.*/precision: $1/; s/name: \"s\"/name: \"*\"/" cycles.yaml >own.yaml
  rm -f own.sqlite
  "$quarry" run --quiet --no-plots --db-dir "$db" --database own.sqlite own.yaml >/dev/null 2>err || cat err
  "$quarry" query --format csv --database own.sqlite \
    'SELECT latency_us, energy_uj, bit_operations FROM point ORDER BY area_um2' | tail -n +2
}
stated=$(metrics own)
equal 'of two arrays' "$(grep -c . <<<"$stated")" 2
equal 'the same as a map' "$stated" "$(metrics '{default: 8, q: w4a8}')"
equal 'a rule beside them' "$(metrics '{default: own, k: 4}')" "$(metrics '{default: 8, q: w4a8, k: 4}')"
equal 'other than one width for all' "$([ "$stated" = "$(metrics 8)" ]; echo $?)" 1
"$quarry" run --quiet --no-plots --db-dir "$db" --database own.sqlite <(sed 's/^precision.*/precision: own/' cycles.yaml) 2>err
equal 'a network that states none' "$? $(sed 's/^[^ ]* //' err | head -1)" '2 error: precision: expected a network that states `weight_bits` and `activation_bits` of each layer that is run: "attention" lacks them at s (another key of the map may give them), found "own"'
echo "1..$n"
