/* Columns of feasible points as arrays: of packed results without a step of SQLite for each point. */
#include "chunk.h"
#include "pack_lanes.h"
#include "quarry/alloc.h"
#include "quarry/points.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "sql.h"
#include "store_int.h"
#include "watch.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Which rows of a batch are feasible. */
typedef struct picked {
  uint8_t *bit; /* [batch_points / 8 + 1] */
  size_t count;
} picked;

static qy_status pick(picked *p, chunk_reader *r, int64_t batch, qy_error *err)
{
  const double *reason;
  const qy_status status = chunk_column(&reason, r, batch, CHUNK_REASON, err);
  p->count = status ? 0 : pack_none(p->bit, reason, (size_t)chunk_rows(r, batch), qy_lane_set_best());
  return status;
}

/* Points of the stored batches, and of another: batches are unpacked whole.  Not those that the experiment is said to
 * have: of a damaged number there may be any. */
static size_t room_of(const chunk_reader *r)
{
  size_t batches = 1;
  for (int64_t b = 0; b < r->batches; b++)
    batches += r->stored[b];
  return batches * (size_t)r->batch_points;
}

/* Those of a batch behind the `count` that are there: unpacked where they belong, then moved together. */
static qy_status add_batch(double **out, double *point, size_t count, const picked *p, chunk_reader *r, int64_t batch,
                           const int *column, int columns, qy_error *err)
{
  const size_t rows = (size_t)chunk_rows(r, batch);
  const qy_lane_set set = qy_lane_set_best();
  qy_status status = QY_OK;
  for (int c = 0; c < columns && !status; c++) {
    status = chunk_unpack(out[c] + count, r, batch, column[c], err);
    if (p->count < rows && !status) pack_keep(out[c] + count, p->bit, rows, set);
  }
  for (size_t i = 0; i < rows && point; i++)
    point[count + i] = (double)(batch * r->batch_points + (int64_t)i);
  if (p->count < rows && point) pack_keep(point + count, p->bit, rows, set);
  return status;
}

/* What was kept while batches were packed becomes the caller's: of each batch where its points are, the feasible ones
 * first.  Those of batches that an earlier run stored are unpacked in between, where there is room for all of them. */
static bool take_watched(double **out, double **point, qy_store *store, int64_t experiment, const int *column,
                         int columns)
{
  if (!point || !watch_has(store, experiment, column, columns)) return false;
  store_watch *w = &store->watch;
  for (int c = 0; c < columns; c++) {
    out[c] = w->value[c];
    w->value[c] = NULL;
  }
  *point = w->point;
  w->point = NULL;
  return true;
}

static void move(double *column, size_t to, size_t from, size_t count)
{
  assert(column);
  if (to != from) memmove(column + to, column + from, count * sizeof *column);
}

static size_t move_batch(double **out, double *point, size_t count, const store_watch *w, const chunk_reader *r,
                         int64_t batch, int columns)
{
  const size_t from = (size_t)(batch * r->batch_points), kept = w->kept[batch];
  move(point, count, from, kept);
  for (int c = 0; c < columns; c++)
    move(out[c], count, from, kept);
  return kept;
}

qy_status chunk_feasible(double **out, double **point, size_t *count, qy_store *store, int64_t experiment,
                         const int *column, int columns, qy_error *err)
{
  chunk_reader r;
  picked p = {0};
  sqlite3_stmt *open = NULL;
  *count = 0;
  qy_status status = chunk_open(&r, store->db, store->file, experiment, err);
  if (status) return status;
  const bool watched = take_watched(out, point, store, experiment, column, columns);
  const size_t room = room_of(&r);
  bool failed = !(p.bit = qy_alloc((size_t)r.batch_points / CHAR_BIT + 1, 1));
  if (point && !watched) failed |= !(*point = watch_new_column(room));
  for (int c = 0; c < columns && !watched; c++)
    failed |= !(out[c] = watch_new_column(room));
  if (failed) status = qy_no_memory(err);
  /* As long as it stands at its row, one read transaction lasts: else each chunk locks and looks at the file anew. */
  if (!status) status = qy_sql_prepare(r.db, r.file, &open, "SELECT 1 FROM main.experiment", err);
  if (!status) sqlite3_step(open); /* an error is met again, and told, where chunks are read */
  for (int64_t b = 0; b < r.batches && !status; b++) {
    if (!r.stored[b]) continue;
    if (watched && store->watch.has[b]) {
      *count += move_batch(out, *point, *count, &store->watch, &r, b, columns);
      continue;
    }
    status = pick(&p, &r, b, err);
    if (!status) status = add_batch(out, point ? *point : NULL, *count, &p, &r, b, column, columns, err);
    *count += p.count;
  }
  if (watched) watch_stop(&store->watch);
  free(p.bit);
  sqlite3_finalize(open);
  chunk_close(&r);
  return status;
}

qy_status qy_store_metrics(double **metric, double **point, size_t *count, qy_store *store, int64_t id,
                           const int *metrics, int metric_count, qy_error *err)
{
  assert(metric && count && store && metrics && metric_count > 0);
  enum { MOST = QY_METRIC_COUNT };
  assert(metric_count <= MOST);
  double *column[1 + MOST] = {0};
  int place[MOST];
  char policy[QY_STORE_POLICY];
  qy_text sql = {0};
  *count = 0;
  qy_text_add(&sql, "SELECT id & 0xffffffffff");
  for (int m = 0; m < metric_count; m++) {
    place[m] = CHUNK_METRIC + metrics[m];
    qy_text_add(&sql, ", %s", qy_metric_table()[metrics[m]].name);
  }
  qy_text_add(&sql,
              " FROM result WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40 AND reason IS NULL ORDER BY "
              "id",
              id, id);
  qy_status status = sql.failed ? qy_no_memory(err) : qy_store_policy(policy, store, id, err);
  if (!status && strcmp(policy, "columns") == 0)
    status = chunk_feasible(column + 1, point ? column : NULL, count, store, id, place, metric_count, err);
  else if (!status)
    status = qy_store_columns(store, sql.data, 1 + metric_count, column, count, err);
  for (int m = 0; m < metric_count; m++)
    metric[m] = status ? NULL : column[1 + m];
  for (int c = 1; c <= metric_count && status; c++)
    free(column[c]);
  if (point) *point = status ? NULL : column[0];
  if (!point || status) free(column[0]);
  qy_text_free(&sql);
  return status;
}
