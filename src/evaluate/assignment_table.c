/* The table of an assignment: what each layer adds to the sums that are asked for, at each option on each member that
 * may run it, and of these the ways to have the layers of a group, which are the options of include/quarry/assign.h.
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
#include "assignment_int.h"

#include "quarry/decimal.h"
#include "quarry/text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { REASON_BYTES = 256 };

/* A precision for the layers of a group, and who runs each. */
typedef struct way {
  int option;
  int8_t *member; /* [layers of the group] */
  double cost[COLUMNS_MAX];
} way;

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

int sum_count(const task *t, int metric)
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

int sums_preferred(int sum[COLUMNS_MAX], const task *t)
{
  int count = 0;
  for (int i = 0; i < PREFERRED; i++)
    if (can_prefer(t, preferred[i])) sum[count++] = t->of[preferred[i]];
  return count;
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

double sum_metric(const task *t, int metric, const double *total)
{
  double most = 0;
  for (int c = 0; c < sum_count(t, metric); c++)
    most = fmax(most, total[t->of[metric] + c]);
  return most;
}

qy_status layer_costs(double *cost, const char **reason, const task *t, size_t layer, int option, int m, qy_error *err)
{
  const qy_metric_info *leakage = &qy_metric_table()[QY_ENERGY_LEAKAGE_UJ];
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
    if (k->member == m) cost[c] += leakage->scale * t->leakage_mw * in[QY_INTERVAL_US];
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

qy_status assignment_refuse(task *t, qy_error *err, const char *format, ...)
{
  char text[REASON_BYTES];
  va_list list;
  va_start(list, format);
  qy_vprint(text, sizeof text, format, list);
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
    return assignment_refuse(
        t, err,
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
  t->problem = (qy_assign_problem){.groups = t->groups->count,
                                   .first = t->first,
                                   .costs = t->columns,
                                   .cost = table,
                                   .stop = t->model->stop,
                                   .stop_ctx = t->model->stop_ctx};
  return QY_OK;
}

qy_status table_make(task *t, qy_error *err)
{
  make_columns(t);
  const qy_status status = gather(t, err);
  return status || t->reason ? status : make_problem(t, err);
}

void table_choice(layer_choice *out, const task *t, const uint16_t *choice)
{
  for (size_t i = 0; i < t->model->plan->layer_count[t->network]; i++)
    out[i] = (layer_choice){.member = NOBODY};
  for (size_t g = 0; g < t->groups->count; g++) {
    const way *one = &t->way[t->first[g] + choice[g]];
    for (size_t k = t->groups->first[g]; k < t->groups->first[g + 1]; k++)
      out[t->groups->layer[k]] = (layer_choice){one->member[k - t->groups->first[g]], (uint16_t)one->option};
  }
}
