/* Arrival times, bit by bit: see bits.h.
 *
 * A library gives delays into four inverters and how they grow with the load; the load is that of the pins a net
 * drives, as the library has them.  Validity: no wires.
 * Lean: cells of minimum size, ripple carry.  Fast: cells sized for their load, sums as exclusive ors, carries through
 * one complex gate a bit: what speed-driven open synthesis makes of prefix adders, which grow by a third of a ripple's
 * step a bit.  Rows: fast, but carry-save rows of adder cells, as synthesis leaves them short of its limit.
 * What this does not know, mostly slopes of input edges, is in one factor per kind of arc: qy_factor.
 */
#include "bits.h"

#include "graph.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* An arc of kinds [from, to]: `output` from in[0], in[1], in[3] in a ps and from in[2] in c ps, slope in ps/fF. */
static void set_arc(bit_delays *d, bit_kind from, bit_kind to, int output, double a, double c, double slope)
{
  for (int k = (int)from; k <= (int)to; k++) {
    d->a[k][output] = (float)a;
    d->c[k][output] = (float)c;
    d->slope[k][output] = (float)slope;
  }
}

/* ---- lean */

static double fixed_of(const bit_delays *d, qy_cell cell)
{
  return qy_path_cell(d->tech, cell, 0);
}

static double slope_of(const bit_delays *d, qy_cell cell)
{
  return d->tech->load_slope_ps_per_ff[cell];
}

/* A cell whose inputs are alike. */
static void lean_cell(bit_delays *d, bit_kind kind, qy_cell cell)
{
  set_arc(d, kind, kind, 0, fixed_of(d, cell), fixed_of(d, cell), slope_of(d, cell));
}

/* Of the smaller form of a selection, with so many inverters to put its polarity right. */
static bool is_cell(const qy_tech *tech, double inverters)
{
  const double *area = tech->area_um2;
  return area[QY_MUX2] <= area[QY_OAI21] + area[QY_NAND2] + inverters * area[QY_INV];
}

static void lean_select(bit_delays *d, bit_kind from, bit_kind to, double inverters, double stages)
{
  const qy_tech *tech = d->tech;
  const double data = tech->factor[QY_LEAN_SELECT_DATA], line = tech->factor[QY_LEAN_SELECT_LINE];
  double fixed = fixed_of(d, QY_MUX2), slope = slope_of(d, QY_MUX2);
  if (!is_cell(tech, inverters)) {
    fixed = qy_path_cell(tech, QY_OAI21, tech->in_cap_ff[QY_NAND2]) + fixed_of(d, QY_NAND2);
    slope = slope_of(d, QY_NAND2);
  }
  set_arc(d, from, to, 0, stages * data * fixed, stages * line * fixed, data * slope);
}

static void lean_adders(bit_delays *d)
{
  const double *factor = d->tech->factor, data = factor[QY_LEAN_FULL_DATA], carry = factor[QY_LEAN_FULL_CARRY];
  const double half = fixed_of(d, QY_HA), full = fixed_of(d, QY_FA), half_carry = factor[QY_HALF_CARRY];
  set_arc(d, BIT_HALF, BIT_CHAIN_ONE, 0, half, half, slope_of(d, QY_HA));
  set_arc(d, BIT_HALF, BIT_CHAIN_ONE, 1, half_carry * half, half_carry * half, half_carry * slope_of(d, QY_HA));
  set_arc(d, BIT_FULL, BIT_CHAIN, 0, data * full, carry * full, data * slope_of(d, QY_FA));
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
  return qy_path_cell(d->tech, cell, d->tech->factor[QY_FAST_LOADS] * qy_path_pin(d->tech));
}

static void fast_cells(bit_delays *d, double gate, double complex, double nand, double exclusive)
{
  const double *factor = d->tech->factor, both = sized(d, QY_OAI21) + sized(d, QY_NAND2);
  const double data = factor[QY_FAST_SELECT_DATA] * both, line = factor[QY_FAST_SELECT_LINE] * both;
  lean_cell(d, BIT_FLOP, QY_DFF); /* flip-flops keep their size in every flow */
  set_arc(d, BIT_INV, BIT_GATE_OR_NOT, 0, gate, gate, 0);
  set_arc(d, BIT_XOR, BIT_XNOR, 0, exclusive, exclusive, 0);
  set_arc(d, BIT_SELECT, BIT_EDGE_NOT, 0, data, line, 0);
  set_arc(d, BIT_ABSORBED, BIT_ABSORBED, 0, 0, gate, 0);
  set_arc(d, BIT_MASK, BIT_MASK, 0, gate, gate, 0);
  set_arc(d, BIT_ALIGN, BIT_ALIGN, 0, data, line, 0);
  set_arc(d, BIT_ALIGN_TWICE, BIT_ALIGN_TWICE, 0, 2 * data, 2 * line, 0);
  set_arc(d, BIT_DIGIT_TWO, BIT_DIGIT_TWO, 0, complex + nand, complex + nand, 0);
  set_arc(d, BIT_BOOTH, BIT_BOOTH, 0, complex, complex, 0);
}

/* Adders that are gates (those of qy_tech_gates_um2, the carry through a complex gate), as in the effort law. */
static void gate_adders(bit_delays *d, bit_kind from, bit_kind to, const double gates[2][2])
{
  for (int output = 0; output < 2; output++)
    set_arc(d, from, to, output, gates[output][0], gates[output][1], 0);
}

static void fast_delays(bit_delays *d, bool rows)
{
  const double *factor = d->tech->factor;
  double complex = (sized(d, QY_AOI21) + sized(d, QY_OAI21)) / 2, nand = sized(d, QY_NAND2);
  double both = sized(d, QY_XOR2), exclusive = factor[QY_FAST_XOR] * both, either = (nand + sized(d, QY_NOR2)) / 2;
  fast_cells(d, factor[QY_FAST_GATE] * either, complex, nand, exclusive);
  lean_adders(d);
  set_arc(d, BIT_CHAIN_HALF, BIT_CHAIN_ONE, 0, exclusive, exclusive, 0);
  set_arc(d, BIT_CHAIN_HALF, BIT_CHAIN_ONE, 1, either, factor[QY_FAST_CARRY] * either, 0);
  double carry = fmin(factor[QY_FAST_CARRY] * complex, d->tech->fa_carry_ps);
  set_arc(d, BIT_CHAIN, BIT_CHAIN, 0, 2 * both, both, 0);
  set_arc(d, BIT_CHAIN, BIT_CHAIN, 1, nand + complex, carry, 0);
  if (rows) return;
  const double half[2][2] = {{exclusive, exclusive}, {either, either}};
  const double full[2][2] = {{2 * both, both}, {both + complex, complex}};
  gate_adders(d, BIT_HALF, BIT_HALF_ONE, half);
  gate_adders(d, BIT_FULL, BIT_FULL, full);
}

/* ---- what nets drive */

/* Input capacitance of each kind of pin, fF. */
static void pins_of(const qy_tech *tech, double pin_ff[BIT_PIN_COUNT])
{
  const double *mean = tech->in_cap_ff, *pair = tech->pair_cap_ff, *lone = tech->lone_cap_ff;
  const bool is_mux = is_cell(tech, 0);
  pin_ff[BIT_PIN_NONE] = 0;
  pin_ff[BIT_PIN_GATE] = qy_path_pin(tech);
  pin_ff[BIT_PIN_AND] = (mean[QY_AND2] + mean[QY_OR2]) / 2;
  pin_ff[BIT_PIN_XOR] = (mean[QY_XOR2] + mean[QY_XNOR2]) / 2;
  pin_ff[BIT_PIN_SELECT] = is_mux ? lone[QY_MUX2] : pair[QY_OAI21] + mean[QY_NAND2];
  pin_ff[BIT_PIN_DATA] = is_mux ? pair[QY_MUX2] : (pair[QY_OAI21] + mean[QY_NAND2]) / 2;
  pin_ff[BIT_PIN_HALF] = mean[QY_HA];
  pin_ff[BIT_PIN_FULL] = pair[QY_FA];
  pin_ff[BIT_PIN_CARRY] = lone[QY_FA];
  pin_ff[BIT_PIN_FLOP] = mean[QY_DFF];
}

static double sum_of(uint64_t fields, int field, const double pin_ff[BIT_PIN_COUNT])
{
  double sum = 0;
  for (int pin = 1; fields; pin++, fields >>= field)
    sum += (double)(fields & ((UINT64_C(1) << field) - 1)) * pin_ff[pin];
  return sum;
}

/* A long line has buffers; the driver sees the first of them. */
static struct bit_load_ps load_of(const bit_delays *d, const bit_load *load, const double pin_ff[BIT_PIN_COUNT])
{
  const int gates = bit_line_gates(load);
  double ff = sum_of(load->pins, BIT_PINS_FIELD, pin_ff), ps = 0, line_ff = sum_of(load->line, BIT_LINE_FIELD, pin_ff);
  if (gates > BIT_LINE_BARE) {
    ps = qy_path_line(gates, line_ff / gates, d->tech, d->form != BIT_LEAN);
    ff += d->tech->in_cap_ff[QY_BUF];
  } else {
    ff += line_ff;
  }
  return (struct bit_load_ps){(float)ff, (float)ps};
}

static float block_ps(const node *n, const bit_delays *d)
{
  const operator_row *row = operator_of(n);
  assert(row->path);
  return (float)row->path(&n->shape, d->tech, d->form != BIT_LEAN);
}

/* ---- all delays */

int bit_delays_alloc(bit_delays *d, const bit_net *net)
{
  d->arc = qy_alloc(net->arc_count, sizeof *d->arc);
  d->load = qy_alloc(net->load_count, sizeof *d->load);
  return d->arc && d->load ? 0 : -1;
}

void bit_delays_free(bit_delays *d)
{
  free(d->arc);
  free(d->load);
}

void bit_delays_of(bit_delays *d, const qy_circuit *c, const qy_tech *tech, bit_form form)
{
  const bit_net *net = c->bits;
  double pin_ff[BIT_PIN_COUNT];
  *d = (bit_delays){.tech = tech, .form = form, .arc = d->arc, .load = d->load};
  if (form == BIT_LEAN)
    lean_delays(d);
  else
    fast_delays(d, form == BIT_ROWS);
  pins_of(tech, pin_ff);
  for (size_t i = 0; i < net->load_count; i++)
    d->load[i] = load_of(d, &net->loads[i], pin_ff);
  for (size_t i = 1; i < net->arc_count; i++) {
    const bit_arc *arc = &net->arcs[i];
    const bit_kind k = arc->kind;
    const float block = k == BIT_BLOCK ? block_ps(&c->node[arc->node], d) : 0;
    for (int output = 0; output < 2; output++) {
      const struct bit_load_ps *load = &d->load[arc->load[output]];
      const float ps =
          output == 0 || bit_has_carry(k) ? d->slope[k][output] * load->ff + load->line_ps + block : -INFINITY;
      d->arc[i].a[output] = d->a[k][output] + ps;
      d->arc[i].c[output] = d->c[k][output] + ps;
    }
  }
}

/* ---- the walk */

static inline float later(float x, float y)
{
  return x > y ? x : y;
}

void bit_start(const bit_net *net, const bit_delays *d, float *at)
{
  for (size_t s = 0; s < 2 * net->count; s++)
    at[s] = -INFINITY;
  for (size_t i = 1; i < net->count; i++)
    if (net->cell[i].arc < 0) at[2 * i] = d->arc[-net->cell[i].arc].a[0];
}

void bit_arrive(const bit_net *net, const bit_delays *d, size_t from, size_t to, float *at)
{
  assert(to <= net->count);
  for (size_t i = from; i < to; i++) {
    const bit_cell *cell = &net->cell[i];
    if (cell->arc <= 0) continue;
    const struct bit_arc_ps *ps = &d->arc[cell->arc];
    const float a = later(later(at[cell->in[0]], at[cell->in[1]]), at[cell->in[3]]), x = at[cell->in[2]];
    at[2 * i] = later(a + ps->a[0], x + ps->c[0]);
    at[2 * i + 1] = later(a + ps->a[1], x + ps->c[1]);
  }
}
