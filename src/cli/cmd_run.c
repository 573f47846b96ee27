/* quarry run: experiment file -> plan -> points -> database -> fronts -> summary and pictures. */
#include "cli.h"
#include "session.h"

#include "quarry/dram.h"
#include "quarry/model.h"
#include "quarry/points.h"
#include "quarry/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH_POINTS = 8192, ASK_POINTS = 20000000 };
/* Bytes a stored point takes with its share of designs, intervals aside, and rows stored per second, both measured on
 * experiments/large_sweep.yaml; used for estimates only. */
enum { ROW_BYTES = 190, INTERVAL_BYTES = 235, STORED_PER_S = 500000, STORED_WITH_INTERVALS_PER_S = 300000 };

static double database_bytes(const qy_plan_info *info)
{
  return (double)info->points * (ROW_BYTES + (info->draws ? INTERVAL_BYTES : 0));
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
  (void)number;
  interrupted = 1;
}

typedef struct run_options {
  places where;
  int64_t threads;
  int dry_run, yes, no_plots, quiet, format;
  const char *gnuplot;
} run_options;

/* State of the sink. */
typedef struct recorder {
  const qy_plan *plan;
  qy_store *store;
  qy_progress progress;
  qy_store_row *rows;
  qy_store_design *designs;
  char **json;         /* one buffer per design of a batch */
  int64_t next_design; /* designs below were handed to the store in this run */
  int64_t done;
} recorder;

static qy_status record(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err)
{
  recorder *r = ctx;
  int64_t new_designs = 0;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    qy_store_row *row = &r->rows[i];
    *row = (qy_store_row){.point = p->index,
                          .design = p->design,
                          .technology = p->technology,
                          .network = p->network,
                          .precision_bits = p->precision_bits,
                          .clock_mhz = p->clock_mhz,
                          .reason = p->reason,
                          .interval = p->interval};
    memcpy(row->metric, p->metric, sizeof row->metric);
    if (p->design < r->next_design) continue;
    qy_store_design *d = &r->designs[new_designs];
    const size_t bytes = qy_plan_design_bytes(r->plan);
    if (!r->json[new_designs] && !(r->json[new_designs] = qy_alloc(bytes, 1))) return qy_no_memory(err);
    d->id = p->design;
    d->name = qy_plan_design(r->plan, p->design, r->json[new_designs], bytes);
    d->parameters = r->json[new_designs++];
    r->next_design = p->design + 1;
  }
  qy_status status = qy_store_batch(r->store, batch, r->rows, count, r->designs, new_designs, err);
  r->done += count;
  qy_progress_update(&r->progress, r->done, NULL);
  return status;
}

static qy_status record_chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err)
{
  recorder *r = ctx;
  return qy_store_chances(r->store, point, probability, count, err);
}

static int batch_done(void *ctx, int64_t batch)
{
  recorder *r = ctx;
  return qy_store_has_batch(r->store, batch);
}

static int stop_requested(void *ctx)
{
  (void)ctx;
  return interrupted;
}

static qy_status evaluate_all(const qy_plan *plan, qy_store *store, const run_options *o, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  recorder r = {.plan = plan, .store = store};
  qy_status status = QY_OK;
  r.rows = qy_alloc(BATCH_POINTS, sizeof *r.rows);
  r.designs = qy_alloc(BATCH_POINTS, sizeof *r.designs);
  r.json = qy_alloc(BATCH_POINTS, sizeof *r.json);
  if (!r.rows || !r.designs || !r.json) {
    status = qy_no_memory(err);
  } else {
    for (int64_t b = 0; b * BATCH_POINTS < info->points; b++)
      if (qy_store_has_batch(store, b)) r.done += BATCH_POINTS;
    if (r.done > info->points) r.done = info->points;
    qy_progress_start(&r.progress, STDERR_FILENO, o->quiet, info->name, "points", r.done, info->points);
    const qy_model_run run = {.threads = (int)o->threads,
                              .batch_points = BATCH_POINTS,
                              .ctx = &r,
                              .sink = record,
                              .skip = batch_done,
                              .stop = stop_requested,
                              .chances = record_chances};
    qy_model *model = NULL;
    status = qy_model_new(&model, plan, NULL, 0, err);
    if (!status) status = qy_model_sweep(model, &run, err);
    qy_model_free(model);
    qy_progress_finish(&r.progress);
  }
  for (int i = 0; r.json && i < BATCH_POINTS; i++)
    free(r.json[i]);
  free(r.json);
  free(r.rows);
  free(r.designs);
  return status;
}

/* Fronts over the experiment's objectives, within what the file says, into the database. */
static qy_status store_fronts(qy_store *store, const qy_plan_info *info, const qy_points *points, qy_error *err)
{
  qy_key keys[QY_KEY_COUNT];
  int metrics[16];
  uint8_t *on_front = NULL;
  qy_groups groups = {0};
  qy_store_front *fronts = NULL;
  char(*label)[200] = NULL;
  int64_t *ids = NULL;
  for (int k = 0; k < info->front_within_count; k++)
    keys[k] = plan_key(info->front_within[k]);
  for (int m = 0; m < info->objective_count; m++)
    metrics[m] = (int)info->objective[m];
  qy_status status = qy_groups_make(&groups, points, keys, info->front_within_count, err);
  if (!status) status = qy_points_front(&on_front, points, &groups, metrics, info->objective_count, err);
  if (!status) {
    fronts = qy_alloc(groups.count, sizeof *fronts);
    label = qy_alloc(groups.count, sizeof *label);
    ids = qy_alloc(points->count, sizeof *ids);
    if (!fronts || !label || !ids) status = qy_no_memory(err);
  }
  int64_t *next = ids;
  for (size_t g = 0; !status && g < groups.count; g++) {
    fronts[g].group = qy_groups_label(label[g], sizeof label[g], &groups, points, g);
    if (!label[g][0]) fronts[g].group = "all";
    fronts[g].points = next;
    for (size_t i = groups.first[g]; i < groups.first[g + 1]; i++)
      if (on_front[groups.member[i]]) next[fronts[g].count++] = (int64_t)points->point[groups.member[i]];
    next += fronts[g].count;
  }
  if (!status) status = qy_store_finish(store, fronts, points->count ? (int)groups.count : 0, err);
  free(on_front);
  free(fronts);
  free(label);
  free(ids);
  qy_groups_free(&groups);
  return status;
}

static int dry_run(const qy_plan *plan, const run_options *o)
{
  const qy_plan_info *info = qy_plan_get(plan);
  double seconds, points = (double)info->points;
  qy_error err = {0};
  qy_model *model = NULL;
  const double start = qy_seconds_now();
  qy_status status = qy_model_new(&model, plan, NULL, 0, &err);
  const double prepared = qy_seconds_now() - start;
  if (!status) status = qy_model_time(model, (int)o->threads, &seconds, &err);
  qy_model_free(model);
  if (status) return report(status, &err);
  seconds += prepared;
  static const char *const names[] = {"experiment", "points", "estimated_seconds", "estimated_database_mib"};
  table *t = table_new(o->format, 4, names);
  table_row(t, TEXT(info->name), INTEGER(info->points),
            NUMBER(seconds + points / (info->draws ? STORED_WITH_INTERVALS_PER_S : STORED_PER_S)),
            NUMBER(database_bytes(info) / 1048576));
  table_print(t);
  return finish_output(EXIT_DONE);
}

/* The command line as it was given, for the record. */
static char *command_line(int argc, char **argv)
{
  size_t size = sizeof "quarry";
  for (int i = 0; i < argc; i++)
    size += strlen(argv[i]) + 1;
  char *text = qy_alloc(size, 1), *at = text;
  if (!text) return NULL;
  at = stpcpy(at, "quarry");
  for (int i = 0; i < argc; i++) {
    *at++ = ' ';
    at = stpcpy(at, argv[i]);
  }
  return text;
}

static qy_status begin(int64_t *id, int *complete, qy_store *store, const qy_plan_info *info, const char *line,
                       qy_arena *arena, qy_error *err)
{
  char seed[24] = "";
  qy_store_input *technology = qy_arena_alloc(arena, (size_t)info->technology_count, sizeof *technology);
  qy_store_input *network = qy_arena_alloc(arena, (size_t)info->network_count, sizeof *network);
  qy_store_input *device = qy_arena_alloc(arena, (size_t)info->device_count + 1, sizeof *device);
  const char *objectives = plan_objectives_json(info, arena), *definition = plan_definition_json(info, arena);
  if (!technology || !network || !device || !objectives || !definition) return qy_no_memory(err);
  for (int i = 0; i < info->technology_count; i++)
    technology[i] = (qy_store_input){info->technology[i]->name, info->technology[i]->sha256, info->technology[i]->text};
  for (int i = 0; i < info->network_count; i++)
    network[i] = (qy_store_input){info->network[i]->name, info->network[i]->sha256, info->network[i]->text};
  for (int i = 0; i < info->device_count; i++)
    device[i] = (qy_store_input){info->device[i]->name, info->device[i]->sha256, info->device[i]->text};
  if (info->draws) snprintf(seed, sizeof seed, "%" PRIu64, info->draw_seed);
  qy_store_experiment experiment = {
      .name = info->name,
      .question = info->question,
      .file = info->file,
      .text = info->text,
      .sha256 = info->sha256,
      .command_line = line,
      .seed = seed,
      .points = info->points,
      .batch_points = BATCH_POINTS,
      .technology = technology,
      .technology_count = info->technology_count,
      .network = network,
      .network_count = info->network_count,
      .device = device,
      .device_count = info->device_count,
      .objectives = objectives,
      .definition = definition,
  };
  return qy_store_begin(store, &experiment, id, complete, err);
}

/* A directory for the plots, before hours are spent on what they show. */
static qy_status plots_place(const qy_plan_info *info, const run_options *o, qy_error *err)
{
  enum { MODE = 0777 };
  if (o->no_plots || !info->plot_count || mkdir(o->where.plots, MODE) == 0 || errno == EEXIST) return QY_OK;
  return qy_fail_at(err, QY_SYSTEM, o->where.plots, 0, 0, "cannot make the directory of the plots: %s",
                    strerror(errno));
}

/* Everything after the plan is known. */
static int run_plan(const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena)
{
  const qy_plan_info *info = qy_plan_get(plan);
  double start = qy_seconds_now();
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points points = {0};
  int64_t id = 0;
  int complete = 0, code;
  qy_status status = plots_place(info, o, &err);
  qy_model *tornados = NULL;
  if (!status && !o->no_plots) status = session_prepare_tornados(&tornados, plan, &err);
  if (!status) status = qy_store_open(&store, o->where.database, QY_STORE_WRITE, &err);
  if (!status) status = begin(&id, &complete, store, info, line, arena, &err);
  if (!status && !complete) {
    status = evaluate_all(plan, store, o, &err);
    if (status) {
      qy_error ignored = {0}; /* the first failure is the one to report */
      qy_store_abandon(store, status == QY_INTERRUPTED ? "interrupted" : "failed", &ignored);
    }
  }
  if (status == QY_INTERRUPTED) {
    fprintf(stderr, "interrupted; what was finished is stored in %s. Continue with: %s\n", o->where.database, line);
    qy_store_close(store);
    qy_model_free(tornados);
    return EXIT_INTERRUPT;
  }
  if (!status) status = session_read_points(&points, store, id, info, &err);
  if (!status && !complete) status = store_fronts(store, info, &points, &err);
  if (status) {
    code = report(status, &err);
  } else {
    session_print_head(info, store, id, &points, complete, qy_seconds_now() - start, o->where.database);
    code = session_print_summary(plan, &points, o->format);
    if (!code && !o->no_plots)
      code = session_draw_plots(plan, tornados, store, id, &points, o->where.plots, o->gnuplot);
  }
  qy_model_free(tornados);
  qy_points_free(&points);
  qy_store_close(store);
  return finish_output(code);
}

int cmd_run(int argc, char **argv)
{
  run_options o = {.threads = sysconf(_SC_NPROCESSORS_ONLN)};
  if (o.threads < 1) o.threads = 1;
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database (made when missing)", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
      {"no-plots", 0, OPTION_FLAG, &o.no_plots, NULL, "draw nothing", 0, 0, NULL},
      {"gnuplot", 0, OPTION_TEXT, &o.gnuplot, "PROGRAM", "gnuplot to use", 0, 0, NULL},
      {"threads", 't', OPTION_INTEGER, &o.threads, "N", "worker threads (default: one per processor)", 1, 256, NULL},
      {"dry-run", 'n', OPTION_FLAG, &o.dry_run, NULL, "only say how many points, how long, how large", 0, 0, NULL},
      {"yes", 'y', OPTION_FLAG, &o.yes, NULL, "run spaces of more than 20 million points", 0, 0, NULL},
      {"quiet", 'q', OPTION_FLAG, &o.quiet, NULL, "no progress line", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "run",
      "FILE",
      "Evaluate every point of an experiment file, store the results, print a summary and draw its plots.\n"
      "A run that was stopped continues where it was; one that is complete is not computed again.",
      "  quarry run experiments/rdm_vs_sdm.yaml\n  quarry run --dry-run experiments/large_sweep.yaml\n"
      "  quarry run --database my.sqlite --threads 1 --no-plots experiments/rdm_vs_sdm.yaml\n",
      1,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_plan *plan = NULL;
  qy_arena *arena = qy_arena_new();
  char *line = command_line(argc, argv);
  qy_status status = arena && line ? QY_OK : qy_no_memory(&err);
  if (!status) status = qy_plan_read(&plan, argv[first], o.where.db_dir, arena, &err);
  if (!status && qy_plan_get(plan)->points > ASK_POINTS && !o.yes && !o.dry_run)
    status = qy_fail_at(&err, QY_BAD_INPUT, argv[first], 0, 0,
                        "expected at most %d points without --yes, found %" PRId64 " (about %.1f GiB of database)",
                        ASK_POINTS, qy_plan_get(plan)->points, database_bytes(qy_plan_get(plan)) / 1073741824);
  if (status) {
    code = report(status, &err);
  } else if (o.dry_run) {
    code = dry_run(plan, &o);
  } else {
    /* A second signal ends the program at once. */
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    code = run_plan(plan, &o, line, arena);
  }
  free(line);
  qy_arena_free(arena);
  return code;
}
