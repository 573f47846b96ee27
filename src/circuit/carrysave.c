/* Carry-save addition: see carrysave.h. */
#include "carrysave.h"

#include <stdbool.h>

static uint64_t majority(uint64_t x, uint64_t y, uint64_t z)
{
  return (x & y) | (z & (x | y));
}

/* Which columns of a row hold which cell, and the values there. */
typedef struct row {
  uint64_t full, half, inverter;
  uint64_t top;                 /* the top column, whose carry leaves the word */
  uint64_t partial, sum, carry; /* partial: exclusive or of two of three inputs */
} row;

/* A column with a constant one and two varying bits is a half adder with inverted outputs: the same cell for counting.
 */
static void trace_row(const row *r, trace *t)
{
  uint64_t full = r->full & ~r->top, half = r->half & ~r->top;
  if (full) {
    trace_add(t, QY_FA, r->sum & full);
    trace_add(t, QY_FA, r->carry & full);
  }
  if (half) {
    trace_add(t, QY_HA, r->sum & half);
    trace_add(t, QY_HA, r->carry & half);
  }
  if ((r->full | r->half) & r->top) trace_add(t, QY_XOR2, r->sum & r->top);
  if (r->full & r->top) trace_add(t, QY_XOR2, r->partial & r->top);
  if (r->inverter) trace_add(t, QY_INV, r->sum & r->inverter);
}

/* Three words to two. */
static void three_to_two(const sum_word *in, uint64_t mask, uint64_t carry_stop, sum_word *sum, sum_word *carry,
                         trace *t)
{
  const sum_word x = in[0], y = in[1], z = in[2];
  uint64_t all = x.live & y.live & z.live, two = majority(x.live, y.live, z.live) & ~all;
  uint64_t one = (x.live | y.live | z.live) & ~two & ~all, none = ~(x.live | y.live | z.live);
  uint64_t odd = x.fixed ^ y.fixed ^ z.fixed, pair = majority(x.fixed, y.fixed, z.fixed), inverted = one & odd;
  uint64_t partial = x.value ^ y.value;
  uint64_t s = (partial ^ z.value) & mask, c = majority(x.value, y.value, z.value) & mask;
  if (t) {
    row r = {all & mask, two & mask, inverted & mask, mask & ~(mask >> 1), partial, s, c};
    trace_row(&r, t);
  }
  *sum = (sum_word){s, (all | two | one) & mask, none & odd & mask};
  /* Where carries stop changes with the mode, the cells stay. */
  carry->value = (c << 1) & mask & ~carry_stop;
  carry->live = ((all | two | inverted) << 1) & mask;
  carry->fixed = (((one | none) & pair) << 1) & mask;
}

/* Cells of the ripple adder: a carry that cannot be there costs nothing. */
static void trace_finish(const sum_word *x, const sum_word *y, int width, uint64_t mask, uint64_t sum, trace *t)
{
  uint64_t a = x->value & mask, b = y->value & mask, in = a ^ b ^ sum; /* carry into each column */
  row r = {.top = mask & ~(mask >> 1), .partial = a ^ b, .sum = sum, .carry = majority(a, b, in)};
  bool live = false, one = false; /* the carry into this column */
  for (int i = 0; i < width; i++) {
    uint64_t bit = UINT64_C(1) << i;
    int varying = ((x->live & bit) != 0) + ((y->live & bit) != 0) + live;
    int ones = ((x->fixed & bit) != 0) + ((y->fixed & bit) != 0) + one;
    if (varying == 3) r.full |= bit;
    if (varying == 2) r.half |= bit;
    if (varying == 1 && ones == 1) r.inverter |= bit;
    live = varying >= 2 || (varying == 1 && ones == 1);
    one = !live && ones >= 2;
  }
  trace_row(&r, t);
}

static uint64_t finish(const sum_word *x, const sum_word *y, int width, uint64_t mask, uint64_t carry_stop, trace *t)
{
  uint64_t a = x->value & mask, b = y->value & mask;
  /* No carry goes into a stop: add the lanes without their top bits, then put those back without carry. */
  uint64_t top = carry_stop >> 1, sum = (((a & ~top) + (b & ~top)) ^ ((a ^ b) & top)) & mask;
  if (t) trace_finish(x, y, width, mask, sum, t);
  return sum;
}

uint64_t carrysave_sum(sum_word *word, int count, int width, uint64_t carry_stop, trace *t)
{
  uint64_t mask = width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;
  while (count > 2) {
    int made = 0, i = 0;
    for (; i + 2 < count; i += 3, made += 2) {
      sum_word sum, carry;
      three_to_two(word + i, mask, carry_stop, &sum, &carry, t);
      word[made] = sum;
      word[made + 1] = carry;
    }
    for (; i < count; i++)
      word[made++] = word[i];
    count = made;
  }
  const sum_word zero = {0};
  return finish(&word[0], count > 1 ? &word[1] : &zero, width, mask, carry_stop, t);
}
