/* Makers of bits: cells that are made once, and what needs none.  See bits.h. */
#include "bits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- cells */

static bit_signal append(bit_maker *b, bit_cell cell)
{
  bit_net *net = b->net;
  if (net->count == b->capacity && qy_grow((void **)&net->cell, &b->capacity, net->count + 1, sizeof cell) != 0) {
    b->failed = true;
    return BIT_ZERO;
  }
  cell.node = b->node;
  cell.levels = (uint8_t)b->levels;
  net->cell[net->count] = cell;
  return (bit_signal)(2 * net->count++);
}

bit_signal bit_raw(bit_maker *b, bit_kind kind, const bit_signal in[BIT_INPUTS])
{
  return append(b, (bit_cell){.in = {in[0], in[1], in[2], in[3]}, .kind = (uint8_t)kind});
}

static size_t hash_of(bit_kind kind, const bit_signal in[BIT_INPUTS])
{
  const uint64_t low = (uint64_t)(uint32_t)in[0] << 32 | (uint32_t)in[1];
  const uint64_t high = (uint64_t)(uint32_t)in[2] << 32 | (uint32_t)in[3];
  const uint64_t h = (low + (uint64_t)kind) * UINT64_C(0x9e3779b97f4a7c15) ^ high * UINT64_C(0xc2b2ae3d27d4eb4f);
  return (size_t)(h >> 30);
}

static void rehash(bit_maker *b)
{
  size_t slots = b->slots ? 4 * b->slots : 1024;
  int32_t *slot = qy_alloc(slots, sizeof *slot);
  if (!slot) {
    b->failed = true;
    return;
  }
  for (size_t i = 0; i < b->slots; i++) {
    if (!b->slot[i]) continue;
    const bit_cell *cell = &b->net->cell[b->slot[i]];
    size_t at = hash_of((bit_kind)cell->kind, cell->in) & (slots - 1);
    while (slot[at])
      at = (at + 1) & (slots - 1);
    slot[at] = b->slot[i];
  }
  free(b->slot);
  b->slot = slot;
  b->slots = slots;
}

/* The place of a cell like this in the table; 0 in it: there is none. */
static int32_t *place_of(bit_maker *b, bit_kind kind, const bit_signal in[BIT_INPUTS])
{
  if (2 * b->net->count >= b->slots) rehash(b);
  if (b->failed) return NULL;
  size_t at = hash_of(kind, in) & (b->slots - 1);
  for (; b->slot[at]; at = (at + 1) & (b->slots - 1)) {
    const bit_cell *cell = &b->net->cell[b->slot[at]];
    if (cell->kind == kind && memcmp(cell->in, in, sizeof cell->in) == 0) break;
  }
  return &b->slot[at];
}

/* A cell like this one: made once. */
static bit_signal shared(bit_maker *b, bit_kind kind, bit_signal x, bit_signal y, bit_signal z, bit_signal u)
{
  const bit_signal in[BIT_INPUTS] = {x, y, z, u};
  int32_t *place = place_of(b, kind, in);
  if (!place) return BIT_ZERO;
  if (*place) return 2 * *place;
  *place = (int32_t)b->net->count;
  return bit_raw(b, kind, in);
}

/* ---- folding */

bit_signal bit_not(bit_maker *b, bit_signal x)
{
  if (x <= BIT_ONE) return !x;
  const bit_cell *cell = &b->net->cell[x >> 1];
  if (cell->kind == BIT_INV) return cell->in[0];
  return shared(b, BIT_INV, x, 0, 0, 0);
}

static bool is_inverse(const bit_maker *b, bit_signal x, bit_signal y)
{
  const bit_cell *cx = &b->net->cell[x >> 1], *cy = &b->net->cell[y >> 1];
  return (cx->kind == BIT_INV && cx->in[0] == y) || (cy->kind == BIT_INV && cy->in[0] == x) || (x <= 1 && y == !x);
}

static bit_signal fold_and(bit_maker *b, bit_kind kind, bit_signal x, bit_signal y)
{
  if (x == BIT_ZERO || y == BIT_ZERO || is_inverse(b, x, y)) return BIT_ZERO;
  if (x == BIT_ONE || x == y) return y;
  if (y == BIT_ONE) return x;
  return shared(b, kind, x, y, 0, 0);
}

static bit_signal fold_or(bit_maker *b, bit_kind kind, bit_signal x, bit_signal y)
{
  if (x == BIT_ONE || y == BIT_ONE || is_inverse(b, x, y)) return BIT_ONE;
  if (x == BIT_ZERO || x == y) return y;
  if (y == BIT_ZERO) return x;
  return shared(b, kind, x, y, 0, 0);
}

/* Does x imply y, as a gated sign implies the bit it comes from?  Through so many gates at most. */
enum { GATES_DEEP = 3 };

static bool implies(const bit_maker *b, bit_signal x, bit_signal y, int deep)
{
  const bit_cell *cell = &b->net->cell[x >> 1];
  if (x == y) return true;
  if (deep == 0 || x <= BIT_ONE) return false;
  if (cell->kind == BIT_GATE_NOT) return implies(b, cell->in[0], y, deep - 1);
  return bit_is_and(cell->kind) && (implies(b, cell->in[0], y, deep - 1) || implies(b, cell->in[1], y, deep - 1));
}

/* Is one of both always zero? */
static bool excludes(const bit_maker *b, bit_signal x, bit_signal y, int deep)
{
  const bit_cell *cell = &b->net->cell[x >> 1];
  if (is_inverse(b, x, y)) return true;
  if (deep == 0 || x <= BIT_ONE) return false;
  if (cell->kind == BIT_GATE_NOT) return implies(b, y, cell->in[1], deep - 1) || excludes(b, cell->in[0], y, deep - 1);
  return bit_is_and(cell->kind) && (excludes(b, cell->in[0], y, deep - 1) || excludes(b, cell->in[1], y, deep - 1));
}

static bit_signal fold_line(bit_maker *b, bit_kind kind, bit_signal x, bit_signal s);

static bit_signal fold_xor(bit_maker *b, bool inverted, bit_signal x, bit_signal y)
{
  if (x == y) return inverted;
  if (is_inverse(b, x, y)) return !inverted;
  if (x <= BIT_ONE) return (x ^ (bit_signal)inverted) ? bit_not(b, y) : y;
  if (y <= BIT_ONE) return (y ^ (bit_signal)inverted) ? bit_not(b, x) : x;
  const bool lower = implies(b, x, y, GATES_DEEP), upper = !lower && implies(b, y, x, GATES_DEEP);
  if (lower || upper || excludes(b, x, y, GATES_DEEP) || excludes(b, y, x, GATES_DEEP)) {
    bit_signal z = lower   ? fold_line(b, BIT_GATE_NOT, y, x)
                   : upper ? fold_line(b, BIT_GATE_NOT, x, y)
                           : fold_or(b, BIT_OR, x, y);
    return inverted ? bit_not(b, z) : z;
  }
  return shared(b, inverted ? BIT_XNOR : BIT_XOR, x, y, 0, 0);
}

/* The second input of a gate's inverting forms is a line: the inverse is the gate's own. */
static bit_signal fold_line(bit_maker *b, bit_kind kind, bit_signal x, bit_signal s)
{
  bool is_or = kind == BIT_GATE_OR_NOT;
  if (s <= BIT_ONE) return s == BIT_ZERO ? (is_or ? BIT_ONE : x) : is_or ? x : BIT_ZERO;
  if (x <= BIT_ONE) return x == BIT_ZERO ? (is_or ? bit_not(b, s) : BIT_ZERO) : is_or ? BIT_ONE : bit_not(b, s);
  if (x == s) return is_or ? BIT_ONE : BIT_ZERO;
  if (is_inverse(b, x, s)) return x;
  return shared(b, kind, x, s, 0, 0);
}

bit_signal bit_gate(bit_maker *b, bit_kind kind, bit_signal x, bit_signal y)
{
  switch (kind) {
  case BIT_AND:
  case BIT_TREE_AND:
  case BIT_PRODUCT:
  case BIT_GATE: return fold_and(b, kind, x, y);
  case BIT_NOT_PRODUCT:
    if (x <= BIT_ONE || y <= BIT_ONE || x == y || is_inverse(b, x, y))
      return bit_not(b, fold_and(b, BIT_PRODUCT, x, y));
    return shared(b, kind, x, y, 0, 0);
  case BIT_OR:
  case BIT_GATE_OR: return fold_or(b, kind, x, y);
  case BIT_GATE_NOT:
  case BIT_GATE_OR_NOT: return fold_line(b, kind, x, y);
  default: assert(kind == BIT_XOR || kind == BIT_XNOR); return fold_xor(b, kind == BIT_XNOR, x, y);
  }
}

bit_signal bit_select(bit_maker *b, bit_signal x0, bit_signal x1, bit_signal s)
{
  if (s <= BIT_ONE) return s ? x1 : x0;
  if (x0 == x1) return x0;
  if (x0 == BIT_ZERO) return bit_gate(b, BIT_GATE, x1, s);
  if (x1 == BIT_ZERO) return bit_gate(b, BIT_GATE_NOT, x0, s);
  if (x0 == BIT_ONE) return bit_gate(b, BIT_GATE_OR_NOT, x1, s);
  if (x1 == BIT_ONE) return bit_gate(b, BIT_GATE_OR, x0, s);
  if (is_inverse(b, x0, x1)) return fold_xor(b, false, x0, s);
  return shared(b, b->levels == 1 ? BIT_SELECT_ONE : BIT_SELECT, x0, x1, s, 0);
}

bit_signal bit_edge(bit_maker *b, bit_kind kind, bit_signal sign, bit_signal x1, bit_signal s)
{
  bool plain = s <= BIT_ONE || sign == x1 || sign <= BIT_ONE || x1 <= BIT_ONE;
  if (plain) return kind == BIT_EDGE ? bit_select(b, sign, x1, s) : bit_select(b, x1, sign, s);
  bit_signal gated = bit_gate(b, kind == BIT_EDGE ? BIT_GATE_NOT : BIT_GATE, sign, s);
  return shared(b, kind, gated, x1, s, 0);
}

bit_signal bit_digit_two(bit_maker *b, bit_signal high, bit_signal mid, bit_signal low)
{
  if (high == mid || high == low) return BIT_ZERO;
  if (low == BIT_ZERO) return fold_and(b, BIT_AND, high, bit_not(b, mid));
  if (low == BIT_ONE) return fold_and(b, BIT_AND, bit_not(b, high), mid);
  if (mid == BIT_ZERO) return fold_and(b, BIT_AND, high, bit_not(b, low));
  if (mid == BIT_ONE) return fold_and(b, BIT_AND, bit_not(b, high), low);
  if (high == BIT_ZERO) return fold_and(b, BIT_AND, mid, low);
  return shared(b, BIT_DIGIT_TWO, high, mid, low, 0);
}

bit_signal bit_booth(bit_maker *b, bit_signal x, bit_signal below, bit_signal one, bit_signal two)
{
  if (x == BIT_ZERO || one == BIT_ZERO) return fold_and(b, BIT_GATE, below, two);
  if (below == BIT_ZERO || two == BIT_ZERO) return fold_and(b, BIT_GATE, x, one);
  if (x == below) return fold_and(b, BIT_GATE, x, fold_or(b, BIT_OR, one, two));
  return shared(b, BIT_BOOTH, x, below, one, two);
}

/* Two bits and a constant, zero or one. */
static bit_signal half(bit_maker *b, bit_signal x, bit_signal y, bool one, bool chain, bit_signal *carry)
{
  bit_signal sum = BIT_ZERO;
  if (x <= BIT_ONE || y <= BIT_ONE) {
    bit_signal constant = x <= BIT_ONE ? x : y, other = x <= BIT_ONE ? y : x;
    *carry = constant && one ? BIT_ONE : constant || one ? other : BIT_ZERO;
    return (constant ^ (bit_signal)one) ? bit_not(b, other) : other;
  }
  if (x == y) {
    *carry = x;
    return one;
  }
  if (is_inverse(b, x, y)) {
    *carry = one;
    return !one;
  }
  bit_kind kind = chain ? (one ? BIT_CHAIN_ONE : BIT_CHAIN_HALF) : one ? BIT_HALF_ONE : BIT_HALF;
  sum = shared(b, kind, x, 0, y, 0);
  *carry = sum + 1;
  return sum;
}

bit_signal bit_full(bit_maker *b, bit_signal x, bit_signal y, bit_signal z, bool chain, bit_signal *carry)
{
  if (z <= BIT_ONE) return half(b, x, y, z == BIT_ONE, chain, carry);
  if (y <= BIT_ONE) return half(b, x, z, y == BIT_ONE, chain, carry);
  if (x <= BIT_ONE) return half(b, y, z, x == BIT_ONE, chain, carry);
  if (x == y || x == z) {
    *carry = x;
    return x == y ? z : y;
  }
  if (y == z) {
    *carry = y;
    return x;
  }
  if (is_inverse(b, x, y)) {
    *carry = z;
    return bit_not(b, z);
  }
  if (is_inverse(b, x, z)) {
    *carry = y;
    return bit_not(b, y);
  }
  if (is_inverse(b, y, z)) {
    *carry = x;
    return bit_not(b, x);
  }
  bit_signal sum = shared(b, chain ? BIT_CHAIN : BIT_FULL, x, y, z, 0);
  *carry = sum + 1;
  return sum;
}
