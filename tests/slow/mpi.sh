#!/bin/bash
# `make MPI=1`: every table of a run on several ranks equals that of one process, with a rank killed on the way too.  TAP.
command -v mpirun >/dev/null && pkg-config --exists ompi-c || { echo '1..0 # SKIP no Open MPI (libopenmpi-dev, openmpi-bin)'; exit 0; }
make -s -j"$(nproc)" MPI=1 all || exit 1
BUILD=build-mpi
. tests/check.sh
db=$(realpath db)
cd "$dir" || exit 1
cat >all.yaml <<'YAML'
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: {from: 1, to: 128, step: 4}, multipliers: [1, 3, 9]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: {from: 1, to: 128, step: 4}, multipliers: [1, 3, 9]}
precision: [16, 8, 4]
clock_mhz: {from: 100, to: 1500, points: 80, scale: log}
objectives: {minimize: [area_um2, latency_us]}
compare: {to: SDM, metrics: [latency_us, energy_uj]}
uncertainty: {draws: 64}
YAML
for policy in columns front summary; do
  { cat all.yaml; echo "store: $policy"; } | sed "$([ $policy != summary ] || echo '/^compare:/d')" >$policy.yaml
done
ranks() { # ranks N DATABASE [OPTION]: the experiment $policy
  timeout 600 mpirun --allow-run-as-root --oversubscribe "${@:3}" -n "$1" "$quarry" run --db-dir "$db" --no-plots -q -t 1 -d "$2" $policy.yaml
}
# By what they say: where a rank is lost, batches come in another order, and so do keys of texts.
alike() {
  local t what='SELECT * FROM point ORDER BY point_id'
  cmp <(sqlite3 "$1" "$what") <(sqlite3 "$2" "$what") || return 1
  for t in batch design interval front_chance front best_point comparison content tally infeasible_count kept_front histogram; do
    cmp <(sqlite3 "$1" "SELECT * FROM $t") <(sqlite3 "$2" "SELECT * FROM $t") || { echo $t; return 1; }
  done
}
# Batches or rounds that the ranks have stored so far.
stored() {
  for f in lost.sqlite*; do
    case $f in *-wal | *-shm | *'*') ;; *) sqlite3 -readonly "$f" 'SELECT (SELECT count(*) FROM batch) + (SELECT count(*) > 0 FROM sweep_state)' 2>/dev/null ;; esac
  done | awk '{n += $1} END {print n + 0}'
}
# lose BATCHES [OPTION]: three ranks, of which the last is killed when so many batches are stored.
lose() {
  rm -f lost.sqlite*
  ranks 3 lost.sqlite "${@:2}" >out 2>err &
  until [ "$(stored)" -ge "$1" ] || ! kill -0 $! 2>/dev/null; do sleep 0.05; done
  kill -9 "$(pgrep -f "^$quarry run .*lost.sqlite" | sort -n | tail -1)" 2>/dev/null
  wait
}
for policy in all columns front summary; do
  check "$policy: one process" "$quarry" run --db-dir "$db" --no-plots -q -t 1 -d one.$policy $policy.yaml
  for ranks in 2 3; do
    check "$policy: $ranks ranks" ranks $ranks all.$policy$ranks
    check "$policy: $ranks ranks: the same tables" alike one.$policy all.$policy$ranks
    check "$policy: $ranks ranks: no part is left" test -z "$(ls all.$policy$ranks.* 2>/dev/null)"
  done
  for batches in 1 5; do
    lose $batches --enable-recovery
    check "$policy: a rank killed after $batches batches: the others go on" alike one.$policy lost.sqlite
    lose $batches
    check "$policy: without --enable-recovery mpirun ends all: the same command goes on" ranks 3 lost.sqlite
    check "$policy: to the same tables" alike one.$policy lost.sqlite
  done
done
echo "1..$n"
