/* Points as columns (quarry/point_columns.h), taken from tiles without a struct for each. */
#ifndef QUARRY_EVALUATE_COLUMNS_H
#define QUARRY_EVALUATE_COLUMNS_H

#include "tile.h"

#include "quarry/point_columns.h"

typedef struct columns {
  qy_point_columns shown;
  double *value;     /* [QY_POINT_COLUMNS][stride] */
  const char **text; /* reasons, then what was resolved: [2][room] */
  int64_t room, stride;
  int metric[QY_METRIC_COUNT]; /* those that any point has */
  int metrics;
} columns;

/* For at most `room` points at a time; NULL: out of memory. */
columns *columns_new(const qy_model *model, int64_t room);
void columns_free(columns *c); /* NULL is allowed */
/* Evaluate points first, first + 1, ...: c->shown has them until the next call. */
qy_status columns_take(columns *c, tile *t, worker *w, const qy_model *model, int64_t first, int64_t count,
                       qy_error *err);

#endif
