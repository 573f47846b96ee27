/* Traffic of one loop nest between DRAM and a buffer: exact counts of entries, and the best tiles (DESIGN section 8).
 *
 * A nest runs one layer, or a block of layers in groups of channels, through tiles.  Tiles are of one size but for the
 * last of each loop, which holds the rest.  Loops run in one of two ways:
 *     raster   every loop counts up
 *     scan     every loop but the outermost turns round each time it is entered again (serpentine), without reset
 * The buffer holds one tile of each tensor.  A tile is fetched when it is not the one that is there.
 *
 * DENSE: one convolution or product of matrices (`head`; groups, if any, one after another).  Loops m over pixels, n
 *   over output channels, k over input channels, in six orders.  A kernel of 1 x 1 with stride 1: m is the pixels of
 *   the output, row by row, cut into runs of tiling.m.  Else m is tiles of tiling.h x tiling.w outputs, numbered row
 *   by row (one loop, which turns round as a whole).  Input tile: the window of the outputs, k channels; windows
 *   overlap, and what they share is fetched with each.  Weight tile: all taps of k x n channels.  Output tile:
 *   written when another takes its place or at the end; where it does not yet hold all k it is partial sums, written
 *   (sum_writes) and read back when visited again (sum_reads).  The first visit starts from zero, or from the
 *   addends.  pooled: one sum a channel takes the values of an output tile that holds all k; the sums of n channels
 *   are in the buffer, or those of all channels of the group where m, in several tiles, lies outside n.
 *
 * CHANNELWISE: one layer whose output channel reads its own input channel (`middle`: depthwise, pool, add, concat as a
 *   copy).  Tiles of tiling.n channels x h x w outputs.  Loops: channels (outermost, or innermost with channels_inner),
 *   tile columns, and tile rows inside (with columns_inner: tile rows, and tile columns inside).
 *   `keep`: what the window shares with the one before stays in the buffer and is not fetched again: the pixels that
 *   are in both windows (of successive tiles of the same channels).  With channels_inner and more than one channel tile
 *   nothing is kept.  Weights: one tile of n channels.  pooled: the sums of n channels stay while their tiles run; with
 *   channels_inner and more than one spatial tile those of all.
 *
 * BLOCK: `head` (a dense layer that makes groups of tiling.n channels; NULL: the group's channels are read), `middle`
 *   (channelwise; NULL: none), `pooled` (one sum a channel of the group's map), `tail` (dense 1 x 1, stride 1, which
 *   adds up the groups; NULL: the group's map is written, unless output_unused).  At least two of the four, or a head
 *   alone.  pooled and tail exclude each other.  Spatial tiles of h x w outputs outermost (loops as above), groups
 *   innermost.  In the buffer: with a head the input window with all its channels, loaded once a spatial tile,
 *   `keep` as above; without, the window of a group's channels, loaded for each group, kept only where there is one
 *   group and read_halo_kept; of a group the head's output window (where there is a head and a middle), the middle's
 *   output (or the head's, where there is no middle) and all weights; with a tail the output tile with all its
 *   channels.  What windows of the head's output share is computed again.  pooled: the sums of all channels if there
 *   is more than one spatial tile, else of a group.
 *
 * Windows.  In each direction output y reads the inputs [y stride - pad, y stride - pad + reach), cut at the border,
 *   reach = (kernel - 1) dilation + 1: a tile's window is their union (whole rows and columns of it), inside a BLOCK
 *   from the first to the last row of the head's output that the middle needs.  Inputs between the reaches of two
 *   outputs (stride > reach) are not fetched, but lines that a dilated kernel skips are.  qy_layer_rows and
 *   qy_layer_columns.  A tile's room is its largest window as cut at the border.
 *
 * Placement.  input_held, output_held: the map is in the buffer as a whole before or after the nest; the whole map is
 *   counted instead of its tile, and it causes no traffic (nor do partial sums of it); pooled_held
 *   likewise for the sums of a pool.  Addends (maps added to the
 *   output): read from DRAM each entry once, straight into the sums, no room of their own; or held whole; or the nest's
 *   own input (adds_input: CHANNELWISE, and BLOCK with a head; input and output of one size).  Gate (one factor a
 *   channel of the input of the tail, if there is one, else of the head or middle): read once, then resident; or held.
 *
 * Units.  A tensor's entries weigh `activation`, `weight` or `sum` units: 1, 1, 1 for entries, bits for bits.  `sum` is
 *   for partial sums that are spilled, an output tile that takes more than one step of k (DENSE) or group (tail), pool
 *   sums that take more than one spatial tile, and an output_held DENSE map or tail with more than one step.
 * Capacity.  strict: one of each tile.  double_buffered: tiles that are loaded or written more than once in the nest
 *   count twice (a DENSE output tile also where output_unused); what is made and used up inside, or resident, or held,
 *   once.
 *
 * A second operand that is computed (attention: qy_layer.computed; DENSE alone) moves as weights do, of `activation`
 *   units.
 *
 * MACs are those that are carried out: padding is multiplied like other inputs, pools and adds count none.
 * Equations: closed forms of our own, derived from these rules; each equals a simulation of the buffer
 *   (tests/memory/test_traffic.c).  Relatives: Huang et al., Orojenesis, ISCA 2024; Wu and Huang, DATE 2019 (scan).
 *
 * Ownership: plain structs; what qy_traffic_best returns lives in the arena.  A nest's layers belong to the caller.
 */
#ifndef QUARRY_TRAFFIC_H
#define QUARRY_TRAFFIC_H

#include "quarry/alloc.h"
#include "quarry/network.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum qy_nest_kind { QY_NEST_DENSE, QY_NEST_CHANNELWISE, QY_NEST_BLOCK } qy_nest_kind;

typedef enum qy_gate_place {
  QY_GATE_NONE,
  QY_GATE_READ, /* from DRAM, once */
  QY_GATE_HELD  /* in the buffer before the nest */
} qy_gate_place;

typedef struct qy_nest {
  qy_nest_kind kind;
  const qy_layer *head, *middle, *tail; /* DENSE: head; CHANNELWISE: middle; BLOCK: see above; the others NULL */
  bool pooled;                          /* not with a tail */
  bool output_unused;                   /* pooled: the map itself is not wanted */
  bool pooled_held;                     /* pooled: its output stays in the buffer */
  bool input_held, output_held;         /* output_held: not with output_unused */
  bool read_halo_kept;                  /* BLOCK without head: see above */
  bool adds_input;
  int64_t addends_read, addends_held; /* maps, [0..64] */
  qy_gate_place gate;
} qy_nest;

typedef enum qy_nest_order { /* outermost loop first */
                             QY_ORDER_MNK,
                             QY_ORDER_MKN,
                             QY_ORDER_NMK,
                             QY_ORDER_NKM,
                             QY_ORDER_KMN,
                             QY_ORDER_KNM,
                             QY_ORDER_COUNT
} qy_nest_order;
const char *qy_nest_order_name(qy_nest_order order); /* "MNK" */

/* Sizes of a tile, each in [1..the whole], and the order of the loops.  Fields that a kind does not use are ignored. */
typedef struct qy_tiling {
  qy_nest_order order; /* DENSE */
  bool scan;
  bool keep;           /* CHANNELWISE, BLOCK */
  bool columns_inner;  /* CHANNELWISE, BLOCK: see above */
  bool channels_inner; /* CHANNELWISE */
  int64_t m;           /* DENSE, qy_nest_is_flat: outputs */
  int64_t h, w;        /* else: rows, columns of outputs (of the middle, or of the head without one) */
  int64_t n; /* DENSE: output channels of a group; CHANNELWISE: channels; BLOCK: channels of the head's output */
  int64_t k; /* DENSE: input channels of a group */
} qy_tiling;

typedef struct qy_units { /* of one entry, [1..64] each */
  int64_t activation, weight, sum;
} qy_units;

typedef enum qy_capacity_rule { QY_CAPACITY_STRICT, QY_CAPACITY_DOUBLE_BUFFERED } qy_capacity_rule;

typedef struct qy_traffic {
  int64_t input, weights;        /* entries read */
  int64_t second;                /* entries read of a second operand that is activations: in place of weights */
  int64_t output;                /* entries written, results */
  int64_t sum_writes, sum_reads; /* partial sums, entries */
  int64_t addends, gate;         /* entries read */
  int64_t pooled;                /* entries written */
  int64_t macs;
  int64_t peak; /* largest occupancy of the buffer, units */
} qy_traffic;

/* QY_BAD_INPUT, naming the layer: a layer whose type does not fit its place, sizes that do not follow on each other, a
 * batch other than 1, placements that exclude each other, or counts that could exceed 2^53 units.  All other functions
 * take nests that pass. */
qy_status qy_nest_check(const qy_nest *nest, qy_error *err);

/* Is m a run of pixels (DENSE, 1 x 1, stride 1)? */
bool qy_nest_is_flat(const qy_nest *nest);
/* The tiling of one tile of everything (raster, refetched): the largest sizes. */
qy_tiling qy_nest_whole(const qy_nest *nest);

/* Entries by tensor, MACs, peak.  Closed form: time does not grow with the numbers of tiles, but for those that touch
 * the border. */
void qy_traffic_count(qy_traffic *traffic, const qy_nest *nest, const qy_tiling *tiling, qy_units units,
                      qy_capacity_rule rule);

/* The compulsory traffic: every input that is read at all, every weight, output, addend, gate and pooled value once;
 * MACs without recompute; peak 0. */
void qy_traffic_floor(qy_traffic *traffic, const qy_nest *nest);

/* Entries moved, each weighed with its unit; entries moved. */
int64_t qy_traffic_units(const qy_traffic *traffic, qy_units units);
int64_t qy_traffic_entries(const qy_traffic *traffic);
/* Bytes moved, each tensor packed by itself with the bits of its entries and filled up to whole bytes. */
int64_t qy_traffic_bytes(const qy_traffic *traffic, qy_units bits);
/* sum += t, peak by the larger. */
void qy_traffic_add(qy_traffic *sum, const qy_traffic *t);

typedef enum qy_orders {
  QY_ORDERS_RASTER, /* raster, windows refetched */
  QY_ORDERS_SCAN,   /* scan, windows kept (DENSE: refetched) */
  QY_ORDERS_BEST    /* both, and what is between */
} qy_orders;

typedef struct qy_traffic_query {
  int64_t capacity; /* units, >= 0 */
  qy_units units;
  qy_orders orders;
  qy_capacity_rule rule;
} qy_traffic_query;

typedef struct qy_tiling_choice {
  qy_tiling tiling;
  int64_t units; /* of traffic */
  qy_traffic traffic;
} qy_tiling_choice;

typedef struct qy_tiling_front {
  size_t count;             /* 0: nothing fits */
  qy_tiling_choice *choice; /* [count] traffic rising, MACs falling */
  int64_t smallest;         /* least capacity with which something fits */
} qy_tiling_front;

/* All tilings within the capacity that are Pareto-best in traffic (units) and MACs; of equal ones that with the
 * smallest peak.  Exact: equal to trying all sizes of tiles in all orders that the query allows (for windowed maps
 * longer than 1024 in a direction: of each number of tiles there the smallest and the largest size).  DENSE and
 * CHANNELWISE: one choice.  Nothing fits: QY_OK with count 0.  QY_NO_MEMORY. */
qy_status qy_traffic_best(qy_tiling_front *front, const qy_nest *nest, const qy_traffic_query *query, qy_arena *arena,
                          qy_error *err);

/* Inputs that outputs [begin, end) of a layer read, from the first to the last, cut at the border. */
typedef struct qy_span {
  int64_t begin, end; /* half open */
} qy_span;
qy_span qy_layer_rows(const qy_layer *layer, qy_span outputs);
qy_span qy_layer_columns(const qy_layer *layer, qy_span outputs);
/* How many of them are fetched: all, or without those between two reaches where the stride is larger. */
int64_t qy_layer_rows_fetched(const qy_layer *layer, qy_span outputs);
int64_t qy_layer_columns_fetched(const qy_layer *layer, qy_span outputs);

#endif
