#!/bin/bash
# SIGKILL a run at ten random instants, resume each time; the database must equal that of an uninterrupted run.
# SIGINT commits what is in flight, says how to resume and exits 130.  TAP.
. tests/check.sh

# 300,000 points: long enough to be hit in the middle.
sed -e 's/points: 50, scale/points: 15, scale/' experiments/large_sweep.yaml >"$dir/sweep.yaml"
rows() { # every stored value, in order of the points
  sqlite3 "$1" "SELECT * FROM result ORDER BY id; SELECT point, front_group FROM front_point ORDER BY 1, 2;
                SELECT id, name, parameters FROM design ORDER BY id" | sha256sum
}
run() { "$quarry" run --no-plots --quiet --database "$1" "$dir/sweep.yaml"; }

check 'an uninterrupted run' run "$dir/whole.sqlite"
whole=$(rows "$dir/whole.sqlite")
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
check 'its database equals the uninterrupted one' test "$(rows "$dir/killed.sqlite")" = "$whole"
check 'one experiment, no doubled rows' test \
  "$(sqlite3 "$dir/killed.sqlite" 'SELECT count(*), (SELECT count(*) FROM result), (SELECT points FROM experiment) FROM experiment')" \
  = '1|300000|300000'
check 'a rerun reads back' run "$dir/killed.sqlite"
check 'and changes nothing' test "$(rows "$dir/killed.sqlite")" = "$whole"

"$quarry" run --no-plots --quiet --database "$dir/stopped.sqlite" "$dir/sweep.yaml" >/dev/null 2>"$dir/stderr" &
pid=$!
sleep 0.3
kill -INT $pid
wait $pid
code=$?
check 'SIGINT exits 130' test $code -eq 130
check 'and says how to go on' grep -q "Continue with: quarry run --no-plots --quiet --database $dir/stopped.sqlite" "$dir/stderr"
check 'the experiment is marked interrupted' test \
  "$(sqlite3 "$dir/stopped.sqlite" 'SELECT status FROM experiment')" = interrupted
stored=$(sqlite3 "$dir/stopped.sqlite" 'SELECT count(*) FROM result')
name=$(sqlite3 "$dir/stopped.sqlite" 'SELECT name FROM experiment')
note="note: $name is interrupted: $stored of its 300000 points are done ($(awk -v n="$stored" 'BEGIN {printf "%.3g", n / 3000}') %)"
said() { # said WHAT COMMAND...: the note stands on standard error
  what=$1 && shift
  "$quarry" "$@" --database "$dir/stopped.sqlite" >/dev/null 2>"$dir/note"
  check "$what is said to be of a part" grep -qxF "$note" "$dir/note"
}
said 'its front' front "$name"
said 'the answer to a question' query where "$name"
said 'that of the last experiment' query where
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
"$quarry" query where "$name" --database "$dir/lost.sqlite" >/dev/null 2>"$dir/err"
check 'without a process it does not run' grep -q "^note: $name was interrupted, or runs on another host: " "$dir/err"
check 'resuming it' run "$dir/stopped.sqlite"
check 'gives the same database' test "$(rows "$dir/stopped.sqlite")" = "$whole"
echo "1..$n"
