/* What to do with a front: the few points that stand for it, and how far one front is from another.
 *
 * Columns and senses as of pareto.h: all objectives are minimised.  Only the front of what is given counts: dominated
 * points are left out, and of points equal in every objective the first stands for all.
 * Volumes are free of scale: each objective runs from its least (0) to its greatest value on the front (1), and the
 * reference point lies at 1 + QY_FRONT_MARGIN; an objective of one value counts as a factor of 1.  The margin is what
 * makes the ends of a front worth something.
 * Sources: Kuhn, Fonseca, Paquete, Ruzika, Duarte, Figueira, "Hypervolume subset selection in two dimensions", Evol.
 * Comput. 24(3), 2016, for the exact choice in two objectives; Guerreiro, Fonseca, Paquete, "Greedy hypervolume subset
 * selection in low dimensions", Evol. Comput. 24(3), 2016, and Nemhauser, Wolsey, Fisher, Math. Program. 14, 1978, for
 * the greedy one and its bound; Ishibuchi et al., "Modified distance calculation in generational distance and inverted
 * generational distance", EMO 2015, for IGD+; Zitzler et al., IEEE Trans. Evol. Comput. 7(2), 2003, for epsilon.
 * Ownership: the caller's arrays stay the caller's.
 */
#ifndef QUARRY_FRONT_H
#define QUARRY_FRONT_H

#include "quarry/pareto.h"
#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

#define QY_FRONT_MARGIN 0.1

/* Of a greedy choice: at least this share of the greatest volume that as many points can have, 1 - 1/e. */
#define QY_FRONT_GREEDY 0.63212055882855767

typedef struct qy_front_choice {
  size_t count;     /* points picked: k, or all of the front where it has no more */
  size_t front;     /* points of the front, equal ones once */
  double volume;    /* of those picked, free of scale as said above */
  double whole;     /* of the front */
  double guarantee; /* volume is at least this share of the greatest possible: 1 (exact) or QY_FRONT_GREEDY */
  double reference[QY_HYPERVOLUME_OBJECTIVES_MAX]; /* in the units of each column */
} qy_front_choice;

/* The k points of the front that have most hypervolume together: picked[i] = 1 or 0, i in [0, count).  Exact for one
 * and two objectives and wherever the front has at most k points, O(n log n + k n) time and 4 k n bytes; else greedy,
 * point after point the one that adds most.  The same points give the same choice.
 * QY_BAD_INPUT: count or k 0, a value that is not finite, more than QY_HYPERVOLUME_OBJECTIVES_MAX objectives; picked is
 * then undefined. */
qy_status qy_front_pick(uint8_t *picked, qy_front_choice *choice, const double *const *columns, int objectives,
                        size_t count, size_t k, qy_error *err);

/* How far front a falls short of front b.  Lengths count in ranges: 1 is the distance, in that objective, between the
 * least and the greatest value of both fronts together, or scale[d] in the units of column d where scale is given. */
typedef struct qy_front_distance {
  double igd_plus; /* mean over b of the length by which the nearest point of a is worse; 0: a covers all of b */
  double epsilon;  /* least length by which all of a must improve in every objective to cover b; < 0: a has some left */
  /* Least factor by which all of a must improve in every objective to cover b: a / b of values above 0, b / a of values
   * below (negated ones to be maximised); NaN where an objective has both signs or 0. */
  double epsilon_factor;
  double volume_ratio; /* hypervolume of a over that of b, the reference QY_FRONT_MARGIN beyond both */
} qy_front_distance;

/* a[d][i], i in [0, a_count), and b likewise; counts >= 1.  scale: [objectives], above 0, or NULL.  O(a_count b_count)
 * after the fronts.  QY_BAD_INPUT: a count of 0, a value that is not finite, more than QY_HYPERVOLUME_OBJECTIVES_MAX
 * objectives. */
qy_status qy_front_distance_of(qy_front_distance *distance, const double *const *a, size_t a_count,
                               const double *const *b, size_t b_count, int objectives, const double *scale,
                               qy_error *err);

#endif
