/* Delays of the simulation in time, in ticks.
 *
 * Oracles: the constants of db/circuit/bit_delays.csv by name, put together for every kind of cell as waves.h says;
 * pins that a net drives counted one by one; the longest way to a bit that moves by itself searched backwards.
 */
#include "../../src/circuit/delays.h"
#include "../../src/circuit/waves.h"
#include "bit_circuits.h"
#include "tap.h"

static qy_arena *arena;
static uint64_t state = 29;

#define D(name) delay_constant[DELAY_##name]

/* Without load, from in[2] or another input; per inverter driven. */
typedef struct arc {
  double fixed, slope;
} arc;

static arc lean_of(int kind, bool carry, bool third)
{
  switch (kind) {
  case BIT_INV: return (arc){D(LEAN_INV_FIXED), D(LEAN_INV_SLOPE)};
  case BIT_AND:
  case BIT_MASK: return (arc){D(LEAN_AND_FIXED), D(LEAN_AND_SLOPE)};
  case BIT_OR: return (arc){D(LEAN_OR_FIXED), D(LEAN_OR_SLOPE)};
  case BIT_TREE_AND: return (arc){D(LEAN_TREE_FIXED), D(LEAN_TREE_SLOPE)};
  case BIT_NOT_PRODUCT:
  case BIT_GATE:
  case BIT_GATE_OR_NOT: return (arc){D(LEAN_NAND_FIXED), D(LEAN_NAND_SLOPE)};
  case BIT_PRODUCT:
  case BIT_GATE_NOT:
  case BIT_GATE_OR: return (arc){D(LEAN_NOR_FIXED), D(LEAN_NOR_SLOPE)};
  case BIT_XOR: return (arc){D(LEAN_XOR_FIXED), D(LEAN_XOR_SLOPE)};
  case BIT_XNOR: return (arc){D(LEAN_XNOR_FIXED), D(LEAN_XNOR_SLOPE)};
  case BIT_SELECT:
  case BIT_SELECT_ONE:
  case BIT_ALIGN: return (arc){D(LEAN_SELECT_FIXED), D(LEAN_SELECT_SLOPE)};
  case BIT_ALIGN_TWICE: return (arc){D(LEAN_ALIGN_TWICE), D(LEAN_SELECT_SLOPE)};
  case BIT_EDGE:
  case BIT_EDGE_NOT: return (arc){D(LEAN_EDGE_FIXED), D(LEAN_EDGE_SLOPE)};
  case BIT_ABSORBED: return (arc){third ? D(ABSORBED_LINE) : D(ABSORBED_DATA), 0};
  case BIT_DIGIT_TWO: return (arc){D(LEAN_DIGIT_FIXED), D(LEAN_DIGIT_SLOPE)};
  case BIT_BOOTH: return (arc){D(LEAN_BOOTH_FIXED), D(LEAN_BOOTH_SLOPE)};
  case BIT_HALF:
  case BIT_HALF_ONE:
  case BIT_CHAIN_HALF:
  case BIT_CHAIN_ONE: return (arc){carry ? D(LEAN_HALF_CARRY) : D(LEAN_HALF_SUM), D(LEAN_HALF_SLOPE)};
  case BIT_FULL:
  case BIT_CHAIN:
    if (third) return (arc){carry ? D(LEAN_FULL_CARRY_CARRY) : D(LEAN_FULL_CARRY_SUM), D(LEAN_FULL_SLOPE)};
    return (arc){carry ? D(LEAN_FULL_DATA_CARRY) : D(LEAN_FULL_DATA_SUM), D(LEAN_FULL_SLOPE)};
  default: return (arc){0, 0};
  }
}

/* Sized gates: the load does not matter. */
static double fast_of(int kind, bool carry, bool third)
{
  switch (kind) {
  case BIT_INV: return D(FAST_INV);
  case BIT_XOR:
  case BIT_XNOR: return D(FAST_XOR);
  case BIT_SELECT:
  case BIT_SELECT_ONE:
  case BIT_EDGE:
  case BIT_EDGE_NOT: return third ? D(FAST_SELECT_LINE) : D(FAST_SELECT_DATA);
  case BIT_ALIGN: return D(FAST_SELECT_DATA);
  case BIT_ALIGN_TWICE: return D(FAST_ALIGN_TWICE);
  case BIT_ABSORBED: return third ? D(ABSORBED_LINE) : D(ABSORBED_DATA);
  case BIT_DIGIT_TWO: return D(FAST_GATE_TWICE);
  case BIT_BOOTH: return D(FAST_BOOTH);
  case BIT_HALF:
  case BIT_HALF_ONE: return carry ? D(FAST_HALF_CARRY) : D(FAST_XOR);
  case BIT_CHAIN_HALF:
  case BIT_CHAIN_ONE: return !carry ? D(FAST_XOR) : third ? D(FAST_CHAIN_HALF_CARRY) : D(FAST_HALF_CARRY);
  case BIT_FULL: return carry ? D(FAST_FULL_CARRY) : D(FAST_FULL_SUM);
  case BIT_CHAIN: return carry ? D(FAST_CHAIN_CARRY) : D(FAST_FULL_SUM);
  default: return bit_is_start(kind) || kind == BIT_JOIN || kind == BIT_MADE || kind == BIT_BLOCK ? 0 : D(FAST_GATE);
  }
}

/* Buffers behind a line's driver: levels of them, each with at most LINE_LOADS inverters, or sized inverters. */
static double buffers_of(int gates, bool is_fast)
{
  const double most = D(LINE_LOADS) / D(LINE_PIN);
  double lean = 0;
  if (gates <= 4) return 0;
  for (double left = gates; left > 1; left /= most) {
    const double driven = left < most ? left : most;
    lean += D(LINE_BUFFER) * (D(LINE_FIXED) + (1 - D(LINE_FIXED)) * driven * D(LINE_PIN) / 4);
  }
  const double sized = D(LINE_INVERTER) * log(gates) / log(4);
  return is_fast && sized < lean ? sized : lean;
}

static int ticks(double delay, int line)
{
  const int all = (int)round(4 * delay) + line;
  return all < 1 ? 1 : all > 31 ? 31 : all;
}

typedef struct differences {
  int line, others, third, start, order, starts, slots;
} differences;

static void check_signal(const qy_circuit *c, const wave_delays *w, bool is_fast, bit_signal s, differences *off)
{
  const bit_cell *cell = &c->bits->cell[s >> 1];
  const double pin[BIT_PIN_COUNT] = {
      [BIT_PIN_GATE] = D(PIN_GATE), [BIT_PIN_AND] = D(PIN_AND),       [BIT_PIN_XOR] = D(PIN_XOR),
      [BIT_PIN_DATA] = D(PIN_DATA), [BIT_PIN_SELECT] = D(PIN_SELECT), [BIT_PIN_HALF] = D(PIN_HALF),
      [BIT_PIN_FULL] = D(PIN_FULL), [BIT_PIN_CARRY] = D(PIN_CARRY),   [BIT_PIN_FLOP] = D(PIN_FLOP)};
  const pins p = pins_on(c->bits, s);
  double inverters = 0;
  for (int k = 1; k < BIT_PIN_COUNT; k++)
    inverters += (p.own[k] + (p.gates > 4 ? 0 : p.line[k])) * pin[k];
  double behind = buffers_of(p.gates, is_fast);
  if (bit_is_start(cell->kind)) behind += D(FLOP_SLOPE) * inverters;
  const int line = (int)lround(fmin(4 * behind, 255));
  double delay[2];
  for (int third = 0; third < 2; third++) {
    const arc lean = lean_of(cell->kind, s & 1, third);
    delay[third] = is_fast ? fast_of(cell->kind, s & 1, third) : lean.fixed + lean.slope * inverters;
  }
  off->line += w->line[s] != line;
  if (bit_is_start(cell->kind) || cell->kind == BIT_JOIN || cell->kind == BIT_MADE || cell->kind == BIT_BLOCK) return;
  off->others += w->others[s] != ticks(delay[0], line);
  off->third += w->third[s] != ticks(delay[1], line);
}

/* When the latest input may be there. */
static int latest(const qy_circuit *c, const wave_delays *w, bit_signal s, int *known)
{
  const bit_cell *cell = &c->bits->cell[s >> 1];
  if (s <= BIT_ONE) return 0;
  if (known[s] >= 0) return known[s];
  int when = 0;
  for (int k = 0; k < BIT_INPUTS; k++) {
    const int here = latest(c, w, cell->in[k], known) + (k == 2 ? w->third[s] : w->others[s]);
    when = here > when ? here : when;
  }
  if (bit_is_start(cell->kind) && !(s & 1)) when = w->line[s];
  if (cell->kind == BIT_BLOCK && !(s & 1)) { /* a tree of two-input gates */
    int levels = 0;
    while (1 << levels < c->node[cell->node].in_width[0])
      levels++;
    when += 4 * (1 + levels);
  }
  return known[s] = when;
}

/* Bits whose values are given move in the order of their times; events of a signal have a slot for each tick. */
static void check_starts(const qy_circuit *c, const wave_delays *w, differences *off)
{
  const bit_net *net = c->bits;
  int *known = malloc(2 * net->count * sizeof *known);
  size_t given = 0;
  for (size_t s = 0; known && s < 2 * net->count; s++)
    known[s] = -1;
  for (size_t i = 1; i < net->count; i++)
    given += net->cell[i].used && net->cell[i].given;
  off->starts += w->starts != given;
  for (size_t k = 0; known && k < w->starts; k++) {
    off->start += w->start[k].tick != latest(c, w, w->start[k].signal, known);
    off->order += k > 0 && (w->start[k].tick < w->start[k - 1].tick ||
                            (w->start[k].tick == w->start[k - 1].tick && w->start[k].signal <= w->start[k - 1].signal));
  }
  free(known);
}

static void check_slots(const qy_circuit *c, const wave_delays *w, differences *off)
{
  const bit_net *net = c->bits;
  size_t owned = 0;
  for (size_t s = 2; s < 3 * net->count; s++) {
    if (w->slot[s] == 0) continue;
    const size_t cell = s < 2 * net->count ? s / 2 : s - 2 * net->count;
    const int most = s >= 2 * net->count ? (int)w->inner : w->others[s] > w->third[s] ? w->others[s] : w->third[s];
    off->slots += w->span[s] + 1 < most || ((w->span[s] + 1) & w->span[s]) != 0 || w->span[s] + 1 >= 2 * most;
    off->slots += !net->cell[cell].used;
    for (unsigned k = 0; k <= w->span[s]; k++, owned++)
      off->slots += w->owner[w->slot[s] + k] != (bit_signal)s;
  }
  off->slots += owned + 1 != w->slots;
}

static void check_ticks(void)
{
  enum { CIRCUITS = 60 };
  int built = 0;
  differences off[QY_LAYOUT_COUNT] = {{0}};
  for (int i = 0; i < CIRCUITS; i++) {
    const qy_circuit *c = random_cells(arena, &state);
    waves w;
    if (!c) continue;
    if (waves_open(&w, c)) return;
    built++;
    for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
      const wave_delays *d = &w.delays[k];
      for (size_t s = 2; s < 2 * c->bits->count; s++)
        if (c->bits->cell[s / 2].used >> (s & 1) & 1) check_signal(c, d, k == QY_LAYOUT_FAST, (bit_signal)s, &off[k]);
      check_starts(c, d, &off[k]);
      check_slots(c, d, &off[k]);
      off[k].others += d->inner != (k == QY_LAYOUT_FAST ? (unsigned)lround(4 * D(FAST_XOR)) : 0);
    }
    waves_close(&w);
  }
  ok(built > CIRCUITS / 2, "%d random circuits", built);
  for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
    const char *name = k == QY_LAYOUT_FAST ? "fast" : "lean";
    ok(off[k].line == 0, "%s: lines delay by their buffers: %d do not", name, off[k].line);
    ok(off[k].others == 0, "%s: ticks of each kind by hand: %d are not", name, off[k].others);
    ok(off[k].third == 0, "%s: from the third input: %d are not", name, off[k].third);
    ok(off[k].start == 0, "%s: bits move when their latest input may: %d do not", name, off[k].start);
    ok(off[k].order == 0 && off[k].starts == 0, "%s: in that order, all of them", name);
    ok(off[k].slots == 0, "%s: a slot for each tick", name);
  }
}

int main(void)
{
  arena = qy_arena_new();
  check_ticks();
  qy_arena_free(arena);
  return done();
}
