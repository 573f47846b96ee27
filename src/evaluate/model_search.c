/* Searches of a model's space: see model.h. */
#include "model_int.h"

#include <assert.h>

enum { FRONTS_MOST = 100000 }; /* each has an archive and a share of the population */

typedef struct question {
  const qy_model *model;
  int (*stop)(void *ctx);
  void *ctx;
} question;

static void *make_worker(void *ctx, qy_error *err)
{
  const question *q = ctx;
  worker *w = worker_new(q->model, err);
  if (w) w->silent = true;
  return w;
}

static void drop_worker(void *ctx, void *state)
{
  (void)ctx;
  worker_free(state);
}

static size_t front_of(void *ctx, int64_t point)
{
  const question *q = ctx;
  int entry;
  size_t index[QY_AXES_MAX];
  qy_space_decode(&q->model->plan->space, point, &entry, index);
  return plan_front_group_of(q->model->plan, entry, index);
}

static qy_status evaluate(void *ctx, void *state, int64_t point, double *objective, double *violation, qy_error *err)
{
  const question *q = ctx;
  const qy_plan_info *info = &q->model->plan->info;
  qy_point p;
  qy_status status = worker_point(&p, state, q->model, point, err);
  if (status) return status;
  if (p.reason) *violation = 1;
  for (int o = 0; o < info->objective_count && !p.reason; o++)
    objective[o] = (qy_metric_table()[info->objective[o]].sense > 0 ? -1 : 1) * p.metric[info->objective[o]];
  return QY_OK;
}

static int stop_asked(void *ctx)
{
  const question *q = ctx;
  return q->stop(q->ctx);
}

qy_status qy_model_search(qy_search_result *result, const qy_model *model, const qy_search_method *method,
                          const qy_search_budget *budget, int threads, int (*stop)(void *ctx), void *ctx, qy_error *err)
{
  assert(model && !model->single);
  *result = (qy_search_result){0};
  if (model->plan->front_groups > FRONTS_MOST)
    return qy_fail(err, QY_BAD_INPUT, "search: expected at most %d fronts (front: within), found %zu", (int)FRONTS_MOST,
                   model->plan->front_groups);
  question q = {model, stop, ctx};
  const qy_search_problem problem = {.space = &model->plan->space,
                                     .objectives = model->plan->info.objective_count,
                                     .groups = model->plan->front_groups,
                                     .threads = threads,
                                     .ctx = &q,
                                     .worker_new = make_worker,
                                     .worker_free = drop_worker,
                                     .group = front_of,
                                     .evaluate = evaluate,
                                     .stop = stop ? stop_asked : NULL};
  return qy_search_run(result, method, &problem, budget, err);
}
