/* The discrepancy of the circuit model itself: how far areas, delays and energies of circuits are off when the
 * constants of the library are right; <db_dir>/structure.csv.
 *
 * ln(measured / model) of a circuit is normal with mean 0 (a bias belongs into the model) and a standard deviation per
 * quantity, flow and family of operators.  It was estimated from synthesized components and elements in libraries that
 * were left out of all calibration (`quarry validate synthesis FILE --leave-out library --structure OUT`), so that the
 * middle 90 % of the residuals lie in the middle 90 % of constants and discrepancy together.  Flows stand for efforts
 * (Tmin / T)^p of the built circuit; between them the deviations are interpolated.
 * Circuits of several kinds of operators are off by more, because synthesis works across operators that the model
 * counts one by one: the deviation is multiplied by 1 + composition h, h the chance that two cells picked at random (by
 * area) belong to different kinds.
 * What two circuits of one library share of it: library_share of the variance is common to all of them, the rest is
 * their operators': family_share of an operator's is common to its family (multipliers of all sorts, say), kind_share
 * besides to its kind, whatever its widths.  See discrepancy.h.
 *
 * Columns: quantity (area, delay, energy), flow (lean, mid, fast), effort, family (operator classes joined by '+';
 * "all" for the others), parameter (log_sigma, composition, library_share, family_share, kind_share), value, low, high,
 * unit (ratio), rows, status, method, source; others are ignored.  low..high: over the estimates with one library's
 * rows left out.
 * Ownership: the table lives in the arena it was read into.
 */
#ifndef QUARRY_STRUCTURE_H
#define QUARRY_STRUCTURE_H

#include "quarry/tech.h"

typedef enum qy_structure_quantity {
  QY_STRUCTURE_AREA, /* and leakage, which goes with it */
  QY_STRUCTURE_DELAY,
  QY_STRUCTURE_ENERGY,
  QY_STRUCTURE_QUANTITIES
} qy_structure_quantity;

enum { QY_STRUCTURE_FLOWS = 3 };

/* Ranges of the table, of estimates too. */
#define QY_STRUCTURE_LOG_SIGMA_MAX   2.0
#define QY_STRUCTURE_COMPOSITION_MAX 100.0

typedef struct qy_structure {
  double effort[QY_STRUCTURE_FLOWS]; /* rising within [0..1] */
  struct qy_structure_flow {
    double log_sigma[QY_CLASS_COUNT]; /* of operators of a class: natural logarithm, [0..2] */
    double composition;               /* [0..100] */
    double library_share;             /* [0..1] */
    double family_share, kind_share;  /* [0..1], together at most 1 */
    int family[QY_CLASS_COUNT];       /* the first class of each class's family */
  } flow[QY_STRUCTURE_QUANTITIES][QY_STRUCTURE_FLOWS];
} qy_structure;

/* Read the table.  QY_BAD_INPUT with line and column: what qy_csv finds wrong, an unknown class, a status that is none,
 * a number out of range, a row given twice; without: one that is missing, efforts that do not rise. */
qy_status qy_structure_read(qy_structure **structure, const char *file, qy_arena *arena, qy_error *err);

const char *qy_structure_quantity_name(qy_structure_quantity quantity); /* "area" */
const char *qy_structure_flow_name(int flow);                           /* "lean" */

/* Weights of the flows on both sides of an effort: log sigma and the drawn discrepancy are linear in between. */
void qy_structure_weights(double weight[QY_STRUCTURE_FLOWS], const qy_structure *structure, double effort);

#endif
