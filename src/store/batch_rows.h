/* The rows of a batch as a table-valued function of SQLite. */
#ifndef QUARRY_STORE_BATCH_ROWS_H
#define QUARRY_STORE_BATCH_ROWS_H

#include "quarry/store.h"

#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>

/* What batch_rows shows; the arrays belong to the caller. */
typedef struct store_batch {
  const qy_store_row *row;
  int64_t count;
  int64_t base;              /* experiment << 40 */
  const int64_t *technology; /* keys */
  const int64_t *network;
  const int64_t *precision;
  const int64_t *reason;   /* key of each row's reason; 0: none */
  const int64_t *resolved; /* key of what was chosen for each; 0: nothing */
} store_batch;

/* Does the row have metrics? */
static inline bool keeps_metrics(const qy_store_row *row)
{
  return !row->reason || row->excluded;
}

/* Its width of weights in the table; that of rows with 0 is NULL. */
static inline int stored_weight_bits(const qy_store_row *row)
{
  return row->weight_bits > 0 ? row->weight_bits : 0;
}

/* The uncertain metric that all points have: a row whose interval of it is none has no row of intervals. */
int store_interval_metric(void);

/* Has the row intervals?  unsure: store_interval_metric(). */
static inline bool has_intervals(const qy_store_row *row, int unsure)
{
  return row->interval && !isnan(row->interval[unsure][0]);
}

/* Register the virtual table batch_rows, which shows *batch as it is when a statement runs. Result code of SQLite. */
int qy_store_batch_rows_register(sqlite3 *db, store_batch *batch);

#endif
