/* Files of the user's own that a stored experiment names by path, laid out beside its text. */
#ifndef QUARRY_CLI_STORED_OWN_H
#define QUARRY_CLI_STORED_OWN_H

#include "quarry/alloc.h"
#include "quarry/store.h"

/* The text of experiment `id`, *text, as it can be read in `folder`, which is there: the networks, libraries, DRAM
 * devices and table of noise that it names by path are written there as stored, and where a path leads out of the
 * folder the text is changed to name them there.  QY_BAD_INPUT: the database keeps the hash of one alone. */
qy_status stored_own_write(const char **text, const char *folder, qy_store *store, int64_t id, qy_arena *arena,
                           qy_error *err);

#endif
