/* composed: small multipliers put together in levels of 2 x 2, with operands shared or results summed when the
 * precision falls (E. Ibrahim, L. Mei, M. Verhelst, "Taxonomy and Benchmarking of Precision-Scalable MAC Arrays",
 * arXiv:2108.04773: levels, input, hybrid and output sharing, full and sub-word unrolling).
 *
 * An operand of `bits` B is cut into four parts (two for B = 4); at B, B/2 and B/4 bits a lane makes 1, 4 and 16
 * products, or with `subword` 1, 2 and 4.  Unrolled in full, modes 3 and 4 of the port `mode` take x of B bits and w of
 * B/2 and B/4.  Operands are packed densely from bit 0.  What is shared is built once:
 *   - levels: the sums of a narrow mode are terms of the wider ones, which add only their shifts;
 *   - lanes: `group` of them sum products of equal weight before the shift, `units` results behind it;
 *   - results of all modes: one register, cut into places, and one adder at each place where results start; with
 *     `separate_sums` one for each mode (composed_modes.c).
 * Known designs as parameters (B = 8 in the literature):
 *   Bit Fusion (Sharma et al., ISCA 2018)        sharing outputs, group 1: a shift in every level of every unit
 *   BitBlade (Ryu et al., DAC 2019)              sharing outputs, group 16: one set of shifts for 16 lanes
 *   sum-together (Mei et al., ISLPED 2019)       subword, sharing outputs
 *   sum-apart, DVAFS (Moons et al., ISSCC 2017)  subword, sharing inputs: products side by side, none summed
 *   outer product                                sharing inputs
 * Which sub-words meet: sub-word, summed: opposite ones as in mac_st; apart: x_i w_i.  Unrolled in full with outputs
 * shared: x_k and the one whose index has k's bits in reverse order, which takes the fewest multiplexers. */
#include "composed.h"

#include "quarry/integer.h"

#include <stdio.h>

enum { BRICK_BITS_MIN = 2 };

/* ---- shape ---- */

composed composed_shape(const qy_pe_params *p)
{
  composed s = {.bits = p->bits,
                .parts = p->bits / BRICK_BITS_MIN < COMPOSED_PARTS_MAX ? 2 : COMPOSED_PARTS_MAX,
                .sharing = p->sharing,
                .subword = p->subword,
                .is_signed = !p->unsigned_operands,
                .group = qy_max_int(p->group, 1),
                .units = qy_max_int(p->units, 1)};
  s.lanes = s.group * s.units;
  s.levels = s.parts / 2; /* 2 parts: one, 4: two */
  s.part_bits = s.bits / s.parts;
  s.modes = s.subword ? QY_PE_MODES_MAX : COMPOSED_MODES;
  return s;
}

static int log2_of(int n)
{
  int log = 0;
  while (1 << log < n)
    log++;
  return log;
}

bool composed_mode_of(composed_mode *out, const composed *s, int mode)
{
  assert(mode >= 0);
  const int x_words = mode < QY_PE_MODES_MAX ? 1 << mode : 1;
  const int w_words = mode < QY_PE_MODES_MAX ? 1 << mode : 1 << (mode - QY_PE_MODES_MAX + 1);
  if (mode >= s->modes || w_words > s->parts) return false;
  int summed = 1;
  if (s->subword)
    summed = s->sharing == QY_PE_SHARE_INPUTS ? 1 : x_words;
  else if (s->sharing != QY_PE_SHARE_INPUTS)
    summed = s->sharing == QY_PE_SHARE_OUTPUTS ? x_words * w_words : w_words;
  summed *= s->lanes;
  *out = (composed_mode){x_words, w_words, summed, s->bits / x_words + s->bits / w_words + log2_of(summed)};
  return true;
}

bool composed_starts(const composed *s, int mode, int i, int j)
{
  composed_mode m;
  if (!composed_mode_of(&m, s, mode)) return false;
  const bool x_summed = s->sharing == QY_PE_SHARE_OUTPUTS, w_summed = s->subword || s->sharing != QY_PE_SHARE_INPUTS;
  return (x_summed ? i == 0 : i % (s->parts / m.x_words) == 0) && (w_summed ? j == 0 : j % (s->parts / m.w_words) == 0);
}

/* ---- places of results ---- */

int composed_place_of(const composed *s, int i, int j)
{
  const int rows = s->sharing == QY_PE_SHARE_OUTPUTS ? 1 : s->parts;
  return j * rows + i;
}

composed_places composed_places_of(const composed *s, int accumulator_bits)
{
  composed_mode narrow;
  const bool has = composed_mode_of(&narrow, s, s->levels);
  assert(has);
  (void)has;
  composed_places p = {.count = 1, .headroom = accumulator_bits - 2 * s->bits - log2_of(s->lanes)};
  p.width = narrow.width + p.headroom;
  if (s->sharing == QY_PE_SHARE_OUTPUTS) p.width = accumulator_bits;
  if (s->sharing != QY_PE_SHARE_OUTPUTS) p.count = s->parts;
  if (s->sharing == QY_PE_SHARE_INPUTS && !s->subword) p.count = s->parts * s->parts;
  return p;
}

/* The widest result that starts there. */
static int result_width(const composed *s, int i, int j)
{
  int width = 0;
  composed_mode m;
  for (int mode = 0; mode < s->modes; mode++)
    if (composed_starts(s, mode, i, j) && composed_mode_of(&m, s, mode)) width = qy_max_int(width, m.width);
  return width;
}

/* ---- the circuit ---- */

/* 1 where results start there; < 0: they do in every mode. */
static qy_net starts_net(const composed *s, int i, int j)
{
  qy_net net = -1;
  for (int level = 0; level < s->levels; level++) {
    const int run = s->parts >> (level + 1);
    const qy_net cut[2] = {i / run & 1 ? s->x_cut[level] : -1, j / run & 1 ? s->w_cut[level] : -1};
    for (int k = 0; k < 2; k++)
      if (cut[k] >= 0) net = net < 0 ? cut[k] : qy_bitwise(s->c, QY_OP_AND, net, cut[k]);
  }
  return net;
}

static void decode(composed *s, qy_net mode)
{
  qy_circuit *c = s->c;
  const qy_net low = qy_slice(c, mode, 0, 1), mid = qy_slice(c, mode, 1, 1);
  if (s->subword) {
    s->x_cut[0] = s->w_cut[0] = qy_bitwise(c, QY_OP_OR, low, mid);
    s->x_cut[1] = s->w_cut[1] = mid;
    return;
  }
  const qy_net high = qy_slice(c, mode, 2, 1), second = qy_bitwise(c, QY_OP_AND, mid, pe_not(c, low));
  s->x_cut[0] = qy_bitwise(c, QY_OP_XOR, low, mid);
  s->x_cut[1] = second;
  s->w_cut[0] = qy_bitwise(c, QY_OP_OR, qy_bitwise(c, QY_OP_OR, low, mid), high);
  s->w_cut[1] = qy_bitwise(c, QY_OP_OR, second, high);
}

static int x_width(const composed *s)
{
  return s->subword || s->sharing == QY_PE_SHARE_INPUTS ? s->bits : s->bits * s->parts;
}

static int w_width(const composed *s)
{
  return s->subword || s->sharing != QY_PE_SHARE_OUTPUTS ? s->bits : s->bits * s->parts;
}

static qy_net lane_input(qy_pe *pe, const char *name, int lane, int width)
{
  char text[16];
  if (lane == 0) return pe_input(pe, name, width);
  snprintf(text, sizeof text, "%s_%d", name, lane);
  return pe_input(pe, text, width);
}

/* The sums of units by slot; slots that start nothing stand still. */
static composed_block sum_units(const composed *s, const qy_net *x, const qy_net *w, int units)
{
  composed_block out;
  const int half = units / 2;
  if (half == 0) {
    out = composed_unit(s, x, w);
  } else {
    const int first = half * s->group;
    const composed_block high = sum_units(s, x + first, w + first, units - half);
    out = sum_units(s, x, w, half);
    for (int i = 0; i < s->parts; i++)
      for (int j = 0; j < s->parts; j++)
        if (out.slot[i][j].net >= 0) out.slot[i][j] = composed_add(s, out.slot[i][j], high.slot[i][j]);
    return out;
  }
  for (int i = 0; i < s->parts; i++)
    for (int j = 0; j < s->parts; j++) {
      composed_word *a = &out.slot[i][j];
      const qy_net starts = a->net < 0 ? -1 : starts_net(s, i, j);
      if (starts >= 0) *a = (composed_word){pe_gate(s->c, a->net, starts), qy_min64(a->low, 0), a->high};
    }
  return out;
}

qy_net composed_fitted(const composed *s, qy_net net, int width)
{
  const int have = qy_net_width(s->c, net);
  return have > width ? qy_slice(s->c, net, 0, width) : pe_widen(s->c, net, width, s->is_signed);
}

typedef struct accumulators {
  composed_places at;
  int width[COMPOSED_SLOTS_MAX];   /* of the widest result from there on; 0: none starts there */
  qy_net reg[COMPOSED_SLOTS_MAX];  /* a place each */
  qy_net next[COMPOSED_SLOTS_MAX]; /* that result */
  qy_net starts[COMPOSED_SLOTS_MAX];
} accumulators;

/* The register from a place on. */
static qy_net seen_from(const composed *s, const accumulators *a, int place)
{
  qy_net part[COMPOSED_SLOTS_MAX] = {a->reg[place]};
  int count = 0;
  for (int bits = 0; bits < a->width[place]; bits += a->at.width)
    part[count] = a->reg[place + count], count++;
  const qy_net all = count > 1 ? qy_concat(s->c, part, count) : part[0];
  return composed_fitted(s, all, a->width[place]);
}

/* A place holds the upper bits of the result that starts nearest before it, or its own. */
static qy_net next_of_place(const composed *s, const accumulators *a, int place)
{
  const int n = a->at.width;
  qy_net next = -1;
  for (int from = 0; from <= place; from++) {
    const int at = (place - from) * n;
    if (a->width[from] <= at) continue;
    const qy_net piece = composed_fitted(s, qy_slice(s->c, a->next[from], at, qy_min_int(a->width[from] - at, n)), n);
    next = next < 0 ? piece : qy_mux(s->c, a->starts[from], (qy_net[]){next, piece}, 2);
  }
  return next;
}

static void accumulate(qy_pe *pe, const composed *s, const composed_block *sum, qy_net keep)
{
  qy_circuit *c = s->c;
  accumulators a = {.at = composed_places_of(s, pe->params.accumulator_bits)};
  char name[16];
  for (int k = 0; k < a.at.count; k++) {
    snprintf(name, sizeof name, "acc%d", k);
    a.reg[k] = qy_register(c, name, a.at.width, -1);
  }
  for (int i = 0; i < s->parts; i++)
    for (int j = 0; j < s->parts; j++)
      if (sum->slot[i][j].net >= 0) a.width[composed_place_of(s, i, j)] = result_width(s, i, j) + a.at.headroom;
  for (int i = 0; i < s->parts; i++)
    for (int j = 0; j < s->parts; j++) {
      const int k = composed_place_of(s, i, j);
      if (sum->slot[i][j].net < 0) continue;
      a.starts[k] = starts_net(s, i, j);
      const qy_net kept = a.starts[k] < 0 ? keep : qy_bitwise(c, QY_OP_AND, keep, a.starts[k]);
      const qy_net before = pe_gate(c, seen_from(s, &a, k), kept);
      a.next[k] = qy_add(c, before, composed_fitted(s, sum->slot[i][j].net, a.width[k]), a.width[k], s->is_signed);
    }
  for (int k = 0; k < a.at.count; k++) {
    qy_register_connect(c, a.reg[k], next_of_place(s, &a, k));
    snprintf(name, sizeof name, a.at.count > 1 ? "sum%d" : "sum", k);
    qy_output(c, name, seen_from(s, &a, k));
  }
}

static void build(qy_pe *pe)
{
  composed s = composed_shape(&pe->params);
  s.c = pe->circuit;
  pe->latency = 1 + pe->params.input_registers;
  for (pe->mode_count = 0; pe->mode_count <= s.levels; pe->mode_count++) {
    const int k = pe->mode_count;
    pe->mode[k] = (qy_pe_mode){s.bits >> k, s.lanes << (s.subword ? k : 2 * k), 1};
  }
  qy_net x[QY_PE_LANES_MAX], w[QY_PE_LANES_MAX];
  for (int lane = 0; lane < s.lanes; lane++) {
    x[lane] = lane_input(pe, "x", lane, x_width(&s));
    w[lane] = lane_input(pe, "w", lane, w_width(&s));
  }
  const qy_net mode = pe_input(pe, "mode", s.subword ? 2 : 3);
  decode(&s, mode);
  const qy_net keep = pe_not(s.c, pe_input(pe, "clear", 1));
  if (pe->params.separate_sums) {
    composed_separate(pe, &s, x, w, mode, keep);
    return;
  }
  const composed_block sum = sum_units(&s, x, w, s.units);
  accumulate(pe, &s, &sum, keep);
}

/* ---- what meets what ---- */

static int reversed(int k, int bits)
{
  int out = 0;
  for (int b = 0; b < bits; b++)
    out |= (k >> b & 1) << (bits - 1 - b);
  return out;
}

static qy_pe_product product_of(const qy_pe *pe, int mode, int k)
{
  const composed s = composed_shape(&pe->params);
  composed_mode m;
  const bool has = composed_mode_of(&m, &s, mode);
  assert(has);
  (void)has;
  const int headroom = composed_places_of(&s, pe->params.accumulator_bits).headroom, width = m.width + headroom;
  const int n = m.x_words, run = s.parts / n;
  if (s.subword && s.sharing == QY_PE_SHARE_INPUTS)
    return (qy_pe_product){k, k, composed_place_of(&s, k * run, 0), width};
  if (s.subword) return (qy_pe_product){k, n - 1 - k, 0, width};
  if (s.sharing == QY_PE_SHARE_OUTPUTS) return (qy_pe_product){k, reversed(k, 2 * log2_of(n)), 0, width};
  const int i = k % n, j = k / n;
  if (s.sharing == QY_PE_SHARE_INPUTS)
    return (qy_pe_product){i, j, composed_place_of(&s, i * run, j * s.parts / m.w_words), width};
  return (qy_pe_product){k, reversed(j, log2_of(n)), composed_place_of(&s, i * run, 0), width};
}

static const char *check(qy_pe_params *p)
{
  if (p->bits != 4 && p->bits != 8 && p->bits != 16) return "bits: expected 4, 8 or 16";
  p->weight_bits = p->bits;
  p->group = qy_max_int(p->group, 1);
  p->units = qy_max_int(p->units, 1);
  if (p->group * p->units > QY_PE_LANES_MAX) return "group times units: expected at most 256 lanes";
  if (p->subword && p->sharing == QY_PE_SHARE_HYBRID)
    return "sharing: expected outputs or inputs where sub-words meet one partner each";
  return pe_check_accumulator(p, 2 * p->bits + log2_of(p->group * p->units));
}

const qy_pe_row qy_pe_composed_row = {
    .name = "composed",
    .help = "small multipliers in levels: Bit Fusion, BitBlade, sum-together, DVAFS",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_sharing_parameter, &qy_pe_subword_parameter,
                       &qy_pe_group_parameter, &qy_pe_units_parameter, &qy_pe_separate_parameter,
                       &qy_pe_unsigned_parameter, &qy_pe_accumulator_bits_parameter, &qy_pe_input_registers_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .exact = true,
    .holds_either = true,
    .accumulates = QY_PE_SUMS_ALWAYS,
    .check = check,
    .build = build,
    .product = product_of,
};
