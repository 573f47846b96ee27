#!/bin/sh
# quarry tech and quarry calibrate: formats, exit codes, exact messages.  TAP.
quarry=$BUILD/quarry
n=0
dir=$(mktemp -d)
out=$dir/out err=$dir/err
trap 'rm -rf "$dir"' EXIT

result() {
  n=$((n + 1))
  if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else
    echo "not ok $n - $2"
    sed 's/^/# out: /' "$out" | head -5
    sed 's/^/# err: /' "$err" | head -5
  fi
}

# refused NAME EXIT-CODE STDERR-TEXT ARGUMENT...: exact standard error.
refused() {
  name=$1 code=$2 text=$3
  shift 3
  "$quarry" "$@" >"$out" 2>"$err"
  [ $? -eq "$code" ] && [ "$(cat "$err")" = "$text" ]
  result $? "$name"
}

# prints NAME PATTERN ARGUMENT...: exit code 0, nothing on standard error, a line that matches.
prints() {
  name=$1 pattern=$2
  shift 2
  "$quarry" "$@" >"$out" 2>"$err" && [ ! -s "$err" ] && grep -q -- "$pattern" "$out"
  result $? "$name"
}

refused 'no action' 2 'quarry tech: expected ACTION [OPERAND]..., found 0 operands (quarry tech --help)' tech
refused 'unknown action' 2 \
  'quarry tech: expected list, show, compare, check or import, found "improt"; did you mean "import"?' tech improt
refused 'show without a name' 2 'quarry tech show: expected one library (quarry tech --help)' tech show
refused 'compare with one' 2 'quarry tech compare: expected two libraries (quarry tech --help)' tech compare lp55
refused 'list with an operand' 2 'quarry tech list: expected no operand (quarry tech --help)' tech list x
refused 'unknown library' 2 'error: no technology library "lp56" in db/tech; did you mean "lp55"?' \
  tech show lp56 --db-dir db
refused 'voltage out of range' 2 'error: library "fdsoi28": expected a voltage from 0.7 to 1.1 V, found 0.5 V' \
  tech show fdsoi28 --voltage 0.5
refused 'voltage without a range' 2 \
  'error: library "osu018" states no voltage range: expected its own 1.8 V, found 1.5 V' tech show osu018 --voltage 1.5
refused 'no directory of libraries' 2 \
  'quarry tech list: expected a directory of libraries, found none at /nonexistent/tech' tech list --db-dir /nonexistent
refused 'import without a name' 2 'quarry tech import: expected --name NAME (quarry tech --help)' \
  tech import x.lib -o "$dir/x.yaml"
refused 'import without an output' 2 'quarry tech import: expected --output FILE (quarry tech --help)' \
  tech import x.lib --name x
refused 'import of a missing file' 2 '/nonexistent.lib: error: expected a readable file: No such file or directory' \
  tech import /nonexistent.lib --name x -o "$dir/x.yaml"
printf 'library (x) {\n  cell (a) {\n    area 3;\n' >"$dir/bad.lib"
refused 'import of a broken file' 2 \
  "$dir/bad.lib:3:10: error: expected ':' or '(' after \"area\", found '3'" \
  tech import "$dir/bad.lib" --name x -o "$dir/x.yaml"
[ ! -e "$dir/x.yaml" ]
result $? 'and nothing was written'
sed 's/^voltage: 1 V/voltage: 1/' db/tech/fdsoi28.yaml >"$dir/unit.yaml"
refused 'check of a library without a unit' 2 \
  "$dir/unit.yaml:$(grep -n '^voltage:' "$dir/unit.yaml" | cut -d: -f1):10: error: voltage: expected a voltage with unit (mV, V) such as \"1 V\", found \"1\" without unit" \
  tech check "$dir/unit.yaml"

prints 'list' '^fdsoi28 .* 28 ' tech list
prints 'list as JSON' '"library": "lp55", "node_nm": 55,' tech list --format json
prints 'show constants' '^nand2.area  *0.49  *0.33  *0.61  *um2  *recalled ' tech show fdsoi28
prints 'show as CSV' '^nand2.area,0.49,' tech show fdsoi28 --format csv
prints 'show cells' '^inv  *0.3675 ' tech show fdsoi28 --cells
# energies go with the square: 0.26 fJ at 1 V, times 0.64
prints 'show at another voltage' '^nand2.energy  *0.1664 ' tech show fdsoi28 --voltage 0.8
prints 'compare' '^nand2.area  *um2  *0.49  *0.33  *0.61  *1.12  *1  *1.44  *2.286  *apart' tech compare fdsoi28 lp55
prints 'compare lists what one lacks' '^voltage_law.alpha  *ratio  *-  *-  *-  *1.05 ' tech compare osu018 fdsoi28
prints 'compare names the conditions' '^b: lp55, node 55 nm, supply 1.2 V, temperature 25 C, .*; SRAM 55 nm$' \
  tech compare fdsoi28 lp55
prints 'and that they differ' '^note: the conditions differ' tech compare fdsoi28 lp55
prints 'a library overlaps with itself' '^Constants that differ: 0$' tech compare osu018 osu018
prints 'show names the SRAM and its supply' \
  '^SRAM: table of 28 nm at 26.85 C, .*: lstp 0.92 V (0.75 to 1.1 V), hp 0.86 V (0.75 to 1.1 V)$' tech show fdsoi28
prints 'or that there is none' '^SRAM: none' tech show osu018
prints 'show says where a voltage law is missing' '^voltage law: none; only at 1.8 V$' tech show osu018
prints 'check' 'a library, "lp55", [0-9][0-9]* constants' tech check db/tech/lp55.yaml

lib=tests/fuzz/corpus/liberty/features.lib
prints 'import' '^fa  *2 XOR2 + 3 NAND2  *0  *composed' tech import $lib --name small -o "$dir/small.yaml"
prints 'what was imported can be checked' '"small", [0-9][0-9]* constants' tech check "$dir/small.yaml"
gzip -c $lib >"$dir/small.lib.gz"
prints 'import of a gzip file' 'written' tech import "$dir/small.lib.gz" --name small -o "$dir/zipped.yaml"
# But for the head line: its sum is of a text that names the file.
tail -n +2 "$dir/small.yaml" >"$dir/plain.txt"
sed 's/small.lib.gz/features.lib/g' "$dir/zipped.yaml" | tail -n +2 | cmp -s - "$dir/plain.txt"
result $? 'gives the same library'
prints 'and prices an element' 'area' describe pe mac --tech "$dir/small.yaml" --clock-mhz 1
prints 'import says that there is no SRAM' '^SRAM: none' tech import $lib --name small -o "$dir/small.yaml"
prints 'or from where it is taken, and that this is another node' '^note: the SRAM is of another node than the library' \
  tech import $lib --name small --node-nm 130 --sram-node 55 -o "$dir/sram.yaml"
grep -A1 '^sram:' "$dir/sram.yaml" | grep -q 'node: "55"'
result $? 'the file holds that choice'
refused 'import with an SRAM node that the table lacks' 2 \
  'error: library small: expected an SRAM node of the table (28, 55 nm), found "130"' \
  tech import $lib --name small --sram-node 130 -o "$dir/none.yaml"
[ ! -e "$dir/none.yaml" ]
result $? 'writes nothing'
refused 'an inverter left out' 2 \
  "$lib:10:8: error: expected a cell that is an inverter, found none among 3 cells (x0: it matches a pattern of cells to leave out)" \
  tech import $lib --name small -o "$dir/x.yaml" --skip 'y*,x0'

prints 'calibrate' '^Held out: 6 targets' calibrate db/published/calibration/fdsoi28_psma.yaml -o "$dir/cal.yaml"
spec=db/published/calibration/lp55_anchors.yaml
cp "$spec" "$dir/own.yaml"
ln -s own.yaml "$dir/soft.yaml"
ln "$dir/own.yaml" "$dir/hard.yaml"
echo mine >"$dir/foreign.yaml"
for output in own soft hard foreign; do
  "$quarry" calibrate "$dir/own.yaml" -o "$dir/$output.yaml" >/dev/null 2>"$dir/err"
  [ $? -eq 2 ] && cmp "$spec" "$dir/own.yaml" && [ "$(cat "$dir/foreign.yaml")" = mine ]
  result $? "calibrate -o $output.yaml is refused"
done
sed "s|^base:.*|base: $dir/base.yaml|" "$spec" >"$dir/next.yaml"
"$quarry" calibrate "$spec" -o "$dir/base.yaml" >/dev/null &&
  "$quarry" calibrate "$dir/next.yaml" -o "$dir/base.yaml" >/dev/null 2>"$dir/err"
[ $? -eq 2 ] && grep -q 'found the input' "$dir/err"
result $? 'nor over the library it starts from'
"$quarry" calibrate "$spec" -o "$dir/base.yaml" >/dev/null
result $? 'its own output is written again'
prints 'the calibrated library says so' 'calibrated: covariance of 5 constants' tech show "$dir/cal.yaml"
prints 'calibrate tells before and after' '^Held out: 6 targets, mean error [0-9.]* % ([0-9.]* % before)' \
  calibrate db/published/calibration/fdsoi28_psma.yaml
prints 'and that it validates nothing' 'the fitted figures validate nothing.$' \
  calibrate db/published/calibration/lp55_anchors.yaml
prints 'the structure factor is told apart' '^structure factor, no part of the library: ' \
  calibrate db/published/calibration/fdsoi28_psma.yaml
! grep -q structure "$dir/cal.yaml"
result $? 'and is not in the file'
prints 'calibrate as CSV' '^"BITBLADE, logic, 200 MHz",held out,area,um2,200,98360,' \
  calibrate db/published/calibration/fdsoi28_psma.yaml --format csv
refused 'calibration without targets' 2 "$dir/c.yaml:1:1: error: expected a key \`targets\`, found a mapping of 3 keys" \
  calibrate "$(printf 'name: c\nbase: lp55\nconstants: [nand2.area]\n' >"$dir/c.yaml"; echo "$dir/c.yaml")"
refused 'output that cannot be written' 2 \
  '/nonexistent/x.yaml: error: cannot be written: No such file or directory (there is no directory /nonexistent)' \
  calibrate db/published/calibration/lp55_anchors.yaml -o /nonexistent/x.yaml
for command in tech calibrate; do
  prints "$command --help has examples" '^Examples:' $command --help
done
echo "1..$n"
