#!/bin/bash
# SIGKILL a run at ten random instants, resume each time; the database must equal that of an uninterrupted run.
# SIGINT commits what is in flight, says how to resume and exits 130.  TAP.
. tests/check.sh

# 100,000 points: several times what two threads compute ahead of what is stored.
all=100000
sed -e 's/points: 50, scale/points: 5, scale/' experiments/large_sweep.yaml >"$dir/sweep.yaml"
same() { # same DATABASE: its rows are those of the uninterrupted run, no more and no fewer
  equal "$(sqlite3 "$dir/whole.sqlite" "ATTACH '$1' AS other;
    SELECT count(*) - (SELECT count(*) FROM other.result) FROM result;
    SELECT count(*) - (SELECT count(*) FROM other.front_point) FROM front_point;
    SELECT count(*) - (SELECT count(*) FROM other.design) FROM design;
    SELECT count(*) FROM (SELECT * FROM result EXCEPT SELECT * FROM other.result);
    SELECT count(*) FROM (SELECT point, front_group FROM front_point EXCEPT SELECT point, front_group FROM other.front_point);
    SELECT count(*) FROM (SELECT id, name, parameters FROM design EXCEPT SELECT id, name, parameters FROM other.design)" |
    tr -d '\n')" 000000
}
run() { "$quarry" run --no-plots --quiet --database "$1" "$dir/sweep.yaml"; }

check 'an uninterrupted run' run "$dir/whole.sqlite"
RANDOM=${SEED:-20261121}
kills=0
for i in 1 2 3 4 5 6 7 8 9 10; do
  "$quarry" run --no-plots --quiet --database "$dir/killed.sqlite" "$dir/sweep.yaml" >/dev/null 2>&1 &
  pid=$!
  sleep "0.$(printf %03d $((20 + RANDOM % 200)))"
  kill -KILL $pid 2>/dev/null && kills=$((kills + 1))
  wait $pid 2>/dev/null
  if [ -f "$dir/killed.sqlite" ]; then
    check "after kill $i the database is whole" test "$(sqlite3 "$dir/killed.sqlite" 'PRAGMA integrity_check')" = ok
  fi
done
echo "# $kills runs were still going when killed"
check 'the run after the kills ends' run "$dir/killed.sqlite"
check 'its database equals the uninterrupted one' same "$dir/killed.sqlite"
check 'one experiment, no doubled rows' test \
  "$(sqlite3 "$dir/killed.sqlite" 'SELECT count(*), (SELECT count(*) FROM result), (SELECT points FROM experiment) FROM experiment')" \
  = "1|$all|$all"
check 'a rerun reads back' run "$dir/killed.sqlite"
check 'and changes nothing' same "$dir/killed.sqlite"

"$quarry" run --no-plots --quiet --threads 2 --database "$dir/stopped.sqlite" "$dir/sweep.yaml" >/dev/null 2>"$dir/stderr" &
pid=$!
hold $pid "$dir/stopped.sqlite" anywhere
kill -INT $pid
kill -CONT $pid
wait $pid
code=$?
check 'SIGINT exits 130' test $code -eq 130
check 'and says how to go on' grep -q "Continue with: quarry run --no-plots --quiet --threads 2 --database $dir/stopped.sqlite" "$dir/stderr"
check 'the experiment is marked interrupted' test \
  "$(sqlite3 "$dir/stopped.sqlite" 'SELECT status FROM experiment')" = interrupted
stored=$(sqlite3 "$dir/stopped.sqlite" 'SELECT count(*) FROM result')
name=$(sqlite3 "$dir/stopped.sqlite" 'SELECT name FROM experiment')
note="note: $name is interrupted: $stored of its $all points are done ($(awk -v n="$stored" -v all="$all" 'BEGIN {printf "%.3g", 100 * n / all}') %)"
said() { # said WHAT COMMAND...: the note stands on standard error
  what=$1 && shift
  "$quarry" "$@" --database "$dir/stopped.sqlite" >/dev/null 2>"$dir/note"
  check "$what is said to be of a part" grep -qxF "$note" "$dir/note"
}
said 'its front' front "$name"
said 'the answer to a question of the last experiment' query where
said 'what a SELECT that names it returns' query "SELECT count(*) FROM point WHERE experiment = '$name'"
said 'what is exported' export "$name" --columns design -o "$dir/part.csv"
said 'a difference' diff "$name" 1
front=$("$quarry" front "$name" --database "$dir/stopped.sqlite" --format csv 2>/dev/null | wc -l)
check 'the front of what is done is there' test "$stored" -eq 0 -o "$front" -gt 1
for command in "export $name --front -o $dir/f.csv" "query best $name" "query front $name"; do # shellcheck disable=SC2086
  "$quarry" $command --database "$dir/stopped.sqlite" >"$dir/out" 2>"$dir/err"
  check "what is known at the end only is refused: $command" test "$? $(grep -c 'expected an experiment that is complete' "$dir/err")" = '2 1'
done
cp "$dir/stopped.sqlite" "$dir/lost.sqlite"
sqlite3 "$dir/lost.sqlite" "UPDATE experiment SET status = 'running', ended_utc = NULL"
"$quarry" front "$name" --database "$dir/lost.sqlite" >/dev/null 2>"$dir/err"
check 'without a process it does not run' grep -q "^note: $name was interrupted, or runs on another host: " "$dir/err"
check 'resuming it' run "$dir/stopped.sqlite"
check 'gives the same database' same "$dir/stopped.sqlite"

# Under draws: what is known of the fronts in each draw is stored too, so that nothing but a last round is repeated.
sed -e 's/points: 50, scale/points: 2, scale/' -e 's/^name: .*/name: drawn/' experiments/large_sweep.yaml >"$dir/drawn.yaml"
grep -q '^uncertainty' "$dir/drawn.yaml" || echo 'uncertainty: {draws: 16}' >>"$dir/drawn.yaml"
chances() { sqlite3 "$1" 'SELECT * FROM front_chance ORDER BY 1; SELECT * FROM interval ORDER BY id; SELECT count(*) FROM sweep_state' | sha256sum; }
check 'a run under draws' "$quarry" run --no-plots --database "$dir/draws.sqlite" "$dir/drawn.yaml"
"$quarry" run --no-plots --threads 1 --database "$dir/draws_stopped.sqlite" "$dir/drawn.yaml" >/dev/null 2>&1 &
pid=$!
hold $pid "$dir/draws_stopped.sqlite" anywhere
kill -INT $pid
kill -CONT $pid
wait $pid
check 'stopped, it stores what it knows of the fronts' test "$? $(sqlite3 "$dir/draws_stopped.sqlite" 'SELECT count(*) FROM sweep_state')" = '130 1'
points=$(sqlite3 "$dir/draws_stopped.sqlite" 'SELECT points FROM experiment')
left=$((points - $(sqlite3 "$dir/draws_stopped.sqlite" 'SELECT count(*) FROM result')))
"$quarry" run --no-plots --database "$dir/draws_stopped.sqlite" "$dir/drawn.yaml" >/dev/null 2>"$dir/stderr"
again=$(sed -n 's/^drawn: gone on with: \([0-9]*\) points evaluated$/\1/p' "$dir/stderr")
echo "# $left of $points points were left, $again were evaluated"
check 'gone on with, it evaluates what is left' test "${again:-0}" -ge "$left" -a "${again:-0}" -lt "$points"
check 'to the intervals and front probabilities of the uninterrupted run' test \
  "$(chances "$dir/draws_stopped.sqlite")" = "$(chances "$dir/draws.sqlite")"
"$quarry" run --no-plots --database "$dir/draws_killed.sqlite" "$dir/drawn.yaml" >/dev/null 2>&1 &
pid=$!
sleep 1
kill -KILL $pid 2>/dev/null
wait $pid 2>/dev/null
check 'killed, the next run ends' "$quarry" run --no-plots --database "$dir/draws_killed.sqlite" "$dir/drawn.yaml"
check 'with the same' test "$(chances "$dir/draws_killed.sqlite")" = "$(chances "$dir/draws.sqlite")"
echo "1..$n"
