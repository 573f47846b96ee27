/* The points of a batch as columns of numbers: what qy_point says of each, for who packs columns.
 *
 * Points follow one another, evaluated without draws, all layers at one precision.  Plain data; the arrays belong to
 * who fills them and are valid for the call that hands them over, the texts as those of qy_point.
 */
#ifndef QUARRY_POINT_COLUMNS_H
#define QUARRY_POINT_COLUMNS_H

#include "quarry/metric.h"

#include <stdint.h>

/* As the fields of qy_point: integers below 2^53 but for the clock (MHz). */
typedef enum qy_point_column {
  QY_COLUMN_DESIGN, /* rising along the points, each at most one above that before */
  QY_COLUMN_TECHNOLOGY,
  QY_COLUMN_NETWORK,
  QY_COLUMN_PRECISION,
  QY_COLUMN_BITS,
  QY_COLUMN_WEIGHT_BITS,
  QY_COLUMN_CLOCK,
  QY_COLUMN_METRIC,
  QY_POINT_COLUMNS = QY_COLUMN_METRIC + QY_METRIC_COUNT
} qy_point_column;

typedef struct qy_point_columns {
  int64_t first, count;                   /* points first, first + 1, ... */
  const double *column[QY_POINT_COLUMNS]; /* [count]; NaN: none; NULL: no point of the model has such a metric */
  const char *const *reason;              /* [count]: why it is infeasible; NULL: feasible */
  const char *const *resolved;            /* [count]: qy_point.resolved */
} qy_point_columns;

#endif
