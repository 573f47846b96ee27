/* Points in lanes against points one by one: every row that a sweep delivers and everything that is kept of it has the
 * same bytes, with each set of instructions of this machine and on one or several threads. */
#include "../../src/evaluate/tile.h"
#include "evaluate_test.h"
#include "quarry/kept.h"

#include <math.h>
#include <string.h>

static const char *const way_name[] = {"as is fastest", "one by one", "plain lanes", "AVX2", "AVX-512"};

/* A hash of all rows, in order: FNV-1a, 64 bits. */
typedef struct rows {
  uint64_t hash;
  int64_t points, feasible, excluded, in_columns;
} rows;

static void put(rows *r, const void *bytes, size_t size)
{
  const unsigned char *at = bytes;
  for (size_t i = 0; i < size; i++)
    r->hash = (r->hash ^ at[i]) * UINT64_C(1099511628211);
}

static void put_number(rows *r, int64_t number)
{
  put(r, &number, sizeof number);
}

static void put_text(rows *r, const char *text)
{
  put(r, text ? text : "-", text ? strlen(text) + 1 : 1);
}

static qy_status take(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  rows *r = ctx;
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    put_number(r, p->index);
    put_number(r, p->design);
    put_number(r, p->technology);
    put_number(r, p->network);
    put_number(r, p->precision);
    put_number(r, p->precision_bits);
    put_number(r, p->weight_bits);
    put_number(r, p->excluded);
    put(r, &p->clock_mhz, sizeof p->clock_mhz);
    put_text(r, p->reason);
    put_text(r, p->resolved);
    put_text(r, p->assignment);
    if (!p->reason || p->excluded) put(r, p->metric, sizeof p->metric);
    if (p->interval) put(r, p->interval, sizeof(double[QY_METRIC_COUNT][2]));
    r->points++;
    r->feasible += !p->reason;
    r->excluded += p->excluded;
  }
  return QY_OK;
}

static qy_status take_chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *e)
{
  (void)e;
  put(ctx, point, count * sizeof *point);
  put(ctx, probability, count * sizeof *probability);
  return QY_OK;
}

/* The same of columns: a point each again, to be hashed as those of a batch of points. */
static qy_status take_columns(void *ctx, const qy_point_columns *c, void *packed, qy_error *e)
{
  qy_status status = QY_OK;
  (void)packed;
  for (int64_t i = 0; i < c->count && !status; i++) {
    qy_point p = {.index = c->first + i,
                  .design = (int64_t)c->column[QY_COLUMN_DESIGN][i],
                  .technology = (int)c->column[QY_COLUMN_TECHNOLOGY][i],
                  .network = (int)c->column[QY_COLUMN_NETWORK][i],
                  .precision = (int)c->column[QY_COLUMN_PRECISION][i],
                  .precision_bits = (int)c->column[QY_COLUMN_BITS][i],
                  .weight_bits = (int)c->column[QY_COLUMN_WEIGHT_BITS][i],
                  .clock_mhz = c->column[QY_COLUMN_CLOCK][i],
                  .reason = c->reason[i],
                  .resolved = c->resolved[i]};
    bool any = false;
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      const double *column = c->column[QY_COLUMN_METRIC + m];
      p.metric[m] = column ? column[i] : NAN;
      any |= !isnan(p.metric[m]);
    }
    p.excluded = p.reason && any; /* what cannot be has no metric */
    status = take(ctx, 0, &p, 1, e);
  }
  return status;
}

static qy_status drop_columns(void *ctx, int64_t batch, int64_t count, const void *packed, qy_error *e)
{
  (void)ctx, (void)batch, (void)count, (void)packed, (void)e;
  return QY_OK;
}

/* Fronts of every kind: ties and groups that a precision crosses included. */
static const qy_kept_front fronts[] = {
    {.metric_count = 3, .metric = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ}, .key_count = 1, .key = {"precision"}},
    {.metric_count = 1,
     .metric = {QY_CYCLES},
     .key_count = 2,
     .key = {"technology", "design"},
     .distinct = true,
     .is_counted = true},
    {.metric_count = 1, .metric = {QY_AREA_UM2}, .distinct = true},
    {.metric_count = 2, .metric = {QY_AREA_UM2, QY_CYCLES}, .distinct = true, .limited = true},
    {.metric_count = 2,
     .metric = {QY_LATENCY_US, QY_SQNR_DB},
     .worst = {true},
     .key_count = 2,
     .key = {"precision", "clock_mhz"},
     .distinct = true,
     .is_counted = true},
    {.metric_count = 2, .metric = {QY_WEIGHT_BYTES, QY_GOPS}},
};

/* Of metrics that are the same at all precisions of a mode. */
static const qy_kept_front alike[] = {
    {.metric_count = 3, .metric = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ}, .key_count = 1, .key = {"precision"}},
    {.metric_count = 1,
     .metric = {QY_ENERGY_UJ},
     .key_count = 2,
     .key = {"precision", "design"},
     .distinct = true,
     .is_counted = true},
    {.metric_count = 2,
     .metric = {QY_AREA_UM2, QY_CYCLES},
     .worst = {true},
     .key_count = 1,
     .key = {"precision"},
     .distinct = true,
     .limited = true},
    {.metric_count = 2, .metric = {QY_AREA_UM2, QY_ENERGY_UJ}, .key_count = 2, .key = {"clock_mhz", "precision"}},
    {.metric_count = 2, .metric = {QY_LATENCY_US, QY_ENERGY_UJ}},
};

/* Behind what is there: of all metrics (QY_KEPT_BINS), or of those of the fronts alone. */
static bool kept_bytes(qy_text *out, qy_model *model, const qy_kept_front *front, size_t count, unsigned what,
                       int threads)
{
  qy_kept *kept = NULL;
  bool changed;
  const qy_kept_run run = {.threads = threads};
  qy_status status = qy_kept_new(&kept, model, front, count, what, &err);
  if (!status) status = qy_kept_sweep(kept, &run, &err);
  for (size_t p = 0; !status && p < qy_kept_parts(kept); p++) {
    qy_text part = {0};
    status = qy_kept_write(kept, p, &part, &changed, &err);
    if (part.length) qy_text_put(out, part.data, part.length);
    qy_text_free(&part);
  }
  qy_kept_free(kept);
  return !status && !out->failed;
}

static qy_activities *known; /* shared, so that circuits are simulated once */

/* Points that are evaluated in lanes, of batches of 1000. */
static int64_t in_lanes(const qy_plan *plan)
{
  qy_model *model = NULL;
  int64_t count = 0;
  const int64_t points = qy_plan_get(plan)->points;
  if (qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.known = known}, &err)) return 0;
  worker *w = worker_new(model, &err);
  tile *t = tile_new(model, QY_METRICS_ALL);
  for (int64_t i = 0, end; w && t && i < points; i = t->end) {
    end = (i / 1000 + 1) * 1000;
    if (tile_take(t, w, model, i, end < points ? end : points, &err)) break;
    count += t->one_by_one ? 0 : t->end - i;
  }
  tile_free(t);
  worker_free(w);
  qy_model_free(model);
  return count;
}

static bool evaluated(rows *r, qy_text *kept, const qy_plan *plan, int way, int threads, int64_t batch)
{
  qy_model *model = NULL;
  *r = (rows){.hash = UINT64_C(14695981039346656037)};
  *kept = (qy_text){0};
  const qy_model_run run = {.threads = threads, .batch_points = batch, .ctx = r, .sink = take, .chances = take_chances};
  qy_status status = qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.known = known, .way = way}, &err);
  if (!status) status = qy_model_sweep(model, &run, &err);
  const size_t count = sizeof fronts / sizeof *fronts, alikes = sizeof alike / sizeof *alike;
  const bool good = !status && kept_bytes(kept, model, fronts, count, QY_KEPT_BINS, threads) &&
                    kept_bytes(kept, model, fronts, count, 0, threads) &&
                    (!qy_stored_partly(plan->info.stored) || kept_bytes(kept, model, alike, alikes, 0, threads));
  qy_model_free(model);
  if (!good) ok(0, "evaluated: %s", err.count ? err.diagnostic[0].text : "");
  return good;
}

/* On one thread, which takes batches in order. */
static rows in_columns(const qy_plan *plan, int64_t batch)
{
  qy_model *model = NULL;
  rows r = {.hash = UINT64_C(14695981039346656037)};
  const qy_model_run run = {.threads = 1,
                            .batch_points = batch,
                            .ctx = &r,
                            .packed_bytes = 1,
                            .pack = take_columns,
                            .sink_packed = drop_columns};
  qy_status status = qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.known = known}, &err);
  if (!status && qy_model_has_columns(model)) status = qy_model_sweep(model, &run, &err);
  qy_model_free(model);
  if (status) ok(0, "columns: %s", err.count ? err.diagnostic[0].text : "");
  return r;
}

static bool same(const rows *a, const qy_text *kept_a, const rows *b, const qy_text *kept_b)
{
  return a->points == b->points && a->hash == b->hash && kept_a->length == kept_b->length && kept_a->length > 0 &&
         memcmp(kept_a->data, kept_b->data, kept_a->length) == 0;
}

/* The first of these ways and the fastest one, or all; returns the rows one by one. */
static rows compare(const char *name, const qy_plan *plan, bool all)
{
  rows one = {0}, other;
  qy_text kept, again;
  const int best = all ? QY_IN_LANES + (int)qy_lane_set_best() : 0;
  if (!plan || !evaluated(&one, &kept, plan, QY_ONE_BY_ONE, 1, 1000)) return one;
  for (int way = 0; way <= best; way++) {
    if (way == QY_ONE_BY_ONE) continue;
    if (evaluated(&other, &again, plan, way, 1 + way % 3, way ? 1000 : 333))
      ok(same(&one, &kept, &other, &again), "%s: %s, %d threads: the bytes of %lld points, and of what is kept", name,
         way_name[way], 1 + way % 3, (long long)other.points);
    qy_text_free(&again);
  }
  qy_text_free(&kept);
  other = in_columns(plan, 777);
  one.in_columns = other.points;
  if (other.points) ok(other.hash == one.hash && other.points == one.points, "%s: the same in columns", name);
  return one;
}

static void shipped(const char *file)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = NULL;
  qy_error_clear(&err);
  is_int(qy_plan_read(&plan, file, "db", arena, &err), QY_OK, file);
  compare(file, plan, false);
  qy_arena_free(arena);
}

/* Elements, element and accelerator parameters that are axes, infeasible clocks, limits, ties. */
static const char depthwise[] =
    "name: t\ntechnology: [fdsoi28, lp55]\nnetwork: [mobilenet_v1_1.0_224, mobilenet_v2_1.0_224]\n"
    "layers: {type: dwconv}\ndesigns:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 7, 16], multipliers: [1, 3], "
    "port_bits: [32, 64]}\n"
    "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, multiplier: [booth, array], bits: [8, 16]}, channels: "
    "{from: 1, to: 9, step: 1}, activations: [symmetric, affine], buffers: {input: [auto, 64KiB, 512KiB]}}\n"
    "precision: [16, 12, 8, w4a8, 4]\nclock_mhz: {from: 100, to: 2500, points: 7, scale: log}\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nfront: {within: [technology]}\n"
    "constraints: {latency_us: {max: 100000}, area_um2: {max: 900000}}\n";

static const char systolic[] =
    "name: t\ntechnology: [fdsoi28]\nnetwork: [ds_cnn_s]\ndesigns:\n"
    "  - {name: S, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 16], columns: [4, 8, 16, 24], dataflow: "
    "[os, ws], port_bits: [64, 128], buffers: {input: 512KiB, output: 512KiB, weight: 512KiB}}\n"
    "  - {name: D, accelerator: dot, pe: {kind: mitchell, bits: 8}, engines: [1, 4], lanes: [4, 16]}\n"
    "precision: [8, 4]\nclock_mhz: [100, 200, 300, 400, 2500]\n"
    "objectives: {minimize: [area_um2, latency_us]}\n";

/* Above the number of points from which leaders are found first. */
static const char drawn[] =
    "name: t\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: {from: 1, to: 40, step: 1}, "
    "multipliers: [1, 3, 9], port_bits: [32, 64, 128]}\n"
    "precision: [16, w8a16, 8, 4]\nclock_mhz: {from: 100, to: 4000, points: 15, scale: log}\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nfront: {within: precision}\n"
    "constraints: {area_um2: {max: 900000}}\nuncertainty: {draws: 21, seed: 7}\n";

/* Clocks in places of their own, and several in one. */
#define CLOCKS(count)                                                                                                  \
  "name: t\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"                    \
  "  - {name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 4], multipliers: [1, 9]}\n"       \
  "precision: [16, 8]\nclock_mhz: {from: 100, to: 2500, points: " count ", scale: log}\n"                              \
  "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nstore: front\n"

/* Precisions that share a mode of one element, and not of the next; several rounds. */
static const char modes[] =
    "name: t\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 4, 9], "
    "multipliers: [1, 9]}\n"
    "  - {name: B, accelerator: depthwise, pe: {kind: mac, bits: [8, 12, 16]}, channels: [1, 5]}\n"
    "precision: [16, 12, 9, 8, w8a6, 6, w4a6, 5, 4]\nclock_mhz: {from: 100, to: 2000, points: 70, scale: log}\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nstore: front\n";

static void generated(const char *name, const char *text, bool limits, int64_t lanes)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = plan_of(text, arena);
  const rows r = compare(name, plan, true);
  if (plan && plan->info.draws == 0) is_int(r.in_columns, r.points, "has columns");
  const int64_t count = plan ? in_lanes(plan) : 0;
  ok(count >= lanes, "%lld of them in lanes", (long long)count);
  ok(r.feasible > 0 && r.feasible < r.points && (r.excluded > 0) == limits, "%lld of %lld points are feasible",
     (long long)r.feasible, (long long)r.points);
  qy_arena_free(arena);
}

int main(void)
{
  known = shared_known();
  generated("depthwise", depthwise, true, 30000);
  generated("systolic", systolic, false, 300);
  generated("under draws", drawn, true, 10000);
  generated("modes", modes, false, 1000);
  generated("130 clocks", CLOCKS("130"), false, 500);
  generated("1030 clocks", CLOCKS("1030"), false, 3000);
  shipped("experiments/rdm_vs_sdm.yaml");
  shipped("experiments/multiplierless_systolic.yaml");
  shipped("experiments/number_formats.yaml");
  return done();
}
