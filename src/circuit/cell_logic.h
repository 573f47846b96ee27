/* What cells make of their inputs, on words of bits of many cycles.  No guard: included once for each kind of word,
 * with
 *
 *   CELL_WORD         the word: uint64_t, or a vector of them
 *   CELL_FUNCTION(f)  name and kind of function f for this word
 */

/* Outputs of a cell whose inputs have these values; out[1] only where there is a carry. */
CELL_FUNCTION(cell)(const bit_cell *cell, const CELL_WORD *value, CELL_WORD out[2])
{
  const CELL_WORD a = value[cell->in[0]], b = value[cell->in[1]], c = value[cell->in[2]];
  switch ((bit_kind)cell->kind) {
  case BIT_INV: out[0] = ~a; return;
  case BIT_AND:
  case BIT_TREE_AND:
  case BIT_PRODUCT:
  case BIT_GATE: out[0] = a & b; return;
  case BIT_NOT_PRODUCT: out[0] = ~(a & b); return;
  case BIT_OR:
  case BIT_GATE_OR: out[0] = a | b; return;
  case BIT_GATE_NOT: out[0] = a & ~b; return;
  case BIT_GATE_OR_NOT: out[0] = a | ~b; return;
  case BIT_XOR: out[0] = a ^ b; return;
  case BIT_XNOR: out[0] = ~(a ^ b); return;
  case BIT_SELECT:
  case BIT_SELECT_ONE: out[0] = (a & ~c) | (b & c); return;
  case BIT_EDGE: out[0] = a | (b & c); return;
  case BIT_EDGE_NOT: out[0] = a | (b & ~c); return;
  case BIT_ABSORBED: out[0] = a & c; return;
  case BIT_DIGIT_TWO: out[0] = (a ^ b) & (a ^ c); return;
  case BIT_BOOTH: out[0] = (a & c) | (b & value[cell->in[3]]); return;
  case BIT_HALF:
  case BIT_CHAIN_HALF:
    out[0] = a ^ c;
    out[1] = a & c;
    return;
  case BIT_HALF_ONE:
  case BIT_CHAIN_ONE:
    out[0] = ~(a ^ c);
    out[1] = a | c;
    return;
  case BIT_FULL:
  case BIT_CHAIN:
    out[0] = a ^ b ^ c;
    out[1] = (a & b) | (c & (a | b));
    return;
  default: out[0] = a; /* a mask that is open; what is not evaluated */
  }
}

#undef CELL_WORD
#undef CELL_FUNCTION
