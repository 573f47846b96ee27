/* Cell counts of products: partial products, carry-save tree, final adder; see cells.h and cells_tree.h.
 *
 * Array: a partial product bit is an AND, or one NOR of inverted operand bits, the inverters shared by a whole row or
 * column: whichever is smaller in the library.  Baugh-Wooley inverts the bits with one sign bit, which makes them
 * NANDs.  Booth: a row is n + 1 selectors (two times two inputs and an exclusive or) and one recoder; sign bits are
 * inverted and constants replace sign extension.
 */
#include "cells_count.h"
#include "cells_tree.h"

static uint64_t below(int n)
{
  return n >= 64 ? ~UINT64_C(0) : n <= 0 ? 0 : (UINT64_C(1) << n) - 1;
}

static uint64_t bit_at(int i)
{
  return i < 64 ? UINT64_C(1) << i : 0;
}

static void add_tree(tree_count t, double cells[QY_CELL_COUNT])
{
  cells[QY_FA] += t.full;
  cells[QY_HA] += t.half;
  cells[QY_XOR2] += t.lone_xor;
  cells[QY_INV] += t.inverter;
}

/* Words of an n x m array, and the constant that makes signed rows right; returns how many. */
static int array_words(int n, int m, int width, bool is_signed, tree_word *word)
{
  int columns = qy_max_int(n, m), lines = qy_min_int(n, m), count = 0;
  for (int i = 0; i < lines; i++)
    word[count++] = tree_bits(i, columns);
  if (is_signed) {
    /* -2^(n+m-1) modulo 2^width is a run of ones from n + m - 1 up. */
    uint64_t constant = bit_at(n - 1) + bit_at(m - 1) + (below(width) & ~below(n + m - 1));
    word[count++] = (tree_word){0, constant & below(width)};
  }
  return count;
}

static void array_gates(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  double products = shape->a * shape->b, operands = shape->a + shape->b;
  double crossed = shape->is_signed ? operands - 2 : 0;
  if (shape->is_signed) operands -= 2;
  cells[QY_NAND2] += crossed;
  products -= crossed;
  const double *area = shape->tech ? shape->tech->area_um2 : NULL;
  if (area && area[QY_AND2] * products <= area[QY_NOR2] * products + area[QY_INV] * operands) {
    cells[QY_AND2] += products;
  } else {
    cells[QY_NOR2] += products;
    cells[QY_INV] += operands;
  }
}

/* Rows of a radix-4 product of two's complement words: the multiplier's top bit closes the last row. */
static int booth_rows(int m)
{
  return (m + 1) / 2;
}

/* minus the sign weights of all rows, -sum 2^(2k+n), is a one above the sign bit of each row and one more at bit n. */
static int booth_words(int n, int m, int width, tree_word *word)
{
  int rows = booth_rows(m);
  uint64_t negate = 0, mask = below(width);
  for (int k = 0; k < rows; k++) {
    word[k].live = tree_bits(2 * k, n + 1).live & mask;
    word[k].one = bit_at(2 * k + n + 1) & mask;
    negate |= bit_at(2 * k);
  }
  word[rows] = (tree_word){negate & mask, bit_at(n) & ~negate & mask};
  if (negate & bit_at(n)) word[rows - 1].one |= bit_at(n) & mask & ~word[rows - 1].live;
  if (width > n + m) word[rows - 1].one |= mask & ~below(n + 2 * rows);
  return rows + 1;
}

static void booth_gates(int n, int m, double cells[QY_CELL_COUNT])
{
  int rows = booth_rows(m);
  double selectors = (double)rows * (n + 1);
  cells[QY_AOI21] += (selectors - rows) * AOI22_PER_AOI21;
  cells[QY_NAND2] += rows; /* the lowest bit has no lower neighbour */
  cells[QY_XOR2] += selectors;
  /* recoder: once = exclusive or of two bits, twice = all three alike but for the top one, both with their inverses */
  cells[QY_XOR2] += rows;
  cells[QY_NAND3] += 2 * rows;
  cells[QY_NAND2] += rows;
  cells[QY_INV] += 2 * rows + n;
  cells[QY_BUF] += 3 * rows * buffers(n + 1);
}

static int words_of(const qy_shape *s, int width, tree_word *word)
{
  return s->multiplier == QY_MULTIPLIER_BOOTH ? booth_words(s->a, s->b, width, word)
                                              : array_words(s->a, s->b, width, s->is_signed, word);
}

static void gates_of(const qy_shape *s, double cells[QY_CELL_COUNT])
{
  if (s->multiplier == QY_MULTIPLIER_BOOTH)
    booth_gates(s->a, s->b, cells);
  else
    array_gates(s, cells);
}

static int product_width(const qy_shape *s)
{
  return qy_min_int(s->a + s->b, 64);
}

tree_count qy_cells_product_tree(const qy_shape *shape, int width, bool has_addend)
{
  tree_word word[TREE_WORDS_MAX];
  int count = words_of(shape, width, word);
  if (has_addend) {
    /* The addend is the last word but for the constant of signed rows. */
    bool has_constant = shape->is_signed && shape->multiplier == QY_MULTIPLIER_ARRAY;
    int at = has_constant ? count - 1 : count,
        bits = shape->is_signed ? width : qy_min_int(qy_max_int(shape->c, 1), width);
    if (has_constant) word[count] = word[count - 1];
    word[at] = tree_bits(0, bits);
    count++;
  }
  return tree_of(word, count, width);
}

void qy_cells_multiply(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  clear(cells);
  gates_of(shape, cells);
  add_tree(qy_cells_product_tree(shape, product_width(shape), false), cells);
}

/* One masked copy of an operand per quarter: a gate per bit, and a half adder more per bit where rows are split. */
static void sub_word(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  qy_cells_multiply(shape, cells);
  cells[QY_NAND2] += shape->a;
  cells[QY_NOR2] += shape->a;
  cells[QY_INV] += shape->a;
  cells[QY_HA] += shape->a;
}

void qy_cells_multiply_st(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  sub_word(shape, cells);
}

void qy_cells_multiply_sa(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  sub_word(shape, cells);
}

/* Above the product the addend passes one row of half adders more. */
void qy_cells_multiply_add(const qy_shape *shape, double cells[QY_CELL_COUNT])
{
  int width = qy_min_int(shape->width, 64);
  clear(cells);
  gates_of(shape, cells);
  add_tree(qy_cells_product_tree(shape, width, true), cells);
  cells[QY_HA] += qy_max_int(width - shape->a - shape->b, 0);
}
