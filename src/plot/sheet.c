/* The sheet of a plot: see sheet.h.
 *
 * Colours: M. Okabe, K. Ito, "Color Universal Design", 2008, the set gnuplot calls podo, with the ones that read best
 * on white first and the yellow darkened.
 */
#include "sheet.h"

#include "gnuplot.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const type_sizes graphic = {.width = 1200,
                                   .height = 700,
                                   .letter = 8.6,
                                   .title_letter = 12.2,
                                   .small_letter = 7.1,
                                   .title_line = 27,
                                   .panel_line = 28,
                                   .small_line = 18,
                                   .line = 26,
                                   .edge = 22,
                                   .tick_width = 54,
                                   .tick_line = 26,
                                   .gap = 28,
                                   .sample = 66};

static const type_sizes characters = {.width = 100,
                                      .height = 34,
                                      .letter = 1,
                                      .title_letter = 1,
                                      .small_letter = 1,
                                      .title_line = 1,
                                      .panel_line = 2,
                                      .small_line = 1,
                                      .line = 1,
                                      .edge = 1,
                                      .tick_width = 8,
                                      .tick_line = 3,
                                      .gap = 2,
                                      .sample = 6};

static const struct {
  const char *full, *faint;
} colours[SHEET_COLOURS] = {
    {"#0072b2", "#a6cfe6"}, {"#d55e00", "#f2c6a3"}, {"#009e73", "#a3dccb"}, {"#cc79a7", "#ecd0e0"},
    {"#e69f00", "#f7dda6"}, {"#56b4e9", "#c6e4f7"}, {"#000000", "#b8b8b8"}, {"#a89f00", "#e0dca0"},
};
static const int markers[SHEET_MARKERS] = {7, 5, 9, 13, 11, 15, 6, 4, 8, 12, 10}; /* FILLED first */
enum { FILLED = 6 };

const char *sheet_colour(size_t group)
{
  return colours[group % SHEET_COLOURS].full;
}

const char *sheet_faint(size_t group)
{
  return colours[group % SHEET_COLOURS].faint;
}

int sheet_marker(size_t group)
{
  return markers[group % SHEET_MARKERS];
}

int sheet_filled_marker(size_t group)
{
  return markers[group % FILLED];
}

static void terminal(const sheet *page, const char *file_stem)
{
  static const char *const names[] = {[QY_PLOT_SVG] = "svg", [QY_PLOT_PNG] = "png", [QY_PLOT_PDF] = "pdf"};
  qy_text *s = page->s;
  if (page->dumb) {
    qy_text_add(s, "set terminal dumb noenhanced size %g,%g\nset encoding utf8\n", page->width, page->height);
    return;
  }
  qy_text_add(s, "# Another format: gnuplot -e \"format='svg'\" THIS_FILE (png, svg, pdf)\n");
  qy_text_add(s, "if (!exists('format')) format = '%s'\n", names[page->format]);
  qy_text_add(s, "if (!exists('picture')) picture = ");
  char base[PATH_MAX + 4];
  snprintf(base, sizeof base, "./%s", plot_base_name(file_stem));
  script_path(s, base);
  qy_text_add(s, ".'.'.format\n"
                 "set encoding utf8\n"
                 "bold = 'DejaVu Sans:Bold,14'; strong = 'DejaVu Sans:Bold,11'; small = 'DejaVu Sans,9'\n"
                 "dot = 1.0; drop = 0; row = 1.35; indent = 0 # markers, axis title, key, small print\n");
  qy_text_add(s,
              "if (format eq 'png') set terminal pngcairo noenhanced size %g,%g font 'DejaVu Sans,11' background "
              "rgb '#ffffff'\n",
              page->width, page->height);
  qy_text_add(
      s,
      "if (format eq 'pdf') set terminal pdfcairo noenhanced size %gin,%gin font 'DejaVu Sans,11' fontscale 0.74 "
      "pointscale 0.75 linewidth 1.6 background rgb '#ffffff'\n",
      page->width / 96, page->height / 96);
  qy_text_add(s,
              "if (format eq 'svg') set terminal svg noenhanced mouse standalone dynamic size %g,%g font "
              "'sans-serif,14.5' background rgb '#ffffff'\n"
              "if (format eq 'svg') bold = 'sans-serif,19'; strong = 'sans-serif,15.5'; small = 'sans-serif,12'\n"
              "if (format eq 'svg') dot = 0.7; drop = 0.6; row = 1.1\n"
              "if (format eq 'svg') indent = 0.018 # room for the button that shows coordinates\n",
              page->width, page->height);
  qy_text_add(s, "set output picture\n");
}

/* Text at a place of the sheet. font: name of a variable of the script. */
static void text_at(const sheet *page, const char *text, size_t length, double x, double y, const char *font)
{
  char line[1024];
  bool small = strcmp(font, "small") == 0;
  snprintf(line, sizeof line, "%.*s", (int)length, text);
  qy_text_add(page->s, "set label ");
  script_quote(page->s, line, sizeof line);
  qy_text_add(page->s, " at screen %.4f%s, screen %.4f left noenhanced", x / page->width,
              small && !page->dumb ? "+indent" : "", y / page->height);
  if (!page->dumb) qy_text_add(page->s, " font %s", font);
  qy_text_add(page->s, "\n");
}

void sheet_begin(sheet *page, qy_text *s, qy_plot_format format, const char *file_stem, const char *title, int rows)
{
  assert(page && s && rows > 0);
  *page = (sheet){.s = s, .format = format, .dumb = format == QY_PLOT_DUMB};
  const type_sizes *t = page->type = page->dumb ? &characters : &graphic;
  page->width = t->width;
  page->height = t->height + (rows - 1) * t->height * 0.75;
  page->left = t->edge;
  page->right = page->width - t->edge;
  page->bottom = t->edge * 0.6;
  page->top = page->height - t->edge * 0.6;
  qy_text_add(s, "%s", PLOT_FIRST_LINE);
  terminal(page, file_stem);
  const char *rest = title ? title : "", *start;
  size_t length, columns = (size_t)((page->right - page->left) / t->title_letter);
  while ((length = text_wrap(&rest, &start, columns)) > 0) {
    text_at(page, start, length, page->left, page->top - t->title_line / 2, "bold");
    page->top -= t->title_line;
  }
  qy_text_add(s, "set multiplot\n"); /* labels so far are drawn by the first panel and then removed */
  if (page->dumb)
    qy_text_add(s, "set border 3\nset tics nomirror out\n");
  else
    qy_text_add(s, "set border 3 lc rgb '#555555' lw 1\n"
                   "set tics nomirror out scale 0.7,0.35 textcolor rgb '#333333'\n"
                   "set grid back lt 1 lc rgb '#e4e4e4' lw 0.8\n");
}

void sheet_caption(sheet *page, const char *caption)
{
  assert(page);
  if (!caption) return;
  const type_sizes *t = page->type;
  size_t columns = (size_t)((page->right - page->left) / t->small_letter), lines = 0, length;
  const char *rest = caption, *start;
  while (text_wrap(&rest, &start, columns) > 0)
    lines++;
  page->bottom += (double)lines * t->small_line;
  rest = caption;
  for (size_t i = 0; (length = text_wrap(&rest, &start, columns)) > 0; i++)
    text_at(page, start, length, page->left, page->bottom - ((double)i + 0.5) * t->small_line, "small");
  if (lines > 0 && !page->dumb) page->bottom += t->small_line * 0.6; /* keeps it apart from the axis title */
}

size_t sheet_key(sheet *page, size_t columns)
{
  assert(page);
  const type_sizes *t = page->type;
  size_t most = (size_t)((page->width * 0.3 - t->sample) / t->letter);
  if (columns > most) columns = most;
  page->right -= (double)columns * t->letter + t->sample;
  return columns;
}

void sheet_key_place(const sheet *page, size_t columns)
{
  assert(page);
  const type_sizes *t = page->type;
  qy_text_add(page->s, "set key at screen %.4f, screen %.4f right top Left reverse noenhanced samplen %g width %g%s\n",
              (page->width - t->edge * 0.5) / page->width, (page->top - t->panel_line) / page->height,
              page->dumb ? 3.0 : 2.0, 0.0, page->dumb ? "" : " spacing row");
  (void)columns;
}

void sheet_panel(const sheet *page, const rectangle *area, const char *title)
{
  assert(page && area);
  const type_sizes *t = page->type;
  qy_text_add(page->s, "set lmargin at screen %.4f\nset rmargin at screen %.4f\nset bmargin at screen %.4f\n",
              area->left / page->width, area->right / page->width, area->bottom / page->height);
  qy_text_add(page->s, "set tmargin at screen %.4f\n", area->top / page->height);
  if (!title) return;
  char line[1024];
  snprintf(line, sizeof line, "%s", title);
  text_at(page, line, strlen(line), area->left, area->top + t->panel_line * 0.5, "strong");
}

void sheet_axis(const sheet *page, char which, const axis *a, bool labelled)
{
  assert(page && a);
  qy_text *s = page->s;
  qy_text_add(s, a->log ? "set logscale %c 10\n" : "unset logscale %c\n", which);
  qy_text_add(s, "set %crange [%.9g:%.9g]\nset %ctics (", which, a->low, a->high, which);
  for (int i = 0; i < a->tick_count; i++) {
    const axis_tick *tick = &a->tick[i];
    if (i > 0) qy_text_add(s, ", ");
    script_quote_tick(s, labelled ? tick->label : "", AXIS_LABEL_BYTES);
    qy_text_add(s, " %.9g%s", tick->at, tick->label[0] ? "" : " 1");
  }
  qy_text_add(s, ")\n");
}

void sheet_axis_title(const sheet *page, char which, const char *text, double room)
{
  assert(page);
  qy_text_add(page->s, "set %clabel ", which);
  script_quote(page->s, text, (size_t)fmax(8, room / page->type->letter));
  qy_text_add(page->s, " noenhanced%s\n", which == 'x' && !page->dumb ? " offset 0,drop" : "");
}

void sheet_end(sheet *page)
{
  assert(page);
  qy_text_add(page->s, "unset multiplot\nset output\n");
}
