/* Operands of narrower modes at the left and at the right of a mac's ports: sums bit for bit, headroom to the last
 * product, the cheaper side by trying both. */
#include "quarry/pe.h"
#include "quarry/quality.h"
#include "tap.h"

static uint64_t rng = 20261126;

static int64_t draw(int bits)
{
  rng ^= rng << 13;
  rng ^= rng >> 7;
  rng ^= rng << 17;
  return (int64_t)(rng << (64 - bits)) >> (64 - bits);
}

static uint64_t low(int64_t word, int width)
{
  return width == 64 ? (uint64_t)word : (uint64_t)word & ((UINT64_C(1) << width) - 1);
}

typedef struct mac {
  qy_pe pe;
  uint64_t state[8], scratch[512], out[2];
} mac;

static void make(mac *m, const qy_pe_params *params, qy_arena *arena)
{
  qy_error err = {0};
  memset(m, 0, sizeof *m);
  ok(qy_pe_build(&m->pe, params, arena, &err) == QY_OK, "a mac %d x %d", params->bits, params->weight_bits);
}

/* Inputs in the order x, w, clear; the sum of the cycle before. */
static int64_t step(mac *m, int64_t x, int64_t w, bool clear)
{
  const qy_pe_params *p = &m->pe.params;
  const uint64_t in[3] = {low(x, p->bits), low(w, p->weight_bits), clear};
  qy_simulate(m->pe.circuit, in, m->state, m->out, m->scratch);
  return (int64_t)(m->out[0] << (64 - p->accumulator_bits)) >> (64 - p->accumulator_bits);
}

static int smaller(int a, int b)
{
  return a < b ? a : b;
}

/* Random operands of b bits at the left: the sum is that of their products times 2^(empty bits of both ports). */
static void check_sums(const qy_pe_params *params)
{
  qy_arena *arena = qy_arena_new();
  static mac m;
  make(&m, params, arena);
  const qy_pe_params *p = &m.pe.params;
  for (int k = 1; k < m.pe.mode_count; k++) {
    const int b = m.pe.mode[k].bits, c = smaller(b, p->weight_bits), x_left = p->bits - b, w_left = p->weight_bits - c;
    int64_t sum = 0;
    int wrong = 0;
    memset(m.state, 0, sizeof m.state);
    for (int t = 0; t < 10000; t++) {
      const int64_t x = draw(b), w = draw(c);
      const bool clear = t % 100 == 0;
      wrong += step(&m, x * (INT64_C(1) << x_left), w * (INT64_C(1) << w_left), clear) >> (x_left + w_left) != sum;
      sum = (clear ? 0 : sum) + x * w;
    }
    ok(wrong == 0, "mac %d x %d, %d bits at the left: sums of products times 2^%d (%d wrong)", p->bits, p->weight_bits,
       b, x_left + w_left, wrong);
  }
  qy_arena_free(arena);
}

/* 2^headroom of the largest products fit, at either side, and twice as many do not. */
static void check_headroom(const qy_pe_params *params, int mode, qy_pe_side side, int expected)
{
  qy_arena *arena = qy_arena_new();
  static mac m;
  make(&m, params, arena);
  const qy_pe_params *p = &m.pe.params;
  const int b = m.pe.mode[mode].bits, left = side == QY_PE_AT_LEFT ? p->bits - b : 0;
  const int headroom = qy_pe_headroom_bits(&m.pe, mode, side);
  const int64_t least = -(INT64_C(1) << (b - 1)) * (INT64_C(1) << left), count = INT64_C(1) << headroom;
  int64_t sum = 0;
  is_int(headroom, expected, "headroom by hand");
  for (int64_t i = 0; i <= count; i++)
    sum = step(&m, least, least, i == 0);
  ok(sum == count * least * least, "mac %d, %d bits at the %s: %lld largest products fit", p->bits, b,
     qy_pe_side_name(side), (long long)count);
  for (int64_t i = 0; i < count; i++)
    sum = step(&m, least, least, false);
  ok(sum != 2 * count * least * least, "and %lld do not", 2 * (long long)count);
  qy_arena_free(arena);
}

/* best is the cheaper of left and right in every mode, and says which. */
static void check_best(qy_multiplier multiplier, int bits, int weight_bits, const qy_tech *tech, bool relu)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_pe pe;
  qy_pe_cost cost[QY_PE_SIDE_COUNT];
  qy_pe_stimulus stimulus = qy_pe_stimulus_of(relu ? QY_PE_OPERANDS_TRAINED : QY_PE_OPERANDS_UNIFORM);
  int wrong = 0;
  for (int side = 0; side < QY_PE_SIDE_COUNT; side++) {
    const qy_pe_params params = {.kind = QY_PE_MAC,
                                 .multiplier = multiplier,
                                 .bits = bits,
                                 .weight_bits = weight_bits,
                                 .operands_at = (qy_pe_side)side};
    wrong += qy_pe_build(&pe, &params, arena, &err) != QY_OK;
    wrong += qy_pe_price_with(&cost[side], &pe, tech, 5000, &stimulus, &err) != QY_OK;
  }
  const qy_pe_cost *best = &cost[QY_PE_AT_BEST], *left = &cost[QY_PE_AT_LEFT], *right = &cost[QY_PE_AT_RIGHT];
  for (int k = 0; k < pe.mode_count; k++) {
    const bool at_left = left->energy_fj[k] < right->energy_fj[k];
    wrong += best->energy_fj[k] != (at_left ? left : right)->energy_fj[k];
    wrong += k > 0 && (best->side[k] != (at_left ? QY_PE_AT_LEFT : QY_PE_AT_RIGHT) ||
                       best->other_fj[k] != (at_left ? right : left)->energy_fj[k]);
    wrong += k == 0 && (left->energy_fj[0] != right->energy_fj[0] || best->other_fj[0] != 0);
  }
  ok(wrong == 0, "mac %d x %d, %s, %s operands: best of both sides (%d wrong)", bits, weight_bits,
     multiplier ? "Booth" : "array", relu ? "trained" : "uniform", wrong);
  ok(left->energy_fj[2] < 0.5 * left->energy_fj[0] && right->energy_fj[2] > left->energy_fj[2],
     "a quarter of the bits at the left: less than half of the energy, and less than at the right");
  double error = 1;
  ok(qy_pe_product_error(&error, &pe, 1, NULL, NULL, &err) == QY_OK && error == 0, "products stay exact");
  qy_arena_free(arena);
}

static qy_pe_side other_side(qy_pe_side side)
{
  return side == QY_PE_AT_LEFT ? QY_PE_AT_RIGHT : QY_PE_AT_LEFT;
}

/* The side goes with its toggles; where both have the same, it is the right one. */
static void test_toggles(const qy_tech *tech)
{
  static qy_pe_toggles given, swapped, same;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_pe pe;
  qy_pe_cost first, second, third;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8, .operands_at = QY_PE_AT_BEST};
  const qy_pipelining how = {0};
  stimulus.cycles = 300;
  ok(!qy_pe_build(&pe, &params, arena, &err) && !qy_pe_activities(&given, &pe, &stimulus, &err), "toggles of a mac");
  swapped = same = given;
  for (int k = 1; k < pe.mode_count; k++) {
    swapped.left[k] = given.right[k], swapped.right[k] = given.left[k];
    same.left[k] = given.right[k];
  }
  ok(!qy_pe_price_activities(&first, &pe, tech, 5000, how, &given, &err) &&
         !qy_pe_price_activities(&second, &pe, tech, 5000, how, &swapped, &err) &&
         !qy_pe_price_activities(&third, &pe, tech, 5000, how, &same, &err),
     "three prices");
  for (int k = 1; k < pe.mode_count; k++) {
    ok(second.side[k] == other_side(first.side[k]) && second.energy_fj[k] == first.energy_fj[k],
       "mode %d: toggles of the other side make it the cheaper one", k);
    ok(third.side[k] == QY_PE_AT_RIGHT && third.energy_fj[k] == third.other_fj[k], "of equal sides the right one");
  }
  qy_arena_free(arena);
}

/* What operands_at takes, in the order of the header. */
static void test_names(void)
{
  is_text(qy_pe_side_name(QY_PE_AT_BEST), "best", "the cheaper side");
  is_text(qy_pe_side_name(QY_PE_AT_LEFT), "left", "the top bits");
  is_text(qy_pe_side_name(QY_PE_AT_RIGHT), "right", "the lowest bits");
}

int main(void)
{
  test_names();
  for (int multiplier = 0; multiplier < QY_MULTIPLIER_COUNT; multiplier++) {
    const qy_multiplier kind = (qy_multiplier)multiplier;
    check_sums(&(qy_pe_params){.kind = QY_PE_MAC, .multiplier = kind, .bits = 16, .weight_bits = 16});
    check_sums(&(qy_pe_params){.kind = QY_PE_MAC, .multiplier = kind, .bits = 16, .weight_bits = 5});
    check_sums(&(qy_pe_params){.kind = QY_PE_MAC, .multiplier = kind, .bits = 11, .weight_bits = 14});
  }
  const qy_pe_params eight = {.kind = QY_PE_MAC, .bits = 8},
                     tight = {.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = 16};
  check_headroom(&eight, 0, QY_PE_AT_RIGHT, 8);
  check_headroom(&eight, 2, QY_PE_AT_LEFT, 8);
  check_headroom(&eight, 1, QY_PE_AT_RIGHT, 16);
  check_headroom(&tight, 1, QY_PE_AT_LEFT, 0);
  check_headroom(&tight, 1, QY_PE_AT_RIGHT, 8);
  qy_arena *arena = qy_arena_new();
  qy_tech *tech = NULL;
  qy_error err = {0};
  if (ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) {
    check_best(QY_MULTIPLIER_ARRAY, 16, 16, tech, false);
    check_best(QY_MULTIPLIER_BOOTH, 16, 16, tech, false);
    check_best(QY_MULTIPLIER_BOOTH, 8, 8, tech, true);
    test_toggles(tech);
  }
  qy_pe st;
  const qy_pe_params other = {.kind = QY_PE_MAC_ST, .bits = 16, .operands_at = QY_PE_AT_LEFT};
  ok(qy_pe_build(&st, &other, arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "operands_at"),
     "no choice where operands fill their ports: %s", err.diagnostic[0].text);
  qy_arena_free(arena);
  return done();
}
