/* What one cell counts, in which form a library has it, and what operands, gates beside selections and effort make of
 * it; reports by operator.
 *
 * Oracles: the counts that bits.h and circuit.h name for each kind, by hand; netlists drawn by hand.
 */
#include "../../src/circuit/graph.h"
#include "tap.h"

#include <string.h>

static qy_arena *arena;

/* ---- one cell */

enum { SUM = 1, CARRY = 2, BOTH = 3 };

static void check_cells(void)
{
  static const struct {
    bit_kind kind;
    int used;
    qy_cell cell[2];
    double count[2]; /* of cell[]; 0: none */
  } row[] = {
      {BIT_FLOP, SUM, {QY_DFF}, {1}},
      {BIT_INV, SUM, {QY_INV}, {1}},
      {BIT_AND, SUM, {QY_AND2}, {1}},
      {BIT_OR, SUM, {QY_OR2}, {1}},
      {BIT_XOR, SUM, {QY_XOR2}, {1}},
      {BIT_XNOR, SUM, {QY_XNOR2}, {1}},
      {BIT_NOT_PRODUCT, SUM, {QY_NAND2}, {1}},
      {BIT_TREE_AND, SUM, {QY_NAND3}, {0.5}},
      {BIT_BOOTH, SUM, {QY_AOI21}, {4.0 / 3}}, /* four transistor pairs, not three */
      {BIT_DIGIT_TWO, SUM, {QY_NAND3, QY_INV}, {2, 2}},
      {BIT_HALF, BOTH, {QY_HA}, {1}},
      {BIT_HALF, SUM, {QY_XOR2}, {1}},
      {BIT_HALF, CARRY, {QY_AND2}, {1}},
      {BIT_CHAIN_HALF, BOTH, {QY_HA}, {1}},
      {BIT_CHAIN_HALF, SUM, {QY_XOR2}, {1}},
      {BIT_CHAIN_HALF, CARRY, {QY_AND2}, {1}},
      {BIT_HALF_ONE, BOTH, {QY_HA}, {1}},
      {BIT_HALF_ONE, SUM, {QY_XNOR2}, {1}},
      {BIT_HALF_ONE, CARRY, {QY_OR2}, {1}},
      {BIT_CHAIN_ONE, BOTH, {QY_HA}, {1}},
      {BIT_CHAIN_ONE, SUM, {QY_XNOR2}, {1}},
      {BIT_CHAIN_ONE, CARRY, {QY_OR2}, {1}},
      {BIT_FULL, BOTH, {QY_FA}, {1}},
      {BIT_FULL, SUM, {QY_XOR2}, {2}},
      {BIT_FULL, CARRY, {QY_FA}, {1}},
      {BIT_CHAIN, BOTH, {QY_FA}, {1}},
      {BIT_CHAIN, SUM, {QY_XOR2}, {2}},
      {BIT_CHAIN, CARRY, {QY_FA}, {1}},
      {BIT_CONSTANT, SUM, {0}, {0}},
      {BIT_SOURCE, SUM, {0}, {0}},
      {BIT_JOIN, SUM, {0}, {0}},
      {BIT_MADE, SUM, {0}, {0}},
      {BIT_BLOCK, SUM, {0}, {0}},
      {BIT_ABSORBED, SUM, {0}, {0}},
      {BIT_MASK, SUM, {0}, {0}},
      {BIT_ALIGN, SUM, {0}, {0}},
      {BIT_ALIGN_TWICE, SUM, {0}, {0}},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const bit_cell cell = {.kind = (uint8_t)row[i].kind, .used = (uint8_t)row[i].used, .levels = 3};
    bit_census got = {.select = 1}, want = got;
    const double weight = 3;
    bit_add_cell(&got, &cell, weight);
    for (int k = 0; k < 2; k++)
      want.cells[row[i].cell[k]] += weight * row[i].count[k];
    if (row[i].kind == BIT_DIGIT_TWO) want.cells[QY_NAND2] += weight;
    double off = fabs(got.select - want.select) + got.gate + got.product + got.operand + got.line_gates + got.addend +
                 got.select_inverters + got.gate_inverters;
    for (int k = 0; k < QY_CELL_COUNT; k++)
      off += fabs(got.cells[k] - want.cells[k]);
    near_abs(off, 0, 1e-12, "cells of one kind, by what of it is read");
  }
}

/* Selections and gates beside constants share an inverter among the levels of their chain; who takes the inverse anyway
 * saves one. */
static void check_selections(void)
{
  static const struct {
    bit_kind kind;
    int levels, either;
    double select, gate, inverters;
  } row[] = {{BIT_SELECT, 0, 0, 1, 0, 0},      {BIT_SELECT, 4, 0, 1, 0, 0.25},     {BIT_SELECT, 4, 1, 1, 0, -0.75},
             {BIT_SELECT_ONE, 1, 0, 1, 0, 1},  {BIT_SELECT_ONE, 1, 1, 1, 0, 0},    {BIT_GATE, 2, 0, 0, 1, 0.5},
             {BIT_GATE_NOT, 2, 1, 0, 1, -0.5}, {BIT_GATE_OR, 1, 0, 0, 1, 1},       {BIT_GATE_OR_NOT, 0, 1, 0, 1, 0},
             {BIT_EDGE, 3, 0, 0, 1, 1.0 / 3},  {BIT_EDGE_NOT, 3, 0, 0, 1, 1.0 / 3}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const bit_cell cell = {
        .kind = (uint8_t)row[i].kind, .used = SUM, .levels = (uint8_t)row[i].levels, .either = (uint8_t)row[i].either};
    bit_census n = {.select = 0};
    bit_add_cell(&n, &cell, 2);
    near_abs(n.select, 2 * row[i].select, 1e-12, "selections");
    near_abs(n.gate, 2 * row[i].gate, 1e-12, "gates");
    near_abs(n.select_inverters, row[i].select > 0 ? 2 * row[i].inverters : 0, 1e-12, "a selection's inverters");
    near_abs(n.gate_inverters, row[i].gate > 0 ? 2 * row[i].inverters : 0, 1e-12, "a gate's inverters");
  }
  bit_census product = {.select = 0}, twice = {.select = 1, .gate = 2, .select_inverters = 3, .gate_inverters = 4};
  bit_add_cell(&product, &(bit_cell){.kind = BIT_PRODUCT, .used = SUM}, 5);
  near_abs(product.product, 5, 0, "an AND of a product");
  twice.product = 5, twice.operand = 6, twice.line_gates = 7, twice.addend = 8, twice.cells[QY_FA] = 9;
  bit_census sum = twice;
  bit_add_census(&sum, &twice);
  const double *one = (const double *)&twice, *two = (const double *)&sum;
  int wrong = 0;
  for (size_t k = 0; k < sizeof sum / sizeof *two; k++)
    wrong += two[k] != 2 * one[k];
  is_int(wrong, 0, "a census twice");
}

/* ---- forms in a library */

static qy_tech library(double mux, double and2)
{
  qy_tech t = {.effort_p = 4};
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1, t.leakage_nw[k] = 10 + k, t.delay_ps[k] = 10;
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1;
  t.area_um2[QY_MUX2] = mux, t.area_um2[QY_AND2] = and2, t.area_um2[QY_OAI21] = 1.5;
  t.factor[QY_ADDEND_SHARE] = 0.25, t.factor[QY_LINE_GATES] = 5;
  return t;
}

/* 10 selections with 4 inverters: two gates and their share are 2.5 + 0.4 um2; 6 products of 3 operand bits: a NOR2 and
 * its share of inverters is 1.5 um2.  The class decides, not what is counted. */
static void check_forms(void)
{
  static const struct {
    double mux, and2;
    bool is_cell, is_and;
  } row[] = {{2.9, 1.5, true, true}, {2.91, 1.51, false, false}, {1, 3, true, false}, {5, 1, false, true}};
  const bit_census class = {.select = 10, .select_inverters = 4, .product = 6, .operand = 3};
  const bit_census n = {.select = 3,
                        .select_inverters = 2,
                        .gate = 7,
                        .gate_inverters = 1.5,
                        .product = 4,
                        .operand = 8,
                        .line_gates = 20,
                        .addend = 12,
                        .cells = {[QY_HA] = 2, [QY_BUF] = 1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_tech t = library(row[i].mux, row[i].and2);
    double cells[QY_CELL_COUNT];
    bit_cells_of(&n, &class, &t, cells);
    near_abs(cells[QY_HA], 2 + 0.25 * 12, 1e-12, "the addend's share of half adders");
    near_abs(cells[QY_BUF], 1 + 20 / 5.0, 1e-12, "a buffer for five gates");
    near_abs(cells[QY_MUX2], row[i].is_cell ? 3 : 0, 1e-12, "selections as cells");
    near_abs(cells[QY_OAI21], row[i].is_cell ? 0 : 3, 1e-12, "or as gates");
    near_abs(cells[QY_NAND2], 7 + (row[i].is_cell ? 0 : 3), 1e-12, "whose other half is a NAND2, as gates are");
    near_abs(cells[QY_AND2], row[i].is_and ? 4 : 0, 1e-12, "products as AND2");
    near_abs(cells[QY_NOR2], row[i].is_and ? 0 : 4, 1e-12, "or as NOR2 ...");
    near_abs(cells[QY_INV], 1.5 + (row[i].is_cell ? 0 : 2) + (row[i].is_and ? 0 : 8), 1e-12, "... of inverses");
  }
  double cells[QY_CELL_COUNT];
  bit_cells_of(&n, &class, NULL, cells);
  ok(cells[QY_MUX2] == 3 && cells[QY_NOR2] == 4 && cells[QY_INV] == 1.5 + 8 && cells[QY_HA] == 14 && cells[QY_BUF] == 1,
     "without a library: selections as cells, products as NOR2, all of the addend, no buffers");
}

/* ---- operands of products */

static double operands(int known, int top_zero, bool is_signed, bool read)
{
  qy_circuit *c = qy_circuit_new("p", arena);
  qy_net a = qy_input(c, "a", 6), b = qy_input(c, "b", 5);
  if (known > 0) a = qy_concat(c, (qy_net[]){qy_constant_word(c, 0, known), qy_slice(c, a, 0, 6 - known)}, 2);
  if (top_zero) b = qy_extend(c, qy_slice(c, b, 0, 4), 5, false);
  const qy_net p = qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, is_signed);
  qy_output(c, "y", read ? p : a);
  if (qy_circuit_finish(c, NULL)) return -1;
  bit_census n = {.select = 0};
  int64_t *weight = qy_arena_alloc(arena, 2 * c->bits->count, sizeof *weight);
  for (size_t i = 0; i < 2 * c->bits->count; i++)
    weight[i] = 7;
  bit_add_operands(&n, c, c->bits, (size_t)p, weight);
  near_abs(n.operand, 7 * c->bits->node[p].operand, 1e-12, "as often as given");
  return c->bits->node[p].operand;
}

static void check_operands(void)
{
  near_abs(operands(0, 0, false, true), 6 + 5, 0, "bits of two operands");
  near_abs(operands(2, 0, false, true), 4 + 5, 0, "known ones need no inverter");
  near_abs(operands(2, 1, false, true), 4 + 4, 0, "of either operand");
  near_abs(operands(0, 0, true, true), 5 + 4, 0, "nor does the sign, which is inverted");
  near_abs(operands(0, 0, false, false), 0, 0, "nobody reads the product");
}

/* Effort on small products: none up to 6 bits, all of it from 14 on; 4 x 4 bits are 8, 5 x 5 are 10. */
static void check_effort_shares(void)
{
  qy_tech t = library(2, 1);
  double share[QY_CLASS_COUNT];
  t.factor[QY_EFFORT_BITS_NONE] = 6, t.factor[QY_EFFORT_BITS_FULL] = 14;
  for (int bits = 2; bits <= 8; bits++) {
    qy_circuit *c = qy_circuit_new("e", arena);
    qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_input(c, "a", bits), qy_input(c, "b", bits), false));
    if (!ok(qy_circuit_finish(c, NULL) == QY_OK, "a product")) return;
    bit_effort_shares(c->bits, &t, share);
    near_abs(share[QY_CLASS_MULTIPLIER], fmin(1, fmax(0, (2 * bits - 6) / 8.0)), 1e-12, "the product's share");
    near_abs(share[QY_CLASS_ADDER], 1, 0, "other classes get all of it");
  }
  /* Two products of one class: each has its part by cells. */
  qy_circuit *c = qy_circuit_new("two", arena);
  qy_net a = qy_input(c, "a", 4), b = qy_input(c, "b", 4), d = qy_input(c, "d", 8), e = qy_input(c, "e", 8);
  const qy_net small = qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, false),
               large = qy_multiply(c, QY_MULTIPLIER_ARRAY, d, e, false);
  qy_output(c, "y", small);
  qy_output(c, "z", large);
  if (!ok(qy_circuit_finish(c, NULL) == QY_OK, "two products")) return;
  double cells[2] = {0};
  for (int i = 0; i < 2; i++) {
    const bit_census *n = &c->bits->node[i ? large : small];
    cells[i] = n->product;
    for (int k = 0; k < QY_CELL_COUNT; k++)
      cells[i] += n->cells[k];
  }
  bit_effort_shares(c->bits, &t, share);
  near_abs(share[QY_CLASS_MULTIPLIER], 1 - (1 - 2 / 8.0) * cells[0] / (cells[0] + cells[1]), 1e-12,
           "the small one leaves out its own");
  /* Copies count once, a gate of another bit log2 3 - 1. */
  c = qy_circuit_new("copies", arena);
  a = qy_input(c, "a", 4), b = qy_input(c, "b", 4), d = qy_input(c, "s", 1);
  const qy_net gated = qy_bitwise(c, QY_OP_AND, qy_slice(c, a, 0, 1), d);
  const qy_net word = qy_concat(c, (qy_net[]){qy_slice(c, a, 0, 1), gated, qy_slice(c, a, 1, 2)}, 3);
  qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_ARRAY, word, qy_extend(c, b, 6, true), true));
  if (!ok(qy_circuit_finish(c, NULL) == QY_OK, "a product of gated bits and copies")) return;
  near_abs(c->bits->product[0].bits, 3 + log2(3) - 1 + 4, 1e-12, "words that an operand can be");
}

/* ---- gates beside selections */

/* AND2 that are left when `gates` bits of x, enabled by one line, are read by what = 's': a selection, 'b': gates of a
 * selection's result, 'x': exclusive ors, 'r': a selection and an output. */
static double and_gates(int gates, char what)
{
  qy_circuit *c = qy_circuit_new("absorb", arena);
  qy_net x = qy_input(c, "x", gates), y = qy_input(c, "y", gates), e = qy_input(c, "e", 1), s = qy_input(c, "s", 1);
  const qy_net line = qy_extend(c, e, gates, true);
  qy_net out;
  if (what == 'b' || what == 'o') {
    const qy_net chosen = qy_mux(c, s, (qy_net[]){x, y}, 2);
    if (what == 'o') qy_output(c, "z", qy_bitwise(c, QY_OP_NOT, chosen, -1));
    out = qy_bitwise(c, QY_OP_AND, chosen, line);
  } else {
    const qy_net enabled = qy_bitwise(c, QY_OP_AND, x, line);
    if (what == 'r') qy_output(c, "z", qy_bitwise(c, QY_OP_NOT, enabled, -1));
    out = what == 'x' ? qy_bitwise(c, QY_OP_XOR, enabled, y) : qy_mux(c, s, (qy_net[]){enabled, y}, 2);
  }
  qy_output(c, "y", out);
  qy_census census;
  if (qy_circuit_finish(c, NULL)) return -1;
  qy_circuit_census(c, &census);
  return census.cells[QY_CLASS_LOGIC][QY_AND2];
}

static void check_absorbed(void)
{
  static const struct {
    int gates;
    char what;
    double left;
  } row[] = {{4, 's', 0}, {8, 's', 0}, {3, 's', 3}, {4, 'b', 0}, {3, 'b', 3}, {8, 'x', 8}, {8, 'r', 8}, {8, 'o', 8}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double got = and_gates(row[i].gates, row[i].what);
    ok(got == row[i].left, "%d gates of one line, '%c': %g of %g are left", row[i].gates, row[i].what, got,
       row[i].left);
  }
}

/* ---- reports by operator */

static void check_reports(void)
{
  const qy_tech t = library(2, 1);
  qy_circuit *c = qy_circuit_new("report", arena);
  qy_net a = qy_input(c, "a", 5), b = qy_input(c, "b", 5), r = qy_register(c, "r", 6, -1);
  const qy_net sum = qy_add(c, a, b, 6, false), x = qy_bitwise(c, QY_OP_XOR, sum, r);
  qy_label(c, sum, "total");
  qy_register_connect(c, r, x);
  qy_output(c, "y", qy_max(c, x, r, false));
  if (!ok(qy_circuit_finish(c, NULL) == QY_OK, "a circuit to report on")) return;
  qy_census all = {0}, parts = {0};
  qy_op_report report;
  qy_circuit_census_in(c, &t, &all);
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_circuit_op_report(c, i, &t, &report);
    double area = 0, leakage = 0;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int k = 0; k < QY_CELL_COUNT; k++) {
        parts.cells[g][k] += report.census.cells[g][k];
        area += report.census.cells[g][k] * t.area_um2[k];
        leakage += report.census.cells[g][k] * t.leakage_nw[k];
      }
    near_abs(report.area_um2, area, 1e-9, "an operator's area is its cells'");
    near_abs(report.leakage_nw, leakage, 1e-9, "and so is its leakage");
  }
  ok(memcmp(&all, &parts, sizeof all) == 0, "operators together are the circuit");
  ok(all.cells[QY_CLASS_ADDER][QY_FA] == 4 && all.cells[QY_CLASS_ADDER][QY_HA] == 1 &&
         all.cells[QY_CLASS_REGISTER][QY_DFF] == 6 && all.cells[QY_CLASS_LOGIC][QY_XOR2] == 6,
     "an adder of 5 bits, six exclusive ors and flip-flops");
  qy_circuit_op_report(c, (size_t)sum, &t, &report);
  is_text(report.op, "add", "its name");
  is_text(report.label, "total", "its label");
  is_int(report.width, 6, "its width");
  ok(report.delay_ps > 0, "an adder takes time: %g ps", report.delay_ps);
  qy_circuit_op_report(c, (size_t)r, &t, &report);
  near_abs(report.delay_ps, 10, 0, "a register its clock to output");
  qy_circuit_op_report(c, (size_t)a, &t, &report);
  ok(report.delay_ps == 0 && report.area_um2 == 0, "an input nothing");
}

int main(void)
{
  arena = qy_arena_new();
  check_cells();
  check_selections();
  check_forms();
  check_operands();
  check_effort_shares();
  check_absorbed();
  check_reports();
  qy_arena_free(arena);
  return done();
}
