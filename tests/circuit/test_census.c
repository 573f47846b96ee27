/* Cell counts against synthesized netlists and closed forms.
 *
 * Oracle 1: adder cells of minimum-area netlists of an open synthesis study of 2026 (columns n_fa, n_ha and the two
 * kinds of exclusive or), made by Yosys and own folding, not by this code.  Oracle 2: a full adder removes one bit of a
 * sum, a half adder none, so an n x m array needs nm - (n + m) full adders.  Oracle 3: hand-drawn decision diagrams.
 */
#include "../../src/circuit/cells.h"
#include "quarry/circuit.h"
#include "tap.h"

static qy_arena *arena;

typedef struct counts {
  double of[QY_CELL_COUNT], all;
} counts;

/* The cells of a circuit whose only output is y. */
static counts cells_of(qy_circuit *c, qy_net y)
{
  counts k = {0};
  qy_census census;
  qy_output(c, "y", y);
  if (qy_circuit_finish(c, NULL) != QY_OK) return (counts){.all = NAN};
  qy_circuit_census(c, &census);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    for (int i = 0; i < QY_CELL_COUNT; i++)
      k.of[i] += census.cells[g][i], k.all += census.cells[g][i];
  qy_arena_reset(arena);
  return k;
}

static counts product(qy_multiplier kind, int n, int m, bool is_signed)
{
  qy_circuit *c = qy_circuit_new("product", arena);
  qy_net a = qy_input(c, "a", n), b = qy_input(c, "b", m);
  return cells_of(c, qy_multiply(c, kind, a, b, is_signed));
}

static counts mac(int n, int m, int acc, bool is_signed)
{
  qy_circuit *c = qy_circuit_new("mac", arena);
  qy_net a = qy_input(c, "a", n), b = qy_input(c, "b", m), sum = qy_input(c, "s", acc);
  return cells_of(c, qy_multiply_add(c, QY_MULTIPLIER_ARRAY, a, b, sum, acc, is_signed));
}

/* n_fa, n_ha, exclusive ors of the netlist. */
static const struct {
  int n, m, fa, ha, xor2;
} unsigned_products[] = {{4, 4, 8, 4, 0},      {5, 5, 15, 5, 0},     {7, 7, 34, 13, 1},    {8, 8, 47, 16, 1},
                         {12, 12, 118, 35, 2}, {16, 16, 223, 54, 1}, {2, 4, 2, 2, 0},      {2, 16, 14, 2, 0},
                         {3, 8, 13, 3, 0},     {4, 12, 32, 4, 0},    {5, 8, 27, 5, 0},     {6, 12, 53, 10, 1},
                         {8, 16, 103, 16, 1},  {10, 16, 133, 26, 1}, {12, 16, 162, 35, 2}, {24, 24, 526, 103, 2}};

static const struct {
  int n, m, fa, ha;
} booth_products[] = {{4, 4, 5, 4}, {8, 8, 23, 23}, {16, 16, 110, 53}, {32, 32, 476, 158}};

static const struct {
  int n, m, acc, is_signed, fa, ha;
} macs[] = {{4, 4, 16, 0, 15, 20},    {6, 6, 20, 0, 35, 29},   {8, 8, 24, 0, 63, 37}, {12, 12, 32, 0, 143, 56},
            {16, 16, 40, 0, 255, 79}, {8, 16, 32, 0, 127, 37}, {8, 8, 24, 1, 67, 46}, {16, 16, 40, 1, 257, 110}};

static const struct {
  int n, m, fa, ha;
} signed_products[] = {{6, 6, 22, 13}, {12, 12, 116, 42}, {16, 16, 219, 73}, {8, 16, 101, 31}, {24, 24, 522, 128}};

static void products(void)
{
  int wrong = 0;
  double xors = 0;
  for (size_t i = 0; i < sizeof unsigned_products / sizeof *unsigned_products; i++) {
    counts k = product(QY_MULTIPLIER_ARRAY, unsigned_products[i].n, unsigned_products[i].m, false);
    double fa = k.of[QY_FA], ha = k.of[QY_HA], lone = k.of[QY_XOR2];
    /* One full adder may be two exclusive ors, one half adder one, where a carry leaves the word. */
    wrong += fabs(fa - unsigned_products[i].fa) > 1 || fabs(ha + lone - unsigned_products[i].ha) > 2;
    wrong += fabs(fa + ha + lone / 2 - unsigned_products[i].fa - unsigned_products[i].ha -
                  unsigned_products[i].xor2 / 2.) > 1;
    xors += lone;
  }
  is_int(wrong, 0, "unsigned arrays have the adders of 16 netlists, within one");
  ok(xors <= 2 * 16, "few sums lose their carry");
  double fa_error = 0, ha_error = 0;
  for (size_t i = 0; i < sizeof signed_products / sizeof *signed_products; i++) {
    counts k = product(QY_MULTIPLIER_ARRAY, signed_products[i].n, signed_products[i].m, true);
    fa_error = fmax(fa_error, fabs(k.of[QY_FA] / signed_products[i].fa - 1));
    ha_error = fmax(ha_error, fabs(k.of[QY_HA] - signed_products[i].ha));
  }
  ok(fa_error < 0.02, "signed arrays: full adders of 5 netlists within 2 %% (%.1f)", 100 * fa_error);
  ok(ha_error < 8, "signed arrays: half adders within 7 (%g)", ha_error);
  fa_error = ha_error = 0;
  for (size_t i = 0; i < sizeof booth_products / sizeof *booth_products; i++) {
    counts k = product(QY_MULTIPLIER_BOOTH, booth_products[i].n, booth_products[i].m, true);
    fa_error = fmax(fa_error, fabs(k.of[QY_FA] / booth_products[i].fa - 1));
    ha_error = fmax(ha_error, fabs(k.of[QY_HA] - booth_products[i].ha));
  }
  ok(fa_error < 0.10, "Booth: full adders of 4 netlists within 10 %% (%.1f)", 100 * fa_error);
  ok(ha_error < 8, "Booth: half adders within 7 (%g)", ha_error);
  fa_error = ha_error = 0;
  for (size_t i = 0; i < sizeof macs / sizeof *macs; i++) {
    counts k = mac(macs[i].n, macs[i].m, macs[i].acc, macs[i].is_signed);
    fa_error = fmax(fa_error, fabs(k.of[QY_FA] / macs[i].fa - 1));
    ha_error = fmax(ha_error, fabs(k.of[QY_HA] / macs[i].ha - 1));
  }
  ok(fa_error < 0.02, "MACs: full adders of 8 netlists within 2 %% (%.1f)", 100 * fa_error);
  /* without a library all bits of the addend pass the row of half adders; in the netlists 6 to 9 of 8 do */
  ok(ha_error < 0.12, "MACs: half adders within 12 %% (%.1f)", 100 * ha_error);
}

/* Bits in = bits out + full adders; in the top column, where the carry is lost, each exclusive or removes a bit. */
static void conservation(void)
{
  int wrong = 0;
  for (int n = 2; n <= 32; n++)
    for (int m = 2; m <= n; m++) {
      counts k = product(QY_MULTIPLIER_ARRAY, n, m, false);
      wrong += k.of[QY_FA] + k.of[QY_XOR2] != n * m - n - m;
    }
  is_int(wrong, 0, "every array from 2 x 2 to 32 x 32 removes nm - n - m bits");
}

static counts two_words(int what, int n, int width, uint64_t constant, bool known)
{
  qy_circuit *c = qy_circuit_new("sum", arena);
  qy_net a = qy_input(c, "a", n), b = known ? qy_constant_word(c, constant, n) : qy_input(c, "b", n);
  switch (what) {
  case 0: return cells_of(c, qy_add(c, a, b, width, false));
  case 1: return cells_of(c, qy_subtract(c, a, b, width, true));
  case 2: return cells_of(c, qy_addsub(c, a, b, qy_input(c, "s", 1), width, true));
  case 3: return cells_of(c, qy_bitwise(c, QY_OP_AND, a, b));
  case 4: return cells_of(c, qy_bitwise(c, QY_OP_OR, a, b));
  default: return cells_of(c, qy_bitwise(c, QY_OP_XOR, a, b));
  }
}

static void adders(void)
{
  /* n_fa, n_ha of add n: n - 1, 1; addsub n: n - 1 full adders and n exclusive ors beside the two of the top sum */
  static const int widths[] = {4, 8, 12, 16, 24, 32};
  int wrong = 0;
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    int n = widths[i];
    counts add = two_words(0, n, n + 1, 0, false), addsub = two_words(2, n, n, 0, false);
    wrong += add.of[QY_FA] != n - 1 || add.of[QY_HA] != 1;
    wrong += addsub.of[QY_FA] != n - 1 || addsub.of[QY_XOR2] != n + 2;
  }
  is_int(wrong, 0, "adders and add/subtract units of 4 to 32 bits have the netlists' cells");
  qy_circuit *c = qy_circuit_new("reg", arena);
  qy_net x = qy_input(c, "x", 32), reg = qy_register(c, "r", 32, -1);
  qy_register_connect(c, reg, x);
  is_int((int)cells_of(c, reg).of[QY_DFF], 32, "a register has a flip-flop per bit");
}

/* Cells of operators that are counted as a whole, by hand from what cells.c says of them. */
static void closed_forms(void)
{
  static const struct {
    qy_cells_function *of;
    qy_shape shape;
    const char *what;
    double inv, nand2, nor2, aoi21, oai21, xnor2, and2, or2, ha, mux2, addend;
  } row[] = {
      {qy_cells_less, {.a = 1, .b = 1}, "less, 1 bit", .inv = 1, .aoi21 = 1, .oai21 = 1},
      {qy_cells_less, {.a = 8, .b = 5}, "less, 8 bits: a borrow ripples", .inv = 8, .aoi21 = 8, .oai21 = 8},
      {qy_cells_less, {.a = 3, .b = 16}, "16 bits: a tree", .inv = 16, .nand2 = 31, .nor2 = 16, .aoi21 = 15},
      {qy_cells_less,
       {.a = 12, .b = 12},
       "12 bits: half of both",
       .inv = 12,
       .nand2 = 11.5,
       .nor2 = 6,
       .aoi21 = 11.5,
       .oai21 = 6},
      {qy_cells_less,
       {.a = 10, .b = 10},
       "10 bits: a quarter",
       .inv = 10,
       .nand2 = 4.75,
       .nor2 = 2.5,
       .aoi21 = 9.75,
       .oai21 = 7.5},
      {qy_cells_less, {.a = 7, .b = 9, .has_constant = true}, "with a constant: a chain", .nand2 = 9},
      {qy_cells_leading_one, {.a = 1}, "leading one, 1 bit: nothing", .inv = 0},
      {qy_cells_leading_one, {.a = 2}, "2 bits", .nor2 = 1},
      {qy_cells_leading_one, {.a = 3}, "3 bits", .nor2 = 2},
      {qy_cells_leading_one, {.a = 4}, "4 bits", .inv = 1, .nor2 = 3, .aoi21 = 1},
      {qy_cells_leading_one, {.a = 5}, "5 bits", .inv = 1, .nor2 = 4, .aoi21 = 1},
      {qy_cells_leading_one, {.a = 8}, "8 bits", .inv = 3, .nor2 = 7, .aoi21 = 4},
      {qy_cells_leading_one, {.a = 64}, "64 bits", .inv = 31, .nor2 = 63, .aoi21 = 57},
      {qy_cells_round_saturate,
       {.a = 12, .width = 6, .drop = 3, .is_signed = true},
       "round 12 bits to 6, signed",
       .nand2 = 3,
       .xnor2 = 3,
       .and2 = 6,
       .or2 = 6,
       .ha = 9},
      {qy_cells_round_saturate, {.a = 12, .width = 6, .drop = 3}, "unsigned", .nand2 = 3, .and2 = 6, .or2 = 6, .ha = 9},
      {qy_cells_round_saturate, {.a = 9, .width = 8}, "clamp 9 bits", .nand2 = 1, .and2 = 8, .or2 = 8},
      {qy_cells_round_saturate, {.a = 8, .width = 8, .is_signed = true}, "keep 8 bits", .inv = 0},
      {qy_cells_round_saturate, {.a = 8, .width = 9, .drop = 1}, "round alone", .ha = 7},
      {qy_cells_round_saturate, {.a = 4, .width = 4, .drop = 9}, "a bit at least is kept", .ha = 1},
      {qy_cells_multiply_sa,
       {.a = 8, .b = 8, .width = 16},
       "masks of a byte",
       .inv = 8,
       .nand2 = 8,
       .nor2 = 8,
       .ha = 8},
      {qy_cells_multiply_st,
       {.a = 4, .b = 4, .width = 8},
       "two modes: one selection",
       .inv = 4,
       .nand2 = 4,
       .nor2 = 4,
       .ha = 4,
       .mux2 = 8},
      {qy_cells_multiply_st,
       {.a = 8, .b = 8, .width = 16},
       "three modes: of 9 and 16 bits",
       .inv = 8,
       .nand2 = 8,
       .nor2 = 8,
       .ha = 8,
       .mux2 = 25},
      {qy_cells_multiply_st,
       {.a = 16, .b = 16, .width = 32},
       "of 17 and 32",
       .inv = 16,
       .nand2 = 16,
       .nor2 = 16,
       .ha = 16,
       .mux2 = 49},
      {qy_cells_multiply_add, {.a = 8, .b = 6, .c = 20, .width = 20}, "6 bits above the product", .addend = 6},
      {qy_cells_multiply_add, {.a = 8, .b = 6, .c = 14, .width = 14}, "none above it", .inv = 0},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    bit_census n = {0};
    row[i].of(&row[i].shape, &n);
    row[i].of(&row[i].shape, &n); /* adds */
    double want[QY_CELL_COUNT] = {
        [QY_INV] = row[i].inv,     [QY_NAND2] = row[i].nand2, [QY_NOR2] = row[i].nor2, [QY_AOI21] = row[i].aoi21,
        [QY_OAI21] = row[i].oai21, [QY_XNOR2] = row[i].xnor2, [QY_AND2] = row[i].and2, [QY_OR2] = row[i].or2,
        [QY_HA] = row[i].ha,       [QY_MUX2] = row[i].mux2};
    int wrong = n.addend != 2 * row[i].addend;
    for (int k = 0; k < QY_CELL_COUNT; k++)
      wrong += fabs(n.cells[k] - 2 * want[k]) > 1e-12;
    is_int(wrong, 0, row[i].what);
  }
}

/* Known operands, by hand. */
static void constants(void)
{
  ok(two_words(0, 8, 8, 0, true).all == 0, "adding zero is wires");
  /* bit 2 inverted, bits 3 to 6 half adders, bit 7 a sum whose carry is lost */
  counts four = two_words(0, 8, 8, 4, true);
  ok(four.of[QY_INV] == 1 && four.of[QY_HA] == 4 && four.of[QY_XOR2] == 1 && four.all == 6, "adding 4 to a byte");
  ok(two_words(1, 8, 8, 4, true).of[QY_HA] == 4, "and subtracting it");
  ok(two_words(3, 8, 8, 0xf1, true).all == 0 && two_words(4, 8, 8, 0xf1, true).all == 0, "masks are wires");
  is_int((int)two_words(5, 8, 8, 0xf1, true).of[QY_INV], 5, "flipping five bits");
}

static counts shifter(qy_op op, int w, int s, int width, bool is_signed)
{
  qy_circuit *c = qy_circuit_new("shift", arena);
  qy_net a = qy_input(c, "a", w), b = qy_input(c, "b", s);
  return cells_of(c, qy_shift(c, op, a, b, width, is_signed));
}

static void shifters(void)
{
  /* One selection or gate per bit and stage; nothing to select where zeros come in. */
  int wrong = 0;
  for (int w = 4; w <= 32; w++)
    for (int s = 1; s <= 5 && (1 << (s - 1)) < w; s++) {
      counts left = shifter(QY_OP_SHIFT_LEFT, w, s, w, false), right = shifter(QY_OP_SHIFT_RIGHT, w, s, w, false);
      wrong += left.of[QY_MUX2] + left.of[QY_NAND2] != w * s || left.of[QY_NAND2] < (1 << s) - 1;
      wrong += right.of[QY_MUX2] != left.of[QY_MUX2];
    }
  is_int(wrong, 0, "shifters have a cell per bit and stage, a gate where zeros enter");
  /* w + 2^(k+1) - 1 bits after stage k: 17, 19, 23, 31.  2^k at the bottom take a zero; 2^k at the top and the sign's
   * own place take the sign, whose gate they share; the topmost is the sign itself. */
  counts grows = shifter(QY_OP_SHIFT_LEFT, 16, 4, 31, true);
  is_int((int)grows.of[QY_NAND2], 2 * 15 + 4, "a growing shifter has gates at both ends");
  is_int((int)grows.of[QY_MUX2], 17 + 19 + 23 + 31 - 34, "and selects between");
}

static counts table(int bits, int width, const uint64_t *entry)
{
  qy_circuit *c = qy_circuit_new("table", arena);
  return cells_of(c, qy_truth_table(c, qy_input(c, "a", bits), entry, width));
}

static void tables(void)
{
  uint64_t parity[64], decoder[32], zero[32] = {0}, copy[32];
  for (unsigned i = 0; i < 64; i++)
    parity[i] = (uint64_t)__builtin_parity(i);
  for (unsigned i = 0; i < 32; i++) {
    decoder[i] = UINT64_C(1) << i;
    copy[i] = i;
  }
  /* Parity of 6: x and its inverse, then two nodes a level and one at the top. */
  counts k = table(6, 1, parity);
  is_int((int)k.of[QY_MUX2], 2 * 4 + 1, "parity: two nodes a level, one at the root");
  is_int((int)k.of[QY_NAND2], 0, "parity: no plain gates");
  /* Decoder: 4 + 8 + 16 + 32 gates, shared between the outputs. */
  k = table(5, 32, decoder);
  is_int((int)k.of[QY_NAND2], 4 + 8 + 16 + 32, "decoder: gates shared between outputs");
  is_int((int)k.of[QY_MUX2], 0, "decoder: no selection");
  ok(table(5, 8, zero).all == 0, "a table of zeros is wires");
  k = table(1, 1, (uint64_t[]){1, 0});
  ok(k.of[QY_INV] == 1 && k.all == 1, "what is not its address is an inverter");
  k = table(2, 1, (uint64_t[]){1, 0, 1, 0});
  ok(k.of[QY_INV] == 1 && k.all == 1, "and what is not its lowest bit");
  ok(table(5, 5, copy).all == 0, "a table that repeats its address is wires");
}

/* Operators that have nothing to do with each other: in one circuit they have the cells that each has alone, in the
 * classes of their own, in whatever order they are made. */
static void side_by_side(void)
{
  enum { PARTS = 4 };
  static const int order[][PARTS] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}, {1, 3, 0, 2}};
  enum { ORDERS = sizeof order / sizeof *order };
  qy_census alone[PARTS], whole;
  for (int n = 0; n < PARTS + ORDERS; n++) {
    qy_circuit *c = qy_circuit_new("parts", arena);
    for (int k = 0; k < PARTS; k++) {
      const int part = n < PARTS ? k : order[n - PARTS][k];
      if (n < PARTS && part != n) continue;
      if (part == 0) {
        qy_net r = qy_register(c, "kept", 8, qy_input(c, "e", 1));
        qy_register_connect(c, r, qy_input(c, "d", 8));
        qy_output(c, "q", r);
      } else if (part == 1) {
        qy_output(c, "n", qy_counter(c, "count", 6, qy_input(c, "on", 1)));
      } else if (part == 2) {
        qy_output(c, "s", qy_add(c, qy_input(c, "a", 8), qy_input(c, "b", 8), 9, false));
      } else {
        qy_output(c, "l", qy_bitwise(c, QY_OP_XOR, qy_input(c, "x", 5), qy_input(c, "y", 5)));
      }
    }
    if (!ok(qy_circuit_finish(c, NULL) == QY_OK, "parts are built")) return;
    qy_circuit_census(c, n < PARTS ? &alone[n] : &whole);
    if (n < PARTS) continue;
    double off = 0;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int i = 0; i < QY_CELL_COUNT; i++) {
        double sum = 0;
        for (int k = 0; k < PARTS; k++)
          sum += alone[k].cells[g][i];
        off = fmax(off, fabs(sum - whole.cells[g][i]));
      }
    near_abs(off, 0, 1e-9, "a circuit of four parts has the cells of all of them, class by class");
  }
  ok(alone[0].cells[QY_CLASS_REGISTER][QY_DFF] == 8 && alone[1].cells[QY_CLASS_REGISTER][QY_DFF] == 6,
     "eight flip-flops and six");
}

int main(void)
{
  arena = qy_arena_new();
  products();
  conservation();
  adders();
  closed_forms();
  constants();
  shifters();
  tables();
  side_by_side();
  qy_arena_free(arena);
  return done();
}
