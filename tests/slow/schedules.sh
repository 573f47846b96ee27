#!/bin/bash
# Tens of thousands of random small networks: planned, compared with all schedules there are, executed; and random
# schedules executed.  TAP.
set -eu
for test in test_schedule_oracle test_execute; do
  make --no-print-directory -s B="$BUILD" "$BUILD/tests/memory/$test"
done
CASES=20000 SEED=3 "$BUILD/tests/memory/test_schedule_oracle"
CASES=40000 SEED=3 "$BUILD/tests/memory/test_execute"
