/* The schema: db/schema.sql with the columns of the metric table filled in, and its changes from version to version.
 *
 * Two things change a schema.  A new version of the fixed part is a new row of `migration`.  A new metric needs none:
 * its column is added when a database is opened for writing; older rows have NULL there.  Views hold no data and are
 * simply made again in both cases.
 */
#include "schema.h"

#include "nest.h"
#include "quarry/metric.h"
#include "quarry/text.h"
#include "sql.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Until version 3 all operands of a point had one width. */
static const char precisions[] =
    "DROP VIEW IF EXISTS best;"
    "CREATE TABLE noise_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT NOT NULL, "
    "UNIQUE (sha256, name)) STRICT;"
    "CREATE TABLE experiment_noise_file (experiment INTEGER NOT NULL REFERENCES experiment (id), "
    "position INTEGER NOT NULL, noise_file INTEGER NOT NULL REFERENCES noise_file (id), "
    "PRIMARY KEY (experiment, position)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE precision (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE, weight_bits INTEGER, "
    "activation_bits INTEGER, CHECK ((weight_bits IS NULL) = (activation_bits IS NULL))) STRICT;"
    "CREATE TABLE experiment_precision (experiment INTEGER NOT NULL REFERENCES experiment (id), "
    "position INTEGER NOT NULL, precision INTEGER NOT NULL REFERENCES precision (id), "
    "PRIMARY KEY (experiment, position)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE assignment (point INTEGER PRIMARY KEY REFERENCES result (id), "
    "assignment TEXT NOT NULL CHECK (json_valid(assignment))) STRICT;"
    "INSERT INTO precision (label, weight_bits, activation_bits) "
    "SELECT precision_bits || ' bit', precision_bits, precision_bits FROM result GROUP BY precision_bits;"
    "INSERT INTO experiment_precision SELECT experiment, row_number() OVER (PARTITION BY experiment ORDER BY first) - "
    "1, "
    "p.id FROM (SELECT id >> 40 AS experiment, precision_bits, min(id) AS first FROM result GROUP BY 1, 2) r "
    "JOIN precision p ON p.weight_bits = r.precision_bits;"
    "ALTER TABLE result ADD COLUMN precision INTEGER REFERENCES precision (id);"
    "ALTER TABLE result ADD COLUMN weight_bits INTEGER;"
    "UPDATE result SET precision = (SELECT p.id FROM precision p WHERE p.label = result.precision_bits || ' bit');"
    "ALTER TABLE best_point RENAME TO old_best_point;"
    "CREATE TABLE best_point (experiment INTEGER NOT NULL REFERENCES experiment (id), "
    "technology INTEGER NOT NULL REFERENCES technology (id), network INTEGER NOT NULL REFERENCES network (id), "
    "precision INTEGER NOT NULL REFERENCES precision (id), metric TEXT NOT NULL, value REAL NOT NULL, "
    "point INTEGER NOT NULL REFERENCES result (id), "
    "PRIMARY KEY (experiment, technology, network, precision, metric)) STRICT, WITHOUT ROWID;"
    "INSERT INTO best_point SELECT experiment, technology, network, p.id, metric, value, point FROM old_best_point b "
    "JOIN precision p ON p.weight_bits = b.precision_bits;"
    "DROP TABLE old_best_point;";

/* Until version 4 designs were compared when they were printed; until version 5 each metric had a range of its own.
 * What is not stored is found anew by the next `quarry run`. */
#define COMPARISONS                                                                                                    \
  "CREATE TABLE comparison (experiment INTEGER NOT NULL REFERENCES experiment (id), position INTEGER NOT NULL, "       \
  "within TEXT NOT NULL CHECK (json_valid(within)), base TEXT NOT NULL, design TEXT NOT NULL, metric TEXT NOT NULL, "  \
  "at_equal TEXT NOT NULL, low REAL, high REAL, gain REAL, p05 REAL, p95 REAL, gain_min REAL, gain_max REAL, "         \
  "unlimited REAL, better_pct REAL, better_from REAL, note TEXT, PRIMARY KEY (experiment, position)) STRICT, WITHOUT " \
  "ROWID;"

/* Until version 4 layers and members of points were not stored. */
#define DETAILS                                                                                                        \
  "CREATE TABLE layer_result (point INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE, "                       \
  "position INTEGER NOT NULL, member TEXT, layer TEXT NOT NULL, type TEXT NOT NULL, bound_by TEXT, "                   \
  "weight_bits INTEGER, activation_bits INTEGER, sum_bits INTEGER, bias_bits INTEGER, accumulator_bits INTEGER, "      \
  "PRIMARY KEY (point, position)) STRICT, WITHOUT ROWID;"                                                              \
  "CREATE TABLE member_result (point INTEGER NOT NULL REFERENCES result (id) ON DELETE CASCADE, "                      \
  "position INTEGER NOT NULL, member TEXT, accelerator TEXT, layers INTEGER NOT NULL, "                                \
  "PRIMARY KEY (point, position)) STRICT, WITHOUT ROWID;"

/* Until version 4 results referred to their parents, so that each row deleted of those searched all results.  The
 * clause goes from the text of the table alone (https://sqlite.org/lang_altertable.html#otheralter: what is on the disk
 * stays as it is); the indices that follow make other processes read the text anew. */
#define WITHOUT_REFERENCES                                                                                             \
  "PRAGMA writable_schema = ON;"                                                                                       \
  "UPDATE sqlite_schema SET sql = replace(replace(replace(replace(replace(sql, ' REFERENCES design (id)', ''), "       \
  "' REFERENCES technology (id)', ''), ' REFERENCES network (id)', ''), ' REFERENCES precision (id)', ''), "           \
  "' REFERENCES reason (id)', '') WHERE type = 'table' AND name = 'result';"                                           \
  "PRAGMA writable_schema = RESET;"                                                                                    \
  "CREATE INDEX front_of_point ON front (point);"                                                                      \
  "CREATE INDEX best_point_of_point ON best_point (point);"

/* Axes as columns, resolved values, how much there is of an experiment; until version 4 keys of designs had dots. */
#define AXES                                                                                                           \
  "CREATE TABLE axis (experiment INTEGER NOT NULL REFERENCES experiment (id), position INTEGER NOT NULL, "             \
  "key TEXT NOT NULL, \"column\" TEXT NOT NULL, type TEXT NOT NULL CHECK (type IN ('integer', 'real', 'text')), "      \
  "unit TEXT NOT NULL, varies INTEGER NOT NULL CHECK (varies IN (0, 1)), PRIMARY KEY (experiment, position)) "         \
  "STRICT, WITHOUT ROWID;"                                                                                             \
  "CREATE TABLE resolved (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE CHECK (json_valid(value))) STRICT;"       \
  "CREATE TABLE content (experiment INTEGER NOT NULL REFERENCES experiment (id), name TEXT NOT NULL, "                 \
  "rows INTEGER NOT NULL, PRIMARY KEY (experiment, name)) STRICT, WITHOUT ROWID;"                                      \
  "ALTER TABLE result ADD COLUMN resolved INTEGER;"                                                                    \
  "ALTER TABLE technology ADD COLUMN voltage_v REAL;"                                                                  \
  "UPDATE technology SET voltage_v = CAST(substr(name, instr(name, '@') + 1) AS REAL) WHERE name GLOB '*@[0-9]*V';"    \
  "ALTER TABLE batch ADD COLUMN intervals INTEGER;"                                                                    \
  "ALTER TABLE batch ADD COLUMN assignments INTEGER;"                                                                  \
  "UPDATE design SET parameters = quarry_nest(parameters);"

/* Until version 7 all points were stored, and which tables results follow from was not. */
#define POLICIES                                                                                                       \
  "ALTER TABLE experiment ADD COLUMN store TEXT NOT NULL DEFAULT 'all' CHECK (store IN ('all', 'columns', 'front', "   \
  "'summary'));"                                                                                                       \
  "CREATE TABLE table_file (id INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, text TEXT NOT NULL, "    \
  "UNIQUE (sha256, name)) STRICT;"                                                                                     \
  "CREATE TABLE experiment_table_file (experiment INTEGER NOT NULL REFERENCES experiment (id), "                       \
  "position INTEGER NOT NULL, table_file INTEGER NOT NULL REFERENCES table_file (id), "                                \
  "PRIMARY KEY (experiment, position)) STRICT, WITHOUT ROWID;"                                                         \
  "CREATE TABLE tally (point INTEGER PRIMARY KEY, points INTEGER NOT NULL) STRICT;"                                    \
  "CREATE TABLE infeasible_count (experiment INTEGER NOT NULL REFERENCES experiment (id), "                            \
  "technology INTEGER NOT NULL, reason INTEGER NOT NULL, points INTEGER NOT NULL, "                                    \
  "PRIMARY KEY (experiment, technology, reason)) STRICT, WITHOUT ROWID;"                                               \
  "CREATE TABLE kept_front (experiment INTEGER NOT NULL REFERENCES experiment (id), position INTEGER NOT NULL, "       \
  "metrics TEXT NOT NULL CHECK (json_valid(metrics)), within TEXT NOT NULL CHECK (json_valid(within)), "               \
  "PRIMARY KEY (experiment, position)) STRICT, WITHOUT ROWID;"                                                         \
  "CREATE TABLE histogram (experiment INTEGER NOT NULL REFERENCES experiment (id), technology INTEGER NOT NULL, "      \
  "metric TEXT NOT NULL, low REAL NOT NULL, high REAL NOT NULL, points INTEGER NOT NULL, "                             \
  "PRIMARY KEY (experiment, technology, metric, low)) STRICT, WITHOUT ROWID;"                                          \
  "CREATE TABLE result_chunk (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"                                     \
  "CREATE TABLE chunk_column (experiment INTEGER NOT NULL REFERENCES experiment (id), number INTEGER NOT NULL, "       \
  "name TEXT NOT NULL, PRIMARY KEY (experiment, number)) STRICT, WITHOUT ROWID;"                                       \
  "CREATE TABLE sweep_state (experiment INTEGER NOT NULL REFERENCES experiment (id), part INTEGER NOT NULL, "          \
  "state BLOB NOT NULL, PRIMARY KEY (experiment, part)) STRICT;"

/* Until version 8 packed columns had no seal (seal.h); those that are there stay so, and are read. */
#define SEALS ""

/* Until version 9 batches of rows, and tables that are counted, had no sums of their values. */
#define SUMS "ALTER TABLE batch ADD COLUMN sum INTEGER; ALTER TABLE content ADD COLUMN sum INTEGER;"

/* Until version 10 intervals of points in packed columns were rows of their own; those that are there stay so. */
#define PACKED_INTERVALS ""

/* Until version 11 chunks stood column by column.  The legacy way to rename leaves the trigger alone that names it. */
#define BATCH_ORDER                                                                                                    \
  "CREATE TABLE chunk_by_batch (id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"                                   \
  "INSERT INTO chunk_by_batch (id, data) SELECT " STORE_CHUNK_KEY ", c.data FROM batch b CROSS JOIN chunk_column n "   \
  "ON n.experiment = b.experiment CROSS JOIN result_chunk c ON c.id = " STORE_CHUNK_KEY_OLDER                          \
  " ORDER BY b.experiment, b.batch, n.number;"                                                                         \
  "DROP TABLE result_chunk;"                                                                                           \
  "PRAGMA legacy_alter_table = ON;"                                                                                    \
  "ALTER TABLE chunk_by_batch RENAME TO result_chunk;"                                                                 \
  "PRAGMA legacy_alter_table = OFF;"

/* migration[i] leads from version i + 1 to version i + 2.  A view that is in the way is dropped: all are made anew. */
static const char *const migration[] = {"CREATE TABLE interval (id INTEGER PRIMARY KEY) STRICT;"
                                        "CREATE TABLE front_chance (point INTEGER PRIMARY KEY REFERENCES result (id), "
                                        "probability REAL NOT NULL CHECK (probability > 0)) STRICT;",
                                        "CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL, "
                                        "sha256 TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (sha256, name)) STRICT;"
                                        "CREATE TABLE experiment_device ("
                                        "experiment INTEGER NOT NULL REFERENCES experiment (id), "
                                        "position INTEGER NOT NULL, device INTEGER NOT NULL REFERENCES device (id), "
                                        "PRIMARY KEY (experiment, position)) STRICT, WITHOUT ROWID;",
                                        precisions,
                                        AXES COMPARISONS WITHOUT_REFERENCES DETAILS,
                                        "DROP TABLE comparison;" COMPARISONS,
                                        POLICIES,
                                        SEALS,
                                        SUMS,
                                        PACKED_INTERVALS,
                                        BATCH_ORDER,
                                        NULL};
enum { MIGRATION_COUNT = STORE_VERSION - 1 };
_Static_assert(MIGRATION_COUNT == sizeof migration / sizeof migration[0] - 1, "one migration for each version");

static void write_metrics(qy_text *out, const char *before, const char *after, const char *between)
{
  const qy_metric_info *metric = qy_metric_table();
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    qy_text_add(out, "%s%s%s%s", before, metric[i].name, after, i + 1 < QY_METRIC_COUNT ? between : "");
}

/* Those that a layer or a member has. */
static void write_some(qy_text *out, bool (*has)(int), const char *before, const char *after, const char *between)
{
  const char *gap = "";
  for (int i = 0; i < QY_METRIC_COUNT; i++) {
    if (!has(i)) continue;
    qy_text_add(out, "%s%s%s%s", gap, before, qy_metric_table()[i].name, after);
    gap = between;
  }
}

/* The two columns of each uncertain metric. */
static void write_intervals(qy_text *out, const char *before, const char *after, const char *between)
{
  const char *gap = "";
  for (int i = 0; i < QY_METRIC_COUNT; i++) {
    if (!qy_metric_uncertain(i)) continue;
    const char *name = qy_metric_table()[i].name;
    qy_text_add(out, "%s%s%s_p05%s%s%s%s_p95%s", gap, before, name, after, between, before, name, after);
    gap = between;
  }
}

char *qy_store_schema_sql(const char **views)
{
  qy_text text = {0}, *out = &text;
  size_t view_start = 0;
  for (const char *const *line = qy_store_schema_lines; *line; line++) {
    const char *rest = *line, *mark;
    if (strstr(rest, "@VIEWS@")) view_start = text.length;
    while ((mark = strchr(rest, '@')) != NULL && strncmp(rest, "--", 2) != 0) {
      qy_text_add(out, "%.*s", (int)(mark - rest), rest);
      const char *end = strchr(mark + 1, '@');
      size_t length = end ? (size_t)(end - mark) + 1 : 1;
      if (strncmp(mark, "@METRIC_COLUMNS@", length) == 0) {
        write_metrics(out, "", " REAL", ",\n  ");
      } else if (strncmp(mark, "@METRICS@", length) == 0) {
        write_metrics(out, "r.", "", ", ");
      } else if (strncmp(mark, "@INTERVAL_COLUMNS@", length) == 0) {
        write_intervals(out, "", " REAL", ",\n  ");
      } else if (strncmp(mark, "@INTERVALS@", length) == 0) {
        write_intervals(out, "i.", "", ", ");
      } else if (strncmp(mark, "@LAYER_COLUMNS@", length) == 0) {
        write_some(out, qy_metric_of_layer, "", " REAL", ",\n  ");
      } else if (strncmp(mark, "@LAYERS@", length) == 0) {
        write_some(out, qy_metric_of_layer, "l.", "", ", ");
      } else if (strncmp(mark, "@MEMBER_COLUMNS@", length) == 0) {
        write_some(out, qy_metric_of_member, "", " REAL", ",\n  ");
      } else if (strncmp(mark, "@MEMBERS@", length) == 0) {
        write_some(out, qy_metric_of_member, "m.", "", ", ");
      }
      rest = mark + length;
    }
    qy_text_add(out, "%s", rest);
  }
  if (text.failed) {
    qy_text_free(&text);
    return NULL;
  }
  if (views) *views = text.data + view_start;
  return text.data;
}

/* What the columns mean, as the program that writes says it. */
static qy_status describe_metrics(sqlite3 *db, const char *file, qy_error *err)
{
  sqlite3_stmt *insert = NULL;
  const qy_metric_info *metric = qy_metric_table();
  qy_status status = qy_sql_prepare(db, file, &insert,
                                    "INSERT INTO metric (name, unit, label, sense, help) VALUES (?, ?, ?, ?, ?) "
                                    "ON CONFLICT (name) DO UPDATE SET unit = excluded.unit, label = excluded.label, "
                                    "sense = excluded.sense, help = excluded.help",
                                    err);
  for (int i = 0; i < QY_METRIC_COUNT && status == QY_OK; i++) {
    sqlite3_bind_text(insert, 1, metric[i].name, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, metric[i].unit, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 3, metric[i].label, -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 4, metric[i].sense);
    sqlite3_bind_text(insert, 5, metric[i].help, -1, SQLITE_STATIC);
    status = qy_sql_step(db, file, insert, "describe the metrics", err);
  }
  sqlite3_finalize(insert);
  return status;
}

qy_status qy_store_schema_create(sqlite3 *db, const char *file, qy_error *err)
{
  assert(db && file);
  static const char doing[] = "make its tables";
  char numbers[96];
  int64_t objects = 0;
  char *sql = qy_store_schema_sql(NULL);
  qy_status status = sql ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for the database schema");
  snprintf(numbers, sizeof numbers, "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
           STORE_APPLICATION_ID, STORE_VERSION);
  /* The lock first, then the look: two processes may want to create the file at the same time. */
  if (status == QY_OK) status = qy_sql_run(db, file, "BEGIN IMMEDIATE", doing, err);
  if (status == QY_OK) status = qy_sql_number(db, file, "SELECT count(*) FROM sqlite_schema", &objects, err);
  if (status == QY_OK && objects > 0) {
    status = qy_sql_run(db, file, "COMMIT", doing, err);
  } else if (status == QY_OK) {
    status = qy_sql_run(db, file, sql, doing, err);
    if (status == QY_OK) status = describe_metrics(db, file, err);
    if (status == QY_OK) status = qy_sql_run(db, file, numbers, doing, err);
  }
  qy_sql_rollback(db);
  free(sql);
  return status;
}

static const char migrating[] = "bring it to the present schema";

/* One step, from a version on; that its statements do not fit says that the tables are not those of the version. */
static qy_status run_step(sqlite3 *db, const char *file, int version, const char *step, qy_error *err)
{
  errno = 0;
  const int code = sqlite3_exec(db, step, NULL, NULL, NULL);
  if (code == SQLITE_OK) return QY_OK;
  if ((code & 0xff) == SQLITE_ERROR || (code & 0xff) == SQLITE_CONSTRAINT)
    return qy_fail(err, QY_BAD_INPUT, "%s: expected the tables of schema version %d, found others: %s", file, version,
                   sqlite3_errmsg(db));
  return qy_sql_fail(db, file, code, migrating, err);
}

qy_status qy_store_schema_migrate(sqlite3 *db, const char *file, int from, const char *const *step, int step_count,
                                  qy_error *err)
{
  assert(db && file && (step || step_count == 0));
  qy_status status = QY_OK;
  for (int i = 0; i < step_count && status == QY_OK; i++) {
    char commit[64];
    int64_t version = from + i;
    snprintf(commit, sizeof commit, "PRAGMA user_version = %d; COMMIT", from + i + 1);
    status = qy_sql_run(db, file, "BEGIN IMMEDIATE", migrating, err);
    /* Another process may have done this step while this one waited for the lock. */
    if (status == QY_OK) status = qy_sql_number(db, file, "PRAGMA user_version", &version, err);
    if (status == QY_OK && version > from + i) {
      status = qy_sql_run(db, file, "COMMIT", migrating, err);
      continue;
    }
    if (status == QY_OK) status = run_step(db, file, from + i, step[i], err);
    if (status == QY_OK) status = qy_sql_run(db, file, commit, migrating, err);
    qy_sql_rollback(db);
  }
  return status;
}

static qy_status renew_views(sqlite3 *db, const char *file, qy_error *err)
{
  const char *views = NULL;
  char *sql = qy_store_schema_sql(&views);
  if (!sql) return qy_fail(err, QY_NO_MEMORY, "out of memory for the database schema");
  qy_status status = qy_sql_run(db, file, views, "renew its views", err);
  free(sql);
  return status;
}

static int has_column(sqlite3 *db, const char *table, const char *name)
{
  return sqlite3_table_column_metadata(db, "main", table, name, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

/* Add a column unless it is there; *missing counts those that are not.  add 0: count only. */
static qy_status want_typed(sqlite3 *db, const char *file, const char *table, const char *name, const char *type,
                            int add, int *missing, qy_error *err)
{
  char sql[160];
  if (has_column(db, table, name)) return QY_OK;
  ++*missing;
  if (!add) return QY_OK;
  snprintf(sql, sizeof sql, "ALTER TABLE %s ADD COLUMN %s %s", table, name, type);
  return qy_sql_run(db, file, sql, "add a column", err);
}

static qy_status want_column(sqlite3 *db, const char *file, const char *table, const char *name, int add, int *missing,
                             qy_error *err)
{
  return want_typed(db, file, table, name, "REAL", add, missing, err);
}

/* The columns of all metrics and their intervals; those of other tables that came without a version. */
static qy_status want_columns(sqlite3 *db, const char *file, int add, int *missing, qy_error *err)
{
  static const char *const suffix[] = {"p05", "p95"};
  qy_status status = want_typed(db, file, "experiment", "program", "TEXT", add, missing, err);
  if (status == QY_OK) status = want_column(db, file, "comparison", "unlimited_p05", add, missing, err);
  if (status == QY_OK) status = want_column(db, file, "comparison", "unlimited_p95", add, missing, err);
  for (int i = 0; i < QY_METRIC_COUNT && status == QY_OK; i++) {
    const char *name = qy_metric_table()[i].name;
    status = want_column(db, file, "result", name, add, missing, err);
    if (status == QY_OK && qy_metric_of_layer(i))
      status = want_column(db, file, "layer_result", name, add, missing, err);
    if (status == QY_OK && qy_metric_of_member(i))
      status = want_column(db, file, "member_result", name, add, missing, err);
    for (int s = 0; s < 2 && status == QY_OK && qy_metric_uncertain(i); s++) {
      char column[96];
      snprintf(column, sizeof column, "%s_%s", name, suffix[s]);
      status = want_column(db, file, "interval", column, add, missing, err);
    }
  }
  return status;
}

/* A view or a trigger as the schema makes it. */
typedef struct made {
  const char *name;
  const char *sql; /* from "CREATE" on */
  int length;      /* of the name */
  bool there;
} made;

/* Those of the schema text, in its order; returns how many. */
static int find_made(made *out, int room, const char *schema)
{
  static const char *const begin[] = {"CREATE VIEW ", "CREATE TRIGGER "};
  int count = 0;
  for (const char *const *line = qy_store_schema_lines; *line; line++)
    for (size_t b = 0; b < sizeof begin / sizeof *begin && count < room; b++) {
      const size_t length = strlen(begin[b]);
      if (strncmp(*line, begin[b], length) != 0) continue;
      const char *name = *line + length;
      made m = {.name = name, .length = (int)strcspn(name, " \n")};
      schema = m.sql = strstr(schema, *line);
      if (!m.sql) return count;
      out[count++] = m;
    }
  return count;
}

/* Count the views and triggers that are not there, because a migration dropped them, the last time perhaps in a process
 * that was killed before it made them; and those that another program made differently. */
static qy_status want_views(sqlite3 *db, const char *file, int *missing, qy_error *err)
{
  enum { MADE_MAX = 64 };
  made want[MADE_MAX];
  char *schema = qy_store_schema_sql(NULL);
  sqlite3_stmt *read = NULL;
  if (!schema) return qy_no_memory(err);
  const int count = find_made(want, MADE_MAX, schema);
  assert(count < MADE_MAX);
  qy_status status = qy_sql_prepare(db, file, &read, "SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL", err);
  while (!status && sqlite3_step(read) == SQLITE_ROW) {
    const char *name = (const char *)sqlite3_column_text(read, 0), *sql = (const char *)sqlite3_column_text(read, 1);
    for (int w = 0; w < count && name && sql; w++)
      if (strncmp(name, want[w].name, (size_t)want[w].length) == 0 && !name[want[w].length])
        want[w].there = strncmp(want[w].sql, sql, strlen(sql)) == 0;
  }
  for (int w = 0; w < count && !status; w++)
    *missing += !want[w].there;
  sqlite3_finalize(read);
  free(schema);
  return status;
}

/* Count the metrics that the table `metric` has lost. */
static qy_status want_metrics(sqlite3 *db, const char *file, int *missing, qy_error *err)
{
  int64_t there = 0;
  const qy_status status = qy_sql_number(db, file, "SELECT count(*) FROM metric", &there, err);
  *missing += there < QY_METRIC_COUNT;
  return status;
}

qy_status qy_store_schema_update(sqlite3 *db, const char *file, qy_error *err)
{
  assert(db && file);
  int64_t version = 0;
  qy_status status = qy_sql_number(db, file, "PRAGMA user_version", &version, err);
  if (status != QY_OK) return status;
  int first = (int)version, missing = 0;
  if (store_nest_register(db) != SQLITE_OK) return qy_no_memory(err);
  if (first < STORE_VERSION)
    status = qy_store_schema_migrate(db, file, first, migration + first - 1, STORE_VERSION - first, err);
  if (status == QY_OK) status = want_columns(db, file, 0, &missing, err);
  if (status == QY_OK) status = want_views(db, file, &missing, err);
  if (status == QY_OK) status = want_metrics(db, file, &missing, err);
  if (status != QY_OK || (first == STORE_VERSION && missing == 0)) return status;
  status = qy_sql_run(db, file, "BEGIN IMMEDIATE", "renew its views", err);
  if (status == QY_OK) status = want_columns(db, file, 1, &missing, err);
  if (status == QY_OK) status = describe_metrics(db, file, err);
  if (status == QY_OK) status = renew_views(db, file, err);
  if (status == QY_OK) status = qy_sql_run(db, file, "COMMIT", "renew its views", err);
  qy_sql_rollback(db);
  return status;
}
