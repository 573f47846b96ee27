/* Sobol indices: see sensitivity.h. */
#include "quarry/sensitivity.h"

#include "quarry/alloc.h"
#include "quarry/draws.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_MIN = 16 };

typedef struct matrices {
  double *a, *b;   /* [input * samples + k] */
  double *fa, *fb; /* [output * samples + k] */
  size_t columns;  /* inputs replaced in one batch */
  double *z, *out; /* one batch and its outputs */
} matrices;

static qy_status draw(double *m, const qy_sensitivity *s, const char *which, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < s->inputs; i++) {
    char name[48];
    snprintf(name, sizeof name, "sensitivity.%s.%zu", which, i);
    status = qy_draws_normal(m + i * s->samples, s->samples, s->seed, name, err);
  }
  return status;
}

/* Outputs of `count` points z[input * count + k] into m->out. */
static qy_status check_finite(const qy_sensitivity *s, const matrices *m, size_t count, qy_error *err)
{
  for (size_t o = 0; o < s->outputs * count; o++)
    if (!isfinite(m->out[o]))
      return qy_fail(err, QY_BAD_INPUT, "sensitivity: expected finite results, found %g in sample %zu", m->out[o],
                     o % count % s->samples);
  return QY_OK;
}

static qy_status evaluate(const qy_sensitivity *s, matrices *m, const double *z, size_t count, qy_error *err)
{
  qy_status status = QY_OK;
  if (s->batch) {
    status = s->batch(s->ctx, z, count, m->out, err);
  } else {
    double *point = m->z + s->inputs * m->columns * s->samples, *output = point + s->inputs;
    for (size_t k = 0; !status && k < count; k++) {
      for (size_t i = 0; i < s->inputs; i++)
        point[i] = z[i * count + k];
      status = s->model(s->ctx, point, output, err);
      for (size_t o = 0; !status && o < s->outputs; o++)
        m->out[o * count + k] = output[o];
    }
  }
  return status ? status : check_finite(s, m, count, err);
}

static qy_status evaluate_all(const qy_sensitivity *s, matrices *m, const double *z, double *to, qy_error *err)
{
  qy_status status = evaluate(s, m, z, s->samples, err);
  if (!status) memcpy(to, m->out, s->outputs * s->samples * sizeof *to);
  return status;
}

/* Outputs with each of the inputs [first, first + columns) in turn taken from b, the others from a: sample k with the
 * j-th of them at out[output * count + j * samples + k]. */
static qy_status evaluate_replaced(const qy_sensitivity *s, matrices *m, size_t first, size_t columns, qy_error *err)
{
  const size_t count = columns * s->samples;
  if (s->replaced) { /* one at a time */
    qy_status status = s->replaced(s->ctx, m->a, m->b, first, m->out, err);
    return status ? status : check_finite(s, m, count, err);
  }
  for (size_t i = 0; i < s->inputs; i++)
    for (size_t j = 0; j < columns; j++)
      memcpy(m->z + i * count + j * s->samples, (i == first + j ? m->b : m->a) + i * s->samples,
             s->samples * sizeof(double));
  return evaluate(s, m, m->z, count, err);
}

static void moments(double *mean, double *variance, const double *a, const double *b, size_t n)
{
  double sum = 0, squares = 0;
  for (size_t k = 0; k < n; k++)
    sum += a[k] + b[k];
  *mean = sum / (2 * (double)n);
  for (size_t k = 0; k < n; k++)
    squares += (a[k] - *mean) * (a[k] - *mean) + (b[k] - *mean) * (b[k] - *mean);
  *variance = squares / (2 * (double)n);
}

/* Indices of one input and output from its outputs f with that input replaced.  Of the two estimates of the first order
 * one is exact at an index of 0, the other at 1: the total says which counts how much. */
static qy_sensitivity_index index_of(const double *f, const double *fa, const double *fb, size_t n)
{
  double mean, variance, small = 0, rest = 0, total = 0;
  moments(&mean, &variance, fa, fb, n);
  if (!(variance > 1e-24 * mean * mean)) return (qy_sensitivity_index){0, 0};
  for (size_t k = 0; k < n; k++) {
    const double step = f[k] - fa[k], other = f[k] - fb[k];
    small += (fb[k] - mean) * step; /* the mean adds nothing but sampling error */
    rest += other * other;
    total += step * step;
  }
  const double scale = (double)n * variance, share = total / (2 * scale), weight = fmin(share, 1);
  return (qy_sensitivity_index){(1 - weight) * (small / scale) + weight * (1 - rest / (2 * scale)), share};
}

static qy_status estimate(qy_sensitivity_index *index, const qy_sensitivity *s, matrices *m, qy_error *err)
{
  const size_t n = s->samples;
  qy_status status = QY_OK;
  for (size_t i = 0, columns; !status && i < s->inputs; i += columns) {
    columns = m->columns < s->inputs - i ? m->columns : s->inputs - i;
    status = evaluate_replaced(s, m, i, columns, err);
    for (size_t j = 0; !status && j < columns; j++)
      for (size_t o = 0; o < s->outputs; o++)
        index[(i + j) * s->outputs + o] = index_of(m->out + (o * columns + j) * n, m->fa + o * n, m->fb + o * n, n);
  }
  return status;
}

qy_status qy_sensitivity_run(qy_sensitivity_index *index, const qy_sensitivity *s, qy_error *err)
{
  assert(index && s && (s->model || s->batch));
  if (s->inputs == 0 || s->outputs == 0 || s->samples < SAMPLES_MIN)
    return qy_fail(err, QY_BAD_INPUT,
                   "sensitivity: expected inputs, outputs and at least %d samples, found %zu, %zu and %zu", SAMPLES_MIN,
                   s->inputs, s->outputs, s->samples);
  const size_t in = s->inputs * s->samples, out = s->outputs * s->samples;
  size_t columns = s->batch && !s->replaced ? s->batch_points / s->samples : 1;
  if (columns < 1) columns = 1;
  if (columns > s->inputs) columns = s->inputs;
  /* the matrices, one batch, one point */
  double *room = qy_alloc(2 * in + 2 * out + columns * (in + out) + s->inputs + s->outputs, sizeof *room);
  if (!room) return qy_no_memory(err);
  matrices m = {.a = room, .b = room + in, .fa = room + 2 * in, .columns = columns};
  m.fb = m.fa + out;
  m.out = m.fb + out;
  m.z = m.out + columns * out;
  qy_status status = draw(m.a, s, "a", err);
  if (!status) status = draw(m.b, s, "b", err);
  if (!status) status = evaluate_all(s, &m, m.b, m.fb, err);
  if (!status) status = evaluate_all(s, &m, m.a, m.fa, err);
  if (!status) status = estimate(index, s, &m, err);
  free(room);
  return status;
}
