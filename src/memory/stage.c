/* Ways to run given ops as one stage: the best nest or rows stage, remembered by shape.
 *
 * Networks repeat their blocks, so what was found for one is found for all of the same shape: the key of the memory is
 * everything that a stage depends on but for the capacity, with maps numbered as they come.  What is the best at a
 * capacity is so for all smaller ones that it fits in; where nothing was found up to a limit, nothing is with less.
 */
#include "stage_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

typedef struct record {
  struct record *next;
  int64_t capacity;
  double limit;
  rows_effort effort;
  stage_result result;
} record;

typedef struct entry {
  int64_t *key;
  size_t key_count;
  bool asked, can;   /* can it be a stage at all? */
  record *nests;     /* without a limit, whatever the effort */
  rows_stage *stage; /* NULL: not one, or not yet asked */
  record *rows;
  void *kept; /* by others */
} entry;

struct stage_book {
  const qy_graph *graph;
  qy_schedule_options options;
  qy_arena *arena, *scratch;
  rows_room *rows; /* fusion free */
  rows_budget budget;
  entry **table; /* hash: [room], room a power of two */
  size_t count, room;
  int64_t *key; /* scratch */
  size_t key_room;
  int *local;   /* [map_count] scratch: number within a stage, -1 */
  size_t *kind; /* [op_count] the first op of the same shape */
};

static bool same_shape(const qy_graph_op *a, const qy_graph_op *b)
{
  const qy_layer *l = a->layer, *m = b->layer;
  const int64_t x[] = {(int64_t)l->type, l->in_h,     l->in_w,      l->in_c,       l->out_c,      l->kernel_h,
                       l->kernel_w,      l->stride_h, l->stride_w,  l->dilation_h, l->dilation_w, l->pad_top,
                       l->pad_bottom,    l->pad_left, l->pad_right, l->groups,     l->computed};
  const int64_t y[] = {(int64_t)m->type, m->in_h,     m->in_w,      m->in_c,       m->out_c,      m->kernel_h,
                       m->kernel_w,      m->stride_h, m->stride_w,  m->dilation_h, m->dilation_w, m->pad_top,
                       m->pad_bottom,    m->pad_left, m->pad_right, m->groups,     m->computed};
  return memcmp(x, y, sizeof x) == 0 && a->input_count == b->input_count && a->addend_count == b->addend_count &&
         (a->gate == QY_NO_INDEX) == (b->gate == QY_NO_INDEX);
}

static void set_kinds(stage_book *b)
{
  for (size_t o = 0; o < b->graph->op_count; o++) {
    size_t k = 0;
    while (!same_shape(&b->graph->op[k], &b->graph->op[o]))
      k++;
    b->kind[o] = k;
  }
}

qy_status stage_book_new(stage_book **out, const qy_graph *graph, const qy_schedule_options *options, qy_arena *arena,
                         qy_error *err)
{
  enum { FIRST_ROOM = 1024 };
  stage_book *b = qy_arena_alloc(arena, 1, sizeof *b);
  if (!b) return qy_no_memory(err);
  *b = (stage_book){.graph = graph, .options = *options, .arena = arena, .room = FIRST_ROOM};
  *out = b; /* to be freed, whatever fails below */
  b->table = qy_arena_alloc(arena, b->room, sizeof *b->table);
  b->local = qy_arena_alloc(arena, graph->map_count, sizeof *b->local);
  b->kind = qy_arena_alloc(arena, graph->op_count, sizeof *b->kind);
  b->scratch = qy_arena_new();
  if (!b->table || !b->local || !b->kind || !b->scratch) return qy_no_memory(err);
  set_kinds(b);
  for (size_t m = 0; m < graph->map_count; m++)
    b->local[m] = -1;
  stage_book_begin(b, ROWS_STEPS_ALL);
  if (options->fusion != QY_FUSION_FREE) return QY_OK;
  qy_status status = rows_room_new(&b->rows, graph, arena, err);
  return status;
}

void stage_book_begin(stage_book *b, int64_t steps)
{
  b->budget = (rows_budget){ROWS_STEPS_STAGE, steps};
}

size_t stage_book_bytes(const stage_book *b)
{
  return qy_arena_bytes(b->scratch);
}

void stage_book_free(stage_book *b)
{
  if (!b) return;
  qy_arena_free(b->scratch);
}

/* ---- keys ---- */

enum { KEY_OF_OP = 1, KEY_OF_MAP = 3 };

/* The number of a map in the stage; a new one says where it lies and whether it is needed afterwards. */
static void key_map(stage_book *b, size_t *n, int *maps, const stage_query *q, size_t map)
{
  const qy_map *m = &b->graph->map[map];
  if (b->local[map] >= 0) {
    b->key[(*n)++] = b->local[map];
    return;
  }
  b->local[map] = (*maps)++;
  const bool after = m->wanted || (m->last_use != QY_NO_INDEX && m->last_use > q->last);
  const bool before = m->maker == QY_NO_INDEX || m->maker < q->first;
  b->key[(*n)++] = b->local[map];
  b->key[(*n)++] = before || after ? (int64_t)q->place[map] : (int64_t)QY_PLACE_INSIDE;
  b->key[(*n)++] = (int64_t)before * 2 + (int64_t)after;
}

static void key_op(stage_book *b, size_t *n, int *maps, const stage_query *q, size_t at)
{
  const qy_graph_op *o = &b->graph->op[at];
  b->key[(*n)++] = (int64_t)b->kind[at];
  for (size_t i = 0; i < o->input_count; i++)
    key_map(b, n, maps, q, o->input[i]);
  for (size_t i = 0; i < o->addend_count; i++)
    key_map(b, n, maps, q, o->addend[i]);
  if (o->gate != QY_NO_INDEX) key_map(b, n, maps, q, o->gate);
  key_map(b, n, maps, q, o->output);
}

static void forget_maps(stage_book *b, const stage_query *q)
{
  for (size_t o = q->first; o <= q->last; o++) {
    const qy_graph_op *op = &b->graph->op[o];
    for (size_t i = 0; i < op->input_count; i++)
      b->local[op->input[i]] = -1;
    for (size_t i = 0; i < op->addend_count; i++)
      b->local[op->addend[i]] = -1;
    if (op->gate != QY_NO_INDEX) b->local[op->gate] = -1;
    b->local[op->output] = -1;
  }
}

/* The key into b->key; its length. */
static qy_status make_key(size_t *count, stage_book *b, const stage_query *q, qy_error *err)
{
  size_t need = 0, n = 0;
  int maps = 0;
  for (size_t o = q->first; o <= q->last; o++)
    need += KEY_OF_OP + KEY_OF_MAP * (b->graph->op[o].input_count + b->graph->op[o].addend_count + 2);
  if (need > b->key_room) {
    b->key_room = 2 * need;
    if (!(b->key = qy_arena_alloc(b->arena, b->key_room, sizeof *b->key))) return qy_no_memory(err);
  }
  for (size_t o = q->first; o <= q->last; o++)
    key_op(b, &n, &maps, q, o);
  forget_maps(b, q);
  *count = n;
  return QY_OK;
}

static size_t hash(const int64_t *key, size_t count)
{
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < count; i++) {
    h ^= (uint64_t)key[i];
    h *= 1099511628211u;
    h ^= h >> 29;
  }
  return (size_t)h;
}

static entry **find_entry(const stage_book *b, const int64_t *key, size_t count)
{
  for (size_t at = hash(key, count) & (b->room - 1);; at = (at + 1) & (b->room - 1)) {
    entry *e = b->table[at];
    if (!e || (e->key_count == count && memcmp(e->key, key, count * sizeof *key) == 0)) return &b->table[at];
  }
}

static qy_status grow(stage_book *b, qy_error *err)
{
  stage_book larger = *b;
  larger.room = 2 * b->room;
  if (!(larger.table = qy_arena_alloc(b->arena, larger.room, sizeof *larger.table))) return qy_no_memory(err);
  for (size_t i = 0; i < b->room; i++)
    if (b->table[i]) *find_entry(&larger, b->table[i]->key, b->table[i]->key_count) = b->table[i];
  *b = larger;
  return QY_OK;
}

static qy_status check_room(const stage_book *b, qy_error *err)
{
  enum { MIB = 1 << 20 };
  if (qy_arena_bytes(b->arena) <= QY_SCHEDULE_BYTES_MAX) return QY_OK;
  return qy_fail_at(err, QY_BAD_INPUT, b->graph->network->file, 0, 0,
                    "expected a network whose schedules are found in %zu MiB of memory, found one of %zu layers that "
                    "takes more (`fusion: block` or `none` takes less)",
                    QY_SCHEDULE_BYTES_MAX / MIB, b->graph->op_count);
}

static qy_status entry_of(entry **out, stage_book *b, const stage_query *q, qy_error *err)
{
  size_t count;
  qy_status status = make_key(&count, b, q, err);
  if (!status && 2 * (b->count + 1) > b->room) status = grow(b, err);
  if (status) return status;
  entry **place = find_entry(b, b->key, count);
  if (!*place) {
    if ((status = check_room(b, err))) return status;
    entry *e = qy_arena_alloc(b->arena, 1, sizeof *e);
    if (!e || !(e->key = qy_arena_alloc(b->arena, count, sizeof *e->key))) return qy_no_memory(err);
    memcpy(e->key, b->key, count * sizeof *e->key);
    e->key_count = count;
    *place = e;
    b->count++;
  }
  *out = *place;
  return QY_OK;
}

/* ---- the best ---- */

static bool better(const stage_result *best, const rows_wish *wish, int64_t traffic, int64_t macs, int64_t peak)
{
  const rows_cost c = rows_cost_of(wish, traffic, macs);
  if (c.first > wish->limit) return false;
  if (!best->found) return true;
  const rows_cost old = rows_cost_of(wish, best->traffic, best->macs);
  if (rows_cost_less(c, old)) return true;
  return !rows_cost_less(old, c) && peak < best->peak;
}

static qy_status try_nests(stage_result *best, const stage_book *b, const stage_query *q, qy_error *err)
{
  qy_nest nest[STAGE_NESTS_MAX];
  const int count = stage_nests(nest, b->graph, q->first, q->last, q->place, b->options.fusion == QY_FUSION_BLOCK);
  qy_status status = QY_OK;
  for (int i = 0; i < count && !status; i++) {
    const qy_traffic_query query = {q->wish.capacity, b->options.units, b->options.orders, b->options.rule};
    qy_tiling_front front = {0};
    qy_arena_reset(b->scratch);
    status = qy_traffic_best(&front, &nest[i], &query, b->scratch, err);
    for (size_t k = 0; k < front.count && !status; k++) {
      const qy_tiling_choice *c = &front.choice[k];
      if (!better(best, &q->wish, c->units, c->traffic.macs, c->traffic.peak)) continue;
      *best = (stage_result){.found = true,
                             .is_nest = true,
                             .nest = nest[i],
                             .tiling = c->tiling,
                             .nest_traffic = c->traffic,
                             .traffic = c->units,
                             .macs = c->traffic.macs,
                             .peak = c->traffic.peak};
    }
  }
  return status;
}

/* Rows over the ops of an entry, if they can be one. */
static qy_status ask(entry *e, stage_book *b, const stage_query *q, qy_error *err)
{
  qy_nest nest[STAGE_NESTS_MAX];
  const qy_fusion fusion = b->options.fusion;
  if (e->asked) return QY_OK;
  e->asked = true;
  e->can = q->first == q->last || (fusion != QY_FUSION_NONE && stage_nests(nest, b->graph, q->first, q->last, q->place,
                                                                           fusion == QY_FUSION_BLOCK) > 0);
  if (fusion != QY_FUSION_FREE) return QY_OK;
  qy_status status = rows_stage_new(&e->stage, b->graph, q->first, q->last, q->place, b->options.units, b->options.rule,
                                    b->arena, NULL);
  if (status == QY_INFEASIBLE) return QY_OK;
  e->can = true;
  return status ? qy_no_memory(err) : QY_OK;
}

static qy_status try_rows(stage_result *best, const entry *e, stage_book *b, const stage_query *q, qy_error *err)
{
  rows_choice choice = {0};
  bool found = false, complete = true;
  qy_status status = e->stage->least_made ? QY_OK : rows_stage_ready(e->stage, b->rows, b->arena, err);
  if (!status) status = rows_find(&choice, &found, &complete, e->stage, &q->wish, b->rows, &b->budget, b->arena, err);
  if (found && better(best, &q->wish, choice.traffic, choice.macs, choice.peak))
    *best = (stage_result){
        .found = true, .rows = choice, .traffic = choice.traffic, .macs = choice.macs, .peak = choice.peak};
  best->open = complete ? INFINITY : rows_cost_of(&q->wish, e->stage->least_traffic, e->stage->least_macs).first;
  return status;
}

static record *new_record(record **list, stage_book *b, const rows_wish *wish)
{
  record *r = qy_arena_alloc(b->arena, 1, sizeof *r);
  if (!r) return NULL;
  *r = (record){*list, wish->capacity, wish->limit, wish->effort, {0}};
  return *list = r;
}

static qy_status best_nest(const stage_result **result, entry *e, stage_book *b, const stage_query *q, qy_error *err)
{
  for (const record *r = e->nests; r; r = r->next)
    if (q->wish.capacity <= r->capacity && (!r->result.found || r->result.peak <= q->wish.capacity)) {
      *result = &r->result;
      return QY_OK;
    }
  stage_query all = *q;
  all.wish.limit = INFINITY;
  record *r = new_record(&e->nests, b, &all.wish);
  if (!r) return qy_no_memory(err);
  *result = &r->result;
  return try_nests(&r->result, b, &all, err);
}

static qy_status best_rows(const stage_result **result, entry *e, stage_book *b, const stage_query *q, qy_error *err)
{
  for (const record *r = e->rows; r; r = r->next) {
    if (r->effort != q->wish.effort || q->wish.capacity > r->capacity) continue;
    if (r->result.found ? r->result.peak <= q->wish.capacity : q->wish.limit <= r->limit) {
      *result = &r->result;
      return QY_OK;
    }
  }
  record *r = new_record(&e->rows, b, &q->wish);
  if (!r) return qy_no_memory(err);
  *result = &r->result;
  return try_rows(&r->result, e, b, q, err);
}

qy_status stage_best(const stage_result **result, double *open, stage_book *b, const stage_query *q, qy_error *err)
{
  entry *e;
  *open = INFINITY;
  const stage_result *rows = NULL;
  qy_status status = entry_of(&e, b, q, err);
  if (!status) status = best_nest(result, e, b, q, err);
  if (!status) status = ask(e, b, q, err);
  if (status || !e->stage) return status;
  stage_query below = *q; /* rows count only where they cost no more */
  if ((*result)->found)
    below.wish.limit = fmin(q->wish.limit, rows_cost_of(&q->wish, (*result)->traffic, (*result)->macs).first);
  status = best_rows(&rows, e, b, &below, err);
  if (!status) *open = rows->open;
  if (!status && rows->found && (!(*result)->found || better(*result, &q->wish, rows->traffic, rows->macs, rows->peak)))
    *result = rows;
  return status;
}

qy_status stage_can(bool *can, stage_book *b, const stage_query *q, qy_error *err)
{
  entry *e;
  qy_status status = entry_of(&e, b, q, err);
  if (!status) status = ask(e, b, q, err);
  *can = !status && e->can;
  return status;
}

qy_status stage_shape_of(stage_shape *shape, stage_book *b, const stage_query *q, qy_error *err)
{
  entry *e;
  qy_status status = entry_of(&e, b, q, err);
  if (!status) status = ask(e, b, q, err);
  if (!status && e->stage && !e->stage->least_made) status = rows_stage_ready(e->stage, b->rows, b->arena, err);
  if (!status) *shape = (stage_shape){e->can, e->stage, &e->kept};
  return status;
}

/* ---- stages of a schedule ---- */

static qy_status write_rows(qy_stage *out, stage_book *b, const stage_query *q, const rows_choice *choice,
                            qy_arena *arena, qy_error *err)
{
  rows_stage *s = NULL;
  const qy_schedule_options *o = &b->options;
  rows_choice c = *choice;
  qy_status status = rows_stage_new(&s, b->graph, q->first, q->last, q->place, o->units, o->rule, b->arena, err);
  if (!status) status = rows_stage_ready(s, b->rows, b->arena, err);
  if (status) return status;
  rows_widen(&c, s, q->wish.capacity, b->rows);
  qy_rows *r = &out->rows;
  *r = (qy_rows){.tile_h = c.tile_h, .tile_w = c.tile_w, .map_count = (size_t)s->map_count};
  r->map = qy_arena_alloc(arena, r->map_count, sizeof *r->map);
  r->op = qy_arena_alloc(arena, (size_t)s->op_count, sizeof *r->op);
  if (!r->map || !r->op) return qy_no_memory(err);
  for (int m = 0; m < s->map_count; m++)
    r->map[m] = (qy_rows_map){s->map[m].map, s->map[m].place, c.keep[m] || s->map[m].once, s->map[m].whole};
  for (int k = 0; k < s->op_count; k++)
    r->op[k] = (qy_rows_op){c.resident[k], c.reread[k]};
  return qy_rows_count(&out->traffic, b->graph, q->first, q->last, r, o->units, o->rule, err);
}

qy_status stage_write(qy_stage *out, stage_book *b, const stage_query *q, const stage_result *r, qy_arena *arena,
                      qy_error *err)
{
  assert(r->found);
  *out = (qy_stage){.first = q->first, .last = q->last, .is_nest = r->is_nest};
  if (!r->is_nest) return write_rows(out, b, q, &r->rows, arena, err);
  /* the remembered nest may be another block's: the same shape, but its layers are its own */
  qy_nest nest[STAGE_NESTS_MAX];
  const int count = stage_nests(nest, b->graph, q->first, q->last, q->place, b->options.fusion == QY_FUSION_BLOCK);
  for (int i = 0; i < count; i++)
    if (nest[i].kind == r->nest.kind && nest[i].read_halo_kept == r->nest.read_halo_kept) out->nest = nest[i];
  out->tiling = r->tiling;
  out->traffic = r->nest_traffic;
  return QY_OK;
}
