/* mac_dc: sum-together by divide and conquer.  An operand of w bits is cut in halves; four products of half width are
 * shifted and added for the full product, or the two crossed ones are added for the sum of two (opposite sub-words
 * meet, as in mac_st), and so again inside each half.  The smallest products are of signed words one bit wider, the
 * sign cleared where a part is not the top of its sub-word (H. Sharma et al., Bit Fusion, ISCA 2018). */
#include "pe_int.h"

/* A part of an operand and whether its top bit is a sign. */
typedef struct part {
  qy_net word;
  qy_net is_signed; /* one bit */
} part;

static part half(qy_circuit *c, part p, bool upper, qy_net split)
{
  int n = qy_net_width(c, p.word) / 2;
  /* The lower half is unsigned inside a wider word, and signed when it is a sub-word of its own. */
  qy_net sign = upper ? p.is_signed : split;
  return (part){qy_slice(c, p.word, upper ? n : 0, n), sign};
}

/* A part as a signed word one bit wider. */
static qy_net signed_word(qy_circuit *c, part p)
{
  int n = qy_net_width(c, p.word);
  qy_net top = qy_bitwise(c, QY_OP_AND, qy_slice(c, p.word, n - 1, 1), p.is_signed);
  return qy_concat(c, (qy_net[]){p.word, top}, 2);
}

/* The product of two parts, or below split[level] the sum of sub-word products: signed, 2 n + 2 bits. */
static qy_net product(qy_pe *pe, part a, part b, const qy_net *split, int levels)
{
  qy_circuit *c = pe->circuit;
  int n = qy_net_width(c, a.word), h = n / 2, width = 2 * n + 2;
  if (levels <= 0) return qy_multiply(c, pe->params.multiplier, signed_word(c, a), signed_word(c, b), true);
  part ah = half(c, a, true, split[0]), al = half(c, a, false, split[0]);
  part bh = half(c, b, true, split[0]), bl = half(c, b, false, split[0]);
  /* The straight products take no part in the sum of two: their operands stand still then. */
  qy_net whole = pe_not(c, split[0]);
  part ah_gated = {pe_gate(c, ah.word, whole), ah.is_signed}, al_gated = {pe_gate(c, al.word, whole), al.is_signed};
  qy_net high = product(pe, ah_gated, bh, split + 1, levels - 1),
         low = product(pe, al_gated, bl, split + 1, levels - 1);
  qy_net cross =
      qy_add(c, product(pe, ah, bl, split + 1, levels - 1), product(pe, al, bh, split + 1, levels - 1), n + 3, true);
  /* high 2^n + low, whose lower half passes; then cross at 2^h or, in the sum of two, at 2^0. */
  qy_net upper = qy_add(c, high, qy_slice(c, low, n, qy_net_width(c, low) - n), width - n, true);
  qy_net straight = qy_concat(c, (qy_net[]){qy_slice(c, low, 0, n), upper}, 2);
  qy_net at_zero = qy_extend(c, cross, width, true), at_half = qy_shift_constant(c, at_zero, h, width);
  return qy_add(c, straight, qy_mux(c, split[0], (qy_net[]){at_half, at_zero}, 2), width, true);
}

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  pe_modes(pe);
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->bits), mode = pe_input(pe, "mode", 2), kept;
  qy_net clear = pe_input(pe, "clear", 1), split[QY_PE_MODES_MAX + 1] = {-1, -1, -1, -1}, low = qy_slice(c, mode, 0, 1),
         high = qy_slice(c, mode, 1, 1);
  split[0] = qy_bitwise(c, QY_OP_OR, low, high);
  split[1] = high;
  qy_net one = qy_constant_word(c, 1, 1);
  qy_net y = product(pe, (part){x, one}, (part){w, one}, split, pe->mode_count > 2 ? 2 : 1);
  qy_net acc = pe_accumulator(c, "acc", p->accumulator_bits, -1, pe_not(c, clear), &kept);
  qy_register_connect(c, acc, qy_add(c, kept, qy_slice(c, y, 0, 2 * p->bits), p->accumulator_bits, true));
  qy_output(c, "sum", acc);
}

const qy_pe_row qy_pe_mac_dc_row = {
    .name = "mac_dc",
    .help = "sum-together by divide and conquer: small multipliers and adders",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_multiplier_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .exact = true,
    .holds_either = true,
    .accumulates = QY_PE_SUMS_ALWAYS,
    .check = pe_check_modes,
    .build = build,
};
