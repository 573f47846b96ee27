/* The front of some points as rows of distinct points: see front_rows.h. */
#include "front_rows.h"

#include "quarry/alloc.h"
#include "quarry/front.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct table_order {
  const double *const *column;
  int objectives;
} table_order;

/* By the objectives one after another, then by number. */
static int by_row(const void *left, const void *right, void *ctx)
{
  const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  const table_order *order = ctx;
  for (int d = 0; d < order->objectives; d++) {
    const double x = order->column[d][a], y = order->column[d][b];
    if (x != y) return x < y ? -1 : 1;
  }
  return (a > b) - (a < b);
}

static qy_status check(const double *const *columns, int objectives, size_t count, qy_error *err)
{
  if (objectives < 1 || objectives > QY_HYPERVOLUME_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected a front of 1 to %d objectives, found %d",
                   (int)QY_HYPERVOLUME_OBJECTIVES_MAX, objectives);
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected a front with points, found none");
  for (int d = 0; d < objectives; d++)
    for (size_t i = 0; i < count; i++)
      if (!isfinite(columns[d][i]))
        return qy_fail(err, QY_BAD_INPUT, "expected a finite number for objective %d of point %zu, found %g", d + 1, i,
                       columns[d][i]);
  return QY_OK;
}

/* Rows of the points in `sorted`, equal ones once. */
static void fill(front_rows *rows, const uint32_t *sorted, size_t count, const double *const *columns)
{
  const size_t wide = rows->objectives;
  for (size_t i = 0; i < count; i++) {
    double *row = rows->row + rows->count * wide;
    int same = rows->count > 0;
    for (size_t d = 0; d < wide; d++) {
      row[d] = columns[d][sorted[i]] + 0.0; /* -0 becomes +0 */
      same = same && row[d] == row[(ptrdiff_t)d - (ptrdiff_t)wide];
    }
    if (!same) rows->from[rows->count++] = sorted[i];
  }
}

qy_status front_rows_make(front_rows *rows, const double *const *columns, int objectives, size_t count, qy_error *err)
{
  *rows = (front_rows){.objectives = (size_t)objectives};
  qy_status status = check(columns, objectives, count, err);
  if (status) return status;
  size_t front = 0, at = 0;
  uint32_t *sorted = NULL;
  uint8_t *on_front = malloc(count);
  status = on_front ? qy_pareto(on_front, &front, columns, objectives, count, err) : qy_no_memory(err);
  if (!status) {
    sorted = qy_alloc(front, sizeof *sorted);
    rows->row = qy_alloc(front, (size_t)objectives * sizeof *rows->row);
    rows->from = qy_alloc(front, sizeof *rows->from);
    if (!sorted || !rows->row || !rows->from) status = qy_no_memory(err);
  }
  if (!status) {
    for (size_t i = 0; i < count; i++)
      if (on_front[i]) sorted[at++] = (uint32_t)i;
    qsort_r(sorted, front, sizeof *sorted, by_row, &(table_order){columns, objectives});
    fill(rows, sorted, front, columns);
  }
  free(sorted);
  free(on_front);
  if (status) front_rows_free(rows);
  return status;
}

void front_rows_free(front_rows *rows)
{
  free(rows->row);
  free(rows->from);
  *rows = (front_rows){0};
}

void front_rows_range(const front_rows *rows, double *low, double *high)
{
  for (size_t i = 0; i < rows->count; i++)
    for (size_t d = 0; d < rows->objectives; d++) {
      const double x = rows->row[i * rows->objectives + d];
      low[d] = fmin(low[d], x);
      high[d] = fmax(high[d], x);
    }
}

void front_rows_scale(double *cell, int *kept, const front_rows *rows, const double *low, const double *high)
{
  *kept = 0;
  for (size_t d = 0; d < rows->objectives; d++) {
    const double half = isinf(high[d] - low[d]) ? 0.5 : 1; /* a range beyond the greatest number */
    const double from = low[d] * half, range = high[d] * half - from;
    if (range == 0) continue;
    for (size_t i = 0; i < rows->count; i++)
      cell[(size_t)*kept * rows->count + i] = (rows->row[i * rows->objectives + d] * half - from) / range;
    ++*kept;
  }
}

qy_status front_volume(double *volume, const double *cell, int kept, size_t count, qy_error *err)
{
  const double *column[QY_HYPERVOLUME_OBJECTIVES_MAX];
  double reference[QY_HYPERVOLUME_OBJECTIVES_MAX];
  *volume = 1;
  if (kept == 0) return QY_OK;
  for (int d = 0; d < kept; d++) {
    column[d] = cell + (size_t)d * count;
    reference[d] = 1 + QY_FRONT_MARGIN;
  }
  return qy_hypervolume(volume, column, kept, count, reference, err);
}
