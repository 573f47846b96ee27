#!/bin/bash
# Systolic arrays and accelerators as subjects of published entries: cycles and areas against closed forms, energy against
# the element's own, engines against an experiment, what is published of MobileNetV2; mistakes.  TAP.
. tests/check.sh

entry() { # entry NAME QUANTITY REST
  printf '  - {name: %s, claim: c, source: s, technology: fdsoi28, quantity: %s, %s}\n' "$1" "$2" "$3"
}
element='pe: mac, multiplier: booth, bits: 8, input_registers: 1'
gemm='rows: 2, columns: 3, m: 4, n: 3, k: 5'
{
  echo 'figures:'
  entry os_serial cycles "relation: value, of: {array: os, $gemm}"
  entry os_overlapped cycles "relation: value, of: {array: os, drain: overlapped, $gemm}"
  entry ws cycles "relation: value, of: {array: ws, $gemm}"
  entry is cycles "relation: value, of: {array: is, $gemm}"
  entry square area_um2 "of: {array: ws, rows: 7, m: 9, n: 9, k: 9, scope: elements, element: {$element}}, to: {array: ws, rows: 1, m: 9, n: 9, k: 9, scope: elements, element: {$element}}"
  entry density area_um2 "of: {$element}, to: {array: ws, rows: 1, m: 9, n: 9, k: 9, scope: elements, element: {$element}}"
  entry leakage leakage_nw "of: {array: ws, rows: 5, columns: 3, m: 9, n: 9, k: 9, scope: elements, element: {$element}}, to: {$element}"
  entry long energy_fj_per_product "of: {array: os, rows: 1, m: 1, n: 1, k: 100000, scope: elements, element: {$element}}, to: {$element}"
  entry edge area_um2 "relation: difference, of: {array: ws, rows: 8, m: 64, n: 8, k: 8, element: {$element}}, to: {array: ws, rows: 8, m: 64, n: 8, k: 8, scope: elements, element: {$element}}"
  entry placed cell_area_um2 "relation: difference, of: {array: ws, $gemm, element: {$element}}, to: {array: ws, $gemm, scope: mesh, element: {$element}}"
  entry chains cell_area_um2 "relation: difference, of: {array: ws, rows: 4, m: 64, n: 4, k: 4, scope: mesh, element: {$element}}, to: {array: ws, rows: 4, m: 64, n: 4, k: 4, scope: elements, element: {$element}}"
  entry flip_flop area_um2 "relation: value, of: {cell: dff}"
  entry clock power_mw "of: {array: ws, rows: 8, m: 64, n: 8, k: 8, scope: elements, element: {$element}}, to: {array: ws, rows: 8, m: 64, n: 8, k: 8, element: {$element}}"
  entry energy energy_uj "relation: value, of: {array: ws, rows: 8, m: 6400, n: 8, k: 8, element: {$element}}"
  entry power power_mw "relation: value, of: {array: ws, rows: 8, m: 6400, n: 8, k: 8, element: {$element}}"
  entry no_sram area_um2 "of: {array: ws, rows: 7, m: 9, n: 9, k: 9, scope: elements, element: {$element}}, to: {array: ws, rows: 1, m: 9, n: 9, k: 9, scope: elements, element: {$element}}" |
    sed 's/fdsoi28/osu018/'
} >"$dir/arrays.yaml"
"$quarry" validate published "$dir/arrays.yaml" --format csv >"$dir/f.csv" 2>"$dir/err"
check 'arrays are evaluated' equal "$(cat "$dir/err")" ''
sqlite3 "$dir/f.sqlite" ".import --csv $dir/f.csv f" 2>/dev/null
ask() { sqlite3 "$dir/f.sqlite" "SELECT $2 FROM f WHERE figure = '$1'"; }

# 2 x 3 array, M 4, N 3, K 5.  os: 2 x 1 folds of K + 2 R + C - 2 = 10 cycles, 8 when drained beside the next fold; ws:
# 3 x 1 folds of M + 2 R + C - 2 = 9; is: 3 x 2 folds of N + 2 R + C - 2 = 8.
check 'outputs held, serial drain' equal "$(ask os_serial 'model + 0')" 20
check 'outputs held, overlapped drain' equal "$(ask os_overlapped 'model + 0')" 16
check 'weights held' equal "$(ask ws 'model + 0')" 27
check 'inputs held' equal "$(ask is 'model + 0')" 48
check 'cycles are exact' equal "$(ask ws "draws || p05 || p95")" 0
check '49 elements take 49 times the area of one, in every draw' equal \
  "$(ask square 'abs(model - 49) < 1e-9 AND abs(p05 - 49) < 1e-9 AND abs(p95 - 49) < 1e-9')" 1
check 'a library without SRAM will do, as buffers are not counted' equal "$(ask no_sram 'abs(model - 49) < 1e-9')" 1
density() { sed -n "s/.*density:.*$1: \([0-9.]*\).*/\1/p" db/tech/fdsoi28.yaml; }
check 'cells over placed area is the density' equal "$(ask density "abs(model - $(density value)) < 1e-9")" 1
check 'with its interval' equal \
  "$(ask density "abs(p05 / $(density low) - 1) < 0.02 AND abs(p95 / $(density high) - 1) < 0.02")" 1
check 'fifteen elements leak fifteen times as much' equal "$(ask leakage 'abs(model - 15) < 1e-9')" 1
check 'one element that multiplies all the time takes its own energy, and that of the wires to it' equal \
  "$(ask long 'model > 1 AND model < 1.05')" 1
# Weights held, 4 x 4: rows are skewed by 0 to 3 operands of 8 bits; columns are lined up by 0 to 3 sums of 24 bits.
check 'a mesh is its elements and the flip-flops between them' equal \
  "$(ask chains "abs(model / ((6 * 8 + 6 * 24) * (SELECT model FROM f WHERE figure = 'flip_flop')) - 1) < 1e-9")" 1
check 'adders, requantizers and controller are in the array alone' equal "$(ask placed 'p05 > 0')" 1
check 'what is around the elements takes area, in every draw' equal "$(ask edge 'p05 > 0')" 1
check 'and power' equal "$(ask clock 'p95 < 1 AND p05 > 0')" 1
# ws, 8 x 8, one fold however many vectors: 6400 + 2 * 8 + 8 - 2 = 6422 cycles and a few of latency, 5 ns each.
check 'power is energy over time' equal "$(ask power "model * 6422 * 5e-6 BETWEEN 0.999 * (SELECT model FROM f WHERE figure = 'energy')
  AND (SELECT model FROM f WHERE figure = 'energy')")" 1

"$quarry" validate published db/published/cycles.yaml --format csv >"$dir/c.csv"
sqlite3 "$dir/f.sqlite" ".import --csv $dir/c.csv c" 2>/dev/null
check "SCALE-Sim's cycles of MobileNetV2, all three dataflows, two ways to write depthwise layers" equal \
  "$(sqlite3 "$dir/f.sqlite" "SELECT group_concat(printf('%.0f', model), ' ') FROM c WHERE figure LIKE '%cycles%'")" \
  '1396464 1472920 2773191 6084656 3607428 7979666'
check 'depthwise share, one layer per channel: 82 to 91 %' equal \
  "$(sqlite3 "$dir/f.sqlite" "SELECT group_concat(printf('%.2f', model), ' ') FROM c WHERE figure LIKE '%share_ws' OR figure LIKE '%share_is'")" '0.82 0.91'

cat >"$dir/good.yaml" <<'YAML'
figures:
  - name: one
    claim: c
    source: s
    relation: value
    technology: fdsoi28
    quantity: power_mw
    of: {array: ws, rows: 4, m: 8, n: 8, k: 8, element: {pe: mac, bits: 8}}
YAML
check 'the good file' "$quarry" validate published "$dir/good.yaml"
refuse() { # refuse NAME SED MESSAGE
  sed "$2" "$dir/good.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(sed "s#$dir/##" "$dir/err")" "2 bad.yaml:8:9: error: figures[0].of: expected $3"
}
refuse 'no rows' 's/rows: 4, //' 'a key `rows`, found a mapping of 5 keys'
refuse 'no work' 's/m: 8, //' 'a key `network`, or `m`, `n` and `k`, found a mapping of 5 keys'
refuse 'two kinds of work' 's/m: 8/network: vgg16, m: 8/' 'either `network` or `m`, `n` and `k`, found a mapping of 7 keys'
refuse 'a layer type without network' 's/m: 8/type: conv, m: 8/' 'a key `network` beside `type` and `depthwise`, found a mapping of 7 keys'
refuse 'no element' 's/, element.*/}/' 'a key `element`: a mapping with `pe`, found a mapping of 5 keys'
refuse 'a quantity it does not have' 's/power_mw/power_uw/' 'something with the quantity power_uw, found a mapping of 6 keys'
refuse 'no library' 's/technology: fdsoi28/note: n/' 'a key `technology` beside it, found a mapping of 6 keys'
sed 's/rows: 4,/rows: 4, row_transport: broadcast, scope: elements,/' "$dir/good.yaml" >"$dir/bad.yaml"
"$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
check 'a bus among elements alone' equal "$? $(sed "s#$dir/##" "$dir/err")" \
  '2 bad.yaml:8:63: error: figures[0].of.scope: expected scope array where rows are buses, found "elements"'
# A bus has no skew between columns: 4 x 4, weights held, one fold of 8 rows of inputs per 4 x 4 weights.  A fold that
# moves takes 2 R + C - 2 + 8 cycles, one with buses 2 R - 1 + 8; leakage aside the energies do not depend on time.
sed 's/power_mw/cycles/; /technology/d' "$dir/good.yaml" >"$dir/moved.yaml"
sed 's/rows: 4,/rows: 4, row_transport: broadcast,/' "$dir/moved.yaml" >"$dir/bus.yaml"
cycles() { "$quarry" validate published "$1" --format json | sed -n '/"model"/{s/.*"model": \([0-9.]*\),.*/\1/p;q}'; }
check 'cycles of rows that move: 4 folds of 18' equal "$(cycles "$dir/moved.yaml")" 72
check 'cycles of buses: 4 folds of 15' equal "$(cycles "$dir/bus.yaml")" 60

# An accelerator of the table: the same figures as those of an experiment that asks for it, which takes another way.
cat >"$dir/engine.yaml" <<'YAML'
name: engine
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: E, accelerator: depthwise, pe: {kind: mac, multiplier: array, bits: 8}, channels: 16, multipliers: 3}
precision: 8
clock_mhz: 400
objectives: {minimize: [area_um2, energy_uj]}
YAML
"$quarry" run "$dir/engine.yaml" --database "$dir/e.sqlite" >/dev/null 2>&1
stored() { sqlite3 "$dir/e.sqlite" "SELECT $1 FROM result"; }
engine() { # engine QUANTITY
  { echo 'figures:'; entry e "$1" 'clock_mhz: 400, relation: value, of: {accelerator: depthwise, channels: 16, multipliers: 3, network: mobilenet_v1_1.0_224, type: dwconv, element: {pe: mac, multiplier: array, bits: 8}}'; } >"$dir/e.yaml"
  "$quarry" validate published "$dir/e.yaml" --format csv | tail -1 | cut -d, -f4
}
near() { [ "$(sqlite3 :memory: "SELECT abs($1 / ($2) - 1) < 1e-9")" = 1 ] || { echo "got $1, expected $2"; return 1; }; }
for quantity in area_um2 energy_uj cycles utilization_frac tops_per_w; do
  check "an engine for depthwise layers: $quantity" near "$(engine $quantity)" "$(stored $quantity)"
done
check 'throughput of an area' near "$(engine gops_per_mm2)" "$(stored '1e6 * gops / area_um2')"
refuse_engine() { # refuse_engine NAME SED MESSAGE
  engine cycles >/dev/null
  sed -i "$2" "$dir/e.yaml"
  "$quarry" validate published "$dir/e.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(sed "s#$dir/##" "$dir/err")" "2 e.yaml:2:$3"
}
refuse_engine 'unknown parameter' 's/channels:/chanels:/' '137: error: figures[0].of: unknown key "chanels"; did you mean "channels"?'
refuse_engine 'required parameter' 's/channels: 16, //' '112: error: figures[0].of: expected a key `channels`, found a mapping of 5 keys'
refuse_engine 'layers it does not run' 's/type: dwconv/type: conv/' \
  '112: error: figures[0].of: expected layers that the accelerator runs: layer conv1: expected dwconv for a depthwise module, found conv, found a mapping of 6 keys'
refuse_engine 'buffers without SRAM' 's/fdsoi28/asap7/' \
  '110: error: figures[0].of: expected a library with SRAM: buffers are counted, found a mapping of 6 keys'
echo "1..$n"
