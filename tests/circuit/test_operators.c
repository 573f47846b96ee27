/* Every operator's simulation against plain C arithmetic: exhaustively where the inputs have at most 20 bits together,
 * 100,000 vectors otherwise. */
#include "operator_circuits.h"
#include "random.h"
#include "tap.h"
#include "words.h"

/* Wide enough for every sum and shift of 64-bit words. */
__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

static uint64_t rng = 7;

/* The number a word stands for. */
static wide number(uint64_t word, int width, bool is_signed)
{
  bool negative = is_signed && (word >> (width - 1) & 1);
  return negative ? (wide)word - ((wide)1 << width) : (wide)word;
}

/* Vector i of a test with inputs of these widths. */
static void vector(uint64_t i, const int *width, int count, int bits, uint64_t *in)
{
  for (int k = 0; k < count; k++) {
    in[k] = low(bits <= 20 ? i : random_bits(&rng), width[k]);
    i >>= width[k] < 64 ? width[k] : 63;
  }
}

static uint64_t vectors(int bits)
{
  return bits <= 20 ? UINT64_C(1) << bits : 100000;
}

static void check_arithmetic(qy_arena *arena, widths w, int out, bool is_signed)
{
  qy_error err = {0};
  qy_circuit *c = arithmetic_circuit(arena, w, out, is_signed);
  long wrong = qy_circuit_finish(c, &err) != QY_OK;
  int bits = w.a + w.b + 1;
  uint64_t scratch[32], in[3], got[8];
  for (uint64_t i = 0; i < vectors(bits) && !wrong; i++) {
    vector(i, (int[]){w.a, w.b, 1}, 3, bits, in);
    qy_simulate(c, in, NULL, got, scratch);
    wide a = number(in[0], w.a, is_signed), b = number(in[1], w.b, is_signed);
    wrong += got[0] != low((uint64_t)(a + b), out) || got[1] != low((uint64_t)(a - b), out) ||
             got[2] != low((uint64_t)(in[2] ? a - b : a + b), out) || got[3] != low((uint64_t)(in[2] ? -a : a), out) ||
             got[4] != (a < b) || got[5] != (in[0] == in[1]);
  }
  ok(!wrong, "add, subtract, addsub, negate, less, equal: %d and %d bits to %d%s", w.a, w.b, out,
     is_signed ? ", signed" : "");
}

static void check_logic(qy_arena *arena, int w, bool is_signed)
{
  qy_error err = {0};
  qy_circuit *c = logic_circuit(arena, w, is_signed);
  long wrong = qy_circuit_finish(c, &err) != QY_OK;
  uint64_t scratch[32], in[2], got[8];
  for (uint64_t i = 0; i < vectors(2 * w) && !wrong; i++) {
    vector(i, (int[]){w, w}, 2, 2 * w, in);
    if (i % 3 == 0) in[0] >>= i % (uint64_t)w;
    qy_simulate(c, in, NULL, got, scratch);
    uint64_t first = 0;
    for (int k = 0; k < w; k++)
      if (in[0] >> k & 1) first = (uint64_t)k;
    bool second = number(in[0], w, is_signed) < number(in[1], w, is_signed);
    wrong += got[0] != (in[0] & in[1]) || got[1] != (in[0] | in[1]) || got[2] != (in[0] ^ in[1]) ||
             got[3] != low(~in[0], w) || got[4] != in[second ? 1 : 0] || got[5] != first;
  }
  ok(!wrong, "and, or, xor, not, max, leading one: %d bits%s", w, is_signed ? ", signed" : "");
}

static wide floor_divide(wide a, wide b)
{
  wide q = a / b;
  return a % b != 0 && a < 0 ? q - 1 : q;
}

static void check_shift(qy_arena *arena, int w, int amount, int out, bool is_signed)
{
  qy_error err = {0};
  qy_circuit *c = shift_circuit(arena, w, amount, out, is_signed);
  long wrong = qy_circuit_finish(c, &err) != QY_OK;
  uint64_t scratch[32], in[2], got[8];
  for (uint64_t i = 0; i < vectors(w + amount) && !wrong; i++) {
    vector(i, (int[]){w, amount}, 2, w + amount, in);
    qy_simulate(c, in, NULL, got, scratch);
    uwide power = (uwide)1 << in[1];
    uwide product = (uwide)number(in[0], w, is_signed) * power; /* modulo 2^128 */
    wrong += got[0] != low((uint64_t)product, out) || got[1] != (uint64_t)((uwide)in[0] / power) ||
             got[2] != low((uint64_t)floor_divide(number(in[0], w, true), (wide)power), w) ||
             got[3] != low(in[0] * 8, out) || got[4] != in[0] / 4;
  }
  ok(!wrong, "shifts of %d bits by up to %d, left into %d bits%s", w, (1 << amount) - 1, out,
     is_signed ? ", signed" : "");
}

/* Round half up, then clamp. */
static uint64_t rounded(uint64_t a, int wa, int drop, int width, bool is_signed)
{
  wide step = (wide)1 << drop, v = number(a, wa, is_signed);
  v = floor_divide(2 * v + (drop > 0 ? step : 0), 2 * step);
  wide top = ((wide)1 << (is_signed ? width - 1 : width)) - 1, bottom = is_signed ? -top - 1 : 0;
  v = v > top ? top : v < bottom ? bottom : v;
  return low((uint64_t)v, width);
}

static void check_wires(qy_arena *arena)
{
  qy_error err = {0};
  qy_circuit *c = wire_circuit(arena);
  long wrong = qy_circuit_finish(c, &err) != QY_OK;
  if (wrong) printf("# %s\n", err.diagnostic[0].text);
  uint64_t scratch[64], in[3], got[16];
  for (uint64_t i = 0; i < 100000 && !wrong; i++) {
    vector(i, (int[]){12, 12, 4}, 3, 28, in);
    qy_simulate(c, in, NULL, got, scratch);
    uint64_t a = in[0], b = in[1], s = in[2], k = 0x5a3, s3 = s >> 1;
    uint64_t want[] = {s & 1 ? b : a,
                       (s & 3) == 0   ? a
                       : (s & 3) == 1 ? b
                                      : k,
                       s3 == 0   ? a
                       : s3 == 1 ? b
                       : s3 == 2 ? k
                       : s3 == 3 ? b
                                 : a,
                       (s & 1) * 7 | a << 3 | b << 15,
                       a >> 3 & 31,
                       a,
                       low((uint64_t)number(a, 12, true), 20),
                       table_entries[s],
                       rounded(a, 12, 3, 6, true),
                       rounded(a, 12, 3, 6, false),
                       rounded(a, 12, 0, 8, true),
                       rounded(a, 12, 0, 8, false),
                       rounded(a, 12, 4, 9, true),
                       rounded(a, 12, 5, 1, true)};
    wrong += memcmp(want, got, sizeof want) != 0;
  }
  ok(!wrong, "constant, mux, slice, concat, extend, truth table, round and saturate");
}

static void check_states(qy_arena *arena)
{
  qy_error err = {0};
  qy_circuit *c = state_circuit(arena);
  long wrong = qy_circuit_finish(c, &err) != QY_OK;
  uint64_t scratch[16], in[2], got[4], state[8] = {0}, plain = 0, enabled = 0, ticks = 0;
  for (uint64_t i = 0; i < 5000 && !wrong; i++) {
    vector(i, (int[]){12, 1}, 2, 30, in);
    qy_simulate(c, in, state, got, scratch);
    wrong += got[0] != plain || got[1] != enabled || got[2] != ticks % 32 || got[3] != i % 8;
    if (in[1]) enabled = (enabled + plain) & 4095, ticks++;
    plain = in[0];
  }
  ok(!wrong, "registers, enable, counters");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  static const int shape[][3] = {{1, 1, 2}, {4, 4, 5},  {8, 8, 9},    {8, 8, 8},    {9, 5, 11},
                                 {3, 9, 6}, {9, 9, 20}, {24, 13, 25}, {33, 33, 40}, {64, 64, 64}};
  for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
    for (int s = 0; s <= 1; s++)
      check_arithmetic(arena, (widths){shape[i][0], shape[i][1], 1}, shape[i][2], s);
  static const int width[] = {1, 2, 5, 8, 10, 16, 33, 64};
  for (size_t i = 0; i < sizeof width / sizeof *width; i++)
    for (int s = 0; s <= 1; s++)
      check_logic(arena, width[i], s);
  static const int shift[][3] = {{8, 3, 8}, {8, 3, 15}, {16, 4, 31}, {5, 2, 7}, {12, 5, 20}, {32, 5, 63}, {64, 6, 64}};
  for (size_t i = 0; i < sizeof shift / sizeof *shift; i++)
    for (int s = 0; s <= 1; s++)
      check_shift(arena, shift[i][0], shift[i][1], shift[i][2], s);
  check_wires(arena);
  check_states(arena);
  qy_arena_free(arena);
  return done();
}
