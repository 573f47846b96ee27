/* Settled toggles of the cells of operators that are counted as a whole: the block_toggles column (graph.h). */
#include "operators.h"

#include <stdlib.h>

static double moved(uint64_t lane, uint64_t moves)
{
  return qy_ones((lane ^ lane >> 1) & moves);
}

/* Bit j of input k, extended by zeros or its sign. */
static uint64_t operand(const node *n, const uint64_t *const *in, int k, int j)
{
  int width = n->in_width[k];
  return j < width ? in[k][j] : n->shape.is_signed ? in[k][width - 1] : 0;
}

/* The carry chain of a + ~b + 1: an inverter, two gates and a carry a bit. */
double block_less(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves)
{
  (void)out;
  int wide = qy_max_int(n->in_width[0], n->in_width[1]);
  uint64_t carry = ~UINT64_C(0);
  double toggles = 0;
  for (int j = 0; j < wide; j++) {
    bool sign = n->shape.is_signed && j == wide - 1; /* weighs the other way */
    uint64_t a = operand(n, in, sign, j), b = ~operand(n, in, !sign, j), both = a & b, passed = (a | b) & carry;
    carry = both | passed;
    toggles += moved(b, moves) + moved(both, moves) + moved(passed, moves) + moved(carry, moves);
  }
  return toggles / (4 * wide);
}

/* Recursive halves: is there a one, and where; the upper half wins. */
double block_leading_one(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves)
{
  (void)out;
  enum { LEVELS = 6 };
  uint64_t any[WORD_BITS], place[WORD_BITS][LEVELS] = {{0}};
  double toggles = 0, cells = 0;
  for (int j = 0; j < n->shape.a; j++)
    any[j] = in[0][j];
  for (int count = n->shape.a, level = 0; count > 1; count = (count + 1) / 2, level++)
    for (int i = 0; i < count; i += 2) {
      uint64_t high = i + 1 < count ? any[i + 1] : 0, low = any[i];
      for (int bit = 0; bit < level; bit++) {
        uint64_t upper = i + 1 < count ? place[i + 1][bit] : 0;
        place[i / 2][bit] = (place[i][bit] & ~high) | (upper & high);
        toggles += i + 1 < count ? moved(place[i / 2][bit], moves) : 0;
        cells += i + 1 < count;
      }
      place[i / 2][level] = high;
      any[i / 2] = low | high;
      toggles += i + 1 < count ? moved(low | high, moves) : 0;
      cells += i + 1 < count;
    }
  return cells > 0 ? toggles / cells : 0;
}

/* A tree of selections whose lowest level is folded into the constants; where both branches are alike is no cell. */
double block_truth_table(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves)
{
  (void)out;
  int bits = n->shape.a;
  size_t leaves = (size_t)1 << (bits - 1);
  uint64_t value[1 << (TABLE_BITS_MAX - 1)];
  double toggles = 0, cells = 0;
  for (int k = 0; k < n->shape.width; k++) {
    for (size_t i = 0; i < leaves; i++) {
      uint64_t low = n->shape.table[2 * i] >> k & 1, high = n->shape.table[2 * i + 1] >> k & 1;
      value[i] = (low ? ~in[0][0] : 0) | (high ? in[0][0] : 0);
    }
    for (int level = 1; level < bits; level++)
      for (size_t i = 0; i < leaves >> level; i++) {
        uint64_t low = value[2 * i], high = value[2 * i + 1];
        value[i] = (low & ~in[0][level]) | (high & in[0][level]);
        if (low == high) continue;
        toggles += moved(value[i], moves);
        cells++;
      }
  }
  return cells > 0 ? toggles / cells : 0;
}

/* The sums and carries of rounding, then a gate and a forced bit per bit of the result. */
double block_round_saturate(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves)
{
  const qy_shape *s = &n->shape;
  int kept = qy_max_int(s->a - s->drop, 1);
  double toggles = 0, cells = 2.0 * s->width;
  for (int k = 0; k < s->width; k++)
    toggles += 2 * moved(out[k], moves);
  uint64_t carry = s->drop > 0 ? operand(n, in, 0, s->drop - 1) : 0;
  for (int j = 0; j < kept && s->drop > 0; j++) {
    uint64_t x = operand(n, in, 0, s->drop + j), sum = x ^ carry;
    carry &= x;
    toggles += moved(sum, moves) + moved(carry, moves);
    cells++;
  }
  return toggles / cells;
}

/* Half adders above the product, in the bits that only the addend has. */
double block_multiply_add(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves)
{
  (void)in;
  int low = n->shape.a + n->shape.b, cells = n->shape.width - low;
  double toggles = 0;
  for (int j = low; j < n->shape.width; j++)
    toggles += moved(out[j], moves);
  return cells > 0 ? toggles / cells : 0;
}
