/* In a file of its own, so that the size stays unknown to the compiler: see zero.h. */
#include "zero.h"

#include <string.h>

void accel_zero(void *memory, size_t bytes)
{
  memset(memory, 0, bytes);
}
