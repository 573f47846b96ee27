/* Operators as cells: the `expand` column of the operator table.  See bits.h. */
#ifndef QUARRY_CIRCUIT_EXPAND_H
#define QUARRY_CIRCUIT_EXPAND_H

#include "bits.h"
#include "graph.h"

/* in[k]: the bits of input k, lowest first; out: those of the result.  State operators: in[count] is the state, out
 * what it becomes. */
typedef void expand_function(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out);

expand_function expand_constant, expand_add, expand_subtract, expand_addsub, expand_negate_if, expand_multiply;
expand_function expand_shift_left, expand_shift_right, expand_shift_constant, expand_mux;
expand_function expand_and, expand_or, expand_xor, expand_not, expand_equal, expand_max;
expand_function expand_slice, expand_concat, expand_extend, expand_register, expand_counter;
expand_function expand_block; /* counted and timed as a whole */

#endif
