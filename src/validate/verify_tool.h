/* A program run to its end, and files for it. */
#ifndef QUARRY_VERIFY_TOOL_H
#define QUARRY_VERIFY_TOOL_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/text.h"

/* Run arguments[0] (looked up in PATH) in `directory` with nothing to read; *said gets what it wrote, standard output
 * and error in the order of writing, the last megabytes of it.  Interrupts from the terminal end the program, not the
 * caller. QY_SYSTEM: missing (*missing is set), ended with another code than 0, or by a signal; QY_INTERRUPTED: by an
 * interrupt. */
qy_status tool_run(const char **said, bool *missing, const char *const *arguments, const char *directory,
                   qy_arena *arena, qy_error *err);

/* Write a file of the directory. */
qy_status tool_write(const char *directory, const char *name, const qy_text *text, qy_arena *arena, qy_error *err);

#endif
