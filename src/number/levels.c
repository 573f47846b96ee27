/* Level sets and the array coders.
 *
 * All code words are enumerated once (at most 2^16), their distinct values sorted, and decision thresholds put between
 * neighbours: halfway in value, or with log_rounding halfway in the exponent (geometric mean; below the smallest power
 * a word one step further down would begin, and that is where zero begins).
 */
#include "quarry/number.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const double turin_bias = 1.0 / 65536; /* qkeras-mod, quantizers: 0.00001526, in steps */

typedef struct entry {
  double value;
  uint32_t code;
} entry;

static int by_value(const void *left, const void *right)
{
  const entry *a = left, *b = right;
  if (a->value != b->value) return a->value < b->value ? -1 : 1;
  return a->code < b->code ? -1 : a->code > b->code;
}

static bool is_sorted(const entry *all, size_t count)
{
  for (size_t i = 1; i < count; i++)
    if (by_value(&all[i - 1], &all[i]) > 0) return false;
  return true;
}

static double log_threshold(const double *value, size_t count, size_t i)
{
  double low = value[i], high = value[i + 1];
  if (low != 0 && high != 0) return copysign(sqrt(low * high), high);
  double edge = low == 0 ? high : low;
  size_t next = low == 0 ? i + 2 : i - 1; /* i >= 1 when value[i + 1] is 0 and the set is symmetric */
  double ratio = next < count && value[next] != 0 ? value[next] / edge : 2.0;
  return edge / sqrt(ratio);
}

static void set_thresholds(const qy_levels *levels, double *threshold)
{
  const qy_number *number = &levels->number;
  double shift = number->bias ? turin_bias / (double)levels->info->full(number) : 0;
  for (size_t i = 0; i + 1 < levels->count; i++)
    threshold[i] = number->log_rounding ? log_threshold(levels->value, levels->count, i)
                                        : (levels->value[i] + levels->value[i + 1]) / 2 + shift;
}

static bool is_symmetric(const double *value, const double *threshold, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (value[i] != -value[count - 1 - i]) return false;
  for (size_t i = 0; i + 1 < count; i++)
    if (threshold[i] != -threshold[count - 2 - i]) return false;
  return true;
}

qy_status qy_levels_build(qy_levels **levels, const qy_number *number, qy_arena *arena, qy_error *err)
{
  assert(levels && number && arena);
  *levels = NULL;
  qy_status status = qy_number_check(number, err);
  if (status != QY_OK) return status;
  size_t words = (size_t)1 << qy_number_code_bits(number), used = 0;
  entry *all = qy_alloc(words, sizeof *all);
  if (!all) return qy_fail(err, QY_NO_MEMORY, "levels: out of memory for %zu code words", words);
  /* Two's complement words come in order when the most negative is the first: then nothing is left to sort. */
  const size_t first = qy_number_table(NULL)[number->kind].linear ? words / 2 : 0;
  for (size_t i = 0; i < words; i++) {
    const uint32_t code = (uint32_t)((first + i) % words);
    double value = qy_number_value(number, code);
    if (!isnan(value)) all[used++] = (entry){.value = value + 0.0, .code = code};
  }
  if (!is_sorted(all, used)) qsort(all, used, sizeof *all, by_value);
  size_t count = 0;
  for (size_t i = 0; i < used; i++)
    if (count == 0 || all[i].value != all[count - 1].value) all[count++] = all[i];

  qy_levels *built = qy_arena_alloc(arena, 1, sizeof *built);
  double *value = qy_arena_alloc(arena, count, sizeof *value);
  double *threshold = qy_arena_alloc(arena, count, sizeof *threshold);
  uint32_t *code = qy_arena_alloc(arena, count, sizeof *code);
  if (!built || !value || !threshold || !code) {
    status = qy_fail(err, QY_NO_MEMORY, "levels: out of memory for %zu levels", count);
    goto out;
  }
  for (size_t i = 0; i < count; i++) {
    value[i] = all[i].value;
    code[i] = all[i].code;
  }
  *built = (qy_levels){.number = *number,
                       .info = &qy_number_table(NULL)[number->kind],
                       .count = count,
                       .value = value,
                       .code = code,
                       .threshold = threshold};
  built->tie_zero = -(double)number->zero_point / (double)built->info->full(number);
  set_thresholds(built, threshold);
  built->symmetric = is_symmetric(value, threshold, count);
  *levels = built;
out:
  free(all);
  return status;
}

size_t qy_levels_nearest(const qy_levels *levels, double x)
{
  assert(levels && levels->count > 0);
  /* Count the thresholds below x without branches that depend on x. */
  const double *t = levels->threshold;
  size_t base = 0, left = levels->count - 1;
  while (left > 1) {
    size_t half = left / 2;
    base = t[base + half - 1] < x ? base + half : base;
    left -= half;
  }
  if (left == 1 && t[base] < x) base++;
  if (base + 1 < levels->count && t[base] == x && x >= levels->tie_zero) base++;
  return base;
}

/* Fixed point needs no search: round(x / step) with the step as the sources write it. */
static int64_t linear_code(const qy_levels *levels, double step, double x)
{
  const qy_number *number = &levels->number;
  double low = (double)(-((int64_t)1 << (number->bits - 1)) + !number->full_range);
  double high = (double)(((int64_t)1 << (number->bits - 1)) - 1);
  double q = round(x / step + number->zero_point - (number->bias ? turin_bias : 0));
  return (int64_t)fmin(fmax(q, low), high);
}

static bool is_linear(const qy_levels *levels)
{
  return levels->info->linear && !levels->number.midrise;
}

void qy_encode(const qy_levels *levels, double scale, const double *x, size_t count, uint32_t *code)
{
  assert(levels && scale > 0 && (count == 0 || (x && code)));
  if (is_linear(levels)) {
    double step = scale / (double)levels->info->full(&levels->number);
    uint32_t mask = (1U << levels->number.bits) - 1U;
    for (size_t i = 0; i < count; i++)
      code[i] = (uint32_t)linear_code(levels, step, x[i]) & mask;
    return;
  }
  for (size_t i = 0; i < count; i++)
    code[i] = levels->code[qy_levels_nearest(levels, x[i] / scale)];
}

void qy_decode(const qy_levels *levels, double scale, const uint32_t *code, size_t count, double *x)
{
  assert(levels && scale > 0 && (count == 0 || (x && code)));
  for (size_t i = 0; i < count; i++)
    x[i] = scale * qy_number_value(&levels->number, code[i]);
}

void qy_quantize(const qy_levels *levels, double scale, const double *x, size_t count, double *out)
{
  assert(levels && scale > 0 && (count == 0 || (x && out)));
  if (is_linear(levels)) {
    double full = (double)levels->info->full(&levels->number), step = scale / full;
    for (size_t i = 0; i < count; i++) /* as decode computes it: scale * (W / full) */
      out[i] = scale * ((double)(linear_code(levels, step, x[i]) - levels->number.zero_point) / full);
    return;
  }
  for (size_t i = 0; i < count; i++)
    out[i] = scale * levels->value[qy_levels_nearest(levels, x[i] / scale)];
}
