/* One element as a design, against figures worked out by hand; quality against the closed form of a uniform density. */
#include "tap.h"

#include "quarry/element.h"

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_tech *tech;
  qy_element_quality quality;
  qy_element element;
  const char *reason;
  double metric[QY_METRIC_COUNT] = {0};
  qy_pe_params params = {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16};
  ok(qy_pe_build(&pe, &params, arena, &err) == QY_OK, "an element");
  ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "a library");

  /* 2000 fJ a cycle at 100 MHz are 0.2 mW; 5e6 nW of leakage are 5 mW; four products a cycle at 4 bits. */
  qy_pe_cost cost = {.build = {.feasible = true, .area_um2 = 780, .leakage_nw = 5e6}, .energy_fj = {4000, 3000, 2000}};
  ok(qy_element_quality_of(&quality, &pe, &err) == QY_OK, "its quality");
  ok(qy_element_init(&element, &pe, &cost, &quality, QY_SIGNAL_UNIFORM, tech, 100, &reason) == QY_OK, "as a design");
  ok(qy_element_evaluate(metric, &reason, &element, 4) == QY_OK, "at 4 bits");
  near_rel(metric[QY_POWER_MW], 5.2, 1e-12, "power");
  near_rel(metric[QY_ENERGY_PER_PRODUCT_FJ], 5.2e-3 / (4 * 100e6) * 1e15, 1e-12, "energy per product");
  near_rel(metric[QY_GOPS], 0.8, 1e-12, "two operations per product");
  near_rel(metric[QY_TOPS_PER_W], 0.8e9 / 5.2e-3 / 1e12, 1e-12, "operations per energy");
  near_rel(metric[QY_LATENCY_US], 1 / 400.0, 1e-12, "time of a product");
  near_rel(metric[QY_AREA_UM2], 780 / tech->density_frac, 1e-12, "placed area");
  near_rel(metric[QY_AREA_DATAPATH_UM2] + metric[QY_AREA_REGISTER_UM2], metric[QY_AREA_UM2], 1e-12,
           "parts of the area");
  near_rel(metric[QY_AREA_REGISTER_UM2], pe.params.accumulator_bits * tech->area_um2[QY_DFF] / tech->density_frac,
           1e-12, "its only registers are the accumulator");
  /* Symmetric 16-bit integers on a uniform density: 2^16 - 1 levels, SQNR = 20 log10(levels). */
  near_abs(metric[QY_SQNR_DB], 20 * log10(65535), 1e-3, "quality of 16-bit weights on a uniform density");
  ok(qy_element_evaluate(metric, &reason, &element, 17) == QY_INFEASIBLE && reason, "17-bit operands do not fit");
  cost.build.feasible = false;
  cost.build.reason = "too slow";
  ok(qy_element_init(&element, &pe, &cost, &quality, QY_SIGNAL_UNIFORM, tech, 100, &reason) == QY_INFEASIBLE,
     "an element that misses its clock");
  is_text(reason, "too slow", "says why");
  uint64_t set = qy_element_metrics();
  ok((set >> QY_SQNR_DB & 1) && !(set >> QY_CYCLES & 1), "has a quality, counts no cycles");
  qy_arena_free(arena);
  return done();
}
