/* One point: where a worker stands in the space, and the metrics there.
 *
 * A worker keeps the design of each member and makes it again only when an axis other than the precision moves.
 */
#include "model_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

worker *worker_new(const qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  size_t params = 1, bytes[MEMBERS_MAX] = {0};
  worker *w = qy_alloc(1, sizeof *w);
  if (!w) {
    qy_no_memory(err);
    return NULL;
  }
  for (int i = 0; i < plan->entry_count; i++)
    for (int m = 0; m < plan->entries[i].member_count; m++) {
      const qy_accelerator *type = plan->entries[i].member[m].type;
      if (type->design_bytes > bytes[m]) bytes[m] = type->design_bytes;
      if (type->params_bytes > params) params = type->params_bytes;
    }
  int failed = !(w->params = qy_alloc(1, params));
  for (int m = 0; m < MEMBERS_MAX; m++)
    w->member[m].known = w->known[m];
  for (int m = 0; !failed && m < MEMBERS_MAX; m++)
    failed = bytes[m] && !(w->member[m].self = qy_alloc(1, bytes[m]));
  failed = failed || !(w->solved = qy_alloc(plan->assign_count, sizeof *w->solved));
  w->entry = -1;
  if (!failed) return w;
  worker_free(w);
  qy_no_memory(err);
  return NULL;
}

void worker_free(worker *w)
{
  if (!w) return;
  for (int m = 0; m < MEMBERS_MAX; m++) {
    free(w->member[m].self);
    free(w->member[m].own_given);
  }
  free(w->bill);
  free(w->choice);
  free(w->solved);
  free(w->resolved_known);
  qy_arena_free(w->solved_arena);
  free(w->params);
  free(w->memory.op);
  texts_drop(&w->reasons);
  free(w);
}

/* Step to the next point. Returns the slowest axis that moved: those after it have moved too. */
static int advance(const qy_plan *plan, worker *w)
{
  const qy_space_entry *axes = &plan->space.entry[w->entry];
  for (int a = axes->axis_count - 1; a >= 0; a--) {
    if (++w->index[a] < axes->axis[a].count) return a;
    w->index[a] = 0;
  }
  return 0;
}

/* What its element is made into at these indices. */
static qy_design_input input_of(struct held *h, const qy_model *model, int entry, int m, const void *params,
                                const size_t *index)
{
  const qy_plan *plan = model->plan;
  const ready_member *ready = &model->entries[entry][m];
  const size_t *common = index + plan->entries[entry].param_count;
  const size_t t = common[AXIS_TECHNOLOGY];
  return (qy_design_input){.params = params,
                           .pe = &h->element->pe,
                           .prices = element_list(h->element, model, t, common[AXIS_CLOCK], &h->list),
                           .tech = plan->technology[t],
                           .sram = plan->sram,
                           .fabric = ready->fabric[h->number * (size_t)plan->info.technology_count + t],
                           .clock_mhz = plan->clock_mhz.value[common[AXIS_CLOCK]],
                           .work = ready->work[common[AXIS_NETWORK]],
                           .known = h->known};
}

qy_status held_make_again(struct held *h, const qy_model *model, int entry, int m, const void *params,
                          const size_t *index, qy_error *err)
{
  const size_t *common = index + model->plan->entries[entry].param_count;
  h->at = list_at(model, common[AXIS_TECHNOLOGY], common[AXIS_CLOCK]);
  const qy_design_input input = input_of(h, model, entry, m, params, index);
  return qy_design_make_again(&h->design, &input, err);
}

qy_status held_make(struct held *h, const qy_model *model, int entry, int m, size_t e, const void *params,
                    const size_t *index, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[entry];
  const ready_member *ready = &model->entries[entry][m];
  const size_t *common = index + g->param_count;
  const size_t t = common[AXIS_TECHNOLOGY];
  h->element = ready->element[e];
  h->number = e;
  h->at = list_at(model, t, common[AXIS_CLOCK]);
  h->signal = member_signal(g, m, index);
  const qy_design_input input = input_of(h, model, entry, m, params, index);
  const qy_status status = qy_design_make(&h->design, g->member[m].type, h->self,
                                          &ready->columns[plan->technology[t]->fpga != NULL], &input, err);
  h->given = ready->given[e * QY_SIGNAL_SAMPLES + (size_t)h->signal];
  if (!status) keep_weights(h);
  return status;
}

static qy_status update_member(worker *w, const qy_model *model, int m, qy_error *err)
{
  const design_entry *g = &model->plan->entries[w->entry];
  const ready_member *ready = &model->entries[w->entry][m];
  const size_t e = ready->element_count > 1 ? member_element_of(g, m, w->index) : 0;
  struct held *h = &w->member[m];
  memset(w->params, 0, g->member[m].type->params_bytes); /* another member's were there */
  member_accelerator(w->params, g, m, w->index);
  const qy_status status = held_make(h, model, w->entry, m, e, w->params, w->index, err);
  if (status || h->design.reason || !g->member[m].type->shares) return status;
  return given_of_rows(h, model, network_of(w, model), quality_of_rows(w, ready), err);
}

/* After axes from `moved` on have moved: a member whose parameters come before all of them is as it was, if there is
 * but one library, network and clock; else those have moved too. */
static qy_status update_members(worker *w, const qy_model *model, int moved, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[w->entry];
  const size_t from = (size_t)moved;
  const bool all = plan->info.technology_count > 1 || plan->info.network_count > 1 || plan->clock_mhz.count > 1;
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++)
    if (all || g->member[m].first + g->member[m].count > from) status = update_member(w, model, m, err);
  if (!status && g->memory) status = memory_update(w, model, err);
  return status;
}

/* The runs of all parts into w->in; option: of all layers, NO_OPTION: they are as w->choice has them. */
static void add_parts(worker *w, const qy_model *model, int option)
{
  static const int own[] = {QY_BANKS_INPUT, QY_BANKS_OUTPUT,  QY_BANKS_WEIGHTS, QY_ROWS_DSP,
                            QY_ROWS_LUT,    QY_ROWS_DSP_HIGH, QY_ROWS_LUT_HIGH};
  const design_entry *g = &model->plan->entries[w->entry];
  const double *in[PARTS_MAX] = {NULL};
  assert(g->part_count >= 1);
  for (int m = 0; m < g->part_count; m++)
    in[m] = w->member[m].design.in;
  if (g->part_count > 1 || g->system)
    qy_system_add(w->in, in, (size_t)g->part_count, g->system && g->param[0].value[w->index[0]] == SCHEDULE_PIPELINED);
  else
    memcpy(w->in, in[0], sizeof w->in);
  for (size_t i = 0; !g->system && i < sizeof own / sizeof *own; i++)
    w->in[own[i]] = in[0][own[i]];
  if (entry_has(g, QY_SQNR_DB))
    w->in[QY_SQNR_DB] = option == NO_OPTION ? choice_sqnr_db(w, model) : option_sqnr_db(w, model, 0, option);
}

bool option_divides(const qy_plan *plan, int network, int option)
{
  const qy_precision p = plan->option[option];
  for (size_t i = 0; plan->layers && p.weights > p.activations && i < plan->layer_count[network]; i++)
    if (plan->layers[network][i]->computed) return true;
  return false;
}

/* Layer by layer, each where it is at home. */
static qy_status run_divided(const char **reason, worker *w, const qy_model *model, int option, qy_error *err)
{
  const int network = network_of(w, model);
  const qy_status status = choice_room(w, model, err);
  for (size_t i = 0; !status && i < model->plan->layer_count[network]; i++)
    w->choice[i] = (layer_choice){model->home[w->entry][network][i], (uint16_t)option};
  return status ? status : run_choice(reason, w, model, err);
}

/* All layers at one option. */
static qy_status run_members(const char **reason, worker *w, const qy_model *model, int option, qy_error *err)
{
  const design_entry *g = &model->plan->entries[w->entry];
  const size_t network = w->index[g->param_count + AXIS_NETWORK];
  const qy_precision precision = model->plan->option[option];
  qy_status status = QY_OK;
  if (!g->memory && option_divides(model->plan, (int)network, option))
    return run_divided(reason, w, model, option, err);
  if (g->memory)
    status = memory_run(w, model, precision, reason, err);
  else
    for (int m = 0; m < g->member_count && !*reason; m++)
      *reason = qy_design_run(&w->member[m].design, model->entries[w->entry][m].work[network], precision);
  for (int m = 0; !status && !*reason && m < g->member_count; m++)
    given_run(w, model, m, option);
  return status;
}

/* Layers as a map or an assignment has them; *uniform: the option that all have where each is at home, else NO_OPTION.
 * Such a point is run as one that has it for all layers: sums in another order differ in the last bits, and of two
 * points that are the same neither may beat the other. */
static qy_status run_mixed(qy_point *p, int *uniform, worker *w, const qy_model *model, const precision_value *v,
                           qy_error *err)
{
  qy_status status =
      v->assign ? assignment_take(&p->reason, &p->assignment, w, model, v, err) : choice_of_map(w, model, v, err);
  *uniform = status || p->reason ? NO_OPTION : choice_uniform(w, model);
  if (!status && !p->reason)
    status = *uniform == NO_OPTION ? run_choice(&p->reason, w, model, err)
                                   : run_members(&p->reason, w, model, *uniform, err);
  if (!status && v->map && !w->silent && !p->reason) status = map_text(&p->assignment, w, model, v, err);
  if (p->reason) p->assignment = NULL;
  return status;
}

/* Run the layers; p->reason: why the point cannot be, or NULL with w->in filled. */
static qy_status run_point(qy_point *p, worker *w, const qy_model *model, const precision_value *v, qy_error *err)
{
  const design_entry *g = &model->plan->entries[w->entry];
  int option = v->option; /* of all layers */
  qy_status status = QY_OK;
  p->reason = p->assignment = NULL;
  p->weight_bits = 0;
  for (int m = 0; m < g->part_count && !p->reason; m++)
    p->reason = w->member[m].design.reason;
  if (p->reason) return QY_OK;
  status = v->kind != PRECISION_UNIFORM ? run_mixed(p, &option, w, model, v, err)
                                        : run_members(&p->reason, w, model, option, err);
  if (!status && !p->reason) add_parts(w, model, option);
  if (!status && !p->reason && v->kind == PRECISION_UNIFORM) p->weight_bits = kept_weights(w, model, option);
  return status;
}

/* The widest operand of any layer; of an assignment that cannot be: of any option. */
static int widest_bits(const qy_point *p, const worker *w, const qy_plan *plan, const precision_value *v)
{
  int bits = 0;
  if (v->kind == PRECISION_UNIFORM) return qy_precision_widest(plan->option[v->option]);
  if (v->kind == PRECISION_MAP) return v->widest[p->network];
  if (p->reason)
    for (int o = 0; o < v->assign->option_count; o++)
      bits = qy_max_int(bits, qy_precision_widest(plan->option[v->assign->option[o]]));
  for (size_t i = 0; !p->reason && i < plan->layer_count[p->network]; i++)
    if (w->choice[i].member != NOBODY) bits = qy_max_int(bits, qy_precision_widest(plan->option[w->choice[i].option]));
  return bits;
}

static const char *limit_broken(const qy_plan *plan, const double *metric)
{
  for (int i = 0; i < plan->limit_count; i++) {
    const limit *l = &plan->limits[i];
    if (metric[l->metric] < l->low) return l->below;
    if (metric[l->metric] > l->high) return l->above;
  }
  return NULL;
}

/* All parts together may take more than a device has, where each alone does not. */
static const char *beyond_device(char why[QY_FABRIC_WHY], const qy_tech *tech, const double *metric)
{
  const bool bram = !isnan(metric[QY_BRAM]);
  const qy_fabric_used used = {metric[QY_LUT], metric[QY_FF], metric[QY_DSP], bram ? metric[QY_BRAM] : 0};
  return tech->fpga ? qy_fabric_short(why, tech, &used) : NULL;
}

/* A model that returns no number where it promised one is broken; nothing of it may reach the database. */
static qy_status check_metrics(const design_entry *g, unsigned where, const qy_point *p, qy_error *err)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (!isfinite(p->metric[m]) && qy_metric_applies(m, where))
      return qy_fail(err, QY_INTERNAL, "point %lld of design \"%s\": %s is not a finite number", (long long)p->index,
                     g->name, qy_metric_table()[m].name);
  return QY_OK;
}

qy_status worker_point(qy_point *p, worker *w, const qy_model *model, int64_t i, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const qy_space_entry *axes = w->entry < 0 ? NULL : &plan->space.entry[w->entry];
  const bool next = axes && i == w->point + 1 && i < axes->first + axes->count;
  int moved = 0;
  if (next)
    moved = advance(plan, w);
  else
    qy_space_decode(&plan->space, i, &w->entry, w->index);
  axes = &plan->space.entry[w->entry];
  assert(axes && w->entry >= 0);
  w->point = i;
  const design_entry *g = &plan->entries[w->entry];
  const size_t *common = w->index + g->param_count;
  qy_status status = QY_OK;
  if (moved < (int)g->param_count + AXIS_PRECISION) {
    status = update_members(w, model, moved, err);
    w->moves++;
  }
  if (status) return status;
  p->index = i;
  p->design = g->design_first + (i - axes->first) / (axes->count / g->design_count);
  p->technology = (int)common[AXIS_TECHNOLOGY];
  p->network = (int)common[AXIS_NETWORK];
  p->clock_mhz = plan->clock_mhz.value[common[AXIS_CLOCK]];
  const precision_value *v = &plan->precision.value[common[AXIS_PRECISION]];
  p->precision = v->label;
  p->interval = NULL;
  p->detail = NULL;
  p->resolved = NULL;
  p->excluded = false;
  if ((status = run_point(p, w, model, v, err))) return status;
  p->precision_bits = widest_bits(p, w, plan, v);
  if (p->reason) return (p->reason = texts_keep(&w->reasons, p->reason)) ? QY_OK : qy_no_memory(err);
  w->where = entry_where(g, plan->technology[p->technology]);
  qy_metric_derive(p->metric, w->in, w->where);
  if ((status = check_metrics(g, w->where, p, err))) return status;
  char why[QY_FABRIC_WHY];
  p->reason = beyond_device(why, plan->technology[p->technology], p->metric);
  if (p->reason) p->assignment = NULL;
  if (p->reason) return (p->reason = texts_keep(&w->reasons, p->reason)) ? QY_OK : qy_no_memory(err);
  if ((p->reason = limit_broken(plan, p->metric))) p->assignment = NULL;
  p->excluded = p->reason != NULL;
  return w->silent ? QY_OK : resolved_take(&p->resolved, w, model, err);
}
