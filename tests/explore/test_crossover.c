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

/* The common range at a level: by its words. */
static int range(double *low, double *high, const cloud *a, const cloud *b, double q)
{
  const cloud *set[] = {a, b};
  double begin = 0, most = INFINITY, falls = 0;
  for (int s = 0; s < 2; s++) {
    double first = INFINITY, last = 0;
    for (size_t i = 0; i < set[s]->n; i++) {
      const double c = set[s]->cost[i];
      if (set[s]->quality[i] < q) continue;
      first = fmin(first, c);
      last = fmax(last, c);
      if (least(set[s], c, q) < least(set[s], c * (1 - 1e-9), q)) falls = fmax(falls, c);
    }
    begin = fmax(begin, first);
    most = fmin(most, last);
  }
  *low = begin;
  *high = fmin(most, falls);
  return *low <= *high;
}

typedef struct pieces {
  double gain[PIECES], width[PIECES], total, better, low, high, from, least, most;
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
  double at[2 * MOST + 2] = {low, high}, gain = 0;
  size_t n = 2;
  for (size_t i = 0; i < a->n; i++)
    if (a->cost[i] > low && a->cost[i] < high) at[n++] = a->cost[i];
  for (size_t i = 0; i < b->n; i++)
    if (b->cost[i] > low && b->cost[i] < high) at[n++] = b->cost[i];
  qsort(at, n, sizeof *at, rising);
  for (size_t i = 0; i < n; i++) {
    const double width = i + 1 < n ? log(at[i + 1] / at[i]) : 0;
    gain = least(a, at[i], q) / least(b, at[i], q);
    p->gain[p->n] = gain;
    p->width[p->n++] = width;
    p->total += width;
    if (gain > 1) p->better += width;
    if (!(gain > 1)) p->from = fmax(p->from, i + 1 < n ? at[i + 1] : high);
    p->least = fmin(p->least, gain);
    p->most = fmax(p->most, gain);
  }
  if (!(gain > 1)) p->ends_worse = 1;
}

static void enumerate(pieces *p, const cloud *a, const cloud *b)
{
  *p = (pieces){.low = INFINITY, .least = INFINITY};
  for (size_t l = 0; l < a->n; l++) {
    double low, high;
    if (!is_level(a, l)) continue;
    p->levels++;
    if (isinf(least(b, INFINITY, a->quality[l])) || !range(&low, &high, a, b, a->quality[l])) continue;
    p->compared++;
    p->low = fmin(p->low, low);
    p->high = fmax(p->high, high);
    level_pieces(p, a, b, a->quality[l], low, high);
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
  return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * fabs(b);
}

static qy_crossover_set set_of(const cloud *s, int quality)
{
  return (qy_crossover_set){s->n, s->cost, s->value, quality ? s->quality : NULL};
}

static int agrees(const cloud *a, const cloud *b, int quality)
{
  static pieces p;
  qy_error err = {0};
  qy_crossover got;
  const qy_crossover_set base = set_of(a, quality), set = set_of(b, quality);
  if (qy_crossover_find(&got, &base, &set, &err)) return 0;
  enumerate(&p, a, b);
  if (a->n && b->n && got.levels != (size_t)p.levels) return 0;
  if (got.compared != (size_t)p.compared || (got.reason == QY_CROSSOVER_COMPARED) != (p.compared > 0)) return 0;
  if (!p.compared) return isnan(got.gain) && isnan(got.better_frac) && isnan(got.better_from);
  if (!close_to(got.low, p.low) || !close_to(got.high, p.high)) return 0;
  if (!close_to(got.gain_min, p.least) || !close_to(got.gain_max, p.most)) return 0;
  const double from = p.ends_worse ? NAN : fmax(p.from, p.low);
  if (!close_to(got.better_from, from)) return 0;
  if (p.total > 0) {
    if (fabs(got.better_frac - p.better / p.total) > 1e-9) return 0;
    return is_median(got.gain, p.gain, p.width, p.n, p.total);
  }
  return is_median(got.gain, p.gain, NULL, p.n, (double)p.n);
}

/* At one budget: the median of the levels. */
static int agrees_at(const cloud *a, const cloud *b, int quality, double budget)
{
  qy_error err = {0};
  qy_crossover got;
  const qy_crossover_set base = set_of(a, quality), set = set_of(b, quality);
  double gain[LEVELS];
  size_t n = 0;
  if (qy_crossover_at(&got, &base, &set, budget, &err)) return 0;
  for (size_t l = 0; l < a->n; l++) {
    const double x = least(a, budget, a->quality[l]), y = least(b, budget, a->quality[l]);
    if (is_level(a, l) && !isinf(x) && !isinf(y)) gain[n++] = x / y;
  }
  if (got.compared != n) return 0;
  return n == 0 ? isnan(got.gain) : is_median(got.gain, gain, NULL, n, (double)n);
}

/* The median of many budgets spread evenly in the logarithm, one set of qualities. */
static int agrees_with_samples(const cloud *a, const cloud *b)
{
  enum { SAMPLES = 20000 };
  qy_error err = {0};
  qy_crossover got;
  const qy_crossover_set base = set_of(a, 0), set = set_of(b, 0);
  if (qy_crossover_find(&got, &base, &set, &err)) return 0;
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

static cloud random_cloud(int quality)
{
  cloud s = {.n = (size_t)(rand() % MOST)};
  for (size_t i = 0; i < s.n; i++) {
    s.cost[i] = 1 + rand() % 9;
    s.value[i] = 1 + rand() % 9;
    s.quality[i] = quality ? rand() % 4 : 0;
  }
  return s;
}

static void closed_forms(void)
{
  qy_error err = {0};
  qy_crossover x;
  const double ac[] = {1, 2, 4}, av[] = {12, 6, 3}, bc[] = {1.5, 3}, bv[] = {12, 2};
  const qy_crossover_set a = {3, ac, av, NULL}, b = {2, bc, bv, NULL}, none = {0};
  qy_crossover_find(&x, &a, &b, &err);
  is_int(x.reason, QY_CROSSOVER_COMPARED, "there is a common range");
  near_rel(x.low, 1.5, 0, "from the least budget that holds both");
  near_rel(x.high, 3, 0, "to the costliest point of the set that ends first");
  near_rel(x.gain, 0.5, 0, "1 on 1.5..2, a half on 2..3");
  near_rel(x.gain_max, 3, 0, "three times better at its end");
  ok(x.better_frac == 0, "which is on no share of the range");
  near_rel(x.better_from, 3, 0, "but from there on");
  qy_crossover_find(&x, &b, &a, &err);
  near_rel(x.gain, 2, 0, "the other way round the gain is its inverse");
  qy_crossover_at(&x, &a, &b, 2.5, &err);
  near_rel(x.gain, 0.5, 0, "at a budget in the range");
  qy_crossover_at(&x, &a, &b, 100, &err);
  near_rel(x.gain, 1.5, 0, "at a budget beyond the range");
  qy_crossover_at(&x, &a, &b, 1.2, &err);
  ok(x.reason == QY_CROSSOVER_NO_SET && isnan(x.gain), "below the set there is none");
  qy_crossover_find(&x, &a, &none, &err);
  ok(x.reason == QY_CROSSOVER_NO_SET && isnan(x.gain), "an empty set is not compared");
  qy_crossover_find(&x, &none, &a, &err);
  ok(x.reason == QY_CROSSOVER_NO_BASE && isnan(x.gain), "nor is an empty base");

  /* Halves: 8 times on 1..2, twice on 2..4. */
  const double cc[] = {1, 2, 4}, cv[] = {8, 2, 1}, dc[] = {1, 4}, dv[] = {1, 1};
  const qy_crossover_set c = {3, cc, cv, NULL}, d = {2, dc, dv, NULL};
  qy_crossover_find(&x, &c, &d, &err);
  near_rel(x.gain, 4, 1e-15, "of two steps of equal length the geometric mean");

  const double far[] = {10, 20}, one[] = {1, 1};
  const qy_crossover_set e = {2, far, one, NULL};
  qy_crossover_find(&x, &a, &e, &err);
  ok(x.reason == QY_CROSSOVER_RANGE && x.low == 4 && x.high == 10, "one ends before the other begins");
  const double zero[] = {0, 2, 8}, fall[] = {4, 2, 1};
  const qy_crossover_set f = {3, zero, fall, NULL};
  qy_crossover_find(&x, &f, &f, &err);
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
  const qy_crossover_set a = {STEPS, ac, av, NULL}, b = {STEPS, bc, bv, NULL};
  qy_crossover_find(&x, &a, &b, &err);
  near_rel(x.gain_max, 4, 1e-12, "a base that follows 0.04 % later: 4.00 times at most");
  ok(x.gain == 1, "of which the median knows nothing");
  ok(x.better_frac < 0.001, "better on less than 0.1 %% of the range");
  qy_crossover_at(&x, &a, &b, 20000, &err);
  near_rel(x.gain, 4, 1e-12, "4 times at just this budget");
  qy_crossover_at(&x, &a, &b, 20000 * 1.0004, &err);
  ok(x.gain == 1, "none with 0.04 %% more");
}

static void qualities(void)
{
  qy_error err = {0};
  qy_crossover x;
  const double ac[] = {1, 4, 2, 8}, av[] = {8, 2, 16, 4}, aq[] = {20, 20, 40, 40};
  const double bc[] = {1, 8}, bv[] = {1, 1}, low[] = {17, 17}, high[] = {50, 50}, some[] = {30, 30};
  const qy_crossover_set a = {4, ac, av, aq}, worse = {2, bc, bv, low}, better = {2, bc, bv, high},
                         between = {2, bc, bv, some};
  qy_crossover_find(&x, &a, &worse, &err);
  ok(x.reason == QY_CROSSOVER_QUALITY && isnan(x.gain) && x.base_quality == 20 && x.set_quality == 17,
     "lower quality stands for nothing of the base");
  ok(x.levels == 2 && x.compared == 0, "of its two levels none is compared");
  qy_crossover_find(&x, &a, &between, &err);
  ok(x.levels == 2 && x.compared == 1, "at 20 dB, not at 40");
  near_rel(x.gain, 8, 1e-15, "8 times at all budgets up to the last step, at equal quality of 20 dB");
  qy_crossover_at(&x, &a, &better, 8, &err);
  near_rel(x.gain, sqrt(2.0 * 4.0), 1e-15, "at one budget the median of both levels");
}

int main(void)
{
  closed_forms();
  cancelled();
  qualities();
  int two = 1, three = 1, at = 1, samples = 1;
  srand(7);
  for (int round = 0; round < 3000; round++) {
    const cloud a = random_cloud(0), b = random_cloud(0), c = random_cloud(1), d = random_cloud(1);
    two = two && agrees(&a, &b, 0);
    three = three && agrees(&c, &d, 1);
    for (int budget = 0; budget < 11; budget++)
      at = at && agrees_at(&a, &b, 0, budget) && agrees_at(&c, &d, 1, budget);
    if (round < 300) samples = samples && agrees_with_samples(&a, &b);
  }
  ok(two, "3000 random pairs of sets agree with a full scan");
  ok(three, "3000 random pairs of sets with a quality agree with a full scan");
  ok(at, "at single budgets too");
  ok(samples, "300 pairs agree with 20000 budgets spread evenly in the logarithm");
  return done();
}
