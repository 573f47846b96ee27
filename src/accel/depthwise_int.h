/* What the parts of the depthwise module share: the shape of a layer and the work of a network. */
#ifndef QUARRY_ACCEL_DEPTHWISE_INT_H
#define QUARRY_ACCEL_DEPTHWISE_INT_H

#include "quarry/depthwise.h"

/* A layer in the terms of the schedule.  All counts stay below 2^52, so doubles hold them exactly. */
typedef struct shape {
  int64_t channels, in_h, in_w, out_h, out_w, taps;
  int64_t pixels;     /* out_h out_w */
  int64_t new_words;  /* words a window takes in for its next position: kernel_h stride */
  int64_t first_rows; /* input rows the first output row touches */
  int64_t row_reads;  /* input rows touched, summed over the output rows */
  int64_t count;      /* layers of this shape */
  int64_t macs;       /* of one of them */
} shape;

struct qy_depthwise_work {
  size_t count;
  shape *shape;
  int64_t taps_min, taps_max;
  int64_t input_slots;  /* (Kh + stride) W of the layer that needs most */
  int64_t output_slots; /* 2 Wo */
  double macs;          /* of all layers */
};

/* QY_BAD_INPUT when the layer is not one a depthwise module can run. */
qy_status depthwise_shape(shape *s, const qy_layer *layer, qy_error *err);

/* Infeasible or out-of-range parameters; *reason as in qy_depthwise_init_with. */
qy_status depthwise_check(const qy_depthwise_params *params, const qy_pe *pe, const char **reason, qy_error *err);

/* The circuits around the PEs, in the arena, not finished yet; what they do is in depthwise_parts.c. */
qy_circuit *depthwise_adder(int accumulator_bits, qy_arena *arena);
qy_circuit *depthwise_requantizer(const qy_pe *pe, int accumulator_bits, qy_arena *arena);
qy_circuit *depthwise_controller(qy_arena *arena);

#endif
