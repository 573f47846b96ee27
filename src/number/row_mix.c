/* Mixed rows of synthetic weights: see row_mix.h. */
#include "quarry/row_mix.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

const char *const qy_row_part_names[QY_ROW_PARTS + 1] = {"scheme", "low", "high", NULL};
const char *const qy_row_scale_names[QY_ROW_SCALE_COUNT + 1] = {"layer", "row", NULL};

/* The table of noise: 64 points an octave, linear in the logarithms between them, from scales that clip nearly all to
 * such that nearly all is rounded to zero. */
enum { OCTAVE = 64, OCTAVE_LOW = -8, OCTAVE_HIGH = 12, POINTS = (OCTAVE_HIGH - OCTAVE_LOW) * OCTAVE + 1 };

/* Rows of a part are summed in even steps of the normal quantile. */
enum { STRATA = 64 };
static const double quantile_end = 8; /* |z|: beyond it is nothing */

qy_status qy_format_noise_make(qy_format_noise *noise, const qy_number *number, const qy_signal *signal,
                               qy_arena *arena, qy_error *err)
{
  assert(noise && number && signal && arena);
  qy_levels *levels;
  qy_best best;
  if (signal->kind == QY_SIGNAL_SAMPLES)
    return qy_fail(err, QY_BAD_INPUT, "noise of a format: expected a distribution, found given weights");
  qy_status status = qy_best_format(&best, number, signal, err);
  if (!status) status = qy_levels_build(&levels, &best.number, arena, err);
  if (status) return status;
  double *table = qy_arena_alloc(arena, POINTS, sizeof *table);
  if (!table) return qy_no_memory(err);
  for (int i = 0; i < POINTS; i++)
    table[i] = log2(qy_noise(levels, exp2(OCTAVE_LOW + (double)i / OCTAVE), signal));
  *noise = (qy_format_noise){best.number, best.scale, qy_noise(levels, best.scale, signal), POINTS, table};
  return QY_OK;
}

double qy_format_noise_at(const qy_format_noise *noise, double scale)
{
  assert(noise && scale > 0);
  const double at = (log2(scale) - OCTAVE_LOW) * OCTAVE;
  if (at <= 0) return exp2(noise->log2_noise[0]);
  if (at >= (double)(noise->count - 1)) return exp2(noise->log2_noise[noise->count - 1]);
  const size_t i = (size_t)at;
  const double part = at - (double)i;
  return exp2((1 - part) * noise->log2_noise[i] + part * noise->log2_noise[i + 1]);
}

/* Share of the power in rows below quantile p: of sigma^2 = exp(2 S z). */
static double power_below(double p, double spread)
{
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  return gsl_cdf_ugaussian_P(gsl_cdf_ugaussian_Pinv(p) - 2 * spread);
}

/* A part's rows: sigma and weight of each stratum, weights of all parts summing to the mean power exp(2 S^2). */
typedef struct strata {
  double sigma[STRATA], weight[STRATA];
} strata;

static void fill_strata(strata *s, double from, double to, double spread)
{
  /* power lies 2 S above the rows: the end of the quantiles goes with it */
  const double low = from <= 0 ? -quantile_end : fmax(gsl_cdf_ugaussian_Pinv(from), -quantile_end);
  const double high = to >= 1 ? quantile_end + 2 * spread : gsl_cdf_ugaussian_Pinv(to);
  const double step = (high - low) / STRATA;
  double sum = 0;
  for (int i = 0; i < STRATA; i++) {
    const double z = low + (i + 0.5) * step;
    s->sigma[i] = exp(spread * z);
    s->weight[i] = exp(-0.5 * z * z);
    sum += s->weight[i];
  }
  for (int i = 0; i < STRATA; i++)
    s->weight[i] *= (to - from) / sum;
}

/* Noise of a part's rows at one scale, over the same units as the strata's sigma^2. */
static double noise_of(const strata *s, const qy_format_noise *format, double scale)
{
  double sum = 0;
  for (int i = 0; i < STRATA; i++)
    sum += s->weight[i] * s->sigma[i] * s->sigma[i] * qy_format_noise_at(format, scale / s->sigma[i]);
  return sum;
}

/* Least noise over the scale: the best of steps of an eighth of an octave, then golden section around it. */
static double best_layer(double *scale, const strata *s, const qy_format_noise *format, double spread)
{
  const double golden = 0.6180339887498949, middle = log2(format->best_scale);
  const int reach = 8 * (int)ceil(3 + 6 * spread);
  double best = INFINITY, at = 0;
  for (int i = -reach; i <= reach; i++) {
    const double x = middle + 0.125 * i;
    const double noise = noise_of(s, format, exp2(x));
    if (noise < best) {
      best = noise;
      at = x;
    }
  }
  double low = at - 0.125, high = at + 0.125;
  for (int i = 0; i < 16; i++) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    if (noise_of(s, format, exp2(a)) < noise_of(s, format, exp2(b)))
      high = b;
    else
      low = a;
  }
  *scale = exp2((low + high) / 2);
  return fmin(best, noise_of(s, format, *scale));
}

static void check(const qy_row_mix *mix)
{
  assert(mix && mix->scheme_share >= 0 && mix->high_share >= 0 && mix->scheme_share + mix->high_share <= 1 + 1e-12);
  assert(mix->spread >= 0 && mix->spread <= 2);
  (void)mix;
}

void qy_row_mix_find(qy_row_result *result, const qy_row_mix *mix)
{
  assert(result);
  check(mix);
  const double edge[QY_ROW_PARTS + 1] = {0, mix->scheme_share, fmax(1 - mix->high_share, mix->scheme_share), 1};
  const double power = exp(2 * mix->spread * mix->spread);
  double noise[QY_ROW_PARTS] = {0}, total = 0;
  *result = (qy_row_result){0};
  for (int i = 0; i < QY_ROW_PARTS; i++) {
    const double rows = edge[i + 1] - edge[i];
    result->part[i].scale = result->part[i].sqnr_db = NAN;
    if (rows < 1e-12) continue;
    const qy_format_noise *format = mix->format[i];
    assert(format);
    result->part[i].rows = rows;
    result->part[i].power = power_below(edge[i + 1], mix->spread) - power_below(edge[i], mix->spread);
    noise[i] = result->part[i].power * format->noise;
    if (mix->scale == QY_ROW_SCALE_LAYER) {
      strata s;
      fill_strata(&s, edge[i], edge[i + 1], mix->spread);
      noise[i] = best_layer(&result->part[i].scale, &s, format, mix->spread) / power;
      result->part[i].scale /= sqrt(power);
    }
    result->part[i].sqnr_db = 10 * log10(result->part[i].power / noise[i]);
    total += noise[i];
  }
  for (int i = 0; i < QY_ROW_PARTS; i++)
    result->part[i].noise = noise[i] / total;
  result->sqnr_db = -10 * log10(total);
}

double qy_row_mix_sqnr_db(const qy_row_mix *mix)
{
  qy_row_result result;
  qy_row_mix_find(&result, mix);
  return result.sqnr_db;
}

/* Noise of `count` layers of the same weights, over the signal. */
static double noise_of_layers(const qy_row_mix *mix, size_t count)
{
  return count ? (double)count * pow(10, -qy_row_mix_sqnr_db(mix) / 10) : 0;
}

void qy_row_mix_plans(qy_row_plans *plans, const qy_row_mix *mix, size_t layers)
{
  assert(plans && layers >= 1);
  qy_row_mix ends = *mix, inner = *mix;
  ends.scheme_share = 0;
  ends.high_share = 1;
  inner.high_share = 0;
  const size_t end_count = layers < 2 ? layers : 2;
  plans->intra_db = -10 * log10(noise_of_layers(mix, layers));
  plans->inter_db = -10 * log10(noise_of_layers(&ends, end_count) + noise_of_layers(&inner, layers - end_count));
}
