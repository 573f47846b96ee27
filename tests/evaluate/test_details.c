/* Layers and members that a sweep keeps with its points, or gives for some afterwards: what a point is asked for alone,
 * and what adds up to it. */
#include "evaluate_test.h"

/* A system of two members, an accelerator alone; batches of five points, so that some are short. */
static const char text[] =
    "name: d\ntechnology: fdsoi28\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: [dwconv, fc]}\n"
    "designs:\n"
    "  - name: both\n    system: [sequential, pipelined]\n    members:\n"
    "      - {name: module, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 4}\n"
    "      - {name: engine, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [4, 8], lanes: 8}\n"
    "  - {name: lone, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [8, 16]}\n"
    "precision: [8, 4]\nclock_mhz: [100, 200, 9000]\nobjectives: {minimize: [area_um2, energy_uj]}\n";
enum { LAYERS = 18, MOST = 64 };

typedef struct counts {
  const qy_model *alone; /* of some points */
  const int64_t *asked;
  size_t asked_count;
  int points, without, layers, members, wrong, compared;
} counts;

static bool is_same(double a, double b, double tolerance)
{
  return isnan(a) ? isnan(b) : fabs(a - b) <= tolerance * fabs(b);
}

/* Do they add up: what is a sum over layers; area, energy and layers of all members? */
static void add_up(counts *c, const qy_point *p)
{
  static const int sums[] = {QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ, QY_ENERGY_SRAM_UJ,
                             QY_WEIGHT_BYTES,       QY_BIT_OPERATIONS,     QY_NOISE};
  const qy_detail *d = p->detail;
  double sum[QY_METRIC_COUNT] = {0}, area = 0, members_uj = 0;
  size_t layers = 0;
  for (size_t l = 0; l < d->layer_count; l++) {
    c->wrong += d->layer[l].place >= 200 || !d->layer[l].layer;
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      c->wrong += !qy_metric_of_layer(m) && !isnan(d->layer[l].metric[m]);
      sum[m] += d->layer[l].metric[m];
    }
  }
  for (size_t m = 0; m < d->member_count; m++) {
    area += d->member[m].metric[QY_AREA_UM2];
    members_uj += d->member[m].metric[QY_ENERGY_UJ];
    layers += d->member[m].layers;
  }
  c->layers += (int)d->layer_count;
  c->members += (int)d->member_count;
  for (size_t i = 0; d->layer_count && i < sizeof sums / sizeof *sums; i++)
    c->wrong += !is_same(sum[sums[i]], p->metric[sums[i]], 1e-12);
  if (d->member_count)
    c->wrong += !is_same(area, p->metric[QY_AREA_UM2], 1e-12) || !is_same(members_uj, p->metric[QY_ENERGY_UJ], 1e-12) ||
                layers != LAYERS;
}

typedef struct walk {
  counts *c;
  const qy_detail *d;
  size_t at;
} walk;

static qy_status same_layer(void *ctx, const qy_model_layer *l, qy_error *e)
{
  walk *w = ctx;
  (void)e;
  const qy_model_layer *k = &w->d->layer[w->at++];
  if (w->at > w->d->layer_count) return QY_INTERNAL;
  w->c->wrong +=
      k->place != l->place || k->layer != l->layer || strcmp(k->member ? k->member : "", l->member ? l->member : "");
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (qy_metric_of_layer(m)) w->c->wrong += !is_same(k->metric[m], l->metric[m], 0);
  return QY_OK;
}

static qy_status same_member(void *ctx, const qy_model_member *l, qy_error *e)
{
  walk *w = ctx;
  (void)e;
  const qy_model_member *k = &w->d->member[w->at++];
  if (w->at > w->d->member_count) return QY_INTERNAL;
  w->c->wrong += k->place != l->place || k->layers != l->layers;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    w->c->wrong += !is_same(k->metric[m], l->metric[m], 0);
  return QY_OK;
}

static qy_status look_at(counts *c, const qy_point *p)
{
  qy_status status = QY_OK;
  if (p->reason) return QY_OK;
  c->points++;
  if (!p->detail) {
    c->without++;
    return QY_OK;
  }
  add_up(c, p);
  for (size_t i = 0; i < c->asked_count && !status; i++) {
    if (c->asked[i] != p->index) continue;
    walk w = {c, p->detail, 0}, v = {c, p->detail, 0};
    if (p->detail->layer_count) status = qy_model_layers(c->alone, p->index, same_layer, &w, &err);
    if (!status && p->detail->member_count) status = qy_model_members(c->alone, p->index, same_member, &v, &err);
    c->wrong += w.at != p->detail->layer_count || v.at != p->detail->member_count;
    c->compared++;
  }
  return status;
}

static qy_status take_batch(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  qy_status status = QY_OK;
  (void)batch, (void)e;
  for (int64_t i = 0; i < count && !status; i++)
    status = look_at(ctx, &points[i]);
  return status;
}

static qy_status take_point(void *ctx, const qy_point *point, qy_error *e)
{
  (void)e;
  return look_at(ctx, point);
}

/* layers, members: "all", "front" or "none". */
static void kept(const char *layers, const char *members, bool draws, qy_arena *arena)
{
  char all[2000];
  int64_t asked[MOST];
  qy_model *model = NULL, *alone = NULL;
  snprintf(all, sizeof all, "%sstore: {layers: %s, members: %s}\n%s", text, layers, members,
           draws ? "uncertainty: {draws: 16}\n" : "");
  qy_plan *plan = plan_of(all, arena);
  if (!plan) return;
  const int64_t points = qy_plan_get(plan)->points;
  size_t count = 0;
  for (int64_t i = 0; i < points && count < MOST; i++)
    asked[count++] = i;
  if (!ok(count == (size_t)points && !qy_model_new(&model, plan, NULL, 0, &err) &&
              !qy_model_new(&alone, plan, asked, count, &err),
          "layers: %s, members: %s", layers, members))
    return;
  const bool all_layers = strcmp(layers, "all") == 0, all_members = strcmp(members, "all") == 0;
  for (int threads = 1; threads <= 2; threads++) {
    counts c = {.alone = alone, .asked = asked, .asked_count = count};
    const qy_model_run run = {.threads = threads, .batch_points = 5, .ctx = &c, .sink = take_batch};
    is_int(qy_model_sweep(model, &run, &err), QY_OK, "a sweep");
    ok(c.points == 24 && c.wrong == 0 && c.compared == (all_layers || all_members ? 24 : 0), "%d points, %d compared",
       c.points, c.compared);
    is_int(c.layers, all_layers ? 24 * LAYERS : 0, "their layers");
    is_int(c.members, all_members ? 16 * 2 + 8 : 0, "their members");
  }
  counts c = {.alone = alone, .asked = asked, .asked_count = count};
  const bool any_layers = strcmp(layers, "none") != 0, any_members = strcmp(members, "none") != 0;
  is_int(qy_model_details(model, asked, count, take_point, NULL, &c, &err), QY_OK, "asked for afterwards");
  ok(c.points == 24 && c.wrong == 0 && c.compared == 24 * (any_layers || any_members), "the points that can be");
  is_int(c.layers, any_layers ? 24 * LAYERS : 0, "their layers");
  is_int(c.members, any_members ? 16 * 2 + 8 : 0, "their members");
  is_int(qy_model_details(model, &points, 1, take_point, NULL, &c, &err), QY_BAD_INPUT,
         "not of a point that is not there");
  qy_error_clear(&err);
  qy_model_free(model);
  qy_model_free(alone);
}

typedef struct elements {
  const qy_plan *plan;
  int alone, arrays, wrong;
} elements;

static qy_status take_either(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  elements *c = ctx;
  char json[8192];
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++) {
    const bool alone = strcmp(qy_plan_design(c->plan, points[i].design, json, sizeof json), "one") == 0;
    if (points[i].reason) continue;
    *(alone ? &c->alone : &c->arrays) += 1;
    c->wrong += alone ? points[i].detail != NULL : !points[i].detail || points[i].detail->layer_count == 0;
  }
  return QY_OK;
}

/* An element alone runs no layers and has no members, whatever stands beside it. */
static void of_elements(qy_arena *arena)
{
  qy_plan *plan = plan_of("name: d\ntechnology: fdsoi28\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: fc}\ndesigns:\n"
                          "  - {name: one, accelerator: element, pe: {kind: [mac, mitchell], bits: 8}}\n"
                          "  - {name: lone, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [8, 16]}\n"
                          "precision: [8, 4]\nclock_mhz: 100\nobjectives: {minimize: [area_um2, power_mw]}\n"
                          "store: {layers: all, members: all}\n",
                          arena);
  qy_model *model = NULL;
  elements c = {.plan = plan};
  const qy_model_run run = {.threads = 1, .batch_points = 5, .ctx = &c, .sink = take_either};
  if (!plan || !ok(!qy_model_new(&model, plan, NULL, 0, &err), "elements beside an array")) return;
  is_int(qy_model_sweep(model, &run, &err), QY_OK, "a sweep");
  ok(c.alone > 1 && c.arrays == 4 && c.wrong == 0, "%d points of elements without layers, %d of arrays with", c.alone,
     c.arrays);
  qy_model_free(model);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  kept("all", "all", false, arena);
  kept("all", "none", true, arena);
  kept("front", "all", false, arena);
  kept("none", "none", false, arena);
  of_elements(arena);
  qy_arena_free(arena);
  return done();
}
