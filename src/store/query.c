/* Reading: one SELECT at a time, and nothing that could write.
 *
 * Three guards: an authorizer refuses every action but reading while the text is compiled (ATTACH and most PRAGMAs
 * never get as far as a statement), sqlite3_stmt_readonly refuses what is left, and a store for reading has query_only
 * set.
 */
#include "quarry/alloc.h"
#include "sql.h"
#include "store_int.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int only_reading(void *ctx, int action, const char *first, const char *second, const char *db, const char *view)
{
  (void)ctx, (void)db, (void)view;
  switch (action) {
  case SQLITE_SELECT:
  case SQLITE_READ:
  case SQLITE_RECURSIVE: return SQLITE_OK;
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

static qy_status sql_error(qy_store *store, const char *sql, int code, qy_error *err)
{
  int offset = sqlite3_error_offset(store->db);
  if ((code & 0xff) == SQLITE_AUTH)
    return qy_fail(err, QY_BAD_INPUT, "SQL: expected a SELECT that only reads, found a statement that is not (%s)",
                   sqlite3_errmsg(store->db));
  if ((code & 0xff) != SQLITE_ERROR) return qy_sql_fail(store->db, store->file, code, "read the database", err);
  if (offset < 0 || offset > (int)strlen(sql)) return qy_fail(err, QY_BAD_INPUT, "SQL: %s", sqlite3_errmsg(store->db));
  return qy_fail(err, QY_BAD_INPUT, "SQL: %s, at character %d: \"%.30s\"", sqlite3_errmsg(store->db), offset + 1,
                 sql + offset);
}

static qy_status compile(qy_store *store, const char *sql, sqlite3_stmt **statement, qy_error *err)
{
  const char *tail = NULL;
  sqlite3_set_authorizer(store->db, only_reading, NULL);
  int code = sqlite3_prepare_v2(store->db, sql, -1, statement, &tail);
  qy_status status = code == SQLITE_OK ? QY_OK : sql_error(store, sql, code, err);
  sqlite3_set_authorizer(store->db, NULL, NULL);
  if (status != QY_OK) return status;
  if (!*statement)
    status = qy_fail(err, QY_BAD_INPUT, "SQL: expected a SELECT, found nothing");
  else if (!is_blank(tail))
    status = qy_fail(err, QY_BAD_INPUT, "SQL: expected one statement, found more after it: \"%.30s\"", tail);
  else if (!sqlite3_stmt_readonly(*statement) || sqlite3_column_count(*statement) == 0)
    status = qy_fail(err, QY_BAD_INPUT, "SQL: expected a SELECT that only reads, found a statement that is not");
  if (status == QY_OK) return QY_OK;
  sqlite3_finalize(*statement);
  *statement = NULL;
  return status;
}

qy_status qy_store_query(qy_store *store, const char *sql, qy_store_callback *row, void *ctx, qy_error *err)
{
  enum { NUMBER = 32 };
  sqlite3_stmt *statement = NULL;
  const char **names = NULL, **values = NULL;
  char(*numbers)[NUMBER] = NULL;
  int *types = NULL;
  qy_status status = compile(store, sql, &statement, err);
  if (status != QY_OK) return status;
  int columns = sqlite3_column_count(statement), code, stop = 0;
  names = qy_alloc((size_t)columns, sizeof *names);
  values = qy_alloc((size_t)columns, sizeof *values);
  numbers = qy_alloc((size_t)columns, sizeof *numbers);
  types = qy_alloc((size_t)columns, sizeof *types);
  if (!names || !values || !numbers || !types) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory");
    goto out;
  }
  for (int i = 0; i < columns; i++)
    names[i] = sqlite3_column_name(statement, i);
  while (!stop && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < columns; i++) {
      types[i] = sqlite3_column_type(statement, i);
      if (types[i] == SQLITE_NULL) {
        values[i] = NULL;
      } else if (types[i] == SQLITE_FLOAT) {
        snprintf(numbers[i], NUMBER, "%.17g", sqlite3_column_double(statement, i));
        values[i] = numbers[i];
      } else {
        values[i] = (const char *)sqlite3_column_text(statement, i);
      }
    }
    stop = row(ctx, columns, names, values, types);
  }
  if (!stop && code != SQLITE_DONE) status = sql_error(store, sql, code, err);
out:
  sqlite3_finalize(statement);
  free(names);
  free(values);
  free(numbers);
  free(types);
  return status;
}

qy_status qy_store_columns(qy_store *store, const char *sql, int column_count, double **column, size_t *count,
                           qy_error *err)
{
  sqlite3_stmt *statement = NULL;
  size_t rows = 0, capacity = 0;
  int code = SQLITE_DONE;
  *count = 0;
  for (int c = 0; c < column_count; c++)
    column[c] = NULL;
  qy_status status = compile(store, sql, &statement, err);
  if (status != QY_OK) return status;
  int found = sqlite3_column_count(statement);
  if (found != column_count)
    status = qy_fail(err, QY_BAD_INPUT, "SQL: expected %d columns, found %d", column_count, found);
  while (status == QY_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (rows == capacity) {
      /* All columns grow by the same rule, so they share one capacity. */
      size_t wanted = capacity;
      for (int c = 0; c < column_count && status == QY_OK; c++) {
        wanted = capacity;
        if (qy_grow((void **)&column[c], &wanted, rows + 1024, sizeof **column) != 0)
          status = qy_fail(err, QY_NO_MEMORY, "out of memory for %zu rows", rows);
      }
      capacity = wanted;
      if (status != QY_OK) break;
    }
    for (int c = 0; c < column_count; c++) {
      int type = sqlite3_column_type(statement, c);
      double value = type == SQLITE_NULL ? NAN : sqlite3_column_double(statement, c);
      if (type == SQLITE_TEXT || type == SQLITE_BLOB)
        status = qy_fail(err, QY_BAD_INPUT, "SQL: expected numbers in column %d (%s), found a text in row %zu", c + 1,
                         sqlite3_column_name(statement, c), rows + 1);
      column[c][rows] = value;
    }
    rows++;
  }
  if (status == QY_OK && code != SQLITE_DONE) status = sql_error(store, sql, code, err);
  sqlite3_finalize(statement);
  if (status == QY_OK) {
    *count = rows;
    return QY_OK;
  }
  for (int c = 0; c < column_count; c++) {
    free(column[c]);
    column[c] = NULL;
  }
  return status;
}
