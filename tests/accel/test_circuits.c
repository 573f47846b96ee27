/* The circuits around the PEs: bit-true against integer arithmetic and a loop nest, priced in the shipped libraries
 * against flip-flop counts and the size of a measured 16x16 Booth multiplier (1646 NAND2 equivalents, open synthesis).
 */
#include "../../src/accel/circuits.h"

#include "design.h"
#include "quarry/depthwise.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;

static uint32_t seed = 7;

static int64_t random_bits(int bits)
{
  uint64_t x = 0;
  for (int i = 0; i < 4; i++) {
    seed = seed * 1664525u + 1013904223u;
    x = x << 16 | seed >> 16;
  }
  return (int64_t)(x << (64 - bits)) >> (64 - bits); /* signed, all bits random */
}

static int64_t clamp(int64_t x, int bits)
{
  const int64_t high = (INT64_C(1) << (bits - 1)) - 1;
  return x > high ? high : x < -high - 1 ? -high - 1 : x;
}

static uint64_t word(int64_t x, int bits)
{
  return (uint64_t)x & ((UINT64_C(1) << bits) - 1);
}

static qy_circuit *circuit(qy_circuit_role role, const qy_pe *pe)
{
  qy_circuit *c = NULL;
  qy_error err = {0};
  if (circuit_of_role(&c, role, pe, arena, &err) != QY_OK) {
    ok(0, "circuit: %s", err.diagnostic[0].text);
    exit(1);
  }
  return c;
}

static qy_pe make_pe(qy_pe_kind kind, qy_multiplier multiplier, int bits)
{
  qy_pe pe;
  qy_error err = {0};
  const qy_pe_params params = {.kind = kind, .multiplier = multiplier, .bits = bits};
  if (qy_pe_build(&pe, &params, arena, &err) != QY_OK) {
    ok(0, "PE: %s", err.diagnostic[0].text);
    exit(1);
  }
  return pe;
}

static void test_requantizer(int bits)
{
  enum { VECTORS = 20000 };
  const int accumulator = 2 * bits + 8, drop = accumulator - bits;
  const qy_pe pe = make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, bits);
  qy_circuit *c = circuit(QY_ROLE_REQUANTIZER, &pe);
  uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c), sizeof *state);
  uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c), sizeof *scratch);
  uint64_t inputs[2], output, expected = 0;
  int wrong = 0;
  for (int i = 0; i <= VECTORS; i++) {
    /* Small sums too, so that not everything saturates; the extremes first. */
    int64_t sum = i == 0 ? INT64_MIN >> (64 - accumulator) : random_bits(i % 3 ? accumulator : accumulator - 3);
    int64_t scale = i == 0 ? INT64_MIN >> (64 - bits) : random_bits(bits);
    inputs[0] = word(sum, accumulator);
    inputs[1] = word(scale, bits);
    qy_simulate(c, inputs, state, &output, scratch);
    if (i > 0 && output != expected) wrong++;
    int64_t level = clamp((sum + (INT64_C(1) << (drop - 1))) >> drop, bits);
    expected = word(clamp((level * scale + (INT64_C(1) << (bits - 2))) >> (bits - 1), bits), bits);
  }
  char text[80];
  snprintf(text, sizeof text, "requantizer of %d bits equals integer arithmetic, one cycle later", bits);
  is_int(wrong, 0, text);
}

static void test_adder(void)
{
  const qy_pe pe = make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, 16); /* accumulates 2 x 16 + 8 bits */
  qy_circuit *c = circuit(QY_ROLE_ADDER, &pe);
  uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c), sizeof *state);
  uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c), sizeof *scratch);
  uint64_t inputs[2], output, expected = 0;
  int wrong = 0;
  for (int i = 0; i <= 20000; i++) {
    int64_t a = random_bits(40), b = random_bits(40);
    inputs[0] = word(a, 40);
    inputs[1] = word(b, 40);
    qy_simulate(c, inputs, state, &output, scratch);
    if (i > 0 && output != expected) wrong++;
    expected = word(a + b, 40);
  }
  is_int(wrong, 0, "adder");
}

/* The loop nest of the schedule, one iteration per cycle. */
static void test_controller(void)
{
  enum { STEPS = 3, COLUMNS = 4, ROWS = 5, GROUPS = 2 };
  const qy_pe pe = make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, 16);
  qy_circuit *c = circuit(QY_ROLE_CONTROLLER, &pe);
  is_int(qy_circuit_inputs(c), 9, "controller: inputs");
  is_int(qy_circuit_outputs(c), 9, "controller: outputs");
  uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c), sizeof *state);
  uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c), sizeof *scratch);
  uint64_t in[9] = {1, STEPS - 1, COLUMNS - 1, ROWS - 1, GROUPS - 1, 0, 0, 0, 0}, out[9];
  qy_simulate(c, in, state, out, scratch); /* configure */
  in[0] = 0;
  in[5] = 1; /* the first address counter runs */
  int wrong = 0;
  uint64_t cycle = 0;
  for (int round = 0; round < 2; round++)
    for (uint64_t g = 0; g < GROUPS; g++)
      for (uint64_t y = 0; y < ROWS; y++)
        for (uint64_t x = 0; x < COLUMNS; x++)
          for (uint64_t s = 0; s < STEPS; s++) {
            qy_simulate(c, in, state, out, scratch);
            const uint64_t last = g == GROUPS - 1 && y == ROWS - 1 && x == COLUMNS - 1 && s == STEPS - 1;
            wrong += out[0] != s || out[1] != x || out[2] != y || out[3] != g || out[4] != cycle || out[5] != 0 ||
                     out[8] != last;
            cycle++;
          }
  is_int(wrong, 0, "controller walks the loop nest twice, says done at its ends, counts addresses");
}

/* What drives the circuits, as prices.h says it: uniform random words; a 3x3 kernel on a 14x14 map of 32 channels. */
static void uniform(void *ctx, int64_t cycle, uint64_t *inputs)
{
  const int *bits = ctx;
  (void)cycle;
  for (int i = 0; i < 2; i++)
    inputs[i] = word(random_bits(64), bits[i]);
}

static void walk(void *ctx, int64_t cycle, uint64_t *inputs)
{
  const uint64_t in[9] = {cycle == 0, 3 * 3 - 1, 14 - 1, 14 - 1, 32 - 1, 1, 1, 1, 1};
  (void)ctx;
  memcpy(inputs, in, sizeof in);
}

static void test_activities(int bits)
{
  const qy_pe pe = make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, bits);
  int widths[][2] = {{2 * bits + 8, 2 * bits + 8}, {2 * bits + 8, bits}};
  for (int role = QY_ROLE_ADDER; role <= QY_ROLE_CONTROLLER; role++) {
    qy_activity expected, got;
    qy_error err = {0};
    qy_circuit *c = circuit((qy_circuit_role)role, &pe);
    const bool walks = role == QY_ROLE_CONTROLLER;
    int *of = role == QY_ROLE_ADDER ? widths[0] : widths[1];
    if (!ok(!qy_circuit_activity(c, walks ? walk : uniform, of, walks ? 512 : 2048, &expected, &err) &&
                !circuit_role_activity(&got, c, (qy_circuit_role)role, &pe, NULL, &err),
            "activities"))
      return;
    ok(got.ff_count == expected.ff_count &&
           (walks ? got.bit_rate == expected.bit_rate : fabs(got.bit_rate / expected.bit_rate - 1) < 0.02),
       "circuit %d of %d bits: %g toggles of a bit in a cycle, for %g", role, bits, got.bit_rate, expected.bit_rate);
  }
}

static qy_tech *read_tech(const char *name)
{
  qy_tech *tech;
  qy_error err = {0};
  if (qy_tech_read(&tech, "db", name, arena, &err) != QY_OK) {
    ok(0, "library %s: %s", name, err.diagnostic[0].text);
    exit(1);
  }
  return tech;
}

/* Prices of what a depthwise module uses, in one library at one clock. */
static int make_list(made *m, const qy_pe *pe, const qy_tech *tech, double period_ps)
{
  const qy_pe_stimulus words = qy_pe_stimulus_default();
  qy_columns_make(&m->columns, qy_accelerator_depthwise.uses);
  return !qy_components_new(&m->components, pe, &words, qy_accelerator_depthwise.uses, arena, NULL) &&
         !qy_pricing_new(&m->pricing, m->components, tech, NULL, (qy_pricing_stop){NULL, NULL}, arena, NULL) &&
         !qy_prices_at(&m->prices, m->pricing, &m->columns, period_ps, QY_PIPELINE_FOR_CLOCK, NULL);
}

/* Of an item, before placement. */
static double logic_um2(const made *m, int part, const qy_tech *tech)
{
  return price_of(&m->columns, m->prices.price, 1, part, 0) * tech->density_frac;
}

static double register_um2(const made *m, int part, const qy_tech *tech)
{
  return price_of(&m->columns, m->prices.price, 1, part, 1) * tech->density_frac;
}

static double energy_fj(const made *m, int event, int feed)
{
  return price_of(&m->columns, m->prices.price, 1, event, feed) * 1e9;
}

static void test_price(const char *library)
{
  const qy_tech *tech = read_tech(library);
  const qy_pe pe = make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, 16);
  made p = {0}, fast = {0};
  printf("# %s\n", library);
  if (!ok(make_list(&p, &pe, tech, 20000) && !p.prices.reason, "parts at 50 MHz")) return;
  const double dff = tech->area_um2[QY_DFF];
  near_rel(register_um2(&p, QY_PART_ELEMENT, tech), 40 * dff, 1e-9,
           "the element's flip-flops are its accumulator of 2 x 16 + 8 bits");
  near_rel(register_um2(&p, QY_PART_ADDER, tech), 40 * dff, 1e-9, "the adder's: a sum of 40 bits");
  near_rel(register_um2(&p, QY_PART_REQUANTIZER, tech), 16 * dff, 1e-9, "the requantizer's: a result of 16 bits");
  near_rel(register_um2(&p, QY_PART_CONTROLLER, tech), 12 * 16 * dff, 1e-9,
           "the controller's: four limits, four loops and four addresses of 16 bits");
  ok(qy_prices_stages(&p.prices, QY_ROLE_ADDER) == 1 && qy_prices_stages(&p.prices, QY_ROLE_REQUANTIZER) == 1 &&
         qy_prices_stages(&p.prices, QY_ROLE_CONTROLLER) == 1 && qy_prices_stages(&p.prices, QY_ROLE_ELEMENT) == 0,
     "no pipelining when relaxed");
  const double fa = tech->area_um2[QY_FA], adder = logic_um2(&p, QY_PART_ADDER, tech);
  ok(adder > 39 * fa && adder < 42 * fa, "the adder: 40 full adders, give or take its ends");
  const double gates = logic_um2(&p, QY_PART_REQUANTIZER, tech) / tech->area_um2[QY_NAND2];
  ok(gates > 0.75 * 1646 && gates < 1.5 * 1646, "the requantizer: about a measured Booth multiplier (%.0f gates)",
     gates);
  ok(energy_fj(&p, QY_EVENT_ADD, 0) > 0 && energy_fj(&p, QY_EVENT_ADD, 1) > 0 &&
         energy_fj(&p, QY_EVENT_REQUANTIZE, 0) > energy_fj(&p, QY_EVENT_ADD, 0) &&
         energy_fj(&p, QY_EVENT_CONTROL, 1) > energy_fj(&p, QY_EVENT_ADD, 1),
     "energies: multiplying costs more than adding, 192 flip-flops more than 40");

  ok(make_list(&fast, &pe, tech, 700), "parts at 1.43 GHz");
  if (!fast.prices.reason)
    ok(logic_um2(&fast, QY_PART_REQUANTIZER, tech) > logic_um2(&p, QY_PART_REQUANTIZER, tech) &&
           (qy_prices_stages(&fast.prices, QY_ROLE_REQUANTIZER) > 1 ||
            logic_um2(&fast, QY_PART_REQUANTIZER, tech) > 1.05 * logic_um2(&p, QY_PART_REQUANTIZER, tech)),
       "a fast requantizer is larger or pipelined");
  ok(make_list(&fast, &pe, tech, 10) && fast.prices.reason, "at 100 GHz there are no prices, but a reason");
}

/* The whole way with real circuits: the reconfigurable module is a little larger and, at 4 bits, about three times
 * faster and well over twice as frugal as the standard one. */
static void test_module(const char *library)
{
  const qy_tech *tech = read_tech(library);
  const qy_pe pe[2] = {make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, 16), make_pe(QY_PE_MAC_ST, QY_MULTIPLIER_BOOTH, 16)};
  qy_error err = {0};
  qy_sram_table *table;
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
  double v[2][QY_METRIC_COUNT];
  const qy_depthwise_params params = {.channels = 4, .multipliers = 1, .port_bits = 64};
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) != QY_OK ||
      qy_network_read(&network, "db", "mobilenet_v1_1.0_224", arena, &err) != QY_OK ||
      qy_network_select(&layers, &count, network, &filter, arena, &err) != QY_OK) {
    ok(0, "inputs: %s", err.diagnostic[0].text);
    return;
  }
  request r = {.accelerator = &qy_accelerator_depthwise,
               .params = &params,
               .tech = tech,
               .sram = table,
               .clock_mhz = 200,
               .layers = layers,
               .layer_count = count};
  for (int k = 0; k < 2; k++) {
    made m;
    r.pe = &pe[k];
    if (!ok(!why_not(&m, &r, arena) && !run_metrics(v[k], &m, 4), "%s: module with %s", library, k ? "mac_st" : "mac"))
      return;
  }
  const double area = v[1][QY_AREA_UM2] / v[0][QY_AREA_UM2], latency = v[0][QY_LATENCY_US] / v[1][QY_LATENCY_US];
  const double energy = v[0][QY_ENERGY_UJ] / v[1][QY_ENERGY_UJ];
  ok(area > 1 && area < 1.1, "area x%.3f", area);
  ok(latency > 2.9 && latency <= 3.001, "4-bit latency / %.3f", latency);
  /* mac takes narrow operands at the left and keeps them packed */
  ok(energy > 1 && energy < 1.6, "4-bit energy / %.2f", energy);

  made m;
  r.pe = &pe[0];
  r.clock_mhz = 100000;
  const char *reason = why_not(&m, &r, arena);
  ok(reason && m.design.reason == m.prices.reason, "an element that misses the clock: its reason is passed on (%s)",
     reason ? reason : "none");
}

/* A module of 4 lanes in its 4-bit mode on a layer counted by hand: 3 x 3 taps, 8 x 8 pixels, 4 channels.  Operands at
 * the left: 4 of 16 bits are written, chosen and moved. */
static void test_narrow(qy_pe_side side, double bits)
{
  qy_tech *tech;
  qy_sram_table *table;
  qy_pe pe;
  const qy_pe_params element = {.kind = QY_PE_MAC, .multiplier = QY_MULTIPLIER_BOOTH, .bits = 16, .operands_at = side};
  const qy_depthwise_params params = {.channels = 4, .multipliers = 1, .port_bits = 64};
  const qy_layer l = {.name = "dw",
                      .type = QY_LAYER_DWCONV,
                      .batch = 1,
                      .groups = 4,
                      .in_h = 8,
                      .in_w = 8,
                      .in_c = 4,
                      .out_h = 8,
                      .out_w = 8,
                      .out_c = 4,
                      .kernel_h = 3,
                      .kernel_w = 3,
                      .stride_h = 1,
                      .stride_w = 1,
                      .dilation_h = 1,
                      .dilation_w = 1,
                      .pad_top = 1,
                      .pad_bottom = 1,
                      .pad_left = 1,
                      .pad_right = 1,
                      .macs = 2304,
                      .weights = 36};
  const qy_layer *list = &l;
  static made m;
  double v[QY_METRIC_COUNT];
  qy_error err = {0};
  if (!ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, &err) &&
              !qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) &&
              !qy_pe_build(&pe, &element, arena, &err),
          "inputs"))
    return;
  const request r = {.accelerator = &qy_accelerator_depthwise,
                     .params = &params,
                     .pe = &pe,
                     .tech = tech,
                     .sram = table,
                     .clock_mhz = 200,
                     .layers = &list,
                     .layer_count = 1};
  if (!ok(!why_not(&m, &r, arena) && !run_metrics(v, &m, 4), "a small module: %s",
          m.design.reason ? m.design.reason : ""))
    return;
  const double *n = m.design.bill.count, density = tech->density_frac;
  /* 9 words of a window for each of 64 pixels and of a kernel once, 64 x 9 products of 2 operands, in each lane */
  near_rel(n[QY_EVENT_OPERAND_WRITE], 4 * 65 * 9 * bits, 1e-12, "bits written");
  near_rel(n[QY_EVENT_OPERAND_MUX], 4 * 64 * 9 * 8 * 2 * bits, 1e-12, "bits passed over, 8 words for each operand");
  const double lane_um2 = m.prices.placed_um2[QY_ROLE_ELEMENT] + m.prices.placed_um2[QY_ROLE_REQUANTIZER] +
                          2 * 16 * (9 * tech->area_um2[QY_DFF] + 8 * tech->area_um2[QY_MUX2]) / density;
  const double lane = sqrt(lane_um2 / m.prices.placed_um2[QY_ROLE_ELEMENT]);
  near_rel(n[QY_EVENT_OPERAND_WIRE], lane * bits * 4 * (65 * 9 + 64 * 9 * 2 / 2.0), 1e-12, "wires of operands");
  near_rel(n[QY_EVENT_SUM_WIRE], lane * 4 * 64 * (40 / 2.0 + 16), 1e-12, "wires of sums and results");
  /* accumulators in all cycles, written bits, and whatever the requantizer and the controller clock */
  const double rest =
      256 * m.prices.flip_flops[QY_ROLE_REQUANTIZER] + v[QY_CYCLES] * m.prices.flip_flops[QY_ROLE_CONTROLLER];
  near_rel(n[QY_EVENT_CLOCK_TREE], 4 * v[QY_CYCLES] * 40 + n[QY_EVENT_OPERAND_WRITE] + rest, 1e-12,
           "flip-flops whose clock a tree brings");
}

int main(void)
{
  arena = qy_arena_new();
  test_requantizer(16);
  test_requantizer(8);
  test_requantizer(4);
  test_adder();
  test_activities(8);
  test_activities(16);
  test_controller();
  test_price("fdsoi28");
  test_price("lp55");
  test_module("fdsoi28");
  test_module("lp55");
  test_narrow(QY_PE_AT_LEFT, 4);
  test_narrow(QY_PE_AT_RIGHT, 16);
  qy_arena_free(arena);
  return done();
}
