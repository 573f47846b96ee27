/* Prices fitted at nodes against the functions they were taken from: products of lognormals, sums of them, a group of
 * random words; inputs replaced one at a time and put back. */
#include "../../src/evaluate/price_response.h"

#include "tap.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { INPUTS = 4, COLUMNS = 5, SAMPLES = 200 };

/* Some hash of a word, about 1. */
static double of_word(double z)
{
  uint64_t word;
  memcpy(&word, &z, sizeof word);
  word = (word ^ (word >> 29)) * 0xBF58476D1CE4E5B9u;
  return 0.9 + 0.2 * (double)(word >> 11) * 0x1p-53;
}

/* Column 0: a product, wider above than below; 1: a sum of two; 2: nothing; 3: one that nothing moves but the group,
 * 1 where all is as it is; 4: a sum of two others. */
static double exact(int column, const double *z, size_t stride)
{
  const double x = z[0], y = z[stride], v = z[2 * stride], group = of_word(z[3 * stride]);
  switch (column) {
  case 0: return 3 * exp((x < 0 ? 0.2 : 0.4) * x - 0.3 * v) * group;
  case 1: return exp(0.4 * x) + 2 * exp(0.25 * y);
  case 2: return 0;
  case 4: return exp(0.3 * y) + 1.5 * exp(-0.2 * v);
  default: return group / of_word(0);
  }
}

static qy_status source(void *ctx, const double *z, size_t count, double *price, qy_error *err)
{
  const bool *fails = ctx;
  (void)err;
  for (int c = 0; c < COLUMNS; c++)
    for (size_t k = 0; k < count; k++)
      price[(size_t)c * count + k] = *fails && k == 1 ? 0 : exact(c, z + k, count);
  return QY_OK;
}

static double uniform(uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 11) * 0x1p-53;
}

/* Normal enough: the sum of twelve uniform numbers. */
static void draw(double *z, uint64_t seed)
{
  for (size_t i = 0; i < (size_t)INPUTS * SAMPLES; i++) {
    z[i] = -6;
    for (int u = 0; u < 12; u++)
      z[i] += uniform(&seed);
  }
}

/* The largest relative error of a column. */
static double worst(const price_response *r, int column, const double *z)
{
  double most = 0;
  for (size_t k = 0; k < SAMPLES; k++) {
    const double wanted = exact(column, z + k, SAMPLES), found = r->price[(size_t)column * SAMPLES + k];
    const double error = wanted != 0 ? fabs(found / wanted - 1) : fabs(found);
    most = isnan(error) ? INFINITY : fmax(most, error);
  }
  return most;
}

static void compare(const price_response *r, const double *z, const char *what)
{
  ok(worst(r, 0, z) < 1e-12, "%s: a product", what);
  ok(worst(r, 1, z) < 0.02, "%s: a sum within 2 %%: %.2g", what, worst(r, 1, z));
  ok(worst(r, 4, z) < 0.02, "%s: another sum: %.2g", what, worst(r, 4, z));
  ok(worst(r, 2, z) == 0 && worst(r, 3, z) < 1e-12, "%s: nothing, and the group alone", what);
}

/* Where the prices were taken the fit is what was taken: each input alone at its nodes, the only two that are added in
 * a price (`sum`) at theirs. */
static void nodes(price_response *r, int first, int sum)
{
  static const double alone[RESPONSE_NODES] = {-2.4, -1.2, 1.2, 2.4};
  static double z[INPUTS * SAMPLES];
  int k = 0;
  memset(z, 0, sizeof z);
  for (int i = 0; i < INPUTS - 1; i++)
    for (int n = 0; n < RESPONSE_NODES; n++)
      z[i * SAMPLES + k++] = alone[n];
  for (int q = 0; q < 4; q++) {
    z[first * SAMPLES + k] = q & 1 ? 1.5 : -1.5;
    z[(first + 1) * SAMPLES + k++] = q & 2 ? 1.5 : -1.5;
  }
  ok(!price_response_set(r, z, NULL), "inputs at the nodes");
  for (int c = 0; c < COLUMNS; c++)
    if (c == sum || (c != 1 && c != 4))
      ok(worst(r, c, z) < 1e-12, "column %d is as it was priced there: %.2g", c, worst(r, c, z));
}

/* ---- more pairs than are kept, without a group ---- */

enum { MANY = 11, FEW = 3, ALL_PAIRS = MANY * (MANY - 1) / 2, POINTS = 40 };
_Static_assert((int)ALL_PAIRS > (int)RESPONSE_PAIRS, "some are left out");

/* The logarithm of a price: slopes of the inputs, and of the products of the pairs that count most in each quadrant. */
static double slope[FEW][MANY], product[FEW][MANY][MANY][4];
static const double nominal[FEW] = {2, 5, 0.5};

static double log_of(int column, const double *z, size_t stride)
{
  double sum = log(nominal[column]);
  for (int i = 0; i < MANY; i++) {
    const double x = z[(size_t)i * stride];
    sum += slope[column][i] * x;
    for (int j = i + 1; j < MANY; j++) {
      const double y = z[(size_t)j * stride];
      sum += product[column][i][j][2 * (x >= 0) + (y >= 0)] * x * y;
    }
  }
  return sum;
}

static qy_status many_prices(void *ctx, const double *z, size_t count, double *price, qy_error *err)
{
  (void)ctx, (void)err;
  for (int c = 0; c < FEW; c++)
    for (size_t k = 0; k < count; k++)
      price[(size_t)c * count + k] = exp(log_of(c, z + k, count));
  return QY_OK;
}

static double farthest(const price_response *r, const double *z)
{
  double most = 0;
  for (int c = 0; c < FEW; c++)
    for (size_t k = 0; k < POINTS; k++)
      most = fmax(most, fabs(log(r->price[(size_t)c * POINTS + k]) - log_of(c, z + k, POINTS)));
  return most;
}

static void many(qy_arena *arena)
{
  /* Columns 0 and 1 go into one sum, to which they add 2 * 1 and 5 * 2; 2 is one of its own, and moved least. */
  static const double count[FEW] = {1, 2, 7}, share[FEW] = {2.0 / 12, 10.0 / 12, 1};
  static const int sum[FEW] = {0, 0, 1};
  static double z[MANY * POINTS], other[MANY * POINTS], mixed[MANY * POINTS], before[FEW * POINTS];
  uint64_t seed = 5;
  double score[MANY][MANY] = {{0}};
  bool fits = false;
  for (int c = 0; c < FEW; c++)
    for (int i = 0; i < MANY; i++)
      slope[c][i] = (c == 2 ? 0.03 : 0.1) * (0.1 + uniform(&seed)) * (i % 2 ? 1 : -1);
  for (int i = 0; i < MANY; i++)
    for (int j = i + 1; j < MANY; j++)
      for (int c = 0; c < FEW; c++)
        score[i][j] = fmax(score[i][j], share[c] * 4 * fabs(slope[c][i] * slope[c][j]));
  int place[MANY][MANY] = {{0}};
  for (int i = 0; i < MANY; i++)
    for (int j = i + 1; j < MANY; j++) {
      for (int a = 0; a < MANY; a++)
        for (int b = a + 1; b < MANY; b++)
          place[i][j] += score[a][b] > score[i][j];
      for (int c = 0; c < FEW && place[i][j] < RESPONSE_PAIRS; c++)
        for (int q = 0; q < 4; q++)
          product[c][i][j][q] = 0.02 * (uniform(&seed) - 0.5);
    }
  for (size_t k = 0; k < (size_t)MANY * POINTS; k++) {
    z[k] = 4 * uniform(&seed) - 2;
    other[k] = 4 * uniform(&seed) - 2;
  }
  price_response r = {
      .inputs = MANY, .columns = FEW, .samples = POINTS, .count = count, .sum = sum, .source = many_prices};
  ok(!price_response_make(&r, &fits, arena, NULL) && fits && r.pairs == RESPONSE_PAIRS, "eleven inputs, no group");
  int wrong = 0;
  for (size_t p = 0; p < r.pairs; p++)
    wrong += place[r.pair[p].of[0]][r.pair[p].of[1]] != (int)p;
  is_int(wrong, 0, "the pairs that matter most in any sum, by falling score");
  double *const sets[] = {other, z};
  for (int i = 0; i < 2; i++) {
    ok(!price_response_set(&r, sets[i], NULL), "other inputs");
    near_abs(farthest(&r, sets[i]), 0, 1e-12, "prices with products of pairs");
  }
  memcpy(before, r.price, sizeof before);
  double worst_of_all = 0;
  for (size_t i = 0; i < MANY; i++) {
    memcpy(mixed, z, sizeof mixed);
    memcpy(mixed + i * POINTS, other + i * POINTS, POINTS * sizeof *mixed);
    wrong += !price_response_replace(&r, z, other, i);
    worst_of_all = fmax(worst_of_all, farthest(&r, mixed));
    price_response_restore(&r, i);
    wrong += memcmp(before, r.price, sizeof before) != 0;
  }
  ok(wrong == 0 && worst_of_all < 1e-12, "each replaced and put back: %.1e", worst_of_all);
}

int main(void)
{
  static double a[INPUTS * SAMPLES], b[INPUTS * SAMPLES], mixed[INPUTS * SAMPLES], before[COLUMNS * SAMPLES];
  static const double count[COLUMNS] = {1, 2, 1, 3, 2};
  static const int sum[COLUMNS] = {0, 1, 1, 1, 1};
  static const char *const name[INPUTS] = {"the first input", "the second", "the third", "the group"};
  bool fails = false, fits = false;
  qy_arena *arena = qy_arena_new();
  if (!arena) return 1;
  price_response r = {.inputs = INPUTS,
                      .columns = COLUMNS,
                      .samples = SAMPLES,
                      .group = true,
                      .count = count,
                      .sum = sum,
                      .source = source,
                      .ctx = &fails};
  draw(a, 1);
  draw(b, 2);
  ok(!price_response_make(&r, &fits, arena, NULL) && fits, "prices at nodes");
  /* Two of the three that are no group move one column each: the first and the third the product. */
  unsigned pairs = 0;
  for (size_t k = 0; k < r.pairs; k++)
    pairs |= 1U << (r.pair[k].of[0] + r.pair[k].of[1]) | (k > 0 && r.pair[k].score > r.pair[k - 1].score ? 1 : 0);
  ok(r.pairs == 3 && pairs == (1U << 1 | 1U << 2 | 1U << 3), "three pairs, those that move most first");
  ok(!price_response_set(&r, b, NULL), "prices at b");
  compare(&r, b, "b");
  ok(!price_response_set(&r, a, NULL), "prices at a");
  compare(&r, a, "a");
  memcpy(before, r.price, sizeof before);
  for (size_t i = 0; i < INPUTS; i++) {
    memcpy(mixed, a, sizeof mixed);
    memcpy(mixed + i * SAMPLES, b + i * SAMPLES, SAMPLES * sizeof *mixed);
    ok(price_response_replace(&r, a, b, i), "%s replaced", name[i]);
    compare(&r, mixed, name[i]);
    price_response_restore(&r, i);
    ok(memcmp(before, r.price, sizeof before) == 0, "and put back");
  }
  nodes(&r, 0, 1);
  nodes(&r, 1, 4);
  fails = true;
  r.pairs = 0;
  ok(!price_response_make(&r, &fits, arena, NULL) && !fits, "a price of 0 at a node has no logarithm");
  many(arena);
  qy_arena_free(arena);
  return done();
}
