/* What tables and views hold, in words, against the tables and views of a new database as SQLite lists them. */
#include "quarry/store_schema.h"
#include "store_test.h"

static const qy_schema_row *row;
static size_t count;

static const qy_schema_row *find(const char *table, const char *column)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(row[i].table, table) == 0 &&
        (column ? row[i].column && strcmp(row[i].column, column) == 0 : !row[i].column))
      return &row[i];
  return NULL;
}

static bool is(const char *got, const char *expected)
{
  return got && expected ? strcmp(got, expected) == 0 : got == expected;
}

static void says_of(const char *table, const char *column, const char *type, const char *unit, const char *meaning)
{
  const qy_schema_row *r = find(table, column);
  ok(r && is(r->type, type) && is(r->unit, unit) && (meaning ? r->meaning && strstr(r->meaning, meaning) : !r->meaning),
     "%s.%s", table, column ? column : "");
  if (r) printf("# %s, %s: %s\n", r->type ? r->type : "-", r->unit ? r->unit : "-", r->meaning ? r->meaning : "-");
}

/* Every table and view, each followed by its columns, in their order and with their types. */
static void as_sqlite_has_them(const char *file)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *read = NULL;
  int missing = 0, columns = 0, tables = 0;
  sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL);
  sqlite3_prepare_v2(db,
                     "SELECT s.name, s.type, c.cid, c.name, c.type FROM sqlite_schema s, pragma_table_info(s.name) c "
                     "WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite%' ORDER BY s.name, c.cid",
                     -1, &read, NULL);
  const qy_schema_row *before = NULL;
  while (sqlite3_step(read) == SQLITE_ROW) {
    const char *table = (const char *)sqlite3_column_text(read, 0), *kind = (const char *)sqlite3_column_text(read, 1);
    const char *column = (const char *)sqlite3_column_text(read, 3), *type = (const char *)sqlite3_column_text(read, 4);
    if (sqlite3_column_int(read, 2) == 0) {
      before = find(table, NULL);
      missing += !before || !is(before->kind, kind);
      tables++;
    }
    const qy_schema_row *r = before ? before + 1 : NULL;
    const bool there = r && is(r->table, table) && is(r->column, column) && is(r->kind, kind) &&
                       is(r->type ? r->type : "", type ? type : "");
    if (!there && !missing++) printf("# %s.%s %s\n", table, column, type);
    before = r;
    columns++;
  }
  sqlite3_finalize(read);
  sqlite3_close(db);
  ok(tables > 30 && columns > 300 && missing == 0, "%d tables and views, %d columns", tables, columns);
  is_int((int64_t)count, tables + columns, "and no other rows");
}

/* What db/schema.sql says behind a column's line and in the lines of words alone below it, joined by blanks; at the
 * head of a table what stands before it.  column NULL: of the table. */
static void words_of_file(char *out, size_t size, const char *table, const char *column)
{
  char line[512], head[80], begin[80], before[4000] = "";
  FILE *in = fopen("db/schema.sql", "r");
  bool inside = false, takes = false;
  snprintf(head, sizeof head, "CREATE TABLE %s (", table);
  snprintf(begin, sizeof begin, "  %s ", column ? column : "");
  out[0] = '\0';
  while (in && fgets(line, sizeof line, in)) {
    line[strcspn(line, "\n")] = '\0';
    const char *words = strstr(line, "-- ");
    char *to = !inside && line[0] == '-' ? before : out;
    const bool alone = words && strspn(line, " ") == (size_t)(words - line);
    if (strncmp(line, head, strlen(head)) == 0) {
      inside = true;
      if (!column) snprintf(out, size, "%s", before);
    } else if (inside && line[0] == ')') {
      break;
    } else if (inside && !alone) {
      takes = column && strncmp(line, begin, strlen(begin)) == 0;
    }
    if (to == before ? words == line : takes && words) {
      const size_t used = strlen(to), room = to == before ? sizeof before : size;
      snprintf(to + used, room - used, "%s%s", used ? " " : "", words + 3);
      for (size_t end = strlen(to); end > 0 && to[end - 1] == ' '; end--)
        to[end - 1] = '\0';
    } else if (!inside) {
      before[0] = '\0';
    }
  }
  if (in) fclose(in);
}

/* Tables and their columns have the words of the file, a unit in brackets apart. */
static void as_the_file_says(void)
{
  int wrong = 0, told = 0, units = 0;
  for (size_t i = 0; i < count; i++) {
    char expected[4000], unit[40] = "";
    const char *column = row[i].column, *text = expected;
    const size_t length = column ? strlen(column) : 0;
    if (strcmp(row[i].kind, "table") != 0) continue;
    if (column && (qy_metric_find(column) >= 0 || (length > 4 && strncmp(column + length - 4, "_p", 2) == 0))) continue;
    words_of_file(expected, sizeof expected, row[i].table, column);
    if (column && sscanf(expected, "[%39[^]]]", unit) == 1) {
      text = strchr(expected, ']') + 1;
      text += strspn(text, " ");
      units++;
    }
    told += text[0] != '\0';
    if (is(row[i].meaning ? row[i].meaning : "", text) && is(row[i].unit ? row[i].unit : "", unit)) continue;
    if (wrong++ < 3)
      printf("# %s.%s: \"%s\" [%s], expected \"%s\"\n", row[i].table, column ? column : "",
             row[i].meaning ? row[i].meaning : "", row[i].unit ? row[i].unit : "", text);
  }
  ok(wrong == 0 && told > 150 && units > 5, "%d tables and columns have the words of db/schema.sql, %d a unit", told,
     units);
}

int main(void)
{
  scratch_make();
  qy_error err = {0};
  qy_store *store = NULL;
  qy_arena *arena = qy_arena_new();
  const char *file = scratch_file("words.sqlite");
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "a new database");
  qy_store_close(store);
  is_status(qy_store_schema_rows(&row, &count, arena, &err), QY_OK, &err, "its words");
  as_sqlite_has_them(file);
  as_the_file_says();

  const qy_metric_info *area = &qy_metric_table()[QY_AREA_UM2];
  says_of("result", "area_um2", "REAL", area->unit, area->help);
  says_of("layer_result", "cycles", "REAL", NULL, qy_metric_table()[QY_CYCLES].help);
  says_of("interval", "area_um2_p05", "REAL", area->unit, "5 % quantile of area_um2 over the draws.");
  says_of("interval", "area_um2_p95", "REAL", area->unit, "95 % quantile of area_um2 over the draws.");
  says_of("point", "area_um2", "REAL", area->unit, area->help);
  says_of("batch", "rows", "INTEGER", NULL, "how many there are");
  says_of("layer_result", "weight_bits", "INTEGER", "bit", "of weights as the element keeps them");
  says_of("member_result", "position", "INTEGER", NULL, "in the design");
  says_of("member_result", NULL, NULL, NULL, "Members of points, and their memory");
  says_of("front_point_all", "experiment", "TEXT", NULL, "name");
  qy_arena_free(arena);
  scratch_remove();
  return done();
}
