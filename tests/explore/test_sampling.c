/* Samples of spaces: distinct points, as many as asked, the same for the same seed, and spread as the methods promise.
 */
#include "quarry/sampling.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { ENTRIES_MAX = 4, POINTS_MAX = 20000 };

static qy_space_entry entry[ENTRIES_MAX];
static int64_t point[POINTS_MAX], again[POINTS_MAX];

/* entries: counts of the axes, 0 ends an entry, 0 0 ends the space. */
static qy_space space_of(const size_t *count)
{
  qy_space space = {0, entry, 0};
  for (; *count; count++) {
    qy_space_entry *e = &entry[space.entry_count++];
    *e = (qy_space_entry){.name = "e"};
    for (; *count; count++)
      e->axis[e->axis_count++] = (qy_axis){"a", *count};
  }
  qy_space_finish(&space, NULL);
  return space;
}

static const size_t one_axis[] = {1000, 0, 0}, grid[] = {7, 1, 12, 5, 9, 0, 0},
                    several[] = {4, 3, 3, 2, 0, 40, 50, 0, 1, 0, 16, 8, 4, 0, 0},
                    huge[] = {1000, 1000, 1000, 1000, 0, 100000, 10, 10, 10000, 100, 0, 0};
static const size_t *const shape[] = {one_axis, grid, several, huge};
enum { SHAPES = sizeof shape / sizeof *shape };

static int by_number(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static int distinct(const int64_t *from, size_t n, const qy_space *space)
{
  int64_t *sorted = malloc((n + 1) * sizeof *sorted);
  int good = 1;
  if (!sorted) return 0;
  memcpy(sorted, from, n * sizeof *sorted);
  qsort(sorted, n, sizeof *sorted, by_number);
  for (size_t i = 0; i < n; i++)
    good &= sorted[i] >= 0 && sorted[i] < space->count && (i == 0 || sorted[i - 1] < sorted[i]);
  free(sorted);
  return good;
}

static void promises(const qy_sampling *method)
{
  static const size_t wanted[] = {0, 1, 2, 3, 10, 64, 100, 500, 999, 1000, 2000, 2500, 3000, 3780, 5000};
  int wrong = 0, differ = 0, same = 0, prefix = 1;
  for (int k = 0; k < SHAPES; k++)
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
      const qy_space space = space_of(shape[k]);
      const int64_t expected = (int64_t)wanted[w] < space.count ? (int64_t)wanted[w] : space.count;
      for (uint64_t seed = 1; seed <= 2; seed++) {
        size_t n = wanted[w], m = wanted[w];
        wrong += method->draw(point, &n, &space, seed, NULL) != QY_OK || (int64_t)n != expected ||
                 !distinct(point, n, &space);
        method->draw(again, &m, &space, seed, NULL);
        differ += m != n || memcmp(point, again, n * sizeof *point) != 0;
        if (n < 10 || (int64_t)n == space.count) continue;
        method->draw(again, &m, &space, seed + 2, NULL);
        same += memcmp(point, again, n * sizeof *point) == 0;
        m = n / 2;
        method->draw(again, &m, &space, seed, NULL);
        if ((int64_t)n * 4 < space.count || strcmp(method->name, "random") == 0)
          prefix &= memcmp(point, again, m * sizeof *point) == 0;
      }
    }
  ok(!wrong, "%s: as many points as asked, or all, distinct and of the space", method->name);
  ok(!differ && !same, "%s: the same seed gives the same points, another one others", method->name);
  if (strcmp(method->name, "lhs") != 0) ok(prefix, "%s: more points keep those of fewer", method->name);
}

/* How often each value of each axis came: at most one apart. */
static void balanced(void)
{
  int uneven = 0;
  for (size_t n = 1; n <= 2000; n += n < 100 ? 1 : 97) {
    const qy_space space = space_of(grid);
    size_t got = n, value[QY_AXES_MAX];
    size_t times[5][12] = {{0}};
    int e;
    qy_sampling_find("lhs")->draw(point, &got, &space, n, NULL);
    for (size_t i = 0; i < got; i++) {
      qy_space_decode(&space, point[i], &e, value);
      for (int a = 0; a < 5; a++)
        times[a][value[a]]++;
    }
    for (int a = 0; a < 5; a++)
      for (size_t v = 0; v < space.entry[0].axis[a].count; v++)
        uneven += times[a][v] < n / space.entry[0].axis[a].count ||
                  times[a][v] > (n + space.entry[0].axis[a].count - 1) / space.entry[0].axis[a].count;
  }
  ok(!uneven, "lhs: every value of an axis comes as often as any other, give or take one");
}

/* Two points, one in each half of both axes: either may be the first of either axis. */
static void either_first(void)
{
  enum { SEEDS = 80 };
  static const size_t square[] = {10, 10, 0, 0};
  const qy_space space = space_of(square);
  int times[2][2] = {{0}}, halves = 0;
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    size_t got = 2, first[QY_AXES_MAX], second[QY_AXES_MAX];
    int e;
    qy_sampling_find("lhs")->draw(point, &got, &space, seed, NULL);
    qy_space_decode(&space, point[0], &e, first);
    qy_space_decode(&space, point[1], &e, second);
    halves += got == 2 && first[0] / 5 != second[0] / 5 && first[1] / 5 != second[1] / 5;
    times[first[0] / 5][first[1] / 5]++;
  }
  is_int(halves, SEEDS, "lhs: two points are in both halves of both axes");
  for (int k = 0; k < 4; k++)
    ok(times[k / 2][k % 2] >= 5, "the first in quarter %d in %d of %d", k, times[k / 2][k % 2], SEEDS);
}

/* Of one axis: what is beyond whole rounds of all values is one value of each of as many equal ranges, any of them. */
static void strata(void)
{
  enum { SEEDS = 40, MOST = 60 };
  int wrong = 0, never = 0;
  for (size_t values = 1; values <= MOST; values += values < 8 ? 1 : 13) {
    const size_t shape_of[] = {values, 0, 0};
    const qy_space space = space_of(shape_of);
    for (size_t n = 1; n < values; n++) {
      bool came[MOST] = {0};
      const double width = (double)values / (double)n;
      for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        size_t got = n;
        qy_sampling_find("lhs")->draw(point, &got, &space, seed, NULL);
        qsort(point, got, sizeof *point, by_number);
        for (size_t k = 0; k < got; k++) {
          wrong += (double)point[k] < floor((double)k * width - 1e-9) ||
                   (double)point[k] >= floor((double)(k + 1) * width + 1e-9);
          came[point[k]] = true;
        }
      }
      for (size_t v = 0; v < values && width < 4; v++)
        never += !came[v];
    }
  }
  is_int(wrong, 0, "lhs: one value in each of as many equal ranges as there are points");
  is_int(never, 0, "and each value of a range is drawn at times");
}

/* Every point is as likely as any other, at every place of a sample, and whatever else is in it. */
static void alike(const qy_sampling *method)
{
  enum { ALL = 20, SEEDS = 2400 };
  static const size_t small[] = {4, 5, 0, 0}, parted[] = {2, 3, 0, 7, 0, 1, 0, 3, 2, 0, 0};
  static const size_t *const of[] = {small, parted};
  double worst = 0, worst_first = 0;
  const int spaces = strcmp(method->name, "lhs") == 0 ? 1 : 2; /* its shares of entries are whole numbers */
  for (int k = 0; k < spaces; k++) {
    const qy_space space = space_of(of[k]);
    double times[ALL] = {0}, first[ALL] = {0};
    const size_t n = 5;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      size_t got = n;
      method->draw(point, &got, &space, seed, NULL);
      for (size_t i = 0; i < got; i++)
        times[point[i]]++;
      first[point[0]]++;
    }
    for (int64_t p = 0; p < space.count; p++) {
      worst = fmax(worst, fabs(times[p] / SEEDS - (double)n / (double)space.count));
      if (k == 0) worst_first = fmax(worst_first, fabs(first[p] / SEEDS - 1 / (double)space.count));
    }
  }
  ok(worst < 0.04 && worst_first < 0.02,
     "%s: points of small spaces come as often as others, %.3f off, as the first %.3f", method->name, worst,
     worst_first);
}

/* Small cubes, of which many points come twice at first: those whose exchange leads nowhere are few. */
static void exchanged(void)
{
  static const size_t side[][3] = {{6, 6, 0}, {4, 9, 0}, {5, 8, 0}, {12, 4, 0}};
  int uneven = 0, cubes = 0;
  for (size_t k = 0; k < sizeof side / sizeof *side; k++) {
    const size_t shape_of[] = {side[k][0], side[k][1], 0, 0};
    const qy_space space = space_of(shape_of);
    for (size_t n = 4; n <= (size_t)space.count * 17 / 20; n++)
      for (uint64_t seed = 1; seed <= 8; seed++, cubes++) {
        size_t got = n, value[QY_AXES_MAX], times[2][12] = {{0}};
        int e, off = 0;
        qy_sampling_find("lhs")->draw(point, &got, &space, seed, NULL);
        for (size_t i = 0; i < got; i++) {
          qy_space_decode(&space, point[i], &e, value);
          times[0][value[0]]++;
          times[1][value[1]]++;
        }
        for (int a = 0; a < 2; a++)
          for (size_t v = 0; v < side[k][a]; v++)
            off |= times[a][v] < n / side[k][a] || times[a][v] > (n + side[k][a] - 1) / side[k][a];
        uneven += off;
      }
  }
  ok(uneven * 500 <= cubes, "lhs: of %d cubes of up to 85 %% of a space %d are not balanced", cubes, uneven);
}

/* 2^m points of a Sobol sequence in base 2: each of 16 cells along any axis has 2^m / 16 of them, and in the first two
 * dimensions, which are a (0, m, 2)-net, each of 16 x 16 cells has 2^m / 256. */
static void net(void)
{
  static const size_t fine[] = {1 << 10, 1 << 10, 1 << 10, 0, 0};
  const qy_space space = space_of(fine);
  size_t n = 1024, cell[3][16] = {{0}}, square[16][16] = {{0}}, value[QY_AXES_MAX];
  int wrong = 0, e;
  qy_sampling_find("sobol")->draw(point, &n, &space, 7, NULL);
  for (size_t i = 0; i < n; i++) {
    qy_space_decode(&space, point[i], &e, value);
    for (int a = 0; a < 3; a++)
      cell[a][value[a] / 64]++;
    square[value[0] / 64][value[1] / 64]++;
  }
  for (int a = 0; a < 3; a++)
    for (int k = 0; k < 16; k++)
      wrong += cell[a][k] != 64;
  for (int k = 0; k < 256; k++)
    wrong += square[k / 16][k % 16] != 4;
  ok(!wrong, "sobol: 1024 points are a net: 64 in each sixteenth of an axis, 4 in each 16 x 16 square");
}

/* Entries get points in proportion. */
static void shares(const qy_sampling *method)
{
  const qy_space space = space_of(several); /* 72, 2000, 1 and 512 points */
  size_t n = 517, got[4] = {0}, value[QY_AXES_MAX];
  double worst = 0;
  method->draw(point, &n, &space, 1, NULL);
  for (size_t i = 0; i < n; i++) {
    int e;
    qy_space_decode(&space, point[i], &e, value);
    got[e]++;
  }
  for (int e = 0; e < 4; e++)
    worst = fmax(worst, fabs((double)got[e] - 517.0 * (double)space.entry[e].count / (double)space.count));
  const int random = strcmp(method->name, "random") == 0;
  const int exact = strcmp(method->name, "lhs") == 0; /* rounded down, and what is left to the largest parts */
  ok(worst < (random  ? 40
              : exact ? 1
                      : 25),
     "%s: entries get points in proportion (worst %.1f apart)", method->name, worst);
}

/* A hypercube of several entries: rounded down, and of what is left one more for the largest parts, whatever number. */
static void exact_shares(void)
{
  static const size_t like[] = {3, 0, 3, 0, 3, 0, 5, 0, 0};
  static const size_t *const of[] = {several, like};
  int wrong = 0;
  for (int k = 0; k < 2; k++) {
    const qy_space space = space_of(of[k]);
    for (size_t n = 1; n < (size_t)space.count; n += k ? 1 : 83) {
      size_t wanted = n, got[4] = {0}, value[QY_AXES_MAX];
      double part[4];
      qy_sampling_find("lhs")->draw(point, &wanted, &space, n, NULL);
      for (size_t i = 0; i < n; i++) {
        int e;
        qy_space_decode(&space, point[i], &e, value);
        got[e]++;
      }
      for (int e = 0; e < 4; e++)
        part[e] = (double)n * (double)space.entry[e].count / (double)space.count;
      for (int e = 0; e < 4; e++) {
        wrong += (double)got[e] < floor(part[e]) || (double)got[e] > floor(part[e]) + 1;
        for (int o = 0; o < 4; o++) /* none has one more while a larger part has not */
          wrong += part[o] - floor(part[o]) > part[e] - floor(part[e]) + 1e-9 && (double)got[e] > floor(part[e]) &&
                   (double)got[o] <= floor(part[o]);
      }
    }
  }
  is_int(wrong, 0, "lhs: an entry's part is rounded up only after those with larger fractions");
}

static void limits(void)
{
  qy_space space = {1, entry, 0};
  size_t n = 10;
  qy_error err = {0};
  entry[0] = (qy_space_entry){.name = "wide", .axis_count = 41};
  for (int a = 0; a < 41; a++)
    entry[0].axis[a] = (qy_axis){"a", 2};
  qy_space_finish(&space, NULL);
  is_int(qy_sampling_find("sobol")->draw(point, &n, &space, 1, &err), QY_BAD_INPUT, "sobol: 41 axes are refused");
  is_int(qy_sampling_find("lhs")->draw(point, &n, &space, 1, NULL), QY_OK, "lhs takes them");
  for (int one = 0; one < 2; one++) { /* 40 of more than one value, of 41 and of 40 axes */
    entry[0].axis[7].count = 1;
    entry[0].axis_count = 41 - one;
    entry[0].axis[40].count = 2;
    if (one) entry[0].axis[7].count = 2;
    qy_space_finish(&space, NULL);
    n = 10;
    is_int(qy_sampling_find("sobol")->draw(point, &n, &space, 1, &err), QY_OK, "sobol takes 40 that vary");
  }
  ok(qy_sampling_find("grid") == NULL, "no method of another name");
}

int main(void)
{
  static const char *const name[] = {"sobol", "lhs", "random"};
  for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
    promises(qy_sampling_find(name[i]));
    shares(qy_sampling_find(name[i]));
    alike(qy_sampling_find(name[i]));
  }
  balanced();
  strata();
  either_first();
  exchanged();
  exact_shares();
  net();
  limits();
  return done();
}
