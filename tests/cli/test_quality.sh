#!/bin/bash
# Signal quality from experiment files, at the precision of the point and for every accelerator, against integrals worked
# out here; every key of an element is a key of every accelerator.  TAP.
. tests/check.sh
cat >"$dir/e.yaml" <<'END'
name: quality
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: module
    accelerator: depthwise
    pe: {kind: mac, bits: 16}
    channels: 4
    signal: [gaussian, laplacian, uniform]
  - name: array
    accelerator: systolic
    pe: {kind: mac, bits: 16}
    rows: 4
    signal: gaussian
precision: [4, 6]
clock_mhz: 100
objectives: {minimize: [area_um2], maximize: [sqnr_db]}
END
"$quarry" run --quiet --no-plots --db-dir db --database "$dir/r.sqlite" "$dir/e.yaml" >"$dir/out" 2>"$dir/err"
check "quality as an objective of a depthwise module" test $? -eq 0
stored() { # stored DESIGN SIGNAL PRECISION
  sqlite3 "$dir/r.sqlite" "SELECT printf('%.4f', sqnr_db) FROM point WHERE design = '$1' AND precision_bits = $3 AND
    json_extract(parameters, '\$.signal') = '$2'"
}
# Signed integers of B bits have 2^B - 1 levels; the scale is the best one: the noise integrated, the scale searched.
best() { # best SIGNAL BITS
  awk -v signal="$1" -v bits="$2" '
    function density(x) { return signal == "gaussian" ? exp(-x * x / 2) : exp(-sqrt(2) * x) }
    function noise(scale,   x, k, d, sum, all) {
      for (x = h / 2; x < 14; x += h) {
        k = int(x / scale * top + 0.5); if (k > top) k = top
        d = x - k * scale / top; sum += d * d * density(x); all += x * x * density(x)
      }
      return sum / all
    }
    BEGIN {
      h = 0.002; top = 2 ^ (bits - 1) - 1; low = 1.5; high = 8
      for (i = 0; i < 30; i++) {
        a = low + (high - low) * 0.382; b = low + (high - low) * 0.618
        if (noise(a) < noise(b)) high = b; else low = a
      }
      printf "%.4f", -10 * log(noise((low + high) / 2)) / log(10)
    }'
}
near() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a != "" && d * d < 1e-6) }' || { echo "got $1, expected $2"; return 1; }; }
check "mac of 16 bits at 4: the figure of 4-bit weights" equal "$(stored module gaussian 4)" 18.8977
for bits in 4 6; do
  for signal in gaussian laplacian; do
    check "$signal, $bits bits: the integral" near "$(stored module $signal $bits)" "$(best $signal $bits)"
  done
  check "uniform, $bits bits: 20 log10(levels)" near "$(stored module uniform $bits)" \
    "$(awk -v b=$bits 'BEGIN { printf "%.4f", 20 * log(2 ^ b - 1) / log(10) }')"
  check "the same in an array, $bits bits" equal "$(stored array gaussian $bits)" "$(stored module gaussian $bits)"
done

# Keys: whatever an element alone takes, an accelerator takes, with the default that the list shows.
"$quarry" list keys --format csv | awk -F, '{ print $1, $2, $4 }' >"$dir/keys"
keys_of() { awk -v a="$1" '$1 == a && $2 ~ /^pe\./ { print $2, $3 }' "$dir/keys"; }
keys_of element >"$dir/element"
check "there are keys of elements" test "$(wc -l <"$dir/element")" -gt 10
for accelerator in $("$quarry" list accelerators --format csv | tail -n +2 | cut -d, -f1); do
  keys_of "$accelerator" >"$dir/own"
  check "$accelerator lists every key of elements" cmp "$dir/element" "$dir/own"
done
while read -r key value; do
  [ "$key" = pe.kind ] && continue
  sed "0,/bits: 16}/s//bits: 16, ${key#pe.}: $value}/; s/bits: 16, bits: /bits: /" "$dir/e.yaml" >"$dir/k.yaml"
  check "depthwise takes $key: $value" "$quarry" run --dry-run --db-dir db "$dir/k.yaml"
done <"$dir/element"
echo "1..$n"
