/* The operator table: one row per operator, one column per view. */
#include "operators.h"

#include "expand.h"

/* ---- shape checks: what is wrong, or NULL */

static const char *check_input_widths(const node *n)
{
  for (int i = 0; i < n->count; i++)
    if (n->in_width[i] < 1) return "an input has no width";
  return NULL;
}

static const char *check_addsub(const node *n)
{
  return n->in_width[2] == 1 ? NULL : "expected a subtract input of 1 bit";
}

static const char *check_negate(const node *n)
{
  return n->in_width[1] == 1 ? NULL : "expected a negate input of 1 bit";
}

static const char *check_booth(const node *n)
{
  if (n->shape.multiplier == QY_MULTIPLIER_BOOTH && !n->shape.is_signed)
    return "a Booth multiplier is signed; use the array for unsigned operands";
  if (n->in_width[0] > 32 || n->in_width[1] > 32) return "expected operands of at most 32 bits";
  return NULL;
}

static const char *check_modes(const node *n)
{
  if (n->in_width[0] != 4 && n->in_width[0] != 8 && n->in_width[0] != 16) return "expected operands of 4, 8 or 16 bits";
  if (n->in_width[2] != 2) return "expected a mode input of 2 bits";
  return check_booth(n);
}

static const char *check_multiply_add(const node *n)
{
  if (n->in_width[2] != n->shape.width) return "expected an addend as wide as the result";
  return check_booth(n);
}

static const char *check_shift_right(const node *n)
{
  if (n->in_width[1] > 6) return "expected a shift amount of at most 6 bits";
  return n->shape.width == n->in_width[0] ? NULL : "expected a result as wide as the operand";
}

static const char *check_shift_left(const node *n)
{
  if (n->in_width[1] > 6) return "expected a shift amount of at most 6 bits";
  return n->shape.width >= n->in_width[0] ? NULL : "expected a result at least as wide as the operand";
}

static const char *check_mux(const node *n)
{
  for (int i = 2; i < n->count; i++)
    if (n->in_width[i] != n->in_width[1]) return "expected data inputs of equal width";
  return n->in_width[0] == qy_log2_ceil(n->shape.count) ? NULL : "the select input does not fit the number of inputs";
}

static const char *check_same_width(const node *n)
{
  return n->in_width[0] == n->in_width[1] ? NULL : "expected operands of equal width";
}

static const char *check_slice(const node *n)
{
  bool inside = n->amount >= 0 && n->amount + n->shape.width <= n->in_width[0];
  return inside ? NULL : "the slice reaches beyond its operand";
}

static const char *check_extend(const node *n)
{
  return n->shape.width >= n->in_width[0] ? NULL : "expected a result at least as wide as the operand";
}

static const char *check_round(const node *n)
{
  return n->shape.drop >= 0 && n->shape.drop < n->in_width[0] ? NULL : "expected to drop fewer bits than there are";
}

/* Input k of a register; those of an instance are connected after it is made. */
static const char *check_enable_at(const node *n, int k)
{
  return n->count <= k || n->in[k] < 0 || n->in_width[k] == 1 ? NULL : "expected an enable input of 1 bit";
}

static const char *check_enable(const node *n)
{
  return check_enable_at(n, 1);
}

static const char *check_counter(const node *n)
{
  return check_enable_at(n, 0);
}

/* ---- flip-flops of a pipeline cut through an operator */

/* What is left of the operands and what is done of the result. */
static double cut_linear(const node *n, double frac)
{
  double operands = 0;
  for (int i = 0; i < n->count; i++)
    operands += n->in_width[i];
  return (1 - frac) * operands + frac * n->shape.width;
}

/* Sum and carry word of the carry-save rows. */
static double cut_carry_save(const node *n, double frac)
{
  (void)frac;
  return 2.0 * (n->shape.a + n->shape.b);
}

#define PLAIN(class)                                                                                                   \
  {                                                                                                                    \
    class, class                                                                                                       \
  }
#define WIRES .is_wires = true, .cut_bits = cut_linear, .class = PLAIN(QY_CLASS_LOGIC)

/* clang-format off */
/* Columns: name, class of each kind of multiplier, then what is called after the operator:
 * evaluate_, expand_, cut_, lut_op_, verilog_; then what few have. */
#define LOGIC(name_, class_, booth_class, evaluate_x, expand_x, cut, lut_x, verilog_x, ...) \
  {.name = name_, .class = {QY_CLASS_##class_, QY_CLASS_##booth_class}, \
   .evaluate = evaluate_##evaluate_x, .expand = expand_##expand_x, .cut_bits = cut_##cut, .lut = lut_op_##lut_x, \
   .verilog = verilog_##verilog_x, __VA_ARGS__}

static const operator_row table[QY_OP_COUNT] = {
    [QY_OP_INPUT] = {.name = "input", .verilog = verilog_none, WIRES},
    [QY_OP_CONSTANT] = {.name = "constant", .expand = expand_constant, .verilog = verilog_constant,
        .evaluate = evaluate_constant, .lut = lut_op_constant, WIRES},
    [QY_OP_ADD] = LOGIC("add", ADDER, ADDER, add, add, linear, add, add, .check = check_input_widths),
    [QY_OP_SUBTRACT] = LOGIC("subtract", ADDER, ADDER, subtract, subtract, linear, add, subtract,
        .check = check_input_widths),
    [QY_OP_ADDSUB] = LOGIC("addsub", ADDER, ADDER, addsub, addsub, linear, add, addsub,
        .check = check_addsub),
    [QY_OP_NEGATE_IF] = LOGIC("negate_if", ADDER, ADDER, negate_if, negate_if, linear, add, negate_if,
        .check = check_negate),
    [QY_OP_MULTIPLY] = LOGIC("multiply", MULTIPLIER, BOOTH, multiply, multiply, carry_save, multiply,
        multiply, .check = check_booth),
    [QY_OP_MULTIPLY_ST] = LOGIC("multiply_st", MULTIPLIER, BOOTH, multiply_mode, multiply, carry_save,
        multiply, multiply, .check = check_modes, .block = qy_cells_multiply_st, .words = words_rows),
    [QY_OP_MULTIPLY_SA] = LOGIC("multiply_sa", MULTIPLIER, BOOTH, multiply_mode, multiply, carry_save,
        multiply, multiply, .check = check_modes, .block = qy_cells_multiply_sa, .words = words_rows),
    [QY_OP_MULTIPLY_ADD] = LOGIC("multiply_add", MAC, MAC, multiply_add, multiply, carry_save,
        multiply, multiply, .check = check_multiply_add, .block = qy_cells_multiply_add, .late_last = true,
        .block_toggles = block_multiply_add),
    [QY_OP_SHIFT_LEFT] = LOGIC("shift_left", SHIFTER, SHIFTER, shift_left, shift_left, linear, shift,
        shift_left, .check = check_shift_left),
    [QY_OP_SHIFT_RIGHT] = LOGIC("shift_right", SHIFTER, SHIFTER, shift_right, shift_right, linear, shift,
        shift_right, .check = check_shift_right),
    [QY_OP_SHIFT_RIGHT_SIGNED] = LOGIC("shift_right_signed", SHIFTER, SHIFTER, shift_right, shift_right,
        linear, shift, shift_right, .check = check_shift_right),
    [QY_OP_SHIFT_CONSTANT] = {.name = "shift_constant", .expand = expand_shift_constant,
        .verilog = verilog_shift_constant, .evaluate = evaluate_shift_constant,
        .lut = lut_op_shift_constant, WIRES},
    [QY_OP_MUX] = LOGIC("mux", MUX, MUX, mux, mux, linear, mux, mux, .check = check_mux),
    [QY_OP_AND] = LOGIC("and", LOGIC, LOGIC, and, and, linear, and, and, .check = check_same_width),
    [QY_OP_OR] = LOGIC("or", LOGIC, LOGIC, or, or, linear, or, or, .check = check_same_width),
    [QY_OP_XOR] = LOGIC("xor", LOGIC, LOGIC, xor, xor, linear, xor, xor, .check = check_same_width),
    [QY_OP_NOT] = LOGIC("not", LOGIC, LOGIC, not, not, linear, not, not, .check = NULL),
    [QY_OP_LESS] = LOGIC("less", COMPARE, COMPARE, less, block, linear, less, less,
        .block = qy_cells_less, .path = qy_path_less, .block_toggles = block_less),
    [QY_OP_EQUAL] = LOGIC("equal", LOGIC, LOGIC, equal, equal, linear, equal, equal, .check = NULL),
    [QY_OP_MAX] = LOGIC("max", COMPARE, COMPARE, max, max, linear, max, max, .check = check_same_width,
        .block = qy_cells_less, .path = qy_path_less, .words = words_max, .block_toggles = block_less),
    [QY_OP_LEADING_ONE] = LOGIC("leading_one", ENCODER, ENCODER, leading_one, block, linear, leading_one,
        leading_one, .block = qy_cells_leading_one, .path = qy_path_leading_one,
        .block_toggles = block_leading_one),
    [QY_OP_TRUTH_TABLE] = LOGIC("truth_table", ENCODER, ENCODER, truth_table, block, linear, truth_table,
        truth_table, .block = qy_cells_truth_table, .path = qy_path_truth_table,
        .block_toggles = block_truth_table),
    [QY_OP_SLICE] = {.name = "slice", .expand = expand_slice, .verilog = verilog_slice,
        .check = check_slice, .evaluate = evaluate_slice, .lut = lut_op_slice, WIRES},
    [QY_OP_CONCAT] = {.name = "concat", .expand = expand_concat, .verilog = verilog_concat,
        .evaluate = evaluate_concat, .lut = lut_op_concat, WIRES},
    [QY_OP_EXTEND] = {.name = "extend", .expand = expand_extend, .verilog = verilog_extend,
        .check = check_extend, .evaluate = evaluate_extend, .lut = lut_op_extend, WIRES},
    [QY_OP_ROUND_SATURATE] = LOGIC("round_saturate", ADDER, ADDER, round_saturate, block, linear,
        round_saturate, round_saturate, .check = check_round, .block = qy_cells_round_saturate,
        .path = qy_path_round_saturate, .block_toggles = block_round_saturate),
    [QY_OP_REGISTER] = LOGIC("register", REGISTER, REGISTER, register, register, linear, none,
        register, .is_state = true, .check = check_enable),
    [QY_OP_COUNTER] = LOGIC("counter", REGISTER, REGISTER, counter, counter, linear, none, counter,
        .is_state = true, .check = check_counter),
};
/* clang-format on */

const operator_row *operator_of(const node *n)
{
  return &table[n->op];
}

qy_operator_class node_class(const node *n)
{
  return operator_of(n)->class[n->shape.multiplier];
}
