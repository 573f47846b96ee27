/* Components: sums, and what is a sum in hardware. */
#include "component_int.h"
#include "quarry/integer.h"

void component_add(component_maker *m)
{
  int n = component_param(m, "n", 1, 63);
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", n, ROLE_WEIGHT);
  component_out(m, "y", "ry", qy_add(m->c, a, b, n + 1, false));
}

void component_addsub(component_maker *m)
{
  int n = component_param(m, "n", 1, 64);
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", n, ROLE_WEIGHT),
         s = component_in(m, "s", 1, ROLE_CONTROL);
  component_out(m, "y", "ry", qy_addsub(m->c, a, b, s, n, true));
}

void component_sub(component_maker *m)
{
  int n = component_param(m, "n", 1, 63);
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", n, ROLE_WEIGHT);
  component_out(m, "y", "ry", qy_subtract(m->c, a, b, n + 1, false));
}

/* Signed words, the sum in full. */
static void sum_of(component_maker *m, int count, int n)
{
  int width = n + qy_log2_ceil(count);
  qy_net word[COMPONENT_INPUTS_MAX];
  if (width > 64) component_refuse(m, "a word of more than 64 bits");
  if (m->reason) return;
  for (int i = 0; i < count; i++)
    word[i] = component_in_numbered(m, "a", i, n, ROLE_DATA);
  component_out(m, "y", "ry", component_sum(m, word, count, true, width));
}

void component_add3(component_maker *m)
{
  sum_of(m, 3, component_param(m, "n", 1, 62));
}

void component_tree(component_maker *m)
{
  sum_of(m, component_param(m, "k", 2, COMPONENT_INPUTS_MAX), component_param(m, "n", 1, 62));
}

void component_negif(component_maker *m)
{
  int n = component_param(m, "n", 1, 63);
  qy_net a = component_in(m, "a", n, ROLE_DATA), negate = component_in(m, "s", 1, ROLE_CONTROL);
  component_out(m, "y", "ry", qy_negate_if(m->c, a, negate, n + 1, true));
}

void component_acc(component_maker *m)
{
  int n = component_param(m, "n", 1, 64), width = component_param(m, "acc", n, 64);
  qy_net a = component_in(m, "a", n, ROLE_DATA), gated, acc = component_accumulator(m, width, &gated);
  component_accumulate(m, acc, qy_add(m->c, gated, a, width, true));
}

/* Ones among the bits in which two words are equal: the product of vectors of +1 and -1. */
void component_xnorpop(component_maker *m)
{
  enum { MOST = 1024, WORD = 64 };
  int n = component_param(m, "n", 1, MOST);
  qy_net bit[MOST];
  for (int from = 0; from < n; from += WORD) {
    const int width = n - from < WORD ? n - from : WORD;
    qy_net a = component_in_numbered(m, "a", from / WORD, width, ROLE_DATA);
    qy_net b = component_in_numbered(m, "b", from / WORD, width, ROLE_WEIGHT);
    qy_net same = qy_bitwise(m->c, QY_OP_NOT, qy_bitwise(m->c, QY_OP_XOR, a, b), -1);
    for (int i = 0; i < width; i++)
      bit[from + i] = qy_slice(m->c, same, i, 1);
  }
  component_out(m, "y", "ry", component_sum(m, bit, n, false, qy_log2_ceil(n + 1)));
}

/* x 2^s1 + x 2^s2, signed. */
void component_shadd(component_maker *m)
{
  int w = component_param(m, "w", 1, 63), s1 = component_param(m, "s1", 0, 62), s2 = component_param(m, "s2", 0, 62);
  int width = w + (s1 > s2 ? s1 : s2) + 1;
  if (width > 64) component_refuse(m, "a word of more than 64 bits");
  if (m->reason) return;
  qy_net a = component_in(m, "a", w, ROLE_DATA);
  qy_net first = qy_shift_constant(m->c, a, s1, w + s1), second = qy_shift_constant(m->c, a, s2, w + s2);
  component_out(m, "y", "ry", qy_add(m->c, first, second, width, true));
}

void component_requant(component_maker *m)
{
  int n = component_param(m, "n", 2, 63), drop = component_param(m, "drop", 1, n - 1);
  int w = component_param(m, "w", 2, 64);
  if (w > n - drop) component_refuse(m, "a result that is never clamped");
  if (m->reason) return;
  component_out(m, "y", "ry", qy_round_saturate(m->c, component_in(m, "a", n, ROLE_DATA), drop, w, true));
}
