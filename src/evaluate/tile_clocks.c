/* Tiles of one design at many clocks (tile_int.h): its parameters are looked at once, prices at the clocks are rows,
 * made with the price lists. */
#include "tile_int.h"

#include <string.h>

/* The rows at which the walk stands, all of whose clocks are below `end`, and how many these are; NULL: none. */
static const qy_price_rows *rows_here(int *clocks, const tile *t, const qy_model *model, int64_t end)
{
  const struct tile_walk *at = &t->walk;
  const qy_plan *plan = model->plan;
  const size_t clock = at->index[plan->entries[at->entry].param_count + AXIS_CLOCK];
  const size_t left = plan->clock_mhz.count - clock;
  const ready_element *e = model->entries[at->entry][0].element[at->element];
  *clocks = left < QY_LANES ? (int)left : QY_LANES;
  if (!t->numbers_only || !e->rows || clock % QY_LANES != 0) return NULL;
  if (at->next + *clocks * (int64_t)t->precisions > end) return NULL;
  return e->rows[rows_at(model, (size_t)t->technology, clock)];
}

/* One price list's reason is that of all. */
static qy_status take_missed(tile *t, worker *w, const qy_model *model, const qy_price_rows *rows, int clocks,
                             qy_error *err)
{
  struct tile_walk *at = &t->walk;
  const qy_space_entry *axes = &model->plan->space.entry[t->entry];
  const size_t clock = at->index[model->plan->entries[t->entry].param_count + AXIS_CLOCK];
  const char *reason = tile_missed(at, w, rows->reason);
  qy_status status = QY_OK;
  for (int k = 0; k < clocks && !status; k++) {
    status = tile_fails(t, reason, clock + (size_t)k, err);
    tile_step(at, axes, t->precisions);
  }
  t->end += clocks * (int64_t)t->precisions;
  return status;
}

/* Where the designs are; what they are is t->one. */
static void take_lanes(tile *t, const qy_model *model, int clocks)
{
  struct tile_walk *at = &t->walk;
  const qy_space_entry *axes = &model->plan->space.entry[t->entry];
  const size_t clock = model->plan->entries[t->entry].param_count + AXIS_CLOCK;
  for (int k = 0; k < clocks; k++) {
    tile_design *d = t->design[k];
    d->first = at->next;
    d->clock = at->index[clock];
    memcpy(d->index, at->index, (size_t)axes->axis_count * sizeof *d->index);
    tile_step(at, axes, t->precisions);
  }
  t->end += clocks * (int64_t)t->precisions;
}

/* The design of the parameters at this clock into t->one; *can: it can be. */
static qy_status make_one(bool *can, tile *t, const qy_model *model, qy_error *err)
{
  struct tile_walk *at = &t->walk;
  struct held *h = &t->one;
  const bool again = t->one_made == at->made;
  h->known = at->known;
  t->one_made = 0;
  const qy_status status = again ? held_make_again(h, model, t->entry, 0, at->params, at->index, err)
                                 : held_make(h, model, t->entry, 0, at->element, at->params, at->index, err);
  *can = !status && !h->design.reason;
  if (*can) t->one_made = at->made;
  return status;
}

/* false: not at these clocks, or a metric is no number. */
static bool run_clocks(tile *t, const qy_model *model, const qy_price_rows *rows)
{
  const void *work = model->entries[t->entry][0].work[t->network];
  const qy_design *design = &t->one.design;
  bool good = true;
  tile_modes(t, model->plan);
  for (size_t p = 0; p < t->precisions; p++)
    good = good && t->can[p];
  if (!good) return false;
  t->where = entry_where(&model->plan->entries[t->entry], model->plan->technology[t->technology]);
  qy_design_take_clocks(&t->lanes, design, rows, model->lane_set, t->needs);
  for (size_t p = 0; p < t->precisions && good; p++)
    if (t->run[p] == p)
      good = qy_design_run_clocks(&t->lanes, design, rows, work, t->modes[p], model->lane_set, t->needs) &&
             tile_derive(t, model, p);
  return good;
}

qy_status tile_take_clocks(bool *done, tile *t, worker *w, const qy_model *model, int64_t end, qy_error *err)
{
  int clocks = 0;
  const qy_price_rows *rows = rows_here(&clocks, t, model, end);
  bool can = true;
  qy_status status = QY_OK;
  *done = false;
  if (!rows) return QY_OK;
  t->by_one = true;
  t->designs = t->fails = 0;
  t->end = t->walk.next;
  if (rows->reason) {
    *done = true;
    return take_missed(t, w, model, rows, clocks, err);
  }
  if (t->one_made != t->walk.made) status = make_one(&can, t, model, err);
  t->designs = clocks;
  *done = !status && can && run_clocks(t, model, rows);
  if (!*done && !status && can) { /* with the buffers of these clocks */
    status = make_one(&can, t, model, err);
    *done = !status && can && run_clocks(t, model, rows);
  }
  if (*done) take_lanes(t, model, clocks);
  return status;
}
