/* serial: the activation is added once per weight bit, most significant bit first, into a sum that is doubled between;
 * the sign bit's term is subtracted (J. Lee et al., UNPU, JSSC 54 (2019)). */
#include "pe_int.h"

/* Weight precisions of full, half and quarter width take as many cycles as bits. */
static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int width = p->bits + p->weight_bits;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", 1), first = pe_input(pe, "first", 1);
  qy_net last = pe_input(pe, "last", 1), clear = pe_input(pe, "clear", 1), kept;
  qy_net partial = qy_register(c, "partial", width, -1);
  qy_net doubled = pe_gate(c, qy_shift_constant(c, partial, 1, width), pe_not(c, first));
  qy_net next = qy_addsub(c, doubled, pe_gate(c, x, w), first, width, true);
  qy_register_connect(c, partial, next);
  qy_net acc = pe_accumulator(c, "acc", p->accumulator_bits, last, pe_not(c, clear), &kept);
  qy_register_connect(c, acc, qy_add(c, kept, next, p->accumulator_bits, true));
  qy_output(c, "sum", acc);
  pe->latency = 1 + p->input_registers;
  for (pe->mode_count = 0; pe->mode_count < QY_PE_MODES_MAX && p->weight_bits >> pe->mode_count >= 2;
       pe->mode_count++) {
    int bits = p->weight_bits >> pe->mode_count;
    pe->mode[pe->mode_count] = (qy_pe_mode){bits, 1, bits};
  }
}

const qy_pe_row qy_pe_serial_row = {
    .name = "serial",
    .help = "one weight bit a cycle",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_ALWAYS,
    .check = pe_check_mac,
    .build = build,
};
