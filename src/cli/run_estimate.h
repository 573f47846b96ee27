/* How many points a run evaluates, in which batches, and what that takes: for `quarry run`. */
#ifndef QUARRY_RUN_ESTIMATE_H
#define QUARRY_RUN_ESTIMATE_H

#include "quarry/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* How many points will be evaluated, at most. */
int64_t run_wanted_points(const qy_plan_info *info);

/* Size of a batch, in points of the space. */
int64_t run_batch_points(const qy_plan *plan);

/* What so many points take in the database, an estimate. */
double run_database_bytes(const qy_plan *plan, double points);

/* Print what a run of the plan takes, measured on some of its points; plots: with its tornado plots, which evaluate
 * their points anew.  Returns an exit code. */
int run_dry(const qy_plan *plan, int threads, bool plots, int format);

#endif
