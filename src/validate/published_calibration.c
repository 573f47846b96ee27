/* The targets of a calibration as figures beside the calibrated library: see published.h. */
#include "calibrate_int.h"
#include "published_int.h"

#include "quarry/draws.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* `structure`: the factor of structured targets, value 0 for others.  It is drawn on its own: that it makes up for the
 * constants (their covariance has a sign) is left out, and the interval a little too wide. */
static qy_status price_draws(qy_figure_result *r, const calibrate_target *target, const qy_constant *structure,
                             const qy_draws *draws, qy_error *err)
{
  double *value = qy_alloc(draws->count, sizeof *value), *z = qy_alloc(draws->count, sizeof *z);
  qy_status status = value && z ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_draws_normal(z, draws->count, draws->seed, "calibration.structure", err);
  for (size_t k = 0; k < draws->count && !status; k++) {
    qy_error one = {0};
    status = calibrate_price(&value[k], target, &draws->draw[k], r->name, &one);
    if (status == QY_INFEASIBLE) {
      value[k] = NAN;
      status = QY_OK;
    } else if (status && err) {
      *err = one;
    }
    if (structure->value > 0) value[k] *= qy_constant_at(structure, z[k]);
  }
  if (!status) figure_interval(r, value, draws->count);
  free(value);
  free(z);
  return status;
}

static qy_status add_target(figure_list *out, const qy_target_result *t, const calibrate_target *target,
                            const qy_draws *draws, const qy_calibration *c, const qy_yaml *node, qy_arena *arena,
                            qy_error *err)
{
  qy_figure_result r = {.name = t->name,
                        .source = t->source,
                        .paper = "",
                        .variant = "",
                        .file = node->file,
                        .line = node->line,
                        .unit = qy_target_kind_unit(t->kind),
                        .published = t->measured,
                        .model = t->after,
                        .tolerance_frac = t->sigma,
                        .note = ""};
  r.section = qy_arena_format(arena, "calibration %s: %s", c->name, t->held_out ? "held out" : "used to set constants");
  r.claim = qy_arena_format(arena, "%s at %g MHz, library %s", qy_target_kind_name(t->kind), t->clock_mhz, c->name);
  if (!r.section || !r.claim) return qy_no_memory(err);
  const qy_constant none = {0};
  qy_status status = price_draws(&r, target, t->structured ? &c->structure_after : &none, draws, err);
  if (status) return status;
  figure_judge(&r, !t->held_out, false);
  return figure_add(out, &r, err);
}

qy_status figures_of_calibration(figure_list *out, const qy_yaml *root, const char *db_dir, qy_arena *arena,
                                 qy_error *err)
{
  assert(out && root && db_dir && arena);
  qy_calibration *c;
  qy_draws *draws;
  calibrate_target *target;
  qy_target_result *unused; /* the fit's own hold the results */
  size_t count;
  qy_status status = qy_calibrate(&c, db_dir, root->file, arena, err);
  if (!status) status = qy_draws_new(&draws, c->tech, QY_PUBLISHED_DRAWS, QY_PUBLISHED_SEED, 0, arena, err);
  if (status) return status;
  const qy_yaml *list = qy_yaml_get(root, "targets");
  status = calibrate_read_targets(&target, &unused, &count, list, arena, err);
  for (int held_out = 0; held_out < 2; held_out++)
    for (size_t i = 0; i < count && !status; i++)
      if (c->target[i].held_out == held_out)
        status = add_target(out, &c->target[i], &target[i], draws, c, list->child[i], arena, err);
  return status;
}
