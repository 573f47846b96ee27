/* The best tilings of a nest: the front, the least capacity, and the choice of the search by kind.
 *
 * Scan never moves more than raster, nor kept windows more than refetched ones, in equal room; so QY_ORDERS_BEST is
 * answered by scan with kept windows.
 *
 * Least capacity.  With the sizes of the other loops given, room grows with a size as long as there is more than one
 * tile along it; one tile alone may need less than two (no partial sums, no second copy).  So the least room is at a
 * tiling whose sizes are each one or the whole.
 */
#include "traffic_int.h"

#include <assert.h>
#include <string.h>

bool traffic_beaten(const traffic_search *s, int64_t units, int64_t macs, int64_t peak)
{
  if (s->units_only) /* one choice at most */
    return s->count > 0 && (s->choice->units < units || (s->choice->units == units && s->choice->traffic.peak <= peak));
  for (size_t i = s->count; i-- > 0;) {
    const qy_tiling_choice *c = &s->choice[i];
    if (c->units > units) continue;
    if (c->traffic.macs > macs) return false; /* those before have more MACs */
    return c->units < units || c->traffic.macs < macs || c->traffic.peak <= peak;
  }
  return false;
}

/* Take the choice in, those that it beats out. */
static void take(traffic_search *s, const qy_tiling_choice *c)
{
  size_t at = 0, end;
  if (s->units_only) s->count = 0;
  while (at < s->count && s->choice[at].units < c->units)
    at++;
  end = at;
  while (end < s->count && s->choice[end].traffic.macs >= c->traffic.macs)
    end++;
  if (end == at && s->count == s->capacity) {
    const size_t more = s->capacity ? 2 * s->capacity : 8;
    qy_tiling_choice *wider = qy_arena_alloc(s->arena, more, sizeof *wider);
    s->failed |= !wider;
    if (!wider) return;
    if (s->count > 0) memcpy(wider, s->choice, s->count * sizeof *wider);
    s->choice = wider;
    s->capacity = more;
  }
  memmove(&s->choice[at + 1], &s->choice[end], (s->count - end) * sizeof *s->choice);
  s->choice[at] = *c;
  s->count += 1 + at - end;
}

size_t traffic_roomy(const traffic_search *s, int64_t room)
{
  size_t low = 0, high = s->all_count;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (s->all[middle].query->capacity >= room)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void traffic_offer(traffic_search *s, const traffic_cut *h, const traffic_cut *w, const qy_tiling *tiling)
{
  const qy_traffic_query *q = s->query;
  const int64_t peak = traffic_peak_cut(s->shape, h, w, tiling, q->units, q->rule);
  size_t roomy = traffic_roomy(s, peak);
  if (roomy == 0 || s->failed) return;
  qy_tiling_choice c = {.tiling = *tiling};
  traffic_count_cut(&c.traffic, s->shape, h, w, tiling);
  c.traffic.peak = peak;
  c.units = qy_traffic_units(&c.traffic, q->units);
  /* what is beaten with less room is with more */
  while (roomy-- > 0 && !traffic_beaten(&s->all[roomy], c.units, c.traffic.macs, peak)) {
    take(&s->all[roomy], &c);
    s->failed |= s->all[roomy].failed;
  }
}

static int64_t smallest_capacity(const traffic_shape *s, const qy_traffic_query *q)
{
  int64_t least = INT64_MAX;
  for (int i = 0; i < 4; i++) {
    const traffic_cut h = traffic_cut_axis(&s->h, i & 1 ? s->h.out : 1);
    const traffic_cut w = traffic_cut_axis(&s->w, i & 2 ? s->w.out : 1);
    for (int j = 0; j < 4; j++) {
      qy_tiling t = {.n = j & 1 ? s->n : 1, .k = j & 2 ? s->k : 1};
      least = qy_min64(least, traffic_peak_cut(s, &h, &w, &t, q->units, q->rule));
      t.order = QY_ORDER_NMK; /* pool sums of one n tile */
      least = qy_min64(least, traffic_peak_cut(s, &h, &w, &t, q->units, q->rule));
    }
  }
  return least;
}

/* Searches of one nest at the capacities of the queries, falling, at which something fits. */
static bool search_all(traffic_search *all, size_t count, const qy_nest *nest)
{
  bool failed = false;
  if (count == 0) return true;
  qy_traffic_floor(&all->floor, nest);
  all->floor_units = qy_traffic_units(&all->floor, all->query->units);
  for (size_t i = 0; i < count; i++) {
    all[i].floor = all->floor;
    all[i].floor_units = all->floor_units;
    all[i].all = all;
    all[i].all_count = count;
  }
  if (nest->kind == QY_NEST_DENSE)
    traffic_search_dense(all);
  else if (nest->kind == QY_NEST_BLOCK)
    traffic_search_block(all);
  for (size_t i = 0; i < count; i++) {
    if (nest->kind == QY_NEST_CHANNELWISE) traffic_search_channelwise(&all[i]);
    failed |= all[i].failed;
    assert(failed || all[i].count > 0);
  }
  return !failed;
}

qy_status qy_traffic_best(qy_tiling_front *front, const qy_nest *nest, const qy_traffic_query *query, qy_arena *arena,
                          qy_error *err)
{
  assert(front && nest && query && query->capacity >= 0);
  const traffic_shape shape = traffic_shape_of(nest);
  qy_traffic_query own = *query;
  own.units = traffic_units_of(nest, query->units);
  query = &own;
  traffic_search s = {.shape = &shape, .query = query, .scan = query->orders != QY_ORDERS_RASTER, .arena = arena};
  *front = (qy_tiling_front){.smallest = smallest_capacity(&shape, query)};
  if (front->smallest > query->capacity) return QY_OK;
  if (!search_all(&s, 1, nest)) return qy_no_memory(err);
  front->count = s.count;
  front->choice = s.choice;
  return QY_OK;
}

qy_status traffic_best_many(qy_tiling_choice *best, const qy_nest *nest, const qy_traffic_query *query,
                            const int64_t *capacity, size_t count, qy_arena *arena, qy_error *err)
{
  const traffic_shape shape = traffic_shape_of(nest);
  qy_traffic_query own = *query;
  own.units = traffic_units_of(nest, query->units);
  query = &own;
  const int64_t smallest = smallest_capacity(&shape, query);
  traffic_search *s = qy_arena_alloc(arena, count, sizeof *s);
  qy_traffic_query *q = qy_arena_alloc(arena, count, sizeof *q);
  size_t fit = 0;
  if (!s || !q) return qy_no_memory(err);
  for (; fit < count && capacity[fit] >= smallest; fit++) {
    q[fit] = *query;
    q[fit].capacity = capacity[fit];
    s[fit] = (traffic_search){.shape = &shape,
                              .query = &q[fit],
                              .scan = query->orders != QY_ORDERS_RASTER,
                              .arena = arena,
                              .units_only = true};
  }
  if (!search_all(s, fit, nest)) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    best[i] = i < fit ? s[i].choice[0] : (qy_tiling_choice){.units = INT64_MAX};
  return QY_OK;
}
