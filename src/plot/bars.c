/* Stacked bars: see plot.h.
 *
 * Each part is a row of boxes from the sum of the parts below it; negative values stack downwards from zero.
 */
#include "axis.h"
#include "gnuplot.h"
#include "script.h"
#include "sheet.h"

#include "quarry/alloc.h"
#include "quarry/plot.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BARS_MAX = 200, PARTS_MAX = 40, NAME_COLUMNS_MAX = 40, TOTALS_MAX = 30, TOTAL_LETTERS = 4 };

/* Half the width of a box; bars stand at 1, 2, 3 ... */
static const double half_box = 0.33;

/* The part of the widest name that runs along the axis when names are slanted by 30 degrees. */
static const double slant_rise = 0.5;
/* And that runs to the left. */
static const double slant_run = 0.87;

typedef struct stack {
  double up, down; /* sums of the positive and of the negative parts so far */
} stack;

static double value_of(const qy_bars *bars, size_t part, size_t bar)
{
  double value = bars->values[part * bars->bar_count + bar];
  return axis_drawable(value) ? value : 0;
}

static double total_of(const qy_bars *bars, size_t bar, double *up)
{
  double total = 0;
  *up = 0;
  for (size_t p = 0; p < bars->part_count; p++) {
    double value = value_of(bars, p, bar);
    total += value;
    if (value > 0) *up += value;
  }
  return total;
}

static bool has_level(const qy_bars *bars)
{
  return isfinite(bars->level) && bars->level != 0;
}

static bool has_intervals(const qy_bars *bars)
{
  bool any = false;
  for (size_t b = 0; bars->low && bars->high && b < bars->bar_count; b++)
    any = any || (axis_drawable(bars->low[b]) && axis_drawable(bars->high[b]));
  return any;
}

static void write_intervals(const qy_bars *bars, qy_text *s)
{
  if (!has_intervals(bars)) return;
  qy_text_add(s, "$intervals << END\n");
  for (size_t b = 0; b < bars->bar_count; b++) {
    double up;
    if (axis_drawable(bars->low[b]) && axis_drawable(bars->high[b]))
      qy_text_add(s, "%zu %.9g %.9g %.9g\n", b + 1, total_of(bars, b, &up), bars->low[b], bars->high[b]);
  }
  qy_text_add(s, "END\n");
}

static size_t widest(const char *const *names, size_t count)
{
  size_t columns = 0;
  for (size_t i = 0; i < count; i++) {
    size_t n = text_columns(names[i]);
    if (n > columns) columns = n;
  }
  return columns;
}

static void write_parts(const qy_bars *bars, qy_text *s, stack *stacks)
{
  for (size_t p = 0; p < bars->part_count; p++) {
    qy_text_add(s, "$part_%zu << END\n", p + 1);
    for (size_t b = 0; b < bars->bar_count; b++) {
      double value = value_of(bars, p, b), *sum = value < 0 ? &stacks[b].down : &stacks[b].up, from = *sum;
      *sum += value;
      double x = (double)(b + 1);
      qy_text_add(s, "%.9g %.9g %.9g %.9g %.9g %.9g\n", x, (from + *sum) / 2, x - half_box, x + half_box,
                  fmin(from, *sum), fmax(from, *sum));
    }
    qy_text_add(s, "END\n");
  }
  qy_text_add(s, "$totals << END\n");
  for (size_t b = 0; b < bars->bar_count; b++) {
    char label[AXIS_LABEL_BYTES];
    double up;
    axis_number(label, total_of(bars, b, &up));
    if (!bars->bar[b][0] && up == 0) continue; /* a gap */
    if (bars->high && axis_drawable(bars->high[b])) up = fmax(up, bars->high[b]);
    qy_text_add(s, "%zu %.9g \"%s\"\n", b + 1, up, label);
  }
  qy_text_add(s, "END\n");
}

/* How names stand so that they neither lie on each other nor run over the left edge of the page. */
typedef enum name_turn { NAMES_LEVEL, NAMES_SLANTED, NAMES_UPRIGHT } name_turn;

static name_turn turn_of(const qy_bars *bars, const sheet *page, const rectangle *area, size_t columns)
{
  const double slot = (area->right - area->left) / (double)bars->bar_count, letter = page->type->letter;
  if (((double)columns + 2.5) * letter <= slot || page->dumb) return NAMES_LEVEL;
  const bool over = (double)columns * letter * slant_run > area->left + slot / 2;
  return bars->bar_count > TOTALS_MAX || over ? NAMES_UPRIGHT : NAMES_SLANTED;
}

/* The look, on a small page higher by what long names take of it. */
static const qy_plot_look *look_with_room(qy_plot_look *room, const qy_bars *bars, size_t columns)
{
  static const double em = 0.6, pt_per_in = 72, usual = 12; /* characters that the page has room for anyway */
  const qy_plot_look *look = bars->look;
  if (!look || look->screen || look->sized || (double)columns < usual) return look;
  *room = *look;
  room->height_in += ((double)columns - usual) * em * look->small_pt / pt_per_in;
  return room;
}

/* Names that stand upright are given to every first, second, ... bar, so that none lies on the next. */
static size_t name_step(const qy_bars *bars, const sheet *page, const rectangle *area, name_turn turn)
{
  static const double apart = 0.75; /* of a line of the caption */
  const double slot = (area->right - area->left) / (double)bars->bar_count;
  if (turn != NAMES_UPRIGHT) return 1;
  const size_t step = (size_t)ceil(page->type->small_line * apart / slot);
  return step < 1 ? 1 : step;
}

static void write_names(const qy_bars *bars, const sheet *page, name_turn turn, size_t columns, size_t step)
{
  static const char *const turns[] = {
      [NAMES_LEVEL] = "norotate", [NAMES_SLANTED] = "rotate by 30 right", [NAMES_UPRIGHT] = "rotate by 90 right"};
  qy_text *s = page->s;
  qy_text_add(s, "set xrange [%g:%g]\nset xtics scale 0 %s (", 0.4, (double)bars->bar_count + 0.6, turns[turn]);
  for (size_t b = 0; b < bars->bar_count; b++) {
    if (b > 0) qy_text_add(s, ", ");
    script_quote_tick(s, b % step ? "" : bars->bar[b], columns);
    qy_text_add(s, " %zu", b + 1);
  }
  qy_text_add(s, ")%s\nset xlabel ''\n", turn == NAMES_UPRIGHT ? " font small" : "");
}

static void plot_parts(const qy_bars *bars, const sheet *page, double slot, size_t key_columns)
{
  qy_text *s = page->s;
  if (page->dumb) {
    for (size_t p = bars->part_count; p-- > 0;) {
      char mark = (char)('A' + p % 26);
      qy_text_add(s, "%s$part_%zu using 1:6 with points pt '%c' title ",
                  p + 1 == bars->part_count ? "plot " : ", \\\n     ", p + 1, mark);
      script_quote(s, bars->part[p], key_columns);
    }
    qy_text_add(s, "\n");
    return;
  }
  const bool above = sheet_key_above(page);
  /* From the top part down, so that the key lists the parts as they lie. */
  for (size_t p = bars->part_count; p-- > 0;) {
    qy_text_add(s, "%s$part_%zu using 1:2:3:4:5:6 with boxxyerror fs %s border lc rgb '#ffffff' fc rgb '%s' title ",
                p + 1 == bars->part_count ? "plot " : ", \\\n     ", p + 1,
                p < SHEET_COLOURS ? "solid 0.9" : "pattern 2", sheet_colour(p));
    script_quote(s, above ? NULL : bars->part[p], key_columns);
  }
  if (has_level(bars))
    qy_text_add(s, ", \\\n     %.9g with lines lt 1 lw 1.4 dt 2 lc rgb '#555555' notitle", bars->level);
  if (has_intervals(bars))
    qy_text_add(
        s, ", \\\n     $intervals using 1:3:(0):($4-$3) with vectors heads size screen 0.004,90 lt 1 lw 1.4 lc rgb "
           "'#333333' notitle");
  if (bars->bar_count <= TOTALS_MAX && slot >= TOTAL_LETTERS * page->type->small_letter)
    qy_text_add(s,
                ", \\\n     $totals using 1:2:3 with labels offset 0,0.6 textcolor rgb '#333333' font small notitle");
  qy_text_add(s, "\n");
}

static qy_status write_bars(const qy_bars *bars, qy_text *s, qy_plot_format format, const char *file_stem,
                            qy_error *err)
{
  sheet page;
  axis y;
  span range;
  size_t bad = 0;
  stack *stacks = qy_alloc(bars->bar_count, sizeof *stacks);
  if (!stacks) return qy_fail(err, QY_NO_MEMORY, "out of memory drawing a plot");
  size_t columns = widest(bars->bar, bars->bar_count);
  if (columns > NAME_COLUMNS_MAX) columns = NAME_COLUMNS_MAX;
  qy_plot_look room;
  sheet_begin(&page, s, look_with_room(&room, bars, columns), format, file_stem, bars->title, 1);
  const type_sizes *t = page.type;
  span_start(&range);
  span_add(&range, 0);
  for (size_t b = 0; b < bars->bar_count; b++) {
    double up, total = total_of(bars, b, &up);
    span_add(&range, up);
    span_add(&range, total - up);
    for (size_t p = 0; p < bars->part_count; p++)
      bad += !axis_drawable(bars->values[p * bars->bar_count + b]);
  }
  for (size_t b = 0; b < bars->bar_count; b++) {
    if (bars->low) span_add(&range, bars->low[b]);
    if (bars->high) span_add(&range, bars->high[b]);
  }
  if (has_level(bars)) span_add(&range, bars->level);
  axis_choose(&y, &range, 0, true, page.dumb);
  char caption[1024];
  snprintf(caption, sizeof caption, "%s", bars->caption ? bars->caption : "");
  if (has_intervals(bars))
    snprintf(caption, sizeof caption, "%s Bars: 90 %% intervals.", bars->caption ? bars->caption : "");
  if (bad > 0)
    snprintf(caption, sizeof caption, "%s Values not finite, drawn as 0: %zu.", bars->caption ? bars->caption : "",
             bad);
  sheet_caption(&page, caption);

  size_t key_columns = sheet_key(&page, bars->part_count, widest(bars->part, bars->part_count));
  rectangle area = {.left = page.left + t->tick_width + t->line, .right = page.right, .top = page.top};
  double slot = (area.right - area.left) / (double)bars->bar_count;
  const name_turn turn = turn_of(bars, &page, &area, columns);
  const double rise = turn == NAMES_UPRIGHT ? 1 : turn == NAMES_SLANTED ? slant_rise : 0;
  area.bottom =
      page.bottom + t->tick_line + (double)columns * (turn == NAMES_UPRIGHT ? t->small_letter : t->letter) * rise;
  if (page.dumb && (double)columns + 1 > slot) columns = slot > 3 ? (size_t)slot - 1 : 2;
  area.top -= t->panel_line * 0.6;
  if (bars->x_label) area.bottom += t->line;
  write_parts(bars, s, stacks);
  write_intervals(bars, s);
  sheet_panel(&page, &area, NULL);
  sheet_axis(&page, 'y', &y, true);
  sheet_axis_title(&page, 'y', bars->y_label, area.top - area.bottom);
  write_names(bars, &page, turn, columns, name_step(bars, &page, &area, turn));
  if (bars->x_label) sheet_axis_title(&page, 'x', bars->x_label, area.right - area.left);
  if (!page.dumb) qy_text_add(s, "set grid noxtics ytics\n");
  for (size_t p = 0; p < bars->part_count && sheet_key_above(&page); p++)
    sheet_key_entry(&page, p, bars->part[p], &(key_sample){sheet_colour(p), NULL, 5, 1.6});
  if (sheet_key_above(&page))
    qy_text_add(s, "unset key\n");
  else
    sheet_key_place(&page, key_columns);
  plot_parts(bars, &page, slot, key_columns);
  sheet_end(&page);
  free(stacks);
  return QY_OK;
}

qy_status qy_plot_bars(const qy_bars *bars, qy_plot_format format, const char *file_stem, const char *gnuplot,
                       char **text, qy_error *err)
{
  assert(bars && (text || format != QY_PLOT_DUMB));
  if (text) *text = NULL;
  if (bars->bar_count == 0 || bars->bar_count > BARS_MAX || bars->part_count == 0 || bars->part_count > PARTS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "a bar plot has 1 to %d bars of 1 to %d parts, found %zu of %zu", BARS_MAX,
                   PARTS_MAX, bars->bar_count, bars->part_count);
  qy_status status = format == QY_PLOT_DUMB ? QY_OK : plot_check_stem(file_stem, err);
  if (status != QY_OK) return status;
  qy_text s = {0};
  locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0), before = plain ? uselocale(plain) : (locale_t)0;
  status = write_bars(bars, &s, format, file_stem, err);
  if (plain) {
    uselocale(before);
    freelocale(plain);
  }
  if (status == QY_OK) status = plot_render(&s, bars->look, format, file_stem, gnuplot, text, err);
  qy_text_free(&s);
  return status;
}
