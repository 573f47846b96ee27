/* A circuit under draws: see spread.h. */
#include "spread.h"

#include <math.h>
#include <string.h>

/* The path that sets the shortest period: from register to register, or round a loop. */
static double longest_path(const qy_circuit *circuit, const qy_tech *tech)
{
  qy_timing timing;
  if (qy_circuit_timing(circuit, tech, &timing, NULL)) return INFINITY; /* out of memory: nothing is feasible */
  return fmax(timing.fast_ps, timing.loop_ps);
}

qy_status spread_new(spread *s, const qy_circuit *circuit, const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  memset(s, 0, sizeof *s);
  s->circuit = circuit;
  s->path_ratio = qy_arena_alloc(arena, draws->count, sizeof *s->path_ratio);
  if (!s->path_ratio) return qy_no_memory(err);
  /* The report, not qy_circuit_census: synthesis picks cells by their areas in the library. */
  for (size_t i = 0; i < qy_circuit_op_count(circuit); i++) {
    qy_op_report r;
    qy_circuit_op_report(circuit, i, draws->nominal, &r);
    for (int g = 0; g < QY_GROUP_COUNT; g++)
      for (int k = 0; k < QY_CELL_COUNT; k++)
        s->census.cells[g][k] += r.census.cells[g][k];
  }
  for (int g = 0; g < QY_GROUP_COUNT; g++)
    s->flip_flops += s->census.cells[g][QY_DFF];
  const double nominal_ps = longest_path(circuit, draws->nominal);
  for (size_t k = 0; k < draws->count; k++)
    s->path_ratio[k] = longest_path(circuit, &draws->draw[k]) / nominal_ps;
  return QY_OK;
}

void spread_at(spread_price *price, const spread *s, const qy_build *nominal, const qy_tech *tech, double path_ratio)
{
  qy_build build = *nominal;
  const double ratio = fmin(1, nominal->min_period_ps * path_ratio / nominal->period_ps);
  const double power = pow(ratio, tech->effort_p);
  price->area_um2 = price->leakage_nw = 0;
  for (int g = 0; g < QY_GROUP_COUNT; g++) {
    const double *cells = s->census.cells[g];
    double area = 0, leak = 0;
    build.effort[g] = 1 + tech->effort_k[g] * power;
    for (int k = 0; k < QY_CELL_COUNT; k++) {
      area += cells[k] * tech->area_um2[k];
      leak += cells[k] * tech->leakage_nw[k];
    }
    price->area_um2 += area * build.effort[g];
    price->leakage_nw += leak * build.effort[g];
  }
  const double registers = build.pipeline_bits * build.effort[QY_GROUP_REGISTER];
  price->area_um2 += registers * tech->area_um2[QY_DFF];
  price->leakage_nw += registers * tech->leakage_nw[QY_DFF];
  price->register_um2 = fmin(price->area_um2, (s->flip_flops + build.pipeline_bits) * tech->area_um2[QY_DFF]);
  for (int m = 0; m < s->mode_count; m++) {
    qy_energy energy;
    qy_circuit_energy(&build, &s->activity[m], tech, &energy);
    price->logic_fj[m] = energy.comb_fj;
    price->register_fj[m] = energy.register_fj;
    price->clock_fj = energy.clock_fj; /* the same in all modes */
  }
}
