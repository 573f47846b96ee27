#!/bin/bash
# `make MPI=1`: every table of a run on several ranks equals that of one process, with a rank killed on the way too.  TAP.
command -v mpirun >/dev/null && pkg-config --exists ompi-c || { echo '1..0 # SKIP no Open MPI (libopenmpi-dev, openmpi-bin)'; exit 0; }
make -s -j"$(nproc)" MPI=1 all || exit 1
BUILD=build-mpi
. tests/check.sh
db=$(realpath db)
cd "$dir" || exit 1
cat >e.yaml <<'YAML'
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
ranks() { # ranks N DATABASE [OPTION]
  timeout 600 mpirun --allow-run-as-root --oversubscribe "${@:3}" -n "$1" "$quarry" run --db-dir "$db" --no-plots -q -t 1 -d "$2" e.yaml
}
# By what they say: where a rank is lost, batches come in another order, and so do keys of texts.
alike() {
  local t what="SELECT r.id, r.design, r.technology, r.precision, r.clock_mhz, w.text, s.value, r.area_um2, r.latency_us, r.energy_uj FROM
    result r LEFT JOIN reason w ON w.id = r.reason LEFT JOIN resolved s ON s.id = r.resolved ORDER BY 1"
  cmp <(sqlite3 "$1" "$what") <(sqlite3 "$2" "$what") || return 1
  for t in batch design interval front_chance front best_point comparison content; do
    cmp <(sqlite3 "$1" "SELECT * FROM $t") <(sqlite3 "$2" "SELECT * FROM $t") || { echo $t; return 1; }
  done
}
check 'one process' "$quarry" run --db-dir "$db" --no-plots -q -t 1 -d one.sqlite e.yaml
for ranks in 2 3; do
  check "$ranks ranks" ranks $ranks all$ranks.sqlite
  check "$ranks ranks: the same tables" alike one.sqlite all$ranks.sqlite
  check "$ranks ranks: no part is left" test -z "$(ls all$ranks.sqlite.* 2>/dev/null)"
done
# Batches that the ranks have stored so far.
stored() {
  for f in lost.sqlite*; do
    case $f in *-wal | *-shm | *'*') ;; *) sqlite3 -readonly "$f" 'SELECT count(*) FROM batch' 2>/dev/null ;; esac
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
for batches in 1 5; do
  lose $batches --enable-recovery
  check "a rank killed after $batches batches: the others go on" alike one.sqlite lost.sqlite
  lose $batches
  check "without --enable-recovery mpirun ends all: the same command goes on" ranks 3 lost.sqlite
  check 'to the same tables' alike one.sqlite lost.sqlite
done
echo "1..$n"
