/* Runs of QY_LANES systolic arrays at once, and what these take of an array. */
#ifndef QUARRY_ACCEL_SYSTOLIC_LANES_H
#define QUARRY_ACCEL_SYSTOLIC_LANES_H

#include "rows.h"
#include "systolic_one.h"

#include "quarry/point_lanes.h"
#include "quarry/prices.h"

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
  ROW_PRODUCTS,  /* this and what follows is for the bill: products of an element */
  ROW_EVENT,     /* that of an element at work */
  ROW_SUM_BITS,
  ROW_MULTIPLES, /* 1: they are made at the rows */
  ROW_MULTIPLE_BITS,
  ROW_PITCH,
  ROW_WORD_BITS, /* those that may change: of words along the rows and the columns, as they are written, of buses */
  ROW_COLUMN_BITS,
  ROW_WORD_WRITE,
  ROW_COLUMN_WRITE,
  ROW_BUS_BITS,
  ROW_DRAIN_BITS, /* of a sum */
  ROW_BUS_LENGTH,
  ROW_BUS_BUFFERS,
  ROW_INPUT_SHARE, /* of a macro's width: an input, a weight, a constant, a bit of an output */
  ROW_WEIGHT_SHARE,
  ROW_CONSTANT_SHARE,
  ROW_BIT_SHARE,
  ROW_READ_PJ,
  ROW_WRITE_PJ = ROW_READ_PJ + QY_BUFFER_ROLES,
  SYSTOLIC_ROWS = (ROW_WRITE_PJ + QY_BUFFER_ROLES + QY_LANES - 1) / QY_LANES * QY_LANES
};

/* What is the same in all lanes. */
typedef struct systolic_kind {
  qy_dataflow flow;
  bool serial, full, bus, affine;
  bool tiled; /* layers that do not fit have tiles */
} systolic_kind;

enum { SYSTOLIC_SUMS = sizeof(one_sums) / sizeof(double) };

/* Sums over a work at latencies: nothing else of the clock has a part in them. */
typedef struct known_sums {
  const void *work; /* NULL: nothing is known */
  int64_t fold_latency, layer_latency;
  one_sums sums;
} known_sums;

/* The `self` of qy_accelerator_systolic. */
typedef struct systolic_design {
  qy_systolic array; /* what others know of it */
  double beside_um2; /* placed, of what stands beside an element */
  double bus_ps;     /* delay of the buffers that a bus along a row has */
  qy_buffer_need need[QY_BUFFER_ROLES];
  double list[QY_PE_MODES_MAX][SYSTOLIC_ROWS]; /* all operands in this mode */
  known_sums known[QY_PE_MODES_MAX];           /* the same */
} systolic_design;

/* The array in one mode of its elements, ready for the inner loop. */
typedef struct mode_run {
  array_mode p;
  halves half;
  rates rate;
  bool tiled;
  int64_t result_bits;
  tile_sets sets; /* all NULL but in the run of a work */
} mode_run;

/* Does a bus along a row, with an element of this period and the least that it can have, miss the clock? */
bool systolic_bus_misses(const systolic_design *d, double min_period_ps, double period_ps);
mode_run systolic_run_for(const qy_systolic *m, qy_modes modes);
systolic_kind systolic_kind_of(const qy_systolic *m);
/* Bits of an output channel's correction: it is added to a sum; 0: none. */
int64_t systolic_constant_bits(const qy_systolic *m);
/* NULL, or why the layers cannot be run. */
const char *systolic_sum_work(one_sums *n, const qy_systolic *m, mode_run *r, const qy_systolic_work *work);
void systolic_put_rows(double list[SYSTOLIC_ROWS], const qy_systolic *m, qy_modes modes);
/* Those of words, with operands at a side of the element's ports. */
void systolic_put_words(double list[SYSTOLIC_ROWS], const qy_systolic *m, int mode, qy_pe_side side);
/* Do the PEs save energy on a held operand? */
bool systolic_holds(const qy_systolic *m);
/* Cycles once per layer: to the first word of the buffers and through these stages, each [QY_ROLE_COUNT]. */
int64_t systolic_layer_latency(const qy_systolic *m, double clock_mhz, const double *stages);

/* The rows of an accelerator: see accelerator.h. */
bool systolic_lanes(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work,
                    const qy_modes modes[QY_LANES], int set);
bool systolic_clocks(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                     qy_modes modes, int set);

#endif
