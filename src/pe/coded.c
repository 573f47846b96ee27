/* What elements with coded weights share: checks, the end of the product's path.  Code words: number.h.
 *
 * Products are made by shifts and adds.  Full precision is made by growing left shifts; with output_bits below that,
 * logarithmic elements shift right and lose low bits there, the others drop them from the sum.  Either way the result
 * is sign * floor(x |W| / 2^drop).
 */
#include "pe_int.h"

const char *pe_check_code(qy_pe_params *p, int low, int high, int usual)
{
  if (p->weight_bits == 0) p->weight_bits = usual;
  if (p->bits > 24) return "bits: expected 2 to 24";
  if (p->weight_bits < low || p->weight_bits > high) return "weight_bits: outside the range of this kind";
  if (p->output_bits != 0 && p->output_bits < p->bits + 1)
    return "output_bits: expected bits + 1 or more (0: lossless)";
  if (p->output_bits != 0 && p->accumulator_bits != 0) return "output_bits: not together with an accumulator";
  return NULL;
}

const char *pe_check_code_product(qy_pe_params *p, int product_bits)
{
  if (p->output_bits == 0 && product_bits > 62) return "bits: the lossless product does not fit; set output_bits";
  return pe_check_optional_accumulator(p, product_bits);
}

void pe_finish_coded(qy_pe *pe, qy_net magnitude, qy_net sign, qy_net clear)
{
  pe_finish_signed(pe, magnitude, sign, clear, qy_net_width(pe->circuit, magnitude) + 1);
  pe->mode_count = 1;
  pe->mode[0] = (qy_pe_mode){pe->params.bits, 1, 1};
}

int pe_keep_bits(const qy_pe *pe, int frac, int extra)
{
  int out = pe->params.output_bits, lossless = pe->params.bits + 1 + extra + frac;
  return out == 0 || out >= lossless ? frac : out - pe->params.bits - 1 - extra;
}

qy_net pe_power(qy_circuit *c, qy_net x, qy_net field, int width)
{
  return qy_shift(c, QY_OP_SHIFT_LEFT, x, pe_not(c, field), width, true);
}
