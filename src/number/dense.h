/* Dense sets of levels: those with so many that noise against scale has one broad minimum. */
#ifndef QUARRY_NUMBER_DENSE_H
#define QUARRY_NUMBER_DENSE_H

#include "quarry/number.h"
#include "quarry/sqnr.h"

enum { COARSE_LEVELS = 1024 };

/* Dense and evenly spaced, so that many cells can be summed at once (noise.c). */
bool is_dense_even(const qy_levels *levels);

/* As qy_noise; INFINITY where it is found to be more than `most` before all cells are summed. */
double noise_within(const qy_levels *levels, double scale, const qy_signal *signal, double most);

#endif
