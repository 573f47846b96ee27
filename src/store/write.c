/* Writing batches, fronts and the end of an experiment.  Each call is one transaction. */
#include "axes_int.h"
#include "chunk.h"
#include "fronts.h"
#include "missing.h"
#include "pack_batch.h"
#include "quarry/alloc.h"
#include "quarry/hash.h"
#include "quarry/store_kept.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_MAX = 64 };
static const char storing[] = "store a batch";

static qy_status check_rows(const qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count,
                            qy_error *err)
{
  int64_t first = batch * store->batch_points, end = first + store->batch_points;
  if (end > store->points) end = store->points;
  for (int64_t i = 0; i < count; i++) {
    const qy_store_row *row = &rows[i];
    if (row->point < first || row->point >= end)
      return qy_fail(err, QY_INTERNAL, "batch %lld: expected points %lld to %lld, found %lld", (long long)batch,
                     (long long)first, (long long)end - 1, (long long)row->point);
    if (row->technology < 0 || row->technology >= store->technology_count || row->network < 0 ||
        row->network >= store->network_count || row->precision < 0 || row->precision >= store->precision_count ||
        row->design < 0 || row->design >> STORE_KEY_SHIFT)
      return qy_fail(err, QY_INTERNAL,
                     "point %lld: design %lld, technology %d, network %d or precision %d does not exist",
                     (long long)row->point, (long long)row->design, row->technology, row->network, row->precision);
    if (row->precision_bits < 0 || row->precision_bits > BITS_MAX)
      return qy_fail(err, QY_INTERNAL, "point %lld: expected a precision from 0 to %d bits, found %d",
                     (long long)row->point, BITS_MAX, row->precision_bits);
    int finite = isfinite(row->clock_mhz) != 0, bad = -1;
    if (keeps_metrics(row))
      for (int m = 0; m < QY_METRIC_COUNT; m++)
        if (isinf(row->metric[m]) && bad < 0) bad = m;
    if (!finite || bad >= 0)
      return qy_fail(err, QY_INTERNAL, "point %lld: expected finite numbers, found %s = %g", (long long)row->point,
                     finite ? qy_metric_table()[bad].name : "clock_mhz", finite ? row->metric[bad] : row->clock_mhz);
  }
  return QY_OK;
}

/* The place of a text in the table, or the free one where it belongs: hashed, linear probing. */
static store_text *text_place(store_text *table, size_t room, const char *text)
{
  size_t i = (size_t)qy_text_hash(text) & (room - 1);
  while (table[i].text && strcmp(table[i].text, text) != 0)
    i = (i + 1) & (room - 1);
  return &table[i];
}

/* Room for one more, at most half of it taken. */
static int grow_texts(store_texts *texts)
{
  enum { FIRST_ROOM = 64 };
  if (2 * (texts->count + 1) <= texts->room) return 0;
  const size_t room = texts->room ? 2 * texts->room : FIRST_ROOM;
  store_text *table = qy_alloc(room, sizeof *table);
  if (!table) return -1;
  for (size_t i = 0; i < texts->room; i++)
    if (texts->place[i].text) *text_place(table, room, texts->place[i].text) = texts->place[i];
  free(texts->place);
  texts->place = table;
  texts->room = room;
  return 0;
}

static void forget_texts(store_texts *texts)
{
  for (size_t i = 0; i < texts->room; i++)
    free(texts->place[i].text);
  free(texts->place);
  *texts = (store_texts){0};
}

void qy_store_forget_reasons(qy_store *store)
{
  forget_texts(&store->reason);
  forget_texts(&store->resolved);
}

/* The key of a text, from memory or from the database. */
static qy_status text_key(qy_store *store, store_texts *texts, sqlite3_stmt *insert, const char *text, int64_t *key,
                          qy_error *err)
{
  static const char doing[] = "store why points are infeasible and what was chosen for them";
  if (grow_texts(texts)) return qy_no_memory(err);
  store_text *at = text_place(texts->place, texts->room, text);
  if (at->text) {
    *key = at->id;
    return QY_OK;
  }
  char *copy = strdup(text);
  if (!copy) return qy_no_memory(err);
  sqlite3_bind_text(insert, 1, copy, -1, SQLITE_STATIC);
  int code = sqlite3_step(insert);
  if (code != SQLITE_ROW) {
    sqlite3_reset(insert);
    sqlite3_clear_bindings(insert);
    free(copy);
    return qy_sql_fail(store->db, store->file, code, doing, err);
  }
  *key = sqlite3_column_int64(insert, 0);
  *at = (store_text){copy, *key};
  texts->count++;
  return qy_sql_step(store->db, store->file, insert, doing, err);
}

qy_status store_text_key(int64_t *key, qy_store *store, bool resolved, const char *text, qy_error *err)
{
  sqlite3_stmt **insert = resolved ? &store->insert_resolved : &store->insert_reason;
  qy_status status = QY_OK;
  if (!*insert)
    status = qy_sql_prepare(store->db, store->file, insert,
                            resolved ? "INSERT INTO resolved (value) VALUES (?) ON CONFLICT (value) DO UPDATE SET "
                                       "value = value RETURNING id"
                                     : "INSERT INTO reason (text) VALUES (?) ON CONFLICT (text) DO UPDATE SET "
                                       "text = text RETURNING id",
                            err);
  return status ? status : text_key(store, resolved ? &store->resolved : &store->reason, *insert, text, key, err);
}

/* The keys of texts that stand `stride` bytes apart, 0 of none.  Rows that follow one another often share the text
 * itself. */
static qy_status text_keys(int64_t *key, qy_store *store, bool resolved, const char *const *text, size_t stride,
                           int64_t count, qy_error *err)
{
  qy_status status = QY_OK;
  const char *last = NULL;
  int64_t last_key = 0;
  for (int64_t i = 0; i < count && !status; i++) {
    const char *own = *(const char *const *)((const char *)text + (size_t)i * stride);
    key[i] = 0;
    if (!own) continue;
    if (own != last) status = store_text_key(&last_key, store, resolved, own, err);
    last = own;
    key[i] = last_key;
  }
  return status;
}

static qy_status key_room(qy_store *store, int64_t count, qy_error *err)
{
  if (qy_grow((void **)&store->row_reason, &store->row_reason_capacity, (size_t)count, sizeof *store->row_reason) ||
      qy_grow((void **)&store->row_resolved, &store->row_resolved_capacity, (size_t)count, sizeof *store->row_resolved))
    return qy_no_memory(err);
  return QY_OK;
}

qy_status store_transaction(qy_store *store, const char *doing, qy_error *err)
{
  return store->held ? QY_OK : qy_sql_run(store->db, store->file, "BEGIN IMMEDIATE", doing, err);
}

qy_status store_commit(qy_store *store, const char *doing, qy_error *err)
{
  return store->held ? QY_OK : qy_sql_run(store->db, store->file, "COMMIT", doing, err);
}

qy_status qy_store_hold(qy_store *store, qy_error *err)
{
  assert(store && !store->held);
  const qy_status status = store_transaction(store, storing, err);
  store->held = !status;
  return status;
}

qy_status qy_store_release(qy_store *store, qy_error *err)
{
  assert(store);
  if (!store->held) return QY_OK;
  store->held = false;
  const qy_status status = store_commit(store, storing, err);
  if (status) qy_sql_rollback(store->db);
  return status;
}

qy_status qy_store_check_place(qy_store *store, qy_error *err)
{
  assert(store);
  int moved = 0; /* by inode; what is written goes to a file without this name, or without any */
  if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved) return QY_OK;
  store->running = 0;
  return qy_fail(
      err, QY_SYSTEM,
      "%s: the database was deleted, moved or replaced while it was in use: what this command computes would "
      "not be found in it",
      store->file);
}

qy_status store_check_mark(qy_store *store, qy_error *err)
{
  const qy_status placed = qy_store_check_place(store, err);
  if (placed) return placed;
  sqlite3_stmt *check = store->check_runner;
  sqlite3_bind_int64(check, 1, store->experiment);
  sqlite3_bind_text(check, 2, store->runner, -1, SQLITE_STATIC);
  int code = sqlite3_step(check), mine = code == SQLITE_ROW && sqlite3_column_int(check, 0);
  qy_status status = QY_OK;
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    status = qy_sql_fail(store->db, store->file, code, storing, err);
  else if (!mine)
    status =
        qy_fail(err, QY_SYSTEM, "%s: another process has taken over this experiment; its rows are kept", store->file);
  sqlite3_reset(check);
  if (status == QY_SYSTEM && !mine) store->running = 0;
  return status;
}

static qy_status insert_designs(qy_store *store, const qy_store_design *designs, int64_t count, qy_error *err)
{
  sqlite3_stmt *insert = store->insert_design;
  qy_status status = QY_OK;
  for (int64_t i = 0; i < count && status == QY_OK; i++) {
    if (designs[i].id < 0 || designs[i].id >> STORE_KEY_SHIFT)
      return qy_fail(err, QY_INTERNAL, "expected a design from 0 to 2^40 - 1, found %lld", (long long)designs[i].id);
    sqlite3_bind_int64(insert, 1, store->experiment << STORE_KEY_SHIFT | designs[i].id);
    sqlite3_bind_text(insert, 2, designs[i].name, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, designs[i].parameters, -1, SQLITE_STATIC);
    status = qy_sql_step(store->db, store->file, insert, "store a design", err);
  }
  sqlite3_clear_bindings(insert);
  return status;
}

/* Was the design told?  Results refer to designs by key alone. */
static qy_status check_design(qy_store *store, int64_t design, qy_error *err)
{
  sqlite3_bind_int64(store->check_design, 1, store->experiment << STORE_KEY_SHIFT | design);
  const int code = sqlite3_step(store->check_design);
  const qy_status status = code == SQLITE_ROW ? QY_OK
                           : code == SQLITE_DONE
                               ? qy_fail(err, QY_INTERNAL, "%s: a result has a design that was never told", store->file)
                               : qy_sql_fail(store->db, store->file, code, storing, err);
  sqlite3_reset(store->check_design);
  return status;
}

static qy_status check_designs(qy_store *store, const qy_store_row *rows, int64_t count, qy_error *err)
{
  qy_status status = QY_OK;
  for (int64_t i = 0; i < count && !status; i++)
    if (!i || rows[i].design != rows[i - 1].design) status = check_design(store, rows[i].design, err);
  return status;
}

/* Take note of what the rows have. */
static void see_rows(qy_store *store, const qy_store_row *rows, int64_t count)
{
  int metric[QY_METRIC_COUNT], unseen = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (!store->seen_metric[m]) metric[unseen++] = m;
  store->seen_rows |= count > 0;
  for (int64_t i = 0; i < count; i++) {
    store->seen_reason |= rows[i].reason != NULL;
    store->seen_resolved |= rows[i].resolved != NULL;
    for (int m = 0; m < unseen && keeps_metrics(&rows[i]); m++)
      if (!isnan(rows[i].metric[metric[m]])) {
        store->seen_metric[metric[m]] = true;
        metric[m--] = metric[--unseen];
      }
  }
}

static void see_packed(qy_store *store, const packed_batch *p)
{
  size_t size;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    store->seen_metric[m] |= packed_chunk(&size, p, CHUNK_METRIC + m) != NULL;
  store->seen_rows = true;
  store->seen_reason |= p->has_reason;
  store->seen_resolved |= p->has_resolved;
}

/* Rows of another table, and how many they were. */
static qy_status insert_part(qy_store *store, sqlite3_stmt *insert, int *rows, qy_error *err)
{
  const qy_status status = qy_sql_step(store->db, store->file, insert, storing, err);
  *rows = sqlite3_changes(store->db);
  return status;
}

/* Can it be stored now? */
static qy_status check_batch(const qy_store *store, int64_t batch, qy_error *err)
{
  if (!store->running) return qy_fail(err, QY_INTERNAL, "%s: no experiment is running", store->file);
  if (batch < 0 || batch >= store->batch_count || store->stored[batch])
    return qy_fail(err, QY_INTERNAL, "expected a batch from 0 to %lld not stored yet, found %lld",
                   (long long)store->batch_count - 1, (long long)batch);
  return QY_OK;
}

/* The transaction of a batch, with its designs. */
static qy_status begin_batch(qy_store *store, const qy_store_design *designs, int64_t design_count, qy_error *err)
{
  qy_status status = store_transaction(store, storing, err);
  if (status == QY_OK) status = store_check_mark(store, err);
  if (status == QY_OK) status = insert_designs(store, designs, design_count, err);
  return status;
}

qy_status store_mark_batch(qy_store *store, int64_t batch, const int64_t rows[3], const int64_t *sum, const char *doing,
                           qy_error *err)
{
  sqlite3_stmt *mark = store->mark_batch;
  sqlite3_bind_int64(mark, 1, store->experiment);
  sqlite3_bind_int64(mark, 2, batch);
  for (int i = 0; i < 3; i++)
    sqlite3_bind_int64(mark, 3 + i, rows[i]);
  sqlite3_bind_null(mark, 6);
  if (sum) sqlite3_bind_int64(mark, 6, *sum);
  const qy_status status = qy_sql_step(store->db, store->file, mark, doing, err);
  if (!status) store->stored[batch] = 1;
  return status;
}

/* Marked and committed, or as if it had not been; for the numbers see store_mark_batch. */
static qy_status end_batch(qy_store *store, int64_t batch, const int64_t rows[3], const int64_t *sum, qy_status status,
                           qy_error *err)
{
  if (status == QY_OK) status = store_mark_batch(store, batch, rows, sum, storing, err);
  if (status == QY_OK) status = store_commit(store, storing, err);
  if (status != QY_OK) {
    qy_sql_rollback(store->db);
    store->held = false;
    qy_store_forget_reasons(store); /* keys given in the transaction are gone */
    store->stored[batch] = 0;
  }
  return status;
}

/* The statement that inserts rows of a batch names only metrics that one of them has, or one before them had: each of
 * the others would be asked for in every row. */
static qy_status insert_for(qy_store *store, const qy_store_row *rows, int64_t count, qy_error *err)
{
  _Static_assert((int)QY_METRIC_COUNT <= 64, "a bit for each metric");
  uint64_t has = store->insert_metrics;
  for (int64_t i = 0; i < count; i++)
    for (int m = 0; m < QY_METRIC_COUNT && keeps_metrics(&rows[i]); m++)
      has |= (uint64_t)!isnan(rows[i].metric[m]) << m;
  if (store->insert_rows && has == store->insert_metrics) return QY_OK;
  sqlite3_str *names = sqlite3_str_new(store->db);
  sqlite3_str_appendall(names, "id, design, technology, network, precision, precision_bits, weight_bits, clock_mhz, "
                               "reason, resolved");
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (has >> m & 1) sqlite3_str_appendf(names, ", %s", qy_metric_table()[m].name);
  char *columns = sqlite3_str_finish(names), *sql = NULL;
  if (columns)
    sql = sqlite3_mprintf("INSERT INTO result (%s) SELECT %s FROM batch_rows WHERE ?1 OR assignment IS NOT NULL",
                          columns, columns);
  sqlite3_finalize(store->insert_rows);
  store->insert_rows = NULL;
  const qy_status status =
      sql ? qy_sql_prepare(store->db, store->file, &store->insert_rows, sql, err) : qy_no_memory(err);
  store->insert_metrics = status ? 0 : has;
  sqlite3_free(columns);
  sqlite3_free(sql);
  return status;
}

/* Rows into the tables that they belong to, with the keys of their texts. */
static qy_status insert_rows(qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count, int *intervals,
                             int *assignments, qy_error *err)
{
  int assigned = 0;
  bool unsure = false;
  const bool packed = chunk_takes_intervals(store);
  store->batch = (store_batch){.row = rows,
                               .count = count,
                               .base = store->experiment << STORE_KEY_SHIFT,
                               .technology = store->technology,
                               .network = store->network,
                               .precision = store->precision,
                               .reason = store->row_reason,
                               .resolved = store->row_resolved};
  qy_status status = check_designs(store, rows, count, err);
  for (int64_t i = 0; i < count; i++) {
    const bool has = has_intervals(&rows[i], store->sum_keys.interval);
    unsure |= has && !packed;
    *intervals += has && packed;
    assigned |= rows[i].assignment != NULL;
  }
  /* Of columns only what assignments refer to are rows too. */
  if (status == QY_OK && store->in_columns) status = chunk_write(store, batch, rows, count, err);
  if (status == QY_OK && (!store->in_columns || assigned)) {
    status = insert_for(store, rows, count, err);
    sqlite3_bind_int(store->insert_rows, 1, !store->in_columns);
    if (status == QY_OK) status = qy_sql_step(store->db, store->file, store->insert_rows, storing, err);
  }
  if (status == QY_OK && unsure) status = store_prepare_intervals(store, err);
  if (status == QY_OK && unsure) status = insert_part(store, store->insert_intervals, intervals, err);
  if (status == QY_OK && assigned && !store->insert_assignments)
    status = qy_sql_prepare(store->db, store->file, &store->insert_assignments,
                            "INSERT INTO assignment (point, assignment) SELECT id, assignment FROM batch_rows WHERE "
                            "assignment IS NOT NULL",
                            err);
  if (status == QY_OK && assigned) status = insert_part(store, store->insert_assignments, assignments, err);
  store->batch = (store_batch){0};
  for (int64_t i = 0; i < count && status == QY_OK; i++)
    if (rows[i].detail && !rows[i].reason)
      status = store_detail_write(&store->detail, store->db, store->file,
                                  store->experiment << STORE_KEY_SHIFT | rows[i].point, 0, rows[i].detail, err);
  return status;
}

qy_status qy_store_batch(qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count,
                         const qy_store_design *designs, int64_t design_count, qy_error *err)
{
  assert(store && count >= 0 && (rows || count == 0) && design_count >= 0 && (designs || design_count == 0));
  int intervals = 0, assignments = 0;
  qy_status status = check_batch(store, batch, err);
  if (status == QY_OK) status = check_rows(store, batch, rows, count, err);
  if (status == QY_OK) status = key_room(store, count, err);
  if (status != QY_OK) return status;
  status = begin_batch(store, designs, design_count, err);
  if (status == QY_OK && count) {
    status = text_keys(store->row_reason, store, false, &rows->reason, sizeof *rows, count, err);
    if (status == QY_OK)
      status = text_keys(store->row_resolved, store, true, &rows->resolved, sizeof *rows, count, err);
  }
  if (status == QY_OK) status = insert_rows(store, batch, rows, count, &intervals, &assignments, err);
  const int64_t sum = store->in_columns ? 0 : rows_sum(&store->sum_keys, rows, count);
  status = end_batch(store, batch, (const int64_t[3]){count, intervals, assignments}, store->in_columns ? NULL : &sum,
                     status, err);
  if (status != QY_OK) return status;
  see_rows(store, rows, count);
  for (int64_t i = 0; i < count && status == QY_OK; i++) {
    const qy_store_row *row = &rows[i];
    if (!row->reason && qy_store_best_take(&store->best, row->technology, row->network, row->precision,
                                           store->experiment << STORE_KEY_SHIFT | row->point, row->metric) != 0)
      status = qy_no_memory(err);
  }
  return status;
}

/* Its points are those of the batch. */
static qy_status check_packed(const qy_store *store, int64_t batch, const packed_batch *p, qy_error *err)
{
  const int64_t first = batch * store->batch_points, left = store->points - first;
  const int64_t count = left < store->batch_points ? left : store->batch_points;
  if (p->first == first && p->count == count) return QY_OK;
  return qy_fail(err, QY_INTERNAL, "batch %lld: expected points %lld to %lld, found %lld to %lld", (long long)batch,
                 (long long)first, (long long)(first + count - 1), (long long)p->first,
                 (long long)(p->first + p->count - 1));
}

qy_status qy_store_batch_packed(qy_store *store, int64_t batch, const void *packed, const qy_store_design *designs,
                                int64_t design_count, qy_error *err)
{
  const packed_batch *p = packed;
  assert(store && store->in_columns && p && design_count >= 0 && (designs || design_count == 0));
  qy_status status = check_batch(store, batch, err);
  if (status == QY_OK) status = check_packed(store, batch, p, err);
  if (status == QY_OK) status = key_room(store, p->count, err);
  if (status != QY_OK) return status;
  status = begin_batch(store, designs, design_count, err);
  if (status == QY_OK)
    status = text_keys(store->row_reason, store, false, packed_reasons(p), sizeof(char *), p->count, err);
  if (status == QY_OK)
    status = text_keys(store->row_resolved, store, true, packed_resolved(p), sizeof(char *), p->count, err);
  for (int64_t d = p->first_design; d <= p->last_design && status == QY_OK; d++)
    status = check_design(store, d, err);
  if (status == QY_OK) status = chunk_write_packed(store, batch, p, err);
  status = end_batch(store, batch, (const int64_t[3]){p->count}, NULL, status, err);
  if (status != QY_OK) return status;
  see_packed(store, p);
  for (size_t i = 0; i < p->bests && status == QY_OK; i++) {
    const best_found *b = &packed_bests(p)[i];
    if (store_best_merge(&store->best, (size_t)b->place, store->experiment << STORE_KEY_SHIFT, &b->entry))
      status = qy_no_memory(err);
  }
  return status;
}

/* Rows of points that are in columns, for others to refer to. */
static qy_status insert_result_rows(qy_store *store, const int64_t *points, size_t count, qy_error *err)
{
  int64_t *key = qy_alloc(count, sizeof *key);
  if (!key) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    key[i] = store->experiment << STORE_KEY_SHIFT | points[i];
  const qy_status status = chunk_rows_insert(store, key, count, err);
  free(key);
  return status;
}

qy_status qy_store_chances(qy_store *store, const int64_t *points, const double *probability, size_t count,
                           qy_error *err)
{
  assert(store && (count == 0 || (points && probability)));
  static const char doing[] = "store the front probabilities";
  sqlite3_stmt *erase = NULL, *insert = NULL;
  sqlite3 *db = store->db;
  if (!store->running) return qy_fail(err, QY_INTERNAL, "%s: no experiment is running", store->file);
  qy_status status = qy_sql_prepare(db, store->file, &erase,
                                    "DELETE FROM front_chance WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40", err);
  if (status == QY_OK)
    status =
        qy_sql_prepare(db, store->file, &insert, "INSERT INTO front_chance (point, probability) VALUES (?, ?)", err);
  if (status == QY_OK) status = qy_sql_run(db, store->file, "BEGIN IMMEDIATE", doing, err);
  if (status == QY_OK) status = store_check_mark(store, err);
  if (status == QY_OK) {
    sqlite3_bind_int64(erase, 1, store->experiment);
    status = qy_sql_step(db, store->file, erase, doing, err);
  }
  if (status == QY_OK && store->in_columns) status = insert_result_rows(store, points, count, err);
  for (size_t i = 0; i < count && status == QY_OK; i++) {
    sqlite3_bind_int64(insert, 1, store->experiment << STORE_KEY_SHIFT | points[i]);
    sqlite3_bind_double(insert, 2, probability[i]);
    status = qy_sql_step(db, store->file, insert, doing, err);
  }
  if (status == QY_OK) status = qy_sql_run(db, store->file, "COMMIT", doing, err);
  qy_sql_rollback(db);
  sqlite3_finalize(erase);
  sqlite3_finalize(insert);
  return status;
}

qy_status qy_store_detail_add(qy_store *store, int64_t point, const qy_store_detail *detail, qy_error *err)
{
  assert(store && detail && point >= 0);
  if (!store->running) return qy_fail(err, QY_INTERNAL, "%s: no experiment is running", store->file);
  return store_detail_write(&store->detail, store->db, store->file, store->experiment << STORE_KEY_SHIFT | point, 1,
                            detail, err);
}

static qy_status set_status(qy_store *store, const char *text, qy_error *err)
{
  sqlite3_stmt *update = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &update,
                                    "UPDATE experiment SET status = ?2, runner = NULL, "
                                    "ended_utc = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') "
                                    "WHERE id = ?1 AND runner IS ?3",
                                    err);
  if (status != QY_OK) return status;
  sqlite3_bind_int64(update, 1, store->experiment);
  sqlite3_bind_text(update, 2, text, -1, SQLITE_STATIC);
  sqlite3_bind_text(update, 3, store->runner, -1, SQLITE_STATIC);
  status = qy_sql_step(store->db, store->file, update, "mark the end of the experiment", err);
  sqlite3_finalize(update);
  return status;
}

qy_status qy_store_finish(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err)
{
  assert(store && front_count >= 0 && (fronts || front_count == 0));
  static const char doing[] = "finish the experiment";
  int64_t missing = 0;
  if (store->experiment == 0) return qy_fail(err, QY_INTERNAL, "%s: no experiment was begun", store->file);
  for (int64_t b = 0; b < store->batch_count; b++)
    missing += !store->stored[b];
  if (missing > 0)
    return qy_fail(err, QY_INTERNAL, "expected all %lld batches to be stored, %lld are missing",
                   (long long)store->batch_count, (long long)missing);
  qy_status status = qy_sql_run(store->db, store->file, "BEGIN IMMEDIATE", doing, err);
  if (status == QY_OK && store->running) status = store_check_mark(store, err);
  if (status == QY_OK && store->in_columns && store->running) status = chunk_finish(store, fronts, front_count, err);
  if (status == QY_OK) status = store_fronts_replace(store, fronts, front_count, err);
  if (status == QY_OK && store->running) status = qy_store_best_write(store, err);
  if (status == QY_OK && store->running)
    status = store_detail_move(&store->detail, store->db, store->file, store->experiment << STORE_KEY_SHIFT,
                               (store->experiment + 1) << STORE_KEY_SHIFT, err);
  if (status == QY_OK) status = qy_store_state_drop(store, err);
  if (status == QY_OK) status = missing_count(store, store->experiment, err);
  if (status == QY_OK && store->running) status = set_status(store, "complete", err);
  if (status == QY_OK) status = axes_complete(store, store->experiment, err);
  if (status == QY_OK) status = views_of(store, store->experiment, err);
  if (status == QY_OK) status = qy_sql_run(store->db, store->file, "COMMIT", doing, err);
  qy_sql_rollback(store->db);
  if (status == QY_OK) store->running = 0;
  return status;
}

qy_status qy_store_abandon(qy_store *store, const char *status_text, qy_error *err)
{
  assert(store && status_text);
  if (!store->running) return QY_OK;
  if (strcmp(status_text, "interrupted") != 0 && strcmp(status_text, "failed") != 0)
    return qy_fail(err, QY_INTERNAL, "expected \"interrupted\" or \"failed\", found \"%s\"", status_text);
  qy_status status = set_status(store, status_text, err);
  if (status == QY_OK) status = views_of(store, store->experiment, err);
  store->running = 0;
  return status;
}
