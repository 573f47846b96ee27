/* Single subjects of published figures: values by hand or by the relation of two quantities, and what is refused. */
#include "../../src/validate/published_int.h"
#include "measure_one.h"
#include "quarry/dram.h"
#include "quarry/mixed.h"
#include "quarry/tech.h"

#define MAC "pe: mac, bits: 8, accumulator_bits: 24"

/* Power is energy a cycle times the clock, and leakage: fJ MHz is nW. */
static void circuits(void)
{
  static const char *const subject[] = {MAC, MAC ", stimulus: trained", "operator: multiply, bits: 8",
                                        "component: mac_s, params: n=8 m=8 acc=24", MAC ", clock_mhz: 50"};
  for (size_t i = 0; i < sizeof subject / sizeof *subject; i++) {
    const double clock = i == 4 ? 50 : 100, power = value(subject[i], "power_uw");
    near_rel(power, (value(subject[i], "energy_fj") * clock + value(subject[i], "leakage_nw")) / 1000, 1e-9, "power");
  }
  near_rel(value("pe: mac_st, bits: 16, mode: 2, accumulator_bits: 40", "energy_fj_per_product") * 4,
           value("pe: mac_st, bits: 16, mode: 2, accumulator_bits: 40", "energy_fj"), 1e-12, "four products a cycle");
  near_rel(value("operator: multiply_st, bits: 16, mode: 1", "energy_fj_per_product") * 2,
           value("operator: multiply_st, bits: 16, mode: 1", "energy_fj"), 1e-12, "two products a cycle");
  ok(value(MAC ", stimulus: trained", "energy_fj") < value(MAC ", stimulus: uniform", "energy_fj"),
     "trained weights move fewer bits than uniform ones");
  ok(value("operator: multiply_st, bits: 16, mode: 2", "energy_fj") <
         value("operator: multiply_st, bits: 16, mode: 0", "energy_fj"),
     "parts cost less than the whole");
  ok(value("operator: multiply, bits: 16, multiplier: array", "area_um2") !=
         value("operator: multiply, bits: 16, multiplier: booth", "area_um2"),
     "multipliers differ");
  near_rel(value("operator: multiply, bits: 16", "area_um2"),
           value("operator: multiply, bits: 16, multiplier: booth", "area_um2"), 1e-12, "Booth where nothing is said");
  near_rel(value("operator: multiply", "area_um2"), value("operator: multiply, bits: 16", "area_um2"), 1e-12,
           "16 bits likewise");
  /* registers of two operands of 8 bits and a sum of 9 */
  near_rel(value("component: add, params: n=8", "area_um2") -
               value("component: add, params: n=8, registers: false", "area_um2"),
           25 * value("cell: dff", "area_um2"), 1e-9, "without its 25 registers");
  ok(value("component: add, params: n=8, registers: false", "energy_fj") <
         value("component: add, params: n=8", "energy_fj"),
     "and without their energy");
  const double fast = value(MAC, "min_period_ps");
  near_rel(value(MAC ", period_over_fastest: 2", "power_uw"),
           value(MAC ", period_over_fastest: 2", "energy_fj") * 1e3 / (2 * fast) +
               value(MAC ", period_over_fastest: 2", "leakage_nw") / 1000,
           1e-6, "power at twice the shortest period");
}

static void arrays(void)
{
#define ARRAY "array: os, rows: 4, columns: 8, m: 64, n: 16, k: 32, "
#define PART  "element: {" MAC "}"
  const double area = value(ARRAY PART, "area_um2"), power = value(ARRAY PART, "power_mw");
  const double energy = value(ARRAY PART, "energy_uj"), cycles = value(ARRAY PART, "cycles");
  const double leakage = value(ARRAY PART, "leakage_nw"), each = value(ARRAY PART, "energy_fj_per_product");
  const double time_us = energy / power * 1e3; /* uJ over mW is ms */
  near_rel(time_us, cycles / 100, 0.01, "the time is that of the cycles, and of a few that begin and end them");
  near_rel(energy - leakage * 1e-6 * time_us * 1e-3, each * 64 * 16 * 32 * 1e-9, 1e-9,
           "products' energy is all but leakage");
  measure_result r;
  if (!one(&r, ARRAY PART, "area_um2", "lp55"))
    near_rel(value(ARRAY PART, "cell_area_um2"), area * r.library->tech->density_frac, 1e-12, "cells alone");
  ok(value(ARRAY "scope: elements, " PART, "area_um2") < value(ARRAY "scope: mesh, " PART, "area_um2") &&
         value(ARRAY "scope: mesh, " PART, "area_um2") < area,
     "elements, with their chains, with all that surrounds them");
  near_rel(value("array: os, rows: 8, columns: 8, m: 64, n: 16, k: 32, scope: elements, " PART, "area_um2"),
           2 * value(ARRAY "scope: elements, " PART, "area_um2"), 1e-9, "twice the rows, twice the elements");
  near_rel(value("array: os, rows: 4, m: 64, n: 16, k: 32", "cycles"),
           value("array: os, rows: 4, columns: 4, m: 64, n: 16, k: 32", "cycles"), 0,
           "as many columns as rows where nothing is said");
  ok(value(ARRAY "drain: overlapped", "cycles") < cycles, "a drain that overlaps takes less");
  /* one fold of a product as large as the array: k steps, and rows - 1 + columns - 1 until the last one has begun */
  const double few = value("array: os, rows: 4, columns: 8, m: 4, n: 8, k: 100, drain: overlapped", "cycles"),
               many = value("array: os, rows: 4, columns: 8, m: 4, n: 8, k: 200, drain: overlapped", "cycles");
  near_abs(many - few, 100, 0, "100 steps more take 100 cycles more");
  near_abs(value("array: ws, rows: 4, columns: 8, m: 200, n: 8, k: 4", "cycles") -
               value("array: ws, rows: 4, columns: 8, m: 100, n: 8, k: 4", "cycles"),
           100, 0, "and so do 100 rows more of held weights");
}

/* A layer of 8 x 8 x 4 to 6 channels: 1536 products of 256 inputs, 24 weights and 384 results. */
/* A layer of 24 weights, 256 inputs and 384 outputs, all of which are moved once: three streams, put together here. */
static void dram_streams(void)
{
  static const double entries[] = {24, 256, 384}, chunks[] = {4096, 128, 16};
  qy_dram_device *device;
  const qy_dram_controller *controllers;
  size_t count;
  if (!ok(!qy_dram_device_read(&device, "db", "ddr3_1600_4gb_x8", arena, &err) &&
              !qy_dram_controllers_read(&controllers, &count, "db", arena, &err),
          "a device"))
    return;
  const qy_dram_system system = {
      .device = device, .controller = controllers, .mapping = QY_DRAM_MAP_COLUMN, .channels = 1};
  for (int bits = 4; bits <= 16; bits *= 2)
    for (int c = 0; c < 3; c++) {
      qy_dram_stream stream[3];
      qy_dram_events events;
      qy_dram_prices prices;
      for (int i = 0; i < 3; i++)
        stream[i] = (qy_dram_stream){.bytes = entries[i] * bits / 8,
                                     .write = i == 2,
                                     .place = QY_DRAM_STREAM,
                                     .run_bytes = fmin(chunks[c], entries[i] * bits / 8)};
      const qy_dram_traffic traffic = {.stream = stream, .count = 3, .load = 1};
      qy_dram_events_of(&events, &system, &traffic);
      qy_dram_prices_at(&prices, device, 0);
      const char *subject = qy_arena_format(
          arena, "schedule: ./net.csv, buffer_entries: 10000, device: ddr3_1600_4gb_x8, bits: %d, chunk_bytes: %g",
          bits, chunks[c]);
      near_rel(value(subject, "dram_us"), events.time_ns / 1e3, 1e-12, "its time");
      near_rel(value(subject, "dram_energy_uj"), qy_dram_energy_pj(&events, &prices) / 1e6, 1e-12, "its energy");
    }
}

static void schedules(void)
{
#define TILED "tiled: ./net.csv, tile_h: 4, tile_w: 8"
  static const struct {
    const char *subject, *quantity;
    double expected;
  } rows[] = {
      {"network: ./net.csv", "macs", 1536},
      {"network: ./net.csv", "weights", 24},
      {"network: ./net.csv, type: dwconv", "macs", 0},
      {"schedule: ./net.csv, buffer_entries: 10000", "traffic_entries", 664},
      {"schedule: ./net.csv, buffer_entries: 10000", "floor_entries", 664},
      {"schedule: ./net.csv, buffer_entries: 10000", "macs", 1536},
      {TILED, "traffic_entries", 664},
      {TILED, "activation_entries", 640},
      {TILED, "macs", 1536},
      {TILED, "schedules", 1},
      {"tiled: ./net.csv, tile_h: [2, 4], tile_w: [2, 4, 8], halo: [keep, recompute], take: least", "schedules", 12},
      {"tiled: ./net.csv, tile_h: [2, 4], tile_w: [2, 4, 8], take: most", "traffic_entries", 664},
      {"tiled: ./net.csv, tile_h: [1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8], tile_w: [4], take: most", "schedules", 16},
      {TILED ", weights: resident", "traffic_entries", 664},
      {"tiled: ./net.csv, tile_h: 4, tile_w: 8, weights: streamed", "traffic_entries",
       664 + 24},                                                   /* twice for two tiles */
      {TILED ", unroll: {k: 2, c: 4}", "cycles", 192},              /* 64 places, 3 times 2 of 6 channels */
      {TILED ", unroll: {k: 4, c: 3}", "cycles", 256},              /* 2 times 4, 2 times 3 of 4 */
      {TILED ", unroll: {k: 2, c: 4}, bus_bits: 8", "cycles", 664}, /* an entry a cycle */
      {TILED ", unroll: {k: 2, c: 4}, bus_bits: 16, entry_bits: 4", "cycles", 192}, /* 166 on the bus */
      {TILED ", energy: {mac_pj: 2}", "energy_uj", 1536 * 2e-6},
      {TILED ", energy: {dram_read_pj: 1}", "energy_uj", 280e-6},
      {TILED ", energy: {dram_write_pj: 1}", "energy_uj", 384e-6},
      {TILED ", energy: {output_write_pj: 1}", "energy_uj", 384e-6},
      {TILED ", energy: {input_read_pj: 1}, unroll: {k: 2}", "energy_uj", 768e-6},
      {TILED ", energy: {input_read_pj: 1}, unroll: {k: 12}", "energy_uj", 256e-6}, /* there are 6 channels */
      {TILED ", energy: {sum_register_pj: 1}, unroll: {c: 2}", "energy_uj", 768e-6},
      {TILED ", energy: {sum_register_pj: 1}, unroll: {c: 8}", "energy_uj", 384e-6}, /* and 4 */
      {TILED ", energy: {weight_register_pj: 1}, unroll: {y: 2, x: 4}", "energy_uj", 192e-6},
      {"format: uniform, bits: 16", "compression", 2},
      {"format: uniform", "levels", 31}, /* of 5 bits where nothing is said */
      {"format: uniform, bits: 4", "levels", 15} /* 7 on each side of 0 */,
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    near_rel(value(rows[i].subject, rows[i].quantity), rows[i].expected, 1e-12, "by hand");
  /* L levels over [-1, 1]: the error is 1/L of the signal's deviation */
  near_rel(value("format: uniform, bits: 4, signal: uniform", "sqnr_db"), 20 * log10(15), 1e-3, "15 levels");
  ok(value("format: uniform, bits: 4, signal: generalized, shape: 8", "sqnr_db") >
             value("format: uniform, bits: 4", "sqnr_db") &&
         value("format: uniform, bits: 4", "sqnr_db") > value("format: uniform, bits: 4, signal: laplacian", "sqnr_db"),
     "the longer its tails, the less of it");
  near_rel(value("format: uniform, bits: 4, signal: generalized, shape: 1", "sqnr_db"),
           value("format: uniform, bits: 4, signal: laplacian", "sqnr_db"), 1e-6, "shape 1 is Laplace's");
  near_rel(value("format: uniform, bits: 4, signal: generalized", "sqnr_db"),
           value("format: uniform, bits: 4", "sqnr_db"), 1e-6, "shape 2, where none is said, is Gauss's");
  static const char *const fpga[] = {"lut", "ff", "carry", "dsp", "levels"};
  for (int i = 0; i < 5; i++) {
    near_rel(value("fpga: {pe: pot, bits: 8}", fpga[i]), value("fpga: {component: q_pot, params: bits=8}", fpga[i]), 0,
             "one element, said twice");
    near_rel(value("fpga: {component: add, params: n=8, family: xcup, toolchain: abc, dsp: false}", fpga[i]),
             value("fpga: {component: add, params: n=8, family: xcup, toolchain: abc}", fpga[i]), 0,
             "no slices unsaid");
  }
  near_rel(value("fpga: {pe: mac, bits: 8, dsp: true}", "dsp"), 1, 0, "a product of 8 bits and its sum in a slice");
  near_rel(value("fpga: {pe: mac, bits: 8, dsp: true, family: xcup}", "dsp"), 1, 0, "of either family");
  near_rel(value("fpga: {component: mul_u, params: n=8 m=8, dsp: true}", "dsp"), 1, 0, "a product in a slice");
  near_rel(value("fpga: {component: mul_u, params: n=18 m=27, dsp: true, family: xcup}", "dsp") <=
               value("fpga: {component: mul_u, params: n=18 m=27, dsp: true}", "dsp"),
           1, 0, "wider slices are no more");
#define DRAM "schedule: ./net.csv, buffer_entries: 10000, device: ddr3_1600_4gb_x8"
  const double time = value(DRAM, "dram_us");
  ok(value(DRAM ", bits: 16", "dram_us") > time && value(DRAM ", macs_per_ns: 0.01", "dram_us") >= 153.6,
     "wider entries take longer; compute at least 1536 products at one in 100 ns");
  ok(value(DRAM ", bits: 16", "dram_energy_uj") > value(DRAM, "dram_energy_uj"), "and more energy");
  /* Draws at even quantiles of the currents: rising, half of them below what the central ones take. */
  measure_result r = {.value = NAN};
  drawn = true;
  if (ok(!one(&r, DRAM, "dram_energy_uj", "lp55") && r.draw, "with its currents drawn")) {
    int below = 0, falls = 0;
    for (int k = 0; k < QY_PUBLISHED_DRAWS; k++) {
      below += r.draw[k] < r.value;
      falls += k > 0 && r.draw[k] <= r.draw[k - 1];
    }
    ok(below == QY_PUBLISHED_DRAWS / 2 && falls == 0, "%d below the middle, %d not rising", below, falls);
  }
  drawn = false;
}

/* Three layers of 256 to 384, 192 and 320 entries and 24, 18 and 15 weights: each cut writes a map and reads it. */
static void cuts(void)
{
#define CUT "tiled: ./net3.csv, tile_h: 4, tile_w: 8"
  const double whole = 256 + 320 + 24 + 18 + 15;
  near_abs(value(CUT, "traffic_entries"), whole, 0, "one stage: the ends, and weights");
  near_abs(value(CUT ", cuts: [b]", "traffic_entries"), whole + 2 * 384, 0, "cut behind the first layer");
  near_abs(value(CUT ", cuts: [c]", "traffic_entries"), whole + 2 * 192, 0, "cut before the last");
  near_abs(value(CUT ", cuts: [b, c]", "traffic_entries"), whole + 2 * 384 + 2 * 192, 0, "each layer by itself");
  static const char *const bad[] = {CUT ", cuts: [a]", CUT ", cuts: [c, b]", CUT ", cuts: [b, b]", CUT ", cuts: [bb]",
                                    CUT ", cuts: [[b]]"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    measure_result r;
    ok(one(&r, bad[i], "macs", "") == QY_BAD_INPUT &&
           strstr(err.diagnostic[0].text, i < 4 ? "in their order, but the first" : "found a list"),
       "{%s}: %s", bad[i], err.count ? err.diagnostic[0].text : "fine");
  }
}

/* Each quantity of some groups of a comparison. */
static void mixed_tables(void)
{
  qy_mixed_report *report;
  int wrong = 0, groups = 0;
  if (!ok(!qy_mixed_compare(&report, "db/sensitivity/mlperf_tiny.csv", "db/sensitivity/mlperf_tiny_mixed.csv", arena,
                            &err),
          "a comparison"))
    return;
  for (size_t i = 0; i < report->group_count; i += 4) {
    const qy_mixed_group *g = &report->group[i];
    const char *const quantity[] = {"spearman", "mean_error_db", "mean_absolute_error_db"};
    const double expected[] = {g->spearman, g->mean_error_db, g->mean_absolute_error_db};
    const int q = (int)(i / 4 % 3); /* one of each */
    char subject[300];
    measure_result r = {.value = NAN};
    snprintf(subject, sizeof subject,
             "mixed: mlperf_tiny_mixed, sensitivities: mlperf_tiny, network: %s, widths: %s, prediction: %s",
             g->network, qy_mixed_widths_names[g->widths], qy_mixed_source_names[g->source]);
    wrong += one(&r, subject, quantity[q], "") || r.value != expected[q] || !r.exact;
    groups++;
  }
  ok(groups > 3 && wrong == 0, "%d groups, %d figures are others", groups, wrong);
}

static void refusals(void)
{
  static const struct {
    const char *subject, *quantity, *said;
  } rows[] = {
      {"bits: 8", "area_um2", "a mapping with pe, operator"},
      {"pe: mca, bits: 8", "area_um2", "mac"},
      {"pe: mac", "area_um2", "bits"},
      {"pe: mac, bits: [8]", "area_um2", "found a list"},
      {MAC ", mode: 99", "area_um2", "mode"},
      {MAC ", stimulus: other", "area_um2", "uniform"},
      {MAC ", bit: 8", "area_um2", "bit"},
      {MAC, "lut", "something with the quantity lut"},
      {MAC ", clock_mhz: 0", "area_um2", "0.001 to 100000"},
      {MAC ", clock_mhz: 5, period_over_fastest: 2", "area_um2", "either `clock_mhz` or"},
      {MAC ", period_over_fastest: 0.99", "area_um2", "1 to 1000"},
      {MAC ", period_over_fastest: 1001", "area_um2", "1 to 1000"},
      {"cell: nand9", "area_um2", "nand2"},
      {"cell: nand2", "energy_fj", "something with the quantity energy_fj"},
      {"cell: nand2, bits: 3", "area_um2", "bits"},
      {"operator: divide", "area_um2", "multiply"},
      {"operator: multiply, bits: 1", "area_um2", "2 to 32"},
      {"operator: multiply, bits: 33", "area_um2", "2 to 32"},
      {"operator: multiply_st, mode: 3", "area_um2", "0 to 2"},
      {"operator: multiply, multiplier: other", "area_um2", "array"},
      {"operator: multiply, width: 3", "area_um2", "width"},
      {"component: sponge, params: n=3", "area_um2", "a component that can be built (unknown kind of component)"},
      {"component: add, params: n=99", "area_um2", "outside what can be built"},
      {"component: add, params: [n]", "area_um2", "found a list"},
      {"component: add, params: n=3, registers: perhaps", "area_um2", "perhaps"},
      {"component: add, param: n=3", "area_um2", "did you mean \"params\""},
      {"array: rs, rows: 4, m: 1, n: 1, k: 1", "cycles", "os"},
      {"array: os, m: 1, n: 1, k: 1", "cycles", "a key `rows`"},
      {"array: os, rows: 0, m: 1, n: 1, k: 1", "cycles", "1 to 256"},
      {"array: os, rows: 4, columns: 257, m: 1, n: 1, k: 1", "cycles", "1 to 256"},
      {"array: os, rows: 4, m: 1, n: 1", "cycles", "a key `network`, or `m`, `n` and `k`"},
      {"array: os, rows: 4, m: 0, n: 1, k: 1", "cycles", "1 to"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, type: conv", "cycles", "a key `network` beside"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, depthwise: single", "cycles", "a key `network` beside"},
      {"array: os, rows: 4, network: vgg16, m: 1", "cycles", "either `network` or"},
      {"array: os, rows: 4, network: vgg16, type: cnv", "cycles", "did you mean \"conv\""},
      {"array: os, rows: 4, network: vgg16, depthwise: some", "cycles", "groups"},
      {"array: os, rows: 4, network: vgg61", "cycles", "vgg61"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, drain: later", "cycles", "serial"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, row_transport: later", "cycles", "moved"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, scope: all", "cycles", "elements"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, precision: 33", "cycles", "1 to 32"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1", "lut", "something with the quantity lut"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, row_transport: broadcast, scope: elements, " PART, "area_um2",
       "scope array where rows are buses"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1", "area_um2", "a key `element`: a mapping with `pe`"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, element: {bits: 8}", "area_um2", "a key `element`: a mapping with `pe`"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, element: {" MAC ", stimulus: none}", "area_um2", "uniform"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, element: {pe: mul, bits: 8}", "area_um2",
       "an element for accelerator systolic: expected an element with an accumulator for systolic, found mul"},
      {"array: os, rows: 4, m: 1, n: 1, k: 1, row: 3", "cycles", "row"},
      {"pe: mac", "area_um2", "bits"},
      {"format: uniform, bits: 25", "levels", "1 to 24"},
      {"format: uniform, bits: 8, signal: square", "sqnr_db", "gaussian, laplacian"},
      {"format: uniform, bits: 8, signal: samples", "sqnr_db", "gaussian, laplacian"},
      {"format: uniform, bits: 8, signal: generalized, shape: 0.2", "sqnr_db", "0.3 to 10"},
      {"format: uniform, bits: 8", "macs", "something with the quantity macs"},
      {"format: uniform, bits: 8, es: 2", "levels", "es"},
      {"network: vgg16, type: cnv", "macs", "did you mean \"conv\""},
      {"network: vgg16", "area_um2", "something with the quantity area_um2"},
      {"network: vgg16, kind: conv", "macs", "kind"},
      {"schedule: ./net.csv", "macs", "a key `buffer_entries`"},
      {"schedule: ./net.csv, buffer_entries: 0", "macs", "buffer_entries"},
      {"schedule: ./net.csv, buffer_entries: 2", "macs", "at least "},
      {"schedule: ./net.csv, buffer_entries: 5000, fusion: all", "macs", "block"},
      {"schedule: ./net.csv, buffer_entries: 5000, order: all", "macs", "raster"},
      {"schedule: ./net.csv, buffer_entries: 5000, rule: all", "macs", "strict"},
      {"schedule: ./net.csv, buffer_entries: 5000", "area_um2", "something with the quantity"},
      {"schedule: ./net.csv, buffer_entries: 5000", "dram_us", "a key `device`"},
      {DRAM ", bits: 65", "dram_us", "1 to 64"},
      {DRAM ", chunk_bytes: 0", "dram_us", "chunk_bytes"},
      {DRAM ", macs_per_ns: 0", "dram_us", "macs_per_ns"},
      {DRAM ", mapping: all", "dram_us", "column"},
      {DRAM ", controller: none", "dram_us", "a controller of dram_controllers.yaml"},
      {"schedule: ./net.csv, buffer_entries: 5000, device: ddr9", "dram_us", "ddr9"},
      {"tiled: ./net.csv, tile_w: 4", "macs", "a key `tile_h`"},
      {"tiled: ./net.csv, tile_h: 4", "macs", "a key `tile_w`"},
      {"tiled: ./net.csv, tile_h: 0, tile_w: 4", "macs", "tile_h"},
      {"tiled: ./net.csv, tile_h: [], tile_w: 4", "macs", "a list of 1 to 16"},
      {"tiled: ./net.csv, tile_h: [1,2,3,4,5,6,7,8,1,2,3,4,5,6,7,8,1], tile_w: 4, take: most", "macs",
       "a list of 1 to 16"},
      {"tiled: ./net.csv, tile_h: [1, 2], tile_w: 4", "macs", "a key `take` beside lists"},
      {TILED ", halo: []", "macs", "a list of 1 to 16"},
      {TILED ", halo: drop", "macs", "recompute"},
      {TILED ", take: all", "macs", "least"},
      {TILED ", weights: kept", "macs", "resident"},
      {"mixed: mlperf_tiny_mixed, sensitivities: mlperf_tiny, network: kws, unit: db", "spearman", "unit"},
      {TILED ", cuts: a", "macs", "a list of layers"},
      {TILED ", cuts: [a]", "macs", "but the first"},
      {TILED ", unroll: {z: 1}", "cycles", "z"},
      {TILED ", unroll: {k: 0}", "cycles", "k"},
      {TILED ", bus_bits: 0", "cycles", "bus_bits"},
      {TILED ", entry_bits: 65", "cycles", "1 to 64"},
      {TILED ", energy: {mac: 1}", "energy_uj", "mac_pj"},
      {TILED ", energy: {mac_pj: -1}", "energy_uj", "0 to"},
      {TILED, "area_um2", "something with the quantity"},
      {"fpga: mac", "lut", "a mapping with component or pe"},
      {"fpga: {bits: 8}", "lut", "a mapping with component or pe"},
      {"fpga: {component: add, params: n=8, family: xc9}", "lut", "xc7"},
      {"fpga: {component: add, params: n=8, toolchain: ise}", "lut", "vivado"},
      {"fpga: {component: add, params: n=8, dsp: maybe}", "lut", "true"},
      {"fpga: {component: add, params: n=8, slices: 3}", "lut", "slices"},
      {"fpga: {component: sponge}", "lut", "a component that can be built"},
      {"fpga: {component: add, params: n=8}", "area_um2", "something with the quantity"},
      {"fpga: {component: add, params: n=8}, bits: 3", "lut", "bits"},
      {"mixed: a", "spearman", "a key `sensitivities`"},
      {"mixed: a, sensitivities: b", "spearman", "a key `network`"},
      {"mixed: [a], sensitivities: b, network: c", "spearman", "found a list"},
      {"mixed: a, sensitivities: [b], network: c", "spearman", "found a list"},
      {"mixed: a, sensitivities: b, network: [c]", "spearman", "found a list"},
      {"mixed: mlperf_tiny_mixed, sensitivities: mlperf_tiny, network: c, width: all", "spearman", "width"},
      {"schedule: ./net.csv, buffer_entries: 5000, device: [x]", "dram_us", "found a list"},
      {DRAM ", controller: [x]", "dram_us", "found a list"},
      {DRAM ", bits: many", "dram_us", "many"},
      {"schedule: [x], buffer_entries: 5000", "macs", "found a list"},
      {"schedule: ./net.csv, buffer_entries: many", "macs", "many"},
      {"mixed: a, sensitivities: b, network: c, widths: some", "spearman", "weights"},
      {"mixed: a, sensitivities: b, network: c, prediction: some", "spearman", "tensors"},
      {"mixed: mlperf_tiny_mixed, sensitivities: mlperf_tiny, network: c", "spearman", "that can be compared so"},
      {"mixed: mlperf_tiny_mixed, sensitivities: mlperf_tiny, network: c", "macs", "something with the quantity"},
      {"accelerator: none", "area_um2", "an accelerator that runs layers"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    measure_result r;
    const qy_status status = one(&r, rows[i].subject, rows[i].quantity, "lp55");
    bool found = false;
    for (int d = 0; d < err.count; d++)
      found |= strstr(err.diagnostic[d].text, rows[i].said) != NULL;
    ok(status == QY_BAD_INPUT && found && err.diagnostic[0].line > 0, "%s of {%s}: %s", rows[i].quantity,
       rows[i].subject, err.count ? err.diagnostic[0].text : "fine");
  }
  static const char *const needs[] = {MAC, "cell: nand2", "operator: multiply", "component: add, params: n=8",
                                      ARRAY PART};
  for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
    measure_result r;
    ok(one(&r, needs[i], "area_um2", "") == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "a key `technology`"),
       "{%s} without a library", needs[i]);
    ok(one(&r, needs[i], "area_um2", "xc7z020") == QY_BAD_INPUT &&
           strstr(err.diagnostic[0].text, "or a library of cells"),
       "nor on an FPGA");
  }
  static const struct {
    const char *subject, *quantity;
    int line;
  } places[] = {
      {"format: uniform,\n  bits: many", "sqnr_db", 2},
      {"format: uniform,\n  bits: 4,\n  signal: loud", "sqnr_db", 3},
      {"format: uniform,\n  bits: 4,\n  nothing: 40", "sqnr_db", 1}}; /* refused by the model, not by its text */
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    measure_result r;
    const qy_status status = one(&r, places[i].subject, places[i].quantity, "lp55");
    ok(status == QY_BAD_INPUT && err.count == 1 && err.diagnostic[0].line == places[i].line,
       "a mistake is placed in line %d: %d, %s", places[i].line, err.diagnostic[0].line, err.diagnostic[0].text);
  }
  static const struct {
    int value;
    bool read; /* and then refused by the format */
  } ends[] = {{1000, true}, {-1000, true}, {1001, false}, {-1001, false}};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    measure_result r;
    const char *subject = qy_arena_format(arena, "format: uniform, bits: 4, bias: %d", ends[i].value);
    const qy_status status = one(&r, subject, "sqnr_db", "lp55");
    ok(status == QY_BAD_INPUT && !strstr(err.diagnostic[0].text, "from -1000 to 1000") == ends[i].read, "{%s}: %s",
       subject, err.count ? err.diagnostic[0].text : "fine");
  }
  measure_result r = {.value = 0};
  ok(!one(&r, MAC ", clock_mhz: 90000", "area_um2", "lp55") && isnan(r.value), "a clock that is missed is no number");
  ok(!one(&r, "network: vgg16", "macs", "") && r.exact && !r.library && !r.draw, "counts are exact");
  ok(!one(&r, "fpga: {component: add, params: n=8}", "lut", "") && !r.exact && !r.library, "what a tool makes is not");
  ok(!one(&r, MAC, "area_um2", "lp55") && !r.exact && r.library, "nor is what a library has a part in");
}

int main(void)
{
  char file[200];
  arena = qy_arena_new();
  if (!arena || !mkdtemp(folder)) return 1;
  snprintf(file, sizeof file, "%s/net.csv", folder);
  if (!write_file(file, "layer,type,in_h,in_w,in_c,out_c\na,pwconv,8,8,4,6\n")) return 1;
  snprintf(file, sizeof file, "%s/net3.csv", folder);
  if (!write_file(file,
                  "layer,type,inputs,in_h,in_w,in_c,out_c\na,pwconv,-,8,8,4,6\nb,pwconv,a,,,,3\nc,pwconv,b,,,,5\n"))
    return 1;
  circuits();
  arrays();
  cuts();
  mixed_tables();
  schedules();
  dram_streams();
  refusals();
  qy_arena_free(arena);
  unlink(file);
  snprintf(file, sizeof file, "%s/net.csv", folder);
  unlink(file);
  rmdir(folder);
  return done();
}
