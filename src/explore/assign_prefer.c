/* Which of equal optima is taken (include/quarry/assign.h): one minimum after another, each under the limit that what
 * was minimised before stays as it is. */
#include "quarry/assign.h"

#include <assert.h>
#include <string.h>

typedef struct limit_set {
  qy_assign_limit at[QY_ASSIGN_COSTS_MAX];
  int count;
} limit_set;

static void hold(limit_set *l, int cost, double most)
{
  int i = 0;
  while (i < l->count && l->at[i].cost != cost)
    i++;
  assert(i < QY_ASSIGN_COSTS_MAX);
  if (i == l->count) l->count++;
  l->at[i] = (qy_assign_limit){cost, most};
}

qy_status qy_assign_prefer(qy_assign_optimum *best, const qy_assign_problem *problem, const int *held, int holds,
                           const qy_assign_limit *limit, int limits, const int *then, int thens, size_t states_max,
                           qy_arena *arena, qy_error *err)
{
  assert(best && best->choice && best->total && problem && holds >= 0 && thens >= 0 && limits <= QY_ASSIGN_COSTS_MAX);
  limit_set own = {.count = limits};
  for (int l = 0; l < limits; l++)
    own.at[l] = limit[l];
  for (int h = 0; h < holds; h++)
    hold(&own, held[h], best->total[held[h]]);
  for (int i = 0; i < thens; i++) {
    qy_assign_optimum one;
    qy_error why = {0};
    const qy_status status = qy_assign_minimize(&one, problem, then[i], own.at, own.count, states_max, arena, &why);
    if (status && status != QY_INFEASIBLE) {
      *err = why;
      return status;
    }
    /* Infeasible: no other was found that is as good. */
    if (!status && one.total[then[i]] < best->total[then[i]]) {
      best->choice = one.choice;
      best->total = one.total;
    }
    hold(&own, then[i], best->total[then[i]]);
  }
  if (best->optimal && holds > 0) best->bound = best->total[held[0]];
  return QY_OK;
}
