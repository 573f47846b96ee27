/* Products a cycle on an FPGA: how many of each kind of unit fit, so that most products are made.
 *
 * The allocation problem of FILM-QNN (Sun et al., FPGA 2022, eq. 5-10), over integers: units of up to six kinds (there:
 * products of low and of high precision, on DSP slices and on LUTs), each making some products a cycle and taking
 * integers of every resource,
 *     maximise  sum of products,   subject to   sum of costs <= budget, for each resource,
 *                                               products of high precision >= share * all products.
 * A unit may be one product, or what the design adds at once: a column of an array, a slice with its packed products.
 * Costs in fractions are scaled by the caller: hundredths of a LUT, quarters of a slice.
 *
 * Exact: branch and bound, each step bounded by the problem over real numbers, whose optimum is the best of the corners
 * where as many limits hold with equality as there are kinds.
 * Ownership: plain structs, nothing is kept.
 */
#ifndef QUARRY_ALLOCATION_H
#define QUARRY_ALLOCATION_H

#include <stdbool.h>
#include <stdint.h>

enum { QY_ALLOCATION_UNITS_MAX = 6, QY_ALLOCATION_RESOURCES_MAX = 4 };

/* Costs, budgets and products below this, so that sums stay exact. */
#define QY_ALLOCATION_NUMBER_MAX 1000000000LL

typedef struct qy_allocation {
  int unit_count, resource_count; /* [1..MAX] */
  struct {
    int64_t products; /* of a unit, >= 1 */
    bool high;        /* they are of high precision */
    int64_t most;     /* units, at most; 0: none */
    int64_t cost[QY_ALLOCATION_RESOURCES_MAX];
  } unit[QY_ALLOCATION_UNITS_MAX];
  int64_t budget[QY_ALLOCATION_RESOURCES_MAX]; /* >= 0 */
  int64_t share_part, share_whole;             /* share = part / whole: 0 <= part <= whole, whole >= 1 */
} qy_allocation;

typedef struct qy_split {
  int64_t units[QY_ALLOCATION_UNITS_MAX];
  int64_t used[QY_ALLOCATION_RESOURCES_MAX];
  int64_t products;
  /* No split makes more; false: given up after 200,000 boxes, which single products of many sizes may need. */
  bool proven;
  double bound; /* of products, over real numbers of units */
  /* Percent more products, over real numbers, for a percent more of a resource; the shares of the resources that bind
   * add up to at most 1.  binding: the resource of the largest, -1 where no resource binds (`most` does). */
  double elasticity[QY_ALLOCATION_RESOURCES_MAX];
  int binding;
} qy_split;

/* The best split; of several equal ones, one that is the same in every call.  0.1 ms for columns of arrays, a second
 * where it gives up. */
void qy_allocate(qy_split *split, const qy_allocation *problem);

#endif
