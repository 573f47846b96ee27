#!/bin/sh
# Run the test programs of BUILD (all modules, or those named) and the script tests; each prints TAP.
# Last line: "N passed, N failed".  Exit 1 when anything failed or a program died before its plan line.
set -u
build=$1
shift
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if [ $# -gt 0 ]; then
  programs=
  for module in "$@"; do
    programs="$programs $(ls tests/"$module"/test_*.c tests/"$module"/test_*.sh 2>/dev/null)"
  done
else
  programs=$(ls tests/*/test_*.c tests/*/test_*.sh 2>/dev/null)
fi
for source in $programs; do
  case $source in
    *.c) program=$build/${source%.c} ;;
    *) program=$source ;;
  esac
  BUILD=$build "$program" >"$log" 2>&1
  code=$?
  good=$(grep -c '^ok ' "$log")
  bad=$(grep -c '^not ok ' "$log")
  if ! grep -q '^1\.\.' "$log" || { [ $code -ne 0 ] && [ "$bad" -eq 0 ]; }; then
    bad=$((bad + 1))
    echo "# $source ended early with code $code" >>"$log"
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
  if [ "$bad" -gt 0 ]; then
    echo "FAIL $source"
    grep -A3 -E '^not ok |^# |ERROR|runtime error' "$log" | head -40
  else
    echo "pass $source ($good)"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
