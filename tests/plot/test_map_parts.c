/* Heat maps in panels with names, units of their axes, and what stands on small pages, worked out by hand as in
 * test_maps.c.  Nothing is drawn. */
#include "map_test.h"

enum { TALL = 20 };

/* Values of a thousand and more are read in a larger unit: in cells, beside the colours, in the list of values. */
static void larger_units(void)
{
  make_names(2, 1);
  for (int listed = 0; listed < 2; listed++) {
    for (int i = 0; i < 8; i++)
      value[i] = 2000 + 1000 * (listed ? i % 2 : i);
    const qy_heatmap m = {.colour_label = "Latency (µs)",
                          .x = {"X", 4, NULL, edge},
                          .y = {"Y", 2, name, NULL},
                          .panel_count = 1,
                          .value = value};
    char *s = map_script(&m);
    holds(s, "\n0.5 0.5 2000 \"2\" 0x");
    holds(s, "\n1.5 0.5 3000 \"3\" 0x");
    holds(s, listed ? "set label 'Latency (ms)' at screen " : "set cblabel 'Latency (ms)' noenhanced");
    holds(s, listed ? "set label \"3\" at screen " : "set cbtics ('2' 2000, '3' 3000, ");
    free(s);
  }
}

/* Squares of listed values stand one below the other, the largest on top, each with its number beside it. */
static void list_of_values(void)
{
  make_names(2, 1);
  for (int count = 2; count <= 8; count++) {
    for (int i = 0; i < 12 * 2; i++)
      value[i] = 3 + i % count;
    const qy_heatmap m = {
        .colour_label = "c", .x = {"X", 12, NULL, edge}, .y = {"Y", 2, name, NULL}, .panel_count = 1, .value = value};
    char *s = map_script(&m);
    int wrong = 0;
    for (int v = 0; v < count; v++) {
      char what[60];
      double at[4] = {0}, beside[2] = {0};
      snprintf(what, sizeof what, "palette cb %d fs solid", 3 + v);
      const char *square = s ? strstr(s, what) : NULL;
      while (square && square > s && square[-1] != '\n')
        square--;
      snprintf(what, sizeof what, "set label \"%d\" at screen ", 3 + v);
      const char *number = s ? strstr(s, what) : NULL;
      wrong += !square || !number ||
               sscanf(square, "set object rectangle from screen %lf, screen %lf to screen %lf, screen %lf", &at[0],
                      &at[1], &at[2], &at[3]) != 4 ||
               sscanf(number + strlen(what), "%lf, screen %lf", &beside[0], &beside[1]) != 2;
      /* the first is a line of 28 below the top; then 1.5 lines of 26 each; a square of 1.1 of them */
      const double top = 686.8 - 28 - (count - 1 - v) * 39;
      wrong += fabs(at[3] * 700 - top) > 0.08 || fabs(at[1] * 700 - (top - 28.6)) > 0.08 ||
               fabs(beside[1] * 700 - (top - 14.3)) > 0.08 || beside[0] <= at[2];
    }
    is_int(wrong, 0, "squares and numbers");
    free(s);
  }
}

/* On very small pages titles have eight letters, of upright axes six. */
static void small_pages(void)
{
  qy_plot_look look = page_of(5, 0.8);
  make_names(2, 1);
  for (int listed = 0; listed < 2; listed++) {
    for (int i = 0; i < 8; i++)
      value[i] = listed ? i % 2 : i;
    for (int longer = 0; longer < 2; longer++) {
      const qy_heatmap m = {.colour_label = longer ? "abcdefghi" : "abcdefgh",
                            .x = {"X", 4, NULL, edge},
                            .y = {"Y", 2, name, NULL},
                            .panel_count = 1,
                            .value = value,
                            .look = &look};
      char *s = map_script(&m), title[60];
      snprintf(title, sizeof title, listed ? "set label '%s' at screen " : "set cblabel '%s' noenhanced",
               longer ? "abcdefg…" : "abcdefgh");
      holds(s, title);
      free(s);
    }
  }
  look.width_in = 1.2, look.height_in = 3;
  for (int longer = 0; longer < 2; longer++) {
    const qy_parallel_axis axes[] = {{longer ? "abcdefg" : "abcdef", 0, {0}}, {"Two", 0, {0}}};
    const double v[] = {0, 0, 1, 1};
    const int of[] = {0, 0};
    const qy_parallel p = {.axis_count = 2,
                           .axis = axes,
                           .line_count = 2,
                           .value = v,
                           .group = of,
                           .group_count = 1,
                           .name = name,
                           .look = &look};
    qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
    char *s = script_of("p");
    holds(s, longer ? "set label 'abcde…' at first 0," : "set label 'abcdef' at first 0,");
    free(s);
  }
}

/* Up to twelve numbers are labels of an axis; more would lie on each other, and words are always. */
static void axis_numbers(void)
{
  enum { MOST = 13 };
  double at[MOST];
  static char word[MOST][8];
  static const char *label[MOST];
  for (int i = 0; i < MOST; i++) {
    at[i] = i;
    snprintf(word[i], sizeof word[i], "t%d", i);
    label[i] = word[i];
  }
  for (size_t count = 1; count <= MOST; count++)
    for (int words = 0; words < 2; words++) {
      const qy_parallel_axis axes[] = {{"One", 0, {count, at, label, words}}, {"Two", 0, {0}}};
      const double v[] = {0, 0, (double)count - 1, 1};
      const int of[] = {0, 0};
      const qy_parallel p = {
          .axis_count = 2, .axis = axes, .line_count = 2, .value = v, .group = of, .group_count = 1, .name = label};
      qy_plot_parallel(&p, QY_PLOT_SVG, in_folder("p"), NO_GNUPLOT, NULL, &err);
      char *s = script_of("p");
      is_int(count_text(s, "set label 't"), words || count < MOST ? (int64_t)count : 0, "labels that were given");
      free(s);
    }
}

/* Two panels side by side: names of columns leave 28 pixels between them, their titles a line of 28 above. */
static void named_panels(void)
{
  make_names(4, 2);
  for (int i = 0; i < 16; i++)
    value[i] = 1 + i;
  for (int titled = 0; titled < 2; titled++) {
    const qy_heatmap m = {.colour_label = "c",
                          .x = {"X", 4, name, NULL},
                          .y = {"Y", 2, name, NULL},
                          .panel_count = 2,
                          .panel = titled ? name : NULL,
                          .value = value};
    char *s = map_script(&m);
    /* five letters and a line at the left; colours take 28 + 17.2 + 54 + 26 at the right */
    const double left = 22 + 5 * 8.6 + 26, right = 1178 - 125.2, width = (right - left - 28) / 2;
    for (int p = 0; p < 2; p++)
      margins_are(s, p, 1200, 700,
                  (const double[4]){left + p * (width + 28), left + p * (width + 28) + width, 13.2 + 52,
                                    686.8 - (titled ? 28 : 8.4)});
    is_int(count_text(s, "set cbrange [0.25:16.75]\n"), 2, "both have the colours of all values"); /* 1 to 16, 5 % */
    is_int(count_text(s, "set palette defined"), 2, "of one palette");
    free(s);
  }
}

/* Rows of panels that have no names have all their ticks, however near these are. */
static void bare_rows(void)
{
  qy_plot_look look = page_of(12.5, 2);
  make_names(TALL, 2);
  for (int i = 0; i < 2 * 2 * TALL; i++)
    value[i] = 1 + i;
  const qy_heatmap m = {.colour_label = "c",
                        .x = {"X", 2, name, NULL},
                        .y = {"Y", TALL, name, NULL},
                        .panel_count = 2,
                        .value = value,
                        .look = &look};
  char *s = map_script(&m);
  holds(s, "set ytics norotate ('00' 0.5, '");
  holds_not(s, "'01' 1.5, '02' 2.5");
  holds(s, "set ytics norotate ('' 0.5, '' 1.5, '' 2.5, '' 3.5, ");
  free(s);
}

/* Numbers at the edges of columns and rows are in the unit of each axis. */
static void units_of_axes(void)
{
  static const double large[] = {2000, 3000, 4000, 5000, 6000}, close[] = {2000000, 2000001, 3000000, 4000000, 5000000};
  static double from_few[] = {500, 3000, 4000, 5000, 6000};
  for (int i = 0; i < 16; i++)
    value[i] = 1 + i;
  for (int of_y = 0; of_y < 2; of_y++)
    for (int digits = 0; digits < 2; digits++) {
      const qy_heatmap_axis long_one = {"Latency (µs)", 4, NULL, digits ? close : large},
                            short_one = {"Size (B)", 4, NULL, edge};
      const qy_heatmap m = {.colour_label = "c",
                            .x = of_y ? short_one : long_one,
                            .y = of_y ? long_one : short_one,
                            .panel_count = 1,
                            .value = value};
      for (int i = 0; i <= 4; i++)
        edge[i] = i + 1;
      char *s = map_script(&m), ticks[120];
      snprintf(ticks, sizeof ticks, "set %ctics norotate ('2' 0, '%s' 1, '%s' 2, '%s' 3, '%s' 4)", of_y ? 'y' : 'x',
               digits ? "2.000001" : "3", digits ? "3" : "4", digits ? "4" : "5", digits ? "5" : "6");
      holds(s, ticks);
      snprintf(ticks, sizeof ticks, "set %clabel 'Latency (%s)' noenhanced", of_y ? 'y' : 'x', digits ? "s" : "ms");
      holds(s, ticks);
      snprintf(ticks, sizeof ticks, "set %ctics norotate ('1' 0, '2' 1, '3' 2, '4' 3, '5' 4)", of_y ? 'x' : 'y');
      holds(s, ticks);
      snprintf(ticks, sizeof ticks, "set %clabel 'Size (B)' noenhanced", of_y ? 'x' : 'y');
      holds(s, ticks);
      free(s);
    }
  for (int of_y = 0; of_y < 2; of_y++) { /* the least is a few: all stay as they are */
    const qy_heatmap_axis long_one = {"Latency (µs)", 4, NULL, from_few}, short_one = {"Size (B)", 4, NULL, edge};
    const qy_heatmap m = {.colour_label = "c",
                          .x = of_y ? short_one : long_one,
                          .y = of_y ? long_one : short_one,
                          .panel_count = 1,
                          .value = value};
    char *s = map_script(&m), ticks[120];
    snprintf(ticks, sizeof ticks, "set %ctics norotate ('500' 0, '3k' 1, '4k' 2, '5k' 3, '6k' 4)", of_y ? 'y' : 'x');
    holds(s, ticks);
    free(s);
  }
}

int main(void)
{
  for (int i = 0; i <= TALL; i++)
    edge[i] = i;
  make_folder();
  axis_numbers();
  small_pages();
  list_of_values();
  larger_units();
  named_panels();
  bare_rows();
  units_of_axes();
  remove_folder();
  return done();
}
