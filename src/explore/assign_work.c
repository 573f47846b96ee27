/* Costs in exact units, options that are left, partial sums and the way back from them (assign_int.h). */
#include "assign_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_MAX = 15, COMPARED_MAX = 1024 /* options of a group above which none is left out beforehand */ };

#define EXACT_MOST    0x1p53  /* integers up to here are doubles */
#define DECIMAL_SLACK 0x1p-51 /* relative: a few units in the last place */

static double ten_to(int places)
{
  double unit = 1;
  for (int i = 0; i < places; i++)
    unit *= 10; /* exact up to 10^22 */
  return unit;
}

void qy_assign_range(double *least, double *greatest, const qy_assign_problem *problem, int cost)
{
  assert(least && greatest && problem && cost >= 0 && cost < problem->costs);
  const double *c = problem->cost[cost];
  *least = *greatest = 0;
  for (size_t g = 0; g < problem->groups; g++) {
    double low = c[problem->first[g]], high = low;
    for (size_t o = problem->first[g]; o < problem->first[g + 1]; o++) {
      low = fmin(low, c[o]);
      high = fmax(high, c[o]);
    }
    *least += low;
    *greatest += high;
  }
}

/* Is every value n / unit for an integer n?  A double next to such a quotient counts as the quotient: that is what
 * reading the decimal, or adding a few of them, gives. */
static bool whole_in(double unit, const double *value, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    const double n = nearbyint(value[i] * unit);
    if (fabs(n / unit - value[i]) > DECIMAL_SLACK * value[i]) return false;
  }
  return true;
}

static qy_status scale_cost(assign_work *w, const qy_assign_problem *problem, int k, qy_error *err)
{
  const size_t count = problem->first[problem->groups];
  for (size_t o = 0; o < count; o++)
    if (!(problem->cost[k][o] >= 0 && problem->cost[k][o] <= QY_ASSIGN_COST_MOST))
      return qy_fail(err, QY_BAD_INPUT, "cost %d of option %zu: expected 0 to %g, found %g", k + 1, o,
                     QY_ASSIGN_COST_MOST, problem->cost[k][o]);
  double least, greatest;
  qy_assign_range(&least, &greatest, problem, k);
  w->unit[k] = 1;
  for (int places = 0; places <= PLACES_MAX && !w->exact[k]; places++) {
    const double unit = ten_to(places);
    if (greatest * unit > EXACT_MOST / 2) break;
    w->exact[k] = whole_in(unit, problem->cost[k], count);
    if (w->exact[k]) w->unit[k] = unit;
  }
  if (!(w->scaled[k] = qy_arena_alloc(w->arena, count, sizeof(double)))) return qy_no_memory(err);
  for (size_t o = 0; o < count; o++) {
    const double x = problem->cost[k][o];
    w->scaled[k][o] = w->exact[k] ? nearbyint(x * w->unit[k]) : x + 0.0; /* -0 becomes 0 */
  }
  return QY_OK;
}

double assign_limit(const assign_work *w, int cost, double most)
{
  const double x = most * w->unit[cost], near = nearbyint(x);
  double whole = near;
  for (int i = -1; i <= 1; i++) /* above 2^51 the product may be one off */
    if ((near + i) / w->unit[cost] == most) whole = near + i;
  if (w->exact[cost] && fabs(whole) <= EXACT_MOST && fabs(whole / w->unit[cost] - most) <= DECIMAL_SLACK * fabs(most))
    return whole;
  return x + fabs(x) * (double)w->groups * 0x1p-52; /* the limit may be a rounded sum itself */
}

/* Does option a of the group make b needless? */
static bool beats(const assign_work *w, size_t a, size_t b)
{
  bool equal = true;
  for (int d = 0; d < w->dims; d++) {
    const double x = w->scaled[w->cost_of[d]][a], y = w->scaled[w->cost_of[d]][b];
    if (x > y) return false;
    equal = equal && x == y;
  }
  return !equal || a < b;
}

static bool needless(const assign_work *w, size_t g, size_t b)
{
  if (w->all[g + 1] - w->all[g] > COMPARED_MAX) return false;
  for (size_t a = w->all[g]; a < w->all[g + 1]; a++)
    if (a != b && beats(w, a, b)) return true;
  return false;
}

/* A group and how far it spreads the first dimension. */
typedef struct spread {
  double width;
  size_t group;
} spread;

static int by_width(const void *left, const void *right)
{
  const spread *a = left, *b = right;
  if (a->width != b->width) return a->width < b->width ? -1 : 1;
  return (a->group > b->group) - (a->group < b->group);
}

static qy_status put_in_order(assign_work *w, qy_error *err)
{
  spread *all = qy_alloc(w->groups, sizeof *all);
  const double *x = w->scaled[w->cost_of[0]];
  if (!all) return qy_no_memory(err);
  for (size_t g = 0; g < w->groups; g++) {
    double low = INFINITY, high = 0;
    for (size_t o = w->all[g]; o < w->all[g + 1]; o++) {
      low = fmin(low, x[o]);
      high = fmax(high, x[o]);
    }
    all[g] = (spread){high - low, g};
  }
  qsort(all, w->groups, sizeof *all, by_width);
  for (size_t g = 0; g < w->groups; g++)
    w->order[g] = all[g].group;
  free(all);
  return QY_OK;
}

static void lay_out(assign_work *w)
{
  size_t left = 0;
  for (size_t place = 0; place < w->groups; place++) {
    const size_t g = w->order[place];
    w->first[place] = left;
    for (size_t o = w->all[g]; o < w->all[g + 1]; o++) {
      if (needless(w, g, o)) continue;
      for (int d = 0; d < w->dims; d++)
        w->value[d][left] = w->scaled[w->cost_of[d]][o];
      w->option[left++] = (uint16_t)(o - w->all[g]);
    }
  }
  w->first[w->groups] = left;
  for (int d = 0; d < w->dims; d++)
    for (size_t g = w->groups; g-- > 0;) {
      double low = w->value[d][w->first[g]];
      for (size_t o = w->first[g]; o < w->first[g + 1]; o++)
        low = fmin(low, w->value[d][o]);
      w->rest[d][g] = w->rest[d][g + 1] + low;
    }
}

static qy_status allocate(assign_work *w, size_t options, qy_error *err)
{
  w->all = qy_arena_alloc(w->arena, w->groups + 1, sizeof *w->all);
  w->order = qy_arena_alloc(w->arena, w->groups, sizeof *w->order);
  w->first = qy_arena_alloc(w->arena, w->groups + 1, sizeof *w->first);
  w->option = qy_arena_alloc(w->arena, options, sizeof *w->option);
  w->step = qy_arena_alloc(w->arena, w->groups, sizeof *w->step);
  bool good = w->all && w->order && w->first && w->option && w->step;
  for (int d = 0; d < w->dims; d++) {
    w->value[d] = qy_arena_alloc(w->arena, options, sizeof(double));
    w->rest[d] = qy_arena_alloc(w->arena, w->groups + 1, sizeof(double));
    good = good && w->value[d] && w->rest[d];
  }
  return good ? QY_OK : qy_no_memory(err);
}

qy_status assign_open(assign_work *w, const qy_assign_problem *problem, const int *order, int dims, int grid_dims,
                      const qy_assign_limit *limit, int limits, qy_error *err)
{
  assert(w && problem && problem->groups >= 1 && problem->costs >= 1 && problem->costs <= QY_ASSIGN_COSTS_MAX);
  assert(order && dims >= 1 && dims <= ASSIGN_DIMS_MAX && grid_dims <= dims);
  *w = (assign_work){.arena = qy_arena_new(),
                     .stop = problem->stop,
                     .stop_ctx = problem->stop_ctx,
                     .groups = problem->groups,
                     .costs = problem->costs,
                     .dims = dims,
                     .grid_dims = grid_dims,
                     .filtered = limits > 0};
  if (!w->arena) return qy_no_memory(err);
  qy_status status = allocate(w, problem->first[problem->groups], err);
  for (int k = 0; !status && k < w->costs; k++)
    status = scale_cost(w, problem, k, err);
  if (status) return status;
  memcpy(w->all, problem->first, (w->groups + 1) * sizeof *w->all);
  for (int d = 0; d < dims; d++) {
    w->cost_of[d] = order[d];
    w->limit[d] = INFINITY;
    for (int l = 0; l < limits; l++)
      if (limit[l].cost == order[d]) w->limit[d] = assign_limit(w, order[d], limit[l].most);
  }
  status = put_in_order(w, err);
  if (status) return status;
  lay_out(w);
  return assign_restart(w, err);
}

static void forget(assign_work *w)
{
  for (size_t g = 0; g < w->done; g++) {
    free(w->step[g].parent);
    free(w->step[g].option);
  }
  for (int d = 0; d < w->dims; d++) {
    free(w->state[d]);
    w->state[d] = NULL;
  }
  w->done = w->count = 0;
}

qy_status assign_restart(assign_work *w, qy_error *err)
{
  forget(w);
  for (int d = 0; d < w->dims; d++)
    if (!(w->state[d] = qy_alloc(1, sizeof(double)))) return qy_no_memory(err);
  w->count = 1;
  return QY_OK;
}

void assign_close(assign_work *w)
{
  forget(w);
  qy_arena_free(w->arena);
  *w = (assign_work){0};
}

void assign_take(assign_work *w, size_t count, double *const *state, uint32_t *parent, uint16_t *option)
{
  assert(w->done < w->groups);
  for (int d = 0; d < w->dims; d++) {
    free(w->state[d]);
    w->state[d] = state[d];
  }
  w->count = count;
  w->step[w->done++] = (assign_step){count, parent, option};
}

qy_status assign_keep(assign_work *w, const uint32_t *kept, size_t count, qy_error *err)
{
  assert(w->done > 0);
  assign_step *step = &w->step[w->done - 1];
  uint32_t *parent = qy_alloc(count, sizeof *parent);
  uint16_t *option = qy_alloc(count, sizeof *option);
  double *state[ASSIGN_DIMS_MAX] = {0};
  bool good = parent && option;
  for (int d = 0; d < w->dims; d++)
    good = (state[d] = qy_alloc(count, sizeof(double))) && good;
  for (size_t i = 0; good && i < count; i++) {
    parent[i] = step->parent[kept[i]];
    option[i] = step->option[kept[i]];
    for (int d = 0; d < w->dims; d++)
      state[d][i] = w->state[d][kept[i]];
  }
  if (good) {
    free(step->parent);
    free(step->option);
    w->done--;
    assign_take(w, count, state, parent, option);
    return QY_OK;
  }
  free(parent);
  free(option);
  for (int d = 0; d < w->dims; d++)
    free(state[d]);
  return qy_no_memory(err);
}

void assign_choice(const assign_work *w, size_t i, uint16_t *choice)
{
  assert(i < w->count);
  for (size_t g = w->done; g-- > 0;) {
    choice[w->order[g]] = w->step[g].option[i];
    i = w->step[g].parent[i];
  }
}

void assign_totals(const assign_work *w, const uint16_t *choice, double *total)
{
  for (int k = 0; k < w->costs; k++) {
    total[k] = 0;
    for (size_t g = 0; g < w->groups; g++)
      total[k] += w->scaled[k][w->all[g] + choice[g]];
    total[k] /= w->unit[k];
  }
}

double assign_bound_of(const assign_bound *b, int dims, const double *v, size_t g)
{
  double best = -INFINITY;
  for (int l = 0; l < b->count; l++) {
    double sum = b->tail[l][g];
    for (int d = 0; d < dims; d++)
      sum += b->price[l][d] * v[d];
    best = fmax(best, sum);
  }
  return best;
}

bool assign_open_ended(const assign_work *w, const double *v, size_t g)
{
  for (int d = 0; d < w->dims; d++)
    if (v[d] + w->rest[d][g] > w->limit[d]) return false;
  return !w->bound || assign_bound_of(w->bound, w->dims, v, g) <= w->bound->most;
}
