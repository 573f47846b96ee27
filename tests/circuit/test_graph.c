/* Building circuits: what is accepted, what is refused and with which words; feedback; timing and build by hand-counted
 * sums of an invented library. */
#include "../../src/circuit/cells.h"
#include "quarry/circuit.h"
#include "tap.h"

#include <math.h>

static qy_arena *arena;

static void refused(qy_circuit *c, const char *part, const char *what)
{
  qy_error err = {0};
  qy_status status = qy_circuit_finish(c, &err);
  ok(status != QY_OK && err.count == 1 && strstr(err.diagnostic[0].text, part), "%s", what);
  if (err.count) printf("# %s\n", err.diagnostic[0].text);
}

static void test_mistakes(void)
{
  qy_circuit *c = qy_circuit_new("bad", arena);
  qy_output(c, "y", qy_input(c, "x", 65));
  refused(c, "expected a width of 1 to 64 bits, found 65", "65 bits are refused");
  c = qy_circuit_new("bad", arena);
  qy_net x = qy_input(c, "x", 8);
  qy_output(c, "y", qy_slice(c, x, 4, 5));
  refused(c, "reaches beyond", "a slice beyond its word");
  c = qy_circuit_new("bad", arena);
  x = qy_input(c, "x", 8);
  qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_BOOTH, x, x, false));
  refused(c, "signed", "an unsigned Booth multiplier");
  c = qy_circuit_new("bad", arena);
  x = qy_input(c, "x", 8);
  qy_output(c, "y", qy_multiply_st(c, QY_MULTIPLIER_ARRAY, x, x, qy_input(c, "mode", 1), true));
  refused(c, "mode input of 2 bits", "a mode of one bit");
  c = qy_circuit_new("bad", arena);
  qy_output(c, "y", qy_register(c, "r", 8, -1));
  refused(c, "not connected", "a register without input");
  c = qy_circuit_new("bad", arena);
  x = qy_input(c, "x", 8);
  qy_net r = qy_register(c, "r", 7, -1);
  qy_register_connect(c, r, x);
  refused(c, "register r has 7 bits, its input 8", "a register of another width");
  c = qy_circuit_new("bad", arena);
  x = qy_input(c, "x", 8);
  qy_output(c, "y", qy_mux(c, x, (qy_net[]){x, x, x}, 3));
  refused(c, "select", "a select that is too wide");
  c = qy_circuit_new("bad", arena);
  x = qy_input(c, "a b", 8);
  qy_output(c, "y", x);
  refused(c, "identifier", "a name with a blank");
  c = qy_circuit_new("bad", arena);
  x = qy_add(c, qy_input(c, "x", 0), -1, 4, false);
  ok(x < 0, "calls after a mistake give no net");
  refused(c, "found 0", "the first mistake is the one reported");
}

/* An accumulator: feedback through a register, with clear. */
static void test_feedback(void)
{
  qy_error err = {0};
  qy_circuit *c = qy_circuit_new("acc", arena);
  qy_net x = qy_input(c, "x", 8), on = qy_input(c, "on", 1);
  qy_net r = qy_register(c, "r", 12, on);
  qy_register_connect(c, r, qy_add(c, r, x, 12, true));
  qy_output(c, "y", r);
  ok(qy_circuit_finish(c, &err) == QY_OK, "accumulator builds");
  is_int((int64_t)qy_circuit_state_words(c), 1, "one word of state");
  uint64_t state[1] = {0}, out[1], scratch[16], want = 0;
  int wrong = 0;
  for (int i = 0; i < 1000; i++) {
    uint64_t in[2] = {(uint64_t)(i * 37) & 255, i % 3 != 0};
    qy_simulate(c, in, state, out, scratch);
    wrong += out[0] != want;
    if (in[1]) want = (want + (in[0] ^ 128) - 128) & 4095;
  }
  is_int(wrong, 0, "1000 cycles of a signed accumulator with enable");
}

/* A library in which every delay is 6 ps and 1 ps/fF, every pin 1 fF, so that four inverters take 10 ps; every area
 * 1 um2, no effort, energies of 1 fJ. */
static qy_tech plain(void)
{
  qy_tech t = {.fa_carry_ps = 10, .dff_clock_fj = 2, .dff_setup_ps = 5, .effort_p = 4, .clock_tree_frac = 0.5};
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1, t.delay_ps[k] = 10, t.internal_fj[k] = 1, t.leakage_nw[k] = 3, t.load_slope_ps_per_ff[k] = 1,
    t.in_cap_ff[k] = t.lone_cap_ff[k] = t.pair_cap_ff[k] = 1;
  t.load_ff = 4;
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1;
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    t.glitch_lean[g] = t.glitch_fast[g] = 1;
  return t;
}

/* Shortest periods of test_timing's circuit in libraries that differ: only delays matter. */
static void check_timer(const qy_circuit *c, const qy_tech *tech)
{
  qy_timer *timer;
  if (!ok(qy_timer_new(&timer, c, NULL) == QY_OK, "a timer")) return;
  const double shortest_ps = 7 + 7 + 11 + 5;
  qy_tech slower = *tech, other = *tech, held = *tech;
  slower.delay_ps[QY_XOR2] += 3;
  other.energy_fj[QY_XOR2] *= 2;
  other.leakage_nw[QY_DFF] *= 2;
  held.dff_setup_ps += 4;
  near_abs(qy_timer_shortest(timer, tech), shortest_ps, 1e-4, "timer: the first library");
  near_abs(qy_timer_shortest(timer, &slower), shortest_ps + 3, 1e-4, "timer: a slower gate");
  near_abs(qy_timer_shortest(timer, &other), shortest_ps, 1e-4, "timer: another energy");
  near_abs(qy_timer_shortest(timer, &held), shortest_ps + 4, 1e-4, "timer: a longer set-up time");
  near_abs(qy_timer_shortest(timer, tech), shortest_ps, 1e-4, "timer: the first library again");
  qy_timer_free(timer);
}

/* Nothing arrives at an output that is a constant: the set-up time is left. */
static void test_no_path(void)
{
  qy_tech tech = plain();
  qy_timing timing;
  qy_circuit *c = qy_circuit_new("constant", arena);
  qy_input(c, "a", 4);
  qy_output(c, "y", qy_constant_word(c, 5, 4));
  ok(qy_circuit_finish(c, NULL) == QY_OK && qy_circuit_timing(c, &tech, &timing, NULL) == QY_OK, "a constant builds");
  ok(timing.lean_ps == tech.dff_setup_ps && timing.fast_ps == tech.dff_setup_ps && timing.loop_ps == 0,
     "no path: %g, %g ps", timing.lean_ps, timing.fast_ps);
}

static void test_timing(void)
{
  qy_error err = {0};
  qy_tech tech = plain();
  tech.delay_ps[QY_XOR2] = 14;
  qy_circuit *c = qy_circuit_new("gates", arena);
  qy_net a = qy_input(c, "a", 4), b = qy_input(c, "b", 4);
  qy_net r = qy_register(c, "r", 4, -1);
  qy_register_connect(c, r, qy_bitwise(c, QY_OP_XOR, qy_bitwise(c, QY_OP_AND, a, b), r));
  qy_output(c, "y", qy_bitwise(c, QY_OP_NOT, r, -1));
  ok(qy_circuit_finish(c, &err) == QY_OK, "gates build");
  qy_timing timing;
  qy_circuit_timing(c, &tech, &timing, NULL);
  /* One pin each; two for r.  Fast: cells that drive one of their size (the factor); flip-flops as they are. */
  const double start = 6 + 1, reg = 6 + 2, gate = 6 + 1, exclusive = 10 + 1, lean = start + gate + exclusive;
  near_abs(timing.lean_ps, lean + 5, 1e-4, "clock to Q, AND2, XOR2, setup");
  near_abs(timing.fast_ps, start + gate + exclusive + 5, 1e-4, "the same, sized");
  near_abs(timing.loop_ps, reg + exclusive + 5, 1e-4, "the loop skips the AND2");
  check_timer(c, &tech);
  qy_build build;
  ok(qy_circuit_build(c, &tech, 1000, &build, &err) == QY_OK && build.feasible, "slow clock is feasible");
  near_abs(build.area_um2, 4 + 4 + 4 + 4, 1e-9, "16 cells of 1 um2");
  near_abs(build.leakage_nw, 48, 1e-9, "16 cells of 3 nW");
  ok(qy_circuit_build(c, &tech, 25, &build, &err) == QY_OK && build.feasible && build.stages == 1, "25 ps: one cut");
  near_abs(build.pipeline_bits, 4, 1e-9, "it registers the AND2's 4 bits");
  near_abs(build.min_period_ps, reg + exclusive + 5, 1e-4, "and reaches the loop's period");
  ok(qy_circuit_build(c, &tech, 21, &build, &err) == QY_OK && !build.feasible && build.reason, "21 ps: infeasible");
  ok(qy_circuit_build(c, &tech, -1, &build, &err) == QY_BAD_INPUT, "a negative period is refused");
  tech.effort_k[QY_CLASS_LOGIC] = 0.5;
  qy_circuit_build(c, &tech, timing.fast_ps, &build, &err);
  near_abs(build.area_um2, 4 + 12 * 1.5, 1e-4, "at the limit gates grow by k");
  qy_circuit_build(c, &tech, 2 * timing.fast_ps, &build, &err);
  near_abs(build.area_um2, 4 + 12 * (1 + 0.5 / 16), 1e-4, "at twice the period by k / 2^p");
  qy_activity activity = {.ff_count = 4};
  activity.settled[QY_CLASS_LOGIC].output.cells[QY_AND2] = 2;
  activity.settled[QY_CLASS_REGISTER].output.cells[QY_DFF] = 3;
  qy_energy energy;
  qy_circuit_energy(&build, &activity, &tech, &energy);
  near_abs(energy.comb_fj, 2 * (1 + 0.5 / 16), 1e-4, "energy of the gates grows with their area");
  near_abs(energy.register_fj, 3, 1e-9, "energy of flip-flop outputs");
  near_abs(energy.clock_fj, 4 * 2 * 1.5, 1e-9, "clock pins and tree");
  /* Glitches go from one layout to the other as the effort goes from none to all; pins at 1 V; two stages: half. */
  build.fast_share = 0.25;
  activity.glitch[QY_LAYOUT_LEAN][QY_CLASS_LOGIC].output.cells[QY_AND2] = 4;
  activity.glitch[QY_LAYOUT_FAST][QY_CLASS_LOGIC].output.cells[QY_AND2] = 8;
  activity.settled[QY_CLASS_LOGIC].input.cells[QY_AND2] = 3;
  tech.glitch_fast[QY_CLASS_LOGIC] = 2;
  tech.voltage_v = 1;
  tech.in_cap_ff[QY_AND2] = 0.5;
  double effort = 1 + 0.5 / 16, settled = 2 + 0.5 * 2 * 3 * 0.5;
  tech.area_um2[QY_FA] = 4; /* smaller than five gates */
  qy_circuit_energy(&build, &activity, &tech, &energy);
  near_abs(energy.comb_fj, effort * (0.75 * (settled + 4) + 0.25 * 2 * (settled + 8)), 1e-4, "between the layouts");
  build.stages = 1;
  qy_circuit_energy(&build, &activity, &tech, &energy);
  near_abs(energy.comb_fj, effort * (0.75 * (settled + 2) + 0.25 * 2 * (settled + 4)), 1e-4, "in two stages");
  build.stages = 0;
  build.fast_share = 0;
  tech.area_um2[QY_FA] = 6;
  qy_circuit_energy(&build, &activity, &tech, &energy);
  near_abs(energy.comb_fj, effort * (settled + 8), 1e-4, "adder cells larger than gates: they are gates");
}

/* A full and a half adder, an exclusive or and a flip-flop, at full effort. */
static double grown_um2(const qy_tech *tech, double power)
{
  static const qy_census census = {
      .cells = {[QY_CLASS_ADDER] = {[QY_FA] = 1, [QY_HA] = 1, [QY_XOR2] = 1}, [QY_CLASS_REGISTER] = {[QY_DFF] = 1}}};
  qy_build build = {.pipeline_bits = 2};
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    build.effort_share[g] = 1;
  qy_effort_law law;
  qy_effort_law_of(&law, &census, tech);
  qy_build_take_effort(&build, power, &law);
  const double lean_um2 = tech->area_um2[QY_FA] + 2, logic_um2 = build.area_um2 - 3; /* 3 cells of 3 nW; 3 flip-flops */
  near_abs(build.leakage_nw, 9 * logic_um2 / lean_um2 + 9, 1e-9, "leakage grows as the area does");
  return build.area_um2;
}

static void test_effort(void)
{
  qy_tech tech = plain(); /* gates of 1 um2, two NAND2 in a row: 7 + 10 ps, an exclusive or 10 ps */
  const double flops = 3;
  tech.area_um2[QY_FA] = 2;
  near_abs(grown_um2(&tech, 0), flops + 2 + 1 + 1, 1e-12, "no effort: lean");
  near_abs(grown_um2(&tech, 1), flops + 5 + 2 + 1, 1e-12, "all effort: adders are five gates and two");
  near_abs(grown_um2(&tech, 0.25), flops + 0.75 * 4 + 0.25 * 8, 1e-12, "linear in between");
  tech.effort_k[QY_CLASS_ADDER] = 0.1;
  near_abs(grown_um2(&tech, 1), flops + 1.1 * 8, 1e-12, "the rest on top");
  tech.effort_k[QY_CLASS_ADDER] = -0.4;
  near_abs(grown_um2(&tech, 1), flops + 0.6 * 8, 1e-12, "the rest may be less than gates");
  tech.effort_k[QY_CLASS_ADDER] = -0.5;
  tech.area_um2[QY_FA] = 6;
  near_abs(grown_um2(&tech, 1), flops + 6 + 1 + 1, 1e-12, "but never less than lean");
  tech.effort_k[QY_CLASS_ADDER] = 0;
  near_abs(grown_um2(&tech, 1), flops + 6 + 2 + 1, 1e-12, "full adders larger than gates do not grow");
  tech.area_um2[QY_FA] = 2;
  tech.delay_ps[QY_XOR2] = 34;
  near_abs(grown_um2(&tech, 1), flops + (2 * 2 + 3) + (2 + 1) + 2, 1e-12,
           "exclusive ors twice as slow: twice as large");
  for (int k = -5; k <= 5; k++) {
    tech.effort_k[QY_CLASS_ADDER] = k / 10.0;
    ok(grown_um2(&tech, 0.5) >= grown_um2(&tech, 0.25) && grown_um2(&tech, 1) >= grown_um2(&tech, 0.5),
       "k %g: a faster clock never costs less", k / 10.0);
  }
}

/* Ripples overlap: a + b + c in ripple adders takes one cell more than a + b, not twice as long. */
static void test_ripples(void)
{
  qy_error err = {0};
  qy_tech tech = plain();
  qy_circuit *c = qy_circuit_new("chain", arena);
  qy_net a = qy_input(c, "a", 16), b = qy_input(c, "b", 16), d = qy_input(c, "d", 16);
  qy_net one = qy_add(c, a, b, 16, false), two = qy_add(c, one, d, 16, false);
  qy_output(c, "y", two);
  ok(qy_circuit_finish(c, &err) == QY_OK, "chain builds");
  qy_timing timing;
  qy_circuit_timing(c, &tech, &timing, NULL);
  /* Cells take 10 ps or, from an operand, 12.6: clock to Q, 16 cells of the chain, one more, setup. */
  double two_ps = timing.lean_ps;
  ok(two_ps > 10 + 16 * 10 && two_ps < 10 + 16 * 10 + 2 * 12.6 + 5, "two chained ripple adders: %g ps", two_ps);
  qy_circuit *half = qy_circuit_new("half", arena);
  a = qy_input(half, "a", 16), b = qy_input(half, "b", 16), d = qy_input(half, "d", 16);
  qy_net upper = qy_slice(half, qy_add(half, a, b, 16, false), 8, 8);
  qy_output(half, "y", qy_add(half, qy_extend(half, upper, 16, false), d, 16, false));
  ok(qy_circuit_finish(half, &err) == QY_OK, "sliced chain builds");
  qy_circuit_timing(half, &tech, &timing, NULL);
  /* Bit 8 comes eight carries after bit 0; above it eight half adders, which are faster than full ones, carry on. */
  double later = timing.lean_ps - two_ps;
  ok(later > 40 && later < 90, "the upper half enters the next adder later: %g ps", later);
}

/* Wider is slower and bigger; a faster clock is never smaller. */
static void test_monotonic(void)
{
  qy_error err = {0};
  qy_tech *tech = NULL;
  if (!ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) return;
  double before[3] = {0};
  int slower = 1, bigger = 1;
  for (int w = 4; w <= 32; w += 2) {
    qy_circuit *c = qy_circuit_new("mac", arena);
    qy_net a = qy_input(c, "a", w), b = qy_input(c, "b", w);
    qy_output(c, "p", qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, true));
    qy_circuit_finish(c, &err);
    qy_timing timing;
    qy_build build;
    qy_circuit_timing(c, tech, &timing, NULL);
    qy_circuit_build(c, tech, 100000, &build, &err);
    slower = slower && timing.lean_ps > before[0] && timing.fast_ps >= before[1] && timing.fast_ps <= timing.lean_ps;
    bigger = bigger && build.area_um2 > before[2];
    before[0] = timing.lean_ps, before[1] = timing.fast_ps, before[2] = build.area_um2;
    double area = 0;
    int grows = 1;
    for (double period = 10000; period > 60; period *= 0.9) {
      qy_circuit_build(c, tech, period, &build, &err);
      if (!build.feasible) break;
      grows = grows && build.min_period_ps <= period * (1 + 1e-9);
      if (build.stages == 0) grows = grows && build.area_um2 >= area, area = build.area_um2;
    }
    if (w % 8 == 0) ok(grows, "%d bits: area grows with the clock until it is cut, and every build meets it", w);
  }
  ok(slower, "delay grows with the width");
  ok(bigger, "area grows with the width");
}

/* Registers of several widths before and behind one that feeds itself through `gates` exclusive ors: the loop is
 * that of the slowest, whatever stands around it. */
static void test_loops(void)
{
  qy_tech tech = plain();
  tech.delay_ps[QY_XOR2] = 14;
  const double reg = 6 + 2, exclusive = 10 + 1, setup = 5;
  for (int order = 0; order < 3; order++)
    for (int gates = 1; gates <= 3; gates++) {
      qy_circuit *c = qy_circuit_new("loops", arena);
      qy_net x = qy_input(c, "x", 4), r[3];
      static const char *const name[] = {"r0", "r1", "r2"};
      for (int i = 0; i < 3; i++) {
        qy_net word = qy_extend(c, x, i == order ? 4 : 5 + i, false);
        r[i] = qy_register(c, name[i], qy_net_width(c, word), -1);
        qy_net next = word;
        for (int k = 0; i == order && k < gates; k++)
          next = qy_bitwise(c, QY_OP_XOR, k == 0 ? r[i] : next, word);
        qy_register_connect(c, r[i], i == order ? next : word);
      }
      for (int i = 0; i < 3; i++)
        qy_output(c, i == 0 ? "a" : i == 1 ? "b" : "d", qy_bitwise(c, QY_OP_NOT, r[i], -1));
      qy_timing timing = {0};
      ok(qy_circuit_finish(c, NULL) == QY_OK && qy_circuit_timing(c, &tech, &timing, NULL) == QY_OK, "loops build");
      near_abs(timing.loop_ps, reg + gates * exclusive + setup, 1e-4, "the loop of the one register that has one");
    }
}

/* Operators as a whole, in a library in which every cell has its own delay d and takes 1 ps more for each gate of 1 fF
 * that it drives: d - 4 + gates. */
static void test_paths(void)
{
  qy_tech t = plain();
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.delay_ps[k] = 10 + 7 * k;
  t.factor[QY_LEAN_LEADING_ONE] = 3;
  t.factor[QY_LINE_LOADS] = 4;
  t.area_um2[QY_MUX2] = 1.5; /* smaller than two gates */
  const double *d = t.delay_ps, pin = 1 - 4, two = 2 - 4, xnor2 = d[QY_XNOR2] + pin, and2 = d[QY_AND2] + pin;
  const double inv = d[QY_INV] + pin, nand = d[QY_NAND2] + pin, or2 = d[QY_OR2] + pin, ha = d[QY_HA] + pin;
  const double gates = d[QY_OAI21] + pin + nand, buffers = 2 * d[QY_BUF]; /* 16 gates: four buffers of four, one */
  const qy_shape less9 = {.a = 9, .b = 4}, less1 = {.a = 1, .b = 1}, word8 = {.a = 8}, word1 = {.a = 1};
  const qy_shape round = {.a = 28, .width = 16, .drop = 8}, clamp = {.a = 17, .width = 16};
  const qy_shape keep = {.a = 8, .width = 8, .drop = 3};
  near_abs(qy_path_less(&less9, &t, true), inv + nand + 4 * (d[QY_AOI21] + two), 1e-9, "less, 9 bits: four levels");
  near_abs(qy_path_less(&less9, &t, false), inv + nand + 4 * (d[QY_AOI21] + two + d[QY_NAND2] + two), 1e-9, "lean");
  near_abs(qy_path_less(&less1, &t, false), inv + nand, 1e-9, "less, a bit");
  near_abs(qy_path_leading_one(&word8, &t, true), 3 * or2 + d[QY_AOI21] + pin, 1e-9, "leading one of 8 bits");
  near_abs(qy_path_leading_one(&word8, &t, false), 3 * (3 * or2 + d[QY_AOI21] + pin), 1e-9, "lean: by its factor");
  near_abs(qy_path_truth_table(&word8, &t, false), 7 * d[QY_MUX2], 1e-9, "a table of 8 bits: selections, as cells");
  near_abs(qy_path_truth_table(&word8, &t, true), 7 * fmin(gates, d[QY_MUX2]), 1e-9, "or gates, when they are faster");
  near_abs(qy_path_truth_table(&word1, &t, false), d[QY_MUX2], 1e-9, "one at least");
  t.area_um2[QY_MUX2] = 3;
  near_abs(qy_path_truth_table(&word8, &t, false), 7 * fmin(gates + 2, d[QY_MUX2]), 1e-9, "cells that are too large");
  near_abs(qy_path_line(1, 1, &t, false), 0, 1e-9, "a line of one gate needs no buffer");
  near_abs(qy_path_line(4, 1, &t, false), d[QY_BUF], 1e-9, "of four one");
  near_abs(qy_path_line(16, 1, &t, false), buffers, 1e-9, "of 16 two levels");
  near_abs(qy_path_line(8, 2, &t, false), d[QY_BUF] + d[QY_BUF], 1e-9, "of 8 gates twice as large: two drive each");
  near_abs(qy_path_line(16, 1, &t, true), fmin(buffers, d[QY_INV] * 2), 1e-9,
           "fast: inverters, each four times larger");
  near_abs(qy_path_round_saturate(&keep, &t, false), 5 * ha, 1e-9, "rounding to 5 bits ripples");
  near_abs(qy_path_round_saturate(&keep, &t, true), (3 + 1) * ha, 1e-9, "or goes through a tree");
  near_abs(qy_path_round_saturate(&clamp, &t, false), xnor2 + and2 + buffers + or2, 1e-9, "clamping a bit");
  near_abs(qy_path_round_saturate(&round, &t, false), 20 * ha + xnor2 + 3 * and2 + buffers + or2, 1e-9, "both");
}

int main(void)
{
  arena = qy_arena_new();
  test_mistakes();
  test_feedback();
  test_no_path();
  test_timing();
  test_effort();
  test_ripples();
  test_loops();
  test_paths();
  test_monotonic();
  qy_arena_free(arena);
  return done();
}
