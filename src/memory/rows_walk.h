/* Windows and occupancy of one rows stage at one tile size, map by map from the last to the first. */
#ifndef QUARRY_ROWS_WALK_H
#define QUARRY_ROWS_WALK_H

#include "rows_int.h"

typedef struct rows_direction {
  int count; /* tiles */
  int64_t size, all;
} rows_direction;

typedef struct rows_walk {
  const rows_stage *stage;
  unsigned sides;         /* bits 1: rows, 2: columns: those that windows are worked out for */
  rows_direction side[2]; /* rows, columns */
  rows_span *span[2];     /* [map_count] */
  bool *keep;             /* [map_count] */
  bool *reread;           /* [op_count] */
  int64_t *sum;           /* [op_count + 1] scratch */
} rows_walk;

/* Room for stages of so many maps and ops, maps of so many rows and columns. */
qy_status rows_walk_new(rows_walk *walk, size_t maps, size_t ops, int64_t rows, int64_t columns, qy_arena *arena,
                        qy_error *err);
void rows_walk_set(rows_walk *walk, const rows_stage *stage); /* both sides */
void rows_walk_tiles(rows_walk *walk, int64_t tile_h, int64_t tile_w);

/* What the readers of map m, all decided, need of it; true where windows overlap from tile to tile. */
bool rows_walk_need(rows_walk *walk, int m);
/* Decide: keep it or not. */
void rows_walk_decide(rows_walk *walk, int m, bool keep);

/* Rows (columns) that are made of it in all; tiles of that side in which any is. */
int64_t rows_walk_made_side(const rows_walk *walk, int m, int side);
int64_t rows_walk_tiles_side(const rows_walk *walk, int m, int side);
/* Everything kept. */
void rows_walk_keep_all(rows_walk *walk);
/* All maps of a stage that is given, as it says. */
void rows_walk_given(rows_walk *walk, const qy_rows *rows);
/* Rows times columns that are made (read) of it in all; tiles in which anything is. */
int64_t rows_walk_made(const rows_walk *walk, int m);
int64_t rows_walk_tiles_made(const rows_walk *walk, int m);
/* Units of decided map m at each row of tiles: the least while it is not in use, and from when it is made (read) to its
 * last use in the tile. */
void rows_walk_stay(const rows_walk *walk, int m, int64_t *before, int64_t *during);
/* Units of decided map m that are kept between tiles t - 1 and t of a side cut into tiles of one row (column), the
 * other side whole. */
int64_t rows_walk_border(const rows_walk *walk, int m, int side, int t);

/* Largest of the columns: the window, what is kept of it, what is new of it; all of them; tiles. */
typedef struct rows_extent {
  int64_t window, kept, made, all;
  int tiles;
} rows_extent;
rows_extent rows_walk_extent(const rows_walk *walk, int m, int side, bool keep);

/* Rows of a map at one row of tiles: the window, what is new, what is kept from the row before and for the next. */
typedef struct rows_lines {
  int64_t window, made, old, next;
} rows_lines;
rows_lines rows_walk_lines(const rows_walk *walk, int m, int t);

/* Units of a map at one row of tiles: before it is made, while it is used, afterwards. */
typedef struct rows_stay {
  int64_t before, during, after;
} rows_stay;
rows_stay rows_stay_of(const rows_stage *stage, int m, bool keep, const rows_lines *rows, const rows_extent *columns);

/* Ops at which a map is first and last in the buffer within a tile; false: at none. */
bool rows_walk_life(const rows_walk *walk, int m, int *first, int *last);
/* Units of the addends that are read again at an op that makes so many rows and columns. */
int64_t rows_reread_units(const rows_stage *stage, int o, int64_t rows, int64_t columns);

/* Largest occupancy with all maps decided, weights left out, the constant in. */
int64_t rows_walk_peak(rows_walk *walk);

/* Is a map in the buffer tile by tile? */
static inline bool rows_in_tiles(const rows_map *map)
{
  return map->place != QY_PLACE_HELD && !map->whole && (map->maker >= 0 || map->first_use <= map->last_use);
}

/* Counts with all maps decided and these weights resident, the others streamed. */
void rows_traffic(qy_traffic *traffic, rows_walk *walk, const bool *resident);

#endif
