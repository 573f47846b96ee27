/* Assignments of MobileNetV2: exact fronts of three modes, a cover of HAQ's 49 options a layer, an optimum.
 *
 * Latencies are those of tests/data/haq_mobilenetv2_latency.csv; noise is 4^-w + 4^-a, a last resort that serves here
 * as a second cost.  Options: runs (default 11).
 */
#include "quarry/assign.h"

#include "bench.h"
#include "explore/assign_haq.h"

#include <math.h>
#include <string.h>

enum { MODES = 3, RUNS_MAX = 101 };

static haq_latency latency;

typedef struct modes {
  size_t first[HAQ_LAYERS + 1];
  double cost[3][HAQ_LAYERS * MODES];
  const double *column[3];
  qy_assign_problem problem;
} modes;

/* Three modes: 4, 8 and 16 bits in 1, 2 and 4 units of latency; energy nearly tied to it, as on one array. */
static void fill_modes(modes *t)
{
  for (size_t l = 0; l < HAQ_LAYERS; l++)
    for (size_t m = 0; m < MODES; m++) {
      const size_t o = MODES * l + m;
      const int b = 4 << m;
      t->first[l + 1] = o + 1;
      t->cost[0][o] = latency[l][8][8] * (double)(1 << m);
      t->cost[1][o] = nearbyint(t->cost[0][o] * (1 + 0.02 * (double)((2 - m) * (1 + l % 3))));
      t->cost[2][o] = haq_noise(b, b) * (double)(1 + l * l * 31 % 97);
    }
  for (int k = 0; k < 3; k++)
    t->column[k] = t->cost[k];
  t->problem = (qy_assign_problem){.groups = HAQ_LAYERS, .first = t->first, .costs = 3, .cost = t->column};
}

static void time_front(const char *what, const qy_assign_problem *p, int objectives, const int *objective,
                       double epsilon, int runs)
{
  double ms[RUNS_MAX];
  const qy_assign_question q = {objectives, objective, 0, NULL, epsilon, 0};
  size_t count = 0;
  double reached = 0;
  for (int r = 0; r < runs; r++) {
    qy_assign_front *front;
    qy_error err = {0};
    const double from = bench_cpu_s();
    if (qy_assign_front_find(&front, p, &q, &err)) {
      fprintf(stderr, "%s\n", err.diagnostic[0].text);
      exit(1);
    }
    ms[r] = 1e3 * (bench_cpu_s() - from);
    count = qy_assign_front_count(front);
    reached = qy_assign_front_epsilon(front);
    qy_assign_front_free(front);
  }
  char line[120];
  snprintf(line, sizeof line, "%s: front%s", what, epsilon > 0 ? " within 0.1 %" : "");
  bench_report(line, ms, runs, "ms");
  printf("# %s: %zu points, epsilon %g\n", what, count, reached);
}

static void time_optimum(const char *what, const qy_assign_problem *p, double share, int runs)
{
  double ms[RUNS_MAX], all_8 = 0;
  for (size_t l = 0; l < HAQ_LAYERS; l++)
    all_8 += latency[l][8][8];
  const qy_assign_limit limit = {0, share * all_8};
  qy_assign_optimum out = {0};
  qy_arena *arena = qy_arena_new();
  for (int r = 0; r < runs; r++) {
    qy_error err = {0};
    const double from = bench_cpu_s();
    qy_assign_minimize(&out, p, 1, &limit, 1, 0, arena, &err);
    ms[r] = 1e3 * (bench_cpu_s() - from);
  }
  char line[120];
  snprintf(line, sizeof line, "%s: optimum at %g of 8 bit", what, share);
  bench_report(line, ms, runs, "ms");
  printf("# %s: noise %.6g, %s\n", line, out.total ? out.total[1] : 0, out.optimal ? "proved" : "open");
  qy_arena_free(arena);
}

int main(int argc, char **argv)
{
  static modes three;
  static haq_problem haq;
  static const int all[] = {0, 1, 2}, two[] = {0, 2};
  int runs = argc > 1 ? atoi(argv[1]) : 11;
  if (runs < 1 || runs > RUNS_MAX) runs = 11;
  if (!haq_read(latency)) {
    fputs("tests/data/haq_mobilenetv2_latency.csv: not read\n", stderr);
    return 1;
  }
  fill_modes(&three);
  time_front("53 layers x 3 modes, 2 costs", &three.problem, 2, two, 0, runs);
  time_front("53 layers x 3 modes, 3 costs", &three.problem, 3, all, 0, runs);
  for (int least = 2; least >= 1; least--) {
    char what[80];
    haq_fill(&haq, latency, HAQ_LAYERS, least, false);
    snprintf(what, sizeof what, "HAQ, 53 layers x %d options", (9 - least) * (9 - least));
    time_front(what, &haq.problem, 2, all, 1e-3, runs);
    time_optimum(what, &haq.problem, 0.6, runs);
  }
  return 0;
}
