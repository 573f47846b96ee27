/* The key `memory:` of a design: DRAM and the buffer between it and the accelerators' ports. */
#include "plan_int.h"

#include "quarry/integer.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const fusions[] = {
    [QY_FUSION_NONE] = "none", [QY_FUSION_BLOCK] = "block", [QY_FUSION_FREE] = "free"};
static const char *const orders[] = {
    [QY_ORDERS_RASTER] = "raster", [QY_ORDERS_SCAN] = "scan", [QY_ORDERS_BEST] = "best"};
static const char *const rules[] = {[QY_CAPACITY_STRICT] = "strict", [QY_CAPACITY_DOUBLE_BUFFERED] = "double_buffered"};
static const char *const objectives[] = {[QY_LEAST_TRAFFIC] = "traffic", [QY_LEAST_ENERGY] = "energy"};
static const char *const flavours[] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};
_Static_assert(sizeof fusions / sizeof *fusions == QY_FUSION_COUNT, "a word for each fusion");

static const char *const mappings[] = {
    [QY_DRAM_MAP_COLUMN] = "column", [QY_DRAM_MAP_GROUP] = "group", [QY_DRAM_MAP_BANK] = "bank"};
_Static_assert(sizeof mappings / sizeof *mappings == QY_DRAM_MAPPING_COUNT, "a word for each mapping");

enum { MEMORY_PARAMS = 9, DEVICE = 0, BUFFER = 3 };

/* The names of the device row are those that the file gives: see find_device. */
static const qy_parameter rows[MEMORY_PARAMS] = {
    [DEVICE] = {.key = "memory.device",
                .type = QY_PARAMETER_CHOICE,
                .required = true,
                .help = "DRAM: a device of db/memory/dram, or a file like one",
                QY_MEMBER(memory_params, device)},
    QY_INTEGER("memory.channels", 1, QY_DRAM_CHANNELS_MAX, memory_params, channels, .fallback = 1,
               .help = "channels of it, each with a controller of its own"),
    QY_CHOICE("memory.mapping", mappings, memory_params, mapping,
              .help = "what consecutive bursts share: a row; a row, going round the bank groups; or nothing"),
    [BUFFER] = {.key = "memory.buffer",
                .type = QY_PARAMETER_SIZE,
                .low = 1, /* what schedules need is checked */
                .high = 4194304,
                .required = true,
                .unit = "B",
                .help = "shared buffer between DRAM and ports: what schedules have room in",
                QY_MEMBER(memory_params, buffer_bytes)},
    QY_CHOICE("memory.fusion", fusions, memory_params, fusion, .fallback = QY_FUSION_FREE,
              .help = "layers that run together: none, those of a bottleneck, or any"),
    QY_CHOICE("memory.order", orders, memory_params, order, .fallback = QY_ORDERS_BEST,
              .help = "tiles row by row and windows read again, serpentine and windows kept, or the best of all"),
    QY_CHOICE("memory.rule", rules, memory_params, rule,
              .help = "each tile once, transfer and compute in turn; or moving tiles twice, both at once"),
    QY_CHOICE("memory.objective", objectives, memory_params, objective,
              .help = "schedules of least traffic, or of least energy of DRAM, buffer and products"),
    QY_CHOICE("memory.sram", flavours, memory_params, flavour,
              .help = "flavour of the buffer: low standby power or high performance"),
};

const qy_parameter *memory_rows(size_t *count)
{
  *count = MEMORY_PARAMS;
  return rows;
}

const char *memory_key(const qy_parameter *row)
{
  return strchr(row->key, '.') + 1;
}

/* ---- devices ---- */

/* The device that a node names, among those of the plan. */
static qy_status find_device(double *index, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const char *name;
  qy_error inner = {0};
  qy_dram_device *device;
  qy_status status = qy_yaml_text(node, &name, err);
  if (status) return status;
  for (int i = 0; i < plan->device_count; i++)
    if (strcmp(plan->device_asked[i], name) == 0) {
      *index = i;
      return QY_OK;
    }
  if (plan->device_count == DEVICES_MAX) return qy_yaml_expected(node, err, "at most %d devices", DEVICES_MAX);
  const char *file;
  if ((status = qy_yaml_file(&file, node, name, plan->arena, err))) return status;
  status = qy_dram_device_read(&device, plan->db_dir, file, plan->arena, &inner);
  if (status && inner.count && inner.diagnostic[0].file[0]) {
    *err = inner; /* the device's own file, where it is wrong */
    return status;
  }
  if (status) return plan_fail(node, status, &inner, "", err);
  if (!qy_plain_file_name(device->name)) /* it goes into the JSON of designs */
    return qy_yaml_expected(node, err, "a device whose `name` has letters, digits, '.', '_' and '-' (\"%s\")",
                            device->name);
  for (int i = 0; i < plan->device_count; i++)
    if (strcmp(plan->device_name[i], device->name) == 0)
      return qy_yaml_expected(node, err, "a device with a name that no other has (\"%s\" is taken)", device->name);
  *index = plan->device_count;
  plan->device[plan->device_count] = device;
  plan->device_name[plan->device_count] = device->name;
  plan->device_asked[plan->device_count++] = name;
  plan->device_row = rows[DEVICE];
  plan->device_row.names = plan->device_name;
  plan->device_row.name_count = (size_t)plan->device_count;
  return QY_OK;
}

static qy_status read_devices(values *out, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *one;
  const qy_yaml *const *name;
  *out = (values){.node = node};
  if (node->kind == QY_YAML_MAP) return qy_yaml_expected(node, err, "a name or a list of names");
  const size_t count = plan_names_of(node, &name, &one);
  if (count == 0) return qy_yaml_expected(node, err, "at least one device");
  if (!(out->value = qy_arena_alloc(plan->arena, count, sizeof *out->value))) return qy_no_memory(err);
  for (; out->count < count; out->count++) {
    qy_status status = find_device(&out->value[out->count], plan, name[out->count], err);
    if (status) return status;
    for (size_t i = 0; i < out->count; i++)
      if (out->value[i] == out->value[out->count]) return qy_yaml_expected(name[out->count], err, "each device once");
  }
  return QY_OK;
}

/* ---- the key ---- */

/* Its parameters behind those that the entry has, at their defaults. */
static qy_status add_params(qy_plan *plan, design_entry *g, qy_error *err)
{
  const size_t before = g->param_count, all = before + MEMORY_PARAMS;
  param *params = qy_arena_alloc(plan->arena, all, sizeof *params);
  values *value = qy_arena_alloc(plan->arena, all, sizeof *value);
  if (!params || !value) return qy_no_memory(err);
  memcpy(params, g->params, before * sizeof *params);
  memcpy(value, g->param, before * sizeof *value);
  for (size_t i = 0; i < MEMORY_PARAMS; i++)
    params[before + i] = (param){.key = rows[i].key, .row = &rows[i], .owner = OWNER_MEMORY};
  params[before + DEVICE].row = &plan->device_row;
  g->params = params;
  g->param = value;
  g->param_count = all;
  return QY_OK;
}

static qy_status read_values(qy_plan *plan, design_entry *g, const qy_yaml *node, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < MEMORY_PARAMS; i++) {
    values *out = &g->param[g->memory_first + i];
    const qy_yaml *value = qy_yaml_get(node, memory_key(&rows[i]));
    if (!value)
      status = values_default(out, &rows[i], memory_key(&rows[i]), node, plan->arena, err);
    else if (i == DEVICE)
      status = read_devices(out, plan, value, err);
    else
      status = values_read(out, &rows[i], value, plan->arena, err);
  }
  return status;
}

static const values *values_of(const design_entry *g, const char *key)
{
  size_t i = g->memory_first;
  while (strcmp(g->params[i].key, key))
    i++;
  return &g->param[i];
}

/* Members whose layers the schedule cannot be of. */
static qy_status check_members(const design_entry *g, const qy_yaml *node, qy_error *err)
{
  for (int m = 0; m < g->member_count; m++) {
    const member *one = &g->member[m];
    if (!one->type->runs_layers)
      return qy_yaml_expected(
          node, err, "a memory for an accelerator that runs the layers of a network, not for \"%s\"", one->type->name);
    for (size_t i = one->first; i < one->first + one->count; i++) {
      const param *p = &g->params[i];
      if (p->owner != OWNER_ACCELERATOR || strcmp(p->row->key, "batch")) continue;
      for (size_t v = 0; v < g->param[i].count; v++)
        if (g->param[i].value[v] != 1)
          return qy_yaml_expected(g->param[i].node, err, "`batch` 1 beside `memory` (schedules are of one image)");
    }
  }
  for (size_t v = 0; g->system && v < g->param[0].count; v++)
    if (g->param[0].value[v] == SCHEDULE_PIPELINED)
      return qy_yaml_expected(g->param[0].node, err,
                              "`sequential` members beside `memory` (its buffer holds one inference at a time)");
  return QY_OK;
}

/* Are layers that multiply left out of what is run? */
static bool leaves_out(const qy_plan *plan, int network)
{
  size_t all = 0, run = 0;
  for (size_t i = 0; i < plan->network[network]->layer_count; i++)
    all += qy_layer_multiplies(plan->network[network]->layer[i].type);
  for (size_t i = 0; i < plan->layer_count[network]; i++)
    run += qy_layer_multiplies(plan->layers[network][i]->type);
  return run < all;
}

static qy_status check_filter(const qy_plan *plan, const design_entry *g, const qy_yaml *node, qy_error *err)
{
  const values *fusion = values_of(g, "memory.fusion");
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t v = 0; leaves_out(plan, n) && v < fusion->count; v++)
      if (fusion->value[v] != QY_FUSION_NONE)
        return qy_yaml_expected(
            fusion->node ? fusion->node : node, err,
            "`fusion: none`, as `layers` leaves out layers of network %s (each layer by itself then)",
            plan->network[n]->name);
  return QY_OK;
}

qy_status plan_memory_read(qy_plan *plan, design_entry *g, const qy_yaml *node, qy_error *err)
{
  const char *keys[MEMORY_PARAMS + 1] = {NULL};
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a memory");
  for (size_t i = 0; i < MEMORY_PARAMS; i++)
    keys[i] = memory_key(&rows[i]);
  qy_status status = qy_yaml_check_keys(node, keys, err);
  g->memory_first = g->param_count;
  g->memory = node;
  if (!status) status = check_members(g, node, err);
  if (!status && !plan->layers) status = qy_yaml_expected(node, err, "a memory beside a `network`");
  if (!status) status = add_params(plan, g, err);
  if (!status) status = read_values(plan, g, node, err);
  if (!status) status = check_filter(plan, g, node, err);
  if (status) return status;
  g->part_count = g->member_count + 1;
  g->where |= QY_AT_MEMORY;
  return QY_OK;
}

void memory_params_at(memory_params *params, const design_entry *g, const size_t *index)
{
  assert(g->memory);
  *params = (memory_params){0};
  for (size_t i = g->memory_first; i < g->param_count; i++)
    qy_parameter_set(params, g->params[i].row, g->param[i].value[index[i]]);
}

/* ---- what a schedule is of ---- */

qy_units memory_units(const qy_pe *const *pe, int count, qy_precision precision)
{
  enum { UNIT_MAX = 64 };
  qy_units u = {.activation = precision.activations, .weight = 1, .sum = precision.activations};
  for (int m = 0; m < count; m++) {
    u.weight = qy_max64(u.weight, qy_element_weight_bits(pe[m], precision.weights));
    u.sum = qy_max64(u.sum, qy_min_int(qy_accumulator_bits(pe[m]), UNIT_MAX));
  }
  return u;
}

/* A network of the layers that are run, each without the others. */
static qy_status apart(const qy_network **out, const qy_network *network, const qy_layer *const *layers, size_t count,
                       qy_arena *arena, qy_error *err)
{
  qy_network *n = qy_arena_alloc(arena, 1, sizeof *n);
  if (!n) return qy_no_memory(err);
  *n = *network;
  if (!(n->layer = qy_arena_alloc(arena, count, sizeof *n->layer))) return qy_no_memory(err);
  n->layer_count = 0;
  for (size_t i = 0; i < count; i++) {
    if (!qy_layer_multiplies(layers[i]->type)) continue;
    qy_layer *l = &n->layer[n->layer_count++];
    *l = *layers[i];
    l->input = l->consumer = NULL;
    l->input_count = l->consumer_count = 0;
    l->gated = l->paired = false;
  }
  *out = n;
  return QY_OK;
}

/* Controllers are those of simulators; a memory has the first one of their file. */
static qy_status read_controller(qy_plan *plan, qy_error *err)
{
  const qy_dram_controller *list;
  size_t count;
  qy_status status = qy_dram_controllers_read(&list, &count, plan->db_dir, plan->arena, err);
  if (status) return status;
  assert(count > 0);
  plan->controller = list;
  return QY_OK;
}

qy_status plan_graphs_make(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *one, *node = qy_yaml_get(root, "network");
  const qy_yaml *const *name;
  int memories = 0, without = 0;
  for (int i = 0; i < plan->entry_count; i++) {
    const design_entry *g = &plan->entries[i];
    memories += g->memory != NULL;
    without += !g->memory && (g->where & (QY_AT_ACCELERATOR | QY_AT_SYSTEM));
  }
  plan->info.on_chip = without && !memories;
  plan->info.partly_on_chip = without && memories;
  plan->info.device_count = plan->device_count;
  plan->info.device = (const qy_dram_device *const *)plan->device;
  if (!memories) return QY_OK;
  plan_names_of(node, &name, &one);
  plan->graph = qy_arena_alloc(plan->arena, (size_t)plan->info.network_count, sizeof *plan->graph);
  if (!plan->graph) return qy_no_memory(err);
  for (int n = 0; n < plan->info.network_count; n++) {
    const qy_network *network = plan->network[n];
    qy_error inner = {0};
    qy_status status = QY_OK;
    if (leaves_out(plan, n)) status = apart(&network, network, plan->layers[n], plan->layer_count[n], plan->arena, err);
    if (!status) status = qy_graph_new(&plan->graph[n], network, plan->arena, &inner);
    if (status) return plan_fail(name[n], status, &inner, "", err);
    plan->info.apart += plan->graph[n]->apart;
  }
  return read_controller(plan, err);
}

/* ---- the smallest buffer ---- */

/* Elements of the members at the first of their values. */
static qy_status first_elements(qy_pe pe[MEMBERS_MAX], const design_entry *g, qy_arena *arena, qy_error *err)
{
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++) {
    qy_pe_params params;
    qy_pe_stimulus operands;
    member_element(&params, &operands, g, m, 0);
    status = qy_pe_build(&pe[m], &params, arena, err);
  }
  return status;
}

typedef struct trial {
  const qy_plan *plan;
  const design_entry *g;
  const qy_pe *pe[MEMBERS_MAX];
  int64_t capacity, smallest; /* bits; the least that would do for some combination */
  const char *why;
  qy_arena *arena;
} trial;

/* Is there a schedule with this fusion for some network, precision and rule? */
static qy_status try_fusion(bool *found, trial *t, int fusion, qy_error *err)
{
  const values *rule = values_of(t->g, "memory.rule");
  for (int n = 0; n < t->plan->info.network_count; n++)
    for (size_t p = 0; p < t->plan->precision.count; p++)
      for (size_t r = 0; r < rule->count; r++) {
        qy_schedule *schedule;
        qy_least_capacity smallest = {0};
        qy_error inner = {0};
        const qy_schedule_options options = {
            .capacity = t->capacity,
            .units = memory_units(t->pe, t->g->member_count, t->plan->option[t->plan->precision.value[p].option]),
            .rule = (qy_capacity_rule)rule->value[r],
            .fusion = (qy_fusion)fusion,
            .orders = QY_ORDERS_BEST};
        qy_status status = qy_schedule_find(&schedule, &smallest, t->plan->graph[n], &options, t->arena, &inner);
        *found = status == QY_OK;
        if (status != QY_INFEASIBLE) {
          if (status) *err = inner;
          return status;
        }
        if (t->smallest && smallest.units >= t->smallest) continue;
        t->smallest = smallest.units;
        t->why = qy_arena_format(t->arena, "network %s, layer %s does not fit", t->plan->network[n]->name,
                                 smallest.layer->name);
        if (!t->why) return qy_no_memory(err);
      }
  return QY_OK;
}

/* The smallest buffer of a design must do for something; points for which it does not are infeasible.  Whatever runs
 * without fusion runs with it. */
static qy_status check_buffer(const qy_plan *plan, const design_entry *g, qy_arena *arena, qy_error *err)
{
  enum { BITS_PER_BYTE = 8 };
  const values *buffer = values_of(g, "memory.buffer"), *fusion = values_of(g, "memory.fusion");
  size_t least = 0;
  bool found = false;
  qy_pe pe[MEMBERS_MAX];
  for (size_t v = 1; v < buffer->count; v++)
    if (buffer->value[v] < buffer->value[least]) least = v;
  trial t = {.plan = plan, .g = g, .capacity = (int64_t)(buffer->value[least] * BITS_PER_BYTE), .arena = arena};
  qy_status status = first_elements(pe, g, arena, err);
  for (int m = 0; m < g->member_count; m++)
    t.pe[m] = &pe[m];
  if (!status) status = try_fusion(&found, &t, QY_FUSION_NONE, err);
  for (size_t v = 0; !status && !found && v < fusion->count; v++) {
    if (v == 0) t.smallest = 0;
    status = try_fusion(&found, &t, (int)fusion->value[v], err);
  }
  if (status || found) return status;
  const qy_yaml *node = buffer->node->kind == QY_YAML_LIST ? buffer->node->child[least] : buffer->node;
  return qy_yaml_expected(node, err, "at least %.0f B (%s)", ceil((double)t.smallest / BITS_PER_BYTE), t.why);
}

qy_status plan_memory_check(const qy_plan *plan, qy_error *err)
{
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? QY_OK : qy_no_memory(err);
  for (int i = 0; !status && i < plan->entry_count; i++)
    if (plan->entries[i].memory) {
      status = check_buffer(plan, &plan->entries[i], arena, err);
      qy_arena_reset(arena);
    }
  qy_arena_free(arena);
  return status;
}
