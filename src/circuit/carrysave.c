/* Carry-save addition: see carrysave.h. */
#include "carrysave.h"

#include <stdbool.h>

static uint64_t majority(uint64_t x, uint64_t y, uint64_t z)
{
  return (x & y) | (z & (x | y));
}

/* Outputs of one row of full and half adders.  A column with a constant one and two varying bits is a half adder with
 * inverted outputs: the same cell for counting. */
static void trace_row(uint64_t full, uint64_t half, uint64_t inverter, uint64_t sum, uint64_t carry, trace *t)
{
  if (full) {
    trace_add(t, QY_FA, sum & full);
    trace_add(t, QY_FA, carry & full);
  }
  if (half) {
    trace_add(t, QY_HA, sum & half);
    trace_add(t, QY_HA, carry & half);
  }
  if (inverter) trace_add(t, QY_INV, sum & inverter);
}

void carrysave(const sum_word *x, const sum_word *y, const sum_word *z, uint64_t mask, uint64_t cut, sum_word *sum,
               sum_word *carry, trace *t)
{
  uint64_t all = x->live & y->live & z->live, two = majority(x->live, y->live, z->live) & ~all;
  uint64_t one = (x->live | y->live | z->live) & ~two & ~all, none = ~(x->live | y->live | z->live);
  uint64_t one_fixed = (x->fixed ^ y->fixed ^ z->fixed) & ~(x->fixed & y->fixed & z->fixed);
  uint64_t two_fixed = majority(x->fixed, y->fixed, z->fixed);
  uint64_t s = (x->value ^ y->value ^ z->value) & mask, c = majority(x->value, y->value, z->value) & mask;
  trace_row(all & mask, two & mask, one & one_fixed & mask, s, c, t);
  sum->value = s;
  sum->live = (all | two | one) & mask;
  sum->fixed = none & s;
  carry->value = (c << 1) & mask & ~cut; /* a cut changes with the mode, the cells stay */
  carry->live = ((all | two | (one & one_fixed)) << 1) & mask;
  carry->fixed = (((one | none) & two_fixed) << 1) & mask;
}

uint64_t carrysave_finish(const sum_word *x, const sum_word *y, uint64_t mask, uint64_t cut, trace *t)
{
  uint64_t a = x->value & mask, b = y->value & mask, sum, carry;
  if (cut) {
    /* No carry crosses a cut: add the lanes' lower bits, then put the carry-less top of each lane back. */
    uint64_t top = cut >> 1;
    sum = ((a & ~top) + (b & ~top)) ^ ((a ^ b) & top);
  } else {
    sum = a + b;
  }
  sum &= mask;
  uint64_t in = a ^ b ^ sum; /* carry into each position */
  carry = majority(a, b, in);
  if (!t) return sum;
  /* Which positions hold a cell: the carry varies from the first column with two varying bits on. */
  uint64_t full = 0, half = 0, inverter = 0;
  bool live = false, one = false; /* the carry into this position */
  for (int i = 0; i < 64 && (mask >> i & 1); i++) {
    uint64_t bit = UINT64_C(1) << i;
    int varying = ((x->live & bit) != 0) + ((y->live & bit) != 0) + live;
    int ones = ((x->fixed & bit) != 0) + ((y->fixed & bit) != 0) + (!live && one);
    if (varying == 3) full |= bit;
    if (varying == 2) half |= bit;
    if (varying == 1 && ones == 1) inverter |= bit;
    live = varying >= 2 || (varying == 1 && ones == 1);
    one = !live && ones >= 2;
  }
  trace_row(full, half, inverter, sum, carry, t);
  return sum;
}
