#!/bin/sh
# Write the manual pages and the completion of bash into a directory, as the program has them from its tables of options:
# pages.sh PROGRAM DIRECTORY
set -eu
program=$1 to=$2
mkdir -p "$to"
rm -f "$to"/*.1 "$to"/quarry
"$program" --help=bash >"$to/quarry"
"$program" --help=man >"$to/quarry.1"
"$program" --help=words >"$to/words"
while read -r words; do
  # shellcheck disable=SC2086
  "$program" $words --help=man </dev/null >"$to/quarry-$(echo "$words" | tr ' ' -).1"
done <"$to/words"
rm "$to/words"
