/* Cell counts of operators as a whole: see cells.h for method and sources. */
#include "cells.h"

#include "multiplier.h"

/* Short words ripple a borrow (an inverter and a majority gate in two stages per bit); long ones are compared in a
 * tree: greater and not-less per bit, merged pair by pair.  Between 8 and 16 bits synthesis mixes the two. */
static void less_than(int n, double cells[QY_CELL_COUNT])
{
  enum { RIPPLE_MAX = 8, TREE_MIN = 16 };
  double tree = n <= RIPPLE_MAX ? 0 : n >= TREE_MIN ? 1 : (double)(n - RIPPLE_MAX) / (TREE_MIN - RIPPLE_MAX);
  double chain = 1 - tree;
  cells[QY_INV] += n;
  cells[QY_AOI21] += chain * n + tree * (n - 1);
  cells[QY_OAI21] += chain * n;
  cells[QY_NOR2] += tree * n;
  cells[QY_NAND2] += tree * (2 * n - 1);
}

bool qy_cells_less(const qy_shape *shape, bit_census *census)
{
  if (shape->has_constant)
    census->cells[QY_NAND2] += qy_max_int(shape->a, shape->b); /* an and-or chain along the constant */
  else
    less_than(qy_max_int(shape->a, shape->b), census->cells);
  return true;
}

/* Recursive halves: "any bit set" is a tree of NOR and NAND; a position bit is that of the upper half, or that of the
 * lower half when the upper is empty (an and-or gate, for an empty half reports zero). */
bool qy_cells_leading_one(const qy_shape *shape, bit_census *census)
{
  int n = shape->a;
  census->cells[QY_NOR2] += n - 1;
  census->cells[QY_AOI21] += qy_max_int(n - 1 - qy_log2_ceil(n), 0);
  census->cells[QY_INV] += qy_max_int(n / 2 - 1, 0);
  return true;
}

/* Rounding adds one bit to what is kept; clamping tests the bits above the output and forces the rest. */
bool qy_cells_round_saturate(const qy_shape *shape, bit_census *census)
{
  int kept = qy_max_int(shape->a - shape->drop, 1), above = kept - shape->width;
  double *cells = census->cells;
  cells[QY_HA] += shape->drop > 0 ? kept : 0;
  if (above <= 0) return true;
  cells[QY_XNOR2] += shape->is_signed ? above : 0;
  cells[QY_NAND2] += above;
  cells[QY_AND2] += shape->width;
  cells[QY_OR2] += shape->width;
  return true;
}

/* One masked copy of an operand per quarter: a gate per bit, and a half adder more per bit where rows are split. */
bool qy_cells_multiply_sa(const qy_shape *shape, bit_census *census)
{
  census->cells[QY_NAND2] += shape->a;
  census->cells[QY_NOR2] += shape->a;
  census->cells[QY_INV] += shape->a;
  census->cells[QY_HA] += shape->a;
  return true;
}

/* And the alignment multiplexer, in two levels: the narrower sub-word field against the wider one, then against the
 * full product. */
bool qy_cells_multiply_st(const qy_shape *shape, bit_census *census)
{
  int modes = multiplier_modes(shape->a);
  int middle = 2 * (shape->a / 2) + 1; /* bits of the sum of two half-width products */
  if (modes > 2) census->cells[QY_MUX2] += middle;
  if (modes > 1) census->cells[QY_MUX2] += shape->width;
  return qy_cells_multiply_sa(shape, census);
}

/* Above the product most bits of the addend pass one row of half adders more. */
bool qy_cells_multiply_add(const qy_shape *shape, bit_census *census)
{
  census->addend += qy_max_int(shape->width - shape->a - shape->b, 0);
  return true;
}
