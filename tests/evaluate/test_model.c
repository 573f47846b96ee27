/* A model of single points against a sweep of all; layers against the whole; what the questions refuse. */
#include "evaluate_test.h"
#include "quarry/random.h"

#include <string.h>

/* Every accelerator, and systems whose members' axes come before several libraries and clocks. */
static const char text[] =
    "name: m\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
    "  - {name: module, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [1, 4]}\n"
    "  - {name: array, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8, dataflow: [os, ws]}\n"
    "  - {name: engine, accelerator: dot, pe: {kind: mitchell, bits: 8}, engines: 2, lanes: 4}\n"
    "precision: [8, 4]\nclock_mhz: [100, 5000]\nobjectives: {minimize: [area_um2, latency_us]}\n"
    "uncertainty: {draws: 16, seed: 2}\n";

static const char system_text[] =
    "name: s\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: [conv, dwconv, pwconv, fc]}\n"
    "designs:\n"
    "  - name: both\n    system: [sequential, pipelined]\n    members:\n"
    "      - {name: module, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [1, "
    "4]}\n"
    "      - {name: engine, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [4, 8], lanes: 8}\n"
    "precision: [8, 4]\nclock_mhz: [100, 200]\nobjectives: {minimize: [area_um2, energy_uj]}\n";

static const char element_text[] = "name: e\ntechnology: fdsoi28\ndesigns:\n"
                                   "  - {name: one, accelerator: element, pe: {kind: [mac, mitchell], bits: 8}}\n"
                                   "precision: [8, 4]\nclock_mhz: 100\nobjectives: {minimize: [area_um2, power_mw]}\n";

/* Every axis of a design with a memory, its first parameter too, asks for a schedule of its own. */
static const char memory_text[] =
    "name: w\ntechnology: fdsoi28\nnetwork: ds_cnn_s\ndesigns:\n"
    "  - {name: whole, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [4, 8], lanes: 8, memory: {device: "
    "ddr3_1600_4gb_x8, buffer: [16KiB, 64KiB], fusion: free}}\n"
    "precision: 8\nclock_mhz: 200\nobjectives: {minimize: [area_um2, energy_uj]}\n";

/* Intervals asked of one point are those that the sweep gave. */
static bool same_intervals(const qy_model *model, int64_t point, const seen *all)
{
  int metric[QY_METRIC_COUNT];
  qy_interval row[QY_METRIC_COUNT];
  bool same = true;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    metric[m] = m;
  if (qy_model_intervals(row, model, point, -1, metric, QY_METRIC_COUNT, &err)) return false;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const double *ends = all->interval[point][m], got[2] = {row[m].low, row[m].high};
    for (int end = 0; end < 2; end++)
      same &= isnan(ends[end]) ? isnan(got[end]) : fabs(got[end] / ends[end] - 1) < 1e-12;
    if (!same) {
      printf("# %s: %.17g..%.17g alone, %.17g..%.17g in the sweep\n", qy_metric_table()[m].name, got[0], got[1],
             ends[0], ends[1]);
      return false;
    }
  }
  return true;
}

static bool same_text(const char *a, const char *b)
{
  return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Each point by a model of its own: nothing of the points before can be left over in it. */
static void alone(const char *what, const char *of, qy_arena *arena)
{
  static seen all;
  qy_plan *plan = plan_of(of, arena);
  int same = 1, feasible = 0;
  if (!plan || !sweep(&all, plan, 1, 0)) return;
  for (int64_t i = 0; i < all.points; i++) {
    qy_model *model = NULL;
    qy_point p = {.index = -1};
    qy_status status = model_made(&model, plan, &i, 1, &err);
    if (!status) status = qy_model_point(&p, model, i, &err);
    const bool equal = !status && p.index == i && p.design == all.design[i] && p.technology == all.technology[i] &&
                       p.precision_bits == all.precision[i] && p.clock_mhz == all.clock_mhz[i] &&
                       same_text(p.reason, all.reason[i]) &&
                       (p.reason || memcmp(p.metric, all.metric[i], sizeof p.metric) == 0);
    if (!equal)
      printf("# point %lld: area %.9g alone, %.9g in the sweep\n", (long long)i, p.metric[QY_AREA_UM2],
             all.metric[i][QY_AREA_UM2]);
    same &= equal;
    if (!p.reason && plan->info.draws) same &= same_intervals(model, i, &all);
    feasible += !p.reason;
    qy_model_free(model);
  }
  ok(same && feasible > 0, "%s: %lld points, %d feasible, are alone as in the sweep", what, (long long)all.points,
     feasible);
}

/* ---- layers ---- */

typedef struct layer_sum {
  double metric[QY_METRIC_COUNT];
  int count, members;
  const char *last;
} layer_sum;

static qy_status add_layer(void *ctx, const qy_model_layer *l, qy_error *error)
{
  layer_sum *s = ctx;
  (void)error;
  if (s->count++ == 0 || s->last != l->member) s->members++;
  s->last = l->member;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    s->metric[m] += l->metric[m];
  return QY_OK;
}

/* Counts and energies of the layers add up to the point's, but for times and leakage of members that run at once. */
static void layers_of(const qy_plan *plan, const char *design, const char *at, int layers, int members, bool at_once)
{
  static const int added[] = {
      QY_CYCLES,         QY_COMPUTE_CYCLES, QY_TRANSFER_CYCLES,   QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ,
      QY_ENERGY_SRAM_UJ, QY_LATENCY_US,     QY_ENERGY_LEAKAGE_UJ, QY_ENERGY_UJ};
  const size_t sums = sizeof added / sizeof *added, certain = sums - (at_once ? 3 : 0);
  int64_t point = -1;
  qy_model *model = NULL;
  qy_point p;
  layer_sum sum = {.count = 0};
  qy_error_clear(&err);
  qy_status status = qy_plan_find_point(&point, plan, design, at, &err);
  if (!status) status = qy_model_new(&model, plan, &point, 1, &err);
  if (!status) status = qy_model_point(&p, model, point, &err);
  if (!status) status = qy_model_layers(model, point, add_layer, &sum, &err);
  qy_model_free(model);
  if (!ok(!status, "layers of %s", design)) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  is_int(sum.count, layers, "each comes once");
  is_int(sum.members, members, "in the order of the members");
  double worst = 0;
  for (size_t i = 0; i < certain; i++)
    worst = fmax(worst, fabs(sum.metric[added[i]] / p.metric[added[i]] - 1));
  ok(worst < 1e-12, "counts and energies add up (%.2g)", worst);
  if (at_once) ok(sum.metric[QY_ENERGY_LEAKAGE_UJ] < p.metric[QY_ENERGY_LEAKAGE_UJ], "a member that waits leaks, too");
}

/* MobileNetV2: 17 depthwise layers; 52 convolutions of any kind and one fully connected layer. */
static void layers(qy_arena *arena)
{
  const qy_plan *one = plan_of(text, arena), *two = plan_of(system_text, arena), *none = plan_of(element_text, arena);
  if (!one || !two || !none) return;
  layers_of(one, "module", "technology: fdsoi28, channels: 4, precision: 4, clock_mhz: 100", 17, 1, false);
  layers_of(one, "array", "technology: lp55, dataflow: ws, precision: 8, clock_mhz: 100", 17, 1, false);
  layers_of(one, "engine", "technology: fdsoi28, precision: 8, clock_mhz: 100", 17, 1, false);
  layers_of(two, "both", "technology: lp55, system: sequential, channels: 4, engines: 8, precision: 8, clock_mhz: 200",
            53, 2, false);
  layers_of(two, "both", "technology: lp55, system: pipelined, channels: 4, engines: 8, precision: 8, clock_mhz: 200",
            53, 2, true);
  int64_t point = 0;
  qy_model *model = NULL;
  layer_sum sum = {.count = 0};
  is_int(qy_model_new(&model, none, &point, 1, &err), QY_OK, "an element");
  is_int(qy_model_layers(model, point, add_layer, &sum, &err), QY_OK, "runs no layers");
  is_int(sum.count, 0, "so none comes");
  qy_model_free(model);
}

static qy_status stop_at_once(void *ctx, const qy_model_layer *l, qy_error *error)
{
  (void)l, (void)error;
  ++*(int *)ctx;
  return QY_INTERRUPTED;
}

/* ---- refusals ---- */

static void says(qy_status status, const char *wanted, const char *what)
{
  is_int(status, QY_BAD_INPUT, what);
  is_text(err.count ? err.diagnostic[0].text : "", wanted, "and said so");
  qy_error_clear(&err);
}

static int64_t at(const qy_plan *plan, const char *design, const char *axes)
{
  int64_t point = -1;
  qy_error_clear(&err);
  if (qy_plan_find_point(&point, plan, design, axes, &err)) ok(0, "%s", err.diagnostic[0].text);
  return point;
}

static void refusals(qy_arena *arena)
{
  static const int area[] = {QY_AREA_UM2}, cycles[] = {QY_CYCLES};
  char wanted[200];
  qy_plan *plan = plan_of(text, arena);
  if (!plan) return;
  const int64_t good = at(plan, "module", "technology: fdsoi28, channels: 1, precision: 8, clock_mhz: 100");
  const int64_t fast = at(plan, "module", "technology: fdsoi28, channels: 1, precision: 8, clock_mhz: 5000");
  const int64_t other = at(plan, "module", "technology: lp55, channels: 1, precision: 8, clock_mhz: 100");
  const int64_t points[] = {good, fast, other};
  qy_model *model = NULL;
  qy_point p;
  qy_interval row;
  qy_indices f;
  int visits = 0;
  is_int(qy_model_new(&model, plan, &(int64_t){-1}, 1, &err), QY_BAD_INPUT, "a point below the first");
  ok(!model, "makes no model");
  qy_error_clear(&err);
  is_int(qy_model_new(&model, plan, points, 3, &err), QY_OK, "a model of three points");
  is_int(qy_model_point(&p, model, fast, &err), QY_OK, "a point that cannot be");
  ok(p.reason != NULL, "has a reason");
  says(qy_model_point(&p, model, good + 1, &err), "expected a point that was made ready, found 1 of m",
       "a point that the model was not made for");
  says(qy_model_intervals(&row, model, good + 1, -1, area, 1, &err),
       "expected a point that was made ready, found 1 of m", "its interval");
  says(qy_model_intervals(&row, model, good, good + 1, area, 1, &err),
       "expected a point that was made ready, found 1 of m", "a ratio to it");
  snprintf(wanted, sizeof wanted, "expected a feasible point, found point %lld (module): %s", (long long)fast,
           p.reason ? p.reason : "");
  says(qy_model_intervals(&row, model, fast, -1, area, 1, &err), wanted, "the interval of what cannot be");
  says(qy_model_layers(model, fast, add_layer, NULL, &err), wanted, "its layers");
  says(qy_model_sensitivity(&f, model, good, fast, area, 1, 64, 1, 1, arena, &err), wanted, "a ratio to it");
  says(qy_model_intervals(&row, model, good, other, area, 1, &err),
       "expected two points in one technology, found fdsoi28 and lp55", "two technologies");
  says(qy_model_sensitivity(&f, model, good, other, area, 1, 64, 1, 1, arena, &err),
       "expected two points in one technology, found fdsoi28 and lp55", "their sensitivity");
  says(qy_model_sensitivity(&f, model, good, -1, cycles, 1, 64, 1, 1, arena, &err),
       "expected a metric that depends on the library's constants, found cycles, which is certain at a fixed clock",
       "what moves a certain metric");
  is_int(qy_model_intervals(&row, model, good, -1, cycles, 1, &err), QY_OK, "the interval of a certain metric");
  ok(row.value > 0 && isnan(row.low) && isnan(row.high), "has no ends");
  is_int(qy_model_layers(model, good, stop_at_once, &visits, &err), QY_INTERRUPTED, "a visit that ends it");
  is_int(visits, 1, "is the last");
  qy_model_free(model);
}

static qy_status count_point(void *ctx, const qy_point *point, qy_error *error)
{
  (void)point, (void)error;
  ++*(int *)ctx;
  return QY_OK;
}

static qy_status count_drawn(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *error)
{
  (void)i, (void)row, (void)draw, (void)error;
  ++*(int *)ctx;
  return QY_OK;
}

/* ---- partners ---- */

static const char pair_text[] =
    "name: p\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: dwconv}\ndesigns:\n"
    "  - {name: first, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 4}\n"
    "  - {name: second, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n"
    "precision: [8, 4]\nclock_mhz: [100, 200]\nobjectives: {minimize: [area_um2, latency_us]}\n";

/* Of models of all points: those outside the plan, and draws of a plan without any. */
static void outside(qy_arena *arena)
{
  static const int area[] = {QY_AREA_UM2};
  char drawn[2000], wanted[200];
  snprintf(drawn, sizeof drawn, "%suncertainty: {draws: 16}\n", pair_text);
  for (int draws = 0; draws <= 16; draws += 16) {
    qy_plan *plan = plan_of(draws ? drawn : pair_text, arena);
    qy_model *model = NULL;
    int visits = 0;
    int64_t partner;
    if (!plan || !is_int(model_made(&model, plan, NULL, 0, &err), QY_OK, "a model of all points")) return;
    const int64_t points = qy_plan_get(plan)->points;
    is_int((int64_t)qy_model_draw_count(model), draws, "its draws");
    for (int64_t p = -1; p <= points; p += points + 1) {
      snprintf(wanted, sizeof wanted, "expected a point of p, found %lld", (long long)p);
      if (draws) says(qy_model_draws(model, &p, NULL, 1, area, 1, count_drawn, &visits, &err), wanted, "its draws");
      is_int(qy_model_details(model, &p, 1, count_point, NULL, &visits, &err), QY_BAD_INPUT, "its details");
      qy_error_clear(&err);
      is_int(qy_model_partners(&partner, model, &p, 1, "second", &err), QY_BAD_INPUT, "its partner");
      qy_error_clear(&err);
    }
    if (!draws)
      says(qy_model_draws(model, &(int64_t){0}, NULL, 1, area, 1, count_drawn, &visits, &err),
           "expected an experiment with `uncertainty: {draws: N}`, found p without", "draws of none");
    is_int(visits, 0, "nothing is visited");
    qy_model_free(model);
  }
  int alike = 0, none = 0;
  for (int i = 0; i < QY_MOVED_COUNT; i++) {
    none += !qy_moved_name(i);
    for (int k = 0; !none && k < i; k++)
      alike += strcmp(qy_moved_name(i), qy_moved_name(k)) == 0;
  }
  ok(!none && !alike && !qy_moved_name(-1) && !qy_moved_name(QY_MOVED_COUNT), "names of what is moved, each another");
}

/* Every point's partner has its library, precision and clock, and is of the other design, whichever is stated first. */
static void partners(qy_arena *arena)
{
  static const char *const design[] = {"first", "second"}, *const library[] = {"fdsoi28", "lp55"};
  enum { COMMON = 8 };
  int64_t point[2][COMMON], partner[COMMON];
  qy_plan *plan = plan_of(pair_text, arena);
  qy_model *model = NULL;
  if (!plan || !ok(!qy_model_new(&model, plan, NULL, 0, &err), "a model of two designs")) return;
  for (int d = 0; d < 2; d++)
    for (int i = 0; i < COMMON; i++) {
      char axes[100];
      snprintf(axes, sizeof axes, "technology: %s, precision: %d, clock_mhz: %d", library[i & 1], i & 2 ? 8 : 4,
               i & 4 ? 100 : 200);
      point[d][i] = at(plan, design[d], axes);
    }
  for (int d = 0; d < 2; d++) {
    ok(!qy_model_partners(partner, model, point[d], COMMON, design[1 - d], &err) &&
           memcmp(partner, point[1 - d], sizeof partner) == 0,
       "partners in the %s design", design[1 - d]);
    ok(!qy_model_partners(partner, model, point[d], COMMON, design[d], &err) &&
           memcmp(partner, point[d], sizeof partner) == 0,
       "in its own a point is its own partner");
    ok(!qy_model_find_partner(partner, plan, point[d][5], design[1 - d], &err) && partner[0] == point[1 - d][5],
       "one alone");
  }
  is_int(qy_model_partners(partner, model, point[0], 1, "third", &err), QY_BAD_INPUT, "a design that is not there");
  qy_error_clear(&err);
  is_int(qy_model_partners(partner, model, &(int64_t){2 * COMMON}, 1, "first", &err), QY_BAD_INPUT,
         "a point behind the last");
  qy_error_clear(&err);
  qy_model_free(model);
}

/* ---- what is left open ---- */

static const char open_text[] =
    "name: o\ntechnology: fdsoi28\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: fc}\ndesigns:\n"
    "  - {name: a, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 9, 10, 16, 99, 100, 123]}\n"
    "precision: 8\nclock_mhz: 100\nobjectives: {minimize: [area_um2, latency_us]}\n";

/* Columns are as many as rows where they are left open, and said in the decimals of that number. */
static void left_open(qy_arena *arena)
{
  enum { SIZES = 7 };
  static const int rows[SIZES] = {4, 9, 10, 16, 99, 100, 123};
  int64_t point[SIZES];
  char text_at[40];
  qy_plan *plan = plan_of(open_text, arena);
  qy_model *model = NULL;
  for (int i = 0; plan && i < SIZES; i++) {
    snprintf(text_at, sizeof text_at, "rows: %d", rows[i]);
    point[i] = at(plan, "a", text_at);
  }
  if (!plan || !ok(!qy_model_new(&model, plan, point, SIZES, &err), "arrays of as many columns as rows")) return;
  for (int i = 0; i < SIZES; i++) {
    qy_point p = {.resolved = NULL};
    snprintf(text_at, sizeof text_at, "\"columns\":%d,", rows[i]);
    const qy_status status = qy_model_point(&p, model, point[i], &err);
    ok(!status && p.resolved && strstr(p.resolved, text_at), "%s", text_at);
  }
  qy_model_free(model);
}

/* Some points of a space, rising, in batches of the whole space: the most that fall into one, and 1 of none. */
static void batches(void)
{
  enum { POINTS = 40, BATCHES_MOST = POINTS };
  uint64_t state = 5;
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    int64_t point[POINTS], most = 1, in[BATCHES_MOST] = {0};
    qy_model_run run = {.batch_points = 1 + (int64_t)(qy_random_xorshift(&state) % 9), .points = point};
    const uint64_t share = qy_random_xorshift(&state) % 5; /* none to all */
    for (int64_t p = 0; p < POINTS; p++)
      if (qy_random_xorshift(&state) % 4 < share) {
        point[run.point_count++] = p;
        in[p / run.batch_points]++;
      }
    for (int b = 0; b < BATCHES_MOST; b++)
      most = in[b] > most ? in[b] : most;
    wrong += qy_model_batch_most(&run) != most;
    run.points = NULL;
    wrong += qy_model_batch_most(&run) != run.batch_points;
  }
  is_int(wrong, 0, "points that a batch has at most");
}

typedef struct chosen {
  int64_t batch_points, delivered[POINTS_MAX];
  int misplaced;
} chosen;

static qy_status take_chosen(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  chosen *c = ctx;
  (void)error;
  for (int64_t i = 0; i < count; i++) {
    c->delivered[points[i].index]++;
    c->misplaced += points[i].index / c->batch_points != batch;
  }
  return QY_OK;
}

/* Some points of a space, swept: each once, in its batch, and no others. */
static void chosen_points(qy_arena *arena)
{
  qy_plan *plan = plan_of(pair_text, arena);
  qy_model *model = NULL;
  uint64_t state = 9;
  int wrong = 0;
  if (!plan || model_made(&model, plan, NULL, 0, &err)) return;
  const int64_t points = qy_plan_get(plan)->points;
  for (int i = 0; i < 40 && points <= POINTS_MAX; i++) {
    static chosen c;
    int64_t point[POINTS_MAX];
    bool wanted[POINTS_MAX] = {false};
    const uint64_t share = qy_random_xorshift(&state) % 5;
    c = (chosen){.batch_points = 1 + (int64_t)(qy_random_xorshift(&state) % 9)};
    qy_model_run run = {
        .threads = 1 + i % 2, .batch_points = c.batch_points, .points = point, .ctx = &c, .sink = take_chosen};
    for (int64_t p = 0; p < points; p++)
      if (qy_random_xorshift(&state) % 4 < share) wanted[p] = true, point[run.point_count++] = p;
    wrong += qy_model_sweep(model, &run, &err) != QY_OK || c.misplaced;
    for (int64_t p = 0; p < points; p++)
      wrong += c.delivered[p] != wanted[p];
  }
  ok(wrong == 0 && points > 10, "chosen points of %lld, each once in its batch", (long long)points);
  qy_model_free(model);
}

/* A point whose metrics are the bounds themselves is within them, and out of those a digit tighter. */
static void bounds(qy_arena *arena)
{
  static seen all, bound;
  char limited[2000];
  qy_plan *plan = plan_of(pair_text, arena);
  int64_t at = 0, wrong = 0;
  if (!plan || !sweep(&all, plan, 1, 0)) return;
  while (all.reason[at])
    at++;
  const double area = all.metric[at][QY_AREA_UM2], gops = all.metric[at][QY_GOPS];
  for (int tight = 0; tight < 3; tight++) {
    const double most = tight == 1 ? nextafter(area, 0) : area, least = tight == 2 ? nextafter(gops, INFINITY) : gops;
    snprintf(limited, sizeof limited, "%sconstraints: {area_um2: {max: %.17g}, gops: {min: %.17g}}\n", pair_text, most,
             least);
    if (!(plan = plan_of(limited, arena)) || !sweep(&bound, plan, 1, 0)) return;
    for (int64_t i = 0; i < all.points; i++)
      wrong +=
          !all.reason[i] && !bound.reason[i] != (all.metric[i][QY_AREA_UM2] <= most && all.metric[i][QY_GOPS] >= least);
    wrong += !bound.reason[at] != !tight;
  }
  is_int(wrong, 0, "points within bounds that are values of one of them");
}

int main(void)
{
  batches();
  qy_arena *arena = qy_arena_new();
  alone("accelerators", text, arena);
  alone("systems", system_text, arena);
  alone("elements", element_text, arena);
  alone("memories", memory_text, arena);
  layers(arena);
  refusals(arena);
  outside(arena);
  bounds(arena);
  chosen_points(arena);
  partners(arena);
  left_open(arena);
  qy_arena_free(arena);
  return done();
}
