/* Fronts of a run, with what is kept of their points: see run_fronts.h. */
#include "run_fronts.h"

#include "cli.h"
#include "detail_rows.h"
#include "record.h"
#include "session.h"

#include "quarry/sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static qy_status record_detail(void *ctx, const qy_point *point, qy_error *err)
{
  detail_list list = {0};
  qy_status status = QY_OK;
  if (point->detail) {
    const qy_store_detail *rows = detail_list_add(&list, point->detail);
    status = rows ? qy_store_detail_add(ctx, point->index, rows, err) : qy_no_memory(err);
  }
  detail_list_free(&list);
  return status;
}

/* Layers and members of the points on fronts, where the experiment keeps those; ids: of each front, rising. */
static qy_status store_details(qy_store *store, const qy_plan_info *info, qy_model *model, const qy_store_front *fronts,
                               size_t front_count, qy_error *err)
{
  size_t count = 0, kept = 0;
  if (info->keep_layers != QY_KEEP_FRONT && info->keep_members != QY_KEEP_FRONT) return QY_OK;
  for (size_t f = 0; f < front_count; f++)
    count += (size_t)fronts[f].count;
  int64_t *all = qy_alloc(count, sizeof *all);
  if (!all) return qy_no_memory(err);
  count = 0;
  for (size_t f = 0; f < front_count; f++)
    for (int64_t i = 0; i < fronts[f].count; i++)
      all[count++] = fronts[f].points[i];
  qsort(all, count, sizeof *all, qy_by_integer);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || all[i] != all[kept - 1]) all[kept++] = all[i];
  qy_status status = qy_model_ready(model, all, kept, err);
  if (!status) status = qy_model_details(model, all, kept, record_detail, record_stopped, store, err);
  free(all);
  return status;
}

static int by_label(const void *p, const void *q)
{
  return strcmp(**(char **const *)p, **(char **const *)q);
}

/* A name of each group, none twice, whatever the names of designs: "a, b" and "c" read like "a" and "b, c". */
static qy_status front_labels(char **label, const qy_groups *groups, const qy_points *points, qy_error *err)
{
  char ***order = qy_alloc(groups->count, sizeof *order);
  qy_status status = order ? QY_OK : qy_no_memory(err);
  for (size_t g = 0; !status && g < groups->count; g++) {
    order[g] = &label[g];
    if (!(label[g] = qy_groups_label_whole(groups, points, g))) status = qy_no_memory(err);
  }
  if (!status) qsort(order, groups->count, sizeof *order, by_label);
  for (size_t g = 1, first = 0; !status && g < groups->count; g++) {
    char *more = NULL;
    if (strcmp(*order[g], *order[first]) != 0) {
      first = g;
      continue;
    }
    if (asprintf(&more, "%s (%zu)", *order[g], g - first + 1) < 0) {
      status = qy_no_memory(err);
      break;
    }
    free(*order[g]);
    *order[g] = more;
  }
  free(order);
  return status;
}

static void *search(void *ctx)
{
  front_search *s = ctx;
  qy_key keys[QY_KEY_COUNT];
  int metrics[16];
  for (int k = 0; k < s->info->front_within_count; k++)
    keys[k] = plan_key(s->info->front_within[k], s->info);
  for (int m = 0; m < s->info->objective_count; m++)
    metrics[m] = (int)s->info->objective[m];
  s->status = qy_groups_make(&s->groups, s->points, keys, s->info->front_within_count, &s->err);
  if (!s->status)
    s->status = qy_points_front(&s->on_front, s->points, &s->groups, metrics, s->info->objective_count, &s->err);
  return NULL;
}

void front_search_start(front_search *s, const qy_plan_info *info, const qy_points *points, bool threaded)
{
  *s = (front_search){.info = info, .points = points};
  s->runs = threaded && pthread_create(&s->thread, NULL, search, s) == 0;
  if (!s->runs) search(s);
}

void front_search_wait(front_search *s)
{
  if (s->runs) pthread_join(s->thread, NULL);
  s->runs = false;
}

void front_search_free(front_search *s)
{
  front_search_wait(s);
  qy_groups_free(&s->groups);
  free(s->on_front);
  s->on_front = NULL;
}

qy_status run_fronts(const front_search *s, qy_store *store, qy_model *model, qy_error *err)
{
  const qy_points *points = s->points;
  const qy_groups *groups = &s->groups;
  qy_store_front *fronts = qy_alloc(groups->count, sizeof *fronts);
  char **label = qy_alloc(groups->count, sizeof *label);
  int64_t *ids = qy_alloc(points->count, sizeof *ids), *next = ids;
  qy_status status = fronts && label && ids ? QY_OK : qy_no_memory(err);
  if (!status) status = front_labels(label, groups, points, err);
  for (size_t g = 0; !status && g < groups->count; g++) {
    fronts[g].group = label[g][0] ? label[g] : "all";
    fronts[g].points = next;
    for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++)
      if (s->on_front[groups->member[i]]) next[fronts[g].count++] = (int64_t)points->point[groups->member[i]];
    next += fronts[g].count;
  }
  if (!status) status = store_details(store, s->info, model, fronts, groups->count, err);
  if (!status) status = qy_store_finish(store, fronts, points->count ? (int)groups->count : 0, err);
  free(fronts);
  for (size_t g = 0; label && g < groups->count; g++)
    free(label[g]);
  free(label);
  free(ids);
  return status;
}
