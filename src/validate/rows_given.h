/* A network run as rows stages that are given, not searched for: sizes of tiles, what becomes of what tiles share.
 *
 * The modes of Mei et al., DeFiNES, HPCA 2023: `keep` caches rows and columns that the next tiles need, `recompute`
 * makes them again, `keep_columns` caches columns and makes rows again: then each row of tiles is a run of its own on
 * the rows that it needs, and its counts are those of such a network.
 * Cycles: an array that takes K output channels, C input channels, Y rows and X columns of outputs at once, one tap a
 * cycle, op by op and tile by tile, each rounded up; or, where that is longer, what is moved at the width of the bus.
 */
#ifndef QUARRY_VALIDATE_ROWS_GIVEN_H
#define QUARRY_VALIDATE_ROWS_GIVEN_H

#include "quarry/schedule.h"

typedef enum rows_halo { ROWS_KEEP, ROWS_RECOMPUTE, ROWS_KEEP_COLUMNS, ROWS_HALO_COUNT } rows_halo;

typedef struct rows_given {
  const qy_graph *graph;
  const size_t *cut; /* [cut_count] ops that begin a stage, rising, but the first */
  size_t cut_count;
  int64_t tile_h, tile_w; /* of the output of each stage; larger than it: all of it */
  rows_halo halo;
  bool resident; /* weights */
} rows_given;

typedef struct rows_array { /* at once; all at least 1 */
  int64_t k, c, y, x, bus_bits, entry_bits;
} rows_array;

/* Entries, MACs, largest occupancy of all stages (strict).  QY_BAD_INPUT: ops that cannot be a stage; keep_columns for
 * a network that is no chain of unpadded layers. */
qy_status rows_given_count(qy_traffic *traffic, const rows_given *given, qy_arena *arena, qy_error *err);

/* Cycles of each op, into cycles[op_count]: without what is moved.  QY_BAD_INPUT: a graph that is no chain. */
qy_status rows_given_cycles(double *cycles, const rows_given *given, const rows_array *array, qy_arena *arena,
                            qy_error *err);
/* MACs and outputs of each op, what is made again included: [op_count] each. */
qy_status rows_given_work(double *macs, double *outputs, const rows_given *given, qy_arena *arena, qy_error *err);

#endif
