#!/bin/bash
# The command line itself: help, unknown words, exit codes.  TAP.
quarry=$(realpath "$BUILD")/quarry
n=0
out=$(mktemp) err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT

# check NAME EXIT-CODE STDERR-TEXT ARGUMENT...: exact standard error.
check() {
  name=$1 code=$2 text=$3
  shift 3
  "$quarry" "$@" >"$out" 2>"$err"
  got=$?
  n=$((n + 1))
  if [ $got -eq "$code" ] && [ "$(cat "$err")" = "$text" ]; then
    echo "ok $n - $name"
  else
    echo "not ok $n - $name"
    echo "# exit $got, expected $code"
    sed 's/^/# said: /' "$err"
    echo "# expected: $text"
  fi
}

check 'unknown command' 2 'quarry: expected a command, found "rnu"; did you mean "run"? (quarry --help lists them)' rnu
check 'unknown option' 2 \
  'quarry run: expected an option, found "--thread"; did you mean "--threads"? (quarry run --help lists them)' run --thread 2 x.yaml
check 'abbreviated option' 2 \
  'quarry list: expected an option, found "--form"; did you mean "--format"? (quarry list --help lists them)' list --form csv metrics
check 'no operand' 2 'quarry run: expected FILE, found 0 operands (quarry run --help)' run
check 'two operands' 2 'quarry run: expected FILE, found 2 operands (quarry run --help)' run a b
check 'threads not a number' 2 'quarry run: --threads: expected an integer from 1 to 256, found "two"' run --threads two a
check 'threads out of range' 2 'quarry run: --threads: expected an integer from 1 to 256, found "0"' run -t 0 a
check 'missing value' 2 'quarry run: expected a value after "--threads"' run --threads
check 'unknown format' 2 'quarry list: --format: expected one of table, csv, json, markdown, latex, found "xml"' list --format xml metrics
check 'unknown list' 2 \
  'quarry list: expected experiments, technologies, networks, dram, fpga, elements, accelerators, metrics, keys or formats, found "things"' list things
mkdir "$out.d" && cd "$out.d" || exit 1
for name in rdm_vs_sdm number_formats; do
  "$quarry" list experiments --format csv 2>&1 | grep -q "^,$name,shipped,,,,..*?" && echo "ok $((n += 1)) - $name is shipped" ||
    echo "not ok $((n += 1)) - $name is shipped"
done
check 'a database that was named must be there' 2 \
  'error: none.sqlite: no such database; an experiment that is run makes it' list experiments -d none.sqlite
cd "$OLDPWD" && rmdir "$out.d" || exit 1
check 'unknown thing to describe' 2 'quarry describe: expected pe, design, tech, network, dram, fpga, metric, schedule, packing or schema, found "cat"' describe cat tom
check 'unknown metric' 2 \
  'quarry describe: expected a metric that `quarry list metrics` shows, found "area_um"; did you mean "area_um2"?' \
  describe metric area_um
check 'unknown element' 2 \
  'error: expected a processing element that `quarry list elements` shows, found "mack"; did you mean "mac"?' \
  describe pe mack
check 'a parameter by name' 0 '' describe pe mac --param bits=8,multiplier=array,input_registers=yes
check 'a choice that is none' 2 'error: pe mac: multiplier: expected array or booth, found wallace' \
  describe pe mac --param multiplier=wallace
own=$("$quarry" rtl mac --param none=2 2>&1 | sed 's/.*parameter of //; s/, found .*//') # and test_rows.c knows them
check 'a parameter of another element' 2 "error: pe mac: expected a parameter of $own, found terms" rtl mac --param terms=2
check 'parameters without values' 2 'error: --param: expected NAME=VALUE with commas between, found "bits"' \
  rtl mac --param bits
check 'an option that says nothing for a table' 2 'quarry validate: expected no --draws for arrays (quarry validate --help)' \
  validate arrays x.csv --draws 16
check 'or for published figures' 2 'quarry validate: expected no --flow for published figures (quarry validate --help)' \
  validate --flow lean
check 'a number format takes integers' 2 'error: --param root: expected an integer, found "two"' \
  quantize seglog --param root=two
check 'missing experiment file' 2 \
  '/nonexistent.yaml: error: expected a readable file: no such file' \
  run /nonexistent.yaml
check 'a packing without widths' 2 'error: packing: expected --weights BITS and --activations BITS' describe packing --weights 4
check 'a kernel that is none' 2 'error: --kernel: expected rows and columns of at most 16 such as 3x3, found "3"' \
  describe packing --weights 4 --activations 4 --kernel 3
check 'a signed word of one bit' 2 'error: weight bits: expected 2 to 16, found 1' \
  rtl packing --weights 1 --activations 4
check 'sums that no slice holds' 1 'error: no product of 16 x 16 bits with 1000000 sums fits into a dsp48e2' \
  describe packing --weights 16 --activations 16 --sums 1000000
check 'a packing has no name' 2 'quarry describe: expected no NAME after packing, found "foo"' \
  describe packing foo --weights 4 --activations 4

# Options that say nothing of what is asked for, with what they go with.
idle() { # idle OPTION FOR GOES-WITH ARGUMENT...
  option=$1 for=$2 with=$3
  shift 3
  check "--$option for $for" 2 "quarry $1: expected no --$option for $for: it goes with $with (quarry $1 --help)" "$@"
}
idle tech 'packing --fpga' 'pe, schedule' describe packing --weights 4 --activations 4 --fpga xc7z020 --tech lp55
idle slice 'packing --fpga' packing describe packing --weights 4 --activations 4 --fpga xc7z020 --slice dsp58
idle param packing pe describe packing --weights 4 --activations 4 --param bits=4
idle over packing 'pe --fpga, pe --sensitivity, design' describe packing --weights 4 --activations 4 --over mac
idle tech fpga 'pe, schedule' describe fpga zu9eg --tech fdsoi28 --clock-mhz 3
idle tornado 'pe --fpga' 'pe --sensitivity, design' describe pe sp2 --fpga xc7z020 --tornado x
idle activity 'pe --fpga' pe describe pe mac --fpga xc7z020 --activity
idle over pe 'pe --fpga, pe --sensitivity, design' describe pe mac --over mac
idle fpga tech 'pe --fpga, packing --fpga' describe tech fdsoi28 --fpga xc7z020
idle weights metric packing describe metric area_um2 --weights 4
idle weights 'an element' packing rtl mac --weights 4
idle slice 'an element' packing rtl mac --slice dsp48e1
idle param packing 'an element' rtl packing --param bits=4 --target cells
idle vectors packing 'packing --testbench, an element --testbench' rtl packing --weights 4 --activations 4 --vectors 9
check 'a packing is of an FPGA' 2 'quarry rtl: packing: expected --target fpga (products share a DSP slice), found "cells"' \
  rtl packing --weights 4 --activations 4 --target cells
check '... which may be said' 0 '' rtl packing --weights 4 --activations 4 --target fpga
check 'describe is fine' 0 '' describe metric area_um2

# Every command explains itself on standard output and says what it exits with.
for command in $("$quarry" --help=words | grep -v ' '); do
  n=$((n + 1))
  if "$quarry" $command --help >"$out" 2>"$err" && grep -q '^Examples:' "$out" && grep -q "usage: quarry $command" "$out" &&
    [ ! -s "$err" ]; then
    echo "ok $n - $command --help has examples"
  else
    echo "not ok $n - $command --help has examples"
  fi
done

n=$((n + 1))
if "$quarry" list metrics >/dev/full 2>"$err"; [ $? -eq 3 ]; then
  echo "ok $n - a full disk behind standard output is exit code 3"
else
  echo "not ok $n - a full disk behind standard output is exit code 3"
fi

# A reader that has seen enough is no failure.
n=$((n + 1))
{ "$quarry" list keys 2>"$err"; echo $? >"$out"; } | true
if [ "$(cat "$out")" = 0 ] && [ ! -s "$err" ]; then
  echo "ok $n - a reader that leaves early"
else
  echo "not ok $n - a reader that leaves early"
fi
dir=$(mktemp -d)
trap 'rm -rf "$out" "$err" "$dir"' EXIT
same() { # same NAME EXPECTED GOT
  n=$((n + 1))
  if [ "$2" = "$3" ]; then echo "ok $n - $1"; else
    echo "not ok $n - $1"
    printf '%s\n' "expected: $2" "got: $3" | sed 's/^/# /'
  fi
}
# `quarry help COMMAND` is `quarry COMMAND --help`.
same 'quarry help run' "$("$quarry" run --help)" "$("$quarry" help run)"
same 'quarry help plot slope' "$("$quarry" plot slope --help)" "$("$quarry" help plot slope)"
check 'quarry help of nothing' 2 'quarry: expected a command, found "rnu"; did you mean "run"? (quarry --help lists them)' help rnu

# Both streams in one file come in the order in which they were printed: table first, then what was written.
"$quarry" run --quiet -d "$dir/r.sqlite" -p "$dir" --format csv experiments/number_formats.yaml >"$dir/both" 2>&1
same 'standard output is written before standard error speaks' 'head table wrote' \
  "$(awk '/results in/ { print "head" } /,points,/ { print "table" } /^wrote/ { print "wrote" }' "$dir/both" | uniq | tr '\n' ' ' | sed 's/ $//')"

# Control characters and bytes that are no UTF-8, from files and from the database.
printf 'layer,option,\033[31mcost\nconv\377,8,1\nconv\377,4\033]0;x\007,2\n' >"$dir/t.csv"
printf 'name: a\nquestion: "\033[2J"\n\033[31mkey: 1\n' >"$dir/bad.yaml"
escapes() { LC_ALL=C tr -d '\11\12\40-\176\200-\377' <"$1" | wc -c; }
valid() { iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1 && echo yes; }
for format in table json; do
  "$quarry" assign "$dir/t.csv" --format $format >"$dir/o" 2>"$dir/e"
  same "assign, $format: nothing that a terminal acts on" '0 0 yes yes' \
    "$(escapes "$dir/o") $(escapes "$dir/e") $(valid "$dir/o") $(valid "$dir/e")"
done
"$quarry" run "$dir/bad.yaml" >"$dir/o" 2>"$dir/e"
same 'a message about such a file' '2 0 yes' "$? $(escapes "$dir/e") $(valid "$dir/e")"
name=$(printf '%s/no\033[31m\377such.yaml' "$dir")
"$quarry" run "$name" >"$dir/o" 2>"$dir/e"
same 'a message about such a name' "$dir/no?[31m?such.yaml: error: expected a readable file: no such file" "$(cat "$dir/e")"
esc=$(printf '\033')
for format in table csv json; do
  "$quarry" query -d "$dir/r.sqlite" --format $format \
    "SELECT char(27) || '[31m' || char(155) || char(8238) || CAST(x'ff' AS TEXT) AS 'a$esc', 'µ' AS u" >"$dir/o"
  same "query, $format" '0 yes' "$(escapes "$dir/o") $(valid "$dir/o")"
done
same '... and JSON is JSON, of the same characters' '27 155 8238 65533' "$(sqlite3 :memory: "SELECT unicode(v) || ' ' ||
  unicode(substr(v, 6)) || ' ' || unicode(substr(v, 7)) || ' ' || unicode(substr(v, 8)) FROM (SELECT
  json_extract(readfile('$dir/o'), '\$[0].' || json_quote('a' || char(27))) AS v)")"

# Much more than a pipe holds, to a reader that leaves: nothing is said.
{ "$quarry" query -d "$dir/r.sqlite" \
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n' 2>"$err"; echo $? >"$out"; } | head -1 >/dev/null
same 'a reader that leaves a long table' '0 0' "$(cat "$out") $(wc -c <"$err")"
{ "$quarry" run --quiet --no-plots -d "$dir/q.sqlite" experiments/number_formats.yaml 2>&1; echo $? >"$out"; } | true
same 'a run whose reader left is finished' "0 complete" "$(cat "$out") $(sqlite3 "$dir/q.sqlite" 'SELECT status FROM experiment')"
rm -rf "$dir"

# `list keys` shows what the reader takes: its own list, in the error about a key that nobody has.
dir=$(mktemp -d)
"$quarry" list keys --format csv >"$dir/keys.csv"
listed() { # listed WHERE SED-SCRIPTS KEY...: a script a line, KEY: those listed elsewhere
  where=$1 scripts=$2
  shift 2
  while read -r script; do
    sed "$script" experiments/mobilenet_system.yaml >"$dir/e.yaml"
    "$quarry" run --dry-run "$dir/e.yaml" 2>&1 | sed -n 's/.*known keys: //p' | tr ',' '\n' | tr -d ' '
  done <<<"$scripts" | sort -u >"$dir/known"
  { sed -n "s/^$where,\([^,]*\),.*/\1/p" "$dir/keys.csv"; [ $# -eq 0 ] || printf '%s\n' "$@"; } | sort >"$dir/shown"
  n=$((n + 1))
  if [ -s "$dir/known" ] && cmp -s "$dir/known" "$dir/shown"; then
    echo "ok $n - list keys: $where"
  else
    echo "not ok $n - list keys: $where"
    diff "$dir/known" "$dir/shown" | sed 's/^/# /'
  fi
}
listed file 's/^front:/zzzzz: 1\nfront:/'
listed plot "$(printf 's/{kind: pareto, /{kind: %s, zzzzz: 1, /\n' pareto lines bars)"
listed heatmap 's/{kind: pareto, /{kind: heatmap, zzzzz: 1, /'
listed parallel 's/{kind: pareto, /{kind: parallel, zzzzz: 1, /'
listed tornado 's/{kind: pareto, /{kind: tornado, zzzzz: 1, /' kind name
rm -rf "$dir"
echo "1..$n"
