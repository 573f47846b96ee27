/* Copying the log beside the writer: what is committed is in the file itself soon, the log stays short unless somebody
 * reads what was before, and where there is no thread the writer copies.  Pages are said to be of 1 MiB, so that the
 * limits are a few pages. */
#include "../../src/store/checkpoint.h"

#include "store_test.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

enum {
  SAID = 1 << 20,
  FIRST = CHECKPOINT_FIRST_BYTES / SAID,
  ALONE = CHECKPOINT_ALONE_BYTES / SAID,
  MOST = CHECKPOINT_MOST_BYTES / SAID,
  PAGE = 4096,
  FRAME = PAGE + 24, /* sqlite.org/fileformat2.html, 4.1 */
  COMMIT = 6,        /* pages of a row at most: the overflowing one, its leaf, those above */
  ROWS = 250
};

static bool refused;
static int threads;
static atomic_int copies;

/* Copies are counted. */
int sqlite3_wal_checkpoint_v2(sqlite3 *db, const char *name, int mode, int *pages, int *copied)
{
  int (*copy)(sqlite3 *, const char *, int, int *, int *) = NULL;
  *(void **)&copy = dlsym(RTLD_NEXT, "sqlite3_wal_checkpoint_v2");
  copies++;
  return copy ? copy(db, name, mode, pages, copied) : SQLITE_ERROR;
}

/* Threads that are started are counted, or refused. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *), void *ctx)
{
  int (*start)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = NULL;
  *(void **)&start = dlsym(RTLD_NEXT, "pthread_create");
  if (refused || !start) return EAGAIN;
  threads++;
  return start(thread, attributes, begin, ctx);
}

static bool run(sqlite3 *db, const char *sql)
{
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static sqlite3 *new_database(const char *file)
{
  sqlite3 *db = NULL;
  threads = 0;
  ok(sqlite3_open(file, &db) == SQLITE_OK &&
         run(db, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (b)"),
     "a database with a log");
  return db;
}

static bool add_rows(sqlite3 *db, int rows)
{
  bool good = true;
  for (int i = 0; i < rows && good; i++)
    good = run(db, "INSERT INTO t VALUES (zeroblob(6000))");
  return good;
}

/* The longest that the log was: its file does not shrink while it is used. */
static long log_pages(const char *file)
{
  struct stat is;
  char name[200];
  snprintf(name, sizeof name, "%s-wal", file);
  return stat(name, &is) == 0 ? (long)is.st_size / FRAME : -1;
}

/* Rows in the file itself, as if there were no log; -1: it cannot be read. */
static int rows_read(const char *file)
{
  char name[200];
  int rows = -1;
  sqlite3 *db = NULL;
  sqlite3_stmt *count = NULL;
  snprintf(name, sizeof name, "file:%s?immutable=1", file);
  if (sqlite3_open_v2(name, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) == SQLITE_OK &&
      sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &count, NULL) == SQLITE_OK &&
      sqlite3_step(count) == SQLITE_ROW)
    rows = sqlite3_column_int(count, 0);
  sqlite3_finalize(count);
  sqlite3_close(db);
  return rows;
}

/* The same once it can be read: who looks while a thread copies may find half of it. */
static int rows_copied(const char *file)
{
  int rows = rows_read(file);
  for (int tries = 0; rows < 0 && tries < 1000; tries++) {
    usleep(10000);
    rows = rows_read(file);
  }
  return rows;
}

static void ends(sqlite3 *db, checkpointer *c, const char *file, int rows)
{
  checkpoint_stop(c);
  char text[20];
  snprintf(text, sizeof text, "%d", rows);
  ok(sqlite3_close(db) == SQLITE_OK, "it is closed");
  is_text(ask(file, "SELECT count(*) FROM t"), text, "all rows are there");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "the file is whole");
  ok(log_pages(file) < 0, "the log is gone");
}

/* A writer beside which a thread copies, or that copies by itself. */
static void writes(const char *name, bool thread, int most)
{
  const char *file = scratch_file_kept(name);
  sqlite3 *db = new_database(file);
  checkpointer *c = checkpoint_start(db, SAID);
  ok(c && add_rows(db, ROWS), "%s: rows are committed one by one", name);
  ok(threads == thread, "%d threads were started, expected %d", threads, thread);
  const long pages = log_pages(file);
  ok(pages >= FIRST && pages <= most + COMMIT, "the log had %ld pages at most, expected up to %d", pages,
     most + COMMIT);
  const int copied = rows_copied(file);
  ok(copied >= ROWS - most && copied <= ROWS, "%d of %d rows are in the file itself", copied, ROWS);
  ends(db, c, file, ROWS);
}

/* Little is written: SQLite copies it when it is closed. */
static void little(void)
{
  const char *file = scratch_file_kept("little");
  sqlite3 *db = new_database(file);
  ok(run(db, "PRAGMA wal_checkpoint(TRUNCATE)"), "an empty log");
  checkpointer *c = checkpoint_start(db, SAID);
  ok(c && add_rows(db, 1) && threads == 0, "one row of %ld pages starts no thread", log_pages(file));
  ends(db, c, file, 1);
}

/* Who reads an old state keeps it: the log grows meanwhile, and begins anew afterwards. */
static void reader(const char *name, bool thread)
{
  const char *file = scratch_file_kept(name);
  sqlite3 *db = new_database(file), *old = NULL;
  sqlite3_stmt *count = NULL;
  checkpointer *c = checkpoint_start(db, SAID);
  ok(c && add_rows(db, 1) && sqlite3_open(file, &old) == SQLITE_OK && run(old, "BEGIN") &&
         sqlite3_prepare_v2(old, "SELECT count(*) FROM t", -1, &count, NULL) == SQLITE_OK &&
         sqlite3_step(count) == SQLITE_ROW && sqlite3_column_int(count, 0) == 1,
     "%s: a reader sees one row", name);
  sqlite3_reset(count);
  copies = 0;
  ok(add_rows(db, ROWS) && threads == thread, "rows are committed meanwhile");
  ok(sqlite3_step(count) == SQLITE_ROW && sqlite3_column_int(count, 0) == 1, "the reader sees what it saw");
  usleep(100000);
  ok(copies > 0 && copies <= ROWS, "%d copies were tried, one after a commit at most", copies);
  sqlite3_finalize(count);
  ok(run(old, "COMMIT") && sqlite3_close(old) == SQLITE_OK, "the reader ends");
  const long pages = log_pages(file);
  ok(pages >= ROWS, "the log has grown to %ld pages", pages);
  ok(add_rows(db, 2 * ROWS), "more rows");
  ok(log_pages(file) < pages + ROWS, "the log has begun anew: %ld pages", log_pages(file));
  ends(db, c, file, 3 * ROWS + 1);
}

/* No file can be opened any more: the thread ends, the writer goes on alone. */
static void no_files(void)
{
  const char *file = scratch_file_kept("no_files");
  struct rlimit before, few;
  sqlite3 *db = new_database(file);
  checkpointer *c = checkpoint_start(db, SAID);
  const int next = open("/dev/null", O_RDONLY);
  if (next >= 0) close(next);
  ok(c && next > 0 && getrlimit(RLIMIT_NOFILE, &before) == 0, "files that are open");
  few = before;
  few.rlim_cur = (rlim_t)next;
  ok(setrlimit(RLIMIT_NOFILE, &few) == 0 && add_rows(db, ROWS) && threads == 1, "a thread that cannot open the file");
  setrlimit(RLIMIT_NOFILE, &before);
  ok(log_pages(file) <= MOST + COMMIT, "the log had %ld pages at most", log_pages(file));
  ends(db, c, file, ROWS);
}

/* Another file has taken the name: nothing is done to that, nor to its log. */
static void replaced(void)
{
  const char *file = scratch_file_kept("replaced"), *away = scratch_file_kept("away");
  char log[200], log_away[200], index[200], index_away[200];
  sqlite3 *db = new_database(file);
  checkpointer *c = checkpoint_start(db, SAID);
  snprintf(log, sizeof log, "%s-wal", file);
  snprintf(log_away, sizeof log_away, "%s-wal", away);
  snprintf(index, sizeof index, "%s-shm", file);
  snprintf(index_away, sizeof index_away, "%s-shm", away);
  ok(rename(file, away) == 0 && rename(log, log_away) == 0 && rename(index, index_away) == 0, "a database is moved");
  sqlite3 *other = new_database(file);
  ok(run(other, "PRAGMA wal_checkpoint; PRAGMA wal_autocheckpoint = 0") && add_rows(other, 10),
     "another one is in its place");
  const int copied = rows_copied(file);
  const long pages = log_pages(file);
  ok(c && add_rows(db, ROWS), "the writer goes on in the first");
  ok(threads == 0 && log_pages(away) <= ALONE + COMMIT, "it copies by itself: a log of %ld pages", log_pages(away));
  ok(rows_copied(file) == copied && log_pages(file) == pages, "the other's log is as it was");
  checkpoint_stop(c);
  sqlite3_close(db);
  is_text(ask(file, "SELECT count(*) FROM t"), "10", "so are its rows");
  sqlite3_close(other);
}

int main(void)
{
  scratch_make();
  little();
  writes("thread", true, MOST);
  reader("reader", true);
  no_files();
  replaced();
  refused = true;
  writes("alone", false, ALONE);
  reader("reader alone", false);
  checkpoint_stop(NULL);
  scratch_remove();
  return done();
}
