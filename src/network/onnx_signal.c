/* A model run in real numbers and in codes: see onnx_signal.h.  Kernels are in onnx_run.c. */
#include "onnx_run.h"

#include "quarry/sqnr.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct run {
  const onnx_graph *g;
  const Onnx__GraphProto *p;
  run_tensor *tensor; /* [g->tensor_count] */
  bool *done;         /* [nodes] folded into one before */
  const qy_number *weights;
  int bits;
  qy_onnx_signal *layer;
  size_t layer_count;
  qy_arena *arena;
  qy_error *err;
} run;

enum { SHOWN = 60 };

static qy_status refuse(const run *r, const node_proto *node, const char *why)
{
  const char *name = node->name && *node->name ? node->name : node->n_output > 0 ? node->output[0] : "";
  return qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "%.*s '%.*s': %s", SHOWN, node->op_type, SHOWN, name, why);
}

static const onnx_tensor *named(const run *r, const char *name)
{
  /* All names were entered when the model was read: nothing is added. */
  return onnx_tensor_named((onnx_graph *)r->g, name);
}

static run_tensor *run_of(const run *r, const onnx_tensor *t)
{
  return &r->tensor[t - r->g->tensor];
}

/* The computed tensor that a node reads at i, NULL: none, or it has no contents. */
static run_tensor *read_at(const run *r, const node_proto *node, size_t i)
{
  const onnx_tensor *t = i < node->n_input ? named(r, node->input[i]) : NULL;
  return t && run_of(r, t)->real ? run_of(r, t) : NULL;
}

/* Room for a node's first output. */
static qy_status make_output(run_tensor **out, const run *r, const node_proto *node)
{
  const onnx_tensor *t = node->n_output > 0 ? named(r, node->output[0]) : NULL;
  const int64_t count = t ? onnx_elements(t) : ONNX_NO_DIM;
  if (count < 1) return refuse(r, node, "expected an output of known size");
  *out = run_of(r, t);
  if ((*out)->real) return refuse(r, node, "expected each tensor made once");
  (*out)->count = (size_t)count;
  (*out)->real = malloc((size_t)count * sizeof(double));
  (*out)->sums = malloc((size_t)count * sizeof(double));
  return (*out)->real && (*out)->sums ? QY_OK : qy_no_memory(r->err);
}

static void drop(run_tensor *t)
{
  free(t->real);
  free(t->sums);
  t->real = t->sums = NULL;
}

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
  if (status == QY_BAD_INPUT) return refuse(r, node, inner.count ? inner.diagnostic[0].text : "weights");
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
  const onnx_tensor *t = i < node->n_input ? named(r, node->input[i]) : NULL;
  float *value = NULL;
  size_t found = 0;
  for (size_t k = 0; k < count; k++)
    to[k] = otherwise;
  if (!t) return QY_OK;
  if (!t->data || !onnx_has_data(t->data)) return refuse(r, node, "expected biases and statistics in the file");
  qy_status status = onnx_floats(&value, &found, r->g, t->data, r->arena, r->err);
  if (!status && found != count && found != 1) return refuse(r, node, "expected one bias or statistic per channel");
  for (size_t k = 0; !status && k < count; k++)
    to[k] = (double)value[found == 1 ? 0 : k];
  return status;
}

/* The one node that reads a tensor, if it is a batch normalization. */
static const node_proto *normalized_by(const run *r, const node_proto *node)
{
  const onnx_tensor *t = named(r, node->output[0]);
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

/* Where element `at` of a tensor of shape `whole` reads a tensor that is stretched to it; ONNX_NONE: it does not
 * fit. */
static size_t stretched(const onnx_tensor *whole, const onnx_tensor *part, size_t at)
{
  size_t place = 0, step = 1;
  for (int k = 0; k < whole->rank; k++) { /* from the last axis on */
    const size_t size = (size_t)whole->dim[whole->rank - 1 - k], index = at % size;
    const size_t own = k < part->rank ? (size_t)part->dim[part->rank - 1 - k] : 1;
    if (own != 1 && own != size) return ONNX_NONE;
    place += own == 1 ? 0 : index * step;
    step *= own;
    at /= size;
  }
  return part->rank > whole->rank ? ONNX_NONE : place;
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
  const onnx_tensor *c = node->n_input > 2 ? named(r, node->input[2]) : NULL, *whole = named(r, node->output[0]);
  float *value = NULL;
  size_t found = 0;
  if (!c) return QY_OK;
  if (!c->data || !onnx_has_data(c->data)) return refuse(r, node, "expected biases and statistics in the file");
  qy_status status = onnx_floats(&value, &found, r->g, c->data, r->arena, r->err);
  for (size_t i = 0; !status && i < count; i++) {
    const size_t at = whole && c->rank >= 0 && onnx_elements(c) == (int64_t)found ? stretched(whole, c, i) : ONNX_NONE;
    if (at >= found) return refuse(r, node, "expected biases whose shape stretches to the output's");
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
    return refuse(r, t->node, "expected weights in the file");
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
  const run_tensor *read = read_at(r, node, t->input);
  run_tensor *out = NULL;
  run_codes codes = {NULL, 1};
  if (!read || read->count != (size_t)(l->batch * l->in_c * l->in_h * l->in_w))
    return refuse(r, node, "expected a layer over one whole tensor");
  run_tensor in = *read;
  run_weights w = {.real = qy_arena_alloc(scratch, rows * columns, sizeof *w.real)};
  double *bias = qy_arena_alloc(scratch, t->window ? rows : outputs, sizeof *bias);
  if (!w.real || !bias) return qy_no_memory(r->err);
  qy_status status = real_weights(w.real, r, t, rows, columns, scratch);
  if (!status && t->window) status = numbers(bias, r, node, 2, rows, 0);
  if (!status && t->window && (last = normalized_by(r, node))) status = fold(w.real, bias, rows, columns, r, last);
  if (!status) status = encode(&w, r, node, rows * columns, scratch);
  if (!status) status = turned_input(&in, r, t, scratch);
  if (!status) status = make_output(&out, r, last ? last : node);
  if (!status && out && out->count != outputs) status = refuse(r, node, "expected a layer that makes one whole tensor");
  if (!status && !t->window) status = stretched_bias(bias, outputs, r, node);
  if (!status) status = round_codes(&codes, r, &in);
  if (!status && out) status = convolve(out, &in, &codes, &w, r, t, scratch);
  if (!status && out) {
    add_bias(out, bias, t, codes.scale * w.factor);
    r->layer[r->layer_count++] =
        (qy_onnx_signal){r->g->layer[t->index].layer.name, w.db, run_ratio_db(out->real, out->sums, out->count)};
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

static size_t layer_of(const run *r, const node_proto *node)
{
  const onnx_tensor *t = node->n_output > 0 ? named(r, node->output[0]) : NULL;
  return t ? t->origin.layer : ONNX_NONE;
}

/* Why the reader left a node out, or `otherwise`. */
static const char *left_out(const run *r, const node_proto *node, const char *otherwise)
{
  size_t count;
  const qy_onnx_note *note = qy_onnx_notes(&count, r->g);
  for (size_t i = 0; i < count; i++)
    if (strcmp(note[i].node, onnx_node_name(node)) == 0 && strcmp(note[i].op, node->op_type) == 0) return note[i].text;
  return otherwise;
}

static qy_status run_conv(run *r, const node_proto *node)
{
  const size_t i = layer_of(r, node);
  const onnx_tensor *x = named(r, node->input[0]);
  if (i == ONNX_NONE) return refuse(r, node, left_out(r, node, "expected one or two dimensions"));
  if (!x || x->rank < 3 || x->rank > 4 || node->n_input < 2 || r->g->layer[i].weight != named(r, node->input[1]))
    return refuse(r, node, "expected one or two dimensions");
  return multiply(r, &(task){.node = node, .layer = &r->g->layer[i].layer, .index = i, .window = true});
}

/* A row of K values is an image of 1 x 1.  Weights on the left, or a transposed input: matrices are transposed. */
static qy_status run_matmul(run *r, const node_proto *node)
{
  const size_t i = layer_of(r, node);
  const onnx_step s = {.node = node};
  const onnx_tensor *w = i == ONNX_NONE ? NULL : r->g->layer[i].weight;
  const size_t side = w && node->n_input > 1 && w == named(r, node->input[0]) ? 1 : 0; /* of the input */
  const onnx_tensor *x = side < node->n_input ? named(r, node->input[side]) : NULL;
  if (i == ONNX_NONE) return refuse(r, node, left_out(r, node, "expected an input times a matrix of weights"));
  if (!w || !x || node->n_input < 2 || w != named(r, node->input[1 - side]) || r->g->layer[i].layer.groups != 1 ||
      x->rank < 1 || onnx_elements(x) < 1)
    return refuse(r, node, "expected an input times a matrix of weights");
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
  const size_t i = layer_of(r, node);
  const onnx_step s = {.node = node};
  const bool maximum = strcmp(node->op_type, "MaxPool") == 0, padded = onnx_integer(&s, "count_include_pad", 0) != 0;
  const run_tensor *in = read_at(r, node, 0);
  run_tensor *out = NULL;
  if (i == ONNX_NONE || !in || r->g->layer[i].layer.type != QY_LAYER_POOL)
    return refuse(r, node, "expected a pool over one whole tensor");
  if (padded && onnx_integer(&s, "ceil_mode", 0) != 0) return refuse(r, node, "expected sizes rounded down");
  const qy_layer *l = &r->g->layer[i].layer;
  qy_status status = make_output(&out, r, node);
  if (!status && out &&
      (in->count != (size_t)(l->batch * l->in_c * l->in_h * l->in_w) ||
       out->count != (size_t)(l->batch * l->in_c * l->out_h * l->out_w)))
    status = refuse(r, node, "expected a pool over one whole tensor");
  run_codes codes = {NULL, 1};
  if (!status && !maximum) status = round_codes(&codes, r, in); /* maxima may be taken before rounding as well */
  if (!status && out) {
    run_pool(out->real, in->real, l, maximum, padded);
    run_pool(out->sums, maximum ? in->sums : codes.code, l, maximum, padded);
    for (size_t k = 0; !maximum && k < out->count; k++)
      out->sums[k] *= codes.scale;
  }
  free(codes.code);
  return status;
}

/* A constant of the file, as a bias that stands alone behind a product: exporters write MatMul and Add. */
static qy_status add_constant(run *r, const node_proto *node, size_t at)
{
  const run_tensor *in = read_at(r, node, 1 - at);
  const onnx_tensor *t = named(r, node->input[at]), *whole = named(r, node->output[0]);
  run_tensor *out = NULL;
  float *value = NULL;
  size_t found = 0;
  qy_status status = onnx_floats(&value, &found, r->g, t->data, r->arena, r->err);
  if (!status) status = make_output(&out, r, node);
  if (!status && out && out->count != in->count) status = refuse(r, node, "expected a constant no larger than the map");
  for (size_t i = 0; !status && out && i < out->count; i++) {
    const size_t k = stretched(whole, t, i);
    if (k >= found) return refuse(r, node, "expected a constant that fits the map");
    out->real[i] = in->real[i] + (double)value[k];
    out->sums[i] = in->sums[i] + (double)value[k];
  }
  return status;
}

static qy_status run_add(run *r, const node_proto *node)
{
  const run_tensor *a = read_at(r, node, 0), *b = read_at(r, node, 1);
  for (size_t i = 0; i < 2 && node->n_input == 2 && !(a && b); i++) {
    const onnx_tensor *t = named(r, node->input[i]);
    if (t && t->data && onnx_has_data(t->data) && t->rank >= 0 && (i == 0 ? b : a)) return add_constant(r, node, i);
  }
  run_tensor *out = NULL;
  run_codes x = {NULL, 1}, y = {NULL, 1};
  if (!a || !b || a->count != b->count) return refuse(r, node, "expected two computed maps of one size");
  qy_status status = make_output(&out, r, node);
  if (!status && out && out->count != a->count) status = refuse(r, node, "expected two computed maps of one size");
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

/* Limits of Relu or Clip: attributes, or constants. */
static qy_status limits(double *low, double *high, const run *r, const node_proto *node)
{
  const onnx_step s = {.node = node};
  const attribute_proto *min = onnx_attribute(&s, "min"), *max = onnx_attribute(&s, "max");
  *low = strcmp(node->op_type, "Relu") == 0 ? 0 : min && min->has_f ? (double)min->f : -INFINITY;
  *high = max && max->has_f ? (double)max->f : INFINITY;
  qy_status status = node->n_input > 1 && *node->input[1] ? numbers(low, r, node, 1, 1, *low) : QY_OK;
  if (!status && node->n_input > 2 && *node->input[2]) status = numbers(high, r, node, 2, 1, *high);
  return status;
}

static qy_status run_clip(run *r, const node_proto *node)
{
  const run_tensor *in = read_at(r, node, 0);
  run_tensor *out = NULL;
  double low = -INFINITY, high = INFINITY;
  const bool same = strcmp(node->op_type, "Relu") != 0 && strcmp(node->op_type, "Clip") != 0;
  if (!in) return refuse(r, node, "expected a computed input");
  qy_status status = make_output(&out, r, node);
  if (!status && out && out->count != in->count) status = refuse(r, node, "expected an output of the input's size");
  if (!status && !same) status = limits(&low, &high, r, node);
  for (size_t i = 0; !status && out && i < out->count; i++) {
    out->real[i] = fmin(fmax(in->real[i], low), high);
    out->sums[i] = fmin(fmax(in->sums[i], low), high);
  }
  return status;
}

/* It keeps the order: what goes into it is looked at. */
static qy_status run_softmax(run *r, const node_proto *node)
{
  const onnx_tensor *t = node->n_output > 0 ? named(r, node->output[0]) : NULL;
  if (!t || r->p->n_output == 0 || strcmp(r->p->output[0]->name, t->name) != 0)
    return refuse(r, node, "expected it at the end of the network");
  return run_clip(r, node);
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

static bool computed(const run *r, const node_proto *node)
{
  for (size_t i = 0; i < node->n_output; i++) {
    const onnx_tensor *t = named(r, node->output[i]);
    if (t && !t->constant) return true;
  }
  return false;
}

static qy_status run_node(run *r, const node_proto *node)
{
  for (size_t i = 0; i < sizeof runners / sizeof *runners; i++)
    if (node->n_input > 0 && node->n_output > 0 && strcmp(runners[i].op, node->op_type) == 0)
      return runners[i].run(r, node);
  return refuse(r, node, "an operator that is not run in codes");
}

/* ---- what it takes ---- */

typedef struct cost {
  double now, most, products; /* bytes held at once, up to here and at most; of both networks */
} cost;

static double bytes_of(const onnx_tensor *t)
{
  const int64_t count = t && !t->constant ? onnx_elements(t) : 0;
  return count > 0 ? 2.0 * sizeof(double) * (double)count : 0;
}

/* Tensors live from their node to their last reader; a node holds the codes of what it reads beside them. */
static void add_node(cost *c, const run *r, const node_proto *node, size_t *readers)
{
  double codes = 0;
  for (size_t k = 0; k < node->n_output; k++)
    c->now += bytes_of(named(r, node->output[k]));
  for (size_t k = 0; k < node->n_input; k++)
    codes += bytes_of(named(r, node->input[k])) / 2;
  const size_t i = layer_of(r, node);
  if (i != ONNX_NONE && r->g->layer[i].weight) codes += 6.0 * sizeof(double) * (double)r->g->layer[i].layer.weights;
  if (strcmp(node->op_type, "Gemm") == 0 || strcmp(node->op_type, "MatMul") == 0) { /* transposed, and a bias for all */
    codes += node->n_output > 0 ? bytes_of(named(r, node->output[0])) : 0;
    for (size_t k = 0; k < node->n_input; k++)
      codes += bytes_of(named(r, node->input[k]));
  }
  c->most = fmax(c->most, c->now + codes);
  for (size_t k = 0; k < node->n_input; k++) {
    const onnx_tensor *t = named(r, node->input[k]);
    if (t && --readers[t - r->g->tensor] == 0) c->now -= bytes_of(t);
  }
}

static qy_status check_cost(const run *r, const qy_onnx_limits *limit)
{
  static const double gib = 1024.0 * 1024 * 1024, giga = 1e9;
  const onnx_graph *g = r->g;
  cost c = {0};
  size_t *readers = qy_arena_alloc(r->arena, g->tensor_count + 1, sizeof *readers);
  if (!readers) return qy_no_memory(r->err);
  for (size_t i = 0; i < g->tensor_count; i++) {
    readers[i] = r->tensor[i].readers;
    if (!g->tensor[i].node) c.now += bytes_of(&g->tensor[i]);
  }
  for (size_t i = 0; i < r->p->n_node; i++)
    if (r->p->node[i]->op_type) add_node(&c, r, r->p->node[i], readers);
  for (size_t i = 0; i < g->layer_count; i++)
    c.products += 2 * (double)g->layer[i].layer.macs * (double)g->layer[i].layer.batch;
  if (c.most <= limit->gib * gib && c.products <= limit->giga_products * giga) return QY_OK;
  return qy_fail_at(r->err, QY_BAD_INPUT, g->file, 0, 0,
                    "expected a run of at most %g GiB and %g * 10^9 products (--limit), found %.3g GiB and %.3g * 10^9",
                    limit->gib, limit->giga_products, c.most / gib, c.products / giga);
}

static void count_readers(run *r)
{
  for (size_t i = 0; i < r->p->n_node; i++)
    for (size_t k = 0; k < r->p->node[i]->n_input; k++) {
      const onnx_tensor *t = named(r, r->p->node[i]->input[k]);
      if (t) run_of(r, t)->readers++;
    }
  for (size_t i = 0; i < r->p->n_output; i++) {
    const onnx_tensor *t = named(r, r->p->output[i]->name);
    if (t) run_of(r, t)->readers++;
  }
}

/* Free what nobody reads any more. */
static void release(run *r, const node_proto *node)
{
  for (size_t k = 0; k < node->n_input; k++) {
    const onnx_tensor *t = named(r, node->input[k]);
    if (t && --run_of(r, t)->readers == 0) drop(run_of(r, t));
  }
}

/* ---- all of it ---- */

static const onnx_tensor *input_of(const onnx_graph *g, size_t *inputs)
{
  const Onnx__GraphProto *p = g->model->graph;
  const onnx_tensor *first = NULL;
  *inputs = 0;
  for (size_t i = 0; i < p->n_input; i++) {
    const onnx_tensor *t = onnx_tensor_named((onnx_graph *)g, p->input[i]->name);
    if (!t || t->constant) continue;
    if (!first) first = t;
    ++*inputs;
  }
  return first;
}

size_t qy_onnx_input_count(const qy_onnx *onnx)
{
  size_t inputs;
  const onnx_tensor *t = input_of(onnx, &inputs);
  const int64_t count = t ? onnx_elements(t) : ONNX_NO_DIM;
  return count > 0 ? (size_t)count : 0;
}

static qy_status set_input(run *r, const double *input, size_t count)
{
  size_t inputs;
  const onnx_tensor *t = input_of(r->g, &inputs);
  const size_t wanted = qy_onnx_input_count(r->g);
  if (inputs != 1 || wanted == 0)
    return qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "expected a model with one input of known size");
  run_tensor *in = run_of(r, t);
  in->count = wanted;
  in->real = malloc(wanted * sizeof *in->real);
  in->sums = malloc(wanted * sizeof *in->sums);
  if (!in->real || !in->sums) return qy_no_memory(r->err);
  for (size_t i = 0; i < wanted; i++)
    in->real[i] = in->sums[i] = input[i % count];
  return QY_OK;
}

static qy_status run_all(run *r, qy_onnx_signals *signals)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < r->p->n_node; i++) {
    const node_proto *node = r->p->node[i];
    if (!node->op_type || !computed(r, node)) continue;
    if (!r->done[i]) status = run_node(r, node);
    release(r, node);
  }
  const onnx_tensor *last = r->p->n_output > 0 ? named(r, r->p->output[0]->name) : NULL;
  if (!status && (!last || !run_of(r, last)->real))
    status = qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "expected an output that the network computes");
  if (!status) {
    const run_tensor *out = run_of(r, last);
    *signals = (qy_onnx_signals){r->layer_count, r->layer, run_ratio_db(out->real, out->sums, out->count)};
  }
  return status;
}

qy_status qy_onnx_measure(qy_onnx_signals *signals, const qy_onnx *onnx, const double *input, size_t count,
                          const qy_number *weights, int activation_bits, const qy_onnx_limits *limits, qy_arena *arena,
                          qy_error *err)
{
  assert(signals && onnx && input && count > 0 && weights && limits && activation_bits >= QY_ONNX_ACTIVATION_BITS_MIN &&
         activation_bits <= QY_ONNX_ACTIVATION_BITS_MAX);
  run r = {.g = onnx, .p = onnx->model->graph, .weights = weights, .bits = activation_bits, .arena = arena, .err = err};
  r.tensor = qy_arena_alloc(arena, onnx->tensor_count + 1, sizeof *r.tensor);
  r.done = qy_arena_alloc(arena, r.p->n_node + 1, sizeof *r.done);
  r.layer = qy_arena_alloc(arena, r.p->n_node + 1, sizeof *r.layer);
  if (!r.tensor || !r.done || !r.layer) return qy_no_memory(err);
  count_readers(&r);
  qy_status status = check_cost(&r, limits);
  if (!status) status = set_input(&r, input, count);
  if (!status) status = run_all(&r, signals);
  for (size_t i = 0; i < onnx->tensor_count; i++)
    drop(&r.tensor[i]);
  return status;
}
