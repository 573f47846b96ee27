#!/bin/bash
# Elements whose weights are codes keep them in the bits of the codes, whatever is asked for: stored, printed, and one
# option of an assignment.  TAP.
. tests/check.sh
cat >"$dir/net.csv" <<'EOF'
layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad
stem,conv,,16,16,3,16,3,2,1
d1,dwconv,,,,,,3,1,1
p1,pwconv,,,,,16,,,
EOF
for element in 'pot, bits: 8, weight_bits: 4' 'sp2, bits: 8, weight_bits: 4' 'lightpe, bits: 8, weight_bits: 4' 'seglog, bits: 8, weight_bits: 4' 'brslog, bits: 8, weight_bits: 4'; do
  kind=${element%%,*}
  cat >"$dir/$kind.yaml" <<EOF
name: $kind
technology: fdsoi28
network: $dir/net.csv
designs:
  - {name: P, accelerator: systolic, pe: {kind: $element}, rows: 4, columns: 4, buffers: {input: 16 KiB, weight: 16 KiB, output: 16 KiB}}
  - {name: M, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4, columns: 4, buffers: {input: 16 KiB, weight: 16 KiB, output: 16 KiB}}
precision: [8, {default: 8, d1: {weights: 2, activations: 8}}]
assign: {options: [8, {weights: 4, activations: 8}, {weights: 2, activations: 8}], minimize: [energy_uj, noise], points: 3, ties: none}
clock_mhz: 100
objectives: {minimize: [energy_uj, noise]}
EOF
  "$quarry" run --quiet --no-plots --db-dir db --database "$dir/db" "$dir/$kind.yaml" >"$dir/out" 2>"$dir/err"
  result $? "$kind: a run"
  ask() { "$quarry" query --database "$dir/db" --format csv "SELECT group_concat(x, ' ') FROM (SELECT DISTINCT $1 AS x FROM $2 WHERE experiment = '$kind' AND $3)" | tail -n +2; }
  check "$kind: width of a point" equal "$(ask "weight_bits || 'w' || activation_bits || 'a'" point "precision = '8 bit' AND design = 'P'")" 4w8a
  check "$kind: beside it an element of integers" equal "$(ask weight_bits point "precision = '8 bit' AND design = 'M'")" 8
  check "$kind: width of its layers, mixed or assigned" equal "$(ask weight_bits layer_precision "design = 'P'")" 4
  check "$kind: bytes are of these bits" equal "$(ask weight_bytes point "design = 'P' AND infeasible IS NULL")" "$(( (3*16*9 + 16*9 + 16*16) / 2 )).0"
  check "$kind: three options are one" equal "$(ask "count(*)" point "design = 'P' AND precision = 'assigned' AND infeasible IS NULL")" 1
  "$quarry" describe design "$dir/$kind.yaml" --db-dir db --point 0 --layers --format csv >"$dir/out" 2>"$dir/err"
  check "$kind: layers as printed" equal "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "weight_bits") c = i; next } { print $c }' "$dir/out" | sort -u)" 4
  rm "$dir/db"
done
echo "1..$n"
