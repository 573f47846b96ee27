#!/bin/bash
# No cost falls when the clock gets faster: every element, and every accelerator with every element it takes, at 60
# clocks in two libraries.  TAP.
set -eu
for module in pe evaluate; do
  make --no-print-directory -s B="$BUILD" "$BUILD/tests/$module/test_clocks"
  CLOCKS=60 "$BUILD/tests/$module/test_clocks"
done
