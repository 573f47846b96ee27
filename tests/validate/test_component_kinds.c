/* What the kinds of components compute, against integers, and which sizes can be built. */
#include "../../src/validate/component.h"
#include "quarry/random.h"
#include "tap.h"

static qy_arena *arena;

static uint64_t low_bits(uint64_t word, int bits)
{
  return bits >= 64 ? word : word & ((UINT64_C(1) << bits) - 1);
}

/* The word as a signed number. */
static int64_t as_signed(uint64_t word, int bits)
{
  const uint64_t sign = UINT64_C(1) << (bits - 1);
  return (int64_t)((low_bits(word, bits) ^ sign) - sign);
}

static int64_t clamp(int64_t value, int bits)
{
  const int64_t most = (INT64_C(1) << (bits - 1)) - 1;
  return value > most ? most : value < -most - 1 ? -most - 1 : value;
}

static int64_t times_power(int64_t x, uint64_t exponent)
{
  return x * (int64_t)(UINT64_C(1) << exponent);
}

/* x 2^(e - 1), 0 for e = 0. */
static int64_t power(int64_t x, uint64_t e)
{
  return e ? times_power(x, e - 1) : 0;
}

/* x 2^(e / 2), the root of two as 1 + 1/2 - 1/16 [- 1/64], two bits kept behind the point until the end. */
static int64_t half_powers(int64_t x, uint64_t e, bool third)
{
  const int64_t whole = 4 * x, root = whole + (whole >> 1) - (whole >> 4) - (third ? whole >> 6 : 0);
  return times_power(e & 1 ? root : whole, e >> 1) >> 2;
}

/* 0, 2, 4 or 16 by two bits of the code, and 8 by the lowest. */
static int64_t additive(uint64_t code)
{
  static const int64_t first[] = {0, 2, 4, 16};
  return first[code >> 1 & 3] + (code & 1 ? 8 : 0);
}

#define FUNCTION(name, value)                                                                                          \
  static int64_t name(const uint64_t *in)                                                                              \
  {                                                                                                                    \
    return (int64_t)(value);                                                                                           \
  }
#define S(i, bits) as_signed(in[i], bits)
#define SIGN(i)    (in[i] ? -1 : 1)
FUNCTION(add, in[0] + in[1])
FUNCTION(sub, in[0] - in[1])
FUNCTION(addsub, in[2] ? in[0] - in[1] : in[0] + in[1])
FUNCTION(add3, S(0, 7) + S(1, 7) + S(2, 7))
FUNCTION(negif, SIGN(1) * S(0, 8))
FUNCTION(same_signed, S(0, 8))
FUNCTION(same, in[0])
FUNCTION(tree, S(0, 6) + S(1, 6) + S(2, 6) + S(3, 6) + S(4, 6))
FUNCTION(xnorpop, 11 - __builtin_popcountll(in[0] ^ in[1]))
FUNCTION(xnorpop2, 70 - __builtin_popcountll(in[0] ^ in[1]) - __builtin_popcountll(in[2] ^ in[3]))
FUNCTION(shadd, times_power(S(0, 8), 1) + times_power(S(0, 8), 4))
FUNCTION(requant, clamp((S(0, 16) + 4) >> 3, 8))
FUNCTION(bshl, in[0] << in[1])
FUNCTION(bsra, S(0, 12) >> in[1])
FUNCTION(brot, in[0] << in[1] | in[0] >> (8 - in[1]))
FUNCTION(brot12, in[0] << in[1] | in[0] >> (12 - in[1]))
FUNCTION(cshl, in[0] << 5)
FUNCTION(mux2, in[in[2]])
FUNCTION(mux8, in[in[8]])
FUNCTION(mux32, in[in[32]])
FUNCTION(times, in[0] * in[1])
FUNCTION(times_signed, S(0, 7) * S(1, 5))
FUNCTION(times_mixed, (int64_t)in[0] * S(1, 5))
FUNCTION(by_constant, in[0] * 37)
FUNCTION(by_one, in[0])
FUNCTION(rescale, clamp((S(0, 10) * (int64_t)in[1]) >> 4, 9))
FUNCTION(dot, S(0, 5) * S(1, 4) + S(2, 5) * S(3, 4) + S(4, 5) * S(5, 4))
FUNCTION(whole_or_parts, in[2] == 0   ? S(0, 8) * S(1, 8)
                         : in[2] == 1 ? S(0, 4) * S(1, 4) + as_signed(in[0] >> 4, 4) * as_signed(in[1] >> 4, 4)
                                      : S(0, 2) * S(1, 2) + as_signed(in[0] >> 2, 2) * as_signed(in[1] >> 2, 2) +
                                            as_signed(in[0] >> 4, 2) * as_signed(in[1] >> 4, 2) +
                                            as_signed(in[0] >> 6, 2) * as_signed(in[1] >> 6, 2))
FUNCTION(pot_mac, SIGN(2) * power(S(0, 9), in[1]))
FUNCTION(pot_dot, SIGN(2) * power(S(0, 6), in[1]) + SIGN(5) * power(S(3, 6), in[4]))
FUNCTION(sp2_mac, SIGN(3) * (power(S(0, 9), in[1]) + power(S(0, 9), in[2])))
FUNCTION(sp2_mul, power(S(0, 9), in[1]) + power(S(0, 9), in[2]))
FUNCTION(mpe_acc, SIGN(3) * (times_power(S(0, 9), in[1]) + SIGN(3) * SIGN(4) * times_power(S(0, 9), in[2])))
FUNCTION(logpe, SIGN(2) * times_power(S(0, 8), in[1]))
FUNCTION(logpe_sw, SIGN(2) * times_power(S(0, 16), in[1]))
FUNCTION(mpe_sw, SIGN(3) * times_power(S(0, 18), in[1]) + SIGN(4) * times_power(S(0, 18), in[2]))
FUNCTION(logpe_two, SIGN(2) * half_powers(S(0, 10), in[1], false))
FUNCTION(logpe_three, SIGN(2) * half_powers(S(0, 10), in[1], true))
FUNCTION(apot_mul, S(0, 9) * additive(in[1]))
FUNCTION(less, in[0] < in[1])
FUNCTION(equal, in[0] == in[1])
FUNCTION(greater_one, in[0] > in[1] ? in[0] : in[1])
FUNCTION(first_one, in[0] ? 63 - __builtin_clzll(in[0]) : 0)

/* Inputs are random words of their widths, a cleared accumulator among them: then its next value is the sum alone. */
static void values(void)
{
  static const struct {
    const char *kind, *params;
    int bits; /* of the result */
    int64_t (*value)(const uint64_t *in);
  } rows[] = {
      {"add", "n=7", 8, add},
      {"sub", "n=7", 8, sub},
      {"addsub", "n=7", 7, addsub},
      {"add3", "n=7", 9, add3},
      {"negif", "n=8", 9, negif},
      {"acc", "n=8 acc=20", 20, same_signed},
      {"tree", "k=5 n=6", 9, tree},
      {"xnorpop", "n=11", 4, xnorpop},
      {"xnorpop", "n=70", 7, xnorpop2},
      {"shadd", "w=8 s1=1 s2=4", 13, shadd},
      {"requant", "n=16 drop=3 w=8", 8, requant},
      {"bshl", "w=8 s=3", 8, bshl},
      {"bshl", "w=8 s=4", 8, bshl},
      {"bsra", "w=12 s=3", 12, bsra},
      {"brot", "w=8 s=3", 8, brot},
      {"brot", "w=12 s=3", 12, brot12},
      {"cshl", "w=9 s=5", 14, cshl},
      {"mux2", "w=5", 5, mux2},
      {"mux8", "w=5", 5, mux8},
      {"mux32", "w=5", 5, mux32},
      {"reg2", "w=9", 9, same},
      {"delay", "w=9 d=3", 9, same},
      {"mul_u", "n=7 m=5", 12, times},
      {"mul_s", "n=7 m=5", 12, times_signed},
      {"mul_booth", "n=7 m=5", 12, times_signed},
      {"mul_us", "n=7 m=5", 12, times_mixed},
      {"cmul", "n=7 c=37", 13, by_constant},
      {"cmul", "n=7 c=1", 8, by_one},
      {"rescale", "n=10 m=6 drop=4 w=9", 9, rescale},
      {"mac_u", "n=7 m=5 acc=20", 20, times},
      {"mac_s", "n=7 m=5 acc=20", 20, times_signed},
      {"dot", "k=3 n=5 m=4 acc=16", 16, dot},
      {"st_plain", "N=8", 16, whole_or_parts},
      {"pot_mac", "x=9 e=3 acc=24", 24, pot_mac},
      {"pot_dot", "k=2 x=6 e=3 acc=24", 24, pot_dot},
      {"sp2_mac", "x=9 e1=3 e2=2 acc=24", 24, sp2_mac},
      {"sp2_mul", "x=9 e1=3 e2=2", 16, sp2_mul},
      {"mpe_acc", "x=9 acc=24", 24, mpe_acc},
      {"logpe_sw", "x=16 acc=44 s=3", 44, logpe_sw},
      {"mpe_sw", "x=18 acc=44", 44, mpe_sw},
      {"logpe", "base=2 x=8 acc=30", 30, logpe},
      {"logpe", "base=sqrt2_t2 x=10 acc=30", 30, logpe_two},
      {"logpe", "base=sqrt2_t3 x=10 acc=30", 30, logpe_three},
      {"logpe", "base=sqrt2_t3 x=10 acc=16", 16, logpe_three},
      {"logpe", "base=2 x=8 acc=16", 16, logpe},
      {"apot_mul", "x=9", 14, apot_mul},
      {"lt", "w=7", 1, less},
      {"eq", "w=5", 1, equal},
      {"max", "w=7", 7, greater_one},
      {"lod", "w=8", 3, first_one},
  };
  enum { TIMES = 300, STEPS = 6 };
  uint64_t random = 5;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    component c;
    const char *reason = NULL;
    qy_error err = {0};
    const qy_status status = component_build(&c, rows[i].kind, rows[i].params, &reason, arena, &err);
    if (!ok(status == QY_OK, "%s %s%s%s", rows[i].kind, rows[i].params, reason ? ": " : "", reason ? reason : ""))
      continue;
    uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c.circuit), sizeof *state);
    uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c.circuit), sizeof *scratch);
    const bool whole = strstr(rows[i].kind, "_sw") != NULL; /* in the mode of one word alone */
    int wrong = 0;
    for (int t = 0; t < TIMES; t++) {
      uint64_t in[COMPONENT_INPUTS_MAX], out[4];
      for (int k = 0; k < c.inputs; k++)
        in[k] = c.role[k] == ROLE_CLEAR  ? 0
                : c.role[k] == ROLE_MODE ? (whole ? 0 : qy_random_word(&random) % 3)
                                         : low_bits(qy_random_word(&random), c.width[k]);
      if (t % 3 == 0 && c.role[1] == ROLE_WEIGHT && c.width[0] == c.width[1]) in[1] = in[0];
      for (int s = 0; s < STEPS; s++)
        qy_simulate(c.circuit, in, state, out, scratch);
      wrong += out[0] != low_bits((uint64_t)rows[i].value(in), rows[i].bits);
    }
    is_int(wrong, 0, "values of random inputs");
  }
}

/* A table of the study holds random words from the seed 1, one after another. */
static void table_words(void)
{
  static const int widths[] = {1, 7, 64};
  for (int a = 1; a <= 4; a++)
    for (size_t k = 0; k < sizeof widths / sizeof *widths; k++) {
      component c;
      const char *reason;
      qy_error err = {0};
      uint64_t random = 1, state[8] = {0}, scratch[64], out[2];
      const char *params = qy_arena_format(arena, "a=%d w=%d", a, widths[k]);
      int wrong = 0;
      if (!ok(!component_build(&c, "rom", params, &reason, arena, &err) && qy_circuit_state_words(c.circuit) <= 8 &&
                  qy_circuit_scratch_words(c.circuit) <= 64,
              "rom %s", params))
        continue;
      for (uint64_t address = 0; address < UINT64_C(1) << a; address++) {
        for (int s = 0; s < 3; s++)
          qy_simulate(c.circuit, &address, state, out, scratch);
        wrong += out[0] != low_bits(qy_random_word(&random), widths[k]);
      }
      is_int(wrong, 0, "holds its words");
    }
}

/* Operators of components are as wide as they need to be, and no wider: their cells are those of circuits that are put
 * together here. */
static qy_net by_hand(qy_circuit *c, int which)
{
  qy_net x[5];
  if (which < 3) { /* trees: a bit more for each level, words left over wait */
    const int count = 3 + which;
    for (int i = 0; i < count; i++)
      x[i] = qy_input(c, qy_arena_format(arena, "x%d", i), 6);
    qy_net low = qy_add(c, x[0], x[1], 7, true), high = count > 3 ? qy_add(c, x[2], x[3], 7, true) : x[2];
    qy_net four = qy_add(c, low, high, 8, true);
    return count < 5 ? four : qy_add(c, four, x[4], 9, true);
  }
  if (which < 6) { /* rotations of 12, 8 and 63 bits by 3, 4 and 5: the width and a shift are taken from each other */
    static const int width[] = {12, 8, 63}, steps[] = {3, 4, 5}, bits[] = {4, 5, 6};
    const int k = which - 3, w = width[k];
    qy_net a = qy_input(c, "a", w), s = qy_input(c, "s", steps[k]);
    qy_net rest = qy_subtract(c, qy_constant_word(c, (uint64_t)w, bits[k]), s, bits[k], false);
    return qy_bitwise(c, QY_OP_OR, qy_shift(c, QY_OP_SHIFT_LEFT, a, s, w, false),
                      qy_shift(c, QY_OP_SHIFT_RIGHT, a, rest, w, false));
  }
  static const int factor[] = {1, 2, 3, 4, 37}, bits[] = {2, 2, 2, 3, 6};
  qy_net a = qy_input(c, "a", 7);
  return qy_multiply(c, QY_MULTIPLIER_ARRAY, a, qy_constant_word(c, (uint64_t)factor[which - 6], bits[which - 6]),
                     false);
}

static void widths(void)
{
  static const struct {
    const char *kind, *params;
  } row[] = {{"tree", "k=3 n=6"}, {"tree", "k=4 n=6"},  {"tree", "k=5 n=6"}, {"brot", "w=12 s=3"},
             {"brot", "w=8 s=4"}, {"brot", "w=63 s=5"}, {"cmul", "n=7 c=1"}, {"cmul", "n=7 c=2"},
             {"cmul", "n=7 c=3"}, {"cmul", "n=7 c=4"},  {"cmul", "n=7 c=37"}};
  for (int i = 0; i < (int)(sizeof row / sizeof *row); i++) {
    component built;
    const char *reason;
    qy_error err = {0};
    qy_census got, expected;
    qy_circuit *c = qy_circuit_new("c", arena);
    qy_output(c, "y", by_hand(c, i));
    if (!ok(!qy_circuit_finish(c, &err) && !component_build(&built, row[i].kind, row[i].params, &reason, arena, &err),
            "%s %s", row[i].kind, row[i].params))
      continue;
    double off = 0;
    qy_circuit_census(c, &expected);
    qy_circuit_census(built.circuit, &got);
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int k = 0; g != QY_CLASS_REGISTER && k < QY_CELL_COUNT; k++)
        off = fmax(off, fabs(got.cells[g][k] - expected.cells[g][k]));
    near_abs(off, 0, 1e-9, "has the cells of operators as wide as needed");
  }
}

/* Sums go on where the accumulator is not cleared. */
static void sums(void)
{
  component c;
  const char *reason;
  qy_error err = {0};
  if (!ok(!component_build(&c, "mac_s", "n=6 m=6 acc=14", &reason, arena, &err), "mac_s")) return;
  uint64_t state[64] = {0}, scratch[4096], in[3], out[2], random = 3;
  if (!ok(qy_circuit_state_words(c.circuit) <= 64 && qy_circuit_scratch_words(c.circuit) <= 4096, "room")) return;
  int64_t sum = 0, product = 0;
  bool keep = false;
  int wrong = 0;
  for (int i = 0; i < 500; i++) {
    in[0] = qy_random_word(&random) & 63;
    in[1] = qy_random_word(&random) & 63;
    in[2] = i % 50 != 0;
    qy_simulate(c.circuit, in, state, out, scratch);
    wrong += out[0] != low_bits((uint64_t)sum, 14);
    sum = (keep ? sum : 0) + product;
    product = as_signed(in[0], 6) * as_signed(in[1], 6);
    keep = in[2];
  }
  is_int(wrong, 0, "a MAC sums until it is cleared");
}

static void ranges(void)
{
  static const struct {
    const char *kind, *rest, *key;
    int low, high;
  } rows[] = {
      {"add", "", "n", 1, 63},
      {"sub", "", "n", 1, 63},
      {"addsub", "", "n", 1, 64},
      {"add3", "", "n", 1, 62},
      {"tree", "n=4", "k", 2, 256},
      {"tree", "k=4", "n", 1, 62},
      {"tree", "k=2", "n", 1, 62},
      {"negif", "", "n", 1, 63},
      {"acc", "acc=64", "n", 1, 64},
      {"acc", "n=5", "acc", 5, 64},
      {"xnorpop", "", "n", 1, 1024},
      {"shadd", "s1=0 s2=0", "w", 1, 63},
      {"shadd", "w=1 s2=0", "s1", 0, 62},
      {"shadd", "w=1 s1=0", "s2", 0, 62},
      {"requant", "n=63 w=2", "drop", 1, 61},
      {"requant", "n=63 drop=1", "w", 2, 62},
      {"requant", "drop=1 w=2", "n", 3, 63},
      {"bshl", "s=2", "w", 2, 64},
      {"bshl", "w=8", "s", 1, 6},
      {"bsra", "s=2", "w", 2, 64},
      {"bshx", "s=1", "w", 2, 63},
      {"bshx", "w=2", "s", 1, 5},
      {"brot", "s=2", "w", 2, 63},
      {"brot", "w=63", "s", 1, 5},
      {"cshl", "s=0", "w", 1, 64},
      {"cshl", "w=1", "s", 0, 63},
      {"cshl", "w=10", "s", 0, 54},
      {"mux4", "", "w", 1, 64},
      {"mux16", "", "w", 1, 64},
      {"reg2", "", "w", 1, 64},
      {"delay", "d=1", "w", 1, 64},
      {"delay", "w=1", "d", 0, 1024},
      {"counter", "", "w", 1, 64},
      {"rom", "w=4", "a", 1, 10},
      {"rom", "a=3", "w", 1, 64},
      {"rf", "w=2", "d", 2, 64},
      {"rf", "d=4", "w", 1, 64},
      {"mul_u", "m=4", "n", 2, 32},
      {"mul_booth", "n=4", "m", 2, 32},
      {"mul_us", "m=4", "n", 1, 31},
      {"mul_us", "n=31", "m", 2, 32},
      {"cmul", "c=3", "n", 2, 32},
      {"cmul", "n=4", "c", 1, 2147483647},
      {"rescale", "m=1 drop=0 w=2", "n", 2, 32},
      {"rescale", "n=32 drop=0 w=2", "m", 1, 31},
      {"rescale", "n=30 m=30 w=2", "drop", 0, 58},
      {"rescale", "n=30 m=30 drop=0", "w", 2, 60},
      {"mac_u", "m=4 acc=40", "n", 2, 32},
      {"mac_u", "n=4 acc=40", "m", 2, 32},
      {"mac_u", "n=4 m=5", "acc", 9, 64},
      {"sa", "", "N", 4, 16},
      {"st", "", "N", 4, 16},
      {"macst", "acc=32", "N", 4, 16},
      {"macst", "N=8", "acc", 16, 64},
      {"dot", "n=2 m=2 acc=20", "k", 1, 127}, /* 128 of them leave none of the 256 inputs to the clear */
      {"dot", "k=1 m=2 acc=40", "n", 2, 32},
      {"dot", "k=1 n=2 acc=40", "m", 2, 32},
      {"dot", "k=1 n=4 m=3", "acc", 7, 64},
      {"logpe", "base=2 acc=40", "x", 8, 32},
      {"logpe", "base=2 x=8", "acc", 16, 64},
      {"logpe_sw", "acc=48 s=2", "x", 16, 32},
      {"logpe_sw", "x=16 s=2", "acc", 40, 64},
      {"logpe_sw", "x=16 acc=48", "s", 2, 4},
      {"mpe", "", "x", 4, 32},
      {"mpe_acc", "acc=50", "x", 4, 32},
      {"mpe_acc", "x=8", "acc", 16, 64},
      {"mpe_sw", "acc=48", "x", 16, 32},
      {"mpe_sw", "x=16", "acc", 40, 64},
      {"pot_mac", "e=1 acc=64", "x", 2, 62},
      {"pot_mac", "x=2 acc=64", "e", 1, 5},
      {"pot_mac", "x=5 e=2", "acc", 7, 64}, /* 5 + 2 bits of the product */
      {"pot_dot", "x=2 e=1 acc=20", "k", 1, 85},
      {"pot_dot", "k=1 e=1 acc=64", "x", 2, 62},
      {"pot_dot", "k=1 x=5 e=2", "acc", 8, 64},
      {"sp2_mac", "e1=1 e2=1 acc=64", "x", 2, 62},
      {"sp2_mac", "x=2 e2=1 acc=64", "e1", 1, 5},
      {"sp2_mac", "x=2 e1=1 acc=64", "e2", 1, 5},
      {"sp2_mac", "x=5 e1=1 e2=2", "acc", 8, 64},
      {"sp2_mul", "e1=1 e2=1", "x", 2, 62},
      {"sp2_mul", "x=2 e1=5", "e2", 1, 5},
      {"sp2_mul", "x=2 e2=5", "e1", 1, 5},
      {"apot_mul", "", "x", 2, 58},
      {"logpe", "base=sqrt2_t2 acc=40", "x", 8, 32},
      {"pot_dot", "k=1 x=2 acc=64", "e", 1, 5},
      {"mux2", "", "w", 1, 64},
      {"mux32", "", "w", 1, 64},
      {"st_plain", "", "N", 8, 32},
      {"lt", "", "w", 1, 64},
      {"eq", "", "w", 1, 64},
      {"max", "", "w", 1, 64},
      {"lod", "", "w", 2, 64},
  };
  enum { SOME = 66 };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const int64_t value[4] = {(int64_t)rows[i].low - 1, rows[i].low, rows[i].high, (int64_t)rows[i].high + 1};
    bool right = true;
    char said[400] = "";
    for (int k = 0; k < 4; k++) {
      char params[100];
      component c;
      const char *reason = NULL;
      qy_error err = {0};
      snprintf(params, sizeof params, "%s %s=%lld", rows[i].rest, rows[i].key, (long long)value[k]);
      const qy_status status = component_build(&c, rows[i].kind, params, &reason, arena, &err);
      /* what is wrong is said of the parameter, not of an operator inside */
      const bool good =
          (k == 1 || k == 2) ? status == QY_OK : status == QY_INFEASIBLE && reason && !strstr(reason, "in circuit");
      if (!good) snprintf(said, sizeof said, "; %s: %d %s", params, (int)status, reason ? reason : "");
      right = right && good;
    }
    for (int v = rows[i].low + 1; v < rows[i].high && v < rows[i].low + SOME; v++) { /* between them, too */
      char params[100];
      component c;
      const char *reason = NULL;
      qy_error err = {0};
      snprintf(params, sizeof params, "%s %s=%d", rows[i].rest, rows[i].key, v);
      const qy_status status = component_build(&c, rows[i].kind, params, &reason, arena, &err);
      const bool good = status == QY_OK || (status == QY_INFEASIBLE && reason && !strstr(reason, "in circuit"));
      if (!good) snprintf(said, sizeof said, "; %s: %d %s", params, (int)status, reason ? reason : "");
      right = right && good;
    }
    ok(right, "%s %s: %s from %d to %d%s", rows[i].kind, rows[i].rest, rows[i].key, rows[i].low, rows[i].high, said);
    qy_arena_reset(arena);
  }
}

static void modes(void)
{
  static const struct {
    const char *kind, *params;
    int modes;
  } rows[] = {{"add", "n=4", 1},           {"sa", "N=8", 3},       {"st", "N=8", 3},
              {"macst", "N=8 acc=20", 3},  {"st_plain", "N=8", 3}, {"logpe_sw", "x=16 acc=40 s=3", 2},
              {"mpe_sw", "x=16 acc=40", 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    component c;
    const char *reason;
    qy_error err = {0};
    ok(!component_build(&c, rows[i].kind, rows[i].params, &reason, arena, &err) && c.modes == rows[i].modes,
       "modes of %s", rows[i].kind);
  }
  static const struct {
    const char *kind, *params, *reason;
  } bad[] = {{"add", "n=4 m=3", "no parameter m of this kind"},
             {"add", "n=4 n=4", "the parameter n is given twice"},
             {"add", "n=4 k", "no parameter k of this kind"},
             {"q_mac", "bits=8 bits=9", "the parameter bits is given twice"},
             {"q_mac", "bits", "found 'bits', expected name=value"},
             {"q_nothing", "bits=8", "unknown kind of element"},
             {"dot", "k=129 n=2 m=2 acc=20", "outside what can be built"},
             {"dot", "k=512 n=2 m=2 acc=20", "outside what can be built"},
             {"st_plain", "N=33", "outside what can be built"},
             {"st_plain", "N=10", "a width that is no multiple of 4"},
             {"mul_sb", "n=8 m=8", "product of sign-extended words"},
             {"logpe", "x=8 acc=20", "missing"},
             {"logpe", "base=sqrt2_t4 x=8 acc=20", "a base other than"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_circuit *circuit;
    const char *reason = NULL;
    qy_error err = {0};
    const qy_status status = component_circuit(&circuit, bad[i].kind, bad[i].params, &reason, arena, &err);
    ok(status == QY_INFEASIBLE && reason && strstr(reason, bad[i].reason), "%s %s: %s", bad[i].kind, bad[i].params,
       reason ? reason : "fine");
  }
  qy_circuit *circuit = NULL;
  const char *reason;
  qy_error err = {0};
  ok(!component_circuit(&circuit, "q_mac", "bits=8  multiplier=array", &reason, arena, &err) && circuit, "an element");
  ok(component_is_element("q_mac") && !component_is_element("mac_s") && !component_is_element("q"),
     "names of elements");
}

int main(void)
{
  arena = qy_arena_new();
  values();
  table_words();
  widths();
  sums();
  modes();
  ranges();
  qy_arena_free(arena);
  return done();
}
