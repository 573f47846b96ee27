/* quarry query: any SELECT on the results database. */
#include "cli.h"

#include "quarry/alloc.h"
#include "quarry/file.h"
#include "quarry/store.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct sink {
  table *out;
  int format;
} sink;

static int row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  sink *s = ctx;
  if (!s->out) s->out = table_new(s->format, columns, names);
  for (int c = 0; c < columns; c++) {
    if (values[c] && types[c] == SQLITE_FLOAT)
      table_number(s->out, strtod(values[c], NULL));
    else
      (types[c] == SQLITE_INTEGER ? table_digits : table_text)(s->out, values[c]);
  }
  return 0;
}

/* The text to run: the operand, what standard input has (-), or a file. */
static qy_status read_sql(const char **sql, const char **file, const char *operand, qy_arena *arena, qy_error *err)
{
  const bool in = operand && strcmp(operand, "-") == 0;
  char *text;
  size_t length;
  if ((operand != NULL) == (*file != NULL))
    return qy_fail(err, QY_BAD_INPUT, "query: expected SQL, - for standard input, or --file FILE, found %s",
                   operand ? "both" : "none");
  if (!in && !*file) {
    *sql = operand;
    return QY_OK;
  }
  const bool from_stdin = in || strcmp(*file, "-") == 0;
  qy_status status = qy_file_read(&text, &length, from_stdin ? "/dev/stdin" : *file, arena, err);
  if (from_stdin) *file = "standard input";
  if (!status && strlen(text) != length)
    status = qy_fail_at(err, QY_BAD_INPUT, *file, 0, 0, "expected text, found a NUL byte at offset %zu", strlen(text));
  if (status) return status;
  *sql = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
  return QY_OK;
}

/* Everywhere else -f is the format, and was here: the names of formats still are. */
static void format_of_file(int *format, const char **file)
{
  for (int i = 0; *file && qy_table_format_names[i]; i++) {
    if (strcmp(*file, qy_table_format_names[i]) != 0 || access(*file, F_OK) == 0) continue;
    *format = i;
    *file = NULL;
  }
}

int cmd_query(int argc, char **argv)
{
  const char *file = NULL, *sql = NULL;
  places where;
  int format = FORMAT_TABLE;
  places_default(&where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &where.database, "FILE", "results database", 0, 0, NULL},
      {"file", 'f', OPTION_TEXT, &file, "FILE",
       "read the SELECT from a file (-: standard input); -f csv is --format csv", 0, 0, NULL},
      {"format", 0, OPTION_CHOICE, &format, "FORMAT", "table, csv or json", 0, 0, qy_table_format_names},
  };
  static const usage help = {"query",
                             "[SQL | -]",
                             "Run one SELECT on the results database and print what it returns.\n"
                             "Start with the views summary, point, front_point, layer_precision, best, compare and "
                             "infeasible; `metric` says what columns mean.",
                             "  quarry query \"SELECT * FROM summary\"\n"
                             "  quarry query --format csv \"SELECT design, area_um2, latency_us FROM front_point WHERE "
                             "technology = 'lp55'\"\n"
                             "  quarry query --file fronts.sql --format csv\n",
                             0,
                             1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  format_of_file(&format, &file);
  qy_error err = {0};
  qy_store *store = NULL;
  sink s = {.format = format};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? read_sql(&sql, &file, first < argc ? argv[first] : NULL, arena, &err) : qy_no_memory(&err);
  if (!status) status = qy_store_open(&store, where.database, QY_STORE_READ, &err);
  if (!status) status = qy_store_query_file(store, sql, file, row, &s, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  if (s.out)
    table_print(s.out);
  else if (!status && format == FORMAT_JSON)
    puts("[]");
  qy_store_close(store);
  qy_arena_free(arena);
  return finish_output(code);
}
