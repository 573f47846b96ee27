/* Intervals of the median ratio of pairs of points, from the draws that both points share: see questions_int.h.
 *
 * The database keeps the quantiles of each point, not its draws.  These follow from what the experiment was run with:
 * where all inputs are still the same, the model is made again from the stored file and draws the pairs together.
 */
#include "questions_int.h"
#include "stored_plan.h"

#include "quarry/crossover.h"
#include "quarry/draws.h"
#include "quarry/model.h"

#include <assert.h>
#include <math.h>

enum { DRAWS_MOST = 1 << 24 }; /* ratios kept, 8 bytes each */

/* The plan of the experiment; *plan NULL: *why says why there are no draws of it. */
static qy_status find_plan(qy_plan **plan, const char **why, const asking *a, qy_error *err)
{
  qy_error inner = {0};
  qy_plan *found;
  *plan = NULL;
  qy_status status = stored_plan(&found, why, a->store, a->id, a->db_dir, a->arena, &inner);
  if (status == QY_NO_MEMORY) return qy_no_memory(err);
  if (status)
    *why = qy_arena_format(a->arena, "the experiment cannot be read as it was: %s", inner.diagnostic[0].text);
  else if (*why)
    *why = qy_arena_format(a->arena, "%s; run it again", *why);
  else if (!qy_plan_get(found)->draws)
    *why = "the experiment has no draws; `uncertainty: {draws: 256}` in its file gives them";
  else
    *plan = found;
  return *plan || *why ? QY_OK : qy_no_memory(err);
}

/* ---- draws ---- */

typedef struct taking {
  size_t pairs, draws;
  int metric_count;
  double *ratio; /* [metric_count][draws][pairs] */
} taking;

static qy_status take(void *ctx, size_t i, const qy_interval *row, const double *const *draw, qy_error *err)
{
  taking *t = ctx;
  (void)row, (void)err;
  for (int m = 0; m < t->metric_count; m++)
    for (size_t k = 0; k < t->draws; k++)
      t->ratio[((size_t)m * t->draws + k) * t->pairs + i] = draw[m][k];
  return QY_OK;
}

/* Those that are numbers to the front; how many. */
static size_t drop_nan(double *x, size_t count)
{
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (!isnan(x[i])) x[n++] = x[i];
  return n;
}

/* p05 and p95 of the medians in the draws, of the pairs of a group. */
static question_interval settle(const taking *t, int m, size_t first, size_t pairs, double *median)
{
  size_t count = 0;
  for (size_t k = 0; k < t->draws; k++) {
    double *ratio = t->ratio + ((size_t)m * t->draws + k) * t->pairs + first;
    const size_t n = drop_nan(ratio, pairs);
    if (n) median[count++] = qy_quantile(ratio, n, 0.5);
  }
  if (count == 0 || (double)count < QY_DRAWS_ENOUGH * (double)t->draws) return (question_interval){NAN, NAN};
  return (question_interval){qy_quantile(median, count, 0.05), qy_quantile(median, count, 0.95)};
}

static qy_status draw(question_interval *out[QY_METRIC_COUNT], const asking *a, const qy_plan *plan,
                      const question_pairs *p, const int *metric, int metric_count, qy_error *err)
{
  qy_model *model = NULL;
  taking t = {.pairs = p->count, .metric_count = metric_count};
  double *median = NULL;
  qy_status status = qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.threads = threads_default()}, err);
  if (!status) {
    t.draws = qy_model_draw_count(model);
    const size_t all = (size_t)metric_count * t.draws * p->count;
    t.ratio = qy_arena_alloc(a->arena, all + 1, sizeof *t.ratio);
    median = qy_arena_alloc(a->arena, t.draws + 1, sizeof *median);
    if (!t.ratio || !median) status = qy_no_memory(err);
    for (size_t i = 0; i < all && !status; i++)
      t.ratio[i] = NAN;
  }
  if (!status) status = qy_model_draws(model, p->point, p->base, p->count, metric, metric_count, take, &t, err);
  for (int m = 0; m < metric_count && !status; m++)
    for (size_t g = 0; g < p->groups; g++)
      out[metric[m]][g] = settle(&t, m, p->first[g], p->first[g + 1] - p->first[g], median);
  qy_model_free(model);
  return status;
}

qy_status question_draw_ratios(question_interval *out[QY_METRIC_COUNT], const char **why, const asking *a,
                               const question_pairs *p, qy_error *err)
{
  assert(out && why && a && p);
  const size_t pairs = p->count;
  qy_plan *plan = NULL;
  int metric[QY_METRIC_COUNT], count = 0;
  *why = NULL;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    out[m] = NULL;
    if (!a->has[m] || !qy_metric_uncertain(m) || qy_metric_is_level(m)) continue; /* draws are of ratios */
    metric[count++] = m;
    out[m] = qy_arena_alloc(a->arena, p->groups + 1, sizeof *out[m]);
    if (!out[m]) return qy_no_memory(err);
    for (size_t g = 0; g < p->groups; g++)
      out[m][g] = (question_interval){NAN, NAN};
  }
  if (!pairs || !count) return QY_OK;
  const qy_status status = find_plan(&plan, why, a, err);
  if (status || !plan) return status;
  const size_t draws = (size_t)qy_plan_get(plan)->draws;
  if (pairs * draws * (size_t)count > DRAWS_MOST) {
    *why = qy_arena_format(a->arena,
                           "%zu draws of %zu pairs are more than are kept; `quarry describe design` --point N "
                           "--over DESIGN draws one of them",
                           draws, pairs);
    return *why ? QY_OK : qy_no_memory(err);
  }
  *why = NULL;
  qy_error inner = {0};
  const qy_status drawn = draw(out, a, plan, p, metric, count, &inner);
  if (drawn == QY_BAD_INPUT) { /* more than the memory for draws: the ratios themselves are there */
    *why = qy_arena_format(a->arena, "%s", inner.diagnostic[0].text);
    return *why ? QY_OK : qy_no_memory(err);
  }
  if (drawn && err) *err = inner;
  return drawn;
}
