/* Within equal budgets, by how much is one set of designs better than another?
 *
 * Each set is a cloud of (cost, value) points, both minimised: area and latency, say.  best(c), the least value that a
 * set reaches at cost <= c, is a falling staircase.  The gain of a set over a base at budget c is best_base(c) /
 * best(c): above 1 the set is better, 2 is half of the latency.
 *
 * Common range.  From the least budget that holds a point of both, to the last at which either staircase still falls,
 * but not beyond the costliest point of either set, dominated or not: there one of them was not explored.  Where the
 * one ends before the other begins, there is none.  A maximum over this range says little, since a step of one
 * staircase that the other follows a hair later counts as much as a lasting gain; the median counts each budget alike,
 * spread evenly in the logarithm: m such that gains below m and gains above m each hold on half of the range at most
 * (of two such steps the geometric mean, so that the gain of the base over the set is 1 / m).  It is a weighted median
 * of the steps between neighbouring costs, exact, without sampling.  A cost of 0 is within every budget; the range then
 * begins at the least cost above 0.
 *
 * Quality.  Where points have a quality (larger is better: a signal-to-noise ratio), a point may stand for one of the
 * base only if its quality is not worse.  Levels are the distinct qualities of the base's points that no other of its
 * points equals or beats in cost, value and quality at once.  At level q both sets are restricted to quality >= q, and
 * everything above holds for these; a level that the set does not reach is not compared.  The median counts budgets and
 * levels alike: each level has the weight of its common range.  At one budget it is the median over the levels.
 *
 * Ownership: nothing is kept; the arrays are the caller's.
 */
#ifndef QUARRY_CROSSOVER_H
#define QUARRY_CROSSOVER_H

#include "quarry/status.h"

#include <stddef.h>

/* Points with a NaN are left out. */
typedef struct qy_crossover_set {
  size_t count;
  const double *cost;    /* [count] >= 0 */
  const double *value;   /* [count] >= 0 */
  const double *quality; /* [count]; NULL in both sets: not held */
} qy_crossover_set;

typedef enum qy_crossover_reason {
  QY_CROSSOVER_COMPARED,
  QY_CROSSOVER_NO_BASE, /* no point of the base (within the budget) */
  QY_CROSSOVER_NO_SET,  /* no point of the set (within the budget) */
  QY_CROSSOVER_QUALITY, /* none of the set has a quality of the base */
  QY_CROSSOVER_RANGE    /* one ends before the other begins */
} qy_crossover_reason;

typedef struct qy_crossover {
  qy_crossover_reason reason; /* why there is no figure; else QY_CROSSOVER_COMPARED */
  double low, high;           /* the common range, over all levels compared; of QY_CROSSOVER_RANGE what is between */
  double gain;                /* the median; may be infinite (over a value of 0) or 0; 0 / 0 counts as 1 */
  double gain_min, gain_max;  /* over the range */
  double better_frac;         /* share of the range, by its logarithm, on which the gain is above 1 */
  double better_from; /* least budget from which on the gain is above 1 at all larger ones of the range, at all levels;
                         NaN: none, also when the gain is not above 1 at the end of a level's range */
  size_t levels, compared; /* qualities of the base, and those among them that are compared; 1 without quality */
  double base_quality;     /* least quality of the base's levels */
  double set_quality;      /* best quality of the set; both NaN without quality */
} qy_crossover;

/* Over the common range.  Figures that do not exist are NaN.  Fails with QY_NO_MEMORY only.  O(n log n) plus, for each
 * level, the lengths of the two staircases at it. */
qy_status qy_crossover_find(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set,
                            qy_error *err);

/* At one budget >= 0, which need not lie in the common range: low and high are the budget, better_frac is the share of
 * the levels compared, better_from NaN. */
qy_status qy_crossover_at(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set, double budget,
                          qy_error *err);

/* Weighted median as above, of value[count] >= 0 with weight[count] >= 0 (NULL: all alike); NaN: of nothing. */
qy_status qy_crossover_median(double *median, const double *value, const double *weight, size_t count, qy_error *err);

#endif
