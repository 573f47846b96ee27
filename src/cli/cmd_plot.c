/* quarry plot: draw the plots of a stored experiment again, or one from flags. */
#include "cli.h"
#include "pictures.h"
#include "plot_model.h"
#include "plot_slope.h"
#include "session.h"

#include "quarry/axes.h"
#include "quarry/chart.h"
#include "quarry/plot_kinds.h"
#include "quarry/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORED_MAX = 16 };

/* Among the options, whose bits tell which are given. */
enum { PLOTS_OPTION = 1 };

/* One plot as the database holds it. */
typedef struct stored_plot {
  char where[200]; /* words of chart.where */
  char name[128];
  qy_chart chart;
  char *style[QY_STYLE_COUNT]; /* what it says of its look; NULL: nothing */
} stored_plot;

typedef struct stored_plots {
  int count;
  stored_plot plot[STORED_MAX];
  const char *bad;        /* what the database holds that this program does not know */
  qy_key_list parameters; /* among the keys: names are of the arena */
  int within_count;
  qy_key within[QY_KEY_COUNT];
  qy_arena *arena;
  qy_store *store;
  int64_t id;
  bool own; /* of options, not the experiment's */
} stored_plots;

/* Key of a name; design parameters are remembered. */
static qy_status plot_key(stored_plots *plots, qy_key *key, const char *name, qy_error *err)
{
  const char *kept = qy_arena_text(plots->arena, name, strlen(name));
  return kept ? qy_key_find(key, kept, &plots->parameters, err) : qy_no_memory(err);
}

static int kind_find(const char *name)
{
  for (int k = 0; k < QY_CHART_KIND_COUNT; k++)
    if (strcmp(qy_chart_kind_name((qy_chart_kind)k), name) == 0) return k;
  return -1;
}

/* "network=vgg16,precision=8 bit" into the chart; the text is split in place and must stay. */
static qy_status plot_where(stored_plots *plots, stored_plot *p, const char *text, qy_error *err)
{
  char *rest = p->where, *word;
  if (snprintf(p->where, sizeof p->where, "%s", text) >= (int)sizeof p->where)
    return qy_fail(err, QY_BAD_INPUT, "--where: expected at most %zu bytes, found \"%.40s...\"", sizeof p->where - 1,
                   text);
  while ((word = strsep(&rest, ",")) && *word) {
    qy_key key;
    char *label = strchr(word, '=');
    if (!label || p->chart.where_count == QY_KEY_COUNT)
      return qy_fail(err, QY_BAD_INPUT, "--where: expected KEY=LABEL with commas between, found \"%s\"", word);
    *label++ = 0;
    qy_status status = plot_key(plots, &key, word, err);
    if (status) return status;
    p->chart.where[p->chart.where_count++] = (qy_chart_where){key, label};
  }
  return QY_OK;
}

/* A metric, or a key of the points; text stays. */
static qy_status plot_axis(stored_plots *plots, int *out, const char *text, qy_error *err)
{
  qy_key key = QY_KEY_TECHNOLOGY;
  *out = qy_metric_find(text);
  if (*out >= 0) return QY_OK;
  qy_status status = plot_key(plots, &key, text, err);
  *out = qy_chart_key(key);
  return status;
}

/* "a,b" one after another, each by `read`: as stored, or as an option says. */
typedef qy_status read_axis(stored_plots *plots, int *out, const char *text, qy_error *err);
static qy_status plot_axes(stored_plots *plots, qy_chart *chart, const char *text, read_axis *read, qy_error *err)
{
  char words[400], *rest = words, *word;
  if (snprintf(words, sizeof words, "%s", text) >= (int)sizeof words)
    return qy_fail(err, QY_BAD_INPUT, "--axes: expected at most %zu bytes, found \"%.40s...\"", sizeof words - 1, text);
  qy_status status = QY_OK;
  while (!status && (word = strsep(&rest, ","))) {
    if (chart->axis_count == QY_CHART_AXES_MAX)
      return qy_fail(err, QY_BAD_INPUT, "--axes: expected 2 to %d keys and metrics, found more", QY_CHART_AXES_MAX);
    status = read(plots, &chart->axis[chart->axis_count++], word, err);
  }
  return status;
}

static int number_or(const char *text, int fallback)
{
  return text ? (int)strtol(text, NULL, 10) : fallback;
}

/* What the kinds have beside x and y; false: not of this version. */
static bool stored_kind(stored_plots *s, qy_chart *chart, const char *const *value)
{
  if (value[10])
    for (int w = 0; w < QY_CHART_WHICH_COUNT; w++)
      if (strcmp(qy_chart_which_name((qy_chart_which)w), value[10]) == 0) chart->which = (qy_chart_which)w;
  chart->colour = value[11] ? qy_metric_find(value[11]) : 0;
  chart->colour_log = number_or(value[12], -1);
  chart->bins = number_or(value[13], 0);
  return chart->colour >= 0 && (!value[14] || !plot_axes(s, chart, value[14], plot_axis, NULL));
}

/* Columns: name, kind, x, y, panel, groups with commas between, x_log, y_log, where, floor, points, colour, colour_log,
 * bins, axes. */
static int plot_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  stored_plots *s = ctx;
  if (s->count == STORED_MAX) return 1;
  stored_plot *p = &s->plot[s->count];
  int kind = value[1] ? kind_find(value[1]) : -1;
  p->chart = (qy_chart){.panel = -1, .x_log = number_or(value[6], -1), .y_log = number_or(value[7], -1)};
  if (kind < 0 || !value[2] || !value[3] || plot_axis(s, &p->chart.x, value[2], NULL) ||
      plot_axis(s, &p->chart.y, value[3], NULL) || !stored_kind(s, &p->chart, value)) {
    s->bad = "plot";
    return 1;
  }
  p->chart.floor = value[9] ? qy_metric_find(value[9]) : -1;
  p->chart.has_floor = p->chart.floor >= 0;
  qy_key panel;
  if (value[4] && !plot_key(s, &panel, value[4], NULL)) p->chart.panel = (int)panel;
  p->chart.kind = (qy_chart_kind)kind;
  snprintf(p->name, sizeof p->name, "%s", value[0]);
  char text[256], *rest = text, *word;
  snprintf(text, sizeof text, "%s", value[5] ? value[5] : "design");
  while ((word = strsep(&rest, ",")) && p->chart.group_count < QY_KEY_COUNT) {
    qy_key key;
    if (!plot_key(s, &key, word, NULL)) p->chart.group[p->chart.group_count++] = key;
  }
  if (value[8] && plot_where(s, p, value[8], NULL)) {
    s->bad = "plot";
    return 1;
  }
  s->count++;
  return 0;
}

/* Columns: key.  What fronts are taken within. */
static int within_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  stored_plots *s = ctx;
  qy_key key;
  if (!value[0] || s->within_count == QY_KEY_COUNT || plot_key(s, &key, value[0], NULL)) {
    s->bad = "front";
    return 1;
  }
  s->within[s->within_count++] = key;
  return 0;
}

static qy_status read_within(stored_plots *plots, qy_store *store, int64_t id, qy_error *err)
{
  char sql[160];
  snprintf(sql, sizeof sql,
           "SELECT w.value FROM experiment e, json_each(e.definition, '$.within') w WHERE e.id = %" PRId64
           " ORDER BY w.key",
           id);
  qy_status status = qy_store_query(store, sql, within_row, plots, err);
  if (!status && plots->bad)
    status = qy_fail(err, QY_BAD_INPUT, "experiment %" PRId64 ": its fronts are of another version of quarry", id);
  for (int i = 0; i < plots->count; i++) {
    plots->plot[i].chart.within_count = plots->within_count;
    memcpy(plots->plot[i].chart.within, plots->within, sizeof plots->within);
  }
  return status;
}

static qy_status read_plots(stored_plots *plots, qy_store *store, int64_t id, qy_error *err)
{
  char sql[1200];
  snprintf(sql, sizeof sql,
           "SELECT json_extract(p.value, '$.name'), json_extract(p.value, '$.kind'), json_extract(p.value, '$.x'), "
           "json_extract(p.value, '$.y'), json_extract(p.value, '$.panel'), "
           "(SELECT group_concat(g.value) FROM json_each(p.value, '$.group') g), "
           "json_extract(p.value, '$.x_log'), json_extract(p.value, '$.y_log'), "
           "(SELECT group_concat(w.key || '=' || w.value) FROM json_each(p.value, '$.where') w), "
           "json_extract(p.value, '$.floor'), json_extract(p.value, '$.points'), json_extract(p.value, '$.colour'), "
           "json_extract(p.value, '$.colour_log'), json_extract(p.value, '$.bins'), "
           "(SELECT group_concat(a.value) FROM json_each(p.value, '$.axes') a) "
           "FROM experiment e, json_each(e.definition, '$.plots') p WHERE e.id = %" PRId64 " ORDER BY p.key",
           id);
  qy_status status = qy_store_query(store, sql, plot_row, plots, err);
  if (!status && plots->bad)
    status =
        qy_fail(err, QY_BAD_INPUT, "experiment %" PRId64 ": its stored plots are of another version of quarry", id);
  return status;
}

static int title_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  snprintf(ctx, 512, "%s", value[0]);
  return 1;
}

typedef struct plot_options {
  places where;
  const char *x, *y, *group, *panel, *where_points, *axes, *colour, *output, *gnuplot, *format;
  int kind, which;
  int64_t bins;
  style_options style;
} plot_options;

/* What an axis may be, and the nearest of it. */
static qy_status no_axis(const stored_plots *plots, const char *flag, const char *name, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN] = "";
  qy_axes axes = {0};
  const char **known = NULL;
  size_t count = 0;
  qy_status status = name ? qy_store_axes(&axes, plots->store, plots->id, plots->arena, err) : QY_OK;
  if (!status && name) {
    known = qy_arena_alloc(plots->arena, QY_METRIC_COUNT + QY_AXIS_NAMES + axes.count, sizeof *known);
    if (!known) status = qy_no_memory(err);
  }
  if (status) return status;
  for (int m = 0; known && m < QY_METRIC_COUNT; m++)
    known[count++] = qy_metric_table()[m].name;
  for (int k = 0; known && k < QY_AXIS_NAMES; k++)
    known[count++] = qy_axis_names[k];
  for (size_t i = 0; known && i < axes.count; i++)
    known[count++] = axes.axis[i].key;
  if (known) qy_did_you_mean(advice, name, known, count);
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected a metric that `quarry list metrics` shows, " QY_AXIS_LIST
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
  if (status || plots->parameters.count == before) return status;
  status = qy_store_axes(&axes, plots->store, plots->id, plots->arena, err);
  return status || qy_axes_find(&axes, name) >= 0 ? status : no_axis(plots, flag, name, err);
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
  if (!status && heat && chart->x == chart->y)
    return qy_fail(err, QY_BAD_INPUT, "--y: expected another axis than --x, found \"%s\"", o->y);
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
static qy_status chart_from_flags(stored_plots *plots, const plot_options *o, const char *experiment, qy_error *err)
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

/* Columns: key and text of what a stored plot says of its look. */
static int style_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  stored_plot *p = ctx;
  for (int o = 0; o < QY_STYLE_COUNT; o++)
    if (value[1] && strcmp(qy_style_table()[o].key, value[0]) == 0 && qy_style_valid((qy_style_option)o, value[1]))
      p->style[o] = strdup(value[1]);
  return 0;
}

static qy_status read_style(stored_plot *p, qy_store *store, int64_t id, int place, qy_error *err)
{
  char sql[200];
  snprintf(
      sql, sizeof sql,
      "SELECT s.key, s.value FROM experiment e, json_each(e.definition, '$.plots[%d].style') s WHERE e.id = %" PRId64,
      place, id);
  return qy_store_query(store, sql, style_row, p, err);
}

static const char terminal[] = "dumb";

/* The look of a plot with the options over it; SVG alone where nobody says anything of formats. */
static qy_status look_of(qy_plot_look *look, const stored_plot *p, const plot_options *o, qy_error *err)
{
  style_options over = o->style;
  qy_plot_style base;
  memcpy(base.said, p->style, sizeof base.said);
  const bool shown = o->format && strcmp(o->format, terminal) == 0;
  if (!shown) over.style.said[QY_STYLE_FORMATS] = o->format;
  qy_status status = style_look(look, &over, &base, err);
  if (!base.said[QY_STYLE_FORMATS] && !base.said[QY_STYLE_PRESET] && !over.style.said[QY_STYLE_PRESET] && !o->format)
    look->format_count = 1;
  return status;
}

static qy_status show(const qy_chart *chart, const qy_points *points, qy_store *store, int64_t id, const char *gnuplot,
                      qy_error *err)
{
  char *text = NULL;
  qy_status status = qy_chart_draw(chart, points, store, id, QY_PLOT_DUMB, NULL, gnuplot, &text, err);
  if (!status && text) fputs(text, stdout);
  free(text);
  return status;
}

/* Scales and ranges that the options give must have a meaning on the axes of a plot of one's own. */
static qy_status check_axes(const qy_chart *chart, const qy_points *points, const style_options *style, qy_error *err)
{
  static const qy_style_option said[2][2] = {{QY_STYLE_X_SCALE, QY_STYLE_X_RANGE},
                                             {QY_STYLE_Y_SCALE, QY_STYLE_Y_RANGE}};
  const int axis[2] = {chart->x, chart->y};
  for (int d = 0; d < 2; d++)
    for (int o = 0; o < 2; o++) {
      const char *text = style->style.said[said[d][o]];
      if (!text || strcmp(text, "auto") == 0 || !qy_chart_is_key(axis[d])) continue;
      if (chart->kind == QY_CHART_HEATMAP)
        return qy_fail(err, QY_BAD_INPUT,
                       "--%s: expected no scale of a key, whose values are cells of one size, found \"%s\"",
                       style->name[said[d][o]], text);
      if (!points->number[qy_chart_key_of(axis[d])])
        return qy_fail(err, QY_BAD_INPUT, "--%s: expected no scale or range of an axis of words, found \"%s\"",
                       style->name[said[d][o]], text);
    }
  return QY_OK;
}

/* "Energy on chip against supply voltage: rdm_vs_sdm" of a plot of one's own, whose experiment asks something else. */
static const char *own_title(const qy_chart *f, const qy_points *points, const char *experiment, qy_arena *arena)
{
  const bool heat = f->kind == QY_CHART_HEATMAP, parallel = f->kind == QY_CHART_PARALLEL;
  const int count = parallel ? f->axis_count
                    : heat   ? 3
                             : 2,
            said[] = {heat ? f->colour : f->y, heat ? f->y : f->x, f->x};
  const char *text = "";
  for (int i = 0; text && i < count; i++) {
    const char *name = qy_chart_name(arena, points, parallel ? f->axis[i] : said[i]);
    const char *gap = i == 0 ? "" : !parallel && i == 1 ? " against " : !parallel || i + 1 == count ? " and " : ", ";
    text = name ? qy_arena_format(arena, "%s%s%s", text, gap, name) : NULL;
  }
  char *title = text ? qy_arena_format(arena, "%s: %s", text, experiment) : NULL;
  if (title) title[0] = (char)toupper((unsigned char)title[0]);
  return title;
}

static qy_status draw(const stored_plot *p, const stored_plots *plots, const plot_options *o, qy_store *store,
                      int64_t id, const char *title, qy_error *err)
{
  int metrics[QY_METRIC_COUNT], count = qy_chart_metrics(&p->chart, metrics);
  char stem[1024];
  qy_points points = {0};
  qy_plot_look look;
  qy_status status = look_of(&look, p, o, err);
  if (!status) status = qy_points_read(&points, store, id, metrics, count, &plots->parameters, err);
  if (!status && plots->own) status = check_axes(&p->chart, &points, &o->style, err);
  if (!status) status = qy_points_unsure(&points, store, id, metrics, count, err);
  int length = o->output ? snprintf(stem, sizeof stem, "%s", o->output)
                         : snprintf(stem, sizeof stem, "%s/%s", o->where.plots, p->name);
  if (!status && length >= (int)sizeof stem)
    status =
        qy_fail(err, QY_BAD_INPUT, "--output: expected a path of at most %zu bytes, found %d", sizeof stem - 1, length);
  if (status) {
    qy_points_free(&points);
    return status;
  }
  qy_chart chart = p->chart;
  chart.title = plots->own ? own_title(&chart, &points, title, plots->arena) : title;
  if (p->style[QY_STYLE_X_SCALE] || o->style.style.said[QY_STYLE_X_SCALE]) chart.x_log = look.x_scale;
  if (p->style[QY_STYLE_Y_SCALE] || o->style.style.said[QY_STYLE_Y_SCALE]) chart.y_log = look.y_scale;
  chart.look = &look;
  status = o->format && strcmp(o->format, terminal) == 0
               ? show(&chart, &points, store, id, o->gnuplot, err)
               : draw_chart(&chart, &points, store, id, &look, stem, o->gnuplot, err);
  qy_points_free(&points);
  return status;
}

static qy_status check_options(const plot_options *o, qy_error *err)
{
  qy_status status = style_check(&o->style, err);
  if (!status && o->format && strcmp(o->format, terminal) && !qy_style_valid(QY_STYLE_FORMATS, o->format))
    status = qy_fail(err, QY_BAD_INPUT, "--format: expected %s, or %s, found \"%.60s\"",
                     qy_style_table()[QY_STYLE_FORMATS].values, terminal, o->format);
  return status;
}

/* Those made with the model, in the formats that `quarry run` writes where nobody says any. */
static qy_status draw_made(int *code, qy_store *store, int64_t id, const plot_options *o, qy_error *err)
{
  style_options style = o->style;
  style.style.said[QY_STYLE_FORMATS] = o->format;
  const session_pictures to = {&style, o->where.plots, o->gnuplot, o->output, true};
  return plot_model_draw(code, store, id, o->where.db_dir, &to, err);
}

/* Where files go: a relative STEM lies in the directory of --plots, if that is said; the directory is made as `run` does. */
static qy_status files_place(plot_options *o, bool plots_said, qy_arena *arena, qy_error *err)
{
  if (o->format && strcmp(o->format, terminal) == 0) return QY_OK;
  if (o->output && !plots_said) return QY_OK;
  if (o->output && o->output[0] != '/') {
    o->output = qy_arena_format(arena, "%s/%s", o->where.plots, o->output);
    if (!o->output) return qy_no_memory(err);
  }
  return pictures_place(o->where.plots, err);
}

/* Is it a plot of one's own, instead of those of the experiment? */
static bool is_own(const plot_options *o)
{
  return o->x || o->y || o->axes || o->colour;
}

/* Options that the kind does not take would say nothing. */
static qy_status check_kind(const option_row *rows, size_t count, uint64_t given, int kind, qy_error *err)
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
static qy_status check_stored(const plot_options *o, const option_row *rows, size_t count, uint64_t given,
                              qy_error *err)
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

int cmd_plot(int argc, char **argv)
{
  static const char *kinds[QY_PLOT_KINDS_OF_POINTS + 1];
  memcpy(kinds, qy_plot_kinds, QY_PLOT_KINDS_OF_POINTS * sizeof *kinds);
  static const char *const which[] = {"best", "median", "all", NULL};
  plot_options o = {.kind = -1, .which = -1};
  places_default(&o.where);
  option_row rows[24 + QY_STYLE_COUNT] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      {"x", 'x', OPTION_TEXT, &o.x, "AXIS",
       "a metric or key (channels, clock_mhz): draw this instead of the experiment's plots", 0, 0, NULL},
      {"y", 'y', OPTION_TEXT, &o.y, "AXIS", "with --x: against this", 0, 0, NULL},
      {"kind", 'k', OPTION_CHOICE, &o.kind, "KIND", "pareto, lines, bars, heatmap or parallel", 0, 0, kinds},
      {"colour", 'c', OPTION_TEXT, &o.colour, "METRIC", "of a heat map", 0, 0, NULL},
      {"bins", 0, OPTION_INTEGER, &o.bins, "N", "of a heat map's axis that is a metric", 2, 100, NULL},
      {"axes", 'a', OPTION_TEXT, &o.axes, "AXES", "of parallel coordinates: metrics and keys, as a,b,c", 0, 0, NULL},
      {"points", 0, OPTION_CHOICE, &o.which, "WHICH",
       "with a key on an axis: best, median or all of the points that agree in it", 0, 0, which},
      {"group", 'g', OPTION_TEXT, &o.group, "KEYS", "a series each (default design,precision)", 0, 0, NULL},
      {"panel", 0, OPTION_TEXT, &o.panel, "KEY", "a panel each (default technology)", 0, 0, NULL},
      {"where", 0, OPTION_TEXT, &o.where_points, "KEY=LABEL,...",
       "only these points: \"network=vgg16,precision=8 bit\"", 0, 0, NULL},
      {"format", 'f', OPTION_TEXT, &o.format, "FORMAT",
       "svg, png, pdf, eps, txt, with commas between, or dumb for the terminal", 0, 0, NULL},
      {"output", 'o', OPTION_TEXT, &o.output, "STEM", "file name without its ending; where --plots is given, in that",
       0, 0, NULL},
      {"gnuplot", 0, OPTION_TEXT, &o.gnuplot, "PROGRAM", "gnuplot to use", 0, 0, NULL},
  };
  size_t row_count = 0;
  while (rows[row_count].name)
    row_count++;
  row_count = style_rows(rows, row_count, &o.style, false);
  static const usage help = {
      "plot",
      "EXPERIMENT | slope NETWORK...",
      "Draw the plots of a stored experiment, or one of your own with --x and --y (--kind parallel: with --axes).\n"
      "Those of its model (tornado, layers, bands, over) are computed anew from the stored file, as `quarry run` "
      "does.\n"
      "`slope`: least DRAM traffic against buffer size; quarry plot slope --help.",
      "  quarry plot rdm_vs_sdm --format pdf\n"
      "  quarry plot rdm_vs_sdm --x area_um2 --y energy_uj --panel technology --format dumb\n"
      "  quarry plot rdm_vs_sdm --kind lines --x channels --y energy_uj --group design\n"
      "  quarry plot rdm_vs_sdm --kind heatmap --x channels --y clock_mhz --colour energy_uj\n",
      1,
      1};
  if (argc > 2 && strcmp(argv[1], "slope") == 0) return plot_slope(argc - 1, argv + 1);
  static const char *const forms[] = {"slope"};
  print_words(argc, argv, forms, 1, sizeof *forms);
  uint64_t given;
  int first, code = options_parse_given(&help, rows, row_count, argc, argv, &first, &given);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_store *store = NULL;
  stored_plots plots = {.arena = qy_arena_new()};
  char title[512] = "", sql[100];
  int64_t id = 0;
  const bool own = is_own(&o);
  if (o.kind < 0) o.kind = QY_CHART_PARETO;
  qy_status status = plots.arena ? check_options(&o, &err) : qy_no_memory(&err);
  if (!status)
    status = own ? check_kind(rows, row_count, given, o.kind, &err) : check_stored(&o, rows, row_count, given, &err);
  if (!status) status = qy_store_open(&store, o.where.database, QY_STORE_READ, &err);
  if (!status) status = session_find(&id, store, argv[first], &err);
  plots.store = store;
  plots.id = id;
  plots.own = own;
  snprintf(sql, sizeof sql, "SELECT %s FROM experiment WHERE id = %" PRId64, own ? "name" : "question", id);
  if (!status) status = qy_store_query(store, sql, title_row, title, &err);
  if (!status) status = own ? chart_from_flags(&plots, &o, argv[first], &err) : read_plots(&plots, store, id, &err);
  int made = 0; /* plots that need the model */
  if (!status && !own) status = plot_model_count(&made, store, id, &err);
  if (!status && plots.count + made == 0)
    status = qy_fail(&err, QY_BAD_INPUT, "experiment \"%s\" has no plots of its own; give --x and --y", argv[first]);
  if (!status && o.output && plots.count + made > 1)
    status =
        qy_fail(&err, QY_BAD_INPUT, "--output: expected one plot (give --x and --y), found %d", plots.count + made);
  for (int i = 0; !status && i < plots.count && !own; i++)
    status = read_style(&plots.plot[i], store, id, i, &err);
  if (!status) status = read_within(&plots, store, id, &err);
  if (!status) status = files_place(&o, given >> PLOTS_OPTION & 1, plots.arena, &err);
  for (int i = 0; !status && i < plots.count; i++)
    status = draw(&plots.plot[i], &plots, &o, store, id, title, &err);
  code = EXIT_DONE;
  if (!status && made && o.format && strcmp(o.format, terminal) == 0)
    say("note: not drawn, as they have no form for the terminal: %d plots made with the model; --format txt writes "
        "them\n",
        made);
  else if (!status && made)
    status = draw_made(&code, store, id, &o, &err);
  if (status) code = report(status, &err);
  for (int i = 0; i < plots.count; i++)
    for (int k = 0; k < QY_STYLE_COUNT; k++)
      free(plots.plot[i].style[k]);
  qy_store_close(store);
  qy_arena_free(plots.arena);
  return finish_output(code);
}
