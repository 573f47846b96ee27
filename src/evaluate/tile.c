/* Points as lanes of vectors: see tile.h. */
#include "tile_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- making ---- */

bool tile_uniform(const qy_plan *plan)
{
  for (size_t p = 0; p < plan->precision.count; p++)
    if (plan->precision.value[p].kind != PRECISION_UNIFORM) return false;
  for (size_t p = 0; p < plan->precision.count; p++)
    for (int n = 0; n < plan->info.network_count; n++)
      if (option_divides(plan, n, plan->precision.value[p].option)) return false;
  return true;
}

static bool has_lanes(const qy_plan *plan, int entry)
{
  const design_entry *g = &plan->entries[entry];
  const qy_accelerator *type = g->member[0].type;
  return g->member_count == 1 && !g->system && !g->memory && type->lanes && !type->shares;
}

void *lanes_alloc(size_t bytes)
{
  enum { LINE = 64 };
  const size_t whole = (bytes + LINE - 1) / LINE * LINE;
  void *p = aligned_alloc(LINE, whole);
  return p ? memset(p, 0, whole) : NULL;
}

static bool make_designs(tile *t, const qy_plan *plan)
{
  size_t self = 1, params = 1;
  for (int i = 0; i < plan->entry_count; i++) {
    const qy_accelerator *type = plan->entries[i].member[0].type;
    if (!has_lanes(plan, i)) continue;
    self = type->design_bytes > self ? type->design_bytes : self;
    params = type->params_bytes > params ? type->params_bytes : params;
  }
  bool good = (t->walk.params = qy_alloc(1, params)) != NULL;
  for (int k = 0; good && k < QY_LANES; k++)
    good = (t->design[k] = qy_alloc(1, sizeof *t->design[k])) && (t->design[k]->held.self = qy_alloc(1, self));
  good = good && (t->one.self = qy_alloc(1, self));
  return good && (t->values = qy_alloc(t->precisions, sizeof *t->values)) &&
         (t->metrics = lanes_alloc(t->precisions * sizeof *t->metrics));
}

tile *tile_new(const qy_model *model, qy_metric_set wanted)
{
  const qy_plan *plan = model->plan;
  tile *t = lanes_alloc(sizeof *t);
  bool any = false;
  if (!t) return NULL;
  t->walk.entry = -1;
  for (int i = 0; i < plan->entry_count; i++)
    any = any || has_lanes(plan, i);
  if (!any || model->one_by_one || !tile_uniform(plan) || plan->precision.count > TILE_PRECISIONS) return t;
  t->precisions = plan->precision.count;
  t->wanted = wanted;
  for (int l = 0; l < plan->limit_count; l++)
    t->wanted |= QY_METRIC_BIT(plan->limits[l].metric);
  t->needs = wanted == QY_METRICS_ALL ? wanted : qy_metric_needs(t->wanted);
  if (make_designs(t, plan)) return t;
  tile_free(t);
  return NULL;
}

void tile_free(tile *t)
{
  if (!t) return;
  for (int k = 0; k < QY_LANES && t->design[k]; k++) {
    free(t->design[k]->held.self);
    free(t->design[k]);
  }
  free(t->one.self);
  free(t->walk.params);
  free(t->values);
  free(t->drawn);
  free(t->metrics);
  free(t);
}

bool tile_keep_drawn(tile *t)
{
  if (!t->precisions || t->drawn) return true;
  return (t->drawn = lanes_alloc(t->precisions * sizeof *t->drawn)) != NULL;
}

/* ---- designs ---- */

void tile_step(struct tile_walk *at, const qy_space_entry *axes, size_t precisions)
{
  at->next += (int64_t)precisions;
  for (int a = axes->axis_count - 2; a >= 0; a--) {
    at->moved = a;
    if (++at->index[a] < axes->axis[a].count) return;
    at->index[a] = 0;
  }
  at->entry = -1;
}

/* Stand at a point; false: no design begins there, or it has no lanes. */
static bool stand(struct tile_walk *at, const qy_model *model, int64_t first)
{
  const qy_plan *plan = model->plan;
  if (at->entry < 0 || at->next != first) {
    qy_space_decode(&plan->space, first, &at->entry, at->index);
    at->next = first;
    at->moved = -1;
  }
  const design_entry *g = &plan->entries[at->entry];
  const size_t *common = at->index + g->param_count;
  return has_lanes(plan, at->entry) && common[AXIS_PRECISION] == 0 && !plan->technology[common[AXIS_TECHNOLOGY]]->fpga;
}

static void find_params(struct tile_walk *at, const design_entry *g)
{
  at->made += at->moved < (int)g->param_count + AXIS_CLOCK;
  if (at->moved >= (int)g->param_count) return;
  memset(at->params, 0, g->member[0].type->params_bytes);
  member_accelerator(at->params, g, 0, at->index);
  at->element = member_element_of(g, 0, at->index);
}

qy_status tile_fails(tile *t, const char *reason, size_t clock, qy_error *err)
{
  t->failed[t->fails++] = (tile_failed){reason, t->walk.next, clock};
  return reason ? QY_OK : qy_no_memory(err);
}

const char *tile_missed(struct tile_walk *at, worker *w, const char *reason)
{
  if (reason == at->missed) return at->said;
  at->missed = reason;
  return at->said = reason ? texts_keep(&w->reasons, reason) : NULL;
}

/* The design at which the walk stands into the next lane, or among those that cannot be. */
static qy_status take_design(tile *t, worker *w, const qy_model *model, qy_error *err)
{
  struct tile_walk *at = &t->walk;
  const design_entry *g = &model->plan->entries[at->entry];
  const size_t clock = at->index[g->param_count + AXIS_CLOCK];
  tile_design *d = t->design[t->designs];
  const ready_element *e = model->entries[at->entry][0].element[at->element];
  const char *missed = tile_missed(at, w, element_missed(e, model, at->index[g->param_count + AXIS_TECHNOLOGY], clock));
  if (missed || at->missed) return tile_fails(t, missed, clock, err);
  const bool again = d->made == at->made;
  d->held.known = at->known;
  d->made = 0;
  qy_status status = again ? held_make_again(&d->held, model, at->entry, 0, at->params, at->index, err)
                           : held_make(&d->held, model, at->entry, 0, at->element, at->params, at->index, err);
  if (status) return status;
  if (d->held.design.reason) return tile_fails(t, texts_keep(&w->reasons, d->held.design.reason), clock, err);
  d->first = at->next;
  d->clock = clock;
  d->made = at->made;
  memcpy(d->index, at->index, (size_t)model->plan->space.entry[at->entry].axis_count * sizeof *d->index);
  t->designs++;
  return QY_OK;
}

/* A tile where the walk stands. */
static void begin(tile *t, const qy_model *model)
{
  const design_entry *g = &model->plan->entries[t->walk.entry];
  const size_t *common = t->walk.index + g->param_count;
  find_params(&t->walk, g);
  t->entry = t->walk.entry;
  t->technology = (int)common[AXIS_TECHNOLOGY];
  t->network = (int)common[AXIS_NETWORK];
}

/* Tiles begin at every so many clocks, so that what is known of these is beside one another; not where that would leave
 * many of them short. */
static bool ends_tile(const struct tile_walk *at, const qy_model *model)
{
  const qy_plan *plan = model->plan;
  return plan->clock_mhz.count >= CLOCKS_IN_ROWS &&
         at->index[plan->entries[at->entry].param_count + AXIS_CLOCK] % QY_LANES == 0;
}

/* Designs from where the walk stands on, as long as they are of one tile. */
static qy_status take_designs(tile *t, worker *w, const qy_model *model, int64_t end, qy_error *err)
{
  struct tile_walk *at = &t->walk;
  const design_entry *g = &model->plan->entries[at->entry];
  const qy_space_entry *axes = &model->plan->space.entry[at->entry];
  const size_t *common = at->index + g->param_count;
  const int64_t points = (int64_t)t->precisions;
  const size_t element = at->element;
  qy_status status = QY_OK;
  t->designs = t->fails = 0;
  t->by_one = false;
  do {
    status = take_design(t, w, model, err);
    tile_step(at, axes, t->precisions);
    if (at->entry < 0) break;
    find_params(at, g);
  } while (!status && t->designs < QY_LANES && !(t->designs && ends_tile(at, model)) && t->fails < TILE_FAILED &&
           at->next + points <= end && at->element == element && (int)common[AXIS_TECHNOLOGY] == t->technology &&
           (int)common[AXIS_NETWORK] == t->network && !(at->narrow && at->moved < (int)g->param_count));
  t->end = at->next;
  return status;
}

/* ---- runs ---- */

static bool same_modes(const qy_modes *a, const qy_modes *b)
{
  return a->run == b->run && a->weights == b->weights && a->activations == b->activations;
}

void tile_modes(tile *t, const qy_plan *plan)
{
  const struct held *h = t->by_one ? &t->one : &t->design[0]->held;
  const qy_design *d = &h->design;
  if (t->modes_of == h->element) return;
  t->modes_of = h->element;
  for (size_t p = 0; p < t->precisions; p++) {
    t->can[p] = qy_design_modes(&t->modes[p], d, plan->option[plan->precision.value[p].option]);
    t->run[p] = (uint8_t)p;
    for (size_t q = 0; t->can[p] && q < p && t->run[p] == p; q++)
      if (t->can[q] && same_modes(&t->modes[q], &t->modes[p])) t->run[p] = (uint8_t)q;
  }
}

/* Each design says why it has no mode for this. */
static qy_status cannot(tile *t, worker *w, const qy_model *model, size_t p, qy_error *err)
{
  tile_values *v = &t->values[p];
  v->metric = (const double(*)[QY_LANES])t->metrics[p];
  const void *work = model->entries[t->entry][0].work[t->network];
  v->excluded = false;
  v->feasible = 0;
  for (int k = 0; k < t->designs; k++) {
    const qy_precision precision = model->plan->option[model->plan->precision.value[p].option];
    const char *reason = qy_design_run(&t->design[k]->held.design, work, precision);
    assert(reason);
    if (!(v->reason[k] = texts_keep(&w->reasons, reason))) return qy_no_memory(err);
  }
  return QY_OK;
}

/* What somebody states at a precision, whatever runs. */
static const qy_metric_set STATED = QY_METRIC_BIT(QY_WEIGHT_BYTES) | QY_METRIC_BIT(QY_BIT_OPERATIONS) |
                                    QY_METRIC_BIT(QY_NOISE) | QY_METRIC_BIT(QY_SQNR_DB);

static void put_stated(tile *t, const qy_model *model, int option)
{
  const design_entry *g = &model->plan->entries[t->entry];
  const bool quality = entry_has(g, QY_SQNR_DB);
  for (int k = 0; k < QY_LANES && t->needs & STATED; k++) {
    const struct held *h = t->by_one ? &t->one : &t->design[k < t->designs ? k : 0]->held;
    const layer_given *given = held_given(h, model, t->entry, 0, t->network, option);
    t->lanes.in[QY_WEIGHT_BYTES][k] = given ? given->weight_bytes : 0;
    t->lanes.in[QY_BIT_OPERATIONS][k] = given ? given->bit_operations : 0;
    t->lanes.in[QY_NOISE][k] = given ? given->noise : 0;
    t->lanes.in[QY_SQNR_DB][k] = quality ? h->element->sqnr_db[quality_at(option, h->signal)] : 0;
  }
}

static void hold_limits(tile *t, const qy_plan *plan, size_t p)
{
  tile_values *v = &t->values[p];
  v->excluded = true;
  v->feasible = (1U << t->designs) - 1;
  memset(v->reason, 0, sizeof v->reason);
  for (int k = 0; plan->limit_count && k < t->designs; k++)
    for (int i = 0; i < plan->limit_count && !v->reason[k]; i++) {
      const limit *l = &plan->limits[i];
      const double x = v->metric[l->metric][k];
      v->reason[k] = x < l->low ? l->below : x > l->high ? l->above : NULL;
      if (v->reason[k]) v->feasible &= ~(1U << k);
    }
}

static void put_drawn(tile *t, const qy_model *model, size_t p)
{
  const qy_columns *columns = t->design[0]->held.design.columns;
  tile_drawn *d = &t->drawn[p];
  for (int c = columns->part_count; c < columns->count; c++)
    memcpy(d->count[c], t->lanes.bill.count[columns->item[c]], sizeof d->count[c]);
  qy_metric_derive_lanes(d->all, (const double(*)[QY_LANES])t->lanes.in, QY_AT_PLACES | (t->where & QY_ON_FABRICS),
                         model->lane_set);
}

bool tile_derive(tile *t, const qy_model *model, size_t p)
{
  const qy_plan *plan = model->plan;
  bool finite = true;
  for (size_t q = p; q < t->precisions; q++) {
    if (!t->can[q] || t->run[q] != p) continue;
    const bool own = q == p || t->needs & STATED;
    t->values[q].metric = own ? (const double(*)[QY_LANES])t->metrics[q] : t->values[p].metric;
    if (own) {
      put_stated(t, model, plan->precision.value[q].option);
      finite &= qy_metric_derive_lanes_for(t->metrics[q], (const double(*)[QY_LANES])t->lanes.in, t->where,
                                           model->lane_set, t->wanted);
    }
    hold_limits(t, plan, q);
    if (t->drawn) put_drawn(t, model, q);
  }
  return finite;
}

static qy_status run(tile *t, worker *w, const qy_model *model, qy_error *err)
{
  const qy_design *design[QY_LANES];
  const void *work = model->entries[t->entry][0].work[t->network];
  qy_modes modes[QY_LANES];
  qy_status status = QY_OK;
  bool (*run_lanes)(qy_lane_points *, const qy_design *const *, const void *, const qy_modes *, qy_lane_set,
                    qy_metric_set) = qy_design_run_lanes_for;
  tile_modes(t, model->plan);
  t->where = entry_where(&model->plan->entries[t->entry], model->plan->technology[t->technology]);
  for (int k = 0; k < QY_LANES; k++)
    design[k] = &t->design[k < t->designs ? k : 0]->held.design;
  for (size_t p = 0; p < t->precisions && !status && !t->one_by_one; p++) {
    if (!t->can[p]) status = cannot(t, w, model, p, err);
    if (!t->can[p] || t->run[p] != p) continue;
    for (int k = 0; k < QY_LANES; k++)
      modes[k] = t->modes[p];
    t->one_by_one = !run_lanes(&t->lanes, design, work, modes, model->lane_set, t->needs) || !tile_derive(t, model, p);
    run_lanes = qy_design_run_lanes_again_for;
  }
  return status;
}

qy_status tile_take(tile *t, worker *w, const qy_model *model, int64_t first, int64_t end, qy_error *err)
{
  enum { LEAVE = 64 }; /* tiles after one that was refused, whose neighbours are like it */
  const int64_t points = (int64_t)t->precisions;
  t->one_by_one = true;
  t->end = end;
  if (!points) return QY_OK;
  if (!stand(&t->walk, model, first)) {
    const qy_space_entry *axes = &model->plan->space.entry[t->walk.entry];
    const int64_t next = first + points - (first - axes->first) % points;
    t->end = next < end ? next : end;
    return QY_OK;
  }
  if (first + points > end) return QY_OK;
  if (t->walk.refused) {
    t->walk.refused--;
    t->end = first + points;
    return QY_OK;
  }
  t->one_by_one = false;
  begin(t, model);
  bool done = false;
  qy_status status = tile_take_clocks(&done, t, w, model, end, err);
  if (done || status) return status;
  status = take_designs(t, w, model, end, err);
  if (!status && t->designs) status = run(t, w, model, err);
  if (t->one_by_one) {
    t->walk.refused = t->walk.narrow ? LEAVE : 0;
    t->walk.narrow = LEAVE;
  } else if (t->walk.narrow) {
    t->walk.narrow--;
  }
  return status;
}

/* ---- points ---- */

int64_t tile_design_of(const tile *t, const qy_model *model, int64_t point)
{
  const design_entry *g = &model->plan->entries[t->entry];
  const qy_space_entry *axes = &model->plan->space.entry[t->entry];
  return g->design_first + (point - axes->first) / (axes->count / g->design_count);
}

static void put_design(qy_point *to, const tile *t, const qy_model *model, int64_t first, size_t clock)
{
  const qy_plan *plan = model->plan;
  const int64_t design = tile_design_of(t, model, first);
  for (size_t p = 0; p < t->precisions; p++) {
    const precision_value *v = &plan->precision.value[p];
    qy_point *one = &to[p];
    one->index = first + (int64_t)p;
    one->design = design;
    one->technology = t->technology;
    one->network = t->network;
    one->precision = v->label;
    one->precision_bits = qy_precision_widest(plan->option[v->option]);
    one->weight_bits = 0;
    one->clock_mhz = plan->clock_mhz.value[clock];
    one->reason = one->resolved = one->assignment = NULL;
    one->excluded = false;
    one->interval = NULL;
    one->detail = NULL;
  }
}

static void put_values(qy_point *to, const tile *t, const qy_model *model, int lane, const char *resolved)
{
  const qy_plan *plan = model->plan;
  for (size_t p = 0; p < t->precisions; p++) {
    const tile_values *v = &t->values[p];
    to[p].reason = v->reason[lane];
    if (to[p].reason && !v->excluded) continue;
    to[p].excluded = to[p].reason != NULL;
    to[p].resolved = resolved;
    to[p].weight_bits = held_weights(&t->design[lane]->held, model, plan->precision.value[p].option);
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      to[p].metric[m] = v->metric[m][lane];
  }
}

qy_status tile_points(qy_point *points, const tile *t, worker *w, const qy_model *model, int64_t first, qy_error *err)
{
  qy_status status = QY_OK;
  for (int k = 0; k < t->fails; k++) {
    qy_point *to = points + (t->failed[k].first - first);
    put_design(to, t, model, t->failed[k].first, t->failed[k].clock);
    for (size_t p = 0; p < t->precisions; p++)
      to[p].reason = t->failed[k].reason;
  }
  for (int k = 0; k < t->designs && !status; k++) {
    const tile_design *d = t->design[k];
    qy_point *to = points + (d->first - first);
    const char *resolved = NULL;
    if (!w->silent) status = resolved_of(&resolved, w, model, t->entry, &d->held, d->index, err);
    put_design(to, t, model, d->first, d->clock);
    if (!status) put_values(to, t, model, k, resolved);
  }
  return status;
}
