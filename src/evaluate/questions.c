/* What moves a point's metrics: see influence.h.
 *
 * The two points and their modules are made once.  A batch of samples becomes a set of draws of the library; each
 * member's basis over these draws times its coefficients gives all metrics of all samples (uncertain.h).
 */
#include "quarry/influence.h"

#include "single.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_POINTS = 16384, CHUNK = 2048, DRAWS = 256, SEED = 1 };

/* One or two points in one technology, and what is asked of them. */
typedef struct subject {
  const qy_plan *plan;
  const qy_tech *tech;
  single of[2];
  void *twin[2][MEMBERS_MAX]; /* anatomies, so that nothing is simulated for each batch; NULL: no draws */
  qy_arena *arena;
  int points;
  const int *metric;
  int count;
} subject;

static qy_status point_open(single *s, const qy_plan *plan, int64_t point, qy_error *err)
{
  if (point < 0 || point >= plan->info.points)
    return qy_fail(err, QY_BAD_INPUT, "expected a point of %s, 0 to %lld, found %lld", plan->info.name,
                   (long long)plan->info.points - 1, (long long)point);
  qy_status status = single_new(s, plan, point, err);
  if (!status && s->point.reason)
    status = qy_fail(err, QY_BAD_INPUT, "expected a feasible point, found point %lld (%s): %s", (long long)point,
                     plan->entries[s->group].name, s->point.reason);
  return status;
}

static void subject_close(subject *s)
{
  for (int i = 0; i < 2; i++)
    single_free(&s->of[i]);
  qy_arena_free(s->arena);
}

static qy_status twins_make(subject *s, qy_error *err)
{
  const uncertain u = {.plan = s->plan};
  const qy_draws nominal = {.count = 1, .nominal = s->tech, .draw = s->tech};
  qy_status status = (s->arena = qy_arena_new()) ? QY_OK : qy_no_memory(err);
  for (int i = 0; i < s->points; i++)
    for (int m = 0; !status && m < s->plan->entries[s->of[i].group].member_count; m++) {
      const single_member *one = &s->of[i].member[m];
      if (s->plan->entries[s->of[i].group].member[m].type->basis)
        status = uncertain_anatomy(&s->twin[i][m], NULL, &u, s->of[i].group, m, one->pe, one->element, &nominal,
                                   s->arena, err);
    }
  return status;
}

static qy_status subject_open(subject *s, const qy_plan *plan, int64_t point, int64_t over, const int *metric,
                              int count, qy_error *err)
{
  *s = (subject){.plan = plan, .metric = metric, .count = count, .points = over >= 0 ? 2 : 1};
  qy_status status = point_open(&s->of[0], plan, point, err);
  if (!status && over >= 0) status = point_open(&s->of[1], plan, over, err);
  const int technology = s->of[0].point.technology, other = s->of[1].point.technology;
  if (!status && over >= 0 && technology != other)
    status = qy_fail(err, QY_BAD_INPUT, "expected two points in one technology, found %s and %s",
                     plan->technology[technology]->name, plan->technology[other]->name);
  if (!status) {
    s->tech = plan->technology[technology];
    status = twins_make(s, err);
  }
  if (status) subject_close(s);
  return status;
}

/* Metrics of point i of the subject in all draws of a library: out[metric * draws + k]. */
static qy_status point_draws(double *out, const subject *s, int i, qy_draws *library, double *sram, qy_arena *arena,
                             qy_error *err)
{
  const single *one = &s->of[i];
  const qy_plan *plan = s->plan;
  const size_t technologies = (size_t)plan->info.technology_count, t = (size_t)one->point.technology;
  const size_t clock = one->index[plan->entries[one->group].param_count + AXIS_CLOCK];
  uncertain u = {.plan = plan, .draws = library->count};
  u.library = qy_arena_alloc(arena, technologies, sizeof(qy_draws *));
  u.sram = qy_arena_alloc(arena, technologies, sizeof(double *));
  u.basis = qy_arena_alloc(arena, (size_t)plan->entry_count, sizeof *u.basis);
  if (!u.library || !u.sram || !u.basis) return qy_no_memory(err);
  u.library[t] = library;
  u.sram[t] = sram;
  uncertain_member_at with[MEMBERS_MAX];
  qy_status status = QY_OK;
  for (int m = 0; !status && m < plan->entries[one->group].member_count; m++) {
    with[m] = one->member[m].with;
    status = uncertain_point(&u, s->twin[i][m], one->group, m, one->member[m].pe, one->member[m].element, t, clock,
                             arena, err);
  }
  uncertain_batch *batch = status ? NULL : uncertain_batch_new(&u, 1);
  if (!status && !batch) status = qy_no_memory(err);
  if (!status) {
    uncertain_batch_add(batch, 0, &one->point, one->group, 0, with);
    status = uncertain_batch_draws(batch, s->metric, s->count, out, err);
  }
  uncertain_batch_free(batch);
  return status;
}

/* The same of the metrics, or of their ratios. */
static qy_status subject_draws(double *out, const subject *s, qy_draws *library, double *sram, qy_error *err)
{
  const size_t n = (size_t)s->count * library->count;
  qy_arena *arena = qy_arena_new();
  double *base = arena && s->points > 1 ? qy_arena_alloc(arena, n, sizeof *base) : NULL;
  qy_status status = arena && (base || s->points == 1) ? QY_OK : qy_no_memory(err);
  if (!status) status = point_draws(out, s, 0, library, sram, arena, err);
  if (!status && base) status = point_draws(base, s, 1, library, sram, arena, err);
  for (size_t i = 0; !status && base && i < n; i++)
    out[i] /= base[i];
  qy_arena_free(arena);
  return status;
}

qy_status qy_plan_evaluate(qy_point *out, const qy_plan *plan, int64_t point, qy_error *err)
{
  single one;
  if (point < 0 || point >= plan->info.points)
    return qy_fail(err, QY_BAD_INPUT, "expected a point of %s, 0 to %lld, found %lld", plan->info.name,
                   (long long)plan->info.points - 1, (long long)point);
  qy_status status = single_new(&one, plan, point, err);
  if (!status) {
    *out = one.point;
    out->interval = NULL;
  }
  single_free(&one);
  return status;
}

qy_status qy_plan_intervals(qy_interval *row, const qy_plan *plan, int64_t point, int64_t over, const int *metric,
                            int count, qy_error *err)
{
  subject s;
  uncertain u = {.plan = plan, .draws = plan->info.draws ? (size_t)plan->info.draws : DRAWS};
  const uint64_t seed = plan->info.draws ? plan->info.draw_seed : SEED;
  qy_draws *library;
  double *sram, *drawn = NULL;
  qy_status status = subject_open(&s, plan, point, over, metric, count, err);
  if (status) return status;
  qy_arena *arena = qy_arena_new();
  if (!arena || !(drawn = qy_arena_alloc(arena, (size_t)count * u.draws, sizeof *drawn))) status = qy_no_memory(err);
  if (!status) status = qy_draws_new(&library, s.tech, u.draws, seed, s.of[0].point.technology, arena, err);
  if (!status) status = uncertain_sram_factors(&sram, &u, s.tech, seed, arena, err);
  if (!status) status = subject_draws(drawn, &s, library, sram, err);
  for (int i = 0; !status && i < count; i++) {
    double *v = drawn + (size_t)i * u.draws;
    row[i] = (qy_interval){s.of[0].point.metric[metric[i]], NAN, NAN};
    if (over >= 0) row[i].value /= s.of[1].point.metric[metric[i]];
    if (!isfinite(row[i].value)) row[i].value = NAN; /* over nothing */
    if (isnan(row[i].value) || !qy_metric_uncertain(metric[i])) continue;
    if (metric[i] == QY_TOPS_PER_W) { /* through the energy, as stored intervals are */
      for (size_t k = 0; k < u.draws; k++)
        v[k] = 1 / v[k];
      row[i].low = 1 / qy_quantile(v, u.draws, 0.95);
      row[i].high = 1 / qy_quantile(v, u.draws, 0.05);
      continue;
    }
    row[i].low = qy_quantile(v, u.draws, 0.05);
    row[i].high = qy_quantile(v, u.draws, 0.95);
  }
  qy_arena_free(arena);
  subject_close(&s);
  return status;
}

/* ---- indices ---- */

typedef struct analysis {
  subject subject;
  size_t *entry; /* constant of each of the first inputs */
  size_t constants;
  double sram_p95[QY_SRAM_QUANTITY_COUNT]; /* the other inputs, if any, are the SRAM factors */
  bool has_sram;
  int threads;
  /* One batch. */
  const double *z;
  size_t count;
  double *output;
} analysis;

typedef struct sampler { /* what a thread needs */
  qy_arena *arena;
  qy_tech *one;  /* a library to set constants in */
  qy_tech *draw; /* [CHUNK] */
  double *sram;  /* [factor * count + k] */
} sampler;

static void sampler_free(void *ctx, void *worker)
{
  (void)ctx;
  sampler *s = worker;
  if (s) qy_arena_free(s->arena);
  free(s);
}

static void *sampler_new(void *ctx, qy_error *err)
{
  const analysis *a = ctx;
  sampler *s = qy_alloc(1, sizeof *s);
  if (s && (s->arena = qy_arena_new()) && (s->draw = qy_arena_alloc(s->arena, CHUNK, sizeof *s->draw)) &&
      (s->sram = qy_arena_alloc(s->arena, (size_t)CHUNK * QY_SRAM_FACTORS, sizeof *s->sram)) &&
      qy_tech_copy(&s->one, a->subject.tech, s->arena, err) == QY_OK)
    return s;
  sampler_free(NULL, s);
  qy_no_memory(err);
  return NULL;
}

/* Samples [first, first + count) of the batch: buffer[metric * count + k]. */
static qy_status sample(void *ctx, void *worker, int64_t first, int64_t samples, void *buffer, qy_error *err)
{
  const analysis *a = ctx;
  sampler *s = worker;
  const qy_tech *tech = a->subject.tech;
  const size_t count = (size_t)samples;
  const double *z = a->z + first;
  for (size_t k = 0; k < count; k++) {
    for (size_t i = 0; i < a->constants; i++)
      s->one->entry[a->entry[i]].constant.value =
          qy_constant_at(&tech->entry[a->entry[i]].constant, z[i * a->count + k]);
    qy_tech_resolve(s->one);
    s->draw[k] = *s->one;
    s->draw[k].entry = tech->entry;
  }
  for (size_t f = 0; a->has_sram && f < QY_SRAM_FACTORS; f++)
    for (size_t k = 0; k < count; k++)
      s->sram[f * count + k] =
          qy_sram_error_factor(a->sram_p95[f / QY_BUFFER_ROLES], z[(a->constants + f) * a->count + k]);
  qy_draws library = {.count = count, .nominal = tech, .draw = s->draw};
  return subject_draws(buffer, &a->subject, &library, a->has_sram ? s->sram : NULL, err);
}

static qy_status collect(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  (void)batch;
  (void)err;
  analysis *a = ctx;
  for (int m = 0; m < a->subject.count; m++)
    memcpy(a->output + (size_t)m * a->count + (size_t)first, (const double *)buffer + (size_t)m * (size_t)count,
           (size_t)count * sizeof(double));
  return QY_OK;
}

static qy_status samples_of(void *ctx, const double *z, size_t count, double *output, qy_error *err)
{
  analysis *a = ctx;
  a->z = z;
  a->count = count;
  a->output = output;
  const qy_sweep sweep = {.count = (int64_t)count,
                          .batch = CHUNK,
                          .threads = a->threads,
                          .buffer_bytes = (size_t)a->subject.count * CHUNK * sizeof(double),
                          .ctx = a,
                          .worker_new = sampler_new,
                          .worker_free = sampler_free,
                          .evaluate = sample,
                          .sink = collect};
  return qy_sweep_run(&sweep, err);
}

/* Only what varies has indices. */
static qy_status check_metrics(const subject *s, qy_error *err)
{
  const qy_metric_info *table = qy_metric_table();
  for (int i = 0; i < s->count; i++) {
    const int m = s->metric[i];
    if (!qy_metric_uncertain(m))
      return qy_fail(err, QY_BAD_INPUT,
                     "expected a metric that depends on the library's constants, found %s, which is certain at a fixed "
                     "clock",
                     table[m].name);
    for (int p = 0; p < s->points; p++)
      if (isnan(s->of[p].point.metric[m]))
        return qy_fail(err, QY_BAD_INPUT, "expected a metric that the design \"%s\" has, found %s",
                       s->plan->entries[s->of[p].group].name, table[m].name);
      else if (p == 1 && s->of[p].point.metric[m] == 0)
        return qy_fail(err, QY_BAD_INPUT, "expected a ratio, found %s of 0 in the second point", table[m].name);
  }
  return QY_OK;
}

static qy_status inputs_find(analysis *a, qy_influence *out, qy_arena *arena, qy_error *err)
{
  const qy_tech *tech = a->subject.tech;
  const size_t most = tech->entry_count + QY_SRAM_FACTORS;
  qy_status status = uncertain_sram_errors(a->sram_p95, &a->has_sram, a->subject.plan, tech, arena, err);
  if (status) return status;
  a->entry = qy_arena_alloc(arena, tech->entry_count, sizeof *a->entry);
  out->name = qy_arena_alloc(arena, most, sizeof *out->name);
  if (!a->entry || !out->name) return qy_no_memory(err);
  for (size_t i = 0; i < tech->entry_count; i++) {
    if (!(tech->entry[i].constant.low < tech->entry[i].constant.high)) continue;
    out->name[a->constants] = tech->entry[i].path;
    a->entry[a->constants++] = i;
  }
  out->inputs = a->constants;
  for (int f = 0; a->has_sram && f < QY_SRAM_FACTORS; f++) {
    char name[UNCERTAIN_NAME];
    uncertain_sram_name(f, name);
    if (!(out->name[out->inputs++] = qy_arena_text(arena, name, strlen(name)))) return qy_no_memory(err);
  }
  return QY_OK;
}

qy_status qy_plan_influence(qy_influence *out, const qy_plan *plan, int64_t point, int64_t over, const int *metric,
                            int count, size_t samples, uint64_t seed, int threads, qy_arena *arena, qy_error *err)
{
  analysis a = {.threads = threads};
  *out = (qy_influence){0};
  qy_status status = subject_open(&a.subject, plan, point, over, metric, count, err);
  if (status) return status;
  status = check_metrics(&a.subject, err);
  if (!status) status = inputs_find(&a, out, arena, err);
  if (!status && !(out->index = qy_arena_alloc(arena, out->inputs * (size_t)count, sizeof *out->index)))
    status = qy_no_memory(err);
  const qy_sensitivity s = {.inputs = out->inputs,
                            .outputs = (size_t)count,
                            .samples = samples,
                            .seed = seed,
                            .batch = samples_of,
                            .batch_points = BATCH_POINTS,
                            .ctx = &a};
  if (!status) status = qy_sensitivity_run(out->index, &s, err);
  subject_close(&a.subject);
  return status;
}
