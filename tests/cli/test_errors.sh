#!/bin/bash
# Bad experiment files, databases, directories and tools: each with its exact message and exit code.  TAP.
# Cases are in tests/cli/errors.txt: a name, a sed script that spoils the good file below, the exact standard error, in
# which {elements}, {accelerators}, {technologies}, {fpgas} and {metrics} stand for what `quarry list` names.
. tests/check.sh
db=$PWD/db
cases=$PWD/tests/cli/errors.txt
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
cd "$dir" || exit 1
verdict() { # verdict NAME GOT-CODE EXPECTED-CODE GOT-TEXT EXPECTED-TEXT
  n=$((n + 1))
  if [ "$2" = "$3" ] && [ "$4" = "$5" ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    echo "# exit $2, expected $3"
    printf '%s\n' "$4" | sed 's/^/# said:     /'
    printf '%s\n' "$5" | sed 's/^/# expected: /'
  fi
}

cat >good.yaml <<'YAML'
name: good
question: Does it work?
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: SDM
    accelerator: depthwise
    pe: {kind: mac, multiplier: booth, bits: 16}
    channels: [1, 2, 4]
  - name: RDM
    accelerator: depthwise
    pe: {kind: mac_st, multiplier: booth, bits: 16}
    reduction: taps
    channels: [1, 2, 4]
precision: [16, 8]
clock_mhz: 200
objectives: {minimize: [area_um2, latency_us]}
constraints:
  area_um2: {max: 1e9}
plots:
  - {kind: pareto, x: area_um2, y: latency_us}
YAML

# Names of rows, so that a new row changes no expected text.
names() { "$quarry" list $1 --format csv | tail -n +2 | cut -d, -f1 | sed ':a; N; $!ba; s/\n/, /g'; }
elements=$(names elements) accelerators=$(names accelerators) metrics=$(names metrics)
files() { (cd "$db/$1" && printf '%s\n' *.yaml) | sed ':a; N; $!ba; s/\.yaml//g; s/\n/, /g'; }
technologies=$(files tech) fpgas=$(files fpga)
mac=$("$quarry" rtl mac --param none=1 2>&1 | sed 's/.*parameter of //; s/, found .*//') # test_rows.c knows them
# Lists of rows in a message as placeholders.  Not all metrics have room: those from the first on.
without_names() {
  local text=${1//$elements/\{elements\}} some=$metrics
  text=${text//$technologies/\{technologies\}}
  text=${text//$fpgas/\{fpgas\}}
  text=${text//$accelerators/\{accelerators\}}
  text=${text//parameter of $mac,/parameter of \{mac\},}
  while [ "$some" != "${some%, *}" ] && [[ $text != *"one of $some, ..."* ]]; do some=${some%, *}; done
  printf '%s' "${text//one of $some, .../one of \{metrics\}, ...}"
}

# name / sed script / expected lines, with blank lines between cases.
name= script= expected=
flush() {
  [ -n "$name" ] || return
  sed -E "$script" good.yaml >e.yaml
  got=$("$quarry" run --dry-run --db-dir "$db" e.yaml 2>&1 >/dev/null)
  code=$?
  verdict "$name" $code 2 "$(without_names "${got//$db/DB}")" "$expected"
  name= script= expected=
}
while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '#'*) ;;
    '') flush ;;
    *)
      if [ -z "$name" ]; then name=$line
      elif [ -z "$script" ]; then script=$line
      else expected=$expected${expected:+$'\n'}$line; fi ;;
  esac
done <"$cases"
flush

run() { # run NAME CODE EXPECTED ARGUMENT...
  local name=$1 code=$2 expected=$3
  shift 3
  got=$("$quarry" "$@" 2>&1 >/dev/null)
  verdict "$name" $? "$code" "${got//$db/DB}" "$expected"
}
good() { "$quarry" run --quiet --db-dir "$db" --plots . --database good.sqlite good.yaml >/dev/null 2>&1; }
good || echo "# the good file failed"

echo 'this is no database, but long enough to be taken for one if nobody looked' >text.sqlite
run 'text as database' 2 'error: text.sqlite: expected a results database, found a file that is not an SQLite database' \
  query --database text.sqlite 'SELECT 1'
sqlite3 other.sqlite 'PRAGMA application_id = 12345; CREATE TABLE t(x); INSERT INTO t VALUES (1)'
before=$(sha256sum other.sqlite)
run 'database of another application' 2 \
  'error: other.sqlite: expected a results database of quarry (application_id 0x51727279, "Qrry"), found a database of another application (application_id 0x3039)' \
  run --db-dir "$db" --no-plots --database other.sqlite good.yaml
n=$((n + 1))
[ "$before" = "$(sha256sum other.sqlite)" ] && [ ! -e other.sqlite-wal ] && echo "ok $n - and it is left as it was" ||
  echo "not ok $n - and it is left as it was"
cp good.sqlite newer.sqlite
sqlite3 newer.sqlite 'PRAGMA user_version = 99'
run 'database of a newer version' 2 \
  'error: newer.sqlite: expected a results database of schema version '$(schema_version)' or older, found version 99: it was written by a newer quarry' \
  query --database newer.sqlite 'SELECT 1'
run 'missing database' 2 'error: none.sqlite: no such database; an experiment that is run makes it' \
  query --database none.sqlite 'SELECT 1'
run 'bad SQL' 2 'error: SQL: no such column: nowt, at line 1, column 8: "nowt FROM point"' query --database good.sqlite 'SELECT nowt FROM point'
run 'SQL that writes' 2 'error: SQL: expected a SELECT that only reads, found a statement that is not (not authorized)' \
  query --database good.sqlite 'DELETE FROM result'
run 'unknown experiment' 2 'error: expected an experiment of the database (good (1)), found "bad"' \
  front --database good.sqlite bad
run 'front over an unknown metric' 2 'error: --objectives: expected metrics that `quarry list metrics` shows, found "speed"' \
  front --database good.sqlite --objectives area_um2,speed good
sed 's/^clock_mhz: .*/clock_mhz: [200, 5000]/
  s/^  - {kind: pareto.*/  - {kind: tornado, metric: energy_uj, design: RDM, at: {technology: lp55, channels: 2, precision: 8, clock_mhz: 5000}}/' \
  good.yaml >tornado.yaml
run 'a tornado of a design that cannot be' 2 \
  "tornado.yaml: error: plots[0]: expected a design that can be built, found point 39: the accumulator's loop is longer than the clock period" \
  run --quiet --db-dir "$db" --plots . --database tornado.sqlite tornado.yaml
n=$((n + 1))
[ ! -e tornado.sqlite ] && echo "ok $n - and nothing is begun" || echo "not ok $n - and nothing is begun"
design() { # NAME EXPECTED ARGUMENT...
  local name=$1 expected=$2
  shift 2
  run "$name" 2 "$expected" describe design good.yaml --db-dir "$db" "$@"
}
design 'design: no point' 'error: describe design: expected --point N, or --design NAME with --at, found neither'
design 'design: a point twice' 'error: describe design: expected --point N, or --design NAME with --at, found both' \
  --point 1 --design RDM
design 'design: --at alone' 'error: describe design: expected --design beside --at' --point 1 --at 'precision: 8'
design 'design: a point that is not there' 'error: expected a point of good, 0 to 23, found 24' --point 24
design 'design: a point that is no number' 'quarry describe: --point: expected an integer from 0 to 9e+15, found "x"' --point x
design 'design: an unknown design' 'error: expected a design of good (SDM, RDM), found "XDM"; did you mean "SDM"?' --design XDM
design 'design: an axis left open' \
  'error: expected a value of `precision` for the design "RDM" (`at: {precision: ...}`), found none; it has 16, 8' \
  --design RDM --at 'channels: 2, technology: lp55'
design 'design: broken axes' \
  '--at:1:20: error: YAML syntax: did not find expected key (while parsing a block mapping that starts at 1:1)' \
  --design RDM --at 'channels: 2, }'
design 'design: over a point that is not there' 'error: expected a point of good, 0 to 23, found 99' --point 1 --over 99
design 'design: over another technology' 'error: expected two points in one technology, found fdsoi28 and lp55' \
  --point 1 --over 2
design 'design: over an unknown design' 'error: expected a design of good (SDM, RDM), found "XDM"; did you mean "SDM"?' --point 1 --over XDM
design 'design: an unknown metric' \
  'error: --metric: expected a metric that `quarry list metrics` shows, found "energy_ju"; did you mean "energy_uj"?' \
  --point 1 --sensitivity --metric energy_ju
design 'design: a metric that is certain' \
  "error: expected a metric that depends on the library's constants, found latency_us, which is certain at a fixed clock" \
  --point 1 --sensitivity --metric latency_us
design 'design: a metric it lacks' \
  'error: expected a metric that the design "SDM" has, found energy_per_product_fj' \
  --point 1 --sensitivity --metric energy_per_product_fj
design 'design: a picture of nothing' 'error: describe design: expected --sensitivity beside --tornado' \
  --point 1 --tornado t
run 'plot of an unknown metric' 2 'error: --x: expected a metric that `quarry list metrics` shows, technology, network, design, precision, clock_mhz, voltage_v, weight_bits, activation_bits or a parameter of the designs, found "speed"' \
  plot --database good.sqlite --x speed --y area_um2 good
run 'an option that the kind does not take' 2 'error: --panel: expected an option that --kind parallel takes (--kind, --axes, --group, --where)' \
  plot --database good.sqlite --kind parallel --axes channels,area_um2 --panel design good
run 'a range of bars' 2 'error: --y-range: expected an option that --kind bars takes (--x, --y, --kind, --points, --group, --panel, --where)' \
  plot --database good.sqlite --kind bars --x channels --y area_um2 --y-range 0,1 good
run 'a group of stored plots' 2 'error: --group: expected --x and --y, or --axes, beside it: a plot of one'"'"'s own' \
  plot --database good.sqlite --group design good
run 'a logarithmic axis of words' 2 'error: --x-scale: expected no scale or range of an axis of words, found "log"' \
  plot --database good.sqlite --kind lines --x design --y area_um2 --x-scale log good
run 'a scale of cells' 2 'error: --x-scale: expected no scale of a key, whose values are cells of one size, found "log"' \
  plot --database good.sqlite --kind heatmap --x channels --y precision --colour area_um2 --x-scale log good
run 'plot of points that are not there' 2 'error: plot: where: expected a precision of feasible points (8 bit, 16 bit), found "4 bit"' \
  plot --database good.sqlite --plots . --x area_um2 --y latency_us --where 'precision=4 bit' good
run 'plot with half a condition' 2 'error: --where: expected KEY=LABEL with commas between, found "precision"' \
  plot --database good.sqlite --plots . --x area_um2 --y latency_us --where precision good
run 'gnuplot missing' 3 \
  'error: gnuplot is missing (looked for "/nonexistent/gnuplot"): install the package gnuplot-nox' \
  plot --database good.sqlite --plots . --gnuplot /nonexistent/gnuplot good
printf '#!/bin/sh\ncat >/dev/null\necho "out of ink" >&2\nexit 1\n' >fake-gnuplot
chmod +x fake-gnuplot
run 'gnuplot failing' 3 './good.latency_us-area_um2.gp: error: gnuplot ("./fake-gnuplot") ended with code 1: out of ink' \
  plot --database good.sqlite --plots . --gnuplot ./fake-gnuplot good
sed 's/channels: .*/channels: {from: 1, to: 1000, step: 1}/; s/^clock_mhz.*/clock_mhz: {from: 1, to: 1000, points: 125000}/' \
  good.yaml >huge.yaml
run 'huge space' 2 \
  'huge.yaml: error: expected at most 20000000 points without --yes, found 1000000000 (about 223.5 GiB of database)' \
  run --db-dir "$db" --database huge.sqlite huge.yaml
if [ "$(id -u)" != 0 ]; then
  mkdir locked && chmod a-w locked
  run 'read-only directory' 3 'error: locked/r.sqlite: cannot create the database: its directory: Permission denied' \
    run --db-dir "$db" --no-plots --database locked/r.sqlite good.yaml
else # whom no permission stops
  run 'directory that takes no files' 3 'error: /proc/r.sqlite: cannot open the database: unable to open database file: No such file or directory' \
    run --db-dir "$db" --no-plots --database /proc/r.sqlite good.yaml
fi
run 'database in a missing directory' 2 'error: none/r.sqlite: cannot create the database: its directory: No such file or directory' \
  run --db-dir "$db" --no-plots --database none/r.sqlite good.yaml
printf 'M,N,K,rows,cols,dataflow\n' >cycles.csv
run 'cycles without the count' 2 "cycles.csv:1: error: expected a column 'closed_form_cycles', found none" validate cycles cycles.csv
printf 'M,N,K,rows,cols,dataflow,closed_form_cycles,sram_ofmap_writes\n4,3,5,2,3,ws,27,1.5\n' >cycles.csv
run 'cycles with a count that is none' 2 "cycles.csv:2:17: error: sram_ofmap_writes: expected an integer, found '1.5'" \
  validate cycles cycles.csv
printf 'figures:\n  - {name: n, claim: c, source: s, quantity: cycles, relation: value, of: {array: ws, rows: 300}}\n' >array.yaml
run 'published figure of an array that is too large' 2 \
  'array.yaml:2:93: error: figures[0].of.rows: expected a whole number from 1 to 256, found "300"' validate published array.yaml
run 'published figures that are not there' 2 'none.yaml: error: expected a readable file: no such file' validate published none.yaml
run 'no published figures at all' 2 '/nonexistent/published: error: expected a directory with published figures' \
  validate --db-dir /nonexistent
run 'wrong db-dir' 2 'error: no technology library "fdsoi28": no directory /nonexistent/tech
good.yaml:3:14: error: technology[0]: library "fdsoi28" cannot be used' run --db-dir /nonexistent --database r.sqlite good.yaml
echo "1..$n"
