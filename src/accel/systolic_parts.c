/* What surrounds the PEs of a systolic array, and what a held weight saves: see systolic.h.
 *
 * Adder, requantizer and controller are the circuits of the depthwise module (depthwise_parts.c): two accumulators
 * added, integer requantization, four nested counters with limits and four address counters (folds down and across,
 * time, groups; input, weight and output buffer, port).
 */
#include "systolic_int.h"

static void held_fractions(qy_systolic_parts *parts, const qy_pe *pe, const qy_pe_cost *fresh, const qy_pe_cost *held)
{
  for (int k = 0; k < pe->mode_count; k++) {
    const double all = fresh->energy_fj[k] - fresh->idle_fj, rest = held->energy_fj[k] - held->idle_fj;
    parts->held_frac[k] = all > 0 && rest < all ? rest / all : 1;
  }
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
  if (!cost->build.feasible) return QY_OK;
  qy_pe_cost fresh, held;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = HOLD * HOLDS;
  status = qy_pe_price_with(&fresh, pe, tech, period_ps, &stimulus, err);
  stimulus.hold = HOLD;
  if (!status) status = qy_pe_price_with(&held, pe, tech, period_ps, &stimulus, err);
  if (!status) held_fractions(parts, pe, &fresh, &held);
  return status;
}
