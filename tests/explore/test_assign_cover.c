/* Covers against exact fronts: HAQ's table of 49 options a layer, and random problems of two to four costs. */
#include "quarry/assign.h"

#include "assign_haq.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static haq_latency latency;

static qy_assign_front *find(const qy_assign_problem *p, const qy_assign_question *q)
{
  qy_assign_front *front;
  qy_error err = {0};
  if (qy_assign_front_find(&front, p, q, &err)) printf("# %s\n", err.diagnostic[0].text);
  return front;
}

/* Totals of all points, [count * costs]. */
static double *totals(const qy_assign_front *front, const qy_assign_problem *p)
{
  const size_t count = qy_assign_front_count(front);
  double *total = malloc((count * (size_t)p->costs + 1) * sizeof *total);
  uint16_t *choice = malloc(p->groups * sizeof *choice);
  if (!total || !choice) abort();
  for (size_t i = 0; i < count; i++)
    qy_assign_front_point(front, i, total + i * (size_t)p->costs, choice);
  free(choice);
  return total;
}

/* Least factor by which points of a must be allowed to be worse to cover those of b in the objectives. */
static double worst(const double *a, size_t na, const double *b, size_t nb, const qy_assign_question *q, int costs)
{
  double worst_factor = 1;
  for (size_t j = 0; j < nb; j++) {
    double best = INFINITY;
    for (size_t i = 0; i < na; i++) {
      double factor = 1;
      for (int k = 0; k < q->objectives; k++) {
        const double x = a[i * (size_t)costs + (size_t)q->objective[k]],
                     y = b[j * (size_t)costs + (size_t)q->objective[k]];
        factor = x <= y ? factor : y > 0 ? fmax(factor, x / y) : INFINITY;
      }
      best = fmin(best, factor);
    }
    worst_factor = fmax(worst_factor, best);
  }
  return worst_factor;
}

/* The cover of a question beside its exact front; returns points of the cover, 0 when the bound is broken. */
static size_t compare(const qy_assign_problem *p, qy_assign_question q, double epsilon, size_t *exact_count,
                      double *reached)
{
  q.states_max = 1 << 22;
  q.epsilon = 0;
  qy_assign_front *exact = find(p, &q);
  q.epsilon = epsilon;
  qy_assign_front *cover = find(p, &q);
  size_t count = 0;
  if (exact && cover && qy_assign_front_epsilon(exact) == 0) {
    double *a = totals(cover, p), *b = totals(exact, p);
    count = qy_assign_front_count(cover);
    *exact_count = qy_assign_front_count(exact);
    *reached = worst(a, count, b, *exact_count, &q, p->costs) - 1;
    if (*reached > epsilon * (1 + 1e-9)) count = 0;
    for (size_t i = 0; i < count * (size_t)p->costs; i++)
      for (int l = 0; l < q.limits; l++)
        if (i % (size_t)p->costs == (size_t)q.limit[l].cost && a[i] > q.limit[l].most * (1 + 1e-12)) count = 0;
    free(a);
    free(b);
  }
  qy_assign_front_free(exact);
  qy_assign_front_free(cover);
  return count;
}

static void test_haq(void)
{
  static const double epsilons[] = {1e-4, 1e-3, 1e-2, 0.1};
  static const int objective[] = {0, 1}, swapped[] = {1, 0};
  static haq_problem p;
  size_t exact = 0;
  double reached = 1;
  haq_fill(&p, latency, 14, 2, false);
  for (size_t i = 0; i < sizeof epsilons / sizeof *epsilons; i++) {
    const qy_assign_question q = {.objectives = 2, .objective = i % 2 ? swapped : objective};
    const size_t count = compare(&p.problem, q, epsilons[i], &exact, &reached);
    ok(count > 0 && count < exact, "14 layers, epsilon %g: %zu points for %zu, off by %.3g", epsilons[i], count, exact,
       reached);
  }
}

/* All 53 layers: the points of the cover against assignments that are not among them, best for a price. */
static void test_haq_whole(void)
{
  static const int objective[] = {0, 1};
  static haq_problem p;
  const double epsilon = 1e-3;
  haq_fill(&p, latency, HAQ_LAYERS, 2, false);
  const qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = epsilon};
  qy_assign_front *front = find(&p.problem, &q);
  if (!ok(front != NULL, "53 layers x 49 options have a cover within the memory allowed")) return;
  double *total = totals(front, &p.problem);
  double off = 1;
  for (double price = 1e-12; price < 1e-4; price *= 1.1) {
    double best[2] = {0, 0};
    for (size_t g = 0; g < HAQ_LAYERS; g++) {
      size_t least = p.first[g];
      for (size_t o = p.first[g]; o < p.first[g + 1]; o++)
        if (p.noise[o] + price * p.latency[o] < p.noise[least] + price * p.latency[least]) least = o;
      best[0] += p.latency[least];
      best[1] += p.noise[least];
    }
    off = fmax(off, worst(total, qy_assign_front_count(front), best, 1, &q, 2));
  }
  ok(off <= 1 + epsilon, "%zu points cover the supported ones within %.3g", qy_assign_front_count(front), off - 1);
  free(total);
  qy_assign_front_free(front);
}

/* unit: what all costs are multiplied by. */
static void run_random(int costs, size_t groups, size_t options, int cases, bool with_limit, double unit)
{
  enum { GROUPS = 16, OPTIONS = 8, COSTS = 4 };
  static const int objective[] = {0, 1, 2, 3};
  uint64_t seed = 5;
  int broken = 0;
  size_t points = 0, all = 0;
  for (int c = 0; c < cases; c++) {
    size_t first[GROUPS + 1] = {0}, exact = 0;
    double cost[COSTS][GROUPS * OPTIONS], reached;
    const double *column[COSTS];
    for (size_t g = 0; g < groups; g++)
      first[g + 1] = first[g] + options;
    for (int k = 0; k < costs; k++) {
      column[k] = cost[k];
      for (size_t o = 0; o < groups * options; o++) {
        const double level = (double)(k == 0 ? o % options : options - 1 - o % options);
        cost[k][o] = (k % 2 ? pow(4, level) : 1 + level) * (0.5 + random_unit(&seed)) * unit;
        if (random_below(&seed, 50) == 0) cost[k][o] = 0;
      }
    }
    const qy_assign_problem p = {.groups = groups, .first = first, .costs = costs, .cost = column};
    double least, greatest;
    qy_assign_range(&least, &greatest, &p, costs - 1);
    const qy_assign_limit limit = {costs - 1, least + 0.3 * (greatest - least)};
    const qy_assign_question q = {
        .objectives = costs - (with_limit && c % 2), .objective = objective, .limits = with_limit, .limit = &limit};
    const size_t count = compare(&p, q, pow(10, -3 * random_unit(&seed)), &exact, &reached);
    broken += count == 0;
    points += count;
    all += exact;
  }
  ok(broken == 0 && points < all, "%d costs, %zu groups of %zu options%s, in %g: %zu points for %zu in %d cases", costs,
     groups, options, with_limit ? ", with a limit" : "", unit, points, all, cases);
}

/* The greatest sums of the costs that are rounded are powers of two, the first of an octave of cells. */
static void test_power_of_two(void)
{
  enum { GROUPS = 16, OPTIONS = 8, ALL = GROUPS * OPTIONS };
  static const int objective[] = {0, 1};
  size_t first[GROUPS + 1], exact = 0;
  double cost[2][ALL], reached = 1;
  const double *const column[] = {cost[0], cost[1]};
  uint64_t seed = 41;
  for (size_t g = 0; g <= GROUPS; g++)
    first[g] = g * OPTIONS;
  for (size_t o = 0; o < ALL; o++) {
    const double level = (double)(o % OPTIONS);
    cost[0][o] = level == OPTIONS - 1 ? 8 : 4 + (level + random_unit(&seed)) / 2;
    cost[1][o] = OPTIONS - level + random_unit(&seed) / 2;
  }
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = 2, .cost = column};
  const qy_assign_question q = {.objectives = 2, .objective = objective};
  for (double epsilon = 0.1; epsilon > 1e-3; epsilon /= 4) {
    const size_t count = compare(&p, q, epsilon, &exact, &reached);
    ok(count > 0, "up to sums of 128, epsilon %g: %zu points for %zu, off by %.3g", epsilon, count, exact, reached);
  }
}

/* Two costs against each other, of more sums than may be kept. */
enum { CROWDED_GROUPS = 40, CROWDED_OPTIONS = 3, CROWDED = CROWDED_GROUPS * CROWDED_OPTIONS };

typedef struct crowded {
  size_t first[CROWDED_GROUPS + 1];
  double cost[2][CROWDED];
  const double *column[2];
  qy_assign_problem problem;
} crowded;

static void fill_crowded(crowded *c)
{
  uint64_t seed = 3;
  for (size_t g = 0; g <= CROWDED_GROUPS; g++)
    c->first[g] = CROWDED_OPTIONS * g;
  for (size_t i = 0; i < CROWDED; i++) {
    c->cost[0][i] = 1 + 8 * random_unit(&seed);
    c->cost[1][i] = 14 - c->cost[0][i] + 0.1 * random_unit(&seed);
  }
  c->column[0] = c->cost[0];
  c->column[1] = c->cost[1];
  c->problem = (qy_assign_problem){.groups = CROWDED_GROUPS, .first = c->first, .costs = 2, .cost = c->column};
}

/* The fewer sums may be kept, the larger the epsilon of one's own, until there is none; each cover holds. */
static void test_own_epsilon(void)
{
  static const int objective[] = {0, 1};
  static crowded c;
  fill_crowded(&c);
  qy_assign_question q = {.objectives = 2, .objective = objective, .states_max = 1 << 20};
  qy_assign_front *exact = find(&c.problem, &q);
  if (!ok(exact && qy_assign_front_epsilon(exact) == 0, "a front that is exact with a million sums")) return;
  double *all = totals(exact, &c.problem), before = 0;
  for (size_t states = 1000; states >= 1; states /= 2) {
    q.states_max = states;
    qy_error err = {0};
    qy_assign_front *front;
    const qy_status status = qy_assign_front_find(&front, &c.problem, &q, &err);
    if (status) {
      ok(status == QY_BAD_INPUT && before > 0.01, "%zu sums are too few for any", states);
      break;
    }
    double *own = totals(front, &c.problem);
    const double epsilon = qy_assign_front_epsilon(front);
    const double off = worst(own, qy_assign_front_count(front), all, qy_assign_front_count(exact), &q, 2) - 1;
    ok(epsilon >= before && epsilon > 0 && off <= epsilon * (1 + 1e-9), "%zu sums: epsilon %g, off by %g", states,
       epsilon, off);
    before = epsilon;
    free(own);
    qy_assign_front_free(front);
  }
  free(all);
  qy_assign_front_free(exact);
}

/* A third of an epsilon is left for the points themselves: no two are in one piece of a grid as fine as that. */
static void test_last_third(void)
{
  static const int objective[] = {0, 1};
  static crowded c;
  fill_crowded(&c);
  for (double epsilon = 0.003; epsilon < 0.2; epsilon *= 3) {
    const qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = epsilon};
    qy_assign_front *front = find(&c.problem, &q);
    if (!ok(front != NULL, "a cover")) return;
    const size_t count = qy_assign_front_count(front);
    const double pieces = ceil(1 / (expm1(log1p(epsilon) / 3) - 0x1p-30));
    double *total = totals(front, &c.problem), most = 0;
    for (int k = 0; k < 2; k++) {
      double low = INFINITY, high = 0;
      for (size_t i = 0; i < count; i++) {
        low = fmin(low, total[2 * i + (size_t)k]);
        high = fmax(high, total[2 * i + (size_t)k]);
      }
      most = fmax(most, (floor(log2(high)) - floor(log2(low)) + 1) * pieces); /* of either: one is rounded */
    }
    ok((double)count <= most, "epsilon %g: %zu points, no more than %g pieces", epsilon, count, most);
    free(total);
    qy_assign_front_free(front);
  }
}

/* Five groups whose costs hardly differ, and one that has a best option and a far worse one, which comes last: one of
 * so many sums covers all, and the front says that it is no exact one. */
static void test_one_for_all(void)
{
  enum { GROUPS = 6, OPTIONS = 8, MOST = GROUPS * OPTIONS };
  static const int objective[] = {0, 1};
  static double cost[2][MOST];
  static const double *const column[] = {cost[0], cost[1]};
  size_t first[GROUPS + 1];
  for (size_t g = 0; g < GROUPS; g++)
    first[g] = g * OPTIONS;
  first[GROUPS] = first[GROUPS - 1] + 2;
  for (size_t o = 0; o < first[GROUPS]; o++) {
    double place = 1e-9; /* of a digit: no two sums are alike */
    for (size_t g = 0; g < o / OPTIONS; g++)
      place *= OPTIONS;
    cost[0][o] = 1 + place * (double)(o % OPTIONS);
    cost[1][o] = 1 + place * (double)(OPTIONS - o % OPTIONS);
  }
  cost[0][first[GROUPS - 1] + 1] = cost[1][first[GROUPS - 1] + 1] = 100;
  cost[0][first[GROUPS - 1]] = cost[1][first[GROUPS - 1]] = 1;
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = 2, .cost = column};
  const qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = 0.5};
  qy_assign_front *front = find(&p, &q);
  if (!ok(front && qy_assign_front_count(front) == 1, "one sum of those that hardly differ")) return;
  ok(qy_assign_front_epsilon(front) > 0 && qy_assign_front_epsilon(front) <= 0.5, "stands for all within epsilon %g",
     qy_assign_front_epsilon(front));
  qy_assign_front_free(front);
}

/* A total rounded to 45 bits: the nearest such number. */
static void test_rounded_total(void)
{
  uint64_t seed = 89;
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    const double x = pow(10, 40 * random_unit(&seed) - 20), r = qy_assign_rounded(x), unit = ldexp(1, ilogb(x) - 44);
    wrong += fabs(r - x) > unit / 2 || fmod(r, unit) != 0;
  }
  wrong += qy_assign_rounded(0) != 0 || qy_assign_rounded(12345) != 12345;
  is_int(wrong, 0, "totals are rounded to the nearest number of 45 bits");
}

/* A limit that every assignment meets, of the cost that spans more: what is rounded is the other one with it and
 * without. */
static void test_idle_limit(void)
{
  static const int objective[] = {0, 1};
  static crowded c;
  double low[2], high[2];
  fill_crowded(&c);
  for (int k = 0; k < 2; k++)
    qy_assign_range(&low[k], &high[k], &c.problem, k);
  const int wide = high[0] / low[0] < high[1] / low[1];
  const qy_assign_limit limit = {wide, 2 * high[wide]};
  qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = 0.01, .limit = &limit};
  qy_assign_front *without = find(&c.problem, &q);
  q.limits = 1;
  qy_assign_front *with = find(&c.problem, &q);
  if (!ok(with && without, "covers with a limit and without")) return;
  double *a = totals(with, &c.problem), *b = totals(without, &c.problem);
  const size_t count = qy_assign_front_count(with);
  ok(count == qy_assign_front_count(without) && memcmp(a, b, 2 * count * sizeof *a) == 0 &&
         qy_assign_front_epsilon(with) == qy_assign_front_epsilon(without),
     "a limit that all meet changes none of %zu points", count);
  free(a);
  free(b);
  qy_assign_front_free(with);
  qy_assign_front_free(without);
}

/* What a cover says was spent where only the first step rounds: of so many options that span x of 1 to `high` few are
 * left, each sum with a dearer option of the groups behind is beaten by the next option of the first, and the sums in
 * the end are far from one another.  Steps as far apart as `apart` and more, in the second group and the third. */
static double spent_at_first(double epsilon, size_t options, double high, double apart, const size_t behind[2],
                             size_t *kept)
{
  enum { MOST = 5066 };
  static double cost[2][MOST];
  static const double *const column[] = {cost[0], cost[1]};
  static const int objective[] = {0, 1};
  size_t first[] = {0, options, options + behind[0], options + behind[0] + behind[1]};
  for (size_t o = 0; o < options; o++) {
    cost[0][o] = 1 + (high - 1) * (double)o / (double)(options - 1);
    cost[1][o] = 1 - (double)o / (double)(options - 1);
  }
  for (size_t b = 0; b < behind[0]; b++) {
    cost[0][options + b] = high * (pow(apart, (double)b) - 1);
    cost[1][options + b] = 1e-6 * (double)(behind[0] - 1 - b);
  }
  for (size_t c = 0; c < behind[1]; c++) {
    cost[0][first[2] + c] = 1e4 * (double)c;
    cost[1][first[2] + c] = 1e-9 * (double)(behind[1] - 1 - c);
  }
  const qy_assign_problem p = {.groups = behind[1] ? 3 : 2, .first = first, .costs = 2, .cost = column};
  const qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = epsilon};
  qy_assign_front *front = find(&p, &q);
  const double said = front ? qy_assign_front_epsilon(front) : NAN;
  *kept = front ? qy_assign_front_count(front) : 0;
  qy_assign_front_free(front);
  return said;
}

/* Least of a / t + b / (1 - t), by thirds. */
static double least_work(double a, double b)
{
  double low = 0, high = 1;
  for (int i = 0; i < 80; i++) {
    const double left = low + (high - low) / 3, right = high - (high - low) / 3;
    if (a / left + b / (1 - left) < a / right + b / (1 - right))
      high = right;
    else
      low = left;
  }
  return low;
}

/* Two thirds of log(1 + epsilon) are for the steps, shared so that the work of all is least: the cells of a step, which
 * are the logarithm of what it spans over its share, times the options of the next. */
static void test_shares(void)
{
  size_t kept;
  for (double epsilon = 1e-3; epsilon < 0.1; epsilon *= 8) {
    const double high = 1 + 20 * epsilon, said = spent_at_first(epsilon, 5000, high, 2, (const size_t[]){2, 0}, &kept);
    ok(fabs(log1p(said) / log1p(epsilon) - 2. / 3) < 1e-6 && kept > 20 && kept < 60,
       "one step of two rounds, to %zu sums: two thirds of log(1 + %g) are spent, %g", kept, epsilon, said);
  }
  for (size_t options = 4096; options <= 4097;
       options++) { /* up to 4096 sums are not worth rounding: in the end only */
    const double said = spent_at_first(1e-3, options, 1.02, 2, (const size_t[]){2, 0}, &kept);
    ok(fabs(log1p(said) / log1p(1e-3) - (options > 4096 ? 2. / 3 : 1)) < 1e-6, "of %zu sums %zu are left, %g is spent",
       options, kept, said);
  }
  const double none = spent_at_first(1e-5, 5000, 1.2, 2, (const size_t[]){2, 0}, &kept);
  ok(none == 0 && kept == 5001, "a grid of more cells than sums is of no use: the front, of %zu points", kept);
  for (size_t options = 44; options <= 60; options += 4) { /* fewer candidates behind than are worth rounding */
    const double epsilon = 0.03, said = spent_at_first(epsilon, 5000, 2, 1.02, (const size_t[]){options, 2}, &kept);
    const double after_first = log(2), after_second = log(2 * pow(1.02, (double)options - 1));
    const double part = least_work((double)options * after_first, 2 * after_second);
    ok(fabs(log1p(said) / log1p(epsilon) - 2 * part / 3) < 1e-3,
       "%zu options behind, %zu sums: the first step spends %g, with which the work is least", options, kept, said);
  }
}

static int at_once(void *ctx)
{
  (void)ctx;
  return 1;
}

/* A search that is told to end does also where sums are rounded. */
static void test_stopped_cover(void)
{
  enum { OPTIONS = 5000 };
  static double cost[2][OPTIONS];
  static const double *const column[] = {cost[0], cost[1]};
  static const int objective[] = {0, 1};
  static const size_t first[] = {0, OPTIONS};
  for (size_t o = 0; o < OPTIONS; o++) {
    cost[0][o] = OPTIONS + (double)o;
    cost[1][o] = 2 * OPTIONS - (double)o;
  }
  const size_t two[] = {0, OPTIONS - 2, OPTIONS};
  for (int k = 0; k < 2; k++) {
    const qy_assign_problem p = {
        .groups = 1 + (size_t)k, .first = k ? two : first, .costs = 2, .cost = column, .stop = at_once};
    const qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = 0.1};
    qy_assign_front *front;
    qy_error err = {0};
    ok(qy_assign_front_find(&front, &p, &q, &err) == QY_INTERRUPTED && !front && err.count == 1, "a cover is given up");
    is_text(err.diagnostic[0].text, "interrupted", "and it is said");
  }
}

/* Four costs, two groups of so many options that all pairs are more than are compared: refused, not left undone. */
static void test_too_many_pairs(void)
{
  enum { OPTIONS = 2000, COSTS = 4 };
  static double cost[COSTS][2 * OPTIONS];
  static const int objective[] = {0, 1, 2, 3};
  const size_t first[] = {0, OPTIONS, 2 * OPTIONS};
  const double *const column[] = {cost[0], cost[1], cost[2], cost[3]};
  for (size_t i = 0; i < 2 * OPTIONS; i++) {
    cost[0][i] = 1 + (double)(i % OPTIONS);
    cost[1][i] = OPTIONS - (double)(i % OPTIONS);
    cost[2][i] = cost[3][i] = 1;
  }
  const qy_assign_problem p = {.groups = 2, .first = first, .costs = COSTS, .cost = column};
  const qy_assign_question q = {.objectives = COSTS, .objective = objective, .states_max = 1 << 22};
  qy_assign_front *front;
  qy_error err = {0};
  ok(qy_assign_front_find(&front, &p, &q, &err) == QY_BAD_INPUT && !front,
     "2000 x 2000 options of four costs: refused");
  starts(err.diagnostic[0].text, "front: expected at most 4194304 sums to keep for a layer, found more", "and why");
}

int main(void)
{
  ok(haq_read(latency), "HAQ's table is read");
  test_haq();
  test_haq_whole();
  run_random(2, 16, 8, 20, false, 1);
  run_random(2, 16, 8, 20, true, 1);
  run_random(2, 16, 8, 4, true, 0x1p-30);
  run_random(3, 8, 4, 10, false, 1);
  run_random(3, 8, 4, 10, true, 1);
  run_random(3, 11, 4, 2, false, 1);
  run_random(4, 6, 3, 10, false, 1);
  test_power_of_two();
  test_own_epsilon();
  test_last_third();
  test_one_for_all();
  test_rounded_total();
  test_idle_limit();
  test_shares();
  test_stopped_cover();
  test_too_many_pairs();
  return done();
}
