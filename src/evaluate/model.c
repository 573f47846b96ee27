/* A plan made ready: see model.h. */
#include "schedules.h"

#include "quarry/sram_supply.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double bases_max_bytes = 2e9;

const qy_columns *part_columns(const qy_model *model, int entry, int part, const qy_tech *tech)
{
  return part < model->plan->entries[entry].member_count ? &model->entries[entry][part].columns[tech->fpga != NULL]
                                                         : &model->memory[entry].columns;
}

/* ---- SRAM factors ---- */

qy_status sram_doubt_read(sram_doubt *doubt, const qy_plan *plan, const qy_tech *tech, qy_arena *arena, qy_error *err)
{
  *doubt = (sram_doubt){.has = tech->sram_node && plan->sram_error_file && plan->sram_silicon_file};
  if (tech->fpga && plan->device_count > 0) { /* block RAMs are the device's; the DRAM beside it has its currents */
    doubt->has = true;
    for (int k = 0; k < QY_SRAM_SILICON_COUNT; k++)
      doubt->silicon[k] = (qy_constant){.value = 1, .low = 1, .high = 1};
    return QY_OK;
  }
  if (!doubt->has) return QY_OK;
  assert(tech->sram_node);
  node_doubt of;
  qy_status status = plan_sram_doubt(&of, plan, atoi(tech->sram_node), arena, err);
  if (status) return status;
  memcpy(doubt->p95, of.p95, sizeof of.p95);
  memcpy(doubt->silicon, of.silicon, sizeof of.silicon);
  qy_sram_supply_widen(doubt->p95, plan->sram, tech);
  return QY_OK;
}

void sram_input_name(int input, char name[SRAM_INPUT_NAME])
{
  if (input == ALL_INPUTS - 1)
    snprintf(name, SRAM_INPUT_NAME, "dram.currents");
  else if (input >= SRAM_INPUTS)
    snprintf(name, SRAM_INPUT_NAME, "sram.%s.shared", qy_sram_quantity_name((qy_sram_quantity)(input - SRAM_INPUTS)));
  else if (input >= QY_SRAM_FACTORS)
    snprintf(name, SRAM_INPUT_NAME, "sram.silicon.%s",
             qy_sram_silicon_name((qy_sram_silicon)(input - QY_SRAM_FACTORS)));
  else
    snprintf(name, SRAM_INPUT_NAME, "sram.%s.%s", qy_sram_quantity_name((qy_sram_quantity)(input / QY_BUFFER_ROLES)),
             qy_buffer_role_name(input % QY_BUFFER_ROLES));
}

double sram_factor_at(const sram_doubt *doubt, int factor, const double *z, size_t stride)
{
  const bool shared = factor >= QY_SRAM_FACTORS;
  const size_t input = (size_t)(shared ? SRAM_INPUTS + factor - QY_SRAM_FACTORS : factor);
  if (factor == CURRENTS_FACTOR) return z[input * stride];
  const qy_sram_quantity quantity = (qy_sram_quantity)(shared ? factor - QY_SRAM_FACTORS : factor / QY_BUFFER_ROLES);
  const qy_sram_silicon kind = qy_sram_silicon_of(quantity);
  return qy_sram_error_factor(doubt->p95[quantity], z[input * stride]) *
         qy_constant_at(&doubt->silicon[kind], z[(size_t)(QY_SRAM_FACTORS + (int)kind) * stride]);
}

qy_status sram_factors(double **out, const qy_plan *plan, const qy_tech *tech, size_t draws, uint64_t seed,
                       qy_arena *arena, qy_error *err)
{
  sram_doubt doubt;
  *out = NULL;
  qy_status status = sram_doubt_read(&doubt, plan, tech, arena, err);
  if (status || !doubt.has) return status;
  double *factor = qy_arena_alloc(arena, ALL_FACTORS * draws, sizeof *factor);
  double *z = qy_arena_alloc(arena, ALL_INPUTS * draws, sizeof *z);
  if (!factor || !z) return qy_no_memory(err);
  for (int i = 0; !status && i < ALL_INPUTS; i++) {
    char name[SRAM_INPUT_NAME];
    sram_input_name(i, name);
    status = qy_draws_normal(z + (size_t)i * draws, draws, seed, name, err);
  }
  for (int f = 0; !status && f < ALL_FACTORS; f++)
    for (size_t k = 0; k < draws; k++)
      factor[(size_t)f * draws + k] = sram_factor_at(&doubt, f, z + k, draws);
  if (!status) *out = factor;
  return status;
}

/* ---- preparation ---- */

bool model_stopped(const qy_model *model)
{
  return model->stop && model->stop(model->stop_ctx) != 0;
}

/* What members of a type have in common, whose number is small. */
static qy_status find_type(ready_type **out, qy_model *model, const qy_accelerator *type, qy_error *err)
{
  ready_type *t = model->types;
  while (t && t->type != type)
    t = t->next;
  if (!t) {
    if (!(t = qy_arena_alloc(model->arena, 1, sizeof *t))) return qy_no_memory(err);
    *t = (ready_type){.type = type, .next = model->types};
    t->work = qy_arena_alloc(model->arena, (size_t)model->plan->info.network_count, sizeof *t->work);
    if (!t->work) return qy_no_memory(err);
    qy_columns_make(&t->columns[0], type->uses);
    qy_columns_make(&t->columns[1], QY_USES_FPGA);
    model->types = t;
  }
  *out = t;
  return QY_OK;
}

static qy_status prepare_arrays(ready_member *out, qy_model *model, const design_entry *g, int m, qy_error *err)
{
  if (out->element) return QY_OK; /* for another point */
  const qy_status status = find_type(&out->type, model, g->member[m].type, err);
  if (status) return status;
  const qy_plan *plan = model->plan;
  const size_t n = member_element_count(g, m), networks = (size_t)plan->info.network_count;
  memcpy(out->columns, out->type->columns, sizeof out->columns);
  out->element_count = n;
  out->element = qy_arena_alloc(model->arena, n, sizeof(ready_element *));
  out->fabric = qy_arena_alloc(model->arena, n * (size_t)plan->info.technology_count, sizeof *out->fabric);
  const size_t signals = n * QY_SIGNAL_SAMPLES, options = (size_t)plan->option_count;
  out->given = qy_arena_alloc(model->arena, signals, sizeof *out->given);
  out->given_run = qy_arena_alloc(model->arena, signals * options * networks, sizeof *out->given_run);
  out->work = qy_arena_alloc(model->arena, networks, sizeof *out->work);
  if (!out->element || !out->fabric || !out->given || !out->given_run || !out->work) return qy_no_memory(err);
  if (!g->member[m].type->shares) return QY_OK;
  out->scheme_noise = qy_arena_alloc(model->arena, n * QY_SIGNAL_SAMPLES, sizeof *out->scheme_noise);
  out->fixed_noise = model->fixed_noise;
  return out->scheme_noise ? QY_OK : qy_no_memory(err);
}

/* Quality at each option on one weight distribution. */
static qy_status prepare_signal(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                qy_signal_kind signal, const scope *w, qy_error *err)
{
  const qy_plan *plan = model->plan;
  ready_element *element = out->element[e];
  qy_status status = QY_OK;
  if (g->member[m].type->shares) status = quality_prepare_rows(out, model, g, m, e, signal, err);
  for (int o = 0; !status && o < plan->option_count; o++) {
    const size_t at = quality_at(o, signal);
    if (w->index && !w->elements && !plan_asks_option(plan, w->index[w->param_count + AXIS_PRECISION], o)) continue;
    if (element->measured[at]) continue;
    status = model_stopped(model) ? QY_INTERRUPTED
                                  : quality_of(&element->sqnr_db[at], &element->noise[at], model, &element->pe,
                                               plan->option[o], signal, err);
    element->measured[at] = !status;
  }
  if (!status && g->member[m].type->runs_layers) status = layers_prepare_given(out, model, g, m, e, signal, err);
  return status;
}

/* Of the signals that points of the member ask for. */
static qy_status prepare_quality(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                 const scope *w, qy_error *err)
{
  const size_t last = g->member[m].first + g->member[m].count - 1;
  qy_status status = QY_OK;
  for (size_t s = 0; !status && s < g->param[last].count; s++) {
    size_t index[QY_AXES_MAX] = {0};
    index[last] = s;
    if (w->index && s != w->index[last]) continue;
    status = prepare_signal(out, model, g, m, e, member_signal(g, m, index), w, err);
  }
  return status;
}

/* The circuits of an element on the FPGAs. */
static qy_status prepare_fabrics(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                 const scope *w, qy_error *err)
{
  const size_t technologies = (size_t)model->plan->info.technology_count;
  void *params = NULL;
  qy_status status = QY_OK;
  for (size_t t = 0; !status && t < technologies; t++) {
    if (!model->plan->technology[t]->fpga || !wants(w, AXIS_TECHNOLOGY, t)) continue;
    if (!params && !(params = qy_arena_alloc(model->arena, 1, g->member[m].type->params_bytes + 1)))
      return qy_no_memory(err);
    const unsigned circuits = member_circuits(params, g, m, &out->element[e]->pe);
    status = element_fabric(&out->fabric[e * technologies + t], out->element[e], model, circuits, t, err);
  }
  return status;
}

static qy_status prepare_element(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                 const scope *w, double *const *sram, qy_error *err)
{
  ready_element *element = out->element[e];
  qy_status status = element->status;
  if (status) {
    if (err) *err = element->err;
    return status;
  }
  if (w->index) status = element_make(element, model, w, sram, err);
  if (!status) status = prepare_quality(out, model, g, m, e, w, err);
  return status ? status : prepare_fabrics(out, model, g, m, e, w, err);
}

/* What a network's layers are to a member: once for all that run all layers. */
static qy_status prepare_works(ready_member *out, const qy_model *model, const member *one, const scope *w,
                               qy_error *err)
{
  const bool runs_all = one->layers == model->plan->layers;
  qy_status status = QY_OK;
  for (size_t n = 0; !status && one->type->work && n < (size_t)model->plan->info.network_count; n++) {
    if (!wants(w, AXIS_NETWORK, n) || out->work[n]) continue;
    void **of = runs_all ? &out->type->work[n] : &out->work[n];
    if (!*of) status = one->type->work(of, one->layers[n], one->layer_count[n], model->arena, err);
    out->work[n] = *of;
  }
  return status;
}

static qy_status prepare_member(qy_model *model, int i, int m, const scope *w, double *const *sram, qy_error *err)
{
  const design_entry *g = &model->plan->entries[i];
  ready_member *out = &model->entries[i][m];
  qy_status status = prepare_arrays(out, model, g, m, err);
  if (!status) status = elements_find(out, model, g, m, w, err);
  for (size_t e = 0; !status && e < out->element_count; e++)
    if (model_stopped(model))
      status = QY_INTERRUPTED;
    else if (e == member_element_of(g, m, w->index))
      status = prepare_element(out, model, g, m, e, w, sram, err);
  return status ? status : prepare_works(out, model, &g->member[m], w, err);
}

/* Of a part of the design: said where the file describes it. */
static qy_status member_failed(const qy_model *model, int i, int m, qy_status status, const qy_error *inner,
                               qy_error *err)
{
  if (status == QY_INTERRUPTED) return status;
  return status ? plan_fail(model->plan->entries[i].member[m].node, status, inner, "", err) : QY_OK;
}

/* At the places of one point. */
static qy_status prepare_entry(qy_model *model, int i, const scope *w, double *const *sram, qy_error *err)
{
  qy_status status = QY_OK;
  for (int m = 0; !status && m < model->plan->entries[i].member_count; m++) {
    qy_error inner = {0};
    status = member_failed(model, i, m, prepare_member(model, i, m, w, sram, &inner), &inner, err);
  }
  if (status || !model->plan->entries[i].memory) return status;
  status = memory_prepare(model, i, sram, err);
  if (!status) status = schedule_want(model, i, w->index, err);
  return status ? status : schedules_find(model, err);
}

/* All but elements and schedules. */
static qy_status prepare_surroundings(qy_model *model, int i, const scope *all, qy_error *err)
{
  const design_entry *g = &model->plan->entries[i];
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++) {
    qy_error inner = {0};
    ready_member *out = &model->entries[i][m];
    status = member_failed(model, i, m, prepare_works(out, model, &g->member[m], all, &inner), &inner, err);
  }
  return status || !g->memory ? status : memory_prepare(model, i, model->sram, err);
}

qy_status model_prepare_element(qy_model *model, int entry, int m, size_t element, qy_error *err)
{
  const scope all = {.index = NULL};
  const design_entry *g = &model->plan->entries[entry];
  qy_error inner = {0};
  qy_status status = model_stopped(model) ? QY_INTERRUPTED : QY_OK;
  if (!status) status = prepare_element(&model->entries[entry][m], model, g, m, element, &all, model->sram, &inner);
  return member_failed(model, entry, m, status, &inner, err);
}

/* ---- draws ---- */

static qy_status check_bases(const qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  double bytes = 0;
  for (size_t e = 0; e < model->element_total; e++) /* on an FPGA columns are fewer */
    bytes += (double)plan->info.technology_count * (double)plan->clock_mhz.count *
             (double)model->element[e]->columns[0].count * (double)model->draws * sizeof(double);
  if (bytes <= bases_max_bytes) return QY_OK;
  return qy_fail_at(
      err, QY_BAD_INPUT, plan->info.file, 0, 0,
      "uncertainty: expected elements, libraries and clocks whose parts under %zu draws fit into %.3g GB, "
      "found %.3g GB",
      model->draws, bases_max_bytes / 1e9, bytes / 1e9);
}

static qy_status make_draws(qy_model *model, double ***sram, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t technologies = (size_t)plan->info.technology_count;
  *sram = NULL;
  if (!(model->draws = (size_t)plan->info.draws)) return QY_OK;
  model->library = qy_arena_alloc(model->arena, technologies, sizeof *model->library);
  *sram = qy_arena_alloc(model->arena, technologies, sizeof **sram);
  if (!model->library || !*sram) return qy_no_memory(err);
  qy_status status = check_bases(model, err);
  if (model->draws_most && model->draws > model->draws_most) model->draws = model->draws_most;
  for (size_t t = 0; !status && t < technologies; t++) {
    const qy_tech *tech = plan->technology[t];
    status = qy_draws_new(&model->library[t], tech, model->draws, plan->info.draw_seed, (int)t, model->arena, err);
    if (!status && model_stopped(model)) status = QY_INTERRUPTED;
    if (!status) status = sram_factors(&(*sram)[t], plan, tech, model->draws, plan->info.draw_seed, model->arena, err);
    if (!status && model_stopped(model)) status = QY_INTERRUPTED;
  }
  return status;
}

/* ---- making one ---- */

/* Elements of all members. */
static qy_status find_all(qy_model *model, const scope *all, qy_error *err)
{
  qy_status status = QY_OK;
  for (int i = 0; !status && i < model->plan->entry_count; i++)
    for (int m = 0; !status && m < model->plan->entries[i].member_count; m++) {
      const design_entry *g = &model->plan->entries[i];
      status = prepare_arrays(&model->entries[i][m], model, g, m, err);
      if (!status) status = elements_find(&model->entries[i][m], model, g, m, all, err);
    }
  return status;
}

/* What a model of all points begins with. */
static qy_status begin_all(qy_model *model, double ***sram, qy_error *err)
{
  const scope all = {.index = NULL};
  qy_status status = find_all(model, &all, err);
  if (!status) status = make_draws(model, sram, err);
  return status ? status : layers_prepare(model, -1, err);
}

/* Few elements and schedules are made at once, whatever asks for them. */
static bool is_small(const qy_model *model)
{
  enum { ELEMENTS = 64, SCHEDULES = 16 };
  double schedules = 0;
  for (int i = 0; i < model->plan->entry_count; i++)
    schedules += schedules_most(model->plan, i);
  return model->element_total <= ELEMENTS && schedules <= SCHEDULES;
}

static qy_status make_all(qy_model *model, bool by_parts, qy_error *err)
{
  const scope all = {.index = NULL};
  qy_status status = begin_all(model, &model->sram, err);
  for (int i = 0; !status && i < model->plan->entry_count; i++)
    status = prepare_surroundings(model, i, &all, err);
  if (!status) status = wanted_new(model, err);
  return status || (by_parts && !is_small(model)) ? status : qy_model_ready(model, NULL, 0, err);
}

static qy_status make_single(qy_model *model, single *s, int64_t point, qy_error *err)
{
  const qy_plan *plan = model->plan;
  qy_status status = plan_check_point(plan, point, err);
  if (status) return status;
  int entry;
  size_t index[QY_AXES_MAX];
  qy_space_decode(&plan->space, point, &entry, index);
  const scope own = {.index = index, .param_count = plan->entries[entry].param_count};
  status = layers_prepare(model, (int64_t)index[own.param_count + AXIS_PRECISION], err);
  if (!status) status = prepare_entry(model, entry, &own, NULL, err);
  s->index = point;
  if (!status && !(s->worker = worker_new(model, err))) status = err->status;
  return status ? status : worker_point(&s->point, s->worker, model, point, err);
}

/* Room for what a model of the plan holds, and the threads it is made on. */
static qy_status open_model(qy_model *model, const qy_model_how *how, size_t count, qy_error *err)
{
  const size_t entries = (size_t)model->plan->entry_count;
  model->arena = qy_arena_new();
  model->threads = how && how->threads > 0 ? how->threads : 1;
  model->stop = how ? how->stop : NULL;
  model->stop_ctx = how ? how->stop_ctx : NULL;
  model->draws_most = how ? how->draws_most : 0;
  model->one_by_one = how && how->way == QY_ONE_BY_ONE;
  model->lane_set = how && how->way >= QY_IN_LANES ? (qy_lane_set)(how->way - QY_IN_LANES) : qy_lane_set_best();
  model->known = how && how->known ? how->known : (model->own_known = qy_activities_new(NULL));
  model->own = qy_arena_alloc(model->arena, (size_t)model->threads, sizeof *model->own);
  model->entries = qy_arena_alloc(model->arena, entries, sizeof *model->entries);
  model->memory = qy_arena_alloc(model->arena, entries, sizeof *model->memory);
  model->formats = qy_arena_alloc(model->arena, 1, sizeof *model->formats);
  model->fixed_noise =
      qy_arena_alloc(model->arena, (size_t)(FORMAT_BITS_MAX + 1) * QY_SIGNAL_SAMPLES, sizeof *model->fixed_noise);
  if (count) model->single = qy_arena_alloc(model->arena, count, sizeof *model->single);
  const bool all =
      model->known && model->own && model->entries && model->memory && model->formats && model->fixed_noise;
  return all && (model->single || !count) ? QY_OK : qy_no_memory(err);
}

qy_status qy_model_make(qy_model **out, const qy_plan *plan, const int64_t *points, size_t count,
                        const qy_model_how *how, qy_error *err)
{
  assert(out && plan && (points || count == 0));
  qy_model *model = qy_alloc(1, sizeof *model);
  *out = NULL;
  if (!model) return qy_no_memory(err);
  *model = (qy_model){.plan = plan};
  qy_status status = open_model(model, how, points ? count + !count : 0, err);
  if (!status && !points) status = make_all(model, how && how->by_parts, err);
  for (size_t i = 0; !status && points && i < count; i++)
    status = make_single(model, &model->single[model->single_count++], points[i], err);
  if (status)
    qy_model_free(model);
  else
    *out = model;
  return status;
}

qy_status model_open(qy_model **out, double ***sram, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  qy_model *model = qy_alloc(1, sizeof *model);
  *out = NULL;
  if (!model) return qy_no_memory(err);
  *model = (qy_model){.plan = plan};
  qy_status status = open_model(model, how, 0, err);
  if (!status) status = begin_all(model, sram, err);
  if (status)
    qy_model_free(model);
  else
    *out = model;
  return status;
}

qy_status model_prepare_entry(qy_model *model, int i, const scope *w, double *const *sram, qy_error *err)
{
  return prepare_entry(model, i, w, sram, err);
}

qy_status qy_model_new(qy_model **out, const qy_plan *plan, const int64_t *points, size_t count, qy_error *err)
{
  return qy_model_make(out, plan, points, count, NULL, err);
}

void qy_model_free(qy_model *model)
{
  if (!model) return;
  for (size_t i = 0; i < model->single_count; i++)
    worker_free(model->single[i].worker);
  schedules_drop(model);
  wanted_drop(model);
  for (int i = 0; model->own && i < model->threads; i++)
    qy_arena_free(model->own[i]);
  qy_activities_free(model->own_known);
  free(model->element);
  qy_arena_free(model->arena);
  free(model);
}
