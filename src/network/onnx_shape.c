/* Shapes of outputs: elementwise operators, products of matrices, reductions, and tensors made from nothing. */
#include "onnx_int.h"

#include "quarry/integer.h"

#include <math.h>
#include <string.h>

void onnx_shape_same(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a);
  if (x && x->rank >= 0 && s->out_count > 0) onnx_set_shape(s->out[0], x->rank, x->dim);
}

/* Batch and instance normalization and dropout: other outputs are statistics or masks. */
void onnx_shape_norm(onnx_step *s)
{
  onnx_shape_same(s);
  const onnx_tensor *x = onnx_input(s, s->rule->a);
  const bool mask = s->node->op_type && strcmp(s->node->op_type, "Dropout") == 0;
  if (mask && x && x->rank >= 0 && s->out_count > 1) onnx_set_shape(s->out[1], x->rank, x->dim);
}

/* A scale and a zero point beside the codes. */
void onnx_shape_dynamic(onnx_step *s)
{
  onnx_shape_same(s);
  for (size_t i = 1; i < s->out_count; i++)
    onnx_set_shape(s->out[i], 0, NULL);
}

static int64_t joined(int64_t a, int64_t b)
{
  if (a == 1) return b;
  if (b == 1 || a == b) return a;
  if (a < 0) return b > 1 ? b : ONNX_NO_DIM;
  return b < 0 ? a : ONNX_NO_DIM;
}

/* dim (*rank of them) with those of another shape, aligned at the end. */
static void broadcast(int64_t *dim, int *rank, const int64_t *other, int other_rank)
{
  const int all = qy_max_int(*rank, other_rank);
  int64_t result[ONNX_RANK_MAX] = {0};
  for (int i = 0; i < all; i++) {
    const int a = i - (all - *rank), b = i - (all - other_rank);
    result[i] = joined(a >= 0 ? dim[a] : 1, b >= 0 ? other[b] : 1);
  }
  memcpy(dim, result, (size_t)all * sizeof *dim);
  *rank = all;
}

void onnx_shape_broadcast(onnx_step *s)
{
  int64_t dim[ONNX_RANK_MAX];
  int rank = 0;
  if (onnx_attribute(s, "broadcast") || onnx_attribute(s, "axis")) { /* before opset 7: the first decides */
    onnx_shape_same(s);
    return;
  }
  for (size_t k = 0; onnx_operand(s, k); k++) {
    const onnx_tensor *t = onnx_operand(s, k);
    if (t->rank < 0) return;
    broadcast(dim, &rank, t->dim, t->rank);
    if (s->rule->b > 0 && k == 1) break; /* two operands; what follows is none */
  }
  if (s->out_count > 0) onnx_set_shape(s->out[0], rank, dim);
}

void onnx_shape_matmul(onnx_step *s)
{
  const onnx_tensor *a = onnx_input(s, s->rule->a), *b = onnx_input(s, s->rule->b);
  if (!a || !b || a->rank < 1 || b->rank < 1 || s->out_count == 0) return;
  const bool turn_a = onnx_integer(s, "transA", 0) != 0, turn_b = onnx_integer(s, "transB", 0) != 0;
  int64_t dim[ONNX_RANK_MAX + 1];
  int rank = qy_max_int(a->rank - 2, 0);
  memcpy(dim, a->dim, (size_t)rank * sizeof *dim);
  broadcast(dim, &rank, b->dim, qy_max_int(b->rank - 2, 0));
  if (rank + 2 > ONNX_RANK_MAX) return;
  if (a->rank > 1) dim[rank++] = a->dim[a->rank - (turn_a ? 1 : 2)];
  if (b->rank > 1) dim[rank++] = b->dim[b->rank - (turn_b ? 2 : 1)];
  onnx_set_shape(s->out[0], rank, dim);
}

void onnx_shape_gemm(onnx_step *s)
{
  const onnx_tensor *a = onnx_input(s, s->rule->a), *b = onnx_input(s, s->rule->b);
  if (!a || !b || a->rank != 2 || b->rank != 2 || s->out_count == 0) return;
  const int64_t dim[2] = {a->dim[onnx_integer(s, "transA", 0) != 0], b->dim[onnx_integer(s, "transB", 0) == 0]};
  onnx_set_shape(s->out[0], 2, dim);
}

/* An axis of -rank..rank-1. */
static int axis_of(int64_t axis, int rank)
{
  if (axis < 0) axis += rank;
  return axis >= 0 && axis < rank ? (int)axis : -1;
}

bool onnx_reduced(const onnx_step *s, const onnx_tensor *x, bool axis[ONNX_RANK_MAX])
{
  int64_t axes[ONNX_RANK_MAX];
  memset(axis, 0, ONNX_RANK_MAX * sizeof *axis);
  const bool says = onnx_given(s, "axes", 1);
  const int count = says ? onnx_integers(s, "axes", 1, axes, ONNX_RANK_MAX) : 0;
  if (count < 0 || x->rank < 0) return false;
  const bool none = onnx_integer(s, "noop_with_empty_axes", 0) != 0;
  for (int i = 0; i < x->rank; i++)
    axis[i] = count == 0 && !none;
  for (int i = 0; i < count; i++) {
    const int at = axis_of(axes[i], x->rank);
    if (at < 0) return false;
    axis[at] = true;
  }
  return true;
}

static void set_reduced(onnx_step *s, const onnx_tensor *x, const bool *axis)
{
  const bool keep = onnx_integer(s, "keepdims", 1) != 0;
  int64_t dim[ONNX_RANK_MAX];
  int rank = 0;
  for (int i = 0; i < x->rank; i++)
    if (!axis[i])
      dim[rank++] = x->dim[i];
    else if (keep)
      dim[rank++] = 1;
  if (s->out_count > 0) onnx_set_shape(s->out[0], rank, dim);
}

void onnx_shape_reduce(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  bool axis[ONNX_RANK_MAX];
  if (x && onnx_reduced(s, x, axis)) set_reduced(s, x, axis);
}

void onnx_shape_arg(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  bool axis[ONNX_RANK_MAX] = {false};
  if (!x || x->rank < 1) return;
  const int at = axis_of(onnx_integer(s, "axis", 0), x->rank);
  if (at < 0) return;
  axis[at] = true;
  set_reduced(s, x, axis);
}

/* Y: steps, directions, batch, hidden (layout 1: batch first); states: without steps. */
void onnx_shape_recurrent(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *r = onnx_input(s, 2);
  if (!x || !r || x->rank != 3 || r->rank != 3) return;
  const bool first = onnx_integer(s, "layout", 0) != 0;
  const int64_t steps = x->dim[first], batch = x->dim[!first], ways = r->dim[0], hidden = r->dim[2];
  const int64_t y[4] = {first ? batch : steps, first ? steps : ways, first ? ways : batch, hidden};
  const int64_t state[3] = {first ? batch : ways, first ? ways : batch, hidden};
  if (s->out_count > 0) onnx_set_shape(s->out[0], 4, y);
  for (size_t i = 1; i < s->out_count; i++)
    onnx_set_shape(s->out[i], 3, state);
}

/* ---- from nothing ---- */

static void set_one(onnx_step *s, int64_t size)
{
  if (s->out_count > 0) onnx_set_shape(s->out[0], 1, &size);
}

void onnx_shape_constant(onnx_step *s)
{
  const attribute_proto *value = onnx_attribute(s, "value");
  onnx_tensor *out = s->out_count > 0 ? s->out[0] : NULL;
  if (!out) return;
  if (value && value->t) {
    if (value->t->n_dims <= ONNX_RANK_MAX) onnx_set_shape(out, (int)value->t->n_dims, value->t->dims);
    out->data = value->t;
    out->type = value->t->data_type;
    onnx_small(s->g, out);
    return;
  }
  const attribute_proto *list = onnx_attribute(s, "value_ints"), *floats = onnx_attribute(s, "value_floats");
  const attribute_proto *strings = onnx_attribute(s, "value_strings");
  const attribute_proto *one = onnx_attribute(s, "value_int"), *real = onnx_attribute(s, "value_float");
  const size_t count = list ? list->n_ints : floats ? floats->n_floats : strings ? strings->n_strings : 1;
  if (list || floats || strings)
    set_one(s, (int64_t)count);
  else if (one || real || onnx_attribute(s, "value_string"))
    onnx_set_shape(out, 0, NULL);
  double *to = (list || floats || one || real) ? onnx_values(s->g, out, count) : NULL;
  for (size_t i = 0; to && i < count; i++)
    to[i] = list ? (double)list->ints[i] : floats ? (double)floats->floats[i] : one ? (double)one->i : (double)real->f;
}

/* The input's contents are the shape. */
void onnx_shape_of_shape(onnx_step *s)
{
  int64_t dim[ONNX_RANK_MAX];
  const int rank = onnx_integers(s, "shape", 0, dim, ONNX_RANK_MAX);
  if (rank >= 0 && s->out_count > 0) onnx_set_shape(s->out[0], rank, dim);
}

/* First and one after the last axis that Shape returns. */
static void shape_range(const onnx_step *s, int rank, int *first, int *end)
{
  int64_t a = onnx_integer(s, "start", 0), b = onnx_integer(s, "end", rank);
  if (a < 0) a += rank;
  if (b < 0) b += rank;
  *first = (int)qy_min64(qy_max64(a, 0), rank);
  *end = (int)qy_max64(*first, qy_min64(b, rank));
}

void onnx_shape_shape(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  onnx_tensor *out = s->out_count > 0 ? s->out[0] : NULL;
  int first, end;
  if (!x || x->rank < 0 || !out) return;
  shape_range(s, x->rank, &first, &end);
  set_one(s, end - first);
  double *value = onnx_values(s->g, out, (size_t)(end - first));
  for (int i = first; value && i < end; i++)
    value[i - first] = x->dim[i] >= 0 ? (double)x->dim[i] : NAN;
}

void onnx_shape_size(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  onnx_tensor *out = s->out_count > 0 ? s->out[0] : NULL;
  if (!out) return;
  onnx_set_shape(out, 0, NULL);
  const int64_t all = x ? onnx_elements(x) : ONNX_NO_DIM;
  double *value = all >= 0 ? onnx_values(s->g, out, 1) : NULL;
  if (value) *value = (double)all;
}

void onnx_shape_range(onnx_step *s)
{
  const onnx_tensor *from = onnx_input(s, 0), *to = onnx_input(s, 1), *by = onnx_input(s, 2);
  onnx_tensor *out = s->out_count > 0 ? s->out[0] : NULL;
  if (!from || !to || !by || !out || !from->value || !to->value || !by->value || from->count != 1 || to->count != 1 ||
      by->count != 1)
    return;
  const double count = ceil((*to->value - *from->value) / *by->value);
  if (!(count <= (double)(1 << 30))) return;
  set_one(s, count > 0 ? (int64_t)count : 0);
  double *value = count >= 0 ? onnx_values(s->g, out, (size_t)count) : NULL;
  for (int i = 0; value && i < (int)count; i++)
    value[i] = *from->value + i * *by->value;
}

/* Losses: a number, or one per target. */
void onnx_shape_loss(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *target = onnx_input(s, 1);
  if (s->out_count == 0) return;
  if (!onnx_says(s, "reduction", "none"))
    onnx_set_shape(s->out[0], 0, NULL);
  else if (target && target->rank >= 0)
    onnx_set_shape(s->out[0], target->rank, target->dim);
  if (s->out_count > 1 && x && x->rank >= 0) onnx_set_shape(s->out[1], x->rank, x->dim);
}

void onnx_shape_topk(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t dim[ONNX_RANK_MAX], k = ONNX_NO_DIM;
  if (!x || x->rank < 1) return;
  const int axis = axis_of(onnx_integer(s, "axis", -1), x->rank);
  if (axis < 0) return;
  memcpy(dim, x->dim, sizeof dim);
  if (onnx_attribute(s, "k"))
    k = onnx_integer(s, "k", ONNX_NO_DIM);
  else if (onnx_integers(s, NULL, 1, &k, 1) != 1)
    k = ONNX_NO_DIM;
  dim[axis] = k;
  for (size_t i = 0; i < s->out_count && i < 2; i++)
    onnx_set_shape(s->out[i], x->rank, dim);
}
