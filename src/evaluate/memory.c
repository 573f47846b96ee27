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
#include "model_int.h"

#include "quarry/sram_supply.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* NULL, or why there is none: text in `why`. */
static const char *choose_buffer(qy_buffer *buffer, char why[QY_BUFFER_WHY], const qy_plan *plan, const design_entry *g,
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

/* ---- schedules ---- */

/* Energy of a product of the first member in pJ: its element's, clock included; on an FPGA that of a DSP slice. */
static double mac_pj(const qy_columns *columns, const double *price, const qy_pe *pe, int mode)
{
  double uj = 0;
  for (int c = 0; c < columns->count; c++) {
    const int item = columns->item[c];
    if (item == QY_EVENT_PRODUCT + mode || item == QY_EVENT_CLOCK || item == QY_EVENT_DSP) uj += price[c];
  }
  return uj * pj_per_uj * pe->mode[mode].cycles / pe->mode[mode].products;
}

/* Energy of a bit between DRAM and the shared buffer in pJ: of a stream of reads, and an access of the buffer. */
static double bit_pj(const qy_dram_device *device, const qy_dram_prices *dram, const qy_buffer *buffer)
{
  const double bursts = qy_dram_row_bytes(device) / qy_dram_burst_bytes(device);
  const double burst_pj = dram->pj[QY_DRAM_READ] + dram->pj[QY_DRAM_ACTIVATE] / bursts;
  return burst_pj / (qy_dram_burst_bytes(device) * BITS_PER_BYTE) +
         buffer->count * qy_sram_access_pj(&buffer->macro) / ((double)buffer->count * buffer->word_bits);
}

/* What the schedule at these values follows from; false: the element has no mode, or no such buffer: there is none. */
static bool key_at(schedule_key *key, const qy_model *model, int entry, const size_t *index, const qy_buffer *buffer)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[entry];
  const size_t *common = index + g->param_count;
  const qy_precision precision = plan->option[plan->precision.value[common[AXIS_PRECISION]].option];
  const qy_pe *pe[MEMBERS_MAX];
  qy_modes modes;
  memory_params p;
  memory_params_at(&p, g, index);
  for (int m = 0; m < g->member_count; m++) {
    pe[m] = &model->entries[entry][m].element[member_element_of(g, m, index)]->pe;
    if (!qy_element_modes(&modes, pe[m], precision)) return false;
  }
  *key = (schedule_key){.device = p.device};
  key->of.graph = plan->graph[common[AXIS_NETWORK]];
  key->channels = p.channels;
  key->mapping = p.mapping;
  key->of.fusion = p.fusion;
  key->of.orders = p.order;
  key->of.rule = p.rule;
  key->of.objective = p.objective;
  key->of.capacity = (int64_t)(p.buffer_bytes * BITS_PER_BYTE);
  key->of.units = memory_units(pe, g->member_count, precision);
  if (p.objective != QY_LEAST_ENERGY) return true;
  const ready_element *first = model->entries[entry][0].element[member_element_of(g, 0, index)];
  const qy_prices *prices = first->prices[list_at(model, common[AXIS_TECHNOLOGY], common[AXIS_CLOCK])];
  if (prices->reason || !qy_element_modes(&modes, pe[0], precision)) return false;
  key->of.price_mac =
      mac_pj(part_columns(model, entry, 0, plan->technology[common[AXIS_TECHNOLOGY]]), prices->price, pe[0], modes.run);
  key->of.price_traffic = bit_pj(plan->device[p.device], &model->memory[entry].dram[p.device], buffer);
  return true;
}

static bool same_schedule(const struct schedule_of *a, const struct schedule_of *b)
{
  return a->graph == b->graph && a->fusion == b->fusion && a->orders == b->orders && a->rule == b->rule &&
         a->objective == b->objective && a->capacity == b->capacity && a->units.activation == b->units.activation &&
         a->units.weight == b->units.weight && a->units.sum == b->units.sum && a->price_traffic == b->price_traffic &&
         a->price_mac == b->price_mac;
}

static bool same_key(const schedule_key *a, const schedule_key *b)
{
  return a->device == b->device && a->channels == b->channels && a->mapping == b->mapping &&
         same_schedule(&a->of, &b->of);
}

static uint64_t mix(uint64_t hash, const void *value, size_t size)
{
  uint64_t word = 0;
  memcpy(&word, value, size);
  return (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 29;
}

/* Those of one schedule share a bucket. */
static size_t bucket_of(const struct schedule_of *of)
{
  const int choice[] = {of->fusion, of->orders, of->rule, of->objective};
  uint64_t hash = mix(0, &of->graph, sizeof of->graph);
  for (size_t i = 0; i < sizeof choice / sizeof *choice; i++)
    hash = mix(hash, &choice[i], sizeof choice[i]);
  hash = mix(hash, &of->capacity, sizeof of->capacity);
  hash = mix(hash, &of->units.activation, sizeof of->units.activation);
  hash = mix(hash, &of->units.weight, sizeof of->units.weight);
  hash = mix(hash, &of->price_traffic, sizeof of->price_traffic);
  hash = mix(hash, &of->price_mac, sizeof of->price_mac);
  return (hash ^ hash >> 32) % SCHEDULE_BUCKETS;
}

static known_schedule *find_known(const qy_model *model, const schedule_key *key)
{
  known_schedule *k = model->schedule_bucket[bucket_of(&key->of)];
  while (k && !same_key(&k->key, key))
    k = k->next;
  return k;
}

/* Note that the schedule of a key is wanted. */
static qy_status want(qy_model *model, const schedule_key *key, qy_error *err)
{
  if (find_known(model, key)) return QY_OK;
  if (model->schedule_count == model->schedule_room) {
    const size_t room = model->schedule_room ? 2 * model->schedule_room : 16;
    known_schedule **more = qy_arena_alloc(model->arena, room, sizeof *more);
    if (!more) return qy_no_memory(err);
    if (model->schedule_count) memcpy(more, model->schedules, model->schedule_count * sizeof(known_schedule *));
    model->schedules = more;
    model->schedule_room = room;
  }
  known_schedule *k = qy_arena_alloc(model->arena, 1, sizeof *k);
  if (!k) return qy_no_memory(err);
  *k = (known_schedule){.key = *key,
                        .system = {.device = model->plan->device[key->device],
                                   .controller = model->plan->controller,
                                   .mapping = (qy_dram_mapping)key->mapping,
                                   .channels = key->channels}};
  known_schedule **bucket = &model->schedule_bucket[bucket_of(&key->of)];
  for (const known_schedule *other = *bucket; other && !k->same; other = other->next)
    if (!other->same && same_schedule(&other->key.of, &key->of)) k->same = other;
  k->next = *bucket;
  *bucket = k;
  model->schedules[model->schedule_count++] = k;
  return QY_OK;
}

static qy_status find_schedule(known_schedule *k, qy_error *err)
{
  qy_error own = {0};
  qy_least_capacity smallest = {0};
  const qy_schedule_options options = {.capacity = k->key.of.capacity,
                                       .units = k->key.of.units,
                                       .rule = (qy_capacity_rule)k->key.of.rule,
                                       .fusion = (qy_fusion)k->key.of.fusion,
                                       .orders = (qy_orders)k->key.of.orders,
                                       .objective = (qy_schedule_objective)k->key.of.objective,
                                       .price_traffic = k->key.of.price_traffic,
                                       .price_mac = k->key.of.price_mac};
  qy_status status = qy_schedule_find(&k->schedule, &smallest, k->key.of.graph, &options, k->arena, &own);
  if (status == QY_INFEASIBLE) {
    k->reason = qy_arena_format(k->arena, "shared buffer too small: %.0f B would do, layer %s does not fit",
                                ceil((double)smallest.units / BITS_PER_BYTE), smallest.layer->name);
    return k->reason ? QY_OK : qy_no_memory(err);
  }
  if (status) {
    *err = own;
    return status;
  }
  return QY_OK;
}

/* On its device: the schedule is its own or that of an earlier one. */
static qy_status find_dram(known_schedule *k, qy_dram_memo *memo, qy_error *err)
{
  if (k->same) {
    k->reason = k->same->reason;
    k->schedule = k->same->schedule;
  }
  if (k->reason) return QY_OK;
  return qy_schedule_dram_new(&k->dram, k->schedule, &k->system, memo, k->arena, err);
}

/* One step of all that are wanted. */
typedef struct search {
  const qy_model *model;
  known_schedule **list;
  bool on_device;
} search;

static qy_status search_batch(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  const search *s = ctx;
  qy_status status = QY_OK;
  (void)buffer;
  for (int64_t i = first; !status && i < first + count; i++) {
    known_schedule *k = s->list[i];
    if (!k->arena && !(k->arena = qy_arena_new())) return qy_no_memory(err);
    if (s->on_device && !k->dram)
      status = find_dram(k, state, err);
    else if (!s->on_device && !k->same && !k->schedule && !k->reason)
      status = find_schedule(k, err);
  }
  return status;
}

static int search_stopped(void *ctx)
{
  return model_stopped(((const search *)ctx)->model);
}

static void *memo_new(void *ctx, qy_error *err)
{
  qy_dram_memo *memo = qy_dram_memo_new();
  (void)ctx;
  if (!memo) qy_no_memory(err);
  return memo;
}

static void memo_free(void *ctx, void *memo)
{
  (void)ctx;
  qy_dram_memo_free(memo);
}

static qy_status no_sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)ctx, (void)batch, (void)first, (void)count, (void)buffer, (void)err;
  return QY_OK;
}

/* Find all that are wanted and not known yet: schedules first, then on their devices. */
static qy_status find_all(qy_model *model, qy_error *err)
{
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  search step = {.model = model, .list = model->schedules};
  const qy_sweep sweep = {.count = (int64_t)model->schedule_count,
                          .batch = 1,
                          .threads = processors < 1                ? 1
                                     : processors > QY_THREADS_MAX ? QY_THREADS_MAX
                                                                   : (int)processors,
                          .buffer_bytes = 1,
                          .ctx = &step,
                          .worker_new = memo_new,
                          .worker_free = memo_free,
                          .evaluate = search_batch,
                          .sink = no_sink,
                          .stop = search_stopped};
  qy_status status = qy_sweep_run(&sweep, err);
  step.on_device = true;
  return status ? status : qy_sweep_run(&sweep, err);
}

/* ---- making ready ---- */

/* Does a schedule depend on this axis?  Libraries and clocks only set prices. */
static bool matters(const design_entry *g, size_t axis, bool priced)
{
  if (axis >= g->param_count) {
    const size_t common = axis - g->param_count;
    return priced || common == AXIS_NETWORK || common == AXIS_PRECISION;
  }
  const owner who = g->params[axis].owner;
  return who == OWNER_ELEMENT || who == OWNER_OPERANDS || who == OWNER_MEMORY ||
         (priced && strcmp(g->params[axis].row->key, "port_bits") == 0);
}

static qy_status want_at(qy_model *model, int entry, const size_t *index, qy_error *err)
{
  schedule_key key;
  qy_buffer buffer;
  char why[QY_BUFFER_WHY];
  if (choose_buffer(&buffer, why, model->plan, &model->plan->entries[entry], index)) return QY_OK;
  return key_at(&key, model, entry, index, &buffer) ? want(model, &key, err) : QY_OK;
}

/* Do schedules depend on prices? */
static bool is_priced(const design_entry *g)
{
  for (size_t i = g->memory_first; i < g->param_count; i++)
    for (size_t v = 0; strcmp(g->params[i].key, "memory.objective") == 0 && v < g->param[i].count; v++)
      if (g->param[i].value[v] == QY_LEAST_ENERGY) return true;
  return false;
}

double memory_schedules(const qy_plan *plan, int entry)
{
  const design_entry *g = &plan->entries[entry];
  const qy_space_entry *axes = &plan->space.entry[entry];
  const bool priced = is_priced(g);
  double count = g->memory ? 1 : 0;
  for (size_t a = 0; a < (size_t)axes->axis_count; a++)
    if (matters(g, a, priced)) count *= (double)axes->axis[a].count;
  return count;
}

/* Every combination of values that makes a difference. */
static qy_status want_all(qy_model *model, int entry, qy_error *err)
{
  const design_entry *g = &model->plan->entries[entry];
  const qy_space_entry *axes = &model->plan->space.entry[entry];
  size_t index[QY_AXES_MAX] = {0}, a = 0;
  const size_t count = (size_t)axes->axis_count;
  const bool priced = is_priced(g);
  while (a < count) {
    qy_status status = model_stopped(model) ? QY_INTERRUPTED : want_at(model, entry, index, err);
    if (status) return status;
    for (a = 0; a < count; a++) {
      if (matters(g, a, priced) && ++index[a] < axes->axis[a].count) break;
      index[a] = 0;
    }
  }
  return QY_OK;
}

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
      double *basis = qy_arena_alloc(model->arena, (size_t)r->columns.count * model->draws, sizeof *basis);
      if (!basis) return qy_no_memory(err);
      memory_basis(basis, &r->columns, plan->device[d], factors[t], model->draws);
      r->basis[t * (size_t)plan->device_count + d] = basis;
    }
  return QY_OK;
}

qy_status memory_prepare(qy_model *model, int entry, const size_t *index, double *const *factors, qy_error *err)
{
  ready_memory *r = &model->memory[entry];
  qy_status status = prepare_arrays(model, r, err);
  if (!status) status = prepare_bases(model, r, factors, err);
  for (size_t n = 0; !status && n < (size_t)model->plan->info.network_count; n++)
    if (!r->runner[n]) status = find_runners(model, entry, n, err);
  if (!status) status = index ? want_at(model, entry, index, err) : want_all(model, entry, err);
  return status ? status : find_all(model, err);
}

void memory_drop(qy_model *model)
{
  for (size_t i = 0; i < model->schedule_count; i++)
    qy_arena_free(model->schedules[i]->arena);
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
  held->design.reason = choose_buffer(&h->buffer, h->why, plan, g, w->index);
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
  const bool wide = qy_element_modes(&modes, d->pe, precision);
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
  *reason =
      key_at(&key, model, w->entry, w->index, &w->memory.buffer) ? NULL : "the element has no mode for this precision";
  if (*reason) return QY_OK;
  if (!w->memory.known || !same_key(&w->memory.known->key, &key)) w->memory.known = find_known(model, &key);
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
