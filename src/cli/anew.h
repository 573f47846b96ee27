/* Why an experiment that was stored before is computed again. */
#ifndef QUARRY_CLI_ANEW_H
#define QUARRY_CLI_ANEW_H

#include "quarry/alloc.h"
#include "quarry/store.h"

/* Where the experiment `id` begins and its text was computed before with other inputs: say which ones differ. */
qy_status say_anew(qy_store *store, int64_t id, const char *database, qy_arena *arena, qy_error *err);

#endif
