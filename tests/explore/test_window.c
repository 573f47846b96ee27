/* The passes behind qy_pareto, in every instruction set that this processor has, against the definition. */
#include "../../src/explore/exact.h"
#include "../../src/explore/lanes.h"
#include "../../src/explore/order.h"
#include "../../src/explore/window.h"
#include "random.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

enum { POINTS = 1400, ROUNDS = 150 };

typedef enum kind { UNIFORM, COARSE, PLANE, CORRELATED, TWICE, WIDE, EQUAL, INFINITE, KINDS } kind;
static const char *const kind_name[KINDS] = {
    "uniform",    "few values",    "on a plane", "correlated",
    "each twice", "any magnitude", "all equal",  "infinities and signed zeros"};

static void fill(double (*value)[POINTS], int objectives, size_t n, kind k, uint64_t *seed)
{
  static const double odd[] = {-INFINITY, INFINITY, 0.0, -0.0, 1.0, 0x1p-1074};
  for (size_t i = 0; i < n; i++) {
    const double common = random_unit(seed);
    double sum = 0;
    for (int d = 0; d < objectives; d++) {
      double x = random_unit(seed);
      switch (k) {
      case COARSE: x = (double)random_below(seed, 5); break;
      case PLANE: x = d + 1 < objectives ? (double)random_below(seed, 9) : -sum; break;
      case CORRELATED: x = common + 0.05 * x; break;
      case TWICE: x = i >= n / 2 && i >= 1 ? value[d][i - n / 2] : x; break;
      case WIDE: x = pow(10, 600 * x - 300); break;
      case EQUAL: x = 2.5; break;
      case INFINITE: x = odd[random_below(seed, 6)]; break;
      default: break;
      }
      sum += value[d][i] = x;
    }
  }
}

static void brute_force(uint8_t *front, double (*value)[POINTS], int objectives, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    front[i] = 1;
    for (size_t j = 0; j < n && front[i]; j++) {
      bool worse = false, better = false;
      for (int d = 0; d < objectives; d++) {
        worse |= value[d][j] > value[d][i];
        better |= value[d][j] < value[d][i];
      }
      front[i] = worse || !better;
    }
  }
}

static double value[QY_OBJECTIVES_MAX][POINTS];
static const double *columns[QY_OBJECTIVES_MAX];
static uint8_t expected[POINTS], got[POINTS];

static bool same(size_t n)
{
  return memcmp(expected, got, n) == 0;
}

static void few(int version, kind k, uint64_t *seed)
{
  int wrong = 0;
  for (int round = 0; round < ROUNDS; round++) {
    const int objectives = 1 + (int)random_below(seed, round % 8 ? 8 : QY_OBJECTIVES_MAX);
    size_t n = random_below(seed, WINDOW_FEW_POINTS + 1);
    while (!window_is_few(objectives, n))
      n /= 2;
    fill(value, objectives, n, k, seed);
    brute_force(expected, value, objectives, n);
    wrong += !window_few_by(version, got, columns, objectives, n) || !same(n);
    if (n == 0) continue;
    value[random_below(seed, (uint64_t)objectives)][random_below(seed, n)] = NAN;
    wrong += window_few_by(version, got, columns, objectives, n); /* a NaN is told */
  }
  ok(!wrong, "version %d, all pairs, %s: %d sets as brute force, a NaN is found", version, kind_name[k], ROUNDS);
}

static void windows(int version, kind k, uint64_t *seed)
{
  int wrong = 0, done = 0;
  for (int round = 0; round < ROUNDS / 5; round++) {
    const int objectives = 2 + (int)random_below(seed, round % 8 ? 7 : QY_OBJECTIVES_MAX - 1);
    const size_t n = 1 + random_below(seed, round % 8 ? 300 : POINTS);
    survey s;
    fill(value, objectives, n, k, seed);
    window_survey_by(version, &s, columns, objectives, n);
    for (int d = 0; d < objectives; d++) {
      double low = INFINITY, high = -INFINITY;
      for (size_t i = 0; i < n; i++) {
        low = fmin(low, value[d][i]);
        high = fmax(high, value[d][i]);
      }
      wrong += s.low[d] != low || s.high[d] != high;
    }
    const int failed = window_front_by(version, got, columns, objectives, n, &s);
    brute_force(expected, value, objectives, n);
    wrong += s.nan || failed < 0 || (failed == 0 && !same(n));
    done += failed == 0;
    value[random_below(seed, (uint64_t)objectives)][random_below(seed, n)] = NAN;
    window_survey_by(version, &s, columns, objectives, n);
    wrong += !s.nan;
  }
  ok(!wrong && done > ROUNDS / 10, "version %d, window, %s: %d sets as brute force", version, kind_name[k], done);
}

static void divides(int version, kind k, uint64_t *seed)
{
  int wrong = 0;
  for (int round = 0; round < ROUNDS / 10; round++) {
    const int objectives = 4 + (int)random_below(seed, round % 8 ? 5 : QY_OBJECTIVES_MAX - 3);
    const size_t n = 1 + random_below(seed, round % 4 ? 200 : POINTS);
    fill(value, objectives, n, k, seed);
    brute_force(expected, value, objectives, n);
    wrong += exact_divide_by(version, got, columns, objectives, n) != QY_OK || !same(n);
  }
  ok(!wrong, "version %d, divide, %s: %d sets as brute force", version, kind_name[k], ROUNDS / 10);
}

static int lexicographic(const void *a, const void *b)
{
  for (int d = 0; d < 3; d++) {
    const double x = value[d][*(const uint32_t *)a], y = value[d][*(const uint32_t *)b];
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

static void staircases(int version, kind k, uint64_t *seed)
{
  static uint32_t order[POINTS];
  int wrong = 0;
  for (int round = 0; round < ROUNDS / 5; round++) {
    const size_t n = 1 + random_below(seed, round % 8 ? 300 : POINTS);
    fill(value, 3, n, k, seed);
    for (uint32_t i = 0; i < n; i++)
      order[i] = i;
    qsort(order, n, sizeof *order, lexicographic);
    brute_force(expected, value, 3, n);
    wrong += window_steps_by(version, got, columns, order, n) != 0 || !same(n);
  }
  ok(!wrong, "version %d, staircase, %s: %d sets as brute force", version, kind_name[k], ROUNDS / 5);
}

/* Points in order of x, then y, and the reverse, of either objective. */
static void ordered(kind k, uint64_t *seed)
{
  int wrong = 0, found = 0;
  for (int round = 0; round < ROUNDS; round++) {
    const size_t n = 1 + random_below(seed, 200);
    double *first = value[round % 2], *other = value[!(round % 2)];
    bool nan;
    fill(value, 2, n, k, seed);
    for (size_t i = 1; i < n; i++) /* sort the first, leave the other */
      for (size_t j = i; j > 0 && (round % 4 < 2 ? first[j - 1] > first[j] : first[j - 1] < first[j]); j--) {
        const double swap = first[j];
        first[j] = first[j - 1];
        first[j - 1] = swap;
      }
    brute_force(expected, value, 2, n);
    if (!exact_ordered(got, columns[0], columns[1], n, &nan)) continue;
    found++;
    wrong += nan || !same(n);
    other[random_below(seed, n)] = NAN;
    wrong += exact_ordered(got, columns[0], columns[1], n, &nan) && !nan;
  }
  ok(!wrong && found == ROUNDS, "in order, %s: %d sets as brute force, a NaN is found", kind_name[k], found);
}

/* A point is off the front exactly when one on it dominates it; equal ones stay together. */
static bool is_front(const uint8_t *front, const double *const *c, size_t n)
{
  uint32_t *member = malloc((n + 1) * sizeof *member);
  size_t members = 0;
  bool good = member;
  for (uint32_t i = 0; good && i < n; i++)
    if (front[i]) member[members++] = i;
  for (size_t i = 0; good && i < n; i++) {
    bool off = false;
    for (size_t m = 0; m < members && !off; m++) {
      const size_t j = member[m];
      off = c[0][j] <= c[0][i] && c[1][j] <= c[1][i] && c[2][j] <= c[2][i] &&
            (c[0][j] < c[0][i] || c[1][j] < c[1][i] || c[2][j] < c[2][i]);
    }
    good = off == !front[i];
  }
  free(member);
  return good;
}

/* Three objectives, more points than are put in order at once: the fronts of parts, then of what these leave.  The
 * best ones are in the first part or the last. */
static void many(void)
{
  enum { PART = 32768, MOST = 3 * PART + 1, LEVELS = 300 };
  static const size_t sizes[] = {2 * PART + 1, 3 * PART, MOST};
  static const char *const what[] = {"the best at the end", "the best in front"};
  double *c[3] = {malloc(MOST * sizeof(double)), malloc(MOST * sizeof(double)), malloc(MOST * sizeof(double))};
  uint8_t *front = malloc(MOST);
  uint64_t seed = 77;
  for (size_t k = 0; k < 2; k++) {
    bool good = true;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
      const size_t n = sizes[s];
      for (size_t i = 0; i < n; i++) {
        const double better = 20.0 * (double)(k == 0 ? n - i : i) / (double)n;
        for (int d = 0; d < 3; d++)
          c[d][i] = better + (double)random_below(&seed, LEVELS);
      }
      survey seen;
      window_survey(&seen, (const double *const *)c, 3, n);
      memset(front, 7, n);
      good &= exact_front(front, (const double *const *)c, 3, n, &seen) == QY_OK;
      good &= is_front(front, (const double *const *)c, n);
    }
    ok(good, "more points than one part of %d, %s: the front dominates the rest", (int)PART, what[k]);
  }
  free(front);
  for (int d = 0; d < 3; d++)
    free(c[d]);
}

/* So many points that objectives are split by their middle: one of which those that are worse in the next have the best
 * value alone, and others have any; then one more of which all have the same. */
static void layers(void)
{
  enum { LAYERED = 5000, OBJECTIVES = 7 };
  static double v[OBJECTIVES][LAYERED];
  static uint8_t front[LAYERED], by_definition[LAYERED];
  const double *c[OBJECTIVES];
  uint64_t seed = 79;
  for (int d = 0; d < OBJECTIVES; d++)
    c[d] = v[d];
  for (size_t i = 0; i < LAYERED; i++) {
    const bool worse = random_below(&seed, 2);
    v[3][i] = random_unit(&seed) / 10; /* near a plane: most are on the front, few are not */
    for (int d = 0; d < 3; d++)
      v[3][i] -= v[d][i] = random_unit(&seed);
    v[4][i] = worse ? 0 : (double)random_below(&seed, 4);
    v[5][i] = worse;
    v[6][i] = 3;
  }
  for (size_t i = 0; i < LAYERED; i++) {
    by_definition[i] = 1;
    for (size_t j = 0; j < LAYERED && by_definition[i]; j++)
      by_definition[i] = i == j || v[0][j] > v[0][i] || v[1][j] > v[1][i] || v[2][j] > v[2][i] || v[3][j] > v[3][i] ||
                         v[4][j] > v[4][i] || v[5][j] > v[5][i];
  }
  for (int objectives = 6; objectives <= OBJECTIVES; objectives++)
    ok(!exact_divide(front, c, objectives, LAYERED) && memcmp(front, by_definition, LAYERED) == 0,
       "%d points in layers, %d objectives: the front by its definition", (int)LAYERED, objectives);
}

/* Few points of three objectives of which two share the least of the first: the one behind is the better. */
static void least_twice(void)
{
  uint64_t seed = 83;
  int wrong = 0;
  for (int round = 0; round < 200; round++) {
    const size_t n = 130 + random_below(&seed, 300);
    for (size_t i = 0; i < n; i++) {
      value[0][i] = 1 + random_unit(&seed);
      value[1][i] = random_unit(&seed);
      value[2][i] = random_unit(&seed);
    }
    const size_t first = random_below(&seed, n - 1), behind = first + 1 + random_below(&seed, n - first - 1);
    value[0][first] = value[0][behind] = 0.5;
    value[1][first] = value[1][behind] + (double)random_below(&seed, 2) / 8;
    value[2][first] = value[2][behind] + 0.125;
    survey s;
    window_survey(&s, columns, 3, n);
    brute_force(expected, value, 3, n);
    wrong += exact_front(got, columns, 3, n, &s) != QY_OK || !same(n);
  }
  is_int(wrong, 0, "of two points with the least of one objective the better one alone is on the front");
}

int main(void)
{
  uint64_t seed = 31;
  layers();
  many();
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    columns[d] = value[d];
  least_twice();
  for (kind k = 0; k < KINDS; k++) {
    for (int version = 0; version < lanes_versions(); version++) {
      few(version, k, &seed);
      windows(version, k, &seed);
      divides(version, k, &seed);
      staircases(version, k, &seed);
    }
    ordered(k, &seed);
  }
  return done();
}
