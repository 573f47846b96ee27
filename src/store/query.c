/* Reading: one SELECT at a time, and nothing that could write; rows one by one, or columns at once.
 *
 * Three guards: an authorizer refuses every action but reading while the text is compiled (ATTACH and most PRAGMAs
 * never get as far as a statement), sqlite3_stmt_readonly refuses what is left, and a store for reading has query_only
 * set.
 */
#include "chunk.h"
#include "quarry/alloc.h"
#include "quarry/decimal.h"
#include "quarry/text.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS_FIRST = 4096, NUMBER = QY_NUMBER_EXACT };

/* PRAGMAs that only tell. Those marked may have an argument; with one, the others would set something. */
static const struct {
  const char *name;
  int argument;
} telling_pragma[] = {{"table_list", 1},        {"table_info", 1},       {"table_xinfo", 1},     {"index_list", 1},
                      {"index_info", 1},        {"foreign_key_list", 1}, {"integrity_check", 1}, {"quick_check", 1},
                      {"foreign_key_check", 1}, {"user_version", 0},     {"application_id", 0},  {"page_size", 0},
                      {"page_count", 0},        {"freelist_count", 0},   {"synchronous", 0},     {"foreign_keys", 0},
                      {"encoding", 0},          {"compile_options", 0},  {"database_list", 0},   {"function_list", 0},
                      {"collation_list", 0}};

/* ctx: the store. */
static int only_reading(void *ctx, int action, const char *first, const char *second, const char *db, const char *view)
{
  qy_store *store = ctx;
  (void)view;
  switch (action) {
  case SQLITE_READ:
    if (first && db && strcmp(first, "result") == 0 && strcmp(db, "main") == 0) store->packed_wanted = store->packed;
    return SQLITE_OK;
  case SQLITE_SELECT:
  case SQLITE_RECURSIVE: return SQLITE_OK;
  /* Asked for when a table-valued function is first used; a real UPDATE of it never gets past SQLite itself. */
  case SQLITE_UPDATE: return first && strcmp(first, "sqlite_master") == 0 ? SQLITE_OK : SQLITE_DENY;
  case SQLITE_FUNCTION: return second && sqlite3_stricmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
  case SQLITE_PRAGMA:
    for (size_t i = 0; i < sizeof telling_pragma / sizeof telling_pragma[0]; i++)
      if (first && sqlite3_stricmp(first, telling_pragma[i].name) == 0)
        return !second || telling_pragma[i].argument ? SQLITE_OK : SQLITE_DENY;
    return SQLITE_DENY;
  default: return SQLITE_DENY;
  }
}

/* Is there nothing but white space, comments and semicolons? */
static int is_blank(const char *text)
{
  while (*text) {
    if (isspace((unsigned char)*text) || *text == ';') {
      text++;
    } else if (text[0] == '-' && text[1] == '-') {
      text += strcspn(text, "\n");
    } else if (text[0] == '/' && text[1] == '*') {
      const char *end = strstr(text + 2, "*/");
      text = end ? end + 2 : text + strlen(text);
    } else {
      return 0;
    }
  }
  return 1;
}

/* A text of SQL and where it stands. */
typedef struct sql_text {
  const char *sql, *file; /* file NULL: on the command line */
} sql_text;

/* Line and column of a place in it, from 1. */
static void place_of(const sql_text *t, const char *at, int *line, int *column)
{
  *line = *column = 1;
  for (const char *p = t->sql; p < at; p++) {
    *column = *p == '\n' ? 1 : *column + 1;
    *line += *p == '\n';
  }
}

/* Say it at a place of the text, where it is in a file. */
static qy_status fail_at(const sql_text *t, const char *at, qy_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static qy_status fail_at(const sql_text *t, const char *at, qy_error *err, const char *format, ...)
{
  char text[QY_DIAGNOSTIC_TEXT];
  int line, column;
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  place_of(t, at, &line, &column);
  if (!t->file) return qy_fail(err, QY_BAD_INPUT, "SQL: %s", text);
  return qy_fail_at(err, QY_BAD_INPUT, t->file, line, column, "SQL: %s", text);
}

/* ---- queries that do not end ---- */

static double seconds_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Asked by SQLite every so many of its steps: is it enough? */
static int is_enough(void *ctx)
{
  const qy_store *store = ctx;
  if (store->limit.stop && *store->limit.stop) return 1;
  return store->deadline_s > 0 && seconds_now() > store->deadline_s;
}

static void limit_begin(qy_store *store)
{
  enum { STEPS = 1000 };
  if (!store->limit.stop && !(store->limit.seconds > 0)) return;
  store->deadline_s = store->limit.seconds > 0 ? seconds_now() + store->limit.seconds : 0;
  sqlite3_progress_handler(store->db, STEPS, is_enough, store);
}

static void limit_end(qy_store *store)
{
  sqlite3_progress_handler(store->db, 0, NULL, NULL);
}

void qy_store_limit(qy_store *store, const qy_store_limits *limits)
{
  assert(store);
  store->limit = limits ? *limits : (qy_store_limits){0};
}

static qy_status stopped(const qy_store *store, qy_error *err)
{
  if (store->limit.stop && *store->limit.stop) return qy_fail(err, QY_INTERRUPTED, "interrupted");
  return qy_fail(err, QY_SYSTEM, "%s: the query was stopped: it takes longer than %.6g s", store->file,
                 store->limit.seconds);
}

static qy_status sql_error(qy_store *store, const sql_text *t, int code, qy_error *err)
{
  const int offset = sqlite3_error_offset(store->db);
  const size_t length = strlen(t->sql);
  char message[QY_DIAGNOSTIC_TEXT / 2], advice[STORE_ADVICE];
  snprintf(message, sizeof message, "%s", sqlite3_errmsg(store->db));
  if ((code & 0xff) == SQLITE_AUTH)
    return fail_at(t, t->sql, err, "expected a SELECT that only reads, found a statement that is not (%s)", message);
  if ((code & 0xff) == SQLITE_INTERRUPT) return stopped(store, err);
  const int kind = code & 0xff; /* what the statement asks for: also LIMIT 'x', or a text of 3 GB */
  if (kind != SQLITE_ERROR && kind != SQLITE_MISMATCH && kind != SQLITE_TOOBIG && kind != SQLITE_RANGE)
    return qy_sql_fail(store->db, store->file, code, "read the database", err);
  store_advice(advice, store->db, message, t->sql);
  const bool placed = offset >= 0 && (size_t)offset <= length;
  if (!placed) return fail_at(t, t->sql, err, "%s%s", message, advice);
  if (t->file) return fail_at(t, t->sql + offset, err, "%s%s", message, advice);
  enum { SHOWN = 30 };
  const size_t rest = strcspn(t->sql + offset, "\n");
  const int shown = rest < SHOWN ? (int)rest : SHOWN;
  int line, column;
  place_of(t, t->sql + offset, &line, &column);
  return fail_at(t, t->sql, err, "%s, at line %d, column %d: \"%.*s\"%s", message, line, column, shown, t->sql + offset,
                 advice);
}

static int prepare(sqlite3_stmt **statement, const char **tail, qy_store *store, const char *sql)
{
  store->packed_wanted = false;
  sqlite3_set_authorizer(store->db, only_reading, store);
  const int code = sqlite3_prepare_v2(store->db, sql, -1, statement, tail);
  sqlite3_set_authorizer(store->db, NULL, NULL);
  return code;
}

static qy_status compile(qy_store *store, const sql_text *t, sqlite3_stmt **statement, qy_error *err)
{
  const char *tail = NULL;
  int code = prepare(statement, &tail, store, t->sql);
  if (store->packed_wanted && !store->packed_views) { /* they hide those of the file */
    const qy_status shown = chunk_show_views(store->db, store->file, err);
    sqlite3_finalize(*statement);
    *statement = NULL;
    if (shown) return shown;
    store->packed_views = true;
    code = prepare(statement, &tail, store, t->sql);
  }
  qy_status status = code == SQLITE_OK ? QY_OK : sql_error(store, t, code, err);
  if (status != QY_OK) return status;
  if (!*statement)
    status = fail_at(t, t->sql, err, "expected a SELECT, found nothing");
  else if (!is_blank(tail))
    status = fail_at(t, tail, err, "expected one statement, found more after it: \"%.30s\"", tail);
  else if (!sqlite3_stmt_readonly(*statement) || sqlite3_column_count(*statement) == 0)
    status = fail_at(t, t->sql, err, "expected a SELECT that only reads, found a statement that is not");
  if (status == QY_OK) return QY_OK;
  sqlite3_finalize(*statement);
  *statement = NULL;
  return status;
}

/* One row at a time, in texts. */
typedef struct reader {
  int columns;
  const char **name, **value; /* [columns] */
  char (*number)[NUMBER];     /* [columns] room for those that are numbers */
  int *type;
  size_t *length;
} reader;

static void reader_free(reader *r)
{
  free(r->name);
  free(r->value);
  free(r->number);
  free(r->type);
  free(r->length);
}

static qy_status reader_make(reader *r, sqlite3_stmt *statement, qy_error *err)
{
  const int columns = sqlite3_column_count(statement);
  *r = (reader){.columns = columns};
  r->name = qy_alloc((size_t)columns, sizeof *r->name);
  r->value = qy_alloc((size_t)columns, sizeof *r->value);
  r->number = qy_alloc((size_t)columns, sizeof *r->number);
  r->type = qy_alloc((size_t)columns, sizeof *r->type);
  r->length = qy_alloc((size_t)columns, sizeof *r->length);
  if (!r->name || !r->value || !r->number || !r->type || !r->length) return qy_no_memory(err);
  for (int i = 0; i < columns; i++)
    r->name[i] = sqlite3_column_name(statement, i);
  return QY_OK;
}

static void read_row(reader *r, sqlite3_stmt *statement)
{
  for (int i = 0; i < r->columns; i++) {
    r->type[i] = sqlite3_column_type(statement, i);
    r->length[i] = 0;
    if (r->type[i] == SQLITE_NULL) {
      r->value[i] = NULL;
    } else if (r->type[i] == SQLITE_FLOAT) {
      r->value[i] = qy_number_exact(r->number[i], sqlite3_column_double(statement, i));
      r->length[i] = strlen(r->value[i]);
    } else {
      r->value[i] = (const char *)sqlite3_column_text(statement, i);
      if (!r->value[i]) r->value[i] = ""; /* a BLOB of no bytes */
      r->length[i] = (size_t)sqlite3_column_bytes(statement, i);
    }
  }
}

/* Of the two callbacks one is there. */
static qy_status query(qy_store *store, const sql_text *text, qy_store_head *head, qy_store_callback *row,
                       qy_store_values *values, void *ctx, qy_error *err)
{
  sqlite3_stmt *statement = NULL;
  reader r;
  limit_begin(store);
  qy_status status = compile(store, text, &statement, err);
  if (status != QY_OK) {
    limit_end(store);
    return status;
  }
  int code = SQLITE_ROW, stop = 0;
  status = reader_make(&r, statement, err);
  if (status == QY_OK && head) head(ctx, r.columns, r.name);
  while (status == QY_OK && !stop && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    read_row(&r, statement);
    stop =
        row ? row(ctx, r.columns, r.name, r.value, r.type) : values(ctx, r.columns, r.name, r.value, r.length, r.type);
  }
  if (status == QY_OK && !stop && code != SQLITE_DONE) status = sql_error(store, text, code, err);
  sqlite3_finalize(statement);
  reader_free(&r);
  limit_end(store);
  return status;
}

qy_status qy_store_query(qy_store *store, const char *sql, qy_store_callback *row, void *ctx, qy_error *err)
{
  assert(store && sql && row);
  return query(store, &(sql_text){.sql = sql}, NULL, row, NULL, ctx, err);
}

qy_status qy_store_query_head(qy_store *store, const char *sql, const char *file, qy_store_head *head,
                              qy_store_values *values, void *ctx, qy_error *err)
{
  assert(store && sql && values);
  return query(store, &(sql_text){sql, file}, head, NULL, values, ctx, err);
}

static void read_values(qy_store_value *value, int columns, sqlite3_stmt *statement)
{
  for (int i = 0; i < columns; i++) {
    const int type = sqlite3_column_type(statement, i);
    const bool is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
    value[i].number = is_number ? sqlite3_column_double(statement, i) : NAN;
    value[i].text = type == SQLITE_FLOAT ? NULL : (const char *)sqlite3_column_text(statement, i);
  }
}

qy_status qy_store_query_values(qy_store *store, const char *sql, qy_store_value_row *row, void *ctx, qy_error *err)
{
  assert(store && sql && row);
  const sql_text text = {.sql = sql};
  sqlite3_stmt *statement = NULL;
  limit_begin(store);
  qy_status status = compile(store, &text, &statement, err);
  const int columns = status ? 0 : sqlite3_column_count(statement);
  qy_store_value *value = status ? NULL : qy_alloc((size_t)columns, sizeof *value);
  if (!status && !value) status = qy_no_memory(err);
  int code = SQLITE_ROW, stop = 0;
  while (!status && !stop && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    read_values(value, columns, statement);
    stop = row(ctx, value);
  }
  if (!status && !stop && code != SQLITE_DONE) status = sql_error(store, &text, code, err);
  sqlite3_finalize(statement);
  free(value);
  limit_end(store);
  return status;
}

/* Where the aggregate function below puts its arguments. */
typedef struct columns_target {
  double **column;
  size_t count, capacity;
  int column_count;
  int bad_column; /* the first one that holds a text or BLOB, -1: none */
  int no_memory;
} columns_target;

static void collect_step(sqlite3_context *context, int argc, sqlite3_value **argv)
{
  columns_target *to = sqlite3_user_data(context);
  if (to->no_memory || to->bad_column >= 0) return;
  if (to->count == to->capacity) {
    /* All columns grow by the same rule, so they share one capacity. */
    size_t capacity = to->capacity;
    for (int c = 0; c < argc && !to->no_memory; c++) {
      capacity = to->capacity;
      to->no_memory = qy_grow((void **)&to->column[c], &capacity, to->count + ROWS_FIRST, sizeof **to->column) != 0;
    }
    if (to->no_memory) {
      sqlite3_result_error_nomem(context);
      return;
    }
    to->capacity = capacity;
  }
  for (int c = 0; c < argc; c++) {
    int type = sqlite3_value_type(argv[c]);
    double value = type == SQLITE_NULL ? NAN : sqlite3_value_double(argv[c]);
    if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
      to->bad_column = c;
      sqlite3_result_error(context, "not a number", -1);
      return;
    }
    to->column[c][to->count] = value;
  }
  to->count++;
}

static void collect_final(sqlite3_context *context)
{
  (void)context; /* the values are where they belong; the result is NULL */
}

/* WITH r(c0, c1, ...) AS (the text) SELECT quarry_collect(c0, c1, ...) FROM r: an aggregate gets its values without a
 * step and two calls per value, which takes a fifth less time than fetching row by row.  The LIMIT keeps the text a
 * query of its own: its order stays, and joins that it takes no column from are still left out. */
static char *collecting_sql(const char *sql, int length, int columns)
{
  sqlite3_str *out = sqlite3_str_new(NULL);
  sqlite3_str_appendall(out, "WITH r(");
  for (int c = 0; c < columns; c++)
    sqlite3_str_appendf(out, "%sc%d", c ? ", " : "", c);
  sqlite3_str_appendall(out, ") AS (SELECT * FROM (");
  sqlite3_str_append(out, sql, length);
  sqlite3_str_appendall(out, "\n) LIMIT -1) SELECT quarry_collect(");
  for (int c = 0; c < columns; c++)
    sqlite3_str_appendf(out, "%sc%d", c ? ", " : "", c);
  sqlite3_str_appendall(out, ") FROM r");
  return sqlite3_str_finish(out);
}

qy_status qy_store_columns(qy_store *store, const char *sql, int column_count, double **column, size_t *count,
                           qy_error *err)
{
  assert(store && sql && column && column_count > 0 && count);
  sqlite3_stmt *check = NULL, *statement = NULL;
  columns_target to = {.column = column, .column_count = column_count, .bad_column = -1};
  char *collecting = NULL;
  *count = 0;
  for (int c = 0; c < column_count; c++)
    column[c] = NULL;
  qy_status status = compile(store, &(sql_text){.sql = sql}, &check, err);
  if (status != QY_OK) return status;
  int found = sqlite3_column_count(check), code = SQLITE_OK;
  if (found != column_count) {
    status = qy_fail(err, QY_BAD_INPUT, "SQL: expected %d columns, found %d", column_count, found);
    goto out;
  }
  /* The text of the one statement, without the semicolon that ends it. */
  const char *text = sqlite3_sql(check);
  int length = (int)strlen(text);
  while (length > 0 && (isspace((unsigned char)text[length - 1]) || text[length - 1] == ';'))
    length--;
  collecting = collecting_sql(text, length, column_count);
  code = collecting
             ? sqlite3_create_function_v2(store->db, "quarry_collect", column_count, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                          &to, NULL, collect_step, collect_final, NULL)
             : SQLITE_NOMEM;
  if (code == SQLITE_OK) code = sqlite3_prepare_v2(store->db, collecting, -1, &statement, NULL);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  if (to.no_memory)
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for %zu rows", to.count);
  else if (to.bad_column >= 0)
    status = qy_fail(err, QY_BAD_INPUT, "SQL: expected numbers in column %d (%s), found a text in row %zu",
                     to.bad_column + 1, sqlite3_column_name(check, to.bad_column), to.count + 1);
  else if (code != SQLITE_ROW)
    status = sql_error(store, &(sql_text){.sql = collecting ? collecting : sql}, code, err);
out:
  sqlite3_finalize(statement);
  sqlite3_finalize(check);
  sqlite3_free(collecting);
  sqlite3_create_function_v2(store->db, "quarry_collect", column_count, SQLITE_UTF8, NULL, NULL, NULL, NULL, NULL);
  if (status == QY_OK) {
    *count = to.count;
    return QY_OK;
  }
  for (int c = 0; c < column_count; c++) {
    free(column[c]);
    column[c] = NULL;
  }
  return status;
}
