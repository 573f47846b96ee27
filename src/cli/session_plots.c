/* Plots of an experiment: see session.h. */
#include "session.h"

#include "cli.h"
#include "design_report.h"
#include "layer_bits.h"
#include "pictures.h"
#include "session_plots.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"
#include "quarry/progress.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TORNADO_SAMPLES = 1024, STEM_BYTES = 2 * PATH_MAX };

/* Tornados and layers are of one point. */
bool session_is_of_point(const qy_plot_request *p)
{
  return p->point >= 0;
}

/* Is it drawn from the plan's draws themselves? */
bool session_is_of_draws(const qy_plot_request *p)
{
  return p->bands || p->over_design;
}

static int chart_axis(int metric, const char *key, const qy_plan_info *info)
{
  return key ? qy_chart_key(plan_key(key, info)) : metric;
}

qy_chart session_chart(const qy_plot_request *request, const qy_plan_info *info, const char *title, const char *caption)
{
  qy_chart f = {.x = chart_axis(request->x, request->x_key, info),
                .colour = request->colour,
                .colour_log = request->colour_log,
                .bins = request->bins,
                .axis_count = request->axis_count,
                .x_log = request->x_log,
                .y_log = request->y_log,
                .y = chart_axis(request->y, request->y_key, info),
                .has_floor = request->has_floor,
                .floor = request->floor,
                .bands = request->bands,
                .over = request->over_design,
                .panel = request->panel ? (int)plan_key(request->panel, info) : -1,
                .title = title,
                .caption = caption};
  for (int k = 0; k < QY_CHART_KIND_COUNT; k++)
    if (strcmp(qy_chart_kind_name((qy_chart_kind)k), request->kind) == 0) f.kind = (qy_chart_kind)k;
  for (int w = 0; w < QY_CHART_WHICH_COUNT && request->points; w++)
    if (strcmp(qy_chart_which_name((qy_chart_which)w), request->points) == 0) f.which = (qy_chart_which)w;
  for (int a = 0; a < request->axis_count; a++)
    f.axis[a] = chart_axis(request->axis[a], request->axis_key[a], info);
  for (int k = 0; k < info->front_within_count; k++)
    f.within[f.within_count++] = plan_key(info->front_within[k], info);
  for (int g = 0; g < request->group_count; g++)
    f.group[f.group_count++] = plan_key(request->group[g], info);
  for (int w = 0; w < request->where_count; w++)
    f.where[f.where_count++] = (qy_chart_where){plan_key(request->where_key[w], info), request->where_label[w]};
  return f;
}

/* A model of the points of the file's tornado plots; *model NULL: there are none. */
static qy_status tornado_model(qy_model **model, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  int64_t *points = qy_alloc(2 * (size_t)info->plot_count, sizeof *points);
  size_t count = 0;
  *model = NULL;
  if (!points) return qy_no_memory(err);
  for (int i = 0; i < info->plot_count; i++) {
    if (info->plot[i].point >= 0) points[count++] = info->plot[i].point;
    if (info->plot[i].over >= 0) points[count++] = info->plot[i].over;
  }
  qy_status status = count ? qy_model_make(model, plan, points, count, how, err) : QY_OK;
  free(points);
  return status;
}

qy_status session_prepare_tornados(qy_model **model, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_status status = tornado_model(model, plan, how, err);
  for (int i = 0; !status && i < info->plot_count; i++) {
    const int64_t points[] = {info->plot[i].point, info->plot[i].over};
    for (int k = 0; k < 2 && !status && points[k] >= 0; k++) {
      qy_point p;
      status = qy_model_point(&p, *model, points[k], err);
      if (!status && p.reason)
        status = qy_fail_at(err, QY_BAD_INPUT, info->file, 0, 0,
                            "plots[%d]: expected a design that can be built, found point %" PRId64 ": %s", i, points[k],
                            p.reason);
    }
  }
  if (!status) return QY_OK;
  qy_model_free(*model);
  *model = NULL;
  return status;
}

qy_status session_tornado_seconds(double *seconds, const qy_plan *plan, const qy_model_how *how, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  const double start = qy_seconds_now();
  qy_model *model = NULL;
  qy_status status = session_prepare_tornados(&model, plan, how, err);
  *seconds = model ? qy_seconds_now() - start : 0;
  for (int i = 0; i < info->plot_count && !status; i++) {
    const qy_plot_request *p = &info->plot[i];
    double own;
    if (!session_is_of_point(p) || p->bits || strcmp(p->kind, "layers") == 0) continue;
    status = design_tornado_seconds(&own, model, p->point, p->over, p->x, TORNADO_SAMPLES, err);
    if (!status) *seconds += own;
  }
  qy_model_free(model);
  return status;
}

/* Is there a plot that is drawn from the draws themselves? */
static bool wants_draws(const qy_plan_info *info)
{
  bool any = false;
  for (int i = 0; i < info->plot_count; i++)
    any = any || session_is_of_draws(&info->plot[i]);
  return any;
}

/* The look of a plot of the file with the options over it. */
static qy_status look_of(qy_plot_look *look, const style_options *style, const qy_plot_request *p, qy_error *err)
{
  style_options over = *style;
  qy_arena *arena = qy_arena_new();
  const char *const unit[2] = {p->x_key || p->axis_count ? NULL : qy_metric_table()[p->x].unit,
                               p->y_key || p->axis_count ? NULL : qy_metric_table()[p->y].unit};
  qy_status status = arena ? style_ranges(&over, unit, arena, err) : qy_no_memory(err);
  if (!status) status = style_look(look, &over, &p->style, err);
  qy_arena_free(arena);
  return status;
}

/* PLOTS/NAME, or what --output says; longer than a path may be: what does not fit is refused as such. */
static void stem_of(char stem[STEM_BYTES], const qy_plot_request *p, const char *directory, const char *output)
{
  if (output)
    snprintf(stem, STEM_BYTES, "%s", output);
  else
    snprintf(stem, STEM_BYTES, "%s/%s", directory, p->name);
}

/* What the plots of a run are drawn from. */
typedef struct drawing {
  const qy_plan *plan;
  const qy_model *tornados, *drawn;
  qy_store *store;
  int64_t id;
  const qy_points *points;
  const session_pictures *to;
} drawing;

static qy_status draw_of_point(const drawing *d, const qy_plot_request *p, const qy_plot_look *look, const char *stem,
                               qy_error *err)
{
  if (p->bits) return draw_layer_bits(qy_plan_get(d->plan), d->store, d->id, p->point, look, stem, d->to->gnuplot, err);
  if (strcmp(p->kind, "layers") == 0)
    return draw_design_layers(d->plan, d->tornados, p->point, p->x, look, stem, d->to->gnuplot, err);
  return draw_design_tornado(d->plan, d->tornados, p->point, p->over, p->x, TORNADO_SAMPLES, look, stem, d->to->gnuplot,
                             err);
}

static qy_status draw_one(const drawing *d, const qy_plot_request *p, const style_options *style, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(d->plan);
  char caption[200], stem[STEM_BYTES];
  const int64_t stored = session_stored_points(d->store, d->id, info);
  const int64_t infeasible = stored - session_feasible_points(d->store, d->id, info, d->points);
  qy_print(caption, sizeof caption, "%s: %" PRId64 " points, %.3g %% infeasible.", info->name, stored,
           100.0 * (double)infeasible / (double)stored);
  stem_of(stem, p, d->to->directory, d->to->output);
  qy_plot_look look;
  qy_status status = look_of(&look, style, p, err);
  if (status) return status;
  if (session_is_of_point(p)) return draw_of_point(d, p, &look, stem, err);
  qy_chart chart = session_chart(p, info, info->question, caption);
  chart.plan = d->plan;
  chart.model = d->drawn;
  chart.x_log = look.x_scale;
  chart.y_log = look.y_scale;
  return draw_chart(&chart, d->points, d->store, d->id, &look, stem, d->to->gnuplot, err);
}

/* Ranges that options give hold for the plots that have points in them; the others keep their own, and it is said. */
static qy_status draw_in_range(const drawing *d, const qy_plot_request *p, qy_error *err)
{
  style_options plain;
  qy_error again = {0};
  qy_status status = draw_one(d, p, d->to->style, err);
  if (status != QY_BAD_INPUT || qy_plan_get(d->plan)->plot_count < 2 || !style_no_ranges(&plain, d->to->style) ||
      draw_one(d, p, &plain, &again))
    return status;
  style_say_no_ranges(p->name, err);
  return QY_OK;
}

static int draw_each(const drawing *d)
{
  const qy_plan_info *info = qy_plan_get(d->plan);
  const qy_model_how *how = d->to->how;
  int code = EXIT_DONE; /* of the last that failed: one does not keep the others from being drawn, but a signal does */
  for (int i = 0; i < info->plot_count && code != EXIT_INTERRUPT; i++) {
    const qy_plot_request *p = &info->plot[i];
    qy_error err = {0};
    if (how->stop && how->stop(how->stop_ctx)) return report(qy_fail(&err, QY_INTERRUPTED, "interrupted"), &err);
    if (d->to->of_model && !session_is_of_point(p) && !session_is_of_draws(p)) continue;
    const qy_status status = draw_in_range(d, p, &err);
    /* No point of this run has what it shows: the results stand. */
    if (status == QY_BAD_INPUT && err.count && !session_is_of_point(p))
      say("not drawn: %s: %s\n", p->name, err.diagnostic[0].text);
    else if (status)
      code = report(status, &err);
  }
  return code;
}

qy_status session_check_style(const qy_plan_info *info, const style_options *style, qy_error *err)
{
  qy_plot_look look;
  style_options plain;
  qy_error first = {0};
  qy_status status = style_check(style, err);
  const bool ranges = !status && style_no_ranges(&plain, style);
  for (int i = 0; !status && i < info->plot_count; i++)
    status = look_of(&look, ranges ? &plain : style, &info->plot[i], err);
  bool fits = !ranges || info->plot_count == 0; /* ranges are of the plots that take them: one at least */
  for (int i = 0; !status && !fits && i < info->plot_count; i++) {
    qy_error why = {0};
    fits = !look_of(&look, style, &info->plot[i], &why);
    if (i == 0) first = why;
  }
  if (status || fits) return status;
  if (err) *err = first;
  return first.status;
}

qy_status session_check_files(const qy_plan_info *info, const style_options *style, const char *directory,
                              qy_error *err)
{
  char stem[STEM_BYTES];
  style_options plain;
  qy_plot_look look;
  qy_status status = QY_OK;
  style_no_ranges(&plain, style);
  for (int i = 0; !status && i < info->plot_count; i++) {
    status = look_of(&look, &plain, &info->plot[i], err);
    stem_of(stem, &info->plot[i], directory, NULL);
    if (!status) status = pictures_check(&look, stem, err);
  }
  return status;
}

int session_draw_plots(const qy_plan *plan, const qy_model *tornados, qy_store *store, int64_t id,
                       const qy_points *points, const session_pictures *to)
{
  const qy_plan_info *info = qy_plan_get(plan);
  if (points->count == 0 && info->plot_count) {
    fputs("no feasible point: nothing to draw\n", stderr);
    return EXIT_DONE;
  }
  qy_model *drawn = NULL; /* for the plots of what the draws say */
  qy_error failed = {0};
  qy_status made = wants_draws(info) ? qy_model_make(&drawn, plan, NULL, 0, to->how, &failed) : QY_OK;
  if (!made && drawn) made = qy_model_ready(drawn, NULL, 0, &failed);
  if (made) return report(made, &failed);
  const drawing all = {plan, tornados, drawn, store, id, points, to};
  const int code = draw_each(&all);
  qy_model_free(drawn);
  return code;
}
