/* Removing experiments from a results database.
 *
 * What belongs to an experiment and to no other one goes with it: designs, results, fronts, and the texts of
 * technologies, networks, devices and reasons that nobody uses any more.  The rule stands in db/schema.sql, in the
 * trigger experiment_deleted, so that `DELETE FROM experiment` of any other program does the same.
 */
#ifndef QUARRY_STORE_REMOVE_H
#define QUARRY_STORE_REMOVE_H

#include "quarry/status.h"
#include "quarry/store.h"

#include <stddef.h>
#include <stdint.h>

/* Remove the experiments id[count], all or none: one transaction.  The store is open for writing, no experiment begun
 * in it is running.  An id that is no longer there is passed over.
 * QY_SYSTEM: a live process runs one of them, or the database cannot be written. */
qy_status qy_store_remove(qy_store *store, const int64_t *id, size_t count, qy_error *err);

/* Bytes of the file that hold nothing: later runs use them, qy_store_vacuum gives them back. */
qy_status qy_store_free_bytes(int64_t *bytes, qy_store *store, qy_error *err);

/* Write the database anew without its free pages; needs as much room again for the time.  QY_SYSTEM: another process
 * uses the database, or the disk is full; the database is as it was then. */
qy_status qy_store_vacuum(qy_store *store, qy_error *err);

#endif
