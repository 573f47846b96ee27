/* Plots as text for a terminal: the scripts of each kind, worked out by hand.  What stands for gnuplot gives the script
 * back in place of the drawing.
 *
 * A page has 100 x 34 characters, an edge of 1 (0.6 above and below), 8 and a line at the left of a panel, 3 lines for
 * ticks below it.  Keys take the names' letters and 6 at the right. */
#include "plot_test.h"

#include "quarry/heatmap.h"
#include "quarry/parallel.h"
#include "quarry/slope.h"
#include "quarry/tornado.h"

#include <fcntl.h>
#include <sys/resource.h>

enum { BARS = 200 };

static qy_error err;
static char echo[80], text[BARS][16];
static const char *name[BARS];

static void make_echo(void)
{
  snprintf(echo, sizeof echo, "%s", in_folder("echo"));
  FILE *f = fopen(echo, "w");
  if (!f) return;
  fputs("#!/bin/sh\ncat \"$2\"\nexec sed -n \"s/^print '\\(.*\\)'$/\\1/p\" \"$2\"\n", f);
  fclose(f);
  chmod(echo, 0700);
}

static void make_names(int letters)
{
  for (int i = 0; i < BARS; i++) {
    snprintf(text[i], sizeof text[i], "%0*d", letters, i);
    name[i] = text[i];
  }
}

static bool drawn(qy_status status, const char *what)
{
  const bool good = is_int(status, QY_OK, what);
  if (!good && err.count) printf("# %s\n", said(&err));
  qy_error_clear(&err);
  return good;
}

/* Names have room for as many letters as keep a blank between them, two at least: 81 / bars. */
static void bars(void)
{
  static const struct {
    size_t bars;
    int letters;
    const char *first;
  } row[] = {{9, 8, "('00000000' 1, "}, {9, 9, "('0000000…' 1, "}, {20, 9, "('00…' 1, '00…' 2, "},
             {27, 9, "('0…' 1, "},      {26, 9, "('0…' 1, "},      {81, 1, "('0' 1, "}};
  double value[BARS];
  static const char *const part[] = {"p0", "p1"};
  for (size_t i = 0; i < BARS; i++)
    value[i] = 7.42;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_bars b = {.y_label = "Share",
                       .x_label = i ? NULL : "Kind",
                       .bar_count = row[i].bars,
                       .part_count = 1,
                       .bar = name,
                       .part = part,
                       .values = value};
    char *s = NULL;
    make_names(row[i].letters);
    drawn(qy_plot_bars(&b, QY_PLOT_DUMB, NULL, echo, &s, &err), "bars as text");
    holds(s, "set xtics scale 0 norotate (");
    holds(s, row[i].first);
    holds(s, "plot $part_1 using 1:6 with points pt 'A' title 'p0'\n");
    holds_not(s, "set grid");
    margins_are(s, 0, 100, 34, (const double[4]){10, 91, i ? 3.6 : 4.6, 32.2});
    free(s);
  }
  /* Numbers of four letters and a half of 81 / 18: all digits; of less room two. */
  make_names(1);
  for (size_t count = 18; count < 20; count++) {
    const qy_bars b = {.y_label = "", .bar_count = count, .part_count = 1, .bar = name, .part = part, .values = value};
    char *s = NULL;
    drawn(qy_plot_bars(&b, QY_PLOT_DUMB, NULL, echo, &s, &err), "numbers");
    holds(s, count == 18 ? "\n18 7.42 \"7.42\"\n" : "\n19 7.42 \"7.4\"\n");
    free(s);
  }
  /* Parts from the top, by letters that begin again after Z. */
  double many[28];
  for (int i = 0; i < 28; i++)
    many[i] = i + 1;
  make_names(2);
  const qy_bars b = {.y_label = "", .bar_count = 1, .part_count = 28, .bar = name, .part = name, .values = many};
  char *s = NULL;
  drawn(qy_plot_bars(&b, QY_PLOT_DUMB, NULL, echo, &s, &err), "parts");
  holds(s, "plot $part_28 using 1:6 with points pt 'B' title '27', \\\n     $part_27 using 1:6 with points pt 'A' ");
  holds(s, "$part_26 using 1:6 with points pt 'Z' title '25', \\\n");
  holds(s, "$part_1 using 1:6 with points pt 'A' title '00'\n");
  free(s);
}

static void heat(void)
{
  const double edge[] = {0, 10, 20}, values[] = {1, 2, NAN, -INFINITY}, none[] = {NAN, NAN, NAN, NAN};
  make_names(1);
  qy_heatmap m = {
      .colour_label = "c", .x = {"X", 2, NULL, edge}, .y = {"Y", 2, name, NULL}, .panel_count = 1, .value = values};
  char *s = NULL;
  drawn(qy_plot_heatmap(&m, QY_PLOT_DUMB, NULL, echo, &s, &err), "a heat map as text");
  holds(s, "$cells_1 << END\n0.5 0.5 1 \"1\" ");
  holds(s, "plot $cells_1 using 1:2:4 with labels notitle, \\\n     $empty_1 using 1:2 with points pt '.' notitle, \\\n"
           "     $without_1 using 1:2 with points pt 'x' notitle\n");
  holds(s, "set xtics norotate ('0' 0, '10' 1, '20' 2)\n");
  holds(s, "set ytics norotate ('0' 0.5, '1' 1.5)\n");
  holds_not(s, "palette");
  /* a name of one letter and 3, a line; ticks and a title below; 2 above */
  margins_are(s, 0, 100, 34, (const double[4]){6, 99, 4.6, 31.4});
  free(s);
  m.value = none;
  drawn(qy_plot_heatmap(&m, QY_PLOT_DUMB, NULL, echo, &s, &err), "one without values");
  holds(s, "with labels notitle, \\\n     $empty_1 using 1:2 with points pt '.' notitle, \\\n     NaN notitle\n");
  holds_not(s, "pt 'x'");
  free(s);
}

static void parallel(void)
{
  const qy_parallel_axis axes[] = {{"One", 0, {0}}, {"Two", 0, {0}}};
  const double v[] = {0, 0, 10, 10, 5, 5};
  int of[] = {0, 1, -1};
  qy_parallel p = {
      .axis_count = 2, .axis = axes, .line_count = 3, .value = v, .group = of, .group_count = 2, .name = name};
  make_names(2);
  char *s = NULL;
  drawn(qy_plot_parallel(&p, QY_PLOT_DUMB, NULL, echo, &s, &err), "parallel coordinates as text");
  holds(s,
        "plot $lines_0 using 1:2 with points pt '.' title 'other designs', \\\n     $lines_1 using 1:2 with points pt "
        "'A' title '00', \\\n     $lines_2 using 1:2 with points pt 'B' title '01'\nunset label\n");
  holds(s, "set arrow from first 1, first 0 to first 1, first 1 nohead front\n");
  holds(s, " right noenhanced front offset character -0.5,0\n");
  holds(s, " left noenhanced front\n");
  holds_not(s, "rectangle");
  holds_not(s, " lc rgb");
  /* a key of 13 letters and 6 at the right; a letter more at each side, 3 lines below, 1.2 above */
  margins_are(s, 0, 100, 34, (const double[4]){2, 79, 3.6, 32.2});
  free(s);
  of[2] = 0;
  drawn(qy_plot_parallel(&p, QY_PLOT_DUMB, NULL, echo, &s, &err), "without others");
  holds(s, "\nplot $lines_1 using 1:2 with points pt 'A' title '00'");
  free(s);
  p.group_count = 20; /* the others have no lines */
  drawn(qy_plot_parallel(&p, QY_PLOT_DUMB, NULL, echo, &s, &err), "groups without lines");
  holds(s, "     NaN with points pt 'T' title '19'\n");
  free(s);
}

static void slope(void)
{
  const double x[] = {1, 10}, y[] = {100, 10};
  const qy_slope_mark mark = {3, 100, 10, "drop"};
  const qy_slope_series series[] = {{"s0", 2, x, y, 5, 1, &mark}, {"s1", 2, x, y, 0, 0, NULL}};
  const qy_slope_plot p = {
      .x_label = "Size", .y_label = "Traffic", .floor_label = "low", .x_end = 100, .series_count = 2, .series = series};
  char *s = NULL;
  drawn(qy_plot_slope(&p, QY_PLOT_DUMB, NULL, echo, &s, &err), "a slope as text");
  holds(s,
        "plot $series_1 using 1:2 with points pt 'A' title 's0', \\\n     $series_2 using 1:2 with points pt 'B' title "
        "'s1', \\\n     5 with lines title 'low'\n");
  holds(s, "set label 'drop' at first 3, first 31.6227766 left noenhanced offset character 0.6,0.3\n");
  margins_are(s, 0, 100, 34, (const double[4]){10, 90, 4.6, 32.2}); /* 3 + 6 at the right */
  free(s);
}

static void tornado(void)
{
  const double total[] = {0.8, 0.5}, part[] = {0.4, 0.5};
  qy_tornado t = {.x_label = "share",
                  .total_label = "all of it",
                  .part_label = "p",
                  .count = 2,
                  .name = name,
                  .total = total,
                  .part = part};
  make_names(2);
  char *s = NULL;
  drawn(qy_plot_tornado(&t, QY_PLOT_DUMB, NULL, echo, &s, &err), "a tornado as text");
  holds(s, "set ytics scale 0 ('00' 2, '01' 1)\n");
  holds(s,
        "plot $bars using 2:1 with points pt 'o' title 'all of it', \\\n     $bars using 3:1 with points pt '*' title "
        "'p'\n");
  holds_not(s, "set grid");
  margins_are(s, 0, 100, 34,
              (const double[4]){10, 84, 4.6, 32.2}); /* names of 8 letters at least; 9 + 6 at the right */
  free(s);
  t.part_label = "a part of the whole";
  drawn(qy_plot_tornado(&t, QY_PLOT_DUMB, NULL, echo, &s, &err), "with a longer key");
  margins_are(s, 0, 100, 34, (const double[4]){10, 74, 4.6, 32.2});
  free(s);
}

/* Fronts: letters alone, no cloud, no points near a front, no intervals; the title of y above the panel. */
static void fronts(void)
{
  const double x[] = {1, 2, 3}, y[] = {3, 2, 1}, low[] = {0.5, 1.5, 2.5}, high[] = {1.5, 2.5, 3.5};
  qy_plot_series series[28];
  for (int i = 0; i < 28; i++)
    series[i] = (qy_plot_series){.label = name[i],
                                 .count = 3,
                                 .x = x,
                                 .y = y,
                                 .x_low = low,
                                 .x_high = high,
                                 .near = {.count = 3, .x = low, .y = low},
                                 .cloud_count = 3,
                                 .cloud_x = high,
                                 .cloud_y = high};
  make_names(2);
  const qy_plot_panel panel[] = {{"one", 28, series}, {NULL, 1, series}};
  qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = panel};
  char *s = NULL;
  drawn(qy_plot_draw(&plot, QY_PLOT_DUMB, NULL, echo, &s, &err), "fronts as text");
  holds(s, "$series_1_1 using 1:2 with points pt 'A' notitle");
  holds(s, "$series_1_26 using 1:2 with points pt 'Z' notitle");
  holds(s, "$series_1_28 using 1:2 with points pt 'B' notitle");
  holds(s, "keyentry with points pt 'B' title '27'");
  holds(s, "set label 'one  [y: Y]' at ");
  holds_not(s, "$near");
  holds_not(s, "$cloud");
  holds_not(s, "errorbars");
  holds_not(s, "title 'other designs'");
  holds_not(s, "drawn inside each other");
  holds_not(s, "repeat after");
  holds_not(s, "Error bars");
  free(s);
  /* Two panels beside each other: each has its axis of x, the first that of y; half again as high for another row. */
  plot.panel_count = 2;
  drawn(qy_plot_draw(&plot, QY_PLOT_DUMB, NULL, echo, &s, &err), "two panels as text");
  is_int(count_text(s, "set xlabel 'X'"), 2, "titles of x");
  is_int(count_text(s, "set ylabel 'Y'"), 1, "titles of y");
  is_int(count_text(s, "[y: Y]"), 1, "the title of y above the first");
  holds(s, "set terminal dumb noenhanced size 100,34\n");
  double first[4] = {0}, second[4] = {0}; /* two letters and 6 at the right, 2 between: of 79 characters each a half */
  margins_of(s, 0, 100, 34, first);
  margins_of(s, 1, 100, 34, second);
  ok(fabs(first[0] - 10) < 0.02 && fabs(first[1] - 49.5) < 0.02 && fabs(second[0] - 51.5) < 0.02 &&
         fabs(second[1] - 91) < 0.02,
     "from %g to %g, and from %g to %g", first[0], first[1], second[0], second[1]);
  free(s);
}

/* Where no file can be opened it is said. */
static void no_files(void)
{
  const double value = 1;
  const qy_bars b = {.y_label = "", .bar_count = 1, .part_count = 1, .bar = name, .part = name, .values = &value};
  struct rlimit usual, few;
  char *s = NULL;
  make_names(1);
  getrlimit(RLIMIT_NOFILE, &usual);
  const int next = open("/dev/null", O_RDONLY); /* the lowest that is free */
  close(next);
  few = usual;
  few.rlim_cur = (rlim_t)next + 2;
  setrlimit(RLIMIT_NOFILE, &few);
  const qy_status status = qy_plot_bars(&b, QY_PLOT_DUMB, NULL, echo, &s, &err);
  setrlimit(RLIMIT_NOFILE, &usual);
  ok(status == QY_SYSTEM && !s && strstr(said(&err), "cannot open a connection to gnuplot: "), "%s", said(&err));
  qy_error_clear(&err);
}

int main(void)
{
  make_folder();
  make_echo();
  no_files();
  bars();
  heat();
  parallel();
  slope();
  tornado();
  fronts();
  remove_folder();
  return done();
}
