/* Points that beat most others in every draw, with their draws: those on the nominal fronts, or some that came before.
 * See model_int.h.
 *
 * A point is held against the leaders of its group that beat it by the widest margin, the margin being the least
 * gain over the objectives that vary, relative to its own value.
 */
#include "draws_lanes.h"
#include "model_int.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Of one front: the cost of a look grows with their number, its use hardly. */
enum { GROUP_MAX = 1024, RECENT_MAX = 128 };

typedef struct front_leaders {     /* the leaders of one group of points */
  size_t count, next;              /* next: to be replaced */
  double *nominal[OBJECTIVES_MAX]; /* [count] */
  reference_point *point;          /* [count] */
} front_leaders;

struct leaders {
  const draws_loops *loops;
  size_t draws, groups, most;
  bool recent; /* new ones take the places of old ones */
  int objectives;
  bool certain[OBJECTIVES_MAX]; /* the same in all draws */
  front_leaders *front;         /* per group */
};

static leaders *make(const qy_plan *plan, size_t draws, size_t most)
{
  leaders *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  *c = (leaders){.loops = draws_loops_here(),
                 .draws = draws,
                 .groups = plan->front_groups,
                 .most = most,
                 .objectives = plan->info.objective_count};
  for (int o = 0; o < c->objectives; o++)
    c->certain[o] = !qy_metric_uncertain((int)plan->info.objective[o]);
  c->front = qy_alloc(c->groups, sizeof *c->front);
  if (c->front) return c;
  free(c);
  return NULL;
}

leaders *leaders_new(const qy_plan *plan, size_t draws)
{
  return make(plan, draws, GROUP_MAX);
}

leaders *leaders_recent_new(const qy_plan *plan, size_t draws)
{
  leaders *c = make(plan, draws, RECENT_MAX);
  if (c) c->recent = true;
  return c;
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
  if (t->count == c->most && !c->recent) return QY_OK;
  if (!t->point) {
    int failed = !(t->point = qy_alloc(c->most, sizeof *t->point));
    for (int o = 0; o < c->objectives; o++)
      failed |= !(t->nominal[o] = qy_alloc(c->most, sizeof(double)));
    if (failed) return qy_no_memory(err);
  }
  reference_point *new = &t->point[t->next];
  if (!new->draw && !(new->draw = qy_alloc_lines((size_t)c->objectives * c->draws, sizeof(double))))
    return qy_no_memory(err);
  for (int o = 0; o < c->objectives; o++) {
    double *own = new->draw + (size_t)o * c->draws;
    t->nominal[o][t->next] = new->nominal[o] = nominal[o];
    if (draw[o]) memcpy(own, draw[o], c->draws * sizeof *own);
    for (size_t k = 0; !draw[o] && !c->certain[o] && k < c->draws; k++)
      own[k] = nominal[o];
  }
  if (t->next == t->count) t->count++;
  t->next = (t->next + 1) % c->most;
  return QY_OK;
}

size_t leaders_against(const reference_point *out[CHALLENGERS], const leaders *c, size_t front_group,
                       const double *nominal)
{
  const front_leaders *t = &c->front[front_group];
  double margin[GROUP_MAX], least[CHALLENGERS] = {0};
  uint32_t ahead[GROUP_MAX];
  size_t found = 0, left = 0;
  for (size_t k = 0; k < CHALLENGERS; k++)
    out[k] = NULL;
  for (size_t i = 0; i < t->count; i++)
    margin[i] = INFINITY;
  for (int o = 0; o < c->objectives; o++) {
    /* where nothing varies it is enough not to be worse: any gain is endless */
    const double own = nominal[o], scale = c->certain[o] ? INFINITY : own != 0 ? 1 / fabs(own) : 1;
    c->loops->lower(margin, t->nominal[o], own, scale, t->count);
  }
  for (size_t i = 0; i < t->count; i++) { /* without branches: which ones nobody can foresee */
    ahead[left] = (uint32_t)i;
    left += margin[i] >= 0;
  }
  for (size_t k = 0; k < left; k++) {
    const size_t i = ahead[k];
    if (found == CHALLENGERS && margin[i] <= least[found - 1]) continue;
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
