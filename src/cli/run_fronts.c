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

qy_status run_fronts(uint8_t **on_front, qy_store *store, const qy_plan_info *info, qy_model *model,
                     const qy_points *points, qy_error *err)
{
  qy_key keys[QY_KEY_COUNT];
  int metrics[16];
  qy_groups groups = {0};
  qy_store_front *fronts = NULL;
  char **label = NULL;
  int64_t *ids = NULL;
  *on_front = NULL;
  for (int k = 0; k < info->front_within_count; k++)
    keys[k] = plan_key(info->front_within[k], info);
  for (int m = 0; m < info->objective_count; m++)
    metrics[m] = (int)info->objective[m];
  qy_status status = qy_groups_make(&groups, points, keys, info->front_within_count, err);
  if (!status) status = qy_points_front(on_front, points, &groups, metrics, info->objective_count, err);
  if (!status) {
    fronts = qy_alloc(groups.count, sizeof *fronts);
    label = qy_alloc(groups.count, sizeof *label);
    ids = qy_alloc(points->count, sizeof *ids);
    if (!fronts || !label || !ids) status = qy_no_memory(err);
  }
  int64_t *next = ids;
  if (!status) status = front_labels(label, &groups, points, err);
  for (size_t g = 0; !status && g < groups.count; g++) {
    fronts[g].group = label[g][0] ? label[g] : "all";
    fronts[g].points = next;
    for (size_t i = groups.first[g]; i < groups.first[g + 1]; i++)
      if ((*on_front)[groups.member[i]]) next[fronts[g].count++] = (int64_t)points->point[groups.member[i]];
    next += fronts[g].count;
  }
  if (!status) status = store_details(store, info, model, fronts, groups.count, err);
  if (!status) status = qy_store_finish(store, fronts, points->count ? (int)groups.count : 0, err);
  free(fronts);
  for (size_t g = 0; label && g < groups.count; g++)
    free(label[g]);
  free(label);
  free(ids);
  qy_groups_free(&groups);
  return status;
}
