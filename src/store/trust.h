/* What is not taken on trust of a database that may come from elsewhere. */
#ifndef QUARRY_STORE_TRUST_H
#define QUARRY_STORE_TRUST_H

#include "store_int.h"

/* No extensions, no code of the schema with side effects, every cell looked at, no file mapped: a file that somebody
 * cuts short would end the process.  Result code of SQLite. */
int trust_guard(sqlite3 *db);
/* Nobody writes the schema or the header past SQL any more: after a migration, which does.  Result code of SQLite. */
int trust_close(sqlite3 *db);

/* QY_BAD_INPUT, by name: a table of ours that is none, a virtual table, for writing also a trigger that is not ours, as
 * it would rewrite what a run stores.  Tables and views of the user's own do no harm. */
qy_status trust_schema(qy_store *store, qy_error *err);

/* Tables of experiments and their inputs, which are read whole. */
enum { TRUST_TABLES = 18 };
extern const char *const trust_tables[TRUST_TABLES];
/* QY_BAD_INPUT with table, row and column: a value of these tables that none of ours has. */
qy_status trust_rows(qy_store *store, qy_error *err);

#endif
