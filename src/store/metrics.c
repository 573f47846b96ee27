/* Columns of feasible points as arrays: of packed results without a step of SQLite for each point. */
#include "chunk.h"
#include "quarry/alloc.h"
#include "quarry/points.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Which rows of a batch are feasible. */
typedef struct picked {
  uint32_t *row; /* [batch_points], rising */
  size_t count;
  bool all;
} picked;

/* Numbers that are all written before they are read.  Most of the time that millions take goes into mapping pages, so
 * they are large where the system has such. */
static double *new_column(size_t count)
{
  enum { PAGE = 1 << 21 };
  if (count > (SIZE_MAX - PAGE) / sizeof(double)) return NULL;
  const size_t bytes = (count * sizeof(double) + PAGE - 1) / PAGE * PAGE;
  if (bytes <= PAGE) return qy_alloc(count, sizeof(double));
  double *column = aligned_alloc(PAGE, bytes);
  if (column) madvise(column, bytes, MADV_HUGEPAGE); /* advice: where it is not followed, all goes on */
  return column;
}

static qy_status pick(picked *p, chunk_reader *r, int64_t batch, qy_error *err)
{
  const double *reason;
  const size_t rows = (size_t)chunk_rows(r, batch);
  const qy_status status = chunk_column(&reason, r, batch, CHUNK_REASON, err);
  p->count = 0;
  for (size_t i = 0; i < rows && !status; i++) {
    p->row[p->count] = (uint32_t)i;
    p->count += isnan(reason[i]) != 0;
  }
  p->all = p->count == rows;
  return status;
}

/* Those of a batch behind the `count` that are there: unpacked where they belong, then moved together. */
static qy_status add_batch(double **out, double *point, size_t count, const picked *p, chunk_reader *r, int64_t batch,
                           const int *column, int columns, qy_error *err)
{
  qy_status status = QY_OK;
  for (int c = 0; c < columns && !status; c++) {
    double *to = out[c] + count;
    status = chunk_unpack(to, r, batch, column[c], err);
    for (size_t i = 0; i < p->count && !p->all && !status; i++)
      to[i] = to[p->row[i]];
  }
  for (size_t i = 0; i < p->count && point; i++)
    point[count + i] = (double)(batch * r->batch_points + p->row[i]);
  return status;
}

qy_status chunk_feasible(double **out, double **point, size_t *count, qy_store *store, int64_t experiment,
                         const int *column, int columns, qy_error *err)
{
  chunk_reader r;
  picked p = {0};
  *count = 0;
  qy_status status = chunk_open(&r, store->db, store->file, experiment, err);
  if (status) return status;
  const size_t room = (size_t)(r.points < r.batch_points ? r.batch_points : r.points);
  bool failed = !(p.row = qy_alloc((size_t)r.batch_points + 1, sizeof *p.row));
  if (point) failed |= !(*point = new_column(room));
  for (int c = 0; c < columns; c++)
    failed |= !(out[c] = new_column(room));
  if (failed) status = qy_no_memory(err);
  for (int64_t b = 0; b < r.batches && !status; b++) {
    if (!r.stored[b]) continue;
    status = pick(&p, &r, b, err);
    if (!status) status = add_batch(out, point ? *point : NULL, *count, &p, &r, b, column, columns, err);
    *count += p.count;
  }
  free(p.row);
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
