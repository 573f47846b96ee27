/* The fronts of one group of points, all draws side by side.
 *
 * Draws are taken in blocks of DRAWS_BLOCK.  A block has the points that are on the front of some of its draws: their
 * objectives draw beside draw, so that one comparison is made in all of them, and in which draws they still are on it.
 * What is the same in all draws is a scalar; by the first such objective the points are in order, so that a point is
 * held only against those before it, and holds only against those behind it.
 */
#ifndef QUARRY_DRAWS_FRONT_H
#define QUARRY_DRAWS_FRONT_H

#include "draws_lanes.h"

#include "quarry/status.h"

/* What points are compared by, all to be minimised. */
typedef struct draws_shape {
  size_t draws, blocks;
  int certain; /* objectives, the same in all draws */
  int varying;
  const draws_loops *loops;
} draws_shape;

/* Points of a block: count of them are in order, slot[0..count), the others, up to `room`, are free. */
typedef struct front_block {
  size_t count, room;
  uint32_t *slot;
  double *key;     /* [count] the first certain objective, rising; 0 where there is none */
  double *value;   /* [slot][varying][DRAWS_BLOCK] */
  double *certain; /* [slot][certain objectives] */
  uint8_t *alive;  /* [slot] bits of the draws on whose front it is */
  int64_t *id;     /* [slot] */
  double *scale;   /* [varying][DRAWS_BLOCK] over the sizes of the first point's values */
  double *low;     /* [varying][room + DRAWS_SLACK] by place: least value times scale in any draw */
  double *high;    /* the same: largest */
  uint32_t *found; /* [room] of a search */
} front_block;

typedef struct draws_front {
  front_block *block; /* [blocks] */
} draws_front;

/* A point in a block; alive: bits of the draws in which it may be on the front. */
typedef struct front_point {
  int64_t id;
  const double *certain; /* [certain objectives] */
  const double *value;   /* [varying][DRAWS_BLOCK] */
  unsigned alive;
} front_point;

draws_front *draws_front_new(const draws_shape *shape); /* NULL: out of memory */
void draws_front_free(draws_front *f, const draws_shape *shape);
unsigned draws_front_lanes(const draws_shape *shape, size_t block); /* bits of the draws that a block has */
qy_status draws_front_put(draws_front *f, const draws_shape *shape, size_t block, const front_point *p, qy_error *err);
/* Add what `from` has, which is empty then. */
qy_status draws_front_merge(draws_front *into, draws_front *from, const draws_shape *shape, qy_error *err);
/* Points of a block by number: order[count], from malloc (NULL: out of memory), their slots. */
uint32_t *draws_front_order(const front_block *b);

#endif
