/* The search for assignments: the limits as numbers; the optimum under them (include/quarry/assign.h), or the front,
 * and of it the points of most hypervolume in the logarithms of the costs (include/quarry/front.h); or the reason why
 * there is none.
 */
#include "assignment_int.h"

#include "quarry/front.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *metric_name(int metric)
{
  return qy_metric_table()[metric].name;
}

/* ---- limits ---- */

/* The metric of a network that has one option in all layers, each where it is at home. */
static qy_status uniform_total(double *value, task *t, const assign_limit *l, qy_error *err)
{
  double total[COLUMNS_MAX] = {0};
  for (size_t g = 0; g < t->groups->count; g++) {
    double group[COLUMNS_MAX] = {0};
    for (size_t k = t->groups->first[g]; k < t->groups->first[g + 1]; k++) {
      double cost[COLUMNS_MAX];
      const char *reason = NULL;
      char option[QY_PRECISION_TEXT];
      const size_t layer = t->groups->layer[k];
      const int8_t home = t->model->home[t->w->entry][t->network][layer];
      const qy_status status = layer_costs(cost, &reason, t, layer, l->option, home, err);
      if (status) return status;
      if (reason) {
        return assignment_refuse(t, err, "the limit of %s: layer %.60s cannot be run at %s (%.100s)",
                                 metric_name(l->metric), t->model->plan->layers[t->network][layer]->name,
                                 qy_precision_text(option, t->model->plan->option[l->option]), reason);
      }
      for (int c = 0; c < t->columns; c++)
        group[c] += cost[c];
    }
    for (int c = 0; c < t->columns; c++)
      total[c] += group[c];
  }
  *value = sum_metric(t, l->metric, total);
  return QY_OK;
}

static qy_status limit_value(double *value, task *t, const assign_limit *l, qy_error *err)
{
  double least, greatest;
  switch (l->kind) {
  case ASSIGN_NUMBER: *value = l->value; return QY_OK;
  case ASSIGN_UNIFORM: return uniform_total(value, t, l, err);
  case ASSIGN_SHARE: break;
  }
  qy_assign_range(&least, &greatest, &t->problem, t->of[l->metric]);
  *value = least + l->value * (greatest - least);
  return QY_OK;
}

/* Limits of the sums. */
typedef struct limits {
  qy_assign_limit sum[COLUMNS_MAX];
  int sums;
} limits;

static qy_status make_limits(limits *out, task *t, qy_error *err)
{
  qy_status status = QY_OK;
  *out = (limits){0};
  for (int i = 0; !status && !t->reason && i < t->request->limit_count; i++) {
    const assign_limit *l = &t->request->limit[i];
    double most = 0;
    status = limit_value(&most, t, l, err);
    for (int c = 0; c < sum_count(t, l->metric); c++)
      out->sum[out->sums++] = (qy_assign_limit){.cost = t->of[l->metric] + c, .most = most};
  }
  return status;
}

/* Those but that of an energy that is no sum, which goes into *energy; false: there is none of such an energy. */
static bool without_energy(limits *rest, double *energy, const limits *l, const task *t)
{
  *rest = (limits){0};
  for (int i = 0; i < l->sums; i++)
    if (t->column[l->sum[i].cost].member == NOBODY)
      rest->sum[rest->sums++] = l->sum[i];
    else
      *energy = l->sum[i].most;
  return rest->sums < l->sums;
}

/* No assignment: limit `missed` of the sums cannot be met, -1: it is not known which. */
static qy_status no_limit_met(task *t, const limits *l, int missed, qy_error *err)
{
  if (missed < 0) return assignment_refuse(t, err, "no assignment meets the limits");
  const int metric = t->column[l->sum[missed].cost].metric;
  return assignment_refuse(t, err, "no assignment meets the limit of %s%s", metric_name(metric),
                           t->column[l->sum[0].cost].metric != metric ? " beside those before it" : "");
}

/* Which limit fails, where none can be met. */
static qy_status find_missed(task *t, const limits *l, qy_error *err)
{
  qy_assign_optimum best = {.missed = -1};
  qy_error own = {0};
  const qy_status status = qy_assign_minimize(&best, &t->problem, 0, l->sum, l->sums, 0, t->arena, &own);
  if (status == QY_INTERRUPTED) return status;
  return no_limit_met(t, l, status == QY_INFEASIBLE ? best.missed : -1, err);
}

/* ---- answers ---- */

static qy_status make_room(assignment *out, const task *t, size_t count, qy_error *err)
{
  const size_t layers = t->model->plan->layer_count[t->network];
  out->count = count;
  out->choice = qy_arena_alloc(t->w->solved_arena, count * layers, sizeof *out->choice);
  return out->choice ? QY_OK : qy_no_memory(err);
}

/* The optimum that was found is `value`; none is below `bound`. */
static void certify(assignment *out, double value, double bound, bool optimal)
{
  out->optimal = optimal;
  out->has_bound = true;
  out->bound = bound;
  out->epsilon = !optimal && bound > 0 ? value / bound - 1 : 0;
}

/* Of the optima with these totals the one to take. */
static qy_status prefer(qy_assign_optimum *best, const task *t, const limits *l, const int *held, int holds,
                        qy_error *err)
{
  int then[COLUMNS_MAX];
  const int thens = sums_preferred(then, t);
  return qy_assign_prefer(best, &t->problem, held, holds, l->sum, l->sums, then, thens, 0, t->arena, err);
}

static qy_status find_optimum(assignment *out, task *t, const limits *l, qy_error *err)
{
  const int objective = t->of[t->request->objective[0]];
  qy_assign_optimum best = {.missed = -1};
  qy_error own = {0};
  qy_status status = qy_assign_minimize(&best, &t->problem, objective, l->sum, l->sums, 0, t->arena, &own);
  if (status == QY_BAD_INPUT) return assignment_refuse(t, err, "optimum: %.200s", own.diagnostic[0].text);
  if (status == QY_INFEASIBLE && best.missed < 0)
    return assignment_refuse(
        t, err, "no assignment within the limits was found; one may exist, the sums to keep were too many");
  if (status == QY_INFEASIBLE) return no_limit_met(t, l, best.missed, err);
  if (status) {
    *err = own;
    return status;
  }
  if ((status = prefer(&best, t, l, &objective, 1, err)) || (status = make_room(out, t, 1, err))) return status;
  table_choice(out->choice, t, best.choice);
  certify(out, best.total[objective], best.bound, best.optimal);
  return QY_OK;
}

/* Points of a front, by their true costs. */
typedef struct points {
  size_t count;
  double least;                /* of the first objective, whatever the energy */
  double least_energy;         /* where it has a limit that the front has not */
  size_t *place;               /* in the front of the sums */
  double *value[ASSIGN_COSTS]; /* of each objective */
} points;

/* All points of the front whose energy is at most `energy`. */
static qy_status read_points(points *p, const task *t, const qy_assign_front *front, double energy, qy_error *err)
{
  const size_t all = qy_assign_front_count(front);
  const int objectives = t->request->objective_count;
  uint16_t *choice = qy_arena_alloc(t->arena, t->groups->count, sizeof *choice);
  *p = (points){.least = INFINITY, .least_energy = INFINITY};
  p->place = qy_arena_alloc(t->arena, all, sizeof *p->place);
  if (!choice || !p->place) return qy_no_memory(err);
  for (int k = 0; k < objectives; k++)
    if (!(p->value[k] = qy_arena_alloc(t->arena, all, sizeof *p->value[k]))) return qy_no_memory(err);
  for (size_t i = 0; i < all; i++) {
    double total[COLUMNS_MAX];
    qy_assign_front_point(front, i, total, choice);
    p->least = fmin(p->least, sum_metric(t, t->request->objective[0], total));
    if (isfinite(energy)) {
      p->least_energy = fmin(p->least_energy, sum_metric(t, QY_ENERGY_UJ, total));
      if (sum_metric(t, QY_ENERGY_UJ, total) > energy) continue;
    }
    for (int k = 0; k < objectives; k++)
      p->value[k][p->count] = qy_assign_rounded(sum_metric(t, t->request->objective[k], total));
    p->place[p->count++] = i;
  }
  return QY_OK;
}

/* Least of the first objective. */
static double least_of(const points *p)
{
  double least = INFINITY;
  for (size_t i = 0; i < p->count; i++)
    least = fmin(least, p->value[0][i]);
  return least;
}

/* Does point i come before j: by the first objective, then the second, and so on? */
static bool comes_before(const points *p, int objectives, size_t i, size_t j)
{
  for (int k = 0; k < objectives; k++)
    if (p->value[k][i] != p->value[k][j]) return p->value[k][i] < p->value[k][j];
  return i < j;
}

/* The objective as the choice of points sees it: its logarithm, since costs are compared by their ratios and the noise
 * of 4 and of 16 bits is a million times apart; as it is where a cost is 0. */
static qy_status scale_of(double **scale, const task *t, const points *p, int objective, qy_error *err)
{
  bool positive = true;
  for (size_t i = 0; i < p->count; i++)
    positive = positive && p->value[objective][i] > 0;
  *scale = p->value[objective];
  if (!positive) return QY_OK;
  if (!(*scale = qy_arena_alloc(t->arena, p->count, sizeof **scale))) return qy_no_memory(err);
  for (size_t i = 0; i < p->count; i++)
    (*scale)[i] = log(p->value[objective][i]);
  return QY_OK;
}

/* The same of an optimum that is a point of a front: no sum that its energy is the largest of may be above it. */
static qy_status prefer_beside(uint16_t *choice, double *total, const task *t, const limits *l, qy_error *err)
{
  const int metric = t->request->objective[0], first = t->of[metric];
  qy_assign_optimum best = {.choice = choice, .total = total};
  limits within = {0};
  for (int i = 0; i < l->sums; i++)
    if (t->column[l->sum[i].cost].metric != metric) within.sum[within.sums++] = l->sum[i];
  for (int c = 0; c < sum_count(t, metric); c++)
    within.sum[within.sums++] = (qy_assign_limit){.cost = first + c, .most = sum_metric(t, metric, total)};
  const qy_status status = prefer(&best, t, &within, NULL, 0, err);
  if (!status) memmove(choice, best.choice, t->groups->count * sizeof *choice);
  return status;
}

/* The points asked for, in order. */
static qy_status pick_points(assignment *out, const task *t, const qy_assign_front *front, const points *p,
                             const limits *l, qy_error *err)
{
  const int objectives = t->request->objective_count;
  const size_t layers = t->model->plan->layer_count[t->network];
  qy_front_choice chosen;
  uint8_t *picked = qy_arena_alloc(t->arena, p->count, sizeof *picked);
  size_t *order = qy_arena_alloc(t->arena, p->count, sizeof *order), count = 0;
  uint16_t *choice = qy_arena_alloc(t->arena, t->groups->count, sizeof *choice);
  if (!picked || !order || !choice) return qy_no_memory(err);
  double *scale[ASSIGN_COSTS];
  qy_status status = QY_OK;
  for (int k = 0; !status && k < objectives; k++)
    status = scale_of(&scale[k], t, p, k, err);
  if (!status)
    status =
        qy_front_pick(picked, &chosen, (const double *const *)scale, objectives, p->count, t->request->points, err);
  for (size_t i = 0; !status && i < p->count; i++) {
    if (!picked[i]) continue;
    size_t at = count++;
    for (; at > 0 && comes_before(p, objectives, i, order[at - 1]); at--)
      order[at] = order[at - 1];
    order[at] = i;
  }
  if (!status) status = make_room(out, t, count, err);
  for (size_t i = 0; !status && i < count; i++) {
    double total[COLUMNS_MAX];
    qy_assign_front_point(front, p->place[order[i]], total, choice);
    if (objectives == 1) status = prefer_beside(choice, total, t, l, err);
    table_choice(out->choice + i * layers, t, choice);
  }
  return status;
}

/* The front of the objectives' sums; `energy_too`: and of the energy's. */
static qy_status ask_front(qy_assign_front **front, const task *t, const limits *l, bool energy_too, qy_error *own)
{
  int objective[COLUMNS_MAX], count = 0;
  for (int c = 0; c < t->columns; c++) {
    bool wanted = energy_too && t->column[c].metric == QY_ENERGY_UJ;
    for (int k = 0; k < t->request->objective_count; k++)
      wanted |= t->column[c].metric == t->request->objective[k];
    if (wanted) objective[count++] = c;
  }
  const qy_assign_question question = {
      .objectives = count, .objective = objective, .limits = l->sums, .limit = l->sum, .epsilon = t->request->epsilon};
  qy_error_clear(own);
  return qy_assign_front_find(front, &t->problem, &question, own);
}

/* No point of a cover has an energy within the limit: the least of any assignment is that of the cover / (1 + epsilon)
 * or more. */
static qy_status no_energy(task *t, const points *p, double epsilon, double energy, qy_error *err)
{
  if (p->least_energy / (1 + epsilon) > energy)
    return assignment_refuse(t, err, "no assignment meets the limit of %s", metric_name(QY_ENERGY_UJ));
  return assignment_refuse(
      t, err,
      "no assignment within the limit of %s was found at epsilon %.3g, though one may exist; a smaller "
      "epsilon, fewer objectives or limits would tell",
      metric_name(QY_ENERGY_UJ), epsilon);
}

/* Limits are exact, also of a cover.  Where that leaves too many sums to keep and one of the limits is of an energy
 * that is no sum, a cover of the energy as well; of it the points within the limit. */
static qy_status find_front(assignment *out, task *t, const limits *l, qy_error *err)
{
  qy_assign_front *front = NULL;
  qy_error own = {0};
  limits rest;
  points p;
  double energy = INFINITY;
  qy_status status = ask_front(&front, t, l, false, &own);
  if (status == QY_BAD_INPUT && without_energy(&rest, &energy, l, t)) status = ask_front(&front, t, &rest, true, &own);
  if (status == QY_INFEASIBLE) return find_missed(t, l, err);
  if (status == QY_BAD_INPUT)
    return assignment_refuse(t, err, "the front of assignments is too large (%.150s)%s", own.diagnostic[0].text,
                             t->request->epsilon > 0 ? "; epsilon: 0 takes what is needed" : "");
  if (status) {
    *err = own;
    return status;
  }
  out->epsilon = qy_assign_front_epsilon(front);
  out->optimal = out->epsilon == 0;
  status = read_points(&p, t, front, energy, err);
  if (!status && p.count == 0) status = no_energy(t, &p, out->epsilon, energy, err);
  if (!status && p.count > 0) status = pick_points(out, t, front, &p, l, err);
  if (!status && p.count > 0 && t->request->objective_count == 1)
    certify(out, least_of(&p), p.least / (1 + out->epsilon), out->optimal);
  qy_assign_front_free(front);
  return status;
}

qy_status assignment_solve(assignment *out, worker *w, const qy_model *model, const assign_request *request,
                           qy_error *err)
{
  const design_entry *g = &model->plan->entries[w->entry];
  const size_t *common = w->index + g->param_count;
  task t = {.w = w, .model = model, .request = request, .g = g, .network = (int)common[AXIS_NETWORK]};
  limits l;
  *out = (assignment){.made = w->moves};
  t.groups = &request->groups[t.network];
  t.where = entry_where(g, model->plan->technology[common[AXIS_TECHNOLOGY]]);
  if (!(t.arena = qy_arena_new())) return qy_no_memory(err);
  qy_status status = table_make(&t, err);
  if (!status && !t.reason) status = make_limits(&l, &t, err);
  if (!status && !t.reason) {
    const bool one = request->objective_count == 1 && sum_count(&t, request->objective[0]) == 1;
    status = one ? find_optimum(out, &t, &l, err) : find_front(out, &t, &l, err);
  }
  out->reason = t.reason;
  free(t.way);
  qy_arena_free(t.arena);
  return status;
}
