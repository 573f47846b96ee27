/* New databases from an empty one that is kept between runs: the same tables, rows and settings as one made anew. */
#include "store_test.h"

#include "quarry/alloc.h"

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

static void make(const char *file, const char *folder, const char *what)
{
  qy_store *s = NULL;
  qy_error_clear(&err);
  is_int(qy_store_open_kept(&s, file, folder, &err), QY_OK, what);
  qy_store_close(s);
}

static char *image_name(const char *folder)
{
  static char name[300];
  DIR *d = opendir(folder);
  name[0] = '\0';
  for (struct dirent *e; d && (e = readdir(d)) != NULL;)
    if (e->d_name[0] != '.') snprintf(name, sizeof name, "%s/%.200s", folder, e->d_name);
  if (d) closedir(d);
  return name;
}

static void damage(const char *file, long at, int length)
{
  FILE *f = fopen(file, "r+");
  if (!f) return;
  fseek(f, at, SEEK_SET);
  fputc(0x5a ^ 0xff, f);
  fclose(f);
  if (length >= 0 && truncate(file, length)) perror("truncate");
}

int main(void)
{
  char plain[65], first[65], second[65], folder[100];
  scratch_make();
  snprintf(folder, sizeof folder, "%s/kept/images", scratch);
  make(scratch_file("plain.sqlite"), NULL, "a database without a folder");
  make(scratch_file("first.sqlite"), folder, "one with an empty folder");
  is_int(count_files(folder), 1, "an empty database is kept");
  make(scratch_file("second.sqlite"), folder, "one that is copied");
  is_int(count_files(folder), 1, "nothing more is kept");
  hash_of(plain, scratch_file("plain.sqlite"));
  hash_of(first, scratch_file("first.sqlite"));
  hash_of(second, scratch_file("second.sqlite"));
  ok(strcmp(plain, first) == 0, "tables, views and metrics of the first are those made anew");
  ok(strcmp(plain, second) == 0, "and of the copy");
  struct stat a, b;
  ok(!stat(scratch_file("plain.sqlite"), &a) && !stat(scratch_file("second.sqlite"), &b) && a.st_mode == b.st_mode &&
         a.st_size == b.st_size,
     "with the same rights and length");

  static const struct {
    long at;
    int length;
    const char *what;
  } damages[] = {{5, -1, "a hash"}, {66, -1, "a length"}, {3000, -1, "a byte"}, {0, 40, "the end"}, {0, 0, "all"}};
  for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
    damage(image_name(folder), damages[i].at, damages[i].length);
    unlink(scratch_file("other.sqlite"));
    make(scratch_file("other.sqlite"), folder, damages[i].what);
    hash_of(second, scratch_file("other.sqlite"));
    ok(strcmp(plain, second) == 0, "what is damaged is not believed");
    unlink(scratch_file("other.sqlite"));
    make(scratch_file("other.sqlite"), folder, "and mended");
    hash_of(second, scratch_file("other.sqlite"));
    ok(strcmp(plain, second) == 0, "for the next one");
  }

  /* A log that another database of that name has left must not be read into the copy. */
  unlink(scratch_file("other.sqlite"));
  qy_store *s = NULL;
  if (!qy_store_open_kept(&s, scratch_file("left.sqlite"), folder, &err)) {
    char command[600];
    sqlite3 *db = NULL;
    sqlite3_open(scratch_file("left.sqlite"), &db);
    sqlite3_exec(db, "INSERT INTO reason (text) VALUES ('left')", NULL, NULL, NULL);
    snprintf(command, sizeof command, "cp %s/left.sqlite-wal %s/other.sqlite-wal", scratch, scratch);
    is_int(system(command), 0, "a log with a row");
    sqlite3_close(db);
  }
  qy_store_close(s);
  make(scratch_file("other.sqlite"), folder, "a log is in the way");
  hash_of(second, scratch_file("other.sqlite"));
  ok(strcmp(plain, second) == 0, "the database is new");
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  sqlite3_open(scratch_file("other.sqlite"), &db);
  sqlite3_prepare_v2(db, "SELECT count(*) FROM reason", -1, &read, NULL);
  is_int(sqlite3_step(read) == SQLITE_ROW ? sqlite3_column_int(read, 0) : -1, 0, "without rows");
  sqlite3_finalize(read);
  sqlite3_close(db);

  unlink(image_name(folder));
  rmdir(folder);
  snprintf(folder, sizeof folder, "%s/kept", scratch);
  rmdir(folder);
  make(scratch_file("no.sqlite"), "/proc/none", "a folder that cannot be made is no failure");
  scratch_remove();
  return done();
}
