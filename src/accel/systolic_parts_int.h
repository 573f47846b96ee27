/* What a systolic array's circuits share beyond those of the depthwise module. */
#ifndef QUARRY_ACCEL_SYSTOLIC_PARTS_INT_H
#define QUARRY_ACCEL_SYSTOLIC_PARTS_INT_H

#include "quarry/systolic.h"

/* What makes the multiples that shared elements take in. */
qy_status systolic_multiples(qy_pe *maker, const qy_pe *pe, qy_arena *arena, qy_error *err);

/* Operands new in each cycle, and the weight held; and what the switching energies make of it. */
qy_status systolic_held_activities(qy_activity fresh[QY_PE_MODES_MAX], qy_activity held[QY_PE_MODES_MAX],
                                   const qy_pe *pe, qy_error *err);
double systolic_held_frac(double fresh_fj, double held_fj);

#endif
