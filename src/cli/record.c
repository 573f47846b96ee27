/* Points of a plan into the database, as they are evaluated: see record.h. */
#include "record.h"

#include "cli.h"
#include "detail_rows.h"
#include "front_keep.h"
#include "kept_run.h"
#include "run_estimate.h"
#include "session.h"

#include "quarry/progress.h"
#include "quarry/sort.h"

#include <inttypes.h>
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

void record_hear_signals(void)
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
  bool holds;          /* batches are stored by the second, for each has few rows */
  double held_s;       /* since when; 0: nothing is held */
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

/* Batches that follow are held for a second at most. */
static qy_status hold(recorder *r, qy_error *err)
{
  const double most_s = 1, now_s = qy_seconds_now();
  qy_status status = QY_OK;
  if (r->held_s > 0 && now_s - r->held_s < most_s) return QY_OK;
  if (r->held_s > 0) status = qy_store_release(r->store, err);
  if (!status) status = qy_store_hold(r->store, err);
  r->held_s = now_s;
  return status;
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
  if (!status && r->holds) status = hold(r, err);
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

int record_stopped(void *ctx)
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
  qsort(kept, n, sizeof *kept, qy_by_integer);
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
        qy_model_search(&found, model, info->search, &info->search_budget, run->threads, record_stopped, NULL, err);
  if (!status) {
    print_search(info, &found);
    qsort(found.point, found.count, sizeof *found.point, qy_by_integer);
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
    qy_error later = {0}; /* the first failure is the one to report */
    const qy_status released = qy_store_release(r->store, status ? &later : err);
    status = status ? status : released;
  }
  for (size_t i = 0; r->json && i < room && r->json[i]; i++) /* taken from the first on */
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
  kept_options options = {(int)o->threads, o->quiet, record_stopped, o->shares > 0, 0, 0};
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
  r->holds = true;
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

qy_status record_plan(qy_model **model, const qy_plan *plan, qy_store *store, int64_t id, const run_options *o,
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
                      .stop = record_stopped,
                      .chances = record_chances};
  qy_status status = qy_model_make(model, plan, NULL, 0, &o->how, err);
  if (!status && qy_stored_partly(info->stored)) return record_kept(&r, &run, *model, o, arena, err);
  if (!status && o->parts && has_all(plan, store)) return chances_of_parts(&r, &run, *model, o, err);
  if (!status) status = choose_points(&run, &chosen, *model, info, store, id, err);
  if (!status && info->stored == QY_STORED_COLUMNS && !info->search && qy_model_has_columns(*model)) {
    run.packed_bytes = qy_store_packed_bytes(store, run.batch_points);
    run.pack = pack;
    run.sink_packed = record_packed;
    if (!o->shares && !o->outside) status = session_watch_points(store, info, err);
  }
  if (!status && info->draws && !info->search && !o->shares && !o->outside && !o->parts)
    status = record_drawn(&r, &run, *model, o, err);
  else if (!status)
    status = record_all(&r, &run, *model, o, err);
  free(chosen);
  return status;
}
