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

/* The values of a tensor, of one image after another. */
typedef struct qy_onnx_values {
  const char *name; /* of an output; not looked at in an input */
  size_t count;
  const double *value; /* [count]; NULL: not computed */
} qy_onnx_values;

/* 10 log10(sum x^2 / sum (x - q)^2) in dB; +inf where they are equal. */
typedef struct qy_onnx_signal {
  const char *layer;                /* node */
  double weight_db;                 /* of its weights, batch normalization folded in */
  double output_db;                 /* of its sums, with everything before it in codes */
  int weight_bits, activation_bits; /* of the codes in a quantized model; 0: real numbers, or not a quantized model */
} qy_onnx_signal;

typedef struct qy_onnx_signals {
  size_t count;
  const qy_onnx_signal *layer; /* [count] layers with weights, in order */
  double output_db;            /* of the graph's first output */
  size_t output_count;
  const qy_onnx_values *output; /* [output_count] of the network of codes: integers where they are of an integer type */
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
/* ---- quantized models ---- */

/* Does the model have codes of its own: QuantizeLinear, QLinear operators, ConvInteger and their kin? */
bool qy_onnx_is_quantized(const qy_onnx *onnx);

/* What the first input can be without saturation.  low = high: not known. */
typedef struct qy_onnx_range {
  double low, high;
  bool whole; /* the input is of an integer type: whole numbers of low to high */
} qy_onnx_range;
qy_onnx_range qy_onnx_input_range(const qy_onnx *onnx);

/* Run a quantized model in its own codes, beside the same graph in real numbers, in which nothing is rounded or
 * saturated and weights are what their codes stand for.
 *   y = saturate(round(x / scale) + zero), halves to even; sums of (x - zero) (w - zero) exact, in 32 bits
 *   DequantizeLinear -> Conv, MatMul, Gemm -> QuantizeLinear   runs as such sums, with a bias of their scale in them
 * A range of codes that begins at its zero point is a Relu, in real numbers too: exporters leave the Relu out.
 * Run: QuantizeLinear, DequantizeLinear (one scale, or one per channel; 8, 16 and 32 bits), DynamicQuantizeLinear,
 * Conv, ConvInteger, QLinearConv of 1 or 2 dimensions, Gemm, MatMul, MatMulInteger, QLinearMatMul (both operands may be
 * computed), MaxPool, AveragePool, GlobalAveragePool, Add, Sub, Mul, Div, Concat and the QLinear forms of ONNX Runtime
 * of Add, Mul, Concat and means, Relu, Clip, Transpose, Flatten, Reshape, Squeeze, Unsqueeze, Identity, Dropout, Cast
 * to floating point, and Softmax at the end, which is left out.  Other operators are refused by name.
 * input: [inputs] one for each input of the graph that is no initializer, in order.  weight_db of the layers is NaN.
 * QY_BAD_INPUT as qy_onnx_measure, and: scales that are not above 0, sums beyond 32 bits, no code in an integer input.
 */
qy_status qy_onnx_run(qy_onnx_signals *signals, const qy_onnx *onnx, const qy_onnx_values *input, size_t inputs,
                      const qy_onnx_limits *limits, qy_arena *arena, qy_error *err);

size_t qy_onnx_input_count(const qy_onnx *onnx); /* values that the first input takes; 0: not known */

#endif
