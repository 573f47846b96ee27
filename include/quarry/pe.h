/* Processing elements: each one function that builds a circuit from a parameter struct.
 *
 * A PE has modes: mode k does N[k] operations a cycle on operands of up to bits[k] bits.
 * Units: ps, um2, fJ per clock cycle, nW.  Ownership: a PE's circuit lives in the arena it was built in.
 */
#ifndef QUARRY_PE_H
#define QUARRY_PE_H

#include "quarry/circuit.h"

typedef enum qy_pe_kind { QY_PE_MAC, QY_PE_MAC_ST, QY_PE_MAC_SA, QY_PE_KIND_COUNT } qy_pe_kind;

enum { QY_PE_MODES_MAX = 3 };

/* Zero means "the default" for every field but kind and multiplier. */
typedef struct qy_pe_params {
  qy_pe_kind kind;
  qy_multiplier multiplier;
  int bits;             /* operand width of mode 0: 4, 8 or 16 for mac_st and mac_sa; 2..32 for mac */
  int accumulator_bits; /* 0: 2 * bits + 8, at most 64 */
  bool input_registers; /* operand registers inside the PE */
} qy_pe_params;

typedef struct qy_pe_mode {
  int bits;     /* operands up to this many bits */
  int products; /* N products a cycle */
} qy_pe_mode;

typedef struct qy_pe {
  qy_pe_params params; /* as built: defaults filled in */
  qy_circuit *circuit;
  int mode_count;
  qy_pe_mode mode[QY_PE_MODES_MAX];
} qy_pe;

/* Check the parameters and build the circuit in the arena. QY_BAD_INPUT with the range when one is outside.
 * Inputs by name: x (activation), w (weight), clear (1: start a new sum), mode (where there are modes). */
qy_status qy_pe_build(qy_pe *pe, const qy_pe_params *params, qy_arena *arena, qy_error *err);

/* The mode that runs operands of `bits` bits: the one with most products whose operands are wide enough; -1: none. */
int qy_pe_mode_for(const qy_pe *pe, int bits);

/* What a PE costs in one library at one clock: everything an accelerator needs. Activity: uniform random operands of
 * the mode's width, weight and activation new each cycle. */
typedef struct qy_pe_cost {
  qy_build build;
  double energy_fj[QY_PE_MODES_MAX]; /* per clock cycle in each mode, no leakage */
  double idle_fj;                    /* per clock cycle, operands held: clock only */
} qy_pe_cost;
qy_status qy_pe_price(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps, qy_error *err);

typedef struct qy_pe_info {
  qy_pe_kind kind;
  const char *name;
  const char *help;
} qy_pe_info;
const qy_pe_info *qy_pe_table(size_t *count); /* names for experiment files, `list pe`, help */

#endif
