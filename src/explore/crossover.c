/* Two falling staircases compared at every cost where either of them drops. */
#include "quarry/crossover.h"

#include "quarry/alloc.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

typedef struct event {
  double cost, value;
  int set; /* 0: reference a, 1: b */
} event;

static int by_cost(const void *p, const void *q)
{
  const event *a = p, *b = q;
  return (a->cost > b->cost) - (a->cost < b->cost);
}

qy_status qy_crossover_find(qy_crossover *out, const double *a_cost, const double *a_value, size_t a_count,
                            const double *b_cost, const double *b_value, size_t b_count, qy_error *err)
{
  assert(out && (a_count == 0 || (a_cost && a_value)) && (b_count == 0 || (b_cost && b_value)));
  *out = (qy_crossover){.first_cost = NAN, .best_ratio = NAN, .best_cost = NAN};
  size_t count = a_count + b_count;
  event *events = qy_alloc(count, sizeof *events);
  if (!events) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    int set = i >= a_count;
    size_t j = set ? i - a_count : i;
    events[i] = (event){set ? b_cost[j] : a_cost[j], set ? b_value[j] : a_value[j], set};
  }
  qsort(events, count, sizeof *events, by_cost);

  double best[2] = {INFINITY, INFINITY}, span = 0, won = 0;
  for (size_t i = 0; i < count;) {
    double cost = events[i].cost;
    for (; i < count && events[i].cost == cost; i++)
      if (events[i].value < best[events[i].set]) best[events[i].set] = events[i].value;
    if (isinf(best[0]) || isinf(best[1])) continue;
    out->compared = 1;
    double ratio = best[0] / best[1], width = i < count ? log(events[i].cost / cost) : 0;
    span += width;
    if (ratio > 1) {
      won += width;
      if (!out->wins) out->first_cost = cost;
      out->wins = 1;
    }
    if (!(ratio <= out->best_ratio)) {
      out->best_ratio = ratio;
      out->best_cost = cost;
    }
  }
  if (span > 0) out->win_frac = won / span;
  free(events);
  return QY_OK;
}
