/* Results of experiments with `store: columns`: a batch is a chunk of each column, packed (pack.h).  So are the ends of
 * intervals, but of experiments that an older quarry began, whose intervals are rows.
 *
 * Points of fronts, the best ones and those that other tables refer to have a row in `result` besides, so that such
 * references hold and other programs find them; those that have intervals have a row in `interval` too.
 */
#ifndef QUARRY_STORE_CHUNK_H
#define QUARRY_STORE_CHUNK_H

#include "best.h"
#include "quarry/store.h"

#include <math.h>
#include <sqlite3.h>
#include <stdbool.h>

/* Columns of a result but its id, in the order of their places, and behind them the ends of intervals. */
enum {
  CHUNK_DESIGN, /* number within the experiment */
  CHUNK_TECHNOLOGY,
  CHUNK_NETWORK,
  CHUNK_PRECISION,
  CHUNK_BITS,
  CHUNK_WEIGHT_BITS,
  CHUNK_CLOCK,
  CHUNK_REASON,
  CHUNK_RESOLVED,
  CHUNK_METRIC,
  CHUNK_RESULT = CHUNK_METRIC + QY_METRIC_COUNT,
  CHUNK_COLUMNS = CHUNK_RESULT + 2 * QY_METRIC_COUNT
};
const char *chunk_name(int column); /* "design", "area_um2", "area_um2_p05" */
int chunk_find(const char *name);   /* -1: none */

/* The lower (0) or upper (1) end of the interval of a metric. */
static inline int chunk_interval(int metric, int end)
{
  return CHUNK_RESULT + 2 * metric + end;
}
/* That which each result with intervals has. */
int chunk_unsure(void);

/* What a column has of qy_store_row.weight_bits; NaN: NULL. */
static inline double chunk_weight_bits(double bits)
{
  return bits > 0 ? bits : bits < 0 ? 0 : NAN;
}

/* Within the transaction of a batch: keys of reasons and of what was resolved as in store_int.h. */
qy_status chunk_write(qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count, qy_error *err);
typedef struct packed_batch packed_batch; /* pack_batch.h */
qy_status chunk_write_packed(qy_store *store, int64_t batch, const packed_batch *packed, qy_error *err);
/* Which columns there are, when the experiment begins. */
qy_status chunk_begin(qy_store *store, qy_error *err);

/* Reading one experiment, batch by batch. */
typedef struct chunk_reader {
  sqlite3 *db;
  const char *file;
  sqlite3_stmt *read;
  sqlite3_blob *head; /* of chunks; NULL: none was read yet */
  bool by_column;     /* as chunks of older databases stand */
  int64_t experiment, points, batch_points, batches;
  unsigned char *stored;         /* [batches] */
  int number[CHUNK_COLUMNS];     /* of the column in this experiment; -1: it has none */
  int64_t batch;                 /* whose columns are unpacked; -1: none */
  bool known[CHUNK_COLUMNS];     /* unpacked */
  double *column[CHUNK_COLUMNS]; /* [batch_points]; NULL: never asked for */
  int depth;                     /* columns being unpacked for others that follow from them */
} chunk_reader;

qy_status chunk_open(chunk_reader *r, sqlite3 *db, const char *file, int64_t experiment, qy_error *err);
void chunk_close(chunk_reader *r);
/* Are the intervals of the experiment packed? */
bool chunk_has_intervals(const chunk_reader *r);
/* The same of those that the store writes. */
bool chunk_takes_intervals(const qy_store *store);
/* Has it a number of the column in any batch? */
qy_status chunk_has(bool *has, const chunk_reader *r, int column, qy_error *err);
/* Rows of a batch. */
int64_t chunk_rows(const chunk_reader *r, int64_t batch);
/* A column of a stored batch: chunk_rows numbers, NaN for NULL, until another batch is asked for. */
qy_status chunk_column(const double **out, chunk_reader *r, int64_t batch, int column, qy_error *err);
/* The same into an array for chunk_rows numbers. */
qy_status chunk_unpack(double *value, chunk_reader *r, int64_t batch, int column, qy_error *err);
/* What is said of the numbers of a stored column without unpacking it; at least that nothing is. */
typedef struct column_range column_range; /* pack_lanes.h */
void chunk_range(column_range *range, chunk_reader *r, int64_t batch, int column);

/* The chunk of a column, into the experiment begun, within a transaction; other: numbers in place of those it has, or
 * NULL; only of keys.  *has false: the column has none. */
qy_status chunk_copy(bool *has, qy_store *to, chunk_reader *from, int64_t batch, int column, const double *other,
                     qy_error *err);

/* Columns of all stored points that are feasible: out[c][i], by their numbers, which `point` has unless it is NULL; as
 * of qy_store_columns. */
qy_status chunk_feasible(double **out, double **point, size_t *count, qy_store *store, int64_t experiment,
                         const int *column, int columns, qy_error *err);

/* The points (keys) that have no row in `result` yet get one. */
qy_status chunk_rows_insert(qy_store *store, int64_t *keys, size_t count, qy_error *err);
/* Take the best points of a stored batch into account, whose keys are base | number of the point; lists: of the
 * experiment that is read. */
typedef struct best_lists best_lists; /* best_columns.h */
qy_status chunk_best_take(store_best *best, chunk_reader *r, int64_t batch, const best_lists *lists, int64_t base,
                          qy_error *err);
/* Best points of what is stored. */
qy_status chunk_best_read(qy_store *store, qy_error *err);
/* Rows of the fronts and of the best points; how many are infeasible, and why.  At the end of the experiment. */
qy_status chunk_finish(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err);

/* Is any experiment of the database stored so? */
qy_status chunk_any(bool *any, sqlite3 *db, const char *file, qy_error *err);
/* In the temporary schema of a connection that reads: tables `result` and `interval` of all results. */
qy_status chunk_show(sqlite3 *db, const char *file, qy_error *err);
/* The views over it too, which takes longer than all else at opening: when a query first needs them. */
qy_status chunk_show_views(sqlite3 *db, const char *file, qy_error *err);

#endif
