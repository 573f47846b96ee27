/* DENSE nests executed: one tile each of input, weights and output in the buffer (traffic.h). */
#include "execute_tile.h"

#include <string.h>

enum { M, N, K, LOOPS };

typedef struct dense_run {
  nest_run *r;
  const exec_shape *s;
  int64_t tile_h, tile_w, across; /* tiles of pixels, and how many in a row */
  int64_t count[LOOPS], n, k;     /* tiles; channels of a group */
  int64_t group, at[LOOPS];       /* where it is */
  int64_t have[LOOPS][LOOPS];     /* by the loop a tile does not turn on: what is in the buffer; -1: nothing */
  patch in;
  uint32_t *weights, *sums;
  uint32_t *spilled; /* DRAM: partial sums of the output */
  int64_t *done;     /* [m tiles][n tiles] steps of k that are in the sums */
  bool pool_all;     /* the sums of the pool, of all channels of the group, stay */
  int64_t *pooled;   /* [n tiles] output tiles that are in them */
  tile_room in_room, weights_room, sums_room, pool_room;
} dense_run;

typedef struct range {
  int64_t begin, end;
} range;

static range tile_of(int64_t i, int64_t size, int64_t all)
{
  return (range){i * size, qy_min64((i + 1) * size, all)};
}

static range rows_of(const dense_run *d, int64_t m)
{
  return tile_of(m / d->across, d->tile_h, d->s->out_h);
}

static range columns_of(const dense_run *d, int64_t m)
{
  return tile_of(m % d->across, d->tile_w, d->s->out_w);
}

static range channels_of(const dense_run *d, int64_t n)
{
  const range r = tile_of(n, d->r->tiling->n, d->n);
  return (range){d->group * d->n + r.begin, d->group * d->n + r.end};
}

/* ---- tiles in and out ---- */

static bool load_input(dense_run *d)
{
  exec *x = d->r->x;
  const exec_shape *s = d->s;
  const range rows = rows_of(d, d->at[M]), columns = columns_of(d, d->at[M]);
  const range k = tile_of(d->at[K], d->r->tiling->k, d->k);
  if (d->r->nest->input_held) return true;
  lines_of(&d->in.row, rows.begin, rows.end, s->stride_h, s->pad_top, qy_layer_reach(s->kernel_h, s->dilation_h),
           s->in_h);
  lines_of(&d->in.column, columns.begin, columns.end, s->stride_w, s->pad_left,
           qy_layer_reach(s->kernel_w, s->dilation_w), s->in_w);
  d->in.c0 = d->group * d->k + k.begin;
  d->in.c1 = d->group * d->k + k.end;
  tile_enter(x, &d->in_room, patch_entries(&d->in) * x->units.activation, true);
  return nest_load(d->r, &d->in, NULL);
}

static void load_weights(dense_run *d)
{
  exec *x = d->r->x;
  const range n = channels_of(d, d->at[N]), k = tile_of(d->at[K], d->r->tiling->k, d->k);
  tile_enter(x, &d->weights_room,
             (n.end - n.begin) * (k.end - k.begin) * d->s->taps *
                 (d->r->first->layer->computed ? x->units.activation : x->units.weight),
             true);
  exec_load_weights(x, d->weights, d->r->first, d->s, n.begin, n.end, k.begin, k.end);
}

/* Sums of a pixel: in the held output, or in the tile. */
static uint32_t *sums_at(const dense_run *d, int64_t y, int64_t x, int64_t i, range n)
{
  const exec_store *held = d->r->output;
  if (held) return &held->value[(y * d->s->out_w + x) * held->c + n.begin];
  return &d->sums[i * (n.end - n.begin)];
}

/* Room of the pool's sums of n channels when their first output tile comes. */
static void begin_pool(dense_run *d, int64_t n_tile)
{
  exec *x = d->r->x;
  const range n = channels_of(d, n_tile);
  if (!d->r->pooled || d->pool_all || d->pooled[n_tile] > 0) return;
  tile_enter(x, &d->pool_room, (n.end - n.begin) * (d->count[M] > 1 ? x->units.sum : x->units.activation), true);
}

/* For each pixel of an output tile: begin, write or read back its sums. */
static bool pass_sums(dense_run *d, int64_t m, int64_t n_tile, bool out)
{
  nest_run *r = d->r;
  exec *e = r->x;
  const range rows = rows_of(d, m), columns = columns_of(d, m), n = channels_of(d, n_tile);
  const int64_t done = d->done[m * d->count[N] + n_tile], c = n.end - n.begin;
  int64_t i = 0;
  for (int64_t y = rows.begin; y < rows.end; y++)
    for (int64_t x = columns.begin; x < columns.end; x++, i++) {
      uint32_t *sums = sums_at(d, y, x, i, n);
      const int64_t p = y * d->s->out_w + x;
      uint32_t *dram = d->spilled ? &d->spilled[p * d->s->out_c + n.begin] : NULL;
      if (!out && done == 0) {
        if (!nest_begin_sums(r, sums, y, x, n.begin, n.end, NULL)) return false;
      } else if (r->output) {
        if (out && done == d->count[K]) r->output->made += c;
      } else if (out && done == d->count[K] && !r->nest->output_unused) {
        exec_write(e, r->last->output, p, n.begin, n.end, sums, &e->counted.output);
      } else if (!out || done < d->count[K]) {
        memcpy(out ? dram : sums, out ? sums : dram, (size_t)c * sizeof *sums);
        *(out ? &e->counted.sum_writes : &e->counted.sum_reads) += c;
      }
      if (out && done == d->count[K]) nest_pool(r, sums, n.begin, n.end);
    }
  if (out && done == d->count[K] && r->pooled && ++d->pooled[n_tile] == d->count[M]) nest_pool_done(r, n.begin, n.end);
  return true;
}

/* Does the tile that does not turn on loop `without` change?  Notes the new one. */
static bool changes(dense_run *d, int without)
{
  bool changed = false;
  for (int loop = 0; loop < LOOPS; loop++) {
    if (loop == without) continue;
    changed = changed || d->have[without][loop] != d->at[loop];
    d->have[without][loop] = d->at[loop];
  }
  return changed;
}

static bool change_sums(dense_run *d)
{
  exec *x = d->r->x;
  const int64_t m = d->have[K][M], n_tile = d->have[K][N];
  if (!changes(d, K)) return true;
  if (m >= 0 && !pass_sums(d, m, n_tile, true)) return false;
  if (d->done[d->at[M] * d->count[N] + d->at[N]] + 1 == d->count[K]) begin_pool(d, d->at[N]);
  const range rows = rows_of(d, d->at[M]), columns = columns_of(d, d->at[M]), n = channels_of(d, d->at[N]);
  const int64_t entries = (rows.end - rows.begin) * (columns.end - columns.begin) * (n.end - n.begin);
  const int64_t unit = d->count[K] > 1 ? x->units.sum : x->units.activation;
  if (!d->r->output) tile_enter(x, &d->sums_room, entries * unit, true);
  return pass_sums(d, d->at[M], d->at[N], false);
}

/* ---- steps ---- */

static bool step(dense_run *d)
{
  const range n = channels_of(d, d->at[N]), k = tile_of(d->at[K], d->r->tiling->k, d->k);
  const range rows = rows_of(d, d->at[M]), columns = columns_of(d, d->at[M]);
  const int64_t c0 = d->group * d->k + k.begin, c1 = d->group * d->k + k.end;
  const exec_weights w = {d->weights, n.begin, k.begin, k.end - k.begin};
  if (!change_sums(d) || (changes(d, N) && !load_input(d))) return false;
  if (changes(d, M)) load_weights(d);
  int64_t i = 0;
  for (int64_t y = rows.begin; y < rows.end; y++)
    for (int64_t x = columns.begin; x < columns.end; x++, i++)
      if (!nest_window(d->r, HEAD, sums_at(d, y, x, i, n), n.begin, n.end, y, x, d->r->nest->input_held ? NULL : &d->in,
                       c0, c1, &w))
        return false;
  d->done[d->at[M] * d->count[N] + d->at[N]]++;
  return true;
}

static int64_t turned(int64_t i, int64_t count, bool back)
{
  return back ? count - 1 - i : i;
}

/* All steps of a group; nothing of the group before is of use. */
static bool run_group(dense_run *d)
{
  static const int loop[QY_ORDER_COUNT][LOOPS] = {
      [QY_ORDER_MNK] = {M, N, K}, [QY_ORDER_MKN] = {M, K, N}, [QY_ORDER_NMK] = {N, M, K},
      [QY_ORDER_NKM] = {N, K, M}, [QY_ORDER_KMN] = {K, M, N}, [QY_ORDER_KNM] = {K, N, M},
  };
  const int *order = loop[d->r->tiling->order];
  exec *x = d->r->x;
  bool middle_back = false, inner_back = false;
  memset(d->have, -1, sizeof d->have);
  memset(d->done, 0, (size_t)(d->count[M] * d->count[N]) * sizeof *d->done);
  memset(d->pooled, 0, (size_t)d->count[N] * sizeof *d->pooled);
  if (d->r->pooled && d->pool_all && !d->r->pool)
    tile_enter(x, &d->pool_room, d->n * (d->count[M] > 1 ? x->units.sum : x->units.activation), true);
  for (int64_t o = 0; o < d->count[order[0]]; o++) {
    d->at[order[0]] = o;
    for (int64_t p = 0; p < d->count[order[1]]; p++) {
      d->at[order[1]] = turned(p, d->count[order[1]], middle_back);
      for (int64_t q = 0; q < d->count[order[2]]; q++) {
        d->at[order[2]] = turned(q, d->count[order[2]], inner_back);
        if (!step(d)) return false;
      }
      inner_back = d->r->tiling->scan && !inner_back;
    }
    middle_back = d->r->tiling->scan && !middle_back;
  }
  return pass_sums(d, d->at[M], d->at[N], true);
}

static bool make_room(dense_run *d)
{
  exec *x = d->r->x;
  const exec_shape *s = d->s;
  const int64_t rows = qy_min64((d->tile_h - 1) * s->stride_h + qy_layer_reach(s->kernel_h, s->dilation_h), s->in_h);
  const int64_t columns = qy_min64((d->tile_w - 1) * s->stride_w + qy_layer_reach(s->kernel_w, s->dilation_w), s->in_w);
  const int64_t k = d->r->tiling->k, n = d->r->tiling->n;
  d->weights = exec_room(x, n * k * s->taps, sizeof *d->weights);
  d->sums = exec_room(x, d->tile_h * d->tile_w * n, sizeof *d->sums);
  d->done = exec_room(x, d->count[M] * d->count[N], sizeof *d->done);
  d->pooled = exec_room(x, d->count[N], sizeof *d->pooled);
  if (!d->r->output) d->spilled = exec_room(x, s->out_h * s->out_w * s->out_c, sizeof *d->spilled);
  return patch_new(x, &d->in, s->in_h, s->in_w, rows * columns * k) && d->weights && d->sums && d->done && d->pooled &&
         (d->spilled || d->r->output);
}

bool nest_dense(nest_run *r)
{
  const exec_shape *s = &r->shape[HEAD];
  const bool flat = qy_nest_is_flat(r->nest);
  dense_run d = {.r = r, .s = s, .n = s->out_c / s->groups, .k = s->in_c / s->groups};
  d.tile_h = flat ? 1 : r->tiling->h;
  d.tile_w = flat ? r->tiling->m : r->tiling->w;
  d.across = qy_ceil_div(s->out_w, d.tile_w);
  d.count[M] = qy_ceil_div(s->out_h, d.tile_h) * d.across;
  d.count[N] = qy_ceil_div(d.n, r->tiling->n);
  d.count[K] = qy_ceil_div(d.k, r->tiling->k);
  const qy_nest_order order = r->tiling->order;
  const bool n_inside = order == QY_ORDER_MNK || order == QY_ORDER_MKN || order == QY_ORDER_KMN;
  d.pool_all = r->pool || d.count[N] == 1 || (d.count[M] > 1 && n_inside);
  if (!make_room(&d)) return false;
  if (r->pool) exec_occupy(r->x, s->out_c * (d.count[M] > 1 ? r->x->units.sum : r->x->units.activation));
  if (r->output)
    exec_occupy(r->x, r->output->pixels * r->output->c * (d.count[K] > 1 ? r->x->units.sum : r->x->units.activation));
  for (d.group = 0; d.group < s->groups; d.group++)
    if (!run_group(&d)) return false;
  return true;
}
