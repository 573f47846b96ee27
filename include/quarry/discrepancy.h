/* The model's own discrepancy of a circuit, drawn (DESIGN section 4): what its area and leakage, its delays and its
 * energies are multiplied by in each draw of a library, besides what the constants of the library do.  The deviations
 * are those of structure.h.
 *
 * The rule, per quantity and flow.  A circuit has operators o with weights w_o, their shares of its lean area;
 * registers weigh nothing, unless there is nothing else.  Operators alike in kind and in shape (widths, signs, inputs)
 * are one.
 *   ln factor = c (sqrt(L) z sum(w_o s_o) + sqrt(1 - L) sum(w_o s_o y_o) / norm)
 *   y_o = sqrt(F) y_family + sqrt(K) y_kind + sqrt(1 - F - K) y_shape
 * s: log sigma of the operator's class; L, F, K: library_share, family_share, kind_share; norm: the deviation of
 * sum(w_o y_o), so that a circuit of one family has the deviation s however many operators it has; c: 1 + composition
 * times the chance that two cells are of different kinds (1 - sum over kinds of squared weights).
 * z is one standard normal number a library and quantity, the y one a library, quantity and family, kind or shape:
 * independent of each other and of all constants, the same for every circuit of the run.  So circuits of the same
 * operators have the same factor, and a ratio of them no discrepancy; circuits of different families vary in quadrature
 * but for the library's part; in between the correlation is the cosine of the two vectors of operators.  Quantities and
 * libraries vary independently: the residuals of one and the same component in two libraries, or of its area and its
 * delay, hardly go together.
 * All copies of a circuit (elements, adders of an accelerator) and all operating modes have one factor.
 * Median 1: nominal values do not move.
 * Ownership: everything lives in the arena given.
 */
#ifndef QUARRY_DISCREPANCY_H
#define QUARRY_DISCREPANCY_H

#include "quarry/circuit.h"
#include "quarry/draws.h"
#include "quarry/structure.h"

/* What all of it is called among the inputs of a sensitivity analysis: one group. */
#define QY_STRUCTURE_INPUT "structure"

/* One distinct operator of a circuit. */
typedef struct qy_operator_share {
  const char *kind, *shape; /* "multiplier multiply"; the same with widths behind: equal texts, equal operators */
  qy_operator_class class;
  double weight; /* (0..1], sum 1 */
} qy_operator_share;

/* Of a finished circuit, cells priced in `tech`.  count 0: a circuit without cells.  QY_NO_MEMORY. */
qy_status qy_operator_shares(qy_operator_share **share, size_t *count, const qy_circuit *circuit, const qy_tech *tech,
                             qy_arena *arena, qy_error *err);

/* Standard deviation of sum(w_o y_o), see above; of the difference between two circuits'
 * c sum(w_o s_o y_o) / norm, a circuit without operators having none.  O(count^2). */
double qy_operator_norm(const qy_operator_share *share, size_t count, const struct qy_structure_flow *flow);
double qy_operator_mixture(const qy_operator_share *share, size_t count); /* h of structure.h: [0..1) */
double qy_operator_distance(const qy_operator_share *a, size_t a_count, const qy_operator_share *b, size_t b_count,
                            const struct qy_structure_flow *flow);

/* ln of the factors of one circuit in all draws of a library. */
typedef struct qy_discrepancy qy_discrepancy;

/* *out is NULL when the library has no table (tech.h: structure).  QY_NO_MEMORY. */
qy_status qy_discrepancy_new(qy_discrepancy **out, const qy_circuit *circuit, const qy_draws *draws, qy_arena *arena,
                             qy_error *err);

/* The factor on a quantity of the circuit in draw k, built with that effort; 1 when d is NULL. */
double qy_discrepancy_factor(const qy_discrepancy *d, qy_structure_quantity quantity, double effort, size_t k);

/* Effort (Tmin / T)^p of a circuit as built, [0..1]. */
double qy_build_effort(const qy_build *build, const qy_tech *tech);

#endif
