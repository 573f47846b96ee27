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

#define CELL_WORD        uint64_t
#define CELL_FUNCTION(f) static inline void lanes_##f
#include "cell_logic.h"

#endif
