/* Inside of a search: what a method sees of it.  It proposes points; they are evaluated and recorded here. */
#ifndef QUARRY_EXPLORE_SEARCH_INT_H
#define QUARRY_EXPLORE_SEARCH_INT_H

#include "pointset.h"

#include "quarry/search.h"

struct qy_search_state {
  const qy_search_problem *problem;
  const qy_search_budget *budget;
  qy_search_result *result;
  size_t population; /* points of a generation */
  pointset known;    /* points evaluated or proposed */
  double end_s;      /* monotonic clock; INFINITY: no limit */
  void **worker;     /* [threads]; NULL: they have no state */
  int handed;        /* workers handed to the sweep of now */
  int64_t *proposed; /* points of the generation of now */
};

/* How many points may still be evaluated; 0: the search is over. */
size_t search_left(const qy_search_state *s);

/* Evaluate a generation of points that are not in the result yet, at most search_left() of them; sorts the array. */
qy_status search_evaluate(qy_search_state *s, int64_t *point, size_t count, qy_error *err);

/* NSGA-II (nsga2.c). */
qy_status search_nsga2(qy_search_state *s, qy_error *err);

#endif
