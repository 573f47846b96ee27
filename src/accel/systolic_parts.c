/* What surrounds the PEs of a systolic array, and what a held weight saves: see systolic.h.
 *
 * Adder, requantizer and controller are the circuits of the depthwise module (depthwise_parts.c): two accumulators
 * added, integer requantization, four nested counters with limits and four address counters (folds down and across,
 * time, groups; input, weight and output buffer, port).  The multiples are the element of that kind (pe.h).  All are
 * simulated once and priced in as many libraries as wanted.
 */
#include "depthwise_int.h"
#include "systolic_parts_int.h"

struct qy_systolic_simulated {
  const qy_pe *pe;
  depthwise_circuit around[DEPTHWISE_CIRCUITS];
  qy_activity around_activity[DEPTHWISE_CIRCUITS];
  qy_pe maker; /* of shared multiples */
  qy_activity maker_activity[QY_PE_MODES_MAX];
  bool element; /* the two below were counted */
  qy_activity fresh[QY_PE_MODES_MAX], held[QY_PE_MODES_MAX];
};

double systolic_held_frac(double fresh_fj, double held_fj)
{
  return fresh_fj > 0 && held_fj < fresh_fj ? held_fj / fresh_fj : 1;
}

qy_status systolic_held_activities(qy_activity fresh[QY_PE_MODES_MAX], qy_activity held[QY_PE_MODES_MAX],
                                   const qy_pe *pe, qy_error *err)
{
  enum { HOLD = 64, HOLDS = 64 }; /* vectors that stream past a held weight; weights tried */
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = (int64_t)HOLD * HOLDS;
  qy_status status = qy_pe_activities(fresh, pe, &stimulus, err);
  stimulus.hold = HOLD;
  return status ? status : qy_pe_activities(held, pe, &stimulus, err);
}

qy_status systolic_multiples(qy_pe *maker, const qy_pe *pe, qy_arena *arena, qy_error *err)
{
  const qy_pe_params params = {
      .kind = QY_PE_MULTIPLES, .bits = pe->params.bits, .m_bits = pe->params.m_bits, .m_odd = pe->params.m_odd};
  return qy_pe_build(maker, &params, arena, err);
}

static qy_status simulate(qy_systolic_simulated *s, const qy_pe *pe, bool element, qy_arena *arena, qy_error *err)
{
  s->pe = pe;
  qy_status status = depthwise_circuits(s->around, pe, arena, err);
  for (int i = 0; i < DEPTHWISE_CIRCUITS && !status; i++) {
    depthwise_circuit *c = &s->around[i];
    status =
        qy_circuit_activity(c->circuit, c->next, &c->words, DEPTHWISE_ACTIVITY_CYCLES, &s->around_activity[i], err);
  }
  if (!status && pe->params.shared) {
    const qy_pe_stimulus words = qy_pe_stimulus_default();
    status = systolic_multiples(&s->maker, pe, arena, err);
    if (!status) status = qy_pe_activities(s->maker_activity, &s->maker, &words, err);
  }
  s->element = element;
  return !status && element ? systolic_held_activities(s->fresh, s->held, pe, err) : status;
}

qy_status qy_systolic_simulate(qy_systolic_simulated **out, const qy_pe *pe, qy_arena *arena, qy_error *err)
{
  qy_systolic_simulated *s = qy_arena_alloc(arena, 1, sizeof *s);
  *out = NULL;
  if (!s) return qy_no_memory(err);
  qy_status status = simulate(s, pe, true, arena, err);
  if (!status) *out = s;
  return status;
}

/* Switching energy of a built PE, fJ a cycle. */
static double switching_fj(const qy_build *build, const qy_activity *activity, const qy_tech *tech)
{
  qy_energy e;
  qy_circuit_energy(build, activity, tech, &e);
  return e.comb_fj + e.register_fj + e.clock_fj - e.clock_fj;
}

static void held_fractions(qy_systolic_parts *parts, const qy_systolic_simulated *s, const qy_build *build,
                           const qy_tech *tech)
{
  for (int k = 0; k < s->pe->mode_count; k++) {
    const double all = switching_fj(build, &s->fresh[k], tech), rest = switching_fj(build, &s->held[k], tech);
    parts->held_frac[k] = systolic_held_frac(all, rest);
  }
}

/* What makes the multiples that shared elements take in. */
static qy_status price_multiples(qy_systolic_parts *parts, const qy_systolic_simulated *s, const qy_tech *tech,
                                 double period_ps, qy_error *err)
{
  qy_pe_cost cost;
  qy_status status = qy_pe_price_activities(&cost, &s->maker, tech, period_ps, s->maker_activity, err);
  if (!status && !cost.build.feasible && !parts->reason)
    parts->reason = "the multiples at the array's edge miss the clock";
  if (!status && cost.build.feasible)
    parts->multiples = (qy_depthwise_part){.logic_um2 = cost.build.area_um2,
                                           .leakage_nw = cost.build.leakage_nw,
                                           .logic_fj = cost.energy_fj[0],
                                           .stages = cost.build.stages};
  return status;
}

qy_status qy_systolic_parts_price_simulated(qy_systolic_parts *parts, const qy_systolic_simulated *s,
                                            const qy_pe_cost *cost, const qy_tech *tech, double period_ps,
                                            qy_error *err)
{
  *parts = (qy_systolic_parts){0};
  qy_depthwise_part *const part[DEPTHWISE_CIRCUITS] = {[DEPTHWISE_ADDER] = &parts->adder,
                                                       [DEPTHWISE_REQUANTIZER] = &parts->requantizer,
                                                       [DEPTHWISE_CONTROLLER] = &parts->controller};
  qy_status status = QY_OK;
  for (int i = 0; i < DEPTHWISE_CIRCUITS && !status; i++) {
    bool feasible;
    status =
        depthwise_part_price(part[i], &feasible, s->around[i].circuit, &s->around_activity[i], tech, period_ps, err);
    if (!feasible) parts->reason = "an adder, a requantizer or the controller at the array's edge misses the clock";
  }
  if (!status && s->pe->params.shared) status = price_multiples(parts, s, tech, period_ps, err);
  if (status || !cost->build.feasible) return status;
  parts->pe_register_um2 = depthwise_register_um2(s->pe->circuit, &cost->build, tech);
  if (s->element) held_fractions(parts, s, &cost->build, tech);
  return QY_OK;
}

qy_status qy_systolic_parts_price(qy_systolic_parts *parts, const qy_pe *pe, const qy_pe_cost *cost,
                                  const qy_tech *tech, double period_ps, qy_error *err)
{
  qy_systolic_simulated s = {.pe = pe};
  *parts = (qy_systolic_parts){0};
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_status status = simulate(&s, pe, cost->build.feasible, arena, err);
  if (!status) status = qy_systolic_parts_price_simulated(parts, &s, cost, tech, period_ps, err);
  qy_arena_free(arena);
  return status;
}
