/* Rows stages: what ops can be one, and its counts.  schedule.h has the rules. */
#include "rows_int.h"
#include "rows_walk.h"

#include "quarry/integer.h"

#include <assert.h>

/* ---- stage ---- */

static int find_map(const rows_stage *s, size_t map)
{
  for (int m = s->map_count - 1; m >= 0; m--) /* mostly one of the last */
    if (s->map[m].map == map) return m;
  return -1;
}

/* Its place in the stage, taken in if it is new. */
static int take(rows_stage *s, size_t map)
{
  const int found = find_map(s, map);
  if (found >= 0) return found;
  const qy_map *g = &s->graph->map[map];
  s->map[s->map_count] =
      (rows_map){.map = map, .h = g->h, .w = g->w, .c = g->c, .maker = -1, .first_use = s->op_count, .last_use = -1};
  return s->map_count++;
}

static void use(rows_map *map, int op)
{
  map->first_use = qy_min_int(map->first_use, op);
  map->last_use = qy_max_int(map->last_use, op);
}

static qy_status take_all(const int **out, rows_stage *s, int op, const size_t *maps, size_t count, qy_arena *arena,
                          qy_error *err)
{
  int *at = qy_arena_alloc(arena, count, sizeof *at);
  if (!at) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    at[i] = take(s, maps[i]);
    if (!s->graph->op[s->first + (size_t)op].whole) use(&s->map[at[i]], op);
  }
  *out = at;
  return QY_OK;
}

static qy_status take_op(rows_stage *s, int o, qy_arena *arena, qy_error *err)
{
  const qy_graph_op *op = &s->graph->op[s->first + (size_t)o];
  rows_op *r = &s->op[o];
  const int64_t outputs = op->layer->out_h * op->layer->out_w;
  *r = (rows_op){.op = op,
                 .input_count = (int)op->input_count,
                 .addend_count = (int)op->addend_count,
                 .gate = -1,
                 .weights = op->layer->weights,
                 .macs_per_output = op->layer->macs / outputs};
  qy_status status = take_all(&r->input, s, o, op->input, op->input_count, arena, err);
  if (!status) status = take_all(&r->addend, s, o, op->addend, op->addend_count, arena, err);
  if (status) return status;
  if (op->gate != QY_NO_INDEX) r->gate = take(s, op->gate);
  r->output = take(s, op->output);
  s->map[r->output].maker = o;
  s->map[r->output].whole = op->whole;
  return QY_OK;
}

bool rows_stage_ends(const qy_graph *g, size_t first, size_t last)
{
  const qy_graph_op *o = &g->op[last];
  if (last > first && (o->layer->computed || g->op[first].layer->computed)) return true;
  if (o->gate != QY_NO_INDEX && g->map[o->gate].maker != QY_NO_INDEX && g->map[o->gate].maker >= first) return true;
  for (size_t i = 0; i < o->input_count + o->addend_count; i++) {
    const size_t maker = g->map[i < o->input_count ? o->input[i] : o->addend[i - o->input_count]].maker;
    const bool inside = maker != QY_NO_INDEX && maker >= first;
    if (inside && g->op[maker].whole && !o->whole) return true;
    if (!inside && o->whole && i < o->input_count) return true;
  }
  return false;
}

/* NULL, or why the ops cannot be one stage. */
static const char *obstacle(rows_stage *s)
{
  s->driver = -1;
  for (int o = 0; o < s->op_count; o++) {
    rows_op *r = &s->op[o];
    if (r->op->layer->computed) return "a product of two activations, which is a stage of its own";
    if (r->gate >= 0 && s->map[r->gate].maker >= 0) return "a gate is made in the stage that it opens";
    if (!r->op->whole) {
      s->driver = o;
      continue;
    }
    if (s->map[r->output].first_use <= s->map[r->output].last_use)
      return "a pool over a whole map is read in its stage";
    for (int i = 0; i < r->input_count; i++) {
      if (s->map[r->input[i]].maker < 0) return "a pool over a whole map that is made before";
      s->map[r->input[i]].once = true;
    }
  }
  return s->driver < 0 ? "no op but pools over whole maps" : NULL;
}

static const char *set_ends(rows_stage *s)
{
  const rows_map *driven = &s->map[s->op[s->driver].output];
  for (int m = 0; m < s->map_count; m++) {
    rows_map *map = &s->map[m];
    if (map->maker < 0 || map->whole) continue;
    if (map->place != QY_PLACE_INSIDE) map->once = true;
    if (map->maker != s->driver && map->first_use <= map->last_use) continue;
    if (map->h != driven->h || map->w != driven->w) return "the stage ends in maps of different sizes";
    map->driven = true;
  }
  return NULL;
}

static void set_places(rows_stage *s, const qy_place *place)
{
  const size_t last = s->first + (size_t)s->op_count - 1;
  for (int m = 0; m < s->map_count; m++) {
    const qy_map *g = &s->graph->map[s->map[m].map];
    const bool needed = g->wanted || (g->last_use != QY_NO_INDEX && g->last_use > last);
    s->map[m].place = s->map[m].maker < 0 || needed ? place[s->map[m].map] : QY_PLACE_INSIDE;
  }
}

/* Units that are in the buffer all the time; entries that move whatever the tiles are. */
static void add_fixed(rows_stage *s)
{
  bool gate[ROWS_MAPS_MAX] = {false};
  for (int o = 0; o < s->op_count; o++) {
    const rows_op *r = &s->op[o];
    s->weights += r->weights * s->units.weight;
    if (r->gate >= 0) gate[r->gate] = true;
    for (int i = 0; i < r->addend_count; i++)
      if (s->map[r->addend[i]].place == QY_PLACE_DRAM && s->map[r->addend[i]].maker < 0) s->op[o].rereadable = true;
  }
  for (int m = 0; m < s->map_count; m++) {
    const rows_map *map = &s->map[m];
    const int64_t entries = map->h * map->w * map->c;
    const bool dram = map->place == QY_PLACE_DRAM;
    if (map->whole)
      s->constant += map->c * s->units.sum;
    else if (map->place == QY_PLACE_HELD || gate[m])
      s->constant += entries * s->units.activation;
    if (dram && map->maker >= 0) *(map->whole ? &s->fixed.pooled : &s->fixed.output) += entries;
    if (dram && gate[m]) s->fixed.gate += entries;
  }
  s->fixed_traffic = (s->fixed.pooled + s->fixed.output + s->fixed.gate) * s->units.activation + s->weights;
}

qy_status rows_stage_new(rows_stage **out, const qy_graph *graph, size_t first, size_t last, const qy_place *place,
                         qy_units units, qy_capacity_rule rule, qy_arena *arena, qy_error *err)
{
  const size_t ops = last - first + 1;
  size_t maps = 0;
  for (size_t o = first; o <= last; o++)
    maps += graph->op[o].input_count + graph->op[o].addend_count + 2;
  rows_stage *s = qy_arena_alloc(arena, 1, sizeof *s);
  if (!s) return qy_no_memory(err);
  *s = (rows_stage){.graph = graph, .first = first, .op_count = (int)ops, .units = units, .rule = rule};
  s->op = qy_arena_alloc(arena, ops, sizeof *s->op);
  s->map = qy_arena_alloc(arena, maps, sizeof *s->map);
  if (!s->op || !s->map) return qy_no_memory(err);
  qy_status status = QY_OK;
  for (int o = 0; o < s->op_count && !status; o++)
    status = take_op(s, o, arena, err);
  if (status) return status;
  const char *reason = s->map_count <= ROWS_MAPS_MAX ? obstacle(s) : "too many maps";
  if (!reason) {
    set_places(s, place);
    reason = set_ends(s);
  }
  if (reason) {
    qy_fail(err, QY_INFEASIBLE, "%s", reason);
    return QY_INFEASIBLE; /* so that analysers see it */
  }
  add_fixed(s);
  *out = s;
  return QY_OK;
}

/* Is map m an addend of op o that comes from DRAM? */
static bool adds_again(const rows_stage *s, int o, int m)
{
  for (int i = 0; i < s->op[o].addend_count; i++)
    if (s->op[o].addend[i] == m) return s->map[m].place == QY_PLACE_DRAM && s->map[m].maker < 0;
  return false;
}

int64_t rows_least_read(const rows_stage *s, const bool *reread, int m)
{
  for (int o = 0; o < s->op_count; o++)
    if (reread[o] && adds_again(s, o, m)) return s->least_windows[m];
  return s->least_made[m];
}

int64_t rows_less_read(const rows_stage *s, const bool *reread, int o)
{
  int64_t units = 0;
  for (int m = 0; m < s->map_count; m++) {
    bool first = adds_again(s, o, m);
    for (int later = o + 1; later < s->op_count && first; later++)
      first = !(reread[later] && adds_again(s, later, m));
    if (first) units += s->map[m].c * (s->least_made[m] - s->least_windows[m]) * s->units.activation;
  }
  return units;
}

size_t rows_tile_sizes(int64_t *size, int64_t n)
{
  size_t count = 0;
  for (int64_t s = 1; s <= n;) {
    size[count++] = s;
    const int64_t tiles = qy_ceil_div(n, s);
    s = tiles > 1 ? qy_ceil_div(n, tiles - 1) : n + 1;
  }
  return count;
}

/* ---- counts of a stage that is given ---- */

void rows_walk_given(rows_walk *w, const qy_rows *rows)
{
  const rows_stage *s = w->stage;
  for (int o = s->op_count - 1; o >= 0; o--) {
    const int m = s->op[o].output;
    w->reread[o] = rows->op[o].reread && s->op[o].rereadable;
    if (s->map[m].whole) continue;
    rows_walk_need(w, m);
    rows_walk_decide(w, m, s->map[m].once || rows->map[m].keep);
  }
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].maker < 0) {
      rows_walk_need(w, m);
      rows_walk_decide(w, m, rows->map[m].keep);
    }
}

void rows_traffic(qy_traffic *t, rows_walk *w, const bool *resident)
{
  const rows_stage *s = w->stage;
  int64_t resident_units = 0;
  bool streams = false;
  *t = s->fixed;
  for (int o = 0; o < s->op_count; o++) {
    const rows_op *r = &s->op[o];
    if (r->op->whole) continue;
    const int64_t made = rows_walk_made(w, r->output);
    t->macs += r->macs_per_output * made;
    for (int i = 0; i < r->addend_count && w->reread[o]; i++)
      if (s->map[r->addend[i]].place == QY_PLACE_DRAM && s->map[r->addend[i]].maker < 0)
        t->addends += s->map[r->addend[i]].c * made;
    t->weights += r->weights * (resident[o] ? 1 : rows_walk_tiles_made(w, r->output));
    if (resident[o]) resident_units += r->weights * s->units.weight;
    if (!resident[o] && r->weights > 0) streams = true;
  }
  for (int m = 0; m < s->map_count; m++)
    if (s->map[m].maker < 0 && s->map[m].place == QY_PLACE_DRAM && s->map[m].first_use <= s->map[m].last_use)
      t->input += s->map[m].c * rows_walk_made(w, m);
  t->peak = rows_walk_peak(w) + resident_units + (streams ? rows_weight_units(s) : 0);
}

int64_t rows_weight_units(const rows_stage *s)
{
  return s->units.weight * (s->rule == QY_CAPACITY_DOUBLE_BUFFERED ? 2 : 1);
}

static qy_status count_given(qy_traffic *traffic, const rows_stage *s, const qy_rows *rows, qy_arena *arena,
                             qy_error *err)
{
  const rows_map *driven = &s->map[s->op[s->driver].output];
  rows_walk walk;
  bool *resident = qy_arena_alloc(arena, (size_t)s->op_count, sizeof *resident);
  if (!resident) return qy_no_memory(err);
  for (int o = 0; o < s->op_count; o++)
    resident[o] = rows->op[o].resident;
  qy_status status = rows_walk_new(&walk, (size_t)s->map_count, (size_t)s->op_count, driven->h, driven->w, arena, err);
  if (status) return status;
  rows_walk_set(&walk, s);
  rows_walk_tiles(&walk, rows->tile_h, rows->tile_w);
  rows_walk_given(&walk, rows);
  rows_traffic(traffic, &walk, resident);
  return QY_OK;
}

qy_status qy_rows_count(qy_traffic *traffic, const qy_graph *graph, size_t first, size_t last, const qy_rows *rows,
                        qy_units units, qy_capacity_rule rule, qy_error *err)
{
  assert(traffic && graph && rows && first <= last && last < graph->op_count);
  qy_arena *arena = qy_arena_new();
  qy_place *place = qy_arena_alloc(arena, graph->map_count, sizeof *place);
  rows_stage *stage = NULL;
  qy_status status = place ? QY_OK : qy_no_memory(err);
  for (size_t m = 0; m < rows->map_count && !status; m++)
    place[rows->map[m].map] = rows->map[m].place;
  if (!status) status = rows_stage_new(&stage, graph, first, last, place, units, rule, arena, err);
  if (!status) status = count_given(traffic, stage, rows, arena, err);
  qy_arena_free(arena);
  return status;
}
