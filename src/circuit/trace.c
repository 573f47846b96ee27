/* What happens inside operators: the settled outputs of their cells.
 *
 * The words follow the structure that the census counts: a ripple adder's sums and carries, the levels of a
 * multiplexer tree or barrel shifter, the rows of a multiplier.
 */
#include "operators.h"

static uint64_t operand(const node *n, const uint64_t *in, int i)
{
  return word_extend(in[i], n->in_width[i], n->shape.is_signed);
}

void trace_none(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)n, (void)in, (void)out, (void)t;
}

/* Positions of an adder that hold a cell: up to the wider operand, no further than the output. */
static uint64_t adder_span(const node *n)
{
  int wide = n->shape.a > n->shape.b ? n->shape.a : n->shape.b;
  return qy_word_mask(wide < n->shape.width ? wide : n->shape.width);
}

/* n full adders; with half_first the lowest is a half adder. */
static void trace_adder(uint64_t x, uint64_t y, uint64_t carry_in, uint64_t span, bool half_first, trace *t)
{
  uint64_t sum = x + y + carry_in, in = x ^ y ^ sum, carry = (x & y) | (in & (x | y));
  uint64_t half = half_first ? 1 : 0;
  if (half) trace_add(t, QY_HA, (sum & half) | (carry & half) << 1);
  trace_add(t, QY_FA, sum & span & ~half);
  trace_add(t, QY_FA, carry & span & ~half);
}

void trace_sum(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  trace_adder(operand(n, in, 0), operand(n, in, 1), 0, adder_span(n), true, t);
}

void trace_difference(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  uint64_t span = adder_span(n), b = ~operand(n, in, 1);
  trace_add(t, QY_INV, b & span & ~UINT64_C(1));
  trace_adder(operand(n, in, 0), b, 1, span, false, t);
}

void trace_addsub(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  uint64_t span = adder_span(n), b = operand(n, in, 1) ^ (in[2] ? ~UINT64_C(0) : 0);
  trace_add(t, QY_XOR2, b & span);
  trace_adder(operand(n, in, 0), b, in[2], span, false, t);
}

void trace_negate_if(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  uint64_t span = qy_word_mask(n->shape.width), x = operand(n, in, 0) ^ (in[1] ? ~UINT64_C(0) : 0);
  trace_add(t, QY_XOR2, x & span);
  trace_add(t, QY_HA, out);
  trace_add(t, QY_HA, x & (x ^ out) & span);
}

void trace_multiply(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  multiplier_run(n->layout, in[0], in[1], 0, 0, false, t);
}

void trace_multiply_mode(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  multiplier_run(n->layout, in[0], in[1], in[2], 0, false, t);
}

void trace_multiply_add(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  multiplier_run(n->layout, in[0], in[1], 0, in[2], true, t);
}

/* Stage k moves by 2^k: the bits that come in are gates, the others multiplexers, up to the word's reach. */
void trace_shift_left(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  uint64_t x = operand(n, in, 0);
  int reach = n->shape.a < n->shape.width ? n->shape.a : n->shape.width;
  for (int k = 0; k < n->in_width[1] && k < 6; k++) {
    int step = 1 << k;
    if (in[1] >> k & 1) x <<= step;
    reach = reach + step < n->shape.width ? reach + step : n->shape.width;
    trace_add(t, QY_AND2, x & qy_word_mask(step) & qy_word_mask(reach));
    trace_add(t, QY_MUX2, x & ~qy_word_mask(step) & qy_word_mask(reach));
  }
}

void trace_shift_right(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  int w = n->shape.width;
  uint64_t x = in[0], fill = n->shape.is_signed && in[0] >> (w - 1) & 1 ? qy_word_mask(w) : 0;
  for (int k = 0; k < n->in_width[1] && k < 6; k++) {
    int step = 1 << k;
    if (in[1] >> k & 1) x = step < w ? (x >> step) | (fill & ~qy_word_mask(w - step)) : fill;
    uint64_t edge = step < w ? qy_word_mask(w) & ~qy_word_mask(w - step) : qy_word_mask(w);
    trace_add(t, n->shape.is_signed ? QY_MUX2 : QY_AND2, x & edge);
    trace_add(t, QY_MUX2, x & ~edge);
  }
}

void trace_mux(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  uint64_t word[MUX_MAX];
  int count = n->shape.count;
  for (int i = 0; i < count; i++)
    word[i] = in[1 + i];
  for (int level = 0; count > 1; level++) {
    int pairs = count / 2;
    for (int i = 0; i < pairs; i++) {
      word[i] = word[2 * i + (int)(in[0] >> level & 1)];
      trace_add(t, QY_MUX2, word[i]);
    }
    if (count & 1) word[pairs] = word[count - 1];
    count = pairs + (count & 1);
  }
}

static void trace_output(qy_cell cell, uint64_t out, trace *t)
{
  trace_add(t, cell, out);
}

void trace_and(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)n, (void)in;
  trace_output(QY_AND2, out, t);
}

void trace_or(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)n, (void)in;
  trace_output(QY_OR2, out, t);
}

void trace_xor(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)n, (void)in;
  trace_output(QY_XOR2, out, t);
}

void trace_not(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)n, (void)in;
  trace_output(QY_INV, out, t);
}

/* The carry chain of a + ~b. */
static void trace_compare(const node *n, const uint64_t *in, trace *t)
{
  int wide = n->shape.a > n->shape.b ? n->shape.a : n->shape.b;
  uint64_t span = qy_word_mask(wide), a = operand(n, in, 0) & span, b = ~operand(n, in, 1) & span;
  uint64_t sum = a + b + 1, carry_in = a ^ b ^ sum, generate = a & b, propagate = a | b;
  trace_add(t, QY_INV, b);
  trace_add(t, QY_NAND2, ~generate & span);
  trace_add(t, QY_NAND2, ~(propagate & carry_in) & span);
  trace_add(t, QY_OAI21, (generate | (propagate & carry_in)) & span);
}

void trace_less(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  trace_compare(n, in, t);
}

void trace_max(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  trace_compare(n, in, t);
  trace_add(t, QY_MUX2, out);
}

void trace_equal(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  int wide = n->shape.a > n->shape.b ? n->shape.a : n->shape.b;
  uint64_t differ = in[0] ^ in[1], same = ~differ & qy_word_mask(wide);
  trace_add(t, QY_XOR2, differ);
  for (; wide > 1; wide = (wide + 1) / 2) { /* a tree of gates, neighbours first */
    uint64_t next = 0;
    for (int i = 0; i < wide; i += 2) {
      uint64_t high = i + 1 < wide ? same >> (i + 1) & 1 : 1;
      next |= (same >> i & high) << (i / 2);
    }
    same = next;
    trace_add(t, QY_AND2, same & qy_word_mask(wide / 2));
  }
}

/* Recursive halves: is there a one, and where; the upper half wins. */
void trace_leading_one(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  uint64_t any = in[0], position[WORD_BITS] = {0};
  for (int count = n->shape.a, level = 0; count > 1; count = (count + 1) / 2, level++) {
    uint64_t next = 0, chosen = 0;
    for (int i = 0; i < count; i += 2) {
      uint64_t high = i + 1 < count ? any >> (i + 1) & 1 : 0;
      uint64_t where = high ? position[i + 1] : position[i];
      if (level > 0 && i + 1 < count && (i / 2 + 1) * level <= WORD_BITS) chosen |= where << (i / 2 * level);
      position[i / 2] = where | high << level;
      next |= ((any >> i & 1) | high) << (i / 2);
    }
    any = next;
    trace_add(t, QY_OR2, any & qy_word_mask(count / 2));
    if (level > 0) trace_add(t, QY_MUX2, chosen);
  }
}

/* A multiplexer tree whose lowest level is folded into the constants. */
void trace_truth_table(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  (void)out;
  int bits = n->shape.a;
  for (int level = 1; level < bits; level++)
    for (uint64_t i = 0; i < UINT64_C(1) << (bits - 1 - level); i++)
      trace_add(t, QY_MUX2, n->shape.table[i << (level + 1) | (in[0] & qy_word_mask(level + 1))]);
}

void trace_round_saturate(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  const qy_shape *s = &n->shape;
  int kept = s->a - s->drop > 1 ? s->a - s->drop : 1;
  uint64_t value = operand(n, in, 0), round = s->drop > 0 ? value >> (s->drop - 1) & 1 : 0;
  uint64_t x = s->drop < WORD_BITS ? value >> s->drop : 0, sum = x + round;
  if (s->drop > 0) {
    trace_add(t, QY_HA, sum & qy_word_mask(kept));
    trace_add(t, QY_HA, x & (x ^ sum) & qy_word_mask(kept));
  }
  int above = kept - s->width;
  if (above <= 0) return;
  uint64_t high = sum >> (s->width - (s->is_signed ? 1 : 0));
  if (s->is_signed) trace_add(t, QY_XNOR2, ~(high ^ high >> 1) & qy_word_mask(above));
  trace_add(t, QY_NAND2, ~high & qy_word_mask(above));
  trace_add(t, QY_AND2, out);
  trace_add(t, QY_OR2, out);
}

void trace_register(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  trace_add(t, QY_DFF, out);
  if (n->count > 1) trace_add(t, QY_MUX2, in[1] ? in[0] : out);
}

void trace_counter(const node *n, const uint64_t *in, uint64_t out, trace *t)
{
  uint64_t step = n->count > 0 ? in[0] : 1, sum = (out + step) & qy_word_mask(n->shape.width);
  trace_add(t, QY_DFF, out);
  trace_add(t, QY_INV, ~out & 1);
  trace_add(t, QY_HA, sum & ~UINT64_C(1));
  trace_add(t, QY_HA, out & (out ^ sum) & ~UINT64_C(1));
}
