/* What the last bits of numbers depend on: see version.h. */
#include "quarry/lane_set.h"
#include "quarry/version.h"

#include <stdio.h>
#include <unistd.h>

const char *qy_platform(char out[QY_PLATFORM])
{
  enum { NAME = 64 };
  char library[NAME] = "";
#ifdef _CS_GNU_LIBC_VERSION
  confstr(_CS_GNU_LIBC_VERSION, library, sizeof library);
#endif
  snprintf(out, QY_PLATFORM, "%s, lanes %d", library, (int)qy_lane_set_best());
  return out;
}
