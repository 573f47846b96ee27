#!/bin/sh
# Each public header compiles alone under the strict flags.  Prints TAP.
set -u
cc=${CC:-gcc}
flags='-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wstrict-prototypes
  -Wmissing-prototypes -Wvla -Wundef -Wredundant-decls'
number=0
failed=0
for header in include/quarry/*.h; do
  number=$((number + 1))
  name=quarry/$(basename "$header")
  # twice: a missing include guard shows; a declaration: an empty file is not C
  if said=$(printf '#include "%s"\n#include "%s"\nextern int unused;\n' "$name" "$name" |
      $cc $flags -Iinclude -fsyntax-only -x c - 2>&1); then
    echo "ok $number - $name compiles alone"
  else
    echo "not ok $number - $name compiles alone"
    echo "$said" | head -5 | sed 's/^/# /'
    failed=1
  fi
done
echo "1..$number"
exit $failed
