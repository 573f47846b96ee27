/* quarry run: experiment file -> plan -> points -> database -> fronts -> summary and pictures. */
#include "anew.h"
#include "cli.h"
#include "detail_rows.h"
#include "front_keep.h"
#include "kept_run.h"
#include "pictures.h"
#include "run.h"
#include "run_estimate.h"
#include "session.h"

#include "quarry/dram.h"
#include "quarry/model.h"
#include "quarry/points.h"
#include "quarry/progress.h"

#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TRACE_OBJECTIVES = 4 };
static volatile sig_atomic_t interrupted;

/* A second signal ends the program at once; but one Ctrl-C or timeout(1) may come as two, to the process and to its
 * group. */
static void on_interrupt(int number)
{
  static const double same_s = 0.1;
  static struct timespec first;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!interrupted) first = now;
  interrupted = 1;
  if ((double)(now.tv_sec - first.tv_sec) + 1e-9 * (double)(now.tv_nsec - first.tv_nsec) < same_s) return;
  signal(number, SIG_DFL);
  raise(number);
}

/* Ctrl-C, kill and a terminal that is closed stop a run after the batch; nohup(1) goes on. */
static void hear_signals(void)
{
  const struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESTART};
  struct sigaction hangup;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, NULL);
}

/* State of the sink. */
typedef struct recorder {
  const qy_plan *plan;
  qy_store *store;
  const run_options *o;
  qy_progress progress;
  qy_store_row *rows;
  qy_store_design *designs;
  detail_list details; /* of the points of a batch */
  char **json;         /* one buffer per design of a batch */
  int64_t next_design; /* designs below were handed to the store in this run */
  int64_t done;
} recorder;

/* The design among those that the batch tells, where this run has not told it yet. */
static qy_status tell_design(recorder *r, int64_t *told, int64_t design, qy_error *err)
{
  const size_t bytes = qy_plan_design_bytes(r->plan);
  qy_store_design *d = &r->designs[*told];
  char **json = &r->json[*told];
  if (design < r->next_design) return QY_OK;
  if (!*json && !(*json = qy_alloc(bytes, 1))) return qy_no_memory(err);
  *d = (qy_store_design){design, qy_plan_design(r->plan, design, *json, bytes), *json};
  r->next_design = design + 1;
  ++*told;
  return QY_OK;
}

static void record_done(recorder *r, int64_t count)
{
  r->done += count;
  qy_progress_update(&r->progress, r->done, NULL);
}

static qy_status record(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err)
{
  recorder *r = ctx;
  int64_t told = 0;
  qy_status status = QY_OK;
  detail_list_clear(&r->details);
  for (int64_t i = 0; i < count && !status; i++) {
    const qy_point *p = &points[i];
    qy_store_row *row = &r->rows[i];
    *row = (qy_store_row){.point = p->index,
                          .design = p->design,
                          .technology = p->technology,
                          .network = p->network,
                          .precision = p->precision,
                          .precision_bits = p->precision_bits,
                          .weight_bits = p->weight_bits,
                          .assignment = p->assignment,
                          .clock_mhz = p->clock_mhz,
                          .reason = p->reason,
                          .excluded = p->excluded,
                          .resolved = p->resolved,
                          .interval = p->interval};
    if (p->detail && !(row->detail = detail_list_add(&r->details, p->detail))) return qy_no_memory(err);
    memcpy(row->metric, p->metric, sizeof row->metric);
    status = tell_design(r, &told, p->design, err);
  }
  if (!status) status = qy_store_batch(r->store, batch, r->rows, count, r->designs, told, err);
  record_done(r, count);
  return status;
}

static qy_status record_packed(void *ctx, int64_t batch, int64_t count, const void *packed, qy_error *err)
{
  recorder *r = ctx;
  int64_t first, last, told = 0;
  qy_status status = QY_OK;
  qy_store_packed_designs(&first, &last, packed);
  for (int64_t d = first; d <= last && !status; d++)
    status = tell_design(r, &told, d, err);
  if (!status) status = qy_store_batch_packed(r->store, batch, packed, r->designs, told, err);
  record_done(r, count);
  return status;
}

/* On any thread. */
static qy_status pack(void *ctx, const qy_point_columns *columns, void *packed, qy_error *err)
{
  const recorder *r = ctx;
  return qy_store_pack(packed, r->store, columns, err);
}

static qy_status record_chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err)
{
  recorder *r = ctx;
  return qy_store_chances(r->store, point, probability, count, err);
}

static qy_status save_fronts(void *ctx, const void *state, size_t bytes, qy_error *err)
{
  const recorder *r = ctx;
  return front_keep_write(r->store, state, bytes, err);
}

static int batch_done(void *ctx, int64_t batch)
{
  recorder *r = ctx;
  return qy_store_has_batch(r->store, batch);
}

/* Is the batch another process's? */
static int outside(void *ctx, int64_t batch)
{
  const recorder *r = ctx;
  if (r->o->outside) return r->o->outside(r->o->outside_ctx, batch);
  return batch % r->o->shares != r->o->share - 1;
}

static int stop_requested(void *ctx)
{
  (void)ctx;
  return interrupted;
}

/* How much of the hypervolume that the fronts have in the end was reached on the way. */
static void print_search(const qy_plan_info *info, const qy_search_result *found)
{
  enum { QUARTERS = 4 };
  double *share = qy_alloc(found->generations + 1, sizeof *share);
  say("%s: %s chose %zu of %" PRId64 " points, seed %" PRIu64, info->name, info->search->name, found->count,
      info->points, info->search_budget.seed);
  if (share && found->objectives <= TRACE_OBJECTIVES && !qy_search_convergence(share, found, NULL, NULL)) {
    fputs("; of the final hypervolume of the fronts", stderr);
    for (size_t q = 1, g = 0; q < QUARTERS && found->generations > 0; q++) {
      while (g + 1 < found->generations && found->end[g] * QUARTERS < found->count * q)
        g++;
      say("%s %.4g %%", q > 1 ? "," : "", 100 * share[g]);
    }
    fputs(" after 1/4, 1/2, 3/4 of them", stderr);
  }
  fputc('\n', stderr);
  free(share);
}

static int by_number(const void *left, const void *right)
{
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

/* Of a run that is continued the batches stored keep their points: a search by time finds others each time. */
static qy_status keep_stored(int64_t **chosen, size_t *count, const qy_model_run *run, const qy_store *store,
                             const double *stored, size_t stored_count, qy_error *err)
{
  int64_t *kept = qy_alloc(*count + stored_count, sizeof *kept);
  size_t n = 0;
  if (!kept) return qy_no_memory(err);
  for (size_t i = 0; i < *count; i++)
    if (!qy_store_has_batch(store, (*chosen)[i] / run->batch_points)) kept[n++] = (*chosen)[i];
  for (size_t i = 0; i < stored_count; i++)
    if (qy_store_has_batch(store, (int64_t)stored[i] / run->batch_points)) kept[n++] = (int64_t)stored[i];
  qsort(kept, n, sizeof *kept, by_number);
  free(*chosen);
  *chosen = kept;
  *count = n;
  return QY_OK;
}

/* The points to evaluate, where the experiment asks for a search: into the run, rising; the caller frees them. */
static qy_status choose_points(qy_model_run *run, int64_t **chosen, qy_model *model, const qy_plan_info *info,
                               qy_store *store, int64_t id, qy_error *err)
{
  char sql[120];
  double *stored = NULL;
  size_t stored_count = 0;
  qy_search_result found;
  *chosen = NULL;
  if (!info->search) return QY_OK;
  qy_status status = qy_model_ready(model, NULL, 0, err);
  if (!status)
    status =
        qy_model_search(&found, model, info->search, &info->search_budget, run->threads, stop_requested, NULL, err);
  if (!status) {
    print_search(info, &found);
    qsort(found.point, found.count, sizeof *found.point, by_number);
    *chosen = found.point;
    found.point = NULL; /* the caller's now */
    run->point_count = found.count;
    snprintf(sql, sizeof sql, "SELECT id & 0xffffffffff FROM result WHERE id >= %" PRId64 " AND id < %" PRId64,
             id << 40, (id + 1) << 40);
    status = qy_store_columns(store, sql, 1, &stored, &stored_count, err);
    if (!status) status = keep_stored(chosen, &run->point_count, run, store, stored, stored_count, err);
    run->points = *chosen;
    free(stored);
  }
  qy_search_free(&found);
  return status;
}

static qy_status record_all(recorder *r, qy_model_run *run, qy_model *model, const run_options *o, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(r->plan);
  const size_t room = (size_t)qy_model_batch_most(run);
  int64_t points = run->points ? (int64_t)run->point_count : info->points;
  qy_status status = QY_OK;
  r->rows = qy_alloc(room, sizeof *r->rows);
  r->designs = qy_alloc(room, sizeof *r->designs);
  r->json = qy_alloc(room, sizeof *r->json);
  if (!r->rows || !r->designs || !r->json) {
    status = qy_no_memory(err);
  } else {
    if (o->shares) points = 0; /* those of its own batches */
    for (int64_t b = 0; !run->points && b * run->batch_points < info->points; b++) {
      if (o->shares && outside(r, b)) continue;
      const int64_t left = info->points - b * run->batch_points,
                    own = left < run->batch_points ? left : run->batch_points;
      if (o->shares) points += own;
      if (qy_store_has_batch(r->store, b)) r->done += own;
    }
    qy_progress_start(&r->progress, STDERR_FILENO, o->quiet, info->name, "points", r->done, points);
    status = qy_model_sweep(model, run, err);
    qy_progress_finish(&r->progress);
  }
  for (size_t i = 0; r->json && i < room; i++)
    free(r->json[i]);
  detail_list_free(&r->details);
  free(r->json);
  free(r->rows);
  free(r->designs);
  return status;
}

/* All points under draws, from where an earlier run was. */
static qy_status record_drawn(recorder *r, qy_model_run *run, qy_model *model, const run_options *o, qy_error *err)
{
  const double round_s = 2; /* what a kill may cost */
  qy_model_keep keep = {.seconds = round_s, .save = save_fronts};
  qy_status status = front_keep_read(&keep, r->store, err);
  const bool goes_on = keep.state != NULL;
  run->keep = &keep;
  if (!status) status = record_all(r, run, model, o, err);
  if (!status && goes_on && !o->quiet)
    say("%s: gone on with: %" PRId64 " points evaluated\n", qy_plan_get(r->plan)->name, keep.evaluated);
  run->keep = NULL;
  front_keep_free(&keep);
  return status;
}

/* Store what is kept of the points, once all were swept. */
static qy_status record_kept(recorder *r, qy_model_run *run, qy_model *model, const run_options *o, qy_arena *arena,
                             qy_error *err)
{
  qy_kept *kept = NULL;
  int64_t *points = NULL;
  kept_options options = {(int)o->threads, o->quiet, stop_requested, o->shares > 0, 0, 0};
  if (o->shares) shard_range(&options.first, &options.end, qy_plan_get(r->plan)->points, o->share, o->shares);
  qy_status status = o->parts ? kept_of_parts(&kept, r->plan, model, o->parts, arena, err)
                              : kept_sweep(&kept, r->plan, model, r->store, &options, arena, err);
  if (o->shares) { /* its state is all there is of it */
    if (!status) status = qy_store_share_range(r->store, options.first, options.end, err);
    qy_kept_free(kept);
    return status;
  }
  if (!status) status = qy_kept_points(kept, &points, &run->point_count, err);
  run->points = points;
  run->chances = NULL;
  if (!status) status = record_all(r, run, model, o, err);
  if (!status) status = kept_store(kept, r->plan, r->store, arena, err);
  qy_kept_free(kept);
  free(points);
  return status;
}

static qy_status ignore_batch(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err)
{
  (void)ctx, (void)batch, (void)points, (void)count, (void)err;
  return QY_OK;
}

/* The rows of the parts are there; the front probabilities are those among the points that are on a front of their
 * part, where all parts are whole shares; else of all points. */
static qy_status chances_of_parts(recorder *r, qy_model_run *run, qy_model *model, const run_options *o, qy_error *err)
{
  bool known = false;
  int64_t *points = NULL;
  size_t count = 0;
  if (!qy_plan_get(r->plan)->draws) return QY_OK;
  qy_status status = qy_parts_drawn(&known, &points, &count, o->parts, err);
  if (!status && !known) {
    status = record_all(r, run, model, o, err);
  } else if (!status && !count) {
    status = qy_store_chances(r->store, NULL, NULL, 0, err);
  } else if (!status) {
    run->points = points;
    run->point_count = count;
    run->sink = ignore_batch;
    run->skip = NULL;
    status = qy_model_sweep(model, run, err);
  }
  free(points);
  return status;
}

int64_t run_batches(const qy_plan *plan)
{
  return (qy_plan_get(plan)->points - 1) / run_batch_points(plan) + 1;
}

static bool has_all(const qy_plan *plan, const qy_store *store)
{
  for (int64_t b = run_batches(plan); b-- > 0;)
    if (!qy_store_has_batch(store, b)) return false;
  return true;
}

/* *model: of all points, the caller's to free. */
static qy_status evaluate_all(qy_model **model, const qy_plan *plan, qy_store *store, int64_t id, const run_options *o,
                              qy_arena *arena, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  recorder r = {.plan = plan, .store = store, .o = o};
  int64_t *chosen = NULL;
  qy_model_run run = {.threads = (int)o->threads,
                      .batch_points = run_batch_points(plan),
                      .outside = o->outside || o->shares ? outside : NULL,
                      .ctx = &r,
                      .sink = record,
                      .skip = batch_done,
                      .stop = stop_requested,
                      .chances = record_chances};
  qy_status status = qy_model_make(model, plan, NULL, 0, &o->how, err);
  if (!status && qy_stored_partly(info->stored)) return record_kept(&r, &run, *model, o, arena, err);
  if (!status && o->parts && has_all(plan, store)) return chances_of_parts(&r, &run, *model, o, err);
  if (!status) status = choose_points(&run, &chosen, *model, info, store, id, err);
  if (!status && info->stored == QY_STORED_COLUMNS && !info->search && qy_model_has_columns(*model)) {
    run.packed_bytes = qy_store_packed_bytes(store, run.batch_points);
    run.pack = pack;
    run.sink_packed = record_packed;
  }
  if (!status && info->draws && !info->search && !o->shares && !o->outside && !o->parts)
    status = record_drawn(&r, &run, *model, o, err);
  else if (!status)
    status = record_all(&r, &run, *model, o, err);
  free(chosen);
  return status;
}

/* ---- fronts ---- */

static qy_status record_detail(void *ctx, const qy_point *point, qy_error *err)
{
  detail_list list = {0};
  qy_status status = QY_OK;
  if (point->detail) {
    const qy_store_detail *rows = detail_list_add(&list, point->detail);
    status = rows ? qy_store_detail_add(ctx, point->index, rows, err) : qy_no_memory(err);
  }
  detail_list_free(&list);
  return status;
}

/* Layers and members of the points on fronts, where the experiment keeps those; ids: of each front, rising. */
static qy_status store_details(qy_store *store, const qy_plan_info *info, qy_model *model, const qy_store_front *fronts,
                               size_t front_count, qy_error *err)
{
  size_t count = 0, kept = 0;
  if (info->keep_layers != QY_KEEP_FRONT && info->keep_members != QY_KEEP_FRONT) return QY_OK;
  for (size_t f = 0; f < front_count; f++)
    count += (size_t)fronts[f].count;
  int64_t *all = qy_alloc(count, sizeof *all);
  if (!all) return qy_no_memory(err);
  count = 0;
  for (size_t f = 0; f < front_count; f++)
    for (int64_t i = 0; i < fronts[f].count; i++)
      all[count++] = fronts[f].points[i];
  qsort(all, count, sizeof *all, by_number);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || all[i] != all[kept - 1]) all[kept++] = all[i];
  qy_status status = qy_model_ready(model, all, kept, err);
  if (!status) status = qy_model_details(model, all, kept, record_detail, stop_requested, store, err);
  free(all);
  return status;
}

static int by_label(const void *p, const void *q)
{
  return strcmp(**(char **const *)p, **(char **const *)q);
}

/* A name of each group, none twice, whatever the names of designs: "a, b" and "c" read like "a" and "b, c". */
static qy_status front_labels(char **label, const qy_groups *groups, const qy_points *points, qy_error *err)
{
  char ***order = qy_alloc(groups->count, sizeof *order);
  qy_status status = order ? QY_OK : qy_no_memory(err);
  for (size_t g = 0; !status && g < groups->count; g++) {
    order[g] = &label[g];
    if (!(label[g] = qy_groups_label_whole(groups, points, g))) status = qy_no_memory(err);
  }
  if (!status) qsort(order, groups->count, sizeof *order, by_label);
  for (size_t g = 1, first = 0; !status && g < groups->count; g++) {
    char *more = NULL;
    if (strcmp(*order[g], *order[first]) != 0) {
      first = g;
      continue;
    }
    if (asprintf(&more, "%s (%zu)", *order[g], g - first + 1) < 0) {
      status = qy_no_memory(err);
      break;
    }
    free(*order[g]);
    *order[g] = more;
  }
  free(order);
  return status;
}

/* Fronts over the experiment's objectives, within what the file says, into the database. */
static qy_status store_fronts(qy_store *store, const qy_plan_info *info, qy_model *model, const qy_points *points,
                              qy_error *err)
{
  qy_key keys[QY_KEY_COUNT];
  int metrics[16];
  uint8_t *on_front = NULL;
  qy_groups groups = {0};
  qy_store_front *fronts = NULL;
  char **label = NULL;
  int64_t *ids = NULL;
  for (int k = 0; k < info->front_within_count; k++)
    keys[k] = plan_key(info->front_within[k], info);
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
  if (!status) status = front_labels(label, &groups, points, err);
  for (size_t g = 0; !status && g < groups.count; g++) {
    fronts[g].group = label[g][0] ? label[g] : "all";
    fronts[g].points = next;
    for (size_t i = groups.first[g]; i < groups.first[g + 1]; i++)
      if (on_front[groups.member[i]]) next[fronts[g].count++] = (int64_t)points->point[groups.member[i]];
    next += fronts[g].count;
  }
  if (!status) status = store_details(store, info, model, fronts, groups.count, err);
  if (!status) status = qy_store_finish(store, fronts, points->count ? (int)groups.count : 0, err);
  free(on_front);
  free(fronts);
  for (size_t g = 0; label && g < groups.count; g++)
    free(label[g]);
  free(label);
  free(ids);
  qy_groups_free(&groups);
  return status;
}

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

static qy_status begin(int64_t *id, int *complete, qy_store *store, const qy_plan *plan, const qy_parts *parts,
                       const char *line, qy_arena *arena, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_axis_list axes;
  qy_status status = qy_plan_axes(&axes, plan, arena, err);
  if (status) return status;
  char seed[24] = "";
  qy_store_input *technology = qy_arena_alloc(arena, (size_t)info->technology_count, sizeof *technology);
  qy_store_input *network = qy_arena_alloc(arena, (size_t)info->network_count, sizeof *network);
  qy_store_input *device = qy_arena_alloc(arena, (size_t)info->device_count + 1, sizeof *device);
  const char *objectives = plan_objectives_json(info, arena), *definition = plan_definition_json(info, arena);
  qy_store_input *noise = qy_arena_alloc(arena, (size_t)info->noise_file_count + 1, sizeof *noise);
  qy_store_input *files = qy_arena_alloc(arena, (size_t)info->table_count + 1, sizeof *files);
  qy_store_precision *precision = qy_arena_alloc(arena, (size_t)info->precision_count, sizeof *precision);
  double *voltage_v = qy_arena_alloc(arena, (size_t)info->technology_count, sizeof *voltage_v);
  if (!voltage_v || !technology || !network || !device || !objectives || !definition || !noise || !files || !precision)
    return qy_no_memory(err);
  for (int i = 0; i < info->technology_count; i++) {
    technology[i] = (qy_store_input){info->technology[i]->name, info->technology[i]->sha256, info->technology[i]->text};
    voltage_v[i] = info->technology[i]->voltage_v;
  }
  for (int i = 0; i < info->network_count; i++)
    network[i] = (qy_store_input){info->network[i]->name, info->network[i]->sha256, info->network[i]->text};
  for (int i = 0; i < info->device_count; i++)
    device[i] = (qy_store_input){info->device[i]->name, info->device[i]->sha256, info->device[i]->text};
  for (int i = 0; i < info->noise_file_count; i++)
    noise[i] = (qy_store_input){info->noise_file[i].name, info->noise_file[i].sha256, info->noise_file[i].text};
  for (int i = 0; i < info->table_count; i++)
    files[i] = (qy_store_input){info->table[i].name, info->table[i].sha256, info->table[i].text};
  for (int i = 0; i < info->precision_count; i++) {
    const qy_plan_precision *p = &info->precision[i];
    precision[i].label = p->label;
    if (!p->uniform) continue;
    precision[i].weight_bits = p->all.weights;
    precision[i].activation_bits = p->all.activations;
  }
  if (info->draws) snprintf(seed, sizeof seed, "%" PRIu64, info->draw_seed);
  qy_store_experiment experiment = {
      .name = info->name,
      .question = info->question,
      .file = place_without_folders(info->file),
      .text = info->text,
      .sha256 = info->sha256,
      .command_line = line,
      .seed = seed,
      .points = info->points,
      .batch_points = run_batch_points(plan),
      .store = qy_stored_name(info->stored),
      .technology = technology,
      .technology_count = info->technology_count,
      .technology_voltage_v = voltage_v,
      .network = network,
      .network_count = info->network_count,
      .device = device,
      .device_count = info->device_count,
      .noise = noise,
      .noise_count = info->noise_file_count,
      .table = files,
      .table_count = info->table_count,
      .precision = precision,
      .precision_count = info->precision_count,
      .objectives = objectives,
      .definition = definition,
      .axis = axes.axis,
      .axis_count = axes.count,
  };
  return parts ? qy_parts_merge(parts, store, &experiment, id, complete, err)
               : qy_store_begin(store, &experiment, id, complete, err);
}

/* A directory for the plots, before hours are spent on what they show. */
static qy_status plots_place(const qy_plan_info *info, const run_options *o, qy_error *err)
{
  if (o->no_plots || !info->plot_count) return QY_OK;
  const qy_status status = pictures_place(o->where.plots, err);
  return status ? status : session_check_files(info, &o->style, o->where.plots, err);
}

/* Where nothing can be written and nobody said where to: what there is to say. */
static void say_places(const run_options *o)
{
  places usual;
  places_default(&usual);
  if (strcmp(usual.database, o->where.database) == 0 && strcmp(usual.plots, o->where.plots) == 0)
    fputs("--database FILE and --plots DIR say where else to write\n", stderr);
}

/* What follows once a share is stored: nothing yet. */
static qy_status end_share(const qy_plan *plan, qy_store *store, const run_options *o, double start, qy_error *err)
{
  const int64_t batches = run_batches(plan);
  int64_t own = 0;
  for (int64_t b = 0; b < batches; b++)
    own += qy_store_has_batch(store, b);
  const bool partly = qy_stored_partly(qy_plan_get(plan)->stored);
  int64_t all = batches, first, end;
  if (partly) {
    all = qy_plan_get(plan)->points;
    shard_range(&first, &end, all, o->share, o->shares);
    own = end - first;
  }
  qy_status status = partly ? QY_OK : qy_store_share(store, err);
  if (!status) status = qy_store_abandon(store, "interrupted", err);
  if (!status && !o->outside)
    say("%s: share %" PRId64 " of %" PRId64 ", %" PRId64 " of %" PRId64
        " %s, computed and stored in %.3g s; part in %s (quarry merge puts parts together)\n",
        qy_plan_get(plan)->name, o->share, o->shares, own, all, partly ? "points" : "batches", qy_seconds_now() - start,
        o->where.database);
  return status;
}

qy_status run_stored(unsigned char *has, int *complete, const qy_plan *plan, const char *database, const char *line,
                     qy_arena *arena, qy_error *err)
{
  int64_t id = 0;
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, database, QY_STORE_WRITE, err);
  if (!status) status = begin(&id, complete, store, plan, NULL, line, arena, err);
  for (int64_t b = run_batches(plan); !status && b-- > 0;)
    has[b] = qy_store_has_batch(store, b) != 0;
  qy_store_close(store);
  return status;
}

/* QY_BAD_INPUT, and which, where batches are in no part. */
static qy_status check_batches(const qy_plan *plan, const qy_store *store, const run_options *o, qy_error *err)
{
  const int64_t batches = run_batches(plan);
  qy_text list = {0};
  const int64_t missing = shard_missing(&list, store, batches);
  qy_status status = list.failed ? qy_no_memory(err) : QY_OK;
  if (!status && missing)
    status =
        qy_fail(err, QY_BAD_INPUT,
                "expected all %" PRId64 " batches in the parts, missed %" PRId64 ": %.200s%s; the others are in %s, "
                "where `quarry run` of the experiment computes what is missing",
                batches, missing, list.data, list.length > 200 ? ", ..." : "", o->where.database);
  qy_text_free(&list);
  return status;
}

/* Everything after the plan is known. */
int run_plan(const qy_plan *plan, const run_options *options, const char *line, qy_arena *arena)
{
  run_options own = *options;
  const run_options *o = &own;
  own.how.stop = stop_requested;
  own.how.by_parts = !o->outside; /* whose batches are given out one by one */
  hear_signals();
  const qy_plan_info *info = qy_plan_get(plan);
  double start = qy_seconds_now();
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points points = {0};
  int64_t id = 0;
  int complete = 0, code;
  qy_status status = plots_place(info, o, &err);
  qy_model *tornados = NULL, *model = NULL;
  if (!status && !o->no_plots) status = session_prepare_tornados(&tornados, plan, &o->how, &err);
  if (!status) status = qy_store_open_kept(&store, o->where.database, o->no_cache ? NULL : o->where.cache, &err);
  if (!status) status = begin(&id, &complete, store, plan, o->parts, o->stored_line, arena, &err);
  if (!status && !complete) status = say_anew(store, id, o->where.database, arena, &err);
  if (!status && !complete && o->parts && !o->go_on && !qy_stored_partly(info->stored))
    status = check_batches(plan, store, o, &err);
  if (!status && *qy_store_missing(store))
    say("%s: \"%s\" was complete, but another program changed the file: found %s; what is missing is computed again\n",
        o->where.database, info->name, qy_store_missing(store));
  if (!status && !complete) status = evaluate_all(&model, plan, store, id, o, arena, &err);
  if (!status && !complete && (o->shares || o->outside)) {
    status = qy_store_check_place(store, &err);
    if (!status) status = end_share(plan, store, o, start, &err);
    qy_model_free(model);
    qy_model_free(tornados);
    qy_store_close(store);
    return finish_output(status ? report(status, &err) : EXIT_DONE);
  }
  if (!status) status = session_read_points(&points, store, id, info, &err);
  if (!status) status = session_compare(&model, plan, &points, store, id, !complete, &o->how, &err);
  if (!status && !complete)
    status = info->stored == QY_STORED_SUMMARY ? qy_store_finish(store, NULL, 0, &err)
                                               : store_fronts(store, info, model, &points, &err);
  if (!status) status = qy_store_check_place(store, &err);
  qy_model_free(model);
  model = NULL;
  if (status && id && !complete) {
    qy_error ignored = {0};                                  /* the first failure is the one to report */
    const bool is_part = o->parts && status == QY_BAD_INPUT; /* batches are missing */
    qy_store_abandon(store, status == QY_INTERRUPTED || is_part ? "interrupted" : "failed", &ignored);
  }
  if (status == QY_INTERRUPTED) {
    say("interrupted; what was finished is stored in %s. Continue with: %s\n", o->where.database, line);
    qy_points_free(&points);
    qy_store_close(store);
    qy_model_free(tornados);
    return EXIT_INTERRUPT;
  }
  if (status) {
    code = report(status, &err);
    if (status == QY_SYSTEM && !store) say_places(o);
  } else {
    session_print_head(info, store, id, &points, complete, qy_seconds_now() - start, o->where.database);
    code = session_print_summary(plan, &points, store, id, o->format);
    if (!code && !o->no_plots)
      code = session_draw_plots(plan, tornados, store, id, &points,
                                &(session_pictures){&o->style, o->where.plots, o->gnuplot, NULL, false, &o->how});
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
  option_row rows[18 + STYLE_ROWS] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database (made when missing)", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      {"db", 0, OPTION_TEXT, &o.where.database, "FILE", "the same as --database", 0, 0, NULL},
      {"shard", 0, OPTION_TEXT, &o.shard, "I/N",
       "run share I of N alone, for `quarry merge`; slurm: of a job array, mpi: by rank", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
      {"no-plots", 0, OPTION_FLAG, &o.no_plots, NULL, "draw nothing", 0, 0, NULL},
      {"gnuplot", 0, OPTION_TEXT, &o.gnuplot, "PROGRAM", "gnuplot to use", 0, 0, NULL},
      {"cache", 0, OPTION_TEXT, &o.where.cache, "DIR",
       "where switching activities of circuits and an empty database are kept between runs; may be deleted at any time",
       0, 0, NULL},
      {"no-cache", 0, OPTION_FLAG, &o.no_cache, NULL, "keep none, and use none that is kept", 0, 0, NULL},
      {"threads", 't', OPTION_INTEGER, &o.threads, "N", "worker threads (default: one per processor)", 1, 256, NULL},
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
