/* quarry query: any SELECT on the results database. */
#include "cli.h"
#include "questions.h"

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

static void head(void *ctx, int columns, const char *const *names)
{
  sink *s = ctx;
  s->out = table_new(s->format, columns, names);
}

static int row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names;
  sink *s = ctx;
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

static int answer(const question *q, const places *where, char **operand, int count, int format)
{
  qy_error err = {0};
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, where->database, QY_STORE_READ, &err);
  if (!status) status = question_answer(q, store, operand, count, format, &err);
  qy_store_close(store);
  return finish_output(status ? report(status, &err) : EXIT_DONE);
}

/* Several operands, the first of which is no question. */
static int unknown_question(const char *word)
{
  char advice[120];
  question_advice(advice, sizeof advice, word);
  fprintf(stderr, "quarry query: expected one SELECT, or a question that `quarry query --list` shows, found \"%s\"%s\n",
          word, advice);
  return EXIT_INPUT;
}

int cmd_query(int argc, char **argv)
{
  const char *file = NULL, *sql = NULL;
  places where;
  int format = FORMAT_TABLE, list = 0;
  places_default(&where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &where.database, "FILE", "results database", 0, 0, NULL},
      {"file", 'f', OPTION_TEXT, &file, "FILE",
       "read the SELECT from a file (-: standard input); -f csv is --format csv", 0, 0, NULL},
      {"list", 'l', OPTION_FLAG, &list, NULL, "the questions that have a name", 0, 0, NULL},
      {"format", 0, OPTION_CHOICE, &format, "FORMAT", FORMAT_HELP, 0, 0, qy_table_format_names},
      TABLE_OPTIONS,
  };
  static const usage help = {
      "query",
      "[SQL | - | QUESTION [OPERAND]...]",
      "Run one SELECT on the results database and print what it returns; or answer a question\n"
      "of an experiment (without a name: the last one) that has a name itself: best, front,\n"
      "compare A B (designs), where (values and reasons), sensitivity (to axes); --list lists them.\n"
      "Start with the views summary, point, front_point, layer_precision, best, compare and "
      "infeasible; `metric` says what columns mean.",
      "  quarry query \"SELECT * FROM summary\"\n"
      "  quarry query --format csv \"SELECT design, area_um2, latency_us FROM front_point WHERE "
      "technology = 'lp55'\"\n"
      "  quarry query --file fronts.sql --format csv\n"
      "  quarry query best rdm_vs_sdm\n"
      "  quarry query front rdm_vs_sdm --format csv\n"
      "  quarry query compare SDM RDM rdm_vs_sdm\n"
      "  quarry query where\n"
      "  quarry query sensitivity rdm_vs_sdm\n",
      0,
      4};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  format_of_file(&format, &file);
  if (list) {
    questions_print(format);
    return finish_output(EXIT_DONE);
  }
  const question *asked = first < argc && !file ? question_find(argv[first]) : NULL;
  if (asked) return answer(asked, &where, argv + first + 1, argc - first - 1, format);
  if (argc - first > 1) return unknown_question(argv[first]);
  qy_error err = {0};
  qy_store *store = NULL;
  sink s = {.format = format};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? read_sql(&sql, &file, first < argc ? argv[first] : NULL, arena, &err) : qy_no_memory(&err);
  if (!status) status = qy_store_open(&store, where.database, QY_STORE_READ, &err);
  if (!status) status = qy_store_query_head(store, sql, file, head, row, &s, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  if (status == QY_BAD_INPUT && sql && !strpbrk(sql, " \t\n(")) unknown_question(sql);
  if (s.out) table_print(s.out);
  qy_store_close(store);
  qy_arena_free(arena);
  return finish_output(code);
}
