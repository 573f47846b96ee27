/* What tables, views and columns mean: see store_schema.h.
 *
 * Names and types come from SQLite, which is given the schema; words come from the comments of its text: the lines of
 * comment before CREATE are of the table, what stands behind a column and on lines of comment that follow is of the
 * column.  A unit stands in brackets at the head of a comment: "-- [MHz] target clock".
 */
#include "quarry/store_schema.h"

#include "quarry/metric.h"
#include "schema.h"
#include "sql.h"

#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 1000, NAME_MAX_BYTES = 64, TEXT_MAX = 1200 };

typedef struct word {
  char table[NAME_MAX_BYTES], column[NAME_MAX_BYTES]; /* column "": of the table */
  char text[TEXT_MAX];
} word;

typedef struct words {
  word *at;
  size_t count;
  char table[NAME_MAX_BYTES], before[TEXT_MAX]; /* within CREATE; comment that waits for its table */
} words;

static word *add(words *w, const char *column)
{
  if (w->count == WORDS_MAX) return NULL;
  word *new = &w->at[w->count++];
  snprintf(new->table, sizeof new->table, "%s", w->table);
  snprintf(new->column, sizeof new->column, "%s", column);
  return new;
}

static void join(char *text, const char *more, size_t length)
{
  const size_t used = strlen(text);
  while (length && isspace((unsigned char)more[length - 1]))
    length--;
  snprintf(text + used, TEXT_MAX - used, "%s%.*s", used ? " " : "", (int)length, more);
}

/* The name that a line of a table or of a view's SELECT gives its column; "": none. */
static void column_of(char name[NAME_MAX_BYTES], const char *line, const char *end)
{
  const char *from = line + strspn(line, " "), *as = NULL;
  for (const char *p = line; p + 4 < end; p++)
    if (strncmp(p, " AS ", 4) == 0) as = p + 4;
  if (as) from = as;
  size_t length = strspn(from, "abcdefghijklmnopqrstuvwxyz0123456789_");
  if (from + length > end || length >= NAME_MAX_BYTES) length = 0;
  memcpy(name, from, length);
  name[length] = '\0';
}

static bool begins(words *w, const char *line)
{
  static const char *const create[] = {"CREATE TABLE ", "CREATE VIEW "};
  for (size_t i = 0; i < sizeof create / sizeof *create; i++) {
    const size_t length = strlen(create[i]);
    if (strncmp(line, create[i], length) != 0) continue;
    snprintf(w->table, sizeof w->table, "%.*s", (int)strcspn(line + length, " "), line + length);
    word *of_table = add(w, "");
    if (of_table) snprintf(of_table->text, sizeof of_table->text, "%s", w->before);
    w->before[0] = '\0';
    return true;
  }
  return false;
}

static void read_line(words *w, const char *line)
{
  const char *comment = strstr(line, "-- "), *end = comment ? comment : line + strlen(line);
  const bool alone = comment && strspn(line, " ") == (size_t)(comment - line);
  char name[NAME_MAX_BYTES];
  if (begins(w, line)) return;
  if (alone && comment == line) {
    w->table[0] = '\0';
    join(w->before, comment + 3, strlen(comment + 3));
  } else if (w->table[0] && alone && w->count && w->at[w->count - 1].column[0]) {
    word *last = &w->at[w->count - 1];
    join(last->text, comment + 3, strlen(comment + 3));
  } else if (w->table[0] && comment) {
    column_of(name, line, end);
    word *of_column = name[0] ? add(w, name) : NULL;
    if (of_column) join(of_column->text, comment + 3, strlen(comment + 3));
  } else if (w->table[0]) {
    column_of(name, line, end); /* so that a comment alone behind it is not of the one before */
    if (name[0]) add(w, name);
  } else if (strncmp(line, "DROP ", 5) != 0) {
    w->before[0] = '\0';
  }
}

static const word *find(const words *w, const char *table, const char *column)
{
  for (size_t i = 0; i < w->count; i++)
    if (strcmp(w->at[i].column, column) == 0 && (!table || strcmp(w->at[i].table, table) == 0) && w->at[i].text[0])
      return &w->at[i];
  return NULL;
}

/* A metric, or an end of the interval of one. */
static bool metric_words(qy_schema_row *row, qy_arena *arena)
{
  static const char *const end[] = {"_p05", "_p95"}, *const quantile[] = {"5 %", "95 %"};
  char name[NAME_MAX_BYTES];
  int m = qy_metric_find(row->column);
  const size_t length = strlen(row->column);
  if (m >= 0) {
    row->meaning = qy_metric_table()[m].help;
  } else {
    for (size_t e = 0; e < 2 && m < 0; e++) {
      if (length < 5 || length >= sizeof name || strcmp(row->column + length - 4, end[e]) != 0) continue;
      snprintf(name, sizeof name, "%.*s", (int)length - 4, row->column);
      m = qy_metric_find(name);
      if (m >= 0) row->meaning = qy_arena_format(arena, "%s quantile of %s over the draws.", quantile[e], name);
    }
  }
  if (m >= 0 && qy_metric_table()[m].unit[0]) row->unit = qy_metric_table()[m].unit;
  return m >= 0;
}

static bool say(qy_schema_row *row, const words *w, qy_arena *arena)
{
  if (row->column && metric_words(row, arena)) return row->meaning != NULL;
  const word *found = find(w, row->table, row->column ? row->column : "");
  char all[NAME_MAX_BYTES + 8];
  snprintf(all, sizeof all, "%s_all", row->table);
  if (!found && row->column) found = find(w, all, row->column);
  /* Views have names where tables have keys: what a column of the same name is in the main view goes first. */
  const bool is_view = row->column && strcmp(row->kind, "view") == 0;
  if (!found && is_view) found = find(w, "point_all", row->column);
  if (!found && is_view) found = find(w, NULL, row->column);
  if (!found) return true;
  const char *text = found->text;
  const size_t unit = text[0] == '[' ? strcspn(text, "]") : 0;
  if (unit && text[unit] && row->column) {
    row->unit = qy_arena_text(arena, text + 1, unit - 1);
    text += unit + 1 + (text[unit + 1] == ' ');
  }
  row->meaning = qy_arena_text(arena, text, strlen(text));
  return row->meaning != NULL;
}

static const char *text_of(sqlite3_stmt *read, int column, qy_arena *arena)
{
  const char *text = (const char *)sqlite3_column_text(read, column);
  return text && text[0] ? qy_arena_text(arena, text, strlen(text)) : NULL;
}

/* Types of columns of views are those of the columns they come from; SQLite knows none of an expression. */
static const char rows_sql[] =
    "SELECT name, type, NULL, NULL, rowid AS place, -1 AS cid FROM sqlite_schema WHERE type IN ('table', 'view') "
    "UNION ALL SELECT m.name, m.type, c.name, c.type, m.rowid, c.cid FROM sqlite_schema m JOIN "
    "pragma_table_info(m.name) "
    "c WHERE m.type IN ('table', 'view') ORDER BY place, cid";

static qy_status read_rows(qy_schema_row *row, size_t *count, size_t room, sqlite3 *db, const words *w, qy_arena *arena,
                           qy_error *err)
{
  sqlite3_stmt *read = NULL;
  qy_status status = qy_sql_prepare(db, "the schema", &read, rows_sql, err);
  while (!status && *count < room && sqlite3_step(read) == SQLITE_ROW) {
    qy_schema_row *r = &row[*count];
    *r = (qy_schema_row){.table = text_of(read, 0, arena),
                         .kind = text_of(read, 1, arena),
                         .column = text_of(read, 2, arena),
                         .type = text_of(read, 3, arena)};
    if (!r->table || !r->kind || !say(r, w, arena)) status = qy_no_memory(err);
    ++*count;
  }
  return qy_sql_end(status, db, "the schema", read, err);
}

qy_status qy_store_schema_rows(const qy_schema_row **rows, size_t *count, qy_arena *arena, qy_error *err)
{
  assert(rows && count);
  enum { ROWS_MAX = 4000 };
  sqlite3 *db = NULL;
  char *sql = qy_store_schema_sql(NULL);
  words w = {.at = qy_arena_alloc(arena, WORDS_MAX, sizeof *w.at)};
  qy_schema_row *row = qy_arena_alloc(arena, ROWS_MAX, sizeof *row);
  qy_status status = sql && w.at && row ? QY_OK : qy_no_memory(err);
  *count = 0;
  for (const char *const *line = qy_store_schema_lines; !status && *line; line++)
    read_line(&w, *line);
  if (!status && sqlite3_open(":memory:", &db) != SQLITE_OK) status = qy_no_memory(err);
  if (!status) status = qy_sql_run(db, "the schema", sql, "make it in memory", err);
  if (!status) status = read_rows(row, count, ROWS_MAX, db, &w, arena, err);
  sqlite3_close(db);
  free(sql);
  *rows = row;
  return status;
}
