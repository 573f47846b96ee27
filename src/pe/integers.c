/* What fixed-point elements share: checks, and the modes of full, half and quarter width. */
#include "pe_int.h"

enum { HEADROOM_BITS = 8, WORD_MAX = 64 };

const char *pe_check_accumulator(qy_pe_params *p, int product_bits)
{
  if (p->accumulator_bits == 0 || p->accumulator_bits == QY_PE_ACCUMULATOR_NEEDED) {
    p->accumulator_bits = product_bits + HEADROOM_BITS;
    if (p->accumulator_bits > WORD_MAX) p->accumulator_bits = WORD_MAX;
  }
  if (p->accumulator_bits < product_bits || p->accumulator_bits > WORD_MAX)
    return "accumulator_bits: expected the product's width to 64 (0: product + 8)";
  return NULL;
}

const char *pe_check_optional_accumulator(qy_pe_params *p, int product_bits)
{
  if (p->accumulator_bits == 0) return NULL;
  return pe_check_accumulator(p, product_bits)
             ? "accumulator_bits: expected the lossless product's width to 64 (0: none)"
             : NULL;
}

const char *pe_check_weight(qy_pe_params *p)
{
  if (p->weight_bits == 0) p->weight_bits = p->bits;
  return NULL;
}

const char *pe_check_mac(qy_pe_params *p)
{
  const char *wrong = pe_check_weight(p);
  return wrong ? wrong : pe_check_accumulator(p, p->bits + p->weight_bits);
}

const char *pe_check_modes(qy_pe_params *p)
{
  if (p->bits != 4 && p->bits != 8 && p->bits != 16) return "bits: expected 4, 8 or 16";
  p->weight_bits = p->bits;
  return pe_check_accumulator(p, 2 * p->bits);
}

void pe_modes(qy_pe *pe)
{
  int bits = pe->params.bits;
  pe->latency = 1 + pe->params.input_registers;
  for (pe->mode_count = 0; pe->mode_count < QY_PE_MODES_MAX && bits >> pe->mode_count >= 2; pe->mode_count++)
    pe->mode[pe->mode_count] = (qy_pe_mode){bits >> pe->mode_count, 1 << pe->mode_count, 1};
}

void pe_narrow_modes(qy_pe *pe)
{
  const int bits = pe->params.bits;
  for (pe->mode_count = 0; pe->mode_count < QY_PE_MODES_MAX && bits >> pe->mode_count >= 2; pe->mode_count++)
    pe->mode[pe->mode_count] = (qy_pe_mode){bits >> pe->mode_count, 1, 1};
}
