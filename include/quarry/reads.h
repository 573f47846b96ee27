/* Of which experiments a SELECT may read results, where they are not complete.
 *
 * SQLite says which tables a statement reads and through which view, not of which experiments its rows are.  What is
 * read through the generated view of an experiment is of that one; what is read otherwise, from `point` or `result`,
 * may be of any, whatever the WHERE clause asks for.  The summary does not count: it says the state of each itself.
 * Ownership: the list lives in the arena.
 */
#ifndef QUARRY_READS_H
#define QUARRY_READS_H

#include "quarry/alloc.h"
#include "quarry/store.h"

/* Experiments whose latest run is not complete and whose results `sql` may read, by number; *count 0: none.  The text
 * is compiled, not run: it has been run before, so that it reads and nothing else.  QY_SYSTEM, QY_NO_MEMORY. */
qy_status qy_store_reads_incomplete(int64_t **id, size_t *count, qy_store *store, const char *sql, qy_arena *arena,
                                    qy_error *err);

/* Experiments whose latest run stored some of its points alone (`store: front`, `summary`) and whose points `sql` may
 * read: from `result`, through a view that has all points, or through one of another's making.  What is read of fronts,
 * of the best and of summaries alone holds for all points.  Else as qy_store_reads_incomplete. */
qy_status qy_store_reads_partly(int64_t **id, size_t *count, qy_store *store, const char *sql, qy_arena *arena,
                                qy_error *err);

#endif
