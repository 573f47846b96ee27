/* Multipliers at the level of their rows: partial products, carry-save rows, final adder.
 *
 * Array: one row per bit of the narrower operand.  Signed: C. R. Baugh and B. A. Wooley, IEEE Trans. Computers C-22
 * (1973) 1045: bits with exactly one sign bit are inverted and a constant is added.  Booth: O. L. MacSorley's radix-4
 * recoding (Proc. IRE 49 (1961) 67) of the second operand; each row's sign bit is inverted and constants replace sign
 * extension; the negation bit of a row sits in the next row. Sub-word modes: mode k splits the operands into N = 2^k
 * sub-words of s = w / N bits.  Sum-together keeps the blocks on the anti-diagonal, which all have weight 2^(w - s), so
 * the array adds the N products; sum-apart keeps the diagonal.
 */
#ifndef QUARRY_CIRCUIT_MULTIPLIER_H
#define QUARRY_CIRCUIT_MULTIPLIER_H

#include "quarry/alloc.h"
#include "quarry/circuit.h"

#include <stdbool.h>
#include <stdint.h>

enum { ROWS_MAX = 32, MULTIPLIER_MODES_MAX = 3 };

typedef enum multiplier_join { JOIN_PLAIN, JOIN_TOGETHER, JOIN_APART } multiplier_join;

typedef struct multiplier_row {
  uint64_t keep; /* positions in the sum that this row may set */
  uint64_t flip; /* positions that are inverted (or forced to one where keep is 0) */
  int low, high; /* Booth: bits [low, high) of the multiplicand are used, sign-extended from high - 1 */
  int negate_at; /* Booth: position of the bit that completes the negation */
  bool border;   /* Booth: the look-behind bit is cleared */
} multiplier_row;

typedef struct multiplier_mode {
  multiplier_row row[ROWS_MAX];
  uint64_t constant;          /* added to the rows */
  uint64_t result_flip;       /* positions of the sum to invert */
  uint64_t carry_stop;        /* positions into which no carry goes */
  int field_low, field_width; /* the result in the sum; it is extended to the full width */
} multiplier_mode;

typedef struct multiplier_layout {
  qy_multiplier kind;
  multiplier_join join;
  bool is_signed;
  bool swapped;       /* the first operand selects the rows */
  int columns, lines; /* bits of the multiplicand and of the operand that selects the rows */
  int rows;
  int width; /* of the sum */
  int modes;
  multiplier_mode mode[];
} multiplier_layout;

/* NULL when out of memory.  width >= wa + wb; sub-word joins need wa == wb. */
const multiplier_layout *multiplier_layout_new(qy_multiplier kind, multiplier_join join, bool is_signed, int wa, int wb,
                                               int width, qy_arena *arena);

/* Sub-word modes an operand of w bits has: sub-words of at least two bits. */
int multiplier_modes(int w);

/* What is added up: word[ROWS_MAX + 1], the rows and one word of constants and negations; the number is returned.
 * selected: NULL, or [ROWS_MAX] a recoded row's multiples before their sign (Booth only). */
int multiplier_rows(const multiplier_layout *p, uint64_t a, uint64_t b, uint64_t mode, uint64_t *word,
                    uint64_t *selected);

/* The product (mode is clamped to the last one) plus `addend`, modulo 2^width. */
uint64_t multiplier_run(const multiplier_layout *p, uint64_t a, uint64_t b, uint64_t mode, uint64_t addend);

#endif
