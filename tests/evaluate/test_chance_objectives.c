/* Front probabilities of any objectives against the fronts of all draws, point by point: metrics that are sums,
 * quotients and products of others, certain ones, smaller or larger the better. */
#include "evaluate_test.h"

#include "quarry/draws.h"

enum { DRAWS = 24, OBJECTIVES = 4 };

static const char text[] =
    "name: c\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4], multipliers: [1, 3]}\n"
    "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 3]}\n"
    "  - {name: C, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 2]}\n" /* has no mode of 16 bits */
    "precision: [16, 8]\nclock_mhz: [200, 350, 2500]\nobjectives: {%s}\n%suncertainty: {draws: 24, seed: 3}\n";

typedef struct drawn {
  double draw[POINTS_MAX][OBJECTIVES][DRAWS];
  bool feasible[POINTS_MAX];
  int count;
} drawn;

static qy_status keep(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *error)
{
  drawn *d = ctx;
  (void)error, (void)row;
  d->feasible[i] = true;
  for (int m = 0; m < d->count; m++)
    memcpy(d->draw[i][m], draw[m], sizeof d->draw[i][m]);
  return QY_OK;
}

/* In how many draws no point of the group is at least as good everywhere and better somewhere. */
static int times_on_front(const drawn *d, const seen *s, int64_t points, int64_t i, const int *metric, bool within)
{
  int times = 0;
  for (int k = 0; k < DRAWS; k++) {
    bool beaten = false;
    for (int64_t j = 0; j < points && !beaten; j++) {
      bool worse = false, better = false;
      if (!d->feasible[j] || (within && s->technology[j] != s->technology[i])) continue;
      for (int m = 0; m < d->count; m++) {
        const double gain = (d->draw[j][m][k] - d->draw[i][m][k]) * qy_metric_table()[metric[m]].sense;
        worse |= gain < 0;
        better |= gain > 0;
      }
      beaten = better && !worse;
    }
    times += !beaten;
  }
  return times;
}

static void compare(const char *objectives, const int *metric, int count, bool within, qy_arena *arena)
{
  static seen s;
  static drawn d;
  char all[1024];
  int64_t points[POINTS_MAX];
  qy_model *model = NULL;
  snprintf(all, sizeof all, text, objectives, within ? "front: {within: [technology]}\n" : "front: {within: []}\n");
  qy_plan *plan = plan_of(all, arena);
  d = (drawn){.count = count};
  if (!plan || !sweep(&s, plan, 2, 0)) return;
  for (int64_t i = 0; i < s.points; i++)
    points[i] = i;
  if (model_made(&model, plan, NULL, 0, &err) ||
      qy_model_draws(model, points, NULL, (size_t)s.points, metric, count, keep, &d, &err)) {
    ok(0, "%s: %s", objectives, err.diagnostic[0].text);
    return;
  }
  qy_model_free(model);
  int wrong = 0, some = 0, sure = 0;
  for (int64_t i = 0; i < s.points; i++) {
    const double chance = d.feasible[i] ? times_on_front(&d, &s, s.points, i, metric, within) / (double)DRAWS : 0;
    wrong += fabs(s.chance[i] - chance) > 1e-12;
    some += chance > 0;
    sure += chance == 1;
  }
  ok(wrong == 0 && some > 0 && some < s.points, "%s: %d of %lld points on a front, %d always; %d differ", objectives,
     some, (long long)s.points, sure, wrong);
}

/* Of some points alone, as a search found them: on the fronts of these. */
static void of_some(qy_arena *arena)
{
  static const int metric[] = {QY_AREA_UM2, QY_ENERGY_UJ};
  static seen s;
  static drawn d;
  char all[1024];
  int64_t points[POINTS_MAX];
  qy_model *model = NULL;
  snprintf(all, sizeof all, text, "minimize: [area_um2, energy_uj]", "front: {within: [technology]}\n");
  qy_plan *plan = plan_of(all, arena);
  if (!plan || model_made(&model, plan, NULL, 0, &err)) return;
  const int64_t whole = qy_plan_get(plan)->points;
  for (int step = 1; step <= 5; step += 2) {
    size_t count = 0;
    s = (seen){.points = whole}, d = (drawn){.count = 2};
    for (int64_t i = 0; i < whole; i++)
      if (i % 11 < 5 && i % step == 0) points[count++] = i;
    const qy_model_run run = {.threads = 2,
                              .batch_points = 7,
                              .points = points,
                              .point_count = count,
                              .ctx = &s,
                              .sink = sink,
                              .chances = chances};
    static drawn found;
    found = (drawn){.count = 2};
    if (qy_model_sweep(model, &run, &err) ||
        qy_model_draws(model, points, NULL, count, metric, 2, keep, &found, &err)) {
      ok(0, "%zu points: %s", count, err.diagnostic[0].text);
      break;
    }
    for (size_t k = 0; k < count; k++) {
      d.feasible[points[k]] = found.feasible[k];
      memcpy(d.draw[points[k]], found.draw[k], sizeof d.draw[0]);
    }
    int wrong = 0, some = 0;
    for (int64_t i = 0; i < whole; i++) {
      const double chance = d.feasible[i] ? times_on_front(&d, &s, whole, i, metric, true) / (double)DRAWS : 0;
      wrong += fabs(s.chance[i] - chance) > 1e-12;
      some += chance > 0;
    }
    ok(wrong == 0 && some > 0, "%zu points alone: %d on a front of theirs; %d differ", count, some, wrong);
  }
  qy_model_free(model);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  compare("minimize: [area_um2, energy_uj]", (const int[]){QY_AREA_UM2, QY_ENERGY_UJ}, 2, false, arena);
  compare("minimize: [area_um2, edp_uj_us]", (const int[]){QY_AREA_UM2, QY_EDP_UJ_US}, 2, true, arena);
  compare("minimize: [power_mw], maximize: [gops]", (const int[]){QY_POWER_MW, QY_GOPS}, 2, false, arena);
  compare("minimize: area_um2, maximize: tops_per_w", (const int[]){QY_AREA_UM2, QY_TOPS_PER_W}, 2, false, arena);
  compare("minimize: edp_uj_us", (const int[]){QY_EDP_UJ_US}, 1, false, arena);
  compare("minimize: [energy_leakage_uj, latency_us, area_sram_um2]",
          (const int[]){QY_ENERGY_LEAKAGE_UJ, QY_LATENCY_US, QY_AREA_SRAM_UM2}, 3, true, arena);
  compare("maximize: [fps, tops_per_w]", (const int[]){QY_FPS, QY_TOPS_PER_W}, 2, true, arena);
  compare("minimize: [cycles, energy_sram_uj], maximize: sqnr_db",
          (const int[]){QY_CYCLES, QY_ENERGY_SRAM_UJ, QY_SQNR_DB}, 3, false, arena);
  compare("minimize: [latency_us, energy_uj, area_um2], maximize: sqnr_db",
          (const int[]){QY_LATENCY_US, QY_ENERGY_UJ, QY_AREA_UM2, QY_SQNR_DB}, 4, false, arena);
  compare("minimize: [cycles, energy_uj, area_um2]", (const int[]){QY_CYCLES, QY_ENERGY_UJ, QY_AREA_UM2}, 3, true,
          arena);
  of_some(arena);
  qy_arena_free(arena);
  return done();
}
