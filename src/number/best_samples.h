/* The best scale of given weights: see best_samples.c. */
#ifndef QUARRY_NUMBER_BEST_SAMPLES_H
#define QUARRY_NUMBER_BEST_SAMPLES_H

#include "quarry/sqnr.h"

/* The scale (> 0) with least noise for a signal of kind SAMPLES; *exact: no scale has less, else it is the best found.
 * QY_NO_MEMORY. */
qy_status best_scale_of_samples(double *scale, bool *exact, const qy_levels *levels, const qy_signal *signal,
                                qy_error *err);

#endif
