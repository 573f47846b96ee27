/* What a complete experiment lacks because another program changed the file. */
#ifndef QUARRY_STORE_MISSING_H
#define QUARRY_STORE_MISSING_H

#include "store_int.h"

/* "97 results of 100, 0 best points of 24", or "": it is whole as far as the database knows.  references: results are
 * also asked whether what they refer to is there, a scan with look-ups. */
qy_status missing_find(char text[STORE_MISSING], qy_store *store, int64_t id, bool references, qy_error *err);
/* Drop the batches that lack something, and all that is found from the whole; within a transaction. */
qy_status missing_drop(qy_store *store, int64_t id, qy_error *err);
/* Drop comparisons of which nobody knows how many there were, so that they are made again; within a transaction. */
qy_status missing_uncounted(qy_store *store, int64_t id, qy_error *err);
/* Note how many rows there are in other tables, and the sum of their values, as the experiment is finished; within a
 * transaction. */
qy_status missing_count(qy_store *store, int64_t id, qy_error *err);
/* The same for one table whose rows are written later. */
qy_status missing_counted(qy_store *store, int64_t id, const char *table, qy_error *err);
/* "points of fronts, best points", or "": which of the other tables have values that are not those that were noted. */
qy_status missing_changed(char text[STORE_MISSING], qy_store *store, int64_t id, qy_error *err);

#endif
