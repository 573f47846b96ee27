/* Words of the LUT view: adders, comparisons, reductions, as synthesis builds them. */
#include "lut_int.h"

#include <string.h>

/* An adder of so few bits is made of gates (yosys 0.23, techlibs/xilinx/arith_map.v). */
enum { GATES_ADD_BITS = 2 };

void lut_extend(lut_word *to, const lut_word *from, int width, bool is_signed)
{
  lut_signal fill = is_signed && from->width > 0 ? from->bit[from->width - 1] : LUT_ZERO;
  for (int k = 0; k < width; k++)
    to->bit[k] = k < from->width ? from->bit[k] : fill;
  to->width = width;
}

static void add_gates(lut_net *net, const lut_word *a, const lut_word *b, lut_signal carry, int width, lut_word *out)
{
  for (int k = 0; k < width; k++) {
    lut_signal half = lut_xor(net, a->bit[k], b->bit[k]), both = lut_and(net, a->bit[k], b->bit[k]);
    out->bit[k] = lut_xor(net, half, carry);
    carry = lut_or(net, both, lut_and(net, half, carry));
  }
}

void lut_add(lut_net *net, const lut_word *a, const lut_word *b, bool invert_b, lut_signal carry, int width,
             lut_word *out)
{
  lut_word select, flipped = *b;
  for (int k = 0; k < width && invert_b; k++)
    flipped.bit[k] = lut_not(b->bit[k]);
  out->width = width;
  if (width <= GATES_ADD_BITS) {
    add_gates(net, a, &flipped, carry, width, out);
    return;
  }
  for (int k = 0; k < width; k++)
    select.bit[k] = lut_xor(net, a->bit[k], flipped.bit[k]);
  lut_chain(net, select.bit, a->bit, carry, width, out->bit, NULL);
}

/* A tree of pairs of neighbours. */
lut_signal lut_reduce_and(lut_net *net, const lut_signal *bit, int count)
{
  lut_signal left[256];
  if (count <= 0) return LUT_ONE;
  memcpy(left, bit, (size_t)count * sizeof *left);
  while (count > 1) {
    int pairs = count / 2;
    for (size_t i = 0; i < (size_t)pairs; i++)
      left[i] = lut_and(net, left[2 * i], left[2 * i + 1]);
    if (count & 1) left[pairs] = left[count - 1];
    count = pairs + (count & 1);
  }
  return left[0];
}

lut_signal lut_reduce_or(lut_net *net, const lut_signal *bit, int count)
{
  lut_signal flipped[256];
  for (int i = 0; i < count; i++)
    flipped[i] = lut_not(bit[i]);
  return lut_not(lut_reduce_and(net, flipped, count));
}

lut_signal lut_equals(lut_net *net, const lut_word *a, uint64_t value)
{
  lut_signal bit[WORD_BITS];
  for (int k = 0; k < a->width; k++)
    bit[k] = value >> k & 1 ? a->bit[k] : lut_not(a->bit[k]);
  return lut_reduce_and(net, bit, a->width);
}

/* Bits [low, low + count) of a and b: *greater: a > b, *equal: a = b. */
static void compare_few(lut_net *net, const lut_word *a, const lut_word *b, int low, int count, lut_signal *greater,
                        lut_signal *equal)
{
  lut_signal above = LUT_ONE, more = LUT_ZERO;
  for (int k = low + count - 1; k >= low; k--) {
    lut_signal here = lut_and(net, a->bit[k], lut_not(b->bit[k]));
    more = lut_or(net, more, lut_and(net, above, here));
    above = lut_and(net, above, lut_not(lut_xor(net, a->bit[k], b->bit[k])));
  }
  *greater = more;
  *equal = above;
}

/* Inputs of a LUT that bit k of both words takes. */
static int compare_cost(const lut_word *a, const lut_word *b, int k)
{
  return (a->bit[k] > LUT_ONE) + (b->bit[k] > LUT_ONE);
}

/* a < b: a stage for as many bits, from the highest down, as fit into a LUT; a stage passes the comparison of the lower
 * bits on when its own are equal (yosys 0.23, techlibs/common/cmp2lcu.v). */
lut_signal lut_less(lut_net *net, const lut_word *a, const lut_word *b, bool is_signed)
{
  lut_word x = *a, y = *b;
  lut_signal select[WORD_BITS], data[WORD_BITS], sum[WORD_BITS], out = LUT_ZERO;
  int stages = 0, sign = a->width - 1;
  if (is_signed) { /* the sign counts the other way round */
    x.bit[sign] = b->bit[sign];
    y.bit[sign] = a->bit[sign];
  }
  for (int high = a->width; high > 0; stages++) {
    int low = high, inputs = 0;
    while (low > 0 && inputs + compare_cost(&x, &y, low - 1) <= LUT_INPUTS)
      inputs += compare_cost(&x, &y, --low);
    lut_signal equal, greater;
    compare_few(net, &y, &x, low, high - low, &greater, &equal);
    int at = WORD_BITS - 1 - stages;
    data[at] = greater;
    select[at] = lut_and(net, equal, lut_not(greater));
    high = low;
  }
  const int first = WORD_BITS - stages;
  if (stages <= GATES_ADD_BITS) {
    for (int s = first; s < WORD_BITS; s++)
      out = lut_or(net, data[s], lut_and(net, select[s], out));
    return out;
  }
  lut_chain(net, select + first, data + first, LUT_ZERO, stages, sum, &out);
  return out;
}
