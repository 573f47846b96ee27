/* shift_add: sign | s | n | m, weights 2^s (2^n M + 1); M x is chosen from multiples made here or once per row. */
#include "pe_int.h"

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  qy_number_fields f = qy_codebook_fields(&pe->number);
  int width = p->bits + p->weight_bits - 1, code_bits = qy_number_code_bits(&pe->number);
  pe->keep_bits = 0; /* weights are integers */
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", code_bits), multiple[PE_MULTIPLES_MAX] = {0};
  qy_net clear = pe_clear(pe);
  pe_odd_multiples(pe, x, p->shared, multiple);
  qy_net m = qy_slice(c, w, 0, f.m_bits), n = qy_slice(c, w, f.m_bits, f.n_bits);
  qy_label(c, m, "m");
  qy_label(c, n, "n");
  qy_net some = pe_not(c, pe_all_ones(c, n)), choice[1 << 4];
  qy_label(c, some, "not_zero");
  int chosen_width = pe_multiple_width(pe, pe_multiple_max(pe));
  for (int i = 0; i < 1 << f.m_bits; i++) {
    int k = qy_codebook_m(&pe->number, i), lift = 0;
    while (k > 0 && k % 2 == 0)
      k /= 2, lift++;
    choice[i] = k == 0 ? qy_constant_word(c, 0, chosen_width) : pe_shifted(c, multiple[k], lift, chosen_width);
  }
  qy_net chosen = qy_mux(c, m, choice, 1 << f.m_bits);
  qy_label(c, chosen, "m_x");
  int inner = width > chosen_width ? width : chosen_width;
  qy_net sum = qy_add(c, qy_shift(c, QY_OP_SHIFT_LEFT, chosen, n, inner, true), x, inner, true);
  if (inner > width) sum = qy_slice(c, sum, 0, width);
  qy_label(c, sum, "m_n_plus_1");
  sum = pe_gate(c, sum, some);
  if (f.s_bits > 0)
    sum = qy_shift(c, QY_OP_SHIFT_LEFT, sum, qy_slice(c, w, f.m_bits + f.n_bits, f.s_bits), width, true);
  pe_finish_coded(pe, sum, qy_slice(c, w, code_bits - 1, 1), clear);
}

const qy_pe_row qy_pe_shift_add_row = {
    .name = "shift_add",
    .help = "codebook weights 2^s (2^n m + 1): shifts and adds",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_m_bits_parameter,
                       &qy_pe_m_odd_parameter, &qy_pe_shared_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_NUMBER_CODEBOOK,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = pe_codebook_check,
    .build = build,
    .format = pe_codebook_format,
};
