/* quarry plot: draw the plots of a stored experiment again, or one from flags. */
#include "cli.h"
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
} stored_plot;

typedef struct stored_plots {
  int count;
  stored_plot plot[STORED_MAX];
  const char *bad;     /* what the database holds that this program does not know */
  char parameter[128]; /* the design parameter among the keys; "" none */
} stored_plots;

/* Key of a name; a design parameter is remembered. */
static qy_status plot_key(stored_plots *plots, qy_key *key, const char *name, qy_error *err)
{
  const char *parameter = plots->parameter[0] ? plots->parameter : NULL, *before = parameter;
  qy_status status = qy_key_find(key, name, &parameter, err);
  if (!status && parameter != before) snprintf(plots->parameter, sizeof plots->parameter, "%s", parameter);
  return status;
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

/* Columns: name, kind, x, y, panel, groups with commas between, x_log, y_log, where, floor. */
static int plot_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  stored_plots *s = ctx;
  if (s->count == STORED_MAX) return 1;
  stored_plot *p = &s->plot[s->count];
  int kind = kind_find(value[1]);
  p->chart = (qy_chart){.x = qy_metric_find(value[2]),
                        .y = qy_metric_find(value[3]),
                        .panel = -1,
                        .x_log = value[6] ? (int)strtol(value[6], NULL, 10) : -1,
                        .y_log = value[7] ? (int)strtol(value[7], NULL, 10) : -1};
  p->chart.floor = value[9] ? qy_metric_find(value[9]) : -1;
  p->chart.has_floor = p->chart.floor >= 0;
  qy_key panel;
  if (value[4] && !plot_key(s, &panel, value[4], NULL)) p->chart.panel = (int)panel;
  if (kind < 0 || p->chart.x < 0 || p->chart.y < 0) {
    s->bad = "plot";
    return 1;
  }
  p->chart.kind = (qy_chart_kind)kind;
  snprintf(p->name, sizeof p->name, "%s", value[0]);
  char text[128], *rest = text, *word;
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

static qy_status read_plots(stored_plots *plots, qy_store *store, int64_t id, qy_error *err)
{
  char sql[800];
  snprintf(sql, sizeof sql,
           "SELECT json_extract(p.value, '$.name'), json_extract(p.value, '$.kind'), json_extract(p.value, '$.x'), "
           "json_extract(p.value, '$.y'), json_extract(p.value, '$.panel'), "
           "(SELECT group_concat(g.value) FROM json_each(p.value, '$.group') g), "
           "json_extract(p.value, '$.x_log'), json_extract(p.value, '$.y_log'), "
           "(SELECT group_concat(w.key || '=' || w.value) FROM json_each(p.value, '$.where') w), "
           "json_extract(p.value, '$.floor') "
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
  const char *x, *y, *group, *panel, *where_points, *output, *gnuplot;
  int kind, format;
} plot_options;

static qy_status one_metric(int *out, const char *flag, const char *name, qy_error *err)
{
  char advice[QY_DID_YOU_MEAN];
  *out = name ? qy_metric_find(name) : -1;
  return *out >= 0
             ? QY_OK
             : qy_fail(err, QY_BAD_INPUT, "%s: expected a metric that `quarry list metrics` shows, found \"%s\"%s",
                       flag, name ? name : "nothing", name ? qy_metric_advice(advice, name) : "");
}

/* The chart that the flags describe. */
static qy_status chart_from_flags(stored_plots *plots, const plot_options *o, const char *experiment, qy_error *err)
{
  stored_plot *p = &plots->plot[0];
  p->chart = (qy_chart){.kind = (qy_chart_kind)o->kind, .panel = -1, .x_log = -1, .y_log = -1};
  qy_status status = one_metric(&p->chart.x, "--x", o->x, err);
  if (!status) status = one_metric(&p->chart.y, "--y", o->y, err);
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
  snprintf(p->name, sizeof p->name, "%s.%s-%s", experiment, o->y ? o->y : "", o->x ? o->x : "");
  plots->count = 1;
  return status;
}

static qy_status draw(const stored_plot *p, const char *parameter, const plot_options *o, qy_store *store, int64_t id,
                      const char *title, qy_error *err)
{
  static const char *const suffix[] = {"svg", "png", "pdf", "txt"};
  int metrics[QY_METRIC_COUNT], count = qy_chart_metrics(&p->chart, metrics);
  char stem[1024], *text = NULL;
  qy_points points = {0};
  qy_status status = qy_points_read(&points, store, id, metrics, count, *parameter ? parameter : NULL, err);
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
  chart.parameter = *parameter ? parameter : NULL;
  status = qy_chart_draw(&chart, &points, store, id, (qy_plot_format)o->format, stem, o->gnuplot,
                         o->format == QY_PLOT_DUMB ? &text : NULL, err);
  if (!status && text) fputs(text, stdout);
  if (!status && !text) fprintf(stderr, "wrote %s.%s\n", stem, suffix[o->format]);
  free(text);
  qy_points_free(&points);
  return status;
}

int cmd_plot(int argc, char **argv)
{
  static const char *const formats[] = {"svg", "png", "pdf", "dumb", NULL};
  static const char *const kinds[] = {"pareto", "lines", "bars", NULL};
  plot_options o = {.format = QY_PLOT_SVG};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
      {"x", 'x', OPTION_TEXT, &o.x, "METRIC", "draw this instead of the experiment's plots", 0, 0, NULL},
      {"y", 'y', OPTION_TEXT, &o.y, "METRIC", "with --x: against this", 0, 0, NULL},
      {"kind", 'k', OPTION_CHOICE, &o.kind, "KIND", "pareto, lines or bars", 0, 0, kinds},
      {"group", 'g', OPTION_TEXT, &o.group, "KEYS", "a series each (default design,precision)", 0, 0, NULL},
      {"panel", 0, OPTION_TEXT, &o.panel, "KEY", "a panel each", 0, 0, NULL},
      {"where", 0, OPTION_TEXT, &o.where_points, "KEY=LABEL,...",
       "only these points: \"network=vgg16,precision=8 bit\"", 0, 0, NULL},
      {"format", 'f', OPTION_CHOICE, &o.format, "FORMAT", "svg, png, pdf, or dumb for the terminal", 0, 0, formats},
      {"output", 'o', OPTION_TEXT, &o.output, "STEM", "file name without its ending", 0, 0, NULL},
      {"gnuplot", 0, OPTION_TEXT, &o.gnuplot, "PROGRAM", "gnuplot to use", 0, 0, NULL},
  };
  static const usage help = {
      "plot",
      "EXPERIMENT | slope NETWORK...",
      "Draw the plots of a stored experiment, or one of your own with --x and --y.\n"
      "Tornado plots are drawn by `quarry run` and `quarry describe design`, bands and ratios to a design "
      "(`over`) by `quarry run`.\n"
      "`slope`: least DRAM traffic against buffer size; quarry plot slope --help.",
      "  quarry plot rdm_vs_sdm --format pdf\n"
      "  quarry plot rdm_vs_sdm --x area_um2 --y energy_uj --panel technology --format dumb\n",
      1,
      1};
  if (argc > 2 && strcmp(argv[1], "slope") == 0) return plot_slope(argc - 1, argv + 1);
  static const char *const forms[] = {"slope"};
  print_words(argc, argv, forms, 1, sizeof *forms);
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_store *store = NULL;
  stored_plots plots = {0};
  char title[512] = "", sql[100];
  int64_t id = 0;
  qy_status status = qy_store_open(&store, o.where.database, QY_STORE_READ, &err);
  if (!status) status = session_find(&id, store, argv[first], &err);
  snprintf(sql, sizeof sql, "SELECT question FROM experiment WHERE id = %" PRId64, id);
  if (!status) status = qy_store_query(store, sql, title_row, title, &err);
  if (!status)
    status = o.x || o.y ? chart_from_flags(&plots, &o, argv[first], &err) : read_plots(&plots, store, id, &err);
  if (!status && plots.count == 0)
    status = qy_fail(&err, QY_BAD_INPUT, "experiment \"%s\" has no plots of its own; give --x and --y", argv[first]);
  if (!status && o.output && plots.count > 1)
    status = qy_fail(&err, QY_BAD_INPUT, "--output: expected one plot (give --x and --y), found %d", plots.count);
  for (int i = 0; !status && i < plots.count; i++)
    status = draw(&plots.plot[i], plots.parameter, &o, store, id, title, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_store_close(store);
  return finish_output(code);
}
