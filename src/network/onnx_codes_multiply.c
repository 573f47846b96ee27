/* Convolutions and products of matrices in the codes of a quantized model: sums of codes in 32 bits, exact. */
#include "onnx_codes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A layer in work: its operands in codes, its sums. */
typedef struct task {
  run_tensor x, w, bias, sums;
  const char *name;
} task;

static void drop(task *t)
{
  run_drop(&t->x);
  run_drop(&t->w);
  run_drop(&t->bias);
  run_drop(&t->sums);
}

/* Where the operands of an operator stand. */
typedef struct places {
  codes_place x, w, y;
  int bias;
} places;

static places places_of(const node_proto *node, int64_t x_axis, int64_t w_axis)
{
  const bool linear = strncmp(node->op_type, "QLinear", strlen("QLinear")) == 0;
  if (linear) return (places){{0, 1, 2, x_axis}, {3, 4, 5, w_axis}, {-1, 6, 7, 1}, 8};
  if (strstr(node->op_type, "Integer")) return (places){{0, -1, 2, x_axis}, {1, -1, 3, w_axis}, {-1, -1, -1, 0}, -1};
  return (places){{0, -1, -1, 0}, {1, -1, -1, 0}, {-1, -1, -1, 0}, 2};
}

static qy_status read_operands(task *t, const run *r, const node_proto *node, const places *p)
{
  qy_status status = codes_read(&t->x, r, node, p->x);
  if (!status) status = codes_read(&t->w, r, node, p->w);
  if (!status && p->bias >= 0) status = codes_read(&t->bias, r, node, (codes_place){p->bias, -1, -1, 0});
  if (!status && (!t->x.real || !t->w.real)) status = run_refuse(r, node, "expected an input and weights");
  if (!status) status = codes_flatten(&t->x);
  return status;
}

/* The bias of a QLinear operator counts in units of the sums, of which there is one for all or one per channel. */
static qy_status set_bias_unit(task *t, const run *r, const node_proto *node, size_t channels)
{
  if (!t->bias.real) return QY_OK;
  if (t->bias.count != channels) return run_refuse(r, node, "expected one bias per channel");
  free(t->bias.units);
  t->bias.units = malloc(channels * sizeof *t->bias.units);
  if (!t->bias.units) return qy_no_memory(r->err);
  t->bias.unit_count = channels;
  t->bias.inner = 1;
  for (size_t i = 0; i < channels; i++) {
    t->bias.units[i] = t->x.unit * (t->w.units ? t->w.units[i] : t->w.unit);
    t->bias.real[i] *= t->bias.units[i];
  }
  return QY_OK;
}

/* Units of the sums: one, or one per channel, that lie `inner` apart. */
static qy_status set_units(task *t, const run *r, size_t inner)
{
  t->sums.unit = t->x.unit * t->w.unit;
  t->sums.whole = t->x.whole && t->w.whole;
  if (!t->w.units) return QY_OK;
  t->sums.units = malloc(t->w.unit_count * sizeof *t->sums.units);
  if (!t->sums.units) return qy_no_memory(r->err);
  t->sums.unit_count = t->w.unit_count;
  t->sums.inner = inner;
  for (size_t i = 0; i < t->w.unit_count; i++)
    t->sums.units[i] = t->x.unit * t->w.units[i];
  return QY_OK;
}

/* Scales of biases are products of scales in single precision: 2^-24 off at most, and some exporters round once
 * more. */
static bool same_unit(double a, double b)
{
  static const double tolerance = 1e-6;
  return fabs(a - b) <= tolerance * fabs(b);
}

/* Add element k of the bias, times beta, to sum i: codes to codes of one unit, else a real number. */
static void add_bias(task *t, size_t i, size_t k, double beta)
{
  const double unit = run_unit(&t->sums, i), own = run_unit(&t->bias, k);
  t->sums.real[i] += beta * t->bias.real[k];
  if (t->bias.whole && beta == 1 && same_unit(own, unit)) {
    t->sums.sums[i] += t->bias.sums[k];
    return;
  }
  t->sums.sums[i] += beta * t->bias.sums[k] * own / unit;
  t->sums.whole = t->sums.whole && t->bias.sums[k] == 0;
}

static qy_status check_sums(const task *t, const run *r, const node_proto *node)
{
  static const double most = 2147483647;
  for (size_t i = 0; t->sums.whole && i < t->sums.count; i++)
    if (t->sums.sums[i] > most || t->sums.sums[i] < -most - 1)
      return run_refuse(r, node, "expected sums of codes within 32 bits");
  return QY_OK;
}

/* The sums are what the node makes, or are rounded to its codes. */
static qy_status finish(task *t, run *r, const node_proto *node, const places *p)
{
  run_tensor *out;
  qy_onnx_signal signal = {.layer = t->name, .weight_bits = t->w.bits, .activation_bits = t->x.bits, .weight_db = NAN};
  qy_status status = check_sums(t, r, node);
  if (!status) status = run_signal_db(&signal.output_db, &t->sums, r);
  if (!status) status = run_output(&out, r, node, 0);
  if (status) return status;
  r->layer[r->layer_count++] = signal;
  if (p->y.scale >= 0) return codes_write(out, &t->sums, r, node, p->y, false);
  if (out->count != t->sums.count) return run_refuse(r, node, "expected a layer that makes one whole tensor");
  memcpy(out->real, t->sums.real, out->count * sizeof *out->real);
  memcpy(out->sums, t->sums.sums, out->count * sizeof *out->sums);
  out->type = p->bias < 0 ? ONNX__TENSOR_PROTO__DATA_TYPE__INT32 : ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  t->sums.type = out->type;
  return run_like(out, &t->sums, r);
}

/* ---- convolutions ---- */

static qy_status convolve(task *t, run *r, const node_proto *node, const places *p, const qy_layer *l)
{
  const size_t channels = (size_t)l->out_c, map = (size_t)(l->out_h * l->out_w);
  const size_t row = (size_t)(l->in_c / l->groups * l->kernel_h * l->kernel_w);
  qy_status status = read_operands(t, r, node, p);
  if (status) return status;
  if (t->x.count != (size_t)(l->batch * l->in_c * l->in_h * l->in_w) || t->w.count != channels * row)
    return run_refuse(r, node, "expected a layer over one whole tensor");
  if (t->w.units && (t->w.unit_count != channels || t->w.inner != row)) status = codes_flatten(&t->w);
  if (!status && p->y.scale >= 0) status = set_bias_unit(t, r, node, channels);
  if (!status) status = run_room(&t->sums, (size_t)l->batch * channels * map, r);
  if (!status) status = set_units(t, r, map);
  if (status) return status;
  if (t->bias.real && t->bias.count != channels) return run_refuse(r, node, "expected one bias per channel");
  run_convolve(t->sums.real, t->x.real, t->w.real, l);
  run_convolve(t->sums.sums, t->x.sums, t->w.sums, l);
  for (size_t i = 0; t->bias.real && i < t->sums.count; i++)
    add_bias(t, i, i / map % channels, 1);
  return finish(t, r, node, p);
}

qy_status codes_conv(run *r, const node_proto *node)
{
  const places p = places_of(node, 1, 0);
  const size_t i = run_layer_of(r, node);
  const onnx_tensor *x = codes_shape(r, node, p.x.at), *w = codes_shape(r, node, p.w.at);
  if (i == ONNX_NONE) return run_refuse(r, node, run_left_out(r, node, "expected one or two dimensions"));
  if (!x || !w || x->rank < 3 || x->rank > 4 || r->g->layer[i].weight != w)
    return run_refuse(r, node, "expected one or two dimensions");
  task t = {.name = r->g->layer[i].layer.name};
  const qy_status status = convolve(&t, r, node, &p, &r->g->layer[i].layer);
  drop(&t);
  return status;
}

/* ---- products of matrices ---- */

/* m x k times k x n; elements lie so far apart. */
typedef struct product {
  size_t m, k, n, x_row, x_column, w_row, w_column;
  onnx_tensor x, w, y; /* shapes of the leading axes */
} product;

/* Rows and columns of the last two axes; false: too few. */
static void sides(const onnx_tensor *t, bool turn, bool left, size_t *rows, size_t *columns)
{
  const size_t last = (size_t)t->dim[t->rank - 1], before = t->rank > 1 ? (size_t)t->dim[t->rank - 2] : 1;
  const bool swap = t->rank > 1 ? turn : !left;
  *rows = swap ? last : before;
  *columns = swap ? before : last;
}

static qy_status find_product(product *p, const run *r, const node_proto *node, const places *at)
{
  const onnx_step s = {.node = node};
  const onnx_tensor *x = codes_shape(r, node, at->x.at), *w = codes_shape(r, node, at->w.at);
  const onnx_tensor *y = run_named(r, node->output[0]);
  const bool turn_x = onnx_integer(&s, "transA", 0) != 0, turn_w = onnx_integer(&s, "transB", 0) != 0;
  size_t k = 0;
  if (!x || !w || !y || x->rank < 1 || w->rank < 1 || onnx_elements(x) < 1 || onnx_elements(w) < 1)
    return run_refuse(r, node, "expected two matrices of known size");
  sides(x, turn_x, true, &p->m, &p->k);
  sides(w, turn_w, false, &k, &p->n);
  const int leading = y->rank - (x->rank > 1) - (w->rank > 1);
  if (k != p->k || leading < 0) return run_refuse(r, node, "expected matrices whose sizes fit");
  p->x_row = turn_x && x->rank > 1 ? 1 : p->k;
  p->x_column = turn_x && x->rank > 1 ? p->m : 1;
  p->w_row = turn_w && w->rank > 1 ? 1 : p->n;
  p->w_column = turn_w && w->rank > 1 ? p->k : 1;
  p->x = *x, p->w = *w, p->y = *y;
  p->x.rank = x->rank > 2 ? x->rank - 2 : 0;
  p->w.rank = w->rank > 2 ? w->rank - 2 : 0;
  p->y.rank = leading;
  return QY_OK;
}

/* One matrix of sums. */
static void multiply(double *y, const double *x, const double *w, const product *p)
{
  memset(y, 0, p->m * p->n * sizeof *y);
  for (size_t i = 0; i < p->m; i++)
    for (size_t k = 0; k < p->k; k++) {
      const double by = x[i * p->x_row + k * p->x_column];
      for (size_t j = 0; j < p->n; j++)
        y[i * p->n + j] += by * w[k * p->w_row + j * p->w_column];
    }
}

static qy_status multiply_all(task *t, const run *r, const node_proto *node, const product *p)
{
  const size_t x = p->m * p->k, w = p->k * p->n, y = p->m * p->n;
  for (size_t b = 0; b < t->sums.count / y; b++) {
    const size_t of_x = run_stretched(&p->y, &p->x, b), of_w = run_stretched(&p->y, &p->w, b);
    if (of_x == ONNX_NONE || of_w == ONNX_NONE || (of_x + 1) * x > t->x.count || (of_w + 1) * w > t->w.count)
      return run_refuse(r, node, "expected matrices whose sizes fit");
    multiply(t->sums.real + b * y, t->x.real + of_x * x, t->w.real + of_w * w, p);
    multiply(t->sums.sums + b * y, t->x.sums + of_x * x, t->w.sums + of_w * w, p);
  }
  return QY_OK;
}

static double gemm_factor(const node_proto *node, const char *name)
{
  const attribute_proto *a = onnx_attribute(&(onnx_step){.node = node}, name);
  return a && a->has_f && strcmp(node->op_type, "Gemm") == 0 ? (double)a->f : 1;
}

static qy_status scale_sums(task *t, double alpha)
{
  qy_status status = codes_flatten(&t->sums);
  for (size_t i = 0; i < t->sums.count; i++) {
    t->sums.real[i] *= alpha;
    t->sums.sums[i] *= t->sums.unit * alpha;
  }
  t->sums.unit = 1;
  t->sums.whole = false;
  return status;
}

static qy_status add_matrix(task *t, const run *r, const node_proto *node, int at)
{
  const onnx_tensor *whole = run_named(r, node->output[0]), *part = codes_shape(r, node, at);
  const double beta = gemm_factor(node, "beta");
  for (size_t i = 0; part && t->bias.real && i < t->sums.count; i++) {
    const size_t k = run_stretched(whole, part, i);
    if (k >= t->bias.count) return run_refuse(r, node, "expected biases whose shape stretches to the output's");
    add_bias(t, i, k, beta);
  }
  return QY_OK;
}

static qy_status multiply_in(task *t, run *r, const node_proto *node, const places *at)
{
  product p = {0};
  qy_status status = find_product(&p, r, node, at);
  if (!status) status = read_operands(t, r, node, at);
  if (status) return status;
  assert(p.m > 0 && p.k > 0 && p.n > 0);
  const int64_t all = onnx_elements(run_named(r, node->output[0]));
  if (all < 1 || (size_t)all % (p.m * p.n)) return run_refuse(r, node, "expected an output of known size");
  const size_t apart = p.w_column == 1 ? 1 : p.k; /* from one column's unit to the next */
  if (t->w.units && (t->w.unit_count != p.n || (t->w.inner != apart && p.n > 1))) status = codes_flatten(&t->w);
  if (!status) status = run_room(&t->sums, (size_t)all, r);
  if (!status) status = set_units(t, r, 1);
  if (!status) status = multiply_all(t, r, node, &p);
  if (!status && gemm_factor(node, "alpha") != 1) status = scale_sums(t, gemm_factor(node, "alpha"));
  if (!status && strcmp(node->op_type, "Gemm") == 0) status = add_matrix(t, r, node, at->bias);
  return status ? status : finish(t, r, node, at);
}

qy_status codes_matmul(run *r, const node_proto *node)
{
  const places p = places_of(node, -2, -1);
  const size_t i = run_layer_of(r, node);
  task t = {.name = i == ONNX_NONE ? onnx_node_name(node) : r->g->layer[i].layer.name};
  const qy_status status = multiply_in(&t, r, node, &p);
  drop(&t);
  return status;
}
