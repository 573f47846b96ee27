/* Signal quality of what an element computes: its weight format at the precision of a point, and its own arithmetic.
 *
 * 1/SQNR = 1/SQNR of the weights + error power over signal power of the products (both are noise relative to the same
 * signal and independent of each other: Lin, Talathi, Annapureddy, ICML 2016, add layers so).  SQNR of the weights is
 * that at the best scale.  Operands of the error: weights of the distribution, quantized; activations uniform.
 * An error that is a bias, as Mitchell's, counts whole, although a layer's scale could take part of it back.
 * Activations are taken as they come, integers of the precision already; with a distribution given, their own
 * quantization counts as a third term.
 * Error powers are sums over all pairs of operands where those are at most 65,536, else over 16,384 samples of fixed
 * seed (about 1 % of the power, 0.05 dB).  Units: dB; ratios of powers.
 * Ownership: nothing is kept.
 */
#ifndef QUARRY_QUALITY_H
#define QUARRY_QUALITY_H

#include "quarry/activities.h"
#include "quarry/pe.h"
#include "quarry/precision.h"
#include "quarry/sqnr.h"

/* Shape of the generalised Gaussian: between Laplacian (1) and Gaussian (2), as trained convolution weights are. */
#define QY_ELEMENT_SHAPE 1.5

/* The weight format of an element for operands of precision_bits bits: its own codes whatever the precision, or uniform
 * integers as wide as the precision, at most as the weight.  Integers are judged with 2 to 16 bits (16 bits: 85 dB). */
qy_number qy_pe_weight_format(const qy_pe *pe, int precision_bits);

/* Error power over signal power of the element's products in a mode, bit-true simulation against exact products of the
 * same operands: the sum of a cycle's products, or each where they are kept apart.  weights NULL: all words alike, else
 * quantized at their best scale; activations likewise.  0: exact.  Elements whose row says so are believed after 256
 * pairs of any words without an error (tests try all of small widths), the others are measured.  Where the split is an
 * input (brslog) it is the best of those that can be chosen; without weights the last.
 * QY_INFEASIBLE: the element makes no products (`multiplies`). */
qy_status qy_pe_product_error(double *noise_to_signal, const qy_pe *pe, int mode, const qy_signal *weights,
                              const qy_signal *activations, qy_error *err);

/* The weights of an element at a precision: their format at its best scale; of selectable splits the best.  A few
 * milliseconds, unless `known` has it from an earlier run (of a distribution only); NULL: nothing is known. */
typedef struct qy_pe_fit {
  qy_best best;
  int split; /* what the element's input of that name is then */
} qy_pe_fit;
qy_status qy_pe_fit_weights(qy_pe_fit *fit, const qy_pe *pe, int precision_bits, const qy_signal *weights,
                            qy_activities *known, qy_error *err);
/* Does one fit do for both, on the same distribution? */
bool qy_pe_fit_shared(const qy_pe *a, int precision_a, const qy_pe *b, int precision_b);

/* SQNR of what the element computes at precision_bits, in the mode that runs this precision.
 * fit: of its weights at this precision and on this distribution, NULL: found here.  activations NULL: exact.
 * QY_INFEASIBLE: no mode is wide enough, or it makes no products.  With a fit a millisecond, some 20 if approximate. */
qy_status qy_pe_sqnr_db(double *db, const qy_pe *pe, int precision_bits, const qy_signal *weights, const qy_pe_fit *fit,
                        const qy_signal *activations, qy_error *err);

/* 1/SQNR of what an element computes at a precision of weights and of activations, in its parts. */
typedef struct qy_pe_noise {
  double weights;          /* their format on the distribution given, at its best scale */
  double activations;      /* qy_activation_noise, of the width that the element's port takes in at most */
  double products;         /* error power over signal power of the products; operands at their own widths */
  qy_number weight_format; /* qy_pe_weight_format at the width of the weights */
} qy_pe_noise;
/* At one width weights + products is what qy_pe_sqnr_db says without activations.  In the mode of the wider operand, of
 * weights as wide as their port at most.  fit: of the weights at precision.weights, NULL: found here.
 * QY_INFEASIBLE as there. */
qy_status qy_pe_noise_at(qy_pe_noise *noise, const qy_pe *pe, qy_precision precision, const qy_signal *weights,
                         const qy_pe_fit *fit, qy_error *err);

#endif
