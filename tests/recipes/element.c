/* mul2: a multiplier in two halves.  The weight is cut in the middle, w = high 2^h + low, h = weight_bits / 2; x high and
 * x low are registered and added in the cycle after.  Signed, exact; the result is one cycle late. */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  const char *wrong = pe_check_weight(p);
  return wrong ? wrong : p->weight_bits < 4 ? "weight_bits: expected 4 or more, two bits each half" : NULL;
}

static qy_net kept(qy_circuit *c, const char *name, qy_net net)
{
  qy_net reg = qy_register(c, name, qy_net_width(c, net), -1);
  qy_register_connect(c, reg, net);
  return reg;
}

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  const int half = p->weight_bits / 2, width = p->bits + p->weight_bits;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net low = qy_extend(c, qy_slice(c, w, 0, half), half + 1, false); /* no sign: a zero above it */
  qy_net high = qy_slice(c, w, half, p->weight_bits - half);
  low = kept(c, "low_r", qy_multiply(c, p->multiplier, x, low, true));
  high = kept(c, "high_r", qy_multiply(c, p->multiplier, x, high, true));
  pe_result(pe, pe_add_above(c, pe_widen(c, low, width, true), high, half, width, false));
  pe->latency++;
  pe_narrow_modes(pe);
}

static const qy_parameter *const parameters[] = {
    &qy_pe_bits_parameter, &qy_pe_multiplier_parameter, &qy_pe_weight_bits_parameter, &qy_pe_input_registers_parameter,
    &qy_pe_output_registers_parameter, NULL};

const qy_pe_row qy_pe_mul2_row = {
    .name = "mul2", .help = "multiplier in two halves, a register between", .parameter = parameters,
    .number_kind = QY_PE_INTEGERS, .multiplies = true, .exact = true, .check = check, .build = build};
