/* How far one front falls short of another (include/quarry/front.h). */
#include "front_rows.h"

#include "quarry/alloc.h"
#include "quarry/front.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = QY_HYPERVOLUME_OBJECTIVES_MAX };

/* Length by which a is worse than b. */
static double length_worse(const double *a, const double *b, const double *unit, size_t objectives)
{
  double sum = 0;
  for (size_t d = 0; d < objectives; d++) {
    const double worse = (a[d] - b[d]) / unit[d];
    if (worse > 0) sum += worse * worse;
  }
  return sqrt(sum);
}

static double step_worse(const double *a, const double *b, const double *unit, size_t objectives)
{
  double most = -INFINITY;
  for (size_t d = 0; d < objectives; d++)
    most = fmax(most, (a[d] - b[d]) / unit[d]);
  return most;
}

static double factor_worse(const double *a, const double *b, const double *unit, size_t objectives)
{
  (void)unit;
  double most = 0;
  for (size_t d = 0; d < objectives; d++)
    most = fmax(most, a[d] > 0 ? a[d] / b[d] : b[d] / a[d]);
  return most;
}

typedef double measure(const double *a, const double *b, const double *unit, size_t objectives);

/* The point of a that is least worse than a row of b. */
static double nearest(const front_rows *a, const double *b, const double *unit, measure *worse)
{
  double least = INFINITY;
  for (size_t i = 0; i < a->count; i++)
    least = fmin(least, worse(a->row + i * a->objectives, b, unit, a->objectives));
  return least;
}

static double mean_over(const front_rows *a, const front_rows *b, const double *unit, measure *worse)
{
  double sum = 0;
  for (size_t i = 0; i < b->count; i++)
    sum += nearest(a, b->row + i * b->objectives, unit, worse);
  return sum / (double)b->count;
}

static double most_over(const front_rows *a, const front_rows *b, const double *unit, measure *worse)
{
  double most = -INFINITY;
  for (size_t i = 0; i < b->count; i++)
    most = fmax(most, nearest(a, b->row + i * b->objectives, unit, worse));
  return most;
}

static qy_status volume_within(double *volume, const front_rows *rows, const double *low, const double *high,
                               qy_error *err)
{
  int kept;
  double *cell = qy_alloc(rows->count, rows->objectives * sizeof *cell);
  if (!cell) return qy_no_memory(err);
  front_rows_scale(cell, &kept, rows, low, high);
  qy_status status = front_volume(volume, cell, kept, rows->count, err);
  free(cell);
  return status;
}

static qy_status measure_all(qy_front_distance *distance, const front_rows *a, const front_rows *b, const double *scale,
                             qy_error *err)
{
  double low[MOST], high[MOST], unit[MOST], volume_a, volume_b;
  int signs = 1;
  for (size_t d = 0; d < a->objectives; d++) {
    low[d] = INFINITY;
    high[d] = -INFINITY;
  }
  front_rows_range(a, low, high);
  front_rows_range(b, low, high);
  for (size_t d = 0; d < a->objectives; d++) {
    unit[d] = scale ? scale[d] : high[d] > low[d] ? high[d] - low[d] : 1;
    signs = signs && (low[d] > 0 || high[d] < 0);
  }
  qy_status status = volume_within(&volume_a, a, low, high, err);
  if (!status) status = volume_within(&volume_b, b, low, high, err);
  if (status) return status;
  distance->igd_plus = mean_over(a, b, unit, length_worse);
  distance->epsilon = most_over(a, b, unit, step_worse);
  distance->epsilon_factor = signs ? most_over(a, b, unit, factor_worse) : NAN;
  distance->volume_ratio = volume_a / volume_b;
  return QY_OK;
}

qy_status qy_front_distance_of(qy_front_distance *distance, const double *const *a, size_t a_count,
                               const double *const *b, size_t b_count, int objectives, const double *scale,
                               qy_error *err)
{
  assert(distance && (a || a_count == 0) && (b || b_count == 0));
  front_rows rows_a = {0}, rows_b = {0};
  qy_status status = front_rows_make(&rows_a, a, objectives, a_count, err);
  if (!status) status = front_rows_make(&rows_b, b, objectives, b_count, err);
  if (!status) status = measure_all(distance, &rows_a, &rows_b, scale, err);
  front_rows_free(&rows_a);
  front_rows_free(&rows_b);
  return status;
}
