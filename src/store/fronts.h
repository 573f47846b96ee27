/* The fronts of an experiment in the database: its points and their groups. */
#ifndef QUARRY_STORE_FRONTS_H
#define QUARRY_STORE_FRONTS_H

#include "quarry/store.h"

/* In place of those that the experiment begun has; within a transaction. */
qy_status store_fronts_replace(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err);

#endif
