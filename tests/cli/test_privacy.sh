#!/bin/bash
# A database is passed on: it names no host, user or folder of who made it, neither one that is complete nor one of a run
# that was killed; paths as they were given relative to the working directory stay.  TAP.
. tests/check.sh
top=$PWD
mkdir -p "$dir/secret_folder/data"
cp -r db "$dir/secret_folder/data/" && rm -f "$dir"/secret_folder/data/db/*.sqlite*
cp experiments/number_formats.yaml "$dir/secret_folder/mine.yaml"
sed -e 's/points: 50, scale/points: 10, scale/' experiments/large_sweep.yaml >"$dir/secret_folder/sweep.yaml"
cd "$dir/secret_folder" || exit 1
name=secret-host-of-mine
host() { unshare --uts --map-root-user "$@"; }
named() { # the command on a host of this name, where the system lets us have one
  host true 2>/dev/null || { "$@"; return; }
  host sh -c 'hostname "$0" 2>/dev/null || echo "$0" >/proc/sys/kernel/hostname; exec "$@"' "$name" "$@"
}
none() { # none FILE...: of the words in them or in what SQLite keeps beside them
  ! cat "$@" | grep -a -c -e secret_folder -e "$dir" -e "$name" -e "^$(hostname) " -e "/home/" -e "/root"
}
export XDG_CACHE_HOME=$PWD/cache
check 'a run by absolute paths' named "$quarry" run -q --no-plots --db-dir "$PWD/data/db" --database="$PWD/r.sqlite" "$PWD/mine.yaml"
check 'nothing of them is in the database' none r.sqlite*
check 'its file is' equal "$(sqlite3 r.sqlite 'SELECT file FROM experiment')" mine.yaml
check 'its command is' equal "$(sqlite3 r.sqlite 'SELECT command_line FROM experiment')" \
  'quarry run -q --no-plots --db-dir data/db --database=r.sqlite mine.yaml'
check 'paths from here' "$quarry" run -q --no-plots --db-dir data/db -d here.sqlite ./mine.yaml
check 'stay' equal "$(sqlite3 here.sqlite 'SELECT file, command_line FROM experiment')" \
  './mine.yaml|quarry run -q --no-plots --db-dir data/db -d here.sqlite ./mine.yaml'
named "$quarry" run -q --no-plots --db-dir "$PWD/data/db" -d "$PWD/killed.sqlite" "$PWD/sweep.yaml" >/dev/null 2>&1 &
until running=$(pgrep -x -P $! quarry) || ! kill -0 $!; do sleep 0.01; done # what `named` began last
hold "$running" killed.sqlite
pkill -KILL -P $! 2>/dev/null || kill -KILL $!
wait $! 2>/dev/null
check 'one that was killed says who ran it' test -n "$(sqlite3 -readonly killed.sqlite 'SELECT runner FROM experiment')"
check 'but not where' none killed.sqlite*
for format in csv json; do
  check "nor does what is exported as $format" "$quarry" export number_formats -d r.sqlite -f $format -o x.$format
  check "$format: nothing" none x.$format
done
# A table of sensitivities by its name, and all of it again from the database alone.
check 'a run with a table of noise' "$quarry" run -q --no-plots --db-dir "$PWD/data/db" -d "$PWD/hawq.sqlite" "$top/experiments/hawq.yaml"
check 'it is named without its folder' none hawq.sqlite*
check 'as it lies in db' equal "$(sqlite3 hawq.sqlite 'SELECT name FROM noise_file')" sensitivity/hawqv3_resnet18.csv
mkdir empty && cd empty || exit 1
check 'reproduced elsewhere' env QUARRY_DB_DIR=/nowhere "$quarry" reproduce hawq -d ../hawq.sqlite
cd "$top" || exit 1
echo "1..$n"
