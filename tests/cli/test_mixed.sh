#!/bin/bash
# Mixed precisions beside measurements on the command line: predicted and measured noise, medians over layers.  TAP.
. tests/check.sh
tables='db/sensitivity/mlperf_tiny.csv db/sensitivity/mlperf_tiny_mixed.csv'
"$quarry" validate mixed $tables --format csv >"$dir/all.csv" 2>"$dir/err"
check 'validate mixed: no complaint' test $? -eq 0 -a ! -s "$dir/err"
check 'two networks, three kinds of widths, three predictions' equal "$(wc -l <"$dir/all.csv")" 19
check 'the interval holds the correlation' awk -F, 'NR > 1 && !($6 <= $5 && $5 <= $7) { bad = 1 } END { exit bad }' "$dir/all.csv"
check 'no accuracy is claimed' grep -q 'not accuracy' <("$quarry" validate mixed $tables)
# Every second row: the counts of both halves add up to the whole.
awk -F, 'NR == 1 || NR % 2 == 0' db/sensitivity/mlperf_tiny_mixed.csv >"$dir/even.csv"
awk -F, 'NR == 1 || NR % 2 == 1' db/sensitivity/mlperf_tiny_mixed.csv >"$dir/odd.csv"
cases() { "$quarry" validate mixed db/sensitivity/mlperf_tiny.csv "$1" --format csv | awk -F, '{ sum += $4 } END { print sum }'; }
check 'other rows of the same format' equal "$(($(cases "$dir/even.csv") + $(cases "$dir/odd.csv")))" \
  "$(awk -F, '{ sum += $4 } END { print sum }' "$dir/all.csv")"
# Rows of the sensitivities in another order: layers that are numbers stand by them.
{ grep '^#' db/sensitivity/mlperf_tiny.csv; grep -m1 '^network,' db/sensitivity/mlperf_tiny.csv
  grep -v '^#\|^network,' db/sensitivity/mlperf_tiny.csv | tac; } >"$dir/reversed.csv"
check 'the order of rows does not count' equal "$("$quarry" validate mixed "$dir/reversed.csv" \
  db/sensitivity/mlperf_tiny_mixed.csv --format csv | sort)" "$(sort "$dir/all.csv")"
said() { # said NAME TEXT ARGUMENT...: exit code 2 and this on standard error
  local name=$1 text=$2 code
  shift 2
  "$quarry" "$@" >"$dir/out" 2>"$dir/err"
  code=$?
  check "$name" equal "$code $(head -1 "$dir/err")" "2 $text"
  check 'and nothing on standard output' test ! -s "$dir/out"
}
said 'one file' 'quarry validate: expected SENSITIVITIES.csv and ASSIGNMENTS.csv after "mixed" (quarry validate --help)' \
  validate mixed a.csv
said 'two files of another table' 'quarry validate: expected one FILE after "cycles" (quarry validate --help)' \
  validate cycles a.csv b.csv
said 'an option that says nothing here' 'quarry validate: expected no --library for mixed (quarry validate --help)' \
  validate mixed a.csv b.csv --library asap7
said 'no such file' "$dir/none.csv: error: expected a readable file: no such file" validate mixed "$dir/none.csv" b.csv
said 'a table without measured noise' \
  'db/sensitivity/hawqv3_resnet18.csv:6: error: expected a column `option`, `weight_bits`, or `what` and `bits`, or columns network_sqnr_db_intB, found hawq_name, hessian_trace_per_param, dw2_int8, dw2_int4' \
  validate mixed db/sensitivity/hawqv3_resnet18.csv db/sensitivity/mlperf_tiny_mixed.csv

# A numbered layer without sensitivities keeps its place among the widths; widths that fit no layers are refused.
printf 'network,layer,what,bits,network_sqnr_db\nn,0,weight,4,10\nn,0,weight,8,30\nn,2,weight,4,20\nn,2,weight,8,40\n' >"$dir/s.csv"
printf 'network,weight_bits,activation_bits,measured_db\nn,4 8 8,float,1\nn,8 4 4,float,2\nn,8 4 8,float,3\nn,8 8 8,float,3\nn,4 8 4,float,0\n' >"$dir/m.csv"
sed '/^n,[02],weight/!d; s/^n,2/n,1/' "$dir/s.csv" | sed '1i network,layer,what,bits,network_sqnr_db' >"$dir/s2.csv"
sed 's/^n,\([48]\) [48]/n,\1/' "$dir/m.csv" >"$dir/m2.csv"
check 'a layer missing in the middle shifts no width' equal "$("$quarry" validate mixed "$dir/s.csv" "$dir/m.csv" --format csv 2>&1 | grep -v '^#')" \
  "$("$quarry" validate mixed "$dir/s2.csv" "$dir/m2.csv" --format csv 2>&1 | grep -v '^#')"
echo 'n,8 8,float,1' >>"$dir/m.csv"
said 'too few widths' "$dir/m.csv:7:3: error: weight_bits: expected a width for each of the 3 layers of the sensitivities, found '8 8'" \
  validate mixed "$dir/s.csv" "$dir/m.csv"
sed -i '$s/8 8/8 8 8 8/' "$dir/m.csv"
said 'more widths than other rows' "$dir/m.csv:7:3: error: weight_bits: expected 3 widths, as rows above have of n, found '8 8 8 8'" \
  validate mixed "$dir/s.csv" "$dir/m.csv"
sed 's/^n,0/n,a/; s/^n,2/n,b/' "$dir/s.csv" >"$dir/named.csv"
said 'more widths than layers with names' "$dir/m.csv:2:3: error: weight_bits: expected a width for each of the 2 layers of the sensitivities, found '4 8 8'" \
  validate mixed "$dir/named.csv" "$dir/m.csv"

# Of a network of one layer the median over layers is the ratio of the totals, which other figures measure.
mkdir -p "$dir/db"
for d in tech memory circuit structure.csv sensitivity; do ln -s "$PWD/db/$d" "$dir/db/$d"; done
mkdir "$dir/db/networks"
printf 'layer,type,in_h,in_w,in_c,kernel,pad\none,dwconv,14,14,64,3,1\n' >"$dir/db/networks/one.csv"
printf 'layer,type,inputs,in_h,in_w,in_c,kernel,pad\na,dwconv,-,14,14,64,3,1\nb,dwconv,-,14,14,64,3,1\nc,dwconv,-,112,112,8,7,3\n' \
  >"$dir/db/networks/three.csv"
figure() { # figure NAME QUANTITY RELATION OF [TO]
  local to=''
  [ $# -lt 5 ] || to=", to: {$5}"
  echo "  - {name: $1, claim: c, source: s, quantity: $2, relation: $3, technology: fdsoi28, clock_mhz: 500, of: {$4}$to}"
}
module='accelerator: depthwise, channels: 16, reduction: taps, type: dwconv, element: {pe: mac_st, multiplier: booth, bits: 16}'
{
  echo 'title: t'
  echo 'figures:'
  for q in energy_uj latency_us; do
    for p in 4 w4a8 w8a4; do
      figure "m_${q}_$p" layer_median_$q value "$module, network: one, precision: $p, against: 8"
      figure "r_${q}_$p" $q ratio "$module, network: one, precision: $p" "$module, network: one, precision: 8"
    done
  done
  figure m_three layer_median_latency_us value "$module, network: three, precision: 4, against: 8"
} >"$dir/figures.yaml"
"$quarry" validate published "$dir/figures.yaml" --db-dir "$dir/db" --format csv >"$dir/figures.csv" 2>"$dir/err"
check 'medians over layers are measured' test $? -eq 0 -a ! -s "$dir/err"
column=$(head -1 "$dir/figures.csv" | tr , '\n' | grep -n '^model$' | cut -d: -f1)
name=$(head -1 "$dir/figures.csv" | tr , '\n' | grep -n '^figure$\|^name$' | head -1 | cut -d: -f1)
value() { awk -F, -v n="$name" -v c="$column" -v of="$1" '$n == of { print $c }' "$dir/figures.csv"; }
alike() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0 && (a - b) ^ 2 < 1e-18 * b ^ 2) }' || { echo "got $1, expected $2"; return 1; }; }
for q in energy_uj latency_us; do
  for p in 4 w4a8 w8a4; do
    check "$q, $p over 8: a layer and the network of it" alike "$(value "m_${q}_$p")" "$(value "r_${q}_$p")"
  done
done
check 'of three layers the middle one, which stands twice' alike "$(value m_three)" "$(value m_latency_us_4)"
refused() { # refused NAME TEXT OF
  { echo 'title: t'; echo 'figures:'; figure x "$3" value "$4"; } >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" --db-dir "$dir/db" >"$dir/out" 2>"$dir/err"
  check "$1" equal "$? $(sed 's/.*error: figures\[0\]\.//' "$dir/err")" "2 $2"
}
refused 'a precision that is none' 'of.precision: expected a precision, as 8 or w4a8, found "w4"' energy_uj "$module, network: one, precision: w4"
refused 'against without a median' 'of: expected a key `against` with layer_median_..., and with nothing else, found a mapping of 8 keys' \
  energy_uj "$module, network: one, precision: 4, against: 8"
refused 'a network that was not measured' \
  "of.network: expected a network of $dir/db/sensitivity/mlperf_tiny_mixed.csv that can be compared so, found \"x\"" \
  spearman 'mixed: mlperf_tiny_mixed, sensitivities: mlperf_tiny, network: x'
echo "1..$n"
