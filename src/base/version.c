/* The program by name: see version.h. */
#include "quarry/version.h"

#include "program.h"

const char *qy_program_version(void)
{
  return program_text;
}
