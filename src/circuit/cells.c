/* Cell counts of operators: see cells.h for method and sources. */
#include "cells.h"

#include <string.h>

static void clear(double cells[QY_CELL_COUNT])
{
  memset(cells, 0, QY_CELL_COUNT * sizeof(double));
}

static int min_int(int a, int b)
{
  return a < b ? a : b;
}

static int max_int(int a, int b)
{
  return a > b ? a : b;
}

int qy_log2_ceil(int n)
{
  int bits = 0;
  while (bits < 31 && (1 << bits) < n)
    bits++;
  return bits;
}

void qy_cells_none(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  (void)shape;
  clear(cells);
}

/* One half adder at the lowest bit, full adders above it, no further than the output reaches. */
void qy_cells_add(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = min_int(max_int(shape->a, shape->b), shape->width);
  clear(cells);
  cells[QY_HA] = 1;
  cells[QY_FA] = n - 1;
}

/* a + ~b + 1: the carry-in turns the lowest cell into an XNOR and an OR. */
void qy_cells_subtract(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = min_int(max_int(shape->a, shape->b), shape->width);
  clear(cells);
  cells[QY_INV] = n - 1;
  cells[QY_XNOR2] = 1;
  cells[QY_OR2] = 1;
  cells[QY_FA] = n - 1;
}

void qy_cells_addsub(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = min_int(max_int(shape->a, shape->b), shape->width);
  clear(cells);
  cells[QY_XOR2] = n;
  cells[QY_FA] = n;
}

/* Invert each bit on request and add the request as carry. */
void qy_cells_negate_if(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_XOR2] = shape->width;
  cells[QY_HA] = shape->width;
}

static void array(int n, int m, bool is_signed, double cells[QY_CELL_COUNT])
{
  cells[QY_AND2] += n * m;
  cells[QY_FA] += max_int(n * m - n - m, 0);
  cells[QY_HA] += min_int(n, m) + (is_signed ? 1 : 0);
  cells[QY_INV] += is_signed ? 2 : 0;
}

static void booth(int n, int m, double cells[QY_CELL_COUNT])
{
  int rows = (m + 1) / 2;
  cells[QY_AND2] += 2 * rows * (n + 1);
  cells[QY_OR2] += rows * (n + 1);
  cells[QY_XOR2] += rows * (n + 1) + rows;
  cells[QY_AOI21] += 2 * rows;
  cells[QY_FA] += (rows - 1) * (n + 1);
  cells[QY_HA] += n + m - n / 2;
}

void qy_cells_multiply(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  if (shape->multiplier == QY_MULTIPLIER_BOOTH)
    booth(shape->a, shape->b, cells);
  else
    array(shape->a, shape->b, shape->is_signed, cells);
}

/* The plain multiplier and one gate per operand bit and quarter block that takes no part in the mode. */
void qy_cells_multiply_st(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  qy_cells_multiply(shape, cells);
  cells[QY_AND2] += 3 * shape->a;
}

void qy_cells_multiply_sa(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  qy_cells_multiply(shape, cells);
  cells[QY_AND2] += 3 * shape->a;
}

void qy_cells_multiply_add(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int product = shape->a + shape->b, above = max_int(shape->width - product, 0);
  qy_cells_multiply(shape, cells);
  cells[QY_FA] += product;
  cells[shape->is_signed ? QY_FA : QY_HA] += above;
}

/* Stage k moves by 2^k: bits that take a zero from outside need only a gate. */
void qy_cells_shift_left(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  int64_t reach = shape->a;
  for (int k = 0; k < shape->b && k < 6; k++) {
    int64_t step = (int64_t)1 << k;
    if (shape->width > shape->a) { /* growing */
      reach = reach + step < shape->width ? reach + step : shape->width;
      cells[QY_MUX2] += (double)(reach - step > 0 ? reach - step : 0) + (double)(shape->is_signed ? step - 1 : 0);
      cells[QY_AND2] += (double)step;
    } else {
      cells[QY_MUX2] += (double)(shape->width > step ? shape->width - step : 0);
      cells[QY_AND2] += (double)(step < shape->width ? step : shape->width);
    }
  }
}

void qy_cells_shift_right(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  for (int k = 0; k < shape->b && k < 6; k++) {
    int step = 1 << k;
    cells[QY_MUX2] += max_int(shape->a - step, 0);
    cells[QY_AND2] += min_int(shape->a, step);
  }
}

void qy_cells_shift_right_signed(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_MUX2] = shape->a * shape->b;
}

void qy_cells_mux(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_MUX2] = (double)shape->width * max_int(shape->count - 1, 0);
}

static void bitwise(qy_cell cell, const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[cell] = shape->width;
}

void qy_cells_and(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  bitwise(QY_AND2, shape, cells);
}

void qy_cells_or(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  bitwise(QY_OR2, shape, cells);
}

void qy_cells_xor(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  bitwise(QY_XOR2, shape, cells);
}

void qy_cells_not(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  bitwise(QY_INV, shape, cells);
}

void qy_cells_less(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = max_int(shape->a, shape->b);
  clear(cells);
  cells[QY_INV] = n;
  cells[QY_OAI21] = n;
  cells[QY_NAND2] = 2 * n;
}

void qy_cells_equal(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int n = max_int(shape->a, shape->b);
  clear(cells);
  cells[QY_XOR2] = n;
  cells[QY_AND2] = n - 1;
}

void qy_cells_max(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  qy_cells_less(shape, cells);
  cells[QY_MUX2] += max_int(shape->a, shape->b);
}

void qy_cells_leading_one(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_OR2] = shape->a - 1;
  cells[QY_MUX2] = max_int(shape->a - 1 - qy_log2_ceil(shape->a), 0);
}

/* Contents unknown: a mux tree whose lowest level is folded into wires and inverters. */
void qy_cells_truth_table(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  int address = min_int(shape->a, 24);
  double leaves = address > 1 ? (double)((int64_t)1 << (address - 1)) : 1;
  cells[QY_MUX2] = shape->width * (leaves - 1);
  cells[QY_INV] = address;
}

/* Rounding adds one bit to what is kept; clamping tests the bits above the output and forces the rest. */
void qy_cells_round_saturate(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int kept = max_int(shape->a - shape->drop, 1);
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
  cells[QY_MUX2] = shape->enable ? shape->width : 0;
}

void qy_cells_counter(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  cells[QY_DFF] = shape->width;
  cells[QY_HA] = max_int(shape->width - 1, 0);
  cells[QY_INV] = 1;
}

void qy_cells_register_file(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int d = shape->count, w = shape->width;
  clear(cells);
  cells[QY_DFF] = (double)d * w;
  cells[QY_MUX2] = (double)d * w + (double)(d - 1) * w;
  cells[QY_AND2] = 2.0 * d;
}

qy_group qy_cells_group(qy_op op, const qy_shape *shape)
{
  switch (op) {
  case QY_OP_MULTIPLY:
  case QY_OP_MULTIPLY_ST:
  case QY_OP_MULTIPLY_SA: return shape->multiplier == QY_MULTIPLIER_BOOTH ? QY_GROUP_BOOTH : QY_GROUP_MULTIPLIER;
  case QY_OP_MULTIPLY_ADD: return QY_GROUP_MAC;
  case QY_OP_ADD:
  case QY_OP_SUBTRACT:
  case QY_OP_ADDSUB:
  case QY_OP_NEGATE_IF:
  case QY_OP_ROUND_SATURATE: return QY_GROUP_ADDER;
  case QY_OP_SHIFT_LEFT:
  case QY_OP_SHIFT_RIGHT:
  case QY_OP_SHIFT_RIGHT_SIGNED: return QY_GROUP_SHIFTER;
  case QY_OP_MUX: return QY_GROUP_MUX;
  case QY_OP_LESS:
  case QY_OP_EQUAL:
  case QY_OP_MAX: return QY_GROUP_COMPARE;
  case QY_OP_LEADING_ONE:
  case QY_OP_TRUTH_TABLE: return QY_GROUP_ENCODER;
  case QY_OP_REGISTER:
  case QY_OP_COUNTER: return QY_GROUP_REGISTER;
  default: return QY_GROUP_LOGIC;
  }
}
