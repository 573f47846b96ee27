/* What SQLite's codes become: a status and a sentence, with the reason of the system only where there is one. */
#include "../../src/store/sql.h"

#include "store_test.h"

#include <errno.h>

static void codes(void)
{
  static const struct {
    int code, last; /* errno before */
    qy_status status;
    const char *text;
  } row[] = {
      {SQLITE_NOMEM, 0, QY_NO_MEMORY, "f: cannot wait: out of memory"},
      {SQLITE_NOTADB, 0, QY_BAD_INPUT, "f: expected a results database, found a file that is not an SQLite database"},
      {SQLITE_BUSY, 0, QY_SYSTEM, "f: cannot wait: another process keeps the database locked"},
      {SQLITE_LOCKED, 0, QY_SYSTEM, "f: cannot wait: another process keeps the database locked"},
      {SQLITE_BUSY_SNAPSHOT, 0, QY_SYSTEM, "f: cannot wait: another process keeps the database locked"},
      {SQLITE_FULL, 0, QY_SYSTEM, "f: cannot wait: the disk is full"},
      {SQLITE_READONLY, 0, QY_SYSTEM, "f: cannot wait: the database cannot be written"},
      {SQLITE_CORRUPT, 0, QY_BAD_INPUT,
       "f: cannot wait: the database is damaged (database disk image is malformed); \"sqlite3 FILE .recover\" saves "
       "what "
       "can be read"},
      {SQLITE_CONSTRAINT, ENOSPC, QY_INTERNAL, "f: cannot wait: constraint failed"},
      {SQLITE_IOERR, 0, QY_SYSTEM, "f: cannot wait: disk I/O error"},
      {SQLITE_IOERR, ENOENT, QY_SYSTEM, "f: cannot wait: disk I/O error"},
      {SQLITE_IOERR_WRITE, EPERM, QY_SYSTEM, "f: cannot wait: disk I/O error"},
      {SQLITE_IOERR_WRITE, ENOSPC, QY_SYSTEM, "f: cannot wait: disk I/O error: No space left on device"},
      {SQLITE_IOERR, EFBIG, QY_SYSTEM, "f: cannot wait: disk I/O error: File too large"},
      {SQLITE_IOERR, EDQUOT, QY_SYSTEM, "f: cannot wait: disk I/O error: Disk quota exceeded"},
      {SQLITE_IOERR, EIO, QY_SYSTEM, "f: cannot wait: disk I/O error: Input/output error"},
      {SQLITE_CANTOPEN, EIO, QY_SYSTEM, "f: cannot wait: unable to open database file: Input/output error"},
      {SQLITE_CANTOPEN, EAGAIN, QY_SYSTEM, "f: cannot wait: unable to open database file"},
      {SQLITE_ERROR, ENOSPC, QY_SYSTEM, "f: cannot wait: SQL logic error"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    errno = row[i].last;
    is_int(qy_sql_fail(NULL, "f", row[i].code, "wait", &err), row[i].status, "a status");
    is_text(err.diagnostic[0].text, row[i].text, "and why");
  }
}

/* A database that cannot be opened: SQLite knows the reason of the system itself. */
static void reason_of_system(void)
{
  sqlite3 *db = NULL;
  qy_error err = {0};
  const int code = sqlite3_open_v2("/no/such/folder/x", &db, SQLITE_OPEN_READWRITE, NULL);
  errno = EIO;
  is_int(qy_sql_fail(db, "f", code, "open it", &err), QY_SYSTEM, "no such folder");
  is_text(err.diagnostic[0].text, "f: cannot open it: unable to open database file: No such file or directory",
          "by its own name");
  sqlite3_close(db);
}

static void statements(void)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *s = NULL;
  qy_error err = {0};
  int64_t n = 7;
  sqlite3_open(":memory:", &db);
  is_int(
      qy_sql_run(db, "f", "CREATE TABLE t (x INTEGER CHECK (x < 9)); INSERT INTO t VALUES (3), (5)", "make it", &err),
      QY_OK, "two statements");
  is_int(qy_sql_run(db, "f", "INSERT INTO t VALUES (6); INSERT INTO t VALUES (9)", "add to it", &err), QY_INTERNAL,
         "one that is not allowed");
  is_text(err.diagnostic[0].text, "f: cannot add to it: CHECK constraint failed: x < 9", "says why");
  qy_error_clear(&err);
  is_int(qy_sql_number(db, "f", "SELECT sum(x) FROM t", &n, &err), QY_OK, "a number");
  is_int(n, 14, "is read");
  is_int(qy_sql_number(db, "f", "SELECT x FROM t WHERE x = 4", &n, &err), QY_OK, "no row");
  is_int(n, 14, "leaves it");
  is_int(qy_sql_number(db, "f", "SELECT y FROM t", &n, &err), QY_SYSTEM, "no such column");
  is_text(err.diagnostic[0].text, "f: cannot read the database: no such column: y", "is said");
  qy_error_clear(&err);
  is_int(qy_sql_number(db, "f", "SELECT abs(-9223372036854775807 - 1)", &n, &err), QY_SYSTEM, "an overflow");
  is_text(err.diagnostic[0].text, "f: cannot read the database: integer overflow", "is said");
  is_int(n, 14, "and leaves it");
  qy_error_clear(&err);
  is_int(qy_sql_prepare(db, "f", &s, "SELECT x FROM u", &err), QY_SYSTEM, "no such table");
  is_text(err.diagnostic[0].text, "f: cannot use its tables: no such table: u", "is said");
  qy_error_clear(&err);
  is_int(qy_sql_prepare(db, "f", &s, "INSERT INTO t VALUES (?) RETURNING x", &err), QY_OK, "prepared");
  for (int i = 8; i <= 9; i++) {
    sqlite3_bind_int(s, 1, i);
    is_int(qy_sql_step(db, "f", s, "add one", &err), i < 9 ? QY_OK : QY_INTERNAL, "used twice");
  }
  is_text(err.count ? err.diagnostic[0].text : "", "f: cannot add one: CHECK constraint failed: x < 9", "says why");
  qy_error_clear(&err);
  is_int(qy_sql_end(QY_OK, db, "f", s, &err), QY_OK, "the end after it was made ready");
  is_int(qy_sql_end(QY_OK, db, "f", NULL, &err), QY_OK, "of no statement");
  sqlite3_prepare_v2(db, "SELECT abs(x - 9223372036854775807 - 1 - x) FROM t", -1, &s, NULL);
  sqlite3_step(s);
  is_int(qy_sql_end(QY_OK, db, "f", s, &err), QY_SYSTEM, "rows that ended in a failure");
  is_text(err.count ? err.diagnostic[0].text : "", "f: cannot read what is stored: integer overflow", "are told");
  qy_error_clear(&err);
  sqlite3_prepare_v2(db, "SELECT abs(x - 9223372036854775807 - 1 - x) FROM t", -1, &s, NULL);
  sqlite3_step(s);
  ok(qy_sql_end(QY_BAD_INPUT, db, "f", s, &err) == QY_BAD_INPUT && err.count == 0, "unless there was one before");
  qy_sql_run(db, "f", "BEGIN; DELETE FROM t", "begin", &err);
  qy_sql_rollback(db);
  qy_sql_rollback(db);
  qy_sql_rollback(NULL);
  is_int(qy_sql_number(db, "f", "SELECT count(*) FROM t", &n, &err), QY_OK, "after an undone transaction");
  is_int(n, 4, "all rows are there");
  sqlite3_close(db);
}

int main(void)
{
  codes();
  reason_of_system();
  statements();
  return done();
}
