/* The sheet of a plot: where title, caption, key and panels go, worked out by hand from the sizes of type.
 *
 * A sheet as on a screen has 1200 x 700 pixels, a border of 22 (and 0.6 of it above and below), letters of 8.6 (in the
 * title 12.2, in the caption 7.1), lines of 26 (27, 18; 28 above a panel) and samples of 88 in the key. */
#include "../../src/plot/sheet.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

static qy_text script, notes;

static qy_plot_look screen(void)
{
  return (qy_plot_look){.width_in = 12.5,
                        .height_in = 700 / 96.0,
                        .font = "DejaVu Sans",
                        .font_pt = 11,
                        .small_pt = 9,
                        .title_pt = 14,
                        .titled = true,
                        .captioned = true,
                        .dpi = 96,
                        .screen = true,
                        .notes = &notes};
}

static void begin(sheet *page, const qy_plot_look *look, const char *title, int rows)
{
  qy_text_free(&script);
  qy_text_free(&notes);
  script = notes = (qy_text){0};
  sheet_begin(page, &script, look, QY_PLOT_SVG, "name", title, rows);
}

static bool has(const qy_text *text, const char *what)
{
  return text->data && strstr(text->data, what);
}

/* Where the label of this text is, in pixels; *font: behind it.  False: there is none. */
static bool find_label(const sheet *page, const char *text, double at[2])
{
  char what[1200];
  snprintf(what, sizeof what, "set label '%s' at screen ", text);
  const char *p = script.data ? strstr(script.data, what) : NULL;
  char *end;
  if (!p) return false;
  at[0] = strtod(p + strlen(what), &end) * page->width;
  p = strstr(end, "screen ");
  at[1] = p ? strtod(p + strlen("screen "), NULL) * page->height : NAN;
  return true;
}

static void label_at(const sheet *page, const char *text, double x, double y)
{
  double at[2] = {NAN, NAN};
  ok(find_label(page, text, at) && fabs(at[0] - x) < 0.07 && fabs(at[1] - y) < 0.07,
     "\"%.30s\" is at %.1f, %.1f: %.1f, %.1f", text, x, y, at[0], at[1]);
}

static void pages(void)
{
  sheet page;
  qy_plot_look look = screen();
  begin(&page, NULL, "Which is smallest?", 1);
  ok(page.left == 22 && page.right == 1178 && fabs(page.bottom - 13.2) < 1e-9 && page.scale == 1 && page.key.rows == 0,
     "a border of 22");
  near_abs(page.top, 700 - 13.2 - 27, 1e-9, "the title takes a line");
  label_at(&page, "Which is smallest?", 22, 700 - 13.2 - 13.5);
  ok(has(&script, "\nset encoding utf8\n") && has(&script, "\nset output picture\n") &&
         has(&script, "\nset multiplot\nset border 3 lc rgb '#555555' lw 1\nset tics nomirror out scale 0.7,0.35 "
                      "textcolor rgb '#333333'\nset grid back lt 1 lc rgb '#e4e4e4' lw 0.8\n") &&
         has(&script, " background rgb '#ffffff'\n"),
     "what every page has");
  sheet_end(&page);
  is_text(script.data + script.length - strlen("unset multiplot\nset output\n"), "unset multiplot\nset output\n",
          "and ends with");
  begin(&page, NULL, NULL, 3);
  near_abs(page.height, 700 * 2.5, 1e-9, "another row of panels adds three quarters of the height");
  near_abs(page.top, 700 * 2.5 - 13.2, 1e-9, "no title, no line");
  look.sized = true;
  begin(&page, &look, NULL, 3);
  near_abs(page.height, 700, 1e-9, "but not where the size is asked for");
  ok(page.look == &look, "the look is kept");
  begin(&page, NULL, NULL, 1);
  ok(page.look == NULL, "and none where none is given");
  look = screen();
  strcpy(look.title, "Own");
  begin(&page, &look, "Which?", 1);
  ok(has(&script, "'Own' at") && !has(&script, "Which?"), "a title of the look's own");
  look.titled = false;
  begin(&page, &look, "Which?", 1);
  ok(!has(&script, "'Own' at") && !has(&script, "Which?"), "no title");
  near_abs(page.top, 700 - 13.2, 1e-9, "takes no room");
  /* Twice the type on twice the page is the same picture. */
  look = screen();
  look.width_in *= 2, look.height_in *= 2, look.font_pt *= 2, look.small_pt *= 2, look.title_pt *= 2;
  look.screen = false;
  begin(&page, &look, "Which?", 1);
  const type_sizes *t = page.type;
  ok(fabs(t->letter - 17.2) < 1e-9 && fabs(t->title_letter - 24.4) < 1e-9 && fabs(t->small_letter - 14.2) < 1e-9 &&
         fabs(t->title_line - 54) < 1e-9 && fabs(t->panel_line - 56) < 1e-9 && fabs(t->small_line - 36) < 1e-9 &&
         fabs(t->line - 52) < 1e-9 && fabs(t->tick_width - 108) < 1e-9 && fabs(t->tick_line - 52) < 1e-9 &&
         fabs(t->gap - 56) < 1e-9 && fabs(t->sample - 176) < 1e-9 && page.scale == 2,
     "sizes are those of the type");
  near_abs(page.left, 22 * 2 * 0.6, 1e-9, "the border of a page that is no screen is narrower");
  look.small_pt = 9, look.title_pt = 14;
  begin(&page, &look, "Which?", 1);
  ok(page.type->small_letter == 7.1 && page.type->small_line == 18 && page.type->title_letter == 12.2 &&
         page.type->title_line == 27 && fabs(page.type->line - 52) < 1e-9,
     "small type and titles have sizes of their own");
  begin(&page, NULL, NULL, 1);
  qy_text_free(&script);
  script = (qy_text){0};
  sheet_begin(&page, &script, &look, QY_PLOT_DUMB, NULL, "Which?", 2);
  ok(has(&script, "\nset encoding utf8\n") && has(&script, "\nset multiplot\nset border 3\nset tics nomirror out\n"),
     "of characters");
  ok(page.width == 100 && page.height == 34 * 1.75 && has(&script, "set terminal dumb noenhanced size 100,59.5\n") &&
         !has(&script, "format"),
     "a page of characters");
}

/* Sizes of each format: pixels by dpi, inches, pixels of 1/96 in. */
static void terminals(void)
{
  sheet page;
  qy_plot_look look = screen();
  look.width_in = 5, look.height_in = 2.5, look.dpi = 192, look.font_pt = 5.5;
  begin(&page, &look, NULL, 1);
  ok(has(&script, "if (format eq 'png') set terminal pngcairo noenhanced size 960,480 font 'DejaVu Sans,5.5' fontscale "
                  "2 linewidth 1 background") ||
         has(&script, "if (format eq 'png') set terminal pngcairo noenhanced size 960,480 font 'DejaVu Sans,5.5' "
                      "fontscale 2 background"),
     "PNG: two dots a pixel, type twice as many, markers and lines of half the type");
  ok(has(&script, "set terminal pdfcairo noenhanced size 5in,2.5in font 'DejaVu Sans,5.5' fontscale 0.75 pointscale "
                  "0.375 linewidth 0.8 background"),
     "PDF: inches, points of 1/72 in");
  ok(has(&script, "set terminal epscairo noenhanced size 5in,2.5in font 'DejaVu Sans,5.5' fontscale 0.75 pointscale "
                  "0.375 linewidth 0.8 background"),
     "EPS: the same");
  ok(has(&script, "mouse standalone dynamic size 480,240 font 'sans-serif,7.25' linewidth 0.5 background"),
     "SVG: pixels of 1/96 in");
  ok(has(&script, "dot = 0.35; drop"), "markers of half the type");
  look.screen = false;
  look.font_pt = 11;
  strcpy(look.font, "Serif");
  begin(&page, &look, NULL, 1);
  ok(has(&script, "standalone fixed size 480,240 font 'Serif,14.5' background") &&
         has(&script, "bold = 'Serif:Bold,14'") &&
         has(&script, "bold = 'Serif,19'; strong = 'Serif,15.5'; small = 'Serif,12'"),
     "another family, on a page of fixed size");
  ok(has(&script, "if (!exists('picture')) picture = './name'.'.'.format\n"), "the picture's name");
}

static void titles(void)
{
  sheet page;
  char words[800] = "";
  for (int i = 0; i < 70; i++) /* 94 letters of 12.2 in a line: 13 words of 7; five lines are a fifth of the page */
    strcat(words, i ? " abcdef" : "abcdef");
  qy_plot_look look = screen();
  begin(&page, &look, words, 1);
  near_abs(page.top, 700 - 13.2 - 5 * 27, 1e-9, "a title takes five lines at most");
  ok(has(&script, "abcdef…'") && has(&notes, "title: abcdef abcdef"), "and is cut, which is said");
  words[65 * 7 - 1] = '\0';
  begin(&page, &look, words, 1);
  ok(!has(&script, "…") && !notes.data && fabs(page.top - (700 - 13.2 - 5 * 27)) < 1e-9, "five full lines are not");
  strcpy(words + 64 * 7, "abcdefghij"); /* the fifth line is full */
  begin(&page, &look, words, 1);
  ok(!has(&script, "…") && !notes.data, "nor to its last letter");
  strcat(words, " m");
  begin(&page, &look, words, 1);
  ok(has(&script, "abcdefghij…'") && has(&notes, "title: abcdef"), "a letter more is too much");
  look.notes = NULL;
  strcat(words, "ore");
  begin(&page, &look, words, 1);
  ok(has(&script, "…'"), "nor said where notes are not wanted");
}

/* A line of the title is there on any page. */
static void low_title(void)
{
  sheet page;
  qy_plot_look look = screen();
  look.height_in = 0.9;
  begin(&page, &look, "A title", 1);
  ok(has(&script, "set label 'A title' at screen ") && !notes.data, "a title on a low page");
  near_abs(page.top, 0.9 * 96 - 13.2 - 27, 1e-9, "takes its line");
}

static void captions(void)
{
  static const struct {
    const char *text, *drawn;
  } row[] = {{"90 % of 8 bit, 4 cats", "90\u00a0% of 8\u00a0bit, 4 cats"},
             {" % of", "% of"},
             {"x % 9 ", "x % 9 "},
             {"5 mm; 6 MHz. 7 µs) 8 nm:", "5\u00a0mm; 6\u00a0MHz. 7\u00a0µs) 8\u00a0nm:"},
             {"9 abcdefghijklmnopqr", "9 abcdefghijklmnopqr"},
             {"9  %", "9  %"}};
  sheet page;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    begin(&page, NULL, NULL, 1);
    sheet_caption(&page, row[i].text);
    near_abs(page.bottom, 13.2 + 18 + 0.6 * 18, 1e-9, "a caption of one line, and six tenths to keep it apart");
    label_at(&page, row[i].drawn, 22, 13.2 + 9);
  }
  char short_last[200]; /* a word of 161 letters of 162, and one of one */
  snprintf(short_last, sizeof short_last, "%0161d b", 0);
  begin(&page, NULL, NULL, 1);
  sheet_caption(&page, short_last);
  label_at(&page, "b", 22, 13.2 + 9);
  begin(&page, NULL, NULL, 1);
  sheet_caption(&page, NULL);
  sheet_caption(&page, "");
  near_abs(page.bottom, 13.2, 1e-9, "none");
  char words[2000] = "";
  for (int i = 0; i < 200; i++) /* 162 letters of 7.1 in a line: 23 words of 7; 9 lines are 0.25 of the page */
    strcat(words, i ? " abcdef" : "abcdef");
  qy_plot_look look = screen();
  begin(&page, &look, words + 7 * (200 - 23 * 3), 1);
  const double top = page.top;
  sheet_caption(&page, words + 7 * (200 - 69));
  near_abs(page.bottom, 13.2 + 3.6 * 18, 1e-9, "three lines of 23 words");
  ok(page.top == top, "at the bottom");
  const char *third = words + 7 * (200 - 23);
  double at[2];
  ok(find_label(&page, third, at) && fabs(at[1] - (13.2 + 2.5 * 18)) < 0.07, "the first line is the highest");
  for (int sized = 0; sized < 2; sized++)
    for (int more = 0; more < 2; more++) {
      const int lines = (sized ? 5 : 9) + more; /* 0.15 of 700 are 5.8 lines, 0.25 are 9.7 */
      look.sized = sized;
      begin(&page, &look, NULL, 1);
      const char *text = more ? words + 7 * (200 - 23 * (lines - 1) - 1) : words + (200 - 23 * lines) * 7;
      if (23 * lines > 200) text = words; /* nine lines: all that there is */
      sheet_caption(&page, text);
      const bool drawn = page.bottom > 14;
      ok(drawn == !(sized && more), "a caption of %d lines is %s", lines, drawn ? "drawn" : "a note");
      ok(has(&notes, "caption: abcdef") == !drawn, "one of both");
    }
  look = screen();
  look.captioned = false;
  begin(&page, &look, NULL, 1);
  sheet_caption(&page, "  4 designs");
  ok(page.bottom == 13.2 && has(&notes, "caption: 4 designs\n"), "a look without captions has notes");
  begin(&page, &look, NULL, 1);
  sheet_caption(&page, "  ");
  ok(!notes.data, "but not of nothing");
}

static void panels(void)
{
  sheet page;
  const rectangle area = {.left = 120, .right = 360, .bottom = 70, .top = 350};
  begin(&page, NULL, NULL, 1);
  sheet_panel(&page, &area, NULL);
  ok(has(&script, "set lmargin at screen 0.1000\nset rmargin at screen 0.3000\nset bmargin at screen 0.1000\n"
                  "set tmargin at screen 0.5000\n"),
     "margins as shares of the page");
  sheet_panel(&page, &area, "28 nm");
  label_at(&page, "28 nm", 120, 350 + 14);
  /* 240 pixels are 25 bold letters (9.46 each) */
  is_int(sheet_title_lines(&page, "abcdefghijklmnopqrstuvwxy", 240), 1, "25 letters are a line");
  is_int(sheet_title_lines(&page, "abcdefghijklmnopqrstuvwxyz", 240), 2, "26 are two");
  is_int(sheet_title_lines(&page, "abcdefgh", 10), 1, "eight letters are a line anywhere");
  is_int(sheet_title_lines(&page, "abcdefghi", 10), 2, "nine are not");
  static const struct {
    const char *title, *first, *second;
    int lines;
  } row[] = {{"one_two_three_four_five_six_seven", "one_two_three_four_five_", "six_seven", 2},
             {"one-two-three-four-five-six-seven", "one-two-three-four-five-", "six-seven", 2},
             {"onetwothreefourfivesixseveneight", "onetwothreefourfivesixsev", "eneight", 2},
             {"one two three four five six_seven", "one two three four five", "six_seven", 2},
             {"one_two_three_four_five_si seven", "one_two_three_four_five_", "si seven", 2}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    begin(&page, NULL, NULL, 1);
    page.title_lines = row[i].lines;
    sheet_panel(&page, &area, row[i].title);
    label_at(&page, row[i].first, 120, 350 + 28 * 1.25);
    label_at(&page, row[i].second, 120, 350 + 14);
  }
  begin(&page, NULL, NULL, 1);
  page.title_lines = 2; /* as another panel has: a short one stands on the panel all the same */
  sheet_panel(&page, &area, "28 nm");
  label_at(&page, "28 nm", 120, 350 + 14);
  begin(&page, NULL, NULL, 1);
  sheet_panel(&page, &area, row[0].title);
  label_at(&page, row[0].title, 120, 350 + 14);
}

static void axes(void)
{
  sheet page;
  axis a = {.log = true, .low = 1, .high = 50, .tick_count = 3, .tick = {{1, "1"}, {2, ""}, {10, "5%"}}};
  begin(&page, NULL, NULL, 1);
  sheet_axis(&page, 'y', &a, true);
  ok(has(&script, "set logscale y 10\nset yrange [1:50]\nset ytics ('1' 1, '' 2 1, '5%%' 10)\n"), "labelled");
  a.log = false;
  sheet_axis(&page, 'x', &a, false);
  ok(has(&script, "unset logscale x\nset xrange [1:50]\nset xtics ('' 1, '' 2 1, '' 10)\n"), "and without labels");
  /* "one two three four" has 18 letters of 8.6: 155 pixels */
  static const struct {
    const char *text;
    double room;
    int lines;
  } row[] = {{"one two three four", 156, 1},
             {"one two three four", 154, 2},
             {"one two three four", 120, 2},
             {"one two three four", 111, 2},
             {"one two three four", 69, 3},
             {"one two three four", 10, 3},
             {"a bb ccc dddd eeeee ffffff ggggggg", 69, 3},
             {"abcdefgh", 10, 1},
             {"abcdefghi", 10, 2},
             {NULL, 100, 1},
             {"", 100, 1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    is_int(sheet_label_lines(&page, row[i].text, row[i].room), row[i].lines, "lines of a title");
  begin(&page, NULL, NULL, 1);
  page.label_lines[1] = 3;
  sheet_axis_title(&page, 'y', "one two three four", 70);
  ok(has(&script, "set ylabel 'one two'.\"\\n\".'three'.\"\\n\".'four' noenhanced offset character -1.8,0\n"),
     "three lines, off the ticks");
  begin(&page, NULL, NULL, 1);
  page.label_lines[0] = 2;
  sheet_axis_title(&page, 'x', "one two three four", 120);
  ok(has(&script, "set xlabel 'one two three'.\"\\n\".'four' noenhanced offset 0,drop\n"), "two lines below");
  page.label_lines[1] = 2;
  sheet_axis_title(&page, 'y', "abcdefgh", 8.6 * 8);
  ok(has(&script, "set ylabel 'abcdefgh' noenhanced\n"), "a title that just fits is one line");
  page.label_lines[1] = 1;
  sheet_axis_title(&page, 'y', "one two three four", 1000);
  ok(has(&script, "set ylabel 'one two three four' noenhanced\n"), "one beside");
  sheet_axis_title(&page, 'y', NULL, 1000);
  ok(has(&script, "set ylabel '' noenhanced\n"), "none");
  sheet_axis_title(&page, 'y', "abcdefgh", 10);
  ok(has(&script, "set ylabel 'abcdefgh' noenhanced\n"), "eight letters anywhere");
  sheet_axis_title(&page, 'y', "abcdefghi", 10);
  ok(has(&script, "set ylabel 'abcdefg…' noenhanced\n"), "nine are cut");
  /* A remark goes where the title would take more than three lines. */
  static const struct {
    const char *text;
    double room;
    const char *left;
  } cut[] = {{"Area (mm²) over that (below 1: better)", 100, "Area (mm²) over that"},
             {"Area (mm²) over that (below 1: better)", 200, "Area (mm²) over that (below 1: better)"},
             {"Area of all of these over that (below 1)", 80, "Area of all of these over that (below 1)"},
             {"Area of all of these over that below 1: x", 80, "Area of all of these over that below 1: x"}};
  for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
    char text[100], note[120];
    qy_plot_look look = screen();
    begin(&page, &look, NULL, 1);
    strcpy(text, cut[i].text);
    sheet_shorten_label(&page, text, cut[i].room);
    is_text(text, cut[i].left, "the title without its remark");
    snprintf(note, sizeof note, "axis: %s\n", cut[i].text);
    ok(has(&notes, note) == (strcmp(text, cut[i].text) != 0), "which is in the notes");
  }
}

static size_t key_most(sheet *page, size_t entries, size_t columns)
{
  return sheet_key_most(page, entries, &columns);
}

static void key_rows(sheet *page, size_t entries, size_t columns, size_t across, size_t rows, double width,
                     const char *spacing)
{
  const double right = page->right;
  const size_t most = key_most(page, entries, columns);
  ok(most >= entries && !sheet_key_above(page), "%zu entries fit at the right", entries);
  sheet_key(page, entries, columns);
  ok(page->key.across == across && page->key.rows == rows, "%zu entries: %zu by %zu", entries, page->key.across,
     page->key.rows);
  near_abs(right - page->right, width, 1e-9, "their width");
  sheet_key_place(page, page->key.columns);
  ok(has(&script, spacing), "their lines%s", spacing);
}

/* At the right of a screen: 700 - 26.4 - 28 = 645.6 pixels are 24 lines of 26, or 33 of 0.74 of that. */
static void keys_beside(void)
{
  sheet page;
  begin(&page, NULL, NULL, 1);
  is_int((int64_t)key_most(&page, 3, 10), 66, "two columns of 33 lines");
  key_rows(&page, 24, 10, 1, 24, 10 * 8.6 + 88, " samplen 4 width 0 spacing row\n");
  begin(&page, NULL, NULL, 1);
  key_rows(&page, 25, 10, 1, 25, 10 * 8.6 + 88, " spacing row*0.96\n");
  begin(&page, NULL, NULL, 1);
  key_rows(&page, 33, 50, 1, 33, 36 * 8.6 + 88, " spacing row*0.74\n"); /* (400 - 88) / 8.6 letters */
  begin(&page, NULL, NULL, 1);
  key_rows(&page, 34, 50, 2, 17, 2 * (20 * 7.1 + 88 * 0.62),
           " samplen 2.5 width 0 font small maxrows 17 spacing row\n");
  begin(&page, NULL, NULL, 1);
  key_rows(&page, 49, 5, 2, 25, 2 * (5 * 7.1 + 88 * 0.62), " maxrows 25 spacing row*0.96\n");
  begin(&page, NULL, "A title", 1);
  is_int((int64_t)key_most(&page, 3, 10), 64, "a title takes a line");
  key_rows(&page, 1, 1, 1, 1, 8.6 + 88, "set key at screen 0.9908, screen 0.9026 right top Left");
  begin(&page, NULL, NULL, 1);
  ok(sheet_key(&page, 0, 10) == 0 && page.right == 1178, "nothing takes no room");
  sheet_key_place(&page, 10);
  ok(has(&script, "unset key\n"), "and has no key");
  qy_plot_look look = screen();
  static const double small_pt[] = {90, 180, 250}; /* letters of 71, 142 and 197 pixels of 200 less 54.56 */
  for (size_t i = 0; i < 3; i++) {
    look.small_pt = small_pt[i];
    begin(&page, &look, NULL, 1);
    key_most(&page, 40, 9);
    is_int((int64_t)sheet_key(&page, 40, 9), i == 0 ? 2 : 1, "one letter of a name at least");
  }
  look = screen();
  look.legend = QY_LEGEND_NONE;
  begin(&page, &look, NULL, 1);
  ok(key_most(&page, 3, 10) == 0 && sheet_key(&page, 3, 10) == 10 && page.right == 1178, "none wanted");
  qy_text_free(&script);
  script = (qy_text){0};
  sheet_begin(&page, &script, NULL, QY_PLOT_DUMB, NULL, NULL, 1);
  is_int((int64_t)key_most(&page, 3, 10), 2 * 30, "characters: 34 - 1.2 - 2 lines, twice");
  ok(sheet_key(&page, 3, 40) == 27 && page.right == 99 - 33, "a third of 100 characters less 6");
}

static void keys_above(void)
{
  sheet page;
  qy_plot_look look = screen();
  look.legend = QY_LEGEND_ABOVE;
  begin(&page, &look, NULL, 1);
  /* entries of 10 letters and a sample: 71 + 45.76 of 1156 pixels; 0.28 of the page are 10 lines of 18 */
  is_int((int64_t)key_most(&page, 12, 10), 10 * 9, "ten lines of nine entries");
  is_int((int64_t)sheet_key(&page, 12, 10), 10, "names of ten letters");
  ok(sheet_key_above(&page) && page.key.rows == 2 && page.key.across == 6, "two lines of six");
  near_abs(page.top, 700 - 13.2 - 2.3 * 18, 1e-9, "which take room above");
  ok(page.right == 1178, "and none at the right");
  const double step = 10 * 7.1 + 88 * 0.52, length = 88 * 0.36;
  sheet_key_entry(&page, 3, "fourth", &(key_sample){"#123456", " dt 2", 7, 1.1, NULL});
  label_at(&page, "fourth", 22 + step + length + 0.8 * 7.1, 686.8 - 27); /* the second line of the second column */
  double x[2], y[2];
  const char *arrow = script.data ? strstr(script.data, "set arrow from screen ") : NULL;
  ok(arrow &&
         sscanf(arrow, "set arrow from screen %lf, screen %lf to screen %lf, screen %lf nohead", &x[0], &y[0], &x[1],
                &y[1]) == 4 &&
         fabs(x[0] * 1200 - 22 - step) < 0.07 && fabs(x[1] * 1200 - 22 - step - length) < 0.07 && y[0] == y[1],
     "a line in front of it");
  label_at(&page, "", 22 + step + length / 2, 686.8 - 27);
  ok(has(&script, " point pt 7 ps 1.1*dot lc rgb '#123456'\n") && !has(&script, "set object"), "its marker");
  begin(&page, &look, NULL, 1);
  key_most(&page, 1, 10);
  sheet_key(&page, 1, 10);
  sheet_key_entry(&page, 0, "part", &(key_sample){"#123456", NULL, 0, 1, "solid 0.9"});
  const char *box = script.data ? strstr(script.data, "set object rectangle from screen ") : NULL;
  ok(box &&
         sscanf(box, "set object rectangle from screen %lf, screen %lf to screen %lf, screen %lf", &x[0], &y[0], &x[1],
                &y[1]) == 4 &&
         fabs((x[1] - x[0]) * 1200 - 0.7 * 18) < 0.13 && fabs((y[1] - y[0]) * 700 - 0.7 * 18) < 0.08 &&
         fabs((x[0] + x[1]) / 2 * 1200 - 22 - length / 2) < 0.13 && fabs((y[0] + y[1]) / 2 * 700 - 677.8) < 0.08,
     "a box of 0.7 lines in the middle of the sample");
  ok(has(&script, "front fs solid 0.9 noborder fc rgb '#123456'\n") && !has(&script, "set arrow") &&
         !has(&script, "point pt"),
     "alone");
  sheet_key_place(&page, 10);
  ok(has(&script, "set key at screen 0.0183, screen 0.9811 left top Left"), "gnuplot's own key would be there");
  begin(&page, &look, NULL, 1);
  is_int((int64_t)key_most(&page, 3, 500), 10, "very long names: one a line");
  is_int((int64_t)sheet_key(&page, 3, 500), 156, "of (1156 - 45.76) / 7.1 letters");
  is_int((int64_t)page.key.rows, 3, "three lines");
  look.width_in = 1; /* a very small page: 8 letters at least */
  begin(&page, &look, NULL, 1);
  key_most(&page, 1, 500);
  is_int((int64_t)sheet_key(&page, 1, 500), 8, "names of eight letters");
  /* A page of less than 110 letters has names at the right only where they are not cut. */
  look = screen();
  static const struct {
    double letters;
    size_t entries, columns;
    bool above;
  } row
      [] =
          {
              {111, 3, 50, false},  {109, 3, 50, true},   {109, 3, 26, false}, {109, 3, 27, true},
              {111, 60, 30, false}, {109, 60, 16, false}, {109, 60, 17, true}, {45, 3, 4, true},
              {56.2, 3, 8, false},  {56.2, 3, 9, true},   {54.6, 3, 7, true},  {109, 33, 20, false},
              {109, 34, 20, true}}; /* of 56.2 letters a name has 8, of 54.6 seven; 33 lines of one column, more in two */
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    /* a third of 109 letters of 8.6 less 88 are 26; half of that less 54.56, in letters of 7.1, are 14 */
    look.width_in = row[i].letters * 8.6 / 96;
    begin(&page, &look, NULL, 1);
    key_most(&page, row[i].entries, row[i].columns);
    const double third = row[i].letters * 8.6 / 3,
                 fit = row[i].entries > 33 ? (third / 2 - 88 * 0.62) / 7.1 : (third - 88) / 8.6;
    const bool above = row[i].letters < 110 && (floor(fit) < 8 || (double)row[i].columns > floor(fit));
    ok(sheet_key_above(&page) == above, "%g letters, %zu names of %zu: %s", row[i].letters, row[i].entries,
       row[i].columns, above ? "above" : "at the right");
  }
}

static void key_names(void)
{
  enum { MANY = 80 };
  char text[MANY][16];
  const char *name[MANY];
  for (int i = 0; i < MANY; i++) {
    snprintf(text[i], sizeof text[i], "name %d", i);
    name[i] = text[i];
  }
  static const struct {
    size_t count, shown, columns; /* those of "+ 67 more" are 9 */
    const char *more;
  } row[] = {{66, 66, 7, NULL}, {67, 65, 9, "+ 2 more"}, {80, 65, 9, "+ 15 more"}};
  qy_plot_look look = screen();
  qy_arena *arena = qy_arena_new();
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    sheet page;
    key_list key;
    begin(&page, &look, NULL, 1);
    ok(sheet_key_names(&key, &page, name, row[i].count, arena) && key.shown == row[i].shown &&
           key.columns == row[i].columns,
       "%zu names: %zu are shown", row[i].count, key.shown);
    ok(row[i].more ? key.more && !strcmp(key.more, row[i].more) : !key.more, "and how many more");
    is_int((int64_t)page.key.rows, 33, "33 lines");
    ok(!row[i].more || notes.data[notes.length - 1] == '\n', "a line of its own");
    ok(row[i].more ? has(&notes, "most: name 65; name 66") && !has(&notes, "name 64") : !notes.data,
       "the others are in the notes");
  }
  sheet page;
  key_list key;
  look.legend = QY_LEGEND_ABOVE; /* of half an inch no line is a legend's */
  look.height_in = 0.5;
  begin(&page, &look, NULL, 1);
  ok(sheet_key_names(&key, &page, name, 1, arena) && key.shown == 0 && !key.more && has(&notes, "most: name 0\n"),
     "a name alone without room is in the notes");
  look.height_in = 700 / 96.0;
  look.legend = QY_LEGEND_NONE;
  begin(&page, &look, NULL, 1);
  ok(sheet_key_names(&key, &page, name, 3, arena) && key.shown == 0 && !key.more && !notes.data, "none wanted");
  qy_arena_free(arena);
}

static void groups(void)
{
  int alike = 0;
  for (size_t i = 0; i < SHEET_TOLD; i++)
    for (size_t k = 0; k < i; k++)
      alike += !strcmp(sheet_colour(i), sheet_colour(k)) && !strcmp(sheet_dash(i), sheet_dash(k));
  is_int(alike, 0, "colour and dash tell 24 groups apart");
  ok(!strcmp(sheet_colour(0), sheet_colour(SHEET_COLOURS)) && strcmp(sheet_faint(0), sheet_faint(1)) &&
         sheet_marker(0) == sheet_marker(SHEET_MARKERS) && sheet_filled_marker(0) == sheet_filled_marker(6) &&
         !strcmp(sheet_dash(0), sheet_dash(SHEET_TOLD)) && !strcmp(sheet_dash(0), ""),
     "they repeat");
  for (size_t i = 0; i < SHEET_MARKERS; i++)
    for (size_t k = 0; k < i; k++)
      alike += sheet_marker(i) == sheet_marker(k) || (i < 6 && sheet_filled_marker(i) == sheet_filled_marker(k));
  is_int(alike, 0, "markers differ");
  /* gnuplot's filled markers are 5, 7 ... 15, the same without filling one less */
  int wrong = 0;
  for (size_t i = 0; i < SHEET_MARKERS; i++) {
    const int own = sheet_marker(i), filled = i < 6;
    wrong += filled ? own % 2 != 1 || own < 5 || own > 15 || sheet_filled_marker(i) != own : own % 2 != 0 || own < 4;
    bool there = filled;
    for (size_t k = 0; k < 6; k++)
      there = there || sheet_marker(k) == own + 1;
    wrong += !there;
  }
  is_int(wrong, 0, "filled markers first, then the same without filling");
}

int main(void)
{
  pages();
  terminals();
  titles();
  low_title();
  captions();
  panels();
  axes();
  keys_beside();
  keys_above();
  key_names();
  groups();
  qy_text_free(&script);
  qy_text_free(&notes);
  return done();
}
