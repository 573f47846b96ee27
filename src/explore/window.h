/* Fronts of up to some thousand points without sorting by objectives: a window of the front so far, a vector at a time.
 *
 * Points come in rising order of a sum of scaled objectives, cut to 16 bits, so that none is dominated by one of a
 * later cut; each is compared with the window, 8 members at once.  O(n times front / 8) comparisons, fastest in
 * practice wherever the front is small or n is (sort-filter-skyline: Chomicki, Godfrey, Gryz, Liang, IEEE ICDE 2003).
 * No NaN, except where said.
 */
#ifndef QUARRY_EXPLORE_WINDOW_H
#define QUARRY_EXPLORE_WINDOW_H

#include "quarry/pareto.h"
#include "sift.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WINDOW_FEW = 512, WINDOW_FEW_POINTS = 128, WINDOW_MOST = 65535, WINDOW_MEMBERS = 800 };

/* What one look at all values tells. */
typedef struct survey {
  bool nan;
  double low[QY_OBJECTIVES_MAX], high[QY_OBJECTIVES_MAX];
} survey;

/* n >= 1; NaN allowed: then only `nan` is set. */
void window_survey(survey *s, const double *const *columns, int objectives, size_t n);

/* Whether comparing all pairs is faster than to put some order into the points. */
static inline bool window_is_few(int objectives, size_t n)
{
  return n <= WINDOW_FEW_POINTS && n * (size_t)objectives <= WINDOW_FEW;
}

/* Compare all pairs of few points.  False: there is a NaN, and keep[] is undefined. */
bool window_few(uint8_t *keep, const double *const *columns, int objectives, size_t n);

/* Three objectives: by_x[] has the points in order of (x, y, z) in its lower 16 bits.  A staircase of few steps in an
 * array is held of y and z so far.  0, or 1: it would have many, and keep[] is undefined; or -1: out of memory. */
int window_steps(uint8_t *keep, const double *const *columns, const uint32_t *by_x, size_t n);

/* Up to 8 points that dominate many, by their scaled sums. */
void window_pivots(sift_pivots *pivots, const double *const *columns, int objectives, size_t n, const survey *s);

/* keep[i] = 1 when point i is on the front, else 0.  n in [1..WINDOW_MOST].  0; or 1: more than WINDOW_MEMBERS points
 * came into the window, so that another way is faster, and keep[] is undefined; or -1: out of memory. */
int window_front(uint8_t *keep, const double *const *columns, int objectives, size_t n, const survey *s);

/* The same by one version of lanes.h, for tests. */
bool window_few_by(int version, uint8_t *keep, const double *const *columns, int objectives, size_t n);
int window_front_by(int version, uint8_t *keep, const double *const *columns, int objectives, size_t n,
                    const survey *s);
int window_steps_by(int version, uint8_t *keep, const double *const *columns, const uint32_t *by_x, size_t n);
void window_survey_by(int version, survey *s, const double *const *columns, int objectives, size_t n);

#endif
