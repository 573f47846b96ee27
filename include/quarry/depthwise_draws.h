/* The depthwise module under draws of its library: every metric linear in a small basis of parts.
 *
 * A point's metrics are coefficient vectors, which depend on the design alone (how many of each part, how often each is
 * used), times basis[column][draw], which depends on PE, library and clock alone (what one part costs, in each draw).
 * So a batch of points is one matrix product per metric, and no point is evaluated again for a draw.
 *
 * Certain: cycles and latency at a fixed clock, pipeline stages, buffer sizes, feasibility: those of the nominal
 * library.  Uncertain: areas, leakages, energies of the parts, see src/accel/spread.h for circuits; SRAM: a factor per
 * quantity and buffer for what the table itself does not know (sram_error.h).
 */
#ifndef QUARRY_DEPTHWISE_DRAWS_H
#define QUARRY_DEPTHWISE_DRAWS_H

#include "quarry/depthwise.h"
#include "quarry/draws.h"

enum { QY_DEPTHWISE_BUFFERS = 3, QY_DEPTHWISE_SRAM_FACTORS = 12, QY_DEPTHWISE_COLUMNS = 39 };

/* A metric that is linear in columns [first, first + count) of the basis. */
typedef struct qy_linear {
  int metric, first, count;
} qy_linear;
const qy_linear *qy_depthwise_linear(size_t *count);

/* Activity and paths of the circuits of one PE in one library's draws. Lives in the arena; pe must outlive it. */
typedef struct qy_depthwise_anatomy qy_depthwise_anatomy;
qy_status qy_depthwise_anatomy_new(qy_depthwise_anatomy **anatomy, const qy_pe *pe, const qy_draws *draws,
                                   qy_arena *arena, qy_error *err);

/* basis[column * draws->count + k].  sram[factor * draws->count + k]: factors in the order read, write, leakage, area,
 * each for input, output, weights; NULL: all 1.  QY_INFEASIBLE when PE or parts miss the clock (nothing is written). */
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
