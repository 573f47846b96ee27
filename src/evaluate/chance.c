/* Fronts in every draw: see model_int.h.
 *
 * A point that some other point beats in all draws is on no front.  A new point is held against the leaders of its
 * group that beat it by most, then against a few strong points (pivots) that came before it, the last successful one
 * first.  Most points of a large
 * space end there; the rest go into one archive per draw.  Dropping is safe whatever the order: what drops a point is
 * in the archives itself, or was beaten by something that is.
 */
#include "model_int.h"

#include "quarry/pareto.h"

#include <stdlib.h>
#include <string.h>

enum { PIVOTS = 128, CLOSE_PIVOTS = 40 };

typedef struct shared_front { /* points that share a front */
  qy_archive **archive;       /* [draws] */
  reference_point pivot[PIVOTS];
  int pivot_count;
  const reference_point *last; /* that beat a point */
} shared_front;

struct chance {
  size_t draws, front_count;
  int objectives;
  shared_front **front; /* NULL: no point yet */
  double *row;
  int64_t *beaten; /* [draws] 0: not known to be */
  const leaders *known;
  leaders *collected; /* NULL: points are counted */
};

chance *chance_new(const qy_plan *plan, size_t draws, const leaders *known)
{
  chance *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  c->draws = draws;
  c->known = known;
  c->objectives = plan->info.objective_count;
  c->front_count = plan->front_groups;
  c->front = qy_alloc(c->front_count, sizeof(shared_front *));
  c->row = qy_alloc((size_t)c->objectives, sizeof *c->row);
  c->beaten = qy_alloc(draws, sizeof *c->beaten);
  if (c->front && c->row && c->beaten) return c;
  chance_free(c);
  return NULL;
}

void chance_collect(chance *c, leaders *into)
{
  c->collected = into;
}

static void front_free(shared_front *w, size_t draws)
{
  if (!w) return;
  for (size_t k = 0; w->archive && k < draws; k++)
    qy_archive_free(w->archive[k]);
  for (int p = 0; p < PIVOTS; p++)
    free(w->pivot[p].draw);
  free(w->archive);
  free(w);
}

void chance_free(chance *c)
{
  if (!c) return;
  for (size_t g = 0; c->front && g < c->front_count; g++)
    front_free(c->front[g], c->draws);
  free(c->front);
  free(c->row);
  free(c->beaten);
  free(c);
}

static shared_front *front_of(chance *c, size_t g)
{
  if (c->front[g]) return c->front[g];
  shared_front *w = qy_alloc(1, sizeof *w);
  int failed = !w || !(w->archive = qy_alloc(c->draws, sizeof(qy_archive *)));
  for (size_t k = 0; !failed && k < c->draws; k++)
    failed = !(w->archive[k] = qy_archive_new(c->objectives));
  if (failed) {
    front_free(w, c->draws);
    return NULL;
  }
  return c->front[g] = w;
}

/* Loops over draws go in blocks of fixed length, so that the compiler makes vector code of them. */
enum { BLOCK = 32 };

/* Draws of a block in which a is above b (strict: not below it). */
static inline int64_t above(const double *restrict a, const double *restrict b, int strict)
{
  int64_t bad = 0;
  if (strict)
    for (int i = 0; i < BLOCK; i++)
      bad |= -(int64_t)(a[i] >= b[i]);
  else
    for (int i = 0; i < BLOCK; i++)
      bad |= -(int64_t)(a[i] > b[i]);
  return bad;
}

/* Is a[k] <= b[k] (strict: <) for all k?  No value is NaN. */
static int below(const double *a, const double *b, size_t count, int strict)
{
  size_t k = 0;
  for (; k + BLOCK <= count; k += BLOCK)
    if (above(a + k, b + k, strict)) return 0;
  for (; k < count; k++)
    if (!(strict ? a[k] < b[k] : a[k] <= b[k])) return 0;
  return 1;
}

/* Does the pivot beat the point in every draw: nowhere worse, and better in one and the same objective? */
static int beats(const chance *c, const reference_point *p, const double *nominal, const double *const *draw)
{
  int better = 0;
  for (int o = 0; o < c->objectives; o++) {
    if (p->nominal[o] > nominal[o]) return 0;
    better |= !draw[o] && p->nominal[o] < nominal[o];
  }
  for (int o = 0; o < c->objectives; o++) {
    if (!draw[o]) continue;
    const double *own = p->draw + (size_t)o * c->draws;
    if (!better && below(own, draw[o], c->draws, 1))
      better = 1;
    else if (!below(own, draw[o], c->draws, 0))
      return 0;
  }
  return better;
}

static inline void compare(int64_t *restrict no_worse, int64_t *restrict ahead, const double *restrict own,
                           const double *restrict other, size_t n)
{
  if (n == BLOCK) {
    for (int i = 0; i < BLOCK; i++) {
      no_worse[i] &= -(int64_t)(own[i] <= other[i]);
      ahead[i] |= -(int64_t)(own[i] < other[i]);
    }
    return;
  }
  for (size_t i = 0; i < n; i++) {
    no_worse[i] &= -(int64_t)(own[i] <= other[i]);
    ahead[i] |= -(int64_t)(own[i] < other[i]);
  }
}

/* Mark the draws in which the pivot beats the point: its archives need not see it there. */
static void mark_beaten(chance *c, const reference_point *p, const double *nominal, const double *const *draw)
{
  int better = 0;
  for (int o = 0; o < c->objectives; o++) {
    if (draw[o]) continue;
    if (p->nominal[o] > nominal[o]) return;
    better |= p->nominal[o] < nominal[o];
  }
  for (size_t first = 0; first < c->draws; first += BLOCK) {
    int64_t no_worse[BLOCK], ahead[BLOCK];
    const size_t n = c->draws - first < BLOCK ? c->draws - first : BLOCK;
    for (int i = 0; i < BLOCK; i++) {
      no_worse[i] = -1;
      ahead[i] = -(int64_t)better;
    }
    for (int o = 0; o < c->objectives; o++)
      if (draw[o]) compare(no_worse, ahead, p->draw + (size_t)o * c->draws + first, draw[o] + first, n);
    for (size_t i = 0; i < n; i++)
      c->beaten[first + i] |= no_worse[i] & ahead[i];
  }
}

/* Keep the point as the first pivot; the one used longest ago goes when there are too many. */
static qy_status remember(const chance *c, shared_front *w, const double *nominal, const double *const *draw,
                          qy_error *err)
{
  if (w->pivot_count < PIVOTS) w->pivot_count++;
  reference_point last = w->pivot[w->pivot_count - 1];
  if (!last.draw && !(last.draw = qy_alloc((size_t)c->objectives * c->draws, sizeof(double)))) return qy_no_memory(err);
  memmove(w->pivot + 1, w->pivot, (size_t)(w->pivot_count - 1) * sizeof *w->pivot);
  memcpy(last.nominal, nominal, (size_t)c->objectives * sizeof *nominal);
  for (int o = 0; o < c->objectives; o++)
    if (draw[o]) memcpy(last.draw + (size_t)o * c->draws, draw[o], c->draws * sizeof(double));
  w->pivot[0] = last;
  return QY_OK;
}

qy_status chance_put(chance *c, size_t front_group, int64_t point, const double *nominal, const double *const *draw,
                     qy_error *err)
{
  const reference_point *strong[CHALLENGERS];
  if (c->collected) return leaders_put(c->collected, front_group, nominal, draw, err);
  shared_front *w = front_of(c, front_group);
  if (!w) return qy_no_memory(err);
  if (w->last && beats(c, w->last, nominal, draw)) return QY_OK;
  const size_t rivals = c->known ? leaders_against(strong, c->known, front_group, nominal) : 0;
  for (size_t s = 0; s < rivals; s++)
    if (beats(c, strong[s], nominal, draw)) {
      w->last = strong[s];
      return QY_OK;
    }
  for (int p = 0; p < w->pivot_count; p++) {
    if (!beats(c, &w->pivot[p], nominal, draw)) continue;
    reference_point good = w->pivot[p];
    memmove(w->pivot + 1, w->pivot, (size_t)p * sizeof *w->pivot);
    w->pivot[0] = good;
    return QY_OK;
  }
  memset(c->beaten, 0, c->draws * sizeof *c->beaten);
  for (size_t s = 0; s < rivals; s++)
    mark_beaten(c, strong[s], nominal, draw);
  for (int p = 0; p < w->pivot_count && p < CLOSE_PIVOTS; p++)
    mark_beaten(c, &w->pivot[p], nominal, draw);
  for (size_t k = 0; k < c->draws; k++) {
    if (c->beaten[k]) continue;
    for (int o = 0; o < c->objectives; o++)
      c->row[o] = draw[o] ? draw[o][k] : nominal[o];
    qy_status status = qy_archive_put(w->archive[k], c->row, point, err);
    if (status) return status;
  }
  return remember(c, w, nominal, draw, err);
}

qy_status chance_merge(chance *into, chance *from, qy_error *err)
{
  for (size_t g = 0; g < from->front_count; g++) {
    if (!from->front[g]) continue;
    if (!into->front[g]) { /* take it over as it is */
      into->front[g] = from->front[g];
      from->front[g] = NULL;
      continue;
    }
    shared_front *w = into->front[g];
    for (size_t k = 0; k < into->draws; k++) {
      qy_status status = qy_archive_merge(w->archive[k], from->front[g]->archive[k], err);
      if (status) return status;
    }
  }
  return QY_OK;
}

static int rising(const void *p, const void *q)
{
  const int64_t *a = p, *b = q;
  return (*a > *b) - (*a < *b);
}

qy_status chance_result(chance *c, int64_t **point, double **probability, size_t *count, qy_error *err)
{
  void *all = NULL;
  size_t capacity = 0, total = 0, distinct = 0;
  *point = NULL;
  *probability = NULL;
  *count = 0;
  for (size_t g = 0; g < c->front_count; g++)
    for (size_t k = 0; c->front[g] && k < c->draws; k++) {
      const int64_t *ids = NULL;
      size_t n;
      if (qy_archive_front(c->front[g]->archive[k], &n, &ids, NULL, NULL) ||
          qy_grow(&all, &capacity, total + n + 1, sizeof(int64_t))) {
        free(all);
        return qy_no_memory(err);
      }
      memcpy((int64_t *)all + total, ids, n * sizeof *ids);
      total += n;
    }
  int64_t *id = all;
  double *share = qy_alloc(total, sizeof *share);
  if (!share) {
    free(all);
    return qy_no_memory(err);
  }
  if (total) qsort(id, total, sizeof *id, rising);
  for (size_t i = 0; i < total; i++) {
    if (distinct == 0 || id[distinct - 1] != id[i]) id[distinct++] = id[i];
    share[distinct - 1] += 1 / (double)c->draws;
  }
  *point = id;
  *probability = share;
  *count = distinct;
  return QY_OK;
}
