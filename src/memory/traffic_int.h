/* What the parts of the traffic model share: a direction and its tiles, the shape of a nest, counts of a cut nest. */
#ifndef QUARRY_MEMORY_TRAFFIC_INT_H
#define QUARRY_MEMORY_TRAFFIC_INT_H

#include "quarry/integer.h"
#include "quarry/traffic.h"

/* Through one layer, in one direction: output y reads inputs [y stride - pad, y stride - pad + reach) within [0,
 * in). */
typedef struct traffic_step {
  int64_t in, stride, reach, pad;
} traffic_step;

/* One direction of a nest: `out` outputs, one or two layers; step[0] is that next to the output. */
typedef struct traffic_axis {
  int64_t out;
  int steps;
  traffic_step step[2];
} traffic_axis;

/* Lengths of a row of tiles. */
typedef struct traffic_lengths {
  int64_t sum, first, last;
} traffic_lengths;

/* A direction cut into tiles of `size` outputs. */
typedef struct traffic_cut {
  int64_t size, count;
  traffic_lengths out, in;         /* in: inputs fetched */
  int64_t most;                    /* longest window */
  int64_t middle_sum, middle_most; /* between the two layers; one layer: as `in` */
  int64_t shared[2];               /* inputs that tiles i - 1 and i share, sums over even [0] and odd [1] i */
  int64_t most_below,
      least_above; /* among cuts to try: of `most`, up to this size and from it on; set by traffic_cuts */
  int64_t wrap;    /* inputs that the last and the first tile share */
} traffic_cut;

traffic_cut traffic_cut_axis(const traffic_axis *axis, int64_t size);
void traffic_axes(traffic_axis *h, traffic_axis *w, const qy_layer *head, const qy_layer *middle); /* either NULL */

/* A nest, reduced to what the counts need. */
typedef struct traffic_shape {
  const qy_nest *nest;
  bool flat;
  traffic_axis h, w; /* flat: h is the pixels, w is one */
  int64_t groups;    /* DENSE; else 1 */
  int64_t n, k;      /* whole: DENSE of a group; CHANNELWISE, BLOCK: n channels, k = 1 */
  int64_t weights;   /* of one n (DENSE: and one k) */
  int64_t in_c;      /* of the window that is loaded once a tile: BLOCK with a head; else 0 */
  int64_t out_c;     /* BLOCK with a tail: of the output; else 0 */
  int64_t maps_in;   /* entries of the whole input, of the whole output */
  int64_t maps_out;
  int64_t gate;        /* factors */
  int64_t output_macs; /* a pixel of output, a pixel of the head's output where a middle follows */
  int64_t middle_macs;
} traffic_shape;

traffic_shape traffic_shape_of(const qy_nest *nest);

/* Without the peak. */
void traffic_count_cut(qy_traffic *t, const traffic_shape *s, const traffic_cut *h, const traffic_cut *w,
                       const qy_tiling *tiling);
int64_t traffic_peak_cut(const traffic_shape *s, const traffic_cut *h, const traffic_cut *w, const qy_tiling *tiling,
                         qy_units units, qy_capacity_rule rule);
/* Entries of one channel through windows that are kept; inner and outer spatial loop. */
int64_t traffic_kept(const traffic_cut *inner, const traffic_cut *outer, bool scan);

/* Loops of an order: dimension (0 m, 1 n, 2 k) of the outermost, middle, innermost. */
extern const int traffic_order[QY_ORDER_COUNT][3];

/* Occupancy of a DENSE nest but for what is held: entries of an input window of one channel, of an output tile of one
 * channel, whether there are several of them; channels of a tile. */
typedef struct traffic_dense {
  int64_t window, pixels;
  bool moves;
  int64_t n, k;
  qy_nest_order order;
} traffic_dense;
int64_t traffic_peak_dense(const traffic_shape *s, const traffic_dense *tile, qy_units units, qy_capacity_rule rule);
/* Units of an entry in this nest: activations stand where weights do in a product of two. */
qy_units traffic_units_of(const qy_nest *nest, qy_units units);

/* Of what stays in the buffer whatever the tiles: gate, held addends. */
int64_t traffic_peak_fixed(const traffic_shape *s, qy_units units);

/* A search: the nest, what is asked, and the best so far. */
typedef struct traffic_search {
  const traffic_shape *shape;
  const qy_traffic_query *query;
  bool scan;
  qy_traffic floor;
  int64_t floor_units;
  qy_tiling_choice *choice; /* [count] units rising, MACs falling */
  size_t count, capacity;
  qy_arena *arena;
  bool failed; /* out of memory */
  /* Searches of one nest at several capacities, falling, that share what they find, this one among them. */
  struct traffic_search *all;
  size_t all_count;
  bool units_only; /* MACs do not count */
} traffic_search;

/* Those of them with a capacity of at least `room`: the first so many. */
size_t traffic_roomy(const traffic_search *s, int64_t room);

/* The least traffic of a nest at several capacities, falling, whatever the MACs, into best[count]; units INT64_MAX
 * where nothing fits.  query: its capacity is not read.  QY_NO_MEMORY. */
qy_status traffic_best_many(qy_tiling_choice *best, const qy_nest *nest, const qy_traffic_query *query,
                            const int64_t *capacity, size_t count, qy_arena *arena, qy_error *err);

/* Is every tiling with at least so many units, MACs and peak beaten, or no better than one that is there? */
bool traffic_beaten(const traffic_search *s, int64_t units, int64_t macs, int64_t peak);
/* Counts the tiling and takes it among the best, if it fits and is one of them. */
void traffic_offer(traffic_search *s, const traffic_cut *h, const traffic_cut *w, const qy_tiling *tiling);
/* All of s->all. */
void traffic_search_dense(traffic_search *s);
void traffic_search_channelwise(traffic_search *s); /* s alone */
void traffic_search_block(traffic_search *s);

/* The cuts of a direction that can be best: all sizes, or with `refetched` those that no other beats in every length
 * that counts, and the whole. NULL: out of memory. */
traffic_cut *traffic_cuts(size_t *count, const traffic_axis *axis, bool refetched, qy_arena *arena);

#endif
