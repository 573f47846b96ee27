/* Dominated volume in five objectives and more (volume.h): what each point adds to those behind it.
 *
 * Points come in falling order of the last objective, so that a point p and those behind it have the same extent there
 * where both dominate.  What p alone dominates is then its depth in the last objective times the volume of the others,
 * less that of the points behind it clipped to p: a set of one objective less, of which few are not dominated.
 * Four objectives are left to the sweep over boxes.
 * Source: While, Bradstreet, Barone (WFG), IEEE Trans. Evol. Comput. 16(1), 2012, with its slicing; no bound on the
 * steps better than exponential in the number of objectives is known for it.  Volumes are subtracted, so the error is
 * that of rounding the inclusive volumes.
 */
#include "order.h"
#include "volume.h"

#include "quarry/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { SWEPT = 4, LEVELS = 16 };

/* What one number of objectives needs; a set of it is done with before the next one comes. */
typedef struct level {
  double *clipped; /* [count][objectives - 1] */
  order_item *items, *spare;
  size_t clipped_room, items_room, spare_room;
} level;

typedef struct many {
  const double *reference;
  corners *swept;
  level level[LEVELS + 1];
} many;

static double box(const double *row, size_t across, const double *reference, int objectives)
{
  double volume = 1;
  for (int d = 0; d < objectives; d++)
    volume *= reference[d] - row[(size_t)d * across];
  return volume;
}

static double box_common(const volume_set *set, const double *reference, int objectives)
{
  double volume = 1;
  for (int d = 0; d < objectives; d++) {
    double a = set->value[(size_t)d * set->across], b = set->value[set->step + (size_t)d * set->across];
    volume *= reference[d] - (a > b ? a : b);
  }
  return volume;
}

/* Bit 0: a is no larger than b in every objective; bit 1: b no larger than a. */
static int compare(const double *a, const double *b, size_t objectives)
{
  int smaller = 0, larger = 0;
  for (size_t d = 0; d < objectives; d++) {
    smaller |= a[d] < b[d];
    larger |= a[d] > b[d];
  }
  return (larger ? 0 : 1) + (smaller ? 0 : 2);
}

/* Take the last one of count + 1 rows into the count before it, which do not dominate each other; returns how many are
 * left.  A row that dropped the new one moves to the front: it will drop more. */
static size_t take(double *rows, size_t count, size_t objectives)
{
  const size_t bytes = objectives * sizeof *rows;
  double *fresh = rows + count * objectives, swap[LEVELS];
  for (size_t i = 0; i < count;) {
    double *row = rows + i * objectives;
    int order = compare(row, fresh, objectives);
    if (order & 1) {
      memcpy(swap, rows, bytes);
      memmove(rows, row, bytes);
      memcpy(row, swap, bytes);
      return count;
    }
    if (order & 2) { /* the last one takes its place, the new one that of the last */
      count--;
      memmove(row, rows + count * objectives, bytes);
      memmove(rows + count * objectives, fresh, bytes);
      fresh = rows + count * objectives;
    } else {
      i++;
    }
  }
  return count + 1;
}

/* The points behind sorted[k] clipped to it in the first `objectives`, without dominated ones.  False: one of them
 * covers it. */
static int clip(level *l, volume_set *out, const volume_set *set, const order_item *sorted, size_t k, size_t objectives)
{
  const double *p = set->value + sorted[k].at * set->step;
  *out = (volume_set){l->clipped, 0, objectives, 1};
  for (size_t i = k + 1; i < set->count; i++) {
    const double *q = set->value + sorted[i].at * set->step;
    double *row = l->clipped + out->count * objectives;
    int covers = 1;
    for (size_t d = 0; d < objectives; d++) {
      double a = p[d * set->across], b = q[d * set->across];
      row[d] = a > b ? a : b;
      covers &= b <= a;
    }
    if (covers) return 0;
    out->count = take(l->clipped, out->count, objectives);
  }
  return 1;
}

static int volume_of(double *volume, many *m, const volume_set *set, int objectives);

static int slice(double *volume, many *m, const volume_set *set, int objectives)
{
  level *l = &m->level[objectives];
  const size_t n = set->count, last = (size_t)objectives - 1;
  total sum = {0, 0};
  if (qy_grow((void **)&l->clipped, &l->clipped_room, n * last, sizeof *l->clipped) ||
      qy_grow((void **)&l->items, &l->items_room, n, sizeof *l->items) ||
      qy_grow((void **)&l->spare, &l->spare_room, n, sizeof *l->spare))
    return -1;
  for (size_t i = 0; i < n; i++)
    l->items[i] = (order_item){~order_key(set->value[i * set->step + last * set->across]), (uint32_t)i};
  const order_item *sorted = order_sort(l->items, l->spare, n);
  for (size_t k = 0; k < n; k++) {
    const double *row = set->value + sorted[k].at * set->step;
    volume_set behind;
    double covered;
    if (!clip(l, &behind, set, sorted, k, last)) continue;
    if (volume_of(&covered, m, &behind, (int)last)) return -1;
    total_add(&sum, (box(row, set->across, m->reference, (int)last) - covered) *
                        (m->reference[last] - row[last * set->across]));
  }
  *volume = total_value(&sum);
  return 0;
}

/* NOLINTNEXTLINE(misc-no-recursion): one level for each objective */
static int volume_of(double *volume, many *m, const volume_set *set, int objectives)
{
  *volume = 0;
  if (set->count > 2)
    return objectives == SWEPT ? corners_volume(volume, m->swept, set, m->reference)
                               : slice(volume, m, set, objectives);
  if (set->count == 1) *volume = box(set->value, set->across, m->reference, objectives);
  if (set->count == 2)
    *volume = box(set->value, set->across, m->reference, objectives) +
              box(set->value + set->step, set->across, m->reference, objectives) -
              box_common(set, m->reference, objectives);
  return 0;
}

int volume_many(double *volume, const volume_set *set, int objectives, const double *reference)
{
  many *m = objectives <= LEVELS ? qy_alloc(1, sizeof *m) : NULL;
  int failed = -1;
  if (!m) return failed;
  m->reference = reference;
  m->swept = corners_new();
  if (m->swept) failed = volume_of(volume, m, set, objectives);
  corners_free(m->swept);
  for (int d = 0; d <= LEVELS; d++) {
    free(m->level[d].clipped);
    free(m->level[d].items);
    free(m->level[d].spare);
  }
  free(m);
  return failed;
}
