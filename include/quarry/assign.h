/* Assignment: one option for each group of layers, costs that add up; exact fronts, covers, optima under limits.
 *
 * A group is a layer, or several that must take the same option (their costs are then already added up).  An assignment
 * takes one option per group; each of its costs is the sum of that cost over the groups.  All costs are minimised.
 *
 * Methods.  Front: dynamic programming over the groups; of the partial sums only those that no other
 * one equals or beats in every cost are kept, which is exact because the same completions are open to all (Bellman;
 * Nemhauser and Ullmann, Management Science 15(9), 1969, for two costs).  Cover: the same, with partial sums rounded on
 * a geometric grid (Hansen 1980; Warburton, Operations Research 35(1), 1987; the proof is in
 * src/explore/assign_grid.c). Optimum: Lagrangian multipliers of the limits give lower bounds and a first assignment;
 * dynamic programming drops partial sums whose bound is above the best assignment known (Everett, Operations Research
 * 11(3), 1963; Marsten and Morin, Mathematical Programming 14, 1978, for bounds inside the recursion).
 *
 * Numbers.  A cost whose values are all (within 2^-51) decimals of at most 15 places and whose largest total, in units
 * of the last place, is below 2^52 is computed in those units: sums, comparisons and limits are exact, whatever the
 * order.  Integers are such decimals.  Any other cost is summed in double: "optimal" holds up to the rounding of such a
 * sum, groups * 2^-53 relative, and a limit counts as met within that; the points of a front are compared with such
 * totals rounded to 45 bits, so that one assignment does not beat another by rounding alone.
 *
 * Ties.  Of assignments with equal totals one is kept, the same on every machine and in every run; which of those that
 * are optimal: qy_assign_prefer.
 *
 * Ownership: the problem's arrays stay the caller's and may be freed when a function has returned; qy_assign_front_free
 * frees a front.
 */
#ifndef QUARRY_ASSIGN_H
#define QUARRY_ASSIGN_H

#include "quarry/alloc.h"
#include "quarry/pareto.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  QY_ASSIGN_COSTS_MAX = QY_OBJECTIVES_MAX,
  QY_ASSIGN_OPTIONS_MAX = 65535,  /* of a group */
  QY_ASSIGN_STATES_MAX = 1 << 17, /* partial sums kept after a group, unless the caller says otherwise */
  QY_ASSIGN_STATES_TOP = 1 << 26  /* the most that may be asked for */
};

/* A cost of one option is in [0, QY_ASSIGN_COST_MOST]: sums and products of bounds stay far from overflow. */
#define QY_ASSIGN_COST_MOST 1e100

typedef struct qy_assign_problem {
  size_t groups;             /* >= 1 */
  const size_t *first;       /* [groups + 1], rising: options [first[g], first[g + 1]) are those of group g, >= 1 */
  int costs;                 /* [1..QY_ASSIGN_COSTS_MAX] */
  const double *const *cost; /* cost[k][option], any unit */
  /* Asked between parts that take a fraction of a second: other than 0 ends a search with QY_INTERRUPTED.  NULL:
   * never. */
  int (*stop)(void *ctx);
  void *stop_ctx;
} qy_assign_problem;

/* The total of `cost` may be at most `most`. */
typedef struct qy_assign_limit {
  int cost;
  double most; /* finite */
} qy_assign_limit;

/* Least and greatest total of a cost over all assignments. */
void qy_assign_range(double *least, double *greatest, const qy_assign_problem *problem, int cost);

/* A total (>= 0) rounded to 45 bits, without the last ones, in which sums of the same costs in another order differ. */
double qy_assign_rounded(double total);

/* What a front is asked for.  Each cost at most once among the objectives and at most once among the limits. */
typedef struct qy_assign_question {
  int objectives; /* >= 1 */
  const int *objective;
  int limits; /* >= 0 */
  const qy_assign_limit *limit;
  double epsilon;    /* [0..1]; 0: exact when it fits in states_max, otherwise a cover with the epsilon that it takes */
  size_t states_max; /* 0: QY_ASSIGN_STATES_MAX, 8 times as many for a cover of two costs, fewer for three and more */
} qy_assign_question;

typedef struct qy_assign_front qy_assign_front;

/* The front.  Each assignment that meets the limits has a point of the front with every objective at most
 * (1 + qy_assign_front_epsilon()) times as large, and no point of the front is dominated by another.  Exact (0): the
 * whole Pareto front, one assignment for each vector of objectives.  Points are sorted by the first objective, then the
 * second, and so on.
 * QY_INFEASIBLE: no assignment meets the limits (the text names the first that fails and the least it could be).
 * QY_BAD_INPUT: a cost that is NaN or outside its range, or an epsilon too small for states_max partial sums (with
 * three costs and more the text says what it takes).
 * Time: groups * states * options of a group, times a logarithm; 6 bytes are kept for each partial sum of each group.
 */
qy_status qy_assign_front_find(qy_assign_front **front, const qy_assign_problem *problem,
                               const qy_assign_question *question, qy_error *err);

size_t qy_assign_front_count(const qy_assign_front *front);
double qy_assign_front_epsilon(const qy_assign_front *front); /* 0: exact */

/* Point i: total[costs] of every cost, objective or not; choice[groups]: the option, counted from 0 within its group.
 * total may be NULL.  O(groups): the choices are read back from what each partial sum came from. */
void qy_assign_front_point(const qy_assign_front *front, size_t i, double *total, uint16_t *choice);

void qy_assign_front_free(qy_assign_front *front); /* NULL is allowed */

/* An optimum under limits, or the reason why there is none. */
typedef struct qy_assign_optimum {
  uint16_t *choice; /* [groups], from the arena */
  double *total;    /* [costs] */
  bool optimal;     /* proved: no assignment within the limits has a smaller total of the objective */
  double bound;     /* no assignment within the limits is below it; equal to the total when optimal */
  /* QY_INFEASIBLE only: the first limit that cannot be met together with those before it (its place in the list; -1:
   * none was found within states_max, though none is proved impossible), and the least its cost can be under these. */
  int missed;
  double least;
} qy_assign_optimum;

/* The assignment with the least total of cost `objective` within the limits.  When more than states_max (0: the
 * default) partial sums stay open those with the largest bounds are given up, and the certificate says so.
 * QY_INFEASIBLE: none meets the limits, with `missed` and `least`, and the same in the text. */
qy_status qy_assign_minimize(qy_assign_optimum *out, const qy_assign_problem *problem, int objective,
                             const qy_assign_limit *limit, int limits, size_t states_max, qy_arena *arena,
                             qy_error *err);

/* Of the assignments within the limits whose totals of the costs held[0..holds) are those of *best, the one with the
 * least total of then[0], of these the least of then[1], and so on; *best holds an assignment within the limits and is
 * replaced. With held[0] the objective of qy_assign_minimize that is the optimum that is taken where several are equal.
 *  `optimal` and `bound` stay said of held[0].  Each is found as qy_assign_minimize finds it; where one is not proved
 * least, the next are compared at the total that was found.  A cost may be held, limited and preferred at once. */
qy_status qy_assign_prefer(qy_assign_optimum *best, const qy_assign_problem *problem, const int *held, int holds,
                           const qy_assign_limit *limit, int limits, const int *then, int thens, size_t states_max,
                           qy_arena *arena, qy_error *err);

#endif
