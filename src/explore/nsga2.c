/* NSGA-II over a discrete space (include/quarry/search.h).
 *
 * A generation has as many children as the population has members; both together are ranked front by front, each group
 * of points by itself, and within a front by the crowding distance.  Groups take turns in giving their best member to
 * the next population, so that each has the same share while it has members.
 * All that is random comes from one sequence on the calling thread.
 */
#include "search_int.h"

#include "quarry/alloc.h"
#include "quarry/random.h"
#include "quarry/sampling.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  TRIES = 64,         /* mutations of a child that was evaluated before, until it is replaced by a random point */
  RANDOM_TRIES = 4096 /* random points, until the space counts as exhausted */
};

typedef struct individual {
  size_t at; /* in the result */
  uint32_t group, rank;
  uint32_t turn; /* place among those of its group, best first */
  double violation, crowding;
} individual;

typedef struct evolution {
  qy_search_state *s;
  uint64_t state;
  individual *all; /* [2 * population]: the population, then its children */
  size_t count;
  /* Scratch for as many. */
  double *value; /* objective after objective */
  uint8_t *on_front;
  size_t *left, *front;
} evolution;

/* ---- ranks ---- */

static int by_group(const void *left, const void *right)
{
  const individual *a = left, *b = right;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  if (a->violation != b->violation) return a->violation < b->violation ? -1 : 1;
  return (a->at > b->at) - (a->at < b->at);
}

static int by_rank(const void *left, const void *right)
{
  const individual *a = left, *b = right;
  if (a->group != b->group) return a->group < b->group ? -1 : 1;
  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  if (a->crowding != b->crowding) return a->crowding > b->crowding ? -1 : 1;
  return (a->at > b->at) - (a->at < b->at);
}

static int by_turn(const void *left, const void *right)
{
  const individual *a = left, *b = right;
  if (a->turn != b->turn) return a->turn < b->turn ? -1 : 1;
  return (a->group > b->group) - (a->group < b->group);
}

static const double *objectives_of(const evolution *e, const individual *one)
{
  return e->s->result->objective + one->at * (size_t)e->s->result->objectives;
}

typedef struct by_objective {
  double value;
  size_t at, member;
} by_objective;

static int by_value(const void *left, const void *right)
{
  const by_objective *a = left, *b = right;
  if (a->value != b->value) return a->value < b->value ? -1 : 1;
  return (a->at > b->at) - (a->at < b->at);
}

/* Crowding distances of one front: m[front[0..count)]. */
static qy_status crowd(evolution *e, individual *m, const size_t *front, size_t count, qy_error *err)
{
  by_objective *sorted = qy_alloc(count, sizeof *sorted);
  if (!sorted) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    m[front[i]].crowding = 0;
  for (int d = 0; d < e->s->result->objectives; d++) {
    for (size_t i = 0; i < count; i++)
      sorted[i] = (by_objective){objectives_of(e, &m[front[i]])[d], m[front[i]].at, front[i]};
    qsort(sorted, count, sizeof *sorted, by_value);
    const double range = sorted[count - 1].value - sorted[0].value;
    m[sorted[0].member].crowding = m[sorted[count - 1].member].crowding = INFINITY;
    for (size_t i = 1; i + 1 < count; i++)
      if (range > 0) m[sorted[i].member].crowding += (sorted[i + 1].value - sorted[i - 1].value) / range;
  }
  free(sorted);
  return QY_OK;
}

/* Ranks of the feasible ones of a group, m[0..count), front by front; those behind the population's number all get the
 * last one.  *rank: the next free one. */
static qy_status rank_feasible(evolution *e, individual *m, size_t count, uint32_t *rank, qy_error *err)
{
  const int objectives = e->s->result->objectives;
  const double *column[QY_OBJECTIVES_MAX];
  size_t left = count;
  for (size_t i = 0; i < count; i++)
    e->left[i] = i;
  for (; left > 0; ++*rank) {
    size_t on_front, kept = 0, front = 0;
    for (int d = 0; d < objectives; d++) {
      for (size_t i = 0; i < left; i++)
        e->value[(size_t)d * left + i] = objectives_of(e, &m[e->left[i]])[d];
      column[d] = e->value + (size_t)d * left;
    }
    const bool last = count - left >= e->s->population;
    qy_status status = QY_OK;
    if (last)
      memset(e->on_front, 1, left);
    else
      status = qy_pareto(e->on_front, &on_front, column, objectives, left, err);
    if (status) return status;
    for (size_t i = 0; i < left; i++)
      if (e->on_front[i])
        m[e->front[front++] = e->left[i]].rank = *rank;
      else
        e->left[kept++] = e->left[i];
    status = crowd(e, m, e->front, front, err);
    if (status) return status;
    left = kept;
  }
  return QY_OK;
}

/* Rank everyone and put the best of all groups in front, turn by turn. */
static qy_status rank_all(evolution *e, qy_error *err)
{
  qsort(e->all, e->count, sizeof *e->all, by_group);
  for (size_t from = 0, to; from < e->count; from = to) {
    individual *m = e->all + from;
    uint32_t rank = 0;
    size_t feasible = 0;
    for (to = from; to < e->count && e->all[to].group == m->group; to++)
      feasible += !(e->all[to].violation > 0);
    qy_status status = rank_feasible(e, m, feasible, &rank, err);
    if (status) return status;
    for (size_t i = feasible; i < to - from; i++) {
      if (i > feasible && m[i].violation > m[i - 1].violation) rank++;
      m[i].rank = rank;
      m[i].crowding = 0;
    }
    qsort(m, to - from, sizeof *m, by_rank);
    for (size_t i = 0; i < to - from; i++)
      m[i].turn = (uint32_t)i;
  }
  qsort(e->all, e->count, sizeof *e->all, by_turn);
  return QY_OK;
}

/* ---- children ---- */

typedef struct genome {
  int entry;
  size_t value[QY_AXES_MAX];
} genome;

static const individual *pick(evolution *e)
{
  assert(e->count > 0);
  const individual *a = &e->all[qy_random_below(&e->state, e->count)],
                   *b = &e->all[qy_random_below(&e->state, e->count)];
  if (a->rank != b->rank) return a->rank < b->rank ? a : b;
  return a->crowding >= b->crowding ? a : b;
}

static void genome_of(genome *g, const evolution *e, const individual *one)
{
  qy_space_decode(e->s->problem->space, e->s->result->point[one->at], &g->entry, g->value);
}

static int find_axis(const qy_space_entry *e, const char *name, int at)
{
  if (at < e->axis_count && strcmp(e->axis[at].name, name) == 0) return at;
  for (int a = 0; a < e->axis_count; a++)
    if (strcmp(e->axis[a].name, name) == 0) return a;
  return -1;
}

/* Take each value from `other` with chance 1/2 where its entry has an axis of the same name and length. */
static void cross(evolution *e, genome *child, const genome *other)
{
  const qy_space_entry *own = &e->s->problem->space->entry[child->entry],
                       *their = &e->s->problem->space->entry[other->entry];
  for (int a = 0; a < own->axis_count; a++) {
    if (own->axis[a].count == 1 || qy_random_word(&e->state) >> 63) continue;
    const int b = own == their ? a : find_axis(their, own->axis[a].name, a);
    if (b >= 0 && their->axis[b].count == own->axis[a].count) child->value[a] = other->value[b];
  }
}

/* To another entry, with the values of the axes it has in common with this one, at random for others. */
static void jump_entry(evolution *e, genome *g)
{
  const qy_space *space = e->s->problem->space;
  genome to = {.entry = (int)qy_random_below(&e->state, (uint64_t)space->entry_count)};
  const qy_space_entry *from = &space->entry[g->entry], *entry = &space->entry[to.entry];
  for (int a = 0; a < entry->axis_count; a++) {
    const int b = find_axis(from, entry->axis[a].name, a);
    to.value[a] = b >= 0 && from->axis[b].count == entry->axis[a].count
                      ? g->value[b]
                      : (size_t)qy_random_below(&e->state, entry->axis[a].count);
  }
  *g = to;
}

/* Half the time a step of one value or, each time half as often, one more; else any value. */
static size_t mutated(evolution *e, size_t value, size_t count)
{
  const uint64_t word = qy_random_word(&e->state);
  if (word & 1) return (size_t)qy_random_below(&e->state, count);
  const size_t step = 1 + (size_t)__builtin_ctzll(word >> 2 | (uint64_t)1 << 40);
  if (word & 2) return value >= step ? value - step : 0;
  return value + step < count ? value + step : count - 1;
}

static size_t varied_axes(const qy_space *space, int entry)
{
  size_t varied = space->entry_count > 1;
  for (int a = 0; a < space->entry[entry].axis_count; a++)
    varied += space->entry[entry].axis[a].count > 1;
  return varied;
}

/* One axis on average; the choice of the entry counts as one. */
static void mutate(evolution *e, genome *g)
{
  const qy_space *space = e->s->problem->space;
  const uint64_t varied = varied_axes(space, g->entry);
  if (varied == 0) return;
  if (space->entry_count > 1 && qy_random_below(&e->state, varied) == 0) jump_entry(e, g);
  for (int a = 0; a < space->entry[g->entry].axis_count; a++) {
    const size_t count = space->entry[g->entry].axis[a].count;
    if (count > 1 && qy_random_below(&e->state, varied) == 0) g->value[a] = mutated(e, g->value[a], count);
  }
}

/* Add to the points known; false: it was one. */
static qy_status add_fresh(evolution *e, int64_t point, bool *fresh, qy_error *err)
{
  size_t number;
  return pointset_add(&e->s->known, point, &number, fresh) ? qy_no_memory(err) : QY_OK;
}

/* A point that was not proposed before; -1: none was found. */
static qy_status breed(evolution *e, int64_t *point, qy_error *err)
{
  const qy_space *space = e->s->problem->space;
  genome child, other;
  bool fresh = false;
  qy_status status = QY_OK;
  genome_of(&child, e, pick(e));
  genome_of(&other, e, pick(e));
  cross(e, &child, &other);
  for (int i = 0; i < TRIES && !fresh && !status; i++) {
    mutate(e, &child);
    *point = qy_space_encode(space, child.entry, child.value);
    status = add_fresh(e, *point, &fresh, err);
  }
  for (int i = 0; i < RANDOM_TRIES && !fresh && !status; i++) {
    *point = (int64_t)qy_random_below(&e->state, (uint64_t)space->count);
    status = add_fresh(e, *point, &fresh, err);
  }
  if (!status && !fresh) *point = -1;
  return status;
}

/* ---- generations ---- */

/* The points evaluated since `from` join the population. */
static void join(evolution *e, size_t from)
{
  const qy_search_result *r = e->s->result;
  for (size_t at = from; at < r->count; at++)
    e->all[e->count++] = (individual){.at = at, .group = r->group[at], .violation = r->violation[at]};
}

static qy_status first_generation(evolution *e, int64_t *point, qy_error *err)
{
  const size_t left = search_left(e->s);
  size_t count = e->s->population < left ? e->s->population : left;
  qy_status status = qy_sampling_find("lhs")->draw(point, &count, e->s->problem->space, e->s->budget->seed, err);
  bool fresh;
  for (size_t i = 0; i < count && !status; i++)
    status = add_fresh(e, point[i], &fresh, err);
  if (!status) status = search_evaluate(e->s, point, count, err);
  join(e, 0);
  return status ? status : rank_all(e, err);
}

static qy_status next_generation(evolution *e, int64_t *point, size_t *count, qy_error *err)
{
  const size_t left = search_left(e->s), wanted = e->s->population < left ? e->s->population : left;
  const size_t before = e->s->result->count;
  qy_status status = QY_OK;
  for (*count = 0; *count < wanted && !status; ++*count) {
    status = breed(e, &point[*count], err);
    if (!status && point[*count] < 0) break;
  }
  if (!status) status = search_evaluate(e->s, point, *count, err);
  if (status) return status;
  join(e, before);
  status = rank_all(e, err);
  e->count = e->count < e->s->population ? e->count : e->s->population;
  return status;
}

qy_status search_nsga2(qy_search_state *s, qy_error *err)
{
  const size_t room = 2 * s->population;
  evolution e = {.s = s, .state = qy_random_mix(s->budget->seed)};
  int64_t *point = qy_alloc(s->population, sizeof *point);
  size_t count = 1;
  e.all = qy_alloc(room, sizeof *e.all);
  e.value = qy_alloc(room * (size_t)s->problem->objectives, sizeof *e.value);
  e.on_front = qy_alloc(room, 1);
  e.left = qy_alloc(room, sizeof *e.left);
  e.front = qy_alloc(room, sizeof *e.front);
  qy_status status = point && e.all && e.value && e.on_front && e.left && e.front ? QY_OK : qy_no_memory(err);
  if (!status) status = first_generation(&e, point, err);
  while (!status && count > 0 && search_left(s) > 0)
    status = next_generation(&e, point, &count, err);
  free(e.front);
  free(e.left);
  free(e.on_front);
  free(e.value);
  free(e.all);
  free(point);
  return status;
}
