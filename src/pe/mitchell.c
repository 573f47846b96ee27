/* mitchell: a product from logarithms, without a multiplier (J. N. Mitchell, Computer Multiplication and Division Using
 * Binary Logarithms, IRE Trans. Electronic Computers EC-11(4), 1962, pp. 512-517).
 *
 * A magnitude 2^k (1 + f), 0 <= f < 1, has the logarithm k + f, near enough: k from a priority encoder, f what stands
 * behind the leading one.  The two are added and the sum K + m taken back as 2^K (1 + m).  So the product is
 * 2^(kx+kw) (1 + fx + fw), or, with a carry, 2^(kx+kw+1) (fx + fw): never too large, too small by at most 1/9 of it
 * (11.1 %), where both fractions are a half; exact where one is 0.  Both forms are integers: nothing is dropped.
 * Signed operands go by sign and magnitude; zero has no logarithm and is kept apart. */
#include "pe_int.h"

enum { BITS_MAX = 16 }; /* the antilogarithm's shifter is three operands wide */

static const char *check(qy_pe_params *p)
{
  pe_check_weight(p);
  if (p->bits > BITS_MAX) return "bits: expected 2 to 16";
  if (p->weight_bits > BITS_MAX) return "weight_bits: expected 2 to 16 (0: bits)";
  return pe_check_optional_accumulator(p, p->bits + p->weight_bits);
}

/* An operand taken apart. */
typedef struct logarithm {
  qy_net sign, some; /* not zero */
  qy_net word;       /* characteristic above `frac` bits of fraction */
} logarithm;

static logarithm logarithm_of(qy_circuit *c, qy_net operand, int frac, const char *const label[2])
{
  const int width = qy_net_width(c, operand), place_bits = pe_bits_for(width - 1);
  logarithm l = {.sign = qy_slice(c, operand, width - 1, 1)};
  /* The most negative number's magnitude just fits without a sign. */
  qy_net magnitude = qy_negate_if(c, operand, l.sign, width, true);
  qy_label(c, magnitude, label[0]);
  l.some = pe_not(c, pe_is_zero(c, magnitude));
  qy_net place = qy_leading_one(c, magnitude);
  /* The leading one to the top by an inverted place, which is some places too many, and away with it. */
  const int extra = (1 << place_bits) - width;
  qy_net lifted = qy_shift(c, QY_OP_SHIFT_LEFT, magnitude, pe_not(c, place), width + extra, false);
  qy_net fraction = qy_slice(c, lifted, extra, width - 1);
  if (frac > width - 1) fraction = qy_concat(c, (qy_net[]){qy_constant_word(c, 0, frac - (width - 1)), fraction}, 2);
  l.word = qy_concat(c, (qy_net[]){fraction, place}, 2);
  qy_label(c, l.word, label[1]);
  return l;
}

static void build(qy_pe *pe)
{
  static const char *const labels[2][2] = {{"x_magnitude", "x_log"}, {"w_magnitude", "w_log"}};
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = pe_clear(pe);
  const int frac = (p->bits > p->weight_bits ? p->bits : p->weight_bits) - 1;
  const logarithm lx = logarithm_of(c, x, frac, labels[0]), lw = logarithm_of(c, w, frac, labels[1]);
  const int place_max = p->bits + p->weight_bits - 2, place_bits = pe_bits_for(place_max);
  qy_net sum = qy_add(c, lx.word, lw.word, place_bits + frac, false);
  qy_label(c, sum, "log_sum");
  qy_net mantissa = qy_concat(c, (qy_net[]){qy_slice(c, sum, 0, frac), qy_constant_word(c, 1, 1)}, 2);
  qy_net lifted =
      qy_shift(c, QY_OP_SHIFT_LEFT, mantissa, qy_slice(c, sum, frac, place_bits), frac + place_max + 1, false);
  qy_net some = qy_bitwise(c, QY_OP_AND, lx.some, lw.some);
  qy_net magnitude = pe_gate(c, qy_slice(c, lifted, frac, place_max + 1), some);
  qy_label(c, magnitude, "magnitude");
  magnitude = pe_widen(c, magnitude, place_max + 2, false);
  pe_finish_signed(pe, magnitude, qy_bitwise(c, QY_OP_XOR, lx.sign, lw.sign), clear, place_max + 2);
  pe_narrow_modes(pe);
}

const qy_pe_row qy_pe_mitchell_row = {
    .name = "mitchell",
    .help = "approximate multiplier: adds logarithms (Mitchell 1962)",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = check,
    .build = build,
};
