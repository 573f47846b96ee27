/* Rows whose magnitude is one power: PoT, DeepShift, INQ, SegLog, BRSLog.
 *
 * PoT: magnitudes 0 and 2^-0 .. 2^-(2^(b-1)-2) (MSP family; DeepShift's shift range [-(2^(b-1)-2), 0], from its code).
 * INQ: one bit for zero, 2^(b-2) powers n2 = n1 + 1 - 2^(b-2) .. n1 (Zhou et al., arXiv 1702.03044).
 * SegLog and BRSLog: segmented exponent e(c) = c/2 for c < R, c - R/2 for c >= R.  The papers (SOCC 2018; J. Signal
 * Process. Syst. 2020) could not be read: which segment takes sqrt(2) and that one word is zero are assumptions.
 * All ones as the zero word keeps c equal to the right shift.
 */
#include "rows.h"

#include <assert.h>
#include <math.h>

static const struct {
  int numerator, bits;
} root_form[QY_ROOT_COUNT] = {
    [QY_ROOT_EXACT] = {0, 0}, [QY_ROOT_1] = {3, 1},  [QY_ROOT_2] = {11, 3},
    [QY_ROOT_2S] = {23, 4},   [QY_ROOT_3] = {45, 5},
};

int qy_root_numerator(int root, int *root_bits)
{
  assert(root_bits);
  *root_bits = root_form[root].bits;
  return root_form[root].numerator;
}

int pot_frac(const qy_number *number)
{
  return (1 << (number->bits - 1)) - 2;
}

bool pot_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int largest = pot_frac(number);
  int c = (int)low_bits(code, number->bits - 1);
  *root2 = false;
  *w = c > largest ? 0 : with_sign((int64_t)1 << (largest - c), code >> (number->bits - 1) & 1U);
  return true;
}

int inq_frac(const qy_number *number)
{
  return (1 << (number->bits - 2)) - 1;
}

bool inq_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int c = (int)low_bits(code, number->bits - 2);
  bool zero = code >> (number->bits - 2) & 1U;
  *root2 = false;
  *w = zero ? 0 : with_sign((int64_t)1 << (inq_frac(number) - c), code >> (number->bits - 1) & 1U);
  return true;
}

double qy_inq_scale(double max_abs)
{
  return exp2(floor(log2(4.0 * max_abs / 3.0)));
}

bool qy_seglog_decode(const qy_number *number, uint32_t c, int *shift, bool *odd)
{
  assert(number && shift && odd);
  int code = (int)c, zero = (1 << (number->bits - 1)) - 1;
  if (code == zero) {
    *shift = 0;
    *odd = false;
    return false;
  }
  bool fine = code < number->split;
  *odd = fine && code % 2 == 1;
  *shift = fine ? (code + 1) / 2 : code - number->split / 2;
  return true;
}

static int seglog_shift_max(const qy_number *number)
{
  int shift;
  bool odd;
  /* Shifts grow with c, so the last word before zero has the largest. */
  qy_seglog_decode(number, (1U << (number->bits - 1)) - 2U, &shift, &odd);
  return shift;
}

int seglog_frac(const qy_number *number)
{
  int root_bits;
  qy_root_numerator(number->root, &root_bits);
  return seglog_shift_max(number) + root_bits;
}

int64_t seglog_full(const qy_number *number)
{
  return (int64_t)1 << seglog_frac(number);
}

bool seglog_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int shift, root_bits;
  bool odd;
  int numerator = qy_root_numerator(number->root, &root_bits);
  bool some = qy_seglog_decode(number, low_bits(code, number->bits - 1), &shift, &odd);
  int64_t one = (int64_t)1 << (seglog_shift_max(number) - shift);
  int64_t magnitude = odd && number->root != QY_ROOT_EXACT ? one * numerator : one << root_bits;
  *root2 = some && odd && number->root == QY_ROOT_EXACT;
  *w = some ? with_sign(magnitude, code >> (number->bits - 1) & 1U) : 0;
  return true;
}
