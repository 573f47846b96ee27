/* The loops over draws against plain loops and a sort, in every version that runs here, for lengths that no vector
 * divides. */
#include "../../src/evaluate/draws_lanes.h"

#include "quarry/sort.h"

#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 301, ROWS = 7, COLUMNS = 23, STRIDE = 29, POINTS = 60 };

static double uniform(uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) * 0x1p-53;
}

/* Every third coefficient 0, one column of them for all rows. */
static void products(const draws_loops *loops, size_t draws)
{
  static double coefficient[ROWS * STRIDE], basis[COLUMNS * DRAWS], out[ROWS * DRAWS];
  uint64_t state = 3;
  int same = 1;
  for (size_t i = 0; i < ROWS * STRIDE; i++)
    coefficient[i] = i % 3 == 0 || i % STRIDE == 5 ? 0 : uniform(&state);
  for (size_t i = 0; i < COLUMNS * draws; i++)
    basis[i] = exp(4 * uniform(&state) - 2);
  for (int add = 0; add < 2; add++) {
    for (size_t i = 0; i < ROWS * draws; i++)
      out[i] = 2;
    loops->multiply(&(draws_product){out, coefficient, basis, ROWS, STRIDE, COLUMNS, draws, add});
    for (size_t r = 0; r < ROWS; r++)
      for (size_t k = 0; k < draws; k++) {
        double sum = add ? 2 : 0;
        for (size_t c = 0; c < COLUMNS; c++)
          sum += coefficient[r * STRIDE + c] * basis[c * draws + k];
        same &= out[r * draws + k] == sum;
      }
  }
  ok(same, "products of %zu draws, bit for bit", draws);
}

static void sums(const draws_loops *loops, size_t draws)
{
  static double a[DRAWS], b[DRAWS], out[DRAWS];
  const draws_term term[] = {{DRAWS_TIMES, 3, a}, {DRAWS_CERTAIN, 0.1, NULL}, {DRAWS_OVER, 7, b}};
  uint64_t state = 4;
  int same = 1;
  for (size_t k = 0; k < draws; k++) {
    a[k] = uniform(&state);
    b[k] = 1 + uniform(&state);
  }
  loops->sum(out, term, 3, draws);
  for (size_t k = 0; k < draws; k++)
    same &= out[k] == 3 * a[k] + 0.1 + 7 / b[k];
  ok(same, "sums of %zu draws", draws);
}

/* Points that drift, as those of a space do, and one in ten that is another altogether; coarse: ties happen. */
static void selection(const draws_loops *loops, size_t draws, double coarse)
{
  static double v[DRAWS], sorted[DRAWS], base[DRAWS], room[2 * (DRAWS + DRAWS_SLACK)];
  draws_guess guess[2] = {{.known = false}};
  uint64_t state = 5;
  int same = 1;
  const size_t below = (size_t)(0.05 * (double)(draws - 1));
  for (size_t k = 0; k < draws; k++)
    base[k] = exp(uniform(&state));
  for (int p = 0; p < POINTS; p++) {
    for (size_t k = 0; k < draws; k++) {
      const double x = p % 10 == 9 ? uniform(&state) : base[k] * (1 + 0.02 * p * uniform(&state));
      v[k] = coarse > 0 ? coarse * floor(x / coarse) : x;
    }
    memcpy(sorted, v, draws * sizeof *v);
    qsort(sorted, draws, sizeof *sorted, qy_by_value);
    const draws_ends e = draws_select(loops, v, draws, below, guess, room);
    const size_t next = below + 1 < draws ? below + 1 : below;
    same &= e.lower[0] == sorted[below] && e.lower[1] == sorted[next];
    same &= e.upper[0] == sorted[draws - 1 - below] && e.upper[1] == sorted[draws - 1 - next];
  }
  ok(same, "values at both ends of %zu draws as a sort has them%s", draws, coarse > 0 ? ", with ties" : "");
}

/* Margins of leaders: each the least of what there was and its own. */
static void margins(const draws_loops *loops, size_t count)
{
  static double least[DRAWS], other[DRAWS], expected[DRAWS];
  uint64_t state = 8;
  int same = 1;
  for (size_t i = 0; i < count; i++) {
    least[i] = i % 3 ? uniform(&state) : INFINITY;
    other[i] = 4 * uniform(&state);
    const double gain = (2.5 - other[i]) * 0.5;
    expected[i] = gain < least[i] ? gain : least[i];
  }
  loops->lower(least, other, 2.5, 0.5, count);
  for (size_t i = 0; i < count; i++)
    same &= least[i] == expected[i];
  ok(same, "margins of %zu leaders", count);
}

static void comparisons(const draws_loops *loops, size_t draws)
{
  static double a[DRAWS], b[DRAWS], c[DRAWS], d[DRAWS];
  static int64_t beaten[DRAWS];
  const double *own[] = {a, c}, *other[] = {b, d};
  uint64_t state = 6;
  int below = 1, marked = 1;
  for (int round = 0; round < 200; round++) {
    bool all = true, no_worse = true, ahead = true;
    const bool better = round % 2;
    const double gap = round % 5 ? 2 : 0.2;
    for (size_t k = 0; k < draws; k++) {
      a[k] = floor(3 * uniform(&state));
      b[k] = a[k] + floor(gap * uniform(&state)) - (uniform(&state) < 0.002);
      c[k] = floor(3 * uniform(&state));
      d[k] = c[k] + floor(1.2 * uniform(&state));
      beaten[k] = -(uniform(&state) < 0.3);
      no_worse &= a[k] <= b[k];
      ahead &= a[k] < b[k];
    }
    below &= loops->below(a, b, draws, false) == no_worse && loops->below(a, b, draws, true) == ahead;
    static int64_t expected[DRAWS];
    for (size_t k = 0; k < draws; k++) {
      const bool in = a[k] <= b[k] && c[k] <= d[k] && (better || a[k] < b[k] || c[k] < d[k]);
      expected[k] = beaten[k] | -(int64_t)in;
      all &= expected[k] != 0;
    }
    marked &= loops->mark(beaten, own, other, 2, better, draws) == all;
    marked &= memcmp(beaten, expected, draws * sizeof *beaten) == 0;
  }
  ok(below, "comparisons of %zu draws", draws);
  ok(marked, "draws in which one point beats another");
}

int main(void)
{
  static const size_t draws[] = {1, 2, 7, 16, 33, 64, 100, DRAWS};
  for (int version = 0; version < draws_loops_versions(); version++) {
    const draws_loops *loops = draws_loops_version(version);
    for (size_t i = 0; i < sizeof draws / sizeof *draws; i++) {
      products(loops, draws[i]);
      sums(loops, draws[i]);
      selection(loops, draws[i], 0);
      selection(loops, draws[i], 0.25);
      comparisons(loops, draws[i]);
      margins(loops, draws[i]);
    }
  }
  return done();
}
