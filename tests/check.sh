# Sourced by the shell tests: $quarry, a scratch directory $dir, and checks that print TAP.
root=$PWD
quarry=$(realpath "$BUILD")/quarry
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
sanitized=$(grep -qE '__(asan|tsan)_init' "$quarry" 2>/dev/null && echo 1)
# A sanitizer maps terabytes of addresses: without their limit, and with the others as given.
if [ "$sanitized" ]; then
  ulimit() {
    local limits=()
    while [ $# -gt 0 ]; do
      if [ "$1" = -v ]; then shift 2; else limits+=("$1") && shift; fi
    done
    [ ${#limits[@]} -eq 0 ] || builtin ulimit "${limits[@]}"
  }
fi
check() { # check NAME COMMAND...: passes when the command does
  local name=$1
  shift
  n=$((n + 1))
  if "$@" >"$dir/log" 2>&1; then echo "ok $n - $name"; else
    echo "not ok $n - $name"
    sed 's/^/# /' "$dir/log" | head -5
  fi
}
result() { # result STATUS NAME: passes when STATUS is 0
  n=$((n + 1))
  [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
equal() { [ "$1" = "$2" ] || { echo "got $1, expected $2"; return 1; }; }
schema_version() { sed -n '1s/.*schema version \([0-9]*\)\..*/\1/p' "$root/db/schema.sql"; }
layer_types() { "$quarry" describe network --format-help | sed -n 's/^type  *-  *//p'; }
# hold PID FILE [anywhere]: stops the process once a batch of its run is stored in FILE, so that a run of any speed is
# met in its middle, and between two transactions unless anywhere will do; the caller goes on with it (`kill -CONT`).
hold() {
  local try
  for ((try = 0; try < 3000; try++)); do
    if [ -s "$2" ]; then # looked at while it is stopped: it could end meanwhile
      kill -STOP "$1" 2>/dev/null || return
      [ "$(sqlite3 "$2" 'SELECT count(*) > 0 AND count(*) * max(e.batch_points) < max(e.points)
          FROM batch b JOIN experiment e ON e.id = b.experiment' 2>/dev/null)" = 1 ] &&
        { [ "$3" = anywhere ] || sqlite3 "$2" 'BEGIN IMMEDIATE; ROLLBACK' 2>/dev/null; } && return
      kill -CONT "$1"
    fi
    kill -0 "$1" 2>/dev/null || return
    sleep 0.01
  done
}
