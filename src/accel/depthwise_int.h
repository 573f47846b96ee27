/* What the parts of the depthwise module share: the shape of a layer and the work of a network. */
#ifndef QUARRY_ACCEL_DEPTHWISE_INT_H
#define QUARRY_ACCEL_DEPTHWISE_INT_H

#include "quarry/depthwise.h"

/* A layer in the terms of the schedule.  All counts stay below 2^52, so doubles hold them exactly. */
typedef struct shape {
  int64_t channels, in_h, in_w, out_h, out_w, taps;
  int64_t pixels;     /* out_h out_w */
  int64_t new_words;  /* words a window takes in for its next position, Kh stride_w without dilation */
  int64_t first_rows; /* input rows down to the last that the first output row touches */
  int64_t row_reads;  /* input rows touched, summed over the output rows */
  int64_t count;      /* layers of this shape, times their images */
  int64_t macs;       /* of one of them, one image */
} shape;

struct qy_depthwise_work {
  size_t count;
  shape *shape;
  int64_t taps_min, taps_max;
  int64_t input_slots;  /* (rows a kernel reaches over + stride_h) W of the layer that needs most */
  int64_t output_slots; /* 2 Wo */
  double macs;          /* of all layers */
};

/* QY_BAD_INPUT when the layer is not one a depthwise module can run. */
qy_status depthwise_shape(shape *s, const qy_layer *layer, qy_error *err);

/* Infeasible or out-of-range parameters; *reason as in qy_depthwise_init_with. */
qy_status depthwise_check(const qy_depthwise_params *params, const qy_pe *pe, const char **reason, qy_error *err);

/* How often each thing that costs energy happens in a run. */
typedef struct depthwise_events {
  double busy;                                        /* cycles of PEs with an operand */
  double choices;                                     /* operand words passed over by the multiplexers, per source */
  double results;                                     /* of lanes: uses of a lane's adder tree */
  double requants;                                    /* results requantized */
  double cycles;                                      /* of the module */
  double slots;                                       /* cycles of all PEs, busy or idle */
  double words;                                       /* register words written */
  double input_reads, input_writes, weights, outputs; /* SRAM words; weights, outputs: as many reads as writes */
} depthwise_events;

/* All layers at one precision; returns the PE's mode, or -1 when it has none so wide. */
int depthwise_count(depthwise_events *events, const qy_depthwise *module, const qy_depthwise_work *work,
                    int precision_bits);

/* How many of each part a module has. */
typedef struct depthwise_sizes {
  double pes, mux_bits, tree, requantizers, flip_flops;
} depthwise_sizes;
depthwise_sizes depthwise_sizes_of(const qy_depthwise *module, const qy_depthwise_work *work);

enum { DEPTHWISE_SOURCES = 2 };             /* of operands: window and weights */
extern const double depthwise_toggle_share; /* random data: a bit changes every second time it is written */

/* The circuits around the PEs, in the arena, not finished yet; what they do is in depthwise_parts.c. */
qy_circuit *depthwise_adder(int accumulator_bits, qy_arena *arena);
qy_circuit *depthwise_requantizer(const qy_pe *pe, int accumulator_bits, qy_arena *arena);
qy_circuit *depthwise_controller(qy_arena *arena);

/* The same three, finished, with what drives them when their activity is counted. */
enum { DEPTHWISE_ADDER, DEPTHWISE_REQUANTIZER, DEPTHWISE_CONTROLLER, DEPTHWISE_CIRCUITS };
enum { DEPTHWISE_ACTIVITY_CYCLES = 512 };
typedef struct depthwise_words { /* random words: state of the generator, widths */
  uint64_t state;
  uint64_t mask[2];
} depthwise_words;
typedef struct depthwise_circuit {
  qy_circuit *circuit;
  qy_stimulus *next;
  depthwise_words words; /* what `next` gets */
  const char *reason;    /* when it misses the clock */
} depthwise_circuit;
qy_status depthwise_circuits(depthwise_circuit circuit[DEPTHWISE_CIRCUITS], const qy_pe *pe, qy_arena *arena,
                             qy_error *err);

/* One of them in a library under the activity that was counted.  *feasible is false when it cannot run at the clock. */
qy_status depthwise_part_price(qy_depthwise_part *part, bool *feasible, const qy_circuit *circuit,
                               const qy_activity *activity, const qy_tech *tech, double period_ps, qy_error *err);

/* Flip-flop area within a built circuit. */
double depthwise_register_um2(const qy_circuit *circuit, const qy_build *build, const qy_tech *tech);

#endif
