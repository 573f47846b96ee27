/* Two falling staircases compared at every budget of their common range, level of quality by level; see crossover.h.
 *
 * Points come in order of falling quality, so that the staircases of the next level are those of the last one with a
 * few points more.
 */
#include "quarry/crossover.h"

#include "quarry/alloc.h"
#include "quarry/pareto.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct step {
  double cost, value, quality, second;
} step;

/* A set while its points are taken in. */
typedef struct side {
  step *point; /* [count] by falling quality; with two qualities by cost, then value */
  size_t count, taken;
  step *stair; /* [steps] cost rising, value falling */
  size_t steps;
} side;

/* Gains and how much of the range each holds on. */
typedef struct gains {
  void *ratio, *width;
  size_t count, ratio_room, width_room;
  double total, better;
} gains;

/* One comparison while its levels go by. */
typedef struct work {
  const qy_crossover_range *range; /* all levels within it; NULL: at one budget */
  double budget;
  gains within;
  gains unlimited;    /* one a level */
  double better_from; /* largest end of a step whose gain is not above 1 */
} work;

static int by_quality(const void *p, const void *q)
{
  const step *a = p, *b = q;
  return (a->quality < b->quality) - (a->quality > b->quality);
}

static int by_cost(const void *p, const void *q)
{
  const step *a = p, *b = q;
  if (a->cost != b->cost) return a->cost < b->cost ? -1 : 1;
  return (a->value > b->value) - (a->value < b->value);
}

static qy_status side_new(side *s, const qy_crossover_set *set, qy_error *err)
{
  *s = (side){.point = qy_alloc(set->count + 1, sizeof(step)), .stair = qy_alloc(set->count + 1, sizeof(step))};
  if (!s->point || !s->stair) return qy_no_memory(err);
  for (size_t i = 0; i < set->count; i++) {
    const step p = {set->cost[i], set->value[i], set->quality ? set->quality[i] : 0, set->second ? set->second[i] : 0};
    if (isnan(p.cost) || isnan(p.value) || isnan(p.quality) || isnan(p.second)) continue;
    assert(p.cost >= 0 && p.value >= 0);
    s->point[s->count++] = p;
  }
  if (set->quality) qsort(s->point, s->count, sizeof *s->point, set->second ? by_cost : by_quality);
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

__attribute__((unused)) /* without assertions */
static bool
is_alike(const qy_crossover_set *base, const qy_crossover_set *set)
{
  return !base->quality == !set->quality && !base->second == !set->second && (base->quality || !base->second);
}

/* Take the points of quality >= q in; did the staircase fall anywhere? */
static bool take(side *s, double q)
{
  bool changed = false;
  for (; s->taken < s->count && s->point[s->taken].quality >= q; s->taken++) {
    const step p = s->point[s->taken];
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

/* The staircase of the points of both qualities. */
static void restrict_to(side *s, const step *level)
{
  s->steps = 0;
  for (size_t i = 0; i < s->count; i++) {
    const step *p = &s->point[i];
    if (p->quality < level->quality || p->second < level->second) continue;
    if (s->steps == 0 || p->value < s->stair[s->steps - 1].value) s->stair[s->steps++] = *p;
  }
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

static void gains_free(gains *g)
{
  free(g->ratio);
  free(g->width);
}

/* The least cost above 0 at which a staircase falls; NaN: none. */
static double first_fall(const side *a, const side *b)
{
  const size_t i = within(a, 0), j = within(b, 0);
  return fmin(i < a->steps ? a->stair[i].cost : NAN, j < b->steps ? b->stair[j].cost : NAN);
}

/* The common range of the staircases as they are. */
static qy_crossover_range common(const side *a, const side *b)
{
  return (qy_crossover_range){fmax(a->stair[0].cost, b->stair[0].cost),
                              fmax(a->stair[a->steps - 1].cost, b->stair[b->steps - 1].cost), first_fall(a, b)};
}

void qy_crossover_join(qy_crossover_range *range, const qy_crossover_range *other)
{
  assert(range && other);
  range->low = fmax(range->low, other->low); /* fmax, fmin: NaN does not count */
  range->high = fmax(range->high, other->high);
  range->falls = fmin(range->falls, other->falls);
}

/* The steps of one level, from low to high. */
static qy_status sweep(work *w, const side *a, const side *b, double low, double high, qy_error *err)
{
  size_t i = within(a, low), j = within(b, low);
  qy_status status = QY_OK;
  for (double at = low; !status;) {
    const double ratio = ratio_of(a->stair[i - 1].value, b->stair[j - 1].value);
    double next = INFINITY;
    if (i < a->steps) next = a->stair[i].cost;
    if (j < b->steps && b->stair[j].cost < next) next = b->stair[j].cost;
    const bool last = at >= high || next > high;
    if (next > high) next = high;
    status = add(&w->within, ratio, at > 0 && next > at ? log(next / at) : 0, err);
    if (!(ratio > 1)) w->better_from = fmax(w->better_from, next);
    if (last) break;
    at = next;
    i += i < a->steps && a->stair[i].cost <= at;
    j += j < b->steps && b->stair[j].cost <= at;
  }
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
static qy_status settle(qy_crossover *out, work *w, qy_error *err)
{
  gains *g = &w->within, *u = &w->unlimited;
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
  if (w->range && u->better == u->total) out->better_from = fmax(out->low, w->better_from);
  return qy_crossover_median(&out->gain, ratio, width, g->count, err);
}

/* One level over its part of the range. */
static qy_status level_in(qy_crossover *out, work *w, const side *a, const side *b, qy_error *err)
{
  const double begin = fmax(w->range->low, fmax(a->stair[0].cost, b->stair[0].cost)), high = w->range->high;
  if (!(begin <= high)) {
    out->reason = QY_CROSSOVER_RANGE; /* of the last level, unless one is compared */
    return QY_OK;
  }
  const double low = begin > 0 || !(w->range->falls <= high) ? begin : w->range->falls;
  out->low = out->compared ? fmin(out->low, low) : low;
  out->high = high;
  out->compared++;
  return sweep(w, a, b, low, high, err);
}

static qy_status level_at(qy_crossover *out, work *w, const side *a, const side *b, qy_error *err)
{
  const size_t i = within(a, w->budget), j = within(b, w->budget);
  if (!i || !j) {
    out->reason = i ? QY_CROSSOVER_NO_SET : QY_CROSSOVER_NO_BASE;
    return QY_OK;
  }
  out->compared++;
  return add(&w->within, ratio_of(a->stair[i - 1].value, b->stair[j - 1].value), 1, err);
}

static qy_status level(qy_crossover *out, work *w, const side *a, const side *b, qy_error *err)
{
  const qy_status status =
      add(&w->unlimited, ratio_of(a->stair[a->steps - 1].value, b->stair[b->steps - 1].value), 1, err);
  return status ? status : (w->range ? level_in : level_at)(out, w, a, b, err);
}

/* Both sides at one level of quality after the other. */
typedef qy_status level_fn(void *ctx, const side *a, const side *b, qy_error *err);

typedef struct levels {
  size_t count;
  double base_quality, set_quality;
  bool base_is_empty, set_is_empty;
} levels;

static int by_both(const void *p, const void *q)
{
  const step *a = p, *b = q;
  if (a->quality != b->quality) return a->quality > b->quality ? -1 : 1;
  return (a->second < b->second) - (a->second > b->second);
}

/* The points of the base whose pairs of qualities are levels, one of each pair. */
static qy_status find_pairs(step **pair, size_t *count, const side *base, qy_error *err)
{
  enum { COLUMNS = 4 };
  const size_t n = base->count;
  double *column[COLUMNS] = {qy_alloc(n + 1, COLUMNS * sizeof(double))};
  uint8_t *front = qy_alloc(n + 1, 1);
  *pair = qy_alloc(n + 1, sizeof **pair);
  *count = 0;
  qy_status status = column[0] && front && *pair ? QY_OK : qy_no_memory(err);
  for (int c = 1; c < COLUMNS && !status; c++)
    column[c] = column[0] + (size_t)c * n;
  for (size_t i = 0; i < n && !status; i++) {
    const step *p = &base->point[i];
    const double row[COLUMNS] = {p->cost, p->value, -p->quality, -p->second};
    for (int c = 0; c < COLUMNS; c++)
      column[c][i] = row[c];
  }
  size_t kept = 0;
  if (!status && n) status = qy_pareto(front, &kept, (const double *const *)column, COLUMNS, n, err);
  kept = 0;
  for (size_t i = 0; i < n && !status; i++)
    if (front[i]) (*pair)[kept++] = base->point[i];
  if (kept) qsort(*pair, kept, sizeof **pair, by_both);
  for (size_t i = 0; i < kept; i++)
    if (i == 0 || by_both(&(*pair)[i], &(*pair)[*count - 1])) (*pair)[(*count)++] = (*pair)[i];
  free(column[0]);
  free(front);
  return status;
}

static qy_status each_pair(levels *l, side *a, side *b, level_fn *visit, void *ctx, qy_error *err)
{
  step *pair = NULL;
  size_t count = 0;
  qy_status status = find_pairs(&pair, &count, a, err);
  for (size_t i = 0; i < count && !status; i++) {
    restrict_to(a, &pair[i]);
    restrict_to(b, &pair[i]);
    l->count++;
    l->base_quality = pair[i].quality;
    if (b->steps) status = visit(ctx, a, b, err);
  }
  free(pair);
  return status;
}

static double best_quality(const side *s)
{
  double best = NAN;
  for (size_t i = 0; i < s->count; i++)
    best = fmax(best, s->point[i].quality);
  return best;
}

static qy_status each_level(levels *l, const qy_crossover_set *base, const qy_crossover_set *set, level_fn *visit,
                            void *ctx, qy_error *err)
{
  side a = {0}, b = {0};
  *l = (levels){.base_quality = NAN, .set_quality = NAN};
  qy_status status = side_new(&a, base, err);
  if (!status) status = side_new(&b, set, err);
  if (!status && base->second && b.count) status = each_pair(l, &a, &b, visit, ctx, err);
  while (!status && !base->second && b.count && a.taken < a.count) {
    const double q = a.point[a.taken].quality;
    if (!take(&a, q)) continue;
    l->count++;
    if (base->quality) l->base_quality = q;
    take(&b, q);
    if (b.steps) status = visit(ctx, &a, &b, err);
  }
  l->base_is_empty = !a.count;
  l->set_is_empty = !b.count;
  if (!status && set->quality) l->set_quality = best_quality(&b);
  side_free(&a);
  side_free(&b);
  return status;
}

static qy_status widen(void *ctx, const side *a, const side *b, qy_error *err)
{
  qy_crossover_range *out = ctx;
  const qy_crossover_range own = common(a, b);
  (void)err;
  out->low = fmin(out->low, own.low);
  out->high = fmax(out->high, own.high);
  out->falls = fmin(out->falls, own.falls);
  return QY_OK;
}

qy_status qy_crossover_range_of(qy_crossover_range *out, const qy_crossover_set *base, const qy_crossover_set *set,
                                qy_error *err)
{
  assert(out && base && set && is_alike(base, set));
  levels l;
  *out = (qy_crossover_range){NAN, NAN, NAN};
  return each_level(&l, base, set, widen, out, err);
}

typedef struct comparing {
  qy_crossover *out;
  work *w;
} comparing;

static qy_status compare_level(void *ctx, const side *a, const side *b, qy_error *err)
{
  const comparing *c = ctx;
  return level(c->out, c->w, a, b, err);
}

static qy_status compare(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set, work *w,
                         qy_error *err)
{
  levels l;
  *out = (qy_crossover){QY_CROSSOVER_QUALITY, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, 0, NAN, NAN};
  qy_status status = each_level(&l, base, set, compare_level, &(comparing){out, w}, err);
  out->levels = l.count;
  out->base_quality = l.base_quality;
  out->set_quality = l.set_quality;
  if (l.base_is_empty || l.set_is_empty) out->reason = l.base_is_empty ? QY_CROSSOVER_NO_BASE : QY_CROSSOVER_NO_SET;
  if (!w->range) out->low = out->high = w->budget;
  if (!status && out->compared) {
    out->reason = QY_CROSSOVER_COMPARED;
    status = settle(out, w, err);
  }
  if (!status)
    status = qy_crossover_median(&out->unlimited, w->unlimited.ratio, w->unlimited.width, w->unlimited.count, err);
  gains_free(&w->within);
  gains_free(&w->unlimited);
  return status;
}

qy_status qy_crossover_find(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set,
                            const qy_crossover_range *range, qy_error *err)
{
  assert(out && base && set && is_alike(base, set));
  qy_crossover_range own;
  const qy_status status = range ? QY_OK : qy_crossover_range_of(&own, base, set, err);
  return status ? status : compare(out, base, set, &(work){.range = range ? range : &own}, err);
}

qy_status qy_crossover_at(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set, double budget,
                          qy_error *err)
{
  assert(out && base && set && is_alike(base, set) && budget >= 0);
  return compare(out, base, set, &(work){.budget = budget}, err);
}
