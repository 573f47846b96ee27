/* What surrounds the PEs of a systolic array, and what a held weight saves: see systolic.h.
 *
 * Adder, requantizer and controller are the circuits of the depthwise module (depthwise_parts.c): two accumulators
 * added, integer requantization, four nested counters with limits and four address counters (folds down and across,
 * time, groups; input, weight and output buffer, port).  The multiples are the element of that kind (pe.h).
 */
#include "systolic_int.h"

static void held_fractions(qy_systolic_parts *parts, const qy_pe *pe, const qy_pe_cost *fresh, const qy_pe_cost *held)
{
  for (int k = 0; k < pe->mode_count; k++) {
    const double all = fresh->energy_fj[k] - fresh->idle_fj, rest = held->energy_fj[k] - held->idle_fj;
    parts->held_frac[k] = all > 0 && rest < all ? rest / all : 1;
  }
}

/* What makes the multiples that shared elements take in. */
static qy_status price_multiples(qy_systolic_parts *parts, const qy_pe *pe, const qy_tech *tech, double period_ps,
                                 qy_error *err)
{
  const qy_pe_params params = {
      .kind = QY_PE_MULTIPLES, .bits = pe->params.bits, .m_bits = pe->params.m_bits, .m_odd = pe->params.m_odd};
  qy_pe maker;
  qy_pe_cost cost;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_status status = qy_pe_build(&maker, &params, arena, err);
  if (!status) status = qy_pe_price(&cost, &maker, tech, period_ps, err);
  if (!status && !cost.build.feasible && !parts->reason)
    parts->reason = "the multiples at the array's edge miss the clock";
  if (!status && cost.build.feasible)
    parts->multiples = (qy_depthwise_part){.logic_um2 = cost.build.area_um2,
                                           .leakage_nw = cost.build.leakage_nw,
                                           .logic_fj = cost.energy_fj[0],
                                           .stages = cost.build.stages};
  qy_arena_free(arena);
  return status;
}

qy_status qy_systolic_parts_price(qy_systolic_parts *parts, const qy_pe *pe, const qy_pe_cost *cost,
                                  const qy_tech *tech, double period_ps, qy_error *err)
{
  enum { HOLD = 64, HOLDS = 64 }; /* vectors that stream past a held weight; weights tried */
  qy_depthwise_parts shared;
  *parts = (qy_systolic_parts){0};
  qy_status status = qy_depthwise_parts_price(&shared, pe, cost, tech, period_ps, err);
  if (status) return status;
  parts->reason =
      shared.reason ? "an adder, a requantizer or the controller at the array's edge misses the clock" : NULL;
  parts->pe_register_um2 = shared.pe_register_um2;
  parts->adder = shared.adder;
  parts->requantizer = shared.requantizer;
  parts->controller = shared.controller;
  if (pe->params.shared) status = price_multiples(parts, pe, tech, period_ps, err);
  if (status || !cost->build.feasible) return status;
  qy_pe_cost fresh, held;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = (int64_t)HOLD * HOLDS;
  status = qy_pe_price_with(&fresh, pe, tech, period_ps, &stimulus, err);
  stimulus.hold = HOLD;
  if (!status) status = qy_pe_price_with(&held, pe, tech, period_ps, &stimulus, err);
  if (!status) held_fractions(parts, pe, &fresh, &held);
  return status;
}
