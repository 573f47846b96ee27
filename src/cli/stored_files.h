/* The files that a stored experiment follows from, written out of its database. */
#ifndef QUARRY_CLI_STORED_FILES_H
#define QUARRY_CLI_STORED_FILES_H

#include "quarry/alloc.h"
#include "quarry/store.h"

#include <stdbool.h>

/* Libraries, networks, DRAM devices, noise and tables of experiment `id` into `folder`, which is there, laid out as db
 * is.  QY_BAD_INPUT: the database keeps the hash of one alone, or the name of one that leads elsewhere. */
qy_status stored_files_write(const char *folder, qy_store *store, int64_t id, qy_arena *arena, qy_error *err);

/* A path below the folder that it is put in: relative, without "..". */
bool stored_stays_below(const char *path);
/* Write it there, with the folders in between. */
qy_status stored_write_below(const char *folder, const char *path, const char *text, qy_arena *arena, qy_error *err);

#endif
