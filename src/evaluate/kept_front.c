/* Fronts of groups of points while these go by: see kept_int.h.
 *
 * Most points end at a few others that beat them ("guards"), the last successful one first; the rest go into the
 * archive of their group.  A guard was put in an archive itself, so dropping what it beats is exact.
 */
#include "kept_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

kept_cell *kept_cell_of(kept_set *set, const kept_plan *p, size_t front, size_t group)
{
  kept_cell **at = &set->cell[front][group];
  const qy_kept_front *f = &p->front[front];
  const size_t numbers = kept_single(f) ? 0 : KEPT_GUARDS * (size_t)f->metric_count;
  if (*at || !(*at = qy_alloc(1, sizeof **at + numbers * sizeof(double)))) return *at;
  (*at)->first = -1;
  (*at)->best = INFINITY;
  return *at;
}

/* Does a beat b?  distinct: or is it as good. */
static bool beats(const double *a, const double *b, int metrics, bool distinct)
{
  bool worse = false, better = distinct;
  for (int d = 0; d < metrics; d++) {
    worse |= a[d] > b[d];
    better |= a[d] < b[d];
  }
  return better && !worse;
}

/* Does a guard?  It comes to the front then. */
static bool is_beaten(kept_cell *c, const double *row, int metrics, bool distinct)
{
  for (int g = 0; g < c->guards; g++) {
    double *guard = c->guard + (size_t)g * (size_t)metrics;
    if (!beats(guard, row, metrics, distinct)) continue;
    for (int d = 0; d < metrics && g; d++) {
      const double other = c->guard[d];
      c->guard[d] = guard[d];
      guard[d] = other;
    }
    return true;
  }
  return false;
}

qy_status kept_cell_put(kept_cell *c, const qy_kept_front *f, const double *row, int64_t point, qy_error *err)
{
  return is_beaten(c, row, f->metric_count, f->distinct) ? QY_OK : kept_cell_add(c, f, row, point, err);
}

qy_status kept_cell_add(kept_cell *c, const qy_kept_front *f, const double *row, int64_t point, qy_error *err)
{
  if (!c->archive && !(c->archive = qy_archive_new(f->metric_count))) return qy_no_memory(err);
  if (c->guards < KEPT_GUARDS) c->guards++;
  memcpy(c->guard + (size_t)(c->guards - 1) * (size_t)f->metric_count, row, (size_t)f->metric_count * sizeof *row);
  return qy_archive_put(c->archive, row, point, err);
}

bool kept_limits(const qy_plan_info *info, const double *metric, size_t stride)
{
  for (int l = 0; l < info->limit_count; l++) {
    const double x = metric[(size_t)info->limit[l].metric * stride], most = info->limit[l].value;
    if (!(qy_metric_table()[info->limit[l].metric].sense < 0 ? x <= most : x >= most)) return false;
  }
  return true;
}

static qy_status take_front(kept_set *set, const kept_plan *p, size_t front, const qy_point *point, qy_error *err)
{
  const qy_kept_front *f = &p->front[front];
  const size_t group = set->group[p->of[front]];
  double row[QY_OBJECTIVES_MAX];
  bool known = true;
  if (f->is_counted) set->feasible[front][group]++;
  for (int d = 0; d < f->metric_count; d++) {
    row[d] = p->sign[front][d] * point->metric[f->metric[d]];
    known &= !isnan(row[d]);
  }
  if (!known || (f->limited && !kept_limits(&p->plan->info, point->metric, 1))) return QY_OK;
  kept_cell *c = set->cell[front][group];
  if (!c && !(c = kept_cell_of(set, p, front, group))) return qy_no_memory(err);
  const qy_status status = kept_is_tied(c) ? kept_twins_part(set, p, front, err) : QY_OK;
  if (status) return status;
  if (!kept_single(f)) return kept_cell_put(c, f, row, point->index, err);
  kept_cell_single(c, row[0], point->index);
  return QY_OK;
}

/* ---- groups ---- */

/* Numbers of the groups of the point at which the worker stands: the precision varies fastest, so that the other keys
 * are looked up once for all of them. */
static void find_groups(kept_set *set, const kept_plan *p, const worker *w)
{
  const size_t precision = p->plan->entries[w->entry].param_count + AXIS_PRECISION;
  const bool moved = set->moves != w->moves;
  set->moves = w->moves;
  for (size_t g = 0; g < p->groupings; g++) {
    const key_group *keys = &p->grouping[g].entry[w->entry];
    size_t slow = keys->base, fast = 0;
    for (size_t t = 0; t < keys->count; t++) {
      if (keys->term[t].axis == precision)
        fast = keys->term[t].add[w->index[precision]];
      else if (moved)
        slow += keys->term[t].add[w->index[keys->term[t].axis]];
    }
    if (moved) set->slow[g] = slow;
    set->group[g] = set->slow[g] + fast;
  }
}

/* ---- best points ---- */

size_t kept_best_places(const kept_plan *p)
{
  const qy_plan_info *info = &p->plan->info;
  return (size_t)info->technology_count * (size_t)info->network_count * (size_t)info->precision_count;
}

kept_best *kept_best_at(kept_set *set, size_t place)
{
  kept_best **at = &set->best[place];
  if (*at || !(*at = qy_alloc(1, sizeof **at))) return *at;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    /* What has no better and worse is never above infinity. */
    (*at)->value[m] = qy_metric_table()[m].sense ? -INFINITY : INFINITY;
    (*at)->point[m] = -1;
  }
  return *at;
}

static qy_status take_best(kept_set *set, const kept_plan *p, const qy_point *point, qy_error *err)
{
  const qy_plan_info *info = &p->plan->info;
  const size_t pair = (size_t)point->technology * (size_t)info->network_count + (size_t)point->network;
  kept_best *b = kept_best_at(set, pair * (size_t)info->precision_count + (size_t)point->precision);
  if (!b) return qy_no_memory(err);
  for (int i = 0; i < p->metrics; i++) {
    const int m = p->metric[i];
    const double value = point->metric[m] * p->sense[m];
    if (!(value > b->value[m])) continue; /* NaN: it has none */
    b->value[m] = value;
    b->point[m] = point->index;
  }
  return QY_OK;
}

qy_status kept_take(kept_set *set, const kept_plan *p, const worker *w, const qy_point *point, qy_error *err)
{
  if (point->reason) return kept_reason_add(&set->reasons, point->reason, point->technology, 1, err);
  find_groups(set, p, w);
  qy_status status = take_best(set, p, point, err);
  if (!status && p->bins) status = kept_bins_take(set, point->technology, point->metric, 1, err);
  for (size_t f = 0; f < p->fronts && !status; f++)
    status = take_front(set, p, f, point, err);
  return status;
}

/* ---- merging ---- */

/* Of points equal in all metrics keep the first; they follow one another nowhere, so all are sorted by their values. */
typedef struct by_row {
  const double *row;
  int64_t id;
  int metrics;
} by_row;

static int row_then_id(const void *p, const void *q)
{
  const by_row *a = p, *b = q;
  for (int d = 0; d < a->metrics; d++)
    if (a->row[d] != b->row[d]) return a->row[d] < b->row[d] ? -1 : 1;
  return (a->id > b->id) - (a->id < b->id);
}

static bool equal_rows(const by_row *a, const by_row *b)
{
  for (int d = 0; d < a->metrics; d++)
    if (a->row[d] != b->row[d]) return false;
  return true;
}

static qy_status make_distinct(kept_cell *c, int metrics, qy_error *err)
{
  const int64_t *ids;
  const double *rows;
  size_t count;
  qy_status status = qy_archive_front(c->archive, &count, &ids, &rows, err);
  if (status || count < 2) return status;
  by_row *order = qy_alloc(count, sizeof *order);
  qy_archive *fresh = qy_archive_new(metrics);
  if (!order || !fresh) status = qy_no_memory(err);
  for (size_t i = 0; i < count && order; i++)
    order[i] = (by_row){rows + i * (size_t)metrics, ids[i], metrics};
  if (order) qsort(order, count, sizeof *order, row_then_id);
  for (size_t i = 0; i < count && !status; i++)
    if (i == 0 || !equal_rows(&order[i - 1], &order[i])) status = qy_archive_put(fresh, order[i].row, order[i].id, err);
  free(order);
  if (status) {
    qy_archive_free(fresh);
    return status;
  }
  qy_archive_free(c->archive);
  c->archive = fresh;
  return QY_OK;
}

static qy_status merge_cell(kept_cell *into, kept_cell *from, const qy_kept_front *f, qy_error *err)
{
  qy_status status = QY_OK;
  if (from->first >= 0) kept_cell_single(into, from->best, from->first);
  if (!from->archive) return QY_OK;
  if (!into->archive) {
    into->archive = from->archive;
    from->archive = NULL;
  } else {
    status = qy_archive_merge(into->archive, from->archive, err);
  }
  if (!status && f->distinct) status = make_distinct(into, f->metric_count, err);
  if (status) return status;
  qy_archive_free(from->archive);
  from->archive = NULL;
  return QY_OK;
}

/* Before their twins are empty. */
static qy_status merge_twins(kept_set *into, kept_set *from, const kept_plan *p, size_t front, qy_error *err)
{
  const qy_kept_front *f = &p->front[front];
  qy_status status = QY_OK;
  for (size_t g = 0; g < p->grouping[p->of[front]].groups && !status; g++) {
    const kept_cell *own = from->cell[front][g];
    if (!own || !own->twin) continue;
    kept_cell *c = kept_cell_of(into, p, front, g);
    status = c ? kept_twin_add(c, own, f, err) : qy_no_memory(err);
    if (!status && f->distinct && c->archive) status = make_distinct(c, f->metric_count, err);
  }
  return status;
}

static qy_status merge_front(kept_set *into, kept_set *from, const kept_plan *p, size_t front, qy_error *err)
{
  const size_t groups = p->grouping[p->of[front]].groups;
  qy_status status = merge_twins(into, from, p, front, err);
  for (size_t g = 0; g < groups && !status; g++) {
    if (into->feasible[front]) {
      into->feasible[front][g] += from->feasible[front][g];
      from->feasible[front][g] = 0;
    }
    if (!from->cell[front][g] || from->cell[front][g]->twin) continue;
    kept_cell *c = kept_cell_of(into, p, front, g);
    status = c ? merge_cell(c, from->cell[front][g], &p->front[front], err) : qy_no_memory(err);
  }
  return status;
}

static qy_status merge_best(kept_set *into, const kept_set *from, const kept_plan *p, qy_error *err)
{
  for (size_t i = 0; i < kept_best_places(p); i++) {
    if (!from->best[i]) continue;
    kept_best *b = kept_best_at(into, i);
    if (!b) return qy_no_memory(err);
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      const double value = from->best[i]->value[m];
      const int64_t point = from->best[i]->point[m];
      if (point < 0 || value < b->value[m] || (value == b->value[m] && b->point[m] >= 0 && point >= b->point[m]))
        continue;
      b->value[m] = value;
      b->point[m] = point;
    }
  }
  return QY_OK;
}

qy_status kept_merge(kept_set *into, kept_set *from, const kept_plan *p, qy_error *err)
{
  qy_status status = merge_best(into, from, p, err);
  if (!status && p->bins) status = kept_bins_merge(into, from, p, err);
  for (size_t f = 0; f < p->fronts && !status; f++)
    status = merge_front(into, from, p, f, err);
  for (size_t i = 0; i < from->reasons.room && !status; i++) {
    const kept_reason *r = &from->reasons.place[i];
    if (r->text) status = kept_reason_merge(into, r->text, r->technology, r->points, err);
  }
  kept_reasons_clear(&from->reasons);
  return status;
}

qy_status kept_front_of(const kept_cell *c, const qy_kept_front *f, size_t *count, const int64_t **ids,
                        const double **rows, qy_error *err)
{
  *count = 0;
  if (kept_single(f)) {
    *count = c->first >= 0;
    *ids = &c->first;
    if (rows) *rows = &c->best;
    return QY_OK;
  }
  return c->archive ? qy_archive_front(c->archive, count, ids, rows, err) : QY_OK;
}
