/* What is kept of a sweep: stopped at any batch, saved, restored and gone on with on other threads, it ends with the
 * bytes and the points of a sweep that was never stopped; what is damaged is refused. */
#include "evaluate_test.h"
#include "kept_fronts.h"

#include <string.h>

/* 26,400 points: four batches; 30 draws of the whole. */
static const char space[] =
    "name: t\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: {from: 1, to: 55, "
    "step: 1}, multipliers: [1, 3, 9]}\n"
    "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: {from: 1, to: "
    "55, step: 1}, multipliers: [1, 3, 9]}\n"
    "precision: [16, 8]\nclock_mhz: {from: 100, to: 1600, points: 20, scale: log}\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nfront: {within: [technology]}\n";

static const qy_kept_front fronts[] = {
    KEPT_FRONTS,
};
enum { FRONTS = sizeof fronts / sizeof *fronts, PARTS_MOST = FRONTS + 2 };

typedef struct state {
  qy_text part[PARTS_MOST];
  size_t parts, changed; /* changed: since they were written last */
  int64_t *point;        /* [points] what is found, once it is done */
  size_t points;
} state;

static void state_free(state *s)
{
  for (size_t p = 0; p < s->parts; p++)
    qy_text_free(&s->part[p]);
  free(s->point);
}

static void state_take(state *s, qy_kept *kept)
{
  bool changed;
  *s = (state){.parts = qy_kept_parts(kept)};
  for (size_t p = 0; p < s->parts; p++)
    if (qy_kept_write(kept, p, &s->part[p], &changed, &err))
      ok(0, "part %zu is written", p);
    else
      s->changed += changed;
  if (qy_kept_done(kept) == qy_kept_total(kept) && qy_kept_points(kept, &s->point, &s->points, &err))
    ok(0, "points are found");
}

static bool state_same(const state *a, const state *b)
{
  bool same = a->parts == b->parts && a->points == b->points && a->points > 0 &&
              memcmp(a->point, b->point, a->points * sizeof *a->point) == 0;
  for (size_t p = 0; same && p < a->parts; p++)
    same = a->part[p].length == b->part[p].length && memcmp(a->part[p].data, b->part[p].data, a->part[p].length) == 0;
  return same;
}

/* Stops once so many points are done; 0: never. */
typedef struct limit_of {
  int64_t most, seen;
} limit_of;

static void see(void *ctx, int64_t points)
{
  ((limit_of *)ctx)->seen = points;
}

static int enough(void *ctx)
{
  const limit_of *l = ctx;
  return l->most && l->seen >= l->most;
}

static qy_kept *make(qy_model *model, unsigned what)
{
  qy_kept *kept = NULL;
  is_int(qy_kept_new(&kept, model, fronts, FRONTS, what, &err), QY_OK, "made");
  return kept;
}

static qy_status go_through(qy_kept *kept, int threads, int64_t most)
{
  limit_of l = {most, 0};
  const qy_kept_run run = {.threads = threads, .seconds = 0, .ctx = &l, .progress = see, .stop = enough};
  return qy_kept_sweep(kept, &run, &err);
}

/* Stopped after so many points each time, on another number of threads, until it is done. */
static void in_pieces(qy_model *model, unsigned what, const state *whole, int64_t piece)
{
  state s = {.parts = 0};
  qy_status status = QY_INTERRUPTED;
  int pieces = 0;
  bool restored = true;
  while (status == QY_INTERRUPTED && pieces < 100) {
    qy_kept *kept = NULL;
    if (qy_kept_new(&kept, model, fronts, FRONTS, what, &err)) break;
    for (size_t p = 0; p < s.parts; p++)
      restored &= qy_kept_restore(kept, p, s.part[p].data ? s.part[p].data : "", s.part[p].length, &err) == QY_OK;
    state_free(&s);
    status = go_through(kept, 1 + pieces++ % 3, qy_kept_done(kept) + piece);
    state_take(&s, kept);
    qy_kept_free(kept);
  }
  ok(restored, "every state is restored");
  ok(status == QY_OK && pieces >= 2, "done in %d pieces", pieces);
  ok(state_same(whole, &s), "with the bytes and the points of a sweep that was never stopped");
  state_free(&s);
}

static void damaged(qy_model *model, const state *whole)
{
  for (size_t p = 0; p < whole->parts; p++) {
    qy_kept *kept = make(model, QY_KEPT_DRAWS | QY_KEPT_BINS);
    qy_error_clear(&err);
    if (whole->part[p].length > 8)
      is_int(qy_kept_restore(kept, p, whole->part[p].data, whole->part[p].length - 8, &err), QY_BAD_INPUT,
             "a part that ends too soon is refused");
    qy_kept_free(kept);
    qy_text longer = {0};
    qy_text_put(&longer, whole->part[p].data ? whole->part[p].data : "", whole->part[p].length);
    qy_text_put(&longer, "\0\0\0\0\0\0\0", 8);
    kept = make(model, QY_KEPT_DRAWS | QY_KEPT_BINS);
    is_int(qy_kept_restore(kept, p, longer.data, longer.length, &err), QY_BAD_INPUT, "and one that goes on behind it");
    qy_kept_free(kept);
    qy_text_free(&longer);
  }
  qy_kept *kept = make(model, QY_KEPT_DRAWS);
  qy_error_clear(&err);
  is_int(qy_kept_restore(kept, 0, whole->part[0].data, whole->part[0].length, &err), QY_BAD_INPUT,
         "a part of what keeps something else is refused");
  qy_kept_free(kept);
  qy_error_clear(&err);
}

/* All metrics of all points. */
typedef struct table {
  double (*metric)[QY_METRIC_COUNT];
  int *pair; /* [point]: technology and precision; -1: it cannot be */
} table;

static qy_status to_table(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  const table *t = ctx;
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    t->pair[p->index] = p->reason ? -1 : p->technology * 2 + p->precision;
    if (!p->reason) memcpy(t->metric[p->index], p->metric, sizeof p->metric);
  }
  return QY_OK;
}

static bool is_among(const int64_t *found, size_t count, int64_t point)
{
  for (size_t k = 0; k < count; k++)
    if (found[k] == point) return true;
  return false;
}

static bool is_of_fronts(int metric)
{
  bool is = false;
  for (int f = 0; f < FRONTS; f++)
    for (int k = 0; k < fronts[f].metric_count; k++)
      is |= fronts[f].metric[k] == metric;
  return is;
}

/* In each technology and precision the best point of every metric is kept, the first of equals; without `every`: of
 * those of the fronts. */
static void counts(qy_kept *kept, qy_model *model, int64_t points, bool every)
{
  table t = {qy_alloc((size_t)points, sizeof *t.metric), qy_alloc((size_t)points, sizeof *t.pair)};
  int64_t feasible = 0, *found = NULL;
  size_t count = 0;
  int missing = 0, compared = 0;
  const qy_model_run run = {.threads = 1, .batch_points = 1000, .ctx = &t, .sink = to_table};
  is_int(qy_model_sweep(model, &run, &err), QY_OK, "all points, one by one");
  is_int(qy_kept_points(kept, &found, &count, &err), QY_OK, "the points kept");
  for (int64_t i = 0; i < points; i++)
    feasible += t.pair[i] >= 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    int64_t best[4] = {-1, -1, -1, -1};
    const int sense = every || is_of_fronts(m) ? qy_metric_table()[m].sense : 0;
    for (int64_t i = 0; sense && i < points; i++) {
      if (t.pair[i] < 0 || isnan(t.metric[i][m])) continue;
      int64_t *b = &best[t.pair[i]];
      if (*b < 0 || sense * t.metric[i][m] > sense * t.metric[*b][m]) *b = i;
    }
    for (int pair = 0; pair < 4; pair++) {
      compared += best[pair] >= 0;
      missing += best[pair] >= 0 && !is_among(found, count, best[pair]);
    }
  }
  ok(missing == 0 && compared >= (every ? 40 : 20), "%d of %d best points are missing", missing, compared);
  ok(feasible > 0 && feasible < points && (int64_t)count < feasible / 4, "%zu of %lld feasible ones", count,
     (long long)feasible);
  free(t.metric);
  free(t.pair);
  free(found);
}

static void plain(void)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = plan_of(space, arena);
  qy_model *model = NULL;
  state whole;
  if (!plan || model_made(&model, plan, NULL, 0, &err)) {
    ok(0, "a model");
    return;
  }
  qy_kept *kept = make(model, QY_KEPT_BINS);
  is_int(go_through(kept, 1, 0), QY_OK, "a sweep");
  is_int(qy_kept_done(kept), qy_kept_total(kept), "of all points");
  state_take(&whole, kept);
  state again;
  state_take(&again, kept);
  ok(whole.changed == whole.parts && again.changed == 0 && state_same(&whole, &again),
     "all parts are new when they are first written, none when nothing has been added");
  state_free(&again);
  counts(kept, model, qy_kept_total(kept), true);
  qy_kept_free(kept);
  kept = make(model, 0);
  is_int(go_through(kept, 2, 0), QY_OK, "a sweep for fronts alone");
  counts(kept, model, qy_kept_total(kept), false);
  qy_kept_free(kept);
  kept = NULL; /* no front has the area: its best points are kept for themselves */
  is_int(qy_kept_new(&kept, model, &fronts[FRONTS - 1], 1, QY_KEPT_BINS, &err), QY_OK, "made for one front");
  is_int(go_through(kept, 2, 0), QY_OK, "a sweep for it");
  counts(kept, model, qy_kept_total(kept), true);
  qy_kept_free(kept);
  in_pieces(model, QY_KEPT_BINS, &whole, 1);
  in_pieces(model, QY_KEPT_BINS, &whole, 9000);
  state_free(&whole);
  qy_model_free(model);
  qy_arena_free(arena);
}

/* Saving takes a small part of the time: rounds are short where it is fast, and grow where it is slow. */
typedef struct saver {
  int saves;
  useconds_t wait;
} saver;

static qy_status save_slowly(void *ctx, qy_kept *kept, qy_error *e)
{
  saver *s = ctx;
  (void)kept, (void)e;
  s->saves++;
  if (s->wait) usleep(s->wait);
  return QY_OK;
}

static void saving_takes_time(qy_model *model)
{
  int saves[2] = {0};
  for (int slow = 0; slow < 2; slow++) {
    saver s = {.wait = slow ? 30000 : 0};
    const qy_kept_run run = {.threads = 1, .seconds = 0, .ctx = &s, .save = save_slowly};
    qy_kept *kept = make(model, QY_KEPT_DRAWS);
    is_int(qy_kept_sweep(kept, &run, &err), QY_OK, "a sweep that is saved");
    saves[slow] = s.saves;
    qy_kept_free(kept);
  }
  ok(saves[0] >= 6 && saves[1] <= 4, "saved %d times where that is fast, %d where it is slow", saves[0], saves[1]);
}

static void drawn(void)
{
  char text[2000];
  qy_arena *arena = qy_arena_new();
  snprintf(text, sizeof text, "%suncertainty: {draws: 16}\n", space);
  /* Fewer points: each costs more. */
  char *at = strstr(text, "points: 20");
  if (at) memcpy(at, "points:  3", strlen("points:  3"));
  qy_plan *plan = plan_of(text, arena);
  qy_model *model = NULL;
  state whole;
  if (!plan || model_made(&model, plan, NULL, 0, &err)) {
    ok(0, "a model under draws");
    return;
  }
  qy_kept *kept = make(model, QY_KEPT_DRAWS | QY_KEPT_BINS);
  is_int(go_through(kept, 2, 0), QY_OK, "a sweep under draws");
  state_take(&whole, kept);
  qy_kept_free(kept);
  in_pieces(model, QY_KEPT_DRAWS | QY_KEPT_BINS, &whole, 700);
  damaged(model, &whole);
  saving_takes_time(model);
  state_free(&whole);
  qy_model_free(model);
  qy_arena_free(arena);
}

int main(void)
{
  plain();
  drawn();
  return done();
}
