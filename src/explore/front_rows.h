/* The front of some points as rows of distinct points (include/quarry/front.h).
 *
 * Ownership: a front_rows is freed by front_rows_free; it keeps nothing of the caller's.
 */
#ifndef QUARRY_EXPLORE_FRONT_ROWS_H
#define QUARRY_EXPLORE_FRONT_ROWS_H

#include "quarry/pareto.h"

#include <stddef.h>
#include <stdint.h>

typedef struct front_rows {
  size_t count, objectives;
  double *row;    /* [count][objectives], rising by the first objective, then the next, ... */
  uint32_t *from; /* [count] the first of the points that are equal to it */
} front_rows;

/* QY_BAD_INPUT: no point, a value that is not finite, more than QY_HYPERVOLUME_OBJECTIVES_MAX objectives. */
qy_status front_rows_make(front_rows *rows, const double *const *columns, int objectives, size_t count, qy_error *err);
void front_rows_free(front_rows *rows);

/* Widen low[objectives] and high[objectives] to the rows. */
void front_rows_range(const front_rows *rows, double *low, double *high);

/* The rows as columns of their own, in [0, 1] between low and high, objectives without range left out: cell[d * count +
 * i], d in [0, *kept).  cell: count * objectives. */
void front_rows_scale(double *cell, int *kept, const front_rows *rows, const double *low, const double *high);

/* Volume that columns of front_rows_scale dominate up to 1 + QY_FRONT_MARGIN; 1 where no objective is kept. */
qy_status front_volume(double *volume, const double *cell, int kept, size_t count, qy_error *err);

#endif
