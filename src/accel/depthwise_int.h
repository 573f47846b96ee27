/* What the files of the depthwise module share: a layer in the terms of its schedule, the work of a network, and a
 * module ready to run. */
#ifndef QUARRY_ACCEL_DEPTHWISE_INT_H
#define QUARRY_ACCEL_DEPTHWISE_INT_H

#include "quarry/buffer.h"
#include "quarry/depthwise.h"
#include "quarry/prices.h"

/* What of a layer is not that of the layer before it in a work: its channels, its taps, the width of its maps, which
 * may be that of the other map of the layer before or of this one.  LAST_ALIKE: the next one has other taps. */
enum {
  FRESH_CHANNELS = 1 << 0,
  FRESH_TAPS = 1 << 1,
  FRESH_IN = 1 << 2,
  FRESH_OUT = 1 << 3,
  IN_AS_OUT = 1 << 4,
  OUT_AS_IN = 1 << 5,
  LAST_ALIKE = 1 << 6
};

/* A layer in the terms of the schedule.  All counts stay below 2^52, so doubles hold them exactly. */
typedef struct layer_shape {
  int64_t channels, in_h, in_w, out_h, out_w, taps;
  int64_t pixels;     /* out_h out_w */
  int64_t new_words;  /* words a window takes in for its next position, Kh stride_w without dilation */
  int64_t first_rows; /* input rows down to the last that the first output row touches */
  int64_t row_reads;  /* input rows touched, summed over the output rows */
  int64_t count;      /* layers of this shape, times their images */
  int64_t macs;       /* of one of them, one image */
  int64_t all_pixels, all_in_h, all_out_h, all_reads; /* pixels, in_h, out_h and row_reads, times count */
  unsigned fresh;
} layer_shape;

/* The same with its numbers as doubles, for lanes. */
typedef struct real_shape {
  double channels, in_h, in_w, out_h, out_w, taps, pixels, first_rows, count;
  double all_pixels, all_in_h, all_out_h, all_reads;
  unsigned fresh;
} real_shape;

/* What goes through the port, of `macs` products: values of maps that come in, weights, channels, results. */
typedef struct moved {
  double macs, maps, weights, channels, results;
} moved;

struct qy_depthwise_work {
  size_t count;
  layer_shape *shape;
  real_shape *real; /* of each */
  int64_t taps_min, taps_max;
  int64_t input_slots;  /* (rows a kernel reaches over + stride_h) W of the layer that needs most */
  int64_t output_slots; /* 2 Wo */
  moved moved;          /* of all layers */
};

/* What runs in lanes take of a module: of its parameters, and of its clock; inverses as divisions are by
 * (vectors.h). */
enum {
  MODULE_COUNT,
  MODULE_COUNT_INVERSE,
  MODULE_MULTIPLIERS,
  MODULE_MULTIPLIERS_INVERSE,
  MODULE_PORT_INVERSE,
  MODULE_FILL,
  MODULE_LANE,
  MODULE_MACROS,
  MODULE_READ_PJ = MODULE_MACROS + QY_BUFFER_ROLES,
  MODULE_WRITE_PJ = MODULE_READ_PJ + QY_BUFFER_ROLES,
  MODULE_ROWS = (MODULE_WRITE_PJ + QY_BUFFER_ROLES + QY_LANES - 1) / QY_LANES * QY_LANES
};

/* And of its elements in modes. */
enum {
  MODE_RUN,
  MODE_INTERVAL,
  MODE_PRODUCTS,
  MODE_RESULTS,
  MODE_RESULTS_INVERSE,
  MODE_TAPS_INVERSE,
  MODE_MAP_BITS,
  MODE_MAP_INVERSE,
  MODE_WEIGHT_BITS,
  MODE_WEIGHT_INVERSE,
  MODE_CONSTANT_BITS,
  MODE_CONSTANT_WORDS,
  MODE_BITS,
  MODE_USED_BITS,
  MODE_SUM_BITS,
  MODE_ROWS = (MODE_SUM_BITS + QY_LANES) / QY_LANES * QY_LANES
};

/* Circuits of a lane; their parts and roles are numbered alike. */
enum { LANE_CIRCUITS = 3 };
_Static_assert((int)QY_PART_ELEMENT == (int)QY_ROLE_ELEMENT && (int)QY_PART_ADDER == (int)QY_ROLE_ADDER &&
                   (int)QY_PART_REQUANTIZER == (int)QY_ROLE_REQUANTIZER &&
                   (int)QY_ROLE_REQUANTIZER + 1 == LANE_CIRCUITS,
               "parts and roles of a lane");

/* What a sum passes, besides the stages of circuits: input registers, adders one behind another. */
typedef struct fill_depth {
  double registers, adders;
} fill_depth;

/* Counts of a run at a fill: nothing else of the clock has a part in them. */
enum { RUN_COUNTS = 12 };
typedef struct known_counts {
  const void *work; /* NULL: nothing is known */
  double fill;
  double count[RUN_COUNTS];
} known_counts;

/* A module in one library at one clock: the `self` of qy_accelerator_depthwise. */
typedef struct module {
  qy_depthwise_params params;
  const qy_pe *pe;
  const qy_prices *prices;
  double lane;      /* width of a lane, in elements */
  double cells_um2; /* of single cells, placed, of all lanes */
  fill_depth depth;
  int64_t fill;
  qy_buffer_need need[QY_BUFFER_ROLES];
  qy_buffer buffer[QY_BUFFER_ROLES];
  double row[MODULE_ROWS];
  double mode[QY_PE_MODES_MAX][MODE_ROWS]; /* all operands in this one */
  known_counts known[QY_PE_MODES_MAX];     /* of all operands in this one */
  char why[QY_BUFFER_WHY];                 /* text of a reason */
} module;

enum { SOURCES = 2 }; /* of operands: window and weights */

/* What its lanes take, into the module. */
void depthwise_put_rows(module *m);
/* The same at another clock. */
void depthwise_put_clock_rows(module *m);
/* Runs of QY_LANES modules; see point_lanes.h. */
bool depthwise_lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work,
                     const qy_modes modes[QY_LANES], int set);

/* The same of one module at several clocks; see accelerator.h. */
bool depthwise_clocks(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                      qy_modes modes, int set);

/* QY_BAD_INPUT when the layer is not one a depthwise module can run. */
qy_status depthwise_shape(layer_shape *s, const qy_layer *layer, qy_error *err);

/* Finish a layer whose count is known: what follows from those around it in its work, NULL: there is none. */
void depthwise_place(layer_shape *s, const layer_shape *before, const layer_shape *after);

/* Maps and weights that come in through the port, each once, channels that they have, and results that leave. */
double depthwise_maps(const layer_shape *s);
double depthwise_weights(const layer_shape *s);
double depthwise_channels(const layer_shape *s);
double depthwise_stores(const layer_shape *s);

#endif
