/* Operators that are counted and timed as a whole, by closed forms of their widths.  All others are cells: bits.h.
 *
 * Counts are those of minimum-area synthesis (lean), checked against own open synthesis, 2026.
 * Units: cells (a count may be fractional where a mean is meant), ps.  Validity: words of 1 to 64 bits.
 * Ownership: a shape borrows the table it points to.
 */
#ifndef QUARRY_CIRCUIT_CELLS_H
#define QUARRY_CIRCUIT_CELLS_H

#include "quarry/circuit.h"
#include "quarry/integer.h"

#include <stdbool.h>
#include <stdint.h>

/* A gate of two times two inputs has four transistor pairs, AOI21 three; no census kind of its own. */
#define AOI22_PER_AOI21 (4.0 / 3.0)

/* One operator instance.  Zero-initialise, then set what the operator needs; the rest is ignored. */
typedef struct qy_shape {
  int a, b, c;              /* operand widths in bits, in the order of the operator's operands; 0: no such operand.
                               shifters: b is the width of the amount; MULTIPLY_ADD: c is the addend;
                               TRUTH_TABLE: a is the width of the address; LEADING_ONE: a is the word searched */
  int width;                /* output width in bits; shift left with width > a grows (no bit is lost) */
  bool is_signed;           /* operands are read as two's complement */
  qy_multiplier multiplier; /* how a product is made */
  int count;                /* MUX: data inputs; register file: words; else unused */
  int drop;                 /* ROUND_SATURATE: low bits dropped, >= 0 */
  bool enable;              /* REGISTER: has an enable input (a feedback mux per bit) */
  bool has_constant;        /* operand b is a constant known when the circuit is built ... */
  uint64_t constant;        /* ... namely this */
  const uint64_t *table;    /* TRUTH_TABLE: 2^a words of `width` bits */
} qy_shape;

typedef qy_cell_forms bit_census;

/* All add to the census; false: out of memory. */
typedef bool qy_cells_function(const qy_shape *shape, bit_census *census);
qy_cells_function qy_cells_less, qy_cells_leading_one, qy_cells_truth_table, qy_cells_round_saturate;
/* What multipliers with sub-words or an addend have beside their rows. */
qy_cells_function qy_cells_multiply_st, qy_cells_multiply_sa, qy_cells_multiply_add;

/* All path functions: from the latest input to the latest output, ps.  fast: trees of complex gates. */
typedef double qy_path_function(const qy_shape *shape, const qy_tech *tech, bool fast);
qy_path_function qy_path_less, qy_path_leading_one, qy_path_truth_table, qy_path_round_saturate;

/* Input capacitance of a gate, fF: that of one pin of the gates that most nets drive. */
double qy_path_pin(const qy_tech *tech);
/* Delay of a cell at a load, by the library's slope. */
double qy_path_cell(const qy_tech *tech, qy_cell cell, double load_ff);
/* Delay of the buffers of a line on which hang so many gates of pin_ff each. */
double qy_path_line(double gates, double pin_ff, const qy_tech *tech, bool fast);

#endif
