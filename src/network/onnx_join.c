/* Nodes that join maps: sums, scales and concatenations. */
#include "onnx_int.h"

#include <string.h>

/* Operands that are computed, in order. */
typedef struct operands {
  size_t count;
  const onnx_tensor **at;
} operands;

static bool find_operands(operands *o, const onnx_step *s)
{
  *o = (operands){.at = qy_arena_alloc(s->g->arena, s->in_count + 1, sizeof *o->at)};
  if (!o->at) {
    s->g->failed = true;
    return false;
  }
  for (size_t k = 0; k < s->in_count; k++) {
    const onnx_tensor *t = onnx_operand(s, k);
    if (s->rule->b > 0 && k > 1) break;
    if (t && !t->constant) o->at[o->count++] = t;
  }
  return true;
}

static const qy_layer *maker(const onnx_graph *g, const onnx_tensor *t)
{
  return &g->layer[t->origin.layer].layer;
}

/* Do they have no channel of their layer in common? */
static bool apart(const onnx_origin *a, const onnx_origin *b)
{
  return a->part > 0 && b->part > 0 && (a->first + a->part <= b->first || b->first + b->part <= a->first);
}

/* NULL, or why the operands are no maps that a network can join. */
static const char *unjoinable(const onnx_graph *g, const operands *o, bool channels)
{
  const qy_layer *first = NULL;
  for (size_t i = 0; i < o->count; i++) {
    const onnx_tensor *t = o->at[i];
    if (t->origin.layer == ONNX_NONE) return "left out: it reads the network's input, which joins nothing";
    if (!onnx_is_map(g, t)) return "left out: it reads part of a layer, or more than it";
    const qy_layer *l = maker(g, t);
    if (!first) first = l;
    if (l->batch != first->batch || l->out_h != first->out_h || l->out_w != first->out_w ||
        (!channels && onnx_channels(g, t) != onnx_channels(g, o->at[0])))
      return "left out: maps of several sizes";
    for (size_t k = 0; k < i; k++)
      if (o->at[k]->origin.layer == t->origin.layer && !apart(&o->at[k]->origin, &t->origin))
        return "left out: it reads one layer twice";
  }
  return NULL;
}

static void add_join(onnx_step *s, const operands *o, qy_layer_type type, int channel_axis)
{
  const qy_layer *first = maker(s->g, o->at[0]);
  size_t *input = qy_arena_alloc(s->g->arena, o->count, sizeof *input);
  onnx_part *part = qy_arena_alloc(s->g->arena, o->count, sizeof *part);
  qy_layer l = onnx_blank(type);
  l.batch = first->batch;
  l.in_h = first->out_h;
  l.in_w = first->out_w;
  l.in_c = type == QY_LAYER_ADD ? onnx_channels(s->g, o->at[0]) : 0;
  bool gated = false;
  for (size_t i = 0; i < o->count; i++) {
    if (type == QY_LAYER_CONCAT) l.in_c += onnx_channels(s->g, o->at[i]);
    gated = gated || o->at[i]->origin.gate != ONNX_NONE;
    if (input) input[i] = o->at[i]->origin.layer;
    if (part) part[i] = (onnx_part){o->at[i]->origin.first, o->at[i]->origin.part};
  }
  l.out_c = l.in_c;
  onnx_layer *added = input && part ? onnx_add(s, &l, NULL, "") : NULL;
  if (!input || !part) s->g->failed = true;
  if (!added) return;
  added->layer.input = input;
  added->layer.input_count = o->count;
  added->part = part;
  if (gated) onnx_note(s->g, s->node, "a channel scale before it is no layer, and its edge is not in the network");
  onnx_outputs_from(s, added, channel_axis);
}

void onnx_layer_sum(onnx_step *s)
{
  operands o;
  if (!find_operands(&o, s) || o.count == 0) return;
  const onnx_tensor *y = s->out_count ? s->out[0] : NULL;
  if (o.count == 1 || !y) {
    onnx_pass(s);
    return;
  }
  const int64_t all = onnx_elements(y);
  for (size_t i = 0; i < o.count; i++)
    if (onnx_elements(o.at[i]) != all || all < 0) {
      onnx_leave_out(s, "left out: its operands are of several sizes");
      return;
    }
  const char *why = unjoinable(s->g, &o, false);
  if (why)
    onnx_leave_out(s, why);
  else
    add_join(s, &o, QY_LAYER_ADD, o.at[0]->origin.channel_axis);
}

/* Is g one value per channel of the map x? */
static bool is_gate(const onnx_graph *g, const onnx_tensor *x, const onnx_tensor *gate)
{
  if (!onnx_whole(g, x) || !onnx_whole(g, gate)) return false;
  const qy_layer *a = maker(g, x), *b = maker(g, gate);
  return b->out_h == 1 && b->out_w == 1 && b->out_c == a->out_c && a->batch == b->batch && a->out_h * a->out_w > 1;
}

static void set_gate(onnx_step *s, const onnx_tensor *x, const onnx_tensor *gate)
{
  if (x->origin.gate != ONNX_NONE)
    onnx_note(s->g, s->node, "scales a map that is scaled already: one scale is left out");
  for (size_t i = 0; i < s->out_count && i < 1; i++) {
    s->out[i]->origin = x->origin;
    s->out[i]->origin.gate = gate->origin.layer;
  }
}

void onnx_layer_scale(onnx_step *s)
{
  operands o;
  if (!find_operands(&o, s) || o.count == 0) return;
  const bool one = o.count == 1 || (o.count == 2 && o.at[0]->origin.layer == o.at[1]->origin.layer);
  if (one || s->out_count == 0 || !s->out[0]) { /* a constant, or a function of one map: x * sigmoid(x) */
    onnx_pass(s);
    return;
  }
  if (o.count == 2 && is_gate(s->g, o.at[0], o.at[1]))
    set_gate(s, o.at[0], o.at[1]);
  else if (o.count == 2 && is_gate(s->g, o.at[1], o.at[0]))
    set_gate(s, o.at[1], o.at[0]);
  else
    onnx_leave_out(s, "left out: products of two maps, element by element");
}

void onnx_layer_concat(onnx_step *s)
{
  operands o;
  if (!find_operands(&o, s) || o.count == 0) return;
  const onnx_tensor *y = s->out_count ? s->out[0] : NULL;
  if (s->in_count == 1 || !y || y->rank < 0) {
    onnx_pass(s);
    return;
  }
  const char *why = unjoinable(s->g, &o, true);
  int64_t axis = onnx_integer(s, "axis", 1), channels = 0;
  if (axis < 0) axis += y->rank;
  for (size_t i = 0; !why && i < o.count; i++) {
    const int own = o.at[i]->origin.channel_axis;
    channels += onnx_channels(s->g, o.at[i]);
    if ((own >= 0 && own != axis) || axis < 0 || axis >= o.at[i]->rank ||
        o.at[i]->dim[axis] != onnx_channels(s->g, o.at[i]))
      why = "left out: not one of channels";
  }
  if (!why && (o.count < 2 || y->dim[axis] != channels)) why = "left out: a part of it is constant";
  if (why)
    onnx_leave_out(s, why);
  else
    add_join(s, &o, QY_LAYER_CONCAT, (int)axis);
}
