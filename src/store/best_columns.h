/* The best points of one batch, by columns: rows are sorted by their place, then each metric is gone through once for
 * all places.  The places are those of best.h. */
#ifndef QUARRY_STORE_BEST_COLUMNS_H
#define QUARRY_STORE_BEST_COLUMNS_H

#include "best.h"

/* The best points at one place. */
typedef struct best_found {
  int place;
  store_best_entry entry; /* ids: numbers of points; NaN: no row has the metric */
} best_found;

/* Feasible rows by their places: of best[k] row[first[k]], ..., row[first[k + 1] - 1], rising. */
typedef struct best_columns {
  int *place; /* [count] of each row, set by the caller; -1: it is infeasible */
  size_t count;
  int64_t point;    /* number of the first row's */
  best_found *best; /* of the places met, in the order of their first rows; the caller's, or own */
  size_t bests;
  uint32_t *row;
  size_t *first;
  best_found *own;
} best_columns;

/* Places that so many rows have at most. */
size_t best_columns_room(const store_best *best, int64_t count);
/* Room for `count` rows; found: for best_columns_room places, or NULL: it makes room itself.  0, or -1 when out of
 * memory; to be freed in either case. */
int best_columns_new(best_columns *o, const store_best *best, int64_t point, int64_t count, best_found *found);
void best_columns_free(best_columns *o);
/* Sort the rows, when each has its place.  0, or -1 when out of memory. */
int best_columns_sort(best_columns *o, const store_best *best);
/* The best points by a metric; NaN: a row has none. */
void best_columns_take(best_columns *o, int metric, const double *value);

/* Keys of the technologies, networks and precisions of an experiment, by position. */
enum { BEST_TECHNOLOGY, BEST_NETWORK, BEST_PRECISION, BEST_LISTS };
typedef struct best_lists {
  const int64_t *key[BEST_LISTS];
  int count[BEST_LISTS];
} best_lists;
extern const char *const best_list_name[BEST_LISTS]; /* "technology" */
/* Places of rows by the keys that they have; reason: NaN of a feasible row. */
qy_status best_columns_place(best_columns *o, const best_lists *lists, const double *const key[BEST_LISTS],
                             const double *reason, qy_error *err);
/* The position of a key; -1: it has none. */
int best_key_place(const int64_t *key, int count, int64_t wanted);
/* The database is damaged: a row refers to what is not there. */
qy_status best_no_key(qy_error *err, const char *what, int64_t key);

#endif
