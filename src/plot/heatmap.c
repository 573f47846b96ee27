/* Heat maps: see heatmap.h. */
#include "quarry/heatmap.h"

#include "axis.h"
#include "gnuplot.h"
#include "quarry/decimal.h"
#include "room.h"
#include "script.h"
#include "sheet.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { CELLS_MAX = 200, PANELS_MAX = 12, COLUMNS_MAX = 3, NUMBERS_MAX = 300, NAMES_MAX = 24, NAME_COLUMNS_MAX = 24 };

/* Eleven colours of viridis at even steps. */
static const char palette[] = "set palette defined (0 '#440154', 1 '#482475', 2 '#414487', 3 '#355f8d', 4 '#2a788e', "
                              "5 '#21918c', 6 '#22a884', 7 '#44bf70', 8 '#7ad151', 9 '#bddf26', 10 '#fde725')\n";

/* Pages narrower than this have one panel a row. */
#define SMALL_IN 5.0

/* Above this share of the colours dark text reads better than white. */
static const double light_from = 0.6;

/* How the names below the columns stand. */
typedef enum name_turn { NAMES_LEVEL, NAMES_SLANTED, NAMES_UPRIGHT } name_turn;

/* Cells of so few different values have them listed instead of a bar of all colours. */
enum { VALUES_MAX = 8, CELLS_PER_VALUE = 3 };

typedef struct heat {
  const qy_heatmap *map;
  sheet page;
  axis colour;
  char colour_title[AXIS_TITLE_BYTES], x_title[AXIS_TITLE_BYTES], y_title[AXIS_TITLE_BYTES];
  double x_scale, y_scale; /* of the numbers at the edges of cells */
  int x_digits, y_digits;  /* 0: as axes have them */
  name_turn turn;
  double value[VALUES_MAX]; /* rising, as they are listed */
  size_t value_count;       /* 0: a bar */
} heat;

static double value_at(const qy_heatmap *m, size_t panel, size_t x, size_t y)
{
  return m->value[(panel * m->y.count + y) * m->x.count + x];
}

/* What a cell shows: a colour, or one of two hatches. */
typedef enum cell_part { CELL_FILLED, CELL_OF_NONE, CELL_WITHOUT_BASE, CELL_PARTS } cell_part;

static cell_part part_of(const heat *h, double value)
{
  return axis_shows(&h->colour, value) ? CELL_FILLED : value == -INFINITY ? CELL_WITHOUT_BASE : CELL_OF_NONE;
}

/* "x y value" of the cells with one, "x y" of the others, and their numbers as texts by lightness; how many of each
 * part there are. */
static void write_cells(heat *h, size_t panel, bool filled, size_t count[CELL_PARTS])
{
  static const char *const blocks[CELL_PARTS] = {"cells", "empty", "without"};
  qy_text *s = h->page.s;
  const qy_heatmap *m = h->map;
  for (int part = 0; part < CELL_PARTS; part++) {
    count[part] = 0;
    qy_text_add(s, "$%s_%zu << END\n", blocks[part], panel + 1);
    for (size_t y = 0; y < m->y.count; y++)
      for (size_t x = 0; x < m->x.count; x++) {
        const double value = value_at(m, panel, x, y);
        char number[AXIS_LABEL_BYTES];
        if ((int)part_of(h, value) != part) continue;
        count[part]++;
        qy_text_add(s, "%g %g", (double)x + 0.5, (double)y + 0.5);
        if (part == CELL_FILLED) {
          axis_number(number, value * h->colour.scale);
          const bool light = axis_position(&h->colour, value) >= light_from;
          qy_text_add(s, " %.9g \"%s\" %s", value, filled ? number : "", light ? "0x111111" : "0xffffff");
        }
        qy_text_add(s, "\n");
      }
    qy_text_add(s, "END\n");
  }
}

/* Are there so many cells that they are an image? */
static bool is_image(const heat *h)
{
  return !h->page.dumb && h->map->panel_count * h->map->x.count * h->map->y.count > ROOM_CELLS;
}

/* "x y value" of all cells: rows of an image, transparent where there is no value; the middle of the panel; and "x y"
 * of cells without a base, which have a hatch of their own while they are not too many. */
static void write_image(heat *h, size_t panel, size_t count[CELL_PARTS])
{
  qy_text *s = h->page.s;
  const qy_heatmap *m = h->map;
  qy_text_add(s, "$back_%zu << END\n%g %g\nEND\n$cells_%zu << END\n", panel + 1, (double)m->x.count / 2,
              (double)m->y.count / 2, panel + 1);
  for (size_t y = 0; y < m->y.count; y++)
    for (size_t x = 0; x < m->x.count; x++) {
      const double value = value_at(m, panel, x, y);
      qy_text_add(s, "%g %g %.9g\n", (double)x + 0.5, (double)y + 0.5, axis_shows(&h->colour, value) ? value : NAN);
      count[part_of(h, value)]++;
    }
  qy_text_add(s, "END\n$without_%zu << END\n", panel + 1);
  for (size_t y = 0; y < m->y.count && count[CELL_WITHOUT_BASE] <= ROOM_CELLS; y++)
    for (size_t x = 0; x < m->x.count; x++)
      if (part_of(h, value_at(m, panel, x, y)) == CELL_WITHOUT_BASE)
        qy_text_add(s, "%g %g\n", (double)x + 0.5, (double)y + 0.5);
  qy_text_add(s, "END\n");
}

static void plot_hatched(heat *h, const char *gap, const char *block, size_t panel, int pattern)
{
  qy_text_add(h->page.s,
              "%s$%s_%zu using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5) with boxxyerror fs pattern %d border "
              "lc rgb '#d0d0d0' fc rgb '#b0b0b0' notitle",
              gap, block, panel + 1, pattern);
}

/* How cells without a feasible point and those without a base are hatched. */
enum { HATCH_OF_NONE = 5, HATCH_WITHOUT_BASE = 1 };
static const char next_plot[] = ", \\\n     ";

static void plot_image(heat *h, size_t panel, const size_t count[CELL_PARTS])
{
  const qy_heatmap *m = h->map;
  const char *gap = "plot ";
  if (count[CELL_FILLED] < m->x.count * m->y.count) {
    qy_text_add(h->page.s,
                "plot $back_%zu using 1:2:(0):(%zu):(0):(%zu) with boxxyerror fs pattern %d noborder fc rgb '#b0b0b0' "
                "notitle",
                panel + 1, m->x.count, m->y.count, HATCH_OF_NONE);
    gap = next_plot;
  }
  if (count[CELL_FILLED]) {
    qy_text_add(h->page.s, "%s$cells_%zu using 1:2:3 with image notitle", gap, panel + 1);
    gap = next_plot;
  }
  if (count[CELL_WITHOUT_BASE] && count[CELL_WITHOUT_BASE] <= ROOM_CELLS)
    plot_hatched(h, gap, "without", panel, HATCH_WITHOUT_BASE);
  qy_text_add(h->page.s, "\nunset label\nunset object\nunset colorbox\n");
}

/* A number at an edge of cells; digits 0: as axes have it. */
static void edge_text(char out[AXIS_LABEL_BYTES], const qy_heatmap_axis *a, size_t edge, double scale, int digits)
{
  if (digits == 0)
    axis_number(out, a->edge[edge] * scale);
  else
    qy_print(out, AXIS_LABEL_BYTES, "%.*g", digits, a->edge[edge] * scale);
}

/* Digits that tell neighbouring edges apart. */
static int edge_digits(const qy_heatmap_axis *a, double scale)
{
  enum { DIGITS_LEAST = 4, DIGITS_MOST = 12 };
  int digits = 0;
  for (bool alike = !a->name; alike; digits = digits ? digits + 1 : DIGITS_LEAST) {
    alike = false;
    for (size_t i = 0; i < a->count && !alike; i++) {
      char own[AXIS_LABEL_BYTES], next[AXIS_LABEL_BYTES];
      edge_text(own, a, i, scale, digits);
      edge_text(next, a, i + 1, scale, digits);
      alike = strcmp(own, next) == 0;
    }
    if (!alike || digits == DIGITS_MOST) break;
  }
  return digits;
}

static double scale_of(const heat *h, const qy_heatmap_axis *a)
{
  return a == &h->map->x ? h->x_scale : h->y_scale;
}

static int digits_of(const heat *h, const qy_heatmap_axis *a)
{
  return a == &h->map->x ? h->x_digits : h->y_digits;
}

static size_t widest_name(const heat *h, const qy_heatmap_axis *a)
{
  size_t columns = a->name ? 1 : 5;
  for (size_t i = 0; i < a->count + !a->name; i++) {
    char number[AXIS_LABEL_BYTES];
    if (!a->name) edge_text(number, a, i, scale_of(h, a), digits_of(h, a));
    const size_t own = text_columns(a->name ? a->name[i] : number);
    if (own > columns) columns = own;
  }
  return columns < NAME_COLUMNS_MAX ? columns : NAME_COLUMNS_MAX;
}

/* Names at the middles of cells, numbers at their edges; fewer where there are many. */
static void write_ticks(const heat *h, char which, const qy_heatmap_axis *a, bool labelled, double step_room)
{
  static const char *const turns[] = {"norotate", "rotate by 30 right", "rotate by 90 right"};
  const name_turn turn = which == 'x' ? h->turn : NAMES_LEVEL;
  const double apart = !labelled || h->page.dumb               ? 0
                       : which == 'y' || turn == NAMES_UPRIGHT ? h->page.type->small_line * 0.85
                       : turn == NAMES_LEVEL                   ? ((double)widest_name(h, a) + 1) * h->page.type->letter
                                                               : h->page.type->line * 1.4;
  qy_text *s = h->page.s;
  const size_t fit = (size_t)fmax(1, ceil(apart / step_room)), many = (a->count + NAMES_MAX - 1) / NAMES_MAX,
               step = fit > many ? fit : many;
  const size_t count = a->name ? a->count : a->count + 1;
  qy_text_add(s, "unset logscale %c\nset %crange [0:%zu]\nset %ctics %s (", which, which, a->count, which, turns[turn]);
  for (size_t i = 0; i < count; i += step) {
    char number[AXIS_LABEL_BYTES];
    if (i > 0) qy_text_add(s, ", ");
    if (!a->name) edge_text(number, a, i, scale_of(h, a), digits_of(h, a));
    script_quote_tick(s, !labelled ? "" : a->name ? a->name[i] : number, NAME_COLUMNS_MAX);
    qy_text_add(s, " %g", (double)i + (a->name ? 0.5 : 0));
  }
  qy_text_add(s, turn == NAMES_UPRIGHT && which == 'x' ? ") font small\n" : ")\n");
}

static void write_colours(const heat *h)
{
  qy_text *s = h->page.s;
  const sheet *page = &h->page;
  size_t columns = 0; /* of the widest number, which the label goes behind */
  for (int i = 0; i < h->colour.tick_count; i++)
    if (text_columns(h->colour.tick[i].label) > columns) columns = text_columns(h->colour.tick[i].label);
  const double left = page->right + page->type->gap, width = page->type->letter * 2;
  qy_text_add(s, "%s", palette);
  qy_text_add(s, h->colour.log ? "set logscale cb\n" : "unset logscale cb\n");
  qy_text_add(s, "set cbrange [%.9g:%.9g]\nset cbtics (", h->colour.low, h->colour.high);
  for (int i = 0; i < h->colour.tick_count; i++) {
    const axis_tick *tick = &h->colour.tick[i];
    if (i > 0) qy_text_add(s, ", ");
    script_quote_tick(s, tick->label, AXIS_LABEL_BYTES);
    qy_text_add(s, " %.9g%s", tick->at, tick->label[0] ? "" : " 1");
  }
  qy_text_add(
      s, ")\nset colorbox vertical user origin screen %.4f, screen %.4f size screen %.4f, screen %.4f\n",
      left / page->width, (page->bottom + page->type->tick_line + page->type->line) / page->height, width / page->width,
      (page->top - page->bottom - page->type->panel_line - page->type->tick_line - page->type->line) / page->height);
  qy_text_add(s, "set cblabel ");
  script_quote(s, h->colour_title, (size_t)fmax(8, (page->top - page->bottom) / page->type->letter));
  qy_text_add(s, " noenhanced offset character %zu,0\n", columns);
}

/* A square of its colour and its number for each value, the largest on top, and what they are beside them. */
static void write_values(heat *h)
{
  qy_text *s = h->page.s;
  const sheet *page = &h->page;
  const type_sizes *t = page->type;
  static const double apart = 1.5, side = 1.1; /* lines */
  const double left = page->right + t->gap, square = side * t->line, top = page->top - t->panel_line;
  size_t columns = 0;
  qy_text_add(s, "%s%sset cbrange [%.9g:%.9g]\nunset colorbox\n", palette,
              h->colour.log ? "set logscale cb\n" : "unset logscale cb\n", h->colour.low, h->colour.high);
  for (size_t v = 0; v < h->value_count; v++) {
    char number[AXIS_LABEL_BYTES];
    const double y = top - (double)(h->value_count - 1 - v) * apart * t->line;
    axis_number(number, h->value[v] * h->colour.scale);
    if (text_columns(number) > columns) columns = text_columns(number);
    qy_text_add(s,
                "set object rectangle from screen %.4f, screen %.4f to screen %.4f, screen %.4f front fc palette cb "
                "%.9g fs solid border lc rgb '#d0d0d0'\n",
                left / page->width, (y - square) / page->height, (left + square) / page->width, y / page->height,
                h->value[v]);
    qy_text_add(s, "set label \"%s\" at screen %.4f, screen %.4f left noenhanced front textcolor rgb '#333333'\n",
                number, (left + square + t->letter) / page->width, (y - square / 2) / page->height);
  }
  const double beside = left + square + ((double)columns + 2.5) * t->letter;
  qy_text_add(s, "set label ");
  script_quote(s, h->colour_title, (size_t)fmax(8, (page->top - page->bottom) / t->letter));
  qy_text_add(s, " at screen %.4f, screen %.4f center rotate by 90 noenhanced front\n", beside / page->width,
              (page->top + page->bottom) / 2 / page->height);
}

/* Room for a number in a cell of this width and height. */
static bool has_room(const heat *h, const rectangle *area)
{
  const qy_heatmap *m = h->map;
  const type_sizes *t = h->page.type;
  return m->x.count * m->y.count * m->panel_count <= NUMBERS_MAX &&
         (area->right - area->left) / (double)m->x.count > 6 * t->small_letter &&
         (area->top - area->bottom) / (double)m->y.count > t->small_line;
}

static void draw_panel(heat *h, size_t p, const rectangle *area, bool left_most)
{
  qy_text *s = h->page.s;
  const qy_heatmap *m = h->map;
  const bool numbers = h->page.dumb || has_room(h, area);
  size_t count[CELL_PARTS] = {0};
  if (is_image(h))
    write_image(h, p, count);
  else
    write_cells(h, p, numbers, count);
  sheet_panel(&h->page, area, m->panel ? m->panel[p] : NULL);
  write_ticks(h, 'x', &m->x, true, (area->right - area->left) / (double)m->x.count);
  write_ticks(h, 'y', &m->y, left_most, (area->top - area->bottom) / (double)m->y.count);
  sheet_axis_title(&h->page, 'x', h->x_title, area->right - area->left);
  sheet_axis_title(&h->page, 'y', left_most ? h->y_title : "", area->top - area->bottom);
  qy_text_add(s, "unset key\nunset grid\n");
  if (h->page.dumb) {
    qy_text_add(s, "plot $cells_%zu using 1:2:4 with labels notitle", p + 1);
    if (count[CELL_OF_NONE]) qy_text_add(s, ", \\\n     $empty_%zu using 1:2 with points pt '.' notitle", p + 1);
    if (count[CELL_WITHOUT_BASE]) qy_text_add(s, ", \\\n     $without_%zu using 1:2 with points pt 'x' notitle", p + 1);
    if (!count[CELL_FILLED]) qy_text_add(s, ", \\\n     NaN notitle");
    qy_text_add(s, "\nunset label\n");
    return;
  }
  if (p + 1 == m->panel_count && h->value_count)
    write_values(h);
  else if (p + 1 == m->panel_count)
    write_colours(h);
  else
    qy_text_add(s, "%sunset colorbox\n%sset cbrange [%.9g:%.9g]\n", palette, h->colour.log ? "set logscale cb\n" : "",
                h->colour.low, h->colour.high);
  if (is_image(h)) {
    plot_image(h, p, count);
    return;
  }
  const char *gap = "plot ";
  if (count[CELL_FILLED]) {
    qy_text_add(s,
                "plot $cells_%zu using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror fs solid 1 border "
                "lc rgb '#ffffff' fc palette notitle",
                p + 1);
    gap = next_plot;
    if (numbers)
      qy_text_add(s, ", \\\n     $cells_%zu using 1:2:4:5 with labels font small textcolor rgb variable notitle",
                  p + 1);
  }
  for (int part = CELL_OF_NONE; part < CELL_PARTS; part++) {
    if (!count[part]) continue;
    plot_hatched(h, gap, part == CELL_OF_NONE ? "empty" : "without", p,
                 part == CELL_OF_NONE ? HATCH_OF_NONE : HATCH_WITHOUT_BASE);
    gap = next_plot;
  }
  qy_text_add(s, "\nunset label\nunset object\nunset colorbox\n");
}

/* The values of the cells where these are few, none reads as another, and each is in several cells. */
static void find_values(heat *h)
{
  const qy_heatmap *m = h->map;
  size_t filled = 0;
  h->value_count = 0;
  for (size_t i = 0; i < m->panel_count * m->x.count * m->y.count; i++) {
    size_t v = 0;
    if (!axis_shows(&h->colour, m->value[i])) continue;
    filled++;
    while (v < h->value_count && h->value[v] < m->value[i])
      v++;
    if (v < h->value_count && h->value[v] == m->value[i]) continue;
    if (h->value_count == VALUES_MAX) {
      h->value_count = 0;
      return;
    }
    memmove(h->value + v + 1, h->value + v, (h->value_count++ - v) * sizeof *h->value);
    h->value[v] = m->value[i];
  }
  char number[2][AXIS_LABEL_BYTES] = {"", ""};
  bool alike = false;
  for (size_t v = 0; v < h->value_count; v++) {
    axis_number(number[v % 2], h->value[v] * h->colour.scale);
    alike = alike || strcmp(number[0], number[1]) == 0;
  }
  if (alike || filled < CELLS_PER_VALUE * h->value_count) h->value_count = 0;
}

static void choose_colours(heat *h)
{
  const qy_heatmap *m = h->map;
  span range;
  span_start(&range);
  for (size_t i = 0; i < m->panel_count * m->x.count * m->y.count; i++)
    span_add(&range, m->value[i]);
  axis_choose(&h->colour, &range, m->colour_log, false, h->page.dumb);
  axis_read(&h->colour, h->colour_title, m->colour_label, range.low, range.high, h->page.dumb);
  h->x_scale =
      axis_reading(h->x_title, m->x.label, m->x.name ? NAN : m->x.edge[0], m->x.name ? NAN : m->x.edge[m->x.count]);
  h->y_scale =
      axis_reading(h->y_title, m->y.label, m->y.name ? NAN : m->y.edge[0], m->y.name ? NAN : m->y.edge[m->y.count]);
  h->x_digits = edge_digits(&m->x, h->x_scale);
  h->y_digits = edge_digits(&m->y, h->y_scale);
}

/* Names that are too wide for their columns slant, those of narrow columns stand upright. */
static name_turn turn_of(const heat *h, size_t columns, double width)
{
  static const double slant = 0.5; /* sine of the angle */
  const type_sizes *t = h->page.type;
  const double step = width / (double)columns;
  if (h->page.dumb || ((double)widest_name(h, &h->map->x) + 1.5) * t->letter <= step) return NAMES_LEVEL;
  return step * slant < t->line * 0.6 && h->map->x.name ? NAMES_UPRIGHT : h->map->x.name ? NAMES_SLANTED : NAMES_LEVEL;
}

/* Half of the widest number at an edge of the cells stands out of a panel at each side. */
static double gap_of(const heat *h)
{
  const type_sizes *t = h->page.type;
  return h->map->x.name ? t->gap : fmax(t->gap, ((double)widest_name(h, &h->map->x) + 1) * t->letter);
}

static void write_map(heat *h, qy_text *s, qy_plot_format format, const char *file_stem)
{
  const qy_heatmap *m = h->map;
  size_t columns = m->panel_count < COLUMNS_MAX ? m->panel_count : COLUMNS_MAX;
  if (m->panel_count == 4) columns = 2;
  if (m->look && !m->look->screen && format != QY_PLOT_DUMB && columns > 1 && m->look->width_in < SMALL_IN) columns = 1;
  const size_t rows = (m->panel_count + columns - 1) / columns;
  sheet_begin(&h->page, s, m->look, format, file_stem, m->title, (int)rows);
  const type_sizes *t = h->page.type;
  choose_colours(h);
  if (!h->page.dumb) find_values(h);
  sheet_caption(&h->page, m->caption);
  if (!h->page.dumb) h->page.right -= t->gap + t->letter * 2 + t->tick_width + t->line;
  const double left = h->page.left + ((double)widest_name(h, &m->y) + 3) * t->letter + t->line, gap = gap_of(h);
  const double width = (h->page.right - left - gap * (double)(columns - 1)) / (double)columns;
  const double height = (h->page.top - h->page.bottom) / (double)rows;
  const double name = (double)widest_name(h, &m->x);
  h->turn = turn_of(h, m->x.count, width);
  for (size_t p = 0; p < m->panel_count; p++) {
    const size_t row = p / columns, column = p % columns;
    rectangle area = {.left = left + (double)column * (width + gap), .top = h->page.top - (double)row * height};
    area.right = area.left + width;
    area.bottom = area.top - height + t->tick_line + t->line * (h->turn == NAMES_LEVEL ? 1 : 1.4) +
                  (rows > 1 ? t->small_line / 2 : 0);
    area.bottom += h->turn == NAMES_UPRIGHT   ? name * t->small_letter
                   : h->turn == NAMES_SLANTED ? name * t->letter / 2
                                              : 0;
    area.top -= t->panel_line * (m->panel || h->page.dumb ? 1 : 0.3);
    draw_panel(h, p, &area, column == 0);
  }
  sheet_end(&h->page);
}

qy_status qy_plot_heatmap(const qy_heatmap *map, qy_plot_format format, const char *file_stem, const char *gnuplot,
                          char **text, qy_error *err)
{
  assert(map && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (map->panel_count == 0 || map->panel_count > PANELS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a plot has 1 to %d panels, found %zu", PANELS_MAX, map->panel_count);
  if (map->x.count == 0 || map->y.count == 0 || map->x.count > CELLS_MAX || map->y.count > CELLS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a heat map has 1 to %d cells a side, found %zu by %zu", CELLS_MAX, map->x.count,
                   map->y.count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status) return status;
  qy_text s = {0};
  heat h = {.map = map};
  write_map(&h, &s, format, file_stem);
  status = plot_render(&s, map->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  return status;
}
