/* Points taken for draws: see draws_tile.h. */
#include "draws_tile.h"

#include <string.h>

/* Nominal objectives of a point to the fronts. */
static qy_status put_nominal(const drawn_points *d, const qy_point *p, size_t front_group, qy_error *err)
{
  static const double *const certain[OBJECTIVES_MAX];
  const qy_plan_info *info = &d->model->plan->info;
  double nominal[OBJECTIVES_MAX];
  for (int o = 0; o < info->objective_count; o++)
    nominal[o] = (qy_metric_table()[info->objective[o]].sense > 0 ? -1 : 1) * p->metric[info->objective[o]];
  return chance_put(d->fronts, front_group, p->index, nominal, certain, err);
}

qy_status drawn_put(const drawn_points *d, int64_t k, const qy_point *point, qy_error *err)
{
  const double *basis[PARTS_MAX];
  const size_t front_group = plan_front_group_of(d->model->plan, d->at->entry, d->at->index);
  if (!d->batch) return put_nominal(d, point, front_group, err);
  draws_bases(basis, d->model, d->at);
  draws_batch_add(d->batch, k, point, d->at, front_group, basis);
  return QY_OK;
}

/* Feasible points of a tile, points[0] of point `first`. */
static qy_status put_tile(const drawn_points *d, int64_t first, const qy_point *points, qy_error *err)
{
  const tile *t = d->tile;
  const qy_plan *plan = d->model->plan;
  const size_t fastest = plan->entries[t->entry].param_count + AXIS_PRECISION;
  size_t index[QY_AXES_MAX];
  qy_status status = QY_OK;
  for (int lane = 0; lane < t->designs && !status; lane++) {
    const int64_t at = t->design[lane]->first - first;
    memcpy(index, t->design[lane]->index, sizeof index);
    for (size_t p = 0; p < t->precisions && !status; p++) {
      const qy_point *one = &points[at + (int64_t)p];
      if (one->reason) continue;
      index[fastest] = p;
      const size_t front_group = plan_front_group_of(plan, t->entry, index);
      if (d->batch)
        draws_batch_add_lane(d->batch, at + (int64_t)p, one, t, lane, p, front_group);
      else
        status = put_nominal(d, one, front_group, err);
    }
  }
  return status;
}

qy_status drawn_take(const drawn_points *d, int64_t first, int64_t count, qy_point *points, qy_error *err)
{
  tile *t = d->tile;
  qy_status status = d->batch && !tile_keep_drawn(t) ? qy_no_memory(err) : QY_OK;
  for (int64_t i = first; i < first + count && !status; i = t->end) {
    qy_point *own = points + (i - first);
    status = tile_take(t, d->at, d->model, i, first + count, err);
    if (!status && !t->one_by_one) {
      status = tile_points(own, t, d->at, d->model, i, err);
      if (!status) status = put_tile(d, first, points, err);
      continue;
    }
    for (int64_t k = i; k < t->end && !status; k++) {
      status = worker_point(&points[k - first], d->at, d->model, k, err);
      if (!status && !points[k - first].reason) status = drawn_put(d, k - first, &points[k - first], err);
    }
  }
  return status;
}
