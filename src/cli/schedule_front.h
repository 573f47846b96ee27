/* Traffic against MACs at one buffer: `quarry describe schedule --front`. */
#ifndef QUARRY_CLI_SCHEDULE_FRONT_H
#define QUARRY_CLI_SCHEDULE_FRONT_H

#include "quarry/schedule.h"

/* Print the schedules of qy_schedule_front, one row each; its statuses. */
qy_status print_schedule_front(const qy_graph *graph, const qy_schedule_options *options, qy_least_capacity *smallest,
                               int format, qy_arena *arena, qy_error *err);

#endif
