/* Sums of many terms in the LUT view: what synthesis makes of expressions of +, - and *.
 *
 * yosys gathers them into one sum (alumacc), lays the bits of all terms into columns, takes the columns off row by row,
 * compresses three rows into two until two are left, and adds those on a chain (maccmap).  A product is a row for each
 * bit of its narrower operand, extended over the whole sum.  Two terms go to a chain at once.
 */
#include "lut_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A bit waiting in a column, in the order in which it was made. */
typedef struct column {
  lut_signal *bit;
  size_t count, capacity, taken;
} column;

typedef struct columns {
  lut_net *net;
  column column[WORD_BITS];
  int width;
} columns;

static void columns_free(columns *c)
{
  for (int k = 0; k < c->width; k++)
    free(c->column[k].bit);
}

/* A bit that is there already becomes one of the next column. */
static void put_bit(columns *c, lut_signal bit, int at)
{
  for (; at < c->width; at++) {
    column *to = &c->column[at];
    size_t i = 0;
    while (i < to->count && (to->bit[i] != bit || bit == LUT_ZERO))
      i++;
    if (i == to->count) break;
    memmove(to->bit + i, to->bit + i + 1, (to->count - i - 1) * sizeof *to->bit);
    to->count--;
  }
  if (at >= c->width) return;
  column *to = &c->column[at];
  if (qy_grow((void **)&to->bit, &to->capacity, to->count + 1, sizeof *to->bit)) {
    c->net->failed = true;
    return;
  }
  to->bit[to->count++] = bit;
}

static void put_word(columns *c, const lut_term *t)
{
  lut_word a;
  lut_extend(&a, &t->a, c->width, t->is_signed);
  for (int k = 0; k < c->width; k++) {
    lut_signal bit = t->subtract ? lut_not(a.bit[k]) : a.bit[k];
    if (bit != LUT_ZERO) put_bit(c, bit, k);
  }
  if (t->subtract) put_bit(c, LUT_ONE, 0);
}

/* A row of a product; bits that turn out to be zero keep their place, for rows are laid before they are looked at. */
static void put_row(columns *c, const lut_word *a, lut_signal gate, int from, bool inverted, bool subtract)
{
  for (int k = 0; k < c->width; k++) {
    bool inside = k >= from;
    lut_signal bit = inside ? lut_and(c->net, inverted ? lut_not(a->bit[k - from]) : a->bit[k - from], gate) : LUT_ZERO;
    if (subtract)
      put_bit(c, lut_not(bit), k);
    else if (inside)
      put_bit(c, bit, k);
  }
  if (subtract) put_bit(c, LUT_ONE, 0);
}

static void put_product(columns *c, const lut_term *t)
{
  bool swap = t->a.width < t->b.width;
  const lut_word *lines = swap ? &t->a : &t->b;
  lut_word a;
  lut_extend(&a, swap ? &t->b : &t->a, c->width, t->is_signed);
  for (int i = 0; i < lines->width && i < c->width; i++) {
    bool is_sign = t->is_signed && i + 1 == lines->width;
    put_row(c, &a, lines->bit[i], i, is_sign, t->subtract);
    if (is_sign) { /* completes the inversion */
      lut_term one = {.a = {.width = c->width}, .subtract = t->subtract};
      one.a.bit[i] = lines->bit[i];
      put_word(c, &one);
    }
  }
}

static bool next_bit(column *c, lut_signal *bit)
{
  if (c->taken == c->count) return false;
  *bit = c->bit[c->taken++];
  return true;
}

/* Rows taken off the columns. */
typedef struct rows {
  lut_word *row;
  size_t count, capacity;
  lut_signal *spare; /* bits that go into empty lowest places of carry words */
  size_t spares, spare_capacity;
} rows;

static int add_spare(rows *r, lut_signal bit)
{
  if (qy_grow((void **)&r->spare, &r->spare_capacity, r->spares + 1, sizeof *r->spare)) return -1;
  r->spare[r->spares++] = bit;
  return 0;
}

/* A carry word has an empty lowest place, one for every row beyond two: bits of the low columns fill it, one of column
 * i twice i times. */
static int take_spares(columns *c, rows *r)
{
  int64_t room = (r->count > 2 ? (int64_t)r->count - 2 : 0) - (int64_t)r->spares;
  for (int i = 0; i < c->width && i < 32 && (INT64_C(1) << i) <= room; i++) {
    lut_signal bit;
    while ((INT64_C(1) << i) <= room && next_bit(&c->column[i], &bit))
      for (int k = 0; k < 1 << i; k++, room--)
        if (add_spare(r, bit)) return -1;
  }
  return 0;
}

static int take_rows(columns *c, rows *r)
{
  for (;;) {
    lut_word row = {.width = c->width};
    bool any = false;
    for (int k = 0; k < c->width; k++)
      any |= next_bit(&c->column[k], &row.bit[k]);
    if (!any) return 0;
    if (qy_grow((void **)&r->row, &r->capacity, r->count + 1, sizeof *r->row)) return -1;
    r->row[r->count++] = row;
    if (take_spares(c, r)) return -1;
  }
}

/* Three rows become two. */
static void compress(lut_net *net, rows *r, const lut_word *in, lut_word *sum, lut_word *carry)
{
  const int width = in[0].width;
  lut_word s = {.width = width}, up = {.width = width};
  for (int k = 0; k < width; k++) {
    lut_signal out;
    s.bit[k] = lut_full(net, in[0].bit[k], in[1].bit[k], in[2].bit[k], &out);
    if (k + 1 < width) up.bit[k + 1] = out;
  }
  up.bit[0] = r->spares > 0 ? r->spare[--r->spares] : LUT_ZERO;
  *sum = s;
  *carry = up;
}

static void compress_all(lut_net *net, rows *r)
{
  while (r->count > 2) {
    size_t made = 0, i = 0;
    for (; i + 2 < r->count; i += 3, made += 2) {
      lut_word in[3] = {r->row[i], r->row[i + 1], r->row[i + 2]};
      compress(net, r, in, &r->row[made], &r->row[made + 1]);
    }
    for (; i < r->count; i++)
      r->row[made++] = r->row[i];
    r->count = made;
  }
}

static void add_columns(columns *c, lut_word *out)
{
  rows r = {0};
  *out = (lut_word){.width = c->width};
  if (take_rows(c, &r)) c->net->failed = true;
  if (!c->net->failed) {
    compress_all(c->net, &r);
    if (r.count == 1) *out = r.row[0];
    if (r.count == 2) lut_add(c->net, &r.row[0], &r.row[1], false, LUT_ZERO, c->width, out);
  }
  free(r.row);
  free(r.spare);
}

void lut_sum_put(lut_sum *sum, const lut_term *term)
{
  if (qy_grow((void **)&sum->term, &sum->capacity, (size_t)sum->count + 1, sizeof *sum->term))
    sum->failed = true;
  else
    sum->term[sum->count++] = *term;
}

static int by_rank(const void *a, const void *b)
{
  return ((const lut_term *)a)->rank - ((const lut_term *)b)->rank;
}

/* Words first, in the order of their wires; then the rows of products, which are made on the way. */
static void add_terms(lut_net *net, const lut_sum *sum, int width, lut_word *out)
{
  columns c = {.net = net, .width = width};
  qsort(sum->term, (size_t)sum->count, sizeof *sum->term, by_rank);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < sum->count; i++) {
      const lut_term *t = &sum->term[i];
      if ((t->b.width > 0) != (pass == 1)) continue;
      if (t->b.width > 0)
        put_product(&c, t);
      else
        put_word(&c, t);
    }
  add_columns(&c, out);
  columns_free(&c);
}

/* Zeros below need no adder; returns how many low bits are those of one operand alone. */
static int low_alone(const lut_word *a, const lut_word *b, bool subtract, int width, lut_word *out)
{
  int low = 0;
  for (; low < width; low++)
    if (b->bit[low] == LUT_ZERO)
      out->bit[low] = a->bit[low];
    else if (a->bit[low] == LUT_ZERO && !subtract)
      out->bit[low] = b->bit[low];
    else
      break;
  return low;
}

static void shift_down(lut_word *w, int by, int width)
{
  memmove(w->bit, w->bit + by, (size_t)(width - by) * sizeof *w->bit);
}

/* The order in which an adder takes its operands: the narrower one first, then a whole wire. */
static bool comes_before(const lut_term *a, const lut_term *b)
{
  return a->a.width != b->a.width ? a->a.width < b->a.width : a->pieces < b->pieces;
}

/* a + b or a - b.  The bits of the operand that comes first are what the chain's stages pass on. */
static void add_two(lut_net *net, const lut_term *a, const lut_term *b, lut_signal carry, int width, lut_word *out)
{
  if (!b->subtract && comes_before(b, a)) {
    const lut_term *t = a;
    a = b;
    b = t;
  }
  lut_word x, y, high;
  lut_extend(&x, &a->a, width, a->is_signed);
  lut_extend(&y, &b->a, width, b->is_signed);
  int low = carry == LUT_ZERO ? low_alone(&x, &y, b->subtract, width, out) : 0;
  if (low < width) {
    shift_down(&x, low, width);
    shift_down(&y, low, width);
    lut_add(net, &x, &y, b->subtract, b->subtract ? LUT_ONE : carry, width - low, &high);
    memcpy(out->bit + low, high.bit, (size_t)(width - low) * sizeof *out->bit);
  }
  out->width = width;
}

/* Terms that a chain takes at once: at most two words and, beside two that are added, one bit. */
static bool is_carry_bit(const lut_term *t)
{
  return t->b.width == 0 && t->a.width == 1 && !t->is_signed && !t->subtract;
}

static bool add_on_chain(lut_net *net, const lut_sum *sum, int width, lut_word *out)
{
  static const lut_term zero = {.a = {.width = 1}};
  const lut_term *word[2] = {NULL, NULL}, *bit = NULL;
  int words = 0;
  for (int i = 0; i < sum->count; i++) {
    const lut_term *t = &sum->term[i];
    if (t->b.width > 0) return false;
    if (is_carry_bit(t) && !bit)
      bit = t;
    else if (words < 2)
      word[words++] = t;
    else
      return false;
  }
  if (words < 2 && bit) {
    word[words++] = bit;
    bit = NULL;
  }
  if (words < 1 || (words == 2 && word[0]->subtract && word[1]->subtract)) return false;
  if (words == 1) word[words++] = &zero;
  if (word[0]->subtract) {
    const lut_term *t = word[0];
    word[0] = word[1];
    word[1] = t;
  }
  if (bit && word[1]->subtract) return false;
  add_two(net, word[0], word[1], bit ? bit->a.bit[0] : LUT_ZERO, width, out);
  return true;
}

void lut_sum_make(lut_maker *m, const lut_sum *sum, int width, lut_word *out)
{
  assert(m && sum && width >= 1 && width <= WORD_BITS);
  *out = (lut_word){.width = width};
  if (sum->failed)
    m->net->failed = true;
  else if (m->how->toolchain == QY_TOOLCHAIN_VIVADO)
    lut_tree_make(m, sum, width, out);
  else if (!add_on_chain(m->net, sum, width, out))
    add_terms(m->net, sum, width, out);
}
