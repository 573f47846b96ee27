/* Points to compare points with: see qy_model_partners in model.h. */
#include "model_int.h"

#include <stdlib.h>

/* The points of one assignment on the other design, kept while points of one front are asked for. */
typedef struct finder {
  const qy_model *model;
  worker *own, *other;
  int64_t first;     /* that `text` is of; -1: none yet */
  const char **text; /* qy_point.assignment of each; NULL: it cannot be */
  size_t room;
} finder;

static qy_status text_of(const char **text, worker *w, const qy_model *model, int64_t point, qy_error *err)
{
  qy_point p;
  const qy_status status = worker_point(&p, w, model, point, err);
  *text = status || p.reason ? NULL : p.assignment;
  return status;
}

static qy_status read_front(finder *f, int64_t first, size_t count, qy_error *err)
{
  qy_status status = QY_OK;
  if (f->first == first) return QY_OK;
  if (qy_grow((void **)&f->text, &f->room, count, sizeof *f->text)) return qy_no_memory(err);
  f->first = -1;
  for (size_t k = 0; !status && k < count; k++)
    status = text_of(&f->text[k], f->other, f->model, first + (int64_t)k, err);
  if (!status) f->first = first;
  return status;
}

/* Of the points of the assignment from `first` on the one with the layers of `point`. */
static qy_status find_alike(int64_t *partner, finder *f, int64_t point, int64_t first, qy_error *err)
{
  const char *text;
  const size_t count = plan_assignments_at(f->model->plan, point);
  qy_status status = read_front(f, first, count, err);
  if (!status) status = text_of(&text, f->own, f->model, point, err);
  *partner = -1;
  for (size_t k = 0; !status && text && f->text && *partner < 0 && k < count; k++)
    if (f->text[k] && assignment_alike(f->text[k], text)) *partner = first + (int64_t)k;
  return status;
}

static qy_status find_one(int64_t *partner, finder *f, int64_t point, int design, qy_error *err)
{
  const qy_plan *plan = f->model->plan;
  const qy_status status = plan_check_point(plan, point, err);
  if (status) return status;
  *partner = plan_partner(plan, point, design);
  if (*partner < 0 || plan_assignments_at(plan, point) < 2) return QY_OK;
  return find_alike(partner, f, point, plan_first_assignment(plan, *partner), err);
}

qy_status qy_model_partners(int64_t *partner, const qy_model *model, const int64_t *points, size_t count,
                            const char *design, qy_error *err)
{
  const int g = plan_find_entry(model->plan, design);
  finder f = {.model = model, .first = -1};
  qy_status status = QY_OK;
  if (g < 0) return plan_no_design(model->plan, design, err);
  if (!(f.own = worker_new(model, err)) || !(f.other = worker_new(model, err))) status = QY_NO_MEMORY;
  for (size_t i = 0; !status && i < count; i++)
    status = find_one(&partner[i], &f, points[i], g, err);
  free(f.text);
  worker_free(f.own);
  worker_free(f.other);
  return status;
}

qy_status qy_model_find_partner(int64_t *partner, const qy_plan *plan, int64_t point, const char *design, qy_error *err)
{
  const int g = plan_find_entry(plan, design);
  qy_model *model = NULL;
  if (g < 0) return plan_no_design(plan, design, err);
  qy_status status = plan_check_point(plan, point, err);
  if (status || plan_assignments_at(plan, point) < 2)
    return status ? status : qy_plan_find_partner(partner, plan, point, design, err);
  if ((*partner = plan_partner(plan, point, g)) < 0) return plan_no_partner(design, point, err);
  const size_t count = plan_assignments_at(plan, point);
  int64_t *asked = qy_alloc(count + 1, sizeof *asked);
  if (!asked) return qy_no_memory(err);
  asked[0] = point;
  for (size_t k = 0; k < count; k++)
    asked[k + 1] = plan_first_assignment(plan, *partner) + (int64_t)k;
  status = qy_model_new(&model, plan, asked, count + 1, err);
  if (!status) status = qy_model_partners(partner, model, &point, 1, design, err);
  if (!status && *partner < 0)
    status = qy_fail(err, QY_BAD_INPUT,
                     "expected a point of the design \"%s\" whose layers have the precisions of point %lld, found none "
                     "among its %zu assignments",
                     design, (long long)point, count);
  qy_model_free(model);
  free(asked);
  return status;
}
