#!/bin/sh
# Run the test programs of BUILD (all modules, or the modules and files named) and the script tests, one on each
# processor and two more, since some wait; each prints TAP.  Then the ten slowest, with seconds; last line: "N passed,
# N failed".  Exit 1 when anything failed or a program died before its plan line.
set -u

# One test: its line, and what failed, in one piece; how many of each into a file.
if [ "$1" = --one ]; then
  source=$4
  log=$3/$(echo "$source" | tr / _)
  case $source in
    *.c) program=$2/${source%.c} ;;
    *) program=$source ;;
  esac
  start=$(date +%s%N)
  # Under nohup SIGHUP would be ignored, also by what is tested.
  BUILD=$2 env --default-signal=HUP "$program" >"$log" 2>&1 </dev/null
  code=$?
  echo "$((($(date +%s%N) - start) / 1000000)) $source" >"$log.ms"
  good=$(grep -c '^ok ' "$log")
  bad=$(grep -c '^not ok ' "$log")
  if ! grep -q '^1\.\.' "$log" || { [ $code -ne 0 ] && [ "$bad" -eq 0 ]; }; then
    bad=$((bad + 1))
    echo "# $source ended early with code $code" >>"$log"
  fi
  echo "$good $bad" >"$log.count"
  if [ "$bad" -gt 0 ]; then
    echo "FAIL $source
$(grep -A3 -E '^not ok |^# |ERROR|ThreadSanitizer|runtime error' "$log" | head -40)"
  else
    echo "pass $source ($good)"
  fi
  rm -f "$log"
  exit 0
fi

build=$1
shift
mkdir -p "$build/cache"
XDG_CACHE_HOME=$(cd "$build/cache" && pwd) # nothing of the user's is used, and nothing left there
export XDG_CACHE_HOME
export ASAN_OPTIONS=allocator_may_return_null=1:${ASAN_OPTIONS:-} # as malloc does
export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0 # read under `make check-asan` alone
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
if [ $# -gt 0 ]; then
  programs=
  for module in "$@"; do
    case $module in
      */*) programs="$programs $module" ;;
      *) programs="$programs $(ls tests/"$module"/test_*.c tests/"$module"/test_*.sh 2>/dev/null)" ;;
    esac
  done
else
  programs=$(ls tests/*/test_*.sh 2>/dev/null; ls tests/*/test_*.c 2>/dev/null) # scripts take longest
fi
count=$(echo "$programs" | wc -w)
echo "$programs" | xargs -n 1 -P "$(($(nproc) + 2))" "$0" --one "$build" "$logs"
echo "slowest:"
cat "$logs"/*.ms 2>/dev/null | sort -rn | head -10 | awk '{printf "%8.1f s  %s\n", $1 / 1000, $2}'
cat "$logs"/*.count 2>/dev/null | awk -v count="$count" '
  {good += $1; bad += $2; ran++}
  END {bad += count - ran; printf "%d passed, %d failed\n", good, bad; exit bad > 0}'
