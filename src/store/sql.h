/* Short forms for calls of SQLite: every failure becomes a status and a sentence. */
#ifndef QUARRY_STORE_SQL_H
#define QUARRY_STORE_SQL_H

#include "quarry/status.h"

#include <sqlite3.h>
#include <stdint.h>

/* Turn a failed result code of `db` into a status; `doing` is "store a batch". */
qy_status qy_sql_fail(sqlite3 *db, const char *file, int code, const char *doing, qy_error *err);

/* Run one or more statements without results. */
qy_status qy_sql_run(sqlite3 *db, const char *file, const char *sql, const char *doing, qy_error *err);

/* Prepare a statement that is kept and used many times. */
qy_status qy_sql_prepare(sqlite3 *db, const char *file, sqlite3_stmt **statement, const char *sql, qy_error *err);

/* Run a prepared statement that gives no rows, then make it ready for the next use. */
qy_status qy_sql_step(sqlite3 *db, const char *file, sqlite3_stmt *statement, const char *doing, qy_error *err);

/* First column of the first row as a number; *value keeps its value when there is no row. */
qy_status qy_sql_number(sqlite3 *db, const char *file, const char *sql, int64_t *value, qy_error *err);

/* Finalize a statement whose rows were read (NULL allowed).  What ended them before the last becomes the status, unless
 * that is one already: a file that cannot be read on, or lack of memory, must not look like the end. */
qy_status qy_sql_end(qy_status status, sqlite3 *db, const char *file, sqlite3_stmt *statement, qy_error *err);

/* Undo an open transaction, if there is one. */
void qy_sql_rollback(sqlite3 *db);

#endif
