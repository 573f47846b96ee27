#!/bin/sh
# Run the benchmarks of BUILD, all or those named in ONLY ("pareto store"), and print one table.  With OLD, another
# checkout, the same benchmarks are built against its library, and both run in turns, three times each.
set -eu
build=$1
here=$(pwd)
names=${ONLY:-$(cd tests/bench && ls bench_*.c | sed 's/^bench_//; s/\.c$//')}
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
: >"$files/new"
: >"$files/old"

# A bench is built into OLD's $(B)/new, so that the program is a folder above; what its library lacks is left out.
build_old() {
  rule="build-release/new/bench_%: ;
	\$(CC) \$(CPPFLAGS) -I$here/tests -I$here/tests/bench \$(CFLAGS) -w -o \$@ \
	  $here/tests/bench/bench_\$*.c \$(LIB) \$(LDLIBS)"
  (
    cd "$OLD"
    unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES
    make -s -j"$(nproc)" all B=build-release ASSERTS=0 >&2
    mkdir -p build-release/new
    for name in $names; do
      make -s "build-release/new/bench_$name" B=build-release ASSERTS=0 --eval="$rule" 2>"$files/said" ||
        echo "# bench_$name: not of this checkout's kind: $OLD" >>"$files/old_notes"
    done
  ) || exit 1
}

old_run() { # what cannot run there has no ratio
  [ -x "$OLD/build-release/new/bench_$1" ] || return 0
  (cd "$OLD" && "build-release/new/bench_$1") >>"$files/old" || echo "# bench_$1 ends early in $OLD" >>"$files/old_notes"
}

rounds=1
if [ -n "${OLD:-}" ]; then
  rm -rf "$OLD/build-release/new"
  build_old
  rounds=3
fi
for name in $names; do
  round=0
  while [ $((round += 1)) -le $rounds ]; do
    [ -z "${OLD:-}" ] || old_run "$name"
    echo "bench_$name" >&2
    "$build/bench/bench_$name" >"$files/one"
    if [ $round = 1 ]; then cat "$files/one"; else grep -v '^#' "$files/one"; fi >>"$files/new"
  done
done
[ ! -f "$files/old_notes" ] || sort -u "$files/old_notes" >>"$files/new"
awk -v old="${OLD:+$files/old}" -v some="${ONLY:+1}" -f tests/bench/table.awk tests/bench/goals.tsv "$files/new"
