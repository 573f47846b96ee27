/* Critical paths of operators in the library's own cell delays: see cells.h.
 *
 * The library gives delays into four inverters.  Loads differ from that: by the theory of logical effort (I.
 * Sutherland, B. Sproull, D. Harris, "Logical Effort", 1999) a two-input gate has parasitic delay 2 and effort 4/3 per
 * load like itself, so that one load takes 5/9 and two loads 7/9 of its delay into four inverters; an inverter takes
 * 1/5 of it for each load. Lean: ripple carry, buffers of minimum size.  Fast: carry-save rows of exclusive ors and
 * Brent-Kung prefix adders, select lines in a tree of sized inverters. Validity: no wires.  A chain of ripple adders is
 * taken as a sum, although its carries overlap: too long, up to twice.
 */
#include "cells_count.h"

#include <math.h>

/* Delay of a gate into one, two gates like itself, of its delay into four inverters. */
static const double one_load = 5.0 / 9, two_loads = 7.0 / 9;

static double delay_of(const qy_tech *tech, qy_cell cell, double load)
{
  return load * tech->delay_ps[cell];
}

/* A line that drives `loads` gates: lean, one level of buffers of minimum size; fast, sized inverters, four times
 * larger each. */
static double line(double loads, const qy_tech *tech, bool fast)
{
  enum { INVERTER_LOADS = 4, INVERTER_UNITS = 5 };
  double inverter = tech->delay_ps[QY_INV];
  if (loads <= INVERTER_LOADS) return 0;
  /* The buffers hang on lines of the same kind. */
  double each = fmin(loads, FANOUT_PER_BUFFER), left = loads / FANOUT_PER_BUFFER, more = 0;
  while (left > 1) {
    more += fmin(left, FANOUT_PER_BUFFER) * inverter / INVERTER_UNITS;
    left /= FANOUT_PER_BUFFER;
  }
  double lean = tech->delay_ps[QY_BUF] + fmax(each - INVERTER_LOADS, 0) * inverter / INVERTER_UNITS + more;
  return fast ? fmin(lean, inverter * log(loads) / log(INVERTER_LOADS)) : lean;
}

/* One two-to-one selection in the form that is smaller in the library. */
static double selection(const qy_tech *tech, bool fast)
{
  double gates = tech->delay_ps[QY_OAI21] + tech->delay_ps[QY_NAND2];
  double load = fast ? one_load : two_loads;
  bool is_cell = tech->area_um2[QY_MUX2] <= tech->area_um2[QY_OAI21] + tech->area_um2[QY_NAND2];
  return is_cell && !fast ? tech->delay_ps[QY_MUX2] : fmin(load * gates, tech->delay_ps[QY_MUX2]);
}

/* An n-bit adder from operands to the last sum or carry bit. */
static double adder(int n, const qy_tech *tech, bool fast)
{
  if (n <= 1) return tech->delay_ps[QY_HA];
  double ripple = tech->delay_ps[QY_HA] + (n - 2) * tech->fa_carry_ps + tech->delay_ps[QY_FA];
  if (!fast) return ripple;
  int levels = 2 * qy_log2_ceil(n) - 1;
  double node = tech->delay_ps[QY_AOI21] + tech->delay_ps[QY_INV];
  return fmin(ripple, two_loads * (2 * tech->delay_ps[QY_XOR2] + levels * node));
}

/* One row of full adders: to the sum. */
static double row(const qy_tech *tech, bool fast)
{
  double cell = tech->delay_ps[QY_FA];
  return fast ? fmin(cell, two_loads * 2 * tech->delay_ps[QY_XOR2]) : cell;
}

double qy_path_none(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)shape, (void)tech, (void)fast;
  return 0;
}

double qy_path_add(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return adder(qy_min_int(qy_max_int(shape->a, shape->b), shape->width), tech, fast);
}

double qy_path_subtract(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return delay_of(tech, QY_INV, one_load) + qy_path_add(shape, tech, fast);
}

double qy_path_addsub(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return delay_of(tech, QY_XOR2, one_load) + qy_path_add(shape, tech, fast);
}

double qy_path_negate_if(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int levels = fast ? qy_log2_ceil(shape->width) : qy_max_int(shape->width - 1, 1);
  return delay_of(tech, QY_XOR2, one_load) + levels * delay_of(tech, QY_AND2, two_loads) +
         delay_of(tech, QY_XOR2, one_load);
}

/* Partial product, carry-save rows, final adder.  Ripple carry follows the sums as they come, column by column, so that
 * two columns per level are free; a prefix adder waits for all. */
static double multiplier_form(const qy_shape *shape, bool has_addend, int width, const qy_tech *tech, bool fast)
{
  bool is_booth = shape->multiplier == QY_MULTIPLIER_BOOTH;
  double load = fast ? one_load : 1;
  double first = load * tech->delay_ps[QY_NOR2] + (fast ? line(qy_max_int(shape->a, shape->b), tech, true) : 0);
  if (is_booth)
    first += load * (tech->delay_ps[QY_XOR2] + tech->delay_ps[QY_AOI21] + tech->delay_ps[QY_XOR2]) +
             (fast ? 0 : line(shape->a + 1, tech, false));
  tree_count tree = qy_cells_product_tree(shape, width, has_addend);
  int rows = is_booth ? (shape->b + 1) / 2 + 1 : qy_min_int(shape->a, shape->b);
  int columns = fast ? tree.final_last - tree.final_first + 1 : qy_max_int(width - 2 * qy_log2_ceil(rows), 2);
  return first + tree.levels * row(tech, fast) + adder(columns, tech, fast);
}

static double multiplier(const qy_shape *shape, bool has_addend, int width, const qy_tech *tech, bool fast)
{
  double lean = multiplier_form(shape, has_addend, width, tech, false);
  return fast ? fmin(lean, multiplier_form(shape, has_addend, width, tech, true)) : lean;
}

static int product_width(const qy_shape *shape)
{
  return qy_min_int(shape->a + shape->b, 64);
}

double qy_path_multiply(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return multiplier(shape, false, product_width(shape), tech, fast);
}

double qy_path_multiply_st(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return delay_of(tech, QY_AND2, fast ? one_load : 1) + multiplier(shape, false, product_width(shape), tech, fast);
}

double qy_path_multiply_sa(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_path_multiply_st(shape, tech, fast);
}

double qy_path_multiply_add(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return multiplier(shape, true, qy_min_int(shape->width, 64), tech, fast);
}

/* The amount's line to all bits of a stage, then the stages. */
static double shifter(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return line(shape->width, tech, fast) + shape->b * selection(tech, fast);
}

double qy_path_shift_left(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return shifter(shape, tech, fast);
}

double qy_path_shift_right(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return shifter(shape, tech, fast);
}

double qy_path_shift_right_signed(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return shifter(shape, tech, fast);
}

double qy_path_mux(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  double first_level = (double)shape->width * qy_max_int(shape->count / 2, 1);
  return line(first_level, tech, fast) + qy_log2_ceil(shape->count) * selection(tech, fast);
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

/* Greater and not-less per bit, merged pair by pair: one complex gate a level when fast, two gates when lean. */
double qy_path_less(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int levels = qy_log2_ceil(qy_max_int(shape->a, shape->b));
  double leaf = delay_of(tech, QY_INV, one_load) + delay_of(tech, QY_NAND2, one_load);
  double node = delay_of(tech, QY_AOI21, two_loads) + (fast ? 0 : delay_of(tech, QY_NAND2, two_loads));
  return leaf + levels * node;
}

double qy_path_equal(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  int levels = qy_log2_ceil(qy_max_int(shape->a, shape->b));
  return delay_of(tech, QY_XOR2, one_load) + levels * delay_of(tech, QY_AND2, one_load);
}

double qy_path_max(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_path_less(shape, tech, fast) + line(qy_max_int(shape->a, shape->b), tech, fast) + selection(tech, fast);
}

double qy_path_leading_one(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  (void)fast;
  return qy_log2_ceil(shape->a) * delay_of(tech, QY_OR2, one_load) + delay_of(tech, QY_AOI21, one_load);
}

double qy_path_truth_table(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  return qy_max_int(shape->a - 1, 1) * selection(tech, fast);
}

double qy_path_round_saturate(const qy_shape *shape, const qy_tech *tech, bool fast)
{
  int kept = qy_max_int(shape->a - shape->drop, 1);
  double delay = 0;
  if (shape->drop > 0) delay += (fast ? qy_log2_ceil(kept) + 1 : kept) * delay_of(tech, QY_HA, one_load);
  if (kept > shape->width)
    delay += delay_of(tech, QY_XNOR2, one_load) +
             (qy_log2_ceil(kept - shape->width) + 1) * delay_of(tech, QY_AND2, one_load) +
             line(shape->width, tech, fast) + delay_of(tech, QY_OR2, one_load);
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
  return tech->delay_ps[QY_DFF] + levels * delay_of(tech, QY_HA, one_load);
}
