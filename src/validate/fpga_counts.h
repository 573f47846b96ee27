/* FPGA resources of circuits that a table of tool runs names: each circuit is built and covered once, however many rows
 * have it. */
#ifndef QUARRY_VALIDATE_FPGA_COUNTS_H
#define QUARRY_VALIDATE_FPGA_COUNTS_H

#include "quarry/lut.h"

/* What is kept of a circuit: its counts, or why there are none. */
typedef struct fpga_counted {
  const char *kind, *params;
  qy_fpga_how how;
  qy_fpga_count count;
  const char *reason; /* NULL: count is set */
} fpga_counted;

/* The circuits counted so far: as many entries as there are different circuits. */
typedef struct fpga_counts fpga_counts;
fpga_counts *fpga_counts_new(void); /* NULL: out of memory */
void fpga_counts_free(fpga_counts *counts);

/* The counts of a component or an element (component_circuit).  *counted is valid until the next call; its reason,
 * until `counts` is freed.  The circuit is built in `scratch`.  Errors: QY_NO_MEMORY, QY_INTERNAL. */
qy_status fpga_count(const fpga_counted **counted, fpga_counts *counts, const char *kind, const char *params,
                     const qy_fpga_how *how, qy_arena *scratch, qy_error *err);

#endif
