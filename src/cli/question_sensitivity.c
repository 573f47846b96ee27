/* `quarry query sensitivity`: which axis moves an objective, as main effect.  Axes that divide the points alike (a
 * design and what it alone has) are one. */
#include "questions_int.h"

#include "cli.h"

#include "quarry/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The feasible points: of each axis the number of the value, of each objective its logarithm. */
typedef struct effects {
  const asking *a;
  size_t points;
  uint32_t **place;    /* [axes][points] */
  size_t *values, *as; /* [axes] numbers end there; the first axis that divides the points alike */
  double *log[QY_METRIC_COUNT];
} effects;

/* A line of the answer. */
typedef struct effect {
  int metric, objective;
  const char *axis;
  size_t place, values; /* of the axis */
  double share;         /* to six digits; NaN: the metric is the same everywhere */
} effect;

static void effects_free(effects *e)
{
  for (size_t i = 0; e->place && i < e->a->axes; i++)
    free(e->place[i]);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    free(e->log[m]);
}

static void take_metrics(effects *e, qy_points *points)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    e->log[m] = points->metric[m];
    points->metric[m] = NULL;
    for (size_t i = 0; e->log[m] && i < points->count; i++)
      e->log[m][i] = e->log[m][i] > 0 ? log(e->log[m][i]) : NAN;
  }
  e->points = points->count;
}

/* Read the points with axes [first, end), end returned: as many parameters as points have room for. */
static size_t read_axes(effects *e, size_t first, const int *metric, int metrics, qy_status *status, qy_error *err)
{
  const asking *a = e->a;
  qy_key_list parameters = {.count = 0};
  qy_key key[QUESTION_AXES_MAX];
  qy_points points;
  size_t end = first;
  while (end < a->axes && parameters.count < QY_KEY_COUNT - QY_KEY_PARAMETER && !*status) {
    const char *name = a->axis[end].key ? a->axis[end].key : a->axis[end].name;
    *status = qy_key_find(&key[end++], name, &parameters, err);
  }
  if (!*status) *status = qy_points_read(&points, a->store, a->id, metric, metrics, &parameters, err);
  if (*status) return end;
  if (metrics) take_metrics(e, &points);
  for (size_t i = first; i < end; i++) {
    e->place[i] = points.key[key[i]];
    e->values[i] = points.label_count[key[i]];
    points.key[key[i]] = NULL;
  }
  qy_points_free(&points);
  return end;
}

static qy_status effects_read(effects *e, const asking *a, qy_error *err)
{
  int metric[QY_METRIC_COUNT], metrics = 0;
  *e = (effects){.a = a};
  e->place = qy_arena_alloc(a->arena, a->axes, sizeof *e->place);
  e->values = qy_arena_alloc(a->arena, a->axes, sizeof *e->values);
  e->as = qy_arena_alloc(a->arena, a->axes, sizeof *e->as);
  if (!e->place || !e->values || !e->as) return qy_no_memory(err);
  for (int o = 0; o < a->objectives; o++)
    if (a->has[a->objective[o]]) metric[metrics++] = a->objective[o];
  qy_status status =
      metrics ? QY_OK : qy_fail(err, QY_BAD_INPUT, "expected an experiment with values of its objectives, found none");
  for (size_t end = 0; end < a->axes && !status;)
    end = read_axes(e, end, metric, end ? 0 : metrics, &status, err);
  return status;
}

/* Do two axes divide the points alike: is each value of the one beside one value of the other alone?  to, from:
 * [values] of x and of y. */
static bool divide_alike(const effects *e, size_t x, size_t y, uint32_t *to, uint32_t *from)
{
  memset(to, 0xff, e->values[x] * sizeof *to);
  memset(from, 0xff, e->values[y] * sizeof *from);
  for (size_t i = 0; i < e->points; i++) {
    const uint32_t a = e->place[x][i], b = e->place[y][i];
    if (to[a] == UINT32_MAX && from[b] == UINT32_MAX) {
      to[a] = b;
      from[b] = a;
    } else if (to[a] != b || from[b] != a) {
      return false;
    }
  }
  return true;
}

static qy_status find_divisions(effects *e, qy_error *err)
{
  size_t most = 1;
  for (size_t i = 0; i < e->a->axes; i++)
    if (most < e->values[i]) most = e->values[i];
  uint32_t *to = qy_alloc(most, sizeof *to), *from = qy_alloc(most, sizeof *from);
  for (size_t i = 0; i < e->a->axes && to && from; i++) {
    e->as[i] = 0;
    while (e->as[i] < i && !(e->as[e->as[i]] == e->as[i] && divide_alike(e, e->as[i], i, to, from)))
      e->as[i]++;
  }
  const bool failed = !to || !from;
  free(to);
  free(from);
  return failed ? qy_no_memory(err) : QY_OK;
}

/* "design (pe_kind)": an axis, and others that divide the points alike. */
static const char *division_name(const effects *e, size_t i)
{
  const asking *a = e->a;
  const char *name = a->axis[i].name, *gap = " (";
  for (size_t j = i + 1; j < a->axes && name; j++) {
    if (e->as[j] != i) continue;
    name = qy_arena_format(a->arena, "%s%s%s", name, gap, a->axis[j].name);
    gap = ", ";
  }
  return name && gap[0] == ',' ? qy_arena_format(a->arena, "%s)", name) : name;
}

/* Values at which an axis has the metric, and the variance of the mean logarithm at each over the variance of all. */
static qy_status find_effect(effect *out, const effects *e, size_t axis, qy_error *err)
{
  const double *y = e->log[out->metric];
  const uint32_t *place = e->place[axis];
  double *sum = qy_alloc(e->values[axis] + 1, sizeof *sum), *count = qy_alloc(e->values[axis] + 1, sizeof *count);
  double all = 0, mean = 0, variance = 0, between = 0, least = INFINITY, greatest = -INFINITY;
  for (size_t i = 0; i < e->points && sum && count; i++) {
    if (isnan(y[i])) continue;
    sum[place[i]] += y[i];
    count[place[i]]++;
    mean += y[i];
    all++;
    least = fmin(least, y[i]);
    greatest = fmax(greatest, y[i]);
  }
  mean /= all;
  for (size_t i = 0; i < e->points; i++)
    if (!isnan(y[i])) variance += (y[i] - mean) * (y[i] - mean);
  for (size_t v = 0; v < e->values[axis] && sum && count; v++) {
    if (count[v] == 0) continue;
    const double off = sum[v] / count[v] - mean;
    between += count[v] * off * off;
    out->values++;
  }
  out->share = least < greatest ? round(1e6 * between / variance) / 1e6 : NAN;
  const bool failed = !sum || !count;
  free(sum);
  free(count);
  return failed ? qy_no_memory(err) : QY_OK;
}

/* By objective, the greatest share first; of equal ones in the order of the axes. */
static int by_share(const void *x, const void *y)
{
  const effect *a = x, *b = y;
  if (a->objective != b->objective) return a->objective < b->objective ? -1 : 1;
  if (isnan(a->share) != isnan(b->share)) return isnan(a->share) - isnan(b->share);
  if (a->share != b->share && !isnan(a->share)) return a->share < b->share ? 1 : -1;
  return (a->place > b->place) - (a->place < b->place);
}

static void print_effects(const asking *a, const effect *found, size_t count)
{
  static const char *const names[] = {"metric", "axis", "values", "share"};
  table *t = table_new(a->format, (int)(sizeof names / sizeof *names), names);
  for (size_t i = 0; i < count; i++)
    table_row(t, TEXT(qy_metric_table()[found[i].metric].name), TEXT(found[i].axis), INTEGER((int64_t)found[i].values),
              NUMBER(found[i].share));
  table_print(t);
}

qy_status question_sensitivity(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  effects e;
  size_t count = 0;
  effect *found = qy_arena_alloc(a->arena, a->axes * (size_t)a->objectives + 1, sizeof *found);
  qy_status status = effects_read(&e, a, err);
  if (!status) status = found ? find_divisions(&e, err) : qy_no_memory(err);
  for (int o = 0; o < a->objectives && !status; o++) {
    const int m = a->objective[o];
    if (!e.log[m]) continue;
    for (size_t i = 0; i < a->axes && !status; i++) {
      if (e.as[i] != i) continue;
      effect one = {.metric = m, .objective = o, .axis = division_name(&e, i), .place = i};
      status = one.axis ? find_effect(&one, &e, i, err) : qy_no_memory(err);
      if (!status && one.values > 1) found[count++] = one;
    }
  }
  if (!status) {
    qsort(found, count, sizeof *found, by_share);
    print_effects(a, found, count);
  }
  effects_free(&e);
  return status;
}
