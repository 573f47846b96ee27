/* Each design of an experiment by itself, within what fronts are taken within. */
#ifndef QUARRY_SUMMARY_H
#define QUARRY_SUMMARY_H

#include "quarry/plan.h"
#include "quarry/points.h"
#include "quarry/store.h"

#include <pthread.h>

/* Points of a group. */
typedef struct summary_row {
  size_t count, on_front, robust;
} summary_row;

typedef struct summary {
  const qy_plan_info *info;
  const qy_points *points;
  const uint8_t *on_front; /* of each point; NULL: not known (`store: summary`) */
  qy_key key[QY_KEY_COUNT + 1];
  int key_count;
  qy_groups groups;
  summary_row *row; /* [groups.count] */
  double *best;     /* [groups.count][objectives]; NaN: no point has one */
  bool runs;
  pthread_t thread;
  qy_status status;
  qy_error err;
} summary;

/* Keys of its groups: what fronts are taken within, then the design. */
int summary_keys(const qy_plan_info *info, qy_key *keys);

/* Count and compare; on a thread of its own where threaded is true, so that points and on_front stay as they are until
 * summary_print or summary_free. */
void summary_start(summary *s, const qy_plan_info *info, const qy_points *points, const uint8_t *on_front,
                   bool threaded);
/* The table, once it is counted.  Returns an exit code. */
int summary_print(summary *s, qy_store *store, int64_t id, int format);
void summary_free(summary *s);

#endif
