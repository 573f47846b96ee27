/* The components of the open synthesis study as circuits: registers on every input and output, no reset.
 *
 * Kinds and parameters are those of its table.  Simplifications, all on the gate level: the carry of the two lanes of a
 * splittable accumulator is cut by a mode bit, which costs no gate here; the valid bit of lod is a copy of an input bit
 * (its tree is counted anyway); `st` is built like `sa`, which has the same gates, only other blocks of them at work.
 */
#ifndef QUARRY_VALIDATE_COMPONENT_H
#define QUARRY_VALIDATE_COMPONENT_H

#include "quarry/circuit.h"

/* What an input of a component carries, for stimuli. */
typedef enum component_role { ROLE_DATA, ROLE_WEIGHT, ROLE_CLEAR, ROLE_MODE, ROLE_CONTROL } component_role;

enum { COMPONENT_INPUTS_MAX = 8 };

typedef struct component {
  qy_circuit *circuit;
  int inputs;
  component_role role[COMPONENT_INPUTS_MAX]; /* in the circuit's input order */
  int width[COMPONENT_INPUTS_MAX];
  int modes; /* of a reconfigurable component, else 1 */
} component;

/* QY_OK; QY_INFEASIBLE: not a kind or a size that can be built, *reason says why; else an error. */
qy_status component_build(component *made, const char *kind, const char *params, const char **reason, qy_arena *arena,
                          qy_error *err);

#endif
