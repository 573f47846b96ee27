/* quarry plot slope: least traffic of networks against the size of the buffer, for all sizes at once. */
#include "plot_slope.h"

#include "cli.h"
#include "pictures.h"
#include "schedule_option.h"
#include "slope_knees.h"
#include "style_option.h"

#include "quarry/network.h"
#include "quarry/plot.h"
#include "quarry/slope.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MAX = 20, BITS_PER_BYTE = 8 };

typedef struct slope_options {
  places where;
  schedule_choice choice;
  const char *fusions, *output, *gnuplot;
  int64_t least, most; /* buffers */
  int format;          /* -1: not said */
  style_options style;
} slope_options;

typedef struct slope_series { /* one network with one fusion */
  const char *network;
  int fusion;
  qy_slope_step *step;
  size_t count;
  int64_t floor;
  slope_knee knee[SLOPE_KNEES_MAX];
  size_t knees;
} slope_series;

static const char *const formats[] = {"svg", "png", "pdf", "dumb", "eps", "table", "csv", "json", NULL};
enum {
  FIRST_TABLE = QY_PLOT_FORMAT_COUNT
}; /* those before it are a qy_plot_format, it and those after an output format */

/* ---- what is asked ---- */

static int read_fusions(int *fusion, const char *text)
{
  int count = 0;
  while (*text) {
    const size_t length = strcspn(text, ",");
    int f = 0;
    while (f < QY_FUSION_COUNT &&
           (strlen(schedule_fusion_names[f]) != length || strncmp(schedule_fusion_names[f], text, length)))
      f++;
    for (int i = 0; i < count; i++)
      if (fusion[i] == f) f = QY_FUSION_COUNT;
    if (f == QY_FUSION_COUNT) return -1;
    fusion[count++] = f;
    text += length;
    if (*text && !*++text) return -1;
  }
  return count ? count : -1;
}

/* "plots/x.png": the ending says the format, and the stem is the rest. */
static qy_status take_ending(const char **stem, slope_options *o, qy_arena *arena, qy_error *err)
{
  const char *ending = NULL;
  qy_status status = picture_ending(stem, &ending, o->output, arena, err);
  for (int i = 0; !status && ending && i < FIRST_TABLE; i++)
    if (strcmp(ending, qy_plot_format_name((qy_plot_format)i)) == 0) o->format = i;
  return status;
}

/* The look that the options say: one format, SVG where none is said, or those of a preset. */
static qy_status look_of(qy_plot_look *look, const slope_options *o, qy_error *err)
{
  style_options style = o->style;
  if (o->format >= 0)
    style.style.said[QY_STYLE_FORMATS] = qy_plot_format_name((qy_plot_format)o->format);
  else if (!style.style.said[QY_STYLE_PRESET])
    style.style.said[QY_STYLE_FORMATS] = qy_plot_format_name(QY_PLOT_SVG);
  return style_look(look, &style, NULL, err);
}

/* ---- finding ---- */

static bool in_bytes(const slope_options *o)
{
  return schedule_has_bits(&o->choice);
}

/* Units of the schedules, entries or bits, in entries or bytes. */
static double shown(const slope_options *o, int64_t units)
{
  return in_bytes(o) ? (double)units / BITS_PER_BYTE : (double)units;
}

/* Steps that hold for no buffer of at least so much are left out. */
static void leave_out(slope_series *r, int64_t least)
{
  while (r->count > 1 && r->step[1].capacity <= least) {
    r->step++;
    r->count--;
  }
}

static qy_status find_series(slope_series *r, const slope_options *o, const qy_graph *graph, qy_arena *arena,
                             qy_error *err)
{
  const qy_schedule_options options = {.units = in_bytes(o) ? schedule_bits(&o->choice) : (qy_units){1, 1, 1},
                                       .rule = o->choice.rule ? QY_CAPACITY_DOUBLE_BUFFERED : QY_CAPACITY_STRICT,
                                       .fusion = (qy_fusion)r->fusion,
                                       .orders = (qy_orders)o->choice.order,
                                       .price_traffic = 1};
  const int64_t unit = in_bytes(o) ? BITS_PER_BYTE : 1, least = o->least * unit, most = o->most * unit;
  r->network = graph->network->name;
  r->floor = qy_schedule_floor(graph, options.units);
  qy_status status = qy_schedule_slope(&r->step, &r->count, graph, &options, most, arena, err);
  if (!status) leave_out(r, least);
  if (!status && r->count == 0)
    status = qy_fail(err, QY_BAD_INPUT, "--most: expected a size that %s can run in with fusion %s, found %" PRId64,
                     r->network, schedule_fusion_names[r->fusion], o->most);
  return status ? status : slope_knees_find(r->knee, &r->knees, graph, &options, r->step, r->count, arena, err);
}

/* ---- showing ---- */

static const char *knee_text(const slope_series *r, size_t step)
{
  for (size_t i = 0; i < r->knees; i++)
    if (r->knee[i].step == step) return r->knee[i].text;
  return NULL;
}

static bool all_optimal(const slope_series *r)
{
  for (size_t k = 0; k < r->count; k++)
    if (!r->step[k].optimal) return false;
  return true;
}

static void print_steps(const slope_series *series, size_t count, const slope_options *o)
{
  static const char *const entries[] = {"network", "fusion",        "buffer_entries", "traffic_entries",
                                        "macs",    "floor_entries", "knee",           "proved_least"},
                           *const bytes[] = {"network", "fusion",      "buffer_bytes", "traffic_bytes",
                                             "macs",    "floor_bytes", "knee",         "proved_least"};
  table *t = table_new(o->format - FIRST_TABLE + FORMAT_TABLE, 8, in_bytes(o) ? bytes : entries);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < series[i].count; k++) {
      const qy_slope_step *s = &series[i].step[k];
      table_row(t, TEXT(series[i].network), TEXT(schedule_fusion_names[series[i].fusion]),
                INTEGER((int64_t)ceil(shown(o, s->capacity))), INTEGER((int64_t)ceil(shown(o, s->traffic))),
                INTEGER(s->macs), INTEGER((int64_t)ceil(shown(o, series[i].floor))), TEXT(knee_text(&series[i], k)),
                TEXT(s->optimal ? "yes" : "no"));
    }
  table_print(t);
}

static bool make_picture(qy_slope_series *out, const slope_series *r, const slope_options *o, bool one_fusion,
                         bool one_network, qy_arena *arena)
{
  double *x = qy_arena_alloc(arena, r->count, sizeof *x), *y = qy_arena_alloc(arena, r->count, sizeof *y);
  qy_slope_mark *mark = qy_arena_alloc(arena, r->knees, sizeof *mark);
  const char *fusion = schedule_fusion_names[r->fusion];
  const char *label = one_fusion    ? r->network
                      : one_network ? qy_arena_format(arena, "fusion %s", fusion)
                                    : qy_arena_format(arena, "%s, %s", r->network, fusion);
  if (!x || !y || !mark || !label) return false;
  for (size_t k = 0; k < r->count; k++) {
    x[k] = shown(o, r->step[k].capacity);
    y[k] = shown(o, r->step[k].traffic);
  }
  for (size_t k = 0; k < r->knees; k++) {
    const size_t s = r->knee[k].step;
    mark[k] = (qy_slope_mark){.x = x[s], .y_before = y[s - 1], .y_after = y[s], .text = r->knee[k].text};
  }
  *out = (qy_slope_series){.label = label,
                           .count = r->count,
                           .x = x,
                           .y = y,
                           .floor = shown(o, r->floor),
                           .mark_count = r->knees,
                           .mark = mark};
  return true;
}

/* For the caption: whose steps are not all proved least; NULL: out of memory. */
static const char *unproved_text(const slope_series *series, size_t count, qy_arena *arena)
{
  const char *text = "", *before = "";
  for (size_t i = 0; i < count && text; i++) {
    if (all_optimal(&series[i])) continue;
    text = qy_arena_format(arena, "%s%s%s, fusion %s", text, before, series[i].network,
                           schedule_fusion_names[series[i].fusion]);
    before = "; ";
  }
  return !text || !*text ? text : qy_arena_format(arena, " Not all steps proved least: %s.", text);
}

static qy_status draw_file(void *ctx, const qy_plot_look *look, qy_plot_format format, const char *stem,
                           const char *gnuplot, char **text, qy_error *err)
{
  qy_slope_plot plot = *(const qy_slope_plot *)ctx;
  plot.look = look;
  return qy_plot_slope(&plot, format, stem, gnuplot, text, err);
}

static qy_status draw(const slope_series *series, size_t count, size_t fusions, const slope_options *o,
                      const char *stem, const qy_plot_look *look, qy_arena *arena, qy_error *err)
{
  qy_slope_series *pictures = qy_arena_alloc(arena, count, sizeof *pictures);
  if (!pictures) return qy_no_memory(err);
  double end = 0;
  for (size_t i = 0; i < count; i++) {
    if (!make_picture(&pictures[i], &series[i], o, fusions == 1, count == fusions, arena)) return qy_no_memory(err);
    end = fmax(end, 1.5 * pictures[i].x[series[i].count - 1]);
  }
  const qy_units bits = schedule_bits(&o->choice);
  const char *title = count == fusions
                          ? qy_arena_format(arena, "Least DRAM traffic of %s against buffer size", series[0].network)
                          : "Least DRAM traffic of an inference against buffer size";
  const char *unproved = unproved_text(series, count, arena);
  if (!unproved) return qy_no_memory(err);
  const char *caption = qy_arena_format(
      arena,
      "Least over all schedules of the space, order %s, rule %s%s.%s%s Floor: every weight, input and output once.",
      schedule_order_names[o->choice.order], schedule_rule_names[o->choice.rule],
      in_bytes(o) ? qy_arena_format(arena, "; %" PRId64 "-bit weights, %" PRId64 "-bit activations", bits.weight,
                                    bits.activation)
                  : "; an entry is an activation, weight or partial sum",
      fusions == 1 ? qy_arena_format(arena, " Fusion: %s.", schedule_fusion_names[series[0].fusion]) : "", unproved);
  if (!stem || !title || !caption) return qy_no_memory(err);
  qy_slope_plot plot = {.title = title,
                        .caption = caption,
                        .x_label = in_bytes(o) ? "Buffer (B)" : "Buffer (entries)",
                        .y_label =
                            in_bytes(o) ? "DRAM traffic of an inference (B)" : "DRAM traffic of an inference (entries)",
                        .floor_label = "floor",
                        .x_end = end,
                        .series_count = count,
                        .series = pictures};
  if (o->format != QY_PLOT_DUMB) return draw_pictures(look, stem, o->gnuplot, draw_file, &plot, err);
  plot.look = look;
  char *text = NULL;
  qy_status status = qy_plot_slope(&plot, QY_PLOT_DUMB, stem, o->gnuplot, &text, err);
  if (!status && text) fputs(text, stdout);
  free(text);
  return status;
}

static qy_status run(slope_options *o, char **network, size_t networks, qy_arena *arena, qy_error *err)
{
  int fusion[QY_FUSION_COUNT] = {0};
  const int fusions = read_fusions(fusion, o->fusions);
  if (fusions < 0)
    return qy_fail(err, QY_BAD_INPUT, "--fusion: expected none, block, free with commas between, found \"%s\"",
                   o->fusions);
  const size_t count = networks * (size_t)fusions;
  if (count > SERIES_MAX)
    return qy_fail(err, QY_BAD_INPUT, "expected at most %d networks and fusions, found %zu", SERIES_MAX, count);
  slope_series *series = qy_arena_alloc(arena, count, sizeof *series);
  const char *stem = qy_arena_format(arena, "%s/slope", o->where.plots);
  if (!series || !stem) return qy_no_memory(err);
  qy_plot_look look;
  qy_status status = style_check(&o->style, err);
  if (!status && o->output) status = take_ending(&stem, o, arena, err);
  if (!status && o->format < FIRST_TABLE) status = look_of(&look, o, err); /* before what takes long */
  for (size_t i = 0; i < networks && !status; i++) {
    qy_network *read;
    qy_graph *graph;
    status = qy_network_read(&read, o->where.db_dir, network[i], arena, err);
    if (!status) status = qy_graph_new(&graph, read, arena, err);
    for (int f = 0; f < fusions && !status; f++) {
      slope_series *r = &series[i * (size_t)fusions + (size_t)f];
      r->fusion = fusion[f];
      status = find_series(r, o, graph, arena, err);
    }
  }
  if (status) return status;
  if (o->format < FIRST_TABLE) return draw(series, count, (size_t)fusions, o, stem, &look, arena, err);
  print_steps(series, count, o);
  return QY_OK;
}

int plot_slope(int argc, char **argv)
{
  slope_options o = {
      .choice = {.order = QY_ORDERS_BEST}, .fusions = "free", .least = 1024, .most = 1 << 18, .format = -1};
  places_default(&o.where);
  option_row rows[20 + STYLE_ROWS] = {
      {"fusion", 0, OPTION_TEXT, &o.fusions, "WHAT,...", "a series each: none, block, free (default free)", 0, 0, NULL},
      SCHEDULE_ORDER_OPTION(o.choice, ""),
      SCHEDULE_RULE_OPTION(o.choice, ""),
      SCHEDULE_BITS_OPTION(o.choice, ""),
      SCHEDULE_WEIGHT_BITS_OPTION(o.choice, ""),
      SCHEDULE_ACTIVATION_BITS_OPTION(o.choice, ""),
      {"most", 'm', OPTION_INTEGER, &o.most, "N", "largest buffer: entries, or with bits bytes (default 262144)", 1,
       1e15, NULL},
      {"least", 'l', OPTION_INTEGER, &o.least, "N", "smallest buffer (default 1024)", 1, 1e15, NULL},
      {"format", 'f', OPTION_CHOICE, &o.format, "FORMAT",
       "svg, png, pdf, eps, dumb for the terminal; table, csv or json: the steps", 0, 0, formats},
      {"output", 'o', OPTION_TEXT, &o.output, "FILE", "picture; its ending, if any, says the format", 0, 0, NULL},
      {"plots", 'p', OPTION_TEXT, &o.where.plots, "DIR", "where pictures go", 0, 0, NULL},
      {"gnuplot", 0, OPTION_TEXT, &o.gnuplot, "PROGRAM", "gnuplot to use", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where networks are looked up", 0, 0, NULL},
  };
  size_t row_count = 0;
  while (rows[row_count].name)
    row_count++;
  row_count = style_rows(rows, row_count, &o.style, false) - 1; /* without the last one, per_x: of points */
  static_assert(QY_STYLE_PER_X == QY_STYLE_COUNT - 1, "per_x is the last");
  static const usage help = {
      "plot slope",
      "NETWORK...",
      "Draw the least traffic between DRAM and buffer against the size of the buffer, for every size at once, with "
      "the\n"
      "floor (every weight, input and output once) and the largest steps named by what stays on chip from there on.",
      "  quarry plot slope mobilenet_v2_1.0_224 --fusion none,block,free -o slope.png\n"
      "  quarry plot slope mobilenet_v1_1.0_224 efficientnet_b0 --bits 8 --format dumb\n"
      "  quarry plot slope mobilenet_v2_1.0_224 --format csv\n"
      "  quarry plot slope efficientnet_b0 --preset paper -o slope\n",
      1,
      SERIES_MAX};
  int first, code = options_parse(&help, rows, row_count, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  const qy_status status = arena ? run(&o, argv + first, (size_t)(argc - first), arena, &err) : qy_no_memory(&err);
  code = status == QY_INFEASIBLE ? (report(status, &err), EXIT_INPUT) : status ? report(status, &err) : EXIT_DONE;
  qy_arena_free(arena);
  return finish_output(code);
}
