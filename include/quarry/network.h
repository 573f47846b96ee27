/* Neural networks as lists of layers: db/networks/NAME.csv.
 *
 * Columns: layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad,groups,macs,params, in any order (csv.h has the
 * format).  Sizes in elements; one stride for both directions; pad zeros on every side; output size
 * floor((in + 2 pad - kernel) / stride) + 1.  macs (multiply-accumulates of one inference) and params (weights, no
 * biases) are check sums: the reader recomputes them and refuses a file that disagrees.
 * Ownership: a network lives in the arena given to the reader.
 */
#ifndef QUARRY_NETWORK_H
#define QUARRY_NETWORK_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

enum { QY_NETWORK_LAYERS_MAX = 10000 };

typedef enum qy_layer_type {
  QY_LAYER_CONV,   /* convolution, in groups or not */
  QY_LAYER_DWCONV, /* depthwise: one group per input channel */
  QY_LAYER_PWCONV, /* pointwise: 1x1, one group.  A file may say conv: such a layer is read as pointwise */
  QY_LAYER_FC,     /* fully connected: 1x1 input and kernel */
  QY_LAYER_POOL,   /* maximum or mean over the kernel, no multiplications */
  QY_LAYER_ADD,    /* sum of two maps (residual), no multiplications */
  QY_LAYER_TYPE_COUNT
} qy_layer_type;

typedef struct qy_layer {
  const char *name;
  qy_layer_type type;
  int64_t in_h, in_w, in_c, out_c, kernel_h, kernel_w, stride, pad, groups;
  int64_t out_h, out_w;  /* derived */
  int64_t macs, weights; /* derived and checked */
} qy_layer;

typedef struct qy_network {
  const char *name, *file;
  const char *text; /* the file, verbatim: goes into the results database */
  char sha256[65];  /* of text */
  size_t layer_count;
  qy_layer *layer; /* in file order */
} qy_network;

/* Read and check a network.  `name` is a path (it holds a '/' or ends in .csv) or the name of a file in
 * <db_dir>/networks/.  Errors, each with file, line and column: missing column, wrong number of fields, not an integer
 * in range, unknown type, name used twice, groups that do not divide the channels, a kernel larger than the padded
 * input, padding not smaller than the kernel, sizes that contradict the type, macs or params that disagree, overflow of
 * 64 bits, no layers or more than QY_NETWORK_LAYERS_MAX. */
qy_status qy_network_read(qy_network **network, const char *db_dir, const char *name, qy_arena *arena, qy_error *err);

/* Which layers: by type and by name pattern.  types is a set of bits 1u << qy_layer_type; 0 means all that multiply.
 * A pointwise layer is a convolution too: the conv bit takes it, the pwconv bit takes nothing else.
 * name is an fnmatch pattern; NULL: all. */
typedef struct qy_layer_filter {
  unsigned types;
  const char *name;
} qy_layer_filter;

/* Layers that match, in order, into an array in the arena. Zero matches is QY_BAD_INPUT naming what there is. */
qy_status qy_network_select(const qy_layer ***layers, size_t *count, const qy_network *network,
                            const qy_layer_filter *filter, qy_arena *arena, qy_error *err);

/* A product of matrices, m x k times k x n, as a layer: a 1 x 1 convolution of m positions.  Its counts of products and
 * weights are left at 0. */
qy_layer qy_layer_product(const char *name, int64_t m, int64_t n, int64_t k);

const char *qy_layer_type_name(qy_layer_type type); /* "dwconv" */

#endif
