/* Level sets and code words against the sets written in the papers and in their authors' code, the fixed-point product
 * against real arithmetic, and the checks of parameters. */
#include "formats.h"
#include "quarry/sort.h"
#include "tap.h"

#include <stdlib.h>

enum { VALUES_MAX = 8192 };

static size_t unique(double *x, size_t count)
{
  size_t kept = 0;
  qsort(x, count, sizeof *x, qy_by_value);
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || x[i] != x[kept - 1]) x[kept++] = x[i];
  return kept;
}

static qy_number format(qy_number_kind kind, int bits)
{
  return qy_number_default(kind, bits);
}

/* The library's levels are the expected magnitudes (unsorted, with repeats) and their negatives. */
static void is_set(const qy_number *n, const double *magnitude, size_t count, qy_arena *arena, const char *what)
{
  double all[2 * VALUES_MAX];
  for (size_t i = 0; i < count; i++) {
    all[2 * i] = magnitude[i];
    all[2 * i + 1] = 0 - magnitude[i];
  }
  size_t expected = unique(all, 2 * count), wrong = 0;
  qy_levels *levels;
  if (qy_levels_build(&levels, n, arena, NULL) != QY_OK) {
    ok(0, "%s: levels can be built", what);
    return;
  }
  for (size_t i = 0; i < levels->count && i < expected; i++)
    if (fabs(levels->value[i] - all[i]) > 1e-15) wrong++;
  ok(levels->count == expected && wrong == 0, "%s: %zu levels", what, expected);
  if (levels->count != expected || wrong) printf("# got %zu levels, %zu differ\n", levels->count, wrong);
}

static void uniform(qy_arena *arena)
{
  for (int bits = 2; bits <= 12; bits += 5) {
    double magnitude[VALUES_MAX];
    int top = (1 << (bits - 1)) - 1;
    for (int i = 0; i <= top; i++)
      magnitude[i] = (double)i / top;
    qy_number n = format(QY_NUMBER_UNIFORM, bits);
    is_set(&n, magnitude, (size_t)top + 1, arena, "uniform: i / (2^(b-1) - 1)");
    near_abs(qy_number_value(&n, (1U << bits) - 1U), -1.0 / top, 1e-15, "uniform: word of all ones is -1 step");
    ok(isnan(qy_number_value(&n, 1U << (bits - 1))), "uniform: the most negative word is unused");
    for (int i = 0; i <= top; i++)
      magnitude[i] = (2.0 * i + 1) / (2 * top + 1);
    n.midrise = 1;
    is_set(&n, magnitude, (size_t)top + 1, arena, "uniform, midrise: (2i + 1) / (2^b - 1)");
  }
}

static void powers(qy_arena *arena)
{
  static const double pot3[] = {0, 1.0 / 4, 1.0 / 2, 1};
  static const double pot4[] = {0, 1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 1};
  qy_number n = format(QY_NUMBER_POT, 3);
  is_set(&n, pot3, 4, arena, "pot, 3 bits");
  n.bits = 4;
  is_set(&n, pot4, 8, arena, "pot, 4 bits");
  near_abs(qy_number_value(&n, 0), 1, 0, "pot: word 0 is full scale");
  near_abs(qy_number_value(&n, 5), 1.0 / 32, 0, "pot: the magnitude word is the right shift");
  near_abs(qy_number_value(&n, 8 + 5), -1.0 / 32, 0, "pot: the top bit is the sign");
  near_abs(qy_number_value(&n, 7), 0, 0, "pot: all ones is zero");
  n = format(QY_NUMBER_DEEPSHIFT, 5);
  double shifts[16] = {0};
  for (int s = 0; s <= 14; s++)
    shifts[s + 1] = exp2(-s);
  is_set(&n, shifts, 16, arena, "deepshift, 5 bits: shifts 0 to -14");
  n = format(QY_NUMBER_INQ, 5); /* n1 = 0, n2 = 0 + 1 - 2^3 = -7 */
  is_set(&n, shifts, 9, arena, "inq, 5 bits: 2^0 .. 2^-7 and 0");
  near_abs(qy_number_value(&n, 8), 0, 0, "inq: flag set is zero");
  near_abs(qy_number_value(&n, 16 + 3), -1.0 / 8, 0, "inq: sign and shift 3");
  near_abs(qy_inq_scale(0.75), 1, 0, "inq: n1 = floor(log2(4 max / 3)), max 0.75");
  near_abs(qy_inq_scale(0.7499), 0.5, 0, "inq: max just below 0.75");
  n = format(QY_NUMBER_LIGHTPE, 4);
  n.terms = 1;
  is_set(&n, shifts + 1, 8, arena, "lightpe, one term of 4 bits: 2^0 .. 2^-7, no zero");
  double sums[VALUES_MAX];
  size_t count = 0;
  for (int a = 0; a < 8; a++)
    for (int b = 0; b < 8; b++) {
      sums[count++] = (exp2(-a) + exp2(-b)) / 2;
      sums[count++] = (exp2(-a) - exp2(-b)) / 2;
    }
  n = format(QY_NUMBER_LIGHTPE, 8);
  is_set(&n, sums, count, arena, "lightpe, two terms of 4 bits: sums and differences");
  near_abs(qy_number_value(&n, 0x2 << 4 | 0x9), (0.25 - 0.5) / 2, 0, "lightpe: word 0010 1001 is 2^-2 - 2^-1, halved");
}

static void segmented(qy_arena *arena)
{
  static const struct {
    int bits, split, count;
    double exponent[15];
  } row[] = {
      {4, 0, 7, {0, 1, 2, 3, 4, 5, 6}},
      {4, 2, 7, {0, 0.5, 1, 2, 3, 4, 5}},
      {4, 4, 7, {0, 0.5, 1, 1.5, 2, 3, 4}},
      {4, 6, 7, {0, 0.5, 1, 1.5, 2, 2.5, 3}},
      {5, 8, 15, {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10}},
      {5, 16, 15, {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7}},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    double magnitude[16] = {0};
    qy_number n = format(QY_NUMBER_SEGLOG, row[i].bits);
    n.split = row[i].split;
    for (int c = 0; c < row[i].count; c++)
      magnitude[c + 1] = exp2(-row[i].exponent[c]);
    is_set(&n, magnitude, (size_t)row[i].count + 1, arena, "seglog: exponents written out");
    int wrong = 0;
    for (int c = 0; c < row[i].count; c++) {
      int shift;
      bool odd;
      double value = qy_number_value(&n, (uint32_t)c);
      if (fabs(value - exp2(-row[i].exponent[c])) > 1e-15) wrong++;
      if (!qy_seglog_decode(&n, (uint32_t)c, &shift, &odd)) wrong++;
      if (fabs(exp2(-shift) * (odd ? sqrt(2) : 1) - value) > 1e-15) wrong++;
    }
    if (qy_number_value(&n, (uint32_t)row[i].count) != 0) wrong++;
    is_int(wrong, 0, "seglog: words in order, all ones is zero, decoder's shift and odd flag");
  }
  /* Errors of the shift-add roots in percent. */
  static const double percent[QY_ROOT_COUNT] = {0, 6.07, -2.77, 1.65, -0.56};
  static const double root[QY_ROOT_COUNT] = {0, 1 + 0.5, 1 + 0.25 + 0.125, 1 + 0.5 - 0.0625,
                                             1 + 0.25 + 0.125 + 0.03125};
  for (int r = QY_ROOT_1; r < QY_ROOT_COUNT; r++) {
    qy_number n = format(QY_NUMBER_BRSLOG, 4);
    n.root = r;
    near_abs(qy_number_value(&n, 1), root[r] / 2, 0, "shift-add root: value of the first half step");
    near_abs(100 * (qy_number_value(&n, 1) / M_SQRT1_2 - 1), percent[r], 0.006, "shift-add root: error in percent");
  }
}

static void sums(qy_arena *arena)
{
  static const struct {
    int bits, magnitudes;
  } sp2[] = {{3, 3}, {4, 7}, {5, 8}, {6, 24}, {8, 94}};
  qy_levels *levels;
  for (size_t i = 0; i < sizeof sp2 / sizeof *sp2; i++) {
    qy_number n = format(QY_NUMBER_SP2, sp2[i].bits);
    qy_levels_build(&levels, &n, arena, NULL);
    is_int((int64_t)levels->count, 2 * sp2[i].magnitudes - 1, "sp2: signed levels of the table");
  }
  static const double sp2_4[] = {0, 1.0 / 8, 1.0 / 4, 1.0 / 2, 5.0 / 8, 3.0 / 4, 1};
  static const double sp2_5[] = {0, 1.0 / 8, 2.0 / 8, 3.0 / 8, 4.0 / 8, 5.0 / 8, 6.0 / 8, 1};
  qy_number n = format(QY_NUMBER_SP2, 4);
  is_set(&n, sp2_4, 7, arena, "sp2, 4 bits");
  near_abs(qy_number_value(&n, 8 + 2 * 2 + 1), -(0.25 + 0.5), 0, "sp2: word 1 10 1 is -(2^-2 + 2^-1)");
  n.bits = 5;
  is_set(&n, sp2_5, 8, arena, "sp2, 5 bits");

  /* The sets of build_power_value, by magnitude bits. */
  static const double apot[5][3][4] = {
      {{0, 0.5, 0.25, 0.125}},
      {{0, 0.5, 0.25, 0.0625}, {0, 0.125, -1}},
      {{0, 0x1p-1, 0x1p-3, 0x1p-5}, {0, 0x1p-2, 0x1p-4, 0x1p-6}},
      {{0, 0x1p-1, 0x1p-3, 0x1p-6}, {0, 0x1p-2, 0x1p-4, 0x1p-7}, {0, 0x1p-5, -1}},
      {{0, 0x1p-1, 0x1p-4, 0x1p-7}, {0, 0x1p-2, 0x1p-5, 0x1p-8}, {0, 0x1p-3, 0x1p-6, 0x1p-9}}};
  for (int bits = 3; bits <= 7; bits++) {
    const double(*set)[4] = apot[bits - 3];
    double magnitude[64], top = 0;
    size_t count = 0;
    for (int a = 0; a < 4; a++)
      for (int b = 0; b < 4; b++)
        for (int c = 0; c < 4; c++) {
          /* Beyond a short set or an absent one: -1 or a zero that is no first element. */
          if (set[1][b] < 0 || set[2][c] < 0 || (b && !set[1][b]) || (c && !set[2][c])) continue;
          magnitude[count++] = set[0][a] + set[1][b] + set[2][c];
          top = fmax(top, magnitude[count - 1]);
        }
    for (size_t i = 0; i < count; i++)
      magnitude[i] /= top;
    n = format(QY_NUMBER_APOT, bits);
    is_int((int64_t)count, 1 << (bits - 1), "apot: as many sums as magnitude words");
    is_set(&n, magnitude, count, arena, "apot: sums of the sets, divided by the largest");
    int wrong = 0;
    for (int field = -1; field <= 3; field++) {
      int members = 0;
      for (int i = -1; i <= 4; i++) {
        const double power = field >= 0 && field < 3 && i > 0 && i < 4 ? set[field][i] : 0;
        wrong += qy_apot_exponent(bits, field, i) != (power > 0 ? (int)-log2(power) : 0);
        members += power > 0;
      }
      wrong += qy_apot_field_bits(bits, field) != (members > 1 ? 2 : members);
    }
    is_int(wrong, 0, "apot: exponents of the sets, and 0 beside them");
  }
  ok(qy_apot_exponent(2, 0, 1) == 0 && qy_apot_exponent(8, 0, 1) == 0, "none of other widths");
  n = format(QY_NUMBER_APOT, 4); /* largest sum 5/8 */
  near_abs(qy_number_value(&n, 3 << 1 | 1), (0.0625 + 0.125) / 0.625, 1e-15, "apot: word 0 11 1 is 2^-4 + 2^-3");
}

/* Integers 0..127 through the codebook: the columns of the table of candidate 8-bit codebooks. */
static void codebooks(qy_arena *arena)
{
  static const struct {
    int m_bits, m_odd, levels, worst, code_bits;
    double mean, relative;
  } row[] = {{3, 0, 64, 4, 10, 0.84, 5.3}, {2, 1, 54, 8, 9, 1.30, 6.7}, {2, 0, 44, 8, 9, 1.75, 9.1}};
  qy_levels *levels;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_number n = format(QY_NUMBER_CODEBOOK, 8);
    double worst = 0, sum = 0, relative = 0;
    n.m_bits = row[i].m_bits;
    n.m_odd = row[i].m_odd;
    qy_levels_build(&levels, &n, arena, NULL);
    for (int v = 0; v <= 127; v++) {
      double x = v, q;
      qy_quantize(levels, 127, &x, 1, &q);
      worst = fmax(worst, fabs(q - x));
      sum += fabs(q - x);
      if (v) relative = fmax(relative, fabs(q - x) / x);
    }
    is_int((int64_t)(levels->count - 1) / 2, row[i].levels, "codebook: magnitudes 1 to 128");
    near_abs(worst, row[i].worst, 1e-9, "codebook: largest error");
    near_abs(sum / 128, row[i].mean, 0.005, "codebook: mean error");
    near_abs(100 * relative, row[i].relative, 0.05, "codebook: largest relative error, percent");
    is_int(qy_number_code_bits(&n), row[i].code_bits, "codebook: word width");
  }
  /* Any width and m: all integers 2^s (2^n m + 1) that fit, by trying s, n, m. */
  for (int bits = 4; bits <= 12; bits += 4)
    for (int m_bits = 2; m_bits <= 4; m_bits++) {
      double magnitude[VALUES_MAX], top = (1 << (bits - 1)) - 1;
      size_t count = 1;
      magnitude[0] = 0;
      for (int v = 1; v <= top + 1; v++)
        for (int s = 0, hit = 0; s < bits && !hit; s++)
          for (int p = 0; p < bits && !hit; p++)
            for (int m = 0; m < 1 << m_bits && !hit; m++)
              if (((m << p) + 1) << s == v) {
                hit = 1;
                magnitude[count++] = v / top;
              }
      qy_number n = format(QY_NUMBER_CODEBOOK, bits);
      n.m_bits = m_bits;
      is_set(&n, magnitude, count, arena, "codebook: all integers of the form that fit");
    }
  qy_number n = format(QY_NUMBER_CODEBOOK, 8);
  n.m_bits = 2;
  n.m_odd = 1;
  qy_number_fields fields = qy_codebook_fields(&n);
  ok(fields.s_bits == 3 && fields.n_bits == 3 && fields.m_bits == 2, "codebook, 8 bits: fields of 3, 3 and 2 bits");
  near_abs(127 * qy_number_value(&n, 1U << 8 | 2U << 5 | 3U << 2 | 2U), -4 * (8 * 3 + 1), 1e-12,
           "codebook: word 1 010 011 10 is -2^2 (2^3 3 + 1)");
  near_abs(qy_number_value(&n, 7U << 2), 0, 0, "codebook: n of all ones is zero");
  near_abs(127 * qy_number_value(&n, 7U << 5), 128, 1e-12, "codebook: s = 7 alone is 128");
  ok(isnan(qy_number_value(&n, 6U << 5 | 6U << 2 | 3U)), "codebook: a word beyond 128 is unused");
}

/* product against the real value: every code of formats up to 8 bits, activations of 16 bits. */
static void products(void)
{
  static qy_number formats[2048];
  static const int64_t x[] = {0, 1, -1, 3, -7, 255, -256, 12345, -23456, 32767, -32768};
  size_t count = all_formats(formats, 2048, 8), bad = 0, tried = 0;
  for (size_t f = 0; f < count; f++) {
    const qy_number_info *info = &qy_number_table(NULL)[formats[f].kind];
    int frac = info->frac_bits(&formats[f]);
    bad += info->linear && frac != 0; /* integers */
    /* value * full / 2^frac is what the element multiplies by. */
    double unit = (double)info->full(&formats[f]) / exp2(frac);
    for (uint32_t code = 0; code < 1U << qy_number_code_bits(&formats[f]); code++) {
      double value = qy_number_value(&formats[f], code) * unit;
      if (isnan(value) || (formats[f].split && formats[f].root == QY_ROOT_EXACT)) continue;
      for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        for (int keep = 0; keep <= 12; keep += 4, tried++) {
          double magnitude = ldexp((double)x[i] * fabs(value), keep), sign = value < 0 ? -1 : 1;
          /* Uniform and the like: values are ratios, their product an integer. */
          if (frac == 0) magnitude = round(magnitude);
          int64_t floored = (int64_t)(sign * floor(magnitude)), rounded = (int64_t)(sign * round(magnitude)), y = -1;
          if (formats[f].kind == QY_NUMBER_APOT || formats[f].kind == QY_NUMBER_LIGHTPE) {
            /* The division by the largest sum costs the last bit of value: go through the dyadic number. */
            magnitude = ldexp(round(ldexp(fabs(value), frac)), keep - frac) * (double)x[i];
            floored = (int64_t)(sign * floor(magnitude));
            rounded = (int64_t)(sign * round(magnitude));
          }
          if (qy_number_product(&y, &formats[f], x[i], code, keep, QY_DROP_FLOOR, NULL) != QY_OK || y != floored) bad++;
          if (qy_number_product(&y, &formats[f], x[i], code, keep, QY_DROP_ROUND, NULL) != QY_OK || y != rounded) bad++;
        }
    }
  }
  printf("# %zu products\n", tried);
  ok(bad == 0 && tried > 500000, "products equal floor and round of the real product (%zu bad)", bad);

  /* Shifts and adds written out: 16-bit x, 5-bit code, R = 8, sqrt(2) = 1 + 1/4 + 1/8, nothing dropped. */
  qy_number n = qy_number_default(QY_NUMBER_SEGLOG, 5);
  n.root = QY_ROOT_2;
  int frac = qy_number_table(NULL)[QY_NUMBER_SEGLOG].frac_bits(&n), wrong = 0;
  is_int(frac, 10 + 3, "seglog, 5 bits, R = 8: largest shift 10 and 3 bits of the root");
  for (int64_t a = -32768; a < 32768; a += 97)
    for (uint32_t c = 0; c < 15; c++) {
      int shift = c < 8 ? (int)(c + 1) / 2 : (int)c - 4;
      int64_t wide = a * 8, y; /* three fraction bits */
      int64_t sum = c < 8 && c % 2 ? wide + wide / 4 + wide / 8 : wide;
      int64_t expected = sum * 1024 / ((int64_t)1 << shift);
      if (qy_number_product(&y, &n, a, c, frac, QY_DROP_FLOOR, NULL) != QY_OK || y != expected) wrong++;
      if (qy_number_product(&y, &n, a, 16 + c, frac, QY_DROP_FLOOR, NULL) != QY_OK || y != -expected) wrong++;
    }
  is_int(wrong, 0, "seglog: the lossless product is (x + x/4 + x/8) >> shift");
  int64_t y;
  qy_error err = {0};
  is_int(qy_number_product(&y, &n, (int64_t)1 << 24, 0, 0, QY_DROP_FLOOR, &err), QY_BAD_INPUT, "product: x too wide");
  n.root = QY_ROOT_EXACT;
  is_int(qy_number_product(&y, &n, 1, 1, 0, QY_DROP_FLOOR, &err), QY_BAD_INPUT, "product: exact sqrt(2) is refused");
  is_int(qy_number_product(&y, &n, 1, 2, 0, QY_DROP_ROUND, &err), QY_OK, "product: a whole exponent needs no root");
  is_int(y, 1, "product: 1 * 2^-1 rounds half away from zero");
  n = qy_number_default(QY_NUMBER_UNIFORM, 16);
  is_int(qy_number_product(&y, &n, (1 << 24) - 1, 32767, 30, QY_DROP_ROUND, &err), QY_BAD_INPUT,
         "product: a result beyond 64 bits is refused");
}

static void parameters(void)
{
  qy_error err = {0};
  qy_number n = format(QY_NUMBER_BRSLOG, 5);
  near_abs(qy_number_compression(&n), 6.4, 1e-12, "compression at 5 bits is 6.4");
  n = format(QY_NUMBER_UNIFORM, 8);
  near_abs(qy_number_compression(&n), 4, 1e-12, "compression at 8 bits is 4");
  int duplicates = 0, unchecked = 0;
  size_t count;
  const qy_number_info *info = qy_number_table(&count);
  for (size_t i = 0; i < count; i++) {
    if ((size_t)info[i].kind != i || qy_number_find(info[i].name) != (int)i) duplicates++;
    for (int bits = info[i].parameter[0].low; bits <= info[i].parameter[0].high; bits++) {
      n = qy_number_default(info[i].kind, bits);
      if (info[i].kind == QY_NUMBER_LIGHTPE && (bits < 4 || bits % 2)) n.terms = 1;
      if (info[i].kind == QY_NUMBER_LIGHTPE && n.terms == 1 && bits > 5) continue;
      if (qy_number_check(&n, &err) != QY_OK) unchecked++;
    }
  }
  is_int(duplicates, 0, "the table is in the order of the enum and its names are distinct");
  is_int(unchecked, 0, "defaults are valid at every width");
  is_int(qy_number_find("nosuch"), -1, "an unknown name is not found");

  qy_error_clear(&err);
  n = format(QY_NUMBER_SEGLOG, 5);
  is_int(qy_number_set(&n, "split", 3, &err), QY_OK, "split 3 is in range");
  is_int(qy_number_check(&n, &err), QY_BAD_INPUT, "but odd");
  is_text(err.diagnostic[0].text, "seglog: expected split even and at most 16 for 5 bits, found 3", "message, odd R");
  qy_error_clear(&err);
  is_int(qy_number_set(&n, "m_bits", 3, &err), QY_BAD_INPUT, "seglog has no m_bits");
  is_text(err.diagnostic[0].text,
          "seglog: expected a parameter among bits, split, root, log_rounding, found m_bits; did you mean "
          "\"bits\"?",
          "message, unknown parameter");
  qy_error_clear(&err);
  is_int(qy_number_set(&n, "bits", 7, &err), QY_BAD_INPUT, "seglog has at most 6 bits");
  is_text(err.diagnostic[0].text, "seglog: expected bits in [2, 6], found 7", "message, range");
  n = format(QY_NUMBER_LIGHTPE, 7);
  is_int(qy_number_check(&n, NULL), QY_BAD_INPUT, "lightpe: 7 bits are not two terms");
  n = format(QY_NUMBER_AFFINE, 4);
  n.zero_point = 8;
  is_int(qy_number_check(&n, NULL), QY_BAD_INPUT, "affine: zero point outside the codes");
  n = format(QY_NUMBER_UNIFORM, 4);
  n.zero_point = 1;
  is_int(qy_number_check(&n, NULL), QY_BAD_INPUT, "uniform has no zero point");
  n = (qy_number){.kind = QY_NUMBER_KIND_COUNT, .bits = 4};
  is_int(qy_number_check(&n, NULL), QY_BAD_INPUT, "unknown kind");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  uniform(arena);
  powers(arena);
  segmented(arena);
  sums(arena);
  codebooks(arena);
  products();
  parameters();
  qy_arena_free(arena);
  return done();
}
