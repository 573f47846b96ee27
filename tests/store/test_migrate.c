/* A database of schema version 3, from before layers could differ in precision: read as it is, and brought up to date.
 *
 * tests/data/store_version3.sql is a dump of what quarry wrote then: "whole", finished, and "half", of which two
 * batches of three were stored.  Points are ((design * 2 + technology) * 3) + precision of 16, 8, 4 bits; point 5 is
 * infeasible; metric m of point p is 1000 + (7 p + 3 m) mod 10 * 10 + m, its interval one below and two above.
 */
#include "../../src/store/schema.h"
#include "quarry/axes.h"
#include "quarry/points.h"
#include "quarry/store_verify.h"
#include "store_test.h"

#include <math.h>

enum { POINTS = 12, BATCH = 4, INFEASIBLE = 5 };

static double metric_of(int64_t point, int64_t metric)
{
  return (double)(1000 + (point * 7 + metric * 3) % 10 * 10 + metric);
}

/* What points, labels and fronts say of experiment "whole" or "half", whatever the version. */
static void answers(qy_store *store, const char *name, size_t feasible)
{
  static const int metrics[] = {QY_AREA_UM2, QY_LATENCY_US};
  static const char *const labels[] = {"4 bit", "8 bit", "16 bit"};
  qy_error err = {0};
  qy_points points = {0};
  int64_t id = 0;
  is_status(qy_store_find(&id, store, name, &err), QY_OK, &err, name);
  is_status(qy_points_read(&points, store, id, metrics, 2, NULL, &err), QY_OK, &err, "its points are read");
  is_int((long)points.count, (long)feasible, "all that are feasible");
  is_int((long)points.label_count[QY_KEY_PRECISION], 3, "at three precisions");
  int wrong = 0;
  for (size_t l = 0; l < points.label_count[QY_KEY_PRECISION] && l < 3; l++)
    wrong += strcmp(points.label[QY_KEY_PRECISION][l], labels[l]) != 0;
  is_int(wrong, 0, "labelled as before, rising");
  for (size_t i = 0; i < points.count; i++) {
    static const char *const of_point[] = {"16 bit", "8 bit", "4 bit"};
    const int64_t point = (int64_t)points.point[i];
    wrong += strcmp(points.label[QY_KEY_PRECISION][points.key[QY_KEY_PRECISION][i]], of_point[point % 3]) != 0;
    wrong += points.metric[QY_AREA_UM2][i] != metric_of(point, QY_AREA_UM2);
    wrong += points.metric[QY_LATENCY_US][i] != metric_of(point, QY_LATENCY_US);
  }
  is_int(wrong, 0, "with their precisions and values");
  is_status(qy_points_unsure(&points, store, id, metrics, 2, &err), QY_OK, &err, "and intervals");
  for (size_t i = 0; i < points.count; i++)
    wrong += !points.low[QY_AREA_UM2] || points.low[QY_AREA_UM2][i] != points.metric[QY_AREA_UM2][i] - 1;
  is_int(wrong, 0, "which are those stored");
  qy_points_free(&points);
}

static int one_finding(void *ctx, bool wrong, const char *text)
{
  snprintf(ctx, 200, "%d %s", wrong, text);
  return 0;
}

/* What wants the present version says so, and what to do. */
static void not_read(qy_store *store)
{
  char said[200] = "";
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  is_status(qy_store_verify(store, one_finding, said, &err), QY_OK, &err, "looked over");
  starts(said, "0 schema version 3, this is ", "it is said that a run brings it up");
  const char *select[2];
  is_int(qy_store_view_select(select, store, 1, arena, &err), QY_BAD_INPUT, "it has no view of its own");
  says(&err, "found version 3, which is only read here: `quarry rm --vacuum --database FILE` brings it up to date",
       "which is said");
  qy_arena_free(arena);
}

static void only_read(void)
{
  const char *file = make_version_3("read.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "it is opened for reading");
  if (!store) return;
  answers(store, "whole", POINTS - 1);
  answers(store, "half", 2 * BATCH - 1);
  not_read(store);
  double *column = NULL;
  size_t count = 0;
  is_status(qy_store_columns(store, "SELECT value FROM best WHERE experiment = 'whole' AND precision_bits = 8", 1,
                             &column, &count, &err),
            QY_OK, &err, "the views of the time are asked");
  is_int((long)count, 4, "and answer");
  free(column);
  qy_store_close(store);
  is_text(ask(file, "PRAGMA user_version"), "3", "the version is as it was");
}

/* The rows that version 3 had, as one text. */
static const char *old_rows(const char *file, const char *table, const char *columns)
{
  char sql[600];
  snprintf(sql, sizeof sql,
           "SELECT count(*) || ' ' || sum(length(x)) || ' ' || min(x) || ' ' || max(x) FROM (SELECT %s "
           "AS x FROM %s)",
           columns, table);
  return ask(file, sql);
}

/* Two databases answer with the same text, of any length. */
static void same_text(const char *one, const char *two, const char *sql, const char *what)
{
  enum { PART = 1000 };
  for (int from = 1;; from += PART) {
    char part[1600];
    snprintf(part, sizeof part, "SELECT substr((%s), %d, %d)", sql, from, PART);
    is_text(ask(one, part), ask(two, part), what);
    if (strlen(ask(one, part)) < PART) return;
  }
}

static void same_schema(const char *migrated)
{
  qy_error err = {0};
  qy_store *store = NULL;
  const char *fresh = scratch_file("fresh.sqlite");
  qy_store_open(&store, fresh, QY_STORE_WRITE, &err);
  qy_store_close(store);
  static const char columns[] =
      "SELECT group_concat(line, char(10)) FROM (SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || "
      "c.\"notnull\" "
      "|| ' ' || c.pk AS line FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type IN ('table', 'view') "
      "AND m.name NOT IN ('result', 'interval') AND m.sql NOT LIKE '%generated by quarry%' ORDER BY 1)";
  static const char keys[] =
      "SELECT group_concat(line, char(10)) FROM (SELECT m.name || '.' || f.\"from\" || ' ' || f.\"table\" AS line "
      "FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY 1)";
  static const char results[] = "SELECT group_concat(name || type || \"notnull\") FROM (SELECT * FROM "
                                "pragma_table_info('result') ORDER BY name)";
  same_text(migrated, fresh, columns, "tables and views are those of a new database");
  same_text(migrated, fresh, keys, "so are their references");
  same_text(migrated, fresh, results, "so are the columns of a result");
}

static void migrate(void)
{
  char file[128], results[1024], best[1024];
  static const char result[] = "id || design || technology || network || precision_bits || coalesce(area_um2, 'x') || "
                               "coalesce(latency_us, 'y') || coalesce(reason, 0)";
  static const char best_columns[] = "experiment || technology || network || metric || value || point";
  qy_error err = {0};
  qy_store *store = NULL;
  snprintf(file, sizeof file, "%s", make_version_3("migrate.sqlite"));
  snprintf(results, sizeof results, "%s", old_rows(file, "result", result));
  snprintf(best, sizeof best, "%s", old_rows(file, "best_point", best_columns));
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "it is opened for writing");
  if (!store) return;
  answers(store, "whole", POINTS - 1);
  answers(store, "half", 2 * BATCH - 1);
  qy_store_close(store);
  is_int(ask_number(file, "PRAGMA user_version"), STORE_VERSION, "it has the present version");
  is_text(old_rows(file, "result", result), results, "results are as they were");
  is_text(old_rows(file, "best_point", best_columns), best, "so are best points");
  is_text(ask(file,
              "SELECT count(*) || ' ' || sum(p.weight_bits = r.precision_bits AND p.activation_bits = "
              "r.precision_bits AND p.label = r.precision_bits || ' bit') FROM result r JOIN precision p ON p.id = "
              "r.precision"),
          "20 20", "each result has the precision of its bits");
  is_text(ask(file, "SELECT group_concat(label) FROM (SELECT p.label FROM experiment_precision x JOIN precision p ON "
                    "p.id = x.precision WHERE x.experiment = 1 ORDER BY x.position)"),
          "16 bit,8 bit,4 bit", "the experiment has its precisions, in their order");
  is_text(ask(file,
              "SELECT count(*) || ' ' || sum(b.value = x.low) FROM best b JOIN (SELECT t.name AS technology, "
              "precision_bits || ' bit' AS precision, min(area_um2) AS low FROM result r JOIN technology t ON t.id = "
              "r.technology WHERE r.id < 2 << 40 GROUP BY 1, 2) x USING (technology, precision) "
              "WHERE b.objective = 'area_um2'"),
          "6 6", "the best are those that SQL finds, by label");
  is_text(ask(file,
              "SELECT count(*) || ' ' || count(DISTINCT precision) || ' ' || sum(weight_bits = precision_bits) FROM "
              "compare WHERE experiment = 'whole'"),
          "5 3 5", "technologies side by side at each precision, but the one that cannot be");
  is_text(ask(file, "SELECT group_concat(point || precision) FROM (SELECT * FROM front_point ORDER BY point)"),
          "016 bit,18 bit,316 bit", "the fronts, by label");
  is_int(ask_number(file, "SELECT count(*) FROM point WHERE assignment IS NULL"), 20, "nothing was assigned");
  is_text(ask(file, "PRAGMA foreign_key_check"), "(no row)", "every key leads somewhere");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "and the file is sound");
  same_schema(file);
}

/* What was left unfinished goes on. */
static void go_on(void)
{
  char file[128];
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id = 0;
  int complete = 1;
  snprintf(file, sizeof file, "%s", make_version_3("on.sqlite"));
  fixture_make(&f, "name: half\n", POINTS, BATCH);
  f.precision[0] = (qy_store_precision){"16 bit", 16, 16};
  f.precision[1] = (qy_store_precision){"8 bit", 8, 8};
  f.precision[2] = (qy_store_precision){"4 bit", 4, 4};
  f.e.name = "half";
  f.e.model_version = "3";
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "it is opened");
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "and the unfinished experiment begun");
  is_int(id, 2, "it is the one that is there");
  is_int(complete, 0, "it is not complete");
  is_text(qy_store_has_batch(store, 1) && !qy_store_has_batch(store, 2) ? "yes" : "no", "yes",
          "two batches are stored");
  qy_store_row row[BATCH];
  static const qy_store_design design = {1, "RDM", "{\"channels\": 8}"};
  for (int i = 0; i < BATCH; i++) {
    const int point = 2 * BATCH + i;
    static const int bits[] = {16, 8, 4};
    row[i] = (qy_store_row){.point = point,
                            .design = 1,
                            .technology = point / 3 % 2,
                            .precision = point % 3,
                            .precision_bits = bits[point % 3],
                            .clock_mhz = 100};
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      row[i].metric[m] = metric_of(point, m);
  }
  is_status(qy_store_batch(store, 2, row, BATCH, &design, 1, &err), QY_OK, &err, "the third is");
  is_status(qy_store_finish(store, NULL, 0, &err), QY_OK, &err, "and it is finished");
  qy_store_close(store);
  is_text(ask(file, "SELECT count(*) || ' ' || sum(area_um2) FROM result WHERE id >> 40 = 2"),
          ask(file, "SELECT count(*) || ' ' || sum(area_um2) FROM result WHERE id >> 40 = 1"),
          "its results are those of the whole one");
  is_int(ask_number(file, "SELECT count(*) FROM (SELECT technology, precision, metric, value FROM best_point WHERE "
                          "experiment = 1 EXCEPT SELECT technology, precision, metric, value FROM best_point WHERE "
                          "experiment = 2)"),
         0, "and so are its best points");
}

/* Killed between the new tables and the new views. */
static void killed_between(void)
{
  char file[128];
  qy_error err = {0};
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  snprintf(file, sizeof file, "%s", make_version_3("between.sqlite"));
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_close(store);
  sqlite3_open(file, &db);
  sqlite3_exec(db, "DROP VIEW best", NULL, NULL, NULL);
  sqlite3_close(db);
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "a database without a view is opened");
  qy_store_close(store);
  is_int(ask_number(file, "SELECT count(*) FROM best"), 12, "it has it again");
}

int main(void)
{
  scratch_make();
  only_read();
  migrate();
  go_on();
  killed_between();
  scratch_remove();
  return done();
}
