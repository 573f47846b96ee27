/* Quantization noise: the integral of (x - level)^2 p(x) over each decision interval.
 *
 * Intervals are folded to the positive half line.  Where an interval is narrow, p smooth on it and the exponent of p
 * changes by at most 1, it takes 4 or 8 Gauss-Legendre nodes: all terms are positive, so nothing cancels.
 * The others (wide intervals, tails, the centre of shapes with a cusp) take M_2 - 2 v M_1 + v^2 M_0 with closed partial
 * moments M_k(t), the integral of x^k p from t:
 *
 *   M_k = alpha^k Gamma((k+1)/shape, u) / (2 Gamma(1/shape)), u = (t/alpha)^shape
 *
 * by GSL's incomplete gamma function, for shapes 2 and 1 by erfc and exp.  There the level is within a few widths of
 * the interval, so little cancels.  Uniform density and samples are sums in closed form.
 *
 * Dense sets of evenly spaced levels have thousands of cells of one width d.  From some cells off the cusp at 0 on they
 * are summed at once.  In a cell whose middle is m, y^2 = (x - m)^2 is d^2/12 + d^2 B2(t), B2 the second Bernoulli
 * polynomial of the place t in [0, 1]; integration by parts, cell after cell (Euler-Maclaurin), gives over [a, b]
 *
 *   d^2/12 (P(b) - P(a)) + d^4/360 (p'(b) - p'(a)) + R,  |R| < d^2/12 * 0.0016 d^4 integral |p(4)|
 *
 * where 0.0016 is 12/360 of the largest |B6(t) - B6|.  Cells across which the exponent changes by more than
 * change_summed stand alone, so R is below 2e-7 of the noise (tested: 1e-7 and less).
 */
#include "dense.h"
#include "quarry/sqnr.h"

#include <assert.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

enum { NODES = 8, NODES_FEW = 4, FEW_SAMPLES = 8, CUSP_CELLS = 16 };

/* Beyond this exponent p underflows: exp(-700) is 1e-304. */
static const double exponent_max = 700;
/* Of many cells those are left out that start beyond this one: less than 1e-14 of the granular noise, shape 0.3. */
static const double exponent_cells = 50;
/* Change of the exponent across a cell up to which cells are summed at once. */
static const double change_summed = 0.1;

typedef struct rule {
  int count;
  double node[NODES], weight[NODES]; /* on [0, 1] */
} rule;

/* Gauss-Legendre rules of 4 and 8 points (Abramowitz and Stegun, 1964, table 25.4), moved to [0, 1]. */
static const rule few = {
    NODES_FEW,
    {0.069431844202973714, 0.33000947820757187, 0.66999052179242813, 0.93056815579702623},
    {0.17392742256872692, 0.32607257743127305, 0.32607257743127305, 0.17392742256872692},
};
static const rule many = {
    NODES,
    {0.019855071751231856, 0.10166676129318664, 0.2372337950418355, 0.40828267875217511, 0.59171732124782495,
     0.7627662049581645, 0.89833323870681336, 0.9801449282487682},
    {0.050614268145188129, 0.11119051722668724, 0.15685332293894363, 0.181341891689181, 0.181341891689181,
     0.15685332293894363, 0.11119051722668724, 0.050614268145188129},
};

static double exponent(const qy_signal *signal, double x)
{
  double u = x / signal->alpha;
  if (signal->shape == 2) return u * u;
  if (signal->shape == 1) return u;
  return pow(u, signal->shape);
}

/* Of order 0, 1, 2. */
typedef struct moments {
  double of[3];
} moments;

/* Upper partial moments from t >= 0. */
static moments upper_moments(const qy_signal *signal, double t)
{
  double b = signal->shape, a = signal->alpha, u = exponent(signal, t);
  moments m = {{0}};
  if (!(u < exponent_max)) return m;
  if (b == 2) { /* alpha = sqrt(2): standard normal */
    double density = signal->norm * exp(-u);
    m.of[0] = 0.5 * erfc(t * M_SQRT1_2);
    m.of[1] = density;
    m.of[2] = t * density + m.of[0];
  } else if (b == 1) {
    double half = 0.5 * exp(-u);
    m.of[0] = half;
    m.of[1] = half * (t + a);
    m.of[2] = half * (t * t + 2 * t * a + 2 * a * a);
  } else {
    double power = 1;
    for (int k = 0; k < 3; k++, power *= a) {
      gsl_sf_result q;
      double s = (k + 1) / b;
      if (gsl_sf_gamma_inc_Q_e(s, u, &q) == 0) m.of[k] = 0.5 * power * q.val * tgamma(s) / tgamma(1 / b);
    }
  }
  return m;
}

static double closed_noise(const qy_signal *signal, double low, double high, double level)
{
  const moments above_low = upper_moments(signal, low), above_high = upper_moments(signal, high);
  double m0 = above_low.of[0] - above_high.of[0], m1 = above_low.of[1] - above_high.of[1],
         m2 = above_low.of[2] - above_high.of[2];
  return fmax(m2 - 2 * level * m1 + level * level * m0, 0);
}

/* Noise of 0 <= low < high on the positive half line. */
static double folded_noise(const qy_signal *signal, double low, double high, double level)
{
  /* Shapes 1 and 2 are smooth on the closed half line; of others the singularity at 0 must be one width away for 8
   * points, ten for 4. */
  bool smooth = signal->shape == 1 || signal->shape == 2;
  double width = high - low, change = exponent(signal, high) - exponent(signal, low);
  double clear = smooth ? fmax(low, signal->alpha / 4) : low;
  if (!(width <= clear && change <= 1)) return closed_noise(signal, low, high, level);
  const rule *r = 10 * width <= clear && change <= 0.1 ? &few : &many;
  double sum = 0;
  for (int i = 0; i < r->count; i++) {
    double x = low + width * r->node[i], error = x - level;
    sum += r->weight[i] * error * error * exp(-exponent(signal, x));
  }
  return sum * width * signal->norm;
}

static double interval_noise(const qy_signal *signal, double low, double high, double level)
{
  if (!(high > low)) return 0;
  if (low >= 0) return folded_noise(signal, low, high, level);
  if (high <= 0) return folded_noise(signal, -high, -low, -level);
  return folded_noise(signal, 0, -low, -level) + folded_noise(signal, 0, high, level);
}

/* Flat density: the cube of the error at both ends. */
static double flat_noise(const qy_signal *signal, double low, double high, double level)
{
  double a = fmax(low, -signal->alpha) - level, b = fmin(high, signal->alpha) - level;
  return b > a ? signal->norm * (b * b * b - a * a * a) / 3 : 0;
}

/* ---- evenly spaced levels */

/* Equal cells on one side of 0, x folded; the last level, one more, takes all that is beyond them. */
typedef struct side {
  double low, width; /* of the first cell, low >= 0 */
  double offset;     /* middle of a cell less its level */
  size_t cells;
} side;

static double piece(const qy_signal *signal, const side *s, size_t cell, bool last)
{
  const double low = s->low + (double)cell * s->width, high = last ? INFINITY : low + s->width;
  const double level = low + 0.5 * s->width - s->offset;
  return signal->kind == QY_SIGNAL_UNIFORM ? flat_noise(signal, low, high, level)
                                           : folded_noise(signal, low, high, level);
}

/* Is p far from smooth across this cell? */
static bool is_steep(const qy_signal *signal, const side *s, size_t cell)
{
  const double low = s->low + (double)cell * s->width, high = low + s->width;
  if (signal->kind == QY_SIGNAL_UNIFORM) return high > signal->alpha;
  return exponent(signal, high) - exponent(signal, low) > change_summed;
}

/* p at t > 0, its slope and the share of the signal above. */
static void density_at(const qy_signal *signal, double t, double *p, double *slope, double *above)
{
  if (signal->kind == QY_SIGNAL_UNIFORM) {
    *p = signal->norm, *slope = 0, *above = signal->norm * (signal->alpha - t);
    return;
  }
  const double u = exponent(signal, t);
  *p = signal->norm * exp(-u), *slope = -*p * signal->shape * u / t, *above = upper_moments(signal, t).of[0];
}

/* Cells from..to - 1 at once.  An offset h adds h^2 times their share and, from 2 h y, h d^2/6 of the change of p. */
static double cells_noise(const qy_signal *signal, const side *s, size_t from, size_t to)
{
  double p[2], slope[2], above[2], d2 = s->width * s->width;
  if (from >= to) return 0;
  density_at(signal, s->low + (double)from * s->width, &p[0], &slope[0], &above[0]);
  density_at(signal, s->low + (double)to * s->width, &p[1], &slope[1], &above[1]);
  return (d2 / 12 + s->offset * s->offset) * (above[0] - above[1]) + d2 * d2 / 360 * (slope[1] - slope[0]) +
         s->offset * d2 / 6 * (p[1] - p[0]);
}

static double side_noise(const qy_signal *signal, const side *s)
{
  const double reach =
      signal->kind == QY_SIGNAL_UNIFORM ? signal->alpha : signal->alpha * pow(exponent_cells, 1 / signal->shape);
  const double reached = fmax(ceil((reach - s->low) / s->width), 0);
  size_t from = 0, to = reached < (double)s->cells ? (size_t)reached : s->cells;
  double sum = piece(signal, s, s->cells, true);
  /* Shapes below 1 are steepest near 0, those above far out. */
  for (; from < to && (from < CUSP_CELLS || is_steep(signal, s, from)); from++)
    sum += piece(signal, s, from, false);
  for (; from < to && is_steep(signal, s, to - 1); to--)
    sum += piece(signal, s, to - 1, false);
  return sum + cells_noise(signal, s, from, to);
}

bool is_dense_even(const qy_levels *levels)
{
  return levels->info->linear && levels->count > COARSE_LEVELS;
}

/* The cell that holds 0, then what is on either side of it. */
static double even_noise(const qy_levels *levels, double scale, const qy_signal *signal)
{
  const size_t n = levels->count;
  const double *t = levels->threshold;
  size_t middle = qy_levels_nearest(levels, 0);
  const double low = middle > 0 ? scale * t[middle - 1] : -INFINITY;
  const double high = middle + 1 < n ? scale * t[middle] : INFINITY;
  const double level = scale * levels->value[middle], width = scale * (t[n - 2] - t[0]) / (double)(n - 2);
  const double offset = scale * (t[0] + t[n - 2] - levels->value[0] - levels->value[n - 1]) / 2;
  const side up = {high, width, offset, n - 2 - middle}, down = {-low, width, -offset, middle - 1};
  double sum = signal->kind == QY_SIGNAL_UNIFORM ? flat_noise(signal, low, high, level)
                                                 : interval_noise(signal, low, high, level);
  if (high < INFINITY) sum += side_noise(signal, &up);
  if (low > -INFINITY) sum += side_noise(signal, &down);
  return sum;
}

/* ---- samples */

/* Does x go to level i or one below it (ties as the coder breaks them)? */
static bool goes_below(const qy_levels *levels, double scale, size_t i, double x)
{
  const double t = scale * levels->threshold[i];
  return x < t || (x == t && levels->threshold[i] < levels->tie_zero);
}

/* The level of x, `low` or one above it. */
static size_t level_of(const qy_levels *levels, double scale, double x, size_t low)
{
  size_t high = levels->count - 1;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (goes_below(levels, scale, middle, x))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* Number of samples that go to level i or below, of which `low` are known to. */
static size_t below(const qy_levels *levels, double scale, size_t i, const qy_samples *samples, size_t low)
{
  size_t high = samples->count;
  if (i + 1 == levels->count) return high;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (goes_below(levels, scale, i, samples->x[middle]))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Levels without samples are passed over. */
static double samples_noise(const qy_levels *levels, double scale, const qy_samples *samples)
{
  long double sum = 0;
  size_t from = 0, i = 0;
  while (from < samples->count) {
    i = level_of(levels, scale, samples->x[from], i);
    const size_t to = below(levels, scale, i, samples, from);
    long double v = scale * levels->value[i];
    if (to - from <= FEW_SAMPLES) { /* few: no differences of large sums */
      for (size_t k = from; k < to; k++)
        sum += (samples->x[k] - v) * (samples->x[k] - v);
    } else {
      long double n = (long double)(to - from), s1 = samples->sum1[to] - samples->sum1[from];
      long double s2 = samples->sum2[to] - samples->sum2[from];
      sum += s2 - 2 * v * s1 + v * v * n;
    }
    from = to;
  }
  return fmax((double)(sum / (long double)samples->count), 0);
}

/* Of level i, whose cell is from low to high. */
static double cell_noise(const qy_levels *levels, double scale, const qy_signal *signal, size_t i, double low)
{
  const double high = i + 1 < levels->count ? scale * levels->threshold[i] : INFINITY, level = scale * levels->value[i];
  return signal->kind == QY_SIGNAL_UNIFORM ? flat_noise(signal, low, high, level)
                                           : interval_noise(signal, low, high, level);
}

double noise_within(const qy_levels *levels, double scale, const qy_signal *signal, double most)
{
  assert(levels && scale > 0 && signal);
  if (signal->kind == QY_SIGNAL_SAMPLES) return samples_noise(levels, scale, signal->samples);
  if (is_dense_even(levels)) return even_noise(levels, scale, signal);
  /* Symmetric sets: the positive half, twice. */
  const size_t first = levels->symmetric ? levels->count / 2 : 0, last = levels->count - 1;
  const double sides = levels->symmetric ? 2 : 1;
  double sum = 0, low = levels->symmetric ? 0 : -INFINITY;
  /* What is cut off beyond the last level alone may be too much. */
  if (most < INFINITY && last > first &&
      sides * cell_noise(levels, scale, signal, last, scale * levels->threshold[last - 1]) > most)
    return INFINITY;
  for (size_t i = first; i <= last; i++) {
    sum += cell_noise(levels, scale, signal, i, low);
    if (sides * sum > most) return INFINITY;
    if (i < last) low = scale * levels->threshold[i];
  }
  return sides * sum;
}

double qy_noise(const qy_levels *levels, double scale, const qy_signal *signal)
{
  return noise_within(levels, scale, signal, INFINITY);
}

double qy_sqnr_db(const qy_levels *levels, double scale, const qy_signal *signal)
{
  assert(levels && scale > 0 && signal);
  double noise = qy_noise(levels, scale, signal), power = signal->rms * signal->rms;
  return noise > 0 ? 10 * log10(power / noise) : noise == 0 ? INFINITY : NAN;
}
