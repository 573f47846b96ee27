/* Which nests run given ops: single layers, and blocks whose middle can be cut into groups of channels. */
#include "stage_int.h"

#include <string.h>

typedef struct matcher {
  const qy_graph *graph;
  const qy_place *place;
  size_t first, last;
} matcher;

static const qy_graph_op *op_of(const matcher *x, size_t o)
{
  return &x->graph->op[o];
}

static bool is_dense(const qy_graph_op *o)
{
  const qy_layer *l = o->layer;
  return l->type == QY_LAYER_CONV || l->type == QY_LAYER_PWCONV || l->type == QY_LAYER_FC ||
         (l->type == QY_LAYER_DWCONV && l->in_c != l->out_c); /* several outputs of a channel */
}

static bool is_pointwise(const qy_graph_op *o)
{
  const qy_layer *l = o->layer;
  return is_dense(o) && l->kernel_h == 1 && l->kernel_w == 1 && l->stride_h == 1 && l->stride_w == 1 &&
         l->pad_top + l->pad_bottom + l->pad_left + l->pad_right == 0 && l->groups == 1;
}

/* All inputs in one place: true, and whether it is the buffer. */
static bool one_place(const matcher *x, const qy_graph_op *o, bool *held)
{
  for (size_t i = 0; i < o->input_count; i++)
    if (x->place[o->input[i]] != x->place[o->input[0]]) return false;
  *held = x->place[o->input[0]] == QY_PLACE_HELD;
  return true;
}

static void place_output(const matcher *x, qy_nest *n, const qy_graph_op *o)
{
  n->output_held = x->place[o->output] == QY_PLACE_HELD;
}

/* Maps that the nest's last layer adds. */
static void place_addends(const matcher *x, qy_nest *n, const qy_graph_op *o, const qy_graph_op *entry)
{
  const bool may_share = n->kind == QY_NEST_CHANNELWISE || (n->kind == QY_NEST_BLOCK && n->head);
  for (size_t i = 0; i < o->addend_count; i++)
    if (may_share && !n->adds_input && entry->input_count == 1 && entry->input[0] == o->addend[i])
      n->adds_input = true;
    else if (x->place[o->addend[i]] == QY_PLACE_HELD)
      n->addends_held++;
    else
      n->addends_read++;
}

static void place_gate(const matcher *x, qy_nest *n, const qy_graph_op *o)
{
  if (o->gate != QY_NO_INDEX) n->gate = x->place[o->gate] == QY_PLACE_HELD ? QY_GATE_HELD : QY_GATE_READ;
}

static bool checked(const qy_nest *n)
{
  return qy_nest_check(n, NULL) == QY_OK;
}

static int single(qy_nest *out, const matcher *x)
{
  const qy_graph_op *o = op_of(x, x->first);
  qy_nest n = {0};
  int count = 0;
  if (!one_place(x, o, &n.input_held)) return 0;
  if (is_dense(o)) {
    n.kind = QY_NEST_DENSE;
    n.head = o->layer;
  } else {
    n.kind = QY_NEST_CHANNELWISE;
    n.middle = o->layer;
  }
  place_output(x, &n, o);
  place_gate(x, &n, o);
  const qy_nest bare = n;
  place_addends(x, &n, o, o);
  if (checked(&n)) out[count++] = n;
  if (!is_dense(o) || is_pointwise(o) || o->layer->computed) return count;
  n = bare; /* all input channels of the window at once */
  n.kind = QY_NEST_BLOCK;
  place_addends(x, &n, o, o);
  if (checked(&n)) out[count++] = n;
  return count;
}

/* Does op o read the output of the op before it in the stage, and nothing else? */
static bool follows(const matcher *x, size_t o, size_t before)
{
  return op_of(x, o)->input_count == 1 && op_of(x, o)->input[0] == op_of(x, before)->output;
}

/* Is the map used up by the ops after its maker in the stage? */
static bool used_up(const matcher *x, size_t o)
{
  const qy_map *m = &x->graph->map[op_of(x, o)->output];
  return !m->wanted && m->last_use <= x->last;
}

static bool plain(const qy_graph_op *o)
{
  return o->addend_count == 0 && o->gate == QY_NO_INDEX;
}

static int block(qy_nest *out, const matcher *x, bool only_blocks)
{
  qy_nest n = {.kind = QY_NEST_BLOCK};
  size_t o = x->first, map_op;
  const size_t end = x->last + 1;
  if (!one_place(x, op_of(x, o), &n.input_held)) return 0;
  if (is_dense(op_of(x, o))) n.head = op_of(x, o++)->layer;
  if (o < end && !is_dense(op_of(x, o)) && !op_of(x, o)->whole) n.middle = op_of(x, o++)->layer;
  if (o == x->first) return 0;
  map_op = o - 1;
  if (o < end && op_of(x, o)->whole) {
    n.pooled = true;
    o++;
  } else if (o < end && is_pointwise(op_of(x, o)))
    n.tail = op_of(x, map_op = o++)->layer;
  if (o != end) return 0;
  if (only_blocks && ((n.head && !is_pointwise(op_of(x, x->first))) || (n.head && n.tail && !n.middle))) return 0;
  for (size_t k = x->first; k < end; k++) {
    if (op_of(x, k)->layer->computed) return 0;
    const bool last = k == map_op, gated = n.tail ? last : k == x->first;
    if (k > x->first && !follows(x, k, k - 1)) return 0;
    if (k < map_op && (!used_up(x, k) || x->graph->map[op_of(x, k)->output].last_use != k + 1)) return 0;
    if (!last && op_of(x, k)->addend_count > 0) return 0;
    if (!gated && op_of(x, k)->gate != QY_NO_INDEX) return 0;
    if (k > map_op && !plain(op_of(x, k))) return 0;
    place_gate(x, &n, op_of(x, k));
  }
  for (size_t i = 0; i < op_of(x, map_op)->addend_count; i++) {
    const size_t maker = x->graph->map[op_of(x, map_op)->addend[i]].maker;
    if (maker != QY_NO_INDEX && maker >= x->first) return 0;
  }
  n.output_unused = n.pooled && used_up(x, map_op);
  n.pooled_held = n.pooled && x->place[op_of(x, x->last)->output] == QY_PLACE_HELD;
  if (!n.output_unused) place_output(x, &n, op_of(x, map_op));
  place_addends(x, &n, op_of(x, map_op), op_of(x, x->first));
  int count = 0;
  if (checked(&n)) out[count++] = n;
  if (only_blocks) return count;
  if (!n.head) {
    n.read_halo_kept = true;
    if (checked(&n)) out[count++] = n;
    n.read_halo_kept = false;
  }
  if (!n.pooled || (n.head && n.middle)) return count;
  n.kind = n.head ? QY_NEST_DENSE : QY_NEST_CHANNELWISE; /* one layer with its pool; other nests add their input */
  n.adds_input = false;
  n.addends_read = n.addends_held = 0;
  place_addends(x, &n, op_of(x, map_op), op_of(x, x->first));
  if (checked(&n)) out[count++] = n;
  return count;
}

int stage_nests(qy_nest nest[STAGE_NESTS_MAX], const qy_graph *graph, size_t first, size_t last, const qy_place *place,
                bool block_only)
{
  const matcher x = {graph, place, first, last};
  return first == last ? single(nest, &x) : block(nest, &x, block_only);
}
