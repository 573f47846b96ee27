/* What an experiment is made with, and the links to it.  All within a transaction. */
#ifndef QUARRY_STORE_INPUTS_H
#define QUARRY_STORE_INPUTS_H

#include "store_int.h"

/* Keys of technologies, networks and precisions in store->technology and so on, new rows where needed. */
qy_status inputs_store(qy_store *store, const qy_store_experiment *e, qy_error *err);
/* Link experiment `id` with all that it is made with.  lacking: "1 technologies of 2", where linked with less. */
qy_status inputs_link(qy_store *store, const qy_store_experiment *e, int64_t id, char lacking[STORE_MISSING],
                      qy_error *err);

#endif
