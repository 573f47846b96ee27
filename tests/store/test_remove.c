/* Removing experiments: nothing of them stays in any table, everything of the others does; views of the latest runs. */
#include "../../src/store/schema.h"
#include "quarry/points.h"
#include "quarry/store_remove.h"
#include "store_test.h"

#include <stdlib.h>

/* Rows of every table but `metric`, as "name count" lines, of the experiments that are left. */
static int64_t rows_left(const char *file)
{
  static char sql[8192], part[256];
  char names[4096];
  snprintf(names, sizeof names, "%s",
           ask(file, "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name <> 'metric'"));
  strcpy(sql, "SELECT 0");
  for (char *save = NULL, *name = strtok_r(names, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
    snprintf(part, sizeof part, " + (SELECT count(*) FROM \"%s\")", name);
    strcat(sql, part);
  }
  return ask_number(file, sql);
}

static void sql_run(const char *file, const char *sql, const char *what)
{
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  sqlite3_busy_timeout(db, 5000);
  const int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
  if (!ok(code == SQLITE_OK, "%s", what)) printf("# %s\n", sqlite3_errmsg(db));
  sqlite3_close(db);
}

/* Experiment `text`, of two technologies; the second one with noise and a technology of its own. */
static int64_t make(const char *file, const char *text, int own)
{
  fixture f;
  qy_error err = {0};
  int64_t id = 0;
  int complete;
  fixture_make(&f, text, 40, 10);
  if (own) f.technology[1].name = "own";
  is_status(run_all(file, &f.e, &id, &complete, &err), QY_OK, &err, text);
  return id;
}

static const char digest[] =
    "SELECT group_concat(x) FROM (SELECT id || design || coalesce(reason, '-') || area_um2 AS x FROM result WHERE id "
    ">> "
    "40 = 1 UNION ALL SELECT id || name FROM design WHERE id >> 40 = 1 UNION ALL SELECT front_group || ' ' || point "
    "FROM "
    "front WHERE point >> 40 = 1 UNION ALL SELECT point || metric FROM best_point WHERE experiment = 1 UNION ALL "
    "SELECT "
    "point || assignment FROM assignment WHERE point >> 40 = 1 UNION ALL SELECT id || text FROM reason)";

/* The trigger alone, by any program. */
static void by_sql(const char *keys)
{
  char what[120];
  const char *file = scratch_file("sql.sqlite");
  remove(file);
  make(file, "name: one\n", 0);
  char *before = strdup(ask(file, digest));
  const int64_t rows = rows_left(file);
  make(file, "name: two\n", 1);
  ok(rows_left(file) > rows + 80, "a second experiment adds rows");
  char sql[160];
  snprintf(sql, sizeof sql, "PRAGMA foreign_keys = %s; DELETE FROM experiment WHERE id = 2", keys);
  snprintf(what, sizeof what, "it is deleted by SQLite, foreign keys %s", keys);
  sql_run(file, sql, what);
  is_int(rows_left(file), rows, "every table has the rows from before it");
  is_text(ask(file, digest), before, "which are the same");
  is_text(ask(file, "PRAGMA foreign_key_check"), "(no row)", "no reference leads nowhere");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "the file is sound");
  is_text(ask(file, "SELECT group_concat(name) FROM technology"), "fdsoi28,lp55", "texts of others stay");
  sql_run(file, "DELETE FROM experiment", "the rest is deleted");
  is_int(rows_left(file), 0, "no table has a row left");
  free(before);
}

static void by_store(void)
{
  const char *file = scratch_file("store.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  const int64_t all[] = {make(file, "name: a\n", 0), make(file, "name: b\n", 0), make(file, "name: c\n", 1)};
  is_text(ask(file, "SELECT group_concat(DISTINCT experiment_id) FROM point"), "3", "point: the latest run of a name");
  is_text(ask(file, "SELECT count(DISTINCT experiment_id) FROM point_all"), "3", "point_all: all runs");
  is_text(ask(file, "SELECT group_concat(DISTINCT experiment_id) FROM front_point"), "3", "so do fronts");
  is_text(ask(file, "SELECT count(*) FROM summary"), "1", "and the summary");
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "opened for writing");
  int64_t id = 0;
  is_status(qy_store_find(&id, store, "small@2", &err), QY_OK, &err, "the second last run");
  is_int(id, all[1], "has its number");
  is_int(qy_store_find(&id, store, "small@4", &err), QY_BAD_INPUT, "there is no fourth last");
  says(&err, "expected one of the 3 runs of \"small\", found \"small@4\"", "it says so");
  err = (qy_error){0};
  is_status(qy_store_remove(store, &(int64_t){99}, 1, &err), QY_OK, &err, "one that is not there");
  is_status(qy_store_remove(store, NULL, 0, &err), QY_OK, &err, "or none");
  is_text(ask(file, "SELECT count(*) || ' ' || sum(id) FROM experiment"), "3 6", "leaves all");
  is_status(qy_store_remove(store, all, 2, &err), QY_OK, &err, "two are removed");
  is_text(ask(file, "SELECT group_concat(id) FROM experiment"), "3", "one stays");
  int64_t bytes = 0;
  is_status(qy_store_free_bytes(&bytes, store, &err), QY_OK, &err, "pages are free");
  ok(bytes > 0, "some");
  is_status(qy_store_vacuum(store, &err), QY_OK, &err, "and given back");
  is_status(qy_store_free_bytes(&bytes, store, &err), QY_OK, &err, "asked again");
  is_int(bytes, 0, "none is left");
  /* One that runs, in another store of this process. */
  fixture f;
  qy_store *other = NULL;
  int complete;
  fixture_make(&f, "name: running\n", 40, 10);
  qy_store_open(&other, file, QY_STORE_WRITE, &err);
  is_status(qy_store_begin(other, &f.e, &id, &complete, &err), QY_OK, &err, "an experiment is begun");
  const int64_t both[] = {all[2], id};
  is_int(qy_store_remove(store, both, 2, &err), QY_SYSTEM, "one that runs is not removed");
  says(&err, "expected an experiment that nobody runs, found \"small\" (", "it is named");
  is_int(ask_number(file, "SELECT count(*) FROM experiment"), 2, "nor is the one beside it");
  qy_store_close(other);
  err = (qy_error){0};
  is_status(qy_store_remove(store, both, 2, &err), QY_OK, &err, "both are when it is interrupted");
  is_int(rows_left(file), 0, "no table has a row left");
  qy_store_close(store);
}

/* A database of version 3, brought up by opening it. */
static void migrated(void)
{
  const char *file = make_version_3("old.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "it is brought up to date");
  qy_store_close(store);
  is_text(ask(file, "SELECT count(*) FROM pragma_foreign_key_list('result')"), "0", "results refer by key alone");
  sql_run(file, "PRAGMA foreign_keys = ON; DELETE FROM experiment WHERE name = 'half'", "one of two is deleted");
  is_int(ask_number(file, "SELECT count(*) FROM result"), 12, "the other has its results");
  sql_run(file, "PRAGMA foreign_keys = ON; DELETE FROM experiment", "and the other");
  is_int(rows_left(file), 0, "no table has a row left");
  is_text(ask(file, "PRAGMA integrity_check"), "ok", "the file is sound");
}

int main(void)
{
  scratch_make();
  by_sql("ON");
  by_sql("OFF");
  by_store();
  migrated();
  scratch_remove();
  return done();
}
