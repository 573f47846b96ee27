/* The look of pictures: sizes measured in what gnuplot draws, equal points, glyphs, points per x. */
#include "quarry/chart.h"
#include "quarry/slope.h"
#include "quarry/tornado.h"

#include "../../src/plot/axis.h"
#include "../../src/plot/script.h"
#include "plot_test.h"

#include <math.h>
#include <zlib.h>

static qy_error err;

static const double front_x[] = {1, 10, 100, 1000}, front_y[] = {1000, 100, 10, 1};

/* The smallest type of a PDF in points, from its text matrices; *width its page. */
static double pdf_type(const char *file, double *width)
{
  enum { ROOM = 1 << 22 };
  size_t length = 0;
  char *pdf = slurp(file, &length), *out = malloc(ROOM);
  double least = INFINITY;
  *width = 0;
  if (pdf && out)
    for (char *p = pdf; (p = memmem(p, length - (size_t)(p - pdf), "stream\n", 7));) {
      p += 7;
      z_stream z = {.next_in = (Bytef *)p,
                    .avail_in = (uInt)(length - (size_t)(p - pdf)),
                    .next_out = (Bytef *)out,
                    .avail_out = ROOM - 1};
      if (inflateInit(&z) == Z_OK) {
        inflate(&z, Z_FINISH);
        out[z.total_out] = '\0';
        inflateEnd(&z);
        for (char *t = out; (t = strstr(t, " Tm")); t += 3) {
          char *line = t;
          double m[4];
          while (line > out && line[-1] != '\n')
            line--;
          if (sscanf(line, "%lf %lf %lf %lf", &m[0], &m[1], &m[2], &m[3]) == 4) least = fmin(least, hypot(m[0], m[1]));
        }
      }
    }
  for (char *p = pdf; p && p < pdf + length - 12; p++)
    if (memcmp(p, "/MediaBox [ ", 12) == 0) sscanf(p + 12, "%*f %*f %lf", width);
  free(out);
  free(pdf);
  return least;
}

/* The smallest font-size of an SVG in points: its numbers are pixels of 1/96 in. */
static double svg_type(const char *svg)
{
  double least = INFINITY;
  for (const char *p = svg; p && (p = strstr(p, "font-size=\"")); p++)
    least = fmin(least, strtod(p + 11, NULL) * 72 / 96);
  return least;
}

static qy_plot_look paper(void)
{
  qy_plot_look look;
  qy_plot_style style = {{NULL}};
  style.said[QY_STYLE_PRESET] = "paper";
  qy_style_look(&look, &style);
  return look;
}

static void check_sizes(const char *name)
{
  char file[300];
  double width;
  snprintf(file, sizeof file, "%s.pdf", in_folder(name));
  const double least = pdf_type(file, &width);
  ok(least >= 6.999 && least < 12, "%s: the smallest type of the PDF has %.4g pt", name, least);
  near_abs(width, 252, 0.01, "3.5 in wide");
  snprintf(file, sizeof file, "%s.svg", in_folder(name));
  char *svg = slurp(file, NULL);
  ok(svg && svg_type(svg) >= 6.99 && svg_type(svg) < 12, "%s: that of the SVG %.4g", name, svg ? svg_type(svg) : 0);
  free(svg);
  snprintf(file, sizeof file, "%s.png", in_folder(name));
  unsigned char *png = (unsigned char *)slurp(file, NULL);
  is_int(png ? png[16] << 24 | png[17] << 16 | png[18] << 8 | png[19] : 0, 1050, "300 dots per inch");
  free(png);
}

static void sizes(void)
{
  qy_text notes = {0};
  qy_plot_look look = paper();
  look.notes = &notes;
  const double chance[] = {1, 0.5, 0.2, 0}, low[] = {0.9, 9, 90, 900}, high[] = {1.1, 11, 110, 1100};
  qy_plot_series series[12];
  char label[12][40];
  for (int i = 0; i < 12; i++) {
    snprintf(label[i], sizeof label[i], "a design of number %d", i);
    series[i] = (qy_plot_series){.label = label[i],
                                 .count = 4,
                                 .x = front_x,
                                 .y = front_y,
                                 .x_low = low,
                                 .x_high = high,
                                 .chance = chance,
                                 .cloud_count = 4,
                                 .cloud_x = front_y,
                                 .cloud_y = front_y};
  }
  const qy_plot_panel panels[] = {{"28 nm", 12, series}, {"55 nm", 12, series}};
  const qy_plot plot = {.title = "t",
                        .caption = "four points",
                        .x_label = "Area (µm²)",
                        .y_label = "A long name of a metric that needs lines (µs)",
                        .x_log = 1,
                        .y_log = 1,
                        .panel_count = 2,
                        .panel = panels,
                        .look = &look};
  static const char *const bar[] = {"SDM of a long name", "RDM"}, *const part[] = {"Datapath", "SRAM"};
  const double values_of[] = {1000, 2000, 3000, 500};
  const qy_bars bars = {.caption = "c",
                        .y_label = "Area (µm²)",
                        .bar_count = 2,
                        .part_count = 2,
                        .bar = bar,
                        .part = part,
                        .values = values_of,
                        .look = &look};
  const qy_tornado tornado = {.x_label = "share of the variance (Sobol index)",
                              .total_label = "total",
                              .part_label = "alone",
                              .count = 2,
                              .name = bar,
                              .total = values_of,
                              .part = values_of,
                              .look = &look};
  const qy_slope_series fall = {.label = "net", .count = 4, .x = front_x, .y = front_y, .floor = 0.5};
  const qy_slope_plot slope = {.x_label = "Buffer (B)",
                               .y_label = "Traffic (B)",
                               .floor_label = "floor",
                               .x_end = 5000,
                               .series_count = 1,
                               .series = &fall,
                               .look = &look};
  qy_error_clear(&err);
  for (int f = QY_PLOT_SVG; f <= QY_PLOT_PDF; f++) {
    const qy_plot_format format = (qy_plot_format)f;
    ok(!qy_plot_draw(&plot, format, in_folder("xy"), NULL, NULL, &err) &&
           !qy_plot_bars(&bars, format, in_folder("bars"), NULL, NULL, &err) &&
           !qy_plot_tornado(&tornado, format, in_folder("tornado"), NULL, NULL, &err) &&
           !qy_plot_slope(&slope, format, in_folder("slope"), NULL, NULL, &err),
       "all kinds drawn as %s", qy_plot_format_name(format));
  }
  if (err.count) printf("# %s\n", said(&err));
  check_sizes("xy");
  check_sizes("bars");
  check_sizes("tornado");
  check_sizes("slope");
  ok(notes.data && strstr(notes.data, "caption: four points"), "the caption that paper does not have is a note");
  char *svg = slurp(in_folder("xy.svg"), NULL);
  int named = 0;
  for (int i = 0; i < 12; i++) {
    char text[600];
    snprintf(text, sizeof text, "<text>%s</text>", label[i]);
    named += count_text(svg, text) == 1;
  }
  is_int(named, 12, "every series is in the legend above");
  ok(svg && !strstr(svg, "<text>t</text>"), "no title");
  free(svg);
  is_int(qy_plot_draw(&plot, QY_PLOT_EPS, in_folder("xy"), NULL, NULL, &err), QY_OK, "EPS");
  qy_text_free(&notes);
  empty_folder();
}

/* Two series at the same places: both are seen, and the caption says so. */
static void equal(void)
{
  const qy_plot_series series[] = {{.label = "SDM", .count = 4, .x = front_x, .y = front_y},
                                   {.label = "RDM", .count = 3, .x = front_x, .y = front_y}};
  const qy_plot_panel panel = {NULL, 2, series};
  const qy_plot plot = {.x_log = 1, .y_log = 1, .panel_count = 1, .panel = &panel};
  is_int(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("equal"), NULL, NULL, &err), QY_OK, "equal points are drawn");
  char *svg = slurp(in_folder("equal.svg"), NULL);
  double x[7], y[7], scale[7];
  int count = 0;
  for (const char *p = svg; p && count < 7 && (p = strstr(p, "showHypertext(evt,'")); p++) {
    const char *t = strstr(p, "translate(");
    if (t && sscanf(t, "translate(%lf,%lf) scale(%lf", &x[count], &y[count], &scale[count]) == 3) count++;
  }
  is_int(count, 7, "seven markers");
  int same = 0;
  for (int i = 0; i < count; i++)
    for (int j = 0; j < i; j++)
      same += hypot(x[i] - x[j], y[i] - y[j]) < 0.01 && scale[i] < 0.8 * scale[j];
  is_int(same, 3, "equal points are at one place, the later series smaller");
  ok(svg && !strstr(svg, "<text>3 points equal to SDM</text>"), "no row of the legend of its own");
  ok(svg && strstr(svg, "drawn inside each other: 3 places (SDM = RDM: 3)."), "the caption counts them");
  free(svg);
  char *script = slurp(in_folder("equal.gp"), NULL);
  ok(script && strstr(script, "1 1000 ") && strstr(script, "10 100 "), "the data keep the true places");
  free(script);
  empty_folder();
}

/* Colour and dash tell 24 series apart, each named in the legend. */
static void many_series(void)
{
  enum { MANY = 24 };
  char label[MANY + 1][24];
  double x[MANY + 1];
  qy_plot_series series[MANY + 1];
  for (int i = 0; i <= MANY; i++) {
    snprintf(label[i], sizeof label[i], "design %d", i);
    x[i] = i + 1;
    series[i] = (qy_plot_series){.label = label[i], .count = 1, .x = &x[i], .y = &x[i]};
  }
  const qy_plot_panel panel = {NULL, MANY, series};
  const qy_plot plot = {.panel_count = 1, .panel = &panel};
  is_int(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("many"), NULL, NULL, &err), QY_OK, "24 series");
  char *script = slurp(in_folder("many.gp"), NULL), *svg = slurp(in_folder("many.svg"), NULL);
  char look[MANY][100];
  int found = 0, twice = 0, named = 0;
  for (const char *p = script; p && found < MANY && (p = strstr(p, "keyentry with linespoints ")); p++, found++)
    snprintf(look[found], sizeof look[found], "%.*s", (int)strcspn(p, "'") + 9, p);
  for (int i = 0; i < found; i++)
    for (int j = 0; j < i; j++)
      twice += strcmp(look[i], look[j]) == 0;
  is_int(found, MANY, "each has an entry");
  is_int(twice, 0, "that no other looks like");
  for (int i = 0; i < MANY; i++) {
    char text[600];
    snprintf(text, sizeof text, "<text>%s</text>", label[i]);
    named += count_text(svg, text);
  }
  is_int(named, MANY, "and its name is drawn");
  ok(svg && !strstr(svg, "more</text>"), "none is left out");
  ok(script && !strstr(script, "series: colours"), "no two are alike");
  free(script);
  free(svg);
  const qy_plot_panel more = {NULL, MANY + 1, series};
  const qy_plot larger = {.panel_count = 1, .panel = &more};
  qy_plot_draw(&larger, QY_PLOT_SVG, in_folder("more"), NO_GNUPLOT, NULL, &err);
  script = script_of("more");
  holds(script, "25 series: colours, dashes and markers repeat after 24");
  free(script);
  empty_folder();
}

static void glyphs(void)
{
  /* U+0E4E0 and U+1F9FF.. may be in a font elsewhere; private ones are in none that is meant for text */
  static const struct {
    const char *text, *drawn, *what;
  } rows[] = {{"abc µ²", "abc µ²", "what fonts have stays"},
              {"a\xF3\xB1\xBF\xBD"
               "b",
               "a?b", "a private character"},
              {"\xF3\xB1\xBF\xBD\xF0\x9F\x8F\xBD!", "?!", "with a colour of skin it is one"},
              {"\xF3\xB1\xBF\xBD\xE2\x80\x8D\xF3\xB1\xBF\xBD!", "?!", "joined to another it is one"},
              {"\xF3\xB1\xBF\xBD \xF3\xB1\xBF\xBD", "? ?", "apart they are two"},
              {"\xF3\xB1\xBF\xBD\xF3\xB1\xBF\xBC", "??", "two beside one another are two"},
              {"\xD7\xA9\xD7\x9C", "\xD7\xA9\xD7\x9C", "Hebrew is in DejaVu"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_text s = {0}, notes = {0};
    script_with_glyphs(&s, rows[i].text, strlen(rows[i].text), &notes);
    is_text(s.data, rows[i].drawn, rows[i].what);
    ok((notes.data != NULL) == (strcmp(rows[i].text, rows[i].drawn) != 0), "and a note when it is replaced");
    qy_text_free(&s);
    qy_text_free(&notes);
  }
  /* Up to eight are named, each once; of more how many there are. */
  for (int count = 1; count <= 12; count++) {
    char text[200] = "", expected[40];
    for (int twice = 0; twice < 2; twice++)
      for (int i = 0; i < count; i++) /* U+F1F80 and after */
        snprintf(text + strlen(text), sizeof text - strlen(text), "\xF3\xB1\xBE%c", 0x80 + i);
    qy_text shown = {0}, said = {0};
    script_with_glyphs(&shown, text, strlen(text), &said);
    snprintf(expected, sizeof expected, count > 8 ? " and %d more: '?'" : "): '?'", count - 8);
    ok(said.data && strstr(said.data, expected) && count_text(said.data, " U+F1F8") == (count < 8 ? count : 8) &&
           (strstr(said.data, " more: ") != NULL) == (count > 8),
       "%d of which no font has a glyph", count);
    is_int(count_text(shown.data, "?"), 2 * count, "a question mark for each");
    qy_text_free(&shown);
    qy_text_free(&said);
  }
  qy_text s = {0}, notes = {0};
  script_tip(&s, "最適 <b> \xE2\x80\xA8 µm²");
  is_text(s.data, "\"最適 b  um2\"", "tool-tips keep letters of other scripts, no markup and no line separator");
  script_check_font("No Such Family", &notes);
  ok(notes.data && strstr(notes.data, "No Such Family"), "a family that is not there is noted");
  qy_text_free(&s);
  qy_text_free(&notes);
}

/* 3000 points at 10 values of x; y = (x, k) from 0: best is the least, the median the middle one. */
static void per_x(void)
{
  enum { COUNT = 3000, PLACES = 10 };
  static double number[COUNT], area[COUNT], latency[COUNT];
  static uint32_t zero[COUNT];
  char name[] = "SDM", *label = name;
  for (int i = 0; i < COUNT; i++) {
    number[i] = i;
    area[i] = 1 + i % PLACES;
    latency[i] = 100 * area[i] + i / PLACES; /* 0 .. 299 above it */
  }
  qy_points points = {.count = COUNT, .point = number};
  points.metric[QY_AREA_UM2] = area;
  points.metric[QY_LATENCY_US] = latency;
  for (int k = 0; k < QY_KEY_COUNT; k++) {
    points.key[k] = zero;
    points.label[k] = &label;
    points.label_count[k] = 1;
  }
  static const struct {
    const char *way, *row, *caption;
    int rows;
  } rows[] = {{"auto", "\n2 200 ", "best latency at each area (10 of 3000 points).", PLACES},
              {"best", "\n2 200 ", "best latency", PLACES},
              {"median", "\n2 349 ", "median latency", PLACES}, /* the lower of 149 and 150 above 200 */
              {"all", "\n2 499\n", "", COUNT}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_plot_style style = {{NULL}};
    qy_plot_look look;
    style.said[QY_STYLE_PER_X] = rows[i].way;
    qy_style_look(&look, &style);
    const qy_chart f = {.kind = QY_CHART_LINES,
                        .x = QY_AREA_UM2,
                        .y = QY_LATENCY_US,
                        .group_count = 1,
                        .group = {QY_KEY_DESIGN},
                        .panel = -1,
                        .look = &look};
    qy_error_clear(&err);
    is_int(qy_chart_draw(&f, &points, NULL, 0, QY_PLOT_SVG, in_folder("lines"), NULL, NULL, &err), QY_OK, rows[i].way);
    char *script = slurp(in_folder("lines.gp"), NULL), *data = script ? strstr(script, "$series_1_1 <<") : NULL;
    int lines = -1;
    for (const char *p = data; p && strncmp(p, "\nEND", 4); p++)
      lines += *p == '\n';
    is_int(lines + 1, rows[i].rows, "points drawn");
    ok(data && strstr(data, rows[i].row), "the point at 2");
    ok(script && strstr(script, rows[i].caption), "the caption");
    free(script);
  }
  empty_folder();
}

static void ends(void)
{
  axis a;
  span s;
  span_start(&s);
  span_add(&s, 1);
  span_add(&s, 1000);
  axis_choose(&a, &s, 1, false, false);
  axis_set_ends(&a, NAN, 100, false);
  ok(a.high == 100 && a.low < 1 && a.tick_count > 2, "an end that was asked for, the other as chosen");
  for (int i = 0; i < a.tick_count; i++)
    if (a.tick[i].at > 100.001) a.tick_count = 0;
  ok(a.tick_count > 0, "ticks end there");
  const double before = a.low;
  axis_set_ends(&a, 0, NAN, false);
  near_abs(a.low, before, 0, "zero is no end of a logarithmic axis");
  axis_set_ends(&a, 1e5, NAN, false);
  ok(a.low == 1e5 && a.high > a.low, "an end beyond all values");
  span_start(&s);
  span_add(&s, 10000);
  span_add(&s, 90000);
  axis_choose(&a, &s, 0, false, false);
  axis_fit(&a, 12, 0);
  int letters = 0;
  for (int i = 0; i < a.tick_count; i++)
    letters += a.tick[i].label[0] ? (int)strlen(a.tick[i].label) + 1 : 0;
  ok(letters > 0 && letters <= 16, "labels fit into 12 characters: %d", letters);
}

/* Zeros, negative and single positive values on logarithmic axes: what can be drawn is. */
static void zeros(void)
{
  static const struct {
    const char *what, *caption;
    double x[3];
    int drawn, log;
  } rows[] = {{"all zero", "Linear, as no value is above zero: x.", {0, 0, 0}, 3, 1},
              {"all negative", "Linear, as no value is above zero: x.", {-1, -2, -3}, 3, 1},
              {"one positive", "above zero on a logarithmic axis): 2.", {0, -5, 7}, 1, 1},
              {"chosen with a zero", "", {0, 1, 1e6}, 3, -1}};
  const double y[] = {3, 2, 1};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_series series = {.label = "A", .count = 3, .x = rows[i].x, .y = y};
    const qy_plot_panel panel = {NULL, 1, &series};
    const qy_plot plot = {.x_log = rows[i].log, .y_log = 0, .lines = 1, .panel_count = 1, .panel = &panel};
    is_int(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("zero"), NULL, NULL, &err), QY_OK, rows[i].what);
    char *svg = slurp(in_folder("zero.svg"), NULL);
    is_int(count_text(svg, "showHypertext(evt,'"), rows[i].drawn, "points drawn");
    ok(svg && strstr(svg, rows[i].caption), "\"%s\" in the caption", rows[i].caption);
    free(svg);
  }
  empty_folder();
}

int main(void)
{
  make_folder();
  sizes();
  equal();
  many_series();
  glyphs();
  per_x();
  ends();
  zeros();
  remove_folder();
  return done();
}
