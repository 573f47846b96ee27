/* The bits of a circuit in many cycles at once: bit t of a lane word belongs to cycle t of a batch.
 *
 * Words come cycle by cycle from the word-level simulation; those that bits are given by (bits.h) are transposed, all
 * other cells are evaluated on whole lane words.  Two batches share a cycle, so a batch of n cycles has n - 1 moves
 * from one settled state to the next.
 */
#ifndef QUARRY_CIRCUIT_LANES_H
#define QUARRY_CIRCUIT_LANES_H

#include "bits.h"
#include "graph.h"

enum { LANES = 64 };

/* Given bits of one word of one node. */
typedef struct lane_run {
  int32_t node, word;
  size_t first, count; /* in bit_net.given */
} lane_run;

typedef struct lanes {
  const qy_circuit *c;
  lane_run *run; /* [runs] */
  size_t runs;
  uint64_t *word;  /* [runs][LANES], words of the batch so far */
  uint64_t *value; /* [2 cells], valid after lanes_settle */
  int cycles;      /* in the batch so far */
} lanes;

/* -1: out of memory; to be freed in either case. */
int lanes_open(lanes *l, const qy_circuit *c);
void lanes_close(lanes *l);
/* The settled words of all nodes in the next cycle; at most LANES in a batch. */
void lanes_put(lanes *l, const uint64_t *node_word);
/* Settle every bit. */
void lanes_settle(lanes *l);
/* Begin the next batch with the last cycle of this one. */
void lanes_next(lanes *l);
/* Lanes that have a successor in the batch. */
static inline uint64_t lanes_moves(const lanes *l)
{
  return qy_word_mask(l->cycles - 1);
}

/* Outputs of a cell whose inputs have these values; out[1] only where there is a carry. */
static inline void lanes_cell(const bit_cell *cell, const uint64_t *value, uint64_t out[2])
{
  uint64_t a = value[cell->in[0]], b = value[cell->in[1]], c = value[cell->in[2]], d = value[cell->in[3]];
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
  case BIT_BOOTH: out[0] = (a & c) | (b & d); return;
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

#endif
