/* Slopes, tornados, upright axes and lines that hold as much as their room does, or a little more: by lengths on the
 * page, measured here.  Nothing is drawn.
 *
 * A letter of small type has 7.1 pixels and its line 18, at 9 pt; a letter of the usual type 8.6, at 11 pt. */
#include "../../src/plot/room.h"
#include "chart_test.h"

#include "quarry/heatmap.h"
#include "quarry/parallel.h"
#include "quarry/slope.h"
#include "quarry/tornado.h"

/* ---- marks of a slope plot on a panel from 0 to 1000 in x and y ---- */

static double panel[4];

static char *slope_script(const qy_slope_mark *mark, size_t count)
{
  const double x[] = {1, 1000}, y[] = {1000, 1};
  qy_plot_look look = look_of(1200, 700);
  look.screen = true;
  look.x_scale = look.y_scale = 0;
  memcpy(look.range, (double[2][2]){{0, 1000}, {0, 1000}}, sizeof look.range);
  const qy_slope_series series = {"s0", 2, x, y, 0, count, mark};
  const qy_slope_plot p = {.x_label = "X",
                           .y_label = "Y",
                           .floor_label = "fl",
                           .x_end = 1000,
                           .series_count = 1,
                           .series = &series,
                           .look = &look};
  qy_error_clear(&err);
  is_int(qy_plot_slope(&p, QY_PLOT_SVG, in_folder("s"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a slope");
  char *s = script_of("s");
  ok(margins_of(s, 0, 1200, 700, panel), "its panel");
  return s;
}

/* The mark whose text begins at this place on the page, and whose lines' middle is at that. */
static qy_slope_mark mark_at(double left, double middle, const char *said)
{
  const double y = 1000 * (middle - panel[2]) / (panel[3] - panel[2]);
  return (qy_slope_mark){1000 * (left - panel[0]) / (panel[1] - panel[0]), y + 20, y - 20, said};
}

static void marks(void)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
  free(slope_script(NULL, 0));
  const double right = panel[1], low = panel[2], high = panel[3];
  const struct {
    double left, middle;
    const char *said;
    bool drawn;
  } row[] = {{panel[0], 300, "edge", true},
             {panel[0] - 1, 300, "beyond", false},
             {right - 4 * 7.1 - 0.2, 300, "fits", true},
             {right - 4 * 7.1 + 0.2, 300, "over", false},
             {right - 40 * 7.1 - 0.2, 300, letters, true}, /* of which 40 are shown */
             {right - 40 * 7.1 + 0.2, 300, letters, false},
             {300, low + 9.2, "low", true},
             {300, low + 8.8, "lower", false},
             {300, high - 9.2, "high", true},
             {300, high - 8.8, "higher", false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_slope_mark m = mark_at(row[i].left, row[i].middle, row[i].said);
    char *s = slope_script(&m, 1), said[80];
    snprintf(said, sizeof said, "set label '%.39s%s' at first ", row[i].said, strlen(row[i].said) > 40 ? "…" : "");
    ok((s && strstr(s, said)) == row[i].drawn, "%s %s", row[i].said, row[i].drawn ? "is drawn" : "is left out");
    free(s);
  }
  /* Two of four letters: 28.4 by 18 pixels apart. */
  static const struct {
    double right, up;
    bool both;
  } pair[] = {{28.2, 0, false}, {28.6, 0, true},  {-28.2, 0, false}, {-28.6, 0, true},    {0, 17.8, false},
              {0, 18.2, true},  {0, -18.2, true}, {0, -17.8, false}, {28.2, 17.8, false}, {-28.6, -17.8, true}};
  for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
    const qy_slope_mark m[] = {mark_at(100 + panel[0], 200, "none"), mark_at(500, 300, "aaaa"),
                               mark_at(500 + pair[i].right, 300 + pair[i].up, "bbbb")};
    char *s = slope_script(m, 3);
    holds(s, "set label 'aaaa' at first ");
    ok((s && strstr(s, "set label 'bbbb' at first ")) == pair[i].both, "%g and %g pixels apart", pair[i].right,
       pair[i].up);
    free(s);
  }
  /* 100 at most. */
  qy_slope_mark many[120];
  for (int i = 0; i < 120; i++)
    many[i] = mark_at(panel[0] + 20 + 60 * (i % 15), low + 20 + 70 * (i / 15), i < 100 ? "a" : "b");
  char *s = slope_script(many, 120);
  is_int(count_text(s, "set label 'a' at first "), 100, "a hundred marks");
  holds_not(s, "set label 'b' at first ");
  free(s);
}

/* A floor below 1 is one, and within the axis: of 0.5 to 500 and 5 % of the decades. */
static void low_floor(void)
{
  const double x[] = {1, 10}, y[] = {500, 50};
  const qy_slope_series series = {"s0", 2, x, y, 0.5, 0, NULL};
  const qy_slope_plot p = {.floor_label = "fl", .x_end = 100, .series_count = 1, .series = &series};
  qy_plot_slope(&p, QY_PLOT_SVG, in_folder("s"), NO_GNUPLOT, NULL, &err);
  char *s = script_of("s"), range[60];
  holds(s, ", \\\n     0.5 with lines lt 1 lw 1.4 dt 2 ");
  snprintf(range, sizeof range, "set yrange [%.9g:%.9g]\n", 0.5 * pow(10, -0.15), 500 * pow(10, 0.15));
  holds(s, range);
  free(s);
}

/* ---- the keys of slopes and tornados ---- */

/* On a page of 110 letters or more a key is at the right; on a smaller one above, where names there had less than eight
 * letters or were cut: of a third of the page, less 88 for the sample. */
static void keys(void)
{
  static const struct {
    double width;
    size_t letters;
    double rows;            /* above; 0: at the right */
  } row[] = {{1000, 60, 0}, /* 116 letters */
             {900, 24, 0},  /* 300 - 88 = 24 letters of 8.6 and some */
             {900, 25, 1},  /* 25 * 7.1 + 46 = 223, three times into 874 */
             {400, 5, 1},   /* 45 pixels are 5 letters */
             {400, 60, 2}};
  char long_name[61], name[61];
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int kind = 0; kind < 3; kind++) {
      const double value[] = {0.5}, step[] = {1};
      qy_plot_look look = look_of(row[i].width, 400);
      look.sized = true;
      memset(long_name, 'n', sizeof long_name);
      long_name[row[i].letters] = '\0';
      snprintf(name, sizeof name, "m");
      /* the longest is the first, or the second */
      const char *first = kind == 1 ? name : long_name, *second = kind == 1 ? long_name : name;
      const qy_tornado t = {.total_label = first,
                            .part_label = second,
                            .count = 1,
                            .name = (const char *const[]){"row"},
                            .total = value,
                            .part = value,
                            .look = &look};
      const qy_slope_series series = {first, 1, step, step, 0, 0, NULL};
      const qy_slope_plot p = {.floor_label = second, .x_end = 10, .series_count = 1, .series = &series, .look = &look};
      qy_error_clear(&err);
      if (kind < 2)
        qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("k"), NO_GNUPLOT, NULL, &err);
      else
        qy_plot_slope(&p, QY_PLOT_SVG, in_folder("k"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("k");
      double m[4] = {0};
      margins_of(s, 0, row[i].width, 400, m);
      /* a border of 7.92 above, as this is no screen; 0.6 of 28 above the panel */
      near_abs(m[3], 400 - 7.92 - (row[i].rows > 0 ? (row[i].rows + 0.3) * 18 : 0) - 16.8, 0.1, "room above the panel");
      if (row[i].rows == 0)
        holds(s, "right top Left reverse noenhanced samplen 4 ");
      else if (kind < 2)
        holds(s, "left top Left reverse noenhanced font small samplen 3 horizontal\n");
      else
        holds(s, "unset key\n");
      free(s);
    }
}

/* Titles of axes in two lines take a line more of the page: those of x below, that of y at the left. */
static void long_titles(void)
{
  static const char along[] =
      "a title of more letters than the panel has room for below its axis, as it has sixty words or so",
                    up[] = "a title of y that is too long as well";
  for (int kind = 0; kind < 3; kind++) { /* a tornado, a slope, lying bars */
    double m[2][4] = {{0}};
    for (int two = 0; two < 2; two++) {
      const double value[] = {0.5}, step[] = {1};
      qy_plot_look look = look_of(600, 300);
      look.sized = kind < 2;
      look.legend = QY_LEGEND_NONE;
      const qy_tornado t = {.x_label = two ? along : "X",
                            .total_label = "a",
                            .part_label = "b",
                            .count = 1,
                            .name = (const char *const[]){"row"},
                            .total = value,
                            .part = value,
                            .look = &look};
      const qy_slope_series series = {"a", 1, step, step, 0, 0, NULL};
      const qy_slope_plot p = {.x_label = two ? along : "X",
                               .y_label = two ? up : "Y",
                               .floor_label = "b",
                               .x_end = 10,
                               .series_count = 1,
                               .series = &series,
                               .look = &look};
      const qy_bars bars = {.y_label = two ? "a title of more letters than the panel has" : "Y",
                            .bar_count = 5,
                            .part_count = 1,
                            .bar = (const char *const[]){"a long name of a bar, the first", "a long name, the second",
                                                         "the third", "the fourth", "the fifth"},
                            .part = (const char *const[]){"part"},
                            .values = (const double[]){1, 1, 1, 1, 1},
                            .look = &look};
      if (kind == 2)
        qy_plot_bars(&bars, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
      else if (kind)
        qy_plot_slope(&p, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
      else
        qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("t");
      margins_of(s, 0, 600, 300, m[two]);
      free(s);
    }
    near_abs(m[1][2] - m[0][2], 26, 0.1, "a line more below");
    near_abs(m[1][0] - m[0][0], kind == 1 ? 26 : 0, 0.1, "and at the left");
    near_abs(m[1][3] - m[0][3], 0, 0.1, "none above");
  }
}

/* ---- labels of upright axes ---- */

/* Words stand as far apart as the axis is long; those that would be less than 0.8 lines of 18 apart are taken away. */
static void upright(void)
{
  enum { MOST = 12 };
  static const char *const word[MOST] = {"w", "w", "w", "w", "w", "w", "w", "w", "w", "w", "w", "w"};
  double at[MOST], v[2] = {0, 1};
  for (int i = 0; i < MOST; i++)
    at[i] = i;
  const int of[] = {0};
  int all = 0, some = 0, wrong = 0;
  for (int height = 160; height < 320; height += 4) {
    qy_plot_look look = look_of(700, height);
    look.sized = true;
    const qy_parallel_axis axes[] = {{"One", 0, {MOST, at, word, 1}}, {"Two", 0, {MOST, at, word, 1}}};
    const qy_parallel p = {.axis_count = 2,
                           .axis = axes,
                           .line_count = 1,
                           .value = v,
                           .group = of,
                           .group_count = 1,
                           .name = word,
                           .look = &look};
    qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("u"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("u");
    double m[4] = {0}, high = 0;
    const char *range = s ? strstr(s, "set yrange [-0.03:") : NULL;
    if (range) high = strtod(range + strlen("set yrange [-0.03:"), NULL);
    margins_of(s, 0, 700, height, m);
    const double apart = (m[3] - m[2]) / (high + 0.03) / MOST; /* half a step at both ends */
    int step = 1;
    while (apart * step < 14.4)
      step *= 2;
    if (fabs(apart - 14.4) > 0.02 && fabs(apart - 7.2) > 0.02)
      for (int axis = 0; axis < 2; axis++)
        wrong +=
            count_text(s, axis ? "set label 'w' at first 1," : "set label 'w' at first 0,") != (MOST + step - 1) / step;
    all += step == 1, some += step > 1;
    free(s);
  }
  ok(wrong == 0 && all > 3 && some > 3, "labels of %d axes with room for all and %d without", all, some);
}

/* ---- labels of axes ---- */

/* Labels of an axis that lie on each other on a page of this size, and of a linear one whether every second is left out
 * though they had room; *shown: how many there are. */
static int overlapping(const char *script, char which, double width, double height, int *shown)
{
  char what[24];
  double low = 0, high = 1, m[4] = {0}, end = -INFINITY;
  int wrong = 0;
  snprintf(what, sizeof what, "set %crange [", which);
  const char *p = script ? strstr(script, what) : NULL;
  if (!p || !margins_of(script, 0, width, height, m) || sscanf(p + strlen(what), "%lf:%lf", &low, &high) != 2)
    return -1;
  snprintf(what, sizeof what, "\nset %ctics (", which);
  const bool log = strstr(script, which == 'x' ? "\nset logscale x" : "\nset logscale y") != NULL;
  int all = 0, longest = 0;
  double first = NAN, second = NAN;
  *shown = 0;
  for (p = strstr(p, what); p && *p != ')'; p += strcspn(p, ",)\n") + (p[strcspn(p, ",)\n")] == ',')) {
    const char *open = strchr(p, '\''), *close = strchr(open + 1, '\'');
    int letters = 0;
    for (const char *c = open + 1; c < close; c++)
      letters += (*c & 0xC0) != 0x80;
    const double at = strtod(close + 1, NULL),
                 share = log ? log10(at / low) / log10(high / low) : (at - low) / (high - low);
    const double place = share * (which == 'x' ? m[1] - m[0] : m[3] - m[2]),
                 half = which == 'x' ? (letters + 1) * 8.6 / 2 : 0.8 * 26 / 2;
    p = close;
    all++;
    if (letters == 0) continue;
    if (*shown < 2) *(*shown ? &second : &first) = place;
    longest = letters > longest ? letters : longest;
    wrong += place - half < end - 0.2;
    end = place + half;
    ++*shown;
  }
  const double room = which == 'x' ? (longest + 1) * 8.6 : 0.8 * 26;
  if (!log && all > *shown && *shown > 1) wrong += (second - first) / 2 > room + 0.2;
  return wrong;
}

/* On pages of any size labels lie beside each other: where there is room for all of them all are shown. */
static void labels_apart(void)
{
  const double value[] = {123456, 987654, 500000}, x[] = {1e-9, 1e-3, 1e9}, y[] = {1e9, 1e3, 1};
  static const char *const name[] = {"row", "two", "three"}, *long_name[20];
  double values[20];
  for (int i = 0; i < 20; i++)
    values[i] = value[i % 3], long_name[i] = "of eighteen letters";
  for (int kind = 0; kind < 5; kind++) { /* bars, a tornado, a slope, a front, lying bars */
    int wrong = 0, most[2] = {0}, least[2] = {99, 99}, pages = 0;
    for (int size = 150; size <= 900; size += 50, pages++) {
      qy_plot_look look = look_of(size + 150, size);
      look.sized = kind != 4; /* a page of a given size has no lying ones */
      look.legend = QY_LEGEND_NONE;
      const qy_bars bars = {.y_label = "Y",
                            .x_label = "X",
                            .bar_count = 3,
                            .part_count = 1,
                            .bar = name,
                            .part = name,
                            .values = value,
                            .look = &look},
                    lying = {.y_label = "Y",
                             .bar_count = 20,
                             .part_count = 1,
                             .bar = long_name,
                             .part = name,
                             .values = values,
                             .look = &look};
      const qy_tornado rows = {.total_label = "a",
                               .part_label = "b",
                               .x_label = "X",
                               .count = 3,
                               .name = name,
                               .total = value,
                               .part = value,
                               .look = &look};
      const qy_slope_series steps = {"a", 3, x, y, 0, 0, NULL};
      const qy_slope_plot slope = {.floor_label = "b",
                                   .x_label = "X",
                                   .y_label = "Y",
                                   .x_end = 1e9,
                                   .series_count = 1,
                                   .series = &steps,
                                   .look = &look};
      const qy_plot_series front = {.label = "a", .count = 3, .x = value, .y = value};
      const qy_plot_panel one = {NULL, 1, &front};
      const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one, .look = &look};
      look.x_scale = look.y_scale = kind == 2 ? 1 : 0;
      if (kind == 0) qy_plot_bars(&bars, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
      if (kind == 1) qy_plot_tornado(&rows, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
      if (kind == 2) qy_plot_slope(&slope, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
      if (kind == 3) qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
      if (kind == 4) qy_plot_bars(&lying, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("l");
      for (int a = 0; a < 2; a++) { /* bars have names below, a tornado and lying bars at their left */
        int shown = 0;
        if ((kind == 0 && a == 0) || ((kind == 1 || kind == 4) && a == 1)) continue;
        wrong += overlapping(s, a ? 'y' : 'x', size + 150, size, &shown) != 0;
        most[a] = shown > most[a] ? shown : most[a];
        least[a] = shown < least[a] ? shown : least[a];
      }
      free(s);
    }
    printf("# %d to %d labels below, %d to %d at the left\n", least[0], most[0], least[1], most[1]);
    is_int(wrong, 0, "labels apart");
    ok((kind == 0 || (most[0] > 4 && least[0] < most[0])) &&
           (kind == 1 || kind == 4 || (most[1] > 4 && least[1] < most[1])),
       "fewer on smaller pages");
  }
}

/* ---- lines of many points ---- */

/* Points of a line: up to 60 have markers with a rim, which are two. */
static void room(void)
{
  static const struct {
    size_t series, points;
  } row[] = {{0, 13071},    {1, 13071}, {100, 125}, {199, 60 / 2}, {201, 60 / 2},
             {1000, 8 / 2}, {1700, 2},  {2000, 2},  {9000, 2}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    is_int((int64_t)room_of_line(row[i].series), (int64_t)row[i].points, "points of one of so many lines");
}

/* Series share the room of a picture: of 1,700,000 / 130 markers each takes five and those of its points.  What has no
 * point takes none. */
static void shared_room(void)
{
  enum { DESIGNS_HERE = 10, NETWORKS = 12, DRAWN = 100, EACH = (1700000 / 130 - 5 * DRAWN) / DRAWN };
  enum { POINTS = DRAWN - 2 + EACH + EACH + 1 };
  static double id[POINTS], x[POINTS], y[POINTS];
  static uint32_t of_design[POINTS], of_network[POINTS], none[POINTS];
  static char text[NETWORKS][4], *label[NETWORKS];
  for (int i = 0; i < NETWORKS; i++) {
    snprintf(text[i], sizeof text[i], "%c", 'a' + i);
    label[i] = text[i];
  }
  for (uint32_t i = 0; i < POINTS; i++) { /* the first two series have many points, at five values of x */
    const uint32_t series = i < EACH ? 0 : i < 2 * EACH + 1 ? 1 : i - 2 * EACH + 1;
    id[i] = i, x[i] = 1 + i % 5, y[i] = 1 + i;
    of_design[i] = series % DESIGNS_HERE, of_network[i] = series / DESIGNS_HERE;
  }
  qy_points p = {.count = POINTS, .point = id};
  p.metric[QY_AREA_UM2] = x, p.metric[QY_LATENCY_US] = y;
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = none, p.label[k] = label, p.label_count[k] = 1;
  p.key[QY_KEY_DESIGN] = of_design, p.label_count[QY_KEY_DESIGN] = DESIGNS_HERE;
  p.key[QY_KEY_NETWORK] = of_network, p.label_count[QY_KEY_NETWORK] = NETWORKS;
  const qy_chart f = {.kind = QY_CHART_LINES,
                      .x = QY_AREA_UM2,
                      .y = QY_LATENCY_US,
                      .group_count = 2,
                      .group = {QY_KEY_DESIGN, QY_KEY_NETWORK},
                      .panel = QY_KEY_DESIGN};
  char *s = draw(&f, &p), said[80];
  static double got[2 * EACH][4];
  is_int(rows_of(s, "$series_1_1", got, 2 * EACH), EACH, "a series that has just room");
  is_int(rows_of(s, "$series_2_1", got, 2 * EACH), 5, "one of a point more: one for each x");
  snprintf(said, sizeof said, "Lines: best latency at each area (%d of %d points).", POINTS - EACH - 1 + 5, POINTS);
  holds(flat(s), said);
  free(s);
}

/* Up to 500 values of x each is shown; the points of more are taken together in 100 parts of equal count. */
static void reduced(void)
{
  enum { EACH_X = 5, MOST = 520 * EACH_X };
  static double id[MOST], x[MOST], y[MOST];
  static uint32_t none[MOST];
  static double got[MOST][4];
  static const struct {
    int values, rows;
  } row[] = {{500, 500}, {501, 97}}; /* 2505 points, 26 a part */
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    const size_t count = (size_t)row[r].values * EACH_X;
    for (size_t i = 0; i < count; i++)
      id[i] = (double)i, x[i] = 1 + (double)(i / EACH_X), y[i] = 10 + 2 * (double)(i * 7 % EACH_X) + x[i];
    qy_points p = {.count = count, .point = id};
    p.metric[QY_AREA_UM2] = x, p.metric[QY_LATENCY_US] = y;
    for (int k = 0; k < QY_KEY_COUNT; k++)
      p.key[k] = none, p.label[k] = one_label, p.label_count[k] = 1;
    const qy_chart f = {.kind = QY_CHART_LINES, .x = QY_AREA_UM2, .y = QY_LATENCY_US, .panel = -1};
    char *s = draw(&f, &p);
    int wrong = 0;
    const int rows = rows_of(s, "$series_1_1", got, MOST), part = row[r].values > 500 ? 26 : EACH_X;
    for (int i = 0; i < rows; i++) { /* y rises with x: of the first value that is whole in the part */
      const int value = 1 + (i * part + EACH_X - 1) / EACH_X;
      wrong += !is(got[i][0], value) || !is(got[i][1], 10 + value);
    }
    is_int(rows, row[r].rows, "values of x");
    is_int(wrong, 0, "the least of each");
    free(s);
  }
}

/* Names that a picture cannot have are refused by each kind of plot; what is behind the bar is not run. */
static void bad_names(void)
{
  const double value[] = {1, 2};
  const int of[] = {0};
  static const char *const name[] = {"a", "b"};
  const qy_bars bars = {.y_label = "", .bar_count = 1, .part_count = 1, .bar = name, .part = name, .values = value};
  const qy_heatmap map = {
      .colour_label = "c", .x = {"X", 1, name, NULL}, .y = {"Y", 1, name, NULL}, .panel_count = 1, .value = value};
  const qy_parallel_axis axes[] = {{"One", 0, {0}}, {"Two", 0, {0}}};
  const qy_parallel lines = {
      .axis_count = 2, .axis = axes, .line_count = 1, .value = value, .group = of, .group_count = 1, .name = name};
  const qy_tornado rows = {
      .total_label = "a", .part_label = "b", .count = 1, .name = name, .total = value, .part = value};
  const qy_slope_series series = {"a", 1, value, value, 0, 0, NULL};
  const qy_slope_plot steps = {.floor_label = "b", .x_end = 10, .series_count = 1, .series = &series};
  static const char *const stem[] = {"|touch mark", "", NULL};
  for (size_t i = 0; i < sizeof stem / sizeof *stem; i++) {
    qy_error_clear(&err);
    is_int(qy_plot_bars(&bars, QY_PLOT_SVG, stem[i], NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "bars");
    is_int(qy_plot_heatmap(&map, QY_PLOT_SVG, stem[i], NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "a map");
    is_int(qy_plot_parallel(&lines, QY_PLOT_SVG, stem[i], NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "lines");
    is_int(qy_plot_tornado(&rows, QY_PLOT_SVG, stem[i], NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "a tornado");
    is_int(qy_plot_slope(&steps, QY_PLOT_SVG, stem[i], NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "a slope");
    is_int((int64_t)err.count, 5, "each with its reason");
  }
}

/* The best of each x of what is to be maximised is the largest. */
static void largest(void)
{
  enum { MOST = 2500, VALUES = 10 };
  static double id[MOST], x[MOST], y[MOST], got[MOST][4];
  static uint32_t none[MOST];
  for (size_t i = 0; i < MOST; i++)
    id[i] = (double)i, x[i] = 1 + (double)(i % VALUES), y[i] = 100 * x[i] + (double)(i * 7 % MOST) / MOST;
  qy_points p = {.count = MOST, .point = id};
  p.metric[QY_AREA_UM2] = x, p.metric[QY_TOPS_PER_W] = y;
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p.key[k] = none, p.label[k] = one_label, p.label_count[k] = 1;
  const qy_chart f = {.kind = QY_CHART_LINES, .x = QY_AREA_UM2, .y = QY_TOPS_PER_W, .panel = -1};
  char *s = draw(&f, &p);
  int wrong = 0;
  is_int(rows_of(s, "$series_1_1", got, MOST), VALUES, "values of x");
  for (int v = 0; v < VALUES; v++) {
    double most = 0;
    for (size_t i = (size_t)v; i < MOST; i += VALUES)
      most = fmax(most, y[i]);
    wrong += fabs(got[v][1] - most) > 6e-3; /* as it is written */
  }
  is_int(wrong, 0, "the largest of each");
  free(s);
}

int main(void)
{
  make_folder();
  largest();
  bad_names();
  reduced();
  marks();
  low_floor();
  keys();
  long_titles();
  upright();
  labels_apart();
  shared_room();
  room();
  remove_folder();
  return done();
}
