/* Cell counts against synthesized netlists and closed forms.
 *
 * Oracle 1: adder cells of minimum-area netlists of an open synthesis study of 2026 (columns n_fa, n_ha and the two
 * kinds of exclusive or), made by Yosys and own folding, not by this code.  Oracle 2: a full adder removes one bit of a
 * sum, a half adder none, so an n x m array needs nm - (n + m) full adders.  Oracle 3: hand-drawn decision diagrams.
 */
#include "../../src/circuit/cells.h"
#include "../../src/circuit/cells_tree.h"
#include "tap.h"

static double cell(qy_cells_function *count, qy_shape shape, qy_cell kind)
{
  double cells[QY_CELL_COUNT];
  count(&shape, cells);
  return cells[kind];
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
    int n = unsigned_products[i].n, m = unsigned_products[i].m;
    qy_shape shape = {.a = n, .b = m, .width = n + m};
    double fa = cell(qy_cells_multiply, shape, QY_FA), ha = cell(qy_cells_multiply, shape, QY_HA);
    double lone = cell(qy_cells_multiply, shape, QY_XOR2);
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
    int n = signed_products[i].n, m = signed_products[i].m;
    qy_shape shape = {.a = n, .b = m, .width = n + m, .is_signed = true};
    fa_error = fmax(fa_error, fabs(cell(qy_cells_multiply, shape, QY_FA) / signed_products[i].fa - 1));
    ha_error = fmax(ha_error, fabs(cell(qy_cells_multiply, shape, QY_HA) - signed_products[i].ha));
  }
  ok(fa_error < 0.02, "signed arrays: full adders of 5 netlists within 2 %% (%.1f)", 100 * fa_error);
  ok(ha_error < 8, "signed arrays: half adders within 7 (%g)", ha_error);
  fa_error = ha_error = 0;
  for (size_t i = 0; i < sizeof booth_products / sizeof *booth_products; i++) {
    int n = booth_products[i].n, m = booth_products[i].m;
    qy_shape shape = {.a = n, .b = m, .width = n + m, .is_signed = true, .multiplier = QY_MULTIPLIER_BOOTH};
    fa_error = fmax(fa_error, fabs(cell(qy_cells_multiply, shape, QY_FA) / booth_products[i].fa - 1));
    ha_error = fmax(ha_error, fabs(cell(qy_cells_multiply, shape, QY_HA) - booth_products[i].ha));
  }
  ok(fa_error < 0.10, "Booth: full adders of 4 netlists within 10 %% (%.1f)", 100 * fa_error);
  ok(ha_error < 8, "Booth: half adders within 7 (%g)", ha_error);
  fa_error = ha_error = 0;
  for (size_t i = 0; i < sizeof macs / sizeof *macs; i++) {
    qy_shape shape = {
        .a = macs[i].n, .b = macs[i].m, .c = macs[i].acc, .width = macs[i].acc, .is_signed = macs[i].is_signed};
    double fa = cell(qy_cells_multiply_add, shape, QY_FA), ha = cell(qy_cells_multiply_add, shape, QY_HA);
    fa_error = fmax(fa_error, fabs(fa / macs[i].fa - 1));
    ha_error = fmax(ha_error, fabs(ha / macs[i].ha - 1));
  }
  ok(fa_error < 0.02, "MACs: full adders of 8 netlists within 2 %% (%.1f)", 100 * fa_error);
  ok(ha_error < 0.15, "MACs: half adders within 15 %% (%.1f)", 100 * ha_error);
}

/* Bits in = bits out + full adders; in the top column, where the carry is lost, each exclusive or removes a bit. */
static void conservation(void)
{
  int wrong = 0;
  for (int n = 2; n <= 32; n++)
    for (int m = 2; m <= n; m++) {
      qy_shape shape = {.a = n, .b = m, .width = n + m};
      double fa = cell(qy_cells_multiply, shape, QY_FA), lone = cell(qy_cells_multiply, shape, QY_XOR2);
      wrong += fa + lone != n * m - n - m;
    }
  is_int(wrong, 0, "every array from 2 x 2 to 32 x 32 removes nm - n - m bits");
  tree_word word[5] = {tree_bits(0, 8), tree_bits(0, 8), tree_bits(0, 8), tree_bits(0, 8), tree_bits(0, 8)};
  tree_count t = tree_of(word, 5, 16);
  /* 40 bits in; five words of 255 sum to 1275: 11 bits out; no half adder removes a bit */
  is_int(t.full, 40 - 11, "five bytes: bits in less bits out");
  is_int(t.levels, 3, "five words: 5, 4, 3, 2");
  tree_word constants[3] = {{0, 5}, {0, 3}, {0, 9}};
  t = tree_of(constants, 3, 8);
  is_int(t.full + t.half + t.lone_xor + t.inverter, 0, "constants need no cells");
  tree_word one[2] = {tree_bits(0, 8), {0, 1}};
  t = tree_of(one, 2, 8);
  /* an incrementer: inverter at bit 0, half adders above, the top sum alone */
  ok(t.inverter == 1 && t.half == 6 && t.lone_xor == 1 && t.full == 0, "x + 1 is an incrementer");
}

static void adders(void)
{
  /* n_fa, n_ha of add n: n - 1, 1; addsub n: n - 1 full adders and n exclusive ors beside the two of the top sum */
  static const int widths[] = {4, 8, 12, 16, 24, 32};
  int wrong = 0;
  for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
    int n = widths[i];
    qy_shape add = {.a = n, .b = n, .width = n + 1}, addsub = {.a = n, .b = n, .width = n, .is_signed = true};
    wrong += cell(qy_cells_add, add, QY_FA) != n - 1 || cell(qy_cells_add, add, QY_HA) != 1;
    wrong += cell(qy_cells_addsub, addsub, QY_FA) != n - 1 || cell(qy_cells_addsub, addsub, QY_XOR2) != n + 2;
  }
  is_int(wrong, 0, "adders and add/subtract units of 4 to 32 bits have the netlists' cells");
  qy_shape reg = {.width = 32};
  is_int((int)cell(qy_cells_register, reg, QY_DFF), 32, "a register has a flip-flop per bit");
}

/* Known operands, by hand. */
static void constants(void)
{
  double cells[QY_CELL_COUNT], sum = 0;
  qy_shape zero = {.a = 8, .b = 8, .width = 8, .has_constant = true}, four = zero, mask = zero;
  four.constant = 4;
  mask.constant = 0xf1;
  qy_cells_add(&zero, cells);
  for (int k = 0; k < QY_CELL_COUNT; k++)
    sum += cells[k];
  ok(sum == 0, "adding zero is wires");
  /* bit 2 inverted, bits 3 to 6 half adders, bit 7 a sum whose carry is lost */
  ok(cell(qy_cells_add, four, QY_INV) == 1 && cell(qy_cells_add, four, QY_HA) == 4 &&
         cell(qy_cells_add, four, QY_XOR2) == 1,
     "adding 4 to a byte");
  ok(cell(qy_cells_subtract, four, QY_HA) == 4, "and subtracting it");
  ok(cell(qy_cells_and, mask, QY_AND2) == 0 && cell(qy_cells_or, mask, QY_OR2) == 0, "masks are wires");
  is_int((int)cell(qy_cells_xor, mask, QY_INV), 5, "flipping five bits");
}

static void shifters(void)
{
  /* One selection or gate per bit and stage; nothing to select where zeros come in. */
  int wrong = 0;
  for (int w = 4; w <= 32; w++)
    for (int s = 1; s <= 5 && (1 << (s - 1)) < w; s++) {
      qy_shape shape = {.a = w, .b = s, .width = w};
      double mux = cell(qy_cells_shift_left, shape, QY_MUX2), gate = cell(qy_cells_shift_left, shape, QY_NAND2);
      wrong += mux + gate != w * s || gate != (1 << s) - 1;
      wrong += cell(qy_cells_shift_right, shape, QY_MUX2) != mux;
    }
  is_int(wrong, 0, "shifters have a cell per bit and stage, a gate where zeros enter");
  qy_shape grows = {.a = 16, .b = 4, .width = 31, .is_signed = true};
  /* w + 2^(k+1) - 1 bits after stage k: 17, 19, 23, 31, of which 2^k at either end take a constant or the sign */
  is_int((int)cell(qy_cells_shift_left, grows, QY_NAND2), 2 * 15, "a growing shifter has gates at both ends");
  is_int((int)cell(qy_cells_shift_left, grows, QY_MUX2), 17 + 19 + 23 + 31 - 30, "and selects between");
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
  qy_shape shape = {.a = 6, .width = 1, .table = parity};
  is_int((int)cell(qy_cells_truth_table, shape, QY_MUX2), 2 * 4 + 1, "parity: two nodes a level, one at the root");
  is_int((int)cell(qy_cells_truth_table, shape, QY_NAND2), 0, "parity: no plain gates");
  /* Decoder: 4 + 8 + 16 + 32 gates, shared between the outputs. */
  shape = (qy_shape){.a = 5, .width = 32, .table = decoder};
  is_int((int)cell(qy_cells_truth_table, shape, QY_NAND2), 4 + 8 + 16 + 32, "decoder: gates shared between outputs");
  is_int((int)cell(qy_cells_truth_table, shape, QY_MUX2), 0, "decoder: no selection");
  double cells[QY_CELL_COUNT], sum = 0;
  shape = (qy_shape){.a = 5, .width = 8, .table = zero};
  qy_cells_truth_table(&shape, cells);
  for (int k = 0; k < QY_CELL_COUNT; k++)
    sum += cells[k];
  ok(sum == 0, "a table of zeros is wires");
  shape = (qy_shape){.a = 5, .width = 5, .table = copy};
  qy_cells_truth_table(&shape, cells);
  sum = 0;
  for (int k = 0; k < QY_CELL_COUNT; k++)
    sum += cells[k];
  ok(sum == 0, "a table that repeats its address is wires");
}

/* A library in which every cell has another delay. */
static void paths(void)
{
  qy_tech tech = {.fa_carry_ps = 7};
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    tech.delay_ps[k] = 10 + k;
    tech.area_um2[k] = 1;
  }
  qy_shape a16 = {.a = 16, .b = 16, .width = 17}, a17 = {.a = 17, .b = 17, .width = 18};
  near_rel(qy_path_add(&a17, &tech, false) - qy_path_add(&a16, &tech, false), 7, 1e-12,
           "a ripple adder grows by one carry per bit");
  /* half adder, 14 carries, sum of the last full adder */
  near_rel(qy_path_add(&a16, &tech, false), 22 + 14 * 7 + 23, 1e-12, "half adder, carries, sum");
  static qy_path_function *const all[] = {
      qy_path_add,          qy_path_subtract, qy_path_addsub,      qy_path_negate_if, qy_path_multiply,
      qy_path_multiply_add, qy_path_less,     qy_path_equal,       qy_path_max,       qy_path_shift_left,
      qy_path_shift_right,  qy_path_mux,      qy_path_leading_one, qy_path_counter,   qy_path_round_saturate};
  int slower = 0, shrinks = 0;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    double last = 0;
    for (int w = 4; w <= 32; w++) {
      qy_shape s = {.a = w, .b = w, .c = 2 * w, .width = 2 * w > 64 ? 64 : 2 * w, .count = 4, .drop = 1};
      if (all[i] == qy_path_shift_left || all[i] == qy_path_shift_right) s.b = 4;
      double lean = all[i](&s, &tech, false), fast = all[i](&s, &tech, true);
      slower += fast > lean * (1 + 1e-12);
      shrinks += lean < last * (1 - 1e-12);
      last = lean;
    }
  }
  is_int(slower, 0, "no fast path is longer than the lean one");
  is_int(shrinks, 0, "no lean path shrinks as words get longer");
}

int main(void)
{
  products();
  conservation();
  adders();
  constants();
  shifters();
  tables();
  paths();
  return done();
}
