/* A plot of one's own: see plot_flags.h. */
#include "plot_flags.h"

#include "quarry/axes.h"
#include "quarry/plot_kinds.h"
#include "quarry/text.h"

#include <stdio.h>
#include <string.h>

/* What an axis may be, and the nearest of it. */
static qy_status no_axis(const stored_plots *plots, const char *flag, const char *name, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN] = "";
  qy_axes axes = {0};
  const char **known = NULL;
  size_t count = 0;
  qy_status status = name ? qy_store_axes(&axes, plots->store, plots->id, plots->arena, err) : QY_OK;
  if (!status && name) {
    known = qy_arena_alloc(plots->arena, QY_METRIC_COUNT + QY_AXIS_NAMES + QY_AXIS_BITS + axes.count, sizeof *known);
    if (!known) status = qy_no_memory(err);
  }
  if (status) return status;
  for (int m = 0; known && m < QY_METRIC_COUNT; m++)
    known[count++] = qy_metric_table()[m].name;
  for (int k = 0; known && k < QY_AXIS_NAMES; k++)
    known[count++] = qy_axis_names[k];
  for (int k = 0; known && k < QY_AXIS_BITS; k++)
    known[count++] = qy_axis_bits[k];
  for (size_t i = 0; known && i < axes.count; i++)
    known[count++] = axes.axis[i].key;
  if (known) qy_did_you_mean(advice, name, known, count);
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected a metric that `quarry list metrics` shows, " QY_AXIS_LIST ", " QY_AXIS_BITS_LIST
                 " or a parameter of the designs, found \"%s\"%s",
                 flag, name ? name : "nothing", advice);
}

static qy_status one_metric(int *out, const char *flag, const char *name, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN];
  *out = name ? qy_metric_find(name) : -1;
  return *out >= 0
             ? QY_OK
             : qy_fail(err, QY_BAD_INPUT, "%s: expected a metric that `quarry list metrics` shows, found \"%s\"%s",
                       flag, name ? name : "nothing", name ? qy_metric_advice(advice, name) : "");
}

/* A metric, a fixed key, or a parameter that a design of the experiment has. */
static qy_status one_axis(stored_plots *plots, int *out, const char *flag, const char *name, qy_error *err)
{
  qy_axes axes;
  if (!name || !*name) return no_axis(plots, flag, name, err);
  const int before = plots->parameters.count;
  qy_status status = plot_axis(plots, out, name, err);
  if (status || plots->parameters.count == before || qy_axis_bits_find(name)) return status;
  status = qy_store_axes(&axes, plots->store, plots->id, plots->arena, err);
  return status || qy_axes_find(&axes, name) >= 0 ? status : no_axis(plots, flag, name, err);
}

/* An axis that stands twice shows nothing. */
static qy_status axes_once(const stored_plots *plots, const qy_chart *chart, const int *axis, int count,
                           const char *flag, qy_error *err)
{
  const char *name[QY_CHART_AXES_MAX];
  for (int a = 0; a < count; a++)
    name[a] = qy_chart_is_key(axis[a]) ? qy_key_name(qy_chart_key_of(axis[a]), &plots->parameters)
                                       : qy_metric_table()[axis[a]].name;
  const size_t again = qy_plot_axis_again(qy_chart_kind_name(chart->kind), name, (size_t)count);
  return again == (size_t)count
             ? QY_OK
             : qy_fail(err, QY_BAD_INPUT, "%s: expected " QY_PLOT_AXIS_ONCE ", found \"%s\" again", flag, name[again]);
}

static qy_status axis_of_flag(stored_plots *plots, int *out, const char *text, qy_error *err)
{
  return one_axis(plots, out, "--axes", text, err);
}

static qy_status axes_of_flag(stored_plots *plots, qy_chart *chart, const char *text, qy_error *err)
{
  qy_status status = plot_axes(plots, chart, text, axis_of_flag, err);
  if (!status && chart->axis_count < 2)
    status = qy_fail(err, QY_BAD_INPUT, "--axes: expected at least 2 keys and metrics, found \"%s\"", text);
  if (!status) status = axes_once(plots, chart, chart->axis, chart->axis_count, "--axes", err);
  return status;
}

/* Axes of the kind that --kind says. */
static qy_status axes_from_flags(stored_plots *plots, qy_chart *chart, const plot_options *o, qy_error *err)
{
  if (chart->kind == QY_CHART_PARALLEL) {
    if (!o->axes) return qy_fail(err, QY_BAD_INPUT, "--axes: expected the axes of --kind parallel, as a,b,c");
    return axes_of_flag(plots, chart, o->axes, err);
  }
  qy_status status = one_axis(plots, &chart->x, "--x", o->x, err);
  if (!status) status = one_axis(plots, &chart->y, "--y", o->y, err);
  const bool x = qy_chart_is_key(chart->x), y = qy_chart_is_key(chart->y), heat = chart->kind == QY_CHART_HEATMAP;
  if (!status && !heat && ((x && y) || (y && chart->kind == QY_CHART_BARS)))
    return qy_fail(err, QY_BAD_INPUT, "--y: expected a metric, found \"%s\"", o->y);
  if (!status) status = axes_once(plots, chart, (const int[]){chart->x, chart->y}, 2, "--y", err);
  if (!status && heat) status = one_metric(&chart->colour, "--colour", o->colour, err);
  return status;
}

/* --points, or what is usual. */
static qy_status which_from_flags(qy_chart *chart, const plot_options *o, qy_error *err)
{
  const bool heat = chart->kind == QY_CHART_HEATMAP, keyed = qy_chart_is_key(chart->x) || qy_chart_is_key(chart->y);
  if (!keyed && !heat)
    return o->which < 0 ? QY_OK : qy_fail(err, QY_BAD_INPUT, "--points: expected a key on an axis, as --x clock_mhz");
  const int metric = heat ? chart->colour : qy_chart_is_key(chart->y) ? chart->x : chart->y;
  const qy_metric_info *info = &qy_metric_table()[metric];
  const bool dots = chart->kind == QY_CHART_PARETO || chart->kind == QY_CHART_LINES;
  chart->which = info->sense == 0 ? QY_CHART_MEDIAN : chart->kind == QY_CHART_PARETO ? QY_CHART_ALL : QY_CHART_BEST;
  if (o->which < 0) return QY_OK;
  if (o->which == QY_CHART_ALL && !dots)
    return qy_fail(err, QY_BAD_INPUT, "--points: expected best or median in --kind %s, found \"all\"",
                   qy_chart_kind_name(chart->kind));
  if (o->which != QY_CHART_MEDIAN && info->sense == 0)
    return qy_fail(err, QY_BAD_INPUT, "--points: expected median (%s is better neither smaller nor larger)",
                   info->name);
  chart->which = (qy_chart_which)o->which;
  return QY_OK;
}

/* The chart that the flags describe. */
qy_status plot_from_flags(stored_plots *plots, const plot_options *o, const char *experiment, qy_error *err)
{
  stored_plot *p = &plots->plot[0];
  p->chart = (qy_chart){.kind = (qy_chart_kind)o->kind, .panel = -1, .x_log = -1, .y_log = -1};
  p->chart.bins = (int)o->bins;
  p->chart.colour_log = -1;
  qy_status status = axes_from_flags(plots, &p->chart, o, err);
  if (!status) status = which_from_flags(&p->chart, o, err);
  qy_key key;
  if (!status && o->panel && !(status = plot_key(plots, &key, o->panel, err))) p->chart.panel = (int)key;
  if (!status && o->where_points) status = plot_where(plots, p, o->where_points, err);
  char text[128], *rest = text, *word;
  if (snprintf(text, sizeof text, "%s", o->group ? o->group : "design,precision") >= (int)sizeof text)
    status =
        qy_fail(err, QY_BAD_INPUT, "--group: expected at most %zu bytes, found \"%.40s...\"", sizeof text - 1, text);
  while (!status && (word = strsep(&rest, ","))) {
    if ((status = plot_key(plots, &key, word, err))) break;
    for (int i = 0; i < p->chart.group_count; i++)
      if (p->chart.group[i] == key)
        status = qy_fail(err, QY_BAD_INPUT, "--group: expected each name once, found \"%s\" twice", word);
    if (!status) p->chart.group[p->chart.group_count++] = key;
  }
  if (o->axes)
    snprintf(p->name, sizeof p->name, "%s.parallel", experiment);
  else
    snprintf(p->name, sizeof p->name, "%s.%s%s%s-%s", experiment, o->colour ? o->colour : "", o->colour ? "-" : "",
             o->y ? o->y : "", o->x ? o->x : "");
  plots->count = 1;
  return status;
}

/* Options that the kind does not take would say nothing. */
qy_status plot_check_kind(const option_row *rows, size_t count, uint64_t given, int kind, qy_error *err)
{
  const char *name = qy_plot_kinds[kind];
  qy_text taken = {0};
  qy_status status = QY_OK;
  for (size_t i = 0; i < count; i++)
    if (qy_plot_takes(name, rows[i].name)) qy_text_add(&taken, "%s--%s", taken.length ? ", " : "", rows[i].name);
  for (size_t i = 0; !status && i < count; i++)
    if ((given >> i & 1) && qy_plot_key_known(rows[i].name) && !qy_plot_takes(name, rows[i].name))
      status = qy_fail(err, QY_BAD_INPUT, "--%s: expected an option that --kind %s takes (%s)", rows[i].name, name,
                       taken.failed ? "" : taken.data);
  qy_text_free(&taken);
  return status;
}

/* Options that say what is drawn, where the experiment's file does. */
qy_status plot_check_stored(const plot_options *o, const option_row *rows, size_t count, uint64_t given, qy_error *err)
{
  for (size_t i = 0; i < count; i++) {
    bool style = false;
    for (int k = 0; k < QY_STYLE_COUNT; k++)
      style = style || rows[i].target == (const void *)&o->style.style.said[k];
    if ((given >> i & 1) && !style && qy_plot_key_known(rows[i].name))
      return qy_fail(err, QY_BAD_INPUT, "--%s: expected --x and --y, or --axes, beside it: a plot of one's own",
                     rows[i].name);
  }
  return QY_OK;
}
