/* The least traffic of a rows stage at many capacities at once.
 *
 * The space is that of rows_find.c, and so are the bounds, but all tile sizes and all capacities are searched together.
 * Windows in one direction depend on the size of the tile in that direction alone, so for each decision they are worked
 * out once a size; of the pairs of sizes only those go on that can still be below what matters at some capacity: a pair
 * that needs at least so much room and so much traffic is compared at each capacity from that room on, with the traffic
 * of the weights that must be streamed there, parts of a tensor allowed.
 */
#include "slope_int.h"

#include "rows_walk.h"

#include "quarry/integer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS, COLUMNS, SAMPLES = 3 };

/* One map with one tile size, in one direction, as decided. */
typedef struct cut_map {
  bool overlap;
  int64_t made, tiles;
  rows_extent extent;         /* columns */
  rows_lines sample[SAMPLES]; /* rows: first, middle and last row of tiles */
} cut_map;

/* Tile heights and widths that are still searched. */
typedef struct pair {
  int size[2];                 /* places in the lists of sizes */
  int classes;                 /* place of its weights by tiles */
  int64_t traffic, macs, room; /* at least; room without weights */
} pair;

/* Weights of a pair that are read the same number of times. */
typedef struct weight_class {
  int64_t again; /* times, less one */
  int64_t units;
} weight_class;

/* Rows of tiles that differ, of one height. */
typedef struct lines_list {
  int count;        /* 0: not worked out */
  rows_lines *line; /* [count][map_count] */
} lines_list;

struct rows_front_room {
  rows_walk walk;     /* what all sizes share: decisions */
  rows_walk *side[2]; /* [sizes] one direction at one size each */
  size_t sizes[2];    /* at most */
  size_t maps;
  int64_t *span[2]; /* buffers of spans */
  size_t span_room[2];
  cut_map *cut[2];   /* [sizes][maps] */
  lines_list *lines; /* [sizes] */
  rows_lines *line;
  size_t line_count, line_room;
  pair *pairs; /* a stack of lists */
  size_t pair_room;
  int64_t *taken; /* [pairs][SAMPLES][ops] units of maps decided so far while an op runs */
  size_t taken_room;
  weight_class *class; /* [pairs][ops + 1] */
  size_t class_room;
  int *input, *first, *last; /* [maps] */
  int64_t *sum;              /* [ops + 1] */
  int64_t *again, *weights;  /* [ops] */
};

typedef struct search {
  const rows_stage *s;
  slope_front *front;
  rows_front_room *r;
  int input_count;
  size_t class_stride;
  int64_t choices; /* left before the search is given up */
  qy_status status;
  qy_error *err;
} search;

typedef struct list {
  size_t begin, end; /* in room.pairs */
} list;

/* ---- fronts ---- */

size_t slope_front_find(const slope_front *f, int64_t n)
{
  size_t low = 0, high = f->count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (f->capacity[middle] >= n)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

void slope_front_offer(slope_front *f, int64_t peak, int64_t traffic, int64_t macs)
{
  for (size_t g = slope_front_find(f, peak); g < f->count; g++) {
    if (f->traffic[g] <= traffic) return;
    f->traffic[g] = traffic;
    f->macs[g] = macs;
    f->peak[g] = peak;
    f->below[g] = qy_min64(f->below[g], traffic);
  }
}

/* ---- memory ---- */

qy_status rows_front_room_new(rows_front_room **out, const qy_graph *g, qy_arena *arena, qy_error *err)
{
  rows_front_room *r = qy_arena_alloc(arena, 1, sizeof *r);
  if (!r) return qy_no_memory(err);
  int64_t most[2] = {1, 1};
  for (size_t m = 0; m < g->map_count; m++) {
    most[ROWS] = qy_max64(most[ROWS], g->map[m].h);
    most[COLUMNS] = qy_max64(most[COLUMNS], g->map[m].w);
  }
  r->maps = g->map_count < ROWS_MAPS_MAX ? g->map_count : ROWS_MAPS_MAX;
  for (int d = 0; d < 2; d++) {
    int64_t *size = qy_arena_alloc(arena, (size_t)most[d], sizeof *size);
    if (!size) return qy_no_memory(err);
    r->sizes[d] = rows_tile_sizes(size, most[d]) + 1;
    r->side[d] = qy_arena_alloc(arena, r->sizes[d], sizeof *r->side[d]);
    r->cut[d] = qy_arena_alloc(arena, r->sizes[d] * r->maps, sizeof *r->cut[d]);
    rows_span *span = qy_arena_alloc(arena, r->sizes[d] * r->maps, sizeof *span);
    if (!r->side[d] || !r->cut[d] || !span) return qy_no_memory(err);
    for (size_t i = 0; i < r->sizes[d]; i++)
      r->side[d][i].span[d] = span + i * r->maps;
  }
  r->lines = qy_arena_alloc(arena, r->sizes[ROWS], sizeof *r->lines);
  r->walk.keep = qy_arena_alloc(arena, r->maps, sizeof *r->walk.keep);
  r->walk.reread = qy_arena_alloc(arena, g->op_count, sizeof *r->walk.reread);
  r->input = qy_arena_alloc(arena, 3 * r->maps, sizeof *r->input);
  r->sum = qy_arena_alloc(arena, 3 * g->op_count + 1, sizeof *r->sum);
  if (!r->lines || !r->walk.keep || !r->walk.reread || !r->input || !r->sum) return qy_no_memory(err);
  r->first = r->input + r->maps;
  r->last = r->first + r->maps;
  r->again = r->sum + g->op_count + 1;
  r->weights = r->again + g->op_count;
  *out = r;
  return QY_OK;
}

void rows_front_room_free(rows_front_room *r)
{
  if (!r) return;
  free(r->span[0]);
  free(r->span[1]);
  free(r->line);
  free(r->pairs);
  free(r->taken);
  free(r->class);
}

/* One walk for each size of one direction. */
static qy_status set_side(search *f, int d)
{
  rows_front_room *r = f->r;
  const rows_stage *s = f->s;
  const rows_map *driven = &s->map[s->op[s->driver].output];
  const int64_t all = d == ROWS ? driven->h : driven->w;
  size_t tiles = 0;
  assert(s->size_count[d] <= r->sizes[d]);
  for (size_t i = 0; i < s->size_count[d]; i++)
    tiles += (size_t)qy_ceil_div(all, s->size[d][i]);
  if (qy_grow((void **)&r->span[d], &r->span_room[d], 3 * tiles * (size_t)s->map_count, sizeof *r->span[d]))
    return qy_no_memory(f->err);
  int64_t *at = r->span[d];
  for (size_t i = 0; i < s->size_count[d]; i++) {
    rows_walk *w = &r->side[d][i];
    const size_t count = (size_t)qy_ceil_div(all, s->size[d][i]);
    w->stage = s;
    w->sides = 1u << d;
    w->keep = r->walk.keep;
    w->reread = r->walk.reread;
    w->side[d] = (rows_direction){(int)count, s->size[d][i], all};
    for (int m = 0; m < s->map_count; m++, at += 3 * count)
      w->span[d][m] = (rows_span){at, at + count, at + 2 * count};
  }
  return QY_OK;
}

/* ---- pairs ---- */

/* Units while the ops run, of the pair at a place. */
static int64_t *taken_at(const search *f, size_t place)
{
  return f->r->taken + place * SAMPLES * (size_t)f->s->op_count;
}

/* Room for one pair more. */
static bool make_room(search *f, const list *to)
{
  const size_t stride = SAMPLES * (size_t)f->s->op_count;
  if (qy_grow((void **)&f->r->pairs, &f->r->pair_room, to->end + 1, sizeof *f->r->pairs) ||
      qy_grow((void **)&f->r->taken, &f->r->taken_room, (to->end + 1) * stride, sizeof *f->r->taken))
    f->status = qy_no_memory(f->err);
  return !f->status;
}

/* Traffic added at least when so many units of weights cannot be resident. */
static int64_t streamed(const weight_class *c, int64_t units)
{
  int64_t traffic = 0;
  for (; units > 0 && c->units > 0; c++) {
    traffic += c->again * qy_min64(units, c->units);
    units -= c->units;
  }
  return units > 0 ? INT64_MAX / 2 : traffic;
}

/* Could it matter at some capacity? */
static bool alive(const search *f, const pair *p)
{
  enum { AT_ONCE = 8 };
  const slope_front *front = f->front;
  const weight_class *c = f->r->class + p->classes;
  const int64_t weights = f->s->weights;
  for (size_t g = slope_front_find(front, p->room); g < front->count; g += AT_ONCE) {
    if (p->traffic >= front->below[g]) return false;
    const size_t end = g + AT_ONCE < front->count ? g + AT_ONCE : front->count;
    if (p->traffic + streamed(c, weights - (front->capacity[end - 1] - p->room)) >= front->below[g]) continue;
    for (size_t k = g; k < end; k++)
      if (p->traffic + streamed(c, weights - (front->capacity[k] - p->room)) < front->below[k]) return true;
  }
  return false;
}

/* Weights by the times that they are read at least, fewest first; a class of no units ends them. */
static void make_classes(const search *f, const pair *p)
{
  const rows_stage *s = f->s;
  const size_t ops = (size_t)s->op_count;
  const int64_t *rows = s->tiles[ROWS] + (size_t)p->size[ROWS] * ops;
  const int64_t *columns = s->tiles[COLUMNS] + (size_t)p->size[COLUMNS] * ops;
  weight_class *c = f->r->class + p->classes;
  size_t count = 0;
  for (size_t o = 0; o < ops; o++) {
    const int64_t units = s->op[o].weights * s->units.weight, again = qy_max64(rows[o] * columns[o] - 1, 0);
    if (units == 0) continue;
    size_t at = count;
    while (at > 0 && c[at - 1].again > again)
      at--;
    if (at > 0 && c[at - 1].again == again) {
      c[at - 1].units += units;
      continue;
    }
    memmove(&c[at + 1], &c[at], (count - at) * sizeof *c);
    c[at] = (weight_class){again, units};
    count++;
  }
  c[count].units = 0;
}

static qy_status first_pairs(list *out, search *f)
{
  const rows_stage *s = f->s;
  const size_t count[2] = {s->size_count[ROWS], s->size_count[COLUMNS]};
  f->class_stride = (size_t)s->op_count + 1;
  if (qy_grow((void **)&f->r->class, &f->r->class_room, count[0] * count[1] * f->class_stride, sizeof *f->r->class))
    return qy_no_memory(f->err);
  *out = (list){0, 0};
  for (size_t i = 0; i < count[0]; i++)
    for (size_t k = 0; k < count[1]; k++) {
      const pair p = {.size = {(int)i, (int)k},
                      .classes = (int)((i * count[1] + k) * f->class_stride),
                      .traffic = s->least_traffic,
                      .macs = s->least_macs,
                      .room = s->constant};
      make_classes(f, &p);
      if (!alive(f, &p)) continue;
      if (!make_room(f, out)) return f->status;
      memset(taken_at(f, out->end), 0, SAMPLES * (size_t)s->op_count * sizeof *f->r->taken);
      f->r->pairs[out->end++] = p;
    }
  return QY_OK;
}

/* ---- the end: everything decided but the weights ---- */

static bool has_lines(const rows_map *map)
{
  return rows_in_tiles(map) || (map->maker >= 0 && !map->whole);
}

/* Rows of tiles of one height in which some map differs from the row before. */
static lines_list *lines_of(search *f, int size)
{
  rows_front_room *r = f->r;
  const rows_walk *w = &r->side[ROWS][size];
  const size_t maps = (size_t)f->s->map_count;
  lines_list *l = &r->lines[size];
  if (l->count > 0) return l;
  l->line = r->line + r->line_count;
  for (int t = 0; t < w->side[ROWS].count; t++) {
    rows_lines *now = l->line + (size_t)l->count * maps;
    for (size_t m = 0; m < maps; m++)
      now[m] = has_lines(&f->s->map[m]) ? rows_walk_lines(w, (int)m, t) : (rows_lines){0};
    if (l->count == 0 || memcmp(now, now - maps, maps * sizeof *now) != 0) l->count++;
  }
  r->line_count += (size_t)l->count * maps;
  return l;
}

static int64_t peak_of(search *f, const pair *p)
{
  const rows_stage *s = f->s;
  const lines_list *l = lines_of(f, p->size[ROWS]);
  const cut_map *columns = f->r->cut[COLUMNS] + (size_t)p->size[COLUMNS] * f->r->maps;
  int64_t peak = 0, *sum = f->r->sum;
  for (int i = 0; i < l->count; i++) {
    const rows_lines *line = l->line + (size_t)i * (size_t)s->map_count;
    int64_t now = 0;
    memset(sum, 0, ((size_t)s->op_count + 1) * sizeof *sum);
    for (int m = 0; m < s->map_count; m++) {
      if (f->r->first[m] > f->r->last[m]) continue;
      const rows_stay y = rows_stay_of(s, m, f->r->walk.keep[m], &line[m], &columns[m].extent);
      now += y.before;
      sum[f->r->first[m]] += y.during - y.before;
      sum[f->r->last[m] + 1] += y.after - y.during;
    }
    for (int o = 0; o < s->op_count; o++) {
      const int m = s->op[o].output;
      now += sum[o];
      peak = qy_max64(peak,
                      now + (f->r->walk.reread[o] ? rows_reread_units(s, o, line[m].made, columns[m].extent.made) : 0));
    }
  }
  return peak + s->constant;
}

/* Least added traffic with at most `room` units resident, below `most`. */
typedef struct knapsack {
  const int64_t *again, *units; /* [count] by falling units */
  int count;
  int64_t room, best, best_resident;
} knapsack;

static void choose(knapsack *k, int i, int64_t left, int64_t resident, int64_t added)
{
  if (resident > k->room || added >= k->best) return;
  if (resident + left <= k->room) { /* the rest stays */
    k->best = added;
    k->best_resident = resident + left;
    return;
  }
  int64_t least = INT64_MAX;
  for (int j = i; j < k->count; j++)
    least = qy_min64(least, k->again[j]);
  if (added + least * (resident + left - k->room) >= k->best) return;
  choose(k, i + 1, left - k->units[i], resident + k->units[i], added);
  choose(k, i + 1, left - k->units[i], resident, added + k->units[i] * k->again[i]);
}

/* Weights with several reads, by falling size; units of them; whether any are read once only. */
static int64_t take_weights(const search *f, const pair *p, int *count, bool *free_ones)
{
  const rows_stage *s = f->s;
  const cut_map *cut[2];
  int64_t total = 0;
  for (int d = 0; d < 2; d++)
    cut[d] = f->r->cut[d] + (size_t)p->size[d] * f->r->maps;
  *count = 0;
  *free_ones = false;
  for (int o = 0; o < s->op_count; o++) {
    const int64_t units = s->op[o].weights * s->units.weight;
    const int m = s->op[o].output;
    if (units == 0) continue;
    const int64_t again = (s->op[o].op->whole ? 1 : cut[0][m].tiles * cut[1][m].tiles) - 1;
    if (again <= 0) {
      *free_ones = true;
      continue;
    }
    int at = (*count)++;
    for (; at > 0 && f->r->weights[at - 1] < units; at--) {
      f->r->weights[at] = f->r->weights[at - 1];
      f->r->again[at] = f->r->again[at - 1];
    }
    f->r->weights[at] = units;
    f->r->again[at] = again;
    total += units;
  }
  return total;
}

static void finish(search *f, pair *p)
{
  slope_front *front = f->front;
  const int64_t one = rows_weight_units(f->s);
  bool free_ones;
  knapsack k = {.again = f->r->again, .units = f->r->weights};
  p->room = peak_of(f, p);
  if (!alive(f, p)) return;
  const int64_t several = take_weights(f, p, &k.count, &free_ones);
  const int64_t at_rest = free_ones ? qy_min64(several + one, f->s->weights) : several;
  slope_front_offer(front, p->room + at_rest, p->traffic, p->macs);
  if (k.count == 0) return;
  for (size_t g = slope_front_find(front, p->room + at_rest); g-- > 0;) {
    k.room = front->capacity[g] - p->room - one;
    if (k.room < 0) return;
    k.best = front->below[g] - p->traffic;
    const int64_t before = k.best;
    choose(&k, 0, several, 0, 0);
    if (k.best >= before) continue;
    const int64_t peak = p->room + k.best_resident + one;
    slope_front_offer(front, peak, p->traffic + k.best, p->macs);
    while (g > 0 && front->capacity[g - 1] >= peak)
      g--;
  }
}

static void leaves(search *f, list l)
{
  rows_front_room *r = f->r;
  const rows_stage *s = f->s;
  if (l.begin == l.end) return;
  for (int m = 0; m < s->map_count; m++)
    if (!rows_in_tiles(&s->map[m]) || !rows_walk_life(&r->side[ROWS][0], m, &r->first[m], &r->last[m])) {
      r->first[m] = 1;
      r->last[m] = 0;
    }
  size_t need = 0; /* lines of all heights */
  for (size_t i = 0; i < s->size_count[ROWS]; i++) {
    r->lines[i].count = 0;
    need += (size_t)r->side[ROWS][i].side[ROWS].count * (size_t)s->map_count;
  }
  if (qy_grow((void **)&r->line, &r->line_room, need, sizeof *r->line)) {
    f->status = qy_no_memory(f->err);
    return;
  }
  r->line_count = 0;
  for (size_t i = l.begin; i < l.end; i++) {
    pair p = r->pairs[i];
    if (alive(f, &p)) finish(f, &p);
  }
}

/* ---- decisions ---- */

/* Heights and widths that a list uses, in bits by their places modulo 64: others may be among them. */
typedef struct used {
  uint64_t bits[2];
} used;

static used used_sizes(const search *f, list l)
{
  used u = {{0, 0}};
  for (size_t i = l.begin; i < l.end; i++)
    for (int d = 0; d < 2; d++)
      u.bits[d] |= UINT64_C(1) << (f->r->pairs[i].size[d] & 63);
  return u;
}

static bool is_used(const used *u, int d, size_t i)
{
  return u->bits[d] >> (i & 63) & 1;
}

static void need(search *f, int m, const used *u)
{
  for (int d = 0; d < 2; d++)
    for (size_t i = 0; i < f->s->size_count[d]; i++)
      if (is_used(u, d, i)) f->r->cut[d][i * f->r->maps + (size_t)m].overlap = rows_walk_need(&f->r->side[d][i], m);
}

static void decide(search *f, int m, bool keep, const used *u)
{
  for (int d = 0; d < 2; d++)
    for (size_t i = 0; i < f->s->size_count[d]; i++) {
      if (!is_used(u, d, i)) continue;
      rows_walk *w = &f->r->side[d][i];
      cut_map *c = &f->r->cut[d][i * f->r->maps + (size_t)m];
      rows_walk_decide(w, m, keep);
      c->made = rows_walk_made_side(w, m, d);
      c->tiles = rows_walk_tiles_side(w, m, d);
      if (d == COLUMNS) {
        c->extent = rows_walk_extent(w, m, d, keep);
        continue;
      }
      const int count = w->side[d].count;
      c->sample[0] = rows_walk_lines(w, m, 0);
      c->sample[1] = rows_walk_lines(w, m, count / 2);
      c->sample[2] = rows_walk_lines(w, m, count - 1);
    }
}

/* What a decision adds. */
typedef struct change {
  int m;            /* map */
  int op;           /* that adds maps from DRAM again; -1: none does */
  bool overlapping; /* only where windows overlap */
  int64_t macs;     /* of one output more than the least */
  int64_t traffic;  /* the same */
  int64_t again;    /* traffic of each output */
  int64_t least;    /* outputs that are made (read) at least */
  int64_t less;     /* traffic that was counted at least and need not be */
} change;

/* Units while the ops run, with map m as decided, from those without; the largest. */
static int64_t take(const search *f, int64_t *to, const int64_t *from, const change *x, const cut_map *rows,
                    const cut_map *columns)
{
  const rows_stage *s = f->s;
  const int ops = s->op_count, m = x->m;
  int first, last;
  int64_t most = 0;
  const bool stays = rows_in_tiles(&s->map[m]) && rows_walk_life(&f->r->side[ROWS][0], m, &first, &last);
  memcpy(to, from, SAMPLES * (size_t)ops * sizeof *to);
  for (int t = 0; t < SAMPLES; t++, to += ops) {
    if (stays) {
      const rows_stay y = rows_stay_of(s, m, f->r->walk.keep[m], &rows->sample[t], &columns->extent);
      for (int o = 0; o < ops; o++)
        to[o] += o < first ? y.before : o <= last ? y.during : y.after;
    }
    if (x->op >= 0) to[x->op] += rows_reread_units(s, x->op, rows->sample[t].made, columns->extent.made);
    for (int o = 0; o < ops; o++)
      most = qy_max64(most, to[o]);
  }
  return most;
}

/* Pairs that go on with a map as decided. */
static list go_on(search *f, list from, const change *x)
{
  list to = {from.end, from.end};
  const size_t maps = f->r->maps, m = (size_t)x->m;
  for (size_t i = from.begin; i < from.end && f->choices-- > 0 && make_room(f, &to); i++) {
    pair p = f->r->pairs[i];
    const cut_map *rows = &f->r->cut[ROWS][(size_t)p.size[ROWS] * maps + m];
    const cut_map *columns = &f->r->cut[COLUMNS][(size_t)p.size[COLUMNS] * maps + m];
    if (x->overlapping && !rows->overlap && !columns->overlap) continue;
    const int64_t made = rows->made * columns->made, more = made - x->least;
    p.macs += x->macs * more;
    p.traffic += x->traffic * more + x->again * made - x->less;
    p.room = qy_max64(p.room, f->s->constant + take(f, taken_at(f, to.end), taken_at(f, i), x, rows, columns));
    if (alive(f, &p)) f->r->pairs[to.end++] = p;
  }
  return to;
}

static void decide_input(search *f, int i, list l)
{
  if (l.begin == l.end || f->status) return;
  if (i == f->input_count) {
    leaves(f, l);
    return;
  }
  const int m = f->r->input[i];
  const used u = used_sizes(f, l);
  for (int again = 0; again <= 1; again++) {
    need(f, m, &u);
    decide(f, m, !again, &u);
    const change x = {.m = m,
                      .op = -1,
                      .overlapping = again,
                      .traffic = f->s->map[m].c * f->s->units.activation,
                      .least = rows_least_read(f->s, f->r->walk.reread, m)};
    decide_input(f, i + 1, go_on(f, l, &x));
  }
}

/* Units of a column that an op adds from DRAM again. */
static int64_t reread_of_one(const rows_stage *s, int o)
{
  int64_t units = 0;
  for (int i = 0; i < s->op[o].addend_count; i++)
    if (s->map[s->op[o].addend[i]].place == QY_PLACE_DRAM && s->map[s->op[o].addend[i]].maker < 0)
      units += s->map[s->op[o].addend[i]].c * s->units.activation;
  return units;
}

static void decide_op(search *f, int o, list l)
{
  if (l.begin == l.end || f->status) return;
  if (o < 0) {
    decide_input(f, 0, l);
    return;
  }
  const rows_op *r = &f->s->op[o];
  const rows_map *map = &f->s->map[r->output];
  if (r->op->whole) {
    decide_op(f, o - 1, l);
    return;
  }
  const used u = used_sizes(f, l);
  for (int reread = 0; reread <= (r->rereadable ? 1 : 0); reread++) {
    change x = {
        .m = r->output, .op = reread ? o : -1, .macs = r->macs_per_output, .least = f->s->least_made[r->output]};
    if (reread) {
      x.again = reread_of_one(f->s, o);
      x.less = rows_less_read(f->s, f->r->walk.reread, o);
    }
    f->r->walk.reread[o] = reread;
    need(f, r->output, &u);
    decide(f, r->output, true, &u);
    decide_op(f, o - 1, go_on(f, l, &x));
    if (map->once || map->place == QY_PLACE_HELD) continue;
    need(f, r->output, &u);
    decide(f, r->output, false, &u);
    x.overlapping = true;
    decide_op(f, o - 1, go_on(f, l, &x));
  }
  f->r->walk.reread[o] = false;
}

qy_status rows_front_find(slope_front *front, bool *complete, const rows_stage *s, rows_front_room *room,
                          rows_budget *budget, qy_error *err)
{
  const int64_t choices = rows_budget_of_stage(budget) * ROWS_FRONT_CHOICES;
  search f = {.s = s, .front = front, .r = room, .choices = choices, .err = err};
  list all;
  *complete = true;
  if (front->count == 0 || s->least_traffic >= front->below[0]) return QY_OK;
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].maker < 0 && s->map[m].place == QY_PLACE_DRAM && s->map[m].first_use <= s->map[m].last_use)
      room->input[f.input_count++] = m;
  memset(room->walk.reread, 0, (size_t)s->op_count * sizeof *room->walk.reread);
  qy_status status = set_side(&f, ROWS);
  if (!status) status = set_side(&f, COLUMNS);
  if (!status) status = first_pairs(&all, &f);
  if (status) return status;
  decide_op(&f, s->op_count - 1, all);
  *complete = f.choices >= 0;
  budget->left -= qy_ceil_div(choices - qy_max64(f.choices, 0), ROWS_FRONT_CHOICES);
  return f.status;
}
