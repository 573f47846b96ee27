/* At equal cost, which of two sets of designs is better?
 *
 * Each set is a cloud of (cost, value) points, both minimised: area and latency, say.  best(c) is the least value a set
 * reaches at cost <= c, a falling staircase.  Set b is compared with the reference a at every cost where both exist.
 * Ownership: nothing is allocated; the arrays are the caller's.
 */
#ifndef QUARRY_CROSSOVER_H
#define QUARRY_CROSSOVER_H

#include "quarry/status.h"

#include <stddef.h>

typedef struct qy_crossover {
  int compared;      /* 0: no cost at which both sets have a point */
  int wins;          /* 0: b is nowhere better */
  double first_cost; /* least cost from which on b is strictly better at least once */
  double best_ratio; /* largest a / b over all costs: "at equal area, 2.9 times faster" */
  double best_cost;  /* where that is */
  double win_frac;   /* share of the cost range (logarithmic) on which b is strictly better */
} qy_crossover;

/* Costs must be above 0 and values >= 0; neither array is changed. O((n + m) log (n + m)). */
qy_status qy_crossover_find(qy_crossover *out, const double *a_cost, const double *a_value, size_t a_count,
                            const double *b_cost, const double *b_value, size_t b_count, qy_error *err);

#endif
