/* Searches of the shipped experiments: 99 % of the exact hypervolume from some of their points. */
#include "evaluate_test.h"

enum { SEEDS = 3, BATCH = 8192 };

typedef struct fronts {
  const qy_plan *plan;
  qy_archive **of; /* [front_groups] */
} fronts;

/* Every point into the front of those with the same technology, network and precision, which all three files ask for.
 * */
static qy_status put(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  fronts *f = ctx;
  const qy_plan_info *info = qy_plan_get(f->plan);
  qy_status status = QY_OK;
  (void)batch;
  for (int64_t i = 0; i < count && !status; i++) {
    const qy_point *p = &points[i];
    size_t precision = 0;
    while (f->plan->option[f->plan->precision.value[precision].option].weights != p->precision_bits)
      precision++;
    double row[16];
    for (int o = 0; o < info->objective_count; o++)
      row[o] = p->metric[info->objective[o]];
    if (!p->reason)
      status =
          qy_archive_put(f->of[(size_t)p->technology * f->plan->precision.count + precision], row, p->index, error);
  }
  return status;
}

static double last_share(const qy_search_result *r, qy_archive *const *exact)
{
  double *share = malloc((r->generations + 1) * sizeof *share), last = -1;
  if (share && !qy_search_convergence(share, r, exact, &err) && r->generations > 0) last = share[r->generations - 1];
  free(share);
  return last;
}

/* The least share over the seeds, and whether two threads find the same as one. */
static double least_share(const qy_model *model, int64_t points, qy_archive *const *exact, int *differ)
{
  double least = 1;
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    const qy_search_budget budget = {.points = points, .seed = seed};
    qy_search_result r, two = {0};
    qy_status status = qy_model_search(&r, model, qy_search_find("nsga2"), &budget, 1, NULL, NULL, &err);
    least = status ? -1 : fmin(least, last_share(&r, exact));
    if (seed == 1 && !status) {
      status = qy_model_search(&two, model, qy_search_find("nsga2"), &budget, 2, NULL, NULL, &err);
      *differ = status || two.count != r.count || memcmp(two.point, r.point, r.count * sizeof *r.point) != 0;
    }
    qy_search_free(&two);
    qy_search_free(&r);
  }
  return least;
}

static void shipped(const char *file, int64_t points)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan = NULL;
  qy_model *model = NULL;
  fronts exact = {0};
  int differ = 1;
  qy_error_clear(&err);
  qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  if (!status) plan->info.draws = 0; /* a search leaves them out */
  if (!status) status = model_made(&model, plan, NULL, 0, &err);
  if (!status && !(exact.of = qy_arena_alloc(arena, plan->front_groups, sizeof *exact.of))) status = QY_NO_MEMORY;
  for (size_t g = 0; !status && g < plan->front_groups; g++)
    exact.of[g] = qy_archive_new(qy_plan_get(plan)->objective_count);
  exact.plan = plan;
  const qy_model_run run = {.threads = 1, .batch_points = BATCH, .ctx = &exact, .sink = put};
  if (!status) status = qy_model_sweep(model, &run, &err);
  const double least = status ? -1 : least_share(model, points, exact.of, &differ);
  ok(least >= 0.99, "%s: %lld of %lld points give 99 %% of the exact hypervolume (least of %d seeds %.2f %%) %s", file,
     (long long)points, status ? 0 : (long long)qy_plan_get(plan)->points, SEEDS, 100 * least,
     status && err.count ? err.diagnostic[0].text : "");
  ok(!differ, "%s: two threads evaluate the same points as one", file);
  for (size_t g = 0; exact.of && g < plan->front_groups; g++)
    qy_archive_free(exact.of[g]);
  qy_model_free(model);
  qy_arena_free(arena);
}

int main(void)
{
  /* Where half of all designs are on a front, most have to be seen; where one in 200 is, few. */
  shipped("experiments/rdm_vs_sdm.yaml", 800);
  shipped("experiments/mobilenet_system.yaml", 1000);
  shipped("experiments/large_sweep.yaml", 5000);
  return done();
}
