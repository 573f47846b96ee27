/* Crossover against a direct reading of its definition: for every cost, the least value of each set by a full scan. */
#include "tap.h"

#include "quarry/crossover.h"

#include <stdlib.h>

static double least(const double *cost, const double *value, size_t n, double limit)
{
  double best = INFINITY;
  for (size_t i = 0; i < n; i++)
    if (cost[i] <= limit && value[i] < best) best = value[i];
  return best;
}

static int agrees(const double *ac, const double *av, size_t n, const double *bc, const double *bv, size_t m)
{
  qy_error err = {0};
  qy_crossover got;
  if (qy_crossover_find(&got, ac, av, n, bc, bv, m, &err)) return 0;
  double ratio = 0, first = INFINITY;
  int compared = 0;
  for (size_t i = 0; i < n + m; i++) {
    double c = i < n ? ac[i] : bc[i - n];
    double a = least(ac, av, n, c), b = least(bc, bv, m, c);
    if (isinf(a) || isinf(b)) continue;
    compared = 1;
    if (a / b > ratio) ratio = a / b;
    if (a > b && c < first) first = c;
  }
  if (got.compared != compared || got.wins != !isinf(first)) return 0;
  return (!compared || got.best_ratio == ratio) && (!got.wins || got.first_cost == first);
}

int main(void)
{
  double ac[] = {1, 2, 4}, av[] = {12, 6, 3}, bc[] = {1.5, 3}, bv[] = {12, 2};
  qy_error err = {0};
  qy_crossover x;
  qy_crossover_find(&x, ac, av, 3, bc, bv, 2, &err);
  ok(x.compared && x.wins, "b wins somewhere");
  near_rel(x.first_cost, 3, 0, "from cost 3 on");
  near_rel(x.best_ratio, 3, 0, "three times better at cost 3");
  near_rel(x.win_frac, log(4.0 / 3.0) / log(4.0 / 1.5), 1e-12, "on this share of the logarithmic range");
  qy_crossover_find(&x, ac, av, 3, bc, bv, 0, &err);
  ok(!x.compared && !x.wins, "an empty set is not compared");

  int good = 1;
  srand(7);
  for (int round = 0; round < 2000 && good; round++) {
    double a[2][12], b[2][12];
    size_t n = (size_t)(rand() % 12), m = (size_t)(rand() % 12);
    for (size_t i = 0; i < 12; i++)
      for (int d = 0; d < 2; d++) {
        a[d][i] = 1 + rand() % 9;
        b[d][i] = 1 + rand() % 9;
      }
    good = agrees(a[0], a[1], n, b[0], b[1], m);
  }
  ok(good, "2000 random pairs of sets agree with a full scan");
  return done();
}
