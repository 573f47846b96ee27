/* mac_st: N products of sub-words summed inside the multiplier, one accumulator (V. Camus, L. Mei, C. Enz, M. Verhelst,
 * IEEE JETCAS 9 (2019) 697: sum-together). */
#include "pe_int.h"

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->bits), mode = pe_input(pe, "mode", 2);
  qy_net clear = pe_input(pe, "clear", 1), kept;
  qy_net acc = pe_accumulator(c, "acc", p->accumulator_bits, -1, pe_not(c, clear), &kept);
  qy_net product = qy_multiply_st(c, p->multiplier, x, w, mode, true);
  qy_label(c, product, "product");
  qy_register_connect(c, acc, qy_add(c, kept, product, p->accumulator_bits, true));
  qy_output(c, "sum", acc);
  pe_modes(pe);
}

const qy_pe_row qy_pe_mac_st_row = {
    .name = "mac_st",
    .help = "sum-together: 1, 2 or 4 products a cycle, summed in the multiplier",
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
