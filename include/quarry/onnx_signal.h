/* The signal that a number format leaves of an ONNX model: its network run in real numbers and in codes, side by side.
 *
 * In the network of codes, as an integer accelerator computes it:
 *   weights of a layer (batch normalization folded in)  W of the format (number.h) at the layer's best scale
 *   activations x that a layer, pool or sum reads       round(x / s) in n bits, s = max |x| / (2^(n-1) - 1) of the real
 *                                                       network, one per tensor; n bits without sign where x >= 0
 *   sums                                                sum of codes times W, exact, plus the bias at the sums' scale
 * Functions between layers (Relu, Clip) act on the sums before they are rounded to codes; the factor from sums to codes
 * is a real number.  Doubles hold the sums exactly (below 2^53).  A format with exact factors sqrt(2) has no integer
 * form: its W are real.  A constant that an Add brings (a bias behind MatMul) is added to the sums as it is.
 * Read: Conv of 1 or 2 dimensions, Gemm and MatMul with a matrix of weights of the file on either side,
 * BatchNormalization behind Conv, Relu,
 * Clip, MaxPool, AveragePool, GlobalAveragePool, Add, Flatten, Reshape, Squeeze, Unsqueeze, Identity, Dropout, and
 * Softmax at the end, which is left out.
 * Ownership: results live in the arena given.
 */
#ifndef QUARRY_ONNX_SIGNAL_H
#define QUARRY_ONNX_SIGNAL_H

#include "quarry/number.h"
#include "quarry/onnx.h"

enum { QY_ONNX_ACTIVATION_BITS_MIN = 2, QY_ONNX_ACTIVATION_BITS_MAX = 16 };

/* 10 log10(sum x^2 / sum (x - q)^2) in dB; +inf where they are equal. */
typedef struct qy_onnx_signal {
  const char *layer; /* node */
  double weight_db;  /* of its weights, batch normalization folded in */
  double output_db;  /* of its sums, with everything before it in codes */
} qy_onnx_signal;

typedef struct qy_onnx_signals {
  size_t count;
  const qy_onnx_signal *layer; /* [count] layers with weights, in order */
  double output_db;            /* of the graph's first output */
} qy_onnx_signals;

/* What a run may take: tensors and codes held at once, GiB; products of both networks, 10^9. */
typedef struct qy_onnx_limits {
  double gib, giga_products;
} qy_onnx_limits;

/* input: [count] values for the graph's one input, repeated from the start when there are fewer than it takes.
 * weights: a format that qy_number_check accepts.  QY_BAD_INPUT: an operator that is not read (named), weights that are
 * not in the file, more than one input, an unknown size, more than the limits (what it would take is said). */
qy_status qy_onnx_measure(qy_onnx_signals *signals, const qy_onnx *onnx, const double *input, size_t count,
                          const qy_number *weights, int activation_bits, const qy_onnx_limits *limits, qy_arena *arena,
                          qy_error *err);
size_t qy_onnx_input_count(const qy_onnx *onnx); /* values that the first input takes; 0: not known */

#endif
