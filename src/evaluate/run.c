/* All points of a model, in batches on threads.
 *
 * A run is one or several passes over the space; a pass says what is done with each point.  Under draws a large space
 * is first gone through for its nominal fronts: the points on them beat most others in every draw.
 */
#include "columns.h"
#include "draws_tile.h"
#include "front_state.h"

#include "quarry/progress.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
  LEADERS_FROM = 20000, /* points of a space for which looking ahead pays */
  TIME_CHUNK = 512      /* points of a sample when the time is estimated */
};
/* Of the time of a run, that saving may take. */
static const double save_share = 0.05;

/* What a pass does. */
typedef struct pass {
  bool draws;     /* points are evaluated under draws */
  bool intervals; /* and get intervals */
  bool details;   /* they get the layers and members that are kept of all points */
  bool deliver;   /* batches go to the caller */
  chance *fronts; /* points go to these fronts, in draws or, without, as they are; NULL: to none */
  size_t front_draws;
  const leaders *known;
} pass;

typedef struct sweep {
  qy_model *model;
  const qy_model_run *run;
  int64_t room;       /* points that a batch has at most */
  int64_t first, end; /* batches at hand */
  pass pass;
  front_state state;       /* of the fronts in draws; in NULL: nobody asks */
  qy_status fronts_status; /* of merging those of the workers */
  double until_s;          /* when the round ends to be saved; 0: with the pass */
  double save_s;           /* how long saving took last */
  int64_t evaluated;
} sweep;

/* What a worker needs for a pass. */
typedef struct hand {
  worker *at;
  tile *tile;
  columns *columns;   /* NULL: points are delivered one by one */
  draws_batch *batch; /* NULL: no draws */
  chance *fronts;
  int64_t evaluated;
} hand;

static void hand_drop(hand *h)
{
  if (!h) return;
  worker_free(h->at);
  tile_free(h->tile);
  columns_free(h->columns);
  draws_batch_free(h->batch);
  chance_free(h->fronts);
  free(h);
}

/* Metrics of points that are looked at. */
static qy_metric_set metrics_of(const qy_model *model, const pass *p)
{
  const qy_plan_info *info = &model->plan->info;
  qy_metric_set objectives = 0;
  for (int o = 0; o < info->objective_count; o++)
    objectives |= QY_METRIC_BIT(info->objective[o]);
  return p->fronts && !p->draws && !p->deliver ? objectives : QY_METRICS_ALL;
}

static hand *hand_make(const qy_model *model, const pass *p, int64_t batch_points, qy_error *err)
{
  hand *h = qy_alloc(1, sizeof *h);
  if (h && (h->at = worker_new(model, err)) && (h->tile = tile_new(model, metrics_of(model, p))) &&
      (!p->draws || (h->batch = draws_batch_new(model, model->draws, batch_points))) &&
      (!p->fronts || (h->fronts = chance_new(model->plan, p->front_draws, p->known)))) {
    h->at->silent = !p->deliver;
    return h;
  }
  hand_drop(h);
  qy_no_memory(err);
  return NULL;
}

static void *hand_new(void *ctx, qy_error *err)
{
  const sweep *s = ctx;
  hand *h = hand_make(s->model, &s->pass, s->room, err);
  if (!h || !s->run->pack || (h->columns = columns_new(s->model, s->room))) return h;
  hand_drop(h);
  qy_no_memory(err);
  return NULL;
}

static void hand_free(void *ctx, void *state)
{
  sweep *s = ctx;
  hand *h = state;
  if (s->pass.fronts && h->fronts && !s->fronts_status)
    s->fronts_status = chance_merge(s->pass.fronts, h->fronts, NULL);
  s->evaluated += h->evaluated;
  hand_drop(h);
}

static bool keeps_all(const qy_model *model)
{
  return details_bytes(model->plan, 1, QY_KEEP_ALL) > 0;
}

static qy_status evaluate_in_tiles(const qy_model *model, hand *h, int64_t first, int64_t count, qy_point *points,
                                   qy_error *err)
{
  tile *t = h->tile;
  qy_status status = QY_OK;
  for (int64_t i = first; i < first + count && !status; i = t->end) {
    status = tile_take(t, h->at, model, i, first + count, err);
    if (!status && !t->one_by_one) status = tile_points(points + (i - first), t, h->at, model, i, err);
    for (int64_t k = i; k < t->end && t->one_by_one && !status; k++)
      status = worker_point(&points[k - first], h->at, model, k, err);
  }
  return status;
}

/* Points chosen[0], chosen[1], ... (NULL: first, first + 1, ...) one after another, with details where `details` says
 * so.
 */
static qy_status evaluate_each(const drawn_points *d, void *details, int64_t first, const int64_t *chosen,
                               int64_t count, qy_point *points, qy_error *err)
{
  qy_status status = QY_OK;
  for (int64_t k = 0; k < count && !status; k++) {
    qy_point *one = &points[k];
    status = worker_point(one, d->at, d->model, chosen ? chosen[k] : first + k, err);
    if (status || one->reason) continue;
    if (details) status = details_take(one, details, k, count, QY_KEEP_ALL, d->at, d->model, err);
    if (!status && (d->batch || d->fronts)) status = drawn_put(d, k, one, err);
  }
  return status;
}

/* Points first, first + 1, ..., or (chosen) chosen[0], chosen[1], ... */
static qy_status evaluate_points(const qy_model *model, const pass *p, hand *h, int64_t first, const int64_t *chosen,
                                 int64_t count, qy_point *points, qy_error *err)
{
  /* A batch's intervals follow its points, then come the details. */
  void *behind = points + count;
  double(*interval)[QY_METRIC_COUNT][2] = p->intervals ? behind : NULL;
  const drawn_points d = {model, h->at, h->tile, h->batch, h->fronts};
  if (interval) behind = interval + count;
  qy_status status;
  if (chosen || p->details)
    status = evaluate_each(&d, p->details ? behind : NULL, first, chosen, count, points, err);
  else if (p->draws || p->fronts)
    status = drawn_take(&d, first, count, points, err);
  else
    status = evaluate_in_tiles(model, h, first, count, points, err);
  for (int64_t k = 0; interval && !status && k < count; k++)
    if (!points[k].reason) points[k].interval = (const double(*)[2])interval[k];
  return status || !p->draws ? status : draws_batch_run(h->batch, interval, h->fronts, err);
}

/* The points of a run in [first, first + *count): *count of them; NULL: all of these. */
static const int64_t *chosen_in(const qy_model_run *run, int64_t first, int64_t *count)
{
  if (!run->points) return NULL;
  const int64_t end = first + *count;
  size_t low = 0, high = run->point_count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (run->points[middle] < first)
      low = middle + 1;
    else
      high = middle;
  }
  for (*count = 0; low + (size_t)*count < run->point_count && run->points[low + (size_t)*count] < end;)
    ++*count;
  return run->points + low;
}

int64_t qy_model_batch_most(const qy_model_run *run)
{
  int64_t most = 1, count = 0;
  if (!run->points) return run->batch_points;
  for (size_t i = 0; i < run->point_count; i++) {
    const bool same = i > 0 && run->points[i] / run->batch_points == run->points[i - 1] / run->batch_points;
    count = same ? count + 1 : 1;
    most = count > most ? count : most;
  }
  return most;
}

static size_t point_bytes(const qy_model *model)
{
  return sizeof(qy_point) + (model->draws ? sizeof(double[QY_METRIC_COUNT][2]) : 0) +
         details_bytes(model->plan, 1, QY_KEEP_ALL);
}

static qy_status evaluate(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  const sweep *s = ctx;
  hand *h = state;
  const int64_t *chosen = chosen_in(s->run, first, &count);
  h->evaluated += count;
  if (!h->columns) return count > 0 ? evaluate_points(s->model, &s->pass, h, first, chosen, count, buffer, err) : QY_OK;
  const qy_status status = columns_take(h->columns, h->tile, h->at, s->model, first, count, err);
  return status ? status : s->run->pack(s->run->ctx, &h->columns->shown, buffer, err);
}

static qy_status sink(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  sweep *s = ctx;
  chosen_in(s->run, first, &count);
  qy_status status = QY_OK;
  if (s->run->pack)
    status = s->run->sink_packed(s->run->ctx, batch, count, buffer, err);
  else if (s->pass.deliver)
    status = s->run->sink(s->run->ctx, batch, buffer, count, err);
  if (!status && s->pass.draws && s->pass.fronts) s->state.in[batch] = 1;
  return status;
}

static int is_skipped(sweep *s, int64_t batch)
{
  if (s->run->outside && s->run->outside(s->run->ctx, batch)) return 1;
  if (s->pass.draws && s->pass.fronts && s->state.in[batch]) return 1;
  return s->pass.deliver && s->run->skip && s->run->skip(s->run->ctx, batch);
}

static int stopped(const sweep *s)
{
  return s->run->stop && s->run->stop(s->run->ctx);
}

static int skip(void *ctx, int64_t batch)
{
  sweep *s = ctx;
  return batch < s->first || batch >= s->end || is_skipped(s, batch);
}

static int stop(void *ctx)
{
  const sweep *s = ctx;
  return stopped(s) || (s->until_s > 0 && qy_seconds_now() > s->until_s);
}

/* The batches at hand. */
static qy_status run_batches(sweep *s, qy_error *err)
{
  const qy_sweep plan = {.count = s->model->plan->space.count,
                         .batch = s->run->batch_points,
                         .threads = s->run->threads,
                         .buffer_bytes = s->run->pack ? s->run->packed_bytes : (size_t)s->room * point_bytes(s->model),
                         .ctx = s,
                         .worker_new = hand_new,
                         .worker_free = hand_free,
                         .evaluate = evaluate,
                         .sink = sink,
                         .skip = skip,
                         .stop = stop};
  qy_status status = qy_sweep_run(&plan, err);
  if (!status && s->fronts_status) status = qy_fail(err, s->fronts_status, "%s", qy_status_text(s->fronts_status));
  return status;
}

/* What points of a batch ask for. */
static qy_status want_batch(const sweep *s, int64_t batch, qy_error *err)
{
  const int64_t first = batch * s->run->batch_points, left = s->model->plan->space.count - first;
  int64_t count = left < s->run->batch_points ? left : s->run->batch_points;
  const int64_t *chosen = chosen_in(s->run, first, &count);
  if (!chosen) return model_want(s->model, first, count, err);
  qy_status status = QY_OK;
  for (int64_t i = 0; !status && i < count; i++)
    status = model_want(s->model, chosen[i], 1, err);
  return status;
}

static qy_status run_pass(sweep *s, pass p, qy_error *err)
{
  const int64_t batches = (s->model->plan->space.count - 1) / s->run->batch_points + 1;
  qy_status status = QY_OK;
  s->pass = p;
  for (s->first = s->end = 0; !status && s->first < batches; s->first = s->end) {
    while (!status && s->model->wanted && s->end < batches && !model_wants_enough(s->model)) {
      if (!is_skipped(s, s->end)) status = want_batch(s, s->end, err);
      s->end++;
    }
    if (!s->model->wanted) s->end = batches; /* all is ready */
    if (!status) status = model_make_wanted(s->model, err);
    if (!status) status = run_batches(s, err);
  }
  return status;
}

/* ---- leaders ---- */

/* Draws of these points, for the sweep to hold others against. */
static qy_status draw_leaders(sweep *s, leaders *found, const int64_t *point, size_t count, qy_error *err)
{
  chance *unused = chance_new(s->model->plan, s->model->draws, NULL);
  const pass p = {.draws = true, .fronts = unused, .front_draws = s->model->draws};
  hand *h = unused ? hand_make(s->model, &p, 1, err) : NULL;
  qy_point *one = qy_alloc(1, point_bytes(s->model));
  qy_status status = h && one ? QY_OK : qy_no_memory(err);
  if (!status) chance_collect(h->fronts, found);
  for (size_t i = 0; !status && i < count; i++)
    status = s->run->stop && s->run->stop(s->run->ctx) ? QY_INTERRUPTED
                                                       : evaluate_points(s->model, &p, h, point[i], NULL, 1, one, err);
  s->evaluated += (int64_t)count;
  free(one);
  hand_drop(h);
  chance_free(unused);
  return status;
}

/* The points on the nominal fronts, into the state. */
static qy_status find_leaders(sweep *s, qy_error *err)
{
  double *probability = NULL;
  chance *nominal = chance_new(s->model->plan, 1, NULL);
  qy_status status = nominal ? run_pass(s, (pass){.fronts = nominal, .front_draws = 1}, err) : qy_no_memory(err);
  if (!status) status = chance_result(nominal, &s->state.leader, &probability, &s->state.leaders, err);
  chance_free(nominal);
  free(probability);
  return status;
}

/* ---- what a run knows, between runs ---- */

/* Go on from what an earlier run has left, where it is of batches that need not be delivered again. */
static qy_status load(sweep *s, qy_error *err)
{
  const qy_model_run *run = s->run;
  qy_error why = {0};
  bool good = run->keep && run->keep->state;
  if (!good) return QY_OK;
  qy_status status = front_state_read(&s->state, run->keep->state, run->keep->bytes, &why);
  if (status && status != QY_BAD_INPUT) return qy_no_memory(err);
  good = !status;
  for (size_t b = 0; good && b < s->state.batches; b++) {
    const bool own = !run->outside || !run->outside(run->ctx, (int64_t)b);
    if (s->state.in[b]) good = own && run->skip && run->skip(run->ctx, (int64_t)b);
  }
  if (good) return QY_OK;
  memset(s->state.in, 0, s->state.batches);
  free(s->state.leader);
  s->state.leader = NULL;
  chance_free(s->state.fronts);
  s->state.fronts = chance_new(s->model->plan, s->model->draws, NULL);
  return s->state.fronts ? QY_OK : qy_no_memory(err);
}

static qy_status save(sweep *s, qy_error *err)
{
  const double start = qy_seconds_now();
  qy_text out = {0};
  qy_status status = front_state_write(&s->state, &out, err);
  if (!status) status = s->run->keep->save(s->run->ctx, out.data, out.length, err);
  qy_text_free(&out);
  s->save_s = qy_seconds_now() - start;
  return status;
}

/* A pass in rounds, after each of which what is known is saved; not after the last, which the fronts end. */
static qy_status run_rounds(sweep *s, pass p, qy_error *err)
{
  const qy_model_keep *keep = s->run->keep;
  qy_status status;
  if (!keep) return run_pass(s, p, err);
  do {
    const double least = s->save_s / save_share;
    s->until_s = qy_seconds_now() + (keep->seconds > least ? keep->seconds : least);
    status = run_pass(s, p, err);
    s->until_s = 0;
    if (status != QY_INTERRUPTED) break;
    const qy_status saved = save(s, err);
    if (saved) status = saved;
  } while (status == QY_INTERRUPTED && !stopped(s));
  return status;
}

/* ---- the run ---- */

static qy_status hand_chances(const qy_model_run *run, chance *fronts, qy_error *err)
{
  int64_t *point = NULL;
  double *probability = NULL;
  size_t count = 0;
  qy_status status = chance_result(fronts, &point, &probability, &count, err);
  if (!status) status = run->chances(run->ctx, point, probability, count, err);
  free(point);
  free(probability);
  return status;
}

/* The delivering pass, and whatever has to be evaluated again because it was delivered before. */
static qy_status run_with_fronts(sweep *s, const leaders *known, qy_error *err)
{
  const size_t draws = s->model->draws;
  pass p = {.draws = true,
            .intervals = true,
            .details = keeps_all(s->model),
            .deliver = true,
            .fronts = s->state.fronts,
            .front_draws = draws,
            .known = known};
  qy_status status = run_rounds(s, p, err);
  p.intervals = p.details = p.deliver = false;
  if (!status) status = run_rounds(s, p, err);
  return status ? status : hand_chances(s->run, s->state.fronts, err);
}

/* With what earlier runs left; leaders are found first where there is much to hold against them. */
static qy_status run_from_state(sweep *s, qy_error *err)
{
  leaders *known = NULL;
  qy_status status = load(s, err);
  const bool ahead = !s->model->wanted; /* what is not ready is made once, with its batch */
  if (!status && !s->state.leader && ahead && s->model->plan->space.count >= LEADERS_FROM) {
    status = find_leaders(s, err);
    if (!status && s->run->keep) status = save(s, err);
  }
  if (!status && s->state.leader) status = qy_model_ready(s->model, s->state.leader, s->state.leaders, err);
  if (!status && s->state.leader) {
    known = leaders_new(s->model->plan, s->model->draws);
    status = known ? draw_leaders(s, known, s->state.leader, s->state.leaders, err) : qy_no_memory(err);
  }
  if (!status) status = run_with_fronts(s, known, err);
  leaders_free(known);
  return status;
}

bool qy_model_has_columns(const qy_model *model)
{
  return !model->draws && tile_uniform(model->plan) && !keeps_all(model);
}

qy_status qy_model_sweep(qy_model *model, const qy_model_run *run, qy_error *err)
{
  assert(model && !model->single && run && run->batch_points > 0);
  assert(!run->pack || (qy_model_has_columns(model) && !run->points));
  sweep s = {.model = model, .run = run, .room = qy_model_batch_most(run)};
  const bool draws = model->draws > 0;
  const pass one = {.draws = draws, .intervals = draws, .details = keeps_all(model), .deliver = true};
  if (!draws || !run->chances) return run_pass(&s, one, err);
  s.state.batch_points = run->batch_points;
  s.state.batches = (size_t)((model->plan->space.count - 1) / run->batch_points + 1);
  s.state.in = qy_alloc(s.state.batches, 1);
  s.state.fronts = chance_new(model->plan, model->draws, NULL);
  const qy_status status = s.state.in && s.state.fronts ? run_from_state(&s, err) : qy_no_memory(err);
  if (run->keep) run->keep->evaluated = s.evaluated;
  free(s.state.in);
  free(s.state.leader);
  chance_free(s.state.fronts);
  return status;
}

qy_status sample_points(const qy_model *model, int threads, sample_ready *ready, void *ctx, double *seconds,
                        qy_error *err)
{
  enum { SAMPLES = 200, LEAPS = 89 }; /* no common divisor: any few in a row are spread over the space */
  const double enough_s = 0.2;
  const bool draws = model->draws > 0;
  const pass p = {.draws = draws, .intervals = draws, .details = keeps_all(model)};
  const int64_t total = model->plan->space.count, chunk = total < TIME_CHUNK ? total : TIME_CHUNK;
  hand *h = hand_make(model, &p, chunk, err);
  qy_point *points = qy_alloc((size_t)chunk, point_bytes(model));
  qy_status status = h && points ? QY_OK : qy_no_memory(err);
  double spent = 0;
  int64_t evaluated = 0;
  for (int s = 0; !status && s < SAMPLES && spent < enough_s; s++) {
    const int64_t first = (int64_t)((double)(total - chunk) * (s * LEAPS % SAMPLES) / SAMPLES);
    if (ready && (status = ready(ctx, first, chunk, err))) {
      if (status == QY_INTERRUPTED) status = QY_OK;
      break;
    }
    const double before = qy_seconds_now();
    status = evaluate_points(model, &p, h, first, NULL, chunk, points, err);
    spent += qy_seconds_now() - before;
    evaluated += chunk;
  }
  if (!status) *seconds = spent / (double)evaluated * (double)total / threads;
  free(points);
  hand_drop(h);
  return status;
}

qy_status qy_model_time(const qy_model *model, int threads, double *seconds, qy_error *err)
{
  return sample_points(model, threads, NULL, NULL, seconds, err);
}
