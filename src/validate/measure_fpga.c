/* Subjects that are one circuit in FPGA resources: components of the FPGA study and elements; see measure.h. */
#include "component.h"
#include "measure_subjects.h"
#include "quarry/lut.h"

#include <assert.h>
#include <string.h>

enum { LUT, FF, CARRY, DSP, LEVELS, QUANTITIES };

static const char component_key[] = "component", params_key[] = "params", pe_key[] = "pe";

/* Family, toolchain and slices: xc7, vivado, none where the keys are missing. */
static qy_status read_how(qy_fpga_how *how, const qy_yaml *map, qy_error *err)
{
  static const char *const answers[] = {"false", "true"};
  int family = QY_FPGA_XC7, toolchain = QY_TOOLCHAIN_VIVADO, use_dsp = 0;
  qy_status status = measure_choice(&family, map, "family", qy_fpga_family_names, QY_FPGA_FAMILY_COUNT, err);
  if (!status) status = measure_choice(&toolchain, map, "toolchain", qy_toolchain_names, QY_TOOLCHAIN_COUNT, err);
  if (!status) status = measure_choice(&use_dsp, map, "dsp", answers, 2, err);
  *how = (qy_fpga_how){.family = (qy_fpga_family)family,
                       .slice = family == QY_FPGA_XC7 ? QY_DSP48E1 : QY_DSP48E2,
                       .toolchain = (qy_toolchain)toolchain,
                       .use_dsp = use_dsp,
                       .rows = !use_dsp && qy_yaml_get(map, pe_key)};
  return status;
}

static qy_status read_component(qy_circuit **circuit, const qy_yaml *map, qy_arena *arena, qy_error *err)
{
  static const char *const keys[] = {component_key, params_key, "family", "toolchain", "dsp", NULL};
  const char *kind = "", *params = "", *reason = NULL;
  const qy_yaml *given = qy_yaml_get(map, params_key);
  qy_status status = qy_yaml_check_keys(map, keys, err);
  if (!status) status = qy_yaml_text(qy_yaml_get(map, component_key), &kind, err);
  if (!status && given) status = qy_yaml_text(given, &params, err);
  if (!status) status = component_circuit(circuit, kind, params, &reason, arena, err);
  return status == QY_INFEASIBLE ? qy_yaml_expected(map, err, "a component that can be built (%s)", reason) : status;
}

static qy_status read_element(qy_circuit **circuit, const qy_yaml *map, qy_arena *arena, qy_error *err)
{
  static const char *const own[] = {"family", "toolchain", "dsp", NULL};
  qy_pe *pe = qy_arena_alloc(arena, 1, sizeof *pe);
  if (!pe) return qy_no_memory(err);
  qy_status status = measure_pe(pe, map, own, arena, err);
  *circuit = pe->circuit;
  return status;
}

static double figure_of(const qy_fpga_count *count, int quantity)
{
  switch (quantity) {
  case LUT: return count->lut;
  case FF: return count->ff;
  case CARRY: return count->carry;
  case DSP: return count->dsp;
  default: return count->levels;
  }
}

qy_status measure_fpga(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                       qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"fpga", NULL};
  static const char *const quantities[QUANTITIES] = {"lut", "ff", "carry", "dsp", "levels"};
  const qy_yaml *map = qy_yaml_get(node, keys[0]);
  qy_circuit *circuit = NULL;
  qy_fpga_how how;
  qy_fpga_count count = {0};
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = measure_quantity(&m->quantity, node, quantity, quantities, QUANTITIES, err);
  if (!status) status = read_how(&how, map, err);
  if (!status) {
    if (qy_yaml_get(map, pe_key))
      status = read_element(&circuit, map, at->arena, err);
    else if (qy_yaml_get(map, component_key))
      status = read_component(&circuit, map, at->arena, err);
    else
      status = qy_yaml_expected(map, err, "a mapping with component or pe");
  }
  if (!status) status = qy_circuit_fpga(&count, circuit, &how, err);
  m->mapped = true;
  if (!status) m->exact = figure_of(&count, m->quantity);
  return status;
}
