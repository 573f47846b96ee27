/* Schedule of a network on one buffer: which data move between DRAM and the buffer, and when (DESIGN section 8).
 *
 * Graph.  An op is a layer that computes, with the add that follows it merged into it; a map is what an op makes, or an
 * input of the network.  A concatenation is no op: its readers read all its parts.  A col2im is none either: its sums
 * are not part of a schedule; what it reads is written to DRAM, what it makes is read from there.  Ops stand in file
 * order.
 *
 * Space.  A schedule cuts the ops, in their order, into stages.  Between two stages a map that is still needed lies in
 * DRAM (written once by its stage, read by each stage that uses it) or waits in the buffer as a whole (`held`), from
 * its stage to its last use.  A stage runs its ops in one of two ways:
 *
 *   nest   one layer, or one block of layers in groups of channels, through tiles: traffic.h
 *   rows   a row pipeline: the output of its last op is cut into tiles of tile_h x tile_w, row by row; for each tile
 *          every op computes what the tile needs of its output.  Of each map that is read through overlapping windows
 *          the rows that the next row of tiles needs, and the columns that the next tile needs, are kept, or that part
 *          is computed again (of a map in DRAM: read again).  Weights are resident (read once) or streamed (read once
 *          a tile of the stage).  One tile is the case of whole planes.  A map that an op adds is held for its rows of
 *          lag, or, where it lies in DRAM, read again by the add.
 *
 * A row pipeline that ends in planes is a rows stage whose output is held; planes with groups of channels are nests
 * whose input and output are held.  A pool over a whole map ends its stage: it takes each value as it is made.
 *
 * Regions of a rows stage, one direction (rows and columns alike).  Tile t of the stage needs outputs [a_t, e_t) of
 * the last op.  If an op must have its output from b to e at tile t, it computes [n, e): n = b, or, where the output is
 * kept, n = max(b, e of tile t - 1); for that it reads max(0, n stride - pad) to min(size, (e - 1) stride - pad +
 * reach) of its inputs.  A map with several readers in the stage needs the union.  Kept between tiles t and t + 1: from
 * the begin of what is needed at t + 1 to the end of what is there at t.
 *
 * Occupancy of a rows stage, in each row of tiles, while an op runs: for each kept map its kept rows over the whole
 * width (of this row of tiles or the next, where tiles are narrower than the row) and its new rows times the kept
 * columns, all the time, and its new rows times the columns of the window from when it is made (read, for maps in DRAM)
 * to its last use in the tile; for other maps the window over the same time; the resident weights, and one weight
 * more where any are streamed; held maps whole; one value a channel of each pool over a whole map and each gate.  A
 * tile of the output is there while its op runs.  Rule `strict`: that sum.  Rule `double_buffered`: new parts of maps
 * in DRAM, output tiles to DRAM and the streamed weight count twice.
 *
 * Optimality.  qy_schedule_find minimises the objective over all cuts, placements, ways, tiles (those of distinct
 * counts), kept or computed again, resident or streamed.  It searches stages by best first: the cost of a schedule is
 * that of its stages, each is at least what must cross its ends, so the first complete schedule taken from the queue is
 * the least.  lower_bound is what the search has proved: with optimal set it is the schedule's own cost.  It is lower
 * where the search of stages of many ops on small maps was given up (of the shipped networks Xception and ResNet-50 on
 * some buffers of 192 Ki entries and more), and where a stage makes more than 8 maps for later ones.
 * What is proved is proved within this space; qy_schedule.floor is below any schedule: every weight, the network's
 * inputs and outputs once.
 *
 * Relatives: Occam (Gondimalla et al., ACM TACO 2022: dependence closure and dynamic programming over cuts), DeFiNES
 * (Mei et al., HPCA 2023: recompute or cache, horizontally and vertically), Alwani et al. (MICRO 2016: fused layers).
 *
 * Units.  traffic and occupancy are sums of entries times the units of their kind; with units {1, 1, 1} they are
 * entries. Ownership: graphs and schedules live in the arena given.
 */
#ifndef QUARRY_SCHEDULE_H
#define QUARRY_SCHEDULE_H

#include "quarry/alloc.h"
#include "quarry/network.h"
#include "quarry/status.h"
#include "quarry/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- graph ---- */

#define QY_NO_INDEX SIZE_MAX

typedef struct qy_map {
  const char *name;           /* of the layer whose output it is; of an input: of its reader */
  int64_t h, w, c;            /* entries h w c */
  size_t maker;               /* op; QY_NO_INDEX: an input of the network, or made by a col2im */
  size_t first_use, last_use; /* ops; QY_NO_INDEX: nobody reads it */
  bool wanted;                /* an output of the network or a second operand: written to DRAM whatever else */
} qy_map;

typedef struct qy_graph_op {
  const qy_layer *layer; /* a concatenation only as a copy: where an add or a gate reads it */
  const qy_layer *add;   /* merged: added to the layer's result; NULL: none */
  const size_t *input;   /* [input_count] maps whose channels follow each other */
  size_t input_count;
  const size_t *addend; /* [addend_count] maps added to the result (an add that is an op of its own: all but one) */
  size_t addend_count;
  size_t gate;   /* map of one value a channel that scales the input; QY_NO_INDEX: none */
  size_t second; /* map that is the second operand of a product of activations, read from DRAM; QY_NO_INDEX: none */
  size_t output; /* map */
  bool whole;    /* a pool over its whole input: takes values as they are made */
} qy_graph_op;

typedef struct qy_graph {
  const qy_network *network;
  size_t op_count, map_count;
  qy_graph_op *op;
  qy_map *map;
  int64_t macs, weights; /* of all ops */
  int64_t apart;         /* entries that col2im layers read and write between ops, in no schedule's traffic; 0: none */
} qy_graph;

/* Of a map: rows or columns, entries of a channel. */
enum { QY_GRAPH_SIDE_MAX = 1 << 17, QY_GRAPH_PLANE_MAX = 1 << 28 };

/* QY_BAD_INPUT with the file and the layer: a batch other than 1, sizes beyond 2^53 entries in all, a larger map,
 * nothing but col2im. */
qy_status qy_graph_new(qy_graph **graph, const qy_network *network, qy_arena *arena, qy_error *err);

/* ---- schedules ---- */

typedef enum qy_fusion {
  QY_FUSION_NONE,  /* every op a stage, every map through DRAM */
  QY_FUSION_BLOCK, /* DATE'19: each bottleneck (expand, depthwise, project; depthwise, project) or last convolution
                      with pooling by itself, in groups of channels; every map between blocks through DRAM */
  QY_FUSION_FREE,  /* the whole space above */
  QY_FUSION_COUNT
} qy_fusion;
const char *qy_fusion_name(qy_fusion fusion); /* "free" */

typedef enum qy_schedule_objective {
  QY_LEAST_TRAFFIC, /* of equal traffic the fewest MACs */
  QY_LEAST_ENERGY   /* traffic times price_traffic + MACs times price_mac */
} qy_schedule_objective;

typedef struct qy_schedule_options {
  int64_t capacity; /* of the buffer, in units */
  qy_units units;
  qy_capacity_rule rule;
  qy_fusion fusion;
  qy_orders orders; /* of nests: traffic.h */
  qy_schedule_objective objective;
  double price_traffic, price_mac; /* of a unit of traffic (DRAM and buffer) and of a MAC; any common unit */
  /* Asked between the stages that a search looks at: other than 0 ends it with QY_INTERRUPTED.  NULL: never. */
  int (*stop)(void *ctx);
  void *stop_ctx;
} qy_schedule_options;

/* What a map is in a stage. */
typedef enum qy_place {
  QY_PLACE_NONE,  /* not in it */
  QY_PLACE_DRAM,  /* read from or written to DRAM */
  QY_PLACE_HELD,  /* whole in the buffer, before or after the stage */
  QY_PLACE_INSIDE /* made and used up in the stage */
} qy_place;

typedef struct qy_rows_map {
  size_t map;
  qy_place place;
  bool keep;  /* else computed (read) again where windows overlap */
  bool whole; /* output of a pool over a whole map */
} qy_rows_map;

typedef struct qy_rows_op {
  bool resident; /* its weights */
  bool reread;   /* its addends in DRAM are read again, tile by tile, instead of being held for their lag */
} qy_rows_op;

typedef struct qy_rows {
  int64_t tile_h, tile_w; /* of the last op's output that is no pool over a whole map */
  size_t map_count;
  qy_rows_map *map; /* all maps that ops of the stage read or make: op by op its inputs, addends, gate, output */
  qy_rows_op *op;   /* [last - first + 1] */
} qy_rows;

typedef struct qy_stage {
  size_t first, last; /* ops */
  bool is_nest;
  qy_nest nest; /* is_nest */
  qy_tiling tiling;
  qy_rows rows;       /* else */
  const size_t *held; /* [held_count] maps that wait in the buffer meanwhile, not used by the stage */
  size_t held_count;
  qy_traffic traffic; /* entries by tensor, peak in units without the maps that wait, MACs */
  int64_t waiting;    /* units of the maps that wait: occupancy is traffic.peak + waiting */
} qy_stage;

typedef struct qy_schedule {
  const qy_graph *graph;
  qy_schedule_options options;
  const qy_place *place; /* [map_count of the graph] where each map lies from its stage to its last use */
  size_t stage_count;
  qy_stage *stage;
  qy_traffic total;         /* sums; peak: the largest with the maps that wait */
  int64_t traffic, floor;   /* units */
  double cost, lower_bound; /* of the objective; of traffic: units */
  bool optimal;
  size_t scratch_bytes; /* of memory that finding it took beside what it is */
} qy_schedule;

/* The least capacity for which there is a schedule, in units, and the layer that does not fit in less. */
typedef struct qy_least_capacity {
  int64_t units;
  const qy_layer *layer;
} qy_least_capacity;

/* Memory that the search of one schedule or slope may take: that of a network whose layers all differ grows with the
 * square of their number; of the shipped ones the largest takes 166 MB. */
#define QY_SCHEDULE_BYTES_MAX ((size_t)512 << 20)

/* QY_INFEASIBLE: nothing fits; *smallest is what this fusion needs, and the message says it.  QY_BAD_INPUT: too many
 * maps at once, or more memory than QY_SCHEDULE_BYTES_MAX, with the file.  QY_INTERRUPTED: stop. */
qy_status qy_schedule_find(qy_schedule **schedule, qy_least_capacity *smallest, const qy_graph *graph,
                           const qy_schedule_options *options, qy_arena *arena, qy_error *err);

/* Use the room that a schedule leaves in the buffer, as those that are found do: tiles of its nests grow as far as they
 * move and compute no more.  Runs in DRAM get longer, and the peak larger, for nothing else. */
void qy_schedule_widen(qy_schedule *schedule);

/* Stage `stage` and the next one as one, with the maps around them where the schedule has them: why they are two. */
typedef struct qy_merged {
  bool can;      /* there is such a stage */
  bool pays;     /* and at some capacity it costs no more than the two as they are */
  int64_t needs; /* the least such capacity, maps that wait included, units */
  bool given_up; /* the search was: it may pay, or from less on */
} qy_merged;
qy_status qy_schedule_merged(qy_merged *merged, const qy_schedule *schedule, size_t stage, qy_error *err);

/* Every weight, every entry of the inputs that the outputs need, and every output of the network once, in units. */
int64_t qy_schedule_floor(const qy_graph *graph, qy_units units);

/* Traffic against MACs at one capacity: schedules from the least traffic to hardly any recompute, MACs falling; those
 * on the convex hull of all, which are the best at some price of a MAC (up to QY_MAC_PRICE_MOST entries).  The
 * objective and the prices of the options are not read.  Each is found as by qy_schedule_find. */
enum { QY_MAC_PRICE_MOST = 1000 };
qy_status qy_schedule_front(qy_schedule *const **front, size_t *count, qy_least_capacity *smallest,
                            const qy_graph *graph, const qy_schedule_options *options, qy_arena *arena, qy_error *err);

/* Traffic against capacity for all capacities at once. */
typedef struct qy_slope_step {
  int64_t capacity, traffic; /* units: from this capacity on, this traffic */
  int64_t macs;              /* of one schedule with that traffic in that capacity, not always the fewest */
  bool optimal;              /* proved; false: a search was given up, there may be less up to the next step */
} qy_slope_step;
/* Steps with capacity rising and traffic falling, from the smallest feasible capacity to `most`; none where `most` is
 * not feasible.  The least traffic is that of qy_schedule_find
 *   - at every capacity of a grid up to `most`: that of the last step whose capacity is not larger.  The grid is every
 *     whole number where `most` is at most 4096, else floor(2^(i / 32)), 32 a doubling: all up to 46, all powers of two
 *     and `most` itself;
 *   - at the capacity of each step, which is the peak of the schedule found for a grid value;
 *   - and the first step's capacity is the smallest feasible one.
 * Between two values of the grid, 2 % apart, it is at most that of the last step.  All this where the steps are
 * optimal: a search of a stage that takes too many steps is given up, and what it has found is used.  A first step that
 * is not optimal may also not be the smallest feasible capacity.  Known to be wrong: against all schedules of small
 * networks the search of many capacities missed 1 of 86,000, so that a step may, that rarely, lie above the least
 * though it says optimal; qy_schedule_find does not use it.  One pass over the cuts for the whole grid.  Of the options
 * capacity, objective and prices are not read. */
qy_status qy_schedule_slope(qy_slope_step **step, size_t *count, const qy_graph *graph,
                            const qy_schedule_options *options, int64_t most, qy_arena *arena, qy_error *err);

/* Counts of a rows stage alone: QY_INFEASIBLE when the ops cannot be one (a pool over a whole map that is read in the
 * stage, ends of different sizes). */
qy_status qy_rows_count(qy_traffic *traffic, const qy_graph *graph, size_t first, size_t last, const qy_rows *rows,
                        qy_units units, qy_capacity_rule rule, qy_error *err);

/* ---- execution ---- */

typedef struct qy_execution {
  bool equal;                /* every output value is that of the layer-by-layer run */
  qy_traffic counted;        /* words moved, by tensor, and the largest occupancy, as they happened */
  bool counts_equal, within; /* counted is what the schedule says; its peak is within the capacity */
  const char *fault;         /* first difference, a sentence; NULL: none */
} qy_execution;

/* Run the schedule with integer data through explicit buffers: every word is moved by the tiles of the schedule, from
 * a DRAM array into buffer arrays of stated size, and computed from there.  Weights, inputs: small integers from the
 * seed.  Adds, pools (sums), gates (products, wrapped to 32 bits) in integers modulo 2^32. */
qy_status qy_schedule_execute(qy_execution *execution, const qy_schedule *schedule, uint64_t seed, qy_arena *arena,
                              qy_error *err);

#endif
