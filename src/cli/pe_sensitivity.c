/* Which constants of a library move what an element costs: see sensitivity.h.
 *
 * Activities are counted once; a sample is the element priced again in the library it stands for, in microseconds.
 * Constants without an interval take no part.
 */
#include "pe_sensitivity.h"

#include "cli.h"
#include "pictures.h"

#include "quarry/draws.h"
#include "quarry/sensitivity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUTS_MAX = 2 + QY_PE_MODES_MAX, DRAWS = 256, BARS_MAX = 16 };
#define WORTH_SHOWING 0.01

typedef struct subject { /* an element and its toggles */
  const qy_pe *pe;
  qy_activity activity[QY_PE_MODES_MAX];
} subject;

typedef struct analysis {
  subject element, base;
  int has_base;
  size_t outputs;
  double period_ps;
  const qy_tech *nominal;
  qy_tech *drawn;
  size_t *entry; /* of each input */
  size_t inputs;
} analysis;

static qy_status prices(double *output, const analysis *a, const subject *s, const qy_tech *tech, qy_error *err)
{
  qy_pe_cost cost;
  qy_status status = qy_pe_price_activities(&cost, s->pe, tech, a->period_ps, s->activity, err);
  if (status) return status;
  output[0] = cost.build.area_um2 / tech->density_frac;
  output[1] = cost.build.leakage_nw;
  for (size_t m = 0; m + 2 < a->outputs; m++)
    output[2 + m] = cost.energy_fj[m];
  return QY_OK;
}

static qy_status results(double *output, const analysis *a, const qy_tech *tech, qy_error *err)
{
  double base[OUTPUTS_MAX] = {0};
  qy_status status = prices(output, a, &a->element, tech, err);
  if (status || !a->has_base) return status;
  status = prices(base, a, &a->base, tech, err);
  for (size_t o = 0; !status && o < a->outputs; o++)
    output[o] /= base[o];
  return status;
}

static qy_status model(void *ctx, const double *z, double *output, qy_error *err)
{
  analysis *a = ctx;
  for (size_t i = 0; i < a->inputs; i++)
    a->drawn->entry[a->entry[i]].constant.value = qy_constant_at(&a->nominal->entry[a->entry[i]].constant, z[i]);
  qy_tech_resolve(a->drawn);
  return results(output, a, a->drawn, err);
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
  double value[OUTPUTS_MAX], one[OUTPUTS_MAX], (*drawn)[DRAWS] = qy_arena_alloc(arena, OUTPUTS_MAX, sizeof *drawn);
  if (!drawn) return qy_no_memory(err);
  qy_status status = qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, err);
  if (!status) status = results(value, a, tech, err);
  for (size_t k = 0; !status && k < DRAWS; k++) {
    status = results(one, a, &draws->draw[k], err);
    for (size_t o = 0; o < a->outputs; o++)
      drawn[o][k] = one[o];
  }
  if (status) return status;
  table *t = table_new(format, 4, names);
  for (size_t o = 0; o < a->outputs; o++) {
    char name[32], text[64];
    snprintf(text, sizeof text, "%s%s", output_name(o, name), a->has_base ? " ratio" : "");
    table_text(t, text);
    table_number(t, value[o]);
    table_number(t, qy_quantile(drawn[o], DRAWS, 0.05));
    table_number(t, qy_quantile(drawn[o], DRAWS, 0.95));
  }
  table_print(t);
  return QY_OK;
}

static double strongest(const qy_sensitivity_index *index, const analysis *a, size_t input)
{
  double most = 0;
  for (size_t o = 0; o < a->outputs; o++)
    if (index[input * a->outputs + o].total > most) most = index[input * a->outputs + o].total;
  return most;
}

/* Inputs by falling strength in `output`, or in any output when it is a->outputs. */
static void rank(size_t *order, const qy_sensitivity_index *index, const analysis *a, size_t output)
{
  for (size_t i = 0; i < a->inputs; i++) {
    size_t j = i;
    const double own = output < a->outputs ? index[i * a->outputs + output].total : strongest(index, a, i);
    for (; j > 0; j--) {
      const size_t before = order[j - 1];
      const double other =
          output < a->outputs ? index[before * a->outputs + output].total : strongest(index, a, before);
      if (other >= own) break;
      order[j] = before;
    }
    order[j] = i;
  }
}

static void print_indices(const qy_sensitivity_index *index, const analysis *a, const size_t *order, int format)
{
  const char *names[1 + 2 * OUTPUTS_MAX];
  char text[2 * OUTPUTS_MAX][48], name[32];
  int columns = 0;
  names[columns++] = "constant";
  for (size_t o = 0; o < a->outputs; o++)
    for (int t = 0; t < 2; t++) {
      snprintf(text[2 * o + (size_t)t], sizeof *text, "%s_%s", output_name(o, name), t ? "total" : "first");
      names[columns++] = text[2 * o + (size_t)t];
    }
  table *t = table_new(format, columns, names);
  for (size_t r = 0; r < a->inputs; r++) {
    const qy_sensitivity_index *row = index + order[r] * a->outputs;
    if (format == FORMAT_TABLE && strongest(index, a, order[r]) < WORTH_SHOWING) break;
    table_text(t, a->nominal->entry[a->entry[order[r]]].path);
    for (size_t o = 0; o < a->outputs; o++) {
      table_number(t, format == FORMAT_TABLE
                          ? 0.001 * (double)(long)(1000 * row[o].first + (row[o].first < 0 ? -0.5 : 0.5))
                          : row[o].first);
      table_number(t, format == FORMAT_TABLE ? 0.001 * (double)(long)(1000 * row[o].total + 0.5) : row[o].total);
    }
  }
  table_print(t);
}

/* The energy of the first mode, as what designers ask first. */
static qy_status draw_bars(const qy_sensitivity_index *index, const analysis *a, size_t *order, const char *stem,
                           qy_error *err)
{
  const size_t output = a->outputs > 2 ? 2 : 0;
  const char *name[BARS_MAX];
  double total[BARS_MAX], part[BARS_MAX];
  char title[200], caption[200], text[32];
  rank(order, index, a, output);
  size_t count = a->inputs < BARS_MAX ? a->inputs : BARS_MAX;
  for (size_t r = 0; r < count; r++) {
    const qy_sensitivity_index *row = &index[order[r] * a->outputs + output];
    name[r] = a->nominal->entry[a->entry[order[r]]].path;
    total[r] = row->total;
    part[r] = row->first;
  }
  snprintf(title, sizeof title, "What moves %s of %s%s%s?", output_name(output, text),
           qy_circuit_name(a->element.pe->circuit), a->has_base ? " over that of " : "",
           a->has_base ? qy_circuit_name(a->base.pe->circuit) : "");
  snprintf(caption, sizeof caption, "%s, %.4g MHz; the %zu strongest of %zu constants", a->nominal->name,
           1e6 / a->period_ps, count, a->inputs);
  const qy_tornado tornado = {.title = title,
                              .caption = caption,
                              .x_label = "share of the variance (Sobol index)",
                              .total_label = "total",
                              .part_label = "alone",
                              .count = count,
                              .name = name,
                              .total = total,
                              .part = part};
  return draw_tornado(&tornado, stem, NULL, err);
}

int print_sensitivity(const qy_pe *pe, const qy_pe *base, const qy_tech *tech, double clock_mhz, int64_t samples,
                      const char *tornado, int format)
{
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  if (!arena) return report(qy_no_memory(&err), &err);
  analysis a = {
      .element.pe = pe, .base.pe = base, .has_base = base != NULL, .period_ps = 1e6 / clock_mhz, .nominal = tech};
  int modes = base && base->mode_count < pe->mode_count ? base->mode_count : pe->mode_count;
  a.outputs = 2 + (size_t)modes;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  qy_status status = qy_pe_activities(a.element.activity, pe, &stimulus, &err);
  if (!status && base) status = qy_pe_activities(a.base.activity, base, &stimulus, &err);
  if (!status) status = qy_tech_copy(&a.drawn, tech, arena, &err);
  a.entry = qy_arena_alloc(arena, tech->entry_count, sizeof *a.entry);
  size_t *order = qy_arena_alloc(arena, tech->entry_count, sizeof *order);
  qy_sensitivity_index *index = qy_arena_alloc(arena, tech->entry_count * a.outputs, sizeof *index);
  if (!status && (!a.entry || !order || !index)) status = qy_no_memory(&err);
  for (size_t i = 0; !status && i < tech->entry_count; i++)
    if (tech->entry[i].constant.low < tech->entry[i].constant.high) a.entry[a.inputs++] = i;
  const qy_sensitivity s = {
      .inputs = a.inputs, .outputs = a.outputs, .samples = (size_t)samples, .seed = 1, .model = model, .ctx = &a};
  if (!status) status = qy_sensitivity_run(index, &s, &err);
  if (!status && format == FORMAT_TABLE) {
    status = print_intervals(&a, tech, format, arena, &err);
    putchar('\n');
  }
  if (!status) {
    rank(order, index, &a, a.outputs);
    print_indices(index, &a, order, format);
    if (tornado) status = draw_bars(index, &a, order, tornado, &err);
  }
  qy_arena_free(arena);
  return status ? report(status, &err) : EXIT_DONE;
}
