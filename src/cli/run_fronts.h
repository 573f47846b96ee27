/* The fronts of a run, once all of its points are stored. */
#ifndef QUARRY_CLI_RUN_FRONTS_H
#define QUARRY_CLI_RUN_FRONTS_H

#include "quarry/model.h"
#include "quarry/points.h"

/* Fronts over the experiment's objectives, within what the file says, into the database, with layers and members of
 * their points where the experiment keeps those: the end of the experiment (qy_store_finish).  *on_front: as
 * qy_points_front has it, the caller's to free. */
qy_status run_fronts(uint8_t **on_front, qy_store *store, const qy_plan_info *info, qy_model *model,
                     const qy_points *points, qy_error *err);

#endif
