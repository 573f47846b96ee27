/* Rows whose magnitude is a sum: LightPE, SP2, APoT and the codebooks 2^s (2^n m + 1).
 *
 * LightPE (Ding et al., LightNN, arXiv 1802.02178; QAPPA, arXiv 2205.08648): weights are one signed power or the sum of
 * two; 4 bits a term (sign, 3-bit shift) is what LightPE-1 and LightPE-2 use as far as secondary sources say.
 * SP2 (Chang et al., HPCA 2021): q1 + q2, q_i in {0, 2^-(2^mi - 1) .. 1/2}, m1 + m2 + 1 = bits, m1 >= m2 (recalled).
 * APoT (Li et al., ICLR 2020): the sets of build_power_value in the authors' code, divided by the largest sum.
 * Codebooks: Kalali & van Leuken (IEEE TC 2021, arXiv 2104.02162; DSD 2021), word layout our own.  2^(bits-1) is a
 * level although the integers approximated end one below it: rounding the largest ones up to it costs no word.
 */
#include "rows.h"

#include "quarry/integer.h"

#include <assert.h>

int lightpe_frac(const qy_number *number)
{
  return (1 << (number->bits / number->terms - 1)) - 1;
}

int64_t lightpe_full(const qy_number *number)
{
  return (int64_t)number->terms << lightpe_frac(number);
}

bool lightpe_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int term_bits = number->bits / number->terms, largest = lightpe_frac(number);
  *root2 = false;
  *w = 0;
  for (int term = 0; term < number->terms; term++) {
    uint32_t field = low_bits(code >> (term * term_bits), term_bits);
    int shift = (int)low_bits(field, term_bits - 1);
    *w += with_sign((int64_t)1 << (largest - shift), field >> (term_bits - 1));
  }
  return true;
}

int sp2_frac(const qy_number *number)
{
  return (1 << (number->bits / 2)) - 1; /* bits / 2 = ceil((bits - 1) / 2) = m1 */
}

bool sp2_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int m1 = number->bits / 2, m2 = number->bits - 1 - m1, largest = sp2_frac(number);
  int k1 = (int)low_bits(code >> m2, m1), k2 = (int)low_bits(code, m2);
  int64_t magnitude = (k1 ? (int64_t)1 << (largest - k1) : 0) + (k2 ? (int64_t)1 << (largest - k2) : 0);
  *root2 = false;
  *w = with_sign(magnitude, code >> (number->bits - 1) & 1U);
  return true;
}

enum { APOT_FIELDS = 3, APOT_BITS_LOW = 3, APOT_BITS_HIGH = 7 };

/* Exponents of each field's set (0: no such power), by magnitude bits 2..6. */
static const int apot_sets[APOT_BITS_HIGH - APOT_BITS_LOW + 1][APOT_FIELDS][3] = {
    {{1, 2, 3}},
    {{1, 2, 4}, {3}},
    {{1, 3, 5}, {2, 4, 6}},
    {{1, 3, 6}, {2, 4, 7}, {5}},
    {{1, 4, 7}, {2, 5, 8}, {3, 6, 9}},
};

int qy_apot_exponent(int bits, int field, int i)
{
  if (bits < APOT_BITS_LOW || bits > APOT_BITS_HIGH || field < 0 || field >= APOT_FIELDS || i < 1 || i > 3) return 0;
  return apot_sets[bits - APOT_BITS_LOW][field][i - 1];
}

int qy_apot_field_bits(int bits, int field)
{
  if (qy_apot_exponent(bits, field, 2)) return 2;
  return qy_apot_exponent(bits, field, 1) ? 1 : 0;
}

int apot_frac(const qy_number *number)
{
  int largest = 0;
  for (int field = 0; field < APOT_FIELDS; field++)
    for (int i = 1; i <= 3; i++)
      if (qy_apot_exponent(number->bits, field, i) > largest) largest = qy_apot_exponent(number->bits, field, i);
  return largest;
}

int64_t apot_full(const qy_number *number)
{
  int64_t sum = 0;
  for (int field = 0; field < APOT_FIELDS; field++)
    if (qy_apot_field_bits(number->bits, field)) /* a set's first power is its largest */
      sum += (int64_t)1 << (apot_frac(number) - qy_apot_exponent(number->bits, field, 1));
  return sum;
}

bool apot_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  int place = number->bits - 1, largest = apot_frac(number);
  int64_t magnitude = 0;
  for (int field = 0; field < APOT_FIELDS; field++) {
    int width = qy_apot_field_bits(number->bits, field);
    place -= width;
    int i = width ? (int)low_bits(code >> place, width) : 0;
    if (i) magnitude += (int64_t)1 << (largest - qy_apot_exponent(number->bits, field, i));
  }
  *root2 = false;
  *w = with_sign(magnitude, code >> (number->bits - 1) & 1U);
  return true;
}

qy_number_fields qy_codebook_fields(const qy_number *number)
{
  assert(number);
  /* s in [0..bits-1]; n in [0..bits-2] and the zero word. */
  return (qy_number_fields){
      .s_bits = qy_log2_ceil(number->bits), .n_bits = qy_log2_ceil(number->bits), .m_bits = number->m_bits};
}

int qy_codebook_m(const qy_number *number, int field)
{
  assert(number && field >= 0);
  if (!number->m_odd) return field;
  return field == 0 ? 0 : 2 * field - 1;
}

int codebook_code_bits(const qy_number *number)
{
  qy_number_fields fields = qy_codebook_fields(number);
  return 1 + fields.s_bits + fields.n_bits + fields.m_bits;
}

bool codebook_weight(const qy_number *number, uint32_t code, int64_t *w, bool *root2)
{
  qy_number_fields fields = qy_codebook_fields(number);
  int64_t m = qy_codebook_m(number, (int)low_bits(code, fields.m_bits));
  uint32_t n = low_bits(code >> fields.m_bits, fields.n_bits);
  uint32_t s = low_bits(code >> (fields.m_bits + fields.n_bits), fields.s_bits);
  uint32_t sign = code >> (fields.m_bits + fields.n_bits + fields.s_bits) & 1U;
  *root2 = false;
  if (n == (1U << fields.n_bits) - 1U) {
    *w = 0;
    return true;
  }
  int64_t magnitude = ((m << n) + 1) << s;
  *w = with_sign(magnitude, sign);
  return magnitude <= (int64_t)1 << (number->bits - 1);
}
