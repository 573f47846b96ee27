/* quarry query: any SELECT on the results database. */
#include "cli.h"

#include "quarry/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

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

int cmd_query(int argc, char **argv)
{
  places where;
  int format = FORMAT_TABLE;
  places_default(&where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &where.database, "FILE", "results database", 0, 0, NULL},
      FORMAT_OPTION(&format),
  };
  static const usage help = {"query",
                             "SQL",
                             "Run one SELECT on the results database and print what it returns.\n"
                             "Start with the views summary, point, front_point, best, compare and infeasible; `metric` "
                             "says what columns mean.",
                             "  quarry query \"SELECT * FROM summary\"\n"
                             "  quarry query --format csv \"SELECT design, area_um2, latency_us FROM front_point WHERE "
                             "technology = 'lp55'\"\n",
                             1,
                             1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_store *store = NULL;
  sink s = {.format = format};
  qy_status status = qy_store_open(&store, where.database, QY_STORE_READ, &err);
  if (!status) status = qy_store_query(store, argv[first], row, &s, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  if (s.out)
    table_print(s.out);
  else if (!status && format == FORMAT_JSON)
    puts("[]");
  qy_store_close(store);
  return finish_output(code);
}
