/* Which constants of a library move what an element costs: see sensitivity.h.
 *
 * Activities are counted once; a sample is the element priced again in the library it stands for, in microseconds.
 * Constants without an interval take no part.  The model's own discrepancy (discrepancy.h) is one input, "structure".
 */
#include "pe_sensitivity.h"

#include "cli.h"
#include "indices.h"

#include "quarry/decimal.h"
#include "quarry/discrepancy.h"
#include "quarry/draws.h"
#include "quarry/sensitivity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUTS_MAX = 2 + QY_PE_MODES_MAX, DRAWS = 256 };

typedef struct subject { /* an element and its toggles */
  const qy_pe *pe;
  qy_pe_toggles toggles;
  int stages; /* as in the nominal library */
} subject;

typedef struct analysis {
  subject element, base;
  int has_base;
  size_t outputs;
  double period_ps;
  const qy_tech *nominal;
  qy_tech *drawn;
  size_t *entry;            /* of each of the first inputs */
  size_t constants, inputs; /* behind the constants, where the library has a table of them: the model's discrepancy */
  qy_arena *scratch;
} analysis;

static qy_status prices(double *output, const analysis *a, const subject *s, const qy_tech *tech,
                        const qy_discrepancy *d, size_t k, qy_error *err)
{
  qy_pe_cost cost;
  const qy_pipelining how = {.aim = QY_PIPELINE_GIVEN, .stages = s->stages};
  qy_status status = qy_pe_price_activities(&cost, s->pe, tech, a->period_ps, how, &s->toggles, err);
  if (status) return status;
  const double effort = qy_build_effort(&cost.build, tech);
  const double area = qy_discrepancy_factor(d, QY_STRUCTURE_AREA, effort, k);
  output[0] = area * cost.build.area_um2 / tech->density_frac;
  output[1] = area * cost.build.leakage_nw;
  for (size_t m = 0; m + 2 < a->outputs; m++)
    output[2 + m] = qy_discrepancy_factor(d, QY_STRUCTURE_ENERGY, effort, k) * cost.energy_fj[m];
  return QY_OK;
}

/* Toggles, and the stages that all draws keep. */
static qy_status simulate(subject *s, const analysis *a, qy_pipeline_for aim, qy_error *err)
{
  const qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  qy_pe_cost cost;
  qy_status status = qy_pe_activities(&s->toggles, s->pe, &stimulus, err);
  if (!status)
    status =
        qy_pe_price_activities(&cost, s->pe, a->nominal, a->period_ps, (qy_pipelining){.aim = aim}, &s->toggles, err);
  if (!status) s->stages = cost.build.stages;
  return status;
}

/* Discrepancies of the element and of what it is compared with. */
typedef struct discrepancies {
  qy_discrepancy *element, *base; /* NULL: none */
} discrepancies;

static qy_status discrepancies_new(discrepancies *d, const analysis *a, const qy_draws *draws, qy_arena *arena,
                                   qy_error *err)
{
  *d = (discrepancies){NULL, NULL};
  qy_status status = qy_discrepancy_new(&d->element, a->element.pe->circuit, draws, arena, err);
  if (!status && a->has_base) status = qy_discrepancy_new(&d->base, a->base.pe->circuit, draws, arena, err);
  return status;
}

/* In draw k of the discrepancies. */
static qy_status results(double *output, const analysis *a, const qy_tech *tech, const discrepancies *d, size_t k,
                         qy_error *err)
{
  double base[OUTPUTS_MAX] = {0};
  qy_status status = prices(output, a, &a->element, tech, d->element, k, err);
  if (status || !a->has_base) return status;
  status = prices(base, a, &a->base, tech, d->base, k, err);
  for (size_t o = 0; !status && o < a->outputs; o++)
    output[o] /= base[o];
  return status;
}

/* z[input * count + k] of sample k, output[o * count + k] (qy_sensitivity). */
static qy_status model(void *ctx, const double *z, size_t count, double *output, qy_error *err)
{
  analysis *a = ctx;
  discrepancies d = {NULL, NULL};
  double one[OUTPUTS_MAX];
  qy_status status = QY_OK;
  if (a->inputs > a->constants) { /* all of the discrepancy follows from the value of one input */
    qy_arena_reset(a->scratch);
    uint64_t *key = qy_arena_alloc(a->scratch, count, sizeof *key);
    if (!key) return qy_no_memory(err);
    memcpy(key, z + a->constants * count, count * sizeof *key);
    const qy_draws samples = {.count = count, .key = key, .nominal = a->nominal};
    status = discrepancies_new(&d, a, &samples, a->scratch, err);
  }
  for (size_t k = 0; k < count && !status; k++) {
    for (size_t i = 0; i < a->constants; i++)
      a->drawn->entry[a->entry[i]].constant.value =
          qy_constant_at(&a->nominal->entry[a->entry[i]].constant, z[i * count + k]);
    qy_tech_resolve(a->drawn);
    status = results(one, a, a->drawn, &d, k, err);
    for (size_t o = 0; o < a->outputs && !status; o++)
      output[o * count + k] = one[o];
  }
  return status;
}

static const char *output_name(size_t o, char out[32])
{
  static const char *const fixed[] = {"area_um2", "leakage_nw"};
  if (o < 2)
    snprintf(out, 32, "%s", fixed[o]);
  else
    snprintf(out, 32, "energy_mode%d_fj", (int)(o - 2) % QY_PE_MODES_MAX);
  return out;
}

/* Value, p05 and p95 of each output over draws of the library. */
static qy_status print_intervals(const analysis *a, const qy_tech *tech, int format, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"result", "value", "p05", "p95"};
  qy_draws *draws;
  double value[OUTPUTS_MAX] = {0}, one[OUTPUTS_MAX] = {0},
         (*drawn)[DRAWS] = qy_arena_alloc(arena, OUTPUTS_MAX, sizeof *drawn);
  if (!drawn) return qy_no_memory(err);
  qy_status status = qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, err);
  discrepancies none = {NULL, NULL}, d = none;
  if (!status) status = discrepancies_new(&d, a, draws, arena, err);
  if (!status) status = results(value, a, tech, &none, 0, err);
  for (size_t k = 0; !status && k < DRAWS; k++) {
    status = results(one, a, &draws->draw[k], &d, k, err);
    for (size_t o = 0; o < a->outputs; o++)
      drawn[o][k] = one[o];
  }
  if (status) return status;
  table *t = table_new(format, 4, names);
  table_interval(t, 1, 2, 3);
  for (size_t o = 0; o < a->outputs; o++) {
    char name[32], text[64];
    snprintf(text, sizeof text, "%s%s", output_name(o, name), a->has_base ? " ratio" : "");
    table_row(t, TEXT(text), NUMBER(value[o]), NUMBER(qy_quantile(drawn[o], DRAWS, 0.05)),
              NUMBER(qy_quantile(drawn[o], DRAWS, 0.95)));
  }
  table_print(t);
  return QY_OK;
}

/* The energy of the first mode, as what designers ask first. */
static qy_status draw_bars(const indices *f, const analysis *a, const char *stem, const qy_plot_look *look,
                           qy_error *err)
{
  const size_t output = a->outputs > 2 ? 2 : 0;
  char title[200], caption[200];
  snprintf(title, sizeof title, "What moves %s of %s%s%s?", f->output[output], qy_circuit_name(a->element.pe->circuit),
           a->has_base ? " over that of " : "", a->has_base ? qy_circuit_name(a->base.pe->circuit) : "");
  qy_print(caption, sizeof caption, "%s, %.4g MHz; the %zu strongest of %zu inputs", a->nominal->name,
           1e6 / a->period_ps, indices_shown(f, output), a->inputs);
  return indices_draw(f, output, title, caption, look, stem, NULL, err);
}

static qy_status print_indices(const analysis *a, const qy_sensitivity_index *index, const char *tornado,
                               const qy_plot_look *look, int format, qy_arena *arena, qy_error *err)
{
  char text[OUTPUTS_MAX][32];
  const char *output[OUTPUTS_MAX], **input = qy_arena_alloc(arena, a->inputs, sizeof *input);
  if (!input) return qy_no_memory(err);
  for (size_t o = 0; o < a->outputs; o++)
    output[o] = output_name(o, text[o]);
  for (size_t i = 0; i < a->inputs; i++)
    input[i] = i < a->constants ? a->nominal->entry[a->entry[i]].path : QY_STRUCTURE_INPUT;
  const indices f = {.inputs = a->inputs, .outputs = a->outputs, .input = input, .output = output, .index = index};
  qy_status status = indices_print(&f, format, err);
  return status || !tornado ? status : draw_bars(&f, a, tornado, look, err);
}

int print_sensitivity(const qy_pe *pe, const qy_pe *base, const qy_tech *tech, double clock_mhz, qy_pipeline_for aim,
                      int64_t samples, const char *tornado, const qy_plot_look *look, int format)
{
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  if (!arena) return report(qy_no_memory(&err), &err);
  analysis a = {
      .element.pe = pe, .base.pe = base, .has_base = base != NULL, .period_ps = 1e6 / clock_mhz, .nominal = tech};
  int modes = base && base->mode_count < pe->mode_count ? base->mode_count : pe->mode_count;
  a.outputs = 2 + (size_t)modes;
  qy_status status = simulate(&a.element, &a, aim, &err);
  if (!status && base) status = simulate(&a.base, &a, aim, &err);
  if (!status) status = qy_tech_copy(&a.drawn, tech, arena, &err);
  a.entry = qy_arena_alloc(arena, tech->entry_count, sizeof *a.entry);
  qy_sensitivity_index *index = qy_arena_alloc(arena, (tech->entry_count + 1) * a.outputs, sizeof *index);
  a.scratch = qy_arena_new();
  if (!status && (!a.entry || !index || !a.scratch)) status = qy_no_memory(&err);
  for (size_t i = 0; !status && i < tech->entry_count; i++)
    if (tech->entry[i].constant.low < tech->entry[i].constant.high) a.entry[a.constants++] = i;
  a.inputs = a.constants + (tech->structure ? 1 : 0);
  const qy_sensitivity s = {.inputs = a.inputs,
                            .outputs = a.outputs,
                            .samples = (size_t)samples,
                            .seed = 1,
                            .batch = model,
                            .batch_points = (size_t)samples,
                            .ctx = &a};
  if (!status) status = qy_sensitivity_run(index, &s, &err);
  if (!status && format == FORMAT_TABLE) {
    status = print_intervals(&a, tech, format, arena, &err);
    putchar('\n');
  }
  if (!status) status = print_indices(&a, index, tornado, look, format, arena, &err);
  qy_arena_free(a.scratch);
  qy_arena_free(arena);
  return status ? report(status, &err) : EXIT_DONE;
}
