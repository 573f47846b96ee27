#!/bin/sh
# Modules use only modules before them in the Makefile's MODULES; libraries neither print nor exit.  Prints TAP.
#
# A public header belongs to the module whose directory has the .c of the same name; the table below adds headers
# that have none; a header named like a module is that module's.
set -u
table='
metric accel
depthwise accel
sram memory
space explore
pareto explore
sqnr number
version base
integer base
random base
sort base
'
sources=${1:-src}
modules=$(sed -n 's/^MODULES *?= *//p' Makefile)
number=0
failed=0

report() { # code sentence details
  number=$((number + 1))
  if [ "$1" -eq 0 ]; then
    echo "ok $number - $2"
  else
    echo "not ok $number - $2"
    printf '%s\n' "$3" | sed 's/^/# /'
    failed=1
  fi
}

module_of() { # header name without .h
  found=$(ls "$sources"/*/"$1".c 2>/dev/null | head -1)
  if [ -n "$found" ]; then
    basename "$(dirname "$found")"
  elif [ -d "$sources/$1" ]; then
    echo "$1"
  else
    printf '%s' "$table" | awk -v h="$1" '$1 == h { print $2 }'
  fi
}

rank_of() { # module
  i=0
  for m in $modules; do
    i=$((i + 1))
    [ "$m" = "$1" ] && echo $i
  done
}

for directory in "$sources"/*/; do
  module=$(basename "$directory")
  ls "$directory"*.c >/dev/null 2>&1 || continue
  rank=$(rank_of "$module")
  wrong=
  if [ -z "$rank" ]; then
    report 1 "$module stands in MODULES" "$directory is no module of the Makefile"
    continue
  fi
  for header in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"quarry\/\([a-z0-9_]*\)\.h".*/\1/p' "$directory"*.[ch] |
      sort -u); do
    owner=$(module_of "$header")
    where=$(grep -l "\"quarry/$header\.h\"" "$directory"*.[ch] | tr '\n' ' ')
    if [ -z "$owner" ]; then
      [ "$module" = cli ] || wrong="$wrong$where: quarry/$header.h belongs to no module
"
    elif [ "$(rank_of "$owner")" -gt "$rank" ]; then
      wrong="$wrong$where: quarry/$header.h is of $owner, which comes after $module
"
    fi
  done
  for header in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$directory"*.[ch] |
      grep -v '^quarry/' | sort -u); do
    [ -f "$directory$header" ] && [ "${header#*/}" = "$header" ] || wrong="$wrong$header is no private header of $module
"
  done
  report "$([ -z "$wrong" ]; echo $?)" "$module includes only modules before it" "$wrong"
  [ "$module" = cli ] && continue
  # Comments and texts out; then calls that print to standard output or error, or end the program.  Streams that a
  # function opens itself (fprintf to memory or a file) are fine.
  calls=$(for file in "$directory"*.[ch]; do
    perl -0777 -pe 's{"(\\.|[^"\\])*"|\x27(\\.|[^\x27\\])*\x27|/\*.*?\*/|//[^\n]*}{ my $t = $&; $t =~ s/[^\n]//g; "$t " }gse' "$file" |
      grep -nE '(^|[^A-Za-z0-9_])(printf|vprintf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort)[[:space:]]*\(|(^|[^A-Za-z0-9_])(stdout|stderr)($|[^A-Za-z0-9_])' |
      sed "s|^|$file:|"
  done)
  report "$([ -z "$calls" ]; echo $?)" "$module neither prints nor exits" "$calls"
done
echo "1..$number"
exit $failed
