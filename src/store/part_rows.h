/* Rows that a statement on another connection gives, as a virtual table, so that one INSERT ... SELECT copies all of
 * them. ATTACH would do for a few databases: SQLite has at most ten of them, and none can be let go within a
 * transaction. */
#ifndef QUARRY_STORE_PART_ROWS_H
#define QUARRY_STORE_PART_ROWS_H

#include <sqlite3.h>

enum { PART_COLUMNS = 120 }; /* of the table part_rows: c0, c1, ...; those of the statement */

/* What the table shows: the rows from where `read` stands, each once; code: SQLITE_DONE, or why there are no more. */
typedef struct part_rows {
  sqlite3_stmt *read;
  int code;
} part_rows;

/* Make the table part_rows of this connection; NULL: take it away.  Returns a result code of SQLite. */
int part_rows_register(sqlite3 *db, part_rows *rows);

#endif
