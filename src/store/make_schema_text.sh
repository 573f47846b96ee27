#!/bin/sh
# Print src/store/schema_text.c: db/schema.sql as C strings, a line each.  Run from the repository root after a change:
#   sh src/store/make_schema_text.sh >src/store/schema_text.c
cat <<'END'
/* db/schema.sql, a string per line, so that an installed program needs no file to make a database.
 * Made by src/store/make_schema_text.sh; tests/store/test_schema.c checks that both are the same.
 */
#include "schema.h"

/* clang-format off */
const char *const qy_store_schema_lines[] = {
END
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&\\n",/' db/schema.sql
printf '    0,\n};\n'
