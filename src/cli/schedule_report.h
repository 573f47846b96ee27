/* The schedule of a network on a buffer, segment by segment: `quarry describe schedule`. */
#ifndef QUARRY_CLI_SCHEDULE_REPORT_H
#define QUARRY_CLI_SCHEDULE_REPORT_H

#include "schedule_option.h"

typedef struct schedule_request {
  const char *network;
  schedule_choice choice;
  int execute, front, format;
  int64_t seed; /* of the data that are executed */
} schedule_request;

/* Print it; returns an exit code: EXIT_OFF when an execution differs from what the schedule says, EXIT_INPUT for a
 * buffer that is too small. */
int print_schedule(const schedule_request *request);

#endif
