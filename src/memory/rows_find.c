/* The best rows stage over given ops: all tile sizes of distinct counts, kept or made again, resident or streamed.
 *
 * Branch and bound.  For one tile size the maps are decided from the last to the first, as what a map needs follows
 * from its readers.  What is known of the rest: no op makes, and no input is read, less often than with tiles of one
 * output and everything kept; a map decided already is in the buffer, as it is before it is made, while all earlier ops
 * run; weights that are streamed cost traffic, so only so many can be as the best cost known leaves room for.  None of
 * these cuts off anything that could be better, so what is left is the best.
 */
#include "rows_walk.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct rows_room {
  rows_walk walk;
  int64_t *tiles;                     /* [op_count] numbers of tiles in which they run, at least or as decided */
  int *input;                         /* [map_count] maps from DRAM */
  int64_t *before;                    /* [op_count + map_count + 1][rows]: units of maps decided so far */
  int64_t *stay_before, *stay_during; /* [rows] of one map */
  size_t rows;
  bool *streamed, *best_streamed; /* [op_count] */
  bool *keep, *resident, *reread; /* of the best */
};

typedef struct search {
  const rows_stage *s;
  const rows_wish *wish;
  rows_room *r;
  rows_walk *walk; /* of the room */
  rows_choice best;
  bool found;
  rows_cost best_cost;
  int64_t least_resident; /* units of weights that must be resident, at this tile size */
  int64_t steps;          /* left before the search of this stage is given up */
  int input_count;
} search;

qy_status rows_room_new(rows_room **out, const qy_graph *g, qy_arena *arena, qy_error *err)
{
  rows_room *r = qy_arena_alloc(arena, 1, sizeof *r);
  if (!r) return qy_no_memory(err);
  int64_t h = 1, w = 1;
  for (size_t m = 0; m < g->map_count; m++) {
    h = qy_max64(h, g->map[m].h);
    w = qy_max64(w, g->map[m].w);
  }
  const size_t maps = g->map_count, ops = g->op_count;
  r->rows = (size_t)qy_max64(h, w);
  qy_status status = rows_walk_new(&r->walk, maps, ops, h, w, arena, err);
  if (status) return status;
  r->tiles = qy_arena_alloc(arena, ops, sizeof *r->tiles);
  r->input = qy_arena_alloc(arena, maps, sizeof *r->input);
  r->before = qy_arena_alloc(arena, (ops + maps + 1) * r->rows, sizeof *r->before);
  r->stay_before = qy_arena_alloc(arena, r->rows, sizeof *r->stay_before);
  r->stay_during = qy_arena_alloc(arena, r->rows, sizeof *r->stay_during);
  bool *flags = qy_arena_alloc(arena, 4 * ops + maps, sizeof *flags);
  if (!r->tiles || !r->input || !r->before || !r->stay_before || !r->stay_during || !flags) return qy_no_memory(err);
  r->streamed = flags;
  r->best_streamed = flags + ops;
  r->resident = flags + 2 * ops;
  r->reread = flags + 3 * ops;
  r->keep = flags + 4 * ops;
  *out = r;
  return QY_OK;
}

rows_cost rows_cost_of(const rows_wish *wish, int64_t traffic, int64_t macs)
{
  const double t = (double)traffic, m = (double)macs;
  return (rows_cost){wish->price_traffic * t + wish->price_mac * m, wish->price_mac > 0 ? t : m};
}

bool rows_cost_less(rows_cost a, rows_cost b)
{
  return a.first != b.first ? a.first < b.first : a.second < b.second;
}

/* Could this cost still be the best? */
static bool worth(const search *f, int64_t traffic, int64_t macs)
{
  const rows_cost c = rows_cost_of(f->wish, traffic, macs);
  if (c.first > f->wish->limit) return false;
  if (!f->found) return true;
  return f->wish->effort == ROWS_BOTH ? rows_cost_less(c, f->best_cost) : c.first < f->best_cost.first;
}

/* ---- weights ---- */

/* Traffic that may still be added. */
static int64_t slack(const search *f, int64_t traffic, int64_t macs)
{
  const double most = f->found ? fmin(f->wish->limit, f->best_cost.first) : f->wish->limit;
  const double left = most - rows_cost_of(f->wish, traffic, macs).first;
  if (left < 0) return -1;
  const double units = left / f->wish->price_traffic;
  return units < 9e15 ? (int64_t)(units * (1 + 1e-12)) : INT64_MAX / 4;
}

/* The least units of weights that are resident if streaming adds at most `left` units: those are streamed first that
 * are read the fewest times, parts of a tensor allowed. */
static int64_t least_resident(const search *f, const int64_t *tiles, int64_t left)
{
  int64_t resident = f->s->weights, streamed_from = 0;
  for (;;) {
    int64_t next = INT64_MAX, weights = 0;
    for (int o = 0; o < f->s->op_count; o++)
      if (tiles[o] > streamed_from && tiles[o] < next) next = tiles[o];
    if (next == INT64_MAX) return resident;
    for (int o = 0; o < f->s->op_count; o++)
      if (tiles[o] == next) weights += f->s->op[o].weights * f->s->units.weight;
    const int64_t fits = next > 1 ? left / (next - 1) : weights;
    resident -= qy_min64(fits, weights);
    if (fits < weights) return resident;
    left -= weights * (next - 1);
    streamed_from = next;
  }
}

/* Ops whose weights are read several times if they are streamed, those read the most first. */
typedef struct knapsack {
  const search *f;
  const int64_t *tiles;
  int order[ROWS_MAPS_MAX], count;
  int64_t room, best_added;
  bool *now, *best; /* [op]: streamed */
  bool found;
} knapsack;

static int64_t weights_of(const search *f, int o)
{
  return f->s->op[o].weights * f->s->units.weight;
}

/* What ops order[i..] add at least if parts of a tensor could be streamed: those that are read the most stay. */
static int64_t least_added(const knapsack *k, int i, int64_t resident)
{
  int64_t left = k->room - resident, added = 0;
  for (; i < k->count; i++) {
    const int o = k->order[i];
    const int64_t stays = qy_min64(weights_of(k->f, o), left);
    left -= stays;
    added += (weights_of(k->f, o) - stays) * (k->tiles[o] - 1);
  }
  return added;
}

/* Streaming order[i] and those after it or not, so that what is resident fits. */
static void choose(knapsack *k, int i, int64_t resident, int64_t added)
{
  if (resident > k->room || (k->found && added + least_added(k, i, resident) >= k->best_added)) return;
  if (i == k->count) {
    k->found = true;
    k->best_added = added;
    memcpy(k->best, k->now, (size_t)k->f->s->op_count * sizeof *k->best);
    return;
  }
  const int o = k->order[i];
  const int64_t weights = weights_of(k->f, o);
  k->now[o] = false;
  choose(k, i + 1, resident + weights, added);
  k->now[o] = true;
  choose(k, i + 1, resident, added + weights * (k->tiles[o] - 1));
}

/* The order of ops, and the room that sums of their weights can use: a multiple of all. */
static void fill_knapsack(knapsack *k)
{
  int64_t common = 0;
  for (int o = 0; o < k->f->s->op_count; o++) {
    const int64_t weights = weights_of(k->f, o);
    k->now[o] = weights > 0; /* read once either way */
    if (weights == 0 || k->tiles[o] <= 1) continue;
    int at = k->count++;
    for (; at > 0 && k->tiles[k->order[at - 1]] < k->tiles[o]; at--)
      k->order[at] = k->order[at - 1];
    k->order[at] = o;
    for (int64_t a = weights, rest; a > 0; a = rest) { /* greatest common divisor */
      rest = common % a;
      common = a;
    }
  }
  if (common > 0 && k->room > 0) k->room -= k->room % common;
}

/* Streamed weights for an occupancy without weights of `base`; their added traffic, or -1: nothing fits. */
static int64_t stream(search *f, const int64_t *tiles, int64_t base, int64_t most_added)
{
  const int64_t room = f->wish->capacity - base;
  bool any = false;
  int64_t resident = 0;
  for (int o = 0; o < f->s->op_count; o++) {
    const int64_t weights = f->s->op[o].weights * f->s->units.weight;
    f->r->streamed[o] = weights > 0 && tiles[o] <= 1; /* costs nothing */
    if (f->r->streamed[o])
      any = true;
    else
      resident += weights;
  }
  if (resident + (any ? rows_weight_units(f->s) : 0) <= room) return 0;
  if (any) { /* resident weights that are read once anyway */
    int64_t all = f->s->weights;
    if (all <= room) {
      memset(f->r->streamed, 0, (size_t)f->s->op_count * sizeof *f->r->streamed);
      return 0;
    }
  }
  knapsack k = {.f = f,
                .tiles = tiles,
                .room = room - rows_weight_units(f->s),
                .best_added = most_added + 1,
                .now = f->r->streamed,
                .best = f->r->best_streamed,
                .found = true};
  if (k.room < 0 || most_added < 0) return -1;
  const int64_t before = k.best_added;
  fill_knapsack(&k);
  choose(&k, 0, 0, 0);
  if (k.best_added == before) return -1;
  memcpy(f->r->streamed, f->r->best_streamed, (size_t)f->s->op_count * sizeof *f->r->streamed);
  return k.best_added;
}

/* ---- one tile size ---- */

static void tiles_of_ops(const search *f, int64_t *tiles)
{
  for (int o = 0; o < f->s->op_count; o++)
    tiles[o] = f->s->op[o].op->whole ? 1 : rows_walk_tiles_made(f->walk, f->s->op[o].output);
}

static void keep_best(search *f, int64_t traffic, int64_t macs, int64_t peak)
{
  const rows_stage *s = f->s;
  const rows_walk *w = f->walk;
  rows_choice *b = &f->best;
  f->found = true;
  f->best_cost = rows_cost_of(f->wish, traffic, macs);
  b->traffic = traffic;
  b->macs = macs;
  b->peak = peak;
  b->tile_h = w->side[0].size;
  b->tile_w = w->side[1].size;
  for (int m = 0; m < s->map_count; m++)
    f->r->keep[m] = w->keep[m];
  for (int o = 0; o < s->op_count; o++) {
    f->r->reread[o] = w->reread[o];
    f->r->resident[o] = !f->r->streamed[o];
  }
}

static void leaf(search *f, int64_t traffic, int64_t macs)
{
  int64_t tiles[ROWS_MAPS_MAX] = {0};
  const int64_t base = rows_walk_peak(f->walk);
  if (base > f->wish->capacity) return;
  tiles_of_ops(f, tiles);
  const int64_t added = stream(f, tiles, base, slack(f, traffic, macs));
  if (added < 0 || !worth(f, traffic + added, macs)) return;
  int64_t weights = 0;
  bool any = false;
  for (int o = 0; o < f->s->op_count; o++)
    if (f->r->streamed[o])
      any = true;
    else
      weights += f->s->op[o].weights * f->s->units.weight;
  keep_best(f, traffic + added, macs, base + weights + (any ? rows_weight_units(f->s) : 0));
}

/* Traffic and MACs so far, with the least of what is undecided; traffic of streaming weights, at least. */
typedef struct bound {
  int64_t traffic, macs, added;
} bound;

/* Traffic that streaming adds at least where resident weights have so much room: tensors larger than the room are
 * streamed; of the others, parts of those that are read the fewest times. */
static int64_t least_streamed(const search *f, int64_t room)
{
  const rows_stage *s = f->s;
  int64_t added = 0, rest = 0, fewest = INT64_MAX;
  for (int o = 0; o < s->op_count; o++) {
    const int64_t weights = s->op[o].weights * s->units.weight, again = f->r->tiles[o] - 1;
    if (weights == 0 || again <= 0) continue;
    if (weights > room) {
      added += weights * again;
      continue;
    }
    rest += weights;
    fewest = qy_min64(fewest, again);
  }
  return rest > room ? added + (rest - room) * fewest : added;
}

static void decide_input(search *f, int i, bound b);

static bool fits(search *f, int level, int m, bound *b)
{
  const int64_t *before = f->r->before + (size_t)level * f->r->rows;
  int64_t *after = f->r->before + (size_t)(level + 1) * f->r->rows, most = 0;
  rows_walk_stay(f->walk, m, f->r->stay_before, f->r->stay_during);
  for (int t = 0; t < f->walk->side[0].count; t++) {
    after[t] = before[t] + f->r->stay_before[t];
    most = qy_max64(most, before[t] + f->r->stay_during[t]);
  }
  const int64_t room = f->wish->capacity - most - f->s->constant;
  if (room < f->least_resident) return false;
  b->added = qy_max64(b->added, least_streamed(f, room));
  return worth(f, b->traffic + b->added, b->macs);
}

static void decide_op(search *f, int o, bound b);

/* Map m, the output of op o, kept or not. */
static void try_output(search *f, int o, bool keep, bound b)
{
  const rows_op *r = &f->s->op[o];
  rows_walk_decide(f->walk, r->output, keep);
  const int64_t made = rows_walk_made(f->walk, r->output);
  b.macs += r->macs_per_output * (made - f->s->least_made[r->output]);
  if (f->walk->reread[o])
    for (int i = 0; i < r->addend_count; i++)
      if (f->s->map[r->addend[i]].place == QY_PLACE_DRAM && f->s->map[r->addend[i]].maker < 0)
        b.traffic += f->s->map[r->addend[i]].c * made * f->s->units.activation;
  if (f->walk->reread[o]) b.traffic -= rows_less_read(f->s, f->walk->reread, o);
  if (!worth(f, b.traffic, b.macs)) return;
  if (f->s->map[r->output].place != QY_PLACE_HELD && !fits(f, f->s->op_count - 1 - o, r->output, &b)) return;
  if (f->s->map[r->output].place == QY_PLACE_HELD)
    memcpy(f->r->before + (size_t)(f->s->op_count - o) * f->r->rows,
           f->r->before + (size_t)(f->s->op_count - 1 - o) * f->r->rows, f->r->rows * sizeof *f->r->before);
  decide_op(f, o - 1, b);
}

/* A step is taken off what is left; whether there was one. */
static bool step(search *f)
{
  if (f->steps <= 0) return false;
  f->steps -= 1 + (f->walk->side[0].count + f->walk->side[1].count) / ROWS_TILES_A_STEP;
  return true;
}

static void decide_op(search *f, int o, bound b)
{
  if (!step(f)) return;
  if (o < 0) {
    decide_input(f, 0, b);
    return;
  }
  const rows_op *r = &f->s->op[o];
  const rows_map *map = &f->s->map[r->output];
  if (r->op->whole) {
    memcpy(f->r->before + (size_t)(f->s->op_count - o) * f->r->rows,
           f->r->before + (size_t)(f->s->op_count - 1 - o) * f->r->rows, f->r->rows * sizeof *f->r->before);
    decide_op(f, o - 1, b);
    return;
  }
  for (int again = 0; again <= (r->rereadable ? 1 : 0); again++) {
    f->walk->reread[o] = again;
    const bool overlap = rows_walk_need(f->walk, r->output);
    try_output(f, o, true, b);
    if (!overlap || map->once || map->place == QY_PLACE_HELD) continue;
    rows_walk_need(f->walk, r->output);
    try_output(f, o, false, b);
  }
  f->walk->reread[o] = false;
}

static void decide_input(search *f, int i, bound b)
{
  if (!step(f)) return;
  if (i == f->input_count) {
    leaf(f, b.traffic, b.macs);
    return;
  }
  const int m = f->r->input[i], level = f->s->op_count + i;
  const rows_map *map = &f->s->map[m];
  const int64_t least = rows_least_read(f->s, f->walk->reread, m);
  const bool overlap = rows_walk_need(f->walk, m);
  for (int again = 0; again <= (overlap ? 1 : 0); again++) {
    bound more = b;
    if (again) rows_walk_need(f->walk, m); /* keeping it has joined what tiles need */
    rows_walk_decide(f->walk, m, !again);
    more.traffic += map->c * (rows_walk_made(f->walk, m) - least) * f->s->units.activation;
    if (!worth(f, more.traffic, more.macs) || !fits(f, level, m, &more)) continue;
    decide_input(f, i + 1, more);
  }
}

/* ---- all tile sizes ---- */

static int find_inputs(int *input, const rows_stage *s)
{
  int count = 0;
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].maker < 0 && s->map[m].place == QY_PLACE_DRAM && s->map[m].first_use <= s->map[m].last_use)
      input[count++] = m;
  return count;
}

/* Do windows of a layer leave lines out?  Then tiles of one output make the least, else one tile does as well. */
static bool leaves_gaps(const rows_stage *s)
{
  for (int o = 0; o < s->op_count; o++) {
    const qy_layer *l = s->op[o].op->layer;
    if (l->stride_h > qy_layer_reach(l->kernel_h, l->dilation_h) ||
        l->stride_w > qy_layer_reach(l->kernel_w, l->dilation_w))
      return true;
  }
  return false;
}

static qy_status ready_tiles(rows_stage *s, rows_walk *w, int side, qy_arena *arena, qy_error *err)
{
  const int64_t all = w->side[side].all;
  const size_t ops = (size_t)s->op_count;
  if (!(s->size[side] = qy_arena_alloc(arena, (size_t)(2 * sqrt((double)all)) + 2, sizeof *s->size[side])))
    return qy_no_memory(err);
  s->size_count[side] = rows_tile_sizes(s->size[side], all);
  if (!(s->tiles[side] = qy_arena_alloc(arena, s->size_count[side] * ops, sizeof *s->tiles[side])))
    return qy_no_memory(err);
  w->sides = 1u << side;
  for (size_t i = 0; i < s->size_count[side]; i++) {
    rows_walk_tiles(w, s->size[side][i], s->size[side][i]);
    rows_walk_keep_all(w);
    for (size_t o = 0; o < ops; o++)
      s->tiles[side][i * ops + o] = s->op[o].op->whole ? 1 : rows_walk_tiles_side(w, s->op[o].output, side);
  }
  w->sides = 3;
  return QY_OK;
}

/* Are rows and columns alike? */
static bool is_square(const rows_stage *s)
{
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].h != s->map[m].w) return false;
  for (int o = 0; o < s->op_count; o++) {
    const qy_layer *l = s->op[o].op->layer;
    if (l->kernel_h != l->kernel_w || l->stride_h != l->stride_w || l->dilation_h != l->dilation_w ||
        l->pad_top != l->pad_left)
      return false;
  }
  return true;
}

/* Of an input, with everything kept: what is read at least, also where addends are read again, each of its outputs as
 * often as it is added. */
static void set_least_read(rows_stage *s, rows_walk *w, int m)
{
  const int64_t all = rows_walk_made(w, m);
  int64_t least = INT64_MAX;
  for (int o = 0; o < s->op_count; o++) {
    w->reread[o] = s->op[o].rereadable;
    for (int i = 0; i < s->op[o].addend_count; i++)
      if (s->op[o].addend[i] == m) least = qy_min64(least, s->least_made[s->op[o].output]);
  }
  rows_walk_need(w, m);
  rows_walk_decide(w, m, true);
  s->least_windows[m] = rows_walk_made(w, m);
  s->least_made[m] = least == INT64_MAX ? all : qy_min64(all, s->least_windows[m] + least);
  memset(w->reread, 0, (size_t)s->op_count * sizeof *w->reread);
}

qy_status rows_stage_ready(rows_stage *s, rows_room *room, qy_arena *arena, qy_error *err)
{
  rows_walk *w = &room->walk;
  int64_t *least = qy_arena_alloc(arena, 2 * (size_t)s->map_count, sizeof *least);
  if (!least) return qy_no_memory(err);
  s->least_made = least;
  s->least_windows = least + s->map_count;
  rows_walk_set(w, s);
  const bool gaps = leaves_gaps(s);
  rows_walk_tiles(w, gaps ? 1 : w->side[0].all, gaps ? 1 : w->side[1].all);
  rows_walk_keep_all(w);
  for (int o = 0; o < s->op_count; o++) {
    if (s->op[o].op->whole) continue;
    s->least_made[s->op[o].output] = rows_walk_made(w, s->op[o].output);
    s->least_macs += s->op[o].macs_per_output * s->least_made[s->op[o].output];
  }
  s->least_traffic = s->fixed_traffic;
  for (int i = find_inputs(room->input, s) - 1; i >= 0; i--) {
    const int m = room->input[i];
    set_least_read(s, w, m);
    s->least_traffic += s->map[m].c * s->least_made[m] * s->units.activation;
  }
  qy_status status = ready_tiles(s, w, 0, arena, err);
  if (status || !is_square(s)) return status ? status : ready_tiles(s, w, 1, arena, err);
  s->size[1] = s->size[0];
  s->size_count[1] = s->size_count[0];
  s->tiles[1] = s->tiles[0];
  return QY_OK;
}

/* Weights that are resident for sure where there are several rows (columns) of tiles: those of ops that run in several
 * of them and are too large to be read once more. */
static int64_t surely_resident(const search *f, int side, int64_t left)
{
  const rows_stage *s = f->s;
  int64_t resident = 0, streamable = 0;
  for (int o = 0; o < s->op_count; o++) {
    const int64_t weights = s->op[o].weights * s->units.weight;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i + 1 < s->size_count[side]; i++)
      least = qy_min64(least, s->tiles[side][i * (size_t)s->op_count + (size_t)o]);
    if (least > 1) *(weights <= left ? &streamable : &resident) += weights;
  }
  return resident + qy_max64(streamable - left, 0);
}

/* Heights and widths by their places in the lists. */
static void try_tiles(search *f, size_t i, size_t k)
{
  const rows_stage *s = f->s;
  const size_t ops = (size_t)s->op_count;
  const bound least = {s->least_traffic, s->least_macs, 0};
  const int64_t left = slack(f, least.traffic, least.macs);
  if (left < 0) return;
  for (size_t o = 0; o < ops; o++)
    f->r->tiles[o] = s->tiles[0][i * ops + o] * s->tiles[1][k * ops + o];
  f->least_resident = least_resident(f, f->r->tiles, left);
  if (f->least_resident + s->constant > f->wish->capacity) return;
  rows_walk_tiles(f->walk, s->size[0][i], s->size[1][k]);
  memset(f->r->before, 0, f->r->rows * sizeof *f->r->before);
  decide_op(f, s->op_count - 1, least);
}

/* ---- whether several tiles are possible ---- */

/* What is kept at the border between two rows (columns) of tiles depends only on where the border is, not on the size
 * of the tiles; and with several, one border is in the first half.  So with tiles of one row: is there a choice of what
 * is kept with which some border in the first half leaves room for the rest? */
typedef struct borders {
  search *f;
  int side;
  int count; /* borders looked at: 1..count */
  int64_t room;
} borders;

static bool some_border(const borders *b, int o);

static bool border_fits(const borders *b, int o)
{
  const search *f = b->f;
  const size_t level = (size_t)(f->s->op_count - 1 - o);
  const int64_t *before = f->r->before + level * f->r->rows;
  int64_t *after = f->r->before + (level + 1) * f->r->rows, least = INT64_MAX;
  const int m = f->s->op[o].output;
  const bool counts = !f->s->op[o].op->whole && f->s->map[m].place != QY_PLACE_HELD;
  for (int t = 1; t <= b->count; t++) {
    after[t] = before[t] + (counts ? rows_walk_border(f->walk, m, b->side, t) : 0);
    least = qy_min64(least, after[t]);
  }
  return least <= b->room && some_border(b, o - 1);
}

static bool some_border(const borders *b, int o)
{
  search *f = b->f;
  if (o < 0 || !step(f)) return true; /* inputs may be read again; not known */
  const rows_op *r = &f->s->op[o];
  if (r->op->whole) return border_fits(b, o);
  for (int again = 0; again <= (r->rereadable ? 1 : 0); again++) {
    f->walk->reread[o] = again;
    const bool overlap = rows_walk_need(f->walk, r->output), must = f->s->map[r->output].once;
    rows_walk_decide(f->walk, r->output, true);
    if (border_fits(b, o)) return true;
    if (!overlap || must || f->s->map[r->output].place == QY_PLACE_HELD) continue;
    rows_walk_need(f->walk, r->output);
    rows_walk_decide(f->walk, r->output, false);
    if (border_fits(b, o)) return true;
  }
  f->walk->reread[o] = false;
  return false;
}

static bool several_possible(search *f, int side, int64_t left)
{
  const rows_direction *d = f->walk->side;
  const int64_t all = d[side].all;
  borders b = {.f = f, .side = side, .count = (int)((all + 1) / 2)};
  b.room = f->wish->capacity - f->s->constant - surely_resident(f, side, left);
  if (all < 2 || b.room < 0) return false;
  rows_walk_tiles(f->walk, side == 0 ? 1 : d[0].all, side == 1 ? 1 : d[1].all);
  memset(f->walk->reread, 0, (size_t)f->s->op_count * sizeof *f->walk->reread);
  memset(f->r->before, 0, f->r->rows * sizeof *f->r->before);
  return some_border(&b, f->s->op_count - 1);
}

/* ---- all ---- */

static void quick(search *f)
{
  const rows_stage *s = f->s;
  const int64_t all[2] = {f->walk->side[0].all, f->walk->side[1].all};
  const int64_t size[][2] = {{1, 1}, {1, all[1]}, {2, all[1]}, {all[0], all[1]}};
  const size_t count = sizeof size / sizeof *size;
  const bool resident = s->weights + s->constant <= f->wish->capacity;
  for (size_t i = resident ? 0 : count - 1; i < count; i++) {
    if (size[i][0] > all[0] || !worth(f, s->least_traffic, s->least_macs)) continue;
    rows_walk_tiles(f->walk, size[i][0], size[i][1]);
    rows_walk_keep_all(f->walk);
    int64_t macs = 0, traffic = s->fixed_traffic;
    for (int o = 0; o < s->op_count; o++)
      if (!s->op[o].op->whole) macs += s->op[o].macs_per_output * rows_walk_made(f->walk, s->op[o].output);
    for (int k = 0; k < f->input_count; k++)
      traffic += s->map[f->r->input[k]].c * rows_walk_made(f->walk, f->r->input[k]) * s->units.activation;
    if (worth(f, traffic, macs)) leaf(f, traffic, macs);
  }
}

static void all_tiles(search *f)
{
  const rows_stage *s = f->s;
  const size_t last[2] = {s->size_count[0] - 1, s->size_count[1] - 1};
  const int64_t left = slack(f, s->least_traffic, s->least_macs);
  quick(f); /* a choice to compare with, and to have if the search is given up */
  try_tiles(f, last[0], last[1]);
  const bool rows = several_possible(f, 0, left), columns = several_possible(f, 1, left);
  for (size_t i = 0; i <= last[0]; i++)
    for (size_t k = 0; k <= last[1]; k++) {
      const bool one_row = i == last[0], one_column = k == last[1];
      if ((one_row && one_column) || (!one_row && !rows) || (!one_column && one_row && !columns)) continue;
      if (f->steps > 0 && worth(f, s->least_traffic, s->least_macs)) try_tiles(f, i, k);
    }
}

/* Counts of a choice at other tiles. */
static void count_at(qy_traffic *t, rows_walk *w, const rows_choice *c, int64_t tile_h, int64_t tile_w)
{
  const rows_stage *s = w->stage;
  rows_walk_tiles(w, tile_h, tile_w);
  for (int o = 0; o < s->op_count; o++)
    w->reread[o] = c->reread[o];
  for (int o = s->op_count - 1; o >= 0; o--) {
    const int m = s->op[o].output;
    if (s->map[m].whole) continue;
    rows_walk_need(w, m);
    rows_walk_decide(w, m, c->keep[m]);
  }
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].maker < 0) {
      rows_walk_need(w, m);
      rows_walk_decide(w, m, c->keep[m]);
    }
  rows_traffic(t, w, c->resident);
}

void rows_widen(rows_choice *c, const rows_stage *s, int64_t capacity, rows_room *room)
{
  rows_walk *w = &room->walk;
  rows_walk_set(w, s);
  for (size_t i = 0; i < s->size_count[0]; i++)
    for (size_t k = 0; k < s->size_count[1]; k++) {
      const int64_t h = s->size[0][i], l = s->size[1][k];
      qy_traffic t;
      if (h * l <= c->tile_h * c->tile_w) continue;
      count_at(&t, w, c, h, l);
      if (t.peak > capacity || qy_traffic_units(&t, s->units) > c->traffic || t.macs > c->macs) continue;
      c->tile_h = h;
      c->tile_w = l;
      c->peak = t.peak;
    }
}

static qy_status copy_best(rows_choice *choice, const search *f, qy_arena *arena, qy_error *err)
{
  const size_t maps = (size_t)f->s->map_count, ops = (size_t)f->s->op_count;
  bool *flags = qy_arena_alloc(arena, maps + 2 * ops, sizeof *flags);
  if (!flags) return qy_no_memory(err);
  *choice = f->best;
  choice->keep = flags;
  choice->resident = flags + maps;
  choice->reread = flags + maps + ops;
  memcpy(choice->keep, f->r->keep, maps * sizeof *flags);
  memcpy(choice->resident, f->r->resident, ops * sizeof *flags);
  memcpy(choice->reread, f->r->reread, ops * sizeof *flags);
  return QY_OK;
}

qy_status rows_find(rows_choice *choice, bool *found, bool *complete, const rows_stage *stage, const rows_wish *wish,
                    rows_room *room, rows_budget *budget, qy_arena *arena, qy_error *err)
{
  search f = {.s = stage, .wish = wish, .r = room, .walk = &room->walk};
  const int64_t steps = rows_budget_of_stage(budget);
  f.steps = steps;
  rows_walk_set(f.walk, stage);
  memset(f.walk->reread, 0, (size_t)stage->op_count * sizeof *f.walk->reread);
  f.input_count = find_inputs(room->input, stage);
  if (worth(&f, stage->least_traffic, stage->least_macs)) {
    if (wish->effort == ROWS_QUICK)
      quick(&f);
    else
      all_tiles(&f);
  }
  *found = f.found;
  *complete = f.steps > 0 || wish->effort == ROWS_QUICK;
  budget->left -= steps - qy_max64(f.steps, 0);
  return f.found ? copy_best(choice, &f, arena, err) : QY_OK;
}
