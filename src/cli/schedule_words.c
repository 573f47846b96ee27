/* Words for a stage of a schedule: see schedule_words.h. */
#include "schedule_words.h"

#include <assert.h>

const char *schedule_op_name(const qy_graph_op *op)
{
  assert(op);
  return op->add ? op->add->name : op->layer->name;
}

const char *schedule_names_text(const schedule_names *names, size_t most, qy_arena *arena)
{
  assert(names && arena);
  if (names->count == 0) return "-";
  if (names->count > most) return qy_arena_format(arena, "%zu", names->count);
  const char *text = names->name[0];
  for (size_t i = 1; i < names->count && text; i++)
    text = qy_arena_format(arena, "%s, %s", text, names->name[i]);
  return text;
}

/* ---- nests ---- */

static const char *nest_way(const qy_stage *s, qy_arena *arena)
{
  const qy_tiling *t = &s->tiling;
  const char *turn = t->scan ? "scan" : "raster";
  switch (s->nest.kind) {
  case QY_NEST_DENSE: return qy_arena_format(arena, "tiles, order %s, %s", qy_nest_order_name(t->order), turn);
  case QY_NEST_CHANNELWISE: return qy_arena_format(arena, "tiles of channels, %s", turn);
  case QY_NEST_BLOCK: break;
  }
  return qy_arena_format(arena, "groups of %lld channel%s, %s", (long long)t->n, t->n == 1 ? "" : "s", turn);
}

static const char *nest_tile(const qy_stage *s, qy_arena *arena)
{
  const qy_tiling *t = &s->tiling;
  const long long h = t->h, w = t->w, n = t->n, k = t->k;
  if (s->nest.kind == QY_NEST_BLOCK) return qy_arena_format(arena, "%lld x %lld", h, w);
  if (s->nest.kind == QY_NEST_CHANNELWISE) return qy_arena_format(arena, "%lld x %lld x %lld", h, w, n);
  if (qy_nest_is_flat(&s->nest))
    return qy_arena_format(arena, "%lld %s, %lld of %lld", (long long)t->m, t->m == 1 ? "pixel" : "pixels", n, k);
  return qy_arena_format(arena, "%lld x %lld, %lld of %lld", h, w, n, k);
}

/* Its maps that wait or lie in the buffer as a whole. */
static void nest_held(schedule_names *held, const qy_graph *g, const qy_stage *s)
{
  const qy_graph_op *first = &g->op[s->first], *last = &g->op[s->last];
  if (s->nest.input_held)
    for (size_t i = 0; i < first->input_count; i++)
      held->name[held->count++] = g->map[first->input[i]].name;
  if (s->nest.output_held) held->name[held->count++] = g->map[last->output].name;
}

/* ---- rows stages ---- */

/* The op whose output is cut into tiles: the last that is no pool over a whole map. */
static const qy_graph_op *driver(const qy_graph *g, const qy_stage *s)
{
  size_t o = s->last;
  while (o > s->first && g->op[o].whole)
    o--;
  return &g->op[o];
}

static const char *rows_way(const qy_graph *g, const qy_stage *s)
{
  const qy_layer *l = driver(g, s)->layer;
  if (s->rows.tile_w < l->out_w) return "tiles of rows and columns";
  return s->rows.tile_h < l->out_h ? "tiles of rows" : "whole planes";
}

/* Do windows of neighbouring tiles share inputs of this op? */
static bool shares(const qy_layer *l, bool rows, bool columns)
{
  return (rows && qy_layer_reach(l->kernel_h, l->dilation_h) > l->stride_h) ||
         (columns && qy_layer_reach(l->kernel_w, l->dilation_w) > l->stride_w);
}

static const qy_rows_map *map_of(const qy_rows *rows, size_t map)
{
  for (size_t m = 0; m < rows->map_count; m++)
    if (rows->map[m].map == map) return &rows->map[m];
  return NULL;
}

/* Sorts the maps by what becomes of what tiles share: where a reader's windows overlap, or where the reader's own
 * output is made again.  Readers stand behind makers, so that what becomes of an output is known before its inputs. */
static void sort_maps(schedule_words *w, const qy_graph *g, const qy_stage *s, bool *shared)
{
  const qy_layer *l = driver(g, s)->layer;
  const bool rows = s->rows.tile_h < l->out_h, columns = s->rows.tile_w < l->out_w;
  for (size_t o = s->last + 1; o-- > s->first;) {
    const qy_graph_op *op = &g->op[o];
    const qy_rows_map *output = map_of(&s->rows, op->output);
    const bool again = output && shared[op->output] && !output->keep;
    if (op->whole || (!again && !shares(op->layer, rows, columns))) continue;
    for (size_t i = 0; i < op->input_count; i++)
      shared[op->input[i]] = true;
    for (size_t i = 0; i < op->addend_count; i++)
      shared[op->addend[i]] = true;
  }
  for (size_t m = 0; m < s->rows.map_count; m++) {
    const qy_rows_map *r = &s->rows.map[m];
    const char *name = g->map[r->map].name;
    schedule_names *to = r->place == QY_PLACE_HELD ? &w->held : !shared[r->map] ? NULL : r->keep ? &w->kept : &w->again;
    if (to && r != map_of(&s->rows, r->map)) to = NULL; /* once, however many read it */
    if (to) to->name[to->count++] = name;
  }
}

static void sort_weights(schedule_words *w, const qy_graph *g, const qy_stage *s)
{
  for (size_t o = s->first; o <= s->last; o++) {
    if (g->op[o].layer->weights == 0) continue;
    schedule_names *to = s->rows.op[o - s->first].resident ? &w->resident : &w->streamed;
    to->name[to->count++] = g->op[o].layer->name;
  }
}

/* ---- all of them ---- */

static bool names_new(schedule_names *names, size_t most, qy_arena *arena)
{
  names->name = qy_arena_alloc(arena, most, sizeof *names->name);
  return names->name;
}

static qy_status rows_words(schedule_words *words, const qy_graph *g, const qy_stage *s, qy_arena *arena, qy_error *err)
{
  bool *shared = qy_arena_alloc(arena, g->map_count, sizeof *shared);
  const qy_layer *last = driver(g, s)->layer;
  const int64_t h = s->rows.tile_h, w = s->rows.tile_w;
  if (!shared) return qy_no_memory(err);
  words->way = rows_way(g, s);
  words->tile = qy_arena_format(arena, "%lld x %lld", (long long)(h < last->out_h ? h : last->out_h),
                                (long long)(w < last->out_w ? w : last->out_w));
  sort_maps(words, g, s, shared);
  sort_weights(words, g, s);
  return QY_OK;
}

qy_status schedule_words_of(schedule_words *w, const qy_schedule *schedule, size_t stage, qy_arena *arena,
                            qy_error *err)
{
  assert(w && schedule && stage < schedule->stage_count && arena);
  const qy_graph *g = schedule->graph;
  const qy_stage *s = &schedule->stage[stage];
  *w = (schedule_words){.first = g->op[s->first].layer->name, .last = schedule_op_name(&g->op[s->last])};
  size_t most = s->held_count + 2;
  for (size_t o = s->first; o <= s->last; o++) {
    w->layers += g->op[o].add ? 2 : 1;
    most += g->op[o].input_count + g->op[o].addend_count + 2;
  }
  if (!names_new(&w->kept, most, arena) || !names_new(&w->again, most, arena) || !names_new(&w->held, most, arena) ||
      !names_new(&w->resident, most, arena) || !names_new(&w->streamed, most, arena))
    return qy_no_memory(err);
  qy_status status = QY_OK;
  if (s->is_nest) {
    w->way = nest_way(s, arena);
    w->tile = nest_tile(s, arena);
    nest_held(&w->held, g, s);
  } else {
    status = rows_words(w, g, s, arena, err);
  }
  for (size_t i = 0; i < s->held_count; i++)
    w->held.name[w->held.count++] = g->map[s->held[i]].name;
  return status || (w->way && w->tile) ? status : qy_no_memory(err);
}
