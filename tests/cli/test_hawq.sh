#!/bin/bash
# experiments/hawq.yaml: its optima in model size and bit operations are HAWQ-V3's published assignments of ResNet-18.  TAP.
. tests/check.sh
"$quarry" run --quiet --no-plots --database "$dir/r.sqlite" experiments/hawq.yaml >"$dir/out" 2>"$dir/err"
check 'the experiment runs' test $? -eq 0
sed 's/^noise:.*//; /^assign:/,/front,/d' experiments/hawq.yaml >"$dir/equal.yaml"
"$quarry" run --no-plots --database "$dir/equal.sqlite" "$dir/equal.yaml" >"$dir/out" 2>"$dir/err"
check 'without sensitivities: equal weights, named so, and what they are worth' \
  grep -q 'noise: 1/SQNR, equal weights (rank correlation .* not an accuracy)' "$dir/err"
sql() { sqlite3 "$dir/r.sqlite" "$1"; }
published() { # published COLUMN: widths in the order of the file, a line each
  awk -F, -v name="$1" '/^#/ { next } !at { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' \
    tests/data/hawqv3_resnet18.csv
}
ours() { # ours LABEL: of the layers between the first and the last, in the order of the network
  awk -F, '!/^#/ && ($2 == "conv" || $2 == "fc") { print $1 }' db/networks/resnet18.csv | sed '1d;$d' | while read -r layer; do
    sql "SELECT weight_bits FROM layer_precision WHERE precision = '$1' AND layer = '$layer'
      AND weight_bits = activation_bits"
  done
}
for share in 75 50 25; do
  of=0.${share%0}
  check "model size, $share %: as published" equal "$(ours "size $share")" "$(published "modelsize_$of")"
  check "bit operations, $share %: as published" equal "$(ours "operations $share")" "$(published "bops_$of")"
done
check 'the first and the last layer keep 8 bits' equal \
  "$(sql "SELECT DISTINCT weight_bits, activation_bits FROM layer_precision WHERE layer IN ('conv1', 'fc')")" '8|8'
# Weights and products of the network by hand: conv1 and fc at 8 bits, all others at 4.
check 'model size and bit operations of 4 bits inside' equal "$(sql "SELECT printf('%.0f %.0f', weight_bytes, bit_operations)
  FROM point WHERE precision = 'inner 4 bit'")" "$(awk -F, '!/^#/ && ($2 == "conv" || $2 == "fc") {
    b = $1 == "conv1" || $1 == "fc" ? 8 : 4; size += $14 * b / 8; operations += $13 * b * b }
    END { printf "%.0f %.0f", size, operations }' db/networks/resnet18.csv)"
check 'an optimum is on no worse a place than any point of the front of latency and noise' equal "$(sql "SELECT count(*)
  FROM point o JOIN point f ON f.precision = 'front' AND f.noise IS NOT NULL WHERE o.precision LIKE 'time %'
  AND f.latency_us <= o.latency_us AND f.noise < o.noise * (1 - 1e-9)")" 0
echo "1..$n"
