/* The components of the open synthesis studies as circuits: registers on every input and output, no reset.
 *
 * Kinds and parameters are those of their tables, for standard cells and for FPGAs.  An accumulator is the output
 * register and is cleared by a registered `clr` (0 clears).  Simplifications, all on the gate level: the carry of the
 * two lanes of a splittable accumulator is cut by a mode bit, which costs no gate here; the valid bit of lod is a copy
 * of an input bit, as the cells of its operator hold the tree (component_circuit makes it anew); `st` is built like
 * `sa`, which has the same gates, only other blocks of them at work; the words of a `rom` are pseudo-random.  Kinds
 * that no table has are sp2_mul and apot_mul, the products of PoTAcc (gicLAB/PoTAcc).
 */
#ifndef QUARRY_VALIDATE_COMPONENT_H
#define QUARRY_VALIDATE_COMPONENT_H

#include "quarry/circuit.h"

/* What an input of a component carries, for stimuli. */
typedef enum component_role { ROLE_DATA, ROLE_WEIGHT, ROLE_CLEAR, ROLE_MODE, ROLE_CONTROL } component_role;

enum { COMPONENT_INPUTS_MAX = 256 };

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

/* Is the kind a processing element as `quarry rtl` prints it, "q_" and its name? */
bool component_is_element(const char *kind);

/* The circuit of a component or of an element, whose parameters are then "name=value ..." as qy_pe_set takes them: no
 * registers but its own.  Results as component_build; *reason lives in the arena. */
qy_status component_circuit(qy_circuit **circuit, const char *kind, const char *params, const char **reason,
                            qy_arena *arena, qy_error *err);

#endif
