/* Graph of a network for schedules: layers to ops and maps (schedule.h).
 *
 * Two passes in file order.  The first finds what each reader of a concatenation reads: its parts.  A concatenation
 * stays an op of its own, a copy, only where parts cannot stand for it: an add or a gate takes one map, and no reader
 * takes a map twice.  The second makes ops and maps, and merges adds.  The sums of a col2im are no op: what it reads is
 * written to DRAM, and its own map is read from there like an input of the network.
 */
#include "quarry/schedule.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const int64_t ENTRIES_MAX = INT64_C(1) << 53;

/* What stands for the output of a layer: layers whose channels follow each other. */
typedef struct parts {
  size_t *layer;
  size_t count;
} parts;

typedef struct builder {
  const qy_network *network;
  qy_graph *graph;
  parts *of;    /* [layer_count] */
  bool *copied; /* [layer_count] a concatenation that stays an op */
  size_t *seen; /* [layer_count] 1 + the last reader that has this layer among its parts */
  size_t *made; /* [layer_count] its map */
  qy_arena *arena;
  qy_error *err;
} builder;

static bool is_other(const qy_layer *reader, size_t k)
{
  return k >= qy_layer_maps(reader);
}

/* ---- what readers of concatenations read ---- */

/* An add, a gate or a second operand takes one map. */
static bool must_be_one(const qy_network *n, size_t i)
{
  const qy_layer *l = &n->layer[i];
  for (size_t k = 0; k < l->consumer_count; k++) {
    const qy_layer *reader = &n->layer[l->consumer[k]];
    if (reader->type == QY_LAYER_ADD ||
        (qy_layer_maps(reader) < reader->input_count && reader->input[reader->input_count - 1] == i))
      return true;
  }
  return false;
}

static bool alone(builder *b, size_t i)
{
  b->of[i] = (parts){qy_arena_alloc(b->arena, 1, sizeof(size_t)), 1};
  if (!b->of[i].layer) return false;
  b->of[i].layer[0] = i;
  return true;
}

/* A map that reader i would take twice: its concatenations are copied, so that it does not. */
static bool separate(builder *b, size_t i)
{
  const qy_layer *reader = &b->network->layer[i];
  bool twice = false;
  for (size_t k = 0; k < reader->input_count; k++) {
    const parts *p = &b->of[reader->input[k]];
    for (size_t j = 0; j < p->count && !is_other(reader, k); j++) {
      twice = twice || b->seen[p->layer[j]] == i + 1;
      b->seen[p->layer[j]] = i + 1;
    }
  }
  for (size_t k = 0; twice && k < reader->input_count; k++) {
    const size_t from = reader->input[k];
    if (b->network->layer[from].type != QY_LAYER_CONCAT || is_other(reader, k)) continue;
    b->copied[from] = true;
    if (!alone(b, from)) return false;
  }
  return true;
}

/* Parts of what reader i lists, without its gate or second operand. */
static bool join(parts *all, const builder *b, size_t i)
{
  const qy_layer *reader = &b->network->layer[i];
  *all = (parts){0};
  for (size_t k = 0; k < qy_layer_maps(reader); k++)
    all->count += b->of[reader->input[k]].count;
  all->layer = qy_arena_alloc(b->arena, all->count, sizeof *all->layer);
  if (!all->layer) return false;
  for (size_t k = 0, at = 0; k < qy_layer_maps(reader); at += b->of[reader->input[k++]].count) {
    const parts *p = &b->of[reader->input[k]];
    memcpy(&all->layer[at], p->layer, p->count * sizeof *p->layer);
  }
  return true;
}

static bool find_parts(builder *b)
{
  for (size_t i = 0; i < b->network->layer_count; i++) {
    const qy_layer *l = &b->network->layer[i];
    if (l->type != QY_LAYER_ADD && !separate(b, i)) return false;
    b->copied[i] = l->type == QY_LAYER_CONCAT && must_be_one(b->network, i);
    const bool gone = l->type == QY_LAYER_CONCAT && !b->copied[i];
    if (!(gone ? join(&b->of[i], b, i) : alone(b, i))) return false;
  }
  return true;
}

/* ---- ops and maps ---- */

static size_t add_map(qy_graph *g, const char *name, int64_t h, int64_t w, int64_t c, size_t maker)
{
  g->map[g->map_count] = (qy_map){name, h, w, c, maker, QY_NO_INDEX, QY_NO_INDEX, false};
  return g->map_count++;
}

static size_t network_input(qy_graph *g, const qy_layer *reader)
{
  return add_map(g, reader->name, reader->in_h, reader->in_w, reader->in_c, QY_NO_INDEX);
}

/* Maps of inputs from..to of a layer; none listed: an input of the network. */
static bool read_maps(const size_t **map, size_t *count, builder *b, size_t i)
{
  const qy_layer *l = &b->network->layer[i];
  parts from = {0};
  if (l->input_count > 0 && !join(&from, b, i)) return false;
  *count = from.count > 0 ? from.count : 1;
  size_t *all = qy_arena_alloc(b->arena, *count, sizeof *all);
  if (!all) return false;
  for (size_t k = 0; k < from.count; k++)
    all[k] = b->made[from.layer[k]];
  if (from.count == 0) all[0] = network_input(b->graph, l);
  *map = all;
  return true;
}

/* All of its inputs but one (QY_NO_INDEX: but none); one that the file does not name is an input of the network. */
static bool read_addends(qy_graph_op *op, builder *b, const qy_layer *add, size_t but)
{
  const size_t count = add->input_count > 1 ? add->input_count : 2;
  size_t *all = qy_arena_alloc(b->arena, op->addend_count + count - 1, sizeof *all);
  if (!all) return false;
  if (op->addend_count > 0) memcpy(all, op->addend, op->addend_count * sizeof *all);
  op->addend = all;
  for (size_t k = 0; k < count; k++)
    if (k != but)
      all[op->addend_count++] = k < add->input_count ? b->made[add->input[k]] : network_input(b->graph, add);
  return true;
}

/* A map of one pixel is a window like others. */
static bool covers_all(const qy_layer *l)
{
  return l->type == QY_LAYER_POOL && l->in_h * l->in_w > 1 && l->kernel_h == l->in_h && l->kernel_w == l->in_w &&
         l->out_h == 1 && l->out_w == 1 && l->pad_top + l->pad_bottom + l->pad_left + l->pad_right == 0 &&
         l->dilation_h == 1 && l->dilation_w == 1;
}

/* The input of an add that the op just before makes for it alone: its place in the list. */
static size_t merges_into(const builder *b, const qy_layer *add)
{
  const qy_graph *g = b->graph;
  const qy_graph_op *last = g->op_count > 0 ? &g->op[g->op_count - 1] : NULL;
  for (size_t k = 0; last && !last->whole && !last->add && k < add->input_count; k++)
    if (b->made[add->input[k]] == last->output && b->network->layer[add->input[k]].consumer_count == 1) return k;
  return QY_NO_INDEX;
}

static bool make_add(builder *b, size_t i)
{
  qy_graph *g = b->graph;
  const qy_layer *add = &b->network->layer[i];
  const size_t merged = merges_into(b, add);
  if (merged != QY_NO_INDEX) {
    qy_graph_op *op = &g->op[g->op_count - 1];
    op->add = add;
    b->made[i] = op->output;
    g->map[op->output].name = add->name;
    return read_addends(op, b, add, merged);
  }
  qy_graph_op *op = &g->op[g->op_count];
  *op = (qy_graph_op){.layer = add, .gate = QY_NO_INDEX, .second = QY_NO_INDEX, .input_count = 1};
  size_t *first = qy_arena_alloc(b->arena, 1, sizeof *first);
  if (!first) return false;
  *first = add->input_count > 0 ? b->made[add->input[0]] : network_input(g, add);
  op->input = first;
  if (!read_addends(op, b, add, 0)) return false;
  op->output = b->made[i] = add_map(g, add->name, add->out_h, add->out_w, add->out_c, g->op_count++);
  return true;
}

static bool make_op(builder *b, size_t i)
{
  qy_graph *g = b->graph;
  const qy_layer *l = &b->network->layer[i];
  if (l->type == QY_LAYER_ADD) return make_add(b, i);
  if (l->type == QY_LAYER_CONCAT && !b->copied[i]) return true;
  if (l->type == QY_LAYER_COL2IM) {
    b->made[i] = l->consumer_count > 0 ? add_map(g, l->name, l->out_h, l->out_w, l->out_c, QY_NO_INDEX) : QY_NO_INDEX;
    return true;
  }
  qy_graph_op *op = &g->op[g->op_count];
  *op = (qy_graph_op){.layer = l, .gate = QY_NO_INDEX, .second = QY_NO_INDEX, .whole = covers_all(l)};
  if (!read_maps(&op->input, &op->input_count, b, i)) return false;
  if (l->gated) op->gate = b->made[l->input[l->input_count - 1]];
  if (l->paired) op->second = b->made[l->input[l->input_count - 1]];
  op->output = b->made[i] = add_map(g, l->name, l->out_h, l->out_w, l->out_c, g->op_count++);
  return true;
}

static void use(qy_graph *g, size_t map, size_t op)
{
  if (g->map[map].first_use == QY_NO_INDEX) g->map[map].first_use = op;
  g->map[map].last_use = op;
}

/* All that makes layer i's output is written to DRAM. */
static void want(builder *b, size_t i)
{
  for (size_t k = 0; k < b->of[i].count; k++)
    if (b->made[b->of[i].layer[k]] != QY_NO_INDEX) b->graph->map[b->made[b->of[i].layer[k]]].wanted = true;
}

static void mark_uses(builder *b)
{
  qy_graph *g = b->graph;
  for (size_t i = 0; i < g->op_count; i++) {
    const qy_graph_op *op = &g->op[i];
    for (size_t k = 0; k < op->input_count; k++)
      use(g, op->input[k], i);
    for (size_t k = 0; k < op->addend_count; k++)
      use(g, op->addend[k], i);
    if (op->gate != QY_NO_INDEX) use(g, op->gate, i);
    if (op->second != QY_NO_INDEX) g->map[op->second].wanted = true;
  }
  for (size_t i = 0; i < b->network->layer_count; i++) {
    const qy_layer *l = &b->network->layer[i];
    if (l->consumer_count == 0) want(b, i);
    for (size_t k = 0; l->type == QY_LAYER_COL2IM && k < l->input_count; k++)
      want(b, l->input[k]);
  }
}

/* ---- sizes ---- */

/* Add a product to a sum; false beyond 2^53. */
static bool add_product(int64_t *sum, int64_t a, int64_t b)
{
  int64_t product;
  return !__builtin_mul_overflow(a, b, &product) && !__builtin_add_overflow(*sum, product, sum) && *sum <= ENTRIES_MAX;
}

static qy_status check_layer(const builder *b, const qy_layer *l)
{
  const char *file = b->network->file;
  if (l->batch != 1)
    return qy_fail_at(b->err, QY_BAD_INPUT, file, 0, 0,
                      "layer %s: found a batch of %" PRId64 ", expected 1 in a schedule", l->name, l->batch);
  const bool joins = l->type == QY_LAYER_ADD || l->type == QY_LAYER_CONCAT;
  if (joins && (l->kernel_h != 1 || l->kernel_w != 1 || l->stride_h != 1 || l->stride_w != 1))
    return qy_fail_at(b->err, QY_BAD_INPUT, file, 0, 0,
                      "layer %s: found a kernel or stride above 1 in a%s %s, expected 1 in a schedule", l->name,
                      l->type == QY_LAYER_ADD ? "n" : "", qy_layer_type_name(l->type));
  return QY_OK;
}

static qy_status check_sums(const builder *b)
{
  qy_graph *g = b->graph;
  int64_t entries = 0;
  for (size_t i = 0; i < g->map_count; i++) {
    const qy_map *m = &g->map[i];
    const qy_layer *l = m->maker == QY_NO_INDEX ? NULL : g->op[m->maker].layer;
    int64_t plane;
    bool fits = !__builtin_mul_overflow(m->h, m->w, &plane) && add_product(&entries, plane, m->c);
    if (fits && l)
      fits = add_product(&entries, qy_layer_operands(l), 1) && add_product(&g->weights, l->weights, 1) &&
             add_product(&g->macs, l->macs, 1);
    if (!fits)
      return qy_fail_at(b->err, QY_BAD_INPUT, b->network->file, 0, 0,
                        "layer %s: expected at most 2^53 entries and multiply-accumulates up to here", m->name);
  }
  for (size_t i = 0; i < b->network->layer_count; i++) {
    const qy_layer *l = &b->network->layer[i]; /* planes of at most 2^48 */
    if (l->type == QY_LAYER_COL2IM &&
        !(add_product(&g->apart, l->in_h * l->in_w, l->in_c) && add_product(&g->apart, l->out_h * l->out_w, l->out_c)))
      return qy_fail_at(b->err, QY_BAD_INPUT, b->network->file, 0, 0,
                        "layer %s: expected at most 2^53 entries that col2im layers read and write", l->name);
  }
  return QY_OK;
}

/* Searches walk over rows and columns one by one, for every size of tiles. */
static qy_status check_sides(const builder *b)
{
  for (size_t i = 0; i < b->graph->map_count; i++) {
    const qy_map *m = &b->graph->map[i];
    if (m->h > QY_GRAPH_SIDE_MAX || m->w > QY_GRAPH_SIDE_MAX || m->h * m->w > QY_GRAPH_PLANE_MAX)
      return qy_fail_at(b->err, QY_BAD_INPUT, b->network->file, 0, 0,
                        "layer %s: expected maps of at most %d rows, %d columns and %d places in a schedule, found "
                        "%" PRId64 " x %" PRId64,
                        m->name, QY_GRAPH_SIDE_MAX, QY_GRAPH_SIDE_MAX, QY_GRAPH_PLANE_MAX, m->h, m->w);
  }
  return QY_OK;
}

qy_status qy_graph_new(qy_graph **graph, const qy_network *network, qy_arena *arena, qy_error *err)
{
  assert(network->layer_count > 0);
  const size_t n = network->layer_count;
  size_t maps = n;
  qy_graph *g = qy_arena_alloc(arena, 1, sizeof *g);
  builder b = {network,
               g,
               qy_arena_alloc(arena, n, sizeof *b.of),
               qy_arena_alloc(arena, n, sizeof *b.copied),
               qy_arena_alloc(arena, n, sizeof *b.seen),
               qy_arena_alloc(arena, n, sizeof *b.made),
               arena,
               err};
  for (size_t i = 0; i < n; i++) {
    const qy_layer *l = &network->layer[i];
    qy_status status = check_layer(&b, l);
    if (status) return status;
    if (l->input_count < 2) maps += 2; /* at most: those of the network */
  }
  if (!g || !b.of || !b.copied || !b.seen || !b.made) return qy_no_memory(err);
  g->network = network;
  g->op = qy_arena_alloc(arena, n, sizeof *g->op);
  g->map = qy_arena_alloc(arena, maps, sizeof *g->map);
  if (!g->op || !g->map || !find_parts(&b)) return qy_no_memory(err);
  for (size_t i = 0; i < n; i++)
    if (!make_op(&b, i)) return qy_no_memory(err);
  if (g->op_count == 0)
    return qy_fail_at(err, QY_BAD_INPUT, network->file, 0, 0, "expected a layer that computes, found col2im alone");
  mark_uses(&b);
  *graph = g;
  const qy_status status = check_sums(&b);
  return status ? status : check_sides(&b);
}

/* ---- names ---- */

const char *qy_fusion_name(qy_fusion fusion)
{
  static const char *const names[QY_FUSION_COUNT] = {
      [QY_FUSION_NONE] = "none", [QY_FUSION_BLOCK] = "block", [QY_FUSION_FREE] = "free"};
  assert(fusion < QY_FUSION_COUNT);
  return names[fusion];
}
