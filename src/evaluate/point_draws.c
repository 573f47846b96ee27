/* Points under draws, one after another: see qy_model_draws. */
#include "model_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t qy_model_draw_count(const qy_model *model)
{
  return model->draws;
}

void draws_bases(const double *basis[PARTS_MAX], const qy_model *model, const worker *w)
{
  const design_entry *g = &model->plan->entries[w->entry];
  for (int m = 0; m < g->member_count; m++)
    basis[m] = w->member[m].element->basis[w->member[m].at];
  if (g->memory) basis[g->member_count] = model->memory[w->entry].basis[w->member[g->member_count].at];
}

void draws_interval(qy_interval *row, int metric, double *v, size_t draws)
{
  const bool inverse = draws_fall(metric); /* as stored intervals of metrics that fall are taken */
  for (size_t k = 0; inverse && k < draws; k++)
    v[k] = 1 / v[k];
  const double low = qy_quantile(v, draws, 0.05), high = qy_quantile(v, draws, 0.95);
  row->low = inverse ? 1 / high : low;
  row->high = inverse ? 1 / low : high;
}

/* A point and what its metrics are in each draw. */
typedef struct drawn {
  int64_t index; /* -1: none yet */
  qy_point point;
  double *value; /* [metric][draws] */
} drawn;

typedef struct drawing {
  const qy_model *model;
  worker *worker;
  draws_batch *batch;
  const int *metric;
  int metric_count;
  drawn own, base;
  double *ratio, *sorted;
} drawing;

static qy_status draw_point(drawn *d, drawing *g, int64_t index, qy_error *err)
{
  const double *basis[PARTS_MAX] = {NULL};
  if (index < 0 || index >= g->model->plan->info.points)
    return qy_fail(err, QY_BAD_INPUT, "expected a point of %s, found %lld", g->model->plan->info.name,
                   (long long)index);
  if (d->index == index) return QY_OK; /* many points may have one base */
  d->index = -1;
  qy_status status = worker_point(&d->point, g->worker, g->model, index, err);
  if (status) return status;
  d->index = index;
  if (d->point.reason) return QY_OK;
  draws_bases(basis, g->model, g->worker);
  draws_batch_add(g->batch, 0, &d->point, g->worker, 0, basis);
  draws_batch_values(g->batch, g->metric, g->metric_count, d->value);
  return QY_OK;
}

/* The rows and draws of a point, over its base if there is one. */
static qy_status visit_point(drawing *g, size_t i, bool over, qy_draws_visit *visit, void *ctx, qy_error *err)
{
  const size_t draws = g->model->draws, n = (size_t)g->metric_count * draws;
  qy_interval row[QY_METRIC_COUNT];
  const double *draw[QY_METRIC_COUNT], *value = g->own.value;
  if (over) {
    for (size_t k = 0; k < n; k++)
      g->ratio[k] = g->own.value[k] / g->base.value[k];
    value = g->ratio;
  }
  for (int m = 0; m < g->metric_count; m++) {
    const int metric = g->metric[m];
    draw[m] = value + (size_t)m * draws;
    row[m] = (qy_interval){g->own.point.metric[metric], NAN, NAN};
    if (over) row[m].value /= g->base.point.metric[metric];
    if (!isfinite(row[m].value)) row[m].value = NAN; /* over nothing */
    if (isnan(row[m].value) || !qy_metric_uncertain(metric)) continue;
    memcpy(g->sorted, draw[m], draws * sizeof *g->sorted);
    draws_interval(&row[m], metric, g->sorted, draws);
  }
  return visit(ctx, i, row, draw, err);
}

static qy_status visit_all(drawing *g, const int64_t *points, const int64_t *over, size_t count, qy_draws_visit *visit,
                           void *ctx, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < count; i++) {
    const bool ratio = over && over[i] >= 0;
    status = draw_point(&g->own, g, points[i], err);
    if (!status && ratio) status = draw_point(&g->base, g, over[i], err);
    if (status || g->own.point.reason || (ratio && g->base.point.reason)) continue;
    status = visit_point(g, i, ratio, visit, ctx, err);
  }
  return status;
}

qy_status qy_model_draws(const qy_model *model, const int64_t *points, const int64_t *over, size_t count,
                         const int *metric, int metric_count, qy_draws_visit *visit, void *ctx, qy_error *err)
{
  assert(model && (points || count == 0) && metric && metric_count >= 1 && metric_count <= QY_METRIC_COUNT && visit);
  assert(model->single_count == 0);
  if (!model->draws)
    return qy_fail(err, QY_BAD_INPUT, "expected an experiment with `uncertainty: {draws: N}`, found %s without",
                   model->plan->info.name);
  const size_t n = (size_t)metric_count * model->draws;
  drawing g = {.model = model, .metric = metric, .metric_count = metric_count, .own.index = -1, .base.index = -1};
  double *room = qy_alloc(3 * n + model->draws, sizeof *room);
  qy_status status = room ? QY_OK : qy_no_memory(err);
  if (!status && !(g.worker = worker_new(model, err))) status = QY_NO_MEMORY;
  if (!status && !(g.batch = draws_batch_new(model, model->draws, 1))) status = qy_no_memory(err);
  if (!status) {
    g.own.value = room;
    g.base.value = room + n;
    g.ratio = room + 2 * n;
    g.sorted = room + 3 * n;
    status = visit_all(&g, points, over, count, visit, ctx, err);
  }
  draws_batch_free(g.batch);
  worker_free(g.worker);
  free(room);
  return status;
}
