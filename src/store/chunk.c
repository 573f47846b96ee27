/* Results as packed columns: see chunk.h. */
#include "chunk.h"

#include "follow.h"
#include "pack_batch.h"
#include "quarry/alloc.h"
#include "quarry/sort.h"
#include "quarry/text.h"
#include "schema.h"
#include "seal.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_SHIFT = 8, OLDER_COLUMN_SHIFT = 32, COLUMNS_MOST = 1 << BATCH_SHIFT };
static const char storing[] = "store a batch";

/* STORE_CHUNK_KEY. */
static int64_t chunk_key(int64_t experiment, int number, int64_t batch)
{
  return experiment << STORE_KEY_SHIFT | batch << BATCH_SHIFT | number;
}

/* Of a chunk to be read, in the order of its file. */
static int64_t stored_key(const chunk_reader *r, int column, int64_t batch)
{
  const int64_t number = r->number[column];
  if (!r->by_column) return chunk_key(r->experiment, r->number[column], batch);
  return r->experiment << STORE_KEY_SHIFT | number << OLDER_COLUMN_SHIFT | batch; /* STORE_CHUNK_KEY_OLDER */
}

const char *chunk_name(int column)
{
  static const char *const fixed[CHUNK_METRIC] = {"design",      "technology", "network", "precision", "precision_bits",
                                                  "weight_bits", "clock_mhz",  "reason",  "resolved"};
#define METRIC(id, name, unit, label, sense, where, rule, help) {name "_p05", name "_p95"},
#define QUANTITY(id)
  static const char *const end[QY_METRIC_COUNT][2] = {
#include "quarry/metric.def"
  };
#undef METRIC
#undef QUANTITY
  assert(column >= 0 && column < CHUNK_COLUMNS);
  if (column >= CHUNK_RESULT) return end[(column - CHUNK_RESULT) / 2][(column - CHUNK_RESULT) % 2];
  return column < CHUNK_METRIC ? fixed[column] : qy_metric_table()[column - CHUNK_METRIC].name;
}

int chunk_unsure(void)
{
  return chunk_interval(store_interval_metric(), 0);
}

/* Can there be numbers of it? */
static bool is_column(int column)
{
  return column < CHUNK_RESULT || qy_metric_uncertain((column - CHUNK_RESULT) / 2);
}

int chunk_find(const char *name)
{
  for (int c = 0; c < CHUNK_COLUMNS; c++)
    if (strcmp(chunk_name(c), name) == 0) return c;
  return -1;
}

/* Numbers of the columns of the reader's experiment. */
static qy_status read_numbers(chunk_reader *r, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status =
      qy_sql_prepare(r->db, r->file, &read, "SELECT name, number FROM main.chunk_column WHERE experiment = ?", err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, r->experiment);
  while (sqlite3_step(read) == SQLITE_ROW) {
    const int c = chunk_find((const char *)sqlite3_column_text(read, 0));
    const int64_t number = sqlite3_column_int64(read, 1);
    if (c >= 0 && number >= 0 && number < COLUMNS_MOST) r->number[c] = (int)number;
  }
  return qy_sql_end(QY_OK, r->db, r->file, read, err);
}

/* ---- writing ---- */

/* Has an older quarry stored intervals of the experiment as rows?  Then all of them are. */
static qy_status has_rows(bool *has, const qy_store *store, qy_error *err)
{
  char sql[300];
  int64_t found = 0;
  snprintf(sql, sizeof sql,
           "SELECT EXISTS (SELECT 1 FROM interval WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40) AND "
           "NOT EXISTS (SELECT 1 FROM chunk_column WHERE experiment = %" PRId64 " AND name = '%s')",
           store->experiment, store->experiment, store->experiment, chunk_name(chunk_unsure()));
  const qy_status status = qy_sql_number(store->db, store->file, sql, &found, err);
  *has = found != 0;
  return status;
}

qy_status chunk_begin(qy_store *store, qy_error *err)
{
  _Static_assert((int)CHUNK_COLUMNS <= (int)COLUMNS_MOST, "a column's number is of eight bits");
  sqlite3_stmt *insert = NULL;
  bool rows = false;
  qy_status status = has_rows(&rows, store, err);
  if (!status)
    status = qy_sql_prepare(store->db, store->file, &insert,
                            "INSERT OR IGNORE INTO chunk_column (experiment, number, name) SELECT ?1, (SELECT "
                            "count(*) FROM chunk_column WHERE experiment = ?1), ?2 WHERE NOT EXISTS (SELECT 1 "
                            "FROM chunk_column WHERE experiment = ?1 AND name = ?2)",
                            err);
  for (int c = 0; c < (rows ? CHUNK_RESULT : CHUNK_COLUMNS) && !status; c++) {
    if (!is_column(c)) continue;
    sqlite3_bind_int64(insert, 1, store->experiment);
    sqlite3_bind_text(insert, 2, chunk_name(c), -1, SQLITE_STATIC);
    status = qy_sql_step(store->db, store->file, insert, "begin the experiment", err);
  }
  sqlite3_finalize(insert);
  chunk_reader r = {.db = store->db, .file = store->file, .experiment = store->experiment};
  for (int c = 0; c < CHUNK_COLUMNS; c++)
    r.number[c] = -1;
  if (!status) status = read_numbers(&r, err);
  free(store->column_number);
  store->column_number = qy_alloc(CHUNK_COLUMNS, sizeof *store->column_number);
  if (!status && !store->column_number) status = qy_no_memory(err);
  if (!status) memcpy(store->column_number, r.number, sizeof r.number);
  return status;
}

static double or_none(int64_t key)
{
  return key ? (double)key : NAN;
}

/* A row's value of a column that is no metric. */
static double fixed_value(const qy_store *store, const qy_store_row *row, int64_t i, int column)
{
  switch (column) {
  case CHUNK_DESIGN: return (double)row->design;
  case CHUNK_TECHNOLOGY: return (double)store->technology[row->technology];
  case CHUNK_NETWORK: return (double)store->network[row->network];
  case CHUNK_PRECISION: return (double)store->precision[row->precision];
  case CHUNK_BITS: return row->precision_bits;
  case CHUNK_WEIGHT_BITS: return chunk_weight_bits(row->weight_bits);
  case CHUNK_CLOCK: return row->clock_mhz;
  case CHUNK_REASON: return or_none(store->row_reason[i]);
  default: return or_none(store->row_resolved[i]);
  }
}

static double end_value(const qy_store_row *row, int column, int unsure)
{
  const int at = column - CHUNK_RESULT;
  return has_intervals(row, unsure) ? row->interval[at / 2][at % 2] : NAN;
}

/* Turn rows into columns of `count` values, a few rows at a time, which stay in the cache; any: has a value. */
static void fill(double *value, bool any[CHUNK_COLUMNS], int columns, const qy_store *store, const qy_store_row *rows,
                 int64_t count)
{
  enum { FEW = 32 };
  const int unsure = store->sum_keys.interval;
  bool is[CHUNK_COLUMNS];
  for (int c = 0; c < columns; c++)
    is[c] = is_column(c);
  for (int64_t from = 0, to; from < count; from = to) {
    to = from + FEW < count ? from + FEW : count;
    for (int c = 0; c < columns; c++) {
      double *column = value + (int64_t)c * count;
      bool some = false;
      for (int64_t i = from; i < to && is[c]; i++) {
        column[i] = c < CHUNK_METRIC          ? fixed_value(store, &rows[i], i, c)
                    : c >= CHUNK_RESULT       ? end_value(&rows[i], c, unsure)
                    : keeps_metrics(&rows[i]) ? rows[i].metric[c - CHUNK_METRIC]
                                              : NAN;
        some |= !isnan(column[i]);
      }
      any[c] |= some;
    }
  }
}

static qy_status put_chunk(qy_store *store, int64_t batch, int column, const void *data, size_t size, qy_error *err)
{
  sqlite3_stmt *insert = store->insert_chunk;
  sqlite3_bind_int64(insert, 1, chunk_key(store->experiment, store->column_number[column], batch));
  sqlite3_bind_blob64(insert, 2, data, size, SQLITE_STATIC);
  return qy_sql_step(store->db, store->file, insert, storing, err);
}

/* What chunks are written with, kept from batch to batch. */
static qy_status make_ready(qy_store *store, qy_error *err)
{
  if (!store->packer && !(store->packer = packer_new())) return qy_no_memory(err);
  if (store->insert_chunk) return QY_OK;
  return qy_sql_prepare(store->db, store->file, &store->insert_chunk,
                        "INSERT OR REPLACE INTO result_chunk (id, data) VALUES (?, ?)", err);
}

/* A column of which there are numbers, of all of them. */
static qy_status put_column(qy_store *store, int64_t batch, int column, const double *const value[CHUNK_COLUMNS],
                            int64_t count, qy_text *bytes, qy_error *err)
{
  const column_range range = pack_range(value[column], (size_t)count, qy_lane_set_best());
  bytes->length = 0;
  if (seal_pack(bytes, store->packer, column, value, (size_t)count, &range)) return qy_no_memory(err);
  return put_chunk(store, batch, column, bytes->data, bytes->length, err);
}

bool chunk_takes_intervals(const qy_store *store)
{
  return store->in_columns && store->column_number[chunk_unsure()] >= 0;
}

qy_status chunk_write(qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count, qy_error *err)
{
  qy_text bytes = {0};
  bool any[CHUNK_COLUMNS] = {false};
  const double *column[CHUNK_COLUMNS] = {NULL};
  int columns = CHUNK_RESULT;
  const bool taken = chunk_takes_intervals(store);
  for (int64_t i = 0; i < count && columns == CHUNK_RESULT && taken; i++)
    if (has_intervals(&rows[i], store->sum_keys.interval)) columns = CHUNK_COLUMNS;
  double *value = malloc(((size_t)count + 1) * (size_t)columns * sizeof *value);
  qy_status status = value ? make_ready(store, err) : qy_no_memory(err);
  if (!status) fill(value, any, columns, store, rows, count);
  for (int c = 0; c < CHUNK_COLUMNS; c++)
    if (any[c]) column[c] = value + (int64_t)c * count; /* a column of NULL has no chunk */
  for (int c = 0; c < CHUNK_COLUMNS && !status; c++)
    if (any[c]) status = put_column(store, batch, c, column, count, &bytes, err);
  qy_text_free(&bytes);
  free(value);
  return status;
}

qy_status chunk_write_packed(qy_store *store, int64_t batch, const packed_batch *p, qy_error *err)
{
  qy_text bytes = {0};
  double *value = malloc((size_t)p->count * sizeof *value);
  qy_status status = value ? make_ready(store, err) : qy_no_memory(err);
  for (int c = 0; c < CHUNK_RESULT && !status; c++) {
    size_t size;
    const void *chunk = packed_chunk(&size, p, c);
    if (chunk) status = put_chunk(store, batch, c, chunk, size, err);
    if ((c != CHUNK_REASON || !p->has_reason) && (c != CHUNK_RESOLVED || !p->has_resolved)) continue;
    for (int64_t i = 0; i < p->count; i++)
      value[i] = or_none(c == CHUNK_REASON ? store->row_reason[i] : store->row_resolved[i]);
    const double *column[CHUNK_COLUMNS] = {[CHUNK_REASON] = value, [CHUNK_RESOLVED] = value};
    if (!status) status = put_column(store, batch, c, column, p->count, &bytes, err);
  }
  qy_text_free(&bytes);
  free(value);
  return status;
}

/* ---- reading ---- */

static const char reading[] = "read the stored points";

/* Points, size and batches of the experiment. */
static qy_status read_size(chunk_reader *r, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(r->db, r->file, &read,
                                    "SELECT e.points, e.batch_points, b.batch FROM main.experiment e LEFT JOIN "
                                    "main.batch b ON b.experiment = e.id WHERE e.id = ? ORDER BY b.batch",
                                    err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, r->experiment);
  while (!status && sqlite3_step(read) == SQLITE_ROW) {
    if (!r->stored) {
      r->points = sqlite3_column_int64(read, 0);
      r->batch_points = sqlite3_column_int64(read, 1);
      r->batches = (r->points - 1) / r->batch_points + 1;
      if (!(r->stored = qy_alloc((size_t)r->batches, 1))) status = qy_no_memory(err);
    }
    const int64_t b = sqlite3_column_int64(read, 2);
    if (!status && sqlite3_column_type(read, 2) != SQLITE_NULL && b >= 0 && b < r->batches) r->stored[b] = 1;
  }
  return qy_sql_end(status, r->db, r->file, read, err);
}

qy_status chunk_open(chunk_reader *r, sqlite3 *db, const char *file, int64_t experiment, qy_error *err)
{
  *r = (chunk_reader){.db = db, .file = file, .experiment = experiment, .batch = -1};
  for (int c = 0; c < CHUNK_COLUMNS; c++)
    r->number[c] = -1;
  int64_t version = 0;
  qy_status status = qy_sql_number(db, file, "PRAGMA main.user_version", &version, err);
  r->by_column = version < STORE_BATCH_ORDER_VERSION;
  if (!status) status = read_size(r, err);
  if (!status) status = read_numbers(r, err);
  if (!status) status = qy_sql_prepare(db, file, &r->read, "SELECT data FROM main.result_chunk WHERE id = ?", err);
  if (status) chunk_close(r);
  return status;
}

void chunk_close(chunk_reader *r)
{
  sqlite3_finalize(r->read);
  sqlite3_blob_close(r->head);
  for (int c = 0; c < CHUNK_COLUMNS; c++)
    free(r->column[c]);
  free(r->stored);
  *r = (chunk_reader){.batch = -1};
}

qy_status chunk_has(bool *has, const chunk_reader *r, int column, qy_error *err)
{
  char sql[300];
  int64_t found = 0;
  *has = false;
  if (r->number[column] < 0) return QY_OK;
  snprintf(
      sql, sizeof sql,
      "SELECT EXISTS (SELECT 1 FROM main.batch b CROSS JOIN main.chunk_column n ON n.experiment = b.experiment AND "
      "n.number = %d CROSS JOIN main.result_chunk c ON c.id = %s WHERE b.experiment = %" PRId64 ")",
      r->number[column], r->by_column ? STORE_CHUNK_KEY_OLDER : STORE_CHUNK_KEY, r->experiment);
  const qy_status status = qy_sql_number(r->db, r->file, sql, &found, err);
  *has = found != 0;
  return status;
}

bool chunk_has_intervals(const chunk_reader *r)
{
  return r->number[chunk_unsure()] >= 0;
}

int64_t chunk_rows(const chunk_reader *r, int64_t batch)
{
  const int64_t left = r->points - batch * r->batch_points;
  return left < r->batch_points ? left : r->batch_points;
}

static qy_status damaged(const chunk_reader *r, int64_t batch, int column, qy_error *err)
{
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: the database is damaged: experiment %" PRId64 ", batch %" PRId64
                 ": its column %s cannot be unpacked",
                 r->file, r->experiment, batch, chunk_name(column));
}

/* Rows of a batch that are wanted, rising; row NULL: all, which the reader keeps.  Else columns of them are kept in
 * value[column * count], those that are done. */
typedef struct wanted_rows {
  const uint32_t *row;
  size_t count;
  double *value;
  bool *done;
} wanted_rows;

static qy_status unpack(double *value, chunk_reader *r, int64_t batch, int column, wanted_rows of, qy_error *err);

/* A column as it is kept. */
static qy_status unpack_kept(const double **out, chunk_reader *r, int64_t batch, int column, wanted_rows of,
                             qy_error *err)
{
  if (!of.row) return chunk_column(out, r, batch, column, err);
  double *own = of.value + (size_t)column * of.count;
  *out = own;
  if (of.done[column]) return QY_OK;
  const qy_status status = unpack(own, r, batch, column, of, err);
  of.done[column] = !status;
  return status;
}

/* Numbers by the rule of a column, from columns that may follow from others in turn. */
static qy_status unpack_rule(double *value, chunk_reader *r, int64_t batch, int column, const follow *f, wanted_rows of,
                             qy_error *err)
{
  enum { DEEPEST = 8 };
  const double *term[FOLLOW_TERMS] = {NULL};
  qy_status status = r->depth < DEEPEST ? QY_OK : damaged(r, batch, column, err);
  r->depth++;
  for (int i = 0; i < follow_terms(f) && !status; i++)
    status = unpack_kept(&term[i], r, batch, f->term[i], of, err);
  r->depth--;
  if (!status) follow_values(value, f, term, of.count);
  return status;
}

/* Its chunk, at which the statement stands, after `code`. */
static qy_status unpack_at(double *value, chunk_reader *r, follow *rule, bool *is_rule, int64_t batch, int column,
                           wanted_rows of, int code, qy_error *err)
{
  if (code != SQLITE_ROW && code != SQLITE_DONE) return qy_sql_fail(r->db, r->file, code, reading, err);
  for (size_t i = 0; i < of.count && code == SQLITE_DONE; i++) /* a column without a chunk is NULL */
    value[i] = NAN;
  if (code == SQLITE_DONE) return QY_OK;
  const void *bytes = sqlite3_column_blob(r->read, 0);
  size_t size = (size_t)sqlite3_column_bytes(r->read, 0);
  if (!bytes && sqlite3_errcode(r->db) == SQLITE_NOMEM) return qy_no_memory(err);
  if (!seal_open(&bytes, &size)) return damaged(r, batch, column, err);
  *is_rule = follow_is(bytes, size);
  const qy_status status =
      *is_rule ? (follow_read(rule, bytes, size) ? QY_OK : QY_BAD_INPUT)
               : unpack_rows(value, of.row, of.count, (size_t)chunk_rows(r, batch), bytes ? bytes : "", size);
  if (status == QY_NO_MEMORY) return qy_no_memory(err);
  return status ? damaged(r, batch, column, err) : QY_OK;
}

static qy_status unpack(double *value, chunk_reader *r, int64_t batch, int column, wanted_rows of, qy_error *err)
{
  follow rule;
  bool is_rule = false;
  int code = SQLITE_DONE;
  if (r->number[column] >= 0) {
    sqlite3_bind_int64(r->read, 1, stored_key(r, column, batch));
    code = sqlite3_step(r->read);
  }
  const qy_status status = unpack_at(value, r, &rule, &is_rule, batch, column, of, code, err);
  sqlite3_reset(r->read);
  return status || !is_rule ? status : unpack_rule(value, r, batch, column, &rule, of, err);
}

qy_status chunk_unpack(double *value, chunk_reader *r, int64_t batch, int column, qy_error *err)
{
  return unpack(value, r, batch, column, (wanted_rows){.count = (size_t)chunk_rows(r, batch)}, err);
}

qy_status chunk_column(const double **out, chunk_reader *r, int64_t batch, int column, qy_error *err)
{
  assert(batch >= 0 && batch < r->batches && column >= 0 && column < CHUNK_COLUMNS);
  if (r->batch != batch) {
    memset(r->known, 0, sizeof r->known);
    r->batch = batch;
  }
  *out = r->column[column];
  if (r->known[column]) return QY_OK;
  if (!*out && !(r->column[column] = qy_alloc((size_t)r->batch_points, sizeof(double)))) return qy_no_memory(err);
  *out = r->column[column];
  const qy_status status = chunk_unpack(r->column[column], r, batch, column, err);
  r->known[column] = !status;
  return status;
}

void chunk_range(column_range *range, chunk_reader *r, int64_t batch, int column)
{
  char head[SEAL_BYTES];
  *range = (column_range){.known = false};
  if (r->number[column] < 0) return;
  const int64_t key = stored_key(r, column, batch);
  int code = r->head ? sqlite3_blob_reopen(r->head, key)
                     : sqlite3_blob_open(r->db, "main", "result_chunk", "data", key, 0, &r->head);
  if (code == SQLITE_OK && sqlite3_blob_bytes(r->head) >= SEAL_BYTES)
    code = sqlite3_blob_read(r->head, head, SEAL_BYTES, 0);
  else if (code == SQLITE_OK)
    return;
  if (code == SQLITE_OK && seal_read(range, head, sizeof head)) return;
  *range = (column_range){.known = false}; /* who unpacks it is told why */
  sqlite3_blob_close(r->head);
  r->head = NULL;
}

/* A chunk at which the statement stands, as it is when it is whole, sealed when it is not. */
static qy_status copy_chunk(qy_store *to, chunk_reader *from, int64_t batch, int column, qy_error *err)
{
  const void *bytes = sqlite3_column_blob(from->read, 0), *inside = bytes;
  const size_t size = (size_t)sqlite3_column_bytes(from->read, 0);
  const double *value;
  qy_text own = {0}, sealed = {0};
  size_t length = size;
  if (seal_is(bytes, size))
    return seal_open(&inside, &length) ? put_chunk(to, batch, column, bytes, size, err)
                                       : damaged(from, batch, column, err);
  qy_text_put(&own, bytes ? bytes : "", size);
  sqlite3_reset(from->read);
  qy_status status = own.failed ? qy_no_memory(err) : chunk_column(&value, from, batch, column, err);
  if (!status) {
    const column_range range = pack_range(value, (size_t)chunk_rows(from, batch), qy_lane_set_best());
    if (seal_wrap(&sealed, own.data, own.length, &range)) status = qy_no_memory(err);
  }
  if (!status) status = put_chunk(to, batch, column, sealed.data, sealed.length, err);
  qy_text_free(&own);
  qy_text_free(&sealed);
  return status;
}

qy_status chunk_copy(bool *has, qy_store *to, chunk_reader *from, int64_t batch, int column, const double *other,
                     qy_error *err)
{
  const double *const value[CHUNK_COLUMNS] = {[CHUNK_REASON] = other,
                                              [CHUNK_RESOLVED] = other,
                                              [CHUNK_TECHNOLOGY] = other,
                                              [CHUNK_NETWORK] = other,
                                              [CHUNK_PRECISION] = other};
  qy_text bytes = {0};
  *has = false;
  assert(!other || column < CHUNK_METRIC);
  qy_status status = make_ready(to, err);
  if (status || from->number[column] < 0) return status;
  sqlite3_bind_int64(from->read, 1, stored_key(from, column, batch));
  const int code = sqlite3_step(from->read);
  *has = code == SQLITE_ROW; /* a column of NULL has no chunk */
  if (*has && other)
    status = put_column(to, batch, column, value, chunk_rows(from, batch), &bytes, err);
  else if (*has)
    status = copy_chunk(to, from, batch, column, err);
  else if (code != SQLITE_DONE)
    status = qy_sql_fail(from->db, from->file, code, reading, err);
  sqlite3_reset(from->read);
  qy_text_free(&bytes);
  return status;
}

/* ---- rows besides ---- */

/* Of the columns [first, end) that there can be numbers of. */
static qy_status prepare_row(sqlite3_stmt **insert, qy_store *store, const char *table, int first, int end,
                             qy_error *err)
{
  qy_text sql = {0};
  qy_text_add(&sql, "INSERT OR IGNORE INTO %s (id", table);
  for (int c = first; c < end; c++)
    if (is_column(c)) qy_text_add(&sql, ", %s", chunk_name(c));
  qy_text_add(&sql, ") VALUES (?");
  for (int c = first; c < end; c++)
    if (is_column(c)) qy_text_add(&sql, ", ?");
  qy_text_add(&sql, ")");
  const qy_status status =
      sql.failed ? qy_no_memory(err) : qy_sql_prepare(store->db, store->file, insert, sql.data, err);
  qy_text_free(&sql);
  return status;
}

/* The same columns of a point, `step` numbers apart. */
static qy_status insert_row(sqlite3_stmt *insert, const qy_store *store, int64_t key, const double *value, size_t step,
                            int first, int end, qy_error *err)
{
  const int64_t base = store->experiment << STORE_KEY_SHIFT;
  int place = 1;
  sqlite3_bind_int64(insert, place++, key);
  for (int c = first; c < end; c++) {
    const double x = value[(size_t)c * step];
    if (!is_column(c)) continue;
    if (isnan(x))
      sqlite3_bind_null(insert, place++);
    else if (c >= CHUNK_METRIC || c == CHUNK_CLOCK)
      sqlite3_bind_double(insert, place++, x);
    else
      sqlite3_bind_int64(insert, place++, (c == CHUNK_DESIGN ? base : 0) + (int64_t)x);
  }
  return qy_sql_step(store->db, store->file, insert, reading, err);
}

/* Statements for a row, and for one of intervals, NULL: these are not packed. */
typedef struct inserts {
  sqlite3_stmt *result, *interval;
} inserts;

/* Points keys[0], ..., keys[count - 1] of one batch, each once. */
static qy_status insert_rows(const inserts *insert, const qy_store *store, chunk_reader *r, const int64_t *keys,
                             size_t count, qy_error *err)
{
  const int64_t first = keys[0] - (r->experiment << STORE_KEY_SHIFT), batch = first / r->batch_points;
  double *value = malloc(CHUNK_COLUMNS * count * sizeof *value);
  uint32_t *row = malloc(count * sizeof *row);
  const double *unused;
  bool done[CHUNK_COLUMNS] = {false};
  qy_status status = value && row ? QY_OK : qy_no_memory(err);
  for (size_t i = 0; i < count && row; i++)
    row[i] = (uint32_t)(first % r->batch_points + (keys[i] - keys[0]));
  for (int c = 0; c < (insert->interval ? CHUNK_COLUMNS : CHUNK_RESULT) && !status; c++)
    if (is_column(c)) status = unpack_kept(&unused, r, batch, c, (wanted_rows){row, count, value, done}, err);
  for (size_t i = 0; i < count && !status; i++) {
    status = insert_row(insert->result, store, keys[i], value + i, count, 0, CHUNK_RESULT, err);
    const bool unsure = insert->interval && !isnan(value[(size_t)chunk_unsure() * count + i]);
    if (!status && unsure)
      status = insert_row(insert->interval, store, keys[i], value + i, count, CHUNK_RESULT, CHUNK_COLUMNS, err);
  }
  free(value);
  free(row);
  return status;
}

/* Each of so many that rise once, of batches that are stored; returns how many are left. */
static size_t keep_stored(int64_t *keys, size_t count, const chunk_reader *r)
{
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    const int64_t point = keys[i] - (r->experiment << STORE_KEY_SHIFT);
    if (kept && keys[i] == keys[kept - 1]) continue;
    if (point >= 0 && point < r->points && r->stored[point / r->batch_points]) keys[kept++] = keys[i];
  }
  return kept;
}

qy_status chunk_rows_insert(qy_store *store, int64_t *keys, size_t count, qy_error *err)
{
  chunk_reader r;
  inserts insert = {NULL, NULL};
  qy_status status = chunk_open(&r, store->db, store->file, store->experiment, err);
  if (status) return status;
  const int64_t base = store->experiment << STORE_KEY_SHIFT;
  status = prepare_row(&insert.result, store, "result", 0, CHUNK_RESULT, err);
  if (!status && chunk_has_intervals(&r))
    status = prepare_row(&insert.interval, store, "interval", CHUNK_RESULT, CHUNK_COLUMNS, err);
  if (count) qsort(keys, count, sizeof *keys, qy_by_integer);
  count = keep_stored(keys, count, &r);
  for (size_t from = 0, to; from < count && !status; from = to) {
    for (to = from + 1; to < count && (keys[to] - base) / r.batch_points == (keys[from] - base) / r.batch_points;)
      to++;
    status = insert_rows(&insert, store, &r, keys + from, to - from, err);
  }
  sqlite3_finalize(insert.result);
  sqlite3_finalize(insert.interval);
  chunk_close(&r);
  return status;
}

/* ---- the end ---- */

typedef struct key_list {
  void *key;
  size_t count, room;
} key_list;

static int add_key(key_list *list, int64_t key)
{
  if (qy_grow(&list->key, &list->room, list->count + 1, sizeof key)) return -1;
  ((int64_t *)list->key)[list->count++] = key;
  return 0;
}

static int add_best(key_list *list, const store_best *best)
{
  const int places = best->technology_count * best->network_count * best->precision_count;
  int failed = 0;
  for (int i = 0; i < places; i++)
    for (int m = 0; m < QY_METRIC_COUNT && best->entry[i]; m++)
      failed |= add_key(list, best->entry[i]->id[m]);
  return failed;
}

/* Of the reasons and technologies of all batches: one statement a pair that changes would be too many, so runs of equal
 * ones are counted first. */
static qy_status count_batch(sqlite3_stmt *insert, qy_store *store, chunk_reader *r, int64_t batch, qy_error *err)
{
  const double *reason, *technology;
  const int64_t rows = chunk_rows(r, batch);
  qy_status status = chunk_column(&reason, r, batch, CHUNK_REASON, err);
  if (!status) status = chunk_column(&technology, r, batch, CHUNK_TECHNOLOGY, err);
  for (int64_t from = 0, to; from < rows && !status; from = to) {
    for (to = from + 1; to < rows && reason[to] == reason[from] && technology[to] == technology[from];)
      to++;
    if (isnan(reason[from])) continue;
    sqlite3_bind_int64(insert, 1, store->experiment);
    sqlite3_bind_int64(insert, 2, (int64_t)technology[from]);
    sqlite3_bind_int64(insert, 3, (int64_t)reason[from]);
    sqlite3_bind_int64(insert, 4, to - from);
    status = qy_sql_step(store->db, store->file, insert, storing, err);
  }
  return status;
}

static qy_status count_infeasible(qy_store *store, qy_error *err)
{
  char erase[100];
  chunk_reader r;
  sqlite3_stmt *insert = NULL;
  snprintf(erase, sizeof erase, "DELETE FROM infeasible_count WHERE experiment = %" PRId64, store->experiment);
  qy_status status = qy_sql_run(store->db, store->file, erase, storing, err);
  if (!status) status = chunk_open(&r, store->db, store->file, store->experiment, err);
  if (status) return status;
  status = qy_sql_prepare(store->db, store->file, &insert,
                          "INSERT INTO infeasible_count (experiment, technology, reason, points) VALUES (?, ?, ?, ?) "
                          "ON CONFLICT DO UPDATE SET points = points + excluded.points",
                          err);
  for (int64_t b = 0; b < r.batches && !status; b++)
    if (r.stored[b]) status = count_batch(insert, store, &r, b, err);
  sqlite3_finalize(insert);
  chunk_close(&r);
  return status;
}

qy_status chunk_finish(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err)
{
  key_list list = {.key = NULL};
  const int64_t base = store->experiment << STORE_KEY_SHIFT;
  int failed = add_best(&list, &store->best);
  for (int f = 0; f < front_count; f++)
    for (int64_t i = 0; i < fronts[f].count; i++)
      failed |= add_key(&list, base | fronts[f].points[i]);
  qy_status status = failed ? qy_no_memory(err) : chunk_rows_insert(store, list.key, list.count, err);
  free(list.key);
  return status ? status : count_infeasible(store, err);
}
