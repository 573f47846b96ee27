/* CHANNELWISE and BLOCK nests executed: tiles of pixels and groups of channels (traffic.h). */
#include "execute_tile.h"

#include <string.h>

enum { ROW, COLUMN, GROUP, LOOPS };

typedef struct block_run {
  nest_run *r;
  const exec_shape *out; /* of the op that is cut into tiles of pixels: the middle, or the head alone */
  int maker;             /* its role */
  int order[LOOPS];
  int64_t count[LOOPS], at[LOOPS];
  int64_t channels; /* groups are of these */
  int64_t loaded_group, loaded_row, loaded_column, weights_group;
  bool keeps;  /* windows of the input may share */
  patch in[2]; /* this window, and the one before */
  int now;
  patch between, made;  /* the head's output for the middle, the group's map */
  uint32_t *weights[3]; /* of the group, by role */
  uint32_t *sums;       /* of the tail: [pixels][channels] */
  int64_t *pooled_done; /* [group] tiles that are in them */
  int64_t groups_done;  /* of this tile of pixels, in the sums of the tail */
  bool pool_all;        /* the sums of all channels stay */
  tile_room in_room, between_room, made_room, weights_room, sums_room, pool_room;
} block_run;

typedef struct area {
  int64_t row, rows, column, columns; /* ends */
  int64_t n, ns;
} area;

static area area_of(const block_run *b)
{
  const qy_tiling *t = b->r->tiling;
  return (area){b->at[ROW] * t->h,    qy_min64((b->at[ROW] + 1) * t->h, b->out->out_h),
                b->at[COLUMN] * t->w, qy_min64((b->at[COLUMN] + 1) * t->w, b->out->out_w),
                b->at[GROUP] * t->n,  qy_min64((b->at[GROUP] + 1) * t->n, b->channels)};
}

static bool has(const block_run *b, int role)
{
  return b->r->op[role] != NULL;
}

/* ---- loads ---- */

static void load_weights(block_run *b, const area *a)
{
  exec *x = b->r->x;
  int64_t entries = 0;
  if (b->weights_group == b->at[GROUP]) return;
  b->weights_group = b->at[GROUP];
  for (int role = HEAD; role <= TAIL; role++)
    if (has(b, role) && b->r->shape[role].multiplies)
      entries += (a->ns - a->n) *
                 (role == TAIL ? b->r->shape[TAIL].out_c : exec_group_in(&b->r->shape[role]) * b->r->shape[role].taps);
  tile_enter(x, &b->weights_room, entries * x->units.weight, true);
  for (int role = HEAD; role <= MIDDLE; role++)
    if (has(b, role))
      exec_load_weights(x, b->weights[role], b->r->op[role], &b->r->shape[role], a->n, a->ns, 0,
                        exec_group_in(&b->r->shape[role]));
  if (has(b, TAIL))
    exec_load_weights(x, b->weights[TAIL], b->r->op[TAIL], &b->r->shape[TAIL], 0, b->r->shape[TAIL].out_c, a->n, a->ns);
}

/* Outputs of the head that the middle needs of one direction; its windows leave out no line. */
static void span(int64_t *begin, int64_t *end, int64_t o0, int64_t o1, int64_t stride, int64_t pad, int64_t reach,
                 int64_t all)
{
  *begin = qy_max64(o0 * stride - pad, 0);
  *end = qy_min64((o1 - 1) * stride - pad + reach, all);
}

static area head_area(const block_run *b, const area *a)
{
  area h = *a;
  if (!has(b, HEAD) || !has(b, MIDDLE)) return h;
  const exec_shape *s = &b->r->shape[MIDDLE];
  span(&h.row, &h.rows, a->row, a->rows, s->stride_h, s->pad_top, qy_layer_reach(s->kernel_h, s->dilation_h), s->in_h);
  span(&h.column, &h.columns, a->column, a->columns, s->stride_w, s->pad_left,
       qy_layer_reach(s->kernel_w, s->dilation_w), s->in_w);
  return h;
}

static bool load_input(block_run *b, const area *a)
{
  nest_run *r = b->r;
  exec *x = r->x;
  const bool head = has(b, HEAD);
  const exec_shape *s = &r->shape[head ? HEAD : MIDDLE];
  const bool same_group = head || b->loaded_group == b->at[GROUP];
  if (r->nest->input_held) return true;
  if (same_group && b->loaded_row == b->at[ROW] && b->loaded_column == b->at[COLUMN]) return true;
  b->loaded_group = b->at[GROUP];
  b->loaded_row = b->at[ROW];
  b->loaded_column = b->at[COLUMN];
  const patch *old = &b->in[b->now];
  patch *p = &b->in[b->now = !b->now];
  const area h = head_area(b, a);
  lines_of(&p->row, h.row, h.rows, s->stride_h, s->pad_top, qy_layer_reach(s->kernel_h, s->dilation_h), s->in_h);
  lines_of(&p->column, h.column, h.columns, s->stride_w, s->pad_left, qy_layer_reach(s->kernel_w, s->dilation_w),
           s->in_w);
  p->c0 = head ? 0 : a->n;
  p->c1 = head ? s->in_c : a->ns;
  tile_enter(x, &b->in_room, patch_entries(p) * x->units.activation, true);
  return nest_load(r, p, old->there && b->keeps && same_group ? old : NULL);
}

/* ---- what is made ---- */

static void place(patch *p, const area *a)
{
  lines_all(&p->row, a->row, a->rows);
  lines_all(&p->column, a->column, a->columns);
  p->c0 = a->n;
  p->c1 = a->ns;
  p->there = true;
}

/* The head's output under the middle. */
static bool make_between(block_run *b, const area *a)
{
  nest_run *r = b->r;
  if (!has(b, HEAD) || !has(b, MIDDLE)) return true;
  const area h = head_area(b, a);
  const exec_weights w = {b->weights[HEAD], a->n, 0, exec_group_in(&r->shape[HEAD])};
  place(&b->between, &h);
  tile_enter(r->x, &b->between_room, patch_entries(&b->between) * r->x->units.activation, false);
  memset(b->between.value, 0, (size_t)patch_entries(&b->between) * sizeof *b->between.value);
  for (int64_t y = h.row; y < h.rows; y++)
    for (int64_t x = h.column; x < h.columns; x++)
      if (!nest_window(r, HEAD, patch_pixel(&b->between, y, x), a->n, a->ns, y, x,
                       r->nest->input_held ? NULL : &b->in[b->now], 0, r->shape[HEAD].in_c, &w))
        return false;
  return true;
}

static bool make_pixel(block_run *b, const area *a, int64_t y, int64_t x, uint32_t *sums)
{
  nest_run *r = b->r;
  const patch *in = r->nest->input_held ? NULL : &b->in[b->now];
  const exec_weights w = {b->weights[b->maker], a->n, 0, exec_group_in(b->out)};
  if (has(b, TAIL))
    memset(sums, 0, (size_t)(a->ns - a->n) * sizeof *sums);
  else if (!nest_begin_sums(r, sums, y, x, a->n, a->ns, in))
    return false;
  if (b->maker == HEAD) return nest_window(r, HEAD, sums, a->n, a->ns, y, x, in, 0, b->out->in_c, &w);
  return nest_window(r, MIDDLE, sums, a->n, a->ns, y, x, has(b, HEAD) ? &b->between : in, a->n, a->ns, &w);
}

/* The group's map, into the held output where that is it; written, pooled. */
static bool make_map(block_run *b, const area *a)
{
  nest_run *r = b->r;
  exec *e = r->x;
  const bool held = r->output && !has(b, TAIL), leaves = !has(b, TAIL) && !r->nest->output_unused;
  place(&b->made, a);
  if (!held) tile_enter(e, &b->made_room, patch_entries(&b->made) * e->units.activation, leaves);
  for (int64_t y = a->row; y < a->rows; y++)
    for (int64_t x = a->column; x < a->columns; x++) {
      const int64_t p = y * b->out->out_w + x;
      uint32_t *sums = held ? &r->output->value[p * r->output->c + a->n] : patch_pixel(&b->made, y, x);
      if (!make_pixel(b, a, y, x, sums)) return false;
      if (held)
        r->output->made += a->ns - a->n;
      else if (leaves)
        exec_write(e, r->last->output, p, a->n, a->ns, sums, &e->counted.output);
      if (!has(b, TAIL)) nest_pool(r, sums, a->n, a->ns);
    }
  return true;
}

/* ---- pool, tail ---- */

static void begin_pool(block_run *b, const area *a)
{
  exec *x = b->r->x;
  const int64_t tiles = b->count[ROW] * b->count[COLUMN];
  if (!b->r->nest->pooled || b->pool_all || b->pooled_done[b->at[GROUP]] > 0) return;
  tile_enter(x, &b->pool_room, (a->ns - a->n) * (tiles > 1 ? x->units.sum : x->units.activation), true);
}

static void end_pool(block_run *b, const area *a)
{
  if (!b->r->nest->pooled || ++b->pooled_done[b->at[GROUP]] < b->count[ROW] * b->count[COLUMN]) return;
  nest_pool_done(b->r, a->n, a->ns);
}

static uint32_t *tail_sums(const block_run *b, const area *a, int64_t y, int64_t x)
{
  const exec_store *held = b->r->output;
  const int64_t c = b->r->shape[TAIL].out_c;
  if (held) return &held->value[(y * b->out->out_w + x) * c];
  return &b->sums[((y - a->row) * (a->columns - a->column) + x - a->column) * c];
}

/* The group's share of the output; the addends come in with the first group, and it is written with the last. */
static bool run_tail(block_run *b, const area *a)
{
  nest_run *r = b->r;
  exec *e = r->x;
  const int64_t out = r->shape[TAIL].out_c, pixels = (a->rows - a->row) * (a->columns - a->column);
  const int64_t unit = b->count[GROUP] > 1 ? e->units.sum : e->units.activation;
  const exec_weights w = {b->weights[TAIL], 0, a->n, a->ns - a->n};
  const bool first = b->groups_done == 0, last = ++b->groups_done == b->count[GROUP];
  if (first && !r->output) tile_enter(e, &b->sums_room, out * pixels * unit, true);
  for (int64_t y = a->row; y < a->rows; y++)
    for (int64_t x = a->column; x < a->columns; x++) {
      uint32_t *sums = tail_sums(b, a, y, x);
      const patch *own = r->nest->input_held ? NULL : &b->in[b->now];
      if (first && !nest_begin_sums(r, sums, y, x, 0, out, own)) return false;
      if (!nest_window(r, TAIL, sums, 0, out, y, x, &b->made, a->n, a->ns, &w)) return false;
      if (!last) continue;
      if (r->output)
        r->output->made += out;
      else
        exec_write(e, r->last->output, y * b->out->out_w + x, 0, out, sums, &e->counted.output);
    }
  if (last) b->groups_done = 0;
  return true;
}

/* ---- steps ---- */

static bool step(block_run *b)
{
  const area a = area_of(b);
  load_weights(b, &a);
  begin_pool(b, &a);
  if (!load_input(b, &a) || !make_between(b, &a) || !make_map(b, &a)) return false;
  end_pool(b, &a);
  return !has(b, TAIL) || run_tail(b, &a);
}

static bool run(block_run *b)
{
  const bool scan = b->r->tiling->scan;
  const int *order = b->order;
  bool middle_back = false, inner_back = false;
  for (int64_t o = 0; o < b->count[order[0]]; o++) {
    b->at[order[0]] = o;
    for (int64_t p = 0; p < b->count[order[1]]; p++) {
      b->at[order[1]] = middle_back ? b->count[order[1]] - 1 - p : p;
      for (int64_t q = 0; q < b->count[order[2]]; q++) {
        b->at[order[2]] = inner_back ? b->count[order[2]] - 1 - q : q;
        if (!step(b)) return false;
      }
      inner_back = scan && !inner_back;
    }
    middle_back = scan && !middle_back;
  }
  return true;
}

static int64_t window_of(int64_t outputs, int64_t kernel, int64_t dilation, int64_t stride, int64_t all)
{
  return qy_min64((outputs - 1) * stride + qy_layer_reach(kernel, dilation), all);
}

/* Buffer arrays of the largest tiles. */
static bool make_room(block_run *b)
{
  exec *x = b->r->x;
  const qy_tiling *t = b->r->tiling;
  const exec_shape *s = b->r->shape, *first = &s[has(b, HEAD) ? HEAD : MIDDLE];
  int64_t rows = t->h, columns = t->w;
  bool good = patch_new(x, &b->made, t->h, t->w, t->h * t->w * t->n);
  if (has(b, HEAD) && has(b, MIDDLE)) {
    rows = window_of(rows, s[MIDDLE].kernel_h, s[MIDDLE].dilation_h, s[MIDDLE].stride_h, s[MIDDLE].in_h);
    columns = window_of(columns, s[MIDDLE].kernel_w, s[MIDDLE].dilation_w, s[MIDDLE].stride_w, s[MIDDLE].in_w);
    good = good && patch_new(x, &b->between, rows, columns, rows * columns * t->n);
  }
  rows = window_of(rows, first->kernel_h, first->dilation_h, first->stride_h, first->in_h);
  columns = window_of(columns, first->kernel_w, first->dilation_w, first->stride_w, first->in_w);
  for (int i = 0; i < 2; i++)
    good =
        good && patch_new(x, &b->in[i], first->in_h, first->in_w, rows * columns * (has(b, HEAD) ? first->in_c : t->n));
  for (int role = HEAD; role <= TAIL; role++) {
    if (!has(b, role)) continue;
    const int64_t of_channel = role == TAIL ? s[role].out_c : exec_group_in(&s[role]) * s[role].taps;
    b->weights[role] = exec_room(x, t->n * of_channel, sizeof(uint32_t));
    good = good && b->weights[role];
  }
  b->sums = exec_room(x, has(b, TAIL) ? t->h * t->w * s[TAIL].out_c : 1, sizeof *b->sums);
  b->pooled_done = exec_room(x, b->count[GROUP], sizeof *b->pooled_done);
  return good && b->sums && b->pooled_done;
}

static void occupy_whole(block_run *b)
{
  exec *x = b->r->x;
  const exec_store *held = b->r->output;
  const bool sums = has(b, TAIL) && b->count[GROUP] > 1;
  if (held) exec_occupy(x, held->pixels * held->c * (sums ? x->units.sum : x->units.activation));
  if (b->pool_all)
    exec_occupy(x, b->channels * (b->count[ROW] * b->count[COLUMN] > 1 ? x->units.sum : x->units.activation));
}

bool nest_block(nest_run *r)
{
  const qy_tiling *t = r->tiling;
  const bool block = r->nest->kind == QY_NEST_BLOCK;
  block_run b = {.r = r,
                 .maker = r->op[MIDDLE] ? MIDDLE : HEAD,
                 .loaded_group = -1,
                 .loaded_row = -1,
                 .loaded_column = -1,
                 .weights_group = -1};
  const int inner = t->columns_inner ? COLUMN : ROW, outer = t->columns_inner ? ROW : COLUMN;
  const bool channels_inner = block || t->channels_inner;
  const int order[2][LOOPS] = {{GROUP, outer, inner}, {outer, inner, GROUP}};
  memcpy(b.order, order[channels_inner], sizeof b.order);
  b.out = &r->shape[b.maker];
  b.channels = r->op[HEAD] ? r->shape[HEAD].out_c : r->shape[MIDDLE].in_c;
  b.count[ROW] = qy_ceil_div(b.out->out_h, t->h);
  b.count[COLUMN] = qy_ceil_div(b.out->out_w, t->w);
  b.count[GROUP] = qy_ceil_div(b.channels, t->n);
  b.pool_all = r->pool || (r->nest->pooled && channels_inner && b.count[ROW] * b.count[COLUMN] > 1);
  const bool one = b.count[GROUP] == 1;
  b.keeps = t->keep && (r->op[HEAD] || (block ? one && r->nest->read_halo_kept : one || !t->channels_inner));
  if (!make_room(&b)) return false;
  occupy_whole(&b);
  return run(&b);
}
