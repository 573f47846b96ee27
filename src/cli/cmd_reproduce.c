/* quarry reproduce: a stored experiment computed again from what its database stores, beside its results. */
#include "cli.h"
#include "session.h"
#include "stored_files.h"
#include "stored_own.h"
#include "stored_plan.h"

#include "quarry/file.h"
#include "quarry/text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700 };

typedef struct again {
  places where;
  const char *tolerance;
  const char *db_dir; /* whose files are taken in place of those stored; NULL: none */
  qy_arena *arena;
  const char *name, *text; /* of the experiment */
  int64_t id;
  const char *folder; /* of its own; NULL: none */
  const char *file, *database;
  const char *files; /* of the database, laid out as db is */
} again;

static int text_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  again *a = ctx;
  if (!value[0] || !value[1]) return 1;
  a->name = qy_arena_text(a->arena, value[0], strlen(value[0]));
  a->text = qy_arena_text(a->arena, value[1], strlen(value[1]));
  return 1;
}

/* A new folder, and what is to be in it. */
static qy_status lay_out(again *a, qy_error *err)
{
  const qy_status status = qy_folder_temporary(&a->folder, "reproduce", a->arena, err);
  if (status) return status;
  a->file = qy_arena_format(a->arena, "%s/%s.yaml", a->folder, qy_plain_file_name(a->name) ? a->name : "experiment");
  a->files = qy_arena_format(a->arena, "%s/db", a->folder);
  a->database = qy_arena_format(a->arena, "%s/again.sqlite", a->folder);
  if (!a->file || !a->files || !a->database) return qy_no_memory(err);
  return mkdir(a->files, FOLDER_MODE) != 0 ? qy_fail(err, QY_SYSTEM, "%s: cannot be made", a->files) : QY_OK;
}

/* Where the files of today are others: which one, for whoever reads the results. */
static void say_changed(const again *a, qy_store *store)
{
  qy_plan *plan = NULL;
  const char *why = NULL;
  qy_error ignored = {0};
  const qy_status status = stored_plan(&plan, &why, store, a->id, a->where.db_dir, a->arena, &ignored);
  if (!status && why) say("note: %s; what is stored is taken\n", why);
}

static qy_status read_text(again *a, const char *operand, qy_error *err)
{
  char sql[100];
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, a->where.database, QY_STORE_READ, err);
  if (!status) status = session_find(&a->id, store, operand, err);
  snprintf(sql, sizeof sql, "SELECT name, text FROM experiment WHERE id = %" PRId64, a->id);
  if (!status) status = qy_store_query(store, sql, text_row, a, err);
  if (!status && (!a->name || !a->text)) status = qy_no_memory(err);
  if (!status) status = lay_out(a, err);
  if (!status) status = stored_own_write(&a->text, a->folder, store, a->id, a->arena, err);
  if (!status) status = qy_file_write(a->file, a->text, strlen(a->text), err);
  if (!status && !a->db_dir) {
    status = stored_files_write(a->files, store, a->id, a->arena, err);
    say_changed(a, store);
  }
  qy_store_close(store);
  return status;
}

/* ---- the run ---- */

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t runs; /* process that computes; 0: none */

static void on_interrupt(int number)
{
  interrupted = 1;
  if (runs) kill(runs, number);
}

/* Signals end the run, whose process may be another group's, and leave no folder. */
static void hear_signals(void (*how)(int))
{
  static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
  const struct sigaction action = {.sa_handler = how};
  for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
    struct sigaction is;
    if (sigaction(ending[i], NULL, &is) == 0 && (ending[i] == SIGINT || is.sa_handler != SIG_IGN))
      sigaction(ending[i], &action, NULL);
  }
}

/* `quarry run` in a process of its own, whose summary nobody needs; its exit code. */
static int run_again(again *a)
{
  const char *const argv[] = {
      "run",        "--quiet",   "--no-plots", "--yes", "--db-dir", a->db_dir ? a->db_dir : a->files,
      "--database", a->database, a->file,      NULL};
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child < 0) return EXIT_SYSTEM;
  if (child == 0) {
    hear_signals(SIG_DFL);
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0) exit(EXIT_SYSTEM);
    exit(cmd_run((int)(sizeof argv / sizeof *argv) - 1, (char **)argv));
  }
  runs = child;
  if (interrupted) kill(child, SIGTERM); /* before it had a number */
  while (waitpid(child, &status, 0) < 0)
    continue;
  runs = 0;
  if (interrupted) say("nothing is kept of an interrupted `quarry reproduce`: begin it again\n");
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_INTERRUPT;
}

static int compare(const again *a)
{
  qy_error err = {0};
  const char *stored = qy_arena_format(a->arena, "%s:%" PRId64, a->where.database, a->id);
  const char *computed = qy_arena_format(a->arena, "%s:1", a->database);
  if (!stored || !computed) return report(qy_no_memory(&err), &err);
  const char *const argv[] = {"diff", "--tolerance", a->tolerance, stored, computed, NULL};
  return cmd_diff((int)(sizeof argv / sizeof *argv) - 1, (char **)argv);
}

int cmd_reproduce(int argc, char **argv)
{
  again a = {.tolerance = "1e-9"};
  places_default(&a.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &a.where.database, "FILE", "results database", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &a.db_dir, "DIR", "take the files of DIR in place of those that the database stores",
       0, 0, NULL},
      {"tolerance", 't', OPTION_TEXT, &a.tolerance, "R", "as of `quarry diff` (default 1e-9)", 0, 0, NULL},
  };
  static const usage help = {"reproduce",
                             "EXPERIMENT",
                             "Compute a stored experiment again from what its database stores: its text, libraries, "
                             "networks, DRAM devices,\n"
                             "noise and tables; with the present models, in a temporary database; and compare: prints "
                             "what `quarry diff\n"
                             "STORED AGAIN` does, with the inputs and the version of the models that differ.  A note "
                             "says which file of\n"
                             "today is another.  Exit 0: all results equal within the tolerance; 1: they differ.  With "
                             "--db-dir DIR: what\n"
                             "the files of DIR would give.",
                             "  quarry reproduce rdm_vs_sdm\n"
                             "  quarry reproduce rdm_vs_sdm@2 -d my_results.sqlite\n",
                             1,
                             1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  hear_signals(on_interrupt);
  a.arena = qy_arena_new();
  qy_status status = a.arena ? read_text(&a, argv[first], &err) : qy_no_memory(&err);
  if (!status && interrupted) status = qy_fail(&err, QY_INTERRUPTED, "interrupted");
  code = status ? report(status, &err) : run_again(&a);
  if (!status && code == EXIT_DONE) code = interrupted ? EXIT_INTERRUPT : compare(&a);
  qy_folder_remove(a.folder);
  qy_arena_free(a.arena);
  return code;
}
