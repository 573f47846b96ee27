/* pot: power-of-two weights, sign | c: one shift; c all ones is zero. */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  const char *wrong = pe_check_code(p, 2, 6, 4);
  return wrong ? wrong : pe_check_code_product(p, p->bits + 1 + (1 << (p->weight_bits - 1)) - 2);
}

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int magnitude = p->weight_bits - 1, frac = (1 << magnitude) - 2, keep = pe_keep_bits(pe, frac, 0);
  pe->keep_bits = keep;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = pe_clear(pe);
  qy_net field = qy_slice(c, w, 0, magnitude), some = pe_not(c, pe_all_ones(c, field)), y;
  qy_label(c, field, "shift");
  qy_label(c, some, "not_zero");
  x = pe_gate(c, x, some);
  qy_label(c, x, "x_gated");
  if (keep == frac) {
    /* Shifted by one place too many, because the inverted field counts from one. */
    y = qy_slice(c, pe_power(c, x, field, p->bits + frac + 1), 1, p->bits + frac);
  } else {
    qy_net v = pe_shifted(c, x, keep, p->bits + keep);
    y = qy_shift(c, QY_OP_SHIFT_RIGHT_SIGNED, v, field, p->bits + keep, true);
  }
  pe_finish_coded(pe, y, qy_slice(c, w, magnitude, 1), clear);
}

const qy_pe_row qy_pe_pot_row = {
    .name = "pot",
    .help = "power-of-two weights: one shift",
    .parameter =
        TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_output_bits_parameter,
              &qy_pe_accumulator_bits_parameter, &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_NUMBER_POT,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = check,
    .build = build,
};
