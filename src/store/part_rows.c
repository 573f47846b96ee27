/* See part_rows.h.  Source: "The Virtual Table Mechanism Of SQLite", sqlite.org/vtab.html, 2.1 (eponymous-only tables).
 */
#include "part_rows.h"

#include <stddef.h>

typedef struct part_table {
  sqlite3_vtab base; /* first: SQLite sees only this */
  part_rows *rows;
} part_table;

typedef struct part_cursor {
  sqlite3_vtab_cursor base;
  part_rows *rows;
  sqlite3_int64 row;
} part_cursor;

static int part_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv, sqlite3_vtab **out, char **message)
{
  (void)argc, (void)argv, (void)message;
  sqlite3_str *sql = sqlite3_str_new(db);
  sqlite3_str_appendall(sql, "CREATE TABLE x (c0");
  for (int c = 1; c < PART_COLUMNS; c++)
    sqlite3_str_appendf(sql, ", c%d", c);
  sqlite3_str_appendall(sql, ")");
  char *text = sqlite3_str_finish(sql);
  const int code = text ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
  sqlite3_free(text);
  if (code != SQLITE_OK) return code;
  part_table *table = sqlite3_malloc((int)sizeof *table);
  if (!table) return SQLITE_NOMEM;
  *table = (part_table){.rows = ctx};
  *out = &table->base;
  return SQLITE_OK;
}

static int part_disconnect(sqlite3_vtab *table)
{
  sqlite3_free(table);
  return SQLITE_OK;
}

static int part_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
  (void)table;
  info->estimatedCost = 1e5;
  info->estimatedRows = 10000;
  return SQLITE_OK;
}

static int part_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
  part_cursor *cursor = sqlite3_malloc((int)sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  *cursor = (part_cursor){.rows = ((part_table *)table)->rows};
  *out = &cursor->base;
  return SQLITE_OK;
}

static int part_close(sqlite3_vtab_cursor *cursor)
{
  sqlite3_free(cursor);
  return SQLITE_OK;
}

/* That the part cannot be read is told by the code, not by SQLite's failure, which would blame the database written. */
static int part_next(sqlite3_vtab_cursor *cursor)
{
  part_cursor *at = (part_cursor *)cursor;
  at->row++;
  at->rows->code = sqlite3_step(at->rows->read);
  return SQLITE_OK;
}

static int part_filter(sqlite3_vtab_cursor *cursor, int plan, const char *name, int argc, sqlite3_value **argv)
{
  (void)plan, (void)name, (void)argc, (void)argv;
  return part_next(cursor);
}

static int part_eof(sqlite3_vtab_cursor *cursor)
{
  return ((part_cursor *)cursor)->rows->code != SQLITE_ROW;
}

static int part_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *id)
{
  *id = ((part_cursor *)cursor)->row;
  return SQLITE_OK;
}

static int part_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
  sqlite3_result_value(out, sqlite3_column_value(((part_cursor *)cursor)->rows->read, column));
  return SQLITE_OK;
}

int part_rows_register(sqlite3 *db, part_rows *rows)
{
  static const sqlite3_module module = {
      .iVersion = 1, /* xCreate stays NULL: eponymous only */
      .xConnect = part_connect,
      .xBestIndex = part_best_index,
      .xDisconnect = part_disconnect,
      .xOpen = part_open,
      .xClose = part_close,
      .xFilter = part_filter,
      .xNext = part_next,
      .xEof = part_eof,
      .xColumn = part_column,
      .xRowid = part_rowid,
  };
  return sqlite3_create_module(db, "part_rows", rows ? &module : NULL, rows);
}
