/* Runs that store the points of fronts, or the best ones, alone: `store: front` and `store: summary`. */
#ifndef QUARRY_KEPT_RUN_H
#define QUARRY_KEPT_RUN_H

#include "quarry/kept.h"
#include "quarry/store_merge.h"

typedef struct kept_options {
  int threads, quiet;
  int (*stop)(void *ctx);
  bool is_share; /* points [first, end) alone */
  int64_t first, end;
} kept_options;

/* Sweep all points of the plan, from where an earlier run of the experiment begun left it; its state is stored on the
 * way.  *kept is the caller's to free, in any case. */
qy_status kept_sweep(qy_kept **kept, const qy_plan *plan, qy_model *model, qy_store *store, const kept_options *options,
                     qy_arena *arena, qy_error *err);

/* The same from what shares of the experiment found: no point is gone through again.  QY_BAD_INPUT: a part is
 * damaged. */
qy_status kept_of_parts(qy_kept **kept, const qy_plan *plan, qy_model *model, const qy_parts *parts, qy_arena *arena,
                        qy_error *err);

/* Store the counts and, where there are draws, the front probabilities. */
qy_status kept_store(qy_kept *kept, const qy_plan *plan, qy_store *store, qy_arena *arena, qy_error *err);

#endif
