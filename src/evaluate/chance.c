/* Fronts in every draw: see model_int.h.
 *
 * A point that some other point beats in all draws is on no front.  A new point is held against the leaders of its
 * group that beat it by most, then against a few strong points (pivots) that came before it, the last successful one
 * first.  Most points of a large
 * space end there; the rest go into one archive per draw.  Dropping is safe whatever the order: what drops a point is
 * in the archives itself, or was beaten by something that is.
 */
#include "draws_lanes.h"
#include "kept_int.h"

#include "quarry/pareto.h"

#include <stdlib.h>
#include <string.h>

enum { PIVOTS = 128, CLOSE_PIVOTS = 16, PENDING = 32 };

/* Points on their way into the archives of the draws, which are gone through once for all of them. */
typedef struct pending {
  int64_t point[PENDING];
  reference_point at[PENDING];
  int64_t *beaten[PENDING]; /* [draws] */
  int count;
} pending;

typedef struct shared_front { /* points that share a front */
  qy_archive **archive;       /* [draws] */
  reference_point room[PIVOTS];
  reference_point *pivot[PIVOTS]; /* [pivot_count] of them, the last successful one first */
  int pivot_count;
  pending pending;
  const reference_point *last; /* that beat a point */
} shared_front;

struct chance {
  size_t draws, front_count;
  int objectives;
  const draws_loops *loops;
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
  c->loops = draws_loops_here();
  c->objectives = plan->info.objective_count;
  c->front_count = plan->front_groups;
  c->front = qy_alloc(c->front_count, sizeof(shared_front *));
  c->row = qy_alloc((size_t)c->objectives, sizeof *c->row);
  c->beaten = qy_alloc_lines(draws, sizeof *c->beaten);
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
    free(w->room[p].draw);
  for (int p = 0; p < PENDING; p++) {
    free(w->pending.at[p].draw);
    free(w->pending.beaten[p]);
  }
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
    if (!better && c->loops->below(own, draw[o], c->draws, true))
      better = 1;
    else if (!c->loops->below(own, draw[o], c->draws, false))
      return 0;
  }
  return better;
}

/* Mark the draws in which the pivot beats the point: its archives need not see it there.  Are all marked? */
static bool mark_beaten(int64_t *beaten, const chance *c, const reference_point *p, const double *nominal,
                        const double *const *draw)
{
  const double *own[OBJECTIVES_MAX], *other[OBJECTIVES_MAX];
  bool better = false;
  int varying = 0;
  for (int o = 0; o < c->objectives; o++) {
    if (draw[o]) {
      own[varying] = p->draw + (size_t)o * c->draws;
      other[varying++] = draw[o];
      continue;
    }
    if (p->nominal[o] > nominal[o]) return false;
    better |= p->nominal[o] < nominal[o];
  }
  return c->loops->mark(beaten, own, other, varying, better, c->draws);
}

static qy_status copy_point(reference_point *to, const chance *c, const double *nominal, const double *const *draw,
                            qy_error *err)
{
  if (!to->draw && !(to->draw = qy_alloc_lines((size_t)c->objectives * c->draws, sizeof(double))))
    return qy_no_memory(err);
  memcpy(to->nominal, nominal, (size_t)c->objectives * sizeof *nominal);
  for (int o = 0; o < c->objectives; o++) {
    double *own = to->draw + (size_t)o * c->draws;
    if (draw[o]) memcpy(own, draw[o], c->draws * sizeof *own);
    for (size_t k = 0; !draw[o] && k < c->draws; k++)
      own[k] = nominal[o];
  }
  return QY_OK;
}

static void to_front(shared_front *w, int p)
{
  reference_point *good = w->pivot[p];
  memmove(w->pivot + 1, w->pivot, (size_t)p * sizeof *w->pivot);
  w->pivot[0] = good;
}

/* Keep the point as the first pivot; the one used longest ago goes when there are too many. */
static qy_status remember(const chance *c, shared_front *w, const double *nominal, const double *const *draw,
                          qy_error *err)
{
  if (w->pivot_count < PIVOTS) {
    w->pivot[w->pivot_count] = &w->room[w->pivot_count];
    w->pivot_count++;
  }
  to_front(w, w->pivot_count - 1);
  return copy_point(w->pivot[0], c, nominal, draw, err);
}

/* May the pivot beat the point in some draws?  One that is worse in all uncertain objectives hardly does. */
static bool may_beat(const chance *c, const reference_point *p, const double *nominal, const double *const *draw)
{
  bool may = false;
  for (int o = 0; o < c->objectives; o++)
    may |= draw[o] && p->nominal[o] <= nominal[o];
  return may;
}

/* ---- into the archives ---- */

/* All points that wait, draw by draw. */
static qy_status flush(chance *c, shared_front *w, qy_error *err)
{
  pending *p = &w->pending;
  qy_status status = QY_OK;
  for (size_t k = 0; k < c->draws && !status; k++)
    for (int i = 0; i < p->count && !status; i++) {
      if (p->beaten[i][k]) continue;
      for (int o = 0; o < c->objectives; o++)
        c->row[o] = p->at[i].draw[(size_t)o * c->draws + k];
      status = qy_archive_put(w->archive[k], c->row, p->point[i], err);
    }
  p->count = 0;
  return status;
}

/* Let a point wait: beaten in the draws c->beaten; those that wait already are held against it too. */
static qy_status wait(chance *c, shared_front *w, int64_t point, const double *nominal, const double *const *draw,
                      qy_error *err)
{
  pending *p = &w->pending;
  const double *of[OBJECTIVES_MAX];
  qy_status status = p->count == PENDING ? flush(c, w, err) : QY_OK;
  if (status) return status;
  reference_point *own = &p->at[p->count];
  int64_t **beaten = &p->beaten[p->count];
  if (!*beaten && !(*beaten = qy_alloc_lines(c->draws, sizeof **beaten))) return qy_no_memory(err);
  if ((status = copy_point(own, c, nominal, draw, err))) return status;
  memcpy(*beaten, c->beaten, c->draws * sizeof **beaten);
  p->point[p->count] = point;
  for (int i = 0; i < p->count; i++) {
    for (int o = 0; o < c->objectives; o++)
      of[o] = draw[o] ? p->at[i].draw + (size_t)o * c->draws : NULL;
    mark_beaten(p->beaten[i], c, own, p->at[i].nominal, of);
  }
  p->count++;
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
    if (!beats(c, w->pivot[p], nominal, draw)) continue;
    to_front(w, p);
    return QY_OK;
  }
  memset(c->beaten, 0, c->draws * sizeof *c->beaten);
  bool all = false;
  for (size_t s = 0; s < rivals && !all; s++)
    all = mark_beaten(c->beaten, c, strong[s], nominal, draw);
  for (int p = 0; p < w->pivot_count && p < CLOSE_PIVOTS && !all; p++)
    if (may_beat(c, w->pivot[p], nominal, draw)) all = mark_beaten(c->beaten, c, w->pivot[p], nominal, draw);
  if (all) return QY_OK; /* each draw's front knows, or knew, something better */
  qy_status status = wait(c, w, point, nominal, draw, err);
  return status ? status : remember(c, w, nominal, draw, err);
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
    qy_status status = flush(into, w, err);
    if (!status) status = flush(from, from->front[g], err);
    for (size_t k = 0; k < into->draws && !status; k++)
      status = qy_archive_merge(w->archive[k], from->front[g]->archive[k], err);
    if (status) return status;
  }
  return QY_OK;
}

qy_status chance_hand_over(chance *into, chance *from, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t g = 0; g < from->front_count && !status; g++) {
    if (!from->front[g]) continue;
    shared_front *w = front_of(into, g);
    if (!w) return qy_no_memory(err);
    status = flush(from, from->front[g], err);
    for (size_t k = 0; k < into->draws && !status; k++) {
      qy_archive **own = &from->front[g]->archive[k], *fresh = qy_archive_new(from->objectives);
      if (!fresh) return qy_no_memory(err);
      status = qy_archive_merge(w->archive[k], *own, err);
      qy_archive_free(*own);
      *own = fresh;
    }
  }
  return status;
}

/* Each group that has points, its archives draw by draw. */
qy_status chance_write(chance *c, qy_text *out, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t g = 0; g < c->front_count; g++) {
    if (!c->front[g]) continue;
    status = flush(c, c->front[g], err);
    kept_put(out, (int64_t)g);
    for (size_t k = 0; k < c->draws && !status; k++) {
      const int64_t *ids = NULL;
      const double *rows = NULL;
      size_t count = 0;
      status = qy_archive_front(c->front[g]->archive[k], &count, &ids, &rows, err);
      kept_put(out, (int64_t)count);
      if (!count) continue;
      qy_text_put(out, (const char *)ids, count * sizeof *ids);
      qy_text_put(out, (const char *)rows, count * (size_t)c->objectives * sizeof *rows);
    }
  }
  return status;
}

static qy_status read_archive(qy_archive *archive, kept_bytes *in, const chance *c, qy_error *err)
{
  const size_t count = (size_t)kept_get(in), each = (1 + (size_t)c->objectives) * sizeof(double);
  qy_status status = QY_OK;
  kept_bytes ids = *in, rows = *in;
  in->failed |= count > in->left / each;
  if (in->failed) return QY_OK;
  rows.at += count * sizeof(int64_t);
  rows.left -= count * sizeof(int64_t);
  for (size_t i = 0; i < count && !status; i++) {
    kept_get_many(c->row, &rows, (size_t)c->objectives, sizeof *c->row);
    status = qy_archive_put(archive, c->row, kept_get(&ids), err);
  }
  *in = rows;
  return status;
}

qy_status chance_read(chance *c, kept_bytes *in, qy_error *err)
{
  qy_status status = QY_OK;
  while (in->left && !in->failed && !status) {
    const int64_t g = kept_get(in);
    in->failed |= g < 0 || (size_t)g >= c->front_count;
    shared_front *w = in->failed ? NULL : front_of(c, (size_t)g);
    if (!in->failed && !w) return qy_no_memory(err);
    for (size_t k = 0; k < c->draws && !in->failed && !status; k++)
      status = read_archive(w->archive[k], in, c, err);
  }
  return status;
}

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

/* All points on fronts of one group. */
static qy_status count_fronts(seen_points *s, chance *c, shared_front *w, qy_error *err)
{
  qy_status status = flush(c, w, err);
  for (size_t k = 0; k < c->draws && !status; k++) {
    const int64_t *ids = NULL;
    size_t n = 0;
    status = qy_archive_front(w->archive[k], &n, &ids, NULL, err);
    if (!status) status = reserve(s, n, err);
    for (size_t i = 0; i < n && !status; i++) {
      seen *at = place_of(s, ids[i]);
      at->point = ids[i];
      s->count += !at->fronts++;
    }
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
  qy_status status = reserve(&s, 0, err);
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
      share[i] += 1 / (double)c->draws;
  }
  free(s.place);
  *point = id;
  *probability = share;
  *count = n;
  return QY_OK;
}
