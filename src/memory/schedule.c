/* The least cost schedule: best first over cuts, with the maps that wait in the buffer as state.
 *
 * A node is a cut (the next op) and the set of maps that lie in the buffer there; an edge is a stage.  What the rest of
 * the network must move anyway (weights, inputs, outputs, maps in DRAM that are still needed) is added to the cost so
 * far, so the queue is ordered by what a schedule through this node can cost at least.  An edge enters the queue with
 * the least that a stage over its ops can cost; when it is taken, it is searched, up to the cost of a schedule that is
 * known.  The first time the end of the network is taken from the queue nothing that is left can be cheaper.
 * Three passes: a quick one for a schedule; one for the least of what is minimised first; with that as the limit, one
 * for the least of the second.
 */
#include "cuts.h"
#include "stage_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct node {
  size_t cut;
  uint32_t held; /* bits of cut.live */
  rows_cost cost;
  bool done;
  struct node *from;
  struct edge *by;
  struct node *next; /* of the same cut */
} node;

typedef struct edge {
  node *from;
  size_t last;
  uint32_t held;              /* at the cut after it */
  rows_cost least;            /* of the stage, proved */
  const stage_result *result; /* NULL: not searched */
  int64_t waiting;            /* units of maps that wait meanwhile */
} edge;

typedef struct item { /* of the queue: a node to expand or an edge */
  rows_cost cost;
  node *node;
  edge *edge;
} item;

typedef struct finder {
  const qy_graph *graph;
  const qy_schedule_options *options;
  rows_wish wish;
  stage_book *book;
  cuts cuts;
  rows_cost *rest; /* [op_count + 1] of the ops from a cut on, at least, but for maps in DRAM at the cut */
  node **node;     /* [op_count + 1] */
  qy_place *place; /* [map_count] scratch */
  item *queue;
  size_t queued, room;
  size_t stuck;  /* the furthest cut that was reached */
  double proved; /* what a schedule costs at least by searches that were given up */
  qy_arena *arena;
  qy_error *err;
} finder;

/* ---- costs that cannot be avoided ---- */

static rows_cost add(rows_cost a, rows_cost b)
{
  return (rows_cost){a.first + b.first, a.second + b.second};
}

static rows_cost cost_of(const finder *f, int64_t traffic, int64_t macs)
{
  return rows_cost_of(&f->wish, traffic, macs);
}

/* ---- cuts ---- */

static rows_cost rest_at(const finder *f, size_t at)
{
  const qy_graph *g = f->graph;
  const cut *k = &f->cuts.at[at], *end = &f->cuts.at[g->op_count];
  int64_t traffic = end->moved - k->moved;
  for (size_t i = 0; i < f->cuts.input_count; i++) {
    const size_t map = f->cuts.input[i];
    if (g->map[map].first_use != QY_NO_INDEX && g->map[map].first_use >= at)
      traffic += cuts_read_units(&f->cuts, map, at, g->op_count - 1);
  }
  return cost_of(f, traffic, end->macs - k->macs);
}

/* ---- queue: a binary heap ---- */

static bool before(const item *a, const item *b)
{
  return rows_cost_less(a->cost, b->cost);
}

static qy_status push(finder *f, item x)
{
  if (f->queued == f->room) {
    const size_t room = 2 * f->room + 256;
    item *more = qy_arena_alloc(f->arena, room, sizeof *more);
    if (!more) return qy_no_memory(f->err);
    if (f->queued > 0) memcpy(more, f->queue, f->queued * sizeof *more);
    f->queue = more;
    f->room = room;
  }
  size_t i = f->queued++;
  for (; i > 0 && before(&x, &f->queue[(i - 1) / 2]); i = (i - 1) / 2)
    f->queue[i] = f->queue[(i - 1) / 2];
  f->queue[i] = x;
  return QY_OK;
}

static item pop(finder *f)
{
  const item top = f->queue[0], x = f->queue[--f->queued];
  size_t i = 0;
  for (size_t child; (child = 2 * i + 1) < f->queued; i = child) {
    if (child + 1 < f->queued && before(&f->queue[child + 1], &f->queue[child])) child++;
    if (!before(&f->queue[child], &x)) break;
    f->queue[i] = f->queue[child];
  }
  f->queue[i] = x;
  return top;
}

/* ---- nodes ---- */

/* Maps in DRAM at a cut that are still needed must be read. */
static rows_cost rest_of(const finder *f, const node *n)
{
  return add(f->rest[n->cut], cost_of(f, cuts_unread_units(&f->cuts, n->cut, n->held), 0));
}

static node *node_at(finder *f, size_t cut_at, uint32_t held)
{
  for (node *n = f->node[cut_at]; n; n = n->next)
    if (n->held == held) return n;
  node *n = qy_arena_alloc(f->arena, 1, sizeof *n);
  if (!n) return NULL;
  *n = (node){.cut = cut_at, .held = held, .cost = {INFINITY, INFINITY}, .next = f->node[cut_at]};
  f->node[cut_at] = n;
  return n;
}

/* ---- stages ---- */

static cut_stage stage_of(const edge *e)
{
  return (cut_stage){e->from->cut, e->last + 1, e->from->held, e->held};
}

/* Where maps lie for a stage from n over ops to e->last; units of maps that wait. */
static stage_query query_of(finder *f, const edge *e, int64_t *waiting)
{
  const cut_stage s = stage_of(e);
  cuts_places(f->place, &f->cuts, &s);
  *waiting = cuts_waiting(&f->cuts, &s);
  stage_query q = {.first = s.first, .last = e->last, .place = f->place, .wish = f->wish};
  q.wish.capacity -= *waiting;
  return q;
}

/* What a stage must move and compute. */
static rows_cost least_of(const finder *f, const edge *e)
{
  const cut_stage s = stage_of(e);
  return cost_of(f, cuts_least_units(&f->cuts, &s), f->cuts.at[s.after].macs - f->cuts.at[s.first].macs);
}

static qy_status push_edge(finder *f, edge *e)
{
  const node *to = node_at(f, e->last + 1, e->held);
  if (!to) return qy_no_memory(f->err);
  if (to->done) return QY_OK;
  return push(f, (item){.cost = add(add(e->from->cost, e->least), rest_of(f, to)), .edge = e});
}

/* Held maps of the next cut: those that are held now and still live, and any of the new ones. */
static qy_status push_edges(finder *f, node *n, size_t last)
{
  const cut_ends ends = cuts_ends(&f->cuts, n->cut, last + 1, n->held, f->options->capacity);
  for (unsigned choice = 0; choice < 1u << ends.count; choice++) {
    edge *e = qy_arena_alloc(f->arena, 1, sizeof *e);
    if (!e) return qy_no_memory(f->err);
    *e = (edge){.from = n, .last = last, .held = cuts_choice(&ends, choice)};
    e->least = least_of(f, e);
    if (ends.more) f->proved = fmin(f->proved, n->cost.first + e->least.first);
    qy_status status = push_edge(f, e);
    if (status) return status;
  }
  return QY_OK;
}

static qy_status expand(finder *f, node *n)
{
  if (n->done) return QY_OK;
  n->done = true;
  if (n->cut > f->stuck) f->stuck = n->cut;
  for (size_t last = n->cut; last < f->graph->op_count; last++) {
    edge e = {.from = n, .last = last};
    int64_t waiting;
    const stage_query q = query_of(f, &e, &waiting);
    if (last > n->cut && f->options->fusion == QY_FUSION_NONE) break;
    if (last > n->cut + 3 && f->options->fusion == QY_FUSION_BLOCK) break;
    if (last - n->cut >= ROWS_MAPS_MAX) break; /* no stage has so many maps */
    if (f->options->stop && f->options->stop(f->options->stop_ctx))
      return qy_fail(f->err, QY_INTERRUPTED, "interrupted");
    bool can;
    qy_status status = stage_can(&can, f->book, &q, f->err);
    if (!status && can) status = push_edges(f, n, last);
    if (status) return status;
  }
  return QY_OK;
}

/* Search an edge up to its limit. */
static qy_status follow(finder *f, edge *e)
{
  int64_t waiting;
  stage_query q = query_of(f, e, &waiting);
  node *to = node_at(f, e->last + 1, e->held);
  if (to->done) return QY_OK;
  q.wish.limit = f->wish.limit - e->from->cost.first - rest_of(f, to).first;
  const stage_result *r;
  double open;
  qy_status status = stage_best(&r, &open, f->book, &q, f->err);
  if (!status) f->proved = fmin(f->proved, e->from->cost.first + fmax(e->least.first, open) + rest_of(f, to).first);
  if (status || !r->found) return status;
  const rows_cost cost = add(e->from->cost, rows_cost_of(&f->wish, r->traffic, r->macs));
  if (!rows_cost_less(cost, to->cost)) return QY_OK;
  e->result = r;
  e->waiting = waiting;
  to->cost = cost;
  to->from = e->from;
  to->by = e;
  return push(f, (item){.cost = add(cost, rest_of(f, to)), .node = to});
}

static qy_status search(finder *f, node **end)
{
  const size_t last = f->graph->op_count;
  node *start = node_at(f, 0, 0);
  *end = NULL;
  if (!start) return qy_no_memory(f->err);
  start->cost = (rows_cost){0, 0};
  qy_status status = push(f, (item){.cost = {0, 0}, .node = start});
  while (!status && f->queued > 0) {
    const item x = pop(f);
    if (f->options->stop && f->options->stop(f->options->stop_ctx))
      status = qy_fail(f->err, QY_INTERRUPTED, "interrupted");
    else if (x.edge)
      status = follow(f, x.edge);
    else if (x.node->cut == last) {
      *end = x.node;
      return QY_OK;
    } else
      status = expand(f, x.node);
  }
  return status;
}

/* ---- answers ---- */

static qy_status prepare(finder *f)
{
  const qy_graph *g = f->graph;
  f->rest = qy_arena_alloc(f->arena, g->op_count + 1, sizeof *f->rest);
  f->node = qy_arena_alloc(f->arena, g->op_count + 1, sizeof *f->node);
  f->place = qy_arena_alloc(f->arena, g->map_count, sizeof *f->place);
  if (!f->rest || !f->node || !f->place) return qy_no_memory(f->err);
  qy_status status = cuts_new(&f->cuts, g, f->options, f->arena, f->err);
  for (size_t c = 0; c <= g->op_count && !status; c++)
    f->rest[c] = rest_at(f, c);
  return status;
}

static qy_status write_waiting(finder *f, qy_stage *s, const edge *e, int64_t waiting, qy_arena *arena)
{
  const cut *k = &f->cuts.at[e->from->cut];
  const cut_stage between = stage_of(e);
  size_t *held = qy_arena_alloc(arena, k->live_count, sizeof *held);
  if (!held) return qy_no_memory(f->err);
  s->held = held;
  s->waiting = waiting;
  for (size_t i = 0; i < k->live_count; i++)
    if (cuts_waits(&f->cuts, &between, i)) held[s->held_count++] = k->live[i];
  return QY_OK;
}

static qy_status write_schedule(qy_schedule **out, finder *f, const node *end, qy_arena *arena)
{
  qy_schedule *s = qy_arena_alloc(arena, 1, sizeof *s);
  if (!s) return qy_no_memory(f->err);
  *s = (qy_schedule){.graph = f->graph, .options = *f->options};
  for (const node *n = end; n->from; n = n->from)
    s->stage_count++;
  if (!(s->stage = qy_arena_alloc(arena, s->stage_count, sizeof *s->stage))) return qy_no_memory(f->err);
  qy_place *place = qy_arena_alloc(arena, f->graph->map_count, sizeof *place);
  if (!place) return qy_no_memory(f->err);
  s->place = place;
  for (size_t m = 0; m < f->graph->map_count; m++)
    place[m] = f->graph->map[m].maker == QY_NO_INDEX || f->graph->map[m].wanted ? QY_PLACE_DRAM : QY_PLACE_INSIDE;
  for (const node *n = end; n; n = n->from)
    for (size_t i = 0; i < f->cuts.at[n->cut].live_count; i++)
      place[f->cuts.at[n->cut].live[i]] = n->held >> i & 1 ? QY_PLACE_HELD : QY_PLACE_DRAM;
  size_t at = s->stage_count;
  for (const node *n = end; n->from; n = n->from) {
    qy_stage *stage = &s->stage[--at];
    int64_t waiting;
    const stage_query q = query_of(f, n->by, &waiting);
    qy_status status = stage_write(stage, f->book, &q, n->by->result, arena, f->err);
    if (!status) status = write_waiting(f, stage, n->by, waiting, arena);
    if (status) return status;
  }
  for (size_t i = 0; i < s->stage_count; i++) {
    qy_traffic t = s->stage[i].traffic;
    t.peak += s->stage[i].waiting;
    qy_traffic_add(&s->total, &t);
  }
  s->traffic = qy_traffic_units(&s->total, f->options->units);
  s->floor = qy_schedule_floor(f->graph, f->options->units);
  s->cost = end->cost.first;
  s->lower_bound = fmin(end->cost.first, f->proved);
  s->optimal = s->lower_bound >= end->cost.first;
  *out = s;
  return QY_OK;
}

static rows_wish wish_of(const qy_schedule_options *o)
{
  const bool energy = o->objective == QY_LEAST_ENERGY;
  return (rows_wish){ROWS_QUICK, o->capacity, energy ? o->price_traffic : 1, energy ? o->price_mac : 0, INFINITY};
}

/* Room for rounding: sums of costs in another order. */
static double with_rounding(double cost)
{
  return cost * (1 + 1e-12);
}

/* One capacity, up to an effort; *end NULL: none fits. */
static qy_status find(finder *f, node **end, const qy_graph *graph, const qy_schedule_options *options,
                      stage_book *book, rows_effort last, qy_arena *arena, qy_error *err)
{
  rows_wish wish = wish_of(options);
  qy_status status = QY_OK;
  double proved = INFINITY;
  *end = NULL;
  stage_book_begin(book, ROWS_STEPS_ALL);
  for (int effort = ROWS_QUICK; effort <= (int)last && !status; effort++) {
    finder now = {.graph = graph, .options = options, .wish = wish, .book = book, .arena = arena, .err = err};
    node *found = NULL;
    now.proved = INFINITY;
    now.wish.effort = (rows_effort)effort;
    status = prepare(&now);
    if (!status) status = search(&now, &found);
    if (effort == ROWS_FIRST) proved = now.proved;
    if (*end && (!found || found->cost.first > wish.limit)) continue; /* given up: what is known stays */
    *f = now;
    *end = found;
    if (!status && found) wish.limit = with_rounding(found->cost.first);
  }
  f->proved = proved;
  return status;
}

static qy_status fits(bool *yes, const qy_graph *graph, const qy_schedule_options *options, stage_book *book,
                      int64_t capacity, qy_error *err)
{
  qy_schedule_options o = *options;
  qy_arena *scratch = qy_arena_new();
  finder f;
  node *end = NULL;
  o.capacity = capacity;
  qy_status status = find(&f, &end, graph, &o, book, ROWS_FIRST, scratch, err);
  qy_arena_free(scratch);
  *yes = end != NULL;
  return status;
}

/* The least capacity with a schedule; options->capacity has none. */
static qy_status find_smallest(int64_t *smallest, const qy_graph *graph, const qy_schedule_options *options,
                               stage_book *book, qy_error *err)
{
  int64_t low = options->capacity, high = qy_max64(2 * low, 1);
  qy_status status;
  for (bool yes = false; !(status = fits(&yes, graph, options, book, high, err)) && !yes; high *= 2) {
    if (high > INT64_MAX / 8) return qy_fail(err, QY_INTERNAL, "no buffer is large enough");
    low = high;
  }
  while (!status && high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    bool yes;
    status = fits(&yes, graph, options, book, middle, err);
    *(yes ? &high : &low) = middle;
  }
  *smallest = high;
  return status;
}

static qy_status find_written(qy_schedule **schedule, qy_least_capacity *smallest, const qy_graph *graph,
                              const qy_schedule_options *options, stage_book *book, qy_arena *scratch, qy_arena *arena,
                              qy_error *err)
{
  finder f;
  node *end = NULL;
  qy_status status = find(&f, &end, graph, options, book, ROWS_BOTH, scratch, err);
  if (status) return status;
  if (end) {
    status = write_schedule(schedule, &f, end, arena);
    if (!status) qy_schedule_widen(*schedule);
    return status;
  }
  const size_t stuck = f.stuck < graph->op_count ? f.stuck : graph->op_count - 1;
  smallest->layer = graph->op[stuck].layer;
  status = find_smallest(&smallest->units, graph, options, book, err);
  if (status) return status;
  return qy_fail(err, QY_INFEASIBLE,
                 "%s: expected a buffer of at least %" PRId64 ", found %" PRId64 "; layer %s does not fit",
                 graph->network->name, smallest->units, options->capacity, smallest->layer->name);
}

qy_status qy_schedule_find(qy_schedule **schedule, qy_least_capacity *smallest, const qy_graph *graph,
                           const qy_schedule_options *options, qy_arena *arena, qy_error *err)
{
  assert(schedule && smallest && graph && options && options->capacity >= 0);
  qy_arena *scratch = qy_arena_new();
  stage_book *book = NULL;
  qy_status status = stage_book_new(&book, graph, options, scratch, err);
  if (!status) status = find_written(schedule, smallest, graph, options, book, scratch, arena, err);
  if (!status) (*schedule)->scratch_bytes = qy_arena_bytes(scratch) + stage_book_bytes(book);
  stage_book_free(book);
  qy_arena_free(scratch);
  return status;
}

/* ---- why two stages are two ---- */

enum { MERGE_STEPS = 20000 }; /* of searches for one pair */

/* Does one stage cost no more than the limit at this capacity? */
static qy_status pays_at(bool *pays, qy_merged *m, stage_book *book, stage_query *q, int64_t capacity, qy_error *err)
{
  const stage_result *r;
  double open;
  q->wish.capacity = capacity;
  qy_status status = stage_best(&r, &open, book, q, err);
  *pays = !status && r->found && rows_cost_of(&q->wish, r->traffic, r->macs).first <= q->wish.limit;
  if (!status && !*pays && open <= q->wish.limit) m->given_up = true;
  return status;
}

/* capacity: without the maps that wait; most: of a buffer that everything fits in. */
static qy_status merge(qy_merged *m, stage_book *book, stage_query *q, int64_t capacity, int64_t most, qy_error *err)
{
  int64_t low = 0, high = capacity;
  qy_status status = stage_can(&m->can, book, q, err);
  if (!status && m->can) status = pays_at(&m->pays, m, book, q, high, err);
  if (status || !m->can) return status;
  if (!m->pays) {
    low = high;
    high = qy_max64(most, capacity + 1);
    status = pays_at(&m->pays, m, book, q, high, err);
  }
  while (!status && m->pays && high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    bool pays;
    status = pays_at(&pays, m, book, q, middle, err);
    *(pays ? &high : &low) = middle;
  }
  m->needs = high;
  return status;
}

qy_status qy_schedule_merged(qy_merged *m, const qy_schedule *s, size_t stage, qy_error *err)
{
  assert(m && s && stage + 1 < s->stage_count);
  const qy_graph *g = s->graph;
  const qy_stage *a = &s->stage[stage], *b = &s->stage[stage + 1];
  const qy_units u = s->options.units;
  stage_query q = {.first = a->first, .last = b->last, .place = s->place, .wish = wish_of(&s->options)};
  int64_t waiting = 0;
  *m = (qy_merged){0};
  q.wish.effort = ROWS_FIRST;
  q.wish.limit = with_rounding(rows_cost_of(&q.wish, qy_traffic_units(&a->traffic, u), a->traffic.macs).first +
                               rows_cost_of(&q.wish, qy_traffic_units(&b->traffic, u), b->traffic.macs).first);
  int64_t most = 2 * g->weights * u.weight;
  for (size_t k = 0; k < g->map_count; k++) {
    most += 2 * g->map[k].h * g->map[k].w * g->map[k].c * u.sum;
    if (s->place[k] == QY_PLACE_HELD && g->map[k].maker < q.first && g->map[k].last_use > q.last &&
        !cuts_used(g, k, q.first, q.last))
      waiting += g->map[k].h * g->map[k].w * g->map[k].c * u.activation;
  }
  stage_book *book = NULL;
  qy_arena *scratch = qy_arena_new();
  qy_status status = stage_book_new(&book, g, &s->options, scratch, err);
  if (!status) stage_book_begin(book, MERGE_STEPS);
  if (!status) status = merge(m, book, &q, s->options.capacity - waiting, most, err);
  m->needs += waiting;
  stage_book_free(book);
  qy_arena_free(scratch);
  return status;
}
