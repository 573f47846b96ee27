/* How much less than the base design of an experiment (`compare:`) its other designs take. */
#ifndef QUARRY_SAVINGS_H
#define QUARRY_SAVINGS_H

#include "quarry/plan.h"
#include "quarry/points.h"

/* saved[i] of point i, in per cent of its partner in the base design: 100 (1 - own / base); NaN when there is none that
 * is feasible.  qy_alloc'ed. */
qy_status savings_of(double **saved, const qy_plan *plan, const qy_points *points, int metric, qy_error *err);

/* Median and largest of the members of group g that have a partner; NaN: none has. */
qy_status savings_of_group(double *median, double *most, const double *saved, const qy_groups *groups, size_t g,
                           qy_error *err);

#endif
