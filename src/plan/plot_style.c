/* How pictures look: see plot_style.h.
 *
 * The paper preset: columns of IEEE and ACM proceedings are 3.5 in and 3.33 in wide and ask for type of 7 pt or more
 * in figures; bitmaps for print have 300 dots per inch.
 */
#include "quarry/plot_style.h"

#include "quarry/text.h"
#include "quarry/units.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const qy_style_info table[QY_STYLE_COUNT] = {
    [QY_STYLE_PRESET] = {"preset", "PRESET", "screen | paper | slide", "screen",
                         "paper: a column of 3.5 in, type of 7 pt or more, PDF and PNG of 300 dpi, no title, legend "
                         "above; slide: 10 in x 5.6 in, large type",
                         .axes = false},
    [QY_STYLE_SIZE] = {"size", "SIZE", "WIDTH x HEIGHT in in, cm, mm, pt or px (1 .. 60 in)", "of the preset",
                       "of the whole picture: \"3.5in x 2.6in\"; at least 16 by 10 times the size of type; a PNG has "
                       "at most 32767 dots "
                       "a side and 2e8 in all",
                       .axes = false},
    [QY_STYLE_FONT] = {"font", "FAMILY", "a family of fonts: letters, digits, blanks, '-', '_'", "DejaVu Sans",
                       "family of fonts", .axes = false},
    [QY_STYLE_FONT_SIZE] = {"font_size", "POINTS", "4 .. 72 pt", "of the preset",
                            "of type in points; smaller, but 7 or more, on a page of less than half the preset's size",
                            .axes = false},
    [QY_STYLE_TITLE] = {"title", "TEXT", "text of at most 500 bytes | auto | none", "auto",
                        "auto: the experiment's question (none on paper)", .axes = false},
    [QY_STYLE_CAPTION] =
        {"caption", "CAPTION", "auto | none", "auto",
         "line below the picture: what is left out; without it (on paper) it is said on standard error", .axes = false},
    [QY_STYLE_LEGEND] = {"legend", "PLACE", "right | above | none", "of the preset",
                         "where the legend is, a third of the picture at most; right: above on a page too small for it",
                         .axes = false},
    [QY_STYLE_FORMATS] = {"formats", "LIST", "a list of svg, png, pdf, eps, txt", "of the preset",
                          "files, commas between (screen, slide: svg, png; paper: pdf, png)", .axes = false},
    [QY_STYLE_DPI] = {"dpi", "N", "36 .. 1200", "96; paper 300", "dots per inch of PNG files", .axes = false},
    [QY_STYLE_X_SCALE] = {"x_scale", "SCALE", "auto | linear | log", "auto",
                          "of the x axis; auto: log where values span more than 20 times, but dB", .axes = true},
    [QY_STYLE_Y_SCALE] = {"y_scale", "SCALE", "auto | linear | log", "auto", "of the y axis; auto: as x", .axes = true},
    [QY_STYLE_X_RANGE] = {"x_range", "LOW,HIGH", "two rising numbers, with a unit or none, either may be auto",
                          "of the points", "ends of the x axis", .axes = true},
    [QY_STYLE_Y_RANGE] = {"y_range", "LOW,HIGH", "two rising numbers, with a unit or none, either may be auto",
                          "of the points", "ends of the y axis", .axes = true},
    [QY_STYLE_PER_X] = {"per_x", "WHICH", "auto | all | best | median", "auto",
                        "of lines, the y where several points have one x; auto: all, best beyond 2000 points a series "
                        "or 13000 a picture",
                        .axes = true},
};

const qy_style_info *qy_style_table(void)
{
  return table;
}

static const char *const format_names[QY_PLOT_FORMAT_COUNT] = {
    [QY_PLOT_SVG] = "svg", [QY_PLOT_PNG] = "png", [QY_PLOT_PDF] = "pdf", [QY_PLOT_DUMB] = "txt", [QY_PLOT_EPS] = "eps"};

const char *qy_plot_format_name(qy_plot_format format)
{
  assert((unsigned)format < QY_PLOT_FORMAT_COUNT);
  return format_names[format];
}

static const double screen_dpi = 96, inch_pt = 72, inch_mm = 25.4;
static const double least_in = 1, most_in = 60, least_pt = 4, most_pt = 72, least_dpi = 36, most_dpi = 1200;

typedef struct preset {
  const char *name;
  double width_in, height_in, font_pt, title_pt, dpi;
  bool titled, captioned;
  qy_legend legend;
  int format_count;
  qy_plot_format format[2];
} preset;

static const preset presets[] = {
    {"screen", 12.5, 700 / 96.0, 11, 14, 96, true, true, QY_LEGEND_RIGHT, 2, {QY_PLOT_SVG, QY_PLOT_PNG}},
    {"paper", 3.5, 2.6, 8, 9, 300, false, false, QY_LEGEND_ABOVE, 2, {QY_PLOT_PDF, QY_PLOT_PNG}},
    {"slide", 10, 5.625, 14, 18, 144, true, false, QY_LEGEND_RIGHT, 2, {QY_PLOT_SVG, QY_PLOT_PNG}},
};
enum { PRESETS = sizeof presets / sizeof *presets };

static const char *const scales[] = {"auto", "linear", "log", NULL};
static const char *const legends[] = {"right", "above", "none", NULL};
static const char *const per_x[] = {"auto", "all", "best", "median", NULL};

static int find(const char *const *names, const char *text)
{
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], text) == 0) return i;
  return -1;
}

static int find_preset(const char *text)
{
  for (int i = 0; i < PRESETS; i++)
    if (strcmp(presets[i].name, text) == 0) return i;
  return -1;
}

static const char *skip(const char *p)
{
  return p + strspn(p, " ");
}

/* A number at *p, moved behind it; false: none. */
static bool number_at(const char **p, double *value)
{
  char digits[32];
  const size_t length = strspn(*p, "+-.0123456789eE");
  if (length == 0 || length >= sizeof digits) return false;
  memcpy(digits, *p, length);
  digits[length] = '\0';
  *p += length;
  return qy_number_parse(digits, value);
}

/* A unit of length at *p, moved behind it: how many an inch has; 0: none. */
static double unit_at(const char **p)
{
  static const struct {
    const char *name;
    double per_inch;
  } units[] = {{"in", 1}, {"cm", inch_mm / 10}, {"mm", inch_mm}, {"pt", inch_pt}, {"px", screen_dpi}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (strncmp(*p, units[i].name, 2) == 0 && ((*p)[2] == 'x' || !isalpha((unsigned char)(*p)[2]))) {
      *p += 2;
      return units[i].per_inch;
    }
  return 0;
}

/* "3.5in x 2.6in", "90 x 60 mm" */
static bool read_size(const char *text, double size[2])
{
  double value[2], unit[2];
  const char *p = skip(text);
  for (int d = 0; d < 2; d++) {
    if (!number_at(&p, &value[d])) return false;
    p = skip(p);
    unit[d] = unit_at(&p);
    p = skip(p);
    if (d == 0 && strncmp(p, "x", 1) == 0)
      p = skip(p + 1);
    else if (d == 0 && strncmp(p, "×", 2) == 0)
      p = skip(p + 2);
    else if (d == 0)
      return false;
  }
  if (*p || unit[1] <= 0) return false;
  if (unit[0] <= 0) unit[0] = unit[1];
  for (int d = 0; d < 2; d++) {
    size[d] = value[d] / unit[d];
    if (!(size[d] >= least_in && size[d] <= most_in)) return false;
  }
  return true;
}

/* "8", "8pt" */
static bool read_number(const char *text, const char *unit, double low, double high, double *value)
{
  const char *p = skip(text);
  if (!number_at(&p, value)) return false;
  p = skip(p);
  if (unit && strncmp(p, unit, strlen(unit)) == 0) p += strlen(unit);
  return !*skip(p) && *value >= low && *value <= high;
}

/* A unit of the table at *p, moved behind it, or "": none; false: another word. */
static bool range_unit_at(const char **p, char unit[QY_UNIT_TEXT])
{
  size_t length = strcspn(*p, ",");
  const char *word = *p;
  *p += length;
  while (length > 0 && word[length - 1] == ' ')
    length--;
  if (length >= QY_UNIT_TEXT) return false;
  memcpy(unit, word, length);
  unit[length] = '\0';
  return length == 0 || qy_unit_known(unit);
}

/* "1, 100", "auto, 0.1 mm2": the numbers as they stand, and their units. */
static bool split_range(const char *text, double range[2], char unit[2][QY_UNIT_TEXT])
{
  const char *p = skip(text);
  for (int e = 0; e < 2; e++) {
    unit[e][0] = '\0';
    if (strncmp(p, "auto", 4) == 0) {
      range[e] = NAN;
      p += 4;
    } else if (!number_at(&p, &range[e])) {
      return false;
    }
    p = skip(p);
    if (!isnan(range[e]) && !range_unit_at(&p, unit[e])) return false;
    if (e == 0 && *p++ != ',') return false;
    p = skip(p);
  }
  return !*p;
}

/* Numbers of different units are compared where the unit of the axis is known. */
static bool read_range(const char *text, double range[2])
{
  char unit[2][QY_UNIT_TEXT];
  return split_range(text, range, unit) && (strcmp(unit[0], unit[1]) != 0 || !(range[0] >= range[1]));
}

/* One range in numbers of `unit`. */
static qy_status plain_range(const char **text, const char *unit, qy_arena *arena, qy_error *err)
{
  double range[2];
  char said[2][QY_UNIT_TEXT];
  qy_status status = QY_OK;
  if (!*text || !split_range(*text, range, said) || (!said[0][0] && !said[1][0])) return QY_OK;
  for (int e = 0; e < 2 && !status; e++) {
    if (!said[e][0]) continue;
    if (!unit || !qy_unit_known(unit))
      return qy_fail(err, QY_BAD_INPUT, "expected numbers without a unit on this axis, found \"%s\"", *text);
    const char *end = qy_arena_format(arena, "%.17g %s", range[e], said[e]);
    status = end ? qy_unit_parse(end, unit, &range[e], err) : qy_no_memory(err);
  }
  if (!status && range[0] >= range[1])
    status = qy_fail(err, QY_BAD_INPUT, "expected two rising numbers, found \"%s\"", *text);
  if (status) return status;
  const char *ends[2] = {"auto", "auto"};
  for (int e = 0; e < 2; e++)
    if (!isnan(range[e]) && !(ends[e] = qy_arena_format(arena, "%.17g", range[e]))) return qy_no_memory(err);
  *text = qy_arena_format(arena, "%s, %s", ends[0], ends[1]);
  return *text ? QY_OK : qy_no_memory(err);
}

qy_status qy_style_ranges(qy_plot_style *style, qy_style_option *option, const char *const unit[2], qy_arena *arena,
                          qy_error *err)
{
  assert(style && option && arena);
  static const qy_style_option ranges[] = {QY_STYLE_X_RANGE, QY_STYLE_Y_RANGE};
  qy_status status = QY_OK;
  for (int d = 0; d < 2 && !status; d++) {
    *option = ranges[d];
    status = plain_range(&style->said[ranges[d]], unit[d], arena, err);
  }
  return status;
}

static bool read_formats(const char *text, qy_plot_look *look)
{
  look->format_count = 0;
  for (const char *p = skip(text);; p = skip(p + 1)) {
    const size_t length = strcspn(p, ", ");
    int f = 0;
    while (f < QY_PLOT_FORMAT_COUNT && (strlen(format_names[f]) != length || strncmp(format_names[f], p, length)))
      f++;
    if (f == QY_PLOT_FORMAT_COUNT) return false;
    for (int i = 0; i < look->format_count; i++)
      if ((int)look->format[i] == f) return false;
    look->format[look->format_count++] = (qy_plot_format)f;
    p = skip(p + length);
    if (!*p) return true;
    if (*p != ',') return false;
  }
}

static bool read_font(const char *text, char out[64])
{
  const size_t length = strlen(text);
  for (const char *p = text; *p; p++)
    if (!isascii((unsigned char)*p) || (!isalnum((unsigned char)*p) && !strchr(" -_", *p))) return false;
  if (length == 0 || length > 63 || !isalpha((unsigned char)*text) || text[length - 1] == ' ') return false;
  memcpy(out, text, length + 1);
  return true;
}

/* Put one value into the look; false: it is none. */
static bool take(qy_plot_look *look, qy_style_option option, const char *text)
{
  double size[2];
  int found;
  switch (option) {
  case QY_STYLE_PRESET: return find_preset(text) >= 0;
  case QY_STYLE_SIZE:
    if (!read_size(text, size)) return false;
    look->width_in = size[0];
    look->height_in = size[1];
    return look->sized = true;
  case QY_STYLE_FONT: return read_font(text, look->font);
  case QY_STYLE_FONT_SIZE:
    if (!read_number(text, "pt", least_pt, most_pt, &size[0])) return false;
    look->title_pt *= size[0] / look->font_pt;
    look->font_pt = size[0];
    return true;
  case QY_STYLE_TITLE:
    if (strlen(text) > 500) return false;
    look->titled = strcmp(text, "none") != 0;
    snprintf(look->title, sizeof look->title, "%s", strcmp(text, "auto") && look->titled ? text : "");
    return true;
  case QY_STYLE_CAPTION:
    look->captioned = strcmp(text, "auto") == 0;
    return look->captioned || strcmp(text, "none") == 0;
  case QY_STYLE_LEGEND:
    found = find(legends, text);
    if (found >= 0) look->legend = (qy_legend)found;
    return found >= 0;
  case QY_STYLE_FORMATS: return read_formats(text, look);
  case QY_STYLE_DPI: return read_number(text, NULL, least_dpi, most_dpi, &look->dpi);
  case QY_STYLE_X_SCALE:
  case QY_STYLE_Y_SCALE:
    found = find(scales, text);
    *(option == QY_STYLE_X_SCALE ? &look->x_scale : &look->y_scale) = found - 1;
    return found >= 0;
  case QY_STYLE_X_RANGE: return read_range(text, look->range[0]);
  case QY_STYLE_Y_RANGE: return read_range(text, look->range[1]);
  case QY_STYLE_PER_X:
    found = find(per_x, text);
    if (found >= 0) look->per_x = (qy_per_x)found;
    return found >= 0;
  case QY_STYLE_COUNT: break;
  }
  return false;
}

static void start(qy_plot_look *look, const preset *p)
{
  *look = (qy_plot_look){.width_in = p->width_in,
                         .height_in = p->height_in,
                         .font = "DejaVu Sans",
                         .font_pt = p->font_pt,
                         .title_pt = p->title_pt,
                         .titled = p->titled,
                         .captioned = p->captioned,
                         .legend = p->legend,
                         .format_count = p->format_count,
                         .dpi = p->dpi,
                         .x_scale = -1,
                         .y_scale = -1,
                         .range = {{NAN, NAN}, {NAN, NAN}}};
  memcpy(look->format, p->format, sizeof p->format);
}

bool qy_style_valid(qy_style_option option, const char *text)
{
  assert(text);
  qy_plot_look look;
  start(&look, &presets[0]);
  return take(&look, option, text);
}

const char *qy_style_advice(char out[QY_DID_YOU_MEAN], qy_style_option option, const char *text)
{
  enum { WORDS_MAX = 16 };
  char words[128], *rest = words, *word;
  const char *known[WORDS_MAX];
  size_t count = 0;
  out[0] = '\0';
  const bool list = option == QY_STYLE_FORMATS;
  if (list)
    for (int f = 0; f < QY_PLOT_FORMAT_COUNT; f++)
      known[count++] = format_names[f];
  if (!list && !strstr(table[option].values, " | ")) return out;
  snprintf(words, sizeof words, "%s", table[option].values);
  while (!list && count < WORDS_MAX && (word = strsep(&rest, "| ")))
    if (*word) known[count++] = word;
  return qy_did_you_mean(out, text, known, count);
}

void qy_style_over(qy_plot_style *base, const qy_plot_style *top)
{
  assert(base && top);
  for (int o = 0; o < QY_STYLE_COUNT; o++)
    if (top->said[o] || (top->said[QY_STYLE_PRESET] && !table[o].axes)) base->said[o] = top->said[o];
}

static const double smallest_pt = 7;

/* Type of a page of less than half of the preset's size has its share of the preset's, so that titles and a legend
 * leave room for the plot. */
static void shrink_type(qy_plot_look *look, const preset *p)
{
  static const double from = 0.5; /* of the preset's page */
  const double share = fmin(look->width_in / p->width_in, look->height_in / p->height_in) / from,
               pt = fmin(look->font_pt, fmax(smallest_pt, share * look->font_pt));
  look->title_pt *= pt / look->font_pt;
  look->font_pt = pt;
}

void qy_style_look(qy_plot_look *look, const qy_plot_style *style)
{
  assert(look && style);
  static const double small = 9.0 / 11;
  const char *name = style->said[QY_STYLE_PRESET];
  const int p = name ? find_preset(name) : 0;
  start(look, &presets[p < 0 ? 0 : p]);
  for (int o = 0; o < QY_STYLE_COUNT; o++)
    if (style->said[o]) take(look, (qy_style_option)o, style->said[o]);
  if (look->sized && !style->said[QY_STYLE_FONT_SIZE]) shrink_type(look, &presets[p < 0 ? 0 : p]);
  if (look->titled && style->said[QY_STYLE_TITLE] == NULL) look->titled = presets[p < 0 ? 0 : p].titled;
  look->small_pt = fmax(small * look->font_pt, fmin(smallest_pt, look->font_pt));
  look->screen = p <= 0 && !style->said[QY_STYLE_SIZE] && !style->said[QY_STYLE_FONT_SIZE];
}

/* Is the page smaller than axes, their titles and a legend in this type? */
static bool too_small(const qy_plot_look *look)
{
  static const double least_across = 16, least_up = 10; /* sizes of type */
  const double em_in = look->font_pt / inch_pt;
  return look->width_in < least_across * em_in || look->height_in < least_up * em_in;
}

/* Has the PNG more dots than cairo makes, or more than 0.8 GB? */
static bool too_many_dots(const qy_plot_look *look)
{
  static const double most_a_side = 32767, most_in_all = 2e8;
  const double across = look->width_in * look->dpi, up = look->height_in * look->dpi;
  bool png = false;
  for (int f = 0; f < look->format_count; f++)
    png = png || look->format[f] == QY_PLOT_PNG;
  return png && (across > most_a_side || up > most_a_side || across * up > most_in_all);
}

const char *qy_style_conflict(qy_style_option *option, const qy_plot_style *style)
{
  assert(option && style);
  qy_plot_look look;
  qy_style_look(&look, style);
  const int scale[2] = {look.x_scale, look.y_scale};
  for (int d = 0; d < 2; d++)
    for (int e = 0; e < 2; e++)
      if (scale[d] == 1 && look.range[d][e] <= 0) {
        *option = d ? QY_STYLE_Y_RANGE : QY_STYLE_X_RANGE;
        return "ends above zero on a logarithmic axis";
      }
  if (too_small(&look)) {
    *option = style->said[QY_STYLE_FONT_SIZE] ? QY_STYLE_FONT_SIZE : QY_STYLE_SIZE;
    return "a picture at least 16 times as wide and 10 times as high as its type";
  }
  if (too_many_dots(&look)) {
    *option = style->said[QY_STYLE_DPI] ? QY_STYLE_DPI : QY_STYLE_SIZE;
    return "a PNG of at most 32767 dots a side and 2e8 in all";
  }
  return NULL;
}
