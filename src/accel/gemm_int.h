/* Inside of the GEMM accelerator: layers as it sees them, the engine, what a row costs. */
#ifndef QUARRY_ACCEL_GEMM_INT_H
#define QUARRY_ACCEL_GEMM_INT_H

#include "quarry/buffer.h"
#include "quarry/gemm.h"

/* A layer in the terms of the schedule, per group and image.  Integers below 2^52. */
typedef struct gemm_shape {
  int64_t groups, pixels, products, outputs;        /* M, K, N */
  int64_t taps, channels;                           /* places of the kernel, channels at each: K products */
  int64_t in_rows, in_row_words, out_rows, out_row; /* of the map, a row's words (of one group), results of a row */
  int64_t first_rows;                               /* input rows down to those that the first output row touches */
  int64_t repeats;                                  /* layers and images of this shape */
  double macs;                                      /* of all groups, one image */
  bool edge;                                        /* the first or the last layer */
  bool computed; /* activations stand where weights do: they come through the port as such */
} gemm_shape;

typedef struct gemm_work {
  size_t count;
  gemm_shape *shape;                          /* different ones */
  int64_t channels;                           /* the most that a layer has, all groups */
  int64_t input_words, products, row_outputs; /* of the layer that needs most: rows in the buffer; K; Wo */
  const char *first, *last;                   /* names */
} gemm_work;

qy_status gemm_work_new(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err);

/* A number that is divided by often. */
typedef struct gemm_divisor {
  double by, inverse;
} gemm_divisor;
gemm_divisor gemm_divide_by(double by);

/* Rows of the arrays, and the share of high precision. */
typedef struct gemm_rows {
  double blk[QY_GEMM_ARRAYS], low, high, share;
  gemm_divisor all; /* low + high */
} gemm_rows;
gemm_rows gemm_rows_of(const int blk[QY_GEMM_ARRAYS], double share);

/* What rows of an array take. */
typedef struct gemm_cost {
  int weight_bits;
  int together;                /* rows that share slices: arrays grow by so many */
  double dsp, dsp_a_row;       /* of `together` rows; of one of them */
  double lut[QY_FABRIC_TOOLS]; /* of a row */
  double ff, bram_lanes;       /* of a row; lanes of its weights in block RAMs */
} gemm_cost;

enum { GEMM_BUILT = 32 }; /* "arrays are built for 16 bits" */

typedef struct gemm_engine {
  qy_gemm_params params;
  const gemm_work *work; /* NULL: none */
  int a_bits, passes;
  gemm_divisor port, bat, blk_in; /* bits in a cycle; pixels; activations */
  gemm_rows rows;
  double fill;
  gemm_cost cost[QY_GEMM_ARRAYS];
  qy_gemm_arrays arrays;
  double products_a_row, input_blocks, output_blocks, weight_depth; /* blocks read in a cycle; words a weight lane */
  double all_rows;
  int used[QY_GEMM_ARRAYS], used_count; /* arrays that have rows */
  double port_blocks, activation_bits;  /* blocks on both sides of the port; activations of a cycle */
  char why[QY_FABRIC_WHY], built[GEMM_BUILT];
} gemm_engine;

/* Costs of rows, sizes of the arrays, what all takes; NULL, or why it cannot be (text in the engine). */
const char *gemm_build(gemm_engine *e, const qy_design_input *in);

/* What the engine looks at when layers run, after the rows of its arrays are set. */
void gemm_rows_set(gemm_engine *e);
/* Cycles of all layers of its work; infinite: they cannot be run. */
double gemm_work_cycles(const gemm_engine *e);
/* Shares of rows in the three parts (row_mix.h), mean over the layers; without layers those of the arrays, with at
 * least high_share at high precision. */
void gemm_shares(double share[QY_ROW_PARTS], const gemm_engine *e);

/* Half blocks for so many lanes of `bits` bits, `depth` words each. */
double gemm_blocks(double lanes, int bits, double depth);

const char *gemm_run(qy_bill *bill, const void *self, const void *work, qy_modes modes);
qy_status gemm_layer(qy_bill *bill, const char **reason, const void *self, const qy_layer *layer, qy_modes modes,
                     qy_error *err);

#endif
