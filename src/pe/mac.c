/* Fixed-point multiply-accumulate elements: signed operands, the sum kept in a register, `clear` starts a new sum.
 *
 * mac: one product; an array multiplier takes the accumulator into its carry-save rows, a Booth multiplier is followed
 * by an adder.  mac_st: N products of sub-words summed inside the multiplier, one accumulator.  mac_sa: N products side
 * by side, one accumulator each, as wide as its widest product plus the headroom of the first.
 * Sub-words as in V. Camus, L. Mei, C. Enz, M. Verhelst, IEEE JETCAS 9 (2019) 697 (sum-together and sum-apart).
 */
#include "pe_int.h"

#include <stddef.h>
#include <stdio.h>

enum { HEADROOM_BITS = 8, WORD_MAX = 64 };

const char *pe_check_accumulator(qy_pe_params *p, int product_bits)
{
  if (p->accumulator_bits == 0) {
    p->accumulator_bits = product_bits + HEADROOM_BITS;
    if (p->accumulator_bits > WORD_MAX) p->accumulator_bits = WORD_MAX;
  }
  if (p->accumulator_bits < product_bits || p->accumulator_bits > WORD_MAX)
    return "accumulator_bits: expected the product's width to 64 (0: product + 8)";
  return NULL;
}

static const char *check_weight(qy_pe_params *p)
{
  if (p->weight_bits == 0) p->weight_bits = p->bits;
  if (p->weight_bits < 2 || p->weight_bits > 32) return "weight_bits: expected 2 to 32 (0: bits)";
  return NULL;
}

const char *mul_check(qy_pe_params *p)
{
  if (p->bits < 2 || p->bits > 32) return "bits: expected 2 to 32";
  return check_weight(p);
}

const char *mac_check(qy_pe_params *p)
{
  const char *wrong = mul_check(p);
  return wrong ? wrong : pe_check_accumulator(p, p->bits + p->weight_bits);
}

const char *mac_modes_check(qy_pe_params *p)
{
  if (p->bits != 4 && p->bits != 8 && p->bits != 16) return "bits: expected 4, 8 or 16";
  if (p->weight_bits != 0 && p->weight_bits != p->bits) return "weight_bits: expected the same as bits";
  p->weight_bits = p->bits;
  return pe_check_accumulator(p, 2 * p->bits);
}

qy_net pe_accumulator(qy_circuit *c, const char *name, int bits, qy_net enable, qy_net keep, qy_net *kept)
{
  qy_net reg = qy_register(c, name, bits, enable);
  *kept = pe_gate(c, reg, keep);
  char label[32];
  snprintf(label, sizeof label, "%.16s_kept", name);
  qy_label(c, *kept, label);
  return reg;
}

void mul_build(qy_pe *pe)
{
  const qy_pe_params *p = &pe->params;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  pe_result(pe, qy_multiply(pe->circuit, p->multiplier, x, w, true));
  pe->mode_count = 1;
  pe->mode[0] = (qy_pe_mode){p->bits, 1, 1};
}

void mac_build(qy_pe *pe)
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
  /* Narrower operands, sign-extended, still take a product's place each; they only toggle less. */
  for (pe->mode_count = 0; pe->mode_count < QY_PE_MODES_MAX && p->bits >> pe->mode_count >= 2; pe->mode_count++)
    pe->mode[pe->mode_count] = (qy_pe_mode){p->bits >> pe->mode_count, 1, 1};
}

void pe_modes(qy_pe *pe)
{
  int bits = pe->params.bits;
  pe->latency = 1 + pe->params.input_registers;
  for (pe->mode_count = 0; pe->mode_count < QY_PE_MODES_MAX && bits >> pe->mode_count >= 2; pe->mode_count++)
    pe->mode[pe->mode_count] = (qy_pe_mode){bits >> pe->mode_count, 1 << pe->mode_count, 1};
}

void mac_st_build(qy_pe *pe)
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

void mac_sa_build(qy_pe *pe)
{
  static const char *const names[][2] = {{"acc0", "sum0"}, {"acc1", "sum1"}, {"acc2", "sum2"}, {"acc3", "sum3"}};
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  pe_modes(pe);
  int w2 = 2 * p->bits, headroom = p->accumulator_bits - w2, lanes = pe->mode[pe->mode_count - 1].products;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->bits), mode = pe_input(pe, "mode", 2);
  qy_net keep = pe_not(c, pe_input(pe, "clear", 1));
  qy_net product = qy_multiply_sa(c, p->multiplier, x, w, mode, true);
  qy_label(c, product, "products");
  qy_net last = pe->mode_count > 2 ? qy_slice(c, mode, 1, 1) : -1;
  qy_net split = pe->mode_count > 2 ? qy_bitwise(c, QY_OP_OR, qy_slice(c, mode, 0, 1), last)
                                    : qy_bitwise(c, QY_OP_OR, qy_slice(c, mode, 0, 1), qy_slice(c, mode, 1, 1));
  for (int lane = 0; lane < lanes; lane++) {
    /* The first mode that uses this lane has its widest product. */
    int first = lane == 0 ? 0 : lane == 1 ? 1 : 2, wide = w2 >> first;
    qy_net data = qy_slice(c, product, lane * wide, wide);
    for (int k = first + 1; k < pe->mode_count; k++) {
      int n = w2 >> k;
      qy_net narrow = qy_extend(c, qy_slice(c, product, lane * n, n), wide, true);
      data = qy_mux(c, k == 1 ? split : last, (qy_net[]){data, narrow}, 2);
    }
    qy_net enable = first == 0 ? -1 : first == 1 ? split : last, kept;
    if (enable >= 0) data = pe_gate(c, data, enable); /* an idle lane's adder stands still */
    qy_net acc = pe_accumulator(c, names[lane][0], wide + headroom, enable, keep, &kept);
    qy_register_connect(c, acc, qy_add(c, kept, data, wide + headroom, true));
    qy_output(c, names[lane][1], acc);
  }
}
