#!/bin/bash
# SCALE-Sim files through the command line: cycles of the imported run worked out by hand; broken files are refused.  TAP.
quarry=$(realpath "$BUILD")/quarry
db=$PWD/db
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
n=0
equal() { # equal NAME GOT EXPECTED
  n=$((n + 1))
  if [ "$2" = "$3" ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    printf '%s\n' "$2" | sed 's/^/# got:      /'
    printf '%s\n' "$3" | sed 's/^/# expected: /'
  fi
}
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
equal 'import' $? 0
equal 'the DP rule is said' "$(grep -c 'depthwise because their names hold "DP"' <<<"$said")" 1
"$quarry" run --quiet --no-plots --db-dir "$db" --database d.sqlite demo.yaml >/dev/null 2>err
equal 'the experiment runs' $? 0
# ws, 8 x 8: 27 x 8 weights are 4 folds of 196 + 8 + 8 + 8 - 2 cycles; 8 channels of 9 x 1 weights 2 folds of 144 + 22 each.
equal 'cycles by hand: 4 x 218 + 8 x 2 x 166' \
  "$("$quarry" query --format csv --database d.sqlite 'SELECT printf("%d", compute_cycles) AS c FROM point' | tail -1)" 3528
"$quarry" import cacti a b >/dev/null 2>err
equal 'another tool' "$? $(cat err)" '2 quarry import: expected scalesim, found "cacti"'
grep -v Dataflow s.cfg >bad.cfg
"$quarry" import scalesim bad.cfg t.csv -o bad >/dev/null 2>err
equal 'no dataflow is exit code 2 and writes nothing' "$? $(ls bad.csv bad.yaml 2>/dev/null)" '2 '
head -1 t.csv >empty.csv
"$quarry" import scalesim s.cfg empty.csv -o bad >/dev/null 2>err
equal 'no layers is exit code 2 and writes nothing' "$? $(ls bad.csv bad.yaml 2>/dev/null)" '2 '
echo "1..$n"
