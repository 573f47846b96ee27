/* Search of a design space for its fronts, where all points would be too many.
 *
 * A method is a const descriptor.  All evaluate distinct points within a budget, keep what they saw and the fronts of
 * it, and depend on the seed alone: not on threads, and on the clock only where the budget is one of seconds.
 * Methods:
 *   nsga2   NSGA-II (Deb, Pratap, Agarwal, Meyarivan, IEEE Trans. Evol. Comput. 6(2), 2002) over the value indices of
 *           the axes: uniform crossover; mutation of one axis on average, by a step of a few values or by a jump to
 *           any; designs cross in the axes they have in common, by name.  Infeasible points rank behind feasible ones,
 *           by their violation.  No point is evaluated twice; the front of all points is kept, not that of the
 *           population only.
 *   sobol, lhs, random   a sample (sampling.h); without a number of points, samples of doubling size until time is up.
 * Points may belong to several fronts ("groups": those that are asked for one precision each, say): none dominates one
 * of another group, each group has the same share of the population, and good points of one are parents in all.
 * Ownership: the problem is the caller's; a result is freed with qy_search_free.
 */
#ifndef QUARRY_SEARCH_H
#define QUARRY_SEARCH_H

#include "quarry/pareto.h"
#include "quarry/space.h"

typedef struct qy_search_problem {
  const qy_space *space;
  int objectives; /* all minimised; [1..QY_OBJECTIVES_MAX] */
  size_t groups;  /* fronts, >= 1 */
  int threads;    /* workers, [1..QY_THREADS_MAX] */
  void *ctx;
  void *(*worker_new)(void *ctx, qy_error *err); /* as of qy_sweep; made once for the whole search.  May be NULL */
  void (*worker_free)(void *ctx, void *worker);  /* may be NULL */
  size_t (*group)(void *ctx, int64_t point);     /* in [0, groups), on the calling thread.  NULL: all are in group 0 */
  /* objective[0..objectives), unless *violation, 0 at entry, is made larger: by how much the point is infeasible, 1
   * where that is not known.  On any worker; the points of a worker come in rising order within a generation. */
  qy_status (*evaluate)(void *ctx, void *worker, int64_t point, double *objective, double *violation, qy_error *err);
  int (*stop)(void *ctx); /* may be NULL.  Non-zero: end after the batches in hand */
} qy_search_problem;

typedef struct qy_search_budget {
  int64_t points;    /* evaluated, < 2^31; 0: no limit but that of the space.  One of the two limits must be set */
  double seconds;    /* no generation starts later; 0: no limit.  What is found then depends on the machine */
  uint64_t seed;     /* any */
  size_t population; /* points of a generation; 0: points / 80, in [20..200]; more for many groups, 8 each, while
                        that leaves ten generations */
} qy_search_budget;

typedef struct qy_search_result {
  int objectives;
  size_t groups;
  size_t count;       /* points evaluated, generation after generation, rising within each */
  int64_t *point;     /* [count] */
  uint32_t *group;    /* [count] */
  double *objective;  /* [count * objectives]; NaN where infeasible */
  double *violation;  /* [count]; 0: feasible */
  size_t *end;        /* [generations]: points evaluated at the end of each */
  size_t generations; /* of a sample: batches */
  qy_archive **front; /* [groups]: of the feasible points; ids are points */
  size_t point_room, group_room, objective_room, violation_room, end_room;
} qy_search_result;

typedef struct qy_search_state qy_search_state;

typedef struct qy_search_method {
  const char *name, *help;
  qy_status (*steps)(qy_search_state *state, qy_error *err); /* called by qy_search_run */
} qy_search_method;

/* All methods, *count of them; the first is the default. */
const qy_search_method *qy_search_table(size_t *count);
const qy_search_method *qy_search_find(const char *name); /* NULL: none of this name */

/* QY_INTERRUPTED: stop said so; *result holds what was finished then, as after QY_OK.  QY_BAD_INPUT: no budget, NaN
 * among the objectives.  After any other status than these two *result is empty. */
qy_status qy_search_run(qy_search_result *result, const qy_search_method *method, const qy_search_problem *problem,
                        const qy_search_budget *budget, qy_error *err);

/* How good the fronts were after each generation: share[generations], in [0, 1].
 * exact[groups]: the fronts of the whole space, where they are known; NULL: those found in the end stand for them.
 * A share is the hypervolume of the front found so far over that of the exact one, the mean over the groups that have
 * one.  Objectives are scaled so that the exact front runs from 0 (its least value) to 1 (its largest one), the
 * reference point is 1.1 in each; an objective that is the same on all of the exact front is not scaled.
 * QY_BAD_INPUT: more than QY_HYPERVOLUME_OBJECTIVES_MAX objectives. */
qy_status qy_search_convergence(double *share, const qy_search_result *result, qy_archive *const *exact, qy_error *err);

void qy_search_free(qy_search_result *result); /* of one that is empty, too */

#endif
