/* mul2: a multiplier in two halves.  The weight is cut in the middle, w = high 2^h + low, h = weight_bits / 2; the
 * products x high and x low are registered and added a cycle later.  Signed, exact. */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  const char *wrong = pe_check_weight(p);
  return wrong || p->weight_bits >= 4 ? wrong : "weight_bits: expected 4 or more, two bits each half";
}

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const int bits = pe->params.bits, w_bits = pe->params.weight_bits, half = w_bits / 2;
  qy_net x = pe_input(pe, "x", bits), w = pe_input(pe, "w", w_bits);
  qy_net low = qy_extend(c, qy_slice(c, w, 0, half), half + 1, false); /* no sign: a zero above it */
  qy_net high = qy_slice(c, w, half, w_bits - half);
  qy_net low_r = qy_register(c, "low_r", bits + half + 1, -1),
         high_r = qy_register(c, "high_r", bits + w_bits - half, -1);
  qy_register_connect(c, low_r, qy_multiply(c, pe->params.multiplier, x, low, true));
  qy_register_connect(c, high_r, qy_multiply(c, pe->params.multiplier, x, high, true));
  pe_result(pe, pe_add_above(c, pe_widen(c, low_r, bits + w_bits, true), high_r, half, bits + w_bits, false));
  pe->latency++;
  pe_narrow_modes(pe);
}

static const qy_parameter *const parameters[] = {&qy_pe_bits_parameter, &qy_pe_multiplier_parameter,
                                                 &qy_pe_weight_bits_parameter, &qy_pe_input_registers_parameter, NULL};

const qy_pe_row qy_pe_mul2_row = {.name = "mul2",
                                  .help = "multiplier in two halves, a register between",
                                  .parameter = parameters,
                                  .number_kind = QY_PE_INTEGERS,
                                  .multiplies = true,
                                  .exact = true,
                                  .check = check,
                                  .build = build};
