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

int pe_narrow_width(const qy_pe *pe, int mode, int width)
{
  const qy_pe_mode *m = &pe->mode[mode];
  return mode > 0 && m->products == 1 && m->cycles == 1 && m->bits < width ? m->bits : width;
}

qy_pe_side qy_pe_sides(const qy_pe *pe, int mode)
{
  const qy_pe_params *p = &pe->params;
  const bool narrow =
      pe_narrow_width(pe, mode, p->bits) < p->bits || pe_narrow_width(pe, mode, p->weight_bits) < p->weight_bits;
  return narrow && qy_pe_row_of(p->kind)->either_side ? p->operands_at : QY_PE_AT_RIGHT;
}

int qy_pe_headroom_bits(const qy_pe *pe, int mode, qy_pe_side side)
{
  const qy_pe_params *p = &pe->params;
  assert(p->accumulator_bits > 0 && side != QY_PE_AT_BEST);
  const int product = side == QY_PE_AT_LEFT
                          ? p->bits + p->weight_bits
                          : pe_narrow_width(pe, mode, p->bits) + pe_narrow_width(pe, mode, p->weight_bits);
  return p->accumulator_bits - product;
}

int qy_pe_used_bits(const qy_pe *pe, int mode, qy_pe_side side, int width)
{
  return side == QY_PE_AT_LEFT ? pe_narrow_width(pe, mode, width) : width;
}

void pe_narrow_modes(qy_pe *pe)
{
  const int bits = pe->params.bits;
  for (pe->mode_count = 0; pe->mode_count < QY_PE_MODES_MAX && bits >> pe->mode_count >= 2; pe->mode_count++)
    pe->mode[pe->mode_count] = (qy_pe_mode){bits >> pe->mode_count, 1, 1};
}
