/* How metrics vary between draws, as read from the metric table. */
#ifndef QUARRY_DRAWS_ROLES_H
#define QUARRY_DRAWS_ROLES_H

#include "quarry/metric.h"

#include <stdbool.h>

typedef enum kind {
  KIND_CERTAIN,
  KIND_LINEAR, /* fed by items */
  KIND_SUM,    /* of other metrics */
  KIND_SCALED, /* one other metric, or its inverse, times something certain */
  KIND_MIXED   /* a product or quotient of two that vary: none of the shipped ones, but a metric of a user may be */
} kind;

typedef struct role {
  kind kind;
  int of;        /* KIND_SCALED: the metric with draws of its own that it follows from */
  bool inverse;  /* falls when that one rises */
  bool of_parts; /* the same at all precisions: areas and leakage */
  bool needed;   /* other metrics are scaled from it */
} role;

typedef struct roles {
  role of[QY_METRIC_COUNT];
  int order[QY_METRIC_COUNT], count;   /* sums and mixed metrics, each after what it follows from */
  int own[QY_METRIC_COUNT], own_count; /* those with draws of their own */
  int scaled[QY_METRIC_COUNT], scaled_count;
  bool of_objectives[QY_METRIC_COUNT]; /* objectives follow from its draws, or it is one */
} roles;

/* memory: in designs that have one; in others there is nothing of what is a memory's alone.  fabric: QY_ON_*. */
void roles_make(roles *r, bool memory, unsigned fabric);
/* Mark what an objective follows from. */
void roles_mark(roles *r, int objective);

#endif
