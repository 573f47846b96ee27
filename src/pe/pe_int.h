/* What the element builders share. */
#ifndef QUARRY_PE_INT_H
#define QUARRY_PE_INT_H

#include "quarry/pe.h"

/* One kind of element: parameters are checked and defaults filled in before build is called. */
typedef struct pe_row {
  const char *(*check)(qy_pe_params *params); /* fills defaults; what is wrong, with the range, or NULL */
  void (*build)(qy_pe *pe);                   /* adds everything to pe->circuit and sets the modes */
} pe_row;

const char *mac_check(qy_pe_params *params);
const char *mac_modes_check(qy_pe_params *params);
void mac_build(qy_pe *pe);
void mac_st_build(qy_pe *pe);
void mac_sa_build(qy_pe *pe);

/* An input, through a register where the element has input registers. */
qy_net pe_input(qy_pe *pe, const char *name, int width);
/* All bits of `word` where enable is 1, else zero. */
qy_net pe_gate(qy_circuit *c, qy_net word, qy_net enable);
qy_net pe_not(qy_circuit *c, qy_net net);
/* Extend to a wider word or keep as it is. */
qy_net pe_widen(qy_circuit *c, qy_net net, int width, bool is_signed);

#endif
