/* The points of a design within one group as sets to compare: see comparisons_int.h.
 *
 * A staircase (crossover.h) is of points that no other one beats in cost, value and qualities at once.  Nominal sets
 * are those alone, found once for all that is asked of them: a group may have a hundred thousand points.
 */
#include "comparisons_int.h"

#include "quarry/pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = COMPARISON_SET_COLUMNS };

static double quality_of(int metric, double x)
{
  return qy_metric_table()[metric].sense < 0 ? -x : x;
}

static qy_crossover_set set_of(const double *columns, size_t room, size_t count, const comparison_row *r)
{
  const double *first = columns + 2 * room;
  return (qy_crossover_set){count, columns, columns + room, r->held[0] >= 0 ? first : NULL,
                            r->held[1] >= 0 ? first + room : NULL};
}

/* The nominal values of a metric, of all points of group g. */
static void gather_metric(double *to, const comparison_points *c, size_t g, int metric, bool held)
{
  const size_t first = c->groups->first[g], count = c->groups->first[g + 1] - first;
  const uint32_t *member = c->groups->member + first;
  const double *value = c->points->metric[metric];
  for (size_t i = 0; i < count; i++)
    to[i] = value[member[i]];
  if (qy_metric_table()[metric].sense < 0 && !held) return; /* the value is the cost */
  for (size_t i = 0; i < count; i++)
    to[i] = held ? quality_of(metric, to[i]) : comparison_cost(metric, to[i]);
}

static size_t gather_all(double *columns, size_t room, const comparison_points *c, size_t g, const comparison_row *r)
{
  gather_metric(columns, c, g, r->budget, false);
  gather_metric(columns + room, c, g, r->metric, false);
  for (int q = 0; q < QUALITIES_MAX && r->held[q] >= 0; q++)
    gather_metric(columns + (2 + (size_t)q) * room, c, g, r->held[q], true);
  return c->groups->first[g + 1] - c->groups->first[g];
}

/* The points of group g, into as many columns of `room`; k: a draw, -1: nominal. */
static size_t gather(double *columns, size_t room, const comparison_points *c, size_t g, const comparison_row *r,
                     int64_t k)
{
  size_t n = 0;
  if (k < 0 && !r->bounded) return gather_all(columns, room, c, g, r);
  const size_t *first = k < 0 ? c->groups->first : c->drawn_first;
  const uint32_t *member = k < 0 ? c->groups->member : c->drawn_member;
  for (size_t m = first[g]; m < first[g + 1]; m++) {
    const size_t i = member[m];
    if (r->bounded && !comparison_keeps_limits(c, i, k)) continue;
    columns[n] = comparison_cost(r->budget, comparison_value(c, r->budget, i, k));
    columns[room + n] = comparison_cost(r->metric, comparison_value(c, r->metric, i, k));
    for (int q = 0; q < QUALITIES_MAX && r->held[q] >= 0; q++)
      columns[(2 + (size_t)q) * room + n] = quality_of(r->held[q], comparison_value(c, r->held[q], i, k));
    n++;
  }
  return n;
}

static int columns_of(const comparison_row *r)
{
  return 2 + (r->held[0] >= 0) + (r->held[1] >= 0);
}

/* Without points that lack a value, qualities turned round: to be minimised; returns how many are left. */
static size_t turn(double *columns, size_t room, size_t count, int wide)
{
  size_t n = 0, unknown = 0;
  for (int d = 0; d < wide; d++)
    for (size_t i = 0; i < count; i++) {
      double *x = &columns[(size_t)d * room + i];
      unknown += isnan(*x) ? 1 : 0;
      if (d >= 2) *x = -*x;
    }
  for (size_t i = 0; i < count && unknown; i++) {
    bool known = true;
    for (int d = 0; d < wide; d++) {
      const double x = columns[(size_t)d * room + i];
      known &= !isnan(x);
      columns[(size_t)d * room + n] = x;
    }
    n += known;
  }
  return unknown ? n : count;
}

/* The best of a nominal set, as a set that lives as long as the arena. */
static qy_status sift(comparison_set *out, const comparison_points *c, double *columns, size_t room, size_t count,
                      qy_error *err)
{
  const int wide = columns_of(&out->row);
  const double *column[COLUMNS];
  size_t kept = 0;
  out->most = -INFINITY;
  for (size_t i = 0; i < count; i++)
    out->most = columns[i] > out->most ? columns[i] : out->most; /* NaN is left out */
  count = turn(columns, room, count, wide);
  uint8_t *front = qy_alloc(count + 1, sizeof *front);
  qy_status status = front ? QY_OK : qy_no_memory(err);
  for (int d = 0; d < wide; d++)
    column[d] = columns + (size_t)d * room;
  if (!status && count) status = qy_pareto(front, &kept, column, wide, count, err);
  double *own = status ? NULL : qy_arena_alloc(c->arena, kept * COLUMNS + 1, sizeof *own);
  if (!status && !own) status = qy_no_memory(err);
  for (int d = 0; d < wide && !status; d++)
    for (size_t i = 0, n = 0; i < count; i++)
      if (front[i]) own[(size_t)d * kept + n++] = d < 2 ? column[d][i] : -column[d][i];
  out->set = set_of(own, kept, kept, &out->row);
  free(front);
  return status;
}

static bool same_row(const comparison_row *a, const comparison_row *b)
{
  return a->metric == b->metric && a->budget == b->budget && a->held[0] == b->held[0] && a->held[1] == b->held[1] &&
         a->bounded == b->bounded;
}

/* Those of one group are known at a time, for each side. */
static qy_status nominal(const comparison_set **out, comparison_sets *s, int side, size_t g, const comparison_row *r,
                         double *columns, size_t room, qy_error *err)
{
  if (s->group[side] != g) s->known[side] = 0;
  s->group[side] = g;
  for (size_t i = 0; i < s->known[side]; i++)
    if (same_row(&s->set[side][i].row, r)) {
      *out = &s->set[side][i];
      return QY_OK;
    }
  comparison_set *new = &s->set[side][s->known[side]];
  new->row = *r;
  const qy_status status = sift(new, s->of, columns, room, gather(columns, room, s->of, g, r, -1), err);
  s->known[side] += !status;
  *out = new;
  return status;
}

qy_status comparison_both(qy_crossover_set set[2], double most[2], comparison_sets *s, size_t base, size_t g,
                          const comparison_row *r, int64_t k, qy_error *err)
{
  const size_t both[2] = {base, g}, *first = s->of->groups->first;
  double *columns = s->scratch;
  qy_status status = QY_OK;
  for (int side = 0; side < 2 && !status; side++) {
    const size_t room = first[both[side] + 1] - first[both[side]];
    const comparison_set *known = NULL;
    if (k >= 0) {
      set[side] = set_of(columns, room, gather(columns, room, s->of, both[side], r, k), r);
    } else {
      status = nominal(&known, s, side, both[side], r, columns, room, err);
      if (!status) set[side] = known->set;
      if (!status && most) most[side] = known->most;
    }
    columns += COLUMNS * room;
  }
  return status;
}
