/* The fronts of a run, once all of its points are stored. */
#ifndef QUARRY_CLI_RUN_FRONTS_H
#define QUARRY_CLI_RUN_FRONTS_H

#include "quarry/model.h"
#include "quarry/points.h"

#include <pthread.h>
#include <stdbool.h>

/* Fronts over the experiment's objectives, within what the file says; of all points as qy_points_front has them. */
typedef struct front_search {
  const qy_plan_info *info;
  const qy_points *points;
  qy_groups groups;
  uint8_t *on_front;
  qy_status status;
  qy_error err;
  pthread_t thread;
  bool runs; /* the thread does */
} front_search;

/* Find them, in a thread of its own where there may be one: the caller may read the points meanwhile, no more. */
void front_search_start(front_search *s, const qy_plan_info *info, const qy_points *points, bool threaded);
/* Wait for the thread, if there is one. */
void front_search_wait(front_search *s);
void front_search_free(front_search *s);

/* The fronts found into the database, with layers and members of their points where the experiment keeps those: the end
 * of the experiment (qy_store_finish). */
qy_status run_fronts(const front_search *s, qy_store *store, qy_model *model, qy_error *err);

#endif
