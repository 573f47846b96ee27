#!/bin/bash
# What `list` shows against the files that it is of, levels and signal quality of formats against closed forms, and SRAM
# tables of known errors.  TAP.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1
list() { "$quarry" list --format csv --database "$dir/none.sqlite" --db-dir "$db" "$@"; }
first() { tail -n +2 | cut -d, -f1; }
names() { (cd "$db/$1" && ls -- *"$2") | sed "s/\\$2\$//" | LC_ALL=C sort | tr '\n' ' '; } # names FOLDER SUFFIX
shown() { list "$1" | first | LC_ALL=C sort | tr '\n' ' '; }
check "technologies are the files of db/tech" equal "$(shown technologies)" "$(names tech .yaml)"
check "networks are the files of db/networks" equal "$(shown networks)" "$(names networks .csv)"
check "devices are the files of db/memory/dram" equal "$(shown dram)" "$(names memory/dram .yaml)"
check "parts are the files of db/fpga" equal "$(shown fpga)" "$(names fpga .yaml)"
header() { sed -n "s/^$1(\\([A-Z0-9_]*, *\\)\\{0,1\\}\"\\{0,1\\}\\([a-z0-9_]*\\).*/\\2/p" "$2" | tr '\n' ' '; } # in their order
check "elements are those of pe.def" equal "$(list elements | first | tr '\n' ' ')" \
  "$(header ELEMENT "$OLDPWD/include/quarry/pe.def")"
check "accelerators are those of accelerator.def" equal "$(list accelerators | first | tr '\n' ' ')" \
  "$(header ACCELERATOR "$OLDPWD/include/quarry/accelerator.def")"
check "metrics are those of metric.def" equal "$(list metrics | first | tr '\n' ' ')" \
  "$(header METRIC "$OLDPWD/include/quarry/metric.def")"

# Figures of a library, read from its file by another means.
want=$(awk '/^node:/ {n = $2} /^voltage:/ {v = $2} /^nand2:/ {in_nand = 1}
  in_nand && /^  area:/ {a = $3; exit} END {printf "%.6g %.6g %.6g", n, v, a}' "$db/tech/lp55.yaml")
got=$(list technologies | awk -F, '$1 == "lp55" {print $0}' | sed 's/"[^"]*"/x/g' |
  awk -F, '{printf "%.6g %.6g %.6g", $3, $4, $5}')
check "node, supply and NAND2 of a library" equal "$got" "$want"
# The published counts of networks (tests/data/networks_totals.csv: network, rows, macs, conv, depthwise, fc, weights).
list networks >networks.csv
awk -F, 'FNR == NR {have[$1] = $2 " " $3 " " $4 " " $5; next}
  FNR > 1 && ($1 in have) && !($1 in seen) {seen[$1]; n++; if (have[$1] != $2 " " $3 " " $5 " " $7) {print; bad = 1}}
  END {exit bad || n < 10}' networks.csv "$OLDPWD/tests/data/networks_totals.csv" >log
result $? "layers, products, depthwise products and weights of networks"
check "a depthwise module runs layers, an element does not" equal \
  "$(list accelerators | awk -F, '$1 == "depthwise" || $1 == "element" {printf "%s ", $2}')" "yes no "
check "areas are better when smaller, operations when larger" equal \
  "$(list metrics | awk -F, '$1 == "area_um2" || $1 == "gops" {printf "%s ", $3}')" "smaller larger "
check "a parameter of a format with its range" grep -q '^pot,bits,2,6,4,' <<<"$(list formats)"
check "a key with its range" grep -q '^file,clock_mhz,0.001 .. 100000 MHz,required,' <<<"$(list keys)"
list network >out 2>err
check "no such list" equal "$?" 2
check "the nearest is named" grep -q 'found "network"; did you mean "networks"?' err
"$quarry" list technologies --db-dir "$dir" >out 2>err
check "no such folder" equal "$?" 2

# Signal quality.
quantize() { "$quarry" quantize "$@"; }
check "2^b equal steps on a uniform signal: 20 b log10(2) dB" equal \
  "$(quantize uniform --bits 8 --param midrise=1 --format csv | awk -F, '$1 == "uniform" {printf "%.4f", $5}')" \
  "$(awk 'BEGIN {printf "%.4f", 160 * log(2) / log(10)}')"
check "and of 4 bits" equal \
  "$(quantize uniform --bits 4 --param midrise=1 --format csv | awk -F, '$1 == "uniform" {printf "%.4f", $5}')" \
  "$(awk 'BEGIN {printf "%.4f", 80 * log(2) / log(10)}')"
quantize pot --bits 4 >out
awk 'BEGIN {for (k = 0; k < 7; k++) want[sprintf("%+.9g", 2 ^ -k)] = want[sprintf("%+.9g", -2 ^ -k)] = 1; want["+0"] = 1}
  /^  / && NF == 2 {n++; if (!($2 in want)) bad = 1; delete want[$2]} END {exit bad || n != 15}' out
result $? "pot of 4 bits: 0 and the powers of two down to 1/64, both signs"
check "said to be 15 levels" grep -q '^pot: 15 levels at scale 1' out
quantize uniform --bits 8 >out
check "of 255 levels 64 are shown" equal "$(grep -c '^  [0-9a-f][0-9a-f]  ' out) $(grep -c '(191 more: --levels)' out)" "64 1"
check "all of them when asked" equal "$(quantize uniform --bits 8 --levels | grep -c '^  [0-9a-f][0-9a-f]  ')" 255
quantize uniform --bits 7 >out
check "of 127 too" grep -q '(63 more: --levels)' out
printf '1\n0.5\n-0.25\n0.125\n0\n' >exact.txt
check "weights that are levels" grep -q '^lossless: each of the weights is a level' <<<"$(quantize pot --bits 4 --weights exact.txt)"
printf '0.3\n-0.7\n0.9\n0.1\n' >some.txt
# 2 bits, symmetric: -s, 0, s.  The best s minimizes the squared error: by trying all.
want=$(awk '{w[NR] = $1; p += $1 * $1} END {best = 1e9
  for (s = 0.3; s < 1.2; s += 0.0001) {e = 0
    for (i = 1; i <= NR; i++) {a = w[i] < 0 ? -w[i] : w[i]; q = a < s / 2 ? 0 : s; e += (a - q) ^ 2}
    if (e < best) best = e}
  printf "%.3f", 10 * log(p / best) / log(10)}' some.txt)
check "the best scale of 2 bits on four weights" equal \
  "$(quantize uniform --bits 2 --weights some.txt --format csv | awk -F, 'NR == 2 {printf "%.3f", $5}')" "$want"
check "a split is chosen for brslog alone" equal \
  "$(for f in brslog seglog; do quantize $f --bits 5 --format csv | awk -F, 'NR == 2 {printf "%s", $3 == "" ? "none " : "one "}'; done)" \
  "one none "
refused() { # refused TEXT ARGS...: exit code 2 and the text
  local text=$1
  shift
  "$quarry" "$@" >out 2>err
  check "refused: $*" equal "$? $(grep -c -- "$text" err)" "2 1"
}
refused 'did you mean "pot"?' quantize pott
refused 'expected an integer, found "two"' quantize seglog --param root=two
refused 'expected an integer, found "2x"' quantize seglog --param root=2x
refused 'root in \[0, 4\], found 5' quantize seglog --param root=5
refused 'bits in \[2, 6\], found 7' quantize pot --bits 7
refused 'expected both' quantize pot --dim N=1
refused 'expected both' quantize pot --input some.txt
refused 'expected --onnx without' quantize pot --onnx some.onnx --weights some.txt

# SRAM tables: rows of ours in the columns of a sweep, areas a tenth larger, two rows that are not ours.
awk -F, -v OFS=, '/^#/ {next} !head {head = 1
  print "set,tech_nm,cell_type,periphery_type,temperature_K,capacity_bytes,word_bits,banks,read_pJ,write_pJ,leak_total_mW,area_mm2,access_ns,cycle_ns"; next}
  n < 40 {n++; t = "itrs-" $2; print "grid", $1, t, t, $3, $4, $5, $6, $7, $8, $9, $10 * 1.1, $11, $12}
  END {print "grid", 45, t, t, 300, 1024, 64, 1, 1, 1, 1, 1, 1, 1
       print "grid", 28, t, t, 360, 1024, 64, 1, 1, 1, 1, 1, 1, 1}' "$db/memory/sram.csv" >sweep.csv
"$quarry" validate sram sweep.csv --db-dir "$db" --format json >out 2>err
check "rows, compared, skipped" grep -q '"rows": *42, *"compared": *40, *"skipped": *2' <<<"$(tr -d '\n' <out | tr -s ' ')"
"$quarry" validate sram sweep.csv --db-dir "$db" --format csv >out 2>err
check "areas are off by 1/11, all else by nothing" equal "$(awk -F, '$2 == "all" && $3 == "all" && $4 == "all" {
  printf "%s %d %.3f %.3f; ", $1, $5, $6, $9}' out)" \
  "read_pj 40 0.000 0.000; write_pj 40 0.000 0.000; leakage_mw 40 0.000 0.000; area_mm2 40 9.091 9.091; access_ns 40 0.000 0.000; cycle_ns 40 0.000 0.000; "
# Areas that are 1, 2, ... 40 % too small: errors of ours are i / (100 - i), mean and largest of them by hand.
awk -F, -v OFS=, 'NR > 1 && NR < 42 {$12 = $12 / 1.1 * (1 - (NR - 1) / 100)} {print}' sweep.csv >graded.csv
"$quarry" validate sram graded.csv --db-dir "$db" --format csv >out 2>err
want=$(awk 'BEGIN {for (i = 1; i <= 40; i++) s += 100 * i / (100 - i); printf "%.2f %.2f %.2f", s / 40, 4000 / 60, s / 40}')
check "mean, largest error and bias" equal "$(awk -F, '$1 == "area_mm2" && $2 == "all" && $3 == "all" && $4 == "all" {
  printf "%.2f %.2f %.2f", $6, $9, $10}' out)" "$want"
awk -F, '$1 == "area_mm2" && $2 == "all" && $3 == "all" && $4 == "all" {
  exit !($7 > 100 * 20 / 80 - 1e-4 && $7 < 100 * 21 / 79 + 1e-4 && $8 > 100 * 37 / 63 && $8 < 100 * 39 / 61 + 1e-4)}' out
result $? "the median lies between the 20th and the 21st, 95 % near the 38th"
"$quarry" validate sram sweep.csv --db-dir "$dir" >out 2>err
check "no table to compare with" equal $? 2
refused "expected a column 'set'" validate sram "$db/memory/sram.csv" --db-dir "$db"
echo "1..$n"
