/* The buffer of a nest, simulated: plain loops over tiles, resident tiles by number, windows as sets of pixels.
 * Written from the rules in traffic.h, without the closed forms. */
#ifndef QUARRY_TESTS_TRAFFIC_SIM_H
#define QUARRY_TESTS_TRAFFIC_SIM_H

#include "quarry/traffic.h"

#include <stdlib.h>
#include <string.h>

enum { SIM_SIDE = 40 }; /* longest side of a map */

/* ---- windows ---- */

/* Which inputs a range of outputs reads, in one direction. */
static void sim_reads(bool set[SIM_SIDE], int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad,
                      int64_t begin, int64_t end)
{
  memset(set, 0, SIM_SIDE);
  for (int64_t y = begin; y < end; y++)
    for (int64_t x = y * stride - pad; x <= y * stride - pad + (kernel - 1) * dilation; x++)
      if (x >= 0 && x < in) set[x] = true;
}

static void sim_rows(bool set[SIM_SIDE], const qy_layer *l, int64_t begin, int64_t end)
{
  sim_reads(set, l->in_h, l->kernel_h, l->stride_h, l->dilation_h, l->pad_top, begin, end);
}

static void sim_columns(bool set[SIM_SIDE], const qy_layer *l, int64_t begin, int64_t end)
{
  sim_reads(set, l->in_w, l->kernel_w, l->stride_w, l->dilation_w, l->pad_left, begin, end);
}

static void sim_ends(int64_t *begin, int64_t *end, const bool set[SIM_SIDE])
{
  *begin = SIM_SIDE;
  *end = 0;
  for (int64_t i = 0; i < SIM_SIDE; i++) {
    if (!set[i]) continue;
    if (*begin == SIM_SIDE) *begin = i;
    *end = i + 1;
  }
}

typedef struct sim_window {
  bool pixel[SIM_SIDE][SIM_SIDE];
  int64_t middle; /* pixels between head and middle */
} sim_window;

static void sim_window_of(sim_window *w, const qy_layer *head, const qy_layer *middle, const int64_t tile[4])
{
  bool row[SIM_SIDE], column[SIM_SIDE];
  int64_t t[4] = {tile[0], tile[1], tile[2], tile[3]}; /* rows from, to, columns from, to */
  w->middle = 0;
  const qy_layer *last = middle ? middle : head;
  sim_rows(row, last, t[0], t[1]);
  sim_columns(column, last, t[2], t[3]);
  if (head && middle) {
    sim_ends(&t[0], &t[1], row);
    sim_ends(&t[2], &t[3], column);
    w->middle = (t[1] - t[0]) * (t[3] - t[2]);
    sim_rows(row, head, t[0], t[1]);
    sim_columns(column, head, t[2], t[3]);
  }
  for (int y = 0; y < SIM_SIDE; y++)
    for (int x = 0; x < SIM_SIDE; x++)
      w->pixel[y][x] = row[y] && column[x];
}

static int64_t sim_pixels(const sim_window *w, const sim_window *without)
{
  int64_t count = 0;
  for (int y = 0; y < SIM_SIDE; y++)
    for (int x = 0; x < SIM_SIDE; x++)
      count += w->pixel[y][x] && !(without && without->pixel[y][x]);
  return count;
}

/* ---- tiles ---- */

static int64_t sim_count(int64_t whole, int64_t size)
{
  return (whole + size - 1) / size;
}

static void sim_tile(int64_t *begin, int64_t *end, int64_t whole, int64_t size, int64_t i)
{
  *begin = i * size;
  *end = *begin + size < whole ? *begin + size : whole;
}

/* Tensors of a buffer: largest tile, number of times one was loaded or written. */
typedef struct sim_tensor {
  int64_t largest, moves;
} sim_tensor;

static void sim_hold(sim_tensor *t, int64_t entries, bool moves)
{
  if (entries > t->largest) t->largest = entries;
  t->moves += moves;
}

static int64_t sim_room(const sim_tensor *t, int64_t unit, qy_capacity_rule rule)
{
  return t->largest * unit * (rule == QY_CAPACITY_DOUBLE_BUFFERED && t->moves > 1 ? 2 : 1);
}

typedef struct sim {
  const qy_nest *nest;
  const qy_tiling *tiling;
  qy_traffic traffic;
  sim_tensor input, middle, inside, weights, output, pooled;
  bool spread;    /* results take more than one step */
  int64_t *whole; /* dense: m tiles that each n tile has with all k */
  /* loops */
  int64_t count[3], at[3];
  bool back[3];
  void (*visit)(struct sim *s);
  /* what is in the buffer */
  int64_t input_is, weights_is, output_is, output_entries;
  sim_window *window;      /* [2], now and before */
  int64_t window_channels; /* tile whose channels are there; -1: none */
  int64_t *visits;         /* of each output tile */
} sim;

static void sim_loops(sim *s, int level)
{
  if (level == 3) {
    s->visit(s);
    return;
  }
  for (int64_t i = 0; i < s->count[level]; i++) {
    s->at[level] = s->back[level] ? s->count[level] - 1 - i : i;
    sim_loops(s, level + 1);
  }
  if (s->tiling->scan) s->back[level] = !s->back[level];
}

static void sim_load_weights(sim *s, int64_t tile, int64_t entries)
{
  if (s->weights_is == tile) return;
  s->weights_is = tile;
  s->traffic.weights += entries;
  sim_hold(&s->weights, entries, true);
}

/* ---- dense ---- */

static int sim_level(const sim *s, char dimension)
{
  return (int)(strchr(qy_nest_order_name(s->tiling->order), dimension) - qy_nest_order_name(s->tiling->order));
}

static void sim_write_sums(sim *s)
{
  if (s->output_is < 0 || s->nest->output_held) return;
  if (s->visits[s->output_is] == s->count[sim_level(s, 'K')])
    s->traffic.output += s->nest->output_unused ? 0 : s->output_entries;
  else
    s->traffic.sum_writes += s->output_entries;
}

static void sim_dense_tile(sim *s, int64_t m, int64_t *outputs, int64_t *inputs)
{
  const qy_layer *l = s->nest->head;
  const qy_tiling *t = s->tiling;
  int64_t tile[4];
  if (qy_nest_is_flat(s->nest)) {
    sim_tile(&tile[0], &tile[1], l->out_h * l->out_w, t->m, m);
    *outputs = *inputs = tile[1] - tile[0];
    return;
  }
  const int64_t across = sim_count(l->out_w, t->w);
  sim_tile(&tile[0], &tile[1], l->out_h, t->h, m / across);
  sim_tile(&tile[2], &tile[3], l->out_w, t->w, m % across);
  sim_window_of(&s->window[0], l, NULL, tile);
  *outputs = (tile[1] - tile[0]) * (tile[3] - tile[2]);
  *inputs = sim_pixels(&s->window[0], NULL);
}

/* An output tile is whole: its values go to the pool sums of its n tile; those in use are of n tiles begun, not
 * ended. */
static void sim_pool(sim *s, int64_t n)
{
  const int64_t ms = s->count[sim_level(s, 'M')], ns = s->count[sim_level(s, 'N')];
  int64_t used = 0, all = s->nest->head->out_c / s->nest->head->groups;
  s->whole[n]++;
  for (int64_t i = 0; i < ns; i++) {
    int64_t begin, end;
    sim_tile(&begin, &end, all, s->tiling->n, i);
    if (i == n || (s->whole[i] > 0 && s->whole[i] < ms)) used += end - begin;
  }
  if (used > s->pooled.largest) s->pooled.largest = used;
}

static void sim_visit_dense(sim *s)
{
  const qy_layer *l = s->nest->head;
  const int64_t m = s->at[sim_level(s, 'M')], n = s->at[sim_level(s, 'N')], k = s->at[sim_level(s, 'K')];
  const int64_t ns = s->count[sim_level(s, 'N')], ks = s->count[sim_level(s, 'K')], taps = l->kernel_h * l->kernel_w;
  int64_t n0, n1, k0, k1, outputs, inputs;
  sim_tile(&n0, &n1, l->out_c / l->groups, s->tiling->n, n);
  sim_tile(&k0, &k1, l->in_c / l->groups, s->tiling->k, k);
  sim_dense_tile(s, m, &outputs, &inputs);
  if (s->input_is != m * ks + k) {
    s->input_is = m * ks + k;
    sim_hold(&s->input, inputs * (k1 - k0), true);
    if (!s->nest->input_held) s->traffic.input += inputs * (k1 - k0);
  }
  sim_load_weights(s, n * ks + k, taps * (n1 - n0) * (k1 - k0));
  if (s->output_is != m * ns + n) {
    sim_write_sums(s);
    s->output_is = m * ns + n;
    s->output_entries = outputs * (n1 - n0);
    sim_hold(&s->output, s->output_entries, true);
    if (s->visits[s->output_is] > 0) {
      if (!s->nest->output_held) s->traffic.sum_reads += s->output_entries;
    } else {
      s->traffic.addends += s->nest->addends_read * s->output_entries;
    }
  }
  s->visits[s->output_is]++;
  if (s->visits[s->output_is] == ks) sim_pool(s, n);
  s->traffic.macs += outputs * (n1 - n0) * (k1 - k0) * taps;
}

static void sim_dense(sim *s)
{
  const qy_layer *l = s->nest->head;
  const qy_tiling *t = s->tiling;
  const int64_t m = qy_nest_is_flat(s->nest) ? sim_count(l->out_h * l->out_w, t->m)
                                             : sim_count(l->out_h, t->h) * sim_count(l->out_w, t->w);
  const int64_t n = sim_count(l->out_c / l->groups, t->n), k = sim_count(l->in_c / l->groups, t->k);
  s->count[sim_level(s, 'M')] = m;
  s->count[sim_level(s, 'N')] = n;
  s->count[sim_level(s, 'K')] = k;
  s->visit = sim_visit_dense;
  s->spread = k > 1;
  s->visits = malloc((size_t)(m * n) * sizeof *s->visits);
  s->whole = malloc((size_t)n * sizeof *s->whole);
  if (!s->visits || !s->whole) abort();
  for (int64_t g = 0; g < l->groups; g++) {
    memset(s->visits, 0, (size_t)(m * n) * sizeof *s->visits);
    memset(s->whole, 0, (size_t)n * sizeof *s->whole);
    memset(s->back, 0, sizeof s->back);
    s->input_is = s->weights_is = s->output_is = -1;
    sim_loops(s, 0);
    sim_write_sums(s);
  }
  free(s->visits);
  free(s->whole);
  s->pooled.moves = l->groups * (s->pooled.largest < l->out_c / l->groups ? n : 1);
  if (s->nest->pooled) s->traffic.pooled = l->out_c;
}

/* ---- channelwise and block ---- */

static void sim_spatial(const sim *s, int64_t tile[4], int first)
{
  const qy_layer *l = s->nest->middle ? s->nest->middle : s->nest->head;
  const int outer = first, inner = first + 1;
  sim_tile(&tile[0], &tile[1], l->out_h, s->tiling->h, s->at[s->tiling->columns_inner ? outer : inner]);
  sim_tile(&tile[2], &tile[3], l->out_w, s->tiling->w, s->at[s->tiling->columns_inner ? inner : outer]);
}

/* The window of a tile into the buffer; channels: which they are (the same number: the same ones). */
static void sim_load_window(sim *s, int64_t channels, int64_t width, bool keep)
{
  const bool same = keep && s->window_channels == channels;
  if (!s->nest->input_held) s->traffic.input += width * sim_pixels(&s->window[0], same ? &s->window[1] : NULL);
  sim_hold(&s->input, width * sim_pixels(&s->window[0], NULL), true);
  s->window[1] = s->window[0];
  s->window_channels = channels;
}

static void sim_write(sim *s, int64_t entries)
{
  sim_hold(&s->output, entries, !s->nest->output_unused);
  s->traffic.addends += s->nest->addends_read * entries;
  if (!s->nest->output_unused && !s->nest->output_held) s->traffic.output += entries;
}

static void sim_visit_channelwise(sim *s)
{
  const qy_layer *l = s->nest->middle;
  const qy_tiling *t = s->tiling;
  const int64_t c = s->at[t->channels_inner ? 2 : 0];
  int64_t c0, c1, tile[4];
  sim_tile(&c0, &c1, l->in_c, t->n, c);
  sim_spatial(s, tile, t->channels_inner ? 0 : 1);
  sim_window_of(&s->window[0], NULL, l, tile);
  sim_load_window(s, c, c1 - c0, t->keep && (!t->channels_inner || t->n == l->in_c));
  if (l->type == QY_LAYER_DWCONV) sim_load_weights(s, c, (c1 - c0) * l->kernel_h * l->kernel_w);
  const int64_t pixels = (tile[1] - tile[0]) * (tile[3] - tile[2]);
  sim_write(s, pixels * (c1 - c0));
  if (l->type == QY_LAYER_DWCONV) s->traffic.macs += pixels * (c1 - c0) * l->kernel_h * l->kernel_w;
}

static void sim_visit_block(sim *s)
{
  const qy_nest *n = s->nest;
  const qy_layer *head = n->head, *middle = n->middle, *tail = n->tail;
  const bool weighs = middle && middle->type == QY_LAYER_DWCONV;
  const int64_t channels = head ? head->out_c : middle->in_c, group = s->at[2];
  int64_t e0, e1, tile[4];
  sim_tile(&e0, &e1, channels, s->tiling->n, group);
  sim_spatial(s, tile, 0);
  const int64_t pixels = (tile[1] - tile[0]) * (tile[3] - tile[2]), spot = s->at[0] * s->count[1] + s->at[1];
  sim_window_of(&s->window[0], head, middle, tile);
  if (!head)
    sim_load_window(s, group, e1 - e0, s->tiling->keep && n->read_halo_kept && s->count[2] == 1);
  else if (s->input_is != spot)
    sim_load_window(s, 0, head->in_c, s->tiling->keep);
  const bool fresh = s->input_is != spot;
  s->input_is = spot;
  int64_t weights = 0, at_middle = 0, at_output = 0;
  if (head) *(middle ? &at_middle : &at_output) += head->in_c / head->groups * head->kernel_h * head->kernel_w;
  weights = at_middle + at_output;
  if (weighs) weights += middle->kernel_h * middle->kernel_w;
  if (weighs) at_output += middle->kernel_h * middle->kernel_w;
  if (tail) weights += tail->out_c;
  if (tail) at_output += tail->out_c;
  sim_load_weights(s, group, weights * (e1 - e0));
  if (head && middle) sim_hold(&s->middle, s->window[0].middle * (e1 - e0), true);
  s->traffic.macs += (s->window[0].middle * at_middle + pixels * at_output) * (e1 - e0);
  if (!tail) {
    sim_write(s, pixels * (e1 - e0));
    return;
  }
  sim_hold(&s->inside, pixels * (e1 - e0), true);
  if (fresh) sim_write(s, pixels * tail->out_c);
}

static void sim_channels(sim *s)
{
  const qy_nest *n = s->nest;
  const qy_tiling *t = s->tiling;
  const qy_layer *l = n->middle ? n->middle : n->head;
  const bool block = n->kind == QY_NEST_BLOCK, last = block || t->channels_inner;
  const int64_t all = block && n->head ? n->head->out_c : l->in_c, groups = sim_count(all, t->n);
  const int64_t rows = sim_count(l->out_h, t->h), columns = sim_count(l->out_w, t->w);
  const int64_t outer = t->columns_inner ? rows : columns, inner = t->columns_inner ? columns : rows;
  s->count[last ? 0 : 1] = outer;
  s->count[last ? 1 : 2] = inner;
  s->count[last ? 2 : 0] = groups;
  s->visit = block ? sim_visit_block : sim_visit_channelwise;
  sim_loops(s, 0);
  s->spread = n->tail && groups > 1;
  if (!n->pooled) return;
  s->traffic.pooled = all;
  const bool stays = last && rows * columns > 1;
  s->pooled = (sim_tensor){stays ? all : t->n, stays ? 1 : groups};
}

static qy_traffic simulate(const qy_nest *n, const qy_tiling *tiling, qy_units u, qy_capacity_rule rule)
{
  static sim_window window[2];
  sim s = {.nest = n,
           .tiling = tiling,
           .input_is = -1,
           .weights_is = -1,
           .output_is = -1,
           .window = window,
           .window_channels = -1};
  if (n->kind == QY_NEST_DENSE)
    sim_dense(&s);
  else
    sim_channels(&s);
  const qy_layer *first = n->head ? n->head : n->middle, *last = n->tail ? n->tail : n->middle ? n->middle : n->head;
  const qy_layer *spatial = n->middle ? n->middle : n->head;
  const int64_t map = last->out_c * last->out_h * last->out_w, gate = n->tail ? n->tail->in_c : first->in_c;
  const int64_t unit = s.spread ? u.sum : u.activation;
  const bool many = qy_nest_is_flat(n) ? tiling->m < spatial->out_h * spatial->out_w
                                       : tiling->h < spatial->out_h || tiling->w < spatial->out_w;
  s.traffic.peak =
      n->input_held ? first->in_c * first->in_h * first->in_w * u.activation : sim_room(&s.input, u.activation, rule);
  s.traffic.peak += (s.middle.largest + s.inside.largest) * u.activation + sim_room(&s.weights, u.weight, rule);
  s.traffic.peak += n->output_held ? map * unit : sim_room(&s.output, unit, rule);
  if (n->pooled) s.traffic.peak += sim_room(&s.pooled, many ? u.sum : u.activation, rule);
  if (n->gate != QY_GATE_NONE) s.traffic.peak += gate * u.activation;
  if (n->gate == QY_GATE_READ) s.traffic.gate = gate;
  s.traffic.peak += n->addends_held * map * u.activation;
  return s.traffic;
}

#endif
