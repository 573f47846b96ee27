/* A quantized model in its own codes: see onnx_signal.h.
 *
 * QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear and the QLinear operators as in the operator
 * specification of ONNX (onnx/docs/Operators.md): y = saturate(round(x / scale) + zero), halves to even.
 */
#include "onnx_codes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- operands ---- */

const onnx_tensor *codes_shape(const run *r, const node_proto *node, int i)
{
  return i >= 0 && (size_t)i < node->n_input ? run_named(r, node->input[i]) : NULL;
}

static qy_status operand(run_tensor **t, const run *r, const node_proto *node, int i)
{
  *t = NULL;
  return i < 0 ? QY_OK : run_operand(t, r, node, (size_t)i);
}

/* Elements from one channel of an axis to the next; 0: there is no such axis, or it has not `count` channels. */
static size_t inner_of(const onnx_tensor *t, int64_t axis, size_t count)
{
  if (axis < 0) axis += t->rank;
  if (axis < 0 || axis >= t->rank || t->dim[axis] != (int64_t)count) return 0;
  const int64_t inner = onnx_product(t->dim + axis + 1, t->rank - (int)axis - 1);
  return inner > 0 ? (size_t)inner : 0;
}

/* Scale and zero point, one for all or one per channel. */
typedef struct steps {
  const run_tensor *scale, *zero; /* NULL: 1, 0 */
  size_t channels, inner;         /* channels of 1: one for all */
} steps;

static size_t channel(const steps *q, size_t i)
{
  assert(q->inner > 0 && q->channels > 0);
  return i / q->inner % q->channels;
}

static double scale_of(const steps *q, size_t i, bool real)
{
  if (!q->scale) return 1;
  const size_t k = q->scale->count == 1 ? 0 : channel(q, i);
  return real ? q->scale->real[k] : q->scale->sums[k] * run_unit(q->scale, k);
}

static double zero_of(const steps *q, size_t i, bool real)
{
  if (!q->zero) return 0;
  const size_t k = q->zero->count == 1 ? 0 : channel(q, i);
  return real ? q->zero->real[k] : q->zero->sums[k];
}

static qy_status read_steps(steps *q, const run *r, const node_proto *node, codes_place p, const onnx_tensor *shape)
{
  run_tensor *scale, *zero;
  qy_status status = operand(&scale, r, node, p.scale);
  if (!status) status = operand(&zero, r, node, p.zero);
  if (status) return status;
  *q = (steps){scale, zero, 1, 1};
  if (scale && scale->count > 1) q->channels = scale->count;
  if (zero && zero->count > 1) q->channels = zero->count;
  if (q->channels > 1 && (!shape || (q->inner = inner_of(shape, p.axis, q->channels)) == 0))
    return run_refuse(r, node, "expected one scale and zero point, or as many as channels");
  if (scale && zero && scale->count > 1 && zero->count > 1 && scale->count != zero->count)
    return run_refuse(r, node, "expected as many zero points as scales");
  for (size_t i = 0; scale && i < scale->count; i++) {
    const double x = scale->sums[i] * run_unit(scale, i);
    if (!(x > 0 && scale->real[i] > 0 && isfinite(x) && isfinite(scale->real[i])))
      return run_refuse(r, node, "expected scales above 0");
  }
  return QY_OK;
}

/* The scales as units of the elements. */
static qy_status set_units(run_tensor *to, const steps *q, const run *r)
{
  if (!q->scale || q->scale->count == 1) {
    to->unit = scale_of(q, 0, false);
    return QY_OK;
  }
  to->units = malloc(q->channels * sizeof *to->units);
  if (!to->units) return qy_no_memory(r->err);
  to->unit_count = q->channels;
  to->inner = q->inner;
  for (size_t i = 0; i < q->channels; i++)
    to->units[i] = scale_of(q, i * q->inner, false);
  return QY_OK;
}

static qy_status read_into(run_tensor *to, const run_tensor *x, const run *r, const node_proto *node, codes_place p)
{
  steps q;
  qy_status status = read_steps(&q, r, node, p, codes_shape(r, node, p.at));
  if (status || (!q.scale && !q.zero)) return status ? status : run_like(to, x, r);
  if (!x->whole || run_unit(x, 0) != 1) return run_refuse(r, node, "expected codes of an integer type");
  for (size_t i = 0; i < x->count; i++) {
    to->real[i] = (x->real[i] - zero_of(&q, i, true)) * scale_of(&q, i, true);
    to->sums[i] = x->sums[i] - zero_of(&q, i, false);
  }
  to->bits = run_code_bits(x->type);
  to->whole = true;
  return set_units(to, &q, r);
}

qy_status codes_read(run_tensor *to, const run *r, const node_proto *node, codes_place p)
{
  run_tensor *x;
  *to = (run_tensor){.unit = 1};
  qy_status status = operand(&x, r, node, p.at);
  if (status || !x) return status;
  const onnx_tensor *shape = codes_shape(r, node, p.at);
  if (!shape || onnx_elements(shape) != (int64_t)x->count)
    return run_refuse(r, node, "expected operands of known size");
  status = run_room(to, x->count, r);
  if (!status) memcpy(to->real, x->real, x->count * sizeof *to->real);
  if (!status) memcpy(to->sums, x->sums, x->count * sizeof *to->sums);
  if (!status) status = read_into(to, x, r, node, p);
  if (!status && to->bits == 0 && to->whole) to->bits = run_code_bits(to->type);
  return status;
}

qy_status codes_flatten(run_tensor *t)
{
  if (!t->units) return QY_OK;
  for (size_t i = 0; i < t->count; i++)
    t->sums[i] *= run_unit(t, i);
  free(t->units);
  t->units = NULL;
  t->unit = 1;
  t->whole = false;
  return QY_OK;
}

/* ---- results ---- */

bool codes_range(double *low, double *high, int32_t type)
{
  const int bits = run_code_bits(type);
  const bool is_signed = type != ONNX__TENSOR_PROTO__DATA_TYPE__UINT8 && type != ONNX__TENSOR_PROTO__DATA_TYPE__UINT16;
  *low = is_signed ? -ldexp(1, bits - 1) : 0;
  *high = ldexp(1, is_signed ? bits - 1 : bits) - 1;
  return bits == 8 || bits == 16;
}

static double rounded(double x, double scale, bool single)
{
  return single ? (double)rintf((float)x / (float)scale) : rint(x / scale);
}

qy_status codes_write(run_tensor *to, const run_tensor *from, const run *r, const node_proto *node, codes_place p,
                      bool single)
{
  double low, high;
  steps q;
  const onnx_tensor *shape = node->n_output > 0 ? run_named(r, node->output[0]) : NULL;
  qy_status status = read_steps(&q, r, node, p, shape);
  if (status) return status;
  to->type = q.zero ? q.zero->type : ONNX__TENSOR_PROTO__DATA_TYPE__UINT8;
  if (!codes_range(&low, &high, to->type)) return run_refuse(r, node, "expected codes of 8 or 16 bits");
  if (to->count != from->count) return run_refuse(r, node, "expected an output of the input's size");
  assert(to->real && from->real);
  for (size_t i = 0; i < to->count; i++) {
    const double zero = zero_of(&q, i, false), exact = from->real[i] / scale_of(&q, i, true) + zero_of(&q, i, true);
    const double x = from->sums[i] * run_unit(from, i);
    if (!isfinite(x)) return run_refuse(r, node, "expected finite values");
    to->real[i] = zero <= low ? fmax(exact, low) : exact;
    to->sums[i] = fmin(fmax(rounded(x, scale_of(&q, i, false), single) + zero, low), high);
  }
  to->zero = q.zero && q.zero->count == 1 ? q.zero->sums[0] : 0;
  to->whole = true;
  return QY_OK;
}

/* ---- quantizers ---- */

/* Blocks of an axis with a scale each, and floating point codes, are of later versions. */
static qy_status check_version(const run *r, const node_proto *node)
{
  const onnx_step s = {.node = node};
  return onnx_integer(&s, "block_size", 0) == 0 ? QY_OK : run_refuse(r, node, "expected no blocks along an axis");
}

static codes_place steps_of(const node_proto *node)
{
  return (codes_place){0, 1, 2, onnx_integer(&(onnx_step){.node = node}, "axis", 1)};
}

static qy_status quantize(run *r, const node_proto *node)
{
  run_tensor *out, x;
  qy_status status = check_version(r, node);
  if (!status) status = run_output(&out, r, node, 0);
  if (status) return status;
  status = codes_read(&x, r, node, (codes_place){0, -1, -1, 0});
  if (!status && !x.real) status = run_refuse(r, node, "expected an input");
  if (!status) status = codes_write(out, &x, r, node, steps_of(node), true);
  run_drop(&x);
  return status;
}

static qy_status dequantize(run *r, const node_proto *node)
{
  run_tensor *out, x;
  qy_status status = check_version(r, node);
  if (!status) status = run_output(&out, r, node, 0);
  if (status) return status;
  status = codes_read(&x, r, node, steps_of(node));
  if (!status && (!x.real || x.count != out->count)) status = run_refuse(r, node, "expected an input of known size");
  if (!status && x.real) {
    memcpy(out->real, x.real, x.count * sizeof *x.real);
    memcpy(out->sums, x.sums, x.count * sizeof *x.sums);
    status = run_like(out, &x, r);
    out->type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  }
  run_drop(&x);
  return status;
}

/* scale = (max(x, 0) - min(x, 0)) / 255, zero = saturate(round(-min(x, 0) / scale)).  All 0: any scale does. */
static void dynamic_steps(double *scale, double *zero, const double *x, const run_tensor *t, bool real)
{
  const float levels = 255;
  double low = 0, high = 0;
  for (size_t i = 0; i < t->count; i++) {
    const double v = x[i] * (real ? 1 : run_unit(t, i));
    low = fmin(low, v);
    high = fmax(high, v);
  }
  *scale = real ? (high - low) / (double)levels : (double)(((float)high - (float)low) / levels);
  if (*scale <= 0) *scale = 1;
  *zero = real ? -low / *scale : fmin(fmax(rounded(-low, *scale, true), 0), (double)levels);
}

static qy_status dynamic_quantize(run *r, const node_proto *node)
{
  const run_tensor *x = run_read(r, node, 0);
  run_tensor *y, *scale, *zero;
  double high = 255, real_scale, real_zero;
  if (!x) return run_refuse(r, node, "expected a computed input");
  qy_status status = run_output(&y, r, node, 0);
  if (!status) status = run_output(&scale, r, node, 1);
  if (!status) status = run_output(&zero, r, node, 2);
  if (status) return status;
  if (y->count != x->count) return run_refuse(r, node, "expected an output of the input's size");
  dynamic_steps(&real_scale, &real_zero, x->real, x, true);
  dynamic_steps(scale->sums, zero->sums, x->sums, x, false);
  scale->real[0] = real_scale;
  zero->real[0] = real_zero;
  for (size_t i = 0; i < y->count; i++) {
    y->real[i] = x->real[i] / real_scale + real_zero;
    y->sums[i] = fmin(fmax(rounded(x->sums[i] * run_unit(x, i), scale->sums[0], true) + zero->sums[0], 0), high);
  }
  y->type = zero->type = ONNX__TENSOR_PROTO__DATA_TYPE__UINT8;
  y->whole = zero->whole = true;
  y->zero = zero->sums[0];
  return QY_OK;
}

/* ---- nodes ---- */

static const struct {
  const char *op;
  bool codes; /* it says that a model is quantized */
  qy_status (*run)(run *r, const node_proto *node);
} runners[] = {{"QuantizeLinear", true, quantize},
               {"DequantizeLinear", true, dequantize},
               {"DynamicQuantizeLinear", true, dynamic_quantize},
               {"QLinearConv", true, codes_conv},
               {"ConvInteger", true, codes_conv},
               {"Conv", false, codes_conv},
               {"QLinearMatMul", true, codes_matmul},
               {"MatMulInteger", true, codes_matmul},
               {"MatMul", false, codes_matmul},
               {"Gemm", false, codes_matmul},
               {"MaxPool", false, codes_pool},
               {"AveragePool", false, codes_pool},
               {"GlobalAveragePool", false, codes_pool},
               {"QLinearAveragePool", true, codes_pool},
               {"QLinearGlobalAveragePool", true, codes_pool},
               {"Add", false, codes_binary},
               {"Sub", false, codes_binary},
               {"Mul", false, codes_binary},
               {"Div", false, codes_binary},
               {"QLinearAdd", true, codes_binary},
               {"QLinearMul", true, codes_binary},
               {"Concat", false, codes_concat},
               {"QLinearConcat", true, codes_concat},
               {"Transpose", false, codes_transpose},
               {"Cast", false, codes_cast},
               {"Relu", false, run_clip},
               {"Clip", false, run_clip},
               {"Flatten", false, codes_reshape},
               {"Reshape", false, codes_reshape},
               {"Squeeze", false, codes_reshape},
               {"Unsqueeze", false, codes_reshape},
               {"Identity", false, codes_reshape},
               {"Dropout", false, codes_reshape},
               {"Softmax", false, run_softmax}};
enum { RUNNERS = sizeof runners / sizeof *runners };

static size_t runner_of(const node_proto *node)
{
  size_t i = 0;
  const bool any = node->op_type && node->n_input > 0 && node->n_output > 0 && onnx_find_rule(node);
  while (i < RUNNERS && !(any && strcmp(runners[i].op, node->op_type) == 0))
    i++;
  return i;
}

static bool runs(const node_proto *node)
{
  return runner_of(node) < RUNNERS;
}

/* Of constants alone: both networks have what the codes stand for. */
static void settle(const run *r, const node_proto *node)
{
  for (size_t k = 0; k < node->n_output; k++) {
    const onnx_tensor *t = run_named(r, node->output[k]);
    run_tensor *out = t && t->constant ? run_of(r, t) : NULL;
    for (size_t i = 0; out && out->real && i < out->count; i++)
      out->real[i] = out->sums[i] * run_unit(out, i);
  }
}

static qy_status run_node(run *r, const node_proto *node)
{
  const size_t i = runner_of(node);
  if (i == RUNNERS) return run_refuse(r, node, "an operator that is not run in the codes of a file");
  qy_status status = runners[i].run(r, node);
  if (!status) settle(r, node);
  return status;
}

/* ---- the model ---- */

bool qy_onnx_is_quantized(const qy_onnx *onnx)
{
  const Onnx__GraphProto *p = onnx->model->graph;
  for (size_t i = 0; i < p->n_node; i++) {
    const size_t k = runner_of(p->node[i]);
    if (k < RUNNERS && runners[k].codes) return true;
  }
  return false;
}

/* The QuantizeLinear that reads a tensor of the file's inputs, NULL: none. */
static const node_proto *quantized_by(const onnx_graph *g, const onnx_tensor *t)
{
  const Onnx__GraphProto *p = g->model->graph;
  for (size_t i = 0; i < p->n_node; i++) {
    const node_proto *n = p->node[i];
    if (runs(n) && strcmp(n->op_type, "QuantizeLinear") == 0 && strcmp(n->input[0], t->name) == 0) return n;
  }
  return NULL;
}

static double small_value(const onnx_graph *g, const node_proto *node, size_t i, double otherwise)
{
  const onnx_tensor *t = i < node->n_input ? onnx_tensor_named((onnx_graph *)g, node->input[i]) : NULL;
  return t && t->value && t->count == 1 ? t->value[0] : otherwise;
}

qy_onnx_range qy_onnx_input_range(const qy_onnx *onnx)
{
  qy_onnx_range range = {0};
  const onnx_tensor *t = run_graph_input(onnx, 0);
  if (!t) return range;
  range.whole = codes_range(&range.low, &range.high, t->type);
  if (range.whole) return range;
  const node_proto *q = quantized_by(onnx, t);
  const onnx_tensor *z = q && q->n_input > 2 ? onnx_tensor_named((onnx_graph *)onnx, q->input[2]) : NULL;
  const double scale = q ? small_value(onnx, q, 1, 0) : 0, zero = q ? small_value(onnx, q, 2, 0) : 0;
  if (!(scale > 0 && isfinite(scale) && isfinite(zero))) return (qy_onnx_range){0};
  if (!codes_range(&range.low, &range.high, z ? z->type : ONNX__TENSOR_PROTO__DATA_TYPE__UINT8))
    return (qy_onnx_range){0};
  range.low = (range.low - zero) * scale;
  range.high = (range.high - zero) * scale;
  return range;
}

/* What stands for an integer type must be its codes. */
static qy_status check_input(const onnx_graph *g, const onnx_tensor *t, const qy_onnx_values *input, qy_error *err)
{
  double low, high;
  const bool codes = run_code_bits(t->type) > 0;
  codes_range(&low, &high, t->type);
  for (size_t i = 0; codes && i < input->count; i++)
    if (input->value[i] != rint(input->value[i]) || input->value[i] < low || input->value[i] > high)
      return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0,
                        "input '%.60s': expected whole numbers of %g to %g, found %g at index %zu", t->name, low, high,
                        input->value[i], i);
  return QY_OK;
}

qy_status qy_onnx_run(qy_onnx_signals *signals, const qy_onnx *onnx, const qy_onnx_values *input, size_t inputs,
                      const qy_onnx_limits *limits, qy_arena *arena, qy_error *err)
{
  assert(signals && onnx && (input || inputs == 0) && limits && arena);
  run r = {.g = onnx, .run = run_node, .runs = runs, .arena = arena, .err = err};
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < inputs && run_graph_input(onnx, i); i++)
    status = check_input(onnx, run_graph_input(onnx, i), &input[i], err);
  return status ? status : run_model(signals, &r, input, inputs, limits);
}
