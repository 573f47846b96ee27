/* The points of two experiments side by side, for `quarry diff`. */
#ifndef QUARRY_CLI_DIFF_H
#define QUARRY_CLI_DIFF_H

#include "diff_axes.h"

#include "quarry/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One of the two: an experiment of an open database. */
typedef struct diff_side {
  qy_store *store;
  int64_t id;
  size_t count;
  double *column[8]; /* owned: see diff.c */
  uint32_t *rank;    /* owned: [count * keys] what tells its points apart, ranked over both sides */
  uint32_t *order;   /* owned: points by rank, then by number */
} diff_side;

/* Points that are alike in technology, network, design, parameters, precision, assignment and clock, as places in the
 * lists of the two sides; those that only one has.  What has one value in each side, another one in the two, tells no
 * points apart: `axes` lists it. */
typedef struct diff_pairs {
  uint32_t (*pair)[2];
  size_t count;
  uint32_t *only[2];
  size_t only_count[2];
  diff_axes axes;
} diff_pairs;

/* side[i].store and .id are set.  Points that are alike more than once on a side are matched in their order. */
qy_status diff_match(diff_side side[2], diff_pairs *pairs, qy_error *err);
void diff_free(diff_side side[2], diff_pairs *pairs);

int64_t diff_point(const diff_side *side, size_t place); /* the point's number in its experiment */
bool diff_feasible(const diff_side *side, size_t place);

#endif
