/* The depthwise module's equations for one point: see depthwise_run.h. */
#ifndef QUARRY_ACCEL_DEPTHWISE_ONE_H
#define QUARRY_ACCEL_DEPTHWISE_ONE_H

#include "depthwise_int.h"
#include "rows.h"
#include "scalars.h"

#define SHAPE                         layer_shape
#define BILL                          qy_bill
#define MODES                         int
#define COUNT(bill, item)             ((bill)->count[item])
#define TIME(bill, field)             ((bill)->field)
#define MODE_COUNT(bill, mode, value) ((bill)->count[QY_EVENT_PRODUCT + (mode)] = (value))
#include "depthwise_run.h"
#undef SHAPE
#undef BILL
#undef MODES
#undef COUNT
#undef TIME
#undef MODE_COUNT
#include "scalars_end.h"

/* Bits of a word that change, in a mode; without prices: 0. */
double depthwise_used_bits(const module *m, int mode);
/* A module in modes of its elements, ready to run; without prices it has no used_bits. */
void depthwise_in_mode(one_mode *r, const module *m, qy_modes modes);

#endif
