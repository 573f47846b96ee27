/* Activity against a gate-level simulation written out here: a 4x4 multiplier, every half and full adder one by
 * one, toggles counted bit by bit; and closed forms for adders, multiplexers and registers. */
#include "quarry/circuit.h"
#include "tap.h"

#include <stdlib.h>

enum { CYCLES = 3000 };

typedef struct vectors {
  uint64_t in[CYCLES][4];
  int inputs;
} vectors;

static void next_vector(void *ctx, int64_t cycle, uint64_t *inputs)
{
  vectors *v = ctx;
  for (int i = 0; i < v->inputs; i++)
    inputs[i] = v->in[cycle][i];
}

static void fill(vectors *v, int inputs, const int *width)
{
  uint64_t state = 42;
  v->inputs = inputs;
  for (int t = 0; t < CYCLES; t++)
    for (int i = 0; i < inputs; i++) {
      state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
      v->in[t][i] = state >> 20 & ((UINT64_C(1) << width[i]) - 1);
    }
}

static qy_arena *arena_of_lines;

/* One cell's output bits, appended to a list that is compared with the cycle before. */
typedef struct gates {
  int and_bit[64], ha_bit[64], fa_bit[64];
  int and_count, ha_count, fa_count;
} gates;

static int and2(gates *g, int x, int y)
{
  return g->and_bit[g->and_count++] = x & y;
}

static void half(gates *g, int x, int y, int *sum, int *carry)
{
  *sum = g->ha_bit[g->ha_count++] = x ^ y;
  *carry = g->ha_bit[g->ha_count++] = x & y;
}

static void full(gates *g, int x, int y, int z, int *sum, int *carry)
{
  *sum = g->fa_bit[g->fa_count++] = x ^ y ^ z;
  *carry = g->fa_bit[g->fa_count++] = (x & y) | (x & z) | (y & z);
}

/* Rows 0 to 2, then row 3, then ripple: column by column. Returns the product.  halves: only the products of opposite
 * halves of a and b are kept, so that the array holds a1 b0 + a0 b1 at weight 4. */
static int array4(gates *g, int a, int b, int halves)
{
  int p[4][8] = {{0}}, s[9] = {0}, c[9] = {0}, s2[9] = {0}, c2[9] = {0}, ripple = 0, bit;
  *g = (gates){0};
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++)
      p[i][i + j] = and2(g, b >> i & 1, (a >> j & 1) && (!halves || i / 2 != j / 2));
  s[0] = p[0][0];
  half(g, p[0][1], p[1][1], &s[1], &c[2]);
  full(g, p[0][2], p[1][2], p[2][2], &s[2], &c[3]);
  full(g, p[0][3], p[1][3], p[2][3], &s[3], &c[4]);
  half(g, p[1][4], p[2][4], &s[4], &c[5]);
  s[5] = p[2][5];
  half(g, s[2], c[2], &s2[2], &c2[3]);
  for (int i = 3; i <= 5; i++)
    full(g, s[i], c[i], p[3][i], &s2[i], &c2[i + 1]);
  s2[6] = p[3][6];
  int product = s[0] | s[1] << 1 | s2[2] << 2;
  half(g, s2[3], c2[3], &bit, &ripple);
  product |= bit << 3;
  for (int i = 4; i <= 6; i++) {
    full(g, s2[i], c2[i], ripple, &bit, &ripple);
    product |= bit << i;
  }
  return product | ripple << 7;
}

static int differences(const int *x, const int *y, int count)
{
  int n = 0;
  for (int i = 0; i < count; i++)
    n += x[i] != y[i];
  return n;
}

static double toggles_of(const qy_activity *a, qy_cell cell)
{
  double sum = 0;
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    double output[QY_CELL_COUNT], input[QY_CELL_COUNT];
    qy_activity_cells(a, (qy_operator_class)g, NULL, 0, 0, output, input);
    sum += output[cell];
  }
  return sum;
}

static void test_array(void)
{
  static vectors v;
  fill(&v, 2, (int[]){4, 4});
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_circuit *c = qy_circuit_new("m", arena);
  qy_net a = qy_input(c, "a", 4), b = qy_input(c, "b", 4);
  qy_output(c, "p", qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, false));
  ok(qy_circuit_finish(c, &err) == QY_OK, "4x4 array builds");
  qy_activity activity;
  ok(qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, &err) == QY_OK, "activity runs");
  gates now, before;
  long ands = 0, halves = 0, fulls = 0, wrong = 0;
  for (int t = 0; t < CYCLES; t++) {
    wrong += array4(&now, (int)v.in[t][0], (int)v.in[t][1], 0) != (int)(v.in[t][0] * v.in[t][1]);
    if (t > 0) {
      ands += differences(now.and_bit, before.and_bit, now.and_count);
      halves += differences(now.ha_bit, before.ha_bit, now.ha_count);
      fulls += differences(now.fa_bit, before.fa_bit, now.fa_count);
    }
    before = now;
  }
  is_int(wrong, 0, "the gates written here multiply");
  is_int(now.and_count, 16, "16 AND2");
  is_int(now.ha_count / 2, 4, "4 half adders");
  is_int(now.fa_count / 2, 8, "8 full adders");
  /* The products are NORs of inverted bits; inversion does not change how often a wire toggles. */
  near_rel(toggles_of(&activity, QY_NOR2), (double)ands / (CYCLES - 1), 1e-12, "product toggles equal the gates'");
  near_rel(toggles_of(&activity, QY_HA), (double)halves / (CYCLES - 1), 1e-12, "half-adder toggles equal the gates'");
  near_rel(toggles_of(&activity, QY_FA), (double)fulls / (CYCLES - 1), 1e-12, "full-adder toggles equal the gates'");
  qy_census census;
  qy_circuit_census(c, &census);
  is_int((int64_t)census.cells[QY_CLASS_MULTIPLIER][QY_NOR2], 16, "census: 16 products");
  is_int((int64_t)census.cells[QY_CLASS_MULTIPLIER][QY_HA], 4, "census: 4 half adders");
  is_int((int64_t)census.cells[QY_CLASS_MULTIPLIER][QY_FA], 8, "census: 8 full adders");
  qy_arena_free(arena);
}

/* The same in each mode of a 4x4 sum-together multiplier: the gates that a mode does not need still pass sums.  The
 * masks let an operand's bits pass and the alignment gives out the result's: together these toggle at the mean rate of
 * all of them. */
static void test_array_modes(void)
{
  static vectors v;
  fill(&v, 3, (int[]){4, 4, 2});
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_circuit *c = qy_circuit_new("st", arena);
  qy_net a = qy_input(c, "a", 4), b = qy_input(c, "b", 4), mode = qy_input(c, "mode", 2);
  qy_output(c, "p", qy_multiply_st(c, QY_MULTIPLIER_ARRAY, a, b, mode, false));
  ok(qy_circuit_finish(c, &err) == QY_OK, "4x4 sum-together builds");
  qy_census census;
  qy_circuit_census(c, &census);
  for (int k = 0; k < 2; k++) {
    qy_activity activity;
    gates now, before;
    long products = 0, halves = 0, fulls = 0, wrong = 0, passed = 0;
    int want_before = 0;
    for (int t = 0; t < CYCLES; t++) {
      int x = (int)v.in[t][0], y = (int)v.in[t][1];
      v.in[t][2] = (uint64_t)k;
      int want = k == 0 ? x * y : ((x >> 2) * (y & 3) + (x & 3) * (y >> 2)) << 2;
      wrong += array4(&now, x, y, k) != want;
      if (t > 0) {
        passed += __builtin_popcountll((v.in[t][0] ^ v.in[t - 1][0]) << 8 | (v.in[t][1] ^ v.in[t - 1][1])) +
                  __builtin_popcount((unsigned)(want ^ want_before));
        products += differences(now.and_bit, before.and_bit, now.and_count);
        halves += differences(now.ha_bit, before.ha_bit, now.ha_count);
        fulls += differences(now.fa_bit, before.fa_bit, now.fa_count);
      }
      before = now;
      want_before = want;
    }
    qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, &err);
    is_int(wrong, 0, "the gates written here give the mode's sum");
    /* Masks and enables: as many of each kind; of NAND2 there are no others. */
    double masks = toggles_of(&activity, QY_NAND2);
    near_rel(masks, census.cells[QY_CLASS_MULTIPLIER][QY_NAND2] * (double)passed / 16 / (CYCLES - 1), 1e-12,
             "masks and alignment toggle as what passes them");
    near_rel(toggles_of(&activity, QY_NOR2) - masks, (double)products / (CYCLES - 1), 1e-12,
             "products toggle as the gates'");
    near_rel(toggles_of(&activity, QY_HA) - masks, (double)halves / (CYCLES - 1), 1e-12,
             "half adders toggle as the gates'");
    near_rel(toggles_of(&activity, QY_FA), (double)fulls / (CYCLES - 1), 1e-12, "full adders toggle as the gates'");
  }
  qy_arena_free(arena);
}

/* A register toggles half of its bits on random data; one that is held does not toggle; a counter toggles
 * 2 - 2^(1-n) bits a cycle. */
static void test_registers(void)
{
  static vectors v;
  fill(&v, 1, (int[]){16});
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_circuit *c = qy_circuit_new("r", arena);
  qy_net x = qy_input(c, "x", 16), never = qy_constant_word(c, 0, 1);
  qy_net r = qy_register(c, "r", 16, -1), held = qy_register(c, "held", 16, never);
  qy_register_connect(c, r, x);
  qy_register_connect(c, held, x);
  qy_output(c, "r", r);
  qy_output(c, "h", held);
  qy_activity activity;
  ok(qy_circuit_finish(c, &err) == QY_OK, "registers build");
  qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, &err);
  near_rel(activity.settled[QY_CLASS_REGISTER].output.cells[QY_DFF], 8, 0.03,
           "half of 16 bits toggle, none of the held register");
  near_abs(activity.ff_count, 32, 0, "32 flip-flops are clocked");
  qy_circuit *k = qy_circuit_new("k", arena);
  qy_output(k, "n", qy_counter(k, "n", 4, -1));
  ok(qy_circuit_finish(k, &err) == QY_OK, "counter builds");
  qy_circuit_activity(k, next_vector, &(vectors){.inputs = 0}, 1601, &activity, &err);
  near_rel(activity.settled[QY_CLASS_REGISTER].output.cells[QY_DFF], 2 - 0.125, 1e-12,
           "a 4-bit counter toggles 1.875 bits a cycle");
  ok(qy_circuit_activity(k, next_vector, &v, 1, &activity, &err) == QY_BAD_INPUT, "one cycle is refused");
  qy_arena_free(arena);
}

/* The carries of a ripple adder on random operands: P(sum toggles) = 1/2, carries follow the recurrence
 * P(c) -> 1/4 + P(c)/2 of independent bits, toggles 2 P (1 - P). */
static void test_adder(void)
{
  static vectors v;
  fill(&v, 2, (int[]){12, 12});
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_circuit *c = qy_circuit_new("a", arena);
  qy_net a = qy_input(c, "a", 12), b = qy_input(c, "b", 12);
  qy_output(c, "s", qy_add(c, a, b, 13, false));
  ok(qy_circuit_finish(c, &err) == QY_OK, "adder builds");
  qy_activity activity;
  qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, &err);
  double want = 0, p = 0.25;
  for (int i = 1; i < 12; i++) {
    p = 0.25 + p / 2;
    want += 0.5 + 2 * p * (1 - p);
  }
  near_rel(activity.settled[QY_CLASS_ADDER].output.cells[QY_FA], want, 0.02, "full-adder toggles of a ripple adder");
  near_rel(activity.settled[QY_CLASS_ADDER].output.cells[QY_HA], 0.5 + 2 * 0.25 * 0.75, 0.05, "half-adder toggles");
  qy_arena_free(arena);
}

/* Sub-word modes: fewer toggles than the full product, but never as few as 1/N of it: idle cells pass sums on. */
static void test_modes(void)
{
  static vectors v;
  fill(&v, 3, (int[]){16, 16, 2});
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  for (int kind = 0; kind < QY_MULTIPLIER_COUNT; kind++) {
    qy_circuit *c = qy_circuit_new("m", arena);
    qy_net a = qy_input(c, "a", 16), b = qy_input(c, "b", 16), mode = qy_input(c, "mode", 2);
    qy_output(c, "p", qy_multiply_st(c, (qy_multiplier)kind, a, b, mode, true));
    double sum[3] = {0};
    ok(qy_circuit_finish(c, &err) == QY_OK, "sum-together builds");
    for (int k = 0; k < 3; k++) {
      qy_activity activity;
      for (int t = 0; t < CYCLES; t++)
        v.in[t][2] = (uint64_t)k;
      qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, &err);
      for (int cell = 0; cell < QY_CELL_COUNT; cell++)
        sum[k] += toggles_of(&activity, (qy_cell)cell);
    }
    ok(sum[0] > sum[1] && sum[1] > sum[2], "%s: toggles fall with the mode: %.0f %.0f %.0f", kind ? "Booth" : "array",
       sum[0], sum[1], sum[2]);
    ok(sum[1] > sum[0] / 2 && sum[2] > sum[0] / 4, "%s: but more slowly than 1/N", kind ? "Booth" : "array");
  }
  qy_arena_free(arena);
}

/* Operators that are counted as a whole.  a < 0, all bits of a in turn ones and zeros: of the four cells a bit,
 * inverter, two gates and carry, only a & ~0 toggles, so that every cell of the census toggles a quarter of the
 * time. */
static void test_blocks(void)
{
  static vectors v;
  qy_arena *arena = qy_arena_new();
  fill(&v, 2, (int[]){8, 8});
  for (int t = 0; t < CYCLES; t++)
    v.in[t][0] = t % 2 ? 255 : 0, v.in[t][1] = 0;
  for (int kind = 0; kind < 2; kind++) { /* alone, and within the larger of two words */
    qy_circuit *c = qy_circuit_new("b", arena);
    qy_net a = qy_input(c, "a", 8), b = qy_input(c, "b", 8);
    qy_output(c, "y", kind ? qy_max(c, a, b, false) : qy_less(c, a, b, false));
    qy_activity activity;
    ok(qy_circuit_finish(c, NULL) == QY_OK && !qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, NULL),
       "a comparison");
    near_rel(activity.settled[QY_CLASS_COMPARE].output.cells[QY_INV], 8 * 0.25, 1e-12, "8 inverters");
    near_rel(activity.settled[QY_CLASS_COMPARE].output.cells[QY_OAI21], 8 * 0.25, 1e-12, "8 complex gates");
  }
  /* the addend's four bits above the product toggle in every cycle */
  fill(&v, 3, (int[]){4, 4, 12});
  for (int t = 0; t < CYCLES; t++)
    v.in[t][0] = v.in[t][1] = 0, v.in[t][2] = t % 2 ? 0xf00 : 0;
  qy_circuit *c = qy_circuit_new("m", arena);
  qy_net a = qy_input(c, "a", 4), b = qy_input(c, "b", 4), d = qy_input(c, "d", 12);
  qy_output(c, "y", qy_multiply_add(c, QY_MULTIPLIER_ARRAY, a, b, d, 12, false));
  qy_activity activity;
  ok(qy_circuit_finish(c, NULL) == QY_OK && !qy_circuit_activity(c, next_vector, &v, CYCLES, &activity, NULL), "a MAC");
  near_rel(toggles_of(&activity, QY_HA), 4 + 3, 1e-12, "half adders of the row, and of the ripple but for its last");
  near_rel(toggles_of(&activity, QY_XOR2), 1, 1e-12, "which is an exclusive or");
  qy_arena_free(arena);
}

/* ---- who drives what, by hand */

/* A bit that is turned over in every cycle in front of what = 'i': an inverter; 'r': a register and an inverter; 'a': an
 * AND whose other input is held; 'd': two registers; 'p': a product with a held operand; 'l': the select of eight
 * selections between held words; 's': of three, which are no line. */
static qy_activity driven(char what)
{
  static vectors v;
  qy_circuit *c = qy_circuit_new("d", arena_of_lines);
  qy_net x = qy_input(c, "x", 1), r = -1, s = -1, word[2] = {qy_input(c, "u", 8), qy_input(c, "w", 8)};
  v.inputs = 3;
  for (int t = 0; t < CYCLES; t++)
    v.in[t][0] = (uint64_t)t & 1, v.in[t][1] = 0xf, v.in[t][2] = 0xf0;
  if (what == 'r' || what == 'd') {
    r = qy_register(c, "r", 1, -1);
    qy_register_connect(c, r, x);
  }
  if (what == 'd') {
    s = qy_register(c, "s", 1, -1);
    qy_register_connect(c, s, r);
  }
  if (what == 'i') qy_output(c, "y", qy_bitwise(c, QY_OP_NOT, x, -1));
  if (what == 'r') qy_output(c, "y", qy_bitwise(c, QY_OP_NOT, r, -1));
  if (what == 'a') qy_output(c, "y", qy_bitwise(c, QY_OP_AND, x, qy_slice(c, word[0], 0, 1)));
  if (what == 'd') qy_output(c, "y", s);
  if (what == 'p')
    qy_output(c, "y",
              qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_concat(c, (qy_net[]){x, qy_slice(c, word[1], 0, 1)}, 2),
                          qy_slice(c, word[0], 2, 2), false));
  if (what == 'l') qy_output(c, "y", qy_mux(c, x, word, 2));
  if (what == 's') {
    const qy_net few[2] = {qy_slice(c, word[0], 3, 3), qy_slice(c, word[1], 3, 3)};
    qy_output(c, "y", qy_mux(c, x, few, 2));
  }
  qy_activity a = {.bit_rate = -1};
  if (qy_circuit_finish(c, NULL) || qy_circuit_activity(c, next_vector, &v, 1001, &a, NULL)) a.bit_rate = -1;
  return a;
}

/* Pins count in the class of what drives them, each cell as the mean of its pins. */
static void test_drivers(void)
{
  arena_of_lines = qy_arena_new();
  qy_activity a = driven('i');
  near_abs(a.settled[QY_CLASS_LOGIC].output.cells[QY_INV], 1, 1e-12, "an inverter in every cycle");
  near_abs(a.settled[QY_CLASS_LOGIC].input.cells[QY_INV], 1, 1e-12, "and so does its pin");
  near_abs(a.bit_rate, 2 / 18.0, 1e-12, "two bits of 18 change");
  ok(!a.quiet[QY_CLASS_LOGIC] && a.quiet[QY_CLASS_ADDER] && a.quiet[QY_CLASS_REGISTER], "nothing else is heard");
  a = driven('r');
  near_abs(a.settled[QY_CLASS_REGISTER].input.cells[QY_INV], 0.999, 1e-12,
           "behind a register its class drives the pin");
  near_abs(a.settled[QY_CLASS_LOGIC].input.cells[QY_DFF], 1, 1e-12, "an input the register's own");
  near_abs(a.settled[QY_CLASS_LOGIC].input.cells[QY_INV], 0, 0, "and not the inverter's");
  near_abs(a.ff_count, 1, 0, "one flip-flop");
  a = driven('d');
  near_abs(a.settled[QY_CLASS_REGISTER].input.cells[QY_DFF], 0.999, 1e-12, "one register drives another");
  near_abs(a.settled[QY_CLASS_REGISTER].output.cells[QY_DFF], 0.999 + 0.998, 1e-12, "the second a cycle later");
  a = driven('a');
  near_abs(a.settled[QY_CLASS_LOGIC].input.cells[QY_AND2], 0.5, 1e-12, "one of two pins");
  near_abs(a.settled[QY_CLASS_LOGIC].output.cells[QY_AND2], 1, 1e-12, "and the output");
  a = driven('p'); /* x & b0, x & b1; 0, which is held, times b0 and b1 */
  near_abs(a.settled[QY_CLASS_MULTIPLIER].output.product, 2, 1e-12, "two products of two toggle");
  near_abs(a.settled[QY_CLASS_MULTIPLIER].input.product, 2 * 0.5, 1e-12,
           "pins behind a product's inverters are its own");
  near_abs(a.settled[QY_CLASS_MULTIPLIER].output.operand, 1, 1e-12, "as are the inverters");
  near_abs(a.settled[QY_CLASS_LOGIC].input.product, 0, 0, "and not the operand's");
  a = driven('l');
  near_abs(a.settled[QY_CLASS_MUX].output.select, 8, 1e-12, "eight selections between a bit and its inverse");
  near_abs(a.settled[QY_CLASS_MUX].output.line_gates, 8, 1e-12, "on a line with buffers, which toggle with it");
  near_abs(a.settled[QY_CLASS_MUX].input.line_gates, 8, 1e-12, "in and out");
  near_abs(a.settled[QY_CLASS_MUX].input.select, 8 / 3.0, 1e-12, "the line's pins, of three, are the selections' own");
  a = driven('s');
  near_abs(a.settled[QY_CLASS_MUX].output.line_gates, 0, 0, "three gates need no buffer");
  near_abs(a.settled[QY_CLASS_LOGIC].input.select, 3 / 3.0, 1e-12, "what drives their pins is outside");
  near_abs(a.settled[QY_CLASS_MUX].input.select, 0, 0, "and not the selections");
  qy_arena_free(arena_of_lines);
}

/* ---- glitches */

/* (a ^ b) ^ d < e: the first gates' inputs come together, the second's do not, so that all glitches of gates are on
 * bits that the comparison reads.  It is counted as a whole, and glitches as these do. */
static qy_activity compared(vectors *v, int64_t cycles)
{
  qy_circuit *c = qy_circuit_new("g", arena_of_lines);
  qy_net in[4];
  const char *const name[] = {"a", "b", "d", "e"};
  for (int i = 0; i < 4; i++)
    in[i] = qy_input(c, name[i], 8);
  const qy_net late = qy_bitwise(c, QY_OP_XOR, qy_bitwise(c, QY_OP_XOR, in[0], in[1]), in[2]);
  qy_output(c, "y", qy_less(c, late, in[3], false));
  qy_activity a = {.bit_rate = -1};
  if (qy_circuit_finish(c, NULL) || qy_circuit_activity(c, next_vector, v, cycles, &a, NULL)) a.bit_rate = -1;
  return a;
}

static void test_glitches(void)
{
  enum { BATCH = 63 }; /* what moves from one cycle to the next is looked at in batches of so many */
  static vectors v;
  arena_of_lines = qy_arena_new();
  fill(&v, 4, (int[]){8, 8, 8, 8});
  for (int t = BATCH; t < CYCLES; t++)
    for (int i = 0; i < 4; i++)
      v.in[t][i] = v.in[t - BATCH][i];
  double read = 0, toggled = 0;
  for (int t = 0; t < BATCH; t++) {
    uint64_t moved[4];
    for (int i = 0; i < 4; i++)
      moved[i] = v.in[t + 1][i] ^ v.in[t][i];
    const int late = __builtin_popcountll(moved[0] ^ moved[1] ^ moved[2]);
    read += (late + __builtin_popcountll(moved[3])) / (double)BATCH;
    toggled += (late + __builtin_popcountll(moved[0] ^ moved[1])) / (double)BATCH;
  }
  const qy_activity one = compared(&v, BATCH + 1);
  near_rel(one.settled[QY_CLASS_LOGIC].output.cells[QY_XOR2], toggled, 1e-12, "exclusive ors toggle as their words do");
  for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
    const double glitch = one.glitch[k][QY_CLASS_LOGIC].output.cells[QY_XOR2];
    ok(glitch > 0, "layout %d: the later ones glitch: %g", k, glitch);
    for (int cell = 0; cell < QY_CELL_COUNT; cell++)
      near_rel(one.glitch[k][QY_CLASS_COMPARE].output.cells[cell],
               one.settled[QY_CLASS_COMPARE].output.cells[cell] * glitch / read, 1e-12,
               "the comparison glitches as what it reads");
  }
  for (int batches = 2; batches < 12; batches += 3) { /* each as the first, whichever of them are looked at in time */
    const qy_activity all = compared(&v, batches * BATCH + 1);
    int differ = 0;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int cell = 0; cell < QY_CELL_COUNT; cell++)
        for (int k = -1; k < QY_LAYOUT_COUNT; k++) {
          const qy_toggles *x = k < 0 ? &one.settled[g] : &one.glitch[k][g],
                           *y = k < 0 ? &all.settled[g] : &all.glitch[k][g];
          differ += fabs(x->output.cells[cell] - y->output.cells[cell]) > 1e-9 * fabs(x->output.cells[cell]) ||
                    fabs(x->input.cells[cell] - y->input.cells[cell]) > 1e-9 * fabs(x->input.cells[cell]);
        }
    ok(differ == 0 && fabs(all.bit_rate - one.bit_rate) < 1e-12, "%d times the same batch is no other activity",
       batches);
  }
  qy_arena_free(arena_of_lines);
}

/* Toggles of outputs cost what they do inside, those of pins half their charge at the supply, wires included. */
static void test_energy(void)
{
  qy_tech t = {.voltage_v = 0.9, .load_wire_ff = 0.25};
  double output[QY_CELL_COUNT], input[QY_CELL_COUNT], fj = 0;
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    output[k] = 1 + k, input[k] = 2 + 3 * k;
    t.internal_fj[k] = 0.5 * k + 0.1, t.in_cap_ff[k] = 1.5 - 0.05 * k;
    fj += output[k] * t.internal_fj[k] + input[k] * qy_cell_inputs((qy_cell)k) * (t.in_cap_ff[k] + 0.25) * 0.81 / 2;
  }
  near_rel(qy_toggles_energy(&t, output, input), fj, 1e-12, "energy of toggles");
}

int main(void)
{
  test_array();
  test_array_modes();
  test_registers();
  test_adder();
  test_modes();
  test_blocks();
  test_drivers();
  test_glitches();
  test_energy();
  return done();
}
