/* What 256 and 1,024 draws of the libraries cost: the same sweep with and without in turns, results thrown away. */
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

/* CPU seconds: the whole, and the sweep without what is made ready before it. */
typedef struct times {
  double whole, sweep;
} times;

/* draws 0: none. */
static times sweep(const char *file, int draws)
{
  qy_error err = {0};
  FILE *out = fopen(file, "w");
  if (!out) exit(1);
  fprintf(out, "name: bench\n%s", designs);
  if (draws) fprintf(out, "uncertainty: {draws: %d, seed: 1}\n", draws);
  fclose(out);
  qy_arena *arena = qy_arena_new();
  const qy_model_run run = {.threads = 1, .batch_points = BATCH, .sink = no_sink, .chances = no_chances};
  qy_plan *plan = NULL;
  qy_model *model = NULL;
  const double start = bench_cpu_s();
  qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  if (!status) status = qy_model_new(&model, plan, NULL, 0, &err);
  const double ready = bench_cpu_s();
  if (!status) status = qy_model_sweep(model, &run, &err);
  const double end = bench_cpu_s();
  if (status) {
    fprintf(stderr, "%s\n", err.count ? err.diagnostic[0].text : "failed");
    exit(1);
  }
  qy_model_free(model);
  qy_arena_free(arena);
  return (times){end - start, end - ready};
}

int main(void)
{
  enum { KINDS = 3 };
  static const int draws[KINDS] = {0, 256, 1024};
  char file[] = "/tmp/quarry-bench-XXXXXX", what[100];
  double whole[KINDS][RUNS], alone[KINDS][RUNS];
  const int fd = mkstemp(file);
  if (fd < 0) return 1;
  close(fd);
  for (int r = 0; r < RUNS; r++)
    for (int k = 0; k < KINDS; k++) {
      const times t = sweep(file, draws[k]);
      whole[k][r] = t.whole;
      alone[k][r] = t.sweep;
    }
  unlink(file);
  puts("# draws: a sweep of 60,000 points, results thrown away");
  bench_report("sweep of 60,000 points without draws", whole[0], RUNS, "s");
  for (int k = 1; k < KINDS; k++) {
    snprintf(what, sizeof what, "%d draws over none", draws[k]);
    bench_report_ratio(what, whole[k], whole[0], RUNS);
    snprintf(what, sizeof what, "%d draws over none, the sweep alone", draws[k]);
    bench_report_ratio(what, alone[k], alone[0], RUNS);
  }
  return 0;
}
