/* What happens when the file is not what it should be, and when a query is not: status, message, nothing left behind.
 */
#include "../../src/store/store_int.h"
#include "files.h"
#include "store_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

static void run_sql(const char *file, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) printf("# %s: %s\n", sql, sqlite3_errmsg(db));
  sqlite3_close(db);
}

static void wrong_files(void)
{
  char long_text[300];
  memset(long_text, 'x', sizeof long_text);
  write_bytes(scratch_file("text"), "area,latency\n1,2\n", 17);
  write_bytes(scratch_file("long"), long_text, sizeof long_text);
  write_bytes(scratch_file("empty"), "", 0);
  run_sql(scratch_file("other"), "PRAGMA application_id = 0x4d504258; CREATE TABLE t (x)");
  run_sql(scratch_file("plain"), "CREATE TABLE t (x)");
  run_sql(scratch_file("plainwal"), "PRAGMA journal_mode = WAL; CREATE TABLE t (x)");
  char newer[120], too_new[100], none[80];
  const int version = atoi(said_version());
  run_sql(scratch_file("half"), "PRAGMA application_id = 0x41420143; CREATE TABLE t (x)");
  snprintf(newer, sizeof newer, "PRAGMA application_id = 0x51727279; PRAGMA user_version = %d; CREATE TABLE t (x)",
           version + 1);
  snprintf(too_new, sizeof too_new, "expected a results database of schema version %d or older, found version %d",
           version, version + 1);
  snprintf(none, sizeof none, "expected a schema version from 1 to %d, found 0", version);
  run_sql(scratch_file("newer"), newer);
  run_sql(scratch_file("zero"), "PRAGMA application_id = 0x51727279; CREATE TABLE t (x)");
  mkdir(scratch_file("directory"), 0700);
  mkfifo(scratch_file("fifo"), 0600);
  enum { BOTH = -1 };
  const struct {
    const char *name;
    int mode;
    qy_status status;
    const char *text;
  } row[] = {
      {"text", BOTH, QY_BAD_INPUT, "found a file that is not an SQLite database"},
      {"long", BOTH, QY_BAD_INPUT, "found a file that is not an SQLite database"},
      {"other", BOTH, QY_BAD_INPUT, "found a database of another application (application_id 0x4d504258, \"MPBX\")"},
      {"half", BOTH, QY_BAD_INPUT, "found a database of another application (application_id 0x41420143)"},
      {"plain", BOTH, QY_BAD_INPUT, "found a database of another application (application_id 0x0)"},
      {"plainwal", BOTH, QY_BAD_INPUT, "found a database of another application (application_id 0x0)"},
      {"newer", BOTH, QY_BAD_INPUT, too_new},
      {"zero", BOTH, QY_BAD_INPUT, none},
      {"directory", BOTH, QY_BAD_INPUT, "expected a results database, found a directory"},
      {"fifo", BOTH, QY_BAD_INPUT, "found something that is not a regular file"},
      {"missing", QY_STORE_READ, QY_BAD_INPUT, "no such database"},
      {"empty", QY_STORE_READ, QY_BAD_INPUT, "expected a results database, found an empty file"},
      {"nowhere/x.sqlite", QY_STORE_READ, QY_BAD_INPUT, "no such database"},
      {"nowhere/x.sqlite", QY_STORE_WRITE, QY_BAD_INPUT, "its directory: No such file or directory"},
      {"text/x.sqlite", BOTH, QY_SYSTEM, "Not a directory"},
  };
  int before = count_files(scratch);
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    for (int mode = QY_STORE_READ; mode <= QY_STORE_WRITE; mode++) {
      qy_error err = {0};
      qy_store *store = (qy_store *)&err;
      char what[100];
      struct stat old = {0}, new = {0};
      if (row[i].mode != BOTH && row[i].mode != mode) continue;
      stat(scratch_file(row[i].name), &old);
      snprintf(what, sizeof what, "%s, %s: status", row[i].name, mode == QY_STORE_READ ? "reading" : "writing");
      is_int(qy_store_open(&store, scratch_file(row[i].name), mode, &err), row[i].status, what);
      says(&err, row[i].text, "the message tells what was found");
      says(&err, row[i].name, "and where");
      stat(scratch_file(row[i].name), &new);
      ok(store == NULL && old.st_size == new.st_size &&old.st_mtim.tv_nsec == new.st_mtim.tv_nsec,
         "no store, the file is untouched");
    }
  }
  is_int(count_files(scratch), before, "nothing was made beside any of them");
  qy_error err = {0};
  qy_store *store = NULL;
  is_int(qy_store_open(&store, "", QY_STORE_WRITE, &err), QY_BAD_INPUT, "an empty name is refused");
  is_status(qy_store_open(&store, scratch_file("empty"), QY_STORE_WRITE, &err), QY_OK, &err,
            "an empty file becomes a database");
  qy_store_close(store);
  is_text(ask(scratch_file("empty"), "PRAGMA user_version"), said_version(), "of the present version");
  run_sql(scratch_file("bare"), "CREATE TABLE t (x); DROP TABLE t; VACUUM");
  is_status(qy_store_open(&store, scratch_file("bare"), QY_STORE_WRITE, &err), QY_OK, &err,
            "so does a database without tables");
  qy_store_close(store);
  rmdir(scratch_file("directory"));

  /* Names that SQLite would not take as names. */
  char here[400];
  ok(getcwd(here, sizeof here) && chdir(scratch) == 0, "in the scratch directory");
  static const char *const odd[] = {":memory:", "file:odd.sqlite?mode=memory", "a b%20'c?.sqlite"};
  for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
    qy_error_clear(&err);
    is_status(qy_store_open(&store, odd[i], QY_STORE_WRITE, &err), QY_OK, &err, odd[i]);
    qy_store_close(store);
    ok(access(odd[i], F_OK) == 0, "is a file of that name");
  }
  ok(chdir(here) == 0, "and back");
}

/* What `body` returns where this process has not the rights of root. */
static int without_rights(int (*body)(const char *), const char *argument)
{
  const bool root = geteuid() == 0;
  if (root && (setresgid(65534, 65534, 0) != 0 || setresuid(65534, 65534, 0) != 0)) return 99;
  const int result = body(argument);
  if (root && (setresuid(0, 0, 0) != 0 || setresgid(0, 0, 0) != 0)) abort();
  return result;
}

static int count_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  *(int *)ctx = atoi(values[0]);
  return 0;
}

/* Columns: a whole number, a real one that is whole, one that is not, a text, SQL NULL. */
static int values_row(void *ctx, const qy_store_value *value)
{
  int *rows = ctx;
  ++*rows;
  ok(value[0].number == 7 && strcmp(value[0].text, "7") == 0, "an integer as number and text");
  ok(value[1].number == 2 && !value[1].text, "a real number has no text");
  ok(value[2].number == 0x1.999999999999ap-4, "and is exact");
  ok(isnan(value[3].number) && strcmp(value[3].text, "1.5") == 0, "a text is no number");
  ok(isnan(value[4].number) && !value[4].text, "NULL is neither");
  return *rows == 2;
}

static void values_are_read(qy_store *store)
{
  qy_error err = {0};
  int rows = 0;
  const char *sql = "WITH t(i) AS (VALUES (1), (2), (3)) SELECT 7, 2.0, 0.1, '1.5', NULL FROM t";
  is_status(qy_store_query_values(store, sql, values_row, &rows, &err), QY_OK, &err, "values of a query");
  is_int(rows, 2, "until the caller stops");
  is_status(qy_store_query_values(store, "DELETE FROM result", values_row, &rows, &err), QY_BAD_INPUT, &err,
            "values: only of what reads");
}

static int read_there(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  int count = 0;
  if (qy_store_open(&store, file, QY_STORE_READ, &err) != QY_OK ||
      qy_store_query(store, "SELECT count(*) FROM point", count_row, &count, &err) != QY_OK)
    printf("# %s\n", err.diagnostic[0].text);
  qy_store_close(store);
  fflush(stdout);
  return count;
}

static int write_there(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_close(store);
  int denied = err.count && strstr(err.diagnostic[0].text, "Permission denied") && strstr(err.diagnostic[0].text, file);
  if (!denied && err.count) printf("# %s\n", err.diagnostic[0].text);
  fflush(stdout);
  return (int)status * 10 + denied;
}

static void no_rights(void)
{
  char directory[128], file[160], new_file[160];
  qy_error err = {0};
  fixture f;
  int64_t id;
  int complete;
  snprintf(directory, sizeof directory, "%s/locked", scratch);
  snprintf(file, sizeof file, "%s/a b#1?.sqlite", directory);
  snprintf(new_file, sizeof new_file, "%s/new.sqlite", directory);
  mkdir(directory, 0755);
  fixture_make(&f, "name: locked\n", 42, 10);
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "a database in a directory");
  chmod(scratch, 0755);
  chmod(file, 0444);
  chmod(directory, 0555);
  is_int(without_rights(read_there, file), 42, "read-only file and directory: all rows are read");
  is_int(without_rights(write_there, file), QY_SYSTEM * 10 + 1, "writing it fails and says why");
  is_int(without_rights(write_there, new_file), QY_SYSTEM * 10 + 1, "so does making a new one there");
  chmod(file, 0666);
  is_int(without_rights(write_there, file), QY_SYSTEM * 10 + 1,
         "a file that may be written in a directory that may not");
  chmod(file, 0000);
  is_int(without_rights(write_there, file), QY_SYSTEM * 10 + 1, "a file that may not even be read");
  is_int(count_files(directory), 1, "nothing was made beside it");
  chmod(directory, 0755);
  unlink(file);
  rmdir(directory);
  chmod(scratch, 0700);
}

static int no_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)values, (void)types;
  ++*(int *)ctx;
  return 0;
}

static int no_values(void *ctx, int columns, const char *const *names, const char *const *values, const size_t *lengths,
                     const int *types)
{
  (void)ctx, (void)columns, (void)names, (void)values, (void)lengths, (void)types;
  return 0;
}

static void queries(void)
{
  char file[128];
  strcpy(file, scratch_file("queries.sqlite"));
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: queries\n", 20, 20);
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "a database to ask");
  char *attach = sqlite3_mprintf("ATTACH '%s/att.sqlite' AS a", scratch);
  char *into = sqlite3_mprintf("VACUUM INTO '%s/into.sqlite'", scratch);
  const struct {
    const char *sql, *text;
  } refused[] = {
      {"SELECT area FROM point", "SQL: no such column: area, at line 1, column 8: \"area FROM point\""},
      {"SELECT * FROM points", "SQL: no such table: points"},
      {"SELEC 1", "SQL: near \"SELEC\": syntax error, at line 1, column 1"},
      {"SELECT 1,\n  area FROM point", "SQL: no such column: area, at line 2, column 3: \"area FROM point\""},
      {"SELECT are_um2 FROM point", "did you mean \"area_um2\"?"},
      {"SELECT p.are_um2 FROM point p", "did you mean \"area_um2\"?"},
      {"SELECT sha25 FROM network", "did you mean \"sha256\"?"},
      {"SELECT * FROM technolgy", "did you mean \"technology\"?"},
      {"SELECT group_concatt(name) FROM metric", "did you mean \"group_concat\"?"},
      {"SELECT 1 LIMIT 'x'", "SQL: datatype mismatch"},
      {"SELECT abs(-9223372036854775807 - 1)", "SQL: integer overflow"},
      {"SELECT (1", "SQL: incomplete input"},
      {"SELECT 'a", "SQL: unrecognized token: \"'a\""},
      {"SELECT nofunction(1)", "SQL: no such function: nofunction"},
      {"", "SQL: expected a SELECT, found nothing"},
      {"  -- only a comment\n", "SQL: expected a SELECT, found nothing"},
      {"SELECT 1; SELECT 2", "SQL: expected one statement, found more after it"},
      {"SELECT 1; DROP TABLE result", "SQL: expected one statement, found more after it"},
      {"INSERT INTO reason (text) VALUES ('x')", "SQL: expected a SELECT that only reads"},
      {"DELETE FROM result", "SQL: expected a SELECT that only reads"},
      {"UPDATE experiment SET name = 'x' RETURNING id", "SQL: expected a SELECT that only reads"},
      {"REPLACE INTO reason VALUES (1, 'x')", "SQL: expected a SELECT that only reads"},
      {"WITH a AS (SELECT 1) DELETE FROM result", "SQL: expected a SELECT that only reads"},
      {"UPDATE sqlite_master SET sql = ''", "SQL: table sqlite_master may not be modified"},
      {"UPDATE sqlite_schema SET sql = ''", "SQL: "},
      {"DROP TABLE front", "SQL: expected a SELECT that only reads"},
      {"CREATE TABLE x (a)", "SQL: expected a SELECT that only reads"},
      {"CREATE TEMP TABLE x (a)", "SQL: expected a SELECT that only reads"},
      {"CREATE TEMP VIEW x AS SELECT 1", "SQL: expected a SELECT that only reads"},
      {"ALTER TABLE result ADD COLUMN x REAL", "SQL: expected a SELECT that only reads"},
      {attach, "SQL: expected a SELECT that only reads"},
      {into, "SQL: expected a SELECT that only reads"},
      {"DETACH main", "SQL: expected a SELECT that only reads"},
      {"VACUUM", "SQL: expected a SELECT that only reads"},
      {"REINDEX", "SQL: expected a SELECT that only reads"},
      {"ANALYZE", "SQL: expected a SELECT that only reads"},
      {"BEGIN", "SQL: expected a SELECT that only reads"},
      {"SAVEPOINT a", "SQL: expected a SELECT that only reads"},
      {"PRAGMA user_version = 9", "SQL: expected a SELECT that only reads"},
      {"PRAGMA query_only = OFF", "SQL: expected a SELECT that only reads"},
      {"PRAGMA writable_schema = ON", "SQL: expected a SELECT that only reads"},
      {"PRAGMA journal_mode = DELETE", "SQL: expected a SELECT that only reads"},
      {"PRAGMA busy_timeout = 1", "SQL: expected a SELECT that only reads"},
      {"PRAGMA mmap_size = 0", "SQL: expected a SELECT that only reads"},
      {"PRAGMA wal_checkpoint", "SQL: expected a SELECT that only reads"},
      {"PRAGMA foreign_keys(0)", "SQL: expected a SELECT that only reads"},
      {"SELECT load_extension('x')", "SQL: "},
  };
  char before[64], after[64];
  for (int mode = QY_STORE_READ; mode <= QY_STORE_WRITE; mode++) {
    is_status(qy_store_open(&store, file, mode, &err), QY_OK, &err, "it is opened");
    snprintf(before, sizeof before, "%s", ask(file, "SELECT count(*) || ' ' || sum(id) FROM result"));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
      int rows = 0;
      qy_error_clear(&err);
      qy_status status = qy_store_query(store, refused[i].sql, no_row, &rows, &err);
      char what[120];
      snprintf(what, sizeof what, "refused: %.80s", refused[i].sql);
      ok(status == QY_BAD_INPUT && rows == 0, "%s", what);
      says(&err, refused[i].text, "with a message");
    }
    values_are_read(store);
    qy_error_clear(&err);
    is_int(qy_store_query_head(store, "SELECT 1,\n  area FROM point", "asked.sql", NULL, no_values, NULL, &err),
           QY_BAD_INPUT, "a query of a file");
    ok(err.diagnostic[0].line == 2 && err.diagnostic[0].column == 3 &&
           strcmp(err.diagnostic[0].file, "asked.sql") == 0 &&
           strncmp(err.diagnostic[0].text, "SQL: no such column: area", 25) == 0,
       "says where in the file");
    qy_error_clear(&err);
    is_int(qy_store_query_head(store, "SELECT 1;\n\n SELECT 2", "asked.sql", NULL, no_values, NULL, &err), QY_BAD_INPUT,
           "two queries of a file");
    ok(err.diagnostic[0].line == 1 && err.diagnostic[0].column == 10 &&
           strstr(err.diagnostic[0].text, "found more after it"),
       "says where the first one ends");
    /* Some PRAGMAs act while they are compiled. */
    int keys = -1;
    is_status(qy_store_query(store, "PRAGMA foreign_keys", count_row, &keys, &err), QY_OK, &err, "a setting is read");
    is_int(keys, mode == QY_STORE_WRITE, "and is as it was");
    static const char *const taken[] = {"PRAGMA user_version",
                                        "PRAGMA table_info(point)",
                                        "PRAGMA integrity_check",
                                        "SELECT name FROM pragma_table_info('result')",
                                        "SELECT value FROM json_each('[1, 2]')",
                                        "EXPLAIN QUERY PLAN SELECT * FROM best",
                                        "VALUES (1)",
                                        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                        "WHERE i < 5) SELECT i FROM n",
                                        "SELECT sqrt(2), row_number() OVER () FROM point; /* end */ -- end"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
      int rows = 0;
      qy_error_clear(&err);
      is_status(qy_store_query(store, taken[i], no_row, &rows, &err), QY_OK, &err, taken[i]);
      ok(rows > 0, "gives rows");
    }
    /* Those that only tell; with an argument, where that is the name of what they tell of. */
    static const struct {
      const char *name;
      bool argument;
    } pragma[] = {{"table_list", true},      {"table_info", true},       {"table_xinfo", true},
                  {"index_list", true},      {"index_info", true},       {"quick_check", true},
                  {"integrity_check", true}, {"foreign_key_list", true}, {"foreign_key_check", true},
                  {"user_version", false},   {"application_id", false},  {"page_size", false},
                  {"page_count", false},     {"freelist_count", false},  {"synchronous", false},
                  {"foreign_keys", false},   {"encoding", false},        {"compile_options", false},
                  {"database_list", false},  {"function_list", false},   {"collation_list", false}};
    int wrong = 0;
    for (size_t i = 0; i < sizeof pragma / sizeof *pragma; i++)
      for (int argument = 0; argument < 2; argument++) {
        char sql[80];
        int rows = 0;
        qy_error_clear(&err);
        snprintf(sql, sizeof sql, "PRAGMA %s%s", pragma[i].name, argument ? "(result)" : "");
        const qy_status status = qy_store_query(store, sql, no_row, &rows, &err);
        wrong += status != (argument && !pragma[i].argument ? QY_BAD_INPUT : QY_OK);
        if (status && !strstr(err.diagnostic[0].text, "expected a SELECT that only reads")) wrong++;
      }
    is_int(wrong, 0, "PRAGMAs that tell are answered, with an argument only those that set nothing by it");
    qy_store_close(store);
    snprintf(after, sizeof after, "%s", ask(file, "SELECT count(*) || ' ' || sum(id) FROM result"));
    is_text(after, before, "nothing has changed");
  }
  ok(access(scratch_file("att.sqlite"), F_OK) != 0 && access(scratch_file("into.sqlite"), F_OK) != 0,
     "no file was made by a query");
  sqlite3_free(attach);
  sqlite3_free(into);
}

/* Advice is of the tables that the statement names, and of all where it names none. */
static void advice(void)
{
  static const struct {
    const char *sql, *said;
  } row[] = {{"SELECT batch_pointz FROM experiment", "did you mean \"batch_points\"?"},
             {"SELECT batch_pointz FROM Experiment", "did you mean \"batch_points\"?"},
             {"SELECT batch_pointz FROM technology", NULL},
             {"SELECT batch_pointz FROM technology -- no experiments", NULL},
             {"SELECT batch_pointz FROM technology -- of_experiment", NULL},
             {"SELECT batch_pointz FROM technology -- of experiment", "did you mean \"batch_points\"?"},
             {"SELECT batch_pointz", "did you mean \"batch_points\"?"},
             {"SELECT zzzzzz FROM experiment", NULL}};
  const char *file = scratch_file("queries.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    int rows = 0;
    qy_error_clear(&err);
    is_int(qy_store_query(store, row[i].sql, no_row, &rows, &err), QY_BAD_INPUT, row[i].sql);
    if (row[i].said)
      says(&err, row[i].said, row[i].said);
    else
      ok(!strstr(err.diagnostic[0].text, "did you mean"), "nothing is near");
  }
  qy_store_close(store);
}

/* ---- the log ---- */

static int64_t size_of(const char *file)
{
  struct stat s;
  return stat(file, &s) ? -1 : (int64_t)s.st_size;
}

/* A store that is closed leaves its log empty, also where another looks on; a reader leaves the log as it is. */
static void log_is_emptied(void)
{
  char file[128], log[140];
  snprintf(file, sizeof file, "%s", scratch_file("queries.sqlite"));
  snprintf(log, sizeof log, "%s-wal", file);
  qy_error err = {0};
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  sqlite3_exec(db, "PRAGMA wal_autocheckpoint = 0; UPDATE experiment SET question = 'What?'", NULL, NULL, NULL);
  const int64_t before = size_of(log);
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened for reading");
  qy_store_close(store);
  ok(before > 0 && size_of(log) == before, "closed, the log is as it was");
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "opened for writing");
  qy_store_close(store);
  is_int(size_of(log), 0, "closed, the log is empty");
  sqlite3_close(db);
}

/* A database of another program whose tables are in its log alone: in the file there is nothing. */
static void foreign_log(void)
{
  char file[128], other[128], from[140], to[140];
  sqlite3 *db = NULL;
  snprintf(file, sizeof file, "%s", scratch_file("logged"));
  snprintf(other, sizeof other, "%s", scratch_file("copied"));
  sqlite3_open(file, &db);
  sqlite3_exec(db,
               "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x); INSERT INTO t VALUES "
               "(5)",
               NULL, NULL, NULL);
  for (int log = 0; log < 2; log++) {
    snprintf(from, sizeof from, "%s%s", file, log ? "-wal" : "");
    snprintf(to, sizeof to, "%s%s", other, log ? "-wal" : "");
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    for (int c; in && out && (c = getc(in)) != EOF;)
      putc(c, out);
    if (in) fclose(in);
    if (out) fclose(out);
  }
  sqlite3_close(db);
  for (int mode = QY_STORE_READ; mode <= QY_STORE_WRITE; mode++) {
    qy_error err = {0};
    qy_store *store = NULL;
    is_int(qy_store_open(&store, other, mode, &err), QY_BAD_INPUT, "tables in the log are another program's");
    says(&err, "another application", "which is said");
    qy_store_close(store);
  }
  is_text(ask(other, "SELECT group_concat(name) FROM sqlite_schema"), "t", "nothing was made in it");
  is_text(ask(other, "SELECT x FROM t"), "5", "and nothing lost");
}

/* A database that is moved away, or replaced, while it is written to. */
static void moved(void)
{
  char file[128], away[128];
  snprintf(file, sizeof file, "%s", scratch_file("here.sqlite"));
  snprintf(away, sizeof away, "%s", scratch_file("away.sqlite"));
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: moved\n", 20, 10);
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "opened");
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "begun");
  is_status(put_batch(store, &f.e, 0, &err), QY_OK, &err, "a batch");
  rename(file, away);
  is_int(put_batch(store, &f.e, 1, &err), QY_SYSTEM, "no other once it is moved");
  says(&err, "here.sqlite: the database was deleted, moved or replaced while it was in use", "which is said");
  qy_store_close(store);
  is_text(ask(away, "SELECT group_concat(batch) FROM batch"), "0", "what was stored is there");
  is_text(ask(away, "SELECT status FROM experiment"), "running", "and its mark, which nobody has taken away");
}

/* No room: the batch is undone, the store can be used on, later the batch fits. */
static void no_room(void)
{
  char file[128];
  strcpy(file, scratch_file("full.sqlite"));
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id, pages = 0;
  int complete;
  fixture_make(&f, "name: full\n", 20000, 10000);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err,
            "an experiment on a disk that will be full");
  pages = ask_number(file, "PRAGMA page_count");
  char sql[64];
  snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)pages + 20);
  sqlite3_exec(store->db, sql, NULL, NULL, NULL);
  is_int(put_batch(store, &f.e, 0, &err), QY_SYSTEM, "a batch that does not fit fails");
  says(&err, "full.sqlite: cannot store a batch: the disk is full", "and says so");
  is_int(ask_number(file, "SELECT (SELECT count(*) FROM result) + (SELECT count(*) FROM batch) + (SELECT count(*) FROM "
                          "design) + (SELECT count(*) FROM reason)"),
         0, "nothing of it is stored");
  sqlite3_exec(store->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);

  struct rlimit old, small;
  getrlimit(RLIMIT_FSIZE, &old);
  small = old;
  small.rlim_cur = 300000;
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  qy_error_clear(&err);
  qy_status status = put_batch(store, &f.e, 0, &err);
  setrlimit(RLIMIT_FSIZE, &old);
  is_int(status, QY_SYSTEM, "a file that the system does not let grow fails too");
  says(&err, "File too large", "with the system's words");
  qy_error_clear(&err);
  is_status(put_batch(store, &f.e, 0, &err), QY_OK, &err, "once there is room the same batch is stored");
  is_status(put_batch(store, &f.e, 1, &err), QY_OK, &err, "and the next");
  is_status(qy_store_finish(store, NULL, 0, &err), QY_OK, &err, "and the experiment finished");
  qy_store_close(store);
  is_text(ask(file, "SELECT count(*) FROM point"), "20000", "with all rows");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "and sound");

  /* Damage it. */
  int fd = open(file, O_WRONLY);
  char junk[4096];
  memset(junk, 0x5a, sizeof junk);
  for (int page = 100; page < 200; page++)
    if (pwrite(fd, junk, sizeof junk, (off_t)page * 16384) != (ssize_t)sizeof junk) break;
  close(fd);
  int rows = 0;
  qy_error_clear(&err);
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "a damaged database opens");
  is_int(qy_store_query(store, "SELECT sum(area_um2) FROM result", no_row, &rows, &err), QY_BAD_INPUT,
         "but reading the damaged part fails");
  says(&err, "the database is damaged", "and says so");
  double *column = NULL;
  size_t count = 0;
  is_int(qy_store_columns(store, "SELECT area_um2 FROM result", 1, &column, &count, &err), QY_BAD_INPUT,
         "reading by columns too");
  ok(column == NULL, "which leaves nothing to free");
  qy_store_close(store);
  if (truncate(file, 50) != 0) perror("truncate");
  qy_error_clear(&err);
  is_int(qy_store_open(&store, file, QY_STORE_READ, &err), QY_BAD_INPUT, "a stump is no database");
}

/* Names that mean something else to SQLite are names of files here. */
static void odd_names(void)
{
  static const char *const name[] = {":memory:", ":", "file:a.sqlite", "file:b?mode=memory", "file", "files:c"};
  char before[1024];
  if (!ok(getcwd(before, sizeof before) && chdir(scratch) == 0, "in a folder of its own")) return;
  for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
    qy_error err = {0};
    qy_store *store = NULL;
    is_status(qy_store_open(&store, name[i], QY_STORE_WRITE, &err), QY_OK, &err, name[i]);
    qy_store_close(store);
    ok(access(name[i], R_OK) == 0, "is a file");
    unlink(name[i]);
  }
  if (chdir(before)) printf("# no way back\n");
}

int main(void)
{
  scratch_make();
  wrong_files();
  odd_names();
  no_rights();
  queries();
  advice();
  log_is_emptied();
  foreign_log();
  moved();
  no_room();
  scratch_remove();
  return done();
}
