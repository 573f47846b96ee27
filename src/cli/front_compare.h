/* What `quarry front` makes of fronts: the few points that stand for each, and distances between those of two
 * experiments. */
#ifndef QUARRY_FRONT_COMPARE_H
#define QUARRY_FRONT_COMPARE_H

#include "quarry/points.h"

/* The points of an experiment with their fronts over some metrics. */
typedef struct stored_fronts {
  const char *name; /* as the user gave it */
  qy_points points;
  qy_groups groups;
  uint8_t *on_front; /* per point; owned */
  const int *metric;
  int metric_count;
} stored_fronts;

void stored_fronts_free(stored_fronts *fronts);

/* Keep in on_front only the k points of each front that have most hypervolume; a note on standard error says, for each,
 * how much of it that is. */
qy_status fronts_pick(stored_fronts *fronts, int64_t k, qy_error *err);

/* A table on standard output: two rows for each front that both experiments have, how far the one falls short of the
 * other.  Fronts that only one has are named on standard error.  QY_BAD_INPUT: they have none in common. */
qy_status fronts_compare(const stored_fronts *a, const stored_fronts *b, int format, qy_error *err);

#endif
