/* Components: products with weights that are powers of two, or sums of such. */
#include "component_int.h"

#include <string.h>

/* x + (x >> 1) - (x >> 4) [- (x >> 6)] with two guard bits: one octave of sqrt(2). */
static qy_net times_sqrt2(component_maker *m, qy_net x, int width, int terms)
{
  qy_net guard[2] = {qy_constant_word(m->c, 0, 2), x};
  qy_net word = qy_concat(m->c, guard, 2), sum;
  int w = width + 2;
  sum = qy_add(m->c, word, qy_slice(m->c, word, 1, w - 1), w + 1, true);
  sum = qy_subtract(m->c, sum, qy_slice(m->c, word, 4, w - 4), w + 1, true);
  if (terms == 3) sum = qy_subtract(m->c, sum, qy_slice(m->c, word, 6, w - 6), w + 1, true);
  return sum;
}

void component_logpe(component_maker *m)
{
  size_t length = 0;
  const char *base = component_param_text(m, "base", &length);
  int x = component_param(m, "x", 8, 32), width = component_param(m, "acc", 16, 64);
  int terms = 0;
  if (!base)
    component_refuse(m, "a parameter of this kind is missing");
  else if (length == 1 && base[0] == '2')
    terms = 0;
  else if (length == 8 && strncmp(base, "sqrt2_t2", length) == 0)
    terms = 2;
  else if (length == 8 && strncmp(base, "sqrt2_t3", length) == 0)
    terms = 3;
  else
    component_refuse(m, "a base other than 2, sqrt2_t2 and sqrt2_t3");
  if (m->reason) return;
  qy_net word = component_in(m, "x", x, ROLE_DATA), e = component_in(m, "e", 4, ROLE_WEIGHT),
         sign = component_in(m, "s", 1, ROLE_WEIGHT), gated;
  qy_net acc = component_accumulator(m, width, &gated), product;
  if (terms) {
    qy_net guard[2] = {qy_constant_word(m->c, 0, 2), word};
    qy_net data[2] = {qy_extend(m->c, qy_concat(m->c, guard, 2), x + 3, true), times_sqrt2(m, word, x, terms)};
    qy_net stage = qy_mux(m->c, qy_slice(m->c, e, 0, 1), data, 2);
    product = qy_shift(m->c, QY_OP_SHIFT_LEFT, stage, qy_slice(m->c, e, 1, 3), x + 3 + 7, true);
    product = qy_slice(m->c, product, 2, x + 8);
  } else {
    product = qy_shift(m->c, QY_OP_SHIFT_LEFT, word, e, x + 15, true);
  }
  if (qy_net_width(m->c, product) > width) product = qy_slice(m->c, product, 0, width);
  component_accumulate(m, acc, qy_addsub(m->c, gated, product, sign, width, true));
}

/* A growing shifter that also serves two lanes: bits that cross from the lower lane are replaced. */
static qy_net lane_shift(component_maker *m, qy_net x, int w, qy_net amount, int s, qy_net split, int width)
{
  int grown = w + (1 << s) - 1, crossing = (1 << s) - 1;
  qy_net shifted = qy_shift(m->c, QY_OP_SHIFT_LEFT, x, amount, grown, true);
  qy_net middle[2] = {qy_slice(m->c, shifted, w / 2, crossing),
                      qy_extend(m->c, qy_slice(m->c, x, w / 2 - 1, 1), crossing, true)};
  qy_net part[3] = {qy_slice(m->c, shifted, 0, w / 2), qy_mux(m->c, split, middle, 2),
                    qy_slice(m->c, shifted, w / 2 + crossing, grown - w / 2 - crossing)};
  qy_net joined = qy_concat(m->c, part, 3);
  /* Lane extension: one signed word, or each half in its own half of the accumulator. */
  int half = width / 2;
  qy_net one = qy_extend(m->c, joined, width, true);
  qy_net lower = qy_extend(m->c, qy_slice(m->c, joined, 0, half < grown ? half : grown), half, true);
  int above = grown - w / 2 < half ? grown - w / 2 : half;
  qy_net upper = qy_extend(m->c, qy_slice(m->c, joined, w / 2, above), half, true);
  qy_net lanes[2] = {lower, upper}, joined_lanes = qy_concat(m->c, lanes, 2);
  int keep = w < width ? w : width;
  qy_net choice[2] = {qy_slice(m->c, one, keep, width - keep), qy_slice(m->c, joined_lanes, keep, width - keep)};
  qy_net result[2] = {qy_slice(m->c, one, 0, keep), qy_mux(m->c, split, choice, 2)};
  return qy_concat(m->c, result, 2);
}

static const char odd_lanes[] = "an accumulator of two lanes with an odd number of bits";

void component_logpe_sw(component_maker *m)
{
  int x = component_param(m, "x", 16, 32), width = component_param(m, "acc", 40, 64), s = component_param(m, "s", 2, 4);
  if (width % 2) component_refuse(m, odd_lanes);
  if (m->reason) return;
  m->made->modes = 2;
  qy_net word = component_in(m, "x", x, ROLE_DATA), e = component_in(m, "e", s, ROLE_WEIGHT),
         sign = component_in(m, "s", 1, ROLE_WEIGHT);
  qy_net split = component_in(m, "mode", 1, ROLE_MODE), gated, acc = component_accumulator(m, width, &gated);
  qy_net product = lane_shift(m, word, x, e, s, split, width);
  component_accumulate(m, acc, qy_addsub(m->c, gated, product, sign, width, true));
}

/* Weight +-2^e1 +- 2^e2: two growing shifters, one add or subtract by the relative sign. */
static qy_net two_terms(component_maker *m, int x, qy_net *lead)
{
  qy_net word = component_in(m, "x", x, ROLE_DATA), e1 = component_in(m, "e1", 3, ROLE_WEIGHT),
         e2 = component_in(m, "e2", 3, ROLE_WEIGHT);
  qy_net s1 = component_in(m, "s1", 1, ROLE_WEIGHT), s2 = component_in(m, "s2", 1, ROLE_WEIGHT);
  qy_net a = qy_shift(m->c, QY_OP_SHIFT_LEFT, word, e1, x + 7, true);
  qy_net b = qy_shift(m->c, QY_OP_SHIFT_LEFT, word, e2, x + 7, true);
  *lead = s1;
  return qy_addsub(m->c, a, b, qy_bitwise(m->c, QY_OP_XOR, s1, s2), x + 8, true);
}

void component_mpe(component_maker *m)
{
  int x = component_param(m, "x", 4, 32);
  qy_net lead, sum = two_terms(m, x, &lead);
  component_out(m, "y", "ry", sum);
  component_out(m, "s", "rs", lead);
}

void component_mpe_acc(component_maker *m)
{
  int x = component_param(m, "x", 4, 32), width = component_param(m, "acc", x + 8, 64);
  qy_net lead, sum = two_terms(m, x, &lead), gated, acc = component_accumulator(m, width, &gated);
  component_accumulate(m, acc, qy_addsub(m->c, gated, sum, lead, width, true));
}

void component_mpe_sw(component_maker *m)
{
  int x = component_param(m, "x", 16, 32), width = component_param(m, "acc", 40, 64);
  if (width % 2) component_refuse(m, odd_lanes);
  if (m->reason) return;
  m->made->modes = 2;
  qy_net word = component_in(m, "x", x, ROLE_DATA), e1 = component_in(m, "e1", 3, ROLE_WEIGHT),
         e2 = component_in(m, "e2", 3, ROLE_WEIGHT);
  qy_net s1 = component_in(m, "s1", 1, ROLE_WEIGHT), s2 = component_in(m, "s2", 1, ROLE_WEIGHT),
         split = component_in(m, "mode", 1, ROLE_MODE);
  qy_net gated, acc = component_accumulator(m, width, &gated);
  qy_net a = lane_shift(m, word, x, e1, 3, split, width), b = lane_shift(m, word, x, e2, 3, split, width);
  qy_net first = qy_addsub(m->c, gated, a, s1, width, true);
  component_accumulate(m, acc, qy_addsub(m->c, first, b, s2, width, true));
}

/* x 2^(e-1), or zero for e = 0, exact, in `width` bits. */
static qy_net power_product(component_maker *m, qy_net x, qy_net e, int width)
{
  const int bits = qy_net_width(m->c, e);
  qy_net zero = qy_equal(m->c, e, qy_constant_word(m->c, 0, bits));
  qy_net amount = qy_subtract(m->c, e, qy_constant_word(m->c, 1, bits), bits, false);
  qy_net choice[2] = {qy_shift(m->c, QY_OP_SHIFT_LEFT, x, amount, width, true), qy_constant_word(m->c, 0, width)};
  return qy_mux(m->c, zero, choice, 2);
}

/* Bits of x times the largest power that e bits name. */
static int power_width(int x, int e)
{
  return x + (1 << e) - 2;
}

enum { EXPONENT_MOST = 5 };

void component_pot_mac(component_maker *m)
{
  int x = component_param(m, "x", 2, 62), e = component_param(m, "e", 1, EXPONENT_MOST);
  int product = power_width(x, e), width = component_param(m, "acc", x, 64);
  if (product > width) component_refuse(m, "a product wider than the accumulator");
  if (m->reason) return;
  qy_net word = component_in(m, "x", x, ROLE_DATA), power = component_in(m, "e", e, ROLE_WEIGHT);
  qy_net sign = component_in(m, "s", 1, ROLE_WEIGHT), gated, acc = component_accumulator(m, width, &gated);
  component_accumulate(m, acc, qy_addsub(m->c, gated, power_product(m, word, power, product), sign, width, true));
}

/* Two such terms of one sign.  Their sum is taken two bits wider than it need be, as in the study. */
void component_sp2_mac(component_maker *m)
{
  int x = component_param(m, "x", 2, 62), e1 = component_param(m, "e1", 1, EXPONENT_MOST);
  int e2 = component_param(m, "e2", 1, EXPONENT_MOST), width = component_param(m, "acc", x, 64);
  int term = power_width(x, e1 > e2 ? e1 : e2), sum_width = term + 3 < width ? term + 3 : width;
  if (term >= width) component_refuse(m, "a product wider than the accumulator");
  if (m->reason) return;
  qy_net word = component_in(m, "x", x, ROLE_DATA);
  qy_net first = power_product(m, word, component_in(m, "e1", e1, ROLE_WEIGHT), term);
  qy_net second = power_product(m, word, component_in(m, "e2", e2, ROLE_WEIGHT), term);
  qy_net sign = component_in(m, "s", 1, ROLE_WEIGHT), gated, acc = component_accumulator(m, width, &gated);
  qy_net sum = qy_add(m->c, first, second, sum_width, true);
  component_accumulate(m, acc, qy_addsub(m->c, gated, sum, sign, width, true));
}

/* A register inside. */
static qy_net stage(component_maker *m, const char *name, qy_net net)
{
  qy_net reg = qy_register(m->c, name, qy_net_width(m->c, net), -1);
  qy_register_connect(m->c, reg, net);
  return reg;
}

/* The two terms alone, without sign, and a register on each: their sum is exact. */
void component_sp2_mul(component_maker *m)
{
  int x = component_param(m, "x", 2, 62), e1 = component_param(m, "e1", 1, EXPONENT_MOST);
  int e2 = component_param(m, "e2", 1, EXPONENT_MOST), w1 = power_width(x, e1), w2 = power_width(x, e2);
  int wider = w1 > w2 ? w1 : w2;
  if (wider >= 64) component_refuse(m, "a word of more than 64 bits");
  if (m->reason) return;
  qy_net word = component_in(m, "x", x, ROLE_DATA);
  qy_net first = stage(m, "t1", power_product(m, word, component_in(m, "e1", e1, ROLE_WEIGHT), w1));
  qy_net second = stage(m, "t2", power_product(m, word, component_in(m, "e2", e2, ROLE_WEIGHT), w2));
  component_out(m, "y", "ry", qy_add(m->c, first, second, wider + 1, true));
}

/* Additive powers of two as PoTAcc has them, without sign and with a register on each term: x times 0, 2, 4 or 16 by
 * two bits of the weight, plus 8 x by a third. */
void component_apot_mul(component_maker *m)
{
  enum { FIRST_GROWS = 4, SECOND_GROWS = 3 };
  int x = component_param(m, "x", 2, 58), w1 = x + FIRST_GROWS, w2 = x + SECOND_GROWS;
  qy_net word = component_in(m, "x", x, ROLE_DATA), code = component_in(m, "w", 3, ROLE_WEIGHT);
  qy_net wide = qy_extend(m->c, word, w1, true), zero = qy_constant_word(m->c, 0, w1);
  qy_net first[4] = {zero, qy_shift_constant(m->c, wide, 1, w1), qy_shift_constant(m->c, wide, 2, w1),
                     qy_shift_constant(m->c, wide, 4, w1)};
  qy_net second[2] = {qy_constant_word(m->c, 0, w2), qy_shift_constant(m->c, word, SECOND_GROWS, w2)};
  qy_net t1 = stage(m, "t1", qy_mux(m->c, qy_slice(m->c, code, 1, 2), first, 4));
  qy_net t2 = stage(m, "t2", qy_mux(m->c, qy_slice(m->c, code, 0, 1), second, 2));
  component_out(m, "y", "ry", qy_add(m->c, t1, t2, w1 + 1, true));
}

void component_pot_dot(component_maker *m)
{
  enum { MOST = COMPONENT_INPUTS_MAX / 3 };
  int k = component_param(m, "k", 1, MOST), x = component_param(m, "x", 2, 62);
  int e = component_param(m, "e", 1, EXPONENT_MOST), width = component_param(m, "acc", x, 64);
  int product = power_width(x, e);
  qy_net term[MOST], gated;
  if (product >= width) component_refuse(m, "a product wider than the accumulator");
  if (m->reason) return;
  for (int i = 0; i < k; i++) {
    qy_net word = component_in_numbered(m, "x", i, x, ROLE_DATA);
    qy_net power = component_in_numbered(m, "e", i, e, ROLE_WEIGHT),
           sign = component_in_numbered(m, "s", i, 1, ROLE_WEIGHT);
    term[i] = qy_negate_if(m->c, power_product(m, word, power, product), sign, product + 1, true);
  }
  qy_net acc = component_accumulator(m, width, &gated);
  component_accumulate(m, acc, qy_add(m->c, gated, component_sum(m, term, k, true, width), width, true));
}
