/* Pareto filter: CPU time beside a plain sort-based filter, on five kinds of sets; then of few points in up to 8
 * objectives, each time of as many calls as take a while.
 *
 * The plain filter sorts with qsort() and scans: a running minimum (2-D), a sorted-array staircase (3-D), a window of
 * the front in order of the sum (more; left out on large sets where that is quadratic).  Both must find the same front.
 * Options: points (default 1000000, at most 10^7), runs (default 5).
 */
#include "quarry/pareto.h"

#include "bench.h"
#include "random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS_MAX = 101, D_MAX = 8, VALUES_A_TIME = 20000 };

typedef enum kind { UNIFORM, CORRELATED, ANTI, ALL_FRONT, ALL_FRONT_SORTED, KINDS } kind;
static const char *const kind_name[KINDS] = {"uniform", "correlated", "anti-correlated", "all on front",
                                             "all on front, sorted"};

static double normal(uint64_t *seed)
{
  double u = 1 - random_unit(seed), v = random_unit(seed);
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void fill(double *const *c, int d, size_t n, kind k)
{
  uint64_t seed = 1;
  for (size_t i = 0; i < n; i++) {
    double common = random_unit(&seed), v[D_MAX], norm = 0, sum = 0;
    for (int j = 0; j < d; j++) {
      double u = random_unit(&seed);
      if (k == ANTI) u = -log(1 - u); /* uniform on the simplex after division by the sum */
      if (k >= ALL_FRONT) u = fabs(normal(&seed));
      v[j] = u;
      sum += u;
      norm += u * u;
    }
    for (int j = 0; j < d; j++)
      switch (k) {
      case CORRELATED: c[j][i] = common + 0.05 * v[j]; break;
      case ANTI: c[j][i] = v[j] / sum * (1 + 0.05 * normal(&seed)); break;
      case UNIFORM: c[j][i] = v[j]; break;
      default: c[j][i] = 1 - v[j] / sqrt(norm); break; /* a sphere's octant: strictly convex, none dominated */
      }
  }
  if (k != ALL_FRONT_SORTED) return;
  qsort(c[0], n, sizeof(double), qy_by_value); /* the plain sort's best case: x given in order */
  for (size_t i = 0; i < n; i++) {
    double s = 0, x = 1 - c[0][i];
    for (int j = 1; j < d; j++)
      s += (1 - c[j][i]) * (1 - c[j][i]);
    for (int j = 1; j < d; j++)
      c[j][i] = 1 - (1 - c[j][i]) * sqrt(fmax(0, 1 - x * x) / s);
  }
}

/* The plain filter.  Records of 32 bytes or less, which glibc's qsort moves directly. */
typedef struct record {
  double v[3];
  size_t at;
} record;

typedef struct record_sum {
  double sum;
  size_t at;
} record_sum;

static int lexicographic(const void *a, const void *b)
{
  const record *x = a, *y = b;
  for (int j = 0; j < 3; j++)
    if (x->v[j] != y->v[j]) return x->v[j] < y->v[j] ? -1 : 1;
  return 0;
}

static int by_sum(const void *a, const void *b)
{
  const record_sum *x = a, *y = b;
  return (x->sum > y->sum) - (x->sum < y->sum);
}

static size_t plain_2(uint8_t *front, const record *r, size_t n)
{
  size_t count = 0, last = 0;
  for (size_t i = 0; i < n; i++) {
    int equal = count && r[i].v[0] == r[last].v[0] && r[i].v[1] == r[last].v[1];
    front[r[i].at] = !count || r[i].v[1] < r[last].v[1] || equal;
    if (!front[r[i].at]) continue;
    last = i;
    count++;
  }
  return count;
}

typedef struct step {
  double y, z;
} step;

static size_t plain_3(uint8_t *front, const record *r, size_t n)
{
  size_t count = 0, steps = 0;
  step *stair = malloc((n + 1) * sizeof *stair);
  if (!stair) exit(3);
  for (size_t i = 0; i < n; i++) {
    double y = r[i].v[1], z = r[i].v[2];
    if (i > 0 && lexicographic(&r[i - 1], &r[i]) == 0) {
      front[r[i].at] = front[r[i - 1].at];
      count += front[r[i].at];
      continue;
    }
    size_t low = 0, high = steps; /* first step with a larger y */
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (stair[middle].y <= y)
        low = middle + 1;
      else
        high = middle;
    }
    front[r[i].at] = low == 0 || stair[low - 1].z > z;
    if (!front[r[i].at]) continue;
    count++;
    size_t from = low && stair[low - 1].y == y ? low - 1 : low, to = low;
    while (to < steps && stair[to].z >= z)
      to++;
    memmove(stair + from + 1, stair + to, (steps - to) * sizeof *stair);
    stair[from] = (step){y, z};
    steps = steps - (to - from) + 1;
  }
  free(stair);
  return count;
}

static size_t plain_more(uint8_t *front, const record_sum *r, double *const *c, int d, size_t n)
{
  size_t count = 0;
  double(*window)[D_MAX] = malloc(n * sizeof *window);
  if (!window) exit(3);
  for (size_t i = 0; i < n; i++) {
    double b[D_MAX] = {0};
    for (int j = 0; j < d; j++)
      b[j] = c[j][r[i].at];
    int dominated = 0;
    for (size_t k = 0; k < count && !dominated; k++) {
      int no_larger = 1, smaller = 0;
      for (int j = 0; j < d && no_larger; j++) {
        no_larger = window[k][j] <= b[j];
        smaller |= window[k][j] < b[j];
      }
      dominated = no_larger && smaller;
    }
    front[r[i].at] = !dominated;
    if (!dominated) memcpy(window[count++], b, sizeof b);
  }
  free(window);
  return count;
}

static size_t plain(uint8_t *front, double *const *c, int d, size_t n)
{
  size_t count;
  if (d > 3) {
    record_sum *r = malloc(n * sizeof *r);
    if (!r) exit(3);
    for (size_t i = 0; i < n; i++) {
      r[i] = (record_sum){0, i};
      for (int j = 0; j < d; j++)
        r[i].sum += c[j][i];
    }
    qsort(r, n, sizeof *r, by_sum);
    count = plain_more(front, r, c, d, n);
    free(r);
    return count;
  }
  record *r = malloc(n * sizeof *r);
  if (!r) exit(3);
  for (size_t i = 0; i < n; i++)
    r[i] = (record){{c[0][i], c[1][i], d == 3 ? c[2][i] : 0}, i};
  qsort(r, n, sizeof *r, lexicographic);
  count = d == 2 ? plain_2(front, r, n) : plain_3(front, r, n);
  free(r);
  return count;
}

/* Milliseconds of both filters added to own[runs] and other[runs]; 0 where the fronts differ. */
static int add_times(double *own, double *other, double *const *c, int d, size_t n, kind k, int runs, int comparable)
{
  uint8_t *front = malloc(n), *expected = malloc(n);
  size_t count = 0, expected_count = 0;
  const size_t calls = 1 + VALUES_A_TIME / (n * (size_t)d);
  if (!front || !expected) exit(3);
  fill(c, d, n, k);
  for (int i = 0; i < runs; i++) { /* alternating, so that both meet the same machine */
    double start = bench_cpu_s();
    for (size_t call = 0; call < calls; call++)
      if (qy_pareto(front, &count, (const double *const *)c, d, n, NULL) != QY_OK) exit(3);
    own[i] += 1e3 * (bench_cpu_s() - start) / (double)calls;
    if (!comparable) continue;
    start = bench_cpu_s();
    for (size_t call = 0; call < calls; call++)
      expected_count = plain(expected, c, d, n);
    other[i] += 1e3 * (bench_cpu_s() - start) / (double)calls;
  }
  const int same = !comparable || (count == expected_count && memcmp(front, expected, n) == 0);
  if (!same) printf("# FRONTS DIFFER: %zu points, %s, %d-D\n", n, kind_name[k], d);
  free(front);
  free(expected);
  return same;
}

/* The kinds from first to last, together. */
static int measure(double *const *c, int d, size_t n, kind first, kind last, int runs)
{
  double own[RUNS_MAX] = {0}, other[RUNS_MAX] = {0};
  char what[100];
  int same = 1, comparable = n <= 1000000;
  for (kind k = first; k <= last; k++)
    comparable = comparable && (d < 4 || k < ANTI || n <= 1000);
  for (kind k = first; k <= last; k++)
    same &= add_times(own, other, c, d, n, k, runs, comparable);
  snprintf(what, sizeof what, "front of %zu points, %d-D, %s", n, d, first == last ? kind_name[first] : "5 kinds");
  bench_report(what, own, runs, "ms");
  if (comparable && first == last) {
    snprintf(what, sizeof what, "front of %zu points, %d-D, %s: over a plain sort", n, d, kind_name[first]);
    bench_report_ratio(what, own, other, runs);
  }
  return same;
}

/* A sweep's pattern: points arrive one by one for many groups, each with its own front. */
static void archives(double *const *c, size_t n, kind k, int runs)
{
  enum { GROUPS = 48 };
  double times[RUNS_MAX];
  char what[100];
  fill(c, 2, n, k);
  for (int r = 0; r < runs; r++) {
    qy_archive *archive[GROUPS];
    double start = bench_cpu_s();
    for (int g = 0; g < GROUPS; g++)
      if (!(archive[g] = qy_archive_new(2))) exit(3);
    for (size_t i = 0; i < n; i++) {
      double row[2] = {c[0][i], c[1][i]};
      if (qy_archive_put(archive[i % GROUPS], row, (int64_t)i, NULL) != QY_OK) exit(3);
    }
    for (int g = 0; g < GROUPS; g++) {
      size_t front;
      if (qy_archive_front(archive[g], &front, NULL, NULL, NULL) != QY_OK) exit(3);
      qy_archive_free(archive[g]);
    }
    times[r] = 1e3 * (bench_cpu_s() - start);
  }
  snprintf(what, sizeof what, "archives of %zu points, 2-D, %s, one by one into %d", n, kind_name[k], GROUPS);
  bench_report(what, times, runs, "ms");
}

int main(int argc, char **argv)
{
  enum { LARGEST = 10000000 };
  size_t n = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
  int runs = argc > 2 ? atoi(argv[2]) : 5, same = 1;
  double *c[D_MAX];
  if (n < 1 || n > LARGEST || runs < 1 || runs > RUNS_MAX) return 2;
  for (int j = 0; j < D_MAX; j++)
    if (!(c[j] = malloc((j < 3 ? LARGEST : n > 10000 ? n : 10000) * sizeof *c[j]))) return 3;
  puts("# Pareto fronts");
  for (int d = 2; d <= 3; d++)
    same &= measure(c, d, LARGEST, UNIFORM, UNIFORM, runs);
  for (int d = 2; d <= 4; d++)
    for (kind k = 0; k < KINDS; k++)
      same &= measure(c, d, n, k, k, runs);
  for (size_t few = 10; few <= 10000 && few < n; few *= 10)
    for (int d = 2; d <= D_MAX; d++)
      same &= measure(c, d, few, UNIFORM, KINDS - 1, runs);
  archives(c, n, UNIFORM, runs);
  archives(c, n, ANTI, runs);
  archives(c, n, ALL_FRONT, runs);
  for (int j = 0; j < D_MAX; j++)
    free(c[j]);
  return same ? 0 : 1;
}
