/* mac_sa: N products of sub-words side by side, one accumulator each, as wide as its widest product plus the headroom
 * of the first (V. Camus, L. Mei, C. Enz, M. Verhelst, IEEE JETCAS 9 (2019) 697: sum-apart). */
#include "pe_int.h"

static void build(qy_pe *pe)
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

const qy_pe_row qy_pe_mac_sa_row = {
    .name = "mac_sa",
    .help = "sum-apart: 1, 2 or 4 products a cycle, an accumulator each",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_multiplier_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter),
    .number_kind = QY_PE_INTEGERS,
    .multiplies = true,
    .exact = true,
    .apart = true,
    .accumulates = QY_PE_SUMS_ALWAYS,
    .check = pe_check_modes,
    .build = build,
};
