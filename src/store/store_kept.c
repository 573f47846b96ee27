/* State, counts and what may be asked of experiments that do not store all points: see store_kept.h. */
#include "quarry/store_kept.h"

#include "quarry/alloc.h"
#include "quarry/text.h"
#include "schema.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- policy ---- */

typedef struct word {
  char *out;
  size_t size;
} word;

static int take_word(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  const word *w = ctx;
  snprintf(w->out, w->size, "%s", values[0] ? values[0] : "");
  return 1;
}

qy_status qy_store_policy(char out[QY_STORE_POLICY], qy_store *store, int64_t id, qy_error *err)
{
  assert(out && store);
  int64_t version = 0;
  char sql[80];
  snprintf(out, QY_STORE_POLICY, "all");
  const qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  if (status || version < STORE_POLICY_VERSION) return status;
  snprintf(sql, sizeof sql, "SELECT store FROM experiment WHERE id = %" PRId64, id);
  return qy_store_query(store, sql, take_word, &(word){out, QY_STORE_POLICY}, err);
}

/* ---- writing ---- */

/* Begin a transaction of the experiment begun, which must still be this store's. */
static qy_status begin(qy_store *store, const char *doing, qy_error *err)
{
  if (!store->running) return qy_fail(err, QY_INTERNAL, "%s: no experiment is running", store->file);
  qy_status status = qy_sql_run(store->db, store->file, "BEGIN IMMEDIATE", doing, err);
  return status ? status : store_check_mark(store, err);
}

static qy_status end(qy_store *store, qy_status status, const char *doing, qy_error *err)
{
  if (!status) status = qy_sql_run(store->db, store->file, "COMMIT", doing, err);
  qy_sql_rollback(store->db);
  return status;
}

/* Run a statement of which ?1 is the experiment. */
static qy_status run(qy_store *store, const char *sql, const char *doing, qy_error *err)
{
  sqlite3_stmt *statement = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &statement, sql, err);
  if (!status) {
    sqlite3_bind_int64(statement, 1, store->experiment);
    status = qy_sql_step(store->db, store->file, statement, doing, err);
  }
  sqlite3_finalize(statement);
  return status;
}

static const char saving[] = "store how far the sweep is";

qy_status qy_store_state_write(qy_store *store, const qy_store_part *parts, size_t count, qy_error *err)
{
  assert(store && (parts || !count));
  sqlite3_stmt *insert = NULL;
  qy_status status = begin(store, saving, err);
  if (!status)
    status = qy_sql_prepare(store->db, store->file, &insert,
                            "INSERT INTO sweep_state (experiment, part, state) VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                            "SET state = excluded.state",
                            err);
  for (size_t i = 0; i < count && !status; i++) {
    sqlite3_bind_int64(insert, 1, store->experiment);
    sqlite3_bind_int64(insert, 2, parts[i].part);
    sqlite3_bind_blob64(insert, 3, parts[i].size ? parts[i].bytes : "", parts[i].size, SQLITE_STATIC);
    status = qy_sql_step(store->db, store->file, insert, saving, err);
  }
  sqlite3_finalize(insert);
  return end(store, status, saving, err);
}

qy_status store_state_read(qy_store *store, int64_t experiment, qy_store_part_visit *visit, void *ctx, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read,
                                    "SELECT part, state FROM sweep_state WHERE experiment = ? ORDER BY part", err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, experiment);
  int code = SQLITE_DONE;
  while (!status && (code = sqlite3_step(read)) == SQLITE_ROW) {
    const void *bytes = sqlite3_column_blob(read, 1);
    const qy_store_part part = {sqlite3_column_int64(read, 0), bytes ? bytes : "",
                                (size_t)sqlite3_column_bytes(read, 1)};
    status = visit(ctx, &part, err);
  }
  if (!status && code != SQLITE_DONE)
    status = qy_sql_fail(store->db, store->file, code, "read how far the sweep is", err);
  return qy_sql_end(status, store->db, store->file, read, err);
}

qy_status qy_store_state_read(qy_store *store, qy_store_part_visit *visit, void *ctx, qy_error *err)
{
  assert(store && visit);
  return store_state_read(store, store->experiment, visit, ctx, err);
}

qy_status qy_store_state_drop(qy_store *store, qy_error *err)
{
  assert(store);
  return run(store, "DELETE FROM sweep_state WHERE experiment = ?1", saving, err);
}

/* ---- counts ---- */

static const char counting[] = "store the counts";

static qy_status write_tally(qy_store *store, const qy_store_counts *c, qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &insert, "INSERT INTO tally (point, points) VALUES (?, ?)", err);
  for (size_t i = 0; i < c->tally_count && !status; i++) {
    sqlite3_bind_int64(insert, 1, store->experiment << STORE_KEY_SHIFT | c->tally[i].point);
    sqlite3_bind_int64(insert, 2, c->tally[i].feasible);
    status = qy_sql_step(store->db, store->file, insert, counting, err);
  }
  sqlite3_finalize(insert);
  return status;
}

static qy_status write_infeasible(qy_store *store, const qy_store_counts *c, qy_error *err)
{
  sqlite3_stmt *reason = NULL, *insert = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &reason, "INSERT OR IGNORE INTO reason (text) VALUES (?)", err);
  if (!status)
    status = qy_sql_prepare(store->db, store->file, &insert,
                            "INSERT INTO infeasible_count (experiment, technology, reason, points) "
                            "SELECT ?1, ?2, id, ?4 FROM reason WHERE text = ?3 "
                            "ON CONFLICT DO UPDATE SET points = points + excluded.points",
                            err);
  for (size_t i = 0; i < c->infeasible_count && !status; i++) {
    const qy_store_infeasible *one = &c->infeasible[i];
    assert(one->technology >= 0 && one->technology < store->technology_count);
    sqlite3_bind_text(reason, 1, one->reason, -1, SQLITE_STATIC);
    status = qy_sql_step(store->db, store->file, reason, counting, err);
    sqlite3_bind_int64(insert, 1, store->experiment);
    sqlite3_bind_int64(insert, 2, store->technology[one->technology]);
    sqlite3_bind_text(insert, 3, one->reason, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 4, one->points);
    if (!status) status = qy_sql_step(store->db, store->file, insert, counting, err);
  }
  sqlite3_finalize(reason);
  sqlite3_finalize(insert);
  return status;
}

static qy_status write_fronts(qy_store *store, const qy_store_counts *c, qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &insert,
                     "INSERT INTO kept_front (experiment, position, metrics, within) VALUES (?, ?, ?, ?)", err);
  for (size_t i = 0; i < c->front_count && !status; i++) {
    sqlite3_bind_int64(insert, 1, store->experiment);
    sqlite3_bind_int64(insert, 2, (int64_t)i);
    sqlite3_bind_text(insert, 3, c->front[i].metrics, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 4, c->front[i].within, -1, SQLITE_STATIC);
    status = qy_sql_step(store->db, store->file, insert, counting, err);
  }
  sqlite3_finalize(insert);
  return status;
}

static qy_status write_bins(qy_store *store, const qy_store_counts *c, qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  qy_status status = qy_sql_prepare(
      store->db, store->file, &insert,
      "INSERT INTO histogram (experiment, technology, metric, low, high, points) VALUES (?, ?, ?, ?, ?, ?)", err);
  for (size_t i = 0; i < c->bin_count && !status; i++) {
    const qy_store_bin *bin = &c->bin[i];
    assert(bin->technology >= 0 && bin->technology < store->technology_count);
    sqlite3_bind_int64(insert, 1, store->experiment);
    sqlite3_bind_int64(insert, 2, store->technology[bin->technology]);
    sqlite3_bind_text(insert, 3, bin->metric, -1, SQLITE_STATIC);
    sqlite3_bind_double(insert, 4, bin->low);
    sqlite3_bind_double(insert, 5, bin->high);
    sqlite3_bind_int64(insert, 6, bin->points);
    status = qy_sql_step(store->db, store->file, insert, counting, err);
  }
  sqlite3_finalize(insert);
  return status;
}

qy_status qy_store_counts_write(qy_store *store, const qy_store_counts *counts, qy_error *err)
{
  assert(store && counts);
  qy_status status = begin(store, counting, err);
  if (!status)
    status = run(store, "DELETE FROM tally WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40", counting, err);
  if (!status) status = run(store, "DELETE FROM infeasible_count WHERE experiment = ?1", counting, err);
  if (!status) status = run(store, "DELETE FROM kept_front WHERE experiment = ?1", counting, err);
  if (!status) status = run(store, "DELETE FROM histogram WHERE experiment = ?1", counting, err);
  if (!status) status = write_tally(store, counts, err);
  if (!status) status = write_infeasible(store, counts, err);
  if (!status) status = write_fronts(store, counts, err);
  if (!status) status = write_bins(store, counts, err);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    store->best.unknown[m] = counts->best && !counts->best[m];
  status = end(store, status, counting, err);
  if (status) qy_store_forget_reasons(store); /* keys given in the transaction are gone */
  return status;
}

qy_status qy_store_feasible(int64_t *feasible, qy_store_tally **tally, size_t *count, qy_store *store, int64_t id,
                            qy_error *err)
{
  assert(feasible && store && (!tally || count));
  char sql[200];
  double *column[2] = {NULL};
  size_t rows = 0;
  snprintf(sql, sizeof sql,
           "SELECT point & 0xffffffffff, points FROM tally WHERE point >= %" PRId64 " << 40 AND point < (%" PRId64
           " + 1) << 40 ORDER BY point",
           id, id);
  qy_status status = qy_store_columns(store, sql, 2, column, &rows, err);
  if (!status && tally && !(*tally = qy_alloc(rows, sizeof **tally))) status = qy_no_memory(err);
  *feasible = 0;
  for (size_t i = 0; i < rows && !status; i++) {
    *feasible += (int64_t)column[1][i];
    if (tally) (*tally)[i] = (qy_store_tally){(int64_t)column[0][i], (int64_t)column[1][i]};
  }
  if (count) *count = rows;
  free(column[0]);
  free(column[1]);
  return status;
}

/* ---- what may be asked ---- */

/* A JSON array of names; the arena of SQLite's own functions does the rest. */
static void put_names(qy_text *out, const char *const *name, int count)
{
  qy_text_add(out, "(VALUES (NULL)");
  for (int i = 0; i < count; i++) {
    char *quoted = sqlite3_mprintf("%Q", name[i]);
    qy_text_add(out, ", (%s)", quoted ? quoted : "NULL");
    out->failed |= !quoted;
    sqlite3_free(quoted);
  }
  qy_text_add(out, ")");
}

/* Is there a front over the same metrics, in groups that are the same or finer? */
static qy_status is_kept(bool *yes, qy_store *store, int64_t id, const char *const *metrics, int metric_count,
                         const char *const *keys, int key_count, qy_error *err)
{
  qy_text sql = {0};
  int64_t found = 0;
  qy_text_add(&sql,
              "SELECT EXISTS (SELECT 1 FROM kept_front k WHERE k.experiment = %" PRId64
              " AND json_array_length(k.metrics) = %d AND NOT EXISTS (SELECT 1 FROM ",
              id, metric_count);
  put_names(&sql, metrics, metric_count);
  qy_text_add(&sql, " WHERE column1 NOT IN (SELECT value FROM json_each(k.metrics))) AND NOT EXISTS (SELECT 1 FROM ");
  put_names(&sql, keys, key_count);
  qy_text_add(&sql, " WHERE column1 NOT IN (SELECT value FROM json_each(k.within))))");
  const qy_status status =
      sql.failed ? qy_no_memory(err) : qy_sql_number(store->db, store->file, sql.data, &found, err);
  qy_text_free(&sql);
  *yes = found != 0;
  return status;
}

qy_status qy_store_check_front(qy_store *store, int64_t id, const char *const *metrics, int metric_count,
                               const char *const *keys, int key_count, const char *what, qy_error *err)
{
  assert(store && what);
  char policy[QY_STORE_POLICY], name[200] = "", sql[120];
  bool yes = true;
  int64_t ended = 1;
  qy_status status = qy_store_policy(policy, store, id, err);
  if (status || strcmp(policy, "all") == 0 || strcmp(policy, "columns") == 0) return status;
  if (metric_count == 0) yes = false;
  /* Of a run that has not ended there is nothing, which whoever asks is told. */
  snprintf(sql, sizeof sql, "SELECT EXISTS (SELECT 1 FROM kept_front WHERE experiment = %" PRId64 ")", id);
  if (yes && strcmp(policy, "front") == 0) status = qy_sql_number(store->db, store->file, sql, &ended, err);
  if (!status && yes && ended) status = is_kept(&yes, store, id, metrics, metric_count, keys, key_count, err);
  if (status || yes) return status;
  snprintf(sql, sizeof sql, "SELECT name FROM experiment WHERE id = %" PRId64, id);
  status = qy_store_query(store, sql, take_word, &(word){name, sizeof name}, err);
  if (status) return status;
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected an experiment that stores all points (`store: all` in its file)%s, found \"%s\" with "
                 "`store: %s`, which stores %s",
                 what, metric_count ? ", or whose own fronts these are" : "", name, policy,
                 strcmp(policy, "front") == 0 ? "the points of its own fronts and plots, and the best ones"
                                              : "the best points alone");
}
