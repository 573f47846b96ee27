/* Dominated volume (include/quarry/pareto.h): one to three objectives here, more in the files that volume.h names.
 *
 * Two objectives are strips of area in order of the first.  Three are a dimension sweep: points come in order of the
 * first objective; the cross section they dominate so far in the other two is a staircase whose area only grows, and
 * the volume is the sum of area times step.  The staircase is an integer set over the ranks of the second objective, so
 * that a point costs O(log n) amortised.
 * Sources: Fonseca, Paquete, Lopez-Ibanez, "An improved dimension-sweep algorithm for the hypervolume indicator", IEEE
 * CEC 2006; Beume et al., IEEE Trans. Evol. Comput. 13(5), 2009, for the optimality of the 3-D sweep.
 * All sums are of terms >= 0, so rounding errors do not cancel.
 */
#include "intset.h"
#include "order.h"
#include "volume.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* The staircase of (y, z): members are ranks of y; y rises and z falls strictly along it. */
typedef struct stairs {
  intset members;
  double *y, *z; /* by rank */
  double y_end, z_end;
} stairs;

/* Area that (y, z) adds to the staircase, which it then joins. */
static double join(stairs *s, uint32_t rank, double y, double z)
{
  uint32_t left = intset_at_most(&s->members, rank);
  if (left != INTSET_NONE && s->z[left] <= z) return 0;
  double height = left == INTSET_NONE ? s->z_end : s->z[left], from = y;
  total grown = {0, 0};
  for (;;) { /* strip by strip to the right, until a step that is no higher than z */
    uint32_t right = intset_above(&s->members, rank);
    double to = right == INTSET_NONE ? s->y_end : s->y[right];
    total_add(&grown, (to - from) * (height - z));
    if (right == INTSET_NONE || s->z[right] <= z) break;
    height = s->z[right];
    from = to;
    intset_remove(&s->members, right);
  }
  s->y[rank] = y;
  s->z[rank] = z;
  if (left != rank) intset_add(&s->members, rank);
  return total_value(&grown);
}

static double sweep(stairs *s, const double *x, const double *y, const double *z, const uint32_t *y_rank,
                    const order_item *by_x, size_t n, double x_end)
{
  total volume = {0, 0}, area = {0, 0};
  for (size_t i = 0; i < n; i++) {
    uint32_t at = by_x[i].at;
    total_add(&area, join(s, y_rank[at], y[at], z[at]));
    double to = i + 1 < n ? x[by_x[i + 1].at] : x_end;
    total_add(&volume, total_value(&area) * (to - x[at]));
  }
  return total_value(&volume);
}

/* Copy the points below the reference, objective after objective.  *n: how many. */
static qy_status fill(double *value, size_t *n, const double *const *columns, int objectives, size_t count,
                      const double *reference, qy_error *err)
{
  *n = 0;
  for (size_t i = 0; i < count; i++) {
    int below = 1;
    for (int d = 0; d < objectives; d++) {
      const double x = columns[d][i];
      if (isnan(x) || (isinf(x) && x < 0))
        return qy_fail(err, QY_BAD_INPUT, "expected a number for objective %d of point %zu, found %s", d + 1, i,
                       isnan(x) ? "NaN" : "-infinity");
      if (x >= reference[d]) below = 0;
      value[(size_t)d * count + *n] = x;
    }
    *n += (size_t)below;
  }
  return QY_OK;
}

static double volume_1(const double *x, size_t n, double end)
{
  double least = x[0];
  for (size_t i = 1; i < n; i++)
    least = x[i] < least ? x[i] : least;
  return end - least;
}

/* A strip of area for each point, in order of x, that lies below those before. */
typedef struct strips {
  total area;
  double lowest, end;
} strips;

static inline void strip(strips *s, double x, double y)
{
  if (y >= s->lowest) return;
  total_add(&s->area, (s->end - x) * (s->lowest - y));
  s->lowest = y;
}

/* 0, or -1: out of memory. */
static int volume_2(double *volume, const double *x, const double *y, size_t n, const double *reference)
{
  strips s = {{0, 0}, reference[1], reference[0]};
  const int found = order_found(x, n);
  order_item *items = found ? NULL : malloc(2 * n * sizeof *items);
  if (!found && !items) return -1;
  uint32_t *item = (uint32_t *)items;
  const uint32_t *few = !found && n <= ORDER_CUTS ? order_few(item, item + n, x, n) : NULL;
  if (found || few) {
    for (size_t i = 0; i < n; i++) {
      const size_t at = few ? few[i] & 0xffff : found > 0 ? i : n - 1 - i;
      strip(&s, x[at], y[at]);
    }
  } else {
    for (size_t i = 0; i < n; i++)
      items[i] = (order_item){order_key(x[i]), (uint32_t)i};
    const order_item *sorted = order_sort(items, items + n, n);
    for (size_t i = 0; i < n; i++)
      strip(&s, x[sorted[i].at], y[sorted[i].at]);
  }
  *volume = total_value(&s.area);
  free(items);
  return 0;
}

/* Three objectives: value[d * across + i].  0, or -1: out of memory. */
static int volume_3(double *volume, const double *value, size_t n, size_t across, const double *reference)
{
  const double *x = value, *y = value + across, *z = value + 2 * across;
  stairs s = {.y_end = reference[1], .z_end = reference[2]};
  uint32_t *y_rank = malloc(n * sizeof *y_rank);
  order_item *items = malloc(n * sizeof *items), *spare = malloc(n * sizeof *spare);
  int failed = -1;
  if (!y_rank || !items || !spare) goto cleanup;
  size_t ranks = order_rank(y_rank, y, n, items, spare);
  s.y = malloc(ranks * sizeof *s.y);
  s.z = malloc(ranks * sizeof *s.z);
  if (!s.y || !s.z || intset_init(&s.members, ranks)) goto cleanup;
  for (size_t i = 0; i < n; i++)
    items[i] = (order_item){order_key(x[i]), (uint32_t)i};
  *volume = sweep(&s, x, y, z, y_rank, order_sort(items, spare, n), n, reference[0]);
  failed = 0;
cleanup:
  intset_free(&s.members);
  free(s.z);
  free(s.y);
  free(spare);
  free(items);
  free(y_rank);
  return failed;
}

/* Leave out the dominated points, in place; those that equal another stay.  *n: how many there are, and are left.
 * 0, or -1: out of memory. */
static int thin(double *value, size_t *n, size_t across, int objectives)
{
  const double *columns[QY_HYPERVOLUME_OBJECTIVES_MAX];
  size_t front, to = 0;
  uint8_t *keep = malloc(*n);
  for (int d = 0; d < objectives; d++)
    columns[d] = value + (size_t)d * across;
  const int failed = !keep || qy_pareto(keep, &front, columns, objectives, *n, NULL) ? -1 : 0;
  for (size_t i = 0; i < *n && !failed; i++) {
    for (size_t d = 0; keep[i] && d < (size_t)objectives; d++)
      value[d * across + to] = value[d * across + i];
    to += keep[i];
  }
  free(keep);
  if (!failed) *n = to;
  return failed;
}

/* value[d * across + i].  0, or -1: out of memory. */
static int volume_of(double *volume, double *value, size_t n, size_t across, int objectives, const double *reference)
{
  if (objectives == 1) return *volume = volume_1(value, n, reference[0]), 0;
  if (objectives == 2) return volume_2(volume, value, value + across, n, reference);
  if (objectives == 3) return volume_3(volume, value, n, across, reference);
  if (objectives > 4 && thin(value, &n, across, objectives)) return -1; /* four lose nothing by dominated points */
  return volume_many(volume, &(volume_set){value, n, 1, across}, objectives, reference);
}

static qy_status check(int objectives, size_t count, const double *reference, qy_error *err)
{
  const size_t most = objectives > 3 ? INT32_MAX - 5 : UINT32_MAX - 1;
  if (objectives < 1 || objectives > QY_HYPERVOLUME_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected 1 to %d objectives for a hypervolume, found %d",
                   (int)QY_HYPERVOLUME_OBJECTIVES_MAX, objectives);
  if (count > most) return qy_fail(err, QY_BAD_INPUT, "expected at most %zu points at once, found %zu", most, count);
  for (int d = 0; d < objectives; d++)
    if (!isfinite(reference[d]))
      return qy_fail(err, QY_BAD_INPUT, "expected a finite reference for objective %d, found %g", d + 1, reference[d]);
  return QY_OK;
}

qy_status qy_hypervolume(double *volume, const double *const *columns, int objectives, size_t count,
                         const double *reference, qy_error *err)
{
  assert(volume && (columns || count == 0) && reference);
  *volume = 0;
  qy_status status = check(objectives, count, reference, err);
  if (status || count == 0) return status;
  size_t n = 0;
  double *value = qy_alloc(count, (size_t)objectives * sizeof *value);
  int failed = !value;
  if (value) status = fill(value, &n, columns, objectives, count, reference, err);
  if (!failed && !status && n > 0) failed = volume_of(volume, value, n, count, objectives, reference);
  free(value);
  if (!failed) return status;
  return qy_fail(err, QY_NO_MEMORY, "cannot allocate memory for the hypervolume of %zu points", count);
}
