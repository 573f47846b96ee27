#!/bin/bash
# SCALE-Sim files through the command line: cycles of the imported run worked out by hand; broken files are refused.  TAP.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1
cat >s.cfg <<'CFG'
[general]
run_name = demo
[architecture_presets]
ArrayHeight: 8
ArrayWidth: 8
IfmapSramSzkB: 64
FilterSramSzkB: 64
OfmapSramSzkB: 64
Dataflow : ws
CFG
printf 'Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n' >t.csv
printf 'Conv1,\t16,16,3,3,3,8,1,\nDPConv2,14,14,3,3,8,1,1\n' >>t.csv
said=$("$quarry" import scalesim s.cfg t.csv -o demo 2>&1)
check 'import' equal $? 0
check 'the DP rule is said' equal "$(grep -c 'depthwise because their names hold "DP"' <<<"$said")" 1
"$quarry" run --quiet --no-plots --db-dir "$db" --database d.sqlite demo.yaml >/dev/null 2>err
check 'the experiment runs' equal $? 0
# ws, 8 x 8: 27 x 8 weights are 4 folds of 196 + 8 + 8 + 8 - 2 cycles; 8 channels of 9 x 1 weights 2 folds of 144 + 22 each.
check 'cycles by hand: 4 x 218 + 8 x 2 x 166' equal \
  "$("$quarry" query --format csv --database d.sqlite 'SELECT printf("%d", compute_cycles) AS c FROM point' | tail -1)" 3528
"$quarry" import cacti a b >/dev/null 2>err
check 'another tool' equal "$? $(cat err)" '2 quarry import: expected scalesim, found "cacti"'
grep -v Dataflow s.cfg >bad.cfg
"$quarry" import scalesim bad.cfg t.csv -o bad >/dev/null 2>err
check 'no dataflow is exit code 2 and writes nothing' equal "$? $(ls bad.csv bad.yaml 2>/dev/null)" '2 '
head -1 t.csv >empty.csv
"$quarry" import scalesim s.cfg empty.csv -o bad >/dev/null 2>err
check 'no layers is exit code 2 and writes nothing' equal "$? $(ls bad.csv bad.yaml 2>/dev/null)" '2 '
echo "1..$n"
