/* What the tables and views of a results database hold: from the text of db/schema.sql and the metric table. */
#ifndef QUARRY_STORE_SCHEMA_WORDS_H
#define QUARRY_STORE_SCHEMA_WORDS_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>

typedef struct qy_schema_row {
  const char *table;   /* table or view */
  const char *kind;    /* "table", "view" */
  const char *column;  /* NULL: the row is of the table itself */
  const char *type;    /* INTEGER, REAL, TEXT; NULL: of the table itself, or any */
  const char *unit;    /* "µm²"; NULL: none */
  const char *meaning; /* NULL: its name says it */
} qy_schema_row;

/* A row for each table and view in the order of the schema, each followed by its columns.  A column's meaning is the
 * comment behind it or, in a view, behind the first column of its name; of a metric what the metric table says.
 * The rows live in the arena. */
qy_status qy_store_schema_rows(const qy_schema_row **rows, size_t *count, qy_arena *arena, qy_error *err);

#endif
