/* A table `result` of all results, whether they are rows or packed columns, and the views over it, for a connection
 * that reads: see chunk.h.
 *
 * It stands in the temporary schema, where names are looked up first, as a virtual table ("The Virtual Table
 * Mechanism Of SQLite", sqlite.org/vtab.html).  A scan goes through stretches of ids: those of experiments with
 * chunks are unpacked, those between them are read from the table of rows.  A single id is looked for among the rows
 * first: points that others refer to have one.
 */
#include "chunk.h"

#include "quarry/alloc.h"
#include "quarry/text.h"
#include "schema.h"
#include "sql.h"
#include "store_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct results {
  sqlite3_vtab base; /* first: SQLite sees only this */
  sqlite3 *db;
  int columns;
  int *column; /* [columns] of the table: place of chunk.h; -1: the id, -2: of another program */
} results;

enum { IS_ID = -1, IS_OTHER = -2 };

/* Ids from first to last: of chunks of an experiment, or rows. */
typedef struct stretch {
  int64_t first, last, experiment; /* 0: rows */
} stretch;

typedef struct cursor {
  sqlite3_vtab_cursor base;
  stretch *stretch;
  size_t stretches, at;
  sqlite3_stmt *rows;
  chunk_reader reader;
  bool open;              /* the reader is, of this stretch */
  bool single;            /* one id is looked for */
  int64_t id, batch, row; /* of chunks: where it stands */
} cursor;

static int fail(sqlite3_vtab *table, const qy_error *err)
{
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = sqlite3_mprintf("%s", err->count ? err->diagnostic[0].text : "out of memory");
  return err->status == QY_NO_MEMORY ? SQLITE_NOMEM : SQLITE_CORRUPT_VTAB;
}

/* ---- the table ---- */

static int declare(results *t, sqlite3 *db)
{
  sqlite3_stmt *read = NULL;
  sqlite3_str *sql = sqlite3_str_new(db);
  int code = sqlite3_prepare_v2(db, "SELECT name, type FROM pragma_table_info('result', 'main')", -1, &read, NULL);
  sqlite3_str_appendall(sql, "CREATE TABLE x (");
  while (code == SQLITE_OK && sqlite3_step(read) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(read, 0);
    int *grown = sqlite3_realloc(t->column, (t->columns + 1) * (int)sizeof *grown);
    if (!grown) code = SQLITE_NOMEM;
    if (!grown) break;
    t->column = grown;
    const int c = chunk_find(name);
    grown[t->columns] = strcmp(name, "id") == 0 ? IS_ID : c >= 0 ? c : IS_OTHER;
    sqlite3_str_appendf(sql, "%s\"%w\" %s", t->columns++ ? ", " : "", name, sqlite3_column_text(read, 1));
  }
  sqlite3_str_appendall(sql, ")");
  const int ended = sqlite3_finalize(read);
  if (code == SQLITE_OK) code = ended;
  char *text = sqlite3_str_finish(sql);
  if (code == SQLITE_OK) code = text ? sqlite3_declare_vtab(db, text) : SQLITE_NOMEM;
  sqlite3_free(text);
  return code;
}

static int results_disconnect(sqlite3_vtab *table)
{
  results *t = (results *)table;
  sqlite3_free(t->column);
  sqlite3_free(t);
  return SQLITE_OK;
}

static int results_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv, sqlite3_vtab **out,
                           char **message)
{
  (void)ctx, (void)argc, (void)argv, (void)message;
  results *t = sqlite3_malloc((int)sizeof *t);
  if (!t) return SQLITE_NOMEM;
  *t = (results){.db = db};
  const int code = declare(t, db);
  *out = &t->base;
  if (code != SQLITE_OK) results_disconnect(*out);
  return code;
}

/* Ends of a stretch of ids; beside the last two: without the end itself. */
enum { HAS_EQUAL = 1, HAS_LOW = 2, HAS_HIGH = 4, IS_ABOVE = 8, IS_BELOW = 16 };

/* Which of the ends a constraint is; 0: none. */
static int end_of(const results *t, const struct sqlite3_index_constraint *c)
{
  if (!c->usable || (c->iColumn >= 0 && t->column[c->iColumn] != IS_ID)) return 0;
  switch (c->op) {
  case SQLITE_INDEX_CONSTRAINT_EQ: return HAS_EQUAL;
  case SQLITE_INDEX_CONSTRAINT_GT: return HAS_LOW | IS_ABOVE;
  case SQLITE_INDEX_CONSTRAINT_GE: return HAS_LOW;
  case SQLITE_INDEX_CONSTRAINT_LT: return HAS_HIGH | IS_BELOW;
  case SQLITE_INDEX_CONSTRAINT_LE: return HAS_HIGH;
  default: return 0;
  }
}

/* Ends are exact, so that SQLite need not check them again for each row. */
static int results_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
  const results *t = (const results *)table;
  int place = 0;
  for (int wanted = HAS_EQUAL; wanted <= HAS_HIGH; wanted *= 2)
    for (int i = 0; i < info->nConstraint; i++) {
      const int end = end_of(t, &info->aConstraint[i]);
      if (!(end & wanted) || (info->idxNum & (wanted | HAS_EQUAL))) continue;
      info->aConstraintUsage[i].argvIndex = ++place;
      info->aConstraintUsage[i].omit = 1;
      info->idxNum |= end;
    }
  const double all = 1e6, part = 1e5, one = 10;
  info->estimatedCost = info->idxNum & HAS_EQUAL ? one : info->idxNum ? part : all;
  info->estimatedRows = info->idxNum & HAS_EQUAL ? 1 : (sqlite3_int64)info->estimatedCost;
  if (info->idxNum & HAS_EQUAL) info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  const bool by_id = info->nOrderBy == 1 && !info->aOrderBy[0].desc &&
                     (info->aOrderBy[0].iColumn < 0 || t->column[info->aOrderBy[0].iColumn] == IS_ID);
  info->orderByConsumed = by_id;
  return SQLITE_OK;
}

/* ---- a scan ---- */

static int results_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
  cursor *c = sqlite3_malloc((int)sizeof *c);
  if (!c) return SQLITE_NOMEM;
  memset(c, 0, sizeof *c);
  const int code = sqlite3_prepare_v2(
      ((results *)table)->db, "SELECT * FROM main.result WHERE id BETWEEN ?1 AND ?2 ORDER BY id", -1, &c->rows, NULL);
  if (code != SQLITE_OK)
    sqlite3_free(c); /* SQLite does not close what was not opened */
  else
    *out = &c->base;
  return code;
}

static void forget(cursor *c)
{
  if (c->open) chunk_close(&c->reader);
  c->open = false;
}

static int results_close(sqlite3_vtab_cursor *base)
{
  cursor *c = (cursor *)base;
  forget(c);
  sqlite3_finalize(c->rows);
  sqlite3_free(c->stretch);
  sqlite3_free(c);
  return SQLITE_OK;
}

static int add_stretch(cursor *c, int64_t first, int64_t last, int64_t experiment)
{
  if (first > last) return SQLITE_OK;
  stretch *grown = sqlite3_realloc64(c->stretch, (c->stretches + 1) * sizeof *grown);
  if (!grown) return SQLITE_NOMEM;
  c->stretch = grown;
  grown[c->stretches++] = (stretch){first, last, experiment};
  return SQLITE_OK;
}

/* From low to high: experiments with chunks, and what is between them. */
static int find_stretches(cursor *c, sqlite3 *db, int64_t low, int64_t high)
{
  sqlite3_stmt *read = NULL;
  int64_t next = low;
  int code =
      sqlite3_prepare_v2(db, "SELECT id FROM main.experiment WHERE store = 'columns' ORDER BY id", -1, &read, NULL);
  while (code == SQLITE_OK && sqlite3_step(read) == SQLITE_ROW) {
    const int64_t id = sqlite3_column_int64(read, 0), from = id << STORE_KEY_SHIFT,
                  to = ((id + 1) << STORE_KEY_SHIFT) - 1;
    if (to < low || from > high) continue;
    code = add_stretch(c, next, from - 1, 0);
    if (code == SQLITE_OK && low == high) code = add_stretch(c, low, high, 0);
    if (code == SQLITE_OK) code = add_stretch(c, from > low ? from : low, to < high ? to : high, id);
    next = to + 1;
  }
  const int ended = sqlite3_finalize(read);
  if (code == SQLITE_OK) code = ended;
  return code == SQLITE_OK ? add_stretch(c, next, high, 0) : code;
}

/* The first point at or after id that is stored; false: none in the stretch. */
static bool find_stored(cursor *c, int64_t id)
{
  const chunk_reader *r = &c->reader;
  const int64_t base = r->experiment << STORE_KEY_SHIFT;
  while (id <= c->stretch[c->at].last && id - base < r->points) {
    const int64_t batch = (id - base) / r->batch_points;
    if (r->stored[batch]) {
      c->id = id;
      c->batch = batch;
      c->row = id - base - batch * r->batch_points;
      return true;
    }
    id = base + (batch + 1) * r->batch_points;
  }
  return false;
}

/* The first result of the stretch at hand, or of one behind it. */
static int begin(cursor *c)
{
  for (; c->at < c->stretches; c->at++) {
    const stretch *s = &c->stretch[c->at];
    if (!s->experiment) {
      sqlite3_reset(c->rows);
      sqlite3_bind_int64(c->rows, 1, s->first);
      sqlite3_bind_int64(c->rows, 2, s->last);
      const int code = sqlite3_step(c->rows);
      if (code == SQLITE_ROW) return SQLITE_OK;
      if (code != SQLITE_DONE) return code;
      continue;
    }
    if (!c->open || c->reader.experiment != s->experiment) {
      qy_error err = {0};
      forget(c);
      if (chunk_open(&c->reader, ((results *)c->base.pVtab)->db, "the database", s->experiment, &err))
        return fail(c->base.pVtab, &err);
      c->open = true;
    }
    if (find_stored(c, s->first)) return SQLITE_OK;
  }
  return SQLITE_OK;
}

/* Ids from low to high. */
typedef struct id_range {
  int64_t low, high;
} id_range;

static const id_range no_ids = {1, 0}, all_ids = {0, INT64_MAX};

/* Ids between which those stand that compare with a number so; a number is below every text. */
static id_range ids_of(sqlite3_value *value, int end, bool strict)
{
  const int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_NULL) return no_ids; /* nothing compares with it */
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return end == HAS_HIGH ? all_ids : no_ids;
  int64_t id = sqlite3_value_int64(value);
  bool whole = true;
  if (type == SQLITE_FLOAT) {
    const double x = sqlite3_value_double(value), above = 0x1p63;
    if (x >= above) return end == HAS_HIGH ? all_ids : no_ids;
    if (x < 0) return end == HAS_LOW ? all_ids : no_ids;
    id = (int64_t)x;
    whole = (double)id == x;
  }
  if (end == HAS_EQUAL) return whole ? (id_range){id, id} : no_ids;
  if (end == HAS_LOW && (strict || !whole)) return id == INT64_MAX ? no_ids : (id_range){id + 1, INT64_MAX};
  if (end == HAS_LOW) return (id_range){id, INT64_MAX};
  if (strict && whole) return id <= 0 ? no_ids : (id_range){0, id - 1};
  return (id_range){0, id};
}

static int results_filter(sqlite3_vtab_cursor *base, int plan, const char *name, int argc, sqlite3_value **argv)
{
  cursor *c = (cursor *)base;
  id_range of = all_ids;
  (void)name;
  for (int i = 0, end = HAS_EQUAL; i < argc; end *= 2) {
    if (!(plan & end)) continue;
    const bool strict = plan & (end == HAS_LOW ? IS_ABOVE : end == HAS_HIGH ? IS_BELOW : 0);
    const id_range ids = ids_of(argv[i++], end, strict);
    if (ids.low > of.low) of.low = ids.low;
    if (ids.high < of.high) of.high = ids.high;
  }
  c->stretches = c->at = 0;
  c->single = of.low == of.high;
  const int code = of.low <= of.high ? find_stretches(c, ((results *)base->pVtab)->db, of.low, of.high) : SQLITE_OK;
  return code == SQLITE_OK ? begin(c) : code;
}

static int results_next(sqlite3_vtab_cursor *base)
{
  cursor *c = (cursor *)base;
  const stretch *s = &c->stretch[c->at];
  if (c->single) { /* it was found */
    c->at = c->stretches;
    return SQLITE_OK;
  }
  if (s->experiment) {
    if (c->id < s->last && c->row + 1 < chunk_rows(&c->reader, c->batch)) {
      c->id++;
      c->row++;
      return SQLITE_OK;
    }
    if (find_stored(c, c->id + 1)) return SQLITE_OK;
  } else {
    const int code = sqlite3_step(c->rows);
    if (code == SQLITE_ROW) return SQLITE_OK;
    if (code != SQLITE_DONE) return code;
  }
  c->at++;
  return begin(c);
}

static int results_eof(sqlite3_vtab_cursor *base)
{
  const cursor *c = (const cursor *)base;
  return c->at >= c->stretches;
}

static int results_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
  const cursor *c = (const cursor *)base;
  *id = c->stretch[c->at].experiment ? c->id : sqlite3_column_int64(c->rows, 0);
  return SQLITE_OK;
}

/* A column of the batch at hand, unpacked on the first call; an error is a large thing to make ready on each. */
static int unpacked(const double **values, cursor *c, int place)
{
  qy_error err = {0};
  return chunk_column(values, &c->reader, c->batch, place, &err) ? fail(c->base.pVtab, &err) : SQLITE_OK;
}

static int results_column(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
  cursor *c = (cursor *)base;
  const int place = ((results *)base->pVtab)->column[column];
  if (!c->stretch[c->at].experiment) {
    sqlite3_result_value(out, sqlite3_column_value(c->rows, column));
    return SQLITE_OK;
  }
  if (place == IS_ID) sqlite3_result_int64(out, c->id);
  if (place < 0) return SQLITE_OK; /* no result is NULL */
  const double *values = c->reader.column[place];
  if (c->reader.batch != c->batch || !c->reader.known[place]) {
    const int code = unpacked(&values, c, place);
    if (code != SQLITE_OK) return code;
  }
  const double value = values[c->row];
  if (isnan(value)) return SQLITE_OK;
  if (place >= CHUNK_METRIC || place == CHUNK_CLOCK)
    sqlite3_result_double(out, value);
  else
    sqlite3_result_int64(out, (place == CHUNK_DESIGN ? c->reader.experiment << STORE_KEY_SHIFT : 0) + (int64_t)value);
  return SQLITE_OK;
}

/* ---- a connection ---- */

qy_status chunk_any(bool *any, sqlite3 *db, const char *file, qy_error *err)
{
  int64_t version = 0, found = 0;
  qy_status status = qy_sql_number(db, file, "PRAGMA user_version", &version, err);
  if (!status && version >= STORE_POLICY_VERSION)
    status = qy_sql_number(db, file, "SELECT EXISTS (SELECT 1 FROM chunk_column)", &found, err);
  *any = found != 0;
  return status;
}

/* The views of the schema, in the temporary one. */
static void put_views(qy_text *out, const char *views)
{
  static const char create[] = "CREATE VIEW ";
  for (const char *at = strstr(views, create), *end; at; at = strstr(end, create)) {
    end = strstr(at, ";\n\n"); /* a comment may have a semicolon too */
    if (!end) return;
    qy_text_add(out, "CREATE TEMP VIEW %.*s;\n", (int)(end - at - (long)strlen(create)), at + strlen(create));
  }
}

static qy_status put_generated(qy_text *out, sqlite3 *db, const char *file, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(db, file, &read,
                                    "SELECT substr(sql, 13) FROM main.sqlite_schema WHERE type = 'view' AND sql LIKE "
                                    "'CREATE VIEW %generated by quarry%'",
                                    err);
  while (!status && sqlite3_step(read) == SQLITE_ROW)
    qy_text_add(out, "CREATE TEMP VIEW %s;\n", sqlite3_column_text(read, 0));
  return qy_sql_end(status, db, file, read, err);
}

qy_status chunk_show(sqlite3 *db, const char *file, qy_error *err)
{
  static const sqlite3_module module = {
      .iVersion = 1,
      .xCreate = results_connect,
      .xConnect = results_connect,
      .xBestIndex = results_best_index,
      .xDisconnect = results_disconnect,
      .xDestroy = results_disconnect,
      .xOpen = results_open,
      .xClose = results_close,
      .xFilter = results_filter,
      .xNext = results_next,
      .xEof = results_eof,
      .xColumn = results_column,
      .xRowid = results_rowid,
  };
  static const char doing[] = "open the database";
  const char *views = NULL;
  qy_text sql = {0};
  char *schema = qy_store_schema_sql(&views);
  qy_status status = schema ? QY_OK : qy_no_memory(err);
  if (!status && sqlite3_create_module(db, "quarry_result", &module, NULL) != SQLITE_OK) status = qy_no_memory(err);
  qy_text_add(&sql, "PRAGMA temp_store = MEMORY; CREATE VIRTUAL TABLE temp.result USING quarry_result;\n");
  if (!status) put_views(&sql, views);
  if (!status) status = put_generated(&sql, db, file, err);
  if (!status) status = sql.failed ? qy_no_memory(err) : qy_sql_run(db, file, sql.data, doing, err);
  qy_text_free(&sql);
  free(schema);
  return status;
}
