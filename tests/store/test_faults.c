/* Tables that are lost, or that cannot be read to their end, are never taken for whole: each reader says that it
 * failed, or has the same answer as from the sound database; a writer fails and changes nothing. */
#include "quarry/axes.h"
#include "quarry/comparison.h"
#include "quarry/points.h"
#include "quarry/reads.h"
#include "quarry/store_kept.h"
#include "quarry/store_merge.h"
#include "quarry/text.h"
#include "store_test.h"

#include <math.h>

enum { POINTS = 24, BATCH = 8, WANTED = 2 };

static const int wanted[WANTED] = {QY_AREA_UM2, QY_ENERGY_UJ};
static const int64_t likely[] = {1, 2, 17};
static const double chance[] = {0.5, 1, 0.25};
enum { LIKELY = sizeof likely / sizeof *likely };

/* A batch with intervals, choices and, where rows are kept, details of points. */
static qy_status put_points(qy_store *store, int64_t batch, bool details, qy_error *err)
{
  static double interval[BATCH][QY_METRIC_COUNT][2], metric[QY_METRIC_COUNT];
  const qy_store_layer layer = {.place = 0, .layer = "conv1", .type = "conv", .weight_bits = 8, .metric = metric};
  const qy_store_member member = {.place = 0, .member = "array", .accelerator = "systolic", .metric = metric};
  const qy_store_detail detail = {&layer, 1, &member, 1};
  qy_store_row row[BATCH];
  qy_store_design design[BATCH];
  int64_t designs = 0;
  for (int64_t i = 0; i < BATCH; i++) {
    const int64_t p = batch * BATCH + i;
    row[i] = row_of(p);
    row[i].resolved = p % 6 ? NULL : "{\"columns\":16}";
    if (p % 3 == 0) row[i].interval = (const double(*)[2])interval[i];
    if (details && p % 5 == 0) row[i].detail = &detail;
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      metric[m] = (double)m;
      for (int end = 0; end < 2; end++)
        interval[i][m][end] = value_of(p, m) * (end ? 1.25 : 0.75);
    }
    if (i == 0 || row[i].design != row[i - 1].design)
      design[designs++] = (qy_store_design){row[i].design, row[i].design % 2 ? "RDM" : "SDM", "{\"p\": 4}"};
  }
  return qy_store_batch(store, batch, row, BATCH, design, designs, err);
}

/* ---- steps of a run ---- */

typedef struct run {
  qy_store *store;
  fixture f;
  int64_t id;
  const char *policy;
} run;

static qy_status begin(run *r, qy_error *err)
{
  int complete;
  return qy_store_begin(r->store, &r->f.e, &r->id, &complete, err);
}

static qy_status first_batch(run *r, qy_error *err)
{
  return put_points(r->store, 0, !r->policy, err);
}

static qy_status other_batches(run *r, qy_error *err)
{
  qy_status status = qy_store_hold(r->store, err); /* all or none */
  for (int64_t b = 1; b * BATCH < POINTS && !status; b++)
    status = put_points(r->store, b, !r->policy, err);
  const qy_status released = qy_store_release(r->store, err);
  return status ? status : released;
}

static qy_status chances(run *r, qy_error *err)
{
  return qy_store_chances(r->store, likely, chance, LIKELY, err);
}

static qy_status counts(run *r, qy_error *err)
{
  const qy_store_tally tally = {1, 5};
  const qy_store_infeasible none = {0, "too slow", 11};
  const qy_store_kept_front front = {"[\"area_um2\"]", "[\"technology\"]"};
  const qy_store_bin bin = {1, "area_um2", 64, 80, 3};
  const qy_store_counts all = {&tally, 1, &none, 1, &front, 1, &bin, 1, NULL};
  return qy_store_counts_write(r->store, &all, err);
}

static qy_status state(run *r, qy_error *err)
{
  const qy_store_part part[] = {{3, "a\0bc", 4}, {5, "x", 1}};
  return qy_store_state_write(r->store, part, 2, err);
}

static qy_status compared(run *r, qy_error *err)
{
  const qy_comparison row = {.within = "{}",
                             .base = "SDM",
                             .design = "RDM",
                             .metric = "area_um2",
                             .at_equal = "axes",
                             .low = 1,
                             .high = 2,
                             .gain = 3,
                             .p05 = NAN,
                             .p95 = NAN,
                             .gain_min = 1,
                             .gain_max = 4,
                             .unlimited = NAN,
                             .unlimited_p05 = NAN,
                             .unlimited_p95 = NAN,
                             .better_pct = 50,
                             .better_from = NAN};
  return qy_store_comparisons(r->store, r->id, &row, 1, err);
}

static qy_status finish(run *r, qy_error *err)
{
  const qy_store_front front = {"all", likely, LIKELY};
  return qy_store_finish(r->store, &front, 1, err);
}

typedef qy_status step_fn(run *r, qy_error *err);
static step_fn *const step[] = {begin, first_batch, other_batches, chances, counts, state, compared, finish};
static const char *const step_name[] = {"begin",  "a batch", "batches",     "chances",
                                        "counts", "state",   "comparisons", "the end"};
enum { STEPS = sizeof step / sizeof *step };

static qy_status open_run(run *r, const char *file, const char *policy, qy_error *err)
{
  *r = (run){.policy = policy};
  fixture_make(&r->f, "name: small\n", POINTS, BATCH);
  r->f.e.store = policy;
  return qy_store_open(&r->store, file, QY_STORE_WRITE, err);
}

/* ---- faults ---- */

enum fault { LOST, FAILS_FIRST, FAILS_LAST, FAULTS };

static void must(sqlite3 *db, const char *sql)
{
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK) return;
  printf("# %s: %s\n", sql, sqlite3_errmsg(db));
  ok(false, "the fault is made");
}

/* A view in the table's place that has its rows and one, the first or the last, that cannot be computed; LOST: none. */
static void break_table(const char *file, const char *table, enum fault fault)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  char sql[200];
  qy_text view = {0}, row = {0};
  sqlite3_open(file, &db);
  sqlite3_busy_timeout(db, 5000);
  must(db, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF");
  must(db, "PRAGMA legacy_alter_table = ON");
  snprintf(sql, sizeof sql, "ALTER TABLE \"%s\" RENAME TO kept_table", table);
  must(db, sql);
  sqlite3_prepare_v2(db, "SELECT name FROM pragma_table_info('kept_table')", -1, &read, NULL);
  for (int c = 0; sqlite3_step(read) == SQLITE_ROW; c++)
    qy_text_add(&row, "%s %s AS \"%s\"", c ? "," : "SELECT",
                c ? "NULL" : "abs(-9223372036854775807 - (SELECT count(*) > -1 FROM kept_table))",
                (const char *)sqlite3_column_text(read, 0));
  sqlite3_finalize(read);
  if (fault == FAILS_FIRST)
    qy_text_add(&view, "CREATE VIEW \"%s\" AS %s UNION ALL SELECT * FROM kept_table", table, row.data);
  else
    qy_text_add(&view, "CREATE VIEW \"%s\" AS SELECT * FROM kept_table UNION ALL %s", table, row.data);
  if (fault != LOST) must(db, view.data);
  qy_text_free(&view);
  qy_text_free(&row);
  sqlite3_close(db);
}

static void mend_table(const char *file, const char *table)
{
  sqlite3 *db = NULL;
  char sql[200];
  sqlite3_open(file, &db);
  sqlite3_busy_timeout(db, 5000);
  must(db, "PRAGMA legacy_alter_table = ON; PRAGMA synchronous = OFF");
  snprintf(sql, sizeof sql, "DROP VIEW IF EXISTS \"%s\"", table);
  must(db, sql);
  snprintf(sql, sizeof sql, "ALTER TABLE kept_table RENAME TO \"%s\"", table);
  must(db, sql);
  sqlite3_close(db);
}

/* All rows of all tables, and the names of views, as text; times and marks of processes left out. */
static void dump(qy_text *out, const char *file)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *names = NULL;
  sqlite3_open(file, &db);
  sqlite3_busy_timeout(db, 5000);
  sqlite3_prepare_v2(db, "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name", -1,
                     &names, NULL);
  while (sqlite3_step(names) == SQLITE_ROW) {
    sqlite3_stmt *read = NULL;
    char sql[200];
    qy_text_add(out, "%s\n", (const char *)sqlite3_column_text(names, 0));
    if (sqlite3_column_text(names, 1)[0] == 'v') continue;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1, 2", sqlite3_column_text(names, 0));
    sqlite3_prepare_v2(db, sql, -1, &read, NULL);
    while (sqlite3_step(read) == SQLITE_ROW)
      for (int c = 0; c < sqlite3_column_count(read); c++) {
        const char *name = sqlite3_column_name(read, c), *text = (const char *)sqlite3_column_text(read, c);
        if (strstr(name, "utc") || strcmp(name, "runner") == 0 || strcmp(name, "runs") == 0) continue;
        qy_text_put(out, text ? text : "-", text ? (size_t)sqlite3_column_bytes(read, c) : 1);
        qy_text_add(out, "|");
      }
    sqlite3_finalize(read);
  }
  sqlite3_finalize(names);
  sqlite3_close(db);
}

static bool same_text(const qy_text *a, const qy_text *b)
{
  return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

/* ---- readers ---- */

static int add_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  for (int c = 0; c < columns; c++)
    qy_text_add(ctx, "%s|", values[c] ? values[c] : "-");
  return 0;
}

static qy_status read_metrics(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  double *metric[WANTED] = {NULL}, *point = NULL;
  size_t count = 0;
  const qy_status status = qy_store_metrics(metric, &point, &count, store, id, wanted, WANTED, err);
  for (size_t i = 0; i < count && !status; i++)
    qy_text_add(out, "%g %g %g|", point[i], metric[0][i], metric[1][i]);
  for (int m = 0; m < WANTED; m++)
    free(metric[m]);
  free(point);
  return status;
}

static qy_status read_points(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  static const char *const keys[] = {"p", "activation_bits"};
  qy_key_list list = {0};
  qy_key key;
  qy_points p;
  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
    qy_key_find(&key, keys[k], &list, err);
  qy_status status = qy_points_read(&p, store, id, wanted, WANTED, &list, err);
  if (status) return status;
  status = qy_points_unsure(&p, store, id, wanted, WANTED, err);
  for (size_t i = 0; i < p.count && !status; i++) {
    qy_text_add(out, "%g %g", p.point[i], p.metric[wanted[1]][i]);
    for (int k = 0; k < QY_KEY_PARAMETER + list.count; k++)
      qy_text_add(out, " %s", p.label[k] ? p.label[k][p.key[k][i]] : "-");
    qy_text_add(out, " %g %g|", p.low[wanted[0]] ? p.low[wanted[0]][i] : NAN, p.chance ? p.chance[i] : NAN);
  }
  qy_points_free(&p);
  return status;
}

static qy_status read_whole(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  (void)out;
  return qy_store_check_whole(store, id, err);
}

static qy_status read_number(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  int64_t found = 0;
  (void)id;
  const qy_status status = qy_store_find(&found, store, "small", err);
  qy_text_add(out, "%lld", (long long)found);
  return status;
}

static qy_status read_policy(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  char policy[QY_STORE_POLICY];
  bool is = true;
  qy_status status = qy_store_policy(policy, store, id, err);
  if (!status) status = qy_store_is_run(&is, store, id, err);
  qy_text_add(out, "%s %d", policy, is);
  return status;
}

static qy_status read_axes(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  qy_axes axes;
  const char *sql = NULL, *view = NULL;
  qy_arena *arena = qy_arena_new();
  qy_status status = qy_store_axes(&axes, store, id, arena, err);
  for (size_t a = 0; !status && a < axes.count; a++)
    qy_text_add(out, "%s|", axes.axis[a].column);
  if (!status) sql = qy_store_view_select(store, id, true, arena, err);
  if (!status && sql) status = qy_store_query(store, sql, add_row, out, err);
  if (!status && !sql) status = QY_BAD_INPUT;
  if (!status) status = qy_store_view_name(&view, store, "small", false, arena, err);
  qy_text_add(out, "%s", view ? view : "no view");
  qy_arena_free(arena);
  return status;
}

static qy_status read_feasible(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  int64_t feasible = 0;
  qy_store_tally *tally = NULL;
  size_t count = 0;
  const qy_status status = qy_store_feasible(&feasible, &tally, &count, store, id, err);
  qy_text_add(out, "%lld %zu", (long long)feasible, count);
  free(tally);
  return status;
}

static qy_status read_views(qy_text *out, qy_store *store, int64_t id, qy_error *err)
{
  static const char *const sql[] = {"SELECT * FROM point_all ORDER BY point_id",
                                    "SELECT * FROM front_point_all ORDER BY point",
                                    "SELECT * FROM best_all ORDER BY 1, 2, 3, 4"};
  qy_status status = QY_OK;
  (void)id;
  for (size_t i = 0; i < sizeof sql / sizeof *sql && !status; i++)
    status = qy_store_query(store, sql[i], add_row, out, err);
  return status;
}

typedef qy_status read_fn(qy_text *out, qy_store *store, int64_t id, qy_error *err);
static read_fn *const reader[] = {read_metrics, read_points, read_whole,    read_number,
                                  read_policy,  read_axes,   read_feasible, read_views};
static const char *const reader_name[] = {"metrics", "points", "whole",    "number",
                                          "policy",  "axes",   "feasible", "views"};
enum { READERS = sizeof reader / sizeof *reader };

/* ---- the tests ---- */

enum { TABLES_MOST = 64 };

static int tables_of(char (*name)[64], const char *file)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  int count = 0;
  sqlite3_open(file, &db);
  sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'", -1, &read,
                     NULL);
  while (count < TABLES_MOST && sqlite3_step(read) == SQLITE_ROW)
    snprintf(name[count++], 64, "%s", sqlite3_column_text(read, 0));
  sqlite3_finalize(read);
  sqlite3_close(db);
  return count;
}

static const char *make(const char *name, const char *policy)
{
  run r;
  qy_error err = {0};
  const char *file = scratch_file_kept(name);
  qy_status status = open_run(&r, file, policy, &err);
  for (int s = 0; s < STEPS && !status; s++)
    status = step[s](&r, &err);
  qy_store_close(r.store);
  is_status(status, QY_OK, &err, name);
  return file;
}

/* Put a view in the place of each table that has its rows and, where the table `fault` names it, one before them or
 * behind them that cannot be computed.  Packed columns are not read by SELECT and stay, and so does
 * what tells that a database is of an older version. */
static void make_breakable(const char *file, char (*table)[64], int tables)
{
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  must(db, "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN; CREATE TABLE fault (name TEXT, behind INT); "
           "INSERT INTO fault VALUES (NULL, 0)");
  for (int t = 0; t < tables; t++) {
    char sql[200];
    qy_text row = {0}, view = {0};
    sqlite3_stmt *read = NULL;
    if (strcmp(table[t], "result_chunk") == 0 || strcmp(table[t], "front_chance") == 0) continue;
    snprintf(sql, sizeof sql, "CREATE TABLE whole_%s AS SELECT * FROM \"%s\"", table[t], table[t]);
    must(db, sql);
    snprintf(sql, sizeof sql, "DROP TABLE \"%s\"", table[t]);
    must(db, sql);
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('whole_%s')", table[t]);
    sqlite3_prepare_v2(db, sql, -1, &read, NULL);
    for (int c = 0; sqlite3_step(read) == SQLITE_ROW; c++)
      qy_text_add(&row, "%s %s AS \"%s\"", c ? "," : "SELECT",
                  c ? "NULL" : "abs(-9223372036854775807 - (SELECT count(*) > -1 FROM fault))",
                  (const char *)sqlite3_column_text(read, 0));
    sqlite3_finalize(read);
    for (int behind = 0; behind < 2; behind++) {
      if (behind) qy_text_add(&view, " UNION ALL SELECT * FROM whole_%s UNION ALL ", table[t]);
      if (!behind) qy_text_add(&view, "CREATE VIEW \"%s\" AS ", table[t]);
      qy_text_add(&view, "%s WHERE (SELECT name || behind FROM fault) = '%s%d'", row.data, table[t], behind);
    }
    must(db, view.data);
    qy_text_free(&row);
    qy_text_free(&view);
  }
  must(db, "COMMIT");
  sqlite3_close(db);
}

static void readers(const char *policy)
{
  char table[TABLES_MOST][64];
  const char *file = make(policy ? policy : "rows", policy);
  const int tables = tables_of(table, file);
  qy_error err = {0};
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  qy_text sound[READERS] = {{0}};
  int wrong = 0, failed = 0, same = 0;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  make_breakable(file, table, tables);
  sqlite3_open(file, &db);
  must(db, "PRAGMA synchronous = OFF");
  for (int i = 0; i < READERS; i++)
    is_status(reader[i](&sound[i], store, 1, &err), QY_OK, &err, reader_name[i]);
  for (int t = 0; t < tables; t++) {
    char sql[120];
    const int behind = t % 3 > 0;
    if (t % 2 == !policy) continue; /* the others with the other policy */
    snprintf(sql, sizeof sql, "UPDATE fault SET name = '%s', behind = %d", table[t], behind);
    must(db, sql);
    for (int i = 0; i < READERS; i++) {
      qy_text got = {0};
      qy_error_clear(&err);
      const qy_status status = reader[i](&got, store, 1, &err);
      const bool good = status ? err.count > 0 : same_text(&got, &sound[i]);
      failed += good && status;
      same += good && !status;
      wrong += !good;
      if (!good)
        printf("# %s, table %s, behind %d: %d\n# %.200s\n# %.200s\n", reader_name[i], table[t], behind, (int)status,
               got.data ? got.data : "", sound[i].data ? sound[i].data : "");
      qy_text_free(&got);
    }
  }
  for (int i = 0; i < READERS; i++)
    qy_text_free(&sound[i]);
  qy_store_close(store);
  sqlite3_close(db);
  is_int(wrong, 0, "no reader takes a table that it cannot read to its end for whole");
  ok(failed > 20 && same > tables, "%d failures, %d answers that do not need the table", failed, same);
}

/* Tables that a step writes, or that it cannot do without. */
static const char *const needed[STEPS][14] = {{"experiment", "technology", "network", "precision",
                                               "experiment_technology", "experiment_network", "experiment_precision"},
                                              {"design", "batch", "reason", "resolved"},
                                              {"design", "batch", "reason", "resolved"},
                                              {"front_chance"},
                                              {"tally", "infeasible_count", "kept_front", "histogram", "reason"},
                                              {"sweep_state"},
                                              {"comparison"},
                                              {"front", "front_group", "best_point", "content", "axis"}};

/* SQLite reads the schema anew where it has changed, but not for every failure to compile a statement. */
static void renew(qy_store *store)
{
  int64_t id;
  qy_store_find(&id, store, "1", NULL);
}

static void writers(const char *policy)
{
  const char *file = scratch_file("writers.sqlite");
  int wrong = 0;
  run r;
  qy_error err = {0};
  unlink(file);
  qy_status status = open_run(&r, file, policy, &err);
  for (int s = 0; s < STEPS && !status; s++) {
    qy_text before = {0};
    dump(&before, file);
    for (int t = 0; needed[s][t]; t++) {
      if (t % 2 == !policy) continue; /* the others with the other policy */
      qy_text after = {0};
      break_table(file, needed[s][t], (enum fault)((s + t + !policy) % FAULTS));
      qy_error_clear(&err);
      const bool failed = step[s](&r, &err) != QY_OK && err.count > 0;
      mend_table(file, needed[s][t]);
      renew(r.store);
      dump(&after, file);
      if (!failed || !same_text(&before, &after)) {
        printf("# %s, table %s: %s\n", step_name[s], needed[s][t], failed ? "changed" : "not told");
        wrong++;
      }
      qy_text_free(&after);
      if (!failed) break;
    }
    qy_text_free(&before);
    qy_error_clear(&err);
    status = step[s](&r, &err);
    is_status(status, QY_OK, &err, step_name[s]);
  }
  qy_store_close(r.store);
  is_int(wrong, 0, "a writer that lacks a table says so and has changed nothing");
}

/* A run whose experiment another process has taken over stores nothing more. */
static void taken_over(const char *policy)
{
  const char *file = scratch_file("taken.sqlite");
  int wrong = 0;
  for (int s = 1; s < STEPS; s++) {
    run r;
    qy_error err = {0};
    qy_text before = {0}, after = {0};
    unlink(file);
    qy_status status = open_run(&r, file, policy, &err);
    for (int k = 0; k < s && !status; k++)
      status = step[k](&r, &err);
    ask(file, "UPDATE experiment SET runner = 'elsewhere boot pid:[1] 1 1 0'");
    dump(&before, file);
    wrong += status != QY_OK;
    if (step[s] != compared) { /* comparisons may be made of what has ended */
      wrong += step[s](&r, &err) != QY_SYSTEM || !strstr(err.diagnostic[0].text, "another process has taken over");
      dump(&after, file);
      wrong += !same_text(&before, &after);
    }
    if (wrong) printf("# %s\n", step_name[s]);
    qy_text_free(&before);
    qy_text_free(&after);
    qy_store_close(r.store);
  }
  is_int(wrong, 0, "a run that was taken over says so at each step and stores nothing");
}

int main(void)
{
  scratch_make();
  readers(NULL);
  readers("columns");
  writers(NULL);
  writers("columns");
  taken_over("columns");
  scratch_remove();
  return done();
}
