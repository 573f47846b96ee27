#!/bin/bash
# SIGKILL of runs that keep fronts or summaries, with and without draws, at ten random instants each: what is continued
# to the end equals an uninterrupted run.  TAP.
BUILD=${BUILD:-build}
. tests/check.sh
sed -e 's/points: 50, scale/points: 30, scale/; s/to: 97, step: 4/to: 97, step: 1/' experiments/large_sweep.yaml >"$dir/plain.yaml"
{ sed -e 's/points: 50, scale/points: 6, scale/' experiments/large_sweep.yaml; echo 'uncertainty: {draws: 64}'; } >"$dir/drawn.yaml"
rows() { # every stored value, in order of the points
  sqlite3 "$1" "SELECT * FROM result_chunk ORDER BY id; SELECT * FROM result ORDER BY id; SELECT * FROM interval ORDER BY id; SELECT * FROM front_chance ORDER BY 1;
    SELECT point, front_group FROM front_point ORDER BY 1, 2; SELECT id, name, parameters FROM design ORDER BY id;
    SELECT * FROM tally; SELECT * FROM infeasible; SELECT * FROM best_point" | sha256sum
}
run() { "$quarry" run --no-plots --quiet --database "$1" "$dir/$2.yaml"; }
done_points() { # points that are in the stored state: the fourth and fifth numbers of its first part; of columns: batches
  sqlite3 "$1" "SELECT hex(substr(state, 25, 16)) FROM sweep_state WHERE part = 0; SELECT nullif(count(*), 0) FROM batch" 2>/dev/null |
    tr -d '\n'
}
RANDOM=${SEED:-20261127}
for policy in columns front summary; do
  for e in plain drawn; do
    { cat "$dir/$e.yaml"; echo "store: $policy"; } >"$dir/$policy.$e.yaml"
    # So many that it takes seconds: kills are to come in the middle.
    [ $policy$e = frontplain ] && sed -i 's/points: 30, scale/points: 1500, scale/' "$dir/$policy.$e.yaml"
    [ $policy$e = frontdrawn ] && sed -i 's/points: 6, scale/points: 96, scale/' "$dir/$policy.$e.yaml"
    [ $policy$e = summaryplain ] && sed -i 's/points: 30, scale/points: 1500, scale/' "$dir/$policy.$e.yaml"
    [ $policy$e = summarydrawn ] && continue # a summary takes no draws
    [ $policy = summary ] && sed -i '/^plots/d; /kind: pareto/d' "$dir/$policy.$e.yaml"
    check "$policy, $e: an uninterrupted run" run "$dir/whole.sqlite" $policy.$e
    whole=$(rows "$dir/whole.sqlite")
    kills=0 kept=0 now=
    for i in 1 2 3 4 5 6 7 8 9 10; do
      "$quarry" run --no-plots --quiet --database "$dir/killed.sqlite" "$dir/$policy.$e.yaml" >/dev/null 2>&1 &
      pid=$!
      # Every other time behind a state that was stored, however slow the machine is.
      for j in $([ $((i % 2)) = 0 ] && seq 100); do
        [ "$(done_points "$dir/killed.sqlite")" != "$now" ] && break
        sleep 0.05
      done
      sleep "0.$(printf %03d $((RANDOM % 400)))"
      kill -KILL $pid 2>/dev/null && kills=$((kills + 1))
      wait $pid 2>/dev/null
      before=$now now=$(done_points "$dir/killed.sqlite")
      [ "$now" != "$before" ] && kept=$((kept + 1))
    done
    echo "# $kills runs were still going when killed, $kept had got further"
    check "$policy, $e: some kills were in the middle" test $kills -ge 2 -a $kept -ge 1
    check "$policy, $e: the run after the kills ends" run "$dir/killed.sqlite" $policy.$e
    check "$policy, $e: its database equals the uninterrupted one" test "$(rows "$dir/killed.sqlite")" = "$whole"
    "$quarry" run --no-plots --quiet --threads 1 --database "$dir/stopped.sqlite" "$dir/$policy.$e.yaml" >/dev/null 2>"$dir/stderr" &
    pid=$!
    for j in $(seq 200); do
      [ -n "$(done_points "$dir/stopped.sqlite")" ] && break
      sleep 0.05
    done
    kill -INT $pid
    wait $pid
    check "$policy, $e: SIGINT exits 130" test $? -eq 130
    check "$policy, $e: and what was done is kept" test -n "$(done_points "$dir/stopped.sqlite")"
    check "$policy, $e: resuming it" run "$dir/stopped.sqlite" $policy.$e
    check "$policy, $e: gives the same database" test "$(rows "$dir/stopped.sqlite")" = "$whole"
    rm "$dir"/*.sqlite
  done
done
echo "1..$n"
