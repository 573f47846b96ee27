/* Sobol indices of what moves the energy of a design over another's: 1,024 samples of each uncertain constant and of
 * the model's own discrepancy, the model being made ready before. */
#include "bench.h"

#include "quarry/model.h"

enum { RUNS = 9, SAMPLES = 1024 };

static const char at[] = "technology: fdsoi28, channels: 4, pe.multiplier: booth, precision: 8, clock_mhz: 100";

int main(void)
{
  double ms[RUNS];
  int64_t point[2];
  qy_error err = {0};
  qy_arena *arena = qy_arena_new(), *scratch = qy_arena_new();
  qy_plan *plan = NULL;
  qy_model *model = NULL;
  qy_indices f = {0};
  const int metric[] = {QY_ENERGY_UJ};
  qy_status status = qy_plan_read(&plan, "experiments/rdm_vs_sdm.yaml", "db", arena, &err);
  if (!status) status = qy_plan_find_point(&point[0], plan, "RDM", at, &err);
  if (!status) status = qy_plan_find_partner(&point[1], plan, point[0], "SDM", &err);
  if (!status) status = qy_model_new(&model, plan, point, 2, &err);
  for (int r = 0; r < RUNS && !status; r++) {
    const double start = bench_cpu_s();
    status = qy_model_sensitivity(&f, model, point[0], point[1], metric, 1, SAMPLES, 1, 1, scratch, &err);
    ms[r] = 1e3 * (bench_cpu_s() - start);
    if (r + 1 < RUNS) qy_arena_reset(scratch);
  }
  if (status) {
    fprintf(stderr, "%s\n", err.count ? err.diagnostic[0].text : "failed");
    return 1;
  }
  printf("# Sobol indices: %zu inputs\n", f.inputs);
  bench_report("Sobol indices of a ratio of two designs, 1,024 samples", ms, RUNS, "ms");
  qy_model_free(model);
  qy_arena_free(scratch);
  qy_arena_free(arena);
  return 0;
}
