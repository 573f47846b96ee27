/* Noise of quantized activations, in closed form; see sqnr.h.
 *
 * Positive values are exponential, p(x) = e^-x, E x^2 = 2.  n = 2^bits - 1 steps of width d from 0 up: with h = d / 2,
 *     noise = A(h) + B(h) (e^-d + ... + e^-(n-1)d) + C(h) e^-nd,
 * A, B, C the integrals of t^2 e^-t over (0, h), (-h, h), (-h, infinity): half a cell, a cell, the last cell and what
 * is clipped.  A and B as power series, which lose no digits where steps are narrow.
 */
#include "quarry/sqnr.h"

#include <assert.h>
#include <math.h>

enum { BITS_MAX = 32, TERMS = 40, ITERATIONS = 80 };

/* Integral of t^2 e^(-sign t) over (0, h), h <= 4. */
static double half_cell(double h, double sign)
{
  double sum = 0, power = h * h * h;
  for (int k = 0; k < TERMS; k++) {
    sum += power / (k + 3);
    power *= -sign * h / (k + 1);
  }
  return sum;
}

static double noise_at(double step, double steps)
{
  const double h = step / 2, last = exp(-steps * step), below = half_cell(h, 1), cell = below + half_cell(h, -1);
  const double cells = (exp(-step) - last) / -expm1(-step);
  return below + cell * cells + (2 + half_cell(h, -1)) * last;
}

/* Golden section over the logarithm of the step: the noise has one minimum. */
double qy_activation_noise(int bits)
{
  static const double ratio = 0.6180339887498949, widest_step = 8, least_range = 0.5, power = 2;
  assert(bits >= 1 && bits <= BITS_MAX);
  const double steps = ldexp(1, bits) - 1;
  double low = log(least_range / steps), high = log(widest_step);
  for (int i = 0; i < ITERATIONS; i++) {
    const double a = high - ratio * (high - low), b = low + ratio * (high - low);
    if (noise_at(exp(a), steps) < noise_at(exp(b), steps))
      high = b;
    else
      low = a;
  }
  return noise_at(exp((low + high) / 2), steps) / power;
}
