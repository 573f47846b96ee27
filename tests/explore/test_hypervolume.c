/* qy_hypervolume against cell counting, inclusion-exclusion and a closed form. */
#include "quarry/pareto.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { SIDE = 12, ROUNDS = 3000 };

/* On an integer grid the volume is the number of unit cells whose lower corner some point is no larger than. */
static int64_t count_cells(double *const *c, int objectives, size_t n)
{
  int64_t cells = 0;
  for (int x = 0; x < SIDE; x++)
    for (int y = 0; y < (objectives > 1 ? SIDE : 1); y++)
      for (int z = 0; z < (objectives > 2 ? SIDE : 1); z++) {
        int inside = 0;
        for (size_t i = 0; i < n && !inside; i++)
          inside = c[0][i] <= x && (objectives < 2 || c[1][i] <= y) && (objectives < 3 || c[2][i] <= z);
        cells += inside;
      }
  return cells;
}

static void grids(void)
{
  static double x[400], y[400], z[400];
  double *c[3] = {x, y, z};
  const double reference[3] = {SIDE, SIDE, SIDE};
  uint64_t seed = 99;
  for (int objectives = 1; objectives <= 3; objectives++) {
    int wrong = 0;
    for (int r = 0; r < ROUNDS; r++) {
      size_t n = random_below(&seed, r % 10 ? 25 : 400);
      int near = (int)random_below(&seed, 2); /* half of the sets lie near the diagonal front: long staircases */
      for (size_t i = 0; i < n; i++) {
        for (int d = 0; d < 3; d++)
          c[d][i] = (double)random_below(&seed, SIDE + 2);
        if (near) c[2][i] = fmax(0, 1.5 * SIDE - c[0][i] - c[1][i]);
      }
      double volume;
      if (qy_hypervolume(&volume, (const double *const *)c, objectives, n, reference, NULL) != QY_OK ||
          volume != (double)count_cells(c, objectives, n))
        wrong++;
    }
    ok(!wrong, "%d sets of integer points in %d objectives: equal to the count of unit cells", ROUNDS, objectives);
  }
}

/* Union of boxes by inclusion and exclusion over all subsets. */
static double inclusion_exclusion(double *const *c, size_t n, const double *reference)
{
  double volume = 0;
  for (unsigned subset = 1; subset < 1u << n; subset++) {
    double box = 1;
    for (int d = 0; d < 3; d++) {
      double corner = -INFINITY;
      for (size_t i = 0; i < n; i++)
        if (subset >> i & 1) corner = fmax(corner, c[d][i]);
      box *= fmax(0, reference[d] - corner);
    }
    volume += __builtin_popcount(subset) % 2 ? box : -box;
  }
  return volume;
}

static void reals(void)
{
  double x[8], y[8], z[8], *c[3] = {x, y, z};
  uint64_t seed = 17;
  double worst = 0;
  for (int r = 0; r < 500; r++) {
    double reference[3] = {1.1, 0.9, 1.0}, volume = -1;
    size_t n = 1 + random_below(&seed, 8);
    for (size_t i = 0; i < n; i++)
      for (int d = 0; d < 3; d++)
        c[d][i] = random_unit(&seed);
    qy_hypervolume(&volume, (const double *const *)c, 3, n, reference, NULL);
    worst = fmax(worst, fabs(volume - inclusion_exclusion(c, n, reference)));
  }
  ok(worst < 1e-12, "500 sets of up to 8 real points: inclusion-exclusion within 1e-12 (worst %.1e)", worst);
}

/* n points (i/n, 1 - i/n), i = 0..n-1, reference (1, 1): rectangles of width 1/n and height i/n sum to (n - 1)/(2n).
 * The same staircase times a depth that falls linearly over m layers has a closed form too. */
static void closed_forms(void)
{
  const size_t n = 100000;
  double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y), *z = malloc(n * sizeof *z), volume = 0;
  const double *c[3] = {x, y, z}, reference[3] = {1, 1, 2};
  for (size_t i = 0; i < n; i++) {
    x[i] = (double)i / (double)n;
    y[i] = 1 - (double)i / (double)n;
    z[i] = 0.5;
  }
  qy_hypervolume(&volume, c, 2, n, reference, NULL);
  near_rel(volume, (double)(n - 1) / (2.0 * (double)n), 1e-12, "100000 points on a line: (n - 1) / 2n");
  qy_hypervolume(&volume, c, 3, n, reference, NULL);
  near_rel(volume, 1.5 * (double)(n - 1) / (2.0 * (double)n), 1e-12, "the same at depth 1.5");
  free(x);
  free(y);
  free(z);
}

static void bad_input(void)
{
  const double x[3] = {1, 1, INFINITY}, nan[1] = {NAN}, low[1] = {-INFINITY};
  const double *c[3] = {x, x, x}, *with_nan[2] = {x, nan}, *with_low[2] = {x, low};
  const double reference[3] = {2, 2, 2}, endless[2] = {INFINITY, 1};
  double volume = -1;
  qy_error err = {0};
  is_int(qy_hypervolume(&volume, c, 2, 0, reference, NULL), QY_OK, "no points: fine");
  ok(volume == 0, "volume 0");
  qy_hypervolume(&volume, c, 3, 3, reference, NULL);
  ok(volume == 1, "an equal point and one at infinity add nothing");
  is_int(qy_hypervolume(&volume, c, 4, 1, reference, &err), QY_BAD_INPUT, "4 objectives are refused");
  is_int(qy_hypervolume(&volume, with_nan, 2, 1, reference, NULL), QY_BAD_INPUT, "NaN is refused");
  is_int(qy_hypervolume(&volume, with_low, 2, 1, reference, NULL), QY_BAD_INPUT, "-infinity is refused");
  is_int(qy_hypervolume(&volume, c, 2, 1, endless, NULL), QY_BAD_INPUT, "an infinite reference is refused");
}

int main(void)
{
  grids();
  reals();
  closed_forms();
  bad_input();
  return done();
}
