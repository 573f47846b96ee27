/* The exact filter behind qy_pareto: sorts, sweeps and divides, but never guesses.
 *
 * Few points: all pairs.  1 objective: the minimum.  2: sort and scan.  3: sort by the first, staircase of the other
 * two, in an array while it has few steps, else in an integer set.  4 and more: the window of window.h while the front
 * is small, else divide and conquer on the lexicographic order; "A drops B" is solved by splitting the last objective
 * until three are left, then by a staircase sweep, and by comparing blocks where they are small.  O(n log n) for 2 and
 * 3, O(n log^(d-2) n) for d >= 4.  Sources: Kung, Luccio, Preparata, J. ACM 22(4), 1975; Jensen, IEEE Trans. Evol.
 * Comput. 7(5), 2003, for the split with ties.
 */
#ifndef QUARRY_EXPLORE_EXACT_H
#define QUARRY_EXPLORE_EXACT_H

#include "window.h"

#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

/* keep[i] = 1 when point i of columns[0..objectives)[0..n) is on the front, else 0.  No NaN.  n in [1..UINT32_MAX).
 * seen: what window_survey() says of the points.  QY_NO_MEMORY is the only failure; no diagnostic is written. */
qy_status exact_front(uint8_t *keep, const double *const *columns, int objectives, size_t n, const survey *seen);

/* Two objectives, when one of them rises or falls from point to point: true and keep[] as above, else false.  There may
 * be a NaN: *nan tells, and keep[] is then undefined. */
bool exact_ordered(uint8_t *keep, const double *x, const double *y, size_t n, bool *nan);

/* Four objectives and more (divide.c); by one version of lanes.h, for tests. */
qy_status exact_divide(uint8_t *keep, const double *const *columns, int objectives, size_t n);
qy_status exact_divide_by(int version, uint8_t *keep, const double *const *columns, int objectives, size_t n);

#endif
