/* What the parts of the systolic array share: the shape of a layer, its tiles, and the array ready for the loop. */
#ifndef QUARRY_ACCEL_SYSTOLIC_INT_H
#define QUARRY_ACCEL_SYSTOLIC_INT_H

#include "quarry/integer.h"
#include "quarry/systolic.h"

/* Sum over a work of the largest counts that do not grow with the array; every count of an array of at most 256 x 256
 * PEs stays below 256 times this, and its bits below 2^62. */
#define SYSTOLIC_BOUND (INT64_C(1) << 53)

typedef struct tile_lists tile_lists; /* below */

/* A layer, per group. */
typedef struct layer_shape {
  int64_t groups, channels, outputs, taps; /* channels and outputs of one group */
  int64_t in_h, in_w, out_h, out_w;
  int64_t kernel_h, stride_h, dilation_h, pad_top; /* across they show in `real` and out_w alone */
  int64_t pixels;                                  /* out_h out_w */
  int64_t real;      /* input values behind the pixels and taps of one channel of one image, padding left out */
  int64_t rows_used; /* input rows that are touched */
  int64_t count;     /* layers of this layer_shape */
  int64_t macs;      /* of one of them, one image */
  bool computed;     /* activations stand where weights do: they come through the port as such */
} layer_shape;

/* The same with the numbers that lanes take, as doubles. */
typedef struct systolic_real_shape {
  double groups, channels, outputs, taps, in_w, pixels, real, rows_used, count;
  bool computed;
} systolic_real_shape;

struct qy_systolic_work {
  size_t count;
  layer_shape *shape;
  systolic_real_shape *real; /* of each */
  int64_t bound;             /* at batch 1 */
  double macs;               /* of all layers, one image */
  int64_t inputs;            /* most input words, weights and outputs of a group over the layers, one image, n = 1 */
  int64_t weights, results;
  tile_lists *lists; /* shape by shape */
};

/* QY_BAD_INPUT when the layer is not one an array can run; *bound as in the work. */
qy_status systolic_shape(layer_shape *s, int64_t *bound, const qy_layer *layer, qy_error *err);

/* An array in one mode, ready for the inner loop. */
typedef struct array_mode {
  int64_t rows, columns, batch;
  double by_rows, by_columns;
  qy_dataflow dataflow;
  bool serial, full, pack, bus;
  int word_shift; /* log2 n */
} array_mode;

array_mode systolic_array_mode(const qy_systolic_params *params, int products);
/* Parameters with what 0 stands for filled in; QY_BAD_INPUT outside their ranges. */
qy_status systolic_check(qy_systolic_params *filled, const qy_systolic_params *params, qy_error *err);
/* QY_BAD_INPUT: a batch so large that counts would not be exact.  bound: of the layers at batch 1; name: of the layer,
 * NULL: of all. */
qy_status systolic_check_batch(int64_t bound, int batch, const char *name, qy_error *err);

/* A layer's tiles.  Sizes of all but the last of a kind; whole: one tile of everything. */
typedef struct tiles {
  bool whole;
  bool rows_first;           /* images and rows are the outermost loop, else output channels */
  int64_t rows, images;      /* images > 1 only with all rows */
  int64_t channels, outputs; /* channel words of n channels */
  int64_t loaded;            /* input rows of all tiles and images */
} tiles;

/* Half of each buffer. */
typedef struct halves {
  int64_t input_words, weight_words, output_bits;
  int64_t slot_bits, whole_slot_bits; /* of an output while it is tiled, and if it is not */
} halves;

/* What a tiling costs beside its cycles on the array. */
typedef struct rates {
  int64_t fold_latency, layer_latency; /* cycles */
  int64_t port;                        /* bits per cycle, 0: no limit */
  int64_t input_bits, weight_bits, result_bits;
  int64_t constant_bits; /* of an output channel's correction: no matter for tiles */
} rates;

/* Lists of tile sizes for an array in one mode, to be shared by the designs of a work.  All NULL: each search makes its
 * own. */
typedef enum tiled_direction { TILED_OUTPUTS, TILED_CHANNELS, TILED_ROWS, TILED_DIRECTIONS } tiled_direction;
typedef struct tile_sets {
  struct tile_set *of[TILED_DIRECTIONS];
} tile_sets;
/* Those of a work. */
tile_sets systolic_sets(const qy_systolic_work *work, const array_mode *p);

/* Choose the tiles with the fewest cycles, see systolic.h; NULL, or why there are none.  shape: number of s in the work
 * that the sets are of. */
const char *systolic_tile(tiles *t, const layer_shape *s, const array_mode *p, const halves *h, const rates *c,
                          const tile_sets *sets, size_t shape);

/* Input rows of a tile of some output rows: of the largest one, and of all of an image together. */
typedef struct tile_rows {
  int64_t most, loaded;
} tile_rows;
tile_rows systolic_tile_rows(const layer_shape *s, int64_t rows);
int64_t systolic_rows_touched(const layer_shape *s);

/* One way to tile a direction. */
typedef struct tiling {
  int64_t size;         /* units of a tile; rows where the direction is that of images and rows */
  int64_t tiles, folds; /* of all tiles; time: folds = tiles */
  int64_t images;       /* of images and rows only, as all below */
  int64_t most, loaded; /* input rows of the largest tile, of all */
  int64_t out;          /* pixels of a tile */
} tiling;

/* The sizes of a direction that can be best, largest first, found when they are asked for (systolic_tilings.c). */
enum { SYSTOLIC_TILINGS = 3400 };
typedef struct tilings {
  int64_t total, unit, times; /* units, rows or columns of a unit, copies */
  int64_t least, fewest;      /* no size has fewer folds; none of those still to come */
  double array_d;
  bool folded, images;   /* over the array, else over time; units are images */
  const layer_shape *of; /* images and rows only */
  int64_t limit, next;   /* pixels; the next size to look at */
  size_t count;
  tiling *list; /* the owner's, SYSTOLIC_TILINGS of them or room for SYSTOLIC_MORE whenever more are asked for */
} tilings;

/* What a list depends on beside the limit. */
typedef struct tilings_of {
  const layer_shape *s;
  tiled_direction direction;
  int64_t side; /* PEs along the direction, 0: time */
  int64_t words, batch;
} tilings_of;

/* Sizes of at most `limit` units, of rows: pixels. */
void systolic_tilings(tilings *d, tiling *list, const tilings_of *of, int64_t limit);
/* Add up to SYSTOLIC_MORE to the list; false: that was all. */
enum { SYSTOLIC_MORE = 24 };
bool systolic_tilings_more(tilings *d);

/* ---- lists that all designs of a work share (systolic_lists.c) ---- */

/* Lists of a work, made as runs ask for them, by one thread at a time: what is made never moves.  NULL: none are kept.
 */
/* For `count` shapes; released with the arena. */
qy_status systolic_lists_new(tile_lists **lists, size_t count, qy_arena *arena, qy_error *err);

/* Those of one direction for a side of the array, for all shapes.  side: PEs along the direction, 0: time; of: what
 * else they depend on, log2 n of channels, the batch of rows.  NULL: none are kept, or there is no memory. */
typedef struct tile_set tile_set;
tile_set *systolic_lists_of(tile_lists *lists, tiled_direction direction, int64_t side, int64_t of);

/* What a search reads: sizes of one direction, largest first, from a shared list or from one of its own. */
typedef struct tile_list tile_list;
typedef struct tile_walk {
  const tiling *at;
  size_t count, skipped; /* those at hand; of a shared list: longer ones than the limit before `at` */
  int64_t least;         /* no size has fewer folds */
  tile_list *shared;     /* NULL: the list is `own` */
  tilings *own;
  tiling *room; /* its, with what it is of, for the case that it is needed */
  const tilings_of *of;
} tile_walk;

/* The sizes of at most `limit` (pixels of rows, else units).  set: NULL, or that of the list's direction, side and
 * shape.  own, with `room` for SYSTOLIC_TILINGS: read where there is no shared list. */
void systolic_walk(tile_walk *w, tilings *own, tiling *room, const tilings_of *of, tile_set *set, size_t shape,
                   int64_t limit);
bool systolic_walk_more(tile_walk *w);

/* NULL after the last one. */
static inline const tiling *systolic_tiling_at(tile_walk *w, size_t i)
{
  while (i >= w->count)
    if (!systolic_walk_more(w)) return NULL;
  return &w->at[i];
}

/* Where in their lists the sizes of a tiling are. */
typedef struct tiling_numbers {
  uint16_t of[TILED_DIRECTIONS];
} tiling_numbers;
_Static_assert(SYSTOLIC_TILINGS <= UINT16_MAX, "numbers of tilings");

/* Kept with a list, for each dataflow: what was put last, by any thread.  false: nothing was, or nothing can be. */
bool systolic_last(tiling_numbers *last, const tile_walk *w, qy_dataflow flow);
void systolic_keep_last(tile_walk *w, qy_dataflow flow, tiling_numbers last);

/* One of those at hand; NULL: it is not. */
static inline const tiling *systolic_tiling_numbered(const tile_walk *w, size_t number)
{
  return number >= w->skipped && number - w->skipped < w->count ? &w->at[number - w->skipped] : NULL;
}

/* Words through the port for one layer. */
typedef struct traffic {
  int64_t inputs, weights, results, count; /* count: of tiles, all groups */
} traffic;
traffic systolic_traffic(const layer_shape *s, const array_mode *p, const tiles *t, int64_t groups_per_fold);

/* What the first fold has on the array, of a layer that is not tiled. */
typedef struct corner {
  int64_t rows, columns, held; /* rows and columns in use; stationary words (0 for os) */
  int64_t groups_per_fold;
} corner;

corner systolic_corner(const layer_shape *s, const array_mode *p);

void systolic_count_shape(qy_systolic_counts *c, const layer_shape *s, const array_mode *p, const tiles *t);
void systolic_counts_add(qy_systolic_counts *sum, const qy_systolic_counts *c, int64_t times);

/* Cycles that `bits` take through a port. */
static inline int64_t transfer(int64_t bits, int64_t port)
{
  static const int64_t exact = INT64_C(1) << 52;
  return bits < exact ? qy_ceil_div_exact(bits, (double)port) : (bits - 1) / port + 1;
}

#endif
