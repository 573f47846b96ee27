#!/bin/bash
# Elements through Yosys from the command line, on Debian's osu018 library: rows, netlists equivalent to the element, bad
# input, tools that are missing, fail or are killed, nothing left behind.  TAP.
. tests/check.sh
library=/usr/share/qflow/tech/osu018/osu018_stdcells.lib
verify() { "$quarry" verify "$@" 2>"$dir/err"; }
refused() { # refused NAME CODE TEXT ARGUMENT...: exit code and first line of standard error
  local name=$1 code=$2 text=$3
  shift 3
  verify "$@" >"$dir/out"
  check "$name" equal "$? $(head -1 "$dir/err")" "$code $text"
}
mkdir "$dir/tmp"
export TMPDIR=$dir/tmp

refused 'no element' 2 'quarry verify: expected pe ELEMENT...|all, design FILE.yaml, found 1 operand (quarry verify --help)' pe
refused 'something else than pe' 2 'quarry verify: expected pe or design, found "network"' network mac
refused 'points without a file' 2 \
  'quarry verify: expected --point, --design, --at and --front beside design only (quarry verify --help)' \
  pe mac --point 0 --liberty x.lib
refused 'parameters of points' 2 \
  'quarry verify: expected no --param beside design: its points say what elements are (quarry verify --help)' \
  design x.yaml --param bits=8 --liberty x.lib
refused 'two files' 2 'quarry verify: expected one experiment file behind design (quarry verify --help)' \
  design x.yaml y.yaml --liberty x.lib
refused 'no point' 2 'error: verify design: expected one of --point N, --design NAME with --at, --front; found none' \
  design experiments/rdm_vs_sdm.yaml --liberty x.lib
refused 'point and front' 2 \
  'error: verify design: expected one of --point N, --design NAME with --at, --front; found several' \
  design experiments/rdm_vs_sdm.yaml --point 0 --front --liberty x.lib
points=$("$quarry" run --dry-run --format csv experiments/rdm_vs_sdm.yaml | tail -1 | cut -d, -f2)
refused 'a point that is none' 2 "error: expected a point of rdm_vs_sdm, 0 to $((points - 1)), found $points" \
  design experiments/rdm_vs_sdm.yaml --point "$points" --liberty x.lib
refused 'no library' 2 'quarry verify: expected --liberty FILE.lib (quarry verify --help)' pe mac
refused 'a library that is not there' 2 '/none.lib: error: expected a readable file: No such file or directory' \
  pe mac --liberty /none.lib
if ! command -v yosys >/dev/null || [ ! -r $library ]; then
  echo '# yosys or qflow-tech-osu018 is not installed: the rest left out'
  echo "1..$n"
  exit
fi
refused 'an unknown element' 2 'error: expected a processing element that `quarry list elements` shows, found "mack"; did you mean "mac"?' \
  pe mac mack --liberty $library
refused 'a value out of range' 2 'error: pe mac: bits: expected 2 to 32, found 99' \
  pe mac --param bits=99 --liberty $library
verify pe mac --param terms=1 --liberty $library >"$dir/out"
check 'a parameter of another element' equal \
  "$? $(sed 's/of bits, multiplier, .*, found/of ..., found/' "$dir/err")" '2 error: pe mac: expected a parameter of ..., found terms'
refused 'a parameter of none of several' 2 'error: --param: expected parameters that one of the elements has, found "terms"' \
  pe mac mul --param terms=1 --liberty $library
refused 'an unknown library of the model' 2 \
  'error: no technology library "osu019" in db/tech; did you mean "osu018"?' pe mac --liberty $library --tech osu019

# tools
printf '#!/bin/sh\nkill -9 $$\n' >"$dir/killed"
printf '#!/bin/sh\ncase $1 in -V) echo Fake 1;; *) echo "ERROR: no licence"; exit 1;; esac\n' >"$dir/failing"
printf '#!/bin/sh\n[ "$1" != -V ] || echo Fake 1\n' >"$dir/idle"
chmod +x "$dir/killed" "$dir/failing" "$dir/idle"
refused 'no Yosys' 3 'error: /none/yosys is missing: not found in PATH' pe mac --liberty $library --yosys /none/yosys
refused 'Yosys is killed' 3 "error: $dir/killed was ended by signal 9 (Killed)" pe mac --liberty $library --yosys "$dir/killed"
refused 'Yosys fails' 3 "error: $dir/failing ended with code 1: ERROR: no licence" \
  pe mac --liberty $library --yosys "$dir/failing"
refused 'Yosys writes nothing' 3 'error: Yosys ended without a result for mac' \
  pe mac --liberty $library --yosys "$dir/idle"

# rows: netlists are kept by a Yosys that copies them
cat >"$dir/keeping" <<'SH'
#!/bin/sh
yosys "$@" || exit
[ ! -f netlist.v ] || cp netlist.v design.v cells.lib "$KEPT"
SH
chmod +x "$dir/keeping"
cat >"$dir/equal.ys" <<'YS'
read_verilog design.v
hierarchy -auto-top
proc -norom
flatten
memory
opt_clean
rename -top gold
splitnets -ports
design -stash gold
read_liberty -ignore_miss_func cells.lib
read_verilog netlist.v
hierarchy -auto-top
flatten
rename -top gate
splitnets -ports
design -stash gate
design -copy-from gold gold
design -copy-from gate gate
equiv_make gold gate equiv
hierarchy -top equiv
opt_clean
equiv_simple -undef
equiv_induct -undef
equiv_status -assert
YS
export KEPT=$dir/kept
mkdir "$KEPT"
column() { head -1 "$dir/rows" | tr , '\n' | grep -nx "$1" | cut -d: -f1; }
value() { sed -n "$1p" "$dir/rows" | cut -d, -f"$(column "$2")"; }
within() { awk -v a="$1" -v b="$2" -v low="$3" -v high="$4" 'BEGIN { exit !(b > 0 && a / b > low && a / b < high) }'; }
small=bits=3,accumulator_bits=9 # what a proof takes grows with the sums
for both in "mac lean $small" 'pot fast bits=4'; do
  read -r element flow size <<<"$both"
  verify pe $element --param $size --flow $flow --liberty $library --yosys "$dir/keeping" --format csv >"$dir/rows"
  check "$element $flow is synthesized" equal $? 0
  check "$element $flow: one row" equal "$(value 2 element) $(value 2 flow) $(wc -l <"$dir/rows")" "$element $flow 2"
  check "$element $flow: model and synthesis within 1.5 in area" \
    within "$(value 2 area_model_um2)" "$(value 2 area_synth_um2)" 0.67 1.5
  (cd "$KEPT" && yosys -q -s ../equal.ys)
  result $? "$element $flow: the netlist does what the element does"
done
verify pe mac --param $small --flow lean --liberty $library --yosys "$dir/keeping" --format csv >"$dir/rows"
check 'lean puts sums on adder cells' grep -q 'FAX1' "$KEPT/netlist.v"
sed -i 's/\.YC(/.SWAP(/; s/\.YS(/.YC(/; s/\.SWAP(/.YS(/' "$KEPT/netlist.v"
(cd "$KEPT" && yosys -q -s ../equal.ys >/dev/null 2>&1)
[ $? -ne 0 ]
result $? 'and a swapped sum and carry would be noticed'

# Cells that a library need not have: without a buffer ABC cannot size, without a full adder sums become gates.
without() { # without NAME PATTERN: the library less the cells whose names match
  awk -v pattern="^cell [(]$2[)]" '$0 ~ pattern { skip = 1 } /^cell / && $0 !~ pattern { skip = 0 } !skip' $library
}
without buffers '[A-Z]*BUF[A-Z0-9]*' >"$dir/nobuf.lib"
without adders 'FAX1' >"$dir/nofa.lib"
for lacking in nobuf nofa; do
  verify pe mac --param $small --flow lean --liberty "$dir/$lacking.lib" --yosys "$dir/keeping" --format csv >"$dir/lacking"
  check "a library with cells left out ($lacking)" equal "$? $(wc -l <"$dir/lacking")" '0 2'
  (cd "$KEPT" && yosys -q -s ../equal.ys)
  result $? "$lacking: the netlist does what the element does"
done

gzip -c $library >"$dir/osu.lib.gz"
verify pe mac --param $small --flow lean --liberty "$dir/osu.lib.gz" --format csv >"$dir/zipped"
check 'a compressed library gives the same' cmp "$dir/rows" "$dir/zipped"
verify pe mac --param $small --liberty $library --sta /none/sta --format csv >"$dir/rows"
check 'without OpenSTA there are areas' equal "$? $(value 2 timed_by)$(value 3 timed_by)" '0 ABC'
verify pe mac mul --param bits=4,output_registers=0 --flow lean --liberty $library --tech osu018 >"$dir/rows"
check 'several elements and a library by name' equal "$? $(grep -c lean "$dir/rows")" '0 2'
check 'the summary names the model' grep -q 'model: OSU 180 nm' "$dir/rows"
verify pe mac --param $small --flow lean --liberty $library --format json >"$dir/json"
check 'json' grep -q '"element": "mac", "flow": "lean", "area_model_um2": [0-9]' "$dir/json"

# Points: each different element once, with the parameters that --param takes.
cat >"$dir/points.yaml" <<'YAML'
name: points
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, multiplier: [array, booth], bits: 4}, channels: [1, 2]}
  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [1, 2]}
precision: 4
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
YAML
"$quarry" run -d "$dir/points.sqlite" --no-plots -q "$dir/points.yaml" >/dev/null
verify design "$dir/points.yaml" --front -d "$dir/points.sqlite" --flow lean --liberty $library --format csv >"$dir/rows"
front=$("$quarry" query -d "$dir/points.sqlite" --format csv "SELECT DISTINCT parameters ->> '$.pe.kind' || ' ' ||
  (parameters ->> '$.pe.multiplier') AS element FROM front_point" | tail -n +2 | wc -l)
check 'points of several elements are on the front' [ "$front" -gt 1 ]
check 'one row for each different element of the front' equal "$(($(wc -l <"$dir/rows") - 1))" "$front"
verify design "$dir/points.yaml" --design A --at 'pe.multiplier: array, channels: 2' --flow lean --liberty $library --format csv \
  >"$dir/rows"
IFS=, read -r what _ <<<"$(sed -n 2p "$dir/rows" | sed 's/^"\(.*\)",lean.*/\1/; s/,/;/g')"
check 'a point says its element' equal "${what//;/,}" 'mac bits=4,multiplier=array'
area=$(sed -n 2p "$dir/rows" | awk -F, '{ print $(NF - 7) }') # names hold commas
verify pe mac --param multiplier=array,bits=4,input_registers=no --flow lean --liberty $library --format csv >"$dir/rows"
check 'and is what `verify pe` makes of it' equal "$area" "$(value 2 area_synth_um2)"
echo '# another text' >>"$dir/points.yaml"
refused 'a file that was changed since' 2 "error: --front: expected a run of $dir/points.yaml as it is now, found one of another text: run it again" \
  design "$dir/points.yaml" --front -d "$dir/points.sqlite" --liberty $library
check 'no temporary files are left' equal "$(ls -A "$dir/tmp")" ''
echo "1..$n"
