/* brslog: logarithmic weights, the split R chosen by an input; see logarithm.c. */
#include "pe_int.h"

static const char *check(qy_pe_params *p)
{
  const char *wrong = pe_check_code(p, 3, 6, 5);
  if (wrong) return wrong;
  if (p->root == 0) p->root = QY_ROOT_2;
  const int codes = 1 << (p->weight_bits - 1);
  if (p->splits == 0) p->splits = codes / 4 < 2 ? 2 : 4;
  if ((p->splits != 2 && p->splits != 4 && p->splits != 8) || codes / p->splits < 2)
    return "splits: expected 2, 4 or 8 with at least two codes each (0: 4)";
  return pe_log_check(p, codes / p->splits);
}

static void build(qy_pe *pe)
{
  pe_log_build(pe, pe->params.splits);
}

/* The last split: all codes step by sqrt(2). */
static void format(const qy_pe_params *p, qy_number *number)
{
  number->split = 1 << (p->weight_bits - 1);
  number->root = p->root;
}

const qy_pe_row qy_pe_brslog_row = {
    .name = "brslog",
    .help = "logarithmic weights, split chosen by an input",
    .parameter = TAKES(&qy_pe_bits_parameter, &qy_pe_weight_bits_parameter, &qy_pe_splits_parameter,
                       &qy_pe_root_parameter, &qy_pe_output_bits_parameter, &qy_pe_accumulator_bits_parameter,
                       &qy_pe_input_registers_parameter, &qy_pe_output_registers_parameter),
    .number_kind = QY_NUMBER_BRSLOG,
    .multiplies = true,
    .exact = true,
    .accumulates = QY_PE_SUMS_OPTIONAL,
    .check = check,
    .build = build,
    .format = format,
};
