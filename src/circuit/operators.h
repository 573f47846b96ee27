/* The columns of the operator table that live in files of their own.  Contracts: operator_row in graph.h. */
#ifndef QUARRY_CIRCUIT_OPERATORS_H
#define QUARRY_CIRCUIT_OPERATORS_H

#include "graph.h"
#include "lut_int.h"
#include "verilog.h"

typedef uint64_t evaluate_function(const node *n, const uint64_t *in);
evaluate_function evaluate_constant, evaluate_add, evaluate_subtract, evaluate_addsub, evaluate_negate_if;
evaluate_function evaluate_multiply, evaluate_multiply_mode, evaluate_multiply_add;
evaluate_function evaluate_shift_left, evaluate_shift_right, evaluate_shift_constant, evaluate_mux;
evaluate_function evaluate_and, evaluate_or, evaluate_xor, evaluate_not;
evaluate_function evaluate_less, evaluate_equal, evaluate_max, evaluate_leading_one, evaluate_truth_table;
evaluate_function evaluate_slice, evaluate_concat, evaluate_extend, evaluate_round_saturate;
evaluate_function evaluate_register, evaluate_counter;

typedef void words_function(const node *n, const uint64_t *in, uint64_t *word);
words_function words_rows, words_max;

typedef double block_function(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves);
block_function block_less, block_leading_one, block_truth_table, block_round_saturate, block_multiply_add;

#endif
