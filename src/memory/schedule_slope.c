/* The least traffic of a network at many capacities at once.
 *
 * A node is a cut and the maps that lie in the buffer there, as in schedule.c; it has the least traffic up to there at
 * each capacity of a grid.  Cuts are taken in order; a stage that ends at one is looked at only where the traffic
 * before it, with the least that it must move itself, is below what is known there from shorter stages.  So long
 * stages, of which there are many, are searched at few capacities, and most not at all.  What is found of a stage is
 * kept by its shape, so that equal blocks are searched once.
 */
#include "cuts.h"
#include "slope_int.h"
#include "stage_int.h"
#include "traffic_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEST_OPS_MAX = 4 };
enum { SLOPE_STEPS = 1000000 };    /* of searches, see rows_budget */
enum { STEPS = 32, EVERY = 4096 }; /* capacities a doubling; a largest one up to which all are taken */

#define NONE INT64_MAX

typedef struct node {
  struct node *next; /* of the same cut */
  uint32_t held;     /* bits of cut.live */
  int64_t *traffic;  /* [grid] least up to here; NONE */
  int64_t *macs, *peak;
} node;

typedef struct grid {
  size_t count;
  int64_t *capacity;
} grid;

/* The best way of a nest at all capacities from its peak to `capacity`. */
typedef struct nest_best {
  struct nest_best *next;                /* capacity falling */
  int64_t capacity, peak, traffic, macs; /* traffic NONE: nothing fits */
} nest_best;

/* What is known of stages of one shape. */
typedef struct shape {
  struct record *record;
  nest_best *nest[STAGE_NESTS_MAX];
} shape;

/* The same beside maps that wait. */
typedef struct record {
  struct record *next;
  const grid *grid;
  int64_t waiting;
  size_t begin;      /* place of the front's first capacity in the grid */
  slope_front front; /* rows and nests */
  int64_t *known;    /* [front.count] all rows ways with less traffic are in the front */
  bool given_up;     /* but for those that a search did not come to */
} record;

typedef struct solver {
  const qy_graph *graph;
  const qy_schedule_options *options;
  stage_book *book;
  rows_front_room *rows;
  const grid *grid;
  cuts cuts;
  node **node;               /* [op_count + 1] */
  size_t *open;              /* [op_count + 1] the last cut that a rows stage from a cut can end at */
  qy_place *place;           /* [map_count] scratch */
  int64_t *limit, *capacity; /* [grid] scratch */
  int64_t *proved;           /* [grid] what a schedule moves at least by searches that were given up; NONE: none was */
  rows_budget *budget;
  qy_arena *arena, *scratch;
  qy_error *err;
} solver;

/* ---- nodes ---- */

static node *node_at(solver *x, size_t at, uint32_t held)
{
  for (node *n = x->node[at]; n; n = n->next)
    if (n->held == held) return n;
  node *n = qy_arena_alloc(x->arena, 1, sizeof *n);
  if (!n) return NULL;
  *n = (node){.next = x->node[at], .held = held};
  n->traffic = qy_arena_alloc(x->arena, 3 * x->grid->count, sizeof *n->traffic);
  if (!n->traffic) return NULL;
  n->macs = n->traffic + x->grid->count;
  n->peak = n->macs + x->grid->count;
  for (size_t g = 0; g < x->grid->count; g++)
    n->traffic[g] = NONE;
  return x->node[at] = n;
}

/* ---- fronts of stages ---- */

static shape *shape_of(solver *x, void **kept)
{
  if (!*kept) *kept = qy_arena_alloc(x->arena, 1, sizeof(shape));
  return *kept;
}

static void copy_record(record *to, const record *from)
{
  const size_t at = from->begin - to->begin, count = from->front.count;
  memcpy(to->known + at, from->known, count * sizeof *to->known);
  memcpy(to->front.macs + at, from->front.macs, count * sizeof *to->front.macs);
  memcpy(to->front.peak + at, from->front.peak, count * sizeof *to->front.peak);
  memcpy(to->front.traffic + at, from->front.traffic, count * sizeof *to->front.traffic);
  for (size_t g = at + count; g < to->front.count; g++) {
    to->front.traffic[g] = to->front.traffic[at + count - 1];
    to->front.macs[g] = to->front.macs[at + count - 1];
    to->front.peak[g] = to->front.peak[at + count - 1];
  }
}

/* The record, wide enough for all places [begin, end) of the grid. NULL: out of memory. */
static record *record_of(solver *x, shape *s, int64_t waiting, size_t begin, size_t end)
{
  record **at = &s->record;
  while (*at && ((*at)->grid != x->grid || (*at)->waiting != waiting))
    at = &(*at)->next;
  record *old = *at;
  if (old && old->begin <= begin && end <= old->begin + old->front.count) return old;
  if (old) {
    begin = old->begin < begin ? old->begin : begin;
    end = old->begin + old->front.count > end ? old->begin + old->front.count : end;
  }
  const size_t count = end - begin;
  record *r = qy_arena_alloc(x->arena, 1, sizeof *r);
  int64_t *all = qy_arena_alloc(x->arena, 6 * count, sizeof *all);
  if (!r || !all) return NULL;
  *r = (record){.next = old ? old->next : NULL, .grid = x->grid, .waiting = waiting, .begin = begin, .known = all};
  r->front = (slope_front){count, all + count, all + 2 * count, all + 3 * count, all + 4 * count, all + 5 * count};
  for (size_t g = 0; g < count; g++) {
    (all + count)[g] = x->grid->capacity[begin + g] - waiting;
    r->front.traffic[g] = NONE;
  }
  if (old) {
    copy_record(r, old);
    r->given_up = old->given_up;
  }
  return *at = r;
}

/* The nest's best at a capacity, or where it belongs in the list. */
static nest_best **known_nest(nest_best **list, int64_t capacity)
{
  nest_best **at = list;
  while (*at && (*at)->capacity >= capacity && (*at)->peak > capacity)
    at = &(*at)->next;
  return at;
}

static bool is_known(nest_best *const *at, int64_t capacity)
{
  return *at && (*at)->capacity >= capacity;
}

/* Find the nest's best at some capacities, falling, at which it is not known. */
static qy_status find_nests(solver *x, nest_best **list, const qy_nest *nest, const int64_t *capacity, size_t count)
{
  const qy_traffic_query query = {0, x->options->units, x->options->orders, x->options->rule};
  qy_arena_reset(x->scratch);
  qy_tiling_choice *best = qy_arena_alloc(x->scratch, count, sizeof *best);
  if (!best) return qy_no_memory(x->err);
  qy_status status = traffic_best_many(best, nest, &query, capacity, count, x->scratch, x->err);
  for (size_t i = 0; i < count && !status; i++) {
    nest_best **at = known_nest(list, capacity[i]), *b;
    if (is_known(at, capacity[i])) continue; /* the same as with more room */
    if (!(b = qy_arena_alloc(x->arena, 1, sizeof *b))) return qy_no_memory(x->err);
    *b = (nest_best){*at, capacity[i], best[i].traffic.peak, best[i].units, best[i].traffic.macs};
    *at = b;
  }
  return status;
}

/* Capacities from place g down at which the nest is not known and may matter: with more traffic than `least`.  Of a
 * doubling: a search looks at what its least room needs; channelwise one at a time, which often does for many. */
static size_t take_unknown(const solver *x, const record *r, nest_best **list, qy_nest_kind kind, size_t g,
                           int64_t least)
{
  const int64_t last = kind == QY_NEST_CHANNELWISE ? r->front.capacity[g] : r->front.capacity[g] / 2;
  size_t count = 0;
  for (g++; g-- > 0 && r->front.capacity[g] >= last;) {
    const int64_t c = r->front.capacity[g];
    if (x->limit[r->begin + g] > least && !is_known(known_nest(list, c), c)) x->capacity[count++] = c;
  }
  return count;
}

/* The nests of the stage at capacities where less than limit matters. */
static qy_status add_nests(solver *x, record *r, shape *s, const stage_query *q)
{
  qy_nest nest[STAGE_NESTS_MAX];
  const int count = stage_nests(nest, x->graph, q->first, q->last, q->place, x->options->fusion == QY_FUSION_BLOCK);
  const slope_front *f = &r->front;
  for (int i = 0; i < count; i++) {
    int64_t least = 0; /* of the capacities that are left */
    for (size_t g = f->count; g-- > 0;) {
      const int64_t c = f->capacity[g];
      if (x->limit[r->begin + g] <= least) continue;
      nest_best **at = known_nest(&s->nest[i], c);
      if (!is_known(at, c)) {
        const size_t n = take_unknown(x, r, &s->nest[i], nest[i].kind, g, least);
        qy_status status = find_nests(x, &s->nest[i], &nest[i], x->capacity, n);
        if (status) return status;
        at = known_nest(&s->nest[i], c);
        assert(is_known(at, c));
      }
      least = (*at)->traffic;
      if (least == NONE) break;
      slope_front_offer(&r->front, (*at)->peak, least, (*at)->macs);
      while (g > 0 && f->capacity[g - 1] >= (*at)->peak)
        g--;
    }
  }
  return QY_OK;
}

/* Rows ways of the stage where less than limit matters and not all are known. */
static qy_status add_rows(solver *x, record *r, const rows_stage *rows)
{
  const size_t count = r->front.count;
  int64_t most = 0;
  bool any = false;
  for (size_t g = count; g-- > 0;) {
    const int64_t wanted = qy_min64(x->limit[r->begin + g], r->front.traffic[g]);
    if (wanted > r->known[g] && wanted > most) most = wanted;
    r->front.below[g] = qy_min64(most, r->front.traffic[g]);
    if (most > r->known[g]) r->known[g] = most;
    any |= r->front.below[g] > rows->least_traffic;
  }
  bool complete = true;
  qy_status status = any ? rows_front_find(&r->front, &complete, rows, x->rows, x->budget, x->err) : QY_OK;
  if (!complete) r->given_up = true;
  return status;
}

/* ---- stages ---- */

typedef struct edge {
  size_t first, after; /* cuts */
  const node *from;
  uint32_t held; /* at the cut after it */
  int64_t least; /* units that it moves at least */
} edge;

static cut_stage stage_of(const edge *e)
{
  return (cut_stage){e->first, e->after, e->from->held, e->held};
}

static stage_query query_of(const solver *x, const edge *e)
{
  const cut_stage s = stage_of(e);
  cuts_places(x->place, &x->cuts, &s);
  return (stage_query){.first = e->first, .last = e->after - 1, .place = x->place};
}

/* Traffic below which the stage matters, at each capacity, into limit; 0: not at all.  False: nowhere, else the places
 * where it matters are in [*begin, *end). */
static bool set_limits(size_t *begin, size_t *end, solver *x, const edge *e, const node *to, int64_t waiting)
{
  const grid *all = x->grid;
  *begin = all->count;
  *end = 0;
  for (size_t g = 0; g < all->count; g++) {
    const int64_t from = e->from->traffic[g];
    x->limit[g] = 0;
    if (from == NONE || all->capacity[g] < waiting) continue;
    const int64_t below = to->traffic[g] == NONE ? NONE : to->traffic[g] - from;
    if (e->least >= below) continue;
    x->limit[g] = below;
    if (*end == 0) *begin = g;
    *end = g + 1;
  }
  return *end > 0;
}

static void reach(const solver *x, const edge *e, node *to, const record *r)
{
  for (size_t k = 0; k < r->front.count; k++) {
    const size_t g = r->begin + k;
    if (x->limit[g] <= r->front.traffic[k]) continue;
    to->traffic[g] = e->from->traffic[g] + r->front.traffic[k];
    to->macs[g] = e->from->macs[g] + r->front.macs[k];
    to->peak[g] = qy_max64(e->from->peak[g], r->front.peak[k] + r->waiting);
  }
}

/* Where the search of the stage was given up, what a schedule through it moves at least. */
static void doubt(const solver *x, const edge *e, const record *r, const rows_stage *rows)
{
  const int64_t stage = qy_max64(e->least, rows->least_traffic);
  const int64_t rest = x->cuts.at[x->graph->op_count].moved - x->cuts.at[e->after].moved +
                       cuts_unread_units(&x->cuts, e->after, e->held);
  for (size_t g = r->begin; g < r->begin + r->front.count; g++)
    if (x->limit[g] > stage) x->proved[g] = qy_min64(x->proved[g], e->from->traffic[g] + stage + rest);
}

static qy_status follow(solver *x, const edge *e)
{
  node *to = node_at(x, e->after, e->held);
  stage_shape found;
  const cut_stage s = stage_of(e);
  const int64_t waiting = cuts_waiting(&x->cuts, &s);
  if (!to) return qy_no_memory(x->err);
  size_t begin, end;
  if (!set_limits(&begin, &end, x, e, to, waiting)) return QY_OK;
  const stage_query q = query_of(x, e);
  qy_status status = stage_shape_of(&found, x->book, &q, x->err);
  if (status || !found.can) return status;
  shape *known = shape_of(x, found.kept);
  record *r = known ? record_of(x, known, waiting, begin, end) : NULL;
  if (!r) return qy_no_memory(x->err);
  status = add_nests(x, r, known, &q);
  if (!status && found.rows) status = add_rows(x, r, found.rows);
  if (!status && r->given_up) doubt(x, e, r, found.rows);
  if (!status) reach(x, e, to, r);
  return status;
}

/* Held maps of the next cut: those that are held now and still live, and any of the new ones. */
static qy_status follow_all(solver *x, size_t first, size_t after, const node *from)
{
  const int64_t most = x->grid->capacity[x->grid->count - 1];
  const cut_ends ends = cuts_ends(&x->cuts, first, after, from->held, most);
  qy_status status = QY_OK;
  for (unsigned choice = 0; choice < 1u << ends.count && !status; choice++) {
    edge e = {.first = first, .after = after, .from = from, .held = cuts_choice(&ends, choice)};
    const cut_stage s = stage_of(&e);
    e.least = cuts_least_units(&x->cuts, &s);
    status = follow(x, &e);
  }
  return status;
}

static size_t longest(qy_fusion fusion, size_t all)
{
  return fusion == QY_FUSION_NONE ? 1 : fusion == QY_FUSION_BLOCK ? NEST_OPS_MAX : all;
}

static qy_status prepare(solver *x)
{
  const qy_graph *g = x->graph;
  x->node = qy_arena_alloc(x->arena, g->op_count + 1, sizeof *x->node);
  x->open = qy_arena_alloc(x->arena, g->op_count + 1, sizeof *x->open);
  x->place = qy_arena_alloc(x->arena, g->map_count, sizeof *x->place);
  x->limit = qy_arena_alloc(x->arena, 3 * x->grid->count, sizeof *x->limit);
  if (!x->node || !x->open || !x->place || !x->limit) return qy_no_memory(x->err);
  x->capacity = x->limit + x->grid->count;
  x->proved = x->capacity + x->grid->count;
  for (size_t i = 0; i < x->grid->count; i++)
    x->proved[i] = NONE;
  for (size_t c = 0; c <= g->op_count; c++)
    for (x->open[c] = c; x->open[c] < g->op_count && !rows_stage_ends(g, c, x->open[c]); x->open[c]++)
      ;
  return cuts_new(&x->cuts, g, x->options, x->arena, x->err);
}

/* All cuts; *end: the node at the end of the network. */
static qy_status solve(node **end, solver *x)
{
  qy_status status = prepare(x);
  if (status) return status;
  node *start = node_at(x, 0, 0);
  if (!start) return qy_no_memory(x->err);
  for (size_t g = 0; g < x->grid->count; g++)
    start->traffic[g] = 0;
  const size_t ops = x->graph->op_count, most = longest(x->options->fusion, ops);
  for (size_t after = 1; after <= ops; after++)
    for (size_t length = 1; length <= most && length <= after; length++) {
      if (length > NEST_OPS_MAX && x->open[after - length] < after) continue;
      for (const node *n = x->node[after - length]; n; n = n->next) {
        const bool stop = x->options->stop && x->options->stop(x->options->stop_ctx);
        status = stop ? qy_fail(x->err, QY_INTERRUPTED, "interrupted") : follow_all(x, after - length, after, n);
        if (status) return status;
      }
    }
  *end = node_at(x, ops, 0);
  return *end ? QY_OK : qy_no_memory(x->err);
}

/* ---- grids ---- */

/* An empty one; records of stages know it by its address, so each has its own. NULL: out of memory. */
static grid *new_grid(size_t room, qy_arena *arena)
{
  grid *g = qy_arena_alloc(arena, 1, sizeof *g);
  return g && (g->capacity = qy_arena_alloc(arena, room, sizeof *g->capacity)) ? g : NULL;
}

/* Capacities up to `most`. */
static grid *make_grid(int64_t most, qy_arena *arena)
{
  const size_t room = (size_t)(STEPS * (qy_log2_floor((uint64_t)most) + 2)) + EVERY;
  grid *g = new_grid(room, arena);
  for (int i = 0; g && (g->count == 0 || g->capacity[g->count - 1] < most); i++) {
    const double c = most <= EVERY ? i + 1 : ldexp(exp2((double)(i % STEPS) / STEPS), i / STEPS);
    const int64_t next = qy_min64((int64_t)floor(c), most);
    if (g->count == 0 || next > g->capacity[g->count - 1]) g->capacity[g->count++] = next;
  }
  return g;
}

/* ---- answers ---- */

typedef struct steps {
  qy_slope_step *step;
  size_t count, room;
  bool doubt; /* less room than that of the first may do */
} steps;

/* Steps of a grid that has been solved; one holds up to the next. */
static qy_status add_steps(steps *s, const solver *x, const node *end)
{
  for (size_t g = 0; g < x->grid->count; g++) {
    qy_slope_step *last = s->count > 0 ? &s->step[s->count - 1] : NULL;
    if (last && end->traffic[g] >= last->traffic) {
      if (end->traffic[g] != NONE) last->optimal &= x->proved[g] >= last->traffic;
      continue;
    }
    if (end->traffic[g] == NONE) continue;
    if (qy_grow((void **)&s->step, &s->room, s->count + 1, sizeof *s->step)) return qy_no_memory(x->err);
    s->step[s->count++] = (qy_slope_step){end->peak[g], end->traffic[g], end->macs[g], x->proved[g] >= end->traffic[g]};
  }
  return QY_OK;
}

/* First place with a schedule, with whether less room is known not to do. */
static size_t first_feasible(steps *s, const solver *x, const node *end)
{
  size_t g = 0;
  for (; g < x->grid->count && end->traffic[g] == NONE; g++)
    if (x->proved[g] < NONE) s->doubt = true;
  return g;
}

/* The least capacity with a schedule, between two of the grid: steps from it on. */
static qy_status add_smallest(steps *s, const solver *x, int64_t infeasible, int64_t feasible)
{
  enum { SIZES = 64 };
  qy_status status = QY_OK;
  while (!status && feasible - infeasible > 1) {
    grid *between = new_grid(SIZES, x->arena);
    solver y = *x;
    node *end;
    if (!between) return qy_no_memory(x->err);
    const int64_t each = qy_ceil_div(feasible - infeasible - 1, SIZES);
    for (int64_t c = infeasible + each; c < feasible; c += each)
      between->capacity[between->count++] = c;
    y.grid = between;
    status = solve(&end, &y);
    if (status) return status;
    const size_t g = first_feasible(s, &y, end);
    if (g > 0) infeasible = between->capacity[g - 1];
    if (g == between->count) continue;
    feasible = end->peak[g];
    s->count = 0;
    status = add_steps(s, &y, end);
  }
  return status;
}

static qy_status find_steps(steps *s, const solver *x, int64_t most)
{
  const grid *all = make_grid(most, x->arena);
  node *end;
  solver y = *x;
  y.grid = all;
  qy_status status = all ? solve(&end, &y) : qy_no_memory(x->err);
  if (status) return status;
  const size_t g = first_feasible(s, &y, end);
  if (g == all->count) return QY_OK;
  status = add_smallest(s, &y, g > 0 ? all->capacity[g - 1] : 0, end->peak[g]);
  if (!status) status = add_steps(s, &y, end);
  if (!status && s->doubt && s->count > 0) s->step[0].optimal = false;
  return status;
}

qy_status qy_schedule_slope(qy_slope_step **step, size_t *count, const qy_graph *graph,
                            const qy_schedule_options *options, int64_t most, qy_arena *arena, qy_error *err)
{
  assert(step && count && graph && options && most > 0);
  rows_budget budget = {ROWS_STEPS_STAGE, SLOPE_STEPS};
  solver x = {.graph = graph,
              .options = options,
              .budget = &budget,
              .arena = qy_arena_new(),
              .scratch = qy_arena_new(),
              .err = err};
  qy_status status = stage_book_new(&x.book, graph, options, x.arena, err);
  if (!status) status = rows_front_room_new(&x.rows, graph, x.arena, err);
  steps s = {0};
  if (!status) status = find_steps(&s, &x, most);
  *count = s.count;
  if (!status && !(*step = qy_arena_alloc(arena, s.count, sizeof **step))) status = qy_no_memory(err);
  if (!status && s.count > 0) memcpy(*step, s.step, s.count * sizeof **step);
  free(s.step);
  rows_front_room_free(x.rows);
  stage_book_free(x.book);
  qy_arena_free(x.scratch);
  qy_arena_free(x.arena);
  return status;
}
