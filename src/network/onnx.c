/* An ONNX model to layers: tensors and declared shapes first, then node after node. */
#include "onnx_int.h"

#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef Onnx__ValueInfoProto value_info;
typedef Onnx__TensorShapeProto__Dimension dimension;

/* ---- room ---- */

/* Names that the graph may hold: room for all of them, so that tensors never move. */
static qy_status make_room(onnx_graph *g, const Onnx__GraphProto *p, qy_error *err)
{
  size_t names = p->n_initializer + p->n_sparse_initializer + p->n_input + p->n_output + p->n_value_info + 1;
  for (size_t i = 0; i < p->n_node; i++)
    names += p->node[i]->n_input + p->node[i]->n_output;
  g->tensor_room = names;
  g->slot_count = 2;
  while (g->slot_count < 2 * names)
    g->slot_count *= 2;
  g->layer_room = 2 * p->n_node < QY_NETWORK_LAYERS_MAX ? 2 * p->n_node : QY_NETWORK_LAYERS_MAX;
  g->tensor = qy_arena_alloc(g->arena, names, sizeof *g->tensor);
  g->slot = qy_arena_alloc(g->arena, g->slot_count, sizeof *g->slot);
  g->layer = qy_arena_alloc(g->arena, g->layer_room + 1, sizeof *g->layer);
  return g->tensor && g->slot && g->layer ? QY_OK : qy_no_memory(err);
}

/* ---- symbolic dimensions ---- */

static const qy_onnx_dim *find_dim(const qy_onnx_dim *dim, size_t count, const char *name)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(dim[i].name, name) == 0) return &dim[i];
  return NULL;
}

static void bind(onnx_graph *g, const char *name, int64_t size)
{
  enum { FIRST = 8 };
  if (find_dim(g->bound, g->bound_count, name)) return;
  if (g->bound_count == g->bound_room) {
    const size_t room = g->bound_room ? 2 * g->bound_room : FIRST;
    qy_onnx_dim *more = qy_arena_alloc(g->arena, room, sizeof *more);
    if (!more) {
      g->failed = true;
      return;
    }
    if (g->bound_count) memcpy(more, g->bound, g->bound_count * sizeof *more);
    g->bound = more;
    g->bound_room = room;
  }
  g->bound[g->bound_count++] = (qy_onnx_dim){name, size};
}

static const char *symbol(const dimension *d)
{
  const bool named = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
  return named && d->dim_param && *d->dim_param ? d->dim_param : NULL;
}

/* Size of a dimension that some other place has set; ONNX_NO_DIM: none. */
static int64_t declared_size(const onnx_graph *g, const dimension *d)
{
  if (d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE)
    return d->dim_value >= 0 ? d->dim_value : ONNX_NO_DIM;
  const qy_onnx_dim *found = symbol(d) ? find_dim(g->bound, g->bound_count, symbol(d)) : NULL;
  return found ? found->size : ONNX_NO_DIM;
}

/* Size of a dimension of an input, which binds its name.  A dimension of the input is set by its name or as
 * INPUT.AXIS; the first is the batch unless set. */
static int64_t input_size(onnx_graph *g, const char *input, size_t axis, const dimension *d)
{
  const bool fixed = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
  const int64_t known = declared_size(g, d);
  const qy_onnx_options *o = g->options;
  const char *place = qy_arena_format(g->arena, "%s.%zu", input, axis), *name = symbol(d) ? symbol(d) : place;
  if (!place) {
    g->failed = true;
    return ONNX_NO_DIM;
  }
  const qy_onnx_dim *said = find_dim(o->dim, o->dim_count, name), *here = find_dim(o->dim, o->dim_count, place);
  const int64_t other = known >= 0 ? known : said ? said->size : ONNX_NO_DIM;
  if (here && !fixed && other >= 0 && here->size != other)
    onnx_contradiction(g, "expected one size for the dimension '%.60s', found %" PRId64 " and (--dim %.60s) %" PRId64,
                       name, other, place, here->size);
  if (here && !fixed) bind(g, here->name, here->size);
  if (known >= 0) return known;
  if (!said) said = here;
  if (!said && axis > 0) {
    if (!g->unset) g->unset = name;
    return ONNX_NO_DIM;
  }
  const int64_t size = said ? said->size : o->batch;
  bind(g, name, size);
  if (said) bind(g, said->name, size);
  return size;
}

static const Onnx__TypeProto__Tensor *tensor_type(const value_info *v)
{
  return v->type && v->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE ? v->type->tensor_type : NULL;
}

static void declare(onnx_graph *g, const value_info *v, bool input)
{
  const Onnx__TypeProto__Tensor *type = tensor_type(v);
  onnx_tensor *t = onnx_tensor_named(g, v->name);
  int64_t dim[ONNX_RANK_MAX];
  if (!t || !type || t->constant) return;
  if (!t->type) t->type = type->elem_type;
  if (!type->shape || type->shape->n_dim > ONNX_RANK_MAX) return;
  for (size_t i = 0; i < type->shape->n_dim; i++)
    dim[i] = input ? input_size(g, t->name, i, type->shape->dim[i]) : declared_size(g, type->shape->dim[i]);
  onnx_set_shape(t, (int)type->shape->n_dim, dim);
}

/* A network can be had without its weights: what is wrong with their file is an error only where they are asked for. */
static void check_external(onnx_graph *g, const tensor_proto *data)
{
  qy_error wrong = {0};
  char *path;
  if (!onnx_is_external(data) || onnx_external_path(&path, g, data, g->arena, &wrong) == QY_OK) return;
  onnx_note_op(g, "weights", data->name ? data->name : "", "not to be had: %s%s%.200s", wrong.diagnostic[0].file,
               *wrong.diagnostic[0].file ? ": " : "", wrong.diagnostic[0].text);
}

static void store(onnx_graph *g, const tensor_proto *data)
{
  onnx_tensor *t = onnx_tensor_named(g, data->name);
  check_external(g, data);
  if (!t) return;
  if (t->data) onnx_contradiction(g, "expected each initializer once, found '%.60s' twice", t->name);
  t->data = data;
  t->type = data->data_type;
  t->constant = true;
  if (data->n_dims <= ONNX_RANK_MAX) onnx_set_shape(t, (int)data->n_dims, data->dims);
  onnx_small(g, t);
}

static void store_sparse(onnx_graph *g, const Onnx__SparseTensorProto *data)
{
  onnx_tensor *t = data->values ? onnx_tensor_named(g, data->values->name) : NULL;
  if (!t) return;
  t->type = data->values->data_type;
  t->constant = true;
  if (data->n_dims <= ONNX_RANK_MAX) onnx_set_shape(t, (int)data->n_dims, data->dims);
}

static void declare_all(onnx_graph *g, const Onnx__GraphProto *p)
{
  for (size_t i = 0; i < p->n_initializer; i++)
    store(g, p->initializer[i]);
  for (size_t i = 0; i < p->n_sparse_initializer; i++)
    store_sparse(g, p->sparse_initializer[i]);
  for (size_t i = 0; i < p->n_input; i++)
    declare(g, p->input[i], true);
  for (size_t i = 0; i < p->n_value_info; i++)
    declare(g, p->value_info[i], false);
  for (size_t i = 0; i < p->n_output; i++)
    declare(g, p->output[i], false);
}

/* ---- nodes ---- */

static bool tensors_of(onnx_graph *g, onnx_tensor ***t, char *const *names, size_t count)
{
  *t = qy_arena_alloc(g->arena, count + 1, sizeof **t);
  for (size_t i = 0; *t && i < count; i++)
    (*t)[i] = onnx_tensor_named(g, names[i]);
  if (!*t) g->failed = true;
  return *t != NULL;
}

static bool all_constant(const onnx_step *s)
{
  size_t there = 0;
  for (size_t i = 0; i < s->in_count; i++) {
    if (s->in[i] && !s->in[i]->constant) return false;
    there += s->in[i] != NULL;
  }
  return there > 0 || (s->rule && s->rule->shape == onnx_shape_constant);
}

static void unknown_operator(onnx_step *s)
{
  const char *domain = s->node->domain ? s->node->domain : "";
  enum { SHOWN = 60 };
  if (*domain)
    onnx_note(s->g, s->node, "left out: an operator of the domain '%.*s'", SHOWN, domain);
  else
    onnx_note(s->g, s->node, "left out: an operator that is not known");
  onnx_pass(s);
}

/* Contents that follow from sizes alone are no data of the network. */
static bool follows_from_sizes(const onnx_step *s)
{
  onnx_tensor *out = s->out_count == 1 ? s->out[0] : NULL;
  if (!out || !out->value) return false;
  out->constant = true;
  for (size_t i = 0; i < out->count; i++)
    out->constant = out->constant && !isnan(out->value[i]);
  return true;
}

static void take_node(onnx_graph *g, const node_proto *node)
{
  onnx_step s = {
      .g = g, .node = node, .rule = onnx_find_rule(node), .in_count = node->n_input, .out_count = node->n_output};
  if (!tensors_of(g, &s.in, node->input, node->n_input) || !tensors_of(g, &s.out, node->output, node->n_output)) return;
  if (!node->op_type) {
    onnx_note(g, node, "left out: a node without an operator");
    return;
  }
  const bool constant = all_constant(&s);
  for (size_t i = 0; i < s.out_count; i++)
    if (s.out[i]) {
      s.out[i]->node = node;
      s.out[i]->constant = constant;
    }
  if (s.rule && s.rule->shape) s.rule->shape(&s);
  if (s.rule) onnx_fold(&s);
  if (constant || follows_from_sizes(&s)) return;
  if (!s.rule)
    unknown_operator(&s);
  else if (s.rule->left_out)
    onnx_leave_out(&s, s.rule->left_out);
  else if (s.rule->layer)
    s.rule->layer(&s);
  else
    onnx_pass(&s);
}

/* ---- names ---- */

/* What a network file and a file name can hold: '/' becomes '.', other signs '_'. */
static char *clean(const char *name, qy_arena *arena)
{
  enum { LONGEST = 180 };
  while (*name == '/' || *name == '.')
    name++;
  const size_t length = strlen(name);
  char *to = *name ? qy_arena_text(arena, name, length < LONGEST ? length : LONGEST) : qy_arena_text(arena, "layer", 5);
  for (char *c = to; c && *c; c++) {
    if (*c == '/') *c = '.';
    const bool sign = *c < 0x21 || *c > 0x7e || strchr("+*@,;\"'#\\|<>?`$&", *c);
    if (sign || (c == to && *c == '-')) *c = '_';
  }
  return to;
}

static bool used(const onnx_graph *g, size_t count, const char *name)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(g->layer[i].layer.name, name) == 0) return true;
  return false;
}

static qy_status name_layers(onnx_graph *g, qy_error *err)
{
  for (size_t i = 0; i < g->layer_count; i++) {
    char *name = clean(g->layer[i].layer.name, g->arena);
    const char *base = name;
    for (size_t k = 2; name && used(g, i, name); k++)
      name = qy_arena_format(g->arena, "%s_%zu", base, k);
    if (!name) return qy_no_memory(err);
    g->layer[i].layer.name = name;
  }
  return QY_OK;
}

/* ---- what is wrong with the whole ---- */

/* Names of the first operators: for a graph without a layer. */
static void list_operators(char *out, size_t size, const Onnx__GraphProto *p)
{
  enum { LISTED = 6 };
  size_t shown = 0, bytes = 0;
  out[0] = '\0';
  for (size_t i = 0; i < p->n_node && shown < LISTED; i++) {
    const char *op = p->node[i]->op_type ? p->node[i]->op_type : "?";
    bool again = false;
    for (size_t k = 0; k < i && !again; k++)
      again = p->node[k]->op_type && strcmp(p->node[k]->op_type, op) == 0;
    if (again) continue;
    bytes = qy_append(out, size, bytes, "%s%.40s", shown++ ? ", " : "", op);
  }
  if (shown == LISTED) qy_append(out, size, bytes, " ...");
}

static qy_status check_options(const onnx_graph *g, qy_error *err)
{
  const qy_onnx_options *o = g->options;
  for (size_t i = 0; i < o->dim_count; i++) {
    if (find_dim(g->bound, g->bound_count, o->dim[i].name)) continue;
    char advice[QY_DID_YOU_MEAN];
    const char **names = qy_arena_alloc(g->arena, g->bound_count + 1, sizeof *names);
    if (!names) return qy_no_memory(err);
    for (size_t k = 0; k < g->bound_count; k++)
      names[k] = g->bound[k].name;
    if (g->unset) names[g->bound_count] = g->unset;
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0,
                      "expected a symbolic dimension of an input (a name, or INPUT.AXIS)%s%.60s%s, found '%.60s'%s",
                      g->unset ? " such as '" : "", g->unset ? g->unset : "", g->unset ? "'" : "", o->dim[i].name,
                      qy_did_you_mean(advice, o->dim[i].name, names, g->bound_count + (g->unset ? 1 : 0)));
  }
  return QY_OK;
}

static qy_status check_all(const onnx_graph *g, qy_error *err)
{
  if (g->failed) return qy_no_memory(err);
  if (g->crowded)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "expected at most %d layers, found more",
                      QY_NETWORK_LAYERS_MAX);
  if (g->wrong) return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "%s", g->wrong);
  qy_status status = check_options(g, err);
  if (status) return status;
  if (g->unsized && g->unset)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0,
                      "expected a size for the dimension '%.60s' of an input (--dim %.60s=N)", g->unset, g->unset);
  return QY_OK;
}

static qy_status read_graph(onnx_graph *g, qy_error *err)
{
  const Onnx__GraphProto *p = g->model->graph;
  if (!p || p->n_node == 0)
    return qy_fail_at(err, QY_BAD_INPUT, g->file, 0, 0, "expected a model with a graph of nodes, found none");
  qy_status status = make_room(g, p, err);
  if (status) return status;
  declare_all(g, p);
  status = onnx_sort(g, err);
  if (status) return status;
  for (size_t i = 0; i < p->n_node && !g->failed; i++)
    take_node(g, p->node[i]);
  for (size_t i = 0; i < g->layer_count; i++) {
    onnx_layer *l = &g->layer[i];
    l->layer.activation_bits = l->reads ? onnx_code_bits(g, l->reads) : 0;
    if (l->weight || l->second) l->layer.weight_bits = onnx_code_bits(g, l->weight ? l->weight : l->second);
  }
  status = check_all(g, err);
  return status ? status : name_layers(g, err);
}

static qy_status start(qy_onnx **onnx, const char *file, qy_error *err)
{
  qy_arena *arena = qy_arena_new();
  qy_onnx *g = qy_arena_alloc(arena, 1, sizeof *g);
  char *name = g ? qy_arena_text(arena, file, strlen(file)) : NULL;
  if (!name) {
    qy_arena_free(arena);
    return qy_no_memory(err);
  }
  g->arena = arena;
  g->file = name;
  *onnx = g;
  return QY_OK;
}

qy_status qy_onnx_bytes(qy_onnx **onnx, const char *file, const void *bytes, size_t length,
                        const qy_onnx_options *options, qy_error *err)
{
  assert(onnx && file && (bytes || length == 0) && options && options->batch >= 1);
  qy_onnx *g = NULL;
  *onnx = NULL;
  qy_status status = start(&g, file, err);
  if (status) return status;
  g->options = options;
  status = onnx_unpack(g, bytes, length, err);
  if (!status) status = read_graph(g, err);
  g->options = NULL;
  if (status)
    qy_onnx_free(g);
  else
    *onnx = g;
  return status;
}

qy_status qy_onnx_read(qy_onnx **onnx, const char *file, const qy_onnx_options *options, qy_error *err)
{
  void *bytes;
  size_t length;
  *onnx = NULL;
  qy_status status = onnx_map(&bytes, &length, file, err);
  if (status) return status;
  status = qy_onnx_bytes(onnx, file, bytes, length, options, err);
  munmap(bytes, length);
  return status;
}

void qy_onnx_free(qy_onnx *onnx)
{
  if (!onnx) return;
  onnx_unpack_free(onnx);
  qy_arena_free(onnx->arena);
}

qy_status qy_onnx_check_layers(const qy_onnx *onnx, qy_error *err)
{
  enum { TEXT = 300 };
  char operators[TEXT];
  if (onnx->layer_count > 0) return QY_OK;
  list_operators(operators, sizeof operators, onnx->model->graph);
  return qy_fail_at(err, QY_BAD_INPUT, onnx->file, 0, 0,
                    "expected a convolution, a product of matrices, a pool or another layer, found none among %s",
                    operators);
}

const qy_onnx_note *qy_onnx_notes(size_t *count, const qy_onnx *onnx)
{
  *count = onnx->note_count;
  return onnx->note;
}

size_t qy_onnx_tensor_count(const qy_onnx *onnx)
{
  return onnx->tensor_count;
}

qy_onnx_shape qy_onnx_tensor(const qy_onnx *onnx, size_t i)
{
  assert(i < onnx->tensor_count);
  const onnx_tensor *t = &onnx->tensor[i];
  return (qy_onnx_shape){t->name, t->rank, t->dim};
}

size_t qy_onnx_layer_count(const qy_onnx *onnx)
{
  return onnx->layer_count;
}
