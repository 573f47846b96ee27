/* The points on the nominal fronts, with their draws: what beats most other points in every draw.  See uncertain.h.
 *
 * A newcomer is held against the champions of its group that beat it by the widest margin, the margin being the least
 * gain over the objectives, relative to the newcomer's own value.
 */
#include "uncertain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_MAX = 1024 }; /* of one front: the cost of a look grows with their number, its use hardly */

typedef struct team { /* the champions of one group of points */
  size_t count;
  double *nominal[OBJECTIVES_MAX]; /* [count] */
  champion *champion;              /* [count] */
} team;

struct champions {
  size_t draws, groups;
  int objectives;
  team *team; /* per group */
};

champions *champions_new(const qy_plan *plan, size_t draws)
{
  champions *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  *c = (champions){.draws = draws, .groups = plan->front_groups, .objectives = plan->info.objective_count};
  c->team = qy_alloc(c->groups, sizeof *c->team);
  if (c->team) return c;
  free(c);
  return NULL;
}

void champions_free(champions *c)
{
  if (!c) return;
  for (size_t g = 0; g < c->groups; g++) {
    for (size_t i = 0; i < c->team[g].count; i++)
      free(c->team[g].champion[i].draw);
    for (int o = 0; o < c->objectives; o++)
      free(c->team[g].nominal[o]);
    free(c->team[g].champion);
  }
  free(c->team);
  free(c);
}

qy_status champions_put(champions *c, size_t front_group, const double *nominal, const double *const *draw,
                        qy_error *err)
{
  team *t = &c->team[front_group];
  if (t->count == GROUP_MAX) return QY_OK;
  if (!t->champion) {
    int failed = !(t->champion = qy_alloc(GROUP_MAX, sizeof *t->champion));
    for (int o = 0; o < c->objectives; o++)
      failed |= !(t->nominal[o] = qy_alloc(GROUP_MAX, sizeof(double)));
    if (failed) return qy_no_memory(err);
  }
  champion *new = &t->champion[t->count];
  if (!(new->draw = qy_alloc((size_t)c->objectives * c->draws, sizeof(double)))) return qy_no_memory(err);
  for (int o = 0; o < c->objectives; o++) {
    t->nominal[o][t->count] = new->nominal[o] = nominal[o];
    if (draw[o]) memcpy(new->draw + (size_t)o * c->draws, draw[o], c->draws * sizeof(double));
  }
  t->count++;
  return QY_OK;
}

size_t champions_against(const champion *out[CHALLENGERS], const champions *c, size_t front_group,
                         const double *nominal)
{
  const team *t = &c->team[front_group];
  double margin[GROUP_MAX], least[CHALLENGERS];
  size_t found = 0;
  for (size_t i = 0; i < t->count; i++)
    margin[i] = INFINITY;
  for (int o = 0; o < c->objectives; o++) {
    const double own = nominal[o], scale = own != 0 ? 1 / fabs(own) : 1;
    const double *other = t->nominal[o];
    for (size_t i = 0; i < t->count; i++) {
      const double gain = (own - other[i]) * scale;
      margin[i] = gain < margin[i] ? gain : margin[i];
    }
  }
  for (size_t i = 0; i < t->count; i++) {
    if (margin[i] < 0 || (found == CHALLENGERS && margin[i] <= least[found - 1])) continue;
    size_t at = found < CHALLENGERS ? found++ : found - 1;
    for (; at > 0 && least[at - 1] < margin[i]; at--) {
      least[at] = least[at - 1];
      out[at] = out[at - 1];
    }
    least[at] = margin[i];
    out[at] = &t->champion[i];
  }
  return found;
}
