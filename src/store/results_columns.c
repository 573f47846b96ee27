/* Values of the virtual tables over all results: see results.h. */
#include "results.h"

#include "quarry/sort.h"
#include "store_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int results_fail(sqlite3_vtab *table, const qy_error *err)
{
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = sqlite3_mprintf("%s", err->count ? err->diagnostic[0].text : "out of memory");
  return err->status == QY_NO_MEMORY ? SQLITE_NOMEM : SQLITE_CORRUPT_VTAB;
}

/* ---- where columns come from ---- */

/* Columns of point_all that are not those of a result. */
static const struct {
  const char *name;
  results_source source;
  int place, field;
} known[] = {{"experiment", FROM_NAME, NAMES_EXPERIMENT, 0},
             {"technology", FROM_NAME, NAMES_TECHNOLOGY, 0},
             {"voltage_v", FROM_NUMBER, NAMES_TECHNOLOGY, 0},
             {"network", FROM_NAME, NAMES_NETWORK, 0},
             {"design", FROM_NAME, NAMES_DESIGN, 0},
             {"precision", FROM_NAME, NAMES_PRECISION, 0},
             {"weight_bits", FROM_WEIGHT_BITS, 0, 0},
             {"activation_bits", FROM_NUMBER, NAMES_PRECISION, 1},
             {"infeasible", FROM_NAME, NAMES_REASON, 0},
             {"front_probability", FROM_CHANCE, 0, 0},
             {"parameters", FROM_SIDE, SIDE_DESIGN, 0},
             {"assignment", FROM_SIDE, SIDE_ASSIGNMENT, 0},
             {"point", FROM_POINT, 0, 0},
             {"point_id", FROM_ID, 0, 0},
             {"experiment_id", FROM_EXPERIMENT, 0, 0},
             {"design_id", FROM_RAW, CHUNK_DESIGN, 0},
             {"technology_id", FROM_RAW, CHUNK_TECHNOLOGY, 0},
             {"network_id", FROM_RAW, CHUNK_NETWORK, 0}};

static const char *const side_sql[SIDES] = {
    [SIDE_DESIGN] = "SELECT parameters FROM main.design WHERE id = ?",
    [SIDE_ASSIGNMENT] = "SELECT assignment FROM main.assignment WHERE point = ?",
    [SIDE_INTERVAL] = "SELECT * FROM main.interval WHERE id = ?",
    [SIDE_CHANCE] = "SELECT probability FROM main.front_chance WHERE point = ?"};

static bool find_interval(results_column *column, sqlite3 *db, const char *name)
{
  sqlite3_stmt *read = NULL;
  bool found = false;
  if (sqlite3_prepare_v2(db, side_sql[SIDE_INTERVAL], -1, &read, NULL) == SQLITE_OK)
    for (int i = 1; i < sqlite3_column_count(read) && !found; i++) {
      found = strcmp(sqlite3_column_name(read, i), name) == 0;
      if (found) *column = (results_column){FROM_INTERVAL, chunk_find(name), i, NULL};
    }
  sqlite3_finalize(read);
  return found;
}

bool results_source_of(results_column *column, const results_table *table, const char *name)
{
  *column = (results_column){.source = FROM_OTHER};
  for (size_t k = 0; table->points && k < sizeof known / sizeof *known; k++)
    if (strcmp(known[k].name, name) == 0) {
      *column = (results_column){known[k].source, known[k].place, known[k].field, NULL};
      return true;
    }
  const int place = chunk_find(name);
  if (place >= CHUNK_RESULT && table->points) return find_interval(column, table->db, name);
  if (place >= 0) *column = (results_column){.source = FROM_RAW, .place = place};
  if (!table->points && strcmp(name, "id") == 0) column->source = FROM_ID;
  return column->source != FROM_OTHER;
}

/* Which keys a list is of; -1: of experiments. */
static const int place_of[NAMES] = {
    [NAMES_TECHNOLOGY] = CHUNK_TECHNOLOGY, [NAMES_NETWORK] = CHUNK_NETWORK, [NAMES_DESIGN] = CHUNK_DESIGN,
    [NAMES_PRECISION] = CHUNK_PRECISION,   [NAMES_REASON] = CHUNK_REASON,   [NAMES_EXPERIMENT] = -1};

int results_places(int place[2], const results_column *column)
{
  int count = 0;
  switch (column->source) {
  case FROM_RAW: place[count++] = column->place; break;
  case FROM_NAME:
  case FROM_NUMBER:
    if (place_of[column->place] >= 0) place[count++] = place_of[column->place];
    break;
  case FROM_WEIGHT_BITS:
    place[count++] = CHUNK_WEIGHT_BITS;
    place[count++] = CHUNK_PRECISION;
    break;
  case FROM_SIDE:
    if (column->place == SIDE_DESIGN) place[count++] = CHUNK_DESIGN;
    break;
  default: break;
  }
  return count;
}

/* ---- names ---- */

void results_names_free(results_table *table)
{
  for (int n = 0; n < NAMES; n++)
    free(table->names[n].name);
  free(table->experiment);
  qy_text_index_free(&table->texts);
  qy_arena_free(table->arena);
  sqlite3_finalize(table->version);
}

static int read_experiments(results_table *table)
{
  sqlite3_stmt *read = NULL;
  size_t room = 0;
  int code = sqlite3_prepare_v2(table->db,
                                "SELECT e.id, e.store = 'columns', EXISTS (SELECT 1 FROM main.chunk_column c WHERE "
                                "c.experiment = e.id AND c.name = ?) FROM main.experiment e ORDER BY e.id",
                                -1, &read, NULL);
  if (code == SQLITE_OK) code = sqlite3_bind_text(read, 1, chunk_name(chunk_unsure()), -1, SQLITE_STATIC);
  free(table->experiment);
  table->experiment = NULL;
  table->experiments = 0;
  while (code == SQLITE_OK && sqlite3_step(read) == SQLITE_ROW) {
    void *grown = table->experiment;
    if (qy_grow(&grown, &room, table->experiments + 1, sizeof *table->experiment)) code = SQLITE_NOMEM;
    table->experiment = grown;
    if (code != SQLITE_OK) break;
    const bool packed = sqlite3_column_int(read, 1);
    table->experiment[table->experiments++] =
        (results_experiment){sqlite3_column_int64(read, 0), packed, packed && sqlite3_column_int(read, 2)};
  }
  const int ended = sqlite3_finalize(read);
  return code == SQLITE_OK ? ended : code;
}

const results_experiment *results_experiment_find(const results_table *table, int64_t id)
{
  if (table->experiments == 0) return NULL;
  return bsearch(&id, table->experiment, table->experiments, sizeof *table->experiment, qy_by_integer);
}

int results_names_renew(results_table *table)
{
  int code = SQLITE_OK;
  if (!table->version) code = sqlite3_prepare_v2(table->db, "PRAGMA main.data_version", -1, &table->version, NULL);
  if (code != SQLITE_OK) return code;
  const int64_t version = sqlite3_step(table->version) == SQLITE_ROW ? sqlite3_column_int64(table->version, 0) : 0;
  code = sqlite3_reset(table->version);
  for (int n = 0; n < NAMES && version != table->seen_version; n++)
    table->names[n].known = false;
  if (code == SQLITE_OK && (version != table->seen_version || !table->seen)) code = read_experiments(table);
  table->seen = code == SQLITE_OK;
  table->seen_version = version;
  return code;
}

/* Texts stay as long as the table: SQLite may hold one longer than a cursor is there. */
static int keep_text(const char **out, results_table *table, const char *text)
{
  *out = NULL;
  if (!text) return SQLITE_OK;
  size_t at = qy_text_index_find(&table->texts, text);
  if (at == SIZE_MAX) {
    const char *copy = qy_arena_text(table->arena, text, strlen(text));
    at = copy ? qy_text_index_add(&table->texts, copy) : SIZE_MAX;
  }
  if (at == SIZE_MAX) return SQLITE_NOMEM;
  *out = table->texts.text[at];
  return SQLITE_OK;
}

static int read_names(results_table *table, int which, int64_t experiment)
{
  static const char *const sql[NAMES] = {
      [NAMES_TECHNOLOGY] = "SELECT id, name, voltage_v FROM main.technology ORDER BY id",
      [NAMES_NETWORK] = "SELECT id, name FROM main.network ORDER BY id",
      [NAMES_DESIGN] = "SELECT id, name FROM main.design WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 ORDER BY id",
      [NAMES_PRECISION] = "SELECT id, label, weight_bits, activation_bits FROM main.precision ORDER BY id",
      [NAMES_REASON] = "SELECT id, text FROM main.reason ORDER BY id",
      [NAMES_EXPERIMENT] = "SELECT id, name FROM main.experiment ORDER BY id"};
  results_names *n = &table->names[which];
  sqlite3_stmt *read = NULL;
  int code = sqlite3_prepare_v2(table->db, sql[which], -1, &read, NULL);
  n->count = n->last = 0;
  if (code == SQLITE_OK && which == NAMES_DESIGN) sqlite3_bind_int64(read, 1, experiment);
  while (code == SQLITE_OK && sqlite3_step(read) == SQLITE_ROW) {
    void *grown = n->name;
    if (qy_grow(&grown, &n->room, n->count + 1, sizeof *n->name)) code = SQLITE_NOMEM;
    n->name = grown;
    if (code != SQLITE_OK) break;
    results_name *name = &n->name[n->count++];
    *name = (results_name){.id = sqlite3_column_int64(read, 0)};
    for (int i = 0; i < NUMBERS_OF_NAME; i++) {
      const bool there = 2 + i < sqlite3_column_count(read) && sqlite3_column_type(read, 2 + i) != SQLITE_NULL;
      name->number[i] = there ? sqlite3_column_double(read, 2 + i) : NAN;
    }
    code = keep_text(&name->text, table, (const char *)sqlite3_column_text(read, 1));
  }
  const int ended = sqlite3_finalize(read);
  if (code == SQLITE_OK) code = ended;
  n->known = code == SQLITE_OK;
  n->experiment = experiment;
  return code;
}

static int by_id(const void *p, const void *q)
{
  const results_name *a = p, *b = q;
  return (a->id > b->id) - (a->id < b->id);
}

int results_name_find(const results_name **out, results_table *table, int names, int64_t id)
{
  results_names *n = &table->names[names];
  const int64_t experiment = names == NAMES_DESIGN ? id >> STORE_KEY_SHIFT : 0;
  *out = NULL;
  if (!n->known || n->experiment != experiment) {
    const int code = read_names(table, names, experiment);
    if (code != SQLITE_OK) return code;
  }
  if (n->count == 0) return SQLITE_OK;
  if (n->name[n->last].id != id) { /* keys of a list mostly follow one another */
    const int64_t offset = id - n->name[0].id;
    const results_name wanted = {.id = id}, *found = NULL;
    if (offset >= 0 && (size_t)offset < n->count && n->name[offset].id == id)
      found = &n->name[offset];
    else
      found = bsearch(&wanted, n->name, n->count, sizeof *n->name, by_id);
    if (!found) return SQLITE_OK;
    n->last = (size_t)(found - n->name);
  }
  *out = &n->name[n->last];
  return SQLITE_OK;
}

/* ---- values ---- */

static bool in_chunks(const results_cursor *c)
{
  return c->order || c->stretch[c->at].experiment != 0;
}

static int64_t id_of(const results_cursor *c)
{
  return in_chunks(c) ? c->id : sqlite3_column_int64(c->rows, 0);
}

/* A column of the batch at hand, unpacked on the first call; an error is a large thing to make ready on each. */
static int unpack(const double **values, results_cursor *c, int place)
{
  qy_error err = {0};
  return chunk_column(values, &c->reader, c->batch, place, &err) ? results_fail(c->base.pVtab, &err) : SQLITE_OK;
}

int results_unpacked(const double **values, results_cursor *c, int place)
{
  if (c->order) return results_order_values(values, c, place);
  *values = c->reader.column[place];
  return c->reader.batch == c->batch && c->reader.known[place] ? SQLITE_OK : unpack(values, c, place);
}

/* The key, or a small number, of a place; *is false: NULL. */
static int key_of(int64_t *key, bool *is, results_cursor *c, int place)
{
  *is = false;
  if (!in_chunks(c)) {
    const int at = c->row_at[place];
    *is = at >= 0 && sqlite3_column_type(c->rows, at) != SQLITE_NULL;
    if (*is) *key = sqlite3_column_int64(c->rows, at);
    return SQLITE_OK;
  }
  const double *values;
  const int code = results_unpacked(&values, c, place);
  if (code != SQLITE_OK || isnan(values[c->row])) return code;
  *is = true;
  const int64_t base = c->id >> STORE_KEY_SHIFT << STORE_KEY_SHIFT;
  *key = (place == CHUNK_DESIGN ? base : 0) + (int64_t)values[c->row];
  return SQLITE_OK;
}

static int put_raw(sqlite3_context *out, results_cursor *c, int place)
{
  const double *values;
  int64_t key;
  bool is;
  if (!in_chunks(c)) {
    if (c->row_at[place] >= 0) sqlite3_result_value(out, sqlite3_column_value(c->rows, c->row_at[place]));
    return SQLITE_OK;
  }
  if (place < CHUNK_METRIC && place != CHUNK_CLOCK) {
    const int code = key_of(&key, &is, c, place);
    if (code == SQLITE_OK && is) sqlite3_result_int64(out, key);
    return code;
  }
  const int code = results_unpacked(&values, c, place);
  if (code == SQLITE_OK && !isnan(values[c->row])) sqlite3_result_double(out, values[c->row]);
  return code;
}

/* The name of the key in a list that the result has; NULL: none. */
static int name_of(const results_name **name, results_cursor *c, int names)
{
  int64_t key = 0;
  bool is = true;
  int code = SQLITE_OK;
  *name = NULL;
  if (names == NAMES_EXPERIMENT)
    key = id_of(c) >> STORE_KEY_SHIFT;
  else
    code = key_of(&key, &is, c, place_of[names]);
  if (code != SQLITE_OK || !is) return code;
  return results_name_find(name, (results_table *)c->base.pVtab, names, key);
}

static void put_number(sqlite3_context *out, double number, bool real)
{
  if (isnan(number)) return;
  if (real)
    sqlite3_result_double(out, number);
  else
    sqlite3_result_int64(out, (int64_t)number);
}

static int put_weight_bits(sqlite3_context *out, results_cursor *c)
{
  const results_name *name;
  int64_t bits = 0;
  bool is;
  int code = key_of(&bits, &is, c, CHUNK_WEIGHT_BITS);
  if (code == SQLITE_OK && !is) {
    code = name_of(&name, c, NAMES_PRECISION);
    if (code == SQLITE_OK && name && !isnan(name->number[0])) bits = (int64_t)name->number[0];
  }
  if (code == SQLITE_OK && bits) sqlite3_result_int64(out, bits);
  return code;
}

/* The row beside of a key; *is false: there is none. */
static int find_side(bool *is, results_cursor *c, int side, int64_t key)
{
  int code = SQLITE_OK;
  if (!c->side[side])
    code = sqlite3_prepare_v2(((results_table *)c->base.pVtab)->db, side_sql[side], -1, &c->side[side], NULL);
  else if (c->side_key[side] == key)
    goto out;
  if (code != SQLITE_OK) return code;
  sqlite3_reset(c->side[side]);
  sqlite3_bind_int64(c->side[side], 1, key);
  code = sqlite3_step(c->side[side]);
  c->side_key[side] = key;
  c->side_row[side] = code == SQLITE_ROW;
out:
  *is = c->side_row[side];
  return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

static int put_side(sqlite3_context *out, results_cursor *c, const results_column *column)
{
  int64_t key = id_of(c);
  bool is = true;
  int code = column->place == SIDE_DESIGN ? key_of(&key, &is, c, CHUNK_DESIGN) : SQLITE_OK;
  if (code == SQLITE_OK && is) code = find_side(&is, c, column->place, key);
  if (code == SQLITE_OK && is) sqlite3_result_value(out, sqlite3_column_value(c->side[column->place], column->field));
  return code;
}

/* Are the intervals of the result at hand packed? */
static bool is_unsure(const results_cursor *c)
{
  const results_table *t = (const results_table *)c->base.pVtab;
  const results_experiment *e = in_chunks(c) ? results_experiment_find(t, c->id >> STORE_KEY_SHIFT) : NULL;
  return e && e->unsure;
}

static int put_interval(sqlite3_context *out, results_cursor *c, const results_column *column)
{
  const results_column side = {FROM_SIDE, SIDE_INTERVAL, column->field, NULL};
  return is_unsure(c) ? put_raw(out, c, column->place) : put_side(out, c, &side);
}

static int has_interval(bool *has, results_cursor *c)
{
  const double *end;
  if (!is_unsure(c)) return find_side(has, c, SIDE_INTERVAL, id_of(c));
  const int code = results_unpacked(&end, c, chunk_unsure());
  *has = code == SQLITE_OK && !isnan(end[c->row]);
  return code;
}

/* Only points with intervals have one; those of them that are on no front have 0. */
static int put_chance(sqlite3_context *out, results_cursor *c)
{
  bool drawn, is = false;
  int code = has_interval(&drawn, c);
  if (code == SQLITE_OK && drawn) code = find_side(&is, c, SIDE_CHANCE, id_of(c));
  if (code != SQLITE_OK || !drawn) return code;
  if (is)
    sqlite3_result_value(out, sqlite3_column_value(c->side[SIDE_CHANCE], 0));
  else
    sqlite3_result_int(out, 0);
  return SQLITE_OK;
}

void results_sides_close(results_cursor *c)
{
  for (int s = 0; s < SIDES; s++) {
    sqlite3_finalize(c->side[s]);
    c->side[s] = NULL;
  }
}

int results_value(sqlite3_context *out, results_cursor *c, const results_column *column)
{
  static const int64_t numbers = ((int64_t)1 << STORE_KEY_SHIFT) - 1;
  const results_name *name = NULL;
  int code = SQLITE_OK;
  switch (column->source) {
  case FROM_ID: sqlite3_result_int64(out, id_of(c)); break;
  case FROM_POINT: sqlite3_result_int64(out, id_of(c) & numbers); break;
  case FROM_EXPERIMENT: sqlite3_result_int64(out, id_of(c) >> STORE_KEY_SHIFT); break;
  case FROM_RAW: return put_raw(out, c, column->place);
  case FROM_NAME:
    code = name_of(&name, c, column->place);
    if (name && name->text) sqlite3_result_text(out, name->text, -1, SQLITE_STATIC);
    break;
  case FROM_NUMBER:
    code = name_of(&name, c, column->place);
    if (name) put_number(out, name->number[column->field], column->place == NAMES_TECHNOLOGY);
    break;
  case FROM_WEIGHT_BITS: return put_weight_bits(out, c);
  case FROM_SIDE: return put_side(out, c, column);
  case FROM_INTERVAL: return put_interval(out, c, column);
  case FROM_CHANCE: return put_chance(out, c);
  case FROM_OTHER: /* in chunks, which have no such column: NULL */
    if (!in_chunks(c) && column->field >= 0) sqlite3_result_value(out, sqlite3_column_value(c->rows, column->field));
    break;
  }
  return code;
}
