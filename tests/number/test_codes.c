/* Code words: decode and encode undo each other for every word; encode takes the nearest value (found by trying them
 * all), or the nearest exponent, or the rounding the source writes. */
#include "formats.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { FORMATS_MAX = 4096, SWEEP = 4001 };

/* Each value of a format, by its words, and the smallest word of each. */
typedef struct word_list {
  size_t count;
  double *value;
  uint32_t *code;
} word_list;

static word_list used_words(const qy_number *n)
{
  size_t words = (size_t)1 << qy_number_code_bits(n);
  word_list list = {.value = malloc(words * sizeof(double)), .code = malloc(words * sizeof(uint32_t))};
  for (uint32_t code = 0; code < words; code++) {
    double value = qy_number_value(n, code);
    if (isnan(value)) continue;
    list.value[list.count] = value;
    list.code[list.count++] = code;
  }
  return list;
}

/* For all words of all formats up to 10 bits: decode, encode, decode again gives the value, and encode gives the
 * smallest word of that value.  Scale 3/8 so that division by it is exercised. */
static void round_trip(qy_arena *arena)
{
  static qy_number formats[FORMATS_MAX];
  size_t count = all_formats(formats, FORMATS_MAX, 10), words = 0, bad = 0, kinds[QY_NUMBER_KIND_COUNT] = {0};
  for (size_t f = 0; f < count; f++) {
    qy_levels *levels;
    qy_arena_reset(arena);
    if (qy_levels_build(&levels, &formats[f], arena, NULL) != QY_OK) {
      bad++;
      continue;
    }
    kinds[formats[f].kind]++;
    word_list list = used_words(&formats[f]);
    for (size_t i = 0; i < list.count; i++, words++) {
      double x, again, direct;
      uint32_t code;
      qy_decode(levels, 0.375, &list.code[i], 1, &x);
      qy_encode(levels, 0.375, &x, 1, &code);
      qy_decode(levels, 0.375, &code, 1, &again);
      qy_quantize(levels, 0.375, &x, 1, &direct);
      size_t first = 0;
      while (list.value[first] != list.value[i])
        first++;
      if (x != again || direct != x || code != list.code[first]) {
        char text[128];
        if (bad++ == 0)
          printf("# %s: word %u, value %g, encoded %u -> %g\n", describe(&formats[f], text, sizeof text), list.code[i],
                 x, code, again);
      }
    }
    free(list.value);
    free(list.code);
  }
  printf("# %zu formats, %zu words\n", count, words);
  is_int((int64_t)bad, 0, "encode(decode(word)) is the word, or the smallest of its value");
  size_t least = SIZE_MAX;
  for (int k = 0; k < QY_NUMBER_KIND_COUNT; k++)
    if (kinds[k] < least) least = kinds[k];
  ok(least >= 1 && count > 300, "all %d kinds were tried, %zu formats", QY_NUMBER_KIND_COUNT, count);
}

/* Nearest by trying all values; ties to the larger magnitude. Distances are exact: x and values have few bits, or a
 * near-tie is accepted either way. */
static bool nearest_is(const word_list *list, double x, double got)
{
  double best = INFINITY;
  for (size_t i = 0; i < list->count; i++)
    best = fmin(best, fabs(list->value[i] - x));
  return fabs(fabs(got - x) - best) <= 4e-16 * (fabs(x) + fabs(got));
}

static void nearest(qy_arena *arena)
{
  static qy_number formats[FORMATS_MAX];
  size_t count = all_formats(formats, FORMATS_MAX, 10), tried = 0, bad = 0, skipped = 0;
  for (size_t f = 0; f < count; f++) {
    if (formats[f].log_rounding || formats[f].bias) {
      skipped++;
      continue;
    }
    qy_levels *levels;
    qy_arena_reset(arena);
    qy_levels_build(&levels, &formats[f], arena, NULL);
    word_list list = used_words(&formats[f]);
    int sweep = list.count > 256 ? 801 : SWEEP;
    for (int i = 0; i < sweep; i++, tried++) {
      double x = -2.3 + 4.6 * i / (sweep - 1), got;
      /* A second sweep, finer towards 0. */
      if (i % 2) x = x * x * x * 0.1;
      qy_quantize(levels, 1, &x, 1, &got);
      if (!nearest_is(&list, x, got)) {
        char text[128];
        if (bad++ == 0) printf("# %s: x %.17g went to %.17g\n", describe(&formats[f], text, sizeof text), x, got);
      }
    }
    free(list.value);
    free(list.code);
  }
  printf("# %zu values, %zu formats with other rounding left out\n", tried, skipped);
  is_int((int64_t)bad, 0, "encode takes the nearest value, as trying every value finds it");
}

static double quantized(const qy_number *n, double scale, double x, qy_arena *arena)
{
  qy_levels *levels;
  double out = NAN;
  if (qy_levels_build(&levels, n, arena, NULL) == QY_OK) qy_quantize(levels, scale, &x, 1, &out);
  return out;
}

static void ties(qy_arena *arena)
{
  qy_number n = qy_number_default(QY_NUMBER_UNIFORM, 4); /* step 1 at scale 7 */
  near_abs(quantized(&n, 7, 2.5, arena), 3, 0, "uniform: 2.5 rounds away from zero");
  near_abs(quantized(&n, 7, -2.5, arena), -3, 0, "uniform: -2.5 rounds away from zero");
  near_abs(quantized(&n, 7, 99, arena), 7, 0, "uniform: clipped above");
  near_abs(quantized(&n, 7, -99, arena), -7, 0, "uniform: clipped below, most negative word unused");
  n.bias = 1;
  near_abs(quantized(&n, 7, 2.5, arena), 2, 0, "uniform with bias: 2.5 - 2^-16 rounds down");
  near_abs(quantized(&n, 7, -2.5, arena), -3, 0, "uniform with bias: -2.5 - 2^-16 rounds away");
  near_abs(quantized(&n, 7, 2.5 + 0x1p-16, arena), 3, 0, "uniform with bias: a tie after the bias goes away from zero");
  n.bias = 0;
  n.midrise = 1;
  near_abs(quantized(&n, 15, 0, arena), 1, 0, "midrise: 0 goes up");
  near_abs(quantized(&n, 15, -2, arena), -3, 0, "midrise: -2 goes away from zero");
  n = qy_number_default(QY_NUMBER_POT, 4);
  near_abs(quantized(&n, 1, 0.75, arena), 1, 0, "pot: 0.75 goes up to 1");
  near_abs(quantized(&n, 1, -0.375, arena), -0.5, 0, "pot: -0.375 goes down to -1/2");
  near_abs(quantized(&n, 1, 1.0 / 128, arena), 1.0 / 64, 0, "pot: half of the smallest power goes up");
  n = qy_number_default(QY_NUMBER_AFFINE, 4);
  n.zero_point = 3;
  near_abs(quantized(&n, 7, -3.5, arena), -4, 0, "affine: q = -0.5 rounds to -1");
  near_abs(quantized(&n, 7, -2.5, arena), -2, 0, "affine: q = +0.5 rounds to 1");
  near_abs(quantized(&n, 7, -99, arena), -10, 0, "affine: clipped at q = -7");
  n.full_range = 1;
  near_abs(quantized(&n, 7, -99, arena), -11, 0, "affine, full range: clipped at q = -8");
}

/* A value halfway between two codes goes to the one further from code 0, wherever value 0 is. */
static void affine_ties(qy_arena *arena)
{
  int wrong = 0, asked = 0;
  for (int bits = 2; bits <= 6; bits++)
    for (int full = 0; full < 2; full++)
      for (int top = (1 << (bits - 1)) - 1, z = -top; z <= top; z++) {
        qy_number n = qy_number_default(QY_NUMBER_AFFINE, bits);
        qy_levels *levels;
        n.zero_point = z;
        n.full_range = full;
        qy_arena_reset(arena);
        if (qy_levels_build(&levels, &n, arena, NULL)) continue;
        for (size_t i = 0; i + 1 < levels->count; i++, asked++) {
          const int code = (int)i - top - full; /* the lower one */
          wrong += qy_levels_nearest(levels, levels->threshold[i]) != (code >= 0 ? i + 1 : i);
        }
      }
  ok(wrong == 0 && asked > 2000, "%d ties of affine levels go away from code 0, %d do not", asked, wrong);
}

/* Of a range, random or on one side of 0: the code that a straight line from the lowest code at its low end to the
 * highest at its high end gives 0, the nearest that there is. */
static void affine_ranges(void)
{
  uint64_t state = 4;
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    qy_number n = qy_number_default(QY_NUMBER_AFFINE, 2 + (int)random_below(&state, 9));
    const int top = (1 << (n.bits - 1)) - 1;
    double scale = 0, nearest = INFINITY;
    const double low = 4 * random_unit(&state) - 3, high = low + 0.01 + 3 * random_unit(&state);
    n.full_range = (int)random_below(&state, 2);
    n.zero_point = -99999;
    qy_affine_from_range(&n, &scale, low, high);
    const double lowest = -top - n.full_range, at = lowest + (0 - low) / (high - low) * (top - lowest);
    for (int z = -top; z <= top; z++)
      nearest = fmin(nearest, fabs(z - at));
    wrong += scale != fmax(fabs(low), fabs(high));
    wrong += n.zero_point < -top || n.zero_point > top || fabs(n.zero_point - at) > nearest + 1e-9;
  }
  is_int(wrong, 0, "zero points of ranges");
}

/* Turin group, qkeras-mod: q = clip(round(x / s + z - 2^-16)), half away from zero; levels agree between the arithmetic
 * path and the threshold search. */
static void turin(qy_arena *arena)
{
  int bad = 0;
  for (int bits = 2; bits <= 9; bits++) {
    for (int bias = 0; bias < 2; bias++) {
      qy_number n = qy_number_default(QY_NUMBER_AFFINE, bits);
      double low = -1.3, high = 0.5, top = (1 << (bits - 1)) - 1, scale;
      n.bias = bias;
      qy_affine_from_range(&n, &scale, low, high);
      double s = 2 * 1.3 / (2 * top), z = round((high * -top - low * top) / (high - low));
      if (n.zero_point != (int)z || scale != 1.3) bad++;
      qy_levels *levels;
      qy_arena_reset(arena);
      qy_levels_build(&levels, &n, arena, NULL);
      for (int i = -2000; i <= 2000; i++) {
        double x = i * 0.001, t = x / s + z - (bias ? 1.0 / 65536 : 0), q = t < 0 ? ceil(t - 0.5) : floor(t + 0.5);
        q = fmin(fmax(q, -top), top);
        uint32_t code;
        qy_encode(levels, scale, &x, 1, &code);
        double value = levels->value[qy_levels_nearest(levels, x / scale)] * scale;
        bool near_tie = fabs(t - floor(t) - 0.5) < 1e-9;
        if (!near_tie && (code != ((uint32_t)(int)q & ((1U << bits) - 1U)) || fabs(value - s * (q - z)) > 1e-12)) bad++;
      }
    }
  }
  is_int(bad, 0, "affine codes equal clip(round(x/s + z)) with and without the bias of 2^-16");
}

/* FILM-QNN eq. 2-3 as printed: h = x/2 + 1/2, round((2^m - 1) h) / (2^m - 1), back. */
static void film_qnn(qy_arena *arena)
{
  int bad = 0;
  for (int bits = 2; bits <= 8; bits++) {
    qy_number n = qy_number_default(QY_NUMBER_UNIFORM, bits);
    double steps = exp2(bits) - 1;
    n.midrise = 1;
    for (int i = 0; i <= 1000; i++) {
      double x = -1.0005 + 2.001 * i / 1000, h = fmin(fmax(x, -1), 1) / 2 + 0.5;
      qy_arena_reset(arena);
      if (fabs(quantized(&n, 1, x, arena) - (2 * round(steps * h) / steps - 1)) > 1e-12) bad++;
    }
  }
  is_int(bad, 0, "midrise is the quantizer of FILM-QNN eq. 2-3");
}

/* DeepShift: shift = round(log2 |w|) within [-(2^(b-1)-2), 0]; half-integer logarithms do not occur in the sweep. */
static void deepshift(qy_arena *arena)
{
  int bad = 0;
  for (int bits = 2; bits <= 5; bits++) {
    qy_number n = qy_number_default(QY_NUMBER_DEEPSHIFT, bits);
    int least = -((1 << (bits - 1)) - 2);
    qy_levels *levels;
    qy_arena_reset(arena);
    qy_levels_build(&levels, &n, arena, NULL);
    for (int i = 1; i < 4000; i++) {
      double x = exp2(-20.0 * i / 3999 + 0.3), got, shift = round(log2(x));
      double expected = shift < least ? 0 : exp2(fmin(shift, 0));
      double negative = -x, got_negative;
      qy_quantize(levels, 1, &x, 1, &got);
      qy_quantize(levels, 1, &negative, 1, &got_negative);
      if (got != expected || got_negative != -expected) bad++;
    }
  }
  is_int(bad, 0, "deepshift rounds the exponent: round(log2 |w|)");
  /* Miyashita's rule in base sqrt(2), one segment only. */
  qy_number n = qy_number_default(QY_NUMBER_SEGLOG, 5);
  n.split = 16;
  n.log_rounding = 1;
  qy_levels *levels;
  qy_levels_build(&levels, &n, arena, NULL);
  bad = 0;
  for (int i = 1; i < 4000; i++) {
    double x = exp2(-10.0 * i / 3999 + 0.3), got, half = round(2 * log2(x));
    double expected = half < -14 ? 0 : exp2(fmin(half, 0) / 2);
    qy_quantize(levels, 1, &x, 1, &got);
    if (fabs(got - expected) > 1e-12) bad++;
  }
  is_int(bad, 0, "base sqrt(2), exponent rounded: round(log_sqrt2 |w|)");
}

/* Roots made of shifts and additions: the nearest numerator over their power of two; none stands for the exact one. */
static void roots(void)
{
  int bits = -1;
  is_int(qy_root_numerator(QY_ROOT_EXACT, &bits), 0, "the exact root has no numerator");
  is_int(bits, 0, "nor bits");
  for (int root = QY_ROOT_EXACT + 1; root < QY_ROOT_COUNT; root++) {
    const int numerator = qy_root_numerator(root, &bits);
    is_int(numerator, lround(sqrt(2) * (1 << bits)), "the nearest to the root of 2");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  round_trip(arena);
  nearest(arena);
  affine_ties(arena);
  affine_ranges();
  ties(arena);
  turin(arena);
  film_qnn(arena);
  deepshift(arena);
  qy_arena_free(arena);
  roots();
  return done();
}
