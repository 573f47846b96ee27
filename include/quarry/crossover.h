/* Within equal budgets, by how much is one set of designs better than another?
 *
 * Each set is a cloud of (cost, value) points, both minimised: area and latency, say.  best(c), the least value that a
 * set reaches at cost <= c, is a falling staircase.  The gain of a set over a base at budget c is best_base(c) /
 * best(c): above 1 the set is better, 2 is half of the latency.
 *
 * Common range.  From the least budget that holds a point of both to the last at which either staircase still falls.
 * Comparisons of the same two designs in several metrics share one range: from the largest of their first budgets to
 * the largest at which any of the staircases still falls (qy_crossover_join), so that gains in latency and in energy
 * are medians over the same budgets, and a share of the range is the same budget in both.  Where nothing falls behind
 * the first budget, the range is that budget alone.  A design that has no point up to the end of the range stands
 * there for what it reached before.
 *
 * Beyond the range no staircase falls: the gain is what it is without any limit on the budget, `unlimited`.  The step
 * that ends the range has no length in it, so that the median does not know it: unlimited says what comes of it.
 *
 * A maximum over the range says little, since a step of one staircase that the other follows a hair later counts as
 * much as a lasting gain; the median counts each budget alike, spread evenly in the logarithm: m such that gains below
 * m and gains above m each hold on half of the range at most (of two such steps the geometric mean, so that the gain of
 * the base over the set is 1 / m).  It is a weighted median of the steps between neighbouring costs, exact, without
 * sampling.  A cost of 0 is within every budget; the range then begins at the least cost above 0 at which a staircase
 * falls.
 *
 * Quality.  Where points have a quality (larger is better: a signal-to-noise ratio), a point may stand for one of the
 * base only if its quality is not worse.  Levels are the distinct qualities of the base's points that no other of its
 * points equals or beats in cost, value and quality at once.  At level q both sets are restricted to quality >= q, and
 * everything above holds for these; a level that the set does not reach is not compared.  The range is that of all
 * levels; a level counts from the least budget that holds a point of both at its quality.  The median counts budgets
 * and levels alike: each level has the weight of its part of the range.  At one budget, and without a limit, it is the
 * median over the levels.
 *
 * With two qualities (a signal-to-noise ratio and the noise of a network) both are held: levels are the distinct pairs
 * of the base's points that no other of its points equals or beats in all four.
 *
 * Ownership: nothing is kept; the arrays are the caller's.
 */
#ifndef QUARRY_CROSSOVER_H
#define QUARRY_CROSSOVER_H

#include "quarry/status.h"

#include <stddef.h>

/* Points with a NaN are left out. */
/* An interval of a ratio or gain is given where at least this share of the draws has one. */
#define QY_DRAWS_ENOUGH 0.9

typedef struct qy_crossover_set {
  size_t count;
  const double *cost;    /* [count] >= 0 */
  const double *value;   /* [count] >= 0 */
  const double *quality; /* [count]; NULL in both sets: not held */
  const double *second;  /* [count] another quality held beside; NULL in both sets: none */
} qy_crossover_set;

typedef enum qy_crossover_reason {
  QY_CROSSOVER_COMPARED,
  QY_CROSSOVER_NO_BASE, /* no point of the base (within the budget) */
  QY_CROSSOVER_NO_SET,  /* no point of the set (within the budget) */
  QY_CROSSOVER_QUALITY, /* none of the set has a quality of the base */
  QY_CROSSOVER_RANGE    /* no budget of the range given is one at which both have a point */
} qy_crossover_reason;

/* A range of budgets; all NaN: none. */
typedef struct qy_crossover_range {
  double low, high;
  double falls; /* least budget above 0 at which a staircase falls: where the logarithm begins if low is 0; else NaN */
} qy_crossover_range;

typedef struct qy_crossover {
  qy_crossover_reason reason; /* why there is no figure; else QY_CROSSOVER_COMPARED */
  double low, high;           /* the range, over all levels compared */
  double gain;                /* the median; may be infinite (over a value of 0) or 0; 0 / 0 counts as 1 */
  double gain_min, gain_max;  /* over the range */
  double unlimited;           /* gain without a limit on the budget: beyond the range */
  double better_frac;         /* share of the range, by its logarithm, on which the gain is above 1 */
  double better_from; /* least budget of the range from which on the gain is above 1 at all larger ones, at all levels
                         compared, beyond the range too; NaN: none */
  size_t levels, compared; /* qualities of the base, and those among them that are compared; 1 without quality */
  double base_quality;     /* least quality of the base's levels */
  double set_quality;      /* best quality of the set; both NaN without quality, of two the first */
} qy_crossover;

/* The common range of one metric, over all levels that both reach; all NaN where there is none.  Fails with
 * QY_NO_MEMORY only.  Time as qy_crossover_find. */
qy_status qy_crossover_range_of(qy_crossover_range *out, const qy_crossover_set *base, const qy_crossover_set *set,
                                qy_error *err);

/* The range that two metrics share: the larger first budget, the larger last one.  One that is NaN does not count. */
void qy_crossover_join(qy_crossover_range *range, const qy_crossover_range *other);

/* Over a range, NULL: the common one of these two sets.  Figures that do not exist are NaN.  Fails with QY_NO_MEMORY
 * only.  O(n log n) plus, for each level, the lengths of the two staircases at it; with two qualities O(n) for each
 * level. */
qy_status qy_crossover_find(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set,
                            const qy_crossover_range *range, qy_error *err);

/* At one budget >= 0, which need not lie in the common range: low and high are the budget, better_frac is the share of
 * the levels compared, better_from NaN. */
qy_status qy_crossover_at(qy_crossover *out, const qy_crossover_set *base, const qy_crossover_set *set, double budget,
                          qy_error *err);

/* Weighted median as above, of value[count] >= 0 with weight[count] >= 0 (NULL: all alike); NaN: of nothing. */
qy_status qy_crossover_median(double *median, const double *value, const double *weight, size_t count, qy_error *err);

#endif
