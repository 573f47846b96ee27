/* The best scale of a handful of weights, where a single one decides: no worse than any of thousands of scales, each
 * with the best scale of what becomes of the weights there. */
#include "formats.h"
#include "quarry/sqnr.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { FEW = 6, SCALES = 1500 };

/* Squares of what rounding to the nearest level changes, by a look at every level; the sums of x l and l l there. */
static double error_at(double *xl, double *ll, const qy_levels *levels, double scale, const double *x, size_t count)
{
  double sum = 0;
  *xl = *ll = 0;
  for (size_t i = 0; i < count; i++) {
    double best = levels->value[0];
    for (size_t l = 1; l < levels->count; l++)
      if (fabs(x[i] - scale * levels->value[l]) < fabs(x[i] - scale * best)) best = levels->value[l];
    sum += (x[i] - scale * best) * (x[i] - scale * best);
    *xl += x[i] * best;
    *ll += best * best;
  }
  return sum;
}

static double least_error(const qy_levels *levels, const double *x, size_t count)
{
  double largest = 0, least = INFINITY, xl, ll;
  for (size_t i = 0; i < count; i++)
    largest = fmax(largest, fabs(x[i]));
  for (int s = 0; s < SCALES; s++) {
    const double scale = largest * exp2(2 - 12.0 * s / SCALES);
    least = fmin(least, error_at(&xl, &ll, levels, scale, x, count));
    if (xl > 0 && ll > 0) least = fmin(least, error_at(&xl, &ll, levels, xl / ll, x, count));
  }
  return least;
}

/* Weights of one sign have the same best scale as their negatives: the outermost levels are alike on both sides. */
static void mirrored(qy_number_kind kind, int bits)
{
  enum { TRIES = 60, WEIGHTS = 9 };
  qy_arena *arena = qy_arena_new();
  qy_levels *levels;
  const qy_number number = qy_number_default(kind, bits);
  char text[128];
  uint64_t seed = 7 + (uint64_t)kind;
  int wrong = 0;
  if (!ok(!qy_levels_build(&levels, &number, arena, NULL), "%s", describe(&number, text, sizeof text))) return;
  for (int t = 0; t < TRIES; t++) {
    double x[2][WEIGHTS];
    const size_t count = 3 + random_below(&seed, WEIGHTS - 2);
    qy_best best[2];
    for (size_t i = 0; i < count; i++) {
      x[0][i] = 0.01 + random_unit(&seed) * (random_below(&seed, 4) ? 1 : 6);
      x[1][i] = -x[0][i];
    }
    for (int side = 0; side < 2; side++) {
      qy_signal signal;
      if (qy_signal_from_array(&signal, x[side], count, arena, NULL) ||
          qy_best_scale(&best[side], levels, &signal, NULL))
        wrong++;
    }
    wrong += fabs(best[0].scale / best[1].scale - 1) > 1e-9 || fabs(best[0].sqnr_db - best[1].sqnr_db) > 1e-7;
  }
  is_int(wrong, 0, "the same best scale of weights and of their negatives");
  qy_arena_free(arena);
}

static void few(qy_number_kind kind, int bits)
{
  enum { TRIES = 25 };
  qy_arena *arena = qy_arena_new();
  qy_levels *levels;
  const qy_number number = qy_number_default(kind, bits);
  char text[128];
  uint64_t seed = 100 * (uint64_t)kind + (uint64_t)bits;
  int wrong = 0;
  if (!ok(!qy_levels_build(&levels, &number, arena, NULL), "%s", describe(&number, text, sizeof text))) return;
  for (int t = 0; t < TRIES; t++) {
    double x[FEW], xl, ll, power = 0;
    const size_t count = 1 + random_below(&seed, FEW);
    qy_signal signal;
    qy_best best;
    for (size_t i = 0; i < count; i++) {
      x[i] = (random_unit(&seed) - 0.5) * (random_below(&seed, 3) ? 1 : 8);
      power += x[i] * x[i];
    }
    if (qy_signal_from_array(&signal, x, count, arena, NULL) || qy_best_scale(&best, levels, &signal, NULL)) {
      wrong++;
      continue;
    }
    const double got = error_at(&xl, &ll, levels, best.scale, x, count), least = least_error(levels, x, count);
    if (got > least * (1 + 1e-9) + 1e-24 * power) {
      wrong++;
      printf("# %zu weights: %.9g at scale %.9g, %.9g found\n", count, got, best.scale, least);
    }
  }
  is_int(wrong, 0, "no scale is better");
  qy_arena_free(arena);
}

/* ---- exactly ---- */

enum { FEW_EXACT = 7, EXACT = 30, LEVELS_MOST = 16, BREAKS_MOST = EXACT * LEVELS_MOST + 2 };

static int by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The level of a weight at a scale by a look at every threshold. */
static double level_of(const qy_levels *levels, double x)
{
  size_t i = 0;
  while (i + 1 < levels->count && levels->threshold[i] < x)
    i++;
  return levels->value[i];
}

/* The least noise of all scales: between two scales at which a weight stands on a threshold it is a parabola. */
static double least_of_parabolas(const qy_levels *levels, const double *x, size_t count)
{
  double at[BREAKS_MOST], least = 0;
  size_t breaks = 0;
  for (size_t k = 0; k < count; k++) {
    least += x[k] * x[k]; /* as the scale goes to 0 all become 0, or nearly */
    for (size_t i = 0; i + 1 < levels->count; i++)
      if (x[k] / levels->threshold[i] > 0 && isfinite(x[k] / levels->threshold[i]))
        at[breaks++] = x[k] / levels->threshold[i];
  }
  qsort(at, breaks, sizeof *at, by_size);
  for (size_t b = 0; b <= breaks; b++) {
    const double low = b > 0 ? at[b - 1] : breaks ? at[0] / 16 : 1, high = b < breaks ? at[b] : 16 * low;
    const double inside = sqrt(low * high);
    double xl = 0, ll = 0, noise = 0;
    if (!(high > low * (1 + 1e-9))) continue;
    for (size_t k = 0; k < count; k++) {
      const double level = level_of(levels, x[k] / inside);
      xl += x[k] * level;
      ll += level * level;
    }
    const double scale = ll > 0 ? fmin(fmax(xl / ll, low), high) : inside;
    for (size_t k = 0; k < count; k++) {
      const double off = x[k] - scale * level_of(levels, x[k] / inside);
      noise += off * off;
    }
    least = fmin(least, noise);
  }
  return least;
}

/* Weights of all kinds: a few values that repeat, zeros, far ones, one sign. */
static size_t weights_of(double x[EXACT], size_t most, uint64_t *seed)
{
  const size_t count = 1 + random_below(seed, most), kinds = random_below(seed, 4);
  for (size_t i = 0; i < count; i++)
    x[i] = kinds == 0   ? (double)random_below(seed, 7) - 3
           : kinds == 1 ? random_unit(seed) + 0.1
           : kinds == 2 ? (random_unit(seed) - 0.5) * exp2(8 * random_unit(seed))
                        : random_unit(seed) - 0.5;
  return count;
}

static void exactly(void)
{
  enum { FORMATS = 2000, EACH = 10 };
  static qy_number number[FORMATS];
  qy_arena *arena = qy_arena_new();
  uint64_t seed = 21;
  int wrong = 0, asked = 0;
  const size_t formats = all_formats(number, FORMATS, 4);
  for (size_t n = 0; n < EACH * formats; n++) {
    double x[EXACT], power = 0;
    const size_t count = weights_of(x, n % 16 ? FEW_EXACT : EXACT, &seed);
    qy_levels *levels;
    qy_signal signal;
    qy_best best;
    char text[128];
    qy_number *tried = &number[n / EACH];
    for (size_t i = 0; i < count; i++)
      power += x[i] * x[i];
    if (tried->kind == QY_NUMBER_AFFINE) { /* most of whose levels may be on one side of zero, or all */
      const int half = 1 << (tried->bits - 1), least = tried->full_range ? -half : 1 - half;
      tried->zero_point = least + (int)random_below(&seed, (size_t)(half - least));
    }
    qy_arena_reset(arena);
    if (!(power > 0) || qy_levels_build(&levels, tried, arena, NULL) || levels->count > LEVELS_MOST) continue;
    asked++;
    if (qy_signal_from_array(&signal, x, count, arena, NULL) || qy_best_scale(&best, levels, &signal, NULL)) {
      wrong++;
      continue;
    }
    const double least = least_of_parabolas(levels, x, count);
    const double got = qy_noise(levels, best.scale, &signal) * (double)count;
    if (fabs(got - least) <= least * 1e-9 + 1e-20 * power) continue;
    wrong++;
    printf("# %s, %zu weights: %.12g at scale %.9g, %.12g is the least\n", describe(tried, text, sizeof text), count,
           got, best.scale, least);
  }
  ok(wrong == 0 && asked > 500, "the least noise of all scales, %d times", asked);
  qy_arena_free(arena);
}

/* A few weights many times over have the best scale of the few, which is found exactly; of so many it need not be, but
 * comes close, and never better. */
static void repeated(void)
{
  enum { FEW_OF_THEM = 24, TIMES = 1 << 13 };
  static double x[FEW_OF_THEM * TIMES];
  qy_arena *arena = qy_arena_new();
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, 16);
  qy_signal few_of_them, many;
  qy_best exact = {0}, found = {0};
  qy_levels *levels;
  uint64_t seed = 3;
  for (int i = 0; i < FEW_OF_THEM; i++)
    x[i] = i ? random_unit(&seed) - 0.5 : 0.9;
  for (int i = FEW_OF_THEM; i < FEW_OF_THEM * TIMES; i++)
    x[i] = x[i - FEW_OF_THEM];
  const bool made = !qy_levels_build(&levels, &number, arena, NULL) &&
                    !qy_signal_from_array(&few_of_them, x, FEW_OF_THEM, arena, NULL) &&
                    !qy_signal_from_array(&many, x, FEW_OF_THEM * TIMES, arena, NULL) &&
                    !qy_best_scale(&exact, levels, &few_of_them, NULL) && !qy_best_scale(&found, levels, &many, NULL);
  ok(made && found.sqnr_db < exact.sqnr_db + 1e-6 && found.sqnr_db > exact.sqnr_db - 5,
     "%d weights %d times: %.2f dB, alone %.2f", (int)FEW_OF_THEM, (int)TIMES, found.sqnr_db, exact.sqnr_db);
  qy_arena_free(arena);
}

int main(void)
{
  exactly();
  repeated();
  for (int bits = 2; bits <= 4; bits++)
    few(QY_NUMBER_UNIFORM, bits);
  few(QY_NUMBER_AFFINE, 3);
  few(QY_NUMBER_APOT, 3);
  few(QY_NUMBER_SP2, 4);
  few(QY_NUMBER_CODEBOOK, 4);
  mirrored(QY_NUMBER_UNIFORM, 2);
  mirrored(QY_NUMBER_UNIFORM, 3);
  mirrored(QY_NUMBER_POT, 3);
  mirrored(QY_NUMBER_SP2, 4);
  mirrored(QY_NUMBER_APOT, 4);
  return done();
}
