/* Clearing of structs in inner loops. */
#ifndef QUARRY_ACCEL_ZERO_H
#define QUARRY_ACCEL_ZERO_H

#include <stddef.h>

/* memset as the C library has it.  Where the compiler knows the size, a few hundred bytes, it sets them with a string
 * instruction (rep stos), whose start alone takes longer than all of this: a tenth of a run of the depthwise module. */
void accel_zero(void *memory, size_t bytes);

#endif
