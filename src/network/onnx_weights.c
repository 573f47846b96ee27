/* Weights of a layer: through what stands between the file and the operator, one row per output channel. */
#include "onnx_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHAIN_MAX = 32 };

/* A tensor of the file with its contents. */
typedef struct contents {
  float *value;
  size_t count;
  int rank;
  int64_t dim[ONNX_RANK_MAX];
  bool real;   /* stored as floating point */
  bool scaled; /* multiplied by a scale since */
} contents;

typedef struct reader {
  const onnx_graph *g;
  qy_arena *arena;
  qy_error *err;
  const char *absent; /* set where there is nothing to read */
} reader;

static qy_status evaluate(contents *c, reader *r, const onnx_tensor *t, int depth);

static const onnx_tensor *find(const onnx_graph *g, const node_proto *node, size_t i)
{
  /* Names were entered when the node was taken: nothing is added here. */
  return i < node->n_input ? onnx_tensor_named((onnx_graph *)g, node->input[i]) : NULL;
}

static qy_status stored(contents *c, const reader *r, const onnx_tensor *t)
{
  qy_status status = onnx_floats(&c->value, &c->count, r->g, t->data, r->arena, r->err);
  c->rank = (int)t->data->n_dims;
  if (c->rank > 0 && c->rank <= ONNX_RANK_MAX) memcpy(c->dim, t->data->dims, (size_t)c->rank * sizeof *c->dim);
  c->real = t->data->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT ||
            t->data->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE ||
            t->data->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 ||
            t->data->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
  return status;
}

/* The same elements in the shape of t. */
static void reshape(contents *c, const onnx_tensor *t)
{
  if (onnx_elements(t) != (int64_t)c->count) return;
  c->rank = t->rank;
  memcpy(c->dim, t->dim, sizeof c->dim);
}

bool onnx_turn(size_t *from, int64_t *dim, int rank, size_t count, const node_proto *node)
{
  const onnx_step s = {.g = NULL, .node = node};
  int64_t order[ONNX_RANK_MAX] = {0}, stride[ONNX_RANK_MAX], to[ONNX_RANK_MAX], at[ONNX_RANK_MAX] = {0};
  const int found = onnx_integers(&s, "perm", -1, order, ONNX_RANK_MAX);
  if (rank < 1 || rank > ONNX_RANK_MAX) return false;
  for (int i = 0; i < rank; i++) {
    const int64_t axis = found == rank ? order[i] : rank - 1 - i;
    if (axis < 0 || axis >= rank) return false;
    stride[i] = 1;
    for (int k = (int)axis + 1; k < rank; k++)
      stride[i] *= dim[k];
    to[i] = dim[axis];
  }
  if (onnx_product(to, rank) != (int64_t)count) return false;
  for (size_t i = 0; i < count; i++) {
    from[i] = 0;
    for (int k = 0; k < rank; k++)
      from[i] += (size_t)(at[k] * stride[k]);
    for (int k = rank - 1; k >= 0 && ++at[k] == to[k]; k--)
      at[k] = 0;
  }
  memcpy(dim, to, (size_t)rank * sizeof *dim);
  return true;
}

static qy_status transpose(contents *c, const reader *r, const node_proto *node)
{
  float *to = qy_arena_alloc(r->arena, c->count, sizeof *to);
  size_t *from = qy_arena_alloc(r->arena, c->count, sizeof *from);
  if (!to || !from) return qy_no_memory(r->err);
  if (!onnx_turn(from, c->dim, c->rank, c->count, node)) return QY_OK; /* no permutation: shapes said so before */
  for (size_t i = 0; i < c->count; i++)
    to[i] = c->value[from[i]];
  c->value = to;
  return QY_OK;
}

/* Element of a scale or zero point for element i of c: one for all, or one per slice of `axis`. */
static double per_axis(const contents *p, const contents *c, int64_t axis, size_t i)
{
  if (p->count == 1 || p->count == 0) return p->count ? (double)p->value[0] : 0;
  if (axis < 0) axis += c->rank;
  if (axis < 0 || axis >= c->rank || (int64_t)p->count != c->dim[axis]) return NAN;
  size_t inner = 1;
  for (int k = (int)axis + 1; k < c->rank; k++)
    inner *= (size_t)c->dim[k];
  return (double)p->value[i / inner % p->count];
}

/* (q - zero) scale, or its inverse with whole numbers. */
static qy_status scaled(contents *c, reader *r, const onnx_tensor *scale, const onnx_tensor *zero, int64_t axis,
                        bool divide, int depth)
{
  contents s = {.count = 0}, z = {.count = 0};
  qy_status status = scale ? evaluate(&s, r, scale, depth) : QY_OK;
  if (!status && zero && !r->absent) status = evaluate(&z, r, zero, depth);
  if (status || r->absent) return status;
  for (size_t i = 0; i < c->count; i++) {
    const double by = s.count ? per_axis(&s, c, axis, i) : 1, from = per_axis(&z, c, axis, i);
    const double x = (double)c->value[i], y = divide ? nearbyint(x / by) + from : (x - from) * by;
    if (!isfinite(y)) {
      r->absent = "scales that do not fit the weights";
      return QY_OK;
    }
    c->value[i] = (float)y;
  }
  c->scaled = scale != NULL;
  return QY_OK;
}

static bool is_op(const node_proto *node, const char *const *names)
{
  for (; *names; names++)
    if (strcmp(node->op_type, *names) == 0) return true;
  return false;
}

static qy_status made(contents *c, reader *r, const onnx_tensor *t, int depth)
{
  static const char *const moves[] = {"Reshape", "Squeeze", "Unsqueeze", "Flatten", NULL};
  static const char *const same[] = {"Identity", "Cast", "Dropout", "Quant", "BipolarQuant", NULL};
  static const char *const turns[] = {"Transpose", NULL}, *const quantizes[] = {"QuantizeLinear", NULL};
  static const char *const dequantizes[] = {"DequantizeLinear", NULL};
  const node_proto *node = t->node;
  const onnx_step s = {.g = NULL, .node = node};
  const onnx_tensor *x = find(r->g, node, 0);
  const bool up = is_op(node, dequantizes), down = is_op(node, quantizes);
  if (!x || !(is_op(node, moves) || is_op(node, same) || is_op(node, turns) || up || down)) {
    r->absent = "computed in the file by an operator that is not followed";
    return QY_OK;
  }
  qy_status status = evaluate(c, r, x, depth);
  if (status || r->absent) return status;
  if (is_op(node, moves)) reshape(c, t);
  if (is_op(node, turns)) return transpose(c, r, node);
  if (up || down)
    return scaled(c, r, find(r->g, node, 1), find(r->g, node, 2), onnx_integer(&s, "axis", 1), down, depth);
  return QY_OK;
}

static qy_status evaluate(contents *c, reader *r, const onnx_tensor *t, int depth)
{
  if (depth == 0) {
    r->absent = "behind too many operators";
    return QY_OK;
  }
  if (t->data && onnx_has_data(t->data)) return stored(c, r, t);
  if (!t->constant || !t->node || t->data) {
    r->absent = t->constant ? "not in the file" : "computed by the network";
    return QY_OK;
  }
  if (t->value && t->count > 0 && !t->data) { /* a Constant of a list, or folded */
    c->value = qy_arena_alloc(r->arena, t->count, sizeof *c->value);
    if (!c->value) return qy_no_memory(r->err);
    for (size_t i = 0; i < t->count; i++)
      c->value[i] = (float)t->value[i];
    c->count = t->count;
    c->rank = t->rank;
    memcpy(c->dim, t->dim, sizeof c->dim);
    c->real = true;
    return QY_OK;
  }
  return made(c, r, t, depth - 1);
}

/* ---- rows ---- */

/* Where element `column` of row `row` stands in the tensor. */
static size_t place(const onnx_layer *l, const contents *c, size_t row, size_t column)
{
  const size_t inputs = (size_t)(l->layer.in_c / l->layer.groups);
  if (l->layout == LAYOUT_COLUMNS) {
    const size_t outputs = (size_t)(l->layer.out_c / l->layer.groups), group = row / outputs;
    return (group * inputs + column) * outputs + row % outputs;
  }
  size_t taps = 1;
  for (int i = 2; i < c->rank; i++)
    taps *= (size_t)c->dim[i];
  const size_t per_group = (size_t)c->dim[1];
  if (l->layout == LAYOUT_TAPS) { /* rows: group, output, tap; columns: input */
    const size_t group = row / (per_group * taps);
    return ((group * inputs + column) * per_group + row / taps % per_group) * taps + row % taps;
  }
  assert(l->layout == LAYOUT_FLIPPED);
  const size_t group = row / per_group, input = column / taps, tap = column % taps;
  return ((group * inputs + input) * per_group + row % per_group) * taps + (taps - 1 - tap);
}

static bool all_whole(const float *x, size_t count)
{
  bool other = false; /* all 0, 1 or -1 says nothing */
  for (size_t i = 0; i < count; i++) {
    if (x[i] != rintf(x[i])) return false;
    other = other || fabsf(x[i]) > 1;
  }
  return other;
}

static qy_status arrange(qy_onnx_weights *w, const reader *r, const onnx_layer *l, const contents *c)
{
  const size_t rows = (size_t)l->layer.out_c, columns = (size_t)(l->layer.weights / l->layer.out_c);
  if (c->count != rows * columns) {
    w->absent = "of another size than the layer";
    return QY_OK;
  }
  w->rows = rows;
  w->columns = columns;
  w->integers = c->real && !c->scaled && all_whole(c->value, c->count);
  w->unscaled = !c->real && !c->scaled;
  w->value = c->value;
  if (l->layout == LAYOUT_ROWS) return QY_OK;
  if (c->rank < 2) {
    w->value = NULL;
    w->absent = "of another size than the layer";
    return QY_OK;
  }
  float *to = qy_arena_alloc(r->arena, c->count, sizeof *to);
  if (!to) return qy_no_memory(r->err);
  for (size_t i = 0; i < rows; i++)
    for (size_t k = 0; k < columns; k++) {
      const size_t from = place(l, c, i, k);
      to[i * columns + k] = from < c->count ? c->value[from] : 0;
    }
  w->value = to;
  return QY_OK;
}

qy_status qy_onnx_layer_weights(qy_onnx_weights *weights, const qy_onnx *onnx, size_t i, qy_arena *arena, qy_error *err)
{
  assert(i < onnx->layer_count);
  const onnx_layer *l = &onnx->layer[i];
  reader r = {.g = onnx, .arena = arena, .err = err};
  contents c = {.count = 0};
  *weights = (qy_onnx_weights){.layer = l->layer.name};
  if (!l->weight) {
    weights->absent = qy_layer_multiplies(l->layer.type) ? "computed by the network" : "no products";
    return QY_OK;
  }
  qy_status status = evaluate(&c, &r, l->weight, CHAIN_MAX);
  const bool scales = l->scale || l->zero;
  /* QLinear operators scale per output channel: the first axis of a convolution, the last of a matrix. */
  if (!status && !r.absent && scales)
    status = scaled(&c, &r, l->scale, l->zero, l->layout == LAYOUT_COLUMNS ? -1 : 0, false, CHAIN_MAX);
  if (!status && !r.absent) status = arrange(weights, &r, l, &c);
  if (r.absent) weights->absent = r.absent;
  if (status) *weights = (qy_onnx_weights){.layer = l->layer.name};
  return status;
}

qy_status qy_onnx_files(const char *const **file, size_t *count, const qy_onnx *onnx, qy_arena *arena, qy_error *err)
{
  const Onnx__GraphProto *p = onnx->model->graph;
  const char **list = qy_arena_alloc(arena, p->n_initializer + 1, sizeof *list);
  size_t n = 0;
  *file = list;
  *count = 0;
  if (!list) return qy_no_memory(err);
  list[n++] = onnx->file;
  for (size_t i = 0; i < p->n_initializer; i++) {
    char *path = NULL;
    if (!onnx_is_external(p->initializer[i])) continue;
    /* What cannot be read is no input; reading the weights says why. */
    if (onnx_external_path(&path, onnx, p->initializer[i], arena, NULL) == QY_NO_MEMORY) return qy_no_memory(err);
    bool known = !path;
    for (size_t k = n; k-- > 1 && !known;) /* the last first: most have one file for all */
      known = strcmp(list[k], path) == 0;
    if (!known) list[n++] = path;
  }
  *count = n;
  return QY_OK;
}
