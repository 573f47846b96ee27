/* Noise of dense even sets: cells summed at once against the sum cell by cell, and against integrals written here. */
#include "quarry/sqnr.h"
#include "tap.h"

#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>

enum { SIGNALS = 8 };

static qy_arena *arena;
static qy_signal signals[SIGNALS];

static void make_signals(void)
{
  static const double shape[] = {0.5, 0.7, 1.5, 3, 8};
  qy_signal_make(&signals[0], QY_SIGNAL_GAUSSIAN, 0, NULL);
  qy_signal_make(&signals[1], QY_SIGNAL_LAPLACIAN, 0, NULL);
  qy_signal_make(&signals[2], QY_SIGNAL_UNIFORM, 0, NULL);
  for (int i = 0; i < 5; i++)
    qy_signal_make(&signals[3 + i], QY_SIGNAL_GENERALIZED, shape[i], NULL);
}

static const qy_levels *levels_of(const qy_number *number)
{
  qy_levels *levels = NULL;
  qy_arena_reset(arena);
  qy_levels_build(&levels, number, arena, NULL);
  return levels;
}

/* The sum cell by cell, which sets that are not even get. */
static double cell_by_cell(const qy_levels *levels, double scale, const qy_signal *signal)
{
  qy_number_info uneven = *levels->info;
  qy_levels copy = *levels;
  uneven.linear = false;
  copy.info = &uneven;
  return qy_noise(&copy, scale, signal);
}

static void cells(void)
{
  static const double scale[] = {0.3, 1, 1.7, 1.73, 2.5, 4.7, 8, 16, 61, 110};
  for (int bits = 11; bits <= 16; bits++) {
    qy_number number[8];
    double worst = 0;
    for (int i = 0; i < 8; i++)
      number[i] = qy_number_default(i < 3 ? QY_NUMBER_UNIFORM : QY_NUMBER_AFFINE, bits);
    number[1].midrise = number[2].bias = number[3].full_range = 1;
    number[3].zero_point = 300, number[4].zero_point = -(1 << (bits - 1)) + 1;
    number[4].bias = 1;
    number[5].zero_point = (1 << (bits - 1)) - 1; /* 0 is the last level */
    number[6].zero_point = (1 << (bits - 1)) - 2; /* the last but one */
    number[7].zero_point = -(1 << (bits - 1)) + 2;
    for (int n = 0; n < 8; n++) {
      const qy_levels *levels = levels_of(&number[n]);
      if (n > 0 && bits != 12 && (bits != 14 || n > 5)) continue;
      for (int s = 0; s < SIGNALS; s++)
        for (size_t k = 0; k < sizeof scale / sizeof *scale; k++) {
          const double each = cell_by_cell(levels, scale[k], &signals[s]);
          const double error = fabs(qy_noise(levels, scale[k], &signals[s]) / each - 1);
          if (!(error <= worst)) worst = error;
        }
    }
    ok(worst < 1e-7, "%d bits: cells summed at once as one by one within 1e-7 (worst %.1e)", bits, worst);
  }
}

/* ---- written here: 2^bits - 1 levels, cell by cell with Gauss-Legendre nodes, no code of the library */

static double integral(double low, double high, double level, const qy_signal *signal,
                       const gsl_integration_glfixed_table *nodes)
{
  double sum = 0;
  for (size_t i = 0; i < nodes->n; i++) {
    double x, weight;
    gsl_integration_glfixed_point(low, high, i, &x, &weight, nodes);
    const double p = signal->kind == QY_SIGNAL_UNIFORM ? gsl_ran_flat_pdf(x, -sqrt(3), sqrt(3))
                                                       : gsl_ran_exppow_pdf(x, signal->alpha, signal->shape);
    sum += weight * (x - level) * (x - level) * p;
  }
  return sum;
}

/* Cuts at powers of 2^-1/2 towards the cusp, at the end of a flat density, and steps far out. */
static double brute(int bits, double scale, const qy_signal *signal, const gsl_integration_glfixed_table *nodes)
{
  const int top = (1 << (bits - 1)) - 1;
  const double d = scale / top;
  const bool flat = signal->kind == QY_SIGNAL_UNIFORM;
  const double end = flat ? sqrt(3) : signal->alpha * pow(50, 1 / signal->shape);
  double sum = 0;
  for (int k = 0; k < 60; k++)
    sum += integral(d / 2 * exp2(-(k + 1) / 2.0), d / 2 * exp2(-k / 2.0), 0, signal, nodes);
  for (int q = 1; q <= top && (q - 0.5) * d < end; q++) {
    const double low = (q - 0.5) * d, high = (q + 0.5) * d;
    if (q < top) sum += integral(low, flat ? fmin(high, end) : high, q * d, signal, nodes);
    for (int k = 0; q == top && k < 200; k++)
      sum += integral(low + (end - low) * k / 200, low + (end - low) * (k + 1) / 200, scale, signal, nodes);
  }
  return 2 * sum;
}

static void integrals(void)
{
  gsl_integration_glfixed_table *nodes = gsl_integration_glfixed_table_alloc(6);
  for (int bits = 12; bits <= 16; bits += 2) {
    const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits);
    const qy_levels *levels = levels_of(&number);
    double worst = 0;
    for (int s = 0; s < SIGNALS; s++)
      for (double scale = 0.9; scale < 40; scale *= 3.3) {
        const double error = fabs(qy_noise(levels, scale, &signals[s]) / brute(bits, scale, &signals[s], nodes) - 1);
        if (!(error <= worst)) worst = error;
      }
    ok(worst < 1e-6, "%d bits: integrals over cells within 1e-6 (worst %.1e)", bits, worst);
  }
  gsl_integration_glfixed_table_free(nodes);
}

/* The best scale: no scale does better by 1e-6 dB, near or far, in the sum cell by cell. */
static void best_scales(void)
{
  for (int bits = 11; bits <= 16; bits++) {
    const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits);
    const qy_levels *levels = levels_of(&number);
    double off = 0, missed = 0;
    for (int s = 0; s < SIGNALS; s++) {
      qy_best best = {.sqnr_db = NAN};
      double least = INFINITY;
      qy_best_scale(&best, levels, &signals[s], NULL);
      const double there = cell_by_cell(levels, best.scale, &signals[s]);
      for (int i = -4; i <= 4; i++) /* octaves off, then 1, 0.1, 0.01 and 0.001 % */
        if (i) least = fmin(least, cell_by_cell(levels, best.scale * exp2(i), &signals[s]));
      for (int i = -4; i <= 4; i++) {
        const double change = i ? copysign(pow(10, -1 - abs(i)), i) : 0;
        least = fmin(least, cell_by_cell(levels, best.scale * (1 + change), &signals[s]));
      }
      off = fmax(off, fabs(best.sqnr_db + 10 * log10(there)));
      missed = fmax(missed, 10 * log10(there / least));
    }
    ok(off < 1e-6 && missed < 1e-6, "%d bits: best scale within 1e-6 dB (value %.1e, place %.1e)", bits, off, missed);
  }
}

static void weights(void)
{
  enum { COUNT = 5000 };
  static double x[COUNT], rounded[COUNT];
  gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
  qy_arena *kept = qy_arena_new();
  qy_signal signal;
  for (int i = 0; i < COUNT; i++)
    x[i] = gsl_ran_laplace(rng, 0.3);
  qy_signal_from_array(&signal, x, COUNT, kept, NULL);
  for (int bits = 12; bits <= 16; bits += 2) {
    const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits);
    const qy_levels *levels = levels_of(&number);
    double worst = 0;
    for (double scale = 0.5; scale < 5; scale *= 1.7) {
      double sum = 0;
      qy_quantize(levels, scale, x, COUNT, rounded);
      for (int i = 0; i < COUNT; i++)
        sum += (x[i] - rounded[i]) * (x[i] - rounded[i]) / COUNT;
      worst = fmax(worst, fabs(qy_noise(levels, scale, &signal) / sum - 1));
    }
    ok(worst < 1e-9, "%d bits: weights, each on its own (worst %.1e)", bits, worst);
  }
  qy_arena_free(kept);
  gsl_rng_free(rng);
}

int main(void)
{
  arena = qy_arena_new();
  make_signals();
  cells();
  integrals();
  best_scales();
  weights();
  qy_arena_free(arena);
  return done();
}
