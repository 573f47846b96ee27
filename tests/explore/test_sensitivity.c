/* Sobol indices against functions whose indices are known in closed form. */
#include "quarry/sensitivity.h"

#include "tap.h"

#include <string.h>

/* Ishigami and Homma (1990), a = 7, b = 0.1, inputs uniform on -pi..pi; and a plain sum; and a constant. */
static qy_status model(void *ctx, const double *z, double *out, qy_error *err)
{
  double x[3];
  int *calls = ctx;
  (void)err;
  ++*calls;
  for (int i = 0; i < 3; i++)
    x[i] = (erfc(-z[i] / sqrt(2)) - 1) * 3.14159265358979323846;
  out[0] = sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * pow(x[2], 4) * sin(x[0]);
  out[1] = 100 + 3 * z[0] + 4 * z[1];
  out[2] = 5;
  return QY_OK;
}

/* The same, many at once; notes the largest batch. */
static qy_status batch(void *ctx, const double *z, size_t count, double *out, qy_error *err)
{
  size_t *most = ctx;
  int calls = 0;
  if (count > *most) *most = count;
  for (size_t k = 0; k < count; k++) {
    double one[3];
    qy_status status = model(&calls, (const double[]){z[k], z[count + k], z[2 * count + k]}, one, err);
    if (status) return status;
    for (size_t o = 0; o < 3; o++)
      out[o * count + k] = one[o];
  }
  return QY_OK;
}

enum { REPLACED_SAMPLES = 20000 };
static int replaced_calls;

static qy_status replaced(void *ctx, const double *a, const double *b, size_t input, double *out, qy_error *err)
{
  static double z[3 * REPLACED_SAMPLES];
  replaced_calls++;
  memcpy(z, a, sizeof z);
  memcpy(z + input * REPLACED_SAMPLES, b + input * REPLACED_SAMPLES, REPLACED_SAMPLES * sizeof *z);
  return batch(ctx, z, REPLACED_SAMPLES, out, err);
}

/* Always 0, and so little about a large number that it is rounding. */
static qy_status still(void *ctx, const double *z, double *out, qy_error *err)
{
  (void)ctx, (void)err;
  out[0] = 0;
  out[1] = 1e6 + 1e-8 * z[0];
  return QY_OK;
}

static qy_status broken(void *ctx, const double *z, double *out, qy_error *err)
{
  (void)ctx, (void)err;
  out[0] = z[0] > 0 ? NAN : 1;
  return QY_OK;
}

/* The first sample alone. */
static qy_status broken_first(void *ctx, const double *z, double *out, qy_error *err)
{
  int *calls = ctx;
  (void)err;
  out[0] = (*calls)++ == 0 ? NAN : z[0];
  return QY_OK;
}

int main(void)
{
  enum { INPUTS = 3, OUTPUTS = 3, SAMPLES = 20000 };
  qy_sensitivity_index index[INPUTS * OUTPUTS];
  qy_error err = {0};
  int calls = 0;
  qy_sensitivity s = {
      .inputs = INPUTS, .outputs = OUTPUTS, .samples = SAMPLES, .seed = 1, .model = model, .ctx = &calls};
  ok(qy_sensitivity_run(index, &s, &err) == QY_OK, "analysed");
  is_int(calls, SAMPLES * (INPUTS + 2), "with samples times (inputs + 2) evaluations");
  /* Closed form: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2; V1 = (1 + b pi^4/5)^2 / 2; V2 = a^2/8; V13 = 8 b^2 pi^8/225.
   */
  const double pi4 = 97.40909103400244, pi8 = pi4 * pi4;
  const double v1 = 0.5 * pow(1 + 0.1 * pi4 / 5, 2), v2 = 49.0 / 8, v13 = 8 * 0.01 * pi8 / 225, v = v1 + v2 + v13;
  near_rel(v, 49.0 / 8 + 0.1 * pi4 / 5 + 0.01 * pi8 / 18 + 0.5, 1e-12, "parts of the variance add up");
  near_abs(index[0].first, v1 / v, 0.02, "Ishigami: first order of x1");
  near_abs(index[0].total, (v1 + v13) / v, 0.02, "total of x1");
  near_abs(index[3].first, v2 / v, 0.02, "first order of x2");
  near_abs(index[3].total, v2 / v, 0.02, "total of x2");
  near_abs(index[6].first, 0, 0.02, "x3 does nothing alone");
  near_abs(index[6].total, v13 / v, 0.02, "x3 acts with x1");
  near_abs(index[1].first, 9.0 / 25, 0.01, "sum: first order of 3 z1, whatever the mean");
  near_abs(index[4].total, 16.0 / 25, 0.01, "sum: total of 4 z2");
  near_abs(index[7].total, 0, 1e-12, "sum: no part of z3");
  ok(index[2].first == 0 && index[2].total == 0, "a constant output");
  size_t most;
  for (size_t columns = 0; columns < 5; columns++) { /* 0: fewer points than samples are asked for */
    most = 0;
    s.model = NULL;
    s.batch = batch;
    s.batch_points = columns * SAMPLES;
    s.ctx = &most;
    for (size_t k = 0; k < sizeof index / sizeof *index; k++)
      index[k] = (qy_sensitivity_index){NAN, NAN};
    ok(qy_sensitivity_run(index, &s, &err) == QY_OK, "analysed in batches of %zu inputs", columns);
    near_abs(index[0].first, v1 / v, 0.02, "first order of x1");
    near_abs(index[6].total, v13 / v, 0.02, "total of x3");
    near_abs(index[3].first, v2 / v, 0.02, "first order of x2");
    near_abs(index[7].total, 0, 1e-12, "sum: no part of z3");
    near_abs(index[4].total, 16.0 / 25, 0.01, "sum: total of 4 z2");
    is_int((long long)most,
           SAMPLES * (columns < 1        ? 1
                      : columns > INPUTS ? INPUTS
                                         : (long long)columns),
           "no batch is larger than allowed, or needed");
  }
  qy_sensitivity_index again[INPUTS * OUTPUTS];
  s.replaced = replaced;
  ok(qy_sensitivity_run(again, &s, &err) == QY_OK, "inputs replaced by the model itself");
  ok(memcmp(again, index, sizeof index) == 0, "give the same indices");
  is_int(replaced_calls, INPUTS, "each once");
  s = (qy_sensitivity){.inputs = 1, .outputs = 2, .samples = 64, .model = still};
  ok(qy_sensitivity_run(index, &s, &err) == QY_OK, "outputs that do not vary");
  ok(index[0].first == 0 && index[0].total == 0 && index[1].first == 0 && index[1].total == 0, "follow from nothing");
  s = (qy_sensitivity){.inputs = 1, .outputs = 1, .samples = 64, .model = broken};
  ok(qy_sensitivity_run(index, &s, &err) == QY_BAD_INPUT, "an output that is not a number");
  int before = 0;
  s.model = broken_first;
  s.ctx = &before;
  ok(qy_sensitivity_run(index, &s, &err) == QY_BAD_INPUT, "the first of them alone");
  s.samples = 2;
  ok(qy_sensitivity_run(index, &s, &err) == QY_BAD_INPUT, "too few samples");
  return done();
}
