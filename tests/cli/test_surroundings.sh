#!/bin/bash
# What surrounds a command changes nothing that it makes: no /proc, a time of day that goes back, a locale with decimal
# commas.  Each beside the same commands as usual.  TAP.
. tests/check.sh
data=$PWD/tests/data
cat >"$dir/small.yaml" <<'END'
name: small
technology: [fdsoi28, lp55]
network: ds_cnn_s
designs:
  - {name: A, accelerator: dot, pe: {kind: mul, bits: [8, 6]}, engines: [2, 4], lanes: 4}
  - {name: B, accelerator: dot, pe: {kind: pot, bits: 8}, engines: 4, lanes: [4, 8]}
precision: [6, 4]
clock_mhz: {from: 66.5, to: 200.25, points: 3}
objectives: {minimize: [area_um2, energy_uj]}
uncertainty: {draws: 16, seed: 1}
END
sed -e 's/points: 50, scale/points: 20, scale/; s/, lp55//' experiments/large_sweep.yaml >"$dir/sweep.yaml" # 200,000 points
gcc -D_GNU_SOURCE -shared -fPIC -O1 -o "$dir/shim.so" tests/surroundings.c || exit 1
localedef -c -i tests/data/comma.locale -f ANSI_X3.4-1968 "$dir/comma" 2>/dev/null
cd "$dir" || exit 1
export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS

# all NAME COMMAND...: everything that the program makes, run through the command, in the folder NAME.
all() {
  local to=$1
  shift
  mkdir "$to" && cd "$to" || return
  "$@" "$quarry" run -q --no-plots --no-cache -d r.sqlite ../small.yaml >ran 2>said || { cat said; cd ..; return 1; }
  "$@" "$quarry" query -d r.sqlite - --format csv <<<'SELECT * FROM point' >rows.csv &&
    "$@" "$quarry" export small -d r.sqlite -o points.csv 2>/dev/null &&
    "$@" "$quarry" export small -d r.sqlite --front -f json -o front.json 2>/dev/null &&
    "$@" "$quarry" plot small -d r.sqlite --x area_um2 --y energy_uj -o plot 2>/dev/null &&
    "$@" "$quarry" front small -d r.sqlite >front 2>/dev/null &&
    "$@" "$quarry" tech import "$data/liberty/good.lib" --name mine --node-nm 130 -o mine.yaml >mine 2>&1 &&
    "$@" "$quarry" rtl mac -o mac.v && "$@" "$quarry" check r.sqlite >checked 2>&1
  local code=$?
  cd ..
  return $code
}
tables() { # of a database: all but times
  for t in result interval front_chance front_point design precision network technology best_point batch; do
    sqlite3 "$1" "SELECT '$t', * FROM $t" 2>&1
  done
}
same() { # what is in a folder and in usual/; when it was made may differ
  local file
  for file in points.csv front.json front plot.gp plot.svg mine.yaml mac.v rows.csv ran checked; do
    cmp <(grep -v _utc usual/$file) <(grep -v _utc "$1/$file") || { echo "$file"; return 1; }
  done
  cmp <(tables usual/r.sqlite) <(tables "$1/r.sqlite")
}
check 'the usual surroundings' all usual
check 'they make something' test "$(wc -l <usual/points.csv)" -gt 20 -a -s usual/plot.svg -a -s usual/mine.yaml

# ---- decimal commas
comma() { env LOCPATH="$dir" LC_ALL=comma SET_LOCALE=1 LD_PRELOAD="$dir/shim.so" "$@"; }
if [ "$(comma sqlite3 :memory: 'SELECT 1' 2>/dev/null)" ]; then # the shim ends a program that cannot have it
  check 'decimal commas' all commas comma
  check 'change nothing' same commas
else
  echo '# NOT CHECKED: decimal commas: no locale can be made here (localedef and the package locales)'
fi

# ---- a time of day that goes back, an hour at each look
back() { env CLOCK_BACK=3600000 LD_PRELOAD="$dir/shim.so" "$@"; }
check 'a clock that goes back' all late back
check 'changes nothing' same late
ends() { sqlite3 late/r.sqlite 'SELECT status, ended_utc < started_utc FROM experiment'; }
check 'it did go back' equal "$(ends)" 'complete|1'
check 'what took time is said by the steady clock' grep -Eq 'computed and stored in [0-9.]+ s' late/said
check 'and is read back' eval 'back "$quarry" run -q --no-plots -d late/r.sqlite small.yaml 2>&1 | grep -q "read back"'
check 'to the same' same late
# ---- no /proc
without() { unshare -rm sh -c 'mount -t tmpfs none /proc && exec "$@"' - "$@"; }
if [ "$sanitized" ]; then
  echo '# NOT CHECKED: no /proc: the sanitizer reads its options there'
elif without true 2>/dev/null; then
  check 'no /proc' all bare without
  check 'changes nothing' same bare
  check 'the data is found beside the program' eval 'cd usual && without "$quarry" list networks | grep -q ds_cnn_s; cd ..'
  check 'standard output has no name there: it is said' equal \
    "$(without "$quarry" rtl mac -o /dev/stdout 2>&1 | grep -c '^/dev/stdout: error: cannot be written: ') ${PIPESTATUS[0]}" '1 0'
  # shellcheck disable=SC2016 # they are the variables of the shell there
  without bash -c "$(declare -f hold)"'; "$0" run -q -t 1 --no-plots --no-cache -d long.sqlite sweep.yaml >/dev/null 2>first & pid=$!
    hold $pid long.sqlite
    "$0" run -q --no-plots --no-cache -d long.sqlite sweep.yaml >/dev/null 2>second
    echo $? >code
    kill -TERM $pid
    kill -CONT $pid
    wait $pid
    echo $? >>code' "$quarry"
  check 'a second writer is refused there too' equal "$(paste -sd' ' code) $(grep -c 'is being run by process' second)" '3 130 1'
  check 'what was stopped there goes on' "$quarry" run -q --no-plots --no-cache -d long.sqlite sweep.yaml
else
  echo '# NOT CHECKED: no /proc: no file system may be mounted here'
fi
echo "1..$n"
