/* Sobol indices: see sensitivity.h. */
#include "quarry/sensitivity.h"

#include "quarry/alloc.h"
#include "quarry/draws.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES_MIN = 16 };

typedef struct matrices {
  double *a, *b;   /* [input * samples + k] */
  double *fa, *fb; /* [output * samples + k] */
  double *z, *out; /* one point, its outputs */
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

/* Point k of `from`, input `replaced` (none: inputs) taken from `other`; outputs into m->out. */
static qy_status evaluate(const qy_sensitivity *s, matrices *m, const double *from, const double *other,
                          size_t replaced, size_t k, qy_error *err)
{
  for (size_t i = 0; i < s->inputs; i++)
    m->z[i] = (i == replaced ? other : from)[i * s->samples + k];
  qy_status status = s->model(s->ctx, m->z, m->out, err);
  for (size_t o = 0; !status && o < s->outputs; o++)
    if (!isfinite(m->out[o]))
      status = qy_fail(err, QY_BAD_INPUT, "sensitivity: expected finite results, found %g in sample %zu", m->out[o], k);
  return status;
}

static qy_status evaluate_all(const qy_sensitivity *s, matrices *m, const double *from, double *to, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t k = 0; !status && k < s->samples; k++) {
    status = evaluate(s, m, from, from, s->inputs, k, err);
    for (size_t o = 0; !status && o < s->outputs; o++)
      to[o * s->samples + k] = m->out[o];
  }
  return status;
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

static qy_status estimate(qy_sensitivity_index *index, const qy_sensitivity *s, matrices *m, qy_error *err)
{
  const double n = (double)s->samples;
  double *first = qy_alloc(4 * s->outputs, sizeof *first);
  if (!first) return qy_no_memory(err);
  double *total = first + s->outputs, *mean = total + s->outputs, *variance = mean + s->outputs;
  qy_status status = QY_OK;
  for (size_t o = 0; o < s->outputs; o++)
    moments(&mean[o], &variance[o], m->fa + o * s->samples, m->fb + o * s->samples, s->samples);
  for (size_t i = 0; !status && i < s->inputs; i++) {
    memset(first, 0, 2 * s->outputs * sizeof *first);
    for (size_t k = 0; !status && k < s->samples; k++) {
      status = evaluate(s, m, m->a, m->b, i, k, err);
      for (size_t o = 0; !status && o < s->outputs; o++) {
        const double fa = m->fa[o * s->samples + k], fb = m->fb[o * s->samples + k], step = m->out[o] - fa;
        first[o] += (fb - mean[o]) * step; /* the mean adds nothing but sampling error */
        total[o] += step * step;
      }
    }
    for (size_t o = 0; !status && o < s->outputs; o++) {
      qy_sensitivity_index *to = &index[i * s->outputs + o];
      const int flat = !(variance[o] > 1e-24 * mean[o] * mean[o]);
      to->first = flat ? 0 : first[o] / n / variance[o];
      to->total = flat ? 0 : total[o] / (2 * n) / variance[o];
    }
  }
  free(first);
  return status;
}

qy_status qy_sensitivity_run(qy_sensitivity_index *index, const qy_sensitivity *s, qy_error *err)
{
  if (s->inputs == 0 || s->outputs == 0 || s->samples < SAMPLES_MIN)
    return qy_fail(err, QY_BAD_INPUT,
                   "sensitivity: expected inputs, outputs and at least %d samples, found %zu, %zu and %zu", SAMPLES_MIN,
                   s->inputs, s->outputs, s->samples);
  const size_t in = s->inputs * s->samples, out = s->outputs * s->samples;
  double *room = qy_alloc(2 * in + 2 * out + s->inputs + s->outputs, sizeof *room);
  if (!room) return qy_no_memory(err);
  matrices m = {.a = room, .b = room + in, .fa = room + 2 * in};
  m.fb = m.fa + out;
  m.z = m.fb + out;
  m.out = m.z + s->inputs;
  qy_status status = draw(m.a, s, "a", err);
  if (!status) status = draw(m.b, s, "b", err);
  if (!status) status = evaluate_all(s, &m, m.a, m.fa, err);
  if (!status) status = evaluate_all(s, &m, m.b, m.fb, err);
  if (!status) status = estimate(index, s, &m, err);
  free(room);
  return status;
}
