/* What the element builders share. */
#ifndef QUARRY_PE_INT_H
#define QUARRY_PE_INT_H

#include "quarry/pe.h"

/* One kind of element: parameters are checked and defaults filled in before build is called. */
typedef struct pe_row {
  const char *(*check)(qy_pe_params *params); /* fills defaults; what is wrong, with the range, or NULL */
  void (*build)(qy_pe *pe);                   /* adds everything to pe->circuit, sets modes and latency */
  int number_kind;                            /* the format of the weight codes, -1: integers */
  void (*format)(const qy_pe_params *params, qy_number *number); /* its parameters; NULL: bits only */
} pe_row;

const char *mac_check(qy_pe_params *params);
const char *mul_check(qy_pe_params *params);
const char *mac_modes_check(qy_pe_params *params);
void mac_build(qy_pe *pe);
void mul_build(qy_pe *pe);
void mac_st_build(qy_pe *pe);
void mac_sa_build(qy_pe *pe);
void mac_dc_build(qy_pe *pe);
void serial_build(qy_pe *pe);
void seglog_build(qy_pe *pe);
void brslog_build(qy_pe *pe);
void pot_build(qy_pe *pe);
void sp2_build(qy_pe *pe);
void lightpe_build(qy_pe *pe);
void shift_add_build(qy_pe *pe);
void multiples_build(qy_pe *pe);

/* Default and range of accumulator_bits for products of so many bits; what is wrong, or NULL. */
const char *pe_check_accumulator(qy_pe_params *params, int product_bits);
/* An input, through a register where the element has input registers. */
qy_net pe_input(qy_pe *pe, const char *name, int width);
/* The output y, through a register where the element has output registers; sets the latency. */
void pe_result(qy_pe *pe, qy_net result);
/* An accumulator register and its value or, keep = 0, zero; connect later. */
qy_net pe_accumulator(qy_circuit *c, const char *name, int bits, qy_net enable, qy_net keep, qy_net *kept);
/* Full width, halves, quarters: as many modes as sub-words of two bits allow. */
void pe_modes(qy_pe *pe);
/* All bits of `word` where enable is 1, else zero. */
qy_net pe_gate(qy_circuit *c, qy_net word, qy_net enable);
qy_net pe_not(qy_circuit *c, qy_net net);
/* Extend to a wider word or keep as it is. */
qy_net pe_widen(qy_circuit *c, qy_net net, int width, bool is_signed);

#endif
