/* Bills, the table of items, columns, the rules of metrics, systems: against sums and formulas written out here. */
#include "quarry/bill.h"
#include "quarry/units.h"

#include "design.h"
#include "layer.h"
#include "tap.h"

static qy_arena *arena;
static uint32_t seed = 2030;

static double random_count(void)
{
  seed = seed * 1664525u + 1013904223u;
  return 1 + (double)(seed >> 8);
}

/* ---- the table ---- */

static const int areas[] = {QY_AREA_DATAPATH_UM2, QY_AREA_REGISTER_UM2, QY_AREA_CONTROL_UM2, QY_AREA_SRAM_UM2,
                            QY_LEAKAGE_MW};
static const int resources[] = {QY_LUT, QY_FF, QY_DSP, QY_BRAM}; /* of an FPGA */
static const int energies[] = {QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ, QY_ENERGY_SRAM_UJ, QY_ENERGY_DRAM_UJ};

static int among(int metric, const int *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (list[i] == metric) return 1;
  return 0;
}

static int is_area(int metric)
{
  return among(metric, areas, sizeof areas / sizeof *areas);
}

static int is_resource(int metric)
{
  return among(metric, resources, sizeof resources / sizeof *resources);
}

static int is_of_parts(int metric)
{
  return is_area(metric) || is_resource(metric);
}

static int is_energy(int metric)
{
  return among(metric, energies, sizeof energies / sizeof *energies);
}

static void table_tests(void)
{
  const qy_item_info *t = qy_item_table();
  int foreign = 0, wrong = 0, free_of_charge = 0, unnamed = 0, twice = 0;
  for (int i = 0; i < QY_ITEM_COUNT; i++) {
    int fed = 0;
    for (int f = 0; f < QY_ITEM_FEEDS; f++) {
      const int metric = t[i].feeds[f];
      if (metric == QY_FEEDS_NONE) continue;
      fed++;
      foreign += metric < 0 || metric >= QY_METRIC_COUNT || qy_metric_table()[metric].rule != QY_RULE_ITEMS;
      wrong += i < QY_EVENT_FIRST ? !is_of_parts(metric) : !is_energy(metric);
    }
    free_of_charge += fed == 0;
    unnamed += !t[i].name || !*t[i].name || !t[i].unit || !t[i].help;
    for (int k = 0; k < i && t[i].name; k++)
      twice += strcmp(t[k].name, t[i].name) == 0;
  }
  is_int(foreign, 0, "every price goes to a metric that items add up to");
  is_int(wrong, 0, "parts have areas, resources and leakages, events energies");
  is_int(free_of_charge, 0, "nothing is free");
  is_int(unnamed + twice, 0, "all items have names of their own");
  int from_parts = 0, rest = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    from_parts += qy_metric_from_parts(m) != is_of_parts(m);
    rest += (qy_metric_table()[m].rule == QY_RULE_ITEMS) != (is_of_parts(m) || is_energy(m));
  }
  is_int(from_parts, 0, "areas, resources and leakage come from parts alone");
  is_int(rest, 0, "areas, resources, leakage and four energies are sums over items, nothing else is");
}

/* ---- columns ---- */

/* On an FPGA only what is said; else that, and what everybody has. */
static int is_used(unsigned item_uses, unsigned uses)
{
  return uses & QY_USES_FPGA ? (item_uses & uses) != 0 : (item_uses & ~uses) == 0;
}

/* Columns of some uses: each pair of item and metric that is used once, by metric, those of parts first. */
static int good_columns(const qy_columns *c, unsigned uses)
{
  const qy_item_info *t = qy_item_table();
  int seen[QY_ITEM_COUNT][QY_ITEM_FEEDS] = {{0}}, good = 1, at = 0;
  for (int j = 0; j < c->count; j++)
    seen[c->item[j]][c->feed[j]]++;
  for (int i = 0; i < QY_ITEM_COUNT; i++)
    for (int f = 0; f < QY_ITEM_FEEDS; f++)
      good &= seen[i][f] == (t[i].feeds[f] != QY_FEEDS_NONE && is_used(t[i].uses, uses));
  for (int r = 0; r < c->range_count; r++) {
    good &= c->range[r].first == at && c->range[r].count > 0;
    good &= is_of_parts(c->range[r].metric) == (r < c->part_ranges);
    for (int k = 0; k < c->range[r].count; k++, at++)
      good &= t[c->item[at]].feeds[c->feed[at]] == c->range[r].metric && (at < c->part_count) == (r < c->part_ranges);
    for (int other = 0; other < r; other++)
      good &= c->range[other].metric != c->range[r].metric;
  }
  return good && at == c->count && c->count <= QY_COLUMNS_MAX;
}

static void column_tests(void)
{
  int wrong = 0;
  for (unsigned uses = 0; uses < 2 * QY_USES_FPGA; uses++) {
    qy_columns c;
    qy_columns_make(&c, uses);
    wrong += !good_columns(&c, uses);
  }
  is_int(wrong, 0, "columns of any uses: each pair of item and metric that is used once, parts first");
}

/* ---- sums ---- */

static void fill_bill(qy_bill *bill)
{
  for (int i = 0; i < QY_ITEM_COUNT; i++)
    bill->count[i] = random_count();
  bill->cycles = 5000, bill->compute_cycles = 4000, bill->transfer_cycles = 3000;
  bill->products = 20000, bill->slots = 80000;
  bill->traffic_bytes = 700, bill->loaded_bits = 800, bill->stored_bits = 900;
  bill->floor_bytes = 600, bill->shared_bytes = 500;
  for (int b = 0; b < QY_BUFFER_ROLES; b++)
    bill->banks[b] = 3 + b;
  for (int i = 0; i < QY_ROW_ARRAYS; i++)
    bill->rows[i] = 30 + i;
}

static void sum_tests(void)
{
  const unsigned all = QY_USES_ADDER | QY_USES_REQUANTIZER | QY_USES_CONTROLLER | QY_USES_MULTIPLES | QY_USES_HELD |
                       QY_USES_REGISTERS | QY_USES_CHAINS | QY_USES_SRAM | QY_USES_WIRES | QY_USES_MEMORY;
  const qy_item_info *t = qy_item_table();
  qy_columns c;
  qy_bill bill, cleared;
  double price[QY_COLUMNS_MAX], in[QY_QUANTITY_COUNT], expected[QY_METRIC_COUNT] = {0},
                                                       each[QY_ITEM_COUNT][QY_ITEM_FEEDS];
  qy_columns_make(&c, all);
  fill_bill(&bill);
  for (int i = 0; i < QY_ITEM_COUNT; i++)
    for (int f = 0; f < QY_ITEM_FEEDS; f++) {
      each[i][f] = random_count();
      if (t[i].feeds[f] != QY_FEEDS_NONE && !(t[i].uses & QY_USES_FPGA))
        expected[t[i].feeds[f]] += bill.count[i] * each[i][f];
    }
  for (int j = 0; j < c.count; j++)
    price[j] = each[c.item[j]][c.feed[j]];
  for (int q = 0; q < QY_QUANTITY_COUNT; q++)
    in[q] = -1;
  qy_bill_sum_parts(in, &c, price, &bill);
  int wrong = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    wrong += is_area(m) ? !(fabs(in[m] / expected[m] - 1) < 1e-12) : in[m] != -1;
  is_int(wrong, 0, "parts: counts times prices, other metrics left alone");
  qy_bill_sum_events(in, &c, price, &bill);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    wrong += is_area(m) || is_energy(m) ? !(fabs(in[m] / expected[m] - 1) < 1e-12) : in[m] != -1;
  is_int(wrong, 0, "so do events");
  qy_bill_times(in, &bill, 250);
  ok(in[QY_CYCLES] == 5000 && in[QY_COMPUTE_CYCLES] == 4000 && in[QY_TRANSFER_CYCLES] == 3000 &&
         in[QY_INTERVAL_US] == 20 && in[QY_PRODUCTS] == 20000 && in[QY_SLOTS] == 80000 && in[QY_CLOCK_MHZ] == 250 &&
         in[QY_TRAFFIC_BYTES] == 700,
     "times: 5000 cycles at 250 MHz are 20 us");
  ok(in[QY_TRAFFIC_FLOOR_BYTES] == 600 && in[QY_SHARED_BUFFER_BYTES] == 500 &&
         in[QY_BANKS_INPUT] == 3 + QY_BUFFER_INPUT && in[QY_BANKS_OUTPUT] == 3 + QY_BUFFER_OUTPUT &&
         in[QY_BANKS_WEIGHTS] == 3 + QY_BUFFER_WEIGHTS,
     "and what is counted of memories");
  ok(in[QY_ROWS_DSP] == 30 && in[QY_ROWS_DSP + 1] == 31 && in[QY_ROWS_DSP + QY_ROW_ARRAYS - 1] == 29 + QY_ROW_ARRAYS,
     "and of rows");

  cleared = bill;
  qy_bill_clear_run(&cleared);
  int kept = 1, gone = 1;
  for (int i = 0; i < QY_ITEM_COUNT; i++) {
    if (i < QY_EVENT_FIRST) kept &= cleared.count[i] == bill.count[i];
    if (i >= QY_EVENT_FIRST) gone &= cleared.count[i] == 0;
  }
  ok(kept && gone && cleared.cycles == 0 && cleared.compute_cycles == 0 && cleared.transfer_cycles == 0 &&
         cleared.products == 0 && cleared.slots == 0 && cleared.traffic_bytes == 0 && cleared.loaded_bits == 0 &&
         cleared.stored_bits == 0,
     "a run that is cleared leaves the parts");
}

/* ---- rules ---- */

/* What must come out, formula by formula. */
static void rule_tests(void)
{
  double in[QY_QUANTITY_COUNT], v[QY_METRIC_COUNT], e[QY_METRIC_COUNT];
  for (int q = 0; q < QY_QUANTITY_COUNT; q++)
    in[q] = random_count();
  in[QY_CYCLES] = 6000, in[QY_CLOCK_MHZ] = 200, in[QY_INTERVAL_US] = 20; /* another inference every 20 us, each 30 */
  const double latency_us = 30, leakage_uj = in[QY_LEAKAGE_MW] * 20 / 1000;
  const double onchip_uj = in[QY_ENERGY_DATAPATH_UJ] + in[QY_ENERGY_REGISTER_UJ] + in[QY_ENERGY_SRAM_UJ] + leakage_uj;
  const double uj = onchip_uj + in[QY_ENERGY_DRAM_UJ];
  memcpy(e, in, sizeof e);
  e[QY_AREA_UM2] = in[QY_AREA_DATAPATH_UM2] + in[QY_AREA_REGISTER_UM2] + in[QY_AREA_CONTROL_UM2] + in[QY_AREA_SRAM_UM2];
  e[QY_LATENCY_US] = latency_us;
  e[QY_ENERGY_LEAKAGE_UJ] = leakage_uj;
  e[QY_ENERGY_ONCHIP_UJ] = onchip_uj;
  e[QY_ENERGY_UJ] = uj;
  e[QY_POWER_MW] = uj / 20 * 1000;
  e[QY_EDP_UJ_US] = uj * latency_us;
  e[QY_UTILIZATION_FRAC] = in[QY_PRODUCTS] / in[QY_SLOTS];
  e[QY_GOPS] = 2 * in[QY_PRODUCTS] / 20e-6 / 1e9;
  e[QY_FPS] = in[QY_INFERENCES] / 20e-6;
  e[QY_TOPS_PER_W] = 2 * in[QY_PRODUCTS] / (uj * 1e-6) / 1e12;
  e[QY_ENERGY_PER_PRODUCT_FJ] = uj * 1e-6 / in[QY_PRODUCTS] * 1e15;
  static const unsigned places[] = {QY_AT_ELEMENT, QY_AT_ACCELERATOR, QY_AT_SYSTEM, QY_AT_ACCELERATOR | QY_AT_MEMORY};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    int wrong = 0;
    qy_metric_derive(v, in, places[i]);
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      if (qy_metric_applies(m, places[i]) ? !(fabs(v[m] / e[m] - 1) < 1e-12) : !isnan(v[m])) {
        printf("# %s: %.17g, expected %.17g\n", qy_metric_table()[m].name, v[m], e[m]);
        wrong++;
      }
    is_int(wrong, 0, "every metric by its formula, none where it does not apply");
  }
}

/* What says "on chip" follows from the rules: energy_uj and all that is made from it. */
static void scope_tests(void)
{
  static const int whole[] = {QY_ENERGY_UJ, QY_POWER_MW, QY_EDP_UJ_US, QY_TOPS_PER_W};
  int wrong = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const int expected = among(m, whole, sizeof whole / sizeof *whole);
    wrong += (strcmp(qy_metric_scope(m, true), "on chip") == 0) != expected || *qy_metric_scope(m, false);
  }
  is_int(wrong, 0, "energy and what follows from it is on chip where there is no memory");
}

/* ---- systems ---- */

/* 100 us and 50 us at 200 MHz, 2 and 3 mW of leakage, 10 and 20 uJ of switching; 4e5 and 1e5 operations; 16 and 8
 * products in a cycle. */
static void system_tests(void)
{
  double a[QY_QUANTITY_COUNT] = {0}, b[QY_QUANTITY_COUNT] = {0}, in[QY_QUANTITY_COUNT], t[QY_METRIC_COUNT];
  a[QY_CLOCK_MHZ] = b[QY_CLOCK_MHZ] = 200;
  a[QY_INTERVAL_US] = 100, b[QY_INTERVAL_US] = 50;
  a[QY_CYCLES] = 20000, b[QY_CYCLES] = 10000;
  a[QY_COMPUTE_CYCLES] = 15000, b[QY_COMPUTE_CYCLES] = 9000;
  a[QY_TRANSFER_CYCLES] = 3000, b[QY_TRANSFER_CYCLES] = 500;
  a[QY_AREA_SRAM_UM2] = 1000, b[QY_AREA_DATAPATH_UM2] = 500;
  a[QY_LEAKAGE_MW] = 2, b[QY_LEAKAGE_MW] = 3;
  a[QY_ENERGY_DATAPATH_UJ] = 6, a[QY_ENERGY_SRAM_UJ] = 4, b[QY_ENERGY_REGISTER_UJ] = 20;
  a[QY_PRODUCTS] = 200000, b[QY_PRODUCTS] = 50000;
  a[QY_SLOTS] = 16 * 20000, b[QY_SLOTS] = 8 * 10000;
  const double *const members[] = {a, b};
  qy_system_add(in, members, 2, false);
  qy_metric_derive(t, in, QY_AT_SYSTEM);
  near_rel(in[QY_INTERVAL_US], 150, 1e-15, "sequential: an inference every 150 us");
  near_rel(t[QY_ENERGY_LEAKAGE_UJ], 0.75, 1e-12, "both leak for 150 us: 5 mW, 0.75 uJ");
  near_rel(t[QY_ENERGY_UJ], 30.75, 1e-12, "energy");
  near_rel(t[QY_POWER_MW], 205, 1e-12, "205 mW");
  near_rel(t[QY_AREA_UM2], 1500, 1e-12, "area");
  near_rel(t[QY_GOPS], 500.0 / 150, 1e-12, "5e5 operations in 150 us");
  near_rel(t[QY_UTILIZATION_FRAC], 250000.0 / (24 * 200 * 150), 1e-12, "of 24 products in each of 30,000 cycles");
  ok(t[QY_CYCLES] == 30000 && t[QY_COMPUTE_CYCLES] == 24000 && t[QY_TRANSFER_CYCLES] == 3500, "cycles add up");
  qy_system_add(in, members, 2, true);
  qy_metric_derive(t, in, QY_AT_SYSTEM);
  near_rel(in[QY_INTERVAL_US], 100, 1e-15, "pipelined: an inference every 100 us");
  near_rel(t[QY_LATENCY_US], 150, 1e-12, "each takes 150 us");
  near_rel(t[QY_ENERGY_UJ], 30.5, 1e-12, "less leakage: 0.5 uJ");
  near_rel(t[QY_POWER_MW], 305, 1e-12, "more power: 305 mW");
  near_rel(t[QY_EDP_UJ_US], 30.5 * 150, 1e-12, "energy-delay product");
  near_rel(t[QY_TOPS_PER_W], 5e5 / 30.5 / 1e6, 1e-12, "operations per energy");
  near_rel(t[QY_UTILIZATION_FRAC], 250000.0 / (24 * 200 * 100), 1e-12, "of 24 products in each of 20,000 cycles");
  const double *const alone[] = {a, NULL};
  qy_system_add(in, alone, 1, true);
  int same = 1;
  for (int q = 0; q < QY_QUANTITY_COUNT; q++)
    same &= fabs(in[q] - a[q]) <= 1e-15 * fabs(a[q]);
  ok(same, "a system of one is that one");
}

/* ---- additivity ---- */

enum { LAYERS_MAX = 100 };

/* Layers of MobileNetV2, and some with odd sizes and batches; those that the accelerator can run. */
static size_t runnable(const qy_layer *list[LAYERS_MAX], const qy_accelerator *a)
{
  static qy_layer odd[6];
  qy_network *network;
  size_t count = 0;
  void *work;
  for (int i = 0; i < 6; i++) {
    const int64_t groups = i % 3 ? 1 : 5;
    odd[i] = make_layer(9 + i, 7, 5 * (1 + i), 5 * (1 + i), 1 + i % 3, 2, 1 + i % 2, i % 3 > 0, groups);
    odd[i].pad_top = i % 3, odd[i].pad_bottom = 0, odd[i].batch = 1 + i % 2 * 2;
    odd[i].out_h = count_positions(odd[i].in_h, odd[i].pad_top, 0, odd[i].kernel_h, 1, odd[i].stride_h);
    if (i == 3 || i == 5) odd[i].type = QY_LAYER_DWCONV, odd[i].groups = odd[i].in_c;
    if (!a->work(&work, (const qy_layer *const[]){&odd[i]}, 1, arena, NULL)) list[count++] = &odd[i];
  }
  if (qy_network_read(&network, "db", "mobilenet_v2_1.0_224", arena, NULL)) return 0;
  for (size_t i = 0; i < network->layer_count && count < LAYERS_MAX; i++) {
    const qy_layer *l = &network->layer[i];
    if (!a->work(&work, &l, 1, arena, NULL)) list[count++] = l;
  }
  return count;
}

static int close_to(double got, double expected)
{
  return fabs(got - expected) <= 1e-12 * fabs(expected);
}

/* By their definition. */
static double products_of(const qy_layer *l)
{
  const double channels = (double)l->in_c / (double)l->groups, taps = (double)(l->kernel_h * l->kernel_w);
  return (double)(l->batch * l->out_h * l->out_w * l->out_c) * channels * taps;
}

/* The bill of a run of all layers, and the sum of those of the layers alone. */
static int adds_up(made *m, const qy_layer *const *list, size_t count, int bits)
{
  qy_bill sum = {.cycles = 0};
  double v[QY_METRIC_COUNT];
  const char *reason = run_metrics(v, m, bits);
  if (reason) return 0;
  const qy_bill *run = &m->design.bill;
  int good = 1;
  for (size_t i = 0; i < count; i++) {
    qy_bill bill;
    double in[QY_QUANTITY_COUNT];
    if (qy_design_layer(&bill, in, &reason, &m->design, list[i], qy_precision_of(bits), NULL)) return 0;
    for (int k = 0; k < QY_EVENT_FIRST; k++)
      good &= bill.count[k] == run->count[k];
    if (bill.products != products_of(list[i])) {
      printf("# %.17g products of %.17g\n", bill.products, products_of(list[i]));
      good = 0;
    }
    for (int k = QY_EVENT_FIRST; k < QY_ITEM_COUNT; k++)
      sum.count[k] += bill.count[k];
    sum.cycles += bill.cycles, sum.compute_cycles += bill.compute_cycles, sum.transfer_cycles += bill.transfer_cycles;
    sum.products += bill.products, sum.slots += bill.slots;
    sum.loaded_bits += bill.loaded_bits, sum.stored_bits += bill.stored_bits;
  }
  for (int k = QY_EVENT_FIRST; k < QY_ITEM_COUNT; k++)
    if (!close_to(run->count[k], sum.count[k])) {
      printf("# %s: %.17g in the run, %.17g in the layers\n", qy_item_table()[k].name, run->count[k], sum.count[k]);
      good = 0;
    }
  return good && run->cycles == sum.cycles && run->compute_cycles == sum.compute_cycles &&
         run->transfer_cycles == sum.transfer_cycles && run->products == sum.products &&
         close_to(run->slots, sum.slots) && close_to(run->loaded_bits, sum.loaded_bits) &&
         close_to(run->stored_bits, sum.stored_bits) && run->loaded_bits > 0 && run->stored_bits > 0;
}

/* The first kind of element that an accelerator takes. */
static int first_element(qy_pe *pe, const qy_accelerator *a)
{
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    if (!make_element(pe, (qy_pe_kind)kind, a, arena, NULL) && !qy_accelerator_takes(a, pe, NULL)) return 1;
  return 0;
}

static void additivity_tests(void)
{
  size_t accelerators;
  const qy_accelerator *const *table = qy_accelerator_table(&accelerators);
  qy_tech *tech;
  qy_sram_table *sram;
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) &&
              !qy_sram_table_read(&sram, "db/memory/sram.csv", arena, NULL),
          "inputs"))
    return;
  for (size_t i = 0; i < accelerators; i++) {
    const qy_accelerator *a = table[i];
    if (!a->runs_layers || !qy_accelerator_on(a, tech)) continue; /* those on FPGAs: test_gemm.c */
    const qy_layer *list[LAYERS_MAX];
    const size_t count = runnable(list, a);
    qy_pe pe;
    static made m;
    int batches = 0;
    for (size_t k = 0; k < count; k++)
      batches += list[k]->batch > 1;
    if (!ok(first_element(&pe, a) && count >= 17, "%s: an element, %zu layers, %d with a batch", a->name, count,
            batches))
      continue;
    const request r = {.accelerator = a,
                       .params = make_params(a, 4, arena),
                       .pe = &pe,
                       .tech = tech,
                       .sram = sram,
                       .clock_mhz = 100,
                       .layers = list,
                       .layer_count = count};
    const char *reason = why_not(&m, &r, arena);
    ok(!reason && adds_up(&m, list, count, 4), "%s: the bill of a network is the sum of its layers' (%s)", a->name,
       reason ? reason : "it can be");
  }
}

/* Heads of tables take the unit from the column's name: it is the metric's, where the name has one. */
static void unit_tests(void)
{
  static const char *const spoken[] = {"", "GOP/s", "TOP/s/W", "1/s"}; /* gops, tops_per_w, fps */
  int wrong = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const qy_metric_info *info = &qy_metric_table()[m];
    char unit[QY_UNIT_TEXT], head[64];
    bool fine = qy_unit_of_name(unit, head, sizeof head, info->name) && strcmp(unit, info->unit) == 0;
    for (size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++)
      fine |= !unit[0] && strcmp(info->unit, spoken[i]) == 0;
    if (!fine) printf("# %s is in %s, its name says \"%s\"\n", info->name, info->unit, unit);
    wrong += !fine;
  }
  is_int(wrong, 0, "names of metrics end in their unit");
}

int main(void)
{
  arena = qy_arena_new();
  table_tests();
  unit_tests();
  column_tests();
  sum_tests();
  rule_tests();
  scope_tests();
  system_tests();
  additivity_tests();
  qy_arena_free(arena);
  return done();
}
