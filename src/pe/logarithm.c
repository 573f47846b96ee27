/* Elements with logarithmic weights: sign | c; a decoder (a small table, or logic where the split is an input) turns c
 * into zero flag, half-step flag and shift; half steps take x times a shift-add form of sqrt(2); the shift; the sign.
 * References: SegLog (SOCC 2018), BRSLog (J. Signal Process. Syst. 2020): their element's structure in outline; the
 * expressions are ours. */
#include "pe_int.h"

/* x times the root's numerator, from the lowest term up; the result's width is bits + root_bits + 1. */
static qy_net times_root(qy_circuit *c, qy_net x, int root, int width)
{
  /* Places of the terms above the lowest: 3 = 1 + 2, 11 = 1 + 2 + 8, 45 = 1 + 4 + 8 + 32. */
  static const int place[QY_ROOT_COUNT][3] = {[QY_ROOT_1] = {1}, [QY_ROOT_2] = {1, 3}, [QY_ROOT_3] = {2, 3, 5}};
  int bits = qy_net_width(c, x);
  if (root == QY_ROOT_2S) { /* 23 = 8 (1 + 2) - 1 */
    qy_net three = pe_add_above(c, x, x, 1, bits + 2, false);
    return qy_subtract(c, pe_shifted(c, three, 3, width), x, width, true);
  }
  qy_net sum = x;
  for (int i = 0; i < 3 && place[root][i] > 0; i++)
    sum = pe_add_above(c, sum, x, place[root][i], bits + place[root][i] + 1, false);
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

void pe_log_build(qy_pe *pe, int splits)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int magnitude = p->weight_bits - 1, codes = 1 << magnitude, root_bits,
      split_bits = splits > 1 ? pe_bits_for(splits - 1) : 0;
  qy_root_numerator(p->root, &root_bits);
  if (splits == 1 && p->split == 0) root_bits = 0; /* no half steps at all */
  /* The largest shift of all splits: that of the smallest R. */
  int shift_max = shift_max_of(pe->number, splits > 1 ? codes / splits : p->split), frac = shift_max + root_bits;
  int keep = pe_keep_bits(pe, frac, 0), shift_bits = pe_bits_for(shift_max);
  bool grow = keep == frac;
  pe->keep_bits = keep;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net split = splits > 1 ? pe_input(pe, "split", split_bits) : -1;
  qy_net clear = pe_clear(pe);
  qy_net code = qy_slice(c, w, 0, magnitude), sign = qy_slice(c, w, magnitude, 1),
         some = pe_not(c, pe_all_ones(c, code));
  decoded d =
      splits > 1 ? decode_selected(c, code, split, splits, shift_bits) : decode_fixed(c, code, p->split, shift_bits);
  x = pe_gate(c, x, some);
  qy_label(c, x, "x_gated");
  /* x or its root multiple, with root_bits fraction bits. */
  int wide = p->bits + root_bits + 1;
  qy_net v = x;
  if (root_bits > 0) {
    qy_net plain = pe_shifted(c, x, root_bits, wide), rooted = times_root(c, x, p->root, wide);
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
    v = pe_shifted(c, v, guard, width);
    v = qy_shift(c, QY_OP_SHIFT_RIGHT_SIGNED, v, d.shift, width, true);
    y = qy_slice(c, v, drop, p->bits + keep);
  }
  qy_label(c, y, "magnitude");
  pe_finish_coded(pe, y, sign, clear);
}

const char *pe_log_check(qy_pe_params *p, int lowest_split)
{
  int root_bits;
  qy_root_numerator(p->root, &root_bits);
  return pe_check_code_product(p, p->bits + 1 + root_bits + (1 << (p->weight_bits - 1)) - 2 - lowest_split / 2);
}
