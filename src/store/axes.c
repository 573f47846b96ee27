/* The axes of stored experiments; see axes.h. */
#include "axes_int.h"
#include "missing.h"

#include "quarry/text.h"
#include "sql.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Columns that views have beside the axes; metrics are reserved too. */
static const char *const reserved[] = {
    "front_group", "experiment",     "technology",        "voltage_v",       "network",   "design",
    "precision",   "precision_bits", "weight_bits",       "activation_bits", "clock_mhz", "infeasible",
    "parameters",  "assignment",     "front_probability", "point",           "point_id",  "experiment_id",
    "design_id",   "technology_id",  "network_id"};
enum { RESERVED = sizeof reserved / sizeof *reserved };

/* Fixed axes: how a row of `result` says them, since schema version 4 and before. */
static const struct {
  const char *key, *value, *old;
} fixed[] = {{"technology", "t.name", "t.name"},
             {"voltage_v", "t.voltage_v", "NULL"},
             {"network", "n.name", "n.name"},
             {"design", "d.name", "d.name"},
             {"precision", "q.label", "r.precision_bits || ' bit'"},
             {"weight_bits", "nullif(coalesce(r.weight_bits, q.weight_bits), 0)", "r.precision_bits"},
             {"activation_bits", "q.activation_bits", "r.precision_bits"},
             {"clock_mhz", "r.clock_mhz", "r.clock_mhz"}};
enum { FIXED = sizeof fixed / sizeof *fixed, PRECISIONS_SINCE = 4 };

static int fixed_of(const char *key)
{
  for (int i = 0; i < FIXED; i++)
    if (strcmp(fixed[i].key, key) == 0) return i;
  return -1;
}

bool axes_of_designs(const qy_axes *axes, size_t i)
{
  return fixed_of(axes->axis[i].key) < 0;
}

bool axes_reserved(const char *column)
{
  for (int i = 0; i < RESERVED; i++)
    if (strcasecmp(reserved[i], column) == 0) return true;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const char *name = qy_metric_table()[m].name;
    const size_t length = strlen(name);
    if (strncasecmp(name, column, length) != 0) continue;
    if (!column[length] || strcasecmp(column + length, "_p05") == 0 || strcasecmp(column + length, "_p95") == 0)
      return true;
  }
  return false;
}

static bool is_taken(const qy_axis_column *axis, size_t count, const char *column)
{
  if (axes_reserved(column)) return true;
  for (size_t i = 0; i < count; i++)
    if (strcasecmp(axis[i].column, column) == 0) return true;
  return false;
}

qy_status axes_name(qy_axis_column *axis, size_t count, qy_arena *arena, qy_error *err)
{
  for (size_t i = 0; i < count; i++) {
    char *name = qy_arena_text(arena, axis[i].key, strlen(axis[i].key));
    if (!name) return qy_no_memory(err);
    for (char *c = name; *c; c++)
      if (*c == '.') *c = '_';
    axis[i].column = name;
    for (int n = 2; fixed_of(axis[i].key) < 0 && is_taken(axis, i, axis[i].column); n++)
      if (!(axis[i].column = qy_arena_format(arena, "%s_%d", name, n))) return qy_no_memory(err);
  }
  return QY_OK;
}

/* ---- from the database ---- */

typedef struct axis_rows {
  qy_axes *axes;
  size_t room;
  qy_arena *arena;
  bool failed;
} axis_rows;

static int put_axis(axis_rows *to, const char *key, const char *column, const char *type, const char *unit, bool varies)
{
  qy_axes *axes = to->axes;
  if (axes->count == to->room) {
    enum { FIRST = 64 };
    const size_t room = to->room ? 2 * to->room : FIRST;
    qy_axis_column *more = qy_arena_alloc(to->arena, room, sizeof *more);
    if (!more) return (to->failed = true);
    if (axes->count) memcpy(more, axes->axis, axes->count * sizeof *more);
    axes->axis = more;
    to->room = room;
  }
  qy_axis_column *a = &axes->axis[axes->count++];
  *a = (qy_axis_column){.key = qy_arena_text(to->arena, key, strlen(key)),
                        .column = column ? qy_arena_text(to->arena, column, strlen(column)) : NULL,
                        .unit = qy_arena_text(to->arena, unit, strlen(unit)),
                        .varies = varies,
                        .type = QY_AXIS_TEXT};
  for (int t = 0; t < QY_AXIS_TYPES; t++)
    if (strcmp(qy_axis_type_name((qy_axis_type)t), type) == 0) a->type = (qy_axis_type)t;
  to->failed = !a->key || !a->unit || (column && !a->column);
  return to->failed;
}

/* Fixed axes of an experiment that was begun without a list.  ?1 is the experiment. */
static const struct {
  const char *key, *type, *unit, *differ;
  int since;
} derived[] = {
    {"technology", "text", "", "SELECT count(*) > 1 FROM experiment_technology WHERE experiment = ?1", 1},
    {"voltage_v", "real", "V",
     "SELECT count(DISTINCT t.voltage_v) > 1 FROM experiment_technology x JOIN technology t ON t.id = x.technology "
     "WHERE x.experiment = ?1",
     STORE_AXES_SINCE},
    {"network", "text", "", "SELECT count(*) > 1 FROM experiment_network WHERE experiment = ?1", 1},
    {"design", "text", "", "SELECT count(DISTINCT name) > 1 FROM design WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40",
     1},
    {"precision", "text", "", "SELECT count(*) > 1 FROM experiment_precision WHERE experiment = ?1", PRECISIONS_SINCE},
    {"weight_bits", "integer", "bit",
     "SELECT count(DISTINCT coalesce(q.weight_bits, 0)) > 1 FROM experiment_precision x JOIN precision q ON q.id = "
     "x.precision WHERE x.experiment = ?1",
     PRECISIONS_SINCE},
    {"activation_bits", "integer", "bit",
     "SELECT count(DISTINCT coalesce(q.activation_bits, 0)) > 1 FROM experiment_precision x JOIN precision q ON q.id = "
     "x.precision WHERE x.experiment = ?1",
     PRECISIONS_SINCE},
    {"clock_mhz", "real", "MHz",
     "SELECT min(clock_mhz) < max(clock_mhz) FROM result WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40", 1}};

/* Leaves of the JSON of all designs, whether keys are nested or have dots.  The path of a key has quotes where it is
 * not of letters and digits alone. */
static const char leaves[] =
    "SELECT key, NULL, CASE max(type) WHEN 2 THEN 'text' WHEN 1 THEN 'real' ELSE 'integer' END, '', "
    "count(DISTINCT atom) > 1 FROM (SELECT replace(substr(j.fullkey, 3), '\"', '') AS key, j.atom AS atom, "
    "CASE j.type WHEN 'integer' THEN 0 WHEN 'real' THEN 1 ELSE 2 END AS type, d.id AS design, j.id AS place "
    "FROM design d, json_tree(d.parameters) j WHERE d.id >= ?1 << 40 AND d.id < (?1 + 1) << 40 AND j.atom IS NOT "
    "NULL) GROUP BY key ORDER BY min(design), min(place)";

static const char *text_of(sqlite3_stmt *row, int column)
{
  return (const char *)sqlite3_column_text(row, column);
}

/* Rows of (key, column, type, unit, varies). */
static qy_status read_axes(axis_rows *to, qy_store *store, const char *sql, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read, sql, err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, to->axes->experiment);
  int code;
  while ((code = sqlite3_step(read)) == SQLITE_ROW && !to->failed)
    put_axis(to, text_of(read, 0), text_of(read, 1), text_of(read, 2), text_of(read, 3),
             sqlite3_column_int(read, 4) != 0);
  if (to->failed)
    status = qy_no_memory(err);
  else if (code != SQLITE_DONE)
    status = qy_sql_fail(store->db, store->file, code, "read the axes of an experiment", err);
  return qy_sql_end(status, store->db, store->file, read, err);
}

static qy_status differs(int *yes, qy_store *store, int64_t id, const char *sql, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read, sql, err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, id);
  *yes = sqlite3_step(read) == SQLITE_ROW && sqlite3_column_int(read, 0) > 0;
  return qy_sql_end(QY_OK, store->db, store->file, read, err);
}

static qy_status derive(axis_rows *to, qy_store *store, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < sizeof derived / sizeof *derived; i++) {
    int varies = 0;
    if (to->axes->version < derived[i].since) continue;
    status = differs(&varies, store, to->axes->experiment, derived[i].differ, err);
    if (!status && varies) put_axis(to, derived[i].key, NULL, derived[i].type, derived[i].unit, true);
  }
  if (!status) status = read_axes(to, store, leaves, err);
  return status ? status : axes_name(to->axes->axis, to->axes->count, to->arena, err);
}

qy_status qy_store_axes(qy_axes *axes, qy_store *store, int64_t id, qy_arena *arena, qy_error *err)
{
  assert(axes && store && arena);
  int64_t version = 0;
  *axes = (qy_axes){.experiment = id};
  axis_rows to = {.axes = axes, .arena = arena};
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  axes->version = (int)version;
  if (!status && version >= STORE_AXES_SINCE)
    status =
        read_axes(&to, store,
                  "SELECT key, \"column\", type, unit, varies FROM axis WHERE experiment = ?1 ORDER BY position", err);
  return status || axes->count ? status : derive(&to, store, err);
}

/* ---- into the database ---- */

qy_status axes_store(qy_store *store, int64_t experiment, const qy_axis_column *axis, size_t count, qy_error *err)
{
  static const char doing[] = "store the axes of the experiment";
  char sql[80];
  sqlite3_stmt *insert = NULL;
  snprintf(sql, sizeof sql, "DELETE FROM axis WHERE experiment = %" PRId64, experiment);
  qy_status status = qy_sql_run(store->db, store->file, sql, doing, err);
  if (!status)
    status = qy_sql_prepare(store->db, store->file, &insert,
                            "INSERT INTO axis (experiment, position, key, \"column\", type, unit, varies) "
                            "VALUES (?, ?, ?, ?, ?, ?, ?)",
                            err);
  for (size_t i = 0; !status && i < count; i++) {
    const qy_axis_column *a = &axis[i];
    sqlite3_bind_int64(insert, 1, experiment);
    sqlite3_bind_int64(insert, 2, (sqlite3_int64)i);
    sqlite3_bind_text(insert, 3, a->key, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 4, a->column, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 5, qy_axis_type_name(a->type), -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 6, a->unit ? a->unit : "", -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 7, a->varies);
    status = qy_sql_step(store->db, store->file, insert, doing, err);
  }
  sqlite3_finalize(insert);
  return status ? status : missing_counted(store, experiment, "axis", err);
}

qy_status axes_begin(qy_store *store, const qy_store_experiment *e, int64_t id, qy_error *err)
{
  if (e->axis_count == 0) return QY_OK;
  qy_arena *arena = qy_arena_new();
  qy_axis_column *axis = qy_arena_alloc(arena, e->axis_count, sizeof *axis);
  qy_status status = axis ? QY_OK : qy_no_memory(err);
  if (!status) {
    memcpy(axis, e->axis, e->axis_count * sizeof *axis);
    status = axes_name(axis, e->axis_count, arena, err);
  }
  if (!status) status = axes_store(store, id, axis, e->axis_count, err);
  qy_arena_free(arena);
  return status;
}

qy_status axes_complete(qy_store *store, int64_t id, qy_error *err)
{
  qy_axes axes;
  char sql[80];
  int64_t rows = 0;
  snprintf(sql, sizeof sql, "SELECT count(*) FROM axis WHERE experiment = %" PRId64, id);
  qy_status status = qy_sql_number(store->db, store->file, sql, &rows, err);
  if (status || rows) return status;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  status = qy_store_axes(&axes, store, id, arena, err);
  if (!status) status = axes_store(store, id, axes.axis, axes.count, err);
  qy_arena_free(arena);
  return status;
}

/* ---- values ---- */

int qy_axes_find(const qy_axes *axes, const char *name)
{
  assert(axes && name);
  for (size_t i = 0; i < axes->count; i++)
    if (strcmp(axes->axis[i].key, name) == 0 || strcmp(axes->axis[i].column, name) == 0) return (int)i;
  return -1;
}

/* $."memory"."device", or, before keys were nested, $."memory.device" */
static void put_path(qy_text *out, const char *key, bool nested)
{
  qy_text_add(out, "'$.\"");
  for (; *key; key++) {
    if (*key == '.' && nested)
      qy_text_add(out, "\".\"");
    else
      qy_text_add(out, *key == '\'' ? "''" : "%c", *key);
  }
  qy_text_add(out, "\"'");
}

const char *axes_fixed_value(const qy_axes *axes, const char *key)
{
  const int f = fixed_of(key);
  return f < 0 ? NULL : axes->version >= PRECISIONS_SINCE ? fixed[f].value : fixed[f].old;
}

const char *qy_store_axis_value(const qy_axes *axes, size_t i, qy_arena *arena)
{
  assert(axes && i < axes->count);
  const qy_axis_column *a = &axes->axis[i];
  const char *own = axes_fixed_value(axes, a->key);
  if (own) return own;
  static const char *const cast[QY_AXIS_TYPES] = {"INTEGER", "REAL", NULL};
  qy_text sql = {0};
  if (cast[a->type]) qy_text_add(&sql, "CAST(");
  qy_text_add(&sql, "json_extract(d.parameters, ");
  put_path(&sql, a->key, axes->version >= STORE_AXES_SINCE);
  qy_text_add(&sql, ")");
  if (cast[a->type]) qy_text_add(&sql, " AS %s)", cast[a->type]);
  const char *text = sql.failed ? NULL : qy_arena_text(arena, sql.data, sql.length);
  qy_text_free(&sql);
  return text;
}

/* Parameters of elements are listed for all kinds, "auto" for those that do not take them. */
static bool is_of_element(const char *key)
{
  return strncmp(key, "pe.", strlen("pe.")) == 0 || strstr(key, ".pe.");
}

const char *qy_store_axis_resolved(const qy_axes *axes, size_t i, qy_arena *arena)
{
  const char *value = qy_store_axis_value(axes, i, arena);
  const qy_axis_column *a = &axes->axis[i];
  if (!value || a->type != QY_AXIS_TEXT || !axes_of_designs(axes, i) || axes->version < STORE_AXES_SINCE) return value;
  char *key = qy_arena_text(arena, a->key, strlen(a->key));
  for (char *c = key; c && *c; c++)
    if (*c == '.' || *c == '\'') *c = '_'; /* no choice has a quote in its name: views.c */
  const char *otherwise =
      is_of_element(a->key) ? "CASE WHEN r.reason IS NOT NULL AND r.resolved IS NULL THEN 'auto' END" : "'auto'";
  return key ? qy_arena_format(arena, "CASE %s WHEN 'auto' THEN coalesce(v.value ->> '$.\"%s\"', %s) ELSE %s END",
                               value, key, otherwise, value)
             : NULL;
}

const char *axes_join_resolved(const qy_axes *axes)
{
  return axes->version >= STORE_AXES_SINCE ? " LEFT JOIN resolved v ON v.id = r.resolved" : "";
}

const char *axes_join(const qy_axes *axes)
{
  return axes->version >= PRECISIONS_SINCE
             ? " LEFT JOIN technology t ON t.id = r.technology LEFT JOIN network n ON n.id = r.network "
               "LEFT JOIN design d ON d.id = r.design LEFT JOIN precision q ON q.id = r.precision"
             : " LEFT JOIN technology t ON t.id = r.technology LEFT JOIN network n ON n.id = r.network "
               "LEFT JOIN design d ON d.id = r.design";
}

const char *qy_store_axis_select(const qy_axes *axes, const size_t *chosen, size_t count, qy_arena *arena)
{
  assert(axes && arena);
  qy_text sql = {0};
  bool good = true;
  qy_text_add(&sql, "SELECT r.id & 0xffffffffff AS point");
  for (size_t k = 0; good && k < (chosen ? count : axes->count); k++) {
    const size_t i = chosen ? chosen[k] : k;
    const char *value = axes->as_written ? qy_store_axis_value(axes, i, arena) : qy_store_axis_resolved(axes, i, arena);
    good = value != NULL;
    if (good) qy_text_add(&sql, ", %s AS \"%s\"", value, axes->axis[i].column);
  }
  qy_text_add(&sql,
              " FROM result r%s%s WHERE r.id >= %" PRId64 " << 40 AND r.id < (%" PRId64 " + 1) << 40 ORDER BY r.id",
              axes_join(axes), axes_join_resolved(axes), axes->experiment, axes->experiment);
  const char *text = !good || sql.failed ? NULL : qy_arena_text(arena, sql.data, sql.length);
  qy_text_free(&sql);
  return text;
}
