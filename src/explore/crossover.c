/* Two falling staircases compared at every budget of their common range, level of quality by level; see crossover.h.
 *
 * Points come in order of falling quality, so that the staircases of the next level are those of the last one with a
 * few points more.
 */
#include "quarry/crossover.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct step {
  double cost, value, quality;
} step;

/* A set while its points are taken in. */
typedef struct side {
  step *point; /* [count] by falling quality */
  size_t count, taken;
  step *stair; /* [steps] cost rising, value falling */
  size_t steps;
  double most; /* cost of the costliest point taken */
} side;

/* Gains and how much of the range each holds on. */
typedef struct gains {
  void *ratio, *width;
  size_t count, ratio_room, width_room;
  double total, better, better_from; /* better_from: largest end of a step whose gain is not above 1 */
  bool ends_worse;                   /* at the end of some level's range the gain is not above 1 */
} gains;

static int by_quality(const void *p, const void *q)
{
  const step *a = p, *b = q;
  return (a->quality < b->quality) - (a->quality > b->quality);
}

static qy_status side_new(side *s, const qy_crossover_set *set, qy_error *err)
{
  *s = (side){.point = qy_alloc(set->count + 1, sizeof(step)), .stair = qy_alloc(set->count + 1, sizeof(step))};
  if (!s->point || !s->stair) return qy_no_memory(err);
  for (size_t i = 0; i < set->count; i++) {
    const step p = {set->cost[i], set->value[i], set->quality ? set->quality[i] : 0};
    if (isnan(p.cost) || isnan(p.value) || isnan(p.quality)) continue;
    assert(p.cost >= 0 && p.value >= 0);
    s->point[s->count++] = p;
  }
  qsort(s->point, s->count, sizeof *s->point, by_quality);
  return QY_OK;
}

static void side_free(side *s)
{
  free(s->point);
  free(s->stair);
}

/* Steps at cost <= budget. */
static size_t within(const side *s, double budget)
{
  size_t low = 0, high = s->steps;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (s->stair[middle].cost <= budget)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Take the points of quality >= q in; did the staircase fall anywhere? */
static bool take(side *s, double q)
{
  bool changed = false;
  for (; s->taken < s->count && s->point[s->taken].quality >= q; s->taken++) {
    const step p = s->point[s->taken];
    if (s->taken == 0 || p.cost > s->most) s->most = p.cost;
    size_t at = within(s, p.cost), end;
    if (at > 0 && s->stair[at - 1].value <= p.value) continue;
    if (at > 0 && s->stair[at - 1].cost == p.cost) at--;
    for (end = at; end < s->steps && s->stair[end].value >= p.value; end++) {
    }
    memmove(s->stair + at + 1, s->stair + end, (s->steps - end) * sizeof *s->stair);
    s->steps = s->steps + at + 1 - end;
    s->stair[at] = p;
    changed = true;
  }
  return changed;
}

static double ratio_of(double base, double set)
{
  return base == set ? 1 : base / set;
}

static qy_status add(gains *g, double ratio, double width, qy_error *err)
{
  if (qy_grow(&g->ratio, &g->ratio_room, g->count + 1, sizeof(double)) ||
      qy_grow(&g->width, &g->width_room, g->count + 1, sizeof(double)))
    return qy_no_memory(err);
  ((double *)g->ratio)[g->count] = ratio;
  ((double *)g->width)[g->count++] = width;
  g->total += width;
  if (ratio > 1) g->better += width;
  return QY_OK;
}

/* The common range of the staircases as they are; false: there is none, *low and *high are what is between. */
static bool common(double *low, double *high, const side *a, const side *b)
{
  const double begin = fmax(a->stair[0].cost, b->stair[0].cost);
  const double falls = fmax(a->stair[a->steps - 1].cost, b->stair[b->steps - 1].cost);
  double end = fmin(falls, fmin(a->most, b->most));
  *low = fmin(begin, end);
  *high = fmax(begin, end);
  if (begin > end) return false;
  if (begin > 0) return true;
  for (const side *s = a;; s = b) { /* the logarithm begins above 0 */
    const size_t i = within(s, 0);
    if (i < s->steps && s->stair[i].cost < end) end = s->stair[i].cost;
    if (s == b) break;
  }
  if (end <= *high) *low = end;
  return true;
}

/* The steps of one level, from low to high. */
static qy_status sweep(gains *g, const side *a, const side *b, double low, double high, qy_error *err)
{
  size_t i = within(a, low), j = within(b, low);
  qy_status status = QY_OK;
  double ratio = 0;
  for (double at = low; !status;) {
    ratio = ratio_of(a->stair[i - 1].value, b->stair[j - 1].value);
    double next = INFINITY;
    if (i < a->steps) next = a->stair[i].cost;
    if (j < b->steps && b->stair[j].cost < next) next = b->stair[j].cost;
    const bool last = at >= high || next > high;
    if (next > high) next = high;
    status = add(g, ratio, at > 0 && next > at ? log(next / at) : 0, err);
    if (!(ratio > 1)) g->better_from = fmax(g->better_from, next);
    if (last) break;
    at = next;
    i += i < a->steps && a->stair[i].cost <= at;
    j += j < b->steps && b->stair[j].cost <= at;
  }
  if (!(ratio > 1)) g->ends_worse = true;
  return status;
}

typedef struct order {
  double value, weight;
} order;

static int by_value(const void *p, const void *q)
{
  const order *a = p, *b = q;
  return (a->value > b->value) - (a->value < b->value);
}

qy_status qy_crossover_median(double *median, const double *value, const double *weight, size_t count, qy_error *err)
{
  double total = 0, below = 0, lower = NAN, upper = NAN;
  order *sorted = qy_alloc(count + 1, sizeof *sorted);
  if (!sorted) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    sorted[i] = (order){value[i], weight ? weight[i] : 1};
    total += sorted[i].weight;
  }
  qsort(sorted, count, sizeof *sorted, by_value);
  const double slack = 1e-12 * total; /* of rounding: halves are halves */
  for (size_t i = 0; i < count && isnan(upper); i++) {
    below += sorted[i].weight;
    if (!(sorted[i].weight > 0)) continue;
    if (isnan(lower) && below >= total / 2 - slack) lower = sorted[i].value;
    if (below > total / 2 + slack) upper = sorted[i].value;
  }
  free(sorted);
  *median = isnan(upper) || lower == upper || isinf(upper) ? lower : sqrt(lower) * sqrt(upper);
  return QY_OK;
}

/* Median, ends and shares of what was gathered. */
static qy_status settle(qy_crossover *out, gains *g, qy_error *err)
{
  double *ratio = g->ratio, *width = g->width;
  for (size_t k = 0; k < g->count; k++) {
    out->gain_min = fmin(out->gain_min, ratio[k]);
    out->gain_max = fmax(out->gain_max, ratio[k]);
  }
  if (!(g->total > 0)) { /* single budgets: each counts alike */
    g->better = 0;
    g->total = (double)g->count;
    for (size_t k = 0; k < g->count; k++) {
      width[k] = 1;
      g->better += ratio[k] > 1;
    }
  }
  out->better_frac = g->better / g->total;
  if (!g->ends_worse) out->better_from = fmax(out->low, g->better_from);
  return qy_crossover_median(&out->gain, ratio, width, g->count, err);
}

/* One level: its steps, or its gain at one budget. */
static qy_status level(qy_crossover *out, gains *g, const side *a, const side *b, const double *budget, qy_error *err)
{
  double low, high;
  qy_crossover_reason reason = QY_CROSSOVER_COMPARED;
  if (budget) {
    const size_t i = within(a, *budget), j = within(b, *budget);
    if (i && j) {
      out->compared++;
      return add(g, ratio_of(a->stair[i - 1].value, b->stair[j - 1].value), 1, err);
    }
    reason = i ? QY_CROSSOVER_NO_SET : QY_CROSSOVER_NO_BASE;
  } else if (common(&low, &high, a, b)) {
    out->low = out->compared ? fmin(out->low, low) : low;
    out->high = out->compared ? fmax(out->high, high) : high;
    out->compared++;
    return sweep(g, a, b, low, high, err);
  } else {
    reason = QY_CROSSOVER_RANGE;
    if (!out->compared) {
      out->low = low;
      out->high = high;
    }
  }
  out->reason = reason; /* of the last level, unless one is compared */
  return QY_OK;
}

static qy_status compare(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set,
                         const double *budget, qy_error *err)
{
  side a = {0}, b = {0};
  gains g = {.better_from = 0};
  *out = (qy_crossover){QY_CROSSOVER_QUALITY, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, NAN, NAN};
  qy_status status = side_new(&a, base, err);
  if (!status) status = side_new(&b, set, err);
  while (!status && b.count && a.taken < a.count) {
    const double q = a.point[a.taken].quality;
    if (!take(&a, q)) continue;
    out->levels++;
    out->base_quality = q;
    take(&b, q);
    if (b.steps) status = level(out, &g, &a, &b, budget, err);
  }
  if (!status && !a.count) out->reason = QY_CROSSOVER_NO_BASE;
  if (!status && a.count && !b.count) out->reason = QY_CROSSOVER_NO_SET;
  if (!status && b.count) out->set_quality = b.point[0].quality;
  if (!base->quality) out->base_quality = out->set_quality = NAN;
  if (budget) out->low = out->high = *budget;
  if (!status && out->compared) {
    out->reason = QY_CROSSOVER_COMPARED;
    status = settle(out, &g, err);
  }
  if (budget) out->better_from = NAN;
  side_free(&a);
  side_free(&b);
  free(g.ratio);
  free(g.width);
  return status;
}

qy_status qy_crossover_find(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set, qy_error *err)
{
  assert(out && base && set && !base->quality == !set->quality);
  return compare(out, base, set, NULL, err);
}

qy_status qy_crossover_at(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set, double budget,
                          qy_error *err)
{
  assert(out && base && set && !base->quality == !set->quality && budget >= 0);
  return compare(out, base, set, &budget, err);
}
