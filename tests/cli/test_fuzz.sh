#!/bin/bash
# Each fuzz target runs: all its seeds, those that were found by fuzzing among them, and some damaged ones, of which it
# takes some and refuses others.  TAP.
fuzz=$(realpath "$BUILD")/fuzz/fuzz
out=$(mktemp)
n=0
"$fuzz" all runs=${RUNS:-60} seed=${SEED:-0} >"$out" 2>&1
code=$?
readers=$("$fuzz" 2>/dev/null | sed -n 's/^readers: //p')
for reader in $readers; do
  n=$((n + 1))
  line=$(grep "^$reader: " "$out")
  if [[ $line =~ ([0-9]+)\ executions,\ ([0-9]+)\ taken ]] && [ "${BASH_REMATCH[2]}" -gt 0 ] &&
    [ "${BASH_REMATCH[1]}" -ge 10 ]; then echo "ok $n - $line"; else echo "not ok $n - $reader: $line"; fi
done
rm -f "$out"
n=$((n + 1))
if [ $code = 0 ] && [ $n -gt 25 ]; then echo "ok $n - nothing found"; else echo "not ok $n - exit code $code"; fi
echo "1..$n"
