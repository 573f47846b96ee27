/* Signals: distributions of unit variance, and weights given as an array or a file.
 *
 * Generalised Gaussian of shape b: p(x) = b / (2 a Gamma(1/b)) exp(-(|x|/a)^b), a^2 = Gamma(1/b) / Gamma(3/b);
 * b = 1 Laplacian, b = 2 Gaussian, b -> infinity uniform.
 */
#include "quarry/sqnr.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double shape_low = 0.3, shape_high = 10;

static const char *const signal_names[QY_SIGNAL_KIND_COUNT] = {
    [QY_SIGNAL_GAUSSIAN] = "gaussian", [QY_SIGNAL_LAPLACIAN] = "laplacian", [QY_SIGNAL_GENERALIZED] = "generalized",
    [QY_SIGNAL_UNIFORM] = "uniform",   [QY_SIGNAL_SAMPLES] = "samples",
};

const char *qy_signal_name(qy_signal_kind kind)
{
  assert((unsigned)kind < QY_SIGNAL_KIND_COUNT);
  return signal_names[kind];
}

int qy_signal_find(const char *name)
{
  assert(name);
  for (int kind = 0; name && kind < QY_SIGNAL_KIND_COUNT; kind++)
    if (strcmp(name, signal_names[kind]) == 0) return kind;
  return -1;
}

qy_status qy_signal_make(qy_signal *signal, qy_signal_kind kind, double shape, qy_error *err)
{
  assert(signal);
  *signal = (qy_signal){.kind = kind, .rms = 1};
  switch (kind) {
  case QY_SIGNAL_GAUSSIAN: signal->shape = 2; break;
  case QY_SIGNAL_LAPLACIAN: signal->shape = 1; break;
  case QY_SIGNAL_GENERALIZED:
    if (!(shape >= shape_low && shape <= shape_high))
      return qy_fail(err, QY_BAD_INPUT, "generalized signal: expected shape in [%g, %g], found %g", shape_low,
                     shape_high, shape);
    signal->shape = shape;
    break;
  case QY_SIGNAL_UNIFORM:
    signal->alpha = sqrt(3.0); /* p = norm on [-alpha, alpha] */
    signal->norm = 0.5 / signal->alpha;
    return QY_OK;
  default: return qy_fail(err, QY_BAD_INPUT, "signal: expected a distribution, found kind %d", (int)kind);
  }
  double b = signal->shape;
  signal->alpha = sqrt(tgamma(1 / b) / tgamma(3 / b));
  signal->norm = b / (2 * signal->alpha * tgamma(1 / b));
  return QY_OK;
}

static int by_size(const void *left, const void *right)
{
  double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

qy_status qy_signal_from_array(qy_signal *signal, const double *x, size_t count, qy_arena *arena, qy_error *err)
{
  assert(signal && (x || count == 0) && arena);
  *signal = (qy_signal){.kind = QY_SIGNAL_SAMPLES};
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "weights: expected at least one number, found none");
  qy_samples *samples = qy_arena_alloc(arena, 1, sizeof *samples);
  double *sorted = qy_arena_alloc(arena, count, sizeof *sorted);
  long double *sum1 = qy_arena_alloc(arena, count + 1, sizeof *sum1);
  long double *sum2 = qy_arena_alloc(arena, count + 1, sizeof *sum2);
  if (!samples || !sorted || !sum1 || !sum2)
    return qy_fail(err, QY_NO_MEMORY, "weights: out of memory for %zu numbers", count);
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(x[i]))
      return qy_fail(err, QY_BAD_INPUT, "weights: expected finite numbers, found %g at index %zu", x[i], i);
    sorted[i] = x[i];
  }
  qsort(sorted, count, sizeof *sorted, by_size);
  for (size_t i = 0; i < count; i++) {
    sum1[i + 1] = sum1[i] + sorted[i];
    sum2[i + 1] = sum2[i] + (long double)sorted[i] * sorted[i];
  }
  *samples = (qy_samples){.count = count,
                          .x = sorted,
                          .sum1 = sum1,
                          .sum2 = sum2,
                          .power = (double)(sum2[count] / (long double)count),
                          .max_abs = fmax(fabs(sorted[0]), fabs(sorted[count - 1]))};
  if (!(samples->power > 0 && isfinite(samples->power)))
    return qy_fail(err, QY_BAD_INPUT, "weights: expected a mean square above 0 and finite, found %g", samples->power);
  signal->samples = samples;
  signal->rms = sqrt(samples->power);
  return QY_OK;
}
