/* The best point for each metric, per technology, network and precision. */
#include "best.h"

#include "best_columns.h"
#include "quarry/alloc.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

size_t store_best_place(const store_best *best, int technology, int network, int precision)
{
  size_t pair = (size_t)technology * (size_t)best->network_count + (size_t)network;
  return pair * (size_t)best->precision_count + (size_t)precision;
}

size_t store_best_places(const store_best *best)
{
  return (size_t)best->technology_count * (size_t)best->network_count * (size_t)best->precision_count;
}

int qy_store_best_start(store_best *best, int technology_count, int network_count, int precision_count)
{
  assert(best && technology_count >= 0 && network_count >= 0 && precision_count >= 0);
  *best = (store_best){
      .technology_count = technology_count, .network_count = network_count, .precision_count = precision_count};
  best->entry = qy_alloc(store_best_places(best), sizeof(store_best_entry *));
  return best->entry ? 0 : -1;
}

void qy_store_best_stop(store_best *best)
{
  assert(best);
  for (size_t i = 0; best->entry && i < store_best_places(best); i++)
    free(best->entry[i]);
  free(best->entry);
  *best = (store_best){0};
}

/* all: of an entry that has nothing yet. */
static void take_one(store_best_entry *entry, int m, double value, int64_t id, bool all)
{
  const double gain = (value - entry->value[m]) * qy_metric_table()[m].sense;
  /* NaN: the metric does not apply to a design; any value is better than none. */
  const bool first = all || (isnan(entry->value[m]) && !isnan(value));
  if (!first && !(gain > 0) && !(value == entry->value[m] && id < entry->id[m])) return;
  entry->value[m] = value;
  entry->id[m] = id;
}

/* The entry; NULL: out of memory.  *is_new: it has nothing yet. */
static store_best_entry *entry_at(bool *is_new, store_best *best, size_t place)
{
  store_best_entry **at = &best->entry[place];
  *is_new = !*at;
  if (*is_new) *at = qy_alloc(1, sizeof **at);
  return *at;
}

int qy_store_best_take(store_best *best, int technology, int network, int precision, int64_t id,
                       const double metric[QY_METRIC_COUNT])
{
  assert(best && metric);
  bool is_new;
  store_best_entry *entry = entry_at(&is_new, best, store_best_place(best, technology, network, precision));
  if (!entry) return -1;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    take_one(entry, m, metric[m], id, is_new);
  return 0;
}

int store_best_merge(store_best *best, size_t place, int64_t base, const store_best_entry *from)
{
  bool is_new;
  store_best_entry *entry = entry_at(&is_new, best, place);
  if (!entry) return -1;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    take_one(entry, m, from->value[m], base | from->id[m], is_new);
  return 0;
}

qy_status qy_store_best_read(qy_store *store, qy_error *err)
{
  assert(store);
  sqlite3_stmt *read = NULL;
  sqlite3_str *sql = sqlite3_str_new(store->db);
  sqlite3_str_appendall(sql, "SELECT id, technology, network, precision");
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    sqlite3_str_appendf(sql, ", %s", qy_metric_table()[m].name);
  sqlite3_str_appendall(sql, " FROM result WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 AND reason IS NULL");
  char *text = sqlite3_str_finish(sql);
  qy_status status =
      text ? qy_sql_prepare(store->db, store->file, &read, text, err) : qy_fail(err, QY_NO_MEMORY, "out of memory");
  sqlite3_free(text);
  if (status != QY_OK) return status;
  sqlite3_bind_int64(read, 1, store->experiment);
  int code = SQLITE_DONE;
  while (status == QY_OK && (code = sqlite3_step(read)) == SQLITE_ROW) {
    double metric[QY_METRIC_COUNT];
    int technology = best_key_place(store->technology, store->technology_count, sqlite3_column_int64(read, 1));
    int network = best_key_place(store->network, store->network_count, sqlite3_column_int64(read, 2));
    int precision = best_key_place(store->precision, store->precision_count, sqlite3_column_int64(read, 3));
    if (technology < 0 || network < 0 || precision < 0) continue;
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      metric[m] = sqlite3_column_type(read, 4 + m) == SQLITE_NULL ? NAN : sqlite3_column_double(read, 4 + m);
    if (qy_store_best_take(&store->best, technology, network, precision, sqlite3_column_int64(read, 0), metric) != 0)
      status = qy_fail(err, QY_NO_MEMORY, "out of memory");
  }
  if (status == QY_OK && code != SQLITE_DONE)
    status = qy_sql_fail(store->db, store->file, code, "read the stored points", err);
  return qy_sql_end(status, store->db, store->file, read, err);
}

qy_status qy_store_best_write(qy_store *store, qy_error *err)
{
  assert(store);
  static const char doing[] = "store the best points";
  const store_best *best = &store->best;
  const qy_metric_info *info = qy_metric_table();
  sqlite3_stmt *erase = NULL, *insert = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &erase, "DELETE FROM best_point WHERE experiment = ?", err);
  if (status == QY_OK)
    status = qy_sql_prepare(store->db, store->file, &insert,
                            "INSERT INTO best_point (experiment, technology, network, precision, metric, value, "
                            "point) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                            err);
  if (status == QY_OK) {
    sqlite3_bind_int64(erase, 1, store->experiment);
    status = qy_sql_step(store->db, store->file, erase, doing, err);
  }
  for (int t = 0; t < best->technology_count; t++)
    for (int n = 0; n < best->network_count; n++)
      for (int p = 0; p < best->precision_count; p++) {
        const store_best_entry *entry = best->entry[store_best_place(best, t, n, p)];
        for (int m = 0; entry && m < QY_METRIC_COUNT && status == QY_OK; m++) {
          if (info[m].sense == 0 || best->unknown[m] || isnan(entry->value[m])) continue;
          sqlite3_bind_int64(insert, 1, store->experiment);
          sqlite3_bind_int64(insert, 2, store->technology[t]);
          sqlite3_bind_int64(insert, 3, store->network[n]);
          sqlite3_bind_int64(insert, 4, store->precision[p]);
          sqlite3_bind_text(insert, 5, info[m].name, -1, SQLITE_STATIC);
          sqlite3_bind_double(insert, 6, entry->value[m]);
          sqlite3_bind_int64(insert, 7, entry->id[m]);
          status = qy_sql_step(store->db, store->file, insert, doing, err);
        }
      }
  sqlite3_finalize(erase);
  sqlite3_finalize(insert);
  return status;
}
