/* sp2: sign | k1 | k2, the sum of two powers of two (Chang et al., HPCA 2021). */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  const char *wrong = pe_check_code(p, 3, 8, 4);
  return wrong ? wrong : pe_check_code_product(p, p->bits + 1 + (1 << (p->weight_bits / 2)) - 1);
}

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int m1 = p->weight_bits / 2, m2 = p->weight_bits - 1 - m1, frac = (1 << m1) - 1, width = p->bits + frac;
  pe->keep_bits = pe_keep_bits(pe, frac, 0);
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = pe_clear(pe);
  qy_net k1 = qy_slice(c, w, m2, m1), k2 = qy_slice(c, w, 0, m2);
  qy_label(c, k1, "k1");
  qy_label(c, k2, "k2");
  qy_net first = pe_power(c, pe_gate(c, x, pe_not(c, pe_is_zero(c, k1))), k1, width);
  qy_label(c, first, "first_term");
  /* The second field reaches 2^-(2^m2 - 1): the rest of the scale is a constant shift. */
  int lift = frac - ((1 << m2) - 1);
  qy_net second = pe_power(c, pe_gate(c, x, pe_not(c, pe_is_zero(c, k2))), k2, width - lift);
  qy_label(c, second, "second_term");
  qy_net sum = qy_add(c, first, pe_shifted(c, second, lift, width), width, true);
  qy_label(c, sum, "magnitude");
  int drop = frac - pe->keep_bits;
  pe_finish_coded(pe, drop > 0 ? qy_slice(c, sum, drop, width - drop) : sum, qy_slice(c, w, p->weight_bits - 1, 1),
                  clear);
}

const qy_pe_row qy_pe_sp2_row = {
    .name = "sp2",
    .help = "sums of two powers of two: two shifts and an add",
    .parameter =
        TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_output_bits_parameter,
              &qy_pe_accumulator_bits_parameter, &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_NUMBER_SP2,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = check,
    .build = build,
};
