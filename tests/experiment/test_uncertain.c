/* A whole experiment under draws: which metrics have intervals, how they hang together, and a resumed or threaded run
 * against an undisturbed one. */
#include "quarry/depthwise_draws.h"
#include "quarry/experiment.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

enum { POINTS_MAX = 64 };

static const char text[] =
    "name: u\ntechnology: [fdsoi28, lp55]\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
    "designs:\n  - name: A\n    accelerator: depthwise\n    pe: {kind: mac_st, bits: 16}\n"
    "    channels: [1, 4]\nprecision: [16, 4]\nclock_mhz: [50, 100]\n"
    "objectives: {minimize: [area_um2, energy_uj], maximize: [tops_per_w]}\n"
    "uncertainty: {draws: 64, seed: 5}\n";

typedef struct seen {
  double metric[POINTS_MAX][QY_METRIC_COUNT], interval[POINTS_MAX][QY_METRIC_COUNT][2], chance[POINTS_MAX];
  int technology[POINTS_MAX], precision[POINTS_MAX], feasible[POINTS_MAX];
  int64_t done_before; /* batches below are skipped */
  size_t chances;
} seen;

static qy_status sink(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err)
{
  seen *s = ctx;
  (void)batch, (void)err;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    memcpy(s->metric[p->index], p->metric, sizeof p->metric);
    if (p->interval) memcpy(s->interval[p->index], p->interval, sizeof s->interval[0]);
    s->feasible[p->index] = !p->reason && p->interval;
    s->technology[p->index] = p->technology;
    s->precision[p->index] = p->precision_bits;
  }
  return QY_OK;
}

static int skip(void *ctx, int64_t batch)
{
  return batch < ((seen *)ctx)->done_before;
}

static qy_status chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err)
{
  seen *s = ctx;
  (void)err;
  s->chances = count;
  for (size_t i = 0; i < count; i++)
    s->chance[point[i]] = probability[i];
  return QY_OK;
}

static void run(seen *s, const qy_plan *plan, int threads, int64_t done_before)
{
  qy_error err = {0};
  s->done_before = done_before;
  qy_plan_run r = {.threads = threads, .batch_points = 5, .ctx = s, .sink = sink, .skip = skip, .chances = chances};
  if (!ok(qy_plan_execute(plan, &r, &err) == QY_OK, "run on %d threads", threads))
    printf("# %s\n", err.diagnostic[0].text);
}

int main(void)
{
  static seen one, two, resumed;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  char file[] = "/tmp/quarry-uncertain-XXXXXX";
  int fd = mkstemp(file);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!ok(out != NULL, "a file to write")) return done();
  fputs(text, out);
  fclose(out);
  qy_plan *plan = NULL;
  if (!ok(qy_plan_read(&plan, file, "db", arena, &err) == QY_OK, "plan")) {
    printf("# %s\n", err.diagnostic[0].text);
    return done();
  }
  unlink(file);
  is_int(qy_plan_get(plan)->draws, 64, "64 draws");
  const int64_t points = qy_plan_get(plan)->points;
  run(&one, plan, 1, 0);
  run(&two, plan, 2, 0);
  run(&resumed, plan, 1, 2);
  int inside = 1, certain = 1, ordered = 1, feasible = 0;
  for (int64_t i = 0; i < points; i++) {
    if (!one.feasible[i]) continue;
    feasible++;
    const double *m = one.metric[i];
    for (int k = 0; k < QY_METRIC_COUNT; k++) {
      const double *ends = one.interval[i][k];
      if (!qy_metric_uncertain(k) || isnan(m[k])) { /* certain, or not a metric of this accelerator */
        certain &= isnan(ends[0]) && isnan(ends[1]);
        continue;
      }
      ordered &= ends[0] < ends[1];
      if (k != QY_AREA_CONTROL_UM2) inside &= ends[0] < m[k] && m[k] < ends[1];
    }
    const double *energy = one.interval[i][QY_ENERGY_UJ], *best = one.interval[i][QY_TOPS_PER_W];
    certain &= fabs(best[0] * energy[1] / (m[QY_TOPS_PER_W] * m[QY_ENERGY_UJ]) - 1) < 1e-12;
  }
  is_int(feasible, points, "every point is feasible");
  ok(ordered && inside, "values lie within their intervals");
  ok(certain, "times have no interval; efficiency is the inverse of energy");
  ok(memcmp(one.interval, two.interval, sizeof one.interval) == 0, "threads do not matter: intervals");
  ok(memcmp(one.chance, two.chance, sizeof one.chance) == 0, "threads do not matter: probabilities");
  ok(one.chances > 0 && memcmp(one.chance, resumed.chance, sizeof one.chance) == 0,
     "a resumed run finds the same %zu probabilities", one.chances);
  qy_arena_free(arena);
  return done();
}
