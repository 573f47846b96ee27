/* Running a model: its tensors in real numbers and in codes, node after node; what that takes. */
#include "onnx_run.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60 };

qy_status run_refuse(const run *r, const node_proto *node, const char *why)
{
  const char *name = node->name && *node->name ? node->name : node->n_output > 0 ? node->output[0] : "";
  return qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "%.*s '%.*s': %s", SHOWN,
                    node->op_type ? node->op_type : "?", SHOWN, name, why);
}

const onnx_tensor *run_named(const run *r, const char *name)
{
  /* All names were entered when the model was read: nothing is added. */
  return onnx_tensor_named((onnx_graph *)r->g, name);
}

run_tensor *run_of(const run *r, const onnx_tensor *t)
{
  return &r->tensor[t - r->g->tensor];
}

/* The computed tensor that a node reads at i, NULL: none, or it has no contents. */
run_tensor *run_read(const run *r, const node_proto *node, size_t i)
{
  const onnx_tensor *t = i < node->n_input ? run_named(r, node->input[i]) : NULL;
  return t && run_of(r, t)->real ? run_of(r, t) : NULL;
}

qy_status run_output(run_tensor **out, const run *r, const node_proto *node, size_t i)
{
  const onnx_tensor *t = i < node->n_output ? run_named(r, node->output[i]) : NULL;
  const int64_t count = t ? onnx_elements(t) : ONNX_NO_DIM;
  if (count < 1) return run_refuse(r, node, "expected an output of known size");
  *out = run_of(r, t);
  if ((*out)->real) return run_refuse(r, node, "expected each tensor made once");
  return run_room(*out, (size_t)count, r);
}

qy_status run_room(run_tensor *t, size_t count, const run *r)
{
  const size_t readers = t->readers;
  assert(count > 0);
  *t = (run_tensor){.count = count, .readers = readers, .unit = 1};
  t->real = malloc(count * sizeof *t->real);
  t->sums = malloc(count * sizeof *t->sums);
  return t->real && t->sums ? QY_OK : qy_no_memory(r->err);
}

int run_code_bits(int32_t type)
{
  switch (type) {
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT8:
  case ONNX__TENSOR_PROTO__DATA_TYPE__UINT8: return 8;
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT16:
  case ONNX__TENSOR_PROTO__DATA_TYPE__UINT16: return 16;
  case ONNX__TENSOR_PROTO__DATA_TYPE__INT32: return 32;
  default: return 0;
  }
}

/* Contents of the file, into a tensor that has none. */
static qy_status load(run_tensor *to, const run *r, const node_proto *node, const onnx_tensor *t)
{
  qy_arena *scratch = qy_arena_new();
  const double *value = t->value;
  double *read = NULL;
  size_t count = t->count;
  if (!scratch) return qy_no_memory(r->err);
  const bool stored = t->data && onnx_has_data(t->data);
  qy_status status = stored ? onnx_doubles(&read, &count, r->g, t->data, scratch, r->err) : QY_OK;
  if (stored) value = read;
  if (!status && (!value || count == 0))
    status = run_refuse(r, node, "expected operands that are computed or in the file");
  if (!status) status = run_room(to, count, r);
  for (size_t i = 0; !status && value && i < count; i++) {
    if (!isfinite(value[i])) status = run_refuse(r, node, "expected finite numbers in the file");
    to->real[i] = to->sums[i] = value[i];
  }
  to->type = stored ? t->data->data_type : t->type;
  to->whole = run_code_bits(to->type) > 0;
  qy_arena_free(scratch);
  return status;
}

qy_status run_operand(run_tensor **found, const run *r, const node_proto *node, size_t i)
{
  const onnx_tensor *t = i < node->n_input ? run_named(r, node->input[i]) : NULL;
  *found = NULL;
  if (!t) return QY_OK;
  *found = run_of(r, t);
  return (*found)->real ? QY_OK : load(*found, r, node, t);
}

void run_drop(run_tensor *t)
{
  free(t->real);
  free(t->sums);
  free(t->units);
  t->real = t->sums = t->units = NULL;
}

/* Where element `at` of a tensor of shape `whole` reads a tensor that is stretched to it; ONNX_NONE: it does not
 * fit. */
size_t run_stretched(const onnx_tensor *whole, const onnx_tensor *part, size_t at)
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

size_t run_layer_of(const run *r, const node_proto *node)
{
  const onnx_tensor *t = node->n_output > 0 ? run_named(r, node->output[0]) : NULL;
  return t ? t->origin.layer : ONNX_NONE;
}

/* Why the reader left a node out, or `otherwise`. */
const char *run_left_out(const run *r, const node_proto *node, const char *otherwise)
{
  size_t count;
  const qy_onnx_note *note = qy_onnx_notes(&count, r->g);
  for (size_t i = 0; i < count; i++)
    if (strcmp(note[i].node, onnx_node_name(node)) == 0 && strcmp(note[i].op, node->op_type) == 0) return note[i].text;
  return otherwise;
}

qy_status run_find_pool(run_window *w, run_tensor **out, const run *r, const node_proto *node, const run_tensor *in)
{
  const size_t i = run_layer_of(r, node);
  const onnx_step s = {.node = node};
  *w = (run_window){.maximum = strcmp(node->op_type, "MaxPool") == 0,
                    .padded = onnx_integer(&s, "count_include_pad", 0) != 0};
  if (i == ONNX_NONE || !in || r->g->layer[i].layer.type != QY_LAYER_POOL)
    return run_refuse(r, node, "expected a pool over one whole tensor");
  if (w->padded && onnx_integer(&s, "ceil_mode", 0) != 0) return run_refuse(r, node, "expected sizes rounded down");
  const qy_layer *l = w->layer = &r->g->layer[i].layer;
  qy_status status = run_output(out, r, node, 0);
  if (!status && (in->count != (size_t)(l->batch * l->in_c * l->in_h * l->in_w) ||
                  (*out)->count != (size_t)(l->batch * l->in_c * l->out_h * l->out_w)))
    status = run_refuse(r, node, "expected a pool over one whole tensor");
  return status;
}

/* A number that a node may have at input i. */
static qy_status limit(double *to, const run *r, const node_proto *node, size_t i)
{
  run_tensor *t;
  qy_status status = run_operand(&t, r, node, i);
  if (!status && t && t->count != 1) return run_refuse(r, node, "expected limits of one number each");
  if (!status && t) *to = t->sums[0] * run_unit(t, 0);
  return status;
}

/* Limits of Relu or Clip: attributes, or constants. */
static qy_status limits(double *low, double *high, const run *r, const node_proto *node)
{
  const onnx_step s = {.node = node};
  const attribute_proto *min = onnx_attribute(&s, "min"), *max = onnx_attribute(&s, "max");
  *low = strcmp(node->op_type, "Relu") == 0 ? 0 : min && min->has_f ? (double)min->f : -INFINITY;
  *high = max && max->has_f ? (double)max->f : INFINITY;
  qy_status status = limit(low, r, node, 1);
  return status ? status : limit(high, r, node, 2);
}

double run_unit(const run_tensor *t, size_t i)
{
  return t->units ? t->units[i / t->inner % t->unit_count] : t->unit;
}

qy_status run_like(run_tensor *to, const run_tensor *from, const run *r)
{
  to->unit = from->unit;
  to->zero = from->zero;
  to->type = from->type;
  to->bits = from->bits;
  to->whole = from->whole;
  if (!from->units) return QY_OK;
  to->units = malloc(from->unit_count * sizeof *to->units);
  if (!to->units) return qy_no_memory(r->err);
  memcpy(to->units, from->units, from->unit_count * sizeof *to->units);
  to->unit_count = from->unit_count;
  to->inner = from->inner;
  return QY_OK;
}

qy_status run_clip(run *r, const node_proto *node)
{
  const run_tensor *in = run_read(r, node, 0);
  run_tensor *out = NULL;
  double low = -INFINITY, high = INFINITY;
  const bool same = strcmp(node->op_type, "Relu") != 0 && strcmp(node->op_type, "Clip") != 0;
  if (!in) return run_refuse(r, node, "expected a computed input");
  qy_status status = run_output(&out, r, node, 0);
  if (!status && out && out->count != in->count) status = run_refuse(r, node, "expected an output of the input's size");
  if (!status && !same) status = limits(&low, &high, r, node);
  if (!status && out) status = run_like(out, in, r);
  for (size_t i = 0; !status && out && i < out->count; i++) {
    const double unit = run_unit(in, i);
    out->real[i] = fmin(fmax(in->real[i], low), high);
    out->sums[i] = fmin(fmax(in->sums[i], low / unit), high / unit);
  }
  return status;
}

/* It keeps the order: what goes into it is looked at. */
qy_status run_softmax(run *r, const node_proto *node)
{
  const onnx_tensor *t = node->n_output > 0 ? run_named(r, node->output[0]) : NULL;
  if (!t || r->p->n_output == 0 || run_named(r, r->p->output[0]->name) != t)
    return run_refuse(r, node, "expected it at the end of the network");
  return run_clip(r, node);
}

static bool computed(const run *r, const node_proto *node)
{
  for (size_t i = 0; i < node->n_output; i++) {
    const onnx_tensor *t = run_named(r, node->output[i]);
    if (t && !t->constant) return true;
  }
  return false;
}

/* ---- what it takes ---- */

typedef struct cost {
  double now, most, products; /* bytes held at once, up to here and at most; of both networks */
} cost;

static double made_bytes(const onnx_tensor *t)
{
  const int64_t count = t ? onnx_elements(t) : 0;
  return count > 0 ? 2.0 * sizeof(double) * (double)count : 0;
}

static double bytes_of(const onnx_tensor *t)
{
  return t && !t->constant ? made_bytes(t) : 0;
}

static bool is_run(const run *r, const node_proto *node)
{
  return node->op_type && (computed(r, node) || (r->runs && r->runs(node)));
}

/* How many nodes still read a tensor, and what it holds by then. */
typedef struct life {
  size_t readers;
  double bytes;
} life;

/* Tensors live from their node to their last reader; a node holds the codes of what it reads and makes beside them. */
static void add_node(cost *c, const run *r, const node_proto *node, life *of)
{
  double codes = 0;
  for (size_t k = 0; k < node->n_output; k++) {
    const onnx_tensor *t = run_named(r, node->output[k]);
    if (!t) continue;
    codes += made_bytes(t);
    c->now += made_bytes(t) - of[t - r->g->tensor].bytes;
    of[t - r->g->tensor].bytes = made_bytes(t);
  }
  for (size_t k = 0; k < node->n_input; k++)
    codes += bytes_of(run_named(r, node->input[k])) / 2;
  const size_t i = run_layer_of(r, node);
  if (i != ONNX_NONE && r->g->layer[i].weight) codes += 6.0 * sizeof(double) * (double)r->g->layer[i].layer.weights;
  if (strcmp(node->op_type, "Gemm") == 0 || strcmp(node->op_type, "MatMul") == 0) { /* transposed, and a bias for all */
    codes += node->n_output > 0 ? bytes_of(run_named(r, node->output[0])) : 0;
    for (size_t k = 0; k < node->n_input; k++)
      codes += bytes_of(run_named(r, node->input[k]));
  }
  c->most = fmax(c->most, c->now + codes);
  for (size_t k = 0; k < node->n_input; k++) {
    const onnx_tensor *t = run_named(r, node->input[k]);
    if (t && --of[t - r->g->tensor].readers == 0) c->now -= of[t - r->g->tensor].bytes;
  }
}

static qy_status check_cost(const run *r, const qy_onnx_limits *limit)
{
  static const double gib = 1024.0 * 1024 * 1024, giga = 1e9;
  const onnx_graph *g = r->g;
  cost c = {0};
  life *of = qy_arena_alloc(r->arena, g->tensor_count + 1, sizeof *of);
  if (!of) return qy_no_memory(r->err);
  for (size_t i = 0; i < g->tensor_count; i++) {
    of[i] = (life){r->tensor[i].readers, g->tensor[i].node ? 0 : bytes_of(&g->tensor[i])};
    c.now += of[i].bytes;
  }
  for (size_t i = 0; i < r->p->n_node; i++)
    if (is_run(r, r->p->node[i])) add_node(&c, r, r->p->node[i], of);
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
      const onnx_tensor *t = run_named(r, r->p->node[i]->input[k]);
      if (t) run_of(r, t)->readers++;
    }
  for (size_t i = 0; i < r->p->n_output; i++) {
    const onnx_tensor *t = run_named(r, r->p->output[i]->name);
    if (t) run_of(r, t)->readers++;
  }
}

/* Free what nobody reads any more. */
static void release(run *r, const node_proto *node)
{
  for (size_t k = 0; k < node->n_input; k++) {
    const onnx_tensor *t = run_named(r, node->input[k]);
    if (t && --run_of(r, t)->readers == 0) run_drop(run_of(r, t));
  }
}

/* ---- all of it ---- */

const onnx_tensor *run_graph_input(const onnx_graph *g, size_t i)
{
  const Onnx__GraphProto *p = g->model->graph;
  for (size_t k = 0; k < p->n_input; k++) {
    const onnx_tensor *t = onnx_tensor_named((onnx_graph *)g, p->input[k]->name);
    if (t && !t->constant && i-- == 0) return t;
  }
  return NULL;
}

size_t qy_onnx_input_count(const qy_onnx *onnx)
{
  const onnx_tensor *t = run_graph_input(onnx, 0);
  const int64_t count = t ? onnx_elements(t) : ONNX_NO_DIM;
  return count > 0 ? (size_t)count : 0;
}

static qy_status set_input(const run *r, const onnx_tensor *t, const qy_onnx_values *input)
{
  const int64_t wanted = t ? onnx_elements(t) : ONNX_NO_DIM;
  if (wanted <= 0 || run_of(r, t)->real)
    return qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "expected inputs of known size, each once");
  run_tensor *in = run_of(r, t);
  qy_status status = run_room(in, (size_t)wanted, r);
  in->type = t->type;
  in->whole = run_code_bits(t->type) > 0;
  for (size_t i = 0; !status && i < in->count; i++)
    in->real[i] = in->sums[i] = input->value[i % input->count];
  return status;
}

static qy_status set_inputs(const run *r, const qy_onnx_values *input, size_t count)
{
  size_t inputs = 0;
  qy_status status = QY_OK;
  while (run_graph_input(r->g, inputs))
    inputs++;
  if (inputs != count)
    return qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "expected a model with %zu input%s, found %zu", count,
                      count == 1 ? "" : "s", inputs);
  for (size_t i = 0; !status && i < count; i++)
    status = set_input(r, run_graph_input(r->g, i), &input[i]);
  return status;
}

/* A tensor at the end of the network: values, or the codes of an integer type. */
static qy_status take_output(qy_onnx_values *to, const run *r, const run_tensor *t)
{
  double *value = qy_arena_alloc(r->arena, t->count, sizeof *value);
  if (!value) return qy_no_memory(r->err);
  for (size_t i = 0; i < t->count; i++)
    value[i] = t->sums[i] * run_unit(t, i);
  to->value = value;
  to->count = t->count;
  return QY_OK;
}

static qy_status take_outputs(qy_onnx_signals *signals, const run *r)
{
  qy_status status = QY_OK;
  qy_onnx_values *all = qy_arena_alloc(r->arena, r->p->n_output + 1, sizeof *all);
  if (!all) return qy_no_memory(r->err);
  for (size_t i = 0; !status && i < r->p->n_output; i++) {
    const onnx_tensor *t = run_named(r, r->p->output[i]->name);
    all[i] = (qy_onnx_values){.name = t ? t->name : ""};
    if (t && run_of(r, t)->real) status = take_output(&all[i], r, run_of(r, t));
  }
  if (!status && (r->p->n_output == 0 || !all[0].value))
    return qy_fail_at(r->err, QY_BAD_INPUT, r->g->file, 0, 0, "expected an output that the network computes");
  *signals =
      (qy_onnx_signals){.count = r->layer_count, .layer = r->layer, .output_count = r->p->n_output, .output = all};
  if (!status) status = run_signal_db(&signals->output_db, run_of(r, run_named(r, all[0].name)), r);
  return status;
}

/* What is left where both networks compute the same in another order is that of doubles: no noise. */
qy_status run_signal_db(double *db, const run_tensor *t, const run *r)
{
  static const double of_doubles_db = 250;
  double *x = malloc(t->count * sizeof *x), *q = malloc(t->count * sizeof *q);
  const qy_status status = x && q ? QY_OK : qy_no_memory(r->err);
  for (size_t i = 0; !status && i < t->count; i++) {
    x[i] = t->real[i] - t->zero;
    q[i] = t->sums[i] * run_unit(t, i) - t->zero;
  }
  if (!status) *db = run_ratio_db(x, q, t->count);
  if (!status && *db > of_doubles_db) *db = INFINITY;
  free(x);
  free(q);
  return status;
}

static qy_status run_nodes(run *r)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < r->p->n_node; i++) {
    const node_proto *node = r->p->node[i];
    if (!is_run(r, node)) continue;
    if (!r->done[i]) status = r->run(r, node);
    release(r, node);
  }
  return status;
}

qy_status run_model(qy_onnx_signals *signals, run *r, const qy_onnx_values *input, size_t inputs,
                    const qy_onnx_limits *limits)
{
  const size_t tensors = r->g->tensor_count;
  r->p = r->g->model->graph;
  r->tensor = qy_arena_alloc(r->arena, tensors + 1, sizeof *r->tensor);
  r->done = qy_arena_alloc(r->arena, r->p->n_node + 1, sizeof *r->done);
  r->layer = qy_arena_alloc(r->arena, r->p->n_node + 1, sizeof *r->layer);
  if (!r->tensor || !r->done || !r->layer) return qy_no_memory(r->err);
  count_readers(r);
  qy_status status = check_cost(r, limits);
  if (!status) status = set_inputs(r, input, inputs);
  if (!status) status = run_nodes(r);
  if (!status) status = take_outputs(signals, r);
  for (size_t i = 0; i < tensors; i++)
    run_drop(&r->tensor[i]);
  return status;
}
