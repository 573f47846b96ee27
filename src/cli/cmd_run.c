/* quarry run: experiment file -> plan -> points -> database -> fronts -> summary and pictures. */
#include "cli.h"
#include "pictures.h"
#include "run.h"
#include "run_estimate.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An argument, or the value of an option in it, without the folders of an absolute path. */
static char *without_folders(char *at, const char *argument)
{
  const char *value = strchr(argument, '='), *path = value ? value + 1 : argument;
  if (*argument == '-' && argument[1] && argument[2] == '/') path = argument + 2;
  if (*path != '/') return stpcpy(at, argument);
  at = mempcpy(at, argument, (size_t)(path - argument));
  return stpcpy(at, place_without_folders(path));
}

static char *join(int argc, char **argv, bool whole)
{
  size_t size = sizeof "quarry";
  for (int i = 0; i < argc; i++)
    size += strlen(argv[i]) + 1;
  char *text = qy_alloc(size, 1), *at = text;
  if (!text) return NULL;
  at = stpcpy(at, "quarry");
  for (int i = 0; i < argc; i++) {
    *at++ = ' ';
    at = whole ? stpcpy(at, argv[i]) : without_folders(at, argv[i]);
  }
  return text;
}

char *command_line(int argc, char **argv)
{
  return join(argc, argv, true);
}

char *command_line_stored(int argc, char **argv)
{
  return join(argc, argv, false);
}

int cmd_run(int argc, char **argv)
{
  run_options o = {.threads = threads_default()};
  places_default(&o.where);
  option_row rows[18 + STYLE_ROWS] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database (made when missing)", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      {"db", 0, OPTION_TEXT, &o.where.database, "FILE", "the same as --database", 0, 0, NULL},
      {"shard", 0, OPTION_TEXT, &o.shard, "I/N",
       "run share I of N alone, for `quarry merge`; slurm: of a job array, mpi: by rank", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
      {"no-plots", 0, OPTION_FLAG, &o.no_plots, NULL, "draw nothing", 0, 0, NULL},
      {"gnuplot", 0, OPTION_TEXT, &o.gnuplot, "PROGRAM", "gnuplot to use", 0, 0, NULL},
      CACHE_OPTIONS(&o.where.cache, &o.no_cache),
      {"threads", 't', OPTION_INTEGER, &o.threads, "N", "worker threads (default: one per processor)", 1, THREADS_MOST,
       NULL},
      {"dry-run", 'n', OPTION_FLAG, &o.dry_run, NULL, "only say how many points, how long, how large", 0, 0, NULL},
      {"yes", 'y', OPTION_FLAG, &o.yes, NULL, "run spaces of more than 20 million points or 8 GiB of memory", 0, 0,
       NULL},
      {"quiet", 'q', OPTION_FLAG, &o.quiet, NULL, "no progress line", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  size_t row_count = 0;
  while (rows[row_count].name)
    row_count++;
  row_count = style_rows(rows, row_count, &o.style, true);
  static const usage help = {
      "run",
      "FILE",
      "Evaluate every point of an experiment file, or of a shipped one by its name, or those its search chooses, store "
      "the\n"
      "results, print a summary and draw its plots.\n"
      "A run that was stopped continues where it was; one that is complete is not computed again.",
      "  quarry run rdm_vs_sdm\n  quarry run --dry-run large_sweep\n"
      "  quarry run --database my.sqlite --threads 1 --no-plots mine.yaml\n",
      1,
      1};
  qy_error err = {0};
  qy_plan *plan = NULL;
  qy_arena *arena = qy_arena_new();
  const char *const *shipped;
  size_t shipped_count;
  if (!place_names(&shipped, &shipped_count, arena, &err))
    print_words(argc, argv, shipped, shipped_count, sizeof *shipped);
  int first, code = options_parse(&help, rows, row_count, argc, argv, &first);
  if (code != PARSED) {
    qy_arena_free(arena);
    return code;
  }
  pictures_quiet(o.quiet != 0);
  char *line = command_line(argc, argv), *stored_line = command_line_stored(argc, argv);
  o.stored_line = stored_line;
  o.how = (qy_model_how){.threads = (int)o.threads, .known = qy_activities_new(o.no_cache ? NULL : o.where.cache)};
  qy_status status = arena && line && stored_line && o.how.known ? QY_OK : qy_no_memory(&err);
  const char *file = status ? NULL : place_experiment(argv[first], arena, &err);
  if (!status && !file) status = err.status;
  if (!status && o.shard) status = shard_parse(&o.share, &o.shares, o.shard, &err);
  if (!status) status = qy_plan_read(&plan, file, o.where.db_dir, arena, &err);
  if (!status) status = session_check_style(qy_plan_get(plan), &o.style, &err);
  if (!status && o.shard) status = shard_check(qy_plan_get(plan), &err);
  if (!status && !o.yes && !o.dry_run) status = run_check_size(plan, file, &err);
  if (status) {
    code = report(status, &err);
  } else if (o.dry_run) {
    code = run_dry(plan, &o);
  } else {
    code = many_wanted(&o) ? many_run(plan, &o, line, arena) : run_plan(plan, &o, line, arena);
  }
  free(line);
  free(stored_line);
  qy_activities_free(o.how.known);
  qy_arena_free(arena);
  return code;
}
