/* quarry reproduce: a stored experiment computed again from its stored text, beside what is stored. */
#include "cli.h"
#include "session.h"

#include "quarry/file.h"
#include "quarry/text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = 1024 };

typedef struct again {
  places where;
  const char *tolerance;
  qy_arena *arena;
  const char *name, *text; /* of the experiment */
  int64_t id;
  char folder[PATH_SIZE], file[2 * PATH_SIZE], database[PATH_SIZE + 20];
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

static qy_status read_text(again *a, const char *operand, qy_error *err)
{
  char sql[100];
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, a->where.database, QY_STORE_READ, err);
  if (!status) status = session_find(&a->id, store, operand, err);
  snprintf(sql, sizeof sql, "SELECT name, text FROM experiment WHERE id = %" PRId64, a->id);
  if (!status) status = qy_store_query(store, sql, text_row, a, err);
  qy_store_close(store);
  return !status && (!a->name || !a->text) ? qy_no_memory(err) : status;
}

/* A new folder with the text in it. */
static qy_status lay_out(again *a, qy_error *err)
{
  const char *temporary = getenv("TMPDIR");
  if (snprintf(a->folder, sizeof a->folder, "%s/quarry-reproduce-XXXXXX",
               temporary && *temporary ? temporary : "/tmp") >= (int)sizeof a->folder ||
      !mkdtemp(a->folder)) {
    a->folder[0] = '\0';
    return qy_fail(err, QY_SYSTEM, "cannot make a folder for the run in %s", temporary ? temporary : "/tmp");
  }
  snprintf(a->file, sizeof a->file, "%s/%s.yaml", a->folder, qy_plain_file_name(a->name) ? a->name : "experiment");
  snprintf(a->database, sizeof a->database, "%s/again.sqlite", a->folder);
  return qy_file_write(a->file, a->text, strlen(a->text), err);
}

/* `quarry run` in a process of its own, whose summary nobody needs; its exit code. */
static int run_again(again *a)
{
  char *const argv[] = {"run",        "--quiet",   "--no-plots", "--yes", "--db-dir", (char *)a->where.db_dir,
                        "--database", a->database, a->file,      NULL};
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child < 0) return EXIT_SYSTEM;
  if (child == 0) {
    const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, STDOUT_FILENO) < 0) exit(EXIT_SYSTEM);
    exit(cmd_run((int)(sizeof argv / sizeof *argv) - 1, (char **)argv));
  }
  while (waitpid(child, &status, 0) < 0)
    continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_INTERRUPT;
}

static void clean_up(const again *a)
{
  static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
  if (!a->folder[0]) return;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    char name[PATH_SIZE + 40];
    snprintf(name, sizeof name, "%s%s", a->database, ends[i]);
    unlink(name);
  }
  unlink(a->file);
  rmdir(a->folder);
}

static int compare(const again *a)
{
  char stored[PATH_SIZE + 40], computed[PATH_SIZE + 40];
  if (snprintf(stored, sizeof stored, "%s:%" PRId64, a->where.database, a->id) >= (int)sizeof stored) return EXIT_INPUT;
  snprintf(computed, sizeof computed, "%s:1", a->database);
  char *const argv[] = {"diff", "--tolerance", (char *)a->tolerance, stored, computed, NULL};
  return cmd_diff((int)(sizeof argv / sizeof *argv) - 1, (char **)argv);
}

int cmd_reproduce(int argc, char **argv)
{
  again a = {.tolerance = "1e-9"};
  places_default(&a.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &a.where.database, "FILE", "results database", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &a.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      {"tolerance", 't', OPTION_TEXT, &a.tolerance, "R", "as of `quarry diff` (default 1e-9)", 0, 0, NULL},
  };
  static const usage help = {"reproduce",
                             "EXPERIMENT",
                             "Compute a stored experiment again from its stored text, with the libraries and networks "
                             "of --db-dir and\n"
                             "the present models, in a temporary database, and compare: prints what `quarry diff "
                             "STORED AGAIN` does, with\n"
                             "the inputs and the version of the models that differ.  Exit 0: all results equal within "
                             "the tolerance; 1: they\n"
                             "differ.  Paths in the text that are relative are looked up from here.",
                             "  quarry reproduce rdm_vs_sdm\n"
                             "  quarry reproduce rdm_vs_sdm@2 -d my_results.sqlite\n",
                             1,
                             1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  a.arena = qy_arena_new();
  qy_status status = a.arena ? read_text(&a, argv[first], &err) : qy_no_memory(&err);
  if (!status) status = lay_out(&a, &err);
  code = status ? report(status, &err) : run_again(&a);
  if (!status && code == EXIT_DONE) code = compare(&a);
  clean_up(&a);
  qy_arena_free(a.arena);
  return code;
}
