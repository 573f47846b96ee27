/* A systolic array as a subject of published figures; see measure.h and systolic.h.
 *
 *   array: os | ws | is     dataflow
 *   rows, columns           of elements; columns: as many as rows
 *   drain: serial | overlapped
 *   row_transport: moved | broadcast   broadcast: rows are buses, for scope array
 *   network: NAME, type     its layers, or those of one type; or m, n, k: one product of matrices, m x k times k x n
 *   depthwise: groups       depthwise layers channel by channel, as they are; or written as others do:
 *              summed       one dense layer with a single output (right number of products, another operation)
 *              single       one channel only
 *   precision               bits of the operands, 8
 *   element                 a mapping with `pe`: what is in the array
 *   scope: array | elements | mesh
 *                           elements: with their operand registers and, where they share multiples, what makes these;
 *                           mesh: and the registers through which words come in and sums leave (skew, line-up, buses);
 *                           array: and all that is around them (adders and requantizers of the columns, controller)
 * Buffers are never counted, hold whole layers, and transfers take no time: what papers call the array.  Cycles are
 * those of the closed form: exact, and the same for every element.
 */
#include "measure_subjects.h"

#include "quarry/network.h"
#include "quarry/systolic.h"

#include <assert.h>
#include <string.h>

enum { CYCLES, AREA, CELL_AREA, LEAKAGE, POWER, ENERGY, ENERGY_PER_PRODUCT, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"cycles",   "area_um2",  "cell_area_um2",        "leakage_nw",
                                                   "power_mw", "energy_uj", "energy_fj_per_product"};

enum { SCOPE_ARRAY, SCOPE_ELEMENTS, SCOPE_MESH, SCOPES };
enum { DEPTHWISE_GROUPS, DEPTHWISE_SUMMED, DEPTHWISE_SINGLE };

typedef struct built_array {
  qy_systolic_params params;
  measure_layers layers;
  qy_systolic_work *work;
  const measure_surrounded *element;
  double clock_mhz;
  int precision, scope;
  qy_discrepancy *discrepancy[QY_ROLE_COUNT]; /* of the element and what surrounds it, in the draws of the library */
} built_array;

/* ---- layers ---- */

static const char *const size_keys[] = {"m", "n", "k"};

static void write_depthwise(qy_layer *l, int convention)
{
  if (l->type != QY_LAYER_DWCONV || convention == DEPTHWISE_GROUPS) return;
  l->type = QY_LAYER_CONV;
  l->groups = l->out_c = 1;
  if (convention == DEPTHWISE_SINGLE) l->in_c = 1;
}

qy_status measure_network_read(qy_network **network, const qy_yaml *node, const char *key, const measure_conditions *at,
                               qy_error *err)
{
  assert(network && node && key && at);
  const qy_yaml *value = qy_yaml_get(node, key);
  const char *name, *file;
  *network = NULL;
  qy_status status = qy_yaml_text(value, &name, err);
  if (!status) status = qy_yaml_file(&file, value, name, at->arena, err);
  return status ? status : qy_network_read(network, at->db_dir, file, at->arena, err);
}

static qy_status network_layers(measure_layers *out, const qy_yaml *node, int convention, const measure_conditions *at,
                                qy_error *err)
{
  const char *types[QY_LAYER_TYPE_COUNT];
  const qy_yaml *type = qy_yaml_get(node, "type");
  size_t wanted = 0;
  qy_network *network = NULL;
  const qy_layer **list = NULL;
  for (int i = 0; i < 3; i++)
    if (qy_yaml_get(node, size_keys[i])) return qy_yaml_expected(node, err, "either `network` or `m`, `n` and `k`");
  for (int i = 0; i < QY_LAYER_TYPE_COUNT; i++)
    types[i] = qy_layer_type_name((qy_layer_type)i);
  qy_status status = type ? qy_yaml_choice(type, types, QY_LAYER_TYPE_COUNT, &wanted, err) : QY_OK;
  if (!status) status = measure_network_read(&network, node, "network", at, err);
  const qy_layer_filter filter = {type ? 1u << wanted : 0, NULL};
  if (!status) status = qy_network_select(&list, &out->count, network, &filter, at->arena, err);
  if (status) return status;
  out->layer = qy_arena_alloc(at->arena, out->count, sizeof *out->layer);
  if (!out->layer) return qy_no_memory(err);
  for (size_t i = 0; i < out->count; i++) {
    out->layer[i] = *list[i];
    write_depthwise(&out->layer[i], convention);
  }
  return QY_OK;
}

static qy_status one_product(measure_layers *out, const qy_yaml *node, const measure_conditions *at, qy_error *err)
{
  enum { SIZE_LIMIT = 1 << 24 };
  int size[3] = {0};
  qy_status status = QY_OK;
  if (qy_yaml_get(node, "type") || qy_yaml_get(node, "depthwise"))
    return qy_yaml_expected(node, err, "a key `network` beside `type` and `depthwise`");
  for (int i = 0; i < 3 && !status; i++) {
    if (!qy_yaml_get(node, size_keys[i])) return qy_yaml_expected(node, err, "a key `network`, or `m`, `n` and `k`");
    status = measure_integer(&size[i], node, size_keys[i], 1, SIZE_LIMIT, err);
  }
  out->count = 1;
  out->layer = status ? NULL : qy_arena_alloc(at->arena, 1, sizeof *out->layer);
  if (status) return status;
  if (!out->layer) return qy_no_memory(err);
  *out->layer = qy_layer_product("product", size[0], size[1], size[2]);
  return QY_OK;
}

qy_status measure_layers_read(measure_layers *out, const qy_yaml *node, const measure_conditions *at, qy_error *err)
{
  assert(out && node && at);
  static const char *const conventions[] = {"groups", "summed", "single"};
  int convention = DEPTHWISE_GROUPS;
  qy_status status = measure_choice(&convention, node, "depthwise", conventions, 3, err);
  if (status) return status;
  return qy_yaml_get(node, "network") ? network_layers(out, node, convention, at, err)
                                      : one_product(out, node, at, err);
}

/* ---- prices ---- */

/* Is the item within the scope?  SRAM is in none; `elements` have what stands in the PEs or is made for them, a `mesh`
 * the chains, too. */
static bool within(int scope, int item)
{
  static const int elements[] = {QY_PART_ELEMENT,       QY_PART_OPERAND_BIT,    QY_PART_DRAIN_MUX,  QY_PART_MULTIPLES,
                                 QY_EVENT_CLOCK,        QY_EVENT_OPERAND_WRITE, QY_EVENT_DRAIN,     QY_EVENT_MULTIPLES,
                                 QY_EVENT_OPERAND_WIRE, QY_EVENT_SUM_WIRE,      QY_EVENT_CLOCK_TREE};
  if (qy_item_table()[item].uses & QY_USES_SRAM) return false;
  if (scope == SCOPE_ARRAY || (item >= QY_EVENT_PRODUCT && item < QY_EVENT_HELD + QY_PE_MODES_MAX)) return true;
  for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
    if (elements[i] == item) return true;
  return scope == SCOPE_MESH && qy_item_table()[item].uses & QY_USES_CHAINS;
}

/* Figures of one scope, all layers together. */
typedef struct sums {
  double area_um2, leakage_mw, energy_uj, time_us, products; /* energy without leakage */
} sums;

/* The tree brings the clock of what is within the scope. */
static void limit_tree(qy_bill *bill, int scope, const qy_prices *prices)
{
  qy_bill inside = *bill;
  for (int i = QY_EVENT_FIRST; i < QY_ITEM_COUNT; i++)
    if (!within(scope, i)) inside.count[i] = 0;
  bill->count[QY_EVENT_CLOCK_TREE] = qy_prices_clocked(prices, &inside);
}

static void add_items(sums *s, const built_array *a, const qy_design *d, const qy_bill *bill, bool parts)
{
  const qy_columns *c = d->columns;
  for (int r = 0; r < c->range_count; r++)
    for (int k = c->range[r].first; k < c->range[r].first + c->range[r].count; k++) {
      const int item = c->item[k];
      const double value = bill->count[item] * d->price[k];
      if (parts != (item < QY_EVENT_FIRST) || !within(a->scope, item)) continue;
      *(!parts ? &s->energy_uj : c->range[r].metric == QY_LEAKAGE_MW ? &s->leakage_mw : &s->area_um2) += value;
    }
}

static qy_status run_layers(sums *s, const char **reason, const built_array *a, const qy_design *d, qy_error *err)
{
  for (size_t i = 0; i < a->layers.count; i++) {
    qy_bill bill;
    double in[QY_QUANTITY_COUNT];
    qy_status status = qy_design_layer(&bill, in, reason, d, &a->layers.layer[i], qy_precision_of(a->precision), err);
    if (status) return status;
    s->time_us += in[QY_INTERVAL_US];
    s->products += bill.products;
    limit_tree(&bill, a->scope, d->prices);
    add_items(s, a, d, &bill, false);
  }
  return QY_OK;
}

/* The sums in one library, which is draw `draw` of the subject's library, or, < 0, itself. */
static qy_status sum_up(sums *s, const char **reason, const built_array *a, const qy_tech *tech, int64_t draw,
                        qy_arena *arena, qy_error *err)
{
  static const double ps_per_us = 1e6;
  qy_pricing *pricing;
  qy_columns columns;
  qy_prices prices;
  qy_design d;
  void *array = qy_arena_alloc(arena, 1, qy_accelerator_systolic.design_bytes);
  if (!array) return qy_no_memory(err);
  qy_columns_make(&columns, qy_accelerator_systolic.uses);
  qy_status status =
      qy_pricing_new(&pricing, a->element->components, tech, NULL, (qy_pricing_stop){NULL, NULL}, arena, err);
  if (!status && draw >= 0) qy_pricing_in_draw(pricing, a->discrepancy, (size_t)draw);
  if (!status) status = qy_prices_at(&prices, pricing, &columns, ps_per_us / a->clock_mhz, QY_PIPELINE_FOR_CLOCK, err);
  if (status) return status;
  const qy_design_input input = {.params = &a->params,
                                 .pe = &a->element->pe,
                                 .prices = &prices,
                                 .tech = tech,
                                 .clock_mhz = a->clock_mhz,
                                 .work = a->work};
  status = qy_design_make(&d, &qy_accelerator_systolic, array, &columns, &input, err);
  if (status || (*reason = d.reason)) return status ? status : QY_INFEASIBLE;
  *s = (sums){0};
  add_items(s, a, &d, &d.bill, true);
  return run_layers(s, reason, a, &d, err);
}

static qy_status price_array(double *value, const char **reason, const measure_subject *what, const qy_tech *tech,
                             qy_error *err)
{
  static const double uw_per_mw = 1e3, nw_per_mw = 1e6, fj_per_uj = 1e9;
  sums s;
  const qy_status status = sum_up(&s, reason, what->built, tech, what->draw, what->scratch, err);
  if (status) return status;
  const double leakage_uj = s.leakage_mw * s.time_us / uw_per_mw;
  switch (what->quantity) {
  case AREA: *value = s.area_um2; break;
  case CELL_AREA: *value = s.area_um2 * tech->density_frac; break;
  case LEAKAGE: *value = s.leakage_mw * nw_per_mw; break;
  case POWER: *value = (s.energy_uj + leakage_uj) / s.time_us * uw_per_mw; break;
  case ENERGY: *value = s.energy_uj + leakage_uj; break;
  default: *value = s.energy_uj * fj_per_uj / s.products;
  }
  return QY_OK;
}

/* ---- reading ---- */

static qy_status count_cycles(double *cycles, const built_array *a, qy_error *err)
{
  qy_systolic_counts c;
  *cycles = 0;
  for (size_t i = 0; i < a->layers.count; i++) {
    qy_status status = qy_systolic_layer_counts(&c, &a->params, &a->layers.layer[i], err);
    if (status) return status;
    *cycles += (double)c.compute;
  }
  return QY_OK;
}

static qy_status read_work(built_array *a, const measure_conditions *at, qy_error *err)
{
  const qy_layer **list = qy_arena_alloc(at->arena, a->layers.count, sizeof(qy_layer *));
  if (!list) return qy_no_memory(err);
  for (size_t i = 0; i < a->layers.count; i++)
    list[i] = &a->layers.layer[i];
  return qy_systolic_work_new(&a->work, list, a->layers.count, at->arena, err);
}

qy_status measure_sram_get(const qy_sram_table **out, const measure_conditions *at, qy_error *err)
{
  assert(out && at);
  qy_status status = QY_OK;
  if (!at->shared->sram) {
    const char *file = qy_arena_format(at->arena, "%s/memory/sram.csv", at->db_dir);
    status = file ? qy_sram_table_read(&at->shared->sram, file, at->arena, err) : qy_no_memory(err);
  }
  *out = at->shared->sram;
  return status;
}

qy_status measure_surrounded_get(const measure_surrounded **out, const qy_accelerator *in, const qy_yaml *node,
                                 const measure_conditions *at, qy_error *err)
{
  assert(out && in && node && at);
  static const char *const own[] = {"stimulus", NULL};
  const qy_yaml *map = qy_yaml_get(node, "element");
  qy_pe_stimulus words;
  if (!map || map->kind != QY_YAML_MAP || !qy_yaml_get(map, "pe"))
    return qy_yaml_expected(map ? map : node, err, "a key `element`: a mapping with `pe`");
  const char *text = measure_text(map, at->arena);
  measure_surrounded *e = at->shared->elements;
  if (!text) return qy_no_memory(err);
  while (e && (e->in != in || strcmp(e->text, text)))
    e = e->next;
  *out = e;
  if (e) return QY_OK;
  if (!(e = qy_arena_alloc(at->arena, 1, sizeof *e))) return qy_no_memory(err);
  e->text = text;
  e->in = in;
  qy_status status = measure_pe(&e->pe, map, own, at->arena, err);
  if (!status) status = measure_stimulus(&words, map, err);
  if (!status) {
    qy_error inner = {0};
    status = qy_accelerator_takes(in, &e->pe, &inner);
    if (status) qy_yaml_expected(map, err, "an element for accelerator %s: %s", in->name, inner.diagnostic[0].text);
  }
  if (!status) status = qy_components_new(&e->components, &e->pe, &words, in->uses, at->arena, err);
  if (status) return status;
  e->next = at->shared->elements;
  at->shared->elements = e;
  *out = e;
  return QY_OK;
}

qy_status measure_array(measure_subject *what, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                        qy_error *err)
{
  assert(what && node && quantity && at);
  static const char *const keys[] = {"array", "rows", "columns",   "drain", "network", "type",  "depthwise",
                                     "m",     "n",    "precision", "k",     "element", "scope", "row_transport",
                                     NULL};
  static const char *const transports[] = {[QY_ROW_MOVED] = "moved", [QY_ROW_BROADCAST] = "broadcast"};
  static const char *const flows[] = {[QY_FLOW_OS] = "os", [QY_FLOW_WS] = "ws", [QY_FLOW_IS] = "is"};
  static const char *const drains[] = {[QY_DRAIN_SERIAL] = "serial", [QY_DRAIN_OVERLAPPED] = "overlapped"};
  static const char *const scopes[SCOPES] = {"array", "elements", "mesh"};
  enum { SIDE_MAX = 256 };
  int flow = 0, drain = QY_DRAIN_SERIAL, row = QY_ROW_MOVED, rows = 0;
  built_array *a = qy_arena_alloc(at->arena, 1, sizeof *a);
  if (!a) return qy_no_memory(err);
  a->clock_mhz = at->clock_mhz;
  a->precision = 8;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = measure_choice(&flow, node, "array", flows, QY_FLOW_COUNT, err);
  if (!status && !qy_yaml_get(node, "rows")) status = qy_yaml_expected(node, err, "a key `rows`");
  if (!status) status = measure_integer(&rows, node, "rows", 1, SIDE_MAX, err);
  int columns = rows;
  if (!status) status = measure_integer(&columns, node, "columns", 1, SIDE_MAX, err);
  if (!status) status = measure_choice(&drain, node, "drain", drains, QY_DRAIN_COUNT, err);
  if (!status) status = measure_choice(&row, node, "row_transport", transports, QY_ROW_COUNT, err);
  if (!status) status = measure_choice(&a->scope, node, "scope", scopes, SCOPES, err);
  if (!status) status = measure_integer(&a->precision, node, "precision", 1, 32, err);
  if (!status) status = measure_quantity(&what->quantity, node, quantity, quantities, QUANTITIES, err);
  if (!status && row == QY_ROW_BROADCAST && a->scope == SCOPE_ELEMENTS)
    status = qy_yaml_expected(qy_yaml_get(node, "scope"), err, "scope array where rows are buses");
  if (status) return status;
  a->params = (qy_systolic_params){.rows = rows,
                                   .columns = columns,
                                   .dataflow = (qy_dataflow)flow,
                                   .drain = (qy_drain)drain,
                                   .row = (qy_row)row,
                                   .tile = QY_TILE_AUTO};
  status = measure_layers_read(&a->layers, node, at, err);
  if (status || what->quantity == CYCLES) return status ? status : count_cycles(&what->exact, a, err);
  status = read_work(a, at, err);
  if (!status) status = measure_surrounded_get(&a->element, &qy_accelerator_systolic, node, at, err);
  if (!status) status = measure_library_get(&what->library, node, at, err);
  if (!status)
    status = qy_components_discrepancy(a->discrepancy, a->element->components, what->library->draws, at->arena, err);
  what->built = a;
  what->price = price_array;
  return status;
}
