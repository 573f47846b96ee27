/* Contents of small tensors: exporters compute shapes in the graph (Shape, Gather, Mul, Concat, Reshape). */
#include "onnx_int.h"

#include <math.h>
#include <string.h>

/* Contents and element type known alike: division of integers drops the rest. */
static bool is_float(const onnx_tensor *t)
{
  return t->type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT || t->type == ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE ||
         t->type == ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16 || t->type == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
}

static double apply(char op, double a, double b, bool real)
{
  switch (op) {
  case '+': return a + b;
  case '-': return a - b;
  case '*': return a * b;
  case '/': return b == 0 ? NAN : real ? a / b : trunc(a / b);
  case '<': return fmin(a, b);
  case '>': return fmax(a, b);
  case '=': return a == b;
  default: return NAN;
  }
}

/* One operand may be a single number. */
static void fold_two(onnx_step *s, char op)
{
  const onnx_tensor *a = onnx_input(s, 0), *b = onnx_input(s, 1);
  if (!a || !b || !a->value || !b->value || a->rank > 1 || b->rank > 1 || s->in_count != 2) return;
  if (a->count != b->count && a->count != 1 && b->count != 1) return;
  const size_t count = a->count > b->count ? a->count : b->count;
  double *to = a->count && b->count ? onnx_values(s->g, s->out[0], count) : NULL;
  const bool real = is_float(a) || is_float(b);
  for (size_t i = 0; to && i < count; i++) {
    const double x = a->value[a->count == 1 ? 0 : i], y = b->value[b->count == 1 ? 0 : i];
    to[i] = isnan(x) || isnan(y) ? NAN : apply(op, x, y, real);
  }
}

static void fold_one(onnx_step *s, double f(double))
{
  const onnx_tensor *x = onnx_input(s, 0);
  double *to = x && x->value ? onnx_values(s->g, s->out[0], x->count) : NULL;
  for (size_t i = 0; to && i < x->count; i++)
    to[i] = f ? f(x->value[i]) : x->value[i];
}

/* Elements keep their order. */
static void fold_same(onnx_step *s)
{
  fold_one(s, NULL);
}

static void fold_cast(onnx_step *s)
{
  const int64_t to = onnx_integer(s, "to", 0);
  const onnx_tensor kind = {.type = (int32_t)to};
  fold_one(s, is_float(&kind) ? NULL : trunc);
  s->out[0]->type = (int32_t)to;
}

static void fold_add(onnx_step *s)
{
  fold_two(s, '+');
}
static void fold_sub(onnx_step *s)
{
  fold_two(s, '-');
}
static void fold_mul(onnx_step *s)
{
  fold_two(s, '*');
}
static void fold_div(onnx_step *s)
{
  fold_two(s, '/');
}
static void fold_min(onnx_step *s)
{
  fold_two(s, '<');
}
static void fold_max(onnx_step *s)
{
  fold_two(s, '>');
}
static void fold_equal(onnx_step *s)
{
  fold_two(s, '=');
}
static void fold_floor(onnx_step *s)
{
  fold_one(s, floor);
}
static void fold_ceil(onnx_step *s)
{
  fold_one(s, ceil);
}
static void fold_neg(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  double *to = x && x->value ? onnx_values(s->g, s->out[0], x->count) : NULL;
  for (size_t i = 0; to && i < x->count; i++)
    to[i] = -x->value[i];
}

static void fold_gather(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *index = onnx_input(s, 1);
  if (!x || !index || !x->value || !index->value || x->rank != 1) return;
  double *to = onnx_values(s->g, s->out[0], index->count);
  for (size_t i = 0; to && i < index->count; i++) {
    const double at = index->value[i] < 0 ? index->value[i] + (double)x->count : index->value[i];
    to[i] = at >= 0 && at < (double)x->count ? x->value[(size_t)at] : NAN;
  }
}

/* Exporters write Expand's sizes as Where(Equal(sizes, -1), 1, sizes). */
static void fold_where(onnx_step *s)
{
  const onnx_tensor *which = onnx_input(s, 0), *a = onnx_input(s, 1), *b = onnx_input(s, 2);
  if (!which || !a || !b || !which->value || !a->value || !b->value || which->rank > 1 || a->rank > 1 || b->rank > 1)
    return;
  const size_t count = which->count > a->count ? which->count : a->count, all = count > b->count ? count : b->count;
  const onnx_tensor *const each[] = {which, a, b};
  for (size_t i = 0; i < 3; i++)
    if (each[i]->count != all && each[i]->count != 1) return;
  double *to = onnx_values(s->g, s->out[0], all);
  for (size_t i = 0; to && i < all; i++) {
    const double w = which->value[which->count == 1 ? 0 : i];
    const double x = a->value[a->count == 1 ? 0 : i], y = b->value[b->count == 1 ? 0 : i];
    to[i] = isnan(w) ? NAN : w != 0 ? x : y;
  }
}

static void fold_concat(onnx_step *s)
{
  size_t count = 0;
  for (size_t i = 0; i < s->in_count; i++) {
    if (!s->in[i] || !s->in[i]->value || s->in[i]->rank != 1) return;
    count += s->in[i]->count;
  }
  double *to = onnx_values(s->g, s->out[0], count);
  for (size_t i = 0; to && i < s->in_count; to += s->in[i++]->count)
    if (s->in[i]->count) memcpy(to, s->in[i]->value, s->in[i]->count * sizeof *to);
}

static void fold_slice(onnx_step *s)
{
  int64_t start[ONNX_RANK_MAX], step[ONNX_RANK_MAX], count[ONNX_RANK_MAX];
  const onnx_tensor *x = onnx_input(s, 0);
  if (!x || !x->value || x->rank != 1 || !onnx_slice(s, start, step, count) || count[0] < 0) return;
  if (x->dim[0] != (int64_t)x->count) return;
  double *to = onnx_values(s->g, s->out[0], (size_t)count[0]);
  for (int64_t i = 0; to && i < count[0]; i++)
    to[i] = x->value[start[0] + i * step[0]];
}

static void fold_product(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  if (!x || !x->value || x->rank != 1) return;
  double *to = onnx_values(s->g, s->out[0], 1);
  if (to) *to = 1;
  for (size_t i = 0; to && i < x->count; i++)
    *to *= x->value[i];
}

static void fold_fill(onnx_step *s)
{
  const int64_t count = onnx_elements(s->out[0]);
  const attribute_proto *value = onnx_attribute(s, "value");
  onnx_tensor one = {.data = value ? value->t : NULL, .rank = -1};
  if (count < 0 || count > ONNX_VALUES_MAX || (value && (!onnx_small(s->g, &one) || one.count != 1))) return;
  double *to = onnx_values(s->g, s->out[0], (size_t)count);
  for (int64_t i = 0; to && i < count; i++)
    to[i] = one.value ? one.value[0] : 0;
  s->out[0]->type = one.data ? one.data->data_type : ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
}

static const struct {
  const char *op;
  void (*fold)(onnx_step *s);
} folds[] = {{"Identity", fold_same},
             {"Squeeze", fold_same},
             {"Unsqueeze", fold_same},
             {"Reshape", fold_same},
             {"Flatten", fold_same},
             {"Cast", fold_cast},
             {"Add", fold_add},
             {"Sub", fold_sub},
             {"Mul", fold_mul},
             {"Div", fold_div},
             {"Min", fold_min},
             {"Max", fold_max},
             {"Floor", fold_floor},
             {"Ceil", fold_ceil},
             {"Neg", fold_neg},
             {"Gather", fold_gather},
             {"Concat", fold_concat},
             {"Slice", fold_slice},
             {"ReduceProd", fold_product},
             {"ConstantOfShape", fold_fill},
             {"Equal", fold_equal},
             {"Where", fold_where}};

void onnx_fold(onnx_step *s)
{
  if (s->out_count == 0 || !s->out[0] || s->out[0]->value) return;
  const onnx_tensor *first = onnx_input(s, 0);
  if (first && s->out[0]->type == 0) s->out[0]->type = first->type;
  for (size_t i = 0; i < sizeof folds / sizeof *folds; i++)
    if (strcmp(folds[i].op, s->node->op_type) == 0) folds[i].fold(s);
}
