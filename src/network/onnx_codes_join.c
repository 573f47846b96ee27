/* What stands between the products of a quantized model: sums, pools, and changes of shape. */
#include "onnx_codes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_linear(const node_proto *node)
{
  return strncmp(node->op_type, "QLinear", strlen("QLinear")) == 0;
}

/* Codes of a temporary as the node's output, or as they are where the operator does not round. */
static qy_status finish(run_tensor *t, const run *r, const node_proto *node, codes_place p)
{
  run_tensor *out;
  qy_status status = run_output(&out, r, node, 0);
  if (status) return status;
  if (p.scale >= 0) return codes_write(out, t, r, node, p, false);
  if (out->count != t->count) return run_refuse(r, node, "expected an output of known size");
  memcpy(out->real, t->real, t->count * sizeof *out->real);
  memcpy(out->sums, t->sums, t->count * sizeof *out->sums);
  return run_like(out, t, r);
}

/* ---- element by element ---- */

static double apply(const char *op, double a, double b)
{
  return strcmp(op, "Sub") == 0 ? a - b : strstr(op, "Mul") ? a * b : strcmp(op, "Div") == 0 ? a / b : a + b;
}

static qy_status combine(run_tensor *y, const run_tensor *a, const run_tensor *b, const run *r, const node_proto *node,
                         int at_b)
{
  const onnx_tensor *whole = run_named(r, node->output[0]), *of_a = codes_shape(r, node, 0);
  const onnx_tensor *of_b = codes_shape(r, node, at_b);
  double low, high;
  codes_range(&low, &high, a->type);
  y->whole = a->whole && b->whole && run_code_bits(a->type) > 0;
  if (y->whole && strcmp(node->op_type, "Div") == 0) return run_refuse(r, node, "expected floating point");
  assert(a->real && b->real && y->real);
  for (size_t i = 0; i < y->count; i++) {
    const size_t ka = run_stretched(whole, of_a, i), kb = run_stretched(whole, of_b, i);
    if (ka >= a->count || kb >= b->count) return run_refuse(r, node, "expected operands that stretch to the output");
    y->real[i] = apply(node->op_type, a->real[ka], b->real[kb]);
    y->sums[i] = apply(node->op_type, a->sums[ka] * run_unit(a, ka), b->sums[kb] * run_unit(b, kb));
    if (!isfinite(y->real[i]) || !isfinite(y->sums[i])) return run_refuse(r, node, "expected finite results");
    if (y->whole && (y->sums[i] < low || y->sums[i] > high))
      return run_refuse(r, node, "expected results within its type");
  }
  y->type = y->whole ? a->type : ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  return QY_OK;
}

qy_status codes_binary(run *r, const node_proto *node)
{
  const bool linear = is_linear(node);
  const codes_place at_a = {0, linear ? 1 : -1, linear ? 2 : -1, 0};
  const codes_place at_b = {linear ? 3 : 1, linear ? 4 : -1, linear ? 5 : -1, 0};
  const codes_place at_y = {-1, linear ? 6 : -1, linear ? 7 : -1, 0};
  const onnx_tensor *whole = run_named(r, node->output[0]);
  const int64_t count = whole ? onnx_elements(whole) : ONNX_NO_DIM;
  run_tensor a = {0}, b = {0}, y = {0};
  if (count < 1) return run_refuse(r, node, "expected an output of known size");
  qy_status status = codes_read(&a, r, node, at_a);
  if (!status) status = codes_read(&b, r, node, at_b);
  if (!status && (!a.real || !b.real)) status = run_refuse(r, node, "expected two operands");
  if (!status) status = run_room(&y, (size_t)count, r);
  if (!status) status = combine(&y, &a, &b, r, node, at_b.at);
  if (!status) status = finish(&y, r, node, at_y);
  run_drop(&a);
  run_drop(&b);
  run_drop(&y);
  return status;
}

/* ---- concatenations ---- */

/* Copy one operand into its place along the axis: runs of `part` of each `whole` elements, `first` before it. */
static void copy_part(run_tensor *y, const run_tensor *x, size_t whole, size_t part, size_t first)
{
  assert(part > 0);
  for (size_t i = 0; i < x->count; i++) {
    const size_t to = i / part * whole + first + i % part;
    y->real[to] = x->real[i];
    y->sums[to] = x->sums[i] * run_unit(x, i);
  }
}

static qy_status join(run_tensor *y, const run *r, const node_proto *node, codes_place first, int every)
{
  const onnx_tensor *whole = run_named(r, node->output[0]);
  int64_t axis = onnx_integer(&(onnx_step){.node = node}, "axis", 1);
  if (axis < 0) axis += whole->rank;
  if (axis < 0 || axis >= whole->rank) return run_refuse(r, node, "expected an axis of the output");
  const size_t row = (size_t)onnx_product(whole->dim + axis, whole->rank - (int)axis);
  size_t at = 0;
  qy_status status = QY_OK;
  y->whole = true;
  for (codes_place p = first; !status && (size_t)p.at < node->n_input;
       p.at += every, p.scale += every, p.zero += every) {
    const onnx_tensor *t = codes_shape(r, node, p.at);
    const codes_place plain = {p.at, -1, -1, 0};
    run_tensor x;
    status = codes_read(&x, r, node, every == 1 ? plain : p);
    const int64_t part = t && t->rank == whole->rank ? onnx_product(t->dim + axis, t->rank - (int)axis) : 0;
    if (!status && (!x.real || part < 1 || at + (size_t)part > row || x.count / (size_t)part != y->count / row))
      status = run_refuse(r, node, "expected operands that fit the output");
    if (!status) {
      copy_part(y, &x, row, (size_t)part, at);
      y->whole = y->whole && x.whole && run_code_bits(x.type) > 0;
      y->type = x.type;
      y->zero = x.zero;
      /* Real numbers beside codes leave no codes; of codes, those with most bits are told apart from all others. */
      const int wider = x.bits > y->bits ? x.bits : y->bits;
      y->bits = at == 0 ? x.bits : x.bits && y->bits ? wider : 0;
      at += (size_t)part;
    }
    run_drop(&x);
  }
  if (!status && at != row) status = run_refuse(r, node, "expected operands that fit the output");
  return status;
}

qy_status codes_concat(run *r, const node_proto *node)
{
  const bool linear = is_linear(node);
  const onnx_tensor *whole = run_named(r, node->output[0]);
  const int64_t count = whole ? onnx_elements(whole) : ONNX_NO_DIM;
  run_tensor y = {0};
  if (count < 1) return run_refuse(r, node, "expected an output of known size");
  qy_status status = run_room(&y, (size_t)count, r);
  if (!status)
    status = join(&y, r, node, linear ? (codes_place){2, 3, 4, 0} : (codes_place){0, -1, -1, 0}, linear ? 3 : 1);
  if (!status) status = finish(&y, r, node, linear ? (codes_place){-1, 0, 1, 0} : (codes_place){-1, -1, -1, 0});
  run_drop(&y);
  return status;
}

/* ---- pools ---- */

/* Means in real numbers or of codes; maxima keep the type. */
static qy_status pool_into(run_tensor *out, const run_tensor *x, const run_window *w, const run *r)
{
  qy_status status = run_like(out, x, r);
  run_pool(out->real, x->real, w->layer, w->maximum, w->padded);
  run_pool(out->sums, x->sums, w->layer, w->maximum, w->padded);
  out->whole = out->whole && w->maximum;
  if (!w->maximum) out->bits = 0;
  return status;
}

qy_status codes_pool(run *r, const node_proto *node)
{
  const bool linear = is_linear(node);
  run_tensor *out = NULL, x = {0}, y = {0};
  run_window w;
  qy_status status = codes_read(&x, r, node, (codes_place){0, linear ? 1 : -1, linear ? 2 : -1, 0});
  if (!status) status = codes_flatten(&x);
  if (!status) status = run_find_pool(&w, &out, r, node, x.real ? &x : NULL);
  if (!status && linear) {
    status = run_room(&y, out->count, r);
    if (!status) status = pool_into(&y, &x, &w, r);
    if (!status) status = codes_write(out, &y, r, node, (codes_place){-1, 3, 4, 0}, false);
  } else if (!status)
    status = pool_into(out, &x, &w, r);
  run_drop(&x);
  run_drop(&y);
  return status;
}

/* ---- changes of shape and type ---- */

qy_status codes_reshape(run *r, const node_proto *node)
{
  run_tensor x;
  qy_status status = codes_read(&x, r, node, (codes_place){0, -1, -1, 0});
  if (!status && !x.real) status = run_refuse(r, node, "expected an input");
  if (!status) status = codes_flatten(&x); /* channels lie elsewhere behind it */
  if (!status) status = finish(&x, r, node, (codes_place){-1, -1, -1, 0});
  run_drop(&x);
  return status;
}

/* Units of channels go with their axis: found where each element keeps its own.  False: there is no such axis. */
static bool turn_units(run_tensor *y, const run_tensor *x, const size_t *from, const int64_t *dim, int rank)
{
  for (int axis = 0; y->units && axis < rank; axis++) {
    if (dim[axis] != (int64_t)x->unit_count) continue;
    y->inner = (size_t)onnx_product(dim + axis + 1, rank - axis - 1);
    bool same = true;
    for (size_t i = 0; same && i < y->count; i++)
      same = i / y->inner % y->unit_count == from[i] / x->inner % x->unit_count;
    if (same) return true;
  }
  return !y->units;
}

qy_status codes_transpose(run *r, const node_proto *node)
{
  const onnx_tensor *shape = codes_shape(r, node, 0);
  run_tensor x, y = {0};
  size_t *from = NULL;
  qy_status status = codes_read(&x, r, node, (codes_place){0, -1, -1, 0});
  if (!status && !x.real) status = run_refuse(r, node, "expected an input");
  if (!status) status = run_room(&y, x.count, r);
  if (!status && !(from = malloc(x.count * sizeof *from))) status = qy_no_memory(r->err);
  if (!status && x.real && shape) {
    int64_t dim[ONNX_RANK_MAX];
    memcpy(dim, shape->dim, sizeof dim);
    if (!onnx_turn(from, dim, shape->rank, x.count, node)) status = run_refuse(r, node, "expected a permutation");
    for (size_t i = 0; !status && i < x.count; i++) {
      y.real[i] = x.real[from[i]];
      y.sums[i] = x.sums[from[i]];
    }
    if (!status) status = run_like(&y, &x, r);
    if (!status && !turn_units(&y, &x, from, dim, shape->rank)) status = run_refuse(r, node, "expected a permutation");
  }
  if (!status) status = finish(&y, r, node, (codes_place){-1, -1, -1, 0});
  free(from);
  run_drop(&x);
  run_drop(&y);
  return status;
}

/* Whole numbers as floating point, which holds them; other ways round. */
qy_status codes_cast(run *r, const node_proto *node)
{
  const int64_t to = onnx_integer(&(onnx_step){.node = node}, "to", 0);
  const bool real = to == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT || to == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE;
  if (!real) return run_refuse(r, node, "expected one to floating point of 32 bits or more");
  qy_status status = codes_reshape(r, node);
  if (status) return status;
  run_of(r, run_named(r, node->output[0]))->type = (int32_t)to;
  return QY_OK;
}
