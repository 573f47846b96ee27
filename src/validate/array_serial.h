/* Bit-serial members of the array benchmark (LOOM): both operands come in two bits a cycle.
 *
 * A lane sums 16 products of 2 x 2 bits a cycle (8 bits).  While an inner operand comes in, lowest part first, sums
 * shift down by two bits a cycle in a register of 14; each that is done (`inner` is 1 in the first cycle of the next)
 * is added to a register that shifts likewise for the outer operand.  When that is done, too (`outer` is 1), the sum
 * of 20 bits, moved down as far as the operands are short, goes on: lanes are summed and accumulated.  Unsigned.
 * Ports: mode (that of composed elements), inner, outer, clear, x0, w0, x1, w1, ... (32 bits: 16 parts); output sum. */
#ifndef QUARRY_VALIDATE_ARRAY_SERIAL_H
#define QUARRY_VALIDATE_ARRAY_SERIAL_H

#include "quarry/circuit.h"

enum { ARRAY_SERIAL_MODES = 5 };

/* Cycles between two 1s of `inner` and of `outer`, by mode. */
typedef struct array_serial_steps {
  int inner, outer;
} array_serial_steps;
extern const array_serial_steps array_serial_steps_of[ARRAY_SERIAL_MODES];

/* lanes: a power of two. */
qy_status array_serial_build(qy_circuit **out, int lanes, qy_arena *arena, qy_error *err);

#endif
