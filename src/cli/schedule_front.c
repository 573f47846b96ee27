/* Traffic against MACs at one buffer: `quarry describe schedule --front`. */
#include "schedule_front.h"

#include "cli.h"

#include <inttypes.h>
#include <stdio.h>

qy_status print_schedule_front(const qy_graph *graph, const qy_schedule_options *options, qy_least_capacity *smallest,
                               int format, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"traffic_entries", "floor_entries", "macs",   "computed_again_pct",
                                      "peak_units",      "segments",      "optimal"};
  qy_schedule *const *front;
  size_t count;
  qy_status status = qy_schedule_front(&front, &count, smallest, graph, options, arena, err);
  if (status) return status;
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < count; i++) {
    const qy_schedule *s = front[i];
    table_row(t, INTEGER(qy_traffic_entries(&s->total)), INTEGER(qy_schedule_floor(graph, (qy_units){1, 1, 1})),
              INTEGER(s->total.macs), NUMBER(100 * (1 - (double)graph->macs / (double)s->total.macs)),
              INTEGER(s->total.peak), INTEGER((int64_t)s->stage_count), TEXT(s->optimal ? "yes" : "no"));
  }
  table_print(t);
  return QY_OK;
}
