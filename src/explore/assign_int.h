/* Assignment inside: partial sums after each group, and what they came from (include/quarry/assign.h).
 *
 * A dimension is a cost that is compared: the objectives, then the limited costs that are none.  Dimensions [0,
 * grid_dims) may be rounded when a cover will do.  Partial sums are kept in lexicographic order of their dimensions.
 * The groups are done in another order than the caller's, those in which the first dimension varies least first: the
 * sums of the first steps then span little, and few of them differ.  Below, and in all arrays of the work but `scaled`
 * and `all`, "group g" is the one at place g of that order.
 */
#ifndef QUARRY_EXPLORE_ASSIGN_INT_H
#define QUARRY_EXPLORE_ASSIGN_INT_H

#include "quarry/assign.h"

enum {
  ASSIGN_DIMS_MAX = QY_ASSIGN_COSTS_MAX,
  ASSIGN_PRICES_MAX = 6,
  ASSIGN_FLAT = 3,                /* dimensions that are merged; with more, all candidates are compared at once */
  ASSIGN_CANDIDATES_MAX = 1 << 21 /* of such a comparison */
};

/* Lower bounds of what can become of a partial sum, for several prices of the limits. */
typedef struct assign_bound {
  int count;
  double price[ASSIGN_PRICES_MAX][ASSIGN_DIMS_MAX]; /* of each dimension; 1 for the objective */
  double *tail[ASSIGN_PRICES_MAX];                  /* [groups + 1]: least priced sum of the groups from g on, less the
                                                       price of the limits and what rounding may add */
  double most; /* partial sums with a bound above it are dropped: the best total known */
} assign_bound;

/* Where the partial sums after a group came from. */
typedef struct assign_step {
  size_t count;
  uint32_t *parent; /* place among those after the group before */
  uint16_t *option; /* option of this group, counted within it */
} assign_step;

typedef struct assign_work {
  qy_arena *arena;
  int (*stop)(void *ctx); /* of the problem */
  void *stop_ctx;
  size_t groups;
  int costs;
  double unit[QY_ASSIGN_COSTS_MAX];    /* scaled = cost * unit: 10^places when exact, else 1 */
  bool exact[QY_ASSIGN_COSTS_MAX];     /* sums of the scaled costs are integers below 2^53 */
  double *scaled[QY_ASSIGN_COSTS_MAX]; /* [all options] */
  size_t *all;                         /* [groups + 1]: options of a group before some are left out */
  size_t *order;                       /* [groups]: which group stands at a place */

  int dims, grid_dims;
  int cost_of[ASSIGN_DIMS_MAX];
  double limit[ASSIGN_DIMS_MAX]; /* scaled; INFINITY: none */
  bool filtered;                 /* there are limits or a bound */
  size_t *first;                 /* [groups + 1]: options that are left */
  uint16_t *option;              /* their places within the group */
  double *value[ASSIGN_DIMS_MAX];
  double *rest[ASSIGN_DIMS_MAX]; /* [groups + 1]: least sum of the groups from g on */
  const assign_bound *bound;     /* NULL: none */

  size_t done;                    /* groups that the partial sums hold */
  size_t count;                   /* partial sums */
  double *state[ASSIGN_DIMS_MAX]; /* owned */
  assign_step *step;              /* [groups]; their arrays are owned */
} assign_work;

/* Scale the costs and lay out the dimensions; `order[dims]`: the costs compared.  On failure too the work is to be
 * closed.  QY_BAD_INPUT: a cost out of range. */
qy_status assign_open(assign_work *w, const qy_assign_problem *problem, const int *order, int dims, int grid_dims,
                      const qy_assign_limit *limit, int limits, qy_error *err);
void assign_close(assign_work *w);

/* Is the search to end? */
static inline bool assign_stopped(const assign_work *w)
{
  return w->stop && w->stop(w->stop_ctx) != 0;
}

/* Back to no group done: one partial sum, zero. */
qy_status assign_restart(assign_work *w, qy_error *err);

/* A value of a limit in scaled units, what counts as met included. */
double assign_limit(const assign_work *w, int cost, double most);

/* Option of each group that is done, for partial sum i; choice[] and those of assign_totals are in the caller's order.
 */
void assign_choice(const assign_work *w, size_t i, uint16_t *choice);

/* Totals of all costs, in the units of the caller. */
void assign_totals(const assign_work *w, const uint16_t *choice, double *total);

/* May this partial sum, groups [0, g) done, still become part of an answer? */
bool assign_open_ended(const assign_work *w, const double *v, size_t g);

/* Greatest lower bound of the objective over the completions of a partial sum. */
double assign_bound_of(const assign_bound *b, int dims, const double *v, size_t g);

/* The next group by exact dominance.  QY_INFEASIBLE, nothing said: more than ASSIGN_CANDIDATES_MAX.  QY_INTERRUPTED:
 * the search is to end. */
qy_status assign_extend(assign_work *w, qy_error *err);

/* Take over the partial sums after the next group: arrays of `count`, owned by the work from now on, also on failure.
 */
void assign_take(assign_work *w, size_t count, double *const *state, uint32_t *parent, uint16_t *option);

/* Leave only the partial sums kept[0..count), rising or not; they get this order. */
qy_status assign_keep(assign_work *w, const uint32_t *kept, size_t count, qy_error *err);

/* Front of n points by their keys: kept[0..*count) in lexicographic order, of equal ones the first. */
qy_status assign_select(uint32_t *kept, size_t *count, const double *const *key, int dims, size_t n, qy_error *err);

/* The next group with sums rounded where that saves work, by at most a share of *budget = log(1 + epsilon), which is
 * lowered by what was spent.  weight[g]: the share of group g is weight[g] over the sum of those from g on. */
qy_status assign_extend_grid(assign_work *w, double *budget, const double *weight, qy_error *err);

/* Drop partial sums that others cover within exp(budget); *spent tells whether any was. */
qy_status assign_thin(assign_work *w, double budget, int grid_dims, bool *spent, qy_error *err);

/* The budget for which assign_thin is expected to leave at most `most` partial sums, the least of a rising sequence
 * from *budget on, which it replaces.  INFINITY: none. */
qy_status assign_find_budget(double *budget, const assign_work *w, size_t most, qy_error *err);

#endif
