/* Opening and closing a results database.
 *
 * The file is looked at before SQLite opens it: a file that is not ours must stay as it is, and opening a database in
 * write-ahead mode already makes files beside it.  Offsets in the header: sqlite.org/fileformat2.html, 1.3 (magic at 0,
 * user_version at 60, application_id at 68) and 1.6 (number of cells of page 1 at 100 + 3).
 */
#include "quarry/store.h"
#include "chunk.h"

#include "axes_int.h"
#include "image.h"
#include "quarry/alloc.h"
#include "schema.h"
#include "sql.h"
#include "store_int.h"
#include "trust.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  BUSY_MS = 10000, /* a writer waits this long for another one's batch */
  WAL_TRIES = 50,  /* of 20 ms: switching to write-ahead mode does not wait by itself */
  WAL_WAIT_MS = 20,
  HEADER_BYTES = 108 /* file header and the header of page 1 */
};
static const char magic[] = "SQLite format 3"; /* with its NUL 16 bytes */

static unsigned long big_endian(const unsigned char *at, int bytes)
{
  unsigned long value = 0;
  for (int i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

static qy_status newer(const char *file, int64_t version, qy_error *err)
{
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected a results database of schema version %d or older, found version %lld: it was written by "
                 "a newer quarry",
                 file, STORE_VERSION, (long long)version);
}

static qy_status foreign(const char *file, unsigned long id, qy_error *err)
{
  char letters[5] = "";
  for (int i = 0; i < 4; i++) {
    int c = (int)(id >> (24 - 8 * i) & 0xff);
    if (c < ' ' || c > '~') {
      letters[0] = '\0';
      break;
    }
    letters[i] = (char)c;
    letters[i + 1] = '\0';
  }
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected a results database of quarry (application_id 0x%x, \"Qrry\"), found a database of "
                 "another application (application_id 0x%lx%s%s%s)",
                 file, (unsigned)STORE_APPLICATION_ID, id, letters[0] ? ", \"" : "", letters, letters[0] ? "\"" : "");
}

/* May the directory of `path` be written? */
static int directory_writable(const char *path)
{
  const char *slash = strrchr(path, '/');
  char *directory = slash == path ? strdup("/") : slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
  int good = directory && access(directory, W_OK | X_OK) == 0;
  int code = errno;
  free(directory);
  errno = code;
  return good;
}

/* Is the file ours, or may it become ours?  If not, say what it is. */
static qy_status inspect(const char *file, const char *path, int mode, qy_error *err)
{
  unsigned char head[HEADER_BYTES] = {0};
  struct stat info, journal;
  char *name = NULL;
  qy_status status = QY_OK;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT && mode == QY_STORE_WRITE) {
    if (directory_writable(path)) return QY_OK;
    return qy_fail(err, errno == ENOENT ? QY_BAD_INPUT : QY_SYSTEM, "%s: cannot create the database: its directory: %s",
                   file, strerror(errno));
  }
  if (fd < 0 && errno == ENOENT)
    return qy_fail(err, QY_BAD_INPUT, "%s: no such database; an experiment that is run makes it", file);
  if (fd < 0) return qy_fail(err, QY_SYSTEM, "%s: cannot open the database: %s", file, strerror(errno));
  if (fstat(fd, &info) != 0) {
    status = qy_fail(err, QY_SYSTEM, "%s: cannot open the database: %s", file, strerror(errno));
    goto out;
  }
  if (!S_ISREG(info.st_mode)) {
    status = qy_fail(err, QY_BAD_INPUT, "%s: expected a results database, found %s", file,
                     S_ISDIR(info.st_mode) ? "a directory" : "something that is not a regular file");
    goto out;
  }
  ssize_t length = read(fd, head, sizeof head);
  if (length < 0) {
    status = qy_fail(err, QY_SYSTEM, "%s: cannot read the database: %s", file, strerror(errno));
    goto out;
  }
  /* A journal that was left behind: the file is half written, SQLite puts it right when it opens it. */
  name = malloc(strlen(path) + sizeof "-journal");
  if (!name) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory");
    goto out;
  }
  sprintf(name, "%s-journal", path);
  if (stat(name, &journal) == 0 && journal.st_size > 0) goto writable;
  if (length == 0) {
    if (mode == QY_STORE_READ)
      status = qy_fail(err, QY_BAD_INPUT, "%s: expected a results database, found an empty file", file);
    goto writable;
  }
  if (length < HEADER_BYTES || memcmp(head, magic, sizeof magic) != 0) {
    status = qy_fail(err, QY_BAD_INPUT, "%s: expected a results database, found a file that is not an SQLite database",
                     file);
    goto out;
  }
  unsigned long application = big_endian(head + 68, 4), version = big_endian(head + 60, 4);
  /* A database without a single table may become ours, whoever made it. */
  int bare = application == 0 && head[100] == 13 && big_endian(head + 103, 2) == 0 && mode == QY_STORE_WRITE;
  if (!bare && application != STORE_APPLICATION_ID)
    status = foreign(file, application, err);
  else if (version > STORE_VERSION)
    status = newer(file, (int64_t)version, err);
writable:
  if (status != QY_OK || mode == QY_STORE_READ) goto out;
  if (access(path, W_OK) != 0)
    status = qy_fail(err, QY_SYSTEM, "%s: cannot write the database: %s", file, strerror(errno));
  else if (!directory_writable(path))
    status =
        qy_fail(err, QY_SYSTEM, "%s: cannot write beside the database, in its directory: %s", file, strerror(errno));
out:
  close(fd);
  free(name);
  return status;
}

/* "file:PATH?immutable=1", with everything escaped that means something in a URI. */
static char *immutable_uri(const char *path)
{
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  char *uri = malloc(3 * strlen(path) + sizeof "file:?immutable=1"), *out = uri;
  if (!uri) return NULL;
  out += sprintf(out, "file:");
  for (; *path; path++) {
    if (strchr(plain, *path))
      *out++ = *path;
    else
      out += sprintf(out, "%%%02X", (unsigned)(unsigned char)*path);
  }
  sprintf(out, "?immutable=1");
  return uri;
}

/* Reading a database in write-ahead mode makes two small files beside it. Where that is forbidden and there is no log
 * left by a run, nobody can be writing, and the file is read as it is. */
static int open_for_reading(sqlite3 **db, const char *path)
{
  char *name = malloc(strlen(path) + sizeof "-wal");
  struct stat info;
  if (!name) return SQLITE_NOMEM;
  sprintf(name, "%s-wal", path);
  int log = stat(name, &info) == 0 && info.st_size > 0;
  free(name);
  if (log || directory_writable(path))
    return sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  char *uri = immutable_uri(path);
  if (!uri) return SQLITE_NOMEM;
  int code = sqlite3_open_v2(uri, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
  free(uri);
  return code;
}

static qy_status set_wal(sqlite3 *db, const char *file, qy_error *err)
{
  int code = SQLITE_OK;
  for (int i = 0; i < WAL_TRIES; i++) {
    code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (code != SQLITE_BUSY) break;
    sqlite3_sleep(WAL_WAIT_MS);
  }
  return code == SQLITE_OK ? QY_OK : qy_sql_fail(db, file, code, "switch to a write-ahead log", err);
}

static qy_status set_checkpoints(qy_store *store, qy_error *err)
{
  int64_t page_bytes = 0;
  const qy_status status = qy_sql_number(store->db, store->file, "PRAGMA page_size", &page_bytes, err);
  if (status) return status;
  store->checkpoints = checkpoint_start(store->db, page_bytes);
  return store->checkpoints ? QY_OK : qy_no_memory(err);
}

/* Copies the intervals of a batch; NULL when out of memory. */
static char *intervals_sql(sqlite3 *db)
{
  sqlite3_str *sql = sqlite3_str_new(db);
  const qy_metric_info *metric = qy_metric_table();
  sqlite3_str_appendall(sql, "INSERT INTO interval (id");
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    if (qy_metric_uncertain(i)) sqlite3_str_appendf(sql, ", %s_p05, %s_p95", metric[i].name, metric[i].name);
  sqlite3_str_appendall(sql, ") SELECT id");
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    if (qy_metric_uncertain(i)) sqlite3_str_appendf(sql, ", %s_p05, %s_p95", metric[i].name, metric[i].name);
  sqlite3_str_appendf(sql, " FROM batch_rows WHERE %s_p05 IS NOT NULL", metric[store_interval_metric()].name);
  return sqlite3_str_finish(sql);
}

qy_status store_prepare_intervals(qy_store *store, qy_error *err)
{
  char *sql = store->insert_intervals ? NULL : intervals_sql(store->db);
  if (store->insert_intervals) return QY_OK;
  const qy_status status =
      sql ? qy_sql_prepare(store->db, store->file, &store->insert_intervals, sql, err) : qy_no_memory(err);
  sqlite3_free(sql);
  return status;
}

/* Those that every run needs. */
static qy_status prepare_writing(qy_store *store, qy_error *err)
{
  row_keys_make(&store->sum_keys);
  int code = qy_store_batch_rows_register(store->db, &store->batch);
  qy_status status = code == SQLITE_OK ? QY_OK : qy_sql_fail(store->db, store->file, code, "open the database", err);
  const struct {
    sqlite3_stmt **statement;
    const char *sql;
  } row[] = {
      {&store->check_runner, "SELECT runner IS ?2 FROM experiment WHERE id = ?1"},
      {&store->check_design, "SELECT 1 FROM design WHERE id = ?"},
      {&store->insert_design, "INSERT OR IGNORE INTO design (id, name, parameters) VALUES (?, ?, ?)"},
      {&store->mark_batch,
       "INSERT INTO batch (experiment, batch, rows, intervals, assignments, sum) VALUES (?, ?, ?, ?, ?, ?)"},
  };
  for (size_t i = 0; i < sizeof row / sizeof row[0] && status == QY_OK; i++)
    status = qy_sql_prepare(store->db, store->file, row[i].statement, row[i].sql, err);
  return status;
}

/* An older database that is only read has the views of its time, over all runs: here are those of the present, which
 * mean the latest runs without _all behind their names, in the temporary schema of this connection. */
static qy_status present_views(qy_store *store, qy_error *err)
{
  static const char *const view[] = {"summary", "point",   "front_point", "layer_precision",
                                     "best",    "compare", "infeasible"};
  int64_t version = 0;
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  if (status != QY_OK || version >= STORE_LATEST_VERSION) return status;
  status = qy_sql_run(store->db, store->file,
                      "PRAGMA temp_store = MEMORY; CREATE TEMP VIEW latest AS "
                      "SELECT max(id) AS experiment_id, name AS experiment FROM experiment GROUP BY name",
                      "open the database", err);
  for (size_t i = 0; i < sizeof view / sizeof *view && status == QY_OK; i++) {
    char sql[300];
    snprintf(sql, sizeof sql,
             "CREATE TEMP VIEW %s_all AS SELECT * FROM main.%s; CREATE TEMP VIEW %s AS SELECT * FROM %s_all "
             "WHERE experiment_id IN (SELECT experiment_id FROM latest)",
             view[i], view[i], view[i], view[i]);
    status = qy_sql_run(store->db, store->file, sql, "open the database", err);
  }
  return status;
}

static qy_status check_identity(qy_store *store, qy_error *err)
{
  int64_t application = 0, version = 0;
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA application_id", &application, err);
  if (status == QY_OK) status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  if (status != QY_OK) return status;
  if (application != STORE_APPLICATION_ID) return foreign(store->file, (unsigned long)(uint32_t)application, err);
  if (version > STORE_VERSION) return newer(store->file, version, err);
  if (version < 1)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected a schema version from 1 to %d, found %lld", store->file,
                   STORE_VERSION, (long long)version);
  return QY_OK;
}

qy_status qy_store_open(qy_store **out, const char *file, int mode, qy_error *err)
{
  assert(out && file);
  qy_store *store = NULL;
  char *path = NULL;
  qy_status status = QY_OK;
  *out = NULL;
  if (!file || !file[0]) return qy_fail(err, QY_BAD_INPUT, "expected the name of a database file, found an empty name");
  /* SQLite gives ":memory:" and "file:" a meaning of their own; here a name is a name. */
  int special = file[0] == ':' || strncmp(file, "file:", 5) == 0;
  store = qy_alloc(1, sizeof *store);
  path = malloc(strlen(file) + 3);
  if (!store || !path || !(store->file = strdup(file))) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory");
    goto out;
  }
  sprintf(path, "%s%s", special ? "./" : "", file);
  const bool many = mode == QY_STORE_WRITE_MANY;
  if (many) mode = QY_STORE_WRITE;
  store->mode = mode;
  status = inspect(file, path, mode, err);
  if (status != QY_OK) goto out;
  const bool ours =
      mode == QY_STORE_WRITE && store_image_place(path, many); /* its schema and rows are this program's */

  int code =
      mode == QY_STORE_READ
          ? open_for_reading(&store->db, path)
          : sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) {
    status = qy_sql_fail(store->db, file, code, "open the database", err);
    goto out;
  }
  sqlite3_extended_result_codes(store->db, 1);
  sqlite3_busy_timeout(store->db, BUSY_MS);
  code = trust_guard(store->db);
  if (code != SQLITE_OK) status = qy_sql_fail(store->db, file, code, "open the database", err);
  if (status != QY_OK) goto out;
  if (mode == QY_STORE_READ) {
    status = trust_close(store->db) == SQLITE_OK ? check_identity(store, err) : qy_no_memory(err);
    if (status == QY_OK) status = trust_schema(store, err);
    if (status == QY_OK) status = trust_rows(store, err);
    if (status == QY_OK) status = present_views(store, err);
    qy_error unread = {0}; /* of a damaged file: whoever asks for something learns of it */
    if (status == QY_OK && chunk_any(&store->packed, store->db, file, &unread) == QY_OK && store->packed)
      status = chunk_show(store->db, file, err);
    if (status == QY_OK && unread.status == QY_NO_MEMORY) status = qy_no_memory(err);
    if (status == QY_OK) status = qy_sql_run(store->db, file, "PRAGMA query_only = ON", "open the database", err);
    goto out;
  }
  /* Is there nothing in it yet?  Asked of SQLite, which first undoes what a killed birth has left. */
  int64_t objects = 0, application = 0;
  status = qy_sql_run(store->db, file, many ? STORE_PAGE_MANY_SQL : STORE_PAGE_SQL, "open the database", err);
  if (status == QY_OK) status = qy_sql_number(store->db, file, "SELECT count(*) FROM sqlite_schema", &objects, err);
  if (status == QY_OK) status = qy_sql_number(store->db, file, "PRAGMA application_id", &application, err);
  /* Tables are made before the switch to write-ahead mode, so that a kill leaves either no database or a whole one, and
   * the identity is in the file itself and not only in its log. */
  if (status == QY_OK && objects == 0 && application == 0) status = qy_store_schema_create(store->db, file, err);
  if (status == QY_OK) status = check_identity(store, err);
  if (status == QY_OK && !ours) status = trust_schema(store, err);
  if (status == QY_OK && !ours) status = trust_rows(store, err);
  if (status == QY_OK) status = set_wal(store->db, file, err);
  if (status == QY_OK)
    status =
        qy_sql_run(store->db, file, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON", "open the database", err);
  if (status == QY_OK) status = set_checkpoints(store, err);
  if (status == QY_OK && !ours) status = qy_store_schema_update(store->db, file, err);
  if (status == QY_OK && trust_close(store->db) != SQLITE_OK) status = qy_no_memory(err);
  if (status == QY_OK) status = prepare_writing(store, err);
  if (status == QY_OK && !ours) status = views_of_old(store, err);
out:
  free(path);
  if (status == QY_OK)
    *out = store;
  else
    qy_store_close(store);
  return status;
}

void qy_store_forget(qy_store *store)
{
  free(store->stored);
  free(store->technology);
  free(store->network);
  free(store->precision);
  qy_store_best_stop(&store->best);
  watch_stop(&store->watch);
  store->stored = NULL;
  store->technology = store->network = store->precision = NULL;
  store->experiment = store->points = store->batch_points = store->batch_count = 0;
  store->technology_count = store->network_count = store->precision_count = 0;
  store->running = 0;
  store->in_columns = false;
  free(store->column_number);
  store->column_number = NULL;
  store->missing[0] = '\0';
  store->seen_all = store->seen_rows = store->seen_reason = store->seen_resolved = false;
  memset(store->seen_metric, 0, sizeof store->seen_metric);
}

void qy_store_close(qy_store *store)
{
  if (!store) return;
  if (store->running) qy_store_abandon(store, "interrupted", NULL);
  qy_store_forget(store);
  sqlite3_finalize(store->check_runner);
  sqlite3_finalize(store->check_design);
  sqlite3_finalize(store->insert_design);
  sqlite3_finalize(store->insert_reason);
  sqlite3_finalize(store->insert_resolved);
  sqlite3_finalize(store->insert_rows);
  sqlite3_finalize(store->insert_intervals);
  sqlite3_finalize(store->insert_assignments);
  sqlite3_finalize(store->mark_batch);
  sqlite3_finalize(store->insert_chunk);
  packer_free(store->packer);
  store_detail_drop(&store->detail);
  checkpoint_stop(store->checkpoints);
  if (store->db && store->mode == QY_STORE_WRITE) {
    /* While others read, the log stays; it is no error. */
    sqlite3_busy_timeout(store->db, 0);
    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  }
  sqlite3_close(store->db);
  qy_store_forget_reasons(store);
  free(store->row_reason);
  free(store->row_resolved);
  free(store->file);
  free(store);
}
