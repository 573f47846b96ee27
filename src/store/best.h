/* The best point for each metric, per technology, network and precision: kept while batches go by.
 *
 * SQL can find these too, but sorts all rows for it: ten seconds for a million points and three objectives.  Here it is
 * one comparison per metric and row.
 */
#ifndef QUARRY_STORE_BEST_H
#define QUARRY_STORE_BEST_H

#include "quarry/store.h"

#include <sqlite3.h>
#include <stdbool.h>

typedef struct store_best_entry {
  double value[QY_METRIC_COUNT];
  int64_t id[QY_METRIC_COUNT]; /* key of the point; the smallest of equals */
} store_best_entry;

typedef struct store_best {
  int technology_count, network_count, precision_count;
  store_best_entry **entry;      /* [technology][network][precision]: of each place; NULL: nothing met yet */
  bool unknown[QY_METRIC_COUNT]; /* the best point may be one that is not stored */
} store_best;

/* Make room. 0, or -1 when out of memory. */
int qy_store_best_start(store_best *best, int technology_count, int network_count, int precision_count);
void qy_store_best_stop(store_best *best);

/* Take a feasible point into account; technology, network and precision are indices. 0, or -1 when out of memory. */
int qy_store_best_take(store_best *best, int technology, int network, int precision, int64_t id,
                       const double metric[QY_METRIC_COUNT]);

/* Places of entries; that of a technology, network and precision. */
size_t store_best_places(const store_best *best);
size_t store_best_place(const store_best *best, int technology, int network, int precision);
/* The best of several points of a place at once, whose keys are base | id. */
int store_best_merge(store_best *best, size_t place, int64_t base, const store_best_entry *from);

/* Take all stored points of the store's experiment into account. */
qy_status qy_store_best_read(qy_store *store, qy_error *err);

/* Replace the rows of the store's experiment in the table best_point; within a transaction. */
qy_status qy_store_best_write(qy_store *store, qy_error *err);

#endif
