/* multiples: the odd multiples of x that shared shift_add elements of a row take in. */
#include "pe_int.h"

#include <stdio.h>

static void build(qy_pe *pe)
{
  qy_net multiple[PE_MULTIPLES_MAX] = {0}, x = pe_input(pe, "x", pe->params.bits);
  pe_odd_multiples(pe, x, false, multiple);
  for (int k = 3; k <= pe_multiple_max(pe); k += 2) {
    char name[16];
    snprintf(name, sizeof name, "y%d", k);
    qy_output(pe->circuit, name, multiple[k]);
  }
  pe->latency = pe->params.input_registers;
  pe->mode_count = 1;
  pe->mode[0] = (qy_pe_mode){pe->params.bits, 1, 1};
}

const qy_pe_row qy_pe_multiples_row = {
    .name = "multiples",
    .help = "the odd multiples that shared shift_add elements take in, made once per row",
    .parameter =
        TAKES(&qy_pe_bits_parameter, &qy_pe_m_bits_parameter, &qy_pe_m_odd_parameter, &qy_pe_input_registers_parameter),
    .number_kind = QY_NUMBER_CODEBOOK,
    .check = pe_codebook_check,
    .build = build,
    .format = pe_codebook_format,
};
