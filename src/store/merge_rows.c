/* Copying the batches of parts: see merge_int.h.
 *
 * A table is copied by one INSERT ... SELECT for each batch, in rising order of the batches, so that keys of texts
 * come out as in a single run and rows are appended.  On the way keys of the part become those of the database: of
 * designs and results by a shift, of libraries, networks and precisions by their places in the experiment, of texts
 * by what they say. Columns are copied packed, but for those that hold keys that differ.
 */
#include "best_columns.h"
#include "chunk.h"
#include "merge_int.h"
#include "part_rows.h"
#include "sql.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char reading[] = "read the part", writing[] = "merge the parts";

/* Parts that are open at a time: each has up to three files; those of them that are attached. */
enum { SOURCES_MOST = 64, ATTACHED_MOST = 10, SCHEMA_NAME = 12, TEXTS_MOST = 1 << 26 };

/* Tables, by a first column that is the key of a result or design. */
enum { RESULT, INTERVAL, ASSIGNMENT, LAYERS, MEMBERS, DESIGN, TABLES };
static const char *const table_name[TABLES] = {"result",       "interval",      "assignment",
                                               "layer_result", "member_result", "design"};
/* Columns of a result before its metrics. */
enum {
  AT_ID,
  AT_DESIGN,
  AT_TECHNOLOGY,
  AT_NETWORK,
  AT_PRECISION,
  AT_BITS,
  AT_WEIGHT_BITS,
  AT_CLOCK,
  AT_REASON,
  AT_RESOLVED,
  AT_METRIC
};
/* What results refer to: lists of the experiment, then texts. */
enum {
  TECHNOLOGY = BEST_TECHNOLOGY,
  NETWORK = BEST_NETWORK,
  PRECISION = BEST_PRECISION,
  LISTS = BEST_LISTS,
  REASON = LISTS,
  RESOLVED,
  KEYS
};

/* A part that is open. */
typedef struct source {
  const part *part; /* NULL: none */
  qy_store *store;
  char schema[SCHEMA_NAME]; /* "part0": it is attached; "": not */
  sqlite3_stmt *mark, *insert[TABLES], *text[KEYS - LISTS];
  sqlite3_stmt *read[TABLES]; /* of one that is not attached: what part_rows shows */
  chunk_reader chunks;
  int64_t *list[LISTS];         /* keys of the part by position */
  int64_t *known[KEYS - LISTS]; /* [room] key in the database by that in the part; 0: not yet */
  int64_t room[KEYS - LISTS];
  int64_t *design; /* rising */
  size_t designs;
} source;

typedef struct merging {
  const qy_parts *parts;
  qy_store *to;
  const int64_t *list[LISTS]; /* keys of the database by position */
  int count[LISTS];
  source source[SOURCES_MOST], *from; /* the one at hand */
  int sources;
  qy_arena *arena;
  part_rows rows;
  row_sums sums; /* of what was copied */
  int attached;
  int columns[TABLES];
  const char *column[TABLES][PART_COLUMNS]; /* their names, the key first */
  int64_t last_design;                      /* which is there; -1: none */
  qy_error said;                            /* why a function of a statement failed */
} merging;

/* ---- keys ---- */

static qy_status list_place(int *place, const merging *m, int which, int64_t key, qy_error *err)
{
  *place = best_key_place(m->from->list[which], m->count[which], key);
  return *place < 0 ? best_no_key(err, best_list_name[which], key) : QY_OK;
}

static qy_status text_key(int64_t *to, const merging *m, int which, int64_t key, qy_error *err)
{
  source *s = m->from;
  const int t = which - LISTS;
  static const char *const name[] = {"reason", "resolved"};
  if (key < 0 || key >= s->room[t]) return best_no_key(err, name[t], key);
  *to = s->known[t][key];
  if (*to) return QY_OK;
  sqlite3_bind_int64(s->text[t], 1, key);
  const char *text = sqlite3_step(s->text[t]) == SQLITE_ROW ? (const char *)sqlite3_column_text(s->text[t], 0) : NULL;
  qy_status status;
  if (text)
    status = store_text_key(to, m->to, which == RESOLVED, text, err);
  else if (sqlite3_errcode(s->store->db) == SQLITE_NOMEM)
    status = qy_no_memory(err);
  else
    status = best_no_key(err, name[t], key);
  sqlite3_reset(s->text[t]);
  if (!status) s->known[t][key] = *to;
  return status;
}

static int by_number(const void *left, const void *right)
{
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static qy_status check_design(merging *m, int64_t key, qy_error *err)
{
  const source *s = m->from;
  if (key == m->last_design) return QY_OK;
  if (!s->designs || !bsearch(&key, s->design, s->designs, sizeof key, by_number))
    return best_no_key(err, "design", key);
  m->last_design = key;
  return QY_OK;
}

static int64_t shift_of(const merging *m)
{
  return (m->to->experiment - m->from->part->id) << STORE_KEY_SHIFT;
}

/* ---- functions of the statements ---- */

static void fail(sqlite3_context *out, const qy_error *err)
{
  sqlite3_result_error(out, err->count ? err->diagnostic[0].text : "", -1);
}

/* merge_key(which, key): the key in the database; NULL of NULL. */
static void merge_key(sqlite3_context *out, int count, sqlite3_value **value)
{
  merging *m = sqlite3_user_data(out);
  (void)count;
  if (sqlite3_value_type(value[1]) == SQLITE_NULL) return;
  const int which = sqlite3_value_int(value[0]);
  const int64_t key = sqlite3_value_int64(value[1]);
  int64_t to = 0;
  int place = 0;
  qy_status status =
      which < LISTS ? list_place(&place, m, which, key, &m->said) : text_key(&to, m, which, key, &m->said);
  if (status)
    fail(out, &m->said);
  else
    sqlite3_result_int64(out, which < LISTS ? m->list[which][place] : to);
}

/* Note what a result has, as qy_store_batch does. */
static qy_status see(merging *m, const int place[LISTS], int64_t id, bool reason, sqlite3_value **metric, qy_error *err)
{
  double number[QY_METRIC_COUNT];
  qy_store *to = m->to;
  for (int i = 0; i < QY_METRIC_COUNT; i++) {
    if (reason && to->seen_metric[i]) continue;
    number[i] = sqlite3_value_type(metric[i]) == SQLITE_NULL ? NAN : sqlite3_value_double(metric[i]);
    to->seen_metric[i] |= !isnan(number[i]);
    if (isinf(number[i])) return qy_fail(err, QY_BAD_INPUT, "the database is damaged: an infinite number");
  }
  if (reason) return QY_OK;
  return qy_store_best_take(&to->best, place[TECHNOLOGY], place[NETWORK], place[PRECISION], id, number)
             ? qy_no_memory(err)
             : QY_OK;
}

/* merge_row(id, design, technology, network, precision, reason, resolved, metrics ...): the key of the result in the
 * database. */
static void merge_row(sqlite3_context *out, int count, sqlite3_value **value)
{
  enum { OF_ID, OF_DESIGN, OF_LISTS, OF_REASON = OF_LISTS + LISTS, OF_RESOLVED, OF_METRIC };
  merging *m = sqlite3_user_data(out);
  assert(count == OF_METRIC + QY_METRIC_COUNT);
  (void)count;
  int place[LISTS] = {0};
  const bool reason = sqlite3_value_type(value[OF_REASON]) != SQLITE_NULL;
  const int64_t id = sqlite3_value_int64(value[OF_ID]) + shift_of(m);
  qy_status status = check_design(m, sqlite3_value_int64(value[OF_DESIGN]), &m->said);
  for (int l = 0; l < LISTS && !status; l++)
    status = list_place(&place[l], m, l, sqlite3_value_int64(value[OF_LISTS + l]), &m->said);
  m->to->seen_rows = true;
  m->to->seen_reason |= reason;
  m->to->seen_resolved |= sqlite3_value_type(value[OF_RESOLVED]) != SQLITE_NULL;
  if (!status) status = see(m, place, id, reason, value + OF_METRIC, &m->said);
  if (status)
    fail(out, &m->said);
  else
    sqlite3_result_int64(out, id);
}

/* The functions and the table part_rows on the connection; m NULL: away with them. */
static qy_status register_all(qy_store *to, merging *m, qy_error *err)
{
  int code = part_rows_register(to->db, m ? &m->rows : NULL);
  if (code == SQLITE_OK)
    code = sqlite3_create_function(to->db, "merge_row", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, m, m ? merge_row : NULL,
                                   NULL, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_create_function(to->db, "merge_key", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, m, m ? merge_key : NULL,
                                   NULL, NULL);
  return code == SQLITE_OK ? QY_OK : qy_sql_fail(to->db, to->file, code, writing, err);
}

/* ---- statements ---- */

static qy_status prepare(sqlite3_stmt **out, const qy_store *store, sqlite3_str *sql, qy_error *err)
{
  char *text = sqlite3_str_finish(sql);
  const qy_status status = text ? qy_sql_prepare(store->db, store->file, out, text, err) : qy_no_memory(err);
  sqlite3_free(text);
  return status;
}

/* Names of the columns of a table, the key first; of a result those before the metrics first. */
static qy_status read_columns(merging *m, int table, qy_error *err)
{
  static const char *const fixed[AT_METRIC] = {"id",        "design",         "technology",  "network",
                                               "precision", "precision_bits", "weight_bits", "clock_mhz",
                                               "reason",    "resolved"};
  sqlite3_stmt *read = NULL;
  sqlite3_str *sql = sqlite3_str_new(m->to->db);
  int *n = &m->columns[table];
  for (int i = 0; i < AT_METRIC && table == RESULT; i++)
    m->column[table][(*n)++] = fixed[i];
  for (int i = 0; i < QY_METRIC_COUNT && table == RESULT; i++)
    m->column[table][(*n)++] = qy_metric_table()[i].name;
  sqlite3_str_appendf(sql, "SELECT name FROM pragma_table_info(%Q, 'main') ORDER BY cid", table_name[table]);
  qy_status status = prepare(&read, m->to, sql, err);
  while (!status && table != RESULT && sqlite3_step(read) == SQLITE_ROW) {
    assert(*n < PART_COLUMNS);
    const char *name = (const char *)sqlite3_column_text(read, 0);
    if (!name || !(m->column[table][(*n)++] = qy_arena_text(m->arena, name, strlen(name)))) status = qy_no_memory(err);
  }
  return qy_sql_end(status, m->to->db, m->to->file, read, err);
}

static void put_names(sqlite3_str *sql, const merging *m, int table)
{
  for (int c = 0; c < m->columns[table]; c++)
    sqlite3_str_appendf(sql, "%s\"%w\"", c ? ", " : "", m->column[table][c]);
}

/* A column of the part in an INSERT. */
static void put_column(sqlite3_str *sql, const merging *m, const source *s, int table, int c)
{
  if (s->schema[0])
    sqlite3_str_appendf(sql, "\"%w\"", m->column[table][c]);
  else
    sqlite3_str_appendf(sql, "c%d", c);
}

static void put_result(sqlite3_str *sql, const merging *m, const source *s)
{
  static const int of_row[] = {AT_ID, AT_DESIGN, AT_TECHNOLOGY, AT_NETWORK, AT_PRECISION, AT_REASON, AT_RESOLVED};
  static const int key_of[AT_METRIC] = {[AT_TECHNOLOGY] = TECHNOLOGY,
                                        [AT_NETWORK] = NETWORK,
                                        [AT_PRECISION] = PRECISION,
                                        [AT_REASON] = REASON,
                                        [AT_RESOLVED] = RESOLVED};
  sqlite3_str_appendall(sql, "merge_row(");
  for (size_t i = 0; i < sizeof of_row / sizeof *of_row; i++) {
    if (i) sqlite3_str_appendall(sql, ", ");
    put_column(sql, m, s, RESULT, of_row[i]);
  }
  for (int i = 0; i < QY_METRIC_COUNT; i++) {
    sqlite3_str_appendall(sql, ", ");
    put_column(sql, m, s, RESULT, AT_METRIC + i);
  }
  sqlite3_str_appendall(sql, ")");
  for (int c = 1; c < m->columns[RESULT]; c++) {
    const bool is_key = c < AT_METRIC && (c == AT_TECHNOLOGY || key_of[c]);
    if (is_key) sqlite3_str_appendf(sql, ", merge_key(%d", key_of[c]);
    sqlite3_str_appendall(sql, ", ");
    put_column(sql, m, s, RESULT, c);
    if (c == AT_DESIGN) sqlite3_str_appendall(sql, " + ?1");
    if (is_key) sqlite3_str_appendall(sql, ")");
  }
}

/* Rows of [?2, ?3) by their keys in the part. */
static void put_range(sqlite3_str *sql, const merging *m, int table, const char *schema)
{
  const char *key = m->column[table][0];
  sqlite3_str_appendf(sql, " FROM %s.%s WHERE %s >= ?2 AND %s < ?3", schema, table_name[table], key, key);
  /* Of columns only what assignments refer to are rows too; those for fronts are written anew. */
  if (table == RESULT && m->to->in_columns)
    sqlite3_str_appendf(sql, " AND id IN (SELECT point FROM %s.assignment)", schema);
  sqlite3_str_appendf(sql, " ORDER BY %s", key);
}

static qy_status prepare_insert(const merging *m, source *s, int table, qy_error *err)
{
  sqlite3_str *sql = sqlite3_str_new(m->to->db);
  sqlite3_str_appendf(sql, "INSERT INTO main.%s (", table_name[table]);
  put_names(sql, m, table);
  sqlite3_str_appendall(sql, ") SELECT ");
  if (table == RESULT) put_result(sql, m, s);
  for (int c = 0; c < m->columns[table] && table != RESULT; c++) {
    if (c) sqlite3_str_appendall(sql, ", ");
    put_column(sql, m, s, table, c);
    if (!c) sqlite3_str_appendall(sql, " + ?1");
  }
  if (s->schema[0])
    put_range(sql, m, table, s->schema);
  else
    sqlite3_str_appendall(sql, " FROM part_rows WHERE true");
  /* A design may be of several parts; one that breaks another constraint is not passed over. */
  if (table == DESIGN) sqlite3_str_appendall(sql, " ON CONFLICT (id) DO NOTHING");
  return prepare(&s->insert[table], m->to, sql, err);
}

/* ---- opening parts ---- */

static void source_close(source *s)
{
  sqlite3_finalize(s->mark);
  for (int t = 0; t < TABLES; t++) {
    sqlite3_finalize(s->insert[t]);
    sqlite3_finalize(s->read[t]);
  }
  for (int t = 0; t < KEYS - LISTS; t++) {
    sqlite3_finalize(s->text[t]);
    free(s->known[t]);
  }
  for (int l = 0; l < LISTS; l++)
    free(s->list[l]);
  chunk_close(&s->chunks);
  free(s->design);
  qy_store_close(s->store);
  *s = (source){.part = NULL};
}

static qy_status read_list(const merging *m, source *s, int which, qy_error *err)
{
  const int count = m->count[which];
  sqlite3_stmt *read = NULL;
  sqlite3_str *sql = sqlite3_str_new(s->store->db);
  sqlite3_str_appendf(sql, "SELECT %s FROM experiment_%s WHERE experiment = ? ORDER BY position", best_list_name[which],
                      best_list_name[which]);
  qy_status status = prepare(&read, s->store, sql, err);
  if (!status && !(s->list[which] = qy_alloc((size_t)count, sizeof(int64_t)))) status = qy_no_memory(err);
  if (!status) sqlite3_bind_int64(read, 1, s->part->id);
  int n = 0;
  for (; !status && sqlite3_step(read) == SQLITE_ROW; n++)
    if (n < count) s->list[which][n] = sqlite3_column_int64(read, 0);
  status = qy_sql_end(status, s->store->db, s->store->file, read, err);
  if (!status && n != count)
    status = qy_fail(err, QY_BAD_INPUT, "the database is damaged: %d links with a %s of %d", n, best_list_name[which],
                     count);
  return status;
}

static qy_status open_texts(source *s, int t, qy_error *err)
{
  static const char *const most[] = {"SELECT max(id) FROM reason", "SELECT max(id) FROM resolved"};
  static const char *const text[] = {"SELECT text FROM reason WHERE id = ?", "SELECT value FROM resolved WHERE id = ?"};
  qy_status status = qy_sql_number(s->store->db, s->store->file, most[t], &s->room[t], err);
  if (status) return status;
  if (s->room[t]++ < 0 || s->room[t] > TEXTS_MOST) return best_no_key(err, "text", s->room[t]);
  if (!(s->known[t] = qy_alloc((size_t)s->room[t], sizeof(int64_t)))) return qy_no_memory(err);
  return qy_sql_prepare(s->store->db, s->store->file, &s->text[t], text[t], err);
}

static qy_status read_designs(source *s, qy_error *err)
{
  double *key = NULL;
  char sql[120];
  snprintf(sql, sizeof sql,
           "SELECT id & 0xffffffffff FROM design WHERE id >= %" PRId64 " AND id < %" PRId64 " ORDER BY 1",
           s->part->id << STORE_KEY_SHIFT, (s->part->id + 1) << STORE_KEY_SHIFT);
  qy_status status = qy_store_columns(s->store, sql, 1, &key, &s->designs, err);
  if (!status && !(s->design = qy_alloc(s->designs + 1, sizeof *s->design))) status = qy_no_memory(err);
  for (size_t i = 0; i < s->designs && !status; i++)
    s->design[i] = (s->part->id << STORE_KEY_SHIFT) + (int64_t)key[i];
  free(key);
  return status;
}

static qy_status prepare_read(const merging *m, source *s, int table, qy_error *err)
{
  sqlite3_str *sql = sqlite3_str_new(s->store->db);
  sqlite3_str_appendall(sql, "SELECT ");
  put_names(sql, m, table);
  put_range(sql, m, table, "main");
  return prepare(&s->read[table], s->store, sql, err);
}

/* SQLite attaches ten databases, and lets none go within a transaction.  Names that mean something else to it, and
 * files in directories that cannot be written, stay out too: what is not attached is read through part_rows. */
static qy_status attach(merging *m, source *s, qy_error *err)
{
  sqlite3_stmt *run = NULL;
  char sql[80];
  if (m->attached == ATTACHED_MOST || s->part->file[0] == ':' || strncmp(s->part->file, "file:", 5) == 0) return QY_OK;
  snprintf(s->schema, sizeof s->schema, "part%d", m->attached);
  snprintf(sql, sizeof sql, "ATTACH ? AS %s", s->schema);
  int code = sqlite3_prepare_v2(m->to->db, sql, -1, &run, NULL);
  if (!code) code = sqlite3_bind_text(run, 1, s->part->file, -1, SQLITE_STATIC);
  if (!code) code = sqlite3_step(run);
  if (code == SQLITE_DONE)
    m->attached++;
  else
    s->schema[0] = '\0';
  sqlite3_finalize(run);
  return code == SQLITE_NOMEM ? qy_no_memory(err) : QY_OK;
}

void parts_detach(const qy_store *store)
{
  char sql[40];
  for (int i = 0; i < ATTACHED_MOST; i++) {
    snprintf(sql, sizeof sql, "DETACH part%d", i);
    sqlite3_exec(store->db, sql, NULL, NULL, NULL);
  }
}

static qy_status source_open(merging *m, source *s, const part *p, qy_error *err)
{
  qy_status status = qy_store_open(&s->store, p->file, QY_STORE_READ, err);
  if (status) return status;
  s->part = p;
  status =
      qy_sql_prepare(s->store->db, s->store->file, &s->mark,
                     "SELECT rows, intervals, assignments, sum FROM batch WHERE experiment = ? AND batch = ?", err);
  if (!status) status = attach(m, s, err);
  for (int t = 0; t < TABLES && !status; t++) {
    status = prepare_insert(m, s, t, err);
    if (!status && !s->schema[0]) status = prepare_read(m, s, t, err);
  }
  for (int l = 0; l < LISTS && !status; l++)
    status = read_list(m, s, l, err);
  for (int t = 0; t < KEYS - LISTS && !status; t++)
    status = open_texts(s, t, err);
  if (!status) status = read_designs(s, err);
  if (!status && m->to->in_columns) status = chunk_open(&s->chunks, s->store->db, s->store->file, p->id, err);
  return status;
}

/* ---- columns ---- */

/* A column of keys as the database has them into value; NULL where all are the same ones. */
static qy_status map_column(const double **out, double *value, const merging *m, int column, const double *from,
                            int64_t rows, qy_error *err)
{
  static const int key_of[CHUNK_METRIC] = {[CHUNK_TECHNOLOGY] = TECHNOLOGY,
                                           [CHUNK_NETWORK] = NETWORK,
                                           [CHUNK_PRECISION] = PRECISION,
                                           [CHUNK_REASON] = REASON,
                                           [CHUNK_RESOLVED] = RESOLVED};
  const int which = key_of[column];
  double last = NAN, mapped = NAN;
  bool differ = false;
  for (int64_t i = 0; i < rows; i++) {
    int64_t to = 0;
    int place = 0;
    value[i] = from[i];
    if (isnan(from[i])) continue;
    if (from[i] != last) {
      const qy_status status = which < LISTS ? list_place(&place, m, which, (int64_t)from[i], err)
                                             : text_key(&to, m, which, (int64_t)from[i], err);
      if (status) return status;
      last = from[i];
      mapped = (double)(which < LISTS ? m->list[which][place] : to);
    }
    value[i] = mapped;
    differ |= mapped != from[i];
  }
  *out = differ ? value : NULL;
  return QY_OK;
}

static bool holds_keys(int column)
{
  return column == CHUNK_TECHNOLOGY || column == CHUNK_NETWORK || column == CHUNK_PRECISION || column == CHUNK_REASON ||
         column == CHUNK_RESOLVED;
}

/* Designs of the rows, which others do not tell: each is there. */
static qy_status check_designs(merging *m, int64_t batch, int64_t rows, qy_error *err)
{
  const double *design;
  double last = NAN;
  qy_status status = chunk_column(&design, &m->from->chunks, batch, CHUNK_DESIGN, err);
  for (int64_t i = 0; i < rows && !status; i++) {
    if (design[i] != last) status = check_design(m, (m->from->part->id << STORE_KEY_SHIFT) + (int64_t)design[i], err);
    last = design[i];
  }
  return status;
}

/* Note what the results have, as qy_store_batch_packed does. */
static qy_status see_columns(merging *m, int64_t batch, qy_error *err)
{
  qy_store *to = m->to;
  const source *s = m->from;
  const best_lists lists = {{s->list[TECHNOLOGY], s->list[NETWORK], s->list[PRECISION]},
                            {m->count[TECHNOLOGY], m->count[NETWORK], m->count[PRECISION]}};
  const qy_status status = check_designs(m, batch, chunk_rows(&s->chunks, batch), err);
  return status ? status
                : chunk_best_take(&to->best, &m->from->chunks, batch, &lists, to->experiment << STORE_KEY_SHIFT, err);
}

/* Those of a column of keys that have other numbers here; *mapped NULL: none has. */
static qy_status map_keys(const double **mapped, double *room, merging *m, int64_t batch, int column, qy_error *err)
{
  const double *value;
  *mapped = NULL;
  if (!holds_keys(column)) return QY_OK;
  const qy_status status = chunk_column(&value, &m->from->chunks, batch, column, err);
  return status ? status : map_column(mapped, room, m, column, value, chunk_rows(&m->from->chunks, batch), err);
}

static void note_column(qy_store *to, int column)
{
  to->seen_rows = true;
  if (column == CHUNK_REASON) to->seen_reason = true;
  if (column == CHUNK_RESOLVED) to->seen_resolved = true;
  if (column >= CHUNK_METRIC && column < CHUNK_RESULT) to->seen_metric[column - CHUNK_METRIC] = true;
}

static qy_status copy_columns(merging *m, int64_t batch, qy_error *err)
{
  chunk_reader *from = &m->from->chunks;
  const double *mapped;
  if (batch >= from->batches) return best_no_key(err, "batch", batch);
  double *room = qy_alloc((size_t)chunk_rows(from, batch), sizeof *room);
  qy_status status = room ? QY_OK : qy_no_memory(err);
  for (int c = 0; c < CHUNK_COLUMNS && !status; c++) {
    bool has = false;
    if (m->to->column_number[c] < 0) continue;
    status = map_keys(&mapped, room, m, batch, c, err);
    if (!status) status = chunk_copy(&has, m->to, from, batch, c, mapped, err);
    if (has) note_column(m->to, c);
  }
  free(room);
  return status ? status : see_columns(m, batch, err);
}

/* ---- copying ---- */

/* Is it the part that cannot be read?  What is written is not read anew. */
static bool is_unread(const source *s, int code)
{
  const int kind = code & 0xff;
  return s->schema[0] && (kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_BUSY ||
                          code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ);
}

/* Rows [first, end) of a table, by their keys in the part; *count: how many. */
static qy_status copy_table(merging *m, int table, int64_t first, int64_t end, int64_t *count, qy_error *err)
{
  const source *s = m->from;
  sqlite3_stmt *insert = s->insert[table], *range = s->schema[0] ? insert : s->read[table];
  qy_status status = QY_OK;
  sqlite3_bind_int64(insert, 1, shift_of(m));
  sqlite3_bind_int64(range, 2, first);
  sqlite3_bind_int64(range, 3, end);
  m->rows = (part_rows){s->read[table], SQLITE_DONE};
  const int code = sqlite3_step(insert);
  *count = sqlite3_changes(m->to->db);
  if (m->rows.code != SQLITE_DONE && m->rows.code != SQLITE_ROW)
    status = parts_blame(s->part, qy_sql_fail(s->store->db, s->store->file, m->rows.code, reading, err), err);
  else if (m->said.count)
    status = parts_blame(s->part, qy_fail(err, m->said.status, "%s", m->said.diagnostic[0].text), err);
  else if ((code & 0xff) == SQLITE_CONSTRAINT)
    status = qy_fail(err, QY_BAD_INPUT, "%s: the database is damaged: %s", s->part->file, sqlite3_errmsg(m->to->db));
  else if (code != SQLITE_DONE && is_unread(s, code))
    status = parts_blame(s->part, qy_sql_fail(m->to->db, s->part->file, code, reading, err), err);
  else if (code != SQLITE_DONE)
    status = qy_sql_fail(m->to->db, m->to->file, code, writing, err);
  sqlite3_reset(insert);
  if (range != insert) sqlite3_reset(range);
  return status;
}

static qy_status open_part(merging *m, const part *p, bool *seen, qy_error *err)
{
  int64_t unused;
  m->last_design = -1;
  m->from = NULL;
  for (int i = 0; i < m->sources && !m->from; i++)
    if (m->source[i].part == p) m->from = &m->source[i];
  if (m->from) return QY_OK;
  if (m->sources == SOURCES_MOST)
    while (m->sources > m->attached) /* these were opened first */
      source_close(&m->source[--m->sources]);
  m->from = &m->source[m->sources++];
  qy_status status = parts_blame(p, source_open(m, m->from, p, err), err);
  if (status || *seen) return status;
  *seen = true;
  return copy_table(m, DESIGN, p->id << STORE_KEY_SHIFT, (p->id + 1) << STORE_KEY_SHIFT, &unused, err);
}

/* What the batch was stored with: results, intervals, assignments, and the sum of their values where it is known. */
typedef struct batch_mark {
  int64_t rows[3], sum;
  bool summed;
} batch_mark;

static qy_status read_mark(batch_mark *mark, const merging *m, int64_t batch, qy_error *err)
{
  sqlite3_stmt *read = m->from->mark;
  sqlite3_bind_int64(read, 1, m->from->part->id);
  sqlite3_bind_int64(read, 2, batch);
  qy_status status = QY_OK;
  const int code = sqlite3_step(read);
  if (code == SQLITE_NOMEM)
    status = qy_no_memory(err);
  else if (code != SQLITE_ROW)
    status = best_no_key(err, "batch", batch);
  for (int i = 0; i < 3; i++)
    mark->rows[i] = sqlite3_column_int64(read, i);
  mark->summed = sqlite3_column_type(read, 3) != SQLITE_NULL;
  mark->sum = sqlite3_column_int64(read, 3);
  sqlite3_reset(read);
  return parts_blame(m->from->part, status, err);
}

/* Results of a batch with packed intervals. */
static qy_status count_intervals(int64_t *count, merging *m, int64_t batch, qy_error *err)
{
  const double *end;
  chunk_reader *from = &m->from->chunks;
  const qy_status status = chunk_column(&end, from, batch, chunk_unsure(), err);
  *count = 0;
  for (int64_t i = 0; !status && i < chunk_rows(from, batch); i++)
    *count += !isnan(end[i]);
  return parts_blame(m->from->part, status, err);
}

static qy_status copy_rows(merging *m, int64_t batch, int64_t points, const int64_t wanted[3], qy_error *err)
{
  static const int counted[] = {RESULT, INTERVAL, ASSIGNMENT};
  static const char *const what[] = {"results", "intervals", "assignments"};
  const int64_t first = (m->from->part->id << STORE_KEY_SHIFT) + batch * m->parts->batch_points;
  const int64_t results = m->to->in_columns ? wanted[2] : wanted[0];
  int64_t found;
  qy_status status = QY_OK;
  for (int i = 0; i < 3 && !status; i++) {
    const int64_t rows = i ? wanted[i] : results;
    status = counted[i] == INTERVAL && chunk_takes_intervals(m->to) /* they came with the columns */
                 ? count_intervals(&found, m, batch, err)
                 : copy_table(m, counted[i], first, first + points, &found, err);
    if (!status && found != rows)
      status =
          qy_fail(err, QY_BAD_INPUT, "%s: the database is damaged: batch %" PRId64 " has %" PRId64 " %s of %" PRId64,
                  m->from->part->file, batch, found, what[i], rows);
  }
  if (!status) status = copy_table(m, LAYERS, first, first + points, &found, err);
  return status ? status : copy_table(m, MEMBERS, first, first + points, &found, err);
}

/* Are the values that were copied those that were stored? */
static qy_status check_sum(merging *m, int64_t first, int64_t points, int64_t wanted, qy_error *err)
{
  int64_t sum;
  const qy_status status = row_sums_of(&sum, &m->sums, m->to->experiment, first, first + points, err);
  if (status || sum == wanted) return status;
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: the database is damaged: results of points %" PRId64 " to %" PRId64
                 " are not as they were stored",
                 m->from->part->file, first, first + points - 1);
}

/* Intervals are packed in both or in none. */
static qy_status check_intervals(const merging *m, const batch_mark *mark, qy_error *err)
{
  static const char *const how[] = {"as rows", "in columns"};
  const bool are = chunk_has_intervals(&m->from->chunks), wanted = chunk_takes_intervals(m->to);
  if (!mark->rows[1] || are == wanted) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected intervals %s, found them %s: another version of quarry stored them; run the part again",
                 m->from->part->file, how[wanted], how[are]);
}

static qy_status copy_batch(merging *m, int64_t batch, qy_error *err)
{
  const int64_t size = m->parts->batch_points, left = m->parts->points - batch * size;
  const int64_t points = left < size ? left : size;
  batch_mark mark = {0};
  qy_status status = read_mark(&mark, m, batch, err);
  if (!status && m->to->in_columns) status = check_intervals(m, &mark, err);
  if (!status && m->to->in_columns) status = parts_blame(m->from->part, copy_columns(m, batch, err), err);
  if (!status) status = copy_rows(m, batch, points, mark.rows, err);
  if (!status && mark.summed) status = check_sum(m, batch * size, points, mark.sum, err);
  if (!status) status = store_mark_batch(m->to, batch, mark.rows, mark.summed ? &mark.sum : NULL, writing, err);
  return status;
}

static qy_status copy_batches(merging *m, qy_error *err)
{
  const qy_parts *parts = m->parts;
  bool *seen = qy_arena_alloc(parts->arena, (size_t)parts->count, sizeof *seen);
  qy_status status = seen ? QY_OK : qy_no_memory(err);
  for (int64_t b = 0; b < parts->batch_count && !status; b++) {
    if (parts->owner[b] < 0 || qy_store_has_batch(m->to, b)) continue;
    status = open_part(m, &parts->part[parts->owner[b]], &seen[parts->owner[b]], err);
    if (!status) status = copy_batch(m, b, err);
  }
  return status;
}

qy_status parts_copy(const qy_parts *parts, qy_store *to, const qy_store_experiment *e, qy_error *err)
{
  assert(parts && to && e && to->experiment);
  merging *m = qy_alloc(1, sizeof *m);
  if (!m) return qy_no_memory(err);
  m->parts = parts;
  m->to = to;
  m->list[TECHNOLOGY] = to->technology;
  m->list[NETWORK] = to->network;
  m->list[PRECISION] = to->precision;
  m->count[TECHNOLOGY] = e->technology_count;
  m->count[NETWORK] = e->network_count;
  m->count[PRECISION] = e->precision_count;
  m->arena = qy_arena_new();
  qy_status status = m->arena ? register_all(to, m, err) : qy_no_memory(err);
  for (int t = 0; t < TABLES && !status; t++)
    status = read_columns(m, t, err);
  if (!status) status = row_sums_open(&m->sums, to->db, to->file, err);
  if (!status) status = copy_batches(m, err);
  row_sums_close(&m->sums);
  for (int i = 0; i < m->sources; i++)
    source_close(&m->source[i]);
  qy_error ignored = {0};
  register_all(to, NULL, &ignored);
  qy_arena_free(m->arena);
  free(m);
  return status;
}
