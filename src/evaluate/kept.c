/* Sweeping a model for what is kept of its points: see kept.h.
 *
 * A round is a sweep (space.h) over a stretch of the points.  Its batches end in order and all that were begun are
 * finished, so that what the workers hold after it, stopped or not, is of the points up to a number.  Workers stay as
 * they are from round to round: what beats most points is known to them then.
 *
 * Under draws the points are gone through a second time: those of the nominal fronts, known by then, beat most others
 * in every draw.
 */
#include "draws_tile.h"
#include "kept_int.h"
#include "kept_lanes.h"

#include "quarry/progress.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  BATCH = 8192, /* points of a batch, about */
  DRAWN = 512,  /* points evaluated under draws at a time */
  GROUPS_MOST = 1000000,
  PLACES_MOST = 1024, /* of points that others are held against, in each group */
  FIRST_BATCHES = 2   /* of the first round, for each thread */
};
/* Of the time of a round, that saving may take. */
static const double SAVE_SHARE = 0.05;

/* ---- making ---- */

static bool same_keys(const qy_kept_front *a, const qy_kept_front *b)
{
  bool same = a->key_count == b->key_count;
  for (int k = 0; k < a->key_count && same; k++)
    same = strcmp(a->key[k], b->key[k]) == 0;
  return same;
}

static qy_status plan_front(kept_plan *p, size_t f, qy_arena *arena, qy_error *err)
{
  const qy_kept_front *front = &p->front[f];
  for (int d = 0; d < front->metric_count; d++)
    p->sign[f][d] = (qy_metric_table()[front->metric[d]].sense > 0) == front->worst[d] ? 1 : -1;
  for (size_t other = 0; other < f; other++)
    if (same_keys(front, &p->front[other])) {
      p->of[f] = p->of[other];
      return QY_OK;
    }
  key_group *entry = NULL;
  grouping *g = &p->grouping[p->groupings];
  qy_status status = plan_groups_compile(&entry, &g->groups, p->plan, front->key, front->key_count, arena, err);
  if (!status && g->groups > GROUPS_MOST)
    status = qy_fail(err, QY_BAD_INPUT, "store: expected at most %d groups of points for a front each, found %zu",
                     GROUPS_MOST, g->groups);
  g->entry = entry;
  p->of[f] = p->groupings++;
  return status;
}

/* Places are clocks, or so many of them that a tile is in one place. */
static void find_places(kept_plan *p)
{
  const size_t clocks = p->plan->clock_mhz.count;
  while (clocks >> p->near_shift > PLACES_MOST)
    p->near_shift++;
  if (p->near_shift && 1 << p->near_shift < QY_LANES) p->near_shift = __builtin_ctz(QY_LANES);
  p->near_wide = p->near_shift ? 1 : QY_LANES;
}

static void find_metrics(kept_plan *p)
{
  bool wanted[QY_METRIC_COUNT] = {false};
  for (size_t f = 0; f < p->fronts; f++)
    for (int d = 0; d < p->front[f].metric_count; d++)
      wanted[p->front[f].metric[d]] = true;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (p->bins || wanted[m]) p->metric[p->metrics++] = m;
}

/* What has to be known of every point. */
static qy_metric_set metrics_of(const kept_plan *p)
{
  const qy_plan_info *info = &p->plan->info;
  qy_metric_set set = 0;
  if (p->bins) return QY_METRICS_ALL;
  for (int i = 0; i < p->metrics; i++)
    set |= QY_METRIC_BIT(p->metric[i]);
  for (int l = 0; l < info->limit_count; l++)
    set |= QY_METRIC_BIT(info->limit[l].metric);
  return set;
}

static qy_status plan_make(kept_plan *p, const qy_plan *plan, const qy_kept_front *fronts, size_t count,
                           qy_arena *arena, qy_error *err)
{
  *p = (kept_plan){.plan = plan, .front = fronts, .fronts = count};
  p->of = qy_arena_alloc(arena, count, sizeof *p->of);
  p->grouping = qy_arena_alloc(arena, count, sizeof *p->grouping);
  p->sign = qy_arena_alloc(arena, count, sizeof *p->sign);
  if (!p->of || !p->grouping || !p->sign) return qy_no_memory(err);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    p->sense[m] = qy_metric_table()[m].sense;
  find_places(p);
  qy_status status = QY_OK;
  for (size_t f = 0; f < count && !status; f++)
    status = plan_front(p, f, arena, err);
  return status;
}

qy_status qy_kept_new(qy_kept **out, qy_model *model, const qy_kept_front *fronts, size_t front_count, unsigned what,
                      qy_error *err)
{
  assert(out && model && !model->single && fronts && front_count > 0);
  qy_kept *k = *out = qy_alloc(1, sizeof *k);
  if (!k) return qy_no_memory(err);
  k->model = model;
  k->end = model->plan->space.count;
  k->arena = qy_arena_new();
  qy_status status = plan_make(&k->plan, model->plan, fronts, front_count, k->arena, err);
  k->plan.loops = kept_loops_of(model->lane_set);
  k->plan.bins = what & QY_KEPT_BINS;
  find_metrics(&k->plan);
  if (!status) status = kept_set_new(&k->all, &k->plan, err);
  if (!status && (what & QY_KEPT_DRAWS) && model->draws && !(k->fronts = chance_new(model->plan, model->draws, NULL)))
    status = qy_no_memory(err);
  if (!status && !(k->saved = qy_arena_alloc(k->arena, qy_kept_parts(k), sizeof *k->saved))) status = qy_no_memory(err);
  if (!status) return QY_OK;
  qy_kept_free(k);
  *out = NULL;
  return status;
}

void qy_kept_free(qy_kept *k)
{
  if (!k) return;
  if (k->all.cell) kept_set_drop(&k->all, &k->plan);
  chance_free(k->fronts);
  qy_arena_free(k->arena);
  free(k);
}

int64_t qy_kept_total(const qy_kept *k)
{
  return (k->end - k->first) * (k->fronts ? 2 : 1);
}

int64_t qy_kept_done(const qy_kept *k)
{
  return k->done - k->first + k->drawn - k->first;
}

void qy_kept_share(qy_kept *k, int64_t first, int64_t end)
{
  assert(k && first >= 0 && first <= end && end <= k->model->plan->space.count && !qy_kept_done(k));
  k->first = k->done = k->drawn = first;
  k->end = end;
}

qy_status qy_kept_add(qy_kept *k, qy_kept *from, qy_error *err)
{
  assert(k && from && k->model == from->model && qy_kept_done(from) == qy_kept_total(from));
  qy_status status = kept_merge(&k->all, &from->all, &k->plan, err);
  if (!status && k->fronts) status = chance_hand_over(k->fronts, from->fronts, err);
  k->done += from->end - from->first;
  if (k->fronts) k->drawn += from->end - from->first;
  return status;
}

/* ---- workers ---- */

/* What a worker needs in either pass. */
typedef struct hand {
  worker *at;
  tile *tile;
  kept_set set;       /* without draws */
  draws_batch *batch; /* with draws, as all below */
  chance *fronts;
  qy_point *points; /* [DRAWN] */
} hand;

typedef struct rounds {
  qy_kept *kept;
  const qy_kept_run *run;
  bool drawn; /* the pass under draws */
  leaders *known;
  int64_t first;  /* point of the round */
  int64_t ended;  /* points of its batches that ended */
  hand **hand;    /* [threads], made when first asked for */
  int hands;      /* asked for in this round */
  double save_s;  /* how long saving took last */
  double saved_s; /* when that was, or when the sweep began */
} rounds;

static void hand_drop(hand *h, const kept_plan *p)
{
  if (!h) return;
  worker_free(h->at);
  if (h->set.cell) kept_set_drop(&h->set, p);
  tile_free(h->tile);
  draws_batch_free(h->batch);
  chance_free(h->fronts);
  free(h->points);
  free(h);
}

static hand *hand_make(const rounds *r, qy_error *err)
{
  const qy_model *model = r->kept->model;
  hand *h = qy_alloc(1, sizeof *h);
  /* draws take all metrics */
  const qy_metric_set wanted = r->drawn ? QY_METRICS_ALL : metrics_of(&r->kept->plan);
  bool good = h && (h->at = worker_new(model, err)) && (h->tile = tile_new(model, wanted));
  if (good && r->drawn)
    good = (h->batch = draws_batch_new(model, model->draws, DRAWN)) &&
           (h->fronts = chance_new(model->plan, model->draws, r->known)) &&
           (h->points = qy_alloc(DRAWN, sizeof *h->points));
  else if (good)
    good = kept_set_new(&h->set, &r->kept->plan, err) == QY_OK;
  if (good) {
    h->at->silent = true;
    h->tile->numbers_only = !r->drawn;
    return h;
  }
  hand_drop(h, &r->kept->plan);
  qy_no_memory(err);
  return NULL;
}

static void *hand_take(void *ctx, qy_error *err)
{
  rounds *r = ctx;
  hand **h = &r->hand[r->hands++];
  if (!*h) *h = hand_make(r, err);
  return *h;
}

static qy_status take_one_by_one(const rounds *r, hand *h, int64_t first, int64_t end, qy_error *err)
{
  qy_point point;
  qy_status status = QY_OK;
  for (int64_t i = first; i < end && !status; i++) {
    status = worker_point(&point, h->at, r->kept->model, i, err);
    if (!status) status = kept_take(&h->set, &r->kept->plan, h->at, &point, err);
  }
  return status;
}

static qy_status take_points(const rounds *r, hand *h, int64_t first, int64_t count, qy_error *err)
{
  tile *t = h->tile;
  qy_status status = QY_OK;
  for (int64_t i = first; i < first + count && !status; i = t->end) {
    status = tile_take(t, h->at, r->kept->model, i, first + count, err);
    if (!status)
      status = t->one_by_one ? take_one_by_one(r, h, i, t->end, err) : kept_take_tile(&h->set, &r->kept->plan, t, err);
  }
  return status;
}

static drawn_points drawn_by(const qy_model *model, const hand *h)
{
  return (drawn_points){model, h->at, h->tile, h->batch, h->fronts};
}

static qy_status draw_points(const rounds *r, hand *h, int64_t first, int64_t count, qy_error *err)
{
  const drawn_points d = drawn_by(r->kept->model, h);
  qy_status status = QY_OK;
  for (int64_t from = first; from < first + count && !status; from += DRAWN) {
    const int64_t n = first + count - from < DRAWN ? first + count - from : DRAWN;
    status = drawn_take(&d, from, n, h->points, err);
    if (!status) status = draws_batch_run(h->batch, NULL, h->fronts, err);
  }
  return status;
}

static qy_status evaluate(void *ctx, void *state, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  const rounds *r = ctx;
  (void)buffer;
  return r->drawn ? draw_points(r, state, r->first + first, count, err)
                  : take_points(r, state, r->first + first, count, err);
}

static qy_status ended(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  rounds *r = ctx;
  (void)batch, (void)buffer, (void)err;
  r->ended = first + count;
  if (r->run->progress) r->run->progress(r->run->ctx, qy_kept_done(r->kept) + r->ended);
  return QY_OK;
}

static int stop(void *ctx)
{
  const rounds *r = ctx;
  return r->run->stop && r->run->stop(r->run->ctx);
}

/* ---- rounds ---- */

/* Batches begin where a design does, so that all its precisions are in one. */
static int64_t batch_of(const rounds *r)
{
  const int64_t points = (int64_t)r->kept->model->plan->precision.count * QY_LANES;
  return r->drawn ? DRAWN : points > BATCH ? points : BATCH / points * points;
}

/* What the workers hold into what is kept. */
static qy_status merge_hands(rounds *r, qy_error *err)
{
  qy_kept *k = r->kept;
  qy_status status = QY_OK;
  for (int i = 0; i < r->hands && !status; i++) {
    if (!r->hand[i]) continue;
    status = r->drawn ? chance_hand_over(k->fronts, r->hand[i]->fronts, err)
                      : kept_merge(&k->all, &r->hand[i]->set, &k->plan, err);
  }
  *(r->drawn ? &k->drawn : &k->done) += r->ended;
  return status;
}

/* Is what is done to be saved after a round that ended so?  Where nothing follows, and nobody asks, a second of work is
 * not worth it. */
static bool is_due(const rounds *r, qy_status status)
{
  const qy_kept *k = r->kept;
  const bool ends = (r->drawn ? k->drawn : k->done) >= k->end, last = r->drawn || !k->fronts;
  if (!r->run->save || !r->ended) return false;
  if (status == QY_INTERRUPTED || (ends && (!last || r->run->save_end))) return true;
  return qy_seconds_now() - r->saved_s >= r->run->seconds;
}

static qy_status save(rounds *r, qy_error *err)
{
  const double start = qy_seconds_now();
  const qy_status status = r->run->save(r->run->ctx, r->kept, err);
  r->saved_s = qy_seconds_now();
  r->save_s = r->saved_s - start;
  return status;
}

/* At most `points` from where it is. */
static qy_status run_round(rounds *r, int64_t points, qy_error *err)
{
  const int64_t left = r->kept->end - r->first;
  const qy_sweep sweep = {.count = points < left ? points : left,
                          .batch = batch_of(r),
                          .threads = r->run->threads,
                          .buffer_bytes = 1,
                          .ctx = r,
                          .worker_new = hand_take,
                          .evaluate = evaluate,
                          .sink = ended,
                          .stop = stop};
  r->ended = r->hands = 0;
  const qy_status status = qy_sweep_run(&sweep, err);
  if (status && status != QY_INTERRUPTED) return status;
  qy_status merged = merge_hands(r, err);
  if (!merged && is_due(r, status)) merged = save(r, err);
  return merged ? merged : status;
}

/* How many points the next round has, so that it takes as long as it should. */
static int64_t next_points(int64_t points, int64_t batch, double wanted_s, double took_s)
{
  const double most = 8, least = 1.0 / 8;
  const double factor = took_s > 0 ? fmin(fmax(wanted_s / took_s, least), most) : most;
  const int64_t batches = (int64_t)((double)points / (double)batch * factor);
  return (batches > 1 ? batches : 1) * batch;
}

/* What a round of *points asks for, made ready; fewer points, where that is much. */
static qy_status make_ready(const rounds *r, int64_t *points, qy_error *err)
{
  enum { DESIGNS = 16 };
  qy_model *model = r->kept->model;
  const int64_t stretch = DESIGNS * (int64_t)model->plan->precision.count;
  const int64_t left = r->kept->end - r->first, most = *points < left ? *points : left;
  qy_status status = QY_OK;
  if (!model->wanted) return QY_OK;
  for (*points = 0; !status && *points < most && !model_wants_enough(model);) {
    const int64_t count = most - *points < stretch ? most - *points : stretch;
    status = model_want(model, r->first + *points, count, err);
    *points += count;
  }
  return status ? status : model_make_wanted(model, err);
}

static void drop_hands(rounds *r)
{
  for (int i = 0; i < r->run->threads; i++) {
    hand_drop(r->hand[i], &r->kept->plan);
    r->hand[i] = NULL;
  }
}

/* Points of a design that is begun already are a round of their own, whose workers are not kept: to others that begin
 * with a design precisions may be alike. */
static qy_status run_begun(rounds *r, int64_t points, qy_error *err)
{
  const qy_status status = run_round(r, points, err);
  drop_hands(r);
  return status;
}

static qy_status run_pass(rounds *r, qy_error *err)
{
  const int64_t precisions = (int64_t)r->kept->model->plan->precision.count;
  const int64_t *at = r->drawn ? &r->kept->drawn : &r->kept->done, batch = batch_of(r);
  int64_t points = batch * FIRST_BATCHES * r->run->threads;
  qy_status status = QY_OK;
  while (*at < r->kept->end && !status) {
    const double start = qy_seconds_now();
    r->first = *at;
    const int64_t begun = r->drawn ? 0 : r->first % precisions;
    int64_t own = begun ? precisions - begun : points;
    status = make_ready(r, &own, err);
    if (!status) status = begun ? run_begun(r, own, err) : run_round(r, own, err);
    if (begun) continue;
    points = next_points(points, batch, fmax(r->run->seconds, r->save_s / SAVE_SHARE), qy_seconds_now() - start);
  }
  drop_hands(r);
  return status;
}

/* ---- leaders ---- */

/* The draws of the points on the nominal front, for the others to be held against. */
static qy_status draw_leaders(rounds *r, qy_error *err)
{
  qy_model *model = r->kept->model;
  const kept_plan *p = &r->kept->plan;
  chance *unused = chance_new(model->plan, model->draws, NULL);
  r->known = leaders_new(model->plan, model->draws);
  hand *h = unused && r->known ? hand_make(r, err) : NULL;
  qy_status status = h ? QY_OK : qy_no_memory(err);
  if (unused && r->known) chance_collect(unused, r->known);
  const drawn_points d = h ? drawn_by(model, h) : (drawn_points){0};
  for (size_t g = 0; g < p->grouping[p->of[0]].groups && !status; g++) {
    const int64_t *ids = NULL;
    size_t count = 0;
    if (r->kept->all.cell[0][g]) status = kept_front_of(r->kept->all.cell[0][g], &p->front[0], &count, &ids, NULL, err);
    if (!status && count) status = qy_model_ready(model, ids, count, err);
    for (size_t i = 0; i < count && !status; i++) {
      status = worker_point(&h->points[0], h->at, model, ids[i], err);
      if (!status) status = drawn_put(&d, 0, &h->points[0], err);
      if (status) break;
      status = stop(r) ? QY_INTERRUPTED : draws_batch_run(h->batch, NULL, unused, err);
    }
  }
  hand_drop(h, p);
  chance_free(unused);
  return status;
}

qy_status qy_kept_sweep(qy_kept *k, const qy_kept_run *run, qy_error *err)
{
  assert(k && run && run->threads > 0);
  rounds r = {
      .kept = k, .run = run, .hand = qy_alloc((size_t)run->threads, sizeof(hand *)), .saved_s = qy_seconds_now()};
  qy_status status = r.hand ? run_pass(&r, err) : qy_no_memory(err);
  r.drawn = true;
  if (!status && k->fronts && k->drawn < k->end) {
    status = draw_leaders(&r, err);
    if (!status) status = run_pass(&r, err);
  }
  leaders_free(r.known);
  free(r.hand);
  return status;
}

/* ---- what was found ---- */

static int rising(const void *p, const void *q)
{
  const int64_t *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

/* Points, as they are found, then each once. */
typedef struct found {
  void *point;
  size_t count, room;
} found;

static qy_status find(found *f, const int64_t *points, size_t count, qy_error *err)
{
  if (qy_grow(&f->point, &f->room, f->count + count + 1, sizeof *points)) return qy_no_memory(err);
  if (count) memcpy((int64_t *)f->point + f->count, points, count * sizeof *points);
  f->count += count;
  return QY_OK;
}

static qy_status find_fronts(found *f, const qy_kept *k, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < k->plan.fronts; i++)
    for (size_t g = 0; g < k->plan.grouping[k->plan.of[i]].groups && !status; g++) {
      const int64_t *ids = NULL;
      size_t count = 0;
      if (!k->all.cell[i][g]) continue;
      status = kept_front_of(k->all.cell[i][g], &k->plan.front[i], &count, &ids, NULL, err);
      if (!status) status = find(f, ids, count, err);
    }
  for (size_t i = 0; i < kept_best_places(&k->plan); i++)
    for (int m = 0; m < QY_METRIC_COUNT && k->all.best[i] && !status; m++)
      if (k->all.best[i]->point[m] >= 0) status = find(f, &k->all.best[i]->point[m], 1, err);
  return status;
}

qy_status qy_kept_points(qy_kept *k, int64_t **points, size_t *count, qy_error *err)
{
  assert(k && points && count);
  found f = {.point = NULL};
  qy_status status = find_fronts(&f, k, err);
  if (!status && k->fronts) {
    int64_t *drawn = NULL;
    double *probability = NULL;
    size_t n = 0;
    status = chance_result(k->fronts, &drawn, &probability, &n, err);
    if (!status) status = find(&f, drawn, n, err);
    free(drawn);
    free(probability);
  }
  *points = NULL;
  *count = 0;
  if (status) {
    free(f.point);
    return status;
  }
  *points = f.point;
  if (f.count) qsort(*points, f.count, sizeof **points, rising);
  for (size_t i = 0; i < f.count; i++)
    if (i == 0 || (*points)[i] != (*points)[*count - 1]) (*points)[(*count)++] = (*points)[i];
  return QY_OK;
}

qy_status qy_kept_chances(qy_kept *k, int64_t **points, double **probability, size_t *count, qy_error *err)
{
  assert(k && k->fronts);
  return chance_result(k->fronts, points, probability, count, err);
}

qy_status qy_kept_groups(qy_kept *k, size_t f, qy_kept_group_visit *visit, void *ctx, qy_error *err)
{
  assert(k && f < k->plan.fronts && k->all.feasible[f]);
  qy_status status = QY_OK;
  for (size_t g = 0; g < k->plan.grouping[k->plan.of[f]].groups && !status; g++) {
    const int64_t *ids = NULL;
    size_t count = 0;
    if (!k->all.cell[f][g]) continue;
    status = kept_front_of(k->all.cell[f][g], &k->plan.front[f], &count, &ids, NULL, err);
    if (!status && count) status = visit(ctx, ids[0], k->all.feasible[f][g], err);
  }
  return status;
}

/* By technology, then by text, so that the order is the same for any number of threads. */
static int by_text(const void *p, const void *q)
{
  const kept_reason *a = p, *b = q;
  if (a->technology != b->technology) return a->technology < b->technology ? -1 : 1;
  return strcmp(a->text, b->text);
}

qy_status qy_kept_reasons(qy_kept *k, qy_kept_reason_visit *visit, void *ctx, qy_error *err)
{
  assert(k && visit);
  const kept_reasons *r = &k->all.reasons;
  kept_reason *all = qy_alloc(r->count + 1, sizeof *all);
  size_t count = 0;
  if (!all) return qy_no_memory(err);
  for (size_t i = 0; i < r->room; i++)
    if (r->place[i].text) all[count++] = r->place[i];
  if (count) qsort(all, count, sizeof *all, by_text);
  qy_status status = QY_OK;
  for (size_t i = 0; i < count && !status; i++)
    status = visit(ctx, all[i].technology, all[i].text, all[i].points, err);
  free(all);
  return status;
}
