/* One point of a plan by itself, with what it was evaluated with. */
#ifndef QUARRY_EXPERIMENT_SINGLE_H
#define QUARRY_EXPERIMENT_SINGLE_H

#include "plan_int.h"
#include "uncertain.h"

typedef struct single_member {
  const qy_pe *pe;
  size_t element; /* number of the pe in its group and member */
  uncertain_member_at with;
} single_member;

typedef struct single {
  qy_point point; /* its reason says when it is infeasible */
  int group;
  size_t index[QY_AXES_MAX];
  single_member member[MEMBERS_MAX];
  void *room;
} single;

/* Evaluate point `point`, in [0..points).  Prices the elements of its design group only. */
qy_status single_new(single *out, const qy_plan *plan, int64_t point, qy_error *err);
void single_free(single *s); /* one that single_new did not fill is allowed when zeroed */

#endif
