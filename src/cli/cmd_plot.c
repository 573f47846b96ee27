/* quarry plot: draw the plots of a stored experiment again, or one from flags. */
#include "cli.h"
#include "pictures.h"
#include "plot_slope.h"
#include "session.h"

#include "quarry/chart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORED_MAX = 16 };

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
  qy_arena *arena;
  char hint[QY_DID_YOU_MEAN]; /* "did you mean": a metric that a word on an axis is near to */
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

/* "a,b" one after another; at most `max`. */
static qy_status plot_axes(stored_plots *plots, qy_chart *chart, const char *text, qy_error *err)
{
  char words[400], *rest = words, *word;
  if (snprintf(words, sizeof words, "%s", text) >= (int)sizeof words)
    return qy_fail(err, QY_BAD_INPUT, "--axes: expected at most %zu bytes, found \"%.40s...\"", sizeof words - 1, text);
  qy_status status = QY_OK;
  while (!status && (word = strsep(&rest, ","))) {
    if (chart->axis_count == QY_CHART_AXES_MAX)
      return qy_fail(err, QY_BAD_INPUT, "--axes: expected 2 to %d keys and metrics, found more", QY_CHART_AXES_MAX);
    status = plot_axis(plots, &chart->axis[chart->axis_count++], word, err);
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
  return chart->colour >= 0 && (!value[14] || !plot_axes(s, chart, value[14], NULL));
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

/* Columns: names with commas between, file. */
static int of_model_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)ctx, (void)columns, (void)names, (void)types;
  if (value[0]) say("note: not drawn, as they need the model: %s; `quarry run %s` draws them\n", value[0], value[1]);
  return 0;
}

/* What the experiment draws beside what is in the database. */
static qy_status say_of_model(qy_store *store, int64_t id, qy_error *err)
{
  char sql[240];
  snprintf(sql, sizeof sql,
           "SELECT (SELECT group_concat(p.value, ', ') FROM json_each(e.definition, '$.of_model') p), e.file "
           "FROM experiment e WHERE e.id = %" PRId64,
           id);
  return qy_store_query(store, sql, of_model_row, NULL, err);
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
  return status ? status : say_of_model(store, id, err);
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

static qy_status no_axis(const char *flag, const char *name, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN];
  return qy_fail(err, QY_BAD_INPUT,
                 "%s: expected a metric that `quarry list metrics` shows, technology, network, design, precision, "
                 "clock_mhz or a parameter of the designs, found \"%s\"%s",
                 flag, name ? name : "nothing", name ? qy_metric_advice(advice, name) : "");
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

/* Whether a design has what is no metric and no fixed key, reading the points says; a word that is nearly a metric is
 * taken for one. */
static qy_status one_axis(stored_plots *plots, int *out, const char *flag, const char *name, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN];
  if (!name || !*name) return no_axis(flag, name, err);
  const int before = plots->parameters.count;
  qy_status status = plot_axis(plots, out, name, err);
  if (!status && plots->parameters.count > before)
    snprintf(plots->hint, sizeof plots->hint, "%s",
             *qy_metric_advice(advice, name) ? advice : "; `quarry list metrics` shows the metrics");
  return status;
}

/* Axes of the kind that --kind says. */
static qy_status axes_from_flags(stored_plots *plots, qy_chart *chart, const plot_options *o, qy_error *err)
{
  if (chart->kind == QY_CHART_PARALLEL) {
    if (!o->axes) return qy_fail(err, QY_BAD_INPUT, "--axes: expected the axes of --kind parallel, as a,b,c");
    qy_status status = plot_axes(plots, chart, o->axes, err);
    if (!status && chart->axis_count < 2)
      status = qy_fail(err, QY_BAD_INPUT, "--axes: expected at least 2 keys and metrics, found \"%s\"", o->axes);
    return status;
  }
  if (o->axes)
    return qy_fail(err, QY_BAD_INPUT, "--axes: expected --kind parallel, found %s", qy_chart_kind_name(chart->kind));
  qy_status status = one_axis(plots, &chart->x, "--x", o->x, err);
  if (!status) status = one_axis(plots, &chart->y, "--y", o->y, err);
  const bool x = qy_chart_is_key(chart->x), y = qy_chart_is_key(chart->y), heat = chart->kind == QY_CHART_HEATMAP;
  if (!status && !heat && ((x && y) || (y && chart->kind == QY_CHART_BARS)))
    return qy_fail(err, QY_BAD_INPUT, "--y: expected a metric, found \"%s\"", o->y);
  if (!status && heat && chart->x == chart->y)
    return qy_fail(err, QY_BAD_INPUT, "--y: expected another axis than --x, found \"%s\"", o->y);
  if (!status && o->colour && !heat)
    return qy_fail(err, QY_BAD_INPUT, "--colour: expected --kind heatmap, found %s", qy_chart_kind_name(chart->kind));
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

static qy_status draw(const stored_plot *p, const stored_plots *plots, const plot_options *o, qy_store *store,
                      int64_t id, const char *title, qy_error *err)
{
  int metrics[QY_METRIC_COUNT], count = qy_chart_metrics(&p->chart, metrics);
  char stem[1024];
  qy_points points = {0};
  qy_plot_look look;
  qy_status status = look_of(&look, p, o, err);
  if (!status) {
    status = qy_points_read(&points, store, id, metrics, count, &plots->parameters, err);
    qy_diagnostic *first = &err->diagnostic[0];
    if (status && plots->hint[0] && err->count && strncmp(first->text, "expected technology", 19) == 0 &&
        !strstr(first->text, "did you mean"))
      qy_append(first->text, sizeof first->text, strlen(first->text), "%s", plots->hint);
  }
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
  chart.title = title;
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

int cmd_plot(int argc, char **argv)
{
  static const char *const kinds[] = {"pareto", "lines", "bars", "heatmap", "parallel", NULL};
  static const char *const which[] = {"best", "median", "all", NULL};
  plot_options o = {.which = -1, .bins = QY_CHART_BINS};
  places_default(&o.where);
  option_row rows[20 + QY_STYLE_COUNT] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
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
      {"panel", 0, OPTION_TEXT, &o.panel, "KEY", "a panel each", 0, 0, NULL},
      {"where", 0, OPTION_TEXT, &o.where_points, "KEY=LABEL,...",
       "only these points: \"network=vgg16,precision=8 bit\"", 0, 0, NULL},
      {"format", 'f', OPTION_TEXT, &o.format, "FORMAT",
       "svg, png, pdf, eps, txt, with commas between, or dumb for the terminal", 0, 0, NULL},
      {"output", 'o', OPTION_TEXT, &o.output, "STEM", "file name without its ending", 0, 0, NULL},
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
      "Tornado plots are drawn by `quarry run` and `quarry describe design`, bands and ratios to a design "
      "(`over`) by `quarry run`.\n"
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
  int first, code = options_parse(&help, rows, row_count, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_store *store = NULL;
  stored_plots plots = {.arena = qy_arena_new()};
  char title[512] = "", sql[100];
  int64_t id = 0;
  qy_status status = plots.arena ? check_options(&o, &err) : qy_no_memory(&err);
  if (!status) status = qy_store_open(&store, o.where.database, QY_STORE_READ, &err);
  if (!status) status = session_find(&id, store, argv[first], &err);
  snprintf(sql, sizeof sql, "SELECT question FROM experiment WHERE id = %" PRId64, id);
  if (!status) status = qy_store_query(store, sql, title_row, title, &err);
  if (!status)
    status = o.x || o.y || o.axes || o.colour ? chart_from_flags(&plots, &o, argv[first], &err)
                                              : read_plots(&plots, store, id, &err);
  if (!status && plots.count == 0)
    status = qy_fail(&err, QY_BAD_INPUT, "experiment \"%s\" has no plots of its own; give --x and --y", argv[first]);
  if (!status && o.output && plots.count > 1)
    status = qy_fail(&err, QY_BAD_INPUT, "--output: expected one plot (give --x and --y), found %d", plots.count);
  for (int i = 0; !status && i < plots.count && !(o.x || o.y || o.axes || o.colour); i++)
    status = read_style(&plots.plot[i], store, id, i, &err);
  for (int i = 0; !status && i < plots.count; i++)
    status = draw(&plots.plot[i], &plots, &o, store, id, title, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  for (int i = 0; i < plots.count; i++)
    for (int k = 0; k < QY_STYLE_COUNT; k++)
      free(plots.plot[i].style[k]);
  qy_store_close(store);
  qy_arena_free(plots.arena);
  return finish_output(code);
}
