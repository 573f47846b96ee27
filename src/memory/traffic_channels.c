/* The best tilings of CHANNELWISE and BLOCK nests.
 *
 * CHANNELWISE.  With the channels outermost each channel costs the same whatever the number of tiles it shares, so one
 * channel a tile loses nothing and needs the least room (with the whole in one tile no less: its room for a channel is
 * at least half of that of two).  What remains is the tiles of a map.
 *   refetched: entries fall with the size of either direction; of the cuts that no other beats, the largest that fits.
 *   kept: the strips' own cost depends on the outer direction alone; what is saved at the steps between strips is at
 *   most the longest window of the inner direction times what the outer neighbours share.  From the largest size that
 *   may fit downwards the search ends where this bound, over the sizes left, is worse than the best.
 *
 * BLOCK.  Every pair of sizes that fits with one channel a group, from large to small; a pair is skipped when the best
 * that it could do (least weights, input as it is, its own MACs, its least room) is beaten.  Of the sizes of groups:
 * the whole; one (raster: weights come once a tile whatever the size); scan: the weights that stay at the turns are
 * ceil(turns / 2) last groups and floor(turns / 2) first ones, at most turns times the size, so from the largest size
 * that fits downwards until this bound is below the best.
 */
#include "traffic_int.h"

/* ---- channelwise ---- */

static bool fits(const traffic_search *s, const traffic_cut *h, const traffic_cut *w, const qy_tiling *t)
{
  return traffic_peak_cut(s->shape, h, w, t, s->query->units, s->query->rule) <= s->query->capacity;
}

static void offer_cut(traffic_search *s, const traffic_cut *h, const traffic_cut *w, bool columns_inner, int64_t n)
{
  const qy_tiling t = {
      .scan = s->scan, .keep = s->scan, .columns_inner = columns_inner, .h = h->size, .w = w->size, .n = n, .k = 1};
  traffic_offer(s, h, w, &t);
}

static void search_refetched(traffic_search *s, const traffic_cut *h, size_t rows, const traffic_cut *w, size_t columns)
{
  const qy_tiling one = {.n = 1};
  for (size_t j = columns; j-- > 0;) {
    int64_t sum = INT64_MAX;
    for (size_t i = rows; i-- > 0;) {
      if (!fits(s, &h[i], &w[j], &one)) continue;
      if (h[i].in.sum > sum) continue;
      sum = h[i].in.sum;
      offer_cut(s, &h[i], &w[j], false, 1);
    }
  }
}

/* An inner cut with one outer one, in terms of rows and columns. */
static void offer_kept(traffic_search *s, const traffic_cut *inner, const traffic_cut *outer, bool columns_inner)
{
  offer_cut(s, columns_inner ? outer : inner, columns_inner ? inner : outer, columns_inner, 1);
}

static bool fits_kept(const traffic_search *s, const traffic_cut *inner, const traffic_cut *outer, bool columns_inner)
{
  const qy_tiling one = {.n = 1};
  return columns_inner ? fits(s, outer, inner, &one) : fits(s, inner, outer, &one);
}

/* Units of all but the input. */
static int64_t other_units(const traffic_search *s)
{
  return s->floor_units - s->floor.input * s->query->units.activation;
}

static void search_strips(traffic_search *s, const traffic_cut *inner, size_t count, const traffic_cut *outer,
                          bool columns_inner)
{
  const int64_t between = outer->shared[0] + outer->shared[1];
  offer_kept(s, &inner[count - 1], outer, columns_inner);
  offer_kept(s, &inner[0], outer, columns_inner);
  if (between == 0) return;         /* all sizes cost the same */
  size_t low = 0, high = count - 1; /* cuts below low may fit; the whole has been offered */
  while (low < high) {
    const size_t middle = (low + high) / 2;
    traffic_cut least = inner[middle];
    least.most = least.least_above;
    if (fits_kept(s, &least, outer, columns_inner))
      low = middle + 1;
    else
      high = middle;
  }
  const int64_t strip = inner->in.sum - inner->shared[0] - inner->shared[1];
  const int64_t unit = s->shape->n * s->query->units.activation;
  while (low-- > 0) {
    const int64_t least = unit * (strip * outer->in.sum - inner[low].most_below * between) + other_units(s);
    if (s->count > 0 && least > s->choice[0].units) return;
    offer_kept(s, &inner[low], outer, columns_inner);
  }
}

void traffic_search_channelwise(traffic_search *s)
{
  size_t rows, columns;
  const traffic_cut *h = traffic_cuts(&rows, &s->shape->h, !s->scan, s->arena);
  const traffic_cut *w = traffic_cuts(&columns, &s->shape->w, !s->scan, s->arena);
  s->failed |= !h || !w;
  if (s->failed) return;
  if (s->shape->nest->input_held) { /* sizes change nothing but the room */
    for (int i = 0; i < 4; i++)
      offer_cut(s, &h[i & 1 ? rows - 1 : 0], &w[i & 2 ? columns - 1 : 0], false, 1);
    return;
  }
  if (!s->scan) {
    search_refetched(s, h, rows, w, columns);
    return;
  }
  for (size_t j = columns; j-- > 0;)
    search_strips(s, h, rows, &w[j], false);
  for (size_t i = rows; i-- > 0;)
    search_strips(s, w, columns, &h[i], true);
}

/* ---- block ---- */

typedef struct pair {
  const traffic_cut *h, *w;
  bool columns_inner;
  int64_t tiles;
  int64_t units; /* of input and all that does not depend on the groups, with all weights once */
  int64_t macs;
} pair;

static int64_t room_of(const traffic_search *s, const pair *p, int64_t n)
{
  const qy_tiling t = {.n = n};
  return traffic_peak_cut(s->shape, p->h, p->w, &t, s->query->units, s->query->rule);
}

/* Scan, more than one spatial tile, groups of n < whole: see the head of the file. */
static void search_groups(traffic_search *s, const pair *p, int64_t room_of_one)
{
  const traffic_shape *shape = s->shape;
  int64_t largest = shape->n - 1;
  if (largest > 1) {
    const int64_t each = room_of(s, p, 2) - room_of_one;
    largest = qy_min64(largest, each == 0 ? largest : 1 + (s->query->capacity - room_of_one) / each);
  }
  const int64_t turns = p->tiles - 1, unit = shape->weights * s->query->units.weight;
  const int64_t again = p->units + turns * (shape->n - largest) * unit;
  if (traffic_beaten(s, again, p->macs, room_of_one)) return;
  int64_t most = -1;
  for (int64_t n = largest; n >= 1 && turns * n >= most; n--) {
    const int64_t last = shape->n - (qy_ceil_div(shape->n, n) - 1) * n;
    const int64_t stays = (turns + 1) / 2 * last + turns / 2 * n;
    if (stays < most) continue;
    most = stays;
    offer_cut(s, p->h, p->w, p->columns_inner, n);
  }
}

/* Nothing moves less. */
static bool at_floor(const traffic_search *s)
{
  return s->count > 0 && s->choice[0].units == s->floor_units;
}

static void search_pair(traffic_search *s, const traffic_cut *h, const traffic_cut *w, bool columns_inner)
{
  const traffic_shape *shape = s->shape;
  const qy_tiling whole = {.scan = s->scan, .keep = s->scan, .columns_inner = columns_inner, .n = shape->n};
  pair p = {.h = h, .w = w, .columns_inner = columns_inner, .tiles = h->count * w->count};
  const int64_t one = room_of(s, &p, 1), all = room_of(s, &p, shape->n);
  size_t roomy = traffic_roomy(s, qy_min64(one, all));
  if (roomy == 0 || (s->units_only && at_floor(&s->all[roomy - 1]))) return;
  qy_traffic t;
  traffic_count_cut(&t, shape, h, w, &whole);
  p.units = qy_traffic_units(&t, s->query->units);
  p.macs = t.macs;
  if (traffic_beaten(&s->all[roomy - 1], p.units, p.macs, qy_min64(one, all))) return;
  offer_cut(s, h, w, columns_inner, shape->n);
  if (one > s->query->capacity || shape->n == 1) return;
  if (!s->scan || p.tiles == 1 || shape->weights == 0)
    offer_cut(s, h, w, columns_inner, 1);
  else
    for (roomy = traffic_roomy(s, one); roomy-- > 0;)
      search_groups(&s->all[roomy], &p, one);
}

/* How many rows' cuts, from the smallest on, may fit beside a cut of the columns: room only grows with what is left
 * here (one channel a group, one of each tile, no pool, sums no wider than results). */
static size_t may_fit(const traffic_search *s, const traffic_cut *h, size_t rows, const traffic_cut *w)
{
  const qy_tiling one = {.n = 1};
  qy_units u = s->query->units;
  traffic_cut column = *w;
  traffic_shape shape = *s->shape;
  qy_nest unpooled = *shape.nest;
  size_t low = 0, high = rows;
  unpooled.pooled = unpooled.pooled_held = false; /* sums of a pool may be narrower where there are more tiles */
  shape.nest = &unpooled;
  u.sum = qy_min64(u.sum, u.activation);
  column.count = 1;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    traffic_cut least = h[middle];
    least.count = 1;
    least.most = least.least_above;
    least.middle_most = 0;
    if (traffic_peak_cut(&shape, &least, &column, &one, u, QY_CAPACITY_STRICT) <= s->query->capacity)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

void traffic_search_block(traffic_search *s)
{
  size_t rows, columns;
  const traffic_cut *h = traffic_cuts(&rows, &s->shape->h, !s->scan, s->arena);
  const traffic_cut *w = traffic_cuts(&columns, &s->shape->w, !s->scan, s->arena);
  s->failed |= !h || !w;
  for (size_t j = columns; !s->failed && j-- > 0;)
    for (size_t i = may_fit(s, h, rows, &w[j]); i-- > 0;) {
      search_pair(s, &h[i], &w[j], false);
      if (s->scan && h[i].count > 1 && w[j].count > 1) search_pair(s, &h[i], &w[j], true);
    }
}
