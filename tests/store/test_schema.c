/* The schema: the text compiled in is the file, tables are strict, settings are set, old versions are brought up. */
#include "../../src/store/schema.h"
#include "quarry/points.h"
#include "store_test.h"

static void text_is_file(void)
{
  static const char mark[] = "@LATEST@ ";
  char *file = NULL, *here = NULL, line_of_file[512];
  size_t size = 0, length = 0;
  FILE *in = fopen("db/schema.sql", "r");
  ok(in != NULL, "db/schema.sql can be read");
  if (!in) return;
  FILE *out = open_memstream(&file, &size);
  while (fgets(line_of_file, sizeof line_of_file, in)) {
    const char *name = line_of_file + strlen(mark);
    const int name_length = (int)strcspn(name, "\n");
    if (strncmp(line_of_file, mark, strlen(mark)) != 0)
      fputs(line_of_file, out);
    else
      fprintf(out,
              "DROP VIEW IF EXISTS %.*s;\nCREATE VIEW %.*s AS\nSELECT * FROM %.*s_all WHERE experiment_id IN (SELECT "
              "experiment_id FROM latest);\n",
              name_length, name, name_length, name, name_length, name);
  }
  fclose(in);
  fclose(out);
  out = open_memstream(&here, &length);
  for (const char *const *line = qy_store_schema_lines; *line; line++)
    fputs(*line, out);
  fclose(out);
  is_text(here, file, "the schema compiled in is db/schema.sql, views of the latest runs written out");
  free(file);
  free(here);
}

static void metrics(void)
{
  const qy_metric_info *metric = qy_metric_table();
  int good = 1, unique = 1, unit = 1;
  for (int i = 0; i < QY_METRIC_COUNT; i++) {
    const qy_metric_info *m = &metric[i];
    good &= m->name && m->unit && m->label && m->help && m->name[0] && m->label[0] && m->help[0] &&
            m->help[strlen(m->help) - 1] == '.' && m->sense >= -1 && m->sense <= 1;
    unique &= qy_metric_find(m->name) == i;
    /* A name's suffix and the unit on an axis say the same. */
    static const struct {
      const char *suffix, *unit;
    } pair[] = {{"_um2", "µm²"}, {"_uj", "µJ"}, {"_mw", "mW"}, {"_us", "µs"}, {"cycles", ""}, {"_frac", ""}};
    for (size_t p = 0; p < sizeof pair / sizeof pair[0]; p++) {
      size_t length = strlen(m->name), end = strlen(pair[p].suffix);
      if (length > end && strcmp(m->name + length - end, pair[p].suffix) == 0 && i != QY_EDP_UJ_US)
        unit &= strcmp(m->unit, pair[p].unit) == 0;
    }
  }
  ok(good, "every metric has name, unit, label, sense and a sentence of help");
  ok(unique, "every metric is found by its name");
  ok(unit, "the suffix of a name and its unit agree");
  is_int(qy_metric_find("area"), -1, "an unknown metric is not found");
  is_int(qy_metric_find(NULL), -1, "no name is not found");
  is_int(metric[QY_GOPS].sense, 1, "more operations per second is better");
  is_int(metric[QY_AREA_UM2].sense, -1, "less area is better");
}

/* A database as it is when it was made in this mode, closed again. */
static void settings(int mode, const char *file, const char *page_bytes)
{
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, file, mode, &err), QY_OK, &err, "a database is created");
  qy_store_close(store);
  is_int(count_files(scratch), 1, "closed, it is one file");
  is_text(ask(file, "PRAGMA page_size"), page_bytes, "pages of its size");
  is_text(ask(file, "PRAGMA application_id"), "1366454905", "application_id is the letters Qrry");
  is_text(ask(file, "PRAGMA user_version"), said_version(), "user_version is what db/schema.sql says");
  is_text(ask(file, "PRAGMA journal_mode"), "wal", "write-ahead log");
  is_text(ask(file, "PRAGMA encoding"), "UTF-8", "UTF-8");
  is_int(ask_number(file, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND "
                          "name NOT LIKE 'sqlite%' AND strict = 0"),
         0, "every table is strict");
  ok(ask_number(file, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 1") >= 10,
     "there are at least ten tables");
  is_int(ask_number(file, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'result'"), 0,
         "no index slows the load of result");
  char columns[1024] = "";
  for (int i = 0; i < QY_METRIC_COUNT; i++) {
    strcat(columns, i ? "," : "");
    strcat(columns, qy_metric_table()[i].name);
  }
  is_text(ask(file, "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('result') WHERE cid >= 8 "
                    "AND type = 'REAL' ORDER BY cid)"),
          columns, "result has one REAL column per metric, in the order of the table");
  is_int(ask_number(file, "SELECT count(*) FROM metric"), QY_METRIC_COUNT, "the database describes every metric");
  is_text(ask(file, "SELECT unit || ' ' || label FROM metric WHERE name = 'area_um2'"), "µm² Area",
          "unit and label of area");
  static const char *const view[] = {
      "summary",     "point",     "front_point",     "layer_precision",     "best",     "compare",     "infeasible",
      "summary_all", "point_all", "front_point_all", "layer_precision_all", "best_all", "compare_all", "infeasible_all",
      "latest"};
  for (size_t i = 0; i < sizeof view / sizeof view[0]; i++) {
    char sql[80], what[80];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", view[i]);
    snprintf(what, sizeof what, "view %s of an empty database can be read", view[i]);
    is_text(ask(file, sql), "0", what);
  }
}

/* Writes that a strict, checked schema must refuse, through SQLite alone. */
static void refusals(const char *file)
{
  static const struct {
    const char *sql, *message, *what;
  } row[] = {
      {"INSERT INTO network (name, sha256, text) VALUES (x'00', 'a', 'b')", "cannot store BLOB value in TEXT column",
       "a BLOB where a text belongs"},
      {"INSERT INTO result VALUES (1, 1, 1, 1, 1, 'wide', NULL, 1, NULL, NULL" /* filled up below */, "", ""},
      {"INSERT INTO batch (experiment, batch, rows) VALUES (99, 0, 1)", "FOREIGN KEY constraint failed",
       "a batch of no experiment"},
      {"INSERT INTO front VALUES (99, 99)", "FOREIGN KEY constraint failed", "a front point of no group"},
      {"INSERT INTO design VALUES (1, 'a', '{broken')", "CHECK constraint failed", "parameters that are not JSON"},
      {"INSERT INTO reason VALUES ('one', 'a')", "datatype mismatch", "a text as key"},
  };
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  sqlite3_exec(db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    char sql[1024], what[160];
    snprintf(sql, sizeof sql, "%s", row[i].sql);
    const char *message = row[i].message, *name = row[i].what;
    if (i == 1) {
      for (int m = 0; m < QY_METRIC_COUNT; m++)
        strcat(sql, ", 1.0");
      strcat(sql, ")");
      message = "cannot store TEXT value in INTEGER column result.precision_bits";
      name = "a text where an integer belongs";
    }
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    snprintf(what, sizeof what, "SQLite refuses %s", name);
    if (!ok(code != SQLITE_OK && strstr(sqlite3_errmsg(db), message), "%s", what))
      printf("# code %d, message %s\n", code, sqlite3_errmsg(db));
  }
  sqlite3_close(db);
}

static void migrations(void)
{
  const char *file = scratch_file("old.sqlite");
  qy_error err = {0};
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  sqlite3_exec(db, "PRAGMA user_version = 3; CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (5)", NULL, NULL, NULL);
  static const char *const step[] = {"ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1",
                                     "CREATE TABLE b (z INTEGER); INSERT INTO b SELECT x * y FROM a"};
  is_status(qy_store_schema_migrate(db, file, 3, step, 2, &err), QY_OK, &err, "two migrations run");
  is_text(ask(file, "PRAGMA user_version"), "5", "the version is two higher");
  is_text(ask(file, "SELECT z FROM b"), "30", "both steps ran, in order");
  is_status(qy_store_schema_migrate(db, file, 3, step, 2, &err), QY_OK, &err, "a step done by someone else is skipped");
  is_text(ask(file, "SELECT count(*) FROM b"), "1", "and does nothing");
  static const char *const broken[] = {"INSERT INTO a VALUES (6, 7)", "INSERT INTO a VALUES (8, 9); INSERT INTO none "
                                                                      "VALUES (1)"};
  is_int(qy_store_schema_migrate(db, file, 5, broken, 2, &err), QY_BAD_INPUT,
         "tables of another version are bad input");
  ok(strstr(err.diagnostic[0].text, "of schema version 6, found others: no such table: none") != NULL, "it is said");
  is_text(ask(file, "PRAGMA user_version"), "6", "the step before it stays");
  is_text(ask(file, "SELECT group_concat(x) FROM a"), "5,6", "nothing of the failed step stays");
  sqlite3_close(db);
}

/* A database from before two metrics were known, with a view of the time. */
static void new_metric(void)
{
  const char *file = scratch_file("fewer.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: fewer\n", 10, 10);
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "a database is made");
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  int code = sqlite3_exec(db,
                          "DROP VIEW point; DROP VIEW front_point; DROP VIEW best; DROP VIEW compare;"
                          "DROP VIEW point_all; DROP VIEW front_point_all; DROP VIEW compare_all;"
                          "DROP VIEW small_points; DROP VIEW small_front;"
                          "ALTER TABLE result DROP COLUMN gops; ALTER TABLE result DROP COLUMN leakage_mw;"
                          "DELETE FROM metric WHERE name IN ('gops', 'leakage_mw');"
                          "CREATE VIEW point AS SELECT 1 AS old; CREATE VIEW mine AS SELECT 2 AS x",
                          NULL, NULL, NULL);
  is_int(code, SQLITE_OK, "two metrics are taken out of it");
  sqlite3_close(db);
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "it opens for writing");
  qy_store_close(store);
  is_text(ask(file, "SELECT count(*) FROM pragma_table_info('result') WHERE name IN ('gops', 'leakage_mw')"), "2",
          "the columns are back");
  is_text(ask(file, "SELECT count(*) FROM point WHERE gops IS NULL"), "10", "old rows have NULL there, views are new");
  is_text(ask(file, "SELECT count(*) FROM metric"), ask(file, "SELECT count(*) - 10 FROM pragma_table_info('result')"),
          "the new metrics are described");
  is_text(ask(file, "SELECT x FROM mine"), "2", "a view of the user's stays");
  f.e.text = "name: more\n";
  char hash[65];
  qy_sha256_text(hash, f.e.text, strlen(f.e.text));
  f.e.sha256 = hash;
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, "and takes new rows");
  near_rel(strtod(ask(file, "SELECT gops FROM point WHERE experiment_id = 2 AND point = 1"), NULL),
           value_of(1, QY_GOPS), 1e-14, "a value lands in the column of its name, wherever that is");
}

/* A database of version 1: without the tables of uncertainty. */
static void version_one(void)
{
  const char *file = make_version_3("one.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  int code = sqlite3_exec(db,
                          "DROP VIEW point; DROP VIEW front_point; DROP VIEW best; DROP VIEW compare;"
                          "DROP TABLE interval; DROP TABLE front_chance; DROP TABLE experiment_device; "
                          "DROP TABLE device; PRAGMA user_version = 1;"
                          "CREATE VIEW point AS SELECT 1 AS old",
                          NULL, NULL, NULL);
  is_int(code, SQLITE_OK, "it is made one of version 1");
  sqlite3_close(db);
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "it opens for reading");
  qy_points points = {0};
  const int area = QY_AREA_UM2;
  is_status(qy_points_read(&points, store, 1, &area, 1, NULL, &err), QY_OK, &err, "its points are read");
  is_status(qy_points_unsure(&points, store, 1, &area, 1, &err), QY_OK, &err, "and how unsure they are asked");
  ok(points.count > 0 && !points.chance && !points.low[area], "of %zu points nothing is known of that", points.count);
  qy_points_free(&points);
  qy_store_close(store);
  is_text(ask(file, "PRAGMA user_version"), "1", "which changes nothing");
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "it opens for writing");
  qy_store_close(store);
  is_text(ask(file, "PRAGMA user_version"), said_version(), "and is of the present version then");
  is_text(ask(file, "SELECT count(*) FROM point WHERE area_um2_p05 IS NULL AND front_probability IS NULL"), "20",
          "old points have no intervals and no probability");
  char columns[16];
  int uncertain = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    uncertain += qy_metric_uncertain(m);
  snprintf(columns, sizeof columns, "%d", 1 + 2 * uncertain);
  is_text(ask(file, "SELECT count(*) FROM pragma_table_info('interval')"), columns,
          "two columns for each metric that is uncertain");
}

/* Opens and closes for writing. */
static void reopen(const char *file, const char *what)
{
  qy_error err = {0};
  qy_store *store = NULL;
  const qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (status) is_status(status, QY_OK, &err, what);
  qy_store_close(store);
}

/* Each view and trigger of the schema alone is lost, or made differently by another program. */
static void lost_views(const char *file)
{
  static const char whole[] = "SELECT count(*) || ' ' || group_concat(name) || ' ' || sum(length(sql)) FROM (SELECT * "
                              "FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY name)";
  /* names of the length of one of the schema's, and that begin as one does */
  ask(file, "CREATE VIEW poinu AS SELECT 1 AS x");
  ask(file, "CREATE VIEW points AS SELECT 2 AS x");
  reopen(file, "views of the user's beside those of the schema");
  const char *cookie = "PRAGMA schema_version";
  const int64_t before = ask_number(file, cookie);
  reopen(file, "nothing is lost");
  is_int(ask_number(file, cookie), before, "a database that lacks nothing is left as it is");
  char sound[1024], name[64][64], kind[64][16];
  snprintf(sound, sizeof sound, "%s", ask(file, whole));
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  int count = 0, wrong = 0;
  sqlite3_open(file, &db);
  sqlite3_prepare_v2(db,
                     "SELECT name, type FROM sqlite_schema WHERE type IN ('view', 'trigger') AND name NOT IN "
                     "('poinu', 'points')",
                     -1, &read, NULL);
  for (; count < 64 && sqlite3_step(read) == SQLITE_ROW; count++) {
    snprintf(name[count], sizeof name[count], "%s", sqlite3_column_text(read, 0));
    snprintf(kind[count], sizeof kind[count], "%s", sqlite3_column_text(read, 1));
  }
  sqlite3_finalize(read);
  for (int i = 0; i < count; i++)
    for (int other = 0; other < 2; other++) {
      char sql[160];
      const bool view = strcmp(kind[i], "view") == 0;
      snprintf(sql, sizeof sql, "DROP %s %s", kind[i], name[i]);
      sqlite3_exec(db, sql, NULL, NULL, NULL);
      if (other && !view) continue;
      snprintf(sql, sizeof sql, "CREATE VIEW %s AS SELECT 1 AS x", name[i]);
      if (other) sqlite3_exec(db, sql, NULL, NULL, NULL);
      const bool differs = strcmp(ask(file, whole), sound) != 0;
      reopen(file, name[i]);
      if (differs && strcmp(ask(file, whole), sound) == 0) continue;
      printf("# %s %s\n", kind[i], name[i]);
      wrong++;
    }
  sqlite3_close(db);
  ok(wrong == 0 && count > 14, "each of %d views and triggers is made anew when it is lost or another", count);
  is_text(ask(file, "SELECT p.x + q.x FROM poinu p, points q"), "3", "and those of the user's stay");
}

/* A column that is lost, of a metric, of an end of an interval, of a layer or a member, while all else is there. */
static void lost_columns(void)
{
  static const struct {
    const char *table, *column;
  } row[] = {{"result", "gops"},
             {"result", "noise"},
             {"interval", "area_um2_p95"},
             {"layer_result", "cycles"},
             {"member_result", "area_um2"}};
  const char *file = scratch_file("lost.sqlite");
  reopen(file, "a new database");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char sql[300], there[200];
    sqlite3 *db = NULL;
    sqlite3_open(file, &db);
    snprintf(sql, sizeof sql, "ALTER TABLE %s DROP COLUMN %s", row[i].table, row[i].column);
    snprintf(there, sizeof there, "SELECT count(*) FROM pragma_table_info('%s') WHERE name = '%s'", row[i].table,
             row[i].column);
    /* the views are put away, and made again as they were, which SQLite does without asking for their columns */
    int code = sqlite3_exec(db,
                            "CREATE TABLE kept AS SELECT * FROM sqlite_schema WHERE type = 'view'; PRAGMA "
                            "writable_schema = ON; DELETE FROM sqlite_schema WHERE type = 'view'; PRAGMA "
                            "writable_schema = RESET",
                            NULL, NULL, NULL);
    if (!code) code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    if (!code)
      code = sqlite3_exec(db,
                          "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM kept; PRAGMA "
                          "writable_schema = RESET; DROP TABLE kept",
                          NULL, NULL, NULL);
    if (code) printf("# %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    ok(!code && ask_number(file, there) == 0, "%s.%s is taken away", row[i].table, row[i].column);
    reopen(file, "it is opened for writing");
    is_text(ask(file, there), "1", "and is there again");
  }
  is_text(ask(file, "SELECT count(*) FROM point_all"), "0", "views can be read");
}

/* Of two processes that find nothing and make the tables the second leaves those of the first. */
static void made_twice(void)
{
  const char *file = scratch_file("twice.sqlite");
  qy_error err = {0};
  sqlite3 *db[2] = {NULL};
  int64_t cookie = 0;
  for (int i = 0; i < 2; i++)
    sqlite3_open(file, &db[i]);
  for (int i = 0; i < 2; i++) {
    is_status(qy_store_schema_create(db[i], file, &err), QY_OK, &err, "the tables are made");
    if (i)
      is_int(ask_number(file, "PRAGMA schema_version"), cookie, "once");
    else
      cookie = ask_number(file, "PRAGMA schema_version");
    is_int(sqlite3_get_autocommit(db[i]), 1, "and nothing is left open");
  }
  is_text(ask(file, "PRAGMA user_version"), said_version(), "they are of the present version");
  for (int i = 0; i < 2; i++)
    sqlite3_close(db[i]);
}

int main(void)
{
  scratch_make();
  text_is_file();
  metrics();
  const char *many = scratch_file("many.sqlite");
  settings(QY_STORE_WRITE_MANY, many, "16384");
  unlink(many);
  const char *file = scratch_file("empty.sqlite");
  settings(QY_STORE_WRITE, file, "4096");
  refusals(file);
  lost_views(file);
  made_twice();
  migrations();
  lost_columns();
  new_metric();
  version_one();
  scratch_remove();
  return done();
}
