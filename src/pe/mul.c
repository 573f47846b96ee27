/* mul: a multiplier alone, the fixed-point equivalent of elements without accumulator. */
#include "pe_int.h"

static void build(qy_pe *pe)
{
  const qy_pe_params *p = &pe->params;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  pe_result(pe, qy_multiply(pe->circuit, p->multiplier, x, w, true));
  pe->mode_count = 1;
  pe->mode[0] = (qy_pe_mode){p->bits, 1, 1};
}

const qy_pe_row qy_pe_mul_row = {
    .name = "mul",
    .help = "fixed-point multiplier alone, signed",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_multiplier_parameter, &qy_pe_weight_bits_parameter,
                       &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_NEVER,
    .check = pe_check_weight,
    .build = build,
};
