/* Pictures of very many points: files stay below 2 MB, what is left out is said, what is drawn is among the points. */
#include "quarry/chart.h"
#include "quarry/heatmap.h"

#include "plot_test.h"

#include <math.h>

enum { BYTES_MOST = 2000000 };

static qy_error err;

/* The size of a picture in the folder, and its script (caller frees). */
static char *drawn(const char *name, const char *caption)
{
  char file[64];
  size_t bytes = 0;
  snprintf(file, sizeof file, "%s.svg", name);
  char *svg = slurp(in_folder(file), &bytes);
  ok(svg && bytes > 1000 && bytes < BYTES_MOST, "%s: %zu bytes", name, bytes);
  free(svg);
  snprintf(file, sizeof file, "%s.gp", name);
  char *script = slurp(in_folder(file), NULL);
  ok(script && strstr(script, caption), "%s: \"%s\"", name, caption);
  return script;
}

/* Fronts, every point of which has a tool-tip of 500 letters: the ends are drawn, and a part between. */
static void fronts(size_t series_count, size_t count, const char *caption)
{
  static double x[100000], y[100000];
  static const char *tips[100000];
  static char tip[501], label[1000][8];
  static qy_plot_series series[1000];
  memset(tip, 'p', sizeof tip - 1);
  for (size_t i = 0; i < count; i++) {
    x[i] = 1 + (double)i;
    y[i] = 1e6 / x[i];
    tips[i] = tip;
  }
  for (size_t s = 0; s < series_count; s++) {
    snprintf(label[s], sizeof label[s], "%zu", s);
    series[s] = (qy_plot_series){.label = label[s], .count = count, .x = x, .y = y, .tip = tips};
  }
  const qy_plot_panel panel = {.series_count = series_count, .series = series};
  const qy_plot plot = {
      .title = "", .x_label = "x", .y_label = "y", .x_log = 1, .y_log = 1, .panel_count = 1, .panel = &panel};
  qy_error_clear(&err);
  is_int(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("front"), NULL, NULL, &err), QY_OK, "fronts of many points");
  char *script = drawn("front", caption), row[64];
  char *data = script ? strstr(script, "$series_1_1 <<") : NULL, *end = data ? strstr(data, "\nEND") : NULL;
  if (end) *end = 0;
  snprintf(row, sizeof row, "\n%.9g %.9g", x[count - 1], y[count - 1]);
  ok(data && strstr(data, "\n1 1000000") && strstr(data, row), "both ends of a front are drawn");
  free(script);
}

static void heatmap(void)
{
  enum { SIDE = 200, PANELS = 3, CELLS = PANELS * SIDE * SIDE };
  static double value[CELLS], edge[SIDE + 1];
  for (int i = 0; i <= SIDE; i++)
    edge[i] = i;
  for (size_t i = 0; i < CELLS; i++)
    value[i] = i % 7 ? 1 + (double)(i % 1000) : NAN;
  const qy_heatmap_axis axis = {.label = "x", .count = SIDE, .edge = edge};
  const qy_heatmap map = {.title = "",
                          .caption = "cells",
                          .colour_label = "c",
                          .x = axis,
                          .y = axis,
                          .panel_count = PANELS,
                          .value = value};
  qy_error_clear(&err);
  is_int(qy_plot_heatmap(&map, QY_PLOT_SVG, in_folder("heat"), NULL, NULL, &err), QY_OK, "a heat map of many cells");
  free(drawn("heat", "cells"));
}

/* Lines of a million points, each with an x of its own, in 4 series. */
static void lines(void)
{
  enum { COUNT = 1000000, SERIES = 4 };
  static double number[COUNT], area[COUNT], latency[COUNT];
  static uint32_t zero[COUNT], design[COUNT];
  char text[SERIES][4], *label[SERIES];
  uint64_t state = 1;
  for (int s = 0; s < SERIES; s++) {
    snprintf(text[s], sizeof text[s], "D%d", s);
    label[s] = text[s];
  }
  for (int i = 0; i < COUNT; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    number[i] = i;
    design[i] = (uint32_t)i % SERIES;
    area[i] = 1 + i;
    latency[i] = 1000 + (double)(state >> 44);
  }
  qy_points points = {.count = COUNT, .point = number};
  points.metric[QY_AREA_UM2] = area;
  points.metric[QY_LATENCY_US] = latency;
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    points.key[k] = k == QY_KEY_DESIGN ? design : zero;
    points.label[k] = label;
    points.label_count[k] = k == QY_KEY_DESIGN ? SERIES : 1;
  }
  qy_plot_style style = {{NULL}};
  qy_plot_look look;
  qy_style_look(&look, &style);
  qy_chart f = {.kind = QY_CHART_LINES,
                .x = QY_AREA_UM2,
                .y = QY_LATENCY_US,
                .x_log = -1,
                .y_log = -1,
                .group_count = 1,
                .group = {QY_KEY_DESIGN},
                .panel = -1,
                .look = &look};
  qy_error_clear(&err);
  is_int(qy_chart_draw(&f, &points, NULL, 0, QY_PLOT_SVG, in_folder("lines"), NULL, NULL, &err), QY_OK, "10^6 points");
  char *script = drawn("lines", "of 1000000 points)");
  const char *data = script ? strstr(script, "$series_1_1 <<") : NULL, *row = data ? strchr(data, '\n') : NULL;
  int rows = 0, good = 0;
  for (; row && strncmp(row, "\nEND", 4); row = strchr(row + 1, '\n')) { /* least of 1,000 around: 0.1 % of the range */
    const double x = strtod(row, NULL), y = strtod(strchr(row + 1, ' '), NULL);
    rows++;
    good += y == latency[(int)x - 1] && y < 1000 + 0.01 * (double)(1 << 20);
  }
  ok(rows >= 50 && good == rows, "%d of %d drawn points are points, and low ones", good, rows);
  free(script);

  style.said[QY_STYLE_PER_X] = "all";
  qy_style_look(&look, &style);
  qy_error_clear(&err);
  is_int(qy_chart_draw(&f, &points, NULL, 0, QY_PLOT_SVG, in_folder("all"), NULL, NULL, &err), QY_BAD_INPUT,
         "all of them are refused");
  ok(err.count && strstr(err.diagnostic[0].text, "found 1000000") && strstr(err.diagnostic[0].text, "median"),
     "with what to ask for instead");
  ok(!exists(in_folder("all.svg")), "and nothing is drawn");
}

int main(void)
{
  make_folder();
  fronts(1, 100000, "Drawn: every ");
  fronts(1000, 40, "Drawn: every ");
  fronts(5, 500, "<< END"); /* fits, without long tool-tips */
  heatmap();
  lines();
  remove_folder();
  return done();
}
