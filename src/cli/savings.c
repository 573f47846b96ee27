/* Savings against a base design: see savings.h. */
#include "savings.h"

#include "quarry/draws.h"

#include <math.h>
#include <stdlib.h>

static int by_number(const void *p, const void *q)
{
  const double *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

qy_status savings_of(double **saved, const qy_plan *plan, const qy_points *points, int metric, qy_error *err)
{
  double *out = qy_alloc(points->count + 1, sizeof *out);
  if (!out) return qy_no_memory(err);
  for (size_t i = 0; i < points->count; i++) {
    const double partner = (double)qy_plan_base_point(plan, (int64_t)points->point[i]);
    const double *found =
        points->count ? bsearch(&partner, points->point, points->count, sizeof partner, by_number) : NULL;
    out[i] = found ? 100 * (1 - points->metric[metric][i] / points->metric[metric][found - points->point]) : NAN;
  }
  *saved = out;
  return QY_OK;
}

qy_status savings_of_group(double *median, double *most, const double *saved, const qy_groups *groups, size_t g,
                           qy_error *err)
{
  size_t count = 0;
  double *own = qy_alloc(groups->first[g + 1] - groups->first[g] + 1, sizeof *own);
  if (!own) return qy_no_memory(err);
  *most = *median = NAN;
  for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++) {
    const double x = saved[groups->member[i]];
    if (isnan(x)) continue;
    own[count++] = x;
    *most = fmax(*most, x);
  }
  if (count) *median = qy_quantile(own, count, 0.5);
  free(own);
  return QY_OK;
}
