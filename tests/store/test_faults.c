/* Tables that are lost, or that cannot be read to their end, are never taken for whole: each reader says that it
 * failed, or has the same answer as from the sound database; a writer fails and changes nothing. */
#include "store_steps.h"

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
