#!/bin/bash
# Modules use only modules before them in the Makefile's MODULES, in what they include and in what they link; libraries
# neither print nor exit.  Prints TAP.  BUILD: where the objects are.
#
# A public header or .def file belongs to the first module that has a .c of the same name; the table below adds those that
# have none; a header named like a module is that module's.
set -u
table='
sqnr number
version base
integer base
hash base
random base
sort base
store_merge store
store_verify store
store_remove store
store_schema store
'
# Private headers that a later module reads: a model is the other half of a plan.
shared='evaluate ../plan/plan_int.h
'
build=${BUILD:-build}
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

declare -A owner_of rank_of # module of a header or .def file without its suffix; place of a module in the list
while read -r name module; do [ "$name" ] && owner_of[$name]=$module; done <<<"$table"
place=0
for m in $modules; do
  rank_of[$m]=$((place += 1))
  for source in "$sources/$m"/*.c; do
    name=${source##*/} name=${name%.c}
    [ "${owner_of[$name]:-}" ] || owner_of[$name]=$m
  done
done
for m in $modules; do owner_of[$m]=$m; done

who() { grep -l "\"quarry/$header\"" "$directory"*.[ch] | tr '\n' ' '; } # includes the header

# The headers and .def files of the library that these files include: "circuit.h", "pe.def".
public_of() {
  sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"quarry\/\([a-z0-9_]*\.[a-z]*\)".*/\1/p' "$@" | sort -u
}

for directory in "$sources"/*/; do
  module=$(basename "$directory")
  ls "$directory"*.c >/dev/null 2>&1 || continue
  rank=${rank_of[$module]:-}
  wrong=
  if [ -z "$rank" ]; then
    report 1 "$module stands in MODULES" "$directory is no module of the Makefile"
    continue
  fi
  for header in $(public_of "$directory"*.[ch]); do
    owner=${owner_of[${header%.*}]:-}
    if [ -z "$owner" ]; then
      [ "$module" = cli ] || wrong="$wrong$(who): quarry/$header belongs to no module
"
    elif [ "${rank_of[$owner]:-}" -gt "$rank" ]; then
      wrong="$wrong$(who): quarry/$header is of $owner, which comes after $module
"
    fi
  done
  for header in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$directory"*.[ch] |
      grep -v '^quarry/' | sort -u); do
    printf '%s' "$shared" | grep -qx "$module $header" && continue
    [ -f "$directory$header" ] && [ "${header#*/}" = "$header" ] || wrong="$wrong$header is no private header of $module
"
  done
  report "$([ -z "$wrong" ]; echo $?)" "$module includes only modules before it" "$wrong"
  [ "$module" = cli ] && continue
  # Comments and texts out; then calls that print to standard output or error, or end the program.  Streams that a
  # function opens itself (fprintf to memory or a file) are fine.
  calls=$(perl -0777 -ne '
    s{"(\\.|[^"\\])*"|\x27(\\.|[^\x27\\])*\x27|/\*.*?\*/|//[^\n]*}{ my $t = $&; $t =~ s/[^\n]//g; "$t " }gse;
    my $line = 0;
    for (split /\n/) {
      $line++;
      print "$ARGV:$line:$_\n" if /(^|\W)(printf|vprintf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort)\s*\(|(^|\W)(stdout|stderr)(\W|$)/;
    }' "$directory"*.[ch])
  report "$([ -z "$calls" ]; echo $?)" "$module neither prints nor exits" "$calls"
done

# ---- public headers and .def files
wrong=
for file in include/quarry/*.h include/quarry/*.def; do
  name=$(basename "$file")
  owner=${owner_of[${name%.*}]:-}
  [ -n "$owner" ] || { wrong="$wrong$name belongs to no module
"; continue; }
  for other in $(public_of "$file"); do
    [ "${rank_of[${owner_of[${other%.*}]:-}]:-}" -le "${rank_of[$owner]:-}" ] || wrong="$wrong$name of $owner includes $other, of ${owner_of[${other%.*}]:-}
"
  done
done
report "$([ -z "$wrong" ]; echo $?)" "public headers include only those of modules before them" "$wrong"

# ---- objects: who uses whose symbols
symbols=$(mktemp)
trap 'rm -f "$symbols"' EXIT
for module in $modules; do
  set --
  for source in "$sources/$module"/*.c; do # objects of files that are gone may stand beside
    set -- "$@" "$build/src/$module/$(basename "$source" .c).o"
  done
  nm -P -g -A "$@" 2>/dev/null | sed "s|^[^:]*/\\([^:]*\\): |${rank_of[$module]:-} $module \\1 |"
done >"$symbols"
# Lines are: rank, module, object, symbol, type, ...
later=$(awk '
  $5 ~ /^[TDBRVWC]$/ { rank[$4] = $1; owner[$4] = $2 }
  $5 == "U" { used[++n] = $0 }
  END { for (i = 1; i <= n; i++) { split(used[i], u, " "); if (u[4] in rank && rank[u[4]] > u[1])
    printf "%s/%s uses %s of %s\n", u[2], u[3], u[4], owner[u[4]] } }' "$symbols")
count=$(awk '{ print $2 }' "$symbols" | sort -u | wc -l)
report "$([ "$count" -ge 14 ]; echo $?)" "objects of $count modules" "nothing built in $build?"
report "$([ -z "$later" ]; echo $?)" "no object uses a symbol of a later module" "$later"
# Numbers keep their decimal point in programs of any locale (quarry/decimal.h).
local=$(awk '$5 == "U" && $2 != "cli" && $3 != "decimal.o" && $4 ~ /^(strtod|strtof|atof|vsnprintf|setlocale)$/ {
  print $2 "/" $3 " calls " $4 }' "$symbols"
  grep -nE '[^a-z]snprintf\(.*%[-+ #0-9.*]*[aefg]' "$sources"/*/*.c | grep -v "^$sources/cli/")
report "$([ -z "$local" ]; echo $?)" "libraries read and write numbers with a point" "$local"
echo "1..$number"
exit $failed
