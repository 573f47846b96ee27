/* The generated views of an experiment name, of its latest run; view_names.h has what they are called.
 *
 * A view says that it is generated, and for which name, in a comment at its head, which SQLite keeps: so nothing but
 * the view itself has to be true.
 */
#include "axes_int.h"

#include "chunk.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"
#include "schema.h"
#include "sql.h"
#include "store_int.h"
#include "view_names.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char doing[] = "make the views of an experiment";
enum { CHOICES_MAX = 256 };

/* What there is to show. */
typedef struct shown {
  qy_axes axes;
  bool metric[QY_METRIC_COUNT]; /* not NULL in some row; all of them as long as there are no rows */
  bool intervals, infeasible;
  bool resolved;       /* what was chosen in place of "auto" */
  const char **choice; /* keys of what was chosen for points */
  size_t choices;
  qy_arena *arena;
} shown;

/* Which of what is not found yet has values, in the first rows or in all; the last: whether there is a reason. */
static qy_status find_values(bool has[QY_METRIC_COUNT + 1], qy_store *store, int64_t experiment, bool first,
                             qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_text sql = {0}, all = {0};
  int asked[QY_METRIC_COUNT + 1], count = 0;
  for (int m = 0; m <= QY_METRIC_COUNT; m++)
    if (!has[m]) {
      const char *name = m < QY_METRIC_COUNT ? qy_metric_table()[m].name : "reason";
      qy_text_add(&sql, "%smax(%s IS NOT NULL)", count ? ", " : "SELECT ", name);
      qy_text_add(&all, ", %s", name);
      asked[count++] = m;
    }
  /* Rows without any of them are told by one expression. */
  static const char some[] = "(SELECT * FROM result WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 LIMIT 256)";
  static const char whole[] = "result WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 AND coalesce(NULL";
  if (count && first) qy_text_add(&sql, " FROM %s", some);
  if (count && !first) qy_text_add(&sql, " FROM %s%s) IS NOT NULL", whole, all.data ? all.data : "");
  qy_status status = QY_OK;
  if (sql.failed || all.failed) status = qy_no_memory(err);
  if (!status && count) status = qy_sql_prepare(store->db, store->file, &read, sql.data, err);
  qy_text_free(&sql);
  qy_text_free(&all);
  if (status || !count) return status;
  sqlite3_bind_int64(read, 1, experiment);
  if (sqlite3_step(read) == SQLITE_ROW)
    for (int c = 0; c < count; c++)
      has[asked[c]] = sqlite3_column_int(read, c) != 0;
  return qy_sql_end(QY_OK, store->db, store->file, read, err);
}

/* The same of packed columns, of which those have chunks that have values. */
static qy_status find_chunks(bool has[QY_METRIC_COUNT + 1], qy_store *store, int64_t experiment, qy_error *err)
{
  chunk_reader r;
  qy_status status = chunk_open(&r, store->db, store->file, experiment, err);
  if (status) return status;
  for (int m = 0; m <= QY_METRIC_COUNT && !status; m++)
    status = chunk_has(&has[m], &r, m < QY_METRIC_COUNT ? CHUNK_METRIC + m : CHUNK_REASON, err);
  chunk_close(&r);
  return status;
}

/* Which metrics have values: most have one in the first rows, so that few columns are looked through. */
static qy_status find_metrics(shown *s, qy_store *store, qy_error *err)
{
  bool has[QY_METRIC_COUNT + 1] = {false}, any = false;
  char policy[QY_STORE_POLICY];
  qy_status status = qy_store_policy(policy, store, s->axes.experiment, err);
  if (!status && strcmp(policy, "columns") == 0) {
    status = find_chunks(has, store, s->axes.experiment, err);
  } else if (!status) {
    status = find_values(has, store, s->axes.experiment, true, err);
    if (!status) status = find_values(has, store, s->axes.experiment, false, err);
  }
  for (int m = 0; m <= QY_METRIC_COUNT; m++)
    any |= has[m];
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    s->metric[m] = has[m] || !any;
  s->infeasible = has[QY_METRIC_COUNT] || !any;
  return status;
}

/* The same, known from the run itself where that is at hand. */
static qy_status find_shown(shown *s, qy_store *store, qy_error *err)
{
  char sql[260];
  int64_t intervals = 0;
  qy_status status = QY_OK;
  if (store->experiment == s->axes.experiment && store->seen_all && store->seen_rows) {
    memcpy(s->metric, store->seen_metric, sizeof s->metric);
    s->infeasible = store->seen_reason;
  } else {
    status = find_metrics(s, store, err);
  }
  /* Packed ones are known by their batches alone, those of older databases by their rows alone. */
  snprintf(sql, sizeof sql,
           "SELECT EXISTS (SELECT 1 FROM batch WHERE experiment = %" PRId64 " AND intervals > 0) OR EXISTS (SELECT 1 "
           "FROM interval WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40)",
           s->axes.experiment, s->axes.experiment, s->axes.experiment);
  if (!status) status = qy_sql_number(store->db, store->file, sql, &intervals, err);
  s->intervals = intervals != 0;
  return status;
}

/* Keys of what was chosen, of all points. */
static qy_status find_choices(shown *s, qy_store *store, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  if (store->experiment == s->axes.experiment && store->seen_all && !store->seen_resolved) return QY_OK;
  s->choice = qy_arena_alloc(s->arena, CHOICES_MAX, sizeof *s->choice);
  if (!s->choice) return qy_no_memory(err);
  qy_status status = qy_sql_prepare(
      store->db, store->file, &read,
      "SELECT DISTINCT j.key FROM resolved v, json_each(v.value) j WHERE v.id IN (SELECT resolved FROM result WHERE id "
      ">= ?1 << 40 AND id < (?1 + 1) << 40 AND resolved IS NOT NULL) ORDER BY 1",
      err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, s->axes.experiment);
  while (!status && s->choices < CHOICES_MAX && sqlite3_step(read) == SQLITE_ROW) {
    const char *key = (const char *)sqlite3_column_text(read, 0);
    if (!key || strpbrk(key, "'\"\\")) continue; /* none of ours: it goes into the text of a view */
    if (!(s->choice[s->choices++] = qy_arena_text(s->arena, key, strlen(key)))) status = qy_no_memory(err);
  }
  return qy_sql_end(status, store->db, store->file, read, err);
}

/* The column of a chosen value: "columns_chosen" for the key "columns". */
static void put_choice(qy_text *out, const char *key)
{
  qy_text_add(out, ", v.value ->> '$.\"%s\"' AS \"", key);
  for (; *key; key++)
    qy_text_add(out, "%c", *key == '.' ? '_' : *key);
  qy_text_add(out, "_chosen\"");
}

static qy_status put_columns(qy_text *out, const shown *s, bool front, qy_error *err)
{
  qy_text_add(out, "SELECT %st.name AS technology, ", front ? "g.name AS front_group, " : "");
  if (qy_axes_find(&s->axes, "voltage_v") >= 0) qy_text_add(out, "t.voltage_v AS voltage_v, ");
  qy_text_add(out, "n.name AS network, d.name AS design, q.label AS precision, "
                   "nullif(coalesce(r.weight_bits, q.weight_bits), 0) AS weight_bits, "
                   "q.activation_bits AS activation_bits, r.clock_mhz AS clock_mhz");
  for (size_t i = 0; i < s->axes.count; i++) {
    const qy_axis_column *a = &s->axes.axis[i];
    if (!a->varies || axes_reserved(a->column)) continue;
    const char *value =
        s->resolved ? qy_store_axis_resolved(&s->axes, i, s->arena) : qy_store_axis_value(&s->axes, i, s->arena);
    if (!value) return qy_no_memory(err);
    qy_text_add(out, ", %s AS \"%s\"", value, a->column);
  }
  for (size_t i = 0; i < s->choices; i++)
    put_choice(out, s->choice[i]);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const char *name = qy_metric_table()[m].name;
    if (!s->metric[m]) continue;
    qy_text_add(out, ", r.%s AS %s", name, name);
    if (s->intervals && qy_metric_uncertain(m))
      qy_text_add(out, ", i.%s_p05 AS %s_p05, i.%s_p95 AS %s_p95", name, name, name, name);
  }
  if (s->intervals)
    qy_text_add(out, ", CASE WHEN i.id IS NULL THEN NULL ELSE coalesce(c.probability, 0) END AS front_probability");
  if (!front) qy_text_add(out, ", w.text AS infeasible");
  qy_text_add(out, ", r.id & 0xffffffffff AS point, %" PRId64 " AS experiment_id", s->axes.experiment);
  return QY_OK;
}

static void put_tables(qy_text *out, const shown *s, bool front)
{
  const int64_t id = s->axes.experiment;
  qy_text_add(out, front ? " FROM front_group g CROSS JOIN front f ON f.front_group = g.id JOIN result r ON r.id = "
                           "f.point"
                         : " FROM result r");
  qy_text_add(out, "%s", axes_join(&s->axes));
  if (s->choices || s->resolved) qy_text_add(out, "%s", axes_join_resolved(&s->axes));
  if (s->intervals) qy_text_add(out, " LEFT JOIN interval i ON i.id = r.id LEFT JOIN front_chance c ON c.point = r.id");
  if (front)
    qy_text_add(out, " WHERE g.experiment = %" PRId64, id);
  else
    qy_text_add(out,
                " LEFT JOIN reason w ON w.id = r.reason WHERE r.id >= %" PRId64 " << 40 AND r.id < (%" PRId64
                " + 1) << 40",
                id, id);
}

qy_status qy_store_view_select(const char *select[2], qy_store *store, int64_t id, qy_arena *arena, qy_error *err)
{
  assert(select && store);
  shown s = {.resolved = true, .arena = arena};
  qy_status status = qy_store_axes(&s.axes, store, id, arena, err);
  if (!status && s.axes.version < STORE_LATEST_VERSION)
    status = qy_fail(err, QY_BAD_INPUT,
                     "%s: expected a results database of schema version %d, found version %d, which is only read here: "
                     "`quarry rm --vacuum --database FILE` brings it up to date",
                     store->file, STORE_VERSION, s.axes.version);
  if (!status) status = find_shown(&s, store, err);
  if (!status) status = find_choices(&s, store, err);
  for (int front = 0; front < 2 && !status; front++) {
    qy_text sql = {0};
    status = put_columns(&sql, &s, front, err);
    put_tables(&sql, &s, front);
    select[front] = !status && !sql.failed ? qy_arena_text(arena, sql.data, sql.length) : NULL;
    if (!status && !select[front]) status = qy_no_memory(err);
    qy_text_free(&sql);
  }
  return status;
}

/* ---- making them ---- */

/* One view; s NULL: drop it only. */
static qy_status renew_view(qy_store *store, const char *name, bool front, const shown *s, qy_error *err)
{
  char *view = NULL, *mark = view_mark(name), *head = NULL;
  bool there = false;
  qy_text sql = {0};
  qy_status status = mark ? view_name_find(&view, &there, store, name, front, err) : qy_no_memory(err);
  if (!status && !view) goto out;
  if (!status && there) {
    head = sqlite3_mprintf("DROP VIEW \"%w\"", view);
    status = head ? qy_sql_run(store->db, store->file, head, doing, err) : qy_no_memory(err);
    sqlite3_free(head);
  }
  if (status || !s) goto out;
  head = sqlite3_mprintf("CREATE VIEW \"%w\" AS %s ", view, mark);
  if (head) qy_text_add(&sql, "%s", head);
  status = head ? put_columns(&sql, s, front, err) : qy_no_memory(err);
  sqlite3_free(head);
  put_tables(&sql, s, front);
  /* Another program may remove the experiment, and its number be given again. */
  head = sqlite3_mprintf(" AND (SELECT e.name FROM experiment e WHERE e.id = %lld) = %Q", (long long)s->axes.experiment,
                         name);
  if (head) qy_text_add(&sql, "%s", head);
  sql.failed |= !head;
  sqlite3_free(head);
  if (!status) status = sql.failed ? qy_no_memory(err) : qy_sql_run(store->db, store->file, sql.data, doing, err);
out:
  sqlite3_free(view);
  sqlite3_free(mark);
  qy_text_free(&sql);
  return status;
}

/* The latest run; 0: none. */
static qy_status find_latest(int64_t *id, qy_store *store, const char *name, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  *id = 0;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &read, "SELECT coalesce(max(id), 0) FROM experiment WHERE name = ?", err);
  if (status) return status;
  sqlite3_bind_text(read, 1, name, -1, SQLITE_STATIC);
  if (sqlite3_step(read) == SQLITE_ROW) *id = sqlite3_column_int64(read, 0);
  return qy_sql_end(QY_OK, store->db, store->file, read, err);
}

qy_status qy_store_views_update(qy_store *store, const char *name, qy_error *err)
{
  assert(store && name);
  int64_t id;
  qy_arena *arena = qy_arena_new();
  shown s = {.arena = arena};
  qy_status status = arena ? find_latest(&id, store, name, err) : qy_no_memory(err);
  if (!status && id) {
    status = qy_store_axes(&s.axes, store, id, arena, err);
    if (!status) status = find_shown(&s, store, err);
    if (!status) status = find_choices(&s, store, err);
  }
  if (!status) status = qy_sql_run(store->db, store->file, "SAVEPOINT views", doing, err);
  const bool open = !status;
  if (!status) status = renew_view(store, name, false, id ? &s : NULL, err);
  if (!status) status = renew_view(store, name, true, id ? &s : NULL, err);
  if (open && status) sqlite3_exec(store->db, "ROLLBACK TO views", NULL, NULL, NULL);
  if (open) sqlite3_exec(store->db, "RELEASE views", NULL, NULL, NULL);
  qy_arena_free(arena);
  return status;
}

/* ---- where they are made ---- */

qy_status views_of(qy_store *store, int64_t experiment, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  char *name = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read, "SELECT name FROM experiment WHERE id = ?", err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, experiment);
  if (sqlite3_step(read) == SQLITE_ROW) name = sqlite3_mprintf("%s", sqlite3_column_text(read, 0));
  status = qy_sql_end(name ? QY_OK : QY_NO_MEMORY, store->db, store->file, read, err);
  status = status ? qy_no_memory(err) : qy_store_views_update(store, name, err);
  sqlite3_free(name);
  return status;
}

/* Experiments that have designs and no axes: stored by an older quarry, or begun without. */
qy_status views_of_old(qy_store *store, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read,
                                    "SELECT e.id FROM experiment e WHERE NOT EXISTS (SELECT 1 FROM axis a WHERE "
                                    "a.experiment = e.id) AND EXISTS (SELECT 1 FROM design d WHERE d.id >= e.id << 40 "
                                    "AND d.id < (e.id + 1) << 40) AND e.id > ? ORDER BY e.id LIMIT 1",
                                    err);
  for (int64_t last = 0, id = 0; !status; last = id) {
    sqlite3_bind_int64(read, 1, last);
    id = sqlite3_step(read) == SQLITE_ROW ? sqlite3_column_int64(read, 0) : 0;
    if (!id) break;
    sqlite3_reset(read);
    status = qy_sql_run(store->db, store->file, "BEGIN IMMEDIATE", doing, err);
    if (!status) status = axes_complete(store, id, err);
    if (!status) status = views_of(store, id, err);
    if (!status) status = qy_sql_run(store->db, store->file, "COMMIT", doing, err);
    qy_sql_rollback(store->db);
  }
  return qy_sql_end(status, store->db, store->file, read, err);
}
