/* Nodes with a window as layers, and what every layer goes through before it is added. */
#include "network_int.h"
#include "onnx_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- origins ---- */

bool onnx_whole(const onnx_graph *g, const onnx_tensor *t)
{
  return t->origin.part == 0 && onnx_is_map(g, t);
}

int64_t onnx_channels(const onnx_graph *g, const onnx_tensor *t)
{
  return t->origin.part > 0 ? t->origin.part : g->layer[t->origin.layer].layer.out_c;
}

bool onnx_is_map(const onnx_graph *g, const onnx_tensor *t)
{
  if (t->origin.layer == ONNX_NONE) return false;
  const qy_layer *l = &g->layer[t->origin.layer].layer;
  return onnx_elements(t) == onnx_product((int64_t[]){l->batch, l->out_h, l->out_w, onnx_channels(g, t)}, 4);
}

static bool same_shape(const onnx_tensor *a, const onnx_tensor *b)
{
  return a->rank >= 0 && a->rank == b->rank && memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0;
}

static const onnx_tensor *computed_operand(const onnx_step *s)
{
  for (size_t k = 0; k < s->in_count; k++)
    if (s->in[k] && !s->in[k]->constant) return s->in[k];
  return NULL;
}

void onnx_pass(onnx_step *s)
{
  const onnx_tensor *x = computed_operand(s);
  if (!x) return;
  for (size_t i = 0; i < s->out_count; i++) {
    if (!s->out[i]) continue;
    s->out[i]->origin = x->origin;
    if (!same_shape(x, s->out[i])) s->out[i]->origin.channel_axis = -1;
  }
}

void onnx_leave_out(onnx_step *s, const char *why)
{
  onnx_note(s->g, s->node, "%s", why);
  onnx_pass(s);
}

void onnx_unknown_size(onnx_step *s)
{
  if (!s->why || s->unsized) s->g->unsized = true;
  onnx_note(s->g, s->node, "left out: %s", s->why ? s->why : "its sizes are not known");
}

bool onnx_known_rank(onnx_step *s, const onnx_tensor *t)
{
  if (t && t->rank >= 0) return true;
  if (!s->why) s->unsized = true;
  if (t)
    onnx_because(s, "the shape of '%.60s' is not known", t->name);
  else
    onnx_because(s, "it lacks an operand");
  return false;
}

bool onnx_known_sizes(onnx_step *s, const onnx_tensor *t)
{
  if (!onnx_known_rank(s, t)) return false;
  for (int i = 0; i < t->rank; i++) {
    if (t->dim[i] >= 1) continue;
    if (!s->why) s->unsized = t->dim[i] < 0;
    if (t->dim[i] == 0)
      onnx_because(s, "axis %d of '%.60s' is 0", i, t->name);
    else
      onnx_because(s, "axis %d of '%.60s' is not known", i, t->name);
    return false;
  }
  return true;
}

void onnx_outputs_from(onnx_step *s, const onnx_layer *l, int channel_axis)
{
  for (size_t i = 0; i < s->out_count; i++)
    if (s->out[i])
      s->out[i]->origin =
          (onnx_origin){.layer = (size_t)(l - s->g->layer), .gate = ONNX_NONE, .channel_axis = channel_axis};
}

/* ---- adding a layer ---- */

/* NULL, or why a network file cannot hold it.  Fills in outputs and products. */
static const char *complete(qy_layer *l)
{
  const int64_t reach_h = qy_layer_reach(l->kernel_h, l->dilation_h);
  const int64_t reach_w = qy_layer_reach(l->kernel_w, l->dilation_w);
  const int64_t size[] = {l->batch,    l->in_h,     l->in_w,     l->in_c,       l->out_c,     l->kernel_h,
                          l->kernel_w, l->stride_h, l->stride_w, l->dilation_h, l->dilation_w};
  for (size_t i = 0; i < sizeof size / sizeof *size; i++)
    if (size[i] < 1 || size[i] > NETWORK_SIZE_MAX) return "left out: a size is not within 1 to 2^24";
  if (l->groups < 1 || l->in_c % l->groups || l->out_c % l->groups)
    return "left out: groups do not divide the channels";
  if (l->type == QY_LAYER_COL2IM) {
    l->out_h = qy_col2im_outputs(l->in_h, l->stride_h, reach_h, l->pad_top + l->pad_bottom);
    l->out_w = qy_col2im_outputs(l->in_w, l->stride_w, reach_w, l->pad_left + l->pad_right);
    const bool fit = l->out_h >= 1 && l->out_w >= 1 && l->out_h <= NETWORK_SIZE_MAX && l->out_w <= NETWORK_SIZE_MAX;
    return fit ? NULL : "its sums are left out: a size is not within 1 to 2^24";
  }
  const int64_t room_h = l->in_h + l->pad_top + l->pad_bottom - reach_h;
  const int64_t room_w = l->in_w + l->pad_left + l->pad_right - reach_w;
  if (room_h < 0 || room_w < 0) return "left out: the kernel is larger than the padded input";
  l->out_h = room_h / l->stride_h + 1;
  l->out_w = room_w / l->stride_w + 1;
  if (l->out_h > NETWORK_SIZE_MAX || l->out_w > NETWORK_SIZE_MAX) return "left out: a size is not within 1 to 2^24";
  if (!qy_layer_multiplies(l->type)) return NULL;
  const int64_t f[] = {l->out_c, l->in_c / l->groups, l->kernel_h, l->kernel_w, l->out_h, l->out_w};
  l->weights = onnx_product(f, 4);
  l->macs = onnx_product(f, 6);
  return l->macs < 0 ? "left out: its products do not fit 64 bits" : NULL;
}

/* Padding of a whole kernel or more, which a network file does not take: a larger input instead. */
static bool widen(int64_t *in, int64_t *before, int64_t *after, int64_t kernel, int64_t dilation)
{
  const int64_t reach = qy_layer_reach(kernel, dilation);
  if (*before < reach && *after < reach) return false;
  *in += *before + *after;
  *before = *after = 0;
  return true;
}

/* Does the layer read all of what this tensor's layer makes? */
static bool fits(const qy_layer *l, const qy_layer *from)
{
  if (l->batch != from->batch) return false;
  if (l->type == QY_LAYER_FC) return l->in_c == onnx_product((int64_t[]){from->out_h, from->out_w, from->out_c}, 3);
  return l->in_h == from->out_h && l->in_w == from->out_w && l->in_c == from->out_c;
}

/* Some of its channels: the tensor is all of them, and the layer reads nothing else. */
static bool connect_part(onnx_step *s, onnx_layer *to, const onnx_tensor *from)
{
  qy_layer *l = &to->layer;
  const qy_layer *maker = &s->g->layer[from->origin.layer].layer;
  if (from->origin.part == 0 || from->origin.gate != ONNX_NONE || l->type == QY_LAYER_FC || !onnx_is_map(s->g, from) ||
      l->batch != maker->batch || l->in_h != maker->out_h || l->in_w != maker->out_w || l->in_c != from->origin.part)
    return false;
  onnx_part *part = qy_arena_alloc(s->g->arena, 1, sizeof *part);
  if (!part) {
    s->g->failed = true;
    return false;
  }
  *part = (onnx_part){from->origin.first, from->origin.part};
  to->part = part;
  to->inputs[0] = from->origin.layer;
  l->input = to->inputs;
  l->input_count = 1;
  return true;
}

static void connect(onnx_step *s, onnx_layer *to, const onnx_tensor *from)
{
  qy_layer *l = &to->layer;
  if (!from || from->origin.layer == ONNX_NONE || connect_part(s, to, from)) return;
  if (from->origin.part > 0 || !fits(l, &s->g->layer[from->origin.layer].layer)) {
    onnx_note(s->g, s->node, "reads part of a layer, or more than it: its input is not known to the network (-)");
    return;
  }
  to->inputs[0] = from->origin.layer;
  to->inputs[1] = from->origin.gate;
  l->input = to->inputs;
  l->gated = from->origin.gate != ONNX_NONE && from->origin.gate != from->origin.layer;
  l->input_count = l->gated ? 2 : 1;
}

onnx_layer *onnx_add(onnx_step *s, const qy_layer *draft, const onnx_tensor *from, const char *suffix)
{
  onnx_graph *g = s->g;
  qy_layer l = *draft;
  const bool high = l.type != QY_LAYER_COL2IM && widen(&l.in_h, &l.pad_top, &l.pad_bottom, l.kernel_h, l.dilation_h),
             wide = l.type != QY_LAYER_COL2IM && widen(&l.in_w, &l.pad_left, &l.pad_right, l.kernel_w, l.dilation_w);
  if (high || wide) onnx_note(g, s->node, "padded by a whole kernel or more: that counts as input");
  const char *wrong = complete(&l);
  if (wrong) {
    onnx_note(g, s->node, "%s", wrong);
    return NULL;
  }
  if (g->layer_count == g->layer_room) { /* room for what the nodes may need is set up in onnx.c */
    g->crowded = true;
    return NULL;
  }
  const char *name = s->node->name && *s->node->name ? s->node->name
                     : s->out_count && s->out[0]     ? s->out[0]->name
                                                     : "layer";
  onnx_layer *new = &g->layer[g->layer_count++];
  *new = (onnx_layer){.layer = l};
  new->layer.name = qy_arena_format(g->arena, "%s%s", name, suffix);
  if (!new->layer.name) g->failed = true;
  if (qy_layer_multiplies(l.type)) new->reads = from;
  connect(s, new, from);
  return new;
}

/* ---- windows ---- */

qy_layer onnx_blank(qy_layer_type type)
{
  return (qy_layer){.type = type,
                    .batch = 1,
                    .in_h = 1,
                    .in_w = 1,
                    .kernel_h = 1,
                    .kernel_w = 1,
                    .stride_h = 1,
                    .stride_w = 1,
                    .dilation_h = 1,
                    .dilation_w = 1,
                    .groups = 1};
}

/* Add what a Pad node put around the input: sizes of the tensor hold it, those of the layer do not. */
static void unpad(onnx_window *w, const onnx_tensor *x, const onnx_graph *g)
{
  if (!x || x->origin.layer == ONNX_NONE) return;
  const qy_layer *from = &g->layer[x->origin.layer].layer;
  for (int i = 0; i < w->count; i++) {
    const int64_t before = x->origin.pad[(size_t)i * 2], after = x->origin.pad[(size_t)i * 2 + 1];
    const int64_t reach = qy_layer_reach(w->kernel[i], w->dilation[i]);
    const int64_t made = i == w->count - 1 ? from->out_w : from->out_h;
    if (w->in[i] - before - after != made || w->before[i] + before >= reach || w->after[i] + after >= reach) continue;
    w->in[i] = made;
    w->before[i] += before;
    w->after[i] += after;
  }
}

/* Room at the end that the last output needs (ceil_mode). */
static void round_up(onnx_window *w)
{
  for (int i = 0; i < w->count; i++) {
    const int64_t need = (w->out[i] - 1) * w->stride[i] + qy_layer_reach(w->kernel[i], w->dilation[i]);
    w->after[i] += qy_max64(0, need - w->in[i] - w->before[i] - w->after[i]);
  }
}

/* Sizes of x, of the weights w (NULL: none) and of the outputs. */
static bool read_sizes(onnx_window *win, onnx_step *s, const onnx_tensor *x, const onnx_tensor *w, bool transposed)
{
  const int64_t *kernel = NULL;
  if (s->rule->b > s->rule->a) {
    if (!onnx_known_rank(s, x) || !onnx_known_sizes(s, w)) return false;
    assert(w); /* its sizes are known */
    if (x->rank != w->rank) onnx_because(s, "an input of %d dimensions and weights of %d", x->rank, w->rank);
    kernel = &w->dim[2];
  }
  if (s->why || !onnx_read_window(win, s, x, kernel, transposed) || !onnx_known_sizes(s, x)) return false;
  for (int i = 0; i < win->count; i++) {
    if (win->in[i] > NETWORK_SIZE_MAX) onnx_because(s, "an input of %" PRId64 ", more than 2^24", win->in[i]);
    if (win->out[i] < 1)
      onnx_because(
          s, "a kernel that covers %" PRId64 " on an input of %" PRId64 " with padding of %" PRId64 " and %" PRId64,
          qy_layer_reach(win->kernel[i], win->dilation[i]), win->in[i], win->before[i], win->after[i]);
  }
  return !s->why;
}

/* Channels that a group's weights read and the groups, against those of the input. */
static void leave_out_channels(onnx_step *s, int64_t channels, int64_t each, int64_t groups)
{
  onnx_note(s->g, s->node,
            "left out: channels, groups and weights contradict each other: an input of %" PRId64
            " channels, weights for %" PRId64 ", group %" PRId64,
            channels, each, groups);
}

/* The last two axes are height and width; one alone is the width. */
static void set_window(qy_layer *l, const onnx_window *w)
{
  const int x = w->count - 1, y = w->count - 2;
  l->in_w = w->in[x], l->kernel_w = w->kernel[x], l->stride_w = w->stride[x], l->dilation_w = w->dilation[x];
  l->pad_left = w->before[x], l->pad_right = w->after[x];
  if (y < 0) return;
  l->in_h = w->in[y], l->kernel_h = w->kernel[y], l->stride_h = w->stride[y], l->dilation_h = w->dilation[y];
  l->pad_top = w->before[y], l->pad_bottom = w->after[y];
}

void onnx_layer_conv(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a), *w = onnx_input(s, s->rule->b);
  onnx_window win;
  const int64_t groups = onnx_integer(s, "group", 1);
  if (!read_sizes(&win, s, x, w, false) || !x || !w) {
    onnx_unknown_size(s);
    return;
  }
  if (x->dim[1] % w->dim[1] || groups != x->dim[1] / w->dim[1]) {
    leave_out_channels(s, x->dim[1], w->dim[1], groups);
    return;
  }
  unpad(&win, x, s->g);
  qy_layer l = onnx_blank(groups > 1 && groups == x->dim[1] ? QY_LAYER_DWCONV : QY_LAYER_CONV);
  l.batch = x->dim[0];
  l.in_c = x->dim[1];
  l.out_c = w->dim[0];
  l.groups = groups;
  set_window(&l, &win);
  if (win.count == ONNX_SPATIAL_MAX) {
    l.batch = onnx_product((int64_t[]){x->dim[0], win.out[0]}, 2);
    l.in_c = onnx_product((int64_t[]){l.in_c, win.kernel[0]}, 2);
    if (win.kernel[0] > 1) l.type = QY_LAYER_CONV;
    onnx_note(s->g, s->node,
              "3-D: slices of the output as images, the kernel's depth as channels; inputs count once "
              "per slice that reads them");
  }
  onnx_layer *added = onnx_add(s, &l, x, "");
  if (!added) return;
  added->layout = LAYOUT_ROWS;
  added->weight = w;
  added->scale = onnx_extra(s, s->rule->scale);
  added->zero = onnx_extra(s, s->rule->zero);
  onnx_outputs_from(s, added, 1);
}

/* Stride 1: the convolution with the flipped kernel, padded by what the kernel covers less the old padding. */
static bool as_convolution(onnx_window *w)
{
  for (int i = 0; i < w->count; i++) {
    const int64_t reach = qy_layer_reach(w->kernel[i], w->dilation[i]);
    const int64_t before = reach - 1 - w->before[i], after = w->out[i] + reach - 1 - w->in[i] - before;
    if (w->stride[i] != 1 || before < 0 || after < 0 || after >= reach || before >= reach) return false;
    w->before[i] = before;
    w->after[i] = after;
  }
  return true;
}

/* Pads of the sums of a transposed convolution that make its output; false: none that a network file takes. */
static bool fit_sums(onnx_window *w)
{
  for (int i = 0; i < w->count; i++) {
    const int64_t reach = qy_layer_reach(w->kernel[i], w->dilation[i]);
    w->after[i] = qy_col2im_outputs(w->in[i], w->stride[i], reach, w->before[i]) - w->out[i];
    if (w->before[i] < 0 || w->before[i] >= reach || w->after[i] <= -w->stride[i] || w->after[i] >= reach) return false;
  }
  return w->count < ONNX_SPATIAL_MAX;
}

/* The sums of the products of all taps, which layer `products` makes; NULL: not in the network. */
static const onnx_layer *add_sums(onnx_step *s, const onnx_layer *products, onnx_window *w, int64_t channels)
{
  const onnx_tensor made = {.origin = {.layer = (size_t)(products - s->g->layer), .gate = ONNX_NONE}};
  qy_layer l = onnx_blank(QY_LAYER_COL2IM);
  if (!fit_sums(w)) {
    onnx_note(s->g, s->node, "as a 1x1 convolution to all taps; adding them up into the output is no layer");
    return NULL;
  }
  onnx_note(s->g, s->node, "as a 1x1 convolution to all taps, and col2im, which adds them up into the output");
  set_window(&l, w);
  l.batch = products->layer.batch;
  l.in_c = products->layer.out_c;
  l.out_c = l.groups = channels;
  return onnx_add(s, &l, &made, ".col2im");
}

void onnx_layer_transposed(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *w = onnx_input(s, 1);
  onnx_window win;
  const int64_t groups = onnx_integer(s, "group", 1);
  if (!read_sizes(&win, s, x, w, true) || !x || !w) {
    onnx_unknown_size(s);
    return;
  }
  if (groups < 1 || x->dim[1] != w->dim[0] || x->dim[1] % groups) {
    leave_out_channels(s, x->dim[1], w->dim[0], groups);
    return;
  }
  qy_layer l = onnx_blank(groups > 1 && groups == x->dim[1] ? QY_LAYER_DWCONV : QY_LAYER_CONV);
  l.batch = x->dim[0];
  l.in_c = x->dim[1];
  l.groups = groups;
  onnx_window sums = win;
  const bool flipped = win.count < ONNX_SPATIAL_MAX && as_convolution(&win);
  if (!flipped) {
    const int64_t depth = win.count == ONNX_SPATIAL_MAX ? win.in[0] : 1;
    for (int i = 0; i < win.count; i++) {
      win.kernel[i] = win.stride[i] = win.dilation[i] = 1;
      win.before[i] = win.after[i] = 0;
    }
    l.batch = onnx_product((int64_t[]){x->dim[0], depth}, 2);
  }
  set_window(&l, &win);
  const int64_t taps = flipped ? 1 : onnx_product(&w->dim[2], w->rank - 2);
  l.out_c = onnx_product((int64_t[]){w->dim[1], groups, taps}, 3);
  onnx_layer *added = onnx_add(s, &l, x, "");
  if (!added) return;
  added->layout = flipped ? LAYOUT_FLIPPED : LAYOUT_TAPS;
  added->weight = w;
  const onnx_layer *summed = flipped ? NULL : add_sums(s, added, &sums, l.out_c / taps);
  onnx_outputs_from(s, summed ? summed : added, 1);
}

/* ---- pools ---- */

static void add_pool(onnx_step *s, const qy_layer *l, const onnx_tensor *x, int channel_axis)
{
  const onnx_layer *added = onnx_add(s, l, x, "");
  if (added) onnx_outputs_from(s, added, channel_axis);
}

void onnx_layer_pool(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a);
  onnx_window win;
  if (!read_sizes(&win, s, x, NULL, false) || !x) {
    onnx_unknown_size(s);
    return;
  }
  if (win.count == ONNX_SPATIAL_MAX && (win.kernel[0] != 1 || win.stride[0] != 1)) {
    onnx_leave_out(s, "left out: a pool over depth");
    return;
  }
  unpad(&win, x, s->g);
  round_up(&win);
  qy_layer l = onnx_blank(QY_LAYER_POOL);
  l.batch = win.count == ONNX_SPATIAL_MAX ? onnx_product((int64_t[]){x->dim[0], win.out[0]}, 2) : x->dim[0];
  l.in_c = l.out_c = l.groups = x->dim[1];
  set_window(&l, &win);
  add_pool(s, &l, x, 1);
}

/* A pool over all of h x w. */
static void pool_whole(onnx_step *s, const onnx_tensor *x, int64_t batch, int64_t h, int64_t w, int64_t channels)
{
  qy_layer l = onnx_blank(QY_LAYER_POOL);
  l.batch = batch;
  l.in_h = l.kernel_h = h;
  l.in_w = l.kernel_w = w;
  l.in_c = l.out_c = l.groups = channels;
  add_pool(s, &l, x, 1);
}

void onnx_layer_global(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, s->rule->a);
  if (x && x->rank > 4) {
    onnx_leave_out(s, "left out: a pool over depth");
    return;
  }
  if (!onnx_known_sizes(s, x) || !x || x->rank < 3) {
    onnx_because(s, "an input of less than 3 dimensions");
    onnx_unknown_size(s);
    return;
  }
  pool_whole(s, x, x->dim[0], x->rank == 4 ? x->dim[2] : 1, x->dim[x->rank - 1], x->dim[1]);
}

void onnx_layer_reduce(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  bool axis[ONNX_RANK_MAX];
  int64_t reduced = 1;
  if (!x || x->constant) return;
  if (onnx_whole(s->g, x) && onnx_reduced(s, x, axis)) {
    const qy_layer *from = &s->g->layer[x->origin.layer].layer;
    const int channels = x->origin.channel_axis;
    for (int i = 0; i < x->rank; i++)
      if (axis[i]) reduced *= x->dim[i];
    if (channels >= 0 && !axis[channels] && reduced > 1 && reduced == from->out_h * from->out_w &&
        x->dim[channels] == from->out_c) {
      pool_whole(s, x, from->batch, from->out_h, from->out_w, from->out_c);
      return;
    }
  }
  onnx_leave_out(s, "left out: not the mean or maximum over whole maps of a layer");
}

void onnx_layer_pad(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t pads[2 * ONNX_RANK_MAX];
  onnx_pass(s);
  onnx_tensor *y = s->out_count ? s->out[0] : NULL;
  if (!x || !y || x->origin.layer == ONNX_NONE || x->rank < 3 || x->rank > 2 + ONNX_SPATIAL_MAX) return;
  if (onnx_integers(s, "pads", 1, pads, 2 * ONNX_RANK_MAX) != 2 * x->rank) return;
  y->origin.channel_axis = x->origin.channel_axis;
  for (int i = 2; i < x->rank; i++) {
    const int64_t low = pads[i], high = pads[x->rank + i], most = NETWORK_SIZE_MAX;
    if (low < 0 || high < 0 || low > most || high > most) continue;
    y->origin.pad[(size_t)(i - 2) * 2] += low;
    y->origin.pad[(size_t)(i - 2) * 2 + 1] += high;
  }
}

void onnx_layer_transpose(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t order[ONNX_RANK_MAX];
  onnx_pass(s);
  onnx_tensor *y = s->out_count ? s->out[0] : NULL;
  if (!x || !y || x->origin.channel_axis < 0 || x->rank < 0) return;
  const int count = onnx_integers(s, "perm", -1, order, ONNX_RANK_MAX);
  y->origin.channel_axis = -1;
  for (int i = 0; i < x->rank; i++)
    if ((count == x->rank ? order[i] : x->rank - 1 - i) == x->origin.channel_axis) y->origin.channel_axis = i;
}
