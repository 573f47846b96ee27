/* How many points a run evaluates, in which batches, and what that takes: for `quarry run`. */
#ifndef QUARRY_RUN_ESTIMATE_H
#define QUARRY_RUN_ESTIMATE_H

#include "run.h"

#include "quarry/plan.h"

#include <stdint.h>

/* How many points will be evaluated, at most. */
int64_t run_wanted_points(const qy_plan_info *info);

/* Size of a batch, in points of the space. */
int64_t run_batch_points(const qy_plan *plan);

/* What so many points take in the database, an estimate. */
double run_database_bytes(const qy_plan *plan, double points);

/* What is too much to begin without a word: points, or memory.  QY_BAD_INPUT. */
qy_status run_check_size(const qy_plan *plan, const char *file, qy_error *err);

/* Print what a run of the plan takes, measured on some of its points; with its tornado plots, where
 * they are drawn, which evaluate their points anew.  Returns an exit code. */
int run_dry(const qy_plan *plan, const run_options *o);

#endif
