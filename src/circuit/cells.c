/* Cell counts of operators: see cells.h for method and sources. */
#include "cells_count.h"

void qy_cells_none(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  (void)shape;
  clear(cells);
}

/* Bits [low, n) of a ripple adder; a carry out of the word that nobody reads turns the top adder into two
 * exclusive ors. */
static void ripple(int low, int n, bool carry_out, double cells[QY_CELL_COUNT])
{
  int count = qy_max_int(n - low, 0);
  if (!carry_out && count > 0) {
    count--;
    cells[QY_XOR2] += 2;
  }
  cells[QY_FA] += count;
}

static int sum_width(const qy_shape *shape)
{
  return qy_min_int(qy_max_int(shape->a, shape->b), shape->width);
}

/* A known operand: below its lowest one nothing happens, that bit is inverted, above it a half adder per bit (with a
 * constant one its outputs are inverted: the same gates). */
static void constant_sum(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = shape->width;
  if (shape->constant == 0) return;
  int low = __builtin_ctzll(shape->constant);
  if (low >= n) return;
  cells[QY_INV] = 1;
  cells[QY_HA] = qy_max_int(n - low - 2, 0);
  cells[QY_XOR2] = n - low > 1 ? 1 : 0;
}

/* Where both operands are unsigned the shorter one ends early: half adders carry on. */
void qy_cells_add(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = sum_width(shape), both = shape->is_signed ? n : qy_min_int(qy_min_int(shape->a, shape->b), n);
  bool carry_out = shape->width > n;
  clear(cells);
  if (shape->has_constant) {
    constant_sum(shape, cells);
    return;
  }
  if (n == 1 && !carry_out) {
    cells[QY_XOR2] = 1;
    return;
  }
  cells[QY_HA] = 1 + (n - both);
  ripple(1, both, carry_out || n > both, cells);
}

/* a + ~b + 1: the carry-in turns the lowest cell into an XNOR and an OR. */
void qy_cells_subtract(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = sum_width(shape);
  clear(cells);
  if (shape->has_constant) { /* a negated constant has the same lowest one */
    constant_sum(shape, cells);
    return;
  }
  cells[QY_INV] = qy_min_int(shape->b, n);
  cells[QY_XNOR2] = 1;
  cells[QY_OR2] = 1;
  ripple(1, n, shape->width > n, cells);
}

void qy_cells_addsub(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = sum_width(shape);
  clear(cells);
  ripple(0, n, shape->width > n, cells);
  cells[QY_XOR2] += qy_min_int(shape->b, n);
  cells[QY_BUF] = buffers(n);
}

/* Invert each bit on request and add the request as carry. */
void qy_cells_negate_if(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_XOR2] = shape->width;
  cells[QY_HA] = shape->width;
}

void qy_cells_select(const qy_tech *tech, double count, double edges, double levels, double cells[QY_CELL_COUNT])
{
  double inverters = levels > 0 ? 1 / levels : 0;
  bool is_cell = true;
  if (tech) {
    const double *area = tech->area_um2;
    is_cell = area[QY_MUX2] <= area[QY_OAI21] + area[QY_NAND2] + inverters * area[QY_INV];
  }
  if (is_cell) {
    cells[QY_MUX2] += count;
  } else {
    cells[QY_OAI21] += count;
    cells[QY_NAND2] += count;
    cells[QY_INV] += count * inverters;
  }
  cells[QY_NAND2] += edges;
  cells[QY_INV] += edges * inverters;
}

enum { SHIFT_STAGES_MAX = 6 }; /* words have at most 64 bits */

static int shift_stages(const qy_shape *shape)
{
  return qy_min_int(shape->b, SHIFT_STAGES_MAX);
}

/* Stage k moves by 2^k.  A growing shift keeps all bits: the word is 2^k longer after it. */
void qy_cells_shift_left(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  bool growing = shape->width > shape->a;
  int stages = shift_stages(shape), reach = qy_min_int(shape->a, shape->width);
  for (int k = 0; k < stages; k++) {
    int step = 1 << k, next = growing ? qy_min_int(reach + step, shape->width) : reach;
    int low = qy_min_int(step, next), high = next - reach;
    int edges = low + (shape->is_signed ? high : 0);
    int gates = shape->is_signed ? 0 : high; /* unsigned: the top bits are the word's own, gated */
    qy_cells_select(shape->tech, qy_max_int(next - low - high, 0), edges + gates, stages, cells);
    cells[QY_BUF] += buffers(next);
    reach = next;
  }
}

static void shift_right(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  int stages = shift_stages(shape);
  for (int k = 0; k < stages; k++) {
    int step = qy_min_int(1 << k, shape->a);
    qy_cells_select(shape->tech, shape->a - step, step, stages, cells);
    cells[QY_BUF] += buffers(shape->a);
  }
}

void qy_cells_shift_right(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  shift_right(shape, cells);
}

/* The bits that take the sign cost as much as those that take a zero. */
void qy_cells_shift_right_signed(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  shift_right(shape, cells);
}

/* A tree: from two levels on, the inversions of neighbouring levels cancel. */
void qy_cells_mux(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int select_lines = qy_log2_ceil(shape->count);
  clear(cells);
  qy_cells_select(shape->tech, (double)shape->width * qy_max_int(shape->count - 1, 0), 0, select_lines == 1 ? 1 : 0,
                  cells);
  for (int k = 0; k < select_lines; k++)
    cells[QY_BUF] += buffers((double)shape->width * qy_max_int(shape->count >> (k + 1), 1));
}

/* A constant operand leaves wires of an AND or an OR, and inverters of an exclusive or. */
void qy_cells_and(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_AND2] = shape->has_constant ? 0 : shape->width;
}

void qy_cells_or(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_OR2] = shape->has_constant ? 0 : shape->width;
}

void qy_cells_xor(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  if (shape->has_constant)
    cells[QY_INV] = __builtin_popcountll(shape->constant);
  else
    cells[QY_XOR2] = shape->width;
}

void qy_cells_not(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_INV] = shape->width;
}

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

void qy_cells_less(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  if (shape->has_constant)
    cells[QY_NAND2] = qy_max_int(shape->a, shape->b); /* an and-or chain along the constant */
  else
    less_than(qy_max_int(shape->a, shape->b), cells);
}

/* Bitwise difference, then a tree of three-input gates. */
void qy_cells_equal(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = qy_max_int(shape->a, shape->b);
  clear(cells);
  cells[shape->has_constant ? QY_INV : QY_XOR2] = shape->has_constant ? n / 2.0 : n; /* half of the bits inverted */
  cells[QY_NAND3] = (n - 1) / 2.0;
}

void qy_cells_max(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = qy_max_int(shape->a, shape->b);
  clear(cells);
  less_than(n, cells);
  qy_cells_select(shape->tech, n, 0, 1, cells);
  cells[QY_BUF] += buffers(n);
}

/* Recursive halves: "any bit set" is a tree of NOR and NAND; a position bit is that of the upper half, or that of the
 * lower half when the upper is empty (an and-or gate, for an empty half reports zero). */
void qy_cells_leading_one(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = shape->a;
  clear(cells);
  cells[QY_NOR2] = n - 1;
  cells[QY_AOI21] = qy_max_int(n - 1 - qy_log2_ceil(n), 0);
  cells[QY_INV] = qy_max_int(n / 2 - 1, 0);
}

/* Rounding adds one bit to what is kept; clamping tests the bits above the output and forces the rest. */
void qy_cells_round_saturate(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int kept = qy_max_int(shape->a - shape->drop, 1);
  clear(cells);
  cells[QY_HA] = shape->drop > 0 ? kept : 0;
  int above = kept - shape->width;
  if (above <= 0) return;
  cells[QY_XNOR2] = shape->is_signed ? above : 0;
  cells[QY_NAND2] = above;
  cells[QY_AND2] = shape->width;
  cells[QY_OR2] = shape->width;
}

void qy_cells_register(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_DFF] = shape->width;
  if (!shape->enable) return;
  qy_cells_select(shape->tech, shape->width, 0, 0, cells);
  cells[QY_BUF] = buffers(shape->width);
}

void qy_cells_counter(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_DFF] = shape->width;
  cells[QY_HA] = qy_max_int(shape->width - 1, 0);
  cells[QY_INV] = 1;
}
