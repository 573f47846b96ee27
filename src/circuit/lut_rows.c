/* Products whose rows are written out (verilog_multiply.c), gate by gate. */
#include "lut_int.h"

#include <stdlib.h>
#include <string.h>

typedef struct rows {
  lut_net *net;
  const multiplier_layout *p;
  const lut_word *columns, *lines;
  lut_signal mode[MULTIPLIER_MODES_MAX]; /* one of them is one */
  lut_word row[ROWS_MAX];                /* as they are added */
  lut_word negate;                       /* bits that complete negations */
  lut_word constant;
} rows;

/* What is chosen in the modes: the first one that is on, else the last. */
static lut_signal modal(const rows *r, const lut_signal value[MULTIPLIER_MODES_MAX])
{
  lut_signal out = value[r->p->modes - 1];
  for (int k = r->p->modes - 2; k >= 0; k--)
    out = lut_mux(r->net, r->mode[k], out, value[k]);
  return out;
}

static lut_signal modal_bit(const rows *r, const uint64_t value[MULTIPLIER_MODES_MAX], int bit)
{
  lut_signal of[MULTIPLIER_MODES_MAX] = {0};
  for (int k = 0; k < r->p->modes; k++)
    of[k] = (lut_signal)(value[k] >> bit & 1);
  return modal(r, of);
}

/* Row i: a word at its place, masked and inverted as the modes want. */
static void place(rows *r, int i, const lut_signal *word, int width, int shift)
{
  uint64_t keep[MULTIPLIER_MODES_MAX] = {0}, flip[MULTIPLIER_MODES_MAX] = {0};
  for (int k = 0; k < r->p->modes; k++) {
    keep[k] = r->p->mode[k].row[i].keep;
    flip[k] = r->p->mode[k].row[i].flip;
  }
  r->row[i].width = r->p->width;
  for (int k = 0; k < r->p->width; k++) {
    bool inside = k >= shift && k < shift + width;
    lut_signal bit = inside ? lut_and(r->net, word[k - shift], modal_bit(r, keep, k)) : LUT_ZERO;
    r->row[i].bit[k] = lut_xor(r->net, bit, modal_bit(r, flip, k));
  }
}

static void array(rows *r)
{
  for (int i = 0; i < r->p->rows; i++) {
    lut_signal word[WORD_BITS];
    for (int k = 0; k < r->p->columns; k++)
      word[k] = lut_and(r->net, r->columns->bit[k], r->lines->bit[i]);
    place(r, i, word, r->p->columns, i);
  }
}

/* Bit k of the multiplicand of row i. */
static lut_signal multiplicand(const rows *r, int i, int k)
{
  lut_signal of[MULTIPLIER_MODES_MAX] = {0};
  for (int m = 0; m < r->p->modes; m++) {
    const multiplier_row *row = &r->p->mode[m].row[i];
    of[m] = k < row->low ? LUT_ZERO : r->columns->bit[qy_min_int(k, row->high - 1)];
  }
  return modal(r, of);
}

/* The bit behind a digit, cleared at the border of a sub-word. */
static lut_signal behind(const rows *r, int i)
{
  if (i == 0) return LUT_ZERO;
  lut_signal of[MULTIPLIER_MODES_MAX] = {0};
  for (int m = 0; m < r->p->modes; m++)
    of[m] = r->p->mode[m].row[i].border ? LUT_ZERO : r->lines->bit[2 * i - 1];
  return modal(r, of);
}

static void booth_row(rows *r, int i)
{
  const int n = r->p->columns, top = qy_min_int(2 * i + 1, r->p->lines - 1);
  lut_signal negate = r->lines->bit[top], low = behind(r, i), word[WORD_BITS + 1];
  lut_signal one = lut_xor(r->net, r->lines->bit[(size_t)2 * (size_t)i], low);
  lut_signal two = lut_and(r->net, lut_not(one), lut_xor(r->net, negate, low));
  for (int k = 0; k <= n; k++) {
    lut_signal once = lut_and(r->net, one, multiplicand(r, i, k));
    lut_signal twice = k > 0 ? lut_and(r->net, two, multiplicand(r, i, k - 1)) : LUT_ZERO;
    word[k] = lut_xor(r->net, lut_or(r->net, once, twice), negate);
  }
  place(r, i, word, n + 1, 2 * i);
}

/* Negations are completed at places that depend on the mode. */
static void negations(rows *r)
{
  for (int k = 0; k < r->p->width; k++) {
    lut_signal of[MULTIPLIER_MODES_MAX] = {0};
    for (int m = 0; m < r->p->modes; m++)
      for (int i = 0; i < r->p->rows; i++)
        if (r->p->mode[m].row[i].negate_at == k) of[m] = r->lines->bit[qy_min_int(2 * i + 1, r->p->lines - 1)];
    r->negate.bit[k] = modal(r, of);
  }
  r->negate.width = r->p->width;
}

static void start(rows *r, lut_maker *m, const node *n)
{
  const multiplier_layout *p = n->layout;
  *r = (rows){.net = m->net, .p = p};
  r->columns = &m->word[n->in[p->swapped ? 1 : 0]];
  r->lines = &m->word[n->in[p->swapped ? 0 : 1]];
  for (int k = 0; k + 1 < p->modes; k++)
    r->mode[k] = lut_equals(m->net, &m->word[n->in[2]], (uint64_t)k);
  if (p->kind == QY_MULTIPLIER_BOOTH) {
    for (int i = 0; i < p->rows; i++)
      booth_row(r, i);
    negations(r);
  } else {
    array(r);
  }
  uint64_t constant[MULTIPLIER_MODES_MAX] = {0};
  for (int k = 0; k < p->modes; k++)
    constant[k] = p->mode[k].constant;
  r->constant.width = p->width;
  for (int k = 0; k < p->width; k++)
    r->constant.bit[k] = modal_bit(r, constant, k);
}

static bool is_zero(const lut_word *w)
{
  for (int k = 0; k < w->width; k++)
    if (w->bit[k] != LUT_ZERO) return false;
  return true;
}

/* Bits [low, low + width) of everything that is added but the addend. */
static void add_all(const rows *r, int low, int width, bool subtract, int rank, lut_sum *sum)
{
  const lut_word *word[ROWS_MAX + 2];
  int count = 0;
  for (int i = 0; i < r->p->rows; i++)
    word[count++] = &r->row[i];
  if (r->p->kind == QY_MULTIPLIER_BOOTH) word[count++] = &r->negate;
  if (!is_zero(&r->constant)) word[count++] = &r->constant;
  for (int i = 0; i < count; i++) {
    lut_term t = {.a = {.width = width}, .subtract = subtract, .rank = rank};
    memcpy(t.a.bit, word[i]->bit + low, (size_t)width * sizeof *t.a.bit);
    lut_sum_put(sum, &t);
  }
}

static int rank_of(const lut_maker *m, const node *n)
{
  return (int)m->c->count + (int)(n - m->c->node);
}

void lut_rows_terms(lut_maker *m, const node *n, bool subtract, lut_sum *sum)
{
  rows *r = qy_alloc(1, sizeof *r);
  if (!r) {
    m->net->failed = true;
    return;
  }
  start(r, m, n);
  add_all(r, 0, r->p->width, subtract, rank_of(m, n), sum);
  free(r);
}

/* Lanes of the narrowest product, each with room for the carries of all rows; a carry goes on where the mode lets it.
 */
static void lanes(lut_maker *m, const rows *r, lut_sum *sum, lut_word *out)
{
  const multiplier_layout *p = r->p;
  int count = 1 << (p->modes - 1), width = p->width / count, room = qy_log2_ceil(p->rows + 3), wide = width + room;
  lut_word lane = {.width = wide};
  for (int i = 0; i < count; i++) {
    lut_word up = {.width = wide};
    for (int k = 0; k < room && i > 0; k++) {
      lut_signal of[MULTIPLIER_MODES_MAX] = {0};
      for (int j = 0; j < p->modes; j++)
        of[j] = j + 1 == p->modes || (p->mode[j].carry_stop >> (i * width) & 1) ? LUT_ZERO : LUT_ONE;
      up.bit[k] = lut_and(m->net, lane.bit[width + k], modal(r, of));
    }
    sum->count = 0;
    add_all(r, i * width, width, false, 0, sum);
    if (i > 0) lut_sum_put(sum, &(lut_term){.a = up, .rank = 1});
    lut_sum_make(m, sum, wide, &lane);
    memcpy(out->bit + (size_t)i * (size_t)width, lane.bit, (size_t)width * sizeof *lane.bit);
  }
}

/* Inverted top bits, and for sum-together the field of the mode. */
static void result(const rows *r, const lut_word *sum, bool is_signed, lut_word *out)
{
  const multiplier_layout *p = r->p;
  uint64_t flip[MULTIPLIER_MODES_MAX] = {0};
  lut_word product = {.width = p->width};
  for (int m = 0; m < p->modes; m++)
    flip[m] = p->mode[m].result_flip;
  for (int k = 0; k < p->width; k++)
    product.bit[k] = lut_xor(r->net, sum->bit[k], modal_bit(r, flip, k));
  for (int k = 0; k < p->width; k++) {
    lut_signal of[MULTIPLIER_MODES_MAX] = {0};
    for (int m = 0; m < p->modes; m++) {
      const multiplier_mode *mode = &p->mode[m];
      bool inside = k < mode->field_width;
      of[m] = inside || is_signed ? product.bit[mode->field_low + (inside ? k : mode->field_width - 1)] : LUT_ZERO;
    }
    out->bit[k] = p->join == JOIN_TOGETHER ? modal(r, of) : product.bit[k];
  }
}

static void multiply(lut_maker *m, const node *n, rows *r, lut_sum *sum, lut_word *out)
{
  const multiplier_layout *p = n->layout;
  lut_word whole = {.width = p->width};
  start(r, m, n);
  if (p->kind == QY_MULTIPLIER_BOOTH && p->join == JOIN_APART) {
    lanes(m, r, sum, &whole);
  } else {
    add_all(r, 0, p->width, false, rank_of(m, n), sum);
    if (p->join == JOIN_PLAIN && n->count > 2)
      lut_sum_put(sum, &(lut_term){.a = m->word[n->in[2]], .rank = (int)n->in[2]});
    lut_sum_make(m, sum, p->width, &whole);
  }
  result(r, &whole, n->shape.is_signed, out);
}

void lut_rows_multiply(lut_maker *m, const node *n, lut_word *out)
{
  rows *r = qy_alloc(1, sizeof *r);
  lut_sum sum = {0};
  if (r)
    multiply(m, n, r, &sum, out);
  else
    m->net->failed = true;
  free(r);
  free(sum.term);
}
