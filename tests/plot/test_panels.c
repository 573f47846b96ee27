/* Pareto and line plots: where panels are, and what their scripts hold, worked out by hand.  Nothing is drawn.
 *
 * A page as on a screen has 1200 x 700 pixels; see test_sheet.c for the sizes of its type.  A key of names of three
 * letters leaves the panels 1178 - 3 * 8.6 - 88 = 1064.2 at the right. */
#include "plot_test.h"

#include <math.h>

static qy_error err;
static const double front_x[] = {1, 10, 100, 1000}, front_y[] = {1000, 100, 10, 1};
static const qy_plot_series simple = {.label = "RDM", .count = 4, .x = front_x, .y = front_y};

static char *draw(const qy_plot *plot)
{
  qy_error_clear(&err);
  is_int(qy_plot_draw(plot, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a plot");
  return script_of("p");
}

static char *draw_one(const qy_plot_series *series, size_t count, int log, int lines)
{
  const qy_plot_panel panel = {NULL, count, series};
  const qy_plot plot = {
      .x_log = log, .y_log = log, .lines = lines, .panel_count = 1, .panel = &panel, .x_label = "X", .y_label = "Y"};
  return draw(&plot);
}

static void panels(void)
{
  qy_plot_panel panel[12];
  for (int i = 0; i < 12; i++)
    panel[i] = (qy_plot_panel){i % 2 ? "odd" : "even", 1, &simple};
  qy_plot_look look = {.width_in = 12.5,
                       .height_in = 700 / 96.0,
                       .sized = true,
                       .font = "X",
                       .font_pt = 11,
                       .small_pt = 9,
                       .title_pt = 14,
                       .captioned = true,
                       .dpi = 96,
                       .screen = true,
                       .x_scale = -1,
                       .y_scale = -1,
                       .range = {{NAN, NAN}, {NAN, NAN}}};
  for (size_t count = 1; count <= 12; count++)
    for (int sized = 0; sized < 2; sized++) {
      const qy_plot plot = {.x_log = 1,
                            .y_log = 1,
                            .x_label = "X",
                            .y_label = "Y",
                            .panel_count = count,
                            .panel = panel,
                            .look = sized ? &look : NULL};
      char *s = draw(&plot);
      const size_t columns = count == 4 ? 2 : count < 3 ? count : 3, rows = (count + columns - 1) / columns;
      const double high = sized ? 700 : 700 * (1 + 0.75 * (double)(rows - 1));
      /* on a page of a given size the last row alone has the title of x */
      const double foot = sized && rows > 1 ? 26 : 0, height = (high - 26.4 - foot) / (double)rows,
                   width = (1064.2 - 102 - 28 * (double)(columns - 1)) / (double)columns;
      for (size_t p = 0; p < count; p++) {
        const double left = 102 + (double)(p % columns) * (width + 28),
                     top = high - 13.2 - (double)(p / columns) * height;
        margins_are(s, (int)p, 1200, high,
                    (const double[4]){left, left + width, top - height + 52 - foot + (rows > 1 ? 9 : 0), top - 28});
      }
      is_int(count_text(s, "set xlabel 'X'"), foot > 0 ? (int64_t)columns : (int64_t)count, "titles of x");
      is_int(count_text(s, "set ylabel 'Y'"), (int64_t)rows, "titles of y");
      is_int(count_text(s, "set key at"), 1, "one key");
      free(s);
    }
  qy_plot plot = {.panel_count = 13, .panel = panel};
  is_int(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "12 panels at most");
}

/* Points at one place: each later group's marker is inside that of the one before. */
static void nested(void)
{
  static const double sizes[] = {2.2, 1.45, 0.9, 0.5, 0.5};
  const double x[] = {5, 20, 30}, y[] = {5, 20, 40}, apart[] = {50};
  static const char *const label[] = {"a", "b", "c", "d", "e"};
  qy_plot_series series[6];
  for (int i = 0; i < 5; i++)
    series[i] = (qy_plot_series){.label = label[i], .count = i < 2 ? 2 : 1, .x = x, .y = y};
  series[5] = (qy_plot_series){.label = "f", .count = 1, .x = apart, .y = apart};
  char *s = draw_one(series, 6, 0, 1), row[120];
  for (int i = 0; i < 5; i++) {
    snprintf(row, sizeof row, "$series_1_%d << END\n5 5 %g ", i + 1, sizes[i]);
    holds(s, row);
    snprintf(row, sizeof row, "\n20 20 %g ", sizes[i]);
    if (i < 2) holds(s, row);
  }
  holds(s, "$series_1_6 << END\n50 50 \"f: 50, 50\"\nEND\n");
  holds(s, "drawn inside each other: 2 places (a = b = c");
  free(s);
  /* The first two again, alone: one place each, of the same groups. */
  s = draw_one(series, 2, 0, 1);
  holds(s, "2 places (a = b: 2).");
  holds(s, " dt (8,8) notitle"); /* the line of the second has gaps */
  holds(s, "$series_1_2 using 1:2:(($3 == 1 ? 1.5 : 1.188*$3)*dot) with points pt 7 ps variable lc rgb '#ffffff'");
  holds(s, "$series_1_2 using 1:2:4:(1.1*$3*dot) with labels hypertext point pt 5 ps variable lc rgb '#d55e00'");
  free(s);
  const double even[] = {0.5, 0.5};
  series[0].chance = series[1].chance = even; /* a rim of the colour around the filling, and a halo of 1.3 of it */
  s = draw_one(series, 2, 0, 1);
  holds(s, "$series_1_2 using 1:2:(($4 == 1 ? 1.43 : 1.188*$4)*dot) with points pt 7 ps variable lc rgb '#ffffff'");
  holds(s, "$series_1_2 using 1:2:(1.1*$4*dot) with points pt 5 ps variable lc rgb '#d55e00' notitle");
  holds(s, "$series_1_2 using 1:2:5:(0.748*$4*dot):(shade(0xd55e00, $3)) with labels hypertext point pt 5 ps variable");
  free(s);
  series[0].chance = series[1].chance = NULL;
  series[1].count = 1;
  s = draw_one(series, 2, 0, 1);
  holds(s, "1 place (a = b: 1).");
  holds_not(s, " dt (8,8)");
  free(s);
  /* Whatever the order of the points. */
  enum { PLACES = 50 };
  double up[PLACES], down[PLACES];
  for (int i = 0; i < PLACES; i++)
    up[i] = i * 17 % PLACES, down[PLACES - 1 - i] = i * 29 % PLACES;
  const qy_plot_series same[] = {{.label = "a", .count = PLACES, .x = up, .y = up},
                                 {.label = "b", .count = PLACES, .x = down, .y = down}};
  s = draw_one(same, 2, 0, 1);
  holds(s, "50 places (a = b: 50).");
  free(s);
  /* And of the series of another panel: groups are in the order in which they first came. */
  const qy_plot_series turned[] = {same[1], same[0]};
  const qy_plot_panel both[] = {{"p", 2, same}, {"q", 2, turned}};
  const qy_plot two_panels = {.lines = 1, .panel_count = 2, .panel = both, .x_label = "X", .y_label = "Y"};
  s = draw(&two_panels);
  holds(s, "100 places (a = b: 100).");
  holds(s, "$series_2_1 << END\n0 0 1.45 \"b: 0, 0\"\n1 1 1.45 ");
  holds(s, "$series_2_2 << END\n0 0 2.2 \"a: 0, 0\"\n1 1 2.2 ");
  free(s);
  /* Nearly at one place: 5.5 pixels.  The axes of 100 have 1178 - 102 - 89 ... pixels: 0.3 is near, 1.5 is not. */
  const double a[] = {0, 50, 100}, b[] = {50.3, 80}, c[] = {50.2}, ya[] = {0, 50, 100}, yb[] = {50, 80}, yc[] = {50.1};
  const qy_plot_series near[] = {{.label = "a", .count = 3, .x = a, .y = ya},
                                 {.label = "b", .count = 2, .x = b, .y = yb},
                                 {.label = "c", .count = 1, .x = c, .y = yc}};
  s = draw_one(near, 3, 0, 1);
  holds(s, "0 0 1 \"a: 0, 0\"\n50 50 1.5 ");
  holds(s, "50.3 50 0.9 \"b: 50.3, 50\"\n80 80 1 ");
  holds(s, "50.2 50.1 0.5 ");
  holds_not(s, "inside each other");
  free(s);
  /* To the pixel, along both axes, which reach from 0 to 105. */
  double margin[4];
  const qy_plot_series wide[] = {{.label = "a", .count = 3, .x = a, .y = ya},
                                 {.label = "b", .count = 1, .x = b, .y = yb}};
  s = draw_one(wide, 2, 0, 1);
  const bool known = margins_of(s, 0, 1200, 700, margin);
  ok(known && strstr(s, "set xrange [0:105]") && strstr(s, "set yrange [0:105]"), "where the panel is");
  free(s);
  static const struct {
    double across, up; /* pixels */
    bool near;
  } beside[] = {{5.2, 0, true},   {5.8, 0, false},   {0, 5.2, true},
                {0, -5.8, false}, {-3.8, 3.8, true}, {4.1, 4.1, false}};
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    const double bx[] = {50 + beside[i].across * 105 / (margin[1] - margin[0])},
                 by[] = {50 + beside[i].up * 105 / (margin[3] - margin[2])};
    const qy_plot_series two[] = {{.label = "a", .count = 3, .x = a, .y = ya},
                                  {.label = "b", .count = 1, .x = bx, .y = by}};
    s = draw_one(two, 2, 0, 1);
    ok((s && strstr(s, "50 50 1.5 ")) == beside[i].near, "%.1f pixels across and %.1f up", beside[i].across,
       beside[i].up);
    free(s);
  }
}

/* Points nearly at one place are looked for among 240 of a panel at most, exactly there among 20,000. */
static void many_near(void)
{
  enum { MOST = 20001 };
  static double lx[MOST], ly[MOST];
  for (int i = 0; i < MOST; i++)
    lx[i] = i, ly[i] = MOST - i;
  static const struct {
    size_t count;
    double off;
    bool nested;
  } row[] = {{239, 0.05, true}, {240, 0.05, false}, {240, 0, true}, {19999, 0, true}, {20000, 0, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) { /* few of each series: markers of more are too small */
    enum { EACH = 60 };
    const double bx[] = {7 + row[i].off}, by[] = {MOST - 7};
    static qy_plot_series series[5];
    const size_t each = row[i].count <= EACH * 4 ? EACH : row[i].count, parts = (row[i].count + each - 1) / each;
    for (size_t k = 0; k < parts; k++)
      series[k] = (qy_plot_series){.label = (const char *const[]){"a", "b", "c", "d"}[k],
                                   .count = k + 1 < parts ? each : row[i].count - k * each,
                                   .x = lx + k * each,
                                   .y = ly + k * each};
    series[parts] = (qy_plot_series){.label = "z", .count = 1, .x = bx, .y = by};
    char *s = draw_one(series, parts + 1, 0, 1), block[80];
    snprintf(block, sizeof block, "$series_1_%zu << END\n%.9g %.9g ", parts + 1, bx[0], by[0]);
    holds(s, block);
    const char *at = s ? strstr(s, block) : NULL;
    ok(at && (at[strlen(block)] != '"') == row[i].nested, "of %zu points: %s", row[i].count + 1,
       row[i].nested ? "nested" : "not looked for");
    free(s);
  }
}

static void rows(void)
{
  /* Intervals end at the axes; a chance is within 0 and 1; NaN: the value, or 0. */
  const double x[] = {100, 1, 10}, y[] = {1, 100, 10}, x_low[] = {90, 0, NAN}, x_high[] = {1e9, 2, 20},
               y_low[] = {0.5, 90, 9}, y_high[] = {2, 110, 11}, chance[] = {2, NAN, 0.25};
  qy_plot_series r = {.label = "RDM",
                      .count = 3,
                      .x = x,
                      .y = y,
                      .x_low = x_low,
                      .x_high = x_high,
                      .y_low = y_low,
                      .y_high = y_high,
                      .chance = chance};
  qy_plot_look look = {.width_in = 12.5,
                       .height_in = 700 / 96.0,
                       .font = "X",
                       .font_pt = 11,
                       .small_pt = 9,
                       .title_pt = 14,
                       .captioned = true,
                       .dpi = 96,
                       .screen = true,
                       .range = {{0.5, 200}, {0.1, 200}}};
  const qy_plot_panel panel = {NULL, 1, &r};
  qy_plot plot = {
      .x_log = 1, .y_log = 1, .panel_count = 1, .panel = &panel, .x_label = "X", .y_label = "Y", .look = &look};
  char *s = draw(&plot);
  holds(s, "$series_1_1 << END\n1 100 0.5 2 90 110 0 \"RDM: 1, 100\"\n10 10 10 20 9 11 0.25 \"RDM: 10, 10\"\n"
           "100 1 90 200 0.5 2 1 \"RDM: 100, 1\"\nEND\n");
  holds(s, "using 1:2:3:4:5:6 with xyerrorbars lt 1 lw 1 pt -1 lc rgb shade(0x0072b2, 0.5) notitle");
  holds(s, "with points pt 7 ps 1.43*dot lc rgb '#ffffff'"); /* 1.1 times 1.3 */
  holds(s, "$series_1_1 using 1:2 with points pt 7 ps 1.1*dot lc rgb '#0072b2' notitle");
  holds(s,
        "$series_1_1 using 1:2:8:(shade(0x0072b2, $7)) with labels hypertext point pt 7 ps 0.748*dot lc rgb variable");
  holds(s, "Error bars: 90\u00a0% intervals.");
  holds(s, "set label 'front probability' at screen ");
  free(s);
  r.y_low = r.y_high = NULL;
  s = draw(&plot);
  holds(s, "using 1:2:3:4 with xerrorbars");
  free(s);
  r.y_low = y_low, r.x_low = r.x_high = r.chance = NULL;
  s = draw(&plot);
  holds(s, "using 1:2:5:6 with yerrorbars");
  holds(s, "$series_1_1 << END\n1 100 1 1 90 100 \"RDM: 1, 100\"\n");
  holds_not(s, "front probability");
  holds(s, "$series_1_1 using 1:2:7 with labels hypertext point pt 7 ps 1.1*dot lc rgb '#0072b2' notitle");
  free(s);
  /* Any of the four ends is an interval, of its own axis. */
  for (int ends = 1; ends < 16; ends++) {
    r.x_low = ends & 1 ? x_low : NULL, r.x_high = ends & 2 ? x_high : NULL;
    r.y_low = ends & 4 ? y_low : NULL, r.y_high = ends & 8 ? y_high : NULL;
    char last[80];
    s = draw(&plot);
    holds(s, ends % 4 == 0 ? "using 1:2:5:6 with yerrorbars"
             : ends < 4    ? "using 1:2:3:4 with xerrorbars"
                           : "using 1:2:3:4:5:6 with xyerrorbars");
    snprintf(last, sizeof last, "\n100 1 %d %d %g %d \"", ends & 1 ? 90 : 100, ends & 2 ? 200 : 100, ends & 4 ? 0.5 : 1,
             ends & 8 ? 2 : 1);
    holds(s, last);
    free(s);
  }
  r.x_low = r.x_high = r.y_high = NULL, r.y_low = y_low;
  /* Ends that leave points out are said; none within is refused, with the axis that is to blame. */
  static const struct {
    double range[4];
    const char *said; /* NULL: drawn */
  } row[] = {
      {{5, 200, NAN, NAN}, NULL},
      {{200, 300, NAN, NAN}, "x_range: expected a range that holds points, whose X is from 1 to 100, found 200 to 300"},
      {{NAN, NAN, 200, 300}, "y_range: expected a range that holds points, whose Y is from 1 to 100, found 200 to 300"},
      {{1, 2, 1, 2},
       "x_range: expected a range that holds points, whose X is from 1 to 100, found 1 to 2, which holds none "
       "in the range of the other axis"},
      {{1, 200, 300, 400}, "y_range: expected"},
      {{100, 300, 200, 300}, "y_range: expected a range that holds points, whose Y is from 1 to 100"},
      {{0.5, 1, 200, 300}, "y_range: expected a range that holds points, whose Y is from 1 to 100"},
      {{200, 300, 100, 300}, "x_range: expected a range that holds points, whose X is from 1 to 100"},
      {{200, 300, 0.5, 1}, "x_range: expected a range that holds points, whose X is from 1 to 100"},
      {{200, NAN, NAN, NAN}, "x_range: expected a range that holds points, whose X is from 1 to 100, found 200 to "},
      {{NAN, 0.5, NAN, NAN}, "x_range: expected a range that holds points, whose X is from 1 to 100, found "},
      {{NAN, NAN, 200, NAN}, "y_range: expected a range that holds points, whose Y is from 1 to 100, found 200 to "},
      {{NAN, NAN, NAN, 0.5}, "y_range: expected a range that holds points, whose Y is from 1 to 100, found "},
      {{100, 300, NAN, NAN}, NULL},
      {{0.5, 1, NAN, NAN}, NULL}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    memcpy(look.range, row[i].range, sizeof look.range);
    qy_error_clear(&err);
    const qy_status status = qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
    is_int(status, row[i].said ? QY_BAD_INPUT : QY_SYSTEM, "a range");
    if (row[i].said) ok(strstr(said(&err), row[i].said) != NULL, "%s", said(&err));
    if (row[i].said) continue;
    s = script_of("p");
    holds(s, i == 0 ? "Points beyond the axes: 1." : "Points beyond the axes: 2.");
    free(s);
  }
}

/* Of a far cloud the axes show 0.4 of the front's length beyond it; axes without a front show all. */
static void clouds(void)
{
  const double x[] = {0, 100}, y[] = {100, 0}, far_x[] = {50, 120, 500, NAN}, far_y[] = {50, 130, 60, 1};
  qy_plot_series r = {.label = "RDM", .count = 2, .x = x, .y = y, .cloud_count = 4, .cloud_x = far_x, .cloud_y = far_y};
  char *s = draw_one(&r, 1, 0, 0);
  holds(s, "set xrange [0:147]\n"); /* 0 to 140, and 5 % more, but nothing is below zero */
  holds(s, "set yrange [0:136.5]\n");
  holds(s, "$cloud_1_1 << END\n50 50\n120 130\nEND\n");
  holds(s, "Other designs beyond the axes: 1.");
  holds(s, "Points not shown (not finite): 1.");
  holds(s, "title 'other designs'");
  free(s);
  r.count = 0;
  s = draw_one(&r, 1, 0, 0);
  holds(s, "set xrange [27.5:522.5]\n"); /* 50 to 500 */
  free(s);
  /* On logarithmic axes: decades. */
  const double lx[] = {1, 100}, ly[] = {100, 1}, wide_x[] = {1e6, 10}, wide_y[] = {10, 1e6};
  r = (qy_plot_series){
      .label = "RDM", .count = 2, .x = lx, .y = ly, .cloud_count = 2, .cloud_x = wide_x, .cloud_y = wide_y};
  s = draw_one(&r, 1, 1, 0);
  const char *range = s ? strstr(s, "set xrange [") : NULL;
  double low = 0, high = 0;
  ok(range && sscanf(range, "set xrange [%lf:%lf]", &low, &high) == 2 && fabs(log10(low) + 0.14) < 1e-6 &&
         fabs(log10(high) - 2.94) < 1e-6,
     "0 to 2.8 decades and 5 %%: %g to %g", low, high);
  holds(s, "Other designs beyond the axes: 2.");
  free(s);
  /* What lacks one of both has no place, and takes none on the axis of the other. */
  static const struct {
    double x, y;
    int log;
  } lost[] = {{500, NAN, 0}, {NAN, 500, 0}, {500, 1e151, 0}, {5000, -3, 1},
              {-3, 5000, 1}, {5000, 0, 1},  {NAN, 5000, 1}};
  for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
    const double px[] = {1, 100, lost[i].x}, py[] = {1, 100, lost[i].y};
    const qy_plot_series three = {.label = "RDM", .count = 3, .x = px, .y = py};
    double end[2] = {0};
    s = draw_one(&three, 1, lost[i].log, 1);
    for (int a = 0; a < 2; a++) {
      const char *at = s ? strstr(s, a ? "set yrange [" : "set xrange [") : NULL;
      if (at) sscanf(at + strlen("set xrange ["), "%*[^:]:%lf", &end[a]);
      near_abs(end[a], lost[i].log ? pow(10, 2.1) : 104.95, 0.01, "5 %% beyond 100");
    }
    holds(s, lost[i].log ? "Points not shown (not finite, or not above zero on a logarithmic axis): 1."
                         : "Points not shown (not finite): 1.");
    free(s);
  }
  /* Decibels are linear where nobody asks. */
  const qy_plot_panel panel = {NULL, 1, &simple};
  static const char *const label[] = {"SQNR (dB)", "Area (dBm)", NULL, "B"};
  for (int i = 0; i < 4; i++)
    for (int log = -1; log < 2; log++) {
      const qy_plot plot = {
          .x_log = log, .y_log = log, .panel_count = 1, .panel = &panel, .x_label = label[i], .y_label = "Y"};
      s = draw(&plot);
      holds(s, log == 0 || (log < 0 && i == 0) ? "\nunset logscale x\n" : "\nset logscale x 10\n");
      free(s);
    }
}

/* Each panel has a density of its own: of 200 by 200 cells, from the lower left. */
static void densities(void)
{
  enum { EACH = 1600, SIDE = 200 };
  static double cx[2][EACH], cy[2][EACH];
  const double ends[] = {0, 100};
  qy_plot_series r[2];
  for (int p = 0; p < 2; p++) {
    for (int i = 0; i < EACH; i++) /* at 10 and 20, or 70 and 20 of 105, which are cells of 0.525 */
      cx[p][i] = p ? 70 : 10, cy[p][i] = i % 4 ? 20 : 90;
    r[p] = (qy_plot_series){
        .label = "RDM", .count = 2, .x = ends, .y = ends, .cloud_count = EACH, .cloud_x = cx[p], .cloud_y = cy[p]};
  }
  const qy_plot_panel panel[] = {{"a", 1, &r[0]}, {"b", 1, &r[1]}};
  const qy_plot plot = {.x_log = 0, .y_log = 0, .panel_count = 2, .panel = panel, .x_label = "X", .y_label = "Y"};
  char *s = draw(&plot), block[40];
  for (int p = 0; p < 2; p++) {
    snprintf(block, sizeof block, "$density_%d << END\n", p + 1);
    char *at = s ? strstr(s, block) : NULL;
    int wrong = !at;
    if (at) at += strlen(block);
    for (int y = 0; at && y < SIDE; y++)
      for (int x = 0; x < SIDE; x++) {
        const bool column = x == (p ? 133 : 19); /* 70 and 10 over 0.525 */
        const long expected = column && y == 38 ? EACH * 3 / 4 : column && y == 171 ? EACH / 4 : 0;
        wrong += strtol(at, &at, 10) != expected;
      }
    is_int(wrong, 0, "points of each cell");
    snprintf(block, sizeof block, "plot $density_%d matrix using (x_first", p + 1);
    holds(s, block);
  }
  holds(s, "set cbrange [0:7.09090982]\n"); /* log(1201) */
  holds(s, "set x2range [0:105]; x_cell = 0.525; x_first = 0.2625\n");
  holds(s, "Grey: 3.2k other designs");
  is_int(count_text(s, "\nunset grid\n$grid << END\n"), 1, "one grid");
  holds(s, "unset colorbox\nset palette defined (0 '#ffffff', 0.02 '#ececec', 1 '#8c8c8c')\n");
  holds(s, "axes x2y2 with image notitle, \\\n     $grid using 1:2 with lines lt 1 lw 0.8 lc rgb '#e4e4e4' notitle");
  free(s);
}

/* A thousand series of all panels at most; keys with up to twelve numbers have them as labels. */
static void limits(void)
{
  enum { MOST = 1001 };
  static qy_plot_series series[MOST];
  static const double x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
  for (int i = 0; i < MOST; i++)
    series[i] = (qy_plot_series){.label = "a", .count = 1, .x = x, .y = x};
  for (size_t count = MOST - 1; count <= MOST; count++) {
    const qy_plot_panel panel[] = {{"p", 500, series}, {"q", count - 500, series}};
    const qy_plot plot = {.panel_count = 2, .panel = panel};
    qy_error_clear(&err);
    is_int(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err),
           count < MOST ? QY_SYSTEM : QY_BAD_INPUT, "a thousand series");
    if (count == MOST) ok(strstr(said(&err), "a plot may have 1000 series, found 1001") != NULL, "%s", said(&err));
  }
  static const char *const label[] = {"t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11", "t12", "t13"};
  for (size_t count = 11; count <= 13; count++)
    for (int way = 0; way < 4; way++) { /* of x or y, numbers or words */
      const qy_plot_series r = {.label = "a", .count = count, .x = x, .y = x};
      const qy_plot_panel panel = {NULL, 1, &r};
      const qy_plot_ticks ticks = {count, x, label, way / 2};
      const qy_plot plot = {
          .panel_count = 1, .panel = &panel, .x_ticks = way % 2 ? NULL : &ticks, .y_ticks = way % 2 ? &ticks : NULL};
      char *s = draw(&plot);
      ok((s && strstr(s, "'t1' 1")) == (count < 13 || way / 2), "labels of %zu %s", count,
         way / 2 ? "words" : "numbers");
      free(s);
    }
}

/* Rows by x, of one x by y; where y is the key by y, of one y by x. */
static void row_order(void)
{
  const double x[] = {2, 1, 2, 1, 3}, y[] = {5, 9, 4, 8, 4};
  for (int upright = 0; upright < 2; upright++) {
    const qy_plot_series r = {.label = "a", .count = 5, .x = x, .y = y};
    char *s = draw_one(&r, 1, 0, upright ? 2 : 1);
    holds(s, upright ? "$series_1_1 << END\n2 4 \"a: 2, 4\"\n3 4 \"a: 3, 4\"\n2 5 \"a: 2, 5\"\n1 8 \"a: 1, 8\"\n1 9 "
                     : "$series_1_1 << END\n1 8 \"a: 1, 8\"\n1 9 \"a: 1, 9\"\n2 4 \"a: 2, 4\"\n2 5 \"a: 2, 5\"\n3 4 ");
    free(s);
  }
}

/* A floor of 0 is none: neither a line nor on the axis. */
static void no_floor(void)
{
  const double x[] = {1, 2}, y[] = {200, 100};
  const qy_plot_series r = {.label = "RDM", .count = 2, .x = x, .y = y};
  const qy_plot_panel panel = {NULL, 1, &r};
  for (int floor = 0; floor < 2; floor++) {
    const double low[] = {50.0 * floor};
    const qy_plot plot = {
        .x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &panel, .floor = low, .floor_label = "f"};
    char *s = draw(&plot);
    holds(s, floor ? "set yrange [42.5:207.5]\n" : "set yrange [95:205]\n");
    ok((s && strstr(s, "     50 with lines lt 1 lw 1.4 dt 2 ")) == floor, "a line at it");
    free(s);
  }
}

/* Points near a front: small, with intervals where there are at most 40 points in the panel. */
static void near_points(void)
{
  enum { MOST = 41 };
  double x[MOST], y[MOST], low[MOST], high[MOST], chance[MOST];
  for (int i = 0; i < MOST; i++)
    x[i] = 10 + i, y[i] = 200 - i, low[i] = x[i] - 5, high[i] = x[i] + 100, chance[i] = 0.5;
  qy_plot_series r = simple;
  r.near = (qy_plot_near){.x = x, .y = y, .x_low = low, .x_high = high, .chance = chance};
  for (int bars = 0; bars < 2; bars++) {
    r.near.count = bars ? 36 : 37;
    char *s = draw_one(&r, 1, 0, 0);
    holds(s, bars ? "$near_1_1 << END\n10 200 5 110 200 200 0.5\n" : "$near_1_1 << END\n10 200 0.5\n");
    holds(s, bars ? "$near_1_1 using 1:2:(shade(0x0072b2, 0.3 + 0.7 * $7)) with points pt 7 ps 0.6*dot"
                  : "$near_1_1 using 1:2:(shade(0x0072b2, 0.3 + 0.7 * $3)) with points pt 7 ps 0.6*dot");
    ok((s && strstr(s, "$near_1_1 using 1:2:3:4 with xerrorbars")) == bars, "intervals of %zu points",
       4 + r.near.count);
    holds(s, "title 'near a front'");
    free(s);
  }
  r.near.chance = NULL;
  r.near.x_low = r.near.x_high = NULL;
  char *s = draw_one(&r, 1, 0, 0);
  holds(s, "$near_1_1 using 1:2 with points pt 7 ps 0.6*dot lc rgb '#a6cfe6' notitle");
  free(s);
}

/* Bands: from the worse end of y along the best steps to that of x, and back along the worst. */
static void bands(void)
{
  const double x[] = {2, 6}, y[] = {6, 2}, wx[] = {4, 8}, wy[] = {8, 4}, fx[] = {1, 9}, fy[] = {9, 1};
  const qy_plot_steps band[QY_PLOT_BAND_STEPS] = {{2, x, y}, {1, wx, wy}, {2, wx, wy}};
  const qy_plot_series r = {.label = "RDM", .count = 2, .x = fx, .y = fy, .band = band};
  const qy_plot_panel panel = {NULL, 1, &r};
  qy_plot plot = {.x_log = 0, .y_log = 0, .panel_count = 1, .panel = &panel, .x_label = "X", .y_label = "Y"};
  char *s = draw(&plot);
  /* axes from 1 to 9 and 5 %: 0.6 to 9.4 */
  holds(s, "$band_1_1 << END\n2 9.4\n2 6\n6 6\n6 2\n9.4 2\n9.4 4\n8 4\n8 8\n4 8\n4 9.4\nEND\n");
  holds(s, "$half_1_1 << END\n4 9.4\n4 8\n9.4 8\nEND\n");
  holds(s, "title 'half of the draws'");
  holds(s, "Bands: what 5\u00a0% to 95\u00a0% of the draws reach; dotted: half of them.");
  free(s);
  plot.x_maximise = plot.y_maximise = 1;
  s = draw(&plot);
  holds(s, "$half_1_1 << END\n4 0.6\n4 8\n0.6 8\nEND\n");
  free(s);
  /* Where its steps begin and end counts for the axes: from -3 and -5 to 9, and 5 %. */
  const double far_x[] = {-3, 2, 6}, far_y[] = {8, 3, -5};
  const qy_plot_steps far[QY_PLOT_BAND_STEPS] = {{3, far_x, far_y}, {3, far_x, far_y}, {3, far_x, far_y}};
  const qy_plot_series beyond = {.label = "RDM", .count = 2, .x = fx, .y = fy, .band = far};
  const qy_plot_panel one = {NULL, 1, &beyond};
  const qy_plot wide = {.panel_count = 1, .panel = &one, .x_label = "X", .y_label = "Y"};
  s = draw(&wide);
  holds(s, "set xrange [-3.6:9.6]");
  holds(s, "set yrange [-5.7:9.7]");
  free(s);
}

/* How markers are by their number, and every how many-th of many has its interval. */
static void many(void)
{
  enum { MOST = 16501 };
  static double x[MOST], y[MOST], low[MOST], high[MOST];
  for (int i = 0; i < MOST; i++)
    x[i] = 1 + i, y[i] = MOST - i, low[i] = y[i] - 0.5, high[i] = y[i] + 0.5;
  static const struct {
    size_t count;
    const char *every, *caption;
  } row[] = {{150, "$series_1_1 using 1:2:5:6", "Error bars: 90\u00a0% intervals."},
             {151, "$series_1_1 every 2 using", "intervals of every second front point."},
             {300, "$series_1_1 every 2 using", "intervals of every second front point."},
             {301, "$series_1_1 every 3 using", "intervals of every third front point."},
             {600, "$series_1_1 every 4 using", "intervals of every 4th front point."},
             {1501, "$series_1_1 every 11 using", "of every 11th front"},
             {1650, "$series_1_1 every 11 using", "of every 11th front"},
             {3001, "$series_1_1 every 21 using", "of every 21st front"},
             {3300, "$series_1_1 every 22 using", "of every 22nd front"},
             {3450, "$series_1_1 every 23 using", "of every 23rd front"},
             {3600, "$series_1_1 every 24 using", "of every 24th front"},
             {15001, "$series_1_1 every 101 using", "of every 101st front"},
             {16501, "$series_1_1 every 111 using", "of every 111th front"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_plot_series r = {.label = "RDM", .count = row[i].count, .x = x, .y = y, .y_low = low, .y_high = high};
    char *s = draw_one(&r, 1, 0, 0);
    holds(s, row[i].every);
    holds(s, row[i].caption);
    free(s);
  }
}

/* What lies on top: by rising mean chance; series without behind, of many points first. */
static void order(void)
{
  const double x[] = {1, 5, 9}, x2[] = {2, 6}, x3[] = {3, 7, 10}, x4[] = {4}, y[] = {9, 5, 1}, half[] = {0.5, 0.4, 0.6},
               sure[] = {1, 0.9};
  const qy_plot_series series[] = {{.label = "a", .count = 2, .x = x2, .y = y, .chance = sure},
                                   {.label = "b", .count = 3, .x = x3, .y = y, .chance = half},
                                   {.label = "c", .count = 1, .x = x4, .y = y},
                                   {.label = "d", .count = 3, .x = x, .y = y}};
  char *s = draw_one(series, 4, 0, 1);
  const char *at[4];
  for (int i = 0; i < 4; i++) {
    char text[40];
    snprintf(text, sizeof text, "$series_1_%d using 1:2 with lines", i + 1);
    at[i] = s ? strstr(s, text) : NULL;
  }
  ok(at[0] && at[1] && at[2] && at[3] && at[3] < at[2] && at[2] < at[1] && at[1] < at[0], "d, c, b, a");
  free(s);
  /* Series alike in that are drawn in their order. */
  const qy_plot_series twins[] = {{.label = "a", .count = 3, .x = x, .y = y},
                                  {.label = "b", .count = 3, .x = x3, .y = y}};
  s = draw_one(twins, 2, 0, 1);
  const char *one = s ? strstr(s, "$series_1_1 using 1:2 with lines") : NULL;
  ok(one && strstr(one, "$series_1_2 using 1:2 with lines"), "the first below the second");
  free(s);
  /* Each chance of a series counts, and as much as any other: sums alone, the first or the last would not tell. */
  const double rising[] = {0, 0.9, 0.9}, falling[] = {0.8, 0.3, 0.3}, flat[] = {0.5}, last[] = {0.1, 0.1, 0.9};
  const double *const chance[] = {rising, falling, flat, last}; /* means of 0.6, 0.467, 0.5 and 0.367 */
  static const int expected[] = {3, 1, 2, 0};
  qy_plot_series four[4];
  for (int i = 0; i < 4; i++)
    four[i] = (qy_plot_series){.label = (const char *const[]){"a", "b", "c", "d"}[i],
                               .count = i == 2 ? 1 : 3,
                               .x = x3,
                               .y = y,
                               .chance = chance[i]};
  const double own_x[4][3] = {{1, 2, 3}, {4, 5, 6}, {7}, {8, 9, 10}};
  for (int i = 0; i < 4; i++)
    four[i].x = own_x[i];
  s = draw_one(four, 4, 0, 1);
  const char *before = s;
  for (int i = 0; i < 4 && before; i++) {
    char text[60];
    snprintf(text, sizeof text, "$series_1_%d using 1:2 with lines", expected[i] + 1);
    before = strstr(before, text);
  }
  ok(before != NULL, "d, b, c, a by their means");
  free(s);
}

/* Entries of a key above: a line each where names are long, in small type of 18 pixels, and 0.3 of one. */
static void key_lines(void)
{
  static const char *const label[] = {
      "a name of more than half of the page's letters, which are one hundred and sixty-two all in all",
      "another one of more than half of the page's letters, of which there are one hundred and more"};
  const double x[] = {2, 6}, y[] = {6, 2}, fx[] = {1, 9}, fy[] = {9, 1}, floor[] = {3}, chance[] = {0.5};
  const qy_plot_steps band[QY_PLOT_BAND_STEPS] = {{2, x, y}, {2, x, y}, {2, x, y}};
  const qy_plot_look look = {.width_in = 12.5,
                             .height_in = 700 / 96.0,
                             .font = "X",
                             .font_pt = 11,
                             .small_pt = 9,
                             .title_pt = 14,
                             .dpi = 96,
                             .screen = true,
                             .legend = QY_LEGEND_ABOVE,
                             .range = {{NAN, NAN}, {NAN, NAN}}};
  for (int has = 0; has < 16; has++) { /* a floor, a band, a point near a front, a cloud */
    qy_plot_series series[] = {{.label = label[0], .count = 2, .x = fx, .y = fy},
                               {.label = label[1], .count = 2, .x = fx, .y = x}};
    if (has & 2) series[0].band = band;
    if (has & 4) series[0].near = (qy_plot_near){.count = 1, .x = x, .y = y};
    if (has & 8) series[1].cloud_count = 2, series[1].cloud_x = fx, series[1].cloud_y = fx;
    const qy_plot_panel panel = {NULL, 2, series};
    const qy_plot plot = {.x_log = 0,
                          .y_log = 0,
                          .panel_count = 1,
                          .panel = &panel,
                          .x_label = "X",
                          .y_label = "Y",
                          .floor = has & 1 ? floor : NULL,
                          .floor_label = "least",
                          .look = &look};
    char *s = draw(&plot);
    const int entries = 2 + (has & 1) + (has & 2) + (has & 4) / 4 + (has & 8) / 8;
    double m[4] = {0};
    ok(margins_of(s, 0, 1200, 700, m) && fabs(m[3] - (700 - 13.2 - (entries + 0.3) * 18 - 28)) < 0.1,
       "%d entries: the panel ends at %.1f", entries, m[3]);
    ok((s && strstr(s, "set label 'least' at screen ")) == (has & 1), "a floor");
    ok((s && strstr(s, "set label 'half of the draws' at screen ")) == (has & 2) / 2, "a band");
    ok((s && strstr(s, "set label 'near a front' at screen ")) == (has & 4) / 4, "a point near a front");
    ok((s && strstr(s, "set label 'other designs' at screen ")) == (has & 8) / 8, "a cloud");
    free(s);
  }
  /* Fronts of more than 60 points have small markers without rims, pale to 0.3 at chance 0. */
  enum { MOST = 700 };
  static double lx[MOST], ly[MOST], half[MOST];
  for (int i = 0; i < MOST; i++)
    lx[i] = 1 + i, ly[i] = MOST - i, half[i] = chance[0];
  static const struct {
    size_t count;
    const char *marker;
  } row[] = {{60, "using 1:2:4:(shade(0x0072b2, $3)) with labels hypertext point pt 7 ps 0.748*dot"},
             {61, "using 1:2:4:(shade(0x0072b2, 0.3 + 0.7 * $3)) with labels hypertext point pt 7 ps 0.6*dot"},
             {600, "0.3 + 0.7 * $3)) with labels hypertext point pt 7 ps 0.6*dot"},
             {601, "0.3 + 0.7 * $3)) with labels hypertext point pt 7 ps 0.3*dot"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_plot_series r = {.label = "RDM", .count = row[i].count, .x = lx, .y = ly, .chance = half};
    char *s = draw_one(&r, 1, 0, 0);
    holds(s, row[i].marker);
    free(s);
  }
  /* A density's grid is at the labelled ticks of both axes, not at the minor ones of logarithmic axes. */
  enum { CLOUD = 3001 };
  static double cx[CLOUD], cy[CLOUD];
  for (int i = 0; i < CLOUD; i++)
    cx[i] = cy[i] = 1 + i % 100;
  for (int log = 0; log < 2; log++) {
    const qy_plot_series r = {.label = "RDM",
                              .count = 2,
                              .x = (const double[]){1, 1000},
                              .y = (const double[]){1000, 1},
                              .cloud_count = CLOUD,
                              .cloud_x = cx,
                              .cloud_y = cy};
    char *s = draw_one(&r, 1, log, 0);
    const char *grid = s ? strstr(s, "$grid << END\n") : NULL, *end = grid ? strstr(grid, "\nEND\n") : NULL;
    int lines = 0;
    for (const char *p = grid; p && p < end; p++)
      lines += p[0] == '\n' && p[1] == '\n';
    is_int(lines, log ? 2 * 4 : 2 * 6, "a line at each labelled tick"); /* 1 to 1k; 0, 200 ... 1000 */
    free(s);
  }
}

int main(void)
{
  make_folder();
  key_lines();
  densities();
  no_floor();
  row_order();
  limits();
  panels();
  nested();
  many_near();
  rows();
  clouds();
  near_points();
  bands();
  many();
  order();
  remove_folder();
  return done();
}
