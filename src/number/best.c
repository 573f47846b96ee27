/* Best scale, best split, and how layers combine.
 *
 * Noise against scale has a local minimum for nearly every level that can sit on the bulk of the signal, so a scan with
 * even steps of log(scale) comes first; the best local minima of the scan are then refined by Brent's method (GSL).
 * Dense even sets on distributions have one minimum: noise inside grows with scale^2, that of the clipped tails is
 * convex in scale, so steps of an octave bracket it.  For given weights see
 * best_samples.c first.
 */
#include "best_samples.h"
#include "dense.h"
#include "quarry/sqnr.h"

#include <assert.h>
#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>
#include <string.h>

enum { REFINED = 6, ITERATIONS = 60 };

/* Scan steps per octave of scale. */
static const double steps_coarse = 40, steps_dense = 8, steps_even = 1;
/* The scan starts where the outermost level is here, in rms: a two-level quantizer has its best full scale at 0.8. */
static const double low_rms = 0.2;
/* Relative width of the bracket at which Brent's method stops. */
static const double scale_tolerance = 1e-6;

typedef struct search {
  const qy_levels *levels;
  const qy_signal *signal;
} search;

static double noise_at(double log_scale, void *context)
{
  const search *s = context;
  return qy_noise(s->levels, exp(log_scale), s->signal);
}

/* Magnitudes of the outermost levels, of the sides that have any (two levels differ, so one has): 1 and 1 but where
 * zero is not in the middle. */
static void outermost(double *less, double *greater, const qy_levels *levels)
{
  const double low = -levels->value[0], high = levels->value[levels->count - 1];
  *greater = fmax(low, high);
  *less = fmin(low, high) > 0 ? fmin(low, high) : *greater;
}

/* Where the outermost level is largest: at twice where the tail holds no more than 1e-13 of the power, or twice the
 * largest sample; twice because the top level may stand at half of the full scale. */
static double high_scale(const qy_signal *signal)
{
  if (signal->kind == QY_SIGNAL_SAMPLES) return 2 * signal->samples->max_abs;
  if (signal->kind == QY_SIGNAL_UNIFORM) return 2 * signal->alpha;
  /* exp(-30) is 1e-13; the polynomial factor of the moment is covered by the factor of two. */
  return 2 * signal->alpha * pow(30, 1 / signal->shape);
}

static double steps_for(const qy_levels *levels, const qy_signal *signal)
{
  if (levels->count <= COARSE_LEVELS) return steps_coarse;
  return is_dense_even(levels) && signal->kind != QY_SIGNAL_SAMPLES ? steps_even : steps_dense;
}

static qy_status refine(const search *s, double low, double middle, double high, double *best_x, double *best_noise,
                        qy_error *err)
{
  gsl_min_fminimizer *minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
  if (!minimizer) return qy_fail(err, QY_NO_MEMORY, "best scale: out of memory");
  gsl_function f = {.function = noise_at, .params = (void *)s};
  bool ready = gsl_min_fminimizer_set(minimizer, &f, middle, low, high) == GSL_SUCCESS;
  for (int i = 0; ready && i < ITERATIONS && gsl_min_fminimizer_iterate(minimizer) == GSL_SUCCESS; i++)
    if (gsl_min_fminimizer_x_upper(minimizer) - gsl_min_fminimizer_x_lower(minimizer) < scale_tolerance) break;
  if (ready && gsl_min_fminimizer_f_minimum(minimizer) < *best_noise) {
    *best_noise = gsl_min_fminimizer_f_minimum(minimizer);
    *best_x = gsl_min_fminimizer_x_minimum(minimizer);
  }
  gsl_min_fminimizer_free(minimizer);
  return QY_OK;
}

/* Keep the REFINED least local minima of noise[0..points). */
static int local_minima(const double *noise, int points, int kept[REFINED])
{
  int count = 0;
  for (int i = 1; i + 1 < points; i++) {
    if (!(noise[i] < noise[i - 1] && noise[i] <= noise[i + 1])) continue;
    if (count == REFINED && noise[i] >= noise[kept[REFINED - 1]]) continue;
    int place = count < REFINED ? count++ : REFINED - 1;
    while (place > 0 && noise[kept[place - 1]] > noise[i]) {
      kept[place] = kept[place - 1];
      place--;
    }
    kept[place] = i;
  }
  return count;
}

/* Does each value become the level nearest to it? */
static bool is_nearest(const qy_levels *levels)
{
  static const double close = 1e-12;
  for (size_t i = 0; i + 1 < levels->count; i++) {
    const double low = levels->value[i], high = levels->value[i + 1];
    if (fabs(levels->threshold[i] - (low + high) / 2) > close * (high - low)) return false;
  }
  return true;
}

/* At a scale with more noise than this, neither it nor any scale within a step of it has less than `least`.
 *
 * What scale s makes of x, times r, are levels of scale r s: nearest ones are no further from x, so that by Minkowski
 * and the triangle sqrt(N(r s)) <= sqrt(N(s)) + |r - 1| (rms + sqrt(N(s))), N the noise and |r - 1| <= exp(step) - 1.
 * Of dense even sets the one minimum lies beside the least of the scan. */
static double limit_of(double least, double step, bool nearest, const search *s)
{
  static const double rounding = 1 + 1e-9;
  const double change = expm1(step), root = (1 + change) * sqrt(least) + change * s->signal->rms;
  if (s->signal->kind == QY_SIGNAL_SAMPLES) return INFINITY;
  if (is_dense_even(s->levels)) return least;
  return nearest ? rounding * root * root : INFINITY;
}

/* Noise at the points of a scan, INFINITY where nothing around the point can be the least: first at every STRIDE-th, so
 * that many of the others need not be summed to their end. */
static void scan(double *noise, int points, double start, double step, const search *s)
{
  enum { STRIDE = 8 };
  const bool nearest = is_nearest(s->levels);
  double least = INFINITY;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < points; i++) {
      if ((i % STRIDE == 0) != (pass == 0)) continue;
      noise[i] = noise_within(s->levels, exp(start + i * step), s->signal, limit_of(least, step, nearest, s));
      least = fmin(least, noise[i]);
    }
  for (int i = 0; i < points; i++) /* also those before the least was known */
    if (noise[i] > limit_of(least, step, nearest, s)) noise[i] = INFINITY;
}

static qy_status best_of_scan(qy_best *best, const qy_levels *levels, const qy_signal *signal, qy_error *err)
{
  search s = {.levels = levels, .signal = signal};
  double less, greater;
  outermost(&less, &greater, levels);
  double start = log(low_rms * signal->rms / greater), end = log(high_scale(signal) / less);
  int points = 3 + (int)((end - start) / M_LN2 * steps_for(levels, signal));
  qy_status status = QY_OK;
  qy_arena *arena = qy_arena_new();
  double *noise = arena ? qy_arena_alloc(arena, (size_t)points, sizeof *noise) : NULL;
  if (!noise) {
    status = qy_fail(err, QY_NO_MEMORY, "best scale: out of memory for %d points", points);
    goto out;
  }
  double step = (end - start) / (points - 1), best_x = start, best_noise = INFINITY;
  scan(noise, points, start, step, &s);
  for (int i = 0; i < points; i++)
    if (noise[i] < best_noise) {
      best_noise = noise[i];
      best_x = start + i * step;
    }
  int kept[REFINED], count = local_minima(noise, points, kept);
  for (int k = 0; k < count && status == QY_OK; k++) {
    double x = start + kept[k] * step;
    /* Brent's method wants the middle strictly below both ends. */
    if (noise[kept[k]] < noise[kept[k] + 1]) status = refine(&s, x - step, x, x + step, &best_x, &best_noise, err);
  }
  if (!isfinite(best_noise)) status = qy_fail(err, QY_INTERNAL, "best scale: the noise is not finite");
  *best = (qy_best){.number = levels->number, .scale = exp(best_x)};
  best->sqnr_db = qy_sqnr_db(levels, best->scale, signal);
out:
  qy_arena_free(arena);
  return status;
}

/* With many weights the noise is nearly smooth: what the search of windows leaves open, the scan narrows down. */
static qy_status best_of_samples(qy_best *best, const qy_levels *levels, const qy_signal *signal, qy_error *err)
{
  bool exact = false;
  qy_best scanned = {.sqnr_db = -INFINITY};
  *best = (qy_best){.number = levels->number};
  qy_status status = best_scale_of_samples(&best->scale, &exact, levels, signal, err);
  if (status) return status;
  best->sqnr_db = qy_sqnr_db(levels, best->scale, signal);
  if (exact) return QY_OK;
  status = best_of_scan(&scanned, levels, signal, err);
  if (!status && scanned.sqnr_db > best->sqnr_db) *best = scanned;
  return status;
}

/* ---- weights that stand on the levels ---- */

/* Is the sample the level, but for the rounding of either?  Weights that were kept as float have its precision. */
static bool is_level(double sample, double level)
{
  static const double of_double = 4 * DBL_EPSILON, of_float = FLT_EPSILON;
  const bool is_float = fabs(sample) <= FLT_MAX && sample == (double)(float)sample;
  return fabs(sample - level) <= (is_float ? of_float : of_double) * fabs(level);
}

static bool is_lossless(const qy_levels *levels, double scale, const qy_samples *samples)
{
  for (size_t i = 0; i < samples->count; i++)
    if (!is_level(samples->x[i], scale * levels->value[qy_levels_nearest(levels, samples->x[i] / scale)])) return false;
  return true;
}

/* A scale without any error: the largest sample is then a level, so each level is tried for it, the outermost first.
 * Of fine levels the scan would miss it: the scales around it are as bad as others.  0: there is none. */
static double lossless_scale(const qy_levels *levels, const qy_samples *samples)
{
  enum { TRIED_MAX = 1 << 16 };
  const double first = samples->x[0], last = samples->x[samples->count - 1];
  const bool negative = -first > last;
  const double largest = negative ? first : last;
  for (size_t k = 0; k < levels->count && k < TRIED_MAX; k++) {
    const double value = levels->value[negative ? k : levels->count - 1 - k], scale = largest / value;
    if (negative ? value >= 0 : value <= 0) break;
    if (isfinite(scale) && is_lossless(levels, scale, samples)) return scale;
  }
  return 0;
}

qy_status qy_best_scale(qy_best *best, const qy_levels *levels, const qy_signal *signal, qy_error *err)
{
  assert(best && levels && signal);
  const double lossless = signal->kind == QY_SIGNAL_SAMPLES ? lossless_scale(levels, signal->samples) : 0;
  if (lossless > 0) {
    *best = (qy_best){.number = levels->number, .scale = lossless, .sqnr_db = INFINITY};
    return QY_OK;
  }
  if (signal->kind == QY_SIGNAL_SAMPLES) return best_of_samples(best, levels, signal, err);
  return best_of_scan(best, levels, signal, err);
}

qy_status qy_best_format(qy_best *best, const qy_number *number, const qy_signal *signal, qy_error *err)
{
  assert(best && number && signal);
  qy_status status = qy_number_check(number, err);
  if (status != QY_OK) return status;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_fail(err, QY_NO_MEMORY, "best format: out of memory");
  bool choose = qy_number_table(NULL)[number->kind].chooses_split;
  int first = choose ? 0 : number->split, last = choose ? (1 << (number->bits - 1)) - 2 : number->split;
  *best = (qy_best){.number = *number, .sqnr_db = -INFINITY};
  for (int split = first; split <= last && status == QY_OK; split += 2) {
    qy_number tried = *number;
    tried.split = split;
    qy_levels *levels;
    qy_best found = {0};
    qy_arena_reset(arena);
    status = qy_levels_build(&levels, &tried, arena, err);
    if (status == QY_OK) status = qy_best_scale(&found, levels, signal, err);
    if (status == QY_OK && found.sqnr_db > best->sqnr_db) *best = found;
  }
  qy_arena_free(arena);
  return status;
}

qy_status qy_best_layers(qy_best *best, const qy_number *number, const qy_signal *layers, size_t count, qy_error *err)
{
  assert(number && (count == 0 || (best && layers)));
  for (size_t i = 0; i < count; i++) {
    qy_status status = qy_best_format(&best[i], number, &layers[i], err);
    if (status != QY_OK) return status;
  }
  return QY_OK;
}

double qy_sqnr_network_db(const double *layer_db, size_t count)
{
  assert(layer_db || count == 0);
  double noise = 0;
  for (size_t i = 0; i < count; i++)
    noise += pow(10, -layer_db[i] / 10);
  return noise > 0 ? -10 * log10(noise) : INFINITY;
}

qy_status qy_quantize_describe(qy_quantize_report *report, const qy_number *number, const qy_signal *signals,
                               size_t signal_count, qy_arena *arena, qy_error *err)
{
  assert(report && number && arena);
  static const struct {
    qy_signal_kind kind;
    double shape;
  } standard[] = {{QY_SIGNAL_GAUSSIAN, 0},
                  {QY_SIGNAL_LAPLACIAN, 0},
                  {QY_SIGNAL_GENERALIZED, 0.7},
                  {QY_SIGNAL_GENERALIZED, 4},
                  {QY_SIGNAL_UNIFORM, 0}};
  qy_signal made[QY_QUANTIZE_SIGNALS_MAX];
  memset(report, 0, sizeof *report);
  qy_status status = qy_number_check(number, err);
  if (status != QY_OK) return status;
  if (!signals) {
    signal_count = sizeof standard / sizeof *standard;
    for (size_t i = 0; i < signal_count && status == QY_OK; i++)
      status = qy_signal_make(&made[i], standard[i].kind, standard[i].shape, err);
    signals = made;
  }
  if (status == QY_OK && (signal_count == 0 || signal_count > QY_QUANTIZE_SIGNALS_MAX))
    status = qy_fail(err, QY_BAD_INPUT, "quantize: expected 1 to %d signals, found %zu", (int)QY_QUANTIZE_SIGNALS_MAX,
                     signal_count);
  report->code_bits = qy_number_code_bits(number);
  report->compression = qy_number_compression(number);
  report->signal_count = signal_count;
  for (size_t i = 0; i < signal_count && status == QY_OK; i++) {
    struct qy_quantize_row *row = &report->row[i];
    row->signal = qy_signal_name(signals[i].kind);
    row->shape = signals[i].kind == QY_SIGNAL_GENERALIZED ? signals[i].shape : NAN;
    status = qy_best_format(&row->best, number, &signals[i], err);
  }
  if (status == QY_OK) status = qy_levels_build(&report->levels, &report->row[0].best.number, arena, err);
  return status;
}
