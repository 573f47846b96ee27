/* Columns of feasible points, kept while batches are packed: what is read of all points at the end of a run is there
 * then without being unpacked (chunk_feasible). */
#ifndef QUARRY_STORE_WATCH_H
#define QUARRY_STORE_WATCH_H

#include "chunk.h"

enum { WATCH_MOST = CHUNK_COLUMNS };
typedef struct store_watch {
  int columns; /* 0: none is kept */
  int column[WATCH_MOST];
  double *value[WATCH_MOST]; /* [points]: those of batch b follow b * batch_points */
  double *point;             /* their numbers, the same */
  uint32_t *kept;            /* [batches] feasible points */
  unsigned char *has;        /* [batches] */
} store_watch;

/* Numbers for all points, which are written before they are read; NULL: out of memory. */
double *watch_new_column(size_t count);

void watch_stop(store_watch *w);
/* Take in a batch of the experiment begun; value: all of its columns.  By any thread, each batch by one. */
void watch_take(const qy_store *store, const qy_point_columns *c, const double *const value[CHUNK_COLUMNS]);
/* Are these columns kept, in this order? */
bool watch_has(const qy_store *store, int64_t experiment, const int *column, int columns);

#endif
