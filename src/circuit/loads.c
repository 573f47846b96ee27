/* What nets drive, and which cells have the same delays: see bits.h.
 *
 * A circuit has few kinds of load and few pairs of cell and load; each is listed once, so that a library prices the
 * lists and not the cells.  Pins are kinds here; the library says what they weigh.
 */
#include "bits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Pins of a cell.  line: bit k for an input that a whole word's gates share; such a line is buffered.  twice: pins an
 * input drives are two. */
static const struct {
  uint8_t pin[BIT_INPUTS], line;
  bool twice;
} pins[BIT_KIND_COUNT] = {
    [BIT_JOIN] = {{BIT_PIN_GATE, BIT_PIN_GATE, BIT_PIN_GATE, BIT_PIN_GATE}, 0, false},
    [BIT_INV] = {{BIT_PIN_GATE}, 0, false},
    [BIT_AND] = {{BIT_PIN_AND, BIT_PIN_AND}, 1 << 1, false},
    [BIT_OR] = {{BIT_PIN_AND, BIT_PIN_AND}, 0, false},
    [BIT_XOR] = {{BIT_PIN_XOR, BIT_PIN_XOR}, 1 << 1, false},
    [BIT_XNOR] = {{BIT_PIN_XOR, BIT_PIN_XOR}, 1 << 1, false},
    [BIT_TREE_AND] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 0, false},
    [BIT_PRODUCT] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 0, false},
    [BIT_NOT_PRODUCT] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 0, false},
    [BIT_SELECT] = {{BIT_PIN_DATA, BIT_PIN_DATA, BIT_PIN_SELECT}, 1 << 2, false},
    [BIT_SELECT_ONE] = {{BIT_PIN_DATA, BIT_PIN_DATA, BIT_PIN_SELECT}, 1 << 2, false},
    [BIT_GATE] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 1, false},
    [BIT_GATE_NOT] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 1, false},
    [BIT_GATE_OR] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 1, false},
    [BIT_GATE_OR_NOT] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 1, false},
    /* the gated sign goes to all the edges of a word, which are few */
    [BIT_EDGE] = {{BIT_PIN_NONE, BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 2, false},
    [BIT_EDGE_NOT] = {{BIT_PIN_NONE, BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 2, false},
    [BIT_ABSORBED] = {{BIT_PIN_GATE, BIT_PIN_NONE, BIT_PIN_GATE}, 1 << 2, false},
    [BIT_MASK] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 1, false},
    [BIT_ALIGN] = {{BIT_PIN_GATE, BIT_PIN_GATE}, 0, false},
    [BIT_ALIGN_TWICE] = {{BIT_PIN_GATE, BIT_PIN_GATE, BIT_PIN_GATE}, 0, false},
    [BIT_DIGIT_TWO] = {{BIT_PIN_GATE, BIT_PIN_GATE, BIT_PIN_GATE}, 0, true},
    [BIT_BOOTH] = {{BIT_PIN_GATE, BIT_PIN_GATE, BIT_PIN_GATE, BIT_PIN_GATE}, 1 << 2 | 1 << 3, false},
    [BIT_HALF] = {{BIT_PIN_HALF, BIT_PIN_NONE, BIT_PIN_HALF}, 0, false},
    [BIT_HALF_ONE] = {{BIT_PIN_HALF, BIT_PIN_NONE, BIT_PIN_HALF}, 0, false},
    [BIT_CHAIN_HALF] = {{BIT_PIN_HALF, BIT_PIN_NONE, BIT_PIN_HALF}, 0, false},
    [BIT_CHAIN_ONE] = {{BIT_PIN_HALF, BIT_PIN_NONE, BIT_PIN_HALF}, 0, false},
    [BIT_FULL] = {{BIT_PIN_FULL, BIT_PIN_FULL, BIT_PIN_CARRY}, 0, false},
    [BIT_CHAIN] = {{BIT_PIN_FULL, BIT_PIN_FULL, BIT_PIN_CARRY}, 0, false},
};

/* ---- lists of what differs */

typedef struct distinct {
  uint64_t (*key)[2]; /* [count] */
  int32_t *slot;      /* hash table: 1 + place in key[], 0: free */
  size_t count, capacity, slots;
  bool failed;
} distinct;

static size_t slot_of(const distinct *d, uint64_t x, uint64_t y)
{
  uint64_t h = x * UINT64_C(0x9e3779b97f4a7c15) ^ y * UINT64_C(0xc2b2ae3d27d4eb4f);
  return (size_t)((h ^ h >> 32) & (d->slots - 1));
}

static void widen(distinct *d)
{
  enum { SLOTS_FIRST = 256 };
  free(d->slot);
  d->slots = d->slots ? 4 * d->slots : SLOTS_FIRST;
  d->slot = qy_alloc(d->slots, sizeof *d->slot);
  d->failed |= !d->slot;
  for (size_t i = 0; i < d->count && !d->failed; i++) {
    size_t at = slot_of(d, d->key[i][0], d->key[i][1]);
    while (d->slot[at])
      at = (at + 1) & (d->slots - 1);
    d->slot[at] = (int32_t)(i + 1);
  }
}

/* The place of a key, which is added when it is new; 0 after a failure. */
static int place_of(distinct *d, uint64_t x, uint64_t y)
{
  if (!d->failed && 2 * (d->count + 1) > d->slots) widen(d);
  if (d->failed || !d->slot) return 0;
  size_t at = slot_of(d, x, y);
  for (; d->slot[at]; at = (at + 1) & (d->slots - 1)) {
    int32_t i = d->slot[at] - 1;
    assert(d->key);
    if (d->key[i][0] == x && d->key[i][1] == y) return i;
  }
  if (qy_grow((void **)&d->key, &d->capacity, d->count + 1, sizeof *d->key) != 0) {
    d->failed = true;
    return 0;
  }
  d->key[d->count][0] = x;
  d->key[d->count][1] = y;
  d->slot[at] = (int32_t)++d->count;
  return (int)(d->count - 1);
}

static void distinct_free(distinct *d)
{
  free(d->key);
  free(d->slot);
}

/* ---- loads */

typedef struct driven {
  bit_load load;
  int32_t reader; /* the node whose gates hang on the line */
} driven;

/* One more in a field; a full field stays full. */
static void add_pin(uint64_t *fields, int pin, int field)
{
  const uint64_t one = UINT64_C(1) << (pin - 1) * field, full = ((UINT64_C(1) << field) - 1) << (pin - 1) * field;
  if ((*fields & full) != full) *fields += one;
}

static void add_pins(const bit_cell *cell, driven *net)
{
  for (int k = 0; k < BIT_INPUTS; k++) {
    const int pin = pins[cell->kind].pin[k];
    driven *d = &net[cell->in[k]];
    if (cell->in[k] <= BIT_ONE || pin == BIT_PIN_NONE) continue;
    if (pins[cell->kind].line >> k & 1) {
      add_pin(&d->load.line, pin, BIT_LINE_FIELD);
      d->reader = cell->node;
      continue;
    }
    add_pin(&d->load.pins, pin, BIT_PINS_FIELD);
    if (pins[cell->kind].twice) add_pin(&d->load.pins, pin, BIT_PINS_FIELD);
  }
}

static void drive(bit_net *net, driven *d)
{
  for (size_t i = 1; i < net->count; i++)
    if (net->cell[i].used) add_pins(&net->cell[i], d);
  for (size_t i = 0; i < net->flops; i++)
    if (net->cell[net->flop[i]].used) add_pin(&d[net->next[i]].load.pins, BIT_PIN_FLOP, BIT_PINS_FIELD);
  for (size_t s = 2; s < 2 * net->count; s++)
    if (bit_line_gates(&d[s].load) > BIT_LINE_BARE) net->node[d[s].reader].line_gates += bit_line_gates(&d[s].load);
}

/* ---- arcs */

static int load_place(distinct *loads, const driven *d)
{
  return d->load.pins | d->load.line ? place_of(loads, d->load.pins, d->load.line) : 0;
}

/* Both outputs of two cells. */
static bool same_loads(const driven *x, const driven *y)
{
  return x[0].load.pins == y[0].load.pins && x[1].load.pins == y[1].load.pins && x[0].load.line == y[0].load.line &&
         x[1].load.line == y[1].load.line;
}

/* Keys of arcs: kind and node, the places of both loads. */
static void find_arcs(bit_net *net, const driven *d, distinct *loads, distinct *arcs)
{
  place_of(loads, 0, 0);
  place_of(arcs, 0, 0);
  const bit_cell *last = &net->cell[0];
  const driven *last_driven = &d[0];
  for (size_t i = 1; i < net->count; i++) {
    bit_cell *cell = &net->cell[i];
    if (!cell->used) continue;
    if (last->kind == cell->kind && last->kind != BIT_BLOCK && same_loads(last_driven, &d[2 * i])) {
      cell->arc = last->arc; /* mostly, as rows are alike */
      continue;
    }
    const bool is_start = bit_is_start(cell->kind);
    const uint64_t kind = is_start ? BIT_FLOP : cell->kind;
    const uint64_t block = kind == BIT_BLOCK ? (uint64_t)cell->node : 0;
    const uint64_t load[2] = {(uint64_t)load_place(loads, &d[2 * i]), (uint64_t)load_place(loads, &d[2 * i + 1])};
    const int arc = place_of(arcs, kind | block << 32, load[0] | load[1] << 32);
    if (arc > INT16_MAX) arcs->failed = true;
    cell->arc = (int16_t)(is_start ? -arc : arc);
    last = cell;
    last_driven = &d[2 * i];
  }
}

static int keep_lists(bit_net *net, const distinct *loads, const distinct *arcs, qy_arena *arena)
{
  net->loads = qy_arena_alloc(arena, loads->count, sizeof *net->loads);
  net->arcs = qy_arena_alloc(arena, arcs->count, sizeof *net->arcs);
  if (!net->loads || !net->arcs) return -1;
  net->load_count = loads->count;
  net->arc_count = arcs->count;
  for (size_t i = 0; i < loads->count; i++)
    net->loads[i] = (bit_load){loads->key[i][0], loads->key[i][1]};
  for (size_t i = 0; i < arcs->count; i++) {
    const uint64_t *key = arcs->key[i];
    net->arcs[i] =
        (bit_arc){(bit_kind)(uint32_t)key[0], (int32_t)(key[0] >> 32), {(int)(uint32_t)key[1], (int)(key[1] >> 32)}};
  }
  return 0;
}

int bit_find_loads(bit_net *net, qy_arena *arena)
{
  int status = -1;
  distinct loads = {0}, arcs = {0};
  driven *d = qy_alloc(2 * net->count, sizeof *d);
  if (d) {
    drive(net, d);
    find_arcs(net, d, &loads, &arcs);
    if (!loads.failed && !arcs.failed) status = keep_lists(net, &loads, &arcs, arena);
  }
  distinct_free(&loads);
  distinct_free(&arcs);
  free(d);
  return status;
}
