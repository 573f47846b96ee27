/* How far the SRAM table may be off, per node and quantity: db/memory/sram_error.csv.
 *
 * Of the two flavours the larger error counts, so that one factor serves both.
 * Ownership: the numbers are copied into the caller's array.
 */
#ifndef QUARRY_SRAM_ERROR_H
#define QUARRY_SRAM_ERROR_H

#include "quarry/alloc.h"
#include "quarry/status.h"

typedef enum qy_sram_quantity {
  QY_SRAM_READ,
  QY_SRAM_WRITE,
  QY_SRAM_LEAKAGE,
  QY_SRAM_AREA,
  QY_SRAM_QUANTITY_COUNT
} qy_sram_quantity;

/* p95 of |error| as a fraction, per quantity.  QY_BAD_INPUT: what qy_csv finds wrong, a number outside [0..100] %, or a
 * quantity that the file does not have for the node. */
qy_status qy_sram_error_read(double p95_frac[QY_SRAM_QUANTITY_COUNT], const char *file, int node_nm, qy_arena *arena,
                             qy_error *err);

/* "read", "write", "leakage", "area": the words of the file. */
const char *qy_sram_quantity_name(qy_sram_quantity quantity);

/* Factor on the quantity at standard normal z: lognormal, |factor - 1| above p95_frac in about 5 % of all cases. */
double qy_sram_error_factor(double p95_frac, double z);

#endif
