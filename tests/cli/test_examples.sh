#!/bin/bash
# Examples of --help: those that need no file of the user's own run and end well, or go on for a second; the files that any
# names are there.  TAP.
. tests/check.sh
cd "$dir" || exit 1
mkdir work && cd work || exit 1
ln -s "$root/db" "$root/experiments" "$root/tests" .
mkdir plots

examples() { # of one command, a line each
  "$quarry" "$@" --help | sed -n '/^Examples:/,$p' | sed -n '/^  quarry/,$p' |
    sed -e :a -e '/\\$/N; s/\\\n *//; ta' | grep '^  quarry ' | sed 's/^ *quarry //'
}
{
  examples
  for command in $("$quarry" --help | awk '/^Commands:/ { on = 1; next } !NF { on = 0 } on { print $1 }'); do
    examples "$command"
  done
  examples plot slope
} | awk '!seen[$0]++' >../examples
check 'there are examples' test "$(wc -l <../examples)" -gt 40

# Words of an example with its options' values; files are those with an ending.
names_of_files() { eval "printf '%s\n' $1" | grep -E '^[^ ]+\.(csv|yaml|lib|lib\.gz|onnx|cfg|f32|txt|sql)$'; }
output() { eval "printf '%s\n' $1" | grep -E -A1 '^(-o|--output|--tornado)$' | grep -v -e '^-'; }
own() { # does it name a file or an experiment of the user's own?
  case $1 in *my_*) return 0 ;; esac
  local file
  for file in $(names_of_files "$1"); do
    case $file in
    */*) ;;
    *) output "$1" | grep -qxF -- "$file" || return 0 ;;
    esac
  done
  return 1
}
missing() { # files in folders that are not there
  local file
  for file in $(names_of_files "$1" | grep /); do
    output "$1" | grep -qxF -- "$file" || [ -e "$file" ] || echo "$file"
  done
}
# The experiments whose results the examples ask for.
for name in $(awk '$1 == "front" || $1 == "plot" { print $2 }' ../examples | sort -u); do
  [ -e "experiments/$name.yaml" ] && "$quarry" run --quiet --no-plots "experiments/$name.yaml" >/dev/null 2>&1
done
while read -r line; do
  check "files of: $line" equal "$(missing "$line")" ''
  own "$line" && continue
  seconds=0.6
  case $line in *--shard*) seconds=30 ;; esac # parts that are put together later
  eval "timeout --foreground $seconds '$quarry' $line" >../out 2>../said </dev/null
  code=$?
  # What is wrong with its words is said before; a picture being drawn is ended by the program, not beside it.
  [ $code = 124 ] && code=0
  check "quarry $line" equal "$code $(grep -s 'error' ../said | grep -vxE 'error: (interrupted|stopped on request)')" '0 '
done <../examples
echo "1..$n"
