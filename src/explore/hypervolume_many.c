/* Dominated volume in five objectives and more (volume.h): what each point adds to those behind it.
 *
 * Points come in falling order of the last objective, so that a point p and those behind it have the same extent there
 * where both dominate.  What p alone dominates is then its depth in the last objective times the volume of the others,
 * less that of the points behind it clipped to p: a set of one objective less, of which qy_pareto leaves few.
 * Four objectives are left to the sweep over boxes.
 * Source: While, Bradstreet, Barone (WFG), IEEE Trans. Evol. Comput. 16(1), 2012, with its slicing; no bound on the
 * steps better than exponential in the number of objectives is known for it.  Volumes are subtracted, so the error is
 * that of rounding the inclusive volumes.
 */
#include "order.h"
#include "volume.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <stdlib.h>

enum { SWEPT = 4, LEVELS = 16 };

/* What one number of objectives needs; a set of it is done with before the next one comes. */
typedef struct level {
  double *ordered; /* [objectives][count] */
  double *clipped; /* [objectives - 1][count] */
  uint8_t *keep;
  order_item *items, *spare;
  size_t ordered_room, clipped_room, keep_room, items_room, spare_room;
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

/* The points behind point k of l->ordered, clipped to it in the first `objectives`, without dominated ones.
 * 0, or -1. */
static int clip(volume_set *out, level *l, size_t n, size_t k, int objectives)
{
  const double *columns[LEVELS];
  const size_t behind = n - k - 1;
  size_t front = 0;
  for (int d = 0; d < objectives; d++) {
    const double *from = l->ordered + (size_t)d * n + k, p = *from;
    double *to = l->clipped + (size_t)d * n;
    for (size_t i = 0; i < behind; i++)
      to[i] = from[i + 1] > p ? from[i + 1] : p;
    columns[d] = to;
  }
  *out = (volume_set){l->clipped, 0, 1, n};
  if (qy_pareto(l->keep, &front, columns, objectives, behind, NULL)) return -1;
  for (size_t i = 0; i < behind; i++) {
    if (!l->keep[i]) continue;
    for (size_t d = 0; d < (size_t)objectives; d++)
      l->clipped[d * n + out->count] = l->clipped[d * n + i];
    out->count++;
  }
  return 0;
}

/* Room at a level, and the points in falling order of the last objective.  0, or -1. */
static int arrange(level *l, const volume_set *set, int objectives)
{
  const size_t n = set->count, last = (size_t)objectives - 1;
  if (qy_grow((void **)&l->ordered, &l->ordered_room, n * (last + 1), sizeof *l->ordered) ||
      qy_grow((void **)&l->clipped, &l->clipped_room, n * last, sizeof *l->clipped) ||
      qy_grow((void **)&l->keep, &l->keep_room, n, sizeof *l->keep) ||
      qy_grow((void **)&l->items, &l->items_room, n, sizeof *l->items) ||
      qy_grow((void **)&l->spare, &l->spare_room, n, sizeof *l->spare))
    return -1;
  for (size_t i = 0; i < n; i++)
    l->items[i] = (order_item){~order_key(set->value[i * set->step + last * set->across]), (uint32_t)i};
  const order_item *sorted = order_sort(l->items, l->spare, n);
  for (size_t d = 0; d <= last; d++)
    for (size_t k = 0; k < n; k++)
      l->ordered[d * n + k] = set->value[sorted[k].at * set->step + d * set->across];
  return 0;
}

static int volume_of(double *volume, many *m, const volume_set *set, int objectives);

static int slice(double *volume, many *m, const volume_set *set, int objectives)
{
  level *l = &m->level[objectives];
  const size_t n = set->count, last = (size_t)objectives - 1;
  total sum = {0, 0};
  if (arrange(l, set, objectives)) return -1;
  for (size_t k = 0; k < n; k++) {
    const double *row = l->ordered + k;
    volume_set behind;
    double covered;
    if (clip(&behind, l, n, k, (int)last) || volume_of(&covered, m, &behind, (int)last)) return -1;
    total_add(&sum, (box(row, n, m->reference, (int)last) - covered) * (m->reference[last] - row[last * n]));
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
    free(m->level[d].ordered);
    free(m->level[d].clipped);
    free(m->level[d].keep);
    free(m->level[d].items);
    free(m->level[d].spare);
  }
  free(m);
  return failed;
}
