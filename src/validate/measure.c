/* One figure of one thing that a published entry names; see measure.h. */
#include "measure.h"

#include "component.h"
#include "stimulus.h"

#include "quarry/network.h"
#include "quarry/pe.h"
#include "quarry/sqnr.h"

#include <math.h>
#include <string.h>

enum { CYCLES = 2048 };

/* A circuit with what is needed to price a quantity of it. */
typedef struct priced {
  qy_build build;
  double energy_fj; /* a cycle */
  double products;  /* a cycle */
  double min_period_ps;
} priced;

static qy_status value_of(double *value, const qy_yaml *node, const char *quantity, const priced *p,
                          const measure_conditions *at, qy_error *err)
{
  const struct {
    const char *name;
    double value;
  } known[] = {
      {"area_um2", p->build.area_um2},
      {"leakage_nw", p->build.leakage_nw},
      {"energy_fj", p->energy_fj},
      {"energy_fj_per_product", p->energy_fj / p->products},
      /* fJ a cycle times MHz is nW */
      {"power_uw", p->energy_fj * at->clock_mhz * 1e-3 + p->build.leakage_nw * 1e-3},
      {"min_period_ps", p->min_period_ps},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (strcmp(known[i].name, quantity)) continue;
    *value = known[i].value;
    if (p->build.feasible) return QY_OK;
    return qy_fail_at(err, QY_BAD_INPUT, node->file, node->line, node->column, "%s: infeasible at %g MHz: %s",
                      node->path, at->clock_mhz, p->build.reason);
  }
  return qy_yaml_expected(node, err, "a thing that has the quantity %s", quantity);
}

static qy_status library(qy_tech **tech, const qy_yaml *node, const measure_conditions *at, qy_error *err)
{
  if (!at->technology[0]) return qy_yaml_expected(node, err, "a key `technology` beside it");
  return qy_tech_read(tech, at->db_dir, at->technology, at->arena, err);
}

static qy_status integer(int *out, const qy_yaml *map, const char *key, int low, int high, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, key);
  int64_t value = *out;
  qy_status status = node ? qy_yaml_integer(node, low, high, &value, err) : QY_OK;
  *out = (int)value;
  return status;
}

static qy_status multiplier_kind(qy_multiplier *out, const qy_yaml *map, qy_error *err)
{
  static const char *const names[] = {"array", "booth"};
  const qy_yaml *node = qy_yaml_get(map, "multiplier");
  size_t index = QY_MULTIPLIER_BOOTH;
  qy_status status = node ? qy_yaml_choice(node, names, 2, &index, err) : QY_OK;
  *out = (qy_multiplier)index;
  return status;
}

/* ---- elements ---- */

/* Keys other than these few are parameters of the element, integers that qy_pe_set checks. */
static qy_status element_params(qy_pe_params *params, const qy_yaml *node, qy_error *err)
{
  static const char *const own[] = {"pe", "multiplier", "mode", "stimulus"};
  size_t count, kind = 0;
  const qy_pe_info *table = qy_pe_table(&count);
  const char *names[QY_PE_KIND_COUNT];
  for (size_t i = 0; i < count; i++)
    names[i] = table[i].name;
  qy_status status = qy_yaml_choice(qy_yaml_get(node, "pe"), names, count, &kind, err);
  if (status) return status;
  *params = (qy_pe_params){.kind = table[kind].kind};
  status = multiplier_kind(&params->multiplier, node, err);
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    int64_t value = 0;
    int is_own = 0;
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
      is_own |= strcmp(child->key, own[k]) == 0;
    if (is_own) continue;
    qy_error inner = {0};
    status = qy_yaml_integer(child, -1000, 1000, &value, err);
    if (!status && (status = qy_pe_set(params, child->key, (int)value, &inner)))
      status = qy_fail_at(err, status, child->file, child->line, child->column, "%s: %s", child->path,
                          inner.diagnostic[0].text);
  }
  return status;
}

/* Trained layers: Laplacian weights, activations after a ReLU with half of them zero. */
static qy_status element_stimulus(qy_pe_stimulus *words, const qy_yaml *node, qy_error *err)
{
  static const char *const names[] = {"uniform", "trained"};
  const qy_yaml *child = qy_yaml_get(node, "stimulus");
  size_t index = 0;
  *words = qy_pe_stimulus_default();
  qy_status status = child ? qy_yaml_choice(child, names, 2, &index, err) : QY_OK;
  if (index == 1) {
    words->weights = QY_WEIGHTS_LAPLACIAN;
    words->weight_range = 4;
    words->relu = true;
    words->zero_frac = 0.5;
  }
  return status;
}

static qy_status measure_element(double *value, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                                 qy_error *err)
{
  qy_tech *tech = NULL;
  qy_pe_params params = {.bits = 0};
  qy_pe pe;
  qy_pe_cost cost;
  qy_pe_stimulus words;
  qy_timing timing;
  int mode = 0;
  qy_error inner = {0};
  qy_status status = library(&tech, node, at, err);
  if (!status) status = element_params(&params, node, err);
  if (!status) status = element_stimulus(&words, node, err);
  if (status) return status;
  if ((status = qy_pe_build(&pe, &params, at->arena, &inner)))
    return qy_fail_at(err, status, node->file, node->line, node->column, "%s: %s", node->path,
                      inner.diagnostic[0].text);
  status = integer(&mode, node, "mode", 0, pe.mode_count - 1, err);
  if (!status) status = qy_pe_price_with(&cost, &pe, tech, 1e6 / at->clock_mhz, &words, err);
  if (status) return status;
  qy_circuit_timing(pe.circuit, tech, &timing);
  priced p = {.build = cost.build,
              .energy_fj = cost.energy_fj[mode],
              .products = (double)pe.mode[mode].products / pe.mode[mode].cycles,
              .min_period_ps = timing.fast_ps};
  return value_of(value, node, quantity, &p, at, err);
}

/* ---- bare operators and components ---- */

typedef struct random_words {
  const qy_circuit *circuit;
  uint64_t state;
  int mode; /* of the input named mode */
} random_words;

/* xorshift64*: Vigna, ACM TOMS 42(4), 2016. */
static void next_words(void *ctx, int64_t cycle, uint64_t *inputs)
{
  (void)cycle;
  random_words *r = ctx;
  for (int i = 0; i < qy_circuit_inputs(r->circuit); i++) {
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    int width = qy_circuit_input_width(r->circuit, i);
    inputs[i] = (r->state * 0x2545F4914F6CDD1DULL) >> (64 - width);
    if (strcmp(qy_circuit_input_name(r->circuit, i), "mode") == 0) inputs[i] = (uint64_t)r->mode;
  }
}

static qy_status price_circuit(double *value, const qy_yaml *node, const char *quantity, const qy_circuit *c,
                               qy_stimulus *next, void *ctx, double products, bool registers,
                               const measure_conditions *at, qy_error *err)
{
  qy_tech *tech = NULL;
  qy_activity activity;
  qy_energy energy;
  qy_timing timing;
  priced p = {.products = products};
  qy_status status = library(&tech, node, at, err);
  if (!status) status = qy_circuit_build(c, tech, 1e6 / at->clock_mhz, &p.build, err);
  if (!status) status = qy_circuit_activity(c, next, ctx, CYCLES, &activity, err);
  if (status || !tech) return status;
  qy_circuit_energy(&p.build, &activity, tech, &energy);
  qy_circuit_timing(c, tech, &timing);
  p.min_period_ps = timing.fast_ps;
  p.energy_fj = energy.comb_fj + (registers ? energy.register_fj + energy.clock_fj : 0);
  if (!registers) {
    qy_census census;
    qy_circuit_census(c, &census);
    for (int g = 0; g < QY_GROUP_COUNT; g++)
      p.build.area_um2 -= census.cells[g][QY_DFF] * tech->area_um2[QY_DFF];
  }
  return value_of(value, node, quantity, &p, at, err);
}

/* A multiplier with nothing around it: inputs x, w and, where it has modes, mode. */
static qy_status measure_operator(double *value, const qy_yaml *node, const char *quantity,
                                  const measure_conditions *at, qy_error *err)
{
  static const char *const keys[] = {"operator", "bits", "multiplier", "mode", NULL};
  static const char *const names[] = {"multiply", "multiply_st", "multiply_sa"};
  size_t which = 0;
  int bits = 16, mode = 0;
  qy_multiplier kind = QY_MULTIPLIER_BOOTH;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_choice(qy_yaml_get(node, "operator"), names, 3, &which, err);
  if (!status) status = integer(&bits, node, "bits", 2, 32, err);
  if (!status) status = integer(&mode, node, "mode", 0, 2, err);
  if (!status) status = multiplier_kind(&kind, node, err);
  if (status) return status;
  qy_circuit *c = qy_circuit_new(names[which], at->arena);
  qy_net x = qy_input(c, "x", bits), w = qy_input(c, "w", bits), y;
  if (which == 0)
    y = qy_multiply(c, kind, x, w, true);
  else
    y = (which == 1 ? qy_multiply_st : qy_multiply_sa)(c, kind, x, w, qy_input(c, "mode", 2), true);
  qy_output(c, "y", y);
  if ((status = qy_circuit_finish(c, err))) return status;
  random_words words = {c, 88172645463325252ULL, mode};
  return price_circuit(value, node, quantity, c, next_words, &words, 1 << mode, true, at, err);
}

static qy_status measure_component(double *value, const qy_yaml *node, const char *quantity,
                                   const measure_conditions *at, qy_error *err)
{
  static const char *const keys[] = {"component", "params", "registers", NULL};
  const char *kind = "", *params = "", *reason = NULL;
  int registers = 1;
  component made;
  stimulus words;
  const qy_yaml *given = qy_yaml_get(node, "params"), *with = qy_yaml_get(node, "registers");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_text(qy_yaml_get(node, "component"), &kind, err);
  if (!status && given) status = qy_yaml_text(given, &params, err);
  if (!status && with) status = qy_yaml_boolean(with, &registers, err);
  if (!status) status = component_build(&made, kind, params, &reason, at->arena, err);
  if (status == QY_INFEASIBLE) return qy_yaml_expected(node, err, "a component that can be built (%s)", reason);
  if (status) return status;
  stimulus_start(&words, &made, "random", 1);
  return price_circuit(value, node, quantity, made.circuit, stimulus_next, &words, 1, registers, at, err);
}

static qy_status measure_cell(double *value, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                              qy_error *err)
{
  static const char *const keys[] = {"cell", NULL};
  const char *names[QY_CELL_COUNT];
  size_t cell = 0;
  qy_tech *tech = NULL;
  for (int i = 0; i < QY_CELL_COUNT; i++)
    names[i] = qy_cell_name((qy_cell)i);
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_choice(qy_yaml_get(node, "cell"), names, QY_CELL_COUNT, &cell, err);
  if (!status) status = library(&tech, node, at, err);
  if (status) return status;
  if (strcmp(quantity, "area_um2")) return qy_yaml_expected(node, err, "a thing that has the quantity %s", quantity);
  *value = tech->area_um2[cell];
  return QY_OK;
}

/* ---- formats ---- */

static qy_status measure_format(double *value, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                                qy_error *err)
{
  const char *name = "", *signal_name = "gaussian";
  const qy_yaml *shape_node = qy_yaml_get(node, "shape"), *signal_node = qy_yaml_get(node, "signal");
  double shape = 2;
  int bits = 5;
  qy_signal signal;
  qy_levels *levels = NULL;
  qy_best best = {.sqnr_db = 0};
  qy_status status = qy_yaml_text(qy_yaml_get(node, "format"), &name, err);
  if (!status && signal_node) status = qy_yaml_text(signal_node, &signal_name, err);
  if (!status && shape_node) status = qy_yaml_number(shape_node, 0.3, 10, &shape, err);
  if (!status) status = integer(&bits, node, "bits", 1, 24, err);
  if (status) return status;
  int kind = qy_number_find(name), distribution = qy_signal_find(signal_name);
  if (kind < 0) return qy_yaml_expected(node, err, "a format that `quarry list formats` shows");
  if (distribution < 0 || distribution == QY_SIGNAL_SAMPLES)
    return qy_yaml_expected(signal_node, err, "gaussian, laplacian, generalized or uniform");
  qy_number number = qy_number_default((qy_number_kind)kind, bits);
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    int64_t parameter = 0;
    if (!strcmp(child->key, "format") || !strcmp(child->key, "bits") || child == shape_node || child == signal_node)
      continue;
    status = qy_yaml_integer(child, -1000, 1000, &parameter, err);
    if (!status) status = qy_number_set(&number, child->key, parameter, err);
  }
  if (!status) status = qy_number_check(&number, err);
  if (status) return status;
  if (strcmp(quantity, "compression") == 0) {
    *value = qy_number_compression(&number);
    return QY_OK;
  }
  if ((status = qy_levels_build(&levels, &number, at->arena, err))) return status;
  if (strcmp(quantity, "levels") == 0) {
    *value = (double)levels->count;
    return QY_OK;
  }
  if (strcmp(quantity, "sqnr_db")) return qy_yaml_expected(node, err, "a thing that has the quantity %s", quantity);
  status = qy_signal_make(&signal, (qy_signal_kind)distribution, shape, err);
  if (!status) status = qy_best_format(&best, &number, &signal, err);
  if (!status) *value = best.sqnr_db;
  return status;
}

/* ---- networks ---- */

static qy_status measure_network(double *value, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                                 qy_error *err)
{
  static const char *const keys[] = {"network", "type", NULL};
  const char *name, *types[QY_LAYER_TYPE_COUNT];
  const qy_yaml *type = qy_yaml_get(node, "type");
  size_t wanted = QY_LAYER_TYPE_COUNT;
  qy_network *network = NULL;
  for (int i = 0; i < QY_LAYER_TYPE_COUNT; i++)
    types[i] = qy_layer_type_name((qy_layer_type)i);
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_text(qy_yaml_get(node, "network"), &name, err);
  if (!status && type) status = qy_yaml_choice(type, types, QY_LAYER_TYPE_COUNT, &wanted, err);
  if (!status) status = qy_network_read(&network, at->db_dir, name, at->arena, err);
  if (status) return status;
  int macs = strcmp(quantity, "macs") == 0;
  if (!macs && strcmp(quantity, "weights"))
    return qy_yaml_expected(node, err, "a thing that has the quantity %s", quantity);
  *value = 0;
  for (size_t i = 0; i < network->layer_count; i++)
    if (!type || network->layer[i].type == (qy_layer_type)wanted)
      *value += (double)(macs ? network->layer[i].macs : network->layer[i].weights);
  return QY_OK;
}

qy_status measure(double *value, const qy_yaml *node, const char *quantity, const measure_conditions *at, qy_error *err)
{
  static const struct {
    const char *key;
    qy_status (*run)(double *, const qy_yaml *, const char *, const measure_conditions *, qy_error *);
  } things[] = {{"pe", measure_element}, {"operator", measure_operator}, {"component", measure_component},
                {"cell", measure_cell},  {"format", measure_format},     {"network", measure_network}};
  if (node->kind == QY_YAML_MAP)
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
      if (qy_yaml_get(node, things[i].key)) return things[i].run(value, node, quantity, at, err);
  return qy_yaml_expected(node, err, "a mapping with pe, operator, component, cell, format or network");
}
