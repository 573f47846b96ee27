/* What surrounds the PEs of a depthwise module, as circuits: see depthwise.h.
 *
 * adder:       two accumulators added, sum registered: one node of the tree that joins the multipliers of a lane.
 * requantizer: accumulator rounded and clamped to the operand width, times a scale of the operand width, rounded and
 *              clamped again, registered: integer requantization as in Jacob et al., CVPR 2018, section 2.2, with
 *              the accumulator normalised first so that one operand-wide multiplier does.
 * controller:  the loop nest of the schedule (step, column, row, group: count, compare with a limit register, start
 *              again) and four address counters (input, weight and output buffer, port).
 * The circuits are built for the target clock like the PE.  Activity: uniform random accumulators and scales, new for
 * every operation; the controller counts through a 3x3 kernel on a 14x14 map, the most common one of MobileNetV1.
 */
#include "depthwise_int.h"

#include <math.h>

enum { COUNTER_BITS = 16, LOOPS = 4, ADDRESSES = 4 };

static qy_status no_memory(qy_error *err)
{
  return qy_fail(err, QY_NO_MEMORY, "out of memory for the circuits of a depthwise module");
}

qy_circuit *depthwise_adder(int accumulator_bits, qy_arena *arena)
{
  qy_circuit *c = qy_circuit_new("lane_adder", arena);
  qy_net a = qy_input(c, "a", accumulator_bits), b = qy_input(c, "b", accumulator_bits);
  qy_net sum = qy_register(c, "sum", accumulator_bits, -1);
  qy_register_connect(c, sum, qy_add(c, a, b, accumulator_bits, true));
  qy_output(c, "y", sum);
  return c;
}

qy_circuit *depthwise_requantizer(const qy_pe *pe, int accumulator_bits, qy_arena *arena)
{
  const int bits = pe->params.bits, drop = accumulator_bits > bits ? accumulator_bits - bits : 0;
  qy_circuit *c = qy_circuit_new("requantizer", arena);
  qy_net sum = qy_input(c, "sum", accumulator_bits), scale = qy_input(c, "scale", bits);
  qy_net word = qy_round_saturate(c, sum, drop, bits, true);
  qy_net product = qy_multiply(c, pe->params.multiplier, word, scale, true);
  qy_net result = qy_register(c, "result", bits, -1);
  qy_register_connect(c, result, qy_round_saturate(c, product, bits - 1, bits, true));
  qy_output(c, "y", result);
  return c;
}

qy_circuit *depthwise_controller(qy_arena *arena)
{
  static const char *const loop[LOOPS] = {"step_count", "column_count", "row_count", "group_count"};
  static const char *const limit[LOOPS] = {"steps", "columns", "rows", "groups"};
  static const char *const limit_input[LOOPS] = {"set_steps", "set_columns", "set_rows", "set_groups"};
  static const char *const address[ADDRESSES] = {"input_address", "weight_address", "output_address", "port_address"};
  qy_circuit *c = qy_circuit_new("controller", arena);
  qy_net configure = qy_input(c, "configure", 1), one = qy_constant_word(c, 1, COUNTER_BITS);
  qy_net zero = qy_constant_word(c, 0, COUNTER_BITS), wrap = -1;
  for (int i = 0; i < LOOPS; i++) {
    qy_net last = qy_register(c, limit[i], COUNTER_BITS, configure);
    qy_register_connect(c, last, qy_input(c, limit_input[i], COUNTER_BITS));
    qy_net count = qy_register(c, loop[i], COUNTER_BITS, wrap); /* the inner loop's last step moves the outer one on */
    qy_net at_last = qy_equal(c, count, last);
    qy_net choice[2] = {qy_add(c, count, one, COUNTER_BITS, false), zero};
    qy_register_connect(c, count, qy_mux(c, at_last, choice, 2));
    wrap = i == 0 ? at_last : qy_bitwise(c, QY_OP_AND, wrap, at_last);
    qy_output(c, loop[i], count);
  }
  for (int i = 0; i < ADDRESSES; i++) {
    qy_net enable = qy_input(c,
                             i == 0   ? "next_input"
                             : i == 1 ? "next_weight"
                             : i == 2 ? "next_output"
                                      : "next_port",
                             1);
    qy_output(c, address[i], qy_counter(c, address[i], COUNTER_BITS, enable));
  }
  qy_output(c, "done", wrap);
  return c;
}

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): the same stimulus on every machine. */
static uint64_t random_word(uint64_t *state)
{
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static int accumulator_bits(const qy_pe *pe)
{
  return pe->params.accumulator_bits ? pe->params.accumulator_bits : 2 * pe->params.bits + 8;
}

static void random_operands(void *ctx, int64_t cycle, uint64_t *inputs)
{
  depthwise_words *s = ctx;
  (void)cycle;
  for (int i = 0; i < 2; i++)
    inputs[i] = random_word(&s->state) & s->mask[i];
}

static uint64_t mask_of(int width)
{
  return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

/* Inputs in the order in which depthwise_controller made them. */
static void count_loops(void *ctx, int64_t cycle, uint64_t *inputs)
{
  static const uint64_t last[LOOPS] = {9 - 1, 14 - 1, 14 - 1, 32 - 1}; /* 3x3 taps, 14x14 outputs, groups */
  (void)ctx;
  inputs[0] = cycle == 0;
  for (int i = 0; i < LOOPS; i++)
    inputs[1 + i] = last[i];
  for (int i = 0; i < ADDRESSES; i++)
    inputs[1 + LOOPS + i] = 1;
}

double depthwise_register_um2(const qy_circuit *c, const qy_build *build, const qy_tech *tech)
{
  qy_census census;
  double flip_flops = build->pipeline_bits;
  qy_circuit_census(c, &census);
  for (int g = 0; g < QY_GROUP_COUNT; g++)
    flip_flops += census.cells[g][QY_DFF];
  return fmin(build->area_um2, flip_flops * tech->area_um2[QY_DFF]);
}

qy_status depthwise_part_price(qy_depthwise_part *part, bool *feasible, const qy_circuit *c,
                               const qy_activity *activity, const qy_tech *tech, double period_ps, qy_error *err)
{
  qy_build build;
  qy_energy energy;
  qy_status status = qy_circuit_build(c, tech, period_ps, &build, err);
  *feasible = !status && build.feasible;
  if (!*feasible) return status;
  qy_circuit_energy(&build, activity, tech, &energy);
  part->register_um2 = depthwise_register_um2(c, &build, tech);
  part->logic_um2 = build.area_um2 - part->register_um2;
  part->leakage_nw = build.leakage_nw;
  part->logic_fj = energy.comb_fj;
  part->register_fj = energy.register_fj + energy.clock_fj;
  part->stages = build.stages + 1;
  return QY_OK;
}

qy_status depthwise_circuits(depthwise_circuit circuit[DEPTHWISE_CIRCUITS], const qy_pe *pe, qy_arena *arena,
                             qy_error *err)
{
  const int accumulator = accumulator_bits(pe);
  const uint64_t sum = mask_of(accumulator), word = mask_of(pe->params.bits);
  circuit[DEPTHWISE_ADDER] = (depthwise_circuit){
      depthwise_adder(accumulator, arena), random_operands, {1, {sum, sum}}, "the adder tree misses the clock"};
  circuit[DEPTHWISE_REQUANTIZER] = (depthwise_circuit){depthwise_requantizer(pe, accumulator, arena),
                                                       random_operands,
                                                       {2, {sum, word}},
                                                       "the requantizer misses the clock"};
  circuit[DEPTHWISE_CONTROLLER] =
      (depthwise_circuit){depthwise_controller(arena), count_loops, {0}, "the controller misses the clock"};
  qy_status status = QY_OK;
  for (int i = 0; i < DEPTHWISE_CIRCUITS && !status; i++)
    status = qy_circuit_finish(circuit[i].circuit, err);
  return status;
}

qy_status qy_depthwise_parts_price(qy_depthwise_parts *parts, const qy_pe *pe, const qy_pe_cost *cost,
                                   const qy_tech *tech, double period_ps, qy_error *err)
{
  *parts = (qy_depthwise_parts){0};
  if (cost->build.feasible) parts->pe_register_um2 = depthwise_register_um2(pe->circuit, &cost->build, tech);
  qy_arena *arena = qy_arena_new();
  if (!arena) return no_memory(err);
  qy_depthwise_part *const part[DEPTHWISE_CIRCUITS] = {[DEPTHWISE_ADDER] = &parts->adder,
                                                       [DEPTHWISE_REQUANTIZER] = &parts->requantizer,
                                                       [DEPTHWISE_CONTROLLER] = &parts->controller};
  depthwise_circuit row[DEPTHWISE_CIRCUITS];
  qy_status status = depthwise_circuits(row, pe, arena, err);
  for (int i = 0; i < DEPTHWISE_CIRCUITS && !status; i++) {
    bool feasible = true;
    qy_activity activity;
    status = qy_circuit_activity(row[i].circuit, row[i].next, &row[i].words, DEPTHWISE_ACTIVITY_CYCLES, &activity, err);
    if (!status) status = depthwise_part_price(part[i], &feasible, row[i].circuit, &activity, tech, period_ps, err);
    if (!feasible && !parts->reason) parts->reason = row[i].reason;
  }
  qy_arena_free(arena);
  return status;
}

qy_status qy_depthwise_new(qy_depthwise **module, const qy_depthwise_params *params, const qy_pe *pe,
                           const qy_pe_cost *cost, const qy_tech *tech, const qy_sram_table *sram, double clock_mhz,
                           const qy_depthwise_work *work, qy_arena *arena, qy_error *err)
{
  static const double ps_per_us = 1e6;
  qy_depthwise_parts parts;
  const char *reason;
  *module = qy_arena_alloc(arena, 1, sizeof **module);
  if (!*module) return no_memory(err);
  qy_status status = qy_depthwise_parts_price(&parts, pe, cost, tech, ps_per_us / clock_mhz, err);
  if (status) return status;
  status = qy_depthwise_init_with(*module, params, pe, cost, &parts, tech, sram, clock_mhz, work, &reason, err);
  if (status == QY_INFEASIBLE) qy_fail(err, status, "%s", reason);
  return status;
}
