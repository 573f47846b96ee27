/* Operators of the LUT view: the gates and chains that synthesis starts from, operator by operator. */
#include "lut_int.h"

#include <stdlib.h>
#include <string.h>

static const lut_word *in(const lut_maker *m, const node *n, int i)
{
  return &m->word[n->in[i]];
}

/* Registers are no logic. */
void lut_op_none(lut_maker *m, const node *n, lut_word *out)
{
  (void)m, (void)n, (void)out;
}

void lut_op_constant(lut_maker *m, const node *n, lut_word *out)
{
  (void)m;
  for (int k = 0; k < n->shape.width; k++)
    out->bit[k] = (lut_signal)(n->value >> k & 1);
}

/* ---- sums */

/* Order of the wires: inputs and registers are declared before what is computed. */
static int rank_of(const lut_maker *m, qy_net net)
{
  const node *n = &m->c->node[net];
  if (n->op == QY_OP_CONSTANT) return -1;
  return n->op == QY_OP_INPUT || n->state >= 0 ? (int)net : (int)(m->c->count + (size_t)net);
}

static void add_term(lut_sum *sum, const lut_word *a, int width, bool is_signed, bool subtract, int rank)
{
  lut_term t = {.a = *a, .is_signed = is_signed, .subtract = subtract, .rank = rank};
  t.a.width = qy_min_int(a->width, width);
  lut_sum_put(sum, &t);
}

static void add_product(lut_maker *m, const node *n, bool subtract, lut_sum *sum)
{
  int rank = (int)(2 * m->c->count) + (int)(n - m->c->node);
  lut_sum_put(sum, &(lut_term){*in(m, n, 0), *in(m, n, 1), n->shape.is_signed, subtract, rank, 0});
}

static void gather(lut_maker *m, const node *n, bool subtract, lut_sum *sum);

/* The node whose sum is part of its reader's, behind words that only extend it; -1: none. */
static qy_net merged_source(const lut_maker *m, qy_net net)
{
  while (m->merged[net] && m->c->node[net].op == QY_OP_EXTEND)
    net = m->c->node[net].in[0];
  return m->merged[net] ? net : -1;
}

/* Written out, a sign is repeated in front of the word. */
static void write_out(lut_term *t, const node *n)
{
  if (t->a.width >= n->shape.width) return;
  lut_word word;
  lut_extend(&word, &t->a, n->shape.width, true);
  t->a = word;
  t->is_signed = false;
  t->pieces = 1;
}

static void gather_operand(lut_maker *m, const node *n, int i, bool subtract, lut_sum *sum)
{
  qy_net source = merged_source(m, n->in[i]);
  if (source >= 0)
    gather(m, &m->c->node[source], subtract, sum);
  else
    add_term(sum, in(m, n, i), n->shape.width, n->shape.is_signed, subtract, rank_of(m, n->in[i]));
  if (source < 0 && m->how->rows && n->shape.is_signed && !sum->failed) write_out(&sum->term[sum->count - 1], n);
}

/* -a.  Of a sign that is extended the bits are gates behind the carry out of the bits below it. */
static void negate_word(lut_net *net, const lut_word *a, bool is_signed, int width, lut_word *out)
{
  lut_word zero = {.width = width}, word;
  bool longer = is_signed && width > a->width && a->width > 3;
  int chain = longer ? a->width - 1 : qy_min_int(width, a->width + 1);
  lut_extend(&word, a, width, is_signed);
  for (int k = 0; k < chain && longer; k++)
    word.bit[k] = lut_not(word.bit[k]);
  if (!longer) {
    lut_word low;
    lut_add(net, &zero, &word, true, LUT_ONE, chain, &low);
    lut_extend(out, &low, width, true);
    return;
  }
  lut_signal carry, sign = lut_not(a->bit[a->width - 1]);
  lut_chain(net, word.bit, zero.bit, LUT_ONE, chain, out->bit, &carry);
  out->bit[chain] = lut_xor(net, sign, carry);
  for (int k = chain + 1; k < width; k++)
    out->bit[k] = lut_and(net, sign, lut_not(carry));
}

/* The second operand of an adder that subtracts or of a negation: written out and for vivado b ^ s + s; in an
 * expression s ? -b : b.
 */
static void gather_either(lut_maker *m, const node *n, int i, lut_signal negate, bool subtract, lut_sum *sum)
{
  int width = n->shape.width, rank = (int)(m->c->count + (size_t)(n - m->c->node));
  lut_word word, out = {.width = width}, one = {.bit = {negate}, .width = 1};
  lut_extend(&word, in(m, n, i), width, n->shape.is_signed);
  if (m->how->rows || m->how->toolchain == QY_TOOLCHAIN_VIVADO) {
    for (int k = 0; k < width; k++)
      out.bit[k] = lut_xor(m->net, word.bit[k], negate);
    add_term(sum, &out, width, false, subtract, rank);
    add_term(sum, &one, width, false, subtract, rank_of(m, n->in[n->count - 1]));
    return;
  }
  lut_word minus;
  negate_word(m->net, in(m, n, i), n->shape.is_signed, width, &minus);
  for (int k = 0; k < width; k++)
    out.bit[k] = lut_mux(m->net, negate, word.bit[k], minus.bit[k]);
  add_term(sum, &out, width, false, subtract, rank);
}

static void gather(lut_maker *m, const node *n, bool subtract, lut_sum *sum)
{
  switch (n->op) {
  case QY_OP_MULTIPLY:
  case QY_OP_MULTIPLY_ADD:
    if (m->how->rows)
      lut_rows_terms(m, n, subtract, sum);
    else
      add_product(m, n, subtract, sum);
    if (n->count > 2) gather_operand(m, n, 2, subtract, sum);
    break;
  case QY_OP_ADDSUB:
    gather_operand(m, n, 0, subtract, sum);
    gather_either(m, n, 1, in(m, n, 2)->bit[0], subtract, sum);
    break;
  case QY_OP_NEGATE_IF: gather_either(m, n, 0, in(m, n, 1)->bit[0], subtract, sum); break;
  default: gather_operand(m, n, 0, subtract, sum); gather_operand(m, n, 1, (n->op == QY_OP_SUBTRACT) != subtract, sum);
  }
}

void lut_op_add(lut_maker *m, const node *n, lut_word *out)
{
  lut_sum sum = {0};
  gather(m, n, false, &sum);
  lut_sum_make(m, &sum, n->shape.width, out);
  free(sum.term);
}

void lut_op_multiply(lut_maker *m, const node *n, lut_word *out)
{
  if (n->layout->join != JOIN_PLAIN || m->how->rows)
    lut_rows_multiply(m, n, out);
  else
    lut_op_add(m, n, out);
}

/* ---- selections */

static void mux_word(lut_net *net, lut_signal select, const lut_word *zero, const lut_word *one, int width,
                     lut_word *out)
{
  for (int k = 0; k < width; k++)
    out->bit[k] = lut_mux(net, select, zero->bit[k], one->bit[k]);
}

/* Stage after stage from the lowest bit of the amount; bits of the amount that shift everything out act at once. */
void lut_op_shift(lut_maker *m, const node *n, lut_word *out)
{
  bool is_left = n->op == QY_OP_SHIFT_LEFT;
  int width = n->shape.width, stages = qy_min_int(qy_log2_ceil(width) + 1, n->in_width[1]);
  const lut_word *amount = in(m, n, 1);
  lut_word now, moved;
  lut_extend(&now, in(m, n, 0), width, n->shape.is_signed);
  lut_signal fill = is_left || !n->shape.is_signed ? LUT_ZERO : now.bit[width - 1];
  lut_signal over = lut_reduce_or(m->net, amount->bit + stages, n->in_width[1] - stages);
  for (int k = 0; k < width; k++)
    now.bit[k] = lut_mux(m->net, over, now.bit[k], fill);
  for (int s = 0; s < stages; s++) {
    int step = is_left ? -(1 << s) : 1 << s;
    for (int k = 0; k < width; k++)
      moved.bit[k] = k + step < 0 || k + step >= width ? fill : now.bit[k + step];
    mux_word(m->net, amount->bit[s], &now, &moved, width, &now);
  }
  memcpy(out->bit, now.bit, sizeof now.bit);
}

void lut_op_shift_constant(lut_maker *m, const node *n, lut_word *out)
{
  const lut_word *a = in(m, n, 0);
  for (int k = 0; k < n->shape.width; k++) {
    int from = k - n->amount;
    out->bit[k] = from >= 0 && from < a->width ? a->bit[from] : LUT_ZERO;
  }
}

/* A chain of selections, first word first: what is written out as (s == 0 ? a : s == 1 ? b : ...). */
static void mux_chain(lut_maker *m, const node *n, lut_word *out)
{
  int count = n->shape.count;
  lut_word now = *in(m, n, count);
  for (int i = count - 2; i >= 0; i--)
    mux_word(m->net, lut_equals(m->net, in(m, n, 0), (uint64_t)i), &now, in(m, n, 1 + i), n->shape.width, &now);
  memcpy(out->bit, now.bit, sizeof now.bit);
}

/* A tree, lowest bit of the select first. */
static void mux_tree(lut_maker *m, const node *n, lut_word *out)
{
  lut_word word[MUX_MAX] = {0};
  int count = n->shape.count;
  for (int i = 0; i < count; i++)
    word[i] = *in(m, n, 1 + i);
  for (int level = 0; count > 1; level++) {
    int pairs = count / 2;
    for (size_t i = 0; i < (size_t)pairs; i++)
      mux_word(m->net, in(m, n, 0)->bit[level], &word[2 * i], &word[2 * i + 1], n->shape.width, &word[i]);
    if (count & 1) word[pairs] = word[count - 1];
    count = pairs + (count & 1);
  }
  memcpy(out->bit, word[0].bit, sizeof word[0].bit);
}

void lut_op_mux(lut_maker *m, const node *n, lut_word *out)
{
  if (m->how->rows)
    mux_chain(m, n, out);
  else
    mux_tree(m, n, out);
}

void lut_op_max(lut_maker *m, const node *n, lut_word *out)
{
  lut_signal less = lut_less(m->net, in(m, n, 0), in(m, n, 1), n->shape.is_signed);
  mux_word(m->net, less, in(m, n, 0), in(m, n, 1), n->shape.width, out);
}

void lut_op_leading_one(lut_maker *m, const node *n, lut_word *out)
{
  const lut_word *a = in(m, n, 0);
  lut_word now = {.width = n->shape.width}, place = now;
  for (int i = 1; i < a->width; i++) {
    for (int k = 0; k < n->shape.width; k++)
      place.bit[k] = (lut_signal)(i >> k & 1);
    mux_word(m->net, a->bit[i], &now, &place, n->shape.width, &now);
  }
  memcpy(out->bit, now.bit, sizeof now.bit);
}

/* Entries [low, low + 2^bits) of one output bit, selected by the lower bits of the address. */
static lut_signal table_bit(lut_net *net, const node *n, const lut_word *a, int bit, uint64_t low, int bits)
{
  if (bits == 0) return (lut_signal)(n->shape.table[low] >> bit & 1);
  lut_signal zero = table_bit(net, n, a, bit, low, bits - 1);
  lut_signal one = table_bit(net, n, a, bit, low + (UINT64_C(1) << (bits - 1)), bits - 1);
  return lut_mux(net, a->bit[bits - 1], zero, one);
}

void lut_op_truth_table(lut_maker *m, const node *n, lut_word *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out->bit[k] = table_bit(m->net, n, in(m, n, 0), k, 0, n->in_width[0]);
}

/* ---- logic */

void lut_op_and(lut_maker *m, const node *n, lut_word *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out->bit[k] = lut_and(m->net, in(m, n, 0)->bit[k], in(m, n, 1)->bit[k]);
}

void lut_op_or(lut_maker *m, const node *n, lut_word *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out->bit[k] = lut_or(m->net, in(m, n, 0)->bit[k], in(m, n, 1)->bit[k]);
}

void lut_op_xor(lut_maker *m, const node *n, lut_word *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out->bit[k] = lut_xor(m->net, in(m, n, 0)->bit[k], in(m, n, 1)->bit[k]);
}

void lut_op_not(lut_maker *m, const node *n, lut_word *out)
{
  for (int k = 0; k < n->shape.width; k++)
    out->bit[k] = lut_not(in(m, n, 0)->bit[k]);
}

/* Both operands of a comparison as wide as the wider one. */
static int widen(const lut_maker *m, const node *n, lut_word *a, lut_word *b)
{
  int width = n->in_width[0] > n->in_width[1] ? n->in_width[0] : n->in_width[1];
  lut_extend(a, in(m, n, 0), width, n->shape.is_signed);
  lut_extend(b, in(m, n, 1), width, n->shape.is_signed);
  return width;
}

void lut_op_less(lut_maker *m, const node *n, lut_word *out)
{
  lut_word a, b;
  widen(m, n, &a, &b);
  out->bit[0] = lut_less(m->net, &a, &b, n->shape.is_signed);
}

void lut_op_equal(lut_maker *m, const node *n, lut_word *out)
{
  lut_word a, b;
  int width = widen(m, n, &a, &b);
  for (int k = 0; k < width; k++)
    a.bit[k] = lut_xor(m->net, a.bit[k], b.bit[k]);
  out->bit[0] = lut_not(lut_reduce_or(m->net, a.bit, width));
}

/* ---- wires */

void lut_op_slice(lut_maker *m, const node *n, lut_word *out)
{
  memcpy(out->bit, in(m, n, 0)->bit + n->amount, (size_t)n->shape.width * sizeof *out->bit);
}

void lut_op_concat(lut_maker *m, const node *n, lut_word *out)
{
  int at = 0;
  for (int i = 0; i < n->count; at += n->in_width[i++])
    memcpy(out->bit + at, in(m, n, i)->bit, (size_t)n->in_width[i] * sizeof *out->bit);
}

void lut_op_extend(lut_maker *m, const node *n, lut_word *out)
{
  lut_extend(out, in(m, n, 0), n->shape.width, n->shape.is_signed);
}

/* Half a step is added; an addend before it may be part of the sum. */
static void rounded(lut_maker *m, const node *n, lut_word *cut)
{
  const int drop = n->shape.drop, wide = n->in_width[0] + 1;
  lut_sum sum = {0};
  lut_word whole, half = {.width = wide};
  if (drop > 0) half.bit[drop - 1] = LUT_ONE;
  node as_sum = *n; /* the sum's width is its own */
  as_sum.shape.width = wide;
  gather_operand(m, &as_sum, 0, false, &sum);
  add_term(&sum, &half, wide, false, false, -1);
  lut_sum_make(m, &sum, wide, &whole);
  free(sum.term);
  cut->width = wide - drop;
  memcpy(cut->bit, whole.bit + drop, (size_t)cut->width * sizeof *cut->bit);
}

/* Does the word lie within w bits?  Written out: the bits above are all alike. */
static void limit_by_bits(lut_maker *m, const lut_word *cut, int w, bool is_signed, lut_word *out)
{
  int above = is_signed ? cut->width - w + 1 : cut->width - w;
  const lut_signal *top = cut->bit + cut->width - above;
  lut_signal sign = cut->bit[cut->width - 1], fits = lut_not(lut_reduce_or(m->net, top, above));
  if (is_signed) fits = lut_or(m->net, fits, lut_reduce_and(m->net, top, above));
  for (int k = 0; k < w; k++) {
    lut_signal limit = LUT_ONE;
    if (is_signed) limit = k == w - 1 ? sign : lut_not(sign);
    out->bit[k] = lut_mux(m->net, fits, limit, cut->bit[k]);
  }
}

/* In an expression: it is compared with the limits. */
static void limit_by_compare(lut_maker *m, const lut_word *cut, int w, bool is_signed, lut_word *out)
{
  lut_word high = {.width = cut->width}, low = {.width = cut->width};
  for (int k = 0; k < cut->width; k++) {
    high.bit[k] = k < w - is_signed ? LUT_ONE : LUT_ZERO;
    low.bit[k] = is_signed && k >= w - 1 ? LUT_ONE : LUT_ZERO;
  }
  lut_word now = *cut;
  if (is_signed) mux_word(m->net, lut_less(m->net, cut, &low, true), &now, &low, w, &now);
  mux_word(m->net, lut_less(m->net, &high, cut, is_signed), &now, &high, w, out);
}

void lut_op_round_saturate(lut_maker *m, const node *n, lut_word *out)
{
  const int w = n->shape.width;
  lut_word cut = {.width = 1};
  rounded(m, n, &cut);
  if (w >= cut.width)
    lut_extend(out, &cut, w, n->shape.is_signed);
  else if (m->how->rows)
    limit_by_bits(m, &cut, w, n->shape.is_signed, out);
  else
    limit_by_compare(m, &cut, w, n->shape.is_signed, out);
}
