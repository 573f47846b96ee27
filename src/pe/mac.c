/* mac: one signed product a cycle and its sum; `clear` starts a new sum.  An array multiplier takes the accumulator
 * into its carry-save rows, a Booth multiplier is followed by an adder.  Operands of narrower modes are placed outside:
 * at the left x comes as x 2^(bits - b), w likewise, and the sum is that of the products times both powers of two,
 * which stands where the sum of the widest mode does and has its headroom. */
#include "pe_int.h"

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = pe_input(pe, "clear", 1), kept, sum;
  qy_net acc = pe_accumulator(c, "acc", p->accumulator_bits, -1, pe_not(c, clear), &kept);
  if (p->multiplier == QY_MULTIPLIER_ARRAY)
    sum = qy_multiply_add(c, p->multiplier, x, w, kept, p->accumulator_bits, true);
  else
    sum = qy_add(c, kept, qy_multiply(c, p->multiplier, x, w, true), p->accumulator_bits, true);
  qy_register_connect(c, acc, sum);
  qy_output(c, "sum", acc);
  pe->latency = 1 + p->input_registers;
  pe_narrow_modes(pe);
}

const qy_pe_row qy_pe_mac_row = {
    .name = "mac",
    .help = "fixed-point multiplier and accumulator, signed",
    .parameter =
        TAKES(&qy_pe_bits_parameter, &qy_pe_multiplier_parameter, &qy_pe_weight_bits_parameter,
              &qy_pe_accumulator_bits_parameter, &qy_pe_input_registers_parameter, &qy_pe_operands_at_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .exact = true,
    .holds_either = true,
    .either_side = true,
    .accumulates = QY_PE_SUMS_ALWAYS,
    .check = pe_check_mac,
    .build = build,
};
