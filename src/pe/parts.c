/* What elements are put together from: inputs, results, accumulators, small operators. */
#include "pe_int.h"

#include <stdio.h>

qy_net pe_accumulator(qy_circuit *c, const char *name, int bits, qy_net enable, qy_net keep, qy_net *kept)
{
  qy_net reg = qy_register(c, name, bits, enable);
  *kept = pe_gate(c, reg, keep);
  char label[32];
  snprintf(label, sizeof label, "%.16s_kept", name);
  qy_label(c, *kept, label);
  return reg;
}

qy_net pe_input(qy_pe *pe, const char *name, int width)
{
  qy_net net = qy_input(pe->circuit, name, width);
  if (!pe->params.input_registers) return net;
  char label[32];
  snprintf(label, sizeof label, "%.24s_r", name);
  qy_net reg = qy_register(pe->circuit, label, width, -1);
  qy_register_connect(pe->circuit, reg, net);
  return reg;
}

void pe_result(qy_pe *pe, qy_net result)
{
  qy_circuit *c = pe->circuit;
  pe->latency = pe->params.input_registers + pe->params.output_registers;
  if (pe->params.output_registers) {
    qy_net reg = qy_register(c, "y_r", qy_net_width(c, result), -1);
    qy_register_connect(c, reg, result);
    result = reg;
  }
  qy_output(c, "y", result);
}

qy_net pe_clear(qy_pe *pe)
{
  return pe->params.accumulator_bits > 0 ? pe_input(pe, "clear", 1) : -1;
}

void pe_finish_signed(qy_pe *pe, qy_net magnitude, qy_net sign, qy_net clear, int width)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  if (p->accumulator_bits > 0) {
    qy_net reg = qy_register(c, "acc", p->accumulator_bits, -1), kept = pe_gate(c, reg, pe_not(c, clear));
    qy_register_connect(c, reg, qy_addsub(c, kept, magnitude, sign, p->accumulator_bits, true));
    qy_output(c, "sum", reg);
    pe->latency = p->input_registers + 1;
  } else {
    pe_result(pe, qy_negate_if(c, magnitude, sign, width, true));
  }
}

qy_net pe_gate(qy_circuit *c, qy_net word, qy_net enable)
{
  qy_net bit[64];
  int width = qy_net_width(c, word);
  for (int i = 0; i < width; i++)
    bit[i] = enable;
  if (width <= 1) return qy_bitwise(c, QY_OP_AND, word, enable);
  qy_net mask = qy_concat(c, bit, width);
  return qy_bitwise(c, QY_OP_AND, word, mask);
}

qy_net pe_not(qy_circuit *c, qy_net net)
{
  return qy_bitwise(c, QY_OP_NOT, net, -1);
}

qy_net pe_widen(qy_circuit *c, qy_net net, int width, bool is_signed)
{
  return qy_net_width(c, net) < width ? qy_extend(c, net, width, is_signed) : net;
}

qy_net pe_shifted(qy_circuit *c, qy_net net, int left, int width)
{
  qy_net wide = pe_widen(c, net, width, true);
  return left > 0 ? qy_shift_constant(c, wide, left, width) : wide;
}

int pe_bits_for(int n)
{
  int bits = 0;
  while ((1 << bits) <= n)
    bits++;
  return bits > 0 ? bits : 1;
}

qy_net pe_is_zero(qy_circuit *c, qy_net field)
{
  int width = qy_net_width(c, field);
  return width > 1 ? qy_equal(c, field, qy_constant_word(c, 0, width)) : pe_not(c, field);
}

qy_net pe_all_ones(qy_circuit *c, qy_net field)
{
  int width = qy_net_width(c, field);
  return width > 1 ? qy_equal(c, field, qy_constant_word(c, ~UINT64_C(0), width)) : field;
}

qy_net pe_add_above(qy_circuit *c, qy_net sum, qy_net x, int left, int width, bool minus)
{
  qy_net upper = left > 0 ? qy_slice(c, sum, left, qy_net_width(c, sum) - left) : sum;
  upper = minus ? qy_subtract(c, upper, x, width - left, true) : qy_add(c, upper, x, width - left, true);
  return left > 0 ? qy_concat(c, (qy_net[]){qy_slice(c, sum, 0, left), upper}, 2) : upper;
}
