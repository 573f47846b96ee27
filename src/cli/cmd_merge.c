/* quarry merge: parts of an experiment, run in shares, into one database. */
#include "run.h"
#include "session.h"

#include "quarry/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A database that was not there before and got no points is not left behind. */
static void remove_new(const char *file)
{
  static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
  qy_store *store = NULL;
  double *rows = NULL;
  size_t count = 0;
  qy_error ignored = {0};
  qy_status status = qy_store_open(&store, file, QY_STORE_READ, &ignored);
  if (!status) status = qy_store_columns(store, "SELECT count(*) FROM batch", 1, &rows, &count, &ignored);
  const bool is_empty = !status && count == 1 && rows[0] == 0;
  free(rows);
  qy_store_close(store);
  for (size_t i = 0; is_empty && i < sizeof endings / sizeof *endings; i++) {
    qy_text name = {0};
    qy_text_add(&name, "%s%s", file, endings[i]);
    if (!name.failed) unlink(name.data);
    qy_text_free(&name);
  }
}

/* The target must not be a part: that would be read and written at once. */
static qy_status check_target(const char *target, char **files, int count, qy_error *err)
{
  struct stat to, from;
  if (stat(target, &to) != 0) return QY_OK;
  for (int i = 0; i < count; i++)
    if (stat(files[i], &from) == 0 && from.st_dev == to.st_dev && from.st_ino == to.st_ino)
      return qy_fail(err, QY_BAD_INPUT, "%s: expected parts other than the database that they are merged into",
                     files[i]);
  return QY_OK;
}

static int merge(run_options *o, const char *line, char **files, int count, qy_arena *arena)
{
  qy_error err = {0};
  qy_parts *parts = NULL;
  qy_plan *plan = NULL;
  qy_status status = check_target(o->where.database, files, count, &err);
  if (!status) status = qy_parts_open(&parts, (const char *const *)files, count, &err);
  if (!status)
    status = qy_plan_read_text(&plan, qy_parts_file(parts), qy_parts_text(parts), strlen(qy_parts_text(parts)),
                               o->where.db_dir, arena, &err);
  if (!status) status = session_check_style(qy_plan_get(plan), &o->style, &err);
  if (!status) status = shard_check(qy_plan_get(plan), &err);
  o->parts = parts;
  const bool is_new = access(o->where.database, F_OK) != 0;
  const int code = status ? report(status, &err) : run_plan(plan, o, line, arena);
  if (is_new && !status && code == EXIT_INPUT) remove_new(o->where.database);
  qy_parts_free(parts);
  return code;
}

int cmd_merge(int argc, char **argv)
{
  enum { PARTS_MOST = 1000000 };
  run_options o = {.threads = threads_default(), .no_plots = 1};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "database to merge into (made when missing)", 0, 0,
       NULL},
      {"db", 0, OPTION_TEXT, &o.where.database, "FILE", "the same as --database", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      {"threads", 't', OPTION_INTEGER, &o.threads, "N", "worker threads (default: one per processor)", 1, THREADS_MOST,
       NULL},
      CACHE_OPTIONS(&o.where.cache, &o.no_cache),
      {"quiet", 'q', OPTION_FLAG, &o.quiet, NULL, "no progress line", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "merge",
      "PART...",
      "Put databases together that `quarry run --shard` made of one experiment: all points, then fronts, front\n"
      "probabilities and comparisons as a single run finds them, and its summary.  Parts must be of the same text,\n"
      "inputs, seed and version of the models, and have no batch twice.  Batches that are in none of them are listed;\n"
      "`quarry run` on the database computes them; of `store: front` and `store: summary` all shares are needed.\n"
      "Parts stay as they are.",
      "  quarry run --shard 1/2 -d part1.sqlite mobilenet_system\n"
      "  quarry run --shard 2/2 -d part2.sqlite mobilenet_system\n"
      "  quarry merge -d all.sqlite part*.sqlite\n",
      1,
      PARTS_MOST};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  char *line = command_line(argc, argv), *stored_line = command_line_stored(argc, argv);
  o.stored_line = stored_line;
  o.how = (qy_model_how){.threads = (int)o.threads, .known = qy_activities_new(o.no_cache ? NULL : o.where.cache)};
  if (arena && line && stored_line && o.how.known)
    code = merge(&o, line, argv + first, argc - first, arena);
  else
    code = report(qy_no_memory(&err), &err);
  free(line);
  free(stored_line);
  qy_activities_free(o.how.known);
  qy_arena_free(arena);
  return code;
}
