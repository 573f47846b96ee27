#!/bin/bash
# SIGKILL in every storage policy, alone and as two shards: runs are killed at random instants and begun again until they
# end; then `export` must give the bytes of runs that were not stopped.  ROUNDS=200 rounds in each (10 without), SEED=7.
# POLICIES="all front": these.  With draws and without.  TAP.
. tests/check.sh
db=$(realpath db)
rounds=${ROUNDS:-10}
RANDOM=${SEED:-7}
cd "$dir" || exit 1
experiment() { # POLICY DRAWS CLOCKS
  cat <<END
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: [8, 16], multiplier: [array, booth]}, channels: [1, 2, 4, 8, 16, 32]}
  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 2, 4, 8, 16]}
precision: [16, 8, 4]
clock_mhz: {from: 100, to: 1000, points: $3}
objectives: {minimize: [area_um2, latency_us, energy_uj]}
store: $1
END
  [ "$2" = 0 ] || echo "uncertainty: {draws: $2, seed: 1}"
}
# killed DATABASE OPTIONS...: begun again until it ends, killed at any time that a whole run takes, and somewhat later, but
# at most 6 times; counts.
killed() {
  local database=$1 times=0 pid
  shift
  while [ $times -lt 6 ]; do
    "$quarry" run -q --no-plots -t 2 --db-dir "$db" -d "$database" "$@" e.yaml >/dev/null 2>said &
    pid=$!
    sleep "$(printf %d.%03d $((after = 1 + RANDOM % most_ms, after / 1000)) $((after % 1000)))"
    if ! kill -KILL $pid 2>/dev/null; then
      wait $pid
      return $?
    fi
    wait $pid 2>/dev/null
    times=$((times + 1))
    kills=$((kills + 1))
  done
  "$quarry" run -q --no-plots -t 2 --db-dir "$db" -d "$database" "$@" e.yaml >/dev/null 2>said
}
bytes() { # what is exported of a database, and its fronts and counts
  "$quarry" export e -d "$1" -f csv -o out.csv 2>/dev/null && cat out.csv
  sqlite3 "$1" 'SELECT point, front_group FROM front_point ORDER BY 1, 2; SELECT * FROM front_chance ORDER BY 1;
    SELECT technology, objective, value, design FROM best ORDER BY 1, 2, 3, 4; SELECT count(*) FROM experiment'
}
for policy in ${POLICIES:-all columns front summary}; do
  for case in 0:100 16:6 0:4000; do # DRAWS:CLOCKS; of columns so many that the log is copied beside the run
    draws=${case%:*} clocks=${case#*:}
    [ $policy = summary ] && [ $draws != 0 ] && continue
    [ $policy != columns ] && [ $clocks = 4000 ] && continue
    experiment $policy $draws $clocks >e.yaml
    rm -f ./*.sqlite*
    begin_ms=$(date +%s%3N)
    check "$policy, $draws draws, $clocks clocks: a run that is not stopped" \
      "$quarry" run -q --no-plots --db-dir "$db" -d whole.sqlite e.yaml
    most_ms=$((($(date +%s%3N) - begin_ms) * 5 / 4 + 5))
    whole=$(bytes whole.sqlite | sha256sum)
    for shards in 1 2; do
      kills=0 differ=0 failed=0
      for ((round = 0; round < rounds; round++)); do
        rm -f part*.sqlite* again.sqlite*
        if [ $shards = 1 ]; then
          killed again.sqlite || failed=$((failed + 1))
        else
          killed part1.sqlite --shard 1/2 || failed=$((failed + 1))
          killed part2.sqlite --shard 2/2 || failed=$((failed + 1))
          "$quarry" merge -q --db-dir "$db" --db again.sqlite part1.sqlite part2.sqlite >/dev/null 2>said ||
            failed=$((failed + 1))
        fi
        [ "$(bytes again.sqlite | sha256sum)" = "$whole" ] || differ=$((differ + 1))
      done
      echo "# $policy, $draws draws, $clocks clocks, $shards shards: $rounds rounds, $kills kills, $differ differ; $(head -n 1 said)"
      check "$policy, $draws draws, $clocks clocks, $shards shards: all end" equal $failed 0
      check "$policy, $draws draws, $clocks clocks, $shards shards: none differs" equal $differ 0
      check "$policy, $draws draws, $clocks clocks, $shards shards: some were killed" test $kills -gt 0
    done
  done
done
echo "1..$n"
