/* Arrival times, bit by bit: see bits.h.
 *
 * A library gives delays into four inverters; a cell's own load differs.  By the theory of logical effort (I.
 * Sutherland, B. Sproull, D. Harris, "Logical Effort", 1999) a delay is a fixed part and one in proportion to the load;
 * the fixed shares below are those of the smallest cells of four open libraries (cell table of the open synthesis
 * study, 2026: delays into one and four inverters).
 * Lean: cells of minimum size, ripple carry.  Fast: cells sized for their load, sums as exclusive ors, carries through
 * one complex gate a bit: what speed-driven open synthesis makes of prefix adders, which grow by a third of a ripple's
 * step a bit.  Rows: fast, but carry-save rows of adder cells, as synthesis leaves them short of its limit.
 * What the theory does not know, mostly slopes of input edges, is in one factor per kind of arc: fitted to the delays
 * of 347 lean and 347 fast components in four libraries of the study (mean of the logarithms and their 95th
 * percentile), the same for all libraries.  A library left out of the fit has a mean error 1 to 5 points higher.
 */
#include "bits.h"

#include "graph.h"

#include <assert.h>
#include <math.h>

/* Share of the delay into four inverters that the load does not change. */
static const double fixed_share[QY_CELL_COUNT] = {
    [QY_INV] = 0.43,   [QY_BUF] = 0.65,   [QY_NAND2] = 0.43, [QY_NOR2] = 0.43,  [QY_AND2] = 0.62,
    [QY_OR2] = 0.66,   [QY_NAND3] = 0.46, [QY_AOI21] = 0.43, [QY_OAI21] = 0.43, [QY_XOR2] = 0.55,
    [QY_XNOR2] = 0.55, [QY_MUX2] = 0.76,  [QY_HA] = 0.8,     [QY_FA] = 0.85,    [QY_DFF] = 0.85};

enum { LOADS = 4 }; /* inverters that the library's delays drive */

/* An arc of kinds [from, to]: `output` from in[0], in[1], in[3] in a ps and from in[2] in c ps, slope per inverter. */
static void set_arc(bit_delays *d, bit_kind from, bit_kind to, int output, double a, double c, double slope)
{
  for (int k = from; k <= (int)to; k++) {
    d->a[k][output] = (float)a;
    d->c[k][output] = (float)c;
    d->slope[k][output] = (float)slope;
  }
}

/* ---- lean */

static double fixed_of(const bit_delays *d, qy_cell cell)
{
  return d->tech->delay_ps[cell] * fixed_share[cell];
}

static double slope_of(const bit_delays *d, qy_cell cell)
{
  return d->tech->delay_ps[cell] * (1 - fixed_share[cell]) / LOADS * d->pin;
}

/* A cell whose inputs are alike. */
static void lean_cell(bit_delays *d, bit_kind kind, qy_cell cell)
{
  set_arc(d, kind, kind, 0, fixed_of(d, cell), fixed_of(d, cell), slope_of(d, cell));
}

/* Of the smaller form of a selection, with so many inverters to put its polarity right. */
static void lean_select(bit_delays *d, bit_kind from, bit_kind to, double inverters, double stages)
{
  const double data = 1.18, select = 1.26; /* calibrated, 90 %: 1.05 to 1.35 and 1.1 to 1.6 */
  const qy_tech *tech = d->tech;
  double gates_um2 = tech->area_um2[QY_OAI21] + tech->area_um2[QY_NAND2] + inverters * tech->area_um2[QY_INV];
  double fixed = fixed_of(d, QY_MUX2), slope = slope_of(d, QY_MUX2);
  if (tech->area_um2[QY_MUX2] > gates_um2) {
    fixed = fixed_of(d, QY_OAI21) + slope_of(d, QY_OAI21) + fixed_of(d, QY_NAND2);
    slope = slope_of(d, QY_NAND2);
  }
  set_arc(d, from, to, 0, stages * data * fixed, stages * select * fixed, data * slope);
}

static void lean_adders(bit_delays *d)
{
  /* Calibrated: half adder to carry over to sum, 0.8 to 1, and in a chain, 0.7 to 0.9 (from periods of elements); full
   * adder to sum from an operand and from the carry over the mean, 1.1 to 1.4 and 0.85 to 1. */
  const double half_carry = 0.92, chained = 0.75, operand = 1.26, carry = 0.94;
  double half = fixed_of(d, QY_HA), full = fixed_of(d, QY_FA);
  set_arc(d, BIT_HALF, BIT_CHAIN_ONE, 0, half, half, slope_of(d, QY_HA));
  set_arc(d, BIT_HALF, BIT_HALF_ONE, 1, half_carry * half, half_carry * half, half_carry * slope_of(d, QY_HA));
  set_arc(d, BIT_CHAIN_HALF, BIT_CHAIN_ONE, 1, chained * half, chained * half, chained * slope_of(d, QY_HA));
  set_arc(d, BIT_FULL, BIT_CHAIN, 0, operand * full, carry * full, operand * slope_of(d, QY_FA));
  set_arc(d, BIT_FULL, BIT_CHAIN, 1, d->tech->fa_carry_ps, d->tech->fa_carry_ps, 0);
}

static void lean_delays(bit_delays *d)
{
  static const struct {
    bit_kind kind;
    qy_cell cell;
  } simple[] = {
      {BIT_FLOP, QY_DFF},          {BIT_INV, QY_INV},           {BIT_AND, QY_AND2},        {BIT_OR, QY_OR2},
      {BIT_XOR, QY_XOR2},          {BIT_XNOR, QY_XNOR2},        {BIT_TREE_AND, QY_AND2},   {BIT_PRODUCT, QY_NOR2},
      {BIT_NOT_PRODUCT, QY_NAND2}, {BIT_MASK, QY_AND2},         {BIT_GATE, QY_NAND2},      {BIT_GATE_NOT, QY_NOR2},
      {BIT_GATE_OR, QY_NOR2},      {BIT_GATE_OR_NOT, QY_NAND2}, {BIT_DIGIT_TWO, QY_AOI21}, {BIT_BOOTH, QY_AOI21}};
  for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
    lean_cell(d, simple[i].kind, simple[i].cell);
  set_arc(d, BIT_ABSORBED, BIT_ABSORBED, 0, 0, fixed_of(d, QY_NAND2), 0);
  lean_select(d, BIT_SELECT, BIT_EDGE_NOT, 0, 1);
  lean_select(d, BIT_SELECT_ONE, BIT_SELECT_ONE, 1, 1);
  lean_select(d, BIT_ALIGN, BIT_ALIGN, 0, 1);
  lean_select(d, BIT_ALIGN_TWICE, BIT_ALIGN_TWICE, 0, 2);
  lean_adders(d);
}

/* ---- fast */

/* Delay of a cell that is sized for its load: that of so many gates of its own size. */
static double sized(const bit_delays *d, qy_cell cell)
{
  enum { GATES = 3 };
  return fixed_of(d, cell) + GATES * slope_of(d, cell);
}

static void fast_cells(bit_delays *d, double gate, double complex, double nand, double exclusive)
{
  /* Calibrated: a selection's data beside OAI21 and NAND2 in a row, 0.35 to 0.55 (one complex gate); its select input,
   * 0.8 to 1.2. */
  const double data = 0.42, select = 0.98;
  double selection = sized(d, QY_OAI21) + sized(d, QY_NAND2);
  lean_cell(d, BIT_FLOP, QY_DFF); /* flip-flops keep their size in every flow */
  set_arc(d, BIT_INV, BIT_GATE_OR_NOT, 0, gate, gate, 0);
  set_arc(d, BIT_XOR, BIT_XNOR, 0, exclusive, exclusive, 0);
  set_arc(d, BIT_SELECT, BIT_EDGE_NOT, 0, data * selection, select * selection, 0);
  set_arc(d, BIT_ABSORBED, BIT_ABSORBED, 0, 0, gate, 0);
  set_arc(d, BIT_MASK, BIT_MASK, 0, gate, gate, 0);
  set_arc(d, BIT_ALIGN, BIT_ALIGN, 0, data * selection, select * selection, 0);
  set_arc(d, BIT_ALIGN_TWICE, BIT_ALIGN_TWICE, 0, 2 * data * selection, 2 * select * selection, 0);
  set_arc(d, BIT_DIGIT_TWO, BIT_DIGIT_TWO, 0, complex + nand, complex + nand, 0);
  set_arc(d, BIT_BOOTH, BIT_BOOTH, 0, complex, complex, 0);
}

/* The faster of two forms of an adder cell: the library's or gates, by its slower output. */
static void take_faster(bit_delays *d, bit_kind from, bit_kind to, const double gates[2][2])
{
  float cell = fmaxf(d->a[from][0] + d->slope[from][0] * LOADS, d->a[from][1] + d->slope[from][1] * LOADS);
  if (fmax(gates[0][0], gates[1][0]) >= cell) return;
  for (int output = 0; output < 2; output++)
    set_arc(d, from, to, output, gates[output][0], gates[output][1], 0);
}

static void fast_delays(bit_delays *d, bool rows)
{
  /* Calibrated: gates, 0.55 to 0.85; exclusive ors, 0.7 to 0.95; a carry's step in a chain, 0.7 to 0.9, and in a row,
   * 1 to 1.4 (its load: three pins); both exclusive ors of a row's sum beside two alone, 0.9 to 1. */
  const double gates = 0.69, exclusives = 0.8, step = 0.8, row_step = 1.21, two = 1.9;
  double complex = (sized(d, QY_AOI21) + sized(d, QY_OAI21)) / 2, nand = sized(d, QY_NAND2);
  double both = sized(d, QY_XOR2), exclusive = exclusives * both, either = (nand + sized(d, QY_NOR2)) / 2;
  fast_cells(d, gates * either, complex, nand, exclusive);
  lean_adders(d);
  set_arc(d, BIT_CHAIN_HALF, BIT_CHAIN_ONE, 0, exclusive, exclusive, 0);
  set_arc(d, BIT_CHAIN_HALF, BIT_CHAIN_ONE, 1, either, step * either, 0);
  double carry = fmin(step * complex, d->tech->fa_carry_ps);
  set_arc(d, BIT_CHAIN, BIT_CHAIN, 0, 2 * both, both, 0);
  set_arc(d, BIT_CHAIN, BIT_CHAIN, 1, nand + complex, carry, 0);
  if (rows) return;
  const double half[2][2] = {{exclusive, exclusive}, {either, either}};
  const double full[2][2] = {{two * both, both}, {row_step * (both + complex), row_step * complex}};
  take_faster(d, BIT_HALF, BIT_HALF_ONE, half);
  take_faster(d, BIT_FULL, BIT_FULL, full);
}

void bit_delays_of(bit_delays *d, const bit_net *net, const qy_tech *tech, bit_form form)
{
  *d = (bit_delays){.tech = tech, .form = form, .pin = qy_path_pin(tech)};
  if (form == BIT_LEAN)
    lean_delays(d);
  else
    fast_delays(d, form == BIT_ROWS);
  for (int k = 0; k < BIT_KIND_COUNT; k++)
    if (!bit_has_carry((bit_kind)k)) d->a[k][1] = d->c[k][1] = -INFINITY;
  for (int i = 1; i < net->line_count; i++)
    d->line[i] = (float)qy_path_line(net->lines[i], tech, form != BIT_LEAN);
}

/* ---- the walk */

static inline float later(float x, float y)
{
  return x > y ? x : y;
}

static bool is_start(const bit_cell *cell)
{
  return cell->kind == BIT_FLOP || (cell->kind == BIT_SOURCE && cell->in[0] == 0);
}

void bit_start(const bit_net *net, const bit_delays *d, float *at)
{
  for (size_t s = 0; s < 2 * net->count; s++)
    at[s] = -INFINITY;
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    if (!is_start(cell)) continue;
    at[2 * i] = d->a[BIT_FLOP][0] + d->slope[BIT_FLOP][0] * cell->load[0] + d->line[cell->line[0]];
  }
}

static float block_delay(const node *n, const bit_delays *d)
{
  const operator_row *row = operator_of(n);
  assert(row->path);
  return (float)row->path(&n->shape, d->tech, d->form != BIT_LEAN);
}

void bit_arrive(const qy_circuit *c, const bit_net *net, const bit_delays *d, size_t from, size_t to, float *at)
{
  assert(to <= net->count);
  for (size_t i = from; i < to; i++) {
    const bit_cell *cell = &net->cell[i];
    int k = cell->kind;
    if (is_start(cell) || k == BIT_CONSTANT) continue;
    float a = later(later(at[cell->in[0]], at[cell->in[1]]), at[cell->in[3]]), x = at[cell->in[2]];
    at[2 * i] = later(a + d->a[k][0], x + d->c[k][0]) + d->slope[k][0] * cell->load[0] + d->line[cell->line[0]];
    at[2 * i + 1] = later(a + d->a[k][1], x + d->c[k][1]) + d->slope[k][1] * cell->load[1] + d->line[cell->line[1]];
    if (k == BIT_BLOCK) at[2 * i] += block_delay(&c->node[cell->node], d);
  }
}
