/* What a circuit fixes of its simulation in time: delays, who reads what, which bits move by themselves.  See waves.h;
 * the simulation itself: waves_run.c. */
#include "waves.h"

#include "delays.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* What a load is to its driver. */
typedef struct load_delay {
  double inverters, behind; /* that it drives itself; NAND2 delays of its line's buffers */
} load_delay;

/* Delays in ticks of every signal: a pulse as long as the cell's own is not made, lines only delay. */
static int find_ticks(wave_delays *w, const bit_net *net, qy_layout layout)
{
  load_delay *of = qy_alloc(net->load_count, sizeof *of);
  if (!of) return -1;
  for (size_t k = 0; k < net->load_count; k++)
    of[k] = (load_delay){inverters_of(&net->loads[k]), line_delay(bit_line_gates(&net->loads[k]), layout)};
  for (size_t s = 2; s < 2 * net->count; s++) {
    const bit_cell *cell = &net->cell[s >> 1];
    const cell_delay *d = &delays[layout][cell->kind];
    const int k = s & 1;
    const load_delay *driven = &of[bit_load_of(net, (bit_signal)s) - net->loads];
    double load = delay_of(d->slope) * driven->inverters, behind = driven->behind;
    double others = TICKS * (delay_of(d->others[k]) + load), third = TICKS * (delay_of(d->third[k]) + load);
    if (bit_is_start(cell->kind)) /* a flip-flop keeps its size in every flow */
      behind += delay_constant[DELAY_FLOP_SLOPE] * driven->inverters;
    w->line[s] = (uint8_t)lround(fmin(TICKS * behind, UINT8_MAX));
    w->others[s] = (uint8_t)fmin(fmax(round(others) + w->line[s], 1), WHEEL - 1);
    w->third[s] = (uint8_t)fmin(fmax(round(third) + w->line[s], 1), WHEEL - 1);
  }
  if (layout == QY_LAYOUT_FAST) w->inner = (unsigned)lround(TICKS * delay_of(delays[layout][BIT_XOR].others[0]));
  free(of);
  return 0;
}

/* ---- what the circuit fixes */

/* Who reads a signal; the cells of bits.h have no list. */
static int find_readers(waves *w)
{
  const bit_net *net = w->c->bits;
  size_t *at = w->first_reader, total = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 1; i < net->count; i++) {
      const bit_cell *cell = &net->cell[i];
      for (int k = 0; k < BIT_INPUTS && wave_is_evaluated(cell); k++) {
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
static int find_starts(wave_delays *w, const qy_circuit *c)
{
  const bit_net *net = c->bits;
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

/* Slots for the events of a signal that has delays up to `ticks`. */
static void give_slots(wave_delays *d, size_t s, unsigned ticks)
{
  d->slot[s] = (uint32_t)d->slots;
  d->span[s] = (uint8_t)((1u << qy_log2_ceil((int64_t)ticks)) - 1);
  d->slots += (size_t)d->span[s] + 1;
}

static int find_slots(wave_delays *d, const bit_net *net)
{
  d->slots = 1;
  for (size_t i = 1; i < net->count; i++) {
    if (!wave_is_evaluated(&net->cell[i])) continue;
    for (size_t s = 2 * i; s < 2 * i + 2; s++)
      if (net->cell[i].used >> (s & 1) & 1) give_slots(d, s, d->others[s] > d->third[s] ? d->others[s] : d->third[s]);
    if (d->inner && wave_has_inner(&net->cell[i])) give_slots(d, (size_t)wave_inner_of(net, i), d->inner);
  }
  d->owner = qy_alloc(d->slots, sizeof *d->owner);
  for (size_t s = 2; d->owner && s < 3 * net->count; s++)
    for (unsigned k = 0; d->slot[s] && k <= d->span[s]; k++)
      d->owner[d->slot[s] + k] = (bit_signal)s;
  return d->owner ? 0 : -1;
}

static int delays_open(wave_delays *d, const qy_circuit *c, qy_layout layout)
{
  const size_t cells = c->bits->count, signals = 2 * cells;
  d->others = qy_alloc(signals, 1);
  d->third = qy_alloc(signals, 1);
  d->line = qy_alloc(signals, 1);
  d->slot = qy_alloc(3 * cells, sizeof *d->slot);
  d->span = qy_alloc(3 * cells, 1);
  if (!d->others || !d->third || !d->line || !d->slot || !d->span) return -1;
  return find_ticks(d, c->bits, layout) || find_slots(d, c->bits) || find_starts(d, c) ? -1 : 0;
}

static void delays_close(wave_delays *d)
{
  free(d->others);
  free(d->third);
  free(d->line);
  free(d->start);
  free(d->slot);
  free(d->span);
  free(d->owner);
}

int waves_open(waves *w, const qy_circuit *c)
{
  const size_t cells = c->bits->count, signals = 3 * cells;
  *w = (waves){.c = c};
  w->first_reader = qy_alloc(signals + 1, sizeof *w->first_reader);
  w->now = qy_alloc_lines(signals, sizeof *w->now);
  w->pending = qy_alloc_lines(signals, sizeof *w->pending);
  w->listed = qy_alloc(signals, sizeof *w->listed);
  w->woken = qy_alloc(cells, sizeof *w->woken);
  w->awake = qy_alloc(cells, sizeof *w->awake);
  w->by_others = qy_alloc_lines(cells, sizeof *w->by_others);
  w->follow = qy_alloc_lines(cells, sizeof *w->follow);
  w->invert = qy_alloc_lines(cells, sizeof *w->invert);
  w->pick = qy_alloc_lines(WAVE_PICKS * cells, sizeof *w->pick);
  if (!w->first_reader || !w->now || !w->pending || !w->listed || !w->woken || !w->awake || !w->by_others ||
      !w->follow || !w->invert || !w->pick || find_readers(w))
    return -1;
  size_t slots = 0;
  for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
    if (delays_open(&w->delays[k], c, (qy_layout)k)) return -1;
    if (slots < w->delays[k].slots) slots = w->delays[k].slots;
  }
  w->event = qy_alloc_lines(slots, sizeof *w->event);
  w->next = qy_alloc(slots, sizeof *w->next);
  return w->event && w->next ? 0 : -1;
}

void waves_close(waves *w)
{
  for (int k = 0; k < QY_LAYOUT_COUNT; k++)
    delays_close(&w->delays[k]);
  free(w->first_reader);
  free(w->reader);
  free(w->now);
  free(w->pending);
  free(w->listed);
  free(w->event);
  free(w->next);
  free(w->woken);
  free(w->awake);
  free(w->by_others);
  free(w->follow);
  free(w->invert);
  free(w->pick);
}
