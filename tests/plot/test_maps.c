/* Heat maps and parallel coordinates: what their scripts hold, worked out by hand.  Nothing is drawn.
 *
 * A page as on a screen has 1200 x 700 pixels; see test_sheet.c for the sizes of its type.  Colours take 28 + 17.2 +
 * 54 + 26 at the right, which leaves 1052.8; names or numbers of five letters at the left leave 116.8. */
#include "map_test.h"

/* Cells of as many values as there are, or of `values` in turn. */
static char *cells(size_t x, size_t y, size_t columns, bool x_named, size_t values, size_t panels)
{
  make_names(SIDE, columns);
  for (size_t i = 0; i < SIDE; i++)
    edge[i] = (double)i;
  for (size_t i = 0; i < x * y * panels; i++)
    value[i] = 1 + (double)(values ? i % values : i);
  const qy_heatmap m = {.colour_label = "c",
                        .colour_log = 0,
                        .x = {"X", x, x_named ? name : NULL, edge},
                        .y = {"Y", y, NULL, edge},
                        .panel_count = panels,
                        .value = value};
  return map_script(&m);
}

/* Names of no letter have the room of one. */
static void bare_names(void)
{
  static const char *const one[] = {"a", "b"}, *const none[] = {"", ""}, *const two[] = {"aa", "b"};
  static const double values[] = {1, 2, 3, 4};
  double margin[3][4] = {{0}};
  for (int k = 0; k < 3; k++) {
    const qy_heatmap m = {.colour_label = "c",
                          .x = {"X", 2, one, NULL},
                          .y = {"Y", 2,
                                k == 0   ? none
                                : k == 1 ? one
                                         : two,
                                NULL},
                          .panel_count = 1,
                          .value = values};
    char *s = map_script(&m);
    margins_of(s, 0, 1200, 700, margin[k]);
    free(s);
  }
  ok(margin[0][0] == margin[1][0] && margin[2][0] > margin[1][0] + 5, "left of the map: %.1f, %.1f, %.1f", margin[0][0],
     margin[1][0], margin[2][0]);
}

static void parts(void)
{
  const double three[] = {0, 10, 20}, values[] = {1, 4, NAN, -INFINITY, 4.1, 6};
  make_names(3, 1);
  qy_heatmap m = {
      .colour_label = "c", .x = {"X", 3, name, NULL}, .y = {"Y", 2, NULL, three}, .panel_count = 1, .value = values};
  char *s = map_script(&m);
  /* Colours from 1 to 6 and 5 % more: 0.6 of them are 4.05, from where text is dark. */
  holds(s, "$cells_1 << END\n0.5 0.5 1 \"1\" 0xffffff\n1.5 0.5 4 \"4\" 0xffffff\n1.5 1.5 4.1 \"4.1\" 0x111111\n"
           "2.5 1.5 6 \"6\" 0x111111\nEND\n");
  holds(s, "$empty_1 << END\n2.5 0.5\nEND\n$without_1 << END\n0.5 1.5\nEND\n");
  holds(s, "set cbrange [0.75:6.25]\n");
  holds(s, "set xrange [0:3]\nset xtics norotate ('0' 0.5, '1' 1.5, '2' 2.5)\n");
  holds(s, "set yrange [0:2]\nset ytics norotate ('0' 0, '10' 1, '20' 2)\n");
  holds(s, "plot $cells_1 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror");
  holds(s, "$cells_1 using 1:2:4:5 with labels");
  holds(s, "     $empty_1 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fs pattern 5");
  holds(s, "     $without_1 using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fs pattern 1");
  holds(s, "set colorbox vertical user origin screen 0.9007, screen 0.0931 size screen 0.0143, screen 0.8480\n");
  holds(s, "set cblabel 'c' noenhanced offset character 1,0\n");
  holds(s, "\nset cbtics ('1' 1, '2' 2, ");
  holds(s, "\nunset key\nunset grid\n");
  holds(s, "\nunset label\nunset object\nunset colorbox\n");
  margins_are(s, 0, 1200, 700, (const double[4]){116.8, 1052.8, 13.2 + 52, 686.8 - 8.4});
  free(s);
  const double decades[] = {1, 10, 100, 1000, 1e4, 1e5};
  for (int log = 0; log < 2; log++) { /* 5 % of five decades, or of 1e5 */
    m.value = decades;
    m.colour_log = log;
    s = map_script(&m);
    holds(s, log ? "\nset logscale cb\nset cbrange [0.562341325:177827.941]\n"
                 : "\nunset logscale cb\nset cbrange [0:104999.95]\n");
    /* (3 + 0.25) / 5.5 is below 0.6, from where text is dark */
    holds(s, log ? "0.5 1.5 1000 \"1k\" 0xffffff\n1.5 1.5 10000 \"10k\" 0x111111\n"
                 : "0.5 1.5 1000 \"1k\" 0xffffff\n1.5 1.5 10000 \"10k\" 0xffffff\n");
    free(s);
  }
  m.colour_log = 0;
  const double none[] = {NAN, NAN, NAN, NAN, NAN, NAN};
  m.value = none;
  s = map_script(&m);
  holds(s, "\nplot $empty_1 using");
  holds_not(s, "$cells_1 using");
  free(s);
  /* Numbers that a reading of three digits does not tell apart have as many as do. */
  static const struct {
    double edge[3];
    const char *ticks;
  } row[] = {{{1000, 1001, 2000}, "('1000' 0, '1001' 1, '2000' 2)"},
             {{1000, 1010, 2000}, "('1k' 0, '1.01k' 1, '2k' 2)"},
             {{10000, 20000, 20001}, "('10000' 0, '20000' 1, '20001' 2)"},
             {{1, 1.0000000000001, 2}, "('1' 0, '1' 1, '2' 2)"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    m.y.edge = row[i].edge;
    s = map_script(&m);
    holds(s, row[i].ticks);
    free(s);
  }
  m.y.label = "Latency (µs)";
  m.y.edge = (const double[]){2000000, 2000001, 3000000};
  s = map_script(&m);
  holds(s, "('2' 0, '2.000001' 1, '3' 2)");
  free(s);
  m.y.edge = (const double[]){2000, 3000, 4000};
  s = map_script(&m);
  holds(s, "('2' 0, '3' 1, '4' 2)");
  holds(s, "set ylabel 'Latency (ms)'");
  free(s);
  m.y.name = name;
  s = map_script(&m);
  holds(s, "('0' 0.5, '1' 1.5)");
  holds(s, "set ylabel 'Latency (µs)'");
  margins_are(s, 0, 1200, 700, (const double[4]){22 + 4 * 8.6 + 26, 1052.8, 65.2, 678.4});
  free(s);
}

/* Names of x: of n columns each has 936 / n pixels. */
static void turns(void)
{
  static const struct {
    size_t x, columns;
    const char *ticks;
    double below; /* 26, and lines of 26 */
  } row[] = {
      {9, 10, "set xtics norotate (", 52}, /* 11.5 * 8.6 = 98.9 of 104 */
      {10, 10, "set xtics rotate by 30 right (", 26 + 1.4 * 26 + 10 * 8.6 / 2},
      {29, 10, "set xtics rotate by 30 right ('0000000000' 0.5, '0000000002' 2.5", 26 + 1.4 * 26 + 43},
      {31, 10, "set xtics rotate by 90 right ('0000000000' 0.5, '0000000002' 2.5", 26 + 1.4 * 26 + 71}, /* 31.2 */
      {24, 4, "set xtics rotate by 30 right ('0000' 0.5, '0001' 1.5", 26 + 1.4 * 26 + 2 * 8.6},
      {49, 3, "set xtics rotate by 90 right ('000' 0.5, '003' 3.5", 26 + 1.4 * 26 + 21.3},
      {10, 30, "set xtics rotate by 30 right ('00000000000000000000000", 26 + 1.4 * 26 + 12 * 8.6}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *s = cells(row[i].x, 2, row[i].columns, true, 0, 1);
    holds(s, row[i].ticks);
    margins_are(s, 0, 1200, 700, (const double[4]){116.8, 1052.8, 13.2 + row[i].below, 678.4});
    free(s);
  }
  /* Slanted names are 1.4 lines of 26 apart, 36.4 pixels, where the page is narrow too. */
  for (int wide = 0; wide < 2; wide++) {
    qy_plot_look look = page_of(12.5, 5);
    qy_heatmap narrow = {.colour_label = "c",
                         .x = {"X", 20, name, NULL},
                         .y = {"Y", 2, name, NULL},
                         .panel_count = 1,
                         .value = value,
                         .look = &look};
    make_names(20, 10);
    for (size_t i = 0; i < 40; i++)
      value[i] = (double)i;
    /* beside the map are 13.2 twice, 28 + 17.2 + 54 + 26 of colours, 13 letters of 8.6 and a line of 26 */
    look.width_in = (26.4 + 125.2 + 111.8 + 26 + 20 * (wide ? 36.6 : 36.2)) / 96;
    char *script = map_script(&narrow);
    holds(script, wide ? "set xtics rotate by 30 right ('0000000000' 0.5, '0000000001' 1.5"
                       : "set xtics rotate by 30 right ('0000000000' 0.5, '0000000002' 2.5");
    free(script);
  }
  static const struct {
    size_t x;
    const char *ticks;
  } edges[] = {{18, "('0' 0, '1' 1, '2' 2"}, /* numbers of 5 letters and a blank: 51.6 of 52 pixels */
               {19, "('0' 0, '2' 2, '4' 4"},
               {200, "('0' 0, '12' 12, "}}; /* of 4.68 pixels */
  for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
    char *s = cells(edges[i].x, 2, 1, false, 0, 1);
    holds(s, edges[i].ticks);
    holds(s, "set xtics norotate (");
    free(s);
  }
  /* Names of rows have 0.85 lines of 18 each: fewer on a low page. */
  for (int height = 200; height <= 600; height += 100) {
    const qy_plot_look look = page_of(12.5, height / 96.0);
    make_names(20, 2);
    for (size_t i = 0; i < 40; i++)
      value[i] = (double)i;
    const qy_heatmap low = {.colour_label = "c",
                            .x = {"X", 2, name, NULL},
                            .y = {"Y", 20, name, NULL},
                            .panel_count = 1,
                            .value = value,
                            .look = &look};
    char *script = map_script(&low), ticks[40];
    double m[4] = {0};
    margins_of(script, 0, 1200, height, m);
    const int step = (int)ceil(0.85 * 18 / ((m[3] - m[2]) / 20));
    snprintf(ticks, sizeof ticks, "set ytics norotate ('00' 0.5, '%02d' ", step);
    holds(script, ticks);
    free(script);
  }
  char *s = cells(2, 25, 1, false, 0, 1);
  holds(s, "set ytics norotate ('0' 0, '2' 2"); /* more than 24 */
  free(s);
  s = cells(2, 24, 1, false, 0, 1);
  holds(s, "set ytics norotate ('0' 0, '1' 1");
  free(s);
}

/* Numbers in cells of more than 6 small letters (42.6 pixels) by a line of 18, in at most 300 cells. */
static void numbers(void)
{
  static const struct {
    size_t x, y;
    bool numbers;
  } row[] = {{21, 2, true},  {22, 2, false},  {8, 34, true}, {8, 35, false},
             {20, 15, true}, {21, 15, false}, {4, 76, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *s = cells(row[i].x, row[i].y, 1, false, 0, 1);
    ok((s && strstr(s, "using 1:2:4:5 with labels")) == row[i].numbers, "%zu by %zu cells", row[i].x, row[i].y);
    holds(s, row[i].numbers ? "0.5 0.5 1 \"1\" 0x" : "0.5 0.5 1 \"\" 0x");
    free(s);
  }
  /* 1,700,000 / 520 = 3269 cells are boxes, more are an image. */
  for (size_t more = 0; more < 2; more++) {
    char *s = cells(57 + more, 57, 1, false, 0, 1);
    ok((s && strstr(s, "$cells_1 using 1:2:3 with image")) == more, "%zu cells", 57 * (57 + more));
    holds_not(s, "plot $back_1");
    if (more) holds(s, "$back_1 << END\n29 28.5\nEND\n$cells_1 << END\n0.5 0.5 1\n1.5 0.5 2\n");
    free(s);
  }
  make_names(SIDE, 1);
  for (size_t i = 0; i < 60 * 60; i++)
    value[i] = 1 + (double)i;
  value[61] = NAN;
  const qy_heatmap m = {
      .colour_label = "c", .x = {"X", 60, NULL, edge}, .y = {"Y", 60, NULL, edge}, .panel_count = 1, .value = value};
  char *s = map_script(&m);
  holds(s, "plot $back_1 using 1:2:(0):(60):(0):(60) with boxxyerror fs pattern 5");
  holds(s, ", \\\n     $cells_1 using 1:2:3 with image notitle\n");
  free(s);
  value[62] = -INFINITY;
  value[61] = 1;
  s = map_script(&m);
  holds(s, "$without_1 << END\n2.5 1.5\nEND\n");
  holds(s, "     $without_1 using 1:2:($1-0.5)");
  free(s);
  /* As many cells without a base as are drawn one by one have their hatch, and one more have none. */
  for (int more = 0; more < 2; more++) {
    const int without = 1700000 / 520 + more;
    for (int i = 0; i < 60 * 60; i++)
      value[i] = i < without ? -INFINITY : 1 + (double)i;
    s = map_script(&m);
    const char *block = s ? strstr(s, "$without_1 << END\n") : NULL, *end = block ? strstr(block, "\nEND") : NULL;
    int rows = 0;
    for (const char *c = block; c && c < end; c++)
      rows += *c == '\n';
    is_int(rows, more ? 0 : without, "cells with a hatch of their own");
    ok((s && strstr(s, "     $without_1 using 1:2:")) == !more, "drawn where there are any");
    free(s);
  }
}

/* Up to eight values, of three cells each in the mean, are listed beside the map, the largest on top. */
static void values(void)
{
  static const struct {
    size_t x, y, values;
    bool listed;
  } row[] = {{3, 2, 2, true}, {5, 1, 2, false}, {6, 4, 8, true}, {9, 3, 9, false}, {23, 1, 8, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *s = cells(row[i].x, row[i].y, 1, false, row[i].values, 1);
    ok((s && strstr(s, "set object rectangle")) == row[i].listed &&
           (s && strstr(s, "set colorbox vertical")) != row[i].listed,
       "%zu values in %zu cells", row[i].values, row[i].x * row[i].y);
    is_int(count_text(s, "set object rectangle"), row[i].listed ? (int64_t)row[i].values : 0, "a square each");
    free(s);
  }
  char *s = cells(3, 2, 1, false, 2, 1);
  double at[6] = {0};
  const char *p = s ? strstr(s, "set object rectangle from screen ") : NULL;
  /* 28 right of the map; a square of 1.1 lines; the second value is on top, the first 1.5 lines below */
  const bool read =
      p && sscanf(p,
                  "set object rectangle from screen %lf, screen %lf to screen %lf, screen %lf front fc "
                  "palette cb 1 fs solid border lc rgb '#d0d0d0'\nset label \"1\" at screen %lf, screen %lf",
                  &at[0], &at[1], &at[2], &at[3], &at[4], &at[5]) == 6;
  const double x = 1052.8 + 28, top = 658.8 - 39, expected[6] = {x, top - 28.6, x + 28.6, top, x + 37.2, top - 14.3};
  ok(read, "the square of 1");
  for (int i = 0; i < 6; i++)
    near_abs(at[i] * (i % 2 ? 700 : 1200), expected[i], 0.07, "its place and that of its number");
  p = s ? strstr(s, "set label 'c' at screen ") : NULL;
  ok(p && sscanf(p, "set label 'c' at screen %lf, screen %lf center rotate by 90", &at[0], &at[1]) == 2,
     "what they are");
  near_abs(at[0] * 1200, x + 28.6 + 3.5 * 8.6, 0.07, "beside the numbers");
  near_abs(at[1] * 700, 350, 0.07, "in the middle");
  free(s);
  /* Cells without a value are of none. */
  const double gaps[] = {3, NAN, 5, 3, -INFINITY, 5, 5, 3};
  const qy_heatmap some = {
      .colour_label = "c", .x = {"X", 8, NULL, edge}, .y = {"Y", 1, NULL, edge}, .panel_count = 1, .value = gaps};
  s = map_script(&some);
  is_int(count_text(s, "set object rectangle"), 2, "a square for each of two values");
  free(s);
  const double alike[] = {1.0001, 1.0002, 1.0001, 1.0002, 1.0001, 1.0002}, falling[] = {3, 2, 1, 3, 2, 1, 3, 2, 1};
  qy_heatmap m = {
      .colour_label = "c", .x = {"X", 6, NULL, edge}, .y = {"Y", 1, NULL, edge}, .panel_count = 1, .value = alike};
  s = map_script(&m);
  holds_not(s, "set object rectangle");
  free(s);
  m.value = falling;
  m.x.count = 9;
  s = map_script(&m);
  const char *one = s ? strstr(s, "palette cb 1 fs") : NULL, *two = s ? strstr(s, "palette cb 2 fs") : NULL,
             *three = s ? strstr(s, "palette cb 3 fs") : NULL;
  ok(one && two && three && one < two && two < three, "falling values are listed too");
  free(s);
  const double widths[] = {0.25, 1, 3, 0.25, 1, 3, 0.25, 1, 3};
  m.value = widths;
  s = map_script(&m);
  p = s ? strstr(s, "set object rectangle from screen ") : NULL;
  const char *title = p ? strstr(p, "set label 'c' at screen ") : NULL;
  ok(title && sscanf(p, "set object rectangle from screen %lf", &at[0]) == 1 &&
         sscanf(title, "set label 'c' at screen %lf", &at[1]) == 1,
     "numbers of one and of four letters");
  near_abs((at[1] - at[0]) * 1200, 28.6 + 6.5 * 8.6, 0.2, "their title is beside the widest");
  free(s);
}

static void panels(void)
{
  for (size_t count = 1; count <= 5; count++) {
    char *s = cells(3, 2, 1, false, 0, count);
    const size_t columns = count == 4 ? 2 : count < 3 ? count : 3, rows = (count + columns - 1) / columns;
    const double high = 700 * (1 + 0.75 * (double)(rows - 1)),
                 width = (936 - 51.6 * (double)(columns - 1)) / (double)columns, height = (high - 26.4) / (double)rows;
    for (size_t p = 0; p < count; p++) {
      const double left = 116.8 + (double)(p % columns) * (width + 51.6),
                   top = high - 13.2 - (double)(p / columns) * height;
      margins_are(s, (int)p, 1200, high,
                  (const double[4]){left, left + width, top - height + 52 + (rows > 1 ? 9 : 0), top - 8.4});
    }
    is_int(count_text(s, "set colorbox vertical"), 1, "the colours once");
    is_int(count_text(s, "set ylabel 'Y'"), (int64_t)rows, "and the title of y once a row");
    free(s);
  }
  make_names(12, 2);
  qy_plot_look look = {
      .width_in = 4.9, .height_in = 3, .font = "X", .font_pt = 8, .small_pt = 7, .title_pt = 8, .dpi = 96};
  qy_heatmap m = {.colour_label = "c",
                  .x = {"X", 2, name, NULL},
                  .y = {"Y", 2, name, NULL},
                  .panel_count = 2,
                  .panel = name,
                  .value = value,
                  .look = &look};
  for (int wide = 0; wide < 2; wide++) {
    look.width_in = wide ? 5 : 4.9;
    char *s = map_script(&m);
    double a[4] = {0}, b[4] = {0};
    ok(margins_of(s, 0, 1, 1, a) && margins_of(s, 1, 1, 1, b) && (b[0] > a[1]) == wide && (b[3] < a[2]) != wide,
       "pages below 5 in have one panel a row");
    holds(s, "set label '01' at screen ");
    free(s);
  }
  static const struct {
    size_t panels, x, y;
    qy_status status;
  } row[] = {{12, 1, 1, QY_SYSTEM},     {13, 1, 1, QY_BAD_INPUT}, {0, 1, 1, QY_BAD_INPUT},
             {1, 0, 1, QY_BAD_INPUT},   {1, 1, 0, QY_BAD_INPUT},  {1, 200, 1, QY_SYSTEM},
             {1, 201, 1, QY_BAD_INPUT}, {1, 1, 200, QY_SYSTEM},   {1, 1, 201, QY_BAD_INPUT}};
  m.x = m.y = (qy_heatmap_axis){"X", 1, NULL, edge};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    m.panel_count = row[i].panels, m.x.count = row[i].x, m.y.count = row[i].y;
    is_int(qy_plot_heatmap(&m, QY_PLOT_SVG, in_folder("m"), NO_GNUPLOT, NULL, &err), row[i].status, "limits");
  }
}

/* Axes from 0 to 10, 1 to 1000 and of words; the panel is from 44 to 1178 - 13 * 8.6 - 88 - 22. */
static void lines(void)
{
  static const double at[] = {0, 1};
  static const char *const word[] = {"w0", "w1"}, *const group[] = {"g0", "g1"};
  const qy_parallel_axis axes[] = {{"One", 0, {0}}, {"Two", 1, {0}}, {"Three", 0, {2, at, word, 1}}};
  const double v[] = {0, 1, 0, 10, 1000, 1, 5, NAN, 1, 2, 10, 0};
  const int of[] = {0, 1, -1, 0};
  qy_parallel p = {
      .axis_count = 3, .axis = axes, .line_count = 4, .value = v, .group = of, .group_count = 2, .name = group};
  is_int(qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "parallel coordinates");
  char *s = script_of("p");
  /* 10 of 0 to 10.5; 1 and 1000 with 0.15 decades around of 3.3; words with half a step around of 2 */
  holds(s, "$lines_0 << END\n0 0.47619\n\n2 0.75\n\nEND\n");
  holds(s, "$lines_1 << END\n0 0\n1 0.0454545\n2 0.25\n\n0 0.190476\n1 0.348485\n2 0.25\n\nEND\n");
  holds(s, "$lines_2 << END\n0 0.952381\n1 0.954545\n2 0.75\n\nEND\n");
  holds(
      s,
      "plot $lines_0 using 1:2 with lines lt 1 lw 0.6 lc rgb '#dadada' title 'other designs', \\\n     $lines_1 using");
  holds(s, "$lines_2 using 1:2 with lines lt 1 lw 1.5 lc rgb '#d55e00' title 'g1'\n");
  const double right = 1178 - 13 * 8.6 - 88 - 22, step = 1.1 * 18, length = (670 - 39.2 - 1.5 * step) / 1.03,
               up = step / length;
  margins_are(s, 0, 1200, 700, (const double[4]){44, right, 39.2, 670});
  char title[80];
  snprintf(title, sizeof title, "set xrange [-0.5:2.05]\nset yrange [-0.03:%g]\n", 1 + 1.5 * up);
  holds(s, title);
  snprintf(title, sizeof title, "set label 'Two' at first 1, first %g center", 1 + 0.9 * up);
  holds(s, title);
  holds(s, "set label 'One' at first 0, first ");
  holds(s, " left noenhanced front font small\n");
  holds(s, " right noenhanced front font small\n");
  holds(s, "set arrow from first 2, first 0 to first 2, first 1 nohead front");
  holds(s, "set arrow from first 1.98, first 0.25 to first 2, first 0.25 nohead front");
  holds(s, "set label 'w1' at first 2, first 0.75 right noenhanced front");
  holds_not(s, "set arrow from first 3, first 0 ");
  holds(s, "unset logscale x\nunset logscale y\nunset border\nunset xtics\nunset ytics\nunset grid\nset xlabel ''\n"
           "set ylabel ''\n");
  holds(s, "\nunset label\nunset arrow\nunset object\n");
  holds(s, "front offset character -0.5,0 font small textcolor rgb '#333333'\n");
  /* White behind 'w0': 2.6 letters of 7.1 pixels, 0.3 left of the axis; 0.85 lines of 18 high. */
  const double letter = 7.1 * 2.55 / (right - 44), half = 0.85 * 9 * (1.03 + 1.5 * up) / (670 - 39.2);
  double box[4];
  const char *ground = s ? strstr(s, "set label 'w0'") : NULL;
  while (ground && ground > s && strncmp(ground, "set object", 10) != 0)
    ground--;
  ok(ground &&
         sscanf(ground, "set object rectangle from first %lf, first %lf to first %lf, first %lf", &box[0], &box[1],
                &box[2], &box[3]) == 4 &&
         fabs(box[2] - (2 - 0.3 * letter)) < 1e-4 && fabs(box[2] - box[0] - 2.6 * letter) < 1e-4 &&
         fabs(box[1] - (0.25 - half)) < 1e-4 && fabs(box[3] - (0.25 + half)) < 1e-4,
     "white behind the words");
  free(s);
  /* Without others; a group without lines; a key above. */
  const int all[] = {0, 0, 0, 0};
  qy_plot_look look = {.width_in = 12.5,
                       .height_in = 700 / 96.0,
                       .font = "X",
                       .font_pt = 11,
                       .small_pt = 9,
                       .title_pt = 14,
                       .dpi = 96,
                       .screen = true,
                       .legend = QY_LEGEND_ABOVE};
  p.group = all;
  for (int above = 0; above < 2; above++) {
    p.look = above ? &look : NULL;
    qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
    s = script_of("p");
    holds_not(s, "other designs");
    holds(s, "\nplot $lines_1 using");
    holds(s, above ? "     NaN with lines lt 1 lw 1.5 lc rgb '#d55e00' notitle\n"
                   : "     NaN with lines lt 1 lw 1.5 lc rgb '#d55e00' title 'g1'\n");
    holds(s, above ? "set label 'g1' at screen " : "set key at");
    free(s);
  }
  /* Names that have no room are counted, without a sample. */
  {
    static char long_text[20][60];
    static const char *long_name[20];
    int of_all[20];
    static const double flat[60];
    for (int i = 0; i < 20; i++) {
      snprintf(long_text[i], sizeof long_text[i], "%02d a name of so many letters that few are in a line", i);
      long_name[i] = long_text[i];
      of_all[i] = i;
    }
    qy_plot_look low = look;
    low.height_in = 1.5, low.sized = true;
    const qy_parallel crowd = {.axis_count = 3,
                               .axis = axes,
                               .line_count = 20,
                               .value = flat,
                               .group = of_all,
                               .group_count = 20,
                               .name = long_name,
                               .look = &low};
    qy_plot_parallel(&crowd, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
    s = script_of("p");
    const char *more = s ? strstr(s, " more' at screen ") : NULL, *line = more;
    while (line && line > s && line[-1] != '\n')
      line--;
    int named = 0;
    for (int i = 0; i < 20; i++) {
      char label[40];
      snprintf(label, sizeof label, "set label '%02d a name of so many", i);
      named += s && strstr(s, label);
    }
    int left = 0;
    ok(line && sscanf(line, "set label '+ %d more'", &left) == 1 && left + named == 20 && named > 0,
       "%d names, %d more", named, left);
    /* the line before it is the name before it, and no sample of its own */
    const char *last = line && line > s + 1 ? line - 1 : NULL;
    while (last && last > s && last[-1] != '\n')
      last--;
    ok(last && strncmp(last, "set label '", 11) == 0 && strncmp(last, "set label '' ", 13) != 0, "without a sample");
    free(s);
  }
  p.group = of;
  qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
  s = script_of("p");
  holds(s, "lc rgb '#dadada'\nset label 'other designs' at screen ");
  holds(s, "lc rgb '#d55e00'\nset label 'g1' at screen ");
  free(s);
}

/* Titles meet no other in their line: by their spans as drawn, of small letters, lines of 1.1. */
static void axis_titles(void)
{
  static const size_t lengths[][5] = {
      {3, 3, 3, 3, 3}, {30, 30, 30, 30, 30}, {60, 10, 60, 10, 60}, {10, 44, 10, 44, 10}, {200, 200, 10, 10, 90}};
  static const double v[5] = {1, 2, 3, 4, 5};
  static const int of[1] = {0};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    char title[5][201];
    qy_parallel_axis axes[5];
    static const char *const group[] = {"g0"};
    for (size_t a = 0; a < 5; a++) {
      memset(title[a], 'a' + (int)a, lengths[i][a]);
      title[a][lengths[i][a]] = '\0';
      axes[a] = (qy_parallel_axis){.label = title[a]};
    }
    const qy_parallel p = {
        .axis_count = 5, .axis = axes, .line_count = 1, .value = v, .group = of, .group_count = 1, .name = group};
    qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("p");
    double m[4] = {0}, high = 0, ends[5][3];
    margins_of(s, 0, 1200, 700, m);
    const char *range = s ? strstr(s, "set yrange [-0.03:") : NULL;
    if (range) high = strtod(range + strlen("set yrange [-0.03:"), NULL);
    const double unit = (m[1] - m[0]) / 4.55, line = 19.8 * (high + 0.03) / (m[3] - m[2]);
    int found = 0, meet = 0, least = 9, most = -1;
    for (int a = 0; a < 5; a++) {
      char what[20];
      snprintf(what, sizeof what, "set label '%c%c%c", 'a' + a, 'a' + a, 'a' + a);
      const char *label = s ? strstr(s, what) : NULL;
      if (!label) continue;
      label += strlen("set label '");
      const size_t shown = strspn(label, (const char[]){(char)('a' + a), 0});
      const double fit = floor(0.45 * (m[1] - m[0]) / 7.1); /* of the panel's width */
      meet += (double)lengths[i][a] <= fit - 1 ? shown != lengths[i][a] : fabs((double)shown + 1 - fit) > 1;
      const char *at = strstr(label, " at first ");
      double place[2];
      char way[10];
      if (!at || sscanf(at, " at first %lf, first %lf %9s", &place[0], &place[1], way) != 3) continue;
      const double x = m[0] + (place[0] + 0.5) * unit, width = 7.1 * (double)(shown + (label[shown] != '\''));
      ends[found][0] = way[0] == 'l' ? x : way[0] == 'r' ? x - width : x - width / 2;
      ends[found][1] = ends[found][0] + width;
      ends[found][2] = round((place[1] - 1) / line - 0.9);
      const int own = (int)ends[found][2];
      ok(fabs((place[1] - 1) / line - 0.9 - own) < 1e-3 && own >= 0 && own < 4, "in line %d", own);
      if (own < least) least = own;
      if (own > most) most = own;
      /* no lower line had room */
      for (int low = 0; low < own; low++) {
        bool room = true;
        for (int k = 0; k < found; k++)
          room = room && !((int)ends[k][2] == low && ends[k][1] + 1.5 * 7.1 > ends[found][0]);
        meet += room;
      }
      for (int k = 0; k < found && own < 3; k++)
        meet += (int)ends[k][2] == own && ends[k][1] + 1.5 * 7.1 > ends[found][0] + 1e-6;
      found++;
    }
    ok(found == 5 && meet == 0 && least == 0, "five titles of %zu letters and others meet none", lengths[i][0]);
    near_abs(high, 1 + (most + 1.5) * line, 1e-4, "the panel ends above the highest");
    free(s);
  }
  const qy_parallel_axis axis[13] = {{.label = "a"}};
  static const char *const group[21] = {"g"};
  static const struct {
    size_t axes, groups;
    qy_status status;
  } row[] = {{1, 1, QY_BAD_INPUT}, {13, 1, QY_BAD_INPUT}, {2, 0, QY_BAD_INPUT}, {2, 21, QY_BAD_INPUT}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_parallel p = {.axis_count = row[i].axes, .axis = axis, .group_count = row[i].groups, .name = group};
    is_int(qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err), row[i].status, "limits");
  }
}

int main(void)
{
  make_folder();
  parts();
  bare_names();
  turns();
  numbers();
  values();
  panels();
  lines();
  axis_titles();
  remove_folder();
  return done();
}
