/* What the files of the dot engine share: a layer in the terms of its schedule, the work of a network, an engine. */
#ifndef QUARRY_ACCEL_DOT_INT_H
#define QUARRY_ACCEL_DOT_INT_H

#include "rows.h"

#include "quarry/dot.h"
#include "quarry/prices.h"

/* A layer in the terms of the schedule, per group and image. */
typedef struct layer_shape {
  int64_t groups, pixels, products, outputs; /* M, K, N */
  int64_t in_h, in_w, channels, out_h, out_w;
  int64_t window_rows, stride, first_rows; /* input rows under a window; those that the first output row touches */
  int64_t images;
  int64_t macs;  /* of all groups and images */
  bool computed; /* activations stand where weights do: they come through the port as such */
} layer_shape;

/* The same with the numbers that lanes take, as doubles. */
typedef struct real_shape {
  double groups, pixels, products, outputs, in_h, in_w, channels, out_h, out_w, first_rows, images;
  bool computed;
} real_shape;

typedef struct dot_work {
  size_t count;
  layer_shape *layer;
  real_shape *real; /* of each */
  double macs;
  double largest;                             /* of a layer: products and moved words, as accel_check_countable */
  int64_t input_words, products, row_outputs; /* of the layer that needs most: rows in the buffer; K; Wo */
} dot_work;

/* What lanes take of an engine; inverses as divisions are by (vectors.h). */
enum {
  DOT_COUNT,
  DOT_LANES,
  DOT_X_BITS,
  DOT_W_BITS,
  DOT_Y_BITS,
  DOT_CONSTANT_BITS,
  DOT_CONSTANT_WORDS,
  DOT_FILL,
  DOT_BY_COUNT,
  DOT_BY_LANES,
  DOT_BY_PORT,
  DOT_SUM_BITS,
  DOT_PITCH,
  DOT_X_SHARE,
  DOT_W_SHARE,
  DOT_Y_SHARE,
  DOT_READ_PJ,
  DOT_WRITE_PJ = DOT_READ_PJ + QY_BUFFER_ROLES,
  DOT_ROWS = (DOT_WRITE_PJ + QY_BUFFER_ROLES + QY_LANES - 1) / QY_LANES * QY_LANES
};

typedef struct engine {
  qy_dot_params params;
  const qy_pe *pe;
  int x_bits, w_bits, y_bits; /* of operands and results at the port */
  int sum_bits;
  double register_um2; /* placed, of what stands beside an element and its adder */
  double pitch;        /* from an element to the next, in widths of an element alone */
  int64_t fill;
  qy_buffer_need need[QY_BUFFER_ROLES];
  qy_buffer buffer[QY_BUFFER_ROLES];
  double row[DOT_ROWS];
  char why[QY_BUFFER_WHY]; /* text of a reason */
} engine;

/* Bits of the constant that affine activations add to the sums of an output channel; 0: none. */
int64_t dot_constant_bits(const engine *e);
/* Weights' words that it takes in the buffer. */
int64_t dot_constant_words(const engine *e);
/* Cycles that a result waits for besides, from the input buffer on: stages are those of QY_ROLE_COUNT circuits. */
int64_t dot_fill(const engine *e, double clock_mhz, const double *stages);

/* The rows of an accelerator: see accelerator.h. */
bool dot_lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work, const qy_modes modes[QY_LANES],
               int set);
bool dot_clocks(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                qy_modes modes, int set);

#endif
