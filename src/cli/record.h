/* Evaluating the points of a plan and storing them, as its policy says. */
#ifndef QUARRY_CLI_RECORD_H
#define QUARRY_CLI_RECORD_H

#include "run.h"

/* Ctrl-C, kill and a terminal that is closed stop a run after the batch; nohup(1) goes on. */
void record_hear_signals(void);
/* Did one of them?  ctx: anything. */
int record_stopped(void *ctx);

/* What is not stored yet of the experiment begun, `id`.  *model: of all points, the caller's to free.  QY_INTERRUPTED:
 * a signal said so; what was finished is stored. */
qy_status record_plan(qy_model **model, const qy_plan *plan, qy_store *store, int64_t id, const run_options *o,
                      qy_arena *arena, qy_error *err);

#endif
