/* quarry plot: draw the plots of a stored experiment again, or one from flags. */
#include "cli.h"
#include "pictures.h"
#include "plot_flags.h"
#include "plot_model.h"
#include "plot_slope.h"
#include "plot_stored.h"
#include "session.h"

#include "quarry/chart.h"
#include "quarry/plot_kinds.h"

#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Among the options, whose bits tell which are given. */
enum { PLOTS_OPTION = 1 };

static int title_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns;
  (void)names;
  (void)types;
  snprintf(ctx, 512, "%s", value[0]);
  return 1;
}

static const char terminal[] = "dumb";

/* NULL: none, or of words. */
static const char *axis_unit(int axis, const qy_points *points)
{
  if (!qy_chart_is_key(axis)) return qy_metric_table()[axis].unit;
  const qy_key key = qy_chart_key_of(axis);
  return key == QY_KEY_CLOCK ? "MHz" : key == QY_KEY_VOLTAGE ? "V" : points->unit[key];
}

/* The look of a plot with the options over it; SVG alone where nobody says anything of formats. */
static qy_status look_of(qy_plot_look *look, const stored_plot *p, const qy_points *points, const plot_options *o,
                         qy_arena *arena, qy_error *err)
{
  style_options over = o->style;
  const bool parallel = p->chart.kind == QY_CHART_PARALLEL;
  const char *const unit[2] = {parallel ? NULL : axis_unit(p->chart.x, points),
                               parallel ? NULL : axis_unit(p->chart.y, points)};
  qy_status ranges = style_ranges(&over, unit, arena, err);
  if (ranges) return ranges;
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

/* Are the points that it shows stored?  Pictures of fronts need those of a front alone. */
static qy_status check_points(const qy_chart *f, const stored_plots *plots, qy_store *store, int64_t id, qy_error *err)
{
  const int metric[] = {f->x, f->y};
  qy_key keys[2 * QY_KEY_COUNT];
  int count = 0;
  const bool front = f->kind == QY_CHART_PARETO && !qy_chart_is_key(f->x) && !qy_chart_is_key(f->y) && !f->over;
  if (f->panel >= 0) keys[count++] = (qy_key)f->panel;
  for (int g = 0; g < f->group_count; g++)
    keys[count++] = f->group[g];
  for (int w = 0; w < f->where_count; w++)
    keys[count++] = f->where[w].key;
  return session_check_front(store, id, metric, front ? 2 : 0, keys, count, &plots->parameters, "plot", err);
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
  char stem[PATH_MAX];
  qy_points points = {0};
  qy_plot_look look;
  qy_status status = check_points(&p->chart, plots, store, id, err);
  if (!status) status = qy_points_read(&points, store, id, metrics, count, &plots->parameters, err);
  if (!status) status = look_of(&look, p, &points, o, plots->arena, err);
  if (!status && plots->own) status = check_axes(&p->chart, &points, &o->style, err);
  if (!status) status = qy_points_unsure(&points, store, id, metrics, count, err);
  int length = o->output ? snprintf(stem, sizeof stem, "%s", o->output)
                         : snprintf(stem, sizeof stem, "%s/%s", o->where.plots, p->name);
  if (!status && length >= (int)sizeof stem)
    status = qy_fail(err, QY_BAD_INPUT, "--%s: expected a path of at most %zu bytes, found %d",
                     o->output ? "output" : "plots", sizeof stem - 1, length);
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

/* An ending of --output says the format; --format may say the same. */
static qy_status take_ending(plot_options *o, qy_arena *arena, qy_error *err)
{
  const char *ending = NULL;
  if (!o->output) return QY_OK;
  qy_status status = picture_ending(&o->output, &ending, o->output, arena, err);
  if (status || !ending) return status;
  if (o->format && strcmp(o->format, ending) != 0)
    return qy_fail(err, QY_BAD_INPUT, "--output: expected a name without ending beside --format %s, found .%s",
                   o->format, ending);
  o->format = ending;
  return QY_OK;
}

/* Those made with the model, in the formats that `quarry run` writes where nobody says any. */
static qy_status draw_made(int *code, qy_store *store, int64_t id, const plot_options *o, qy_error *err)
{
  style_options style = o->style;
  style.style.said[QY_STYLE_FORMATS] = o->format;
  const session_pictures to = {&style,    o->where.plots, o->gnuplot,
                               o->output, true,           &(qy_model_how){.threads = threads_default()}};
  return plot_model_draw(code, store, id, o->where.db_dir, &to, err);
}

/* Of several plots those whose points lie outside the options' ranges keep their own, which is said. */
static qy_status draw_in_range(const stored_plot *p, const stored_plots *plots, const plot_options *o, qy_store *store,
                               int64_t id, const char *title, qy_error *err)
{
  plot_options plain = *o;
  qy_error again = {0};
  qy_status status = draw(p, plots, o, store, id, title, err);
  if (status != QY_BAD_INPUT || plots->count < 2 || !style_no_ranges(&plain.style, &o->style) ||
      draw(p, plots, &plain, store, id, title, &again))
    return status;
  style_say_no_ranges(p->name, err);
  qy_error_clear(err);
  return QY_OK;
}

/* Where files go: a relative STEM lies in the directory of --plots, if that is said; the directory is made as `run`
 * does. */
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

int cmd_plot(int argc, char **argv)
{
  static const char *kinds[QY_PLOT_KINDS_OF_POINTS + 1];
  for (int k = 0; k < QY_PLOT_KINDS_OF_POINTS; k++)
    kinds[k] = qy_plot_kinds[k];
  static const char *const which[] = {"best", "median", "all", NULL};
  plot_options o = {.kind = -1, .which = -1};
  places_default(&o.where);
  option_row rows[24 + STYLE_ROWS] = {
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
      {"output", 'o', OPTION_TEXT, &o.output, "FILE",
       "picture; its ending, if any, says the format; where --plots is given, in that", 0, 0, NULL},
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
  if (!status) status = take_ending(&o, plots.arena, &err);
  if (!status)
    status = own ? plot_check_kind(rows, row_count, given, o.kind, &err)
                 : plot_check_stored(&o, rows, row_count, given, &err);
  if (!status) status = qy_store_open(&store, o.where.database, QY_STORE_READ, &err);
  if (!status) status = session_find(&id, store, argv[first], &err);
  plots.store = store;
  plots.id = id;
  plots.own = own;
  snprintf(sql, sizeof sql, "SELECT %s FROM experiment WHERE id = %" PRId64, own ? "name" : "question", id);
  if (!status) status = qy_store_query(store, sql, title_row, title, &err);
  if (!status) status = own ? plot_from_flags(&plots, &o, argv[first], &err) : plots_read(&plots, store, id, &err);
  int made = 0; /* plots that need the model */
  if (!status && !own) status = plot_model_count(&made, store, id, &err);
  if (!status && plots.count + made == 0)
    status = qy_fail(&err, QY_BAD_INPUT, "experiment \"%s\" has no plots of its own; give --x and --y", argv[first]);
  if (!status && o.output && plots.count + made > 1)
    status =
        qy_fail(&err, QY_BAD_INPUT, "--output: expected one plot (give --x and --y), found %d", plots.count + made);
  for (int i = 0; !status && i < plots.count && !own; i++)
    status = plot_read_style(&plots.plot[i], store, id, i, &err);
  if (!status) status = plots_read_within(&plots, store, id, &err);
  if (!status) status = files_place(&o, given >> PLOTS_OPTION & 1, plots.arena, &err);
  for (int i = 0; !status && i < plots.count; i++)
    status = draw_in_range(&plots.plot[i], &plots, &o, store, id, title, &err);
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
