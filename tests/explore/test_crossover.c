/* Gains within equal budgets against a direct reading of their definition: at every budget where anything can change,
 * the least value of each set by a full scan, level of quality by level.
 */
#include "tap.h"

#include "quarry/crossover.h"

#include <stdlib.h>

enum { MOST = 12, LEVELS = 12, PIECES = 4096 };

typedef struct cloud {
  size_t n;
  double cost[MOST], value[MOST], quality[MOST];
} cloud;

static double least(const cloud *s, double limit, double quality)
{
  double best = INFINITY;
  for (size_t i = 0; i < s->n; i++)
    if (s->cost[i] <= limit && s->quality[i] >= quality && s->value[i] < best) best = s->value[i];
  return best;
}

/* Is the quality of point i a level: does no other point equal or beat it in all three? */
static int is_level(const cloud *s, size_t i)
{
  for (size_t k = 0; k < s->n; k++) {
    const int same = s->cost[k] == s->cost[i] && s->value[k] == s->value[i] && s->quality[k] == s->quality[i];
    if (k < i && s->quality[k] == s->quality[i] && is_level(s, k)) return 0; /* counted once */
    if (!same && s->cost[k] <= s->cost[i] && s->value[k] <= s->value[i] && s->quality[k] >= s->quality[i]) return 0;
  }
  return 1;
}

/* The common range by its words: the least budget with a point of both, and the last at which either falls, over all
 * levels that both reach. */
static int range(double *low, double *high, const cloud *a, const cloud *b)
{
  const cloud *set[] = {a, b};
  *low = INFINITY;
  *high = 0;
  for (size_t l = 0; l < a->n; l++) {
    const double q = a->quality[l];
    double begin = 0;
    if (!is_level(a, l) || isinf(least(b, INFINITY, q))) continue;
    for (int s = 0; s < 2; s++) {
      double first = INFINITY;
      for (size_t i = 0; i < set[s]->n; i++) {
        const double c = set[s]->cost[i];
        if (set[s]->quality[i] < q) continue;
        first = fmin(first, c);
        if (least(set[s], c, q) < least(set[s], c * (1 - 1e-9), q)) *high = fmax(*high, c);
      }
      begin = fmax(begin, first);
    }
    *low = fmin(*low, begin);
  }
  return !isinf(*low);
}

/* The least budget that holds a point of both at a quality. */
static double first_of_both(const cloud *a, const cloud *b, double q)
{
  double at = INFINITY;
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < (s ? b : a)->n; i++) {
      const double c = (s ? b : a)->cost[i];
      if (!isinf(least(a, c, q)) && !isinf(least(b, c, q))) at = fmin(at, c);
    }
  return at;
}

typedef struct pieces {
  double gain[PIECES], width[PIECES], total, better, low, high, from, least, most;
  double unlimited[LEVELS];
  size_t n;
  int levels, compared, ends_worse;
} pieces;

static int rising(const void *p, const void *q)
{
  const double *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

static void level_pieces(pieces *p, const cloud *a, const cloud *b, double q, double low, double high)
{
  double at[2 * MOST + 2] = {low, high};
  size_t n = 2;
  for (size_t i = 0; i < a->n; i++)
    if (a->cost[i] > low && a->cost[i] < high) at[n++] = a->cost[i];
  for (size_t i = 0; i < b->n; i++)
    if (b->cost[i] > low && b->cost[i] < high) at[n++] = b->cost[i];
  qsort(at, n, sizeof *at, rising);
  for (size_t i = 0; i < n; i++) {
    const double width = i + 1 < n ? log(at[i + 1] / at[i]) : 0;
    const double gain = least(a, at[i], q) / least(b, at[i], q);
    p->gain[p->n] = gain;
    p->width[p->n++] = width;
    p->total += width;
    if (gain > 1) p->better += width;
    if (!(gain > 1)) p->from = fmax(p->from, i + 1 < n ? at[i + 1] : high);
    p->least = fmin(p->least, gain);
    p->most = fmax(p->most, gain);
  }
}

/* given: a range, NULL: that of the two. */
static void enumerate(pieces *p, const cloud *a, const cloud *b, const qy_crossover_range *given)
{
  double low = 0, high = 0;
  *p = (pieces){.low = INFINITY, .least = INFINITY};
  const int any = range(&low, &high, a, b);
  if (given) low = given->low, high = given->high;
  for (size_t l = 0; l < a->n; l++) {
    const double q = a->quality[l];
    if (!is_level(a, l)) continue;
    p->levels++;
    if (!any || isinf(least(b, INFINITY, q))) continue;
    const double end = least(a, INFINITY, q) / least(b, INFINITY, q), begin = fmax(low, first_of_both(a, b, q));
    if (!(end > 1)) p->ends_worse = 1;
    p->unlimited[p->compared++] = end;
    p->low = fmin(p->low, begin);
    p->high = high;
    level_pieces(p, a, b, q, begin, high);
  }
}

/* Neither more than half below nor more than half above: what a median is. */
static int is_median(double gain, const double *value, const double *width, size_t n, double total)
{
  double below = 0, above = 0;
  for (size_t i = 0; i < n; i++) {
    const double w = width ? width[i] : 1;
    if (value[i] < gain * (1 - 1e-12)) below += w;
    if (value[i] > gain * (1 + 1e-12)) above += w;
  }
  return below <= total / 2 * (1 + 1e-9) && above <= total / 2 * (1 + 1e-9);
}

static int close_to(double a, double b)
{
  return (isnan(a) && isnan(b)) || a == b || fabs(a - b) <= 1e-12 * fabs(b);
}

static qy_crossover_set set_of(const cloud *s, int quality)
{
  return (qy_crossover_set){s->n, s->cost, s->value, quality ? s->quality : NULL, NULL};
}

/* The least quality of a level, and the best of the set. */
static int agrees_in_quality(const qy_crossover *got, const cloud *a, const cloud *b, int quality)
{
  double base = INFINITY, set = -INFINITY;
  if (!quality) return isnan(got->base_quality) && isnan(got->set_quality);
  for (size_t l = 0; l < a->n; l++)
    if (is_level(a, l)) base = fmin(base, a->quality[l]);
  for (size_t l = 0; l < b->n; l++)
    set = fmax(set, b->quality[l]);
  return got->base_quality == base && got->set_quality == set;
}

static int agrees(const cloud *a, const cloud *b, int quality, const qy_crossover_range *given)
{
  static pieces p;
  qy_error err = {0};
  qy_crossover got;
  const qy_crossover_set base = set_of(a, quality), set = set_of(b, quality);
  if (qy_crossover_find(&got, &base, &set, given, &err)) return 0;
  enumerate(&p, a, b, given);
  if (a->n && b->n && got.levels != (size_t)p.levels) return 0;
  if (got.compared != (size_t)p.compared || (got.reason == QY_CROSSOVER_COMPARED) != (p.compared > 0)) return 0;
  if (!p.compared) return isnan(got.gain) && isnan(got.unlimited) && isnan(got.better_frac) && isnan(got.better_from);
  if (!agrees_in_quality(&got, a, b, quality)) return 0;
  if (!close_to(got.low, p.low) || !close_to(got.high, p.high)) return 0;
  if (!close_to(got.gain_min, p.least) || !close_to(got.gain_max, p.most)) return 0;
  if (!is_median(got.unlimited, p.unlimited, NULL, (size_t)p.compared, p.compared)) return 0;
  const double from = p.ends_worse ? NAN : fmax(p.from, p.low);
  if (!close_to(got.better_from, from)) return 0;
  if (p.total > 0) {
    if (fabs(got.better_frac - p.better / p.total) > 1e-9) return 0;
    return is_median(got.gain, p.gain, p.width, p.n, p.total);
  }
  double better = 0;
  for (size_t k = 0; k < p.n; k++)
    better += p.gain[k] > 1;
  return close_to(got.better_frac, better / (double)p.n) && is_median(got.gain, p.gain, NULL, p.n, (double)p.n);
}

/* At one budget: the median of the levels. */
static int agrees_at(const cloud *a, const cloud *b, int quality, double budget)
{
  qy_error err = {0};
  qy_crossover got;
  const qy_crossover_set base = set_of(a, quality), set = set_of(b, quality);
  double gain[LEVELS], better = 0;
  size_t n = 0;
  if (qy_crossover_at(&got, &base, &set, budget, &err)) return 0;
  for (size_t l = 0; l < a->n; l++) {
    const double x = least(a, budget, a->quality[l]), y = least(b, budget, a->quality[l]);
    if (!is_level(a, l) || isinf(x) || isinf(y)) continue;
    better += x > y;
    gain[n++] = x / y;
  }
  if (got.compared != n || (n > 0 && !close_to(got.better_frac, better / (double)n))) return 0;
  return n == 0 ? isnan(got.gain) : is_median(got.gain, gain, NULL, n, (double)n);
}

/* The median of many budgets spread evenly in the logarithm, one set of qualities. */
static int agrees_with_samples(const cloud *a, const cloud *b)
{
  enum { SAMPLES = 20000 };
  qy_error err = {0};
  qy_crossover got;
  const qy_crossover_set base = set_of(a, 0), set = set_of(b, 0);
  if (qy_crossover_find(&got, &base, &set, NULL, &err)) return 0;
  if (got.reason != QY_CROSSOVER_COMPARED || got.low == got.high) return 1;
  int below = 0, above = 0, better = 0;
  for (int s = 0; s < SAMPLES; s++) {
    const double c = got.low * pow(got.high / got.low, (s + 0.5) / SAMPLES);
    const double gain = least(a, c, 0) / least(b, c, 0);
    below += gain < got.gain * (1 - 1e-12);
    above += gain > got.gain * (1 + 1e-12);
    better += gain > 1;
  }
  const int slack = 2 * MOST; /* a step may fall between two samples */
  return below <= SAMPLES / 2 + slack && above <= SAMPLES / 2 + slack &&
         fabs(better - got.better_frac * SAMPLES) <= slack;
}

/* Two qualities: every pair of the base's points that no other of them equals or beats in all four is a level. */
static int is_pair(const cloud *s, const double *second, size_t i)
{
  for (size_t k = 0; k < s->n; k++) {
    const int same_pair = s->quality[k] == s->quality[i] && second[k] == second[i];
    const int same = same_pair && s->cost[k] == s->cost[i] && s->value[k] == s->value[i];
    if (k < i && same_pair && is_pair(s, second, k)) return 0; /* counted once */
    if (!same && s->cost[k] <= s->cost[i] && s->value[k] <= s->value[i] && s->quality[k] >= s->quality[i] &&
        second[k] >= second[i])
      return 0;
  }
  return 1;
}

static double least_of_both(const cloud *s, const double *second, double limit, double q, double r)
{
  double best = INFINITY;
  for (size_t i = 0; i < s->n; i++)
    if (s->cost[i] <= limit && s->quality[i] >= q && second[i] >= r && s->value[i] < best) best = s->value[i];
  return best;
}

static int agrees_in_both(const cloud *a, const double *a2, const cloud *b, const double *b2)
{
  enum { BUDGETS = 11 };
  qy_error err = {0};
  qy_crossover got;
  int agrees = 1;
  const qy_crossover_set base = {a->n, a->cost, a->value, a->quality, a2},
                         set = {b->n, b->cost, b->value, b->quality, b2};
  for (int budget = 0; budget <= BUDGETS; budget++) {
    double gain[LEVELS], unlimited[LEVELS];
    size_t n = 0, reached = 0, levels = 0;
    if (qy_crossover_at(&got, &base, &set, budget, &err)) return 0;
    for (size_t l = 0; l < a->n; l++) {
      if (!is_pair(a, a2, l)) continue;
      levels++;
      const double q = a->quality[l], r = a2[l], any = least_of_both(b, b2, INFINITY, q, r);
      if (!isinf(any)) unlimited[reached++] = least_of_both(a, a2, INFINITY, q, r) / any;
      const double x = least_of_both(a, a2, budget, q, r), y = least_of_both(b, b2, budget, q, r);
      if (!isinf(x) && !isinf(y)) gain[n++] = x / y;
    }
    agrees = agrees && got.compared == n && (!b->n || got.levels == levels) && (n == 0) == (got.reason != 0);
    agrees = agrees && (n == 0 ? isnan(got.gain) : is_median(got.gain, gain, NULL, n, (double)n));
    agrees = agrees && (reached == 0 ? isnan(got.unlimited)
                                     : is_median(got.unlimited, unlimited, NULL, reached, (double)reached));
  }
  return agrees;
}

/* A quality that is held twice says nothing new. */
static int same_twice(const cloud *a, const cloud *b)
{
  qy_error err = {0};
  qy_crossover one, two;
  qy_crossover_set base = set_of(a, 1), set = set_of(b, 1);
  if (qy_crossover_find(&one, &base, &set, NULL, &err)) return 0;
  base.second = a->quality;
  set.second = b->quality;
  if (qy_crossover_find(&two, &base, &set, NULL, &err)) return 0;
  return one.reason == two.reason && one.levels == two.levels && one.compared == two.compared &&
         close_to(one.low, two.low) && close_to(one.high, two.high) && close_to(one.gain, two.gain) &&
         close_to(one.better_from, two.better_from) && close_to(one.set_quality, two.set_quality) &&
         close_to(one.gain_min, two.gain_min) && close_to(one.gain_max, two.gain_max) &&
         close_to(one.better_frac, two.better_frac) && close_to(one.base_quality, two.base_quality);
}

static cloud random_cloud(int quality)
{
  cloud s = {.n = (size_t)(rand() % MOST)};
  for (size_t i = 0; i < s.n; i++) {
    s.cost[i] = 1 + rand() % 9;
    s.value[i] = 1 + rand() % 9;
    s.quality[i] = quality ? rand() % 4 - 4 : 0;
  }
  return s;
}

/* Are points with a NaN in any one column left out? */
static int leaves_out_nan(const cloud *a, const double *a2, const cloud *b, const double *b2)
{
  enum { COLUMNS = 4, MORE = MOST + COLUMNS };
  qy_error err = {0};
  qy_crossover with, without;
  double more[COLUMNS][MORE];
  const double *const column[COLUMNS] = {a->cost, a->value, a->quality, a2};
  const qy_crossover_set base = {a->n, a->cost, a->value, a->quality, a2},
                         set = {b->n, b->cost, b->value, b->quality, b2},
                         spoilt = {a->n + COLUMNS, more[0], more[1], more[2], more[3]};
  for (int k = 0; k < COLUMNS; k++) {
    for (int bad = 0; bad < COLUMNS; bad++) /* in the others as good as can be */
      more[k][bad] = bad == k ? NAN : k < 2 ? 0.5 : 9;
    memcpy(more[k] + COLUMNS, column[k], a->n * sizeof(double));
  }
  if (qy_crossover_find(&with, &spoilt, &set, NULL, &err) || qy_crossover_find(&without, &base, &set, NULL, &err))
    return 0;
  return with.reason == without.reason && with.levels == without.levels && with.compared == without.compared &&
         close_to(with.gain, without.gain) && close_to(with.low, without.low) && close_to(with.high, without.high);
}

static void closed_forms(void)
{
  qy_error err = {0};
  qy_crossover x;
  const double ac[] = {1, 2, 6}, av[] = {12, 6, 3}, bc[] = {1.5, 3}, bv[] = {12, 2};
  const qy_crossover_set a = {3, ac, av, NULL, NULL}, b = {2, bc, bv, NULL, NULL}, none = {0};
  qy_crossover_find(&x, &a, &b, NULL, &err);
  is_int(x.reason, QY_CROSSOVER_COMPARED, "there is a common range");
  near_rel(x.low, 1.5, 0, "from the least budget that holds both");
  near_rel(x.high, 6, 0, "to the last at which one of them falls");
  near_rel(x.gain, sqrt(3), 1e-15, "1 on 1.5..2, a half on 2..3, 3 on 3..6: halves by the logarithm");
  near_rel(x.gain_max, 3, 0, "three times better at most");
  near_rel(x.unlimited, 1.5, 0, "one and a half times without a limit");
  near_rel(x.better_frac, 0.5, 1e-15, "better on half of the range");
  near_rel(x.better_from, 3, 0, "from 3 on, and beyond the range too");
  qy_crossover_find(&x, &b, &a, NULL, &err);
  near_rel(x.gain, 1 / sqrt(3), 1e-15, "the other way round the gain is its inverse");
  near_rel(x.unlimited, 2 / 3.0, 1e-15, "without a limit too");
  ok(isnan(x.better_from), "and better from no budget on");
  qy_crossover_at(&x, &a, &b, 2.5, &err);
  near_rel(x.gain, 0.5, 0, "at a budget in the range");
  qy_crossover_at(&x, &a, &b, 100, &err);
  near_rel(x.gain, 1.5, 0, "at a budget beyond the range");
  qy_crossover_at(&x, &a, &b, 1.2, &err);
  ok(x.reason == QY_CROSSOVER_NO_SET && isnan(x.gain), "below the set there is none");
  qy_crossover_find(&x, &a, &none, NULL, &err);
  ok(x.reason == QY_CROSSOVER_NO_SET && isnan(x.gain), "an empty set is not compared");
  qy_crossover_find(&x, &none, &a, NULL, &err);
  ok(x.reason == QY_CROSSOVER_NO_BASE && isnan(x.gain), "nor is an empty base");

  /* Halves: 8 times on 1..2, twice on 2..4. */
  const double cc[] = {1, 2, 4}, cv[] = {8, 2, 1}, dc[] = {1, 4}, dv[] = {1, 1};
  const qy_crossover_set c = {3, cc, cv, NULL, NULL}, d = {2, dc, dv, NULL, NULL};
  qy_crossover_find(&x, &c, &d, NULL, &err);
  near_rel(x.gain, 4, 1e-15, "of two steps of equal length the geometric mean");

  const double far[] = {10, 20}, one[] = {1, 1};
  const qy_crossover_set e = {2, far, one, NULL, NULL};
  qy_crossover_find(&x, &a, &e, NULL, &err);
  ok(!x.reason && x.low == 10 && x.high == 10 && x.gain == 3, "one ends before the other begins: its best is compared");
  const double zero[] = {0, 2, 8}, fall[] = {4, 2, 1};
  const qy_crossover_set f = {3, zero, fall, NULL, NULL};
  qy_crossover_find(&x, &f, &f, NULL, &err);
  ok(x.low == 2 && x.high == 8 && x.gain == 1, "a cost of 0 is within every budget");
}

/* A base whose next step comes 0.04 % of the area after that of the proposal: "4.00 times" that nobody can build. */
static void cancelled(void)
{
  enum { STEPS = 8 };
  double ac[STEPS], av[STEPS], bc[STEPS], bv[STEPS];
  qy_error err = {0};
  qy_crossover x;
  for (int i = 0; i < STEPS; i++) {
    bc[i] = 10000 * pow(2, i);
    ac[i] = bc[i] * 1.0004;
    av[i] = bv[i] = 1000 / pow(4, i);
  }
  ac[0] = bc[0];
  const qy_crossover_set a = {STEPS, ac, av, NULL, NULL}, b = {STEPS, bc, bv, NULL, NULL};
  qy_crossover_find(&x, &a, &b, NULL, &err);
  near_rel(x.gain_max, 4, 1e-12, "a base that follows 0.04 % later: 4.00 times at most");
  ok(x.gain == 1, "of which the median knows nothing");
  ok(x.better_frac < 0.001, "better on less than 0.1 %% of the range");
  qy_crossover_at(&x, &a, &b, 20000, &err);
  near_rel(x.gain, 4, 1e-12, "4 times at just this budget");
  qy_crossover_at(&x, &a, &b, 20000 * 1.0004, &err);
  ok(x.gain == 1, "none with 0.04 %% more");
}

/* Better nearly everywhere, and worse at the end: latency falls up to 16, energy only up to 4. */
static void shared(void)
{
  qy_error err = {0};
  qy_crossover x;
  qy_crossover_range r, other;
  const double cost[] = {1, 4, 16}, slow[] = {8, 8, 2}, base_pj[] = {10, 6, 9}, set_pj[] = {5, 7, 7};
  const qy_crossover_set base = {3, cost, base_pj, NULL, NULL}, set = {3, cost, set_pj, NULL, NULL},
                         late = {3, cost, slow, NULL, NULL};
  qy_crossover_find(&x, &base, &set, NULL, &err);
  ok(x.low == 1 && x.high == 4 && x.gain == 2 && x.better_frac == 1, "alone: twice as good up to its last step");
  near_rel(x.unlimited, 1.2, 1e-15, "which the gain without a limit has");
  qy_crossover_range_of(&r, &base, &set, &err);
  qy_crossover_range_of(&other, &late, &late, &err);
  qy_crossover_join(&r, &other);
  ok(r.low == 1 && r.high == 16, "two metrics share the range to the last step of either");
  qy_crossover_find(&x, &base, &set, &r, &err);
  near_rel(x.gain, sqrt(2 * 1.2), 1e-15, "twice on half of it, 1.2 times on the other");
  const double worse_pj[] = {5, 7, 6.5};
  const double early[] = {10, 4.5, 9};
  const qy_crossover_set strong = {3, cost, early, NULL, NULL}, weak = {3, cost, worse_pj, NULL, NULL};
  qy_crossover_find(&x, &strong, &weak, NULL, &err);
  ok(x.better_frac == 1 && x.gain == 2 && x.unlimited == 0.9, "better on all of the range, worse beyond it");
  ok(isnan(x.better_from), "is better from no budget on");
  qy_crossover_find(&x, &strong, &weak, &r, &err);
  ok(x.better_frac == 0.5 && isnan(x.better_from), "with the shared range that shows");
  const qy_crossover_range none = {NAN, NAN, NAN};
  qy_crossover_join(&r, &none);
  ok(r.low == 1 && r.high == 16, "what has no range changes none");
  const qy_crossover_range below = {0.1, 0.5, NAN};
  qy_crossover_find(&x, &base, &set, &below, &err);
  ok(x.reason == QY_CROSSOVER_RANGE && isnan(x.gain), "a range without a point of both");
}

/* The larger ends, the smaller first fall; NaN does not count. */
static void joined(void)
{
  static const double some[] = {NAN, 1, 2, 5};
  int wrong = 0;
  for (int i = 0; i < 4 * 4; i++) {
    const double a = some[i % 4], b = some[i / 4];
    const double most = isnan(a)   ? b
                        : isnan(b) ? a
                        : a > b    ? a
                                   : b,
                 least = isnan(a)   ? b
                         : isnan(b) ? a
                         : a < b    ? a
                                    : b;
    qy_crossover_range r = {a, a + 1, a};
    const qy_crossover_range other = {b, b + 1, b};
    qy_crossover_join(&r, &other);
    wrong += isnan(most) ? !isnan(r.low) || !isnan(r.high) || !isnan(r.falls)
                         : r.low != most || r.high != most + 1 || r.falls != least;
  }
  is_int(wrong, 0, "ranges of two metrics");
}

/* A random range that holds the common one. */
static qy_crossover_range wider(const cloud *a, const cloud *b)
{
  qy_error err = {0};
  qy_crossover_range r;
  const qy_crossover_set base = set_of(a, 1), set = set_of(b, 1);
  qy_crossover_range_of(&r, &base, &set, &err);
  const qy_crossover_range more = {1 + rand() % 3, 5 + rand() % 8, NAN};
  if (!isnan(r.low)) qy_crossover_join(&r, &more);
  if (r.low > r.high) r.low = r.high;
  return r;
}

static void qualities(void)
{
  qy_error err = {0};
  qy_crossover x;
  const double ac[] = {1, 4, 2, 8}, av[] = {8, 2, 16, 4}, aq[] = {20, 20, 40, 40};
  const double bc[] = {1, 8}, bv[] = {1, 1}, low[] = {17, 17}, high[] = {50, 50}, some[] = {30, 30};
  const qy_crossover_set a = {4, ac, av, aq, NULL}, worse = {2, bc, bv, low, NULL}, better = {2, bc, bv, high, NULL},
                         between = {2, bc, bv, some, NULL};
  qy_crossover_find(&x, &a, &worse, NULL, &err);
  ok(x.reason == QY_CROSSOVER_QUALITY && isnan(x.gain) && x.base_quality == 20 && x.set_quality == 17,
     "lower quality stands for nothing of the base");
  ok(x.levels == 2 && x.compared == 0, "of its two levels none is compared");
  qy_crossover_find(&x, &a, &between, NULL, &err);
  ok(x.levels == 2 && x.compared == 1, "at 20 dB, not at 40");
  near_rel(x.gain, 8, 1e-15, "8 times at all budgets up to the last step, at equal quality of 20 dB");
  qy_crossover_at(&x, &a, &better, 8, &err);
  near_rel(x.gain, sqrt(2.0 * 4.0), 1e-15, "at one budget the median of both levels");
  qy_crossover_find(&x, &a, &better, NULL, &err);
  near_rel(x.unlimited, sqrt(2.0 * 4.0), 1e-15, "without a limit too");
}

/* Weights are small integers: each value stands so many times in a row, whose middle, or the two of which, are
 * known. */
static void medians(void)
{
  enum { VALUES = 7, TIMES = 4 };
  static const double some[] = {0, 0.25, 1, 2, 8, INFINITY};
  int wrong = 0, none = 0;
  srand(11);
  for (int c = 0; c < 3000; c++) {
    double value[VALUES], weight[VALUES], row[VALUES * TIMES], median;
    const size_t n = (size_t)(rand() % (VALUES + 1));
    const int alike = rand() % 3 == 0;
    size_t all = 0;
    for (size_t i = 0; i < n; i++) {
      value[i] = some[rand() % 6];
      weight[i] = alike ? 1 : rand() % TIMES;
      for (int k = 0; k < (int)weight[i]; k++)
        row[all++] = value[i];
    }
    qsort(row, all, sizeof *row, rising);
    wrong += qy_crossover_median(&median, value, alike ? NULL : weight, n, NULL) != QY_OK;
    if (all == 0) {
      wrong += !isnan(median);
      none++;
      continue;
    }
    const double low = row[(all - 1) / 2],
                 high = row[all / 2]; /* between two that are infinitely far apart: the lower */
    wrong += !close_to(median, low == high || isinf(high) ? low : sqrt(low * high)) || (isinf(low) && !isinf(median));
  }
  ok(!wrong && none > 100, "medians of weighted values are the middle of as many in a row");
}

int main(void)
{
  medians();
  closed_forms();
  cancelled();
  qualities();
  shared();
  joined();
  int two = 1, wide = 1, both = 1, chain = 1, three = 1, at = 1, samples = 1, spoilt = 1;
  srand(7);
  for (int round = 0; round < 3000; round++) {
    const cloud a = random_cloud(0), b = random_cloud(0), c = random_cloud(1), d = random_cloud(1);
    two = two && agrees(&a, &b, 0, NULL);
    three = three && agrees(&c, &d, 1, NULL);
    double c2[MOST], d2[MOST];
    for (int i = 0; i < MOST; i++) {
      c2[i] = rand() % 4;
      d2[i] = rand() % 4;
    }
    both = both && agrees_in_both(&c, c2, &d, d2);
    spoilt = spoilt && leaves_out_nan(&c, c2, &d, d2);
    chain = chain && same_twice(&c, &d);
    const qy_crossover_range more = wider(&c, &d);
    wide = wide && (isnan(more.low) || agrees(&c, &d, 1, &more));
    for (int budget = 0; budget < 11; budget++)
      at = at && agrees_at(&a, &b, 0, budget) && agrees_at(&c, &d, 1, budget);
    if (round < 300) samples = samples && agrees_with_samples(&a, &b);
  }
  ok(two, "3000 random pairs of sets agree with a full scan");
  ok(three, "3000 random pairs of sets with a quality agree with a full scan");
  ok(both, "with two qualities at single budgets and without a limit");
  ok(chain, "the same quality twice is one quality");
  ok(wide, "over a shared range too");
  ok(at, "at single budgets too");
  ok(spoilt, "points with a NaN in any column are left out");
  ok(samples, "300 pairs agree with 20000 budgets spread evenly in the logarithm");
  return done();
}
