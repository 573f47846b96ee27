/* Points as columns: see columns.h. */
#include "columns.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers between columns: a point is written into all of them, and rows at the same place of pages would drive one
 * another out of the cache.  An odd number of lines of 64 bytes. */
enum { APART = 24 };

/* Which metrics points of the plan may have. */
static void find_metrics(columns *c, const qy_plan *plan)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    bool any = false;
    for (int e = 0; e < plan->entry_count; e++)
      for (int t = 0; t < plan->info.technology_count; t++)
        any = any || qy_metric_applies(m, entry_where(&plan->entries[e], plan->technology[t]));
    if (any) c->metric[c->metrics++] = m;
  }
}

columns *columns_new(const qy_model *model, int64_t room)
{
  columns *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  c->room = room;
  c->stride = room + APART;
  c->value = qy_alloc((size_t)c->stride * QY_POINT_COLUMNS, sizeof *c->value);
  c->text = qy_alloc(2 * (size_t)room, sizeof *c->text);
  if (!c->value || !c->text) {
    columns_free(c);
    return NULL;
  }
  find_metrics(c, model->plan);
  for (int k = 0; k < QY_COLUMN_METRIC; k++)
    c->shown.column[k] = c->value + k * c->stride;
  for (int i = 0; i < c->metrics; i++) {
    const int k = QY_COLUMN_METRIC + c->metric[i];
    c->shown.column[k] = c->value + k * c->stride;
  }
  c->shown.reason = c->text;
  c->shown.resolved = c->text + room;
  return c;
}

void columns_free(columns *c)
{
  if (!c) return;
  free(c->value);
  free(c->text);
  free(c);
}

static double *column_at(const columns *c, int column, int64_t row)
{
  return c->value + column * c->stride + row;
}

/* What is certain of the points of a design, at all precisions, from `row` on. */
static void put_design(columns *c, const tile *t, const qy_model *model, int64_t row, int64_t first, size_t clock)
{
  const qy_plan *plan = model->plan;
  const int64_t design = tile_design_of(t, model, first);
  const double of[] = {[QY_COLUMN_DESIGN] = (double)design,
                       [QY_COLUMN_TECHNOLOGY] = t->technology,
                       [QY_COLUMN_NETWORK] = t->network,
                       [QY_COLUMN_CLOCK] = plan->clock_mhz.value[clock]};
  static const int same[] = {QY_COLUMN_DESIGN, QY_COLUMN_TECHNOLOGY, QY_COLUMN_NETWORK, QY_COLUMN_CLOCK};
  for (size_t k = 0; k < sizeof same / sizeof *same; k++)
    for (size_t p = 0; p < t->precisions; p++)
      column_at(c, same[k], row)[p] = of[same[k]];
  for (size_t p = 0; p < t->precisions; p++) {
    const precision_value *v = &plan->precision.value[p];
    column_at(c, QY_COLUMN_PRECISION, row)[p] = v->label;
    column_at(c, QY_COLUMN_BITS, row)[p] = qy_precision_widest(plan->option[v->option]);
    column_at(c, QY_COLUMN_WEIGHT_BITS, row)[p] = 0;
  }
}

static void put_no_metrics(columns *c, int64_t row)
{
  for (int i = 0; i < c->metrics; i++)
    *column_at(c, QY_COLUMN_METRIC + c->metric[i], row) = NAN;
}

static void put_text(columns *c, int64_t row, const char *reason, const char *resolved)
{
  c->text[row] = reason;
  c->text[c->room + row] = resolved;
}

static void put_failed(columns *c, const tile *t, const qy_model *model, int64_t row, const tile_failed *f)
{
  put_design(c, t, model, row, f->first, f->clock);
  for (size_t p = 0; p < t->precisions; p++) {
    put_text(c, row + (int64_t)p, f->reason, NULL);
    put_no_metrics(c, row + (int64_t)p);
  }
}

/* Metrics of all designs, those that cannot be at a precision included; row: of the first point of each.  Points of a
 * design follow one another, so that what is written is. */
static void put_metrics(columns *c, const tile *t, const int64_t row[QY_LANES])
{
  for (int i = 0; i < c->metrics; i++) {
    const int m = c->metric[i];
    double *column = column_at(c, QY_COLUMN_METRIC + m, 0);
    for (int k = 0; k < t->designs; k++)
      for (size_t p = 0; p < t->precisions; p++)
        column[row[k] + (int64_t)p] = t->values[p].metric[m][k];
  }
}

static void put_reasons(columns *c, const tile *t, const qy_model *model, int lane, int64_t row, const char *resolved)
{
  for (size_t p = 0; p < t->precisions; p++) {
    const tile_values *v = &t->values[p];
    const int64_t at = row + (int64_t)p;
    const bool can = !v->reason[lane] || v->excluded;
    put_text(c, at, v->reason[lane], can ? resolved : NULL);
    if (!can) put_no_metrics(c, at);
    if (can)
      *column_at(c, QY_COLUMN_WEIGHT_BITS, at) =
          held_weights(&t->design[lane]->held, model, model->plan->precision.value[p].option);
  }
}

static qy_status put_tile(columns *c, const tile *t, worker *w, const qy_model *model, qy_error *err)
{
  int64_t row[QY_LANES] = {0};
  qy_status status = QY_OK;
  for (int k = 0; k < t->fails; k++)
    put_failed(c, t, model, t->failed[k].first - c->shown.first, &t->failed[k]);
  for (int k = 0; k < t->designs; k++)
    row[k] = t->design[k]->first - c->shown.first;
  if (t->designs) put_metrics(c, t, row);
  for (int k = 0; k < t->designs && !status; k++) {
    const tile_design *d = t->design[k];
    const char *resolved = NULL;
    status = resolved_of(&resolved, w, model, t->entry, &d->held, d->index, err);
    put_design(c, t, model, row[k], d->first, d->clock);
    put_reasons(c, t, model, k, row[k], resolved);
  }
  return status;
}

static void put_point(columns *c, const qy_point *p)
{
  const int64_t row = p->index - c->shown.first;
  const bool can = !p->reason || p->excluded;
  assert(!p->assignment && !p->interval && !p->detail);
  *column_at(c, QY_COLUMN_DESIGN, row) = (double)p->design;
  *column_at(c, QY_COLUMN_TECHNOLOGY, row) = p->technology;
  *column_at(c, QY_COLUMN_NETWORK, row) = p->network;
  *column_at(c, QY_COLUMN_PRECISION, row) = p->precision;
  *column_at(c, QY_COLUMN_BITS, row) = p->precision_bits;
  *column_at(c, QY_COLUMN_WEIGHT_BITS, row) = p->weight_bits;
  *column_at(c, QY_COLUMN_CLOCK, row) = p->clock_mhz;
  put_text(c, row, p->reason, p->resolved);
  for (int i = 0; i < c->metrics; i++)
    *column_at(c, QY_COLUMN_METRIC + c->metric[i], row) = can ? p->metric[c->metric[i]] : NAN;
}

qy_status columns_take(columns *c, tile *t, worker *w, const qy_model *model, int64_t first, int64_t count,
                       qy_error *err)
{
  qy_status status = QY_OK;
  assert(count <= c->room);
  c->shown.first = first;
  c->shown.count = count;
  for (int64_t i = first; i < first + count && !status; i = t->end) {
    status = tile_take(t, w, model, i, first + count, err);
    if (!status && !t->one_by_one) status = put_tile(c, t, w, model, err);
    for (int64_t k = i; k < t->end && t->one_by_one && !status; k++) {
      qy_point point;
      status = worker_point(&point, w, model, k, err);
      if (!status) put_point(c, &point);
    }
  }
  return status;
}
