/* Legends: a third of the picture at most, and no two texts alike, whatever page, place, number and names. */
#include "plot_test.h"

#include "../../src/plot/names.h"
#include "../../src/plot/script.h"
#include "quarry/parallel.h"
#include "quarry/slope.h"
#include "quarry/text.h"

#include <math.h>

enum { SERIES_MAX = 60, NAME_BYTES = 160 };

static char text[SERIES_MAX][NAME_BYTES];
static const char *name[SERIES_MAX];

typedef void make_name(char *out, size_t i);

static void by_end(char *out, size_t i)
{
  snprintf(out, NAME_BYTES, "shift-add element with multiples shared by a row, variant number %zu", i);
}

static void by_start(char *out, size_t i)
{
  snprintf(out, NAME_BYTES, "%zu: shift-add element with multiples shared by a row of the array", i);
}

static void by_middle(char *out, size_t i)
{
  snprintf(out, NAME_BYTES, "shift-add element, %zu bit and a rather long word, of the array in the lp55 library", i);
}

static void without_words(char *out, size_t i)
{
  snprintf(out, NAME_BYTES, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ%03zuABCDEFGHIJKLMNOPQRSTUVWXYZ", i);
}

static void two_places(char *out, size_t i) /* nothing common at one of the ends alone tells them apart */
{
  static const char *const words[] = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"};
  snprintf(out, NAME_BYTES, "%s with a long text in the middle of it, much longer than the legend, %s", words[i % 8],
           words[i / 8 % 8]);
}

static void wide(char *out, size_t i)
{
  snprintf(out, NAME_BYTES, "最適最適最適最適最適最適最適最適最適最適最適最適最適最適 %zu", i);
}

static make_name *const kinds[] = {by_end, by_start, by_middle, without_words, two_places, wide};

static void make_names(make_name *make, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    make(text[i], i);
    name[i] = text[i];
  }
}

static void test_names(void)
{
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
    for (size_t columns = 8; columns < 40; columns += 5) {
      qy_arena *arena = qy_arena_new();
      bool told = true, fit = true;
      make_names(kinds[k], SERIES_MAX);
      const char *const *shown = names_shorten(arena, name, SERIES_MAX, columns);
      for (size_t i = 0; shown && i < SERIES_MAX; i++) {
        fit = fit && text_columns(shown[i]) <= columns;
        for (size_t j = 0; j < i; j++)
          told = told && strcmp(shown[i], shown[j]) != 0;
      }
      ok(shown && told, "names of kind %zu in %zu columns are told apart", k, columns);
      ok(shown && fit, "and fit");
      qy_arena_free(arena);
    }
  const char *few[] = {"RDM, 4 bit", "SDM, 8 bit"};
  qy_arena *arena = qy_arena_new();
  ok(names_shorten(arena, few, 2, 10) == few, "names that fit stay as they are");
  const char *same[] = {"an accelerator of type A", "an accelerator of type B"};
  const char *const *shown = names_shorten(arena, same, 2, 12);
  ok(shown && strcmp(shown[0], "…A") == 0 && strcmp(shown[1], "…B") == 0, "the common start goes");
  qy_arena_free(arena);
}

/* The number behind the last `what` of a script. */
static double last_number(const char *script, const char *what)
{
  const char *at = NULL;
  for (const char *p = script; (p = strstr(p, what)); p += strlen(what))
    at = p + strlen(what);
  return at ? strtod(at, NULL) : NAN;
}

static void draw_one(const char *size, const char *place, make_name *make, size_t count)
{
  qy_plot_series series[SERIES_MAX];
  double x[SERIES_MAX], y[SERIES_MAX];
  char title[NAME_BYTES * 2];
  qy_plot_style style = {{NULL}};
  qy_plot_look look;
  qy_text notes = {0};
  qy_error err;
  style.said[QY_STYLE_SIZE] = size;
  style.said[QY_STYLE_LEGEND] = place;
  qy_style_look(&look, &style);
  look.notes = &notes;
  make_names(make, count);
  for (size_t i = 0; i < count; i++) {
    x[i] = (double)i + 1;
    y[i] = (double)(count - i);
    series[i] = (qy_plot_series){.label = name[i], .count = 1, .x = &x[i], .y = &y[i]};
  }
  const qy_plot_panel panel = {NULL, count, series};
  const qy_plot plot = {.title = "A question of some length about what the designs cost and what they save",
                        .x_label = "Area (mm²)",
                        .y_label = "Energy (µJ)",
                        .x_log = 0,
                        .y_log = 0,
                        .panel_count = 1,
                        .panel = &panel,
                        .look = &look};
  snprintf(title, sizeof title, "%s, %s, %zu of \"%.20s...\"", size ? size : "screen", place, count, name[0]);
  ok(qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("l"), NULL, NULL, &err) == QY_OK, "drawn: %s", title);
  char *script = slurp(in_folder("l.gp"), NULL);
  const double left = last_number(script, "set lmargin at screen "),
               right = last_number(script, "set rmargin at screen "),
               low = last_number(script, "set bmargin at screen "),
               high = last_number(script, "set tmargin at screen ");
  ok(right - left > 0.4, "%s: the plot has %.2f of the width", title, right - left);
  ok(high - low > 0.25, "%s: and %.2f of the height", title, high - low);
  size_t said = 0; /* series in the legend or in the notes */
  for (size_t i = 0; i < count; i++)
    said += notes.data && strstr(notes.data, name[i]) != NULL;
  const int more = count_text(script, "'+ ");
  ok((said > 0) == (more > 0) || said == count, "%s: %zu left out, and it is said", title, said);
  free(script);
  qy_text_free(&notes);
}

/* What stands in front of an entry: of a legend above the lines before its label that are no text, else what is behind
 * "keyentry with". */
static const char *sample_of(const char *script, const char *entry, bool above, char out[400])
{
  char what[200];
  out[0] = '\0';
  snprintf(what, sizeof what, above ? "set label '%s' at screen " : " title '%s'", entry);
  const char *at = script ? strstr(script, what) : NULL;
  if (!at) return "none";
  if (!above) {
    const char *from = at;
    while (from > script && strncmp(from, "keyentry with ", 14) != 0)
      from--;
    snprintf(out, 400, "%.*s", (int)(at - from), from);
    return out;
  }
  for (;;) { /* backwards, line by line */
    const char *line = at - 1;
    while (line > script && line[-1] != '\n')
      line--;
    const bool sample =
        !strncmp(line, "set arrow", 9) || !strncmp(line, "set object", 10) || !strncmp(line, "set label '' at ", 16);
    if (!sample) return out;
    snprintf(out + strlen(out), 400 - strlen(out), "%.*s", (int)(at - line), line);
    at = line;
  }
}

/* The part of a text from `what` on, of so many words. */
static const char *words(const char *sample, const char *what, int count, char out[60])
{
  const char *p = strstr(sample, what);
  size_t n = 0;
  if (!p) return "";
  for (; p[n] && p[n] != '\n' && n < 59; n++)
    if (p[n] == ' ' && --count == 0) break;
  snprintf(out, 60, "%.*s", (int)n, p);
  return out;
}

/* Legends above and beside show the same markers, lines and colours. */
static void alike(void)
{
  enum { CLOUD = 3001 };
  static double cx[CLOUD];
  for (int i = 0; i < CLOUD; i++)
    cx[i] = 1 + i % 3;
  const double x[] = {1, 2, 3}, y[] = {3, 2, 1}, floor[] = {0.5};
  const qy_plot_steps band[QY_PLOT_BAND_STEPS] = {{3, x, y}, {3, x, y}, {3, x, y}};
  static const char *const entry[] = {
      "a", "b", "least", "5 to 95\u00a0% of draws", "half of the draws", "near a front", "other designs"};
  for (int dense = 0; dense < 2; dense++) {
    char *script[2];
    for (int above = 0; above < 2; above++) {
      qy_plot_style style = {{NULL}};
      qy_plot_look look;
      qy_error err;
      style.said[QY_STYLE_LEGEND] = above ? "above" : "right";
      qy_style_look(&look, &style);
      const qy_plot_series series[] = {{.label = "a", .count = 3, .x = x, .y = y, .band = band},
                                       {.label = "b",
                                        .count = 3,
                                        .x = y,
                                        .y = y,
                                        .near = {.count = 3, .x = x, .y = x},
                                        .cloud_count = dense ? CLOUD : 9,
                                        .cloud_x = cx,
                                        .cloud_y = cx}};
      const qy_plot_panel panel = {NULL, 2, series};
      const qy_plot plot = {.panel_count = 1, .panel = &panel, .floor = floor, .floor_label = "least", .look = &look};
      qy_error_clear(&err);
      qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err);
      script[above] = script_of("l");
    }
    for (size_t i = 0; i < sizeof entry / sizeof *entry; i++) {
      char sample[2][400], part[2][60];
      for (int above = 0; above < 2; above++)
        if (!strcmp(sample_of(script[above], entry[i], above, sample[above]), "none")) sample[above][0] = '\0';
      ok(sample[0][0] && sample[1][0], "\"%s\" has a sample in both", entry[i]);
      is_text(words(sample[1], "lc rgb '", 2, part[1]), words(sample[0], "lc rgb '", 2, part[0]), "of one colour");
      is_int(count_text(sample[1], "set object"), 0, "no box");
      if (i == 3) continue; /* an area has a square marker above, which gnuplot fills beside */
      is_text(words(sample[1], " dt ", 3, part[1]), words(sample[0], " dt ", 3, part[0]), "of one dash");
      is_int(count_text(sample[1], "set arrow"), strstr(sample[0], "lines") != NULL, "a line");
      is_text(words(sample[1], " pt ", 5, part[1]), words(sample[0], " pt ", 5, part[0]), "of one marker");
      is_int(count_text(sample[1], "set label ''"), strstr(sample[0], " pt ") != NULL, "a marker");
    }
    for (int above = 0; above < 2; above++)
      free(script[above]);
  }
}

/* A legend stands once beside or above all panels, also of a name of one letter. */
static void once(void)
{
  const double x[] = {1, 2, 3}, y[] = {3, 2, 1};
  const qy_plot_series series = {.label = "a", .count = 3, .x = x, .y = y};
  const qy_plot_panel panel[] = {{"p", 1, &series}, {"q", 1, &series}, {"r", 1, &series}};
  for (int above = 0; above < 2; above++)
    for (size_t panels = 1; panels <= 3; panels++) {
      qy_plot_style style = {{NULL}};
      qy_plot_look look;
      qy_error err;
      style.said[QY_STYLE_LEGEND] = above ? "above" : "right";
      qy_style_look(&look, &style);
      const qy_plot plot = {.panel_count = panels, .panel = panel, .look = &look};
      qy_error_clear(&err);
      qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("o"), NO_GNUPLOT, NULL, &err);
      char *script = script_of("o");
      is_int(count_text(script, "set label 'a' at screen "), above, "above");
      is_int(count_text(script, "set key at screen "), !above, "beside");
      is_int(count_text(script, "keyentry with linespoints "), !above, "one entry");
      is_int(count_text(script, "unset key\n"), (int64_t)panels - !above, "the other panels have none");
      free(script);
    }
}

/* Lines of other kinds have no markers in a legend above, and bars have boxes alone. */
static void other_kinds(void)
{
  const double v[] = {1, 2, 3, 4, 5, 6}, x[] = {1, 2}, y[] = {2, 1};
  static const char *const part[] = {"first", "second"};
  const qy_parallel_axis axes[] = {{"One", 0, {0}}, {"Two", 0, {0}}};
  const int group[] = {0, 1, -1};
  const qy_slope_series series[] = {{"first", 2, x, y, 0.5, 0, NULL}, {"second", 2, x, x, 0.5, 0, NULL}};
  qy_plot_style style = {{NULL}};
  qy_plot_look look;
  qy_error err;
  style.said[QY_STYLE_LEGEND] = "above";
  qy_style_look(&look, &style);
  for (int kind = 0; kind < 3; kind++) {
    qy_error_clear(&err);
    if (kind == 0)
      qy_plot_parallel(&(qy_parallel){.axis_count = 2,
                                      .axis = axes,
                                      .line_count = 3,
                                      .value = v,
                                      .group = group,
                                      .group_count = 2,
                                      .name = part,
                                      .look = &look},
                       QY_PLOT_SVG, in_folder("k"), NO_GNUPLOT, NULL, &err);
    else if (kind == 1)
      qy_plot_slope(
          &(qy_slope_plot){.floor_label = "floor", .x_end = 10, .series_count = 2, .series = series, .look = &look},
          QY_PLOT_SVG, in_folder("k"), NO_GNUPLOT, NULL, &err);
    else
      qy_plot_bars(
          &(qy_bars){
              .y_label = "Y", .bar_count = 2, .part_count = 2, .bar = part, .part = part, .values = v, .look = &look},
          QY_PLOT_SVG, in_folder("k"), NO_GNUPLOT, NULL, &err);
    char *script = script_of("k"), sample[400];
    static const char *const third[] = {"other designs", "floor"};
    for (int i = 0; i < (kind < 2 ? 3 : 2); i++) {
      sample_of(script, i < 2 ? part[i] : third[kind], true, sample);
      ok(count_text(sample, "set arrow") == (kind < 2) && count_text(sample, "set object") == (kind == 2) &&
             count_text(sample, "set label ''") == 0 && count_text(sample, "\n") == 1,
         "one %s in front of entry %d", kind < 2 ? "line" : "box", i);
    }
    free(script);
  }
}

int main(void)
{
  static const char *const sizes[] = {NULL, "3.5in x 2.6in", "400px x 300px", "6in x 4in", "2.2in x 4in"};
  make_folder();
  test_names();
  alike();
  other_kinds();
  once();
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    draw_one(sizes[s], "right", by_end, 30);
    draw_one(sizes[s], "above", by_start, 12);
    draw_one(sizes[s], "right", two_places, SERIES_MAX);
  }
  remove_folder();
  return done();
}
