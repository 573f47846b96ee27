#!/bin/bash
# Each call of a run that reads, writes or keeps a file fails once, with EIO and ENOSPC in turns (tests/fail_io.c), in
# every storage policy, with draws and without.  The run then does what it would have done, or ends with exit code 3 and
# a message (2 where SQLite takes a page that cannot be read for a damaged one), and the same command completes it to the bytes of a run in which nothing failed.  POLICIES="all front":
# these; STEP=7: one call of 7; KEEP=FOLDER: databases that differ are left there.  TAP.
. tests/check.sh
make -s B="$BUILD" "$BUILD/tests/fail_io.so" || exit 1
shim=$(realpath "$BUILD/tests/fail_io.so")
db=$(realpath db)
cd "$dir" || exit 1
experiment() { # POLICY DRAWS
  cat <<END
name: e
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: [8, 16]}, channels: [1, 4]}
  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 4]}
precision: [16, 8, 4]
clock_mhz: {from: 100, to: 1000, points: 3}
objectives: {minimize: [area_um2, latency_us, energy_uj]}
store: $1
END
  [ "$2" = 0 ] || echo "uncertainty: {draws: $2, seed: 1}"
}
run() { "$quarry" run -q --no-plots -t 1 --cache cache --db-dir "$db" -d "$1" e.yaml; }
dump() { # all that is stored but times, ids of processes and what tells runs apart
  sqlite3 -batch -bail "$1" 'SELECT * FROM result ORDER BY id; SELECT * FROM result_chunk ORDER BY id; SELECT * FROM interval ORDER BY id;
    SELECT point, front_group FROM front_point ORDER BY 1, 2; SELECT * FROM front_chance ORDER BY 1;
    SELECT * FROM tally; SELECT * FROM infeasible; SELECT * FROM best_point; SELECT * FROM histogram;
    SELECT * FROM axis ORDER BY 1, 2, 3; SELECT id, name, parameters FROM design ORDER BY id;
    SELECT count(*), max(status) FROM experiment'
}
for policy in ${POLICIES:-all columns front summary}; do
  for draws in 0 16; do
    [ $policy = summary ] && [ $draws != 0 ] && continue
    experiment $policy $draws >e.yaml
    rm -rf ./*.sqlite* cache
    check "$policy, $draws draws: a run in which nothing fails" run whole.sqlite
    whole=$(dump whole.sqlite | sha256sum)
    LD_PRELOAD=$shim FAIL_LOG=calls run once.sqlite >/dev/null 2>&1
    read -r calls _ <calls
    wrong=0 told=0 passed=0
    for ((at = 1; at <= calls; at += ${STEP:-1})); do
      rm -f again.sqlite* failed
      LD_PRELOAD=$shim FAIL_AT=$at FAIL_ERRNO=$((at % 2 ? 5 : 28)) FAIL_LOG=failed run again.sqlite >out 2>said
      code=$?
      [ $code = 2 ] && grep -q 'the database is damaged' said && [ $((at % 2)) = 1 ] && code=3
      [ $code = 3 ] && told=$((told + 1))
      [ $code = 0 ] && passed=$((passed + 1))
      run again.sqlite >/dev/null 2>again || code="$code, then $?"
      [ "$code" = 0 ] || { [ "$code" = 3 ] && [ -s said ]; } || code="$code, wrong"
      [ "$(dump again.sqlite 2>&1 | sha256sum)" = "$whole" ] || code="$code, wrong: another database"
      case $code in 0 | 3) continue ;; esac
      wrong=$((wrong + 1))
      echo "# call $at, $(cut -d ' ' -f 2 failed 2>/dev/null): exit $code; $(head -n 1 said); $(head -n 1 again)"
      [ -z "$KEEP" ] || cp again.sqlite "$KEEP/$policy.$draws.$at.sqlite"
    done
    echo "# $policy, $draws draws: $calls calls; $told runs ended with a message, $passed went on"
    check "$policy, $draws draws: each ends well, or says what failed and is completed" equal $wrong 0
    check "$policy, $draws draws: some failed" test $told -gt 0
  done
done
echo "1..$n"
