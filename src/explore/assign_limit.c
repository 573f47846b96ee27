/* Least total of one cost under limits of others, with its certificate (include/quarry/assign.h).
 *
 * For prices p >= 0 of the limited costs, theta(p) = sum over groups of min (f + p g) - p L is at most the least total
 * f (Everett 1963; weak duality): the assignments within the limits are among those that the minimum runs over, and for
 * them p (g - L) <= 0.  The same for what a partial sum may become.  The prices are raised to where theta is greatest:
 * by bisection for one limit, by turns and then by steps along the excess (Polyak, USSR Comput. Math. Math. Phys. 9(3),
 * 1969) for several; any prices give a bound, better ones a tighter one.
 *
 * Dynamic programming over (f, g...) then keeps the partial sums that are not dominated, can still meet the limits and
 * whose bound is not above the best assignment known.  If more than states_max are left, those with the largest bounds
 * are given up: the least of their bounds, or the best total, bounds the optimum.
 */
#include "assign_int.h"

#include "quarry/sort.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HALVINGS = 60, DOUBLINGS_MAX = 600, TURNS = 4, STEPS = 200 };

#define ROUNDING 1e-11 /* of a priced sum: more than the rounding of its terms */

/* Multiples of the best prices that give the further bounds; the first is 1. */
static const double multiple[ASSIGN_PRICES_MAX] = {1, 0, 0.5, 0.9, 1.1, 2};

typedef struct search {
  assign_work *w;
  assign_bound bound;
  double price[ASSIGN_DIMS_MAX]; /* the best so far */
  double theta;                  /* its bound */
  uint32_t *pick;                /* [groups]: options (among those left) of the last relaxation */
  uint32_t *best;                /* [groups]: those of the best assignment known */
  uint16_t *choice;              /* [groups]: scratch */
  double best_total;             /* INFINITY: none known */
  uint32_t *pick_of[ASSIGN_PRICES_MAX];
  double *after[ASSIGN_PRICES_MAX]; /* [(groups + 1) * dims]: sums of pick_of from group g on */
  double given_up;                  /* least bound of what was given up; INFINITY: nothing */
} search;

static double priced(const assign_work *w, const double *price, size_t o)
{
  double sum = 0;
  for (int d = 0; d < w->dims; d++)
    sum += price[d] * w->value[d][o];
  return sum;
}

/* The option of group g with the least priced sum; of equal ones that with the largest objective: it takes least of
 * what is limited. */
static uint32_t least_option(const assign_work *w, const double *price, size_t g)
{
  uint32_t best = (uint32_t)w->first[g];
  double low = priced(w, price, best);
  for (size_t o = w->first[g] + 1; o < w->first[g + 1]; o++) {
    const double x = priced(w, price, o);
    if (x > low || (x == low && w->value[0][o] <= w->value[0][best])) continue;
    low = x;
    best = (uint32_t)o;
  }
  return best;
}

static void sums(double *total, const assign_work *w, const uint32_t *pick)
{
  for (int d = 0; d < w->dims; d++) {
    total[d] = 0;
    for (size_t g = 0; g < w->groups; g++)
      total[d] += w->value[d][pick[g]];
  }
}

static bool meets(const assign_work *w, const double *total)
{
  for (int d = 0; d < w->dims; d++)
    if (total[d] > w->limit[d]) return false;
  return true;
}

static void offer(search *s, const uint32_t *pick, const double *total)
{
  if (!meets(s->w, total) || total[0] >= s->best_total) return;
  s->best_total = total[0];
  memcpy(s->best, pick, s->w->groups * sizeof *pick);
}

/* theta(price), and the totals of the assignment that it belongs to. */
static double relax(search *s, const double *price, double *total)
{
  const assign_work *w = s->w;
  for (size_t g = 0; g < w->groups; g++)
    s->pick[g] = least_option(w, price, g);
  sums(total, w, s->pick);
  offer(s, s->pick, total);
  double theta = total[0];
  for (int d = 1; d < w->dims; d++)
    theta += price[d] * (total[d] - w->limit[d]);
  if (theta > s->theta) {
    s->theta = theta;
    memcpy(s->price, price, (size_t)w->dims * sizeof *price);
  }
  return theta;
}

/* Greatest less least total of a dimension. */
static double width(const assign_work *w, int d)
{
  double sum = 0;
  for (size_t g = 0; g < w->groups; g++) {
    double low = INFINITY, high = 0;
    for (size_t o = w->first[g]; o < w->first[g + 1]; o++) {
      low = fmin(low, w->value[d][o]);
      high = fmax(high, w->value[d][o]);
    }
    sum += high - low;
  }
  return sum;
}

/* Best price of dimension d, the others as they are: the excess falls as the price rises. */
static void bisect(search *s, double *price, int d)
{
  const assign_work *w = s->w;
  double total[ASSIGN_DIMS_MAX] = {0}, low = 0, low_theta, high_theta;
  price[d] = 0;
  low_theta = relax(s, price, total);
  if (total[d] <= w->limit[d]) return;
  const double across = width(w, d), rise = width(w, 0);
  double high = across > 0 && rise > 0 ? rise / across : 1;
  for (int i = 0; i < DOUBLINGS_MAX; i++) {
    price[d] = high;
    high_theta = relax(s, price, total);
    if (total[d] <= w->limit[d] || high > 1e200) break;
    low = high;
    low_theta = high_theta;
    high *= 2;
  }
  for (int i = 0; i < HALVINGS; i++) {
    price[d] = low + (high - low) / 2;
    const double theta = relax(s, price, total);
    const bool below = total[d] > w->limit[d];
    if (below) {
      low = price[d];
      low_theta = theta;
    } else {
      high = price[d];
      high_theta = theta;
    }
  }
  price[d] = low_theta > high_theta ? low : high;
}

/* Steps along the excess, each dimension in units of its width. */
static void climb(search *s)
{
  const assign_work *w = s->w;
  double price[ASSIGN_DIMS_MAX], total[ASSIGN_DIMS_MAX] = {0}, span[ASSIGN_DIMS_MAX] = {0}, damp = 1;
  memcpy(price, s->price, sizeof price);
  for (int d = 0; d < w->dims; d++)
    span[d] = fmax(width(w, d), 1e-100);
  for (int i = 0; i < STEPS; i++, damp *= 0.98) {
    const double theta = relax(s, price, total), gap = fmin(s->best_total - theta, span[0]);
    double norm = 0;
    for (int d = 1; d < w->dims; d++)
      norm += pow((total[d] - w->limit[d]) / span[d], 2);
    if (!(norm > 0)) return;
    for (int d = 1; d < w->dims; d++)
      price[d] = fmax(0, price[d] + damp * gap * ((total[d] - w->limit[d]) / span[d]) / norm / span[d]);
  }
}

static void find_prices(search *s)
{
  const int dims = s->w->dims;
  double price[ASSIGN_DIMS_MAX] = {1};
  for (int turn = 0; turn < (dims > 2 ? TURNS : 1); turn++)
    for (int d = 1; d < dims; d++)
      bisect(s, price, d);
  if (dims > 2) climb(s);
}

/* Change one group at a time, that which lowers the objective most within the limits. */
static void improve(search *s)
{
  const assign_work *w = s->w;
  double total[ASSIGN_DIMS_MAX] = {0};
  while (s->best_total < INFINITY) {
    size_t group = 0;
    uint32_t option = 0;
    double gain = 0;
    sums(total, w, s->best);
    for (size_t g = 0; g < w->groups; g++)
      for (size_t o = w->first[g]; o < w->first[g + 1]; o++) {
        const double less = w->value[0][s->best[g]] - w->value[0][o];
        bool fits = less > gain;
        for (int d = 0; fits && d < w->dims; d++)
          fits = total[d] - w->value[d][s->best[g]] + w->value[d][o] <= w->limit[d];
        if (!fits) continue;
        gain = less;
        group = g;
        option = (uint32_t)o;
      }
    memcpy(s->pick, s->best, w->groups * sizeof *s->pick);
    if (gain > 0) s->pick[group] = option;
    sums(total, w, s->pick);
    if (!(total[0] < s->best_total)) return;
    offer(s, s->pick, total);
    if (s->best_total != total[0]) return; /* rounding: it does not fit after all */
  }
}

static qy_status allocate(search *s, qy_error *err)
{
  const assign_work *w = s->w;
  const size_t ends = w->groups + 1;
  s->pick = qy_arena_alloc(w->arena, w->groups, sizeof *s->pick);
  s->best = qy_arena_alloc(w->arena, w->groups, sizeof *s->best);
  s->choice = qy_arena_alloc(w->arena, w->groups, sizeof *s->choice);
  bool good = s->pick && s->best && s->choice;
  for (int l = 0; l < ASSIGN_PRICES_MAX; l++) {
    s->pick_of[l] = qy_arena_alloc(w->arena, w->groups, sizeof **s->pick_of);
    s->after[l] = qy_arena_alloc(w->arena, ends * (size_t)w->dims, sizeof(double));
    s->bound.tail[l] = qy_arena_alloc(w->arena, ends, sizeof(double));
    good = good && s->pick_of[l] && s->after[l] && s->bound.tail[l];
  }
  return good ? QY_OK : qy_no_memory(err);
}

/* Bounds and completions for one multiple of the best prices. */
static void lay_tail(search *s, int l)
{
  const assign_work *w = s->w;
  double *price = s->bound.price[l], *tail = s->bound.tail[l], charge = 0, slack = 0;
  price[0] = 1;
  for (int d = 1; d < w->dims; d++) {
    price[d] = multiple[l] * s->price[d];
    charge += price[d] * w->limit[d];
  }
  for (size_t g = w->groups; g-- > 0;) {
    const uint32_t o = s->pick_of[l][g] = least_option(w, price, g);
    tail[g] = tail[g + 1] + priced(w, price, o);
    for (int d = 0; d < w->dims; d++)
      s->after[l][g * (size_t)w->dims + (size_t)d] =
          s->after[l][(g + 1) * (size_t)w->dims + (size_t)d] + w->value[d][o];
  }
  slack = ROUNDING * (charge + tail[0]);
  for (size_t g = 0; g <= w->groups; g++)
    tail[g] -= charge + slack;
}

/* Complete every partial sum in the ways that the prices suggest. */
static void complete(search *s)
{
  const assign_work *w = s->w;
  const size_t dims = (size_t)w->dims;
  size_t from = w->count;
  int with = 0;
  double least = s->best_total;
  for (size_t i = 0; i < w->count; i++)
    for (int l = 0; l < s->bound.count; l++) {
      const double *after = s->after[l] + w->done * dims;
      bool fits = w->state[0][i] + after[0] < least;
      for (size_t d = 0; fits && d < dims; d++)
        fits = w->state[d][i] + after[d] <= w->limit[d];
      if (!fits) continue;
      least = w->state[0][i] + after[0];
      from = i;
      with = l;
    }
  if (from == w->count) return;
  assign_choice(w, from, s->choice);
  memcpy(s->pick, s->pick_of[with], w->groups * sizeof *s->pick);
  for (size_t g = 0; g < w->done; g++) {
    uint32_t o = (uint32_t)w->first[g];
    while (w->option[o] != s->choice[w->order[g]])
      o++;
    s->pick[g] = o;
  }
  double total[ASSIGN_DIMS_MAX] = {0};
  sums(total, w, s->pick);
  offer(s, s->pick, total);
  s->bound.most = s->best_total;
}

/* Give up partial sums with the largest bounds until `most` are left. */
static qy_status give_up(search *s, size_t most, qy_error *err)
{
  assign_work *w = s->w;
  double *bound = qy_alloc(2 * w->count, sizeof *bound), *sorted = bound + w->count;
  uint32_t *kept = qy_alloc(w->count, sizeof *kept);
  size_t count = 0;
  qy_status status = bound && kept ? QY_OK : qy_no_memory(err);
  for (size_t i = 0; !status && i < w->count; i++) {
    double v[ASSIGN_DIMS_MAX];
    for (int d = 0; d < w->dims; d++)
      v[d] = w->state[d][i];
    bound[i] = sorted[i] = assign_bound_of(&s->bound, w->dims, v, w->done);
  }
  if (!status) {
    qsort(sorted, w->count, sizeof *sorted, qy_by_value);
    size_t below = 0; /* those at the threshold fill what is left */
    while (below < most && sorted[below] < sorted[most])
      below++;
    size_t at = most - below;
    for (size_t i = 0; i < w->count; i++)
      if (bound[i] < sorted[most] || (bound[i] == sorted[most] && at > 0 && at--)) kept[count++] = (uint32_t)i;
    s->given_up = fmin(s->given_up, sorted[most]);
    status = assign_keep(w, kept, count, err);
  }
  free(bound);
  free(kept);
  return status;
}

/* As many partial sums as may be kept: with many dimensions also as the next group can take. */
static size_t room(const assign_work *w, size_t states_max)
{
  size_t options = 1;
  for (size_t g = w->done; g < w->groups; g++)
    options = w->first[g + 1] - w->first[g] > options ? w->first[g + 1] - w->first[g] : options;
  const size_t most = w->dims > ASSIGN_FLAT ? ASSIGN_CANDIDATES_MAX / options : states_max;
  return most < states_max ? most : states_max;
}

static qy_status walk(search *s, size_t states_max, qy_error *err)
{
  assign_work *w = s->w;
  qy_status status = assign_restart(w, err);
  while (!status && w->done < w->groups && w->count > 0) {
    status = assign_extend(w, err);
    if (!status) complete(s);
    const size_t most = room(w, states_max);
    if (!status && w->count > most) status = give_up(s, most, err);
  }
  return status;
}

static qy_status find(search *s, size_t states_max, qy_error *err)
{
  assign_work *w = s->w;
  s->theta = -INFINITY;
  s->best_total = s->given_up = INFINITY;
  qy_status status = allocate(s, err);
  if (status) return status;
  find_prices(s);
  improve(s);
  s->bound.count = w->dims > 1 ? ASSIGN_PRICES_MAX : 1;
  for (int l = 0; l < s->bound.count; l++)
    lay_tail(s, l);
  s->bound.most = s->best_total;
  w->bound = &s->bound;
  w->filtered = true;
  return walk(s, states_max, err);
}

/* Best assignment and certificate into *out; false: none known. */
static bool conclude(qy_assign_optimum *out, const search *s)
{
  const assign_work *w = s->w;
  const double unit = w->unit[w->cost_of[0]];
  double total = s->best_total;
  if (w->done == w->groups && w->count > 0 && w->state[0][0] <= total) {
    total = w->state[0][0]; /* the first has the least objective, then the least of the other dimensions */
    assign_choice(w, 0, out->choice);
  } else if (total < INFINITY) {
    for (size_t g = 0; g < w->groups; g++)
      out->choice[w->order[g]] = w->option[s->best[g]];
  } else
    return false;
  assign_totals(w, out->choice, out->total);
  double bound = fmax(fmin(s->given_up, total), w->rest[0][0]);
  if (w->exact[w->cost_of[0]]) bound = fmin(ceil(bound), total);
  out->optimal = bound >= total;
  out->bound = out->optimal ? out->total[w->cost_of[0]] : bound / unit;
  return true;
}

/* The first limit that cannot be met with those before it: the least of its cost under these. */
static qy_status blame(qy_assign_optimum *out, const qy_assign_problem *problem, const qy_assign_limit *limit,
                       int limits, size_t states_max, qy_arena *arena, qy_error *err)
{
  for (int l = 0; l < limits; l++) {
    qy_assign_optimum least;
    qy_status status = qy_assign_minimize(&least, problem, limit[l].cost, limit, l, states_max, arena, err);
    if (status == QY_INFEASIBLE) { /* none was found, which proves nothing */
      qy_error_clear(err);
      break;
    }
    if (status) return status;
    const double total = least.bound; /* of the least total, where that is not proved */
    if (total <= limit[l].most + fabs(limit[l].most) * (double)problem->groups * 0x1p-52) continue;
    out->missed = l;
    out->least = total;
    return qy_fail(err, QY_INFEASIBLE, "limit %d: expected a total of %.15g or more%s, found %.15g", l + 1, total,
                   l ? " beside the limits before it" : "", limit[l].most);
  }
  return qy_fail(err, QY_INFEASIBLE, "no assignment within the limits was found");
}

qy_status qy_assign_minimize(qy_assign_optimum *out, const qy_assign_problem *problem, int objective,
                             const qy_assign_limit *limit, int limits, size_t states_max, qy_arena *arena,
                             qy_error *err)
{
  assert(out && problem && objective >= 0 && objective < problem->costs && limits >= 0 && (limit || limits == 0));
  assert(states_max <= QY_ASSIGN_STATES_TOP);
  int order[ASSIGN_DIMS_MAX] = {objective}, dims = 1;
  for (int l = 0; l < limits; l++)
    if (limit[l].cost != objective) order[dims++] = limit[l].cost;
  *out = (qy_assign_optimum){.missed = -1};
  out->choice = qy_arena_alloc(arena, problem->groups, sizeof *out->choice);
  out->total = qy_arena_alloc(arena, (size_t)problem->costs, sizeof *out->total);
  if (!out->choice || !out->total) return qy_no_memory(err);
  if (states_max == 0) states_max = QY_ASSIGN_STATES_MAX;
  assign_work w;
  search s = {.w = &w};
  bool found = false;
  qy_status status = assign_open(&w, problem, order, dims, 0, limit, limits, err);
  bool possible = true;
  for (int d = 0; !status && d < dims; d++)
    possible = possible && w.rest[d][0] <= w.limit[d];
  if (!status && possible) status = find(&s, states_max, err);
  if (!status && possible) found = conclude(out, &s);
  assign_close(&w);
  if (status || found) return status;
  return blame(out, problem, limit, limits, states_max, arena, err);
}
