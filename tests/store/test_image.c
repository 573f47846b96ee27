/* New databases, copied from the one that is compiled in: the same tables, rows and settings as one that SQLite
 * makes. */
#include "../../src/store/image.h"
#include "store_test.h"

static qy_error err;

/* Hash of the schema and of all rows that a new database has, asked of SQLite. */
static void hash_of(char hash[65], const char *file)
{
  static const char *const sql[] = {"SELECT group_concat(type || name || tbl_name || sql, char(10)) FROM sqlite_schema",
                                    "SELECT group_concat(name || unit || label || sense || help, char(10)) FROM metric",
                                    "PRAGMA application_id",
                                    "PRAGMA user_version",
                                    "PRAGMA page_size",
                                    "PRAGMA journal_mode",
                                    "PRAGMA integrity_check"};
  char text[400000] = "";
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
    sqlite3_stmt *read = NULL;
    sqlite3_prepare_v2(db, sql[i], -1, &read, NULL);
    const char *got = sqlite3_step(read) == SQLITE_ROW ? (const char *)sqlite3_column_text(read, 0) : NULL;
    const size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s\n", got ? got : "none");
    sqlite3_finalize(read);
  }
  sqlite3_close(db);
  qy_sha256_text(hash, text, strlen(text));
}

static void make(const char *file, int mode, const char *what)
{
  qy_store *s = NULL;
  qy_error_clear(&err);
  is_int(qy_store_open(&s, file, mode, &err), QY_OK, what);
  qy_store_close(s);
}

/* A database of a mode: that of the image, and that which SQLite makes. */
static void as_made(int mode, const char *pages)
{
  char plain[65], copy[65], made[40], bare[40], opened[40];
  const bool many = mode == QY_STORE_WRITE_MANY;
  struct stat a, b;
  snprintf(made, sizeof made, "plain_%s.sqlite", pages);
  snprintf(bare, sizeof bare, "bare_%s.sqlite", pages);
  snprintf(opened, sizeof opened, "copy_%s.sqlite", pages);
  FILE *empty = fopen(scratch_file(made), "w"); /* a file that is there is not taken over */
  if (!empty || fclose(empty)) {
    ok(0, "an empty file");
    return;
  }
  ok(!store_image_place(scratch_file(made), many), "%s pages: no copy is made where there is a file", pages);
  make(scratch_file(made), mode, "a database made by SQLite");
  ok(store_image_place(scratch_file(bare), many), "a copy is made where there is none");
  make(scratch_file(opened), mode, "a database that is copied");
  hash_of(plain, scratch_file(made));
  hash_of(copy, scratch_file(bare));
  ok(strcmp(plain, copy) == 0, "tables, views, metrics and settings of the copy are those made anew");
  hash_of(copy, scratch_file(opened));
  ok(strcmp(plain, copy) == 0, "and when it was opened and closed");
  ok(!stat(scratch_file(made), &a) && !stat(scratch_file(opened), &b) && a.st_mode == b.st_mode &&
         a.st_size == b.st_size,
     "with the same rights and length");
}

int main(void)
{
  char small[65], copy[65];
  scratch_make();
  as_made(QY_STORE_WRITE, "small");
  as_made(QY_STORE_WRITE_MANY, "large");
  hash_of(small, scratch_file("bare_small.sqlite"));
  hash_of(copy, scratch_file("bare_large.sqlite"));
  ok(strcmp(small, copy) != 0, "one for many points has other pages");

  /* A log that another database of that name has left must not be read into the copy. */
  qy_store *s = NULL;
  if (!qy_store_open(&s, scratch_file("left.sqlite"), QY_STORE_WRITE, &err)) {
    char command[600];
    sqlite3 *db = NULL;
    sqlite3_open(scratch_file("left.sqlite"), &db);
    sqlite3_exec(db, "INSERT INTO reason (text) VALUES ('left')", NULL, NULL, NULL);
    snprintf(command, sizeof command, "cp %s/left.sqlite-wal %s/other.sqlite-wal", scratch, scratch);
    is_int(system(command), 0, "a log with a row");
    sqlite3_close(db);
  }
  qy_store_close(s);
  make(scratch_file("other.sqlite"), QY_STORE_WRITE, "a log is in the way");
  hash_of(copy, scratch_file("other.sqlite"));
  ok(strcmp(small, copy) == 0, "the database is new");
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  sqlite3_open(scratch_file("other.sqlite"), &db);
  sqlite3_prepare_v2(db, "SELECT count(*) FROM reason", -1, &read, NULL);
  is_int(sqlite3_step(read) == SQLITE_ROW ? sqlite3_column_int(read, 0) : -1, 0, "without rows");
  sqlite3_finalize(read);
  sqlite3_close(db);
  scratch_remove();
  return done();
}
