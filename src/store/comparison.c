/* Writing comparisons: see quarry/comparison.h. */
#include "quarry/comparison.h"

#include "missing.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <math.h>

static void bind_number(sqlite3_stmt *s, int at, double x)
{
  if (isnan(x))
    sqlite3_bind_null(s, at);
  else
    sqlite3_bind_double(s, at, x);
}

static void bind(sqlite3_stmt *s, int64_t experiment, size_t position, const qy_comparison *c)
{
  const char *const text[] = {c->within, c->base, c->design, c->metric, c->at_equal};
  const double number[] = {c->low,        c->high,        c->gain,          c->p05,
                           c->p95,        c->gain_min,    c->gain_max,      c->unlimited,
                           c->better_pct, c->better_from, c->unlimited_p05, c->unlimited_p95};
  int at = 0;
  sqlite3_bind_int64(s, ++at, experiment);
  sqlite3_bind_int64(s, ++at, (int64_t)position);
  for (size_t i = 0; i < sizeof text / sizeof *text; i++)
    sqlite3_bind_text(s, ++at, text[i], -1, SQLITE_STATIC);
  for (size_t i = 0; i < sizeof number / sizeof *number; i++)
    bind_number(s, ++at, number[i]);
  sqlite3_bind_text(s, ++at, c->note, -1, SQLITE_STATIC);
}

qy_status qy_store_comparisons(qy_store *store, int64_t experiment, const qy_comparison *rows, size_t count,
                               qy_error *err)
{
  assert(store && (rows || count == 0));
  static const char doing[] = "store the comparisons";
  sqlite3 *db = store->db;
  sqlite3_stmt *erase = NULL, *insert = NULL;
  qy_status status = qy_sql_prepare(db, store->file, &erase, "DELETE FROM comparison WHERE experiment = ?", err);
  if (!status)
    status = qy_sql_prepare(
        db, store->file, &insert,
        "INSERT INTO comparison (experiment, position, within, base, design, metric, at_equal, "
        "low, high, gain, p05, p95, gain_min, gain_max, unlimited, better_pct, better_from, unlimited_p05, "
        "unlimited_p95, note) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        err);
  if (!status) status = qy_sql_run(db, store->file, "BEGIN IMMEDIATE", doing, err);
  if (!status) {
    sqlite3_bind_int64(erase, 1, experiment);
    status = qy_sql_step(db, store->file, erase, doing, err);
  }
  for (size_t i = 0; i < count && !status; i++) {
    bind(insert, experiment, i, &rows[i]);
    status = qy_sql_step(db, store->file, insert, doing, err);
  }
  if (!status) status = missing_counted(store, experiment, "comparison", err);
  if (!status) status = qy_sql_run(db, store->file, "COMMIT", doing, err);
  qy_sql_rollback(db);
  sqlite3_finalize(erase);
  sqlite3_finalize(insert);
  return status;
}
