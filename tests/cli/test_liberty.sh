#!/bin/bash
# Liberty files of the world through the command line.  What is right stands in the table, worked out by hand from the
# files: the NAND2's area, pin (mean of 2.1 and 2.2 fF), delay, energy (mean of 3 and 1 fJ), leakage.  Whatever is
# written is read by `run --dry-run`; an output is never an input nor a file of somebody else.  TAP.
. tests/check.sh
db=$PWD/db
cp tests/data/liberty/*.lib "$dir"
cd "$dir" || exit 1
cat >e.yaml <<'YAML'
name: e
question: Can what import wrote be read?
technology: [./t.yaml]
designs:
  - {name: m, accelerator: element, pe: {kind: mac, bits: 8}}
precision: 8
clock_mhz: 1
objectives: {minimize: [area_um2]}
YAML

# What stands in for energy without tables: fdsoi28's in proportion to C V^2.
guess=$("$quarry" tech show fdsoi28 --cells --format csv --db-dir "$db" |
  awk -F, '$1 == "nand2" {printf "%.5g", $6 * 2.15 / $3 * 1.2 * 1.2}')
# the same for leakage, C V
leak=$("$quarry" tech show fdsoi28 --cells --format csv --db-dir "$db" |
  awk -F, '$1 == "nand2" {printf "%.5g", $7 * 2.15 / $3 * 1.2}')

import() { "$quarry" tech import "$@" --name t -o t.yaml --db-dir "$db" >out 2>err; }
nand2() {
  "$quarry" tech show ./t.yaml --cells --format csv --db-dir "$db" |
    awk -F, '$1 == "nand2" {printf "%.5g %.5g %.5g %.5g %.5g", $2, $3, $4, $6, $7}'
}
good='3 2.15 62.171 2 0.06'

# takes NAME FIGURES TEXT FILE...: imports, the NAND2 has these figures, output or messages hold the text.
takes() {
  local name=$1 figures=$2 text=$3
  shift 3
  rm -f t.yaml
  import "$@"
  check "$name: imported" equal "$? $(grep -c error err)" '0 0'
  check "$name: the NAND2" equal "$(nand2)" "$figures"
  [ -z "$text" ] || check "$name: said so" grep -qe "$text" out err
  check "$name: run reads it" "$quarry" run --dry-run --db-dir "$db" -d x.sqlite e.yaml
}

# refuses NAME TEXT FILE...: exit code 2, the text in the message, nothing written.
refuses() {
  local name=$1 text=$2
  shift 2
  rm -f t.yaml
  import "$@"
  check "$name: refused" equal "$? $(ls t.yaml 2>/dev/null)" '2 '
  check "$name: says why" grep -qe "$text" err
}

takes good "$good" '' good.lib
takes 'ground by its type' "$good" '' f01_leak_lower_vss.lib
takes 'leakage of two rails' '3 2.15 62.171 2 0.1' '' f02_leak_two_rails.lib
takes 'a body rail' "$good" '' f02_power_body_rail.lib
takes 'strong, yet small' "$good" 'warning:.*NANDA_X4 .*contradict' f03_strong_cell_small_area.lib
takes 'no energy' "3 2.15 62.171 $guess 0.06" 'its internal power is 0 fJ' f04_zero_energy.lib
takes 'a quoted unit' "$good" '' f05_quoted_load_unit.lib
takes 'no internal power' "3 2.15 62.171 $guess 0.06" 'no usable internal power of inv,' f06_no_internal_power.lib
takes 'a stub' "$good" 'INV_BLACKBOX left out: it has no delay tables' f07_stub_candidate.lib
refuses 'two temperatures' 'expected nom_temperature 25 C as in f08_cold.lib, found 125 C' f08_cold.lib f08_hot.lib
takes 'a byte order mark' "$good" '' f09_bom.lib
takes 'FALSE' "$good" '' f10_dont_use_upper.lib
takes 'a list of pins' "$good" '' f10_pin_list.lib
refuses 'a negative load' 'f11_negative_cap.lib:50:.*NANDA left out.*found -2.1 fF' f11_negative_cap.lib
takes 'no nom_voltage' "$good" '^written' f12_no_nom_voltage.lib
check 'no nom_voltage: 1.2 V from the conditions' grep -q '^voltage: 1.2 V' t.yaml

# More of the same kinds.
vary() { sed -E "$1" good.lib >v.lib; }
vary 's/cell_leakage_power : 0.06;/leakage_power () { related_pg_pin : VSS; value : 0.04; } leakage_power () { related_pg_pin : gnd; value : 9; } pg_pin (VSS) { pg_type : backup_power; } pg_pin (gnd) { pg_type : internal_ground; }/'
takes 'a supply named VSS' '3 2.15 62.171 2 0.04' '' v.lib
vary 's/cell_leakage_power : 0.06;/leakage_power () { when : "A"; value : 0.02; } leakage_power () { when : "!A"; value : 0.04; }/'
takes 'states are averaged' '3 2.15 62.171 2 0.03' '' v.lib
vary 's/cell_leakage_power : 0.06;/cell_leakage_power : 0;/'
takes 'no leakage of the NAND2' "3 2.15 62.171 2 $leak" 'its leakage is 0 nW: not used' v.lib
vary 's/cell_leakage_power : 0.06;/cell_leakage_power : -0.06;/'
takes 'a negative leakage' "3 2.15 62.171 2 $leak" 'its leakage is -0.06 nW: not used' v.lib
vary 's/cell_leakage_power : [0-9.]*;//'
takes 'no leakage at all' "3 2.15 62.171 2 $leak" 'no usable leakage of inv,' v.lib
vary '/leakage_power_unit/d'
takes 'no unit of leakage' "3 2.15 62.171 2 $leak" 'no usable leakage of inv,' v.lib
vary 's/(rise|fall)_power/other_power/; s/-0/0/'
takes 'tables of other names' "3 2.15 62.171 $guess 0.06" 'no usable internal power of inv,' v.lib
vary 's/"0.003, 0.003", "0.003, 0.003"/"-0.003, -0.003", "-0.003, -0.003"/'
takes 'a negative energy' "3 2.15 62.171 $guess 0.06" 'its internal power is -1 fJ' v.lib
vary 's/  cell \(INVA\)/  cell (MITE) { area : 2e-9; cell_leakage_power : 1;\
    pin (A) { direction : input; capacitance : 0.002; }\
    pin (Y) { direction : output; max_capacitance : 0.05; function : "!A"; timing () { related_pin : "A";\
      cell_rise (scalar) { values ("0.1"); } rise_transition (scalar) { values ("0.1"); } }\
      internal_power () { power (scalar) { values ("0.002"); } } } }\
&/'
takes 'an inverter that no technology has' "$good" 'MITE left out: its cells.inv.area is 6.667e-10' v.lib
vary 's/area : 3;/area : 0;/'
refuses 'an area of zero' 'NANDA left out: line 48: expected an area above 0, found 0' v.lib
vary 's/area : 3;//'
refuses 'no area' 'NANDA left out: line 47: expected an area, found none' v.lib
vary 's/capacitance : 0.0022/capacitance : 0/'
refuses 'a pin of zero' 'NANDA left out: line 51: expected a pin capacitance above 0, found 0 fF' v.lib
vary 's/(pin \(A\) \{ direction : input; capacitance : 0.0021;)/\1 internal_power () { power (scalar) { values ("0.004"); } }/'
takes 'what an input takes by itself' '3 2.15 62.171 4 0.06' '' v.lib
vary 's/area : 3;/area : 3; pin (VDD) { direction : inout; } pin (GND) { direction : input; }/'
takes 'power pins as pins' "$good" '' v.lib
vary 's/area : 3;/area : 3; dont_use : "FALSE"; pad_cell : False;/'
takes 'false in quotes' "$good" '' v.lib
vary 's/area : 3;/area : 3; dont_use : TRUE;/'
refuses 'a cell that is not to be used' 'NANDA: it is marked dont_use' v.lib
vary 's/function : "!\(A B\)";//'
refuses 'no function' 'none has its function; 1 state none' v.lib
vary 's/^  nom_voltage : 1.2;/  voltage_map (VDD, 1.2); voltage_map (VSS, 0);/'
takes 'a voltage of the map' "$good" '' v.lib
vary '/nom_temperature/d'
takes 'no temperature' "$good" 'warning: v.lib: states no temperature; taken to be at 25 C as fdsoi28' v.lib
vary '/nom_voltage/d'
refuses 'no voltage' 'v.lib: error: expected a nom_voltage above 0' v.lib
sed 's/nom_process : 1;/nom_process : 0.8;/' good.lib >w.lib
refuses 'two processes' 'w.lib: error: expected nom_process 1 as in good.lib, found 0.8' good.lib w.lib
sed 's/nom_voltage : 1.2;/operating_conditions (a) { voltage : 1.08; }/' good.lib >w.lib
refuses 'two voltages' 'w.lib: error: expected nom_voltage 1.2 V as in good.lib, found 1.08 V' good.lib w.lib
sed '/nom_voltage/d; /nom_temperature/d' f08_hot.lib >w.lib
takes 'a second file that states nothing' "$good" 'w.lib: states no voltage; taken to be at 1.2 V as f08_cold.lib' \
  f08_cold.lib w.lib
takes 'one file twice' "$good" 'warning: .*: the first counts' good.lib ./good.lib

cp good.lib $'gr\xfcn.lib'
takes 'a file whose name is no UTF-8' "$good" 'NANDA of gr?n.lib' $'gr\xfcn.lib'
cp good.lib grün.lib
takes 'a file whose name is UTF-8' "$good" 'NANDA of grün.lib' grün.lib

# Outputs.
takes 'again over its own output' "$good" '' good.lib
import good.lib
check 'over its own output' equal "$?" 0
cp good.lib kept.lib
refused_output() { # refused_output NAME OUTPUT INPUT TEXT
  "$quarry" tech import "$3" --name t -o "$2" --db-dir "$db" >out 2>err
  check "$1: refused" equal "$? $(grep -c "$4" err)" '2 1'
}
refused_output 'the input' good.lib good.lib "found the input 'good.lib'"
ln -s good.lib link.yaml
refused_output 'the input behind a link' link.yaml good.lib "found the input 'good.lib'"
ln good.lib hard.yaml
refused_output 'the input by another name' hard.yaml good.lib "found the input 'good.lib'"
refused_output "another's file" e.yaml good.lib 'earlier output, found another'
check 'the input is as it was' cmp good.lib kept.lib
check "so is the other's" grep -q '^name: e$' e.yaml
cp t.yaml mine.yaml
echo '# better: 0.9 V' >>mine.yaml
refused_output 'its own output, changed since' mine.yaml good.lib 'earlier output, found another'
: >empty.yaml
"$quarry" tech import good.lib --name t -o empty.yaml --db-dir "$db" >out 2>err
check 'an empty file may be written' equal "$? $(grep -c '^nand2:' empty.yaml)" '0 1'

# Other inputs of the same kinds: good.lib with one change.
change() { sed "$2" good.lib >"$1.lib"; }
nand=/'cell (NANDA)'/,/'cell (DFFA)'/
alike() { # NAME SED [FIGURES [TEXT]]: imports as good.lib, or with these figures; the text is said
  change v "$2"
  rm -f t.yaml
  import v.lib
  check "$1" equal "$? $(nand2)" "0 ${3:-$good}"
  [ -z "${4-}" ] || check "$1: said so" grep -qe "$4" out err
}
rails='pg_pin (GND) { pg_type : primary_power; } pg_pin (VDD) { pg_type : primary_ground; } pg_pin (VB) { pg_type : backup_power; }'
no="$nand s/cell_leakage_power : 0.06;/$rails"
power() { echo "leakage_power () { related_pg_pin : $1; when : \"$2\"; value : $3; }"; }
alike 'rails with the names of the other side' "$no $(power GND A 0.06) $(power VDD A 9) $(power GND '!A' 0.06)/"
alike 'three rails, two of them supplies' "$no $(power GND A 0.03) $(power VB A 0.05) $(power VDD A 0.7)/" '3 2.15 62.171 2 0.08'
alike 'states average' "$nand s/cell_leakage_power : 0.06;/$(power X 'A B' 0.02) $(power X '!A+!B' 0.08)/" '3 2.15 62.171 2 0.05'
alike 'states before the figure of the cell' "$nand s/cell_leakage_power : 0.06;/& $(power X 'A*B' 0.02) $(power X '(A B)'"'" 0.08)/" '3 2.15 62.171 2 0.05'
alike 'two states of four, and the figure of the cell' "$nand s/cell_leakage_power : 0.06;/& $(power X 'A B' 0.01)/" "$good" 'leaves states out'
alike 'a unit of 1000 ff' 's/(1, pf)/(1000, ff)/'
alike 'a unit in quotes and capitals' 's/(1, pf)/("1.0", "PF")/'
alike 'a time unit of 1000 ps' 's/"1ns"/"1000ps"/'
alike 'a voltage unit of 1000 mV' 's/"1V"/"1000mV"/'
alike 'a leakage unit of 1000 pW' 's/"1nW"/"1000pW"/'
alike 'a unit that slipped from pf to ff' 's/(1, pf)/(1, ff)/' "$(awk 'BEGIN { print 3, 0.00215 }') 62.171 0.002 0.06" 'is capacitive_load_unit right'
alike 'dont_use in quotes, false' "$nand s/area : 3;/& dont_use : \"FALSE\";/"
alike 'CR LF and a byte order mark' '1s/^/\xef\xbb\xbf/; s/$/\r/'
alike 'pins in one group' "$nand s/pin (A) .*/pin (\"A\", B) { direction : input; capacitance : 0.0021; }/; $nand {/pin (B)/d}" '3 2.1 62.171 2 0.06'
alike 'a supply from voltage_map' 's/nom_voltage : 1.2;/voltage_map (VDD, 1.2); voltage_map (VSS, 0);/'
alike 'a cell without delays is left out' 's/cell (INVA) {/cell (NAND_STUB) { area : 1; pin (A) { direction : input; capacitance : 0.001; } pin (B) { direction : input; capacitance : 0.001; } pin (Y) { direction : output; function : "!(A B)"; } }\n  &/' "$good"
alike 'comments of both kinds' 's|^  cell (NANDA) {|  /* cell (NANDB) { */ // cell (NANDC) {\n&|'
alike 'no temperature' '/nom_temperature/d'
alike 'numbers with an exponent and a plus' "$nand s/0\\.0021/+2.1e-3/"
alike 'a cell in quotes' 's/cell (NANDA)/cell ("NAND A")/'
alike 'a function with other signs' "$nand s/!(A B)/(A*B)'/"
for word in '-0.0021' 0 nan inf 1e300; do
  change v "$nand s/capacitance : 0.0021/capacitance : $word/"
  rm -f t.yaml
  import v.lib
  check "a pin of $word: refused with the cell's name" equal "$? $(ls t.yaml 2>/dev/null) $(grep -c NANDA err)" '2  1'
done
sed 's/nom_process : 1/nom_process : 2/' good.lib >slow.lib
import good.lib slow.lib
check 'two processes do not mix' grep -q 'process' err
sed 's/nom_voltage : 1.2/nom_voltage : 0.9/' good.lib >low.lib
refuses 'two voltages' 'voltage' good.lib low.lib
echo "1..$n"
