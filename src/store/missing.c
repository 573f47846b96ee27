/* What a complete experiment lacks because another program changed the file.  inputs.c looks after the links.
 *
 * Batches say how many rows they were stored with, the table `content` how many rows other tables had when the
 * experiment was finished; older databases say less.  Where `content` itself has lost rows, nobody knows, and all is
 * computed again.  A batch that lacks rows, or the texts that its rows refer to, is computed again, and with it all
 * that is found from the whole: fronts, front probabilities, best points.
 */
#include "missing.h"

#include "axes_int.h"
#include "quarry/text.h"
#include "schema.h"
#include "sql.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char doing[] = "look whether the experiment is whole";

/* Tables of an experiment beside its results, with their rows.  ?1 is the experiment. */
static const struct {
  const char *name, *what, *rows;
  bool large;         /* rows are of points: counting them takes a while */
  int since;          /* version of the schema from which on it is counted; 0: the first that counts */
  const char *values; /* what is added up; NULL: all columns */
} table[] = {
    {"design", "designs", "design WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40", true, 0, NULL},
    {"front", "points of fronts", "front WHERE front_group IN (SELECT id FROM front_group WHERE experiment = ?1)",
     false, 0, "point, (SELECT name FROM front_group WHERE id = front_group)"}, /* numbers of groups change */
    {"front_chance", "front probabilities", "front_chance WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40", true, 0,
     NULL},
    {"best_point", "best points", "best_point WHERE experiment = ?1", false, 0, NULL},
    {"layer_result", "layers of points", "layer_result WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40", true, 0,
     NULL},
    {"member_result", "members of points", "member_result WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40", true, 0,
     NULL},
    /* Where intervals are packed: those of fronts and best points. */
    {"interval", "intervals",
     "main.interval WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40 AND EXISTS (SELECT 1 FROM chunk_column WHERE "
     "experiment = ?1 AND name GLOB '*_p05')",
     true, STORE_PACKED_INTERVALS_VERSION, NULL},
    {"comparison", "comparisons", "comparison WHERE experiment = ?1", false, STORE_UNLIMITED_VERSION, NULL},
    {"tally", "counts of groups", "tally WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40", true,
     STORE_POLICY_VERSION, NULL},
    {"histogram", "ranges of values", "histogram WHERE experiment = ?1", false, STORE_POLICY_VERSION, NULL},
    {"infeasible_count", "counts of infeasible points", "infeasible_count WHERE experiment = ?1", false,
     STORE_POLICY_VERSION, NULL},
    {"kept_front", "kinds of fronts", "kept_front WHERE experiment = ?1", false, STORE_POLICY_VERSION, NULL},
    {"axis", "axes", "axis WHERE experiment = ?1", false, STORE_POLICY_VERSION, NULL},
    {"experiment_table_file", "tables", "experiment_table_file WHERE experiment = ?1", false, STORE_POLICY_VERSION,
     NULL},
};
enum { TABLES = sizeof table / sizeof *table };

/* Experiments of which every batch knows its rows were finished by a version that counts.  ?1 is the experiment. */
#define COUNTS "(SELECT min(intervals IS NOT NULL) FROM batch WHERE experiment = ?1)"
/* How many counts it has of those that every version has. */
#define CONTENT                                                                                                        \
  "(SELECT count(*) FROM content WHERE experiment = ?1 AND name IN ('design', 'front', 'front_chance', 'best_point', " \
  "'layer_result', 'member_result'))"

/* Rows that batches were stored with, and rows there are: more must not be either. */
enum { RESULTS, INTERVALS };
static const struct {
  const char *what, *stored, *rows;
} part[] = {[RESULTS] = {"results", "rows", "result WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40"},
            [INTERVALS] = {"intervals", "intervals", "interval WHERE id >= ?1 << 40 AND id < (?1 + 1) << 40"},
            {"assignments", "assignments", "assignment WHERE point >= ?1 << 40 AND point < (?1 + 1) << 40"}};
enum { PARTS = sizeof part / sizeof *part };

/* Results that refer to what is not there. */
#define ORPHAN                                                                                                         \
  "(NOT EXISTS (SELECT 1 FROM design d WHERE d.id = r.design) OR (r.reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM " \
  "reason w WHERE w.id = r.reason)) OR (r.resolved IS NOT NULL AND NOT EXISTS (SELECT 1 FROM resolved v WHERE v.id = " \
  "r.resolved)) OR r.technology NOT IN (SELECT technology FROM experiment_technology WHERE experiment = ?1) OR "       \
  "r.network NOT IN (SELECT network FROM experiment_network WHERE experiment = ?1) OR r.precision NOT IN (SELECT "     \
  "precision FROM experiment_precision WHERE experiment = ?1))"

/* Links with what it is made with: best points know some of what there was. */
static const struct {
  const char *name, *what;
} linked[] = {{"technology", "technologies"}, {"network", "networks"}, {"precision", "precisions"}};
enum { LINKED = sizeof linked / sizeof *linked };

/* Two numbers of one row; *known false: the first is NULL or there is no row. */
static qy_status two_numbers(int64_t *one, int64_t *two, bool *known, qy_store *store, const char *sql, int64_t id,
                             qy_error *err)
{
  sqlite3_stmt *read = NULL;
  *known = false;
  qy_status status = qy_sql_prepare(store->db, store->file, &read, sql, err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, id);
  const int code = sqlite3_step(read);
  if (code == SQLITE_ROW && sqlite3_column_type(read, 0) != SQLITE_NULL) {
    *known = true;
    *one = sqlite3_column_int64(read, 0);
    *two = sqlite3_column_int64(read, 1);
  } else if (code != SQLITE_ROW && code != SQLITE_DONE) {
    status = qy_sql_fail(store->db, store->file, code, doing, err);
  }
  return qy_sql_end(status, store->db, store->file, read, err);
}

static void say(char text[STORE_MISSING], int64_t expected, int64_t found, const char *what)
{
  if (expected == found) return;
  const size_t used = strlen(text);
  qy_append(text, STORE_MISSING, used, "%s%" PRId64 " %s of %" PRId64, used ? ", " : "", found, what, expected);
}

static qy_status find_links(char text[STORE_MISSING], qy_store *store, int64_t id, qy_error *err)
{
  char sql[400];
  int64_t expected = 0, found = 0;
  bool known;
  qy_status status = QY_OK;
  for (int l = 0; l < LINKED && !status; l++) {
    const char *name = linked[l].name;
    snprintf(sql, sizeof sql,
             "SELECT (SELECT count(*) FROM (SELECT %s FROM best_point WHERE experiment = ?1 UNION SELECT %s FROM "
             "experiment_%s WHERE experiment = ?1)), (SELECT count(DISTINCT %s) FROM experiment_%s WHERE experiment = "
             "?1)",
             name, name, name, name, name);
    status = two_numbers(&expected, &found, &known, store, sql, id, err);
    if (!status && known) say(text, expected, found, linked[l].what);
  }
  return status;
}

/* Counts that every version has that counts at all. */
static int64_t first_counts(void)
{
  int64_t count = 0;
  for (int t = 0; t < TABLES; t++)
    count += table[t].since == 0;
  return count;
}

static qy_status find_counted(char text[STORE_MISSING], qy_store *store, int64_t id, bool large, int64_t version,
                              qy_error *err)
{
  char sql[400];
  int64_t expected = 0, found = 0;
  bool known;
  qy_status status = two_numbers(&found, &expected, &known, store, "SELECT " CONTENT ", " COUNTS, id, err);
  if (!status && known && expected) say(text, first_counts(), found, "counts of rows");
  for (int t = 0; t < TABLES && !status; t++) {
    if ((table[t].large && !large) || version < table[t].since) continue;
    snprintf(sql, sizeof sql,
             "SELECT (SELECT rows FROM content WHERE experiment = ?1 AND name = '%s'), (SELECT count(*) FROM %s)",
             table[t].name, table[t].rows);
    status = two_numbers(&expected, &found, &known, store, sql, id, err);
    if (!status && known) say(text, expected, found, table[t].what);
  }
  return status;
}

/* Packed columns with a chunk for each batch of which `batches` says so; *columns: there are, and they have the name. */
static qy_status find_chunks_of(char text[STORE_MISSING], bool *columns, qy_store *store, const char *name,
                                const char *batches, const char *what, int64_t id, int64_t version, qy_error *err)
{
  char sql[600];
  int64_t expected = 0, found = 0;
  snprintf(
      sql, sizeof sql,
      "SELECT (SELECT count(*) FROM batch b WHERE b.experiment = e.id%s), (SELECT count(*) FROM batch b CROSS JOIN "
      "result_chunk c ON c.id = %s WHERE b.experiment = e.id%s) FROM experiment e JOIN chunk_column n ON "
      "n.experiment = e.id AND n.name = '%s' WHERE e.id = ?1 AND e.store = 'columns'",
      batches, version < STORE_BATCH_ORDER_VERSION ? STORE_CHUNK_KEY_OLDER : STORE_CHUNK_KEY, batches, name);
  const qy_status status = two_numbers(&expected, &found, columns, store, sql, id, err);
  if (!status && *columns) say(text, expected, found, what);
  return status;
}

/* Of results that are packed; *columns: they are, *intervals: with their intervals. */
static qy_status find_chunks(char text[STORE_MISSING], bool *columns, bool *intervals, qy_store *store, int64_t id,
                             int64_t version, qy_error *err)
{
  *columns = *intervals = false;
  if (version < STORE_POLICY_VERSION) return QY_OK;
  const qy_status status =
      find_chunks_of(text, columns, store, chunk_name(CHUNK_DESIGN), "", "chunks of results", id, version, err);
  return status ? status
                : find_chunks_of(text, intervals, store, chunk_name(chunk_unsure()), " AND b.intervals > 0",
                                 "chunks of intervals", id, version, err);
}

qy_status missing_find(char text[STORE_MISSING], qy_store *store, int64_t id, bool references, qy_error *err)
{
  char sql[700];
  int64_t expected = 0, found = 0, version = 0;
  bool known, packed[PARTS] = {false};
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  text[0] = '\0';
  if (!status) status = find_chunks(text, &packed[RESULTS], &packed[INTERVALS], store, id, version, err);
  for (int p = 0; p < PARTS && !status; p++) {
    if (packed[p]) continue; /* but for those of fronts, which are written at the end */
    /* NULL where a batch does not know. */
    snprintf(sql, sizeof sql,
             "SELECT CASE WHEN count(*) = count(%s) THEN total(%s) END, (SELECT count(*) FROM %s) FROM batch WHERE "
             "experiment = ?1",
             part[p].stored, part[p].stored, part[p].rows);
    status = two_numbers(&expected, &found, &known, store, sql, id, err);
    if (!status && known) say(text, expected, found, part[p].what);
  }
  if (!status)
    status = two_numbers(&expected, &found, &known, store,
                         "SELECT (points - 1) / batch_points + 1, (SELECT count(*) FROM batch WHERE experiment = ?1) "
                         "FROM experiment WHERE id = ?1",
                         id, err);
  if (!status && known) say(text, expected, found, "batches");
  if (!status) status = find_links(text, store, id, err);
  if (!status) status = find_counted(text, store, id, true, version, err);
  if (status || !references || *text) return status;
  status = two_numbers(&found, &expected, &known, store,
                       "SELECT count(*), 0 FROM result r WHERE r.id >= ?1 << 40 AND r.id < (?1 + 1) << 40 AND " ORPHAN,
                       id, err);
  if (!status && known && found)
    snprintf(text, STORE_MISSING, "%" PRId64 " results whose design, reason, choices or inputs are gone", found);
  return status;
}

/* Statements with ?1 the experiment. */
static qy_status run_all(qy_store *store, const char *const *sql, size_t count, int64_t id, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < count && !status; i++) {
    sqlite3_stmt *run = NULL;
    status = qy_sql_prepare(store->db, store->file, &run, sql[i], err);
    if (!status) {
      sqlite3_bind_int64(run, 1, id);
      status = qy_sql_step(store->db, store->file, run, "drop what must be computed again", err);
    }
    sqlite3_finalize(run);
  }
  return status;
}

qy_status missing_drop(qy_store *store, int64_t id, qy_error *err)
{
#define BATCH_OF(column) "((" column " & 0xffffffffff) / (SELECT batch_points FROM experiment WHERE id = ?1))"
#define IN_RANGE(column) column " >= ?1 << 40 AND " column " < (?1 + 1) << 40"
#define ROWS_OF(table, column)                                                                                         \
  "(SELECT count(*) FROM " table " x WHERE x." column                                                                  \
  " >= (b.experiment << 40) + b.batch * e.batch_points AND x." column                                                  \
  " < (b.experiment << 40) + min((b.batch + 1) * e.batch_points, e.points))"
#define UNMARKED(column)                                                                                               \
  IN_RANGE(column) " AND " BATCH_OF(column) " NOT IN (SELECT batch FROM batch WHERE experiment = ?1)"
  static const char *const sql[] = {
      /* layers and members, of which a batch does not know how many it had: all is computed again, and so it is where
       * the experiment does not know either though it did */
      "DELETE FROM batch WHERE experiment = ?1 AND " COUNTS " AND (SELECT count(*) FROM content WHERE "
      "experiment = ?1 AND name IN ('layer_result', 'member_result')) < 2",
      "DELETE FROM batch WHERE experiment = ?1 AND EXISTS (SELECT 1 FROM content c WHERE c.experiment = ?1 AND "
      "((c.name = 'layer_result' AND c.rows <> (SELECT count(*) FROM layer_result WHERE " IN_RANGE(
          "point") ")) OR (c.name = 'member_result' AND c.rows <> (SELECT count(*) FROM member_result "
                   "WHERE " IN_RANGE("point") "))))",
      /* what is found from the whole */
      "DELETE FROM front WHERE front_group IN (SELECT id FROM front_group WHERE experiment = ?1)",
      "DELETE FROM front_group WHERE experiment = ?1",
      "DELETE FROM best_point WHERE experiment = ?1",
      "DELETE FROM front_chance WHERE " IN_RANGE("point"),
      "DELETE FROM comparison WHERE experiment = ?1",
      /* those that are left of axes say less than the designs do */
      "DELETE FROM axis WHERE experiment = ?1 AND (SELECT rows FROM content WHERE experiment = ?1 AND name = 'axis') "
      "<> "
      "(SELECT count(*) FROM axis WHERE experiment = ?1)",
      "DELETE FROM content WHERE experiment = ?1",
      /* marks of batches that lack rows */
      "DELETE FROM batch WHERE experiment = ?1 AND batch IN (SELECT b.batch FROM batch b JOIN experiment e ON e.id "
      "= "
      "b.experiment WHERE b.experiment = ?1 AND (b.rows <> " ROWS_OF("result", "id") " OR b.intervals <> " ROWS_OF(
          "interval", "id") " OR b.assignments <> " ROWS_OF("assignment", "point") "))",
      "DELETE FROM batch WHERE experiment = ?1 AND batch IN (SELECT " BATCH_OF("r.id") " FROM result r WHERE " IN_RANGE(
          "r.id") " AND " ORPHAN ")",
      /* rows without a mark */
      "DELETE FROM assignment WHERE " UNMARKED("point"),
      "DELETE FROM interval WHERE " UNMARKED("id"),
      "DELETE FROM layer_result WHERE " UNMARKED("point"), /* a program that minds no references leaves them */
      "DELETE FROM member_result WHERE " UNMARKED("point"),
      "DELETE FROM result WHERE " UNMARKED("id"),
  };
  return run_all(store, sql, sizeof sql / sizeof *sql, id, err);
}

qy_status missing_uncounted(qy_store *store, int64_t id, qy_error *err)
{
  static const char *const erase[] = {"DELETE FROM comparison WHERE experiment = ?1 AND NOT EXISTS (SELECT 1 FROM "
                                      "content WHERE experiment = ?1 AND name = 'comparison')"};
  return run_all(store, erase, 1, id, err);
}

/* Rows of a table, and the sum of their values. */
static qy_status add_up(int64_t *sum, int64_t *rows, qy_store *store, int64_t id, int t, qy_error *err)
{
  char sql[300];
  snprintf(sql, sizeof sql, "SELECT %s FROM %s", table[t].values ? table[t].values : "*", table[t].rows);
  return table_sum(sum, rows, store->db, store->file, sql, id, err);
}

/* Note tables [first, end). */
static qy_status note(qy_store *store, int64_t id, int first, int end, qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  qy_status status =
      qy_sql_prepare(store->db, store->file, &insert,
                     "INSERT OR REPLACE INTO content (experiment, name, rows, sum) VALUES (?, ?, ?, ?)", err);
  for (int t = first; t < end && !status; t++) {
    int64_t sum, rows;
    status = add_up(&sum, &rows, store, id, t, err);
    if (status) break;
    sqlite3_bind_int64(insert, 1, id);
    sqlite3_bind_text(insert, 2, table[t].name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(insert, 3, rows);
    sqlite3_bind_int64(insert, 4, sum);
    status = qy_sql_step(store->db, store->file, insert, "note what there is", err);
  }
  sqlite3_finalize(insert);
  return status;
}

qy_status missing_count(qy_store *store, int64_t id, qy_error *err)
{
  static const char *const erase[] = {"DELETE FROM content WHERE experiment = ?1"};
  const qy_status status = run_all(store, erase, 1, id, err);
  return status ? status : note(store, id, 0, TABLES, err);
}

qy_status missing_counted(qy_store *store, int64_t id, const char *name, qy_error *err)
{
  int t = 0;
  while (t < TABLES && strcmp(table[t].name, name) != 0)
    t++;
  assert(t < TABLES);
  return note(store, id, t, t + 1, err);
}

qy_status missing_changed(char text[STORE_MISSING], qy_store *store, int64_t id, qy_error *err)
{
  qy_status status = QY_OK;
  text[0] = '\0';
  for (int t = 0; t < TABLES && !status; t++) {
    char sql[300];
    int64_t expected, same, sum, rows;
    bool known;
    snprintf(sql, sizeof sql, "SELECT sum, 0 FROM content WHERE experiment = ?1 AND name = '%s'", table[t].name);
    status = two_numbers(&expected, &same, &known, store, sql, id, err);
    if (!status && known) status = add_up(&sum, &rows, store, id, t, err);
    const size_t used = strlen(text);
    if (!status && known && sum != expected)
      qy_append(text, STORE_MISSING, used, "%s%s", used ? ", " : "", table[t].what);
  }
  return status;
}

qy_status qy_store_lacks(char text[STORE_MISSING], qy_store *store, qy_error *err)
{
  assert(text && store);
  static const char sql[] = "SELECT id, name FROM experiment WHERE status = 'complete' ORDER BY id";
  sqlite3_stmt *read = NULL;
  int64_t version = 0, metrics = 0, expected = 0; /* an older program has fewer metrics */
  text[0] = '\0';
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  if (status || version < STORE_AXES_SINCE) return status; /* it does not count */
  status = qy_sql_number(store->db, store->file, "SELECT count(*) FROM metric", &metrics, err);
  for (int m = 0; m < QY_METRIC_COUNT && !status; m++)
    expected += sqlite3_table_column_metadata(store->db, "main", "result", qy_metric_table()[m].name, NULL, NULL, NULL,
                                              NULL, NULL) == SQLITE_OK;
  if (metrics < expected) say(text, expected, metrics, "metrics");
  if (!status) status = qy_sql_prepare(store->db, store->file, &read, sql, err);
  while (!status && sqlite3_step(read) == SQLITE_ROW) {
    char own[STORE_MISSING] = "";
    const int64_t id = sqlite3_column_int64(read, 0);
    status = find_links(own, store, id, err);
    if (!status) status = find_counted(own, store, id, false, version, err);
    const size_t used = strlen(text);
    if (*own) qy_append(text, STORE_MISSING, used, "%s%s: %s", used ? "; " : "", sqlite3_column_text(read, 1), own);
  }
  return qy_sql_end(status, store->db, store->file, read, err);
}

qy_status qy_store_check_whole(qy_store *store, int64_t id, qy_error *err)
{
  assert(store);
  char sql[120], missing[STORE_MISSING] = "";
  int64_t version = 0, complete = 0;
  snprintf(sql, sizeof sql, "SELECT status = 'complete' FROM experiment WHERE id = %" PRId64, id);
  qy_status status = qy_sql_number(store->db, store->file, "PRAGMA user_version", &version, err);
  if (!status && version >= STORE_AXES_SINCE) status = qy_sql_number(store->db, store->file, sql, &complete, err);
  if (!status && complete) status = missing_find(missing, store, id, false, err);
  if (status || !*missing) return status;
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: experiment %" PRId64
                 " is complete, but another program changed the file: found %s; run it again, "
                 "which computes what is missing",
                 store->file, id, missing);
}

qy_status qy_store_is_run(bool *is, qy_store *store, int64_t id, qy_error *err)
{
  assert(is && store);
  static const char sql[] = "SELECT runner FROM experiment WHERE id = ? AND status = 'running' AND runner IS NOT NULL";
  sqlite3_stmt *read = NULL;
  char host[64];
  long pid;
  *is = false;
  const qy_status status = qy_sql_prepare(store->db, store->file, &read, sql, err);
  if (status) return status;
  sqlite3_bind_int64(read, 1, id);
  if (sqlite3_step(read) == SQLITE_ROW)
    *is = qy_store_runner_lives((const char *)sqlite3_column_text(read, 0), &pid, host);
  return qy_sql_end(QY_OK, store->db, store->file, read, err);
}
