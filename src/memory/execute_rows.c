/* Rows stages executed (schedule.h): tile by tile, op by op, on stores of pixels.
 *
 * What a tile needs is found here from the layers alone, for each direction, from the last op to the first.  A pixel is
 * dropped as soon as no later tile needs it and its last reader of this tile is done.
 */
#include "execute_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <string.h>

enum { ROW, COLUMN, DIRECTIONS };

/* At each tile of one direction: needed [begin, end), of which [made, end) is new; from `stay` on needed later. */
typedef struct need {
  int64_t *begin, *end, *made, *stay;
} need;

typedef struct local_map {
  size_t map;
  const qy_map *m;
  const qy_rows_map *as;   /* NULL: a map of no part in tiles */
  int maker;               /* op of the stage; -1: made before */
  int first_use, last_use; /* ops that read windows of it; -1: none */
  bool leaves, pooled, keep, once, driven;
  need need[DIRECTIONS];
  exec_store *store;
  int64_t extra; /* units that count twice for now */
} local_map;

typedef struct rows_run {
  exec *x;
  const qy_stage *stage;
  const qy_rows *rows;
  const qy_graph_op *op; /* [ops] */
  int ops, maps;
  local_map *map;
  int *local; /* [maps of the graph] */
  exec_shape *shape;
  uint32_t **weights;       /* resident; NULL: streamed */
  uint32_t **gate;          /* factors; NULL: none */
  uint32_t **pool;          /* sums of pools over whole maps */
  const uint32_t **operand; /* scratch: [pixels of a tile] */
  uint32_t **sums;          /* scratch: [pixels of a tile] */
  int tiles[DIRECTIONS], at[DIRECTIONS];
} rows_run;

static qy_place place_of(const local_map *m)
{
  return m->as ? m->as->place : QY_PLACE_NONE;
}

static bool is_reread(const rows_run *r, int o, const local_map *m)
{
  return r->rows->op[o].reread && m->maker < 0 && place_of(m) == QY_PLACE_DRAM;
}

static int64_t entries_of(const qy_map *m)
{
  return m->h * m->w * m->c;
}

/* ---- maps of the stage ---- */

static int local_of(rows_run *r, size_t map)
{
  if (r->local[map] > 0) return r->local[map] - 1;
  local_map *m = &r->map[r->maps];
  *m = (local_map){.map = map, .m = &r->x->graph->map[map], .maker = -1, .first_use = -1, .last_use = -1};
  for (size_t k = 0; k < r->rows->map_count; k++)
    if (r->rows->map[k].map == map) m->as = &r->rows->map[k];
  r->local[map] = ++r->maps;
  return r->maps - 1;
}

static void use_window(local_map *m, int o)
{
  if (m->first_use < 0) m->first_use = o;
  m->last_use = o;
}

static void note_op(rows_run *r, int o)
{
  const qy_graph_op *op = &r->op[o];
  for (size_t k = 0; k < op->input_count; k++) {
    local_map *m = &r->map[local_of(r, op->input[k])];
    if (op->whole)
      m->pooled = true;
    else
      use_window(m, o);
  }
  for (size_t k = 0; k < op->addend_count; k++) {
    local_map *m = &r->map[local_of(r, op->addend[k])];
    if (!is_reread(r, o, m)) use_window(m, o);
  }
  if (op->gate != QY_NO_INDEX) local_of(r, op->gate);
  r->map[local_of(r, op->output)].maker = o;
}

static bool note_maps(rows_run *r)
{
  const local_map *driver = NULL;
  for (int o = 0; o < r->ops; o++)
    note_op(r, o);
  for (int o = 0; o < r->ops; o++)
    if (!r->op[o].whole) driver = &r->map[local_of(r, r->op[o].output)];
  if (!driver) return exec_fault(r->x, "a rows stage of pools alone");
  for (int i = 0; i < r->maps; i++) {
    local_map *m = &r->map[i];
    if (!m->as) return exec_fault(r->x, "a rows stage does not say where %s is", m->m->name);
    m->leaves = m->maker >= 0 && (place_of(m) == QY_PLACE_DRAM || place_of(m) == QY_PLACE_HELD);
    m->once = m->maker >= 0 && (m->leaves || m->pooled);
    m->keep = m->once || m->as->keep;
    m->driven = m == driver || (m->maker >= 0 && m->last_use < 0 && !r->op[m->maker].whole);
    if (m->driven && (m->m->h != driver->m->h || m->m->w != driver->m->w))
      return exec_fault(r->x, "a rows stage ends in maps of different sizes");
  }
  r->tiles[ROW] = (int)qy_ceil_div(driver->m->h, r->rows->tile_h);
  r->tiles[COLUMN] = (int)qy_ceil_div(driver->m->w, r->rows->tile_w);
  return true;
}

/* ---- what tiles need ---- */

static void join(need *n, int t, int64_t begin, int64_t end)
{
  n->begin[t] = qy_min64(n->begin[t], begin);
  n->end[t] = qy_max64(n->end[t], end);
}

static void join_input(local_map *m, const exec_shape *s, const need *out, int d, int t)
{
  const int64_t stride = d == ROW ? s->stride_h : s->stride_w, pad = d == ROW ? s->pad_top : s->pad_left;
  const int64_t reach =
      d == ROW ? qy_layer_reach(s->kernel_h, s->dilation_h) : qy_layer_reach(s->kernel_w, s->dilation_w);
  join(&m->need[d], t, qy_max64(out->made[t] * stride - pad, 0),
       qy_min64((out->end[t] - 1) * stride - pad + reach, d == ROW ? s->in_h : s->in_w));
}

/* What op o takes of the maps that it reads. */
static void join_op(rows_run *r, int o)
{
  const qy_graph_op *op = &r->op[o];
  const local_map *out = &r->map[local_of(r, op->output)];
  for (int d = 0; d < DIRECTIONS && !op->whole; d++)
    for (int t = 0; t < r->tiles[d]; t++) {
      const need *n = &out->need[d];
      if (n->made[t] >= n->end[t]) continue;
      for (size_t k = 0; k < op->input_count; k++)
        join_input(&r->map[local_of(r, op->input[k])], &r->shape[o], n, d, t);
      for (size_t k = 0; k < op->addend_count; k++) {
        local_map *m = &r->map[local_of(r, op->addend[k])];
        if (!is_reread(r, o, m)) join(&m->need[d], t, n->made[t], n->end[t]);
      }
    }
}

/* All its readers have said what they need: what is made of it. */
static void settle(const rows_run *r, local_map *m, int d)
{
  need *n = &m->need[d];
  const int64_t all = d == ROW ? m->m->h : m->m->w, size = d == ROW ? r->rows->tile_h : r->rows->tile_w;
  const int count = r->tiles[d];
  int64_t before = 0;
  for (int t = 0; m->driven && t < count; t++)
    join(n, t, t * size, qy_min64((t + 1) * size, all));
  if (m->once) n->end[count - 1] = all;
  for (int t = count - 1; t >= 0; t--)
    n->stay[t] = t + 1 < count ? qy_min64(n->begin[t], n->stay[t + 1]) : n->begin[t];
  for (int t = 0; t < count; t++) {
    if (m->keep) n->begin[t] = n->stay[t]; /* what a later tile needs of the lines that come now is made now */
    if (m->once) n->begin[t] = n->stay[t] = qy_min64(n->begin[t], before); /* no gap */
    if (m->keep) n->end[t] = qy_max64(n->end[t], before);
    n->made[t] = m->keep ? qy_max64(qy_min64(n->begin[t], n->end[t]), before) : qy_min64(n->begin[t], n->end[t]);
    before = n->end[t];
  }
}

static bool find_needs(rows_run *r)
{
  for (int i = 0; i < r->maps; i++)
    for (int d = 0; d < DIRECTIONS; d++) {
      need *n = &r->map[i].need[d];
      n->begin = exec_room(r->x, INT64_C(4) * r->tiles[d], sizeof *n->begin);
      if (!n->begin) return false;
      n->end = n->begin + r->tiles[d];
      n->made = n->end + r->tiles[d];
      n->stay = n->made + r->tiles[d];
      for (int t = 0; t < r->tiles[d]; t++)
        n->begin[t] = INT64_MAX;
    }
  for (int o = r->ops - 1; o >= 0; o--) {
    for (int d = 0; d < DIRECTIONS; d++)
      if (!r->op[o].whole) settle(r, &r->map[local_of(r, r->op[o].output)], d);
    join_op(r, o);
  }
  for (int i = 0; i < r->maps; i++)
    for (int d = 0; d < DIRECTIONS && r->map[i].maker < 0; d++)
      settle(r, &r->map[i], d);
  return true;
}

/* ---- stores ---- */

/* What is made of a map, or read, at this tile. */
typedef struct area {
  int64_t row, rows, column, columns;
} area;

static area new_area(const rows_run *r, const local_map *m)
{
  const need *rows = &m->need[ROW], *columns = &m->need[COLUMN];
  assert(rows->made && columns->made);
  return (area){rows->made[r->at[ROW]], rows->end[r->at[ROW]], columns->made[r->at[COLUMN]],
                columns->end[r->at[COLUMN]]};
}

static int64_t pixels(const area *a)
{
  return a->rows > a->row && a->columns > a->column ? (a->rows - a->row) * (a->columns - a->column) : 0;
}

/* Room for a new area; where it moves between DRAM and the buffer it counts twice until it is used up. */
static bool enter(rows_run *r, local_map *m, const area *a)
{
  exec *x = r->x;
  const int64_t units = pixels(a) * m->m->c * x->units.activation;
  if (place_of(m) == QY_PLACE_HELD) return true;
  if (x->twice && place_of(m) == QY_PLACE_DRAM) m->extra = units;
  exec_occupy(x, units + m->extra);
  for (int64_t y = a->row; y < a->rows; y++)
    for (int64_t c = a->column; c < a->columns; c++)
      if (!exec_store_take(x, m->store, y * m->m->w + c)) return false;
  return true;
}

/* Drops what no later tile needs: it is neither below, for the next row of tiles, nor beside, for the next tile. */
static void leave(rows_run *r, local_map *m)
{
  exec *x = r->x;
  const need *rows = &m->need[ROW], *columns = &m->need[COLUMN];
  const int ty = r->at[ROW], tx = r->at[COLUMN];
  const int64_t below = m->keep && ty + 1 < r->tiles[ROW] ? rows->stay[ty + 1] : INT64_MAX;
  const int64_t beside = m->keep && tx + 1 < r->tiles[COLUMN] ? columns->stay[tx + 1] : INT64_MAX;
  int64_t gone = 0;
  if (place_of(m) == QY_PLACE_HELD) return;
  for (int64_t y = rows->stay[ty]; y < rows->end[ty]; y++)
    for (int64_t c = columns->stay[tx]; c < columns->end[tx]; c++) {
      const int64_t p = y * m->m->w + c;
      if (m->store->slot[p] < 0 || y >= below || c >= beside) continue;
      exec_store_drop(m->store, p);
      gone++;
    }
  exec_occupy(x, -gone * m->m->c * x->units.activation - m->extra);
  m->extra = 0;
}

static bool load(rows_run *r, local_map *m)
{
  exec *x = r->x;
  const area a = new_area(r, m);
  if (!enter(r, m, &a)) return false;
  for (int64_t y = a.row; y < a.rows; y++)
    for (int64_t c = a.column; c < a.columns; c++) {
      const int64_t p = y * m->m->w + c;
      if (!exec_load(x, &m->store->value[m->store->slot[p] * m->store->c], m->map, p, 0, m->m->c, &x->counted.input))
        return false;
    }
  return true;
}

/* ---- one op at one tile ---- */

/* Channels of a pixel in the buffer; NULL: a fault. */
static const uint32_t *pixel_of(rows_run *r, int o, const local_map *m, int64_t p)
{
  const uint32_t *pixel = m->store ? exec_store_pixel(m->store, p) : NULL;
  if (!pixel) exec_fault(r->x, "%s reads a pixel of %s that is not in the buffer", r->op[o].layer->name, m->m->name);
  return pixel;
}

static bool add_addends(rows_run *r, int o, const area *a)
{
  exec *x = r->x;
  const qy_graph_op *op = &r->op[o];
  for (size_t k = 0; k < op->addend_count; k++) {
    local_map *m = &r->map[local_of(r, op->addend[k])];
    const bool again = is_reread(r, o, m);
    int64_t i = 0;
    for (int64_t y = a->row; y < a->rows; y++)
      for (int64_t c = a->column; c < a->columns; c++, i++) {
        const int64_t p = y * m->m->w + c;
        if (again && !exec_load(x, x->pixel, m->map, p, 0, m->m->c, &x->counted.addends)) return false;
        const uint32_t *from = again ? x->pixel : pixel_of(r, o, m, p);
        if (!from) return false;
        for (int64_t n = 0; n < m->m->c; n++)
          r->sums[i][n] += from[n];
      }
  }
  return true;
}

/* Room of addends that are read again. */
static int64_t reread_units(rows_run *r, int o, const area *a)
{
  int64_t channels = 0;
  for (size_t k = 0; k < r->op[o].addend_count; k++) {
    const local_map *m = &r->map[local_of(r, r->op[o].addend[k])];
    if (is_reread(r, o, m)) channels += m->m->c;
  }
  return channels * pixels(a) * r->x->units.activation * (r->x->twice ? 2 : 1);
}

/* Operands of a tap for all pixels of the tile, of one input map; NULL: padding. */
static bool find_operands(rows_run *r, int o, const area *a, const local_map *m, int64_t tap)
{
  int64_t i = 0;
  for (int64_t y = a->row; y < a->rows; y++)
    for (int64_t c = a->column; c < a->columns; c++, i++) {
      int64_t row, column;
      r->operand[i] = NULL;
      if (!exec_tap_at(&r->shape[o], y, c, tap, &row, &column)) continue;
      r->operand[i] = pixel_of(r, o, m, row * m->m->w + column);
      if (!r->operand[i]) return false;
    }
  return true;
}

/* Channels [c0, c1) through a tap, pixel by pixel, with weights that are there. */
static void add_resident(rows_run *r, int o, int64_t count, int64_t c0, int64_t c1, int64_t tap)
{
  const exec_shape *s = &r->shape[o];
  const exec_weights w = {r->weights[o], 0, 0, exec_group_in(s)};
  uint32_t *scaled = r->x->pixel;
  for (int64_t i = 0; i < count; i++) {
    const uint32_t *pixel = r->operand[i];
    if (!pixel) continue;
    for (int64_t c = c0; r->gate[o] && c < c1; c++)
      scaled[c - c0] = pixel[c - c0] * r->gate[o][c];
    exec_tap(r->sums[i], 0, s->out_c, s, r->gate[o] ? scaled : pixel, c0, c1, &w, tap);
  }
}

/* The same weight by weight: each comes from DRAM, meets all pixels of the tile, and is gone. */
static void add_streamed(rows_run *r, int o, int64_t count, int64_t c0, int64_t c1, int64_t tap)
{
  const exec_shape *s = &r->shape[o];
  const int64_t in = exec_group_in(s), out = s->out_c / s->groups;
  const int8_t *dram = exec_dram_weights(r->x, &r->op[o]);
  for (int64_t n = 0; n < s->out_c; n++) {
    const int64_t from = n / out * in, begin = qy_max64(c0, from), end = qy_min64(c1, from + in);
    for (int64_t c = begin; c < end; c++) {
      const uint32_t word = (uint32_t)dram[(n * s->taps + tap) * in + c - from];
      const uint32_t weight = r->gate[o] ? word * r->gate[o][c] : word;
      r->x->counted.weights++;
      for (int64_t i = 0; i < count; i++)
        if (r->operand[i]) r->sums[i][n] += r->operand[i][c - c0] * weight;
    }
  }
}

static bool compute(rows_run *r, int o, const area *a)
{
  exec *x = r->x;
  const qy_graph_op *op = &r->op[o];
  const exec_shape *s = &r->shape[o];
  const bool streams = s->multiplies && !r->weights[o];
  const int64_t word = streams ? x->units.weight * (x->twice ? 2 : 1) : 0;
  exec_occupy(x, word);
  for (int64_t tap = 0; tap < s->taps; tap++)
    for (int64_t k = 0, c0 = 0; k < (int64_t)op->input_count; k++) {
      const local_map *m = &r->map[local_of(r, op->input[k])];
      if (!find_operands(r, o, a, m, tap)) return false;
      (streams ? add_streamed : add_resident)(r, o, pixels(a), c0, c0 + m->m->c, tap);
      c0 += m->m->c;
    }
  exec_occupy(x, -word);
  if (s->multiplies) x->counted.macs += pixels(a) * s->out_c * exec_group_in(s) * s->taps;
  return true;
}

/* New values go where they are wanted: to pools, to DRAM. */
static void deliver(rows_run *r, const local_map *out, const area *a)
{
  exec *x = r->x;
  int64_t i = 0;
  for (int64_t y = a->row; y < a->rows; y++)
    for (int64_t c = a->column; c < a->columns; c++, i++) {
      if (out->leaves && place_of(out) == QY_PLACE_DRAM)
        exec_write(x, out->map, y * out->m->w + c, 0, out->m->c, r->sums[i], &x->counted.output);
      for (int o = 0; out->pooled && o < r->ops; o++) {
        if (!r->op[o].whole) continue;
        for (size_t k = 0, at = 0; k < r->op[o].input_count; at += (size_t)x->graph->map[r->op[o].input[k++]].c)
          for (int64_t n = 0; r->op[o].input[k] == out->map && n < out->m->c; n++)
            r->pool[o][(int64_t)at + n] += r->sums[i][n] * (r->gate[o] ? r->gate[o][(int64_t)at + n] : 1);
      }
    }
  if (place_of(out) == QY_PLACE_HELD) out->store->made += pixels(a) * out->m->c;
}

static bool make(rows_run *r, int o)
{
  exec *x = r->x;
  local_map *out = &r->map[local_of(r, r->op[o].output)];
  const area a = new_area(r, out);
  int64_t i = 0;
  if (pixels(&a) == 0) return true;
  const int64_t reread = reread_units(r, o, &a);
  if (!enter(r, out, &a)) return false;
  exec_occupy(x, reread);
  for (int64_t y = a.row; y < a.rows; y++)
    for (int64_t c = a.column; c < a.columns; c++, i++) {
      const int64_t p = y * out->m->w + c;
      r->sums[i] = place_of(out) == QY_PLACE_HELD ? exec_store_take(x, out->store, p)
                                                  : &out->store->value[out->store->slot[p] * out->store->c];
      if (!r->sums[i]) return false;
    }
  if (!add_addends(r, o, &a) || !compute(r, o, &a)) return false;
  deliver(r, out, &a);
  exec_occupy(x, -reread);
  return true;
}

static bool run_op(rows_run *r, int o)
{
  const qy_graph_op *op = &r->op[o];
  if (op->whole) return true;
  for (int i = 0; i < r->maps; i++) {
    local_map *m = &r->map[i];
    if (m->maker < 0 && m->first_use == o && place_of(m) == QY_PLACE_DRAM && !load(r, m)) return false;
  }
  if (!make(r, o)) return false;
  for (int i = 0; i < r->maps; i++) {
    local_map *m = &r->map[i];
    if (m->last_use == o || (m->maker == o && m->last_use < 0)) leave(r, m);
  }
  return true;
}

/* ---- the stage ---- */

static bool place_map(rows_run *r, local_map *m)
{
  exec *x = r->x;
  const bool held = place_of(m) == QY_PLACE_HELD, pool = m->maker >= 0 && r->op[m->maker].whole;
  if (m->maker < 0 && m->pooled) return exec_fault(x, "a pool over %s, which is made before", m->m->name);
  if (pool) {
    if (m->last_use >= 0) return exec_fault(x, "%s is read in its stage", m->m->name);
    r->pool[m->maker] = exec_room(x, m->m->c, sizeof **r->pool);
    exec_occupy(x, m->m->c * x->units.sum);
    return r->pool[m->maker] != NULL;
  }
  if (held) exec_occupy(x, entries_of(m->m) * x->units.activation);
  if (held && m->maker < 0) {
    m->store = x->held[m->map];
    return m->store || exec_fault(x, "%s is not held where a stage reads it", m->m->name);
  }
  if (m->maker < 0 && m->first_use < 0) return true; /* a gate, or added again and again */
  m->store = exec_store_new(x, held ? x->arena : x->scratch, m->m, false);
  if (held) x->held[m->map] = m->store;
  return m->store != NULL;
}

static bool take_gate(rows_run *r, int o)
{
  exec *x = r->x;
  const size_t gate = r->op[o].gate;
  if (gate == QY_NO_INDEX) return true;
  const local_map *m = &r->map[local_of(r, gate)];
  if (m->maker >= 0) return exec_fault(x, "gate %s is made in the stage that it opens", m->m->name);
  for (int before = 0; before < o; before++)
    if (r->op[before].gate == gate) r->gate[o] = r->gate[before];
  if (r->gate[o]) return true;
  r->gate[o] = exec_room(x, m->m->c, sizeof **r->gate);
  if (!r->gate[o]) return false;
  if (place_of(m) == QY_PLACE_HELD) {
    memcpy(r->gate[o], m->store->value, (size_t)m->m->c * sizeof **r->gate);
    return true;
  }
  exec_occupy(x, m->m->c * x->units.activation);
  return exec_load(x, r->gate[o], gate, 0, 0, m->m->c, &x->counted.gate);
}

static bool take_weights(rows_run *r, int o)
{
  exec *x = r->x;
  const exec_shape *s = &r->shape[o];
  if (!s->multiplies || !r->rows->op[o].resident) return true;
  r->weights[o] = exec_room(x, r->op[o].layer->weights, sizeof **r->weights);
  if (!r->weights[o]) return false;
  exec_occupy(x, r->op[o].layer->weights * x->units.weight);
  exec_load_weights(x, r->weights[o], &r->op[o], s, 0, s->out_c, 0, exec_group_in(s));
  return true;
}

static bool start(rows_run *r)
{
  exec *x = r->x;
  size_t maps = 0;
  for (int o = 0; o < r->ops; o++)
    maps += r->op[o].input_count + r->op[o].addend_count + 2;
  r->map = exec_room(x, (int64_t)maps, sizeof *r->map);
  r->local = exec_room(x, (int64_t)x->graph->map_count, sizeof *r->local);
  r->shape = exec_room(x, r->ops, sizeof *r->shape);
  r->weights = exec_room(x, r->ops, sizeof *r->weights);
  r->gate = exec_room(x, r->ops, sizeof *r->gate);
  r->pool = exec_room(x, r->ops, sizeof *r->pool);
  if (!r->map || !r->local || !r->shape || !r->weights || !r->gate || !r->pool || !note_maps(r)) return false;
  for (int o = 0; o < r->ops; o++)
    r->shape[o] = exec_shape_of(x->graph, &r->op[o], false);
  if (!find_needs(r)) return false;
  for (int i = 0; i < r->maps; i++)
    if (!place_map(r, &r->map[i])) return false;
  for (int o = 0; o < r->ops; o++)
    if (!take_gate(r, o) || !take_weights(r, o)) return false;
  int64_t most = 1;
  for (int i = 0; i < r->maps; i++)
    most = qy_max64(most, r->map[i].m->h * r->map[i].m->w);
  r->operand = exec_room(x, most, sizeof *r->operand);
  r->sums = exec_room(x, most, sizeof *r->sums);
  return r->operand && r->sums;
}

static bool finish(rows_run *r)
{
  exec *x = r->x;
  for (int o = 0; o < r->ops; o++) {
    const size_t map = r->op[o].output;
    const local_map *out = &r->map[local_of(r, map)];
    if (r->op[o].whole && place_of(out) == QY_PLACE_HELD) {
      exec_store *s = exec_store_new(x, x->arena, out->m, true);
      if (!(x->held[map] = s)) return false;
      memcpy(s->value, r->pool[o], (size_t)s->c * sizeof *s->value);
      s->made = s->c;
    } else if (r->op[o].whole) {
      exec_write(x, map, 0, 0, out->m->c, r->pool[o], &x->counted.pooled);
    }
    if (place_of(out) == QY_PLACE_HELD && x->held[map]->made != entries_of(out->m))
      return exec_fault(x, "%s is held before all of it is made", out->m->name);
  }
  return true;
}

bool exec_rows(exec *x, const qy_stage *stage)
{
  rows_run r = {.x = x,
                .stage = stage,
                .rows = &stage->rows,
                .op = &x->graph->op[stage->first],
                .ops = (int)(stage->last - stage->first + 1)};
  if (!start(&r)) return false;
  for (r.at[ROW] = 0; r.at[ROW] < r.tiles[ROW]; r.at[ROW]++)
    for (r.at[COLUMN] = 0; r.at[COLUMN] < r.tiles[COLUMN]; r.at[COLUMN]++)
      for (int o = 0; o < r.ops; o++)
        if (!run_op(&r, o)) return false;
  return finish(&r);
}
