/* The table of number formats, their parameters, and the fixed-point product.
 *
 * A new format is a new row: its weight function gives the integer behind each code word, everything else (levels,
 * encoding, SQNR) follows from it.
 */
#include "rows.h"

#include "quarry/text.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEEP_BITS_MAX = 30, PRODUCT_X_BITS = 24 };

/* A parameter row: name, low, high, default, help, field. */
#define PARAMETER(field, low, high, standard, help)                                                                    \
  {                                                                                                                    \
#field, low, high, standard, help, offsetof(qy_number, field)                                                      \
  }
#define ROUNDING(standard)                                                                                             \
  PARAMETER(log_rounding, 0, 1, standard, "1: round the exponent instead of taking the nearest value")
#define ROOT                                                                                                           \
  PARAMETER(root, 0, QY_ROOT_COUNT - 1, 0, "sqrt(2): 0 exact, 1: 1+1/2, 2: 1+1/4+1/8, 3: 1+1/2-1/16, 4: 1+1/4+1/8+1/32")
#define SPLIT(help) PARAMETER(split, 0, 32, -1, help)
#define BIAS        PARAMETER(bias, 0, 1, 0, "1: subtract 2^-16 of a step before rounding")

static int plain_code_bits(const qy_number *number)
{
  return number->bits;
}

static int no_frac(const qy_number *number)
{
  (void)number;
  return 0;
}

static int64_t pot_full(const qy_number *number)
{
  return (int64_t)1 << pot_frac(number);
}

static int64_t inq_full(const qy_number *number)
{
  return (int64_t)1 << inq_frac(number);
}

static int64_t sp2_full(const qy_number *number)
{
  return (int64_t)1 << sp2_frac(number);
}

static int64_t codebook_full(const qy_number *number)
{
  return ((int64_t)1 << (number->bits - 1)) - 1;
}

static int64_t affine_full(const qy_number *number)
{
  return ((int64_t)1 << (number->bits - 1)) - 1;
}

#define CODES(width, weight_x, full_x, frac)                                                                           \
  .code_bits = width##_code_bits, .weight = weight_x##_weight, .full = full_x##_full, .frac_bits = frac##_frac

static const qy_number_info table[QY_NUMBER_KIND_COUNT] = {
    {.kind = QY_NUMBER_UNIFORM,
     .name = "uniform",
     .help = "fixed point, symmetric, equal steps",
     .layout = "two's complement",
     .parameter = {PARAMETER(bits, 2, 16, 8, "word width"),
                   PARAMETER(midrise, 0, 1, 0, "1: 2^bits levels without zero instead of 2^bits - 1 with it"), BIAS},
     .linear = true,
     CODES(plain, uniform, uniform, no)},
    {.kind = QY_NUMBER_AFFINE,
     .name = "affine",
     .help = "fixed point with a zero point, equal steps",
     .layout = "two's complement",
     .parameter = {PARAMETER(bits, 2, 16, 8, "word width"),
                   PARAMETER(zero_point, -32767, 32767, 0, "code of value 0, within the code range"),
                   PARAMETER(full_range, 0, 1, 0, "1: use the most negative word too"), BIAS},
     .linear = true,
     CODES(plain, affine, affine, no)},
    {.kind = QY_NUMBER_POT,
     .name = "pot",
     .help = "signed powers of two and zero",
     .layout = "sign | right shift, all ones: zero",
     .parameter = {PARAMETER(bits, 2, 6, 4, "word width"), ROUNDING(0)},
     CODES(plain, pot, pot, pot)},
    {.kind = QY_NUMBER_DEEPSHIFT,
     .name = "deepshift",
     .help = "the levels of pot, exponent rounded: round(log2 |w|)",
     .layout = "sign | right shift, all ones: zero",
     .parameter = {PARAMETER(bits, 2, 6, 5, "word width"), ROUNDING(1)},
     CODES(plain, pot, pot, pot)},
    {.kind = QY_NUMBER_INQ,
     .name = "inq",
     .help = "incremental network quantization: 2^(bits-2) signed powers of two, a bit for zero",
     .layout = "sign | zero flag | right shift",
     .parameter = {PARAMETER(bits, 3, 7, 5, "word width")},
     CODES(plain, inq, inq, inq)},
    {.kind = QY_NUMBER_SEGLOG,
     .name = "seglog",
     .help = "segmented logarithm: codes below R step by sqrt(2), the rest by 2; R fixed",
     .layout = "sign | exponent code, all ones: zero",
     .parameter = {PARAMETER(bits, 2, 6, 5, "word width"), SPLIT("R, even, at most 2^(bits-1)"), ROOT, ROUNDING(0)},
     CODES(plain, seglog, seglog, seglog)},
    {.kind = QY_NUMBER_BRSLOG,
     .name = "brslog",
     .help = "base-reconfigurable segmented logarithm: seglog with R chosen for each layer",
     .layout = "sign | exponent code, all ones: zero",
     .parameter = {PARAMETER(bits, 2, 6, 5, "word width"), SPLIT("R of this layer, even, at most 2^(bits-1)"), ROOT,
                   ROUNDING(0)},
     .chooses_split = true,
     CODES(plain, seglog, seglog, seglog)},
    {.kind = QY_NUMBER_LIGHTPE,
     .name = "lightpe",
     .help = "one or two signed powers of two, no zero code (LightPE-1: 4 bits, 1 term; LightPE-2: 8 bits, 2 terms)",
     .layout = "per term: sign | right shift",
     .parameter = {PARAMETER(bits, 2, 10, 8, "word width, a multiple of terms, at most 5 a term"),
                   PARAMETER(terms, 1, 2, 2, "powers summed")},
     CODES(plain, lightpe, lightpe, lightpe)},
    {.kind = QY_NUMBER_SP2,
     .name = "sp2",
     .help = "sum of two powers of two, each 0 or 1/2 and below",
     .layout = "sign | k1 | k2; k: right shift, 0: term absent",
     .parameter = {PARAMETER(bits, 3, 9, 4, "word width")},
     CODES(plain, sp2, sp2, sp2)},
    {.kind = QY_NUMBER_APOT,
     .name = "apot",
     .help = "additive powers of two, divided by the largest sum",
     .layout = "sign | a | b | c; fields of 2 bits (the last 1), 0: term absent",
     .parameter = {PARAMETER(bits, 3, 7, 4, "word width")},
     CODES(plain, apot, apot, apot)},
    {.kind = QY_NUMBER_CODEBOOK,
     .name = "codebook",
     .help = "integers of the form +-2^s (2^n m + 1) and zero",
     .layout = "sign | s | n | m; n all ones: zero",
     .parameter = {PARAMETER(bits, 4, 12, 8, "width of the integers, sign included"),
                   PARAMETER(m_bits, 2, 4, 3, "width of the m field"),
                   PARAMETER(m_odd, 0, 1, 0, "1: the m field indexes 0, 1, 3, 5, ...")},
     CODES(codebook, codebook, codebook, no)},
};

const qy_number_info *qy_number_table(size_t *count)
{
  if (count) *count = QY_NUMBER_KIND_COUNT;
  return table;
}

int qy_number_find(const char *name)
{
  assert(name);
  for (int kind = 0; name && kind < QY_NUMBER_KIND_COUNT; kind++)
    if (strcmp(name, table[kind].name) == 0) return kind;
  return -1;
}

static int *field_of(qy_number *number, const qy_number_parameter *parameter)
{
  return (int *)((char *)number + parameter->offset);
}

static int value_of(const qy_number *number, const qy_number_parameter *parameter)
{
  return *(const int *)((const char *)number + parameter->offset);
}

static const qy_number_parameter *parameter_of(qy_number_kind kind, const char *name)
{
  const qy_number_parameter *parameter = table[kind].parameter;
  for (int i = 0; i < QY_NUMBER_PARAMETERS_MAX && parameter[i].name; i++)
    if (strcmp(name, parameter[i].name) == 0) return &parameter[i];
  return NULL;
}

qy_number qy_number_default(qy_number_kind kind, int bits)
{
  assert((unsigned)kind < QY_NUMBER_KIND_COUNT);
  qy_number number = {.kind = kind};
  const qy_number_parameter *parameter = table[kind].parameter;
  for (int i = 0; i < QY_NUMBER_PARAMETERS_MAX && parameter[i].name; i++)
    *field_of(&number, &parameter[i]) = parameter[i].standard;
  number.bits = bits;
  if (parameter_of(kind, "split") && bits >= 3 && bits <= parameter[0].high) number.split = 1 << (bits - 2);
  if (number.split < 0) number.split = 0;
  return number;
}

qy_status qy_number_set(qy_number *number, const char *name, int64_t value, qy_error *err)
{
  assert(number && (unsigned)number->kind < QY_NUMBER_KIND_COUNT && name);
  const qy_number_info *info = &table[number->kind];
  const qy_number_parameter *parameter = parameter_of(number->kind, name);
  if (!parameter) {
    char known[128] = "", advice[QY_DID_YOU_MEAN];
    const char *names[QY_NUMBER_PARAMETERS_MAX];
    size_t used = 0, count = 0;
    for (; count < QY_NUMBER_PARAMETERS_MAX && info->parameter[count].name; count++) {
      names[count] = info->parameter[count].name;
      used = qy_append(known, sizeof known, used, "%s%s", count ? ", " : "", names[count]);
    }
    return qy_fail(err, QY_BAD_INPUT, "%s: expected a parameter among %s, found %.60s%s", info->name, known, name,
                   qy_did_you_mean(advice, name, names, count));
  }
  if (value < parameter->low || value > parameter->high)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected %s in [%d, %d], found %lld", info->name, name, parameter->low,
                   parameter->high, (long long)value);
  *field_of(number, parameter) = (int)value;
  return QY_OK;
}

qy_status qy_number_check(const qy_number *number, qy_error *err)
{
  assert(number);
  if ((int)number->kind < 0 || number->kind >= QY_NUMBER_KIND_COUNT)
    return qy_fail(err, QY_BAD_INPUT, "expected a number format, found kind %d", (int)number->kind);
  const qy_number_info *info = &table[number->kind];
  qy_number listed = {.kind = number->kind}; /* all fields are int: no padding to compare */
  for (int i = 0; i < QY_NUMBER_PARAMETERS_MAX && info->parameter[i].name; i++) {
    const qy_number_parameter *parameter = &info->parameter[i];
    int value = value_of(number, parameter);
    *field_of(&listed, parameter) = value;
    if (value < parameter->low || value > parameter->high)
      return qy_fail(err, QY_BAD_INPUT, "%s: expected %s in [%d, %d], found %d", info->name, parameter->name,
                     parameter->low, parameter->high, value);
  }
  if (memcmp(&listed, number, sizeof listed) != 0)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected 0 in the parameters of other formats, found another value",
                   info->name);
  int words = 1 << (number->bits - 1);
  if (number->split % 2 != 0 || number->split > words)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected split even and at most %d for %d bits, found %d", info->name, words,
                   number->bits, number->split);
  if (number->terms &&
      (number->bits % number->terms != 0 || number->bits / number->terms < 2 || number->bits / number->terms > 5))
    return qy_fail(err, QY_BAD_INPUT, "%s: expected bits to be 2 to 5 for each of %d terms, found %d", info->name,
                   number->terms, number->bits);
  if (abs(number->zero_point) >= words)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected zero_point in [%d, %d] for %d bits, found %d", info->name,
                   1 - words, words - 1, number->bits, number->zero_point);
  if (number->midrise && number->bias)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected bias 0 with midrise, found 1", info->name);
  return QY_OK;
}

int qy_number_code_bits(const qy_number *number)
{
  assert(number);
  return table[number->kind].code_bits(number);
}

double qy_number_compression(const qy_number *number)
{
  assert(number);
  return 32.0 / qy_number_code_bits(number); /* against float32 */
}

double qy_number_value(const qy_number *number, uint32_t code)
{
  assert(number);
  int64_t w;
  bool root2;
  if (!table[number->kind].weight(number, code, &w, &root2)) return NAN;
  double value = (double)w / (double)table[number->kind].full(number);
  return root2 ? value * M_SQRT2 : value;
}

qy_status qy_number_product(int64_t *product, const qy_number *number, int64_t x, uint32_t code, int keep_bits,
                            qy_drop drop, qy_error *err)
{
  assert(product && number);
  int64_t w;
  bool root2;
  *product = 0;
  if (llabs(x) >= (int64_t)1 << PRODUCT_X_BITS)
    return qy_fail(err, QY_BAD_INPUT, "product: expected |x| < 2^%d, found %lld", PRODUCT_X_BITS, (long long)x);
  if (keep_bits < 0 || keep_bits > KEEP_BITS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "product: expected keep_bits in [0, %d], found %d", KEEP_BITS_MAX, keep_bits);
  if (!table[number->kind].weight(number, code, &w, &root2))
    return qy_fail(err, QY_BAD_INPUT, "product: expected a used word of %s, found %u", table[number->kind].name, code);
  if (root2) return qy_fail(err, QY_BAD_INPUT, "product: expected a shift-add root, found root 0 (exact sqrt(2))");
  int dropped = table[number->kind].frac_bits(number) - keep_bits;
  int64_t exact = x * llabs(w);
  if (dropped > 0) {
    int64_t unit = (int64_t)1 << dropped;
    if (drop == QY_DROP_FLOOR) {
      int64_t rest = exact % unit;
      exact = exact / unit - (rest < 0);
    } else {
      exact = exact < 0 ? -((-exact + unit / 2) / unit) : (exact + unit / 2) / unit;
    }
  } else if (__builtin_mul_overflow(exact, (int64_t)1 << -dropped, &exact)) {
    return qy_fail(err, QY_BAD_INPUT, "product: expected a result within 64 bits, found keep_bits %d with x %lld",
                   keep_bits, (long long)x);
  }
  *product = w < 0 ? -exact : exact;
  return QY_OK;
}
