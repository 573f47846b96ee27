/* The operator table: one row per operator, one column per view. */
#include "operators.h"

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

static const char *check_enable(const node *n)
{
  return n->count < 2 || n->in_width[1] == 1 ? NULL : "expected an enable input of 1 bit";
}

static const char *check_counter(const node *n)
{
  return n->count < 1 || n->in_width[0] == 1 ? NULL : "expected an enable input of 1 bit";
}

/* ---- logic depth, in full adders */

static int moving(uint64_t changed)
{
  return __builtin_popcountll(changed);
}

static double depth_one(const node *n, const uint64_t *changed, size_t self)
{
  (void)n, (void)changed, (void)self;
  return 1;
}

/* A ripple is as long as the bits that move. */
static double depth_ripple(const node *n, const uint64_t *changed, size_t self)
{
  (void)n;
  return moving(changed[self]);
}

/* Rows and ripple of a multiplier: n + m, the variable of the glitch fit in the open synthesis study (2026), of the
 * operand bits that move: there 16 x 16 bits of which only the upper half is used glitch like 8 x 8. */
static double depth_product(const node *n, const uint64_t *changed, size_t self)
{
  (void)self;
  return moving(changed[n->in[0]]) + moving(changed[n->in[1]]);
}

/* Sub-word products are as deep as their sub-words. */
static double depth_part_mode(const node *n, const uint64_t *in)
{
  int last = n->plan->modes - 1;
  return 1.0 / (1 << (in[2] < (uint64_t)last ? (int)in[2] : last));
}

static double depth_stages(const node *n, const uint64_t *changed, size_t self)
{
  (void)changed, (void)self;
  return n->shape.b;
}

/* The addend joins the carry-save words just before the final adder. */
static double late_multiply_add(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  qy_shape last = *shape;
  last.a = last.b = shape->width;
  return tech->delay_ps[QY_FA] + qy_path_add(&last, tech, fast);
}

/* ---- lean ripples: from the lowest output bit to the highest */

/* All but the first cell of the chain. */
static double lead_ripple(const node *n, const qy_tech *tech)
{
  double path = operator_of(n)->path(&n->shape, tech, false), step = tech->delay_ps[QY_FA];
  return path > step ? path - step : 0;
}

/* The final adder, bit by bit; the lowest bits leave earlier still, which is not counted. */
static double lead_product(const node *n, const qy_tech *tech)
{
  int ripple = n->shape.a + n->shape.b - 2 * qy_log2_ceil(n->shape.b);
  return (ripple > 1 ? ripple - 1 : 0) * tech->fa_carry_ps;
}

/* The lowest bit of a sum of the narrowest sub-words comes from the middle of the array. */
static double lead_together(const node *n, const qy_tech *tech)
{
  int above = n->shape.width - n->plan->mode[n->plan->modes - 1].field_low;
  return (above > 1 ? above - 1 : 0) * tech->fa_carry_ps;
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

/* The sub-word multipliers with what only they have: the alignment multiplexer after a sum-together array.  Two
 * levels: the narrower sub-word field against the wider one, then against the full product. */
static void census_multiply_st(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  qy_cells_multiply_st(shape, cells);
  int modes = multiplier_modes(shape->a);
  int middle = 2 * (shape->a / 2) + 1; /* bits of the sum of two half-width products */
  if (modes > 2) cells[QY_MUX2] += middle;
  if (modes > 1) cells[QY_MUX2] += shape->width;
}

#define PLAIN(group)                                                                                                   \
  {                                                                                                                    \
    group, group                                                                                                       \
  }
#define WIRES                                                                                                          \
  .census = qy_cells_none, .fpga = fpga_none, .path = qy_path_none, .trace = trace_none, .depth = depth_one,           \
  .cut_bits = cut_linear, .group = PLAIN(QY_GROUP_LOGIC)

static const operator_row table[QY_OP_COUNT] = {
    [QY_OP_INPUT] = {.name = "input", .verilog = verilog_none, WIRES},
    [QY_OP_CONSTANT] = {.name = "constant", .verilog = verilog_constant, .evaluate = evaluate_constant, WIRES},
    [QY_OP_ADD] = {.name = "add",
                   .rising = true,
                   .lead = lead_ripple,
                   .fpga = fpga_add,
                   .verilog = verilog_add,
                   .min_inputs = 2,
                   .max_inputs = 2,
                   .group = PLAIN(QY_GROUP_ADDER),
                   .check = check_input_widths,
                   .evaluate = evaluate_add,
                   .census = qy_cells_add,
                   .path = qy_path_add,
                   .trace = trace_sum,
                   .depth = depth_ripple,
                   .cut_bits = cut_linear},
    [QY_OP_SUBTRACT] = {.name = "subtract",
                        .rising = true,
                        .lead = lead_ripple,
                        .fpga = fpga_add,
                        .verilog = verilog_subtract,
                        .min_inputs = 2,
                        .max_inputs = 2,
                        .group = PLAIN(QY_GROUP_ADDER),
                        .check = check_input_widths,
                        .evaluate = evaluate_subtract,
                        .census = qy_cells_subtract,
                        .path = qy_path_subtract,
                        .trace = trace_difference,
                        .depth = depth_ripple,
                        .cut_bits = cut_linear},
    [QY_OP_ADDSUB] = {.name = "addsub",
                      .rising = true,
                      .lead = lead_ripple,
                      .fpga = fpga_add,
                      .verilog = verilog_addsub,
                      .min_inputs = 3,
                      .max_inputs = 3,
                      .group = PLAIN(QY_GROUP_ADDER),
                      .check = check_addsub,
                      .evaluate = evaluate_addsub,
                      .census = qy_cells_addsub,
                      .path = qy_path_addsub,
                      .trace = trace_addsub,
                      .depth = depth_ripple,
                      .cut_bits = cut_linear},
    [QY_OP_NEGATE_IF] = {.name = "negate_if",
                         .rising = true,
                         .lead = lead_ripple,
                         .fpga = fpga_add,
                         .verilog = verilog_negate_if,
                         .min_inputs = 2,
                         .max_inputs = 2,
                         .group = PLAIN(QY_GROUP_ADDER),
                         .check = check_negate,
                         .evaluate = evaluate_negate_if,
                         .census = qy_cells_negate_if,
                         .path = qy_path_negate_if,
                         .trace = trace_negate_if,
                         .depth = depth_ripple,
                         .cut_bits = cut_linear},
    [QY_OP_MULTIPLY] = {.name = "multiply",
                        .lead = lead_product,
                        .fpga = fpga_multiply,
                        .verilog = verilog_multiply,
                        .min_inputs = 2,
                        .max_inputs = 2,
                        .group = {QY_GROUP_MULTIPLIER, QY_GROUP_BOOTH},
                        .check = check_booth,
                        .evaluate = evaluate_multiply,
                        .census = qy_cells_multiply,
                        .path = qy_path_multiply,
                        .trace = trace_multiply,
                        .depth = depth_product,
                        .cut_bits = cut_carry_save},
    [QY_OP_MULTIPLY_ST] = {.name = "multiply_st",
                           .lead = lead_together,
                           .fpga = fpga_multiply_mode,
                           .verilog = verilog_multiply,
                           .min_inputs = 3,
                           .max_inputs = 3,
                           .group = {QY_GROUP_MULTIPLIER, QY_GROUP_BOOTH},
                           .check = check_modes,
                           .evaluate = evaluate_multiply_mode,
                           .census = census_multiply_st,
                           .path = qy_path_multiply_st,
                           .trace = trace_multiply_mode,
                           .depth = depth_product,
                           .depth_part = depth_part_mode,
                           .cut_bits = cut_carry_save},
    [QY_OP_MULTIPLY_SA] = {.name = "multiply_sa",
                           .lead = lead_product,
                           .fpga = fpga_multiply_mode,
                           .verilog = verilog_multiply,
                           .min_inputs = 3,
                           .max_inputs = 3,
                           .group = {QY_GROUP_MULTIPLIER, QY_GROUP_BOOTH},
                           .check = check_modes,
                           .evaluate = evaluate_multiply_mode,
                           .census = qy_cells_multiply_sa,
                           .path = qy_path_multiply_sa,
                           .trace = trace_multiply_mode,
                           .depth = depth_product,
                           .depth_part = depth_part_mode,
                           .cut_bits = cut_carry_save},
    [QY_OP_MULTIPLY_ADD] = {.name = "multiply_add",
                            .lead = lead_product,
                            .fpga = fpga_multiply_add,
                            .verilog = verilog_multiply,
                            .min_inputs = 3,
                            .max_inputs = 3,
                            .group = PLAIN(QY_GROUP_MAC),
                            .check = check_multiply_add,
                            .evaluate = evaluate_multiply_add,
                            .census = qy_cells_multiply_add,
                            .path = qy_path_multiply_add,
                            .late_path = late_multiply_add,
                            .trace = trace_multiply_add,
                            .depth = depth_product,
                            .cut_bits = cut_carry_save},
    [QY_OP_SHIFT_LEFT] = {.name = "shift_left",
                          .fpga = fpga_shift,
                          .verilog = verilog_shift_left,
                          .min_inputs = 2,
                          .max_inputs = 2,
                          .group = PLAIN(QY_GROUP_SHIFTER),
                          .check = check_shift_left,
                          .evaluate = evaluate_shift_left,
                          .census = qy_cells_shift_left,
                          .path = qy_path_shift_left,
                          .trace = trace_shift_left,
                          .depth = depth_stages,
                          .cut_bits = cut_linear},
    [QY_OP_SHIFT_RIGHT] = {.name = "shift_right",
                           .fpga = fpga_shift,
                           .verilog = verilog_shift_right,
                           .min_inputs = 2,
                           .max_inputs = 2,
                           .group = PLAIN(QY_GROUP_SHIFTER),
                           .check = check_shift_right,
                           .evaluate = evaluate_shift_right,
                           .census = qy_cells_shift_right,
                           .path = qy_path_shift_right,
                           .trace = trace_shift_right,
                           .depth = depth_stages,
                           .cut_bits = cut_linear},
    [QY_OP_SHIFT_RIGHT_SIGNED] = {.name = "shift_right_signed",
                                  .fpga = fpga_shift,
                                  .verilog = verilog_shift_right,
                                  .min_inputs = 2,
                                  .max_inputs = 2,
                                  .group = PLAIN(QY_GROUP_SHIFTER),
                                  .check = check_shift_right,
                                  .evaluate = evaluate_shift_right,
                                  .census = qy_cells_shift_right_signed,
                                  .path = qy_path_shift_right_signed,
                                  .trace = trace_shift_right,
                                  .depth = depth_stages,
                                  .cut_bits = cut_linear},
    [QY_OP_SHIFT_CONSTANT] = {.name = "shift_constant",
                              .rising = true,
                              .verilog = verilog_shift_constant,
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .evaluate = evaluate_shift_constant,
                              WIRES},
    [QY_OP_MUX] = {.name = "mux",
                   .rising = true,
                   .fpga = fpga_mux,
                   .verilog = verilog_mux,
                   .min_inputs = 3,
                   .max_inputs = MUX_MAX + 1,
                   .group = PLAIN(QY_GROUP_MUX),
                   .check = check_mux,
                   .evaluate = evaluate_mux,
                   .census = qy_cells_mux,
                   .path = qy_path_mux,
                   .trace = trace_mux,
                   .depth = depth_one,
                   .cut_bits = cut_linear},
    [QY_OP_AND] = {.name = "and",
                   .rising = true,
                   .fpga = fpga_logic,
                   .verilog = verilog_and,
                   .min_inputs = 2,
                   .max_inputs = 2,
                   .group = PLAIN(QY_GROUP_LOGIC),
                   .check = check_same_width,
                   .evaluate = evaluate_and,
                   .census = qy_cells_and,
                   .path = qy_path_and,
                   .trace = trace_and,
                   .depth = depth_one,
                   .cut_bits = cut_linear},
    [QY_OP_OR] = {.name = "or",
                  .rising = true,
                  .fpga = fpga_logic,
                  .verilog = verilog_or,
                  .min_inputs = 2,
                  .max_inputs = 2,
                  .group = PLAIN(QY_GROUP_LOGIC),
                  .check = check_same_width,
                  .evaluate = evaluate_or,
                  .census = qy_cells_or,
                  .path = qy_path_or,
                  .trace = trace_or,
                  .depth = depth_one,
                  .cut_bits = cut_linear},
    [QY_OP_XOR] = {.name = "xor",
                   .rising = true,
                   .fpga = fpga_logic,
                   .verilog = verilog_xor,
                   .min_inputs = 2,
                   .max_inputs = 2,
                   .group = PLAIN(QY_GROUP_LOGIC),
                   .check = check_same_width,
                   .evaluate = evaluate_xor,
                   .census = qy_cells_xor,
                   .path = qy_path_xor,
                   .trace = trace_xor,
                   .depth = depth_one,
                   .cut_bits = cut_linear},
    [QY_OP_NOT] = {.name = "not",
                   .rising = true,
                   .fpga = fpga_none,
                   .verilog = verilog_not,
                   .min_inputs = 1,
                   .max_inputs = 1,
                   .group = PLAIN(QY_GROUP_LOGIC),
                   .evaluate = evaluate_not,
                   .census = qy_cells_not,
                   .path = qy_path_not,
                   .trace = trace_not,
                   .depth = depth_one,
                   .cut_bits = cut_linear},
    [QY_OP_LESS] = {.name = "less",
                    .fpga = fpga_compare,
                    .verilog = verilog_less,
                    .min_inputs = 2,
                    .max_inputs = 2,
                    .group = PLAIN(QY_GROUP_COMPARE),
                    .evaluate = evaluate_less,
                    .census = qy_cells_less,
                    .path = qy_path_less,
                    .trace = trace_less,
                    .depth = depth_one,
                    .cut_bits = cut_linear},
    [QY_OP_EQUAL] = {.name = "equal",
                     .fpga = fpga_equal,
                     .verilog = verilog_equal,
                     .min_inputs = 2,
                     .max_inputs = 2,
                     .group = PLAIN(QY_GROUP_LOGIC),
                     .evaluate = evaluate_equal,
                     .census = qy_cells_equal,
                     .path = qy_path_equal,
                     .trace = trace_equal,
                     .depth = depth_one,
                     .cut_bits = cut_linear},
    [QY_OP_MAX] = {.name = "max",
                   .fpga = fpga_max,
                   .verilog = verilog_max,
                   .min_inputs = 2,
                   .max_inputs = 2,
                   .group = PLAIN(QY_GROUP_COMPARE),
                   .check = check_same_width,
                   .evaluate = evaluate_max,
                   .census = qy_cells_max,
                   .path = qy_path_max,
                   .trace = trace_max,
                   .depth = depth_one,
                   .cut_bits = cut_linear},
    [QY_OP_LEADING_ONE] = {.name = "leading_one",
                           .fpga = fpga_leading_one,
                           .verilog = verilog_leading_one,
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .group = PLAIN(QY_GROUP_ENCODER),
                           .evaluate = evaluate_leading_one,
                           .census = qy_cells_leading_one,
                           .path = qy_path_leading_one,
                           .trace = trace_leading_one,
                           .depth = depth_one,
                           .cut_bits = cut_linear},
    [QY_OP_TRUTH_TABLE] = {.name = "truth_table",
                           .fpga = fpga_truth_table,
                           .verilog = verilog_truth_table,
                           .min_inputs = 1,
                           .max_inputs = 1,
                           .group = PLAIN(QY_GROUP_ENCODER),
                           .evaluate = evaluate_truth_table,
                           .census = qy_cells_truth_table,
                           .path = qy_path_truth_table,
                           .trace = trace_truth_table,
                           .depth = depth_one,
                           .cut_bits = cut_linear},
    [QY_OP_SLICE] = {.name = "slice",
                     .rising = true,
                     .is_slice = true,
                     .verilog = verilog_slice,
                     .min_inputs = 1,
                     .max_inputs = 1,
                     .check = check_slice,
                     .evaluate = evaluate_slice,
                     WIRES},
    [QY_OP_CONCAT] = {.name = "concat",
                      .rising = true,
                      .verilog = verilog_concat,
                      .min_inputs = 1,
                      .max_inputs = WORD_BITS,
                      .evaluate = evaluate_concat,
                      WIRES},
    [QY_OP_EXTEND] = {.name = "extend",
                      .rising = true,
                      .verilog = verilog_extend,
                      .min_inputs = 1,
                      .max_inputs = 1,
                      .check = check_extend,
                      .evaluate = evaluate_extend,
                      WIRES},
    [QY_OP_ROUND_SATURATE] = {.name = "round_saturate",
                              .fpga = fpga_round_saturate,
                              .verilog = verilog_round_saturate,
                              .min_inputs = 1,
                              .max_inputs = 1,
                              .group = PLAIN(QY_GROUP_ADDER),
                              .check = check_round,
                              .evaluate = evaluate_round_saturate,
                              .census = qy_cells_round_saturate,
                              .path = qy_path_round_saturate,
                              .trace = trace_round_saturate,
                              .depth = depth_ripple,
                              .cut_bits = cut_linear},
    [QY_OP_REGISTER] = {.name = "register",
                        .fpga = fpga_register,
                        .verilog = verilog_register,
                        .min_inputs = 1,
                        .max_inputs = 2,
                        .group = PLAIN(QY_GROUP_REGISTER),
                        .is_state = true,
                        .check = check_enable,
                        .evaluate = evaluate_register,
                        .census = qy_cells_register,
                        .path = qy_path_register,
                        .trace = trace_register,
                        .depth = depth_one,
                        .cut_bits = cut_linear},
    [QY_OP_COUNTER] = {.name = "counter",
                       .fpga = fpga_counter,
                       .verilog = verilog_counter,
                       .min_inputs = 0,
                       .max_inputs = 1,
                       .group = PLAIN(QY_GROUP_REGISTER),
                       .is_state = true,
                       .check = check_counter,
                       .evaluate = evaluate_counter,
                       .census = qy_cells_counter,
                       .path = qy_path_counter,
                       .trace = trace_counter,
                       .depth = depth_one,
                       .cut_bits = cut_linear},
};

const operator_row *operator_of(const node *n)
{
  return &table[n->op];
}

void node_cells(const node *n, const qy_tech *tech, double cells[QY_CELL_COUNT])
{
  qy_shape shape = n->shape;
  shape.tech = tech;
  operator_of(n)->census(&shape, cells);
}

qy_group node_group(const node *n)
{
  return operator_of(n)->group[n->shape.multiplier];
}
