/* Rows stages from the inside: schedule.h has the rules. */
#ifndef QUARRY_ROWS_INT_H
#define QUARRY_ROWS_INT_H

#include "quarry/schedule.h"

enum { ROWS_MAPS_MAX = 256 }; /* of a stage */

/* An interval in which a map of a stage is in use, and what it is. */
typedef struct rows_map {
  size_t map; /* of the graph */
  int64_t h, w, c;
  qy_place place;
  int maker;               /* op of the stage, -1: made before */
  int first_use, last_use; /* ops of the stage that read windows of it; first_use > last_use: none */
  bool once;   /* every value must be made just once: it goes to DRAM or to the buffer, or a pool takes it */
  bool whole;  /* output of a pool over a whole map */
  bool driven; /* cut into the tiles of the stage */
} rows_map;

/* An op of the stage, with places of its maps in rows_stage.map. */
typedef struct rows_op {
  const qy_graph_op *op;
  const int *input;
  int input_count;
  const int *addend;
  int addend_count;
  int gate, output; /* gate: -1: none */
  int64_t weights, macs_per_output;
  bool rereadable; /* has an addend in DRAM */
} rows_op;

/* Ops first..last with the places of their maps: what does not depend on tiles. */
typedef struct rows_stage {
  const qy_graph *graph;
  size_t first;
  int op_count, map_count, driver; /* driver: the op whose output is cut */
  rows_op *op;
  rows_map *map;
  qy_units units;
  qy_capacity_rule rule;
  int64_t *least_made;               /* [map_count] outputs that are made (read) at least, whatever is kept */
  int64_t *least_windows;            /* [map_count] of an input from DRAM where ops that can add it again do so */
  int64_t least_macs, least_traffic; /* of the stage; units */
  int64_t *size[2];                  /* [size_count] tile sizes of distinct counts, rising: heights, widths */
  size_t size_count[2];
  int64_t *tiles[2];     /* [size_count][op_count] rows (columns) of tiles in which an op runs, at least */
  int64_t constant;      /* units in the buffer all the time, but for weights: held maps, gates, sums of pools */
  int64_t fixed_traffic; /* units: outputs, pools, gates, and all weights once */
  int64_t weights;       /* units, of all ops */
  qy_traffic fixed;      /* the same as entries, weights left out */
} rows_stage;

/* Memory for searches in all stages of a graph. */
typedef struct rows_room rows_room;
qy_status rows_room_new(rows_room **room, const qy_graph *graph, qy_arena *arena, qy_error *err);

/* Can these ops be a rows stage?  place[map of the graph]: DRAM or HELD for maps that are made before or needed after;
 * others are not read.  QY_INFEASIBLE: they cannot. */
qy_status rows_stage_new(rows_stage **stage, const qy_graph *graph, size_t first, size_t last, const qy_place *place,
                         qy_units units, qy_capacity_rule rule, qy_arena *arena, qy_error *err);

/* Can no rows stage from op `first` hold op `last`, whatever else is in it? */
bool rows_stage_ends(const qy_graph *graph, size_t first, size_t last);

/* Outputs of input m that are read at least for windows, and for addends unless they are read again (op by op). */
int64_t rows_least_read(const rows_stage *stage, const bool *reread, int m);
/* Units of inputs that need not be read for windows any more as op o adds them again, ops behind it as decided. */
int64_t rows_less_read(const rows_stage *stage, const bool *reread, int o);

/* Fill in what rows_find needs beside: bounds and tile sizes. */
qy_status rows_stage_ready(rows_stage *stage, rows_room *room, qy_arena *arena, qy_error *err);

/* What is needed of a map at the tiles of one direction. */
typedef struct rows_span {
  int64_t *begin, *end; /* [tiles] */
  int64_t *made;        /* [tiles] begin of what is made (read) there */
} rows_span;

/* How much of the space a search looks at. */
typedef enum rows_effort {
  ROWS_QUICK, /* a few tile sizes with everything kept and resident: a schedule, not the best */
  ROWS_FIRST, /* all, for the least of what is minimised first */
  ROWS_BOTH   /* all, and of equal ones the least of the second */
} rows_effort;

/* A search looks for the least cost: traffic times a + MACs times b, then the other of the two. */
typedef struct rows_wish {
  rows_effort effort;
  int64_t capacity;
  double price_traffic, price_mac; /* price_mac 0: least traffic, then MACs */
  double limit;                    /* only costs below or equal matter */
} rows_wish;

typedef struct rows_choice {
  int64_t tile_h, tile_w;
  bool *keep;                  /* [map_count] */
  bool *resident;              /* [op_count] */
  bool *reread;                /* [op_count] */
  int64_t traffic, macs, peak; /* units */
} rows_choice;

/* What is minimised: first, and of equal ones second. */
typedef struct rows_cost {
  double first, second;
} rows_cost;
rows_cost rows_cost_of(const rows_wish *wish, int64_t traffic, int64_t macs);
bool rows_cost_less(rows_cost a, rows_cost b);

/* Choices that searches look at before they give up: in one stage, and what is left for all stages of a schedule or a
 * slope.  A stage of many ops on small maps has a choice for each map, most of them alike. */
typedef struct rows_budget {
  int64_t stage, left;
} rows_budget;
enum { ROWS_STEPS_STAGE = 100000, ROWS_STEPS_ALL = 480000 }; /* of one schedule */
enum { ROWS_TILES_A_STEP = 1024 };                           /* of one row or column: what more take counts as more */
/* A choice of rows_find works out windows for one pair of tile sizes; rows_front_find has those of each direction by
 * then and only adds up, in about this part of the time, so that so many of its choices are one step. */
enum { ROWS_FRONT_CHOICES = 8 };

/* Steps of the next stage: a part of what is left, so that a few large stages do not take all of it. */
static inline int64_t rows_budget_of_stage(const rows_budget *b)
{
  return b->stage < b->left / 8 ? b->stage : b->left / 8;
}

/* The best of a stage that is ready; found false: nothing fits within the limit; complete false: the search gave up. */
qy_status rows_find(rows_choice *choice, bool *found, bool *complete, const rows_stage *stage, const rows_wish *wish,
                    rows_room *room, rows_budget *budget, qy_arena *arena, qy_error *err);

/* Of tile sizes with the same cost within the capacity the largest: fewer tiles, longer runs in DRAM. */
void rows_widen(rows_choice *choice, const rows_stage *stage, int64_t capacity, rows_room *room);

/* Room for the weight of an op whose weights are streamed. */
int64_t rows_weight_units(const rows_stage *stage);

/* Distinct tile sizes of n: every size that is the smallest for its number of tiles. Returns how many; size rising. */
size_t rows_tile_sizes(int64_t *size, int64_t n);

#endif
