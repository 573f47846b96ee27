/* Points under the plan's draws, all through one model, beside each point and ratio asked for by itself. */
#include "evaluate_test.h"

#include "quarry/draws.h"

enum { DRAWS = 32, METRICS = 4 };

static const char text[] =
    "name: d\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - name: SDM\n    accelerator: depthwise\n    pe: {kind: mac, bits: 16}\n    channels: [1, 4]\n"
    "  - name: RDM\n    accelerator: depthwise\n    pe: {kind: mac_st, bits: 16}\n    channels: [1, 4]\n"
    "precision: [16, 8]\nclock_mhz: [200, 2000]\n"
    "objectives: {minimize: [area_um2, energy_uj]}\nuncertainty: {draws: 32, seed: 3}\n";

static const int metric[METRICS] = {QY_AREA_UM2, QY_ENERGY_UJ, QY_LATENCY_US, QY_TOPS_PER_W};

typedef struct kept {
  qy_interval row[POINTS_MAX][METRICS];
  double draw[POINTS_MAX][METRICS][DRAWS];
  int visits[POINTS_MAX];
} kept;

static kept alone, ratio;

static qy_status keep(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *error)
{
  kept *k = ctx;
  (void)error;
  k->visits[i]++;
  memcpy(k->row[i], row, sizeof k->row[i]);
  for (int m = 0; m < METRICS; m++)
    memcpy(k->draw[i][m], draw[m], sizeof k->draw[i][m]);
  return QY_OK;
}

static double apart(double a, double b)
{
  return isnan(a) && isnan(b) ? 0 : fabs(a - b) / fabs(b);
}

static double rows_apart(const qy_interval *a, const qy_interval *b)
{
  double worst = 0;
  for (int m = 0; m < METRICS; m++)
    worst =
        fmax(worst, fmax(apart(a[m].value, b[m].value), fmax(apart(a[m].low, b[m].low), apart(a[m].high, b[m].high))));
  return worst;
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = plan_of(text, arena);
  qy_model *all = NULL;
  if (!plan) return done();
  const int64_t count = qy_plan_get(plan)->points;
  int64_t points[POINTS_MAX], over[POINTS_MAX];
  if (!is_int(model_made(&all, plan, NULL, 0, &err), QY_OK, "a model of all points")) return done();
  for (int64_t i = 0; i < count; i++) {
    points[i] = i;
    over[i] = -1;
    qy_plan_find_partner(&over[i], plan, i, "SDM", NULL);
  }
  is_int(qy_model_draws(all, points, NULL, (size_t)count, metric, METRICS, keep, &alone, &err), QY_OK, "all points");
  is_int(qy_model_draws(all, points, over, (size_t)count, metric, METRICS, keep, &ratio, &err), QY_OK, "their ratios");
  int feasible = 0, wrong = 0;
  double worst = 0, worst_ratio = 0, worst_draw = 0, narrowest = 1;
  for (int64_t i = 0; i < count; i++) {
    qy_model *one = NULL;
    qy_point p, base;
    qy_interval row[METRICS];
    const int64_t pair[] = {i, over[i]};
    if (model_made(&one, plan, pair, 2, &err) || qy_model_point(&p, one, i, &err) ||
        qy_model_point(&base, one, over[i], &err)) {
      wrong++;
      continue;
    }
    wrong += alone.visits[i] != !p.reason || ratio.visits[i] != (!p.reason && !base.reason);
    if (!p.reason && !base.reason) {
      feasible++;
      if (qy_model_intervals(row, one, i, -1, metric, METRICS, &err)) wrong++;
      worst = fmax(worst, rows_apart(alone.row[i], row));
      if (qy_model_intervals(row, one, i, over[i], metric, METRICS, &err)) wrong++;
      worst_ratio = fmax(worst_ratio, rows_apart(ratio.row[i], row));
      for (int m = 0; m < METRICS; m++)
        for (int k = 0; k < DRAWS; k++)
          worst_draw = fmax(worst_draw, apart(ratio.draw[i][m][k], alone.draw[i][m][k] / alone.draw[over[i]][m][k]));
      if (over[i] != i)
        narrowest = fmin(narrowest, (ratio.row[i][0].high / ratio.row[i][0].low - 1) /
                                        (alone.row[i][0].high / alone.row[i][0].low - 1));
    }
    qy_model_free(one);
  }
  is_int(wrong, 0, "points that can be are visited once, others not");
  ok(feasible > 8, "%d of %d points can be", feasible, (int)count);
  ok(worst < 1e-12, "values and intervals are those of each point by itself (worst %.1e)", worst);
  ok(worst_ratio < 1e-12, "and of each ratio (worst %.1e)", worst_ratio);
  ok(worst_draw < 1e-14, "a ratio is taken draw by draw");
  ok(narrowest < 0.5, "what two designs share leaves the ratio of areas (interval %.2f as wide at least)", narrowest);
  qy_model_free(all);
  qy_arena_free(arena);
  return done();
}
