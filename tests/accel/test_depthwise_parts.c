/* The circuits around the PEs: bit-true against integer arithmetic and a loop nest, priced in the shipped libraries
 * against flip-flop counts and the size of a measured 16x16 Booth multiplier (1646 NAND2 equivalents, open synthesis).
 */
#include "../../src/accel/depthwise_int.h"

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

static void finish(qy_circuit *c)
{
  qy_error err = {0};
  if (qy_circuit_finish(c, &err) != QY_OK) {
    ok(0, "circuit: %s", err.diagnostic[0].text);
    exit(1);
  }
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
  qy_circuit *c = depthwise_requantizer(&pe, accumulator, arena);
  finish(c);
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
  qy_circuit *c = depthwise_adder(40, arena);
  finish(c);
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
  qy_circuit *c = depthwise_controller(arena);
  finish(c);
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

static void test_price(const char *library)
{
  const qy_tech *tech = read_tech(library);
  const qy_pe pe = make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, 16);
  qy_pe_cost cost;
  qy_depthwise_parts p, fast;
  qy_error err = {0};
  const double relaxed_ps = 20000;
  printf("# %s\n", library);
  if (!ok(qy_pe_price(&cost, &pe, tech, relaxed_ps, &err) == QY_OK &&
              qy_depthwise_parts_price(&p, &pe, &cost, tech, relaxed_ps, &err) == QY_OK && !p.reason,
          "parts at 50 MHz"))
    return;
  const double dff = tech->area_um2[QY_DFF];
  near_rel(p.pe_register_um2, 40 * dff, 1e-9, "the PE's flip-flops are its accumulator of 2 x 16 + 8 bits");
  near_rel(p.adder.register_um2, 40 * dff, 1e-9, "the adder's: a sum of 40 bits");
  near_rel(p.requantizer.register_um2, 16 * dff, 1e-9, "the requantizer's: a result of 16 bits");
  near_rel(p.controller.register_um2, 12 * 16 * dff, 1e-9,
           "the controller's: four limits, four loops and four addresses of 16 bits");
  ok(p.adder.stages == 1 && p.requantizer.stages == 1 && p.controller.stages == 1, "no pipelining when relaxed");
  const double fa = tech->area_um2[QY_FA];
  ok(p.adder.logic_um2 > 39 * fa && p.adder.logic_um2 < 42 * fa, "the adder: 40 full adders, give or take its ends");
  const double gates = p.requantizer.logic_um2 / tech->area_um2[QY_NAND2];
  ok(gates > 0.75 * 1646 && gates < 1.5 * 1646, "the requantizer: about a measured Booth multiplier (%.0f gates)",
     gates);
  ok(p.adder.logic_fj > 0 && p.adder.register_fj > 0 && p.requantizer.logic_fj > p.adder.logic_fj &&
         p.controller.register_fj > p.adder.register_fj,
     "energies: multiplying costs more than adding, 192 flip-flops more than 40");

  err = (qy_error){0};
  ok(qy_depthwise_parts_price(&fast, &pe, &cost, tech, 700, &err) == QY_OK, "parts at 1.43 GHz");
  if (!fast.reason)
    ok(fast.requantizer.logic_um2 > p.requantizer.logic_um2 &&
           (fast.requantizer.stages > 1 || fast.requantizer.logic_um2 > 1.05 * p.requantizer.logic_um2),
       "a fast requantizer is larger or pipelined");
  ok(qy_depthwise_parts_price(&fast, &pe, &cost, tech, 10, &err) == QY_OK, "parts at 100 GHz");
  is_text(fast.reason, "the adder tree misses the clock", "are infeasible");
}

/* The whole way with real parts: the reconfigurable module is a little larger and, at 4 bits, about three times faster
 * and well over twice as frugal as the standard one. */
static void test_module(const char *library)
{
  const qy_tech *tech = read_tech(library);
  const qy_pe pe[2] = {make_pe(QY_PE_MAC, QY_MULTIPLIER_BOOTH, 16), make_pe(QY_PE_MAC_ST, QY_MULTIPLIER_BOOTH, 16)};
  qy_error err = {0};
  qy_sram_table *table;
  qy_network *network;
  const qy_layer **layers;
  size_t count;
  qy_depthwise_work *work;
  const qy_layer_filter filter = {1u << QY_LAYER_DWCONV, NULL};
  double v[2][QY_METRIC_COUNT];
  const qy_depthwise_params params = {.channels = 4, .multipliers = 1, .port_bits = 64};
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) != QY_OK ||
      qy_network_read(&network, "db", "mobilenet_v1_1.0_224", arena, &err) != QY_OK ||
      qy_network_select(&layers, &count, network, &filter, arena, &err) != QY_OK ||
      qy_depthwise_work_new(&work, layers, count, arena, &err) != QY_OK) {
    ok(0, "inputs: %s", err.diagnostic[0].text);
    return;
  }
  for (int k = 0; k < 2; k++) {
    qy_pe_cost cost;
    qy_depthwise *m;
    const char *reason = NULL;
    if (!ok(qy_pe_price(&cost, &pe[k], tech, 5000, &err) == QY_OK &&
                qy_depthwise_new(&m, &params, &pe[k], &cost, tech, table, 200, work, arena, &err) == QY_OK &&
                qy_depthwise_evaluate(v[k], &reason, m, work, 4) == QY_OK,
            "%s: module with %s", library, k ? "mac_st" : "mac"))
      return;
  }
  const double area = v[1][QY_AREA_UM2] / v[0][QY_AREA_UM2], latency = v[0][QY_LATENCY_US] / v[1][QY_LATENCY_US];
  const double energy = v[0][QY_ENERGY_UJ] / v[1][QY_ENERGY_UJ];
  ok(area > 1 && area < 1.1, "area x%.3f", area);
  ok(latency > 2.9 && latency <= 3.001, "4-bit latency / %.3f", latency);
  ok(energy > 2 && energy < 4.5, "4-bit energy / %.2f", energy);

  qy_pe_cost cost = {0};
  qy_depthwise *m;
  err = (qy_error){0};
  cost.build.reason = "the loop is too slow";
  ok(qy_depthwise_new(&m, &params, &pe[0], &cost, tech, table, 200, work, arena, &err) == QY_INFEASIBLE,
     "a PE that misses the clock");
  is_text(err.diagnostic[0].text, "the loop is too slow", "its reason is passed on");
}

int main(void)
{
  arena = qy_arena_new();
  test_requantizer(16);
  test_requantizer(8);
  test_requantizer(4);
  test_adder();
  test_controller();
  test_price("fdsoi28");
  test_price("lp55");
  test_module("fdsoi28");
  test_module("lp55");
  qy_arena_free(arena);
  return done();
}
