/* Markers shaded by probability, points near a front, intervals: what the script says and what gnuplot draws. */
#include "quarry/chart.h"

#include "plot_test.h"

#include <math.h>

static qy_error err;

static qy_status draw(const qy_plot_series *series, size_t count, qy_plot_format format, const char *name)
{
  const qy_plot_panel panel = {"28 nm", count, series};
  const qy_plot plot = {.title = "t", .x_label = "x", .y_label = "y", .panel_count = 1, .panel = &panel};
  qy_error_clear(&err);
  qy_status status = qy_plot_draw(&plot, format, in_folder(name), NULL, NULL, &err);
  if (status) printf("# %s\n", said(&err));
  return status;
}

/* Numbers after "set xrange [" or "set yrange [". */
static void range_of(const char *script, char which, double *low, double *high)
{
  char start[16];
  snprintf(start, sizeof start, "set %crange [", which);
  const char *at = script ? strstr(script, start) : NULL;
  *low = *high = NAN;
  if (at) sscanf(at + strlen(start), "%lf:%lf", low, high);
}

static void filling(void)
{
  const double x[] = {1, 2, 3}, y[] = {3, 2, 1}, chance[] = {0, 0.5, 1};
  const qy_plot_series series[] = {{.label = "RDM", .count = 3, .x = x, .y = y, .chance = chance}};
  is_int(draw(series, 1, QY_PLOT_SVG, "shaded"), QY_OK, "a shaded front is drawn");
  char *svg = slurp(in_folder("shaded.svg"), NULL), *script = slurp(in_folder("shaded.gp"), NULL);
  ok(svg && well_formed(svg), "well formed");
  /* #0072b2 blended half with white: (0 + 255) / 2, (114 + 255) / 2, (178 + 255) / 2, halves upwards */
  static const char *const filled[] = {"color='rgb(255, 255, 255)'", "color='rgb(128, 185, 217)'",
                                       "color='rgb(  0, 114, 178)'"};
  const char *p = svg;
  for (int i = 0; i < 3; i++) {
    p = p ? strstr(p, "showHypertext(evt,") : NULL;
    const char *end = p ? strstr(p, "</g>") : NULL, *found = p ? strstr(p, filled[i]) : NULL;
    ok(end && found && found < end, "probability %g fills with %s", chance[i], filled[i]);
    p = end;
  }
  ok(svg && strstr(svg, "<text>front probability</text>") && strstr(svg, "<text>0.5</text>"), "a key for the filling");
  ok(script && strstr(script, "1 3 0 \"RDM: 1, 3\"\n2 2 0.5 \"RDM: 2, 2\"\n3 1 1 \"RDM: 3, 1\"\n"),
     "the script keeps the probabilities");
  ok(script && strstr(script, "Filling: share of the draws"), "the caption explains them");
  char command[600];
  unlink(in_folder("shaded.svg"));
  snprintf(command, sizeof command, "cd %s && gnuplot --default-settings shaded.gp", folder);
  is_int(system(command), 0, "the script runs on its own");
  char *again = slurp(in_folder("shaded.svg"), NULL);
  ok(svg && again && strcmp(svg, again) == 0, "and draws the same picture");
  free(again);
  free(svg);
  free(script);

  const double odd[] = {NAN, -1, 2};
  const qy_plot_series out[] = {{.label = "RDM", .count = 3, .x = x, .y = y, .chance = odd}};
  is_int(draw(out, 1, QY_PLOT_PNG, "odd"), QY_OK, "probabilities that are none are drawn");
  script = slurp(in_folder("odd.gp"), NULL);
  ok(script && strstr(script, "1 3 0 \"") && strstr(script, "2 2 0 \"") && strstr(script, "3 1 1 \""),
     "held in [0, 1]");
  free(script);
  const qy_plot_series plain[] = {{.label = "RDM", .count = 3, .x = x, .y = y}};
  draw(plain, 1, QY_PLOT_PNG, "plain");
  script = slurp(in_folder("plain.gp"), NULL);
  ok(script && !strstr(script, "shade") && !strstr(script, "front probability"),
     "without probabilities nothing shades");
  free(script);
  empty_folder();
}

/* With seven groups the last would get an open shape, which reads as probability 0. */
static void shapes(void)
{
  const double x[] = {1}, y[] = {1}, chance[] = {1};
  const char *const label[] = {"a", "b", "c", "d", "e", "f", "g"};
  qy_plot_series series[7] = {{0}};
  for (int i = 0; i < 7; i++)
    series[i] = (qy_plot_series){.label = label[i], .count = 1, .x = x, .y = y};
  draw(series, 7, QY_PLOT_PNG, "seven");
  char *script = slurp(in_folder("seven.gp"), NULL);
  is_int(count_text(script, "pt 6 "), 2, "plain: an open circle for the seventh group, and in the key");
  free(script);
  for (int i = 0; i < 7; i++)
    series[i].chance = chance;
  draw(series, 7, QY_PLOT_PNG, "seven");
  script = slurp(in_folder("seven.gp"), NULL);
  is_int(count_text(script, "pt 6 "), 0, "shaded: filled shapes only");
  free(script);
  empty_folder();
}

/* Series at the same places: markers fall in size from group to group, so the later ones lie on top and all are
 * seen. */
static void order(void)
{
  const double x[] = {1, 2}, y[] = {2, 1}, sure[] = {1, 1}, never[] = {0, 0};
  const qy_plot_series series[] = {{.label = "sure", .count = 2, .x = x, .y = y, .chance = sure},
                                   {.label = "never", .count = 2, .x = x, .y = y, .chance = never},
                                   {.label = "unsaid", .count = 2, .x = x, .y = y}};
  draw(series, 3, QY_PLOT_PNG, "order");
  char *script = slurp(in_folder("order.gp"), NULL);
  const char *top = script ? strstr(script, "$series_1_1 using 1:2 with steps") : NULL;
  const char *below = script ? strstr(script, "$series_1_2 using 1:2 with steps") : NULL;
  const char *lowest = script ? strstr(script, "$series_1_3 using 1:2 with steps") : NULL;
  ok(lowest && below && top && top < below && below < lowest, "smaller markers lie on larger ones");
  const char *key = script ? strstr(script, "title 'sure'") : NULL;
  ok(key && key < strstr(script, "title 'never'"), "the key keeps the caller's order");
  free(script);
  empty_folder();
}

static void near_points(void)
{
  enum { MANY = 50 };
  const double x[] = {1, 2}, y[] = {2, 1}, chance[] = {1, 0.25};
  const double nx[] = {2}, ny[] = {2}, n_low[] = {0.5}, n_high[] = {40}, n_chance[] = {0.4};
  qy_plot_series series[] = {
      {.label = "RDM", .count = 2, .x = x, .y = y, .chance = chance, .near = {.count = 1, .x = nx, .y = ny}}};
  series[0].near.chance = n_chance;
  series[0].near.x_low = n_low;
  series[0].near.x_high = n_high;
  is_int(draw(series, 1, QY_PLOT_SVG, "near"), QY_OK, "a point near the front is drawn");
  char *script = slurp(in_folder("near.gp"), NULL), *svg = slurp(in_folder("near.svg"), NULL);
  double low, high;
  range_of(script, 'x', &low, &high);
  ok(low <= 0.5 && high >= 40, "its interval is inside the axis: %g to %g", low, high);
  ok(script && strstr(script, "$near_1_1 << END\n2 2 0.5 40 2 2 0.4\nEND\n"), "with its interval and probability");
  ok(script && strstr(script, "$near_1_1 using 1:2:3:4 with xerrorbars"), "which is a bar");
  /* a marker without a rim keeps 0.3 + 0.7 p of its colour: 0.58 of #0072b2 */
  ok(svg && strstr(svg, "color='rgb(107, 173, 210)'"), "blended, but never to white");
  ok(svg && strstr(svg, "<text>near a front</text>"), "the key names it");
  free(script);
  free(svg);

  double many[MANY], far[MANY];
  for (int i = 0; i < MANY; i++) {
    many[i] = 1 + (double)i / MANY;
    far[i] = 1e6;
  }
  series[0].near = (qy_plot_near){.count = MANY, .x = many, .y = many, .x_low = many, .x_high = far, .chance = many};
  draw(series, 1, QY_PLOT_PNG, "many");
  script = slurp(in_folder("many.gp"), NULL);
  range_of(script, 'x', &low, &high);
  ok(high < 10, "many of them have no intervals, and the axis does not reach for them: %g", high);
  ok(script && !strstr(script, "errorbars notitle") && !strstr(script, "with xerrorbars"), "no bars");
  free(script);
  char *text = NULL;
  const qy_plot_panel panel = {"28 nm", 1, series};
  const qy_plot plot = {.title = "t", .panel_count = 1, .panel = &panel};
  is_int(qy_plot_draw(&plot, QY_PLOT_DUMB, NULL, NULL, &text, &err), QY_OK, "a terminal shows the front only");
  ok(text && !strstr(text, "probability"), "without shades");
  free(text);
  empty_folder();
}

static void bars(void)
{
  enum { COUNT = 301 };
  double x[COUNT], y[COUNT], low[COUNT], high[COUNT];
  for (int i = 0; i < COUNT; i++) {
    x[i] = i + 1;
    y[i] = COUNT - i;
    low[i] = y[i] * 0.9;
    high[i] = y[i] * 1.1;
  }
  const qy_plot_series series[] = {{.label = "RDM", .count = COUNT, .x = x, .y = y, .y_low = low, .y_high = high}};
  is_int(draw(series, 1, QY_PLOT_PNG, "bars"), QY_OK, "a long front with intervals");
  char *script = slurp(in_folder("bars.gp"), NULL);
  ok(script && strstr(script, "$series_1_1 every 3 using 1:2:5:6 with yerrorbars"),
     "of 301 points one in 3 shows them");
  ok(script && strstr(script, "Error bars: 90\u00a0% intervals of every third front point."),
     "and the caption says so");
  free(script);
  empty_folder();
}

/* Five designs: on the front of area and latency 1 and 2; 3 is off it but on the experiment's front in half of the
 * draws, 4 in 1 %, 5 never. */
static void figure(void)
{
  double number[] = {1, 2, 3, 4, 5}, area[] = {1, 11, 11, 12, 12}, latency[] = {11, 1, 11, 12, 13};
  double chance[] = {1, 0.9, 0.5, 0.01, 0};
  uint32_t zero[5] = {0};
  char name[] = "SDM", *label = name;
  qy_points points = {.count = 5, .point = number, .chance = chance};
  points.metric[QY_AREA_UM2] = area;
  points.metric[QY_LATENCY_US] = latency;
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    points.key[k] = zero;
    points.label[k] = &label;
    points.label_count[k] = 1;
  }
  const qy_chart f = {.kind = QY_CHART_PARETO,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .group_count = 1,
                      .group = {QY_KEY_DESIGN},
                      .panel = -1};
  qy_error_clear(&err);
  is_int(qy_chart_draw(&f, &points, NULL, 0, QY_PLOT_PNG, in_folder("figure"), NULL, NULL, &err), QY_OK,
         "a figure of points with probabilities");
  char *script = slurp(in_folder("figure.gp"), NULL);
  ok(script && strstr(script, "<< END\n1 11 1 \"SDM: 1, 11\"\n11 1 0.9 \"SDM: 11, 1\"\nEND\n"),
     "the front has its own");
  ok(script && strstr(script, "$near_1_1 << END\n11 11 0.5\nEND\n"), "a point with 50 %% is near it");
  ok(script && strstr(script, "$cloud_1_1 << END\n12 12\n12 13\nEND\n"), "one with 1 %% is another design");
  free(script);
  qy_chart by_rows = f;
  by_rows.panel = QY_KEY_PARAMETER;
  points.parameters = (qy_key_list){1, {"rows"}};
  is_int(qy_chart_draw(&by_rows, &points, NULL, 0, QY_PLOT_PNG, in_folder("rows"), NULL, NULL, &err), QY_OK,
         "panels by a parameter");
  script = slurp(in_folder("rows.gp"), NULL);
  ok(script && strstr(script, "set label 'Rows: SDM'"), "are titled with its name");
  free(script);
  points.chance = NULL;
  is_int(qy_chart_draw(&f, &points, NULL, 0, QY_PLOT_PNG, in_folder("figure"), NULL, NULL, &err), QY_OK,
         "the same without draws");
  script = slurp(in_folder("figure.gp"), NULL);
  ok(script && strstr(script, "$cloud_1_1 << END\n11 11\n12 12\n12 13\nEND\n") && !strstr(script, "$near"),
     "has fronts and other designs only");
  free(script);
  /* Points 2 and 4 alone: 2 is better in both. */
  char odd[] = "odd", even[] = "even", *networks[] = {odd, even};
  uint32_t network[] = {0, 1, 0, 1, 0};
  points.key[QY_KEY_NETWORK] = network;
  points.label[QY_KEY_NETWORK] = networks;
  points.label_count[QY_KEY_NETWORK] = 2;
  qy_chart some = f;
  some.where_count = 1;
  some.where[0] = (qy_chart_where){QY_KEY_NETWORK, "even"};
  is_int(qy_chart_draw(&some, &points, NULL, 0, QY_PLOT_PNG, in_folder("figure"), NULL, NULL, &err), QY_OK,
         "the points of one network");
  script = slurp(in_folder("figure.gp"), NULL);
  ok(script && strstr(script, "<< END\n11 1 \"SDM: 11, 1\"\nEND\n") &&
         strstr(script, "$cloud_1_1 << END\n12 12\nEND\n") && strstr(script, "Shown: even."),
     "have a front of their own, and the caption names it");
  free(script);
  some.where[0].label = "none";
  is_int(qy_chart_draw(&some, &points, NULL, 0, QY_PLOT_PNG, in_folder("figure"), NULL, NULL, &err), QY_BAD_INPUT,
         "a label that no point has");
  empty_folder();
}

int main(void)
{
  make_folder();
  filling();
  shapes();
  order();
  near_points();
  bars();
  figure();
  remove_folder();
  return done();
}
