/* Cuts of a network: what is live, what is read, what a stage must move. */
#include "cuts.h"

#include <string.h>

/* ---- costs that cannot be avoided ---- */

static int64_t map_units(const cuts *c, size_t map)
{
  const qy_map *m = &c->graph->map[map];
  return m->h * m->w * m->c * c->options->units.activation;
}

/* Does the op read all of its inputs if all of its output is needed? */
static bool reads_all(const qy_graph_op *o)
{
  const qy_layer *l = o->layer;
  const qy_span rows = qy_layer_rows(l, (qy_span){0, l->out_h}), columns = qy_layer_columns(l, (qy_span){0, l->out_w});
  return qy_layer_rows_fetched(l, (qy_span){0, l->out_h}) == l->in_h && rows.begin == 0 && rows.end == l->in_h &&
         qy_layer_columns_fetched(l, (qy_span){0, l->out_w}) == l->in_w && columns.begin == 0 && columns.end == l->in_w;
}

/* Is the map an input of the op? */
static bool takes_in(const qy_graph_op *op, size_t map)
{
  for (size_t i = 0; i < op->input_count; i++)
    if (op->input[i] == map) return true;
  return false;
}

/* Is it its gate or an addend? */
static bool applies(const qy_graph_op *op, size_t map)
{
  if (op->gate == map) return true;
  for (size_t i = 0; i < op->addend_count; i++)
    if (op->addend[i] == map) return true;
  return false;
}

/* Must op o read all of the map? */
static bool must_read(const cuts *c, size_t o, size_t map)
{
  const qy_graph_op *op = &c->graph->op[o];
  if (!c->needed[op->output]) return false;
  return op->gate == map || (takes_in(op, map) ? reads_all(op) : applies(op, map));
}

int64_t cuts_read_units(const cuts *c, size_t map, size_t first, size_t last)
{
  const qy_map *m = &c->graph->map[map];
  if (m->first_use == QY_NO_INDEX) return 0;
  if (m->last_use < last) last = m->last_use;
  for (size_t o = m->first_use > first ? m->first_use : first; o <= last; o++)
    if (must_read(c, o, map)) return map_units(c, map);
  return 0;
}

static void find_needed(cuts *c)
{
  const qy_graph *g = c->graph;
  for (size_t o = g->op_count; o-- > 0;) {
    const size_t map = g->op[o].output;
    c->needed[map] = g->map[map].wanted || cuts_read_units(c, map, o + 1, g->op_count - 1) > 0;
  }
}

static int64_t op_units(const cuts *c, size_t o)
{
  const qy_graph_op *op = &c->graph->op[o];
  return op->layer->weights * c->options->units.weight +
         (c->graph->map[op->output].wanted ? map_units(c, op->output) : 0);
}

static int64_t op_macs(const cuts *c, size_t o)
{
  return c->needed[c->graph->op[o].output] ? c->graph->op[o].layer->macs : 0;
}

int64_t cuts_unread_units(const cuts *c, size_t at, uint32_t held)
{
  const cut *k = &c->at[at];
  int64_t units = 0;
  for (size_t i = 0; i < k->live_count; i++)
    if (!(held >> i & 1)) units += cuts_read_units(c, k->live[i], at, c->graph->op_count - 1);
  return units;
}

/* ---- cuts ---- */

static size_t next_use(const qy_graph *g, size_t map, size_t first, size_t last)
{
  for (size_t o = first; o <= last; o++)
    if (takes_in(&g->op[o], map) || applies(&g->op[o], map)) return o;
  return QY_NO_INDEX;
}

bool cuts_used(const qy_graph *g, size_t map, size_t first, size_t last)
{
  return next_use(g, map, first, last) != QY_NO_INDEX;
}

static bool live_at(const qy_map *m, size_t at)
{
  return m->maker != QY_NO_INDEX && m->maker < at && m->last_use != QY_NO_INDEX && m->last_use >= at;
}

static qy_status make_cut(cut *k, const qy_graph *g, size_t at, qy_arena *arena, qy_error *err)
{
  size_t count = 0;
  for (size_t m = 0; m < g->map_count; m++)
    count += live_at(&g->map[m], at);
  if (count > CUT_LIVE_MAX)
    return qy_fail_at(err, QY_BAD_INPUT, g->network->file, 0, 0,
                      "expected at most %d maps that later layers need at once, found %zu before %s", (int)CUT_LIVE_MAX,
                      count, g->op[at < g->op_count ? at : at - 1].layer->name);
  k->live = qy_arena_alloc(arena, count, sizeof *k->live);
  k->next = qy_arena_alloc(arena, count, sizeof *k->next);
  if (!k->live || !k->next) return qy_no_memory(err);
  for (size_t m = 0; m < g->map_count; m++) {
    if (!live_at(&g->map[m], at)) continue;
    k->live[k->live_count] = m;
    k->next[k->live_count++] = next_use(g, m, at, g->map[m].last_use);
  }
  return QY_OK;
}

qy_status cuts_new(cuts *c, const qy_graph *g, const qy_schedule_options *options, qy_arena *arena, qy_error *err)
{
  *c = (cuts){.graph = g,
              .options = options,
              .at = qy_arena_alloc(arena, g->op_count + 1, sizeof *c->at),
              .needed = qy_arena_alloc(arena, g->map_count, sizeof *c->needed),
              .input = qy_arena_alloc(arena, g->map_count, sizeof *c->input)};
  if (!c->at || !c->needed || !c->input) return qy_no_memory(err);
  for (size_t m = 0; m < g->map_count; m++)
    if (g->map[m].maker == QY_NO_INDEX) c->input[c->input_count++] = m;
  find_needed(c);
  for (size_t o = 0; o < g->op_count; o++) {
    c->at[o + 1].moved = c->at[o].moved + op_units(c, o);
    c->at[o + 1].macs = c->at[o].macs + op_macs(c, o);
  }
  qy_status status = QY_OK;
  for (size_t at = 0; at <= g->op_count && !status; at++)
    status = make_cut(&c->at[at], g, at, arena, err);
  return status;
}

/* ---- stages ---- */

static bool held_at(const cuts *c, size_t at, uint32_t held, size_t map)
{
  const cut *k = &c->at[at];
  for (size_t i = 0; i < k->live_count; i++)
    if (k->live[i] == map) return held >> i & 1;
  return false;
}

bool cuts_waits(const cuts *c, const cut_stage *s, size_t live)
{
  return (s->held >> live & 1) && c->at[s->first].next[live] >= s->after;
}

int64_t cuts_waiting(const cuts *c, const cut_stage *s)
{
  const cut *k = &c->at[s->first];
  int64_t units = 0;
  for (size_t i = 0; i < k->live_count; i++)
    if (cuts_waits(c, s, i)) units += map_units(c, k->live[i]);
  return units;
}

void cuts_places(qy_place *place, const cuts *c, const cut_stage *s)
{
  const qy_graph *g = c->graph;
  const cut *k = &c->at[s->first];
  for (size_t o = s->first; o < s->after; o++) {
    const qy_graph_op *op = &g->op[o];
    for (size_t i = 0; i < op->input_count; i++)
      place[op->input[i]] = QY_PLACE_DRAM;
    for (size_t i = 0; i < op->addend_count; i++)
      place[op->addend[i]] = QY_PLACE_DRAM;
    if (op->gate != QY_NO_INDEX) place[op->gate] = QY_PLACE_DRAM;
  }
  for (size_t o = s->first; o < s->after; o++) /* after all that is read: an output may be read in the stage too */
    place[g->op[o].output] = held_at(c, s->after, s->held_after, g->op[o].output) ? QY_PLACE_HELD : QY_PLACE_DRAM;
  for (size_t i = 0; i < k->live_count; i++)
    if ((s->held >> i & 1) && k->next[i] < s->after) place[k->live[i]] = QY_PLACE_HELD;
}

int64_t cuts_least_units(const cuts *c, const cut_stage *s)
{
  const qy_graph *g = c->graph;
  const cut *k = &c->at[s->first], *after = &c->at[s->after];
  int64_t units = after->moved - k->moved;
  for (size_t i = 0; i < c->input_count; i++)
    units += cuts_read_units(c, c->input[i], s->first, s->after - 1);
  for (size_t i = 0; i < k->live_count; i++)
    if (!(s->held >> i & 1) && k->next[i] < s->after) units += cuts_read_units(c, k->live[i], s->first, s->after - 1);
  for (size_t i = 0; i < after->live_count; i++) {
    const qy_map *m = &g->map[after->live[i]];
    if (m->maker >= s->first && !(s->held_after >> i & 1) && !m->wanted) units += map_units(c, after->live[i]);
  }
  return units;
}

cut_ends cuts_ends(const cuts *c, size_t first, size_t after, uint32_t held, int64_t capacity)
{
  const cut *k = &c->at[first], *l = &c->at[after];
  cut_ends e = {0};
  for (size_t i = 0; i < l->live_count; i++) {
    const qy_map *m = &c->graph->map[l->live[i]];
    if (m->maker < first) {
      for (size_t j = 0; j < k->live_count; j++)
        if (k->live[j] == l->live[i] && (held >> j & 1)) e.stay |= UINT32_C(1) << i;
    } else if (!m->wanted && c->options->fusion == QY_FUSION_FREE && map_units(c, l->live[i]) < capacity) {
      if (e.count < CUT_ENDS_MAX)
        e.fresh[e.count++] = UINT32_C(1) << i;
      else
        e.more = true;
    }
  }
  return e;
}

uint32_t cuts_choice(const cut_ends *e, unsigned choice)
{
  uint32_t held = e->stay;
  for (int i = 0; i < e->count; i++)
    if (choice >> i & 1) held |= e->fresh[i];
  return held;
}

/* ---- the floor ---- */

/* Rows and columns of maps that are needed for the outputs of the network: one mark each. */
typedef struct needs {
  const qy_graph *graph;
  unsigned char **side[2]; /* [map] rows, columns */
} needs;

static int64_t length_of(const qy_map *m, int side)
{
  return side == 0 ? m->h : m->w;
}

static void mark(unsigned char *line, int64_t begin, int64_t end, int64_t size)
{
  if (begin < 0) begin = 0;
  if (end > size) end = size;
  if (end > begin) memset(line + begin, 1, (size_t)(end - begin));
}

/* Lines of map m, an input of op, that its needed outputs read, into `line`. */
static void mark_windows(const needs *n, const qy_graph_op *op, size_t map, int side, unsigned char *line)
{
  const qy_layer *l = op->layer;
  const qy_map *m = &n->graph->map[map], *out = &n->graph->map[op->output];
  const int64_t size = length_of(m, side), outputs = length_of(out, side);
  const bool rows = side == 0, flat = l->in_h != m->h || l->in_w != m->w; /* fully connected */
  const int64_t stride = rows ? l->stride_h : l->stride_w, pad = rows ? l->pad_top : l->pad_left;
  const int64_t reach = rows ? qy_layer_reach(l->kernel_h, l->dilation_h) : qy_layer_reach(l->kernel_w, l->dilation_w);
  for (int64_t t = 0; t < outputs; t++) {
    if (!n->side[side][op->output][t]) continue;
    if (flat)
      mark(line, 0, size, size);
    else
      mark(line, t * stride - pad, t * stride - pad + reach, size);
  }
}

static void mark_inputs(needs *n, const qy_graph_op *op)
{
  for (int s = 0; s < 2; s++) {
    for (size_t k = 0; k < op->input_count; k++)
      mark_windows(n, op, op->input[k], s, n->side[s][op->input[k]]);
    for (size_t k = 0; k < op->addend_count; k++)
      for (int64_t t = 0; t < length_of(&n->graph->map[op->output], s); t++)
        n->side[s][op->addend[k]][t] |= n->side[s][op->output][t];
    if (op->gate != QY_NO_INDEX) n->side[s][op->gate][0] = 1;
  }
}

static bool needs_find(needs *n, qy_arena *arena)
{
  const qy_graph *g = n->graph;
  for (int s = 0; s < 2; s++) {
    n->side[s] = qy_arena_alloc(arena, g->map_count, sizeof *n->side[s]);
    for (size_t m = 0; n->side[s] && m < g->map_count; m++) {
      n->side[s][m] = qy_arena_alloc(arena, (size_t)length_of(&g->map[m], s), 1);
      if (!n->side[s][m]) return false;
      if (g->map[m].wanted) memset(n->side[s][m], 1, (size_t)length_of(&g->map[m], s));
    }
    if (!n->side[s]) return false;
  }
  for (size_t o = g->op_count; o-- > 0;)
    mark_inputs(n, &g->op[o]);
  return true;
}

static int64_t entries_needed(const needs *n, size_t map)
{
  const qy_map *m = &n->graph->map[map];
  int64_t lines[2] = {0, 0};
  for (int s = 0; s < 2; s++)
    for (int64_t t = 0; t < length_of(m, s); t++)
      lines[s] += n->side[s][map][t];
  return lines[0] * lines[1] * m->c;
}

int64_t qy_schedule_floor(const qy_graph *graph, qy_units units)
{
  needs n = {.graph = graph};
  qy_arena *arena = qy_arena_new();
  const bool found = needs_find(&n, arena); /* without memory the bound is lower, not wrong */
  int64_t activations = 0;
  for (size_t i = 0; i < graph->map_count; i++) {
    const qy_map *m = &graph->map[i];
    if (m->maker != QY_NO_INDEX)
      activations += m->wanted ? m->h * m->w * m->c : 0;
    else if (found)
      activations += entries_needed(&n, i);
  }
  qy_arena_free(arena);
  return graph->weights * units.weight + activations * units.activation;
}
