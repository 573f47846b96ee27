/* What the two files of the composed element share: composed.c (ports, sums, accumulators), composed_unit.c (the
 * operands of the small multipliers and the levels above them).
 *
 * Parts: an operand of B bits is cut into 2 (B = 4) or 4 parts, small multipliers take one of each.  i counts the
 * activation's parts, j the weight's, lowest first; they are also the places of results (slots): the sum that starts at
 * part i of x and part j of w.  Modes 0, 1, 2: B, B/2 and B/4 bits; where unrolled in full also 3 and 4: x of B bits, w
 * of B/2 and B/4. */
#ifndef QUARRY_PE_COMPOSED_H
#define QUARRY_PE_COMPOSED_H

#include "pe_int.h"

enum { COMPOSED_PARTS_MAX = 4, COMPOSED_SLOTS_MAX = 16, COMPOSED_MODES = 5, COMPOSED_LEVELS_MAX = 2 };

/* A mode: how many sub-words the operands hold, and in sums of how many products they end. */
typedef struct composed_mode {
  int x_words, w_words; /* 1, 2 or 4 */
  int summed;           /* products in a result, all lanes */
  int width;            /* of a result, headroom left out */
} composed_mode;

typedef struct composed {
  qy_circuit *c;
  int bits, parts, part_bits, levels;
  qy_pe_sharing sharing;
  bool subword, is_signed;
  int group, units, lanes; /* lanes = group * units */
  int modes;               /* numbers used: 0 .. modes - 1, those of more words than parts left out */
  /* By level, the top one first: 1: the operand is cut there. */
  qy_net x_cut[COMPOSED_LEVELS_MAX], w_cut[COMPOSED_LEVELS_MAX];
} composed;

/* A net and the values that it can take. */
typedef struct composed_word {
  qy_net net; /* < 0: none */
  int64_t low, high;
} composed_word;

/* Results of parts x parts small multipliers: by slot; of sub-words that only meet their partner, slot [i][0]. */
typedef struct composed_block {
  int parts;
  composed_word slot[COMPOSED_PARTS_MAX][COMPOSED_PARTS_MAX];
} composed_block;

/* Places are as wide as the narrowest results; a wider one goes on over those behind it, which start nothing then. */
typedef struct composed_places {
  int count, width; /* of a place, headroom included */
  int headroom;
} composed_places;

composed_places composed_places_of(const composed *s, int accumulator_bits);
/* The place of results that start at slot i, j: w is cut before x, so its results lie farthest apart. */
int composed_place_of(const composed *s, int i, int j);
/* Exactly so many bits. */
qy_net composed_fitted(const composed *s, qy_net net, int width);

/* Sums, accumulators and outputs where modes have adders of their own (composed_modes.c).  x, w: [lanes]. */
void composed_separate(qy_pe *pe, const composed *s, const qy_net *x, const qy_net *w, qy_net mode, qy_net keep);

/* The shape without its nets.  params: checked. */
composed composed_shape(const qy_pe_params *params);
/* Sub-words of a mode; false: it does not have that mode. */
bool composed_mode_of(composed_mode *out, const composed *s, int mode);
/* Can the slot start a result in this mode? */
bool composed_starts(const composed *s, int mode, int i, int j);

/* a + b in a word of its own width. */
composed_word composed_add(const composed *s, composed_word a, composed_word b);
/* One unit: the products of `group` lanes, those of equal weight summed, and the levels above.  x, w: [group] ports. */
composed_block composed_unit(const composed *s, const qy_net *x, const qy_net *w);

#endif
