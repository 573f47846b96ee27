/* Layers and members of points that are kept: see qy_keep of plan.h. */
#include "model_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* One place of a room: the detail, its layers and its members. */
static size_t layers_most(const qy_plan *plan, qy_keep least)
{
  return plan->info.keep_layers >= least ? qy_plan_layers_most(plan) : 0;
}

static size_t members_most(const qy_plan *plan, qy_keep least)
{
  return plan->info.keep_members >= least ? PARTS_MAX : 0;
}

size_t details_bytes(const qy_plan *plan, int64_t count, qy_keep least)
{
  const size_t layers = layers_most(plan, least), members = members_most(plan, least);
  const size_t one = sizeof(qy_detail) + layers * sizeof(qy_model_layer) + members * sizeof(qy_model_member);
  return layers || members ? (size_t)count * one : 0;
}

typedef struct filling { /* a place, as it fills */
  qy_model_layer *layer;
  qy_model_member *member;
  qy_detail *detail;
  size_t layer_room, member_room;
} filling;

static qy_status put_layer(void *ctx, const qy_model_layer *layer, qy_error *err)
{
  filling *to = ctx;
  (void)err;
  assert(to->detail->layer_count < to->layer_room);
  to->layer[to->detail->layer_count] = *layer;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (!qy_metric_of_layer(m)) to->layer[to->detail->layer_count].metric[m] = NAN;
  to->detail->layer_count++;
  return QY_OK;
}

static qy_status put_member(void *ctx, const qy_model_member *part, qy_error *err)
{
  filling *to = ctx;
  (void)err;
  assert(to->detail->member_count < to->member_room);
  to->member[to->detail->member_count++] = *part;
  return QY_OK;
}

qy_status details_take(qy_point *point, void *room, int64_t k, int64_t count, qy_keep least, worker *w,
                       const qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  filling to = {.layer_room = layers_most(plan, least), .member_room = members_most(plan, least)};
  qy_detail *details = room;
  qy_model_layer *layers = (void *)(details + count);
  qy_model_member *members = (void *)(layers + (size_t)count * to.layer_room);
  qy_status status = QY_OK;
  if (!(plan->entries[w->entry].where & (QY_AT_ACCELERATOR | QY_AT_SYSTEM))) return QY_OK; /* an element alone */
  to.detail = &details[k];
  to.layer = layers + (size_t)k * to.layer_room;
  to.member = members + (size_t)k * to.member_room;
  *to.detail = (qy_detail){.layer = to.layer, .member = to.member};
  if (to.layer_room) status = worker_layers(w, model, point, put_layer, &to, err);
  if (!status && to.member_room) status = worker_members(w, model, point, put_member, &to, err);
  point->detail = to.detail;
  return status;
}

qy_status qy_model_details(const qy_model *model, const int64_t *points, size_t count, qy_point_visit *visit,
                           int (*stop)(void *ctx), void *ctx, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t bytes = details_bytes(plan, 1, QY_KEEP_FRONT);
  assert(!model->single_count && (points || !count));
  worker *w = worker_new(model, err);
  void *room = qy_alloc(bytes + 1, 1);
  qy_status status = w && room ? QY_OK : qy_no_memory(err);
  for (size_t i = 0; !status && i < count; i++) {
    qy_point point;
    status = stop && stop(ctx) ? QY_INTERRUPTED : plan_check_point(plan, points[i], err);
    if (!status) status = worker_point(&point, w, model, points[i], err);
    if (status || point.reason) continue;
    if (bytes) status = details_take(&point, room, 0, 1, QY_KEEP_FRONT, w, model, err);
    if (!status) status = visit(ctx, &point, err);
  }
  free(room);
  worker_free(w);
  return status;
}
