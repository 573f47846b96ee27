/* Fronts that grow (include/quarry/pareto.h).
 *
 * Points are appended row by row and filtered exactly when their number has doubled since the last filter, so that a
 * point costs O(log) amortised and memory stays within a small multiple of the front.  A few front points that dropped
 * something lately ("guards") turn away most new points at once.
 */
#include "order.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
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

/* Does row a come before b?  By objectives. */
static bool row_before(const double *a, const double *b, size_t objectives)
{
  for (size_t d = 0; d < objectives; d++)
    if (a[d] != b[d]) return a[d] < b[d];
  return false;
}

/* Points that share an id, which are few and rare, by their objectives. */
static void order_equal(order_item *item, size_t n, const double *rows, size_t objectives)
{
  for (size_t i = 1; i < n; i++) {
    const order_item x = item[i];
    size_t j = i;
    for (; j > 0 && item[j - 1].key == x.key &&
           row_before(rows + x.at * objectives, rows + item[j - 1].at * objectives, objectives);
         j--)
      item[j] = item[j - 1];
    item[j] = x;
  }
}

static int sort_by_id(qy_archive *archive)
{
  const size_t n = archive->count, d = (size_t)archive->objectives;
  size_t sorted = 1;
  while (sorted < n && archive->ids[sorted - 1] < archive->ids[sorted])
    sorted++;
  if (sorted >= n) return 0;
  order_item *item = malloc(2 * n * sizeof *item);
  double *rows = malloc(n * d * sizeof *rows);
  int64_t *ids = malloc(n * sizeof *ids);
  const bool good = item && rows && ids;
  if (good) {
    memcpy(rows, archive->rows, n * d * sizeof *rows);
    memcpy(ids, archive->ids, n * sizeof *ids);
    for (size_t i = 0; i < n; i++)
      item[i] = (order_item){(uint64_t)ids[i] ^ (uint64_t)1 << 63, (uint32_t)i};
    order_item *order = order_sort(item, item + n, n);
    order_equal(order, n, rows, d);
    for (size_t i = 0; i < n; i++) {
      archive->ids[i] = ids[order[i].at];
      memcpy(archive->rows + i * d, rows + order[i].at * d, d * sizeof *rows);
    }
  }
  free(item);
  free(rows);
  free(ids);
  return good ? 0 : -1;
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
