#!/bin/bash
# Shares of an experiment, each run by a process of its own, and merged: every table equals that of one process; what does
# not fit together is refused with nothing written.  Kills: tests/slow/merge.sh.  TAP.
. tests/check.sh
db=$(realpath db)
cd "$dir" || exit 1
ask() { sqlite3 "$1" "$2"; }
run() { "$quarry" run --db-dir "$db" --no-plots -q "$@"; }
merge() { "$quarry" merge --db-dir "$db" -q "$@" >out 2>err; }

# Five batches (members make them small), the last a short one: two libraries, clocks that cannot be met, a constraint, a base to compare with.
cat >plain.yaml <<'YAML'
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, multiplier: [booth, array], bits: 16}, channels: {from: 1, to: 128, step: 16},
     multipliers: [1, 3, 9], port_bits: [32, 128]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, multiplier: [booth, array], bits: 16}, channels: {from: 1, to: 128, step: 16},
     multipliers: [1, 3, 9], port_bits: [32, 128]}
precision: [16, 8, 4]
clock_mhz: {from: 100, to: 1500, points: 6, scale: log}
objectives: {minimize: [area_um2, latency_us], maximize: [sqnr_db]}
constraints: {area_um2: {max: 400000}}
front: {within: [technology]}
compare: {to: SDM, metrics: [latency_us, energy_uj]}
store: {members: all}
YAML
{ sed 's/points: 6/points: 18/; s/^store.*/store: columns/' plain.yaml; } >columns.yaml
{ sed 's/points: 6/points: 4/' plain.yaml; echo 'uncertainty: {draws: 16}'; } >drawn.yaml
{ sed 's/^store.*/store: front/' plain.yaml; } >front.yaml
{ sed 's/^store.*/store: front/' plain.yaml; echo 'uncertainty: {draws: 16}'; } >front_drawn.yaml
{ sed 's/^store.*/store: summary/; /^compare/d' plain.yaml; } >summary.yaml
cat >layers.yaml <<'YAML'
name: l
technology: fdsoi28
network: mobilenet_v1_1.0_224
designs:
  - {name: S, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [8, 16, 32], columns: [8, 16, 32]}
precision: [8, 4]
clock_mhz: {from: 100, to: 1000, points: 9, scale: linear}
objectives: {minimize: [area_um2, latency_us]}
store: {layers: all, members: all}
YAML

# All tables but that of the experiment itself, which knows its command and when it ran.
tables="SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'experiment'"
facts='SELECT name, question, file, text, sha256, identity, model_version, seed, objectives, definition, points, batch_points,
  status, store FROM experiment'
sums() { # a hash of each table
  local t
  sqlite3 "$1" < <(for t in $(ask "$1" "$tables"); do printf '.print %s\n.sha3sum %s\n' $t $t; done; echo "$facts;")
}
same() { # same A B
  [ -e "$1.sums" ] || sums "$1" >"$1.sums"
  diff "$1.sums" <(sums "$2")
}
for e in plain columns drawn layers front front_drawn summary; do
  run -t 1 -d $e.sqlite $e.yaml >$e.out 2>log
  result $? "$e in one process"
  for i in 1 2 3; do check "$e: share $i of 3" run -t $i --shard $i/3 --db $e.$i.sqlite $e.yaml; done
  check "$e: merged" merge -t 2 -d $e.all.sqlite $e.[123].sqlite
  check "$e: every table is that of one process" same $e.sqlite $e.all.sqlite
  check "$e: and the summary" cmp $e.out out
  check "$e: its values add up to what they did" "$quarry" check $e.all.sqlite
done
# More than ten parts, or those with names that SQLite takes for other things, are not attached.
for e in drawn columns; do
  for i in 1 2 3; do ln -s $e.$i.sqlite :$e.$i; done
  check "$e: parts that are not attached" merge -t 1 -d $e.colon.sqlite :$e.[123]
  check "$e: come to the same" same $e.sqlite $e.colon.sqlite
done
check 'there are several batches' test "$(ask plain.sqlite 'SELECT count(*) FROM batch')" -ge 5
check 'and front probabilities' test "$(ask drawn.sqlite 'SELECT count(*) FROM front_chance')" -gt 10
check 'and layers and members' test "$(ask layers.sqlite 'SELECT count(*) > 1000 FROM layer_result JOIN member_result USING (point)')" = 1
check 'a part is marked as not complete' equal "$(ask plain.1.sqlite 'SELECT status FROM experiment')" interrupted
check 'and has its batches alone' equal "$(ask plain.2.sqlite 'SELECT group_concat(DISTINCT batch % 3) FROM batch')" 1
check 'parts in another order' merge -d order.sqlite plain.3.sqlite plain.1.sqlite plain.2.sqlite
check 'come to the same' same plain.sqlite order.sqlite
check 'once more says that it is there' merge -d order.sqlite plain.[123].sqlite
check 'in its own words' grep -q 'read back' err
check 'more shares than batches' run --shard 90/99 -d none.sqlite plain.yaml
check 'leaves a part without one' equal "$(ask none.sqlite 'SELECT count(*) FROM batch')" 0
check 'which may be merged too' merge -d order2.sqlite none.sqlite plain.[123].sqlite
check 'and changes nothing' same plain.sqlite order2.sqlite

# Where batches come in another order, keys of texts are others: by what they say.
alike() {
  local t what="SELECT r.id, d.name, d.parameters, r.technology, r.network, r.precision, r.clock_mhz, w.text, s.value, r.area_um2,
    r.latency_us, r.energy_uj FROM result r JOIN design d ON d.id = r.design LEFT JOIN reason w ON w.id = r.reason LEFT JOIN resolved s
    ON s.id = r.resolved ORDER BY 1"
  cmp <(ask "$1" "$what") <(ask "$2" "$what") || return 1
  for t in batch interval front_chance front front_group best_point comparison member_result content; do
    cmp <(ask "$1" "SELECT * FROM $t") <(ask "$2" "SELECT * FROM $t") || { echo $t; return 1; }
  done
}

# A database that has another experiment already: its rows stay, keys are other ones.
cp layers.sqlite both.sqlite # another experiment
check 'beside it' merge -d both.sqlite drawn.[123].sqlite
view() { ask "$1" "SELECT technology, network, design, precision, clock_mhz, area_um2, latency_us, energy_uj_p05, energy_uj_p95,
  front_probability, infeasible, parameters, point FROM point WHERE experiment = 'e' ORDER BY point; SELECT technology, reason,
  points FROM infeasible WHERE experiment = 'e' ORDER BY 1, 2; SELECT front_group, point FROM front_point WHERE experiment = 'e' ORDER BY 1, 2"; }
check 'has the same points' cmp <(view drawn.sqlite) <(view both.sqlite)
check 'the other is whole' equal "$(ask both.sqlite "SELECT count(*) FROM layer_result")" "$(ask layers.sqlite 'SELECT count(*) FROM layer_result')"

# What does not fit together.
no() { # no NAME MESSAGE PART...: exit 2, said why, nothing made
  local name=$1 message=$2
  shift 2
  rm -f x.sqlite
  merge -d x.sqlite "$@"
  check "$name" equal "$? $(grep -c -- "$message" err)" '2 1'
  check "$name: nothing is made" test ! -e x.sqlite
}
no 'a part that is not there' 'gone.sqlite' plain.1.sqlite gone.sqlite plain.2.sqlite
no 'a part twice' 'expected batches that no other part has' plain.1.sqlite plain.2.sqlite plain.1.sqlite
no 'a part of another experiment' 'drawn.2.sqlite: expected a part of the experiment of plain.1.sqlite' plain.1.sqlite drawn.2.sqlite
cp plain.2.sqlite seed.sqlite
ask seed.sqlite "UPDATE experiment SET model_version = '0'"
no 'a part of another version' 'differs in the version of the models' plain.1.sqlite seed.sqlite
cp plain.2.sqlite seed.sqlite
ask seed.sqlite "UPDATE technology SET sha256 = hex(zeroblob(32)) WHERE id = 2"
no 'a part of another library' 'differs in the inputs' plain.1.sqlite seed.sqlite
cp plain.2.sqlite torn.sqlite
ask torn.sqlite 'DELETE FROM result WHERE id % 1000 = 7'
no 'a part that lost rows' 'torn.sqlite: the database is damaged' plain.1.sqlite torn.sqlite plain.3.sqlite
cp drawn.2.sqlite undrawn.sqlite # as a rank leaves it that goes on when the whole has its batches already
sqlite3 undrawn.sqlite "DELETE FROM front_chance; UPDATE content SET rows = 0 WHERE name = 'front_chance'"
check 'a part without front probabilities' merge -d redrawn.sqlite drawn.1.sqlite undrawn.sqlite drawn.3.sqlite
check 'they are found anew' cmp <(sqlite3 drawn.sqlite 'SELECT * FROM front_chance') \
  <(sqlite3 redrawn.sqlite 'SELECT * FROM front_chance')
cp plain.2.sqlite torn.sqlite
ask torn.sqlite 'UPDATE result SET latency_us = 2 * latency_us WHERE id = (SELECT max(id) FROM result WHERE latency_us > 0)'
no 'a part with a value that changed' 'torn.sqlite: the database is damaged: results of points ' plain.1.sqlite torn.sqlite plain.3.sqlite
cp drawn.2.sqlite torn.sqlite
ask torn.sqlite 'DELETE FROM interval WHERE id % 100 = 7'
no 'a part that lost intervals' 'torn.sqlite: the database is damaged' drawn.1.sqlite torn.sqlite drawn.3.sqlite
cp columns.2.sqlite torn.sqlite
ask torn.sqlite 'UPDATE result_chunk SET data = substr(data, 1, 20) WHERE length(data) > 30'
no 'a part of columns cut short' 'torn.sqlite' columns.1.sqlite torn.sqlite columns.3.sqlite
head -c 300000 plain.2.sqlite >torn.sqlite
no 'a part that was cut off' 'torn.sqlite' plain.1.sqlite torn.sqlite plain.3.sqlite
cp plain.2.sqlite torn.sqlite
for k in 80 84 88; do printf '%1024s' x | dd of=torn.sqlite bs=4096 seek=$k conv=notrunc 2>/dev/null; done
no 'a part with pages overwritten' 'torn.sqlite' plain.1.sqlite torn.sqlite plain.3.sqlite
echo 'not a database' >torn.sqlite
no 'no database' 'torn.sqlite' torn.sqlite plain.3.sqlite
no 'a part of two experiments' 'both.sqlite: expected a part of one experiment' both.sqlite
cp -r "$db" other_db
echo '# another file' >>other_db/tech/fdsoi28.yaml
db=$PWD/other_db no 'parts of another library than the one at hand' 'plain.1.sqlite: expected the inputs and models that are at hand' \
  plain.[123].sqlite
merge -d plain.1.sqlite plain.1.sqlite plain.2.sqlite
check 'the target as a part' equal "$? $(grep -c 'other than the database' err)" '2 1'
cp layers.sqlite x.sqlite
cp plain.2.sqlite torn.sqlite
ask torn.sqlite 'DELETE FROM result WHERE id % 1000 = 7'
ask x.sqlite .dump >want
merge -d x.sqlite plain.1.sqlite torn.sqlite
check 'a database that was there stays as it was' cmp want <(ask x.sqlite .dump)

# Missing batches are listed; a plain run computes them.
rm -f x.sqlite
for e in plain drawn; do
  rm -f x.sqlite
  merge -d x.sqlite $e.1.sqlite $e.3.sqlite
  check "$e: a share is missing" equal "$? $(grep -c 'missed [0-9]*: 1' err)" '2 1'
  check "$e: the others are there" equal "$(ask x.sqlite "SELECT status, (SELECT group_concat(DISTINCT batch % 3) FROM batch) FROM experiment")" 'interrupted|0,2'
  cp x.sqlite y.sqlite
  check "$e: a run computes them" run -d x.sqlite $e.yaml
  check "$e: and the result is the same" alike $e.sqlite x.sqlite
  check "$e: so it is when the part comes later" merge -d y.sqlite $e.2.sqlite
  check "$e: every table" alike $e.sqlite y.sqlite
done

# Where fronts or summaries are stored, shares are ranges of points, and no point is gone through again.
no 'a share of fronts is missing' 'expected all 6912 points in the parts, missed 2304-4607' front.3.sqlite front.1.sqlite
no 'a share of fronts twice' 'front.2.sqlite: expected points that no other part has' front.[123].sqlite front.2.sqlite
run --shard 2/4 -d quarter.sqlite front.yaml >/dev/null 2>&1
no 'shares that overlap' 'expected points that no other part has, found point 1728' front.1.sqlite quarter.sqlite front.3.sqlite
cp front.2.sqlite torn.sqlite
ask torn.sqlite 'DELETE FROM sweep_state WHERE part = -2'
no 'a share of fronts that has not ended' 'torn.sqlite: expected a share that was run to its end' front.1.sqlite torn.sqlite front.3.sqlite
cp front.2.sqlite torn.sqlite
ask torn.sqlite 'UPDATE sweep_state SET state = substr(state, 1, 100) WHERE part = 1'
no 'archives cut short' 'torn.sqlite' front.1.sqlite torn.sqlite front.3.sqlite
check 'a share run again' run --shard 2/3 -d front.2.sqlite front.yaml
check 'stays as it is' merge -d again.sqlite front.[123].sqlite
check 'and comes to the same' same front.sqlite again.sqlite
cp front.2.sqlite whole.sqlite
check 'a share that is run as a whole' run -d whole.sqlite front.yaml
check 'is the whole' same front.sqlite whole.sqlite

# Which share.
for bad in 0/3 4/3 1 1/ /3 a/b 1/3x -1/3 1/0 1/99999999999999999999 ''; do
  run --shard "$bad" -d x9.sqlite plain.yaml >out 2>err
  check "--shard \"$bad\" is refused" equal "$? $(grep -c -- '--shard: expected I/N' err) $(test -e x9.sqlite; echo $?)" '2 1 1'
done
task() { # task NAME=VALUE...: with the variables of Slurm, SLURM_ARRAY_TASK_ before them
  env $(printf 'SLURM_ARRAY_TASK_%s ' "$@") "$quarry" run --db-dir "$db" --no-plots -q --shard slurm -d slurm.sqlite plain.yaml >out 2>err
}
unset ${!SLURM_*}
for array in 'ID=2 COUNT=3' 'ID=2 COUNT=3 MIN=1 MAX=3 STEP=1' 'ID=4 COUNT=3 MIN=0 MAX=8 STEP=4' \
  'ID=110 COUNT=3 MIN=100 MAX=120 STEP=10'; do
  rm -f slurm.sqlite
  check "a task of a Slurm array: $array" task $array
  check 'is that share' grep -q 'share 2 of 3' err
done
check 'with the rows of that share' same plain.2.sqlite slurm.sqlite
rm -f slurm.sqlite
for array in 'ID=9 COUNT=3' 'ID=2 COUNT=3 MIN=1 MAX=5 STEP=1' 'ID=3 COUNT=2 MIN=3 MAX=7 STEP=1' 'ID=0 COUNT=3' 'ID=5 COUNT=3 MIN=0 MAX=8 STEP=4' \
  'ID=1 COUNT=0 MIN=1 MAX=0 STEP=1' 'ID=1 COUNT=3 STEP=0' 'ID=1 COUNT=3 STEP=-1' 'ID=1 COUNT=9999999999' \
  'ID=-9223372036854775808 COUNT=3 MIN=9223372036854775807' 'ID=2 COUNT=3 MIN=1 MAX=3 STEP=9223372036854775807'; do
  task $array
  check "no share of the whole: $array" equal "$? $(grep -c 'in equal steps, found task' err) $(test -e slurm.sqlite; echo $?)" '2 1 1'
done
for array in 'COUNT=3' 'ID=1' 'ID=x COUNT=3' 'ID=1 COUNT=' 'ID=1 COUNT=3 MIN=1.5' 'ID=1 COUNT=3 MAX=three' 'ID=1 COUNT=99999999999999999999'; do
  task $array
  check "no numbers: $array" equal "$? $(grep -c -- '--shard slurm: expected .* SLURM_ARRAY_TASK_' err)" '2 1'
done
check 'a rank of mpirun' env OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=3 "$quarry" run --db-dir "$db" --no-plots -q --shard mpi \
  -d slurm.sqlite plain.yaml
check 'is the share after it' same plain.2.sqlite slurm.sqlite
for line in 'search: {method: random, points: 10}'; do
  { grep -v '^compare\|^store' plain.yaml; echo "$line"; } >x.yaml
  run --shard 1/3 -d x9.sqlite x.yaml >out 2>err
  check "not of $line" equal "$? $(grep -c 'in parts' err) $(test -e x9.sqlite; echo $?)" '2 1 1'
done
echo "1..$n"
