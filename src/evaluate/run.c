/* Evaluate a plan point by point, in batches on threads.
 *
 * Processing elements are built once per parameter set and priced once per (library, clock) before the sweep starts; a
 * worker keeps the module of the current design and rebuilds it only when an axis other than the precision moves.
 */
#include "plan_int.h"
#include "single.h"
#include "uncertain.h"

#include "quarry/element.h"
#include "quarry/progress.h"
#include "quarry/system.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CHAMPIONS_FROM = 20000, /* points of a space for which looking ahead pays */
  TIME_CHUNK = 512,
  DESIGN_ITEM_BYTES = 128
}; /* points of a sample when the time is estimated */

/* One member of a design group, ready to run. */
typedef struct ready {
  size_t pe_count;  /* distinct PE parameter sets */
  qy_pe *pe;        /* [pe_count] */
  qy_pe_cost *cost; /* [pe_count][technology][clock] */
  char *parts;      /* the same, parts_bytes each */
  char *quality;    /* [pe_count], quality_bytes each */
  void **work;      /* per network */
} ready;

typedef struct runner {
  const qy_plan *plan;
  const qy_plan_run *run;
  const size_t *only; /* the value indices of the one point that is wanted; NULL: all points */
  ready (*groups)[MEMBERS_MAX];
  qy_arena *arena;
  /* With draws only. */
  uncertain *uncertain;
  champions *champions;
  int scouting;            /* the nominal fronts are being found: nothing is drawn or handed on */
  chance *chance;          /* fronts of all workers */
  qy_status chance_status; /* of merging them */
  unsigned char *skipped;  /* batches done before: evaluated again for the fronts */
  int again;               /* that is being done */
} runner;

/* The module of one member that a worker holds. */
typedef struct held {
  void *module;
  const char *reason; /* why it cannot be; NULL: it can */
  size_t at;          /* element, library, clock */
} held;

/* Where a worker stands in the space. */
typedef struct worker {
  int group; /* of the modules held; -1: none */
  size_t index[QY_AXES_MAX];
  held member[MEMBERS_MAX];
  uncertain_batch *batch; /* NULL: no draws */
  chance *chance;
} worker;

/* Is this library and clock wanted? */
static bool wanted(const runner *r, const entry *g, size_t technology, size_t clock)
{
  const size_t *common = r->only ? r->only + g->param_count : NULL;
  return !common || (technology == common[AXIS_TECHNOLOGY] && clock == common[AXIS_CLOCK]);
}

/* The quality of an element of `upto` or a member before it that has the same weight format; NULL: none has. */
static const char *known_quality(const runner *r, const ready *upto, const accelerator *type, const qy_pe *pe)
{
  const qy_number own = qy_element_number(pe);
  const ready *at = NULL;
  for (int i = 0; i < r->plan->entry_count && at != upto; i++) {
    const entry *g = &r->plan->entries[i];
    for (int m = 0; m < g->member_count && at != upto; m++) {
      at = &r->groups[i][m];
      if (g->system || g->member[m].type->quality != type->quality) continue;
      for (size_t e = 0; e < at->pe_count && &at->pe[e] != pe; e++) {
        if (!at->pe[e].circuit) continue; /* not wanted */
        const qy_number other = qy_element_number(&at->pe[e]);
        if (memcmp(&other, &own, sizeof own) == 0) return at->quality + e * type->quality_bytes;
      }
    }
  }
  return NULL;
}

/* A system has no signal to quantization noise of its own. */
static qy_status judge_quality(const runner *r, const entry *g, int m, const ready *out, size_t e, qy_error *err)
{
  const accelerator *type = g->member[m].type;
  if (!type->quality || g->lacks >> QY_SQNR_DB & 1) return QY_OK;
  char *own = out->quality + e * type->quality_bytes;
  const char *known = known_quality(r, out, type, &out->pe[e]);
  if (!known) return type->quality(own, &out->pe[e], err);
  memcpy(own, known, type->quality_bytes);
  return QY_OK;
}

static qy_status price_member(runner *r, const entry *g, int m, ready *out, qy_error *err)
{
  const qy_plan *plan = r->plan;
  const accelerator *type = g->member[m].type;
  size_t technologies = (size_t)plan->info.technology_count, clocks = plan->clock_mhz.count;
  out->pe_count = member_element_count(g, m);
  out->pe = qy_arena_alloc(r->arena, out->pe_count, sizeof *out->pe);
  out->cost = qy_arena_alloc(r->arena, out->pe_count * technologies * clocks, sizeof *out->cost);
  out->parts = qy_arena_alloc(r->arena, out->pe_count * technologies * clocks, type->parts_bytes);
  out->quality = qy_arena_alloc(r->arena, out->pe_count, type->quality_bytes);
  if (!out->pe || !out->cost || !out->parts || !out->quality) return qy_no_memory(err);
  for (size_t e = 0; e < out->pe_count; e++) {
    qy_pe_params pe;
    qy_activity activity[QY_PE_MODES_MAX];
    qy_pe_stimulus stimulus = qy_pe_stimulus_default();
    double value[QY_AXES_MAX];
    if (r->only && e != member_element_of(g, m, r->only)) continue;
    member_element_values(g, m, e, value);
    member_element_params(g, m, e, &pe);
    if (type->pe_stimulus) type->pe_stimulus(&stimulus, value);
    qy_status status = qy_pe_build(&out->pe[e], &pe, r->arena, err);
    if (!status) status = qy_pe_activities(activity, &out->pe[e], &stimulus, err);
    if (!status) status = judge_quality(r, g, m, out, e, err);
    if (status) return status;
    for (size_t t = 0; t < technologies; t++)
      for (size_t c = 0; c < clocks; c++) {
        double period_ps = 1e6 / plan->clock_mhz.value[c];
        if (!wanted(r, g, t, c)) continue;
        size_t at = (e * technologies + t) * clocks + c;
        status = qy_pe_price_activities(&out->cost[at], &out->pe[e], plan->technology[t], period_ps, activity, err);
        if (!status && type->parts_price)
          status = type->parts_price(out->parts + at * type->parts_bytes, &out->pe[e], &out->cost[at],
                                     plan->technology[t], period_ps, err);
        if (status) return status;
      }
  }
  return QY_OK;
}

static qy_status prepare_member(runner *r, int i, int m, qy_error *err)
{
  const entry *g = &r->plan->entries[i];
  const member *one = &g->member[m];
  ready *out = &r->groups[i][m];
  const size_t networks = (size_t)r->plan->info.network_count;
  qy_status status = price_member(r, g, m, out, err);
  if (status) return status;
  out->work = qy_arena_alloc(r->arena, networks, sizeof(void *));
  if (!out->work) return qy_no_memory(err);
  if (r->uncertain && (status = uncertain_member(r->uncertain, i, m, out->pe, out->pe_count, r->arena, err)))
    return status;
  for (size_t n = 0; !status && one->type->work_new && n < networks; n++)
    status = one->type->work_new(&out->work[n], one->layers[n], one->layer_count[n], r->arena, err);
  return status;
}

static qy_status prepare(runner *r, qy_error *err)
{
  const qy_plan *plan = r->plan;
  r->groups = qy_arena_alloc(r->arena, (size_t)plan->entry_count, sizeof *r->groups);
  if (!r->groups) return qy_no_memory(err);
  if (plan->info.draws) {
    qy_status status = uncertain_new(&r->uncertain, plan, r->arena, err);
    if (status) return status;
  }
  qy_status status = QY_OK;
  for (int i = 0; !status && i < plan->entry_count; i++)
    for (int m = 0; !status && m < plan->entries[i].member_count; m++)
      status = prepare_member(r, i, m, err);
  return status;
}

static void worker_drop(worker *w)
{
  uncertain_batch_free(w->batch);
  chance_free(w->chance);
  for (int m = 0; m < MEMBERS_MAX; m++)
    free(w->member[m].module);
  free(w);
}

static void *worker_new(void *ctx, qy_error *err)
{
  const runner *r = ctx;
  worker *w = qy_alloc(1, sizeof *w);
  int failed = !w;
  for (int m = 0; !failed && m < MEMBERS_MAX; m++) {
    size_t bytes = 0;
    for (int i = 0; i < r->plan->entry_count; i++) {
      const entry *g = &r->plan->entries[i];
      if (m < g->member_count && g->member[m].type->module_bytes > bytes) bytes = g->member[m].type->module_bytes;
    }
    failed = bytes && !(w->member[m].module = qy_alloc(1, bytes));
  }
  if (failed) {
    if (w) worker_drop(w);
    qy_no_memory(err);
    return NULL;
  }
  w->group = -1;
  if (r->uncertain) {
    w->batch = uncertain_batch_new(r->uncertain, r->run ? r->run->batch_points : TIME_CHUNK);
    if (r->chance) w->chance = chance_new(r->plan, r->scouting ? 1 : r->uncertain->draws, r->champions);
    if (!w->batch || (r->chance && !w->chance)) {
      worker_drop(w);
      qy_no_memory(err);
      return NULL;
    }
  }
  return w;
}

static void worker_free(void *ctx, void *state)
{
  runner *r = ctx;
  worker *w = state;
  if (r->chance && w->chance && !r->chance_status) r->chance_status = chance_merge(r->chance, w->chance, NULL);
  worker_drop(w);
}

/* Step to the next point. Returns the slowest axis that moved: those after it have moved too. */
static int advance(const qy_plan *plan, worker *w)
{
  const qy_space_group *axes = &plan->space.group[w->group];
  for (int a = axes->axis_count - 1; a >= 0; a--) {
    if (++w->index[a] < axes->axis[a].count) return a;
    w->index[a] = 0;
  }
  return 0;
}

static qy_status module_update(const runner *r, worker *w, int m, qy_error *err)
{
  const qy_plan *plan = r->plan;
  const entry *g = &plan->entries[w->group];
  const accelerator *type = g->member[m].type;
  const ready *rd = &r->groups[w->group][m];
  const size_t *common = w->index + g->param_count, first = g->member[m].first;
  double value[QY_AXES_MAX];
  for (size_t i = 0; i < type->param_count; i++)
    value[i] = g->param[first + i].value[w->index[first + i]];
  size_t t = common[AXIS_TECHNOLOGY], c = common[AXIS_CLOCK];
  size_t e = rd->pe_count > 1 ? member_element_of(g, m, w->index) : 0;
  held *h = &w->member[m];
  h->at = (e * (size_t)plan->info.technology_count + t) * plan->clock_mhz.count + c;
  h->reason = NULL;
  qy_status status =
      type->module_init(h->module, value, &rd->pe[e], &rd->cost[h->at], rd->quality + e * type->quality_bytes,
                        rd->parts + h->at * type->parts_bytes, plan->technology[t], plan->sram,
                        plan->clock_mhz.value[c], rd->work[common[AXIS_NETWORK]], &h->reason, err);
  return status == QY_INFEASIBLE ? QY_OK : status;
}

/* After axes from `moved` on have moved: a member whose parameters come before all of them is as it was. */
static qy_status modules_update(const runner *r, worker *w, int moved, qy_error *err)
{
  const entry *g = &r->plan->entries[w->group];
  const size_t from = (size_t)moved;
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++)
    if (from >= g->param_count || g->member[m].first + g->member[m].type->param_count > from)
      status = module_update(r, w, m, err);
  return status;
}

/* Metrics of member m at the point the worker stands at, or why it cannot be. */
static qy_status member_metrics(double metric[QY_METRIC_COUNT], const runner *r, const worker *w, int m, qy_point *p,
                                qy_error *err)
{
  const entry *g = &r->plan->entries[w->group];
  for (int k = 0; k < QY_METRIC_COUNT; k++)
    metric[k] = NAN;
  qy_status status = g->member[m].type->evaluate(metric, &p->reason, w->member[m].module,
                                                 r->groups[w->group][m].work[p->network], p->precision_bits);
  if (status == QY_OK || status == QY_INFEASIBLE) return QY_OK;
  return qy_fail(err, status, "point %lld of design \"%s\" cannot be evaluated", (long long)p->index, g->name);
}

static qy_status metrics_of(const runner *r, const worker *w, qy_point *p, qy_error *err)
{
  const entry *g = &r->plan->entries[w->group];
  for (int m = 0; m < g->member_count; m++)
    if ((p->reason = w->member[m].reason)) return QY_OK;
  if (!g->system) return member_metrics(p->metric, r, w, 0, p, err);
  double each[MEMBERS_MAX][QY_METRIC_COUNT] = {{0}};
  const double *members[MEMBERS_MAX];
  for (int m = 0; m < g->member_count; m++) {
    qy_status status = member_metrics(each[m], r, w, m, p, err);
    if (status || p->reason) return status;
    members[m] = each[m];
  }
  for (int k = 0; k < QY_METRIC_COUNT; k++)
    p->metric[k] = NAN;
  const bool pipelined = g->param[0].value[w->index[0]] == SCHEDULE_PIPELINED;
  return qy_system_total(p->metric, NULL, members, (size_t)g->member_count, pipelined, err);
}

static const char *limit_broken(const qy_plan *plan, const double *metric)
{
  for (int i = 0; i < plan->limit_count; i++) {
    const limit *l = &plan->limits[i];
    if (metric[l->metric] < l->low) return l->below;
    if (metric[l->metric] > l->high) return l->above;
  }
  return NULL;
}

/* A model that returns no number where it promised one is broken; nothing of it may reach the database. */
static qy_status check_metrics(const entry *g, const qy_point *p, qy_error *err)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (!(g->lacks >> m & 1) && !isfinite(p->metric[m]))
      return qy_fail(err, QY_INTERNAL, "point %lld of design \"%s\": %s is not a finite number", (long long)p->index,
                     g->name, qy_metric_table()[m].name);
  return QY_OK;
}

/* Hand the nominal objectives of a point to the worker's fronts, as if they were the one draw. */
static qy_status scout(const runner *r, const worker *w, const qy_point *p, qy_error *err)
{
  static const double *const certain[OBJECTIVES_MAX];
  const qy_plan_info *info = &r->plan->info;
  double nominal[OBJECTIVES_MAX];
  for (int o = 0; o < info->objective_count; o++)
    nominal[o] = (qy_metric_table()[info->objective[o]].sense > 0 ? -1 : 1) * p->metric[info->objective[o]];
  return chance_put(w->chance, plan_front_group_of(r->plan, w->group, w->index), p->index, nominal, certain, err);
}

static qy_status evaluate(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  const runner *r = ctx;
  const qy_plan *plan = r->plan;
  worker *w = state;
  qy_point *points = buffer;
  /* A batch's intervals follow its points. */
  double(*interval)[QY_METRIC_COUNT][2] =
      w->batch && !r->again && !r->scouting ? (double(*)[QY_METRIC_COUNT][2])(void *)(points + count) : NULL;
  int64_t group_end = first;
  for (int64_t k = 0; k < count; k++) {
    int64_t i = first + k;
    int moved = k ? advance(plan, w) : 0;
    if (i == group_end) {
      qy_space_decode(&plan->space, i, &w->group, w->index);
      group_end = plan->space.group[w->group].first + plan->space.group[w->group].count;
    }
    const entry *g = &plan->entries[w->group];
    const size_t *common = w->index + g->param_count;
    qy_status status = QY_OK;
    if (moved < (int)g->param_count + AXIS_PRECISION) status = modules_update(r, w, moved, err);
    if (status) return status;
    qy_point *p = &points[k];
    int64_t per_design = plan->space.group[w->group].count / g->design_count;
    p->index = i;
    p->design = g->design_first + (i - plan->space.group[w->group].first) / per_design;
    p->technology = (int)common[AXIS_TECHNOLOGY];
    p->network = (int)common[AXIS_NETWORK];
    p->clock_mhz = plan->clock_mhz.value[common[AXIS_CLOCK]];
    p->precision_bits = (int)plan->precision.value[common[AXIS_PRECISION]];
    p->interval = NULL;
    if ((status = metrics_of(r, w, p, err))) return status;
    if (!p->reason && (status = check_metrics(g, p, err))) return status;
    if (!p->reason) p->reason = limit_broken(plan, p->metric);
    if (!p->reason && r->scouting) {
      if ((status = scout(r, w, p, err))) return status;
    } else if (!p->reason && w->batch) {
      uncertain_member_at at[MEMBERS_MAX];
      for (int m = 0; m < g->member_count; m++)
        at[m] = (uncertain_member_at){w->member[m].at, w->member[m].module, r->groups[w->group][m].work[p->network]};
      uncertain_batch_add(w->batch, k, p, w->group, plan_front_group_of(plan, w->group, w->index), at);
      if (interval) p->interval = (const double(*)[2])interval[k];
    }
  }
  return w->batch && !r->scouting ? uncertain_batch_run(w->batch, interval, w->chance, err) : QY_OK;
}

static qy_status sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)first;
  const runner *r = ctx;
  if (r->again || r->scouting) return QY_OK;
  return r->run->sink(r->run->ctx, batch, buffer, count, err);
}

static int skip(void *ctx, int64_t batch)
{
  runner *r = ctx;
  if (r->scouting) return 0;
  if (r->again) return !r->skipped[batch];
  int done = r->run->skip && r->run->skip(r->run->ctx, batch);
  if (done && r->skipped) r->skipped[batch] = 1;
  return done;
}

static int stop(void *ctx)
{
  const runner *r = ctx;
  return r->run->stop && r->run->stop(r->run->ctx);
}

static qy_status hand_chances(runner *r, qy_error *err)
{
  int64_t *point = NULL;
  double *probability = NULL;
  size_t count = 0;
  if (r->chance_status) return qy_fail(err, r->chance_status, "%s", qy_status_text(r->chance_status));
  qy_status status = chance_result(r->chance, &point, &probability, &count, err);
  if (!status) status = r->run->chances(r->run->ctx, point, probability, count, err);
  free(point);
  free(probability);
  return status;
}

/* Draws of the points on the nominal fronts, for the sweep to hold others against. */
static qy_status draw_champions(runner *r, const int64_t *point, size_t count, qy_error *err)
{
  champions *found = champions_new(r->plan, r->uncertain->draws);
  r->champions = NULL;
  worker *w = worker_new(r, err);
  qy_point *one = qy_alloc(1, sizeof *one + sizeof(double[QY_METRIC_COUNT][2]));
  qy_status status = found && w && one ? QY_OK : qy_no_memory(err);
  if (!status) chance_collect(w->chance, found);
  r->again = 1; /* no intervals */
  for (size_t i = 0; !status && i < count; i++)
    status = stop(r) ? QY_INTERRUPTED : evaluate(r, w, point[i], 1, one, err);
  r->again = 0;
  free(one);
  if (w) worker_drop(w);
  r->champions = found;
  return status;
}

static qy_status find_champions(runner *r, const qy_sweep *sweep, qy_error *err)
{
  int64_t *point = NULL;
  double *probability = NULL;
  size_t count = 0;
  r->scouting = 1;
  if (!(r->chance = chance_new(r->plan, 1, NULL))) return qy_no_memory(err);
  qy_status status = qy_sweep_run(sweep, err);
  if (!status) status = r->chance_status;
  if (!status) status = chance_result(r->chance, &point, &probability, &count, err);
  r->scouting = 0;
  if (!status) status = draw_champions(r, point, count, err);
  chance_free(r->chance);
  r->chance = NULL;
  free(point);
  free(probability);
  return status;
}

qy_status qy_plan_execute(const qy_plan *plan, const qy_plan_run *run, qy_error *err)
{
  runner r = {.plan = plan, .run = run, .arena = qy_arena_new()};
  if (!r.arena) return qy_no_memory(err);
  qy_status status = prepare(&r, err);
  const int chances = r.uncertain && run->chances;
  if (!status && chances) {
    const size_t batches = (size_t)((plan->space.count - 1) / run->batch_points + 1);
    if (!(r.skipped = qy_arena_alloc(r.arena, batches, 1))) status = qy_no_memory(err);
  }
  if (!status) {
    const size_t interval_bytes = r.uncertain ? sizeof(double[QY_METRIC_COUNT][2]) : 0;
    qy_sweep sweep = {
        .count = plan->space.count,
        .batch = run->batch_points,
        .threads = run->threads,
        .buffer_bytes = (size_t)run->batch_points * (sizeof(qy_point) + interval_bytes),
        .ctx = &r,
        .worker_new = worker_new,
        .worker_free = worker_free,
        .evaluate = evaluate,
        .sink = sink,
        .skip = skip,
        .stop = stop,
    };
    if (chances && plan->space.count >= CHAMPIONS_FROM) status = find_champions(&r, &sweep, err);
    if (!status && chances && !(r.chance = chance_new(plan, r.uncertain->draws, NULL))) status = qy_no_memory(err);
    if (!status) status = qy_sweep_run(&sweep, err);
    if (!status && r.chance) {
      r.again = 1;
      status = qy_sweep_run(&sweep, err);
    }
    if (!status && r.chance) status = hand_chances(&r, err);
  }
  chance_free(r.chance);
  champions_free(r.champions);
  qy_arena_free(r.arena);
  return status;
}

qy_status qy_plan_time(const qy_plan *plan, int threads, double *seconds, qy_error *err)
{
  enum { SAMPLES = 200, CHUNK = TIME_CHUNK };
  const double enough_s = 0.2;
  runner r = {.plan = plan, .arena = qy_arena_new()};
  if (!r.arena) return qy_no_memory(err);
  double start = qy_seconds_now(), prepared = 0;
  qy_status status = prepare(&r, err);
  worker *w = status ? NULL : worker_new(&r, err);
  qy_point *points = w ? qy_alloc(CHUNK, sizeof *points + sizeof(double[QY_METRIC_COUNT][2])) : NULL;
  if (!status && !points) status = qy_no_memory(err);
  prepared = qy_seconds_now() - start;
  double spent = 0;
  int64_t evaluated = 0, total = plan->space.count, chunk = total < CHUNK ? total : CHUNK;
  for (int s = 0; !status && s < SAMPLES && spent < enough_s; s++) {
    int64_t first = (int64_t)((double)(total - chunk) * s / SAMPLES);
    double before = qy_seconds_now();
    status = evaluate(&r, w, first, chunk, points, err);
    spent += qy_seconds_now() - before;
    evaluated += chunk;
  }
  if (!status) *seconds = prepared + spent / (double)evaluated * (double)total / threads;
  free(points);
  if (w) worker_free(&r, w);
  qy_arena_free(r.arena);
  return status;
}

/* ---- one point ---- */

typedef struct single_room {
  runner runner;
  size_t index[QY_AXES_MAX];
  worker *worker;
} single_room;

qy_status single_new(single *out, const qy_plan *plan, int64_t point, qy_error *err)
{
  *out = (single){0};
  single_room *room = qy_alloc(1, sizeof *room);
  if (!room) return qy_no_memory(err);
  out->room = room;
  runner *r = &room->runner;
  *r = (runner){.plan = plan, .arena = qy_arena_new()};
  qy_space_decode(&plan->space, point, &out->group, room->index);
  memcpy(out->index, room->index, sizeof out->index);
  r->only = room->index;
  const entry *g = &plan->entries[out->group];
  qy_status status = r->arena ? QY_OK : qy_no_memory(err);
  if (!status && !(r->groups = qy_arena_alloc(r->arena, (size_t)plan->entry_count, sizeof *r->groups)))
    status = qy_no_memory(err);
  for (int m = 0; !status && m < g->member_count; m++)
    status = prepare_member(r, out->group, m, err);
  if (!status && !(room->worker = worker_new(r, err))) status = err->status;
  if (!status) status = evaluate(r, room->worker, point, 1, &out->point, err);
  for (int m = 0; !status && m < g->member_count; m++) {
    const ready *rd = &r->groups[out->group][m];
    const held *h = &room->worker->member[m];
    const size_t element = rd->pe_count > 1 ? member_element_of(g, m, out->index) : 0;
    out->member[m] = (single_member){
        .pe = &rd->pe[element], .element = element, .with = {h->at, h->module, rd->work[out->point.network]}};
  }
  if (status) single_free(out);
  return status;
}

void single_free(single *s)
{
  single_room *room = s->room;
  if (!room) return;
  if (room->worker) worker_drop(room->worker);
  qy_arena_free(room->runner.arena);
  free(room);
  *s = (single){0};
}

/* Append to a bounded buffer; qy_plan_design_bytes is enough for all parameters. */
static void put(char *out, size_t size, size_t *at, const char *text)
{
  int n = *at < size ? snprintf(out + *at, size - *at, "%s", text) : 0;
  if (n > 0) *at += (size_t)n;
}

size_t qy_plan_design_bytes(const qy_plan *plan)
{
  size_t most = 0;
  for (int i = 0; i < plan->entry_count; i++) {
    const size_t items = plan->entries[i].param_count + 2 + MEMBERS_MAX;
    if (items * DESIGN_ITEM_BYTES > most) most = items * DESIGN_ITEM_BYTES;
  }
  return most;
}

const char *qy_plan_design(const qy_plan *plan, int64_t design, char *json, size_t size)
{
  const entry *g = plan->entries;
  while (design >= g->design_first + g->design_count)
    g++;
  int64_t rest = design - g->design_first;
  size_t index[QY_AXES_MAX] = {0}, at = 0;
  for (size_t i = g->param_count; i-- > 0;) {
    index[i] = (size_t)(rest % (int64_t)g->param[i].count);
    rest /= (int64_t)g->param[i].count;
  }
  char item[DESIGN_ITEM_BYTES];
  snprintf(item, sizeof item, "{\"accelerator\":\"%s\"", g->system ? "system" : g->member[0].type->name);
  put(json, size, &at, item);
  for (int m = 0; g->system && m < g->member_count; m++) {
    snprintf(item, sizeof item, ",\"%s.accelerator\":\"%s\"", g->member[m].name, g->member[m].type->name);
    put(json, size, &at, item);
  }
  for (size_t i = 0; i < g->param_count; i++) {
    const param *p = &g->params[i];
    double value = g->param[i].value[index[i]];
    if (p->type == QY_PARAMETER_CHOICE)
      snprintf(item, sizeof item, ",\"%s\":\"%s\"", p->key, p->names[(size_t)value]);
    else if (p->automatic && value == 0)
      snprintf(item, sizeof item, ",\"%s\":\"auto\"", p->key);
    else
      snprintf(item, sizeof item, ",\"%s\":%.17g", p->key, value);
    put(json, size, &at, item);
  }
  put(json, size, &at, "}");
  return g->name;
}
