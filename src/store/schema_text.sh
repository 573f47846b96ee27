#!/bin/sh
# Print db/schema.sql (standard input) as a C file, a string a line, so that an installed program needs no file to make a
# database.  The Makefile runs it.
printf '#include "schema.h"\n\nconst char *const qy_store_schema_lines[] = {\n'
sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&\\n",/'
printf '    0,\n};\n'
