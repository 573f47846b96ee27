/* Simulation in time: see waves.h.
 *
 * Events wait in a wheel of ticks, one lane word per signal and tick.  At most one event of a signal and lane is on its
 * way: looking at a cell again either leaves it, or, where the output would be what it is, takes it back.
 */
#include "waves.h"

#include "delays.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PICKS = 3, MODES = 4 }; /* fields an alignment chooses from; values of a mode word */

/* Delay of a cell's arcs without load, per output from in[2] and from all others, and per inverter that it drives:
 * places in delay_constant. */
typedef struct cell_delay {
  uint8_t others[2], third[2], slope;
} cell_delay;

/* Lean: the smallest cells, a fixed part and one in proportion to the load as in arrive.c.  Fast: sized gates; sums as
 * two exclusive ors, a carry's step one complex gate; see there. */
#define SAME(fixed, per_load)                                                                                          \
  {                                                                                                                    \
    {fixed}, {fixed}, per_load                                                                                         \
  }
#define LEAN(cell) SAME(DELAY_LEAN_##cell##_FIXED, DELAY_LEAN_##cell##_SLOPE)
#define LEAN_HALF                                                                                                      \
  {                                                                                                                    \
    {DELAY_LEAN_HALF_SUM, DELAY_LEAN_HALF_CARRY}, {DELAY_LEAN_HALF_SUM, DELAY_LEAN_HALF_CARRY}, DELAY_LEAN_HALF_SLOPE  \
  }
#define LEAN_FULL                                                                                                      \
  {                                                                                                                    \
    {DELAY_LEAN_FULL_DATA_SUM, DELAY_LEAN_FULL_DATA_CARRY}, {DELAY_LEAN_FULL_CARRY_SUM, DELAY_LEAN_FULL_CARRY_CARRY},  \
        DELAY_LEAN_FULL_SLOPE                                                                                          \
  }
#define FAST(cell) SAME(DELAY_FAST_##cell, DELAY_NONE)
#define FAST_SELECT                                                                                                    \
  {                                                                                                                    \
    {DELAY_FAST_SELECT_DATA}, {DELAY_FAST_SELECT_LINE}, DELAY_NONE                                                     \
  }
#define FAST_ADDER(sum, carry, carry_of_third)                                                                         \
  {                                                                                                                    \
    {DELAY_FAST_##sum, DELAY_FAST_##carry}, {DELAY_FAST_##sum, DELAY_FAST_##carry_of_third}, DELAY_NONE                \
  }
#define ABSORBED                                                                                                       \
  {                                                                                                                    \
    {DELAY_ABSORBED_DATA}, {DELAY_ABSORBED_LINE}, DELAY_NONE                                                           \
  }
static const cell_delay delays[QY_LAYOUT_COUNT][BIT_KIND_COUNT] = {
    [QY_LAYOUT_LEAN] =
        {
            [BIT_INV] = LEAN(INV),         [BIT_AND] = LEAN(AND),
            [BIT_OR] = LEAN(OR),           [BIT_TREE_AND] = LEAN(TREE),
            [BIT_PRODUCT] = LEAN(NOR),     [BIT_NOT_PRODUCT] = LEAN(NAND),
            [BIT_GATE] = LEAN(NAND),       [BIT_GATE_NOT] = LEAN(NOR),
            [BIT_GATE_OR] = LEAN(NOR),     [BIT_GATE_OR_NOT] = LEAN(NAND),
            [BIT_XOR] = LEAN(XOR),         [BIT_XNOR] = LEAN(XNOR),
            [BIT_SELECT] = LEAN(SELECT),   [BIT_SELECT_ONE] = LEAN(SELECT),
            [BIT_EDGE] = LEAN(EDGE),       [BIT_EDGE_NOT] = LEAN(EDGE),
            [BIT_ABSORBED] = ABSORBED,     [BIT_MASK] = LEAN(AND),
            [BIT_ALIGN] = LEAN(SELECT),    [BIT_ALIGN_TWICE] = SAME(DELAY_LEAN_ALIGN_TWICE, DELAY_LEAN_SELECT_SLOPE),
            [BIT_DIGIT_TWO] = LEAN(DIGIT), [BIT_BOOTH] = LEAN(BOOTH),
            [BIT_HALF] = LEAN_HALF,        [BIT_HALF_ONE] = LEAN_HALF,
            [BIT_CHAIN_HALF] = LEAN_HALF,  [BIT_CHAIN_ONE] = LEAN_HALF,
            [BIT_FULL] = LEAN_FULL,        [BIT_CHAIN] = LEAN_FULL,
        },
    [QY_LAYOUT_FAST] =
        {
            [BIT_INV] = FAST(INV),
            [BIT_AND] = FAST(GATE),
            [BIT_OR] = FAST(GATE),
            [BIT_TREE_AND] = FAST(GATE),
            [BIT_PRODUCT] = FAST(GATE),
            [BIT_NOT_PRODUCT] = FAST(GATE),
            [BIT_GATE] = FAST(GATE),
            [BIT_GATE_NOT] = FAST(GATE),
            [BIT_GATE_OR] = FAST(GATE),
            [BIT_GATE_OR_NOT] = FAST(GATE),
            [BIT_XOR] = FAST(XOR),
            [BIT_XNOR] = FAST(XOR),
            [BIT_SELECT] = FAST_SELECT,
            [BIT_SELECT_ONE] = FAST_SELECT,
            [BIT_EDGE] = FAST_SELECT,
            [BIT_EDGE_NOT] = FAST_SELECT,
            [BIT_ABSORBED] = ABSORBED,
            [BIT_MASK] = FAST(GATE),
            [BIT_ALIGN] = FAST(SELECT_DATA),
            [BIT_ALIGN_TWICE] = FAST(ALIGN_TWICE),
            [BIT_DIGIT_TWO] = FAST(GATE_TWICE),
            [BIT_BOOTH] = FAST(BOOTH),
            [BIT_HALF] = FAST_ADDER(XOR, HALF_CARRY, HALF_CARRY),
            [BIT_HALF_ONE] = FAST_ADDER(XOR, HALF_CARRY, HALF_CARRY),
            [BIT_CHAIN_HALF] = FAST_ADDER(XOR, HALF_CARRY, CHAIN_HALF_CARRY),
            [BIT_CHAIN_ONE] = FAST_ADDER(XOR, HALF_CARRY, CHAIN_HALF_CARRY),
            [BIT_FULL] = FAST_ADDER(FULL_SUM, FULL_CARRY, FULL_CARRY), /* behind the inner signal */
            [BIT_CHAIN] = FAST_ADDER(FULL_SUM, CHAIN_CARRY, CHAIN_CARRY),
        },
};

/* Kept in single precision: delays are small numbers of ticks. */
static double delay_of(uint8_t which)
{
  return (double)(float)delay_constant[which];
}

/* What the buffers of a line with so many gates add to its driver; the same equations as qy_path_line. */
static double line_delay(double gates, qy_layout layout)
{
  const double buffer = delay_constant[DELAY_LINE_BUFFER], fixed = delay_constant[DELAY_LINE_FIXED];
  const double pin = delay_constant[DELAY_LINE_PIN], most = delay_constant[DELAY_LINE_LOADS] / pin;
  if (gates <= BIT_LINE_BARE) return 0;
  double lean = 0, left = gates;
  while (left > 1) {
    lean += buffer * (fixed + (1 - fixed) * fmin(left, most) * pin / 4);
    left /= most;
  }
  return layout == QY_LAYOUT_FAST ? fmin(lean, delay_constant[DELAY_LINE_INVERTER] * log(gates) / log(4)) : lean;
}

static double sum_of(uint64_t fields, int field)
{
  static const uint8_t pins[BIT_PIN_COUNT] = {
      [BIT_PIN_GATE] = DELAY_PIN_GATE, [BIT_PIN_AND] = DELAY_PIN_AND,       [BIT_PIN_XOR] = DELAY_PIN_XOR,
      [BIT_PIN_DATA] = DELAY_PIN_DATA, [BIT_PIN_SELECT] = DELAY_PIN_SELECT, [BIT_PIN_HALF] = DELAY_PIN_HALF,
      [BIT_PIN_FULL] = DELAY_PIN_FULL, [BIT_PIN_CARRY] = DELAY_PIN_CARRY,   [BIT_PIN_FLOP] = DELAY_PIN_FLOP};
  double sum = 0;
  for (int pin = 1; fields; pin++, fields >>= field)
    sum += (double)(fields & ((UINT64_C(1) << field) - 1)) * delay_constant[pins[pin]];
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
  const bit_net *net = w->net;
  for (size_t s = 2; s < 2 * net->count; s++) {
    const bit_cell *cell = &net->cell[s >> 1];
    const cell_delay *d = &delays[w->layout][cell->kind];
    const int k = s & 1;
    const bit_load *driven = bit_load_of(net, (bit_signal)s);
    double load = delay_of(d->slope) * inverters_of(driven), behind = line_delay(bit_line_gates(driven), w->layout);
    double others = TICKS * (delay_of(d->others[k]) + load), third = TICKS * (delay_of(d->third[k]) + load);
    if (bit_is_start(cell->kind)) /* a flip-flop keeps its size in every flow */
      behind += delay_constant[DELAY_FLOP_SLOPE] * inverters_of(driven);
    w->line[s] = (uint8_t)lround(fmin(TICKS * behind, UINT8_MAX));
    w->others[s] = (uint8_t)fmin(fmax(round(others) + w->line[s], 1), WHEEL - 1);
    w->third[s] = (uint8_t)fmin(fmax(round(third) + w->line[s], 1), WHEEL - 1);
  }
  w->inner = (unsigned)lround(TICKS * delay_of(delays[w->layout][BIT_XOR].others[0]));
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
