/* Covers against exact fronts: HAQ's table of 49 options a layer, and random problems of two to four costs. */
#include "quarry/assign.h"

#include "assign_haq.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

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

static void run_random(int costs, size_t groups, size_t options, int cases, bool with_limit)
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
        cost[k][o] = (k % 2 ? pow(4, level) : 1 + level) * (0.5 + random_unit(&seed));
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
  ok(broken == 0 && points < all, "%d costs, %zu groups of %zu options%s: %zu points for %zu in %d cases", costs,
     groups, options, with_limit ? ", with a limit" : "", points, all, cases);
}

int main(void)
{
  ok(haq_read(latency), "HAQ's table is read");
  test_haq();
  test_haq_whole();
  run_random(2, 16, 8, 20, false);
  run_random(2, 16, 8, 20, true);
  run_random(3, 8, 4, 10, false);
  run_random(3, 8, 4, 10, true);
  run_random(3, 11, 4, 2, false);
  run_random(4, 6, 3, 10, false);
  return done();
}
