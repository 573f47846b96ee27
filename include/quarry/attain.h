/* Attainment: in how many draws of an uncertain front a region of the plane of two objectives is reached.
 *
 * A draw's front reaches (x, y) when one of its points is no larger in both.  The surface of a share p is the border of
 * what at least p of the draws reach: a staircase, that of 0.05 the most hopeful, that of 0.95 the most careful.  What
 * a draw reaches follows from its front in these two objectives alone, so dominated points may be given or left out.
 * Both objectives are minimised: negate those to maximise.
 * Source: Grunert da Fonseca, Fonseca, Hall, "Inferential performance assessment of stochastic optimisers and the
 * attainment function", EMO 2001.
 * Ownership: surfaces live in the arena given.
 */
#ifndef QUARRY_ATTAIN_H
#define QUARRY_ATTAIN_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

/* From x[i] on, up to x[i + 1], y[i] is reached: x rises, y falls.  Nothing is reached left of x[0]. */
typedef struct qy_attainment {
  size_t count;
  double *x, *y;
} qy_attainment;

/* Surfaces of shares[levels], each in (0, 1], of the points (x[i], y[i]) of draw[i] in [0, draws): at least
 * ceil(share draws) of the draws reach what is on or above the surface.  count 0, or too few draws with points: no
 * steps.  No value is NaN.  O(count (log count + draws)) at worst. */
qy_status qy_attainment_find(qy_attainment *surface, const double *shares, int levels, const double *x, const double *y,
                             const uint32_t *draw, size_t count, size_t draws, qy_arena *arena, qy_error *err);

#endif
