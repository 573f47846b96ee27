/* Questions to a model about single points: metrics, layers, intervals, sensitivity; see model.h.
 *
 * Under draws a batch of samples becomes a set of draws of the library; each member's basis over these draws times its
 * bill gives all metrics of all samples (draws_batch.c).
 */
#include "model_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_POINTS = 16384, CHUNK = 2048, DRAWS = 256, SEED = 1 };

static const single *find_single(const qy_model *model, int64_t point)
{
  for (size_t i = 0; i < model->single_count; i++)
    if (model->single[i].index == point) return &model->single[i];
  return NULL;
}

static qy_status single_of(const single **out, const qy_model *model, int64_t point, qy_error *err)
{
  *out = find_single(model, point);
  if (*out) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "expected a point that was made ready, found %lld of %s", (long long)point,
                 model->plan->info.name);
}

static qy_status feasible_of(const single **out, const qy_model *model, int64_t point, qy_error *err)
{
  qy_status status = single_of(out, model, point, err);
  assert(status || *out);
  if (!status && (*out)->point.reason)
    status = qy_fail(err, QY_BAD_INPUT, "expected a feasible point, found point %lld (%s): %s", (long long)point,
                     model->plan->entries[(*out)->worker->entry].name, (*out)->point.reason);
  return status;
}

qy_status qy_model_point(qy_point *out, const qy_model *model, int64_t point, qy_error *err)
{
  const single *s;
  qy_status status = single_of(&s, model, point, err);
  if (!status) *out = s->point;
  return status;
}

qy_status qy_model_layers(const qy_model *model, int64_t point, qy_layer_visit *visit, void *ctx, qy_error *err)
{
  const single *s;
  qy_status status = feasible_of(&s, model, point, err);
  return status ? status : worker_layers(s->worker, model, &s->point, visit, ctx, err);
}

qy_status qy_model_members(const qy_model *model, int64_t point, qy_member_visit *visit, void *ctx, qy_error *err)
{
  const single *s;
  qy_status status = feasible_of(&s, model, point, err);
  return status ? status : worker_members(s->worker, model, &s->point, visit, ctx, err);
}

/* ---- parts and events ---- */

/* Is it counted in itself, as the resources of an FPGA are? */
static bool is_resource(int metric)
{
  return metric == QY_LUT || metric == QY_FF || metric == QY_DSP || metric == QY_BRAM;
}

static qy_model_item item_of(const qy_design *d, int item)
{
  const qy_columns *c = d->columns;
  qy_model_item out = {.item = item, .count = d->bill.count[item]};
  for (int r = 0; r < c->range_count; r++)
    for (int k = c->range[r].first; k < c->range[r].first + c->range[r].count; k++) {
      double *to = item >= QY_EVENT_FIRST                ? &out.energy_uj
                   : c->range[r].metric == QY_LEAKAGE_MW ? &out.leakage_mw
                                                         : &out.area_um2;
      if (c->item[k] != item) continue;
      if (is_resource(c->range[r].metric))
        out.count *= d->price[k]; /* what surrounds the arrays is priced as one */
      else
        *to += out.count * d->price[k];
    }
  return out;
}

qy_status qy_model_items(const qy_model *model, int64_t point, qy_item_visit *visit, void *ctx, qy_error *err)
{
  const single *s;
  qy_status status = feasible_of(&s, model, point, err);
  if (status) return status;
  const design_entry *g = &model->plan->entries[s->worker->entry];
  for (int m = 0; m < g->part_count; m++)
    for (int i = 0; i < QY_ITEM_COUNT; i++) {
      qy_model_item out = item_of(&s->worker->member[m].design, i);
      out.member = m < g->member_count ? g->member[m].name : "memory";
      if (out.count != 0 && (status = visit(ctx, &out, err))) return status;
    }
  return QY_OK;
}

/* ---- draws ---- */

/* One or two points in one technology, and what is asked of them. */
typedef struct subject {
  const qy_model *model;
  const qy_tech *tech;
  const single *of[2];
  int points;
  const int *metric;
  int count;
} subject;

static qy_status subject_make(subject *s, const qy_model *model, int64_t point, int64_t over, const int *metric,
                              int count, qy_error *err)
{
  *s = (subject){.model = model, .metric = metric, .count = count, .points = over >= 0 ? 2 : 1};
  qy_status status = feasible_of(&s->of[0], model, point, err);
  if (!status && over >= 0) status = feasible_of(&s->of[1], model, over, err);
  if (status) return status;
  const qy_plan *plan = model->plan;
  const int technology = s->of[0]->point.technology, other = over >= 0 ? s->of[1]->point.technology : technology;
  if (technology != other)
    return qy_fail(err, QY_BAD_INPUT, "expected two points in one technology, found %s and %s",
                   plan->technology[technology]->name, plan->technology[other]->name);
  s->tech = plan->technology[technology];
  return QY_OK;
}

/* Metrics of a point in all draws of a library: out[metric * draws + k]. */
static qy_status point_draws(double *out, const subject *s, const single *one, const qy_draws *library,
                             const double *sram, qy_arena *arena, qy_error *err)
{
  const qy_model *model = s->model;
  const worker *w = one->worker;
  const design_entry *g = &model->plan->entries[w->entry];
  double *basis[PARTS_MAX] = {NULL};
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++) {
    const ready_member *ready = &model->entries[w->entry][m];
    const qy_columns *columns = w->member[m].design.columns;
    const size_t element = (size_t)(w->member[m].design.pe - ready->pe);
    qy_pricing *pricing = NULL;
    basis[m] = qy_arena_alloc(arena, (size_t)columns->count * library->count, sizeof *basis[m]);
    if (!basis[m]) return qy_no_memory(err);
    if (s->tech->fpga) {
      qy_fabric_draws(basis[m], library, columns);
      continue;
    }
    status = qy_pricing_new(&pricing, ready->components[element], s->tech, library, arena, err);
    if (!status) qy_prices_draws(basis[m], &ready->prices[w->member[m].at], pricing, columns, sram);
  }
  if (!status && g->memory) {
    const qy_columns *columns = part_columns(model, w->entry, g->member_count, s->tech);
    double *own = qy_arena_alloc(arena, (size_t)columns->count * library->count, sizeof *own);
    if (!(basis[g->member_count] = own)) return qy_no_memory(err);
    memory_basis(own, columns, model->plan->device[w->memory.params.device], sram, library->count);
  }
  draws_batch *batch = status ? NULL : draws_batch_new(model, library->count, 1);
  if (!status && !batch) status = qy_no_memory(err);
  if (!status) {
    draws_batch_add(batch, 0, &one->point, w, 0, (const double *const *)basis);
    draws_batch_values(batch, s->metric, s->count, out);
  }
  draws_batch_free(batch);
  return status;
}

/* The same of the metrics of the subject, or of their ratios. */
static qy_status subject_draws(double *out, const subject *s, const qy_draws *library, const double *sram,
                               qy_error *err)
{
  const size_t n = (size_t)s->count * library->count;
  qy_arena *arena = qy_arena_new();
  double *base = arena && s->points > 1 ? qy_arena_alloc(arena, n, sizeof *base) : NULL;
  qy_status status = arena && (base || s->points == 1) ? QY_OK : qy_no_memory(err);
  if (!status) status = point_draws(out, s, s->of[0], library, sram, arena, err);
  if (!status && base) status = point_draws(base, s, s->of[1], library, sram, arena, err);
  for (size_t i = 0; !status && base && i < n; i++)
    out[i] /= base[i];
  qy_arena_free(arena);
  return status;
}

/* ---- intervals ---- */

qy_status qy_model_intervals(qy_interval *row, const qy_model *model, int64_t point, int64_t over, const int *metric,
                             int count, qy_error *err)
{
  subject s;
  const qy_plan_info *info = &model->plan->info;
  const size_t draws = info->draws ? (size_t)info->draws : DRAWS;
  const uint64_t seed = info->draws ? info->draw_seed : SEED;
  qy_draws *library;
  double *sram, *drawn = NULL;
  qy_status status = subject_make(&s, model, point, over, metric, count, err);
  if (status) return status;
  qy_arena *arena = qy_arena_new();
  if (!arena || !(drawn = qy_arena_alloc(arena, (size_t)count * draws, sizeof *drawn))) status = qy_no_memory(err);
  if (!status) status = qy_draws_new(&library, s.tech, draws, seed, s.of[0]->point.technology, arena, err);
  if (!status) status = sram_factors(&sram, model->plan, s.tech, draws, seed, arena, err);
  if (!status) status = subject_draws(drawn, &s, library, sram, err);
  for (int i = 0; !status && i < count; i++) {
    row[i] = (qy_interval){s.of[0]->point.metric[metric[i]], NAN, NAN};
    if (over >= 0) row[i].value /= s.of[1]->point.metric[metric[i]];
    if (!isfinite(row[i].value)) row[i].value = NAN; /* over nothing */
    if (!isnan(row[i].value) && qy_metric_uncertain(metric[i]))
      draws_interval(&row[i], metric[i], drawn + (size_t)i * draws, draws);
  }
  qy_arena_free(arena);
  return status;
}

/* ---- indices ---- */

typedef struct analysis {
  subject subject;
  size_t *entry; /* constant of each of the first inputs */
  size_t constants;
  sram_doubt sram;    /* then come, if any, those of the SRAM factors */
  bool has_memory;    /* and of a memory */
  bool has_structure; /* the last input is the model's own discrepancy, all of it */
  int stream;
  int threads;
  /* One batch. */
  const double *z;
  size_t count;
  double *output;
} analysis;

static int sram_inputs(const analysis *a)
{
  return !a->sram.has ? 0 : a->has_memory ? ALL_INPUTS : SRAM_INPUTS;
}

typedef struct sampler { /* what a thread needs */
  qy_arena *arena;
  qy_tech *one;  /* a library to set constants in */
  qy_tech *draw; /* [CHUNK] */
  double *sram;  /* [factor * count + k] */
  uint64_t *key; /* [CHUNK] of discrepancies */
} sampler;

static void sampler_free(void *ctx, void *state)
{
  (void)ctx;
  sampler *s = state;
  if (s) qy_arena_free(s->arena);
  free(s);
}

static void *sampler_new(void *ctx, qy_error *err)
{
  const analysis *a = ctx;
  sampler *s = qy_alloc(1, sizeof *s);
  if (s && (s->arena = qy_arena_new()) && (s->draw = qy_arena_alloc(s->arena, CHUNK, sizeof *s->draw)) &&
      (s->sram = qy_arena_alloc(s->arena, (size_t)CHUNK * ALL_FACTORS, sizeof *s->sram)) &&
      (s->key = qy_arena_alloc(s->arena, CHUNK, sizeof *s->key)) &&
      qy_tech_copy(&s->one, a->subject.tech, s->arena, err) == QY_OK)
    return s;
  sampler_free(NULL, s);
  qy_no_memory(err);
  return NULL;
}

/* Samples [first, first + count) of the batch: buffer[metric * count + k]. */
static qy_status sample(void *ctx, void *state, int64_t first, int64_t samples, void *buffer, qy_error *err)
{
  const analysis *a = ctx;
  sampler *s = state;
  const qy_tech *tech = a->subject.tech;
  const size_t count = (size_t)samples;
  const double *z = a->z + first;
  for (size_t k = 0; k < count; k++) {
    for (size_t i = 0; i < a->constants; i++)
      s->one->entry[a->entry[i]].constant.value =
          qy_constant_at(&tech->entry[a->entry[i]].constant, z[i * a->count + k]);
    qy_tech_resolve(s->one);
    s->draw[k] = *s->one;
    s->draw[k].entry = tech->entry;
  }
  for (int f = 0; a->sram.has && f < (a->has_memory ? ALL_FACTORS : QY_SRAM_FACTORS); f++)
    for (size_t k = 0; k < count; k++)
      s->sram[(size_t)f * count + k] = sram_factor_at(&a->sram, f, z + a->constants * a->count + k, a->count);
  /* One input decides all random numbers of the discrepancy: its value, as a word, is what they follow from.  So the
   * index is that of the group. */
  const size_t last = a->constants + (size_t)sram_inputs(a);
  for (size_t k = 0; a->has_structure && k < count; k++)
    memcpy(&s->key[k], &z[last * a->count + k], sizeof *s->key);
  qy_draws library = {.count = count, .stream = a->stream, .key = s->key, .nominal = tech, .draw = s->draw};
  return subject_draws(buffer, &a->subject, &library, a->sram.has ? s->sram : NULL, err);
}

static qy_status collect(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)batch;
  (void)err;
  analysis *a = ctx;
  for (int m = 0; m < a->subject.count; m++)
    memcpy(a->output + (size_t)m * a->count + (size_t)first, (const double *)buffer + (size_t)m * (size_t)count,
           (size_t)count * sizeof(double));
  return QY_OK;
}

static qy_status samples_of(void *ctx, const double *z, size_t count, double *output, qy_error *err)
{
  analysis *a = ctx;
  a->z = z;
  a->count = count;
  a->output = output;
  const qy_sweep sweep = {.count = (int64_t)count,
                          .batch = CHUNK,
                          .threads = a->threads,
                          .buffer_bytes = (size_t)a->subject.count * CHUNK * sizeof(double),
                          .ctx = a,
                          .worker_new = sampler_new,
                          .worker_free = sampler_free,
                          .evaluate = sample,
                          .sink = collect};
  return qy_sweep_run(&sweep, err);
}

/* Only what varies has indices. */
static qy_status check_metrics(const subject *s, qy_error *err)
{
  const qy_metric_info *table = qy_metric_table();
  for (int i = 0; i < s->count; i++) {
    const int m = s->metric[i];
    if (!qy_metric_uncertain(m))
      return qy_fail(err, QY_BAD_INPUT,
                     "expected a metric that depends on the library's constants, found %s, which is certain at a fixed "
                     "clock",
                     table[m].name);
    for (int p = 0; p < s->points; p++)
      if (isnan(s->of[p]->point.metric[m]))
        return qy_fail(err, QY_BAD_INPUT, "expected a metric that the design \"%s\" has, found %s",
                       s->model->plan->entries[s->of[p]->worker->entry].name, table[m].name);
      else if (p == 1 && s->of[p]->point.metric[m] == 0)
        return qy_fail(err, QY_BAD_INPUT, "expected a ratio, found %s of 0 in the second point", table[m].name);
  }
  return QY_OK;
}

static qy_status inputs_find(analysis *a, qy_indices *out, qy_arena *arena, qy_error *err)
{
  const qy_tech *tech = a->subject.tech;
  const size_t most = tech->entry_count + ALL_INPUTS + 1;
  qy_status status = sram_doubt_read(&a->sram, a->subject.model->plan, tech, arena, err);
  if (status) return status;
  a->entry = qy_arena_alloc(arena, tech->entry_count, sizeof *a->entry);
  out->name = qy_arena_alloc(arena, most, sizeof *out->name);
  if (!a->entry || !out->name) return qy_no_memory(err);
  for (size_t i = 0; i < tech->entry_count; i++) {
    if (!(tech->entry[i].constant.low < tech->entry[i].constant.high)) continue;
    out->name[a->constants] = tech->entry[i].path;
    a->entry[a->constants++] = i;
  }
  out->inputs = a->constants;
  for (int p = 0; p < a->subject.points; p++)
    if (a->subject.model->plan->entries[a->subject.of[p]->worker->entry].memory) a->has_memory = true;
  for (int i = 0; i < sram_inputs(a); i++) {
    char name[SRAM_INPUT_NAME];
    sram_input_name(i, name);
    if (!(out->name[out->inputs++] = qy_arena_text(arena, name, strlen(name)))) return qy_no_memory(err);
  }
  a->has_structure = tech->structure != NULL;
  a->stream = a->subject.of[0]->point.technology;
  if (a->has_structure) out->name[out->inputs++] = QY_STRUCTURE_INPUT;
  return QY_OK;
}

qy_status qy_model_sensitivity(qy_indices *out, const qy_model *model, int64_t point, int64_t over, const int *metric,
                               int count, size_t samples, uint64_t seed, int threads, qy_arena *arena, qy_error *err)
{
  analysis a = {.threads = threads};
  *out = (qy_indices){0};
  qy_status status = subject_make(&a.subject, model, point, over, metric, count, err);
  if (status) return status;
  status = check_metrics(&a.subject, err);
  if (!status) status = inputs_find(&a, out, arena, err);
  if (!status && !(out->index = qy_arena_alloc(arena, out->inputs * (size_t)count, sizeof *out->index)))
    status = qy_no_memory(err);
  const qy_sensitivity s = {.inputs = out->inputs,
                            .outputs = (size_t)count,
                            .samples = samples,
                            .seed = seed,
                            .batch = samples_of,
                            .batch_points = BATCH_POINTS,
                            .ctx = &a};
  if (!status) status = qy_sensitivity_run(out->index, &s, err);
  return status;
}
