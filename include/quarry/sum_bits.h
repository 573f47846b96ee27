/* Widths of what a layer adds up: its sums, its biases, and the accumulator that the element has for them.
 *
 * Numbers are two's complement and nothing is rounded, saturated or known of the operands, so that these are the widths
 * at which no sum can overflow.  A product of operands of w and a bits lies in -2^(w+a-2) + 2^(min(w,a)-1) ..
 * 2^(w+a-2), the largest where both are the most negative numbers.  A sum of n of them needs b bits, the least with
 *     n 2^(w+a-2) <= 2^(b-1) - 1,     b = w + a + floor(log2 n);
 * that is w + a + ceil(log2 n), as it is often written, where n is a power of two, and one bit less elsewhere.
 * A bias has the scale of the sums.  One wider than they are would leave all results on one side of zero, so it has
 * their width; so has the correction z sum w of affine activations (accelerator.h), z having the width of an
 * activation. Each of the two that is added to a sum takes it one bit further at most.
 * Pure: nothing is allocated or kept.
 */
#ifndef QUARRY_SUM_BITS_H
#define QUARRY_SUM_BITS_H

#include "quarry/accelerator.h"

typedef struct qy_sum_bits {
  int sum;         /* of the products of one result */
  int bias;        /* as wide as the sum */
  int with_bias;   /* both added */
  int accumulator; /* what the element adds up in; 0: it has none of its own */
} qy_sum_bits;

/* Products of one result of a layer that multiplies: Kh Kw Cin / groups. */
int64_t qy_layer_sum_products(const qy_layer *layer);

/* Bits of a sum of n >= 1 products of operands of this precision. */
int qy_sum_bits_of(int64_t products, qy_precision precision);

/* Those of a layer that multiplies, on an element.  Weights wider than its port have the port's width.  Where its
 * weights are codes, the largest product is that of the code with the largest weight (qy_number_product), in the units
 * of the element's own sums, and the width is the least that holds n of them, at most 64. */
qy_sum_bits qy_layer_sum_bits(const qy_layer *layer, const qy_pe *pe, qy_precision precision);

#endif
