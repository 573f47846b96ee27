/* quarry rm: experiments out of the results database, with everything that only they use. */
#include "cli.h"

#include "quarry/points.h"
#include "quarry/store_remove.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct rm_options {
  places where;
  int format, all_runs, older, dry_run, vacuum;
} rm_options;

/* The experiments asked for, each once. */
typedef struct rm_list {
  int64_t *id;
  size_t count, capacity;
  qy_status failed;
} rm_list;

static int id_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  rm_list *list = ctx;
  const int64_t id = strtoll(values[0], NULL, 10);
  void *ids = list->id;
  for (size_t i = 0; i < list->count; i++)
    if (list->id[i] == id) return 0;
  if (qy_grow(&ids, &list->capacity, list->count + 1, sizeof *list->id)) {
    list->failed = QY_NO_MEMORY;
    return 1;
  }
  list->id = ids;
  list->id[list->count++] = id;
  return 0;
}

static qy_status collect(rm_list *list, qy_store *store, const char *sql, qy_error *err)
{
  const qy_status status = qy_store_query(store, sql, id_row, list, err);
  return !status && list->failed ? qy_no_memory(err) : status;
}

/* What an operand names: the experiment itself, all of its name, or all of its name but the latest. */
static qy_status collect_named(rm_list *list, const rm_options *o, qy_store *store, const char *name, qy_error *err)
{
  char sql[320];
  int64_t id = 0;
  qy_status status = qy_store_find(&id, store, name, err);
  if (status) return status;
  if (!o->all_runs && !o->older)
    snprintf(sql, sizeof sql, "SELECT %" PRId64, id);
  else
    snprintf(sql, sizeof sql,
             "SELECT id FROM experiment WHERE name = (SELECT name FROM experiment WHERE id = %" PRId64
             ")%s ORDER BY id",
             id, o->older ? " AND id NOT IN (SELECT experiment_id FROM latest)" : "");
  return collect(list, store, sql, err);
}

static int print_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)names, (void)types;
  for (int c = 0; c < columns; c++)
    (c == 0 || c == 3 ? table_digits : table_text)(ctx, values[c]);
  return 0;
}

/* Those that go, as they were. */
static qy_status list_rows(table *t, const rm_list *list, qy_store *store, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < list->count && !status; i++) {
    char sql[240];
    snprintf(sql, sizeof sql,
             "SELECT experiment_id, experiment, status, stored, started_utc FROM summary_all WHERE experiment_id = "
             "%" PRId64,
             list->id[i]);
    status = qy_store_query(store, sql, print_row, t, err);
  }
  return status;
}

static qy_status remove_all(const rm_list *list, const rm_options *o, qy_error *err)
{
  qy_store *store = NULL;
  int64_t before = 0, after = 0;
  qy_status status = qy_store_open(&store, o->where.database, QY_STORE_WRITE, err);
  if (!status && list->count) status = qy_store_remove(store, list->id, list->count, err);
  if (!status) status = qy_store_free_bytes(&before, store, err);
  if (!status && o->vacuum) status = qy_store_vacuum(store, err);
  if (!status) status = qy_store_free_bytes(&after, store, err);
  qy_store_close(store);
  if (status) return status;
  if (o->vacuum)
    say("%s: %.3g MB given back\n", o->where.database, (double)(before - after) * 1e-6);
  else if (before)
    say("%s: %.3g MB are free for later runs (--vacuum gives them back)\n", o->where.database, (double)before * 1e-6);
  return QY_OK;
}

static int remove_experiments(const rm_options *o, int count, char **names)
{
  static const char *const columns[] = {"id", "experiment", "status", "stored", "started_utc"};
  static const char older[] =
      "SELECT id FROM experiment WHERE id NOT IN (SELECT experiment_id FROM latest) ORDER BY id";
  qy_error err = {0};
  qy_store *store = NULL;
  rm_list list = {0};
  table *t = table_new(o->format, sizeof columns / sizeof *columns, columns);
  /* For reading first: a database that is not there is not made, and nothing is changed when a name is wrong. */
  qy_status status = qy_store_open(&store, o->where.database, QY_STORE_READ, &err);
  if (!status && count == 0 && o->older) status = collect(&list, store, older, &err);
  for (int i = 0; i < count && !status; i++)
    status = collect_named(&list, o, store, names[i], &err);
  if (!status) status = list_rows(t, &list, store, &err);
  qy_store_close(store);
  if (!status && !o->dry_run) status = remove_all(&list, o, &err);
  if (status)
    table_drop(t);
  else
    table_print(t);
  free(list.id);
  if (status) return report(status, &err);
  say("%zu experiment%s %s\n", list.count, list.count == 1 ? "" : "s", o->dry_run ? "would be removed" : "removed");
  return EXIT_DONE;
}

int cmd_rm(int argc, char **argv)
{
  rm_options o = {.format = FORMAT_TABLE};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"all-runs", 0, OPTION_FLAG, &o.all_runs, NULL, "every run of these names, not the latest alone", 0, 0, NULL},
      {"older", 0, OPTION_FLAG, &o.older, NULL, "all runs but the latest of these names; without a name, of every name",
       0, 0, NULL},
      {"dry-run", 'n', OPTION_FLAG, &o.dry_run, NULL, "only say what would be removed", 0, 0, NULL},
      {"vacuum", 0, OPTION_FLAG, &o.vacuum, NULL, "give the pages that become free back: the file gets smaller", 0, 0,
       NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "rm",
      "EXPERIMENT...",
      "Remove experiments from the results database, with everything that only they use; asks for nothing, prints "
      "what\n"
      "it removed.  EXPERIMENT: a name (its latest run), a number of `quarry list experiments`, or NAME@N, the N-th\n"
      "last run.  All go or none; one that a live process runs is refused.",
      "  quarry rm my_search\n"
      "  quarry rm my_search@2 17\n"
      "  quarry rm --all-runs my_search --dry-run\n"
      "  quarry rm --older --vacuum\n",
      0,
      10000};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  const bool vacuum_alone = first == argc && o.vacuum && !o.all_runs && !o.dry_run;
  if ((first == argc && !o.older && !vacuum_alone) || (o.older && o.all_runs)) {
    say("quarry rm: expected %s (quarry rm --help)\n",
        first < argc ? "one of --older and --all-runs, found both" : "EXPERIMENT... or --older, found none");
    return EXIT_INPUT;
  }
  return finish_output(remove_experiments(&o, argc - first, argv + first));
}
