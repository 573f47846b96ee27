#!/bin/bash
# ONNX models of python3-onnx's making, and every 20th of libonnx-testdata, through the command line.  TAP.
# tests/slow/onnx.sh has all of them.
set -u
. tests/check.sh
for part in 'models cases' 'models networks' 'models shapes 20' quantized; do
  set -- $part
  script=onnx_$1.py
  shift
  /usr/bin/python3 -B "tests/network/$script" "$quarry" "$@" >"$dir/out" 2>"$dir/err"
  code=$?
  lines=$(grep -c '^ok\|^not ok' "$dir/out")
  grep -v '^1\.\.' "$dir/out" | awk -v n=$n '/^ok|^not ok/ { sub(/ [0-9]+ - /, " " ++n " - ") } { print }'
  n=$((n + lines))
  sed 's/^/# /' "$dir/err" | head -5
  result "$([ $code -eq 0 ] && grep -q "^1\.\.$lines$" "$dir/out"; echo $?)" "$script $* ran to its end"
done
echo "1..$n"
