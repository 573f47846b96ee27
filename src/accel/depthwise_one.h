/* The depthwise module's equations for one point: see depthwise_run.h. */
#ifndef QUARRY_ACCEL_DEPTHWISE_ONE_H
#define QUARRY_ACCEL_DEPTHWISE_ONE_H

#include "depthwise_int.h"
#include "rows.h"
#include "scalars.h"

#define SHAPE layer_shape
#include "bill_one.h"
#include "depthwise_run.h"
#undef SHAPE
#include "bill_end.h"
#include "scalars_end.h"

/* Bits of a word that change, in a mode; without prices: 0. */
double depthwise_used_bits(const module *m, int mode);
/* A module in modes of its elements, ready to run; without prices it has no used_bits. */
void depthwise_in_mode(one_mode *r, const module *m, qy_modes modes);

#endif
