#!/bin/sh
# Print page.html, page.css and page.js of this folder as a C file, a string a line, so that an installed program needs no
# file to make a report.  Indentation, empty lines and the lines of the script that are comments stay behind: a page has
# 300 kB.  The Makefile runs it.
set -eu
printf '#include "report_int.h"\n'
for part in page:page.html style:page.css script:page.js; do
  printf '\nconst char *const report_%s_lines[] = {\n' "${part%%:*}"
  sed -e 's/^ *//' -e '/^\/\//d' -e '/^\/\*.*\*\/$/d' -e '/^$/d' -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&\\n",/' \
    "$1/${part#*:}"
  printf '    0,\n};\n'
done
