/* quarry check: is a results database whole, and is it what quarry wrote? */
#include "cli.h"

#include "quarry/store_verify.h"

#include <stdio.h>

enum { SHOWN = 100 };

typedef struct findings {
  size_t wrong, shown;
} findings;

static int finding(void *ctx, bool wrong, const char *text)
{
  findings *f = ctx;
  f->wrong += wrong;
  printf("%s: %s\n", wrong ? "wrong" : "note", text);
  return ++f->shown == SHOWN;
}

int cmd_check(int argc, char **argv)
{
  places where;
  places_default(&where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &where.database, "FILE", "results database, where no FILE is given", 0, 0, NULL},
  };
  static const usage help = {
      "check",
      "[FILE]",
      "Look a results database over: its pages and indices, tables, views and triggers beside\n"
      "quarry's, rows against the plans of experiments and against the sums of what was stored,\n"
      "SHA-256 of experiments and inputs, packed columns.\n"
      "Exit 0: nothing is wrong; 1: a line for each thing that is; tables and views of your "
      "own are noted.",
      "  quarry check\n"
      "  quarry check my_results.sqlite\n",
      0,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  if (first < argc) where.database = argv[first];
  qy_error err = {0};
  qy_store *store = NULL;
  findings f = {0};
  qy_status status = qy_store_open(&store, where.database, QY_STORE_READ, &err);
  if (!status) status = qy_store_verify(store, finding, &f, &err);
  qy_store_close(store);
  if (status) {
    code = report(status, &err);
    return finish_output(f.wrong ? EXIT_OFF : code);
  }
  if (f.shown == SHOWN) say("only the first %d are shown\n", SHOWN);
  if (!f.wrong) printf("%s: nothing is wrong\n", where.database);
  return finish_output(f.wrong ? EXIT_OFF : EXIT_DONE);
}
