/* A plan made ready: see model.h. */
#include "model_int.h"

#include "quarry/sram_supply.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double bases_max_bytes = 2e9, ps_per_us = 1e6;

size_t ready_at(const qy_model *model, size_t element, size_t technology, size_t clock)
{
  return (element * (size_t)model->plan->info.technology_count + technology) * model->plan->clock_mhz.count + clock;
}

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
  const int node_nm = atoi(tech->sram_node);
  qy_status status = qy_sram_error_read(doubt->p95, plan->sram_error_file, node_nm, arena, err);
  if (!status) qy_sram_supply_widen(doubt->p95, plan->sram, tech);
  return status ? status : qy_sram_silicon_read(doubt->silicon, plan->sram_silicon_file, node_nm, arena, err);
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

/* What is wanted of a member: all, or, of the one point at these value indices, its own. */
typedef struct wanted {
  const size_t *index; /* NULL: all */
  size_t param_count;
} wanted;

static bool wants_element(const wanted *w, const design_entry *g, int m, size_t element)
{
  return !w->index || element == member_element_of(g, m, w->index);
}

static bool wants(const wanted *w, int axis, size_t value)
{
  return !w->index || value == w->index[w->param_count + (size_t)axis];
}

static qy_status prepare_arrays(ready_member *out, const qy_model *model, const design_entry *g, int m, qy_error *err)
{
  if (out->pe) return QY_OK; /* for another point */
  const qy_plan *plan = model->plan;
  const size_t n = member_element_count(g, m), networks = (size_t)plan->info.network_count;
  const size_t lists = n * (size_t)plan->info.technology_count * plan->clock_mhz.count;
  qy_columns_make(&out->columns[0], g->member[m].type->uses);
  qy_columns_make(&out->columns[1], QY_USES_FPGA);
  out->element_count = n;
  out->fabric = qy_arena_alloc(model->arena, n * (size_t)plan->info.technology_count, sizeof *out->fabric);
  out->components = qy_arena_alloc(model->arena, n, sizeof *out->components);
  out->prices = qy_arena_alloc(model->arena, lists, sizeof *out->prices);
  out->basis = qy_arena_alloc(model->arena, lists, sizeof *out->basis);
  const size_t signals = n * QY_SIGNAL_SAMPLES, options = (size_t)plan->option_count;
  out->sqnr_db = qy_arena_alloc(model->arena, signals * options, sizeof *out->sqnr_db);
  out->noise = qy_arena_alloc(model->arena, signals * options, sizeof *out->noise);
  out->given = qy_arena_alloc(model->arena, signals, sizeof *out->given);
  out->given_run = qy_arena_alloc(model->arena, signals * options * networks, sizeof *out->given_run);
  if (!out->noise || !out->given || !out->given_run) return qy_no_memory(err);
  out->work = qy_arena_alloc(model->arena, networks, sizeof *out->work);
  out->pe = qy_arena_alloc(model->arena, n, sizeof *out->pe);
  out->scheme_noise = qy_arena_alloc(model->arena, n * QY_SIGNAL_SAMPLES, sizeof *out->scheme_noise);
  out->fixed_noise =
      qy_arena_alloc(model->arena, (size_t)(FORMAT_BITS_MAX + 1) * QY_SIGNAL_SAMPLES, sizeof *out->fixed_noise);
  if (!out->scheme_noise || !out->fixed_noise) return qy_no_memory(err);
  const bool all = out->components && out->prices && out->basis && out->sqnr_db && out->work && out->pe && out->fabric;
  return all ? QY_OK : qy_no_memory(err);
}

/* Quality at each option on one weight distribution. */
static qy_status prepare_signal(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                qy_signal_kind signal, const wanted *w, qy_error *err)
{
  const qy_plan *plan = model->plan;
  qy_status status = QY_OK;
  if (g->member[m].type->shares) status = quality_prepare_rows(out, model, g, m, e, signal, err);
  for (int o = 0; !status && o < plan->option_count; o++) {
    const size_t at = (e * (size_t)plan->option_count + (size_t)o) * QY_SIGNAL_SAMPLES + (size_t)signal;
    if (w->index && !plan_asks_option(plan, w->index[w->param_count + AXIS_PRECISION], o)) continue;
    status = quality_of(&out->sqnr_db[at], &out->noise[at], model, &out->pe[e], plan->option[o], signal, err);
  }
  if (!status && g->member[m].type->runs_layers) status = layers_prepare_given(out, model, g, m, e, signal, err);
  return status;
}

/* Of the signals that points of the member ask for. */
static qy_status prepare_quality(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                 const wanted *w, qy_error *err)
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

/* Price lists of one element on a library of cells, and their bases of draws. */
static qy_status price_on_cells(ready_member *out, const qy_model *model, size_t e, size_t t, const wanted *w,
                                double *const *sram, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const qy_columns *columns = &out->columns[0];
  qy_pricing *pricing = NULL;
  qy_status status = qy_pricing_new(&pricing, out->components[e], plan->technology[t],
                                    model->draws ? model->library[t] : NULL, model->arena, err);
  for (size_t c = 0; !status && c < plan->clock_mhz.count; c++) {
    const size_t at = ready_at(model, e, t, c);
    if (!wants(w, AXIS_CLOCK, c)) continue;
    status =
        qy_prices_at(&out->prices[at], pricing, columns, ps_per_us / plan->clock_mhz.value[c], plan->pipeline_for, err);
    if (status || !model->draws || out->prices[at].reason) continue;
    out->basis[at] = qy_arena_alloc(model->arena, (size_t)columns->count * model->draws, sizeof(double));
    if (!out->basis[at]) return qy_no_memory(err);
    qy_prices_draws(out->basis[at], &out->prices[at], pricing, columns, sram[t]);
  }
  return status;
}

/* The circuits of an element on an FPGA; another device of the same family and slices has the same. */
static qy_status make_fabric(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e, size_t t,
                             qy_error *err)
{
  const qy_tech *tech = model->plan->technology[t];
  qy_fabric **fabric = &out->fabric[e * (size_t)model->plan->info.technology_count];
  if (fabric[t]) return QY_OK;
  for (size_t other = 0; other < (size_t)model->plan->info.technology_count; other++) {
    if (!fabric[other] || fabric[other]->tech->fpga->family != tech->fpga->family) continue;
    if (!(fabric[t] = qy_arena_alloc(model->arena, 1, sizeof *fabric[t]))) return qy_no_memory(err);
    *fabric[t] = *fabric[other];
    fabric[t]->tech = tech;
    return QY_OK;
  }
  void *params = qy_arena_alloc(model->arena, 1, g->member[m].type->params_bytes + 1);
  if (!params) return qy_no_memory(err);
  const unsigned circuits = member_circuits(params, g, m, &out->pe[e]);
  return qy_fabric_new(&fabric[t], &out->pe[e], tech, circuits, model->arena, err);
}

/* The same on an FPGA, and its circuits there. */
static qy_status price_on_fpga(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                               size_t t, const wanted *w, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const qy_columns *columns = &out->columns[1];
  const qy_tech *tech = plan->technology[t];
  qy_status status = make_fabric(out, model, g, m, e, t, err);
  for (size_t c = 0; !status && c < plan->clock_mhz.count; c++) {
    const size_t at = ready_at(model, e, t, c);
    if (!wants(w, AXIS_CLOCK, c)) continue;
    status = qy_fabric_prices(&out->prices[at], tech, columns, plan->clock_mhz.value[c], model->arena, err);
    if (status || !model->draws || out->prices[at].reason) continue;
    out->basis[at] = qy_arena_alloc(model->arena, (size_t)columns->count * model->draws, sizeof(double));
    if (!out->basis[at]) return qy_no_memory(err);
    qy_fabric_draws(out->basis[at], model->library[t], columns);
  }
  return status;
}

static qy_status prepare_prices(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                const wanted *w, double *const *sram, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t t = 0; !status && t < (size_t)model->plan->info.technology_count; t++) {
    if (!wants(w, AXIS_TECHNOLOGY, t)) continue;
    status = model->plan->technology[t]->fpga ? price_on_fpga(out, model, g, m, e, t, w, err)
                                              : price_on_cells(out, model, e, t, w, sram, err);
  }
  return status;
}

static qy_status prepare_element(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                                 const wanted *w, double *const *sram, qy_error *err)
{
  qy_pe_params params;
  qy_pe_stimulus operands;
  qy_status status = QY_OK;
  if (!out->pe[e].circuit) {
    member_element(&params, &operands, g, m, e);
    status = qy_pe_build(&out->pe[e], &params, model->arena, err);
    if (!status && (model->plan->fabrics & QY_ON_CELLS))
      status =
          qy_components_new(&out->components[e], &out->pe[e], &operands, g->member[m].type->uses, model->arena, err);
  }
  if (!status) status = prepare_quality(out, model, g, m, e, w, err);
  return status ? status : prepare_prices(out, model, g, m, e, w, sram, err);
}

static qy_status prepare_member(const qy_model *model, int i, int m, const wanted *w, double *const *sram,
                                qy_error *err)
{
  const design_entry *g = &model->plan->entries[i];
  const member *one = &g->member[m];
  ready_member *out = &model->entries[i][m];
  qy_status status = prepare_arrays(out, model, g, m, err);
  for (size_t e = 0; !status && e < out->element_count; e++)
    if (wants_element(w, g, m, e)) status = prepare_element(out, model, g, m, e, w, sram, err);
  for (size_t n = 0; !status && one->type->work && n < (size_t)model->plan->info.network_count; n++)
    if (wants(w, AXIS_NETWORK, n) && !out->work[n])
      status = one->type->work(&out->work[n], one->layers[n], one->layer_count[n], model->arena, err);
  return status;
}

static qy_status prepare_entry(qy_model *model, int i, const wanted *w, double *const *sram, qy_error *err)
{
  qy_status status = QY_OK;
  for (int m = 0; !status && m < model->plan->entries[i].member_count; m++) {
    qy_error inner = {0}; /* of a part of the design: said where the file describes it */
    status = prepare_member(model, i, m, w, sram, &inner);
    if (status) plan_fail(model->plan->entries[i].member[m].node, status, &inner, "", err);
  }
  if (!status && model->plan->entries[i].memory) status = memory_prepare(model, i, w->index, sram, err);
  return status;
}

/* ---- draws ---- */

static qy_status check_bases(const qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  double bytes = 0;
  for (int g = 0; g < plan->entry_count; g++)
    for (int m = 0; m < plan->entries[g].member_count; m++) {
      qy_columns columns;
      qy_columns_make(&columns, plan->entries[g].member[m].type->uses); /* on an FPGA they are fewer */
      bytes += (double)member_element_count(&plan->entries[g], m) * (double)plan->info.technology_count *
               (double)plan->clock_mhz.count * (double)columns.count * (double)model->draws * sizeof(double);
    }
  if (bytes <= bases_max_bytes) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
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
  for (size_t t = 0; !status && t < technologies; t++) {
    const qy_tech *tech = plan->technology[t];
    status = qy_draws_new(&model->library[t], tech, model->draws, plan->info.draw_seed, (int)t, model->arena, err);
    if (!status) status = sram_factors(&(*sram)[t], plan, tech, model->draws, plan->info.draw_seed, model->arena, err);
  }
  return status;
}

/* ---- making one ---- */

static qy_status make_all(qy_model *model, qy_error *err)
{
  const wanted all = {.index = NULL};
  double **sram;
  qy_status status = make_draws(model, &sram, err);
  if (!status) status = layers_prepare(model, -1, err);
  for (int i = 0; !status && i < model->plan->entry_count; i++)
    status = prepare_entry(model, i, &all, sram, err);
  return status;
}

static qy_status make_single(qy_model *model, single *s, int64_t point, qy_error *err)
{
  const qy_plan *plan = model->plan;
  qy_status status = plan_check_point(plan, point, err);
  if (status) return status;
  int entry;
  size_t index[QY_AXES_MAX];
  qy_space_decode(&plan->space, point, &entry, index);
  const wanted own = {.index = index, .param_count = plan->entries[entry].param_count};
  status = layers_prepare(model, (int64_t)index[own.param_count + AXIS_PRECISION], err);
  if (!status) status = prepare_entry(model, entry, &own, NULL, err);
  s->index = point;
  if (!status && !(s->worker = worker_new(model, err))) status = err->status;
  return status ? status : worker_point(&s->point, s->worker, model, point, err);
}

qy_status qy_model_new(qy_model **out, const qy_plan *plan, const int64_t *points, size_t count, qy_error *err)
{
  assert(out && plan && (points || count == 0));
  qy_model *model = qy_alloc(1, sizeof *model);
  *out = NULL;
  if (!model) return qy_no_memory(err);
  *model = (qy_model){.plan = plan, .arena = qy_arena_new()};
  qy_status status = model->arena ? QY_OK : qy_no_memory(err);
  if (!status && !(model->entries = qy_arena_alloc(model->arena, (size_t)plan->entry_count, sizeof *model->entries)))
    status = qy_no_memory(err);
  if (!status && !(model->memory = qy_arena_alloc(model->arena, (size_t)plan->entry_count, sizeof *model->memory)))
    status = qy_no_memory(err);
  if (!status && !(model->formats = qy_arena_alloc(model->arena, 1, sizeof *model->formats)))
    status = qy_no_memory(err);
  if (!status && points && !(model->single = qy_arena_alloc(model->arena, count, sizeof *model->single)))
    status = qy_no_memory(err);
  if (!status && !points) status = make_all(model, err);
  for (size_t i = 0; !status && points && i < count; i++)
    status = make_single(model, &model->single[model->single_count++], points[i], err);
  if (status)
    qy_model_free(model);
  else
    *out = model;
  return status;
}

void qy_model_free(qy_model *model)
{
  if (!model) return;
  for (size_t i = 0; i < model->single_count; i++)
    worker_free(model->single[i].worker);
  memory_drop(model);
  qy_arena_free(model->arena);
  free(model);
}
