/* Subjects that are one circuit: elements, bare operators, components of synthesis tables; see measure.h. */
#include "component.h"
#include "measure_subjects.h"
#include "quarry/discrepancy.h"
#include "quarry/random.h"
#include "stimulus.h"

#include <assert.h>
#include <string.h>

enum { CYCLES = 2048 };

enum { AREA, LEAKAGE, ENERGY, ENERGY_PER_PRODUCT, POWER, MIN_PERIOD, QUANTITIES };
static const char *const quantities[QUANTITIES] = {"area_um2", "leakage_nw",   "energy_fj", "energy_fj_per_product",
                                                   "power_uw", "min_period_ps"};

/* A circuit with its toggles: what does not depend on a library. */
typedef struct simulated {
  const qy_circuit *circuit;
  qy_activity activity;
  double clock_mhz;
  double period_over_fastest;  /* 0: clock_mhz holds */
  double products;             /* a cycle */
  double flip_flops;           /* to be left out: those that only frame a component */
  bool logic_only;             /* their energy, too */
  qy_discrepancy *discrepancy; /* in the draws of the library; NULL: none */
} simulated;

/* The model's own discrepancy in the draw. */
static double factor_of(const measure_subject *m, qy_structure_quantity quantity, const qy_build *build,
                        const qy_tech *tech)
{
  const simulated *s = m->built;
  return m->draw < 0 ? 1
                     : qy_discrepancy_factor(s->discrepancy, quantity, qy_build_effort(build, tech), (size_t)m->draw);
}

static qy_status price_simulated(double *value, const char **reason, const measure_subject *m, const qy_tech *tech,
                                 qy_error *err)
{
  const simulated *s = m->built;
  qy_build build;
  qy_energy energy;
  qy_timing timing;
  double period_ps = 1e6 / s->clock_mhz;
  qy_status status = QY_OK;
  if (s->period_over_fastest > 0) {
    static const double rounding = 1e-9; /* so that the shortest period is kept */
    status = qy_circuit_timing(s->circuit, tech, &timing, err);
    period_ps = s->period_over_fastest * timing.fast_ps * (1 + rounding);
  }
  if (!status) status = qy_circuit_build(s->circuit, tech, period_ps, &build, err);
  if (status) return status;
  if (!build.feasible) {
    *reason = build.reason;
    return QY_INFEASIBLE;
  }
  qy_circuit_energy(&build, &s->activity, tech, &energy);
  const double area = factor_of(m, QY_STRUCTURE_AREA, &build, tech), leakage_nw = area * build.leakage_nw;
  const double energy_fj = factor_of(m, QY_STRUCTURE_ENERGY, &build, tech) *
                           (energy.comb_fj + (s->logic_only ? 0 : energy.register_fj + energy.clock_fj));
  switch (m->quantity) {
  case AREA: *value = area * (build.area_um2 - s->flip_flops * tech->area_um2[QY_DFF]); break;
  case LEAKAGE: *value = leakage_nw; break;
  case ENERGY: *value = energy_fj; break;
  case ENERGY_PER_PRODUCT: *value = energy_fj / s->products; break;
  case POWER: *value = (energy_fj * 1e6 / period_ps + leakage_nw) * 1e-3; break; /* fJ MHz is nW */
  default:
    status = qy_circuit_timing(s->circuit, tech, &timing, err);
    build.period_ps = build.min_period_ps; /* all effort */
    *value = factor_of(m, QY_STRUCTURE_DELAY, &build, tech) * timing.fast_ps;
  }
  return status;
}

/* A circuit that has been simulated, as the subject of `m`. */
static qy_status subject_simulated(measure_subject *m, const simulated *made, const qy_yaml *node, const char *quantity,
                                   const measure_conditions *at, qy_error *err)
{
  simulated *s = qy_arena_alloc(at->arena, 1, sizeof *s);
  if (!s) return qy_no_memory(err);
  *s = *made;
  s->period_over_fastest = at->period_over_fastest;
  m->built = s;
  m->price = price_simulated;
  qy_status status = measure_library_get(&m->library, node, at, err);
  if (!status) status = qy_discrepancy_new(&s->discrepancy, s->circuit, m->library->draws, at->arena, err);
  return status ? status : measure_quantity(&m->quantity, node, quantity, quantities, QUANTITIES, err);
}

static qy_status multiplier_kind(qy_multiplier *out, const qy_yaml *map, qy_error *err)
{
  const qy_parameter *row = &qy_pe_multiplier_parameter;
  int index = (int)row->fallback;
  qy_status status = measure_choice(&index, map, "multiplier", row->names, row->name_count, err);
  *out = (qy_multiplier)index;
  return status;
}

/* ---- elements ---- */

static bool is_one_of(const char *key, const char *const *list)
{
  while (*list && strcmp(*list, key))
    list++;
  return *list != NULL;
}

qy_status measure_pe(qy_pe *pe, const qy_yaml *node, const char *const *own, qy_arena *arena, qy_error *err)
{
  assert(pe && node && own && arena);
  size_t kind = 0;
  qy_error inner = {0};
  qy_status status = qy_yaml_choice(qy_yaml_get(node, "pe"), qy_pe_kind_parameter.names, QY_PE_KIND_COUNT, &kind, err);
  if (status) return status;
  qy_pe_params params = qy_pe_default((qy_pe_kind)kind);
  params.bits = 0; /* an entry says it */
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    const char *value;
    if (!strcmp(child->key, "pe") || is_one_of(child->key, own)) continue;
    status = qy_yaml_text(child, &value, err);
    if (!status && (status = qy_pe_set(&params, child->key, value, &inner)))
      return qy_fail_at(err, status, child->file, child->line, child->column, "%s: %s", child->path,
                        inner.diagnostic[0].text);
  }
  if (!status && (status = qy_pe_build(pe, &params, arena, &inner)))
    status =
        qy_fail_at(err, status, node->file, node->line, node->column, "%s: %s", node->path, inner.diagnostic[0].text);
  return status;
}

qy_status measure_stimulus(qy_pe_stimulus *words, const qy_yaml *node, qy_error *err)
{
  assert(words && node);
  const qy_parameter *row = &qy_pe_operands_parameter;
  int operands = (int)row->fallback;
  qy_status status = measure_choice(&operands, node, "stimulus", row->names, row->name_count, err);
  *words = qy_pe_stimulus_of(operands);
  return status;
}

qy_status measure_element(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                          qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const own[] = {"mode", "stimulus", NULL};
  simulated s = {.clock_mhz = at->clock_mhz};
  qy_pe *pe = qy_arena_alloc(at->arena, 1, sizeof *pe);
  qy_pe_stimulus words;
  int mode = 0;
  if (!pe) return qy_no_memory(err);
  qy_status status = measure_pe(pe, node, own, at->arena, err);
  if (!status) status = measure_stimulus(&words, node, err);
  if (!status) status = measure_integer(&mode, node, "mode", 0, pe->mode_count - 1, err);
  if (!status) status = qy_pe_activity(&s.activity, pe, mode, &words, err);
  if (status) return status;
  s.circuit = pe->circuit;
  s.products = (double)pe->mode[mode].products / pe->mode[mode].cycles;
  return subject_simulated(m, &s, node, quantity, at, err);
}

/* ---- bare operators and components ---- */

typedef struct random_words {
  const qy_circuit *circuit;
  uint64_t state;
  int mode; /* of the input named mode */
} random_words;

static void next_words(void *ctx, int64_t cycle, uint64_t *inputs)
{
  (void)cycle;
  random_words *r = ctx;
  for (int i = 0; i < qy_circuit_inputs(r->circuit); i++) {
    inputs[i] = qy_random_xorshift(&r->state) >> (64 - qy_circuit_input_width(r->circuit, i));
    if (strcmp(qy_circuit_input_name(r->circuit, i), "mode") == 0) inputs[i] = (uint64_t)r->mode;
  }
}

/* A multiplier with nothing around it: inputs x, w and, where it has modes, mode. */
qy_status measure_operator(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                           qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"operator", "bits", "multiplier", "mode", NULL};
  static const char *const names[] = {"multiply", "multiply_st", "multiply_sa"};
  size_t which = 0;
  int bits = 16, mode = 0;
  qy_multiplier kind = QY_MULTIPLIER_BOOTH;
  simulated s = {.clock_mhz = at->clock_mhz};
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_choice(qy_yaml_get(node, "operator"), names, 3, &which, err);
  if (!status) status = measure_integer(&bits, node, "bits", 2, 32, err);
  if (!status) status = measure_integer(&mode, node, "mode", 0, 2, err);
  if (!status) status = multiplier_kind(&kind, node, err);
  if (status) return status;
  qy_circuit *c = qy_circuit_new(names[which], at->arena);
  qy_net x = qy_input(c, "x", bits), w = qy_input(c, "w", bits), y;
  if (which == 0)
    y = qy_multiply(c, kind, x, w, true);
  else
    y = (which == 1 ? qy_multiply_st : qy_multiply_sa)(c, kind, x, w, qy_input(c, "mode", 2), true);
  qy_output(c, "y", y);
  random_words words = {c, 88172645463325252ULL, mode};
  s.circuit = c;
  s.products = 1 << mode;
  status = qy_circuit_finish(c, err);
  if (!status) status = qy_circuit_activity(c, next_words, &words, CYCLES, &s.activity, err);
  return status ? status : subject_simulated(m, &s, node, quantity, at, err);
}

qy_status measure_component(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                            qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"component", "params", "registers", NULL};
  const char *kind = "", *params = "", *reason = NULL;
  int registers = 1;
  component made;
  stimulus words;
  simulated s = {.clock_mhz = at->clock_mhz, .products = 1};
  const qy_yaml *given = qy_yaml_get(node, "params"), *with = qy_yaml_get(node, "registers");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = qy_yaml_text(qy_yaml_get(node, "component"), &kind, err);
  if (!status && given) status = qy_yaml_text(given, &params, err);
  if (!status && with) status = qy_yaml_boolean(with, &registers, err);
  if (!status) status = component_build(&made, kind, params, &reason, at->arena, err);
  if (status == QY_INFEASIBLE) return qy_yaml_expected(node, err, "a component that can be built (%s)", reason);
  if (status) return status;
  stimulus_start(&words, &made, "random", 1);
  s.circuit = made.circuit;
  s.logic_only = !registers;
  if (!registers) {
    qy_census census;
    qy_circuit_census(made.circuit, &census);
    for (int group = 0; group < QY_CLASS_COUNT; group++)
      s.flip_flops += census.cells[group][QY_DFF];
  }
  status = qy_circuit_activity(made.circuit, stimulus_next, &words, CYCLES, &s.activity, err);
  return status ? status : subject_simulated(m, &s, node, quantity, at, err);
}
