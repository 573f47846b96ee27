/* Static timing of a circuit, bit by bit (bits.h): inputs and registers start at clock to Q, registers and outputs end
 * with set-up time.  Times in ps, in the delays of a library. */
#ifndef QUARRY_TIMING_H
#define QUARRY_TIMING_H

#include "graph.h"

/* Arrival times: when a node's inputs are settled and when its output is; at: those of single bits. */
typedef struct arrivals {
  double *enter, *leave; /* [nodes], ps */
  float *at, *scratch;   /* [2 cells]; scratch: for paths between two places */
  bit_delays delays;
} arrivals;

static inline bool node_is_start(const node *n)
{
  return n->state >= 0 || n->count == 0;
}

static inline bool node_is_constant(const node *n)
{
  return n->count == 0 && n->state < 0 && operator_of(n)->evaluate;
}

/* Room for them; -1: out of memory (to be freed all the same). */
int arrivals_alloc(arrivals *at, const qy_circuit *c);
void arrivals_free(arrivals *at);

/* Arrival of all bits; of words, with their latest bit. */
void arrivals_bits(const qy_circuit *c, const qy_tech *tech, bit_form form, arrivals *at);
void arrivals_words(const qy_circuit *c, arrivals *at);
/* Latest arrival at a register or an output. */
double arrivals_latest(const qy_circuit *c, const float *at);
/* Through node i: from input k alone (k < 0: from all), whose bits are there at 0, to the last bit of its output.
 * scratch[2 cells]. */
double arrivals_alone(const qy_circuit *c, size_t i, int k, const bit_delays *d, float *scratch);
/* Delay from input k of node i to its output as it arrives in the circuit. */
double arrivals_path(const qy_circuit *c, size_t i, int k, const arrivals *at);

/* The longest loop of a register with itself, set-up included; 0: none.  reached[nodes]: scratch.  on_loop[nodes]: NULL
 * or, cleared, the marks of the registers that have one.  A counter's increment is inside the operator: no loop of
 * words. */
double arrivals_loop(const qy_circuit *c, const arrivals *at, bool *reached, bool *on_loop);
/* What depends on a loop's register belongs to the loop's stage, and so does the loop, which does: extend the marks
 * forward, up to the next registers. */
void arrivals_mark_behind(const qy_circuit *c, bool *on_loop);

#endif
