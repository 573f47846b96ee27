/* Arrival times, bit by bit: see bits.h.
 *
 * A library gives delays into four inverters; a cell's own load differs.  By the theory of logical effort (I.
 * Sutherland, B. Sproull, D. Harris, "Logical Effort", 1999) a delay is a fixed part and one in proportion to the load;
 * the fixed shares below are those of the smallest cells of four open libraries (cell table of the open synthesis study,
 * 2026: delays into one and four inverters).  Lean: cells of minimum size, ripple carry.  Fast: cells sized for their
 * load, sums as exclusive ors, carries through one complex gate a bit.
 */
#include "bits.h"

#include "graph.h"

#include <math.h>

/* Share of the delay into four inverters that the load does not change. */
static const double fixed_share[QY_CELL_COUNT] = {
    [QY_INV] = 0.43,   [QY_BUF] = 0.65,   [QY_NAND2] = 0.43, [QY_NOR2] = 0.43, [QY_AND2] = 0.62,
    [QY_OR2] = 0.66,   [QY_NAND3] = 0.46, [QY_AOI21] = 0.43, [QY_OAI21] = 0.43, [QY_XOR2] = 0.55,
    [QY_XNOR2] = 0.55, [QY_MUX2] = 0.76,  [QY_HA] = 0.8,     [QY_FA] = 0.85,   [QY_DFF] = 0.85};

enum { LOADS = 4 }; /* inverters that the library's delays drive */

/* ---- lean */

static void lean_cell(bit_delays *d, bit_kind kind, int output, double factor, qy_cell cell)
{
  double delay = factor * d->tech->delay_ps[cell];
  d->a[kind][output] = d->c[kind][output] = (float)(delay * fixed_share[cell]);
  d->slope[kind][output] = (float)(delay * (1 - fixed_share[cell]) / LOADS);
}

static void lean_adders(bit_delays *d)
{
  static const bit_kind halves[] = {BIT_HALF, BIT_HALF_ONE, BIT_CHAIN_HALF, BIT_CHAIN_ONE};
  static const bit_kind fulls[] = {BIT_FULL, BIT_CHAIN};
  const qy_tech *tech = d->tech;
  for (int i = 0; i < 4; i++) {
    lean_cell(d, halves[i], 0, 1, QY_HA);
    lean_cell(d, halves[i], 1, 0.85, QY_HA);
  }
  for (int i = 0; i < 2; i++) {
    lean_cell(d, fulls[i], 0, 1, QY_FA);
    d->a[fulls[i]][1] = d->c[fulls[i]][1] = (float)tech->fa_carry_ps;
  }
}

static void lean_delays(bit_delays *d)
{
  const qy_tech *tech = d->tech;
  bool is_cell = tech->area_um2[QY_MUX2] <= tech->area_um2[QY_OAI21] + tech->area_um2[QY_NAND2];
  static const struct {
    bit_kind kind;
    qy_cell cell;
  } simple[] = {{BIT_FLOP, QY_DFF},       {BIT_INV, QY_INV},          {BIT_AND, QY_AND2},      {BIT_OR, QY_OR2},
                {BIT_XOR, QY_XOR2},       {BIT_XNOR, QY_XNOR2},       {BIT_TREE_AND, QY_AND2}, {BIT_PRODUCT, QY_NOR2},
                {BIT_NOT_PRODUCT, QY_NAND2}, {BIT_MASK, QY_AND2},     {BIT_GATE, QY_NAND2},    {BIT_GATE_NOT, QY_NOR2},
                {BIT_GATE_OR, QY_NOR2},   {BIT_GATE_OR_NOT, QY_NAND2}, {BIT_DIGIT_TWO, QY_AOI21}, {BIT_BOOTH, QY_AOI21}};
  for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
    lean_cell(d, simple[i].kind, 0, 1, simple[i].cell);
  static const bit_kind select[] = {BIT_SELECT, BIT_EDGE, BIT_EDGE_NOT, BIT_ALIGN, BIT_ALIGN_TWICE};
  for (size_t i = 0; i < sizeof select / sizeof *select; i++) {
    bit_kind kind = select[i];
    lean_cell(d, kind, 0, kind == BIT_ALIGN_TWICE ? 2 : 1, QY_MUX2);
    if (is_cell) continue;
    lean_cell(d, kind, 0, kind == BIT_ALIGN_TWICE ? 2 : 1, QY_NAND2);
    double before = tech->delay_ps[QY_OAI21] * (fixed_share[QY_OAI21] + (1 - fixed_share[QY_OAI21]) / LOADS);
    d->a[kind][0] += (float)before;
    d->c[kind][0] += (float)before;
  }
  lean_cell(d, BIT_ABSORBED, 0, 1, QY_NAND2);
  d->a[BIT_ABSORBED][0] = d->slope[BIT_ABSORBED][0] = 0;
  lean_adders(d);
}

/* ---- fast */

/* Of the delay into four inverters: one, two gates like itself. */
static const double one_load = 5.0 / 9, two_loads = 7.0 / 9;

static void fast_cell(bit_delays *d, bit_kind kind, int output, double a, double c)
{
  d->a[kind][output] = (float)a;
  d->c[kind][output] = (float)c;
}

static void fast_delays(bit_delays *d)
{
  const double *delay = d->tech->delay_ps;
  double exclusive = two_loads * delay[QY_XOR2], complex = one_load * (delay[QY_AOI21] + delay[QY_OAI21]) / 2;
  double nand = one_load * delay[QY_NAND2], gate = one_load * (delay[QY_NAND2] + delay[QY_NOR2]) / 2;
  double select = fmin(one_load * (delay[QY_OAI21] + delay[QY_NAND2]), delay[QY_MUX2]);
  fast_cell(d, BIT_FLOP, 0, delay[QY_DFF], delay[QY_DFF]);
  fast_cell(d, BIT_INV, 0, one_load * delay[QY_INV], 0);
  static const bit_kind gates[] = {BIT_AND,      BIT_OR,       BIT_TREE_AND, BIT_PRODUCT,  BIT_NOT_PRODUCT,
                                   BIT_GATE,     BIT_GATE_NOT, BIT_GATE_OR,  BIT_GATE_OR_NOT, BIT_MASK};
  for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
    fast_cell(d, gates[i], 0, gate, gate);
  static const bit_kind selects[] = {BIT_SELECT, BIT_EDGE, BIT_EDGE_NOT, BIT_ALIGN};
  for (size_t i = 0; i < sizeof selects / sizeof *selects; i++)
    fast_cell(d, selects[i], 0, select, select);
  fast_cell(d, BIT_ABSORBED, 0, 0, gate);
  fast_cell(d, BIT_ALIGN_TWICE, 0, 2 * select, 2 * select);
  fast_cell(d, BIT_XOR, 0, exclusive, exclusive);
  fast_cell(d, BIT_XNOR, 0, exclusive, exclusive);
  fast_cell(d, BIT_DIGIT_TWO, 0, complex + nand, complex + nand);
  fast_cell(d, BIT_BOOTH, 0, complex, complex);
  static const bit_kind halves[] = {BIT_HALF, BIT_HALF_ONE, BIT_CHAIN_HALF, BIT_CHAIN_ONE};
  for (size_t i = 0; i < 4; i++) {
    fast_cell(d, halves[i], 0, exclusive, exclusive);
    fast_cell(d, halves[i], 1, gate, gate);
  }
  fast_cell(d, BIT_FULL, 0, 2 * exclusive, exclusive);
  fast_cell(d, BIT_FULL, 1, exclusive + complex, complex);
  fast_cell(d, BIT_CHAIN, 0, 2 * exclusive, exclusive);
  fast_cell(d, BIT_CHAIN, 1, nand + complex, complex);
}

/* ---- lines */

void bit_delays_of(bit_delays *d, const bit_net *net, const qy_tech *tech, bool fast)
{
  *d = (bit_delays){.tech = tech, .fast = fast};
  if (fast)
    fast_delays(d);
  else
    lean_delays(d);
  for (int k = 0; k < BIT_KIND_COUNT; k++)
    if (!bit_has_carry((bit_kind)k)) d->a[k][1] = d->c[k][1] = -INFINITY;
  for (int i = 1; i < net->line_count; i++)
    d->line[i] = (float)qy_path_line(net->lines[i], tech, fast);
}

static inline float later(float x, float y)
{
  return x > y ? x : y;
}

void bit_start(const bit_net *net, const bit_delays *d, float *at)
{
  at[0] = at[1] = -INFINITY;
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    at[2 * i] = at[2 * i + 1] = -INFINITY;
    if (cell->kind == BIT_FLOP || (cell->kind == BIT_SOURCE && cell->in[0] == 0))
      at[2 * i] = d->a[BIT_FLOP][0] + d->slope[BIT_FLOP][0] * cell->load[0] + d->line[cell->line[0]];
  }
}

void bit_arrive(const qy_circuit *c, const bit_net *net, const bit_delays *d, size_t from, size_t to, float *at)
{
  for (size_t i = from; i < to; i++) {
    const bit_cell *cell = &net->cell[i];
    if (cell->in[0] == 0 && cell->in[1] == 0) continue; /* a start */
    float a = later(later(at[cell->in[0]], at[cell->in[1]]), at[cell->in[3]]), x = at[cell->in[2]];
    int k = cell->kind;
    at[2 * i] = later(a + d->a[k][0], x + d->c[k][0]) + d->slope[k][0] * cell->load[0] + d->line[cell->line[0]];
    at[2 * i + 1] = later(a + d->a[k][1], x + d->c[k][1]) + d->slope[k][1] * cell->load[1] + d->line[cell->line[1]];
    if (k == BIT_BLOCK) {
      const node *n = &c->node[cell->node];
      at[2 * i] += (float)operator_of(n)->path(&n->shape, d->tech, d->fast);
    }
  }
}
