/* Pieces of Verilog that the operators' printers share.  Every expression has exactly the width it is used with, so
 * that no tool has to widen or cut anything. */
#ifndef QUARRY_CIRCUIT_VERILOG_H
#define QUARRY_CIRCUIT_VERILOG_H

#include "graph.h"

/* "[7:0] " or nothing for one bit. */
void put_range(qy_text *text, int width);
/* A word of `from` bits as one of `to` bits: cut, or extended by zeros or its sign. */
void put_fitted(qy_text *text, const char *name, int from, int to, bool is_signed);
/* Bits [low, low + width) of a word of `from` bits. */
void put_slice(qy_text *text, const char *name, int from, int low, int width);
/* A constant. */
void put_constant(qy_text *text, uint64_t value, int width);
/* `count` zero bits inside a concatenation, with a comma before or after; nothing when count is 0. */
void put_zeros(qy_text *text, int count, const char *before, const char *after);
/* "  wire [w-1:0] name = " */
void put_wire(qy_text *text, int width, const char *name);

typedef void verilog_function(const node *n, const verilog_names *names, qy_text *text);
verilog_function verilog_none, verilog_constant, verilog_add, verilog_subtract, verilog_addsub, verilog_negate_if;
verilog_function verilog_multiply, verilog_shift_left, verilog_shift_right, verilog_shift_constant, verilog_mux;
verilog_function verilog_and, verilog_or, verilog_xor, verilog_not, verilog_less, verilog_equal, verilog_max;
verilog_function verilog_leading_one, verilog_truth_table, verilog_slice, verilog_concat, verilog_extend;
verilog_function verilog_round_saturate, verilog_register, verilog_counter;

#endif
