/* Libraries of db/tech for tests. */
#ifndef QUARRY_TESTS_LIBRARY_H
#define QUARRY_TESTS_LIBRARY_H

#include "quarry/tech.h"

#include <stdio.h>

/* The library, or NULL with the diagnostics printed. */
static inline qy_tech *load_library(const char *name, qy_arena *arena)
{
  qy_tech *tech = NULL;
  qy_error err = {0};
  char message[QY_DIAGNOSTIC_FILE + QY_DIAGNOSTIC_TEXT + 64];
  if (qy_tech_read(&tech, "db", name, arena, &err) != QY_OK)
    for (int i = 0; i < err.count; i++)
      printf("# %s\n", qy_diagnostic_format(&err, i, message, sizeof message));
  return tech;
}

#endif
