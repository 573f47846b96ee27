/* Parts of the assignment engine by what their headers promise: sums rounded on a grid against all candidates, the
 * budget that leaves so many, and bounds against the Lagrangian dual at all its breakpoints. */
#include "../../src/explore/assign_int.h"

#include "assign_oracle.h"
#include "tap.h"

#include <string.h>

/* Partial sums before a step: all of them, and what is still to come. */
typedef struct sums {
  size_t count;
  double *at[ASSIGN_DIMS_MAX];
} sums;

static void add_sum(sums *s, int dims, const double *v)
{
  for (int d = 0; d < dims; d++) {
    s->at[d] = realloc(s->at[d], (s->count + 1) * sizeof(double));
    if (!s->at[d]) abort();
    s->at[d][s->count] = v[d];
  }
  s->count++;
}

static void sums_free(sums *s, int dims)
{
  for (int d = 0; d < dims; d++)
    free(s->at[d]);
  *s = (sums){0};
}

static sums sums_of(const assign_work *w)
{
  sums s = {0};
  for (size_t i = 0; i < w->count; i++) {
    double v[ASSIGN_DIMS_MAX];
    for (int d = 0; d < w->dims; d++)
      v[d] = w->state[d][i];
    add_sum(&s, w->dims, v);
  }
  return s;
}

/* All partial sums with all options of the next group that limits leave open. */
static sums candidates_of(const assign_work *w)
{
  sums s = {0};
  for (size_t i = 0; i < w->count; i++)
    for (size_t o = w->first[w->done]; o < w->first[w->done + 1]; o++) {
      double v[ASSIGN_DIMS_MAX];
      bool open = true;
      for (int d = 0; d < w->dims; d++) {
        v[d] = w->state[d][i] + w->value[d][o];
        open = open && v[d] + w->rest[d][w->done + 1] <= w->limit[d];
      }
      if (open) add_sum(&s, w->dims, v);
    }
  return s;
}

/* Is there a kept sum for each: with what is still to come within the factor in the rounded dimensions, and no larger
 * in the others? */
static bool covered(const sums *all, const assign_work *w, double factor)
{
  for (size_t p = 0; p < all->count; p++) {
    bool found = false;
    for (size_t q = 0; q < w->count && !found; q++) {
      found = true;
      for (int d = 0; d < w->dims && found; d++) {
        const double rest = d < w->grid_dims ? w->rest[d][w->done] : 0, most = d < w->grid_dims ? factor : 1;
        found = w->state[d][q] + rest <= (all->at[d][p] + rest) * most * (1 + 1e-14);
      }
    }
    if (!found) return false;
  }
  return true;
}

/* Is each kept sum that of its choices? */
static bool choices_right(const assign_work *w)
{
  uint16_t choice[64] = {0};
  for (size_t i = 0; i < w->count; i++) {
    assign_choice(w, i, choice);
    for (int d = 0; d < w->dims; d++) {
      double sum = 0;
      for (size_t g = 0; g < w->done; g++)
        sum += w->scaled[w->cost_of[d]][w->all[w->order[g]] + choice[w->order[g]]];
      if (fabs(sum - w->state[d][i]) > 1e-12 * sum) return false;
    }
  }
  return true;
}

/* Pieces of the grid between the least and the greatest corner of the first dimension: none has two sums kept when the
 * other one of two dimensions is exact. */
static double pieces_most(const sums *all, const assign_work *w, double budget)
{
  const double rest = w->rest[0][w->done], pieces = ceil(1 / (expm1(budget) - 0x1p-31));
  double low = INFINITY, high = 0;
  for (size_t i = 0; i < all->count; i++) {
    const double corner = all->at[0][i] + rest;
    if (corner > 0) low = fmin(low, corner);
    high = fmax(high, corner);
  }
  return 1 + (low <= high ? (floor(log2(high)) - floor(log2(low)) + 1) * pieces : 0);
}

static void test_thin(void)
{
  enum { CASES = 1500, MOST = 512 };
  uint64_t seed = 19;
  int uncovered = 0, wrong = 0, many = 0, thinned = 0;
  for (int c = 0; c < CASES; c++) {
    static const int order[] = {0, 1, 2, 3};
    oracle o;
    assign_work w;
    qy_error err = {0};
    const int dims = 1 + (int)random_below(&seed, 4), grid = (int)random_below(&seed, (size_t)dims + 1);
    const double budget = c % 9 ? pow(10, -2 * random_unit(&seed)) / 2 : 0x1p-21; /* or finer than any grid */
    bool spent = true;
    oracle_new(&o, &seed, dims, MOST);
    wrong += assign_open(&w, &o.problem, order, dims, grid, NULL, 0, &err) != QY_OK;
    const size_t groups = 1 + random_below(&seed, w.groups);
    while (w.done < groups)
      wrong += assign_extend(&w, &err) != QY_OK;
    sums all = sums_of(&w);
    wrong += assign_thin(&w, budget, grid, &spent, &err) != QY_OK || spent != (w.count < all.count);
    wrong += spent && (grid == 0 || budget < 1e-6);
    wrong += !choices_right(&w);
    thinned += spent;
    uncovered += !covered(&all, &w, exp(budget));
    if (dims == 2 && grid == 1 && budget > 1e-6) many += (double)w.count > pieces_most(&all, &w, budget);
    sums_free(&all, dims);
    assign_close(&w);
    oracle_free(&o);
  }
  is_int(uncovered, 0, "sums that are dropped have one within the budget, and none larger where nothing is rounded");
  is_int(wrong, 0, "it is told whether any was dropped; those kept are the sums of their choices");
  is_int(many, 0, "no more are kept than there are pieces of the grid");
  ok(thinned > CASES / 20, "%d of %d were thinned", thinned, (int)CASES);
}

/* Two costs against each other, of so many sums that a step goes straight into the cells. */
static void test_cells(void)
{
  enum { GROUPS = 12, OPTIONS = 8, ALL = GROUPS * OPTIONS };
  static const int order[] = {0, 1};
  double cost[2][ALL], weight[GROUPS + 1];
  const double *const column[] = {cost[0], cost[1]};
  size_t first[GROUPS + 1];
  uint64_t seed = 29;
  int uncovered = 0, wrong = 0, many = 0, rounded = 0;
  for (int c = 0; c < 8; c++) {
    assign_work w;
    qy_error err = {0};
    const double unit = c % 2 ? 0x1p-40 : 3;
    const size_t done = c % 3 ? 5 : 6; /* groups before it: with zeros fewer sums are left */
    double budget = c == 7 ? 1e-9 : 0.4;
    for (size_t g = 0; g <= GROUPS; g++) {
      first[g] = g * OPTIONS;
      weight[g] = 0.5 + random_unit(&seed);
    }
    for (size_t o = 0; o < ALL; o++) {
      cost[0][o] = unit * ((double)(o % OPTIONS) + 0.9 * random_unit(&seed));
      cost[1][o] = OPTIONS - cost[0][o] / unit + 0.1 * random_unit(&seed);
      if (c % 3 == 0 && o % OPTIONS == 0) cost[0][o] = 0; /* so are sums */
    }
    const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = 2, .cost = column};
    double least, greatest;
    qy_assign_range(&least, &greatest, &p, 1);
    const qy_assign_limit limit = {1, least + 0.5 * (greatest - least)};
    wrong += assign_open(&w, &p, order, 2, 1, &limit, c / 2 % 2, &err) != QY_OK;
    while (w.done < done)
      wrong += assign_extend(&w, &err) != QY_OK;
    sums all = candidates_of(&w);
    double share = 0;
    for (size_t g = done; g <= GROUPS; g++)
      share += weight[g];
    share = budget * weight[done] / share;
    const double before = budget;
    wrong += assign_extend_grid(&w, &budget, weight, &err) != QY_OK || w.done != done + 1 || !choices_right(&w);
    const bool spent = budget < before;
    rounded += spent;
    wrong += fabs(before - budget - (spent ? share : 0)) > 1e-15 || all.count <= 4096 || spent == (c == 7);
    uncovered += !covered(&all, &w, exp(spent ? share : 0));
    if (spent) many += (double)w.count > pieces_most(&all, &w, share);
    sums_free(&all, 2);
    assign_close(&w);
  }
  is_int(uncovered, 0, "a step into the cells covers all candidates within its share of the budget");
  is_int(wrong, 0, "which is what it takes off");
  is_int(many, 0, "and keeps no more than one of a cell");
  is_int(rounded, 7, "a budget that is too fine for a grid is not spent");
}

/* Equal steps across one octave, [64, 128): with M pieces to an octave and M < 64 every piece has a sum. */
static void test_budget(void)
{
  enum { OPTIONS = 64 };
  static const int order[] = {0, 1};
  static const size_t first[] = {0, OPTIONS};
  double cost[2][OPTIONS];
  const double *const column[] = {cost[0], cost[1]};
  int wrong = 0;
  for (size_t o = 0; o < OPTIONS; o++) {
    cost[0][o] = (double)(OPTIONS + o);
    cost[1][o] = (double)(OPTIONS - o);
  }
  const qy_assign_problem p = {.groups = 1, .first = first, .costs = 2, .cost = column};
  for (size_t most = 1; most <= OPTIONS; most++)
    for (int grid = 0; grid < 2; grid++) {
      assign_work w;
      qy_error err = {0};
      const double start = most % 3 ? 1e-5 : 1e-7;
      double budget = start, expected = start;
      bool spent;
      wrong += assign_open(&w, &p, order, 2, grid, NULL, 0, &err) != QY_OK || assign_extend(&w, &err) != QY_OK;
      while (expected < 0.7 &&
             !(expm1(expected) > 0x1p-20 && fmin(ceil(1 / (expm1(expected) - 0x1p-31)), OPTIONS) <= (double)most))
        expected *= 1.25;
      if (grid == 0 || expected >= 0.7) expected = INFINITY;
      wrong += assign_find_budget(&budget, &w, most, &err) != QY_OK || budget != expected;
      if (isfinite(budget)) wrong += assign_thin(&w, budget, grid, &spent, &err) != QY_OK || w.count > most;
      assign_close(&w);
    }
  is_int(wrong, 0, "the budget found is the first whose pieces of an octave are no more than asked");
}

/* Digits of a number with 8 to a place against their opposites: no sum is as good as another in both costs. */
static void digits_problem(qy_assign_problem *p, size_t *first, double (*cost)[64], const double **column,
                           size_t groups)
{
  double place = 1;
  for (size_t g = 0; g < groups; g++, place *= 8)
    for (size_t o = 0; o < 8; o++) {
      cost[0][8 * g + o] = place * (double)(1 + o);
      cost[1][8 * g + o] = place * (double)(8 - o);
    }
  for (size_t g = 0; g <= groups; g++)
    first[g] = 8 * g;
  column[0] = cost[0];
  column[1] = cost[1];
  *p = (qy_assign_problem){.groups = groups, .first = first, .costs = 2, .cost = column};
}

/* Nothing is rounded to save 4096 candidates; for the next group, with eight times as many, the budget is spent. */
static void test_few(void)
{
  enum { GROUPS = 6 };
  static const int order[] = {0, 1};
  static const double weight[GROUPS + 1] = {1, 1, 1, 1, 1, 1, 1};
  double cost[2][64], budget = 0.5;
  const double *column[2];
  size_t first[GROUPS + 1], all = 1;
  qy_assign_problem p;
  assign_work w;
  qy_error err = {0};
  int wrong = 0;
  digits_problem(&p, first, cost, column, GROUPS);
  wrong += assign_open(&w, &p, order, 2, 1, NULL, 0, &err) != QY_OK;
  for (int g = 0; g < 4; g++) {
    all *= 8;
    wrong += assign_extend_grid(&w, &budget, weight, &err) != QY_OK || w.count != all || budget != 0.5;
  }
  is_int(wrong, 0, "up to 4096 sums all stay, and no budget is spent");
  ok(!assign_extend_grid(&w, &budget, weight, &err) && w.count < 8 * all && budget < 0.5, "of more some are rounded");
  assign_close(&w);
}

/* Sums of four costs are compared as long as there are 2^21 at most; a limit leaves few of them. */
static void test_most_candidates(void)
{
  enum { FIRST = 64, SECOND = 1 << 15, MOST = FIRST + SECOND + 1 };
  static const int order[] = {0, 1, 2, 3};
  static double cost[4][MOST];
  const double *const column[] = {cost[0], cost[1], cost[2], cost[3]};
  for (size_t o = 0; o < MOST; o++) {
    const bool second = o >= FIRST;
    const double at = second ? (double)(o - FIRST) : (double)o;
    cost[0][o] = second ? at * FIRST : at;
    cost[1][o] = second ? (SECOND - at) * FIRST : FIRST - at;
    cost[2][o] = 1;
    cost[3][o] = second ? at : 0; /* the limit leaves 16 options of the second group */
  }
  for (size_t more = 0; more < 2; more++) {
    const size_t first[] = {0, FIRST, FIRST + SECOND + more};
    const qy_assign_problem p = {.groups = 2, .first = first, .costs = 4, .cost = column};
    const qy_assign_limit limit = {3, 15};
    assign_work w;
    qy_error err = {0};
    qy_status status = assign_open(&w, &p, order, 4, 0, &limit, 1, &err);
    if (!status) status = assign_extend(&w, &err);
    ok(!status && w.count == FIRST, "of the first group each sum stays");
    is_int(assign_extend(&w, &err), more ? QY_INFEASIBLE : QY_OK,
           more ? "above 2^21 candidates are refused" : "2^21 not");
    is_int((int64_t)w.count, more ? FIRST : FIRST * 16, "and leave what the limit allows");
    assign_close(&w);
  }
}

/* In [low, low + range], and the last digit is not 0: it needs all its places. */
static uint64_t whole_draw(uint64_t *seed, uint64_t low, uint64_t range)
{
  const uint64_t n = low + random_below(seed, range);
  return n % 10 ? n : n + 1;
}

/* Costs of n / 10^places for whole n: exact in these units as long as their greatest total is 2^52 units at most. */
static void test_units(void)
{
  enum { CASES = 2000, GROUPS = 9, ALL = 2 * GROUPS };
  static const int order[] = {0};
  static const size_t first[] = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18};
  double cost[ALL];
  const double *const column[] = {cost};
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = 1, .cost = column};
  uint64_t seed = 61;
  int wrong = 0, exact = 0;
  for (int c = 0; c < CASES; c++) {
    const int places = (int)random_below(&seed, 17);
    const uint64_t big = UINT64_C(1) << 48; /* of nine groups, with as much to choose from: near 2^52 */
    double unit = 1;
    uint64_t n[ALL], total = 0;
    assign_work w;
    qy_error err = {0};
    for (int i = 0; i < places; i++)
      unit *= 10;
    for (size_t o = 0; o < ALL; o++) {
      n[o] = c % 2 ? whole_draw(&seed, big, big + big / 8) : whole_draw(&seed, 1, 1000000);
      cost[o] = (double)n[o] / unit;
      if (o % 2) total += n[o] > n[o - 1] ? n[o] : n[o - 1];
    }
    const bool whole = places <= 15 && total <= UINT64_C(1) << 52;
    wrong += assign_open(&w, &p, order, 1, 0, NULL, 0, &err) != QY_OK;
    wrong += w.exact[0] != whole || w.unit[0] != (whole ? unit : 1);
    for (size_t o = 0; o < ALL; o++)
      wrong += w.scaled[0][o] != (whole ? (double)n[o] : cost[o]);
    const uint64_t most = 1 + random_below(&seed, total);
    if (whole) wrong += assign_limit(&w, 0, (double)most / unit) != (double)most; /* not a last digit more */
    for (int up = 0; whole && up < 2; up++) { /* what reading a decimal gives may be one off */
      const double limit = (double)n[up] / unit, beside = nextafter(limit, up ? INFINITY : 0);
      wrong += assign_limit(&w, 0, beside) != (double)n[up];
    }
    exact += whole;
    assign_close(&w);
  }
  is_int(wrong, 0, "decimals of 15 places at most are counted in units of the last one while totals are small");
  ok(exact > CASES / 2 && exact < CASES * 9 / 10, "as are %d of %d", exact, CASES);
  for (size_t o = 0; o < ALL; o++)
    cost[o] = o < 16 ? 0x1p49 : 0;
  for (int more = 0; more < 2; more++) {
    assign_work w;
    qy_error err = {0};
    cost[17] = more;
    ok(!assign_open(&w, &p, order, 1, 0, NULL, 0, &err) && w.exact[0] == !more, "a total of 2^52%s is%s",
       more ? " and one" : "", more ? " too much" : " counted");
    assign_close(&w);
  }
}

/* Sums that rounding makes alike in the first cost come in the order of the second, and the better one alone stays. */
static void test_rounded_alike(void)
{
  static const int order[] = {0, 1};
  static const size_t first[] = {0, 2, 4};
  static const double cost[2][4] = {{1, 1 + 0x1p-52, 0x1p60, 0x1p61}, {5, 3, 10, 0}};
  static const double *const column[] = {cost[0], cost[1]};
  const qy_assign_problem p = {.groups = 2, .first = first, .costs = 2, .cost = column};
  assign_work w;
  qy_error err = {0};
  ok(!assign_open(&w, &p, order, 2, 0, NULL, 0, &err) && !assign_extend(&w, &err) && w.count == 2 &&
         !assign_extend(&w, &err),
     "two groups");
  ok(w.count == 2 && w.state[0][0] == 0x1p60 && w.state[1][0] == 13 && w.state[0][1] == 0x1p61 && w.state[1][1] == 3,
     "of sums that are rounded alike the better one stays");
  assign_close(&w);
}

/* Groups stand in the order in which their options spread the first cost, of equal ones the first before. */
static void test_order(void)
{
  static const int order[] = {1, 0};
  uint64_t seed = 67;
  int wrong = 0;
  for (int c = 0; c < 300; c++) {
    oracle o;
    assign_work w;
    qy_error err = {0};
    double before = -1;
    oracle_new(&o, &seed, 2, 512);
    wrong += assign_open(&w, &o.problem, order, 2, 0, NULL, 0, &err) != QY_OK;
    for (size_t place = 0; place < w.groups; place++) {
      const size_t g = w.order[place];
      double low = INFINITY, high = 0;
      for (size_t i = o.first[g]; i < o.first[g + 1]; i++) {
        low = fmin(low, w.scaled[1][i]);
        high = fmax(high, w.scaled[1][i]);
      }
      wrong += high - low < before || (high - low == before && g < w.order[place - 1]);
      before = high - low;
    }
    assign_close(&w);
    oracle_free(&o);
  }
  is_int(wrong, 0, "groups stand in the order of what they spread the first cost");
}

/* Pieces of two rounded dimensions that hold sums, counted by themselves: in [64, 128) all are of one octave. */
static void test_budget_of_two(void)
{
  enum { OPTIONS = 300 };
  static const int order[] = {0, 1, 2};
  static const size_t first[] = {0, OPTIONS};
  double cost[3][OPTIONS];
  const double *const column[] = {cost[0], cost[1], cost[2]};
  const qy_assign_problem p = {.groups = 1, .first = first, .costs = 3, .cost = column};
  uint64_t seed = 71;
  int wrong = 0, found = 0;
  for (size_t o = 0; o < OPTIONS; o++) { /* none as good as another in all three */
    cost[0][o] = (double)(64 + random_below(&seed, 64));
    cost[1][o] = (double)(64 + random_below(&seed, 64));
    cost[2][o] = 400 - cost[0][o] - cost[1][o];
  }
  for (size_t most = 2; most <= 250; most += 3) {
    assign_work w;
    qy_error err = {0};
    double budget = 1e-4, expected = 1e-4;
    wrong += assign_open(&w, &p, order, 3, 2, NULL, 0, &err) != QY_OK || assign_extend(&w, &err) != QY_OK;
    for (; expected < 0.7; expected *= 1.25) {
      bool held[64][64] = {{false}};
      const double pieces = ceil(1 / (expm1(expected) - 0x1p-31));
      size_t count = 0;
      for (size_t i = 0; i < w.count; i++) {
        const int a = (int)floor((w.state[0][i] / 64 - 1) * fmin(pieces, 64)),
                  b = (int)floor((w.state[1][i] / 64 - 1) * fmin(pieces, 64));
        count += !held[a][b];
        held[a][b] = true;
      }
      if (count <= most) break;
    }
    if (expected >= 0.7) expected = INFINITY;
    wrong += assign_find_budget(&budget, &w, most, &err) != QY_OK || budget != expected;
    found += isfinite(expected);
    assign_close(&w);
  }
  is_int(wrong, 0, "of two dimensions pieces that hold sums are counted once, wherever these stand");
  ok(found > 50, "%d budgets", found);
}

/* ---- bounds ---- */

enum { DUAL_GROUPS = 24, DUAL_OPTIONS = 4, DUAL_ALL = DUAL_GROUPS * DUAL_OPTIONS };

/* theta(price): the least of cost 0 plus price times cost 1 above its limit. */
static double dual_at(double (*cost)[DUAL_ALL], double price, double most)
{
  double sum = -price * most;
  for (size_t g = 0; g < DUAL_GROUPS; g++) {
    double low = INFINITY;
    for (size_t o = g * DUAL_OPTIONS; o < (g + 1) * DUAL_OPTIONS; o++)
      low = fmin(low, cost[0][o] + price * cost[1][o]);
    sum += low;
  }
  return sum;
}

/* Its greatest value: theta is concave and bends only where two options of a group are worth the same. */
static double dual(double (*cost)[DUAL_ALL], double most)
{
  double best = dual_at(cost, 0, most);
  for (size_t g = 0; g < DUAL_GROUPS; g++)
    for (size_t a = g * DUAL_OPTIONS; a < (g + 1) * DUAL_OPTIONS; a++)
      for (size_t b = g * DUAL_OPTIONS; b < (g + 1) * DUAL_OPTIONS; b++) {
        const double price = (cost[0][a] - cost[0][b]) / (cost[1][b] - cost[1][a]);
        if (a != b && price > 0 && isfinite(price)) best = fmax(best, dual_at(cost, price, most));
      }
  return best;
}

/* One limit, few sums kept: the bound is no worse than the best price gives, the total is no further from it than one
 * option is from another, and the limit is met. */
static void test_bounds(void)
{
  enum { CASES = 300 };
  double cost[2][DUAL_ALL];
  const double *const column[] = {cost[0], cost[1]};
  size_t first[DUAL_GROUPS + 1];
  uint64_t seed = 37;
  int below = 0, above = 0, far = 0, open = 0;
  qy_arena *arena = qy_arena_new();
  for (size_t g = 0; g <= DUAL_GROUPS; g++)
    first[g] = g * DUAL_OPTIONS;
  for (int c = 0; c < CASES; c++) {
    const double scale = pow(10, 8 * random_unit(&seed) - 4); /* of what is limited beside the objective */
    double widest = 0;
    for (size_t o = 0; o < DUAL_ALL; o++) {
      const double level = (double)(o % DUAL_OPTIONS);
      cost[0][o] = pow(2, -level) + random_unit(&seed);
      cost[1][o] = scale * (level + 2 * random_unit(&seed));
    }
    for (size_t g = 0; g < DUAL_GROUPS; g++)
      for (size_t a = first[g]; a < first[g + 1]; a++)
        for (size_t b = first[g]; b < first[g + 1]; b++)
          widest = fmax(widest, cost[0][a] - cost[0][b]);
    const qy_assign_problem p = {.groups = DUAL_GROUPS, .first = first, .costs = 2, .cost = column};
    double least, greatest;
    qy_assign_range(&least, &greatest, &p, 1);
    const qy_assign_limit limit = {1, least + (0.02 + 0.9 * random_unit(&seed)) * (greatest - least)};
    qy_assign_optimum out;
    qy_error err = {0};
    const size_t states = 1 + random_below(&seed, 6);
    const double best = dual(cost, limit.most);
    if (qy_assign_minimize(&out, &p, 0, &limit, 1, states, arena, &err)) {
      far++;
      continue;
    }
    open += !out.optimal;
    below += out.bound < best * (1 - 1e-9);
    above += out.bound > out.total[0] || out.total[1] > limit.most * (1 + 1e-12);
    far += out.total[0] > best + widest;
    qy_arena_reset(arena);
  }
  qy_arena_free(arena);
  is_int(below, 0, "the bound under one limit is at least the Lagrangian dual at its best price");
  is_int(above, 0, "and not above the total, which meets the limit");
  is_int(far, 0, "the total is above it by no more than one group's options differ");
  ok(open > CASES / 4, "%d of %d stay open", open, (int)CASES);
}

/* theta of two prices, by the definition. */
static double dual_of_two(double (*cost)[DUAL_ALL], const double price[2], const double most[2])
{
  double sum = -price[0] * most[0] - price[1] * most[1];
  for (size_t g = 0; g < DUAL_GROUPS; g++) {
    double low = INFINITY;
    for (size_t o = g * DUAL_OPTIONS; o < (g + 1) * DUAL_OPTIONS; o++)
      low = fmin(low, cost[0][o] + price[0] * cost[1][o] + price[1] * cost[2][o]);
    sum += low;
  }
  return sum;
}

/* Best second price beside this first one: theta is concave in it. */
static double best_second(double (*cost)[DUAL_ALL], double first, const double most[2])
{
  double low = 0, high = 4;
  for (int i = 0; i < 30; i++) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    if (dual_of_two(cost, (const double[]){first, a}, most) < dual_of_two(cost, (const double[]){first, b}, most))
      low = a;
    else
      high = b;
  }
  return dual_of_two(cost, (const double[]){first, low}, most);
}

/* Two limits, one sum kept: the bound is near the Lagrangian dual, and the total near the bound. */
static void test_two_limits(void)
{
  enum { CASES = 40 };
  double cost[3][DUAL_ALL], short_of = 0, gap = 0, worst_gap = 0;
  const double *const column[] = {cost[0], cost[1], cost[2]};
  size_t first[DUAL_GROUPS + 1];
  uint64_t seed = 53;
  int wrong = 0;
  qy_arena *arena = qy_arena_new();
  for (size_t g = 0; g <= DUAL_GROUPS; g++)
    first[g] = g * DUAL_OPTIONS;
  for (int c = 0; c < CASES; c++) {
    for (size_t o = 0; o < DUAL_ALL; o++) {
      const double level = (double)(o % DUAL_OPTIONS);
      cost[0][o] = pow(2, -level) + 0.3 * random_unit(&seed);
      cost[1][o] = level + 2 * random_unit(&seed);
      cost[2][o] = level + 2 * random_unit(&seed);
    }
    const qy_assign_problem p = {.groups = DUAL_GROUPS, .first = first, .costs = 3, .cost = column};
    double least, greatest, most[2];
    qy_assign_limit limit[2];
    for (int l = 0; l < 2; l++) {
      qy_assign_range(&least, &greatest, &p, l + 1);
      most[l] = least + (0.3 + 0.2 * random_unit(&seed)) * (greatest - least);
      limit[l] = (qy_assign_limit){l + 1, most[l]};
    }
    qy_assign_optimum out;
    qy_error err = {0};
    if (qy_assign_minimize(&out, &p, 0, limit, 2, 1, arena, &err)) {
      wrong++;
      continue;
    }
    double low = 0, high = 4;
    for (int i = 0; i < 30; i++) {
      const double a = low + (high - low) / 3, b = high - (high - low) / 3;
      if (best_second(cost, a, most) < best_second(cost, b, most))
        low = a;
      else
        high = b;
    }
    const double best = best_second(cost, low, most);
    wrong += out.total[1] > most[0] * (1 + 1e-12) || out.total[2] > most[1] * (1 + 1e-12) || out.bound > out.total[0];
    short_of = fmax(short_of, 1 - out.bound / best);
    worst_gap = fmax(worst_gap, out.total[0] / best - 1);
    gap += (out.total[0] / best - 1) / CASES;
    qy_arena_reset(arena);
  }
  qy_arena_free(arena);
  is_int(wrong, 0, "two limits are met, by totals not below the bound");
  ok(short_of <= 2e-5, "the bound is at most 0.002 %% below the best of all prices: %.4f %%", 100 * short_of);
  ok(gap <= 0.011 && worst_gap <= 0.024, "totals are %.2f %% above it, at most %.2f %%", 100 * gap, 100 * worst_gap);
}

int main(void)
{
  test_thin();
  test_cells();
  test_budget();
  test_budget_of_two();
  test_few();
  test_most_candidates();
  test_units();
  test_rounded_alike();
  test_order();
  test_bounds();
  test_two_limits();
  return done();
}
