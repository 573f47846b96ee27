/* Points taken for draws: evaluated, in tiles where it can be, and handed on.  Nothing of a result depends on how. */
#ifndef QUARRY_DRAWS_TILE_H
#define QUARRY_DRAWS_TILE_H

#include "model_int.h"
#include "tile.h"

/* Whose they are, and where feasible ones go. */
typedef struct drawn_points {
  const qy_model *model;
  worker *at;
  tile *tile;
  draws_batch *batch; /* NULL: to `fronts` as they are, as if that were the one draw */
  chance *fronts;
} drawn_points;

/* draws_batch_add of the point of a lane of a tile at a precision, t->drawn being set. */
void draws_batch_add_lane(draws_batch *b, int64_t k, const qy_point *point, const tile *t, int lane, size_t precision,
                          size_t front_group);

/* Hand on point k, at which the worker stands; it is feasible. */
qy_status drawn_put(const drawn_points *d, int64_t k, const qy_point *point, qy_error *err);
/* Evaluate points first, first + 1, ... and hand on those that are feasible, points[k] as number k. */
qy_status drawn_take(const drawn_points *d, int64_t first, int64_t count, qy_point *points, qy_error *err);

#endif
