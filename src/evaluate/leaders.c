/* The points on the nominal fronts, with their draws: what beats most other points in every draw.  See model_int.h.
 *
 * A point is held against the leaders of its group that beat it by the widest margin, the margin being the least
 * gain over the objectives, relative to its own value.
 */
#include "draws_lanes.h"
#include "model_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 1024 }; /* of one front: the cost of a look grows with their number, its use hardly */

typedef struct front_leaders { /* the leaders of one group of points */
  size_t count;
  double *nominal[OBJECTIVES_MAX]; /* [count] */
  reference_point *point;          /* [count] */
} front_leaders;

struct leaders {
  const draws_loops *loops;
  size_t draws, groups;
  int objectives;
  front_leaders *front; /* per group */
};

leaders *leaders_new(const qy_plan *plan, size_t draws)
{
  leaders *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  *c = (leaders){.loops = draws_loops_here(),
                 .draws = draws,
                 .groups = plan->front_groups,
                 .objectives = plan->info.objective_count};
  c->front = qy_alloc(c->groups, sizeof *c->front);
  if (c->front) return c;
  free(c);
  return NULL;
}

void leaders_free(leaders *c)
{
  if (!c) return;
  for (size_t g = 0; g < c->groups; g++) {
    for (size_t i = 0; i < c->front[g].count; i++)
      free(c->front[g].point[i].draw);
    for (int o = 0; o < c->objectives; o++)
      free(c->front[g].nominal[o]);
    free(c->front[g].point);
  }
  free(c->front);
  free(c);
}

qy_status leaders_put(leaders *c, size_t front_group, const double *nominal, const double *const *draw, qy_error *err)
{
  front_leaders *t = &c->front[front_group];
  if (t->count == GROUP_MAX) return QY_OK;
  if (!t->point) {
    int failed = !(t->point = qy_alloc(GROUP_MAX, sizeof *t->point));
    for (int o = 0; o < c->objectives; o++)
      failed |= !(t->nominal[o] = qy_alloc(GROUP_MAX, sizeof(double)));
    if (failed) return qy_no_memory(err);
  }
  reference_point *new = &t->point[t->count];
  if (!(new->draw = qy_alloc_lines((size_t)c->objectives * c->draws, sizeof(double)))) return qy_no_memory(err);
  for (int o = 0; o < c->objectives; o++) {
    t->nominal[o][t->count] = new->nominal[o] = nominal[o];
    if (draw[o]) memcpy(new->draw + (size_t)o * c->draws, draw[o], c->draws * sizeof(double));
  }
  t->count++;
  return QY_OK;
}

size_t leaders_against(const reference_point *out[CHALLENGERS], const leaders *c, size_t front_group,
                       const double *nominal)
{
  const front_leaders *t = &c->front[front_group];
  double margin[GROUP_MAX], least[CHALLENGERS];
  size_t found = 0;
  for (size_t i = 0; i < t->count; i++)
    margin[i] = INFINITY;
  for (int o = 0; o < c->objectives; o++) {
    const double own = nominal[o], scale = own != 0 ? 1 / fabs(own) : 1;
    c->loops->lower(margin, t->nominal[o], own, scale, t->count);
  }
  for (size_t i = 0; i < t->count; i++) {
    if (margin[i] < 0 || (found == CHALLENGERS && margin[i] <= least[found - 1])) continue;
    size_t at = found < CHALLENGERS ? found++ : found - 1;
    for (; at > 0 && least[at - 1] < margin[i]; at--) {
      least[at] = least[at - 1];
      out[at] = out[at - 1];
    }
    least[at] = margin[i];
    out[at] = &t->point[i];
  }
  return found;
}
