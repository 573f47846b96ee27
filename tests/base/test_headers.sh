#!/bin/sh
# Each public header compiles alone under the strict flags; each .def file is read by the header of its name.  Prints TAP.
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
for def in include/quarry/*.def; do
  number=$((number + 1))
  name=$(basename "$def" .def)
  if [ "$(grep -c "^#include \"quarry/$name\.def\"" "include/quarry/$name.h" 2>/dev/null)" -gt 0 ]; then
    echo "ok $number - quarry/$name.def is read by quarry/$name.h"
  else
    echo "not ok $number - quarry/$name.def is read by quarry/$name.h"
    failed=1
  fi
done
echo "1..$number"
exit $failed
