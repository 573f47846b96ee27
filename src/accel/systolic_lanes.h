/* Sums over the layers of a work for QY_LANES systolic arrays at once. */
#ifndef QUARRY_ACCEL_SYSTOLIC_LANES_H
#define QUARRY_ACCEL_SYSTOLIC_LANES_H

#include "systolic_one.h"

#include "quarry/point_lanes.h"

/* What the equations take of an array in a mode. */
enum {
  ROW_ROWS,
  ROW_COLUMNS,
  ROW_BATCH,
  ROW_WORD_INVERSE, /* 1/n */
  ROW_FOLD_LATENCY,
  ROW_LAYER_LATENCY,
  ROW_BY_ROWS, /* lane_inverse of the rows, the columns, the port */
  ROW_BY_COLUMNS,
  ROW_BY_PORT,
  ROW_INPUT_BITS,
  ROW_WEIGHT_BITS,
  ROW_RESULT_BITS,
  ROW_CONSTANT_BITS,
  ROW_INPUT_WORDS, /* of half a buffer, as in halves */
  ROW_WEIGHT_WORDS,
  ROW_OUTPUT_BITS,
  ROW_SLOT_BITS, /* of an output of a layer that is not divided */
  SYSTOLIC_ROWS
};

typedef struct systolic_rows {
  _Alignas(64) double of[SYSTOLIC_ROWS][QY_LANES];
  qy_dataflow flow; /* this and what follows is the same in all lanes */
  bool serial, full, bus, affine;
  bool tiled; /* layers that do not fit have tiles */
} systolic_rows;

enum { SYSTOLIC_SUMS = 22 };
typedef struct systolic_lane_sums {
  _Alignas(64) double of[SYSTOLIC_SUMS][QY_LANES]; /* in the order of one_sums */
} systolic_lane_sums;

/* false: a layer does not fit a lane's buffers, or counts could be too large. */
bool systolic_sum_lanes(systolic_lane_sums *sums, const systolic_rows *rows, const qy_systolic_work *work,
                        qy_lane_set set);

#endif
