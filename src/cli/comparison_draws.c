/* The points that are compared, nominally and in the draws that all of them share: see comparisons_int.h. */
#include "comparisons_int.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWS_MOST = 1 << 24 }; /* numbers kept, 8 bytes each */

static const qy_metric_info *info_of(int metric)
{
  return &qy_metric_table()[metric];
}

static void want(bool wanted[QY_METRIC_COUNT], int metric)
{
  if (metric >= 0) wanted[metric] = true;
}

static void wanted_metrics(bool wanted[QY_METRIC_COUNT], const qy_plan_info *info)
{
  comparison_row rows[COMPARISON_ROWS_MAX];
  const int n = comparison_rows(rows, info);
  memset(wanted, 0, QY_METRIC_COUNT * sizeof *wanted);
  for (int i = 0; i < n; i++) {
    want(wanted, rows[i].metric);
    want(wanted, rows[i].budget);
    for (int q = 0; q < QUALITIES_MAX; q++)
      want(wanted, rows[i].held[q]);
  }
  for (int l = 0; l < info->limit_count; l++)
    want(wanted, info->limit[l].metric);
}

typedef struct taking {
  comparison_points *c;
  const int64_t *of; /* slot of each point asked for */
} taking;

static qy_status take(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err)
{
  taking *t = ctx;
  comparison_points *c = t->c;
  (void)row, (void)err;
  for (int m = 0; m < c->drawn_count; m++)
    memcpy(c->draw[c->drawn[m]] + (size_t)t->of[i] * c->draws, draw[m], c->draws * sizeof(double));
  return QY_OK;
}

/* Which points have their draws kept; returns how many. */
static qy_status choose_drawn(uint8_t **keep, size_t *count, comparison_points *c, size_t draws, qy_error *err)
{
  const qy_points *p = c->points;
  bool wanted[QY_METRIC_COUNT];
  int metrics[COMPARISON_METRICS_MAX], n = 0;
  *count = p->count;
  c->all_points = true;
  *keep = NULL;
  if (p->count * draws * (size_t)c->drawn_count <= DRAWS_MOST) return QY_OK;
  wanted_metrics(wanted, c->info);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (wanted[m] && n < COMPARISON_METRICS_MAX && info_of(m)->sense) metrics[n++] = m;
  const qy_status status = qy_points_front(keep, p, c->groups, metrics, n, err);
  c->all_points = false;
  *count = 0;
  for (size_t i = 0; !status && i < p->count; i++)
    *count += (*keep)[i];
  return status;
}

/* Which points of each group have draws: few where only fronts have, and each draw asks for them. */
static qy_status group_drawn(comparison_points *c, size_t count, qy_error *err)
{
  const qy_groups *all = c->groups;
  c->drawn_first = qy_arena_alloc(c->arena, all->count + 1, sizeof *c->drawn_first);
  c->drawn_member = qy_arena_alloc(c->arena, count + 1, sizeof *c->drawn_member);
  if (!c->drawn_first || !c->drawn_member) return qy_no_memory(err);
  size_t n = 0;
  for (size_t g = 0; g < all->count; g++) {
    c->drawn_first[g] = n;
    for (size_t m = all->first[g]; m < all->first[g + 1]; m++)
      if (c->slot[all->member[m]] >= 0) c->drawn_member[n++] = all->member[m];
  }
  c->drawn_first[all->count] = n;
  return QY_OK;
}

qy_status comparison_draws(comparison_points *c, const qy_model *model, qy_error *err)
{
  const qy_points *p = c->points;
  const size_t draws = qy_model_draw_count(model);
  bool wanted[QY_METRIC_COUNT];
  uint8_t *keep = NULL;
  size_t count = 0, n = 0;
  wanted_metrics(wanted, c->info);
  for (int m = 0; m < QY_METRIC_COUNT && c->drawn_count < COMPARISON_METRICS_MAX; m++)
    if (wanted[m] && qy_metric_uncertain(m)) c->drawn[c->drawn_count++] = m;
  if (!draws || !c->drawn_count) return QY_OK;
  qy_status status = choose_drawn(&keep, &count, c, draws, err);
  if (status || count * draws * (size_t)c->drawn_count > DRAWS_MOST) {
    free(keep);
    return status;
  }
  int64_t *number = qy_arena_alloc(c->arena, count + 1, sizeof *number);
  int64_t *of = qy_arena_alloc(c->arena, count + 1, sizeof *of);
  c->slot = qy_arena_alloc(c->arena, p->count + 1, sizeof *c->slot);
  bool failed = !number || !of || !c->slot;
  for (int m = 0; m < c->drawn_count && !failed; m++)
    failed = !(c->draw[c->drawn[m]] = qy_arena_alloc(c->arena, count * draws + 1, sizeof(double)));
  if (failed) status = qy_no_memory(err);
  for (size_t i = 0; !status && i < p->count; i++) {
    c->slot[i] = !keep || keep[i] ? (int64_t)n : -1;
    if (c->slot[i] < 0) continue;
    number[n] = (int64_t)p->point[i];
    of[n] = (int64_t)n;
    n++;
  }
  free(keep);
  if (!status) status = group_drawn(c, count, err);
  c->draws = draws;
  taking t = {c, of};
  return status ? status : qy_model_draws(model, number, NULL, n, c->drawn, c->drawn_count, take, &t, err);
}

double comparison_value(const comparison_points *c, int metric, size_t i, int64_t k)
{
  if (k < 0 || !c->draw[metric]) return c->points->metric[metric][i];
  return c->draw[metric][(size_t)c->slot[i] * c->draws + (size_t)k];
}

bool comparison_keeps_limits(const comparison_points *c, size_t i, int64_t k)
{
  for (int l = 0; l < c->info->limit_count; l++) {
    const int metric = c->info->limit[l].metric;
    const double x = comparison_value(c, metric, i, k), most = c->info->limit[l].value;
    if (!(info_of(metric)->sense < 0 ? x <= most : x >= most)) return false;
  }
  return true;
}
