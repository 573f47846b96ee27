/* All schedules of a small graph, one after another: plain enumeration by the rules of schedule.h.
 *
 * Cuts and placements by recursion; of each stage all nests with all tilings (qy_traffic_count), and all rows stages:
 * tiles of distinct counts, maps kept or made again, addends held or read again, weights resident or streamed, counted
 * here from the rules alone.  Of the ways to run a stage only those stay that no other beats in peak, traffic and MACs
 * at once. */
#ifndef QUARRY_TESTS_SCHEDULE_ORACLE_H
#define QUARRY_TESTS_SCHEDULE_ORACLE_H

#include "small_networks.h"

#include <assert.h>

enum { ORACLE_OPS = SMALL_LAYERS, ORACLE_MAPS = 20, ORACLE_SIDE = 16, ORACLE_WAYS = 4096 };

/* One way to run a stage, or the rest of a network: units, units, MACs. */
typedef struct oracle_way {
  int64_t peak, traffic, macs;
} oracle_way;

typedef struct oracle_front {
  oracle_way *way;
  int count, room;
} oracle_front;

typedef struct oracle {
  const qy_graph *g;
  const qy_schedule_options *options;
  oracle_front *stage[ORACLE_OPS][ORACLE_OPS]; /* [first][last]: [relevant placements] */
  uint32_t relevant[ORACLE_OPS][ORACLE_OPS];   /* maps whose placement matters */
  qy_arena *arena;
} oracle;

static void oracle_offer(oracle *x, oracle_front *f, oracle_way w)
{
  int n = 0;
  for (int i = 0; i < f->count; i++)
    if (f->way[i].peak <= w.peak && f->way[i].traffic <= w.traffic && f->way[i].macs <= w.macs) return;
  for (int i = 0; i < f->count; i++)
    if (!(w.peak <= f->way[i].peak && w.traffic <= f->way[i].traffic && w.macs <= f->way[i].macs))
      f->way[n++] = f->way[i];
  f->count = n;
  if (f->count == f->room) {
    oracle_way *more = qy_arena_alloc(x->arena, (size_t)f->room * 2 + 16, sizeof *more);
    assert(more);
    if (f->count > 0) memcpy(more, f->way, (size_t)f->count * sizeof *more);
    f->way = more;
    f->room = f->room * 2 + 16;
  }
  f->way[f->count++] = w;
}

/* ---- nests ---- */

static void oracle_tilings(oracle *x, oracle_front *f, const qy_nest *nest, qy_tiling t)
{
  const qy_schedule_options *o = x->options;
  const bool dense = nest->kind == QY_NEST_DENSE;
  for (int bits = 0; bits < 16; bits++) {
    t.scan = bits & 1;
    t.keep = bits >> 1 & 1;
    t.columns_inner = bits >> 2 & 1;
    t.channels_inner = bits >> 3 & 1;
    if (dense && bits > 1) break;
    if (nest->kind == QY_NEST_BLOCK && t.channels_inner) break;
    if (o->orders == QY_ORDERS_RASTER && (t.scan || t.keep)) continue;
    if (o->orders == QY_ORDERS_SCAN && (!t.scan || (!dense && !t.keep))) continue;
    for (int order = 0; order < (dense ? QY_ORDER_COUNT : 1); order++) {
      qy_traffic c;
      t.order = (qy_nest_order)order;
      qy_traffic_count(&c, nest, &t, o->units, o->rule);
      oracle_offer(x, f, (oracle_way){c.peak, qy_traffic_units(&c, o->units), c.macs});
    }
  }
}

static void oracle_nest(oracle *x, oracle_front *f, const qy_nest *nest)
{
  const qy_tiling whole = qy_nest_whole(nest);
  const bool flat = qy_nest_is_flat(nest), dense = nest->kind == QY_NEST_DENSE;
  qy_tiling t = whole;
  for (t.m = 1; t.m <= (flat ? whole.m : 1); t.m++)
    for (t.h = 1; t.h <= (flat ? 1 : whole.h); t.h++)
      for (t.w = 1; t.w <= (flat ? 1 : whole.w); t.w++)
        for (t.n = 1; t.n <= whole.n; t.n++)
          for (t.k = 1; t.k <= (dense ? whole.k : 1); t.k++)
            oracle_tilings(x, f, nest, t);
}

/* ---- rows ---- */

/* One direction of a map: what each tile needs of it, from..to, and where what is new begins. */
typedef struct oracle_lines {
  int from[ORACLE_SIDE], to[ORACLE_SIDE], fresh[ORACLE_SIDE];
} oracle_lines;

typedef struct oracle_map {
  size_t map;
  int size[2], c;
  int maker; /* op of the stage; -1: none */
  bool held, leaves, inside, whole, once, driven, gate;
  bool keep;
  oracle_lines side[2];
} oracle_map;

typedef struct oracle_rows {
  oracle *x;
  size_t first;
  int ops, maps, tiles[2], tile[2], driver;
  oracle_map map[ORACLE_MAPS];
  int local[ORACLE_MAPS];
  bool again[ORACLE_OPS]; /* addends in DRAM are read again */
} oracle_rows;

static const qy_graph_op *oracle_op(const oracle_rows *r, int o)
{
  return &r->x->g->op[r->first + (size_t)o];
}

static int oracle_local(oracle_rows *r, size_t map)
{
  if (r->local[map] >= 0) return r->local[map];
  const qy_map *m = &r->x->g->map[map];
  assert(r->maps < ORACLE_MAPS && m->h <= ORACLE_SIDE && m->w <= ORACLE_SIDE);
  r->map[r->maps] = (oracle_map){.map = map, .size = {(int)m->h, (int)m->w}, .c = (int)m->c, .maker = -1};
  return r->local[map] = r->maps++;
}

/* Does op o take windows of the map: as input, as an addend? */
static bool oracle_reads(const oracle_rows *r, int o, const oracle_map *m, bool *adds)
{
  const qy_graph_op *op = oracle_op(r, o);
  bool reads = false;
  *adds = false;
  if (op->whole) return false;
  for (size_t k = 0; k < op->input_count; k++)
    reads = reads || op->input[k] == m->map;
  for (size_t k = 0; k < op->addend_count; k++)
    *adds = *adds || op->addend[k] == m->map;
  if (m->maker < 0 && !m->held && r->again[o]) *adds = false;
  return reads;
}

static bool oracle_used(const oracle_rows *r, int o, const oracle_map *m)
{
  bool adds;
  return oracle_reads(r, o, m, &adds) || adds;
}

/* The maps of the stage; false: it is none. */
static bool oracle_rows_begin(oracle_rows *r, oracle *x, size_t first, size_t last, const qy_place *place)
{
  *r = (oracle_rows){.x = x, .first = first, .ops = (int)(last - first + 1), .driver = -1};
  memset(r->local, -1, sizeof r->local);
  for (int o = 0; o < r->ops; o++) {
    const qy_graph_op *op = oracle_op(r, o);
    for (size_t k = 0; k < op->input_count; k++)
      oracle_local(r, op->input[k]);
    for (size_t k = 0; k < op->addend_count; k++)
      oracle_local(r, op->addend[k]);
    if (op->gate != QY_NO_INDEX) {
      const int gate = oracle_local(r, op->gate);
      if (r->map[gate].maker >= 0) return false;
      r->map[gate].gate = true;
    }
    const int made = oracle_local(r, op->output);
    r->map[made].maker = o;
    r->map[made].whole = op->whole;
    if (!op->whole) r->driver = made;
  }
  if (r->driver < 0) return false;
  for (int i = 0; i < r->maps; i++) {
    oracle_map *m = &r->map[i];
    const bool needed = small_needed(x->g, m->map, last);
    m->held = (m->maker < 0 || needed) && place[m->map] == QY_PLACE_HELD;
    m->leaves = m->maker >= 0 && needed;
    m->inside = m->maker >= 0 && !needed;
    m->once = m->leaves;
    bool read = false;
    for (int o = 0; o < r->ops; o++) {
      const qy_graph_op *op = oracle_op(r, o);
      read = read || oracle_used(r, o, m);
      for (size_t k = 0; op->whole && k < op->input_count; k++)
        if (op->input[k] == m->map) {
          if (m->maker < 0 || m->whole) return false;
          m->once = true;
        }
    }
    if (m->whole && read) return false;
    m->driven = m->maker >= 0 && !m->whole && (i == r->driver || !read);
  }
  for (int i = 0; i < r->maps; i++)
    for (int d = 0; d < 2; d++)
      if (r->map[i].driven && r->map[i].size[d] != r->map[r->driver].size[d]) return false;
  return true;
}

/* Lines of its input that outputs from..to of an op read, d: rows or columns. */
static void oracle_window(const qy_graph_op *op, const oracle_map *in, int d, int from, int to, int *begin, int *end)
{
  const qy_layer *l = op->layer;
  const int64_t stride = d ? l->stride_w : l->stride_h, pad = d ? l->pad_left : l->pad_top;
  const int64_t taps = d ? l->kernel_w : l->kernel_h, dilation = d ? l->dilation_w : l->dilation_h;
  *begin = in->size[d];
  *end = 0;
  for (int y = from; y < to; y++)
    for (int64_t k = 0; k < taps; k++) {
      const int64_t line = y * stride - pad + k * dilation;
      if (line >= 0 && line < in->size[d] && line < *begin) *begin = (int)line;
      if (line >= 0 && line < in->size[d] && line >= *end) *end = (int)line + 1;
    }
  /* what a dilated kernel skips at the border is read too */
  const int64_t low = from * stride - pad, high = (to - 1) * stride - pad + (taps - 1) * dilation + 1;
  *begin = low < 0 ? 0 : (int)low;
  *end = high > in->size[d] ? in->size[d] : (int)high;
  if (l->type == QY_LAYER_FC) {
    *begin = 0;
    *end = in->size[d];
  }
}

static void oracle_widen(oracle_lines *s, int t, int begin, int end)
{
  if (begin >= end) return;
  if (begin < s->from[t]) s->from[t] = begin;
  if (end > s->to[t]) s->to[t] = end;
}

/* What the tiles need of map m, whose readers are all settled. */
static void oracle_need(oracle_rows *r, oracle_map *m, int d)
{
  oracle_lines *s = &m->side[d];
  const int tiles = r->tiles[d];
  for (int t = 0; t < tiles; t++) {
    s->from[t] = m->size[d];
    s->to[t] = 0;
    for (int o = 0; o < r->ops; o++) {
      bool adds;
      const bool reads = oracle_reads(r, o, m, &adds);
      if (!reads && !adds) continue;
      const oracle_lines *out = &r->map[oracle_local(r, oracle_op(r, o)->output)].side[d];
      int begin, end;
      if (out->fresh[t] >= out->to[t]) continue;
      oracle_window(oracle_op(r, o), m, d, out->fresh[t], out->to[t], &begin, &end);
      if (reads) oracle_widen(s, t, begin, end);
      if (adds) oracle_widen(s, t, out->fresh[t], out->to[t]);
    }
    const int end = (t + 1) * r->tile[d];
    if (m->driven) oracle_widen(s, t, t * r->tile[d], end < m->size[d] ? end : m->size[d]);
  }
  if (m->once) s->to[tiles - 1] = m->size[d];
  int there = 0; /* lines below it have been made */
  for (int t = 0; t < tiles; t++) {
    if (!m->keep) {
      s->fresh[t] = s->from[t];
      if (s->from[t] >= s->to[t]) s->fresh[t] = s->from[t] = s->to[t] = 0;
      continue;
    }
    for (int later = t + 1; later < tiles; later++)
      if (s->from[later] < s->from[t]) s->from[t] = s->from[later];
    if (m->once && s->from[t] > there) s->from[t] = there;
    if (s->to[t] < there) s->to[t] = there;
    if (s->from[t] > s->to[t]) s->from[t] = s->to[t];
    s->fresh[t] = s->from[t] > there ? s->from[t] : there;
    there = s->to[t];
  }
}

static int oracle_fresh(const oracle_rows *r, const oracle_map *m, int d)
{
  int lines = 0;
  for (int t = 0; t < r->tiles[d]; t++)
    lines += m->side[d].to[t] - m->side[d].fresh[t];
  return lines;
}

/* Lines kept from tile t - 1 to t. */
static int oracle_kept(const oracle_rows *r, const oracle_map *m, int d, int t)
{
  if (t == 0 || t >= r->tiles[d] || m->side[d].to[t - 1] < m->side[d].from[t]) return 0;
  return m->side[d].to[t - 1] - m->side[d].from[t];
}

/* Largest of a kind over the tiles of a row. */
typedef struct oracle_widths {
  int window, kept, fresh, all;
} oracle_widths;

static int oracle_larger(int a, int b)
{
  return a > b ? a : b;
}

static oracle_widths oracle_widths_of(const oracle_rows *r, const oracle_map *m)
{
  oracle_widths w = {.all = m->side[1].to[r->tiles[1] - 1] - m->side[1].from[0]};
  for (int t = 0; t < r->tiles[1]; t++) {
    w.window = oracle_larger(w.window, m->side[1].to[t] - m->side[1].from[t]);
    w.kept = oracle_larger(w.kept, oracle_kept(r, m, 1, t));
    w.fresh = oracle_larger(w.fresh, m->side[1].to[t] - m->side[1].fresh[t]);
  }
  return w;
}

/* Entries of one channel of a map while op o runs in row t of the tiles; doubled: those that count once more. */
static int oracle_entries(const oracle_rows *r, const oracle_map *m, const oracle_widths *w, int o, int t, int *doubled)
{
  int begins = m->maker, ends = m->maker;
  for (int k = r->ops - 1; k >= 0 && m->maker < 0; k--)
    if (oracle_used(r, k, m)) begins = k;
  for (int k = 0; k < r->ops; k++)
    if (oracle_used(r, k, m)) ends = oracle_larger(ends, k);
  *doubled = 0;
  if (begins < 0) return 0;
  const oracle_lines *rows = &m->side[0];
  const bool in_use = o >= begins && o <= ends;
  const int fresh = rows->to[t] - rows->fresh[t], old = oracle_kept(r, m, 0, t), next = oracle_kept(r, m, 0, t + 1);
  if (in_use && !m->inside && !m->held) *doubled = fresh * w->fresh;
  if (!m->keep) return in_use ? (rows->to[t] - rows->from[t]) * w->window : 0;
  if (r->tiles[1] > 1) return oracle_larger(old, next) * w->all + fresh * (in_use ? w->window : w->kept);
  return (in_use ? old + fresh : o < begins ? old : next) * w->all;
}

/* Units in the buffer but for weights. */
static int64_t oracle_peak(oracle_rows *r)
{
  const qy_schedule_options *options = r->x->options;
  const int copies = options->rule == QY_CAPACITY_DOUBLE_BUFFERED ? 2 : 1;
  int64_t always = 0, peak = 0;
  oracle_widths w[ORACLE_MAPS];
  for (int i = 0; i < r->maps; i++) {
    const oracle_map *m = &r->map[i];
    const int64_t entries = (int64_t)m->size[0] * m->size[1] * m->c;
    if (m->whole)
      always += m->c * options->units.sum;
    else if (m->held || m->gate)
      always += entries * options->units.activation;
    w[i] = oracle_widths_of(r, m);
  }
  for (int t = 0; t < r->tiles[0]; t++)
    for (int o = 0; o < r->ops; o++) {
      int64_t now = 0;
      for (int i = 0; i < r->maps; i++) {
        int doubled;
        if (r->map[i].whole || r->map[i].held) continue;
        now += r->map[i].c * oracle_entries(r, &r->map[i], &w[i], o, t, &doubled);
        if (copies == 2) now += r->map[i].c * doubled;
      }
      const qy_graph_op *op = oracle_op(r, o);
      const int out = oracle_local(r, op->output);
      for (size_t k = 0; r->again[o] && k < op->addend_count; k++) {
        const oracle_map *m = &r->map[oracle_local(r, op->addend[k])];
        const oracle_lines *rows = &r->map[out].side[0];
        if (m->maker < 0 && !m->held) now += copies * m->c * (rows->to[t] - rows->fresh[t]) * w[out].fresh;
      }
      if (now > peak) peak = now;
    }
  return always + peak * options->units.activation;
}

/* Entries of activations that move; MACs; and the tiles in which each op makes something. */
static void oracle_moves(oracle_rows *r, int64_t *entries, int64_t *macs, int64_t made_in[ORACLE_OPS])
{
  *entries = *macs = 0;
  for (int o = 0; o < r->ops; o++) {
    const qy_graph_op *op = oracle_op(r, o);
    const oracle_map *out = &r->map[oracle_local(r, op->output)];
    const int64_t pixels = op->whole ? 0 : (int64_t)oracle_fresh(r, out, 0) * oracle_fresh(r, out, 1);
    int tiles[2] = {0, 0};
    for (int d = 0; d < 2 && !op->whole; d++)
      for (int t = 0; t < r->tiles[d]; t++)
        tiles[d] += out->side[d].to[t] > out->side[d].fresh[t];
    made_in[o] = (int64_t)tiles[0] * tiles[1];
    *macs += pixels * op->layer->macs / (op->layer->out_h * op->layer->out_w);
    for (size_t k = 0; r->again[o] && k < op->addend_count; k++) {
      const oracle_map *m = &r->map[oracle_local(r, op->addend[k])];
      if (m->maker < 0 && !m->held) *entries += pixels * m->c;
    }
  }
  for (int i = 0; i < r->maps; i++) {
    const oracle_map *m = &r->map[i];
    const int64_t all = (int64_t)m->size[0] * m->size[1] * m->c;
    bool used = false;
    for (int o = 0; o < r->ops; o++)
      used = used || oracle_used(r, o, m);
    if (m->held) continue;
    if (m->leaves || m->gate) *entries += all;
    if (m->maker < 0 && used) *entries += (int64_t)oracle_fresh(r, m, 0) * oracle_fresh(r, m, 1) * m->c;
  }
}

/* All choices of resident weights. */
static void oracle_weights(oracle_rows *r, oracle_front *f)
{
  const qy_schedule_options *options = r->x->options;
  const qy_units u = options->units;
  int64_t entries, macs, made_in[ORACLE_OPS];
  oracle_moves(r, &entries, &macs, made_in);
  const int64_t peak = oracle_peak(r);
  for (unsigned resident = 0; resident < 1u << r->ops; resident++) {
    oracle_way w = {peak, entries * u.activation, macs};
    bool streams = false, skip = false;
    for (int o = 0; o < r->ops; o++) {
      const int64_t weights = oracle_op(r, o)->layer->weights * u.weight;
      if (resident >> o & 1) {
        skip = skip || weights == 0;
        w.peak += weights;
        w.traffic += weights;
      } else {
        streams = streams || weights > 0;
        w.traffic += weights * made_in[o];
      }
    }
    if (streams) w.peak += u.weight * (options->rule == QY_CAPACITY_DOUBLE_BUFFERED ? 2 : 1);
    if (!skip) oracle_offer(r->x, f, w);
  }
}

/* All choices of maps that are kept, for these tiles and these addends. */
static void oracle_keeps(oracle_rows *r, oracle_front *f)
{
  int open[ORACLE_MAPS], count = 0;
  for (int i = 0; i < r->maps; i++) {
    oracle_map *m = &r->map[i];
    m->keep = true;
    if (!m->once && !m->whole && !m->held && r->tiles[0] * r->tiles[1] > 1) open[count++] = i;
  }
  for (unsigned keep = 0; keep < 1u << count; keep++) {
    for (int k = 0; k < count; k++)
      r->map[open[k]].keep = keep >> k & 1;
    for (int d = 0; d < 2; d++) {
      for (int o = r->ops - 1; o >= 0; o--)
        if (!oracle_op(r, o)->whole) oracle_need(r, &r->map[oracle_local(r, oracle_op(r, o)->output)], d);
      for (int i = 0; i < r->maps; i++)
        if (r->map[i].maker < 0) oracle_need(r, &r->map[i], d);
    }
    oracle_weights(r, f);
  }
}

static void oracle_addends(oracle_rows *r, oracle_front *f)
{
  for (unsigned again = 0; again < 1u << r->ops; again++) {
    bool skip = false;
    for (int o = 0; o < r->ops; o++) {
      const qy_graph_op *op = oracle_op(r, o);
      bool any = false;
      r->again[o] = again >> o & 1;
      for (size_t k = 0; k < op->addend_count; k++) {
        const oracle_map *m = &r->map[oracle_local(r, op->addend[k])];
        any = any || (m->maker < 0 && !m->held);
      }
      skip = skip || (r->again[o] && !any);
    }
    if (!skip) oracle_keeps(r, f);
  }
}

static void oracle_rows_all(oracle *x, oracle_front *f, size_t first, size_t last, const qy_place *place)
{
  oracle_rows r;
  if (!oracle_rows_begin(&r, x, first, last, place)) return;
  const int *size = r.map[r.driver].size;
  for (r.tile[0] = 1; r.tile[0] <= size[0]; r.tile[0]++)
    for (r.tile[1] = 1; r.tile[1] <= size[1]; r.tile[1]++) {
      bool smallest = true; /* for its number of tiles */
      for (int d = 0; d < 2; d++) {
        r.tiles[d] = (size[d] + r.tile[d] - 1) / r.tile[d];
        smallest = smallest && (r.tile[d] == 1 || (size[d] + r.tile[d] - 2) / (r.tile[d] - 1) > r.tiles[d]);
      }
      if (smallest) oracle_addends(&r, f);
    }
}

/* ---- schedules ---- */

static bool oracle_free(const oracle *x)
{
  return x->options->fusion == QY_FUSION_FREE;
}

/* Maps that ops first..last read, or make for later. */
static uint32_t oracle_relevant(const qy_graph *g, size_t first, size_t last)
{
  uint32_t maps = 0;
  for (size_t o = first; o <= last; o++) {
    const qy_graph_op *op = &g->op[o];
    for (size_t k = 0; k < op->input_count; k++)
      maps |= 1u << op->input[k];
    for (size_t k = 0; k < op->addend_count; k++)
      maps |= 1u << op->addend[k];
    if (op->gate != QY_NO_INDEX) maps |= 1u << op->gate;
    maps |= 1u << op->output;
  }
  for (size_t i = 0; i < g->map_count; i++) {
    const qy_map *m = &g->map[i];
    const bool inside = m->maker != QY_NO_INDEX && m->maker >= first && !small_needed(g, i, last);
    if (m->maker == QY_NO_INDEX || m->wanted || inside) maps &= ~(1u << i);
  }
  return maps;
}

/* Number of a subset among those of a set. */
static size_t oracle_rank(uint32_t set, uint32_t subset)
{
  size_t rank = 0, bit = 0;
  for (int i = 0; i < 32; i++)
    if (set >> i & 1) rank |= (size_t)(subset >> i & 1) << bit++;
  return rank;
}

/* One of QY_FUSION_BLOCK: around a channelwise layer, with a pointwise layer before it, after it or both, or a pool at
 * the end. */
static bool oracle_is_block(const qy_nest *n)
{
  const bool pointwise = n->head &&
                         n->head->kernel_h * n->head->kernel_w * n->head->stride_h * n->head->stride_w == 1 &&
                         n->head->groups == 1;
  return n->kind == QY_NEST_BLOCK && !n->read_halo_kept && (!n->head || pointwise) && (n->middle || n->pooled);
}

static const oracle_front *oracle_stage(oracle *x, size_t first, size_t last, uint32_t held)
{
  const qy_graph *g = x->g;
  oracle_front **all = &x->stage[first][last];
  if (!*all) {
    x->relevant[first][last] = oracle_relevant(g, first, last);
    *all = qy_arena_alloc(x->arena, (size_t)1 << __builtin_popcount(x->relevant[first][last]), sizeof **all);
    assert(*all);
  }
  held &= x->relevant[first][last];
  oracle_front *f = &(*all)[oracle_rank(x->relevant[first][last], held)];
  if (f->room > 0) return f;
  qy_place place[ORACLE_MAPS];
  qy_nest nest[SMALL_NESTS];
  f->room = 16;
  f->way = qy_arena_alloc(x->arena, 16, sizeof *f->way);
  for (size_t i = 0; i < g->map_count; i++)
    place[i] = held >> i & 1 ? QY_PLACE_HELD : QY_PLACE_DRAM;
  const int nests = small_nests(nest, g, first, last, place);
  for (int i = 0; i < nests; i++)
    if (oracle_free(x) || first == last || (x->options->fusion == QY_FUSION_BLOCK && oracle_is_block(&nest[i])))
      oracle_nest(x, f, &nest[i]);
  if (oracle_free(x)) oracle_rows_all(x, f, first, last, place);
  return f;
}

static int64_t oracle_waiting(const oracle *x, size_t first, size_t last, uint32_t held)
{
  int64_t units = 0;
  uint32_t used = 0;
  for (size_t o = first; o <= last; o++) {
    const qy_graph_op *op = &x->g->op[o];
    for (size_t k = 0; k < op->input_count; k++)
      used |= 1u << op->input[k];
    for (size_t k = 0; k < op->addend_count; k++)
      used |= 1u << op->addend[k];
    if (op->gate != QY_NO_INDEX) used |= 1u << op->gate;
  }
  for (size_t i = 0; i < x->g->map_count; i++)
    if ((held & ~used) >> i & 1)
      units += x->g->map[i].h * x->g->map[i].w * x->g->map[i].c * x->options->units.activation;
  return units;
}

/* Maps that a stage of operators first to last makes and may hold, and those held before it that are used behind it. */
static inline void oracle_live(uint32_t *fresh, uint32_t *stay, const qy_graph *g, size_t first, size_t last,
                               uint32_t held)
{
  *fresh = *stay = 0;
  for (size_t i = 0; i < g->map_count; i++) {
    const qy_map *m = &g->map[i];
    const bool later = m->last_use != QY_NO_INDEX && m->last_use > last;
    if (m->maker != QY_NO_INDEX && m->maker >= first && m->maker <= last && later && !m->wanted) *fresh |= 1u << i;
    if ((held >> i & 1) && later) *stay |= 1u << i;
  }
}

/* All ways to run ops from `first` on with `held` in the buffer, into f. */
static void oracle_rest(oracle *x, oracle_front *f, size_t first, uint32_t held, oracle_way so_far)
{
  const qy_graph *g = x->g;
  if (first == g->op_count) {
    oracle_offer(x, f, so_far);
    return;
  }
  const size_t most = x->options->fusion != QY_FUSION_NONE ? g->op_count - 1 : first;
  for (size_t last = first; last <= most; last++) {
    uint32_t fresh, stay;
    oracle_live(&fresh, &stay, g, first, last, held);
    if (!oracle_free(x)) fresh = 0;
    const int64_t waiting = oracle_waiting(x, first, last, held);
    for (uint32_t hold = fresh;; hold = (hold - 1) & fresh) {
      const oracle_front *stage = oracle_stage(x, first, last, held | hold);
      for (int i = 0; i < stage->count; i++) {
        const oracle_way *w = &stage->way[i];
        const int64_t peak = w->peak + waiting;
        const oracle_way sum = {peak > so_far.peak ? peak : so_far.peak, so_far.traffic + w->traffic,
                                so_far.macs + w->macs};
        bool beaten = false; /* whatever follows */
        for (int k = 0; k < f->count && !beaten; k++)
          beaten = f->way[k].peak <= sum.peak && f->way[k].traffic <= sum.traffic && f->way[k].macs <= sum.macs;
        if (!beaten) oracle_rest(x, f, last + 1, stay | hold, sum);
      }
      if (hold == 0) break;
    }
  }
}

/* Every schedule that no other beats in peak, traffic and MACs; NULL: too large for this. */
static inline const oracle_front *oracle_all(oracle *x, const qy_graph *g, const qy_schedule_options *options,
                                             qy_arena *arena)
{
  *x = (oracle){.g = g, .options = options, .arena = arena};
  oracle_front *f = qy_arena_alloc(arena, 1, sizeof *f);
  if (g->map_count > ORACLE_MAPS || !f) return NULL;
  oracle_rest(x, f, 0, 0, (oracle_way){0, 0, 0});
  return f;
}

/* The smallest capacity that a schedule needs. */
static inline int64_t oracle_smallest_peak(const oracle_front *f)
{
  int64_t least = INT64_MAX;
  for (int i = 0; i < f->count; i++)
    if (f->way[i].peak < least) least = f->way[i].peak;
  return least;
}

/* Units, rule and orders by chance; free fusion. */
static qy_schedule_options oracle_options(uint64_t *s)
{
  qy_schedule_options o = {.units = {1, 1, 1}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST};
  if (random_below(s, 3) == 0) o.units = random_below(s, 2) ? (qy_units){8, 4, 20} : (qy_units){61, 37, 64};
  o.rule = random_below(s, 3) ? QY_CAPACITY_STRICT : QY_CAPACITY_DOUBLE_BUFFERED;
  o.orders = (qy_orders)(random_below(s, 3) ? QY_ORDERS_BEST : random_below(s, 3));
  return o;
}

#endif
