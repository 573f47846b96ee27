/* The circuits around the elements of an accelerator, see prices.h, with what drives them when they are simulated. */
#ifndef QUARRY_ACCEL_CIRCUITS_H
#define QUARRY_ACCEL_CIRCUITS_H

#include "quarry/prices.h"

/* The event of each role's circuit. */
extern const int circuit_event[QY_ROLE_COUNT];

/* Built in the arena and finished; `multiples` is an element of its own (pe.h) and not made here. */
qy_status circuit_of_role(qy_circuit **circuit, qy_circuit_role role, const qy_pe *pe, qy_arena *arena, qy_error *err);
/* Its activity under the operands that prices.h names, simulated only where the table (NULL: none) does not have it. */
qy_status circuit_role_activity(qy_activity *activity, const qy_circuit *circuit, qy_circuit_role role, const qy_pe *pe,
                                qy_activities *known, qy_error *err);

#endif
