#!/bin/sh
# Print the constants of db/circuit/bit_delays.csv (standard input) as a C file.  The Makefile runs it.
set -eu
echo '#include "delays.h"'
echo
echo 'const double delay_constant[DELAYS] = {'
awk -F, '/^#/ {next}
  !head {if ($1 != "name" || $2 != "value") {print "expected columns name, value, found " $0 >"/dev/stderr"; exit 1}; head = 1; next}
  {printf "    [DELAY_%s] = %s,\n", toupper($1), $2}'
echo '};'
