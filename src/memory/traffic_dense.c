/* The best tiling of a DENSE nest.
 *
 * Floor first.  An operand is moved once exactly if, in the loops' order, none that it has no index of lies outside one
 * that it has an index of and that has more than one tile: numbers of tiles matter only as one or more than one, in
 * scan as in raster.  So if any tiling reaches the floor, one does whose sizes are each one or the whole, in no more
 * room; the smallest of these is taken and the search is over.  (For a product of matrices: room for one operand whole
 * and single rows or columns of the others.)
 *
 * Else all orders, and all groups of sizes that make the same numbers of tiles.  Raster moves depend on these alone.
 * In scan what stays at the turns grows with the first and the last lengths.  Two bounds:
 *   `loose`, both at most the longest length in the group.  It does not fall with the number of n tiles, nor with that
 *   of k tiles: a tile more adds a pass over the operand and at most one turn, of at most what a pass moves, and
 *   lengths get shorter.  Room does not grow with these numbers once they are more than one.  So for each group of m
 *   tiles and one k tile: n from the first that fits upwards until the bound is above the best; likewise with more k
 *   tiles, k from the first that fits beside n.
 *   `tight`, for a box of sizes within a group: first lengths at most those of the largest size that fits beside the
 *   smallest of the others, last ones at most those of the smallest.  Boxes that may be better are halved until one
 *   direction is left; along it the moves are affine in the size (first and last length are), so the best lies at the
 *   smallest or the largest size that fits.
 */
#include "traffic_int.h"

enum { M, N, K, DIMENSIONS };

/* Sizes that make one number of tiles. */
typedef struct sizes {
  int64_t count, low, high;
} sizes;

/* Least and greatest lengths of the tiles of some sizes. */
typedef struct extent {
  int64_t count;            /* of tiles */
  int64_t sum, first, last; /* least sum, greatest first and last length */
  int64_t least, most;      /* longest tile of the smallest, of the largest size */
} extent;

/* Tiles of m: sizes of a flat m, or cuts rows[h0..h1) x columns[w0..w1). */
typedef struct m_box {
  sizes flat;
  size_t h0, h1, w0, w1;
  extent in, out;
} m_box;

typedef struct box {
  m_box m;
  sizes n, k;
} box;

typedef struct dense {
  traffic_search *search; /* with the most room; the others follow it */
  size_t count;
  const traffic_shape *shape;
  traffic_cut *h, *w;
  m_box *m;
  sizes *n, *k;
  size_t ms, ns, ks;
  int64_t fixed_units, pixels, fixed_room;
  qy_nest_order order;
} dense;

/* ---- groups ---- */

static sizes sizes_of(int64_t total, int64_t size) /* the group of a size */
{
  const int64_t count = qy_ceil_div(total, size);
  return (sizes){count, qy_ceil_div(total, count), count == 1 ? total : (total - 1) / (count - 1)};
}

/* All groups, number of tiles rising. NULL: out of memory. */
static sizes *groups_of(size_t *count, int64_t total, qy_arena *arena)
{
  size_t room = 0;
  for (int64_t size = total; size >= 1; size = sizes_of(total, size).low - 1)
    room++;
  sizes *g = qy_arena_alloc(arena, room, sizeof *g);
  *count = 0;
  for (int64_t size = total; g && size >= 1; size = g[*count - 1].low - 1)
    g[(*count)++] = sizes_of(total, size);
  return g;
}

static extent extent_of(int64_t total, const sizes *s)
{
  return (extent){s->count, total, s->high, total - (s->count - 1) * s->low, s->low, s->high};
}

static m_box flat_box(const dense *d, const sizes *s)
{
  const extent e = extent_of(d->pixels, s);
  return (m_box){.flat = *s, .in = e, .out = e};
}

/* Over a run of cuts, of windows. */
static extent windows_of(const traffic_cut *c, size_t begin, size_t end)
{
  extent e = {.count = c[begin].count, .sum = INT64_MAX, .least = INT64_MAX};
  for (size_t i = begin; i < end; i++) {
    e.sum = qy_min64(e.sum, c[i].in.sum);
    e.first = qy_max64(e.first, c[i].in.first);
    e.last = qy_max64(e.last, c[i].in.last);
    e.least = qy_min64(e.least, c[i].most);
    e.most = qy_max64(e.most, c[i].most);
  }
  return e;
}

static extent outputs_of(const traffic_cut *c, size_t begin, size_t end)
{
  return (extent){c[begin].count, c->out.sum, c[end - 1].size, c[begin].out.last, c[begin].size, c[end - 1].size};
}

static extent times(const extent *a, const extent *b)
{
  return (extent){a->count * b->count, a->sum * b->sum,     a->first * b->first,
                  a->last * b->last,   a->least * b->least, a->most * b->most};
}

static m_box window_box(const dense *d, size_t h0, size_t h1, size_t w0, size_t w1)
{
  const extent rows = windows_of(d->h, h0, h1), columns = windows_of(d->w, w0, w1);
  const extent down = outputs_of(d->h, h0, h1), across = outputs_of(d->w, w0, w1);
  return (m_box){.h0 = h0, .h1 = h1, .w0 = w0, .w1 = w1, .in = times(&rows, &columns), .out = times(&down, &across)};
}

static void make_flat(dense *d, qy_arena *arena)
{
  sizes *g = groups_of(&d->ms, d->pixels, arena);
  d->m = g ? qy_arena_alloc(arena, d->ms, sizeof *d->m) : NULL;
  for (size_t i = 0; d->m && i < d->ms; i++)
    d->m[i] = flat_box(d, &g[i]);
}

static size_t run_end(const traffic_cut *c, size_t begin, size_t count)
{
  size_t end = begin + 1;
  while (end < count && c[end].count == c[begin].count)
    end++;
  return end;
}

static size_t runs_of(const traffic_cut *c, size_t count)
{
  size_t runs = 0;
  for (size_t i = 0; i < count; i = run_end(c, i, count))
    runs++;
  return runs;
}

static void make_windows(dense *d, qy_arena *arena)
{
  size_t rows, columns;
  d->h = traffic_cuts(&rows, &d->shape->h, !d->search->scan, arena);
  d->w = traffic_cuts(&columns, &d->shape->w, !d->search->scan, arena);
  if (!d->h || !d->w) return;
  d->m = qy_arena_alloc(arena, runs_of(d->h, rows) * runs_of(d->w, columns), sizeof *d->m);
  if (!d->m) return;
  for (size_t i = 0, end; i < rows; i = end) {
    end = run_end(d->h, i, rows);
    for (size_t j = 0, stop; j < columns; j = stop) {
      stop = run_end(d->w, j, columns);
      d->m[d->ms++] = window_box(d, i, end, j, stop);
    }
  }
}

/* ---- bounds ---- */

/* Least entries of an operand that are moved; x[r] is the dimension that it has no index of. */
static int64_t least_moved(const extent x[DIMENSIONS], const int order[DIMENSIONS], int r, bool scan)
{
  const extent *o = &x[order[0]], *p = &x[order[1]], *q = &x[order[2]];
  if (r == order[2]) return o->sum * p->sum;
  if (r == order[1]) {
    if (q->count == 1) return o->sum * q->sum;
    const int64_t turns = scan ? p->count - 1 : 0;
    return o->sum * (q->sum * p->count - (turns + 1) / 2 * q->last - turns / 2 * q->first);
  }
  if (p->count == 1 && q->count == 1) return p->sum * q->sum;
  const int64_t turns = scan ? o->count - 1 : 0;
  return p->sum * q->sum * o->count - (turns + 1) / 2 * p->last * (p->count % 2 ? q->last : q->first) -
         turns / 2 * p->first * q->first;
}

static int64_t least_units(const dense *d, const extent *in, const extent *out, const extent *n, const extent *k)
{
  const traffic_shape *s = d->shape;
  const qy_units u = d->search->query->units;
  const int *order = traffic_order[d->order];
  const bool scan = d->search->scan;
  int64_t units = d->fixed_units;
  if (!s->nest->input_held) units += u.activation * s->groups * least_moved((extent[]){*in, *n, *k}, order, N, scan);
  units += u.weight * s->groups * s->weights * least_moved((extent[]){*out, *n, *k}, order, M, scan);
  if (s->nest->output_held) return units;
  const int64_t sums = s->groups * least_moved((extent[]){*out, *n, *k}, order, K, scan) - s->maps_out;
  return units + 2 * u.sum * sums;
}

static int64_t loose(const dense *d, const m_box *m, const sizes *n, const sizes *k)
{
  extent in = m->in, out = m->out;
  in.first = in.last = in.most;
  out.first = out.last = out.most;
  const extent all_n = {n->count, d->shape->n, n->high, n->high, n->low, n->high};
  const extent all_k = {k->count, d->shape->k, k->high, k->high, k->low, k->high};
  return least_units(d, &in, &out, &all_n, &all_k);
}

static int64_t tight(const dense *d, const box *b)
{
  const extent n = extent_of(d->shape->n, &b->n), k = extent_of(d->shape->k, &b->k);
  return least_units(d, &b->m.in, &b->m.out, &n, &k);
}

/* Room of the smallest m tile beside n and k. */
static int64_t room(const dense *d, const m_box *m, int64_t n, int64_t k)
{
  const qy_traffic_query *q = d->search->query;
  const traffic_dense t = {m->in.least, m->out.least, m->out.count > 1, n, k, d->order};
  return d->fixed_room + traffic_peak_dense(d->shape, &t, q->units, q->rule);
}

/* ---- within a group ---- */

static void offer(const dense *d, const traffic_cut *h, const traffic_cut *w, int64_t n, int64_t k)
{
  const qy_tiling t = {
      .order = d->order, .scan = d->search->scan, .m = h->size, .h = h->size, .w = w->size, .n = n, .k = k};
  traffic_offer(d->search, h, w, &t);
}

/* The smallest size of each of the box. */
static void offer_smallest(const dense *d, const box *b)
{
  if (!d->shape->flat) {
    offer(d, &d->h[b->m.h0], &d->w[b->m.w0], b->n.low, b->k.low);
    return;
  }
  const traffic_cut h = traffic_cut_axis(&d->shape->h, b->m.flat.low), w = traffic_cut_axis(&d->shape->w, 1);
  offer(d, &h, &w, b->n.low, b->k.low);
}

/* Lower the largest sizes along x to what fits beside the smallest of the others: room is affine in each. */
static void fit_sizes(const dense *d, box *b, sizes *range, int64_t smallest, int64_t left)
{
  if (range->low == range->high) return;
  const sizes before = *range;
  range->low++;
  if (range == &b->m.flat) b->m = flat_box(d, &(sizes){before.count, range->low, before.high});
  const int64_t each = room(d, &b->m, b->n.low, b->k.low) - smallest;
  *range = before;
  if (each > 0) range->high = qy_min64(before.high, before.low + left / each);
  if (range == &b->m.flat) b->m = flat_box(d, &(sizes){before.count, before.low, range->high});
}

static int64_t width(const sizes *s)
{
  return s->high - s->low;
}

/* Along one direction: both ends. */
static void offer_ends(const dense *d, box b)
{
  offer_smallest(d, &b);
  sizes *const range[] = {&b.m.flat, &b.n, &b.k};
  for (int i = 0; i < DIMENSIONS; i++) {
    if (range[i]->low == range[i]->high) continue;
    range[i]->low = range[i]->high;
    offer_smallest(d, &b);
  }
}

static void halve(sizes *lower, sizes *upper)
{
  lower->high = lower->low + width(lower) / 2;
  upper->low = lower->high + 1;
}

/* Into two along the widest direction; false: at most one is wider than one size, and it is not a window's. */
static bool divide(const dense *d, box *lower, box *upper)
{
  m_box *m = &lower->m;
  if (!d->shape->flat && (m->h1 - m->h0 > 1 || m->w1 - m->w0 > 1)) {
    const bool rows = m->h1 - m->h0 >= m->w1 - m->w0;
    const size_t middle = rows ? (m->h0 + m->h1) / 2 : (m->w0 + m->w1) / 2;
    const m_box all = *m;
    *m = window_box(d, all.h0, rows ? middle : all.h1, all.w0, rows ? all.w1 : middle);
    upper->m = window_box(d, rows ? middle : all.h0, all.h1, rows ? all.w0 : middle, all.w1);
    return true;
  }
  const int64_t along[] = {width(&m->flat), width(&lower->n), width(&lower->k)};
  if ((along[M] > 0) + (along[N] > 0) + (along[K] > 0) < 2) return false;
  if (along[M] >= along[N] && along[M] >= along[K]) {
    halve(&m->flat, &upper->m.flat);
    *m = flat_box(d, &lower->m.flat);
    upper->m = flat_box(d, &upper->m.flat);
  } else if (along[N] >= along[K]) {
    halve(&lower->n, &upper->n);
  } else {
    halve(&lower->k, &upper->k);
  }
  return true;
}

static void search_box(const dense *d, traffic_search *s,
                       box b) /* NOLINT(misc-no-recursion): as deep as sizes have binary digits */
{
  const int64_t smallest = room(d, &b.m, b.n.low, b.k.low);
  if (smallest > s->query->capacity) return;
  if (s->scan) {
    const int64_t left = s->query->capacity - smallest;
    fit_sizes(d, &b, &b.m.flat, smallest, left);
    fit_sizes(d, &b, &b.n, smallest, left);
    fit_sizes(d, &b, &b.k, smallest, left);
  } else { /* sizes of n and k, and of a flat m, change nothing but the room */
    b.m.flat.high = b.m.flat.low;
    b.n.high = b.n.low;
    b.k.high = b.k.low;
  }
  if (traffic_beaten(s, tight(d, &b), s->floor.macs, smallest)) return;
  box upper = b;
  if (!divide(d, &b, &upper)) {
    offer_ends(d, b);
    return;
  }
  search_box(d, s, b);
  search_box(d, s, upper);
}

/* ---- all groups ---- */

/* Is the bound above the best of a search, and so above that of all with more room? */
static bool above_best(const traffic_search *s, int64_t units)
{
  return s->count > 0 && units > s->choice[0].units;
}

/* Is it above the best of all?  More of n and k then is, too. */
static bool above(const dense *d, int64_t units)
{
  return above_best(&d->search[d->count - 1], units);
}

/* A group of each, with its loose bound: all searches where it fits and that it is not above. */
static void search_group(const dense *d, const m_box *m, const sizes *n, const sizes *k, int64_t bound)
{
  const int64_t smallest = room(d, m, n->low, k->low);
  size_t i = d->count;
  while (i > 0 && d->search[i - 1].query->capacity < smallest)
    i--;
  for (; i-- > 0 && !above_best(&d->search[i], bound);)
    search_box(d, &d->search[i], (box){*m, *n, *k});
}

/* Least index in [1..count] of the groups of n or k that fit, with the other's size given; index 0 is the whole. */
static size_t first_n(const dense *d, const m_box *m, int64_t k)
{
  size_t low = 1, high = d->ns;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (room(d, m, d->n[middle].low, k) <= d->search->query->capacity)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static size_t first_k(const dense *d, const m_box *m, int64_t n)
{
  size_t low = 1, high = d->ks;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (room(d, m, n, d->k[middle].low) <= d->search->query->capacity)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

/* k in one tile, or in more. */
static void search_one_k(const dense *d, const m_box *m, size_t first)
{
  for (size_t j = 0; j < d->ns; j = j ? j + 1 : first) {
    const int64_t bound = loose(d, m, &d->n[j], &d->k[0]);
    if (above(d, bound)) return;
    search_group(d, m, &d->n[j], &d->k[0], bound);
  }
}

static void search_more_k(const dense *d, const m_box *m, size_t first)
{
  for (size_t j = 0; j < d->ns && !above(d, loose(d, m, &d->n[j], &d->k[1])); j = j ? j + 1 : first)
    for (size_t i = first_k(d, m, d->n[j].low); i < d->ks; i++) {
      const int64_t bound = loose(d, m, &d->n[j], &d->k[i]);
      if (above(d, bound)) break;
      search_group(d, m, &d->n[j], &d->k[i], bound);
    }
}

static void search_m(dense *d, const m_box *m)
{
  size_t one = 0, more = 0;
  for (d->order = 0; d->order < QY_ORDER_COUNT; d->order++) {
    if (d->order == 0 || d->shape->nest->pooled) { /* the order matters to pool sums alone */
      one = first_n(d, m, d->shape->k);
      more = first_n(d, m, 1);
    }
    search_one_k(d, m, one);
    if (d->ks > 1) search_more_k(d, m, more);
  }
}

/* Tilings of sizes one and whole: they find the floor, if it is reached, and something to compare with. */
static void search_floor(dense *d)
{
  const traffic_shape *shape = d->shape;
  for (int i = 0; i < 16; i++) {
    const traffic_cut h = traffic_cut_axis(&shape->h, i & 1 ? shape->h.out : 1);
    const traffic_cut w = traffic_cut_axis(&shape->w, i & 2 ? shape->w.out : 1);
    for (d->order = 0; d->order < QY_ORDER_COUNT; d->order++)
      offer(d, &h, &w, i & 4 ? shape->n : 1, i & 8 ? shape->k : 1);
  }
}

void traffic_search_dense(traffic_search *s)
{
  dense d = {.search = s, .count = s->all_count, .shape = s->shape};
  search_floor(&d);
  while (d.count > 0 && d.search->count > 0 && d.search->choice[0].units == s->floor_units) {
    d.search++; /* those with the most room reach it first */
    d.count--;
  }
  if (s->failed || d.count == 0) return;
  const qy_traffic *f = &s->floor;
  d.fixed_units = (f->addends + f->gate + f->output + f->pooled) * s->query->units.activation;
  d.fixed_room = traffic_peak_fixed(s->shape, s->query->units);
  d.pixels = s->shape->h.out * s->shape->w.out;
  d.n = groups_of(&d.ns, s->shape->n, s->arena);
  d.k = groups_of(&d.ks, s->shape->k, s->arena);
  if (s->shape->flat)
    make_flat(&d, s->arena);
  else
    make_windows(&d, s->arena);
  s->failed |= !d.n || !d.k || !d.m;
  for (size_t i = 0; !s->failed && i < d.ms; i++)
    search_m(&d, &d.m[i]);
}
