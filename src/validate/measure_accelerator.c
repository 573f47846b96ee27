/* An accelerator of the table as a subject of published figures; see measure.h and accelerator.h.
 *
 *   accelerator: NAME       that runs layers
 *   its parameters          as in experiment files; those in maps of their own (buffers) keep their defaults
 *   element                 a mapping with `pe`
 *   network: NAME, type     its layers, or those of one type; or m, n, k: one product of matrices
 *   precision               of the operands, 8; w4a8: of weights and activations apart
 *   against                 another precision: what layer_median_METRIC is over
 * Quantities: the metrics that `quarry list metrics` shows, buffers and leakage included, gops_per_mm2, and, of gemm,
 * peak_gops: two operations for each product that its arrays can make in a cycle.
 * layer_median_METRIC: of each layer on its own the metric at `precision` over that at `against`; their median.
 * SRAM macros have the table's central values in all draws.  On an FPGA the sizes of arrays that fill it are those of
 * the central values in all draws.
 */
#include "measure_subjects.h"

#include "quarry/gemm.h"
#include "quarry/metric.h"
#include "quarry/sort.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const own_keys[] = {"accelerator", "element", "network",   "type",    "depthwise", "m",
                                       "n",           "k",       "precision", "against", NULL};

typedef struct built_accelerator {
  const qy_accelerator *accelerator;
  void *params, *work;
  const qy_sram_table *sram;
  const measure_surrounded *element;
  const qy_fabric *fabric; /* on an FPGA, else NULL */
  const qy_tech *central;  /* values of the device that arrays are sized by */
  double clock_mhz;
  qy_precision precision, against; /* against.weights 0: none */
  const qy_layer **layer;          /* [layer_count] */
  size_t layer_count;
  int median_of;                              /* metric, or -1 */
  qy_discrepancy *discrepancy[QY_ROLE_COUNT]; /* of the element and what surrounds it, in the draws of the library */
} built_accelerator;

/* Quantities beside the metrics. */
enum { PER_AREA = QY_METRIC_COUNT, PEAK, LAYER_MEDIAN, QUANTITIES };
static const char *const own_quantities[] = {"gops_per_mm2", "peak_gops"};
static const char median_prefix[] = "layer_median_";

static qy_status price_cells(qy_prices *prices, const built_accelerator *b, const qy_tech *tech, int64_t draw,
                             const qy_columns *columns, qy_arena *arena, qy_error *err)
{
  static const double ps_per_us = 1e6;
  qy_pricing *pricing;
  qy_status status =
      qy_pricing_new(&pricing, b->element->components, tech, NULL, (qy_pricing_stop){NULL, NULL}, arena, err);
  if (!status && draw >= 0) qy_pricing_in_draw(pricing, b->discrepancy, (size_t)draw);
  return status ? status : qy_prices_at(prices, pricing, columns, ps_per_us / b->clock_mhz, QY_PIPELINE_FOR_CLOCK, err);
}

static double peak_gops(const built_accelerator *b, const void *self)
{
  const qy_gemm_params *p = b->params;
  const qy_gemm_arrays *a = qy_gemm_arrays_of(self);
  double rows = 0;
  for (int i = 0; i < QY_GEMM_ARRAYS; i++)
    rows += a->rows[i];
  return 2e-3 * rows * p->bat * p->blk_in * b->clock_mhz;
}

/* A metric of one layer on its own. */
static qy_status layer_metric(double *value, const char **reason, const built_accelerator *b, const qy_design *d,
                              const qy_layer *layer, qy_precision precision, qy_error *err)
{
  double in[QY_QUANTITY_COUNT], metrics[QY_METRIC_COUNT];
  qy_bill bill;
  const qy_status status = qy_design_layer(&bill, in, reason, d, layer, precision, err);
  if (status || *reason) return status ? status : QY_INFEASIBLE;
  qy_metric_derive(metrics, in, QY_AT_ACCELERATOR | (b->fabric ? QY_ON_FPGA : QY_ON_CELLS));
  *value = metrics[b->median_of];
  return QY_OK;
}

static qy_status layer_median(double *median, const char **reason, const built_accelerator *b, const qy_design *d,
                              qy_arena *arena, qy_error *err)
{
  double *ratio = qy_arena_alloc(arena, b->layer_count, sizeof *ratio);
  if (!ratio) return qy_no_memory(err);
  for (size_t i = 0; i < b->layer_count; i++) {
    double base = 0;
    qy_status status = layer_metric(&ratio[i], reason, b, d, b->layer[i], b->precision, err);
    if (!status) status = layer_metric(&base, reason, b, d, b->layer[i], b->against, err);
    if (status) return status;
    ratio[i] /= base;
  }
  qsort(ratio, b->layer_count, sizeof *ratio, qy_by_value);
  *median = (ratio[b->layer_count / 2] + ratio[(b->layer_count - 1) / 2]) / 2;
  return QY_OK;
}

/* All quantities in one library, which is draw `draw` of the subject's library, or, < 0, itself. */
static qy_status derive(double *metrics, const char **reason, const built_accelerator *b, const qy_tech *tech,
                        int64_t draw, void *self, qy_arena *arena, qy_error *err)
{
  static const double um2_per_mm2 = 1e6;
  const bool fpga = b->fabric != NULL;
  qy_columns columns;
  qy_prices prices = {0};
  qy_design d;
  qy_columns_make(&columns, qy_accelerator_uses(b->accelerator, tech));
  qy_status status = fpga ? qy_fabric_prices(&prices, tech, &columns, b->clock_mhz, arena, err)
                          : price_cells(&prices, b, tech, draw, &columns, arena, err);
  if (!status && prices.reason) {
    *reason = prices.reason;
    status = QY_INFEASIBLE;
  }
  if (status) return status;
  const qy_design_input input = {.params = b->params,
                                 .pe = &b->element->pe,
                                 .prices = &prices,
                                 .tech = fpga ? b->central : tech,
                                 .sram = b->sram,
                                 .fabric = b->fabric,
                                 .clock_mhz = b->clock_mhz,
                                 .work = b->work};
  status = qy_design_make(&d, b->accelerator, self, &columns, &input, err);
  if (!status) *reason = qy_design_run(&d, b->work, b->precision);
  if (status || *reason) return status ? status : QY_INFEASIBLE;
  qy_metric_derive(metrics, d.in, QY_AT_ACCELERATOR | (fpga ? QY_ON_FPGA : QY_ON_CELLS));
  metrics[PER_AREA] = metrics[QY_GOPS] / metrics[QY_AREA_UM2] * um2_per_mm2;
  metrics[PEAK] = strcmp(b->accelerator->name, "gemm") ? NAN : peak_gops(b, self);
  return b->median_of < 0 ? QY_OK : layer_median(&metrics[LAYER_MEDIAN], reason, b, &d, arena, err);
}

static qy_status price_accelerator(double *value, const char **reason, const measure_subject *m, const qy_tech *tech,
                                   qy_error *err)
{
  const built_accelerator *b = m->built;
  double metrics[QUANTITIES];
  void *self = qy_arena_alloc(m->scratch, 1, b->accelerator->design_bytes);
  const qy_status status = self ? derive(metrics, reason, b, tech, m->draw, self, m->scratch, err) : qy_no_memory(err);
  if (!status) *value = metrics[m->quantity];
  return status;
}

static qy_status read_parameter(void *params, const qy_parameter *row, const qy_yaml *node, qy_error *err)
{
  double value = 0;
  size_t index = 0;
  int64_t integer = 0;
  qy_status status;
  switch (row->type) {
  case QY_PARAMETER_CHOICE:
    status = qy_yaml_choice(node, row->names, row->name_count, &index, err);
    value = (double)index;
    break;
  case QY_PARAMETER_INTEGER:
    status = qy_yaml_integer(node, (int64_t)row->low, (int64_t)row->high, &integer, err);
    value = (double)integer;
    break;
  default: status = qy_yaml_number(node, row->low, row->high, &value, err);
  }
  if (!status) qy_parameter_set(params, row, value);
  return status;
}

static qy_status read_parameters(void *params, const qy_accelerator *a, const qy_yaml *node, qy_error *err)
{
  enum { KEYS_MAX = 64 };
  const char *keys[KEYS_MAX] = {NULL};
  size_t n = 0;
  while (own_keys[n]) {
    keys[n] = own_keys[n];
    n++;
  }
  qy_accelerator_defaults(a, params);
  for (size_t i = 0; i < a->parameter_count && n + 1 < KEYS_MAX; i++)
    if (!strchr(a->parameter[i].key, '.')) keys[n++] = a->parameter[i].key;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  for (size_t i = 0; i < a->parameter_count && !status; i++) {
    const qy_yaml *given = qy_yaml_get(node, a->parameter[i].key);
    if (given)
      status = read_parameter(params, &a->parameter[i], given, err);
    else if (a->parameter[i].required)
      status = qy_yaml_expected(node, err, "a key `%s`", a->parameter[i].key);
  }
  return status;
}

static qy_status read_work(built_accelerator *b, const qy_yaml *node, const measure_conditions *at, qy_error *err)
{
  measure_layers layers;
  qy_status status = measure_layers_read(&layers, node, at, err);
  if (status) return status;
  const qy_layer **list = qy_arena_alloc(at->arena, layers.count, sizeof(qy_layer *));
  if (!list) return qy_no_memory(err);
  for (size_t i = 0; i < layers.count; i++)
    list[i] = &layers.layer[i];
  qy_error inner = {0};
  b->layer = list;
  b->layer_count = layers.count;
  status = b->accelerator->work(&b->work, list, layers.count, at->arena, &inner);
  return status ? qy_yaml_expected(node, err, "layers that the accelerator runs: %s", inner.diagnostic[0].text) : QY_OK;
}

/* What it is built on: cells with SRAM, or a device and the element's circuits there. */
static qy_status build_on(built_accelerator *b, const measure_subject *m, const qy_yaml *node,
                          const measure_conditions *at, qy_error *err)
{
  const qy_tech *tech = m->library->tech;
  if (!qy_accelerator_on(b->accelerator, tech))
    return qy_yaml_expected(node, err,
                            tech->fpga ? "an accelerator that is built on an FPGA" : "a key `technology` with an FPGA");
  b->central = tech;
  const unsigned circuits = b->accelerator->circuits ? b->accelerator->circuits(b->params, &b->element->pe) : 0;
  if (tech->fpga) return measure_fabric_get(&b->fabric, b->element, m->library, circuits, at, err);
  if (!tech->sram_node) return qy_yaml_expected(node, err, "a library with SRAM: buffers are counted");
  return qy_components_discrepancy(b->discrepancy, b->element->components, m->library->draws, at->arena, err);
}

static int quantity_of(const char *name)
{
  for (int i = 0; i < LAYER_MEDIAN - QY_METRIC_COUNT; i++)
    if (strcmp(name, own_quantities[i]) == 0) return QY_METRIC_COUNT + i;
  return qy_metric_find(name);
}

/* An optional key: *p keeps its value where there is none. */
static qy_status read_precision(qy_precision *p, const qy_yaml *node, const char *key, qy_error *err)
{
  const char *text;
  const qy_yaml *given = qy_yaml_get(node, key);
  const qy_status status = given ? qy_yaml_text(given, &text, err) : QY_OK;
  if (!given || status) return status;
  return qy_precision_parse(p, text) ? QY_OK : qy_yaml_expected(given, err, "a precision, as 8 or w4a8");
}

/* What is asked of it, and at which precisions. */
static qy_status read_question(measure_subject *m, built_accelerator *b, const qy_yaml *node, const char *quantity,
                               qy_error *err)
{
  const size_t prefix = strlen(median_prefix);
  const bool median = strncmp(quantity, median_prefix, prefix) == 0;
  b->median_of = median ? qy_metric_find(quantity + prefix) : -1;
  m->quantity = !median ? quantity_of(quantity) : b->median_of < 0 ? -1 : LAYER_MEDIAN;
  if (m->quantity < 0) return qy_yaml_expected(node, err, "something with the quantity %s", quantity);
  if (median && !b->accelerator->layer)
    return qy_yaml_expected(node, err, "an accelerator that tells its layers apart, for %s", quantity);
  if (median != (qy_yaml_get(node, "against") != NULL))
    return qy_yaml_expected(node, err, "a key `against` with layer_median_..., and with nothing else");
  qy_status status = read_precision(&b->precision, node, "precision", err);
  return status ? status : read_precision(&b->against, node, "against", err);
}

qy_status measure_accelerator(measure_subject *m, const qy_yaml *node, const char *quantity,
                              const measure_conditions *at, qy_error *err)
{
  assert(m && node && quantity && at);
  const char *name = "";
  built_accelerator *b = qy_arena_alloc(at->arena, 1, sizeof *b);
  if (!b) return qy_no_memory(err);
  *b = (built_accelerator){.clock_mhz = at->clock_mhz, .precision = qy_precision_of(8)};
  const qy_yaml *name_node = qy_yaml_get(node, "accelerator");
  qy_status status = qy_yaml_text(name_node, &name, err);
  if (status) return status;
  b->accelerator = qy_accelerator_find(name);
  if (!b->accelerator || !b->accelerator->runs_layers)
    return qy_yaml_expected(name_node, err, "an accelerator that runs layers, of those that `quarry list` shows");
  b->params = qy_arena_alloc(at->arena, 1, b->accelerator->params_bytes);
  if (!b->params) return qy_no_memory(err);
  status = read_question(m, b, node, quantity, err);
  if (!status) status = read_parameters(b->params, b->accelerator, node, err);
  if (!status) status = read_work(b, node, at, err);
  if (!status) status = measure_sram_get(&b->sram, at, err);
  if (!status) status = measure_surrounded_get(&b->element, b->accelerator, node, at, err);
  if (!status) status = measure_technology_get(&m->library, node, at, err);
  if (!status) status = build_on(b, m, node, at, err);
  m->built = b;
  m->price = price_accelerator;
  return status;
}
