/* What is found in what is kept of a sweep, against a look at all of its points: fronts and best points, groups,
 * reasons, ranges, chances; shares put together; when it is saved. */
#include "evaluate_test.h"
#include "kept_fronts.h"

#include <string.h>

static const char space[] =
    "name: t\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 3, 8, 20], multipliers: [1, 9]}\n"
    "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [2, 4, 8]}\n"
    "  - {name: C, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [3, 8], multipliers: 9}\n" /* as of A */
    "precision: [16, 8, w8a16]\nclock_mhz: [100, 400, 900, 1600, 3000]\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nfront: {within: [technology]}\n%s";

static const qy_kept_front usual[] = {
    KEPT_FRONTS,
    {.metric_count = 2,
     .metric = {QY_AREA_UM2, QY_CYCLES},
     .key_count = 2,
     .key = {"clock_mhz", "design"},
     .limited = true,
     .is_counted = true},
};

/* Many clocks, so that designs are taken in rows of them: buffers that cannot be at some clocks, of the first design at
 * none; area of SRAM that stays as it is along the clocks, a bound on throughput that keeps 4 bits at slower
 * clocks than 8. */
static const char clocked[] =
    "name: t\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: pwconv}\n"
    "designs:\n"
    "  - {name: A, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [2, 4], lanes: 4, buffers: {input: 256 B}}\n"
    "  - {name: B, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4, columns: 4, buffers: {input: [1 KiB, 4 "
    "MiB]}}\n"
    "  - {name: C, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [2, 4], lanes: 4}\n"
    "precision: [8, w4a8, 4]\nclock_mhz: {from: 40, to: 2400, points: 77}\n"
    "objectives: {minimize: [area_um2, latency_us]}\nstore: front\n%s";
static const qy_kept_front alike[] = {
    /* all areas of SRAM, each with the first point that has it */
    {.metric_count = 2,
     .metric = {QY_AREA_SRAM_UM2, QY_AREA_SRAM_UM2},
     .worst = {false, true},
     .distinct = true,
     .limited = true,
     .is_counted = true},
    {.metric_count = 2,
     .metric = {QY_AREA_UM2, QY_LATENCY_US},
     .key_count = 2,
     .key = {"design", "precision"},
     .distinct = true,
     .is_counted = true},
    {.metric_count = 2,
     .metric = {QY_CYCLES, QY_BIT_OPERATIONS},
     .key_count = 1,
     .key = {"design"},
     .distinct = true,
     .limited = true},
    {.metric_count = 2, .metric = {QY_AREA_UM2, QY_GOPS}, .key_count = 1, .key = {"precision"}},
    {.metric_count = 1, .metric = {QY_CYCLES}, .distinct = true, .limited = true},
};

static const qy_kept_front *fronts; /* at hand */
static int front_count;
enum { ALL_MOST = 2100 };

/* All points, as a sweep delivers them. */
typedef struct all {
  double metric[ALL_MOST][QY_METRIC_COUNT], clock_mhz[ALL_MOST], chance[ALL_MOST];
  int technology[ALL_MOST], precision[ALL_MOST];
  bool feasible[ALL_MOST];
  int which[ALL_MOST]; /* of designs A, B, C */
  char reason[ALL_MOST][REASON_MAX];
  int64_t points, ends[2]; /* of designs A and B */
  bool limited;            /* area and throughput have bounds, about those of a point */
  double most_um2, least_gops;
} all;

static qy_status take(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  all *a = ctx;
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    const int64_t at = p->index;
    a->feasible[at] = !p->reason, a->which[at] = (p->design >= a->ends[0]) + (p->design >= a->ends[1]);
    snprintf(a->reason[at], REASON_MAX, "%s", p->reason ? p->reason : "");
    a->technology[at] = p->technology, a->precision[at] = p->precision, a->clock_mhz[at] = p->clock_mhz;
    if (!p->reason || p->excluded) memcpy(a->metric[at], p->metric, sizeof p->metric);
  }
  return QY_OK;
}

static qy_status take_chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *e)
{
  (void)e;
  for (size_t i = 0; i < count; i++)
    ((all *)ctx)->chance[point[i]] = probability[i];
  return QY_OK;
}

/* Points of the front of one group, by all pairs; `same` tells groups. */
static bool same_group(const all *a, const qy_kept_front *f, int64_t i, int64_t j)
{
  bool same = true;
  for (int k = 0; k < f->key_count; k++)
    same &= !strcmp(f->key[k], "technology")  ? a->technology[i] == a->technology[j]
            : !strcmp(f->key[k], "precision") ? a->precision[i] == a->precision[j]
            : !strcmp(f->key[k], "clock_mhz") ? a->clock_mhz[i] == a->clock_mhz[j]
                                              : a->which[i] == a->which[j];
  return same;
}

static bool is_of(const all *a, const qy_kept_front *f, int64_t i)
{
  bool of = a->feasible[i];
  if (f->limited && a->limited)
    of &= a->metric[i][QY_AREA_UM2] <= a->most_um2 && a->metric[i][QY_GOPS] >= a->least_gops;
  for (int d = 0; of && d < f->metric_count; d++)
    of = !isnan(a->metric[i][f->metric[d]]);
  return of;
}

static bool on_front(const all *a, const qy_kept_front *f, int64_t i)
{
  bool on = is_of(a, f, i);
  for (int64_t j = 0; on && j < a->points; j++) {
    bool worse = false, better = false;
    if (j == i || !is_of(a, f, j) || !same_group(a, f, i, j)) continue;
    for (int d = 0; d < f->metric_count; d++) {
      const int m = f->metric[d], sense = qy_metric_table()[m].sense * (f->worst[d] ? -1 : 1);
      worse |= sense * a->metric[j][m] < sense * a->metric[i][m];
      better |= sense * a->metric[j][m] > sense * a->metric[i][m];
    }
    on = worse || !(better || (f->distinct && j < i));
  }
  return on;
}

/* Is it the first of the best of its technology and precision in a metric that is looked at? */
static bool is_best(const all *a, int64_t i, bool every)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const int sense = qy_metric_table()[m].sense;
    bool asked = every, best = sense && a->feasible[i] && !isnan(a->metric[i][m]);
    for (int f = 0; f < front_count; f++)
      for (int d = 0; d < fronts[f].metric_count; d++)
        asked |= fronts[f].metric[d] == m;
    for (int64_t j = 0; asked && best && j < a->points; j++) {
      if (!a->feasible[j] || a->technology[j] != a->technology[i] || a->precision[j] != a->precision[i]) continue;
      const double own = sense * a->metric[i][m], other = sense * a->metric[j][m];
      best = !(other > own || (other == own && j < i));
    }
    if (asked && best) return true;
  }
  return false;
}

static void points_found(const all *a, qy_kept *kept, bool every)
{
  int64_t *found = NULL, wrong = 0, more = 0, wanted = 0;
  size_t count = 0, at = 0;
  is_int(qy_kept_points(kept, &found, &count, &err), QY_OK, "points that are kept");
  for (int64_t i = 0; i < a->points; i++) {
    bool want = is_best(a, i, every) || a->chance[i] > 0;
    for (int f = 0; !want && f < front_count; f++)
      want = on_front(a, &fronts[f], i);
    const bool has = at < count && found[at] == i;
    at += has;
    wanted += want, wrong += want && !has, more += has && !want;
  }
  ok(at == count && wrong == 0 && more == 0 && wanted > 20 && wanted < a->points / 2,
     "%zu kept, rising, of %lld: %lld missing, %lld too many", count, (long long)wanted, (long long)wrong,
     (long long)more);
  free(found);
}

/* Of all metrics the best are kept, whatever the fronts are of. */
static void best_alone(const all *a, qy_model *model)
{
  static const qy_kept_front front = {.metric_count = 1, .metric = {QY_CYCLES}};
  qy_kept *kept = NULL;
  int64_t *found = NULL, wrong = 0, wanted = 0;
  size_t count = 0, at = 0;
  const qy_kept_run sweep = {.threads = 1};
  qy_status status = qy_kept_new(&kept, model, &front, 1, QY_KEPT_BINS, &err);
  if (!status) status = qy_kept_sweep(kept, &sweep, &err);
  if (!status) status = qy_kept_points(kept, &found, &count, &err);
  for (int64_t i = 0; i < a->points; i++) {
    const bool want = is_best(a, i, true) || on_front(a, &front, i), has = at < count && found[at] == i;
    at += has;
    wanted += want, wrong += want != has;
  }
  ok(!status && at == count && wrong == 0 && wanted > 10, "%zu best points beside a front of cycles, %lld wrong", count,
     (long long)wrong);
  free(found);
  qy_kept_free(kept);
}

/* ---- groups, reasons, ranges ---- */

typedef struct visited {
  const all *a;
  const qy_kept_front *front;
  int64_t wrong, count, last_technology;
  char last[REASON_MAX];
  double bins[QY_METRIC_COUNT];
} visited;

static qy_status see_group(void *ctx, int64_t point, int64_t feasible, qy_error *e)
{
  visited *v = ctx;
  int64_t first = -1, count = 0;
  (void)e;
  for (int64_t i = 0; i < v->a->points; i++) {
    if (!same_group(v->a, v->front, i, point)) continue;
    count += v->a->feasible[i];
    if (first < 0 && on_front(v->a, v->front, i)) first = i;
  }
  v->wrong += first != point || count != feasible;
  v->count++;
  return QY_OK;
}

static qy_status see_reason(void *ctx, int technology, const char *reason, int64_t points, qy_error *e)
{
  visited *v = ctx;
  int64_t count = 0;
  (void)e;
  for (int64_t i = 0; i < v->a->points; i++)
    count += !v->a->feasible[i] && v->a->technology[i] == technology && !strcmp(v->a->reason[i], reason);
  v->wrong += count != points || points == 0;
  v->wrong += technology < v->last_technology || (technology == v->last_technology && strcmp(reason, v->last) <= 0);
  v->last_technology = technology;
  snprintf(v->last, sizeof v->last, "%s", reason);
  v->count += points;
  return QY_OK;
}

static qy_status see_bin(void *ctx, int technology, int metric, double low, double high, int64_t points, qy_error *e)
{
  visited *v = ctx;
  int64_t count = 0;
  (void)e;
  for (int64_t i = 0; i < v->a->points; i++) {
    const double x = v->a->metric[i][metric];
    const bool in = high > 0 ? low <= x && x < high : low < x && x <= high;
    count += v->a->feasible[i] && v->a->technology[i] == technology && in;
  }
  const double near = high > 0 ? low : -high, far = high > 0 ? high : -low;
  const double quarter = exp2(floor(log2(near))) / 4;
  v->wrong += count != points || points == 0 || (near > 0 && far - near != quarter);
  v->bins[metric] += (double)points;
  v->count++;
  return QY_OK;
}

static qy_status stop_at_once(void *ctx, int technology, const char *reason, int64_t points, qy_error *e)
{
  (void)technology, (void)reason, (void)points, (void)e;
  ++*(int *)ctx;
  return QY_INTERRUPTED;
}

static qy_status stop_at_group(void *ctx, int64_t point, int64_t feasible, qy_error *e)
{
  (void)point, (void)feasible, (void)e;
  ++*(int *)ctx;
  return QY_INTERRUPTED;
}

static qy_status stop_at_bin(void *ctx, int technology, int metric, double low, double high, int64_t points,
                             qy_error *e)
{
  (void)technology, (void)metric, (void)low, (void)high, (void)points, (void)e;
  ++*(int *)ctx;
  return QY_INTERRUPTED;
}

static void visits(const all *a, qy_kept *kept, bool bins)
{
  for (int f = 0; f < front_count; f++) {
    if (!fronts[f].is_counted) continue;
    visited v = {.a = a, .front = &fronts[f]};
    int64_t groups = 0;
    for (int64_t i = 0; i < a->points; i++) {
      bool first = is_of(a, v.front, i);
      for (int64_t j = 0; first && j < i; j++)
        first = !(is_of(a, v.front, j) && same_group(a, v.front, i, j));
      groups += first;
    }
    ok(!qy_kept_groups(kept, (size_t)f, see_group, &v, &err) && v.wrong == 0 && v.count == groups && groups > 0,
       "%lld groups of front %d with their first points and counts, of %lld", (long long)v.count, f, (long long)groups);
  }
  visited v = {.a = a, .last_technology = -1};
  int64_t infeasible = 0;
  int once = 0;
  for (int64_t i = 0; i < a->points; i++)
    infeasible += !a->feasible[i];
  ok(!qy_kept_reasons(kept, see_reason, &v, &err) && v.wrong == 0 && v.count == infeasible && infeasible > 10,
     "reasons of %lld points", (long long)v.count);
  ok(qy_kept_reasons(kept, stop_at_once, &once, &err) == QY_INTERRUPTED && once == 1, "a visit may end it");
  ok(qy_kept_groups(kept, 1, stop_at_group, &once, &err) == QY_INTERRUPTED && once == 2, "one of groups likewise");
  ok(!bins || (qy_kept_bins(kept, stop_at_bin, &once, &err) == QY_INTERRUPTED && once == 3), "and one of ranges");
  visited b = {.a = a};
  is_int(qy_kept_bins(kept, see_bin, &b, &err), QY_OK, "ranges");
  int64_t wrong = 0;
  for (int m = 0; bins && m < QY_METRIC_COUNT; m++) {
    int64_t numbers = 0;
    for (int64_t i = 0; i < a->points; i++)
      numbers += a->feasible[i] && !isnan(a->metric[i][m]);
    wrong += (double)numbers != b.bins[m];
  }
  ok(b.wrong == 0 && wrong == 0 && (bins ? b.count > 100 : b.count == 0),
     "%lld ranges hold what lies in them; %lld, %lld do not", (long long)b.count, (long long)b.wrong, (long long)wrong);
}

/* ---- runs ---- */

typedef struct calls {
  int saves, stop_at;
  int64_t done;
} calls;

static void progress(void *ctx, int64_t points)
{
  ((calls *)ctx)->done = points;
}

static int stop(void *ctx)
{
  const calls *c = ctx;
  return c->stop_at && c->done >= c->stop_at;
}

static qy_status save(void *ctx, qy_kept *kept, qy_error *e)
{
  (void)kept, (void)e;
  ((calls *)ctx)->saves++;
  return QY_OK;
}

static qy_kept *made(qy_model *model, unsigned what)
{
  qy_kept *kept = NULL;
  if (qy_kept_new(&kept, model, fronts, (size_t)front_count, what, &err)) ok(0, "made: %s", err.diagnostic[0].text);
  return kept;
}

static void all_bytes(qy_text *out, qy_kept *kept)
{
  bool changed;
  *out = (qy_text){0};
  for (size_t p = 0; p < qy_kept_parts(kept); p++) {
    qy_text part = {0};
    if (qy_kept_write(kept, p, &part, &changed, &err)) ok(0, "part %zu is written", p);
    if (part.length) qy_text_put(out, part.data, part.length);
    qy_text_free(&part);
  }
}

/* What is read back from its parts tells the same as what wrote them. */
static void read_back(const all *a, qy_model *model, qy_kept *kept, unsigned what)
{
  qy_kept *other = made(model, what);
  int failed = 0;
  for (size_t p = 0; other && p < qy_kept_parts(kept); p++) {
    qy_text part = {0};
    bool changed;
    failed += qy_kept_write(kept, p, &part, &changed, &err) ||
              qy_kept_restore(other, p, part.data ? part.data : "", part.length, &err);
    qy_text_free(&part);
  }
  if (ok(other && !failed && qy_kept_done(other) == qy_kept_total(kept), "read back from its parts")) {
    points_found(a, other, what & QY_KEPT_BINS);
    visits(a, other, what & QY_KEPT_BINS);
  }
  qy_kept_free(other);
}

/* Two shares and a third put together, against the whole. */
static void shares(qy_model *model, unsigned what, int64_t points)
{
  static const int64_t ends[] = {0, 77, 77, 200, -1};
  qy_text whole, parts;
  const qy_kept_run run = {.threads = 2, .seconds = 1e9};
  qy_kept *one = made(model, what), *sum = made(model, what);
  if (!one || !sum) return;
  const int64_t times = what & QY_KEPT_DRAWS ? 2 : 1;
  is_int(qy_kept_total(one), times * points, "points to go through, under draws twice");
  is_int(qy_kept_sweep(one, &run, &err), QY_OK, "the whole");
  all_bytes(&whole, one);
  for (int i = 0; i < 4; i++) {
    const int64_t first = ends[i], end = i == 3 ? points : ends[i + 1];
    qy_kept *share = made(model, what);
    if (!share) return;
    qy_kept_share(share, first, end);
    const int64_t total = times * (end - first);
    ok(qy_kept_total(share) == total && qy_kept_done(share) == 0 && !qy_kept_sweep(share, &run, &err) &&
           qy_kept_done(share) == total,
       "points %lld to %lld", (long long)first, (long long)end);
    is_int(qy_kept_add(sum, share, &err), QY_OK, "are added");
    is_int(qy_kept_done(sum), times * end, "and counted");
    qy_kept_free(share);
  }
  all_bytes(&parts, sum);
  ok(parts.length == whole.length && parts.length > 0 && !memcmp(parts.data, whole.data, whole.length),
     "shares put together have the bytes of the whole");
  qy_text_free(&whole);
  qy_text_free(&parts);
  qy_kept_free(one);
  qy_kept_free(sum);
}

/* When it is saved: before what is under draws, when stopped, and at the end where that is asked for. */
static void saving(qy_model *model, unsigned what, int64_t points)
{
  static const struct {
    double seconds;
    bool save_end;
    int stop_at;
    int plain, drawn; /* saves */
  } rows[] = {{1e9, false, 0, 0, 1}, {1e9, true, 0, 1, 2}, {1e9, false, 1, 0, 1}, {0, false, 0, 1, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    calls c = {.stop_at = rows[i].stop_at};
    const qy_kept_run run = {.threads = 1,
                             .seconds = rows[i].seconds,
                             .ctx = &c,
                             .progress = progress,
                             .stop = stop,
                             .save = save,
                             .save_end = rows[i].save_end};
    qy_kept *kept = made(model, what);
    const qy_status status = kept ? qy_kept_sweep(kept, &run, &err) : QY_INTERNAL;
    const bool draws = what & QY_KEPT_DRAWS;
    if (rows[i].stop_at) {
      ok(c.saves <= 1 + draws && (status == QY_OK || status == QY_INTERRUPTED), "stopped: saved %d times", c.saves);
    } else {
      ok(status == QY_OK && c.done == (draws ? 2 : 1) * points, "gone through: %lld", (long long)c.done);
      is_int(c.saves, draws ? rows[i].drawn : rows[i].plain, "saved so often");
    }
    qy_kept_free(kept);
  }
}

typedef struct scene {
  const char *space;
  const qy_kept_front *front;
  int fronts;
  int64_t ends[2]; /* designs of A, of A and B */
  double bound_at; /* share of the points before the one that has the bounds */
} scene;

static void look(const scene *of, const char *more, unsigned what, bool limited)
{
  static all a;
  char text[2000];
  qy_arena *arena = qy_arena_new();
  snprintf(text, sizeof text, of->space, more);
  qy_plan *plan = plan_of(text, arena);
  qy_model *model = NULL;
  fronts = of->front, front_count = of->fronts;
  if (!plan || model_made(&model, plan, NULL, 0, &err)) {
    ok(0, "a model of %s", more);
    return;
  }
  a = (all){.points = qy_plan_get(plan)->points, .ends = {of->ends[0], of->ends[1]}};
  const qy_model_run run = {.threads = 1, .batch_points = 64, .ctx = &a, .sink = take, .chances = take_chances};
  const qy_kept_run sweep = {.threads = 2, .seconds = 1e9};
  if (!ok(a.points <= ALL_MOST && !qy_model_sweep(model, &run, &err), "%lld points: %s", (long long)a.points, more))
    return;
  if ((a.limited = limited)) {
    int64_t at = (int64_t)(of->bound_at * (double)a.points);
    while (!a.feasible[at])
      at++;
    a.most_um2 = 1.05 * a.metric[at][QY_AREA_UM2], a.least_gops = a.metric[at][QY_GOPS];
    plan->info.limit_count = 2;
    plan->info.limit[0] = (qy_plan_limit){QY_AREA_UM2, a.most_um2};
    plan->info.limit[1] = (qy_plan_limit){QY_GOPS, a.least_gops};
    int64_t within = 0;
    for (int64_t i = 0; i < a.points; i++)
      within += is_of(&a, &fronts[front_count - 1], i);
    ok(within > 5 && within < a.points / 2, "%lld points within the bounds", (long long)within);
  }
  qy_kept *kept = made(model, what);
  if (!kept || !is_int(qy_kept_sweep(kept, &sweep, &err), QY_OK, "a sweep")) return;
  points_found(&a, kept, what & QY_KEPT_BINS);
  visits(&a, kept, what & QY_KEPT_BINS);
  if (what == QY_KEPT_BINS) best_alone(&a, model);
  read_back(&a, model, kept, what);
  if (what & QY_KEPT_DRAWS) {
    int64_t *point, wrong = 0;
    double *probability, all_of = 0, sum = 0;
    size_t count;
    is_int(qy_kept_chances(kept, &point, &probability, &count, &err), QY_OK, "chances");
    for (size_t i = 0; i < count; i++)
      wrong += probability[i] != a.chance[point[i]], sum += probability[i];
    for (int64_t i = 0; i < a.points; i++)
      all_of += a.chance[i];
    ok(wrong == 0 && fabs(sum / all_of - 1) < 1e-12 && count > 10, "the chances of %zu points are those of a sweep",
       count);
    free(point);
    free(probability);
  }
  qy_kept_free(kept);
  shares(model, what, a.points);
  saving(model, what, a.points);
  qy_model_free(model);
  qy_arena_free(arena);
}

int main(void)
{
  static const scene few = {space, usual, sizeof usual / sizeof *usual, {8, 11}, 1.0 / 3};
  static const scene many = {clocked, alike, sizeof alike / sizeof *alike, {2, 4}, 467.5 / 1386};
  look(&few, "", QY_KEPT_BINS, false);
  look(&few, "", 0, true);
  look(&few, "constraints: {area_um2: {max: 60000}}\n", 0, false);
  look(&few, "uncertainty: {draws: 16}\n", QY_KEPT_DRAWS | QY_KEPT_BINS, true);
  look(&many, "", 0, true);
  return done();
}
