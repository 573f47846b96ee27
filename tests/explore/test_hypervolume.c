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

/* The same for four objectives and more, few values each: ties and duplicates everywhere.  Cell by cell, its corner
 * counted up like a number of `objectives` digits. */
static int64_t count_cells_of(double *const *c, int objectives, size_t n, int side)
{
  int64_t cells = 0, all = 1;
  for (int d = 0; d < objectives; d++)
    all *= side;
  for (int64_t cell = 0; cell < all; cell++) {
    int inside = 0;
    for (size_t i = 0; i < n && !inside; i++) {
      int64_t left = cell;
      inside = 1;
      for (int d = 0; d < objectives && inside; d++, left /= side)
        inside = c[d][i] <= (double)(left % side);
    }
    cells += inside;
  }
  return cells;
}

enum { MOST = QY_HYPERVOLUME_OBJECTIVES_MAX, POINTS = 120 };

static void grids_of_many(void)
{
  static double value[MOST][POINTS];
  static const int side[MOST + 1] = {[4] = 7, [5] = 5, [6] = 4, [7] = 3, [8] = 3}, rounds = 300;
  double *c[MOST], reference[MOST];
  uint64_t seed = 3;
  for (int d = 0; d < MOST; d++)
    c[d] = value[d];
  for (int objectives = 4; objectives <= MOST; objectives++) {
    int wrong = 0;
    for (int d = 0; d < MOST; d++)
      reference[d] = side[objectives];
    for (int r = 0; r < rounds; r++) {
      size_t n = random_below(&seed, r % 10 ? 20 : POINTS);
      int near = (int)random_below(&seed, 2), last = objectives - 1;
      for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int d = 0; d < objectives; d++)
          sum += c[d][i] = (double)random_below(&seed, (size_t)side[objectives] + 1);
        if (near) c[last][i] = fmax(0, 0.4 * objectives * side[objectives] - sum + c[last][i]);
        c[last][i] = floor(c[last][i]);
      }
      double volume;
      if (qy_hypervolume(&volume, (const double *const *)c, objectives, n, reference, NULL) != QY_OK ||
          volume != (double)count_cells_of(c, objectives, n, side[objectives]))
        wrong++;
    }
    ok(!wrong, "%d sets of integer points in %d objectives: equal to the count of unit cells", rounds, objectives);
  }
}

/* Union of boxes by inclusion and exclusion over all subsets. */
static double inclusion_exclusion(double *const *c, int objectives, size_t n, const double *reference)
{
  double volume = 0;
  for (unsigned subset = 1; subset < 1u << n; subset++) {
    double box = 1;
    for (int d = 0; d < objectives; d++) {
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
  double value[MOST][8], *c[MOST];
  const double reference[MOST] = {1.1, 0.9, 1.0, 1.2, 0.8, 1.1, 1.0, 0.95};
  uint64_t seed = 17;
  for (int d = 0; d < MOST; d++)
    c[d] = value[d];
  for (int objectives = 3; objectives <= MOST; objectives++) {
    double worst = 0;
    for (int r = 0; r < 500; r++) {
      double volume = -1;
      size_t n = 1 + random_below(&seed, 8);
      for (size_t i = 0; i < n; i++)
        for (int d = 0; d < objectives; d++)
          c[d][i] = random_unit(&seed);
      qy_hypervolume(&volume, (const double *const *)c, objectives, n, reference, NULL);
      worst = fmax(worst, fabs(volume - inclusion_exclusion(c, objectives, n, reference)));
    }
    ok(worst < 1e-12, "500 sets of up to 8 real points in %d objectives: inclusion-exclusion within 1e-12 (worst %.1e)",
       objectives, worst);
  }
}

/* What no method may break: the order of objectives and points does not matter, a point that is dominated or there
 * already adds nothing, one that is not adds something, and a constant last objective multiplies by its depth. */
static void laws(void)
{
  static double value[MOST][POINTS + 1];
  uint64_t seed = 5;
  for (int objectives = 2; objectives <= 6; objectives++) {
    double reference[MOST], turned_reference[MOST], worst = 0;
    const double *c[MOST], *turned[MOST];
    int grew = 0, lost = 0;
    const size_t n = objectives < 6 ? POINTS : 40;
    for (int r = 0; r < 20; r++) {
      double all, again, less;
      for (int d = 0; d < MOST; d++)
        c[d] = value[d], reference[d] = 1 + 0.1 * d;
      for (size_t i = 0; i < n; i++)
        for (int d = 0; d < objectives; d++)
          value[d][i] = random_below(&seed, 4) ? random_unit(&seed) : 0.25 * (double)random_below(&seed, 4);
      for (int d = 0; d < objectives; d++) {
        turned[d] = c[(d + 1) % objectives];
        turned_reference[d] = reference[(d + 1) % objectives];
      }
      qy_hypervolume(&all, c, objectives, n, reference, NULL);
      qy_hypervolume(&again, turned, objectives, n, turned_reference, NULL);
      worst = fmax(worst, fabs(again - all) / all);
      for (int d = 0; d < objectives; d++) /* one that is dominated by point 3, or equals it */
        value[d][n] = value[d][3] + (double)random_below(&seed, 2) * 0.01;
      qy_hypervolume(&again, c, objectives, n + 1, reference, NULL);
      worst = fmax(worst, fabs(again - all) / all);
      qy_hypervolume(&less, c, objectives, n - 1, reference, NULL);
      lost += less > all * (1 + 1e-13);
      for (int d = 0; d < objectives; d++)
        value[d][n] = -0.001; /* dominates all */
      qy_hypervolume(&again, c, objectives, n + 1, reference, NULL);
      grew += again > all;
      for (size_t i = 0; i < n; i++)
        value[objectives][i] = 0.5;
      qy_hypervolume(&again, c, objectives + 1, n, reference, NULL);
      worst = fmax(worst, fabs(again / (reference[objectives] - 0.5) - all) / all);
    }
    ok(worst < 1e-12, "%d objectives: turned, with a dominated point, of constant depth: the same (worst %.1e)",
       objectives, worst);
    ok(grew == 20 && lost == 0, "%d objectives: a better point adds volume, one less takes none in", objectives);
  }
}

/* Swap rows at random. */
static void shuffle(double *const *c, int objectives, size_t n, uint64_t *seed)
{
  for (size_t i = n; i > 1; i--) {
    const size_t j = random_below(seed, i);
    for (int d = 0; d < objectives; d++) {
      const double swap = c[d][i - 1];
      c[d][i - 1] = c[d][j];
      c[d][j] = swap;
    }
  }
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
  uint64_t seed = 40;
  shuffle((double *[2]){x, y}, 2, n, &seed);
  qy_hypervolume(&volume, c, 2, n, reference, NULL);
  near_rel(volume, (double)(n - 1) / (2.0 * (double)n), 1e-12, "the points in no order");
  qy_hypervolume(&volume, c, 1, n, reference, NULL);
  near_rel(volume, 1, 1e-15, "one objective: from the least to the reference");
  free(x);
  free(y);
  free(z);
}

/* All points of integers >= 0 that sum to m, reference m + 1: a unit cell is dominated when its lower corner sums to m
 * or more, so that binomial(m - 1 + d, d) of (m + 1)^d are not.  In order, in reverse, shuffled, with others that they
 * dominate, and each twice. */
static void simplices(void)
{
  enum { ROOM = 2000 };
  static const int sums[] = {[1] = 7, [2] = 300, [3] = 30, [4] = 13, [5] = 8, [6] = 6};
  static double value[6][ROOM];
  double *c[6], reference[6];
  uint64_t seed = 8;
  for (int d = 0; d < 6; d++)
    c[d] = value[d];
  for (int objectives = 1; objectives <= 6; objectives++) {
    const int m = sums[objectives];
    int at[6] = {0};
    size_t n = 0;
    double cells = 1, missing = 1, volume[5] = {0};
    for (int d = 1; d <= objectives; d++) {
      cells *= m + 1;
      missing = missing * (m - 1 + d) / d; /* binomials, each an integer */
      reference[d - 1] = m + 1;
    }
    for (bool more = true; more;) { /* count up to the last point, in order */
      int left = m;
      for (int d = 0; d + 1 < objectives; d++)
        left -= at[d];
      for (int d = 0; left >= 0 && d < objectives; d++)
        value[d][n] = d + 1 < objectives ? at[d] : left;
      n += left >= 0;
      int d = objectives - 2;
      while (d >= 0 && ++at[d] > m)
        at[d--] = 0;
      more = d >= 0;
    }
    qy_hypervolume(&volume[0], (const double *const *)c, objectives, n, reference, NULL);
    for (size_t i = 0; i < n / 2; i++)
      for (int d = 0; d < objectives; d++) {
        const double swap = value[d][i];
        value[d][i] = value[d][n - 1 - i];
        value[d][n - 1 - i] = swap;
      }
    qy_hypervolume(&volume[1], (const double *const *)c, objectives, n, reference, NULL);
    shuffle(c, objectives, n, &seed);
    qy_hypervolume(&volume[2], (const double *const *)c, objectives, n, reference, NULL);
    for (size_t i = 0; i < n; i++)
      for (int d = 0; d < objectives; d++)
        value[d][n + i] = value[d][i] + (double)random_below(&seed, 3);
    shuffle(c, objectives, 2 * n, &seed);
    qy_hypervolume(&volume[3], (const double *const *)c, objectives, 2 * n, reference, NULL);
    for (size_t i = 0; i < n; i++)
      for (int d = 0; d < objectives; d++)
        value[d][n + i] = value[d][i];
    qy_hypervolume(&volume[4], (const double *const *)c, objectives, n, reference, NULL);
    double twice = 0;
    qy_hypervolume(&twice, (const double *const *)c, objectives, 2 * n, reference, NULL);
    ok(volume[0] == cells - missing && volume[1] == volume[0] && volume[2] == volume[0] && volume[3] == volume[0] &&
           twice == volume[4],
       "%d objectives, the %zu points of sum %d in any order, with dominated ones, each twice: %g cells", objectives, n,
       m, cells - missing);
  }
}

/* The share of random points that are dominated, within five standard deviations. */
static void monte_carlo(void)
{
  enum { N = 150, DRAWS = 60000 };
  double value[6][N], *c[6];
  const double reference[6] = {1, 1, 1, 1, 1, 1};
  uint64_t seed = 77;
  for (int d = 0; d < 6; d++)
    c[d] = value[d];
  for (int objectives = 2; objectives <= 6; objectives++) {
    double volume;
    int hits = 0;
    for (size_t i = 0; i < N; i++) {
      double norm = 0;
      for (int d = 0; d < objectives; d++) {
        value[d][i] = random_unit(&seed);
        norm += value[d][i] * value[d][i];
      }
      for (int d = 0; d < objectives; d++)
        value[d][i] = 1 - value[d][i] / sqrt(norm);
    }
    qy_hypervolume(&volume, (const double *const *)c, objectives, N, reference, NULL);
    for (int k = 0; k < DRAWS; k++) {
      double at[6];
      bool inside = false;
      for (int d = 0; d < objectives; d++)
        at[d] = random_unit(&seed);
      for (size_t i = 0; i < N && !inside; i++) {
        inside = true;
        for (int d = 0; d < objectives && inside; d++)
          inside = value[d][i] <= at[d];
      }
      hits += inside;
    }
    const double share = (double)hits / DRAWS, sigma = sqrt(volume * (1 - volume) / DRAWS);
    ok(fabs(share - volume) < 5 * sigma, "%d objectives, %d points on a sphere: volume %.4f, of %d random points %.4f",
       objectives, (int)N, volume, (int)DRAWS, share);
  }
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
  is_int(qy_hypervolume(&volume, c, MOST + 1, 1, reference, &err), QY_BAD_INPUT, "9 objectives are refused");
  is_int(qy_hypervolume(&volume, c, 0, 1, reference, &err), QY_BAD_INPUT, "none is refused");
  for (int objectives = 3; objectives <= 4; objectives++) { /* refused before any of them is looked at */
    const size_t most = objectives == 3 ? (size_t)UINT32_MAX - 1 : (size_t)INT32_MAX - 5;
    char said[96];
    qy_error_clear(&err);
    snprintf(said, sizeof said, "expected at most %zu points at once, found %zu", most, most + 1);
    is_int(qy_hypervolume(&volume, c, objectives, most + 1, reference, &err), QY_BAD_INPUT, "too many points");
    is_text(err.diagnostic[0].text, said, "and how many may be");
  }
  is_int(qy_hypervolume(&volume, with_nan, 2, 1, reference, NULL), QY_BAD_INPUT, "NaN is refused");
  is_int(qy_hypervolume(&volume, with_low, 2, 1, reference, NULL), QY_BAD_INPUT, "-infinity is refused");
  is_int(qy_hypervolume(&volume, c, 2, 1, endless, NULL), QY_BAD_INPUT, "an infinite reference is refused");
}

int main(void)
{
  grids();
  grids_of_many();
  reals();
  laws();
  closed_forms();
  simplices();
  monte_carlo();
  bad_input();
  return done();
}
