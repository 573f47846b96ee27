/* Loads and delays of cells, bit by bit.
 *
 * Oracles: pins of every reader of a net counted one by one; delays of an invented library, in which every cell has its
 * own, put together by hand as bits.h and arrive.c say how each kind is made; the longest path searched backwards.
 */
#include "bit_circuits.h"
#include "tap.h"

static qy_arena *arena;
static uint64_t state = 3;
/* Every cell, pin and factor has its own number. */
static qy_tech invented(void)
{
  qy_tech t = {.fa_carry_ps = 31, .dff_setup_ps = 5, .effort_p = 4, .load_ff = 2.5};
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1.0 + f / 16.0;
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    t.area_um2[k] = 1, t.delay_ps[k] = 20 + 3 * k, t.load_slope_ps_per_ff[k] = 1 + k / 8.0;
    t.in_cap_ff[k] = 1 + k / 4.0, t.pair_cap_ff[k] = 2 + k / 2.0, t.lone_cap_ff[k] = 3 + k;
  }
  return t;
}

typedef struct seen {
  int wrong_loads, wrong_lines, wrong_arcs, wrong_times, kinds[BIT_KIND_COUNT], buffered;
} seen;

static void check_loads(const qy_circuit *c, seen *s)
{
  const bit_net *net = c->bits;
  double total = 0, counted = 0;
  for (size_t i = 1; i < net->count; i++)
    for (int k = 0; k < 2; k++) {
      if (!(net->cell[i].used >> k & 1)) continue;
      const bit_signal signal = (bit_signal)(2 * i) + k;
      const pins p = pins_on(net, signal);
      const bit_load *load = bit_load_of(net, signal);
      for (int pin = 1; pin < BIT_PIN_COUNT; pin++)
        s->wrong_loads += field(load->pins, pin, BIT_PINS_FIELD) != p.own[pin] ||
                          (pin <= BIT_PIN_SELECT && field(load->line, pin, BIT_LINE_FIELD) != p.line[pin]);
      s->wrong_lines += bit_line_gates(load) != p.gates;
      s->wrong_lines += bit_buffered_gates(net, signal) != (p.gates > 4 ? p.gates : 0);
      total += p.gates > 4 ? p.gates : 0;
      s->buffered += p.gates > 4;
    }
  for (size_t i = 0; i < c->count; i++)
    counted += net->node[i].line_gates;
  s->wrong_lines += total != counted;
}

/* An arc is what its cell is and drives; flip-flops' are negative, as are inputs'. */
static void check_arcs(const qy_circuit *c, seen *s)
{
  const bit_net *net = c->bits;
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    if (!cell->used) {
      s->wrong_arcs += cell->arc != 0;
      continue;
    }
    s->kinds[cell->kind]++;
    const bool start = cell->kind == BIT_FLOP || cell->kind == BIT_SOURCE;
    const bit_arc *arc = &net->arcs[start ? -cell->arc : cell->arc];
    s->wrong_arcs += start != (cell->arc < 0) || arc->kind != (start ? BIT_FLOP : (bit_kind)cell->kind);
    s->wrong_arcs += cell->kind == BIT_BLOCK && arc->node != cell->node;
  }
}

/* ---- times */

/* Delay of an output of a cell, from in[2] or another input, its load in it. */
static double delay_of(const bit_net *net, const bit_delays *d, const bit_cell *cell, int output, int k)
{
  const bit_kind kind = bit_is_start(cell->kind) ? BIT_FLOP : (bit_kind)cell->kind;
  const bit_load *load = bit_load_of(net, (bit_signal)(2 * (cell - net->cell)) + output);
  const struct bit_load_ps *ps = &d->load[load - net->loads];
  return (double)(k == 2 ? d->c[kind][output] : d->a[kind][output]) + (double)d->slope[kind][output] * (double)ps->ff +
         (double)ps->line_ps;
}

/* The latest way to a signal, looked for backwards. */
static double latest(const qy_circuit *c, const bit_delays *d, bit_signal s, double *known)
{
  const bit_net *net = c->bits;
  const bit_cell *cell = &net->cell[s >> 1];
  if (s <= BIT_ONE || !cell->used) return -INFINITY;
  if (!isnan(known[s])) return known[s];
  double when = bit_is_start(cell->kind) ? delay_of(net, d, cell, 0, 0) : -INFINITY;
  if (s & 1 && !bit_has_carry((bit_kind)cell->kind)) return -INFINITY;
  for (int k = 0; k < BIT_INPUTS && !bit_is_start(cell->kind); k++) {
    double through = delay_of(net, d, cell, s & 1, k);
    if (cell->kind == BIT_BLOCK)
      through += operator_of(&c->node[cell->node])->path(&c->node[cell->node].shape, d->tech, d->form != BIT_LEAN);
    when = fmax(when, latest(c, d, cell->in[k], known) + through);
  }
  return known[s] = when;
}

static void check_times(const qy_circuit *c, const qy_tech *tech, seen *s)
{
  const bit_net *net = c->bits;
  float *at = malloc(2 * net->count * sizeof *at);
  double *known = malloc(2 * net->count * sizeof *known);
  bit_delays d;
  if (bit_delays_alloc(&d, net) || !at || !known) {
    s->wrong_times++;
    return;
  }
  for (int form = 0; form < 3; form++) {
    bit_delays_of(&d, c, tech, (bit_form)form);
    bit_start(net, &d, at);
    bit_arrive(net, &d, 0, net->count, at);
    for (size_t i = 0; i < 2 * net->count; i++)
      known[i] = NAN;
    for (size_t i = 2; i < 2 * net->count; i++) {
      if (!(net->cell[i / 2].used >> (i & 1) & 1)) continue;
      const double want = latest(c, &d, (bit_signal)i, known);
      s->wrong_times += isinf(want) ? !isinf(at[i]) : fabs((double)at[i] - want) > 1e-4 * want;
    }
  }
  bit_delays_free(&d);
  free(at);
  free(known);
}

static void random_circuits(void)
{
  enum { CIRCUITS = 150 };
  const qy_tech tech = invented();
  seen s = {.wrong_loads = 0};
  int built = 0, kinds = 0;
  for (int i = 0; i < CIRCUITS; i++) {
    const qy_circuit *c = random_cells(arena, &state);
    if (!c) continue;
    built++;
    check_loads(c, &s);
    check_arcs(c, &s);
    check_times(c, &tech, &s);
  }
  for (int k = BIT_SOURCE; k < BIT_KIND_COUNT; k++) {
    kinds += s.kinds[k] > 0;
    if (s.kinds[k] == 0) printf("# no cell of kind %d\n", k);
  }
  ok(built > CIRCUITS / 2 && s.buffered > 100, "%d circuits, %d lines with buffers", built, s.buffered);
  is_int(kinds, BIT_KIND_COUNT - BIT_SOURCE, "cells of every kind are in them");
  is_int(s.wrong_loads, 0, "what a net drives is the pins of its readers");
  is_int(s.wrong_lines, 0, "and the gates on its line");
  is_int(s.wrong_arcs, 0, "cells' arcs are of their kind");
  is_int(s.wrong_times, 0, "no signal comes earlier or later than on its longest path");
}

/* ---- delays of each kind by hand */

static bit_delays delays;
static int wrong_kinds;

/* Kinds [from, to]: from in[2] c, from the other inputs a, slope. */
static void kinds_are(bit_kind from, bit_kind to, int output, double a, double c, double slope)
{
  for (int k = (int)from; k <= (int)to; k++) {
    const double got[3] = {(double)delays.a[k][output], (double)delays.c[k][output], (double)delays.slope[k][output]};
    if (fabs(got[0] - a) < 1e-3 && fabs(got[1] - c) < 1e-3 && fabs(got[2] - slope) < 1e-4) continue;
    printf("# form %d, kind %d, output %d: %g %g %g, by hand %g %g %g\n", (int)delays.form, k, output, got[0], got[1],
           got[2], a, c, slope);
    wrong_kinds++;
  }
}

/* A library cell without load: its delay is given at 2.5 fF. */
static double bare(const qy_tech *t, qy_cell cell)
{
  return t->delay_ps[cell] - 2.5 * t->load_slope_ps_per_ff[cell];
}

static void cell_is(const qy_tech *t, bit_kind kind, qy_cell cell)
{
  kinds_are(kind, kind, 0, bare(t, cell), bare(t, cell), t->load_slope_ps_per_ff[cell]);
}

static void adder_cells_are(const qy_tech *t, bool rows_only)
{
  const double *f = t->factor, *slope = t->load_slope_ps_per_ff, half = bare(t, QY_HA), full = bare(t, QY_FA);
  const bit_kind last_half = rows_only ? BIT_HALF_ONE : BIT_CHAIN_ONE, last_full = rows_only ? BIT_FULL : BIT_CHAIN;
  kinds_are(BIT_HALF, last_half, 0, half, half, slope[QY_HA]);
  kinds_are(BIT_HALF, last_half, 1, f[QY_HALF_CARRY] * half, f[QY_HALF_CARRY] * half, f[QY_HALF_CARRY] * slope[QY_HA]);
  kinds_are(BIT_FULL, last_full, 0, f[QY_LEAN_FULL_DATA] * full, f[QY_LEAN_FULL_CARRY] * full,
            f[QY_LEAN_FULL_DATA] * slope[QY_FA]);
  kinds_are(BIT_FULL, last_full, 1, t->fa_carry_ps, t->fa_carry_ps, 0);
}

/* Minimum-size cells.  A selection is the smaller of a cell and of two gates, the first of which drives the second. */
static void lean_kinds(const qy_tech *t, bool mux_is_cell)
{
  const double *f = t->factor;
  const double gates =
      bare(t, QY_OAI21) + t->load_slope_ps_per_ff[QY_OAI21] * t->in_cap_ff[QY_NAND2] + bare(t, QY_NAND2);
  const double fixed = mux_is_cell ? bare(t, QY_MUX2) : gates, data = f[QY_LEAN_SELECT_DATA];
  const double line = f[QY_LEAN_SELECT_LINE], slope = t->load_slope_ps_per_ff[mux_is_cell ? QY_MUX2 : QY_NAND2];
  cell_is(t, BIT_FLOP, QY_DFF), cell_is(t, BIT_INV, QY_INV), cell_is(t, BIT_AND, QY_AND2), cell_is(t, BIT_OR, QY_OR2);
  cell_is(t, BIT_XOR, QY_XOR2), cell_is(t, BIT_XNOR, QY_XNOR2), cell_is(t, BIT_TREE_AND, QY_AND2);
  cell_is(t, BIT_PRODUCT, QY_NOR2), cell_is(t, BIT_NOT_PRODUCT, QY_NAND2), cell_is(t, BIT_MASK, QY_AND2);
  cell_is(t, BIT_GATE, QY_NAND2), cell_is(t, BIT_GATE_NOT, QY_NOR2), cell_is(t, BIT_GATE_OR, QY_NOR2);
  cell_is(t, BIT_GATE_OR_NOT, QY_NAND2), cell_is(t, BIT_DIGIT_TWO, QY_AOI21), cell_is(t, BIT_BOOTH, QY_AOI21);
  kinds_are(BIT_ABSORBED, BIT_ABSORBED, 0, 0, bare(t, QY_NAND2), 0);
  kinds_are(BIT_SELECT, BIT_SELECT, 0, data * fixed, line * fixed, data * slope);
  kinds_are(BIT_EDGE, BIT_EDGE_NOT, 0, data * fixed, line * fixed, data * slope);
  kinds_are(BIT_ALIGN, BIT_ALIGN, 0, data * fixed, line * fixed, data * slope);
  kinds_are(BIT_ALIGN_TWICE, BIT_ALIGN_TWICE, 0, 2 * data * fixed, 2 * line * fixed, data * slope);
  adder_cells_are(t, false);
}

/* Cells sized for their load, so that it does not matter; adders of gates but in rows, where `rows`. */
static void fast_kinds(const qy_tech *t, bool rows)
{
  const double *f = t->factor;
  double pin = 0, sized[QY_CELL_COUNT];
  static const qy_cell gates[] = {QY_NAND2, QY_NOR2, QY_AOI21, QY_OAI21};
  for (int i = 0; i < 4; i++)
    pin += t->in_cap_ff[gates[i]] / 4;
  for (int k = 0; k < QY_CELL_COUNT; k++)
    sized[k] = bare(t, (qy_cell)k) + t->load_slope_ps_per_ff[k] * f[QY_FAST_LOADS] * pin;
  const double complex = (sized[QY_AOI21] + sized[QY_OAI21]) / 2, nand = sized[QY_NAND2], both = sized[QY_XOR2];
  const double either = (nand + sized[QY_NOR2]) / 2, gate = f[QY_FAST_GATE] * either, exclusive = f[QY_FAST_XOR] * both;
  const double two = sized[QY_OAI21] + nand, data = f[QY_FAST_SELECT_DATA] * two, line = f[QY_FAST_SELECT_LINE] * two;
  const double carry = fmin(f[QY_FAST_CARRY] * complex, t->fa_carry_ps);
  cell_is(t, BIT_FLOP, QY_DFF);
  kinds_are(BIT_INV, BIT_GATE_OR_NOT, 0, gate, gate, 0);
  kinds_are(BIT_XOR, BIT_XNOR, 0, exclusive, exclusive, 0);
  kinds_are(BIT_SELECT, BIT_EDGE_NOT, 0, data, line, 0);
  kinds_are(BIT_ABSORBED, BIT_ABSORBED, 0, 0, gate, 0);
  kinds_are(BIT_MASK, BIT_MASK, 0, gate, gate, 0);
  kinds_are(BIT_ALIGN, BIT_ALIGN, 0, data, line, 0);
  kinds_are(BIT_ALIGN_TWICE, BIT_ALIGN_TWICE, 0, 2 * data, 2 * line, 0);
  kinds_are(BIT_DIGIT_TWO, BIT_DIGIT_TWO, 0, complex + nand, complex + nand, 0);
  kinds_are(BIT_BOOTH, BIT_BOOTH, 0, complex, complex, 0);
  kinds_are(BIT_CHAIN_HALF, BIT_CHAIN_ONE, 0, exclusive, exclusive, 0);
  kinds_are(BIT_CHAIN_HALF, BIT_CHAIN_ONE, 1, either, f[QY_FAST_CARRY] * either, 0);
  kinds_are(BIT_CHAIN, BIT_CHAIN, 0, 2 * both, both, 0);
  kinds_are(BIT_CHAIN, BIT_CHAIN, 1, nand + complex, carry, 0);
  if (rows) {
    adder_cells_are(t, true);
    return;
  }
  kinds_are(BIT_HALF, BIT_HALF_ONE, 0, exclusive, exclusive, 0);
  kinds_are(BIT_HALF, BIT_HALF_ONE, 1, either, either, 0);
  kinds_are(BIT_FULL, BIT_FULL, 0, 2 * both, both, 0);
  kinds_are(BIT_FULL, BIT_FULL, 1, both + complex, complex, 0);
}

/* Loads of nets that drive one kind of pin each, and of a word's line. */
static void loads_are(const qy_tech *t, bool mux_is_cell, const qy_circuit *c)
{
  const double *one = t->in_cap_ff, *pair = t->pair_cap_ff, *lone = t->lone_cap_ff;
  const double pin[BIT_PIN_COUNT] = {
      [BIT_PIN_GATE] = (one[QY_NAND2] + one[QY_NOR2] + one[QY_AOI21] + one[QY_OAI21]) / 4,
      [BIT_PIN_AND] = (one[QY_AND2] + one[QY_OR2]) / 2,
      [BIT_PIN_XOR] = (one[QY_XOR2] + one[QY_XNOR2]) / 2,
      [BIT_PIN_SELECT] = mux_is_cell ? lone[QY_MUX2] : pair[QY_OAI21] + one[QY_NAND2],
      [BIT_PIN_DATA] = mux_is_cell ? pair[QY_MUX2] : (pair[QY_OAI21] + one[QY_NAND2]) / 2,
      [BIT_PIN_HALF] = one[QY_HA],
      [BIT_PIN_FULL] = pair[QY_FA],
      [BIT_PIN_CARRY] = lone[QY_FA],
      [BIT_PIN_FLOP] = one[QY_DFF],
  };
  int wrong = 0;
  for (size_t i = 0; i < c->bits->load_count; i++) {
    const bit_load *load = &c->bits->loads[i];
    double own = 0, line = 0, line_ps = 0;
    int gates = 0;
    for (int k = 1; k < BIT_PIN_COUNT; k++) {
      own += field(load->pins, k, BIT_PINS_FIELD) * pin[k];
      const int here = k <= BIT_PIN_SELECT ? field(load->line, k, BIT_LINE_FIELD) : 0;
      line += here * pin[k], gates += here;
    }
    if (gates > 4) {
      line_ps = qy_path_line(gates, line / gates, t, delays.form != BIT_LEAN);
      line = one[QY_BUF];
    }
    wrong +=
        fabs((double)delays.load[i].ff - own - line) > 1e-4 || fabs((double)delays.load[i].line_ps - line_ps) > 1e-3;
  }
  is_int(wrong, 0, "loads are the sums of their pins, behind a buffer those of the buffer");
}

static void kinds_by_hand(void)
{
  qy_tech t = invented();
  const qy_circuit *c;
  do
    c = random_cells(arena, &state);
  while (!c || c->bits->load_count < 20);
  for (int size = 0; size < 4; size++) {
    /* with its inverter a cell of 2.5 is smaller than 1 + 1 + 1, alone it is larger than 1 + 1 */
    static const double mux_um2[] = {2, 2.5, 3.5, 1};
    const double um2 = mux_um2[size];
    t.area_um2[QY_MUX2] = um2;
    t.fa_carry_ps = size == 3 ? 1e3 : 31; /* slower than the fast carry */
    for (int form = 0; form < 3; form++) {
      if (!ok(bit_delays_alloc(&delays, c->bits) == 0, "room for delays")) return;
      bit_delays_of(&delays, c, &t, (bit_form)form);
      wrong_kinds = 0;
      if (form == BIT_LEAN) {
        lean_kinds(&t, um2 <= 2);
        const bool alone = um2 <= 3;
        const double fixed = (double)delays.a[BIT_SELECT_ONE][0] / t.factor[QY_LEAN_SELECT_DATA];
        near_rel(fixed,
                 alone ? bare(&t, QY_MUX2)
                       : bare(&t, QY_OAI21) + t.load_slope_ps_per_ff[QY_OAI21] * t.in_cap_ff[QY_NAND2] +
                             bare(&t, QY_NAND2),
                 1e-5, "a selection that needs its own inverter");
      } else {
        fast_kinds(&t, form == BIT_ROWS);
      }
      ok(wrong_kinds == 0, "delays by hand of every kind, form %d, selections of %g um2", form, um2);
      loads_are(&t, um2 <= 2, c);
      bit_delays_free(&delays);
    }
  }
}

/* ---- many loads */

typedef struct pairs {
  qy_net a[64], b[64];
  int count, outputs;
} pairs;

/* Gates of so many pairs of bits are an output. */
static void flush(qy_circuit *c, pairs *p)
{
  char name[16];
  snprintf(name, sizeof name, "y%d", p->outputs++);
  if (p->count > 0)
    qy_output(c, name, qy_bitwise(c, QY_OP_OR, qy_concat(c, p->a, p->count), qy_concat(c, p->b, p->count)));
  p->count = 0;
}

/* Bits that drive 0 to 12 gates and 0 to 12 flip-flops each: of no two nets the load is the same.  One bit drives more
 * gates than are counted. */
static void many_loads(void)
{
  enum { EACH = 13, BITS = EACH * EACH, MOST = 127 };
  qy_circuit *c = qy_circuit_new("fans", arena);
  const qy_net word[3] = {qy_input(c, "u", 64), qy_input(c, "v", 64), qy_input(c, "w", 64)},
               one = qy_input(c, "one", 1);
  pairs p = {.count = 0};
  char name[16];
  for (int i = 0; i < BITS; i++) {
    const qy_net bit = qy_slice(c, word[i / 64], i % 64, 1);
    for (int k = 0; k < i % EACH; k++) {
      snprintf(name, sizeof name, "x%d_%d", i, k);
      p.a[p.count] = bit, p.b[p.count++] = i == k + 1 ? one : qy_register(c, name, 1, -1);
      if (p.b[p.count - 1] != one) qy_register_connect(c, p.b[p.count - 1], one);
      if (p.count == 64) flush(c, &p);
    }
    for (int k = 0; k < i / EACH; k++) {
      snprintf(name, sizeof name, "r%d_%d", i, k);
      const qy_net r = qy_register(c, name, 1, -1);
      qy_register_connect(c, r, bit);
      p.a[p.count] = r, p.b[p.count++] = one;
      if (p.count == 64) flush(c, &p);
    }
  }
  flush(c, &p);
  if (!ok(qy_circuit_finish(c, NULL) == QY_OK, "bits of all loads")) return;
  const bit_net *net = c->bits;
  int wrong = 0, same = 0;
  for (int i = 0; i < BITS; i++) {
    const bit_load *load = bit_load_of(net, net->out[word[i / 64]][i % 64]);
    if (i == 0) continue;
    wrong += field(load->pins, BIT_PIN_AND, BIT_PINS_FIELD) != i % EACH || load->line != 0;
    wrong += field(load->pins, BIT_PIN_FLOP, BIT_PINS_FIELD) != i / EACH;
  }
  const bit_load *most = bit_load_of(net, net->out[one][0]);
  wrong += field(most->pins, BIT_PIN_AND, BIT_PINS_FIELD) != MOST;
  wrong += field(most->pins, BIT_PIN_FLOP, BIT_PINS_FIELD) != MOST;
  for (size_t i = 0; i < net->load_count; i++)
    for (size_t k = 0; k < i; k++)
      same += net->loads[i].pins == net->loads[k].pins && net->loads[i].line == net->loads[k].line;
  ok(wrong == 0 && net->load_count >= BITS, "%d nets of %zu loads: %d are wrong", BITS, net->load_count, wrong);
  is_int(same, 0, "each load is listed once");
}

int main(void)
{
  arena = qy_arena_new();
  random_circuits();
  kinds_by_hand();
  many_loads();
  qy_arena_free(arena);
  return done();
}
