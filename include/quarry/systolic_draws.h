/* The systolic array under draws of its library: metrics as coefficients times a basis of parts, see part_draws.h.
 *
 * Everything that qy_systolic_parts and qy_systolic_init_with price from the library varies: PEs (in their mode, with
 * new and with held operands, idle), operand, skew and line-up registers, multiplexers, the edge (adders, requantizers,
 * controller, shared multiples), buses along the rows.  What a held operand saves is taken anew in each draw.
 */
#ifndef QUARRY_SYSTOLIC_DRAWS_H
#define QUARRY_SYSTOLIC_DRAWS_H

#include "quarry/draws.h"
#include "quarry/part_draws.h"
#include "quarry/systolic.h"

enum { QY_SYSTOLIC_COLUMNS = 50 };

/* The metrics that are linear; *count of them. */
const qy_linear *qy_systolic_linear(size_t *count);

/* Activity and paths of the circuits of one PE, priced with these operands, in one library's draws.  Lives in the
 * arena; pe must outlive it.  twin: that of the same element and operands in another library, which saves simulating
 * them again, or NULL. */
typedef struct qy_systolic_anatomy qy_systolic_anatomy;
qy_status qy_systolic_anatomy_new(qy_systolic_anatomy **anatomy, const qy_systolic_anatomy *twin, const qy_pe *pe,
                                  const qy_pe_stimulus *stimulus, const qy_draws *draws, qy_arena *arena,
                                  qy_error *err);

/* basis[column * draws->count + k].  sram: factors as in part_draws.h; NULL: all 1.  QY_INFEASIBLE when PE or parts
 * miss the clock (nothing is written). */
qy_status qy_systolic_basis(double *basis, const qy_systolic_anatomy *anatomy, double period_ps, const double *sram,
                            qy_error *err);

/* The same for the nominal library alone: basis[column]. */
qy_status qy_systolic_basis_nominal(double *basis, const qy_systolic_anatomy *anatomy, double period_ps, qy_error *err);

/* coefficient[column] of a feasible array at one precision, in the metrics' own units; QY_INFEASIBLE when it has no
 * such mode or a layer does not fit. */
qy_status qy_systolic_coefficients(double *coefficient, const qy_systolic *module, const qy_systolic_work *work,
                                   int precision_bits);

#endif
