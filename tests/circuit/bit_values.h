/* What cells of circuits bit by bit do, from what each kind is said to be. */
#ifndef QUARRY_TESTS_BIT_VALUES_H
#define QUARRY_TESTS_BIT_VALUES_H

#include "../../src/circuit/bits.h"

/* Outputs of a cell, from what each kind is said to be. */
static inline void bit_evaluate(const bit_cell *cell, const int *value, int out[2])
{
  int a = value[cell->in[0]], b = value[cell->in[1]], c = value[cell->in[2]], d = value[cell->in[3]];
  int sum = a + b + c, half = a + c;
  out[1] = 0;
  switch ((bit_kind)cell->kind) {
  case BIT_INV: out[0] = !a; break;
  case BIT_NOT_PRODUCT: out[0] = !(a && b); break;
  case BIT_OR:
  case BIT_GATE_OR: out[0] = a || b; break;
  case BIT_GATE_NOT: out[0] = a && !b; break;
  case BIT_GATE_OR_NOT: out[0] = a || !b; break;
  case BIT_XOR: out[0] = a != b; break;
  case BIT_XNOR: out[0] = a == b; break;
  case BIT_SELECT:
  case BIT_SELECT_ONE: out[0] = c ? b : a; break;
  case BIT_EDGE: out[0] = a || (b && c); break;
  case BIT_EDGE_NOT: out[0] = a || (b && !c); break;
  case BIT_ABSORBED: out[0] = a && c; break;
  case BIT_DIGIT_TWO: out[0] = a != b && a != c; break;
  case BIT_BOOTH: out[0] = (a && c) || (b && d); break;
  case BIT_HALF:
  case BIT_CHAIN_HALF: out[0] = half & 1, out[1] = half >> 1; break;
  case BIT_HALF_ONE:
  case BIT_CHAIN_ONE: out[0] = (half + 1) & 1, out[1] = (half + 1) >> 1; break;
  case BIT_FULL:
  case BIT_CHAIN: out[0] = sum & 1, out[1] = sum >> 1; break;
  default: out[0] = a && b;
  }
}

#endif
