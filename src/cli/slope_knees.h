/* The largest steps of least traffic against buffer size, and what begins to fit there. */
#ifndef QUARRY_CLI_SLOPE_KNEES_H
#define QUARRY_CLI_SLOPE_KNEES_H

#include "quarry/schedule.h"

#include <stddef.h>

typedef struct slope_knee {
  size_t step;      /* of the slope, > 0: the traffic falls from that of step - 1 */
  const char *text; /* "b3_add stays on chip" */
} slope_knee;

enum { SLOPE_KNEES_MAX = 4 };

/* The steps with the largest fall, but none of less than 3 % of the traffic; in order of capacity.  Names come from the
 * schedules at the step and at the one before it.  options: of the slope. */
qy_status slope_knees_find(slope_knee knee[SLOPE_KNEES_MAX], size_t *count, const qy_graph *graph,
                           const qy_schedule_options *options, const qy_slope_step *step, size_t steps, qy_arena *arena,
                           qy_error *err);

#endif
