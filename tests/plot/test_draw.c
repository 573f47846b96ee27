/* Plots drawn by the real gnuplot: files, sizes, tool-tips, positions of points, densities, odd data. */
#include "plot_test.h"

#include <math.h>
#include <time.h>

static qy_error err;

static const double front_x[] = {1, 10, 100, 1000}, front_y[] = {1000, 100, 10, 1};

static qy_plot plot_of(const qy_plot_panel *panel, size_t count)
{
  return (qy_plot){.title = "Which design is smallest?",
                   .caption = "4 designs",
                   .x_label = "Area (µm²)",
                   .y_label = "Latency (µs)",
                   .x_log = -1,
                   .y_log = -1,
                   .panel_count = count,
                   .panel = panel};
}

static qy_status draw(const qy_plot *plot, qy_plot_format format, const char *name)
{
  qy_error_clear(&err);
  qy_status status = qy_plot_draw(plot, format, in_folder(name), NULL, NULL, &err);
  if (status != QY_OK) printf("# %s\n", said(&err));
  return status;
}

static void png(void)
{
  qy_plot_series series = {.label = "RDM", .count = 4, .x = front_x, .y = front_y};
  qy_plot_panel panel = {"28 nm", 1, &series};
  qy_plot plot = plot_of(&panel, 1);
  is_int(draw(&plot, QY_PLOT_PNG, "small"), QY_OK, "a PNG is drawn");
  size_t length = 0;
  unsigned char *p = (unsigned char *)slurp(in_folder("small.png"), &length);
  ok(p && length > 1000 && memcmp(p, "\x89PNG\r\n\x1a\n", 8) == 0, "it starts with the PNG signature");
  if (p) { /* IHDR: width and height, big-endian, at 16 and 20 */
    is_int(p[16] << 24 | p[17] << 16 | p[18] << 8 | p[19], 1200, "1200 pixels wide");
    is_int(p[20] << 24 | p[21] << 16 | p[22] << 8 | p[23], 700, "700 pixels high");
  }
  is_int(count_files(), 2, "the folder holds the picture and its script, nothing else");

  char command[600], *script = slurp(in_folder("small.gp"), NULL), *golden = slurp("tests/plot/small.gp", NULL);
  is_text(script, golden, "the script equals tests/plot/small.gp");
  unlink(in_folder("small.png"));
  snprintf(command, sizeof command, "cd %s && gnuplot --default-settings small.gp", folder);
  is_int(system(command), 0, "the script runs on its own");
  size_t again = 0;
  char *q = slurp(in_folder("small.png"), &again);
  ok(p && q && again == length && memcmp(p, q, length) == 0, "and draws the same picture, byte for byte");
  snprintf(command, sizeof command, "cd %s && gnuplot --default-settings -e \"format='svg'\" small.gp", folder);
  is_int(system(command), 0, "and another format on request");
  ok(exists(in_folder("small.svg")), "whose file is there");
  free(p);
  free(q);
  free(script);
  free(golden);
  empty_folder();
}

static void pdf(void)
{
  qy_plot_series series = {.label = "RDM", .count = 4, .x = front_x, .y = front_y};
  qy_plot_panel panel = {"28 nm", 1, &series};
  qy_plot plot = plot_of(&panel, 1);
  is_int(draw(&plot, QY_PLOT_PDF, "small"), QY_OK, "a PDF is drawn");
  char *p = slurp(in_folder("small.pdf"), NULL);
  ok(p && strncmp(p, "%PDF-", 5) == 0, "it starts with %%PDF-");
  free(p);
  empty_folder();
}

/* Where gnuplot put the markers of the first series: "<use ... transform='translate(x,y) scale" in a tool-tip group. */
static int markers(const char *svg, double (*at)[2], int most)
{
  int count = 0;
  for (const char *p = svg; count < most && (p = strstr(p, "showHypertext(evt,'")); p++) {
    const char *t = strstr(p, "translate(");
    if (t && sscanf(t, "translate(%lf,%lf)", &at[count][0], &at[count][1]) == 2) count++;
  }
  return count;
}

static void svg(void)
{
  static const char *const tips[] = {"id 1: pe=rdm, bits=8", "id 2: 50% <script>alert('x')</script>", "a \"b\" \\ `c`",
                                     "10 µm²"};
  const double low[] = {900, 90, 9, 0.9}, high[] = {1100, 110, 11, 1.1};
  qy_plot_series series[] = {
      {.label = "RDM", .count = 4, .x = front_x, .y = front_y, .y_low = low, .y_high = high, .tip = tips},
      {.label = "SDM", .count = 4, .x = front_x, .y = front_x}};
  qy_plot_panel panels[] = {{"28 nm", 2, series}, {"55 nm", 2, series}};
  qy_plot plot = plot_of(panels, 2);
  is_int(draw(&plot, QY_PLOT_SVG, "two"), QY_OK, "an SVG of two panels is drawn");
  char *text = slurp(in_folder("two.svg"), NULL);
  if (!ok(text != NULL, "it is there")) return;
  ok(well_formed(text), "and well formed");
  is_int(count_text(text, "showHypertext(evt,'id 1: pe=rdm, bits=8')"), 2, "a tool-tip in each panel");
  is_int(count_text(text, "showHypertext(evt,'id 2: 50% scriptalert(x)/script')"), 2, "tool-tips lose < > and quotes");
  is_int(count_text(text, "showHypertext(evt,'a b  c')"), 2, "and backslashes and backticks");
  is_int(count_text(text, "showHypertext(evt,'10 um2')"), 2, "units are spelled in ASCII");
  is_int(count_text(text, "showHypertext(evt,'SDM: 10, 10')"), 2, "without tips: label and values");
  is_int(count_text(text, "<text>RDM</text>"), 1, "one key for both panels");
  is_int(count_text(text, "<text>28 nm</text>") + count_text(text, "<text>55 nm</text>"), 2, "a title on each panel");
  is_int(count_text(text, "<text>Area (µm²)</text>"), 2, "the x axis has its unit in both");
  is_int(count_text(text, "<text>Latency (µs)</text>"), 1, "the y axis at the left only");
  double at[16][2];
  if (ok(markers(text, at, 16) == 16, "16 markers with tool-tips")) {
    for (int i = 1; i < 3; i++) {
      near_abs(at[i + 1][0] - at[i][0], at[1][0] - at[0][0], 0.03, "decades are evenly spaced along x");
      near_abs(at[i + 1][1] - at[i][1], at[1][1] - at[0][1], 0.03, "and along y");
    }
    near_abs(at[0][1], at[8][1], 0.011, "panels share the scale of y");
    near_abs(at[11][0] - at[8][0], at[3][0] - at[0][0], 0.13, "and of x, as margins are of 1e-4 of 1200 pixels");
  }
  ok(count_text(text, "rgb(  0, 114, 178)") > 0 && count_text(text, "rgb(213,  94,   0)") > 0,
     "blue and vermilion for the first two groups");
  free(text);
  empty_folder();
}

/* Dots below the limit, a density above it whose counts add up to the cloud. */
static void clouds(void)
{
  enum { MANY = 1000000 };
  double *x = calloc(MANY, sizeof *x), *y = calloc(MANY, sizeof *y);
  uint64_t state = 1;
  for (size_t i = 0; i < MANY; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    double u = (double)(state >> 33) / 2147483648.0;
    state = state * 6364136223846793005u + 1442695040888963407u;
    double v = (double)(state >> 33) / 2147483648.0;
    x[i] = pow(10, 3 * u);
    y[i] = 1000 / x[i] * pow(10, v);
  }
  qy_plot_series series = {.label = "RDM", .count = 4, .x = front_x, .y = front_y, .cloud_x = x, .cloud_y = y};
  qy_plot_panel panel = {NULL, 1, &series};
  qy_plot plot = plot_of(&panel, 1);
  series.cloud_count = 500;
  is_int(draw(&plot, QY_PLOT_PNG, "dots"), QY_OK, "500 dots are drawn");
  char *s = slurp(in_folder("dots.gp"), NULL);
  const char *rows = s ? strstr(s, "$cloud_1_1 << END\n") : NULL, *last = rows ? strstr(rows, "\nEND\n") : NULL;
  int lines = 0;
  for (const char *p = rows; p && p < last; p++)
    lines += *p == '\n';
  is_int(lines, 500, "one by one");
  free(s);

  series.cloud_count = MANY;
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  is_int(draw(&plot, QY_PLOT_PNG, "density"), QY_OK, "a million points are drawn");
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("# in %.3f s\n", (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec));
  s = slurp(in_folder("density.gp"), NULL);
  rows = s ? strstr(s, "$density_1 << END\n") : NULL;
  if (ok(rows != NULL, "as a density")) {
    char *p = strchr(rows, '\n');
    long long sum = 0;
    int cells = 0;
    lines = 0;
    while (strncmp(p, "\nEND", 4) != 0) {
      lines += *p == '\n';
      sum += strtoll(p, &p, 10);
      cells++;
    }
    is_int(cells, 200 * 200, "of 200 x 200 cells");
    is_int(lines, 200, "a line a row");
    is_int(sum, MANY, "whose counts add up to all points");
    ok(strlen(s) < 400000, "in a script of %zu bytes", strlen(s));
  }
  free(s);

  /* One cloud point a row of the grid up from the lower end, one far off. */
  double few_x[4000], few_y[4000];
  for (int i = 0; i < 4000; i++) {
    few_x[i] = 30;
    few_y[i] = 30;
  }
  few_x[0] = 1e9;
  series.cloud_count = 4000;
  series.cloud_x = few_x;
  series.cloud_y = few_y;
  is_int(draw(&plot, QY_PLOT_SVG, "far"), QY_OK, "a cloud with a far point is drawn");
  s = slurp(in_folder("far.gp"), NULL);
  char *end;
  ok(s && strstr(s, "axes: 1."), "the caption counts the point beyond the axes");
  const char *range = s ? strstr(s, "set xrange [") : NULL;
  double low = range ? strtod(range + 12, &end) : 0, high = range ? strtod(end + 1, NULL) : 0;
  ok(low < 1 && high > 1000 && high < 1e6, "which end near the front: %g to %g", low, high);
  rows = s ? strstr(s, "$density_1 << END\n") : NULL;
  int column = -1;
  if (rows) {
    char *p = strchr(rows, '\n');
    for (int i = 0; strncmp(p, "\nEND", 4) != 0; i++) {
      if (strtoll(p, &p, 10) == 3999) column = i % 200;
    }
  }
  is_int(column, (int)floor(200 * log(30 / low) / log(high / low)), "and the others fill the cell of x = 30");
  free(s);
  free(x);
  free(y);
  empty_folder();
}

static void steps(void)
{
  qy_plot_series series = {.label = "RDM", .count = 4, .x = front_x, .y = front_y};
  qy_plot_panel panel = {NULL, 1, &series};
  qy_plot plot = plot_of(&panel, 1);
  static const struct {
    int lines, x_maximise;
    const char *way;
  } rows[] = {{0, 0, " with steps "}, {0, 1, " with fsteps "}, {1, 0, " with lines "}, {1, 1, " with lines "}};
  for (size_t i = 0; i < 4; i++) {
    plot.lines = rows[i].lines;
    plot.x_maximise = rows[i].x_maximise;
    draw(&plot, QY_PLOT_PNG, "steps");
    char *s = slurp(in_folder("steps.gp"), NULL);
    is_int(count_text(s, rows[i].way), 1, rows[i].way);
    free(s);
  }
  const double x[] = {3, 1, 2}, y[] = {1, 3, 2};
  series = (qy_plot_series){.label = "RDM", .count = 3, .x = x, .y = y};
  draw(&plot, QY_PLOT_PNG, "steps");
  char *s = slurp(in_folder("steps.gp"), NULL);
  ok(s && strstr(s, "<< END\n1 3 \"RDM: 1, 3\"\n2 2 \"RDM: 2, 2\"\n3 1 \"RDM: 3, 1\"\nEND\n"), "points in order of x");
  free(s);
  empty_folder();
}

static void odd_data(void)
{
  const double same[] = {5, 5, 5}, zero[] = {0, 0, 0}, mixed[] = {-1, 0, 10}, bad[] = {NAN, INFINITY, 10};
  const double huge[] = {1e308, -1e308, 1}, tiny[] = {1e-300, 1e-200, 1e-100};
  static const struct {
    const char *name;
    int series, count, log, left_out;
  } rows[] = {{"no series", 0, 0, -1, 0},
              {"an empty series", 1, 0, -1, 0},
              {"one point", 1, 1, -1, 0},
              {"one point on log axes", 1, 1, 1, 0},
              {"equal values", 1, 3, -1, 0},
              {"zeros on log axes", 2, 3, 1, 0},
              {"mixed on log axes", 3, 3, 1, 2},
              {"not finite", 4, 3, -1, 2},
              {"huge", 5, 3, -1, 2},
              {"tiny on log axes", 6, 3, 1, 2}};
  const double *const data[] = {same, same, zero, mixed, bad, huge, tiny};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const double *v = data[rows[i].series];
    qy_plot_series series = {.label = "RDM", .count = (size_t)rows[i].count, .x = v, .y = v};
    qy_plot_panel panel = {"28 nm", rows[i].series > 0 ? 1 : 0, &series};
    qy_plot plot = plot_of(&panel, 1);
    plot.x_log = plot.y_log = rows[i].log;
    for (int format = QY_PLOT_SVG; format <= QY_PLOT_PNG; format++) {
      qy_status status = draw(&plot, (qy_plot_format)format, "odd");
      ok(status == QY_OK, "%s: %s drawn", rows[i].name, format == QY_PLOT_SVG ? "SVG" : "PNG");
    }
    char *s = slurp(in_folder("odd.gp"), NULL), wanted[16];
    snprintf(wanted, sizeof wanted, "): %d.'", rows[i].left_out);
    if (rows[i].left_out > 0)
      ok(s && strstr(s, wanted), "%s: the caption counts what is missing", rows[i].name);
    else
      ok(s && !strstr(s, "not shown"), "%s: nothing is missing", rows[i].name);
    free(s);
  }
  qy_plot none = plot_of(NULL, 0);
  qy_error_clear(&err);
  is_int(qy_plot_draw(&none, QY_PLOT_PNG, in_folder("none"), NULL, NULL, &err), QY_BAD_INPUT, "no panel is refused");
  is_text(said(&err), "error: a plot has 1 to 12 panels, found 0", "and says so");
  char before[] = "before", *text = before;
  qy_error_clear(&err);
  is_int(qy_plot_draw(&none, QY_PLOT_DUMB, NULL, NULL, &text, &err), QY_BAD_INPUT, "nor drawn as text");
  ok(text == NULL, "which there is none of then");
  empty_folder();
}

static void dumb(void)
{
  qy_plot_series series = {.label = "RDM, 4 bit", .count = 4, .x = front_x, .y = front_y};
  qy_plot_series other = {.label = "SDM", .count = 2, .x = front_x, .y = front_x};
  qy_plot_series both[] = {series, other};
  qy_plot_panel panel = {"28 nm", 2, both};
  qy_plot plot = plot_of(&panel, 1);
  char *text = NULL;
  qy_error_clear(&err);
  is_int(qy_plot_draw(&plot, QY_PLOT_DUMB, NULL, NULL, &text, &err), QY_OK, "a drawing as text needs no file name");
  ok(text && strstr(text, "Which design is smallest?") && strstr(text, "Area (µm²)") &&
         strstr(text, "[y: Latency (µs)]"),
     "it has the title and both axes");
  ok(text && strstr(text, "A  RDM, 4 bit") && strstr(text, "B  SDM") && strstr(text, "4 designs"),
     "the key and the caption");
  ok(text && !strstr(text, "quarry:"), "and no closing word");
  free(text);
  is_int(count_files(), 0, "no file is written");
}

static void bars(void)
{
  static const char *const bar[] = {"SDM 100% & <x>", "RDM 'mac'"}, *const part[] = {"Datapath", "SRAM <b> & \"c\""};
  const double values[] = {1000, 2000, 3000, 500};
  qy_bars b = {.title = "Where does the area go?",
               .y_label = "Area (µm²)",
               .bar_count = 2,
               .part_count = 2,
               .bar = bar,
               .part = part,
               .values = values};
  qy_error_clear(&err);
  is_int(qy_plot_bars(&b, QY_PLOT_SVG, in_folder("bars"), NULL, NULL, &err), QY_OK, "stacked bars are drawn");
  if (err.count) printf("# %s\n", said(&err));
  char *text = slurp(in_folder("bars.svg"), NULL);
  ok(text && well_formed(text), "well formed");
  ok(text && strstr(text, "<text>4k</text>") && strstr(text, "<text>2.5k</text>"), "with the sums on top");
  ok(text && strstr(text, "<text>SDM 100% &amp; &lt;x"), "names keep %% & <");
  free(text);
  text = slurp(in_folder("bars.gp"), NULL);
  /* x, middle, left, right, lower, upper: the second part stands on the first */
  ok(text && strstr(text, "1 2500 0.67 1.33 1000 4000\n2 2250 1.67 2.33 2000 2500\n"), "parts stand on each other");
  free(text);
  text = slurp(in_folder("bars.gp"), NULL);
  const char *upper = text ? strstr(text, "$part_2 using") : NULL, *under = text ? strstr(text, "$part_1 using") : NULL;
  ok(upper && under && upper < under, "the key lists stacked parts as they lie");
  ok(text && strstr(text, "set ytics"), "the axis has ticks");
  ok(text && strstr(text, "$totals << END\n1 4000 \"4k\"\n2 2500 \"2.5k\"\n"), "sums stand above their bars");
  free(text);
  /* Each bar of one part: groups of bars. */
  const double alone[] = {1000, 0, 0, 500}, low[] = {900, 400}, high[] = {1200, 600};
  b.values = alone;
  b.low = low;
  b.high = high;
  is_int(qy_plot_bars(&b, QY_PLOT_SVG, in_folder("bars"), NULL, NULL, &err), QY_OK, "bars of one part each");
  text = slurp(in_folder("bars.gp"), NULL);
  upper = text ? strstr(text, "$part_2 using") : NULL;
  under = text ? strstr(text, "$part_1 using") : NULL;
  ok(upper && under && under < upper, "their key is in order");
  double number = 0, line = 0;
  const char *totals = text ? strstr(text, "$totals << END\n") : NULL,
             *intervals = text ? strstr(text, "$intervals << END\n") : NULL;
  ok(totals && intervals && sscanf(totals, "%*[^\n] %lf", &number) == 1 &&
         sscanf(intervals, "%*[^\n] %lf", &line) == 1 && number < 1 && 1 < line && line < 1.33,
     "a number is left of the middle of its bar, its interval right of it: %g, %g", number, line);
  free(text);
  b.low = b.high = NULL;
  const double negative[] = {1000, -2000, -500, NAN};
  b.values = negative;
  is_int(qy_plot_bars(&b, QY_PLOT_PNG, in_folder("bars"), NULL, NULL, &err), QY_OK,
         "negative parts and a NaN are drawn");
  text = slurp(in_folder("bars.gp"), NULL);
  ok(text && strstr(text, "1 -250 0.67 1.33 -500 0\n"), "negative parts hang from zero");
  ok(text && strstr(text, "drawn as 0: 1."), "the NaN is counted");
  free(text);
  b.bar_count = 0;
  is_int(qy_plot_bars(&b, QY_PLOT_PNG, in_folder("none"), NULL, NULL, &err), QY_BAD_INPUT, "no bars are refused");
  empty_folder();
}

/* Names too long to stand below the bars are at their left, and the bars lie: the first on top. */
static void lying_bars(void)
{
  enum { BARS = 12 };
  char names[BARS][40];
  const char *bar[BARS], *const part[] = {"DRAM"};
  double values[BARS];
  for (int i = 0; i < BARS; i++) {
    snprintf(names[i], sizeof names[i], "block fusion, memory.buffer %d", 1024 << i);
    bar[i] = names[i];
    values[i] = 100 * (i + 1);
  }
  qy_bars b = {.title = "Energy",
               .y_label = "Energy (µJ)",
               .bar_count = BARS,
               .part_count = 1,
               .bar = bar,
               .part = part,
               .values = values};
  is_int(qy_plot_bars(&b, QY_PLOT_SVG, in_folder("lying"), NULL, NULL, &err), QY_OK, "bars of long names are drawn");
  char *text = slurp(in_folder("lying.gp"), NULL);
  /* middle, place, left, right, lower, upper */
  ok(text && strstr(text, "<< END\n50 12 0 100 11.67 12.33\n100 11 0 200 10.67 11.33\n"), "lying, the first on top");
  ok(text && strstr(text, "'block fusion, memory.buffer 1024' 12") && !strstr(text, "rotate by"), "names are level");
  free(text);
  for (int i = 0; i < BARS; i++)
    snprintf(names[i], sizeof names[i], "b%d", i);
  is_int(qy_plot_bars(&b, QY_PLOT_SVG, in_folder("lying"), NULL, NULL, &err), QY_OK, "and of short ones");
  text = slurp(in_folder("lying.gp"), NULL);
  ok(text && strstr(text, "<< END\n1 50 0.67 1.33 0 100\n"), "which stand");
  free(text);
  empty_folder();
}

/* Markers of two series within a few pixels: the later one is small, inside a large one; others are ordinary. */
static void nearly_equal(void)
{
  const double x[] = {1, 5, 10}, y[] = {10, 5, 1}, x2[] = {1.01, 7}, y2[] = {10, 7};
  qy_plot_series series[] = {{.label = "SegLog", .count = 3, .x = x, .y = y},
                             {.label = "BRSLog", .count = 2, .x = x2, .y = y2}};
  qy_plot_panel panel = {NULL, 2, series};
  qy_plot plot = plot_of(&panel, 1);
  plot.lines = 1;
  plot.x_log = plot.y_log = 0;
  draw(&plot, QY_PLOT_PNG, "near");
  char *s = slurp(in_folder("near.gp"), NULL);
  double size[2][2] = {{0}};
  const char *one = s ? strstr(s, "$series_1_1 << END\n") : NULL, *two = s ? strstr(s, "$series_1_2 << END\n") : NULL;
  ok(one && sscanf(one, "%*[^\n] %*g %*g %lg %*[^\n] %*g %*g %lg", &size[0][0], &size[0][1]) == 2 && two &&
         sscanf(two, "%*[^\n] %*g %*g %lg %*[^\n] %*g %*g %lg", &size[1][0], &size[1][1]) == 2,
     "rows have sizes");
  ok(size[0][0] > 1 && size[1][0] < 1, "a small marker is inside a large one");
  ok(size[0][1] == 1 && size[1][1] == 1, "others are ordinary");
  ok(s && !strstr(s, "equal to"), "and not called equal");
  free(s);
  empty_folder();
}

/* Panels: up to three side by side, four as two by two. */
static void panels_in_rows(void)
{
  enum { MOST = 4 };
  static const size_t columns[MOST + 1] = {0, 1, 2, 3, 2};
  const qy_plot_series series = {.label = "SDM", .count = 4, .x = front_x, .y = front_y};
  const qy_plot_panel panel[MOST] = {
      {"one", 1, &series}, {"two", 1, &series}, {"three", 1, &series}, {"four", 1, &series}};
  for (size_t count = 1; count <= MOST; count++) {
    const qy_plot plot = plot_of(panel, count);
    double left[MOST + 1] = {0};
    size_t apart = 0, margins = 0;
    draw(&plot, QY_PLOT_SVG, "panels");
    char *text = slurp(in_folder("panels.gp"), NULL);
    for (const char *p = text; p && (p = strstr(p, "set lmargin at screen ")) && margins < MOST; margins++) {
      p += strlen("set lmargin at screen ");
      const double at = strtod(p, NULL);
      size_t i = 0;
      while (i < apart && fabs(left[i] - at) > 0.01)
        i++;
      if (i == apart) left[apart++] = at;
    }
    ok(margins == count && apart == columns[count], "%zu panels in %zu columns", count, apart);
    free(text);
  }
  empty_folder();
}

/* Titles of narrow panels go on in a second line behind an underscore or a hyphen. */
static void long_titles(void)
{
  static const char *const title[] = {"elements_with_weights_in_six-bit_segmented_logarithms",
                                      "elements-of-the-first-kind_and_of_the_second_one_here"};
  const qy_plot_series series = {.label = "SDM", .count = 4, .x = front_x, .y = front_y};
  for (int i = 0; i < 2; i++) {
    const qy_plot_panel panel[] = {{title[i], 1, &series}, {"b", 1, &series}, {"c", 1, &series}};
    const qy_plot plot = plot_of(panel, 3);
    draw(&plot, QY_PLOT_SVG, "titles");
    char *text = slurp(in_folder("titles.gp"), NULL);
    char first[80] = "", whole[160] = "";
    /* the longest beginning of the title that is a text of its own, and whether the rest is one */
    for (size_t length = strlen(title[i]) - 1; length > 0 && !*first && text; length--) {
      snprintf(whole, sizeof whole, "'%.*s'", (int)length, title[i]);
      if (strstr(text, whole)) snprintf(first, sizeof first, "%.*s", (int)length, title[i]);
    }
    const size_t length = strlen(first);
    snprintf(whole, sizeof whole, "'%s'", title[i] + length);
    ok(length > 8 && strchr("_-", first[length - 1]) && strstr(text, whole), "\"%s\" and \"%s\"", first,
       title[i] + length);
    free(text);
  }
  empty_folder();
}

/* More sets of series at one place than the caption names. */
static void many_equal(void)
{
  enum { SETS = 12 };
  char label[2 * SETS][16];
  double at[SETS];
  qy_plot_series series[2 * SETS];
  for (int i = 0; i < 2 * SETS; i++) {
    snprintf(label[i], sizeof label[i], "design %d", i);
    at[i / 2] = 1 + i / 2;
    series[i] = (qy_plot_series){.label = label[i], .count = 1, .x = &at[i / 2], .y = &at[i / 2]};
  }
  const qy_plot_panel panel = {NULL, 2 * SETS, series};
  qy_plot plot = plot_of(&panel, 1);
  plot.x_log = plot.y_log = 0;
  draw(&plot, QY_PLOT_SVG, "sets");
  char *text = slurp(in_folder("sets.gp"), NULL);
  ok(text && strstr(text, "12 places"), "all places are counted");
  ok(text && strstr(text, "design 0 = design 1: 1") && strstr(text, "design 14 = design 15: 1") &&
         !strstr(text, "design 16 = design 17"),
     "eight sets are named");
  free(text);
  empty_folder();
}

int main(void)
{
  make_folder();
  png();
  pdf();
  svg();
  clouds();
  steps();
  odd_data();
  dumb();
  bars();
  lying_bars();
  nearly_equal();
  panels_in_rows();
  long_titles();
  many_equal();
  remove_folder();
  return done();
}
