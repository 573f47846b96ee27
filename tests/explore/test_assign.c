/* Assignments against the enumeration of all: fronts, covers, optima under limits, and what cannot be met. */
#include "quarry/assign.h"

#include "assign_oracle.h"
#include "tap.h"

enum { FRONT_CASES = 3000, LIMIT_CASES = 6000, MOST = 2048 };

/* Is a at least as good as b times `factor` in every objective, within rounding? */
static bool as_good(const oracle *o, const qy_assign_question *q, size_t a, size_t b, double factor)
{
  for (int k = 0; k < q->objectives; k++) {
    const int cost = q->objective[k];
    if (o->total[cost][a] > o->total[cost][b] * factor * (1 + oracle_slack(o, cost))) return false;
  }
  return true;
}

/* Is a better than b by more than rounding in one objective and nowhere worse? */
static bool dominates(const oracle *o, const qy_assign_question *q, size_t a, size_t b)
{
  bool better = false;
  for (int k = 0; k < q->objectives; k++) {
    const int cost = q->objective[k];
    const double x = o->total[cost][a], y = o->total[cost][b];
    if (x > y) return false;
    better = better || x < y * (1 - oracle_slack(o, cost));
  }
  return better;
}

typedef struct verdict {
  int wrong_totals, over_limit, not_covered, dominated, unsorted, points;
} verdict;

static void judge_point(verdict *v, const oracle *o, const qy_assign_question *q, const qy_assign_front *front,
                        size_t i, size_t *number, double *total)
{
  uint16_t choice[ORACLE_GROUPS];
  qy_assign_front_point(front, i, total, choice);
  *number = oracle_number(o, choice);
  for (int k = 0; k < o->problem.costs; k++)
    v->wrong_totals += fabs(total[k] * o->unit[k] - o->total[k][*number]) > 1e-12 * o->total[k][*number];
  v->over_limit += !oracle_meets(o, *number, q->limit, q->limits);
}

static void judge(verdict *v, const oracle *o, const qy_assign_question *q, const qy_assign_front *front)
{
  const size_t count = qy_assign_front_count(front);
  const double factor = 1 + qy_assign_front_epsilon(front);
  size_t *number = malloc((count + 1) * sizeof *number);
  double total[ORACLE_COSTS], before = -1;
  if (!number) abort();
  for (size_t i = 0; i < count; i++) {
    judge_point(v, o, q, front, i, &number[i], total);
    v->unsorted += total[q->objective[0]] < before;
    before = total[q->objective[0]];
  }
  v->points += (int)count;
  for (size_t a = 0; a < o->count; a++) {
    if (!oracle_meets(o, a, q->limit, q->limits)) continue;
    bool covered = false;
    for (size_t i = 0; i < count; i++) {
      covered = covered || as_good(o, q, number[i], a, factor);
      v->dominated += factor == 1 && dominates(o, q, a, number[i]);
    }
    v->not_covered += !covered;
  }
  for (size_t i = 0; i < count; i++) /* points beside each other */
    for (size_t j = 0; j < count; j++)
      v->dominated += i != j && dominates(o, q, number[i], number[j]);
  free(number);
}

static bool any_meets(const oracle *o, const qy_assign_limit *limit, int limits)
{
  for (size_t a = 0; a < o->count; a++)
    if (oracle_meets(o, a, limit, limits)) return true;
  return false;
}

/* A question at random: some costs are objectives, some are limited, some both. */
static void ask(qy_assign_question *q, int *objective, qy_assign_limit *limit, const oracle *o, uint64_t *seed)
{
  const int costs = o->problem.costs, objectives = 1 + (int)random_below(seed, (size_t)costs);
  const int start = (int)random_below(seed, (size_t)costs);
  for (int k = 0; k < objectives; k++)
    objective[k] = (start + k) % costs;
  int limits = random_below(seed, 2) ? (int)random_below(seed, (size_t)costs) : 0;
  for (int l = 0; l < limits; l++)
    limit[l] = oracle_limit(o, seed, (start + costs - 1 - l) % costs);
  *q = (qy_assign_question){objectives, objective, limits, limit, 0, 0};
}

static void run_fronts(const char *name, int cases, size_t most, double epsilon_most)
{
  uint64_t seed = 7;
  verdict v = {0};
  int wrong_status = 0;
  for (int c = 0; c < cases; c++) {
    oracle o;
    qy_assign_question q;
    int objective[ORACLE_COSTS];
    qy_assign_limit limit[ORACLE_COSTS];
    qy_assign_front *front;
    qy_error err = {0};
    oracle_new(&o, &seed, 1 + (int)random_below(&seed, ORACLE_COSTS), most);
    ask(&q, objective, limit, &o, &seed);
    q.epsilon = epsilon_most * random_unit(&seed);
    qy_status status = qy_assign_front_find(&front, &o.problem, &q, &err);
    wrong_status += status != (any_meets(&o, q.limit, q.limits) ? QY_OK : QY_INFEASIBLE);
    if (!status) {
      if (qy_assign_front_epsilon(front) > q.epsilon) wrong_status++;
      judge(&v, &o, &q, front);
    }
    qy_assign_front_free(front);
    oracle_free(&o);
  }
  ok(wrong_status == 0, "%s: a front where there is one, else none (%d cases, %d points)", name, cases, v.points);
  is_int(v.wrong_totals, 0, "totals are those of the choices");
  is_int(v.over_limit, 0, "limits are met");
  is_int(v.not_covered, 0, "every assignment within the limits is covered");
  is_int(v.dominated, 0, "no point is dominated");
  is_int(v.unsorted, 0, "sorted by the first objective");
}

/* Least total of cost k within the first `limits` limits; INFINITY: none. */
static double least(const oracle *o, int k, const qy_assign_limit *limit, int limits)
{
  double low = INFINITY;
  for (size_t a = 0; a < o->count; a++)
    if (o->total[k][a] < low && oracle_meets(o, a, limit, limits)) low = o->total[k][a];
  return low;
}

static bool near(double a, double b, double slack)
{
  return fabs(a - b) <= slack * fabs(b);
}

typedef struct tally {
  int wrong_status, wrong_total, wrong_certificate, wrong_miss, infeasible, open;
} tally;

static void judge_miss(tally *t, const oracle *o, const qy_assign_optimum *out, const qy_assign_limit *limit,
                       int limits)
{
  int l = 0;
  while (l < limits && least(o, limit[l].cost, limit, l + 1) < INFINITY)
    l++;
  const int k = limit[l].cost;
  t->infeasible++;
  t->wrong_miss += out->missed != l || !near(out->least * o->unit[k], least(o, k, limit, l), 1e-12);
}

static void judge_optimum(tally *t, const oracle *o, int k, const qy_assign_optimum *out, const qy_assign_limit *limit,
                          int limits)
{
  const size_t a = oracle_number(o, out->choice);
  const double low = least(o, k, limit, limits), got = o->total[k][a];
  t->open += !out->optimal;
  t->wrong_total += !oracle_meets(o, a, limit, limits) || !near(out->total[k] * o->unit[k], got, 1e-12);
  t->wrong_total += out->optimal && !near(got, low, oracle_slack(o, k));
  t->wrong_certificate += out->bound * o->unit[k] > low * (1 + 1e-12);
  t->wrong_certificate += out->optimal != (out->bound == out->total[k]);
}

static void run_limits(const char *name, int cases, size_t most, size_t states_max, bool proves)
{
  uint64_t seed = 11;
  tally t = {0};
  qy_arena *arena = qy_arena_new();
  for (int c = 0; c < cases; c++) {
    oracle o;
    qy_assign_limit limit[ORACLE_COSTS];
    qy_assign_optimum out;
    qy_error err = {0};
    oracle_new(&o, &seed, 1 + (int)random_below(&seed, ORACLE_COSTS), most);
    const int limits = (int)random_below(&seed, (size_t)o.problem.costs + 1);
    for (int l = 0; l < limits; l++)
      limit[l] = oracle_limit(&o, &seed, o.problem.costs - 1 - l);
    qy_status status = qy_assign_minimize(&out, &o.problem, 0, limit, limits, states_max, arena, &err);
    const bool possible = least(&o, 0, limit, limits) < INFINITY;
    if (status == QY_INFEASIBLE && !possible)
      judge_miss(&t, &o, &out, limit, limits);
    else if (status == QY_OK && possible)
      judge_optimum(&t, &o, 0, &out, limit, limits);
    else if (proves || status != QY_INFEASIBLE || out.missed >= 0 ||
             strcmp(err.diagnostic[0].text, "no assignment within the limits was found") != 0)
      t.wrong_status++;
    t.wrong_status += err.count != (status != QY_OK);
    oracle_free(&o);
    qy_arena_reset(arena);
  }
  qy_arena_free(arena);
  ok(t.wrong_status == 0, "%s: an optimum where there is one, else none (%d cases)", name, cases);
  is_int(t.wrong_total, 0, "the least total, within the limits");
  is_int(t.wrong_certificate, 0, "the bound is not above the optimum, and equal to the total when it is proved");
  ok(!proves || (t.open == 0 && t.wrong_miss == 0),
     "proved, and the first impossible limit named with its least total");
  ok(t.infeasible > cases / 50, "%d cases were impossible", t.infeasible);
  if (!proves) ok(t.open > 0, "%d optima stayed open with few sums kept", t.open);
}

/* More than sums of a few doubles in another order differ by, and less than two of twelve decades do. */
#define ROUNDED 2e-15

/* Least total of cost k among assignments[0..*count), of which those that have it are kept. */
static double keep_least(const oracle *o, int k, size_t *assignment, size_t *count)
{
  double low = INFINITY;
  size_t kept = 0;
  for (size_t i = 0; i < *count; i++)
    low = fmin(low, o->total[k][assignment[i]]);
  for (size_t i = 0; i < *count; i++)
    if (near(o->total[k][assignment[i]], low, o->whole[k] ? 0 : ROUNDED)) assignment[kept++] = assignment[i];
  *count = kept;
  return low;
}

/* Of equal optima the one with the least second cost, of these the least third, and so on. */
static void run_preferred(int cases)
{
  static const int order[ORACLE_COSTS] = {0, 1, 2, 3, 4};
  uint64_t seed = 23;
  int judged = 0, several = 0, wrong = 0;
  qy_arena *arena = qy_arena_new();
  for (int c = 0; c < cases; c++) {
    oracle o;
    qy_assign_limit limit[ORACLE_COSTS];
    qy_assign_optimum out;
    qy_error err = {0};
    oracle_new(&o, &seed, 1 + (int)random_below(&seed, ORACLE_COSTS), MOST);
    const int costs = o.problem.costs, limits = (int)random_below(&seed, (size_t)costs + 1);
    for (int l = 0; l < limits; l++)
      limit[l] = oracle_limit(&o, &seed, costs - 1 - l);
    qy_status status = qy_assign_minimize(&out, &o.problem, 0, limit, limits, 0, arena, &err);
    if (!status)
      status = qy_assign_prefer(&out, &o.problem, order, 1, limits ? limit : NULL, limits, order + 1, costs - 1, 0,
                                arena, &err);
    if (!status) {
      size_t *within = malloc(o.count * sizeof *within), count = 0;
      const size_t a = oracle_number(&o, out.choice);
      if (!within) abort();
      for (size_t i = 0; i < o.count; i++)
        if (oracle_meets(&o, i, limit, limits)) within[count++] = i;
      bool good = oracle_meets(&o, a, limit, limits);
      for (int k = 0; k < costs; k++) {
        good &= near(o.total[k][a], keep_least(&o, k, within, &count), oracle_slack(&o, k));
        good &= near(out.total[k] * o.unit[k], o.total[k][a], 1e-12);
        several += k == 0 && count > 1;
      }
      wrong += !good || !out.optimal || out.bound != out.total[0];
      judged++;
      free(within);
    }
    oracle_free(&o);
    qy_arena_reset(arena);
  }
  qy_arena_free(arena);
  is_int(wrong, 0, "of equal optima the least in the next costs");
  ok(judged > cases / 2 && several > cases / 20, "%d optima, %d of them with equals", judged, several);
}

/* Three values added up in another order: the total of the optimum that is preferred may differ in its last digit, and
 * so does the bound.  Each value may be taken once. */
static void test_order_of_sums(void)
{
  enum { GROUPS = 3, ALL = GROUPS * GROUPS, COSTS = 5 };
  static const int held = 0, then = 1;
  static const size_t first[GROUPS + 1] = {0, 3, 6, 9};
  uint64_t seed = 29;
  int wrong = 0, differ = 0;
  qy_arena *arena = qy_arena_new();
  for (int c = 0; c < 200; c++) {
    double cost[COSTS][ALL] = {{0}}, value[GROUPS];
    const double *const column[COSTS] = {cost[0], cost[1], cost[2], cost[3], cost[4]};
    const qy_assign_limit limit[GROUPS] = {{2, 1}, {3, 1}, {4, 1}};
    const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = COSTS, .cost = column};
    for (int k = 0; k < GROUPS; k++)
      value[k] = random_unit(&seed);
    for (int o = 0; o < ALL; o++) {
      const int which = (o / GROUPS + o) % GROUPS;
      cost[0][o] = value[which];
      cost[1][o] = (double)random_below(&seed, 9);
      cost[2 + which][o] = 1;
    }
    qy_assign_optimum out;
    qy_error err = {0};
    if (qy_assign_minimize(&out, &p, 0, limit, GROUPS, 0, arena, &err)) {
      wrong++;
      continue;
    }
    const double before = out.total[0];
    wrong += qy_assign_prefer(&out, &p, &held, 1, limit, GROUPS, &then, 1, 0, arena, &err) != QY_OK;
    wrong += !out.optimal || out.bound != out.total[0] || !near(out.total[0], before, ROUNDED);
    differ += out.total[0] != before;
    qy_arena_reset(arena);
  }
  qy_arena_free(arena);
  is_int(wrong, 0, "the bound of a preferred optimum is its own total");
  ok(differ > 0, "%d of 200 differ in the order of the sum", differ);
}

/* Decimals are sums of tenths, not of their doubles: 0.1 + 0.2 is within 0.3. */
static void test_decimals(void)
{
  const size_t first[] = {0, 2, 4};
  const double size[] = {0.1, 0.2, 0.2, 0.7}, noise[] = {5, 1, 5, 1};
  const double *const cost[] = {size, noise};
  const qy_assign_problem p = {.groups = 2, .first = first, .costs = 2, .cost = cost};
  const qy_assign_limit limit = {0, 0.3};
  qy_assign_optimum out;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  ok(qy_assign_minimize(&out, &p, 0, &limit, 1, 0, arena, &err) == QY_OK && out.total[0] == 0.3, "0.1 + 0.2 = 0.3");
  ok(qy_assign_minimize(&out, &p, 1, &limit, 1, 0, arena, &err) == QY_OK && out.total[1] == 10,
     "and meets a limit of 0.3");
  const qy_assign_limit below = {0, 0.2999999};
  ok(qy_assign_minimize(&out, &p, 1, &below, 1, 0, arena, &err) == QY_INFEASIBLE && out.missed == 0 && out.least == 0.3,
     "not one below");
  starts(err.diagnostic[0].text, "limit 1: expected a total of 0.3 or more, found 0.2999999", "which is said");
  qy_arena_free(arena);
}

static int after(void *ctx)
{
  return (*(int *)ctx)-- <= 0;
}

/* A search that is told to end does, wherever it is. */
static void test_stopped(void)
{
  enum { GROUPS = 6, OPTIONS = 3 };
  size_t first[GROUPS + 1];
  double a[GROUPS * OPTIONS], b[GROUPS * OPTIONS];
  const double *const cost[] = {a, b};
  for (size_t i = 0; i < GROUPS * OPTIONS; i++) {
    first[i / OPTIONS] = i / OPTIONS * OPTIONS;
    a[i] = (double)(i * 7 % 11);
    b[i] = (double)(i * 5 % 13);
  }
  first[GROUPS] = (size_t)GROUPS * OPTIONS;
  int left = 0, fronts = 0, optima = 0;
  const qy_assign_problem p = {
      .groups = GROUPS, .first = first, .costs = 2, .cost = cost, .stop = after, .stop_ctx = &left};
  const int objective[] = {0, 1};
  const qy_assign_limit limit = {1, 30};
  qy_arena *arena = qy_arena_new();
  for (int asked = 0; asked <= GROUPS; asked++) {
    for (int e = 0; e < 2; e++) {
      const qy_assign_question q = {.objectives = 2, .objective = objective, .epsilon = e * 0.1};
      qy_assign_front *front = NULL;
      qy_error err = {0};
      left = asked;
      const qy_status status = qy_assign_front_find(&front, &p, &q, &err);
      fronts += status != (asked < GROUPS ? QY_INTERRUPTED : QY_OK) || (front != NULL) != (asked == GROUPS);
      qy_assign_front_free(front);
    }
    qy_assign_optimum out;
    qy_error err = {0};
    left = asked;
    optima += qy_assign_minimize(&out, &p, 0, &limit, 1, 0, arena, &err) != (asked < GROUPS ? QY_INTERRUPTED : QY_OK);
    left = GROUPS;
    qy_error_clear(&err);
    optima += qy_assign_minimize(&out, &p, 0, &limit, 1, 0, arena, &err) != QY_OK;
    left = asked;
    const qy_status preferred = qy_assign_prefer(&out, &p, objective, 1, &limit, 1, objective + 1, 1, 0, arena, &err);
    optima += preferred != (asked < GROUPS ? QY_INTERRUPTED : QY_OK) || err.count != (preferred != QY_OK);
  }
  is_int(fronts, 0, "a front is given up at each group");
  is_int(optima, 0, "and an optimum");
  qy_arena_free(arena);
}

static void test_bad(void)
{
  const size_t first[] = {0, 2};
  double cost[] = {1, NAN};
  const double *const costs[] = {cost};
  const qy_assign_problem p = {.groups = 1, .first = first, .costs = 1, .cost = costs};
  const int objective = 0;
  const qy_assign_question q = {.objectives = 1, .objective = &objective};
  qy_assign_front *front;
  for (int i = 0; i < 6; i++) { /* of either option */
    qy_error err = {0};
    char said[32];
    cost[i / 3] = (const double[]){NAN, -1, 1e101}[i % 3];
    cost[1 - i / 3] = 1;
    snprintf(said, sizeof said, "cost 1 of option %d: ", i / 3);
    ok(qy_assign_front_find(&front, &p, &q, &err) == QY_BAD_INPUT && !front && err.count == 1 &&
           strstr(err.diagnostic[0].text, said),
       "refused: %g", cost[i / 3]);
    qy_error_clear(&err);
    qy_assign_optimum out;
    qy_arena *arena = qy_arena_new();
    ok(qy_assign_minimize(&out, &p, 0, NULL, 0, 0, arena, &err) == QY_BAD_INPUT, "an optimum of it too");
    qy_arena_free(arena);
  }
}

/* The largest cost there may be, and the next one. */
static void test_largest(void)
{
  const size_t first[] = {0, 2};
  double cost[] = {QY_ASSIGN_COST_MOST, QY_ASSIGN_COST_MOST};
  const double *const costs[] = {cost};
  const qy_assign_problem p = {.groups = 1, .first = first, .costs = 1, .cost = costs};
  qy_assign_optimum out;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  ok(qy_assign_minimize(&out, &p, 0, NULL, 0, 0, arena, &err) == QY_OK && out.total[0] == QY_ASSIGN_COST_MOST,
     "the largest cost is taken");
  cost[1] = nextafter(QY_ASSIGN_COST_MOST, INFINITY);
  ok(qy_assign_minimize(&out, &p, 0, NULL, 0, 0, arena, &err) == QY_BAD_INPUT, "one above it is refused");
  qy_arena_free(arena);
}

/* A front too large for what may be kept: rounded by itself, and the epsilon said. */
static void test_too_large(void)
{
  enum { GROUPS = 40 };
  size_t first[GROUPS + 1];
  double x[3 * GROUPS], y[3 * GROUPS];
  const double *const cost[] = {x, y};
  uint64_t seed = 3;
  for (size_t g = 0; g <= GROUPS; g++)
    first[g] = 3 * g;
  for (size_t i = 0; i < 3 * GROUPS; i++) {
    x[i] = 1 + random_unit(&seed);
    y[i] = 4 - x[i] + 0.1 * random_unit(&seed);
  }
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = 2, .cost = cost};
  const int objective[] = {0, 1};
  qy_assign_question q = {.objectives = 2, .objective = objective, .states_max = 2000};
  qy_assign_front *front;
  qy_error err = {0};
  const qy_status status = qy_assign_front_find(&front, &p, &q, &err);
  const double epsilon = status ? 0 : qy_assign_front_epsilon(front);
  ok(epsilon > 0, "an exact front that is too large becomes a cover, epsilon %g", epsilon);
  qy_assign_front_free(front);
  q.epsilon = 1e-7;
  ok(qy_assign_front_find(&front, &p, &q, &err) == QY_BAD_INPUT,
     "an epsilon of one's own that is too small is an error");
}

/* Fronts of more sums than may be kept, of two and three costs: every assignment has a point of the front that is no
 * more than the epsilon said above it, in all costs. */
static void test_cover_of_all(int costs)
{
  enum { GROUPS = 8, OPTIONS = 3, ALL = 6561, COSTS = 3 };
  static const int objective[COSTS] = {0, 1, 2};
  size_t first[GROUPS + 1];
  double value[COSTS][GROUPS * OPTIONS];
  const double *const cost[COSTS] = {value[0], value[1], value[2]};
  uint64_t seed = 17;
  for (size_t g = 0; g <= GROUPS; g++)
    first[g] = OPTIONS * g;
  for (size_t i = 0; i < GROUPS * OPTIONS; i++) {
    value[0][i] = 1 + random_unit(&seed);
    value[1][i] = 1 + random_unit(&seed);
    value[2][i] = 6 - value[0][i] - value[1][i] + 0.1 * random_unit(&seed);
    if (costs == 2) value[1][i] = 4 - value[0][i] + 0.1 * random_unit(&seed);
  }
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = costs, .cost = cost};
  qy_assign_question q = {.objectives = costs, .objective = objective, .states_max = 30, .epsilon = 1e-7};
  if (costs == 3) {
    qy_error why = {0};
    qy_assign_front *none;
    ok(qy_assign_front_find(&none, &p, &q, &why) == QY_BAD_INPUT && !none, "an epsilon that three costs exceed");
    starts(why.diagnostic[0].text, "front: expected an epsilon from ", "and what they take is said");
    ok(strstr(why.diagnostic[0].text, " on, which 3 costs of 8 groups take, found 1e-07") != NULL, "beside it");
  }
  q.epsilon = 0;
  qy_assign_front *front;
  qy_error err = {0};
  if (!ok(!qy_assign_front_find(&front, &p, &q, &err), "too many sums of %d costs", costs)) return;
  const double epsilon = qy_assign_front_epsilon(front);
  double worst = 0;
  for (int all = 0; all < ALL; all++) {
    double sum[COSTS] = {0}, least = INFINITY;
    for (int g = 0, rest = all; g < GROUPS; g++, rest /= OPTIONS)
      for (int k = 0; k < costs; k++)
        sum[k] += value[k][OPTIONS * g + rest % OPTIONS];
    for (size_t i = 0; i < qy_assign_front_count(front); i++) {
      uint16_t choice[GROUPS];
      double total[COSTS], over = 0;
      qy_assign_front_point(front, i, total, choice);
      for (int k = 0; k < costs; k++)
        over = fmax(over, total[k] / sum[k] - 1);
      least = fmin(least, over);
    }
    worst = fmax(worst, least);
  }
  ok(epsilon > 0 && worst <= epsilon * (1 + 1e-9), "%zu points cover all %d assignments within %.3g: %.3g",
     qy_assign_front_count(front), ALL, epsilon, worst);
  qy_assign_front_free(front);
}

/* One group alone has as many sums as options: all are kept while their number times that of the options, the
 * candidates of a next group, is 2^20 with three costs and 2^18 with four. */
static void test_usual_states(void)
{
  enum { LARGEST = 1025 };
  static const int objective[] = {0, 1, 2, 3};
  static double value[4][LARGEST + 1];
  const double *const cost[] = {value[0], value[1], value[2], value[3]};
  for (size_t o = 0; o < LARGEST; o++) {
    value[0][o] = (double)(1 + o);
    value[1][o] = (double)(LARGEST - o);
    value[2][o] = value[3][o] = 1;
  }
  for (int costs = 3; costs <= 4; costs++)
    for (size_t more = 0; more < 2; more++) {
      const size_t options = (costs == 3 ? 1024 : 512) + more, first[] = {0, options, options + 1};
      const qy_assign_problem p = {.groups = 2, .first = first, .costs = costs, .cost = cost};
      const qy_assign_question q = {.objectives = costs, .objective = objective};
      qy_assign_front *front;
      qy_error err = {0};
      const qy_status status = qy_assign_front_find(&front, &p, &q, &err);
      const size_t count = status ? 0 : qy_assign_front_count(front);
      const double epsilon = status ? 0 : qy_assign_front_epsilon(front);
      ok(more ? count > 0 && count < options && epsilon > 0 : count == options && epsilon == 0,
         "%d costs: of %zu options %s", costs, options, more ? "some stand for all" : "all are kept");
      qy_assign_front_free(front);
    }
  static double wide[3][5256]; /* of one group's 5001 options all are alike */
  const double *const column[] = {wide[0], wide[1], wide[2]};
  for (size_t o = 0; o < 255; o++)
    for (int k = 0; k < 3; k++)
      wide[k][o] = k == 2 ? 1 : value[k][o];
  const size_t first[] = {0, 255, 5256};
  const qy_assign_problem p = {.groups = 2, .first = first, .costs = 3, .cost = column};
  const qy_assign_question q = {.objectives = 3, .objective = objective};
  qy_assign_front *front;
  qy_error err = {0};
  ok(!qy_assign_front_find(&front, &p, &q, &err) && qy_assign_front_count(front) == 255 &&
         qy_assign_front_epsilon(front) == 0,
     "256 sums are kept whatever the options");
  qy_assign_front_free(front);
}

/* Two costs, 512 sums kept: exact while there are 16 times as many candidates for a group, beyond rounded.  Each
 * sum is one of few numbers, so that few are on the front. */
static void test_most_tried(void)
{
  enum { SUMS = 90 };
  static const int objective[] = {0, 1};
  double value[2][2 * SUMS + 2];
  const double *const cost[] = {value[0], value[1]};
  for (size_t more = 1; more <= 2; more++) { /* 90 x 91 = 8190, 90 x 92 = 8280 */
    const size_t first[] = {0, SUMS, 2 * SUMS + more};
    for (size_t o = 0; o < first[2]; o++) {
      const double at = (double)(o < SUMS ? o : o - SUMS);
      value[0][o] = 500 + at;
      value[1][o] = 600 - at;
    }
    const qy_assign_problem p = {.groups = 2, .first = first, .costs = 2, .cost = cost};
    const qy_assign_question q = {.objectives = 2, .objective = objective, .states_max = 512};
    qy_assign_front *front;
    qy_error err = {0};
    ok(!qy_assign_front_find(&front, &p, &q, &err) && (qy_assign_front_epsilon(front) == 0) == (more == 1),
       "%zu candidates: %s", (size_t)SUMS * (SUMS + more), more == 1 ? "the front" : "a cover");
    qy_assign_front_free(front);
  }
}

/* Options that others beat do not count: up to 1024 of a group are compared beforehand.  9 x 10 sums of two groups, the
 * second with so many worse options beside that 9 x 1025 candidates would be too many for an exact front. */
static void test_beaten(void)
{
  enum { SUMS = 9, LEFT = 10, ALL = 1025 };
  static const int objective[] = {0, 1};
  static double value[2][SUMS + ALL];
  const double *const cost[] = {value[0], value[1]};
  for (size_t options = ALL - 1; options <= ALL; options++) {
    const size_t first[] = {0, SUMS, SUMS + options};
    for (size_t o = 0; o < first[2]; o++) {
      const double at = (double)(o < SUMS ? o : o - SUMS) / 128;
      value[0][o] = 500 + at;
      value[1][o] = o < SUMS + LEFT ? 600 - at : 600 + at;
    }
    const qy_assign_problem p = {.groups = 2, .first = first, .costs = 2, .cost = cost};
    const qy_assign_question q = {.objectives = 2, .objective = objective, .states_max = 512};
    qy_assign_front *front;
    qy_error err = {0};
    ok(!qy_assign_front_find(&front, &p, &q, &err) && (qy_assign_front_epsilon(front) == 0) == (options < ALL),
       "of %zu options all but ten are worse: %s", options, options < ALL ? "the front" : "a cover");
    qy_assign_front_free(front);
  }
}

/* Networks of full size against the table of all sizes: best[c], the least noise at a size of exactly c, filled layer
 * by layer.  Integers, so everything is exact. */
enum { KNAPSACK_LAYERS = 52, KNAPSACK_OPTIONS = 4, KNAPSACK_SIZE = 60, SIZES = KNAPSACK_LAYERS * KNAPSACK_SIZE + 1 };

typedef struct knapsack {
  size_t first[KNAPSACK_LAYERS + 1];
  double size[KNAPSACK_LAYERS * KNAPSACK_OPTIONS], noise[KNAPSACK_LAYERS * KNAPSACK_OPTIONS];
  const double *column[2];
  qy_assign_problem problem;
  double best[SIZES];
} knapsack;

static void fill_knapsack(knapsack *k, uint64_t *seed)
{
  static double before[SIZES];
  for (size_t o = 0; o < KNAPSACK_LAYERS * KNAPSACK_OPTIONS; o++) {
    k->size[o] = (double)random_below(seed, KNAPSACK_SIZE);
    k->noise[o] = floor(1e6 * random_unit(seed) / (1 + k->size[o]));
  }
  for (size_t c = 0; c < SIZES; c++)
    k->best[c] = c ? INFINITY : 0;
  for (size_t g = 0; g < KNAPSACK_LAYERS; g++) {
    k->first[g + 1] = k->first[g] + KNAPSACK_OPTIONS;
    memcpy(before, k->best, sizeof before);
    for (size_t c = 0; c < SIZES; c++) {
      k->best[c] = INFINITY;
      for (size_t o = k->first[g]; o < k->first[g + 1]; o++)
        if ((double)c >= k->size[o]) k->best[c] = fmin(k->best[c], before[c - (size_t)k->size[o]] + k->noise[o]);
    }
  }
  k->column[0] = k->size;
  k->column[1] = k->noise;
  k->problem = (qy_assign_problem){.groups = KNAPSACK_LAYERS, .first = k->first, .costs = 2, .cost = k->column};
}

/* Does the front hold the sizes at which the least noise falls, and no others? */
static bool same_front(const knapsack *k)
{
  static const int objective[] = {0, 1};
  const qy_assign_question q = {.objectives = 2, .objective = objective};
  qy_assign_front *front;
  qy_error err = {0};
  uint16_t choice[KNAPSACK_LAYERS];
  double total[2], low = INFINITY;
  size_t i = 0;
  if (qy_assign_front_find(&front, &k->problem, &q, &err)) return false;
  bool same = qy_assign_front_epsilon(front) == 0;
  for (size_t c = 0; c < SIZES; c++) {
    if (k->best[c] >= low) continue;
    low = k->best[c];
    if (i < qy_assign_front_count(front)) qy_assign_front_point(front, i, total, choice);
    same = same && i++ < qy_assign_front_count(front) && total[0] == (double)c && total[1] == low;
  }
  same = same && i == qy_assign_front_count(front);
  qy_assign_front_free(front);
  return same;
}

static void test_full_size(void)
{
  enum { CASES = 10 };
  static knapsack k;
  uint64_t seed = 23;
  int fronts = 0, optima = 0;
  qy_arena *arena = qy_arena_new();
  for (int i = 0; i < CASES; i++) {
    fill_knapsack(&k, &seed);
    double least_size, greatest, low = INFINITY;
    qy_assign_range(&least_size, &greatest, &k.problem, 0);
    const qy_assign_limit limit = {0, floor(least_size + (0.05 + 0.06 * i) * (greatest - least_size))};
    for (size_t c = 0; (double)c <= limit.most; c++)
      low = fmin(low, k.best[c]);
    qy_assign_optimum out;
    qy_error err = {0};
    const qy_status status = qy_assign_minimize(&out, &k.problem, 1, &limit, 1, 0, arena, &err);
    optima += !status && out.optimal && out.total[1] == low && out.bound == low && out.total[0] <= limit.most;
    fronts += same_front(&k);
  }
  qy_arena_free(arena);
  is_int(optima, CASES, "52 layers of 4 options: optima are those of the table of all sizes");
  is_int(fronts, CASES, "and so are the fronts");
}

int main(void)
{
  run_fronts("exact", FRONT_CASES, MOST, 0);
  run_fronts("exact, up to 65,536 assignments", 20, ORACLE_ALL, 0);
  run_fronts("cover", FRONT_CASES, MOST, 0.3);
  run_limits("limits", LIMIT_CASES, MOST, 0, true);
  run_limits("limits, up to 65,536 assignments", 60, ORACLE_ALL, 0, true);
  run_limits("limits, four sums kept", LIMIT_CASES, MOST, 4, false);
  run_preferred(LIMIT_CASES);
  test_full_size();
  test_order_of_sums();
  test_decimals();
  test_stopped();
  test_bad();
  test_largest();
  test_too_large();
  test_cover_of_all(2);
  test_cover_of_all(3);
  test_usual_states();
  test_most_tried();
  test_beaten();
  return done();
}
