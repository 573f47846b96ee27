/* Word-parallel carry-save arithmetic that knows which bit positions hold a cell.
 *
 * Words are added three to two, row by row in the order given, until two are left for a ripple adder (C. S. Wallace,
 * IEEE TEC 1964, as word-level synthesis builds it): the structure that cells_tree.h counts.  A column of three
 * varying bits is a full adder, of two a half adder, of one a wire; a constant one saves a cell or turns it into a
 * smaller one; in the top column nobody wants the carry.  Sums are modulo 2^width.
 */
#ifndef QUARRY_CIRCUIT_CARRYSAVE_H
#define QUARRY_CIRCUIT_CARRYSAVE_H

#include "trace.h"

/* A word in a carry-save sum: value, the positions that may vary, and the positions that are always one. */
typedef struct sum_word {
  uint64_t value, live, fixed;
} sum_word;

enum { SUM_WORDS_MAX = 72 };

/* The sum of `count` words, which are used up.  carry_stop: no carry goes into these positions.  The outputs of all
 * cells go to the trace when there is one. */
uint64_t carrysave_sum(sum_word *word, int count, int width, uint64_t carry_stop, trace *t);

#endif
