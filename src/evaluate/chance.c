/* Fronts in every draw: see model_int.h.
 *
 * A point that some other point beats in all draws is on no front.  A new point is held against the last one that beat
 * a point of its group, then against the leaders that beat it by most, or where there are none against a few that came
 * before.  Most points of a large space end there; the rest wait, and go together into the fronts of all draws
 * (draws_front.h).  Dropping is safe whatever the order: what drops a point is on the fronts itself, or was beaten by
 * something that is.
 */
#include "draws_front.h"
#include "kept_int.h"

#include "quarry/pareto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING = 256 };

/* Points on their way to the fronts, which are gone through once for all of them. */
typedef struct pending {
  size_t count;
  struct waiting {
    size_t group;
    int64_t point;
    double certain[OBJECTIVES_MAX];
  } at[PENDING];
  double *value;  /* [blocks][PENDING][varying][DRAWS_BLOCK] */
  uint8_t *lanes; /* [blocks][PENDING] bits of the draws in which they may be on the front */
} pending;

typedef struct shared_front {  /* points that share a front */
  draws_front *draws;          /* NULL: there is one draw */
  qy_archive *alone;           /* of that one */
  const reference_point *last; /* that beat a point */
} shared_front;

struct chance {
  draws_shape shape;
  size_t front_count;
  int objectives;
  int certain[OBJECTIVES_MAX], varying[OBJECTIVES_MAX]; /* which of the objectives they are */
  shared_front **front;                                 /* NULL: no point yet */
  pending pending;
  double *flat[OBJECTIVES_MAX]; /* [draws] of an objective that is certain in some points; NULL: in none so far */
  uint8_t *left;                /* [blocks] the same of the point at hand */
  const leaders *known;         /* NULL: nobody knows any */
  leaders *recent;              /* used where nobody does */
  leaders *collected;           /* NULL: points are counted */
};

/* ---- groups ---- */

chance *chance_new(const qy_plan *plan, size_t draws, const leaders *known)
{
  chance *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  draws_shape *s = &c->shape;
  *s = (draws_shape){.draws = draws, .blocks = (draws - 1) / DRAWS_BLOCK + 1, .loops = draws_loops_here()};
  c->known = known;
  c->objectives = plan->info.objective_count;
  c->front_count = plan->front_groups;
  for (int o = 0; o < c->objectives; o++) {
    const bool varies = qy_metric_uncertain((int)plan->info.objective[o]);
    if (varies)
      c->varying[s->varying++] = o;
    else
      c->certain[s->certain++] = o;
  }
  c->front = qy_alloc(c->front_count, sizeof(shared_front *));
  c->left = qy_alloc(s->blocks, 1);
  const bool failed = draws > 1 && !known && !(c->recent = leaders_recent_new(plan, draws));
  if (c->front && c->left && !failed) return c;
  chance_free(c);
  return NULL;
}

void chance_collect(chance *c, leaders *into)
{
  c->collected = into;
}

static void front_free(shared_front *w, const draws_shape *shape)
{
  if (!w) return;
  draws_front_free(w->draws, shape);
  qy_archive_free(w->alone);
  free(w);
}

void chance_free(chance *c)
{
  if (!c) return;
  for (size_t g = 0; c->front && g < c->front_count; g++)
    front_free(c->front[g], &c->shape);
  for (int o = 0; o < OBJECTIVES_MAX; o++)
    free(c->flat[o]);
  free(c->pending.value);
  free(c->pending.lanes);
  free(c->left);
  leaders_free(c->recent);
  free(c->front);
  free(c);
}

static shared_front *front_of(chance *c, size_t g)
{
  if (c->front[g]) return c->front[g];
  shared_front *w = qy_alloc(1, sizeof *w);
  if (!w) return NULL;
  if (c->shape.draws > 1)
    w->draws = draws_front_new(&c->shape);
  else
    w->alone = qy_archive_new(c->objectives);
  if (w->draws || w->alone) return c->front[g] = w;
  free(w);
  return NULL;
}

/* ---- in every draw ---- */

/* A point: its objectives in the order given and, those that vary, in all draws. */
typedef struct candidate {
  const double *nominal;
  const double *draw[OBJECTIVES_MAX]; /* by varying objective */
} candidate;

static qy_status candidate_make(candidate *p, chance *c, const double *nominal, const double *const *draw,
                                qy_error *err)
{
  *p = (candidate){.nominal = nominal};
  for (int v = 0; v < c->shape.varying; v++) {
    const int o = c->varying[v];
    p->draw[v] = draw[o];
    if (draw[o]) continue;
    if (!c->flat[o] && !(c->flat[o] = qy_alloc_lines(c->shape.draws, sizeof(double)))) return qy_no_memory(err);
    for (size_t k = 0; k < c->shape.draws; k++)
      c->flat[o][k] = nominal[o];
    p->draw[v] = c->flat[o];
  }
  return QY_OK;
}

/* In no certain objective; *better: in some it is better. */
static bool is_not_worse(bool *better, const chance *c, const reference_point *other, const candidate *p)
{
  for (int i = 0; i < c->shape.certain; i++) {
    const int o = c->certain[i];
    if (other->nominal[o] > p->nominal[o]) return false;
    *better |= other->nominal[o] < p->nominal[o];
  }
  return true;
}

/* Does the other beat the point in every draw: nowhere worse, and better in one and the same objective? */
static bool beats(const chance *c, const reference_point *other, const candidate *p)
{
  bool better = false;
  if (!is_not_worse(&better, c, other, p)) return false;
  for (int v = 0; v < c->shape.varying; v++)
    if (other->nominal[c->varying[v]] > p->nominal[c->varying[v]]) return false;
  for (int v = 0; v < c->shape.varying; v++) {
    const double *own = other->draw + (size_t)c->varying[v] * c->shape.draws;
    if (!better && c->shape.loops->below(own, p->draw[v], c->shape.draws, true))
      better = true;
    else if (!c->shape.loops->below(own, p->draw[v], c->shape.draws, false))
      return false;
  }
  return better;
}

/* Leave the draws in which the other does not beat the point; true: there is none. */
static bool mark(chance *c, const reference_point *other, const candidate *p)
{
  const double *own[OBJECTIVES_MAX];
  bool ahead = false;
  if (!is_not_worse(&ahead, c, other, p)) return false;
  for (int v = 0; v < c->shape.varying; v++)
    own[v] = other->draw + (size_t)c->varying[v] * c->shape.draws;
  return c->shape.loops->mark(c->left, own, p->draw, (size_t)c->shape.varying, ahead, c->shape.draws);
}

/* Is the point beaten in all draws, by one that beats its like in all or by several together? */
static bool is_beaten(chance *c, shared_front *w, size_t front_group, const candidate *p)
{
  const reference_point *strong[CHALLENGERS];
  if (w->last && beats(c, w->last, p)) return true;
  const size_t rivals = leaders_against(strong, c->known ? c->known : c->recent, front_group, p->nominal);
  for (size_t s = 0; s < rivals; s++)
    if (beats(c, strong[s], p)) {
      w->last = strong[s];
      return true;
    }
  for (size_t b = 0; b < c->shape.blocks; b++)
    c->left[b] = (uint8_t)draws_front_lanes(&c->shape, b);
  bool all = false;
  for (size_t s = 0; s < rivals && !all; s++)
    all = mark(c, strong[s], p);
  return all;
}

/* ---- to the fronts ---- */

static int by_group(const void *p, const void *q)
{
  const struct waiting *const *a = p, *const *b = q;
  if ((*a)->group != (*b)->group) return (*a)->group < (*b)->group ? -1 : 1;
  return (*a > *b) - (*a < *b); /* as they came */
}

static double *value_of(const chance *c, size_t block, size_t at)
{
  return c->pending.value + (block * PENDING + at) * (size_t)c->shape.varying * DRAWS_BLOCK;
}

/* Points at[0..count) of one group. */
static qy_status flush_group(chance *c, struct waiting *const *at, size_t count, qy_error *err)
{
  draws_front *f = c->front[at[0]->group]->draws;
  qy_status status = QY_OK;
  for (size_t b = 0; b < c->shape.blocks; b++) {
    for (size_t i = 0; i < count && !status; i++) {
      const size_t k = (size_t)(at[i] - c->pending.at);
      const front_point p = {at[i]->point, at[i]->certain, value_of(c, b, k), c->pending.lanes[b * PENDING + k]};
      if (p.alive) status = draws_front_put(f, &c->shape, b, &p, err);
    }
  }
  return status;
}

/* All points that wait. */
static qy_status flush(chance *c, qy_error *err)
{
  pending *p = &c->pending;
  struct waiting *at[PENDING];
  qy_status status = QY_OK;
  for (size_t i = 0; i < p->count; i++)
    at[i] = &p->at[i];
  qsort(at, p->count, sizeof *at, by_group);
  for (size_t i = 0, n; i < p->count && !status; i += n) {
    for (n = 1; i + n < p->count && at[i + n]->group == at[i]->group; n++) {
    }
    status = flush_group(c, at + i, n, err);
  }
  p->count = 0;
  return status;
}

static bool make_room(pending *p, const draws_shape *shape)
{
  const size_t all = shape->blocks * PENDING;
  if (!p->value) p->value = qy_alloc_lines(all * (size_t)shape->varying * DRAWS_BLOCK, sizeof *p->value);
  if (!p->lanes) p->lanes = qy_alloc(all, sizeof *p->lanes);
  return p->value && p->lanes;
}

/* Let a point wait, for the draws in c->left. */
static qy_status wait(chance *c, size_t group, int64_t point, const candidate *own, qy_error *err)
{
  pending *p = &c->pending;
  const size_t whole = c->shape.draws / DRAWS_BLOCK, rest = c->shape.draws % DRAWS_BLOCK;
  qy_status status = make_room(p, &c->shape) ? QY_OK : qy_no_memory(err);
  if (!status && p->count == PENDING) status = flush(c, err);
  if (status) return status;
  struct waiting *at = &p->at[p->count];
  *at = (struct waiting){.group = group, .point = point};
  for (int i = 0; i < c->shape.certain; i++)
    at->certain[i] = own->nominal[c->certain[i]];
  for (size_t b = 0; b < c->shape.blocks; b++) {
    p->lanes[b * PENDING + p->count] = c->left[b];
    if (!c->left[b]) continue;
    double *to = value_of(c, b, p->count);
    for (int v = 0; v < c->shape.varying && own->draw[v]; v++, to += DRAWS_BLOCK) {
      const double *from = own->draw[v] + b * DRAWS_BLOCK;
      if (b < whole)
        memcpy(to, from, DRAWS_BLOCK * sizeof *to);
      else
        memcpy(to, from, rest * sizeof *to);
    }
  }
  p->count++;
  return QY_OK;
}

/* There is one draw: that of the objectives, or they are all certain. */
static qy_status put_alone(chance *c, shared_front *w, int64_t point, const double *nominal, const double *const *draw,
                           qy_error *err)
{
  double row[OBJECTIVES_MAX];
  for (int o = 0; o < c->objectives; o++)
    row[o] = draw[o] ? draw[o][0] : nominal[o];
  return qy_archive_put(w->alone, row, point, err);
}

qy_status chance_put(chance *c, size_t front_group, int64_t point, const double *nominal, const double *const *draw,
                     qy_error *err)
{
  candidate own;
  if (c->collected) return leaders_put(c->collected, front_group, nominal, draw, err);
  shared_front *w = front_of(c, front_group);
  if (!w) return qy_no_memory(err);
  if (w->alone) return put_alone(c, w, point, nominal, draw, err);
  qy_status status = candidate_make(&own, c, nominal, draw, err);
  if (status || is_beaten(c, w, front_group, &own)) return status;
  status = wait(c, front_group, point, &own, err);
  return status || !c->recent ? status : leaders_put(c->recent, front_group, nominal, draw, err);
}

static qy_status merge_front(shared_front *into, shared_front *from, const draws_shape *shape, qy_error *err)
{
  return into->alone ? qy_archive_merge(into->alone, from->alone, err)
                     : draws_front_merge(into->draws, from->draws, shape, err);
}

qy_status chance_merge(chance *into, chance *from, qy_error *err)
{
  qy_status status = flush(into, err);
  if (!status) status = flush(from, err);
  for (size_t g = 0; g < from->front_count && !status; g++) {
    if (!from->front[g]) continue;
    if (into->front[g]) {
      status = merge_front(into->front[g], from->front[g], &into->shape, err);
      continue;
    }
    into->front[g] = from->front[g]; /* take it over as it is */
    from->front[g] = NULL;
  }
  return status;
}

qy_status chance_hand_over(chance *into, chance *from, qy_error *err)
{
  qy_status status = flush(into, err);
  if (!status) status = flush(from, err);
  for (size_t g = 0; g < from->front_count && !status; g++) {
    shared_front *own = from->front[g];
    if (!own) continue;
    shared_front *w = front_of(into, g);
    if (!w) return qy_no_memory(err);
    status = merge_front(w, own, &into->shape, err);
    if (!own->alone) continue;
    qy_archive_free(own->alone);
    if (!(own->alone = qy_archive_new(from->objectives))) return qy_no_memory(err);
  }
  return status;
}

/* ---- as bytes ---- */

static void put_doubles(qy_text *out, const double *value, size_t count)
{
  if (count) qy_text_put(out, (const char *)value, count * sizeof *value);
}

static qy_status write_block(qy_text *out, const front_block *b, const draws_shape *shape, qy_error *err)
{
  const size_t certain = (size_t)shape->certain, numbers = (size_t)shape->varying * DRAWS_BLOCK;
  uint32_t *order = draws_front_order(b);
  if (!order) return qy_no_memory(err);
  kept_put(out, (int64_t)b->count);
  for (size_t i = 0; i < b->count; i++) {
    kept_put(out, b->id[order[i]]);
    kept_put(out, b->alive[order[i]]);
    put_doubles(out, b->certain + order[i] * certain, certain);
    put_doubles(out, b->value + order[i] * numbers, numbers);
  }
  free(order);
  return QY_OK;
}

/* Each group that has points, its fronts block by block. */
qy_status chance_write(chance *c, qy_text *out, qy_error *err)
{
  assert(c->shape.draws > 1);
  qy_status status = flush(c, err);
  for (size_t g = 0; g < c->front_count && !status; g++) {
    if (!c->front[g]) continue;
    kept_put(out, (int64_t)g);
    for (size_t b = 0; b < c->shape.blocks && !status; b++)
      status = write_block(out, &c->front[g]->draws->block[b], &c->shape, err);
  }
  return status;
}

static qy_status read_block(draws_front *f, const draws_shape *shape, size_t block, kept_bytes *in, qy_error *err)
{
  const size_t certain = (size_t)shape->certain, numbers = (size_t)shape->varying * DRAWS_BLOCK;
  double at[OBJECTIVES_MAX], value[OBJECTIVES_MAX * DRAWS_BLOCK];
  const int64_t count = kept_get(in);
  qy_status status = QY_OK;
  in->failed |= count < 0;
  for (int64_t i = 0; i < count && !in->failed && !status; i++) {
    front_point p = {.id = kept_get(in), .certain = at, .value = value};
    p.alive = (unsigned)kept_get(in) & draws_front_lanes(shape, block);
    kept_get_many(at, in, certain, sizeof *at);
    kept_get_many(value, in, numbers, sizeof *value);
    if (!in->failed) status = draws_front_put(f, shape, block, &p, err);
  }
  return status;
}

qy_status chance_read(chance *c, kept_bytes *in, qy_error *err)
{
  qy_status status = QY_OK;
  assert(c->shape.draws > 1);
  while (in->left && !in->failed && !status) {
    const int64_t g = kept_get(in);
    in->failed |= g < 0 || (size_t)g >= c->front_count;
    shared_front *w = in->failed ? NULL : front_of(c, (size_t)g);
    if (!in->failed && !w) return qy_no_memory(err);
    for (size_t b = 0; b < c->shape.blocks && !in->failed && !status; b++)
      status = read_block(w->draws, &c->shape, b, in, err);
  }
  return status;
}

/* ---- what came out ---- */

typedef struct seen { /* a point and the fronts that it is on */
  int64_t point;
  size_t fronts; /* 0: a free place */
} seen;

static int rising(const void *p, const void *q)
{
  const seen *a = p, *b = q;
  return (a->point > b->point) - (a->point < b->point);
}

/* Points in a hash table of a power of two places. */
typedef struct seen_points {
  seen *place;
  size_t places, count;
} seen_points;

static seen *place_of(const seen_points *s, int64_t point)
{
  size_t at = (size_t)((uint64_t)point * UINT64_C(0x9e3779b97f4a7c15) >> 32);
  for (at &= s->places - 1; s->place[at].fronts && s->place[at].point != point;)
    at = (at + 1) & (s->places - 1);
  return &s->place[at];
}

static qy_status reserve(seen_points *s, size_t more, qy_error *err)
{
  seen_points larger = {.places = s->places ? s->places : 1024, .count = s->count};
  while (larger.places < 2 * (s->count + more))
    larger.places *= 2;
  if (larger.places == s->places) return QY_OK;
  if (!(larger.place = qy_alloc(larger.places, sizeof *larger.place))) return qy_no_memory(err);
  for (size_t i = 0; i < s->places; i++)
    if (s->place[i].fronts) *place_of(&larger, s->place[i].point) = s->place[i];
  free(s->place);
  *s = larger;
  return QY_OK;
}

static void see(seen_points *s, int64_t point, size_t fronts)
{
  seen *at = place_of(s, point);
  at->point = point;
  s->count += !at->fronts;
  at->fronts += fronts;
}

/* All points on fronts of one group. */
static qy_status count_fronts(seen_points *s, const chance *c, const shared_front *w, qy_error *err)
{
  const int64_t *ids = NULL;
  size_t n = 0;
  qy_status status = w->alone ? qy_archive_front(w->alone, &n, &ids, NULL, err) : QY_OK;
  if (!status) status = reserve(s, n, err);
  for (size_t i = 0; i < n && !status; i++)
    see(s, ids[i], 1);
  for (size_t k = 0; w->draws && k < c->shape.blocks && !status; k++) {
    const front_block *b = &w->draws->block[k];
    status = reserve(s, b->count, err);
    for (size_t i = 0; i < b->count && !status; i++)
      see(s, b->id[b->slot[i]], (size_t)__builtin_popcount(b->alive[b->slot[i]]));
  }
  return status;
}

qy_status chance_result(chance *c, int64_t **point, double **probability, size_t *count, qy_error *err)
{
  seen_points s = {0};
  size_t n = 0;
  *point = NULL;
  *probability = NULL;
  *count = 0;
  qy_status status = flush(c, err);
  if (!status) status = reserve(&s, 0, err);
  for (size_t g = 0; g < c->front_count && !status; g++)
    if (c->front[g]) status = count_fronts(&s, c, c->front[g], err);
  int64_t *id = qy_alloc(s.count, sizeof *id);
  double *share = qy_alloc(s.count, sizeof *share);
  if (!status && (!id || !share)) status = qy_no_memory(err);
  if (status) {
    free(s.place);
    free(id);
    free(share);
    return status;
  }
  for (size_t i = 0; i < s.places; i++)
    if (s.place[i].fronts) s.place[n++] = s.place[i];
  qsort(s.place, n, sizeof *s.place, rising);
  for (size_t i = 0; i < n; i++) {
    id[i] = s.place[i].point;
    for (size_t k = 0; k < s.place[i].fronts; k++)
      share[i] += 1 / (double)c->shape.draws;
  }
  free(s.place);
  *point = id;
  *probability = share;
  *count = n;
  return QY_OK;
}
