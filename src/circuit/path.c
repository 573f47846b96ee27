/* Critical paths of operators in the library's own cell delays: see cells.h.
 *
 * Lean: ripple carry.  Fast: carry-save depth and Brent-Kung prefix adders.
 */
#include "cells.h"

static int max_int(int a, int b)
{
  return a > b ? a : b;
}

static int min_int(int a, int b)
{
  return a < b ? a : b;
}

/* An n-bit adder from operands to the last sum or carry bit. */
static double adder(int n, const qy_tech *tech, bool fast)
{
  if (n <= 1) return tech->delay_ps[QY_HA];
  if (!fast) return tech->delay_ps[QY_HA] + (n - 2) * tech->fa_carry_ps + tech->delay_ps[QY_FA];
  int levels = 2 * qy_log2_ceil(n) - 1;
  double node = tech->delay_ps[QY_AOI21] + tech->delay_ps[QY_INV];
  return 2 * tech->delay_ps[QY_XOR2] + levels * node;
}

/* Carry-save levels that bring `rows` words to two: 3:2 rows, each level leaves two thirds. */
static int carry_save_levels(int rows)
{
  int levels = 0;
  while (rows > 2) {
    rows = rows - rows / 3;
    levels++;
  }
  return levels;
}

double qy_path_none(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)tech, (void)fast;
  return 0;
}

double qy_path_add(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return adder(min_int(max_int(shape->a, shape->b), shape->width), tech, fast);
}

double qy_path_subtract(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return tech->delay_ps[QY_INV] + qy_path_add(shape, tech, fast);
}

double qy_path_addsub(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return tech->delay_ps[QY_XOR2] + qy_path_add(shape, tech, fast);
}

double qy_path_negate_if(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int levels = fast ? qy_log2_ceil(shape->width) : max_int(shape->width - 1, 1);
  return tech->delay_ps[QY_XOR2] + levels * tech->delay_ps[QY_AND2] + tech->delay_ps[QY_XOR2];
}

/* A ripple array: the carry-save part adds one row after another, the last adder follows the sums as they come. */
static double multiplier(const qy_shape *shape, int rows_extra, int width, const qy_tech *tech, bool fast)
{
  bool is_booth = shape->multiplier == QY_MULTIPLIER_BOOTH;
  int rows = is_booth ? (shape->b + 1) / 2 + 1 : min_int(shape->a, shape->b);
  double first = tech->delay_ps[QY_AND2];
  if (is_booth) first += tech->delay_ps[QY_XOR2] + tech->delay_ps[QY_AOI21] + tech->delay_ps[QY_INV];
  int levels = carry_save_levels(rows + rows_extra);
  if (!fast)
    return first + levels * tech->delay_ps[QY_FA] + adder(max_int(width - 2 * qy_log2_ceil(rows), 2), tech, false);
  return first + levels * tech->delay_ps[QY_FA] + adder(max_int(width - qy_log2_ceil(rows), 2), tech, true);
}

double qy_path_multiply(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return multiplier(shape, 0, shape->a + shape->b, tech, fast);
}

double qy_path_multiply_st(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return tech->delay_ps[QY_AND2] + multiplier(shape, 0, shape->a + shape->b, tech, fast);
}

double qy_path_multiply_sa(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_path_multiply_st(shape, tech, fast);
}

double qy_path_multiply_add(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return multiplier(shape, 1, shape->width, tech, fast);
}

static double shifter(const qy_shape *shape, const qy_tech *tech)
{
  return tech->delay_ps[QY_BUF] + shape->b * tech->delay_ps[QY_MUX2];
}

double qy_path_shift_left(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return shifter(shape, tech);
}

double qy_path_shift_right(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return shifter(shape, tech);
}

double qy_path_shift_right_signed(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return shifter(shape, tech);
}

double qy_path_mux(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return tech->delay_ps[QY_BUF] + qy_log2_ceil(shape->count) * tech->delay_ps[QY_MUX2];
}

double qy_path_and(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)fast;
  return tech->delay_ps[QY_AND2];
}

double qy_path_or(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)fast;
  return tech->delay_ps[QY_OR2];
}

double qy_path_xor(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)fast;
  return tech->delay_ps[QY_XOR2];
}

double qy_path_not(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)fast;
  return tech->delay_ps[QY_INV];
}

double qy_path_less(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int n = max_int(shape->a, shape->b);
  int levels = fast ? qy_log2_ceil(n) + 1 : n;
  return tech->delay_ps[QY_INV] + levels * (tech->delay_ps[QY_OAI21] + tech->delay_ps[QY_NAND2]);
}

double qy_path_equal(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return tech->delay_ps[QY_XOR2] + qy_log2_ceil(max_int(shape->a, shape->b)) * tech->delay_ps[QY_AND2];
}

double qy_path_max(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_path_less(shape, tech, fast) + tech->delay_ps[QY_BUF] + tech->delay_ps[QY_MUX2];
}

double qy_path_leading_one(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return qy_log2_ceil(shape->a) * tech->delay_ps[QY_OR2] + tech->delay_ps[QY_MUX2];
}

double qy_path_truth_table(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return max_int(shape->a - 1, 1) * tech->delay_ps[QY_MUX2];
}

double qy_path_round_saturate(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int kept = max_int(shape->a - shape->drop, 1);
  double delay = 0;
  if (shape->drop > 0) delay += (fast ? qy_log2_ceil(kept) + 1 : kept) * tech->delay_ps[QY_HA];
  if (kept > shape->width)
    delay += tech->delay_ps[QY_XNOR2] + (qy_log2_ceil(kept - shape->width) + 1) * tech->delay_ps[QY_AND2] +
             tech->delay_ps[QY_OR2];
  return delay;
}

double qy_path_register(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)fast;
  return tech->delay_ps[QY_DFF];
}

double qy_path_counter(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int levels = fast ? qy_log2_ceil(shape->width) + 1 : shape->width;
  return tech->delay_ps[QY_DFF] + levels * tech->delay_ps[QY_HA];
}

double qy_path_register_file(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return tech->delay_ps[QY_DFF] + tech->delay_ps[QY_BUF] + qy_log2_ceil(shape->count) * tech->delay_ps[QY_MUX2];
}
