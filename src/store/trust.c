/* What is not taken on trust of a database: see trust.h.
 *
 * STRICT tables and their constraints hold for what SQL writes, not for what is in a file: a byte that is changed makes
 * a NULL of a name.  Tables with a row a point are not gone through here: who reads them looks.
 */
#include "trust.h"

#include "json_text.h"
#include "quarry/text.h"
#include "schema.h"
#include "sql.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char reading[] = "check the database";

int trust_guard(sqlite3 *db)
{
  static const struct {
    int what, value;
  } set[] = {{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
             {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
             {SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0},
             {SQLITE_DBCONFIG_DQS_DML, 0},
             {SQLITE_DBCONFIG_DQS_DDL, 0}};
  int code = json_text_register(db); /* for our CHECKs, of a schema that is not trusted */
  for (size_t i = 0; i < sizeof set / sizeof *set && code == SQLITE_OK; i++)
    code = sqlite3_db_config(db, set[i].what, set[i].value, NULL);
  return code ? code : sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
}

int trust_close(sqlite3 *db)
{
  return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
}

/* ---- schema ---- */

/* Has our schema an object of this kind, "TABLE", and name? */
static bool is_ours(const char *kind, const char *name)
{
  char begin[24];
  const int length = snprintf(begin, sizeof begin, "CREATE %s ", kind);
  for (const char *const *line = qy_store_schema_lines; *line; line++) {
    const size_t word = strcspn(*line + (strncmp(*line, begin, (size_t)length) == 0 ? length : 0), " \n");
    if (strncmp(*line, begin, (size_t)length) == 0 && word == strlen(name) &&
        strncasecmp(*line + length, name, word) == 0)
      return true;
  }
  return false;
}

static qy_status check_object(const qy_store *store, const char *type, const char *name, const char *table,
                              bool is_virtual, qy_error *err)
{
  if (strcmp(type, "table") != 0 && is_ours("TABLE", name))
    return qy_fail(err, QY_BAD_INPUT, "%s: schema: expected a table \"%.80s\", found a %.20s", store->file, name, type);
  if (is_virtual)
    return qy_fail(err, QY_BAD_INPUT, "%s: schema: expected no virtual table, found \"%.80s\"", store->file, name);
  if (store->mode != QY_STORE_WRITE || strcmp(type, "trigger") != 0) return QY_OK;
  if (is_ours("TRIGGER", name) && strcasecmp(table, "experiment") == 0) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: schema: expected no trigger but quarry's, which would change what is stored, found \"%.80s\" on "
                 "\"%.80s\"; DROP TRIGGER removes it",
                 store->file, name, table);
}

qy_status trust_schema(qy_store *store, qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(store->db, store->file, &read,
                                    "SELECT coalesce(type, ''), coalesce(name, ''), coalesce(tbl_name, ''), "
                                    "coalesce(sql, '') LIKE 'CREATE VIRTUAL%' FROM main.sqlite_schema",
                                    err);
  int code = SQLITE_DONE;
  while (!status && (code = sqlite3_step(read)) == SQLITE_ROW)
    status = check_object(store, (const char *)sqlite3_column_text(read, 0), (const char *)sqlite3_column_text(read, 1),
                          (const char *)sqlite3_column_text(read, 2), sqlite3_column_int(read, 3), err);
  if (!status && code != SQLITE_DONE) status = qy_sql_fail(store->db, store->file, code, reading, err);
  sqlite3_finalize(read);
  return status;
}

/* ---- rows ---- */

const char *const trust_tables[TRUST_TABLES] = {"metric",
                                                "experiment",
                                                "technology",
                                                "network",
                                                "device",
                                                "noise_file",
                                                "table_file",
                                                "precision",
                                                "axis",
                                                "experiment_technology",
                                                "experiment_network",
                                                "experiment_device",
                                                "chunk_column",
                                                "experiment_precision",
                                                "experiment_table_file",
                                                "experiment_noise_file",
                                                "kept_front",
                                                "front_group"};

static bool is_there(sqlite3 *db, const char *table, const char *column)
{
  return sqlite3_table_column_metadata(db, "main", table, column, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

/* "INTEGER" of a type in which SQLite keeps a value. */
static const char *type_name(int type)
{
  return type == SQLITE_INTEGER ? "INTEGER"
         : type == SQLITE_FLOAT ? "REAL"
         : type == SQLITE_TEXT  ? "TEXT"
         : type == SQLITE_BLOB  ? "BLOB"
                                : "NULL";
}

/* How our schema declares a column, whatever that of the file says; type[0] 0: it has no such column. */
static bool declared(char type[12], const char *table, const char *column)
{
  const size_t table_length = strlen(table), length = strlen(column);
  static const char begin[] = "CREATE TABLE ";
  const char *const *line = qy_store_schema_lines;
  type[0] = '\0';
  while (*line &&
         (strncmp(*line, begin, sizeof begin - 1) != 0 || strncmp(*line + sizeof begin - 1, table, table_length) != 0 ||
          (*line)[sizeof begin - 1 + table_length] != ' '))
    line++;
  for (; *line && **line != ')'; line++) {
    const char *at = *line + strspn(*line, " \"");
    if (**line != ' ' || strncmp(at, column, length) != 0 || !strchr(" \"", at[length])) continue;
    at += length + strspn(at + length, " \"");
    const size_t word = strcspn(at, " ,\n");
    snprintf(type, 12, "%.*s", (int)(word < 11 ? word : 11), at);
    return strstr(at, "NOT NULL") || strstr(at, "PRIMARY KEY");
  }
  return false;
}

/* A column of a statement as our schema declares it. */
typedef struct declaration {
  char type[12];
  bool must;
} declaration;

/* A value of the type `found` against the declaration of its column. */
static bool fits(const declaration *d, const char *found)
{
  return !*d->type || strcmp(d->type, found) == 0 || (!d->must && strcmp(found, "NULL") == 0);
}

static qy_status check_types(const qy_store *store, const char *table, qy_error *err)
{
  enum { COLUMNS_MOST = 64 }; /* further ones, of another program, are not looked at */
  char sql[80];
  sqlite3_stmt *row = NULL;
  declaration d[COLUMNS_MOST];
  if (!is_there(store->db, table, NULL)) return QY_OK; /* an older version had none */
  snprintf(sql, sizeof sql, "SELECT * FROM main.%s", table);
  qy_status status = qy_sql_prepare(store->db, store->file, &row, sql, err);
  const int all = status ? 0 : sqlite3_column_count(row), columns = all < COLUMNS_MOST ? all : COLUMNS_MOST;
  int code = SQLITE_DONE;
  for (int64_t number = 1; !status && (code = sqlite3_step(row)) == SQLITE_ROW; number++)
    for (int c = 0; c < columns && !status; c++) {
      const char *found = type_name(sqlite3_column_type(row, c)), *column = sqlite3_column_name(row, c);
      if (number == 1) d[c].must = declared(d[c].type, table, column);
      if (!fits(&d[c], found))
        status = qy_fail(err, QY_BAD_INPUT, "%s: table %s, row %lld, column %s: expected %s, found %s", store->file,
                         table, (long long)number, column, d[c].type, found);
    }
  if (!status && code != SQLITE_DONE) status = qy_sql_fail(store->db, store->file, code, reading, err);
  sqlite3_finalize(row);
  return status;
}

/* What values must be beside their types; bad: SQL over the column. */
static const struct {
  const char *table, *column, *bad, *expected;
} rules[] = {
    {"experiment", "id", "id < 1 OR id >= 1 << 23", "a key from 1 to 8388607"},
    {"experiment", "name", "name = ''", "a name"},
    {"experiment", "points", "points < 1 OR points >= 1 << 40", "1 to 2^40 - 1"},
    {"experiment", "batch_points", "batch_points < 1 OR batch_points >= 1 << 40", "1 to 2^40 - 1"},
    {"experiment", "batch_points", "(points - 1) / batch_points >= " TEXT(QY_STORE_BATCHES_MOST),
     "at most " TEXT(QY_STORE_BATCHES_MOST) " batches"},
    {"experiment", "status", "status NOT IN ('running', 'interrupted', 'failed', 'complete')",
     "running, interrupted, failed or complete"},
    {"experiment", "store", "store NOT IN ('all', 'columns', 'front', 'summary')", "all, columns, front or summary"},
    {"experiment", "store", "store = 'columns' AND batch_points > " TEXT(QY_STORE_COLUMN_BATCH_MOST),
     "columns in batches of at most " TEXT(QY_STORE_COLUMN_BATCH_MOST) " points"},
    {"experiment", "objectives", "CASE WHEN json_valid(objectives) THEN json_type(objectives) <> 'array' ELSE 1 END",
     "a JSON array"},
    {"experiment", "definition", "CASE WHEN json_valid(definition) THEN json_type(definition) <> 'object' ELSE 1 END",
     "a JSON object"},
    {"axis", "key", "key = '' OR instr(key, char(34)) OR instr(key, char(92))", "a name without quotes"},
    {"axis", "column", "\"column\" = '' OR instr(\"column\", char(34)) OR instr(\"column\", char(92))",
     "a name without quotes"},
    {"axis", "type", "type NOT IN ('integer', 'real', 'text')", "integer, real or text"},
    {"precision", "label", "label = ''", "a label"},
    {"precision", "weight_bits", "weight_bits NOT BETWEEN 1 AND 64", "1 to 64, or NULL"},
    {"precision", "activation_bits", "activation_bits NOT BETWEEN 1 AND 64", "1 to 64, or NULL"},
};
enum { RULES = sizeof rules / sizeof *rules };

static qy_status check_rule(const qy_store *store, size_t r, qy_error *err)
{
  char sql[400];
  sqlite3_stmt *row = NULL;
  if (!is_there(store->db, rules[r].table, rules[r].column)) return QY_OK;
  snprintf(sql, sizeof sql,
           "SELECT number, value FROM (SELECT row_number() OVER () AS number, \"%s\" AS value, %s AS "
           "bad FROM main.%s) WHERE bad LIMIT 1",
           rules[r].column, rules[r].bad, rules[r].table);
  qy_status status = qy_sql_prepare(store->db, store->file, &row, sql, err);
  if (status) return status;
  int code = sqlite3_step(row);
  if (code == SQLITE_ROW) { /* SQLite takes a text for no JSON, too, where memory lacks: what is wrong is so again */
    sqlite3_reset(row);
    code = sqlite3_step(row);
    if (code == SQLITE_DONE) status = qy_no_memory(err);
  }
  const char *value = code == SQLITE_ROW ? (const char *)sqlite3_column_text(row, 1) : NULL;
  if (code == SQLITE_ROW)
    status = qy_fail(err, QY_BAD_INPUT, "%s: table %s, row %lld, column %s: expected %s, found \"%.60s\"", store->file,
                     rules[r].table, (long long)sqlite3_column_int64(row, 0), rules[r].column, rules[r].expected,
                     value ? value : "");
  else if (code != SQLITE_DONE)
    status = qy_sql_fail(store->db, store->file, code, reading, err);
  sqlite3_finalize(row);
  return status;
}

/* Is any rule of the table of rule r broken?  Rules of a table follow one another; one statement asks for all of them,
 * which takes less time than those that say where. */
static qy_status any_broken(bool *any, size_t *next, const qy_store *store, size_t r, qy_error *err)
{
  qy_text sql = {0};
  int64_t found = 0;
  const char *table = rules[r].table, *gap = "";
  qy_text_add(&sql, "SELECT EXISTS (SELECT 1 FROM main.%s WHERE ", table);
  for (; r < RULES && strcmp(rules[r].table, table) == 0; r++) {
    if (!is_there(store->db, table, rules[r].column)) continue;
    qy_text_add(&sql, "%s(%s)", gap, rules[r].bad);
    gap = " OR ";
  }
  *next = r;
  qy_text_add(&sql, ")");
  qy_status status = sql.failed ? qy_no_memory(err) : QY_OK;
  if (!status && *gap) status = qy_sql_number(store->db, store->file, sql.data, &found, err);
  *any = found != 0;
  qy_text_free(&sql);
  return status;
}

qy_status trust_rows(qy_store *store, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t t = 0; t < TRUST_TABLES && !status; t++)
    status = check_types(store, trust_tables[t], err);
  for (size_t r = 0, next; r < RULES && !status; r = next) {
    bool any;
    status = any_broken(&any, &next, store, r, err);
    for (; any && r < next && !status; r++)
      status = check_rule(store, r, err);
  }
  return status;
}
