/* The sheet of a plot: see sheet.h.
 *
 * Colours: M. Okabe, K. Ito, "Color Universal Design", 2008, the set gnuplot calls podo, with the ones that read best
 * on white first and the yellow darkened.
 */
#include "sheet.h"

#include "gnuplot.h"

#include "quarry/units.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
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
                                   .sample = 88};

static const double pixels_per_inch = 96;

/* Type of SVG beside that of the other formats: browsers' fonts are narrower or wider. */
static const double svg_base = 14.5 / 14.6667, svg_title = 19 / 18.6667, svg_strong = 15.5 / 14.6667;

/* The type that `graphic` is measured for. */
static const double graphic_pt = 11, graphic_small_pt = 9, graphic_title_pt = 14;

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

const char *sheet_dash(size_t group)
{
  static const char *const dashes[SHEET_TOLD / SHEET_COLOURS] = {"", " dt 2", " dt 4"};
  return dashes[group / SHEET_COLOURS % (SHEET_TOLD / SHEET_COLOURS)];
}

static const qy_plot_look *usual_look(qy_plot_look *room)
{
  qy_style_look(room, &(qy_plot_style){{NULL}});
  return room;
}

/* A terminal of cairo: size, font, and what its units are of ours. */
static void cairo(const sheet *page, const char *format, const char *name, const char *unit, double per_pixel,
                  double type, double point, double line)
{
  const qy_plot_look *l = page->look;
  qy_text_add(page->s, "if (format eq '%s') set terminal %s noenhanced size %.6g%s,%.6g%s font '%s,%.4g'", format, name,
              page->width * per_pixel, unit, page->height * per_pixel, unit, l->font, l->font_pt);
  if (type != 1) qy_text_add(page->s, " fontscale %.4g", type);
  if (point != 1) qy_text_add(page->s, " pointscale %.4g", point);
  if (line != 1) qy_text_add(page->s, " linewidth %.4g", line);
  qy_text_add(page->s, " background rgb '#ffffff'\n");
}

static void terminal(const sheet *page, const char *file_stem)
{
  qy_text *s = page->s;
  const qy_plot_look *l = page->look;
  if (page->dumb) {
    qy_text_add(s, "set terminal dumb noenhanced size %g,%g\nset encoding utf8\n", page->width, page->height);
    return;
  }
  const double k = page->scale, dots = l->dpi / pixels_per_inch;
  qy_text_add(s, "# Another format: gnuplot -e \"format='svg'\" THIS_FILE (png, svg, pdf, eps)\n");
  qy_text_add(s, "if (!exists('format')) format = '%s'\n", qy_plot_format_name(page->format));
  qy_text_add(s, "if (!exists('picture')) picture = ");
  char base[PATH_MAX + 4];
  snprintf(base, sizeof base, "./%s", plot_base_name(file_stem));
  script_path(s, base);
  qy_text_add(s,
              ".'.'.format\n"
              "set encoding utf8\n"
              "bold = '%s:Bold,%.4g'; strong = '%s:Bold,%.4g'; small = '%s,%.4g'\n"
              "dot = 1.0; drop = 0; row = 1.35; indent = 0 # markers, axis title, key, caption\n",
              l->font, l->title_pt, l->font, l->font_pt, l->font, l->small_pt);
  cairo(page, "png", "pngcairo", "", dots, dots, k * dots, k * dots);
  cairo(page, "pdf", "pdfcairo", "in", 1 / pixels_per_inch, 0.75, 0.75 * k, 1.6 * k);
  cairo(page, "eps", "epscairo", "in", 1 / pixels_per_inch, 0.75, 0.75 * k, 1.6 * k);
  /* SVG: sizes in pixels; a family that browsers need not have is not asked for */
  const char *family = strcmp(l->font, "DejaVu Sans") == 0 ? "sans-serif" : l->font;
  const double px = pixels_per_inch / 72;
  qy_text_add(s, "if (format eq 'svg') set terminal svg noenhanced mouse standalone %s size %.6g,%.6g font '%s,%.4g'",
              l->screen ? "dynamic" : "fixed", page->width, page->height, family, l->font_pt * px * svg_base);
  if (k != 1) qy_text_add(s, " linewidth %.4g", k);
  qy_text_add(s,
              " background rgb '#ffffff'\n"
              "if (format eq 'svg') bold = '%s,%.4g'; strong = '%s,%.4g'; small = '%s,%.4g'\n"
              "if (format eq 'svg') dot = %.4g; drop = 0.6; row = 1.1\n"
              "if (format eq 'svg') indent = 0.018 # room for the button that shows coordinates\n",
              family, l->title_pt * px * svg_title, family, l->font_pt * px * svg_strong, family, l->small_pt * px,
              0.7 * k);
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

static void scale_type(sheet *page)
{
  const qy_plot_look *l = page->look;
  const double k = page->scale = l->font_pt / graphic_pt, small = l->small_pt / graphic_small_pt,
               title = l->title_pt / graphic_title_pt;
  type_sizes *t = &page->own;
  *t = (type_sizes){.width = l->width_in * pixels_per_inch,
                    .height = l->height_in * pixels_per_inch,
                    .letter = graphic.letter * k,
                    .title_letter = graphic.title_letter * title,
                    .small_letter = graphic.small_letter * small,
                    .title_line = graphic.title_line * title,
                    .panel_line = graphic.panel_line * k,
                    .small_line = graphic.small_line * small,
                    .line = graphic.line * k,
                    .edge = l->screen ? graphic.edge : graphic.edge * k * 0.6,
                    .tick_width = graphic.tick_width * k,
                    .tick_line = graphic.tick_line * k,
                    .gap = graphic.gap * k,
                    .sample = graphic.sample * k};
  page->type = t;
}

/* What of a page of graphics the title and the caption take at most. */
static const double title_share = 0.2, caption_share = 0.25, sized_caption_share = 0.15;

/* A title of more lines than the page has room for is cut, and said in the notes. */
static void put_title(sheet *page, const char *title)
{
  const type_sizes *t = page->type;
  const char *rest = title ? title : "", *start;
  const size_t columns = (size_t)((page->right - page->left) / t->title_letter),
               most = page->dumb ? SIZE_MAX : (size_t)fmax(1, title_share * page->height / t->title_line);
  char last[1024];
  size_t length;
  for (size_t i = 0; i < most && (length = text_wrap(&rest, &start, columns)) > 0; i++) {
    const char *after = rest, *more;
    const bool cut = i + 1 == most && text_wrap(&after, &more, columns) > 0;
    if (cut) {
      snprintf(last, sizeof last, "%.*s…", (int)length, start);
      if (page->look->notes) qy_text_add(page->look->notes, "title: %s\n", title);
    }
    text_at(page, cut ? last : start, cut ? strlen(last) : length, page->left, page->top - t->title_line / 2, "bold");
    page->top -= t->title_line;
  }
}

void sheet_begin(sheet *page, qy_text *s, const qy_plot_look *look, qy_plot_format format, const char *file_stem,
                 const char *title, int rows)
{
  assert(page && s && rows > 0);
  static const double more_rows = 0.75; /* what another row of panels adds to the height */
  qy_plot_look usual;
  *page = (sheet){
      .s = s, .format = format, .dumb = format == QY_PLOT_DUMB, .scale = 1, .label_lines = {1, 1}, .title_lines = 1};
  page->look = look ? look : usual_look(&usual);
  if (page->dumb)
    page->type = &characters;
  else
    scale_type(page);
  const type_sizes *t = page->type;
  page->width = t->width;
  page->height = t->height + (page->look->sized && !page->dumb ? 0 : (rows - 1) * t->height * more_rows);
  page->left = t->edge;
  page->right = page->width - t->edge;
  page->bottom = t->edge * 0.6;
  page->top = page->height - t->edge * 0.6;
  qy_text_add(s, "%s", QY_PLOT_FIRST_LINE);
  terminal(page, file_stem);
  if (page->look->title[0]) title = page->look->title;
  if (!page->look->titled) title = NULL;
  put_title(page, title);
  if (!look) page->look = NULL;
  qy_text_add(s, "set multiplot\n"); /* labels so far are drawn by the first panel and then removed */
  if (page->dumb)
    qy_text_add(s, "set border 3\nset tics nomirror out\n");
  else
    qy_text_add(s, "set border 3 lc rgb '#555555' lw 1\n"
                   "set tics nomirror out scale 0.7,0.35 textcolor rgb '#333333'\n"
                   "set grid back lt 1 lc rgb '#e4e4e4' lw 0.8\n");
}

static void note_caption(const sheet *page, const char *caption)
{
  while (*caption == ' ')
    caption++;
  if (page->look && page->look->notes && *caption) qy_text_add(page->look->notes, "caption: %s\n", caption);
}

static void put_caption(sheet *page, const char *caption)
{
  const type_sizes *t = page->type;
  if (page->look && !page->look->captioned && !page->dumb) {
    note_caption(page, caption);
    return;
  }
  size_t columns = (size_t)((page->right - page->left) / t->small_letter), lines = 0, length;
  const char *rest = caption, *start;
  while (text_wrap(&rest, &start, columns) > 0)
    lines++;
  const double share = page->look && page->look->sized ? sized_caption_share : caption_share;
  if (!page->dumb && (double)lines * t->small_line > share * page->height) {
    note_caption(page, caption);
    return;
  }
  page->bottom += (double)lines * t->small_line;
  rest = caption;
  for (size_t i = 0; (length = text_wrap(&rest, &start, columns)) > 0; i++)
    text_at(page, start, length, page->left, page->bottom - ((double)i + 0.5) * t->small_line, "small");
  if (lines > 0 && !page->dumb) page->bottom += t->small_line * 0.6; /* keeps it apart from the axis title */
}

/* A number and its unit stay on one line: "90 %", "8 bit" with a space that does not break. */
static void keep_units(qy_text *out, const char *text)
{
  for (const char *p = text; *p; p++) {
    char word[16];
    const size_t length = *p == ' ' ? strcspn(p + 1, " ,;.:)") : 0;
    bool unit = p > text && p[-1] >= '0' && p[-1] <= '9' && length > 0 && length < sizeof word;
    if (unit) {
      snprintf(word, sizeof word, "%.*s", (int)length, p + 1);
      unit = qy_unit_known(word);
    }
    qy_text_put(out, unit ? "\u00a0" : p, unit ? strlen("\u00a0") : 1);
  }
}

void sheet_caption(sheet *page, const char *said)
{
  assert(page);
  if (!said) return;
  qy_text kept = {0};
  keep_units(&kept, said);
  page->s->failed |= kept.failed;
  put_caption(page, kept.failed || !kept.data ? said : kept.data);
  qy_text_free(&kept);
}

static size_t title_columns(const sheet *page, double room)
{
  static const double bold = 1.1; /* beside the usual type */
  return (size_t)fmax(8, room / (page->type->letter * (page->dumb ? 1 : bold)));
}

int sheet_title_lines(const sheet *page, const char *title, double room)
{
  assert(page);
  return !page->dumb && text_columns(title) > title_columns(page, room) ? 2 : 1;
}

/* Bytes by which a line is shorter that ends behind an underscore instead of within a word; *rest moves there. */
static size_t cut_name(const char *start, size_t length, const char **rest)
{
  if (!**rest || **rest == ' ' || **rest == '\n') return 0;
  size_t at = length;
  while (at > 0 && start[at - 1] != '_' && start[at - 1] != '-')
    at--;
  if (at == 0) return 0;
  *rest = start + at;
  return length - at;
}

void sheet_panel(const sheet *page, const rectangle *area, const char *title)
{
  assert(page && area);
  const type_sizes *t = page->type;
  qy_text_add(page->s, "set lmargin at screen %.4f\nset rmargin at screen %.4f\nset bmargin at screen %.4f\n",
              area->left / page->width, area->right / page->width, area->bottom / page->height);
  qy_text_add(page->s, "set tmargin at screen %.4f\n", area->top / page->height);
  if (!title) return;
  const int lines = sheet_title_lines(page, title, area->right - area->left) > 1 ? page->title_lines : 1;
  const size_t columns = lines > 1 ? title_columns(page, area->right - area->left) : SIZE_MAX;
  const char *rest = title, *start;
  size_t length;
  for (int i = 0; i < lines && (length = text_wrap(&rest, &start, columns)) > 0; i++) {
    length -= cut_name(start, length, &rest);
    text_at(page, start, length, area->left, area->top + t->panel_line * (0.5 + 0.75 * (lines - 1 - i)), "strong");
  }
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

enum { LABEL_LINES_MAX = 3 };

/* Lines that the title of an axis would take, however many. */
static int lines_wanted(const sheet *page, const char *text, double room)
{
  const char *rest = text ? text : "", *start;
  int lines = 0;
  while (text_wrap(&rest, &start, (size_t)fmax(8, room / page->type->letter)) > 0)
    lines++;
  return lines;
}

int sheet_label_lines(const sheet *page, const char *text, double room)
{
  assert(page);
  const int lines = lines_wanted(page, text, room);
  return page->dumb || lines < 1 ? 1 : lines < LABEL_LINES_MAX ? lines : LABEL_LINES_MAX;
}

void sheet_shorten_label(const sheet *page, char *text, double room)
{
  assert(page && text);
  char *remark = strstr(text, " (");
  for (char *next = remark; next && (next = strstr(next + 1, " ("));)
    remark = next;
  if (page->dumb || !remark || !strstr(remark, ": ") || lines_wanted(page, text, room) <= LABEL_LINES_MAX) return;
  if (page->look && page->look->notes) qy_text_add(page->look->notes, "axis: %s\n", text);
  *remark = '\0';
}

void sheet_axis_title(const sheet *page, char which, const char *text, double room)
{
  assert(page);
  const size_t columns = (size_t)fmax(8, room / page->type->letter);
  const int lines = page->label_lines[which == 'y'];
  const char *rest = text ? text : "", *start;
  int used = 1;
  qy_text_add(page->s, "set %clabel ", which);
  for (; used < lines && text_columns(rest) > columns; used++) {
    char line[512];
    const size_t length = text_wrap(&rest, &start, columns);
    snprintf(line, sizeof line, "%.*s", (int)length, start);
    script_quote(page->s, line, columns);
    qy_text_add(page->s, ".\"\\n\".");
    while (*rest == ' ')
      rest++;
  }
  script_quote(page->s, rest, columns);
  qy_text_add(page->s, " noenhanced");
  if (which == 'x' && !page->dumb) qy_text_add(page->s, " offset 0,drop");
  if (which == 'y' && used > 1) qy_text_add(page->s, " offset character %.3g,0", -0.9 * (used - 1)); /* off the ticks */
  qy_text_add(page->s, "\n");
}

void sheet_end(sheet *page)
{
  assert(page);
  qy_text_add(page->s, "unset multiplot\nset output\n");
}
