/* What operators compute, bit for bit. */
#include "operators.h"

/* Operand i extended to 64 bits as the operator reads it. */
static uint64_t operand(const node *n, const uint64_t *in, int i)
{
  return word_extend(in[i], n->in_width[i], n->shape.is_signed);
}

static uint64_t fit(const node *n, uint64_t word)
{
  return word & qy_word_mask(n->shape.width);
}

uint64_t evaluate_constant(const node *n, const uint64_t *in)
{
  (void)in;
  return n->value;
}

uint64_t evaluate_add(const node *n, const uint64_t *in)
{
  return fit(n, operand(n, in, 0) + operand(n, in, 1));
}

uint64_t evaluate_subtract(const node *n, const uint64_t *in)
{
  return fit(n, operand(n, in, 0) - operand(n, in, 1));
}

uint64_t evaluate_addsub(const node *n, const uint64_t *in)
{
  uint64_t a = operand(n, in, 0), b = operand(n, in, 1);
  return fit(n, in[2] ? a - b : a + b);
}

uint64_t evaluate_negate_if(const node *n, const uint64_t *in)
{
  uint64_t a = operand(n, in, 0);
  return fit(n, in[1] ? 0 - a : a);
}

uint64_t evaluate_multiply(const node *n, const uint64_t *in)
{
  return multiplier_run(n->layout, in[0], in[1], 0, 0);
}

uint64_t evaluate_multiply_mode(const node *n, const uint64_t *in)
{
  return multiplier_run(n->layout, in[0], in[1], in[2], 0);
}

uint64_t evaluate_multiply_add(const node *n, const uint64_t *in)
{
  return multiplier_run(n->layout, in[0], in[1], 0, in[2]);
}

uint64_t evaluate_shift_left(const node *n, const uint64_t *in)
{
  return in[1] < WORD_BITS ? fit(n, operand(n, in, 0) << in[1]) : 0;
}

/* The sign (or zero) comes in from above. */
uint64_t evaluate_shift_right(const node *n, const uint64_t *in)
{
  uint64_t a = operand(n, in, 0), fill = n->shape.is_signed && a >> 63 ? ~UINT64_C(0) : 0;
  if (in[1] >= WORD_BITS) return fit(n, fill);
  uint64_t shifted = a >> in[1];
  if (in[1] > 0) shifted |= fill << (WORD_BITS - in[1]);
  return fit(n, shifted);
}

uint64_t evaluate_shift_constant(const node *n, const uint64_t *in)
{
  int left = n->amount;
  if (left >= WORD_BITS || left <= -WORD_BITS) return 0;
  return fit(n, left >= 0 ? in[0] << left : in[0] >> -left);
}

uint64_t evaluate_mux(const node *n, const uint64_t *in)
{
  uint64_t last = (uint64_t)n->shape.count - 1;
  return in[1 + (in[0] < last ? in[0] : last)];
}

uint64_t evaluate_and(const node *n, const uint64_t *in)
{
  (void)n;
  return in[0] & in[1];
}

uint64_t evaluate_or(const node *n, const uint64_t *in)
{
  (void)n;
  return in[0] | in[1];
}

uint64_t evaluate_xor(const node *n, const uint64_t *in)
{
  (void)n;
  return in[0] ^ in[1];
}

uint64_t evaluate_not(const node *n, const uint64_t *in)
{
  return fit(n, ~in[0]);
}

/* Two's complement order becomes plain order when the sign bit is inverted. */
static bool less(const node *n, const uint64_t *in)
{
  uint64_t bias = n->shape.is_signed ? UINT64_C(1) << 63 : 0;
  return (operand(n, in, 0) ^ bias) < (operand(n, in, 1) ^ bias);
}

uint64_t evaluate_less(const node *n, const uint64_t *in)
{
  return less(n, in);
}

uint64_t evaluate_equal(const node *n, const uint64_t *in)
{
  (void)n;
  return in[0] == in[1];
}

uint64_t evaluate_max(const node *n, const uint64_t *in)
{
  return fit(n, operand(n, in, less(n, in) ? 1 : 0));
}

uint64_t evaluate_leading_one(const node *n, const uint64_t *in)
{
  (void)n;
  return in[0] ? 63 - (uint64_t)__builtin_clzll(in[0]) : 0;
}

uint64_t evaluate_truth_table(const node *n, const uint64_t *in)
{
  return n->shape.table[in[0]];
}

uint64_t evaluate_slice(const node *n, const uint64_t *in)
{
  return fit(n, in[0] >> n->amount);
}

uint64_t evaluate_concat(const node *n, const uint64_t *in)
{
  uint64_t word = 0;
  for (int i = 0, at = 0; i < n->count; at += n->in_width[i], i++)
    word |= in[i] << at;
  return word;
}

uint64_t evaluate_extend(const node *n, const uint64_t *in)
{
  return fit(n, operand(n, in, 0));
}

uint64_t evaluate_round_saturate(const node *n, const uint64_t *in)
{
  const qy_shape *s = &n->shape;
  uint64_t a = operand(n, in, 0);
  if (s->is_signed) {
    int64_t value = (int64_t)a, top = (int64_t)qy_word_mask(s->width - 1);
    if (s->drop > 0) value = (value >> s->drop) + (value >> (s->drop - 1) & 1);
    return fit(n, (uint64_t)(value > top ? top : value < -top - 1 ? -top - 1 : value));
  }
  if (s->drop > 0) a = (a >> s->drop) + (a >> (s->drop - 1) & 1);
  return a > qy_word_mask(s->width) ? qy_word_mask(s->width) : a;
}

uint64_t evaluate_register(const node *n, const uint64_t *in)
{
  return n->count > 1 && !in[1] ? in[n->count] : in[0];
}

uint64_t evaluate_counter(const node *n, const uint64_t *in)
{
  return fit(n, in[n->count] + (n->count > 0 ? in[0] : 1));
}

/* ---- words inside operators */

void words_rows(const node *n, const uint64_t *in, uint64_t *word)
{
  multiplier_rows(n->layout, in[0], in[1], in[2], word, word + ROWS_MAX + 1);
}

void words_max(const node *n, const uint64_t *in, uint64_t *word)
{
  word[0] = less(n, in);
}
