/* The structural cost of one operator: how many cells of each kind, and how long its path.
 *
 * Private to the circuit module.  Each function is a closed form of the operator's widths: what minimum-area synthesis
 * makes of it (lean).  The effort law of tech.h turns lean area into area at a target period.
 * Registers appear only in qy_cells_register and qy_cells_counter.
 * Sources: carry-save multipliers: C. S. Wallace, "A suggestion for a fast multiplier", IEEE TEC 1964; signed rows:
 * C. R. Baugh, B. A. Wooley, IEEE TC 1973; recoded rows: O. L. MacSorley, Proc. IRE 1961; prefix adders: R. P. Brent,
 * H. T. Kung, IEEE TC 1982; counts checked against own open synthesis, 2026 (tests/circuit/test_census.c).
 * Units: cells (a count may be fractional where a mean is meant), ps.  Validity: words of 1 to 64 bits.
 * Ownership: a shape borrows the table and the library it points to.
 */
#ifndef QUARRY_CIRCUIT_CELLS_H
#define QUARRY_CIRCUIT_CELLS_H

#include "quarry/circuit.h"
#include "quarry/integer.h"

#include <stdbool.h>
#include <stdint.h>

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
  const uint64_t *table;    /* TRUTH_TABLE: 2^a words of `width` bits; NULL: contents unknown */
  const qy_tech *tech;      /* set it in a copy of the shape before counting cells to be priced with that library:
                               multiplexers take the cheaper of their two forms there; NULL: the MUX2 cell */
} qy_shape;

/* All census functions: add nothing, write all of cells[]. */
typedef void qy_cells_function(const qy_shape *shape, double cells[QY_CELL_COUNT]);

qy_cells_function qy_cells_none; /* wires: constant shift, slice, concat, extend, input, constant */
qy_cells_function qy_cells_add, qy_cells_subtract, qy_cells_addsub, qy_cells_negate_if;
qy_cells_function qy_cells_multiply, qy_cells_multiply_st, qy_cells_multiply_sa, qy_cells_multiply_add;
qy_cells_function qy_cells_shift_left, qy_cells_shift_right, qy_cells_shift_right_signed;
qy_cells_function qy_cells_mux;
qy_cells_function qy_cells_and, qy_cells_or, qy_cells_xor, qy_cells_not;
qy_cells_function qy_cells_less, qy_cells_equal, qy_cells_max;
qy_cells_function qy_cells_leading_one, qy_cells_truth_table, qy_cells_round_saturate;
qy_cells_function qy_cells_register, qy_cells_counter;

/* All path functions: from the latest input to the latest output, ps.  fast: log-depth adders and trees, as
 * speed-driven synthesis builds them; else ripple carry.  qy_path_register gives clock to Q; set-up time is
 * tech->dff_setup_ps. */
typedef double qy_path_function(const qy_shape *shape, const qy_tech *tech, bool fast);

qy_path_function qy_path_none;
qy_path_function qy_path_add, qy_path_subtract, qy_path_addsub, qy_path_negate_if;
qy_path_function qy_path_multiply, qy_path_multiply_st, qy_path_multiply_sa, qy_path_multiply_add;
qy_path_function qy_path_shift_left, qy_path_shift_right, qy_path_shift_right_signed;
qy_path_function qy_path_mux;
qy_path_function qy_path_and, qy_path_or, qy_path_xor, qy_path_not;
qy_path_function qy_path_less, qy_path_equal, qy_path_max;
qy_path_function qy_path_leading_one, qy_path_truth_table, qy_path_round_saturate;
qy_path_function qy_path_register, qy_path_counter;

#endif
