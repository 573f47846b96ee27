/* The nearest name of the database for one that it does not have: see store_int.h. */
#include "store_int.h"

#include "quarry/alloc.h"
#include "quarry/yaml.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 2000 };

/* First column of all rows. */
static size_t read_names(const char **name, sqlite3 *db, const char *sql, qy_arena *arena)
{
  sqlite3_stmt *statement = NULL;
  size_t count = 0;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) return 0;
  while (count < NAMES_MAX && sqlite3_step(statement) == SQLITE_ROW) {
    const char *text = (const char *)sqlite3_column_text(statement, 0);
    if (text && (name[count] = qy_arena_text(arena, text, strlen(text)))) count++;
  }
  sqlite3_finalize(statement);
  return count;
}

void store_nearest(char out[STORE_ADVICE], sqlite3 *db, const char *sql, const char *said)
{
  qy_arena *arena = qy_arena_new();
  const char **name = arena ? qy_arena_alloc(arena, NAMES_MAX, sizeof *name) : NULL;
  const char *nearest = name ? qy_nearest(said, name, read_names(name, db, sql, arena)) : NULL;
  out[0] = '\0';
  if (nearest) snprintf(out, STORE_ADVICE, "; did you mean \"%.80s\"?", nearest);
  qy_arena_free(arena);
}

static bool in_name(char c)
{
  return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *sql, const char *word)
{
  const size_t length = strlen(word);
  for (const char *at = sql; (at = strcasestr(at, word)) != NULL; at++)
    if ((at == sql || !in_name(at[-1])) && !in_name(at[length])) return true;
  return false;
}

/* SELECT of the columns of the tables that the statement names, of all where it names none; other than the word. */
static char *columns_sql(sqlite3 *db, const char *statement, const char *said)
{
  qy_arena *arena = qy_arena_new();
  const char **table = arena ? qy_arena_alloc(arena, NAMES_MAX, sizeof *table) : NULL;
  const size_t count =
      table ? read_names(table, db, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')", arena) : 0;
  char *named = sqlite3_mprintf("");
  for (size_t i = 0; i < count && named; i++) {
    if (!has_word(statement, table[i])) continue;
    char *more = sqlite3_mprintf("%s%s%Q", named, *named ? ", " : "", table[i]);
    sqlite3_free(named);
    named = more;
  }
  char *sql = named ? sqlite3_mprintf("SELECT DISTINCT p.name FROM sqlite_master AS m, pragma_table_info(m.name) AS p "
                                      "WHERE m.type IN ('table', 'view') AND p.name <> %Q COLLATE nocase%s%s%s",
                                      said, *named ? " AND m.name IN (" : "", named, *named ? ")" : "")
                    : NULL;
  sqlite3_free(named);
  qy_arena_free(arena);
  return sql;
}

void store_advice(char out[STORE_ADVICE], sqlite3 *db, const char *message, const char *statement)
{
  static const struct {
    const char *begin, *sql;
  } kind[] = {{"no such column: ", NULL},
              {"no such table: ", "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"},
              {"no such function: ", "SELECT DISTINCT name FROM pragma_function_list"}};
  out[0] = '\0';
  for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
    const size_t length = strlen(kind[i].begin);
    if (strncmp(message, kind[i].begin, length) != 0) continue;
    const char *dot = strrchr(message + length, '.'), *said = dot ? dot + 1 : message + length;
    char *columns = kind[i].sql ? NULL : columns_sql(db, statement, said);
    const char *sql = kind[i].sql ? kind[i].sql : columns;
    if (sql) store_nearest(out, db, sql, said);
    sqlite3_free(columns);
  }
}
