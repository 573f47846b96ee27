/* Counts of one tiling: see traffic.h.
 *
 * DENSE.  Loops o (outer), p (middle), q (inner) of `count` tiles each.  Let r be the loop that an operand does not
 * have an index of.  Two successive steps need the same tile of it exactly if only r moved between them.
 *   r inner    each tile once
 *   r middle   raster: all again for each p, unless q has one tile.  Scan: at each of the o (p - 1) turns of q the tile
 *              stays; pass number i p + j ends at the last q tile if even, at the first if odd.  For even p half the
 *              turns of each o, rounded up, are at the last; for odd p the turns are even in number, half at each end
 *   r outer    raster: all again for each o, unless there is one tile.  Scan: at each of the o - 1 turns one tile
 *              stays: p ends at the last (even) or the first tile, so does q by the parity of the pass
 * An operand's lengths along m, n and k may be those of windows: only their sum, the first and the last matter.
 *
 * Kept windows.  Within a strip of inner tiles all but the first fetch what the one before did not, so a strip of
 * width w costs (union of the strip) w; at the step to the next strip the two windows share the columns that
 * neighbours share times the rows that both have: raster, the last and the first window; scan, the whole window at
 * which the strip ended: the last one before odd boundaries, the first before even ones.  In the next channel tile
 * the strips come in reverse order, and its first pass has the parity that makes this hold again.
 */
#include "traffic_int.h"

#include <assert.h>

enum { M, N, K, DIMENSIONS };

/* Along one dimension: number of tiles and an operand's lengths. */
typedef struct along {
  int64_t count;
  traffic_lengths length;
} along;

static along plain(int64_t total, int64_t size)
{
  const int64_t count = qy_ceil_div(total, size);
  return (along){count, {total, size, total - (count - 1) * size}};
}

/* Tiles of h x w, numbered row by row. */
static along square(const traffic_cut *h, const traffic_cut *w, const traffic_lengths *rows,
                    const traffic_lengths *columns)
{
  return (along){h->count * w->count,
                 {rows->sum * columns->sum, rows->first * columns->first, rows->last * columns->last}};
}

/* Entries of an operand that are moved, a[r] the dimension it has no index of (only its count is read). */
static int64_t moved(const along a[DIMENSIONS], const int order[DIMENSIONS], int r, bool scan)
{
  const along *o = &a[order[0]], *p = &a[order[1]], *q = &a[order[2]];
  if (r == order[2]) return o->length.sum * p->length.sum;
  if (r == order[1]) {
    const int64_t size = o->length.sum * q->length.sum;
    if (q->count == 1 || p->count == 1) return size;
    if (!scan) return size * p->count;
    const int64_t turns = p->count - 1;
    return size * p->count - o->length.sum * ((turns + 1) / 2 * q->length.last + turns / 2 * q->length.first);
  }
  const int64_t size = p->length.sum * q->length.sum;
  if (o->count == 1 || (p->count == 1 && q->count == 1)) return size;
  if (!scan) return size * o->count;
  const int64_t turns = o->count - 1, high = (turns + 1) / 2, low = turns / 2;
  return size * o->count - high * p->length.last * (p->count % 2 ? q->length.last : q->length.first) -
         low * p->length.first * q->length.first;
}

static void count_dense(qy_traffic *t, const traffic_shape *s, const traffic_cut *h, const traffic_cut *w,
                        const qy_tiling *tiling)
{
  const int *order = traffic_order[tiling->order];
  const along n = plain(s->n, tiling->n), k = plain(s->k, tiling->k);
  const along in = square(h, w, &h->in, &w->in), out = square(h, w, &h->out, &w->out);
  const qy_nest *nest = s->nest;
  t->input = nest->input_held ? 0 : s->groups * moved((along[]){in, n, k}, order, N, tiling->scan);
  t->weights = s->groups * s->weights * moved((along[]){out, n, k}, order, M, tiling->scan);
  if (nest->pooled && !nest->pooled_held) t->pooled = s->groups * s->n;
  if (nest->output_held) return;
  t->output = nest->output_unused ? 0 : s->maps_out;
  t->sum_writes = t->sum_reads = s->groups * moved((along[]){out, n, k}, order, K, tiling->scan) - s->maps_out;
}

int64_t traffic_kept(const traffic_cut *inner, const traffic_cut *outer, bool scan)
{
  const int64_t strip = inner->in.sum - inner->shared[0] - inner->shared[1];
  const int64_t all = strip * outer->in.sum;
  if (!scan) return all - inner->wrap * (outer->shared[0] + outer->shared[1]);
  return all - inner->in.last * outer->shared[1] - inner->in.first * outer->shared[0];
}

/* Input of one channel; kept: windows are, if the tiling says so. */
static int64_t windows(const traffic_cut *h, const traffic_cut *w, const qy_tiling *tiling, bool kept)
{
  if (!tiling->keep || !kept) return h->in.sum * w->in.sum;
  return tiling->columns_inner ? traffic_kept(w, h, tiling->scan) : traffic_kept(h, w, tiling->scan);
}

/* Entries of n, whose tiles are the inner loop of `tiles` steps, one entry each. */
static int64_t inner_loop(int64_t n, int64_t size, int64_t tiles, bool scan)
{
  const int64_t count = qy_ceil_div(n, size), turns = tiles - 1;
  if (count == 1) return n;
  if (!scan) return tiles * n;
  return tiles * n - (turns + 1) / 2 * (n - (count - 1) * size) - turns / 2 * size;
}

static void count_channels(qy_traffic *t, const traffic_shape *s, const traffic_cut *h, const traffic_cut *w,
                           const qy_tiling *tiling)
{
  const qy_nest *nest = s->nest;
  const bool block = nest->kind == QY_NEST_BLOCK, inner = block || tiling->channels_inner;
  const bool one = tiling->n == s->n;
  const bool kept = s->in_c > 0 || (one && (!block || nest->read_halo_kept)) || !inner;
  const int64_t inputs = s->in_c > 0 ? s->in_c : s->n;
  if (!nest->input_held) t->input = inputs * windows(h, w, tiling, kept);
  t->weights = s->weights * (inner ? inner_loop(s->n, tiling->n, h->count * w->count, tiling->scan) : s->n);
  if (!nest->output_held && !nest->output_unused) t->output = s->maps_out;
  if (nest->pooled && !nest->pooled_held) t->pooled = s->n;
}

void traffic_count_cut(qy_traffic *t, const traffic_shape *s, const traffic_cut *h, const traffic_cut *w,
                       const qy_tiling *tiling)
{
  const qy_nest *nest = s->nest;
  *t = (qy_traffic){0};
  if (nest->kind == QY_NEST_DENSE)
    count_dense(t, s, h, w, tiling);
  else
    count_channels(t, s, h, w, tiling);
  if (nest->head && nest->head->computed) {
    t->second = t->weights;
    t->weights = 0;
  }
  t->addends = nest->addends_read * s->maps_out;
  if (nest->gate == QY_GATE_READ) t->gate = s->gate;
  t->macs = s->output_macs * h->out.sum * w->out.sum + s->middle_macs * h->middle_sum * w->middle_sum;
}

/* ---- occupancy ---- */

/* Units of a tile; moving: loaded or written more than once. */
static int64_t room(int64_t entries, int64_t unit, bool moving, qy_capacity_rule rule)
{
  return entries * unit * (moving && rule == QY_CAPACITY_DOUBLE_BUFFERED ? 2 : 1);
}

/* Sums of pooling: of all channels where tiles of m lie outside those of n, else of one tile. */
static int64_t room_of_pool(const traffic_shape *s, const traffic_dense *t, qy_units u, qy_capacity_rule rule)
{
  if (!s->nest->pooled) return 0;
  if (s->nest->pooled_held) return s->groups * s->n * (t->moves ? u.sum : u.activation);
  const int *order = traffic_order[t->order];
  const bool n_inside = order[0] == M || (order[0] == K && order[1] == M);
  const bool all = t->n == s->n || (t->moves && n_inside);
  return room(all ? s->n : t->n, t->moves ? u.sum : u.activation, s->groups > 1 || !all, rule);
}

int64_t traffic_peak_dense(const traffic_shape *s, const traffic_dense *t, qy_units u, qy_capacity_rule rule)
{
  const bool m_moves = t->moves || s->groups > 1, n_moves = t->n < s->n, k_moves = t->k < s->k;
  const qy_nest *nest = s->nest;
  const int64_t sum = k_moves ? u.sum : u.activation;
  int64_t peak = room_of_pool(s, t, u, rule);
  peak += room(s->weights * t->n * t->k, u.weight, n_moves || k_moves || s->groups > 1, rule);
  peak += nest->input_held ? s->maps_in * u.activation : room(t->window * t->k, u.activation, m_moves || k_moves, rule);
  return peak + (nest->output_held ? s->maps_out * sum : room(t->pixels * t->n, sum, m_moves || n_moves, rule));
}

/* The output of a CHANNELWISE or BLOCK nest. */
static int64_t room_of_output(const traffic_shape *s, const qy_tiling *tiling, int64_t pixels, int64_t tiles,
                              qy_units u, qy_capacity_rule rule)
{
  const qy_nest *nest = s->nest;
  const bool groups = tiling->n < s->n;
  if (s->out_c > 0) {
    const int64_t sum = groups ? u.sum : u.activation;
    return nest->output_held ? s->maps_out * sum : room(s->out_c * pixels, sum, tiles > 1, rule);
  }
  if (nest->output_held) return s->maps_out * u.activation;
  return room(tiling->n * pixels, u.activation, (groups || tiles > 1) && !nest->output_unused, rule);
}

static int64_t peak_channels(const traffic_shape *s, const traffic_cut *h, const traffic_cut *w,
                             const qy_tiling *tiling, qy_units u, qy_capacity_rule rule)
{
  const qy_nest *nest = s->nest;
  const bool groups = tiling->n < s->n, block = nest->kind == QY_NEST_BLOCK, inner = block || tiling->channels_inner;
  const int64_t tiles = h->count * w->count, window = h->most * w->most, pixels = h->size * w->size;
  int64_t peak = room(s->weights * tiling->n, u.weight, groups, rule);
  if (nest->input_held)
    peak += s->maps_in * u.activation;
  else if (s->in_c > 0)
    peak += room(s->in_c * window, u.activation, tiles > 1, rule);
  else
    peak += room(tiling->n * window, u.activation, groups || tiles > 1, rule);
  if (nest->head && nest->middle) peak += tiling->n * h->middle_most * w->middle_most * u.activation;
  if (s->out_c > 0) peak += tiling->n * pixels * u.activation; /* of the group, for the tail */
  peak += room_of_output(s, tiling, pixels, tiles, u, rule);
  if (!nest->pooled) return peak;
  if (nest->pooled_held) return peak + s->n * (tiles > 1 ? u.sum : u.activation);
  if (tiles > 1 && inner) return peak + s->n * u.sum;
  return peak + room(tiling->n, tiles > 1 ? u.sum : u.activation, groups, rule);
}

int64_t traffic_peak_fixed(const traffic_shape *s, qy_units u)
{
  const int64_t gate = s->nest->gate == QY_GATE_NONE ? 0 : s->gate;
  return (gate + s->nest->addends_held * s->maps_out) * u.activation;
}

int64_t traffic_peak_cut(const traffic_shape *s, const traffic_cut *h, const traffic_cut *w, const qy_tiling *tiling,
                         qy_units u, qy_capacity_rule rule)
{
  const int64_t fixed = traffic_peak_fixed(s, u);
  if (s->nest->kind != QY_NEST_DENSE) return fixed + peak_channels(s, h, w, tiling, u, rule);
  const traffic_dense tile = {h->most * w->most, h->size * w->size, h->count * w->count > 1,
                              tiling->n,         tiling->k,         tiling->order};
  return fixed + traffic_peak_dense(s, &tile, u, rule);
}

void qy_traffic_count(qy_traffic *t, const qy_nest *nest, const qy_tiling *tiling, qy_units units,
                      qy_capacity_rule rule)
{
  assert(t && nest && tiling);
  const traffic_shape s = traffic_shape_of(nest);
  assert(tiling->n >= 1 && tiling->n <= s.n);
  assert(nest->kind != QY_NEST_DENSE || (tiling->k >= 1 && tiling->k <= s.k));
  const traffic_cut h = traffic_cut_axis(&s.h, s.flat ? tiling->m : tiling->h);
  const traffic_cut w = traffic_cut_axis(&s.w, s.flat ? 1 : tiling->w);
  traffic_count_cut(t, &s, &h, &w, tiling);
  t->peak = traffic_peak_cut(&s, &h, &w, tiling, traffic_units_of(nest, units), rule);
}
