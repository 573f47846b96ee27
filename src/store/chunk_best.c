/* Best points of packed columns, batch by batch: see chunk.h. */
#include "best_columns.h"
#include "chunk.h"
#include "quarry/alloc.h"
#include "seal.h"
#include "store_int.h"

#include <assert.h>
#include <math.h>

/* Is the best point known at every place of the batch as good as any of its rows, and before them? */
static bool is_beaten(const store_best *best, const best_columns *o, int metric, int64_t first,
                      const column_range *range)
{
  const int sense = qy_metric_table()[metric].sense;
  const double most = sense > 0 ? range->high : range->low;
  bool beaten = range->known;
  for (size_t k = 0; k < o->bests && beaten; k++) {
    const store_best_entry *e = best->entry[o->best[k].place];
    beaten = e && !isnan(e->value[metric]) && e->id[metric] < first && !((most - e->value[metric]) * sense > 0);
  }
  return beaten;
}

static qy_status take_metric(best_columns *o, const store_best *best, chunk_reader *r, int64_t batch, int metric,
                             int64_t base, qy_error *err)
{
  const double *value;
  column_range range;
  chunk_range(&range, r, batch, CHUNK_METRIC + metric);
  if (is_beaten(best, o, metric, base | o->point, &range)) return QY_OK;
  const qy_status status = chunk_column(&value, r, batch, CHUNK_METRIC + metric, err);
  if (!status) best_columns_take(o, metric, value);
  return status;
}

static qy_status sort_rows(best_columns *o, chunk_reader *r, int64_t batch, const best_lists *lists,
                           const store_best *best, qy_error *err)
{
  static const int of[BEST_LISTS] = {CHUNK_TECHNOLOGY, CHUNK_NETWORK, CHUNK_PRECISION};
  const double *key[BEST_LISTS], *reason;
  qy_status status = chunk_column(&reason, r, batch, CHUNK_REASON, err);
  for (int l = 0; l < BEST_LISTS && !status; l++)
    status = chunk_column(&key[l], r, batch, of[l], err);
  if (!status) status = best_columns_place(o, lists, key, reason, err);
  if (!status && best_columns_sort(o, best)) status = qy_no_memory(err);
  return status;
}

qy_status chunk_best_take(store_best *best, chunk_reader *r, int64_t batch, const best_lists *lists, int64_t base,
                          qy_error *err)
{
  assert(best && r && lists);
  best_columns of;
  qy_status status = best_columns_new(&of, best, batch * r->batch_points, chunk_rows(r, batch), NULL)
                         ? qy_no_memory(err)
                         : sort_rows(&of, r, batch, lists, best, err);
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++)
    status = take_metric(&of, best, r, batch, m, base, err);
  for (size_t k = 0; k < of.bests && !status; k++)
    if (store_best_merge(best, (size_t)of.best[k].place, base, &of.best[k].entry)) status = qy_no_memory(err);
  best_columns_free(&of);
  return status;
}

qy_status chunk_best_read(qy_store *store, qy_error *err)
{
  chunk_reader r;
  const best_lists lists = {{store->technology, store->network, store->precision},
                            {store->technology_count, store->network_count, store->precision_count}};
  qy_status status = chunk_open(&r, store->db, store->file, store->experiment, err);
  if (status) return status;
  for (int64_t b = 0; b < r.batches && !status; b++)
    if (r.stored[b]) status = chunk_best_take(&store->best, &r, b, &lists, store->experiment << STORE_KEY_SHIFT, err);
  chunk_close(&r);
  return status;
}
