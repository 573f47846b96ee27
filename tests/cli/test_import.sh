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
  "$("$quarry" query --format csv --database d.sqlite 'SELECT printf('\''%d'\'', compute_cycles) AS c FROM point' | tail -1)" 3528
"$quarry" import cacti a b >/dev/null 2>err
check 'another tool' equal "$? $(cat err)" '2 quarry import: expected scalesim or onnx, found "cacti"'
grep -v Dataflow s.cfg >bad.cfg
"$quarry" import scalesim bad.cfg t.csv -o bad >/dev/null 2>err
check 'no dataflow is exit code 2 and writes nothing' equal "$? $(ls bad.csv bad.yaml 2>/dev/null)" '2 '
head -1 t.csv >empty.csv
"$quarry" import scalesim s.cfg empty.csv -o bad >/dev/null 2>err
check 'no layers is exit code 2 and writes nothing' equal "$? $(ls bad.csv bad.yaml 2>/dev/null)" '2 '

# What is imported runs: every configuration, every topology, as files in another folder.
cases=$OLDPWD/tests/data
mkdir out
cd / || exit 1
bad=0 count=0
runs() { # CFG CSV
  count=$((count + 1))
  "$quarry" import scalesim "$1" "$2" --db-dir "$db" -o "$dir/out/$count" 2>"$dir/err" &&
    "$quarry" run --dry-run --db-dir "$db" "$dir/out/$count.yaml" >"$dir/dry" 2>>"$dir/err" && return
  echo "# $1 $2: $(tail -1 "$dir/err")"
  bad=$((bad + 1))
}
for cfg in "$cases"/scalesim/*.cfg; do runs "$cfg" "$cases/scalesim/renamed.csv"; done
for csv in "$cases"/scalesim/*.csv; do runs "$cases/scalesim/eyeriss.cfg" "$csv"; done
check "all of $count pairs are imported and run" equal $bad 0
cd "$dir" || exit 1

# Cycles of the runs, and what is said of them.
cycles() { # CFG CSV [OPTION]...
  "$quarry" import scalesim "$cases/scalesim/$1" "$cases/scalesim/$2" --db-dir "$db" -o run "${@:3}" 2>said &&
    "$quarry" run --quiet --no-plots --db-dir "$db" --database run.sqlite run.yaml >/dev/null 2>&1 &&
    "$quarry" query --format csv --database run.sqlite 'SELECT printf('\''%d'\'', compute_cycles) AS c FROM point' | tail -1
  rm -f run.sqlite run.csv run.yaml
}
# ws on 32 x 32: folds ceil(384/32) ceil(192/32) of 196 + 2 32 + 32 - 2; os ceil(196/32) ceil(192/32) of 384 + 32 + 32 - 2.
check 'ws: 12 x 6 x 290' equal "$(cycles plain.cfg gemm.csv)" 20880
check 'SCALE-Sim gives the same' equal "$(grep -c 'compute cycles: 20880, as SCALE-Sim' said)" 1
check 'the head line decides' equal "$(cycles plain.cfg gemm_mkn.csv)" 20880
check 'os: 7 x 6 x 446' equal "$(cycles quoted_name.cfg gemm.csv)" 18732
check 'no buffers: nothing is tiled' equal "$(cycles no_buffers.cfg gemm.csv)" 20880
check 'which is said' equal "$(grep -c 'is 0 or missing' said)" 3
check 'buffers beyond the table' equal "$(cycles big_buffers.cfg gemm.csv)" 18732
check 'are the largest, said' equal "$(grep -c 'SramSzkB: 4096 KiB instead of 8192 KiB' said)" 2
# ws: ceil(2304/32) ceil(384/32) folds of 784 + 94.
check 'ideal buffers: 72 x 12 x 878' equal "$(cycles plain.cfg tiled.csv --buffers ideal)" 758592
tiled=$(cycles plain.cfg tiled.csv)
check 'stated ones: tiles' test "$tiled" -gt 758592
check 'by layer' equal "$(grep -c "layer C1: $tiled compute cycles, 758592 in SCALE-Sim (+" said)" 1
check 'small buffers: the smallest that run, said' test "$(cycles small_buffers.cfg gemm.csv)" -gt 18732
check 'for each' equal "$(grep -c '256 B instead of 102.4 B' said)" 3
check 'ideal small ones' equal "$(cycles small_buffers.cfg gemm.csv --buffers ideal)" 18732
# is: ceil(1760/12) x ceil(1024/14) folds of 4 + 2 12 + 14 - 2.
printf 'Layer,M,N,K\nF,1024,4,1760\n' >fc.csv
"$quarry" import scalesim "$cases/scalesim/eyeriss.cfg" fc.csv --db-dir "$db" -o fc --buffers ideal 2>said
check 'is: 147 x 74 x 40' equal "$(grep -c 'compute cycles: 435120, as SCALE-Sim' said)" 1

# Files that are no topologies, arrays that cannot be.
for f in layout report; do
  "$quarry" import scalesim "$cases/scalesim/plain.cfg" "$cases/scalesim_$f.csv" -o none 2>err
  check "a $f is refused" equal "$? $(grep -c "$f" err) $(ls none.* 2>/dev/null)" '2 1 '
done
# Products that SCALE-Sim leaves out: its cycles are not known, and are not said to be ours.
printf '[sparsity]\nSparsitySupport: true\n' | cat "$cases/scalesim/plain.cfg" - >sparse.cfg
printf 'Layer,M,N,K,Sparsity,\nS,196,192,384,2:4,\nD,196,192,384,4:4,\n' >sparse.csv
mkdir 'a b'
"$quarry" import scalesim sparse.cfg sparse.csv --db-dir "$db" -o 'a b/it'"'"'s' 2>said
check 'a sparse layer is named' grep -q 'layer S: 20880 .*2:4 sparse in SCALE-Sim.*not known' said
check 'how many' grep -q '^1 of 2 layers are sparse.*not known' said
check 'the rest is as SCALE-Sim' equal "$(grep 'as SCALE-Sim' said)" \
  'compute cycles of the other layers: 20880, as SCALE-Sim'
next=$(sed -n 's/.*next: quarry //p' said)
check 'what is said next is a command' eval "\"\$quarry\" $next --dry-run --db-dir '$db' >/dev/null"
"$quarry" import scalesim "$cases/scalesim/plain.cfg" sparse.csv --db-dir "$db" -o dense 2>said
check 'without sparsity in the configuration all are' grep -q '^compute cycles: 41760, as SCALE-Sim' said
sed 's/ArrayWidth: 32/ArrayWidth: 512/' "$cases/scalesim/plain.cfg" >wide.cfg
"$quarry" import scalesim wide.cfg "$cases/scalesim/gemm.csv" --db-dir "$db" -o none 2>err
check 'an array that is too wide is refused, naming the file' equal \
  "$? $(grep -c '^wide.cfg: error: .*columns.*256.*512' err) $(ls none.* 2>/dev/null)" '2 1 '

# An import never overwrites its input, nor what it has not written.
cp "$cases/scalesim/gemm.csv" n.csv
"$quarry" import scalesim "$cases/scalesim/plain.cfg" n.csv --db-dir "$db" -o n 2>err
check 'the output is the input' equal "$? $(cmp n.csv "$cases/scalesim/gemm.csv" && ls n.*)" '2 n.csv'
echo 'name: mine' >m.yaml
"$quarry" import scalesim "$cases/scalesim/plain.cfg" n.csv --db-dir "$db" -o m 2>err
check 'a file of its own' equal "$? $(cat m.yaml) $(ls m.csv 2>/dev/null)" '2 name: mine '
"$quarry" import scalesim "$cases/scalesim/plain.cfg" n.csv --db-dir "$db" -o again 2>err &&
  "$quarry" import scalesim "$cases/scalesim/quoted_name.cfg" n.csv --db-dir "$db" -o again 2>err
check 'its own output it does' equal "$? $(grep -c edge_array again.yaml)" '0 1'
echo '# precision: 4' >>again.yaml
"$quarry" import scalesim "$cases/scalesim/plain.cfg" n.csv --db-dir "$db" -o again 2>err
check 'not once it was changed' equal "$? $(tail -1 again.yaml)" '2 # precision: 4'
echo "1..$n"
