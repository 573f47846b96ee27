/* The table of `quarry front`: the points of fronts with everything that tells them apart. */
#ifndef QUARRY_FRONT_TABLE_H
#define QUARRY_FRONT_TABLE_H

#include "quarry/points.h"

typedef struct front_table {
  const qy_points *points;
  const qy_groups *groups;
  const uint8_t *on_front; /* per point */
  const int *metric;       /* the first one orders the rows of each front */
  int metric_count;
  int all_columns; /* those too that are the same in all rows, and axes that do not vary */
  int format;
} front_table;

/* Print it: keys, axes of the experiment that vary, metrics with bounds.  For people columns that are the same in all
 * rows are said once, on standard error. */
qy_status front_table_print(const front_table *front, qy_store *store, int64_t id, qy_error *err);

#endif
