/* Searches: budgets kept, points distinct, the same for any number of threads, and fronts of known shape found.
 *
 * The functions are those of Zitzler, Deb, Thiele (Evol. Comput. 8(2), 2000) and Deb, Thiele, Laumanns, Zitzler (CEC
 * 2002), of which the optimal fronts are known in closed form, on grids that hold those fronts: 101 values of the first
 * variable and 41 of each of seven others make 2e13 points.
 */
#include "quarry/search.h"
#include "tap.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { VARIABLES = 8, VALUES = 41, FIRST = 101, SEEDS = 5 };
static const double pi = 3.14159265358979323846;

typedef enum function { ZDT1, ZDT2, ZDT3, ZDT4, DTLZ2, BAND, FUNCTIONS } function;
static const char *const name[FUNCTIONS] = {"ZDT1", "ZDT2", "ZDT3", "ZDT4", "DTLZ2", "ZDT1 with a forbidden band"};

static qy_space_entry entry[3];
static const qy_space *the_space;

static qy_space space_of(function f)
{
  qy_space space = {1, entry, 0};
  entry[0] = (qy_space_entry){.name = "e", .axis_count = VARIABLES};
  for (int a = 0; a < VARIABLES; a++)
    entry[0].axis[a] = (qy_axis){"x", a == 0 && f != DTLZ2 ? FIRST : VALUES};
  qy_space_finish(&space, NULL);
  return space;
}

static void dtlz2(double *objective, const double *x)
{
  double g = 1;
  for (int a = 2; a < VARIABLES; a++)
    g += (x[a] - 0.5) * (x[a] - 0.5);
  objective[0] = g * cos(x[0] * pi / 2) * cos(x[1] * pi / 2);
  objective[1] = g * cos(x[0] * pi / 2) * sin(x[1] * pi / 2);
  objective[2] = g * sin(x[0] * pi / 2);
}

static double rastrigin(const double *x)
{
  double g = 1 + 10 * (VARIABLES - 1);
  for (int a = 1; a < VARIABLES; a++)
    g += 100 * x[a] * x[a] - 10 * cos(40 * pi * x[a]);
  return g;
}

static void value_of(double *objective, double *violation, function f, const size_t *value)
{
  double x[VARIABLES], g = 0;
  for (int a = 0; a < VARIABLES; a++)
    x[a] = (double)value[a] / (a == 0 && f != DTLZ2 ? FIRST - 1 : VALUES - 1);
  if (f == DTLZ2) {
    dtlz2(objective, x);
    return;
  }
  for (int a = 1; a < VARIABLES; a++)
    g += x[a];
  g = f == ZDT4 ? rastrigin(x) : 1 + 9 * g / (VARIABLES - 1);
  const double ratio = x[0] / g;
  objective[0] = x[0];
  if (f == ZDT2)
    objective[1] = g * (1 - ratio * ratio);
  else
    objective[1] = g * (1 - sqrt(ratio) - (f == ZDT3 ? ratio * sin(10 * pi * x[0]) : 0));
  if (f == BAND) *violation = fmax(0, fmin(x[0] - 0.3, 0.6 - x[0])); /* 0.3 and 0.6 are allowed */
}

static qy_status evaluate(void *ctx, void *worker, int64_t point, double *objective, double *violation, qy_error *err)
{
  size_t value[QY_AXES_MAX];
  int e;
  (void)worker, (void)err;
  qy_space_decode(the_space, point, &e, value);
  value_of(objective, violation, *(const function *)ctx, value);
  return QY_OK;
}

/* The front of the whole grid: all other variables at their best, 0 or, of DTLZ2, the middle. */
static qy_archive *exact_front(function f)
{
  qy_archive *exact = qy_archive_new(f == DTLZ2 ? 3 : 2);
  size_t value[VARIABLES] = {0};
  for (int a = 2; a < VARIABLES && f == DTLZ2; a++)
    value[a] = VALUES / 2;
  for (value[0] = 0; value[0] < the_space->entry[0].axis[0].count; value[0]++)
    for (value[1] = 0; value[1] < (f == DTLZ2 ? VALUES : 1); value[1]++) {
      double objective[3], violation = 0;
      value_of(objective, &violation, f, value);
      if (violation <= 0) qy_archive_put(exact, objective, (int64_t)(value[0] * FIRST + value[1]), NULL);
    }
  return exact;
}

static double last_share(const qy_search_result *r, qy_archive *const *exact)
{
  double *share = malloc((r->generations + 1) * sizeof *share), last = -1;
  if (share && !qy_search_convergence(share, r, exact, NULL) && r->generations > 0) last = share[r->generations - 1];
  free(share);
  return last;
}

static void known_fronts(void)
{
  static const int64_t points[FUNCTIONS] = {2400, 2400, 2400, 3000, 10000, 2400};
  for (function f = ZDT1; f < FUNCTIONS; f++) {
    const qy_space space = space_of(f);
    double least[2] = {1, 1};
    the_space = &space;
    qy_archive *exact = exact_front(f);
    for (int m = 0; m < 2; m++) /* nsga2, and what chance alone would reach */
      for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const qy_search_problem problem = {.space = &space,
                                           .objectives = f == DTLZ2 ? 3 : 2,
                                           .groups = 1,
                                           .threads = 1,
                                           .ctx = &f,
                                           .evaluate = evaluate};
        const qy_search_budget budget = {.points = points[f], .seed = seed};
        qy_search_result r;
        if (qy_search_run(&r, qy_search_find(m ? "random" : "nsga2"), &problem, &budget, NULL)) least[m] = -1;
        least[m] = fmin(least[m], last_share(&r, &exact));
        qy_search_free(&r);
      }
    ok(least[0] >= 0.99 && least[1] < least[0],
       "%s: %lld of %.1e points give 99 %% of the exact hypervolume (least of %d seeds %.2f %%, random points %.2f %%)",
       name[f], (long long)points[f], (double)space.count, SEEDS, 100 * least[0], 100 * least[1]);
    qy_archive_free(exact);
  }
}

/* ---- small spaces of several designs and fronts ---- */

/* Two designs with a common axis "c" (which is also the front a point belongs to) and others of their own. */
static qy_space mixed_space(void)
{
  qy_space space = {3, entry, 0};
  entry[0] = (qy_space_entry){.name = "a", .axis_count = 3, .axis = {{"p", 12}, {"q", 15}, {"c", 3}}};
  entry[1] = (qy_space_entry){.name = "b", .axis_count = 4, .axis = {{"q", 15}, {"one", 1}, {"r", 6}, {"c", 3}}};
  entry[2] = (qy_space_entry){.name = "single", .axis_count = 1, .axis = {{"c", 1}}};
  qy_space_finish(&space, NULL);
  return space;
}

typedef struct trial {
  atomic_int evaluated, workers, unserved;
  int stop_after, fail_at, nan_at;
} trial;

static qy_status evaluate_mixed(void *ctx, void *worker, int64_t point, double *objective, double *violation,
                                qy_error *err)
{
  trial *t = ctx;
  const uint64_t word = (uint64_t)point * 2654435761u;
  if (worker)
    ++*(int *)worker;
  else
    atomic_fetch_add(&t->unserved, 1);
  atomic_fetch_add(&t->evaluated, 1);
  if (t->fail_at && point == t->fail_at) return qy_fail(err, QY_SYSTEM, "point %lld broke", (long long)point);
  objective[0] = t->nan_at && point == t->nan_at ? NAN : (double)(word >> 8 & 1023);
  objective[1] = (double)((uint64_t)(1 << 20) / (1 + (word >> 8 & 1023)) + (word >> 20 & 63));
  objective[2] = (double)(word >> 13 & 31);
  if (word % 5 == 0) *violation = 1;
  return QY_OK;
}

static size_t group_of(void *ctx, int64_t point)
{
  int e;
  size_t value[QY_AXES_MAX];
  (void)ctx;
  qy_space_decode(the_space, point, &e, value);
  return value[the_space->entry[e].axis_count - 1];
}

static void *worker_new(void *ctx, qy_error *err)
{
  trial *t = ctx;
  (void)err;
  atomic_fetch_add(&t->workers, 1);
  return calloc(1, sizeof(int));
}

static void worker_free(void *ctx, void *worker)
{
  trial *t = ctx;
  atomic_fetch_sub(&t->workers, 1);
  free(worker);
}

static int stop(void *ctx)
{
  trial *t = ctx;
  return atomic_load(&t->evaluated) >= t->stop_after;
}

static qy_search_problem mixed(trial *t, int threads)
{
  return (qy_search_problem){.space = the_space,
                             .objectives = 3,
                             .groups = 3,
                             .threads = threads,
                             .ctx = t,
                             .worker_new = worker_new,
                             .worker_free = worker_free,
                             .group = group_of,
                             .evaluate = evaluate_mixed,
                             .stop = t->stop_after ? stop : NULL};
}

static int by_number(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static int distinct(const qy_search_result *r)
{
  int64_t *sorted = malloc((r->count + 1) * sizeof *sorted);
  int good = sorted != NULL;
  if (!sorted) return 0;
  memcpy(sorted, r->point, r->count * sizeof *sorted);
  qsort(sorted, r->count, sizeof *sorted, by_number);
  for (size_t i = 0; i < r->count; i++)
    good &= sorted[i] >= 0 && sorted[i] < the_space->count && (i == 0 || sorted[i - 1] < sorted[i]);
  free(sorted);
  return good;
}

/* The fronts kept are those of the points recorded, group by group: each point against each. */
static int fronts_right(const qy_search_result *r)
{
  size_t expected = 0, kept = 0, wrong = 0;
  for (size_t i = 0; i < r->count; i++) {
    int on_front = !(r->violation[i] > 0);
    for (size_t j = 0; j < r->count && on_front; j++) {
      const double *a = r->objective + 3 * j, *b = r->objective + 3 * i;
      if (r->violation[j] > 0 || r->group[i] != r->group[j]) continue;
      on_front = !(a[0] <= b[0] && a[1] <= b[1] && a[2] <= b[2] && (a[0] < b[0] || a[1] < b[1] || a[2] < b[2]));
    }
    expected += (size_t)on_front;
  }
  for (size_t g = 0; g < r->groups; g++) {
    const int64_t *ids;
    size_t count;
    wrong += qy_archive_front(r->front[g], &count, &ids, NULL, NULL) != QY_OK;
    for (size_t i = 0; i < count; i++)
      wrong += group_of(NULL, ids[i]) != g;
    kept += count;
  }
  return kept == expected && !wrong;
}

static int same(const qy_search_result *a, const qy_search_result *b)
{
  return a->count == b->count && a->generations == b->generations &&
         memcmp(a->point, b->point, a->count * sizeof *a->point) == 0 &&
         memcmp(a->end, b->end, a->generations * sizeof *a->end) == 0;
}

static void promises(const qy_search_method *method)
{
  static const int64_t points[] = {1, 2, 7, 100, 400, 810, 811, 5000};
  const qy_space space = mixed_space();
  int wrong = 0, differ = 0, alike = 0, falls = 0, left_over = 0;
  the_space = &space;
  for (size_t k = 0; k < sizeof points / sizeof *points; k++) {
    qy_search_result r[3];
    trial t = {0};
    const int64_t expected = points[k] < space.count ? points[k] : space.count;
    for (int i = 0; i < 3; i++) {
      const qy_search_problem problem = mixed(&t, i == 1 ? 3 : 1);
      const qy_search_budget budget = {.points = points[k], .seed = i == 2 ? 9 : 4};
      wrong += qy_search_run(&r[i], method, &problem, &budget, NULL) != QY_OK;
      wrong += (int64_t)r[i].count != expected || !distinct(&r[i]) || !fronts_right(&r[i]);
      for (size_t n = 1, g = 0; n < r[i].count; n++) { /* rising within a generation */
        while (n > r[i].end[g])
          g++;
        wrong += n != r[i].end[g] && r[i].point[n - 1] >= r[i].point[n];
      }
      wrong += r[i].generations == 0 || r[i].end[r[i].generations - 1] != r[i].count;
      double *share = malloc((r[i].generations + 1) * sizeof *share);
      wrong += !share || qy_search_convergence(share, &r[i], NULL, NULL) != QY_OK;
      for (size_t g = 1; share && g < r[i].generations; g++)
        falls += share[g] < share[g - 1] - 1e-12;
      if (share && points[k] >= 7) falls += fabs(share[r[i].generations - 1] - 1) > 1e-12;
      free(share);
    }
    left_over += atomic_load(&t.workers) + atomic_load(&t.unserved);
    differ += !same(&r[0], &r[1]);
    alike += points[k] >= 100 && points[k] <= 400 && same(&r[0], &r[2]);
    for (int i = 0; i < 3; i++)
      qy_search_free(&r[i]);
  }
  ok(!wrong, "%s: as many points as the budget or the space has, distinct; the fronts are those of the points seen",
     method->name);
  ok(!differ && !alike, "%s: three threads find what one does; another seed takes other points", method->name);
  ok(!falls, "%s: the hypervolume never falls, and ends at that of the fronts found", method->name);
  ok(!left_over, "%s: every point had a worker, every worker was freed", method->name);
}

/* An axis of one value leaves nothing to choose: with it and without the same points are taken. */
static void one_value(const qy_search_method *method)
{
  qy_search_result r[2];
  int wrong = 0;
  for (int with = 0; with < 2; with++) {
    qy_space space = {1, entry, 0};
    entry[0] =
        with ? (qy_space_entry){.name = "a", .axis_count = 4, .axis = {{"p", 12}, {"one", 1}, {"q", 15}, {"c", 3}}}
             : (qy_space_entry){.name = "a", .axis_count = 3, .axis = {{"p", 12}, {"q", 15}, {"c", 3}}};
    qy_space_finish(&space, NULL);
    the_space = &space;
    trial t = {0};
    const qy_search_problem problem = mixed(&t, 1);
    const qy_search_budget budget = {.points = 300, .seed = 6};
    wrong += qy_search_run(&r[with], method, &problem, &budget, NULL) != QY_OK;
  }
  ok(!wrong && same(&r[0], &r[1]), "%s: an axis of one value changes nothing", method->name);
  for (int with = 0; with < 2; with++)
    qy_search_free(&r[with]);
}

static void endings(const qy_search_method *method)
{
  const qy_space space = mixed_space();
  qy_search_result r;
  qy_error err = {0};
  trial stopped = {.stop_after = 200}, failing = {.fail_at = 300}, nan = {.nan_at = 301}, timed = {0};
  qy_search_problem problem = mixed(&stopped, 2);
  qy_search_budget budget = {.points = 811, .seed = 1};
  the_space = &space;
  problem = mixed(&stopped, 2);
  ok(qy_search_run(&r, method, &problem, &budget, NULL) == QY_INTERRUPTED && r.count >= 100 && r.count < 811 &&
         distinct(&r) && fronts_right(&r),
     "%s: a stop keeps what was finished", method->name);
  qy_search_free(&r);
  problem = mixed(&failing, 2);
  ok(qy_search_run(&r, method, &problem, &budget, &err) == QY_SYSTEM && r.count == 0 && err.count == 1,
     "%s: a failure is passed on", method->name);
  problem = mixed(&nan, 1);
  ok(qy_search_run(&r, method, &problem, &budget, NULL) == QY_BAD_INPUT, "%s: NaN is refused", method->name);
  problem = mixed(&timed, 1);
  budget = (qy_search_budget){.seconds = 30, .seed = 1};
  ok(qy_search_run(&r, method, &problem, &budget, NULL) == QY_OK && (int64_t)r.count == space.count,
     "%s: with time enough the whole space is seen", method->name);
  qy_search_free(&r);
  budget.seconds = 1e-9;
  ok(qy_search_run(&r, method, &problem, &budget, NULL) == QY_OK && (int64_t)r.count < space.count,
     "%s: without time it is not", method->name);
  qy_search_free(&r);
  budget = (qy_search_budget){.seed = 1};
  ok(qy_search_run(&r, method, &problem, &budget, NULL) == QY_BAD_INPUT, "%s: no budget is refused", method->name);
}

static qy_status evaluate_rising(void *ctx, void *worker, int64_t point, double *objective, double *violation,
                                 qy_error *err)
{
  (void)ctx, (void)worker, (void)violation, (void)err;
  objective[0] = objective[1] = (double)point;
  return QY_OK;
}

static size_t no_group(void *ctx, int64_t point)
{
  (void)ctx, (void)point;
  return 0;
}

static void *silent_worker(void *ctx, qy_error *err)
{
  (void)ctx, (void)err;
  return NULL;
}

static void *no_worker(void *ctx, qy_error *err)
{
  (void)ctx;
  qy_fail(err, QY_SYSTEM, "no worker today");
  return NULL;
}

/* How many points a generation has, as the header says. */
static void populations(void)
{
  static const struct {
    int64_t points;
    size_t groups, population, expected;
  } row[] = {{100, 1, 0, 20},    {1599, 1, 0, 20}, {1680, 1, 0, 21}, {8000, 1, 0, 100}, {16079, 1, 0, 200},
             {20000, 1, 0, 200}, {1000, 5, 0, 40}, {300, 5, 0, 30},  {150, 9, 0, 20},   {400, 5, 0, 40},
             {399, 5, 0, 39},    {800, 2, 0, 20},  {100, 1, 7, 7},   {5, 1, 0, 5},      {0, 1, 0, 200},
             {0, 30, 0, 240},    {60, 1, 60, 60},  {61, 1, 60, 60}};
  static const char *const which[] = {"random", "nsga2"};
  qy_space space = {1, entry, 0};
  qy_error err = {0};
  qy_search_result r;
  entry[0] = (qy_space_entry){.name = "e", .axis_count = 1, .axis = {{"x", 1000000}}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int m = 0; m < (row[i].points > 0 && row[i].points < 2000 ? 2 : 1); m++) {
      entry[0].axis[0].count = row[i].points ? 1000000 : 1000;
      qy_space_finish(&space, NULL);
      const qy_search_problem problem = {.space = &space,
                                         .objectives = 2,
                                         .groups = row[i].groups,
                                         .threads = 1,
                                         .group = no_group,
                                         .evaluate = evaluate_rising};
      const qy_search_budget budget = {
          .points = row[i].points, .seconds = row[i].points ? 0 : 30, .population = row[i].population, .seed = 2};
      const size_t all = row[i].points ? (size_t)row[i].points : 1000;
      int wrong = qy_search_run(&r, qy_search_find(which[m]), &problem, &budget, NULL) != QY_OK || r.count != all;
      for (size_t g = 0; g < r.generations; g++) {
        const size_t end = (g + 1) * row[i].expected;
        wrong += r.end[g] != (end < all ? end : all);
      }
      ok(!wrong, "%s, %zu points for %zu fronts: generations of %zu", which[m], all, row[i].groups, row[i].expected);
      qy_search_free(&r);
    }
  const qy_search_problem problem = {.space = &space,
                                     .objectives = 2,
                                     .groups = 1,
                                     .threads = 1,
                                     .worker_new = no_worker,
                                     .evaluate = evaluate_rising};
  ok(qy_search_run(&r, qy_search_find("random"), &problem, &(qy_search_budget){.points = 9}, &err) == QY_SYSTEM &&
         r.count == 0,
     "no worker: no search");
  is_text(err.diagnostic[0].text, "no worker today", "and why");
  qy_error_clear(&err);
  qy_search_problem silent = problem;
  silent.worker_new = silent_worker;
  ok(qy_search_run(&r, qy_search_find("random"), &silent, &(qy_search_budget){.points = 9}, &err) == QY_NO_MEMORY,
     "none without a reason: memory ran out");
  is_text(err.diagnostic[0].text, qy_status_text(QY_NO_MEMORY), "and this is said");
  qy_error_clear(&err);
  const qy_search_budget most = {.points = (int64_t)INT32_MAX};
  ok(qy_search_run(&r, qy_search_find("random"), &problem, &most, &err) == QY_BAD_INPUT, "2^31 - 1 points are refused");
  is_text(err.diagnostic[0].text, "expected a budget of at most 2147483646 points, found 2147483647",
          "and how many may");
}

/* ---- several fronts at once ---- */

enum { FRONTS = 4, STEPS = 200, OTHERS = 5, OTHER_VALUES = 31 };

static void front_point(double *objective, const size_t *value)
{
  double g = 1;
  for (int a = 0; a < OTHERS; a++)
    g += 9.0 / OTHERS * (double)value[2 + a] / (OTHER_VALUES - 1);
  objective[0] = (double)value[1] / STEPS;
  objective[1] = g * (1 - sqrt(objective[0] / g)) + (double)value[0];
}

static qy_status evaluate_fronts(void *ctx, void *worker, int64_t point, double *objective, double *violation,
                                 qy_error *err)
{
  size_t value[QY_AXES_MAX];
  int e;
  (void)ctx, (void)worker, (void)violation, (void)err;
  qy_space_decode(the_space, point, &e, value);
  front_point(objective, value);
  return QY_OK;
}

static size_t front_of(void *ctx, int64_t point)
{
  size_t value[QY_AXES_MAX];
  int e;
  (void)ctx;
  qy_space_decode(the_space, point, &e, value);
  return value[0];
}

/* Four fronts of one search: turns give each its share of the population, and all are found. */
static void many_fronts(void)
{
  static qy_space space = {1, entry, 0};
  double least = 1;
  entry[0] = (qy_space_entry){.name = "e", .axis_count = 2 + OTHERS, .axis = {{"front", FRONTS}, {"x", STEPS + 1}}};
  for (int a = 0; a < OTHERS; a++)
    entry[0].axis[2 + a] = (qy_axis){"y", OTHER_VALUES};
  qy_space_finish(&space, NULL);
  the_space = &space;
  qy_archive *exact[FRONTS];
  for (size_t f = 0; f < FRONTS; f++) {
    exact[f] = qy_archive_new(2);
    for (size_t x = 0; x <= STEPS; x++) {
      double objective[2];
      front_point(objective, (const size_t[QY_AXES_MAX]){f, x});
      qy_archive_put(exact[f], objective, (int64_t)x, NULL);
    }
  }
  for (uint64_t seed = 1; seed <= 3; seed++) {
    const qy_search_problem problem = {.space = &space,
                                       .objectives = 2,
                                       .groups = FRONTS,
                                       .threads = 1,
                                       .group = front_of,
                                       .evaluate = evaluate_fronts};
    const qy_search_budget budget = {.points = 4000, .seed = seed};
    qy_search_result r;
    if (qy_search_run(&r, qy_search_find("nsga2"), &problem, &budget, NULL)) least = -1;
    for (size_t f = 0; f < FRONTS; f++) {
      qy_archive *one[FRONTS] = {NULL};
      for (size_t k = 0; k < FRONTS; k++)
        one[k] = k == f ? exact[f] : qy_archive_new(2);
      least = fmin(least, last_share(&r, one));
      for (size_t k = 0; k < FRONTS; k++)
        if (k != f) qy_archive_free(one[k]);
    }
    qy_search_free(&r);
  }
  for (size_t f = 0; f < FRONTS; f++)
    qy_archive_free(exact[f]);
  ok(least >= 0.99, "nsga2: 4000 points give %.2f %% of each of four fronts", 100 * least);
}

static qy_status evaluate_many(void *ctx, void *worker, int64_t point, double *objective, double *violation,
                               qy_error *err)
{
  (void)ctx, (void)worker, (void)violation, (void)err;
  for (int d = 0; d < QY_HYPERVOLUME_OBJECTIVES_MAX; d++)
    objective[d] = (double)point;
  return QY_OK;
}

/* Samples of doubling size until all of a space is seen, and as many objectives as a volume can have. */
static void whole_space(const qy_search_method *method)
{
  static qy_space space = {1, entry, 0};
  entry[0] = (qy_space_entry){.name = "e", .axis_count = 2, .axis = {{"x", 90}, {"y", 100}}};
  qy_space_finish(&space, NULL);
  the_space = &space;
  const qy_search_problem problem = {.space = &space,
                                     .objectives = QY_HYPERVOLUME_OBJECTIVES_MAX,
                                     .groups = 1,
                                     .threads = 1,
                                     .evaluate = evaluate_many};
  const qy_search_budget budget = {.seconds = 60, .seed = 2, .population = 3000};
  qy_search_result r;
  double share[64] = {0};
  const qy_status status = qy_search_run(&r, method, &problem, &budget, NULL);
  ok(status == QY_OK && distinct(&r) && r.count == 9000, "%s: in a minute all of 9000 points, each once", method->name);
  ok(!status && r.generations < 64 && qy_search_convergence(share, &r, NULL, NULL) == QY_OK &&
         fabs(share[r.generations - 1] - 1) < 1e-12 && share[0] >= 0,
     "with a share of volumes of eight objectives");
  qy_search_free(&r);
}

/* An evolution that finds hardly any point of a space that it did not see before ends, and sees none twice. */
static void exhausted(void)
{
  static qy_space space = {1, entry, 0};
  entry[0] = (qy_space_entry){.name = "e", .axis_count = 1, .axis = {{"x", 6000}}};
  qy_space_finish(&space, NULL);
  the_space = &space;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    const qy_search_problem problem = {
        .space = &space, .objectives = 2, .groups = 1, .threads = 1, .evaluate = evaluate_rising};
    const qy_search_budget budget = {.points = 6000, .seed = seed};
    qy_search_result r;
    const qy_status status = qy_search_run(&r, qy_search_find("nsga2"), &problem, &budget, NULL);
    ok(status == QY_OK && distinct(&r) && r.count > 5980, "nsga2: %zu of 6000 points, each once", r.count);
    qy_search_free(&r);
  }
}

int main(void)
{
  size_t count;
  const qy_search_method *method = qy_search_table(&count);
  is_text(method[0].name, "nsga2", "the default method");
  ok(qy_search_find("grid") == NULL, "no method of another name");
  for (size_t i = 0; i < count; i++) {
    promises(&method[i]);
    endings(&method[i]);
    one_value(&method[i]);
    if (i > 0) whole_space(&method[i]);
  }
  known_fronts();
  populations();
  exhausted();
  many_fronts();
  return done();
}
