/* quarry query: any SELECT on the results database. */
#include "cli.h"
#include "query_rows.h"
#include "questions.h"
#include "session.h"

#include "quarry/alloc.h"
#include "quarry/file.h"
#include "quarry/reads.h"
#include "quarry/store.h"
#include "quarry/text.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

/* One Ctrl-C may come as two signals (timeout(1) sends both to the process and to its group); more of them end the
 * program at once, whatever it does. */
static void on_interrupt(int number)
{
  (void)number;
  if (++interrupted > 2) _exit(EXIT_INTERRUPT);
}

/* From now on a query ends at a signal, or after so many seconds. */
static void limit(qy_store *store, double timeout_s)
{
  const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESTART};
  qy_store_limit(store, &(qy_store_limits){timeout_s, &interrupted});
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

/* What follows is soon done, or ends at a signal by itself. */
static qy_status unlimited(qy_status status, qy_error *err)
{
  if (!status && interrupted) status = qy_fail(err, QY_INTERRUPTED, "interrupted");
  if (!interrupted) {
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
  }
  return status;
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

/* Rows that another program removed would shrink what is asked for without a word. */
static void note_lacks(qy_store *store, const char *database)
{
  char lacks[QY_STORE_LACKS];
  qy_error ignored = {0};
  if (!qy_store_lacks(lacks, store, &ignored) && *lacks)
    say("note: %s: another program changed the file: found %s; `quarry run` of the experiment computes it again\n",
        database, lacks);
}

static int answer(const question *q, const places *where, char **operand, int count, int format, double timeout_s)
{
  qy_error err = {0};
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, where->database, QY_STORE_READ, &err);
  if (!status) note_lacks(store, where->database);
  if (!status) limit(store, timeout_s);
  if (!status) status = question_answer(q, store, where->db_dir, operand, count, format, &err);
  qy_store_close(store);
  return finish_output(status ? report(status, &err) : EXIT_DONE);
}

/* Experiments whose results a SELECT may read and that are not complete are said to be so. */
static qy_status say_incomplete(qy_store *store, const char *sql, qy_arena *arena, qy_error *err)
{
  enum { SAID_MOST = 8 };
  int64_t *id;
  size_t count;
  qy_status status = qy_store_reads_incomplete(&id, &count, store, sql, arena, err);
  for (size_t i = 0; i < count && i < SAID_MOST && !status; i++)
    status = session_say_incomplete(store, id[i], err);
  if (!status && count > SAID_MOST)
    say("note: %zu more experiments are not complete; `quarry list experiments` shows them\n", count - SAID_MOST);
  return status;
}

/* Several operands, the first of which is no question. */
static int unknown_question(const char *word)
{
  char advice[120];
  question_advice(advice, sizeof advice, word);
  say("quarry query: expected one SELECT, or a question that `quarry query --list` shows, found \"%s\"%s\n", word,
      advice);
  return EXIT_INPUT;
}

static int partly_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)ctx, (void)columns, (void)names, (void)types;
  if (values[0]) say("note: not all points are stored of %s\n", values[0]);
  return 1;
}

/* Whoever counts points should know of which experiments some are stored alone. */
static void say_partly(qy_store *store, const char *sql, qy_arena *arena)
{
  qy_error ignored = {0}; /* a database that an older quarry made, and is only read, has all points */
  int64_t *id;
  size_t count;
  qy_text ask = {0};
  if (qy_store_reads_partly(&id, &count, store, sql, arena, &ignored) || count == 0) return;
  qy_text_add(&ask,
              "SELECT group_concat(printf('\"%%s\" (`store: %%s`)', name, store), ', ') FROM (SELECT name, store FROM "
              "experiment WHERE id IN (");
  for (size_t i = 0; i < count; i++)
    qy_text_add(&ask, "%s%" PRId64, i ? "," : "", id[i]);
  qy_text_add(&ask, ") ORDER BY id)");
  if (!ask.failed) qy_store_query(store, ask.data, partly_row, NULL, &ignored);
  qy_text_free(&ask);
}

int cmd_query(int argc, char **argv)
{
  const char *file = NULL, *sql = NULL;
  places where;
  int format = FORMAT_TABLE, list = 0;
  double timeout_s = 0;
  places_default(&where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &where.database, "FILE", "results database", 0, 0, NULL},
      {"file", 'f', OPTION_TEXT, &file, "FILE",
       "read the SELECT from a file (-: standard input); -f csv is --format csv", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &where.db_dir, "DIR", "compare: where libraries and networks are looked up", 0, 0,
       NULL},
      /* Without: a query may well take an hour, and Ctrl-C ends it; whoever calls from a script says how long it
       * waits. */
      {"timeout", 0, OPTION_NUMBER, &timeout_s, "TIME",
       "give up after so long: 30, \"500 ms\", \"2 min\" (default 0: never)", 0, 1e9, NULL},
      {"list", 'l', OPTION_FLAG, &list, NULL, "the questions that have a name", 0, 0, NULL},
      {"format", 0, OPTION_CHOICE, &format, "FORMAT", FORMAT_HELP, 0, 0, qy_table_format_names},
      TABLE_OPTIONS,
  };
  static const usage help = {
      "query",
      "[SQL | - | QUESTION [OPERAND]...]",
      "Run one SELECT on the results database and print what it returns; or answer a question\n"
      "of an experiment (without a name: the last one) that has a name itself: best, front,\n"
      "compare A B (designs: B over A per technology, network and precision or what else fronts are\n"
      "within; CSV and JSON also have what is equal), where (values and reasons), sensitivity (to\n"
      "axes); --list lists them.\n"
      "Start with the views summary, point, front_point, layer_precision, best, compare (technologies) and "
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
  if (asked) return answer(asked, &where, argv + first + 1, argc - first - 1, format, timeout_s);
  if (argc - first > 1) return unknown_question(argv[first]);
  qy_error err = {0};
  qy_store *store = NULL;
  query_rows rows_out = {.format = format};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? read_sql(&sql, &file, first < argc ? argv[first] : NULL, arena, &err) : qy_no_memory(&err);
  if (!status) status = qy_store_open(&store, where.database, QY_STORE_READ, &err);
  if (!status) note_lacks(store, where.database);
  if (!status) status = query_rows_units(&rows_out, store, &err);
  if (!status) limit(store, timeout_s);
  if (!status) status = qy_store_query_head(store, sql, file, query_rows_head, query_rows_values, &rows_out, &err);
  status = unlimited(status, &err);
  if (!status) status = say_incomplete(store, sql, arena, &err);
  if (!status && sql) say_partly(store, sql, arena);
  code = status ? report(status, &err) : EXIT_DONE;
  if (status == QY_BAD_INPUT && sql && !strpbrk(sql, " \t\n(")) unknown_question(sql);
  query_rows_end(&rows_out, !status);
  qy_store_close(store);
  qy_arena_free(arena);
  return finish_output(code);
}
