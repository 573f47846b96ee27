/* qy_pareto against the definition: every pair compared. */
#include "quarry/pareto.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { SETS = 20000, SMALL_MAX = 400, LARGE = 20000 };

typedef enum kind {
  UNIFORM,
  COARSE,
  BINARY,
  EQUAL,
  SORTED,
  REVERSED,
  PLANE,
  THICK,
  WIDE,
  INFINITE,
  ONE_COLUMN,
  KINDS
} kind;
static const char *const kind_name[KINDS] = {"uniform",
                                             "quantised",
                                             "two values",
                                             "all equal",
                                             "sorted",
                                             "reversed",
                                             "on a plane",
                                             "near a plane",
                                             "exponents from -300 to 300",
                                             "infinities and signed zeros",
                                             "one objective constant"};

#define FAST __attribute__((optimize("O2"))) /* most of the time goes here */

/* The definition, read off the header: dominated when another is no worse everywhere and better somewhere. */
FAST static inline int dominates(const double *a, const double *b, int objectives)
{
  int better = 0;
  for (int d = 0; d < objectives; d++) {
    if (a[d] > b[d]) return 0;
    better |= a[d] < b[d];
  }
  return better;
}

/* A point for a row, as all pairs want them. */
static double *rows_of(double *const *c, int objectives, size_t n)
{
  double *row = malloc((n + 1) * (size_t)objectives * sizeof *row);
  for (size_t i = 0; i < n; i++)
    for (int d = 0; d < objectives; d++)
      row[i * (size_t)objectives + (size_t)d] = c[d][i];
  return row;
}

/* Every pair, but what dominated the point before is tried first: it often dominates this one too; and not what is
 * known to be dominated itself: what dominates that dominates no less. */
FAST static void brute_force(uint8_t *front, double *const *c, int objectives, size_t n)
{
  const size_t width = (size_t)objectives;
  double *row = rows_of(c, objectives, n);
  size_t last = 0;
  for (size_t i = 0; i < n; i++) {
    const double *b = row + i * width;
    front[i] = !dominates(row + last * width, b, objectives);
    for (size_t j = 0; j < n && front[i]; j++)
      if ((j >= i || front[j]) && dominates(row + j * width, b, objectives)) front[i] = 0, last = j;
  }
  free(row);
}

/* The same for many points, each pair that matters looked at once, in both directions: what a point on the front so far
 * dominates, and what dominated that one, need not be asked again, for dominance is transitive. */
static void cull(uint8_t *front, double **c, int objectives, size_t n)
{
  const size_t width = (size_t)objectives;
  double *row = rows_of(c, objectives, n);
  uint32_t *list = malloc((n + 1) * sizeof *list);
  size_t count = 0;
  for (uint32_t i = 0; i < n; i++) {
    const double *b = row + i * width;
    size_t stay = 0, m = 0;
    front[i] = 1;
    for (; m < count; m++) {
      const double *a = row + list[m] * width;
      bool less = false, more = false; /* is a below b anywhere, or above it? */
      for (size_t d = 0; d < width && !(less && more); d++) {
        less |= a[d] < b[d];
        more |= a[d] > b[d];
      }
      if (less && !more) break;
      if (more && !less)
        front[list[m]] = 0;
      else
        list[stay++] = list[m];
    }
    if (m < count) { /* dominated: then it dominates none of them */
      front[i] = 0;
      continue;
    }
    list[stay++] = i;
    count = stay;
  }
  free(list);
  free(row);
}

static void fill(double **c, int objectives, size_t n, kind k, uint64_t *seed)
{
  size_t levels = 2 + random_below(seed, 12);
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (int d = 0; d < objectives; d++) {
      double u = random_unit(seed), x = u;
      switch (k) {
      case COARSE: x = (double)random_below(seed, levels); break;
      case BINARY: x = (double)random_below(seed, 2); break;
      case EQUAL: x = 3.5; break;
      case SORTED: x = (double)i + (d == 0 ? 0 : u); break;
      case REVERSED: x = d % 2 ? (double)i : -(double)i; break;
      case PLANE: x = d + 1 < objectives ? (double)random_below(seed, 16) : 16.0 * objectives - sum; break;
      case THICK: /* integers near a plane: many on the front, many just behind it, ties in every objective */
        x = (double)random_below(seed, 12);
        if (d + 1 == objectives) x = 12.0 * objectives - sum + (double)random_below(seed, 3);
        break;
      case WIDE: x = (u < 0.5 ? -1 : 1) * pow(10, -300 + 600 * random_unit(seed)); break;
      case INFINITE: {
        const double values[] = {-INFINITY, INFINITY, 0.0, -0.0, 1.0, -1.0, 0x1p-1074, -0x1p-1074};
        x = values[random_below(seed, 8)];
        break;
      }
      case ONE_COLUMN: x = d == objectives / 2 ? 1 : u; break;
      default: break;
      }
      c[d][i] = x;
      sum += x;
    }
  }
}

static int equal_to_brute_force(double **c, int objectives, size_t n)
{
  qy_error err = {0};
  uint8_t *got = malloc(n + 1), *expected = malloc(n + 1);
  size_t count = 99, expected_count = 0;
  memset(got, 7, n + 1);
  qy_status status = qy_pareto(got, &count, (const double *const *)c, objectives, n, &err);
  if (n > SMALL_MAX)
    cull(expected, c, objectives, n);
  else
    brute_force(expected, c, objectives, n);
  for (size_t i = 0; i < n; i++)
    expected_count += expected[i];
  int same = status == QY_OK && count == expected_count && memcmp(got, expected, n) == 0 && got[n] == 7;
  free(got);
  free(expected);
  return same;
}

static void small_sets(double **c)
{
  uint64_t seed = 12345;
  for (int k = 0; k < KINDS; k++) {
    int wrong = 0;
    for (int s = 0; s < SETS / KINDS; s++) {
      int objectives = 1 + (int)random_below(&seed, 8);
      size_t n = random_below(&seed, s % 8 ? 60 : SMALL_MAX);
      fill(c, objectives, n, (kind)k, &seed);
      if (!equal_to_brute_force(c, objectives, n) && !wrong++)
        printf("# first wrong: set %d, %d objectives, %zu points\n", s, objectives, n);
    }
    ok(!wrong, "%d sets of up to %d points in 1 to 8 objectives, %s: equal to brute force", SETS / KINDS, SMALL_MAX,
       kind_name[k]);
  }
}

/* Sets large enough for the pivot pass, the radix sort and the divide and conquer. */
static void large_sets(double **c)
{
  uint64_t seed = 777;
  static const kind kinds[] = {UNIFORM, COARSE, BINARY, ONE_COLUMN, INFINITE, WIDE, SORTED};
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    for (int objectives = 2; objectives <= 8; objectives++) {
      size_t n = (objectives > 5 ? 4500 : objectives > 3 ? 12000 : LARGE) - random_below(&seed, 64);
      fill(c, objectives, n, kinds[k], &seed);
      ok(equal_to_brute_force(c, objectives, n), "%zu points, %d objectives, %s: equal to brute force", n, objectives,
         kind_name[kinds[k]]);
    }
  for (int objectives = 2; objectives <= 8; objectives++) /* brute force is quadratic here */
    for (kind k = PLANE; k <= THICK; k++) {
      const size_t n = objectives < 5 ? 6000 : objectives < 7 ? 4200 : 3000;
      fill(c, objectives, n, k, &seed);
      ok(equal_to_brute_force(c, objectives, n), "%zu points, %d objectives, %s: equal to brute force", n, objectives,
         kind_name[k]);
    }
  for (int objectives = 2; objectives <= QY_OBJECTIVES_MAX; objectives += 7) {
    fill(c, objectives, 9000, UNIFORM, &seed);
    ok(equal_to_brute_force(c, objectives, 9000), "9000 points, %d objectives, uniform: equal to brute force",
       objectives);
  }
}

/* Too many for all pairs: a point is off the front exactly when one on it dominates it, and points that are alike
 * dominate alike.  More than 2^16 of them. */
static void huge_sets(double **c)
{
  enum { MANY = 66000 };
  static const kind kinds[] = {UNIFORM, THICK, COARSE, ONE_COLUMN};
  uint8_t *front = malloc(MANY);
  uint32_t *list = malloc(MANY * sizeof *list);
  uint64_t seed = 4321;
  for (int objectives = 2; objectives <= 3; objectives++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
      size_t count, members = 0, different = 0, wrong = 0;
      const size_t width = (size_t)objectives;
      fill(c, objectives, MANY, kinds[k], &seed);
      double *row = rows_of(c, objectives, MANY);
      const qy_status status = qy_pareto(front, &count, (const double *const *)c, objectives, MANY, NULL);
      for (uint32_t i = 0; i < MANY; i++) {
        if (!front[i]) continue;
        members++;
        bool known = false;
        for (size_t m = 0; m < different && !known; m++)
          known = memcmp(row + list[m] * width, row + i * width, width * sizeof *row) == 0;
        if (!known) list[different++] = i;
      }
      for (size_t i = 0; i < MANY; i++) {
        bool off = false;
        for (size_t m = 0; m < different && !off; m++)
          off = dominates(row + list[m] * width, row + i * width, objectives);
        wrong += off == front[i];
      }
      free(row);
      ok(status == QY_OK && members == count && wrong == 0,
         "%d points, %d objectives, %s: %zu on the front dominate the rest", (int)MANY, objectives, kind_name[kinds[k]],
         count);
    }
  free(list);
  free(front);
}

/* Objectives that are the same everywhere say nothing: of one that differs its least values, of none all points. */
static void constant_columns(double **c)
{
  static const size_t sizes[] = {1, 2, 63, 500, 5000, 65535, 65536, 100000};
  uint8_t *front = malloc(100000);
  uint64_t seed = 6;
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    for (int objectives = 1; objectives <= 4; objectives++)
      for (int telling = -1; telling < objectives; telling++) { /* -1: none */
        const size_t n = sizes[i];
        size_t count, expected = 0, wrong = 0;
        double least = INFINITY;
        for (int d = 0; d < objectives; d++)
          for (size_t k = 0; k < n; k++)
            c[d][k] = d == telling ? (double)random_below(&seed, 50 + n / 40) : d;
        for (size_t k = 0; telling >= 0 && k < n; k++)
          least = fmin(least, c[telling][k]);
        const qy_status status = qy_pareto(front, &count, (const double *const *)c, objectives, n, NULL);
        for (size_t k = 0; k < n; k++) {
          const bool on = telling < 0 || c[telling][k] == least;
          expected += on;
          wrong += front[k] != on;
        }
        if (status || count != expected || wrong)
          ok(0, "%zu points, objective %d of %d differs: %zu are wrong", n, telling, objectives, wrong);
      }
  ok(front != NULL, "objectives that are the same everywhere");
  free(front);
}

/* Where every point is on the front, or one alone is, the answer is known for any size. */
static void known_fronts(double **c)
{
  const size_t n = 200000;
  uint8_t *front = malloc(n);
  size_t count;
  uint64_t seed = 5;
  for (int objectives = 2; objectives <= 4; objectives++) {
    for (size_t i = 0; i < n; i++) { /* integers with a constant sum: none dominates another, many are equal */
      double sum = 0;
      for (int d = 0; d + 1 < objectives; d++)
        sum += c[d][i] = (double)random_below(&seed, 1000);
      c[objectives - 1][i] = 5000 - sum;
    }
    qy_pareto(front, &count, (const double *const *)c, objectives, n, NULL);
    ok(count == n, "%zu points of constant sum in %d objectives: all on the front", n, objectives);
    for (int d = 0; d < objectives; d++)
      c[d][n / 3] = -1;
    qy_pareto(front, &count, (const double *const *)c, objectives, n, NULL);
    ok(count == 1 && front[n / 3], "one point below all others: alone on the front");
    for (int d = 0; d < objectives; d++)
      c[d][n - 1] = -1;
    qy_pareto(front, &count, (const double *const *)c, objectives, n, NULL);
    ok(count == 2 && front[n / 3] && front[n - 1], "its equal: kept with it");
  }
  for (size_t i = 0; i < 70000; i++) { /* more than are ordered at once, of few kinds */
    c[0][i] = (double)random_below(&seed, 8);
    c[1][i] = (double)random_below(&seed, 8);
    c[2][i] = 20 - c[0][i] - c[1][i];
  }
  qy_pareto(front, &count, (const double *const *)c, 3, 70000, NULL);
  ok(count == 70000, "70000 points of 64 kinds of constant sum: all on the front");
  fill(c, QY_OBJECTIVES_MAX, n / 4, UNIFORM, &seed);
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    c[d][n / 5] = -1;
  qy_pareto(front, &count, (const double *const *)c, QY_OBJECTIVES_MAX, n / 4, NULL);
  ok(count == 1 && front[n / 5], "with as many objectives as there may be: alone on the front");
  free(front);
}

static void bad_input(double **c)
{
  uint8_t *front = malloc(LARGE);
  size_t count;
  uint64_t seed = 9;
  qy_error err = {0};
  fill(c, 3, LARGE, UNIFORM, &seed);
  c[2][17] = NAN;
  is_int(qy_pareto(front, &count, (const double *const *)c, 3, 20, &err), QY_BAD_INPUT, "NaN among few is refused");
  is_text(err.diagnostic[0].text, "expected a number for objective 3 of point 17, found NaN", "and named");
  int told = 0, asked = 0;
  for (int objectives = 1; objectives <= 4; objectives++)
    for (size_t few = 1; few <= 24; few++)
      for (size_t at = 0; at < few * (size_t)objectives; at++, asked++) {
        double *const of = &c[at % (size_t)objectives][at / (size_t)objectives];
        const double before = *of;
        *of = NAN;
        told += qy_pareto(front, &count, (const double *const *)c, objectives, few, NULL) == QY_BAD_INPUT;
        *of = before;
      }
  is_int(told, asked, "at each place of each of few");
  const size_t n = 9001; /* not a multiple of the eight points of a vector */
  int refused = 0;
  fill(c, 2, n, UNIFORM, &seed);
  for (size_t k = 0; k < 2000; k++) { /* places all over the set, sampled or not, and in its tail */
    size_t at = k < 1000 ? k * 9 : n - 1 - k % 16;
    const double before = c[k % 2][at];
    c[k % 2][at] = NAN;
    refused += qy_pareto(front, &count, (const double *const *)c, 2, n, NULL) == QY_BAD_INPUT;
    c[k % 2][at] = before;
  }
  is_int(refused, 2000, "NaN at 2000 places among many is refused each time");
  is_int(qy_pareto(front, &count, (const double *const *)c, 0, 3, NULL), QY_BAD_INPUT, "0 objectives are refused");
  is_int(qy_pareto(front, &count, (const double *const *)c, 17, 3, NULL), QY_BAD_INPUT, "17 objectives are refused");
  qy_error_clear(&err);
  is_int(qy_pareto(front, &count, (const double *const *)c, 2, UINT32_MAX, &err), QY_BAD_INPUT, "2^32 - 1 points too");
  is_text(err.diagnostic[0].text, "expected fewer than 2^32 - 1 points at once, found 4294967295", "and how many may");
  is_int(qy_pareto(front, &count, (const double *const *)c, 2, 0, NULL), QY_OK, "no points are fine");
  is_int((int64_t)count, 0, "and have an empty front");
  free(front);
}

/* Objectives of constant sum: all are on the front, none equals another. */
static void plane(double **c, int objectives, size_t n, uint64_t *seed)
{
  fill(c, objectives, n, UNIFORM, seed);
  for (size_t i = 0; i < n; i++)
    for (int d = 0; d + 1 < objectives; d++)
      c[objectives - 1][i] = (d ? c[objectives - 1][i] : objectives) - c[d][i];
}

/* Ties of two in the first objective, also where it is least, and every value that an objective has once among others
 * that are alike: whole columns of one value, but for the point that comes first or last in some order. */
static void lone_values(double **c)
{
  uint64_t seed = 61;
  int wrong = 0;
  for (int k = 0; k < 200; k++) {
    const int objectives = 2 + k % 3;
    const size_t n = 180 + random_below(&seed, 400);
    fill(c, objectives, n, UNIFORM, &seed);
    for (size_t i = 0; i + 1 < n; i += 1 + random_below(&seed, 40)) { /* beside each other, or the least of all */
      const size_t other = random_below(&seed, 4) ? i + 1 : n - 1;
      c[0][i] = c[0][other] = random_below(&seed, 6) ? c[0][i] : -1;
    }
    wrong += !equal_to_brute_force(c, objectives, n);
  }
  is_int(wrong, 0, "ties of two: equal to brute force");
  uint8_t *front = malloc(5000);
  for (size_t at = 0; at < 5000;
       at += at < 3 || at > 4996 ? 1 : 454) { /* one objective tells, and one point is below */
    size_t count;
    for (size_t i = 0; i < 5000; i++) {
      c[0][i] = c[2][i] = 4;
      c[1][i] = i != at;
    }
    wrong += qy_pareto(front, &count, (const double *const *)c, 3, 5000, NULL) != QY_OK || count != 1 || !front[at];
  }
  free(front);
  is_int(wrong, 0, "the least of one objective is found at any place");
  for (int k = 0; k < 12; k++) { /* sets large enough to be divided: on a plane of four objectives, but for one point */
    const size_t n = 1600;
    size_t first = n, last = n;
    plane(c, 4, n, &seed);
    for (size_t i = 0; i < n; i++) {
      c[4][i] = k < 8 ? 0 : (double)(random_below(&seed, 8) > 0);
      if (c[0][i] < 0.5 && (first == n || c[1][i] < c[1][first])) first = i;
      if (c[0][i] > 0.5 && (last == n || c[1][i] < c[1][last])) last = i;
    }
    const size_t alone = k % 2 ? last : first;
    if (k < 8) c[4][alone] = k % 2 ? -1 : 1;
    if (k < 8) c[3][alone] += k % 2 ? 5 : -5; /* as bad or as good that the others need not tell */
    wrong += !equal_to_brute_force(c, 5, n);
  }
  const size_t half = 800; /* each half, by the first objective, has one value of the last */
  plane(c, 4, 2 * half, &seed);
  for (size_t i = 0; i < 2 * half; i++) {
    c[0][i] = c[0][i] / 4 + (i < half ? 0 : 0.5);
    c[4][i] = i >= half;
  }
  wrong += !equal_to_brute_force(c, 5, 2 * half);
  is_int(wrong, 0, "an objective in which one point is alone, or few are: equal to brute force");
}

/* Each objective has another number of values. */
static void uneven_levels(double **c)
{
  uint64_t seed = 62;
  int wrong = 0;
  for (int coarse = 0; coarse < 4; coarse++) {
    const size_t n = 1200;
    plane(c, 3, n, &seed);
    for (size_t i = 0; i < n; i++) {
      c[3][i] = c[coarse][i];
      c[coarse][i] = (double)random_below(&seed, 3);
    }
    wrong += !equal_to_brute_force(c, 4, n);
  }
  is_int(wrong, 0, "one objective of three values beside others of thousands: equal to brute force");
}

/* As many objectives as there may be, near a diagonal, so that most points are dominated by few. */
static void near_diagonal(double **c)
{
  static const size_t sizes[] = {3, 20, 32, 33, 700, 4095, 6000, 20000};
  uint64_t seed = 64;
  int wrong = 0;
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    for (int objectives = QY_OBJECTIVES_MAX - 1; objectives <= QY_OBJECTIVES_MAX; objectives++) {
      for (size_t i = 0; i < sizes[k]; i++) {
        const double at = random_unit(&seed);
        for (int d = 0; d < objectives; d++)
          c[d][i] = at + 0.02 * random_unit(&seed);
      }
      wrong += !equal_to_brute_force(c, objectives, sizes[k]);
    }
  is_int(wrong, 0, "15 and 16 objectives near a diagonal: equal to brute force");
}

/* Points in order of an objective, rising or falling, are refused for NaN in the other. */
static void nan_beside_order(double **c)
{
  uint8_t *front = malloc(LARGE);
  uint64_t seed = 63;
  size_t count;
  int told = 0, asked = 0;
  for (int k = 0; k < 400; k++, asked++) {
    const size_t n = 5 + random_below(&seed, k % 40 ? 300 : 6000);
    const int ordered = k / 2 % 2;
    fill(c, 2, n, UNIFORM, &seed);
    for (size_t i = 0; i < n; i++)
      c[ordered][i] = (double)(k % 2 ? i : n - i);
    c[!ordered][random_below(&seed, n)] = NAN;
    told += qy_pareto(front, &count, (const double *const *)c, 2, n, NULL) == QY_BAD_INPUT;
  }
  is_int(told, asked, "NaN beside an objective in order is refused");
  free(front);
}

int main(void)
{
  double *c[QY_OBJECTIVES_MAX];
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    c[d] = malloc(200000 * sizeof(double));
  small_sets(c);
  large_sets(c);
  huge_sets(c);
  constant_columns(c);
  known_fronts(c);
  lone_values(c);
  uneven_levels(c);
  nan_beside_order(c);
  near_diagonal(c);
  bad_input(c);
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    free(c[d]);
  return done();
}
