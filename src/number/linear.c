/* Fixed-point rows: uniform symmetric, uniform without zero, affine.
 *
 * Symmetric: 2^b - 1 levels q / (2^(b-1) - 1) (FILM-QNN, Sun et al., FPGA 2022, eq. 1; Turin group, qkeras-mod).
 * Mid-rise: 2^b levels (2q + 1) / (2^b - 1), the grid of FILM-QNN eq. 2-3 as printed.
 * Affine: scale * (q - zero_point) / (2^(b-1) - 1), zero point and scale as in qkeras-mod.
 */
#include "rows.h"

#include <assert.h>
#include <math.h>

static int64_t top(const qy_number *number)
{
  return ((int64_t)1 << (number->bits - 1)) - 1;
}

/* Two's complement word of `bits` bits as an integer. */
static int64_t sign_extend(uint32_t code, int bits)
{
  int64_t q = (int64_t)low_bits(code, bits);
  return code >> (bits - 1) & 1U ? q - ((int64_t)1 << bits) : q;
}

int64_t uniform_full(const qy_number *number)
{
  return number->midrise ? 2 * top(number) + 1 : top(number);
}

bool uniform_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int64_t q = sign_extend(code, number->bits);
  *root2 = false;
  *w = number->midrise ? 2 * q + 1 : q;
  return number->midrise || q >= -top(number);
}

bool affine_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int64_t q = sign_extend(code, number->bits);
  *root2 = false;
  *w = q - number->zero_point;
  return number->full_range || q >= -top(number);
}

void qy_affine_from_range(qy_number *number, double *scale, double low, double high)
{
  assert(number && scale && low < high);
  double q_high = (double)top(number);
  double q_low = number->full_range ? -q_high - 1 : -q_high;
  *scale = fmax(fabs(low), fabs(high));
  double zero = round((high * q_low - low * q_high) / (high - low));
  number->zero_point = (int)fmin(fmax(zero, -q_high), q_high);
}
