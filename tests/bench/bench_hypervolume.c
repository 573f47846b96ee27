/* Hypervolume of points on a sphere, none of them dominated, reference 1.1 in every objective: CPU time.
 *
 * The sets are those of the figures that published programs are quoted for.  Options: runs (default 5), largest number
 * of points (default 100000).
 */
#include "quarry/pareto.h"

#include "bench.h"
#include "random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS_MAX = 101, D_MAX = QY_HYPERVOLUME_OBJECTIVES_MAX };

static double normal(uint64_t *seed)
{
  double u = 1 - random_unit(seed), v = random_unit(seed);
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void fill(double *const *c, int d, size_t n)
{
  uint64_t seed = 1;
  for (size_t i = 0; i < n; i++) {
    double norm = 0;
    for (int j = 0; j < d; j++) {
      c[j][i] = fabs(normal(&seed));
      norm += c[j][i] * c[j][i];
    }
    for (int j = 0; j < d; j++)
      c[j][i] = 1 - c[j][i] / sqrt(norm);
  }
}

static void measure(int d, size_t n, int runs)
{
  double *c[D_MAX], time[RUNS_MAX], reference[D_MAX], volume = 0;
  for (int j = 0; j < d; j++) {
    if (!(c[j] = malloc(n * sizeof *c[j]))) exit(3);
    reference[j] = 1.1;
  }
  fill(c, d, n);
  for (int r = 0; r < runs; r++) {
    double start = bench_cpu_s();
    if (qy_hypervolume(&volume, (const double *const *)c, d, n, reference, NULL)) exit(3);
    time[r] = 1e3 * (bench_cpu_s() - start);
  }
  char what[80];
  snprintf(what, sizeof what, "hypervolume of a sphere, %d-D, %zu points", d, n);
  bench_report(what, time, runs, "ms");
  printf("# %s: %.12g\n", what, volume);
  for (int j = 0; j < d; j++)
    free(c[j]);
}

int main(int argc, char **argv)
{
  static const struct {
    int objectives;
    size_t points;
  } set[] = {{2, 100000}, {3, 1000}, {3, 10000}, {3, 100000}, {4, 1000}, {4, 10000}, {4, 100000},
             {5, 100},    {5, 1000}, {6, 100},   {6, 500},    {8, 50},   {8, 100}};
  int runs = argc > 1 ? atoi(argv[1]) : 5;
  size_t most = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 100000;
  if (runs < 1 || runs > RUNS_MAX) return 2;
  for (size_t k = 0; k < sizeof set / sizeof *set; k++)
    if (set[k].points <= most) measure(set[k].objectives, set[k].points, runs);
  return 0;
}
