/* seglog: logarithmic weights, codes below a fixed split R step by sqrt(2), the others by 2; see logarithm.c. */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  const char *wrong = pe_check_code(p, 3, 6, 5);
  if (wrong) return wrong;
  if (p->root == 0) p->root = QY_ROOT_2;
  const int codes = 1 << (p->weight_bits - 1);
  p->split = p->split == 0 ? codes / 2 : p->split < 0 ? 0 : p->split;
  if (p->split % 2 != 0 || p->split > codes) return "split: expected an even number up to 2^(weight_bits-1)";
  return pe_log_check(p, p->split);
}

static void build(qy_pe *pe)
{
  pe_log_build(pe, 1);
}

static void format(const qy_pe_params *p, qy_number *number)
{
  number->split = p->split;
  number->root = p->root;
}

const qy_pe_row qy_pe_seglog_row = {
    .name = "seglog",
    .help = "logarithmic weights, fixed split R between base sqrt(2) and base 2",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_split_parameter,
                       &qy_pe_root_parameter, &qy_pe_output_bits_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_NUMBER_SEGLOG,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = check,
    .build = build,
    .format = format,
};
