/* Bars, standing and lying, slope and tornado plots: what their scripts hold, worked out by hand.  Nothing is drawn.
 *
 * A page as on a screen has 1200 x 700 pixels; see test_sheet.c for the sizes of its type.  Keys of names of two
 * letters leave the panels 1178 - 2 * 8.6 - 88 = 1072.8 at the right. */
#include "quarry/slope.h"
#include "quarry/text.h"
#include "quarry/tornado.h"

#include "plot_test.h"

#include <math.h>

enum { MOST = 200 };

static qy_error err;
static char text[MOST][64];
static const char *name[MOST];
static const char *const part[] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"};

static void make_names(size_t count, size_t columns)
{
  for (size_t i = 0; i < count; i++) {
    snprintf(text[i], sizeof text[i], "%-*.3zu", (int)columns, i);
    for (char *c = text[i]; *c; c++)
      if (*c == ' ') *c = 'x';
    name[i] = text[i];
  }
}

static char *bars_script(const qy_bars *b)
{
  qy_error_clear(&err);
  is_int(qy_plot_bars(b, QY_PLOT_SVG, in_folder("b"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "bars");
  return script_of("b");
}

/* Equal bars of 0.742, of one part: how names, numbers and the page are. */
static char *equal_bars(size_t count, size_t columns, const char *x_label, bool intervals, const qy_plot_look *look)
{
  static double value[MOST], low[MOST], high[MOST];
  make_names(count, columns);
  for (size_t i = 0; i < count; i++)
    value[i] = 0.742, low[i] = 0.7, high[i] = 0.8;
  const qy_bars b = {.y_label = "Share",
                     .x_label = x_label,
                     .bar_count = count,
                     .part_count = 1,
                     .bar = name,
                     .part = part,
                     .values = value,
                     .low = intervals ? low : NULL,
                     .high = intervals ? high : NULL,
                     .look = look};
  return bars_script(&b);
}

static void stacks(void)
{
  const double values[] = {3, -2, 5, 1, 4, NAN}, low[] = {3.5, NAN, 4}, high[] = {4.5, 1, 6};
  make_names(3, 2);
  name[2] = "";
  qy_bars b = {.y_label = "Area",
               .bar_count = 3,
               .part_count = 2,
               .bar = name,
               .part = part,
               .values = values,
               .low = low,
               .high = high,
               .level = 1};
  char *s = bars_script(&b);
  /* x, middle, left, right, lower, upper */
  holds(s, "$part_1 << END\n1 1.5 0.67 1.33 0 3\n2 -1 1.67 2.33 -2 0\n3 2.5 2.67 3.33 0 5\nEND\n");
  holds(s, "$part_2 << END\n1 3.5 0.67 1.33 3 4\n2 2 1.67 2.33 0 4\n3 5 2.67 3.33 5 5\nEND\n");
  holds(s, "$intervals << END\n1.2 3.5 4.5\n3.2 4 6\nEND\n");
  holds(s, "$totals << END\n0.84 4 \"4\"\n1.84 4 \"2\"\n2.84 5 \"5\"\nEND\n");
  holds(s, "set yrange [-2.4:6.4]\n"); /* from -2 to 6, and 5 % more */
  holds(s, "set xrange [0.4:3.6]\n");
  holds(s, ", \\\n     1 with lines lt 1 lw 1.4 dt 2 ");
  holds(s, "     $intervals using 1:2:(0):($3-$2) with vectors heads ");
  holds(s, "$totals using 1:2:3 with labels offset 0,0.6 textcolor rgb '#333333' font small notitle\n");
  holds(s, "set grid noxtics ytics\n");
  holds(s, "set xlabel ''\n");
  holds(s, "drawn as 0: 1.");
  margins_are(s, 0, 1200, 700, (const double[4]){102, 1072.8, 13.2 + 28.8 + 26, 686.8 - 16.8});
  const char *second = s ? strstr(s, "$part_2 using") : NULL, *first = s ? strstr(s, "$part_1 using") : NULL;
  ok(first && second && second < first, "the key lists stacked parts from the top");
  free(s);
  b.level = NAN;
  b.high = NULL;
  b.x_label = "Kind";
  s = bars_script(&b);
  holds_not(s, " with lines lt 1 lw 1.4 dt 2");
  holds_not(s, "$intervals");
  holds(s, "$totals << END\n1 4 \"4\"\n2 4 \"2\"\n3 5 \"5\"\nEND\n");
  holds(s, "set xlabel 'Kind' ");
  margins_are(s, 0, 1200, 700, (const double[4]){102, 1072.8, 13.2 + 28.8 + 26 + 26, 670});
  free(s);
  /* A gap: no name, nothing above zero.  Its number is left out, and not read as the least. */
  const double gap[] = {2000, 3000, 0};
  b = (qy_bars){.y_label = "Latency (µs)", .bar_count = 3, .part_count = 1, .bar = name, .part = part, .values = gap};
  s = bars_script(&b);
  holds(s, "$totals << END\n1 2000 \"2\"\n2 3000 \"3\"\nEND\n");
  holds(s, "set ylabel 'Latency (ms)'");
  holds_not(s, "with lines");
  free(s);
  name[2] = "02"; /* now it is a bar of 0 */
  s = bars_script(&b);
  holds(s, "$totals << END\n1 2000 \"2k\"\n2 3000 \"3k\"\n3 0 \"0\"\nEND\n");
  holds(s, "set ylabel 'Latency (µs)'");
  free(s);
  /* Parts beyond the eight colours have them again in another filling; bars of one part each are listed in order. */
  double nine[9 * 9] = {0};
  for (int i = 0; i < 9; i++)
    nine[i * 9 + i] = 1;
  make_names(9, 2);
  b = (qy_bars){.y_label = "", .bar_count = 9, .part_count = 9, .bar = name, .part = part, .values = nine};
  s = bars_script(&b);
  holds(s, "plot $part_1 using 1:2:3:4:5:6 with boxxyerror fs solid 0.9 border");
  holds(s, "$part_8 using 1:2:3:4:5:6 with boxxyerror fs solid 0.9 border");
  holds(s, "$part_9 using 1:2:3:4:5:6 with boxxyerror fs pattern 4 border");
  free(s);
  nine[9] = 1; /* the first bar has two parts */
  s = bars_script(&b);
  holds(s, "plot $part_9 using 1:2:3:4:5:6");
  free(s);
}

/* How names stand: of n bars each has 970.8 / n pixels. */
static void name_turns(void)
{
  static const struct {
    size_t bars, columns;
    const char *x_label, *turn;
  } row[] = {
      {10, 8, "x", "norotate ("}, /* (8 + 2.5) * 8.6 = 90.3 of 97.1 */
      {10, 9, "x", "rotate by 30 right ("},
      {20, 16, "x", "rotate by 30 right ("}, /* 16 * 8.6 * 0.87 = 119.7, of 102 + 24.3 to the edge */
      {20, 17, "x", "rotate by 90 right ("},
      {40, 9, "x", "rotate by 30 right ("},
      {41, 9, "x", "rotate by 90 right ("},  /* more than 40 */
      {40, 15, "x", "rotate by 30 right ("}, /* 112.2 of 102 + 12.1 */
      {40, 16, "x", "rotate by 90 right ("},
      {5, 16, NULL, NULL},         /* 18.5 * 0.62 * 11 = 126.2 of 126 */
      {3, 28, NULL, "norotate ("}, /* 30.5 * 0.62 * 11 = 208.0 of 210 */
      {5, 15, NULL, "norotate ("}, /* 17.5 * 0.62 * 11 = 119.4 of 900 * 0.7 / 5 pt */
      {6, 15, NULL, NULL},
      {6, 15, "x", "norotate ("},
      {6, 14, NULL, "norotate ("},
      {48, 15, NULL, NULL},
      {49, 15, NULL, "rotate by 90 right ("},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *s = equal_bars(row[i].bars, row[i].columns, row[i].x_label, false, NULL), tics[60];
    const char *turn = row[i].turn;
    printf("# %zu bars of %zu\n", row[i].bars, row[i].columns);
    snprintf(tics, sizeof tics, "set xtics scale 0 %s", turn ? turn : "");
    if (turn)
      holds(s, tics);
    else
      holds(s, "set ytics scale 0 norotate (");
    ok((s && strstr(s, ") font small\n")) == (!turn || strstr(turn, "90") != NULL),
       "upright and lying names are small");
    free(s);
  }
  /* Upright names of 0.75 lines of 18: 13.5 pixels apart at least. */
  static const struct {
    size_t bars;
    const char *ticks;
  } step[] = {
      {71, "('000' 1, '001' 2, '002' 3, "}, {72, "('000' 1, '' 2, '002' 3, "}, {144, "('000' 1, '' 2, '' 3, '003' 4"}};
  for (size_t i = 0; i < sizeof step / sizeof *step; i++) {
    char *s = equal_bars(step[i].bars, 3, NULL, false, NULL);
    holds(s, step[i].ticks);
    free(s);
  }
  /* Slanted names of neighbours are 0.9 lines of 26 apart at least, 23.4 pixels: a page of 900 has 688.4 for bars. */
  const qy_plot_look narrow = page_of(900 / 96.0, 5);
  for (size_t bars = 29; bars <= 30; bars++) {
    char *s = equal_bars(bars, 9, "x", false, &narrow);
    holds(s, bars == 29 ? "set xtics scale 0 rotate by 30 right (" : "set xtics scale 0 rotate by 90 right (");
    free(s);
  }
  /* Room below for names: level none, slanted half their length, upright all of it in small type. */
  static const struct {
    size_t bars, columns;
    double room;
  } room[] = {{10, 8, 0}, {10, 12, 12 * 8.6 / 2}, {60, 12, 12 * 7.1}, {60, 40, 29 * 7.1}}; /* 0.3 * 700 / 7.1 letters */
  for (size_t i = 0; i < sizeof room / sizeof *room; i++) {
    char *s = equal_bars(room[i].bars, room[i].columns, "x", false, NULL);
    margins_are(s, 0, 1200, 700, (const double[4]){102, 1072.8, 13.2 + 26 + 26 + room[i].room, 670});
    free(s);
  }
}

/* On a low page upright names have 0.3 of its height, and eight letters at least. */
static void low_pages(void)
{
  for (int height = 100; height <= 500; height += 50) {
    const qy_plot_look look = page_of(12.5, height / 96.0);
    char *s = equal_bars(60, 30, "x", false, &look);
    double m[4] = {0};
    margins_of(s, 0, 1200, height, m); /* an edge of 7.92, ticks and a title of 26 */
    near_abs(m[2], 7.92 + 52 + 7.1 * fmin(30, fmax(8, floor(0.3 * height / 7.1))), 0.12, "room for names");
    free(s);
  }
}

/* Numbers: three digits where there is room for (5 + 0.5) * 7.1 = 39.05 pixels, two for 31.95, else none; beside
 * intervals 0.66 of a bar's room; on at most 40 bars. */
static void numbers(void)
{
  static const struct {
    size_t bars;
    bool intervals;
    const char *number;
  } row[] = {{24, false, "0.742"}, {25, false, "0.74"}, {30, false, "0.74"}, {31, false, NULL},
             {16, true, "0.742"},  {17, true, "0.74"},  {20, true, "0.74"},  {21, true, NULL}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *s = equal_bars(row[i].bars, 2, "x", row[i].intervals, NULL), number[40];
    snprintf(number, sizeof number, "0.742 \"%s\"\n", row[i].number ? row[i].number : "0.74");
    holds(s, number);
    ok((s && strstr(s, "$totals using")) == (row[i].number != NULL), "%zu bars: %s", row[i].bars,
       row[i].number ? row[i].number : "none");
    free(s);
  }
}

/* Numbers of two digits where three have no room: from 0.001 on and below 100, others as axes have them. */
static void brief_numbers(void)
{
  enum { BARS = 26 };
  static const struct {
    double value;
    const char *brief;
  } row[] = {{0.742, "0.74"},     {100, "100"},       {99.4, "99"},      {12.34, "12"},  {0.001, "0.001"},
             {0.00123, "0.0012"}, {0.0009, "0.0009"}, {-0.742, "-0.74"}, {-100, "-100"}, {0, "0"}};
  double value[BARS];
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    make_names(BARS, 2);
    for (int b = 0; b < BARS; b++)
      value[b] = b ? 0.7421 : row[i].value;
    const qy_bars b = {
        .y_label = "", .x_label = "x", .bar_count = BARS, .part_count = 1, .bar = name, .part = part, .values = value};
    char *s = bars_script(&b), number[60];
    snprintf(number, sizeof number, "$totals << END\n1 %.9g \"%s\"\n2 0.7421 \"0.74\"\n", fmax(0, row[i].value),
             row[i].brief);
    holds(s, number);
    free(s);
  }
  /* On a wide page forty bars have numbers, and one more has none. */
  for (size_t count = 40; count <= 41; count++) {
    const qy_plot_look look = page_of(30, 5);
    char *s = equal_bars(count, 2, "x", false, &look);
    ok((s && strstr(s, "     $totals using 1:2:3 with labels ")) == (count == 40), "numbers on %zu bars", count);
    free(s);
  }
}

/* Numbers on forty lying bars at most. */
static void many_lying(void)
{
  for (size_t count = 39; count <= 42; count++) {
    char *s = equal_bars(count, 15, NULL, false, NULL);
    holds(s, "set ytics scale 0 norotate (");
    ok((s && strstr(s, "     $totals using 1:2:3 with labels left ")) == (count <= 40), "%zu lying bars", count);
    free(s);
  }
}

/* One bar with an interval is enough, whichever it is; one without one of its ends has none. */
static void one_interval(void)
{
  const double values[] = {2, 3, 4};
  make_names(3, 2);
  for (int of = 0; of < 4; of++)
    for (int ends = 0; ends < 2; ends++) {
      double low[] = {NAN, NAN, NAN}, high[] = {NAN, NAN, NAN};
      if (of < 3) low[of] = 1, high[of] = ends ? 5 : NAN;
      const qy_bars b = {.y_label = "",
                         .bar_count = 3,
                         .part_count = 1,
                         .bar = name,
                         .part = part,
                         .values = values,
                         .low = low,
                         .high = high};
      char *s = bars_script(&b), row[60];
      snprintf(row, sizeof row, "$intervals << END\n%g 1 5\nEND\n", of + 1.2);
      ok((s && strstr(s, row)) == (of < 3 && ends), "the interval of bar %d", of);
      ok((s && strstr(s, "Error bars: 90")) == (of < 3 && ends), "and what it is");
      free(s);
    }
}

static void lying(void)
{
  const double values[] = {10, 20, 30, 40, 50, 60, 1, 1, 1, 1, 1, -5}, low[] = {9, 19, 29, 39, 49, 59},
               high[] = {11, 21, 31, 41, 51, NAN};
  make_names(6, 15);
  qy_bars b = {
      .y_label = "Area", .bar_count = 6, .part_count = 2, .bar = name, .part = part, .values = values, .level = 2};
  char *s = bars_script(&b);
  /* middle, place, left, right, lower, upper */
  holds(s, "$part_1 << END\n5 6 0 10 5.67 6.33\n10 5 0 20 4.67 5.33\n");
  holds(s, "$part_2 << END\n10.5 6 10 11 5.67 6.33\n");
  holds(s, "-2.5 1 -5 0 0.67 1.33\nEND\n");
  holds(s, "$totals << END\n11 6 \"11\"\n21 5 \"21\"\n");
  holds(s, "60 1 \"55\"\nEND\n");
  holds(s, "set yrange [0.4:6.6]\n");
  holds(s, "set xlabel 'Area' ");
  holds(s, "'000xxxxxxxxxxxx' 6, '001xxxxxxxxxxxx' 5");
  holds(s, "'+' using (2):(0.4):(0):(6.2) with vectors nohead");
  holds(s, "$totals using 1:2:3 with labels left offset 0.4,0 textcolor rgb '#333333' font small notitle\n");
  holds(s, "set grid xtics noytics\n");
  margins_are(s, 0, 1200, 700, (const double[4]){22 + 16.5 * 7.1, 1072.8 - 2.6 * 7.1, 13.2 + 26 + 26, 686.8 - 8.4});
  const char *second = s ? strstr(s, "$part_2 using") : NULL, *first = s ? strstr(s, "$part_1 using") : NULL;
  ok(first && second && first < second, "the key of lying bars is in order");
  free(s);
  b.low = low;
  b.high = high;
  s = bars_script(&b);
  holds(s, "$intervals << END\n6 9 11\n5 19 21\n4 29 31\n3 39 41\n2 49 51\nEND\n");
  holds(s, "$intervals using 2:1:($3-$2):(0) with vectors");
  holds(s, "$totals << END\n63.25 6 \"11\"\n63.25 5 \"21\"\n"); /* in a column at the end: -5 to 60, and 5 % */
  holds(s, "set xrange [-8.25:63.25]\n");
  free(s);
}

/* On a page of no given size names and lying bars make the page higher. */
static void small_pages(void)
{
  qy_plot_look look = {.width_in = 12.5,
                       .height_in = 5,
                       .font = "X",
                       .font_pt = 11,
                       .small_pt = 9,
                       .title_pt = 14,
                       .captioned = true,
                       .dpi = 96};
  static const struct {
    size_t bars, columns;
    const char *x_label;
    double inches; /* small type: 9 pt of 0.6 em, lines of 1.35 */
  } row[] = {{5, 11, "x", 5},
             {5, 12, "x", 5},
             {5, 20, "x", 5 + 8 * 0.6 * 9 / 72},
             {48, 15, NULL, (48 + 8) * 1.35 * 9 / 72},
             {6, 15, NULL, 5}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int sized = 0; sized < 2; sized++) {
      look.sized = sized;
      char *s = equal_bars(row[i].bars, row[i].columns, row[i].x_label, false, &look), size[60];
      snprintf(size, sizeof size, "standalone fixed size 1200,%.6g font", (sized ? 5 : row[i].inches) * 96);
      holds(s, size);
      if (sized) holds_not(s, "set ytics scale 0 norotate (");
      free(s);
    }
  look.sized = false, look.screen = true; /* a screen stays as it is */
  char *wide = equal_bars(5, 20, "x", false, &look);
  holds(wide, " size 1200,480 font");
  free(wide);
  look.screen = false, look.sized = true;
  /* A key above: boxes of the parts' colours. */
  look.legend = QY_LEGEND_ABOVE;
  char *s = equal_bars(3, 2, NULL, false, &look);
  holds(s, "front fs solid 0.9 noborder fc rgb '#0072b2'\nset label 'p0' at screen ");
  holds(s, "fc rgb '#0072b2' notitle");
  free(s);
  s = equal_bars(48, 15, NULL, false, &look);
  holds_not(s, "set ytics scale 0 norotate ("); /* sized */
  free(s);
}

/* Keys of more parts than have room name how many are left out. */
static void long_keys(void)
{
  enum { PARTS = 40 };
  static const double values[PARTS] = {1};
  qy_text notes = {0};
  make_names(PARTS, 12);
  for (int above = 0; above < 2; above++) {
    const qy_plot_look look = {.width_in = 12.5,
                               .height_in = above ? 1.5 : 3,
                               .sized = true,
                               .font = "X",
                               .font_pt = 11,
                               .small_pt = 9,
                               .title_pt = 14,
                               .dpi = 96,
                               .legend = above ? QY_LEGEND_ABOVE : QY_LEGEND_RIGHT,
                               .notes = &notes};
    const qy_bars b = {
        .y_label = "", .bar_count = 1, .part_count = PARTS, .bar = name, .part = name, .values = values, .look = &look};
    char *s = bars_script(&b);
    /* 288 - 2 * 7.92 - 28 pixels are 12 lines of 0.74 * 26, twice; 0.28 * 144 are 2 lines of 8 names */
    holds(s, above ? "set label '+ 25 more' at screen " : "keyentry with points pt -1 title '+ 17 more'");
    ok(count_text(s, "title '0") == (above ? 0 : 23), "names beside");
    free(s);
  }
  make_names(PARTS, 3); /* shorter than what stands for those that are left out */
  for (int above = 0; above < 2; above++) {
    const qy_plot_look look = {.width_in = 6,
                               .height_in = above ? 1.5 : 3,
                               .sized = true,
                               .font = "X",
                               .font_pt = 11,
                               .small_pt = 9,
                               .title_pt = 14,
                               .dpi = 96,
                               .legend = above ? QY_LEGEND_ABOVE : QY_LEGEND_RIGHT};
    const qy_bars b = {
        .y_label = "", .bar_count = 1, .part_count = PARTS, .bar = name, .part = name, .values = values, .look = &look};
    char *s = bars_script(&b);
    const char *more = s ? strstr(s, "'+ ") : NULL;
    ok(more && strncmp(more + 3 + strspn(more + 3, "0123456789"), " more'", 6) == 0, "%.14s: whole", more ? more : "");
    free(s);
  }
  ok(notes.data && strstr(notes.data, "most: 023xxxxxxxxx; 024xxxxxxxxx"), "the others are in the notes");
  qy_text_free(&notes);
}

static void limits(void)
{
  static const double values[MOST + 1];
  static const char *names[MOST + 1];
  for (int i = 0; i <= MOST; i++)
    names[i] = "n";
  static const struct {
    size_t bars, parts;
    qy_status status;
  } row[] = {
      {200, 1, QY_SYSTEM}, {201, 1, QY_BAD_INPUT}, {1, 40, QY_SYSTEM}, {1, 41, QY_BAD_INPUT}, {1, 0, QY_BAD_INPUT}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_bars b = {
        .bar_count = row[i].bars, .part_count = row[i].parts, .bar = names, .part = names, .values = values};
    qy_error_clear(&err);
    is_int(qy_plot_bars(&b, QY_PLOT_SVG, in_folder("l"), NO_GNUPLOT, NULL, &err), row[i].status, "200 bars, 40 parts");
  }
}

static void tornado(void)
{
  enum { ROWS = 60 };
  double total[ROWS] = {0.8, INFINITY, 0.4}, alone[ROWS] = {0.6, 0.2, -1};
  make_names(ROWS, 10);
  qy_tornado t = {.x_label = "share",
                  .total_label = "tt",
                  .part_label = "p",
                  .count = 3,
                  .name = name,
                  .total = total,
                  .part = alone};
  qy_error_clear(&err);
  is_int(qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a tornado");
  char *s = script_of("t");
  holds(s, "$bars << END\n3 0.8 0.6\n2 0 0.2\n1 0.4 0\nEND\n");
  holds(s, "set yrange [0.4:3.6]\n");
  holds(s, "('000xxxxxxx' 3, '001xxxxxxx' 2, '002xxxxxxx' 1)\n");
  holds(s, "set xrange [0:0.84]\n");
  holds(s, "set grid xtics noytics\n");
  holds(s, "plot $bars using ($2/2):1:(0):2:($1-0.36):($1+0.36) with boxxyerror");
  holds(s, "$bars using ($3/2):1:(0):3:($1-0.2):($1+0.2) with boxxyerror");
  margins_are(s, 0, 1200, 700, (const double[4]){22 + 11 * 8.6, 1072.8, 13.2 + 26 + 26, 670});
  free(s);
  /* Names are small where lines of 18 do not fit: 604.8 pixels are 33 of them. */
  for (t.count = 33; t.count < 35; t.count++) {
    qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
    s = script_of("t");
    ok((s && strstr(s, ") font small\n")) == (t.count == 34), "%zu names", t.count);
    free(s);
  }
  t.count = 3;
  t.total = (const double[]){0.1, 0.2, 0.3};
  t.part = (const double[]){0.1, 0.9, 0.3};
  make_names(3, 50);
  qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
  s = script_of("t");
  holds(s, "set xrange [0:0.945]\n");
  margins_are(s, 0, 1200, 700, (const double[4]){22 + 41 * 8.6, 1072.8, 65.2, 670}); /* names of 40 letters at most */
  free(s);
  qy_plot_look look = {
      .width_in = 12.5, .height_in = 5, .font = "X", .font_pt = 11, .small_pt = 9, .title_pt = 14, .dpi = 96};
  static const struct {
    size_t count;
    bool sized;
    double inches;
  } row[] = {{3, false, 5}, {60, false, 67 * 1.35 * 11 / 72}, {60, true, 5}};
  make_names(ROWS, 8);
  double sixty[ROWS] = {0};
  t.total = t.part = sixty;
  t.look = &look;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char size[60];
    t.count = row[i].count;
    look.sized = row[i].sized;
    qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
    s = script_of("t");
    snprintf(size, sizeof size, "fixed size 1200,%.6g font", row[i].inches * 96);
    holds(s, size);
    free(s);
  }
  look.sized = false, look.screen = true; /* a screen stays as it is */
  qy_plot_tornado(&t, QY_PLOT_SVG, in_folder("t"), NO_GNUPLOT, NULL, &err);
  s = script_of("t");
  holds(s, " size 1200,480 font");
  free(s);
}

static void slope(void)
{
  const double x[] = {1, 10, 100}, y[] = {1000, 100, 10}, y2[] = {500, 50, 20};
  /* Marks of 4 letters: the second lies on the first, the fourth would stand out at the right. */
  const qy_slope_mark mark[] = {{10, 1000, 100, "abcd"},
                                {10.5, 1000, 100, "efgh"},
                                {10, 100, 10, "ijkl"},
                                {1000, 100, 10, "a text of many letters"}};
  const qy_slope_series series[] = {{"s0", 3, x, y, 5, 4, mark},
                                    {"s1", 3, x, y2, 5, 0, NULL},
                                    {"s2", 3, x, y2, 0, 0, NULL},
                                    {"s3", 3, x, y2, 6, 0, NULL}};
  qy_slope_plot p = {
      .x_label = "Size", .y_label = "Traffic", .floor_label = "fl", .x_end = 1000, .series_count = 4, .series = series};
  qy_error_clear(&err);
  is_int(qy_plot_slope(&p, QY_PLOT_SVG, in_folder("s"), NO_GNUPLOT, NULL, &err), QY_SYSTEM, "a slope");
  char *s = script_of("s");
  holds(s, "$series_1 << END\n1 1000\n10 100\n100 10\n1000 10\nEND\n");
  holds(s, "set logscale x 10\nset xrange [0.707945784:1412.53754]\n"); /* 5 % of three decades more */
  holds(s, "set logscale y 10\n");
  holds(s, "set label 'abcd' at first 10, first 316.227766 left");
  holds(s, "set label 'ijkl' at first 10, first 31.6227766 left");
  holds(s, "noenhanced offset character 0.6,0.3 font small textcolor rgb '#0072b2'\n");
  holds_not(s, "'efgh'");
  holds_not(s, "many letters");
  holds(s, "plot $series_1 using 1:2 with steps lt 1 lw 2 lc rgb '#0072b2' title 's0'");
  holds(
      s,
      ", \\\n     5 with lines lt 1 lw 1.4 dt 2 lc rgb '#555555' title 'fl', \\\n     6 with lines lt 1 lw 1.4 dt 2 lc "
      "rgb '#555555' notitle\n");
  margins_are(s, 0, 1200, 700, (const double[4]){102, 1072.8, 13.2 + 52, 670});
  is_int(count_text(s, "with lines"), 2, "each floor once");
  free(s);
  qy_plot_look look = {.width_in = 12.5,
                       .height_in = 700 / 96.0,
                       .font = "X",
                       .font_pt = 11,
                       .small_pt = 9,
                       .title_pt = 14,
                       .dpi = 96,
                       .legend = QY_LEGEND_ABOVE,
                       .x_scale = 0,
                       .y_scale = -1,
                       .range = {{0, 2000}, {NAN, 1e5}}};
  p.look = &look;
  qy_plot_slope(&p, QY_PLOT_SVG, in_folder("s"), NO_GNUPLOT, NULL, &err);
  s = script_of("s");
  holds(s, "unset logscale x\nset xrange [0:2000]\n");
  holds(s, "set logscale y 10\nset yrange [");
  holds(s, ":100000]\nset ytics");
  holds(s, "set label 'fl' at screen ");
  holds(s, "set label 's3' at screen ");
  holds(s, "lc rgb '#0072b2' notitle, ");
  /* a border of 13.2, 7.92 above and below; the key's one line of 18 and 0.3; half of the last label at the right */
  margins_are(s, 0, 1200, 700, (const double[4]){93.2, 1200 - 13.2 - 8.6, 7.92 + 52, 700 - 7.92 - 1.3 * 18 - 16.8});
  free(s);
  look.y_scale = 0; /* no floor is none at 0 */
  look.range[1][1] = NAN;
  p.series_count = 1;
  p.series = &series[2];
  qy_plot_slope(&p, QY_PLOT_SVG, in_folder("s"), NO_GNUPLOT, NULL, &err);
  s = script_of("s");
  holds(s, "unset logscale y\nset yrange [0:524]\n"); /* 20 to 500 and 5 %, but nothing is below zero */
  free(s);
  p.look = NULL;
  p.series_count = 21;
  is_int(qy_plot_slope(&p, QY_PLOT_SVG, in_folder("s"), NO_GNUPLOT, NULL, &err), QY_BAD_INPUT, "20 series at most");
}

int main(void)
{
  make_folder();
  stacks();
  name_turns();
  numbers();
  low_pages();
  lying();
  many_lying();
  one_interval();
  brief_numbers();
  small_pages();
  limits();
  long_keys();
  tornado();
  slope();
  remove_folder();
  return done();
}
