/* One element as a design, against figures worked out by hand: prices in round numbers, then a real one whose only
 * registers are its accumulator. */
#include "design.h"
#include "quarry/fabric.h"
#include "quarry/fpga_tech.h"
#include "quarry/point_lanes.h"
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

/* What each need asks of an element, read off its modes. */
static void need_tests(void)
{
  int wrong = 0, met = 0, unmet = 0;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    for (int accumulator = 0; accumulator < 2; accumulator++) {
      qy_pe pe;
      qy_accelerator one = qy_accelerator_element;
      one.needs = accumulator ? QY_NEEDS_ACCUMULATOR : 0; /* it has one then where it can */
      if (make_element(&pe, (qy_pe_kind)kind, &one, arena, NULL)) continue;
      int64_t cycles = 0, products = 0;
      for (int k = 0; k < pe.mode_count; k++) {
        cycles = pe.mode[k].cycles > cycles ? pe.mode[k].cycles : cycles;
        products = pe.mode[k].products > products ? pe.mode[k].products : products;
      }
      const bool sums = pe.params.accumulator_bits > 0;
      const struct {
        unsigned need;
        bool met;
      } row[] = {{QY_NEEDS_PRODUCT, qy_pe_row_of((qy_pe_kind)kind)->multiplies},
                 {QY_NEEDS_ACCUMULATOR, sums},
                 {QY_NEEDS_EACH_CYCLE, cycles <= 1},
                 {QY_NEEDS_BARE_PRODUCT, products <= 1 && !sums},
                 {0, true}};
      for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        qy_error err = {0};
        one.needs = row[i].need;
        const qy_status status = qy_accelerator_takes(&one, &pe, &err);
        wrong += status != (row[i].met ? QY_OK : QY_BAD_INPUT) || err.count != !row[i].met;
        *(row[i].met ? &met : &unmet) += 1;
      }
    }
  for (int cycles = 1; cycles <= 3; cycles++)
    for (int products = 1; products <= 3; products++)
      for (int mode = 0; mode < 2; mode++) { /* of either of two modes, whatever makes it */
        const qy_pe pe = {
            .params = {.kind = QY_PE_MUL},
            .mode_count = 2,
            .mode = {{8, mode ? 1 : products, mode ? 1 : cycles}, {4, mode ? products : 1, mode ? cycles : 1}}};
        qy_accelerator one = qy_accelerator_element;
        qy_error err[2] = {{0}, {0}};
        one.needs = QY_NEEDS_EACH_CYCLE;
        wrong += (qy_accelerator_takes(&one, &pe, &err[0]) == QY_OK) != (cycles == 1);
        one.needs = QY_NEEDS_BARE_PRODUCT;
        wrong += (qy_accelerator_takes(&one, &pe, &err[1]) == QY_OK) != (products == 1);
      }
  ok(wrong == 0 && met > 40 && unmet > 20, "needs of accelerators: %d met, %d not, %d of them told wrongly", met, unmet,
     wrong);
}

/* A clock that is none, and precisions that an element serves: a mode for the wider operand. */
static void refusal_tests(const qy_pe *pe)
{
  static const double clocks[] = {0, -5, NAN, INFINITY};
  const hand_prices prices = {.area_um2 = 780};
  for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
    const request r = {.accelerator = &qy_accelerator_element,
                       .params = "",
                       .pe = pe,
                       .tech = tech,
                       .clock_mhz = clocks[i],
                       .hand = &prices};
    made d;
    qy_error err = {0};
    is_int(make_design(&d, &r, arena, &err), QY_BAD_INPUT, "a clock that is none");
    ok(strncmp(err.diagnostic[0].text, "clock: expected more than 0 MHz, found ", 39) == 0, "and why");
  }
  for (int bits = 1; bits <= 20; bits++) {
    bool any = false;
    for (int k = 0; k < pe->mode_count; k++)
      any |= pe->mode[k].bits >= bits;
    if (qy_accelerator_serves(&qy_accelerator_element, pe, qy_precision_of(bits)) != any)
      ok(0, "served at %d bits", bits);
  }
  ok(qy_accelerator_serves(&qy_accelerator_element, pe, qy_precision_of(16)) &&
         !qy_accelerator_serves(&qy_accelerator_element, pe, qy_precision_of(17)),
     "precisions that are served");
}

/* An element on a device: what is at work in a product is what it has, in each of its cycles. */
static void fpga_tests(void)
{
  const qy_pe_params kinds[] = {{.kind = QY_PE_MAC_ST, .bits = 8, .accumulator_bits = 20},
                                {.kind = QY_PE_SERIAL, .bits = 8, .accumulator_bits = 20}};
  qy_tech *device = NULL;
  qy_error err = {0};
  if (!ok(!qy_tech_read_fpga(&device, "db", "xc7z020", arena, &err), "a device")) return;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    qy_pe pe;
    qy_fabric *fabric = NULL;
    qy_columns columns;
    qy_prices prices;
    qy_design d;
    void *self = qy_arena_alloc(arena, 1, qy_accelerator_element.design_bytes);
    qy_columns_make(&columns, QY_USES_FPGA);
    if (!ok(!qy_pe_build(&pe, &kinds[i], arena, &err) && !qy_fabric_new(&fabric, &pe, device, 0, arena, &err) &&
                !qy_fabric_prices(&prices, device, &columns, 100, arena, &err),
            "%s on it", qy_pe_row_of(kinds[i].kind)->name))
      return;
    const qy_design_input in = {
        .params = "", .pe = &pe, .prices = &prices, .tech = device, .fabric = fabric, .clock_mhz = 100};
    qy_status status = qy_design_make(&d, &qy_accelerator_element, self, &columns, &in, &err);
    ok(!status && d.in[QY_DEVICE_LUTS] == device->fpga_value[QY_FPGA_LUTS] && d.in[QY_DEVICE_LUTS] > 0 &&
           d.in[QY_DEVICE_DSPS] == device->fpga_value[QY_FPGA_DSPS] && d.in[QY_DEVICE_DSPS] > 0,
       "what the device has");
    for (int bits = 4; bits <= 8 && !status; bits += 4) {
      qy_modes modes;
      if (qy_design_run(&d, NULL, qy_precision_of(bits)) || !qy_design_modes(&modes, &d, qy_precision_of(bits)))
        continue;
      const qy_pe_mode *m = &pe.mode[modes.run];
      const double cycles = (double)m->cycles / m->products, *count = d.bill.count;
      ok(count[QY_PART_LUT] == fabric->element[QY_FABRIC_VIVADO].lut &&
             count[QY_PART_LUT] + count[QY_PART_LUT_OTHER] == fabric->element[QY_FABRIC_YOSYS].lut,
         "LUTs of both toolchains");
      ok(count[QY_PART_FF] > 0 && count[QY_EVENT_FF] == cycles * count[QY_PART_FF] &&
             count[QY_EVENT_LUT] == cycles * count[QY_PART_LUT] &&
             count[QY_EVENT_LUT_OTHER] == cycles * count[QY_PART_LUT_OTHER] && d.bill.cycles == cycles,
         "at %d bits: %g cycles a product", bits, cycles);
    }
  }
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

/* The mode for each operand, and the wider one's is run; of no bits there is none. */
static void mode_tests(const qy_pe *pe)
{
  int wrong = 0, served = 0;
  for (int w = -1; w <= 20; w++)
    for (int a = -1; a <= 20; a++) {
      qy_modes modes = {-7, -7, -7};
      const int weights = w < 16 ? w : 16; /* as wide as its port at the most */
      const int of_weights = weights >= 1 ? qy_pe_mode_for(pe, weights) : -1,
                of_maps = a >= 1 ? qy_pe_mode_for(pe, a) : -1;
      const bool is = weights >= 1 && a >= 1 && (weights > a ? of_weights : of_maps) >= 0;
      served += is;
      wrong += qy_element_modes(&modes, pe, (qy_precision){w, a}) != is;
      if (is)
        wrong += modes.weights != of_weights || modes.activations != of_maps ||
                 modes.run != (weights > a ? of_weights : of_maps);
    }
  is_int(wrong, 0, "modes of all widths of weights and maps");
  ok(served > 100, "%d of them are there", served);
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
  need_tests();
  mode_tests(&pe);
  refusal_tests(&pe);
  fpga_tests();
  qy_arena_free(arena);
  return done();
}
