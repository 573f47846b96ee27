/* Layers of arrays whose cycles are counted in doubles, one word at the port at a time. */
#ifndef QUARRY_ACCEL_COUNTABLE_H
#define QUARRY_ACCEL_COUNTABLE_H

#include "quarry/network.h"

/* That the layer multiplies and its cycles can be counted exactly; *macs: its multiplications.  machine: "a dot
 * engine". QY_BAD_INPUT naming the layer. */
qy_status accel_check_countable(double *macs, const qy_layer *layer, const char *machine, qy_error *err);

#endif
