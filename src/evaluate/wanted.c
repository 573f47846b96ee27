/* What points ask for, made ready in parts: elements, with their price lists and quality, and schedules.
 *
 * A model of all points begins with nothing made.  Points that are to be evaluated are noted; what they ask for and is
 * not there is made on all threads, between two sweeps, so that evaluating finds a model that does not change.
 */
#include "schedules.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What is made at a time: a second or less of each on a thread, of most. */
enum { ELEMENTS_ENOUGH = 16, SCHEDULES_ENOUGH = 2 };

typedef struct wanted_element {
  int entry, member;
  size_t element;
} wanted_element;

struct wanted {
  size_t left; /* elements of members that no point asked for yet */
  void *element;
  size_t count, room;
  void *point; /* int64_t: the first that asked for a schedule */
  size_t points, point_room;
};

qy_status wanted_new(qy_model *model, qy_error *err)
{
  if (!(model->wanted = qy_alloc(1, sizeof *model->wanted))) return qy_no_memory(err);
  for (int i = 0; i < model->plan->entry_count; i++)
    for (int m = 0; m < model->plan->entries[i].member_count; m++) {
      ready_member *r = &model->entries[i][m];
      if (!(r->asked = qy_arena_alloc(model->arena, r->element_count, sizeof *r->asked))) return qy_no_memory(err);
      r->asked_left = r->element_count;
    }
  return QY_OK;
}

void wanted_drop(qy_model *model)
{
  if (!model->wanted) return;
  free(model->wanted->element);
  free(model->wanted->point);
  free(model->wanted);
  model->wanted = NULL;
}

/* ---- noting ---- */

static qy_status want_element(qy_model *model, int entry, int m, const size_t *index, qy_error *err)
{
  struct wanted *w = model->wanted;
  ready_member *r = &model->entries[entry][m];
  const size_t element = member_element_of(&model->plan->entries[entry], m, index);
  if (r->asked[element]) return QY_OK;
  if (qy_grow(&w->element, &w->room, w->count + 1, sizeof(wanted_element))) return qy_no_memory(err);
  ((wanted_element *)w->element)[w->count++] = (wanted_element){entry, m, element};
  r->asked[element] = true;
  r->asked_left--;
  return QY_OK;
}

static qy_status want_elements(qy_model *model, int entry, const size_t *index, qy_error *err)
{
  qy_status status = QY_OK;
  for (int m = 0; !status && m < model->plan->entries[entry].member_count; m++)
    if (model->entries[entry][m].asked_left) status = want_element(model, entry, m, index, err);
  return status;
}

static qy_status want_schedule(qy_model *model, int entry, const size_t *index, int64_t point, qy_error *err)
{
  struct wanted *w = model->wanted;
  bool is_new;
  const qy_status status = schedule_asked(&is_new, model, entry, index, err);
  if (status || !is_new) return status;
  if (qy_grow(&w->point, &w->point_room, w->points + 1, sizeof(int64_t))) return qy_no_memory(err);
  ((int64_t *)w->point)[w->points++] = point;
  return QY_OK;
}

/* Has every point of the entry been asked for? */
static bool all_asked(const qy_model *model, int entry)
{
  const design_entry *g = &model->plan->entries[entry];
  const ready_memory *r = &model->memory[entry];
  for (int m = 0; m < g->member_count; m++)
    if (model->entries[entry][m].asked_left) return false;
  return !g->memory || (r->asked && !r->asked_left);
}

/* Points of a design: its libraries, networks, clocks and precisions. */
static int64_t points_of_design(const qy_space_entry *axes)
{
  int64_t points = 1;
  for (int a = axes->axis_count - COMMON_AXES; a < axes->axis_count; a++)
    points *= (int64_t)axes->axis[a].count;
  return points;
}

qy_status model_want(qy_model *model, int64_t first, int64_t count, qy_error *err)
{
  const qy_space *space = &model->plan->space;
  qy_status status = QY_OK;
  for (int64_t p = first, next; model->wanted && !status && p < first + count; p = next) {
    int entry;
    size_t index[QY_AXES_MAX];
    qy_space_decode(space, p, &entry, index);
    const qy_space_entry *axes = &space->entry[entry];
    const int64_t design = points_of_design(axes);
    next = all_asked(model, entry)              ? axes->first + axes->count
           : model->plan->entries[entry].memory ? p + 1
                                                : axes->first + ((p - axes->first) / design + 1) * design;
    status = want_elements(model, entry, index, err);
    if (!status && model->plan->entries[entry].memory) status = want_schedule(model, entry, index, p, err);
  }
  return status;
}

bool model_wants_enough(const qy_model *model)
{
  const struct wanted *w = model->wanted;
  const size_t threads = (size_t)model->threads;
  return w && (w->count >= ELEMENTS_ENOUGH * threads || w->points >= SCHEDULES_ENOUGH * threads);
}

/* ---- making ---- */

/* Of the elements noted those that no member had before. */
static qy_status make_elements(qy_model *model, qy_error *err)
{
  struct wanted *w = model->wanted;
  const wanted_element *noted = w->element;
  ready_element **list = qy_alloc(w->count + 1, sizeof(ready_element *));
  size_t count = 0;
  if (!list) return qy_no_memory(err);
  for (size_t i = 0; i < w->count; i++) {
    ready_element *e = model->entries[noted[i].entry][noted[i].member].element[noted[i].element];
    if (e->wanted) continue;
    e->wanted = true;
    list[count++] = e;
  }
  qy_status status = elements_make(model, list, count, model->sram, err);
  free(list);
  for (size_t i = 0; !status && i < w->count; i++)
    status = model_prepare_element(model, noted[i].entry, noted[i].member, noted[i].element, err);
  w->count = 0;
  return status;
}

static qy_status make_schedules(qy_model *model, qy_error *err)
{
  struct wanted *w = model->wanted;
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < w->points; i++) {
    int entry;
    size_t index[QY_AXES_MAX];
    qy_space_decode(&model->plan->space, ((int64_t *)w->point)[i], &entry, index);
    status = schedule_want(model, entry, index, err);
  }
  w->points = 0;
  return status ? status : schedules_find(model, err);
}

qy_status model_make_wanted(qy_model *model, qy_error *err)
{
  bool all = true;
  if (!model->wanted) return QY_OK;
  qy_status status = make_elements(model, err);
  if (!status) status = make_schedules(model, err);
  for (int i = 0; i < model->plan->entry_count; i++)
    all = all && all_asked(model, i);
  if (!status && all) wanted_drop(model);
  return status;
}

qy_status qy_model_ready(qy_model *model, const int64_t *points, size_t count, qy_error *err)
{
  assert(model && !model->single && (points || !count));
  qy_status status = points ? QY_OK : model_want(model, 0, model->plan->space.count, err);
  for (size_t i = 0; points && !status && i < count; i++) {
    status = plan_check_point(model->plan, points[i], err);
    if (!status) status = model_want(model, points[i], 1, err);
  }
  if (!status) status = model_make_wanted(model, err);
  if (!status && !points) wanted_drop(model);
  return status;
}
