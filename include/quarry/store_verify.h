/* Looking a results database over: what is wrong with it, as far as it can be known from the file alone. */
#ifndef QUARRY_STORE_VERIFY_H
#define QUARRY_STORE_VERIFY_H

#include "quarry/store.h"

#include <stdbool.h>

/* Called for each thing found: wrong, or only not quarry's own (a table or view of the user's).  A call that returns
 * other than 0 ends it. */
typedef int qy_store_finding(void *ctx, bool wrong, const char *text);

/* Pages and indices (PRAGMA integrity_check), tables, views and triggers against the schema, rows that refer to none,
 * what complete experiments lack, batches and results that are not of the plan, values of results, of what belongs to
 * them and of what is found from the whole (by what they add up to: accidents are found, not forgeries), SHA-256 of
 * experiments and inputs whose text is kept, packed columns.  The store is open for reading; what opening refuses is
 * not looked for again.  QY_SYSTEM: the database cannot be read so far. */
qy_status qy_store_verify(qy_store *store, qy_store_finding *found, void *ctx, qy_error *err);

#endif
