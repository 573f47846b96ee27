/* A batch of rows as a virtual table, so that one INSERT ... SELECT stores all of it.
 *
 * SQLite then runs its row loop inside one statement: no call, binding and reset per row and value.  The table is
 * eponymous (it needs no CREATE) and read from front to back only.
 * Source: "The Virtual Table Mechanism Of SQLite", sqlite.org/vtab.html, 2.1 (eponymous-only tables).
 */
#include "batch_rows.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The columns before the metrics, in the order of the table result. */
enum {
  COLUMN_ID,
  COLUMN_DESIGN,
  COLUMN_TECHNOLOGY,
  COLUMN_NETWORK,
  COLUMN_PRECISION,
  COLUMN_BITS,
  COLUMN_WEIGHT_BITS,
  COLUMN_CLOCK,
  COLUMN_REASON,
  COLUMN_RESOLVED,
  COLUMN_ASSIGNMENT, /* of the table assignment */
  COLUMN_METRIC,
  COLUMN_INTERVAL = COLUMN_METRIC + QY_METRIC_COUNT
};

typedef struct rows_table {
  sqlite3_vtab base; /* first: SQLite sees only this */
  const store_batch *batch;
} rows_table;

typedef struct rows_cursor {
  sqlite3_vtab_cursor base;
  const store_batch *batch;
  int64_t row;
} rows_cursor;

static int rows_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv, sqlite3_vtab **out, char **message)
{
  (void)argc, (void)argv, (void)message;
  sqlite3_str *sql = sqlite3_str_new(db);
  sqlite3_str_appendall(
      sql,
      "CREATE TABLE x (id, design, technology, network, precision, precision_bits, weight_bits, clock_mhz, reason, "
      "resolved, assignment");
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    sqlite3_str_appendf(sql, ", %s", qy_metric_table()[i].name);
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    sqlite3_str_appendf(sql, ", %s_p05, %s_p95", qy_metric_table()[i].name, qy_metric_table()[i].name);
  sqlite3_str_appendall(sql, ")");
  char *text = sqlite3_str_finish(sql);
  int code = text ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
  sqlite3_free(text);
  if (code != SQLITE_OK) return code;
  rows_table *table = sqlite3_malloc((int)sizeof *table);
  if (!table) return SQLITE_NOMEM;
  *table = (rows_table){.batch = ctx};
  *out = &table->base;
  return SQLITE_OK;
}

static int rows_disconnect(sqlite3_vtab *table)
{
  sqlite3_free(table);
  return SQLITE_OK;
}

static int rows_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
  (void)table;
  info->estimatedCost = 1e5;
  info->estimatedRows = 10000;
  return SQLITE_OK;
}

static int rows_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
  rows_cursor *cursor = sqlite3_malloc((int)sizeof *cursor);
  if (!cursor) return SQLITE_NOMEM;
  *cursor = (rows_cursor){.batch = ((rows_table *)table)->batch};
  *out = &cursor->base;
  return SQLITE_OK;
}

static int rows_close(sqlite3_vtab_cursor *cursor)
{
  sqlite3_free(cursor);
  return SQLITE_OK;
}

static int rows_filter(sqlite3_vtab_cursor *cursor, int plan, const char *name, int argc, sqlite3_value **argv)
{
  (void)plan, (void)name, (void)argc, (void)argv;
  ((rows_cursor *)cursor)->row = 0;
  return SQLITE_OK;
}

static int rows_next(sqlite3_vtab_cursor *cursor)
{
  ((rows_cursor *)cursor)->row++;
  return SQLITE_OK;
}

static int rows_eof(sqlite3_vtab_cursor *cursor)
{
  const rows_cursor *at = (const rows_cursor *)cursor;
  return at->row >= at->batch->count;
}

static int rows_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *id)
{
  *id = ((rows_cursor *)cursor)->row;
  return SQLITE_OK;
}

static int rows_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
  const rows_cursor *at = (const rows_cursor *)cursor;
  const store_batch *batch = at->batch;
  const qy_store_row *row = batch->row + at->row;
  if (column >= COLUMN_INTERVAL) {
    const int at_interval = column - COLUMN_INTERVAL;
    const double value = row->interval ? row->interval[at_interval / 2][at_interval % 2] : NAN;
    if (!isnan(value)) sqlite3_result_double(out, value);
    return SQLITE_OK;
  }
  if (column >= COLUMN_METRIC) {
    if (keeps_metrics(row)) sqlite3_result_double(out, row->metric[column - COLUMN_METRIC]);
    return SQLITE_OK; /* no result is NULL */
  }
  switch (column) {
  case COLUMN_ID: sqlite3_result_int64(out, batch->base | row->point); break;
  case COLUMN_DESIGN: sqlite3_result_int64(out, batch->base | row->design); break;
  case COLUMN_TECHNOLOGY: sqlite3_result_int64(out, batch->technology[row->technology]); break;
  case COLUMN_NETWORK: sqlite3_result_int64(out, batch->network[row->network]); break;
  case COLUMN_PRECISION: sqlite3_result_int64(out, batch->precision[row->precision]); break;
  case COLUMN_BITS: sqlite3_result_int(out, row->precision_bits); break;
  case COLUMN_WEIGHT_BITS:
    if (row->weight_bits) sqlite3_result_int(out, stored_weight_bits(row));
    break;
  case COLUMN_CLOCK: sqlite3_result_double(out, row->clock_mhz); break;
  case COLUMN_RESOLVED:
    if (row->resolved) sqlite3_result_int64(out, batch->resolved[at->row]);
    break;
  case COLUMN_ASSIGNMENT: sqlite3_result_text(out, row->assignment, -1, SQLITE_STATIC); break; /* NULL: NULL */
  default:
    if (row->reason) sqlite3_result_int64(out, batch->reason[at->row]);
    break;
  }
  return SQLITE_OK;
}

int store_interval_metric(void)
{
  const unsigned everywhere = QY_AT_ELEMENT | QY_AT_ACCELERATOR | QY_AT_SYSTEM | QY_ON_FABRICS;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (qy_metric_uncertain(m) && (qy_metric_where(m) & everywhere) == everywhere) return m;
  assert(false);
  return 0;
}

int qy_store_batch_rows_register(sqlite3 *db, store_batch *batch)
{
  assert(db && batch);
  static const sqlite3_module module = {
      .iVersion = 1, /* xCreate stays NULL: eponymous only */
      .xConnect = rows_connect,
      .xBestIndex = rows_best_index,
      .xDisconnect = rows_disconnect,
      .xOpen = rows_open,
      .xClose = rows_close,
      .xFilter = rows_filter,
      .xNext = rows_next,
      .xEof = rows_eof,
      .xColumn = rows_column,
      .xRowid = rows_rowid,
  };
  return sqlite3_create_module(db, "batch_rows", &module, batch);
}
