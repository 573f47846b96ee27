/* ONNX models as networks: the graph of layers, the shapes of its tensors and the weights of its layers.
 *
 * Read by protobuf-c from Debian's onnx.proto; sizes by inference of our own, as value_info is often missing.  What
 * becomes a layer, so that products and weights are exact:
 *   Conv, QLinearConv, ConvInteger   1-D (as height 1), 2-D; 3-D with slices of the output as images and a kernel's
 *                                    depth as channels
 *   ConvTranspose                    stride 1: the convolution with the flipped kernel; else a 1x1 convolution to all
 *                                    taps, and col2im, which adds them up; 3-D: the sums are no layer
 *   Gemm, MatMul and their kin       weights in the file: fc or pwconv; two tensors that are both computed (attention):
 *                                    a 1x1 convolution with one group per matrix, a@b: the second tensor is activations
 *   LSTM, GRU, RNN                   pwconv of the inputs and pwconv of the state, a position per step
 *   pools, means over a whole map    pool
 *   sums of two maps or more         add; Concat of channels: concat; a map times 1x1: '*' at the layer that reads it
 *   Split, Slice along channels      no layer: what makes the channels is written as a layer for each part, NAME.0 ...
 * Elementwise functions, quantizers and changes of shape are no layers: edges pass through them while sizes agree.
 * Whatever else was met is named in the notes; a layer behind it reads "-".
 *
 * Ownership: a model owns its texts and the file's contents; qy_onnx_free frees them.  Weights live in the arena given.
 */
#ifndef QUARRY_ONNX_H
#define QUARRY_ONNX_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct qy_onnx qy_onnx;

/* What stands for a symbolic dimension. */
typedef struct qy_onnx_dim {
  const char *name; /* as in the model: "height", or INPUT.AXIS for one without a name */
  int64_t size;     /* [1..2^24] */
} qy_onnx_dim;

typedef struct qy_onnx_options {
  int64_t batch;          /* for the first dimension of an input where it is symbolic and not in dim; >= 1 */
  const qy_onnx_dim *dim; /* [dim_count] */
  size_t dim_count;
} qy_onnx_options;

/* Read a model and make its layers.  Free with qy_onnx_free, on failure too (*onnx is then NULL).
 * QY_BAD_INPUT: missing, not an ONNX model or cut short, one that contradicts itself (kernel_shape against weights, a
 * tensor made twice, nodes that wait for each other, two sizes for one dimension), messages nested deeper than 100,
 * a graph without nodes, more
 * than QY_NETWORK_LAYERS_MAX layers, a symbolic dimension that a layer needs and is not set, a name in dim that the
 * model lacks. */
qy_status qy_onnx_read(qy_onnx **onnx, const char *file, const qy_onnx_options *options, qy_error *err);
/* The same for `length` bytes that came from `file` (external weights are looked for beside it); they are copied. */
qy_status qy_onnx_bytes(qy_onnx **onnx, const char *file, const void *bytes, size_t length,
                        const qy_onnx_options *options, qy_error *err);
void qy_onnx_free(qy_onnx *onnx);

/* QY_BAD_INPUT when the model has no layer at all: which operators it has. */
qy_status qy_onnx_check_layers(const qy_onnx *onnx, qy_error *err);

/* Append the network in the format of db/networks, for qy_network_read, under a comment that names the model.  Layers
 * of which others read parts are several rows there, and one of qy_onnx_layer_count. */
void qy_onnx_network_csv(qy_text *out, const qy_onnx *onnx);

/* What a user should know: operators left out, edges cut, approximations, weights that are absent. */
typedef struct qy_onnx_note {
  const char *op, *node; /* operator, and the first node it is about; "" */
  size_t count;          /* nodes */
  const char *text;
} qy_onnx_note;
const qy_onnx_note *qy_onnx_notes(size_t *count, const qy_onnx *onnx);

/* A tensor of the graph, in the order met. */
typedef struct qy_onnx_shape {
  const char *name;
  int rank;           /* -1: not known */
  const int64_t *dim; /* [rank], -1: not known */
} qy_onnx_shape;
size_t qy_onnx_tensor_count(const qy_onnx *onnx);
qy_onnx_shape qy_onnx_tensor(const qy_onnx *onnx, size_t i); /* i < count */

size_t qy_onnx_layer_count(const qy_onnx *onnx);

/* The weights of a layer, one row per output channel: within it input channels of its group, then taps. */
typedef struct qy_onnx_weights {
  const char *layer;
  size_t rows, columns; /* columns: weights of one output channel */
  const float *value;   /* [rows * columns]; NULL: the layer has none in the file */
  const char
      *absent;   /* why value is NULL: "no products", "computed by the network", "not in the file" ...; else NULL */
  bool integers; /* stored as floating point, no scale, and every one is a whole number: a scale may be missing */
  bool unscaled; /* stored as integers, and the file has no scale for them (MatMulInteger, ConvInteger) */
} qy_onnx_weights;
/* Of layer i < qy_onnx_layer_count.  Quantized weights are multiplied out (DequantizeLinear, the scales of QLinear
 * operators).  QY_BAD_INPUT: an external file that is absent, outside the model's folder or too short; contents of
 * another length than the shape. */
qy_status qy_onnx_layer_weights(qy_onnx_weights *weights, const qy_onnx *onnx, size_t i, qy_arena *arena,
                                qy_error *err);

/* What an import reads: the model and its external files, each once.  Lives in the arena; QY_NO_MEMORY. */
qy_status qy_onnx_files(const char *const **file, size_t *count, const qy_onnx *onnx, qy_arena *arena, qy_error *err);

#endif
