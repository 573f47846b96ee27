/* Reading a whole file into memory, and writing one whole or not at all.
 *
 * Ownership: the text lives in the arena given to the reader.
 */
#ifndef QUARRY_FILE_H
#define QUARRY_FILE_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stddef.h>

enum { QY_FILE_BYTES_MAX = 256 * 1024 * 1024 };

/* Read all of `file` (a regular file or a pipe).  *text gets a closing NUL that *length does not count.
 * Errors: QY_BAD_INPUT when it is missing, not readable, a directory or larger than QY_FILE_BYTES_MAX;
 * QY_SYSTEM when reading fails; QY_NO_MEMORY. */
qy_status qy_file_read(char **text, size_t *length, const char *file, qy_arena *arena, qy_error *err);

/* Write `length` bytes to `file`: to a temporary file beside it, then renamed, so that a failure leaves what was there
 * before.  QY_SYSTEM with the reason; QY_NO_MEMORY. */
qy_status qy_file_write(const char *file, const char *text, size_t length, qy_error *err);

#endif
