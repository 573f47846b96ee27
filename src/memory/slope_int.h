/* Fronts of least traffic against capacity: inside of slopes. */
#ifndef QUARRY_SLOPE_INT_H
#define QUARRY_SLOPE_INT_H

#include "rows_int.h"

/* Least traffic of a stage at given capacities. */
typedef struct slope_front {
  size_t count;
  const int64_t *capacity; /* [count] rising */
  int64_t *below;          /* [count] only less traffic than this matters; never rises with the capacity */
  int64_t *traffic;        /* [count] the least found; INT64_MAX: none */
  int64_t *macs, *peak;    /* [count] of the one found */
} slope_front;

/* Take in a way of the stage. */
void slope_front_offer(slope_front *front, int64_t peak, int64_t traffic, int64_t macs);
/* Place of the least capacity >= n; count: none. */
size_t slope_front_find(const slope_front *front, int64_t n);

/* Memory for fronts of rows stages of a graph. */
typedef struct rows_front_room rows_front_room;
qy_status rows_front_room_new(rows_front_room **room, const qy_graph *graph, qy_arena *arena, qy_error *err);
void rows_front_room_free(rows_front_room *room); /* what is not in the arena; NULL is allowed */

/* All rows ways of a stage that is ready, wherever they are below; complete false: the search gave up, there may be
 * others. */
qy_status rows_front_find(slope_front *front, bool *complete, const rows_stage *stage, rows_front_room *room,
                          rows_budget *budget, qy_error *err);

#endif
