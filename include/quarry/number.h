/* Number formats: bit-true codes, values and level sets of the quantizers of the literature.
 *
 * A format is a row of one const table (name, help, code layout, parameters, functions) and a plain parameter struct.
 * The value of a code is scale * W / full, times sqrt(2) for the odd half exponents of an exact logarithmic format:
 * W is the signed integer a hardware element multiplies by, full the integer that stands for the full scale (FS).
 * scale belongs to the layer, not to the format: values reach from -scale to scale (affine: shifted by the zero point).
 *
 * Code words (bit code_bits-1 on top; `layout` of each row repeats this for users).  In the sign-magnitude formats the
 * top bit is the sign (1: negative) and the rest the magnitude code c:
 *   uniform    two's complement q, W = q; the most negative word is unused.  midrise: W = 2q + 1, all words used.
 *   affine     two's complement q, W = q - zero_point.  Without full_range the most negative word is unused.
 *   pot, deepshift
 *              sign | c.  c all ones: zero.  Else |W| / full = 2^-c: c is the right shift.
 *   seglog, brslog
 *              sign | c.  c all ones: zero.  Else |W| / full = 2^-e(c), e = c/2 for c < R, c - R/2 for c >= R, R even.
 *              Half exponents e = s - 1/2 are root * 2^-s, root = sqrt(2) or its shift-add form: shift s = ceil(e).
 *   inq        sign | zero flag | c.  Flag set: zero.  Else |W| / full = 2^-c.
 *   lightpe    terms of bits/terms bits each, first on top; a term is sign | c and stands for +-2^-c; no zero code.
 *              full is `terms` (in units of the largest power): two equal terms of c = 0 make the full scale.
 *   sp2        sign | k1 (m1 bits) | k2 (m2 bits), m1 = ceil((bits-1)/2).  k = 0: term absent, else 2^-k.
 *   apot       sign | a (2 bits) | b (2 bits) | c ...; field 0: term absent, field i: i-th power of that field's set;
 *              an odd number of magnitude bits makes the last field 1 bit wide.
 *   codebook   sign | s | n | m, |W| = 2^s (2^n M + 1) with M = m, or, m_odd, M = 0, 1, 3, 5, ... for m = 0, 1, 2, 3;
 *              n all ones: zero.  Widths: qy_codebook_fields.  Words with |W| > 2^(bits-1) are unused.  full is
 *              2^(bits-1) - 1, so the top level 2^(bits-1) lies just above the full scale.
 * Several words may stand for one value (negative zero, 1/2 + 1/4 written twice): encode produces the smallest word.
 *
 * Encoding is to the nearest value, ties away from zero, clipped at the ends; options: log_rounding (nearest in the
 * logarithm: Miyashita et al., arXiv 1603.01025; DeepShift) and bias (2^-16 of a step is subtracted before rounding
 * half away from zero: Turin group, qkeras-mod).
 * Sources of level sets: at each function in src/number/.
 * Ownership: tables are static; levels live in the arena given.
 */
#ifndef QUARRY_NUMBER_H
#define QUARRY_NUMBER_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum qy_number_kind {
  QY_NUMBER_UNIFORM,
  QY_NUMBER_AFFINE,
  QY_NUMBER_POT,
  QY_NUMBER_DEEPSHIFT,
  QY_NUMBER_INQ,
  QY_NUMBER_SEGLOG,
  QY_NUMBER_BRSLOG,
  QY_NUMBER_LIGHTPE,
  QY_NUMBER_SP2,
  QY_NUMBER_APOT,
  QY_NUMBER_CODEBOOK,
  QY_NUMBER_KIND_COUNT
} qy_number_kind;

/* Shift-add forms of sqrt(2) (reference: error of each in percent). */
typedef enum qy_root {
  QY_ROOT_EXACT, /* sqrt(2): no hardware form */
  QY_ROOT_1,     /* 1 + 1/2: +6.07 */
  QY_ROOT_2,     /* 1 + 1/4 + 1/8: -2.77 */
  QY_ROOT_2S,    /* 1 + 1/2 - 1/16: +1.65 */
  QY_ROOT_3,     /* 1 + 1/4 + 1/8 + 1/32: -0.56 */
  QY_ROOT_COUNT
} qy_root;

/* A format with its parameters.  Fields a kind does not list in its table row are 0.  Start from qy_number_default. */
typedef struct qy_number {
  qy_number_kind kind;
  int bits;         /* word width of the operand; of a codebook: width of the integers it approximates */
  int split;        /* seglog, brslog: R, even, [0..2^(bits-1)]: codes below R step by sqrt(2) */
  int root;         /* seglog, brslog: a qy_root */
  int m_bits;       /* codebook: 2, 3 or 4 */
  int m_odd;        /* codebook: 1: the m field indexes 0, 1, 3, 5, ... */
  int terms;        /* lightpe: 1 or 2 */
  int zero_point;   /* affine: the code of value 0 */
  int full_range;   /* affine: 1: the most negative word is used too */
  int midrise;      /* uniform: 1: 2^bits levels, none of them zero */
  int bias;         /* uniform, affine: 1: subtract 2^-16 before rounding */
  int log_rounding; /* pot, deepshift, seglog, brslog: 1: nearest exponent instead of nearest value */
} qy_number;

/* One parameter of a row: for experiment files, --param and help. */
typedef struct qy_number_parameter {
  const char *name;
  int low, high, standard; /* standard: the default; dependent limits (R even, ...) are checked by qy_number_check */
  const char *help;
  size_t offset; /* of the int in qy_number */
} qy_number_parameter;

enum { QY_NUMBER_PARAMETERS_MAX = 5 };

typedef struct qy_number_info {
  qy_number_kind kind;
  bool chooses_split; /* R is chosen for each layer */
  bool linear;        /* value = step * integer: encode without a search */
  const char *name;
  const char *help;
  const char *layout;                                      /* bits of the code word, top first */
  qy_number_parameter parameter[QY_NUMBER_PARAMETERS_MAX]; /* bits first; name NULL: no more */
  int (*code_bits)(const qy_number *number);
  /* Integer weight of a code word and whether an exact sqrt(2) goes with it; false: an unused word. */
  bool (*weight)(const qy_number *number, uint32_t code, int64_t *w, bool *root2);
  int64_t (*full)(const qy_number *number);
  int (*frac_bits)(const qy_number *number); /* fraction bits of W: the hardware weight is W * 2^-frac_bits */
} qy_number_info;

const qy_number_info *qy_number_table(size_t *count); /* in the order of the enum; for `list formats` and help */
int qy_number_find(const char *name);                 /* kind, or -1 */

/* The kind with its default parameters at this width (seglog, brslog: R = 2^(bits-2)); not checked. */
qy_number qy_number_default(qy_number_kind kind, int bits);
/* Set a parameter by name. QY_BAD_INPUT: unknown for this kind (known ones listed) or out of range. */
qy_status qy_number_set(qy_number *number, const char *name, int64_t value, qy_error *err);
/* QY_BAD_INPUT: a parameter out of range or at odds with another, or one set that the kind does not have. */
qy_status qy_number_check(const qy_number *number, qy_error *err);

int qy_number_code_bits(const qy_number *number);               /* stored bits per weight */
double qy_number_compression(const qy_number *number);          /* 32 / stored bits */
double qy_number_value(const qy_number *number, uint32_t code); /* at scale 1; NaN: an unused word */

/* Field widths of a codebook word. */
typedef struct qy_number_fields {
  int s_bits, n_bits, m_bits;
} qy_number_fields;
/* Of a codebook format that qy_number_check accepts. */
qy_number_fields qy_codebook_fields(const qy_number *number);
int qy_codebook_m(const qy_number *number, int field); /* multiplier M that an m field stands for */

/* Exponents of the APoT field sets, for circuits: power of field `field`, value i in [1..3]; 0: not there. */
int qy_apot_exponent(int bits, int field, int i);
int qy_apot_field_bits(int bits, int field); /* 0: no such field */

/* Logarithmic code c (no sign) taken apart: right shift and whether the root factor applies; false: zero. */
bool qy_seglog_decode(const qy_number *number, uint32_t c, int *shift, bool *odd);
/* The shift-add root as numerator / 2^root_bits; QY_ROOT_EXACT gives 0 / 1. */
int qy_root_numerator(int root, int *root_bits);

/* What a hardware element computes for activation x (|x| < 2^24): the exact integer product x * W, then frac_bits -
 * keep_bits fraction bits dropped (keep_bits beyond frac_bits appends zeros).  QY_DROP_FLOOR drops them from the
 * magnitude path before the sign is applied: y = sign(W) * floor(x * |W| / 2^drop), as a shifter followed by a
 * conditional negate does; QY_DROP_ROUND rounds half away from zero.
 * The format must have an integer W for the code (root not QY_ROOT_EXACT where it matters), keep_bits in [0..30]. */
typedef enum qy_drop { QY_DROP_FLOOR, QY_DROP_ROUND } qy_drop;
/* QY_BAD_INPUT: an unused word, a code with a factor sqrt(2) that has no integer form, keep_bits out of range. */
qy_status qy_number_product(int64_t *product, const qy_number *number, int64_t x, uint32_t code, int keep_bits,
                            qy_drop drop, qy_error *err);

/* The level set at scale 1. */
typedef struct qy_levels {
  qy_number number;
  const qy_number_info *info;
  size_t count;            /* distinct values */
  const double *value;     /* ascending */
  const uint32_t *code;    /* smallest word of each value */
  const double *threshold; /* count - 1: x below threshold[i] goes to a level <= i, above it to one > i */
  double tie_zero;         /* a tie at threshold t goes up when t >= tie_zero, else down */
  bool symmetric;          /* values and thresholds mirror at 0 */
} qy_levels;

/* QY_BAD_INPUT: a format that qy_number_check refuses; QY_NO_MEMORY.  O(words log words). */
qy_status qy_levels_build(qy_levels **levels, const qy_number *number, qy_arena *arena, qy_error *err);
size_t qy_levels_nearest(const qy_levels *levels, double x); /* index of the level for x at scale 1; O(log count) */

/* Arrays: scale > 0, x finite.  decode of an unused word gives NaN.  x and out may be the same array in qy_quantize. */
void qy_encode(const qy_levels *levels, double scale, const double *x, size_t count, uint32_t *code);
void qy_decode(const qy_levels *levels, double scale, const uint32_t *code, size_t count, double *x);
void qy_quantize(const qy_levels *levels, double scale, const double *x, size_t count, double *out);

/* Scale and zero point of an affine format for values in [low, high], low < high (Turin group: scale from max |x|,
 * zero point from the range). */
void qy_affine_from_range(qy_number *number, double *scale, double low, double high);
/* INQ's full scale: 2^floor(log2(4 max / 3)) (Zhou et al., arXiv 1702.03044). */
double qy_inq_scale(double max_abs);

#endif
