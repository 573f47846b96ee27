/* Operators as cells: see expand.h.  The order of bits and rows is that of minimum-area synthesis. */
#include "expand.h"

#include <string.h>

/* Bit k of input i, extended by zeros or its sign. */
static bit_signal operand(const node *n, const bit_signal *const *in, int i, int k)
{
  int width = n->in_width[i];
  return k < width ? in[i][k] : n->shape.is_signed ? in[i][width - 1] : BIT_ZERO;
}

static void operand_word(const node *n, const bit_signal *const *in, int i, bit_signal *word)
{
  for (int k = 0; k < n->shape.width; k++)
    word[k] = operand(n, in, i, k);
}

/* ---- wires */

void expand_constant(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  (void)b, (void)in;
  for (int k = 0; k < n->shape.width; k++)
    out[k] = (bit_signal)(n->value >> k & 1);
}

void expand_slice(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  (void)b;
  for (int k = 0; k < n->shape.width; k++)
    out[k] = in[0][n->amount + k];
}

void expand_concat(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  (void)b;
  for (int i = 0, at = 0; i < n->count; i++)
    for (int k = 0; k < n->in_width[i]; k++)
      out[at++] = in[i][k];
}

void expand_extend(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  (void)b;
  operand_word(n, in, 0, out);
}

void expand_shift_constant(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  (void)b;
  for (int k = 0; k < n->shape.width; k++) {
    int from = k - n->amount;
    out[k] = from >= 0 && from < n->in_width[0] ? in[0][from] : BIT_ZERO;
  }
}

/* ---- adders */

/* Bits of a word up to the first copy of its sign. */
static int signed_bits(const bit_signal *word, int width)
{
  while (width > 1 && word[width - 2] == word[width - 1])
    width--;
  return width;
}

/* A ripple adder.  Above one bit more than the longer operand the sum is its sign. */
static void add_words(bit_maker *b, const bit_signal *x, const bit_signal *y, bit_signal carry, int width,
                      bit_signal *out)
{
  int reach = qy_max_int(signed_bits(x, width), signed_bits(y, width)) + 1;
  for (int k = 0; k < width; k++)
    out[k] = k < reach ? bit_full(b, x[k], y[k], carry, true, &carry) : out[reach - 1];
}

void expand_add(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal x[WORD_BITS], y[WORD_BITS];
  operand_word(n, in, 0, x);
  operand_word(n, in, 1, y);
  add_words(b, x, y, BIT_ZERO, n->shape.width, out);
}

void expand_subtract(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal x[WORD_BITS], y[WORD_BITS];
  operand_word(n, in, 0, x);
  operand_word(n, in, 1, y);
  for (int k = 0; k < n->shape.width; k++)
    y[k] = bit_not(b, y[k]);
  add_words(b, x, y, BIT_ONE, n->shape.width, out);
}

/* A row of exclusive ors, and the request as carry. */
static void invert_if(bit_maker *b, bit_signal *word, int width, bit_signal request)
{
  for (int k = 0; k < width; k++)
    word[k] = bit_gate(b, BIT_XOR, word[k], request);
}

void expand_addsub(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal x[WORD_BITS], y[WORD_BITS], request = in[2][0];
  operand_word(n, in, 0, x);
  operand_word(n, in, 1, y);
  invert_if(b, y, n->shape.width, request);
  add_words(b, x, y, request, n->shape.width, out);
}

void expand_negate_if(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal x[WORD_BITS], zero[WORD_BITS] = {0}, request = in[1][0];
  operand_word(n, in, 0, x);
  invert_if(b, x, n->shape.width, request);
  add_words(b, x, zero, request, n->shape.width, out);
}

/* ---- products */

typedef struct word {
  bit_signal bit[WORD_BITS];
} word;

/* Three words become two, row by row, until two are left for the ripple adder. */
static void add_up(bit_maker *b, word *row, int count, int width, bit_signal *out)
{
  static const word zero = {{0}};
  while (count > 2) {
    int made = 0, i = 0;
    for (; i + 2 < count; i += 3, made += 2) {
      word x = row[i], y = row[i + 1], z = row[i + 2], sum = zero, carry = zero;
      for (int k = 0; k < width; k++) {
        bit_signal up;
        sum.bit[k] = bit_full(b, x.bit[k], y.bit[k], z.bit[k], false, &up);
        if (k + 1 < width) carry.bit[k + 1] = up;
      }
      row[made] = sum;
      row[made + 1] = carry;
    }
    for (; i < count; i++)
      row[made++] = row[i];
    count = made;
  }
  bit_signal carry = BIT_ZERO;
  for (int k = 0; k < width; k++)
    out[k] = bit_full(b, row[0].bit[k], count > 1 ? row[1].bit[k] : BIT_ZERO, carry, true, &carry);
}

/* What a gate of the sub-word masks adds to an operand's arrival; its cells are in the operator's closed form.  mode:
 * two bits, NULL: no masks. */
static void mask_word(bit_maker *b, const bit_signal *mode, const bit_signal *from, int width, bit_signal *to)
{
  for (int k = 0; k < width; k++) {
    if (!mode || from[k] <= BIT_ONE) {
      to[k] = from[k];
      continue;
    }
    const bit_signal in[BIT_INPUTS] = {from[k], mode[0], mode[1]};
    to[k] = bit_raw(b, BIT_MASK, in);
  }
}

static int array_rows(bit_maker *b, const multiplier_layout *p, const bit_signal *columns, const bit_signal *lines,
                      word *row)
{
  for (int i = 0; i < p->rows; i++)
    for (int k = 0; k < p->columns; k++) {
      bool inverted = p->mode[0].row[i].flip >> (i + k) & 1;
      row[i].bit[i + k] = bit_gate(b, inverted ? BIT_NOT_PRODUCT : BIT_PRODUCT, columns[k], lines[i]);
    }
  return p->rows;
}

/* Row i of a recoded product at weight 4^i, its sign inverted, a one above it. */
static void booth_row(bit_maker *b, const multiplier_layout *p, const bit_signal *columns, const bit_signal *lines,
                      int i, word *row, word *selected)
{
  const int n = p->columns, last = p->lines - 1, at = 2 * i;
  bit_signal low = i > 0 ? lines[at - 1] : BIT_ZERO, mid = lines[at], high = lines[qy_min_int(at + 1, last)];
  bit_signal one = bit_gate(b, BIT_XOR, mid, low), two = bit_digit_two(b, high, mid, low);
  for (int k = 0; k <= n && at + k < p->width; k++) {
    bit_signal x = columns[qy_min_int(k, n - 1)], below = k > 0 ? columns[k - 1] : BIT_ZERO;
    bit_signal chosen = bit_booth(b, x, below, one, two);
    row->bit[at + k] = bit_gate(b, k == n ? BIT_XNOR : BIT_XOR, chosen, high);
    selected->bit[at + k] = chosen;
  }
  if (at + n + 1 < p->width) row->bit[at + n + 1] = BIT_ONE;
}

static int booth_rows(bit_maker *b, const multiplier_layout *p, const bit_signal *columns, const bit_signal *lines,
                      word *row)
{
  word *last = &row[p->rows];
  for (int k = 0; k < p->width; k++)
    last->bit[k] = (bit_signal)(p->mode[0].constant >> k & 1);
  for (int i = 0; i < p->rows; i++) {
    word selected = {{0}};
    booth_row(b, p, columns, lines, i, &row[i], &selected);
    if (p->modes > 1) bit_give(b, selected.bit, p->width, WORD_SELECTED + i);
    const int at = 2 * i;
    last->bit[at] = lines[qy_min_int(at + 1, p->lines - 1)];
  }
  return p->rows + 1;
}

/* The alignment of a sum-together product: each mode's field is moved to bit 0 and extended. */
static void align(bit_maker *b, const multiplier_layout *p, bit_signal *out)
{
  bit_signal sum[WORD_BITS];
  memcpy(sum, out, (size_t)p->width * sizeof *sum);
  for (int k = 0; k < p->width; k++) {
    bit_signal in[BIT_INPUTS] = {0};
    for (int m = 0; m < p->modes; m++) {
      const multiplier_mode *mode = &p->mode[m];
      in[m] = sum[mode->field_low + qy_min_int(k, mode->field_width - 1)];
    }
    out[k] = bit_raw(b, p->modes > 2 ? BIT_ALIGN_TWICE : BIT_ALIGN, in);
  }
}

void expand_multiply(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  const multiplier_layout *p = n->layout;
  word row[WORD_BITS + 8];
  bit_signal columns[WORD_BITS] = {0}, lines[WORD_BITS] = {0};
  memset(row, 0, sizeof row);
  const bit_signal *mode = p->modes > 1 ? in[2] : NULL;
  mask_word(b, mode, in[p->swapped], p->columns, columns);
  mask_word(b, mode, in[!p->swapped], p->lines, lines);
  /* Signs move with the mode as well: products are kept, then inverted, and so are the lanes' signs. */
  if (p->is_signed) mask_word(b, mode, columns, p->columns, columns);
  bool is_booth = p->kind == QY_MULTIPLIER_BOOTH;
  int count = is_booth ? booth_rows(b, p, columns, lines, row) : array_rows(b, p, columns, lines, row);
  for (int i = 0; i < p->rows && p->modes > 1; i++)
    bit_give(b, row[i].bit, p->width, WORD_ROWS + i);
  if (p->modes == 1 && p->join == JOIN_PLAIN && n->count > 2)
    memcpy(row[count++].bit, in[2], (size_t)p->width * sizeof(bit_signal));
  if (!is_booth && p->is_signed) {
    for (int k = 0; k < p->width; k++)
      row[count].bit[k] = (bit_signal)(p->mode[0].constant >> k & 1);
    count++;
  }
  add_up(b, row, count, p->width, out);
  if (p->join == JOIN_TOGETHER && p->modes > 1) align(b, p, out);
  if (p->join == JOIN_APART && p->is_signed) mask_word(b, mode, out, p->width, out);
  if (p->modes > 1 && (p->join == JOIN_TOGETHER || p->is_signed)) bit_give(b, out, p->width, 0);
}

/* ---- selections */

void expand_shift_left(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  int width = n->shape.width;
  bit_signal now[WORD_BITS];
  operand_word(n, in, 0, out);
  b->levels = n->in_width[1];
  for (int stage = 0; stage < n->in_width[1]; stage++) {
    int step = 1 << stage;
    bit_signal s = in[1][stage];
    memcpy(now, out, (size_t)width * sizeof *now);
    for (int k = 0; k < width; k++) {
      bit_signal shifted = k >= step ? now[k - step] : BIT_ZERO;
      bool is_copy = k < width - 1 || (k > 0 && now[k - 1] == now[k]), is_sign = is_copy && now[k] == now[width - 1];
      out[k] = is_sign ? bit_edge(b, BIT_EDGE, now[k], shifted, s) : bit_select(b, now[k], shifted, s);
    }
  }
}

void expand_shift_right(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  int width = n->shape.width;
  bit_signal now[WORD_BITS], fill = n->shape.is_signed ? in[0][width - 1] : BIT_ZERO;
  operand_word(n, in, 0, out);
  b->levels = n->in_width[1];
  for (int stage = 0; stage < n->in_width[1]; stage++) {
    int step = 1 << stage;
    bit_signal s = in[1][stage];
    memcpy(now, out, (size_t)width * sizeof *now);
    for (int k = 0; k < width; k++)
      out[k] = k + step < width ? bit_select(b, now[k], now[k + step], s) : bit_edge(b, BIT_EDGE_NOT, fill, now[k], s);
  }
}

/* A tree; select beyond the last word takes the last. */
void expand_mux(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  b->levels = n->in_width[0] == 1;
  for (int k = 0; k < n->shape.width; k++) {
    bit_signal bit[MUX_MAX] = {0};
    int count = n->shape.count;
    for (int i = 0; i < count; i++)
      bit[i] = in[1 + i][k];
    for (int level = 0; count > 1; level++) {
      int pairs = count / 2;
      for (size_t i = 0; i < (size_t)pairs; i++)
        bit[i] = bit_select(b, bit[2 * i], bit[2 * i + 1], in[0][level]);
      if (count & 1) bit[pairs] = bit[count - 1];
      count = pairs + (count & 1);
    }
    out[k] = bit[0];
  }
}

static void bitwise(bit_maker *b, const node *n, bit_kind kind, const bit_signal *const *in, bit_signal *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out[k] = bit_gate(b, kind, in[0][k], in[1][k]);
}

void expand_and(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bitwise(b, n, BIT_AND, in, out);
}

void expand_or(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bitwise(b, n, BIT_OR, in, out);
}

void expand_xor(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bitwise(b, n, BIT_XOR, in, out);
}

void expand_not(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out[k] = bit_not(b, in[0][k]);
}

/* Bitwise difference, then a tree of gates, neighbours first. */
void expand_equal(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal same[WORD_BITS] = {0};
  int count = qy_max_int(n->in_width[0], n->in_width[1]);
  for (int k = 0; k < count; k++)
    same[k] = bit_gate(b, BIT_XNOR, operand(n, in, 0, k), operand(n, in, 1, k));
  for (; count > 1; count = (count + 1) / 2)
    for (int k = 0; k < count; k += 2)
      same[k / 2] = k + 1 < count ? bit_gate(b, BIT_TREE_AND, same[k], same[k + 1]) : same[k];
  out[0] = same[0];
}

/* ---- operators as a whole */

/* One signal that arrives with the last of all bits that vary. */
static bit_signal join(bit_maker *b, const node *n, const bit_signal *const *in)
{
  bit_signal all[BIT_INPUTS] = {0};
  int count = 0;
  for (int i = 0; i < n->count; i++)
    for (int k = 0; k < n->in_width[i]; k++) {
      if (in[i][k] <= BIT_ONE) continue;
      if (count == BIT_INPUTS) {
        all[0] = bit_raw(b, BIT_JOIN, all);
        all[1] = all[2] = all[3] = 0;
        count = 1;
      }
      all[count++] = in[i][k];
    }
  return bit_raw(b, BIT_JOIN, all);
}

/* which: of the node's words, the one the block makes. */
static void block(bit_maker *b, const node *n, const bit_signal *const *in, int width, int which, bit_signal *out)
{
  const bit_signal gathered[BIT_INPUTS] = {join(b, n, in)};
  const bit_signal whole[BIT_INPUTS] = {bit_raw(b, BIT_BLOCK, gathered)};
  for (int k = 0; k < width; k++)
    out[k] = bit_raw(b, BIT_MADE, whole);
  bit_give(b, out, width, which);
}

void expand_block(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  block(b, n, in, n->shape.width, 0, out);
}

/* A comparison and a row of selections. */
void expand_max(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal less;
  block(b, n, in, 1, 1, &less);
  b->levels = 1;
  for (int k = 0; k < n->shape.width; k++)
    out[k] = bit_select(b, operand(n, in, 0, k), operand(n, in, 1, k), less);
}

/* ---- in front of flip-flops */

void expand_register(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out[k] = n->count > 1 ? bit_select(b, in[n->count][k], in[0][k], in[1][0]) : in[0][k];
}

void expand_counter(bit_maker *b, const node *n, const bit_signal *const *in, bit_signal *out)
{
  bit_signal carry = n->count > 0 ? in[0][0] : BIT_ONE;
  for (int k = 0; k < n->shape.width; k++)
    out[k] = bit_full(b, in[n->count][k], BIT_ZERO, carry, true, &carry);
}
