/* What is known of fronts in draws, in the database while a run goes on: see qy_model_keep. */
#ifndef QUARRY_FRONT_KEEP_H
#define QUARRY_FRONT_KEEP_H

#include "quarry/model.h"
#include "quarry/store.h"

/* What an earlier run of the experiment begun has left, into *keep; front_keep_free ends it. */
qy_status front_keep_read(qy_model_keep *keep, qy_store *store, qy_error *err);
void front_keep_free(qy_model_keep *keep);

/* In place of what is there; nothing where it is too much for a row. */
qy_status front_keep_write(qy_store *store, const void *state, size_t bytes, qy_error *err);

#endif
