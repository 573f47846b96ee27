#!/bin/bash
# What the world does to a command: each case by its exit code and the words it says.  TAP.
. tests/check.sh
cp experiments/number_formats.yaml "$dir/small.yaml"
top=$PWD
cd "$dir" || exit 1

# fault NAME CODE WORDS COMMAND...: ends with the code and says the words
fault() {
  local name=$1 code=$2 words=$3 found
  shift 3
  n=$((n + 1))
  found=$("$@" 2>&1 >/dev/null)
  local got=$?
  if [ $got = "$code" ] && [[ $found == *"$words"* ]]; then echo "ok $n - $name"; else
    echo "not ok $n - $name"
    echo "# expected $code and \"$words\", got $got and:"
    sed 's/^/# /' <<<"$found" | head -5
  fi
}
stand_in() { # stand_in NAME BODY: a program in place of gnuplot
  printf '#!/bin/sh\n%s\n' "$2" >"$1"
  chmod +x "$1"
}
none_left() { # of the process group whose number is in the file pid: a process that was killed may take a moment
  local try
  [ -s pid ] || return
  for ((try = 0; try < 50; try++)); do
    ps -eo pgid=,stat= | awk -v group="$(cat pid)" '$1 == group && $2 !~ /^Z/ { left = 1 } END { exit left }' && return
    sleep 0.1
  done
  return 1
}
plot() { timeout 60 "$quarry" plot number_formats -d whole.sqlite -p pictures "$@"; }

check 'a run to begin with' "$quarry" run -q -d whole.sqlite --no-plots small.yaml
mkdir pictures

# ---- gnuplot
stand_in fails 'echo "out of colours" >&2; exit 7'
stand_in killed 'kill -9 $$'
stand_in silent 'exit 0'
stand_in floods 'exec yes'
stand_in hangs 'sleep 4711 & echo $$ >pid; sleep 4711'
fault 'gnuplot is missing' 3 'gnuplot is missing (looked for "./nowhere")' plot --gnuplot ./nowhere
fault 'gnuplot fails' 3 'ended with code 7: out of colours' plot --gnuplot ./fails
fault 'gnuplot is killed' 3 'ended with code 137 (Killed)' plot --gnuplot ./killed
fault 'gnuplot is silent' 3 'ended without finishing the picture' plot --gnuplot ./silent
fault 'gnuplot floods' 3 'printed more than 16 MiB and was ended' plot --gnuplot ./floods
fault 'gnuplot hangs' 3 'was not done after 0.2 s and was ended' plot --gnuplot ./hangs --gnuplot-timeout 0.2
check 'and nothing of it is left' none_left
stand_in half 'gnuplot "$@" || exit
p=$(sed -n "1s/^picture = .\(.*\).$/\1/p" "$2")
truncate -s 1000 "$p"'
fault 'half an SVG' 3 'ended without finishing the picture' plot --gnuplot ./half
fault 'half a PNG' 3 'ended without finishing the picture' plot --gnuplot ./half --format png
fault 'half a PDF' 3 'ended without finishing the picture' plot --gnuplot ./half --format pdf
check 'no temporary file is left' equal "$(ls -A pictures)" number_formats.fdsoi28.gp
for signal in INT TERM HUP; do
  rm -f pid
  env --default-signal=INT "$quarry" plot number_formats -d whole.sqlite -p pictures --gnuplot ./hangs >log 2>&1 &
  for ((i = 0; i < 3000; i++)); do
    [ -s pid ] && break
    sleep 0.02
  done
  kill -$signal $! && wait $!
  check "SIG$signal ends gnuplot too" none_left
done 2>/dev/null
# A run has read its signals by then: the first ends all of its pictures.
sed '/^plots:/,$d' small.yaml >pictures.yaml
printf 'plots:\n  - {kind: pareto, name: %s, x: energy_per_product_fj, y: sqnr_db}\n' a >>pictures.yaml
printf '  - {kind: pareto, name: %s, x: energy_per_product_fj, y: sqnr_db}\n' b >>pictures.yaml
rm -f pid
"$quarry" run -q pictures.yaml -d pictures.sqlite -p pictures --gnuplot ./hangs >log 2>&1 &
for ((i = 0; i < 3000; i++)); do
  [ -s pid ] && break
  sleep 0.02
done
kill -TERM $!
for ((i = 0; i < 100; i++)); do kill -0 $! 2>/dev/null || break; sleep 0.05; done
check 'a signal while the first of two pictures is drawn ends a run' test $i -lt 100
kill -KILL $! 2>/dev/null
wait $! 2>/dev/null
check 'with 130' equal $? 130
check 'and no gnuplot is left' none_left

# ---- outputs
umask 027
export_to() { "$quarry" export number_formats -d whole.sqlite -f csv -o "$1"; }
check 'a new file' export_to new.csv
check 'has the mode of the umask' equal "$(stat -c %a new.csv)" 640
chmod 604 new.csv
check 'one that is there' export_to new.csv
check 'keeps its mode' equal "$(stat -c %a new.csv)" 604
check 'a picture' plot
check 'has the mode of the umask' equal "$(stat -c %a pictures/number_formats.fdsoi28.svg)" 640
umask 022
echo mine >target
ln -sf "$dir/target" "pictures/number_formats.fdsoi28.$$.tmp.svg"
check 'a link of a name that could be guessed' plot
check 'is not written through' equal "$(cat target)" mine
mkfifo pipe
cat pipe >through &
check 'a pipe is written as it is' export_to pipe
wait $!
check 'with all of it' cmp through new.csv
check 'and stays one' test -p pipe
check 'standard output by its name' equal "$(export_to /dev/stdout | cksum)" "$(cksum <new.csv)"

# ---- paths of more than 1,000 characters
long=$(printf "%0200d/" 1 2 3 4 5 6)
mkdir -p "$long"
check 'a picture in a long path' "$quarry" plot number_formats -d whole.sqlite -p "$long"
check 'is there' test -s "$long/number_formats.fdsoi28.svg"
fault 'a path that is longer than any' 2 'expected a path of at most' \
  "$quarry" plot number_formats -d whole.sqlite -o "$(printf "%05000d" 1)"

# ---- the database
sed -e 's/points: 50, scale/points: 10, scale/; s/, lp55//' "$top/experiments/large_sweep.yaml" >sweep.yaml # 100,000 points
rows() { # all values of every seventh point, and which points there are
  sqlite3 "$1" "SELECT * FROM result WHERE id % 7 = 0 ORDER BY id; SELECT count(*), sum(id) FROM result; SELECT point, front_group FROM front_point ORDER BY 1, 2;
                SELECT id, name, parameters FROM design ORDER BY id" | sha256sum
}
run() { "$quarry" run -q --no-plots "$@" sweep.yaml; }
while_running() { # while_running NAME CODE WORDS COMMAND...: what a run ends with when the command is done meanwhile
  local name=$1 code=$2 words=$3 pid
  shift 3
  rm -f run.sqlite*
  "$quarry" run -q --no-plots -t 1 -d run.sqlite sweep.yaml >/dev/null 2>said & # on more, all batches left may be ready
  pid=$!
  hold $pid run.sqlite
  PID=$pid "$@"
  kill -CONT $pid 2>/dev/null
  wait $pid
  local got=$?
  fault "$name" "$code" "$words" sh -c "cat said >&2; exit $got"
}
resumed() { # what is stored is whole and goes on to the same rows
  check "$1: what is stored is whole" equal "$(sqlite3 run.sqlite 'PRAGMA integrity_check')" ok
  check "$1: the run goes on" run -d run.sqlite
  check "$1: to the same rows" equal "$(rows run.sqlite)" "$whole"
}
replace() { cp whole.sqlite other.sqlite && mv other.sqlite run.sqlite; }
send() { kill -"$1" "$PID"; }
second() { run -d run.sqlite 2>second; }
back() { # the clock was later when the run began
  send TERM
  send CONT
  while kill -0 "$PID" 2>/dev/null; do sleep 0.01; done
  sqlite3 run.sqlite "UPDATE experiment SET started_utc = '2099-01-01T00:00:00.000Z'"
}
readers() { "$quarry" query -d run.sqlite --format csv 'SELECT count(*) FROM point' >counted 2>/dev/null; }

check 'a run without faults' run -d sweep.sqlite
whole=$(rows sweep.sqlite)
gone='run.sqlite: the database was deleted, moved or replaced while it was in use'
while_running 'the database is deleted' 3 "$gone" rm -f run.sqlite
while_running 'the database is moved' 3 "$gone" mv run.sqlite elsewhere.sqlite
while_running 'the database is replaced' 3 "$gone" replace
check 'and the other one is as it was' cmp run.sqlite whole.sqlite
while_running 'SIGHUP' 130 'interrupted; what was finished is stored in run.sqlite' send HUP
check 'it is marked so' equal "$(sqlite3 run.sqlite 'SELECT status FROM experiment')" interrupted
while_running 'SIGTERM, and the clock goes back' 130 'interrupted; what was finished is stored in run.sqlite' back
resumed 'SIGTERM'
while_running 'a second writer' 0 'computed and stored' second
check 'is refused' grep -q 'is being run by process' second
check 'and the first one is done' equal "$(sqlite3 run.sqlite 'SELECT count(*) FROM result')" 100000
while_running 'a reader' 0 'computed and stored' readers
check 'sees whole batches' equal "$(($(tail -n 1 counted) % 8192))" 0

rm -f run.sqlite*
limited() { (ulimit "$1" "$2" && shift 2 && "$@"); }
fault 'a limit of file sizes' 3 'run.sqlite: cannot store a batch: disk I/O error: File too large' \
  limited -f 2000 run -d run.sqlite
resumed 'after it'
# A disk of 3 MiB that is full, and then has room.
mkdir -p disk
if unshare -rm mount -t tmpfs -o size=3m none disk 2>/dev/null; then
  fault 'a full disk' 3 'disk/run.sqlite: cannot store a batch: the disk is full' unshare -rm sh -c '
    mount -t tmpfs -o size=3m none disk || exit 99
    "$0" run -q --no-plots -d disk/run.sqlite sweep.yaml
    code=$?
    mount -o remount,size=200m disk && "$0" run -q --no-plots -d disk/run.sqlite sweep.yaml >again.log 2>&1
    rm -f run.sqlite* && cp disk/run.sqlite . && exit $code' "$quarry"
  check 'with room the run goes on' grep -q 'computed and stored' again.log
  check 'to the same rows' equal "$(rows run.sqlite)" "$whole"
else
  echo '# not checked: no file system may be mounted here'
fi
if [ -z "$sanitized" ]; then
  fault 'a limit of memory' 3 'out of memory' limited -v 20000 run -t 1 -d none.sqlite
fi
fault 'a limit of open files' 3 'Too many open files' limited -n 5 run -d none.sqlite
half_of_a_page() { head -c 100000 /dev/zero >>filled && limited -f 50 plot "$@"; }
fault 'a picture larger than the limit' 3 '' half_of_a_page
check 'no temporary file is left' equal "$(find pictures -name '*.??????.*')" ''

mkdir closed && cp whole.sqlite closed/ && chmod 755 . && chmod 555 closed && chmod 444 closed/whole.sqlite
other() { # without the rights of root, where this is root
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}
if other test -x "$quarry" -a -r sweep.yaml 2>/dev/null; then
  fault 'a directory that is only read' 3 'cannot create the database: its directory: Permission denied' \
    other "$quarry" run -q --no-plots --no-cache -d closed/new.sqlite small.yaml
  fault 'a database that is only read' 3 'closed/whole.sqlite: cannot write the database: Permission denied' \
    other "$quarry" run -q --no-plots --no-cache -d closed/whole.sqlite small.yaml
  check 'is read' other "$quarry" query -d closed/whole.sqlite 'SELECT count(*) FROM point'
  fault 'an output where nothing is written' 3 'closed/x.csv: error: cannot be written: Permission denied' \
    other "$quarry" export number_formats -d whole.sqlite -o closed/x.csv
else
  echo '# not checked: another user cannot run this program'
fi
chmod 755 closed

# ---- streams and surroundings
all='SELECT * FROM point'
closed() { "$@" >&-; }
full() { "$@" 2>&1 >/dev/full; }
fault 'standard output closed' 3 '' closed "$quarry" query -d whole.sqlite "$all"
check 'with these words' equal "$("$quarry" query -d whole.sqlite "$all" 2>&1 >&-)" \
  'error: standard output could not be written'
check 'a full device' equal "$("$quarry" query -d whole.sqlite "$all" 2>&1 >/dev/full)" \
  'error: standard output could not be written'
check 'whoever reads leaves' equal "$("$quarry" query -d whole.sqlite "$all" 2>&1 | head -n 1 | wc -l) ${PIPESTATUS[0]}" '1 0'
"$quarry" run -q -d streams.sqlite --no-plots small.yaml <&- >&- 2>&-
check 'without any stream the database is whole' equal "$(sqlite3 streams.sqlite 'PRAGMA integrity_check')" ok
check 'no HOME, no TERM, no PATH' env -i "$quarry" run -q -d bare.sqlite --no-plots small.yaml
fault 'no PATH, no gnuplot' 3 'gnuplot is missing' env -i PATH=/nowhere "$quarry" plot number_formats -d bare.sqlite -p pictures
# A signal to `reproduce` alone ends the run that it began, in a process of its own, and leaves no folder.
mkdir temporary
for signal in INT TERM HUP; do
  env --default-signal=INT TMPDIR="$dir/temporary" "$quarry" reproduce large_sweep -d sweep.sqlite >said 2>&1 &
  pid=$!
  for ((i = 0; i < 3000; i++)); do
    found=(temporary/*/again.sqlite)
    [ -s "${found[0]}" ] && break
    sleep 0.01
  done
  kill -$signal $pid
  wait $pid
  check "reproduce: SIG$signal ends it" equal $? 130
  check "reproduce: nothing is left of it" equal "$(ls temporary)$(pgrep -g 0 -f "$quarry reproduce")" ''
done 2>/dev/null
# ---- words
echo 0 0 0 >zeros.txt
fault 'weights that are all zero' 2 'zeros.txt: error: weights: expected a mean square above 0' "$quarry" quantize pot --weights zeros.txt
fault 'a parameter twice' 2 '--param: expected each name once, found "bits" again' "$quarry" rtl mac --param bits=8,bits=9
fault 'a number in hexadecimal' 2 '--threads: expected an integer from 1 to 256, found "0x2"' "$quarry" run -t 0x2 small.yaml
fault 'a column that there is not' 2 'no such column: nope' "$quarry" query -d whole.sqlite 'SELECT nope'
fault 'the same in quotes' 2 'no such column: nope' "$quarry" query -d whole.sqlite 'SELECT "nope" FROM point'

echo "1..$n"
