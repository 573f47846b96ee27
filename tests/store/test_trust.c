/* What is not taken on trust of a file: objects of the schema that stand in the place of others, and values of types
 * that no strict table would take.  Declarations are those that SQLite tells of a new database. */
#include "../../src/store/trust.h"

#include "store_test.h"

static void run_sql(sqlite3 *db, const char *sql)
{
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) ok(false, "%.60s: %s", sql, sqlite3_errmsg(db));
}

/* Does it open?  If not, the message has the text. */
static void opens(const char *file, int mode, const char *said, const char *what)
{
  qy_error err = {0};
  qy_store *store = NULL;
  const qy_status status = qy_store_open(&store, file, mode, &err);
  const char *got = err.count ? err.diagnostic[0].text : "";
  const bool right = said ? status == QY_BAD_INPUT && strstr(got, said) : !status;
  if (!ok(right, "%s, %s%s", what, mode == QY_STORE_READ ? "reading: " : "writing: ", said ? said : "it opens"))
    printf("# got: %s\n", got);
  qy_store_close(store);
}

static const char *empty_store(const char *name)
{
  const char *file = scratch_file(name);
  opens(file, QY_STORE_WRITE, NULL, "a new database");
  return file;
}

/* ---- objects ---- */

/* Triggers change what is stored, not what is read; all else is refused in both. */
static void objects(void)
{
  static const struct {
    const char *make, *away, *said;
    bool read, write; /* is it refused? */
  } row[] = {
      {"ALTER TABLE tally RENAME TO kept; CREATE VIEW tally AS SELECT * FROM kept",
       "DROP VIEW tally; ALTER TABLE kept RENAME TO tally", "schema: expected a table \"tally\", found a view", true,
       true},
      {"ALTER TABLE tally RENAME TO kept; CREATE VIEW TALLY AS SELECT * FROM kept",
       "DROP VIEW tally; ALTER TABLE kept RENAME TO tally", "schema: expected a table \"TALLY\", found a view", true,
       true},
      {"CREATE INDEX mine ON tally (point)", "DROP INDEX mine", NULL, false, false},
      {"CREATE VIEW tall AS SELECT 1", "DROP VIEW tall", NULL, false, false},
      {"CREATE VIEW tally2 AS SELECT 1", "DROP VIEW tally2", NULL, false, false},
      {"CREATE TABLE mine (a)", "DROP TABLE mine", NULL, false, false},
      {"CREATE VIRTUAL TABLE other USING fts5(a)", "DROP TABLE other",
       "schema: expected no virtual table, found \"other\"", true, true},
      {"CREATE TRIGGER mine AFTER INSERT ON result BEGIN SELECT 1; END", "DROP TRIGGER mine",
       "schema: expected no trigger but quarry's, which would change what is stored, found \"mine\" on \"result\"; "
       "DROP "
       "TRIGGER removes it",
       false, true},
      {"CREATE TRIGGER mine AFTER DELETE ON experiment BEGIN SELECT 1; END", "DROP TRIGGER mine",
       "found \"mine\" on \"experiment\"", false, true},
      {"DROP TRIGGER experiment_deleted; CREATE TRIGGER experiment_deleted AFTER INSERT ON result BEGIN SELECT 1; END",
       "DROP TRIGGER experiment_deleted", "found \"experiment_deleted\" on \"result\"", false, true},
  };
  const char *file = empty_store("objects.sqlite");
  sqlite3 *db = NULL;
  sqlite3_open(file, &db);
  run_sql(db, "PRAGMA synchronous = OFF; PRAGMA legacy_alter_table = ON");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    run_sql(db, row[i].make);
    opens(file, QY_STORE_READ, row[i].read ? row[i].said : NULL, row[i].make);
    opens(file, QY_STORE_WRITE, row[i].write ? row[i].said : NULL, row[i].make);
    run_sql(db, row[i].away);
  }
  sqlite3_close(db);
  opens(file, QY_STORE_WRITE, NULL, "without them");
}

/* ---- values ---- */

enum { COLUMNS = 200 };

typedef struct column {
  int table;
  char name[32], type[12];
  bool must, key, number; /* never NULL; of the key; it alone, of a table whose rows are found by it */
} column;

static int columns_of(column *out, sqlite3 *db)
{
  int count = 0;
  for (int t = 0; t < TRUST_TABLES; t++) {
    char sql[120];
    sqlite3_stmt *read = NULL;
    snprintf(sql, sizeof sql, "SELECT name, type, \"notnull\", pk FROM pragma_table_info('%s')", trust_tables[t]);
    sqlite3_prepare_v2(db, sql, -1, &read, NULL);
    while (count < COLUMNS && sqlite3_step(read) == SQLITE_ROW) {
      column *c = &out[count++];
      *c = (column){.table = t, .must = sqlite3_column_int(read, 2) || sqlite3_column_int(read, 3)};
      snprintf(c->name, sizeof c->name, "%s", sqlite3_column_text(read, 0));
      snprintf(c->type, sizeof c->type, "%s", sqlite3_column_text(read, 1));
      c->key = sqlite3_column_int(read, 3);
      c->number = c->key && strcmp(c->name, "id") == 0;
    }
    sqlite3_finalize(read);
  }
  return count;
}

/* A row of each table that has none, of numbers and letters; the tables take anything from then on. */
static void fill(sqlite3 *db, const column *c, int count)
{
  run_sql(db, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(replace(replace(replace(sql, "
              "'STRICT, WITHOUT ROWID', 'WITHOUT ROWID'), ') STRICT', ')'), 'NOT NULL', ''), 'CHECK (', "
              "'CHECK (1 OR ') WHERE type = 'table'; PRAGMA writable_schema = RESET");
  for (int t = 0; t < TRUST_TABLES; t++) {
    char sql[900];
    int used = snprintf(sql, sizeof sql, "INSERT INTO %s SELECT ", trust_tables[t]), own = 0;
    for (int i = 0; i < count; i++)
      if (c[i].table == t)
        used += snprintf(sql + used, sizeof sql - (size_t)used, "%s%s", own++ ? ", " : "",
                         strcmp(c[i].type, "TEXT") == 0      ? "'x'"
                         : strcmp(c[i].type, "INTEGER") == 0 ? "1"
                         : strcmp(c[i].type, "BLOB") == 0    ? "x'01'"
                                                             : "1.5");
    snprintf(sql + used, sizeof sql - (size_t)used, " WHERE NOT EXISTS (SELECT 1 FROM %s)", trust_tables[t]);
    run_sql(db, sql);
  }
  run_sql(db, "UPDATE axis SET type = 'text'; UPDATE experiment SET status = 'complete', store = 'all', objectives = "
              "'[]', definition = '{}'");
}

/* Opens for reading with a value of this kind in the last row of the column's table. */
static bool is_told(const char *file, const column *c, const char *kind, bool *taken)
{
  char said[160];
  qy_error err = {0};
  qy_store *store = NULL;
  const qy_status status = qy_store_open(&store, file, QY_STORE_READ, &err);
  const char *got = err.count ? err.diagnostic[0].text : "";
  qy_store_close(store);
  *taken = strcmp(kind, "NULL") == 0 && !c->must;
  snprintf(said, sizeof said, "column %s: expected %s, found %s", c->name, c->type, kind);
  bool right = *taken ? !status : status == QY_BAD_INPUT && strstr(got, said);
  snprintf(said, sizeof said, "table %s, row %s", trust_tables[c->table], c->table ? "1, " : "");
  right = right && (*taken || strstr(got, said));
  if (!right) printf("# %s of %s, %s: %s\n", kind, trust_tables[c->table], c->name, got);
  return right;
}

/* A blob or a NULL in each column of each table. */
static void values(void)
{
  static column c[COLUMNS];
  const char *file = empty_store("values.sqlite");
  sqlite3 *db = NULL;
  int wrong = 0, refused = 0, accepted = 0;
  sqlite3_open(file, &db);
  const int count = columns_of(c, db);
  run_sql(db, "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF");
  fill(db, c, count);
  opens(file, QY_STORE_READ, NULL, "a row of each table");
  for (int i = 0; i < count; i++) {
    static const char *const bad[] = {"x'00'", "NULL"}, *const kind[] = {"BLOB", "NULL"};
    const char *t = trust_tables[c[i].table], *name = c[i].name;
    char sql[400], was[300];
    const int of = c[i].key ? 0 : i % 2; /* SQLite itself takes no NULL in a key */
    bool taken = false;
    if (c[i].number) continue; /* a number in any file */
    snprintf(sql, sizeof sql, "SELECT quote(max(\"%s\")) FROM %s", name, t);
    snprintf(was, sizeof was, "%s", ask(file, sql));
    snprintf(sql, sizeof sql, "UPDATE %s SET \"%s\" = %s WHERE \"%s\" = %s", t, name, bad[of], name, was);
    run_sql(db, sql);
    wrong += !is_told(file, &c[i], kind[of], &taken);
    accepted += taken;
    refused += !taken;
    snprintf(sql, sizeof sql, "UPDATE %s SET \"%s\" = %s WHERE \"%s\" IS %s", t, name, was, name, bad[of]);
    run_sql(db, sql);
  }
  ok(wrong == 0 && refused > 50 && accepted > 2, "%d values of other types are refused, %d NULLs are taken", refused,
     accepted);
  sqlite3_close(db);
  opens(file, QY_STORE_READ, NULL, "all as it was");
}

int main(void)
{
  scratch_make();
  objects();
  values();
  scratch_remove();
  return done();
}
