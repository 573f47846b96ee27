#!/bin/bash
# SIGKILL of shares and of merges: what is continued, and merged, equals one process.  TAP.
BUILD=${BUILD:-build}
. tests/check.sh
db=$(realpath db)
cd "$dir" || exit 1
ask() { sqlite3 "$1" "$2"; }
run() { "$quarry" run --db-dir "$db" --no-plots -q "$@"; }
merge() { "$quarry" merge --db-dir "$db" -q "$@" >out 2>err; }

# Nine batches (members make them small), the last a short one: two libraries, clocks that cannot be met, a constraint, a base to compare with.
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
clock_mhz: {from: 100, to: 1500, points: 12, scale: log}
objectives: {minimize: [area_um2, latency_us], maximize: [sqnr_db]}
constraints: {area_um2: {max: 400000}}
front: {within: [technology]}
compare: {to: SDM, metrics: [latency_us, energy_uj]}
store: {members: all}
YAML
{ sed 's/points: 12/points: 24/' plain.yaml; echo 'uncertainty: {draws: 16}'; } >drawn.yaml
{ sed 's/points: 12/points: 96/; s/^store.*/store: front/' plain.yaml; echo 'uncertainty: {draws: 16}'; } >front_drawn.yaml

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

for e in drawn front_drawn; do
  check "$e in one process" run -d $e.sqlite $e.yaml
  for i in 1 2 3; do check "$e: share $i of 3" run --shard $i/3 -d $e.$i.sqlite $e.yaml; done
  for after in 0.1 0.3 0.6 1 1.5; do
    rm -f k.sqlite* k.all.sqlite*
    "$quarry" run --db-dir "$db" --no-plots -q -t 1 --shard 2/3 -d k.sqlite $e.yaml >/dev/null 2>&1 &
    sleep $after
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    check "$e: a share killed after $after s is continued" run --shard 2/3 -d k.sqlite $e.yaml
    check 'and merged' merge -d k.all.sqlite $e.1.sqlite k.sqlite $e.3.sqlite
    check 'to the same' same $e.sqlite k.all.sqlite
  done
  for after in 0.05 0.2 0.5 1; do
    rm -f k.sqlite*
    "$quarry" merge --db-dir "$db" -q -d k.sqlite $e.[123].sqlite >/dev/null 2>&1 &
    sleep $after
    kill -9 $! 2>/dev/null
    wait $! 2>/dev/null
    has=$([ -e k.sqlite ] && ask k.sqlite 'SELECT count(*) FROM batch' 2>/dev/null)
    # Points of fronts are stored as a run stores them, batch after batch.
    [ $e = front_drawn ] || check "$e: a merge killed after $after s has all batches or none" test "${has:-0}" = 0 -o "${has:-0}" = "$(ask $e.sqlite 'SELECT count(*) FROM batch')"
    check 'again' merge -d k.sqlite $e.[123].sqlite
    check 'to the same' same $e.sqlite k.sqlite
  done
done
echo "1..$n"
