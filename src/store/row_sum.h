/* A number that rows add up to, by which a value that someone changed is found: of the results of a batch with their
 * intervals and assignments, and of other tables.  It guards against accidents, not against those who compute it anew.
 *
 * Each value is mixed with a number of its column, and the sum of a row once more: so neither the order of rows and
 * columns matters, nor a column that is added later, nor the keys that a database gives.
 */
#ifndef QUARRY_STORE_ROW_SUM_H
#define QUARRY_STORE_ROW_SUM_H

#include "quarry/metric.h"
#include "quarry/store.h"

#include <sqlite3.h>

/* Columns beside the metrics.  Technologies, networks and precisions are told by their places in the experiment,
 * reasons and what was chosen by their texts. */
typedef enum sum_column {
  SUM_POINT,
  SUM_DESIGN,
  SUM_TECHNOLOGY,
  SUM_NETWORK,
  SUM_PRECISION,
  SUM_BITS,
  SUM_WEIGHT_BITS,
  SUM_CLOCK,
  SUM_NUMBERS, /* those above are numbers, those below texts */
  SUM_REASON = SUM_NUMBERS,
  SUM_RESOLVED,
  SUM_ASSIGNMENT,
  SUM_COLUMNS
} sum_column;

/* The numbers of the columns: of their names. */
typedef struct row_keys {
  uint64_t column[SUM_COLUMNS], metric[QY_METRIC_COUNT], end[QY_METRIC_COUNT][2];
  int interval; /* store_interval_metric() */
} row_keys;

void row_keys_make(row_keys *k);
/* Of rows that are stored. */
int64_t rows_sum(const row_keys *k, const qy_store_row *rows, int64_t count);

/* Sums of what a database has. */
typedef struct row_sums {
  row_keys keys;
  sqlite3 *db;
  const char *file;
  sqlite3_stmt *read;
} row_sums;

/* *s is to be closed, also when this fails. */
qy_status row_sums_open(row_sums *s, sqlite3 *db, const char *file, qy_error *err);
/* Of the points [first, end) of an experiment. */
qy_status row_sums_of(int64_t *sum, row_sums *s, int64_t experiment, int64_t first, int64_t end, qy_error *err);
void row_sums_close(row_sums *s);

/* Of the rows that a statement gives, ?1 bound to an experiment: of all their columns, keys too, so it holds for this
 * database alone; *count: how many they are. */
qy_status table_sum(int64_t *sum, int64_t *count, sqlite3 *db, const char *file, const char *sql, int64_t experiment,
                    qy_error *err);

#endif
