/* Legends: a third of the picture at most, and no two texts alike, whatever page, place, number and names. */
#include "plot_test.h"

#include "../../src/plot/names.h"
#include "../../src/plot/script.h"
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

int main(void)
{
  static const char *const sizes[] = {NULL, "3.5in x 2.6in", "400px x 300px", "6in x 4in", "2.2in x 4in"};
  make_folder();
  test_names();
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    draw_one(sizes[s], "right", by_end, 30);
    draw_one(sizes[s], "above", by_start, 12);
    draw_one(sizes[s], "right", two_places, SERIES_MAX);
  }
  remove_folder();
  return done();
}
