/* Searches: budget, evaluation on threads, record, convergence (include/quarry/search.h). */
#include "search_int.h"

#include "quarry/alloc.h"
#include "quarry/progress.h"
#include "quarry/sampling.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  BATCH = 32, /* points a worker takes at a time */
  POPULATION_LEAST = 20,
  POPULATION_MOST = 200,
  POPULATION_ONE_OF = 80, /* points of the budget: so many generations */
  GROUP_LEAST = 8,
  GENERATIONS_LEAST = 10,
  SAMPLE_FIRST = 4096, /* of samples without a number of points */
  POINTS_MOST = INT32_MAX - 1
};
static const double reference_at = 1.1;

/* ---- the record ---- */

static int reserve(qy_search_result *r, size_t count)
{
  return qy_grow((void **)&r->point, &r->point_room, count, sizeof *r->point) ||
                 qy_grow((void **)&r->group, &r->group_room, count, sizeof *r->group) ||
                 qy_grow((void **)&r->violation, &r->violation_room, count, sizeof *r->violation) ||
                 qy_grow((void **)&r->objective, &r->objective_room, count * (size_t)r->objectives,
                         sizeof *r->objective) ||
                 qy_grow((void **)&r->end, &r->end_room, r->generations + 1, sizeof *r->end)
             ? -1
             : 0;
}

void qy_search_free(qy_search_result *r)
{
  if (!r) return;
  for (size_t g = 0; r->front && g < r->groups; g++)
    qy_archive_free(r->front[g]);
  free(r->front);
  free(r->point);
  free(r->group);
  free(r->violation);
  free(r->objective);
  free(r->end);
  *r = (qy_search_result){0};
}

/* ---- evaluation ---- */

static void *next_worker(void *ctx, qy_error *err)
{
  qy_search_state *s = ctx;
  (void)err;
  return s->worker[s->handed++];
}

/* A point's place in a buffer: its objectives, then its violation. */
static size_t row_length(const qy_search_state *s)
{
  return (size_t)s->problem->objectives + 1;
}

static qy_status evaluate(void *ctx, void *worker, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  const qy_search_state *s = ctx;
  const qy_search_problem *p = s->problem;
  double *row = buffer;
  for (int64_t i = 0; i < count; i++, row += row_length(s)) {
    row[p->objectives] = 0;
    qy_status status = p->evaluate(p->ctx, worker, s->proposed[first + i], row, &row[p->objectives], err);
    if (status) return status;
  }
  return QY_OK;
}

static qy_status record(void *ctx, int64_t batch, int64_t first, int64_t count, void *buffer, qy_error *err)
{
  qy_search_state *s = ctx;
  qy_search_result *r = s->result;
  const qy_search_problem *p = s->problem;
  const double *row = buffer;
  (void)batch;
  for (int64_t i = 0; i < count; i++, row += row_length(s)) {
    const int64_t point = s->proposed[first + i];
    const size_t group = p->group ? p->group(p->ctx, point) : 0;
    const double violation = row[p->objectives];
    double *objective = r->objective + r->count * (size_t)r->objectives;
    assert(group < p->groups && violation >= 0);
    r->point[r->count] = point;
    r->group[r->count] = (uint32_t)group;
    r->violation[r->count] = violation;
    for (int d = 0; d < r->objectives; d++)
      objective[d] = violation > 0 ? NAN : row[d];
    if (!(violation > 0)) {
      qy_status status = qy_archive_put(r->front[group], objective, point, err);
      if (status) return status;
    }
    r->count++;
  }
  return QY_OK;
}

static int stop(void *ctx)
{
  const qy_search_state *s = ctx;
  return s->problem->stop(s->problem->ctx);
}

size_t search_left(const qy_search_state *s)
{
  const size_t done = s->result->count;
  const int64_t most = s->budget->points > 0 ? s->budget->points : POINTS_MOST, all = s->problem->space->count;
  const size_t points = (size_t)(most < all ? most : all);
  return points <= done || (isfinite(s->end_s) && qy_seconds_now() >= s->end_s) ? 0 : points - done;
}

static int by_number(const void *left, const void *right)
{
  const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

qy_status search_evaluate(qy_search_state *s, int64_t *point, size_t count, qy_error *err)
{
  qy_search_result *r = s->result;
  const qy_search_problem *p = s->problem;
  if (count == 0) return QY_OK;
  if (reserve(r, r->count + count)) return qy_no_memory(err);
  qsort(point, count, sizeof *point, by_number);
  s->proposed = point;
  s->handed = 0;
  const qy_sweep sweep = {.count = (int64_t)count,
                          .batch = BATCH,
                          .threads = p->threads,
                          .buffer_bytes = BATCH * row_length(s) * sizeof(double),
                          .ctx = s,
                          .worker_new = s->worker ? next_worker : NULL,
                          .evaluate = evaluate,
                          .sink = record,
                          .stop = p->stop ? stop : NULL};
  const size_t before = r->count;
  qy_status status = qy_sweep_run(&sweep, err);
  if (r->count > before) r->end[r->generations++] = r->count;
  return status;
}

/* ---- samples ---- */

/* Evaluate those of a sample that are new, a generation at a time. */
static qy_status evaluate_sample(qy_search_state *s, const int64_t *sample, size_t count, int64_t *chunk, qy_error *err)
{
  qy_status status = QY_OK;
  size_t held = 0;
  for (size_t i = 0; i < count && !status; i++) {
    size_t number;
    bool fresh;
    if (pointset_add(&s->known, sample[i], &number, &fresh)) return qy_no_memory(err);
    if (fresh) chunk[held++] = sample[i];
    if (held < s->population && i + 1 < count) continue;
    const size_t left = search_left(s);
    status = search_evaluate(s, chunk, held < left ? held : left, err);
    if (left <= held) break;
    held = 0;
  }
  return status;
}

static qy_status search_sample(qy_search_state *s, const char *name, qy_error *err)
{
  const qy_sampling *method = qy_sampling_find(name);
  size_t wanted = s->budget->points > 0 ? (size_t)s->budget->points : SAMPLE_FIRST;
  int64_t *sample = NULL, *chunk = qy_alloc(s->population, sizeof *chunk);
  size_t room = 0;
  qy_status status = chunk ? QY_OK : qy_no_memory(err);
  while (!status && search_left(s) > 0) {
    size_t count = (int64_t)wanted < s->problem->space->count ? wanted : (size_t)s->problem->space->count;
    if (qy_grow((void **)&sample, &room, count, sizeof *sample)) status = qy_no_memory(err);
    if (!status) status = method->draw(sample, &count, s->problem->space, s->budget->seed, err);
    if (!status) status = evaluate_sample(s, sample, count, chunk, err);
    if (wanted > POINTS_MOST / 2) break;
    wanted *= 2;
  }
  free(sample);
  free(chunk);
  return status;
}

static qy_status search_sobol(qy_search_state *s, qy_error *err)
{
  return search_sample(s, "sobol", err);
}

static qy_status search_lhs(qy_search_state *s, qy_error *err)
{
  return search_sample(s, "lhs", err);
}

static qy_status search_random(qy_search_state *s, qy_error *err)
{
  return search_sample(s, "random", err);
}

static const qy_search_method table[] = {
    {"nsga2", "evolution of a population towards the fronts (NSGA-II)", search_nsga2},
    {"sobol", "points of a Sobol sequence, which fill the space evenly", search_sobol},
    {"lhs", "Latin hypercube: every value of an axis equally often", search_lhs},
    {"random", "uniform, without repetition", search_random},
};

const qy_search_method *qy_search_table(size_t *count)
{
  *count = sizeof table / sizeof *table;
  return table;
}

const qy_search_method *qy_search_find(const char *name)
{
  assert(name);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].name, name) == 0) return &table[i];
  return NULL;
}

/* ---- the search ---- */

static size_t population_of(const qy_search_problem *p, const qy_search_budget *b)
{
  if (b->population > 0) return b->population;
  size_t own = b->points > 0 ? (size_t)b->points / POPULATION_ONE_OF : POPULATION_MOST;
  own = own < POPULATION_LEAST ? POPULATION_LEAST : own > POPULATION_MOST ? POPULATION_MOST : own;
  size_t grouped = GROUP_LEAST * p->groups;
  if (b->points > 0 && grouped > (size_t)b->points / GENERATIONS_LEAST) grouped = (size_t)b->points / GENERATIONS_LEAST;
  return own < grouped ? grouped : own;
}

static qy_status make_workers(qy_search_state *s, qy_error *err)
{
  const qy_search_problem *p = s->problem;
  if (!p->worker_new) return QY_OK;
  if (!(s->worker = qy_alloc((size_t)p->threads, sizeof *s->worker))) return qy_no_memory(err);
  for (int i = 0; i < p->threads; i++) {
    qy_error why = {0};
    if ((s->worker[i] = p->worker_new(p->ctx, &why))) continue;
    return qy_fail(err, why.status ? why.status : QY_NO_MEMORY, "%s",
                   why.count > 0 ? why.diagnostic[0].text : qy_status_text(QY_NO_MEMORY));
  }
  return QY_OK;
}

static void drop_workers(qy_search_state *s)
{
  for (int i = 0; s->worker && i < s->problem->threads; i++)
    if (s->worker[i] && s->problem->worker_free) s->problem->worker_free(s->problem->ctx, s->worker[i]);
  free(s->worker);
}

static qy_status begin(qy_search_result *r, const qy_search_problem *p, qy_error *err)
{
  r->objectives = p->objectives;
  r->groups = p->groups;
  if (!(r->front = qy_alloc(p->groups, sizeof *r->front))) return qy_no_memory(err);
  for (size_t g = 0; g < p->groups; g++)
    if (!(r->front[g] = qy_archive_new(p->objectives))) return qy_no_memory(err);
  return QY_OK;
}

qy_status qy_search_run(qy_search_result *result, const qy_search_method *method, const qy_search_problem *problem,
                        const qy_search_budget *budget, qy_error *err)
{
  assert(result && method && problem && problem->space && problem->evaluate && budget);
  assert(problem->groups >= 1 && problem->groups < UINT32_MAX && problem->threads >= 1);
  *result = (qy_search_result){0};
  if (!(budget->points > 0 || budget->seconds > 0))
    return qy_fail(err, QY_BAD_INPUT, "expected a budget of points or seconds for a search");
  if (budget->points > POINTS_MOST)
    return qy_fail(err, QY_BAD_INPUT, "expected a budget of at most %d points, found %lld", (int)POINTS_MOST,
                   (long long)budget->points);
  qy_search_state s = {.problem = problem,
                       .budget = budget,
                       .result = result,
                       .population = population_of(problem, budget),
                       .end_s = budget->seconds > 0 ? qy_seconds_now() + budget->seconds : INFINITY};
  qy_status status = begin(result, problem, err);
  if (!status) status = make_workers(&s, err);
  if (!status) status = method->steps(&s, err);
  drop_workers(&s);
  pointset_free(&s.known);
  if (status && status != QY_INTERRUPTED) qy_search_free(result);
  return status;
}

/* ---- convergence ---- */

/* A front's box, and room for another one's points scaled to it. */
typedef struct scale {
  int objectives;
  double low[QY_HYPERVOLUME_OBJECTIVES_MAX], range[QY_HYPERVOLUME_OBJECTIVES_MAX];
  double *value;
  size_t room;
} scale;

static void fit(scale *s, const double *rows, size_t count)
{
  const size_t objectives = (size_t)s->objectives;
  for (size_t d = 0; d < objectives; d++) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
      low = fmin(low, rows[i * objectives + d]);
      high = fmax(high, rows[i * objectives + d]);
    }
    s->low[d] = low;
    s->range[d] = high > low ? high - low : 1;
  }
}

static qy_status scaled_volume(double *volume, scale *s, const double *rows, size_t count, qy_error *err)
{
  const size_t objectives = (size_t)s->objectives;
  double reference[QY_HYPERVOLUME_OBJECTIVES_MAX];
  const double *column[QY_HYPERVOLUME_OBJECTIVES_MAX];
  if (qy_grow((void **)&s->value, &s->room, count * objectives, sizeof *s->value)) return qy_no_memory(err);
  for (size_t d = 0; d < objectives; d++) {
    for (size_t i = 0; i < count; i++)
      s->value[d * count + i] = (rows[i * objectives + d] - s->low[d]) / s->range[d];
    column[d] = s->value + d * count;
    reference[d] = reference_at;
  }
  return qy_hypervolume(volume, column, s->objectives, count, reference, err);
}

static qy_status archive_volume(double *volume, scale *s, qy_archive *archive, qy_error *err)
{
  const int64_t *ids;
  const double *rows;
  size_t count;
  qy_status status = qy_archive_front(archive, &count, &ids, &rows, err);
  return status ? status : scaled_volume(volume, s, rows, count, err);
}

/* Add one group's shares; *counted: its exact front is not empty. */
static qy_status add_shares(double *share, const qy_search_result *r, uint32_t group, qy_archive *exact, bool *counted,
                            qy_error *err)
{
  scale s = {.objectives = r->objectives};
  const int64_t *ids;
  const double *rows;
  size_t count, i = 0;
  double whole = 0, volume = 0;
  qy_archive *found = NULL;
  qy_status status = qy_archive_front(exact, &count, &ids, &rows, err);
  *counted = !status && count > 0;
  if (!*counted) return status;
  fit(&s, rows, count);
  status = scaled_volume(&whole, &s, rows, count, err);
  if (!status && !(found = qy_archive_new(r->objectives))) status = qy_no_memory(err);
  for (size_t g = 0; !status && g < r->generations; g++) {
    bool grown = false;
    for (; !status && i < r->end[g]; i++) {
      if (r->group[i] != group || r->violation[i] > 0) continue;
      status = qy_archive_put(found, r->objective + i * (size_t)r->objectives, r->point[i], err);
      grown = true;
    }
    if (!status && grown) status = archive_volume(&volume, &s, found, err);
    share[g] += volume / whole;
  }
  qy_archive_free(found);
  free(s.value);
  return status;
}

qy_status qy_search_convergence(double *share, const qy_search_result *r, qy_archive *const *exact, qy_error *err)
{
  assert(share && r);
  qy_status status = QY_OK;
  size_t groups = 0;
  if (r->objectives > QY_HYPERVOLUME_OBJECTIVES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected at most %d objectives for a convergence by hypervolume, found %d",
                   (int)QY_HYPERVOLUME_OBJECTIVES_MAX, r->objectives);
  for (size_t g = 0; g < r->generations; g++)
    share[g] = 0;
  for (size_t k = 0; !status && k < r->groups; k++) {
    bool counted;
    status = add_shares(share, r, (uint32_t)k, exact ? exact[k] : r->front[k], &counted, err);
    groups += counted;
  }
  for (size_t g = 0; g < r->generations; g++)
    share[g] = groups > 0 ? share[g] / (double)groups : 0;
  return status;
}
