/* lightpe: one or two signed powers of two (LightNN, arXiv 1802.02178). */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  if (p->terms == 0) p->terms = 1;
  const char *wrong = pe_check_code(p, 2 * p->terms, 5 * p->terms, 4 * p->terms);
  if (wrong) return wrong;
  if (p->weight_bits % p->terms != 0) return "weight_bits: expected as many bits for each term";
  return pe_check_code_product(p, p->bits + p->terms + (1 << (p->weight_bits / p->terms - 1)) - 1);
}

static void build(qy_pe *pe)
{
  qy_circuit *c = pe->circuit;
  const qy_pe_params *p = &pe->params;
  int term = p->weight_bits / p->terms, frac = (1 << (term - 1)) - 1, width = p->bits + frac;
  pe->keep_bits = frac;
  qy_net x = pe_input(pe, "x", p->bits), w = pe_input(pe, "w", p->weight_bits);
  qy_net clear = pe_clear(pe);
  qy_net sum = pe_power(c, x, qy_slice(c, w, p->weight_bits - term, term - 1), width);
  qy_net sign = qy_slice(c, w, p->weight_bits - 1, 1);
  if (p->terms == 2) {
    /* The second term by its sign relative to the first. */
    qy_net relative = qy_bitwise(c, QY_OP_XOR, sign, qy_slice(c, w, term - 1, 1));
    sum = qy_addsub(c, sum, pe_power(c, x, qy_slice(c, w, 0, term - 1), width), relative, width + 1, true);
  }
  pe_finish_coded(pe, sum, sign, clear);
}

static void format(const qy_pe_params *p, qy_number *number)
{
  number->terms = p->terms;
}

const qy_pe_row qy_pe_lightpe_row = {
    .name = "lightpe",
    .help = "one or two signed powers of two (LightPE-1: terms 1, LightPE-2: terms 2; 4 bits a term)",
    .parameter =
        TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_terms_parameter,
              &qy_pe_accumulator_bits_parameter, &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_NUMBER_LIGHTPE,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = check,
    .build = build,
    .format = format,
};
