/* Assignments of options to the layers of one design: the table of costs from the bills of its layers, the front of it
 * (include/quarry/assign.h), of it the points of most hypervolume in the logarithms of the costs
 * (include/quarry/front.h).
 *
 * Costs.  Latency, energy, noise, size and bit operations of a point are sums over its layers, the energy with the
 * leakage of the whole design while the layer runs.  In one case they are not: members of a pipeline leak as long as
 * the slowest of them works.  That energy is the largest of as many sums as there are members: events, and leakage
 * while this member works.  A limit of it is the same limit of each of these sums.  As an objective it rises with each
 * of them, so an assignment that is beaten in the sums is beaten, or equalled, in the energy, and the front over the
 * sums holds that of the energy; since it grows in proportion with them, a cover of the sums is as good a cover of it.
 *
 * Members.  Layers that are tied share a precision, not a member; of the ways to spread them over the members those
 * that others beat or equal in all sums are left out.
 */
#include "model_int.h"

#include "quarry/assign.h"
#include "quarry/front.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = ASSIGN_COSTS + MEMBERS_MAX, REASON_BYTES = 256 };
_Static_assert((int)COLUMNS_MAX <= (int)QY_ASSIGN_COSTS_MAX, "room for all sums");

/* uJ of a mW in a us. */
static const double uj_of_mw_us = 1e-3;

/* A sum over layers. */
typedef struct column {
  int metric; /* that it is; energy of a pipeline: the largest of several */
  int member; /* whose time counts as leaking; NOBODY: time of all layers */
} column;

/* A precision for the layers of a group, and who runs each. */
typedef struct way {
  int option;
  int8_t *member; /* [layers of the group] */
  double cost[COLUMNS_MAX];
} way;

typedef struct task {
  worker *w;
  const qy_model *model;
  const assign_request *request;
  const design_entry *g;
  const assign_groups *groups;
  int network;
  unsigned where;
  double leakage_mw;
  column column[COLUMNS_MAX];
  int columns, asked;      /* the first `asked` are of objectives and limits, the others tell equal optima apart */
  int of[QY_METRIC_COUNT]; /* first column of a metric; -1: none */
  bool split_energy;
  size_t *first; /* [groups + 1] into way */
  way *way;
  size_t ways, room;
  qy_arena *arena;
  const char *reason;
  qy_assign_problem problem;
} task;

static const char *metric_name(int metric)
{
  return qy_metric_table()[metric].name;
}

/* ---- sums ---- */

static void add_column(task *t, int metric, int of)
{
  if (t->of[metric] < 0) t->of[metric] = t->columns;
  t->column[t->columns++] = (column){.metric = metric, .member = of};
}

static void add_metric(task *t, int metric)
{
  if (t->of[metric] >= 0) return;
  if (metric != QY_ENERGY_UJ || !t->split_energy) {
    add_column(t, metric, NOBODY);
    return;
  }
  for (int m = 0; m < t->g->member_count; m++)
    add_column(t, metric, m);
}

/* Columns of a metric: from t->of[metric] on. */
static int column_count(const task *t, int metric)
{
  return metric == QY_ENERGY_UJ && t->split_energy ? t->g->member_count : 1;
}

/* What is least of equal optima, in this order. */
static const int preferred[] = {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE};
enum { PREFERRED = sizeof preferred / sizeof *preferred };

/* Is it known of this design, and a sum? */
static bool can_prefer(const task *t, int metric)
{
  return qy_metric_applies(metric, t->where) && !(metric == QY_ENERGY_UJ && t->split_energy);
}

static void make_columns(task *t)
{
  const assign_request *a = t->request;
  t->split_energy = t->g->system && t->g->param[0].value[t->w->index[0]] == SCHEDULE_PIPELINED;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    t->of[m] = -1;
  for (int m = 0; m < t->g->member_count; m++)
    t->leakage_mw += t->w->member[m].design.in[QY_LEAKAGE_MW];
  for (int k = 0; k < a->objective_count; k++)
    add_metric(t, a->objective[k]);
  for (int l = 0; l < a->limit_count; l++)
    add_metric(t, a->limit[l].metric);
  t->asked = t->columns;
  for (int i = 0; a->objective_count == 1 && i < PREFERRED; i++)
    if (can_prefer(t, preferred[i])) add_metric(t, preferred[i]);
}

/* A metric from the sums. */
static double metric_of(const task *t, int metric, const double *total)
{
  double most = 0;
  for (int c = 0; c < column_count(t, metric); c++)
    most = fmax(most, total[t->of[metric] + c]);
  return most;
}

/* What a layer adds to the sums; *reason: why it cannot be. */
static qy_status layer_costs(double *cost, const char **reason, const task *t, size_t layer, int option, int m,
                             qy_error *err)
{
  const layer_bill *bill;
  double in[QY_QUANTITY_COUNT], metric[QY_METRIC_COUNT];
  const qy_status status = layer_bill_of(&bill, t->w, t->model, m, layer, option, err);
  if (status || (*reason = bill->reason)) return status;
  const layer_given given = layer_given_of(t->w, t->model, m, layer, option);
  layer_in(in, t->w, m, &bill->bill, &given);
  in[QY_LEAKAGE_MW] = t->split_energy ? 0 : t->leakage_mw;
  in[QY_SQNR_DB] = 0;
  qy_metric_derive(metric, in, t->where);
  for (int c = 0; c < t->columns; c++) {
    const column *k = &t->column[c];
    cost[c] = metric[k->metric];
    if (k->member == m) cost[c] += uj_of_mw_us * t->leakage_mw * in[QY_INTERVAL_US];
  }
  return QY_OK;
}

/* ---- ways of a group ---- */

/* In all that is asked; of equal ones in what is preferred. */
static bool no_worse(const task *t, const way *a, const way *b)
{
  bool better = false;
  for (int c = 0; c < t->asked; c++) {
    if (a->cost[c] > b->cost[c]) return false;
    better |= a->cost[c] < b->cost[c];
  }
  for (int i = 0; !better && i < PREFERRED; i++) {
    const int c = t->of[preferred[i]];
    if (c >= t->asked && a->cost[c] != b->cost[c]) return a->cost[c] < b->cost[c];
  }
  return true;
}

/* The reason why there is no answer. */
static qy_status __attribute__((format(printf, 3, 4))) refuse(task *t, qy_error *err, const char *format, ...)
{
  char text[REASON_BYTES];
  va_list list;
  va_start(list, format);
  vsnprintf(text, sizeof text, format, list);
  va_end(list);
  return (t->reason = texts_keep(&t->w->reasons, text)) ? QY_OK : qy_no_memory(err);
}

/* Take a way from `from` on, unless another one there is no worse; those that it beats leave. */
static qy_status offer(task *t, size_t from, const way *one, qy_error *err)
{
  size_t kept = from;
  for (size_t i = from; i < t->ways; i++)
    if (no_worse(t, &t->way[i], one)) return QY_OK;
  for (size_t i = from; i < t->ways; i++)
    if (!no_worse(t, one, &t->way[i])) t->way[kept++] = t->way[i];
  t->ways = kept;
  if (t->ways - from >= QY_ASSIGN_OPTIONS_MAX)
    return refuse(t, err,
                  "layers that share an option can be spread over the members in more than %d ways; options of fewer "
                  "precisions or fewer ties leave fewer",
                  (int)QY_ASSIGN_OPTIONS_MAX);
  if (qy_grow((void **)&t->way, &t->room, t->ways + 1, sizeof *t->way)) return qy_no_memory(err);
  t->way[t->ways++] = *one;
  return QY_OK;
}

/* Each way in [from, ways) goes on with the k-th layer of the group on each member that can run it. */
static qy_status extend(task *t, size_t from, size_t group, size_t k, const char **reason, qy_error *err)
{
  const size_t layer = t->groups->layer[t->groups->first[group] + k], before = t->ways - from;
  const size_t length = t->groups->first[group + 1] - t->groups->first[group];
  const int8_t home = t->model->home[t->w->entry][t->network][layer];
  qy_status status = QY_OK;
  way *old = qy_arena_alloc(t->arena, before, sizeof *old);
  if (!old) return qy_no_memory(err);
  memcpy(old, t->way + from, before * sizeof *old);
  t->ways = from;
  for (int m = 0; !status && m < t->g->member_count; m++) {
    double cost[COLUMNS_MAX] = {0};
    const char *why = NULL;
    if (!t->request->members && m != home) continue;
    status = layer_costs(cost, &why, t, layer, old[0].option, m, err);
    if (why && m == home) *reason = why;
    for (size_t i = 0; !status && !t->reason && !why && i < before; i++) {
      way next = old[i];
      if (!(next.member = qy_arena_alloc(t->arena, length, sizeof *next.member))) return qy_no_memory(err);
      memcpy(next.member, old[i].member, length * sizeof *next.member);
      next.member[k] = (int8_t)m;
      for (int c = 0; c < t->columns; c++)
        next.cost[c] += cost[c];
      status = offer(t, from, &next, err);
    }
  }
  return status;
}

/* Is option i on all members as one before it, that the group may have too? */
static bool is_repeat(const task *t, size_t group, int i)
{
  const assign_request *a = t->request;
  for (int k = 0; t->groups->fixed[group] == NO_OPTION && k < i; k++) {
    bool alike = true;
    for (int m = 0; alike && m < t->g->member_count; m++)
      alike = qy_precision_equal(kept_precision(t->w, t->model, m, a->option[k]),
                                 kept_precision(t->w, t->model, m, a->option[i]));
    if (alike) return true;
  }
  return false;
}

/* The ways of a group at one option. */
static qy_status add_ways(task *t, size_t group, int option, const char **reason, qy_error *err)
{
  const size_t length = t->groups->first[group + 1] - t->groups->first[group], from = t->ways;
  way none = {.option = option, .member = qy_arena_alloc(t->arena, length, sizeof *none.member)};
  if (!none.member) return qy_no_memory(err);
  qy_status status = offer(t, from, &none, err);
  for (size_t k = 0; !status && !t->reason && t->ways > from && k < length; k++)
    status = extend(t, from, group, k, reason, err);
  return status;
}

/* "layers b1_dw, b2_dw and others that share an option have none that all can run (why the last was refused)" */
static const char *no_way(task *t, size_t group, const char *reason)
{
  enum { NAMED = 3 };
  char text[REASON_BYTES];
  const size_t first = t->groups->first[group], length = t->groups->first[group + 1] - first;
  size_t at = qy_append(text, sizeof text, 0, length > 1 ? "layers" : "layer");
  for (size_t k = 0; k < length && k < NAMED; k++)
    at = qy_append(text, sizeof text, at, "%s %.40s", k ? "," : "",
                   t->model->plan->layers[t->network][t->groups->layer[first + k]]->name);
  qy_append(text, sizeof text, at, "%s: no option that can be run%s%.100s%s",
            length > NAMED ? ", ..., which share one" : "", reason ? " (" : "", reason ? reason : "",
            reason ? ")" : "");
  return texts_keep(&t->w->reasons, text);
}

static qy_status gather(task *t, qy_error *err)
{
  const assign_request *a = t->request;
  qy_status status = QY_OK;
  if (!(t->first = qy_arena_alloc(t->arena, t->groups->count + 1, sizeof *t->first))) return qy_no_memory(err);
  for (size_t g = 0; !status && g < t->groups->count; g++) {
    const char *reason = NULL;
    t->first[g] = t->ways;
    for (int i = 0; !status && !t->reason && i < a->option_count; i++)
      if ((t->groups->fixed[g] == NO_OPTION && !is_repeat(t, g, i)) || t->groups->fixed[g] == a->option[i])
        status = add_ways(t, g, a->option[i], &reason, err);
    if (t->reason) return status;
    if (status || t->ways > t->first[g]) continue;
    return (t->reason = no_way(t, g, reason)) ? QY_OK : qy_no_memory(err);
  }
  t->first[t->groups->count] = t->ways;
  return status;
}

static qy_status make_problem(task *t, qy_error *err)
{
  const double **table = qy_arena_alloc(t->arena, (size_t)t->columns, sizeof *table);
  if (!table) return qy_no_memory(err);
  for (int c = 0; c < t->columns; c++) {
    double *cost = qy_arena_alloc(t->arena, t->ways, sizeof *cost);
    if (!cost) return qy_no_memory(err);
    for (size_t i = 0; i < t->ways; i++)
      cost[i] = t->way[i].cost[c];
    table[c] = cost;
  }
  t->problem = (qy_assign_problem){.groups = t->groups->count, .first = t->first, .costs = t->columns, .cost = table};
  return QY_OK;
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
        return refuse(t, err, "the limit of %s: layer %.60s cannot be run at %s (%.100s)", metric_name(l->metric),
                      t->model->plan->layers[t->network][layer]->name,
                      qy_precision_text(option, t->model->plan->option[l->option]), reason);
      }
      for (int c = 0; c < t->columns; c++)
        group[c] += cost[c];
    }
    for (int c = 0; c < t->columns; c++)
      total[c] += group[c];
  }
  *value = metric_of(t, l->metric, total);
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
  double split_energy; /* most of an energy that is no sum; infinity: no limit */
} limits;

static qy_status make_limits(limits *out, task *t, qy_error *err)
{
  qy_status status = QY_OK;
  *out = (limits){.split_energy = INFINITY};
  for (int i = 0; !status && !t->reason && i < t->request->limit_count; i++) {
    const assign_limit *l = &t->request->limit[i];
    double most = 0;
    status = limit_value(&most, t, l, err);
    if (l->metric == QY_ENERGY_UJ && t->split_energy) out->split_energy = most;
    for (int c = 0; c < column_count(t, l->metric); c++)
      out->sum[out->sums++] = (qy_assign_limit){.cost = t->of[l->metric] + c, .most = most};
  }
  return status;
}

/* Those but that of an energy that is no sum. */
static limits without_energy(const limits *l, const task *t)
{
  limits out = {.split_energy = INFINITY};
  for (int i = 0; i < l->sums; i++)
    if (t->column[l->sum[i].cost].member == NOBODY) out.sum[out.sums++] = l->sum[i];
  return out;
}

/* No assignment: limit `missed` of the sums cannot be met, -1: it is not known which. */
static qy_status no_limit_met(task *t, const limits *l, int missed, qy_error *err)
{
  if (missed < 0) return refuse(t, err, "no assignment meets the limits");
  const int metric = t->column[l->sum[missed].cost].metric;
  return refuse(t, err, "no assignment meets the limit of %s%s", metric_name(metric),
                t->column[l->sum[0].cost].metric != metric ? " beside those before it" : "");
}

/* Which limit fails, where none can be met. */
static qy_status find_missed(task *t, const limits *l, qy_error *err)
{
  qy_assign_optimum best = {.missed = -1};
  qy_error own = {0};
  const qy_status status = qy_assign_minimize(&best, &t->problem, 0, l->sum, l->sums, 0, t->arena, &own);
  return no_limit_met(t, l, status == QY_INFEASIBLE ? best.missed : -1, err);
}

/* ---- answers ---- */

/* choice: a way of each group, counted within it. */
static void put_choice(layer_choice *out, const task *t, const uint16_t *choice)
{
  for (size_t i = 0; i < t->model->plan->layer_count[t->network]; i++)
    out[i] = (layer_choice){.member = NOBODY};
  for (size_t g = 0; g < t->groups->count; g++) {
    const way *one = &t->way[t->first[g] + choice[g]];
    for (size_t k = t->groups->first[g]; k < t->groups->first[g + 1]; k++)
      out[t->groups->layer[k]] = (layer_choice){one->member[k - t->groups->first[g]], (uint16_t)one->option};
  }
}

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
  int then[PREFERRED], thens = 0;
  for (int i = 0; i < PREFERRED; i++)
    if (can_prefer(t, preferred[i])) then[thens++] = t->of[preferred[i]];
  return qy_assign_prefer(best, &t->problem, held, holds, l->sum, l->sums, then, thens, 0, t->arena, err);
}

static qy_status find_optimum(assignment *out, task *t, const limits *l, qy_error *err)
{
  const int objective = t->of[t->request->objective[0]];
  qy_assign_optimum best = {.missed = -1};
  qy_error own = {0};
  qy_status status = qy_assign_minimize(&best, &t->problem, objective, l->sum, l->sums, 0, t->arena, &own);
  if (status == QY_BAD_INPUT) return refuse(t, err, "optimum: %.200s", own.diagnostic[0].text);
  if (status == QY_INFEASIBLE && best.missed < 0)
    return refuse(t, err, "no assignment within the limits was found; one may exist, the sums to keep were too many");
  if (status == QY_INFEASIBLE) return no_limit_met(t, l, best.missed, err);
  if (status) {
    *err = own;
    return status;
  }
  if ((status = prefer(&best, t, l, &objective, 1, err)) || (status = make_room(out, t, 1, err))) return status;
  put_choice(out->choice, t, best.choice);
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
    p->least = fmin(p->least, metric_of(t, t->request->objective[0], total));
    if (isfinite(energy)) {
      p->least_energy = fmin(p->least_energy, metric_of(t, QY_ENERGY_UJ, total));
      if (metric_of(t, QY_ENERGY_UJ, total) > energy) continue;
    }
    for (int k = 0; k < objectives; k++)
      p->value[k][p->count] = qy_assign_rounded(metric_of(t, t->request->objective[k], total));
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
  limits within = {.split_energy = l->split_energy};
  for (int i = 0; i < l->sums; i++)
    if (t->column[l->sum[i].cost].metric != metric) within.sum[within.sums++] = l->sum[i];
  for (int c = 0; c < column_count(t, metric); c++)
    within.sum[within.sums++] = (qy_assign_limit){.cost = first + c, .most = metric_of(t, metric, total)};
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
    put_choice(out->choice + i * layers, t, choice);
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
    return refuse(t, err, "no assignment meets the limit of %s", metric_name(QY_ENERGY_UJ));
  return refuse(t, err,
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
  points p;
  double energy = INFINITY;
  qy_status status = ask_front(&front, t, l, false, &own);
  if (status == QY_BAD_INPUT && isfinite(l->split_energy)) {
    const limits rest = without_energy(l, t);
    energy = l->split_energy;
    status = ask_front(&front, t, &rest, true, &own);
  }
  if (status == QY_INFEASIBLE) return find_missed(t, l, err);
  if (status == QY_BAD_INPUT)
    return refuse(t, err, "the front of assignments is too large (%.150s)%s", own.diagnostic[0].text,
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

static qy_status solve(assignment *out, worker *w, const qy_model *model, const assign_request *request, qy_error *err)
{
  const design_entry *g = &model->plan->entries[w->entry];
  const size_t *common = w->index + g->param_count;
  task t = {.w = w, .model = model, .request = request, .g = g, .network = (int)common[AXIS_NETWORK]};
  limits l;
  *out = (assignment){.made = w->moves};
  t.groups = &request->groups[t.network];
  t.where = entry_where(g, model->plan->technology[common[AXIS_TECHNOLOGY]]);
  if (!(t.arena = qy_arena_new())) return qy_no_memory(err);
  make_columns(&t);
  qy_status status = gather(&t, err);
  if (!status && !t.reason) status = make_problem(&t, err);
  if (!status && !t.reason) status = make_limits(&l, &t, err);
  if (!status && !t.reason) {
    const bool one = request->objective_count == 1 && column_count(&t, request->objective[0]) == 1;
    status = one ? find_optimum(out, &t, &l, err) : find_front(out, &t, &l, err);
  }
  out->reason = t.reason;
  free(t.way);
  qy_arena_free(t.arena);
  return status;
}

/* ---- points ---- */

/* Names of the layers and what `value` says of each. */
static void put_layers(qy_text *json, const char *key, const worker *w, const qy_model *model, bool members)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[w->entry];
  const size_t network = w->index[g->param_count + AXIS_NETWORK];
  bool first = true;
  qy_text_add(json, "\"%s\": {", key);
  for (size_t i = 0; i < plan->layer_count[network]; i++) {
    char text[QY_PRECISION_TEXT];
    const layer_choice c = w->choice[i];
    if (c.member == NOBODY) continue;
    qy_text_add(json, "%s", first ? "" : ", ");
    qy_text_json(json, plan->layers[network][i]->name);
    qy_text_add(json, ": \"%s\"",
                members ? g->member[c.member].name
                        : plan_option_text(text, kept_precision(w, model, c.member, c.option)));
    first = false;
  }
  qy_text_add(json, "}");
}

qy_status map_text(const char **text, worker *w, const qy_model *model, const precision_value *v, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t network = w->index[plan->entries[w->entry].param_count + AXIS_NETWORK];
  bool as_asked = true;
  for (size_t i = 0; as_asked && i < plan->layer_count[network]; i++) {
    const layer_choice c = w->choice[i];
    as_asked =
        c.member != NOBODY && qy_precision_equal(kept_precision(w, model, c.member, c.option), plan->option[c.option]);
  }
  if ((*text = v->text[network]) && as_asked) return QY_OK;
  qy_text json = {0};
  qy_text_add(&json, "{");
  put_layers(&json, "layers", w, model, false);
  qy_text_add(&json, "}");
  *text = json.failed ? NULL : texts_keep(&w->reasons, json.data);
  qy_text_free(&json);
  return *text ? QY_OK : qy_no_memory(err);
}

static const char ending[] = ", \"epsilon\": "; /* of layers and members; how they were found follows */

static size_t chosen_bytes(const char *text)
{
  const char *last = NULL; /* names of layers may read so too */
  for (const char *at = strstr(text, ending); at; at = strstr(at + 1, ending))
    last = at;
  return last ? (size_t)(last - text) : strlen(text);
}

bool assignment_alike(const char *a, const char *b)
{
  const size_t bytes = chosen_bytes(a);
  return bytes == chosen_bytes(b) && memcmp(a, b, bytes) == 0;
}

static const char *point_text(worker *w, const qy_model *model, const assign_request *request, const assignment *a)
{
  qy_text json = {0};
  qy_text_add(&json, "{");
  put_layers(&json, "layers", w, model, false);
  if (request->members && model->plan->entries[w->entry].system) {
    qy_text_add(&json, ", ");
    put_layers(&json, "members", w, model, true);
  }
  qy_text_add(&json, "%s%.6g, \"optimal\": %s", ending, a->epsilon, a->optimal ? "true" : "false");
  if (a->has_bound) qy_text_add(&json, ", \"bound\": %.12g", a->bound);
  qy_text_add(&json, "}");
  const char *text = json.failed ? NULL : texts_keep(&w->reasons, json.data);
  qy_text_free(&json);
  return text;
}

qy_status assignment_take(const char **reason, const char **text, worker *w, const qy_model *model,
                          const precision_value *v, qy_error *err)
{
  assignment *a = &w->solved[v->assign - model->plan->assign];
  const size_t network = w->index[model->plan->entries[w->entry].param_count + AXIS_NETWORK];
  const size_t layers = model->plan->layer_count[network];
  qy_status status = choice_room(w, model, err);
  if (!status && w->solved_at != w->moves && w->solved_arena) qy_arena_reset(w->solved_arena);
  w->solved_at = w->moves;
  if (!w->solved_arena && !(w->solved_arena = qy_arena_new())) return qy_no_memory(err);
  if (!status && a->made != w->moves) status = solve(a, w, model, v->assign, err);
  if (status || (*reason = a->reason)) return status;
  if (v->place >= a->count) {
    *reason = "the front of assignments has fewer points";
    return QY_OK;
  }
  memcpy(w->choice, a->choice + v->place * layers, layers * sizeof *w->choice);
  if (!w->silent && !(*text = point_text(w, model, v->assign, a))) return qy_no_memory(err);
  return QY_OK;
}
