/* Rows stages that are given as subjects of published figures; see measure.h and rows_given.h.
 *
 *   tiled: NETWORK
 *   cuts: LAYER, ...                  layers that begin a stage; without: one stage
 *   tile_h, tile_w: N or a list       rows and columns of the tiles of each stage's output
 *   halo: keep | recompute | keep_columns, or a list
 *   weights: resident | streamed      resident
 *   take: least | most                of all combinations of the lists
 *   unroll: {k, c, y, x}, bus_bits    what is computed at once, and moved
 *   entry_bits: 8
 *   energy: {mac_pj, dram_read_pj, dram_write_pj, ...}   of a MAC and of an entry; see energy_keys
 * Quantities: traffic_entries, activation_entries, peak_entries, macs, cycles, energy_uj, schedules.
 */
#include "measure_subjects.h"
#include "published_int.h"
#include "rows_given.h"

#include "quarry/network.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Energy of a MAC, and of an entry at each place: shared ones are used by all MACs of a cycle that share it. */
typedef enum energy_key {
  MAC_PJ,
  DRAM_READ_PJ,
  DRAM_WRITE_PJ,
  INPUT_READ_PJ,   /* from the buffer, for the K output channels at once */
  OUTPUT_WRITE_PJ, /* to the buffer, once */
  WEIGHT_REG_PJ,   /* read, for the Y x X outputs at once */
  SUM_REG_PJ,      /* read and written, for the C input channels at once */
  ENERGY_COUNT
} energy_key;
static const char *const energy_keys[ENERGY_COUNT + 1] = {
    [MAC_PJ] = "mac_pj",
    [DRAM_READ_PJ] = "dram_read_pj",
    [DRAM_WRITE_PJ] = "dram_write_pj",
    [INPUT_READ_PJ] = "input_read_pj",
    [OUTPUT_WRITE_PJ] = "output_write_pj",
    [WEIGHT_REG_PJ] = "weight_register_pj",
    [SUM_REG_PJ] = "sum_register_pj",
};

typedef enum given_quantity {
  ROWS_TRAFFIC,
  ACTIVATIONS,
  ROWS_PEAK,
  ROWS_MACS,
  CYCLES,
  ENERGY,
  SCHEDULES,
  GIVEN_COUNT
} given_quantity;

typedef struct given_hardware {
  rows_array array;
  double pj[ENERGY_COUNT];
} given_hardware;

enum { LIST_MAX = 16 };
typedef struct given_list {
  int64_t value[LIST_MAX];
  size_t count;
} given_list;

static qy_status read_list(given_list *list, const qy_yaml *map, const char *key, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, key);
  if (!node) return qy_yaml_expected(map, err, "a key `%s`", key);
  if (node->kind == QY_YAML_LIST && (node->count == 0 || node->count > LIST_MAX))
    return qy_yaml_expected(node, err, "a list of 1 to %d", LIST_MAX);
  list->count = node->kind == QY_YAML_LIST ? node->count : 1;
  qy_status status = QY_OK;
  for (size_t i = 0; i < list->count && !status; i++)
    status = qy_yaml_integer(node->kind == QY_YAML_LIST ? node->child[i] : node, 1, 1 << 24, &list->value[i], err);
  return status;
}

static qy_status read_halos(given_list *list, const qy_yaml *map, qy_error *err)
{
  static const char *const names[ROWS_HALO_COUNT] = {
      [ROWS_KEEP] = "keep", [ROWS_RECOMPUTE] = "recompute", [ROWS_KEEP_COLUMNS] = "keep_columns"};
  const qy_yaml *node = qy_yaml_get(map, "halo");
  *list = (given_list){.count = 1};
  if (!node) return QY_OK;
  if (node->kind == QY_YAML_LIST && (node->count == 0 || node->count > LIST_MAX))
    return qy_yaml_expected(node, err, "a list of 1 to %d", LIST_MAX);
  list->count = node->kind == QY_YAML_LIST ? node->count : 1;
  qy_status status = QY_OK;
  for (size_t i = 0; i < list->count && !status; i++) {
    size_t which = 0;
    status = qy_yaml_choice(node->kind == QY_YAML_LIST ? node->child[i] : node, names, ROWS_HALO_COUNT, &which, err);
    list->value[i] = (int64_t)which;
  }
  return status;
}

static size_t op_named(const qy_graph *g, const char *name)
{
  for (size_t o = 0; o < g->op_count; o++)
    if (strcmp(g->op[o].layer->name, name) == 0) return o;
  return QY_NO_INDEX;
}

static qy_status read_cuts(rows_given *given, const qy_yaml *map, qy_arena *arena, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, "cuts");
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_LIST) return qy_yaml_expected(node, err, "a list of layers");
  size_t *cut = qy_arena_alloc(arena, node->count, sizeof *cut);
  if (!cut) return qy_no_memory(err);
  for (size_t i = 0; i < node->count; i++) {
    const char *name;
    qy_status status = qy_yaml_text(node->child[i], &name, err);
    if (status) return status;
    cut[i] = op_named(given->graph, name);
    if (cut[i] == QY_NO_INDEX || cut[i] == 0 || (i && cut[i] <= cut[i - 1]))
      return qy_yaml_expected(node->child[i], err, "layers of the network in their order, but the first");
  }
  given->cut = cut;
  given->cut_count = node->count;
  return QY_OK;
}

static qy_status read_hardware(given_hardware *h, const qy_yaml *map, qy_error *err)
{
  static const char *const array_keys[] = {"k", "c", "y", "x", NULL};
  const qy_yaml *array = qy_yaml_get(map, "unroll"), *energy = qy_yaml_get(map, "energy");
  int64_t *const sizes[] = {&h->array.k, &h->array.c, &h->array.y, &h->array.x};
  *h = (given_hardware){.array = {1, 1, 1, 1, .bus_bits = 0, .entry_bits = 8}};
  qy_status status = measure_count(&h->array.bus_bits, map, "bus_bits", 1 << 20, err);
  if (!status) status = measure_count(&h->array.entry_bits, map, "entry_bits", 64, err);
  if (!status && array) status = qy_yaml_check_keys(array, array_keys, err);
  for (int i = 0; i < 4 && array && !status; i++)
    status = measure_count(sizes[i], array, array_keys[i], 1 << 20, err);
  if (!status && energy) status = qy_yaml_check_keys(energy, energy_keys, err);
  for (int i = 0; i < ENERGY_COUNT && energy && !status; i++)
    status = figure_optional_number(&h->pj[i], energy, energy_keys[i], 0, 1e9, err);
  return status;
}

/* The larger of what the array and the bus take. */
static qy_status cycles_of(double *value, const rows_given *given, const qy_traffic *t, const given_hardware *h,
                           qy_arena *arena, qy_error *err)
{
  double *each = qy_arena_alloc(arena, given->graph->op_count, sizeof *each);
  qy_status status = each ? rows_given_cycles(each, given, &h->array, arena, err) : qy_no_memory(err);
  *value = 0;
  for (size_t o = 0; o < given->graph->op_count && !status; o++)
    *value += each[o];
  if (!status && h->array.bus_bits)
    *value = fmax(*value, (double)(qy_traffic_entries(t) * h->array.entry_bits) / (double)h->array.bus_bits);
  return status;
}

static double at_once(int64_t channels, int64_t lanes)
{
  return (double)(channels < lanes ? channels : lanes);
}

static qy_status energy_of(double *value, const rows_given *given, const qy_traffic *t, const given_hardware *h,
                           qy_arena *arena, qy_error *err)
{
  static const double pj_per_uj = 1e6;
  const qy_graph *g = given->graph;
  double *macs = qy_arena_alloc(arena, g->op_count, sizeof *macs),
         *outputs = qy_arena_alloc(arena, g->op_count, sizeof *outputs);
  if (!macs || !outputs) return qy_no_memory(err);
  double pj = h->pj[DRAM_READ_PJ] * (double)(t->input + t->weights + t->addends) +
              h->pj[DRAM_WRITE_PJ] * (double)(t->output + t->pooled);
  qy_status status = rows_given_work(macs, outputs, given, arena, err);
  for (size_t o = 0; o < g->op_count && !status; o++) {
    const qy_layer *l = g->op[o].layer;
    pj += macs[o] * (h->pj[MAC_PJ] + h->pj[INPUT_READ_PJ] / at_once(l->out_c / l->groups, h->array.k) +
                     h->pj[SUM_REG_PJ] / at_once(l->in_c / l->groups, h->array.c) +
                     h->pj[WEIGHT_REG_PJ] / (double)(h->array.y * h->array.x)) +
          outputs[o] * h->pj[OUTPUT_WRITE_PJ];
  }
  *value = pj / pj_per_uj;
  return status;
}

static qy_status value_of(double *value, const rows_given *given, const given_hardware *h, int quantity,
                          qy_arena *arena, qy_error *err)
{
  qy_traffic t;
  qy_status status = rows_given_count(&t, given, arena, err);
  if (status) return status;
  switch (quantity) {
  case ROWS_TRAFFIC: *value = (double)qy_traffic_entries(&t); return QY_OK;
  case ACTIVATIONS: *value = (double)(qy_traffic_entries(&t) - t.weights); return QY_OK;
  case ROWS_PEAK: *value = (double)t.peak; return QY_OK;
  case ROWS_MACS: *value = (double)t.macs; return QY_OK;
  case CYCLES: return cycles_of(value, given, &t, h, arena, err);
  default: return energy_of(value, given, &t, h, arena, err);
  }
}

typedef struct given_space {
  given_list h, w, halo;
  int most; /* of all values the largest, else the least */
} given_space;

/* Of all combinations; a scratch arena, as each takes memory of its own. */
static qy_status take_one(double *value, const given_space *space, rows_given *given, const given_hardware *hardware,
                          int quantity, qy_error *err)
{
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? QY_OK : qy_no_memory(err);
  const size_t count = space->h.count * space->w.count * space->halo.count;
  for (size_t i = 0; i < count && !status; i++) {
    double one;
    given->tile_w = space->w.value[i % space->w.count];
    given->tile_h = space->h.value[i / space->w.count % space->h.count];
    given->halo = (rows_halo)space->halo.value[i / (space->w.count * space->h.count)];
    status = value_of(&one, given, hardware, quantity, arena, err);
    if (!status && (i == 0 || (space->most ? one > *value : one < *value))) *value = one;
    qy_arena_reset(arena);
  }
  qy_arena_free(arena);
  return status;
}

static qy_status read_space(given_space *space, const qy_yaml *node, qy_error *err)
{
  static const char *const takes[] = {"least", "most"};
  space->most = 0;
  qy_status status = read_list(&space->h, node, "tile_h", err);
  if (!status) status = read_list(&space->w, node, "tile_w", err);
  if (!status) status = read_halos(&space->halo, node, err);
  if (!status) status = measure_choice(&space->most, node, "take", takes, 2, err);
  if (!status && space->h.count * space->w.count * space->halo.count > 1 && !qy_yaml_get(node, "take"))
    return qy_yaml_expected(node, err, "a key `take` beside lists");
  return status;
}

qy_status measure_rows(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                       qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"tiled", "cuts",   "tile_h",   "tile_w",     "halo",   "weights",
                                     "take",  "unroll", "bus_bits", "entry_bits", "energy", NULL};
  static const char *const quantities[GIVEN_COUNT] = {[ROWS_TRAFFIC] = "traffic_entries",
                                                      [ACTIVATIONS] = "activation_entries",
                                                      [ROWS_PEAK] = "peak_entries",
                                                      [ROWS_MACS] = "macs",
                                                      [CYCLES] = "cycles",
                                                      [ENERGY] = "energy_uj",
                                                      [SCHEDULES] = "schedules"},
                           *const weights[] = {"resident", "streamed"};
  int streamed = 0;
  rows_given given = {.graph = NULL};
  given_hardware hardware;
  given_space space;
  qy_graph *graph;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = measure_quantity(&m->quantity, node, quantity, quantities, GIVEN_COUNT, err);
  if (!status) status = measure_graph(&graph, node, "tiled", at, err);
  if (status) return status;
  given.graph = graph;
  status = read_cuts(&given, node, at->arena, err);
  if (!status) status = measure_choice(&streamed, node, "weights", weights, 2, err);
  if (!status) status = read_space(&space, node, err);
  if (!status) status = read_hardware(&hardware, node, err);
  if (status) return status;
  given.resident = !streamed;
  if (m->quantity == SCHEDULES) {
    m->exact = (double)(space.h.count * space.w.count * space.halo.count);
    return QY_OK;
  }
  return take_one(&m->exact, &space, &given, &hardware, m->quantity, err);
}
