/* Small random networks for tests of schedules, and random or listed ways to run their ops. */
#ifndef QUARRY_TESTS_SMALL_NETWORKS_H
#define QUARRY_TESTS_SMALL_NETWORKS_H

#include "quarry/schedule.h"

#include "files.h"
#include "random.h"

#include <stdlib.h>

enum { SMALL_LAYERS = 6, SMALL_TEXT = 2048 };

typedef struct small_layer {
  int h, w, c;
} small_layer;

/* How large and how varied. */
typedef struct small_kind {
  int layers, size, channels; /* at most */
  bool chain;                 /* no branches */
} small_kind;

typedef struct small_draft {
  char text[SMALL_TEXT];
  size_t length;
  small_layer layer[SMALL_LAYERS];
  int count;
} small_draft;

__attribute__((format(printf, 2, 3))) static void small_put(small_draft *d, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  d->length += (size_t)vsnprintf(d->text + d->length, SMALL_TEXT - d->length, format, args);
  va_end(args);
}

static int small_out(int in, int kernel, int stride, int pad)
{
  return (in + 2 * pad - kernel) / stride + 1;
}

/* An earlier layer of this size, other than `but`; -1: none. */
static int small_twin(const small_draft *d, small_layer l, int but, uint64_t *s)
{
  const int start = (int)random_below(s, SMALL_LAYERS);
  for (int k = 0; k < d->count; k++) {
    const int i = (start + k) % d->count;
    if (i != but && d->layer[i].h == l.h && d->layer[i].w == l.w && (l.c == 0 || d->layer[i].c == l.c)) return i;
  }
  return -1;
}

/* What a layer reads: an earlier one, sometimes with one of its size beside it, sometimes scaled. */
static small_layer small_input(small_draft *d, const small_kind *k, bool gates, uint64_t *s)
{
  if (d->count == 0) {
    const small_layer in = {1 + (int)random_below(s, (size_t)k->size), 1 + (int)random_below(s, (size_t)k->size),
                            1 + (int)random_below(s, (size_t)k->channels)};
    small_put(d, "-,%d,%d,%d", in.h, in.w, in.c);
    return in;
  }
  int from = d->count - 1;
  if (!k->chain && random_below(s, 4) == 0) from = (int)random_below(s, (size_t)d->count);
  small_layer in = d->layer[from];
  small_put(d, "l%d", from);
  const int beside = k->chain || random_below(s, 6) > 0 ? -1 : small_twin(d, (small_layer){in.h, in.w, 0}, from, s);
  if (beside >= 0) {
    small_put(d, "+l%d", beside);
    in.c += d->layer[beside].c;
  }
  const int gate = gates && !k->chain ? small_twin(d, (small_layer){1, 1, in.c}, from, s) : -1;
  if (gate >= 0 && gate != beside && random_below(s, 2)) small_put(d, "*l%d", gate);
  small_put(d, ",,,");
  return in;
}

/* layer,type,inputs,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad,dilation,groups */
static void small_add_layer(small_draft *d, const small_kind *k, uint64_t *s)
{
  static const char *const types[] = {"conv", "conv", "pwconv", "pwconv", "dwconv", "dwconv", "pool", "fc"};
  const char *type = types[random_below(s, d->count == 0 ? 6 : 8)];
  const bool fc = *type == 'f', pointwise = *type == 'p' && type[1] == 'w', pool = *type == 'p' && type[1] == 'o';
  const int twin =
      d->count > 1 && !k->chain && random_below(s, 2) ? small_twin(d, d->layer[d->count - 1], d->count - 1, s) : -1;
  if (twin >= 0) {
    const bool join = random_below(s, 5) == 0;
    const int third = join ? -1 : small_twin(d, d->layer[twin], twin, s); /* sometimes a third one is added */
    small_put(d, "l%d,%s,l%d+l%d", d->count, join ? "concat" : "add", d->count - 1, twin);
    if (third >= 0 && third != d->count - 1) small_put(d, "+l%d", third);
    small_put(d, ",,,,,,,,,,\n");
    d->layer[d->count] = d->layer[d->count - 1];
    if (join) d->layer[d->count].c *= 2;
    d->count++;
    return;
  }
  small_put(d, "l%d,%s,", d->count, type);
  const small_layer in = small_input(d, k, !fc, s);
  small_layer out = {1, 1, 1 + (int)random_below(s, (size_t)k->channels)};
  if (fc) {
    small_put(d, ",%d,,,,,,\n", out.c);
  } else if (pool && random_below(s, 2)) {
    out.c = in.c;
    small_put(d, ",,,,,,,\n");
  } else {
    int kernel[2], stride = 1 + (random_below(s, 4) == 0), pad = (int)random_below(s, 2);
    if (random_below(s, 12) == 0) stride = 3;
    const bool same = random_below(s, 2);
    kernel[0] = 1 + (int)random_below(s, 3);
    kernel[1] = random_below(s, 4) ? kernel[0] : 1 + (int)random_below(s, 3);
    if (pointwise) kernel[0] = kernel[1] = 1, stride = random_below(s, 5) ? 1 : stride;
    if (same) { /* as many pixels and channels */
      kernel[0] = kernel[1] = pointwise ? 1 : 3;
      stride = 1;
      pad = pointwise ? 0 : 1;
      out.c = in.c;
    }
    int least = kernel[0] < kernel[1] ? kernel[0] : kernel[1];
    const bool dilated = least > 1 && !same && random_below(s, 8) == 0;
    if (pad >= least) pad = 0;
    const int reach[2] = {dilated ? 2 * kernel[0] - 1 : kernel[0], dilated ? 2 * kernel[1] - 1 : kernel[1]};
    if (*type == 'd' || pool) out.c = in.c;
    const bool groups = *type == 'c' && in.c % 2 == 0 && out.c % 2 == 0 && random_below(s, 4) == 0;
    small_put(d, ",%d,%d,%d,%d,%d,%d,%s\n", out.c, kernel[0], kernel[1], stride, pad, dilated ? 2 : 1,
              groups ? "2" : "");
    out.h = in.h + 2 * pad < reach[0] ? 0 : small_out(in.h, reach[0], stride, pad);
    out.w = in.w + 2 * pad < reach[1] ? 0 : small_out(in.w, reach[1], stride, pad);
  }
  d->layer[d->count++] = out;
}

/* A pool over the whole map before, which scales what the next layer reads of that map. */
static void small_squeeze(small_draft *d, const small_kind *k, uint64_t *s)
{
  const int map = d->count - 1;
  const small_layer in = d->layer[map];
  small_put(d, "l%d,pool,,,,,,,,,,,\n", d->count);
  d->layer[d->count++] = (small_layer){1, 1, in.c};
  d->layer[d->count] = in;
  d->layer[d->count].c = 1 + (int)random_below(s, (size_t)k->channels);
  small_put(d, "l%d,pwconv,l%d*l%d,,,,%d,1,1,1,0,1,\n", d->count, map, d->count - 1, d->layer[d->count].c);
  d->count++;
}

/* The graph of a file with this text; NULL: it is no network. */
static const qy_graph *small_read(const char *text, qy_arena *arena)
{
  char path[64];
  qy_network *n = NULL;
  qy_graph *g = NULL;
  snprintf(path, sizeof path, "/tmp/quarry_small_%d.csv", (int)getpid());
  if (!write_file(path, text)) return NULL;
  const bool good = qy_network_read(&n, "db", path, arena, NULL) == QY_OK && qy_graph_new(&g, n, arena, NULL) == QY_OK;
  unlink(path);
  return good ? g : NULL;
}

/* A graph; NULL: this draft was no network.  `text` gets the file. */
static const qy_graph *small_graph(char text[SMALL_TEXT], const small_kind *k, uint64_t *state, qy_arena *arena)
{
  small_draft d = {.length = 0};
  const int layers = 2 + (int)random_below(state, (size_t)k->layers - 1);
  small_put(&d, "layer,type,inputs,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad,dilation,groups\n");
  while (d.count < layers)
    if (!k->chain && d.count > 0 && d.count + 2 <= layers && random_below(state, 6) == 0)
      small_squeeze(&d, k, state);
    else
      small_add_layer(&d, k, state);
  memcpy(text, d.text, sizeof d.text);
  return small_read(text, arena);
}

/* A chain whose layers differ in the two directions: kernels, strides, dilations, padding on each side. */
static inline const qy_graph *small_uneven(char text[SMALL_TEXT], uint64_t *s, qy_arena *arena)
{
  small_draft d = {.length = 0};
  small_put(&d, "layer,type,inputs,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride_h,stride_w,dilation_h,dilation_w,"
                "pad_top,pad_bottom,pad_left,pad_right\n");
  const int layers = 2 + (int)random_below(s, 2), side = 2 + (int)random_below(s, 5);
  for (int i = 0; i < layers; i++) {
    const bool deep = random_below(s, 3) == 0;
    small_put(&d, "l%d,%s,", i, deep ? "dwconv" : "conv");
    if (i)
      small_put(&d, "l%d,,,", i - 1);
    else
      small_put(&d, "-,%d,%d,", side, random_below(s, 4) ? side : 1 + (int)random_below(s, 5));
    small_put(&d, i ? "," : "1,");
    if (!deep) small_put(&d, "%d", 1 + (int)random_below(s, 2));
    int reach[2], kernel[2], stride[2], dilation[2];
    for (int k = 0; k < 2; k++) {
      const bool alike = k && random_below(s, 2); /* often one of them alone differs */
      kernel[k] = alike ? kernel[0] : 1 + (int)random_below(s, 2);
      stride[k] = k && random_below(s, 2) ? stride[0] : 1 + (int)random_below(s, 4);
      dilation[k] = kernel[k] > 1 ? 1 + (random_below(s, 3) == 0) : 1;
      reach[k] = (kernel[k] - 1) * dilation[k] + 1;
    }
    small_put(&d, ",%d,%d,%d,%d,%d,%d", kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1]);
    const bool one = random_below(s, 2);
    const int pad = reach[0] > 1 && reach[1] > 1 ? (int)random_below(s, 2) : 0;
    for (int k = 0; k < 4; k++)
      small_put(&d, ",%d", one ? pad : reach[k / 2] > 1 ? (int)random_below(s, 2) : 0);
    small_put(&d, "\n");
  }
  memcpy(text, d.text, sizeof d.text);
  const qy_graph *g = small_read(text, arena);
  bool square = true;
  for (size_t m = 0; g && m < g->map_count; m++)
    square = square && g->map[m].h == g->map[m].w;
  return square || random_below(s, 4) == 0 ? g : NULL; /* mostly such as look alike in both */
}

/* Networks of which random ones are too rarely. */
static const char *const small_listed[] = {
    /* two ops of one shape, the first of which adds its own input, the second another map */
    "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad\nx,conv,-,4,4,1,2,1,0\na,conv,x,,,,2,3,1\ns,add,a+x,,,,,,\n"
    "z,conv,s,,,,2,1,0\ny,conv,z,,,,2,1,0\nb,conv,y,,,,2,3,1\nt,add,b+z,,,,,,\n",
    /* three maps are added: one from before, one made on the way and needed afterwards */
    "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad\nx,conv,-,5,4,1,1,1,0\na,conv,x,,,,1,1,0\nb,conv,a,,,,1,3,1\n"
    "s,add,b+a+x,,,,,,\nc,conv,s,,,,1,3,1\nt,add,c+a,,,,,,\n",
    "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad\na,conv,-,8,8,1,1,1,0\nb,conv,a,,,,1,3,1\nc,conv,b,,,,1,3,1\n"
    "s,add,c+b+a,,,,,,\nd,conv,b,,,,1,1,0\n",
    /* a map is added whole, and every second line of it is read by another op of the same stage */
    "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\nz,conv,-,6,6,1,1,1,1,0\nx,conv,-,6,6,1,1,1,1,0\n"
    "y,conv,z,,,,1,3,1,1\ns,add,y+x,,,,,,,\nb,conv,x,,,,1,1,2,0\nd,conv,s,,,,1,3,2,1\nt,add,d+b,,,,,,,\n",
    "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\nx,conv,-,7,7,1,2,1,1,0\ny,conv,-,7,7,1,2,3,1,1\n"
    "s,add,y+x,,,,,,,\nb,conv,x,,,,1,1,3,0\nd,conv,s,,,,1,1,3,0\nt,add,d+b,,,,,,,\n",
};
enum { SMALL_LISTED = sizeof small_listed / sizeof *small_listed };

/* The graph of this number: of a kind, or, NULL, those listed and then uneven ones. */
static inline const qy_graph *small_next(char text[SMALL_TEXT], const small_kind *k, int number, uint64_t *state,
                                         qy_arena *arena)
{
  if (k) return small_graph(text, k, state, arena);
  if (number >= SMALL_LISTED) return small_uneven(text, state, arena);
  snprintf(text, SMALL_TEXT, "%s", small_listed[number]);
  return small_read(text, arena);
}

/* ---- nests that run ops, by the rules of traffic.h alone ---- */

enum { SMALL_NESTS = 4 };

static bool small_dense(const qy_layer *l)
{
  return qy_layer_multiplies(l->type) && !(l->type == QY_LAYER_DWCONV && l->in_c == l->out_c);
}

/* Is map needed after op `last`? */
static bool small_needed(const qy_graph *g, size_t map, size_t last)
{
  const qy_map *m = &g->map[map];
  return m->wanted || (m->last_use != QY_NO_INDEX && m->last_use > last);
}

/* Give the ops `first`.. the roles head, middle, tail, pool in turn (bits of `roles`); true if they are a nest. */
static bool small_nest(qy_nest *n, const qy_graph *g, size_t first, size_t last, const qy_place *place,
                       qy_nest_kind kind, unsigned roles)
{
  size_t o = first, maker = first;
  *n = (qy_nest){.kind = kind};
  const qy_layer **const role[3] = {&n->head, &n->middle, &n->tail};
  for (int k = 0; k < 3; k++)
    if (roles >> k & 1) {
      if (o <= last && k != 1 && !small_dense(g->op[o].layer)) return false;
      if (o > last || (k == 1 && (small_dense(g->op[o].layer) || (g->op[o].whole && first < last)))) return false;
      maker = o;
      *role[k] = g->op[o++].layer;
    }
  n->pooled = roles >> 3 & 1;
  if (n->pooled && (o > last || !g->op[o++].whole)) return false;
  if (o != last + 1) return false;
  const qy_graph_op *entry = &g->op[first], *exit = &g->op[maker];
  for (size_t k = first; k <= last; k++) {
    const qy_graph_op *op = &g->op[k];
    const bool may_gate = n->tail ? k == maker : k == first;
    if (k > first && (op->input_count != 1 || op->input[0] != g->op[k - 1].output)) return false;
    if (k < maker && small_needed(g, op->output, last)) return false;
    if (k < maker && g->map[op->output].last_use != k + 1) return false;
    if ((op->gate != QY_NO_INDEX && !may_gate) || (op->addend_count > 0 && k != maker)) return false;
    if (op->gate != QY_NO_INDEX) n->gate = place[op->gate] == QY_PLACE_HELD ? QY_GATE_HELD : QY_GATE_READ;
  }
  for (size_t k = 0; k < entry->input_count; k++)
    if (place[entry->input[k]] != place[entry->input[0]]) return false;
  n->input_held = place[entry->input[0]] == QY_PLACE_HELD;
  n->output_unused = n->pooled && !small_needed(g, exit->output, last);
  n->output_held = !n->output_unused && place[exit->output] == QY_PLACE_HELD;
  n->pooled_held = n->pooled && place[g->op[last].output] == QY_PLACE_HELD;
  for (size_t k = 0; k < exit->addend_count; k++) {
    const size_t from = g->map[exit->addend[k]].maker;
    if (from != QY_NO_INDEX && from >= first) return false;
    const bool own = kind != QY_NEST_DENSE && (kind != QY_NEST_BLOCK || n->head) && entry->input_count == 1 &&
                     exit->addend[k] == entry->input[0];
    if (own)
      n->adds_input = true;
    else
      *(place[exit->addend[k]] == QY_PLACE_HELD ? &n->addends_held : &n->addends_read) += 1;
  }
  return qy_nest_check(n, NULL) == QY_OK;
}

/* All nests that run the ops. */
static inline int small_nests(qy_nest nest[SMALL_NESTS], const qy_graph *g, size_t first, size_t last,
                              const qy_place *place)
{
  int count = 0;
  if (first == last) {
    if (small_nest(&nest[count], g, first, last, place, QY_NEST_DENSE, 1)) count++;
    if (small_nest(&nest[count], g, first, last, place, QY_NEST_CHANNELWISE, 2)) count++;
    const qy_layer *l = g->op[first].layer;
    const bool window = l->kernel_h * l->kernel_w * l->stride_h * l->stride_w * l->groups > 1; /* not just pixels */
    if (window && small_nest(&nest[count], g, first, last, place, QY_NEST_BLOCK, 1)) count++;
    return count;
  }
  if (small_nest(&nest[count], g, first, last, place, QY_NEST_DENSE, 1 | 8)) count++;
  if (small_nest(&nest[count], g, first, last, place, QY_NEST_CHANNELWISE, 2 | 8)) count++;
  for (unsigned roles = 0; roles < 16; roles++) {
    if (count + 2 > SMALL_NESTS || !small_nest(&nest[count], g, first, last, place, QY_NEST_BLOCK, roles)) continue;
    if (!nest[count++].head) {
      nest[count] = nest[count - 1];
      nest[count++].read_halo_kept = true;
    }
  }
  return count;
}

#endif
