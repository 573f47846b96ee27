/* Short forms for calls of SQLite. */
#include "sql.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

qy_status qy_sql_fail(sqlite3 *db, const char *file, int code, const char *doing, qy_error *err)
{
  assert(file && doing);
  int last = errno;
  const char *text = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  int system = db ? sqlite3_system_errno(db) : 0;
  /* SQLite keeps no system error of a failed commit; these can have no other cause. */
  if (system == 0 && (last == EFBIG || last == ENOSPC || last == EDQUOT || last == EIO)) system = last;
  switch (code & 0xff) {
  case SQLITE_NOMEM: return qy_fail(err, QY_NO_MEMORY, "%s: cannot %s: out of memory", file, doing);
  case SQLITE_NOTADB:
    return qy_fail(err, QY_BAD_INPUT,
                   "%s: expected a results database, found a file that is not an "
                   "SQLite database",
                   file);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return qy_fail(err, QY_SYSTEM, "%s: cannot %s: another process keeps the database locked", file, doing);
  case SQLITE_FULL: return qy_fail(err, QY_SYSTEM, "%s: cannot %s: the disk is full", file, doing);
  case SQLITE_READONLY: return qy_fail(err, QY_SYSTEM, "%s: cannot %s: the database cannot be written", file, doing);
  case SQLITE_CORRUPT:
    return qy_fail(err, QY_BAD_INPUT,
                   "%s: cannot %s: the database is damaged (%s); \"sqlite3 FILE .recover\" saves what "
                   "can be read",
                   file, doing, text);
  case SQLITE_CONSTRAINT: return qy_fail(err, QY_INTERNAL, "%s: cannot %s: %s", file, doing, text);
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
    return qy_fail(err, QY_SYSTEM, "%s: cannot %s: %s%s%s", file, doing, text, system ? ": " : "",
                   system ? strerror(system) : "");
  default: return qy_fail(err, QY_SYSTEM, "%s: cannot %s: %s", file, doing, text);
  }
}

qy_status qy_sql_run(sqlite3 *db, const char *file, const char *sql, const char *doing, qy_error *err)
{
  assert(db && file && sql && doing);
  errno = 0;
  int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? QY_OK : qy_sql_fail(db, file, code, doing, err);
}

qy_status qy_sql_prepare(sqlite3 *db, const char *file, sqlite3_stmt **statement, const char *sql, qy_error *err)
{
  assert(db && file && statement && sql);
  int code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
  return code == SQLITE_OK ? QY_OK : qy_sql_fail(db, file, code, "use its tables", err);
}

qy_status qy_sql_step(sqlite3 *db, const char *file, sqlite3_stmt *statement, const char *doing, qy_error *err)
{
  assert(db && file && statement && doing);
  int code;
  do
    code = sqlite3_step(statement);
  while (code == SQLITE_ROW);
  qy_status status = code == SQLITE_DONE ? QY_OK : qy_sql_fail(db, file, code, doing, err);
  sqlite3_reset(statement); /* repeats the code of the step */
  return status;
}

qy_status qy_sql_number(sqlite3 *db, const char *file, const char *sql, int64_t *value, qy_error *err)
{
  assert(db && file && sql && value);
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  if (code == SQLITE_OK) {
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *value = sqlite3_column_int64(statement, 0);
    if (code == SQLITE_ROW || code == SQLITE_DONE) code = SQLITE_OK;
  }
  qy_status status = code == SQLITE_OK ? QY_OK : qy_sql_fail(db, file, code, "read the database", err);
  sqlite3_finalize(statement);
  return status;
}

void qy_sql_rollback(sqlite3 *db)
{
  if (db && !sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
}

qy_status qy_sql_end(qy_status status, sqlite3 *db, const char *file, sqlite3_stmt *statement, qy_error *err)
{
  assert(db && file);
  const int code = sqlite3_finalize(statement);
  return status || code == SQLITE_OK ? status : qy_sql_fail(db, file, code, "read what is stored", err);
}
