/* Windows and occupancy of a rows stage: see schedule.h. */
#include "rows_walk.h"

#include "quarry/integer.h"

#include <assert.h>
#include <string.h>

enum { ROWS, COLUMNS };

qy_status rows_walk_new(rows_walk *w, size_t maps, size_t ops, int64_t rows, int64_t columns, qy_arena *arena,
                        qy_error *err)
{
  const size_t most[2] = {(size_t)rows, (size_t)columns};
  *w = (rows_walk){0};
  for (int d = 0; d < 2; d++) {
    int64_t *room = qy_arena_alloc(arena, maps * most[d] * 3, sizeof *room);
    if (!room || !(w->span[d] = qy_arena_alloc(arena, maps, sizeof *w->span[d]))) return qy_no_memory(err);
    for (size_t m = 0; m < maps; m++)
      w->span[d][m] = (rows_span){room + 3 * m * most[d], room + (3 * m + 1) * most[d], room + (3 * m + 2) * most[d]};
  }
  w->keep = qy_arena_alloc(arena, maps, sizeof *w->keep);
  w->reread = qy_arena_alloc(arena, ops, sizeof *w->reread);
  w->sum = qy_arena_alloc(arena, ops + 1, sizeof *w->sum);
  return w->keep && w->reread && w->sum ? QY_OK : qy_no_memory(err);
}

void rows_walk_set(rows_walk *w, const rows_stage *s)
{
  const rows_map *driven = &s->map[s->op[s->driver].output];
  w->stage = s;
  w->sides = 3;
  w->side[ROWS] = (rows_direction){.all = driven->h};
  w->side[COLUMNS] = (rows_direction){.all = driven->w};
}

void rows_walk_tiles(rows_walk *w, int64_t tile_h, int64_t tile_w)
{
  const int64_t size[2] = {tile_h, tile_w};
  for (int d = 0; d < 2; d++) {
    w->side[d].size = size[d];
    w->side[d].count = (int)qy_ceil_div(w->side[d].all, size[d]);
  }
}

/* ---- windows ---- */

static void join(rows_span *need, int t, int64_t begin, int64_t end)
{
  if (begin < need->begin[t]) need->begin[t] = begin;
  if (end > need->end[t]) need->end[t] = end;
}

/* Windows of a layer: what outputs `made` to `end` of its map read; nothing where nothing is made. */
static void join_windows(rows_span *need, const rows_span *out, int count, int64_t stride, int64_t pad, int64_t reach,
                         int64_t size)
{
  for (int t = 0; t < count; t++) {
    if (out->made[t] >= out->end[t]) continue;
    join(need, t, qy_max64(out->made[t] * stride - pad, 0), qy_min64((out->end[t] - 1) * stride - pad + reach, size));
  }
}

/* Does op o, as decided, add map m from DRAM again instead of from the buffer? */
static bool reads_again(const rows_walk *w, int o, int m)
{
  return w->reread[o] && w->stage->map[m].place == QY_PLACE_DRAM && w->stage->map[m].maker < 0;
}

static void join_reader(rows_walk *w, int d, int m, const rows_op *o)
{
  const rows_stage *s = w->stage;
  const qy_layer *l = o->op->layer;
  const rows_map *map = &s->map[m];
  const rows_span *out = &w->span[d][o->output];
  const bool rows = d == ROWS, plain = l->type == QY_LAYER_ADD || l->type == QY_LAYER_CONCAT;
  const int64_t size = rows ? map->h : map->w;
  for (int i = 0; i < o->input_count; i++)
    if (o->input[i] == m) {
      if (l->type == QY_LAYER_FC) /* flattened */
        join_windows(&w->span[d][m], out, w->side[d].count, 0, 0, size, size);
      else if (plain)
        join_windows(&w->span[d][m], out, w->side[d].count, 1, 0, 1, size);
      else
        join_windows(
            &w->span[d][m], out, w->side[d].count, rows ? l->stride_h : l->stride_w, rows ? l->pad_top : l->pad_left,
            rows ? qy_layer_reach(l->kernel_h, l->dilation_h) : qy_layer_reach(l->kernel_w, l->dilation_w), size);
    }
  for (int i = 0; i < o->addend_count; i++)
    if (o->addend[i] == m && !reads_again(w, (int)(o - s->op), m))
      join_windows(&w->span[d][m], out, w->side[d].count, 1, 0, 1, size);
}

/* Tiles of the stage; everything by the last tile where all of it is wanted. */
static void join_ends(rows_walk *w, int d, int m)
{
  const rows_map *map = &w->stage->map[m];
  rows_span *need = &w->span[d][m];
  const rows_direction *side = &w->side[d];
  if (map->driven)
    for (int t = 0; t < side->count; t++)
      join(need, t, t * side->size, qy_min64((t + 1) * side->size, side->all));
  if (map->once) need->end[side->count - 1] = d == ROWS ? map->h : map->w;
}

/* Is anything of it needed at two tiles? */
static bool overlaps(const rows_span *need, int count)
{
  int64_t end = 0;
  for (int t = 0; t < count; t++) {
    if (need->end[t] > 0 && need->begin[t] < end) return true;
    end = qy_max64(end, need->end[t]);
  }
  return false;
}

bool rows_walk_need(rows_walk *w, int m)
{
  const rows_stage *s = w->stage;
  const rows_map *map = &s->map[m];
  bool overlap = false;
  for (int d = 0; d < 2; d++) {
    if (!(w->sides >> d & 1)) continue;
    rows_span *need = &w->span[d][m];
    for (int t = 0; t < w->side[d].count; t++) {
      need->begin[t] = INT64_MAX;
      need->end[t] = 0;
    }
    for (int o = map->first_use; o <= map->last_use; o++)
      join_reader(w, d, m, &s->op[o]);
    join_ends(w, d, m);
    if (overlaps(need, w->side[d].count)) overlap = true;
  }
  return overlap;
}

/* ---- what is made, and what stays ---- */

static int64_t kept(const rows_span *s, int t, int count)
{
  return t > 0 && t < count ? qy_max64(s->end[t - 1] - s->begin[t], 0) : 0;
}

rows_extent rows_walk_extent(const rows_walk *w, int m, int d, bool keep)
{
  const rows_span *s = &w->span[d][m];
  const int count = w->side[d].count;
  rows_extent e = {.all = s->end[count - 1] - s->begin[0], .tiles = count};
  for (int t = 0; t < count; t++) {
    e.window = qy_max64(e.window, s->end[t] - s->begin[t]);
    e.made = qy_max64(e.made, s->end[t] - s->made[t]);
    if (keep) e.kept = qy_max64(e.kept, kept(s, t, count));
  }
  return e;
}

rows_lines rows_walk_lines(const rows_walk *w, int m, int t)
{
  const rows_span *s = &w->span[ROWS][m];
  const int count = w->side[ROWS].count;
  return (rows_lines){s->end[t] - s->begin[t], s->end[t] - s->made[t], kept(s, t, count), kept(s, t + 1, count)};
}

rows_stay rows_stay_of(const rows_stage *s, int m, bool keep, const rows_lines *r, const rows_extent *columns)
{
  const rows_map *map = &s->map[m];
  const int64_t entry = map->c * s->units.activation;
  const bool moves = map->place == QY_PLACE_DRAM && s->rule == QY_CAPACITY_DOUBLE_BUFFERED;
  const int64_t twice = moves ? r->made * columns->made * entry : 0;
  if (!keep) return (rows_stay){0, r->window * columns->window * entry + twice, 0};
  if (columns->tiles == 1)
    return (rows_stay){r->old * columns->all * entry, (r->old + r->made) * columns->all * entry + twice,
                       r->next * columns->all * entry};
  const int64_t lines = qy_max64(r->old, r->next) * columns->all;
  const int64_t idle = (lines + r->made * columns->kept) * entry;
  return (rows_stay){idle, (lines + r->made * columns->window) * entry + twice, idle};
}

static rows_stay stay_at(const rows_walk *w, int m, const rows_extent *columns, int t)
{
  const rows_lines lines = rows_walk_lines(w, m, t);
  return rows_stay_of(w->stage, m, w->keep[m], &lines, columns);
}

void rows_walk_stay(const rows_walk *w, int m, int64_t *before, int64_t *during)
{
  const rows_extent columns = rows_walk_extent(w, m, COLUMNS, w->keep[m]);
  for (int t = 0; t < w->side[ROWS].count; t++) {
    const rows_stay y = stay_at(w, m, &columns, t);
    before[t] = qy_min64(y.before, y.after);
    during[t] = y.during;
  }
}

int64_t rows_walk_border(const rows_walk *w, int m, int side, int t)
{
  const rows_span *cut = &w->span[side][m], *whole = &w->span[1 - side][m];
  if (!w->keep[m] || !rows_in_tiles(&w->stage->map[m])) return 0;
  return kept(cut, t, w->side[side].count) * (whole->end[0] - whole->begin[0]) * w->stage->map[m].c *
         w->stage->units.activation;
}

/* What is there grows from tile to tile, and stays until the last tile that needs it; a map of which every value is
 * made once leaves no gap. */
static void settle_kept(rows_span *s, int count, bool once)
{
  int64_t end = 0;
  for (int t = count - 2; t >= 0; t--)
    s->begin[t] = qy_min64(s->begin[t], s->begin[t + 1]);
  for (int t = 0; t < count; t++) {
    if (once) s->begin[t] = qy_min64(s->begin[t], end);
    s->made[t] = qy_max64(s->begin[t], end);
    end = s->end[t] = qy_max64(end, s->end[t]);
    s->begin[t] = qy_min64(s->begin[t], end);
    s->made[t] = qy_min64(s->made[t], end);
  }
}

static void settle_again(rows_span *s, int count)
{
  for (int t = 0; t < count; t++)
    s->made[t] = s->begin[t] = qy_min64(s->begin[t], s->end[t]);
}

void rows_walk_decide(rows_walk *w, int m, bool keep)
{
  w->keep[m] = keep;
  for (int d = 0; d < 2; d++)
    if (!(w->sides >> d & 1))
      continue;
    else if (keep)
      settle_kept(&w->span[d][m], w->side[d].count, w->stage->map[m].once);
    else
      settle_again(&w->span[d][m], w->side[d].count);
}

int64_t rows_walk_made_side(const rows_walk *w, int m, int d)
{
  int64_t made = 0;
  for (int t = 0; t < w->side[d].count; t++)
    made += w->span[d][m].end[t] - w->span[d][m].made[t];
  return made;
}

int64_t rows_walk_tiles_side(const rows_walk *w, int m, int d)
{
  int64_t tiles = 0;
  for (int t = 0; t < w->side[d].count; t++)
    tiles += w->span[d][m].end[t] > w->span[d][m].made[t];
  return tiles;
}

int64_t rows_walk_made(const rows_walk *w, int m)
{
  return rows_walk_made_side(w, m, ROWS) * rows_walk_made_side(w, m, COLUMNS);
}

int64_t rows_walk_tiles_made(const rows_walk *w, int m)
{
  return rows_walk_tiles_side(w, m, ROWS) * rows_walk_tiles_side(w, m, COLUMNS);
}

void rows_walk_keep_all(rows_walk *w)
{
  const rows_stage *s = w->stage;
  memset(w->reread, 0, (size_t)s->op_count * sizeof *w->reread);
  for (int o = s->op_count - 1; o >= 0; o--) {
    if (s->op[o].op->whole) continue;
    rows_walk_need(w, s->op[o].output);
    rows_walk_decide(w, s->op[o].output, true);
  }
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].maker < 0) {
      rows_walk_need(w, m);
      rows_walk_decide(w, m, true);
    }
}

/* Does op o use map m from the buffer? */
static bool uses(const rows_walk *w, int o, int m)
{
  const rows_op *op = &w->stage->op[o];
  if (op->op->whole) return false;
  for (int i = 0; i < op->input_count; i++)
    if (op->input[i] == m) return true;
  for (int i = 0; i < op->addend_count; i++)
    if (op->addend[i] == m && !reads_again(w, o, m)) return true;
  return false;
}

bool rows_walk_life(const rows_walk *w, int m, int *first, int *last)
{
  const rows_map *map = &w->stage->map[m];
  *first = map->maker >= 0 ? map->maker : map->first_use;
  *last = map->last_use;
  while (map->maker < 0 && *first <= map->last_use && !uses(w, *first, m))
    ++*first;
  while (*last >= *first && !uses(w, *last, m))
    --*last;
  if (map->maker >= 0) *last = qy_max_int(*last, *first);
  return *first <= *last;
}

int64_t rows_reread_units(const rows_stage *s, int o, int64_t rows, int64_t columns)
{
  const rows_op *op = &s->op[o];
  int64_t channels = 0;
  for (int i = 0; i < op->addend_count; i++)
    if (s->map[op->addend[i]].place == QY_PLACE_DRAM && s->map[op->addend[i]].maker < 0)
      channels += s->map[op->addend[i]].c;
  return rows * columns * channels * s->units.activation * (s->rule == QY_CAPACITY_DOUBLE_BUFFERED ? 2 : 1);
}

/* The same of a walk, at row t of the tiles. */
static int64_t reread_units(const rows_walk *w, int o, int t)
{
  const int m = w->stage->op[o].output;
  const rows_span *rows = &w->span[ROWS][m];
  return rows_reread_units(w->stage, o, rows->end[t] - rows->made[t], rows_walk_extent(w, m, COLUMNS, false).made);
}

int64_t rows_walk_peak(rows_walk *w)
{
  const rows_stage *s = w->stage;
  int64_t peak = 0;
  rows_extent columns[ROWS_MAPS_MAX];
  assert(s->map_count <= ROWS_MAPS_MAX);
  for (int m = 0; m < s->map_count; m++)
    columns[m] = rows_walk_extent(w, m, COLUMNS, w->keep[m]);
  for (int t = 0; t < w->side[ROWS].count; t++) {
    int64_t now = 0; /* sum[o]: what changes at op o */
    memset(w->sum, 0, ((size_t)s->op_count + 1) * sizeof *w->sum);
    for (int m = 0; m < s->map_count; m++) {
      int first, last;
      if (!rows_in_tiles(&s->map[m])) continue;
      if (!rows_walk_life(w, m, &first, &last)) continue;
      const rows_stay y = stay_at(w, m, &columns[m], t);
      now += y.before;
      w->sum[first] += y.during - y.before;
      w->sum[last + 1] += y.after - y.during;
    }
    for (int o = 0; o < s->op_count; o++) {
      now += w->sum[o];
      peak = qy_max64(peak, now + (w->reread[o] ? reread_units(w, o, t) : 0));
    }
  }
  return peak + s->constant;
}
