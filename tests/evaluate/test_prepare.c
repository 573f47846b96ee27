/* Models made on one thread and on several, alone and with a table of activities, of all points and of one: the same
 * bytes.  Designs that share an element share what is simulated.  Estimates of a plan too large to be made ready. */
#include "evaluate_test.h"
#include "quarry/kept.h"
#include "quarry/progress.h"

#define HEAD                                                                                                           \
  "name: p\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"                      \
  "precision: [8, 4]\nobjectives: {minimize: [area_um2, latency_us, energy_uj]}\n"
#define FIRST "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 2]}\n"
#define OTHER "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 1}\n"
#define SAME                                                                                                           \
  "  - {name: C, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 4, multipliers: 3}\n"                     \
  "  - {name: D, accelerator: depthwise, pe: {bits: 8, kind: mac}, channels: 5}\n"
#define CLOCKS "clock_mhz: [200, 700]\nuncertainty: {draws: 16, seed: 1}\n"

/* All points of a model made like this; false: it says why. */
static bool sweep_made(seen *s, const qy_plan *plan, const qy_model_how *how)
{
  qy_model *model = NULL;
  qy_error_clear(&err);
  *s = (seen){.points = qy_plan_get(plan)->points};
  const qy_model_run run = {.threads = how->threads, .batch_points = 5, .ctx = s, .sink = sink, .chances = chances};
  qy_status status = qy_model_make(&model, plan, NULL, 0, how, &err);
  if (!status) status = qy_model_sweep(model, &run, &err);
  qy_model_free(model);
  return status ? ok(0, "a sweep: %s", err.diagnostic[0].text) : true;
}

static int64_t differ(const seen *a, const seen *b)
{
  int64_t count = 0;
  for (int64_t i = 0; i < a->points; i++)
    count += memcmp(a->metric[i], b->metric[i], sizeof a->metric[i]) != 0 ||
             memcmp(a->interval[i], b->interval[i], sizeof a->interval[i]) != 0 || a->chance[i] != b->chance[i] ||
             !a->reason[i] != !b->reason[i];
  return count + (a->points != b->points);
}

static seen one, other;

static void same_bytes(qy_arena *arena)
{
  const qy_plan *plan = plan_of(HEAD CLOCKS "designs:\n" FIRST OTHER SAME, arena);
  qy_activities *known = qy_activities_new(NULL);
  if (!plan || !known || !sweep_made(&one, plan, &(qy_model_how){.threads = 1})) return;
  is_int(one.points, 40, "so many points");
  int64_t infeasible = 0;
  for (int64_t i = 0; i < one.points; i++)
    infeasible += one.reason[i] != NULL;
  is_int(infeasible, 0, "all of them feasible");
  for (int threads = 2; threads <= 5; threads += 3)
    if (sweep_made(&other, plan, &(qy_model_how){.threads = threads, .known = known}))
      is_int(differ(&one, &other), 0, "the same on several threads");
  if (sweep_made(&other, plan, &(qy_model_how){.known = known, .threads = 1}))
    is_int(differ(&one, &other), 0, "and of a table that has them all");
  qy_activities_free(known);
  int64_t wrong = 0;
  for (int64_t i = 0; i < one.points; i += 7) {
    qy_model *model = NULL;
    qy_point p;
    if (model_made(&model, plan, &i, 1, &err) || qy_model_point(&p, model, i, &err) ||
        memcmp(p.metric, one.metric[i], sizeof p.metric) != 0)
      wrong++;
    qy_model_free(model);
  }
  is_int(wrong, 0, "of single points, too");
}

/* Points of a sweep are those of models of one point: of systems at one library and clock, whose members are made anew
 * where their own parameters moved; of memories, whose schedules and bills are those of each point alone. */
static void members_that_stay(qy_arena *arena)
{
  static const struct {
    const char *what, *text;
    int64_t points;
  } row[] = {
      {"a system whose members move in turn",
       "name: p\ntechnology: fdsoi28\nnetwork: mobilenet_v2_1.0_224\nlayers: {type: [conv, dwconv, fc]}\nprecision: 8\n"
       "clock_mhz: 200\nobjectives: {minimize: [area_um2]}\ndesigns:\n  - name: S\n    system: sequential\n"
       "    members:\n"
       "      - {name: a, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 2]}\n"
       "      - {name: b, layers: {type: fc}, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [2, 4], lanes: [4, "
       "8]}\n"
       "      - {name: c, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 8], columns: [2, 3]}\n",
       32},
      {"systems with a memory",
       "name: p\ntechnology: [fdsoi28, lp55]\nnetwork: ds_cnn_s\nprecision: [8, 4]\nclock_mhz: [100, 200]\n"
       "objectives: {minimize: [area_um2]}\ndesigns:\n  - name: S\n    system: sequential\n    members:\n"
       "      - {name: a, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 2}\n"
       "      - {name: b, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: [4, 8]}\n"
       "    memory: {device: [lpddr4_2400_8gb_x16, ddr3_1600_4gb_x8], buffer: [8KiB, 32KiB], fusion: block}\n",
       64}};
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    const qy_plan *plan = plan_of(row[k].text, arena);
    int64_t wrong = 0, can = 0;
    if (!plan || !sweep_made(&one, plan, &(qy_model_how){.threads = 1, .known = shared_known()})) return;
    for (int64_t i = 0; i < one.points; i += k ? 3 : 1) {
      qy_model *model = NULL;
      qy_point p = {.reason = NULL};
      const bool good = !model_made(&model, plan, &i, 1, &err) && !qy_model_point(&p, model, i, &err);
      wrong +=
          !good || !p.reason != !one.reason[i] || (!p.reason && memcmp(p.metric, one.metric[i], sizeof p.metric) != 0);
      can += !p.reason;
      qy_model_free(model);
    }
    ok(one.points == row[k].points && wrong == 0 && can > 10, "%s: %lld of %lld points wrong", row[k].what,
       (long long)wrong, (long long)one.points);
  }
}

/* Activities that a model of the plan simulates. */
static int64_t simulated(const char *text, qy_activities *known, qy_arena *arena)
{
  qy_model *model = NULL;
  const qy_plan *plan = plan_of(text, arena);
  const size_t before = qy_activities_counted(known).simulated;
  if (!plan || qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.threads = 2, .known = known}, &err))
    ok(0, "a model");
  qy_model_free(model);
  return (int64_t)(qy_activities_counted(known).simulated - before);
}

static void once(qy_arena *arena)
{
  qy_activities *first = qy_activities_new(NULL), *all = qy_activities_new(NULL);
  const int64_t alone = simulated(HEAD CLOCKS "designs:\n" FIRST, first, arena);
  ok(alone >= 4, "an element and what surrounds it: %lld activities", (long long)alone);
  is_int(simulated(HEAD CLOCKS "designs:\n" FIRST SAME, all, arena), alone,
         "no more for designs with the same element");
  is_int(simulated(HEAD "clock_mhz: [100, 300, 500, 900]\ndesigns:\n" SAME FIRST, all, arena), 0,
         "none at other clocks");
  ok(simulated(HEAD CLOCKS "designs:\n" FIRST OTHER, all, arena) > 0, "some for another element");
  qy_activities_free(first);
  qy_activities_free(all);
}

static void estimates(qy_arena *arena)
{
  const qy_model_how how = {.threads = 1};
  enum { CLOCKS_MANY = 600000, CLOCKS_FEW = 600 };
  const qy_plan *small = plan_of(HEAD CLOCKS "designs:\n" FIRST, arena);
  const qy_plan *large = plan_of(HEAD "clock_mhz: {from: 100, to: 900, points: 600000}\ndesigns:\n" FIRST OTHER, arena);
  const qy_plan *wide = plan_of(
      HEAD "clock_mhz: 200\ndesigns:\n  - {name: W, accelerator: depthwise, channels: 1, "
           "pe: {kind: mac, bits: {from: 4, to: 11, step: 1}, accumulator_bits: {from: 32, to: 40, step: 1}}}\n",
      arena);
  const qy_plan *single = plan_of(
      HEAD "clock_mhz: 200\ndesigns:\n  - {name: W, accelerator: depthwise, channels: 1, pe: {kind: mac, bits: 8, "
           "accumulator_bits: 36}}\n",
      arena);
  const qy_plan *some = plan_of(HEAD "clock_mhz: {from: 100, to: 900, points: 600}\ndesigns:\n" FIRST OTHER, arena);
  const qy_plan *plans[] = {some, small, large, single, wide};
  static const char *const name[] = {"some clocks", "a small plan", "many clocks", "one element", "many elements"};
  enum { SOME, MANY = 2 };
  double before = 0, of_some = 0;
  for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
    qy_model_seconds s = {0};
    if (!plans[i]) continue;
    const double begun = qy_seconds_now();
    const qy_status status = qy_model_estimate(&s, plans[i], &how, &err);
    const double took_s = qy_seconds_now() - begun;
    ok(!status && s.ready > 0 && isfinite(s.ready) && s.point > 0 && s.point < 1, "%s: %g s, %g s a point", name[i],
       s.ready, s.point);
    /* A list of prices for each of 600,000 clocks; of 72 elements more than ten times as much as of one. */
    const double least[] = {0, 0, (double)CLOCKS_MANY * sizeof(qy_prices), 0, 10 * before};
    before = s.bytes;
    if (i == SOME) of_some = s.bytes;
    if (i == MANY) { /* few of its lists are made for it */
      qy_model_seconds shared = {0};
      const qy_model_how many = {.threads = 64};
      ok(took_s < s.ready / 4, "many clocks: estimated in %g s, made in %g s", took_s, s.ready);
      near_rel(s.bytes / of_some, (double)CLOCKS_MANY / CLOCKS_FEW, 0.2, "their bytes grow with the clocks");
      ok(!qy_model_estimate(&shared, plans[i], &many, &err) && shared.ready < s.ready / 8 &&
             shared.ready > s.ready / 512,
         "on 64 threads in %g s", shared.ready);
    }
    ok(s.bytes > least[i] && s.bytes < 1e12, "%g bytes, of which the least that it keeps are %g", s.bytes, least[i]);
  }
}

/* What batches ask for made ready with them: of 72 elements under draws, of 24 schedules, of those that depend on the
 * library and the clock, from a batch in the middle on, and of points that were chosen. */
static void by_parts(qy_arena *arena)
{
  static const char *const text[] = {
      HEAD "clock_mhz: 200\nuncertainty: {draws: 16, seed: 1}\ndesigns:\n  - {name: W, accelerator: depthwise, "
           "channels: 1, pe: {kind: mac, bits: {from: 8, to: 16, step: 1}, accumulator_bits: {from: 39, to: 46, step: "
           "1}}}\n",
      "name: p\ntechnology: fdsoi28\nnetwork: ds_cnn_s\nprecision: [8, 4]\nclock_mhz: [100, 200]\n"
      "objectives: {minimize: [area_um2]}\ndesigns:\n  - name: S\n    system: sequential\n    members: [{name: a, "
      "accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 8]}]\n"
      "    memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 8KiB, to: 64KiB, points: 6}, fusion: [none, block]}\n",
      "name: p\ntechnology: [fdsoi28, lp55]\nnetwork: ds_cnn_s\nprecision: [8, 4]\nclock_mhz: [100, 200]\n"
      "objectives: {minimize: [area_um2]}\ndesigns:\n  - name: S\n    accelerator: systolic\n    pe: {kind: mac, bits: "
      "8}\n    rows: 4\n    memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 8KiB, to: 64KiB, points: 7}, fusion: "
      "block, objective: energy}\n",
      /* a buffer that is too slow in the first library is asked for by the second */
      "name: p\ntechnology: [lp55, fdsoi28]\nnetwork: ds_cnn_s\nprecision: 8\nclock_mhz: [600, 601]\n"
      "objectives: {minimize: [area_um2]}\ndesigns:\n  - name: S\n    accelerator: systolic\n    pe: {kind: mac, bits: "
      "8}\n    rows: 4\n    memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 8KiB, to: 256KiB, points: 17}, "
      "fusion: "
      "block}\n"};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    const qy_plan *plan = plan_of(text[i], arena);
    qy_activities *known = qy_activities_new(NULL);
    if (!plan || !sweep_made(&one, plan, &(qy_model_how){.threads = 1, .known = known})) return;
    for (int threads = 1; threads <= 2; threads++)
      if (sweep_made(&other, plan, &(qy_model_how){.threads = threads, .known = known, .by_parts = true}))
        ok(!differ(&one, &other), "made by parts on %d threads: the same %lld points", threads, (long long)one.points);
    const int64_t few[] = {3, 50, 51};
    qy_model *model = NULL;
    other = (seen){.points = one.points};
    const qy_model_run run = {
        .threads = 2, .batch_points = 10, .points = few, .point_count = 3, .ctx = &other, .sink = sink};
    const qy_model_how how = {.threads = 2, .known = known, .by_parts = true};
    ok(!qy_model_make(&model, plan, NULL, 0, &how, &err) && !qy_model_sweep(model, &run, &err), "a few points alone");
    for (size_t k = 0; k < 3; k++)
      ok(memcmp(one.metric[few[k]], other.metric[few[k]], sizeof *one.metric) == 0, "point %lld", (long long)few[k]);
    qy_model_free(model);
    qy_activities_free(known);
  }
}

/* The points kept of a model that is made by parts: designs share an element for longer than is looked ahead at once,
 * and have more precisions than designs are looked at. */
static void kept_of_shared_elements(qy_arena *arena)
{
  static const qy_kept_front front = {
      .metric_count = 2, .metric = {QY_AREA_UM2, QY_LATENCY_US}, .key_count = 1, .key = {"precision"}};
  const qy_plan *plan = plan_of(
      "name: k\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
      "precision: [8, 7, 6, 5, 4, w4a8, w5a8, w6a8, w7a8, w4a7, w5a7, w6a7, w4a6, w5a6, w4a5, w8a7, w8a6, w8a5]\n"
      "clock_mhz: 200\nobjectives: {minimize: [area_um2, latency_us]}\ndesigns:\n"
      "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: {from: 1, to: 20, step: 1}}\n"
      "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: {from: 1, to: 20, step: 1}}\n"
      "  - {name: W, accelerator: depthwise, channels: 1, pe: {kind: mac, bits: {from: 9, to: 15, step: 1}, "
      "accumulator_bits: {from: 39, to: 47, step: 1}}}\n",
      arena);
  qy_activities *known = qy_activities_new(NULL);
  int64_t *point[2] = {NULL, NULL};
  size_t count[2] = {0, 0};
  for (int parts = 0; plan && parts < 2; parts++) {
    const qy_model_how how = {.threads = 1, .known = known, .by_parts = parts};
    const qy_kept_run run = {.threads = 1, .seconds = 0};
    qy_model *model = NULL;
    qy_kept *kept = NULL;
    qy_status status = qy_model_make(&model, plan, NULL, 0, &how, &err);
    if (!status) status = qy_kept_new(&kept, model, &front, 1, 0, &err);
    if (!status) status = qy_kept_sweep(kept, &run, &err);
    if (!status) status = qy_kept_points(kept, &point[parts], &count[parts], &err);
    is_int(status, QY_OK, parts ? "kept of a model made by parts" : "kept of one that is ready");
    qy_kept_free(kept);
    qy_model_free(model);
  }
  ok(count[0] > 20 && count[0] == count[1] && memcmp(point[0], point[1], count[0] * sizeof *point[0]) == 0,
     "the same %zu points", count[0]);
  free(point[0]);
  free(point[1]);
  qy_activities_free(known);
}

typedef struct counted {
  int64_t batches, points, most, last; /* the last batch of all: how many points it had */
  int64_t last_batch;
} counted;

static qy_status count_batch(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  counted *c = ctx;
  (void)points;
  (void)e;
  c->batches++;
  c->points += count;
  if (count > c->most) c->most = count;
  if (batch >= c->last_batch) {
    c->last_batch = batch;
    c->last = count;
  }
  return QY_OK;
}

/* 16 points in batches of any size: the last one has what is left, and there is none without points. */
static void batches(qy_arena *arena)
{
  enum { POINTS = 16 };
  const qy_plan *plan = plan_of(HEAD CLOCKS "designs:\n" FIRST, arena);
  qy_model *model = NULL;
  if (!ok(plan && qy_plan_get(plan)->points == POINTS &&
              !qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.threads = 1}, &err),
          "a model of 16 points"))
    return;
  int wrong = 0;
  for (int64_t size = 1; size <= POINTS + 1; size++) {
    counted c = {0};
    const qy_model_run run = {.threads = 1, .batch_points = size, .ctx = &c, .sink = count_batch};
    const int64_t whole = POINTS / size, left = POINTS % size;
    wrong += qy_model_sweep(model, &run, &err) || c.points != POINTS || c.batches != whole + (left > 0) ||
             c.last_batch != c.batches - 1 || c.last != (left ? left : size) || c.most != (whole ? size : left);
  }
  is_int(wrong, 0, "batches of 1 to 17 points: so many, each whole but the last");
  qy_model_free(model);
}

/* Where fronts alone are stored, price lists of many clocks are kept in rows: what designs make of them is the same,
 * where a clock is missed too. */
static void rows_alone(qy_arena *arena)
{
  static const char form[] =
      "name: p\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
      "precision: [8, 4]\nobjectives: {minimize: [area_um2, latency_us, energy_uj]}\n"
      "clock_mhz: {from: 100, to: 6000, points: 30, scale: log}\nstore: %s\n"
      "designs:\n  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 8, operands_at: best}, "
      "channels: 2}\n" OTHER
      "  - {name: S, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4, row_transport: [broadcast, moved]}\n"
      "  - {name: D, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n";
  static const char *const policy[] = {"all", "front"};
  seen *at[] = {&one, &other};
  char text[1000];
  for (int i = 0; i < 2; i++) {
    snprintf(text, sizeof text, form, policy[i]);
    const qy_plan *plan = plan_of(text, arena);
    if (!plan || !sweep_made(at[i], plan, &(qy_model_how){.threads = 1 + i})) return;
  }
  int64_t infeasible = 0, said = 0;
  for (int64_t i = 0; i < one.points; i++) {
    infeasible += one.reason[i] != NULL;
    said += one.reason[i] && other.reason[i] && strcmp(one.reason[i], other.reason[i]) == 0;
  }
  ok(infeasible > 0 && infeasible < one.points, "some of %lld points miss the clock", (long long)one.points);
  is_int(said, infeasible, "and the same is said of them");
  is_int(differ(&one, &other), 0, "points are the same from rows");
}

/* What is kept of a sweep whose elements and schedules are made ready as it goes is that of one where all were. */
static void kept_by_parts(qy_arena *arena)
{
  static const qy_kept_front front[] = {{.metric_count = 2, .metric = {QY_AREA_UM2, QY_LATENCY_US}},
                                        {.metric_count = 1, .metric = {QY_ENERGY_UJ}}};
  const qy_plan *plan =
      plan_of("name: p\ntechnology: fdsoi28\nnetwork: ds_cnn_s\nprecision: [8, 4]\n"
              "objectives: {minimize: area_um2}\nclock_mhz: [100, 200]\ndesigns:\n"
              "  - {name: A, accelerator: systolic, pe: {kind: mac, bits: [8, 10, 12]}, "
              "rows: [4, 8]}\n"
              "  - {name: W, accelerator: dot, pe: {kind: mul, bits: 8}, engines: [4, 8], lanes: 8, "
              "memory: {device: ddr3_1600_4gb_x8, buffer: {from: 16KiB, to: 64KiB, points: 5}, fusion: [none, "
              "block]}}\n", /* 20 schedules: more than are made at once */
              arena);
  int64_t *found[2] = {NULL, NULL};
  size_t count[2] = {0, 0};
  for (int parts = 0; plan && parts < 2; parts++) {
    qy_model *model = NULL;
    qy_kept *kept = NULL;
    const qy_model_how how = {.known = shared_known(), .by_parts = parts};
    const qy_kept_run run = {.threads = 1 + parts};
    qy_status status = qy_model_make(&model, plan, NULL, 0, &how, &err);
    if (!status) status = qy_kept_new(&kept, model, front, 2, 0, &err);
    if (!status) status = qy_kept_sweep(kept, &run, &err);
    if (!status) status = qy_kept_points(kept, &found[parts], &count[parts], &err);
    ok(!status, "kept%s: %s", parts ? " by parts" : "", status ? err.diagnostic[0].text : "swept");
    qy_kept_free(kept);
    qy_model_free(model);
  }
  ok(count[0] > 2 && count[0] == count[1] && memcmp(found[0], found[1], count[0] * sizeof *found[0]) == 0,
     "the same %zu points are kept", count[0]);
  free(found[0]);
  free(found[1]);
}

static int at_once(void *ctx)
{
  ++*(int *)ctx;
  return 1;
}

/* A model that is told to stop is none. */
static void stopped(qy_arena *arena)
{
  const qy_plan *plan = plan_of("name: p\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
                                "precision: 8\nobjectives: {minimize: area_um2}\nclock_mhz: 100\ndesigns:\n"
                                "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 2}\n",
                                arena);
  for (int parts = 0; plan && parts < 2; parts++) {
    int asked = 0;
    qy_model *model = NULL;
    const qy_model_how how = {.stop = at_once, .stop_ctx = &asked, .by_parts = parts};
    qy_status status = qy_model_make(&model, plan, NULL, 0, &how, &err);
    if (!status && parts) status = qy_model_ready(model, NULL, 0, &err);
    ok(status == QY_INTERRUPTED && asked > 0, "stopped while it is made%s", parts ? " ready" : "");
    qy_model_free(model);
    qy_error_clear(&err);
  }
}

/* A point that the plan has not is refused wherever it stands among those asked for, and those before it are ready. */
static void no_such_point(qy_arena *arena)
{
  const qy_plan *plan = plan_of("name: p\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
                                "precision: [8, 4]\nobjectives: {minimize: area_um2}\nclock_mhz: 100\ndesigns:\n"
                                "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 2}\n",
                                arena);
  static const int64_t asked[][3] = {{2, 0, 1}, {0, 2, 1}, {0, 1, 2}, {-1, 0, 1}, {0, 1, -1}};
  for (size_t i = 0; plan && i < sizeof asked / sizeof *asked; i++) {
    qy_model *model = NULL;
    const qy_model_how how = {.by_parts = true, .known = shared_known()};
    qy_status status = qy_model_make(&model, plan, NULL, 0, &how, &err);
    if (!status) status = qy_model_ready(model, asked[i], 3, &err);
    ok(status == QY_BAD_INPUT, "of 2 points: %lld, %lld, %lld are refused", (long long)asked[i][0],
       (long long)asked[i][1], (long long)asked[i][2]);
    qy_error_clear(&err);
    is_int(model ? qy_model_ready(model, (const int64_t[]){1, 0, 1}, 3, &err) : QY_INTERNAL, QY_OK,
           "those it has are ready");
    qy_model_free(model);
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  no_such_point(arena);
  same_bytes(arena);
  members_that_stay(arena);
  once(arena);
  by_parts(arena);
  kept_of_shared_elements(arena);
  batches(arena);
  rows_alone(arena);
  stopped(arena);
  kept_by_parts(arena);
  estimates(arena);
  qy_arena_free(arena);
  return done();
}
