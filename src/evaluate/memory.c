/* Designs with a memory: schedules are found when the model is made ready; points look them up (model_int.h).
 *
 * DRAM, shared buffer, port.  What the schedule moves is written to the shared buffer, or read from it; so is what goes
 * through the ports of the accelerators, as they state it for whole layers.  Accelerators run one layer after another,
 * those of a stage tile by tile.  MACs that a stage computes again take the layer's time and events as many times more.
 * While a stage waits for the DRAM its elements are clocked, as they are while they wait for the port.  What no member
 * runs (pools, adds) moves its maps and takes nothing else.
 *
 * A stage's time goes to its layers as their cycles do; where nothing computes, as their bytes do, on the memory's own
 * bill.  Activations, reads and writes go to layers as their bytes do; refresh and background as their time.
 */
#include "schedules.h"

#include "quarry/sram_supply.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_PER_BYTE = 8 };
static const double pj_per_uj = 1e6, ns_per_us = 1e3;

/* ---- prices ---- */

/* Price of a column at these prices of the DRAM; factor: of a quantity of the shared buffer. */
static double column_price(int item, const qy_dram_prices *dram, const double factor[SHARED_FACTORS])
{
  switch (item) {
  case QY_PART_BRAM: return 1;
  case QY_PART_SHARED: return factor[QY_SRAM_AREA];
  case QY_PART_SHARED_LEAKAGE: return factor[QY_SRAM_LEAKAGE];
  case QY_EVENT_SHARED_READ: return factor[QY_SRAM_READ];
  case QY_EVENT_SHARED_WRITE: return factor[QY_SRAM_WRITE];
  default: return dram->pj[item - QY_EVENT_DRAM] / pj_per_uj;
  }
}

static bool of_memory(int item)
{
  return qy_item_table()[item].uses == QY_USES_MEMORY || item == QY_PART_BRAM;
}

/* The columns that a memory feeds alone: those of all elements and accelerators are left out. */
static void columns_make(qy_columns *out, unsigned fabrics)
{
  qy_columns all;
  qy_columns_make(&all, QY_USES_MEMORY | (fabrics & QY_ON_FPGA ? QY_USES_FPGA : 0));
  *out = (qy_columns){0};
  for (int r = 0; r < all.range_count; r++) {
    const int first = out->count;
    for (int c = all.range[r].first; c < all.range[r].first + all.range[r].count; c++) {
      if (!of_memory(all.item[c])) continue;
      out->item[out->count] = all.item[c];
      out->feed[out->count++] = all.feed[c];
    }
    if (out->count > first) {
      out->range[out->range_count].metric = all.range[r].metric;
      out->range[out->range_count].first = first;
      out->range[out->range_count++].count = out->count - first;
    }
    if (r < all.part_ranges) {
      out->part_ranges = out->range_count;
      out->part_count = out->count;
    }
  }
}

void memory_basis(double *basis, const qy_columns *columns, const qy_dram_device *device, const double *factors,
                  size_t draws)
{
  for (size_t k = 0; k < draws; k++) {
    double shared[SHARED_FACTORS];
    qy_dram_prices dram;
    for (int q = 0; q < SHARED_FACTORS; q++)
      shared[q] = factors ? factors[(size_t)(QY_SRAM_FACTORS + q) * draws + k] : 1;
    qy_dram_prices_at(&dram, device, factors ? factors[(size_t)CURRENTS_FACTOR * draws + k] : 0);
    for (int c = 0; c < columns->count; c++)
      basis[(size_t)c * draws + k] = column_price(columns->item[c], &dram, shared);
  }
}

/* ---- the shared buffer ---- */

/* Width of the widest port; one without a width moves what it wants: the widest word of the table. */
static int port_bits(const design_entry *g, const size_t *index, const qy_sram_table *sram)
{
  int low, high, bits = 0;
  qy_sram_word_range(sram, &low, &high);
  for (int m = 0; m < g->member_count; m++)
    for (size_t i = g->member[m].first; i < g->member[m].first + g->member[m].count; i++) {
      const double value = g->param[i].value[index[i]];
      if (g->params[i].owner != OWNER_ACCELERATOR || strcmp(g->params[i].row->key, "port_bits")) continue;
      bits = value > 0 ? (value > bits ? (int)value : bits) : high;
    }
  return bits > 0 ? bits : high;
}

const char *memory_buffer(qy_buffer *buffer, char why[QY_BUFFER_WHY], const qy_plan *plan, const design_entry *g,
                          const size_t *index)
{
  enum { SIDES = 2 }; /* a bank each for the ports and the DRAM */
  memory_params p;
  memory_params_at(&p, g, index);
  const size_t *common = index + g->param_count;
  const qy_buffer_need need = {
      .lanes = 1, .slot_bits = port_bits(g, index, plan->sram), .banks = SIDES, .asked_bytes = p.buffer_bytes};
  const qy_tech *tech = plan->technology[common[AXIS_TECHNOLOGY]];
  const qy_buffer_input from = {plan->sram, tech, (qy_sram_flavour)p.flavour, plan->clock_mhz.value[common[AXIS_CLOCK]],
                                NULL};
  if (tech->fpga) return qy_buffer_of_blocks(buffer, why, "shared", &need, tech);
  return qy_buffer_choose(buffer, why, "shared", &need, &from);
}

/* ---- making ready ---- */

/* Who runs which op: members name layers of the network, ops hold them or copies. */
static qy_status find_runners(qy_model *model, int entry, size_t network, qy_error *err)
{
  const design_entry *g = &model->plan->entries[entry];
  const qy_graph *graph = model->plan->graph[network];
  op_runner *runner = qy_arena_alloc(model->arena, graph->op_count, sizeof *runner);
  if (!runner) return qy_no_memory(err);
  for (size_t o = 0; o < graph->op_count; o++)
    for (int m = 0; m < g->member_count && !runner[o].layer; m++)
      for (size_t i = 0; i < g->member[m].layer_count[network] && !runner[o].layer; i++)
        if (strcmp(g->member[m].layers[network][i]->name, graph->op[o].layer->name) == 0)
          runner[o] = (op_runner){m, g->member[m].layers[network][i]};
  model->memory[entry].runner[network] = runner;
  return QY_OK;
}

static qy_status prepare_arrays(qy_model *model, ready_memory *r, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t devices = (size_t)plan->device_count;
  if (r->price) return QY_OK; /* for another point */
  columns_make(&r->columns, plan->fabrics);
  r->dram = qy_arena_alloc(model->arena, devices, sizeof *r->dram);
  r->price = qy_arena_alloc(model->arena, devices, sizeof *r->price);
  r->basis = qy_arena_alloc(model->arena, devices * (size_t)plan->info.technology_count, sizeof *r->basis);
  r->runner = qy_arena_alloc(model->arena, (size_t)plan->info.network_count, sizeof *r->runner);
  if (!r->dram || !r->price || !r->basis || !r->runner) return qy_no_memory(err);
  for (size_t d = 0; d < devices; d++) {
    qy_dram_prices_at(&r->dram[d], plan->device[d], 0);
    if (!(r->price[d] = qy_arena_alloc(model->arena, (size_t)r->columns.count, sizeof(double))))
      return qy_no_memory(err);
    memory_basis(r->price[d], &r->columns, plan->device[d], NULL, 1);
  }
  return QY_OK;
}

static qy_status prepare_bases(qy_model *model, ready_memory *r, double *const *factors, qy_error *err)
{
  const qy_plan *plan = model->plan;
  for (size_t t = 0; model->draws && t < (size_t)plan->info.technology_count; t++)
    for (size_t d = 0; d < (size_t)plan->device_count; d++) {
      double *basis = qy_arena_lines(model->arena, (size_t)r->columns.count * model->draws, sizeof *basis);
      if (!basis) return qy_no_memory(err);
      memory_basis(basis, &r->columns, plan->device[d], factors[t], model->draws);
      r->basis[t * (size_t)plan->device_count + d] = basis;
    }
  return QY_OK;
}

qy_status memory_prepare(qy_model *model, int entry, double *const *factors, qy_error *err)
{
  ready_memory *r = &model->memory[entry];
  qy_status status = prepare_arrays(model, r, err);
  if (!status) status = prepare_bases(model, r, factors, err);
  for (size_t n = 0; !status && n < (size_t)model->plan->info.network_count; n++)
    if (!r->runner[n]) status = find_runners(model, entry, n, err);
  return status;
}

/* ---- points ---- */

qy_status memory_update(worker *w, const qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[w->entry];
  const ready_memory *r = &model->memory[w->entry];
  const size_t *common = w->index + g->param_count;
  struct held *held = &w->member[g->member_count];
  struct held_memory *h = &w->memory;
  memory_params_at(&h->params, g, w->index);
  const size_t ops = plan->graph[common[AXIS_NETWORK]]->op_count;
  if (ops > h->op_room) {
    free(h->op);
    if (!(h->op = qy_alloc(ops, sizeof *h->op))) return qy_no_memory(err);
    h->op_room = ops;
  }
  held->at = common[AXIS_TECHNOLOGY] * (size_t)plan->device_count + (size_t)h->params.device;
  held->design = (qy_design){.columns = &r->columns,
                             .price = r->price[h->params.device],
                             .clock_mhz = plan->clock_mhz.value[common[AXIS_CLOCK]]};
  held->design.reason = memory_buffer(&h->buffer, h->why, plan, g, w->index);
  if (held->design.reason) return QY_OK;
  const bool blocks = plan->technology[common[AXIS_TECHNOLOGY]]->fpga != NULL;
  if (blocks)
    held->design.bill.count[QY_PART_BRAM] = h->buffer.count;
  else
    qy_bill_shared(&held->design.bill, &h->buffer);
  qy_bill_sum_parts(held->design.in, &r->columns, held->design.price, &held->design.bill);
  return QY_OK;
}

/* Add events and times of `one`, `times` of them. */
static void add_bill(qy_bill *bill, const qy_bill *one, double times)
{
  for (int i = QY_EVENT_FIRST; i < QY_ITEM_COUNT; i++)
    bill->count[i] += times * one->count[i];
  bill->cycles += times * one->cycles;
  bill->compute_cycles += times * one->compute_cycles;
  bill->transfer_cycles += times * one->transfer_cycles;
  bill->products += times * one->products;
  bill->slots += times * one->slots;
  bill->traffic_bytes += times * one->traffic_bytes;
  bill->loaded_bits += times * one->loaded_bits;
  bill->stored_bits += times * one->stored_bits;
}

/* The op's layer on its member, with what is computed again. */
static qy_status run_op(op_bill *out, const worker *w, const op_runner *runner, double share, qy_precision precision,
                        const char **reason, qy_error *err)
{
  qy_bill one = {.cycles = 0};
  memset(&out->own, 0, sizeof out->own);
  memset(&out->memory, 0, sizeof out->memory);
  if (!runner->layer) return QY_OK;
  const qy_design *d = &w->member[runner->member].design;
  qy_modes modes;
  const bool wide = qy_element_modes(&modes, d->pe, qy_layer_precision(runner->layer, precision));
  assert(wide);
  (void)wide;
  qy_status status = d->accelerator->layer(&one, reason, d->self, runner->layer, modes, err);
  if (status == QY_INFEASIBLE) return QY_OK;
  add_bill(&out->own, &one, share);
  out->own.products = one.products; /* useful ones */
  qy_bill_shared_bits(&out->memory, &w->memory.buffer, out->own.loaded_bits, out->own.stored_bits);
  return status;
}

/* A layer takes `cycles` as its stage waits. */
static void stretch(qy_bill *bill, double cycles)
{
  const double factor = bill->cycles > 0 ? cycles / bill->cycles : 1;
  bill->cycles = cycles;
  bill->slots *= factor;
  bill->count[QY_EVENT_CLOCK] *= factor;
  bill->count[QY_EVENT_CONTROL] *= factor;
}

static void split_bytes(double bytes[QY_MOVED_COUNT], const qy_stage_accesses *accesses, size_t op)
{
  for (int k = 0; k < QY_MOVED_COUNT; k++)
    bytes[k] = 0;
  for (size_t i = 0; i < accesses->count; i++) {
    const qy_access *a = &accesses->access[i];
    if (a->op == op)
      bytes[a->write ? QY_MOVED_OUT : qy_access_of_weights(a) ? QY_MOVED_WEIGHTS : QY_MOVED_IN] += a->bytes;
  }
}

/* The memory's events in a stage of `ns`: op i of it has bytes[i] and this share of the time. */
static void share_stage(op_bill *op, const worker *w, const qy_schedule_dram *dram, size_t stage, double ns,
                        double cycles, double computed)
{
  const qy_stage *s = &dram->schedule->stage[stage];
  const qy_schedule_stage_dram *moved = &dram->stage[stage];
  double count[QY_DRAM_EVENT_COUNT];
  const double all = moved->read_bytes + moved->write_bytes;
  qy_schedule_stage_events(count, dram, stage, ns);
  for (size_t o = s->first; o <= s->last; o++) {
    qy_bill *b = &op[o].memory;
    split_bytes(op[o].moved_bytes, &moved->accesses, o);
    const double written = op[o].moved_bytes[QY_MOVED_OUT];
    const double read = op[o].moved_bytes[QY_MOVED_WEIGHTS] + op[o].moved_bytes[QY_MOVED_IN];
    const double bytes = all > 0 ? (read + written) / all : 1 / (double)(s->last - s->first + 1);
    const double time = computed > 0 ? op[o].own.cycles / computed : bytes;
    for (int e = 0; e < QY_DRAM_EVENT_COUNT; e++)
      b->count[QY_EVENT_DRAM + e] = count[e] * (e <= QY_DRAM_WRITE ? bytes : time);
    b->traffic_bytes = read + written;
    qy_bill_shared_bits(b, &w->memory.buffer, BITS_PER_BYTE * written, BITS_PER_BYTE * read);
    if (computed > 0)
      stretch(&op[o].own, cycles * time);
    else
      b->cycles = cycles * time;
  }
}

static qy_status run_stage(worker *w, const op_runner *runner, size_t stage, qy_precision precision, double clock_mhz,
                           const char **reason, qy_error *err)
{
  const qy_schedule_dram *dram = w->memory.known->dram;
  const qy_stage *s = &dram->schedule->stage[stage];
  op_bill *op = w->memory.op;
  double computed = 0;
  qy_status status = QY_OK;
  for (size_t o = s->first; !status && !*reason && o <= s->last; o++) {
    status = run_op(&op[o], w, &runner[o], dram->stage[stage].accesses.share[o - s->first], precision, reason, err);
    computed += op[o].own.cycles;
  }
  if (status || *reason) return status;
  const double computed_ns = computed / clock_mhz * ns_per_us;
  const double ns = qy_schedule_stage_ns(dram, stage, computed_ns), cycles = ceil(ns * clock_mhz / ns_per_us - 1e-6);
  for (size_t o = s->first; o <= s->last; o++)
    op[o].dram_binds = dram->stage[stage].busy.busy_ns > computed_ns;
  share_stage(op, w, dram, stage, cycles / clock_mhz * ns_per_us, cycles, computed);
  return QY_OK;
}

qy_status memory_run(worker *w, const qy_model *model, qy_precision precision, const char **reason, qy_error *err)
{
  const design_entry *g = &model->plan->entries[w->entry];
  const size_t network = w->index[g->param_count + AXIS_NETWORK];
  const op_runner *runner = model->memory[w->entry].runner[network];
  const qy_graph *graph = model->plan->graph[network];
  qy_design *memory = &w->member[g->member_count].design;
  schedule_key key;
  qy_status status = QY_OK;
  *reason = schedule_key_at(&key, model, w->entry, w->index, &w->memory.buffer)
                ? NULL
                : "the element has no mode for this precision";
  if (*reason) return QY_OK;
  if (!w->memory.known || !schedule_same_key(&w->memory.known->key, &key))
    w->memory.known = schedule_known(model, &key);
  if (!w->memory.known) return qy_fail(err, QY_INTERNAL, "a schedule was not made ready");
  if ((*reason = w->memory.known->reason)) return QY_OK;
  for (size_t s = 0; !status && !*reason && s < w->memory.known->schedule->stage_count; s++)
    status = run_stage(w, runner, s, precision, memory->clock_mhz, reason, err);
  if (status || *reason) return status;
  memory->bill.floor_bytes = (double)w->memory.known->schedule->floor / BITS_PER_BYTE;
  memory->bill.shared_bytes = w->memory.params.buffer_bytes;
  for (int m = 0; m < g->part_count; m++)
    qy_bill_clear_run(&w->member[m].design.bill);
  for (size_t o = 0; o < graph->op_count; o++) {
    if (runner[o].layer) add_bill(&w->member[runner[o].member].design.bill, &w->memory.op[o].own, 1);
    add_bill(&memory->bill, &w->memory.op[o].memory, 1);
  }
  for (int m = 0; m < g->part_count; m++)
    qy_design_sum(&w->member[m].design);
  for (size_t o = 0; o < graph->op_count; o++) { /* the same for each op by itself */
    const qy_design *d = runner[o].layer ? &w->member[runner[o].member].design : memory;
    if (d->prices) w->memory.op[o].own.count[QY_EVENT_CLOCK_TREE] = qy_prices_clocked(d->prices, &w->memory.op[o].own);
  }
  return QY_OK;
}
