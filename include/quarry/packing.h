/* Several products in one DSP slice: where their operands stand on the two ports, and what is made of the result.
 *
 * n weights stand on one port, m activations on the other, at equal distances, so that the slice multiplies two sums
 * of powers of two and its result holds the wanted words in fields.
 *   kernel 1   every weight meets every activation, each product in a field of its own: n m products
 *   kernel k   1-D convolution of n weights of a kernel row with m activations: n + m - 1 fields, field f is the sum of
 *              w[i] a[j] with i + j = f.  A row of k weights takes ceil(k / n) slices, so that a slice does
 *              k m / ceil(k / n) useful products: the count that the published factors follow (AnyPacking of
 *              DeepBurning-MixQ, ICCAD 2023), but for one of 98
 * A constant behind the product keeps fields from borrowing of those above: the adder of the slice adds it (or an
 * accumulator starts with it), and a field is then read as it stands, less its share of the constant.
 * Fields may overlap by a few bits: the low bits of the upper one follow from the low bits of its operands, which takes
 * what is left of it out of the lower one.
 * Words: bit patterns and signed values of at most 64 bits.  Ownership: plain values; circuits live in their arena.
 */
#ifndef QUARRY_PACKING_H
#define QUARRY_PACKING_H

#include "quarry/dsp.h"

enum { QY_PACKING_OPERANDS_MAX = 16, QY_PACKING_FIELDS_MAX = 32, QY_PACKING_BITS_MAX = 16, QY_PACKING_OVERLAP_MAX = 4 };

/* Whether signed words may be asked to leave out their most negative value, where a port has no room for it: -2^(b-1)
 * in the topmost word and a borrow from below need one bit more. */
typedef enum qy_packing_range { QY_PACKING_AUTO, QY_PACKING_FULL, QY_PACKING_RANGE_COUNT } qy_packing_range;
extern const char *const qy_packing_range_names[QY_PACKING_RANGE_COUNT + 1]; /* "auto", "full"; NULL at the end */

typedef struct qy_packing_ask {
  int weight_bits, activation_bits; /* [1..QY_PACKING_BITS_MAX], signed ones from 2 on */
  bool weight_signed, activation_signed;
  int kernel;  /* weights of a kernel row, [1..QY_PACKING_OPERANDS_MAX] */
  int sums;    /* results added up before they are split, >= 1 */
  int overlap; /* bits by which fields may overlap, [0..QY_PACKING_OVERLAP_MAX] */
  qy_packing_range range;
  qy_dsp_kind slice;
} qy_packing_ask;

/* A field of the result, of as many results as are asked for. */
typedef struct qy_packing_field {
  int low;      /* its lowest bit */
  int bits;     /* of the field once its bias is added: [0, 2^bits) */
  int products; /* of one result */
  int64_t bias; /* what is added so that it is not negative; 2^(bits - 1): its top bit turns, nothing else */
} qy_packing_field;

typedef struct qy_packing {
  double products;  /* useful ones of a slice in a cycle */
  int64_t sums_max; /* results that can be added up before fields run over */
  int64_t
      sums_read; /* the same when fields are read as they are, without bias, as numbers of `step` bits; 0: overlap */
  qy_packing_ask ask;
  int weights, activations;                      /* on their ports */
  int weight_step, activation_step, step;        /* bits from one word to the next; fields: step */
  int overlap;                                   /* bits that neighbouring fields may share */
  bool weights_wider;                            /* weights stand on the wider port */
  bool weight_leaves_out, activation_leaves_out; /* its most negative value */
  int fields;
  qy_packing_field field[QY_PACKING_FIELDS_MAX];
} qy_packing;

/* The placement of most products; of those the one of fewest overlapping bits, then of the widest fields.  Steps and
 * counts are tried exhaustively: at equal products equal distances are best, for the narrowest field decides.
 * QY_BAD_INPUT: a width, kernel, number of sums or overlap out of range; QY_INFEASIBLE: not even one product fits. */
qy_status qy_packing_find(qy_packing *packing, const qy_packing_ask *ask, qy_error *err);

/* Field of the product of weight i and activation j. */
int qy_packing_field_of(const qy_packing *p, int weight, int activation);
/* Range of the words that may stand on the ports. */
void qy_packing_weight_range(const qy_packing *p, int64_t *low, int64_t *high);
void qy_packing_activation_range(const qy_packing *p, int64_t *low, int64_t *high);

/* The slice: what its multiplier gives for these words, its ports cut to their widths, added to `sum`; modulo 2^sum. */
uint64_t qy_packing_multiply(const qy_packing *p, const int64_t *weight, const int64_t *activation, uint64_t sum);
/* What an accumulator starts with. */
uint64_t qy_packing_start(const qy_packing *p);
/* Fields of a result or a sum of results; low[f]: the low bits of the true field, of which only as many are looked at
 * as overlap. */
void qy_packing_split(const qy_packing *p, uint64_t sum, const uint64_t *low, int64_t *field);

/* A proof that fields come out as the products and sums they stand for. */
typedef struct qy_packing_proof {
  bool exact;      /* no vector differs and the bounds hold */
  bool exhaustive; /* all combinations of operands were tried, one result each */
  int64_t vectors; /* tried: all; or all corners of the ranges that fit and random ones, added up as often as asked */
  bool bounds;     /* ports hold every word, fields every sum: by exact arithmetic on their ranges */
} qy_packing_proof;
/* All vectors when they are at most 2^exhaustive_bits. */
qy_packing_proof qy_packing_prove(const qy_packing *p, int exhaustive_bits);

/* Packing, slice, split and correction as a finished circuit: inputs w0.. and a0.., with sums > 1 `clear`, which starts
 * a new sum with the operands of the same cycle; outputs y0.., one cycle of operand registers and one of the sum later.
 * A wrong circuit shows as QY_INTERNAL; QY_NO_MEMORY. */
qy_status qy_packing_circuit(qy_circuit **c, const qy_packing *p, const char *name, qy_arena *arena, qy_error *err);
/* A stimulus of that circuit (qy_stimulus; ctx: a qy_packing_player): corners first, then random words, sums as long as
 * asked for. */
typedef struct qy_packing_player {
  const qy_packing *packing;
  uint64_t random; /* any start */
} qy_packing_player;
void qy_packing_play(void *ctx, int64_t cycle, uint64_t *inputs);
/* Bits of output y[f], which is signed unless both operands are unsigned. */
int qy_packing_output_bits(const qy_packing *p, int field);

#endif
