/* Tables `result`, `interval` and `point_all` of all results, whether they are rows or packed columns, and the views
 * over them, for a connection that reads: see chunk.h and results.h.
 *
 * They stand in the temporary schema, where names are looked up first, as virtual tables ("The Virtual Table
 * Mechanism Of SQLite", sqlite.org/vtab.html).  A scan goes through stretches of ids: those of experiments with
 * chunks are unpacked, those between them are read from the table of rows.  A single id is looked for among the rows
 * first: points that others refer to have one.
 */
#include "results.h"

#include "schema.h"
#include "sql.h"
#include "store_int.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

static int add_column(results_table *t, const char *name)
{
  results_column column, *grown = sqlite3_realloc(t->column, (t->columns + 1) * (int)sizeof *grown);
  if (!grown) return SQLITE_NOMEM;
  t->column = grown;
  if (!results_source_of(&column, t, name)) {
    if (t->points) return SQLITE_ERROR;
    column.name = sqlite3_mprintf("%s", name);
    if (!column.name) return SQLITE_NOMEM;
    column.field = 1; /* in the rows that a cursor reads: behind the id and others of its kind */
    for (int c = 0; c < t->columns; c++)
      column.field += grown[c].source == FROM_OTHER;
  }
  grown[t->columns++] = column;
  return SQLITE_OK;
}

static int declare(results_table *t, sqlite3 *db)
{
  sqlite3_stmt *read = NULL;
  sqlite3_str *sql = sqlite3_str_new(db);
  int code = sqlite3_prepare_v2(db, "SELECT name, type FROM pragma_table_info(?, 'main')", -1, &read, NULL);
  if (code == SQLITE_OK) sqlite3_bind_text(read, 1, t->points ? "point_all" : t->rows, -1, SQLITE_STATIC);
  sqlite3_str_appendall(sql, "CREATE TABLE x (");
  while (code == SQLITE_OK && sqlite3_step(read) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(read, 0);
    code = add_column(t, name);
    sqlite3_str_appendf(sql, "%s\"%w\" %s", t->columns > 1 ? ", " : "", name, sqlite3_column_text(read, 1));
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
  results_table *t = (results_table *)table;
  for (int c = 0; c < t->columns; c++)
    sqlite3_free(t->column[c].name);
  sqlite3_free(t->column);
  results_names_free(t);
  sqlite3_free(t);
  return SQLITE_OK;
}

/* The third word is the name of the table. */
static int results_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv, sqlite3_vtab **out,
                           char **message)
{
  (void)ctx, (void)argc, (void)message;
  results_table *t = sqlite3_malloc((int)sizeof *t);
  if (!t) return SQLITE_NOMEM;
  const bool intervals = strcmp(argv[2], "interval") == 0;
  *t = (results_table){.db = db,
                       .rows = intervals ? "interval" : "result",
                       .points = strcmp(argv[2], "point_all") == 0,
                       .present = intervals ? chunk_unsure() : -1,
                       .arena = qy_arena_new()};
  const int code = t->arena ? declare(t, db) : SQLITE_NOMEM;
  *out = &t->base;
  if (code != SQLITE_OK) results_disconnect(*out);
  return code;
}

/* ---- a scan ---- */

static int results_open(sqlite3_vtab *table, sqlite3_vtab_cursor **out)
{
  (void)table;
  results_cursor *c = sqlite3_malloc((int)sizeof *c);
  if (!c) return SQLITE_NOMEM;
  memset(c, 0, sizeof *c);
  *out = &c->base;
  return SQLITE_OK;
}

static void forget(results_cursor *c)
{
  if (c->open) chunk_close(&c->reader);
  c->open = false;
  free(c->picked);
  c->picked = NULL;
}

static int results_close(sqlite3_vtab_cursor *base)
{
  results_cursor *c = (results_cursor *)base;
  forget(c);
  results_order_free(c);
  sqlite3_finalize(c->rows);
  results_sides_close(c);
  results_filters_free(c);
  sqlite3_free(c->stretch);
  sqlite3_free(c);
  return SQLITE_OK;
}

/* Is a column of the table read?  The last bit stands for all from it on. */
static bool is_used(const results_cursor *c, int column)
{
  const int last = 63, bit = column < last ? column : last;
  for (int f = 0; f < c->filters; f++)
    if (c->filter[f].column == column) return true;
  return c->used >> bit & 1;
}

/* Rows of the table, with those of its columns that are read. */
static int prepare_rows(results_cursor *c)
{
  results_table *t = (results_table *)c->base.pVtab;
  sqlite3_str *sql = sqlite3_str_new(t->db);
  int columns = 1;
  for (int p = 0; p < CHUNK_COLUMNS; p++)
    c->row_at[p] = -1;
  sqlite3_str_appendall(sql, "SELECT id");
  for (int i = 0; i < t->columns; i++) {
    if (t->column[i].source != FROM_OTHER) continue;
    columns++;
    sqlite3_str_appendf(sql, ", \"%w\"", t->column[i].name);
  }
  for (int i = 0; i < t->columns; i++) {
    int place[2];
    if (!is_used(c, i)) continue;
    for (int p = results_places(place, &t->column[i]) - 1; p >= 0; p--) {
      if (c->row_at[place[p]] >= 0) continue;
      c->row_at[place[p]] = columns++;
      sqlite3_str_appendf(sql, ", %s", chunk_name(place[p]));
    }
  }
  sqlite3_str_appendf(sql, " FROM main.%s WHERE id BETWEEN ?1 AND ?2 ORDER BY id", t->rows);
  char *text = sqlite3_str_finish(sql);
  const int code = text ? sqlite3_prepare_v2(t->db, text, -1, &c->rows, NULL) : SQLITE_NOMEM;
  sqlite3_free(text);
  return code;
}

static int add_stretch(results_cursor *c, int64_t first, int64_t last, int64_t experiment)
{
  if (first > last) return SQLITE_OK;
  results_stretch *grown = sqlite3_realloc64(c->stretch, (c->stretches + 1) * sizeof *grown);
  if (!grown) return SQLITE_NOMEM;
  c->stretch = grown;
  grown[c->stretches++] = (results_stretch){first, last, experiment};
  return SQLITE_OK;
}

/* Is the batch of the id unpacked, of a table in which it is looked for after another one of that batch? */
static bool is_unpacked(const results_cursor *c, int64_t id)
{
  const chunk_reader *r = &c->reader;
  const int64_t point = id - (r->experiment << STORE_KEY_SHIFT);
  return ((const results_table *)c->base.pVtab)->present >= 0 && c->open && id >> STORE_KEY_SHIFT == r->experiment &&
         point / r->batch_points == r->batch;
}

/* From low to high: experiments with chunks, and what is between them; of points, experiments only. */
static int find_stretches(results_cursor *c, int64_t low, int64_t high)
{
  const results_table *t = (const results_table *)c->base.pVtab;
  int64_t next = low;
  int code = SQLITE_OK;
  for (size_t e = 0; e < t->experiments && code == SQLITE_OK; e++) {
    const int64_t id = t->experiment[e].id, from = id << STORE_KEY_SHIFT, to = ((id + 1) << STORE_KEY_SHIFT) - 1;
    const bool packed = t->present < 0 ? t->experiment[e].packed : t->experiment[e].unsure;
    if (to < low || from > high || (!packed && !t->points)) continue;
    if (!t->points) code = add_stretch(c, next, from - 1, 0);
    if (code == SQLITE_OK && packed && low == high && !is_unpacked(c, low)) code = add_stretch(c, low, high, 0);
    if (code == SQLITE_OK) code = add_stretch(c, from > low ? from : low, to < high ? to : high, packed ? id : 0);
    next = to + 1;
  }
  return code == SQLITE_OK && !t->points ? add_stretch(c, next, high, 0) : code;
}

/* The first row of the batch at hand from `row` on that the filters leave and that is there; *found false: none. */
static int find_picked(bool *found, results_cursor *c, int64_t row)
{
  const results_table *t = (const results_table *)c->base.pVtab;
  const int64_t rows = chunk_rows(&c->reader, c->batch);
  const double *present = NULL;
  const int code = t->present < 0 ? SQLITE_OK : results_unpacked(&present, c, t->present);
  *found = false;
  for (; code == SQLITE_OK && row < rows && !*found; row++) {
    if (c->filters) {
      while (c->picked_at < c->picked_count && c->picked[c->picked_at] < row)
        c->picked_at++;
      if (c->picked_at == c->picked_count) break;
      row = c->picked[c->picked_at];
    }
    c->row = row;
    *found = !present || !isnan(present[row]);
  }
  c->id = (c->reader.experiment << STORE_KEY_SHIFT) + c->batch * c->reader.batch_points + c->row;
  return code;
}

/* Stand at the first point at or after id that is stored and left; *found false: none in the stretch. */
static int find_stored(bool *found, results_cursor *c, int64_t id)
{
  const chunk_reader *r = &c->reader;
  const int64_t base = r->experiment << STORE_KEY_SHIFT, last = c->stretch[c->at].last;
  *found = false;
  while (id <= last && id - base < r->points) {
    const int64_t batch = (id - base) / r->batch_points;
    if (r->stored[batch]) {
      if (batch != c->batch && c->filters) {
        c->batch = batch;
        c->picked_at = 0;
        const int code = results_pick(c);
        if (code != SQLITE_OK) return code;
      }
      c->batch = batch;
      bool picked;
      const int code = find_picked(&picked, c, id - base - batch * r->batch_points);
      if (picked) *found = c->id <= last;
      if (code != SQLITE_OK || picked) return code;
    }
    id = base + (batch + 1) * r->batch_points;
  }
  return SQLITE_OK;
}

/* The next row of a table that passes; *found false: none. */
static int step_rows(bool *found, results_cursor *c)
{
  int code;
  do
    code = sqlite3_step(c->rows);
  while (code == SQLITE_ROW && c->filters && !results_row_passes(c));
  *found = code == SQLITE_ROW;
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

int results_open_reader(results_cursor *c, int64_t experiment)
{
  qy_error err = {0};
  if (c->open && c->reader.experiment == experiment) return SQLITE_OK;
  forget(c);
  if (chunk_open(&c->reader, ((results_table *)c->base.pVtab)->db, "the database", experiment, &err))
    return results_fail(c->base.pVtab, &err);
  c->open = true;
  return SQLITE_OK;
}

/* The first result of the stretch at hand. */
static int begin_stretch(bool *found, results_cursor *c)
{
  const results_stretch *s = &c->stretch[c->at];
  if (!s->experiment) {
    const int code = c->rows ? sqlite3_reset(c->rows) : prepare_rows(c);
    if (code != SQLITE_OK) return code;
    sqlite3_bind_int64(c->rows, 1, s->first);
    sqlite3_bind_int64(c->rows, 2, s->last);
    return step_rows(found, c);
  }
  const int opened = results_open_reader(c, s->experiment);
  if (opened != SQLITE_OK) return opened;
  if (c->filters && !c->picked && !(c->picked = qy_alloc((size_t)c->reader.batch_points, sizeof *c->picked)))
    return SQLITE_NOMEM;
  c->batch = -1;
  return find_stored(found, c, s->first);
}

/* The first result of the stretch at hand, or of one behind it. */
static int begin(results_cursor *c)
{
  bool found = false;
  int code = SQLITE_OK;
  for (; code == SQLITE_OK && !found && c->at < c->stretches; c->at += !found)
    code = begin_stretch(&found, c);
  return code;
}

static int step(results_cursor *c)
{
  const results_stretch *s = &c->stretch[c->at];
  const bool all = ((const results_table *)c->base.pVtab)->present < 0; /* points of a batch have a row */
  bool found = false;
  int code;
  if (c->single) { /* it was found */
    c->at = c->stretches;
    return SQLITE_OK;
  }
  if (!s->experiment) {
    code = step_rows(&found, c);
  } else if (!c->filters && c->id < s->last && c->row + 1 < chunk_rows(&c->reader, c->batch) && all) {
    c->id++;
    c->row++;
    return SQLITE_OK;
  } else if (c->filters && all && c->picked_at + 1 < c->picked_count &&
             c->id + c->picked[c->picked_at + 1] - c->row <= s->last) {
    const int64_t row = c->picked[++c->picked_at];
    c->id += row - c->row;
    c->row = row;
    return SQLITE_OK;
  } else {
    code = find_stored(&found, c, c->id + 1);
  }
  if (code != SQLITE_OK || found) return code;
  c->at++;
  return begin(c);
}

/* Stretches of the experiments that a value lists. */
static int find_listed(results_cursor *c, results_range of, sqlite3_value *experiments)
{
  sqlite3_value *one = NULL;
  int code = sqlite3_vtab_in_first(experiments, &one);
  for (; code == SQLITE_OK && one; code = sqlite3_vtab_in_next(experiments, &one)) {
    results_range own = results_ids_of_experiment(one);
    results_narrow(&own, of);
    if (own.low > own.high) continue;
    code = find_stretches(c, own.low, own.high);
    if (code != SQLITE_OK) return code;
  }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int results_filter_ids(sqlite3_vtab_cursor *base, int plan, const char *text, int argc, sqlite3_value **argv)
{
  results_cursor *c = (results_cursor *)base;
  sqlite3_value *experiments;
  (void)argc;
  results_order_free(c);
  const results_range of = results_plan_read(&experiments, c, plan, text, argv);
  c->stretches = c->at = 0;
  c->single = of.low == of.high;
  int code = results_names_renew((results_table *)base->pVtab);
  if (code == SQLITE_OK && experiments)
    code = find_listed(c, of, experiments);
  else if (code == SQLITE_OK && of.low <= of.high)
    code = find_stretches(c, of.low, of.high);
  if (code == SQLITE_OK) code = begin(c);
  return code == SQLITE_OK && c->terms ? results_order_make(c, step) : code;
}

static int results_next(sqlite3_vtab_cursor *base)
{
  results_cursor *c = (results_cursor *)base;
  if (!c->order) return step(c);
  results_order_next(c);
  return SQLITE_OK;
}

static int results_eof(sqlite3_vtab_cursor *base)
{
  const results_cursor *c = (const results_cursor *)base;
  return c->order ? results_order_ended(c) : c->at >= c->stretches;
}

static int results_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
  const results_cursor *c = (const results_cursor *)base;
  *id = c->order || c->stretch[c->at].experiment ? c->id : sqlite3_column_int64(c->rows, 0);
  return SQLITE_OK;
}

static int results_value_at(sqlite3_vtab_cursor *base, sqlite3_context *out, int column)
{
  return results_value(out, (results_cursor *)base, &((results_table *)base->pVtab)->column[column]);
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

/* The views of the schema, in the temporary one; points: point_all is a table there. */
static void put_views(qy_text *out, const char *views, bool points)
{
  static const char create[] = "CREATE VIEW ", table[] = "point_all ";
  for (const char *at = strstr(views, create), *end; at; at = strstr(end, create)) {
    end = strstr(at, ";\n\n"); /* a comment may have a semicolon too */
    if (!end) return;
    at += strlen(create);
    if (points && strncmp(at, table, strlen(table)) == 0) continue;
    qy_text_add(out, "CREATE TEMP VIEW %.*s;\n", (int)(end - at), at);
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

static const char showing[] = "open the database";

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
      .xFilter = results_filter_ids,
      .xNext = results_next,
      .xEof = results_eof,
      .xColumn = results_value_at,
      .xRowid = results_rowid,
  };
  if (sqlite3_create_module(db, "quarry_result", &module, NULL) != SQLITE_OK) return qy_no_memory(err);
  return qy_sql_run(db, file,
                    "PRAGMA temp_store = MEMORY; CREATE VIRTUAL TABLE temp.result USING quarry_result;"
                    "CREATE VIRTUAL TABLE temp.interval USING quarry_result",
                    showing, err);
}

qy_status chunk_show_views(sqlite3 *db, const char *file, qy_error *err)
{
  const char *views = NULL;
  qy_text sql = {0};
  char *schema = qy_store_schema_sql(&views);
  qy_status status = schema ? qy_sql_run(db, file, "PRAGMA query_only = OFF", showing, err) : qy_no_memory(err);
  /* Where another program made the view differently, it is the view that is shown. */
  const int made =
      status ? SQLITE_ERROR : sqlite3_exec(db, "CREATE VIRTUAL TABLE temp.point_all USING quarry_result", 0, 0, 0);
  if (made == SQLITE_NOMEM) status = qy_no_memory(err);
  if (!status) put_views(&sql, views, made == SQLITE_OK);
  if (!status) status = put_generated(&sql, db, file, err);
  qy_text_add(&sql, "PRAGMA query_only = ON");
  if (!status) status = sql.failed ? qy_no_memory(err) : qy_sql_run(db, file, sql.data, showing, err);
  qy_text_free(&sql);
  free(schema);
  return status;
}
