/* Fronts of assignments: groups one after another, then the front of the objectives (include/quarry/assign.h). */
#include "quarry/assign.h"
#include "assign_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  THIN_PART = 4,     /* of the partial sums allowed that are left after thinning */
  COVER_PART = 8,    /* of those with two costs when an epsilon is given: they take little time */
  EXACT_PART = 16,   /* candidates of two costs, as a multiple of the states, above which no exact front is tried */
  ROUNDING_BITS = 8, /* of a total's 53 that are left out */
  /* With three costs, and with more, dominance takes longer: candidates for a group that are allowed then. */
  SOLID_CANDIDATES = 1 << 20,
  DEEP_CANDIDATES = 1 << 18,
  STATES_LEAST = 256
};

#define EPSILON_FIRST 1e-3 /* tried when the exact front of two costs is too large ... */
#define EPSILON_STEP  4    /* ... then so many times as much, up to 1 */
#define BUDGET_FIRST  1e-5 /* tried where what it takes is spent, then in steps */
#define LAST_PART     1.6
#define BUDGET_KEPT   (1 - 0x1p-30) /* of log(1 + epsilon): the rest is for rounding */
#define RATIO_MOST    0x1p52        /* of totals: what a dimension that starts at zero counts as */

struct qy_assign_front {
  assign_work work; /* its partial sums after the last group are the points */
  double epsilon;
};

/* How partial sums are kept few. */
typedef struct plan {
  double budget;     /* log(1 + epsilon) that may be spent; goes down */
  size_t states_max; /* more is too many ... */
  size_t candidates_max;
  size_t thin_to; /* ... unless this is not 0: then as much as it takes is spent to come down to it */
  double spent;   /* log(1 + epsilon) that it took */
  bool too_many;
} plan;

/* log of greatest over least corner after group g. */
static double log_ratio(const assign_work *w, size_t g)
{
  double high = w->rest[0][g + 1];
  for (size_t h = 0; h <= g; h++) {
    double most = 0;
    for (size_t o = w->first[h]; o < w->first[h + 1]; o++)
      most = fmax(most, w->value[0][o]);
    high += most;
  }
  const double ratio = w->rest[0][0] > 0 ? fmin(high / w->rest[0][0], RATIO_MOST) : RATIO_MOST;
  return log(fmax(ratio, 1));
}

/* Shares of the budget: with delta_g for group g the work is sum of ratio_g / delta_g times the options of the group
 * after it, least for delta_g in proportion to the square root.  A third is left for the points in the end. */
static void weigh(double *weight, const assign_work *w)
{
  double sum = 0;
  for (size_t g = 0; g + 1 < w->groups; g++) {
    weight[g] = sqrt((double)(w->first[g + 2] - w->first[g + 1]) * log_ratio(w, g)) + 1e-3;
    sum += weight[g];
  }
  weight[w->groups - 1] = 0;
  weight[w->groups] = sum > 0 ? sum / 2 : 1;
}

/* Down to thin_to partial sums, whatever it takes; each search starts below what the one before took. */
static qy_status come_down(plan *p, assign_work *w, double *last, qy_error *err)
{
  bool spent;
  *last /= LAST_PART;
  qy_status status = assign_find_budget(last, w, p->thin_to, err);
  p->too_many = isinf(*last);
  if (status || p->too_many) return status;
  status = assign_thin(w, *last, w->grid_dims, &spent, err);
  if (spent) p->spent += *last;
  return status;
}

/* All groups. */
static qy_status walk(plan *p, assign_work *w, qy_error *err)
{
  double *weight = qy_alloc(w->groups + 1, sizeof *weight), last = BUDGET_FIRST;
  qy_status status = weight ? assign_restart(w, err) : qy_no_memory(err);
  const double whole = p->budget;
  if (!status) weigh(weight, w);
  while (!status && !p->too_many && w->done < w->groups) {
    if (w->count * (w->first[w->done + 1] - w->first[w->done]) > p->candidates_max) {
      p->too_many = true;
      break;
    }
    status = p->budget > 0 ? assign_extend_grid(w, &p->budget, weight, err) : assign_extend(w, err);
    p->too_many = w->count > p->states_max || status == QY_INFEASIBLE;
    if (status == QY_INFEASIBLE) status = QY_OK;
    if (!status && w->count > p->states_max && p->thin_to > 0) status = come_down(p, w, &last, err);
  }
  p->spent += whole - p->budget;
  free(weight);
  return status;
}

double qy_assign_rounded(double total)
{
  uint64_t bits;
  memcpy(&bits, &total, sizeof bits);
  bits = (bits + (UINT64_C(1) << (ROUNDING_BITS - 1))) >> ROUNDING_BITS << ROUNDING_BITS;
  memcpy(&total, &bits, sizeof total);
  return total;
}

/* Objective k of all partial sums as it is compared in the end. */
static qy_status make_key(double **key, const assign_work *w, int cost, qy_error *err)
{
  int d = 0;
  while (w->cost_of[d] != cost)
    d++;
  if (!(*key = qy_alloc(w->count, sizeof(double)))) return qy_no_memory(err);
  for (size_t i = 0; i < w->count; i++)
    (*key)[i] = w->exact[cost] ? w->state[d][i] : qy_assign_rounded(w->state[d][i]);
  return QY_OK;
}

/* Of the partial sums after the last group those on the front of the objectives alone, sorted by them. */
static qy_status finish(assign_work *w, const qy_assign_question *q, qy_error *err)
{
  double *key[ASSIGN_DIMS_MAX] = {0};
  size_t count = 0;
  uint32_t *kept = qy_alloc(w->count, sizeof *kept);
  qy_status status = kept ? QY_OK : qy_no_memory(err);
  for (int k = 0; !status && k < q->objectives; k++)
    status = make_key(&key[k], w, q->objective[k], err);
  if (!status) status = assign_select(kept, &count, (const double *const *)key, q->objectives, w->count, err);
  if (!status) status = assign_keep(w, kept, count, err);
  for (int k = 0; k < q->objectives; k++)
    free(key[k]);
  free(kept);
  return status;
}

/* Does the question limit this cost? */
static bool limited(const qy_assign_question *q, int cost)
{
  for (int l = 0; l < q->limits; l++)
    if (q->limit[l].cost == cost) return true;
  return false;
}

static double ratio_of(const qy_assign_problem *problem, int cost)
{
  double least, greatest;
  qy_assign_range(&least, &greatest, problem, cost);
  return least > 0 ? greatest / least : INFINITY;
}

/* Objectives that may be rounded first, by rising ratio; then the other objectives; then limits that are none.  The
 * last dimension is never rounded: the front needs no more.  Returns how many may be rounded. */
static int arrange(int *order, int *dims, const qy_assign_problem *problem, const qy_assign_question *q)
{
  int count = 0;
  for (int k = 0; k < q->objectives; k++) {
    if (limited(q, q->objective[k])) continue;
    int at = count++;
    for (; at > 0 && ratio_of(problem, order[at - 1]) > ratio_of(problem, q->objective[k]); at--)
      order[at] = order[at - 1];
    order[at] = q->objective[k];
  }
  const int free_costs = count;
  for (int k = 0; k < q->objectives; k++)
    if (limited(q, q->objective[k])) order[count++] = q->objective[k];
  for (int l = 0; l < q->limits; l++) {
    bool known = false;
    for (int k = 0; k < count; k++)
      known = known || order[k] == q->limit[l].cost;
    if (!known) order[count++] = q->limit[l].cost;
  }
  *dims = count;
  return free_costs == count ? count - 1 : free_costs;
}

/* No assignment meets the limits: the reason. */
static qy_status explain(const qy_assign_problem *problem, const qy_assign_question *q, size_t states_max,
                         qy_error *err)
{
  qy_assign_optimum none;
  qy_arena *arena = qy_arena_new();
  qy_status status =
      arena ? qy_assign_minimize(&none, problem, q->objective[0], q->limit, q->limits, states_max, arena, err)
            : qy_no_memory(err);
  qy_arena_free(arena);
  return status ? status : qy_fail(err, QY_INFEASIBLE, "no assignment meets the limits");
}

/* The partial sums after the last group become the points; what is left of the budget makes them fewer. */
static qy_status round_off(const plan *p, qy_assign_front *f, const qy_assign_question *q, qy_error *err)
{
  assign_work *w = &f->work;
  bool thinned = false;
  if (w->count == 0) return QY_OK;
  qy_status status = assign_thin(w, p->budget, w->grid_dims, &thinned, err);
  const double spent = p->spent + (thinned ? p->budget : 0);
  f->epsilon = spent > 0 ? expm1(spent / BUDGET_KEPT) : 0;
  if (q->epsilon > 0) f->epsilon = fmin(f->epsilon, q->epsilon);
  return status ? status : finish(w, q, err);
}

/* Exact if it can be.  Two dimensions: rounding is planned for all groups, by the epsilon given or, once the exact sums
 * are too many, by those of our own in turn.  More: what it takes is spent where the sums become too many. */
static qy_status solve(qy_assign_front *f, const qy_assign_question *q, size_t states_max, qy_error *err)
{
  const bool flat = f->work.dims <= 2, own = q->epsilon == 0;
  const double asked = log1p(q->epsilon) * BUDGET_KEPT;
  plan p = {.budget = flat ? asked : 0, .states_max = states_max, .thin_to = flat ? 0 : states_max / THIN_PART + 1};
  p.candidates_max = flat && own ? states_max * EXACT_PART : SIZE_MAX;
  qy_status status = walk(&p, &f->work, err);
  for (double epsilon = EPSILON_FIRST; !status && p.too_many && own && flat && epsilon <= 1; epsilon *= EPSILON_STEP) {
    p = (plan){log1p(epsilon) * BUDGET_KEPT, states_max * COVER_PART, SIZE_MAX, 0, 0, false};
    status = walk(&p, &f->work, err);
  }
  if (!flat && !own) p.budget = asked - p.spent;
  if (status) return status;
  if (p.too_many)
    return qy_fail(
        err, QY_BAD_INPUT,
        "front: expected at most %zu sums to keep for a layer, found more; a larger epsilon, fewer options, costs or "
        "fewer limits leave fewer",
        p.states_max);
  if (p.budget < 0)
    return qy_fail(err, QY_BAD_INPUT,
                   "front: expected an epsilon from %.3g on, which %d costs of %zu groups take, found %g",
                   expm1(p.spent / BUDGET_KEPT), f->work.dims, f->work.groups, q->epsilon);
  return round_off(&p, f, q, err);
}

/* Partial sums to keep unless the caller says otherwise: what a few seconds allow. */
static size_t usual_states(const qy_assign_problem *problem, int dims, double epsilon)
{
  if (dims <= 2) return epsilon > 0 ? (size_t)QY_ASSIGN_STATES_MAX * COVER_PART : QY_ASSIGN_STATES_MAX;
  size_t options = 1;
  for (size_t g = 0; g < problem->groups; g++) {
    const size_t own = problem->first[g + 1] - problem->first[g];
    options = own > options ? own : options;
  }
  size_t most = (size_t)(dims > ASSIGN_FLAT ? DEEP_CANDIDATES : SOLID_CANDIDATES) / options;
  if (most < STATES_LEAST) most = STATES_LEAST;
  return most < QY_ASSIGN_STATES_MAX ? most : QY_ASSIGN_STATES_MAX;
}

static void check_question(const qy_assign_problem *problem, const qy_assign_question *q)
{
  assert(q->objectives >= 1 && q->objective && q->limits >= 0 && q->epsilon >= 0 && q->epsilon <= 1);
  assert(q->states_max <= QY_ASSIGN_STATES_TOP);
  for (int k = 0; k < q->objectives; k++)
    assert(q->objective[k] >= 0 && q->objective[k] < problem->costs);
  for (int l = 0; l < q->limits; l++)
    assert(q->limit[l].cost >= 0 && q->limit[l].cost < problem->costs && isfinite(q->limit[l].most));
  (void)problem;
}

qy_status qy_assign_front_find(qy_assign_front **front, const qy_assign_problem *problem,
                               const qy_assign_question *question, qy_error *err)
{
  assert(front && problem && question);
  check_question(problem, question);
  int order[ASSIGN_DIMS_MAX], dims;
  const int grid_dims = arrange(order, &dims, problem, question);
  const size_t usual = usual_states(problem, dims, question->epsilon);
  const size_t states_max = question->states_max ? question->states_max : usual;
  *front = NULL;
  qy_assign_front *f = qy_alloc(1, sizeof *f);
  if (!f) return qy_no_memory(err);
  qy_status status = assign_open(&f->work, problem, order, dims, grid_dims, question->limit, question->limits, err);
  if (!status) status = solve(f, question, states_max, err);
  if (!status && f->work.count == 0) status = explain(problem, question, states_max, err);
  if (!status)
    *front = f;
  else
    qy_assign_front_free(f);
  return status;
}

size_t qy_assign_front_count(const qy_assign_front *front)
{
  return front->work.count;
}

double qy_assign_front_epsilon(const qy_assign_front *front)
{
  return front->epsilon;
}

void qy_assign_front_point(const qy_assign_front *front, size_t i, double *total, uint16_t *choice)
{
  assert(front && choice && i < front->work.count);
  const assign_work *w = &front->work;
  assign_choice(w, i, choice);
  if (total) assign_totals(w, choice, total);
}

void qy_assign_front_free(qy_assign_front *front)
{
  if (front) assign_close(&front->work);
  free(front);
}
