/* Counting the adders of a carry-save tree without running it.
 *
 * A word is described by which of its bits vary and which are constant ones.  Three words become two, row by row, in
 * the order given, until two are left for the final adder: the tree of C. S. Wallace (IEEE TEC 1964) as word-level
 * synthesis builds it.  A column of three varying bits is a full adder, of two a half adder, of one a wire.
 */
#ifndef QUARRY_CIRCUIT_CELLS_TREE_H
#define QUARRY_CIRCUIT_CELLS_TREE_H

#include <stdint.h>

enum { TREE_WORDS_MAX = 72 };

typedef struct tree_word {
  uint64_t live; /* bits that vary */
  uint64_t one;  /* bits that are constant one; disjoint from live */
} tree_word;

typedef struct tree_count {
  int full, half;  /* adders with both outputs used */
  int lone_xor;    /* sums whose carry leaves the word: two-input exclusive or */
  int inverter;    /* one varying bit plus a constant one */
  int levels;      /* carry-save rows on the way to the final adder */
  int final_first; /* lowest and highest column of the final adder that holds a carry: its ripple length */
  int final_last;
} tree_count;

/* Bits [low, low + n) vary. */
tree_word tree_bits(int low, int n);

/* Add up `count` words (at most TREE_WORDS_MAX) modulo 2^width, width in [1..64]. */
tree_count tree_of(const tree_word *word, int count, int width);

#endif
