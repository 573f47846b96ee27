/* Ranges that are asked for, beside counting the points within them: of fronts, near them and of clouds, on linear and
 * logarithmic axes, with values that have no place.  Nothing is drawn. */
#include "plot_test.h"
#include "random.h"

#include <math.h>

enum { POINTS = 4 };

static qy_error err;

/* Is it a point that an axis can show, and within the ends (NaN: none)? */
static bool drawable(bool log, double value)
{
  return isfinite(value) && (!log || value > 0);
}

static bool within(const double ends[2], double value)
{
  return !(value < ends[0]) && !(value > ends[1]);
}

/* Random points of three kinds and random ends: a plot without a point within is refused, and says what there is. */
static void at_random(void)
{
  static const double values[] = {-5, 0, 1, 2, 3, 10, 20, 50, 100, NAN, 500}, ends[] = {NAN, 0.5, 1, 5, 15, 60, 200};
  uint64_t state = 11;
  int wrong = 0, refused = 0, drawn = 0, said_wrong = 0;
  for (int round = 0; round < 500; round++) {
    double x[3][POINTS], y[3][POINTS], range[2][2];
    size_t count[3];
    const bool log = random_below(&state, 2);
    for (int k = 0; k < 3; k++) {
      count[k] = random_below(&state, 3);
      for (int i = 0; i < POINTS; i++) {
        x[k][i] = values[random_below(&state, sizeof values / sizeof *values)];
        y[k][i] = values[random_below(&state, sizeof values / sizeof *values)];
      }
    }
    for (int a = 0; a < 2; a++) {
      range[a][0] = ends[random_below(&state, sizeof ends / sizeof *ends)];
      range[a][1] = ends[random_below(&state, sizeof ends / sizeof *ends)];
      if (range[a][0] >= range[a][1]) range[a][1] = NAN;
    }
    const qy_plot_series r = {.label = "a",
                              .count = count[0],
                              .x = x[0],
                              .y = y[0],
                              .near = {.count = count[1], .x = x[1], .y = y[1]},
                              .cloud_count = count[2],
                              .cloud_x = x[2],
                              .cloud_y = y[2]};
    const qy_plot_panel panel = {NULL, 1, &r};
    qy_plot_look look = {
        .width_in = 8, .height_in = 5, .font = "X", .font_pt = 11, .small_pt = 9, .title_pt = 14, .dpi = 96};
    memcpy(look.range, range, sizeof range);
    const qy_plot plot = {
        .x_log = log, .y_log = log, .panel_count = 1, .panel = &panel, .x_label = "X", .y_label = "Y", .look = &look};
    /* an axis is logarithmic where any value on it is above zero */
    bool log_of[2] = {false, false};
    for (int k = 0; k < 3; k++)
      for (size_t i = 0; i < count[k]; i++)
        log_of[0] |= log && x[k][i] > 0, log_of[1] |= log && y[k][i] > 0;
    size_t inside = 0, all = 0;
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    bool free_end = false; /* an end that is not asked for follows the points: ranges beyond them all are apart */
    for (int k = 0; k < 3; k++)
      for (size_t i = 0; i < count[k]; i++) {
        if (!drawable(log_of[0], x[k][i]) || !drawable(log_of[1], y[k][i])) continue;
        all++;
        inside += within(range[0], x[k][i]) && within(range[1], y[k][i]);
        low[0] = fmin(low[0], x[k][i]), high[0] = fmax(high[0], x[k][i]);
        low[1] = fmin(low[1], y[k][i]), high[1] = fmax(high[1], y[k][i]);
      }
    if (all == 0) continue;     /* axes of nothing */
    for (int a = 0; a < 2; a++) /* far clouds are cut off at an end that nobody asked for: only whole ranges here */
      free_end |= isnan(range[a][0]) != isnan(range[a][1]) || (isnan(range[a][0]) && count[1] + count[2] > 0);
    const bool asked = !isnan(range[0][0]) || !isnan(range[0][1]) || !isnan(range[1][0]) || !isnan(range[1][1]);
    qy_error_clear(&err);
    const qy_status status = qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
    if (!free_end) wrong += (status == QY_BAD_INPUT) != (asked && all > 0 && inside == 0);
    if (status != QY_BAD_INPUT) {
      drawn++;
      continue;
    }
    refused++;
    double from = NAN, to = NAN;
    const char *said_of = said(&err), *p = strstr(said_of, " is from ");
    const int a = strstr(said_of, "y_range") != NULL;
    said_wrong += !p || sscanf(p, " is from %lf to %lf", &from, &to) != 2 || from != low[a] || to != high[a];
  }
  ok(wrong == 0 && refused > 50 && drawn > 50, "%d plots refused, %d drawn", refused, drawn);
  is_int(said_wrong, 0, "what is said to be there is there");
}

/* Points of a cloud on the very ends of the axes are in the outermost cells of its density. */
static void outermost(void)
{
  enum { CLOUD = 3003, SIDE = 200 };
  static double x[CLOUD], y[CLOUD];
  const double fx[] = {40, 60}, fy[] = {60, 40};
  for (int i = 0; i < CLOUD; i++)
    x[i] = i % 3 == 0 ? 0 : i % 3 == 1 ? 100 : 50, y[i] = i % 3 == 0 ? 100 : i % 3 == 1 ? 100 : 0;
  const qy_plot_series r = {
      .label = "a", .count = 2, .x = fx, .y = fy, .cloud_count = CLOUD, .cloud_x = x, .cloud_y = y};
  const qy_plot_panel panel = {NULL, 1, &r};
  const qy_plot_look look = {.width_in = 8,
                             .height_in = 5,
                             .font = "X",
                             .font_pt = 11,
                             .small_pt = 9,
                             .title_pt = 14,
                             .dpi = 96,
                             .range = {{0, 100}, {0, 100}}};
  const qy_plot plot = {.panel_count = 1, .panel = &panel, .look = &look};
  qy_error_clear(&err);
  qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
  char *s = script_of("r"), *at = s ? strstr(s, "$density_1 << END\n") : NULL;
  int wrong = !at;
  if (at) at = strchr(at, '\n');
  for (int v = 0; at && v < SIDE; v++)
    for (int u = 0; u < SIDE; u++) {
      const bool corner = v == SIDE - 1 && (u == 0 || u == SIDE - 1), low = v == 0 && u == SIDE / 2;
      wrong += strtol(at, &at, 10) != (corner || low ? CLOUD / 3 : 0);
    }
  is_int(wrong, 0, "points of each cell");
  free(s);
}

/* Points near a front are smaller from 601 on, in all panels; dots of a cloud too. */
static void many_points(void)
{
  enum { MOST = 601 };
  static double x[MOST], y[MOST];
  const double fx[] = {0, 1000}, fy[] = {1000, 0};
  for (int i = 0; i < MOST; i++)
    x[i] = 100 + i, y[i] = 950 - i;
  for (size_t count = MOST - 1; count <= MOST; count++)
    for (int kind = 0; kind < 2; kind++) { /* near a front, others */
      qy_plot_series r[2] = {{.label = "a", .count = 2, .x = fx, .y = fy},
                             {.label = "a", .count = 2, .x = fx, .y = fy}};
      for (int p = 0; p < 2; p++) {
        const size_t own = p ? count - 300 : 300;
        if (kind)
          r[p].cloud_count = own, r[p].cloud_x = x, r[p].cloud_y = y;
        else
          r[p].near = (qy_plot_near){.count = own, .x = x, .y = y};
      }
      const qy_plot_panel panel[] = {{"p", 1, &r[0]}, {"q", 1, &r[1]}};
      const qy_plot plot = {.panel_count = 2, .panel = panel};
      qy_error_clear(&err);
      qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("r");
      for (int p = 1; p <= 2; p++) {
        char item[80];
        snprintf(item, sizeof item, "$%s_%d_1 using 1:2 with points pt 7 ps %s*dot lc rgb", kind ? "cloud" : "near", p,
                 count < MOST ? kind ? "0.5" : "0.6"
                 : kind       ? "0.35"
                              : "0.4");
        holds(s, item);
      }
      free(s);
    }
}

/* A single interval is one: its bar is drawn and said. */
static void one_interval(void)
{
  const double x[] = {5}, low[] = {4}, high[] = {7};
  const qy_plot_series r = {.label = "a", .count = 1, .x = x, .y = x, .y_low = low, .y_high = high};
  const qy_plot_panel panel = {NULL, 1, &r};
  const qy_plot plot = {.panel_count = 1, .panel = &panel};
  qy_error_clear(&err);
  qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
  char *s = script_of("r");
  holds(s, "$series_1_1 << END\n5 5 5 5 4 7 ");
  holds(s, "$series_1_1 using 1:2:5:6 with yerrorbars lt 1 lw 1 pt -1 lc rgb shade(0x0072b2, 0.5) notitle");
  holds(s, "Error bars: 90\u00a0% intervals.");
  holds(s, "set errorbars 0.5\n");
  free(s);
}

/* What is beyond all numbers makes no axis logarithmic. */
static void infinite(void)
{
  const double x[] = {INFINITY, -1, -2}, y[] = {1, 2, 3}, large[] = {1e200, -1, -2};
  for (int kind = 0; kind < 4; kind++) { /* of x or y, infinite or too large */
    const double *odd = kind / 2 ? large : x;
    const qy_plot_series r = {.label = "a", .count = 3, .x = kind % 2 ? y : odd, .y = kind % 2 ? odd : y};
    const qy_plot_panel panel = {NULL, 1, &r};
    const qy_plot plot = {.x_log = 1, .y_log = 1, .panel_count = 1, .panel = &panel};
    qy_error_clear(&err);
    qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("r");
    holds(s, kind % 2 ? "Linear, as no value is above zero: y." : "Linear, as no value is above zero: x.");
    holds(s, kind % 2 ? "set yrange [-2.05:-0.95]\n" : "set xrange [-2.05:-0.95]\n");
    holds(s, "): 1."); /* not shown */
    free(s);
  }
}

/* A picture has room for 1,700,000 / 130 markers.  Each series takes five and its own: those of up to 60 points with a
 * rim are two, with a probability three; points near a front and dots are one.  Of more some are left out. */
static void room(void)
{
  enum { EACH = 61, SERIES = 200, ROOM = 1700000 / 130 };
  static double x[EACH], y[SERIES][EACH], chance[EACH], far_x[300], far_y[300];
  static qy_plot_series series[SERIES];
  static const struct {
    size_t points, marks, near, dots;
    bool chance;
  } row[] = {{60, 2, 0, 0, false}, {60, 3, 0, 0, true},    {61, 1, 0, 0, false},
             {61, 1, 0, 0, true},  {60, 2, 0, 300, false}, {60, 2, 300, 0, false}};
  for (int i = 0; i < EACH; i++) {
    x[i] = i, chance[i] = 0.5;
    for (int s = 0; s < SERIES; s++)
      y[s][i] = 1000 - 10 * i + 0.01 * s;
  }
  for (int i = 0; i < 300; i++)
    far_x[i] = 30, far_y[i] = 1000;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const size_t own = row[i].points * row[i].marks + 5, most = (ROOM - row[i].near - row[i].dots) / own;
    for (size_t count = most; count <= most + 1; count++) {
      for (size_t s = 0; s < count; s++)
        series[s] = (qy_plot_series){
            .label = "a", .count = row[i].points, .x = x, .y = y[s], .chance = row[i].chance ? chance : NULL};
      series[0].near = (qy_plot_near){.count = row[i].near, .x = far_x, .y = far_y};
      series[0].cloud_count = row[i].dots, series[0].cloud_x = far_x, series[0].cloud_y = far_y;
      const qy_plot_panel panel = {NULL, count, series};
      const qy_plot plot = {.panel_count = 1, .panel = &panel};
      qy_error_clear(&err);
      qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("r");
      ok((s && strstr(s, "Drawn: every ")) == (count > most), "%zu series of %zu points", count, row[i].points);
      free(s);
    }
  }
}

/* The unit in which values are read goes by what the axis shows: its ends that are asked for count too. */
static void units(void)
{
  static const struct {
    double low, high, ends[2];
    const char *unit; /* from a tenth in the middle on; nothing below 1000 is read in another one */
  } row[] = {{5e4, 1.4e5, {NAN, NAN}, "µm²"},
             {5e4, 1.4e5, {NAN, 1.6e5}, "mm²"},
             {5e4, 1.6e5, {NAN, NAN}, "mm²"},
             {5e4, 1.6e5, {900, NAN}, "µm²"},
             {5e4, 1.6e5, {2e4, 1.6e5}, "µm²"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int of_y = 0; of_y < 2; of_y++) {
      const double large[] = {row[i].low, row[i].high}, few[] = {1, 2};
      const qy_plot_series r = {.label = "a", .count = 2, .x = of_y ? few : large, .y = of_y ? large : few};
      const qy_plot_panel panel = {NULL, 1, &r};
      qy_plot_look look = {
          .width_in = 8, .height_in = 5, .font = "X", .font_pt = 11, .small_pt = 9, .title_pt = 14, .dpi = 96};
      look.range[!of_y][0] = look.range[!of_y][1] = NAN;
      memcpy(look.range[of_y], row[i].ends, sizeof row[i].ends);
      const qy_plot plot = {.x_label = of_y ? "X" : "Area (µm²)",
                            .y_label = of_y ? "Area (µm²)" : "Y",
                            .panel_count = 1,
                            .panel = &panel,
                            .look = &look};
      char title[60];
      qy_error_clear(&err);
      qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("r"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("r");
      snprintf(title, sizeof title, "set %clabel 'Area (%s)' noenhanced", of_y ? 'y' : 'x', row[i].unit);
      holds(s, title);
      free(s);
    }
}

int main(void)
{
  make_folder();
  units();
  room();
  infinite();
  one_interval();
  many_points();
  outermost();
  at_random();
  remove_folder();
  return done();
}
