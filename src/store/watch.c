/* Columns kept while batches are packed: see watch.h. */
#include "watch.h"

#include "points_labels.h"
#include "quarry/alloc.h"
#include "store_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Most of the time that millions take goes into mapping pages, so they are large where the system has such. */
double *watch_new_column(size_t count)
{
  enum { PAGE = 1 << 21 };
  if (count > (SIZE_MAX - PAGE) / sizeof(double)) return NULL;
  const size_t bytes = (count * sizeof(double) + PAGE - 1) / PAGE * PAGE;
  if (bytes <= PAGE) return qy_alloc(count, sizeof(double));
  double *column = aligned_alloc(PAGE, bytes);
  if (column) madvise(column, bytes, MADV_HUGEPAGE); /* advice: where it is not followed, all goes on */
  return column;
}

void watch_stop(store_watch *w)
{
  for (int c = 0; c < w->columns; c++)
    free(w->value[c]);
  free(w->point);
  free(w->kept);
  free(w->has);
  *w = (store_watch){0};
}

qy_status qy_store_watch(qy_store *store, const int *metrics, int metric_count, qy_error *err)
{
  assert(store && store->in_columns && metrics && metric_count >= 0);
  store_watch *w = &store->watch;
  watch_stop(w);
  /* Batches are as long as the last one, too. */
  const size_t room = (size_t)store->batch_count * (size_t)store->batch_points;
  w->columns = points_columns(w->column, metrics, metric_count);
  w->point = watch_new_column(room);
  w->kept = qy_alloc((size_t)store->batch_count, sizeof *w->kept);
  w->has = qy_alloc((size_t)store->batch_count, 1);
  bool good = w->point && w->kept && w->has;
  for (int c = 0; c < w->columns; c++)
    good = (w->value[c] = watch_new_column(room)) && good;
  if (good) return QY_OK;
  watch_stop(w);
  return qy_no_memory(err);
}

void watch_take(const qy_store *store, const qy_point_columns *c, const double *const value[CHUNK_COLUMNS])
{
  const store_watch *w = &store->watch;
  const int64_t batch = c->first / store->batch_points;
  uint32_t kept = 0;
  if (!w->columns || c->first % store->batch_points) return;
  for (int64_t i = 0; i < c->count; i++) {
    w->point[c->first + kept] = (double)(c->first + i);
    kept += !c->reason[i];
  }
  for (int k = 0; k < w->columns; k++) {
    const double *from = value[w->column[k]];
    double *to = w->value[k] + c->first;
    const double *point = w->point + c->first;
    for (uint32_t i = 0; i < kept; i++)
      to[i] = from ? from[(int64_t)point[i] - c->first] : NAN;
  }
  w->kept[batch] = kept;
  w->has[batch] = 1;
}

bool watch_has(const qy_store *store, int64_t experiment, const int *column, int columns)
{
  const store_watch *w = &store->watch;
  return w->columns == columns && columns > 0 && experiment == store->experiment &&
         memcmp(w->column, column, (size_t)columns * sizeof *column) == 0;
}
