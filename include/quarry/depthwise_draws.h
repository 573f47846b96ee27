/* The depthwise module under draws of its library: metrics as coefficients times a basis of parts, see part_draws.h. */
#ifndef QUARRY_DEPTHWISE_DRAWS_H
#define QUARRY_DEPTHWISE_DRAWS_H

#include "quarry/depthwise.h"
#include "quarry/draws.h"
#include "quarry/part_draws.h"

enum { QY_DEPTHWISE_COLUMNS = 39 };

/* The metrics that are linear; *count of them. */
const qy_linear *qy_depthwise_linear(size_t *count);

/* Activity and paths of the circuits of one PE in one library's draws. Lives in the arena; pe must outlive it.  twin:
 * that of the same element and operands in another library, which saves simulating them again, or NULL. */
typedef struct qy_depthwise_anatomy qy_depthwise_anatomy;
qy_status qy_depthwise_anatomy_new(qy_depthwise_anatomy **anatomy, const qy_depthwise_anatomy *twin, const qy_pe *pe,
                                   const qy_draws *draws, qy_arena *arena, qy_error *err);

/* basis[column * draws->count + k].  sram: factors as in part_draws.h; NULL: all 1.  QY_INFEASIBLE when PE or parts
 * miss the clock (nothing is written). */
qy_status qy_depthwise_basis(double *basis, const qy_depthwise_anatomy *anatomy, double period_ps, const double *sram,
                             qy_error *err);

/* The same for the nominal library alone: basis[column]. */
qy_status qy_depthwise_basis_nominal(double *basis, const qy_depthwise_anatomy *anatomy, double period_ps,
                                     qy_error *err);

/* coefficient[column] of a feasible module at one precision, in the metrics' own units; QY_INFEASIBLE when it has no
 * such mode. */
qy_status qy_depthwise_coefficients(double *coefficient, const qy_depthwise *module, const qy_depthwise_work *work,
                                    int precision_bits);

#endif
