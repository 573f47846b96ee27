#!/bin/bash
# SQNR by integration equals that of 10^7 random numbers within 0.02 dB.  TAP.
set -eu
make --no-print-directory -s B="$BUILD" "$BUILD/tests/number/test_monte_carlo"
BLOCKS=1000 "$BUILD/tests/number/test_monte_carlo"
