/* Questions to a model about single points: metrics, layers, intervals, sensitivity; see model.h.
 *
 * Under draws a batch of samples becomes a set of draws of the library; each member's basis over these draws times its
 * bill gives all metrics of all samples (draws_batch.c).
 */
#include "model_int.h"
#include "price_response.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
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

/* Columns of a point's parts. */
static size_t point_columns(const subject *s, const single *one)
{
  size_t columns = 0;
  for (int m = 0; m < s->model->plan->entries[one->worker->entry].part_count; m++)
    columns += (size_t)part_columns(s->model, one->worker->entry, m, s->tech)->count;
  return columns;
}

/* Prices of a point's parts in all draws of a library, one part behind another: price[column * draws + k]. */
static qy_status point_prices(double *price, const subject *s, const single *one, const qy_draws *library,
                              const double *sram, qy_arena *arena, qy_error *err)
{
  const qy_model *model = s->model;
  const worker *w = one->worker;
  const design_entry *g = &model->plan->entries[w->entry];
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++) {
    const ready_element *element = w->member[m].element;
    const qy_columns *columns = w->member[m].design.columns;
    qy_pricing *pricing = NULL;
    if (s->tech->fpga) {
      qy_fabric_draws(price, library, columns);
    } else {
      status = qy_pricing_new(&pricing, element->components, s->tech, library,
                              (qy_pricing_stop){model->stop, model->stop_ctx}, arena, err);
      if (!status) status = qy_prices_draws(price, element->prices[w->member[m].at], pricing, columns, sram, err);
    }
    price += (size_t)columns->count * library->count;
  }
  if (!status && g->memory)
    memory_basis(price, part_columns(model, w->entry, g->member_count, s->tech),
                 model->plan->device[w->memory.params.device], sram, library->count);
  return status;
}

/* Metrics of a point at such prices: out[metric * draws + k]. */
static void point_values(double *out, const subject *s, const single *one, const double *price, size_t draws,
                         draws_batch *batch)
{
  const double *basis[PARTS_MAX] = {NULL};
  const int entry = one->worker->entry;
  for (int m = 0; m < s->model->plan->entries[entry].part_count; m++) {
    basis[m] = price;
    price += (size_t)part_columns(s->model, entry, m, s->tech)->count * draws;
  }
  draws_batch_add(batch, 0, &one->point, one->worker, 0, basis);
  draws_batch_values(batch, s->metric, s->count, out);
}

static size_t subject_columns(const subject *s)
{
  size_t columns = 0;
  for (int p = 0; p < s->points; p++)
    columns += point_columns(s, s->of[p]);
  return columns;
}

/* Prices of all points of the subject, one behind another. */
static qy_status subject_prices(double *price, const subject *s, const qy_draws *library, const double *sram,
                                qy_error *err)
{
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? QY_OK : qy_no_memory(err);
  for (int p = 0; p < s->points && !status; p++) {
    status = point_prices(price, s, s->of[p], library, sram, arena, err);
    price += point_columns(s, s->of[p]) * library->count;
  }
  qy_arena_free(arena);
  return status;
}

/* Metrics of the subject at such prices, or their ratios; base[count * draws]: room where there are two points. */
static void subject_values(double *out, const subject *s, const double *price, size_t draws, draws_batch *batch,
                           double *base)
{
  point_values(out, s, s->of[0], price, draws, batch);
  if (s->points == 1) return;
  point_values(base, s, s->of[1], price + point_columns(s, s->of[0]) * draws, draws, batch);
  for (size_t i = 0; i < (size_t)s->count * draws; i++)
    out[i] /= base[i];
}

static qy_status subject_draws(double *out, const subject *s, const qy_draws *library, const double *sram,
                               qy_error *err)
{
  const size_t draws = library->count;
  double *price = qy_alloc(subject_columns(s) * draws, sizeof *price);
  double *base = qy_alloc((size_t)s->count * draws, sizeof *base);
  draws_batch *batch = draws_batch_new(s->model, draws, 1);
  qy_status status = price && base && batch ? QY_OK : qy_no_memory(err);
  if (!status) status = subject_prices(price, s, library, sram, err);
  if (!status) subject_values(out, s, price, draws, batch, base);
  draws_batch_free(batch);
  free(base);
  free(price);
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

/* Has sample k the constants of the one before? */
static bool repeats_constants(const analysis *a, const double *z, size_t stride, size_t k)
{
  for (size_t i = 0; i < a->constants; i++)
    if (z[i * stride + k] != z[i * stride + k - 1]) return false;
  return true;
}

/* Draws of the library, and factors in s->sram, at z[input * stride + k], count of them. */
static qy_draws library_at(sampler *s, const analysis *a, const double *z, size_t stride, size_t count)
{
  const qy_tech *tech = a->subject.tech;
  for (size_t k = 0; k < count; k++) {
    if (k > 0 && repeats_constants(a, z, stride, k)) {
      s->draw[k] = s->draw[k - 1];
      continue;
    }
    for (size_t i = 0; i < a->constants; i++)
      s->one->entry[a->entry[i]].constant.value = qy_constant_at(&tech->entry[a->entry[i]].constant, z[i * stride + k]);
    qy_tech_resolve(s->one);
    s->draw[k] = *s->one;
    s->draw[k].entry = tech->entry;
  }
  for (int f = 0; a->sram.has && f < (a->has_memory ? ALL_FACTORS : QY_SRAM_FACTORS); f++)
    for (size_t k = 0; k < count; k++)
      s->sram[(size_t)f * count + k] = sram_factor_at(&a->sram, f, z + a->constants * stride + k, stride);
  /* One input decides all random numbers of the discrepancy: its value, as a word, is what they follow from.  So the
   * index is that of the group. */
  const size_t last = a->constants + (size_t)sram_inputs(a);
  for (size_t k = 0; a->has_structure && k < count; k++)
    memcpy(&s->key[k], &z[last * stride + k], sizeof *s->key);
  return (qy_draws){.count = count, .stream = a->stream, .key = s->key, .nominal = tech, .draw = s->draw};
}

/* Samples [first, first + count) of the batch: buffer[metric * count + k]. */
static qy_status sample(void *ctx, void *state, int64_t first, int64_t samples, void *buffer, qy_error *err)
{
  const analysis *a = ctx;
  sampler *s = state;
  const qy_draws library = library_at(s, a, a->z + first, a->count, (size_t)samples);
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

/* ---- by the response of prices ---- */

/* An analysis that prices the library at a few nodes, not at every sample. */
typedef struct shortcut {
  analysis *a;
  sampler *s;
  draws_batch *batch;
  double *base;
  price_response response;
} shortcut;

static qy_status shortcut_prices(void *ctx, const double *z, size_t count, double *price, qy_error *err)
{
  shortcut *c = ctx;
  const qy_draws library = library_at(c->s, c->a, z, count, count);
  return subject_prices(price, &c->a->subject, &library, c->a->sram.has ? c->s->sram : NULL, err);
}

static void shortcut_values(shortcut *c, double *output)
{
  subject_values(output, &c->a->subject, c->response.price, c->response.samples, c->batch, c->base);
}

static qy_status shortcut_samples(void *ctx, const double *z, size_t count, double *output, qy_error *err)
{
  shortcut *c = ctx;
  assert(count == c->response.samples);
  (void)count;
  qy_status status = price_response_set(&c->response, z, err);
  if (!status) shortcut_values(c, output);
  return status;
}

static qy_status shortcut_replaced(void *ctx, const double *a, const double *b, size_t input, double *output,
                                   qy_error *err)
{
  shortcut *c = ctx;
  (void)err;
  const bool moved = price_response_replace(&c->response, a, b, input);
  shortcut_values(c, output);
  if (moved) price_response_restore(&c->response, input);
  return QY_OK;
}

/* Of a metric: is the part of the variance that the response misses small? */
static bool is_close(const double *found, const double *exact, size_t count)
{
  const double share_max = 2e-3; /* of interactions mostly: indices were off by 0.004 where 0.0012 was missed */
  double mean = 0, variance = 0, missed = 0;
  for (size_t k = 0; k < count; k++)
    mean += exact[k] / (double)count;
  for (size_t k = 0; k < count; k++) {
    variance += (exact[k] - mean) * (exact[k] - mean);
    missed += (found[k] - exact[k]) * (found[k] - exact[k]);
  }
  return missed <= share_max * variance || missed <= 1e-24 * mean * mean * (double)count;
}

/* A few samples of another seed by the response and in full: outputs[output * count + k] each. */
static qy_status shortcut_compare(double *found, double *exact, shortcut *c, size_t count, uint64_t seed,
                                  qy_arena *arena, qy_error *err)
{
  const size_t inputs = c->response.inputs;
  double *z = qy_arena_alloc(arena, inputs * count, sizeof *z);
  qy_status status = z ? QY_OK : qy_no_memory(err);
  for (size_t i = 0; i < inputs && !status; i++) {
    char name[48];
    snprintf(name, sizeof name, "sensitivity.check.%zu", i);
    status = qy_draws_normal(z + i * count, count, seed, name, err);
  }
  if (!status) status = shortcut_samples(c, z, count, found, err);
  return status ? status : samples_of(c->a, z, count, exact, err);
}

/* Price so many in full, and compare. */
static qy_status shortcut_check(bool *close, shortcut *c, uint64_t seed, qy_arena *arena, qy_error *err)
{
  enum { CHECKED = 64 };
  const size_t all = c->response.samples, count = all < CHECKED ? all : CHECKED;
  const size_t outputs = (size_t)c->a->subject.count;
  draws_batch *batch_of_all = c->batch;
  double *found = qy_arena_alloc(arena, 2 * outputs * count, sizeof *found), *exact = found + outputs * count;
  c->batch = draws_batch_new(c->a->subject.model, count, 1);
  c->response.samples = count;
  qy_status status = found && c->batch ? shortcut_compare(found, exact, c, count, seed, arena, err) : qy_no_memory(err);
  for (size_t o = 0; o < outputs && !status; o++)
    *close &= is_close(found + o * count, exact + o * count, count);
  draws_batch_free(c->batch);
  c->batch = batch_of_all;
  c->response.samples = all;
  return status;
}

/* How often each price of the subject is taken, and which metric of which point it feeds. */
static void shortcut_columns(double *taken, int *sum, const subject *s)
{
  for (int p = 0; p < s->points; p++) {
    const worker *w = s->of[p]->worker;
    for (int m = 0; m < s->model->plan->entries[w->entry].part_count; m++) {
      const qy_design *d = &w->member[m].design;
      for (int r = 0; r < d->columns->range_count; r++)
        for (int c = 0; c < d->columns->range[r].count; c++) {
          *taken++ = d->bill.count[d->columns->item[d->columns->range[r].first + c]];
          *sum++ = p * QY_METRIC_COUNT + d->columns->range[r].metric;
        }
    }
  }
}

/* *use: prices respond as the shortcut takes it.  Its parts live in the arena but for c->s and c->batch. */
static qy_status shortcut_make(shortcut *c, bool *use, analysis *a, size_t inputs, size_t samples, uint64_t seed,
                               qy_arena *arena, qy_error *err)
{
  *use = false;
  c->a = a;
  if (samples > CHUNK || samples < 16 || 1 + RESPONSE_NODES * inputs > CHUNK || inputs == 0) return QY_OK;
  c->response = (price_response){.inputs = inputs,
                                 .columns = subject_columns(&a->subject),
                                 .samples = samples,
                                 .group = a->has_structure,
                                 .source = shortcut_prices,
                                 .ctx = c};
  double *taken = qy_arena_alloc(arena, c->response.columns, sizeof *taken);
  int *sum = qy_arena_alloc(arena, c->response.columns, sizeof *sum);
  if (!taken || !sum) return qy_no_memory(err);
  shortcut_columns(taken, sum, &a->subject);
  c->response.count = taken;
  c->response.sum = sum;
  if (!(c->s = sampler_new(a, err))) return QY_NO_MEMORY;
  c->batch = draws_batch_new(a->subject.model, samples, 1);
  c->base = qy_arena_alloc(arena, (size_t)a->subject.count * samples, sizeof *c->base);
  if (!c->batch || !c->base) return qy_no_memory(err);
  qy_status status = price_response_make(&c->response, use, arena, err);
  return status || !*use ? status : shortcut_check(use, c, seed, arena, err);
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
  qy_sensitivity s = {.inputs = out->inputs,
                      .outputs = (size_t)count,
                      .samples = samples,
                      .seed = seed,
                      .batch = samples_of,
                      .batch_points = BATCH_POINTS,
                      .ctx = &a};
  shortcut c = {.a = NULL};
  qy_arena *scratch = qy_arena_new();
  bool use = false;
  if (!status && !scratch) status = qy_no_memory(err);
  if (!status) status = shortcut_make(&c, &use, &a, out->inputs, samples, seed, scratch, err);
  if (use) {
    s.batch = shortcut_samples;
    s.replaced = shortcut_replaced;
    s.ctx = &c;
  }
  if (!status) status = qy_sensitivity_run(out->index, &s, err);
  sampler_free(NULL, c.s);
  draws_batch_free(c.batch);
  qy_arena_free(scratch);
  return status;
}
