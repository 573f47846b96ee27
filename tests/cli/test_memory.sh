#!/bin/bash
# Designs with a memory at the command line: keys, errors with their places, what is said to be on chip.  TAP.
quarry=$(realpath "$BUILD")/quarry
db=$PWD/db
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
n=0
check() { # check WHAT COMMAND...
  n=$((n + 1))
  local what=$1
  shift
  if "$@"; then echo "ok $n - $what"; else echo "not ok $n - $what"; fi
}

cat >good.yaml <<'YAML'
name: good
technology: fdsoi28
network: two.csv
designs:
  - name: whole
    accelerator: systolic
    pe: {kind: mac, bits: 8}
    rows: 8
    memory:
      device: lpddr3_1600_8gb_x32
      buffer: [16KiB, 64KiB]
      fusion: free
precision: 8
clock_mhz: 200
objectives: {minimize: [energy_uj, traffic_bytes]}
plots:
  - {kind: layers, metric: traffic_bytes, design: whole, at: {memory.buffer: 64KiB}}
  - {kind: layers, metric: energy_uj, design: whole, at: {memory.buffer: 64KiB}}
  - {kind: bars, x: energy_uj, y: energy_uj}
YAML
cat >two.csv <<'CSV'
layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad
one,pwconv,-,14,14,64,96,1,0
two,dwconv,one,,,,,3,1
three,pwconv,two,,,,64,1,0
CSV
sed -i 's|two.csv|./two.csv|' good.yaml

# Errors: name / sed script / how the message begins.
refused() {
  sed -E "$2" good.yaml >e.yaml
  said=$("$quarry" run --db-dir "$db" --database e.sqlite --no-plots e.yaml 2>&1 >/dev/null)
  code=$?
  n=$((n + 1))
  if [ $code = 2 ] && [[ $said == "$3"* ]] && [ ! -e e.sqlite ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    printf '# exit %s, said: %s\n# expected: %s\n' "$code" "$said" "$3"
  fi
}
refused "an unknown device: the nearest" 's/lpddr3_1600/lpddr3_1601/' \
  'e.yaml:10:15: error: designs[0].memory.device: unknown DRAM device "lpddr3_1601_8gb_x32", did you mean "lpddr3_1600_8gb_x32"'
refused "a device file that is not there" 's|lpddr3_1600_8gb_x32|./none.yaml|' './none.yaml: error: '
refused "a device twice" 's/device: (.*)/device: [\1, \1]/' \
  'e.yaml:10:37: error: designs[0].memory.device[1]: expected each device once'
refused "an unknown key" 's/fusion/fusing/' \
  'e.yaml:12:7: error: designs[0].memory: unknown key "fusing"; did you mean "fusion"?'
refused "an unknown word" 's/fusion: free/fusion: all/' \
  'e.yaml:12:15: error: designs[0].memory.fusion: expected one of none, block, free, found "all"'
refused "no buffer" '/buffer/d' 'e.yaml:10:7: error: designs[0].memory: expected a key `buffer`'
refused "a buffer that nothing fits in" 's/\[16KiB, 64KiB\]/8B/' \
  'e.yaml:11:15: error: designs[0].memory.buffer: expected at least '
check "the smallest that would do, and what needs it" grep -q 'at least [0-9]* B (network two, layer [a-z]* does not fit)' <<<"$said"
least=$(sed 's/.*at least \([0-9]*\) B.*/\1/' <<<"$said")
refused "one byte less than that" "s/\[16KiB, 64KiB\]/$((least - 1))B/; s/memory.buffer: 64KiB/memory.buffer: 0/" \
  "e.yaml:11:15: error: designs[0].memory.buffer: expected at least $least B"
sed -E "s/\[16KiB, 64KiB\]/${least}B/; /^plots/,\$d" good.yaml >e.yaml
check "that one does" "$quarry" run -q --db-dir "$db" --database least.sqlite --no-plots e.yaml >/dev/null 2>&1
refused "layers left out, and fused" 's/^precision/layers: {type: dwconv}\nprecision/' \
  'e.yaml:12:15: error: designs[0].memory.fusion: expected `fusion: none`, as `layers` leaves out layers'
sed -E 's/^precision/layers: {type: dwconv}\nprecision/; s/fusion: free/fusion: none/; /^plots/,$d' good.yaml >e.yaml
check "not fused they run" "$quarry" run -q --db-dir "$db" --database some.sqlite --no-plots e.yaml >/dev/null 2>&1
check "and move their maps and weights alone" test \
  "$("$quarry" query --database some.sqlite --format csv 'SELECT max(traffic_bytes) FROM point' | tail -1)" = 38496
refused "a memory of an element" 's/accelerator: systolic/accelerator: element/; /rows/d' \
  'e.yaml:9:7: error: designs[0].memory: expected a memory for an accelerator that runs the layers'
refused "a batch" 's/rows: 8/batch: 2/; s/pe:/rows: 8\n    pe:/' 'e.yaml:9:12: error: designs[0].batch: expected `batch` 1 beside `memory`'
refused "no network" '/^network/d' 'e.yaml:1:1: error: expected a key `network`'
refused "layers of a metric that has no parts of layers" 's/layers, metric: energy_uj/layers, metric: area_um2/' \
  'e.yaml:18:28: error: plots[1].metric: expected one of latency_us, energy_uj, energy_onchip_uj, energy_dram_uj, traffic_bytes, weight_bits, found "area_um2"'

"$quarry" run -q --db-dir "$db" --database good.sqlite --plots plots good.yaml >out 2>said
check "a run" test $? = 0
check "with its pictures" test -s plots/good.layers-traffic_bytes-whole.svg -a -s plots/good.layers-energy_uj-whole.png
check "nothing in it is said to be on chip" test -z "$(grep 'on chip' said plots/*.gp)"
value() { "$quarry" query --database good.sqlite --format csv "$1" | tail -1; }
check "energy is on chip and DRAM" test \
  "$(value 'SELECT count(*) FROM point WHERE abs(energy_onchip_uj + energy_dram_uj - energy_uj) > 1e-9 * energy_uj')" = 0
check "a larger buffer moves no more" test \
  "$(value "SELECT max(traffic_bytes) >= min(traffic_bytes) AND count(*) = 2 FROM point")" = 1
check "everything once: maps, weights" test "$(value 'SELECT min(traffic_bytes) FROM point')" = $((14*14*64 + 64*96 + 96*9 + 96*64 + 14*14*64))
check "the device is stored" test "$(value 'SELECT name FROM device')" = lpddr3_1600_8gb_x32
"$quarry" describe design good.yaml --db-dir "$db" --point 1 --layers --format csv >layers
check "layers say what binds them" test "$(cut -d, -f4 layers | head -1)" = bound_by -a "$(cut -d, -f4 layers | grep -c 'compute\|memory')" = 3
"$quarry" describe design good.yaml --db-dir "$db" --point 1 --parts --format csv >parts
for item in "shared SRAM" "shared SRAM read" "DRAM activate" "DRAM read" "DRAM write" "DRAM refresh" "DRAM open"; do
  check "a row of parts: $item" grep -q "^$item,memory," parts
done

sed '/memory:/,/fusion/d; /layers, metric: traffic/d; s/, traffic_bytes//; s/, at: [^}]*}/ /' good.yaml >chip.yaml
"$quarry" run -q --db-dir "$db" --database good.sqlite --plots chip chip.yaml >out 2>said
check "without a memory" test $? = 0
check "the summary says that energy is on chip" grep -q '^  energy_uj: on chip (no design of this experiment has a memory)$' said
check "and so do the axes" test "$(grep -l 'Energy on chip' chip/*.gp | wc -l)" = 2
"$quarry" plot good --database good.sqlite --kind bars --x energy_uj --y energy_uj --output again >/dev/null 2>&1
check "also when they are drawn again" grep -q 'Energy on chip' again.gp
check "its DRAM energy is unknown, not 0" test "$(value "SELECT count(*) FROM point WHERE network = 'two' AND energy_dram_uj IS NULL")" = 1
check "describe metric says so" grep -q 'Of a design without a memory: on chip' <<<"$("$quarry" describe metric energy_uj)"
check "but not of an area" test -z "$("$quarry" describe metric area_um2 | grep 'on chip')"
check "list keys has them" test "$("$quarry" list keys --format csv | grep -c '^memory,')" = 9
echo "1..$n"
