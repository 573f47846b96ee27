/* Elements whose weights are codes: products by shifts and adds, no multiplier.  Code words: number.h.
 *
 * Logarithmic: sign | c; a decoder (a small table) turns c into zero flag, half-step flag and shift; half steps take
 * x times a shift-add form of sqrt(2); the shift; the sign.  References: SegLog (SOCC 2018), BRSLog (J. Signal Process.
 * Syst. 2020): their element's structure in outline; the expressions are ours.  pot: sign | c, one shift, c all ones:
 * zero.  sp2: sign | k1 | k2 (Chang et al., HPCA 2021).  lightpe: one or two signed powers (LightNN, arXiv 1802.02178).
 * shift_add: sign | s | n | m, 2^s (2^n M + 1) (Kalali & van Leuken, DSD 2021); M x is chosen from multiples made here
 * or once per row (`multiples`).
 * Full precision is made by growing left shifts; with output_bits below that, logarithmic elements shift right and lose
 * low bits there, the others drop them from the sum.  Either way the result is sign * floor(x |W| / 2^drop).
 */
#include "pe_int.h"

#include <stddef.h>
#include <stdio.h>

enum { WORD_MAX = 64 };

static int bits_for(int n)
{
  int bits = 0;
  while ((1 << bits) <= n)
    bits++;
  return bits > 0 ? bits : 1;
}

static qy_net shifted(qy_circuit *c, qy_net net, int left, int width)
{
  qy_net wide = pe_widen(c, net, width, true);
  return left > 0 ? qy_shift_constant(c, wide, left, width) : wide;
}

/* The product's magnitude path ends here: apply the sign, accumulate or put out. */
static void finish(qy_pe *pe, qy_net magnitude, qy_net sign, qy_net clear)
{
  qy_circuit *c = pe->circuit;
  qy_pe_params *p = &pe->params;
  pe->latency = p->input_registers;
  if (p->accumulator_bits > 0) {
    qy_net reg = qy_register(c, "acc", p->accumulator_bits, -1), kept = pe_gate(c, reg, pe_not(c, clear));
    qy_register_connect(c, reg, qy_addsub(c, kept, magnitude, sign, p->accumulator_bits, true));
    qy_output(c, "sum", reg);
    pe->latency += 1;
  } else {
    pe_result(pe, qy_negate_if(c, magnitude, sign, qy_net_width(c, magnitude) + 1, true));
  }
  pe->mode_count = 1;
  pe->mode[0] = (qy_pe_mode){p->bits, 1, 1};
}

/* Fraction bits kept, from output_bits = bits + 1 + fraction; `extra` integer bits more. */
static int keep_of(const qy_pe *pe, int frac, int extra)
{
  int out = pe->params.output_bits, lossless = pe->params.bits + 1 + extra + frac;
  return out == 0 || out >= lossless ? frac : out - pe->params.bits - 1 - extra;
}

/* ---- logarithmic */

/* Is a field all ones? */
static qy_net all_ones(qy_circuit *c, qy_net field)
{
  int width = qy_net_width(c, field);
  return width > 1 ? qy_equal(c, field, qy_constant_word(c, ~UINT64_C(0), width)) : field;
}

/* sum + x 2^left or, minus, sum - x 2^left: the bits below are not touched, so no adder is spent on them. */
static qy_net add_above(qy_circuit *c, qy_net sum, qy_net x, int left, int width, bool minus)
{
  qy_net upper = left > 0 ? qy_slice(c, sum, left, qy_net_width(c, sum) - left) : sum;
  upper = minus ? qy_subtract(c, upper, x, width - left, true) : qy_add(c, upper, x, width - left, true);
  return left > 0 ? qy_concat(c, (qy_net[]){qy_slice(c, sum, 0, left), upper}, 2) : upper;
}

/* x times the root's numerator, from the lowest term up; the result's width is bits + root_bits + 1. */
static qy_net times_root(qy_circuit *c, qy_net x, int root, int width)
{
  /* Places of the terms above the lowest: 3 = 1 + 2, 11 = 1 + 2 + 8, 45 = 1 + 4 + 8 + 32. */
  static const int place[QY_ROOT_COUNT][3] = {[QY_ROOT_1] = {1}, [QY_ROOT_2] = {1, 3}, [QY_ROOT_3] = {2, 3, 5}};
  int bits = qy_net_width(c, x);
  if (root == QY_ROOT_2S) { /* 23 = 8 (1 + 2) - 1 */
    qy_net three = add_above(c, x, x, 1, bits + 2, false);
    return qy_subtract(c, shifted(c, three, 3, width), x, width, true);
  }
  qy_net sum = x;
  for (int i = 0; i < 3 && place[root][i] > 0; i++)
    sum = add_above(c, sum, x, place[root][i], bits + place[root][i] + 1, false);
  return sum;
}

/* The decoder's parts of a magnitude code. */
typedef struct decoded {
  qy_net shift, odd; /* right shift; half step */
} decoded;

/* A fixed split: a table.  The zero code continues the others' pattern, which keeps the table small. */
static decoded decode_fixed(qy_circuit *c, qy_net code, int split, int shift_bits)
{
  uint64_t entry[32];
  int codes = 1 << qy_net_width(c, code);
  for (int i = 0; i < codes; i++) {
    int shift = i < split ? (i + 1) / 2 : i - split / 2;
    entry[i] = (uint64_t)shift | (i < split && i % 2 == 1 ? UINT64_C(1) << shift_bits : 0);
  }
  qy_net word = qy_truth_table(c, code, entry, shift_bits + 1);
  qy_label(c, word, "decoded");
  decoded d = {qy_slice(c, word, 0, shift_bits), qy_slice(c, word, shift_bits, 1)};
  qy_label(c, d.shift, "shift");
  qy_label(c, d.odd, "odd");
  return d;
}

/* R = 2 h (k + 1), h a power of two: below R the shift is (c + 1) / 2, above c - h (k + 1), which is c + h * ~k. */
static decoded decode_selected(qy_circuit *c, qy_net code, qy_net k, int splits, int shift_bits)
{
  int width = qy_net_width(c, code), pass = 0;
  while (1 << (pass + 1) < (1 << width) / splits)
    pass++;
  qy_net top = qy_slice(c, code, width - qy_net_width(c, k), qy_net_width(c, k)), low = qy_slice(c, code, 0, 1);
  qy_net fine = pe_not(c, qy_less(c, k, top, false));
  qy_net half_up = qy_add(c, qy_slice(c, code, 1, width - 1), low, shift_bits, false);
  qy_net upper = qy_slice(c, code, pass, width - pass);
  qy_net coarse = qy_add(c, upper, pe_not(c, pe_widen(c, k, width - pass, false)), width - pass, false);
  if (pass > 0) coarse = qy_concat(c, (qy_net[]){qy_slice(c, code, 0, pass), coarse}, 2);
  if (width > shift_bits) coarse = qy_slice(c, coarse, 0, shift_bits);
  qy_label(c, fine, "half_steps");
  qy_label(c, half_up, "fine_shift");
  qy_label(c, coarse, "coarse_shift");
  decoded d = {qy_mux(c, fine, (qy_net[]){coarse, half_up}, 2), qy_bitwise(c, QY_OP_AND, fine, low)};
  qy_label(c, d.shift, "shift");
  qy_label(c, d.odd, "odd");
  return d;
}

static int shift_max_of(qy_number number, int split)
{
  int shift = 0;
  bool odd;
  number.split = split;
  qy_seglog_decode(&number, (UINT32_C(1) << (number.bits - 1)) - 2, &shift, &odd);
  return shift;
}

static void log_element(qy_pe *pe, int splits)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int magnitude = p->weight_bits - 1, codes = 1 << magnitude, root_bits,
      split_bits = splits > 1 ? bits_for(splits - 1) : 0;
  qy_root_numerator(p->root, &root_bits);
  if (splits == 1 && p->split == 0) root_bits = 0; /* no half steps at all */
  /* The largest shift of all splits: that of the smallest R. */
  int shift_max = shift_max_of(pe->number, splits > 1 ? codes / splits : p->split), frac = shift_max + root_bits;
  int keep = keep_of(pe, frac, 0), shift_bits = bits_for(shift_max);
  bool grow = keep == frac;
  pe->keep_bits = keep;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net split = splits > 1 ? pe_input(pe, "split", split_bits) : -1;
  qy_net clear = p->accumulator_bits > 0 ? pe_input(pe, "clear", 1) : -1;
  qy_net code = qy_slice(c, w, 0, magnitude), sign = qy_slice(c, w, magnitude, 1), some = pe_not(c, all_ones(c, code));
  decoded d =
      splits > 1 ? decode_selected(c, code, split, splits, shift_bits) : decode_fixed(c, code, p->split, shift_bits);
  x = pe_gate(c, x, some);
  qy_label(c, x, "x_gated");
  /* x or its root multiple, with root_bits fraction bits. */
  int wide = p->bits + root_bits + 1;
  qy_net v = x;
  if (root_bits > 0) {
    qy_net plain = shifted(c, x, root_bits, wide), rooted = times_root(c, x, p->root, wide);
    qy_label(c, rooted, "x_root");
    v = qy_mux(c, d.odd, (qy_net[]){plain, rooted}, 2);
    qy_label(c, v, "x_or_root");
  }
  qy_net y;
  if (grow) {
    /* Left by shift_max - shift, as the inverted shift and some places too many, which are dropped again. */
    int extra = (1 << shift_bits) - 1 - shift_max;
    y = qy_shift(c, QY_OP_SHIFT_LEFT, v, pe_not(c, d.shift), p->bits + frac + extra, true);
    if (extra > 0) y = qy_slice(c, y, extra, p->bits + frac);
  } else {
    int guard = keep > root_bits ? keep - root_bits : 0, drop = keep < root_bits ? root_bits - keep : 0;
    int width = qy_net_width(c, v) + guard;
    v = shifted(c, v, guard, width);
    v = qy_shift(c, QY_OP_SHIFT_RIGHT_SIGNED, v, d.shift, width, true);
    y = qy_slice(c, v, drop, p->bits + keep);
  }
  qy_label(c, y, "magnitude");
  finish(pe, y, sign, clear);
}

void seglog_build(qy_pe *pe)
{
  log_element(pe, 1);
}

void brslog_build(qy_pe *pe)
{
  log_element(pe, pe->params.splits);
}

/* ---- powers of two */

/* x * 2^-k of a code field, as x * 2^(2^bits - 1 - k): a left shift by the inverted field. */
static qy_net power(qy_circuit *c, qy_net x, qy_net field, int width)
{
  return qy_shift(c, QY_OP_SHIFT_LEFT, x, pe_not(c, field), width, true);
}

static qy_net is_zero(qy_circuit *c, qy_net field)
{
  int width = qy_net_width(c, field);
  return width > 1 ? qy_equal(c, field, qy_constant_word(c, 0, width)) : pe_not(c, field);
}

void pot_build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int magnitude = p->weight_bits - 1, frac = (1 << magnitude) - 2, keep = keep_of(pe, frac, 0);
  pe->keep_bits = keep;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = p->accumulator_bits > 0 ? pe_input(pe, "clear", 1) : -1;
  qy_net field = qy_slice(c, w, 0, magnitude), some = pe_not(c, all_ones(c, field)), y;
  qy_label(c, field, "shift");
  qy_label(c, some, "not_zero");
  x = pe_gate(c, x, some);
  qy_label(c, x, "x_gated");
  if (keep == frac) {
    /* Shifted by one place too many, because the inverted field counts from one. */
    y = qy_slice(c, power(c, x, field, p->bits + frac + 1), 1, p->bits + frac);
  } else {
    qy_net v = shifted(c, x, keep, p->bits + keep);
    y = qy_shift(c, QY_OP_SHIFT_RIGHT_SIGNED, v, field, p->bits + keep, true);
  }
  finish(pe, y, qy_slice(c, w, magnitude, 1), clear);
}

void sp2_build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int m1 = p->weight_bits / 2, m2 = p->weight_bits - 1 - m1, frac = (1 << m1) - 1, width = p->bits + frac;
  pe->keep_bits = keep_of(pe, frac, 0);
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = p->accumulator_bits > 0 ? pe_input(pe, "clear", 1) : -1;
  qy_net k1 = qy_slice(c, w, m2, m1), k2 = qy_slice(c, w, 0, m2);
  qy_label(c, k1, "k1");
  qy_label(c, k2, "k2");
  qy_net first = power(c, pe_gate(c, x, pe_not(c, is_zero(c, k1))), k1, width);
  qy_label(c, first, "first_term");
  /* The second field reaches 2^-(2^m2 - 1): the rest of the scale is a constant shift. */
  int lift = frac - ((1 << m2) - 1);
  qy_net second = power(c, pe_gate(c, x, pe_not(c, is_zero(c, k2))), k2, width - lift);
  qy_label(c, second, "second_term");
  qy_net sum = qy_add(c, first, shifted(c, second, lift, width), width, true);
  qy_label(c, sum, "magnitude");
  int drop = frac - pe->keep_bits;
  finish(pe, drop > 0 ? qy_slice(c, sum, drop, width - drop) : sum, qy_slice(c, w, p->weight_bits - 1, 1), clear);
}

void lightpe_build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int term = p->weight_bits / p->terms, frac = (1 << (term - 1)) - 1, width = p->bits + frac;
  pe->keep_bits = frac;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = p->accumulator_bits > 0 ? pe_input(pe, "clear", 1) : -1;
  qy_net sum = power(c, x, qy_slice(c, w, p->weight_bits - term, term - 1), width);
  qy_net sign = qy_slice(c, w, p->weight_bits - 1, 1);
  if (p->terms == 2) {
    /* The second term by its sign relative to the first. */
    qy_net relative = qy_bitwise(c, QY_OP_XOR, sign, qy_slice(c, w, term - 1, 1));
    sum = qy_addsub(c, sum, power(c, x, qy_slice(c, w, 0, term - 1), width), relative, width + 1, true);
  }
  finish(pe, sum, sign, clear);
}

/* ---- codebook 2^s (2^n M + 1) */

enum { MULTIPLES_MAX = 32 };

static int multiple_max(const qy_pe *pe)
{
  return qy_codebook_m(&pe->number, (1 << pe->params.m_bits) - 1);
}

static int multiple_width(const qy_pe *pe, int k)
{
  return pe->params.bits + bits_for(k) - (k > 0 && (k & (k - 1)) == 0 ? 1 : 0);
}

/* k * x for an odd k >= 3, from a power of two and a smaller multiple. */
static qy_net odd_multiple(const qy_pe *pe, const qy_net *multiple, int k)
{
  qy_circuit *c = pe->circuit;
  int power_bits = bits_for(k) - 1, width = multiple_width(pe, k);
  if (k > 3 && (2 << power_bits) - k == 1)
    return qy_subtract(c, shifted(c, multiple[1], power_bits + 1, width), multiple[1], width, true);
  /* The lower bits of the smaller multiple pass; where it reaches the power's place, an adder begins. */
  return add_above(c, multiple[k - (1 << power_bits)], multiple[1], power_bits, width, false);
}

/* All odd multiples up to the codebook's largest: made here, or taken in. */
static void odd_multiples(qy_pe *pe, qy_net x, bool from_outside, qy_net *multiple)
{
  multiple[1] = x;
  for (int k = 3; k <= multiple_max(pe); k += 2) {
    char name[16];
    snprintf(name, sizeof name, "x%d", k);
    multiple[k] = from_outside ? pe_input(pe, name, multiple_width(pe, k)) : odd_multiple(pe, multiple, k);
    if (!from_outside) qy_label(pe->circuit, multiple[k], name);
  }
}

void multiples_build(qy_pe *pe)
{
  qy_net multiple[MULTIPLES_MAX] = {0}, x = pe_input(pe, "x", pe->params.bits);
  odd_multiples(pe, x, false, multiple);
  for (int k = 3; k <= multiple_max(pe); k += 2) {
    char name[16];
    snprintf(name, sizeof name, "y%d", k);
    qy_output(pe->circuit, name, multiple[k]);
  }
  pe->has_number = false;
  pe->latency = pe->params.input_registers;
  pe->mode_count = 1;
  pe->mode[0] = (qy_pe_mode){pe->params.bits, 1, 1};
}

void shift_add_build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  qy_number_fields f = qy_codebook_fields(&pe->number);
  int width = p->bits + p->weight_bits - 1, code_bits = qy_number_code_bits(&pe->number);
  pe->keep_bits = 0; /* weights are integers */
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", code_bits), multiple[MULTIPLES_MAX] = {0};
  qy_net clear = p->accumulator_bits > 0 ? pe_input(pe, "clear", 1) : -1;
  odd_multiples(pe, x, p->shared, multiple);
  qy_net m = qy_slice(c, w, 0, f.m_bits), n = qy_slice(c, w, f.m_bits, f.n_bits);
  qy_label(c, m, "m");
  qy_label(c, n, "n");
  qy_net some = pe_not(c, all_ones(c, n)), choice[1 << 4];
  qy_label(c, some, "not_zero");
  int chosen_width = multiple_width(pe, multiple_max(pe));
  for (int i = 0; i < 1 << f.m_bits; i++) {
    int k = qy_codebook_m(&pe->number, i), lift = 0;
    while (k > 0 && k % 2 == 0)
      k /= 2, lift++;
    choice[i] = k == 0 ? qy_constant_word(c, 0, chosen_width) : shifted(c, multiple[k], lift, chosen_width);
  }
  qy_net chosen = qy_mux(c, m, choice, 1 << f.m_bits);
  qy_label(c, chosen, "m_x");
  int inner = width > chosen_width ? width : chosen_width;
  qy_net sum = qy_add(c, qy_shift(c, QY_OP_SHIFT_LEFT, chosen, n, inner, true), x, inner, true);
  if (inner > width) sum = qy_slice(c, sum, 0, width);
  qy_label(c, sum, "m_n_plus_1");
  sum = pe_gate(c, sum, some);
  if (f.s_bits > 0)
    sum = qy_shift(c, QY_OP_SHIFT_LEFT, sum, qy_slice(c, w, f.m_bits + f.n_bits, f.s_bits), width, true);
  finish(pe, sum, qy_slice(c, w, code_bits - 1, 1), clear);
}
