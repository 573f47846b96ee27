/* One circuit per operator and width, shared by the tests of simulation and of Verilog. */
#ifndef QUARRY_TEST_OPERATOR_CIRCUITS_H
#define QUARRY_TEST_OPERATOR_CIRCUITS_H

#include "quarry/circuit.h"

#include <stdio.h>

/* Inputs a (wa bits), b (wb bits), s (ws bits); outputs in the order in which they are computed. */
typedef struct widths {
  int a, b, s;
} widths;

static inline qy_circuit *arithmetic_circuit(qy_arena *arena, widths w, int out, bool is_signed)
{
  char name[64];
  snprintf(name, sizeof name, "arithmetic_%d_%d_%d_%d", w.a, w.b, out, is_signed);
  qy_circuit *c = qy_circuit_new(name, arena);
  qy_net a = qy_input(c, "a", w.a), b = qy_input(c, "b", w.b), s = qy_input(c, "s", 1);
  qy_output(c, "sum", qy_add(c, a, b, out, is_signed));
  qy_output(c, "difference", qy_subtract(c, a, b, out, is_signed));
  qy_output(c, "either_sum", qy_addsub(c, a, b, s, out, is_signed));
  qy_output(c, "negated", qy_negate_if(c, a, s, out, is_signed));
  qy_output(c, "is_less", qy_less(c, a, b, is_signed));
  qy_output(c, "is_equal", qy_equal(c, a, b));
  return c;
}

/* a, b of equal width. */
static inline qy_circuit *logic_circuit(qy_arena *arena, int width, bool is_signed)
{
  char name[64];
  snprintf(name, sizeof name, "logic_%d_%d", width, is_signed);
  qy_circuit *c = qy_circuit_new(name, arena);
  qy_net a = qy_input(c, "a", width), b = qy_input(c, "b", width);
  qy_output(c, "y_and", qy_bitwise(c, QY_OP_AND, a, b));
  qy_output(c, "y_or", qy_bitwise(c, QY_OP_OR, a, b));
  qy_output(c, "y_xor", qy_bitwise(c, QY_OP_XOR, a, b));
  qy_output(c, "y_not", qy_bitwise(c, QY_OP_NOT, a, -1));
  qy_output(c, "y_max", qy_max(c, a, b, is_signed));
  qy_output(c, "y_first", qy_leading_one(c, a));
  return c;
}

/* a shifted by s. */
static inline qy_circuit *shift_circuit(qy_arena *arena, int width, int amount, int out, bool is_signed)
{
  char name[64];
  snprintf(name, sizeof name, "shift_%d_%d_%d_%d", width, amount, out, is_signed);
  qy_circuit *c = qy_circuit_new(name, arena);
  qy_net a = qy_input(c, "a", width), s = qy_input(c, "s", amount);
  qy_output(c, "left", qy_shift(c, QY_OP_SHIFT_LEFT, a, s, out, is_signed));
  qy_output(c, "right", qy_shift(c, QY_OP_SHIFT_RIGHT, a, s, width, false));
  qy_output(c, "right_signed", qy_shift(c, QY_OP_SHIFT_RIGHT_SIGNED, a, s, width, true));
  qy_output(c, "left_3", qy_shift_constant(c, a, 3, out));
  qy_output(c, "right_2", qy_shift_constant(c, a, -2, width));
  return c;
}

static const uint64_t table_entries[16] = {7, 1, 30, 4, 9, 9, 9, 31, 0, 0, 17, 2, 25, 3, 6, 12};

/* Wires, multiplexers, table, rounding: a is 12 bits, b 12 bits, s 4 bits. */
static inline qy_circuit *wire_circuit(qy_arena *arena)
{
  qy_circuit *c = qy_circuit_new("wires", arena);
  qy_net a = qy_input(c, "a", 12), b = qy_input(c, "b", 12), s = qy_input(c, "s", 4);
  qy_net k = qy_constant_word(c, 0x5a3, 12), s1 = qy_slice(c, s, 0, 1), s2 = qy_slice(c, s, 0, 2);
  qy_output(c, "mux2", qy_mux(c, s1, (qy_net[]){a, b}, 2));
  qy_output(c, "mux3", qy_mux(c, s2, (qy_net[]){a, b, k}, 3));
  qy_output(c, "mux5", qy_mux(c, qy_slice(c, s, 1, 3), (qy_net[]){a, b, k, b, a}, 5));
  qy_output(c, "joined", qy_concat(c, (qy_net[]){s1, s1, s1, a, b}, 5));
  qy_output(c, "middle", qy_slice(c, a, 3, 5));
  qy_output(c, "wide_u", qy_extend(c, a, 20, false));
  qy_output(c, "wide_s", qy_extend(c, a, 20, true));
  qy_output(c, "entry", qy_truth_table(c, s, table_entries, 5));
  qy_output(c, "round_s", qy_round_saturate(c, a, 3, 6, true));
  qy_output(c, "round_u", qy_round_saturate(c, a, 3, 6, false));
  qy_output(c, "clamp_s", qy_round_saturate(c, a, 0, 8, true));
  qy_output(c, "clamp_u", qy_round_saturate(c, a, 0, 8, false));
  qy_output(c, "keep_s", qy_round_saturate(c, a, 4, 9, true));
  qy_output(c, "bit_s", qy_round_saturate(c, a, 5, 1, true));
  return c;
}

/* Registers with and without enable and a counter; a is 12 bits, s 1 bit. */
static inline qy_circuit *state_circuit(qy_arena *arena)
{
  qy_circuit *c = qy_circuit_new("states", arena);
  qy_net a = qy_input(c, "a", 12), s = qy_input(c, "s", 1);
  qy_net r = qy_register(c, "plain", 12, -1), e = qy_register(c, "enabled", 12, s);
  qy_register_connect(c, e, qy_add(c, e, r, 12, false));
  qy_register_connect(c, r, a);
  qy_output(c, "y_plain", r);
  qy_output(c, "y_enabled", e);
  qy_output(c, "y_count", qy_counter(c, "ticks", 5, s));
  qy_output(c, "y_free", qy_counter(c, "free", 3, -1));
  return c;
}

#endif
