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
  static uint8_t left[DRAWS / DRAWS_BLOCK + 1], expected[DRAWS / DRAWS_BLOCK + 1];
  const double *own[] = {a, c}, *other[] = {b, d};
  uint64_t state = 6;
  int below = 1, marked = 1;
  for (int round = 0; round < 200; round++) {
    bool all = true, no_worse = true, less = true;
    const bool ahead = round % 2;
    const double gap = round % 5 ? 2 : 0.2;
    memset(left, 0, sizeof left);
    memset(expected, 0, sizeof expected);
    for (size_t k = 0; k < draws; k++) {
      a[k] = floor(3 * uniform(&state));
      b[k] = a[k] + floor(gap * uniform(&state)) - (uniform(&state) < 0.002);
      c[k] = floor(3 * uniform(&state));
      d[k] = c[k] + floor(1.2 * uniform(&state));
      no_worse &= a[k] <= b[k];
      less &= a[k] < b[k];
      const bool in = a[k] <= b[k] && c[k] <= d[k] && (ahead || a[k] < b[k] || c[k] < d[k]);
      const bool asked = uniform(&state) < 0.7;
      left[k / DRAWS_BLOCK] |= (uint8_t)(asked << k % DRAWS_BLOCK);
      expected[k / DRAWS_BLOCK] |= (uint8_t)((asked && !in) << k % DRAWS_BLOCK);
      all &= !asked || in;
    }
    below &= loops->below(a, b, draws, false) == no_worse && loops->below(a, b, draws, true) == less;
    marked &= loops->mark(left, own, other, 2, ahead, draws) == all;
    marked &= memcmp(left, expected, sizeof left) == 0;
  }
  ok(below, "comparisons of %zu draws", draws);
  ok(marked, "draws in which one point beats another");
}

enum { SLOTS = 40, VARYING_MAX = 4, CERTAIN_MAX = 3 };

/* Places whose bounds are all on one side, against a loop over them, from each place to each. */
static void bounds(const draws_loops *loops, size_t varying)
{
  enum { COUNT = 21, STRIDE_OF = COUNT + DRAWS_SLACK, MOST = 4 };
  static double bound[MOST * STRIDE_OF];
  uint32_t slot[COUNT], found[COUNT];
  const double limit[MOST] = {0.5, 0.3, 0.7, 0.5};
  uint64_t state = 17;
  int wrong = 0, some = 0;
  for (size_t i = 0; i < MOST * STRIDE_OF; i++)
    bound[i] = floor(10 * uniform(&state)) / 10;
  for (uint32_t i = 0; i < COUNT; i++)
    slot[i] = (i * 8 + 3) % COUNT;
  const draws_bounds b = {bound, slot, varying, STRIDE_OF};
  for (size_t first = 0; first <= COUNT; first++)
    for (size_t end = first; end <= COUNT; end++)
      for (int least = 0; least < 2; least++) {
        const size_t count = loops->within(found, &b, first, end, limit, least);
        size_t expected = 0;
        for (size_t i = first; i < end; i++) {
          bool all = true;
          for (size_t v = 0; v < varying; v++) {
            const double x = bound[v * STRIDE_OF + i];
            all &= least ? x >= limit[v] : x <= limit[v];
          }
          wrong += all && (expected >= count || found[expected] != slot[i]);
          expected += all;
        }
        wrong += count != expected;
        some += count > 0 && count < end - first;
      }
  ok(!wrong && some > 0, "places by bounds of %zu objectives", varying);
}

/* Does a beat b in a lane?  ahead: it does in the first certain objective, in which they are equal otherwise. */
static bool beats(const double *a, const double *b, size_t varying, size_t lane, const double *certain_a,
                  const double *certain_b, size_t certains, bool ahead)
{
  bool worse = false, better = ahead;
  for (size_t o = 0; o < varying; o++) {
    worse |= a[o * DRAWS_BLOCK + lane] > b[o * DRAWS_BLOCK + lane];
    better |= a[o * DRAWS_BLOCK + lane] < b[o * DRAWS_BLOCK + lane];
  }
  for (size_t o = 1; o < certains; o++) {
    worse |= certain_a[o] > certain_b[o];
    better |= certain_a[o] < certain_b[o];
  }
  return better && !worse;
}

/* Coarse values: ties in some objectives, and in all of them. */
static void blocks(const draws_loops *loops, size_t varying, size_t certains)
{
  static double value[SLOTS * VARYING_MAX * DRAWS_BLOCK], certain[SLOTS * CERTAIN_MAX];
  double own_value[VARYING_MAX * DRAWS_BLOCK], own_certain[CERTAIN_MAX];
  uint32_t slot[SLOTS];
  uint8_t alive[SLOTS], expected[SLOTS];
  uint64_t state = 9;
  int unbeaten = 1, beaten = 1, some = 0;
  for (int round = 0; round < 200; round++) {
    const double levels = round % 3 ? 12 : 3;
    for (size_t i = 0; i < SLOTS * varying * DRAWS_BLOCK; i++)
      value[i] = floor(levels * uniform(&state));
    for (size_t i = 0; i < SLOTS * certains; i++)
      certain[i] = floor(3 * uniform(&state));
    for (size_t i = 0; i < varying * DRAWS_BLOCK; i++)
      own_value[i] = floor(levels * uniform(&state));
    for (size_t i = 0; i < certains; i++)
      own_certain[i] = floor(3 * uniform(&state));
    for (size_t i = 0; i < SLOTS; i++) {
      slot[i] = (uint32_t)((7 * i + 3) % SLOTS);
      alive[i] = expected[i] = (uint8_t)(256 * uniform(&state));
    }
    const draws_rows rows = {value, certain, varying, certains};
    const draws_row own = {own_value, own_certain, (unsigned)(256 * uniform(&state)), round % 2};
    const size_t count = (size_t)round % SLOTS;
    unsigned left = own.lanes;
    size_t dead = 0;
    for (size_t i = 0; i < count; i++) {
      const double *v = value + slot[i] * varying * DRAWS_BLOCK, *c = certain + slot[i] * certains;
      const uint8_t before = expected[slot[i]];
      for (size_t k = 0; k < DRAWS_BLOCK; k++) {
        if (beats(v, own_value, varying, k, c, own_certain, certains, own.ahead)) left &= ~(1U << k);
        if ((own.lanes >> k & 1) && beats(own_value, v, varying, k, own_certain, c, certains, own.ahead))
          expected[slot[i]] &= (uint8_t) ~(1U << k);
      }
      dead += before && !expected[slot[i]];
    }
    unbeaten &= loops->unbeaten(&rows, slot, count, &own) == left;
    beaten &= loops->beat(alive, &rows, slot, count, &own) == dead;
    beaten &= memcmp(alive, expected, sizeof alive) == 0;
    some += left && left != own.lanes;
  }
  ok(unbeaten && (some > 10 || varying == 0), "%zu and %zu objectives: draws of a block in which a point is beaten",
     varying, certains);
  ok(beaten, "and those in which it beats others");
}

int main(void)
{
  static const size_t draws[] = {1, 2, 7, 16, 33, 64, 100, DRAWS};
  for (int version = 0; version < draws_loops_versions(); version++) {
    const draws_loops *loops = draws_loops_version(version);
    for (int other = 0; other < version; other++)
      ok(draws_loops_version(other) != loops, "versions %d and %d are two", other, version);
    for (size_t varying = 0; varying <= VARYING_MAX; varying++)
      for (size_t certains = varying ? 0 : 1; certains <= CERTAIN_MAX; certains++)
        blocks(loops, varying, certains);
    for (size_t varying = 1; varying <= 4; varying++)
      bounds(loops, varying);
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
