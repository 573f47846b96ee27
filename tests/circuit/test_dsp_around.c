/* How products split over the ports of a slice, and what around a product goes into it.
 *
 * Oracles: parts counted from the port widths of UG479, UG579 and AM004; small circuits of which dsp.h says what a
 * slice takes in, counted by hand.
 */
#include "../../src/circuit/graph.h"
#include "quarry/dsp.h"
#include "tap.h"

static qy_arena *arena;

/* ---- splitting */

static int parts(int bits, int port_bits, int part)
{
  int count = 1;
  for (int left = bits; left > port_bits; left -= part - 1)
    count++;
  return count;
}

/* x on the first port, y on the second: slices, and the widths of the sums of parts, row by row. */
static qy_dsp_split by_hand(int x, int y, int result, bool both_unsigned, qy_dsp_kind slice, bool is_vivado)
{
  const int most[2] = {slice == QY_DSP48E1 ? 25 : 27, slice == QY_DSP58 ? 24 : 18};
  const int part[2] = {is_vivado ? most[0] : 18, is_vivado ? most[1] : 18};
  const int rows = parts(x, most[0], part[0]), columns = parts(y, most[1], part[1]);
  qy_dsp_split s = {.slices = rows * columns};
  for (int i = 0; i < rows; i++) {
    const int word = i + 1 < rows ? part[0] : x - i * (part[0] - 1), full = word + y - both_unsigned;
    const int width = rows == 1 && result < full ? result : full;
    for (int k = 1; k < columns; k++)
      s.adder_bits[s.adder_count++] = width - k * (part[1] - 1);
  }
  for (int i = 1; i < rows; i++) {
    s.outer[s.adder_count] = columns > 1;
    s.adder_bits[s.adder_count++] = result - i * (part[0] - 1);
  }
  s.low_bits = rows == 1 ? (columns - 1) * (part[1] - 1) : columns > 1 ? result : (rows - 1) * (part[0] - 1);
  return s;
}

static bool same_split(const qy_dsp_split *a, const qy_dsp_split *b)
{
  bool same = a->slices == b->slices && a->adder_count == b->adder_count && a->low_bits == b->low_bits;
  for (int i = 0; same && i < a->adder_count; i++)
    same = a->adder_bits[i] == b->adder_bits[i] && a->outer[i] == b->outer[i];
  return same;
}

/* yosys puts the wider word before the wider port, vivado as it takes fewer slices. */
static void check_splits(void)
{
  for (int slice = 0; slice < QY_DSP_KIND_COUNT; slice++)
    for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++) {
      int wrong = 0, split = 0;
      for (int a = 1; a <= 33; a++)
        for (int b = 1; b <= 33; b++)
          for (int signs = 0; signs < 4; signs++)
            for (int less = 0; less < 12; less += 4) {
              const bool vivado = t == QY_TOOLCHAIN_VIVADO, sa = signs & 1, sb = signs & 2;
              const int x = a + !sa, y = b + !sb, wide = x > y ? x : y, thin = x > y ? y : x, result = a + b - less;
              if (less > 0 && result < 34 && result >= 9) continue; /* all sums reach into the result */
              const qy_dsp_split got = qy_dsp_split_product(a, sa, b, sb, result, (qy_dsp_kind)slice, (qy_toolchain)t);
              qy_dsp_split want = by_hand(wide, thin, result, !sa && !sb, (qy_dsp_kind)slice, vivado);
              const qy_dsp_split other = by_hand(thin, wide, result, !sa && !sb, (qy_dsp_kind)slice, vivado);
              if (vivado && other.slices < want.slices) want = other;
              if (a < 2 || b < 2 || result < 9) want = (qy_dsp_split){.slices = 0};
              wrong += !same_split(&got, &want);
              split += want.slices > 1;
            }
      ok(split > 100 && wrong == 0, "%s, %s: %d of the splits are not those by hand", qy_dsp_kind_names[slice],
         qy_toolchain_names[t], wrong);
    }
}

/* ---- around a product */

static qy_circuit *c;
static int flops, names;

static qy_net in(int width)
{
  char name[16];
  snprintf(name, sizeof name, "i%d", names++);
  return qy_input(c, name, width);
}

/* Behind so many registers. */
static qy_net stored(qy_net net, int count)
{
  for (int i = 0; i < count; i++) {
    char name[16];
    snprintf(name, sizeof name, "r%d", names++);
    const qy_net r = qy_register(c, name, qy_net_width(c, net), -1);
    qy_register_connect(c, r, net);
    flops += qy_net_width(c, net);
    net = r;
  }
  return net;
}

static void out(qy_net net)
{
  char name[16];
  snprintf(name, sizeof name, "o%d", names++);
  qy_output(c, name, net);
}

static qy_net times(qy_net a, qy_net b, bool is_signed)
{
  return qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, is_signed);
}

/* Slices, flip-flops outside, adders outside. */
typedef struct left {
  int slices, ff, adders;
} left;

typedef struct what {
  const char *name;
  void (*build)(int x);
  int x;
  left vivado, e1, e2; /* DSP48E2 of vivado, DSP48E1 and DSP48E2 of yosys */
} what;

/* x registers before one operand, one before the other. */
static void operand_rows(int x)
{
  out(times(stored(in(8), x), stored(in(8), 1), true));
}

/* The operand's register is read by something else too: x bits of it. */
static void operand_read(int x)
{
  const qy_net a = stored(in(8), 1);
  out(times(a, stored(in(8), 1), true));
  out(qy_slice(c, a, 0, x));
}

/* x registers behind the product. */
static void result_rows(int x)
{
  out(stored(times(in(8), in(8), true), x));
}

/* The product is read x times; its register by all. */
static void result_read(int x)
{
  const qy_net p = times(in(8), in(8), true);
  out(stored(p, 1));
  if (x > 1) out(p);
}

/* (a + b) * d: a, b of x bits, stored. */
static void pre_adder(int x)
{
  const qy_net sum = qy_add(c, stored(in(x), 1), stored(in(x), 1), x + 1, true);
  out(times(sum, stored(in(6), 1), true));
}

/* The same with its own register; unsigned; before the narrower port; read twice. */
static void pre_adder_kinds(int x)
{
  const bool is_signed = x != 1;
  qy_net sum = qy_add(c, stored(in(8), 1), stored(in(8), 1), 9, is_signed);
  if (x == 0) sum = stored(sum, 1);
  if (x == 3) out(sum);
  out(times(sum, stored(in(x == 2 ? 14 : 6), 1), is_signed));
}

/* p + d, p - d, p + p: what stands behind. */
static void post_adder(int x)
{
  const qy_net p = times(in(8), in(8), true), d = x == 2 ? p : stored(in(16), 1);
  const int width = x == 3 ? 50 : 20;
  out(x == 1 ? qy_subtract(c, p, d, width, true) : qy_add(c, p, d, width, true));
}

/* Product, register, adder of a stored word, register; x: registers behind the product. */
static void whole_slice(int x)
{
  const qy_net p = stored(times(stored(in(8), 1), stored(in(8), 1), true), x);
  out(stored(qy_add(c, p, stored(in(16), 1), 20, true), 1));
}

static void constant_factor(int x)
{
  out(times(stored(in(12), 1), qy_constant_word(c, (uint64_t)x, 6), false));
}

/* Bits that repeat the sign, or are zeros above, do not count: x bits after extension. */
static void extended(int x)
{
  out(times(qy_extend(c, in(10), x, true), in(10), true));
}

static void zeros_above(int x)
{
  const qy_net zeros = qy_constant_word(c, 0, x);
  out(times(qy_concat(c, (qy_net[]){stored(in(10), 1), zeros}, 2), stored(in(10), 1), true));
}

/* Above the stored word are zeros, a one, a word, zeros in two parts; or zeros are below it: of words that are put
 * together yosys takes no register in. */
static void words_above(int x)
{
  const qy_net r = stored(in(10), 1), zeros = qy_constant_word(c, 0, 3);
  const qy_net parts[][3] = {{r, zeros}, {r, qy_constant_word(c, 1, 3)}, {r, in(3)}, {r, zeros, zeros}, {zeros, r}};
  out(times(qy_concat(c, parts[x], x == 3 ? 3 : 2), stored(in(10), 1), true));
}

/* The operand's register is read by something else behind seven other bits: x bits of them all. */
static void read_behind(int x)
{
  const qy_net a = stored(in(8), 1);
  out(times(a, stored(in(8), 1), true));
  out(qy_slice(c, qy_concat(c, (qy_net[]){in(5), in(2), a, in(3)}, 4), 0, x));
}

/* Of the product x bits are read. */
static void read_low(int x)
{
  out(qy_slice(c, times(in(8), in(8), false), 0, x));
}

/* Nothing needs the product. */
static void dead(int x)
{
  const qy_net p = times(in(8), in(8), true);
  out(x ? in(4) : p);
}

/* A wide product whose register holds what the last slice gives, and the rest. */
static void split_result(int x)
{
  out(stored(times(in(x), in(18), true), 1));
}

static const what table[] = {
    {"a register before each operand", operand_rows, 1, {1, 0, 0}, {1, 0, 0}, {1, 16, 0}},
    {"two", operand_rows, 2, {1, 0, 0}, {1, 0, 0}, {1, 24, 0}},
    {"three: one too many", operand_rows, 3, {1, 8, 0}, {1, 8, 0}, {1, 32, 0}},
    {"read elsewhere: all bits", operand_read, 8, {1, 8, 0}, {1, 8, 0}, {1, 16, 0}},
    {"read elsewhere: three bits", operand_read, 3, {1, 3, 0}, {1, 3, 0}, {1, 16, 0}},
    {"a register behind", result_rows, 1, {1, 0, 0}, {1, 0, 0}, {1, 16, 0}},
    {"two behind", result_rows, 2, {1, 0, 0}, {1, 0, 0}, {1, 32, 0}},
    {"three behind", result_rows, 3, {1, 16, 0}, {1, 16, 0}, {1, 48, 0}},
    {"alone behind", result_read, 1, {1, 0, 0}, {1, 0, 0}, {1, 16, 0}},
    {"not alone behind", result_read, 2, {1, 16, 0}, {1, 16, 0}, {1, 16, 0}},
    {"a sum before the port", pre_adder, 20, {1, 0, 0}, {1, 0, 0}, {1, 46, 1}},
    {"of 25 bits", pre_adder, 24, {1, 0, 0}, {1, 0, 0}, {1, 54, 1}},
    {"of 27 bits", pre_adder, 26, {1, 0, 0}, {2, 52, 1}, {1, 58, 1}},
    {"a sum with a register", pre_adder_kinds, 0, {1, 0, 0}, {1, 0, 0}, {1, 31, 1}},
    {"unsigned", pre_adder_kinds, 1, {1, 16, 1}, {1, 16, 1}, {1, 22, 1}},
    {"before the narrower port", pre_adder_kinds, 2, {1, 16, 1}, {1, 16, 1}, {1, 30, 1}},
    {"read twice", pre_adder_kinds, 3, {1, 16, 1}, {1, 16, 1}, {1, 22, 1}},
    {"a sum behind", post_adder, 0, {1, 0, 0}, {1, 0, 0}, {1, 16, 1}},
    {"a difference behind", post_adder, 1, {1, 0, 0}, {1, 16, 1}, {1, 16, 1}},
    {"twice the product", post_adder, 2, {1, 0, 1}, {1, 0, 1}, {1, 0, 1}},
    {"a sum that is too wide", post_adder, 3, {1, 16, 1}, {1, 16, 1}, {1, 16, 1}},
    {"everything", whole_slice, 1, {1, 0, 0}, {1, 0, 0}, {1, 68, 1}},
    {"no register between", whole_slice, 0, {1, 0, 0}, {1, 0, 0}, {1, 52, 1}},
    {"by five", constant_factor, 5, {0, 12, 0}, {1, 0, 0}, {1, 12, 0}},
    {"by eight: wires", constant_factor, 8, {0, 12, 0}, {0, 12, 0}, {0, 12, 0}},
    {"copies of the sign", extended, 30, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}},
    {"zeros above", zeros_above, 20, {1, 0, 0}, {1, 0, 0}, {1, 20, 0}},
    {"three zeros above", words_above, 0, {1, 0, 0}, {1, 0, 0}, {1, 20, 0}},
    {"a one above", words_above, 1, {1, 0, 0}, {1, 10, 0}, {1, 20, 0}},
    {"a word above", words_above, 2, {1, 0, 0}, {1, 10, 0}, {1, 20, 0}},
    {"zeros in two parts", words_above, 3, {1, 0, 0}, {1, 10, 0}, {1, 20, 0}},
    {"zeros below", words_above, 4, {1, 0, 0}, {1, 10, 0}, {1, 20, 0}},
    {"none of its bits is read", read_behind, 7, {1, 0, 0}, {1, 0, 0}, {1, 16, 0}},
    {"one is", read_behind, 8, {1, 1, 0}, {1, 1, 0}, {1, 16, 0}},
    {"all are", read_behind, 15, {1, 8, 0}, {1, 8, 0}, {1, 16, 0}},
    {"and more behind it", read_behind, 17, {1, 8, 0}, {1, 8, 0}, {1, 16, 0}},
    {"nine bits are read", read_low, 9, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}},
    {"eight bits are read", read_low, 8, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}},
    {"an output needs it", dead, 0, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}},
    {"none does", dead, 1, {0, 0, 0}, {0, 0, 0}, {0, 0, 0}},
    {"a register behind two slices", split_result, 30, {2, 26, 0}, {2, 17, 0}, {2, 48, 0}},
};

static void check_around(void)
{
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    for (int k = 0; k < 3; k++) {
      const left want = k == 0 ? table[i].vivado : k == 1 ? table[i].e1 : table[i].e2;
      left got = {-1, 0, 0};
      c = qy_circuit_new("around", arena);
      flops = names = 0;
      table[i].build(table[i].x);
      qy_dsp_total total;
      qy_dsp_use *use = qy_arena_alloc(arena, qy_circuit_op_count(c), sizeof *use);
      if (!qy_circuit_finish(c, NULL) && !qy_circuit_dsp(use, &total, c, k == 1 ? QY_DSP48E1 : QY_DSP48E2,
                                                         k == 0 ? QY_TOOLCHAIN_VIVADO : QY_TOOLCHAIN_ABC, NULL)) {
        got = (left){total.slices, flops - total.ff, 0};
        for (size_t n = 0; n < c->count; n++)
          got.adders += (c->node[n].op == QY_OP_ADD || c->node[n].op == QY_OP_SUBTRACT) && !use[n].absorbed;
      }
      ok(got.slices == want.slices && got.ff == want.ff && got.adders == want.adders,
         "%s, %s: %d slices, outside %d flip-flops and %d adders (%d, %d, %d)", table[i].name,
         k == 0   ? "vivado"
         : k == 1 ? "yosys, DSP48E1"
                  : "yosys, DSP48E2",
         got.slices, got.ff, got.adders, want.slices, want.ff, want.adders);
    }
}

int main(void)
{
  arena = qy_arena_new();
  check_splits();
  check_around();
  qy_arena_free(arena);
  return done();
}
