/* A point layer by layer and member by member: see model.h.  The worker stands at the point. */
#include "model_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const char *qy_moved_name(int moved)
{
  static const char *const name[QY_MOVED_COUNT] = {
      [QY_MOVED_WEIGHTS] = "weights", [QY_MOVED_IN] = "maps read", [QY_MOVED_OUT] = "maps written"};
  return moved >= 0 && moved < QY_MOVED_COUNT ? name[moved] : NULL;
}

/* The place of a layer in the network; ops hold its layers or copies. */
static size_t place_of(const qy_network *network, const qy_layer *layer)
{
  for (size_t i = 0; i < network->layer_count; i++)
    if (&network->layer[i] == layer) return i;
  for (size_t i = 0; i < network->layer_count; i++)
    if (strcmp(network->layer[i].name, layer->name) == 0) return i;
  return network->layer_count;
}

/* The metrics of a layer, from `in`. */
static qy_status visit_layer(qy_model_layer *out, double *in, const single *s, const qy_model *model,
                             qy_layer_visit *visit, void *ctx, qy_error *err)
{
  const design_entry *g = &model->plan->entries[s->worker->entry];
  /* Members of a sequential system leak while another one runs a layer, and a memory does. */
  const bool waits = g->memory || (g->system && g->param[0].value[s->worker->index[0]] != SCHEDULE_PIPELINED);
  if (waits) in[QY_LEAKAGE_MW] = s->point.metric[QY_LEAKAGE_MW];
  qy_metric_derive(out->metric, in, s->worker->where);
  out->place = place_of(model->plan->network[s->point.network], out->layer);
  return visit(ctx, out, err);
}

/* Of all layers of a design with a memory. */
static qy_precision precision_of(const single *s, const qy_model *model)
{
  return model->plan->info.precision[s->point.precision].all;
}

static int option_of_point(const single *s, const qy_model *model)
{
  const worker *w = s->worker;
  return model->plan->precision.value[w->index[model->plan->entries[w->entry].param_count + AXIS_PRECISION]].option;
}

/* What is certain of the layer of an op. */
static layer_given given_of_op(const single *s, const qy_model *model, const op_runner *runner)
{
  const qy_plan *plan = model->plan;
  const int network = s->point.network;
  const worker *w = s->worker;
  const int option = option_of_point(s, model);
  for (size_t i = 0; runner->layer && i < plan->layer_count[network]; i++)
    if (strcmp(plan->layers[network][i]->name, runner->layer->name) == 0)
      return layer_given_of(w, model, runner->member, i, option);
  return (layer_given){0};
}

/* One op of a design with a memory: the member that runs it and the memory; NULL: the memory alone. */
static qy_status visit_op(const single *s, const qy_model *model, size_t op, const op_runner *runner,
                          qy_layer_visit *visit, void *ctx, qy_error *err)
{
  const design_entry *g = &model->plan->entries[s->worker->entry];
  const op_bill *b = &s->worker->memory.op[op];
  const qy_design *memory = &s->worker->member[g->member_count].design;
  const qy_design *own = runner->layer ? &s->worker->member[runner->member].design : memory;
  qy_model_layer out = {.member = runner->layer ? g->member[runner->member].name : QY_MEMORY_NAME,
                        .precision = precision_of(s, model),
                        .layer = runner->layer ? runner->layer : model->plan->graph[s->point.network]->op[op].layer,
                        .bill = runner->layer ? b->own : b->memory,
                        .bound_by = b->dram_binds ? "memory" : "compute"};
  double in[2][QY_QUANTITY_COUNT], sum[QY_QUANTITY_COUNT];
  const double *parts[] = {in[0], in[1]};
  memcpy(out.moved_bytes, b->moved_bytes, sizeof out.moved_bytes);
  memcpy(in[0], own->in, sizeof in[0]);
  memcpy(in[1], memory->in, sizeof in[1]);
  const layer_given given = given_of_op(s, model, runner);
  if (runner->layer)
    out.precision =
        qy_layer_precision(out.layer, kept_precision(s->worker, model, runner->member, option_of_point(s, model)));
  qy_bill_sum_events(in[0], own->columns, own->price, &out.bill);
  qy_bill_times(in[0], &out.bill, own->clock_mhz);
  in[0][QY_WEIGHT_BYTES] = given.weight_bytes;
  in[0][QY_BIT_OPERATIONS] = given.bit_operations;
  in[0][QY_NOISE] = given.noise;
  qy_bill_sum_events(in[1], memory->columns, memory->price, &b->memory);
  qy_bill_times(in[1], &b->memory, own->clock_mhz);
  if (runner->layer) out.bits = qy_layer_sum_bits(out.layer, own->pe, out.precision);
  in[1][QY_SQNR_DB] = s->worker->in[QY_SQNR_DB];
  if (!runner->layer) return visit_layer(&out, in[1], s, model, visit, ctx, err);
  qy_system_add(sum, parts, 2, false);
  sum[QY_SQNR_DB] = s->worker->in[QY_SQNR_DB];
  return visit_layer(&out, sum, s, model, visit, ctx, err);
}

/* Ops of each member, then those that none runs. */
static qy_status visit_ops(const single *s, const qy_model *model, qy_layer_visit *visit, void *ctx, qy_error *err)
{
  const design_entry *g = &model->plan->entries[s->worker->entry];
  const op_runner *runner = model->memory[s->worker->entry].runner[s->point.network];
  const size_t ops = model->plan->graph[s->point.network]->op_count;
  qy_status status = QY_OK;
  for (int m = 0; m <= g->member_count; m++)
    for (size_t o = 0; !status && o < ops; o++)
      if ((runner[o].layer ? runner[o].member : g->member_count) == m)
        status = visit_op(s, model, o, &runner[o], visit, ctx, err);
  return status;
}

/* Who runs layer i of the network, and how. */
static layer_choice choice_at(const single *s, const qy_model *model, size_t i)
{
  const worker *w = s->worker;
  const qy_plan *plan = model->plan;
  const precision_value *v = &plan->precision.value[w->index[plan->entries[w->entry].param_count + AXIS_PRECISION]];
  if (v->kind != PRECISION_UNIFORM) return w->choice[i];
  return (layer_choice){model->home[w->entry][s->point.network][i], (uint16_t)v->option};
}

static qy_status visit_member(const single *s, const qy_model *model, int m, qy_layer_visit *visit, void *ctx,
                              qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[s->worker->entry];
  qy_status status = QY_OK;
  for (size_t i = 0; !status && plan->layers && i < plan->layer_count[s->point.network]; i++) {
    const layer_choice c = choice_at(s, model, i);
    if (c.member != m) continue;
    qy_model_layer out = {
        .member = g->member[m].name, .layer = plan->layers[s->point.network][i], .precision = plan->option[c.option]};
    const layer_given given = layer_given_of(s->worker, model, m, i, c.option);
    double in[QY_QUANTITY_COUNT];
    const char *reason = NULL;
    out.bits = qy_layer_sum_bits(out.layer, s->worker->member[m].design.pe, out.precision);
    status = qy_design_layer(&out.bill, in, &reason, &s->worker->member[m].design, out.layer, out.precision, err);
    if (status == QY_INFEASIBLE) status = qy_fail(err, QY_INTERNAL, "layer %s: %s", out.layer->name, reason);
    if (status) return status;
    layer_in(in, s->worker, m, &out.bill, &given);
    in[QY_SQNR_DB] = entry_has(g, QY_SQNR_DB) ? option_sqnr_db(s->worker, model, m, c.option) : 0;
    out.precision = qy_layer_precision(out.layer, kept_precision(s->worker, model, m, c.option));
    status = visit_layer(&out, in, s, model, visit, ctx, err);
  }
  return status;
}

qy_status worker_layers(worker *w, const qy_model *model, const qy_point *point, qy_layer_visit *visit, void *ctx,
                        qy_error *err)
{
  const single s = {.index = point->index, .worker = w, .point = *point};
  const design_entry *g = &model->plan->entries[w->entry];
  qy_status status = QY_OK;
  assert(!point->reason && w->point == point->index);
  if (g->memory) return visit_ops(&s, model, visit, ctx, err);
  for (int m = 0; !status && m < g->member_count; m++)
    status = visit_member(&s, model, m, visit, ctx, err);
  return status;
}

/* ---- members ---- */

/* Layers that a part runs; of the memory those that only move maps. */
static size_t layers_of_part(const single *s, const qy_model *model, int m)
{
  const design_entry *g = &model->plan->entries[s->worker->entry];
  const int network = s->point.network;
  const op_runner *runner = g->memory ? model->memory[s->worker->entry].runner[network] : NULL;
  size_t count = 0;
  for (size_t o = 0; runner && o < model->plan->graph[network]->op_count; o++)
    count += (runner[o].layer ? runner[o].member : g->member_count) == m;
  for (size_t i = 0; !runner && model->plan->layers && i < model->plan->layer_count[network]; i++)
    count += choice_at(s, model, i).member == m;
  return count;
}

/* Metrics of a part.  It leaks as long as the point takes, works or not; so energies, powers and throughputs are over
 * that time. */
static void derive_part(double out[QY_METRIC_COUNT], const single *s, const design_entry *g, int m)
{
  static const int common[] = {QY_CLOCK_MHZ, QY_INTERVAL_US, QY_INFERENCES, QY_DEVICE_LUTS, QY_DEVICE_DSPS, QY_SQNR_DB};
  const worker *w = s->worker;
  double in[QY_QUANTITY_COUNT];
  memcpy(in, w->member[m].design.in, sizeof in);
  for (size_t i = 0; i < sizeof common / sizeof *common; i++)
    in[common[i]] = w->in[common[i]];
  qy_metric_derive(out, in, w->where);
  for (int k = 0; k < QY_METRIC_COUNT; k++) {
    const bool of_accelerator =
        qy_metric_table()[k].rule == QY_RULE_GIVEN && !qy_metric_applies(k, QY_AT_SYSTEM) && !qy_metric_of_memory(k);
    if (!isfinite(out[k]) || (m == g->member_count && of_accelerator)) out[k] = NAN; /* no products over no time */
  }
}

qy_status worker_members(worker *w, const qy_model *model, const qy_point *point, qy_member_visit *visit, void *ctx,
                         qy_error *err)
{
  const single s = {.index = point->index, .worker = w, .point = *point};
  const design_entry *g = &model->plan->entries[w->entry];
  qy_status status = QY_OK;
  assert(!point->reason && w->point == point->index);
  for (int m = 0; !status && m < g->part_count; m++) {
    qy_model_member out = {.place = (size_t)m, .layers = layers_of_part(&s, model, m)};
    out.name = m < g->member_count ? g->member[m].name : QY_MEMORY_NAME;
    out.accelerator = m < g->member_count ? g->member[m].type->name : NULL;
    derive_part(out.metric, &s, g, m);
    status = visit(ctx, &out, err);
  }
  return status;
}
