/* The LUT view: coverings compute their circuits, small ones are as small as can be, counts that are known in closed
 * form.
 *
 * Oracles: the word-level simulation of random circuits against their coverings, in which a gate's value is looked up
 * from the inputs of its LUT and chains add; exhaustive search for the fewest LUTs of tiny networks; device arithmetic.
 */
#include "lut_values.h"
#include "tap.h"

static qy_arena *arena;
static uint64_t state = 11;

static int pick(int n)
{
  return (int)random_below(&state, (size_t)n);
}

/* ---- random circuits */

enum { INPUTS = 3, WIDTH_MAX = 9, NODES_MAX = 26, REGISTERS = 3 };

static qy_net fitted(qy_circuit *c, qy_net net, int width)
{
  int from = qy_net_width(c, net);
  if (from > width) return qy_slice(c, net, pick(from - width + 1), width);
  return from < width ? qy_extend(c, net, width, pick(2)) : net;
}

static qy_net product(qy_circuit *c, qy_net a, qy_net b, qy_net third)
{
  qy_multiplier kind = pick(2) ? QY_MULTIPLIER_BOOTH : QY_MULTIPLIER_ARRAY;
  bool is_signed = kind == QY_MULTIPLIER_BOOTH || pick(2);
  int width = 4 << pick(2);
  switch (pick(4)) {
  case 0: return qy_multiply(c, kind, fitted(c, a, 2 + pick(5)), fitted(c, b, 2 + pick(5)), is_signed);
  case 1: return qy_multiply_st(c, kind, fitted(c, a, width), fitted(c, b, width), fitted(c, third, 2), is_signed);
  case 2: return qy_multiply_sa(c, kind, fitted(c, a, width), fitted(c, b, width), fitted(c, third, 2), is_signed);
  default: break;
  }
  qy_net x = fitted(c, a, 2 + pick(3)), y = fitted(c, b, 2 + pick(3));
  int wide = qy_net_width(c, x) + qy_net_width(c, y) + pick(3);
  return qy_multiply_add(c, kind, x, y, fitted(c, third, wide), wide, is_signed);
}

static qy_net selection(qy_circuit *c, qy_net a, qy_net b, qy_net third, int width)
{
  qy_net data[5];
  int n = 2 + pick(4);
  for (int i = 0; i < n; i++)
    data[i] = fitted(c, i & 1 ? b : a, width);
  return qy_mux(c, fitted(c, third, n > 4 ? 3 : n > 2 ? 2 : 1), data, n);
}

static qy_net shift(qy_circuit *c, qy_net a, qy_net b)
{
  qy_op op = (qy_op)(QY_OP_SHIFT_LEFT + pick(3));
  int width = qy_net_width(c, a) + (op == QY_OP_SHIFT_LEFT ? pick(4) : 0);
  return qy_shift(c, op, a, fitted(c, b, 1 + pick(5)), width, op == QY_OP_SHIFT_RIGHT_SIGNED || pick(2));
}

/* One more operator on nets that exist. */
static qy_net grow(qy_circuit *c, const qy_net *net, int count)
{
  qy_net a = net[pick(count)], b = net[pick(count)], third = net[pick(count)];
  int width = 2 + pick(WIDTH_MAX - 1);
  uint64_t entry[16];
  switch (pick(18)) {
  case 0:
  case 1: return qy_add(c, a, b, width + pick(3), pick(2));
  case 2: return qy_subtract(c, a, b, width, pick(2));
  case 3: return qy_addsub(c, a, b, fitted(c, third, 1), width, pick(2));
  case 4: return qy_negate_if(c, a, fitted(c, b, 1), width, pick(2));
  case 5:
  case 6: return product(c, a, b, third);
  case 7: return shift(c, a, b);
  case 8: return qy_shift_constant(c, a, pick(5) - 2, width);
  case 9: return selection(c, a, b, third, width);
  case 10: return qy_bitwise(c, (qy_op)(QY_OP_AND + pick(3)), fitted(c, a, width), fitted(c, b, width));
  case 11: return qy_less(c, fitted(c, a, width), fitted(c, b, width), pick(2));
  case 12: return qy_equal(c, a, b);
  case 13: return qy_max(c, fitted(c, a, width), fitted(c, b, width), pick(2));
  case 14: return qy_leading_one(c, fitted(c, a, width));
  case 15:
    for (int i = 0; i < 16; i++)
      entry[i] = random_bits(&state);
    return qy_truth_table(c, fitted(c, a, 4), entry, width);
  case 16: return qy_round_saturate(c, fitted(c, a, width), pick(width - 1), 2 + pick(width), pick(2));
  default: return qy_constant_word(c, random_bits(&state), width);
  }
}

static qy_circuit *random_circuit(void)
{
  static const char *const names[] = {"x", "y", "z", "r0", "r1", "r2"};
  qy_circuit *c = qy_circuit_new("random", arena);
  qy_net net[INPUTS + REGISTERS + NODES_MAX + 1], reg[REGISTERS];
  int count = 0, nodes = 4 + pick(NODES_MAX - 4);
  for (; count < INPUTS; count++)
    net[count] = qy_input(c, names[count], 2 + pick(8));
  for (int i = 0; i < REGISTERS; i++)
    net[count++] = reg[i] = qy_register(c, names[INPUTS + i], 1 + pick(12), i > 0 ? fitted(c, net[i], 1) : -1);
  net[count++] = qy_counter(c, "n", 2 + pick(4), -1);
  for (int i = 0; i + 1 < nodes; i++) {
    qy_net made = grow(c, net, count);
    net[count++] = qy_net_width(c, made) > 3 * WIDTH_MAX ? fitted(c, made, WIDTH_MAX) : made;
  }
  for (int i = 0; i < REGISTERS; i++)
    qy_register_connect(c, reg[i], fitted(c, net[count - 1 - pick(4)], qy_net_width(c, reg[i])));
  qy_output(c, "p", net[count - 1]);
  qy_output(c, "q", net[count - 2]);
  qy_output(c, "r", reg[0]);
  return c;
}

static void random_coverings(void)
{
  enum { CIRCUITS = 300, CYCLES = 40 };
  for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++)
    for (int rows = 0; rows < 2; rows++) {
      long wrong = 0;
      int built = 0;
      for (int i = 0; i < CIRCUITS; i++) {
        qy_error err = {0};
        qy_circuit *c = random_circuit();
        if (qy_circuit_finish(c, &err) != QY_OK || c->count > 256) continue;
        const qy_fpga_how how = {.toolchain = (qy_toolchain)t, .rows = rows};
        long here = wrong_bits(c, &how, CYCLES, &state);
        if (here && wrong == 0) printf("# circuit %d: %ld bits\n", i, here);
        wrong += here;
        built++;
      }
      ok(built > CIRCUITS / 2 && wrong == 0, "%d coverings compute their circuits: %s%s", built, qy_toolchain_names[t],
         rows ? ", rows" : "");
    }
}

/* ---- the fewest LUTs of tiny networks, by trying every choice of gates */

enum { TINY_SOURCES = 9, TINY_GATES = 12 };

/* Leaves of the cone of gate `at` when it stops at chosen gates: their set, by node. */
static uint32_t leaves_of(const lut_net *net, uint32_t at, uint32_t chosen)
{
  uint32_t leaves = 0;
  for (int k = 0; k < 2; k++) {
    uint32_t in = net->node[at].in[k] >> 1;
    bool stop = !lut_is_gate(&net->node[in]) || (chosen >> in & 1);
    leaves |= stop ? UINT32_C(1) << in : leaves_of(net, in, chosen);
  }
  return leaves;
}

/* Is each of the chosen gates a LUT? */
static bool is_covering(const lut_net *net, uint32_t chosen)
{
  for (uint32_t i = 1; i < net->count; i++)
    if ((chosen >> i & 1) && __builtin_popcount(leaves_of(net, i, chosen)) > LUT_INPUTS) return false;
  return true;
}

static int fewest_luts(const lut_net *net)
{
  uint32_t first = 1 + TINY_SOURCES, must = 0;
  int fewest = TINY_GATES;
  for (size_t i = 0; i < net->outs; i++)
    if (lut_is_gate(&net->node[net->out[i] >> 1])) must |= UINT32_C(1) << (net->out[i] >> 1);
  for (uint32_t choice = 0; choice < UINT32_C(1) << (net->count - first); choice++) {
    uint32_t chosen = choice << first;
    int luts = __builtin_popcount(chosen);
    if ((chosen & must) == must && luts < fewest && is_covering(net, chosen)) fewest = luts;
  }
  return fewest;
}

static void tiny_network(lut_net *net)
{
  lut_signal signal[TINY_SOURCES + TINY_GATES];
  int count = 0;
  for (; count < TINY_SOURCES; count++)
    signal[count] = lut_source(net, 0, (uint32_t)count);
  for (int tries = 0; tries < 40 && net->count < 1 + TINY_SOURCES + TINY_GATES - 2; tries++) {
    lut_signal a = signal[pick(count)] ^ (lut_signal)pick(2), b = signal[pick(count)];
    lut_signal made = pick(3) ? lut_and(net, a, b) : lut_xor(net, a, b);
    if (made >> 1 >= net->count - 1 && count < TINY_SOURCES + TINY_GATES) signal[count++] = made & ~1U;
  }
  lut_add_out(net, signal[count - 1]);
  lut_add_out(net, signal[count - 2]);
}

static void tiny_coverings(void)
{
  const qy_fpga_how how = {.toolchain = QY_TOOLCHAIN_VIVADO}; /* every LUT counts one, times are loose */
  int below = 0, equal = 0, networks = 400;
  for (int i = 0; i < networks; i++) {
    lut_net net = {0};
    lut_cover cover = {0};
    tiny_network(&net);
    int made = lut_cover_make(&cover, &net, &how) ? -1 : (int)cover.luts, fewest = fewest_luts(&net);
    below += made < fewest;
    equal += made == fewest;
    lut_cover_free(&cover);
    lut_net_free(&net);
  }
  ok(below == 0, "no covering has fewer LUTs than there can be");
  ok(equal >= networks * 95 / 100, "%d of %d tiny networks have as few as can be", equal, networks);
}

/* ---- counts known in closed form */

static qy_fpga_count count_for(qy_circuit *c, qy_fpga_how how)
{
  qy_error err = {0};
  qy_fpga_count f = {0};
  if (qy_circuit_finish(c, &err) || qy_circuit_fpga(&f, c, &how, &err)) ok(0, "a circuit is counted");
  return f;
}

static qy_fpga_count count_of(qy_circuit *c, bool rows)
{
  return count_for(c, (qy_fpga_how){.toolchain = QY_TOOLCHAIN_ABC9_NOWIDE, .rows = rows});
}

/* Adders: a LUT a bit, a CARRY4 for four; a subtraction has one bit that it needs in both senses. */
static void adders(void)
{
  for (int n = 4; n <= 48; n += 11) {
    qy_circuit *c = qy_circuit_new("a", arena), *d = qy_circuit_new("s", arena);
    qy_output(c, "y", qy_add(c, qy_input(c, "a", n), qy_input(c, "b", n), n + 1, false));
    qy_output(d, "y", qy_subtract(d, qy_input(d, "a", n), qy_input(d, "b", n), n, false));
    qy_fpga_count f = count_of(c, true), g = count_of(d, true);
    ok(f.lut == n && f.carry == (n + 4) / 4 && f.ff == 0, "an adder of %d bits: %g LUTs, %g carry cells", n, f.lut,
       f.carry);
    ok(g.lut == n + 1 && g.carry == (n + 3) / 4, "a subtraction: %g LUTs, %g carry cells", g.lut, g.carry);
  }
}

/* A LUT of six inputs holds a four-to-one selection of one bit, two of them and a LUT3 an eight-to-one; 16: 5 LUTs. */
static void selections(void)
{
  static const struct {
    int words;
    double luts;
  } row[] = {{2, 1}, {4, 1}, {8, 3}, {16, 5}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    qy_circuit *c = qy_circuit_new("m", arena);
    qy_net data[16], all = qy_input(c, "d", 4 * row[r].words);
    for (int i = 0; i < row[r].words; i++)
      data[i] = qy_slice(c, all, 4 * i, 4);
    int bits = row[r].words == 2 ? 1 : row[r].words == 4 ? 2 : row[r].words == 8 ? 3 : 4;
    qy_output(c, "y", qy_mux(c, qy_input(c, "s", bits), data, row[r].words));
    near_abs(count_of(c, false).lut, 4 * row[r].luts, 0, "LUTs of a selection of four bits");
  }
}

/* Tables: a LUT a bit up to six inputs; four and a selection for eight, at most. */
static void tables(void)
{
  uint64_t entry[256];
  for (int i = 0; i < 256; i++)
    entry[i] = random_bits(&state);
  for (int a = 4; a <= 8; a++) {
    qy_circuit *c = qy_circuit_new("t", arena);
    qy_output(c, "y", qy_truth_table(c, qy_input(c, "a", a), entry, 8));
    double luts = count_of(c, false).lut / 8, most = a <= 6 ? 1 : a == 7 ? 3 : 5;
    ok(a <= 6 ? luts == 1 : luts <= most, "a table of %d inputs: %g LUTs a bit", a, luts);
  }
}

static qy_net delayed(qy_circuit *c, qy_net net, int stages)
{
  static const char *const name[] = {"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"};
  for (int i = 0; i < stages; i++) {
    qy_net reg = qy_register(c, name[i % 8], qy_net_width(c, net), -1);
    qy_register_connect(c, reg, net);
    net = reg;
  }
  return net;
}

/* Flip-flops: one a bit that is read and not another's copy; three in a row are a shift register. */
static void registers(void)
{
  qy_circuit *c = qy_circuit_new("r", arena);
  qy_net a = qy_input(c, "a", 10), acc = qy_register(c, "acc", 12, -1);
  qy_register_connect(c, acc, qy_add(c, acc, a, 12, false));
  qy_output(c, "y", acc);
  qy_output(c, "z", qy_slice(c, delayed(c, a, 2), 0, 7));
  qy_fpga_count f = count_of(c, false);
  ok(f.ff == 12 + 7 + 7 && f.lut == 10 + 2 - 2 && f.carry == 3,
     "accumulator and a delay of two: %g flip-flops, %g LUTs", f.ff, f.lut);
  for (int stages = 3; stages <= 70; stages += 30) {
    qy_circuit *d = qy_circuit_new("d", arena);
    qy_output(d, "y", delayed(d, qy_input(d, "a", 5), stages));
    qy_fpga_count g = count_of(d, false);
    ok(g.ff == 0 && g.srl == 5 * ((stages + 31) / 32), "a delay of %d: %g shift registers", stages, g.srl);
  }
}

/* Registers with one enable each, one data word and a selection behind them; `seen`: a word is read besides. */
static qy_circuit *memory(int words, int width, bool seen)
{
  enum { MOST = 80, PORT = 40 };
  qy_circuit *c = qy_circuit_new("ram", arena);
  int address = 1;
  while (1 << address < words)
    address++;
  qy_net data = qy_input(c, "d", width), read = qy_input(c, "r", address), write[2], word[MOST];
  write[0] = qy_input(c, "w", PORT);
  write[1] = qy_input(c, "v", PORT);
  for (int i = 0; i < words; i++) {
    char name[16];
    snprintf(name, sizeof name, "w%d", i);
    word[i] = qy_register(c, name, width, qy_slice(c, write[i / PORT], i % PORT, 1));
    qy_register_connect(c, word[i], data);
  }
  const qy_net low = address > 4 ? qy_slice(c, read, 0, 4) : read; /* selections of up to 16, and one of these */
  qy_net part[MOST / 16];
  int parts = 0;
  for (int from = 0; from < words; from += 16) {
    const int here = words - from < 16 ? words - from : 16;
    int bits = 1;
    while (1 << bits < here)
      bits++;
    part[parts++] = here == 1 ? word[from] : qy_mux(c, qy_slice(c, low, 0, bits), &word[from], here);
  }
  int bits = 1;
  while (1 << bits < parts)
    bits++;
  qy_output(c, "y", parts > 1 ? qy_mux(c, qy_slice(c, read, 4, bits), part, parts) : part[0]);
  if (seen) qy_output(c, "z", word[1]);
  return c;
}

/* RAM32M: 32 words of 6 bits; RAM64M: 64 of 3; where they take less than 8 flip-flops a cell would. */
static void memories(void)
{
  static const struct {
    int words, width, cells; /* 0: flip-flops */
  } row[] = {{16, 10, 2}, {2, 3, 0},  {2, 4, 0},  {2, 5, 1},  {3, 3, 1},  {1, 12, 0},
             {4, 2, 0},   {9, 1, 1},  {32, 6, 1}, {32, 7, 2}, {33, 3, 1}, {33, 7, 3},
             {64, 3, 1},  {64, 4, 2}, {72, 4, 0}, {5, 13, 3}, {2, 13, 3}, {2, 12, 2}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_fpga_count f = count_of(memory(row[i].words, row[i].width, false), false);
    ok(f.lutram == row[i].cells && f.ff == (row[i].cells ? 0 : row[i].words * row[i].width) &&
           (row[i].cells == 0 || f.lut == 0),
       "%d words of %d bits: %g RAMs, %g flip-flops", row[i].words, row[i].width, f.lutram, f.ff);
  }
  const qy_fpga_count seen = count_of(memory(16, 10, true), false), g = count_of(memory(16, 10, false), true);
  ok(seen.lutram == 0 && seen.ff == 160, "a word that is read by itself is none of a RAM");
  ok(g.lutram == 0 && g.ff == 160, "printed as registers they stay flip-flops");
}

/* Vivado: rows of two partial products, n + 1 LUTs each, added in pairs; published 18 x 18: 365 and 401 LUTs (hls4ml
 * issue 99).  An adder that subtracts: a LUT a bit. */
static void vivado(void)
{
  static const struct {
    int bits;
    double low, high;
  } row[] = {{8, 74, 79}, {12, 161, 161}, {16, 292, 292}, {18, 365, 401}}; /* ApproxFPGAs: exact multipliers */
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    qy_circuit *c = qy_circuit_new("p", arena);
    int n = row[r].bits;
    qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_input(c, "a", n), qy_input(c, "b", n), false));
    qy_fpga_count f = count_for(c, (qy_fpga_how){.toolchain = QY_TOOLCHAIN_VIVADO});
    ok(f.lut >= 0.85 * row[r].high && f.lut <= 1.15 * row[r].low, "%d x %d: %g LUTs, published %g to %g", n, n, f.lut,
       row[r].low, row[r].high);
    qy_circuit *d = qy_circuit_new("s", arena);
    qy_output(d, "y", qy_addsub(d, qy_input(d, "a", n), qy_input(d, "b", n), qy_input(d, "s", 1), n, true));
    near_abs(count_for(d, (qy_fpga_how){.toolchain = QY_TOOLCHAIN_VIVADO}).lut, n, 0,
             "LUTs of an adder that subtracts");
  }
  for (int bits = 1; bits <= 4; bits++) {
    static const int most[] = {1, 1, 3, 5};
    qy_circuit *c = qy_circuit_new("m", arena);
    qy_net word[16], all = qy_input(c, "d", 1 << bits);
    for (int i = 0; i < 1 << bits; i++)
      word[i] = qy_slice(c, all, i, 1);
    qy_output(c, "y", qy_mux(c, qy_input(c, "s", bits), word, 1 << bits));
    ok(count_for(c, (qy_fpga_how){.toolchain = QY_TOOLCHAIN_VIVADO}).lut <= most[bits - 1],
       "a selection of %d: a LUT for four words, and one more", 1 << bits);
  }
}

/* A LUT6 is two functions of at most five inputs together (UG474): two bits of a selection of two words, a sum and a
 * carry of the same bits; functions that share no input stay apart. */
static void vivado_pairs(void)
{
  const qy_fpga_how how = {.toolchain = QY_TOOLCHAIN_VIVADO};
  int wrong = 0;
  for (int n = 2; n <= 24; n++) {
    qy_circuit *c[5];
    qy_net a[5], b[5];
    for (int i = 0; i < 5; i++) {
      c[i] = qy_circuit_new("p", arena);
      a[i] = qy_input(c[i], "a", n), b[i] = qy_input(c[i], "b", n);
    }
    qy_output(c[0], "y", qy_mux(c[0], qy_input(c[0], "s", 1), (qy_net[]){a[0], b[0]}, 2));
    qy_output(c[1], "y", qy_bitwise(c[1], QY_OP_XOR, a[1], b[1]));
    qy_output(c[2], "y", qy_bitwise(c[2], QY_OP_XOR, a[2], b[2]));
    qy_output(c[2], "z", qy_bitwise(c[2], QY_OP_AND, a[2], b[2]));
    qy_output(c[3], "y", qy_add(c[3], a[3], b[3], n + 1, false));
    qy_output(c[4], "y", qy_negate_if(c[4], a[4], qy_input(c[4], "s", 1), n + 1, true));
    const int luts[5] = {(n + 1) / 2, n, n, n, n};
    for (int i = 0; i < 5; i++) {
      qy_fpga_count f = count_for(c[i], how);
      wrong += f.lut != luts[i] || (i == 3 && (f.carry != (n + 4) / 4 || f.levels != 2)) || (i < 3 && f.levels != 1);
    }
  }
  is_int(wrong, 0, "LUTs of two functions");
}

/* Cells of a chain are CARRY4 for yosys on both families, CARRY8 on UltraScale+ for vivado. */
static void carry_cells(void)
{
  for (int t = 0; t < QY_TOOLCHAIN_COUNT; t++) {
    qy_circuit *c = qy_circuit_new("a", arena);
    qy_output(c, "y", qy_add(c, qy_input(c, "a", 20), qy_input(c, "b", 20), 20, false));
    const qy_fpga_how how = {.toolchain = (qy_toolchain)t, .family = QY_FPGA_XCUP};
    near_abs(count_for(c, how).carry, t == QY_TOOLCHAIN_VIVADO ? 3 : 5, 0, "carry cells of 20 bits on UltraScale+");
  }
}

/* A product that goes to a slice leaves no LUTs; so does its accumulator where the slice takes it. */
static void slices(void)
{
  qy_circuit *c = qy_circuit_new("d", arena);
  qy_net a = qy_input(c, "a", 12), b = qy_input(c, "b", 12);
  qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, true));
  qy_fpga_count f = count_for(c, (qy_fpga_how){.toolchain = QY_TOOLCHAIN_ABC, .use_dsp = true});
  ok(f.dsp == 1 && f.lut == 0 && f.carry == 0, "12 x 12 in a slice: %g LUTs beside it", f.lut);
}

int main(void)
{
  arena = qy_arena_new();
  random_coverings();
  tiny_coverings();
  adders();
  selections();
  tables();
  registers();
  memories();
  vivado();
  vivado_pairs();
  carry_cells();
  slices();
  qy_arena_free(arena);
  return done();
}
