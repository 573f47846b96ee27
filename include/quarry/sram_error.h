/* How far the SRAM table may be off, per node and quantity.
 *
 *   sram_error.csv    between its rows, against CACTI itself: another random number for each buffer and quantity
 *   sram_silicon.csv  CACTI against silicon: a factor of all SRAM at once, one for each kind of quantity
 *
 * Both in db/memory; a figure is off by the product.  Of the two flavours the larger error counts, so that one factor
 * serves both.  Access and cycle times have no factors: whether a buffer follows the clock is said of the table's own.
 * Ownership: the numbers are copied into the caller's arrays; texts of sources live in the arena given.
 */
#ifndef QUARRY_SRAM_ERROR_H
#define QUARRY_SRAM_ERROR_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/tech.h"

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

/* What one factor of silicon is shared by: the words of sram_silicon.csv. */
typedef enum qy_sram_silicon {
  QY_SILICON_ENERGY, /* reads and writes */
  QY_SILICON_LEAKAGE,
  QY_SILICON_AREA,
  QY_SRAM_SILICON_COUNT
} qy_sram_silicon;
const char *qy_sram_silicon_name(qy_sram_silicon kind); /* "energy", "leakage", "area" */
qy_sram_silicon qy_sram_silicon_of(qy_sram_quantity quantity);

/* Silicon over table as constants of value 1, to be drawn like those of a library (qy_constant_at).  QY_BAD_INPUT, with
 * file, line and column: what qy_csv finds wrong, a low above 1 or a high below it, a row twice, or one that the file
 * does not have for the node. */
qy_status qy_sram_silicon_read(qy_constant of[QY_SRAM_SILICON_COUNT], const char *file, int node_nm, qy_arena *arena,
                               qy_error *err);

#endif
