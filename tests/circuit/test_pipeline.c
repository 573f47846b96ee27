/* Pipeline stages chosen by cost, on a chain whose cuts can be worked out by hand.
 *
 * y = a ^ b1 ^ b2 ^ b3, four bits, D ps each.  At t an operator holds half its operands and half its result and so on,
 * beside what is needed later: 16 - 4 t / D bits.  Cut into S + 1 equal stages that is 10 S flip-flops, and the
 * shortest period is 3 D / (S + 1) and the set-up time (flip-flops are taken to switch at once).
 */
#include "quarry/circuit.h"

#include "tap.h"

#include <stdlib.h>

enum { MOST = 40, EFFORT_P = 4 };
static const double bits_per_cut = 10, cells = 12, effort_k = 0.5, toggles = 6, depth = 3, rate = 0.25, setup_ps = 5;
static qy_arena *arena;
static double leak_nw = 2;

static qy_tech plain(double flop_um2, double clock_fj)
{
  qy_tech t = {.fa_carry_ps = 100, .dff_clock_fj = clock_fj, .dff_setup_ps = setup_ps, .effort_p = EFFORT_P};
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1, t.delay_ps[k] = 100, t.energy_fj[k] = t.internal_fj[k] = 1, t.leakage_nw[k] = leak_nw;
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1;
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    t.glitch_lean[g] = t.glitch_fast[g] = 1;
  t.area_um2[QY_DFF] = flop_um2, t.leakage_nw[QY_DFF] = leak_nw * flop_um2, t.delay_ps[QY_DFF] = 0;
  t.effort_k[QY_CLASS_LOGIC] = effort_k;
  return t;
}

static const qy_circuit *chain(void)
{
  qy_circuit *c = qy_circuit_new("chain", arena);
  qy_net y = qy_input(c, "a", 4);
  const char *const names[] = {"b1", "b2", "b3"};
  for (int i = 0; i < 3; i++)
    y = qy_bitwise(c, QY_OP_XOR, y, qy_input(c, names[i], 4));
  qy_output(c, "y", y);
  return ok(qy_circuit_finish(c, NULL) == QY_OK, "a chain of three exclusive ors") ? c : NULL;
}

/* Costs by hand: area, leakage, energy in each activity. */
typedef struct costs {
  double cost[4];
} costs;
static double other_slope = -1; /* glitches of a second activity; < 0: there is none */

static costs by_hand(const qy_tech *t, double slope, int stages, double min_period_ps, double period_ps)
{
  const double effort = 1 + effort_k * pow(min_period_ps / period_ps, EFFORT_P), bits = bits_per_cut * stages;
  costs c = {{cells * effort + bits * t->area_um2[QY_DFF], leak_nw * (cells * effort + bits * t->area_um2[QY_DFF])}};
  for (int i = 0; i < (other_slope < 0 ? 1 : 2); i++) {
    const double glitch = 1 + (i ? other_slope : slope) * depth / (stages + 1);
    c.cost[2 + i] = toggles * effort * glitch + bits * (rate + t->dff_clock_fj);
  }
  return c;
}

/* As many glitches in either layout. */
static qy_activity activity(double slope)
{
  qy_activity a = {.bit_rate = rate};
  a.settled[QY_CLASS_LOGIC].output.cells[QY_XOR2] = toggles;
  for (int k = 0; k < QY_LAYOUT_COUNT; k++)
    a.glitch[k][QY_CLASS_LOGIC].output.cells[QY_XOR2] = toggles * slope * depth;
  return a;
}

static double shortest(int stages, double logic_ps)
{
  return logic_ps / (stages + 1) + setup_ps;
}

static bool is_less(qy_pipeline_for aim, const costs *x, const costs *y)
{
  const double energy[2] = {x->cost[2] + x->cost[3], y->cost[2] + y->cost[3]};
  const double than[QY_PIPELINE_FOR_COUNT] = {[QY_PIPELINE_FOR_AREA] = x->cost[0] - y->cost[0],
                                              [QY_PIPELINE_FOR_ENERGY] = energy[0] - energy[1],
                                              [QY_PIPELINE_FOR_PRODUCT] =
                                                  x->cost[0] * energy[0] - y->cost[0] * energy[1]};
  return than[aim] < 0;
}

static int expected(qy_pipeline_for aim, const qy_tech *t, double slope, double logic_ps, double period_ps)
{
  costs now[MOST + 1], slow[MOST + 1];
  int fewest = 0;
  while (shortest(fewest, logic_ps) > period_ps)
    fewest++;
  for (int s = fewest; s <= MOST; s++) {
    now[s] = by_hand(t, slope, s, shortest(s, logic_ps), period_ps);
    slow[s] = by_hand(t, slope, s, shortest(s, logic_ps), 1e12);
  }
  int best = fewest;
  for (int s = fewest + 1; s <= MOST && aim != QY_PIPELINE_FOR_BOTH; s++)
    if (is_less(aim, &now[s], &now[best])) best = s;
  if (aim != QY_PIPELINE_FOR_BOTH) return best;
  /* From the deepest down, as long as not 1 % is lost. */
  for (int s = MOST; s >= fewest; s--) {
    bool saved = false;
    for (int more = s + 1; more <= MOST; more++)
      for (int i = 0; i < 4; i++)
        saved |= now[more].cost[i] < 0.99 * now[s].cost[i] || slow[more].cost[i] < 0.99 * slow[s].cost[i];
    if (!saved) best = s;
  }
  return best;
}

static bool as_by_hand(const qy_circuit *c, const qy_tech *t, double slope, double logic_ps, double period_ps,
                       qy_pipeline_for aim, int *stages)
{
  const qy_activity a = activity(slope), other = activity(other_slope);
  const qy_pipelining how = {.aim = aim, .activity_count = other_slope < 0 ? 1 : 2, .activity = {&a, &other}};
  qy_build b;
  qy_energy e;
  if (qy_circuit_build_for(c, t, period_ps, &how, &b, NULL) || !b.feasible) return false;
  const costs want = by_hand(t, slope, b.stages, shortest(b.stages, logic_ps), period_ps);
  qy_circuit_energy(&b, &a, t, &e);
  *stages = b.stages;
  return b.stages == expected(aim, t, slope, logic_ps, period_ps) && fabs(b.area_um2 / want.cost[0] - 1) < 1e-5 &&
         fabs(b.leakage_nw - want.cost[1]) <= 1e-5 * want.cost[1] &&
         fabs((e.comb_fj + e.register_fj + e.clock_fj) / want.cost[2] - 1) < 1e-5;
}

/* Libraries and glitches with which stages pay in area, in energy, in both, in nothing. */
static void test_chain(void)
{
  static const double libraries[][3] = {{0.1, 2, 0}, {2, 0.01, 0.9}, {0.1, 0.01, 0.9}, {2, 2, 0}, {0.2, 0.2, 0.5}};
  const qy_circuit *c = chain();
  for (size_t l = 0; c && l < sizeof libraries / sizeof *libraries; l++) {
    const qy_tech t = plain(libraries[l][0], libraries[l][1]);
    qy_timing timing;
    if (!ok(qy_circuit_timing(c, &t, &timing, NULL) == QY_OK, "paths in library %zu", l)) return;
    const double logic_ps = timing.fast_ps - setup_ps;
    for (int aim = 0; aim < QY_PIPELINE_FOR_COUNT; aim++) {
      int wrong = 0, run = 0, stages = 0, seen = 0;
      for (double period = 4 * timing.fast_ps; period > 0.15 * timing.fast_ps; period *= 0.985, run++) {
        wrong += !as_by_hand(c, &t, libraries[l][2], logic_ps, period, (qy_pipeline_for)aim, &stages);
        seen = stages > seen ? stages : seen;
      }
      ok(wrong == 0 && run > 0,
         "for %s: stages (to %d) and costs of %d builds are those worked out by hand (%d are not)",
         qy_pipeline_for_names[aim], seen, run, wrong);
    }
  }
}

/* The same from a builder, which finds what does not depend on the clock once. */
static void test_builder(void)
{
  static const double libraries[][3] = {{0.1, 2, 0}, {2, 0.01, 0.9}, {0.1, 0.01, 0.9}, {0.2, 0.2, 0.5}};
  const qy_circuit *c = chain();
  for (size_t l = 0; c && l < sizeof libraries / sizeof *libraries; l++) {
    const qy_tech t = plain(libraries[l][0], libraries[l][1]);
    const qy_activity a = activity(libraries[l][2]), other = activity(other_slope);
    qy_timing timing;
    if (qy_circuit_timing(c, &t, &timing, NULL)) return;
    const double logic_ps = timing.fast_ps - setup_ps;
    for (int aim = 0; aim < QY_PIPELINE_FOR_COUNT; aim++) {
      const qy_pipelining how = {
          .aim = (qy_pipeline_for)aim, .activity_count = other_slope < 0 ? 1 : 2, .activity = {&a, &other}};
      qy_builder *builder;
      int wrong = 0;
      if (!ok(qy_builder_new(&builder, c, &t, &how, NULL) == QY_OK, "a builder")) return;
      for (double period = 4 * timing.fast_ps; period > 0.15 * timing.fast_ps; period *= 0.95) {
        qy_build b;
        wrong += qy_builder_at(builder, period, &b, NULL) || !b.feasible;
        const costs want = by_hand(&t, libraries[l][2], b.stages, shortest(b.stages, logic_ps), period);
        wrong += b.stages != expected(how.aim, &t, libraries[l][2], logic_ps, period) ||
                 fabs(b.area_um2 / want.cost[0] - 1) > 1e-5;
      }
      is_int(wrong, 0, "a builder takes the stages worked out by hand");
      qy_builder_free(builder);
    }
  }
}

/* Three exclusive ors of D in front of a loop of one.  A cut behind 3 D would be in the loop: cuts are spaced evenly
 * over 4 D while the last one stays before it, else over 3 D.  At t 16 - 4 t / D bits cross. */
static void test_entry(void)
{
  qy_circuit *c = qy_circuit_new("entry", arena);
  qy_net y = qy_input(c, "a", 4), r = qy_register(c, "r", 4, -1);
  static const char *const names[] = {"b1", "b2", "b3"};
  for (int i = 0; i < 3; i++)
    y = qy_bitwise(c, QY_OP_XOR, y, qy_input(c, names[i], 4));
  qy_register_connect(c, r, qy_bitwise(c, QY_OP_XOR, y, r));
  qy_output(c, "y", r);
  const qy_tech t = plain(1, 1);
  qy_timing timing;
  if (!ok(!qy_circuit_finish(c, NULL) && !qy_circuit_timing(c, &t, &timing, NULL), "a chain before a loop")) return;
  const double logic_ps = timing.fast_ps - setup_ps, one_ps = logic_ps / 4;
  near_rel(timing.loop_ps, one_ps + setup_ps, 1e-6, "the loop is one of four");
  for (int cuts = 1; cuts <= 8; cuts++) {
    const bool spread = cuts * 4.0 / (cuts + 1) <= 3;
    const double spacing = spread ? 4.0 / (cuts + 1) : 3.0 / cuts, last = 4 - cuts * spacing;
    const double limit = fmax(spacing, last) * one_ps + setup_ps;
    double bits = 0;
    for (int i = 1; i <= cuts; i++)
      bits += 16 - 4 * i * spacing;
    const qy_pipelining how = {.aim = QY_PIPELINE_GIVEN, .stages = cuts};
    qy_build b;
    int failed = qy_circuit_build_for(c, &t, 1.001 * limit, &how, &b, NULL);
    ok(!failed && b.feasible && b.stages == cuts, "%d cuts", cuts);
    near_rel(b.min_period_ps, limit, 1e-5, "their period");
    near_rel(b.pipeline_bits, bits, 1e-4, "their flip-flops");
  }
}

/* So many stages as given. */
static void test_given(void)
{
  const qy_circuit *c = chain();
  const qy_tech t = plain(1, 1);
  qy_pipelining how = {.aim = QY_PIPELINE_GIVEN};
  qy_timing timing;
  qy_build b;
  if (!c || qy_circuit_timing(c, &t, &timing, NULL)) return;
  for (how.stages = 0; how.stages <= 64; how.stages += 16) {
    const double limit = shortest(how.stages, timing.fast_ps - setup_ps);
    int failed = qy_circuit_build_for(c, &t, 1.001 * limit, &how, &b, NULL);
    ok(!failed && b.feasible && b.stages == how.stages, "%d stages as given", how.stages);
    near_rel(b.min_period_ps, limit, 1e-6, "their period");
    near_rel(b.pipeline_bits, bits_per_cut * how.stages, 1e-5, "their flip-flops");
    failed = qy_circuit_build_for(c, &t, 0.999 * limit, &how, &b, NULL);
    ok(!failed && !b.feasible && b.reason, "too slow: %s", b.reason);
  }
}

/* A gate, a loop of one, two behind it. */
static qy_circuit *loop_in_front(void)
{
  qy_circuit *c = qy_circuit_new("front", arena);
  const qy_net r = qy_register(c, "r", 4, -1), a = qy_input(c, "a", 4), b = qy_input(c, "b", 4);
  qy_net y = qy_bitwise(c, QY_OP_XOR, qy_bitwise(c, QY_OP_XOR, a, b), r);
  qy_register_connect(c, r, y);
  y = qy_bitwise(c, QY_OP_XOR, qy_bitwise(c, QY_OP_XOR, y, qy_input(c, "d", 4)), qy_input(c, "e", 4));
  qy_output(c, "y", y);
  return qy_circuit_finish(c, NULL) ? NULL : c;
}

/* Why a clock is not met. */
static void test_reasons(void)
{
  const qy_tech t = plain(1, 1);
  const qy_circuit *straight = chain(), *front = loop_in_front();
  qy_timing timing, loop;
  if (!straight || !front || qy_circuit_timing(straight, &t, &timing, NULL) ||
      qy_circuit_timing(front, &t, &loop, NULL))
    return;
  const double logic_ps = timing.fast_ps - setup_ps, one_ps = logic_ps / 3;
  const struct {
    const qy_circuit *c;
    double period_ps;
    const char *reason; /* NULL: it is met */
  } row[] = {
      {straight, setup_ps + logic_ps / 65 * 1.001, NULL}, /* 64 cuts */
      {straight, setup_ps + logic_ps / 65 * 0.999, "more than 64 pipeline stages would be needed"},
      {straight, setup_ps, "the clock period is shorter than a flip-flop's own delay and set-up time"},
      {front, 0.99 * loop.loop_ps, "the accumulator's loop is longer than the clock period"},
      {front, 1.01 * loop.loop_ps, "what follows the accumulator's entry is longer than the clock period"},
      {front, setup_ps + 2.99 * one_ps, "what follows the accumulator's entry is longer than the clock period"},
      {front, setup_ps + 3.01 * one_ps, NULL},
  };
  near_rel(loop.loop_ps, setup_ps + one_ps, 1e-5, "a loop of one gate");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_build b;
    const int failed = qy_circuit_build(row[i].c, &t, row[i].period_ps, &b, NULL);
    ok(!failed && b.feasible == !row[i].reason, "%g ps: %s", row[i].period_ps, b.reason ? b.reason : "met");
    if (row[i].reason) is_text(b.reason, row[i].reason, "the reason");
    if (row[i].reason) near_abs(b.stages, 0, 0, "what is told is without stages");
  }
}

/* Where cuts do not help. */
static void test_limits(void)
{
  const qy_tech t = plain(1, 1);
  qy_circuit *c = qy_circuit_new("loop", arena);
  const qy_net x = qy_input(c, "x", 4), r = qy_register(c, "r", 4, -1);
  qy_build b;
  qy_timing timing;
  qy_register_connect(c, r, qy_add(c, r, x, 4, false));
  qy_output(c, "y", r);
  if (!ok(!qy_circuit_finish(c, NULL) && !qy_circuit_timing(c, &t, &timing, NULL), "an accumulator")) return;
  for (int aim = 0; aim < QY_PIPELINE_FOR_COUNT; aim++) {
    const qy_activity a = {.bit_rate = 0.5};
    const qy_pipelining how = {.aim = (qy_pipeline_for)aim, .activity_count = 1, .activity = {&a}};
    int failed = qy_circuit_build_for(c, &t, 0.99 * timing.loop_ps, &how, &b, NULL);
    ok(!failed && !b.feasible && b.reason && strstr(b.reason, "loop"), "for %s: a loop cannot be cut: %s",
       qy_pipeline_for_names[aim], b.reason);
    failed = qy_circuit_build_for(c, &t, 0.5 * setup_ps, &how, &b, NULL);
    ok(!failed && !b.feasible && b.reason, "for %s: a period below a flip-flop's own", qy_pipeline_for_names[aim]);
    ok(qy_circuit_build_for(c, &t, 0, &how, &b, NULL) == QY_BAD_INPUT, "for %s: no period", qy_pipeline_for_names[aim]);
  }
}

/* A cut through a multiplier crosses the sum and the carry word of its rows, each as wide as the product. */
static void test_multipliers(void)
{
  static const int width[][2] = {{8, 4}, {4, 8}, {6, 6}, {8, 8}, {3, 7}, {16, 5}};
  qy_tech t = plain(1, 0);
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = k == QY_DFF;
  for (size_t i = 0; i < sizeof width / sizeof *width; i++)
    for (int kind = 0; kind < 2; kind++) {
      const int a = width[i][0], b = width[i][1];
      qy_circuit *c = qy_circuit_new("m", arena);
      qy_output(c, "y",
                qy_multiply(c, kind ? QY_MULTIPLIER_BOOTH : QY_MULTIPLIER_ARRAY, qy_input(c, "a", a),
                            qy_input(c, "b", b), true));
      qy_timing timing;
      qy_build build;
      if (!ok(!qy_circuit_finish(c, NULL) && !qy_circuit_timing(c, &t, &timing, NULL), "%d by %d bits", a, b)) return;
      int wrong = 0, most = 0;
      for (double part = 1.5; part < 6; part += 0.5) {
        if (qy_circuit_build(c, &t, timing.fast_ps / part, &build, NULL) || !build.feasible) continue;
        wrong += fabs(build.area_um2 - build.stages * 2.0 * (a + b)) > 1e-9 * build.area_um2;
        most = build.stages > most ? build.stages : most;
      }
      ok(wrong == 0 && most > 1, "flip-flops of up to %d cuts", most);
    }
}

int main(void)
{
  arena = qy_arena_new();
  test_chain();
  test_multipliers();
  leak_nw = 0; /* nothing is saved where nothing is lost */
  test_chain();
  test_builder();
  leak_nw = 2;
  test_builder();
  other_slope = 0.2;
  test_builder();
  other_slope = -1;
  qy_builder_free(NULL); /* which is allowed */
  test_entry();
  test_given();
  test_limits();
  test_reasons();
  qy_arena_free(arena);
  return done();
}
