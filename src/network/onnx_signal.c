/* A model run in real numbers and in codes: see onnx_signal.h.  Kernels are in onnx_run.c. */
#include "onnx_run.h"

#include "quarry/sqnr.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- codes ---- */

/* Free codes->code. */
static qy_status round_codes(run_codes *codes, const run *r, const run_tensor *t)
{
  double most = 0, low = 0;
  assert(t->count > 0);
  for (size_t i = 0; i < t->count; i++) {
    most = fmax(most, fabs(t->real[i]));
    low = fmin(low, t->real[i]);
  }
  const double top = ldexp(1, low < 0 ? r->bits - 1 : r->bits) - 1;
  codes->scale = most > 0 ? most / top : 1;
  codes->code = malloc(t->count * sizeof *codes->code);
  if (!codes->code) return qy_no_memory(r->err);
  for (size_t i = 0; i < t->count; i++)
    codes->code[i] = fmin(fmax(nearbyint(t->sums[i] / codes->scale), low < 0 ? -top : 0), top);
  return QY_OK;
}

/* Pruned to nothing: codes 0, of a scale that nothing depends on. */
static bool all_zero(const double *w, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (w[i] != 0) return false;
  return true;
}

static qy_status encode(run_weights *w, const run *r, const node_proto *node, size_t count, qy_arena *arena)
{
  qy_error inner = {0};
  qy_signal signal;
  qy_best best;
  qy_levels *levels = NULL;
  uint32_t *code = qy_arena_alloc(arena, count, sizeof *code);
  double *value = qy_arena_alloc(arena, count, sizeof *value);
  w->w = qy_arena_alloc(arena, count, sizeof *w->w);
  if (!code || !value || !w->w) return qy_no_memory(r->err);
  if (all_zero(w->real, count)) {
    memset(w->w, 0, count * sizeof *w->w);
    w->factor = 0;
    w->db = INFINITY;
    return QY_OK;
  }
  qy_status status = qy_signal_from_array(&signal, w->real, count, arena, &inner);
  if (!status) status = qy_best_format(&best, r->weights, &signal, &inner);
  if (status == QY_BAD_INPUT) return run_refuse(r, node, inner.count ? inner.diagnostic[0].text : "weights");
  if (status) return qy_fail(r->err, status, "%s", inner.count ? inner.diagnostic[0].text : qy_status_text(status));
  if (!status) status = qy_levels_build(&levels, &best.number, arena, r->err);
  if (status || !levels) return status;
  qy_encode(levels, best.scale, w->real, count, code);
  const double full = (double)levels->info->full(&best.number);
  for (size_t i = 0; i < count; i++) {
    int64_t whole = 0;
    bool root = false;
    levels->info->weight(&best.number, code[i], &whole, &root);
    w->w[i] = root ? (double)whole * M_SQRT2 : (double)whole;
    value[i] = w->w[i] * best.scale / full;
  }
  w->factor = best.scale / full;
  w->db = run_ratio_db(w->real, value, count);
  return QY_OK;
}

/* ---- layers with weights ---- */

/* A constant of `count` numbers (or one for all); none: all `otherwise`. */
static qy_status numbers(double *to, const run *r, const node_proto *node, size_t i, size_t count, double otherwise)
{
  const onnx_tensor *t = i < node->n_input ? run_named(r, node->input[i]) : NULL;
  float *value = NULL;
  size_t found = 0;
  for (size_t k = 0; k < count; k++)
    to[k] = otherwise;
  if (!t) return QY_OK;
  if (!t->data || !onnx_has_data(t->data)) return run_refuse(r, node, "expected biases and statistics in the file");
  qy_status status = onnx_floats(&value, &found, r->g, t->data, r->arena, r->err);
  if (!status && found != count && found != 1) return run_refuse(r, node, "expected one bias or statistic per channel");
  for (size_t k = 0; !status && k < count; k++)
    to[k] = (double)value[found == 1 ? 0 : k];
  return status;
}

/* The one node that reads a tensor, if it is a batch normalization. */
static const node_proto *normalized_by(const run *r, const node_proto *node)
{
  const onnx_tensor *t = run_named(r, node->output[0]);
  if (!t || run_of(r, t)->readers != 1) return NULL;
  for (size_t i = 0; i < r->p->n_node; i++) {
    const node_proto *n = r->p->node[i];
    if (n->n_input > 0 && n->op_type && strcmp(n->input[0], t->name) == 0 &&
        strcmp(n->op_type, "BatchNormalization") == 0) {
      r->done[i] = true;
      return n;
    }
  }
  return NULL;
}

/* w' = a w, b' = a (b - mean) + B with a = scale / sqrt(variance + epsilon), per output channel. */
static qy_status fold(double *w, double *bias, size_t rows, size_t columns, const run *r, const node_proto *node)
{
  static const double standard = 1e-5;
  const onnx_step s = {.node = node};
  const attribute_proto *e = onnx_attribute(&s, "epsilon");
  const double epsilon = e && e->has_f ? (double)e->f : standard;
  double *part = qy_arena_alloc(r->arena, 4 * rows, sizeof *part);
  if (!part) return qy_no_memory(r->err);
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < 4; i++)
    status = numbers(part + i * rows, r, node, i + 1, rows, 0);
  for (size_t i = 0; !status && i < rows; i++) {
    const double a = part[i] / sqrt(part[3 * rows + i] + epsilon);
    for (size_t k = 0; k < columns; k++)
      w[i * columns + k] *= a;
    bias[i] = (bias[i] - part[2 * rows + i]) * a + part[rows + i];
  }
  return status;
}

/* A layer in work. */
typedef struct task {
  const node_proto *node;
  const qy_layer *layer;
  size_t index, input;                               /* of the layer; which of the node's inputs it reads */
  size_t in_rows, in_columns, out_rows, out_columns; /* matrices that stand transposed in the tensors; 0: none do */
  bool window;                                       /* a bias per channel, and batch normalization folded in */
} task;

/* Each matrix of rows x columns transposed; to and from do not overlap. */
static void transpose(double *to, const double *from, size_t count, size_t rows, size_t columns)
{
  for (size_t first = 0; first < count; first += rows * columns)
    for (size_t i = 0; i < rows; i++)
      for (size_t k = 0; k < columns; k++)
        to[first + k * rows + i] = from[first + i * columns + k];
}

static qy_status turned_input(run_tensor *in, const run *r, const task *t, qy_arena *scratch)
{
  if (t->in_rows == 0) return QY_OK;
  double *real = qy_arena_alloc(scratch, in->count, sizeof *real),
         *sums = qy_arena_alloc(scratch, in->count, sizeof *sums);
  if (!real || !sums) return qy_no_memory(r->err);
  transpose(real, in->real, in->count, t->in_rows, t->in_columns);
  transpose(sums, in->sums, in->count, t->in_rows, t->in_columns);
  in->real = real;
  in->sums = sums;
  return QY_OK;
}

static qy_status turn_output(double *out, size_t count, const run *r, const task *t, qy_arena *scratch)
{
  if (t->out_rows == 0) return QY_OK;
  double *copy = qy_arena_alloc(scratch, count, sizeof *copy);
  if (!copy) return qy_no_memory(r->err);
  memcpy(copy, out, count * sizeof *copy);
  transpose(out, copy, count, t->out_rows, t->out_columns);
  return QY_OK;
}

/* Both networks' sums; codes plus a bias rounded to their scale. */
static void add_bias(run_tensor *out, const double *bias, const task *t, double scale)
{
  const size_t map = (size_t)(t->layer->out_h * t->layer->out_w);
  for (size_t i = 0; i < out->count; i++) {
    const double b = bias[t->window ? i / map % (size_t)t->layer->out_c : i];
    out->real[i] += b;
    out->sums[i] = scale > 0 ? (out->sums[i] + nearbyint(b / scale)) * scale : b; /* 0: no weight but 0 */
  }
}

/* Of a Gemm; 1 where there is none. */
static double factor(const node_proto *node, const char *name)
{
  const attribute_proto *a = onnx_attribute(&(onnx_step){.node = node}, name);
  return a && a->has_f && strcmp(node->op_type, "Gemm") == 0 ? (double)a->f : 1;
}

/* C of a Gemm for each of its sums: of any shape that stretches to theirs. */
static qy_status stretched_bias(double *bias, size_t count, const run *r, const node_proto *node)
{
  const onnx_tensor *c = node->n_input > 2 ? run_named(r, node->input[2]) : NULL,
                    *whole = run_named(r, node->output[0]);
  float *value = NULL;
  size_t found = 0;
  if (!c) return QY_OK;
  if (!c->data || !onnx_has_data(c->data)) return run_refuse(r, node, "expected biases and statistics in the file");
  qy_status status = onnx_floats(&value, &found, r->g, c->data, r->arena, r->err);
  for (size_t i = 0; !status && i < count; i++) {
    const size_t at =
        whole && c->rank >= 0 && onnx_elements(c) == (int64_t)found ? run_stretched(whole, c, i) : ONNX_NONE;
    if (at >= found) return run_refuse(r, node, "expected biases whose shape stretches to the output's");
    bias[i] = (double)value[at] * factor(node, "beta");
  }
  return status;
}

/* The weights of the file, times alpha. */
static qy_status real_weights(double *w, const run *r, const task *t, size_t rows, size_t columns, qy_arena *scratch)
{
  qy_onnx_weights file;
  qy_status status = qy_onnx_layer_weights(&file, r->g, t->index, scratch, r->err);
  if (!status && (!file.value || file.rows != rows || file.columns != columns))
    return run_refuse(r, t->node, "expected weights in the file");
  for (size_t i = 0; !status && file.value && i < rows * columns; i++)
    w[i] = (double)file.value[i] * factor(t->node, "alpha");
  return status;
}

/* Both networks' sums of products, in the output's order. */
static qy_status convolve(run_tensor *out, const run_tensor *in, const run_codes *codes, const run_weights *w,
                          const run *r, const task *t, qy_arena *scratch)
{
  run_convolve(out->real, in->real, w->real, t->layer);
  run_convolve(out->sums, codes->code, w->w, t->layer);
  qy_status status = turn_output(out->real, out->count, r, t, scratch);
  return status ? status : turn_output(out->sums, out->count, r, t, scratch);
}

static qy_status multiply_in(run *r, const task *t, qy_arena *scratch)
{
  const qy_layer *l = t->layer;
  const node_proto *node = t->node, *last = node;
  const size_t rows = (size_t)l->out_c, columns = (size_t)(l->in_c / l->groups * l->kernel_h * l->kernel_w);
  const size_t outputs = (size_t)(l->batch * l->out_c * l->out_h * l->out_w);
  const run_tensor *read = run_read(r, node, t->input);
  run_tensor *out = NULL;
  run_codes codes = {NULL, 1};
  if (!read || read->count != (size_t)(l->batch * l->in_c * l->in_h * l->in_w))
    return run_refuse(r, node, "expected a layer over one whole tensor");
  run_tensor in = *read;
  run_weights w = {.real = qy_arena_alloc(scratch, rows * columns, sizeof *w.real)};
  double *bias = qy_arena_alloc(scratch, t->window ? rows : outputs, sizeof *bias);
  if (!w.real || !bias) return qy_no_memory(r->err);
  qy_status status = real_weights(w.real, r, t, rows, columns, scratch);
  if (!status && t->window) status = numbers(bias, r, node, 2, rows, 0);
  if (!status && t->window && (last = normalized_by(r, node))) status = fold(w.real, bias, rows, columns, r, last);
  if (!status) status = encode(&w, r, node, rows * columns, scratch);
  if (!status) status = turned_input(&in, r, t, scratch);
  if (!status) status = run_output(&out, r, last ? last : node, 0);
  if (!status && out && out->count != outputs)
    status = run_refuse(r, node, "expected a layer that makes one whole tensor");
  if (!status && !t->window) status = stretched_bias(bias, outputs, r, node);
  if (!status) status = round_codes(&codes, r, &in);
  if (!status && out) status = convolve(out, &in, &codes, &w, r, t, scratch);
  if (!status && out) {
    add_bias(out, bias, t, codes.scale * w.factor);
    r->layer[r->layer_count++] = (qy_onnx_signal){.layer = r->g->layer[t->index].layer.name,
                                                  .weight_db = w.db,
                                                  .output_db = run_ratio_db(out->real, out->sums, out->count)};
  }
  free(codes.code);
  return status;
}

static qy_status multiply(run *r, const task *t)
{
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? multiply_in(r, t, scratch) : qy_no_memory(r->err);
  qy_arena_free(scratch);
  return status;
}

static qy_status run_conv(run *r, const node_proto *node)
{
  const size_t i = run_layer_of(r, node);
  const onnx_tensor *x = run_named(r, node->input[0]);
  if (i == ONNX_NONE) return run_refuse(r, node, run_left_out(r, node, "expected one or two dimensions"));
  if (!x || x->rank < 3 || x->rank > 4 || node->n_input < 2 || r->g->layer[i].weight != run_named(r, node->input[1]))
    return run_refuse(r, node, "expected one or two dimensions");
  return multiply(r, &(task){.node = node, .layer = &r->g->layer[i].layer, .index = i, .window = true});
}

/* A row of K values is an image of 1 x 1.  Weights on the left, or a transposed input: matrices are transposed. */
static qy_status run_matmul(run *r, const node_proto *node)
{
  const size_t i = run_layer_of(r, node);
  const onnx_step s = {.node = node};
  const onnx_tensor *w = i == ONNX_NONE ? NULL : r->g->layer[i].weight;
  const size_t side = w && node->n_input > 1 && w == run_named(r, node->input[0]) ? 1 : 0; /* of the input */
  const onnx_tensor *x = side < node->n_input ? run_named(r, node->input[side]) : NULL;
  if (i == ONNX_NONE) return run_refuse(r, node, run_left_out(r, node, "expected an input times a matrix of weights"));
  if (!w || !x || node->n_input < 2 || w != run_named(r, node->input[1 - side]) || r->g->layer[i].layer.groups != 1 ||
      x->rank < 1 || onnx_elements(x) < 1)
    return run_refuse(r, node, "expected an input times a matrix of weights");
  qy_layer l = onnx_blank(QY_LAYER_FC);
  l.in_c = r->g->layer[i].layer.in_c;
  l.out_c = r->g->layer[i].layer.out_c;
  l.batch = onnx_elements(x) / l.in_c;
  l.out_h = l.out_w = 1;
  task t = {.node = node, .layer = &l, .index = i, .input = side};
  const bool apart = (side == 1) != (onnx_integer(&s, side ? "transB" : "transA", 0) != 0); /* K x positions */
  const size_t positions = x->rank < 2 ? 1 : (size_t)x->dim[x->rank - (apart ? 1 : 2)];
  if (apart && x->rank > 1) t.in_rows = (size_t)l.in_c, t.in_columns = positions;
  if (side == 1 && x->rank > 1) t.out_rows = positions, t.out_columns = (size_t)l.out_c;
  return multiply(r, &t);
}

/* ---- the rest ---- */

static qy_status run_pooled(run *r, const node_proto *node)
{
  const run_tensor *in = run_read(r, node, 0);
  run_tensor *out = NULL;
  run_window w;
  run_codes codes = {NULL, 1};
  qy_status status = run_find_pool(&w, &out, r, node, in);
  if (!status && !w.maximum) status = round_codes(&codes, r, in); /* maxima may be taken before rounding as well */
  if (!status && out) {
    run_pool(out->real, in->real, w.layer, w.maximum, w.padded);
    run_pool(out->sums, w.maximum ? in->sums : codes.code, w.layer, w.maximum, w.padded);
    for (size_t k = 0; !w.maximum && k < out->count; k++)
      out->sums[k] *= codes.scale;
  }
  free(codes.code);
  return status;
}

/* A constant of the file, as a bias that stands alone behind a product: exporters write MatMul and Add. */
static qy_status add_constant(run *r, const node_proto *node, size_t at)
{
  const run_tensor *in = run_read(r, node, 1 - at);
  const onnx_tensor *t = run_named(r, node->input[at]), *whole = run_named(r, node->output[0]);
  run_tensor *out = NULL;
  float *value = NULL;
  size_t found = 0;
  qy_status status = onnx_floats(&value, &found, r->g, t->data, r->arena, r->err);
  if (!status) status = run_output(&out, r, node, 0);
  if (!status && out && out->count != in->count)
    status = run_refuse(r, node, "expected a constant no larger than the map");
  for (size_t i = 0; !status && out && i < out->count; i++) {
    const size_t k = run_stretched(whole, t, i);
    if (k >= found) return run_refuse(r, node, "expected a constant that fits the map");
    out->real[i] = in->real[i] + (double)value[k];
    out->sums[i] = in->sums[i] + (double)value[k];
  }
  return status;
}

static qy_status run_add(run *r, const node_proto *node)
{
  const run_tensor *a = run_read(r, node, 0), *b = run_read(r, node, 1);
  for (size_t i = 0; i < 2 && node->n_input == 2 && !(a && b); i++) {
    const onnx_tensor *t = run_named(r, node->input[i]);
    if (t && t->data && onnx_has_data(t->data) && t->rank >= 0 && (i == 0 ? b : a)) return add_constant(r, node, i);
  }
  run_tensor *out = NULL;
  run_codes x = {NULL, 1}, y = {NULL, 1};
  if (!a || !b || a->count != b->count) return run_refuse(r, node, "expected two computed maps of one size");
  qy_status status = run_output(&out, r, node, 0);
  if (!status && out && out->count != a->count) status = run_refuse(r, node, "expected two computed maps of one size");
  if (!status) status = round_codes(&x, r, a);
  if (!status) status = round_codes(&y, r, b);
  for (size_t i = 0; !status && out && i < out->count; i++) {
    out->real[i] = a->real[i] + b->real[i];
    out->sums[i] = x.code[i] * x.scale + y.code[i] * y.scale;
  }
  free(x.code);
  free(y.code);
  return status;
}

static const struct {
  const char *op;
  qy_status (*run)(run *r, const node_proto *node);
} runners[] = {{"Conv", run_conv},      {"Gemm", run_matmul},        {"MatMul", run_matmul},
               {"MaxPool", run_pooled}, {"AveragePool", run_pooled}, {"GlobalAveragePool", run_pooled},
               {"Add", run_add},        {"Relu", run_clip},          {"Clip", run_clip},
               {"Flatten", run_clip},   {"Reshape", run_clip},       {"Squeeze", run_clip},
               {"Unsqueeze", run_clip}, {"Identity", run_clip},      {"Dropout", run_clip},
               {"Softmax", run_softmax}};

static qy_status run_node(run *r, const node_proto *node)
{
  for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
    if (node->n_input > 0 && node->n_output > 0 && node->op_type && strcmp(runners[i].op, node->op_type) == 0)
      return runners[i].run(r, node);
  return run_refuse(r, node, "an operator that is not run in codes");
}

/* ---- all of it ---- */

qy_status qy_onnx_measure(qy_onnx_signals *signals, const qy_onnx *onnx, const double *input, size_t count,
                          const qy_number *weights, int activation_bits, const qy_onnx_limits *limits, qy_arena *arena,
                          qy_error *err)
{
  assert(signals && onnx && input && count > 0 && weights && limits && activation_bits >= QY_ONNX_ACTIVATION_BITS_MIN &&
         activation_bits <= QY_ONNX_ACTIVATION_BITS_MAX);
  run r = {.g = onnx, .run = run_node, .weights = weights, .bits = activation_bits, .arena = arena, .err = err};
  return run_model(signals, &r, &(qy_onnx_values){.count = count, .value = input}, 1, limits);
}
