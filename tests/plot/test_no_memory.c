/* Memory that runs out while charts of every kind are made: it is said, nothing stays behind, and what is drawn after
 * all has the same script.  gnuplot is a program that fails at once. */
#include "chart_test.h"
#include "no_memory.h"

#include "quarry/slope.h"
#include "quarry/tornado.h"

#include <fcntl.h>

typedef struct context {
  const qy_chart *chart; /* NULL: a slope and a tornado */
  const qy_points *points;
} context;

/* The script that was written, read without memory; and that gnuplot failed is the end that is expected. */
static qy_status drawn(qy_status status, const char *stem, double *answer, qy_error *e)
{
  char path[128], text[4096];
  snprintf(path, sizeof path, "%s.gp", stem);
  const int in = open(path, O_RDONLY | O_CLOEXEC);
  *answer = 0;
  if (status != QY_SYSTEM || e->count == 0 || !strstr(e->diagnostic[0].text, NO_GNUPLOT)) {
    if (in >= 0) close(in);
    return status;
  }
  for (ssize_t got; in >= 0 && (got = read(in, text, sizeof text)) > 0;)
    for (ssize_t i = 0; i < got; i++)
      *answer = fmod(*answer * 31 + (double)(unsigned char)text[i], 1e12 + 39);
  if (in >= 0) close(in);
  unlink(path);
  return QY_OK;
}

static qy_status charted(void *ctx, double *answer, qy_error *e)
{
  const context *c = ctx;
  char stem[100];
  snprintf(stem, sizeof stem, "%s/chart", folder);
  return drawn(qy_chart_draw(c->chart, c->points, NULL, 0, QY_PLOT_SVG, stem, NO_GNUPLOT, NULL, e), stem, answer, e);
}

static qy_status sloped(void *ctx, double *answer, qy_error *e)
{
  static const double x[] = {1, 10, 100}, y[] = {900, 30, 2};
  static const qy_slope_mark mark[] = {{10, 900, 30, "here"}};
  static const qy_slope_series series[] = {{"first", 3, x, y, 1.5, 1, mark}, {"second", 2, x, y, 0, 0, NULL}};
  static const qy_slope_plot p = {.title = "T",
                                  .x_label = "Size",
                                  .y_label = "Traffic",
                                  .floor_label = "least",
                                  .x_end = 1000,
                                  .series_count = 2,
                                  .series = series};
  char stem[100];
  (void)ctx;
  snprintf(stem, sizeof stem, "%s/slope", folder);
  return drawn(qy_plot_slope(&p, QY_PLOT_SVG, stem, NO_GNUPLOT, NULL, e), stem, answer, e);
}

static qy_status ranked(void *ctx, double *answer, qy_error *e)
{
  static const char *const name[] = {"one", "another with a longer name", "third"};
  static const double total[] = {0.6, 0.3, 0.1}, part[] = {0.5, 0.1, 0.1};
  static const qy_tornado t = {.x_label = "share",
                               .total_label = "all",
                               .part_label = "alone",
                               .count = 3,
                               .name = name,
                               .total = total,
                               .part = part};
  char stem[100];
  (void)ctx;
  snprintf(stem, sizeof stem, "%s/tornado", folder);
  return drawn(qy_plot_tornado(&t, QY_PLOT_SVG, stem, NO_GNUPLOT, NULL, e), stem, answer, e);
}

int main(void)
{
  static const qy_chart charts[] = {{.kind = QY_CHART_PARETO,
                                     .x = QY_AREA_UM2,
                                     .y = QY_LATENCY_US,
                                     .group_count = 1,
                                     .group = {QY_KEY_DESIGN},
                                     .within_count = 1,
                                     .within = {QY_KEY_TECHNOLOGY},
                                     .panel = QY_KEY_TECHNOLOGY,
                                     .x_log = -1,
                                     .y_log = -1},
                                    {.kind = QY_CHART_LINES,
                                     .x = QY_METRIC_COUNT + QY_KEY_PRECISION,
                                     .y = QY_ENERGY_UJ,
                                     .which = QY_CHART_MEDIAN,
                                     .group_count = 1,
                                     .group = {QY_KEY_DESIGN},
                                     .panel = QY_KEY_TECHNOLOGY,
                                     .has_floor = true,
                                     .floor = QY_ENERGY_UJ,
                                     .x_log = -1,
                                     .y_log = -1},
                                    {.kind = QY_CHART_BARS,
                                     .x = QY_METRIC_COUNT + QY_KEY_PRECISION,
                                     .y = QY_ENERGY_UJ,
                                     .group_count = 1,
                                     .group = {QY_KEY_DESIGN},
                                     .where_count = 1,
                                     .where = {{QY_KEY_TECHNOLOGY, "n28"}},
                                     .panel = -1},
                                    {.kind = QY_CHART_HEATMAP,
                                     .x = QY_METRIC_COUNT + QY_KEY_PRECISION,
                                     .y = QY_METRIC_COUNT + QY_KEY_DESIGN,
                                     .colour = QY_TOPS_PER_W,
                                     .colour_log = -1,
                                     .panel = QY_KEY_TECHNOLOGY},
                                    {.kind = QY_CHART_HEATMAP,
                                     .x = QY_AREA_UM2,
                                     .y = QY_LATENCY_US,
                                     .colour = QY_ENERGY_UJ,
                                     .colour_log = -1,
                                     .bins = 5,
                                     .panel = -1,
                                     .x_log = -1,
                                     .y_log = -1},
                                    {.kind = QY_CHART_PARALLEL,
                                     .axis_count = 3,
                                     .axis = {QY_AREA_UM2, QY_LATENCY_US, QY_METRIC_COUNT + QY_KEY_PRECISION},
                                     .group_count = 1,
                                     .group = {QY_KEY_DESIGN},
                                     .panel = -1}};
  const qy_points p = make();
  make_folder();
  for (size_t i = 0; i < sizeof charts / sizeof *charts; i++) {
    memory_tally t = {0};
    context c = {&charts[i], &p};
    memory_try(&t, charted, &c, 1, 1);
    memory_said(&t, qy_chart_kind_name(charts[i].kind));
  }
  memory_tally t = {0};
  memory_try(&t, sloped, NULL, 1, 1);
  memory_try(&t, ranked, NULL, 1, 1);
  memory_said(&t, "slopes and tornados");
  remove_folder();
  return done();
}
