/* How pages are laid out: panels side by side, pages that are too flat, legends above, the key of probabilities; by
 * hand from the sizes of type.  Nothing is drawn.
 *
 * Type of 11 pt has letters of 8.6 pixels and lines of 26, small type of 9 pt letters of 7.1 and lines of 18. */
#include "plot_test.h"

#include "quarry/text.h"

enum { PANELS = 12 };

static qy_error err;
static qy_text notes;
static const double x[] = {1, 2, 3}, y[] = {3, 2, 1};
static qy_plot_panel panel[PANELS];

static qy_plot_look look_of(double width_in, double height_in, bool sized)
{
  return (qy_plot_look){.width_in = width_in,
                        .height_in = height_in,
                        .sized = sized,
                        .font = "X",
                        .font_pt = 11,
                        .small_pt = 9,
                        .title_pt = 14,
                        .dpi = 96,
                        .notes = &notes,
                        .x_scale = -1,
                        .y_scale = -1,
                        .range = {{NAN, NAN}, {NAN, NAN}}};
}

static char *draw(const qy_plot *plot)
{
  qy_error_clear(&err);
  qy_text_free(&notes);
  notes = (qy_text){0};
  is_int(qy_plot_draw(plot, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a plot");
  return script_of("p");
}

static char *draw_panels(size_t count, const char *title, const qy_plot_look *look)
{
  static const qy_plot_series series = {.label = "RDM", .count = 3, .x = x, .y = y};
  for (size_t p = 0; p < count; p++)
    panel[p] = (qy_plot_panel){title, 1, &series};
  const qy_plot plot = {
      .x_label = "X", .y_label = "Y", .x_log = 0, .y_log = 0, .panel_count = count, .panel = panel, .look = look};
  return draw(&plot);
}

/* Panels in the first row. */
static size_t columns_of(const char *script, size_t count)
{
  double first[4], next[4];
  size_t columns = 1;
  if (!margins_of(script, 0, 1000, 1000, first)) return 0;
  while (columns < count && margins_of(script, (int)columns, 1000, 1000, next) && next[0] > first[0] + 1)
    columns++;
  return columns;
}

/* On a small page a panel has 22 letters of an em at least, of which the page has 72 / 11 an inch; a title in bold of
 * 0.64 em fits beside the 9 at the left; four rows at most. */
static void side_by_side(void)
{
  static const struct {
    double width_in;
    size_t panels, title, columns;
  } row[] = {{12.5, 6, 5, 3},   {6, 2, 5, 1},     {6, 5, 5, 2},    {6, 8, 5, 2},     {6, 9, 5, 3},
             {8, 3, 5, 2},      {8, 4, 5, 2},     {12.5, 4, 5, 2}, {6.71, 2, 5, 1},  {6.73, 2, 5, 2},
             {12.5, 3, 36, 3},  {12.5, 3, 37, 2}, /* 37 and 38 letters of 0.64 of (81.8 - 9) / 3 = 24.27 */
             {12.5, 2, 55, 2},  {12.5, 2, 56, 1}, /* 56 of (81.8 - 9) / 2 = 36.4 */
             {12.5, 12, 60, 3}, {3, 1, 5, 1},     {3, 4, 5, 1},    {10.08, 3, 5, 2}, {10.1, 3, 5, 3}};
  char title[80];
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_plot_look look = look_of(row[i].width_in, 5, false);
    snprintf(title, sizeof title, "%0*d", (int)row[i].title, 0);
    char *s = draw_panels(row[i].panels, title, &look);
    is_int((int64_t)columns_of(s, row[i].panels), (int64_t)row[i].columns, "panels side by side");
    free(s);
  }
}

/* On a page of a given size as many as make the panels largest, wide as 1.6 times their height: of half the page's
 * height, each with 2.5 lines of 2.4 letters around, and of its width without 9 letters at the left and 3 between. */
static void largest(void)
{
  static const double size[][2] = {{12.5, 7.3}, {3.5, 9}, {3.5, 2.6}, {7, 7}, {7, 3}, {5, 8}, {10, 12}};
  int wrong = 0, of[4] = {0};
  for (size_t i = 0; i < sizeof size / sizeof *size; i++)
    for (size_t count = 1; count <= PANELS; count++) {
      const qy_plot_look look = look_of(size[i][0], size[i][1], true);
      const double across = size[i][0] * 72 / 11 / 0.6, up = across * size[i][1] / size[i][0] / 2;
      double most = -1e9;
      size_t best = 0;
      for (size_t c = 1; c <= 3 && c <= count; c++) {
        const double wide = (across - 9) / (double)c - 3, high = up / ceil((double)count / (double)c) - 6,
                     side = wide < 1.6 * high ? wide : 1.6 * high;
        if (side > most) most = side, best = c;
      }
      char *s = draw_panels(count, "t", &look);
      wrong += columns_of(s, count) != best;
      of[best]++;
      free(s);
    }
  ok(wrong == 0 && of[1] > 5 && of[2] > 5 && of[3] > 5, "%d, %d and %d pages of 1, 2 and 3 panels in a row", of[1],
     of[2], of[3]);
}

/* Panels of less than five lines are said, with a size at which there are five. */
static void flat(void)
{
  static const struct {
    size_t panels;
    double width_in, height_in;
    bool said;
  } row[] = {{1, 6, 1.8, true}, {1, 6, 4, false}, {6, 7, 3, true}, {12, 3.5, 4, true}, {2, 5, 3, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_plot_look look = look_of(row[i].width_in, row[i].height_in, true);
    char *s = draw_panels(row[i].panels, "t", &look);
    double m[4], width = 0, height = 0, own = 0, least = 0;
    size_t panels = 0;
    margins_of(s, 0, row[i].width_in, row[i].height_in, m);
    free(s);
    const char *said = notes.data ? strstr(notes.data, "size: ") : NULL;
    ok((said != NULL) == row[i].said, "%zu panels on %g in: %s", row[i].panels, row[i].height_in,
       said ? said : "nothing said");
    if (!said) continue;
    const bool whole =
        sscanf(said,
               "size: %zu panels of %lf in are too flat to read, expected %lf in or more: a size of \"%lfin x %lfin\"",
               &panels, &own, &least, &width, &height) == 5;
    ok(whole && panels == row[i].panels && width == row[i].width_in && height > row[i].height_in, "and a size");
    near_abs(own, fmax(m[3] - m[2], 0), 0.006 + 0.05 * own, "how high they are");
    near_abs(least, 5 * 26 / 96.0, 0.06, "how high they should be");
    look.height_in = height;
    free(draw_panels(row[i].panels, "t", &look));
    ok(!notes.data || !strstr(notes.data, "size: "), "at %g in nothing is said", height);
    look.height_in = height - 0.35;
    free(draw_panels(row[i].panels, "t", &look));
    ok(notes.data && strstr(notes.data, "size: "), "at a third of an inch less it is");
    look.notes = NULL;
    look.height_in = row[i].height_in;
    free(draw_panels(row[i].panels, "t", &look));
    ok(!notes.data, "nor where notes are not wanted");
  }
}

/* A legend above of more than two rows makes the page higher, by as much as leaves it a third. */
static void legend_above(void)
{
  static const struct {
    size_t series;
    double height_in, more; /* rows: of 1.5 lines of 9 pt; entries take (10 * 0.6 + 3.5) * 9 pt, four of them 5 in */
  } row[] = {{8, 3, 0}, {9, 3, 1}, {20, 3, 3}, {20, 2, (2 / 0.1875 - 6) / 2}, {1, 3, 0}};
  static qy_plot_series series[20];
  static char label[20][16];
  for (size_t i = 0; i < 20; i++) {
    snprintf(label[i], sizeof label[i], "series%04zu", i);
    series[i] = (qy_plot_series){.label = label[i], .count = 3, .x = x, .y = y};
  }
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int kind = 0; kind < 4; kind++) { /* as it is; of a given size; a screen; the legend elsewhere */
      qy_plot_look look = look_of(5, row[i].height_in, kind == 1);
      look.legend = kind == 3 ? QY_LEGEND_RIGHT : QY_LEGEND_ABOVE;
      look.screen = kind == 2;
      const qy_plot_panel one = {NULL, row[i].series, series};
      const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one, .look = &look};
      char *s = draw(&plot), size[60];
      snprintf(size, sizeof size, " size 480,%.6g font",
               96 * (row[i].height_in + (kind == 0 ? row[i].more * 1.5 * 9 / 72 : 0)));
      holds(s, size);
      free(s);
    }
}

/* The same with names of any length: an entry has 0.6 of the small type for each letter and 3.5 for its sample. */
static void legend_of_any_names(void)
{
  enum { SERIES = 40 };
  static char label[SERIES][40];
  static qy_plot_series series[SERIES];
  const double small_in = 9 / 72.0, width_in = 7, height_in = 4;
  int wrong = 0, higher = 0;
  for (int letters = 2; letters < 30; letters++) {
    for (int i = 0; i < SERIES; i++) {
      snprintf(label[i], sizeof label[i], "%0*d", letters, i);
      series[i] = (qy_plot_series){.label = label[i], .count = 3, .x = x, .y = y};
    }
    qy_plot_look look = look_of(width_in, height_in, false);
    look.legend = QY_LEGEND_ABOVE;
    const qy_plot_panel one = {NULL, SERIES, series};
    const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one, .look = &look};
    const double across = fmax(1, floor(width_in / ((letters * 0.6 + 3.5) * small_in))),
                 rows = fmax(0, ceil(SERIES / across) - 2), most = (height_in / (1.5 * small_in) - 6) / 2,
                 more_in = fmin(rows, most) * 1.5 * small_in;
    char size[60];
    qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("p");
    snprintf(size, sizeof size, " size %.6g,%.6g font", 96 * width_in, 96 * (height_in + more_in));
    wrong += !s || !strstr(s, size);
    higher += more_in > 0;
    free(s);
  }
  ok(wrong == 0 && higher > 20, "%d legends above make their page higher as they need", higher);
}

/* A label at a place of a page of this size, in pixels. */
static void label_at(const char *script, const char *label, double width, double height, double at_x, double at_y,
                     const char *behind)
{
  char what[120];
  bool found = false;
  double got[2] = {NAN, NAN};
  snprintf(what, sizeof what, "set label '%s' at screen ", label);
  for (const char *p = script; !found && p && (p = strstr(p, what)); p++) {
    int used = 0;
    sscanf(p + strlen(what), "%lf, screen %lf%n", &got[0], &got[1], &used);
    found = fabs(got[0] * width - at_x) < 0.13 && fabs(got[1] * height - at_y) < 0.13 &&
            strncmp(p + strlen(what) + used, behind, strlen(behind)) == 0;
  }
  ok(found, "'%s' at %.1f, %.1f", label, at_x, at_y);
}

/* Five grey markers from 0 to 1, beside the panels' lower end or in a line above them. */
static void probability_key(void)
{
  static const double chance[] = {0.5, 0.25, 1};
  static const qy_plot_series series = {.label = "RDM", .count = 3, .x = x, .y = y, .chance = chance};
  static const qy_plot_panel one = {NULL, 1, &series};
  for (int k = 1; k < 3; k++)
    for (int above = 0; above < 2; above++) {
      qy_plot_look look = look_of(12.5 * k, 700 / 96.0 * k, false);
      look.font_pt *= k, look.small_pt *= k, look.title_pt *= k;
      look.screen = true;
      look.legend = above ? QY_LEGEND_ABOVE : QY_LEGEND_RIGHT;
      const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one, .look = &look};
      char *s = draw(&plot), shade[80], number[20];
      const double width = 1200 * k, height = 700 * k;
      /* the border of a screen is 22, 13.2 below; a key of 13 letters at least and 88 beside; 26 for ticks, 26 title */
      const double left = 1200 * k - 22 - (13 * 8.6 + 88) * k + 34 * k, low = 13.2 + 52 * k;
      holds(s, "set errorbars 0.5\n");
      const double line = 700 * k - 13.2 - 1.3 * 18 * k - 9 * k; /* above: behind the key's line of 18 and 0.3 */
      if (above) {
        label_at(s, "front probability 0", width, height, 22, line, " left noenhanced font small");
        label_at(s, "1", width, height, 22 + 18 * 7.1 * k + 5 * 14 * k, line, " left noenhanced font small");
      } else {
        label_at(s, "front probability", width, height, left - 6 * k, low + 46 * k, " left noenhanced font small");
      }
      for (int i = 0; i < 5; i++) {
        const double at = above ? 22 + (18 * 7.1 + 14 * i) * k : left + 26 * i * k, up = above ? line : low + 24 * k;
        label_at(s, "", width, height, at, up, " point pt 7 ps 1.1*dot lc rgb '#444444'\n");
        snprintf(shade, sizeof shade, " point pt 7 ps 0.748*dot lc rgb shade(0x444444, %g)\n", i / 4.0);
        label_at(s, "", width, height, at, up, shade);
        snprintf(number, sizeof number, "%g", i / 4.0);
        if (i % 2 == 0 && !above)
          label_at(s, number, width, height, at, low + 6 * k, " center noenhanced font small");
        else if (i % 2)
          ok(!s || !strstr(s, i == 1 ? "'0.25' at screen" : "'0.75' at screen"), "no number at every second");
      }
      free(s);
    }
}

/* Series without a name have no key, and take no room for one: also where there are others of the cloud. */
static void no_names(void)
{
  for (int named = 0; named < 2; named++) {
    const qy_plot_series r = {
        .label = named ? "a" : "", .count = 3, .x = x, .y = y, .cloud_count = 3, .cloud_x = x, .cloud_y = x};
    const qy_plot_panel one = {NULL, 1, &r};
    const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one};
    char *s = draw(&plot);
    double m[4] = {0};
    margins_of(s, 0, 1200, 700, m);
    near_abs(m[1], named ? 1178 - 13 * 8.6 - 88 : 1178, 0.1, "the panel's right end"); /* "other designs" */
    ok((s && strstr(s, "keyentry")) == named, "entries of the key");
    free(s);
  }
}

/* Labels at the ends of neighbouring panels keep two letters apart, or the panels 28 pixels: long ones at the left end
 * of the axis, at its right, or at both. */
static void apart(void)
{
  static const char *const label[][3] = {{"a first word of many", "b", "c"},
                                         {"a", "b", "a last word of many"},
                                         {"a first word of many", "b", "a last word of many"},
                                         {"a", "b", "c"}};
  static const double at[] = {0, 1, 2};
  const qy_plot_series r = {.label = "abc", .count = 3, .x = at, .y = y};
  for (size_t i = 0; i < sizeof label / sizeof *label; i++) {
    const qy_plot_ticks ticks = {3, at, label[i], 1};
    const qy_plot_panel two[] = {{"p", 1, &r}, {"q", 1, &r}};
    qy_plot_look look = look_of(12.5, 7, false);
    look.screen = true;
    const qy_plot plot = {.y_label = "Y", .panel_count = 2, .panel = two, .x_ticks = &ticks, .look = &look};
    char *s = draw(&plot);
    double m[2][4] = {{0}};
    margins_of(s, 0, 1200, 672, m[0]);
    margins_of(s, 1, 1200, 672, m[1]);
    const double step = (m[0][1] - m[0][0]) / 3, /* words stand half a step from the ends */
        over = fmax(0, (double)strlen(label[i][0]) * 8.6 / 2 - step / 2) +
               fmax(0, (double)strlen(label[i][2]) * 8.6 / 2 - step / 2),
                 gap = m[1][0] - m[0][1];
    near_abs(gap, fmax(28, over + 2 * 8.6), 3, "between the panels");
    free(s);
  }
}

/* A remark that a title of an axis has no room for is in the notes instead: of 13 letters in each of three lines below
 * a narrow panel, or of as many as are in its height. */
static void remarks(void)
{
  static const char remark[] = " (below 1: better)";
  const qy_plot_series r = {.label = "a", .count = 3, .x = x, .y = y};
  const qy_plot_panel one = {NULL, 1, &r};
  for (int way = 0; way < 4; way++) { /* of x or y, short or long */
    qy_plot_look look = look_of(2.6, 3, true);
    look.legend = QY_LEGEND_NONE;
    char label[200] = "Area", note[220];
    for (int i = 0; way / 2 && i < (way % 2 ? 20 : 4); i++)
      strcat(label, " of it");
    strcat(label, remark);
    const qy_plot plot = {.x_label = way % 2 ? "X" : label,
                          .y_label = way % 2 ? label : "Y",
                          .panel_count = 1,
                          .panel = &one,
                          .look = &look};
    char *s = draw(&plot);
    ok((s && strstr(s, "better)")) == (way < 2), "the remark of a title of %zu letters", strlen(label));
    snprintf(note, sizeof note, "axis: %s\n", label);
    ok((notes.data && strstr(notes.data, note)) == (way >= 2), "one of both");
    free(s);
  }
}

/* Titles of axes are broken where they are longer than their axis, into three lines at most: by letters of 8.6 pixels
 * on the panel that is drawn. */
static void broken_titles(void)
{
  const qy_plot_series r = {.label = "a", .count = 3, .x = x, .y = y};
  const qy_plot_panel one = {NULL, 1, &r};
  for (int words = 1; words < 24; words += 2)
    for (int of_y = 0; of_y < 2; of_y++) {
      qy_plot_look look = look_of(4, 3, true);
      look.legend = QY_LEGEND_NONE;
      char label[200] = "Area";
      for (int i = 1; i < words; i++)
        strcat(label, " of it");
      const qy_plot plot = {
          .x_label = of_y ? "X" : label, .y_label = of_y ? label : "Y", .panel_count = 1, .panel = &one, .look = &look};
      char *s = draw(&plot);
      double m[4] = {0};
      margins_of(s, 0, 384, 288, m);
      const size_t fit = (size_t)((of_y ? m[3] - m[2] : m[1] - m[0]) / 8.6), length = strlen(label);
      const char *at = s ? strstr(s, of_y ? "set ylabel '" : "set xlabel '") : NULL;
      char title[400] = "";
      if (at) snprintf(title, sizeof title, "%.*s", (int)strcspn(at, "\n"), at);
      const int lines = 1 + count_text(title, ".\"\\n\".");
      ok((lines == 1) == (length <= fit) && lines <= 3 && (lines == 3 || length <= 2 * fit),
         "%zu letters of %zu: %d lines", length, fit, lines);
      free(s);
    }
}

/* On a page that is no screen half a letter of the last label has room at the right, where no key stands there. */
static void right_end(void)
{
  const qy_plot_series r = {.label = "abc", .count = 3, .x = x, .y = y};
  const qy_plot_panel one = {NULL, 1, &r};
  static const struct {
    bool screen;
    qy_legend legend;
    double right; /* of 1200, with a border of 22 or 0.6 of that */
  } row[] = {{false, QY_LEGEND_NONE, 1200 - 13.2 - 8.6},
             {false, QY_LEGEND_ABOVE, 1200 - 13.2 - 8.6},
             {false, QY_LEGEND_RIGHT, 1200 - 13.2 - 3 * 8.6 - 88},
             {true, QY_LEGEND_NONE, 1200 - 22},
             {true, QY_LEGEND_ABOVE, 1200 - 22},
             {true, QY_LEGEND_RIGHT, 1200 - 22 - 3 * 8.6 - 88}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_plot_look look = look_of(12.5, 7, false);
    look.screen = row[i].screen;
    look.legend = row[i].legend;
    const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one, .look = &look};
    char *s = draw(&plot);
    double m[4] = {0};
    margins_of(s, 0, 1200, 672, m);
    near_abs(m[1], row[i].right, 0.13, "the panel's right end");
    free(s);
  }
}

/* Of the sets of series at one place eight are named. */
static void sets(void)
{
  static const char *const label[] = {"a", "b", "c", "d", "e"};
  double at[5][5];
  qy_plot_series series[5];
  size_t count[5] = {0};
  int place = 0;
  for (int i = 0; i < 5; i++)
    for (int k = 0; k < i; k++) {
      place++;
      at[i][count[i]++] = place, at[k][count[k]++] = place;
    }
  for (int i = 0; i < 5; i++)
    series[i] = (qy_plot_series){.label = label[i], .count = count[i], .x = at[i], .y = at[i]};
  const qy_plot_panel one = {NULL, 5, series};
  qy_plot_look look = look_of(12.5, 7, false);
  look.captioned = look.screen = true;
  const qy_plot plot = {.x_label = "X", .y_label = "Y", .panel_count = 1, .panel = &one, .look = &look, .lines = 1};
  char *s = draw(&plot), flat[4000] = "";
  for (const char *p = s; p && (p = strstr(p, "set label '")); p++) {
    const char *end = strstr(p, "' at ");
    if (end) snprintf(flat + strlen(flat), sizeof flat - strlen(flat), "%.*s ", (int)(end - p) - 11, p + 11);
  }
  holds(flat,
        "Points of several series at one place are drawn inside each other: 10 places (a = b: 1; a = c: 1; b = c: "
        "1; a = d: 1; b = d: 1; c = d: 1; a = e: 1; b = e: 1; of other series: 2).");
  free(s);
}

int main(void)
{
  make_folder();
  side_by_side();
  largest();
  flat();
  legend_above();
  legend_of_any_names();
  probability_key();
  sets();
  right_end();
  remarks();
  broken_titles();
  apart();
  no_names();
  qy_text_free(&notes);
  remove_folder();
  return done();
}
