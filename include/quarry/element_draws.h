/* One element under draws of its library: metrics as coefficients times a basis of parts, see part_draws.h.
 *
 * Linear: the areas, leakage, energy per product (a cycle's energy in the mode, and the leakage of that cycle).  Power
 * and operations per energy follow from the energy per product at a certain time.  The signal quality is certain.
 */
#ifndef QUARRY_ELEMENT_DRAWS_H
#define QUARRY_ELEMENT_DRAWS_H

#include "quarry/draws.h"
#include "quarry/element.h"
#include "quarry/part_draws.h"

enum { QY_ELEMENT_COLUMNS = 7 };

/* The metrics that are linear; *count of them. */
const qy_linear *qy_element_linear(size_t *count);

/* Activity with these operands and paths of one element in one library's draws. Lives in the arena; pe must outlive it.
 * twin: that of the same element and operands in another library, which saves simulating them again, or NULL. */
typedef struct qy_element_anatomy qy_element_anatomy;
qy_status qy_element_anatomy_new(qy_element_anatomy **anatomy, const qy_element_anatomy *twin, const qy_pe *pe,
                                 const qy_pe_stimulus *stimulus, const qy_draws *draws, qy_arena *arena, qy_error *err);

/* basis[column * draws->count + k].  QY_INFEASIBLE when the element misses the clock (nothing is written). */
qy_status qy_element_basis(double *basis, const qy_element_anatomy *anatomy, double period_ps, qy_error *err);

/* The same for the nominal library alone: basis[column]. */
qy_status qy_element_basis_nominal(double *basis, const qy_element_anatomy *anatomy, double period_ps, qy_error *err);

/* coefficient[column] at operands of precision_bits bits, in the metrics' own units; QY_INFEASIBLE when the element has
 * no such mode. */
qy_status qy_element_coefficients(double *coefficient, const qy_element *element, int precision_bits);

#endif
