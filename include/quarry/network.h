/* Neural networks as graphs of layers: db/networks/NAME.csv, or a file of your own.
 *
 * One line of the file is one layer.  Its columns, their defaults, the rules of the graph and an example stand in one
 * place, src/network/columns.c; `quarry describe network --format-help` prints them.  csv.h has quoting and comments.
 *
 * Sizes are in elements, of one image.  In each direction a kernel of k taps with dilation d covers (k - 1) d + 1
 * inputs, and there are
 *     out = floor((in + pad before + pad after - ((k - 1) d + 1)) / stride) + 1     outputs.
 * A col2im goes the other way: each input is spread over what the kernel covers, stride apart, and there are
 *     out = (in - 1) stride + (k - 1) d + 1 - pad before - pad after                outputs.
 * Edges run from a layer to those that read its output, always from an earlier line to a later one: the order of the
 * file is a topological order.
 *
 * Ownership: a network and everything in it live in the arena given to the reader.
 */
#ifndef QUARRY_NETWORK_H
#define QUARRY_NETWORK_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QY_NETWORK_LAYERS_MAX = 10000 };

typedef enum qy_layer_type {
  QY_LAYER_CONV,   /* convolution, in groups or not */
  QY_LAYER_DWCONV, /* depthwise: one group per input channel */
  QY_LAYER_PWCONV, /* pointwise: 1x1, one group.  A file may say conv: such a layer is read as pointwise */
  QY_LAYER_FC,     /* fully connected: 1x1 input and kernel; takes a whole map flattened */
  QY_LAYER_POOL,   /* maximum or mean over the kernel, no multiplications */
  QY_LAYER_ADD,    /* sum of two or more maps of one size (residual), no multiplications */
  QY_LAYER_CONCAT, /* maps of one height and width, channels one after another, no multiplications */
  QY_LAYER_COL2IM, /* sums of products of taps: in_c = out_c x taps, taps of an output channel one after another; what
                      follows the products of a transposed convolution, no multiplications */
  QY_LAYER_TYPE_COUNT
} qy_layer_type;

typedef struct qy_layer {
  const char *name;
  qy_layer_type type;
  int64_t batch;                                    /* images that go through together, [1..2^24] */
  int64_t in_h, in_w, in_c, out_c;                  /* [1..2^24] */
  int64_t kernel_h, kernel_w;                       /* taps, [1..2^24] */
  int64_t stride_h, stride_w;                       /* [1..2^24] */
  int64_t dilation_h, dilation_w;                   /* from a tap to the next, [1..2^24]; 1: no gaps */
  int64_t pad_top, pad_bottom, pad_left, pad_right; /* zeros, [0..what the kernel covers); col2im: outputs cut off,
                                                       and below or on the right from 1 - stride: zeros added */
  int64_t groups;                                   /* divides in_c and out_c */
  int64_t out_h, out_w;                             /* derived, >= 1 */
  int64_t macs, weights;                            /* derived; multiply-accumulates of one image; no biases */
  int weight_bits, activation_bits;                 /* of a quantized network, [1..32]; 0: not stated */
  bool computed;          /* the second operand is no weights of the network but activations: weights is 0 */
  const size_t *input;    /* [input_count] layers whose output it reads: indices, in order */
  size_t input_count;     /* 0: reads the network's input, or a layer that is not known */
  bool gated;             /* the last input is 1x1 and scales the channels of the others */
  bool paired;            /* the last input is the second operand: all of its output */
  const size_t *consumer; /* [consumer_count] layers that read its output, rising */
  size_t consumer_count;  /* 0: an output of the network, or not known */
} qy_layer;

typedef struct qy_network {
  const char *name, *file;
  const char *text; /* the file, verbatim: goes into the results database */
  char sha256[65];  /* of text */
  size_t layer_count;
  qy_layer *layer; /* in file order; edges are indices into it */
} qy_network;

/* Read and check a network.  `name` is a path (it holds a '/' or ends in .csv) or the name of a file in
 * <db_dir>/networks/.  QY_BAD_INPUT with file, line and column, what was expected and what was found: missing or
 * unknown column, wrong number of fields, not an integer in range, unknown type, name used twice, groups that do not
 * divide the channels, a kernel larger than the padded input, padding not smaller than the kernel, sizes that
 * contradict the type, macs or params that disagree, overflow of 64 bits, no layers or more than
 * QY_NETWORK_LAYERS_MAX; an input that is unknown, on a later line (so there are no cycles), named twice, or of
 * another size. */
qy_status qy_network_read(qy_network **network, const char *db_dir, const char *name, qy_arena *arena, qy_error *err);
/* The same for text of `length` bytes (not changed) that came from, or is to become, `file`. */
qy_status qy_network_text(qy_network **network, const char *file, const char *text, size_t length, qy_arena *arena,
                          qy_error *err);

/* Successors or predecessors of layer i, [0..layer_count): *count of them, indices into network->layer.  NULL when
 * there are none.  The array belongs to the network. */
typedef enum qy_layer_side { QY_SIDE_INPUTS, QY_SIDE_CONSUMERS } qy_layer_side;
const size_t *qy_network_edges(size_t *count, const qy_network *network, size_t i, qy_layer_side side);

/* A column of the file. */
typedef struct qy_network_column {
  const char *name;
  const char *otherwise; /* what an empty cell or a missing column means; "" where there must be one */
  const char *help;
} qy_network_column;
const qy_network_column *qy_network_columns(size_t *count); /* static table of all columns */
const char *qy_network_format(void);                        /* static text: rules and an example, lines end in '\n' */

/* Which layers: by type and by name pattern.  types is a set of bits 1u << qy_layer_type; 0 means all that multiply.
 * A pointwise layer is a convolution too: the conv bit takes it, the pwconv bit takes nothing else.
 * name is an fnmatch pattern; NULL: all. */
typedef struct qy_layer_filter {
  unsigned types;
  const char *name;
} qy_layer_filter;

bool qy_layer_matches(const qy_layer *layer, const qy_layer_filter *filter);

/* Layers that match, in order, into an array in the arena. Zero matches is QY_BAD_INPUT naming what there is. */
qy_status qy_network_select(const qy_layer ***layers, size_t *count, const qy_network *network,
                            const qy_layer_filter *filter, qy_arena *arena, qy_error *err);

/* A product of matrices, m x k times k x n, as a layer: a 1 x 1 convolution of m positions.  Its counts of products and
 * weights are left at 0, and it has no edges. */
qy_layer qy_layer_product(const char *name, int64_t m, int64_t n, int64_t k);

const char *qy_layer_type_name(qy_layer_type type); /* "dwconv" */
bool qy_layer_multiplies(qy_layer_type type);       /* false: pool, add, concat, col2im */

/* Its inputs that are maps which it reads: without what scales them or is the second operand. */
static inline size_t qy_layer_maps(const qy_layer *layer)
{
  return layer->input_count - layer->gated - layer->paired;
}

/* Values that stand where weights do: the weights, or the second operand of a product of two activations. */
static inline int64_t qy_layer_operands(const qy_layer *layer)
{
  return layer->computed ? layer->out_c * (layer->in_c / layer->groups) * layer->kernel_h * layer->kernel_w
                         : layer->weights;
}

/* Outputs of a col2im in one direction; pads: before and after together.  It may be less than 1. */
static inline int64_t qy_col2im_outputs(int64_t in, int64_t stride, int64_t reach, int64_t pads)
{
  return (in - 1) * stride + reach - pads;
}

/* Inputs that n taps with this dilation cover in one direction, (taps - 1) dilation + 1. */
static inline int64_t qy_layer_reach(int64_t taps, int64_t dilation)
{
  return (taps - 1) * dilation + 1;
}

/* Pairs of an output and a tap, in one direction, that meet an input inside the map (`in` long, `pad` zeros before it):
 * output y and tap k touch input y stride + k dilation - pad.  Those that meet the padding are left out. */
int64_t qy_layer_touched(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad);

#endif
