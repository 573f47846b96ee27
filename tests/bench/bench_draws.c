/* What 256 draws of the libraries cost: the same sweep with and without, results thrown away. */
#include "bench.h"

#include "quarry/model.h"

#include <string.h>
#include <unistd.h>

enum { RUNS = 5, BATCH = 8192 };

static const char designs[] = "technology: fdsoi28\n"
                              "network: mobilenet_v1_1.0_224\n"
                              "layers: {type: dwconv}\n"
                              "designs:\n"
                              "  - name: RDM\n"
                              "    accelerator: depthwise\n"
                              "    pe: {kind: mac_st, bits: 16}\n"
                              "    channels: {from: 1, to: 99, step: 2}\n"
                              "    multipliers: [1, 2, 3, 5, 9]\n"
                              "    port_bits: [32, 64, 128, 256]\n"
                              "precision: [16, 8, 4]\n"
                              "clock_mhz: {from: 50, to: 800, points: 20, scale: log}\n"
                              "objectives: {minimize: [area_um2, latency_us, energy_uj]}\n"
                              "front: {within: precision}\n";

static qy_status no_sink(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *err)
{
  (void)ctx;
  (void)batch;
  (void)points;
  (void)count;
  (void)err;
  return QY_OK;
}

static qy_status no_chances(void *ctx, const int64_t *point, const double *probability, size_t count, qy_error *err)
{
  (void)ctx;
  (void)point;
  (void)probability;
  (void)count;
  (void)err;
  return QY_OK;
}

/* Medians over the runs: the whole, and the sweep without what is made ready before it. */
typedef struct times {
  double whole, sweep;
} times;

static times sweep(const char *file, const char *extra, int threads, int64_t *points)
{
  qy_error err = {0};
  double whole[RUNS], alone[RUNS];
  char what[100];
  FILE *out = fopen(file, "w");
  if (!out) exit(1);
  fprintf(out, "name: bench\n%s%s", designs, extra);
  fclose(out);
  for (int r = 0; r < RUNS; r++) {
    qy_arena *arena = qy_arena_new();
    const qy_model_run run = {.threads = threads, .batch_points = BATCH, .sink = no_sink, .chances = no_chances};
    qy_plan *plan = NULL;
    qy_model *model = NULL;
    const double start = bench_now_s();
    double ready = start;
    qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
    if (!status) status = qy_model_new(&model, plan, NULL, 0, &err);
    ready = bench_now_s();
    if (!status) status = qy_model_sweep(model, &run, &err);
    if (status) {
      fprintf(stderr, "%s\n", err.count ? err.diagnostic[0].text : "failed");
      exit(1);
    }
    *points = qy_plan_get(plan)->points;
    whole[r] = bench_now_s() - start;
    alone[r] = bench_now_s() - ready;
    qy_model_free(model);
    qy_arena_free(arena);
  }
  const char *draws = *extra ? "with 256 draws" : "", *s = threads > 1 ? "s" : "";
  snprintf(what, sizeof what, "%lld points %s, %d thread%s", (long long)*points, draws, threads, s);
  const double median = bench_report(what, whole, RUNS, "s");
  snprintf(what, sizeof what, "  the sweep without what is made ready before");
  return (times){median, bench_report(what, alone, RUNS, "s")};
}

int main(void)
{
  char file[] = "/tmp/quarry-bench-XXXXXX";
  int64_t points = 0;
  const int fd = mkstemp(file);
  if (fd < 0) return 1;
  close(fd);
  for (int threads = 1; threads <= 2; threads++) {
    const times plain = sweep(file, "", threads, &points);
    const times drawn = sweep(file, "uncertainty: {draws: 256, seed: 1}\n", threads, &points);
    printf("%-62s %10.3g\n", "  with draws over without", drawn.whole / plain.whole);
    printf("%-62s %10.3g\n", "  the same of the sweeps", drawn.sweep / plain.sweep);
  }
  unlink(file);
  return 0;
}
