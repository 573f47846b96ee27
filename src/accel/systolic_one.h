/* The systolic array's equations for one point: see systolic_run.h. */
#ifndef QUARRY_ACCEL_SYSTOLIC_ONE_H
#define QUARRY_ACCEL_SYSTOLIC_ONE_H

#include "scalars.h"
#include "systolic_int.h"

#define SHAPE              layer_shape
#define ARRAY              array_mode
#define COUNTS             qy_systolic_counts
#define HALF(x)            ((x) / 2)
#define TRANSFER(bits, by) transfer(bits, (int64_t)(by))
#include "systolic_run.h"
#undef SHAPE
#undef ARRAY
#undef COUNTS
#undef HALF
#undef TRANSFER
#include "scalars_end.h"

#endif
