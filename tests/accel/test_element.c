/* One element as a design, against figures worked out by hand: prices in round numbers, then a real one whose only
 * registers are its accumulator. */
#include "design.h"
#include "tap.h"

static qy_arena *arena;
static qy_tech *tech;

/* 2000 fJ a cycle at 100 MHz are 0.2 mW; 5e6 nW of leakage are 5 mW; four products a cycle at 4 bits. */
static void hand_tests(const qy_pe *pe)
{
  hand_prices prices = {
      .area_um2 = 780, .register_um2 = 80, .leakage_nw = 5e6, .cycle_fj = {4000, 3000, 2000}, .clock_fj = 500};
  const request r = {
      .accelerator = &qy_accelerator_element, .params = "", .pe = pe, .tech = tech, .clock_mhz = 100, .hand = &prices};
  made d;
  double v[QY_METRIC_COUNT];
  if (!ok(!why_not(&d, &r, arena) && !run_metrics(v, &d, 4), "an element at 4 bits")) return;
  near_rel(v[QY_POWER_MW], 5.2, 1e-12, "power");
  near_rel(v[QY_ENERGY_PER_PRODUCT_FJ], 5.2e-3 / (4 * 100e6) * 1e15, 1e-12, "energy per product");
  near_rel(v[QY_GOPS], 0.8, 1e-12, "two operations per product");
  near_rel(v[QY_TOPS_PER_W], 0.8e9 / 5.2e-3 / 1e12, 1e-12, "operations per energy");
  near_rel(v[QY_LATENCY_US], 1 / 400.0, 1e-12, "time of a product");
  near_rel(v[QY_AREA_UM2], 780 / tech->density_frac, 1e-12, "placed area");
  near_rel(v[QY_AREA_REGISTER_UM2], 80 / tech->density_frac, 1e-12, "of registers");
  near_rel(v[QY_LEAKAGE_MW], 5, 1e-12, "leakage");
  ok(isnan(v[QY_CYCLES]) && isnan(v[QY_UTILIZATION_FRAC]) && isnan(v[QY_ENERGY_UJ]), "it counts no cycles");
  ok(run_metrics(v, &d, 17) != NULL, "17-bit operands do not fit");
  prices.reason = "too slow";
  is_text(why_not(&d, &r, arena), "too slow", "an element that misses its clock says why");
  is_text(run_metrics(v, &d, 4), "too slow", "also when it is run");
}

/* An element that takes a cycle a bit: 16 cycles a product at 16 bits, 4 at 4. */
static void serial_tests(void)
{
  qy_pe pe;
  const qy_pe_params params = {.kind = QY_PE_SERIAL, .bits = 16};
  const hand_prices prices = {.leakage_nw = 5e6, .cycle_fj = {400, 300, 200}};
  request r = {.accelerator = &qy_accelerator_element, .params = "", .tech = tech, .clock_mhz = 100, .hand = &prices};
  made d;
  double v[QY_METRIC_COUNT];
  r.pe = &pe;
  if (!ok(!qy_pe_build(&pe, &params, arena, NULL) && !why_not(&d, &r, arena) && !run_metrics(v, &d, 16), "serial"))
    return;
  near_rel(v[QY_LATENCY_US], 0.16, 1e-12, "16 cycles of 10 ns");
  near_rel(v[QY_ENERGY_PER_PRODUCT_FJ], 16 * 400 + 5e-3 * 160e-9 * 1e15, 1e-12, "their energy and leakage");
  ok(!run_metrics(v, &d, 4), "at 4 bits");
  near_rel(v[QY_ENERGY_PER_PRODUCT_FJ], 4 * 200 + 5e-3 * 40e-9 * 1e15, 1e-12, "4 cycles");
}

/* The price list against the element priced on its own. */
static void real_tests(const qy_pe *pe)
{
  const request r = {.accelerator = &qy_accelerator_element, .params = "", .pe = pe, .tech = tech, .clock_mhz = 100};
  made d;
  qy_pe_cost cost;
  double v[QY_METRIC_COUNT];
  if (!ok(!qy_pe_price(&cost, pe, tech, 1e4, NULL) && !why_not(&d, &r, arena) && !run_metrics(v, &d, 8), "a real one"))
    return;
  near_rel(v[QY_AREA_UM2], cost.build.area_um2 / tech->density_frac, 1e-12, "area");
  near_rel(v[QY_AREA_REGISTER_UM2], pe->params.accumulator_bits * tech->area_um2[QY_DFF] / tech->density_frac, 1e-12,
           "its only registers are the accumulator");
  near_rel(v[QY_LEAKAGE_MW], cost.build.leakage_nw / 1e6, 1e-12, "leakage");
  /* Two products in each cycle of 10 ns. */
  near_rel(v[QY_ENERGY_PER_PRODUCT_FJ], (cost.energy_fj[1] + cost.build.leakage_nw * 1e-9 * 1e-8 * 1e15) / 2, 1e-12,
           "energy per product at 8 bits");
}

int main(void)
{
  qy_error err = {0};
  qy_pe pe;
  const qy_pe_params params = {.kind = QY_PE_MAC_ST, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16};
  arena = qy_arena_new();
  if (!ok(!qy_pe_build(&pe, &params, arena, &err) && !qy_tech_read(&tech, "db", "fdsoi28", arena, &err),
          "an element and a library"))
    return done();
  hand_tests(&pe);
  serial_tests();
  real_tests(&pe);
  qy_arena_free(arena);
  return done();
}
