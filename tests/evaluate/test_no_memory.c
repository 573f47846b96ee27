/* Memory that runs out while a model is made, swept, searched or asked: it is said, nothing stays behind, and what went
 * on without it has the same answer. */
#include "../files.h"
#include "evaluate_test.h"
#include "no_memory.h"

#include "kept_fronts.h"

#include <gsl/gsl_errno.h>
#include <pthread.h>

/* A model that is told of no threads starts none: what is counted here would not be counted well otherwise. */
static int threads_asked;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *), void *ctx)
{
  (void)thread, (void)attributes, (void)begin, (void)ctx;
  threads_asked++;
  return EAGAIN;
}

static const char text[] =
    "name: n\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: [dwconv, fc]}\n"
    "designs:\n"
    "  - name: both\n    system: sequential\n    members:\n"
    "      - {name: module, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 4}\n"
    "      - {name: rest, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: 8}\n"
    "  - {name: A, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [1, 4], lanes: 8}\n"
    "precision: [8, 4]\nclock_mhz: [100, 9000]\nobjectives: {minimize: [area_um2, latency_us, energy_uj]}\n"
    "front: {within: [technology]}\nuncertainty: {draws: 16}\n";

/* A network of five layers: with assignments and an optimum; with a memory and schedules. */
static const char layers[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad\na,conv,-,9,7,3,4,3,1\n"
                             "b,dwconv,a,,,,,3,1\nc,pwconv,b,,,,6,,\nd,pwconv,c,,,,4,,\ne,add,d+a,,,,,,\n";
static const char assigned[] =
    "name: a\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
    "  - {name: A, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [1, 4], lanes: 8}\n"
    "  - name: B\n    system: pipelined\n    members:\n"
    "      - {name: module, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 4}\n"
    "      - {name: rest, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4}\n"
    "precision: [8, 4]\nassign:\n  - {label: pair, options: [8, 4], minimize: [latency_us, noise], points: 4}\n"
    "  - {label: least, options: [8, 4], ties: none, minimize: energy_uj, limit: {noise: 100%%}}\n"
    "clock_mhz: 100\nobjectives: {minimize: [area_um2, latency_us, energy_uj]}\nuncertainty: {draws: 16}\n";

static const char scheduled[] =
    "name: m\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
    "  - {name: C, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: [4, 8],\n"
    "     memory: {device: ddr3_1600_4gb_x8, buffer: [1KiB, 4KiB], fusion: [none, free]}}\n"
    "precision: [8, 4]\nclock_mhz: [100, 300]\nobjectives: {minimize: [area_um2, latency_us, energy_uj]}\n"
    "uncertainty: {draws: 16}\n";

static const qy_kept_front fronts[] = {
    KEPT_FRONTS,
};
enum { FRONTS = sizeof fronts / sizeof *fronts };

/* A plan, a model of all its points, and one for each of them. */
typedef struct context {
  const qy_plan *plan;
  qy_model *model, *single;
  const char *design;
  int64_t feasible; /* the first point that can be */
} context;

static qy_status made(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  qy_model *model = NULL;
  const qy_status status = model_made(&model, c->plan, NULL, 0, e);
  *answer = model != NULL;
  qy_model_free(model);
  return status;
}

static qy_status take(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  double *sum = ctx;
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++)
    *sum += points[i].reason ? 1 : points[i].metric[QY_AREA_UM2] + points[i].metric[QY_ENERGY_UJ];
  return QY_OK;
}

static qy_status take_chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *e)
{
  double *sum = ctx;
  (void)e;
  for (size_t i = 0; i < count; i++)
    *sum += (double)point[i] * probability[i];
  return QY_OK;
}

static qy_status swept(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  *answer = 0;
  const qy_model_run run = {.threads = 1, .batch_points = 7, .ctx = answer, .sink = take, .chances = take_chances};
  return qy_model_sweep(c->model, &run, e);
}

static qy_status kept(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  const qy_kept_run run = {.threads = 1};
  qy_kept *k = NULL;
  int64_t *points = NULL;
  size_t count = 0;
  *answer = 0;
  qy_status status = qy_kept_new(&k, c->model, fronts, FRONTS, QY_KEPT_DRAWS | QY_KEPT_BINS, e);
  if (!status) status = qy_kept_sweep(k, &run, e);
  if (!status) status = qy_kept_points(k, &points, &count, e);
  for (size_t i = 0; i < count && !status; i++)
    *answer += (double)points[i];
  for (size_t p = 0; !status && p < qy_kept_parts(k); p++) {
    qy_text out = {0};
    bool changed;
    status = qy_kept_write(k, p, &out, &changed, e);
    *answer += (double)out.length;
    qy_text_free(&out);
  }
  free(points);
  qy_kept_free(k);
  return status;
}

static qy_status searched(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  const qy_search_budget budget = {.points = 20, .seed = 3};
  qy_search_result r = {0};
  const qy_status status = qy_model_search(&r, c->model, qy_search_find("nsga2"), &budget, 1, NULL, NULL, e);
  *answer = (double)r.count;
  for (size_t i = 0; i < r.count && !status; i++)
    *answer += (double)r.point[i];
  qy_search_free(&r);
  return status;
}

/* ---- single points ---- */

static qy_status see_layer(void *ctx, const qy_model_layer *layer, qy_error *e)
{
  (void)e;
  *(double *)ctx += layer->metric[QY_ENERGY_DATAPATH_UJ];
  return QY_OK;
}

static qy_status see_member(void *ctx, const qy_model_member *m, qy_error *e)
{
  (void)e;
  *(double *)ctx += m->metric[QY_AREA_UM2];
  return QY_OK;
}

static qy_status see_item(void *ctx, const qy_model_item *item, qy_error *e)
{
  (void)e;
  *(double *)ctx += item->count;
  return QY_OK;
}

static qy_status see_point(void *ctx, const qy_point *point, qy_error *e)
{
  (void)e;
  *(double *)ctx += point->metric[QY_AREA_UM2] + (double)(point->detail ? point->detail->layer_count : 0);
  return QY_OK;
}

static qy_status see_draws(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *e)
{
  (void)i, (void)e;
  *(double *)ctx += row[0].low + draw[0][1];
  return QY_OK;
}

static qy_status asked(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  const int metric[] = {QY_AREA_UM2, QY_ENERGY_UJ};
  const int64_t points[] = {c->feasible, c->feasible + 2}, over[] = {-1, c->feasible};
  int64_t partner[2] = {0};
  qy_interval row[2];
  qy_point p;
  *answer = 0;
  qy_status status = qy_model_point(&p, c->single, c->feasible, e);
  if (!status) *answer += p.metric[QY_LATENCY_US];
  if (!status) status = qy_model_layers(c->single, c->feasible, see_layer, answer, e);
  if (!status) status = qy_model_members(c->single, c->feasible, see_member, answer, e);
  if (!status) status = qy_model_items(c->single, c->feasible, see_item, answer, e);
  if (!status) status = qy_model_details(c->model, points, 2, see_point, NULL, answer, e);
  if (!status) status = qy_model_draws(c->model, points, over, 2, metric, 2, see_draws, answer, e);
  if (!status) status = qy_model_partners(partner, c->model, points, 2, c->design, e);
  if (!status) status = qy_model_intervals(row, c->single, c->feasible, -1, metric, 2, e);
  if (!status) *answer += (double)partner[1] + row[1].high;
  return status;
}

static qy_status swings(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  const int metric[] = {QY_ENERGY_UJ};
  qy_indices indices = {0};
  qy_arena *arena = qy_arena_new();
  const qy_status status =
      arena ? qy_model_sensitivity(&indices, c->single, c->feasible, -1, metric, 1, 16, 1, 1, arena, e)
            : qy_no_memory(e);
  *answer = (double)indices.inputs;
  qy_arena_free(arena);
  return status;
}

static void is_said(memory_job *job, const context *c, const char *what)
{
  memory_tally t = {.anew = true};
  context own = *c;
  memory_try(&t, *job, &own, 0, 0);
  memory_said(&t, what);
}

/* Everything that a plan can be asked. */
static void test_plan(const char *plan, const char *design, const char *what)
{
  enum { MOST = 128 };
  qy_arena *arena = qy_arena_new();
  context c = {.plan = plan_of(plan, arena), .design = design};
  int64_t point[MOST];
  qy_point p;
  const size_t points = c.plan ? (size_t)qy_plan_get(c.plan)->points : 0;
  for (size_t i = 0; i < points && i < MOST; i++)
    point[i] = (int64_t)i;
  if (ok(c.plan && points <= MOST && !model_made(&c.model, c.plan, NULL, 0, &err) &&
             !model_made(&c.single, c.plan, point, points, &err),
         "%s: %zu points: %s", what, points, err.count ? err.diagnostic[0].text : "two models")) {
    while (qy_model_point(&p, c.single, c.feasible, &err) == QY_OK && p.reason)
      c.feasible++;
    is_said(&(memory_job){made}, &c, "models");
    is_said(&(memory_job){swept}, &c, "sweeps");
    is_said(&(memory_job){kept}, &c, "what is kept of sweeps");
    is_said(&(memory_job){searched}, &c, "searches");
    is_said(&(memory_job){asked}, &c, "points");
    if (plan == text) is_said(&(memory_job){swings}, &c, "sensitivities");
  }
  qy_model_free(c.model);
  qy_model_free(c.single);
  qy_arena_free(arena);
}

int main(void)
{
  char file[] = "/tmp/quarry-evaluate-XXXXXX.csv", plan[sizeof assigned + sizeof file];
  gsl_set_error_handler_off(); /* as the program does */
  test_plan(text, "A", "members, and a design alone");
  if (!write_new_file(file, 4, layers)) return ok(0, "a network"), done();
  snprintf(plan, sizeof plan, assigned, file);
  test_plan(plan, "A", "assignments");
  snprintf(plan, sizeof plan, scheduled, file);
  test_plan(plan, "C", "a memory");
  unlink(file);
  ok(threads_asked == 0, "models of one thread: %d are started beside it", threads_asked);
  return done();
}
