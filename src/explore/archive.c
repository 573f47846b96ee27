/* Fronts that grow (include/quarry/pareto.h).
 *
 * Points are appended row by row and filtered exactly when their number has doubled since the last filter, so that a
 * point costs O(log) amortised and memory stays within a small multiple of the front.  A few front points that dropped
 * something lately ("guards") turn away most new points at once.
 */
#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 32, GUARDS = 4 };

struct qy_archive {
  int objectives;
  size_t count;    /* points held */
  size_t filtered; /* the first `filtered` of them are known to be mutually non-dominated */
  size_t capacity; /* of ids and rows; 0 until the first point: an empty archive is one small block */
  int64_t *ids;
  double *rows; /* [count][objectives] */
};

qy_archive *qy_archive_new(int objectives)
{
  assert(objectives >= 1 && objectives <= QY_OBJECTIVES_MAX);
  qy_archive *archive = qy_alloc(1, sizeof *archive);
  if (archive) archive->objectives = objectives;
  return archive;
}

void qy_archive_free(qy_archive *archive)
{
  if (!archive) return;
  free(archive->ids);
  free(archive->rows);
  free(archive);
}

static qy_status reserve(qy_archive *archive, size_t needed, qy_error *err)
{
  if (needed <= archive->capacity) return QY_OK;
  size_t capacity = archive->capacity;
  if (qy_grow((void **)&archive->ids, &capacity, needed < ROOM_MIN ? ROOM_MIN : needed, sizeof *archive->ids))
    goto fail;
  size_t rows = archive->capacity;
  if (rows < capacity) {
    if (qy_grow((void **)&archive->rows, &rows, capacity, (size_t)archive->objectives * sizeof *archive->rows))
      goto fail;
  }
  archive->capacity = rows < capacity ? rows : capacity;
  return QY_OK;
fail:
  return qy_fail(err, QY_NO_MEMORY, "cannot allocate memory for a front of %zu points", needed);
}

/* Keep only the front. */
static qy_status filter(qy_archive *archive, qy_error *err)
{
  const size_t n = archive->count, d = (size_t)archive->objectives;
  if (archive->filtered == n) return QY_OK;
  qy_status status = QY_NO_MEMORY;
  const double *columns[QY_OBJECTIVES_MAX];
  uint8_t *keep = malloc(n);
  double *values = malloc(n * d * sizeof *values);
  if (!keep || !values) {
    qy_fail(err, status, "cannot allocate memory for a front of %zu points", n);
    goto cleanup;
  }
  for (size_t j = 0; j < d; j++) {
    for (size_t i = 0; i < n; i++)
      values[j * n + i] = archive->rows[i * d + j];
    columns[j] = values + j * n;
  }
  size_t front;
  status = qy_pareto(keep, &front, columns, archive->objectives, n, err);
  if (status != QY_OK) goto cleanup;
  size_t to = 0;
  for (size_t i = 0; i < n; i++)
    if (keep[i]) {
      archive->ids[to] = archive->ids[i];
      if (to != i) memcpy(archive->rows + to * d, archive->rows + i * d, d * sizeof(double));
      to++;
    }
  archive->count = archive->filtered = to;
cleanup:
  free(keep);
  free(values);
  return status;
}

static int dominates(const double *a, const double *b, int objectives)
{
  int no_larger = 1, smaller = 0;
  for (int d = 0; d < objectives; d++) {
    no_larger &= a[d] <= b[d];
    smaller |= a[d] < b[d];
  }
  return no_larger && smaller;
}

/* Append a point free of NaN unless a guard dominates it. */
static qy_status append(qy_archive *archive, const double *row, int64_t id, qy_error *err)
{
  const size_t d = (size_t)archive->objectives;
  size_t guards = archive->count < GUARDS ? archive->count : GUARDS;
  for (size_t g = 0; g < guards; g++)
    if (dominates(archive->rows + g * d, row, archive->objectives)) return QY_OK;
  if (archive->count >= ROOM_MIN && archive->count >= 2 * archive->filtered) {
    qy_status status = filter(archive, err);
    if (status != QY_OK) return status;
  }
  qy_status status = reserve(archive, archive->count + 1, err);
  if (status != QY_OK) return status;
  memcpy(archive->rows + archive->count * d, row, d * sizeof *row);
  archive->ids[archive->count++] = id;
  return QY_OK;
}

qy_status qy_archive_put(qy_archive *archive, const double *row, int64_t id, qy_error *err)
{
  assert(archive && row);
  for (int d = 0; d < archive->objectives; d++)
    if (isnan(row[d]))
      return qy_fail(err, QY_BAD_INPUT, "expected a number for objective %d of point %lld, found NaN", d + 1,
                     (long long)id);
  return append(archive, row, id, err);
}

qy_status qy_archive_merge(qy_archive *a, const qy_archive *b, qy_error *err)
{
  assert(a && b && a != b);
  if (a->objectives != b->objectives)
    return qy_fail(err, QY_BAD_INPUT, "expected a front of %d objectives to merge, found one of %d", a->objectives,
                   b->objectives);
  qy_status status = QY_OK;
  for (size_t i = 0, n = b->count; i < n && status == QY_OK; i++)
    status = append(a, b->rows + i * (size_t)b->objectives, b->ids[i], err);
  return status;
}

typedef struct by_id {
  int64_t id;
  size_t at;
  const double *rows;
  size_t objectives;
} by_id;

static int compare(const void *x, const void *y)
{
  const by_id *a = x, *b = y;
  if (a->id != b->id) return a->id < b->id ? -1 : 1;
  for (size_t d = 0; d < a->objectives; d++) {
    double va = a->rows[a->at * a->objectives + d], vb = b->rows[b->at * b->objectives + d];
    if (va != vb) return va < vb ? -1 : 1;
  }
  return 0;
}

static int sort_by_id(qy_archive *archive)
{
  const size_t n = archive->count, d = (size_t)archive->objectives;
  size_t sorted = 1;
  while (sorted < n && archive->ids[sorted - 1] < archive->ids[sorted])
    sorted++;
  if (sorted >= n) return 0;
  by_id *order = malloc(n * sizeof *order);
  double *rows = malloc(n * d * sizeof *rows);
  if (!order || !rows) {
    free(order);
    free(rows);
    return -1;
  }
  memcpy(rows, archive->rows, n * d * sizeof *rows);
  for (size_t i = 0; i < n; i++)
    order[i] = (by_id){archive->ids[i], i, rows, d};
  qsort(order, n, sizeof *order, compare);
  for (size_t i = 0; i < n; i++) {
    archive->ids[i] = order[i].id;
    memcpy(archive->rows + i * d, rows + order[i].at * d, d * sizeof *rows);
  }
  free(order);
  free(rows);
  return 0;
}

qy_status qy_archive_front(qy_archive *archive, size_t *count, const int64_t **ids, const double **rows, qy_error *err)
{
  assert(archive && count);
  static const int64_t no_ids[1];
  qy_status status = filter(archive, err);
  if (!status && sort_by_id(archive))
    status = qy_fail(err, QY_NO_MEMORY, "cannot allocate memory to sort a front of %zu points", archive->count);
  *count = status ? 0 : archive->count;
  if (ids) *ids = archive->count ? archive->ids : no_ids;
  if (rows) *rows = archive->rows;
  return status;
}
