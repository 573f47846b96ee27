/* What moves the metrics of a point, as a table and as a tornado plot: see design_report.h. */
#include "design_report_int.h"

#include "cli.h"
#include "indices.h"
#include "pictures.h"

#include "quarry/decimal.h"
#include "quarry/progress.h"

#include <math.h>
#include <stdio.h>

enum { METRICS_MAX = 2, SEED = 1 };

/* For people; `output` gets the names of the metrics. */
static indices indices_of(const qy_indices *f, const int *metric, int count, const char *output[METRICS_MAX])
{
  for (int m = 0; m < count; m++)
    output[m] = qy_metric_table()[metric[m]].name;
  return (indices){
      .inputs = f->inputs, .outputs = (size_t)count, .input = f->name, .output = output, .index = f->index};
}

/* Bars of the output that is this metric. */
static qy_status draw_bars(const qy_plan *plan, const qy_model *model, int64_t point, int64_t over, const indices *f,
                           size_t output, int metric, const qy_plot_look *look, const char *stem, const char *gnuplot,
                           qy_error *err)
{
  char title[3 * DESIGN_TEXT], caption[3 * DESIGN_TEXT], one[DESIGN_TEXT], two[DESIGN_TEXT] = "", name_one[DESIGN_TEXT],
                                                                           name_two[DESIGN_TEXT] = "";
  qy_interval row;
  qy_point p, base = {0};
  const qy_metric_info *info = &qy_metric_table()[metric];
  qy_status status = qy_model_point(&p, model, point, err);
  if (!status && over >= 0) status = qy_model_point(&base, model, over, err);
  if (!status) status = qy_model_intervals(&row, model, point, over, &metric, 1, err);
  if (status) return status;
  design_point_text(one, name_one, plan, &p);
  if (over >= 0) design_point_text(two, name_two, plan, &base);
  snprintf(title, sizeof title, "%s of %s%s%s: what moves it?", info->label, name_one, over >= 0 ? " over " : "",
           name_two);
  qy_print(caption, sizeof caption,
           "%s: %s%s%s. %s%s %.4g%s%s, 90 %% between %.4g and %.4g. The %zu strongest of %zu constants and factors.",
           qy_plan_get(plan)->technology[p.technology]->name, one, over >= 0 ? " over " : "", two, info->label,
           over >= 0 ? " ratio" : "", row.value, over >= 0 || !info->unit[0] ? "" : " ", over >= 0 ? "" : info->unit,
           row.low, row.high, indices_shown(f, output), f->inputs);
  return indices_draw(f, output, title, caption, look, stem, gnuplot, err);
}

qy_status draw_design_tornado(const qy_plan *plan, const qy_model *model, int64_t point, int64_t over, int metric,
                              size_t samples, const qy_plot_look *look, const char *stem, const char *gnuplot,
                              qy_error *err)
{
  qy_indices f;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_status status =
      qy_model_sensitivity(&f, model, point, over, &metric, 1, samples, SEED, threads_default(), arena, err);
  if (!status) {
    const char *output[METRICS_MAX];
    const indices shown = indices_of(&f, &metric, 1, output);
    status = draw_bars(plan, model, point, over, &shown, 0, metric, look, stem, gnuplot, err);
  }
  qy_arena_free(arena);
  return status;
}

/* The time rises with the samples, from what is done once. */
qy_status design_tornado_seconds(double *seconds, const qy_model *model, int64_t point, int64_t over, int metric,
                                 size_t samples, qy_error *err)
{
  static const size_t tried[] = {16, 64};
  double spent[2] = {0, 0};
  qy_status status = QY_OK;
  for (int t = 0; t < 2 && !status; t++) {
    qy_indices f;
    qy_arena *arena = qy_arena_new();
    const double start = qy_seconds_now();
    status =
        arena ? qy_model_sensitivity(&f, model, point, over, &metric, 1, tried[t], SEED, threads_default(), arena, err)
              : qy_no_memory(err);
    spent[t] = qy_seconds_now() - start;
    qy_arena_free(arena);
  }
  const double each = fmax(spent[1] - spent[0], 0) / (double)(tried[1] - tried[0]);
  *seconds = spent[1] + each * (double)(samples - tried[1]);
  return status;
}

/* The metric asked for, or area and energy. */
static qy_status metrics_of(int metric[METRICS_MAX], int *count, const chosen *c, const design_request *q,
                            qy_error *err)
{
  qy_point p;
  *count = 1;
  if (q->metric) {
    const char *all[QY_METRIC_COUNT];
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      all[m] = qy_metric_table()[m].name;
    if ((metric[0] = qy_metric_find(q->metric)) >= 0) return QY_OK;
    const char *nearest = qy_nearest(q->metric, all, QY_METRIC_COUNT);
    return qy_fail(err, QY_BAD_INPUT,
                   "--metric: expected a metric that `quarry list metrics` shows, found \"%s\"%s%s%s", q->metric,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  qy_status status = qy_model_point(&p, c->model, c->point, err);
  if (status) return status;
  *count = 2;
  metric[0] = QY_AREA_UM2;
  metric[1] = isnan(p.metric[QY_ENERGY_UJ]) ? QY_ENERGY_PER_PRODUCT_FJ : QY_ENERGY_UJ;
  return QY_OK;
}

qy_status design_print_sensitivity(const chosen *c, const design_request *q, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"result", "value", "p05", "p95"};
  int metric[METRICS_MAX], count;
  qy_indices f;
  qy_interval row[METRICS_MAX];
  qy_status status = metrics_of(metric, &count, c, q, err);
  if (!status)
    status = qy_model_sensitivity(&f, c->model, c->point, c->over, metric, count, (size_t)q->samples, SEED,
                                  threads_default(), arena, err);
  if (!status) status = qy_model_intervals(row, c->model, c->point, c->over, metric, count, err);
  if (status) return status;
  const char *output[METRICS_MAX];
  const indices shown = indices_of(&f, metric, count, output);
  if (q->format == FORMAT_TABLE) {
    table *t = table_new(q->format, 4, names);
    table_interval(t, 1, 2, 3);
    for (int m = 0; m < count; m++) {
      char text[80];
      snprintf(text, sizeof text, "%s%s", qy_metric_table()[metric[m]].name, c->over >= 0 ? " ratio" : "");
      table_row(t, TEXT(text), NUMBER(row[m].value), NUMBER(row[m].low), NUMBER(row[m].high));
    }
    table_print(t);
    putchar('\n');
  }
  if ((status = indices_print(&shown, q->format, err)) || !q->tornado) return status;
  return draw_bars(c->plan, c->model, c->point, c->over, &shown, (size_t)count - 1, metric[count - 1], q->look,
                   q->tornado, NULL, err);
}
