/* A system: a network runs on several accelerators, each layer on one of them.
 *
 * Layers go to the first member whose filter takes them (by type or by name), so a narrow filter stands before a wide
 * one.  Members work on different layers: sequential, one after another; pipelined, each on another inference (batch).
 * Totals from the metrics of the members, each evaluated on its own layers:
 *   area, leakage: added; every member leaks all the time.
 *   latency of one inference: added.  interval between two inferences: sequential, the latency; pipelined, the longest
 *   of the members' latencies.
 *   switching energy: added; a member without work is gated.  Leakage energy: leakage of all times the interval.
 *   power = energy / interval; EDP = energy times latency; throughput by the interval.
 *   utilization: the members' useful share of product slots (products over utilization), over all slots of all members
 *   in the interval.
 * Members may have clocks of their own: cycles are added as they are.
 * Units as in the names.  Ownership: plain data; lists of layers live in the arena given.
 */
#ifndef QUARRY_SYSTEM_H
#define QUARRY_SYSTEM_H

#include "quarry/metric.h"
#include "quarry/network.h"

#include <stdbool.h>

typedef struct qy_system_list {
  const qy_layer **layer;
  size_t count;
} qy_system_list;

/* Distribute those of the layers that multiply over `count` members.  QY_BAD_INPUT: a layer that no filter takes
 * (named), no members.  A member may end up with no layers. */
qy_status qy_system_map(qy_system_list *lists, const qy_layer *const *layers, size_t layer_count,
                        const qy_layer_filter *filters, size_t count, qy_arena *arena, qy_error *err);

/* Totals of `count` members with these metrics ([QY_METRIC_COUNT] each), each of at least one layer.  QY_BAD_INPUT: no
 * members, or one that takes no time.  interval_us may be NULL.  Metrics of single elements are left alone. */
qy_status qy_system_total(double total[QY_METRIC_COUNT], double *interval_us, const double *const *members,
                          size_t count, bool pipelined, qy_error *err);

#endif
