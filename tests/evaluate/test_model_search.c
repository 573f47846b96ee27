/* Searches of the shipped experiments: 99 % of the exact hypervolume from some of their points; and how much a model
 * takes, estimated before it is made. */
#include "../../src/evaluate/model_int.h"
#include "evaluate_test.h"
#include "quarry/progress.h"

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

/* Stops when it is asked for the third time. */
static int stop_soon(void *ctx)
{
  return ++*(int *)ctx >= 3;
}

static void stopped(const qy_model *model, int64_t points)
{
  const qy_search_budget budget = {.points = points, .seed = 1};
  qy_search_result r = {0}, whole = {0};
  int asked = 0;
  const qy_status status = qy_model_search(&r, model, qy_search_find("nsga2"), &budget, 1, stop_soon, &asked, &err);
  ok(!qy_model_search(&whole, model, qy_search_find("nsga2"), &budget, 1, NULL, NULL, &err), "a search");
  ok(status == QY_INTERRUPTED && asked >= 3 && r.count < whole.count, "stopped: %zu points of %zu, %d", r.count,
     whole.count, (int)status);
  qy_search_free(&r);
  qy_search_free(&whole);
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
  if (!status && points < 1000) stopped(model, points);
  ok(!differ, "%s: two threads evaluate the same points as one", file);
  for (size_t g = 0; exact.of && g < plan->front_groups; g++)
    qy_archive_free(exact.of[g]);
  qy_model_free(model);
  qy_arena_free(arena);
}

/* A small space is evaluated often while its time is taken: it takes a part of what that took, on many threads a part
 * of that again. */
static void sampled(const qy_model *model, double points)
{
  enum { OFTEN = 20, SMALL = 50 };
  for (int threads = 1; threads <= 1000; threads *= 1000) {
    double all_s = 0;
    const double start = qy_seconds_now();
    const qy_status status = qy_model_time(model, threads, &all_s, &err);
    const double most_s = (qy_seconds_now() - start) / threads / (points < SMALL ? OFTEN : 1);
    ok(!status && all_s > 0 && (all_s < most_s || points >= 1000), "%g points on %d threads: %g s, at most %g s",
       points, threads, all_s, most_s);
  }
}

/* Memory of a model against that of one that is made; draws beyond many by those of fewer. */
static void estimates(void)
{
  static const struct {
    const char *text;
    double elements, lists, schedules;
    double within; /* of the bytes of the model made; 0: it is not made */
  } rows[] = {
      /* small: the model itself */
      {"network: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n  - {name: A, accelerator: depthwise, pe: "
       "{kind: "
       "[mac, mac_st], bits: [8, 16]}, channels: [1, 2]}\n  - {name: B, accelerator: depthwise, pe: {kind: pot, bits: "
       "8}, channels: 1}\nprecision: [8, 4]\nclock_mhz: [100, 200, 300]\n",
       5, 30, 0, 0.01},
      {"network: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n  - {name: A, accelerator: depthwise, pe: "
       "{kind: mac, "
       "bits: 8}, channels: 1}\nprecision: 8\nclock_mhz: 100\nuncertainty: {draws: 1000}\n",
       1, 2, 0, 0.01},
      /* many lists */
      {"network: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\ndesigns:\n  - {name: A, accelerator: depthwise, pe: "
       "{kind: mac, "
       "bits: [4, 8, 16]}, channels: 1}\nprecision: 4\nclock_mhz: {from: 100, to: 899, step: 1}\n",
       3, 4800, 0, 0.02},
      /* few schedules, and many */
      {"network: ds_cnn_s\ndesigns:\n  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8, memory: "
       "{device: "
       "ddr3_1600_4gb_x8, buffer: [256B, 64KiB]}}\nprecision: 8\nclock_mhz: 100\n",
       1, 2, 2, 0.02},
      {"network: ds_cnn_s\ndesigns:\n  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8, memory: "
       "{device: "
       "ddr3_1600_4gb_x8, fusion: [none, free], buffer: {from: 16KiB, to: 64KiB, step: 2KiB}}}\nprecision: "
       "8\nclock_mhz: 100\n",
       1, 2, 50, 0.12},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[1200];
    qy_arena *arena = qy_arena_new();
    qy_model *model = NULL;
    qy_model_seconds s = {0};
    double elements, lists, schedules, bytes = 0;
    snprintf(text, sizeof text, "name: t\ntechnology: [fdsoi28, lp55]\n%sobjectives: {minimize: [area_um2]}\n",
             rows[i].text);
    qy_plan *plan = plan_of(text, arena);
    if (!plan) continue;
    qy_model_size(&elements, &lists, &schedules, plan);
    ok(elements == rows[i].elements && lists == rows[i].lists && schedules == rows[i].schedules,
       "%g elements, %g price lists, %g schedules", elements, lists, schedules);
    qy_model_how how = {.threads = 1, .known = shared_known()};
    const double start = qy_seconds_now();
    const bool estimated = !qy_model_estimate(&s, plan, &how, &err);
    const double took_s = qy_seconds_now() - start, before = qy_seconds_now();
    if (!ok(estimated && !qy_model_make(&model, plan, NULL, 0, &how, &err), "estimated: %s",
            err.count ? err.diagnostic[0].text : ""))
      continue;
    const double made_s = qy_seconds_now() - before;
    sampled(model, (double)plan->space.count);
    bytes = (double)qy_arena_bytes(model->arena) + (double)qy_arena_bytes(model->own[0]);
    for (size_t k = 0; k < model->schedule_count; k++)
      bytes += (double)qy_arena_bytes(model->schedules[k]->arena);
    double scratch = 0;
    for (size_t k = 0; k < model->schedule_count; k++)
      scratch = fmax(scratch, model->schedules[k]->schedule ? (double)model->schedules[k]->schedule->scratch_bytes : 0);
    /* of a small one all is made, and points are evaluated, while it is estimated */
    ok(s.ready > 0 && s.point > 0 && s.ready < (rows[i].lists < 4096 && rows[i].schedules < 32 ? took_s : 100) &&
           s.point < took_s,
       "%g s to make it ready, %g s a point", s.ready, s.point);
    if (rows[i].schedules > 2) { /* threads that are not said are one */
      qy_model_seconds same = {0};
      const qy_model_how unsaid = {.known = shared_known()};
      ok(!qy_model_estimate(&same, plan, &unsaid, &err) && fabs(same.bytes / s.bytes - 1) < 0.5 && isfinite(same.ready),
         "%g bytes, threads unsaid", same.bytes);
    }
    if (rows[i].schedules > 2) /* a busy machine makes either longer */
      ok(s.ready > made_s / 50 && s.ready < made_s * 50, "as it is made in %g s", made_s);
    near_rel(s.bytes, bytes + scratch * how.threads, rows[i].within, "bytes of the model");
    if (model->schedule_count == 2) { /* each thread finds one at a time */
      qy_model_seconds more = {0};
      qy_model_how wider = how;
      wider.threads = 65;
      const qy_status status = qy_model_estimate(&more, plan, &wider, &err);
      near_rel((more.bytes - s.bytes) / 64, status ? NAN : scratch, 0.1, "bytes for each of 64 threads more");
    }
    qy_model_free(model);
    qy_arena_free(arena);
  }
  double bytes[2];
  for (int many = 0; many < 2; many++) {
    char text[1000];
    qy_arena *arena = qy_arena_new();
    qy_model_seconds s = {0};
    snprintf(text, sizeof text,
             "name: t\ntechnology: fdsoi28\ndesigns: [{name: E, accelerator: element, pe: {kind: mac, bits: 8}}]\n"
             "precision: 8\nclock_mhz: 100\nobjectives: {minimize: [area_um2]}\nuncertainty: {draws: %d}\n",
             many ? 4096 : 1024);
    qy_plan *plan = plan_of(text, arena);
    ok(plan && !qy_model_estimate(&s, plan, NULL, &err) && s.ready > 0 && s.point > 0, "with draws");
    bytes[many] = s.bytes;
    qy_arena_free(arena);
  }
  near_rel(bytes[1] / bytes[0], 4, 0.2, "four times as many draws take so many bytes");
}

int main(void)
{
  /* Where half of all designs are on a front, most have to be seen; where one in 200 is, few. */
  shipped("experiments/rdm_vs_sdm.yaml", 800);
  shipped("experiments/mobilenet_system.yaml", 1000);
  shipped("experiments/large_sweep.yaml", 5000);
  estimates();
  return done();
}
