/* Optima of which few partial sums are kept, against the greatest of all Lagrangian bounds (Everett, Operations
 * Research 11(3), 1963), found here by trying every price at which an option of a group gives way to another. */
#include "quarry/assign.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { GROUPS = 30, OPTIONS = 4, COSTS = 3, ALL = GROUPS * OPTIONS };

typedef struct drawn {
  size_t first[GROUPS + 1];
  double cost[COSTS][ALL];
  const double *column[COSTS];
  qy_assign_problem problem;
  double least[COSTS], greatest[COSTS];
} drawn;

/* Costs without ties: the less of an option's first cost, the more of the others, on the whole. */
static void draw(drawn *p, uint64_t *seed)
{
  *p = (drawn){.problem = {.groups = GROUPS, .first = p->first, .costs = COSTS, .cost = p->column}};
  for (size_t g = 0; g < GROUPS; g++) {
    p->first[g + 1] = p->first[g] + OPTIONS;
    const double size = 1 + 9 * random_unit(seed);
    for (size_t o = p->first[g]; o < p->first[g + 1]; o++) {
      p->cost[0][o] = size * random_unit(seed);
      for (int k = 1; k < COSTS; k++)
        p->cost[k][o] = size * random_unit(seed) / (0.1 + p->cost[0][o]);
    }
  }
  for (int k = 0; k < COSTS; k++) {
    p->column[k] = p->cost[k];
    qy_assign_range(&p->least[k], &p->greatest[k], &p->problem, k);
  }
}

static double priced(const drawn *p, const double *price, size_t o)
{
  double sum = 0;
  for (int k = 0; k < COSTS; k++)
    sum += price[k] * p->cost[k][o];
  return sum;
}

/* What no assignment within the limits is below. */
static double bound_at(const drawn *p, const double *price, const double *most)
{
  double sum = 0;
  for (int k = 1; k < COSTS; k++)
    sum -= price[k] > 0 ? price[k] * most[k] : 0;
  for (size_t g = 0; g < GROUPS; g++) {
    double low = INFINITY;
    for (size_t o = p->first[g]; o < p->first[g + 1]; o++)
      low = fmin(low, priced(p, price, o));
    sum += low;
  }
  return sum;
}

/* Greatest bound over the price of cost k, that of the other cost as it is: the bound is made of straight lines that
 * meet where two options of a group cost the same. */
static double best_bound(const drawn *p, double *price, const double *most, int k)
{
  price[k] = 0;
  double best = bound_at(p, price, most);
  for (size_t g = 0; g < GROUPS; g++)
    for (size_t a = p->first[g]; a < p->first[g + 1]; a++)
      for (size_t b = p->first[g]; b < a; b++) {
        const double run = p->cost[k][a] - p->cost[k][b];
        price[k] = 0;
        price[k] = (priced(p, price, b) - priced(p, price, a)) / run;
        if (price[k] > 0) best = fmax(best, bound_at(p, price, most));
      }
  return best;
}

/* Greatest bound over both prices: over the first by thirds, as it is concave. */
static double best_bound_of_two(const drawn *p, const double *most)
{
  double low = 0, high = 100, price[COSTS] = {1};
  for (int i = 0; i < 25; i++) {
    const double left = low + (high - low) / 3, right = high - (high - low) / 3;
    price[1] = left;
    const double at_left = best_bound(p, price, most, 2);
    price[1] = right;
    if (at_left < best_bound(p, price, most, 2))
      low = left;
    else
      high = right;
  }
  price[1] = low;
  return best_bound(p, price, most, 2);
}

enum { CASES = 20 };

typedef struct found {
  int below, far, bettered, proved, not_least, failed;
} found;

/* How many changes of one group within the limits would better what was found? */
static int better_changes(const drawn *p, const uint16_t *choice, const double *most)
{
  double total[COSTS] = {0};
  int changes = 0;
  for (size_t g = 0; g < GROUPS; g++)
    for (int k = 0; k < COSTS; k++)
      total[k] += p->cost[k][p->first[g] + choice[g]];
  for (size_t g = 0; g < GROUPS; g++)
    for (size_t o = p->first[g], was = o + choice[g]; o < p->first[g + 1]; o++) {
      bool better = p->cost[0][o] < p->cost[0][was];
      for (int k = 1; k < COSTS; k++)
        better = better && total[k] - p->cost[k][was] + p->cost[k][o] <= most[k];
      changes += better;
    }
  return changes;
}

/* Random problems under `limits` limits with `states` sums kept; below: by how much less a bound may be than the best
 * of all prices; far: by how much more a total. */
static void search_all(found *f, int limits, size_t states, double below, double far, qy_arena *arena)
{
  uint64_t seed = 5;
  static drawn p;
  *f = (found){0};
  for (int c = 0; c < CASES; c++) {
    double most[COSTS] = {0, INFINITY, INFINITY}, price[COSTS] = {1};
    qy_assign_limit limit[COSTS];
    qy_assign_optimum few, all;
    qy_error err = {0};
    draw(&p, &seed);
    for (int k = 1; k <= limits; k++) {
      most[k] = p.least[k] + (0.05 + 0.4 * random_unit(&seed)) * (p.greatest[k] - p.least[k]);
      limit[k - 1] = (qy_assign_limit){k, most[k]};
    }
    const double bound = limits == 1 ? best_bound(&p, price, most, 1) : best_bound_of_two(&p, most);
    if (qy_assign_minimize(&few, &p.problem, 0, limit, limits, states, arena, &err) ||
        qy_assign_minimize(&all, &p.problem, 0, limit, limits, 0, arena, &err)) {
      f->failed++;
      continue;
    }
    f->below += few.bound < bound * (1 - below);
    f->far += few.total[0] > bound * (1 + far);
    f->bettered += better_changes(&p, few.choice, most) > 0;
    f->proved += few.optimal;
    f->not_least += few.total[0] > all.total[0] * (1 + 1e-12);
    qy_arena_reset(arena);
  }
}

static void test_one_limit(qy_arena *arena)
{
  found one, many;
  search_all(&one, 1, 1, 1e-10, 0.02, arena);
  search_all(&many, 1, 64, 1e-10, 0.02, arena);
  ok(one.failed + many.failed == 0, "one limit: each of %d problems is answered", CASES);
  is_int(one.below + many.below, 0, "no bound is below that of the best price");
  is_int(one.far, 0, "with one sum kept all are within 2 % of what none is below");
  ok(one.bettered <= CASES / 5, "and few, %d, are bettered by a change of one group", one.bettered);
  ok(one.not_least > 0, "but %d are not the least: what was given up is not found again", one.not_least);
  is_int(many.proved, CASES, "with 64 sums kept all are proved");
  is_int(many.not_least, 0, "and are the least");
}

static void test_two_limits(qy_arena *arena)
{
  found one, many;
  search_all(&one, 2, 1, 3e-5, 0.04, arena);
  search_all(&many, 2, 4096, 3e-5, 0.04, arena);
  ok(one.failed + many.failed == 0, "two limits: each of %d problems is answered", CASES);
  is_int(one.below + many.below, 0, "no bound is below that of the best prices by more than 0.003 %");
  is_int(one.far, 0, "with one sum kept all are within 4 % of what none is below");
  ok(one.bettered <= CASES / 5, "and few, %d, are bettered by a change of one group", one.bettered);
  is_int(many.proved, CASES, "with 4096 sums kept all are proved");
  is_int(many.not_least, 0, "and are the least");
}

/* Costs in other units, by powers of two: nothing is rounded in another way, so the choice and the bound are the
 * same. */
static void test_other_units(qy_arena *arena)
{
  static drawn p, other;
  uint64_t seed = 31;
  int wrong = 0, open = 0;
  for (int c = 0; c < CASES; c++) {
    double unit[COSTS];
    qy_assign_limit limit[COSTS], scaled[COSTS];
    qy_assign_optimum a, b;
    qy_error err = {0};
    draw(&p, &seed);
    other = p;
    for (int k = 0; k < COSTS; k++) {
      other.column[k] = other.cost[k];
      unit[k] = ldexp(1, (int)random_below(&seed, 80) - 60);
      for (size_t o = 0; o < ALL; o++)
        other.cost[k][o] *= unit[k];
    }
    other.problem.first = other.first;
    other.problem.cost = other.column;
    for (int k = 1; k < COSTS; k++) {
      limit[k - 1] = (qy_assign_limit){k, p.least[k] + 0.3 * (p.greatest[k] - p.least[k])};
      scaled[k - 1] = (qy_assign_limit){k, limit[k - 1].most * unit[k]};
    }
    if (qy_assign_minimize(&a, &p.problem, 0, limit, COSTS - 1, 4, arena, &err) ||
        qy_assign_minimize(&b, &other.problem, 0, scaled, COSTS - 1, 4, arena, &err)) {
      wrong++;
      continue;
    }
    wrong += memcmp(a.choice, b.choice, GROUPS * sizeof *a.choice) != 0 || b.bound != a.bound * unit[0];
    open += !a.optimal;
    qy_arena_reset(arena);
  }
  is_int(wrong, 0, "in other units the same choices and bounds");
  ok(open > CASES / 2, "also where they are not proved, %d of %d", open, CASES);
}

/* Four limits of costs that have nothing to do with one another. */
enum { LIMITS = 4 };

/* What no assignment within the limits is below, by four prices. */
static double bound_of_four(double (*cost)[ALL], const double *price, const double *most)
{
  double sum = 0;
  for (int k = 1; k <= LIMITS; k++)
    sum -= price[k] * most[k];
  for (size_t g = 0; g < GROUPS; g++) {
    double low = INFINITY;
    for (size_t o = g * OPTIONS; o < (g + 1) * OPTIONS; o++) {
      double one = cost[0][o];
      for (int k = 1; k <= LIMITS; k++)
        one += price[k] * cost[k][o];
      low = fmin(low, one);
    }
    sum += low;
  }
  return sum;
}

/* A bound near the best of all prices: by thirds along one price after the other, and along all of them together. */
static double good_bound(double (*cost)[ALL], const double *most)
{
  double price[LIMITS + 1] = {0, 0.1, 0.1, 0.1, 0.1}, best = -INFINITY;
  for (int round = 0; round < 12; round++)
    for (int k = 1; k <= LIMITS + 1; k++) {
      double low = 0, high = 3, at[2];
      for (int i = 0; i < 30; i++) {
        const double step[2] = {low + (high - low) / 3, high - (high - low) / 3};
        for (int side = 0; side < 2; side++) {
          double tried[LIMITS + 1];
          memcpy(tried, price, sizeof tried);
          for (int d = 1; d <= LIMITS; d++)
            tried[d] = d == k ? step[side] : k > LIMITS ? price[d] * step[side] : price[d];
          at[side] = bound_of_four(cost, tried, most);
        }
        best = fmax(best, fmax(at[0], at[1]));
        if (at[0] < at[1])
          low = step[0];
        else
          high = step[1];
      }
      for (int d = 1; d <= LIMITS; d++)
        price[d] = d == k ? low : k > LIMITS ? price[d] * low : price[d];
    }
  return best;
}

/* Without giving sums up there would be too many to compare; with few kept the bound is not above what is found, and
 * not far below what prices tell. */
static void test_many_limits(qy_arena *arena)
{
  enum { TRIES = 5 };
  static double cost[LIMITS + 1][ALL];
  static size_t first[GROUPS + 1];
  const double *column[LIMITS + 1];
  uint64_t seed = 9;
  int wrong = 0, open = 0;
  double short_of = 0, far = 0;
  for (int c = 0; c < TRIES; c++) {
    double most[LIMITS + 1] = {0};
    qy_assign_limit limit[LIMITS];
    const qy_assign_problem problem = {.groups = GROUPS, .first = first, .costs = LIMITS + 1, .cost = column};
    for (size_t g = 0; g < GROUPS; g++)
      first[g + 1] = first[g] + OPTIONS;
    for (int k = 0; k <= LIMITS; k++) {
      column[k] = cost[k];
      for (size_t o = 0; o < ALL; o++)
        cost[k][o] = random_unit(&seed);
    }
    for (int k = 1; k <= LIMITS; k++)
      limit[k - 1] = (qy_assign_limit){k, most[k] = (0.4 + 0.02 * k) * GROUPS};
    const double bound = good_bound(cost, most);
    for (size_t states = 1; states <= 64; states *= 8) {
      qy_assign_optimum out;
      qy_error err = {0};
      if (qy_assign_minimize(&out, &problem, 0, limit, LIMITS, states, arena, &err)) {
        wrong++;
        continue;
      }
      double total[LIMITS + 1] = {0};
      for (size_t g = 0; g < GROUPS; g++)
        for (int k = 0; k <= LIMITS; k++)
          total[k] += cost[k][first[g] + out.choice[g]];
      for (int k = 0; k < LIMITS; k++)
        wrong += total[k + 1] > limit[k].most * (1 + 1e-12);
      wrong += fabs(total[0] - out.total[0]) > 1e-12 * total[0] || out.bound > total[0];
      short_of = fmax(short_of, 1 - out.bound / bound);
      far = fmax(far, total[0] / bound - 1);
      open += !out.optimal;
      qy_arena_reset(arena);
    }
  }
  is_int(wrong, 0, "four limits, few sums kept: within the limits, and a bound that is not above");
  ok(short_of < 3e-3, "bounds are %.4f %% below those of good prices at most", 100 * short_of);
  ok(far < 0.1, "totals are %.1f %% above them at most", 100 * far);
  ok(open > TRIES, "%d of %d are not proved", open, 3 * TRIES);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  test_one_limit(arena);
  test_two_limits(arena);
  test_other_units(arena);
  test_many_limits(arena);
  qy_arena_free(arena);
  return done();
}
