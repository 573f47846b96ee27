/* Nests executed: roles of the ops, windows in the buffer, pixels of outputs. */
#include "execute_tile.h"

#include <assert.h>
#include <string.h>

/* ---- lines and patches ---- */

void lines_of(lines *l, int64_t o0, int64_t o1, int64_t stride, int64_t pad, int64_t reach, int64_t all)
{
  l->begin = qy_max64(o0 * stride - pad, 0);
  l->end = qy_min64((o1 - 1) * stride - pad + reach, all);
  l->count = 0;
  for (int64_t y = l->begin; y < l->end; y++)
    l->at[y - l->begin] = (y + pad - o0 * stride) % stride < reach ? l->count++ : -1;
}

void lines_all(lines *l, int64_t begin, int64_t end)
{
  *l = (lines){begin, end, end - begin, l->at};
  for (int64_t y = begin; y < end; y++)
    l->at[y - begin] = y - begin;
}

bool patch_new(exec *x, patch *p, int64_t rows, int64_t columns, int64_t entries)
{
  *p = (patch){.value = exec_room(x, entries, sizeof *p->value)};
  p->row.at = exec_room(x, rows, sizeof *p->row.at);
  p->column.at = exec_room(x, columns, sizeof *p->column.at);
  return p->value && p->row.at && p->column.at;
}

void tile_enter(exec *x, tile_room *room, int64_t units, bool twice)
{
  const int64_t before = twice && x->twice ? room->now : 0;
  const int64_t change = units + before - room->now - room->before;
  *room = (tile_room){units, before};
  exec_occupy(x, change);
}

/* ---- the input ---- */

/* Channels [c0, c1) of a pixel, from the maps that follow each other, held or from DRAM. */
static bool take_parts(nest_run *r, uint32_t *to, int64_t p, int64_t c0, int64_t c1)
{
  exec *x = r->x;
  const qy_graph_op *op = r->first;
  for (size_t k = 0, at = 0; k < op->input_count; k++) {
    const size_t m = op->input[k];
    const int64_t c = x->graph->map[m].c, begin = qy_max64(c0 - (int64_t)at, 0), end = qy_min64(c1 - (int64_t)at, c);
    uint32_t *part = &to[(int64_t)at + begin - c0];
    at += (size_t)c;
    if (begin >= end) continue;
    if (!r->nest->input_held) {
      if (!exec_load(x, part, m, p, begin, end, &x->counted.input)) return false;
      continue;
    }
    const uint32_t *pixel = x->held[m] ? exec_store_pixel(x->held[m], p) : NULL;
    if (!pixel) return exec_fault(x, "map %s is not held where %s reads it", x->graph->map[m].name, op->layer->name);
    memcpy(part, &pixel[begin], (size_t)(end - begin) * sizeof *part);
  }
  return true;
}

/* The same where an fc takes its maps flattened: entry after entry of pixel 0. */
static bool take_input(nest_run *r, uint32_t *to, int64_t p, int64_t c0, int64_t c1)
{
  const qy_graph_op *op = r->first;
  const qy_map *m = &r->x->graph->map[op->input[0]];
  if (op->layer->type != QY_LAYER_FC) return take_parts(r, to, p, c0, c1);
  const int64_t channels = op->layer->in_c / (m->h * m->w);
  for (int64_t c = c0; c < c1;) {
    const int64_t pixel = c / channels, end = qy_min64((pixel + 1) * channels, c1);
    if (!take_parts(r, &to[c - c0], pixel, c - pixel * channels, end - pixel * channels)) return false;
    c = end;
  }
  return true;
}

bool nest_load(nest_run *r, patch *p, const patch *old)
{
  const int64_t width = r->shape[r->op[HEAD] ? HEAD : MIDDLE].in_w;
  for (int64_t y = p->row.begin; y < p->row.end; y++)
    for (int64_t x = p->column.begin; x < p->column.end; x++) {
      uint32_t *to = patch_pixel(p, y, x);
      const uint32_t *kept = to && old ? patch_pixel(old, y, x) : NULL;
      if (kept)
        memcpy(to, kept, (size_t)(p->c1 - p->c0) * sizeof *to);
      else if (to && !take_input(r, to, y * width + x, p->c0, p->c1))
        return false;
    }
  p->there = true;
  return true;
}

/* ---- pixels of outputs ---- */

/* A pixel of the held input where one map is all of it; NULL: take it part by part. */
static const uint32_t *held_pixel(const nest_run *r, int64_t p)
{
  const qy_graph_op *op = r->first;
  const exec_store *held = r->x->held[op->input[0]];
  if (op->input_count > 1 || op->layer->type == QY_LAYER_FC || !held) return NULL;
  return exec_store_pixel(held, p);
}

/* Operands [c0, c1) of a pixel, scaled; NULL: not there. */
static const uint32_t *operands(nest_run *r, int role, int64_t y, int64_t x, const patch *from, int64_t c0, int64_t c1)
{
  exec *e = r->x;
  const uint32_t *pixel = from ? patch_pixel(from, y, x) : e->pixel;
  if (from && (!from->there || !pixel || c0 < from->c0 || c1 > from->c1)) {
    exec_fault(e, "%s reads a value that is not in the buffer", r->op[role]->layer->name);
    return NULL;
  }
  if (!from) {
    const uint32_t *whole = held_pixel(r, y * r->shape[role].in_w + x);
    if (whole)
      pixel = whole + c0;
    else if (!take_input(r, e->pixel, y * r->shape[role].in_w + x, c0, c1))
      return NULL;
  } else
    pixel += c0 - from->c0;
  if (r->op[role] != r->gated) return pixel;
  const int64_t channels = e->graph->map[r->gated->gate].c;
  for (int64_t c = c0; c < c1; c++)
    e->pixel[c - c0] = pixel[c - c0] * r->gate[c % channels];
  return e->pixel;
}

bool nest_window(nest_run *r, int role, uint32_t *acc, int64_t o0, int64_t o1, int64_t y, int64_t x, const patch *from,
                 int64_t c0, int64_t c1, const exec_weights *w)
{
  const exec_shape *s = &r->shape[role];
  if (s->multiplies) r->x->counted.macs += (o1 - o0) * w->k * s->taps;
  int64_t row = y * s->stride_h - s->pad_top, tap = 0;
  for (int64_t ky = 0; ky < s->kernel_h; ky++, row += s->dilation_h) {
    int64_t column = x * s->stride_w - s->pad_left;
    for (int64_t kx = 0; kx < s->kernel_w; kx++, tap++, column += s->dilation_w) {
      if (row < 0 || row >= s->in_h || column < 0 || column >= s->in_w) continue;
      const uint32_t *pixel = operands(r, role, row, column, from, c0, c1);
      if (!pixel) return false;
      exec_tap(acc, o0, o1, s, pixel, c0, c1, w, tap);
    }
  }
  return true;
}

bool nest_begin_sums(nest_run *r, uint32_t *acc, int64_t y, int64_t x, int64_t c0, int64_t c1, const patch *own)
{
  exec *e = r->x;
  const qy_graph_op *op = r->last;
  const int64_t width = r->shape[op == r->op[TAIL] ? TAIL : op == r->op[MIDDLE] ? MIDDLE : HEAD].out_w;
  const int64_t p = y * width + x;
  memset(acc, 0, (size_t)(c1 - c0) * sizeof *acc);
  for (size_t k = 0; k < op->addend_count; k++) {
    const size_t m = op->addend[k];
    const uint32_t *from = NULL;
    if (r->nest->adds_input && m == r->first->input[0] && own) {
      from = patch_pixel(own, y, x);
      if (from) from += c0 - own->c0;
    } else if (e->held[m]) {
      from = exec_store_pixel(e->held[m], p);
      if (from) from += c0;
    } else if (exec_load(e, r->addend, m, p, c0, c1, &e->counted.addends)) {
      from = r->addend;
    }
    if (!from) return exec_fault(e, "an addend of %s is not in the buffer", op->layer->name);
    for (int64_t c = c0; c < c1; c++)
      acc[c - c0] += from[c - c0];
  }
  return true;
}

void nest_pool(nest_run *r, const uint32_t *pixel, int64_t c0, int64_t c1)
{
  for (int64_t c = c0; r->pooled && c < c1; c++)
    r->pooled[c] += pixel[c - c0];
}

void nest_pool_done(nest_run *r, int64_t c0, int64_t c1)
{
  if (r->pool)
    r->pool->made += c1 - c0;
  else
    exec_write(r->x, r->op[POOL]->output, 0, c0, c1, &r->pooled[c0], &r->x->counted.pooled);
}

/* ---- start ---- */

static bool set_roles(nest_run *r)
{
  const qy_layer *const layer[] = {r->nest->head, r->nest->middle, r->nest->tail};
  for (size_t i = r->stage->first; i <= r->stage->last; i++) {
    const qy_graph_op *op = &r->x->graph->op[i];
    int role = HEAD;
    while (role < POOL && (!layer[role] || op->layer != layer[role]))
      role++;
    if (r->op[role] || (role == POOL && (!r->nest->pooled || !op->whole)))
      return exec_fault(r->x, "op %s has no place in its nest", op->layer->name);
    r->op[role] = op;
  }
  for (int role = HEAD; role < POOL; role++) {
    if (!layer[role]) continue;
    if (!r->op[role]) return exec_fault(r->x, "layer %s of a nest is no op of its stage", layer[role]->name);
    if (!r->first) r->first = r->op[role];
    r->last = r->op[role];
    r->shape[role] = exec_shape_of(r->x->graph, r->op[role],
                                   layer[role]->type == QY_LAYER_FC || (role == HEAD && qy_nest_is_flat(r->nest)));
  }
  if (!r->last || (r->nest->pooled && !r->op[POOL])) return exec_fault(r->x, "a nest without its ops");
  for (int role = HEAD; role < POOL; role++) {
    const qy_graph_op *op = r->op[role], *may = r->op[TAIL] ? r->op[TAIL] : r->first;
    if (op && ((op->gate != QY_NO_INDEX && op != may) || (op->addend_count > 0 && op != r->last)))
      return exec_fault(r->x, "op %s has a gate or addends that its nest does not know", op->layer->name);
  }
  return true;
}

static bool take_gate(nest_run *r)
{
  exec *x = r->x;
  const qy_graph_op *op = r->op[TAIL] ? r->op[TAIL] : r->first;
  assert(op);
  if (op->gate == QY_NO_INDEX) return true;
  const int64_t c = x->graph->map[op->gate].c;
  const exec_store *held = x->held[op->gate];
  r->gated = op;
  r->gate = exec_room(x, c, sizeof *r->gate);
  if (!r->gate) return false;
  exec_occupy(x, c * x->units.activation);
  if (r->nest->gate != QY_GATE_HELD) return exec_load(x, r->gate, op->gate, 0, 0, c, &x->counted.gate);
  if (!held) return exec_fault(x, "the gate of %s is not held", op->layer->name);
  memcpy(r->gate, held->value, (size_t)c * sizeof *r->gate);
  return true;
}

/* Maps that are in the buffer as a whole, each once. */
static void occupy_held(nest_run *r)
{
  const qy_graph_op *first = r->first, *last = r->last;
  const qy_map *map = r->x->graph->map;
  for (size_t k = 0; r->nest->input_held && k < first->input_count; k++) {
    const qy_map *m = &map[first->input[k]];
    exec_occupy(r->x, m->h * m->w * m->c * r->x->units.activation);
  }
  for (size_t k = 0; k < last->addend_count; k++) {
    bool own = false;
    for (size_t i = 0; r->nest->input_held && i < first->input_count; i++)
      own = own || first->input[i] == last->addend[k];
    const qy_map *m = &map[last->addend[k]];
    if (!own && r->x->held[last->addend[k]]) exec_occupy(r->x, m->h * m->w * m->c * r->x->units.activation);
  }
}

/* A map that stays in the buffer as a whole. */
static exec_store *hold(nest_run *r, size_t map)
{
  return r->x->held[map] = exec_store_new(r->x, r->x->arena, &r->x->graph->map[map], true);
}

static bool place_outputs(nest_run *r)
{
  const qy_graph_op *pool = r->op[POOL];
  if (r->nest->output_held && !(r->output = hold(r, r->last->output))) return false;
  if (!pool) return true;
  if (r->nest->pooled_held && !(r->pool = hold(r, pool->output))) return false;
  const int64_t channels = r->x->graph->map[pool->output].c;
  r->pooled = r->pool ? r->pool->value : exec_room(r->x, channels, sizeof *r->pooled);
  return r->pooled != NULL;
}

bool nest_start(nest_run *r, exec *x, const qy_stage *stage)
{
  *r = (nest_run){.x = x, .stage = stage, .nest = &stage->nest, .tiling = &stage->tiling};
  if (!set_roles(r) || !take_gate(r)) return false;
  assert(r->first && r->last);
  r->addend = exec_room(x, x->graph->map[r->last->output].c, sizeof *r->addend);
  occupy_held(r);
  return r->addend && place_outputs(r);
}

bool exec_nest(exec *x, const qy_stage *stage)
{
  nest_run r;
  if (!nest_start(&r, x, stage)) return false;
  if (!(r.nest->kind == QY_NEST_DENSE ? nest_dense(&r) : nest_block(&r))) return false;
  if (r.output && r.output->made != r.output->pixels * r.output->c)
    return exec_fault(x, "%s is held before all of it is made", x->graph->map[r.last->output].name);
  if (r.pool && r.pool->made != r.pool->c)
    return exec_fault(x, "%s is held before all of it is made", x->graph->map[r.op[POOL]->output].name);
  return true;
}
