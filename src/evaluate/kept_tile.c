/* What is kept of a tile's points (kept_int.h), a vector of designs at a time: those that beat nothing, which are most,
 * are seen by a comparison or two for all of them. */
#include "kept_int.h"
#include "kept_lanes.h"

#include <math.h>
#include <string.h>

static int64_t point_of(const tile *t, int lane, size_t precision)
{
  return t->design[lane]->first + (int64_t)precision;
}

/* ---- what cannot be ---- */

static qy_status take_failed(kept_set *set, const tile *t, qy_error *err)
{
  qy_status status = QY_OK;
  for (int k = 0; k < t->fails && !status; k++)
    status = kept_reason_add(&set->reasons, t->failed[k].reason, t->technology, (int64_t)t->precisions, err);
  for (size_t p = 0; p < t->precisions; p++)
    for (int k = 0; t->values[p].feasible + 1 != 1U << t->designs && k < t->designs && !status; k++)
      if (t->values[p].reason[k])
        status = kept_reason_add(&set->reasons, t->values[p].reason[k], t->technology, 1, err);
  return status;
}

/* ---- best points ---- */

static qy_status take_best(kept_set *set, const kept_plan *p, const tile *t, size_t precision, qy_error *err)
{
  const qy_plan_info *info = &p->plan->info;
  const tile_values *v = &t->values[precision];
  const size_t pair = (size_t)t->technology * (size_t)info->network_count + (size_t)t->network;
  kept_best *b =
      kept_best_at(set, pair * (size_t)info->precision_count + (size_t)p->plan->precision.value[precision].label);
  if (!b) return qy_no_memory(err);
  const unsigned better = v->feasible & p->loops->better(v->metric, p->metric, p->metrics, p->sense, b->value);
  for (int i = 0; i < p->metrics && better; i++)
    for (int k = 0, m = p->metric[i]; k < t->designs; k++) {
      const double value = v->metric[m][k] * p->sense[m];
      if (!(better >> k & 1) || !(value > b->value[m])) continue; /* NaN: it has none */
      b->value[m] = value;
      b->point[m] = point_of(t, k, precision);
    }
  return QY_OK;
}

static qy_status take_bins(kept_set *set, const tile *t, size_t precision, qy_error *err)
{
  const tile_values *v = &t->values[precision];
  qy_status status = QY_OK;
  for (int k = 0; k < t->designs && !status; k++)
    if (v->feasible >> k & 1) status = kept_bins_take(set, t->technology, &v->metric[0][k], QY_LANES, err);
  return status;
}

/* ---- fronts ---- */

/* Groups of a tile's designs, and what a precision adds. */
typedef struct tile_groups {
  size_t of[QY_LANES];
  const uint32_t *add; /* NULL: nothing, designs have one group at all precisions */
  bool one;            /* all designs have the same */
} tile_groups;

static size_t group_of(const key_group *keys, const tile_design *d, size_t fastest)
{
  size_t group = keys->base;
  for (size_t i = 0; i < keys->count; i++)
    if (keys->term[i].axis != fastest) group += keys->term[i].add[d->index[keys->term[i].axis]];
  return group;
}

static void find_groups(tile_groups *out, const grouping *g, const tile *t, size_t fastest)
{
  const key_group *keys = &g->entry[t->entry];
  bool same = t->by_one; /* but for their clocks */
  *out = (tile_groups){.one = true};
  for (size_t i = 0; i < keys->count; i++) {
    if (keys->term[i].axis == fastest) out->add = keys->term[i].add;
    same = same && keys->term[i].axis + 1 != fastest;
  }
  for (int k = 0; k < t->designs; k++) {
    out->of[k] = k && same ? out->of[0] : group_of(keys, t->design[k], fastest);
    out->one = out->one && out->of[k] == out->of[0];
  }
}

/* Values of the designs at a precision, times their signs, and those that count. */
typedef struct tile_rows {
  _Alignas(64) double of[QY_OBJECTIVES_MAX][QY_LANES];
  unsigned known;
} tile_rows;

/* Lanes that keep the limits of the file. */
static unsigned within_limits(const kept_plan *p, const tile *t, size_t precision)
{
  unsigned bits = 0;
  for (int k = 0; k < t->designs; k++)
    bits |= (unsigned)kept_limits(&p->plan->info, &t->values[precision].metric[0][k], QY_LANES) << k;
  return bits;
}

static void find_rows(tile_rows *rows, const kept_plan *p, size_t front, const tile *t, size_t precision)
{
  const qy_kept_front *f = &p->front[front];
  const tile_values *v = &t->values[precision];
  rows->known = v->feasible & p->loops->rows(rows->of, v->metric, f->metric, p->sign[front], f->metric_count);
  if (f->limited) rows->known &= within_limits(p, t, precision);
}

static void row_of(double *row, const tile_rows *rows, int metrics, int lane)
{
  for (int d = 0; d < metrics; d++)
    row[d] = rows->of[d][lane];
}

static qy_status put_lane(kept_set *set, const kept_plan *p, size_t front, size_t group, const tile_rows *rows, int k,
                          int64_t point, qy_error *err)
{
  const qy_kept_front *f = &p->front[front];
  double row[QY_OBJECTIVES_MAX];
  kept_cell *c = kept_cell_of(set, p, front, group);
  if (!c) return qy_no_memory(err);
  const qy_status status = kept_is_tied(c) ? kept_twins_part(set, p, front, err) : QY_OK;
  if (status) return status;
  row_of(row, rows, f->metric_count, k);
  if (!kept_single(f)) return kept_cell_put(c, f, row, point, err);
  kept_cell_single(c, row[0], point);
  return QY_OK;
}

static size_t place_of(const kept_plan *p, const tile *t, int lane)
{
  return t->design[lane]->clock >> p->near_shift;
}

/* What is near a place: value [level * metrics + metric] is near_wide numbers further each. */
static double *near_place(const kept_cell *c, const kept_plan *p, int metrics, size_t place)
{
  return c->near_by + place / p->near_wide * p->near_wide * KEPT_NEAR * (size_t)metrics + place % p->near_wide;
}

/* Are the lanes of a tile at the places that stand beside one another, or at one? */
static bool are_beside(const kept_plan *p, const tile *t)
{
  const size_t first = place_of(p, t, 0), step = p->near_wide > 1;
  bool beside = first % p->near_wide == 0;
  for (int k = 1; k < t->designs; k++)
    beside = beside && place_of(p, t, k) == first + step * (size_t)k;
  return beside;
}

/* Lanes that no point near by beats. */
static unsigned unbeaten_near(const kept_cell *c, const kept_plan *p, const qy_kept_front *f, const tile *t,
                              const tile_rows *rows, unsigned left)
{
  _Alignas(64) double own[KEPT_NEAR * QY_OBJECTIVES_MAX][QY_LANES];
  const double(*row)[QY_LANES] = (const double(*)[QY_LANES])rows->of;
  double *first = near_place(c, p, f->metric_count, place_of(p, t, 0));
  if (are_beside(p, t) && p->near_wide == 1)
    return p->loops->unbeaten(&(lane_guards){first, KEPT_NEAR, f->metric_count, f->distinct}, row, left);
  if (are_beside(p, t)) return p->loops->unbeaten_near(&(lane_near){first, f->metric_count, f->distinct}, row, left);
  for (int k = 0; k < QY_LANES; k++) {
    const double *at = near_place(c, p, f->metric_count, place_of(p, t, k < t->designs ? k : 0));
    for (int i = 0; i < KEPT_NEAR * f->metric_count; i++)
      own[i][k] = at[(size_t)i * p->near_wide];
  }
  return p->loops->unbeaten_near(&(lane_near){own[0], f->metric_count, f->distinct}, row, left);
}

static qy_status make_near(kept_cell *c, const kept_plan *p, const qy_kept_front *f, qy_error *err)
{
  const size_t places = (p->plan->clock_mhz.count >> p->near_shift) + 1;
  const size_t blocks = places / p->near_wide + 1,
               numbers = blocks * p->near_wide * KEPT_NEAR * (size_t)f->metric_count;
  if (!(c->near_by = lanes_alloc(numbers * sizeof *c->near_by))) return qy_no_memory(err);
  for (size_t i = 0; i < numbers; i++)
    c->near_by[i] = INFINITY;
  return QY_OK;
}

/* Is the point of a level no better anywhere?  One that is not there is not. */
static bool is_worse(const double *level, size_t wide, const double *row, int metrics)
{
  bool worse = true;
  for (int d = 0; d < metrics; d++)
    worse &= level[(size_t)d * wide] >= row[d];
  return worse;
}

static double product_of(const double *row, size_t wide, int metrics)
{
  double product = 1;
  for (int d = 0; d < metrics; d++)
    product *= row[(size_t)d * wide];
  return product;
}

/* A point that was kept beats others at its place: it stands for one that it beats, else others are replaced in turn.
 * First there is the one with the least product of its values, which is likely to beat most. */
static void note_near(kept_cell *c, const kept_plan *p, int metrics, const double *row, size_t place)
{
  const size_t wide = p->near_wide, size = (size_t)metrics * wide;
  double *first = near_place(c, p, metrics, place);
  size_t level = 0;
  while (level < KEPT_NEAR && !is_worse(first + level * size, wide, row, metrics))
    level++;
  if (level == KEPT_NEAR) level = 1 + c->near_turn++ % (KEPT_NEAR - 1);
  double *at = first + level * size;
  const bool leads = product_of(row, 1, metrics) < product_of(first, wide, metrics);
  for (int d = 0; d < metrics; d++) {
    at[(size_t)d * wide] = leads ? first[(size_t)d * wide] : row[d];
    if (leads) first[(size_t)d * wide] = row[d];
  }
}

/* Lanes of one group, not of one metric alone, that no guard beats. */
static qy_status add_lanes(kept_cell *c, const kept_plan *p, const qy_kept_front *f, const tile *t, size_t precision,
                           const tile_rows *rows, unsigned left, qy_error *err)
{
  double row[QY_OBJECTIVES_MAX];
  qy_status status = c->near_by ? QY_OK : make_near(c, p, f, err);
  if (!status) left = unbeaten_near(c, p, f, t, rows, left);
  for (int k = 0; left >> k && !status; k++) {
    if (!(left >> k & 1)) continue;
    row_of(row, rows, f->metric_count, k);
    note_near(c, p, f->metric_count, row, place_of(p, t, k));
    status = kept_cell_add(c, f, row, point_of(t, k, precision), err);
  }
  return status;
}

/* The best point alone, of one group: lanes that are not better are seen by one comparison. */
static void take_single(kept_cell *c, const kept_plan *p, size_t front, const tile *t, size_t precision, bool in_order)
{
  const qy_kept_front *f = &p->front[front];
  const tile_values *v = &t->values[precision];
  const double *value = v->metric[f->metric[0]], sign = p->sign[front][0];
  unsigned left = v->feasible & p->loops->below(value, sign, c->best, !in_order);
  if (left && f->limited) left &= within_limits(p, t, precision);
  for (int k = 0; left >> k; k++)
    if (left >> k & 1) kept_cell_single(c, sign * value[k], point_of(t, k, precision));
}

static qy_status take_precision(kept_set *set, const kept_plan *p, size_t front, const tile_groups *groups,
                                const tile *t, size_t precision, qy_error *err)
{
  const qy_kept_front *f = &p->front[front];
  const size_t add = groups->add ? groups->add[precision] : 0;
  const bool alone = kept_single(f);
  tile_rows rows;
  qy_status status = QY_OK;
  kept_cell *c = set->cell[front][groups->of[0] + add];
  if (groups->one && c && alone) {
    /* Of equal points that the first precision has may be one with a larger number than another has. */
    take_single(c, p, front, t, precision, groups->add != NULL);
    return QY_OK;
  }
  find_rows(&rows, p, front, t, precision);
  unsigned left = rows.known;
  if (groups->one && c) {
    const lane_guards guards = {c->guard, c->guards, f->metric_count, f->distinct};
    left = p->loops->unbeaten(&guards, (const double(*)[QY_LANES])rows.of, left);
    return left ? add_lanes(c, p, f, t, precision, &rows, left, err) : QY_OK;
  }
  for (int k = 0; left >> k && !status; k++)
    if (left >> k & 1) status = put_lane(set, p, front, groups->of[k] + add, &rows, k, point_of(t, k, precision), err);
  return status;
}

/* Of points equal in all metrics the first is kept, so they have to come in the order of their numbers. */
static qy_status take_in_order(kept_set *set, const kept_plan *p, size_t front, const tile_groups *groups,
                               const tile *t, qy_error *err)
{
  tile_rows rows[TILE_PRECISIONS];
  qy_status status = QY_OK;
  for (size_t i = 0; i < t->precisions; i++)
    find_rows(&rows[i], p, front, t, i);
  for (int k = 0; k < t->designs; k++)
    for (size_t i = 0; i < t->precisions && !status; i++)
      if (rows[i].known >> k & 1) status = put_lane(set, p, front, groups->of[k], &rows[i], k, point_of(t, k, i), err);
  return status;
}

static void count(int64_t *feasible, const tile_groups *groups, const tile *t)
{
  for (size_t i = 0; i < t->precisions; i++) {
    const size_t add = groups->add ? groups->add[i] : 0;
    for (int k = 0; k < t->designs && !groups->one; k++)
      feasible[groups->of[k] + add] += t->values[i].feasible >> k & 1;
    if (groups->one) feasible[groups->of[0] + add] += __builtin_popcount(t->values[i].feasible);
  }
}

static qy_status take_front(kept_set *set, const kept_plan *p, size_t front, const tile_groups *groups, const tile *t,
                            qy_error *err)
{
  const qy_kept_front *f = &p->front[front];
  qy_status status = QY_OK;
  if (f->is_counted) count(set->feasible[front], groups, t);
  if (f->distinct && !groups->add && !kept_single(f)) return take_in_order(set, p, front, groups, t, err);
  bool skip[TILE_PRECISIONS] = {false};
  if (groups->add && groups->one) status = kept_twins_find(skip, set, p, front, t, groups->of[0], groups->add, err);
  for (size_t i = 0; i < t->precisions && !status; i++)
    if (!skip[i]) status = take_precision(set, p, front, groups, t, i, err);
  return status;
}

/* Do the best points that are kept alone stay as they are, in all groups of the tile?  That is so of most tiles. */
static bool singles_stay(kept_set *set, const kept_plan *p, size_t g, const tile_groups *groups, const tile *t)
{
  lane_limits own[TILE_PRECISIONS];
  size_t fronts = 0;
  if (!groups->one || !groups->add) return false;
  for (size_t i = 0; i < t->precisions; i++)
    own[i].count = 0;
  for (size_t f = 0; f < p->fronts; f++) {
    bool skip[TILE_PRECISIONS];
    if (p->of[f] != g || !kept_single(&p->front[f])) continue;
    if (fronts++ == LANE_LIMITS) return false;
    kept_cell *const *cell = set->cell[f] + groups->of[0];
    if (!kept_twins_settled(skip, cell, t, groups->add)) return false;
    for (size_t i = 0; i < t->precisions; i++) {
      lane_limits *l = &own[i];
      if (skip[i]) continue;
      l->metric[l->count] = p->front[f].metric[0];
      l->sign[l->count] = p->sign[f][0];
      l->limit[l->count++] = cell[groups->add[i]]->best;
    }
  }
  for (size_t i = 0; i < t->precisions; i++)
    if (own[i].count && t->values[i].feasible & p->loops->any_below(&own[i], t->values[i].metric)) return false;
  return fronts > 0;
}

/* The fronts of a grouping. */
static qy_status take_grouping(kept_set *set, const kept_plan *p, size_t g, const tile *t, qy_error *err)
{
  tile_groups groups;
  qy_status status = QY_OK;
  find_groups(&groups, &p->grouping[g], t, p->plan->entries[t->entry].param_count + AXIS_PRECISION);
  const bool stay = singles_stay(set, p, g, &groups, t);
  for (size_t f = 0; f < p->fronts && !status; f++) {
    if (p->of[f] != g) continue;
    if (stay && kept_single(&p->front[f])) {
      if (p->front[f].is_counted) count(set->feasible[f], &groups, t);
    } else {
      status = take_front(set, p, f, &groups, t, err);
    }
  }
  return status;
}

qy_status kept_take_tile(kept_set *set, const kept_plan *p, const tile *t, qy_error *err)
{
  qy_status status = take_failed(set, t, err);
  if (!t->designs) return status;
  for (size_t i = 0; i < t->precisions && !status; i++) {
    if (!t->values[i].feasible) continue;
    status = take_best(set, p, t, i, err);
    if (!status && p->bins) status = take_bins(set, t, i, err);
  }
  for (size_t g = 0; g < p->groupings && !status; g++)
    status = take_grouping(set, p, g, t, err);
  return status;
}
