/* Parts of maps: Split and Slice along channels.
 *
 * A network file has no parts.  A layer of which others read some channels is written as several, NAME.0, NAME.1 ...,
 * each with the channels between two cuts: the same products and weights in all, and the input read by each.  Cuts go
 * on to the inputs of pools, sums and depthwise layers.  What reads all of a layer names its parts one after another.
 * Concatenations and grouped convolutions are not cut: the edge of what reads a part of them is not in the network.
 */
#include "onnx_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- nodes ---- */

/* One output channel reads its own input channel. */
static bool is_channelwise(const qy_layer *l)
{
  return (l->type == QY_LAYER_DWCONV && l->in_c == l->out_c) || l->type == QY_LAYER_POOL || l->type == QY_LAYER_ADD;
}

/* May the layer be cut anywhere along its channels? */
static bool can_part(const onnx_graph *g, size_t i)
{
  onnx_layer *o = &g->layer[i];
  const qy_layer *l = &o->layer;
  if (o->parts != 0) return o->parts > 0;
  o->parts = -1;
  if (l->gated || l->computed || l->type == QY_LAYER_CONCAT || l->type == QY_LAYER_COL2IM ||
      (!is_channelwise(l) && l->groups != 1))
    return false;
  for (size_t k = 0; is_channelwise(l) && k < l->input_count; k++)
    if (!can_part(g, l->input[k])) return false;
  o->parts = 1;
  return true;
}

/* Is it all of a map, or of a part, whose channels lie along this axis? */
static bool along_channels(const onnx_step *s, const onnx_tensor *x, int64_t axis)
{
  return x && onnx_is_map(s->g, x) && x->origin.gate == ONNX_NONE && x->origin.channel_axis >= 0 &&
         x->origin.channel_axis == axis && can_part(s->g, x->origin.layer);
}

static void set_part(onnx_tensor *y, const onnx_tensor *x, const onnx_graph *g, int64_t first, int64_t count)
{
  const int axis = x->origin.channel_axis;
  y->origin = x->origin;
  if (count == onnx_channels(g, x)) return;
  y->origin.first = x->origin.first + first;
  y->origin.part = count;
  y->origin.channel_axis = axis;
}

static void say_parts(onnx_step *s)
{
  onnx_note(s->g, s->node, "what makes its channels is written as one layer for each part (.0, .1 ...)");
}

void onnx_layer_split(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t axis = onnx_integer(s, "axis", 0), first = 0;
  onnx_pass(s);
  if (!x || x->rank < 0) return;
  if (axis < 0) axis += x->rank;
  if (s->out_count < 2 || !along_channels(s, x, axis)) return;
  for (size_t i = 0; i < s->out_count; i++) {
    onnx_tensor *y = s->out[i];
    const int64_t count = y && y->rank == x->rank ? y->dim[axis] : 0;
    if (count < 1 || count > x->dim[axis] - first) return; /* what follows lies elsewhere */
    set_part(y, x, s->g, first, count);
    first += count;
  }
  say_parts(s);
}

void onnx_layer_slice(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t start[ONNX_RANK_MAX], step[ONNX_RANK_MAX], count[ONNX_RANK_MAX];
  onnx_pass(s);
  if (!x || s->out_count == 0 || !s->out[0] || !onnx_slice(s, start, step, count)) return;
  const int axis = x->origin.channel_axis;
  if (!along_channels(s, x, axis) || step[axis] != 1 || count[axis] < 1 || start[axis] < 0 ||
      count[axis] > x->dim[axis] - start[axis])
    return;
  for (int i = 0; i < x->rank; i++)
    if (i != axis && (step[i] != 1 || count[i] != x->dim[i])) return;
  set_part(s->out[0], x, s->g, start[axis], count[axis]);
  if (s->out[0]->origin.part > 0) say_parts(s);
}

/* ---- cuts ---- */

/* Of a layer's channels: cut[0] = 0, rising, cut[count] = all of them. */
typedef struct cuts {
  int64_t *cut;
  size_t count, room;
} cuts;

typedef struct writer {
  const onnx_graph *g;
  cuts *of;
  qy_text *out;
  void (*write)(qy_text *out, const qy_layer *l, const char *inputs);
  qy_arena *arena;
  bool failed;
} writer;

static void add_cut(writer *w, size_t layer, int64_t at)
{
  cuts *c = &w->of[layer];
  size_t place = 0;
  while (place <= c->count && c->cut[place] < at)
    place++;
  if (place > c->count || c->cut[place] == at) return;
  if (c->count + 1 == c->room) {
    const size_t room = 2 * c->room;
    int64_t *more = qy_arena_alloc(w->arena, room, sizeof *more);
    if (!more) {
      w->failed = true;
      return;
    }
    memcpy(more, c->cut, (c->count + 1) * sizeof *more);
    c->cut = more;
    c->room = room;
  }
  memmove(&c->cut[place + 1], &c->cut[place], (c->count + 1 - place) * sizeof *c->cut);
  c->cut[place] = at;
  c->count++;
}

static onnx_part part_of(const writer *w, size_t i, size_t k)
{
  const onnx_layer *o = &w->g->layer[i];
  const int64_t all = w->g->layer[o->layer.input[k]].layer.out_c;
  return o->part && o->part[k].count > 0 ? o->part[k] : (onnx_part){0, all};
}

/* Cuts of layer i at its inputs. */
static void pass_on(writer *w, size_t i)
{
  const qy_layer *l = &w->g->layer[i].layer;
  const cuts *c = &w->of[i];
  for (size_t k = 0; k < l->input_count; k++) {
    const onnx_part p = part_of(w, i, k);
    add_cut(w, l->input[k], p.first);
    add_cut(w, l->input[k], p.first + p.count);
    for (size_t j = 1; j < c->count && is_channelwise(l); j++)
      add_cut(w, l->input[k], p.first + c->cut[j]);
  }
}

static void find_cuts(writer *w)
{
  enum { FIRST = 4 };
  for (size_t i = 0; i < w->g->layer_count; i++) {
    w->of[i] = (cuts){qy_arena_alloc(w->arena, FIRST, sizeof(int64_t)), 1, FIRST};
    if (!w->of[i].cut) {
      w->failed = true;
      return;
    }
    w->of[i].cut[1] = w->g->layer[i].layer.out_c;
  }
  for (size_t i = w->g->layer_count; i-- > 0 && !w->failed;)
    pass_on(w, i);
}

/* ---- names ---- */

static bool is_taken(const onnx_graph *g, const char *name)
{
  for (size_t i = 0; i < g->layer_count; i++)
    if (strcmp(g->layer[i].layer.name, name) == 0) return true;
  return false;
}

/* NAME.0, NAME.1; with underscores behind it where a layer has that name. */
static const char *part_name(writer *w, size_t i, const char *which)
{
  char *name = qy_arena_format(w->arena, "%s.%s", w->g->layer[i].layer.name, which);
  while (name && is_taken(w->g, name))
    name = qy_arena_format(w->arena, "%s_", name);
  if (!name) w->failed = true;
  return name ? name : "";
}

static const char *piece_name(writer *w, size_t i, size_t piece)
{
  enum { DIGITS = 24 };
  char text[DIGITS];
  if (w->of[i].count == 1) return w->g->layer[i].layer.name;
  snprintf(text, sizeof text, "%zu", piece);
  return part_name(w, i, text);
}

/* Names of all that makes channels [first, first + count) of layer i, one after another; how many. */
static size_t name_part(qy_text *to, writer *w, size_t i, int64_t first, int64_t count, size_t named)
{
  const cuts *c = &w->of[i];
  for (size_t j = 0; j < c->count; j++)
    if (c->cut[j] >= first && c->cut[j + 1] <= first + count)
      qy_text_add(to, "%s%s", named++ ? "+" : "", piece_name(w, i, j));
  return named;
}

/* The same as one map: of several a concatenation is written first, once. */
static void name_one(qy_text *to, writer *w, size_t i, int64_t first, int64_t count)
{
  enum { WHICH = 64 };
  char which[WHICH];
  qy_text names = {0};
  const qy_layer *from = &w->g->layer[i].layer;
  const size_t named = name_part(&names, w, i, first, count, 0);
  if (names.failed) w->failed = true;
  if (named == 1) {
    qy_text_add(to, "%s", names.data ? names.data : "");
    qy_text_free(&names);
    return;
  }
  snprintf(which, sizeof which, "%" PRId64 "_%" PRId64, first, first + count - 1);
  qy_layer l = onnx_blank(QY_LAYER_CONCAT);
  l.name = part_name(w, i, which);
  l.batch = from->batch;
  l.in_h = l.out_h = from->out_h;
  l.in_w = l.out_w = from->out_w;
  l.in_c = l.out_c = count;
  const char *row = qy_arena_format(w->arena, "\n%s,", l.name);
  if (row && !(w->out->data && strstr(w->out->data, row))) w->write(w->out, &l, names.data ? names.data : "");
  qy_text_add(to, "%s", l.name);
  qy_text_free(&names);
}

/* ---- rows ---- */

/* Inputs of channels [first, first + count) of layer i's output. */
static void name_inputs(qy_text *to, writer *w, size_t i, int64_t first, int64_t count)
{
  const qy_layer *l = &w->g->layer[i].layer;
  const size_t maps = qy_layer_maps(l);
  size_t named = 0;
  for (size_t k = 0; k < l->input_count; k++) {
    onnx_part p = part_of(w, i, k);
    if (is_channelwise(l)) p = (onnx_part){p.first + first, count};
    if (k < maps && l->type != QY_LAYER_ADD) {
      named = name_part(to, w, l->input[k], p.first, p.count, named);
      continue;
    }
    qy_text_add(to, "%s", k == 0 ? "" : k < maps ? "+" : l->gated ? "*" : "@");
    name_one(to, w, l->input[k], p.first, p.count);
  }
  if (l->input_count == 0) qy_text_add(to, "-");
  if (l->computed && !l->paired) qy_text_add(to, "@-");
}

/* Layer i between two cuts. */
static void write_piece(writer *w, size_t i, size_t piece)
{
  const cuts *c = &w->of[i];
  qy_layer l = w->g->layer[i].layer;
  const int64_t all = l.out_c, first = c->cut[piece], count = c->cut[piece + 1] - first;
  qy_text inputs = {0};
  name_inputs(&inputs, w, i, first, count);
  l.name = piece_name(w, i, piece);
  l.out_c = count;
  l.macs = l.macs / all * count; /* as many for each output channel */
  l.weights = l.weights / all * count;
  if (is_channelwise(&w->g->layer[i].layer)) {
    l.in_c = count;
    if (l.type != QY_LAYER_ADD) l.groups = count;
  }
  w->write(w->out, &l, inputs.data ? inputs.data : "-");
  if (inputs.failed) w->failed = true;
  qy_text_free(&inputs);
}

void onnx_write_rows(qy_text *out, const onnx_graph *g,
                     void (*write)(qy_text *out, const qy_layer *l, const char *inputs))
{
  writer w = {.g = g, .out = out, .write = write, .arena = qy_arena_new()};
  w.of = w.arena ? qy_arena_alloc(w.arena, g->layer_count + 1, sizeof *w.of) : NULL;
  w.failed = !w.of;
  if (!w.failed) find_cuts(&w);
  for (size_t i = 0; !w.failed && i < g->layer_count; i++)
    for (size_t piece = 0; piece < w.of[i].count; piece++)
      write_piece(&w, i, piece);
  if (w.failed) out->failed = true;
  qy_arena_free(w.arena);
}
