#!/bin/bash
# Counts of nests equal a simulation of the buffer on a million random nests, best tilings exhaustion on many.  TAP.
set -eu
for test in test_traffic test_traffic_best; do
  make --no-print-directory -s B="$BUILD" "$BUILD/tests/memory/$test"
done
CASES=1200000 "$BUILD/tests/memory/test_traffic"
CASES=200000 "$BUILD/tests/memory/test_traffic_best"
