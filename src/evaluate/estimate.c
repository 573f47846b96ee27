/* How long a plan would take, without making its model: see qy_model_estimate.
 *
 * A small plan is made ready as a run does it.  Of a large one the points of a sample are, with the elements they
 * have and the price lists they ask for; what these take stands for all.  Price lists take their median: a pricer's
 * first ones find what the others share.  Of plans whose designs have a memory points of a sample stand for all,
 * with their schedules, unless there are few.
 */
#include "schedules.h"

#include "quarry/progress.h"
#include "quarry/sort.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SMALL_SCHEDULES = 32, SMALL_LISTS = 4096, SMALL_ELEMENTS = 64, TIMES = 8192 };

/* For making the sample ready; it looks at so few elements at least. */
static const double enough_s = 0.2;

typedef struct sampler {
  qy_model *model;
  double **sram;
  double element_s; /* spent on elements */
  double element_bytes, list_bytes;
  double begun;
  bool stopped; /* by the model's stop, not because the sample is large enough */
  list_times times;
  int entry; /* made ready last, with these elements */
  size_t number[MEMBERS_MAX];
  struct run { /* clocks that are to be priced */
    ready_element *element;
    size_t technology, first, count;
  } run[MEMBERS_MAX];
} sampler;

static double schedule_bytes(const qy_model *model)
{
  double bytes = 0;
  for (size_t i = 0; i < model->schedule_count; i++)
    bytes += (double)qy_arena_bytes(model->schedules[i]->arena);
  return bytes;
}

static double bytes_of(const qy_model *model)
{
  double bytes = (double)qy_arena_bytes(model->arena) + schedule_bytes(model);
  for (int i = 0; i < model->threads; i++)
    bytes += (double)qy_arena_bytes(model->own[i]);
  return bytes;
}

static qy_status price_run(sampler *s, struct run *run, qy_error *err)
{
  const double before = bytes_of(s->model);
  const qy_status status = run->element ? element_price(run->element, s->model, run->technology, run->first, run->count,
                                                        s->sram, &s->times, err)
                                        : QY_OK;
  run->element = NULL;
  s->list_bytes += bytes_of(s->model) - before;
  return status;
}

/* One more clock of an element: in the run, or the first of another. */
static qy_status add_clock(sampler *s, struct run *run, ready_element *e, size_t technology, size_t clock,
                           qy_error *err)
{
  if (run->element == e && run->technology == technology && clock >= run->first && clock <= run->first + run->count) {
    if (clock == run->first + run->count) run->count++;
    return QY_OK;
  }
  const qy_status status = price_run(s, run, err);
  *run = (struct run){e, technology, clock, 1};
  return status;
}

/* Elements of the entry at this point, if they are others than at the last. */
static qy_status make_elements(sampler *s, int entry, const size_t *index, qy_error *err)
{
  const design_entry *g = &s->model->plan->entries[entry];
  const scope own = {.index = index, .param_count = g->param_count, .elements = true};
  size_t number[MEMBERS_MAX] = {0};
  for (int m = 0; m < g->member_count; m++)
    number[m] = member_element_of(g, m, index);
  if (entry == s->entry && memcmp(number, s->number, sizeof number) == 0) return QY_OK;
  s->entry = entry;
  memcpy(s->number, number, sizeof number);
  const double before = qy_seconds_now(), bytes = bytes_of(s->model);
  const qy_status status = model_prepare_entry(s->model, entry, &own, s->sram, err);
  s->element_s += qy_seconds_now() - before;
  s->element_bytes += bytes_of(s->model) - bytes;
  return status;
}

static qy_status make_point(sampler *s, int64_t point, qy_error *err)
{
  size_t index[QY_AXES_MAX];
  int entry;
  qy_space_decode(&s->model->plan->space, point, &entry, index);
  const design_entry *g = &s->model->plan->entries[entry];
  const size_t *common = index + g->param_count;
  qy_status status = make_elements(s, entry, index, err);
  for (int m = 0; !status && m < g->member_count; m++)
    status = add_clock(s, &s->run[m], s->model->entries[entry][m].element[s->number[m]], common[AXIS_TECHNOLOGY],
                       common[AXIS_CLOCK], err);
  return status;
}

static qy_status make_sample(void *ctx, int64_t first, int64_t count, qy_error *err)
{
  sampler *s = ctx;
  qy_status status = QY_OK;
  if (s->times.count > 0 && qy_seconds_now() - s->begun > enough_s) return QY_INTERRUPTED;
  for (int64_t i = first; !status && i < first + count; i++)
    status = make_point(s, i, err);
  for (int m = 0; !status && m < MEMBERS_MAX; m++)
    status = price_run(s, &s->run[m], err);
  s->stopped = status == QY_INTERRUPTED;
  return status;
}

static double median_of(list_times *times)
{
  if (times->count == 0) return 0;
  qsort(times->seconds, times->count, sizeof *times->seconds, qy_by_value);
  return times->seconds[times->count / 2];
}

static size_t lists_each(const qy_model *model)
{
  return (size_t)model->plan->info.technology_count * model->plan->clock_mhz.count;
}

static double lists_of(const qy_model *model)
{
  return (double)model->element_total * (double)lists_each(model);
}

static qy_status estimate_large(qy_model_seconds *out, sampler *s, qy_error *err)
{
  double all;
  const double empty = bytes_of(s->model);
  size_t made = 0, lists = 0;
  s->begun = qy_seconds_now();
  s->entry = -1;
  if (!(s->times.seconds = qy_alloc(TIMES, sizeof *s->times.seconds))) return qy_no_memory(err);
  s->times.room = TIMES;
  qy_status status = sample_points(s->model, s->model->threads, make_sample, s, &all, err);
  if (!status && s->stopped) status = QY_INTERRUPTED;
  for (size_t e = 0; e < s->model->element_total; e++)
    made += s->model->element[e]->pe.circuit != NULL;
  for (size_t e = 0; e < s->model->element_total; e++)
    for (size_t l = 0; l < lists_each(s->model); l++)
      lists += element_has_list(s->model->element[e], s->model, l / s->model->plan->clock_mhz.count,
                                l % s->model->plan->clock_mhz.count);
  if (!status) {
    out->ready +=
        (s->element_s / (double)made * (double)s->model->element_total + median_of(&s->times) * lists_of(s->model)) /
        s->model->threads;
    out->point = all / (double)s->model->plan->space.count;
    out->bytes = empty + s->element_bytes / (double)made * (double)s->model->element_total +
                 (lists ? s->list_bytes / (double)lists * lists_of(s->model) : 0);
  }
  free(s->times.seconds);
  return status;
}

/* The most that finding one of the schedules took. */
static double most_scratch(const qy_model *model)
{
  size_t most = 0;
  for (size_t i = 0; i < model->schedule_count; i++)
    if (model->schedules[i]->schedule && model->schedules[i]->schedule->scratch_bytes > most)
      most = model->schedules[i]->schedule->scratch_bytes;
  return (double)most;
}

static qy_status estimate_small(qy_model_seconds *out, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  qy_model *model;
  double all;
  const double start = qy_seconds_now();
  qy_status status = qy_model_make(&model, plan, NULL, 0, how, err);
  out->ready = qy_seconds_now() - start;
  if (!status) status = qy_model_time(model, model->threads, &all, err);
  if (!status) out->point = all / (double)plan->space.count;
  if (!status) out->bytes = bytes_of(model) + most_scratch(model) * model->threads;
  qy_model_free(model);
  return status;
}

/* Of the sample of a plan whose designs have memories. */
typedef struct schedule_sample {
  double point_s, ready_s, bytes; /* sums */
  double scratch;                 /* the most that finding one took */
  int made;
} schedule_sample;

static qy_status take_schedule(schedule_sample *of, qy_model_seconds *out, const qy_plan *plan, int64_t point,
                               const qy_model_how *how, qy_error *err)
{
  qy_model *model;
  const double before = qy_seconds_now();
  qy_status status = qy_model_make(&model, plan, &point, 1, how, err);
  if (status) return status;
  const double ready = qy_seconds_now();
  single *s = &model->single[0];
  status = worker_point(&s->point, s->worker, model, point, err);
  of->point_s += qy_seconds_now() - ready;
  of->ready_s += ready - before;
  of->bytes += schedule_bytes(model);
  of->scratch = fmax(of->scratch, most_scratch(model));
  of->made++;
  out->bytes = bytes_of(model) - schedule_bytes(model);
  qy_model_free(model);
  return status;
}

/* Of designs with memories: each point of a sample by itself, with the schedule that it asks for; one of each kind of
 * design at least, unless that takes long. */
static qy_status estimate_schedules(qy_model_seconds *out, const qy_plan *plan, const qy_model_how *how,
                                    double schedules, qy_error *err)
{
  enum { SAMPLES = 64, LEAPS = 37 }; /* no common divisor */
  const double start = qy_seconds_now(), long_s = 2;
  schedule_sample of = {.made = 0};
  qy_status status = QY_OK;
  for (int i = 0; !status && i < plan->entry_count && qy_seconds_now() - start < long_s; i++) {
    const qy_space_entry *axes = &plan->space.entry[i];
    status = take_schedule(&of, out, plan, axes->first + axes->count / 2, how, err);
  }
  for (int k = 0; !status && k < SAMPLES && qy_seconds_now() - start < enough_s; k++)
    status = take_schedule(&of, out, plan, (int64_t)((double)(plan->space.count - 1) * (k * LEAPS % SAMPLES) / SAMPLES),
                           how, err);
  const int threads = how && how->threads > 0 ? how->threads : 1;
  if (status || !of.made) return status;
  out->bytes += of.bytes / of.made * schedules + of.scratch * threads;
  out->ready = of.ready_s / of.made * schedules / threads;
  out->point = of.point_s / of.made / threads;
  return QY_OK;
}

void qy_model_size(double *elements, double *lists, double *schedules, const qy_plan *plan)
{
  *elements = *schedules = 0;
  for (int i = 0; i < plan->entry_count; i++)
    *schedules += schedules_most(plan, i);
  for (int i = 0; i < plan->entry_count; i++)
    for (int m = 0; m < plan->entries[i].member_count; m++)
      *elements += (double)member_element_count(&plan->entries[i], m);
  *lists = *elements * (double)plan->info.technology_count * (double)plan->clock_mhz.count;
}

/* With the draws of `how`. */
static qy_status estimate(qy_model_seconds *out, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  sampler s = {.entry = -1};
  bool memory = false;
  double schedules = 0;
  *out = (qy_model_seconds){0};
  for (int i = 0; i < plan->entry_count; i++)
    memory = memory || plan->entries[i].memory, schedules += schedules_most(plan, i);
  if (memory && schedules > SMALL_SCHEDULES) return estimate_schedules(out, plan, how, schedules, err);
  if (memory) return estimate_small(out, plan, how, err);
  const double start = qy_seconds_now();
  qy_status status = model_open(&s.model, &s.sram, plan, how, err);
  if (status) return status;
  out->ready = qy_seconds_now() - start;
  if (s.model->element_total > SMALL_ELEMENTS || lists_of(s.model) > SMALL_LISTS)
    status = estimate_large(out, &s, err);
  else
    status = estimate_small(out, plan, how, err);
  qy_model_free(s.model);
  return status;
}

/* Many draws cost so many times what fewer do: those are made, with few and with more, once what all have in common is
 * known. */
qy_status qy_model_estimate(qy_model_seconds *out, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  enum { FEW = 64, MORE = 512, MANY = 2 * MORE };
  qy_model_how with = how ? *how : (qy_model_how){.threads = 1};
  qy_model_seconds few, more;
  if (plan->info.draws <= MANY) return estimate(out, plan, how, err);
  qy_activities *own = with.known ? NULL : qy_activities_new(NULL);
  if (!with.known && !(with.known = own)) return qy_no_memory(err);
  with.draws_most = FEW;
  qy_status status = estimate(out, plan, &with, err);
  if (!status) status = estimate(&few, plan, &with, err);
  with.draws_most = MORE;
  if (!status) status = estimate(&more, plan, &with, err);
  const double times = (double)(plan->info.draws - FEW) / (MORE - FEW);
  if (!status) {
    out->ready += times * fmax(more.ready - few.ready, 0);
    out->point += times * fmax(more.point - few.point, 0);
    out->bytes += times * (more.bytes - few.bytes);
  }
  qy_activities_free(own);
  return status;
}
