/* Word-parallel carry-save arithmetic that knows which bit positions hold a cell.
 *
 * A column of three varying bits is a full adder, of two a half adder, of one a wire; a constant one saves a cell or
 * turns it into a smaller one.  Sums are modulo 2^width.
 */
#ifndef QUARRY_CIRCUIT_CARRYSAVE_H
#define QUARRY_CIRCUIT_CARRYSAVE_H

#include "trace.h"

/* A word in a carry-save sum: value, the positions that may vary, and the positions that are always one. */
typedef struct sum_word {
  uint64_t value, live, fixed;
} sum_word;

/* Three words to two.  `cut`: carries into these positions are suppressed. */
void carrysave(const sum_word *x, const sum_word *y, const sum_word *z, uint64_t mask, uint64_t cut, sum_word *sum,
               sum_word *carry, trace *t);

/* Ripple addition of two words; the settled sums and carries go to the trace. */
uint64_t carrysave_finish(const sum_word *x, const sum_word *y, uint64_t mask, uint64_t cut, trace *t);

#endif
