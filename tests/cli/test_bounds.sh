#!/bin/bash
# Small files that ask for too much: an error, or the question for --yes, before the memory is taken.  Each within two
# seconds of processor time and 400 MB of addresses (libraries and stacks of threads take most of them).  TAP.
. tests/check.sh
db=$(realpath db) tree=$PWD
cd "$dir" || exit 1
# A table of cases: what the answer says, then the command, whose file was written before.
asks() { # NAME SAYS COMMAND...
  local name=$1 says=$2
  shift 2
  (ulimit -t 2 -v 400000 && timeout 60 "$quarry" "$@") >out 2>err
  check "$name: refused" equal $? 2
  check "$name: says why" eval 'grep -q -e "$says" err || { head -3 err; false; }'
}
experiment() { # LINES; the design is $design, the clock $clock
  cat >e.yaml <<END
name: e
technology: [${technology:-fdsoi28}]
network: ds_cnn_s
designs:
  - {name: A, ${design:-accelerator: dot, pe: {kind: mul, bits: 8\}, engines: 4, lanes: 4}}
precision: 8
clock_mhz: ${clock:-100}
objectives: {minimize: [area_um2]}
$1
END
}
run() { asks "$1" "$2" run --no-plots -q --db-dir "$db" --database r.sqlite e.yaml; }
experiment 'voltage_v: {from: 0.7, to: 1, points: 1000000}'
run 'a million supplies' 'at most 4096 libraries at supplies of their own'
clock='{from: 1, to: 1000, points: 1000000000}' experiment
run 'a thousand million clocks' 'clock_mhz.points: expected a whole number from 1 to 1000000'
clock='{from: 1, to: 1000, step: 0.000001}' experiment
run 'small steps' 'clock_mhz.step: expected at most 1000000 values'
array='accelerator: systolic, pe: {kind: mac, bits: {from: 2, to: 32, step: 1}, multiplier: [array, booth]}'
all='{from: 1, to: 256, step: 1}'
design="$array, rows: $all, columns: $all, port_bits: {from: 8, to: 65536, step: 1}" experiment
run 'a product of axes' 'at most 20000000 points without --yes, found 266'
design="$array, rows: $all, columns: $all, port_bits: {from: 8, to: 65536, step: 1}, batch: {from: 1, to: 65536, step: 1}" \
  clock='{from: 1, to: 1000, points: 1000000}' experiment
run 'more points than there are numbers' 'at most 2^53 points'
clock='{from: 1, to: 1000, points: 1000000}' technology='fdsoi28, lp55' \
  design='accelerator: dot, pe: {kind: mul, bits: [4, 5, 6, 7, 8, 9]}, engines: 4, lanes: 4' experiment
run 'price lists' 'at most 8 GiB of memory without --yes, found about .*: 6 elements, 12000000 price lists'
clock='{from: 1, to: 1000, points: 1000000}' experiment 'uncertainty: {draws: 65536}'
run 'draws' '^e.yaml: error: uncertainty: .* parts under 65536 draws fit into 2 GB'
clock='{from: 1, to: 1000, points: 1000000}' design="accelerator: systolic, pe: {kind: mac, bits: 8}, rows: $all, columns: $all" \
  experiment 'front: {within: [technology, clock_mhz, rows, columns]}'
run 'fronts' 'front: expected at most 20000000 groups of points'
{ echo 'a: &a [x,x,x,x,x,x,x,x,x]'; for l in b c d e f g h i; do echo "$l: &$l [$(yes "*$(echo $l | tr b-i a-h)" | head -9 | paste -sd,)]"; done; } >e.yaml
run 'aliases of aliases' 'aliases of at most 100000 values'
asks 'a library of them' 'aliases of at most 100000 values' tech show ./e.yaml
{ printf 'name: '; yes '[' | head -400 | tr -d '\n'; } >e.yaml
run 'nested lists' 'at most 64 nested levels'
printf 'layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad\nc,conv,16777216,16777216,16777216,16777216,1,1,1,same\n' >n.csv
asks 'a large layer' 'multiply-accumulates fit 64 bits' describe network ./n.csv
printf '[architecture_presets]\nArrayHeight: 999999999\nArrayWidth: 8\n' >c.cfg
printf 'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\nc,9,9,1,1,9,9,1,\n' >t.csv
asks 'a large array of SCALE-Sim' 'ArrayHeight: expected 1 to 65536' import scalesim c.cfg t.csv -o o
{ echo 'library(l) {'; yes 'a(b) {' | head -150; yes '}' | head -151; } >l.lib
asks 'groups of Liberty in each other' 'at most 32 groups in each other' tech import --name x l.lib -o o.yaml
# Readers of figures and tables: weights, Liberty, SCALE-Sim, ONNX, calibrations, devices, macros.
npy() { # SHAPE: an .npy file of four bytes that claims it
  local head="{'descr': '<f4', 'fortran_order': False, 'shape': ($1,), }"
  printf "\x93NUMPY\x01\x00\x$(printf %02x $((${#head} + 1)))\x00%s\n\0\0\0\0" "$head"
}
for shape in 1000000000 1000000000000000 4294967296,4294967296 99999999999999999999; do
  npy $shape >w.npy
  asks "weights of $shape" 'expected an .npy file, found one' quantize pot --weights w.npy
done
inputs=$(seq -s ' ' -f 'A%.0f' 63)
{
  echo 'library(l) { nom_voltage : 1; nom_temperature : 25; time_unit : "1ns"; capacitive_load_unit (1, pf); cell(X) {'
  printf 'pin(%s) {direction : input; capacitance : 1;}\n' $inputs
  echo "pin(Y) {direction : output; function : \"${inputs// /^}\";} } }"
} >l.lib
asks 'a truth table of 63 inputs' 'expected a cell that is an inverter, found none' tech import --name x l.lib -o o.yaml
sed '1,/index_1/s/index_1 ("0.01, 0.1")/index_1 ("'"$(seq -s, 1 200)"'")/' "$tree/tests/data/liberty/good.lib" >l.lib
asks 'a long index' 'expected 1 to 64 numbers in an index' tech import --name x l.lib -o o.yaml
printf '[architecture_presets]\nArrayHeight: 8\nArrayWidth: 8\nIfmapSramSzkB: 99999999999\n' >c.cfg
asks 'a large memory of SCALE-Sim' 'IfmapSramSzkB: expected' import scalesim c.cfg t.csv -o o
printf '[architecture_presets]\nArrayHeight: 8\nArrayWidth: 8\nDataflow: os\n' >c.cfg
sed -i 's/^c,9,9,/c,999999999,9,/' t.csv
asks 'a large map of SCALE-Sim' 'IFMAP height: expected 1 to 16777216' import scalesim c.cfg t.csv -o o
cat >c.yaml <<'END'
name: c
title: c
base: lp55
constants: [nand2.area]
targets:
  - {name: a, area: 1 um2, clock: 100 MHz, sigma: 0.1, source: s, of: [{count: 1, pe: mac, bits: 8}]}
END
while read -r says edit; do
  sed "$edit" c.yaml >d.yaml
  asks "calibrate: $edit" "$says: expected" calibrate d.yaml --db-dir "$db"
done <<'END'
count s/count: 1/count: 1e300/
bits s/bits: 8/bits: 1000000/
clock s/100 MHz/1e12 MHz/
sigma s/sigma: 0.1/sigma: 1e-300/
END
design='accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8, columns: 8, buffers: {input: 64KiB, weight: 64KiB, output: 64KiB}' \
  experiment && mv e.yaml s.yaml
mkdir own && cp -r "$db/memory" "$db/fpga" "$db/tech" "$db/circuit" "$db/networks" own/
while read -r says file edit command; do
  sed -i.was "$edit" own/$file
  asks "$file: $edit" "own/$file:.*$says: expected" $command --db-dir own
  mv own/$file.was own/$file
done <<'END'
banks memory/dram/ddr2_667_1gb_x8.yaml s/^banks:.*/banks:\x202147483647/ describe dram ddr2_667_1gb_x8
rows memory/dram/ddr2_667_1gb_x8.yaml s/^rows:.*/rows:\x2099999999999999/ describe dram ddr2_667_1gb_x8
tras_ck.value memory/dram/ddr2_667_1gb_x8.yaml s/^tras_ck:.{value:.14/tras_ck:\x20{value:\x201e15/ describe dram ddr2_667_1gb_x8
bank_queue.value memory/dram_controllers.yaml s/bank_queue:.{value:.8/bank_queue:\x20{value:\x201e12/ describe dram ddr2_667_1gb_x8
luts.value fpga/u50.yaml s/^luts:.{value:.871680/luts:\x20{value:\x201e300/ describe fpga u50
axi_ports.value fpga/u50.yaml s/^axi_ports:.{value:.32/axi_ports:\x20{value:\x201e9/ describe fpga u50
capacity_bytes memory/sram.csv s/^28,lstp,300,256,8,1,/28,lstp,300,1e300,8,1,/ run --no-plots -q --database r.sqlite s.yaml
word_bits memory/sram.csv s/^28,lstp,300,256,8,1,/28,lstp,300,256,2000000000,1,/ run --no-plots -q --database r.sqlite s.yaml
banks memory/sram.csv s/^28,lstp,300,256,8,1,/28,lstp,300,256,8,2000000000,/ run --no-plots -q --database r.sqlite s.yaml
END
# A map of 2^20 rows and columns, in a schedule.
printf 'layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad\nc,conv,1048576,1048576,3,8,3,3,1,same\n' >n.csv
asks 'a schedule of large maps' 'layer c: expected maps of at most 131072 rows' describe schedule ./n.csv --buffer-entries 65536
# A node Conv whose weights are an initializer of 1048576 x 1048576 x 3 x 3 numbers, none of which is there.
printf '%b' '\0010\0010\0072K\0012\0017\0012\0001x\0012\0001w\0022\0001y\0042\0004Conv\0022\0001g\0052\0021\0010\0200\0200\0100\0010\0200\0200\0100' \
  '\0010\0003\0010\0003\0020\0001B\0001wZ\0035\0012\0001x\0022\0030\0012\0026\0010\0001\0022\0022\0012\0002\0010\0001\0012\0004\0010\0200' \
  '\0200\0100\0012\0002\0010\0100\0012\0002\0010\0100b\0003\0012\0001yB\0004\0012\0000\0020\0015' >m.onnx
(ulimit -t 2 -v 400000 && timeout 60 "$quarry" import onnx m.onnx -o o.csv) >out 2>err
check 'a large tensor of ONNX is shapes alone' grep -q '1 layers, .* 9895604649984 weights' err
check 'of what is refused nothing is written' equal "$(ls o o.yaml 2>/dev/null)" ''

# A database that says more than it holds: what it says is looked at before memory is taken for it.
experiment 'store: columns'
"$quarry" run --no-plots -q --db-dir "$db" --database good.sqlite e.yaml >out 2>&1
check 'a database' test -s good.sqlite
says_points() { # POINTS
  cp good.sqlite bad.sqlite
  sqlite3 bad.sqlite "PRAGMA ignore_check_constraints = ON; UPDATE experiment SET points = $1"
}
for command in 'check bad.sqlite' 'front e' 'export e -o o.csv' 'plot e --x area_um2 --y latency_us -o o' \
  'report e --no-validation -o o.html' "run --no-plots -q --db-dir $db e.yaml"; do
  case $command in check*) option= ;; *) option='-d bad.sqlite' ;; esac
  says_points 9000000000000000 # more than there may be
  asks "9 * 10^15 points: ${command%% *}" 'column points: expected 1 to 2^40 - 1' $command $option
  says_points 1000000000 # many more than there are
  (ulimit -t 2 -v 400000 && timeout 60 "$quarry" $command $option) >out 2>err
  code=$?
  case $command in
  check*) check '10^9 points: check' equal "$code $(grep -c 'complete, but found 1 batches of' out)" '1 1' ;;
  run*) check '10^9 points: run' equal "$code $(grep -c 'what is missing is computed again' err)" '0 1' ;;
  *) check "10^9 points: ${command%% *}" equal "$code $(grep -c 'found 1 batches of' err)" '2 1' ;;
  esac
done
says_points 1000000000000
"$quarry" run --no-plots -q --db-dir "$db" -d bad.sqlite e.yaml >out 2>&1
check 'a run puts the number right' equal "$(sqlite3 bad.sqlite 'SELECT points FROM experiment')" 1

# Not quadratic: 400,000 numbers.
awk 'BEGIN {srand(1); for (i = 0; i < 400000; i++) printf "%.6f\n", rand() - 0.5}' >w.txt
(ulimit -t 20 && "$quarry" quantize pot --weights w.txt) >out 2>err
check '400,000 weights in text' equal $? 0

# A dry run looks at a sample: a million buffers.
cat >m.yaml <<'END'
name: m
technology: fdsoi28
network: efficientnet_b0
designs:
  - name: A
    system: sequential
    members: [{name: array, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8}]
    memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 2KiB, to: 4MiB, points: 1000000}, fusion: [none, block, free]}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2]}
END
(ulimit -t 5 && "$quarry" run --dry-run --format csv --db-dir "$db" --database dry.sqlite m.yaml) >out 2>err
check 'a dry run of a million buffers' equal "$? $(sed -n 's/^m,\([0-9]*\),.*/\1/p' out)" '0 3000000'
check 'it says time, database and memory' grep -q '^experiment,points,estimated_seconds,estimated_database_mib,estimated_memory_mib$' out
check 'it says the files' grep -q '^files: dry.sqlite' err
check 'and makes none' test ! -e dry.sqlite

# Signals are heard while elements and schedules are made ready; what was simulated is kept.
cat >s.yaml <<'END'
name: s
technology: fdsoi28
designs:
  - {name: A, accelerator: element, pe: {kind: mac, multiplier: [array, booth], bits: {from: 2, to: 32, step: 1}, weight_bits: {from: 2, to: 32, step: 1}, input_registers: [no, yes]}}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2]}
END
# One schedule of 600 layers of 35 shapes takes many seconds.
awk 'BEGIN {print "layer,type,in_h,in_w,in_c,out_c,kernel,pad"
  for (i = 0; i < 600; i++) printf "l%d,conv,%d,%d,8,8,3,1\n", i, 8 + i % 7, 8 + i % 5}' >long.csv
sed -e 's/^name: m/name: l/' -e 's/efficientnet_b0/long.csv/' -e 's/buffer: {[^}]*}, fusion: [^]]*\]/buffer: 64 KiB/' m.yaml >l.yaml
for e in s m l; do
  "$quarry" run --no-plots -q -y --cache "$dir/cache" --db-dir "$db" --database $e.sqlite $e.yaml >out 2>err &
  pid=$!
  for ((i = 0; i < 200; i++)); do [ -e $e.sqlite ] && break; sleep 0.1; done
  sleep 0.5
  [ $e = m ] || for ((i = 0; i < 200; i++)); do [ "$(ls cache 2>/dev/null | wc -l)" -gt 12 ] && break; sleep 0.1; done
  kill -INT $pid
  for ((i = 0; i < 100; i++)); do kill -0 $pid 2>/dev/null || break; sleep 0.1; done
  check "$e: Ctrl-C while it is made ready" test $i -lt 50
  kill -KILL $pid 2>/dev/null
  wait $pid
  check "$e: exit 130" equal $? 130
  check "$e: it says how to go on" grep -q 'interrupted; .* Continue with: ' err
done
check 'activities are kept' test "$(ls cache | wc -l)" -gt 10
echo "1..$n"
