/* Simulation in time: see waves.h.
 *
 * Events wait in a wheel of ticks, one lane word per signal and tick.  At most one event of a signal and lane is on its
 * way: looking at a cell again either leaves it, or, where the output would be what it is, takes it back.
 */
#include "waves.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PICKS = 3, MODES = 4 }; /* fields an alignment chooses from; values of a mode word */

/* Delay of a cell's arcs without load, per output from in[2] and from all others, and per inverter that it drives. */
typedef struct cell_delay {
  float others[2], third[2], slope;
} cell_delay;

/* In delays of a NAND2 into four inverters.  Lean: mean ratios to it of the smallest cells of asap7, osu018, sg13g2 and
 * sky130hd (their files in db/tech: geometric mean), split into a fixed part and one in proportion to the load as in
 * arrive.c; carries as measured in chains. Fast: sized gates; sums as two exclusive ors, a carry's step one complex
 * gate; see there. */
#define SAME(fixed, per_load)                                                                                          \
  {                                                                                                                    \
    {fixed}, {fixed}, per_load                                                                                         \
  }
static const cell_delay delays[QY_LAYOUT_COUNT][BIT_KIND_COUNT] =
    {
        [QY_LAYOUT_LEAN] =
            {
                [BIT_INV] = SAME(0.34F, 0.11F),
                [BIT_AND] = SAME(0.84F, 0.13F),
                [BIT_OR] = SAME(0.95F, 0.12F),
                [BIT_TREE_AND] = SAME(0.56F, 0.16F),
                [BIT_PRODUCT] = SAME(0.51F, 0.17F),
                [BIT_NOT_PRODUCT] = SAME(0.43F, 0.14F),
                [BIT_GATE] = SAME(0.43F, 0.14F),
                [BIT_GATE_NOT] = SAME(0.51F, 0.17F),
                [BIT_GATE_OR] = SAME(0.51F, 0.17F),
                [BIT_GATE_OR_NOT] = SAME(0.43F, 0.14F),
                [BIT_XOR] = SAME(0.83F, 0.17F),
                [BIT_XNOR] = SAME(0.8F, 0.17F),
                [BIT_SELECT] = SAME(1.5F, 0.12F),
                [BIT_SELECT_ONE] = SAME(1.5F, 0.12F),
                [BIT_EDGE] = SAME(1.2F, 0.14F),
                [BIT_EDGE_NOT] = SAME(1.2F, 0.14F),
                [BIT_ABSORBED] = {{0.1F}, {0.5F}, 0},
                [BIT_MASK] = SAME(0.84F, 0.13F),
                [BIT_ALIGN] = SAME(1.5F, 0.12F),
                [BIT_ALIGN_TWICE] = SAME(3, 0.12F),
                [BIT_DIGIT_TWO] = SAME(1.5F, 0.14F),
                [BIT_BOOTH] = SAME(0.6F, 0.18F),
                [BIT_HALF] = {{1.6F, 1.4F}, {1.6F, 1.4F}, 0.1F},
                [BIT_HALF_ONE] = {{1.6F, 1.4F}, {1.6F, 1.4F}, 0.1F},
                [BIT_CHAIN_HALF] = {{1.6F, 1.4F}, {1.6F, 1.4F}, 0.1F},
                [BIT_CHAIN_ONE] = {{1.6F, 1.4F}, {1.6F, 1.4F}, 0.1F},
                [BIT_FULL] = {{2.9F, 2.1F}, {2.3F, 1.7F}, 0.11F},
                [BIT_CHAIN] = {{2.9F, 2.1F}, {2.3F, 1.7F}, 0.11F},
            },
        [QY_LAYOUT_FAST] =
            {
                [BIT_INV] = SAME(0.5F, 0),
                [BIT_AND] = SAME(0.65F, 0),
                [BIT_OR] = SAME(0.65F, 0),
                [BIT_TREE_AND] = SAME(0.65F, 0),
                [BIT_PRODUCT] = SAME(0.65F, 0),
                [BIT_NOT_PRODUCT] = SAME(0.65F, 0),
                [BIT_GATE] = SAME(0.65F, 0),
                [BIT_GATE_NOT] = SAME(0.65F, 0),
                [BIT_GATE_OR] = SAME(0.65F, 0),
                [BIT_GATE_OR_NOT] = SAME(0.65F, 0),
                [BIT_XOR] = SAME(1.1F, 0),
                [BIT_XNOR] = SAME(1.1F, 0),
                [BIT_SELECT] = {{0.85F}, {1.9F}, 0},
                [BIT_SELECT_ONE] = {{0.85F}, {1.9F}, 0},
                [BIT_EDGE] = {{0.85F}, {1.9F}, 0},
                [BIT_EDGE_NOT] = {{0.85F}, {1.9F}, 0},
                [BIT_ABSORBED] = {{0.1F}, {0.5F}, 0},
                [BIT_MASK] = SAME(0.65F, 0),
                [BIT_ALIGN] = SAME(0.85F, 0),
                [BIT_ALIGN_TWICE] = SAME(1.7F, 0),
                [BIT_DIGIT_TWO] = SAME(1.3F, 0),
                [BIT_BOOTH] = SAME(1, 0),
                [BIT_HALF] = {{1.1F, 0.7F}, {1.1F, 0.7F}, 0},
                [BIT_HALF_ONE] = {{1.1F, 0.7F}, {1.1F, 0.7F}, 0},
                [BIT_CHAIN_HALF] = {{1.1F, 0.7F}, {1.1F, 0.6F}, 0},
                [BIT_CHAIN_ONE] = {{1.1F, 0.7F}, {1.1F, 0.6F}, 0},
                [BIT_FULL] = {{1.3F, 1.2F}, {1.3F, 1.2F}, 0}, /* behind the inner signal */
                [BIT_CHAIN] = {{1.3F, 0.8F}, {1.3F, 0.8F}, 0},
            },
};

/* What the buffers of a line with so many gates add to its driver; the same equations as qy_path_line. */
static double line_delay(double gates, qy_layout layout)
{
  const double buffer = 1.2, fixed = 0.65, pin = 1.65, inverter = 0.82, most = 20 / pin;
  if (gates <= BIT_LINE_BARE) return 0;
  double lean = 0, left = gates;
  while (left > 1) {
    lean += buffer * (fixed + (1 - fixed) * fmin(left, most) * pin / 4);
    left /= most;
  }
  return layout == QY_LAYOUT_FAST ? fmin(lean, inverter * log(gates) / log(4)) : lean;
}

static double sum_of(uint64_t fields, int field)
{
  /* Pins in inverters, as the smallest cells of the same libraries have them. */
  static const double pins[BIT_PIN_COUNT] = {
      [BIT_PIN_GATE] = 1,   [BIT_PIN_AND] = 0.9,  [BIT_PIN_XOR] = 1.9,   [BIT_PIN_SELECT] = 1.7, [BIT_PIN_DATA] = 0.9,
      [BIT_PIN_HALF] = 1.5, [BIT_PIN_FULL] = 2.7, [BIT_PIN_CARRY] = 2.2, [BIT_PIN_FLOP] = 0.8};
  double sum = 0;
  for (int pin = 1; fields; pin++, fields >>= field)
    sum += (double)(fields & ((UINT64_C(1) << field) - 1)) * pins[pin];
  return sum;
}

/* What a signal drives itself, in inverters. */
static double inverters_of(const bit_load *load)
{
  const bool buffered = bit_line_gates(load) > BIT_LINE_BARE;
  return sum_of(load->pins, BIT_PINS_FIELD) + (buffered ? 0 : sum_of(load->line, BIT_LINE_FIELD));
}

/* Fast adders are two exclusive ors in a row and gates for the carry: the first is a signal of its own. */
static bool has_inner(const waves *w, const bit_cell *cell)
{
  return w->layout == QY_LAYOUT_FAST && (cell->kind == BIT_FULL || cell->kind == BIT_CHAIN);
}

static bit_signal inner_of(const bit_net *net, size_t i)
{
  return (bit_signal)(2 * net->count + i);
}

/* Delays in ticks of every signal: a pulse as long as the cell's own is not made, lines only delay. */
static void find_ticks(waves *w)
{
  const double flop_slope = 0.115; /* of a flip-flop, which keeps its size in every flow */
  const bit_net *net = w->net;
  for (size_t s = 2; s < 2 * net->count; s++) {
    const bit_cell *cell = &net->cell[s >> 1];
    const cell_delay *d = &delays[w->layout][cell->kind];
    const int k = s & 1;
    const bit_load *driven = bit_load_of(net, (bit_signal)s);
    double load = d->slope * inverters_of(driven), behind = line_delay(bit_line_gates(driven), w->layout);
    double others = TICKS * (d->others[k] + load), third = TICKS * (d->third[k] + load);
    if (bit_is_start(cell->kind)) behind += flop_slope * inverters_of(driven);
    w->line[s] = (uint8_t)lround(fmin(TICKS * behind, UINT8_MAX));
    w->others[s] = (uint8_t)fmin(fmax(round(others) + w->line[s], 1), WHEEL - 1);
    w->third[s] = (uint8_t)fmin(fmax(round(third) + w->line[s], 1), WHEEL - 1);
  }
  w->inner = (unsigned)lround(TICKS * (double)delays[w->layout][BIT_XOR].others[0]);
}

static bool is_evaluated(const bit_cell *cell)
{
  switch ((bit_kind)cell->kind) {
  case BIT_CONSTANT:
  case BIT_SOURCE:
  case BIT_FLOP:
  case BIT_JOIN:
  case BIT_MADE:
  case BIT_BLOCK: return false;
  default: return cell->used;
  }
}

/* ---- what the circuit fixes */

/* Who reads a signal; the cells of bits.h have no list. */
static int find_readers(waves *w)
{
  const bit_net *net = w->net;
  size_t *at = w->first_reader, total = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 1; i < net->count; i++) {
      const bit_cell *cell = &net->cell[i];
      for (int k = 0; k < BIT_INPUTS && is_evaluated(cell); k++) {
        bit_signal s = cell->in[k];
        if (s <= BIT_ONE) continue;
        if (pass == 0)
          at[s + 1]++;
        else
          w->reader[at[s]++] = (uint32_t)(2 * i + (k == 2));
      }
    }
    if (pass == 1) break;
    for (size_t s = 0; s < 2 * net->count; s++)
      at[s + 1] += at[s];
    total = at[2 * net->count];
    w->reader = qy_alloc(total + 1, sizeof *w->reader);
    if (!w->reader) return -1;
  }
  for (size_t s = 2 * net->count; s > 0; s--) /* filling has moved each place to the next one's */
    at[s] = at[s - 1];
  at[0] = 0;
  return 0;
}

static int by_time(const void *x, const void *y)
{
  const struct wave_start *a = x, *b = y;
  if (a->tick != b->tick) return a->tick < b->tick ? -1 : 1;
  return (a->signal > b->signal) - (a->signal < b->signal);
}

/* Bits that move by themselves, and when. */
static int find_starts(waves *w, const qy_circuit *c)
{
  const bit_net *net = w->net;
  int *latest = qy_alloc(2 * net->count, sizeof *latest);
  w->start = qy_alloc(net->givens + 1, sizeof *w->start);
  if (!latest || !w->start) {
    free(latest);
    return -1;
  }
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    int others = 0;
    for (int k = 0; k < BIT_INPUTS; k++)
      if (k != 2) others = qy_max_int(others, latest[cell->in[k]]);
    for (int k = 0; k < 2; k++) {
      bit_signal s = (bit_signal)(2 * i) + k;
      latest[s] = qy_max_int(others + w->others[s], latest[cell->in[2]] + w->third[s]);
    }
    if (bit_is_start(cell->kind)) latest[2 * i] = w->line[2 * i];
    if (cell->kind == BIT_BLOCK) /* a tree of gates over its inputs */
      latest[2 * i] += TICKS * (1 + qy_log2_ceil(c->node[cell->node].in_width[0]));
    if (cell->used && cell->given) w->start[w->starts++] = (struct wave_start){latest[2 * i], (bit_signal)(2 * i)};
  }
  free(latest);
  qsort(w->start, w->starts, sizeof *w->start, by_time);
  return 0;
}

int waves_open(waves *w, const qy_circuit *c, qy_layout layout)
{
  size_t cells = c->bits->count, signals = 3 * cells;
  *w = (waves){.net = c->bits, .layout = layout};
  w->first_reader = qy_alloc(signals + 1, sizeof *w->first_reader);
  w->now = qy_alloc(signals, sizeof *w->now);
  w->pending = qy_alloc(signals, sizeof *w->pending);
  w->slot = qy_alloc(signals * WHEEL, sizeof *w->slot);
  w->listed = qy_alloc(signals, sizeof *w->listed);
  w->due = qy_alloc(signals * WHEEL, sizeof *w->due);
  w->others = qy_alloc(signals, 1);
  w->third = qy_alloc(signals, 1);
  w->line = qy_alloc(signals, 1);
  w->woken = qy_alloc(cells, sizeof *w->woken);
  w->awake = qy_alloc(cells, sizeof *w->awake);
  w->by_others = qy_alloc(cells, sizeof *w->by_others);
  w->follow = qy_alloc(cells, sizeof *w->follow);
  w->invert = qy_alloc(cells, sizeof *w->invert);
  w->pick = qy_alloc(PICKS * cells, sizeof *w->pick);
  if (!w->first_reader || !w->now || !w->pending || !w->slot || !w->listed || !w->due || !w->woken || !w->awake ||
      !w->by_others || !w->follow || !w->invert || !w->pick || !w->others || !w->third || !w->line)
    return -1;
  find_ticks(w);
  return find_readers(w) || find_starts(w, c) ? -1 : 0;
}

void waves_close(waves *w)
{
  free(w->first_reader);
  free(w->reader);
  free(w->start);
  free(w->now);
  free(w->pending);
  free(w->slot);
  free(w->listed);
  free(w->due);
  free(w->others);
  free(w->third);
  free(w->line);
  free(w->woken);
  free(w->awake);
  free(w->by_others);
  free(w->follow);
  free(w->invert);
  free(w->pick);
}

/* ---- a batch */

static inline void schedule(waves *w, bit_signal s, unsigned at, uint64_t which)
{
  at &= WHEEL - 1;
  w->slot[(size_t)s * WHEEL + at] |= which;
  if (!(w->listed[s] >> at & 1)) {
    w->listed[s] |= UINT32_C(1) << at;
    w->due[(size_t)at * 3 * w->net->count + w->due_count[at]++] = s;
    w->waiting++;
  }
}

static void take_back(waves *w, bit_signal s, uint64_t which)
{
  uint64_t *slot = w->slot + (size_t)s * WHEEL;
  w->pending[s] &= ~which;
  for (unsigned rest = w->listed[s]; rest; rest &= rest - 1)
    slot[__builtin_ctz(rest)] &= ~which;
}

static size_t wake(waves *w, uint32_t cell, size_t woken)
{
  if (!w->awake[cell]) w->woken[woken++] = cell;
  w->awake[cell] = true;
  return woken;
}

/* The lanes of a signal change; who reads it wakes up. */
static inline size_t flip(waves *w, bit_signal s, uint64_t which, size_t woken)
{
  const size_t signals = 2 * w->net->count;
  w->now[s] ^= which;
  if ((size_t)s >= signals) return wake(w, (uint32_t)((size_t)s - signals), woken); /* an inner one */
  for (size_t k = w->first_reader[s]; k < w->first_reader[s + 1]; k++) {
    uint32_t cell = w->reader[k] >> 1;
    woken = wake(w, cell, woken);
    if (!(w->reader[k] & 1)) w->by_others[cell] |= which;
  }
  return woken;
}

/* A signal is to have this value: after `others` ticks in these lanes, after `third` in those not among them. */
static inline void aim(waves *w, bit_signal s, uint64_t value, uint64_t by_others, unsigned others, unsigned third)
{
  uint64_t want = value ^ w->now[s], back = w->pending[s] & ~want, fresh = want & ~w->pending[s];
  if (back) take_back(w, s, back);
  if (!fresh) return;
  w->pending[s] |= fresh;
  if (fresh & by_others) schedule(w, s, others, fresh & by_others);
  if (fresh & ~by_others) schedule(w, s, third, fresh & ~by_others);
}

/* What a given cell makes of its inputs: an alignment passes one of them on. */
static uint64_t natural(const waves *w, size_t i, const uint64_t *value)
{
  const bit_cell *cell = &w->net->cell[i];
  uint64_t out[2] = {0}, picked = 0;
  if (cell->kind != BIT_ALIGN && cell->kind != BIT_ALIGN_TWICE) {
    lanes_cell(cell, value, out);
    return out[0];
  }
  for (int k = 0; k < PICKS; k++)
    picked |= value[cell->in[k]] & w->pick[PICKS * i + (size_t)k];
  return picked;
}

/* Cycles of the modes in all of whose cycles `differ` is zero. */
static uint64_t modes_in(const uint64_t mode[MODES], const lanes *l, uint64_t differ)
{
  const uint64_t cycles = l->cycles < LANES ? qy_word_mask(l->cycles) : ~UINT64_C(0);
  uint64_t in = 0;
  for (int k = 0; k < MODES; k++)
    if (!(differ & mode[k] & cycles)) in |= mode[k];
  return in;
}

/* The cycles in which the node of a given cell is in each of its modes. */
static void find_modes(const lanes *l, const bit_cell *cell, uint64_t mode[MODES])
{
  const node *n = &l->c->node[cell->node];
  const bit_signal *bit = l->c->bits->out[n->in[2]];
  const uint64_t low = l->value[bit[0]], high = l->value[bit[1]];
  mode[0] = ~low & ~high;
  mode[1] = low & ~high;
  mode[2] = ~low & high;
  mode[3] = low & high;
}

/* Sub-word modes: where a given cell's value in all cycles of a mode is what its inputs make of it, or the inverse of
 * that, it moves with them; in other modes it is masked, or moves once. */
static void find_followers(waves *w, const lanes *l)
{
  for (size_t k = 0; k < w->starts; k++) {
    const size_t i = (size_t)w->start[k].signal >> 1;
    const bit_cell *cell = &w->net->cell[i];
    const uint64_t given = l->value[2 * i];
    uint64_t mode[MODES], taken = 0;
    if (!is_evaluated(cell)) continue;
    find_modes(l, cell, mode);
    w->follow[i] = w->invert[i] = 0;
    if (cell->kind == BIT_ALIGN || cell->kind == BIT_ALIGN_TWICE) {
      for (int j = 0; j < PICKS; j++) {
        uint64_t *pick = &w->pick[PICKS * i + (size_t)j];
        *pick = cell->in[j] > BIT_ONE ? modes_in(mode, l, l->value[cell->in[j]] ^ given) & ~taken : 0;
        taken |= *pick;
        w->follow[i] |= *pick & *pick >> 1;
      }
      continue;
    }
    uint64_t differ = natural(w, i, l->value) ^ given, same = modes_in(mode, l, differ);
    w->invert[i] = modes_in(mode, l, ~differ) & ~same;
    w->follow[i] = (same & same >> 1) | (w->invert[i] & w->invert[i] >> 1);
  }
}

/* A cell whose inputs have moved. */
static void look(waves *w, uint32_t i, unsigned tick)
{
  const bit_cell *cell = &w->net->cell[i];
  const uint64_t by_others = w->by_others[i];
  uint64_t out[2] = {0};
  if (cell->given)
    out[0] = ((natural(w, i, w->now) ^ w->invert[i]) & w->follow[i]) | (w->now[2 * (size_t)i] & ~w->follow[i]);
  else
    lanes_cell(cell, w->now, out);
  if (has_inner(w, cell)) {
    const uint64_t a = w->now[cell->in[0]], b = w->now[cell->in[1]], c = w->now[cell->in[2]];
    const bit_signal inner = inner_of(w->net, i);
    aim(w, inner, a ^ b, by_others, tick + w->inner, tick + w->inner);
    out[0] = w->now[inner] ^ c;
    out[1] = (a & b) | (w->now[inner] & c);
  }
  for (int k = 0; k < 2; k++) {
    bit_signal s = (bit_signal)(2 * i) + k;
    if (cell->used >> k & 1) aim(w, s, out[k], by_others, tick + w->others[s], tick + w->third[s]);
  }
  w->awake[i] = false;
  w->by_others[i] = 0;
}

void waves_run(waves *w, const lanes *l, int64_t *toggles)
{
  const bit_net *net = w->net;
  const uint64_t moves = lanes_moves(l);
  size_t next_start = 0;
  memcpy(w->now, l->value, 2 * net->count * sizeof *w->now);
  find_followers(w, l);
  for (size_t i = 1; i < net->count; i++)
    if (has_inner(w, &net->cell[i])) w->now[inner_of(net, i)] = w->now[net->cell[i].in[0]] ^ w->now[net->cell[i].in[1]];
  for (unsigned tick = 0; next_start < w->starts || w->waiting > 0; tick++) {
    size_t woken = 0, signals = 3 * net->count;
    unsigned at = tick & (WHEEL - 1);
    for (; next_start < w->starts && w->start[next_start].tick <= (int)tick; next_start++) {
      bit_signal s = w->start[next_start].signal;
      uint64_t which = (l->value[s] ^ l->value[s] >> 1) & moves & ~w->follow[s >> 1];
      toggles[s] += qy_ones(which);
      if (which) woken = flip(w, s, which, woken);
    }
    for (size_t k = 0; k < w->due_count[at]; k++) {
      bit_signal s = w->due[at * signals + k];
      uint64_t which = w->slot[(size_t)s * WHEEL + at];
      w->slot[(size_t)s * WHEEL + at] = 0;
      w->listed[s] &= ~(UINT32_C(1) << at);
      w->waiting--;
      if (!which) continue;
      w->pending[s] &= ~which;
      if ((size_t)s < 2 * net->count) toggles[s] += qy_ones(which);
      woken = flip(w, s, which, woken);
    }
    w->due_count[at] = 0;
    for (size_t k = 0; k < woken; k++)
      look(w, w->woken[k], tick);
  }
}
