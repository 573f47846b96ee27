/* The pivot pass of every instruction set this processor has, against its definition. */
#include "../../src/explore/sift.h"
#include "random.h"
#include "tap.h"

enum { POINTS = 203, ROUNDS = 3000 };

int main(void)
{
  static double value[QY_OBJECTIVES_MAX][POINTS];
  static sift_pivots pivots;
  const double *columns[QY_OBJECTIVES_MAX];
  uint32_t kept[POINTS];
  uint64_t seed = 2024;
  for (int d = 0; d < QY_OBJECTIVES_MAX; d++)
    columns[d] = value[d];
  for (int version = 0; version < sift_versions(); version++) {
    int wrong = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int objectives = 1 + (int)random_below(&seed, round % 4 ? 5 : QY_OBJECTIVES_MAX);
      size_t n = random_below(&seed, POINTS + 1), levels = 2 + random_below(&seed, 8), k = 0;
      pivots.count = (int)random_below(&seed, SIFT_PIVOTS_MAX + 1);
      for (int d = 0; d < objectives; d++) {
        for (size_t i = 0; i < n; i++) {
          value[d][i] = (double)random_below(&seed, levels);
          if (random_below(&seed, 50) == 0) value[d][i] = NAN;
          if (random_below(&seed, 50) == 0) value[d][i] = round % 2 ? INFINITY : -INFINITY;
        }
        for (int p = 0; p < pivots.count; p++)
          pivots.at[p][d] = (double)random_below(&seed, levels);
      }
      size_t count = sift_by(version, kept, columns, objectives, n, &pivots);
      for (size_t i = 0; i < n; i++) {
        int dropped = 0;
        for (int p = 0; p < pivots.count; p++) {
          int no_smaller = 1, larger = 0;
          for (int d = 0; d < objectives; d++) {
            if (!(value[d][i] >= pivots.at[p][d])) no_smaller = 0;
            if (value[d][i] > pivots.at[p][d]) larger = 1;
          }
          dropped |= no_smaller && larger;
        }
        if (!dropped && (k >= count || kept[k++] != i)) wrong++;
      }
      wrong += k != count;
    }
    uint64_t bits[POINTS / 64];
    for (int round = 0; round < ROUNDS / 10; round++) { /* the last set, pivot by pivot */
      const int objectives = 1 + round % QY_OBJECTIVES_MAX;
      const sift_pivots *one = &pivots;
      for (int d = 0; d < objectives; d++)
        pivots.at[0][d] = (double)random_below(&seed, 8);
      sift_mark_by(version, bits, columns, objectives, POINTS / 64 * 64, one);
      for (size_t i = 0; i < POINTS / 64 * 64; i++) {
        int no_smaller = 1, larger = 0;
        for (int d = 0; d < objectives; d++) {
          no_smaller &= value[d][i] >= one->at[0][d];
          larger |= value[d][i] > one->at[0][d];
        }
        wrong += (int)(bits[i / 64] >> i % 64 & 1) != (no_smaller && larger);
      }
    }
    ok(!wrong, "version %d of %d: %d sets of up to %d points with NaN and infinities, 0 to %d pivots", version + 1,
       sift_versions(), ROUNDS, POINTS, (int)SIFT_PIVOTS_MAX);
  }
  return done();
}
