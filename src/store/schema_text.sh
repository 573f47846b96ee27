#!/bin/sh
# Print db/schema.sql (standard input) as a C file, a string a line, so that an installed program needs no file to make a
# database.  A line "@LATEST@ NAME" becomes the view NAME of the latest runs in NAME_all.  The Makefile runs it.
printf '#include "schema.h"\n\nconst char *const qy_store_schema_lines[] = {\n'
sed 's/^@LATEST@ \(.*\)/DROP VIEW IF EXISTS \1;\
CREATE VIEW \1 AS\
SELECT * FROM \1_all WHERE experiment_id IN (SELECT experiment_id FROM latest);/' |
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/    "&\\n",/'
printf '    0,\n};\n'
