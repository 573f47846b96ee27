/* Schedules of designs with a memory: which there are, and finding them; see schedules.h. */
#include "schedules.h"

#include <math.h>
#include <string.h>

enum { BITS_PER_BYTE = 8 };
static const double pj_per_uj = 1e6;

/* ---- which there are ---- */

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

bool schedule_key_at(schedule_key *key, const qy_model *model, int entry, const size_t *index, const qy_buffer *buffer)
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
  qy_prices room = {.reason = NULL};
  const qy_prices *prices = element_list(first, model, common[AXIS_TECHNOLOGY], common[AXIS_CLOCK], &room);
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

bool schedule_same_key(const schedule_key *a, const schedule_key *b)
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

const known_schedule *schedule_known(const qy_model *model, const schedule_key *key)
{
  const known_schedule *k = model->schedule_bucket[bucket_of(&key->of)];
  while (k && !schedule_same_key(&k->key, key))
    k = k->next;
  return k;
}

/* Note that the schedule of a key is wanted. */
static qy_status want(qy_model *model, const schedule_key *key, qy_error *err)
{
  if (schedule_known(model, key)) return QY_OK;
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

/* One step of all that are wanted. */
typedef struct search {
  const qy_model *model;
  known_schedule **list;
  bool on_device;
} search;

static int search_stopped(void *ctx)
{
  return model_stopped(((const search *)ctx)->model);
}

static qy_status find_schedule(known_schedule *k, search *s, qy_error *err)
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
                                       .price_mac = k->key.of.price_mac,
                                       .stop = search_stopped,
                                       .stop_ctx = s};
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

static qy_status search_batch(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  search *s = ctx;
  qy_status status = QY_OK;
  (void)buffer;
  for (int64_t i = first; !status && i < first + count; i++) {
    known_schedule *k = s->list[i];
    if (!k->arena && !(k->arena = qy_arena_new())) return qy_no_memory(err);
    if (s->on_device && !k->dram)
      status = find_dram(k, state, err);
    else if (!s->on_device && !k->same && !k->schedule && !k->reason)
      status = find_schedule(k, s, err);
  }
  return status;
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

/* Schedules first, then on their devices. */
qy_status schedules_find(qy_model *model, qy_error *err)
{
  search step = {.model = model};
  const int64_t count = (int64_t)(model->schedule_count - model->schedules_found);
  const qy_sweep sweep = {.count = count,
                          .batch = 1,
                          .threads = count < model->threads ? (int)count : model->threads,
                          .buffer_bytes = 1,
                          .ctx = &step,
                          .worker_new = memo_new,
                          .worker_free = memo_free,
                          .evaluate = search_batch,
                          .sink = no_sink,
                          .stop = search_stopped};
  if (!count) return QY_OK;
  step.list = model->schedules + model->schedules_found;
  qy_status status = qy_sweep_run(&sweep, err);
  step.on_device = true;
  if (!status) status = qy_sweep_run(&sweep, err);
  if (!status) model->schedules_found = model->schedule_count;
  return status;
}

/* ---- which points ask for ---- */

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

/* Do schedules depend on prices? */
static bool is_priced(const design_entry *g)
{
  for (size_t i = g->memory_first; i < g->param_count; i++)
    for (size_t v = 0; strcmp(g->params[i].key, "memory.objective") == 0 && v < g->param[i].count; v++)
      if (g->param[i].value[v] == QY_LEAST_ENERGY) return true;
  return false;
}

double schedules_most(const qy_plan *plan, int entry)
{
  const design_entry *g = &plan->entries[entry];
  const qy_space_entry *axes = &plan->space.entry[entry];
  const bool priced = is_priced(g);
  double count = g->memory ? 1 : 0;
  for (size_t a = 0; a < (size_t)axes->axis_count; a++)
    if (matters(g, a, priced)) count *= (double)axes->axis[a].count;
  return count;
}

qy_status schedule_want(qy_model *model, int entry, const size_t *index, qy_error *err)
{
  schedule_key key;
  qy_buffer buffer;
  char why[QY_BUFFER_WHY];
  if (memory_buffer(&buffer, why, model->plan, &model->plan->entries[entry], index)) return QY_OK;
  return schedule_key_at(&key, model, entry, index, &buffer) ? want(model, &key, err) : QY_OK;
}

/* Combinations of values that make a difference, as bits; NULL: too many. */
static qy_status make_asked(qy_model *model, int entry, qy_error *err)
{
  enum { COMBINATIONS_MOST = 1 << 27, BITS = 64 };
  ready_memory *r = &model->memory[entry];
  const double most = schedules_most(model->plan, entry);
  r->asked_axes = true;
  r->priced = is_priced(&model->plan->entries[entry]);
  if (most > COMBINATIONS_MOST) return QY_OK;
  r->asked_left = (size_t)most;
  r->asked = qy_arena_alloc(model->arena, r->asked_left / BITS + 1, sizeof *r->asked);
  return r->asked ? QY_OK : qy_no_memory(err);
}

qy_status schedule_asked(bool *is_new, qy_model *model, int entry, const size_t *index, qy_error *err)
{
  enum { BITS = 64 };
  const design_entry *g = &model->plan->entries[entry];
  const qy_space_entry *axes = &model->plan->space.entry[entry];
  ready_memory *r = &model->memory[entry];
  qy_buffer buffer;
  char why[QY_BUFFER_WHY];
  size_t number = 0;
  *is_new = false;
  const qy_status status = r->asked_axes ? QY_OK : make_asked(model, entry, err);
  if (status || (r->asked && !r->asked_left)) return status;
  for (size_t a = 0; r->asked && a < (size_t)axes->axis_count; a++)
    if (matters(g, a, r->priced)) number = number * axes->axis[a].count + index[a];
  if (r->asked && r->asked[number / BITS] >> number % BITS & 1) return QY_OK;
  *is_new = !memory_buffer(&buffer, why, model->plan, g, index);
  if (!r->asked || (!*is_new && !r->priced)) return QY_OK; /* another library or clock may have that buffer */
  r->asked[number / BITS] |= UINT64_C(1) << number % BITS;
  r->asked_left--;
  return QY_OK;
}

void schedules_drop(qy_model *model)
{
  for (size_t i = 0; i < model->schedule_count; i++)
    qy_arena_free(model->schedules[i]->arena);
}
