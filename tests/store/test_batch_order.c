/* Databases whose chunks stand column by column, as older programs wrote them: read as they are, and brought to the
 * present order once they are written to, with the same bytes. */
#include "packed_points.h"

/* Chunks of each that the other has not. */
static int64_t different(const char *file, const char *other)
{
  char sql[400];
  int64_t count = -1;
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  snprintf(sql, sizeof sql, "ATTACH '%s' AS of", other);
  ok(sqlite3_open(file, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "side by side");
  if (sqlite3_prepare_v2(db,
                         "SELECT (SELECT count(*) FROM (SELECT * FROM result_chunk EXCEPT SELECT * FROM "
                         "of.result_chunk)) + (SELECT count(*) FROM (SELECT * FROM of.result_chunk EXCEPT SELECT * "
                         "FROM main.result_chunk))",
                         -1, &read, NULL) == SQLITE_OK &&
      sqlite3_step(read) == SQLITE_ROW)
    count = sqlite3_column_int64(read, 0);
  sqlite3_finalize(read);
  sqlite3_close(db);
  return count;
}

static void make_older(const char *file)
{
  sqlite3 *db = NULL;
  ok(sqlite3_open(file, &db) == SQLITE_OK &&
         sqlite3_exec(
             db,
             "CREATE TEMP TABLE older AS SELECT (id >> 40 << 40) + ((id & 255) << 32) + (id >> 8 & 0xffffffff) "
             "AS id, data FROM result_chunk; DELETE FROM result_chunk; INSERT INTO result_chunk SELECT * FROM "
             "older; PRAGMA user_version = 10",
             NULL, NULL, NULL) == SQLITE_OK &&
         sqlite3_total_changes(db) > 300,
     "columns one behind the other");
  sqlite3_close(db);
}

static void questions(const char *packed_file, const char *rows_file, const char *what)
{
  /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): long queries are of several pieces */
  static const char *const sql[] = {"SELECT * FROM point_all ORDER BY point_id", "SELECT * FROM interval ORDER BY id",
                                    "SELECT id, design, area_um2, clock_mhz, reason FROM result WHERE id > (1 << 40) + "
                                    "77 AND area_um2 < 5000 ORDER BY id",
                                    "SELECT energy_uj, clock_mhz FROM result WHERE id = (2 << 40) + 250",
                                    "SELECT design, max(energy_uj), count(*) FROM point GROUP BY design ORDER BY 1"};
  qy_error err = {0};
  qy_store *packed = NULL;
  sqlite3 *rows = NULL;
  is_status(qy_store_open(&packed, packed_file, QY_STORE_READ, &err), QY_OK, &err, what);
  ok(sqlite3_open_v2(rows_file, &rows, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "beside rows");
  is_status(qy_store_check_whole(packed, 1, &err), QY_OK, &err, "it is whole");
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++)
    ok(agree(packed, rows, sql[i], true), "%s", sql[i]);
  sqlite3_close(rows);
  qy_store_close(packed);
}

/* A chunk that another program took from it. */
static void lacking(const char *file)
{
  static const char keep[] = "CREATE TABLE kept AS SELECT * FROM result_chunk WHERE id = (1 << 40) + ((SELECT number "
                             "FROM chunk_column WHERE experiment = 1 AND name = 'design') << 32) + 2";
  qy_error err = {0};
  qy_store *store = NULL;
  ask(file, keep);
  ask(file, "DELETE FROM result_chunk WHERE id IN (SELECT id FROM kept)");
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "opened");
  is_int(qy_store_check_whole(store, 1, &err), QY_BAD_INPUT, "it is not whole");
  says(&err, "5 chunks of results of 6", "and it is said");
  qy_store_close(store);
  ask(file, "INSERT INTO result_chunk SELECT * FROM kept");
  ask(file, "DROP TABLE kept");
}

/* What was begun has the columns of the one that was not interrupted. */
static void continued(const char *file)
{
  go_on(file);
  is_int(ask_number(file, "SELECT count(*) FROM (SELECT id & 0xffffffffff AS id, data FROM result_chunk WHERE id >> 40 "
                          "= 2 EXCEPT SELECT id & 0xffffffffff, data FROM result_chunk WHERE id >> 40 = 1)"),
         0, "it has the columns of the one that was not interrupted");
}

int main(void)
{
  scratch_make();
  const char *packed = scratch_file_kept("packed.sqlite"), *rows = scratch_file_kept("rows.sqlite");
  store_points(packed, "columns");
  store_points(rows, NULL);
  const char *present = scratch_file_kept("present.sqlite");
  char copy[300];
  snprintf(copy, sizeof copy, "VACUUM INTO '%s'", present);
  ask(packed, copy);
  questions(packed, rows, "the present order");
  make_older(packed);
  ok(different(packed, present) > 300, "another order");
  questions(packed, rows, "the older order");
  lacking(packed);
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, packed, QY_STORE_WRITE, &err), QY_OK, &err, "opened to be written");
  qy_store_close(store);
  is_text(ask(packed, "PRAGMA user_version"), said_version(), "it has the present version");
  is_int(different(packed, present), 0, "and the chunks of the present order");
  is_text(ask(packed, "SELECT group_concat(name) FROM sqlite_schema WHERE name GLOB '*chunk*'"),
          "chunk_column,result_chunk", "in a table of the same name");
  questions(packed, rows, "brought to the present order");
  continued(packed);
  scratch_remove();
  return done();
}
